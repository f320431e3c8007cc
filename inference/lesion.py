"""Lesions that a reader draws with one click: a sphere on the axial T2 grid."""

import numpy as np
from highdicom import Volume

from core.errors import OutsideImages
from core.volume import PointLps, index_kji
from inference.mask_edit import empty_mask, paint


def sphere(reference: Volume, centre: PointLps, diameter_mm: float) -> Volume:
    """Return a 0/1 mask (uint8) on the grid of `reference` of the voxels whose centres lie in a sphere.

    The voxel at `centre` (mm, LPS) is always in it, so that a small sphere between two slices does not vanish.
    Raises `OutsideImages` when the centre is beyond the grid, ValueError unless the diameter is positive.
    """
    if not diameter_mm > 0:
        raise ValueError(f"A lesion needs a diameter above 0 mm; {diameter_mm} is not.")
    nearest = np.rint(index_kji(reference, centre))
    if np.any(nearest < 0) or np.any(nearest >= reference.spatial_shape):
        raise OutsideImages("This position lies outside the axial T2 images, on which lesions are drawn.")
    return paint(empty_mask(reference), [centre], diameter_mm)
