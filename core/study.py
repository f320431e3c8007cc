"""Studies and series as DICOM names them, the role each series plays in a prostate MR, and why. No pixels."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path


class Role(StrEnum):
    """What a stack of images is for in a prostate MR study."""

    T2_AXIAL = "t2_axial"
    T2_SAGITTAL = "t2_sagittal"
    T2_CORONAL = "t2_coronal"
    ADC = "adc"
    DWI = "dwi"
    HIGH_B = "high_b"
    DCE = "dce"
    SUBTRACTION = "subtraction"
    """An early phase of the DCE less what was there before the contrast agent; made from the phases, never a series."""
    LOCALIZER = "localizer"
    OTHER = "other"


ROLE_NAMES = {
    Role.T2_AXIAL: "axial T2",
    Role.T2_SAGITTAL: "sagittal T2",
    Role.T2_CORONAL: "coronal T2",
    Role.ADC: "ADC map",
    Role.HIGH_B: "high-b image",
    Role.DWI: "DWI",
    Role.DCE: "DCE",
}
"""What a series can be used as, in words; the ones a reader can choose from."""


@dataclass(frozen=True, slots=True)
class Patient:
    """Who was examined; `name` in DICOM's PN form, `sex` as in (0010,0040)."""

    patient_id: str
    name: str
    birth_date: date | None
    sex: str

    def age_on(self, day: date) -> int | None:
        """Return the age in whole years, or None without a birth date."""
        born = self.birth_date
        return born and day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class SeriesMatch:
    """One answer of an archive at series level; a count that the archive does not tell is None."""

    series_instance_uid: str
    modality: str
    number: int | None
    description: str
    instance_count: int | None


