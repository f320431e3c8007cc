"""A small picture of each series of the study in the preview, from what lies here, while the rest still comes."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core.progress import Progress
from core.study import SeriesMatch
from service.arrived import Arrived, look
from service.workspace import Workspace
from viewer.jobs import Job, JobRunner
from viewer.series_model import image_of

THUMBNAIL = 40
"""The longer side in pixels."""
_NOTHING = Arrived()


class StudyThumbnails(QObject):
    """Follows one study and looks at what has come of it, one look at a time and beside the window."""

    came = Signal(str, object)
    """Study Instance UID and its pictures: a mapping of Series Instance UID to `QImage`."""

    def __init__(self, ws: Workspace, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ws, self._jobs = ws, jobs
        self._known: dict[str, tuple[Arrived, Mapping[str, QImage]]] = {}
        self._uid = ""
        self._series: frozenset[str] = frozenset()
        self._looking: Job | None = None
        self._again = False

    def follow(self, uid: str, series: tuple[SeriesMatch, ...]) -> None:
        """Tell of the pictures of these series of a study: of those that were made, and of those that can be now."""
        if uid != self._uid:
            self.stop()
        self._uid, self._series = uid, frozenset(one.series_instance_uid for one in series)
        known = self._known.get(uid)
        if known is not None and series:
            self.came.emit(uid, known[1])
        self.look()

    def look(self) -> None:
        """Look at what has come; while one look is under way, once more after it."""
        uid, series = self._uid, self._series
        before, images = self._known.get(uid, (_NOTHING, {}))
        self._again = self._looking is not None
        if self._again or before.series.issuperset(series):
            return

        def work(progress: Progress) -> tuple[Arrived, Mapping[str, QImage]]:
            now = look(self._ws, uid, series, before, progress)
            return now, {**images, **{key: image_of(picture, THUMBNAIL) for key, picture in now.pictures.items()}}

        self._looking = self._jobs.start(work, on_done=partial(self._came, uid), on_failed=self._failed)

    def stop(self) -> None:
        """Follow nothing."""
        if self._looking is not None:
            self._looking.abandon()
        self._looking, self._again, self._series = None, False, frozenset()

    def _came(self, uid: str, answer: tuple[Arrived, Mapping[str, QImage]]) -> None:
        self._looking = None
        self._known[uid] = (replace(answer[0], pictures={}), answer[1])
        self.came.emit(uid, answer[1])
        if self._again or answer[0].more:
            self.look()

    def _failed(self, _sentence: str) -> None:
        self._looking = None  # the list is complete without pictures, and opening the study says what is wrong
