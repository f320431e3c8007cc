"""The surface of a mask as a binary STL in patient millimetres (LPS), for planning systems and printers."""

from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

_ROUNDS = 10
_SHRINK, _SWELL = 0.5, -0.53
"""Taubin's two factors (SIGGRAPH 1995): smoothing back and forth, which loses steps and keeps the size."""
_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Corners (n, 3) in patient mm and triangles (m, 3) of them, counter-clockwise seen from outside."""

    corners: NDArray[np.float64]
    triangles: NDArray[np.intp]

    @property
    def volume_ml(self) -> float:
        """What the surface encloses, by the divergence theorem."""
        first, second, third = (self.corners[self.triangles[:, n]] for n in range(3))
        return float(np.einsum("ij,ij->i", first, np.cross(second, third)).sum()) / 6000.0

    @property
    def is_closed(self) -> bool:
        """Whether each edge is walked as often one way as the other: no holes."""
        starts, ends = self.triangles.ravel(), np.roll(self.triangles, -1, axis=1).ravel()
        there, back = starts * len(self.corners) + ends, ends * len(self.corners) + starts
        return bool(np.array_equal(np.sort(there), np.sort(back)))


def surface(mask: Volume) -> Surface:
    """Return the closed, smoothed surface of a mask, which encloses the mask's volume; raises ValueError when empty."""
    inside = np.pad(mask.array > 0, 1)
    if not inside.any():
        raise ValueError("An empty mask has no surface.")
    quads = np.concatenate([_faces(inside, axis) for axis in range(3)])
    corners, places = np.unique(quads.reshape(-1, 3), axis=0, return_inverse=True)
    index = corners - 1.5  # from the corner of a padded voxel to the centre of an unpadded one
    at = np.asarray(index @ mask.affine[:3, :3].T + mask.affine[:3, 3], np.float64)
    faces = places.reshape(-1, 4)
    triangles = np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]]).astype(np.intp)
    blocks = _outward(Surface(at, triangles))
    return _of_volume(Surface(_smoothed(blocks), blocks.triangles), blocks.volume_ml)


def _faces(inside: NDArray[np.bool_], axis: int) -> NDArray[np.intp]:
    """Return the corners (n, 4, 3) of the faces between inside and outside across an axis, turned outwards."""
    change = np.diff(inside.astype(np.int8), axis=axis)
    one, other = (axis + 1) % 3, (axis + 2) % 3
    steps = np.zeros((4, 3), np.intp)
    steps[:, axis] = 1
    steps[1:3, one], steps[2:4, other] = 1, 1
    leaving, entering = np.argwhere(change < 0), np.argwhere(change > 0)
    return np.concatenate([leaving[:, None] + steps, entering[:, None] + steps[::-1]]).astype(np.intp)


def _outward(made: Surface) -> Surface:
    """Return the triangles turned the other way where the affine mirrors."""
    return made if made.volume_ml > 0 else Surface(made.corners, made.triangles[:, ::-1])


def _smoothed(made: Surface) -> NDArray[np.float64]:
    pairs = np.stack([made.triangles, np.roll(made.triangles, -1, axis=1)], axis=-1).reshape(-1, 2)
    edges = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    count = np.bincount(edges[:, 0], minlength=len(made.corners))[:, None]
    corners = made.corners
    for factor in (_SHRINK, _SWELL) * _ROUNDS:
        around = [np.bincount(edges[:, 0], corners[edges[:, 1], n], minlength=len(corners)) for n in range(3)]
        corners = corners + factor * (np.stack(around, axis=1) / count - corners)
    return corners


def _of_volume(made: Surface, volume_ml: float) -> Surface:
    """Return the surface scaled about its middle to enclose a volume; smoothing takes a few per cent."""
    middle = made.corners.mean(axis=0)
    scale = np.cbrt(volume_ml / made.volume_ml)
    return Surface(middle + (made.corners - middle) * scale, made.triangles)


def stl(made: Surface) -> bytes:
    """Return a surface as a binary STL; the header tells unit and axes, which the format does not."""
    corners = made.corners[made.triangles]
    records = np.zeros(len(corners), _RECORD)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(across, axis=1, keepdims=True)
    records["normal"] = np.divide(across, length, out=np.zeros_like(across), where=length > 0)
    records["corners"] = corners
    head = b"Prosector: patient LPS, mm. Research use only".ljust(80, b" ")
    return head + np.array([len(corners)], "<u4").tobytes() + records.tobytes()
