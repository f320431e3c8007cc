"""The mark on a picture that is a key image of the report."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from viewer.corner_text import small_font
from viewer.language import tr
from viewer.layers import Shown

_GROUND, _INK = QColor("#e8c26e"), QColor("#14181f")
_HEIGHT, _BESIDE, _BELOW_TOP = 19.0, 8.0, 62.0


class KeyImageLayer:
    """Paints the mark; `marked` are the slices that are key images, by the images of the series that is shown."""

    def __init__(self, marked: Mapping[frozenset[tuple[str, int]], frozenset[int]]) -> None:
        self._marked = dict(marked)

    def paint(self, painter: QPainter, shown: Shown) -> None:
        """Paint the mark at the right, below what the pointer's corner says, where the slice is a key image."""
        if shown.slice_index not in self._marked.get(shown.images, frozenset()):
            return
        text = "★ " + tr("Key image")
        painter.setFont(small_font(painter.font(), 12, bold=True))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(text) + 14
        corner = QPointF(shown.plane.width - wide - _BESIDE, min(_BELOW_TOP, shown.plane.height / 4))
        box = QRectF(corner.x(), corner.y(), wide, _HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(_INK)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
