"""One volume on the grid of another, by their positions in the patient."""

from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import on_grid_of, require_same_frame, same_grid


def resample_like(moving: Volume, reference: Volume, *, labels: bool = False) -> Volume:
    """Return `moving` on the grid of `reference`, 0 outside; raises `FramesDiffer`.

    Images are interpolated linearly and come back as float32; `labels` take the nearest voxel and keep their type.
    A volume that is on the grid already comes back as it is.
    """
    require_same_frame(moving, reference, names=("The image to be laid over", "the other image"))
    if same_grid(moving, reference):
        return moving
    import SimpleITK as sitk  # here, because the command line must not pay its third of a second

    array = moving.array if labels else moving.array.astype(np.float32)
    resampled = sitk.Resample(
        as_image(array, moving.affine),
        as_image(np.zeros(reference.spatial_shape, np.uint8), reference.affine),
        sitk.Transform(),
        sitk.sitkNearestNeighbor if labels else sitk.sitkLinear,
        0.0,
    )
    return on_grid_of(reference, sitk.GetArrayFromImage(resampled).astype(array.dtype, copy=False))


def as_image(array: NDArray[Any], affine: NDArray[np.float64]) -> Any:
    """Return an array (k, j, i) as a SimpleITK image, whose axes run (i, j, k)."""
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(np.ascontiguousarray(array))
    columns = affine[:3, [2, 1, 0]]
    spacing = np.linalg.norm(columns, axis=0)
    image.SetSpacing(spacing.tolist())
    # ITK 5.4 inverts the directions by an SVD that goes wrong, without an error, when one is a number like 1e-314
    image.SetDirection((np.round(columns / spacing, 12) + 0.0).ravel().tolist())
    image.SetOrigin(affine[:3, 3].tolist())
    return image
