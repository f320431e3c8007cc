"""Learning from use: what readers made of the AI, how long reports took, how often the AI failed. No patient data."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median, quantiles
from typing import Literal

from core.pirads import Category

ENOUGH = 20
"""Fewer readings, lesions or runs than this say nothing about a reader or a model."""
BASELINE = 50
"""The first examinations, which later ones are held against; also how many of the latest are."""
_SIGMAS = 3.0
_Z95 = 1.959964
_SUSPICIOUS = (Category.THREE, Category.FOUR, Category.FIVE)

Done = Literal["accepted", "edited", "rejected", "added"]


@dataclass(frozen=True, slots=True)
class UsedLesion:
    """One lesion at signing: by which model (empty: the reader's own), what was done, suggested and reported."""

    model: str
    done: Done
    suggested: Category
    reported: Category
    score: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One examination at its first signature.

    `reader` is a pseudonym; `reader_name` is empty unless the site wants names. `turnaround_min` is from acquisition to
    signature; both times are None where they are not known.
    """

    day: date
    reader: str
    reader_name: str
    models: tuple[str, ...]
    lesions: tuple[UsedLesion, ...]
    category: Category
    open_to_sign_s: int | None
    turnaround_min: int | None
    kind: Literal["reading"] = "reading"

    @property
    def is_positive(self) -> bool:
        """Whether the examination is PI-RADS 3 or above."""
        return self.category in _SUSPICIOUS


@dataclass(frozen=True, slots=True)
class AiRun:
    """One run of the AI; `failure` is the kind of error, empty when it gave findings."""

    day: date
    models: tuple[str, ...]
    failure: str
    kind: Literal["run"] = "run"


@dataclass(frozen=True, slots=True)
class TooFew:
    """Not enough to say anything."""

    found: int
    needed: int = ENOUGH


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of a model's lesions were taken as they were, taken changed, or not taken; `added` are the reader's."""

    accepted: int
    edited: int
    rejected: int
    added: int

    @property
    def suggested(self) -> int:
        """How many lesions the models brought."""
        return self.accepted + self.edited + self.rejected


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quartiles of `count` values."""

    median: float
    lower: float
    upper: float
    count: int


@dataclass(frozen=True, slots=True)
class Rate:
    """`events` of `count`, with the 95 % interval of Wilson (J Am Stat Assoc 1927;22:209)."""

    events: int
    count: int
    lower: float
    upper: float

    @property
    def share(self) -> float:
        """The share of events, 0 to 1."""
        return self.events / self.count


@dataclass(frozen=True, slots=True)
class Month:
    """The examinations of one calendar month, and the limits between which their share is expected (None: unknown)."""

    first_day: date
    positive: int
    count: int
    limits: tuple[float, float] | None

    @property
    def share(self) -> float:
        """The share of positive examinations, 0 to 1."""
        return self.positive / self.count


@dataclass(frozen=True, slots=True)
class Drift:
    """The share of positive examinations among the first and the latest `BASELINE`, and the limits of chance."""

    first: float
    latest: float
    lower: float
    upper: float

    @property
    def alarms(self) -> bool:
        """Whether the latest examinations lie beyond the limits."""
        return not self.lower <= self.latest <= self.upper


def agreement(readings: Iterable[Reading]) -> Agreement:
    """Return what became of the lesions."""
    done = Counter(lesion.done for reading in readings for lesion in reading.lesions)
    return Agreement(done["accepted"], done["edited"], done["rejected"], done["added"])


def pairs(readings: Iterable[Reading]) -> tuple[tuple[int, int], ...]:
    """Return suggested and reported category (1 to 5) of every model's lesion that was taken and has both."""
    taken = (x for reading in readings for x in reading.lesions if x.done in ("accepted", "edited"))
    return tuple((int(x.suggested), int(x.reported)) for x in taken if x.suggested.isdigit() and x.reported.isdigit())


def shifts(found: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return how many lesions were reported so many categories above (+) or below (-) what was suggested: -4 to 4."""
    counted = Counter(reported - suggested for suggested, reported in found)
    return {shift: counted[shift] for shift in range(-4, 5)}


def weighted_kappa(found: Sequence[tuple[int, int]]) -> float | TooFew | None:
    """Return Cohen's kappa with quadratic weights (Cohen, Psychol Bull 1968;70:213).

    None when both sides gave one and the same category throughout, where it is not defined.
    """
    if len(found) < ENOUGH:
        return TooFew(len(found))
    first, second = Counter(a for a, _ in found), Counter(b for _, b in found)
    observed = sum((a - b) ** 2 for a, b in found) / len(found)
    chance = sum((a - b) ** 2 * first[a] * second[b] for a in first for b in second) / len(found) ** 2
    return 1 - observed / chance if chance else None


def spread(values: Iterable[float | None]) -> Spread | TooFew:
    """Return median and quartiles of the values that are known."""
    known = [value for value in values if value is not None]
    if len(known) < ENOUGH:
        return TooFew(len(known))
    lower, _, upper = quantiles(known, n=4, method="inclusive")
    return Spread(median(known), lower, upper, len(known))


def rate(events: int, count: int) -> Rate | TooFew:
    """Return a share with its 95 % interval."""
    if count < ENOUGH:
        return TooFew(count)
    share, z2 = events / count, _Z95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z95 / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    return Rate(events, count, max(middle - half, 0.0), min(middle + half, 1.0))


def failure_rate(runs: Sequence[AiRun]) -> Rate | TooFew:
    """Return how often the AI gave no findings."""
    return rate(sum(bool(run.failure) for run in runs), len(runs))


def positive_rate(readings: Sequence[Reading]) -> Rate | TooFew:
    """Return how often the examination was PI-RADS 3 or above."""
    return rate(sum(reading.is_positive for reading in readings), len(readings))


def drift(readings: Sequence[Reading]) -> Drift | TooFew:
    """Hold the latest 50 examinations against the first 50; `readings` are in the order of their signatures.

    A p-chart with limits of 3 sigma (Montgomery, Introduction to Statistical Quality Control, ch. 7), widened because
    the share that it begins with is itself known from no more than 50.
    """
    if len(readings) < 2 * BASELINE:
        return TooFew(len(readings), 2 * BASELINE)
    first = _share(readings[:BASELINE])
    lower, upper = _limits(first, BASELINE)
    return Drift(first, _share(readings[-BASELINE:]), lower, upper)


def months(readings: Sequence[Reading]) -> tuple[Month, ...]:
    """Return the examinations month by month, those without any left out; limits as in `drift`."""
    first = _share(readings[:BASELINE]) if len(readings) >= BASELINE else None
    by_month: dict[date, list[Reading]] = {}
    for reading in readings:
        by_month.setdefault(reading.day.replace(day=1), []).append(reading)
    return tuple(
        Month(day, sum(x.is_positive for x in one), len(one), None if first is None else _limits(first, len(one)))
        for day, one in sorted(by_month.items())
    )


def _share(readings: Sequence[Reading]) -> float:
    return sum(reading.is_positive for reading in readings) / len(readings)


def _limits(share: float, count: int) -> tuple[float, float]:
    steady = (share * BASELINE + 0.5) / (BASELINE + 1)  # 0 of 50 does not make the first positive one an alarm
    half = _SIGMAS * math.sqrt(steady * (1 - steady) * (1 / count + 1 / BASELINE))
    return max(steady - half, 0.0), min(steady + half, 1.0)


def chosen(
    readings: Iterable[Reading], *, reader: str = "", model: str = "", since: date = date.min
) -> tuple[Reading, ...]:
    """Return the readings of a reader, a model and a period; empty means all.

    Of the lesions, those of another model are left out; the reader's own stay.
    """
    kept = (x for x in readings if reader in ("", x.reader) and x.day >= since)
    return tuple(_of_model(x, model) for x in kept if not model or model in x.models)


def _of_model(reading: Reading, model: str) -> Reading:
    if not model:
        return reading
    lesions = tuple(lesion for lesion in reading.lesions if lesion.model in ("", model))
    return replace(reading, lesions=lesions)


def by_group(readings: Iterable[Reading], groups: Callable[[Reading], Iterable[str]]) -> dict[str, tuple[Reading, ...]]:
    """Return the readings of each reader or model, by name."""
    found: dict[str, list[Reading]] = {}
    for reading in readings:
        for group in groups(reading):
            found.setdefault(group, []).append(reading)
    return {name: tuple(found[name]) for name in sorted(found)}
