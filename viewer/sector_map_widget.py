"""The PI-RADS sector map on the screen: three panels, lesions filled in their colours, each sector clickable."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.sector_map import PANELS, Polygon, SectorOutline, gland_outline, outlines, sector_at_point, urethra
from core.sectors import Level, Sector, sector
from viewer.corner_text import small_font
from viewer.language import tr
from viewer.theme import COLOURS

_CAPTION = 16
_GAP = 6
_SIDE_INSET = 0.06
_NAMES_FROM = 190.0
"""From this width of a panel on, each sector's name has room."""
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_CHOOSES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_ASIDE = 2.0
"""How much farther than ahead a sector seems that lies aside of where an arrow points."""


@dataclass(frozen=True, slots=True)
class SectorMark:
    """How a lesion shows in its sector: its label, its colour, dashed while it is unreviewed."""

    label: str
    colour: QColor
    dashed: bool = False


class SectorMapWidget(QWidget):
    """Shows which sectors hold lesions; a click on a sector chooses it, and so do the arrow keys with Enter."""

    sector_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sectorMap")
        self.setAccessibleName(tr("Sector map: base, mid and apex, the patient's right on the left"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the images
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._marks: Mapping[str, tuple[SectorMark, ...]] = {}
        self._selected = ""
        self._hovered = ""
        self._clickable = True

    def show_marks(self, marks: Mapping[str, tuple[SectorMark, ...]], selected: str) -> None:
        """Show lesions by sector key, with the selected lesion's sector outlined in the accent colour."""
        self._marks, self._selected = marks, selected
        self.update()

    def set_clickable(self, clickable: bool) -> None:
        """Say whether a click or a key means anything now."""
        self._clickable = clickable
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if clickable else Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """Three panels side by side."""
        return QSize(360, 120 + _CAPTION)

    def hasHeightForWidth(self) -> bool:
        """The panels are square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as a panel is wide, and the caption."""
        return (width - 2 * _GAP) // 3 + _CAPTION

    def centre_of(self, key: str) -> QPointF:
        """Return where the middle of a sector is in the widget."""
        outline = next(o for o in outlines() if o.sector.key == key)
        return self._at(outline.panel, outline.centre)

    def _panel(self, level: Level) -> QRectF:
        side = min((self.width() - 2 * _GAP) / 3, float(self.height() - _CAPTION))
        left = (self.width() - 3 * side - 2 * _GAP) / 2 + PANELS.index(level) * (side + _GAP)
        return QRectF(left, 0, side, side)

    def _at(self, level: Level, point: tuple[float, float]) -> QPointF:
        return self._from_unit_square(level).map(QPointF(*point))

    def _polygon(self, level: Level, points: Polygon) -> QPolygonF:
        return self._from_unit_square(level).map(_shape(points))

    def _from_unit_square(self, level: Level) -> QTransform:
        panel = self._panel(level)
        return QTransform.fromTranslate(panel.x(), panel.y()).scale(panel.width(), panel.height())

    def _sector_under(self, position: QPointF) -> Sector | None:
        for level in PANELS:
            panel = self._panel(level)
            if panel.contains(position):
                x, y = position.x() - panel.x(), position.y() - panel.y()
                return sector_at_point(level, (x / panel.width(), y / panel.height()))
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the sector under the mouse up."""
        found = self._sector_under(event.position())
        self._hover(found.key if found and self._clickable else "")

    def leaveEvent(self, event: QEvent) -> None:
        """Light nothing up."""
        self._hover("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the sector under the mouse."""
        found = self._sector_under(event.position())
        if event.button() is Qt.MouseButton.LeftButton and found and self._clickable:
            self.sector_chosen.emit(found)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the sector of the selected lesion, else at the first one."""
        super().focusInEvent(event)
        self._hover(self._hovered or self._selected or outlines()[0].sector.key)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Light nothing up."""
        super().focusOutEvent(event)
        self._hover("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next sector where an arrow points; Enter or the space bar chooses it."""
        key = Qt.Key(event.key())
        if key in _ARROWS and self._hovered:
            self._hover(self._next(*_ARROWS[key]))
        elif key in _CHOOSES and self._hovered and self._clickable and not event.isAutoRepeat():
            self.sector_chosen.emit(sector(self._hovered))
        else:
            super().keyPressEvent(event)

    def _next(self, right: float, down: float) -> str:
        """Return the nearest sector where an arrow points, also in the next panel, or the same one at the edge."""
        here = self.centre_of(self._hovered)
        found = self._hovered, math.inf
        for outline in outlines():
            apart = self._at(outline.panel, outline.centre) - here
            ahead, aside = apart.x() * right + apart.y() * down, abs(apart.x() * down) + abs(apart.y() * right)
            far = ahead + _ASIDE * aside
            if aside <= ahead and ahead > 0 and far < found[1]:
                found = outline.sector.key, far
        return found[0]

    def event(self, event: QEvent) -> bool:
        """Name the sector under the mouse in a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            found = self._sector_under(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._described(found) if found else "", self)
            return True
        return super().event(event)

    def _described(self, one: Sector) -> str:
        marks = ", ".join(mark.label for mark in self._marks.get(one.key, ()))
        return f"{one.label}{f': {marks}' if marks else ''}"

    def _hover(self, key: str) -> None:
        if key != self._hovered:
            self._hovered = key
            self.setAccessibleDescription(self._described(sector(key)) if key else "")
            self.setCursor(Qt.CursorShape.PointingHandCursor if key else Qt.CursorShape.ArrowCursor)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panels, the lesions' sectors and the captions."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for outline in outlines():
            self._draw_sector(painter, outline)
        for level in PANELS:
            self._draw_gland(painter, level)
        for outline in outlines():
            self._draw_marks(painter, outline)
        if self.hasFocus():
            self._draw_cursor(painter)
        painter.end()

    def _draw_sector(self, painter: QPainter, outline: SectorOutline) -> None:
        painter.setPen(QPen(QColor(COLOURS["edge"]), 1))
        painter.setBrush(QColor(COLOURS["hover" if outline.sector.key == self._hovered else "background"]))
        painter.drawPolygon(self._polygon(outline.panel, outline.polygon))

    def _draw_gland(self, painter: QPainter, level: Level) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(COLOURS["dim"]), 1.2))
        painter.drawPolygon(self._polygon(level, gland_outline(level)))
        mark, panel = urethra(level), self._panel(level)
        radius = mark.radius * panel.width()
        painter.drawEllipse(self._at(level, mark.centre), radius, radius)
        painter.setPen(QColor(COLOURS["dim"]))
        painter.setFont(small_font(painter.font(), 11))
        caption = QRectF(panel.x(), panel.bottom(), panel.width(), _CAPTION)
        painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, level.capitalize())
        inset = _SIDE_INSET * panel.width()  # else the L of one panel and the R of the next read as one word
        sides = panel.adjusted(inset, 0, -inset, 0)
        painter.drawText(sides, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, "R")
        painter.drawText(sides, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, "L")

    def _draw_marks(self, painter: QPainter, outline: SectorOutline) -> None:
        marks = self._marks.get(outline.sector.key, ())
        polygon = self._polygon(outline.panel, outline.polygon)
        if marks:
            worst = marks[0]
            fill = QColor(worst.colour)
            fill.setAlpha(60 if worst.dashed else 130)
            style = Qt.PenStyle.DashLine if worst.dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(worst.colour, 1.6, style))
            painter.setBrush(fill)
            painter.drawPolygon(polygon)
        if outline.sector.key == self._selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(COLOURS["white"]), 1.6))
            painter.drawPolygon(polygon)
        if marks:
            self._draw_label(painter, outline, " ".join(mark.label for mark in marks))
        elif self._panel(outline.panel).width() >= _NAMES_FROM:
            painter.setFont(small_font(painter.font(), 10))
            painter.setPen(QColor(COLOURS["dim"]))
            painter.drawText(self._label_box(outline), Qt.AlignmentFlag.AlignCenter, outline.sector.region)

    def _draw_cursor(self, painter: QPainter) -> None:
        """Frame the sector that Enter would choose and write its name, so that colour is not alone."""
        outline = next((o for o in outlines() if o.sector.key == self._hovered), None)
        if outline is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(COLOURS["accent"]), 2.4))
        painter.drawPolygon(self._polygon(outline.panel, outline.polygon))
        self._draw_label(painter, outline, outline.sector.region)

    def _draw_label(self, painter: QPainter, outline: SectorOutline, text: str) -> None:
        painter.setFont(small_font(painter.font(), 10, bold=True))
        box = self._label_box(outline)
        painter.setPen(QColor(0, 0, 0))
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            painter.drawText(box.translated(dx, dy), Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(QColor(COLOURS["white"]))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _label_box(self, outline: SectorOutline) -> QRectF:
        at = self._at(outline.panel, outline.centre)
        return QRectF(at.x() - 40, at.y() - 8, 80, 16)


@cache
def _shape(points: Polygon) -> QPolygonF:
    return QPolygonF([QPointF(*point) for point in points])
