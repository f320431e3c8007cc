"""Progress on a terminal."""

import sys
from types import TracebackType
from typing import Self

from core.progress import UNKNOWN, Countdown, Schedule


class TerminalProgress:
    """Shows the stage and per cent on stderr, on one line when that is a terminal."""

    def __init__(self) -> None:
        self._shown = self._message = ""
        self._countdown = Countdown(UNKNOWN)
        self._one_line = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown and self._one_line:
            sys.stderr.write("\n")

    def expect(self, schedule: Schedule) -> None:
        """Tell the time left by this from now on."""
        self._countdown = Countdown(schedule)

    def report(self, fraction: float, message: str) -> None:
        """Show the stage when it changed, on a terminal its per cent and the time left as well."""
        self._countdown.begin(message)
        text = message
        if self._one_line:
            left = self._countdown.left_s
            text = f"{fraction:4.0%} {message}" + ("" if left is None else f" (about {left:.0f} s left)")
        elif message == self._message:
            return
        self._message = message
        if text != self._shown:
            sys.stderr.write(f"\r{text:<70}" if self._one_line else f"{text}\n")
            sys.stderr.flush()
            self._shown = text
