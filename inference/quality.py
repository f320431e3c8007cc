"""Whether the images are good enough for the AI, and for a reader: headers and pixels, each against a stated limit.

Limits come from the literature where it has one; the others are engineering limits, and `source` says so. None was set
on the images of patients.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from math import inf

from highdicom import Volume

from core.errors import ProsectorError
from core.findings import Candidate
from core.quality import Asked, Basis, Effect, Quality, QualityCheck, QualityFinding, Sequence, Verdict, doubted
from core.study import RecognisedStudy, Role, RoleChoice
from core.volume import same_grid
from inference.adc_fit import MAX_B_VALUE, fit_adc
from inference.frames import header_of
from inference.load import load_stack
from inference.quality_pixels import (
    Bools,
    displacement_mm,
    ghost_share,
    gland_overlap,
    grown,
    likeness_of_maps,
    mask_on,
    median_inside,
    share_above,
    share_below,
    signal_to_noise,
    slice_displacement_mm,
)
from inference.quality_technique import technique_checks, technique_or_none
from inference.resample import resample_like

_ENGINEERING = "engineering limit"
_ROSE = "Rose criterion (J Opt Soc Am 1948;38:196)"
_RICIAN = "Gudbjartsson and Patz, MRM 1995;34:910: below 3 the signal is biased by noise"
_ACR = f"{_ENGINEERING}: twice the 2.5 % of the ACR phantom, as tissue repeats itself a little"
_LESION = f"{_ENGINEERING}: more than half of a 6 mm lesion is elsewhere in the next slice"
_OVERLAY = f"{_ENGINEERING}: more than a 5 mm lesion apart"
_TWO_READERS = f"{_ENGINEERING}: two outlines of one gland differ by less; a third elsewhere is another organ"
_BIAS = f"{_ENGINEERING}: three times the ±8 % between scanners (Eur J Radiol 2023;165:110942)"
_SAME_MAP = f"{_ENGINEERING}: a map of other images is not alike, one of the same images by another fit is"


def assess(
    recognised: RecognisedStudy, t2: Volume, adc: Volume, gland: Volume, adc_b_values: tuple[float, ...]
) -> Quality:
    """Return every check of a study whose gland (0/1, on the axial T2 grid) is known.

    `adc` is in 10⁻⁶ mm²/s on its own grid, in the frame of reference of `t2`, and was fitted from `adc_b_values`
    (s/mm², empty when unknown). Diffusion images that cannot be loaded,
    or lie in another frame, leave their checks UNKNOWN: this stage refuses nothing.
    """
    return Quality(
        (
            *technique_checks(recognised, adc_b_values),
            *_t2_checks(recognised, t2, gland),
            *_dwi_checks(recognised, t2, adc, gland),
        )
    )


def labelled(candidates: tuple[Candidate, ...], quality: Quality) -> tuple[Candidate, ...]:
    """Return the candidates with what makes them doubtful as the first line of their explanation."""
    if not quality.label:
        return candidates
    return tuple(replace(x, explanation=(doubted(quality), *x.explanation)) for x in candidates)


def _t2_checks(recognised: RecognisedStudy, t2: Volume, gland: Volume) -> Iterator[QualityCheck]:
    inside = gland.array > 0
    told = technique_or_none(recognised.one(Role.T2_AXIAL))
    yield _snr(Sequence.T2, signal_to_noise(t2, inside), 5.0, _ROSE)
    ghosts = ghost_share(t2, inside, told.phase_axis) if told and told.phase_axis else None
    yield _ghosts(Sequence.T2, ghosts)
    yield _displaced_slices(Sequence.T2, slice_displacement_mm(t2, inside))
    yield _voids(Sequence.T2, share_below(t2, inside, 0.1))


@dataclass(frozen=True, slots=True, eq=False)
class _Weighted:
    """A diffusion image, where the gland lies on it, and which share of the gland it shows."""

    choice: RoleChoice
    volume: Volume
    inside: Bools
    share: float

    @property
    def b_value(self) -> float:
        """In s/mm²; infinite where it is unknown, as of a high-b image that says only that it is one."""
        return inf if self.choice.b_value is None else self.choice.b_value


def _dwi_checks(recognised: RecognisedStudy, t2: Volume, adc: Volume, gland: Volume) -> Iterator[QualityCheck]:
    on_map = mask_on(gland, adc)
    weighted = _diffusion_images(recognised, t2, adc, gland, on_map)
    images = [one for one in weighted if not one.choice.calculated and one.b_value <= MAX_B_VALUE]
    yield _coverage(min([on_map[1], *(one.share for one in weighted)]))
    yield from _b_order(weighted)
    yield from _map_checks(recognised, adc, on_map[0], images)
    if not images:
        yield _voids(Sequence.DWI, share_below(adc, on_map[0], 0.1))
        return
    lowest, inside, highest = images[0].volume, images[0].inside, images[-1]
    told = technique_or_none(images[0].choice)
    yield _snr(Sequence.DWI, signal_to_noise(highest.volume, highest.inside), 3.0, _RICIAN)
    ghosts = ghost_share(lowest, inside, told.phase_axis) if told and told.phase_axis else None
    yield _ghosts(Sequence.DWI, ghosts)
    yield _displaced_slices(Sequence.DWI, slice_displacement_mm(lowest, inside))
    anatomy = resample_like(t2, lowest)
    region = grown(lowest, inside, 10.0) & (anatomy.array > 0)
    yield _displaced_gland(displacement_mm(anatomy, lowest, region))
    yield _overlap(gland_overlap(anatomy, lowest, inside, region))
    yield _voids(Sequence.DWI, share_below(lowest, inside, 0.1))
    yield _pile_up(share_above(highest.volume, highest.inside, 4.0))


def _diffusion_images(
    recognised: RecognisedStudy, t2: Volume, adc: Volume, gland: Volume, on_map: tuple[Bools, float]
) -> list[_Weighted]:
    """Return the images, calculated ones too, that lie in the frame of the T2, by rising b-value."""
    found: list[_Weighted] = []
    for choice in (*recognised.all(Role.DWI), *recognised.all(Role.HIGH_B)):
        try:
            volume = load_stack(choice.stack)
        except ProsectorError:
            continue  # its loss is named where it is shown; here it leaves checks unknown
        if volume.frame_of_reference_uid == t2.frame_of_reference_uid:
            found.append(_Weighted(choice, volume, *(on_map if same_grid(volume, adc) else mask_on(gland, volume))))
    return sorted(found, key=lambda one: one.b_value)


def _b_order(images: list[_Weighted]) -> Iterator[QualityCheck]:
    """Yield whether the gland's signal falls as the b-value rises; each b-value is judged by the one below it.

    A rise within a series, whose images have one scale, says that b-values are in the wrong order. Between series that
    are scaled differently, as Philips displays them, it says little.
    """
    seen = [(one.choice, median_inside(one.volume, one.inside)) for one in images if one.b_value < inf]
    rises = [
        (high / low, first, second)
        for (first, low), (second, high) in pairwise(seen)
        if low > 0 and first.b_value != second.b_value
    ]
    if rises:
        ratio, first, second = max(rises, key=lambda rise: rise[0])
        effect = max((_effect_of_rise(a, b) for rise, a, b in rises if rise > MOST_RISE), default=Effect.LIMITS)
        yield _falls(f"{ratio:.2f} (b {first.b_value:g}, {second.b_value:g})", effect, passed=ratio <= MOST_RISE)


def _effect_of_rise(first: RoleChoice, second: RoleChoice) -> Effect:
    if first.stack.series == second.stack.series:
        return Effect.WITHHOLDS
    scales = [header_of(choice.stack.instances[0]).rescale or (1.0, 0.0) for choice in (first, second)]
    return Effect.DISABLES if scales[0] == scales[1] else Effect.LIMITS


def _map_checks(
    recognised: RecognisedStudy, adc: Volume, inside: Bools, images: list[_Weighted]
) -> Iterator[QualityCheck]:
    """Yield whether the scanner's ADC map is that of the diffusion images."""
    choice = recognised.one(Role.ADC)
    if choice is None or choice.fitted:
        return
    on_one_grid = [one for one in images if same_grid(one.volume, images[0].volume)]
    values = [one.b_value for one in on_one_grid]
    if len(set(values)) < 2:
        yield _likeness(None)
        return
    own = resample_like(fit_adc([one.volume for one in on_one_grid], values), adc)
    region = grown(adc, inside, 5.0)
    alike = likeness_of_maps(adc, own, region)
    yield _likeness(alike and alike[0])
    if alike:
        yield _scale(alike[1])
    yield _same_time(choice, on_one_grid[0].choice)


