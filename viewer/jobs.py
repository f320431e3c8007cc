"""Long work beside the window: one runner, its threads, and what they tell the window."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core.errors import ProsectorError
from core.progress import Cancelled, Progress
from viewer.language import tr

_log = logging.getLogger(__name__)

Result = TypeVar("Result")

UNEXPECTED = tr(
    "Something unexpected went wrong, and this step was not done. Nothing that you "
    "entered is lost. Please try again; if it happens again, send the log file to "
    "whoever looks after Prosector here."
)
_REPORT_EVERY_S = 0.1
_THREADS = 4


@dataclass(frozen=True, slots=True)
class _Callbacks:
    done: Callable[[Any], object]
    failed: Callable[[str], object]
    progress: Callable[[float, str], object]
    cancelled: Callable[[], object]


_NOBODY = _Callbacks(*[lambda *_told: None] * 4)


class Job(QObject):
    """One piece of work under way. Its callbacks run in the window's thread."""

    reported = Signal(float, str)

    def __init__(self, callbacks: _Callbacks, parent: QObject) -> None:
        super().__init__(parent)
        self.callbacks = callbacks
        self.running = True
        self._stop = threading.Event()
        self.reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)

    @property
    def stopped(self) -> bool:
        """Whether the work was asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the work to stop; its `on_cancelled` follows when it has."""
        self._stop.set()

    def abandon(self) -> None:
        """Ask the work to stop and call nobody back: whoever asked for it is gone, and is not kept by it either."""
        self.running = False
        self.callbacks = _NOBODY
        self._stop.set()

    @Slot(float, str)
    def _on_reported(self, fraction: float, message: str) -> None:
        if self.running and not self.stopped:
            self.callbacks.progress(fraction, message)


class _JobProgress:
    """The `Progress` of a job, used in the worker's thread; at most ten reports a second reach the window."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._message = ""
        self._time = 0.0

    def report(self, fraction: float, message: str) -> None:
        """Tell the window; raises `Cancelled` when the user stopped the work."""
        if self._job.stopped:
            raise Cancelled
        now = time.monotonic()
        if message == self._message and fraction < 1 and now - self._time < _REPORT_EVERY_S:
            return
        self._message, self._time = message, now
        self._job.reported.emit(fraction, message)


class JobRunner(QObject):
    """Runs functions that take a `Progress` in a few threads and calls back in the window's thread."""

    # The runner's and not the job's: the window deletes a job as soon as it hears of its end, and the thread may still
    # be within the emission then.
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="prosector-job")
        self._jobs: set[Job] = set()
        self._is_shut = False

    def start(
        self,
        work: Callable[[Progress], Result],
        *,
        on_done: Callable[[Result], object],
        on_failed: Callable[[str], object],
        on_progress: Callable[[float, str], object] = lambda _fraction, _message: None,
        on_cancelled: Callable[[], object] = lambda: None,
    ) -> Job:
        """Start `work` and return its job; exactly one of done, failed and cancelled is called back, once.

        After `shutdown` nothing is started and nobody called back: a timer of the window may still go off.
        """
        job = Job(_Callbacks(on_done, on_failed, on_progress, on_cancelled), self)
        if self._is_shut:
            job.abandon()
            return job
        self._jobs.add(job)
        self._executor.submit(lambda: self._ended.emit(_Ending(job, _outcome(job, work))))
        return job

    def shutdown(self) -> None:
        """Stop everything, wait for the threads, and call nobody back any more."""
        self._is_shut = True
        for job in self._jobs:
            job.abandon()
        self._executor.shutdown(wait=True, cancel_futures=True)

    @Slot(object)
    def _on_ended(self, ending: "_Ending") -> None:
        job = ending.job
        self._jobs.discard(job)
        job.deleteLater()
        if job.running:
            job.running = False
            ending.call_back()


@dataclass(frozen=True, slots=True, eq=False)
class _Ending:
    job: Job
    call_back: Callable[[], object]


def _outcome(job: Job, work: Callable[[Progress], Any]) -> Callable[[], object]:
    try:
        result = work(_JobProgress(job))
    except Cancelled:
        return job.callbacks.cancelled
    except ProsectorError as error:
        return partial(job.callbacks.failed, str(error))
    except Exception:  # noqa: BLE001 - the job runner is one of the five places that may
        _log.exception("a job failed")
        return partial(job.callbacks.failed, UNEXPECTED)
    return partial(job.callbacks.done, result)
