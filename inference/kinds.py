"""What kind of images a stack holds, judged by geometry, ImageType and echo first and by words last."""

import re
from dataclasses import dataclass
from enum import StrEnum

from pydicom.uid import SecondaryCaptureImageStorage

from inference.plane import Plane
from inference.stack_facts import StackFacts

_MIN_SLICES = 6
_MAX_STEP_MM = 6.0
"""A prostate is 30 mm long or more, and PI-RADS v2.1 asks for slices of 3 mm (T2) and 4 mm (DWI): fewer or thicker
ones are for planning or for staging of the whole pelvis."""
_T2_ECHO_MS = (60.0, 300.0)
"""Below, spin echo images are proton density or T1 weighted; above, they show fluid only (urography)."""

_LOCALIZER_WORDS = re.compile(r"loc(?![a-z]{2})|localizer|localiser|scout|survey|plan(?!e)|haste_3")
_T2_WORDS = re.compile(r"(?<![a-z0-9])t2")
_NOT_T2_WORDS = re.compile(r"(?<![a-z0-9])(t1|pd|t2\*|t2map|flair|stir|dixon)")
_NAMED_OTHERWISE = re.compile(r"(?<![a-z0-9])(t1|pd)(?![a-z0-9])")
_SUBTRACTION_WORDS = re.compile(r"(?<![a-z])sub(?![a-z])|subtract")
_OBJECTS = {
    "SR": "structured report, a result that is in the study already",
    "SEG": "segmentation, a result that is in the study already",
    "PR": "presentation state, not images",
    "KO": "key object selection, not images",
    "DOC": "document, not images",
    "RTSTRUCT": "contours, a result that is in the study already",
    "OT": "secondary capture or another vendor's result, not images of the MR scanner",
    "SC": "secondary capture, not images of the MR scanner",
}
_ELSEWHERE = (
    *("BRAIN", "HEAD", "SKULL", "NECK", "CHEST", "THORAX", "BREAST", "HEART", "KNEE", "SHOULDER", "ANKLE", "FOOT"),
    *("HAND", "WRIST", "ELBOW", "LIVER", "CSPINE", "TSPINE", "LSPINE", "SPINE"),
)
_OTHER_MAPS = {"FA", "TENSOR", "TENSOR_B0", "COLFA", "EXPONENTIAL", "EADC"}
_COMPUTED = {"PROJECTION IMAGE", "MIP", "MINIP", "SUBTRACTION", "SUB", "MAP", "T2 MAP", "T2_MAP"}


class Kind(StrEnum):
    """The kinds that a role can be chosen from; `NONE` has no role, the unnamed ones only if the reader says so."""

    T2 = "T2"
    ADC = "ADC"
    DWI = "DWI"
    CALCULATED_DWI = "calculated DWI"
    UNNAMED_DIFFUSION = "diffusion of unknown kind"
    UNNAMED_ANATOMY = "anatomy of unknown weighting"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Judged:
    """A stack, its kind, and the reason in words.

    `corrected` says that the reader chose so, "" where the headers did.
    """

    facts: StackFacts
    kind: Kind
    why: str
    corrected: str = ""


def judge(facts: StackFacts) -> Judged:
    """Return the kind of a stack and why."""
    unfit = _unfit(facts)
    if unfit:
        return Judged(facts, Kind.NONE, unfit)
    if facts.is_adc or facts.is_diffusion:
        return _judge_diffusion(facts)
    return _judge_anatomy(facts)


def _unfit(facts: StackFacts) -> str:
    """Return why a stack can have no role whatever it shows, or ""."""
    if facts.series.modality != "MR":
        kind = facts.series.modality
        told = f": {_OBJECTS[kind]}" if kind in _OBJECTS else ", not images of the MR scanner"
        return f"{kind or 'unknown'} object{told}"
    if facts.stack.instances[0].sop_class_uid == SecondaryCaptureImageStorage:
        return "secondary capture, not images of the MR scanner"
    if facts.first.body_part in _ELSEWHERE:
        return f"images of another part of the body (Body Part Examined says {facts.first.body_part})"
    if facts.problem:
        return facts.problem
    if facts.orientation is None:
        return f"localizer: its {facts.slices} images point in several directions"
    if facts.plane is Plane.OBLIQUE:
        return f"its slices are tilted {facts.orientation.tilt_deg:.0f}° and so neither axial, sagittal nor coronal"
    if {"LOCALIZER", "SCOUT"} & set(facts.first.image_type):
        return "localizer, as its ImageType says"
    if facts.slices < _MIN_SLICES:
        return f"{facts.orientation.words}, only {_count(facts)}: a localizer or single images"
    if max(facts.step_mm, facts.thickness_mm) > _MAX_STEP_MM:
        return f"{extent_words(facts)}: too coarse for reading, a localizer or staging series"
    return ""


