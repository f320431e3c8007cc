"""Widgets as the tiles of a grid whose dividers the reader can move: one line runs through all rows, or all columns."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import isclose

from pydantic import BaseModel, ConfigDict, PositiveFloat, model_validator
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from viewer.hanging_protocol import Place
from viewer.theme import COLOURS

_GAP = 3
_LEAST = 96


class Shares(BaseModel):
    """How the height is shared by the rows and the width by the columns; each adds up to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: tuple[PositiveFloat, ...]
    columns: tuple[PositiveFloat, ...]

    def suit(self, rows: int, columns: int) -> bool:
        """Tell whether these are the shares of a grid of this size."""
        return (len(self.rows), len(self.columns)) == (rows, columns)

    @model_validator(mode="after")
    def _whole(self) -> "Shares":
        if not all(isclose(sum(shares), 1.0, abs_tol=1e-6) for shares in (self.rows, self.columns)):
            raise ValueError("the shares do not add up to 1")
        return self

    @staticmethod
    def even(rows: int, columns: int) -> "Shares":
        """Return equal shares."""
        return Shares(rows=(1 / rows,) * rows, columns=(1 / columns,) * columns)


class Tiles(QWidget):
    """Lays out its tiles; a drag on a line between them moves it, a double click makes all shares equal."""

    moved = Signal()
    """The reader moved a divider; told once, when it is let go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: tuple[tuple[QWidget, Place], ...] = ()
        self._shares = Shares.even(1, 1)
        self._only: QWidget | None = None
        self._held: tuple[Qt.Orientation, int] | None = None
        self.setMouseTracking(True)

    @property
    def shares(self) -> Shares:
        """How rows and columns share the room."""
        return self._shares

    def lay(self, tiles: Sequence[tuple[QWidget, Place]], shares: Shares) -> None:
        """Show these tiles and no others; those of before are let go of, not deleted."""
        self._tiles, self._shares, self._only, self._held = tuple(tiles), shares, None, None
        for tile, _ in self._tiles:
            tile.setParent(self)
            tile.show()
        self.updateGeometry()
        self._place()

    def show_only(self, tile: QWidget | None) -> None:
        """Fill everything with one tile, or show all again with None."""
        self._only = tile
        for other, _ in self._tiles:
            other.setVisible(tile in (None, other))
        self._place()

    def minimumSizeHint(self) -> QSize:
        """Every row and column keeps room for a small picture."""
        rows, columns = len(self._shares.rows), len(self._shares.columns)
        return QSize(columns * (_LEAST + _GAP) - _GAP, rows * (_LEAST + _GAP) - _GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new room as before."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines between the tiles."""
        QPainter(self).fillRect(self.rect(), QColor(COLOURS["line"]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a line."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._held = self._line_at(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the line that is held, or show that there is one."""
        at = event.position().toPoint()
        if self._held is not None:
            self._drag(self._held, at)
        else:
            self._point(self._line_at(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the line."""
        if self._held is not None:
            self._held = None
            self.moved.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Make all shares equal."""
        if self._line_at(event.position().toPoint()) is not None:
            self._shares = Shares.even(len(self._shares.rows), len(self._shares.columns))
            self._place()
            self.moved.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Give the pointer back."""
        self.unsetCursor()

    def _place(self) -> None:
        columns, rows = _spans(self.width(), self._shares.columns), _spans(self.height(), self._shares.rows)
        for tile, place in self._tiles:
            if tile is self._only:
                tile.setGeometry(self.rect())
            else:
                left, right = columns[place.column][0], columns[place.column + place.columns - 1][1]
                top, bottom = rows[place.row][0], rows[place.row + place.rows - 1][1]
                tile.setGeometry(left, top, right - left, bottom - top)

    def _line_at(self, at: QPoint) -> tuple[Qt.Orientation, int] | None:
        """Return the line under a point as the way that it is moved and the number of the track before it."""
        for orientation, position, room in self._axes(at):
            for number, (before, after) in enumerate(pairwise(room)):
                if before[1] <= position < after[0]:
                    return orientation, number
        return None

    def _axes(self, at: QPoint) -> tuple[tuple[Qt.Orientation, int, list[tuple[int, int]]], ...]:
        return (
            (Qt.Orientation.Horizontal, at.x(), _spans(self.width(), self._shares.columns)),
            (Qt.Orientation.Vertical, at.y(), _spans(self.height(), self._shares.rows)),
        )

    def _point(self, line: tuple[Qt.Orientation, int] | None) -> None:
        if line is None:
            self.unsetCursor()
        else:
            across = line[0] is Qt.Orientation.Horizontal
            self.setCursor(Qt.CursorShape.SplitHCursor if across else Qt.CursorShape.SplitVCursor)

    def _drag(self, held: tuple[Qt.Orientation, int], at: QPoint) -> None:
        across, number = held[0] is Qt.Orientation.Horizontal, held[1]
        shares = self._shares.columns if across else self._shares.rows
        size, position = (self.width(), at.x()) if across else (self.height(), at.y())
        moved = _with_line(size, shares, number, position)
        self._shares = self._shares.model_copy(update={"columns" if across else "rows": moved})
        self._place()


def _spans(size: int, shares: Sequence[float]) -> list[tuple[int, int]]:
    """Return the first pixel of each track and the one after its last; gaps lie between them."""
    room = size - _GAP * (len(shares) - 1)
    ends = [round(room * share) for share in accumulate(shares)]
    return [(start + n * _GAP, end + n * _GAP) for n, (start, end) in enumerate(pairwise([0, *ends]))]


def _with_line(size: int, shares: tuple[float, ...], number: int, position: int) -> tuple[float, ...]:
    """Return the shares with the line after track `number` at a pixel, as far as both its tracks stay large enough."""
    room = size - _GAP * (len(shares) - 1)
    both = shares[number] + shares[number + 1]
    least = min(_LEAST / max(room, 1), both / 2)
    before = sum(shares[:number])
    share = min(max((position - _GAP * number) / max(room, 1) - before, least), both - least)
    return (*shares[:number], share, both - share, *shares[number + 2 :])
