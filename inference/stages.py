"""The stages of an analysis in order, how each is announced, and how long it took."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.progress import Progress

STAGES = {
    "load": "Reading the images",
    "gland": "Segmenting the prostate",
    "register": "Registering to T2",
    "zones": "Drawing the zones",
    "quality": "Checking the image quality",
    "detect": "Looking for lesions",
    "measure": "Measuring",
}
"""The stages in order, and how each is announced."""


@dataclass(slots=True)
class Stages:
    """Announces each stage and keeps its time in seconds."""

    progress: Progress
    timings_s: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def stage(self, name: str, fraction: float) -> Generator[None]:
        """Announce the stage when it begins; raises `Cancelled`."""
        self.progress.report(fraction, STAGES[name])
        began = time.perf_counter()
        yield
        self.timings_s[name] = round(time.perf_counter() - began, 3)
