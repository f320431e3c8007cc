"""Asking an archive for its studies page by page, the newest first, while the first of them are looked at already."""

from datetime import date

from PySide6.QtCore import QObject, Signal

from core.progress import Progress
from pacs.archive import Archive, StudyQuery
from service.triage_pages import Page, first_page, following, studies_of
from service.workspace import Workspace
from viewer.jobs import Job, JobRunner
from viewer.triage_desk import Found, found


class WorklistQuery(QObject):
    """One question at a time; another one ends it."""

    page_came = Signal(object)
    """`Found`."""
    ended = Signal()
    failed = Signal(str)

    def __init__(self, ws: Workspace, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ws, self._jobs = ws, jobs
        self._asking: Job | None = None
        self._count = 0
        self.pages: tuple[Page, ...] = ()
        """The two newest pages, and the others in which studies were found: by these is asked what is new."""

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._asking is not None

    @property
    def is_cut(self) -> bool:
        """Whether the archive was not asked for older studies because so many are listed already."""
        return self._count >= self._ws.settings.worklist.most

    def start(self, archive: Archive, query: StudyQuery) -> None:
        """Ask."""
        self.abandon()
        self.pages, self._count = (), 0
        self._ask(archive, query, first_page(query, date.today()))  # noqa: DTZ011 — a scanner's day is local

    def abandon(self) -> None:
        """Ask no further, and tell nothing of what is under way."""
        if self._asking is not None:
            self._asking.abandon()
            self._asking = None

    def _ask(self, archive: Archive, query: StudyQuery, page: Page) -> None:
        def work(_progress: Progress) -> Found:
            return found(self._ws, archive, studies_of(self._ws, archive, page))

        self._asking = self._jobs.start(
            work, on_done=lambda answer: self._came(archive, query, page, answer), on_failed=self._not_answered
        )

    def _came(self, archive: Archive, query: StudyQuery, page: Page, answer: Found) -> None:
        self._asking = None
        if len(self.pages) < 2 or (answer.rows and not page.is_last):  # the last would ask for all once more
            self.pages = (*self.pages, page)
        self._count += len(answer.rows)
        then = following(page, query, len(answer.rows))
        if then is not None and not self.is_cut:
            self._ask(archive, query, then)
        self.page_came.emit(answer)
        if self._asking is None:
            self.ended.emit()

    def _not_answered(self, sentence: str) -> None:
        self._asking = None
        self.failed.emit(sentence)
