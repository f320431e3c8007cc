"""Progress that is told no more often than a person can read it."""

import time

from core.progress import Progress

_EVERY_S = 0.1


class Throttled:
    """A `Progress` that passes on ten reports a second, and always the first and the last."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._last = float("-inf")

    def report(self, fraction: float, message: str) -> None:
        """Pass the report on unless one was passed on just now; raises `Cancelled`."""
        now = time.monotonic()
        if now - self._last >= _EVERY_S or fraction >= 1:
            self._last = now
            self._progress.report(fraction, message)
