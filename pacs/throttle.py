"""Progress that is told no more often than a person can read it, with the speed of a transfer."""

import time

from core.progress import Progress

_EVERY_S = 0.1
_MEANS_SOMETHING_S = 0.5


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


class Pace:
    """How fast bytes come or go since the first of them; as text `, 12.3 MB/s`, or nothing while it says nothing."""

    def __init__(self) -> None:
        self._bytes = 0
        self._since: float | None = None

    def add(self, count: int) -> None:
        """Count bytes; from any thread, where a lost count only makes the figure a little too low."""
        if self._since is None:
            self._since = time.monotonic()
        self._bytes += count

    def __str__(self) -> str:
        took = 0.0 if self._since is None else time.monotonic() - self._since
        return f", {self._bytes / took / 1e6:.1f} MB/s" if took >= _MEANS_SOMETHING_S else ""
