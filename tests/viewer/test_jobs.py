"""Long work: called back in the window's thread, cancelled when asked, never silent when it fails."""

import logging
import threading
import time
import weakref
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from core.errors import ArchiveUnreachable
from core.progress import Progress
from viewer.jobs import UNEXPECTED, Job, JobRunner


class Told:
    """Collects what a job calls back, and in which thread."""

    def __init__(self) -> None:
        self.results: list[object] = []
        self.sentences: list[str] = []
        self.reports: list[tuple[float, str]] = []
        self.cancelled = 0
        self.threads: set[threading.Thread] = set()

    def done(self, result: object) -> None:
        """Take a result."""
        self._note(self.results.append, result)

    def failed(self, sentence: str) -> None:
        """Take a sentence."""
        self._note(self.sentences.append, sentence)

    def progress(self, fraction: float, message: str) -> None:
        """Take a report."""
        self._note(self.reports.append, (fraction, message))

    def stopped(self) -> None:
        """Take a cancellation."""
        self.cancelled += 1

    def _note(self, keep: Callable[[object], None], what: object) -> None:
        self.threads.add(threading.current_thread())
        keep(what)

    @property
    def ended(self) -> bool:
        """Whether the job has ended in any way."""
        return bool(self.results or self.sentences or self.cancelled)


def _start(jobs: JobRunner, told: Told, work: Callable[[Progress], object]) -> Job:
    return jobs.start(
        work, on_done=told.done, on_failed=told.failed, on_progress=told.progress, on_cancelled=told.stopped
    )


def test_a_result_and_its_progress_arrive_in_the_windows_thread(jobs: JobRunner, qtbot: QtBot) -> None:
    told = Told()

    def work(progress: Progress) -> threading.Thread:
        progress.report(0.5, "Half")
        return threading.current_thread()

    _start(jobs, told, work)
    qtbot.waitUntil(lambda: told.ended)
    assert told.threads == {threading.main_thread()}
    assert told.results[0] is not threading.main_thread()
    assert told.reports == [(0.5, "Half")]


def test_a_failure_of_ours_is_told_in_its_own_sentence(jobs: JobRunner, qtbot: QtBot) -> None:
    told = Told()

    def work(_progress: Progress) -> None:
        raise ArchiveUnreachable("ORTHANC does not answer at 127.0.0.1:4242; check that it is running.")

    _start(jobs, told, work)
    qtbot.waitUntil(lambda: told.ended)
    assert told.sentences == ["ORTHANC does not answer at 127.0.0.1:4242; check that it is running."]


def test_an_unexpected_failure_is_logged_and_told_in_a_sentence_without_its_traceback(
    jobs: JobRunner, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    told = Told()
    with caplog.at_level(logging.ERROR):
        _start(jobs, told, lambda _progress: 1 / 0)
        qtbot.waitUntil(lambda: told.ended)
    assert told.sentences == [UNEXPECTED]
    assert "ZeroDivisionError" in caplog.text


def test_cancelling_stops_the_work_at_its_next_report(jobs: JobRunner, qtbot: QtBot) -> None:
    told, began = Told(), threading.Event()

    def work(progress: Progress) -> None:
        began.set()
        while True:
            progress.report(0.1, "Working")
            time.sleep(0.005)

    job = _start(jobs, told, work)
    assert began.wait(5)
    job.cancel()
    qtbot.waitUntil(lambda: told.ended)
    assert (told.cancelled, told.results, told.sentences) == (1, [], [])


def test_no_more_than_ten_reports_a_second_reach_the_window(jobs: JobRunner, qtbot: QtBot) -> None:
    told = Told()

    def work(progress: Progress) -> None:
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            progress.report(0.5, "Copying")

    _start(jobs, told, work)
    qtbot.waitUntil(lambda: told.ended)
    assert 1 <= len(told.reports) <= 6


def test_a_new_stage_is_told_at_once(jobs: JobRunner, qtbot: QtBot) -> None:
    told = Told()

    def work(progress: Progress) -> None:
        for stage in ("Gland", "Zones", "Lesions"):
            progress.report(0.5, stage)

    _start(jobs, told, work)
    qtbot.waitUntil(lambda: told.ended)
    assert [message for _, message in told.reports] == ["Gland", "Zones", "Lesions"]


def test_an_abandoned_job_keeps_nobody_who_asked_for_it(jobs: JobRunner) -> None:
    told, gate = Told(), threading.Event()
    gone = weakref.ref(told)
    _start(jobs, told, lambda _progress: gate.wait(5)).abandon()
    del told
    assert gone() is None
    gate.set()


def test_shutting_down_waits_for_the_threads_and_calls_nobody_back(qtbot: QtBot) -> None:
    jobs, told, began = JobRunner(), Told(), threading.Event()

    def work(progress: Progress) -> None:
        began.set()
        while True:
            progress.report(0.1, "Working")
            time.sleep(0.005)

    _start(jobs, told, work)
    assert began.wait(5)
    jobs.shutdown()
    assert not [t for t in threading.enumerate() if t.name.startswith("prosector-job")]
    qtbot.wait(50)
    assert not told.ended