# ------------------------------------------------------------------ limits


def _measured(
    sequence: Sequence,
    name: Asked,
    found: str,
    required: str,
    source: str,
    *,
    passed: bool | None,
    effect: Effect,
    finding: QualityFinding,
) -> QualityCheck:
    verdict = Verdict.UNKNOWN if passed is None else Verdict.PASSED if passed else Verdict.FAILED
    found = found if passed is not None else "not measurable"
    return QualityCheck(sequence, name, found, required, verdict, source, Basis.PIXELS, effect, finding)


def _snr(sequence: Sequence, value: float | None, least: float, source: str) -> QualityCheck:
    return _measured(
        sequence,
        Asked.SNR,
        f"{value or 0.0:.1f}",
        f"≥ {least:g}",
        source,
        passed=None if value is None else value >= least,
        effect=Effect.LIMITS if value is not None and value >= least / 2 else Effect.DISABLES,
        finding=QualityFinding.POOR_SNR,
    )


def _ghosts(sequence: Sequence, share: float | None) -> QualityCheck:
    return _measured(
        sequence,
        Asked.GHOSTS,
        f"{share or 0.0:.0%} of the signal",
        "≤ 5%",
        _ACR,
        passed=None if share is None else share <= 0.05,
        effect=Effect.LIMITS if share is not None and share <= 0.2 else Effect.DISABLES,
        finding=QualityFinding.GHOST,
    )


