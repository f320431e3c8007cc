"""Shares with their intervals, shifts of category, times and failures, counted over what was learnt from use."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.pirads import Category
from core.use import Analysed, Fate, Reading

_Z = 1.959964
"""Of a 95 % confidence interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`; `whole` may be 0, and then there is no share."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """0 to 1, or None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of Wilson (J Am Stat Assoc 1927;22:209-212), or None of nothing."""
        if not self.whole:
            return None
        n, share = self.whole, self.part / self.whole
        middle = share + _Z**2 / (2 * n)
        half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        return max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What became of the AI's lesions, each as a share of all of them, and what readers added to them."""

    accepted: Share
    edited: Share
    rejected: Share
    added: int

    @property
    def lesions(self) -> int:
        """How many lesions of the AI were judged."""
        return self.accepted.whole


def agreement(readings: Sequence[Reading]) -> Agreement:
    """Return what became of every AI lesion; lesions are added only where a model had looked for some."""
    fates = Counter(one.fate for reading in readings for one in reading.judged)
    whole = fates.total()
    accepted, edited, rejected = (Share(fates[fate], whole) for fate in Fate)
    return Agreement(accepted, edited, rejected, sum(reading.added for reading in readings if reading.detector))


def shifts(readings: Sequence[Reading]) -> Counter[tuple[Category, Category]]:
    """Count the AI's lesions by the category that was suggested and the one that the reader gave (PENDING: rejected).

    Lesions of models that suggest no category are left out.
    """
    judged = (one for reading in readings for one in reading.judged)
    return Counter((one.suggested, one.given) for one in judged if one.suggested is not Category.PENDING)


@dataclass(frozen=True, slots=True)
class Times:
    """The quartiles of `count` times in seconds."""

    count: int
    lower: float
    median: float
    upper: float


def times(seconds: Iterable[float | None]) -> Times | None:
    """Return the quartiles (linear between neighbours) of the times that are known, or None of none."""
    known = [one for one in seconds if one is not None]
    if not known:
        return None
    lower, median, upper = np.percentile(known, (25, 50, 75))
    return Times(len(known), float(lower), float(median), float(upper))


def failures(analyses: Sequence[Analysed]) -> Share:
    """Return how many analyses ended without an answer."""
    return Share(sum(bool(one.failure) for one in analyses), len(analyses))


def causes(analyses: Sequence[Analysed]) -> tuple[tuple[str, int], ...]:
    """Return the errors that ended analyses and how often, the most frequent first."""
    return tuple(Counter(one.failure for one in analyses if one.failure).most_common())
