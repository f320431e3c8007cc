"""In which language a report is written, and what it said by itself when the reader began to write."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The language of a report's text, as RFC 5646 names it."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"


class FactName(StrEnum):
    """What a fact of a report is about."""

    REPORTED = "reported"
    INDEX = "index lesion"
    PLACE = "sector"
    SIZE = "size"
    VOLUME = "volume"
    T2 = "T2W"
    DWI = "DWI"
    DCE = "DCE"
    CATEGORY = "PI-RADS"
    ADC = "ADC"
    EPE = "EPE"
    COMMENT = "comment"
    INDICATION = "indication"
    PSA = "PSA"
    PSA_DENSITY = "PSA density"
    GLAND_VOLUME = "prostate volume"
    SEQUENCES = "sequences"
    PI_QUAL = "PI-QUAL"
    WARNINGS = "notes of the analysis"
    NOT_REVIEWED = "not reviewed"
    RIGHT_VESICLE = "right seminal vesicle"
    LEFT_VESICLE = "left seminal vesicle"
    RIGHT_BUNDLE = "right neurovascular bundle"
    LEFT_BUNDLE = "left neurovascular bundle"
    NODES = "lymph nodes"
    BONE = "bone"
    PRECISE = "PRECISE"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a report holds: `subject` is a lesion's label, empty for the examination; `value` is short."""

    name: FactName
    value: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A fact that is another one now; an empty value is one that was not there, or is no longer."""

    name: FactName
    before: str
    after: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class WrittenOver:
    """The text that wrote itself, and the facts behind it, when the reader's own text was last known to fit them."""

    text: str
    facts: tuple[Fact, ...]
    language: Language = Language.ENGLISH
