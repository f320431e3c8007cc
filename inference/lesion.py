"""Lesions that a reader draws with one click: a sphere on the axial T2 grid."""

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import OutsideImages
from core.volume import PointLps, index_kji, on_grid_of


def sphere(reference: Volume, centre: PointLps, diameter_mm: float) -> Volume:
    """Return a 0/1 mask (uint8) on the grid of `reference` of the voxels whose centres lie in a sphere.

    The voxel at `centre` (mm, LPS) is always in it, so that a small sphere between two slices does not vanish.
    Raises `OutsideImages` when the centre is beyond the grid, ValueError unless the diameter is positive.
    """
    if not diameter_mm > 0:
        raise ValueError(f"A lesion needs a diameter above 0 mm; {diameter_mm} is not.")
    index = np.array(index_kji(reference, centre))
    nearest = np.round(index).astype(int)
    if np.any(nearest < 0) or np.any(nearest >= reference.spatial_shape):
        raise OutsideImages("This position lies outside the axial T2 images, on which lesions are drawn.")
    mask = np.zeros(reference.spatial_shape, np.uint8)
    box = _box(reference, index, diameter_mm / 2)
    offsets = np.stack(np.meshgrid(*(np.arange(s.start, s.stop) for s in box), indexing="ij"), axis=-1) - index
    distances = np.linalg.norm(offsets @ reference.affine[:3, :3].T, axis=-1)
    mask[box] = distances <= diameter_mm / 2
    mask[tuple(nearest)] = 1
    return on_grid_of(reference, mask)


def _box(reference: Volume, index: NDArray[np.float64], radius_mm: float) -> tuple[slice, slice, slice]:
    """Return the part of the grid that the sphere can reach."""
    # Rows of the inverse affine say how far one index moves per millimetre of a step in any direction.
    reach = radius_mm * np.linalg.norm(np.linalg.inv(reference.affine[:3, :3]), axis=1)
    low = np.maximum(np.floor(index - reach).astype(int), 0)
    high = np.minimum(np.ceil(index + reach).astype(int) + 1, reference.spatial_shape)
    k, j, i = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return k, j, i
