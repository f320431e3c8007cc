"""Drawing outlines with the left button: brush and eraser, polygon, one click that grows."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from highdicom import Volume
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPen, QPolygonF

from core.volume import PointLps
from inference.mask_edit import Slab, fill_polygon, paint
from viewer.brush_size import Brush
from viewer.corner_text import draw_outlined, small_font
from viewer.hand import View, place_of
from viewer.render.geometry import StackGeometry

_FREEHAND_MM = 0.5
_CLOSES_PIXELS = 8.0
_CLICK_PIXELS = 4.0
_SHADOW = QColor(0, 0, 0, 170)
_ADDS, _ERASES = QColor("#ffffff"), QColor("#ff6b76")


class Desk(Protocol):
    """Who keeps the outline that is being drawn."""

    def begin(self, view: View, *, in_slice: bool) -> Volume | None:
        """Return the outline to change (on the axial T2 grid), or None when none can be drawn in `view`.

        `in_slice` tells that a layer of voxels is to be changed rather than a place in space.
        """
        ...

    def show(self, outline: Volume | None) -> None:
        """Show the outline as it is being drawn; None shows again what is kept."""
        ...

    def commit(self, outline: Volume) -> None:
        """Keep the outline that was begun."""
        ...

    def reaches(self, view: View) -> bool:
        """Tell whether a place in `view` is one on the axial T2; says why not."""
        ...

    def grow(self, at: PointLps) -> None:
        """Propose a lesion at a place."""
        ...


def slab_of(view: View) -> Slab:
    """Return the slice that a viewport shows, as thick as its slices lie apart."""
    plane = view.plane()
    return Slab(plane.lps(0.0, 0.0), plane.stack.normal, plane.stack.thickness)


@dataclass(slots=True)
class _Stroke:
    view: View
    before: Volume
    now: Volume
    last: PointLps
    erases: bool


class BrushHand:
    """Paints while the button is down, or erases; with Shift it does the other one. Ctrl + wheel sets the size."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, desk: Desk, brush: Brush, *, erases: bool = False) -> None:
        self._desk, self._brush, self._erases = desk, brush, erases
        self._stroke: _Stroke | None = None
        self._over: tuple[View, QPointF] | None = None
        self._wheel = 0.0
        self._tells_size = False

    def press(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Begin a stroke."""
        before = self._desk.begin(view, in_slice=not self._brush.is_ball)
        if before is None:
            return
        point = view.plane().lps(at.x(), at.y())
        self._stroke = _Stroke(view, before, before, point, self._erasing(modifiers))
        self._paint_to(point, at)

    def drag(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Go on with the stroke."""
        if self._stroke is not None and self._stroke.view is view:
            self._paint_to(view.plane().lps(at.x(), at.y()), at)

    def release(self, view: View, at: QPointF) -> None:
        """Keep what was painted."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        if stroke.now is stroke.before:
            self._desk.show(None)
        else:
            self._desk.commit(stroke.now)

    def double_click(self, view: View, at: QPointF) -> None:
        """Paint a second dab: Qt tells two quick clicks as a press and a double click."""
        self.press(view, at, QGuiApplication.keyboardModifiers())
        self.release(view, at)

    def hover(self, view: View, at: QPointF | None) -> None:
        """Take the rim along."""
        self._over, self._tells_size = (view, at) if at is not None else None, False
        view.update()

    def wheel(self, view: View, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Set the size with Ctrl; without it the slices scroll, except during a stroke."""
        if not modifiers & Qt.KeyboardModifier.ControlModifier:
            return self._stroke is not None
        self._wheel += notches
        steps = int(self._wheel)
        self._wheel -= steps
        self._brush.step(steps)
        self._tells_size = True
        view.update()
        return True

    def cancel(self) -> None:
        """Drop the stroke."""
        if self._stroke is not None:
            self._stroke = None
            self._desk.show(None)

    def paint(self, painter: QPainter, view: View) -> None:
        """Draw the rim of the brush, as large as it is in the patient; an eraser's is dashed."""
        if self._over is None or self._over[0] is not view:
            return
        at, radius = self._over[1], self._brush.diameter_mm / 2 / view.plane().mm_per_pixel
        modifiers = QGuiApplication.keyboardModifiers()
        erases = self._stroke.erases if self._stroke else self._erasing(modifiers)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rim = QPen(_ERASES if erases else _ADDS, 1.4)
        if erases:
            rim.setDashPattern([4, 3])
        for pen in (QPen(_SHADOW, 3.0), rim):
            painter.setPen(pen)
            painter.drawEllipse(at, radius, radius)
        if self._tells_size:
            painter.setFont(small_font(painter.font(), bold=True))
            draw_outlined(painter, at + QPointF(radius + 6, -6), self._brush.words, _ADDS)

    def _erasing(self, modifiers: Qt.KeyboardModifier) -> bool:
        return self._erases != bool(modifiers & Qt.KeyboardModifier.ShiftModifier)

    def _paint_to(self, point: PointLps, at: QPointF) -> None:
        stroke = self._stroke
        assert stroke is not None
        slab = None if self._brush.is_ball else slab_of(stroke.view)
        way = [stroke.last, point]
        stroke.now = paint(stroke.now, way, self._brush.diameter_mm, slab, erase=stroke.erases)
        stroke.last = point
        self._over, self._tells_size = (stroke.view, at), False
        self._desk.show(stroke.now)
        stroke.view.update()


class PolygonHand:
    """Encloses an area of the slice by dragging around it or by clicking its corners; begun with Shift it cuts out.

    A line that was dragged closes when the button goes up; clicked corners close by a double click or by a click on
    the first of them.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._view: View | None = None
        self._place: tuple[StackGeometry, float] | None = None
        self._before: Volume | None = None
        self._slab: Slab | None = None
        self._corners: list[PointLps] = []
        self._end: PointLps | None = None
        self._erases = self._freehand = False

    def press(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Set the first corner or the next one."""
        if not self._goes_on(view):
            self._begin(view, modifiers)
        if self._view is None:
            return
        if len(self._corners) >= 3 and self._is_first(view, at):
            self._close()
            return
        self._corners.append(_under(view, at))
        self._end = None
        view.update()

    def drag(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Draw the line along the way of the pointer."""
        if not self._goes_on(view) or not self._corners:
            return
        point = _under(view, at)
        if _apart(self._corners[-1], point) > _FREEHAND_MM:
            self._freehand = True
            self._corners.append(point)
            view.update()

    def release(self, view: View, at: QPointF) -> None:
        """Close a line that was dragged."""
        if self._goes_on(view) and self._freehand:
            self._close()

    def double_click(self, view: View, at: QPointF) -> None:
        """Close clicked corners."""
        if self._goes_on(view):
            self._close()

    def hover(self, view: View, at: QPointF | None) -> None:
        """Take the last side along."""
        if self._goes_on(view) and self._corners:
            self._end = None if at is None else _under(view, at)
            view.update()

    def wheel(self, view: View, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Leave the wheel to the slices; what was begun on another slice is dropped."""
        self.cancel()
        return False

    def cancel(self) -> None:
        """Drop the line."""
        view, self._view, self._place = self._view, None, None
        self._before, self._slab, self._corners, self._end, self._freehand = None, None, [], None, False
        if view is not None:
            view.update()

    def paint(self, painter: QPainter, view: View) -> None:
        """Draw the line, its corners while they are clicked, and the side that would close it."""
        if view is not self._view or place_of(view) != self._place or not self._corners:
            return
        plane = view.plane()
        points = [QPointF(*plane.pixel(p)) for p in (*self._corners, *([self._end] if self._end else []))]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour = _ERASES if self._erases else _ADDS
        for pen in (QPen(_SHADOW, 3.4), QPen(colour, 1.6)):
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(points))
        closing = QPen(colour, 1.2)
        closing.setDashPattern([4, 4])
        painter.setPen(closing)
        painter.drawLine(points[-1], points[0])
        if not self._freehand:
            painter.setPen(QPen(_SHADOW, 1))
            painter.setBrush(colour)
            for corner in points[: len(self._corners)]:
                painter.drawEllipse(corner, 3.0, 3.0)

    def _goes_on(self, view: View) -> bool:
        """Tell whether the line goes on in `view`; it is dropped when the plane there is another by now."""
        if view is self._view and place_of(view) != self._place:
            self.cancel()
        return view is self._view

    def _begin(self, view: View, modifiers: Qt.KeyboardModifier) -> None:
        self.cancel()
        self._before = self._desk.begin(view, in_slice=True)
        if self._before is not None:
            self._view, self._place, self._slab = view, place_of(view), slab_of(view)
            self._erases = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)

    def _close(self) -> None:
        before, slab, corners, erases = self._before, self._slab, self._corners, self._erases
        self.cancel()
        if before is None or slab is None or len(corners) < 3:
            return
        filled = fill_polygon(before, corners, slab, erase=erases)
        if filled is not before:
            self._desk.commit(filled)

    def _is_first(self, view: View, at: QPointF) -> bool:
        first = QPointF(*view.plane().pixel(self._corners[0]))
        return QRectF(at, at).adjusted(*(-_CLOSES_PIXELS,) * 2, *(_CLOSES_PIXELS,) * 2).contains(first)


class GrowHand:
    """Proposes a lesion where the reader clicks."""

    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pressed: QPointF | None = None

    def press(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Note the place."""
        self._pressed = at if self._desk.reaches(view) else None

    def drag(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """A drag is no click."""
        if self._pressed is not None and (at - self._pressed).manhattanLength() > _CLICK_PIXELS:
            self._pressed = None

    def release(self, view: View, at: QPointF) -> None:
        """Grow there."""
        place, self._pressed = self._pressed, None
        if place is not None:
            self._desk.grow(_under(view, place))

    def double_click(self, view: View, at: QPointF) -> None:
        """Nothing more."""

    def hover(self, view: View, at: QPointF | None) -> None:
        """Nothing."""

    def wheel(self, view: View, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Leave the wheel to the slices."""
        return False

    def cancel(self) -> None:
        """Forget the press."""
        self._pressed = None

    def paint(self, painter: QPainter, view: View) -> None:
        """Nothing: the pointer is enough."""


def _under(view: View, at: QPointF) -> PointLps:
    return view.plane().lps(at.x(), at.y())


def _apart(a: PointLps, b: PointLps) -> float:
    return float(np.linalg.norm(np.subtract(a, b)))
