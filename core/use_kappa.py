"""Weighted kappa: how far two judges of the same examinations agree beyond chance, nearer categories counting more."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.pirads import Category
from core.use import Reading

LEVELS = (Category.TWO, Category.THREE, Category.FOUR, Category.FIVE)
"""The ordered categories of an examination; TWO stands for 1 and 2, between which an AI that finds nothing does not
tell."""
_Z = 1.959964
"""Of a 95 % confidence interval."""


class Weights(StrEnum):
    """How much categories that lie d of k - 1 steps apart count as agreed: 1 - d/(k - 1), or 1 - (d/(k - 1))²."""

    LINEAR = "linear"
    QUADRATIC = "quadratic"


LEAST_FOR_INTERVAL = 2 * len(LEVELS) ** 2
"""From so many examinations on the large-sample interval holds (Cicchetti, Appl Psychol Meas 1981;5:101-104)."""


@dataclass(frozen=True, slots=True)
class Kappa:
    """Weighted kappa of `count` examinations; its 95 % confidence interval is None where they are too few for one."""

    value: float
    interval: tuple[float, float] | None
    count: int


@dataclass(frozen=True, slots=True)
class NoKappa:
    """Why there is none, of `count` examinations that could be compared."""

    count: int
    why: "Why"


class Why(StrEnum):
    """Why kappa is not defined or means nothing."""

    FEW = "fewer than two examinations have both the AI's and the reader's category"
    SAME = "the AI or the reader gave every examination one and the same category, so there is nothing to agree on"


def compared(readings: Sequence[Reading]) -> tuple[tuple[Category, Category], ...]:
    """Return the AI's and the reader's level of each examination that has both; X and examinations without AI do not.

    Categories 1 and 2 are one level.
    """
    pairs = ((_level(one.ai_category), _level(one.category)) for one in readings if one.detector)
    return tuple((ai, reader) for ai, reader in pairs if ai is not None and reader is not None)


def _level(category: Category) -> Category | None:
    level = Category.TWO if category is Category.ONE else category
    return level if level in LEVELS else None


def weighted_kappa(pairs: Sequence[tuple[Category, Category]], weights: Weights) -> Kappa | NoKappa:
    """Return weighted kappa of pairs of `LEVELS` (Cohen, Psychol Bull 1968;70:213-220).

    Its interval is from the large-sample standard error of Fleiss, Cohen and Everitt (Psychol Bull 1969;72:323-327).
    """
    if len(pairs) < 2:
        return NoKappa(len(pairs), Why.FEW)
    if any(len(set(given)) == 1 for given in zip(*pairs, strict=True)):
        return NoKappa(len(pairs), Why.SAME)
    table = np.zeros((len(LEVELS), len(LEVELS)))
    for ai, reader in pairs:
        table[LEVELS.index(ai), LEVELS.index(reader)] += 1
    agreed = _agreement(weights)
    share = table / len(pairs)
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    by_chance = float(rows @ agreed @ columns)
    kappa = (float((agreed * share).sum()) - by_chance) / (1 - by_chance)
    if len(pairs) < LEAST_FOR_INTERVAL:
        return Kappa(kappa, None, len(pairs))
    half = _Z * _standard_error(share, agreed, kappa, by_chance, len(pairs))
    return Kappa(kappa, (max(kappa - half, -1.0), min(kappa + half, 1.0)), len(pairs))


def _agreement(weights: Weights) -> NDArray[np.float64]:
    place = np.arange(len(LEVELS))
    apart = np.abs(place[:, None] - place) / (len(LEVELS) - 1)
    return 1 - apart if weights is Weights.LINEAR else 1 - apart**2


def _standard_error(
    share: NDArray[np.float64], agreed: NDArray[np.float64], kappa: float, by_chance: float, count: int
) -> float:
    """Return the standard error of kappa (Fleiss, Cohen and Everitt 1969)."""
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    row_means, column_means = agreed @ columns, rows @ agreed
    spread = share * (agreed - (row_means[:, None] + column_means) * (1 - kappa)) ** 2
    variance = float(spread.sum()) - (kappa - by_chance * (1 - kappa)) ** 2
    return math.sqrt(max(variance, 0.0) / count) / (1 - by_chance)
