"""Choosing one stack among several of a kind, and saying by what it is better than each of the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inference.kinds import Judged

_FIRST = "it stands first in the study"
_SLAB_MM = 60.0
"""A prostate with seminal vesicles is at most some 60 mm long: more coverage makes no series better."""


@dataclass(frozen=True, slots=True)
class Preference:
    """The larger `value` wins; `better` says of the winner why, with `it` for the winner."""

    value: Callable[[Judged], float]
    better: str


@dataclass(frozen=True, slots=True)
class Contest:
    """The winner, and of each loser what the winner has ahead of it."""

    winner: Judged
    losers: tuple[tuple[Judged, str], ...]

    @property
    def undecided(self) -> Judged | None:
        """Another series that nothing tells from the winner's, or None."""
        return next((loser for loser, better in self.losers if better == _FIRST and self._is_other(loser)), None)

    def _is_other(self, loser: Judged) -> bool:
        return loser.facts.series != self.winner.facts.series

    @property
    def won(self) -> str:
        """The other series and why they lost, as the end of the winner's reason; "" without them."""
        of_other_series = [pair for pair in self.losers if pair[0].facts.series != self.winner.facts.series]
        reasons = (f"; chosen over {loser.facts.series.label}: {better}" for loser, better in of_other_series)
        return "".join(dict.fromkeys(reasons))


def contest(candidates: Sequence[Judged], preferences: Sequence[Preference]) -> Contest:
    """Return the best of one or more candidates; the first preference that differs decides."""
    ranked = sorted(candidates, key=lambda judged: [p.value(judged) for p in preferences], reverse=True)
    winner = ranked[0]
    return Contest(winner, tuple((loser, _ahead(winner, loser, preferences)) for loser in ranked[1:]))


def _ahead(winner: Judged, loser: Judged, preferences: Sequence[Preference]) -> str:
    deciding = next((p for p in preferences if p.value(winner) != p.value(loser)), None)
    return deciding.better if deciding else _FIRST


EVEN = Preference(lambda judged: judged.facts.is_even, "it has no missing or doubled slice")
FINER = Preference(lambda judged: -round(judged.facts.pixel_mm / 0.05), "its pixels are finer")
LATER = Preference(
    lambda judged: when.timestamp() if (when := judged.facts.acquired) else 0.0,
    "it was acquired later, and a series is usually repeated because the first was degraded, by motion as a rule",
)
PLAIN = Preference(
    lambda judged: not {"FS", "FAT_SAT", "SPIR", "SPAIR"} & set(judged.facts.first.scan_options),
    "it is not fat-suppressed",
)
ORIGINAL = Preference(
    lambda judged: "MPR" not in judged.facts.first.image_type, "it was acquired in this plane, not reformatted"
)
CORRECTED = Preference(
    lambda judged: bool({"DIS2D", "DIS3D"} & set(judged.facts.first.image_type)),
    "it is corrected for the distortion of the gradients",
)
EVENED = Preference(lambda judged: "NORM" in judged.facts.first.image_type, "its brightness is evened out")


def in_frame_of(frames: frozenset[str], whose: str) -> Preference:
    """Prefer a stack in one of `frames` of reference."""
    return Preference(
        lambda judged: not frames or judged.facts.series.frame_of_reference_uid in frames,
        f"it was acquired in the frame of reference of {whose}",
    )


def covering(low_mm: float, high_mm: float) -> Preference:
    """Prefer a stack that covers a slab along its normal, such as that of the diffusion images; by tenths."""

    def covered(judged: Judged) -> float:
        along = judged.facts.along_mm
        half = judged.facts.step_mm / 2
        overlap = min(high_mm, along[-1] + half) - max(low_mm, along[0] - half)
        return min(0.9, round(max(0.0, overlap) / (high_mm - low_mm), 1))

    return Preference(covered, "it covers more of what the diffusion images cover")


LONGER = Preference(
    lambda judged: round(min(judged.facts.extent_mm, _SLAB_MM) / _SLAB_MM, 1), "it covers more of the prostate"
)
