"""The technical minimum of PI-RADS v2.1, from the headers (Turkbey et al., Eur Urol 2019;76:340, table 1).

The numbers are those of Giganti et al., Insights Imaging 2021;12:59, table 1. What a header does not say is UNKNOWN.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from core.errors import ProsectorError
from core.quality import Asked, Effect, QualityCheck, QualityFinding, Sequence, Verdict
from core.study import RecognisedStudy, Role, RoleChoice
from inference.technique import Technique, technique_of

_PIRADS = "PI-RADS v2.1"
_ROUNDING_MM = 0.05
"""Headers round: 3 mm is written as 3.0001, and 0.4 mm as 0.42 is not."""
_PIXEL_ROUNDING_MM = 0.005
NOT_TOLD = "not stated"


def technique_checks(recognised: RecognisedStudy, adc_b_values: tuple[float, ...]) -> tuple[QualityCheck, ...]:
    """Return the checks of T2W and DWI, and of DCE when the study has it. `adc_b_values` in s/mm²."""
    return (*_t2(recognised), *_dwi(recognised, adc_b_values), *_dce(recognised))


def technique_or_none(choice: RoleChoice | None) -> Technique | None:
    """Return how the images of a role were acquired; None without them, and when a file of them cannot be read."""
    try:
        return None if choice is None else technique_of(choice.stack)
    except ProsectorError:
        return None  # what cannot be read is refused by name where it is loaded


def _t2(recognised: RecognisedStudy) -> Iterator[QualityCheck]:
    told = technique_or_none(recognised.one(Role.T2_AXIAL))
    yield from _slices(Sequence.T2, told, 3.0)
    yield _field_of_view(Sequence.T2, told, 120.0, 200.0)
    yield _resolution(Sequence.T2, told, 0.7, 0.4)
    planes = [x.value.removeprefix("t2_") for x in (Role.T2_SAGITTAL, Role.T2_CORONAL) if recognised.one(x)]
    yield QualityCheck(
        Sequence.T2,
        Asked.PLANES,
        " and ".join(planes) or "none",
        "sagittal or coronal",
        Verdict.PASSED if planes else Verdict.FAILED,
        _PIRADS,
        effect=Effect.LIMITS,
        finding=QualityFinding.INCOMPLETE_STUDY,
    )


def _dwi(recognised: RecognisedStudy, adc_b_values: tuple[float, ...]) -> Iterator[QualityCheck]:
    told = technique_or_none(_diffusion(recognised))
    yield from _slices(Sequence.DWI, told, 4.0)
    yield _field_of_view(Sequence.DWI, told, 160.0, 220.0)
    yield _resolution(Sequence.DWI, told, 2.5, 2.5)
    yield _at_most(Sequence.DWI, Asked.ECHO_TIME, told.echo_time_ms if told else None, 90.0, "ms", effect=Effect.LIMITS)
    yield _least(Sequence.DWI, Asked.REPETITION_TIME, told.repetition_time_ms if told else None, 3000.0, "ms")
    yield from _b_values(recognised)
    yield _adc_b_values(recognised, adc_b_values)


def _diffusion(recognised: RecognisedStudy) -> RoleChoice | None:
    """Return the images that tell how diffusion was acquired: DWI, else an acquired high b, else the ADC map."""
    acquired = (*recognised.all(Role.DWI), *(x for x in recognised.all(Role.HIGH_B) if not x.calculated))
    return next(iter((*acquired, *recognised.all(Role.ADC))), None)


def _b_values(recognised: RecognisedStudy) -> Iterator[QualityCheck]:
    images = (*recognised.all(Role.DWI), *recognised.all(Role.HIGH_B))
    known = [x.b_value for x in images if x.b_value is not None]
    acquired = [x.b_value for x in images if x.b_value is not None and not x.calculated]
    unstated = len(known) < len(images)
    missing = partial(_b_check, unstated=unstated)
    yield missing(Asked.LOW_B, [b for b in acquired if b <= 100], acquired, "0 to 100 s/mm²", Effect.DEVIATES)
    yield missing(
        Asked.INTERMEDIATE_B, [b for b in acquired if 800 <= b <= 1000], acquired, "800 to 1000 s/mm²", Effect.DEVIATES
    )
    yield missing(Asked.HIGH_B, [b for b in known if b >= 1400], known, "≥ 1400 s/mm²", Effect.LIMITS)


def _b_check(
    name: Asked, fitting: list[float], there: list[float], required: str, effect: Effect, *, unstated: bool
) -> QualityCheck:
    verdict = Verdict.PASSED if fitting else Verdict.UNKNOWN if unstated else Verdict.FAILED
    found = _listed(fitting) if fitting else NOT_TOLD if unstated else _listed(there) or "none"
    return QualityCheck(
        Sequence.DWI,
        name,
        found,
        required,
        verdict,
        _PIRADS,
        effect=effect,
        finding=QualityFinding.B_VALUE_MISSING,
    )


def _adc_b_values(recognised: RecognisedStudy, values: tuple[float, ...]) -> QualityCheck:
    has_map = recognised.one(Role.ADC) is not None
    if not has_map:
        found, verdict = "no ADC map", Verdict.FAILED
    elif len(values) < 2:
        found, verdict = NOT_TOLD, Verdict.UNKNOWN
    else:
        found, verdict = _listed(values), Verdict.PASSED
    return QualityCheck(
        Sequence.DWI,
        Asked.ADC_B,
        found,
        "two or more ≤ 1000 s/mm²",
        verdict,
        _PIRADS,
        effect=Effect.DISABLES,
        finding=QualityFinding.ADC_MISSING,
    )


def _listed(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(set(values)))


def _dce(recognised: RecognisedStudy) -> Iterator[QualityCheck]:
    choice = recognised.one(Role.DCE)
    if choice is None:
        return
    told = technique_or_none(choice)
    yield from _slices(Sequence.DCE, told, 3.0)
    yield _resolution(Sequence.DCE, told, 2.0, 2.0)
    times = [stack.time_s for stack in choice.stacks if stack.time_s is not None]
    known = len(times) == len(choice.stacks) > 1
    each = (max(times) - min(times)) / (len(times) - 1) if known else None
    whole = max(times) - min(times) + (each or 0.0) if known else None
    late = QualityFinding.POOR_CONTRAST_TIMING
    yield _at_most(Sequence.DCE, Asked.TEMPORAL_RESOLUTION, each, 15.0, "s", effect=Effect.LIMITS, finding=late)
    yield _least(Sequence.DCE, Asked.OBSERVATION, whole, 120.0, "s", finding=late)
    yield _at_most(Sequence.DCE, Asked.ECHO_TIME, told.echo_time_ms if told else None, 5.0, "ms")
    yield _at_most(Sequence.DCE, Asked.REPETITION_TIME, told.repetition_time_ms if told else None, 100.0, "ms")


def _slices(sequence: Sequence, told: Technique | None, most_mm: float) -> Iterator[QualityCheck]:
    thickness, gap = (told.thickness_mm, told.gap_mm) if told else (None, None)
    limits = Effect.LIMITS
    yield _at_most(sequence, Asked.THICKNESS, thickness, most_mm, "mm", rounding=_ROUNDING_MM, effect=limits)
    found = NOT_TOLD if gap is None else f"{max(gap, 0.0):.1f} mm"
    verdict = _verdict(gap is None, gap is not None and gap <= 0.1)
    yield QualityCheck(sequence, Asked.GAP, found, "none", verdict, _PIRADS)


def _field_of_view(sequence: Sequence, told: Technique | None, least: float, most: float) -> QualityCheck:
    field = told.field_mm if told else None
    found = NOT_TOLD if field is None else f"{field[0]:.0f} × {field[1]:.0f} mm"
    fits = field is not None and all(least - 0.5 <= side <= most + 0.5 for side in field)
    return QualityCheck(
        sequence,
        Asked.FIELD_OF_VIEW,
        found,
        f"{least:.0f} to {most:.0f} mm",
        _verdict(field is None, fits),
        _PIRADS,
        finding=QualityFinding.POOR_FOV,
    )


def _resolution(sequence: Sequence, told: Technique | None, phase: float, frequency: float) -> QualityCheck:
    pixel = told.acquired_mm if told else None
    found = NOT_TOLD if pixel is None else f"{pixel[0]:.2f} × {pixel[1]:.2f} mm"
    fits = pixel is not None and pixel[0] <= phase + _PIXEL_ROUNDING_MM and pixel[1] <= frequency + _PIXEL_ROUNDING_MM
    required = f"≤ {phase:g} × {frequency:g} mm, phase × frequency"
    return QualityCheck(sequence, Asked.RESOLUTION, found, required, _verdict(pixel is None, fits), _PIRADS)


def _at_most(
    sequence: Sequence,
    name: Asked,
    value: float | None,
    most: float,
    unit: str,
    *,
    rounding: float = 0.0,
    effect: Effect = Effect.DEVIATES,
    finding: QualityFinding = QualityFinding.PROTOCOL_NOT_FOLLOWED,
) -> QualityCheck:
    found = NOT_TOLD if value is None else f"{value:g} {unit}"
    verdict = _verdict(value is None, value is not None and value <= most + rounding)
    return QualityCheck(sequence, name, found, f"≤ {most:g} {unit}", verdict, _PIRADS, effect=effect, finding=finding)


def _least(
    sequence: Sequence,
    name: Asked,
    value: float | None,
    least: float,
    unit: str,
    *,
    finding: QualityFinding = QualityFinding.PROTOCOL_NOT_FOLLOWED,
) -> QualityCheck:
    found = NOT_TOLD if value is None else f"{value:g} {unit}"
    verdict = _verdict(value is None, value is not None and value >= least)
    return QualityCheck(sequence, name, found, f"≥ {least:g} {unit}", verdict, _PIRADS, finding=finding)


def _verdict(unknown: bool, passed: bool) -> Verdict:
    if unknown:
        return Verdict.UNKNOWN
    return Verdict.PASSED if passed else Verdict.FAILED
