"""How long work reports and how it is stopped."""

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
