"""How good the images are: technical and pixel checks, what follows for the AI, and the reader's PI-QUAL v2 form."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Annotated, Literal

from pydantic import Field


class Sequence(StrEnum):
    """What PI-RADS and PI-QUAL judge by itself; the value is how it is written."""

    T2 = "T2W"
    DWI = "DWI"
    DCE = "DCE"


class Asked(StrEnum):
    """What a check is about, as it is written."""

    THICKNESS = "slice thickness"
    GAP = "gap between slices"
    FIELD_OF_VIEW = "field of view"
    RESOLUTION = "acquired pixel"
    PLANES = "orthogonal T2W plane"
    ECHO_TIME = "echo time"
    REPETITION_TIME = "repetition time"
    LOW_B = "low b-value"
    INTERMEDIATE_B = "intermediate b-value"
    HIGH_B = "high b-value"
    ADC_B = "b-values of the ADC"
    TEMPORAL_RESOLUTION = "temporal resolution"
    OBSERVATION = "time observed"
    COVERAGE = "gland covered"
    SNR = "signal-to-noise ratio"
    GHOSTS = "ghosts along the phase direction"
    DISPLACED_SLICES = "displacement from slice to slice"
    DISPLACED_GLAND = "displacement against T2W"
    GLAND_OVERLAP = "gland overlap with T2W"
    VOIDS = "signal voids in the gland"
    PILE_UP = "signal pile-up in the gland"
    B_ORDER = "signal over that of the lower b-value"
    ADC_LIKENESS = "ADC map and DWI alike"
    ADC_SCALE = "ADC map over ADC from the DWI"
    SAME_TIME = "ADC map and DWI of one time"


class Verdict(StrEnum):
    """The answer to a check; UNKNOWN where header or pixels do not tell."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Effect(IntEnum):
    """What a check means when it fails, the gravest last.

    DEVIATES from a recommendation; LIMITS what the sequence shows; DISABLES it, so that the AI is labelled; WITHHOLDS
    the AI's search for lesions.
    """

    DEVIATES = 0
    LIMITS = 1
    DISABLES = 2
    WITHHOLDS = 3


class QualityFinding(StrEnum):
    """What is wrong, as PS3.16 CID 6314 to 6318 have it."""

    PROTOCOL_NOT_FOLLOWED = "protocol not followed"
    INCOMPLETE_STUDY = "incomplete study"
    COVERAGE_INCOMPLETE = "coverage incomplete"
    POOR_FOV = "poor field of view"
    POOR_SNR = "poor SNR"
    B_VALUE_MISSING = "expected b-value missing"
    ADC_MISSING = "expected ADC map missing"
    DISTORTION = "distortion"
    SEVERE_DISTORTION = "severe distortion"
    MOTION = "motion"
    GHOST = "ghost"
    SUSCEPTIBILITY = "susceptibility"
    POOR_CONTRAST_TIMING = "poor contrast timing"


class Basis(StrEnum):
    """What a check looked at."""

    HEADER = "header"
    PIXELS = "pixels"


class Adequacy(StrEnum):
    """What a sequence is good for, and what the window writes."""

    DIAGNOSTIC = "diagnostic"
    LIMITED = "limited"
    INADEQUATE = "inadequate"


@dataclass(frozen=True, slots=True)
class QualityCheck:
    """One question to a sequence: what was `found`, what is `required`, by which `source`, and what a failure means."""

    sequence: Sequence
    name: Asked
    found: str
    required: str
    verdict: Verdict
    source: str
    basis: Basis = Basis.HEADER
    effect: Effect = Effect.DEVIATES
    finding: QualityFinding = QualityFinding.PROTOCOL_NOT_FOLLOWED

    @property
    def failed(self) -> bool:
        """Whether the requirement is not met."""
        return self.verdict is Verdict.FAILED

    @property
    def words(self) -> str:
        """What was found instead of what is required, e.g. `echo time 120 ms instead of ≤ 90 ms`."""
        return f"{self.name.value} {self.found} instead of {self.required}"