def _displaced_slices(sequence: Sequence, millimetres: float | None) -> QualityCheck:
    return _measured(
        sequence,
        Asked.DISPLACED_SLICES,
        f"{millimetres or 0.0:.1f} mm",
        "≤ 3 mm",
        _LESION,
        passed=None if millimetres is None else millimetres <= 3.0,
        effect=Effect.LIMITS,
        finding=QualityFinding.MOTION,
    )


def _displaced_gland(millimetres: float | None) -> QualityCheck:
    return _measured(
        Sequence.DWI,
        Asked.DISPLACED_GLAND,
        f"{millimetres or 0.0:.1f} mm",
        "≤ 5 mm",
        _OVERLAY,
        passed=None if millimetres is None else millimetres <= 5.0,
        effect=Effect.LIMITS,
        finding=QualityFinding.DISTORTION,
    )


def _overlap(dice: float | None) -> QualityCheck:
    grave = dice is not None and dice < 0.7
    return _measured(
        Sequence.DWI,
        Asked.GLAND_OVERLAP,
        f"Dice {dice or 0.0:.2f}",
        "≥ 0.85",
        _TWO_READERS,
        passed=None if dice is None else dice >= 0.85,
        effect=Effect.DISABLES if grave else Effect.LIMITS,
        finding=QualityFinding.SEVERE_DISTORTION if grave else QualityFinding.DISTORTION,
    )


def _voids(sequence: Sequence, share: float | None) -> QualityCheck:
    effect = Effect.LIMITS
    if share is not None and share > 0.2:
        effect = Effect.DISABLES if share <= 0.5 else Effect.WITHHOLDS
    return _measured(
        sequence,
        Asked.VOIDS,
        f"{share or 0.0:.0%}",
        "≤ 5%",
        f"{_ENGINEERING}: nothing can be seen in a void",
        passed=None if share is None else share <= 0.05,
        effect=effect,
        finding=QualityFinding.SUSCEPTIBILITY,
    )