@dataclass(frozen=True, slots=True)
class StudyMatch:
    """One answer of an archive at study level, with its series where they were asked for."""

    study_instance_uid: str
    patient: Patient
    accession_number: str
    study_datetime: datetime | None
    description: str
    modalities: tuple[str, ...]
    series_count: int | None
    instance_count: int | None
    series: tuple[SeriesMatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Instance:
    """One SOP instance that lies in a local file, or one `frame` (from 1) of an enhanced multi-frame one."""

    path: Path
    sop_class_uid: str
    sop_instance_uid: str
    instance_number: int | None
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a local study."""

    series_instance_uid: str
    modality: str
    number: int | None
    description: str
    frame_of_reference_uid: str
    instances: tuple[Instance, ...]

    @property
    def label(self) -> str:
        """The series as people speak of it: number and description."""
        number = "?" if self.number is None else self.number
        return f"series {number} “{self.description or 'without description'}”"


@dataclass(frozen=True, slots=True)
class Study:
    """A study whose files are on this machine; `stated_age` in years as in (0010,1010).

    `patient` is as one of them tells; `patient_ids` are those of all, sorted: more than one where they do not agree.
    """

    study_instance_uid: str
    patient: Patient
    accession_number: str
    study_datetime: datetime | None
    description: str
    study_id: str
    referring_physician: str
    institution: str
    series: tuple[Series, ...]
    stated_age: int | None = None
    patient_ids: tuple[str, ...] = ()

    @property
    def age(self) -> int | None:
        """The patient's age in whole years at the examination: by birth date, else as stated, else None."""
        by_birth = self.patient.age_on(self.study_datetime.date()) if self.study_datetime else None
        return self.stated_age if by_birth is None else by_birth


@dataclass(frozen=True, slots=True)
class Stack:
    """The instances that together make one volume: a whole series, or one b-value (s/mm²) or phase of it.

    `time_s` is when a phase of a DCE was acquired, in seconds after its first phase. `directions` is how many images
    of single diffusion directions lie at each place: their geometric mean is the trace-weighted image.
    """

    series: Series
    instances: tuple[Instance, ...]
    b_value: float | None = None
    time_s: float | None = None
    directions: int = 1


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """The stack chosen for a role and the reason in words.

    `calculated` is set for an image that the scanner or we computed. An ADC that has to be fitted has two or more
    `stacks` (its DWI by rising b-value) and `fitted` set, a DCE has its phases by time; every other choice has one.
    `confidence` is 0 to 1: how many independent signals of the headers agree (inference/confidence.py). `corrected`
    is set where the reader chose.
    """

    role: Role
    stacks: tuple[Stack, ...]
    reason: str
    calculated: bool = False
    fitted: bool = False
    confidence: float = 1.0
    corrected: bool = False

    @property
    def stack(self) -> Stack:
        """The one stack, or the lowest b-value that an ADC is fitted from, or the first phase."""
        return self.stacks[0]

    @property
    def b_value(self) -> float | None:
        """The b-value in s/mm² of a DWI or high-b stack."""
        return self.stack.b_value

    @property
    def title(self) -> str:
        """The role as a viewport's corner says it, e.g. `DWI b 1400 (calc)`, else its description."""
        b_value = "" if self.b_value is None else f" b {self.b_value:g}"
        names = {
            Role.T2_AXIAL: "T2 axial",
            Role.T2_SAGITTAL: "T2 sagittal",
            Role.T2_CORONAL: "T2 coronal",
            Role.ADC: "ADC (fitted)" if self.fitted else "ADC",
            Role.DWI: f"DWI{b_value}",
            Role.HIGH_B: f"DWI{b_value}{' (calc)' if self.calculated else ''}",
            Role.DCE: "DCE" if len(self.stacks) > 1 or self.stack.time_s is None else f"DCE {self.stack.time_s:.0f} s",
            Role.SUBTRACTION: "DCE subtraction",
        }
        return names.get(self.role) or self.stack.series.description or self.role.value


@dataclass(frozen=True, slots=True)
class Question:
    """A role that was left open: which stacks may fill it, the likeliest first, and why that is not certain."""

    role: Role
    candidates: tuple[RoleChoice, ...]
    why: str

    @property
    def sentence(self) -> str:
        """What is asked, naming the series, and how it is answered."""
        named = " or ".join(dict.fromkeys(candidate.stack.series.label for candidate in self.candidates))
        return (
            f"It cannot be told which series is the {ROLE_NAMES[self.role]}: perhaps {named} ({self.why}). "
            "Choose it in the reading room (right-click a series, “Use as”); the choice is remembered for this scanner "
            "and protocol."
        )


@dataclass(frozen=True, slots=True)
class ScannerProtocol:
    """What a series looks like on one scanner: by it a reader's correction is known again in later studies.

    `scanner` is manufacturer, model and station (else serial number); `protocol` is protocol name, series description,
    ImageType and, of diffusion, the b-value.
    """

    scanner: str
    protocol: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A reader's word on what a series is for: in one study (`series_instance_uid`), and in later ones like it.

    `role` is `OTHER` for a series that is to be used for nothing. `chosen_on` is the day it was said.
    """

    key: ScannerProtocol
    role: Role
    series_instance_uid: str
    chosen_on: date


@dataclass(frozen=True, slots=True)
class RecognisedStudy:
    """A study with the role of each stack; every series that has none of them is in `left_out` with the reason.

    `questions` are roles that the headers leave open, so that the reader is asked; `warnings` is what speaks against
    this being a prostate examination of a man.
    """

    study: Study
    choices: tuple[RoleChoice, ...]
    left_out: tuple[tuple[Series, str], ...]
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()

    def one(self, role: Role) -> RoleChoice | None:
        """Return the choice for a role that is filled at most once, or None."""
        return next((choice for choice in self.choices if choice.role is role), None)

    def all(self, role: Role) -> tuple[RoleChoice, ...]:
        """Return every choice for `role`, DWI by rising b-value."""
        return tuple(choice for choice in self.choices if choice.role is role)

    def question(self, role: Role) -> Question | None:
        """Return what is asked about a role, or None."""
        return next((question for question in self.questions if question.role is role), None)
