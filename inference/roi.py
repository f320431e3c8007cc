"""Statistics of the voxels inside a region that a reader drew."""

from itertools import pairwise

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.annotations import Annotation, RoiStatistics, outlines, plane_of
from core.errors import FramesDiffer, OutsideImages

_STRAIGHT_DEG = 0.05
"""A plane within so little of a layer of voxels lies along it."""


def tilt_deg(volume: Volume, normal: NDArray[np.float64]) -> float:
    """Return the angle between the plane of a unit normal (LPS) and the layers of voxels nearest to it, in degrees.

    The layers are those of any of the three axes of the grid; 0 for less than 0.05°.
    """
    axes = volume.affine[:3, :3]
    across = np.array([np.cross(axes[:, a], axes[:, b]) for a, b in ((0, 1), (1, 2), (2, 0))])
    cosine = np.abs(across @ normal / np.linalg.norm(across, axis=1)).max()
    tilt = float(np.degrees(np.arccos(min(float(cosine), 1.0))))
    return tilt if tilt > _STRAIGHT_DEG else 0.0


def roi_statistics(drawn: Annotation, volume: Volume, of: str, unit: str = "") -> RoiStatistics:
    """Return the statistics of what of `volume` lies in a region.

    Along a layer of voxels these are the voxels whose centres lie in the outline, seen along its normal, and no further
    from its plane than half a voxel. On an oblique plane they are values interpolated trilinearly on a square grid in
    that plane, as fine as the smallest side of a voxel and with one point in the region's middle, as far as it lies in
    the volume; `resampled` then says so, and `count` is that of the points.

    `of` names the series for the reader. The standard deviation has ddof 0. Raises `FramesDiffer` for a region of
    another frame of reference, `OutsideImages` when nothing of the volume lies in it, and ValueError for a region
    without an area.
    """
    if not drawn.frame_of_reference_uid or drawn.frame_of_reference_uid != volume.frame_of_reference_uid:
        raise FramesDiffer(f"The region was not drawn in the frame of reference of {of}; draw it on {of} itself.")
    oblique = tilt_deg(volume, plane_of(drawn)[1]) > 0
    values = _resampled(drawn, volume) if oblique else _values(drawn, volume)
    if not len(values):
        raise OutsideImages(f"No voxel of {of} lies in the region; draw it larger, or on a slice of {of}.")
    return RoiStatistics(
        of=of,
        unit=unit,
        count=len(values),
        mean=float(values.mean()),
        sd=float(values.std()),
        low=float(values.min()),
        high=float(values.max()),
        resampled=oblique,
    )


def _resampled(drawn: Annotation, volume: Volume) -> NDArray[np.float64]:
    from scipy import ndimage

    _, normal = plane_of(drawn)
    axes = np.stack(_axes(normal), axis=1)
    corners = np.array(outlines(drawn)[0])
    middle = corners[:-1].mean(axis=0)
    ring = (corners - middle) @ axes
    step = float(min(volume.spacing))
    reach = int(np.ceil(np.abs(ring).max() / step))
    line = np.arange(-reach, reach + 1, dtype=np.float64) * step
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    places = grid[_inside(grid, ring)] @ axes.T + middle
    to_voxels = np.linalg.inv(volume.affine)
    index = places @ to_voxels[:3, :3].T + to_voxels[:3, 3]
    held = np.all((index >= -0.5) & (index <= np.array(volume.spatial_shape) - 0.5), axis=1)
    return ndimage.map_coordinates(volume.array, index[held].T, output=np.float64, order=1, mode="nearest")


def _values(drawn: Annotation, volume: Volume) -> NDArray[np.float64]:
    corners = np.array(outlines(drawn)[0])
    middle, normal = plane_of(drawn)
    to_voxels = np.linalg.inv(volume.affine)
    # The thickness of a voxel along the normal, so that a plane between two slices takes one of them.
    half = float(np.abs(normal @ volume.affine[:3, :3]).max()) / 2
    reach = np.vstack([corners + half * normal, corners - half * normal])
    box = (to_voxels[:3, :3] @ reach.T).T + to_voxels[:3, 3]
    low = np.maximum(np.ceil(box.min(axis=0) - 1e-6), 0).astype(int)
    high = np.minimum(np.floor(box.max(axis=0) + 1e-6), np.array(volume.spatial_shape) - 1).astype(int)
    if np.any(high < low):
        return np.empty(0)
    index = np.stack(np.meshgrid(*(np.arange(a, b + 1) for a, b in zip(low, high, strict=True)), indexing="ij"), -1)
    index = index.reshape(-1, 3)
    centres = index @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    depth = (centres - middle) @ normal
    near = (depth > -half + 1e-6) & (depth <= half + 1e-6)
    across, along = _axes(normal)
    inside = near.copy()
    inside[near] = _inside(
        centres[near] @ np.stack([across, along], axis=1), corners @ np.stack([across, along], axis=1)
    )
    k, j, i = index[inside].T
    return np.asarray(volume.array)[k, j, i].astype(np.float64)


def _axes(normal: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two unit vectors that span the plane of `normal`."""
    least = np.eye(3)[int(np.argmin(np.abs(normal)))]
    across = np.asarray(np.cross(normal, least), dtype=np.float64)
    across = across / float(np.linalg.norm(across))
    return across, np.asarray(np.cross(normal, across), dtype=np.float64)


def _inside(points: NDArray[np.float64], ring: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which points (n, 2) lie in a closed ring (m, 2) by the even-odd rule."""
    inside = np.zeros(len(points), dtype=bool)
    for (ax, ay), (bx, by) in pairwise(ring):
        crosses = (ay > points[:, 1]) != (by > points[:, 1])
        if ay != by:
            inside ^= crosses & (points[:, 0] < (bx - ax) * (points[:, 1] - ay) / (by - ay) + ax)
    return inside
