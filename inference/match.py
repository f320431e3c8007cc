"""How well images lie on the axial T2 around the gland: Mattes mutual information of every voxel there.

The gland and 10 mm around it count, T2 is thinned to pixels of about 1 mm (IEEE TMI 2003;22:120).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import centroid_lps
from inference.mask_edit import part_of
from inference.resample import as_image

_MARGIN_MM = 10.0
_PIXEL_MM = 1.0
_BINS = 32


@dataclass(frozen=True, slots=True)
class Fit:
    """A transform with the mutual information (nat) before and after it."""

    transform: Any
    before: float
    after: float

    @property
    def gain(self) -> float:
        """By which part the mutual information grew."""
        return self.after / self.before - 1 if self.before > 0 else float(self.after > 0)


class Fixed:
    """The axial T2 around the gland, thinned, and where in it mutual information is measured.

    `gland` tells of each of its voxels (k, j, i) whether it lies in the gland; `axes` are the unit vectors across the
    slices, down and right.
    """

    def __init__(self, t2: Volume, gland: Volume) -> None:
        import SimpleITK as sitk

        self.frame = str(t2.frame_of_reference_uid)
        self.middle = centroid_lps(gland)
        margins = [int(np.ceil(_MARGIN_MM / step)) for step in gland.spacing]
        k, j, i = (
            slice(max(int(place.min()) - margin, 0), min(int(place.max()) + margin + 1, size))
            for place, margin, size in zip(np.nonzero(gland.array), margins, gland.spatial_shape, strict=True)
        )
        near_t2, near_gland = part_of(t2, (k, j, i)), part_of(gland, (k, j, i))
        inside = as_image((near_gland.array > 0).astype(np.uint8), near_gland.affine)
        near = sitk.SignedMaurerDistanceMap(inside, squaredDistance=False, useImageSpacing=True) < _MARGIN_MM
        image = as_image(near_t2.array.astype(np.float32), near_t2.affine)
        thin = [max(1, round(_PIXEL_MM / step)) for step in image.GetSpacing()]
        self.image = sitk.BinShrink(image, thin)
        self.mask = sitk.Cast(sitk.BinShrink(sitk.Cast(near, sitk.sitkFloat32), thin) > 0.5, sitk.sitkUInt8)
        self.gland = sitk.GetArrayFromImage(sitk.BinShrink(sitk.Cast(inside, sitk.sitkFloat32), thin)) > 0.5
        self.axes = (near_t2.affine[:3, :3] / np.array(near_t2.spacing)).T
        self.steps_mm: tuple[float, ...] = self.image.GetSpacing()[::-1]

    @property
    def values(self) -> NDArray[np.float64]:
        """The thinned T2 (k, j, i)."""
        import SimpleITK as sitk

        return sitk.GetArrayFromImage(self.image).astype(np.float64)

    @property
    def region(self) -> NDArray[np.bool_]:
        """Whether each voxel counts."""
        import SimpleITK as sitk

        return sitk.GetArrayFromImage(self.mask) > 0

    @property
    def places(self) -> NDArray[np.float64]:
        """The positions (k, j, i, 3) of the voxels in mm, LPS."""
        image = self.image
        index = np.moveaxis(np.indices(image.GetSize()[::-1]), 0, -1)[..., ::-1] * np.array(image.GetSpacing())
        return index @ np.reshape(image.GetDirection(), (3, 3)).T + image.GetOrigin()

    def method(self) -> Any:
        """Return a registration that measures every voxel of the region."""
        import SimpleITK as sitk

        method = sitk.ImageRegistrationMethod()
        method.SetMetricAsMattesMutualInformation(_BINS)
        method.SetMetricSamplingStrategy(method.NONE)
        method.SetMetricFixedMask(self.mask)
        method.SetInterpolator(sitk.sitkLinear)
        return method

    def information(self, moving: Any, transform: Any) -> float:
        """Return the mutual information (nat); raises RuntimeError without overlap or contrast."""
        method = self.method()
        method.SetInitialTransform(transform)
        return -float(method.MetricEvaluate(self.image, moving))

    def information_shifted(self, moving: Any, transform: Any, shifts: NDArray[np.float64]) -> float:
        """Return the same when each voxel is read beside its position by `shifts` (k, j, i, 3), then `transform`."""
        import SimpleITK as sitk

        field = sitk.GetImageFromArray(shifts, isVector=True)
        field.CopyInformation(self.image)
        both = sitk.CompositeTransform(3)
        both.AddTransform(transform)
        both.AddTransform(sitk.DisplacementFieldTransform(field))  # what is added last comes first
        method = self.method()
        method.SetMovingInitialTransform(both)
        method.SetInitialTransform(sitk.Euler3DTransform())
        return -float(method.MetricEvaluate(self.image, moving))


def still(fixed: Fixed) -> Any:
    """Return the transform that leaves images where they are, about the middle of the gland."""
    import SimpleITK as sitk

    identity = sitk.Euler3DTransform()
    identity.SetCenter(fixed.middle)
    return identity


def grey(volume: Volume) -> Any:
    """Return a volume as an image that can be registered."""
    return as_image(np.asarray(volume.array, dtype=np.float32), volume.affine)
