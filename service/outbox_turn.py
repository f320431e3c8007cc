"""Only one of all threads and processes sends the reports of a study at a time."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout

from service.workspace import Workspace

_TURN_S = 0.2


@contextmanager
def turn(ws: Workspace, study_instance_uid: str, waiting: Callable[[], None]) -> Generator[None]:
    """Be the only one of all threads and processes who sends reports of a study; `waiting` is called meanwhile.

    The lock dies with its process. Sending twice would do no harm, so its file may go as soon as it is free.
    """
    path = ws.settings.data_folder / "sending" / f"{study_instance_uid}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=_TURN_S)
        except Timeout:
            waiting()
    try:
        yield
    finally:
        with suppress(OSError):  # Windows keeps it while it is open
            path.unlink(missing_ok=True)
        lock.release()


def leave_it() -> None:
    """Do not wait for the turn: raises `Timeout`."""
    raise Timeout("sending")
