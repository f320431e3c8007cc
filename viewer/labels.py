"""The kinds of text in the window: headings, dim text, one elided line, a chip, a hairline."""

import math
import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from core.pirads import Category
from viewer.theme import COLOURS, pirads_colour

_DOT = " · "
_BREAK = "\u200b"  # no space, but a line may end there


def label(text: str = "", role: str = "", *, name: str = "", wrap: bool = False) -> QLabel:
    """Return a label of plain text styled by `role` of the style sheet."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    return made


def heading(text: str) -> QLabel:
    """Return a section's heading in small capitals."""
    return label(text.upper(), "heading")


def section() -> QFrame:
    """Return a frame that ends in a hairline."""
    frame = QFrame()
    frame.setProperty("role", "section")
    return frame


class ElidedLabel(QLabel):
    """One line that ends in … when there is no room, and then says the whole in its tooltip."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if role:
            self.setProperty("role", role)
        self.set_whole(text)

    @property
    def whole(self) -> str:
        """The text, not elided."""
        return self._whole

    def set_whole(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self.setAccessibleName(text)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the whole text, where the layout lets a label be no wider than it needs."""
        around = self.contentsMargins()
        width = math.ceil(QFontMetricsF(self.font()).horizontalAdvance(self._whole)) + around.left() + around.right()
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide anew."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self._cut(self._whole)
        kept, dot, last = shown.rpartition(_DOT)
        if shown != self._whole and dot and any(map(str.isdigit, last)):
            shown = self._cut(f"{kept}{_DOT}…")  # half a number or date is another one
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")

    def _cut(self, text: str) -> str:
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(self.contentsRect().width(), 1))


class Chip(QLabel):
    """A few words on a rounded ground, e.g. the PI-RADS category."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setContentsMargins(8, 2, 8, 2)
        self._ground = QColor(COLOURS["hover"])
        self._dashed = False

    def show_category(self, text: str, category: Category, *, suggested: bool = False) -> None:
        """Show a category in its colour; only an outline when it is merely suggested."""
        colour = pirads_colour(category)
        self._show(text, colour, COLOURS["background"] if not suggested else colour.name(), dashed=suggested)

    def show_plain(self, text: str, ink: str = "accent", ground: str = "selection") -> None:
        """Show text in colours of the palette."""
        self._show(text, QColor(COLOURS[ground]), COLOURS[ink], dashed=False)

    def _show(self, text: str, ground: QColor, ink: str, *, dashed: bool) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self._ground, self._dashed = ground, dashed
        self.setStyleSheet(f"color: {ink}; font-size: 12px; font-weight: 600;")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, then the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().toRectF().adjusted(0.75, 0.75, -0.75, -0.75)
        if self._dashed:
            pen = painter.pen()
            pen.setColor(self._ground)
            pen.setWidthF(1.2)
            pen.setDashPattern([3, 2])
            painter.setPen(pen)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._ground)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.end()
        super().paintEvent(event)


def breakable(text: str) -> str:
    """Return the text with places at which to break a path or a UID, which a narrow panel would cut off."""
    by_folder = re.sub(r"(?<=[/\\])(?=\S)", _BREAK, text)
    return re.sub(rf"([^\s{_BREAK}]{{16}})(?=[^\s{_BREAK}])", rf"\1{_BREAK}", by_folder)
