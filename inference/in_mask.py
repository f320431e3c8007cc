"""The voxels of one series that lie in a mask drawn on another, without resampling either."""

from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import require_same_frame, voxels_of

Indices = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]


def voxels_in(mask: Volume, volume: Volume, *, named: str = "The series") -> Indices:
    """Return the indices (k, j, i) of the voxels of `volume` in which the voxels of a mask have their middles.

    A voxel stands there as often as mask voxels lie in it, so that a mean over them weighs each by its share of the
    mask. Empty where they do not overlap. Raises `FramesDiffer` naming the series `named`.
    """
    require_same_frame(volume, mask, names=(named, "the outline"))
    to_volume = np.linalg.inv(volume.affine) @ mask.affine
    inside = voxels_of(mask)
    index = np.rint(inside @ to_volume[:3, :3].T + to_volume[:3, 3]).astype(np.intp)
    index = index[np.all((index >= 0) & (index < volume.spatial_shape), axis=1)]
    return index[:, 0], index[:, 1], index[:, 2]


def values_in(mask: Volume, volume: Volume, *, named: str = "The series") -> NDArray[Any]:
    """Return the values of `volume` in a mask, as `voxels_in` finds them."""
    return np.asarray(volume.array)[voxels_in(mask, volume, named=named)]