def _judge_diffusion(facts: StackFacts) -> Judged:
    seen = f"{extent_words(facts)}{_echo_planar_words(facts)}"
    if facts.is_adc:
        kind = Kind.ADC if facts.plane is Plane.AXIAL else Kind.NONE
        return Judged(facts, kind, f"{seen}, {_adc_evidence(facts)}")
    if _OTHER_MAPS & set(facts.first.image_type):
        return Judged(facts, Kind.NONE, f"{seen}, a diffusion map of another kind than ADC")
    if facts.plane is not Plane.AXIAL:
        return Judged(facts, Kind.NONE, f"{seen}, diffusion, and only axial diffusion is read")
    if facts.images_per_position > 1:
        many = facts.images_per_position
        return Judged(facts, Kind.NONE, f"{seen}, {many} images at each position (single directions, no trace)")
    if facts.is_calculated:
        return Judged(facts, Kind.CALCULATED_DWI, f"{seen}, {_b_words(facts)}, calculated by the scanner")
    if facts.stack.b_value is None:
        return Judged(facts, Kind.UNNAMED_DIFFUSION, f"{seen}, diffusion, but its b-value is written nowhere")
    many = facts.stack.directions
    averaged = f", geometric mean of {many} directions as there is no trace image" if many > 1 else ""
    return Judged(facts, Kind.DWI, f"{seen}, {_b_words(facts)}{averaged}")


def _judge_anatomy(facts: StackFacts) -> Judged:
    seen = f"{extent_words(facts)}, {_echo_words(facts)}"
    if facts.first.contrast_agent:
        return Judged(facts, Kind.NONE, f"{seen}, with contrast agent, but not a DCE of four or more phases")
    if facts.images_per_position > 1:
        return Judged(
            facts, Kind.NONE, f"{seen}, {facts.images_per_position} images at each position: time points or echoes"
        )
    if _COMPUTED & set(facts.first.image_type):
        subtracted = {"SUBTRACTION", "SUB"} & set(facts.first.image_type)
        return Judged(facts, Kind.NONE, f"{seen}, {'subtraction, ' * bool(subtracted)}computed from another series")
    if _SUBTRACTION_WORDS.search(facts.words):
        return Judged(facts, Kind.NONE, f"{seen}, named “{facts.series.description}”: subtraction of another series")
    if _LOCALIZER_WORDS.search(facts.words) and facts.step_mm > 4.0:
        return Judged(facts, Kind.NONE, f"{seen}, named “{facts.series.description}”: localizer")
    if facts.is_echo_planar and facts.plane is Plane.AXIAL:
        return Judged(facts, Kind.UNNAMED_DIFFUSION, f"{seen}, but neither b-value nor ImageType say what it shows")
    told = t2_by_echo(facts)
    if told is None:
        told = named_t2(facts)
        seen = f"{seen}, named “{facts.series.description}”"
        if not told and not _NOT_T2_WORDS.search(facts.words):
            return Judged(facts, Kind.UNNAMED_ANATOMY, f"{seen}: its weighting is written nowhere")
    if not told:
        return Judged(facts, Kind.NONE, f"{seen}: not T2 weighted, no role in this version")
    return Judged(facts, Kind.T2, seen)


def named_t2(facts: StackFacts) -> bool:
    """Tell whether the words name T2 weighted anatomy."""
    return bool(_T2_WORDS.search(facts.words)) and not _NOT_T2_WORDS.search(facts.words)


def named_against_t2(facts: StackFacts) -> bool:
    """Tell whether the words name T1 or proton density weighting, and not T2."""
    return bool(_NAMED_OTHERWISE.search(facts.words)) and not _T2_WORDS.search(facts.words)


def t2_by_echo(facts: StackFacts) -> bool | None:
    """Tell T2 weighting by echo time and kind of echo, None when the header does not name them."""
    echo, first = facts.first.scanning_sequence, facts.first
    if not echo or first.echo_time_ms is None:
        return None
    spin_echo = bool({"SE", "RM"} & set(echo)) and not {"GR", "IR", "EP"} & set(echo)
    low, high = _T2_ECHO_MS
    return spin_echo and low <= first.echo_time_ms <= high and not first.inversion_time_ms


def extent_words(facts: StackFacts) -> str:
    """Return plane, slices and pixels, e.g. `axial (18.6° oblique), 19 slices of 3 mm, pixels of 0.5 mm`."""
    plane = facts.orientation.words if facts.orientation else "several directions"
    return f"{plane}, {_count(facts)}, pixels of {facts.pixel_mm:.2g} mm"


def _count(facts: StackFacts) -> str:
    gap = facts.step_mm - facts.thickness_mm
    apart = f" every {facts.step_mm:.2g} mm" if gap > 0.1 else ""
    return f"{facts.slices} slice{'s' * (facts.slices > 1)} of {facts.thickness_mm:.2g} mm{apart}"


def _echo_words(facts: StackFacts) -> str:
    first = facts.first
    train = f" train of {first.echo_train_length}" if (first.echo_train_length or 0) > 1 else ""
    names = (("EP", "echo planar"), ("IR", "inversion recovery"), ("GR", "gradient echo"), ("SE", f"spin echo{train}"))
    echo = next((name for code, name in names if code in first.scanning_sequence), "echo not stated")
    return echo if first.echo_time_ms is None else f"{echo}, TE {first.echo_time_ms:.3g} ms"


def _echo_planar_words(facts: StackFacts) -> str:
    """Return the readout of diffusion images; vendors that do not say EPI call it a spin echo."""
    planar = ", echo planar" if facts.is_echo_planar else ""
    echo = facts.first.echo_time_ms
    return planar if echo is None else f"{planar}, TE {echo:.3g} ms"


def _adc_evidence(facts: StackFacts) -> str:
    typed = any(value.startswith("ADC") for value in facts.first.image_type)
    return "ImageType ADC" if typed else f"named “{facts.series.description}”"


def _b_words(facts: StackFacts) -> str:
    return "b-value not stated" if facts.stack.b_value is None else f"b {facts.stack.b_value:g} s/mm²"
