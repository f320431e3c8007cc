"""From which category the AI suggested to which the reader gave: a table whose cells are the brighter the more."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.pirads import Category
from viewer.corner_text import small_font
from viewer.language import tr
from viewer.theme import COLOURS
from viewer.use_words import category_in_short, shift_in_words

_GIVEN = (*list(Category)[:6], Category.PENDING)
_ALWAYS = (Category.THREE, Category.FOUR, Category.FIVE)
_HEAD, _SIDE, _ROW = 38.0, 64.0, 30.0
_BRIGHTEST = 0.5
"""How much of the colour is in the cell that counts most: light ink stands out from it."""


class ShiftTable(QWidget):
    """Rows are what the AI suggested, columns what the reader gave; a frame marks where both are the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shiftTable")
        self._shifts: Counter[tuple[Category, Category]] = Counter()
        self.setMinimumWidth(300)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shifts(self, shifts: Counter[tuple[Category, Category]]) -> None:
        """Show how often each category became each."""
        self._shifts = shifts
        told = "; ".join(shift_in_words(*pair, count) for pair, count in sorted(shifts.items()))
        what = tr("PI-RADS of the AI's lesions, as suggested and as given")
        self.setAccessibleName(f"{what}. {told or tr('None yet.')}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the rows need."""
        return QSize(360, round(_HEAD + _ROW * len(self._rows)) + 1)

    def minimumSizeHint(self) -> QSize:
        """As high as the rows need."""
        return QSize(300, self.sizeHint().height())

    @property
    def _rows(self) -> Sequence[Category]:
        suggested = {pair[0] for pair in self._shifts}
        return [category for category in list(Category)[:5] if category in suggested or category in _ALWAYS]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw heads and cells."""
        painter = QPainter(self)
        painter.setFont(small_font(self.font(), 11))
        width = (self.width() - _SIDE) / len(_GIVEN)
        painter.setPen(QColor(COLOURS["dim"]))
        painter.drawText(QRectF(_SIDE, 0, self.width() - _SIDE, _HEAD / 2), _centred(), tr("reader gave PI-RADS"))
        painter.drawText(QRectF(0, _HEAD / 2, _SIDE - 6, _HEAD / 2), _centred(), tr("AI"))
        for column, given in enumerate(_GIVEN):
            box = QRectF(_SIDE + column * width, _HEAD / 2, width, _HEAD / 2)
            painter.drawText(box, _centred(), category_in_short(given))
        painter.setFont(small_font(self.font(), 13))
        for row, suggested in enumerate(self._rows):
            top = _HEAD + row * _ROW
            painter.setPen(QColor(COLOURS["text"]))
            painter.drawText(QRectF(0, top, _SIDE - 6, _ROW), _centred(), suggested.value)
            for column, given in enumerate(_GIVEN):
                self._draw_cell(painter, QRectF(_SIDE + column * width, top, width, _ROW), suggested, given)
        painter.end()

    def _draw_cell(self, painter: QPainter, box: QRectF, suggested: Category, given: Category) -> None:
        count = self._shifts[suggested, given]
        ground = QColor(COLOURS["accent"])
        ground.setAlphaF(_BRIGHTEST * count / max(self._shifts.values(), default=1))
        inner = box.adjusted(1, 1, -1, -1)
        painter.fillRect(inner, QColor(COLOURS["background"]))
        painter.fillRect(inner, ground)
        if suggested is given:
            painter.setPen(QPen(QColor(COLOURS["text"]), 1))
            painter.drawRect(inner.adjusted(0.5, 0.5, -0.5, -0.5))
        if count:
            painter.setPen(QColor(COLOURS["white"]))
            painter.drawText(box, _centred(), str(count))


def _centred() -> int:
    return int(Qt.AlignmentFlag.AlignCenter)
