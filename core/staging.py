"""What the reader says of the examination beyond the lesions: how far cancer reaches, and what became of an old one."""

from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum


class Seen(StrEnum):
    """Whether the reader sees something; `NOT_ASSESSED` until something was said."""

    NOT_ASSESSED = "-"
    NONE = "none"
    POSSIBLE = "possible"
    DEFINITE = "definite"

    @property
    def next(self) -> "Seen":
        """The next degree; after the last one it is not assessed again."""
        degrees = list(Seen)
        return degrees[(degrees.index(self) + 1) % len(degrees)]

    @property
    def previous(self) -> "Seen":
        """The degree before."""
        degrees = list(Seen)
        return degrees[degrees.index(self) - 1]


@dataclass(frozen=True, slots=True)
class Staging:
    """Seminal vesicle invasion, involvement of the neurovascular bundles, suspicious nodes and bone lesions.

    The words say where and how large; they mean nothing while the finding beside them is `NOT_ASSESSED`.
    """

    right_vesicle: Seen = Seen.NOT_ASSESSED
    left_vesicle: Seen = Seen.NOT_ASSESSED
    right_bundle: Seen = Seen.NOT_ASSESSED
    left_bundle: Seen = Seen.NOT_ASSESSED
    nodes: Seen = Seen.NOT_ASSESSED
    nodes_words: str = ""
    bone: Seen = Seen.NOT_ASSESSED
    bone_words: str = ""

    @property
    def is_assessed(self) -> bool:
        """Whether anything was said."""
        return any(getattr(self, field.name) not in ("", Seen.NOT_ASSESSED) for field in fields(self))

    def rest_none(self) -> "Staging":
        """Return the staging in which what was not assessed is said to be not seen."""
        waiting = [field.name for field in fields(self) if getattr(self, field.name) is Seen.NOT_ASSESSED]
        return replace(self, **dict.fromkeys(waiting, Seen.NONE))


class PreciseScore(StrEnum):
    """Radiological change in active surveillance (PRECISE v2, Englman et al., Eur Urol 2024); X is not judged.

    Of the whole patient: the highest score of any lesion, against baseline and last examination.
    """

    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"
    X = "X"


@dataclass(frozen=True, slots=True)
class Precise:
    """The PRECISE score against the examination of `compared_with`, in the reader's judgement."""

    score: PreciseScore
    compared_with: date
    words: str = ""
