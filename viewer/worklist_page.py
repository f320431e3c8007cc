"""The worklist: ask an archive, see the studies, fetch and open one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.progress import Progress
from pacs.archive import Archive, StudyQuery
from pacs.folder import FolderArchive
from service.publish import send, unsent
from service.reading import OpenStudy, import_folder, open_study, query, retrieve
from service.workspace import Workspace
from viewer.jobs import Job, JobRunner
from viewer.key_map import KeyMap
from viewer.labels import label
from viewer.language import tr
from viewer.notice import Notice
from viewer.shortcuts import bind_keys
from viewer.worklist_filters import WorklistFilters
from viewer.worklist_model import WorklistModel
from viewer.worklist_preview import WorklistPreview
from viewer.worklist_rows import State, WorklistRow, rows_of
from viewer.worklist_table import StudyTable
from viewer.worklist_top import WorklistTop

THIS_WORKSTATION = tr("This workstation")
_NOT_ASKED = tr("Choose an archive and press Query to see its studies, or import a study from a folder.")


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is done about one study (empty UID: one that is not known yet) beside the list, one at a time.

    One that `yields` is stopped when the reader wishes for something else; the others are ended first.
    """

    uid: str
    what: str
    work: Callable[[Progress], object]
    on_done: Callable[..., object]
    again: Callable[[], object]
    button: str = tr("Retry")
    yields: bool = False

    def is_as(self, other: "_Errand") -> bool:
        """Tell whether the reader wishes for the same thing again."""
        return (self.uid, self.what, self.again) == (other.uid, other.what, other.again)


