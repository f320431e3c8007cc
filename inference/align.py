"""Diffusion and dynamic images registered to axial T2 around the gland; used only where that is plainly better.

Mattes mutual information (IEEE TMI 2003;22:120) of all voxels in the gland and 10 mm around it, a shift and a small
turn, regular step gradient descent on two resolutions, one thread: the same images give the same matrix. T2 is thinned
to pixels of about 1 mm. The limits were set on phantoms (docs/ai.md, Registration), not on patients.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from highdicom import Volume

from core.alignment import Alignment, Moved
from core.errors import ProsectorError
from core.frame_link import rows_of
from core.study import RecognisedStudy, Role
from inference.bent import Found, bent
from inference.load import load, load_stack
from inference.match import Fit, Fixed, grey, still
from inference.register import matrix_of

MOST_SHIFT_MM = 10.0
MOST_TURN_DEG = 6.0
"""Beyond these a registration went astray, or a series is so wrong that the reader must see it."""

_STEPS = 60
_LEVELS = ((2, 1.0), (1, 0.0))
_LOW_B = 200.0
_LEAST_GAIN = 0.10
"""On phantoms, images in place gain 0.4 % at most, and 10 to 22 % when they lie 1 mm aside."""
_LEAST_GAIN_OF_ADC = 0.20
"""An ADC map shows the gland less plainly: its z was up to 0.9 mm off on phantoms."""
_LEAST_NAT = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class _Image:
    """What is registered: the image, what it is called, and what it must gain."""

    volume: Volume
    name: str
    least_gain: float


def find_alignments(
    recognised: RecognisedStudy, t2: Volume, gland: Volume, adc: Volume | None, *, bends: bool = False
) -> tuple[Alignment, ...]:
    """Return how the diffusion images, and the dynamic ones when there are any, lie on the axial T2.

    `gland` is a mask on the grid of `t2`, `adc` the map as it was acquired, None where the reader laid it.
    Diffusion is registered by its image of the lowest b-value (200 s/mm² at most), on which the gland stands out best,
    else by the ADC map. With `bends` that image is then bent onto T2 in the gland, when that is plainly better still.
    A series in another frame of reference is left to the reader.
    """
    diffusion = _low_b(recognised, t2) or (_Image(adc, "ADC", _LEAST_GAIN_OF_ADC) if adc is not None else None)
    dynamic = _dynamic(recognised, t2)
    groups = ((Moved.DIFFUSION, diffusion, adc), (Moved.DYNAMIC, dynamic, None))
    with _one_thread():
        fixed = Fixed(t2, gland)
        found = tuple(_align(fixed, moved, image, witness) for moved, image, witness in groups if image is not None)
        if not bends:
            return tuple(one.alignment for one in found)
        return tuple(
            bent(fixed, one, diffusion.volume, adc)
            if diffusion is not None and one.alignment.moved is Moved.DIFFUSION
            else one.alignment
            for one in found
        )


@contextmanager
def _one_thread() -> Generator[None]:
    """Let sums be made in one order: with several threads the same images differ in the last bits."""
    import SimpleITK as sitk

    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)


def _low_b(recognised: RecognisedStudy, t2: Volume) -> _Image | None:
    low = [c for c in recognised.all(Role.DWI) if c.b_value is not None and c.b_value <= _LOW_B and not c.calculated]
    for choice in sorted(low, key=lambda c: c.b_value or 0.0):
        try:
            volume = load(choice)
        except ProsectorError:  # the quality section says what is wrong with it; the ADC map is registered instead
            continue
        if volume.frame_of_reference_uid == t2.frame_of_reference_uid:
            return _Image(volume, f"DWI b {choice.b_value:g}", _LEAST_GAIN)
    return None


def _dynamic(recognised: RecognisedStudy, t2: Volume) -> _Image | None:
    """Return a phase with contrast agent, or None when there is none in the frame of T2 that can be loaded."""
    choice = recognised.one(Role.DCE)
    if choice is None:
        return None
    try:
        volume = load_stack(choice.stacks[len(choice.stacks) // 2])
    except ProsectorError:  # DCE is no part of the analysis; opening it says what is wrong with it
        return None
    return _Image(volume, "DCE", _LEAST_GAIN) if volume.frame_of_reference_uid == t2.frame_of_reference_uid else None


def _align(fixed: Fixed, moved: Moved, image: _Image, witness: Volume | None) -> Found:
    """Register one image; `witness` is another of the same acquisition, which must not fit worse afterwards."""
    moving = grey(image.volume)
    try:
        fit = _fit(fixed, moving)
    except RuntimeError:  # ITK's word for images that do not overlap or show nothing
        return _not_found(fixed, moved, image, f"the {image.name} images do not overlap T2 around the gland")
    if not np.isfinite([fit.before, fit.after]).all():
        return _not_found(fixed, moved, image, f"the {image.name} images show nothing around the gland")
    matrix = np.linalg.inv(matrix_of(fit.transform)).astype(np.float64)
    middle = np.array([*fixed.middle, 1.0])
    x, y, z = (np.subtract((matrix @ middle)[:3], fixed.middle)).tolist()
    turn = float(np.degrees(np.arccos(np.clip((np.trace(matrix[:3, :3]) - 1) / 2, -1, 1))))
    too_little = fit.gain < image.least_gain or fit.after - fit.before < _LEAST_NAT
    reason = _too_little(image, fit) if too_little else _against(fixed, image, fit, (x, y, z), turn, witness)
    found = Alignment(
        moved=moved,
        frame=fixed.frame,
        rows=rows_of(matrix),
        shift_mm=(x, y, z),
        turn_deg=turn,
        before=fit.before,
        after=fit.after,
        measured_on=image.name,
        applied=not reason,
        reason=reason or f"the {image.name} images match T2 around the gland better by {fit.gain:.0%}",
    )
    in_place = Fit(still(fixed), fit.before, fit.before)
    return Found(found, fit if not reason else in_place if too_little else None)


def _fit(fixed: Fixed, moving: Any) -> Fit:
    import SimpleITK as sitk

    start = still(fixed)
    before = fixed.information(moving, start)
    method = fixed.method()
    method.SetInitialTransform(start, inPlace=False)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=1.0, minStep=0.02, numberOfIterations=_STEPS, gradientMagnitudeTolerance=1e-7
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([shrink for shrink, _ in _LEVELS])
    method.SetSmoothingSigmasPerLevel([sigma for _, sigma in _LEVELS])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    found = sitk.Euler3DTransform(sitk.CompositeTransform(method.Execute(fixed.image, moving)).GetBackTransform())
    return Fit(found, before, fixed.information(moving, found))


def _too_little(image: _Image, fit: Fit) -> str:
    return (
        f"the {image.name} images match T2 around the gland better by {max(fit.gain, 0.0):.0%} when moved, "
        f"and {image.least_gain:.0%} is asked"
    )


def _against(
    fixed: Fixed,
    image: _Image,
    fit: Fit,
    shift_mm: tuple[float, float, float],
    turn_deg: float,
    witness: Volume | None,
) -> str:
    """Return why the scanner's positions stay, or nothing."""
    distance = float(np.linalg.norm(shift_mm))
    if distance > MOST_SHIFT_MM or turn_deg > MOST_TURN_DEG:
        return (
            f"the best match lies {distance:.0f} mm and {turn_deg:.0f}° away, and at most {MOST_SHIFT_MM:g} mm and "
            f"{MOST_TURN_DEG:g}° are believed; align by hand"
        )
    if witness is not None and _fits_worse(fixed, grey(witness), fit.transform):
        return f"the {image.name} images match better when moved, but the ADC map matches worse"
    return ""


def _fits_worse(fixed: Fixed, witness: Any, transform: Any) -> bool:
    try:
        return fixed.information(witness, transform) < fixed.information(witness, still(fixed))
    except RuntimeError:  # it leaves the region: that is worse
        return True


def _not_found(fixed: Fixed, moved: Moved, image: _Image, reason: str) -> Found:
    alignment = Alignment(
        moved=moved,
        frame=fixed.frame,
        rows=rows_of(np.eye(4)),
        shift_mm=(0.0, 0.0, 0.0),
        turn_deg=0.0,
        before=0.0,
        after=0.0,
        measured_on=image.name,
        applied=False,
        reason=reason,
    )
    return Found(alignment, None)
