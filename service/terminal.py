"""Progress on a terminal."""

import sys
from types import TracebackType
from typing import Self


class TerminalProgress:
    """Shows the stage and per cent on stderr, on one line when that is a terminal."""

    def __init__(self) -> None:
        self._shown = ""
        self._one_line = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown and self._one_line:
            sys.stderr.write("\n")

    def report(self, fraction: float, message: str) -> None:
        """Show the stage when it changed, or its per cent on a terminal."""
        text = f"{fraction:4.0%} {message}" if self._one_line else message
        if text != self._shown:
            sys.stderr.write(f"\r{text:<70}" if self._one_line else f"{text}\n")
            sys.stderr.flush()
            self._shown = text
