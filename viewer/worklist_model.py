"""The worklist as a table that Qt can show and sort."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from viewer.theme import COLOURS
from viewer.worklist_rows import State, WorklistRow

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its text, and what it is sorted by."""

    title: str
    text: Callable[[WorklistRow], str]
    sort_key: Callable[[WorklistRow], Any]


COLUMNS: tuple[Column, ...] = (
    Column("PATIENT", lambda row: row.patient, lambda row: row.patient.casefold()),
    Column("ID", lambda row: row.match.patient.patient_id or "–", lambda row: row.match.patient.patient_id),
    Column("AGE", lambda row: row.age, lambda row: row.age.rjust(3)),
    Column("STUDY", lambda row: row.study, lambda row: row.study),
    Column("ACCESSION", lambda row: row.match.accession_number or "–", lambda row: row.match.accession_number),
    Column("SERIES FOUND", lambda row: row.series, lambda row: row.series),
    Column("REPORT", lambda row: row.report, lambda row: row.report),
    Column("LOCAL", lambda row: "✓" if row.is_local else "–", lambda row: row.is_local),
)


class WorklistModel(QAbstractTableModel):
    """Rows of `WorklistRow`, sorted as the reader last asked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[WorklistRow, ...] = ()
        self._sorting: tuple[int, Qt.SortOrder] | None = None

    @property
    def rows(self) -> tuple[WorklistRow, ...]:
        """What is shown, in order."""
        return self._rows

    def show_rows(self, rows: tuple[WorklistRow, ...]) -> None:
        """Show other rows, in the order that the reader asked for, else in the order given."""
        self.beginResetModel()
        self._rows = rows if self._sorting is None else _sorted(rows, *self._sorting)
        self.endResetModel()

    def row_of(self, study_instance_uid: str) -> int:
        """Return where a study stands, or -1."""
        return next((n for n, row in enumerate(self._rows) if row.uid == study_instance_uid), -1)

    def replace(self, row: WorklistRow) -> None:
        """Show a study's line as it is now."""
        at = self.row_of(row.uid)
        if at >= 0:
            self._rows = (*self._rows[:at], row, *self._rows[at + 1 :])
            self.dataChanged.emit(self.index(at, 0), self.index(at, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many studies there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """A column's heading."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's text, colour and tooltip."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(row)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(row, column)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, now and whenever other rows are shown; the chosen study stays chosen.

        Studies that are equal in the column stay as they were. A negative `column` sorts by none.
        """
        self._sorting = (column, order) if column >= 0 else None
        if self._sorting is None:
            return
        self.layoutAboutToBeChanged.emit()
        before = self._rows
        self._rows = _sorted(before, column, order)
        for index in self.persistentIndexList():
            self.changePersistentIndex(index, self.index(self.row_of(before[index.row()].uid), index.column()))
        self.layoutChanged.emit()


def _sorted(rows: tuple[WorklistRow, ...], column: int, order: Qt.SortOrder) -> tuple[WorklistRow, ...]:
    return tuple(sorted(rows, key=COLUMNS[column].sort_key, reverse=order is Qt.SortOrder.DescendingOrder))


def _ink(row: WorklistRow, column: Column) -> QColor | None:
    if column.title == "REPORT" and row.state is not State.NONE:
        name = {State.DRAFT: "accent", State.UNSENT: "warning", State.REPORTED: "ok"}[row.state]
        return QColor(COLOURS[name])
    if column.title == "LOCAL" or column.text(row) in ("–", "?"):
        return QColor(COLOURS["ok" if row.is_local and column.title == "LOCAL" else "dim"])
    return None
