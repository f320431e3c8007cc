"""How long work reports and how it is stopped."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Cancelled(Exception):
    """The user stopped the work; raised out of `Progress.report`."""


class Progress(Protocol):
    """What a long function is given: it reports here and is stopped from here."""

    def report(self, fraction: float, message: str) -> None:
        """Say that `fraction` (0 to 1) is done and what is being done now; raises `Cancelled`."""
        ...


class Silent:
    """A `Progress` that nobody watches."""

    def report(self, fraction: float, message: str) -> None:
        """Ignore the report."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long a work took before: by stage message, the seconds that were left when that stage began.

    An empty one knows nothing, and nothing is told then.
    """

    left_s: Mapping[str, float] = field(default_factory=dict[str, float])


UNKNOWN = Schedule()
"""Of a work that was never done here."""


class Countdown:
    """The time left of a work under way, by its schedule and the stage that was begun last."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._ends_at: float | None = None
        self._message = ""

    def begin(self, message: str) -> None:
        """Tell what is being done now; a message that the schedule does not know belongs to the stage before it."""
        if message != self._message and message in self._schedule.left_s:
            self._ends_at = time.monotonic() + self._schedule.left_s[message]
        self._message = message

    @property
    def left_s(self) -> float | None:
        """The seconds left; None when nothing is known, and when it takes longer than it did before."""
        if self._ends_at is None:
            return None
        left = self._ends_at - time.monotonic()
        return left if left > 0 else None
