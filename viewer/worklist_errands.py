"""What is done about one study beside the list: fetching, opening, importing, sending, one at a time."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from core.progress import Progress
from viewer.jobs import Job, JobRunner
from viewer.language import tr
from viewer.notice import Notice
from viewer.said import said
from viewer.worklist_preview import WorklistPreview


@dataclass(frozen=True, slots=True)
class Errand:
    """What is done about one study (empty UID: one that is not known yet).

    One that `yields` is stopped when the reader wishes for something else; the others are ended first.
    """

    uid: str
    what: str
    work: Callable[[Progress], object]
    on_done: Callable[..., object]
    again: Callable[[], object]
    button: str = tr("Retry")
    yields: bool = False

    def is_as(self, other: "Errand") -> bool:
        """Tell whether the reader wishes for the same thing again."""
        return (self.uid, self.what, self.again) == (other.uid, other.what, other.again)


class StudyErrands(QObject):
    """Does one errand and keeps at most one more, shown in the preview; what fails without being awaited is noticed."""

    started = Signal()
    went_on = Signal()
    """More of it is done than was."""
    ended = Signal()

    def __init__(
        self, jobs: JobRunner, preview: WorklistPreview, notice: Notice, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs, self._preview, self._notice = jobs, preview, notice
        self._job: Job | None = None
        self._errand: Errand | None = None
        self._next: Errand | None = None

    @property
    def busy(self) -> bool:
        """Whether an errand is under way."""
        return self._job is not None

    def do(self, errand: Errand) -> None:
        """Do this now, or, while something else is done, next: the reader's last wish counts."""
        running = self._errand
        if running is None or self._job is None:
            self._start(errand)
        elif self._next is not None or not errand.is_as(running):
            self._next = errand
            if running.yields:
                self._job.cancel()
            self._show_progress(0.0, tr("Stopping") if running.yields else running.what)

    def cancel(self) -> None:
        """Stop, and do nothing after."""
        self._next = None
        if self._job is not None:
            self._job.cancel()

    def _start(self, errand: Errand) -> None:
        self._errand = errand
        self.started.emit()
        self._preview.notice.clear()
        self._preview.show_started(errand.what)
        self._job = self._jobs.start(
            errand.work,
            on_done=self._done,
            on_failed=self._failed,
            on_progress=self._show_progress,
            on_cancelled=self._end,
        )

    def _done(self, result: object) -> None:
        errand, job = self._errand, self._job
        assert errand is not None
        assert job is not None
        stopped = job.stopped and errand.yields  # it had ended before it heard so
        self._end()
        if not stopped:
            errand.on_done(result)

    def _failed(self, sentence: str) -> None:
        errand = self._errand
        assert errand is not None
        wanted = self._next is None
        self._end()
        if wanted:
            self._preview.notice.show_sentence(sentence, button=errand.button, way_out=errand.again)
        elif not errand.yields:
            self._notice.show_sentence(sentence)

    def _show_progress(self, fraction: float, message: str) -> None:
        then = ""
        if self._next is not None:
            what = self._next.what
            then = tr(", then {what}").format(what=f"{what[:1].lower()}{what[1:]}")
        self._preview.show_progress(fraction, f"{said(message)}{then}")
        self.went_on.emit()

    def _end(self) -> None:
        following, self._job, self._errand, self._next = self._next, None, None, None
        self._preview.show_idle()
        self.ended.emit()
        if following is not None:
            self._start(following)