@dataclass(frozen=True, slots=True)
class Quality:
    """Every check of one study."""

    checks: tuple[QualityCheck, ...]

    @property
    def sequences(self) -> tuple[Sequence, ...]:
        """The sequences that were checked."""
        return tuple(sequence for sequence in Sequence if any(x.sequence is sequence for x in self.checks))

    def of(self, sequence: Sequence) -> tuple[QualityCheck, ...]:
        """Return the checks of one sequence."""
        return tuple(check for check in self.checks if check.sequence is sequence)

    def failed(self, sequence: Sequence, least: Effect = Effect.DEVIATES) -> tuple[QualityCheck, ...]:
        """Return the failed checks of a sequence that mean at least this, the gravest first."""
        found = [check for check in self.of(sequence) if check.failed and check.effect >= least]
        return tuple(sorted(found, key=lambda check: check.effect, reverse=True))

    def adequacy(self, sequence: Sequence) -> Adequacy:
        """Return what a sequence is good for: its gravest failure decides, what is unknown does not count."""
        worst = max((check.effect for check in self.failed(sequence)), default=Effect.DEVIATES)
        if worst >= Effect.DISABLES:
            return Adequacy.INADEQUATE
        return Adequacy.LIMITED if worst is Effect.LIMITS else Adequacy.DIAGNOSTIC

    def reasons(self, sequence: Sequence) -> tuple[str, ...]:
        """Return why a sequence is less than diagnostic, the gravest first."""
        return tuple(check.words for check in self.failed(sequence, Effect.LIMITS))

    @property
    def withheld(self) -> str:
        """Why the AI's search for lesions is withheld, without a full stop; empty when it is not."""
        return self._why(Effect.WITHHOLDS)

    @property
    def label(self) -> str:
        """Why what the AI says of lesions is to be doubted, without a full stop; empty when it is not."""
        return self._why(Effect.DISABLES)

    def _why(self, least: Effect) -> str:
        told = [f"{x.value}: {', '.join(c.words for c in self.failed(x, least))}" for x in NEEDED_BY_AI]
        return "; ".join(line for line in told if not line.endswith(": "))


NEEDED_BY_AI = (Sequence.T2, Sequence.DWI)
"""What the AI looks for lesions in."""
UNASSESSED = Quality(())
"""Nobody has looked at the images yet."""


# ------------------------------------------------------------------ PI-QUAL version 2


class Criterion(StrEnum):
    """A line of the form. `…_TECHNIQUE` are conditions: a sequence that lacks one scores 0."""

    T2_TECHNIQUE = "t2_technique"
    T2_SNR = "t2_snr"
    T2_STRUCTURES = "t2_structures"
    T2_ARTEFACTS = "t2_artefacts"
    T2_PLANES = "t2_planes"
    DWI_TECHNIQUE = "dwi_technique"
    DWI_SNR = "dwi_snr"
    DWI_STRUCTURES = "dwi_structures"
    DWI_ARTEFACTS = "dwi_artefacts"
    DWI_PLANES = "dwi_planes"
    DCE_TECHNIQUE = "dce_technique"
    DCE_ENHANCEMENT = "dce_enhancement"
    DCE_ARTEFACTS = "dce_artefacts"

    @property
    def sequence(self) -> Sequence:
        """The sequence that it is asked of."""
        return {"t2": Sequence.T2, "dwi": Sequence.DWI, "dce": Sequence.DCE}[self.value.split("_")[0]]

    @property
    def is_condition(self) -> bool:
        """Whether the sequence scores 0 without it."""
        return self.value.endswith("_technique")

    @property
    def words(self) -> str:
        """The line as the form has it."""
        return _WORDS[self]


