"""One fetch of a study at a time: two into one folder would remove and move each other's files."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from core.progress import Progress

_LOOK_EVERY_S = 0.1
_fetching: set[Path] = set()
_changed = threading.Condition()


@contextmanager
def alone_in(folder: Path, progress: Progress) -> Generator[None, None, None]:
    """Wait until nothing else in this program fetches into `folder`; raises `Cancelled`."""
    with _changed:
        while folder in _fetching:
            progress.report(0.0, "waiting for another retrieve of this study")
            _changed.wait(_LOOK_EVERY_S)
        _fetching.add(folder)
    try:
        yield
    finally:
        with _changed:
            _fetching.discard(folder)
            _changed.notify_all()
