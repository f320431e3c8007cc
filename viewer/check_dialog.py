"""Connections: tries every archive, RIS and EHR of the settings and says in a sentence what to change on which side."""

from collections.abc import Callable
from queue import SimpleQueue

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.errors import ProsectorError
from core.progress import Progress
from service.check import Line, Outcome, Peer, check, peers
from service.workspace import Workspace
from viewer.archive_lamps import ArchiveLamps
from viewer.check_model import HEADINGS, CheckModel
from viewer.jobs import Job, JobRunner
from viewer.labels import heading, label
from viewer.language import tr
from viewer.notice import Notice
from viewer.theme import icon
from viewer.worklist_top import WorklistTop

_DRAIN_MS = 100
_SIZE = (1080, 660)
_WIDTHS = (200, 180, 110)
_BESIDE, _ABOVE = 15, 10
"""Pixels that the style sheet leaves beside the words of a cell, and that we leave above and below them."""


class Connections(QObject):
    """The lamps and the button above the worklist, and the dialog that both open."""

    def __init__(self, ws: Workspace, jobs: JobRunner, top: WorklistTop, parent: QWidget) -> None:
        super().__init__(parent)
        self._ws, self._jobs, self._window = ws, jobs, parent
        self.dialog: CheckDialog | None = None
        self.lamps = ArchiveLamps(ws.archives, jobs)
        self.lamps.wanted.connect(lambda _name: self.open())
        self.button = QPushButton(icon("linked", "dim"), tr("Connections"))
        self.button.setObjectName("connectionsButton")
        self.button.setToolTip(tr("Try the archives, the RIS and the EHR, and see what has to be changed"))
        self.button.clicked.connect(self.open)
        if ws.archives:
            top.add_lamp(self.lamps)
        top.add_tool(self.button)

    def open(self) -> None:
        """Open the dialog, once."""
        if self.dialog is None:
            self.dialog = CheckDialog(self._ws, self._jobs, self._window)
            self.dialog.finished.connect(self._closed)
            self.dialog.open()

    def _closed(self, _result: int) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()
        if self.lamps.isVisible():
            self.lamps.ask()


