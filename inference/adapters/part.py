"""Progress of one part of a longer work."""

from dataclasses import dataclass

from core.progress import Progress


@dataclass(frozen=True, slots=True)
class Part:
    """A `Progress` whose 0 to 1 is a part of another's."""

    whole: Progress
    begin: float
    end: float

    def report(self, fraction: float, message: str) -> None:
        """Report where the whole stands; raises `Cancelled`."""
        self.whole.report(self.begin + fraction * (self.end - self.begin), message)
