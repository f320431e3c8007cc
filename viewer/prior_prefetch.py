"""Earlier prostate MRs are fetched beside the window while the reader does something else."""

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core.progress import Progress
from core.study import Study, StudyMatch
from pacs.archive import Archive
from service.prefetch import prefetch, prefetch_priors_of, wanted
from service.priors import Prior
from service.workspace import Workspace
from viewer.jobs import Job, JobRunner

_log = logging.getLogger(__name__)


class PriorPrefetch(QObject):
    """Fetches the priors of one study at a time, until it is stopped; what did not come comes when it is chosen."""

    came = Signal(str, str)
    """Study Instance UID of a prior that is here now, or why it did not come."""
    _told = Signal(str, str)
    """The same from the job's thread."""

    def __init__(self, ws: Workspace, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ws, self._jobs = ws, jobs
        self._job: Job | None = None
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether something is looked for or fetched."""
        return self._job is not None

    def start(self, archive: Archive, priors: Sequence[Prior]) -> None:
        """Fetch those of these priors that are wanted."""
        self.stop()
        if wanted(self._ws, priors):
            self._start(lambda progress: prefetch(self._ws, archive, priors, self._told.emit, progress))

    def look_for(self, archive: Archive, study: Study | StudyMatch) -> None:
        """Look for the priors of this study and fetch those that are wanted."""
        self.stop()
        if self._ws.settings.viewing.prefetch_priors:
            self._start(lambda progress: prefetch_priors_of(self._ws, archive, study, self._told.emit, progress))

    def stop(self) -> None:
        """Fetch nothing more; what came of a study stays for the next retrieve of it."""
        if self._job is not None:
            self._job.abandon()
            self._job = None

    def _start(self, work: Callable[[Progress], None]) -> None:
        self._job = self._jobs.start(work, on_done=lambda _none: self._ended(), on_failed=self._failed)

    def _failed(self, sentence: str) -> None:
        _log.warning("priors were not fetched beforehand: %s", sentence)
        self._ended()

    def _ended(self) -> None:
        self._job = None

    @Slot(str, str)
    def _on_told(self, uid: str, problem: str) -> None:
        self.came.emit(uid, problem)