def _pile_up(share: float | None) -> QualityCheck:
    return _measured(
        Sequence.DWI,
        Asked.PILE_UP,
        f"{share or 0.0:.0%}",
        "≤ 5%",
        f"{_ENGINEERING}: brighter than four times the gland is no tissue of it",
        passed=None if share is None else share <= 0.05,
        effect=Effect.LIMITS if share is not None and share <= 0.2 else Effect.DISABLES,
        finding=QualityFinding.SEVERE_DISTORTION,
    )


def _coverage(share: float) -> QualityCheck:
    effect = Effect.LIMITS if share >= 0.9 else Effect.DISABLES if share >= 0.5 else Effect.WITHHOLDS
    return _measured(
        Sequence.DWI,
        Asked.COVERAGE,
        f"{share:.0%}",
        "whole",
        "PI-RADS v2.1: the coverage of T2W",
        passed=share >= 0.98,
        effect=effect,
        finding=QualityFinding.COVERAGE_INCOMPLETE,
    )


MOST_RISE = 1.05
"""Beside the noise floor two high b-values may look alike; where signal is, tissue loses a third in 300 s/mm²."""


def _falls(found: str, effect: Effect, *, passed: bool) -> QualityCheck:
    return _measured(
        Sequence.DWI,
        Asked.B_ORDER,
        found,
        f"≤ {MOST_RISE:g}",
        f"{_ENGINEERING}: no tissue gains signal by diffusion",
        passed=passed,
        effect=effect,
        finding=QualityFinding.B_VALUE_MISSING,
    )


def _likeness(correlation: float | None) -> QualityCheck:
    return _measured(
        Sequence.DWI,
        Asked.ADC_LIKENESS,
        f"r = {correlation or 0.0:.2f}",
        "r ≥ 0.9",
        _SAME_MAP,
        passed=None if correlation is None else correlation >= 0.9,
        effect=Effect.LIMITS if correlation is not None and correlation >= 0.7 else Effect.WITHHOLDS,
        finding=QualityFinding.ADC_MISSING,
    )


def _scale(ratio: float) -> QualityCheck:
    return _measured(
        Sequence.DWI,
        Asked.ADC_SCALE,
        f"{ratio:.2f}",
        "0.8 to 1.25",
        _BIAS,
        passed=0.8 <= ratio <= 1.25,
        effect=Effect.LIMITS if 0.67 <= ratio <= 1.5 else Effect.WITHHOLDS,
        finding=QualityFinding.ADC_MISSING,
    )


_SAME_EXAMINATION_MIN = 60.0


def _same_time(adc: RoleChoice, dwi: RoleChoice) -> QualityCheck:
    apart = _minutes_apart(adc, dwi)
    return QualityCheck(
        Sequence.DWI,
        Asked.SAME_TIME,
        "not stated" if apart is None else f"{apart:.0f} min apart",
        f"≤ {_SAME_EXAMINATION_MIN:.0f} min",
        Verdict.UNKNOWN if apart is None else Verdict.PASSED if apart <= _SAME_EXAMINATION_MIN else Verdict.FAILED,
        f"{_ENGINEERING}: an examination takes no longer",
        effect=Effect.LIMITS,
    )


def _minutes_apart(adc: RoleChoice, dwi: RoleChoice) -> float | None:
    moments = [_moment(technique.acquired) for x in (adc, dwi) if (technique := technique_or_none(x)) is not None]
    if len(moments) < 2 or moments[0] is None or moments[1] is None:
        return None
    return abs((moments[0] - moments[1]).total_seconds()) / 60.0


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.split(".")[0], "%Y%m%d%H%M%S")  # noqa: DTZ007  (DICOM's own local time)
    except ValueError:
        return None