class CheckDialog(QDialog):
    """Enter runs the check; closing it stops one that runs."""

    def __init__(self, ws: Workspace, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkDialog")
        self.setWindowTitle(tr("Connections"))
        self._ws, self._jobs = ws, jobs
        self._running: Job | None = None
        self._heard: SimpleQueue[Line] = SimpleQueue()
        self.model = CheckModel(self)
        self.table = _table(self.model)
        self.notice = Notice()
        self._store = QCheckBox(
            tr("Also store a small test object in each archive (it stays there until it is deleted)")
        )
        self._store.setObjectName("checkStore")
        self._store.toggled.connect(lambda _on: self._plan())
        self.run_button = _button("checkRun", tr("Run"), self._run_or_stop)
        self.run_button.setProperty("primary", True)
        self.run_button.setDefault(True)
        self._copy = _button("checkCopy", tr("Copy"), self._copy_text)
        self._copy.setToolTip(tr("Copy what was found, for the administrator of the archive"))
        self._drain = QTimer(self, interval=_DRAIN_MS)
        self._drain.timeout.connect(self._take_in)
        self._lay_out()
        self._plan()
        self.run_button.setFocus()

    @property
    def running(self) -> bool:
        """Whether a check is under way."""
        return self._running is not None

    def run(self) -> None:
        """Try everything."""
        chosen = self._plan()
        if not chosen:
            return
        self.notice.clear()
        self._show_running(True)
        self._running = self._jobs.start(
            lambda progress: _tried(chosen, self._heard, progress),
            on_done=lambda _none: self._end(),
            on_failed=self._fail,
            on_cancelled=lambda: self._end(stopped=True),
        )

    def done(self, result: int) -> None:
        """Close; what is still being tried is no longer waited for."""
        if self._running is not None:
            self._running.abandon()
        self._drain.stop()
        super().done(result)

    # ------------------------------------------------------------------ parts

    def _plan(self) -> tuple[Peer, ...]:
        try:
            chosen = peers(self._ws, store=self._store.isChecked())
        except ProsectorError as error:
            self.notice.show_sentence(str(error))
            return ()
        self.model.plan(chosen)
        self._copy.setEnabled(False)
        if not chosen:
            self.notice.show_sentence(tr("The settings name no archive, RIS or EHR yet; docs/pacs.md says how."))
        return chosen

    def _run_or_stop(self) -> None:
        if self._running is None:
            self.run()
        else:
            self._running.cancel()
            self.run_button.setEnabled(False)

    def _show_running(self, running: bool) -> None:
        self.model.running = running
        self.model.refresh()
        self.run_button.setEnabled(True)
        self.run_button.setText(tr("Stop") if running else tr("Run again"))
        self._store.setEnabled(not running)
        if running:
            self._drain.start()
        else:
            self._drain.stop()

    def _take_in(self) -> None:
        """Show what was heard from the check since the last time."""
        while not self._heard.empty():
            row = self.model.put(self._heard.get())
            self.table.scrollTo(self.model.index(min(row + 1, self.model.rowCount() - 1), 0))
            self._copy.setEnabled(True)

    def _end(self, *, stopped: bool = False) -> None:
        self._running = None
        self._take_in()
        self._show_running(False)
        failed = sum(line.outcome is Outcome.FAILED for line in self.model.lines)
        if stopped:
            self.notice.show_sentence(tr("Stopped; the steps without a result were not tried."), tone="caution")
        elif failed == 1:
            self.notice.show_sentence(tr("One step failed; it says what to change."))
        elif failed:
            self.notice.show_sentence(tr("{failed} steps failed; each says what to change.").format(failed=failed))
        else:
            self.notice.show_sentence(tr("All that was tried works."), tone="ok")

    def _fail(self, sentence: str) -> None:
        self._running = None
        self._take_in()
        self._show_running(False)
        self.notice.show_sentence(sentence)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.model.text())
        self._copy.setText(tr("Copied"))
        QTimer.singleShot(1500, self._copy, lambda: self._copy.setText(tr("Copy")))

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self._store, 1)
        for button in (self._copy, _button("checkClose", tr("Close"), self.reject), self.run_button):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(heading(tr("Archives, RIS and EHR")))
        told = tr(
            "Each is tried in both directions: we reach it, it reaches us. A small series of the last days is fetched "
            "and thrown away; nothing is sent unless you say so below."
        )
        layout.addWidget(label(told, "dim", wrap=True))
        layout.addWidget(self.table, 1)
        layout.addWidget(self.notice)
        layout.addLayout(foot)
        self.resize(*_SIZE)


class _Wrapped(QStyledItemDelegate):
    """Says how high a cell has to be for all of its words, which Qt gets wrong where the style sheet has a padding."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the size of a cell at the present width of its column."""
        table = self.parent()
        assert isinstance(table, QTableView)
        width = table.columnWidth(index.column())
        words, room = str(index.data() or ""), QRect(0, 0, width - 2 * _BESIDE, 10_000)
        height = table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, words).height()
        return QSize(width, height + 2 * _ABOVE)


def _tried(chosen: tuple[Peer, ...], heard: SimpleQueue[Line], progress: Progress) -> None:
    for peer in chosen:
        for line in check(peer, progress):
            heard.put(line)


def _table(model: CheckModel) -> QTableView:
    table = QTableView()
    table.setObjectName("checkTable")
    table.setAccessibleName(tr("Steps"))
    table.setModel(model)
    table.setShowGrid(False)
    table.setWordWrap(True)
    table.setTabKeyNavigation(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setItemDelegate(_Wrapped(table))
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    header.setSectionResizeMode(len(HEADINGS) - 1, QHeaderView.ResizeMode.Stretch)
    for place, width in enumerate(_WIDTHS):
        table.setColumnWidth(place, width)
    return table


def _button(name: str, text: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    button.clicked.connect(lambda: act())
    return button