_WORDS = {
    Criterion.T2_TECHNIQUE: "Axial slices of 3 mm or less",
    Criterion.T2_SNR: "Axial: adequate signal-to-noise ratio throughout",
    Criterion.T2_STRUCTURES: "Axial: capsule, vesicles, ducts, bundles and sphincter clearly seen",
    Criterion.T2_ARTEFACTS: "Axial: no disturbing artefacts",
    Criterion.T2_PLANES: "Sagittal or coronal images of adequate quality",
    Criterion.DWI_TECHNIQUE: "Slices ≤ 4 mm, b ≥ 1400, ADC from two or more b ≤ 1000",
    Criterion.DWI_SNR: "Adequate signal-to-noise ratio",
    Criterion.DWI_STRUCTURES: "ADC map: gland and zones clearly seen",
    Criterion.DWI_ARTEFACTS: "No disturbing distortion or artefacts",
    Criterion.DWI_PLANES: "Slices cover the gland as T2W does",
    Criterion.DCE_TECHNIQUE: "Slices of 3 mm or less, ≤ 15 s per phase",
    Criterion.DCE_ENHANCEMENT: "Vessels and enhancement clearly seen",
    Criterion.DCE_ARTEFACTS: "No disturbing artefacts",
}


class Answer(StrEnum):
    """MET and NOT_MET; OPEN is left to the reader."""

    MET = "met"
    NOT_MET = "not met"
    OPEN = "open"


class PiQualScore(IntEnum):
    """The overall score of PI-QUAL version 2."""

    INADEQUATE = 1
    ACCEPTABLE = 2
    OPTIMAL = 3

    @property
    def meaning(self) -> str:
        """The score in a word."""
        return self.name.lower()


Answers = tuple[tuple[Criterion, Answer], ...]


@dataclass(frozen=True, slots=True)
class PiQualDraft:
    """The form as it is prefilled and while the reader fills it; it is reported nowhere."""

    answers: Answers
    kind: Literal["draft"] = "draft"

    def confirm(self) -> "PiQual":
        """Return the reader's form, in which whatever was left open is met."""
        return PiQual(tuple((x, Answer.MET if answer is Answer.OPEN else answer) for x, answer in self.answers))


@dataclass(frozen=True, slots=True)
class PiQual:
    """The form as the reader confirmed it; raises ValueError while a line is open."""

    answers: Answers
    kind: Literal["confirmed"] = "confirmed"

    def __post_init__(self) -> None:
        if any(answer is Answer.OPEN for _, answer in self.answers):
            raise ValueError("A PI-QUAL form with an open line is not confirmed.")

    @property
    def overall(self) -> PiQualScore:
        """The score of the examination."""
        dce = Sequence.DCE in asked(self)
        return overall(
            points(self, Sequence.T2), points(self, Sequence.DWI), points(self, Sequence.DCE) if dce else None
        )

    @property
    def forbids_categories(self) -> bool:
        """Whether PI-QUAL v2 advises against PI-RADS categories (score 1)."""
        return self.overall is PiQualScore.INADEQUATE


PiQualForm = Annotated[PiQualDraft | PiQual, Field(discriminator="kind")]


def asked(form: PiQualDraft | PiQual) -> tuple[Sequence, ...]:
    """Return the sequences that a form asks about."""
    return tuple(sequence for sequence in Sequence if any(x.sequence is sequence for x, _ in form.answers))


def open_lines(form: PiQualDraft | PiQual, sequence: Sequence) -> int:
    """Return how many lines of a sequence are left to the reader."""
    return sum(answer is Answer.OPEN for x, answer in form.answers if x.sequence is sequence)


def points(form: PiQualDraft | PiQual, sequence: Sequence) -> int:
    """Return the points of a sequence: the criteria met, 0 to 4 (DCE 0 to 2), 0 when a condition is not met."""
    of_it = [(x, answer) for x, answer in form.answers if x.sequence is sequence]
    if any(x.is_condition and answer is Answer.NOT_MET for x, answer in of_it):
        return 0
    return sum(answer is Answer.MET for x, answer in of_it if not x.is_condition)


