"""The worklist: ask an archive, see the studies in the order in which they should be read, fetch and open one."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.progress import Progress
from core.study import StudyMatch
from pacs.archive import Archive, StudyQuery
from pacs.folder import FolderArchive
from service.claims import Claim
from service.outbox_bundle import unsent
from service.outbox_by_hand import send
from service.reading import OpenStudy, import_folder, open_study, retrieve
from service.workspace import Workspace
from viewer.jobs import JobRunner
from viewer.key_map import KeyMap
from viewer.labels import label
from viewer.language import tr
from viewer.notice import Notice
from viewer.prior_prefetch import PriorPrefetch
from viewer.shortcuts import bind_keys
from viewer.triage_bar import TriageBar
from viewer.triage_claims import TriageClaims
from viewer.triage_desk import Found, TriageDesk
from viewer.triage_list import TriageList
from viewer.triage_memory import TriageMemory
from viewer.worklist_errands import Errand, StudyErrands
from viewer.worklist_filters import WorklistFilters
from viewer.worklist_model import COLUMNS, PLACES, WorklistModel
from viewer.worklist_preview import WorklistPreview
from viewer.worklist_query import WorklistQuery
from viewer.worklist_rows import WorklistRow, local_state
from viewer.worklist_series import StudySeries
from viewer.worklist_table import StudyTable
from viewer.worklist_thumbnails import StudyThumbnails
from viewer.worklist_top import WorklistTop
from viewer.worklist_words import THIS_WORKSTATION, clock, importing, nothing_found, studies_listed

_NOT_ASKED = tr("Choose an archive and press Query to see its studies, or import a study from a folder.")


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
        self._wanted_uid = ""
        self._opened_uid = ""
        self._asked: tuple[int, StudyQuery] | None = None
        self._is_new = False
        self._seen: set[str] = set()
        self._problem = ""
        self.memory = TriageMemory(ws.settings.data_folder / "worklist.json", ws.actor)
        self.question = WorklistQuery(ws, jobs, self)
        self.desk = TriageDesk(ws, jobs, self)
        self.claims = TriageClaims(ws, jobs, self)
        self.series = StudySeries(ws, jobs, self)
        self.thumbnails = StudyThumbnails(ws, jobs, self)
        self.prefetch = PriorPrefetch(ws, jobs, self)
        self.bar = TriageBar()
        self.filters = WorklistFilters(tuple(archive.name for archive in self._archives))
        self.model = WorklistModel(self)
        self.known = TriageList(ws, self.model, self.desk, self.claims, self)
        self.preview = WorklistPreview(ws, self.claims.where)
        self.notice = Notice()
        self.errands = StudyErrands(jobs, self.preview, self.notice, self)
        self.top = WorklistTop(ws.actor)
        self._lay_out()
        self._connect()
        self._follow_wishes()
        acts = {
            "query": self.query,
            "find_patient": self.filters.focus_patient,
            "import_study": self._ask_folder,
            "claim": self.claim_chosen,
            "filter_list": self.bar.focus_text,
            "unread_only": self.bar.unread.toggle,
            "my_claims": self.bar.mine.toggle,
        }
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
        return self.errands.busy

    @property
    def settled(self) -> bool:
        """Whether the archive has listed studies, all that were asked for, and what their reports say is read."""
        is_asked = self.question.busy or bool(self.desk.left)
        return not is_asked and bool(self.model.rows) and all(row.facts is not None for row in self.model.rows)

    # ------------------------------------------------------------------ query

    def query(self) -> None:
        """Ask the chosen archive for what the fields say."""
        asked = self.filters.asked
        archive, now = self._archives[asked.archive], (asked.archive, asked.query)
        self._wanted_uid = self._wanted_uid or (self.row.uid if self.row else "")
        self._is_new, self._asked, self._seen = now != self._asked, now, set()
        if self._is_new:
            self.desk.follow(archive)
        self.notice.clear()
        self.filters.set_busy(True)
        self._say_instead(tr("Asking {name}…").format(name=archive.name))
        self.question.start(archive, asked.query)

    def query_next(self) -> None:
        """Ask again, and choose the study that follows the chosen one: the next without a report, else the next."""
        after = self.model.rows[self.table.currentIndex().row() + 1 :]
        unread = [row for row in after if not row.is_read]
        self._wanted_uid = next((row.uid for row in (*unread, *after)), "")
        self.query()

    def _page_came(self, answer: Found) -> None:
        """List a page of the answer; the first that is not empty replaces what another question had listed."""
        if not answer.rows and self.question.busy:
            return
        self._seen |= {row.uid for row in answer.rows}
        if self._is_new:
            self._is_new = False
            self.model.show_rows(answer.rows)
        else:
            self.known.put(answer.rows)
        self.desk.put(answer, self.question.pages)
        if self.question.busy:
            self._choose_wanted()
        self._tell_state()

    def _query_ended(self) -> None:
        """List nothing that the archive no longer has."""
        self.filters.set_busy(False)
        if any(row.uid not in self._seen for row in self.model.all_rows):
            self.model.keep_only(self._seen)
        assert self._asked is not None
        self._choose_wanted()
        self._wanted_uid = ""
        self._say_instead(nothing_found(self.archive.name, self._asked[1]))
        self._tell_state()
        self.claims.refresh()
        self.desk.ask()

    def _choose_wanted(self) -> None:
        """Choose the study that the reader is to come to, else keep the chosen one, else the first."""
        self._say_instead("")
        wanted = self.model.row_of(self._wanted_uid)
        if wanted < 0 and self.row is None:
            wanted = 0
        if wanted >= 0:
            self.table.selectRow(wanted)
        if self.model.rows and self.isVisible():  # a study may have been opened meanwhile, and the keys are its images'
            self.table.setFocus()
        if self.row is None:
            self.preview.show_row(None)

    def _query_failed(self, sentence: str) -> None:
        self._asked = None
        self.filters.set_busy(False)
        self._say_instead(
            tr("{archive} did not answer, so its studies are not known.").format(archive=self.archive.name)
        )
        self.notice.show_sentence(sentence, button=tr("Retry"), way_out=self.query)

    def _say_instead(self, sentence: str) -> None:
        """Show the studies, or the sentence where there is none; it is another one where the filter hides all."""
        if self.model.all_rows and not self.model.rows:
            sentence = tr("The filter hides all {count} studies that are listed.").format(
                count=len(self.model.all_rows)
            )
        if sentence:
            self._empty.setText(sentence)
        self._show_all.setVisible(bool(self.model.all_rows))
        self._list.setCurrentIndex(0 if self.model.rows else 1)

    # ------------------------------------------------------------------ what is known of the studies

    def _triage_failed(self, sentence: str) -> None:
        self._problem = sentence
        self._tell_state()

    def _known_anew(self, uids: frozenset[str]) -> None:
        """Show the list as it is now, and the chosen study where something else is known of it."""
        self._say_instead("")
        if self.row is not None and self.row.uid in uids and not self.busy:
            self.preview.show_row(self.row)
        self._tell_state()

    def _tell_state(self) -> None:
        """Say how many studies are listed, and what is still being done or could not be."""
        shown, listed = len(self.model.rows), len(self.model.all_rows)
        parts = [studies_listed(shown, listed)] if listed else []
        if self.question.busy and listed:
            parts.append(tr("older ones are being asked for"))
        elif self.question.is_cut and listed:
            parts.append(tr("the newest only"))
        if self._problem:
            parts.append(self._problem)
        elif self.desk.left:
            parts.append(tr("reading AI results"))
        self.bar.say(" · ".join(parts), problem=bool(self._problem))

    def _filter(self) -> None:
        self.model.filter(self.bar.keep)
        if self.row is None and self.model.rows:
            self.table.selectRow(0)
        elif self.row is None:
            self.preview.show_row(None)
        self._say_instead(_NOT_ASKED if not self.model.all_rows else "")
        self._tell_state()
        self.memory.keep(unread_only=self.bar.unread.isChecked())

    def _follow_wishes(self) -> None:
        """Sort, filter and show columns as the reader last did."""
        wishes = self.memory.wishes
        order = Qt.SortOrder.DescendingOrder if wishes.descending else Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(PLACES.get(wishes.sorted_by, 0), order)
        self.table.choose_columns([name for name in wishes.columns if name in PLACES])
        self.bar.unread.setChecked(wishes.unread_only)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sorted)
        self.table.columns_chosen.connect(lambda names: self.memory.keep(columns=names))
        if self.memory.problem:
            self.notice.show_sentence(self.memory.problem, tone="caution")

    def _sorted(self, column: int, order: Qt.SortOrder) -> None:
        if column >= 0:
            self.memory.keep(sorted_by=COLUMNS[column].name, descending=order is Qt.SortOrder.DescendingOrder)

    # ------------------------------------------------------------------ who reads what

    def claim_chosen(self) -> None:
        """Claim the chosen study, give it back when it is this reader's, or take it from another."""
        row = self.row
        if row is None:
            return
        self.preview.notice.clear()
        if row.mine:
            self.claims.give_back(row.uid)
        elif row.claim is None:
            self.claims.take(row.uid)
        else:
            self._ask_to_take(row.claim)

    def left_study(self) -> None:
        """Hear that the reader left the open study: what was claimed by opening it is given back."""
        uid, self._opened_uid = self._opened_uid, ""
        self.claims.left(uid)

    def signed_study(self) -> None:
        """Hear that the report of the open study was signed: the claim on it has done its work."""
        uid, self._opened_uid = self._opened_uid, ""
        if uid:
            self.claims.give_back(uid)

    def close_down(self) -> None:
        """Ask and follow nothing any more, before the window goes."""
        self.known.stop()
        self.question.abandon()
        self.desk.stop()
        self.thumbnails.stop()
        self.prefetch.stop()
        self.claims.leave_at_once()

    def _ask_to_take(self, held: Claim) -> None:
        self.preview.notice.show_sentence(
            tr("{who} has claimed this study since {since}.").format(who=held.who, since=clock(held)),
            tone="caution",
            button=tr("Take over"),
            way_out=partial(self.claims.take, held.study_instance_uid, over=True),
        )

    def _ask_to_open(self, held: Claim, is_local: bool, archive: Archive) -> None:
        uid = held.study_instance_uid
        self.preview.notice.show_sentence(
            tr("{who} has claimed this study since {since}. Open it all the same?").format(
                who=held.who, since=clock(held)
            ),
            tone="caution",
            button=tr("Open all the same"),
            way_out=lambda: self.open_study(uid, is_local=is_local, archive=archive, claimed=True),
        )

    # ------------------------------------------------------------------ one study

    def open_chosen(self) -> None:
        """Open the chosen study, fetching it first when it is not here."""
        row = self.row
        if row is not None:
            self.open_study(row.uid, is_local=row.is_local)

    def open_study(self, uid: str, *, is_local: bool, archive: Archive | None = None, claimed: bool = False) -> None:
        """Open a study, fetching it from an archive (the chosen one) first unless it is here.

        It is claimed first, and opened only when no other reader has claimed it, or although he has with `claimed`.
        """
        archive = archive or self.archive

        def work(progress: Progress) -> OpenStudy | Claim:
            other, told = (None, "") if claimed else self.claims.to_open(uid)
            if other is not None:
                return other
            with self.claims.kept_if_opened():
                if not is_local:
                    retrieve(self._ws, archive, uid, progress)
                opened = open_study(self._ws, uid, progress)
            return replace(opened, told=" ".join(filter(None, (opened.told, told))))

        def done(result: OpenStudy | Claim) -> None:
            if isinstance(result, Claim):
                self._ask_to_open(result, is_local, archive)
            else:
                self._opened(result)

        what = tr("Opening") if is_local else tr("Retrieving from {name}").format(name=archive.name)
        self.errands.do(Errand(uid, what, work, done, self.open_chosen, yields=True))

    def retrieve_chosen(self) -> None:
        """Fetch the chosen study without opening it."""
        row, archive = self.row, self.archive
        if row is not None:
            uid = row.uid

            def work(progress: Progress) -> int:
                return retrieve(self._ws, archive, uid, progress)

            what = tr("Retrieving from {name}").format(name=archive.name)
            done = partial(self._retrieved, archive, row.match)
            self.errands.do(Errand(uid, what, work, done, self.retrieve_chosen, yields=True))

    def import_folder(self, folder: Path) -> None:
        """Copy the study in `folder` to this machine and show it."""

        def work(progress: Progress) -> str:
            return import_folder(self._ws, folder, progress)

        self.errands.do(Errand("", importing(folder), work, self._imported, self._ask_folder, tr("Choose again…")))

    def open_folder(self, folder: Path) -> None:
        """Copy the study in `folder` to this machine and open it."""

        def work(progress: Progress) -> OpenStudy:
            return open_study(self._ws, import_folder(self._ws, folder, progress), progress)

        what = importing(folder)
        self.errands.do(Errand("", what, work, self._opened_from_folder, self._ask_folder, tr("Choose again…")))

    def send_chosen(self) -> None:
        """Send the signed report of the chosen study that is still kept here."""
        row, archive = self.row, self.archive
        if row is None or archive.name == THIS_WORKSTATION:
            self.preview.notice.show_sentence(tr("Choose the PACS that the report is to be sent to, then send again."))
            return
        uid = row.uid

        def work(progress: Progress) -> bool:
            is_held = True
            for bundle in unsent(self._ws):
                if bundle.study_instance_uid == uid:
                    is_held &= send(self._ws, bundle, archive, lambda _label, _state: None, progress)
            return is_held

        sent = partial(self._sent, archive.name)
        self.errands.do(Errand(uid, tr("Sending to {name}").format(name=archive.name), work, sent, self.send_chosen))

    def refresh_rows(self) -> None:
        """Show drafts, local copies and reports as they are now."""
        self.model.put(local_state(self._ws, self.model.all_rows))
        self.preview.show_row(self.row)

    def _errand_started(self) -> None:
        self.prefetch.stop()  # what the reader asked for comes first
        self.preview.show_row(self.row)
        self.table.setFocus()

    def _errand_ended(self) -> None:
        self.refresh_rows()
        self.series.follow(self.archive, self.row.match if self.row else None)  # it may be another one than before
        self.thumbnails.look()

    def _prior_came(self) -> None:
        if not self.busy:
            self.refresh_rows()

    def _opened(self, opened: OpenStudy) -> None:
        uid = opened.recognised.study.study_instance_uid
        if self._opened_uid != uid:
            self.left_study()
        self._opened_uid = uid
        self.claims.refresh()
        self.opened.emit(opened)

    def _retrieved(self, archive: Archive, study: StudyMatch, count: int) -> None:
        self.prefetch.look_for(archive, study)
        if self.row is not None and self.row.uid == study.study_instance_uid:
            self.preview.notice.show_sentence(tr("{count} images are on this machine.").format(count=count), tone="ok")

    def _imported(self, uid: str) -> None:
        self._wanted_uid = uid
        self.filters.clear()
        self.filters.choose_archive(len(self._archives) - 1)
        self.query()

    def _opened_from_folder(self, opened: OpenStudy) -> None:
        self._imported(opened.recognised.study.study_instance_uid)
        self._opened(opened)

    def _sent(self, archive: str, is_held: bool) -> None:
        self.query()
        held = tr("The signed report is in {archive}, read back and verified.").format(archive=archive)
        taken = tr("{archive} took the signed report and has yet to answer that it keeps it.").format(archive=archive)
        self.preview.notice.show_sentence(held if is_held else taken, tone="ok" if is_held else "caution")

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
        layout.addWidget(self.bar)
        layout.addLayout(below, 1)

    def _studies(self) -> QStackedWidget:
        self.table = StudyTable(self.model)
        self._empty = label(_NOT_ASKED, "dim", name="worklistEmpty", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._show_all = QPushButton(tr("Show all"))
        self._show_all.setObjectName("showAllButton")
        self._show_all.setAccessibleName(tr("Show all"))
        self._show_all.clicked.connect(self.bar.clear)
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.addStretch(1)
        column.addWidget(self._empty)
        column.addWidget(self._show_all, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._show_all.hide()
        self._list = QStackedWidget()
        self._list.addWidget(self.table)
        self._list.addWidget(nothing)
        self._list.setCurrentIndex(1)
        return self._list

    def _connect(self) -> None:
        self.filters.query_wanted.connect(self.query)
        self.filters.import_wanted.connect(self._ask_folder)
        self.question.page_came.connect(self._page_came)
        self.question.ended.connect(self._query_ended)
        self.question.failed.connect(self._query_failed)
        self.known.changed.connect(self._known_anew)
        self.desk.failed.connect(self._triage_failed)
        self.claims.refused.connect(self._ask_to_take)
        self.claims.failed.connect(self._triage_failed)
        self.series.came.connect(self.preview.show_series)
        self.bar.changed.connect(self._filter)
        self.preview.claim_wanted.connect(self.claim_chosen)
        self.filters.archive_changed.connect(self._archive_changed)
        self.table.doubleClicked.connect(lambda _index: self.open_chosen())
        self.table.enter_pressed.connect(self.open_chosen)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.preview.open_wanted.connect(self.open_chosen)
        self.preview.retrieve_wanted.connect(self.retrieve_chosen)
        self.preview.send_wanted.connect(self.send_chosen)
        self.preview.cancel_wanted.connect(self.errands.cancel)
        self.errands.started.connect(self._errand_started)
        self.errands.ended.connect(self._errand_ended)
        self.errands.went_on.connect(self.thumbnails.look)
        self.preview.listed.connect(self.thumbnails.follow)
        self.thumbnails.came.connect(self.preview.show_pictures)
        self.prefetch.came.connect(self._prior_came)

    def _row_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        if not self.busy:
            self.preview.show_row(self.row)
        self.series.follow(self.archive, self.row.match if self.row else None)

    def _archive_changed(self) -> None:
        self.question.abandon()  # its answer would be listed under the other archive's name
        self.filters.set_busy(False)
        self.desk.stop()
        self._asked = None
        self.model.show_rows(())
        self._tell_state()
        self._say_instead(_NOT_ASKED)
        self.preview.show_row(None)
        self.notice.clear()
        self.archive_changed.emit()

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Import the study in this folder"))
        if chosen:
            self.import_folder(Path(chosen))