class WorklistPage(QWidget):
    """Lists studies; `opened` hands one over, read and loaded."""

    opened = Signal(object)
    """An `OpenStudy`."""
    archive_changed = Signal()

    def __init__(
        self, ws: Workspace, jobs: JobRunner, keys: KeyMap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("worklistPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._ws, self._jobs = ws, jobs
        ws.settings.cache_folder.mkdir(parents=True, exist_ok=True)
        here = FolderArchive(THIS_WORKSTATION, ws.settings.cache_folder)
        self._archives: tuple[Archive, ...] = (*ws.archives, here)
        self._querying: Job | None = None
        self._fetching: Job | None = None
        self._errand: _Errand | None = None
        self._next: _Errand | None = None
        self._wanted_uid = ""
        self.filters = WorklistFilters(tuple(archive.name for archive in self._archives))
        self.model = WorklistModel(self)
        self.preview = WorklistPreview(ws)
        self.notice = Notice()
        self.top = WorklistTop(ws.actor)
        self._lay_out()
        self._connect()
        acts = {"query": self.query, "find_patient": self.filters.focus_patient, "import_study": self._ask_folder}
        bind_keys(self, keys or KeyMap(parent=self), acts)

    @property
    def archive(self) -> Archive:
        """The archive that is asked, and that reports go to."""
        return self._archives[self.filters.archive]

    @property
    def row(self) -> WorklistRow | None:
        """The chosen study."""
        place = self.table.currentIndex().row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    @property
    def busy(self) -> bool:
        """Whether a study is being fetched, opened or sent."""
        return self._fetching is not None

    # ------------------------------------------------------------------ query

    def query(self) -> None:
        """Ask the chosen archive for what the fields say."""
        if self._querying is not None:
            self._querying.abandon()
        asked = self.filters.asked
        archive = self._archives[asked.archive]
        self._wanted_uid = self._wanted_uid or (self.row.uid if self.row else "")
        self.notice.clear()
        self.filters.set_busy(True)
        self._say_instead(tr("Asking {name}…").format(name=archive.name))
        self._querying = self._jobs.start(
            lambda _progress: rows_of(self._ws, query(self._ws, archive, asked.query)),
            on_done=lambda rows: self._show_rows(rows, nothing_found(archive.name, asked.query)),
            on_failed=partial(self._query_failed, archive.name),
        )

    def query_next(self) -> None:
        """Ask again, and choose the study that follows the chosen one: the next without a report, else the next."""
        after = self.model.rows[self.table.currentIndex().row() + 1 :]
        unread = [row for row in after if row.state is not State.REPORTED]
        self._wanted_uid = next((row.uid for row in (*unread, *after)), "")
        self.query()

    def _show_rows(self, rows: tuple[WorklistRow, ...], without: str) -> None:
        self._end_query()
        self.model.show_rows(rows)
        self._say_instead(without)
        place = max(self.model.row_of(self._wanted_uid), 0)
        self._wanted_uid = ""
        if rows:
            self.table.selectRow(place)
            if self.isVisible():  # a study may have been opened meanwhile, and the keys belong to its images
                self.table.setFocus()
        else:
            self.preview.show_row(None)

    def _query_failed(self, archive: str, sentence: str) -> None:
        self._end_query()
        self._say_instead(tr("{archive} did not answer, so its studies are not known.").format(archive=archive))
        self.notice.show_sentence(sentence, button=tr("Retry"), way_out=self.query)

    def _end_query(self) -> None:
        self._querying = None
        self.filters.set_busy(False)

    def _say_instead(self, sentence: str) -> None:
        """Show the studies, or the sentence where there is none."""
        self._empty.setText(sentence)
        self._list.setCurrentIndex(0 if self.model.rows else 1)

    # ------------------------------------------------------------------ one study

    def open_chosen(self) -> None:
        """Open the chosen study, fetching it first when it is not here."""
        row = self.row
        if row is not None:
            self.open_study(row.uid, is_local=row.is_local)

    def open_study(self, uid: str, *, is_local: bool, archive: Archive | None = None) -> None:
        """Open a study, fetching it from an archive (the chosen one) first unless it is here."""
        archive = archive or self.archive

        def work(progress: Progress) -> OpenStudy:
            if not is_local:
                retrieve(self._ws, archive, uid, progress)
            return open_study(self._ws, uid, progress)

        what = tr("Opening") if is_local else tr("Retrieving from {name}").format(name=archive.name)
        self._do(_Errand(uid, what, work, self._opened, self.open_chosen, yields=True))

    def retrieve_chosen(self) -> None:
        """Fetch the chosen study without opening it."""
        row, archive = self.row, self.archive
        if row is not None:
            uid = row.uid

            def work(progress: Progress) -> int:
                return retrieve(self._ws, archive, uid, progress)

            what, done = tr("Retrieving from {name}").format(name=archive.name), partial(self._retrieved, uid)
            self._do(_Errand(uid, what, work, done, self.retrieve_chosen, yields=True))

    def import_folder(self, folder: Path) -> None:
        """Copy the study in `folder` to this machine and show it."""

        def work(progress: Progress) -> str:
            return import_folder(self._ws, folder, progress)

        self._do(_Errand("", f"Importing {folder.name}", work, self._imported, self._ask_folder, tr("Choose again…")))

    def open_folder(self, folder: Path) -> None:
        """Copy the study in `folder` to this machine and open it."""

        def work(progress: Progress) -> OpenStudy:
            return open_study(self._ws, import_folder(self._ws, folder, progress), progress)

        what = f"Importing {folder.name}"
        self._do(_Errand("", what, work, self._opened_from_folder, self._ask_folder, tr("Choose again…")))

    def send_chosen(self) -> None:
        """Send the signed report of the chosen study that is still kept here."""
        row, archive = self.row, self.archive
        if row is None or archive.name == THIS_WORKSTATION:
            self.preview.notice.show_sentence(tr("Choose the PACS that the report is to be sent to, then send again."))
            return
        uid = row.uid

        def work(progress: Progress) -> None:
            for bundle in unsent(self._ws):
                if bundle.study_instance_uid == uid:
                    send(self._ws, bundle, archive, lambda _label, _state: None, progress)

        sent = partial(self._sent, archive.name)
        self._do(_Errand(uid, tr("Sending to {name}").format(name=archive.name), work, sent, self.send_chosen))

    def refresh_rows(self) -> None:
        """Show drafts, local copies and reports as they are now."""
        rows = rows_of(self._ws, tuple(row.match for row in self.model.rows))
        for row in rows:
            self.model.replace(row)
        self.preview.show_row(self.row)

    def _do(self, errand: _Errand) -> None:
        """Do this now, or, while something else is done, next: the reader's last wish counts."""
        running = self._errand
        if running is None or self._fetching is None:
            self._start(errand)
        elif self._next is not None or not errand.is_as(running):
            self._next = errand
            if running.yields:
                self._fetching.cancel()
            self._show_progress(0.0, tr("Stopping") if running.yields else running.what)

    def _start(self, errand: _Errand) -> None:
        self._errand = errand
        self.preview.show_row(self.row)
        self.preview.notice.clear()
        self.preview.show_started(errand.what)
        self.table.setFocus()
        self._fetching = self._jobs.start(
            errand.work,
            on_done=self._done,
            on_failed=self._failed,
            on_progress=self._show_progress,
            on_cancelled=self._end,
        )

    def _done(self, result: object) -> None:
        errand, job = self._errand, self._fetching
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
            self.preview.notice.show_sentence(sentence, button=errand.button, way_out=errand.again)
        elif not errand.yields:
            self.notice.show_sentence(sentence)

    def _show_progress(self, fraction: float, message: str) -> None:
        then = f", then {self._next.what[:1].lower()}{self._next.what[1:]}" if self._next else ""
        self.preview.show_progress(fraction, f"{message}{then}")

    def _cancel(self) -> None:
        self._next = None
        if self._fetching is not None:
            self._fetching.cancel()

    def _end(self) -> None:
        following, self._fetching, self._errand, self._next = self._next, None, None, None
        self.preview.show_idle()
        self.refresh_rows()
        if following is not None:
            self._start(following)

    def _opened(self, opened: OpenStudy) -> None:
        self.opened.emit(opened)

    def _retrieved(self, uid: str, count: int) -> None:
        if self.row is not None and self.row.uid == uid:
            self.preview.notice.show_sentence(tr("{count} images are on this machine.").format(count=count), tone="ok")

    def _imported(self, uid: str) -> None:
        self._wanted_uid = uid
        self.filters.clear()
        self.filters.choose_archive(len(self._archives) - 1)
        self.query()

    def _opened_from_folder(self, opened: OpenStudy) -> None:
        self._imported(opened.recognised.study.study_instance_uid)
        self.opened.emit(opened)

    def _sent(self, archive: str, _none: None) -> None:
        self.query()
        self.preview.notice.show_sentence(
            tr("The signed report is in {archive}, read back and verified.").format(archive=archive), tone="ok"
        )

    # ------------------------------------------------------------------ parts

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.notice)
        left.addWidget(self._studies(), 1)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addLayout(left, 1)
        below.addWidget(self.preview)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addWidget(self.filters)
        layout.addLayout(below, 1)

    def _studies(self) -> QStackedWidget:
        self.table = StudyTable(self.model)
        self._empty = label(_NOT_ASKED, "dim", name="worklistEmpty", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list = QStackedWidget()
        self._list.addWidget(self.table)
        self._list.addWidget(self._empty)
        self._list.setCurrentIndex(1)
        return self._list

    def _connect(self) -> None:
        self.filters.query_wanted.connect(self.query)
        self.filters.import_wanted.connect(self._ask_folder)
        self.filters.archive_changed.connect(self._archive_changed)
        self.table.doubleClicked.connect(lambda _index: self.open_chosen())
        self.table.enter_pressed.connect(self.open_chosen)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.preview.open_wanted.connect(self.open_chosen)
        self.preview.retrieve_wanted.connect(self.retrieve_chosen)
        self.preview.send_wanted.connect(self.send_chosen)
        self.preview.cancel_wanted.connect(self._cancel)

    def _row_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        if self._fetching is None:
            self.preview.show_row(self.row)

    def _archive_changed(self) -> None:
        if self._querying is not None:  # its answer would be listed under the other archive's name
            self._querying.abandon()
            self._end_query()
        self.model.show_rows(())
        self._say_instead(_NOT_ASKED)
        self.preview.show_row(None)
        self.notice.clear()
        self.archive_changed.emit()

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Import the study in this folder"))
        if chosen:
            self.import_folder(Path(chosen))


def nothing_found(archive: str, query: StudyQuery) -> str:
    """Return what the list says when an archive has no study that fits, and what can be done."""
    if query.patient or query.date_from or query.date_to:
        return tr("{archive} has no study that fits. Widen the dates or clear the patient field.").format(
            archive=archive
        )
    kind = tr("{modality} study").format(modality=query.modality) if query.modality else tr("study")
    if archive == THIS_WORKSTATION:
        return tr(
            "There is no {kind} on this workstation yet. Retrieve one from a PACS, or import it from a folder."
        ).format(kind=kind)
    return tr("{archive} has no {kind}. Choose another archive, or import a study from a folder.").format(
        archive=archive, kind=kind
    )
