"""Statistics of the voxels inside a region that a reader drew."""

from itertools import pairwise

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.annotations import Annotation, RoiStatistics, outlines, plane_of
from core.errors import FramesDiffer, OutsideImages


def roi_statistics(drawn: Annotation, volume: Volume, of: str, unit: str = "") -> RoiStatistics:
    """Return the statistics of the voxels of `volume` whose centres lie in a region: in its outline, seen along its
    normal, and no further from its plane than half a voxel.

    `of` names the series for the reader. The standard deviation is that of the voxels (ddof 0). Raises `FramesDiffer`
    for a region of another frame of reference and `OutsideImages` when no voxel lies in it.
    """
    if not drawn.frame_of_reference_uid or drawn.frame_of_reference_uid != volume.frame_of_reference_uid:
        raise FramesDiffer(f"The region was not drawn in the frame of reference of {of}; draw it on {of} itself.")
    values = _values(drawn, volume)
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
    )


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
