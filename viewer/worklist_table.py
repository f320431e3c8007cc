"""The table of the worklist: keyboard, selection, and columns that fill its width."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from viewer.language import tr
from viewer.triage_chip import ChipDelegate
from viewer.worklist_model import COLUMNS, PLACES, Column, WorklistModel

_LONG = {"patient": 5, "id": 3, "study": 3}
"""How much more room than the others those columns get whose words are cut off first."""


def _share_of_spare(column: Column) -> int:
    return column.width * _LONG.get(column.name, 1)


class StudyTable(QTableView):
    """A table whose Enter key opens, and whose columns fill its width; those with no room are left out.

    The reader may choose columns by right click on the headings; then they are these, whatever the room.
    """

    enter_pressed = Signal()
    columns_chosen = Signal(tuple)
    """The names of the columns that the reader wants, empty for those that fit."""

    def __init__(self, model: WorklistModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted: frozenset[str] = frozenset()
        self._kept = ("", 0)
        self.setModel(model)
        self.setObjectName("worklistTable")
        self.setAccessibleName(tr("Studies"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.setWordWrap(False)
        self.setItemDelegateForColumn(PLACES["priority"], ChipDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(38)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(40)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._ask_columns)
        self.sortByColumn(PLACES["priority"], Qt.SortOrder.AscendingOrder)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)

    def choose_columns(self, names: Collection[str]) -> None:
        """Show these columns, or, with none named, those that there is room for."""
        self._wanted = frozenset(names)
        self._share()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter, go to the first or last study with Home and End; Tab leaves the table."""
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.model().rowCount() - 1}
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.enter_pressed.emit()
        elif event.key() in ends:
            self.selectRow(ends[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Keep the chosen study lit whatever keys are held: it is the one that Enter opens."""
        if not index.isValid():
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        self._share()

    # ------------------------------------------------------------------ columns

    def _share(self) -> None:
        width = self.viewport().width()
        shown = [column for column in COLUMNS if column.name in self._names(width)]
        spare = max(0, width - sum(column.width for column in shown))
        parts = sum(map(_share_of_spare, shown))
        for place, column in enumerate(COLUMNS):
            self.setColumnHidden(place, column not in shown)
            self.setColumnWidth(place, column.width + spare * _share_of_spare(column) // parts)

    def _names(self, width: int) -> frozenset[str]:
        """Return the columns that the reader chose, else as many as there is room for."""
        if self._wanted:
            return self._wanted
        left = sorted(COLUMNS, key=lambda column: column.need)
        while len(left) > 1 and left[-1].need and sum(column.width for column in left) > width:
            left.pop()
        return frozenset(column.name for column in left)

    def _ask_columns(self, at: QPoint) -> None:
        menu = self.columns_menu()
        menu.exec(self.horizontalHeader().mapToGlobal(at))
        menu.deleteLater()

    def columns_menu(self) -> QMenu:
        """Return the menu in which the reader chooses columns."""
        menu = QMenu(self)
        for place, column in enumerate(COLUMNS):
            if column.need:
                action = menu.addAction(column.title)
                action.setCheckable(True)
                action.setChecked(not self.isColumnHidden(place))
                action.toggled.connect(lambda on, name=column.name: self._choose(name, on))
        menu.addSeparator()
        menu.addAction(tr("Those that fit"), lambda: self._chosen(frozenset()))
        return menu

    def _choose(self, name: str, on: bool) -> None:
        shown = {column.name for place, column in enumerate(COLUMNS) if not self.isColumnHidden(place)}
        self._chosen(frozenset(shown | {name} if on else shown - {name}))

    def _chosen(self, names: frozenset[str]) -> None:
        self.choose_columns(names)
        self.columns_chosen.emit(tuple(sorted(names)))

    # ------------------------------------------------------------------ the chosen study

    def _remember(self) -> None:
        model, at = self.model(), self.currentIndex().row()
        assert isinstance(model, WorklistModel)
        uid = model.rows[at].uid if 0 <= at < model.rowCount() else ""
        self._kept = uid, self.verticalScrollBar().value()

    def _restore(self) -> None:
        """Keep the chosen study chosen, and the list where it was, when studies come or go."""
        model = self.model()
        assert isinstance(model, WorklistModel)
        uid, scrolled = self._kept
        place = model.row_of(uid) if uid else -1
        if place >= 0:
            self.selectionModel().setCurrentIndex(
                model.index(place, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
            )
            self.verticalScrollBar().setValue(scrolled)
