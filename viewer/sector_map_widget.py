"""The PI-RADS sector map on the screen: three panels, lesions filled in their colours, each sector clickable."""

import math
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

from core.pirads import Zone
from core.sector_drawing import REGIONS, RGB, TITLES, Area, Marks, Names, Palette, Ring, Shape, Words, panel_shapes
from core.sector_map import PANELS, Polygon, outlines, sector_at_point
from core.sectors import Level, Sector, sector
from viewer.corner_text import small_font
from viewer.language import tr
from viewer.said import said
from viewer.theme import COLOURS

_CAPTION = 16
_GAP = 6
_WORDS = 80.0
_NAMES_FROM = 190.0
"""From this width of a panel on, each sector's name has room."""
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_CHOOSES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_ALIGNED = {
    "start": Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
    "middle": Qt.AlignmentFlag.AlignCenter,
    "end": Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
}
_ASIDE = 2.0
"""How much farther than ahead a sector seems that lies aside of where an arrow points."""


def _rgb(name: str) -> RGB:
    colour = QColor(COLOURS[name])
    return colour.red(), colour.green(), colour.blue()


_SCREEN = Palette(
    zones=dict.fromkeys(Zone, _rgb("background")),
    edge=_rgb("edge"),
    outline=_rgb("dim"),
    ink=_rgb("white"),
    dim=_rgb("dim"),
    urethra=None,
    filled=(130 / 255, 60 / 255),
    halo=(0, 0, 0),
    mark_edge=None,
    mark_width=1.6,
    outline_width=1.2,
    name_size=10,
    label_size=10,
    letter_size=11,
)

_NAMES = Names({level: said(title) for level, title in TITLES.items()}, REGIONS, tr("R"), tr("L"))


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
        self._marks: Marks = {}
        self._selected = ""
        self._hovered = ""
        self._clickable = True

    def show_marks(self, marks: Marks, selected: str) -> None:
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
        return f"{said(one.label)}{f': {marks}' if marks else ''}"

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
        for level in PANELS:
            names = self._panel(level).width() >= _NAMES_FROM
            for shape in panel_shapes(level, self._marks, _SCREEN, _NAMES, names=names):
                self._paint(painter, level, shape)
            self._draw_caption(painter, level)
        self._draw_selected(painter)
        if self.hasFocus():
            self._draw_cursor(painter)
        painter.end()

    def _paint(self, painter: QPainter, level: Level, shape: Shape) -> None:
        match shape:
            case Area():
                self._draw_area(painter, level, shape)
            case Ring():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(COLOURS["dim"]), 1.2))
                radius = shape.radius * self._panel(level).width()
                painter.drawEllipse(self._at(level, shape.centre), radius, radius)
            case Words():
                self._draw_words(painter, self._at(level, shape.at), shape)

    def _draw_area(self, painter: QPainter, level: Level, area: Area) -> None:
        style = Qt.PenStyle.DashLine if area.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(*area.edge), max(area.width, 1.0), style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if area.fill is not None:
            fill = QColor(COLOURS["hover"]) if self._is_hovered(area) else QColor(*area.fill)
            fill.setAlphaF(area.opacity)
            painter.setBrush(fill)
        painter.drawPolygon(self._polygon(level, area.points))

    def _is_hovered(self, area: Area) -> bool:
        """Whether an area is the ground of the sector under the mouse, and not a lesion on it."""
        return area.edge == _SCREEN.edge and area.points is self._hovered_polygon

    @property
    def _hovered_polygon(self) -> Polygon | None:
        return next((o.polygon for o in outlines() if o.sector.key == self._hovered), None)

    def _draw_caption(self, painter: QPainter, level: Level) -> None:
        panel = self._panel(level)
        caption = QPointF(panel.center().x(), panel.bottom() + _CAPTION / 2)
        self._draw_words(painter, caption, Words(_NAMES.titles[level], (0, 0), _SCREEN.letter_size, _SCREEN.dim))

    def _draw_selected(self, painter: QPainter) -> None:
        outline = next((o for o in outlines() if o.sector.key == self._selected), None)
        if outline is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(COLOURS["white"]), 1.6))
            painter.drawPolygon(self._polygon(outline.panel, outline.polygon))

    def _draw_words(self, painter: QPainter, at: QPointF, words: Words) -> None:
        painter.setFont(small_font(painter.font(), round(words.size), bold=words.bold))
        box = QRectF(at.x() - _WORDS / 2, at.y() - 8, _WORDS, 16)
        sideways = {"start": _WORDS / 2, "middle": 0.0, "end": -_WORDS / 2}
        box.translate(sideways[words.anchor], 0)
        if words.halo is not None:
            painter.setPen(QColor(*words.halo))
            for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                painter.drawText(box.translated(dx, dy), _ALIGNED[words.anchor], words.text)
        painter.setPen(QColor(*words.rgb))
        painter.drawText(box, _ALIGNED[words.anchor], words.text)

    def _draw_cursor(self, painter: QPainter) -> None:
        """Frame the sector that Enter would choose and write its name, so that colour is not alone."""
        outline = next((o for o in outlines() if o.sector.key == self._hovered), None)
        if outline is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(COLOURS["accent"]), 2.4))
        painter.drawPolygon(self._polygon(outline.panel, outline.polygon))
        name = Words(
            outline.sector.region, outline.centre, _SCREEN.label_size, _SCREEN.ink, bold=True, halo=_SCREEN.halo
        )
        self._draw_words(painter, self._at(outline.panel, outline.centre), name)


@cache
def _shape(points: Polygon) -> QPolygonF:
    return QPolygonF([QPointF(*point) for point in points])
