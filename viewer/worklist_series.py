"""The series of the chosen study, asked for when the reader stays with it: a list of studies does not need them."""

from PySide6.QtCore import QObject, QTimer, Signal

from core.audit import Action
from core.progress import Progress
from core.study import SeriesMatch, StudyMatch
from pacs.archive import Archive
from service.workspace import Workspace
from viewer.jobs import Job, JobRunner

_STAYS_MS = 120


class StudySeries(QObject):
    """Follows the chosen study; what was told of it holds until the archive says another thing of the study."""

    came = Signal(str, tuple, str)
    """Study Instance UID, its `SeriesMatch`es, and why they are not known."""

    def __init__(self, ws: Workspace, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ws, self._jobs = ws, jobs
        self._known: dict[tuple[str, StudyMatch], tuple[SeriesMatch, ...]] = {}
        self._chosen: tuple[Archive, StudyMatch] | None = None
        self._asking: Job | None = None
        self._timer = QTimer(self, singleShot=True, interval=_STAYS_MS)
        self._timer.timeout.connect(self._ask)

    def follow(self, archive: Archive, study: StudyMatch | None) -> None:
        """Tell of a study's series, at once where they are known; of none with None."""
        if self._asking is not None:
            self._asking.abandon()
            self._asking = None
        self._timer.stop()
        self._chosen = None if study is None else (archive, study)
        if study is None:
            return
        known = self._known.get((archive.name, study))
        if known is None:
            self._timer.start()
        else:
            self.came.emit(study.study_instance_uid, known, "")

    def _ask(self) -> None:
        if self._chosen is None:
            return
        archive, study = self._chosen
        uid = study.study_instance_uid

        def work(_progress: Progress) -> tuple[SeriesMatch, ...]:
            with self._ws.trail.step(Action.QUERY, [uid], archive=archive.name):
                return archive.find_series(uid)

        self._asking = self._jobs.start(
            work,
            on_done=lambda series: self._came(archive, study, series),
            on_failed=lambda sentence: self.came.emit(uid, (), sentence),
        )

    def _came(self, archive: Archive, study: StudyMatch, series: tuple[SeriesMatch, ...]) -> None:
        self._asking = None
        self._known[archive.name, study] = series
        self.came.emit(study.study_instance_uid, series, "")
