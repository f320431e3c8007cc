"""Rigid registration of one series onto another, kept only when it aligns them better than the scanner's positions.

Mattes mutual information over a region, Euler transform, regular step gradient descent on three resolutions (ITK
Software Guide, book 2, ch. 3; Mattes et al., IEEE TMI 2003). The result is a matrix: no volume is resampled by it,
a volume is *placed* by changing its affine.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.progress import Cancelled, Progress, Silent
from core.volume import PointLps, centroid_lps, position_lps
from inference.resample import as_image

Matrix = NDArray[np.float64]
"""A rigid 4 × 4 matrix from positions (mm, LPS) of one series to those of another."""

_BINS = 40
_ENOUGH = 0.005  # of mutual information (nat): less is not worth moving a series for
_MARGIN_MM = 15.0
_SHARE = 0.25  # of the voxels in the region are sampled
_SEED = 1
_LEVELS = ((4, 2.0), (2, 1.0), (1, 0.0))
_STEPS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How a moving series lies on a fixed one: the matrix from fixed to moving positions (mm, LPS).

    `before` and `after` are the mutual information (nat) in the region with the scanner's positions and with the
    matrix; `improved` tells whether the matrix is more than identity.
    """

    matrix: Matrix
    before: float
    after: float

    @property
    def improved(self) -> bool:
        """Whether the registration was better than the scanner's positions and was kept."""
        return not np.array_equal(self.matrix, np.eye(4))

    @property
    def shift_mm(self) -> float:
        """How far the matrix moves the middle of the fixed region's frame."""
        return float(np.linalg.norm(self.matrix[:3, 3]))


def register_rigidly(
    fixed: Volume, moving: Volume, *, region: Volume | None = None, progress: Progress = Silent()
) -> Alignment:
    """Return how `moving` (k, j, i) lies on `fixed`; frames of reference may differ, as between two examinations.

    `region` is a mask on the grid of `fixed` (the gland); its surroundings within 15 mm count too. It starts from the
    scanner's positions, and from the middles laid on one another when those do not overlap. Raises `Cancelled`.
    """
    import SimpleITK as sitk

    image, other = _grey(fixed), _grey(moving)
    mask = None if region is None else _around(region)
    identity = sitk.Euler3DTransform()
    identity.SetCenter(_middle(fixed) if region is None else centroid_lps(region))
    starts = [identity]
    centred = sitk.Euler3DTransform(identity)
    centred.SetTranslation(np.subtract(_middle(moving), _middle(fixed)).tolist())
    before = _information(image, other, mask, identity)
    if not np.isfinite(before) or before < _ENOUGH:
        starts.append(centred)
    found = [_optimised(image, other, mask, start, progress) for start in starts]
    scored = [(_information(image, other, mask, one), one) for one in found]
    after, best = max(scored, key=lambda pair: pair[0])
    if not np.isfinite(after) or after < before + _ENOUGH:
        return Alignment(np.eye(4), before, before)
    return Alignment(matrix_of(best), before, after)


def placed(moving: Volume, fixed: Volume, matrix: Matrix) -> Volume:
    """Return `moving` laid into the frame of reference of `fixed` by the matrix from fixed to moving positions."""
    return Volume(
        array=moving.array,
        affine=np.linalg.inv(matrix) @ moving.affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=fixed.frame_of_reference_uid,
    )


def _optimised(image: Any, other: Any, mask: Any, start: Any, progress: Progress) -> Any:
    import SimpleITK as sitk

    method = _method(mask)
    method.SetInitialTransform(sitk.Euler3DTransform(start), inPlace=False)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=1.0, minStep=1e-3, numberOfIterations=_STEPS, gradientMagnitudeTolerance=1e-6
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([shrink for shrink, _ in _LEVELS])
    method.SetSmoothingSigmasPerLevel([sigma for _, sigma in _LEVELS])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    stopped: list[Cancelled] = []

    def watch() -> None:
        level, step = method.GetCurrentLevel(), method.GetOptimizerIteration()
        try:
            progress.report((level + min(step / _STEPS, 1.0)) / len(_LEVELS), "Registering")
        except Cancelled as stop:  # an observer cannot raise through ITK: it is raised below
            stopped.append(stop)
            method.StopRegistration()

    method.AddCommand(sitk.sitkIterationEvent, watch)
    try:
        result = method.Execute(image, other)
    except RuntimeError:  # the images no longer overlap: this start leads nowhere
        return start
    if stopped:
        raise stopped[0]
    return sitk.Euler3DTransform(sitk.CompositeTransform(result).GetBackTransform())


def _information(image: Any, other: Any, mask: Any, transform: Any) -> float:
    method = _method(mask)
    method.SetInitialTransform(transform)
    try:
        return -float(method.MetricEvaluate(image, other))
    except RuntimeError:  # no overlap at all
        return float("-inf")


def _method(mask: Any) -> Any:
    import SimpleITK as sitk

    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(_BINS)
    method.SetMetricSamplingStrategy(method.REGULAR if mask is None else method.RANDOM)
    method.SetMetricSamplingPercentage(_SHARE, _SEED)
    method.SetInterpolator(sitk.sitkLinear)
    if mask is not None:
        method.SetMetricFixedMask(mask)
    return method


def _grey(volume: Volume) -> Any:
    return as_image(np.asarray(volume.array, dtype=np.float32), volume.affine)


def _around(region: Volume) -> Any:
    """Return the mask with its surroundings."""
    import SimpleITK as sitk

    distance = sitk.SignedMaurerDistanceMap(
        as_image((region.array > 0).astype(np.uint8), region.affine), squaredDistance=False, useImageSpacing=True
    )
    return sitk.Cast(distance < _MARGIN_MM, sitk.sitkUInt8)


def _middle(volume: Volume) -> PointLps:
    k, j, i = ((n - 1) / 2 for n in volume.spatial_shape)
    return position_lps(volume, (k, j, i))


def matrix_of(transform: Any) -> Matrix:
    """Return the 4 × 4 matrix (mm, LPS) of a SimpleITK Euler transform."""
    turn = np.array(transform.GetMatrix()).reshape(3, 3)
    centre, shift = np.array(transform.GetCenter()), np.array(transform.GetTranslation())
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = centre + shift - turn @ centre
    return matrix
