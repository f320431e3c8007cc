"""From a study's UID to its results in the archive: what a watcher, or a worker for it, does with one study."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.audit import Action
from core.audit import Outcome as Ended
from core.errors import (
    ArchiveRefused,
    ArchiveUnreachable,
    AuditFailed,
    CannotWrite,
    GlandNotFound,
    OutOfMemory,
    ProsectorError,
    SettingsInvalid,
    StudyUnreadable,
    WorkerDied,
)
from core.findings import Findings
from core.progress import Progress
from inference.read import read_study
from inference.recognise import recognise
from service.analysis import analyse
from service.corrections import remembered_or_set_aside
from service.reading import OpenStudy, open_folder
from service.watch_entry import Finished, Outcome
from service.watch_images import archive_named, content_of, fetch, forwarded_folder, results_archive
from service.watch_left_alone import LeftAlone, calls_itself_prostate, left_alone, unreadable_left_alone
from service.watch_results import Results, failure_results, results_of, store
from service.workspace import Workspace

FORWARDED = "forwarded"
"""The origin of what was sent to this watcher; of anything else it is an archive's name."""
PASSING = (ArchiveUnreachable, ArchiveRefused, CannotWrite, OutOfMemory, WorkerDied, AuditFailed, SettingsInvalid)
"""What may be otherwise the next time: it is told to the caller. Any other failure is a result."""

Analyse = Callable[[Workspace, OpenStudy, Progress], Findings]


@dataclass(frozen=True, slots=True)
class Task:
    """A study to go through, small enough to send to another machine: never pixels.

    `known` is the digest of the images that were gone through before, "" to go through them in any case; `replaces` the
    report that was stored then. With `given_up`, a sentence, it is not analysed: only that it failed is stored.
    """

    study_instance_uid: str
    origin: str
    known: str = ""
    replaces: tuple[str, ...] = ()
    given_up: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """What a study came to, None where nothing had changed, and how long each step took (s)."""

    finished: Finished | None
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])


def go_through(ws: Workspace, task: Task, progress: Progress, analysis: Analyse = analyse) -> Passed:
    """Fetch, recognise, analyse and store one study; raises `PASSING` and `Cancelled`, upon which it can be done again.

    Done twice, on whatever machine, it stores the same objects: nothing is in the archive twice.
    """
    steps = _Steps(ws, task, progress, {})
    if task.given_up:
        return Passed(_given_up(steps), steps.seconds)
    folder = steps.folder()
    content = content_of(folder)
    if content == task.known:
        return Passed(None, steps.seconds)
    try:
        finished = _gone_through(steps, folder, content, analysis)
    except PASSING:
        raise
    except StudyUnreadable as error:
        finished = _unreadable(steps, folder, content, str(error))
    except ProsectorError as error:
        finished = _failed(steps, folder, content, str(error))
    return Passed(finished, steps.seconds)


@dataclass(frozen=True, slots=True)
class _Steps:
    ws: Workspace
    task: Task
    progress: Progress
    seconds: dict[str, float]

    def folder(self) -> Path:
        """Return where the study's images lie, fetched first where an archive has them."""
        uid = self.task.study_instance_uid
        if self.task.origin == FORWARDED:
            return forwarded_folder(self.ws) / uid
        with self.timed("fetch"):
            return fetch(self.ws, archive_named(self.ws, self.task.origin), uid, self.progress)

    def store(self, results: Results) -> None:
        """Store results where the site wants them."""
        with self.timed("store"):
            store(self.ws, results_archive(self.ws), results, self.progress)

    @contextmanager
    def timed(self, name: str) -> Generator[None]:
        """Add up how long the block takes."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def _gone_through(steps: _Steps, folder: Path, content: str, analysis: Analyse) -> Finished:
    ws, progress = steps.ws, steps.progress
    corrections, _ = remembered_or_set_aside(ws)
    with steps.timed("recognise"):
        recognised = recognise(read_study(folder), corrections)
        if (why := left_alone(recognised)) is not None:
            return _left_alone(steps, folder, why, content)
        opened = open_folder(folder, progress, corrections)
    try:
        with steps.timed("analyse"):
            findings = analysis(ws, opened, progress)
    except GlandNotFound as error:
        if calls_itself_prostate(recognised):
            raise
        why = LeftAlone(f"Nothing in it says that it is of the prostate. {error}", for_good=False)
        return _left_alone(steps, folder, why, content)
    with steps.timed("write"):
        results = results_of(findings, opened, content, steps.task.replaces, ws.settings.reporting.language)
    steps.store(results)
    return Finished(Outcome.DONE, _in_words(findings), content, results.report)


def _in_words(findings: Findings) -> str:
    if findings.quality.withheld:
        return f"Lesions were not looked for: {findings.quality.withheld}"
    count = len(findings.candidates)
    return f"{count} candidate{'' if count == 1 else 's'}, not reviewed."


def _left_alone(steps: _Steps, folder: Path, why: LeftAlone, content: str) -> Finished:
    """Note why, and let the images go when no other could change that: an archive may forward everything it has."""
    steps.ws.trail.record(Action.RECEIVE, [steps.task.study_instance_uid], by="watch", what="left alone")
    if why.for_good:
        for path in sorted(folder.glob("*.dcm")):
            path.unlink(missing_ok=True)
    return Finished(Outcome.LEFT_ALONE, why.reason, content)


def _unreadable(steps: _Steps, folder: Path, content: str, sentence: str) -> Finished:
    why = unreadable_left_alone(folder)
    return _failed(steps, folder, content, sentence) if why is None else _left_alone(steps, folder, why, content)


def _failed(steps: _Steps, folder: Path, content: str, sentence: str) -> Finished:
    """Store that the analysis failed, and why."""
    steps.ws.trail.record(Action.ANALYSE, [steps.task.study_instance_uid], Ended.FAILURE, by="watch")
    try:
        results = failure_results(folder, sentence, content, steps.task.replaces)
    except StudyUnreadable as error:
        return Finished(Outcome.FAILED, f"{sentence} {error}", content)
    steps.store(results)
    return Finished(Outcome.FAILED, sentence, content, results.report)


def _given_up(steps: _Steps) -> Finished:
    """Store that a study was given up; when the archive will not take even that, it ends here with both reasons."""
    sentence = steps.task.given_up
    try:
        folder = steps.folder()
        return _failed(steps, folder, content_of(folder), sentence)
    except ArchiveUnreachable:
        raise
    except PASSING as error:
        return Finished(Outcome.FAILED, f"{sentence} That could not be stored: {error}")
