"""The list of keys as a table that Qt can show: a heading for each place, then its lines."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from viewer.key_commands import Place
from viewer.key_map import KeyMap
from viewer.language import tr
from viewer.shortcuts import Line, lines_of
from viewer.theme import COLOURS

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
KEY_COLUMN, WORDS_COLUMN = 0, 1
_WAITING = "press the new key …"


@dataclass(frozen=True, slots=True)
class _Row:
    place: Place
    line: Line | None = None


class ShortcutsModel(QAbstractTableModel):
    """Shows the lines that hold what the reader looks for; `waiting` is the command that waits for its new key."""

    def __init__(self, keys: KeyMap, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._wanted = ""
        self.waiting = ""
        self._rows = self._found()

    def look_for(self, text: str) -> None:
        """Show only the lines that hold every word of `text`."""
        self._wanted = text
        self.refresh()

    def wait_for(self, name: str) -> None:
        """Say of a command that its new key is awaited; of none with an empty name."""
        self.waiting = name
        self.dataChanged.emit(self.index(0, 0), self.index(max(len(self._rows) - 1, 0), 1))

    def refresh(self) -> None:
        """Show the keys as they are now."""
        self.beginResetModel()
        self._rows = self._found()
        self.endResetModel()

    def line(self, row: int) -> Line | None:
        """Return a line; None for a heading, and where there is no row."""
        return self._rows[row].line if 0 <= row < len(self._rows) else None

    def is_heading(self, row: int) -> bool:
        """Whether a row is the heading of a place."""
        return self._rows[row].line is None

    def row_of(self, name: str) -> int:
        """Return the row of a command, or -1."""
        return next((n for n, row in enumerate(self._rows) if row.line is not None and row.line.name == name), -1)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many lines and headings there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Key, and what it does."""
        return 0 if parent.isValid() else 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        if not index.isValid() or self.is_heading(index.row()):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, type and colour of a cell."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.FontRole:
            return _font(row, index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(row, index.column())
        return None

    def _found(self) -> tuple[_Row, ...]:
        wanted = self._wanted.casefold().split()
        rows: list[_Row] = []
        for line in lines_of(self._keys):
            if all(word in f"{line.keys} {line.words} {line.place.value}".casefold() for word in wanted):
                if not rows or rows[-1].place is not line.place:
                    rows.append(_Row(line.place))
                rows.append(_Row(line.place, line))
        return tuple(rows)

    def _text(self, row: _Row, column: int) -> str:
        line = row.line
        if line is None:
            return row.place.value.upper() if column == KEY_COLUMN else ""
        if column == KEY_COLUMN:
            return _WAITING if line.name and line.name == self.waiting else line.keys
        return (
            tr("{words}  (delivered: {delivered})").format(words=line.words, delivered=line.delivered)
            if line.delivered
            else line.words
        )

    def _ink(self, row: _Row, column: int) -> QColor | None:
        line = row.line
        if line is None or (column == WORDS_COLUMN and not line.name):
            return QColor(COLOURS["dim"])
        if column == KEY_COLUMN and (line.delivered or (line.name and line.name == self.waiting)):
            return QColor(COLOURS["accent"])
        return None


def _font(row: _Row, column: int) -> QFont | None:
    if column != KEY_COLUMN:
        return None
    font = QFont()
    font.setWeight(QFont.Weight.DemiBold)
    if row.line is None:
        font.setPixelSize(11)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1.0)
    return font
