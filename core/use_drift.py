"""The share of positive examinations over time, and whether the latest are no longer like the first: a p chart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from core.pirads import Category
from core.use import Reading
from core.use_measures import Share

WINDOW = 50
"""How many examinations one rate is of."""
_SIGMAS = 3.0
"""Control limits of Shewhart; p charts: Montgomery, Introduction to Statistical Quality Control, ch. 7."""


@dataclass(frozen=True, slots=True)
class Called:
    """One examination: when its report was signed, and whether it was called positive."""

    when: datetime
    positive: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of positives among the `WINDOW` examinations that end at `when`."""

    when: datetime
    share: float


@dataclass(frozen=True, slots=True)
class Drift:
    """The first `WINDOW` examinations (the baseline) against the latest, and the limits of a rate that is like it.

    A rate beyond the limits is no proof: patients, scanners, protocols and readers change it as a model does, and
    among many looks at a steady rate a few fall outside by chance.
    """

    baseline: Share
    latest: Share
    low: float
    high: float

    @property
    def alarms(self) -> bool:
        """Whether the latest rate lies beyond the limits."""
        return not self.low <= (self.latest.value or 0.0) <= self.high


@dataclass(frozen=True, slots=True)
class TooFew:
    """There are not yet examinations enough for a baseline and others that are not of it."""

    count: int


LEAST_FOR_DRIFT = 2 * WINDOW


def by_readers(readings: Sequence[Reading], least: Category) -> tuple[Called, ...]:
    """Return which examinations readers called positive: of category `least` (3 or 4) or above; X is neither."""
    return tuple(Called(x.signed_at, int(x.category) >= int(least)) for x in readings if x.category.isdigit())


def by_model(readings: Sequence[Reading], least: Category) -> tuple[Called, ...]:
    """Return which examinations the AI called positive; those for which it told no category are left out."""
    told = (x for x in readings if x.ai_category.isdigit())
    return tuple(Called(x.signed_at, int(x.ai_category) >= int(least)) for x in told)


def rates(called: Sequence[Called]) -> tuple[Rate, ...]:
    """Return the rate of every `WINDOW` successive examinations, each one further than the one before."""
    sums = [0, *accumulate(one.positive for one in called)]
    ends = range(WINDOW, len(called) + 1)
    return tuple(Rate(called[end - 1].when, (sums[end] - sums[end - WINDOW]) / WINDOW) for end in ends)


def drift(called: Sequence[Called]) -> Drift | TooFew:
    """Compare the latest `WINDOW` examinations with the first, which must not overlap.

    The limits are three standard errors of the difference of two such samples, √(2 p (1 − p) / n) with p over all
    examinations: a p chart's √(p (1 − p) / n) takes its baseline for exact, which that of 50 examinations is not, and
    would alarm too often.
    """
    if len(called) < LEAST_FOR_DRIFT:
        return TooFew(len(called))
    baseline, latest = _share(called[:WINDOW]), _share(called[-WINDOW:])
    centre = baseline.part / WINDOW
    overall = sum(one.positive for one in called) / len(called)
    half = _SIGMAS * math.sqrt(2 * overall * (1 - overall) / WINDOW)
    return Drift(baseline, latest, max(centre - half, 0.0), min(centre + half, 1.0))


def _share(called: Sequence[Called]) -> Share:
    return Share(sum(one.positive for one in called), len(called))
