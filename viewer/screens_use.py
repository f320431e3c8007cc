"""Made-up reports and runs of the AI, for pictures of the dashboard."""

from datetime import UTC, datetime, timedelta

import numpy as np

from core.pirads import Category
from core.use import Analysed, Fate, Judged, Reading, Use

_GLAND, _DETECTOR, _OTHER = "TAPS 1.1.0", "Prosector bpMRI detector 0.3", "nnU-Net PI-CAI 1.0"
_NAMES = (("a", "Ann Example"), ("b", "Reader 2"), ("c", "Reader 3"))
_FAILURES = ("CannotAnalyse", "CannotAnalyse", "GlandNotFound", "WorkerDied")
_BEGIN = datetime(2026, 1, 7, 8, tzinfo=UTC)


def made_up(count: int = 170) -> Use:
    """Return a year of reports, whose positive rate falls when another model comes into use."""
    dice = np.random.default_rng(7)
    readings: list[Reading] = []
    runs: list[Analysed] = []
    for number in range(count):
        model = _OTHER if number > 0.6 * count else _DETECTOR
        signed_at = _BEGIN + timedelta(days=2 * number, minutes=int(dice.integers(500)))
        readings.append(_reading(dice, _NAMES[int(dice.integers(3))][0], model, signed_at))
        failure = _FAILURES[int(dice.integers(4))] if dice.random() < 0.09 else ""
        runs.append(Analysed((_GLAND, model), signed_at, float(dice.gamma(20, 2)), failure))
    return Use(tuple(readings), tuple(runs), _NAMES)


def _reading(dice: np.random.Generator, reader: str, model: str, signed_at: datetime) -> Reading:
    chances = (0.86, 0.1, 0.03, 0.01) if model == _OTHER else (0.3, 0.4, 0.22, 0.08)
    judged = tuple(_judged(dice, model) for _ in range(int(dice.choice(4, p=chances))))
    given = [one.given for one in judged if one.given.isdigit()]
    return Reading(
        reader=reader,
        signed_at=signed_at,
        category=max(given, default=Category(str(dice.integers(1, 3)))),
        detector=model,
        ai_category=max((one.suggested for one in judged), default=Category.TWO),
        judged=judged,
        added=int(dice.random() < 0.08),
        reading_s=float(dice.gamma(4, 170)),
        turnaround_s=float(dice.gamma(2, 14000)),
    )


def _judged(dice: np.random.Generator, model: str) -> Judged:
    suggested = int(dice.choice((3, 4, 5), p=(0.35, 0.4, 0.25)))
    fate = (Fate.ACCEPTED, Fate.EDITED, Fate.REJECTED)[int(dice.choice(3, p=(0.66, 0.16, 0.18)))]
    given = min(max(suggested + int(dice.choice((-2, -1, 0, 1), p=(0.04, 0.16, 0.68, 0.12))), 1), 5)
    kept = Category.PENDING if fate is Fate.REJECTED else Category(str(given))
    return Judged(model, fate, Category(str(suggested)), kept)