def most_points(sequence: Sequence) -> int:
    """Return how many points a sequence can have."""
    return 2 if sequence is Sequence.DCE else 4


def overall(t2: int, dwi: int, dce: int | None) -> PiQualScore:
    """Return the PI-QUAL v2 score of the points of T2W and DWI (0 to 4) and DCE (0 to 2, None of biparametric MRI).

    De Rooij et al., Eur Radiol 2024;34:7068.
    """
    whole = dce == 2
    if min(t2, dwi) <= 2:
        return PiQualScore.ACCEPTABLE if whole and max(t2, dwi) == 4 else PiQualScore.INADEQUATE
    if t2 == dwi == 4 and (dce is None or whole):
        return PiQualScore.OPTIMAL
    return PiQualScore.ACCEPTABLE


def answered(form: PiQualDraft | PiQual, criterion: Criterion, answer: Answer) -> PiQualDraft | PiQual:
    """Return the form with one line answered; a confirmed form stays confirmed."""
    return replace(form, answers=tuple((x, answer if x is criterion else old) for x, old in form.answers))


def prefilled(quality: Quality) -> PiQualDraft:
    """Return the form with all that headers and pixels say; what needs the eye is left open.

    A check that passed answers what it measures. That no artefact was measured does not say that none is seen, so
    artefacts are answered only when there are, and what can be seen only where nothing can.
    """
    criteria = [x for x in Criterion if x.sequence in quality.sequences]
    return PiQualDraft(tuple((x, _prefilled(quality, x)) for x in criteria))


_MEASURED_BY = {
    Criterion.T2_TECHNIQUE: (Asked.THICKNESS,),
    Criterion.T2_SNR: (Asked.SNR,),
    Criterion.T2_PLANES: (Asked.PLANES,),
    Criterion.DWI_TECHNIQUE: (Asked.THICKNESS, Asked.HIGH_B, Asked.ADC_B),
    Criterion.DWI_SNR: (Asked.SNR,),
    Criterion.DWI_PLANES: (Asked.COVERAGE,),
    Criterion.DCE_TECHNIQUE: (Asked.THICKNESS, Asked.TEMPORAL_RESOLUTION),
}
"""By which checks a line is answered."""
_ARTEFACTS = {
    QualityFinding.MOTION,
    QualityFinding.GHOST,
    QualityFinding.SUSCEPTIBILITY,
    QualityFinding.DISTORTION,
    QualityFinding.SEVERE_DISTORTION,
}


def _prefilled(quality: Quality, criterion: Criterion) -> Answer:
    checks = quality.of(criterion.sequence)
    if criterion.value.endswith("_artefacts"):
        return Answer.NOT_MET if any(x.failed and x.finding in _ARTEFACTS for x in checks) else Answer.OPEN
    if criterion.value.endswith("_structures"):
        inadequate = quality.adequacy(criterion.sequence) is Adequacy.INADEQUATE
        return Answer.NOT_MET if inadequate else Answer.OPEN
    names = _MEASURED_BY.get(criterion, ())
    return _joined([x.verdict for x in checks if x.name in names], len(names))


def _joined(verdicts: Iterable[Verdict], wanted: int) -> Answer:
    found = list(verdicts)
    if Verdict.FAILED in found:
        return Answer.NOT_MET
    return Answer.MET if wanted and len(found) >= wanted and Verdict.UNKNOWN not in found else Answer.OPEN


def in_sentences(quality: Quality) -> tuple[str, ...]:
    """Return what the reader has to be told of the AI's part: that it was withheld, or is to be doubted."""
    if quality.withheld:
        return (f"The AI did not look for lesions because of the image quality: {quality.withheld}.",)
    return (doubted(quality),) if quality.label else ()


def doubted(quality: Quality) -> str:
    """Return the sentence by which every finding of the AI is labelled."""
    return f"Image quality makes the AI unreliable here: {quality.label}."
