"""Cancer-free virtual patients: how many a detector names a candidate in, and whether piled-up signal makes one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.volume import on_grid_of
from inference.virtual.labels import read_labels
from inference.virtual.patient import VirtualPatient, draw_patient
from inference.virtual.scanner import Technique

PILE_UP_PATIENTS = 60
HEAP = 2.0
"""The signal beside the rectum is up to three times what it should be, the most that a usual technique draws."""
_SIDES = (0.0, 0.4, -0.4)
_STILL = Technique(
    pixel_mm=2.0,
    echo_ms=70.0,
    shift=(0.0, 0.0, 0.0),
    distortion=0.0,
    pile_up=0.0,
    pile_up_side=0.0,
    snr=50.0,
    bias=0.1,
    adc_scale=1.0,
    calculated=True,
)


@dataclass(frozen=True, slots=True)
class PiledUp:
    """Whether a cancer-free patient has a candidate without and with pile-up, and one that was not there without."""

    without: bool
    with_heap: bool
    new: bool


def heaped_pair(labels: Path, name: str, number: int, seed: int) -> tuple[VirtualPatient, VirtualPatient]:
    """Draw one patient twice, without cancer, with still and undistorted images: without pile-up and with it."""
    case = read_labels(labels, name)
    healthy = replace(case, lesions=on_grid_of(case.lesions, np.zeros_like(case.lesions.array)))
    side = _SIDES[number % len(_SIDES)]
    without, with_heap = (
        draw_patient(healthy, seed, replace(_STILL, pile_up=heap, pile_up_side=side)) for heap in (0.0, HEAP)
    )
    return without, with_heap


def piled_up(without: Sequence[NDArray[Any]], with_heap: Sequence[NDArray[Any]]) -> PiledUp:
    """Compare the masks of the candidates; new is what touches none of those without pile-up."""
    before = np.any([mask > 0 for mask in without], axis=0) if without else np.bool_(False)
    new = any(not np.any((mask > 0) & before) for mask in with_heap)
    return PiledUp(bool(without), bool(with_heap), new)


def candidate_lines(scores: dict[str, dict[str, Sequence[float]]]) -> list[str]:
    """Return a table of the patients with a candidate, from the highest score (0 when none) of each, by cohort."""
    lines = ["| cancer-free patients | detector | with a candidate |", "|---|---|---|"]
    for cohort, by_detector in scores.items():
        for name, highest in by_detector.items():
            lines.append(f"| {cohort} | {name} | {share([score > 0 for score in highest])} |")
    return lines


def pile_up_lines(by_detector: dict[str, Sequence[PiledUp]]) -> list[str]:
    """Return a table of the patients with a candidate without and with pile-up."""
    lines = ["| detector | without pile-up | with heavy pile-up | a new candidate by it |", "|---|---|---|---|"]
    for name, pairs in by_detector.items():
        cells = (share([getattr(pair, what) for pair in pairs]) for what in ("without", "with_heap", "new"))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def share(values: Sequence[bool]) -> str:
    """Return how many of how many, with Wilson's 95 % interval."""
    n, found, z = len(values), sum(values), 1.96
    middle = (found + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * sqrt(found * (n - found) / n + z**2 / 4)
    return f"{found} of {n} ({max(0.0, middle - half):.0%}–{min(1.0, middle + half):.0%})"
