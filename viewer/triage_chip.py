"""The priority in the list as a chip: words on a ground of its level's colour, painted without a widget of its own."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from core.pirads import Category
from core.triage import Level
from viewer.theme import COLOURS, pirads_colour

Index = QModelIndex | QPersistentModelIndex
CHIP_ROLE = Qt.ItemDataRole.UserRole
"""The level of the chip, or None for words without a ground."""
_GROUNDS = {
    Level.URGENT: pirads_colour(Category.FIVE),
    Level.HIGH: pirads_colour(Category.FOUR),
    Level.MEDIUM: pirads_colour(Category.THREE),
    Level.LOW: pirads_colour(Category.TWO),
    Level.UNKNOWN: QColor(COLOURS["edge"]),
}
_LEFT, _PADDING, _HEIGHT = 11.0, 8.0, 20.0


class ChipDelegate(QStyledItemDelegate):
    """Paints the cells of one column as chips."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Let the style paint the cell's ground only; the words are painted by `paint`."""
        super().initStyleOption(option, index)
        option.text = ""  # type: ignore[attr-defined]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint ground and words."""
        super().paint(painter, option, index)
        words, level = str(index.data() or ""), index.data(CHIP_ROLE)
        font = _font(option.font)  # type: ignore[attr-defined]
        rect = QRectF(option.rect)  # type: ignore[attr-defined]
        width = min(QFontMetricsF(font).horizontalAdvance(words) + 2 * _PADDING, rect.width() - _LEFT - 2)
        chip = QRectF(rect.left() + _LEFT, rect.center().y() - _HEIGHT / 2 - 0.5, width, _HEIGHT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if level is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_GROUNDS[Level(level)])
            painter.drawRoundedRect(chip, _HEIGHT / 2, _HEIGHT / 2)
        painter.setFont(font)
        painter.setPen(_ink(level))
        inside = chip.adjusted(_PADDING, 0, -_PADDING + 2, 0) if level is not None else chip
        shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the chip."""
        words = QFontMetricsF(_font(option.font)).horizontalAdvance(str(index.data() or ""))  # type: ignore[attr-defined]
        return QSize(round(words + 2 * _PADDING + _LEFT + 4), round(_HEIGHT + 8))


def _font(of: QFont) -> QFont:
    font = QFont(of)
    font.setPixelSize(12)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _ink(level: object) -> QColor:
    if level is None:
        return QColor(COLOURS["dim"])
    return QColor(COLOURS["text" if level == Level.UNKNOWN else "background"])
