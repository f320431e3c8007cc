"""Drawing and changing measurements with the left button."""

from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from core.annotations import Annotation, Kind, annotation, bidirectional, moved, snapped, with_handle
from core.volume import PointLps
from viewer.annotation_layer import paint_annotation
from viewer.hand import View, place_of
from viewer.render.geometry import StackGeometry

SNAP_MM = 1.5
"""A point that comes this near to the end of another drawing is taken there."""

_SMALLEST_MM = 1.0
_FREEHAND_MM = 0.7
_IN_PLANE_MM = 1e-3


class Desk(Protocol):
    """Who keeps the drawings."""

    def takes(self, kind: Kind, view: View) -> bool:
        """Tell whether one can be drawn in `view`; says why not."""
        ...

    def snap_points(self, frame: str, *, but: str = "") -> tuple[PointLps, ...]:
        """Return the points of a frame of reference that one may snap to; none of the drawing with the UID `but`."""
        ...

    def add(self, drawn: Annotation, view: View) -> None:
        """Keep a new drawing that was made in `view`."""
        ...

    def change(self, drawn: Annotation, view: View) -> None:
        """Keep a drawing in place of the one with its UID."""
        ...


class DrawHand:
    """Draws one kind of annotation: by dragging, or for those of more points by clicking them one after the other."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, kind: Kind, desk: Desk) -> None:
        self._kind = kind
        self._desk = desk
        self._view: View | None = None
        self._place: tuple[StackGeometry, float] | None = None
        self._points: list[PointLps] = []
        self._freehand = False

    def press(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Set the first point, or the next one."""
        if not self._goes_on(view):
            self.cancel()
            if not self._desk.takes(self._kind, view):
                return
            self._view, self._place = view, place_of(view)
        point = self._snapped(view, at)
        if self._points and self._kind in (Kind.POLYGON, Kind.ANGLE):
            self._points[-1] = point
        elif not self._points:
            self._points = [point]
        if not (self._kind is Kind.ANGLE and len(self._points) == 3):
            self._points.append(point)

    def drag(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take the last point along; a polygon grows by the way of the pointer."""
        if not self._goes_on(view) or not self._points:
            return
        point = _under(view, at)
        if self._kind is Kind.POLYGON and _apart(self._points[-2], point) > _FREEHAND_MM:
            self._freehand = True
            self._points.append(point)
        self._points[-1] = point
        view.update()

    def release(self, view: View, at: QPointF) -> None:
        """Finish what is done with two points; a polygon drawn by hand closes; others wait for the next click."""
        if not self._goes_on(view) or not self._points:
            return
        if self._kind is Kind.TEXT:
            self._finish(view, self._points[:1])
            return
        self._points[-1] = self._snapped(view, at)
        if self._kind is Kind.POLYGON:
            if self._freehand:
                self._finish(view, self._points)
        elif self._kind is Kind.ANGLE:
            if len(self._points) == 3 and _apart(self._points[1], self._points[2]) > _SMALLEST_MM:
                self._finish(view, self._points)
            elif len(self._points) == 2 and _apart(*self._points) > _SMALLEST_MM:
                self._points.append(self._points[-1])
        elif _apart(self._points[0], self._points[-1]) > _SMALLEST_MM:
            self._finish(view, self._points)
        view.update()

    def double_click(self, view: View, at: QPointF) -> None:
        """Close a polygon that was clicked corner by corner."""
        if self._goes_on(view) and self._kind is Kind.POLYGON:
            corners = [a for a, b in zip(self._points, [*self._points[1:], None], strict=True) if a != b]
            self._finish(view, corners)

    def hover(self, view: View, at: QPointF | None) -> None:
        """Take the last point along between two clicks."""
        if self._goes_on(view) and self._points and at is not None:
            self._points[-1] = _under(view, at)
            view.update()

    def wheel(self, view: View, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Leave the wheel to the slices; what was begun on another slice is dropped."""
        self.cancel()
        return False

    def cancel(self) -> None:
        """Drop what is being drawn."""
        view, self._view, self._place, self._points, self._freehand = self._view, None, None, [], False
        if view is not None:
            view.update()

    def paint(self, painter: QPainter, view: View) -> None:
        """Paint what is being drawn."""
        if view is self._view and place_of(view) == self._place and len(self._points) > 1:
            drawn = self._drawn(view, self._points)
            if drawn is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_annotation(painter, view.plane(), drawn, selected=True)

    def _goes_on(self, view: View) -> bool:
        """Tell whether what was begun goes on in `view`; it is dropped when the plane there is another by now."""
        if view is self._view and place_of(view) != self._place:
            self.cancel()
        return view is self._view

    def _finish(self, view: View, points: list[PointLps]) -> None:
        drawn = self._drawn(view, points)
        self.cancel()
        if drawn is not None and (drawn.kind is not Kind.POLYGON or len(points) >= 3):
            self._desk.add(drawn, view)

    def _drawn(self, view: View, points: list[PointLps]) -> Annotation | None:
        frame, plane = view.shown().frame, view.plane()
        if self._kind is Kind.BIDIRECTIONAL:
            return annotation(self._kind, frame, bidirectional(points[0], points[-1], plane.stack.normal))
        if self._kind is Kind.ELLIPSE:
            return annotation(self._kind, frame, _ellipse_in_box(view, points[0], points[-1]))
        if self._kind in (Kind.POLYGON, Kind.ANGLE):
            if len(points) < 3:
                return annotation(Kind.LENGTH, frame, (points[0], points[-1]))  # the first side
            return annotation(self._kind, frame, tuple(points))
        if self._kind is Kind.TEXT:
            return annotation(self._kind, frame, (points[0],))
        return annotation(self._kind, frame, (points[0], points[-1]))

    def _snapped(self, view: View, at: QPointF) -> PointLps:
        return _snapped(view, at, self._kind, self._desk.snap_points(view.shown().frame))


class ChangeHand:
    """Moves a point of a drawing, or the whole of it when it was not taken at a point."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, drawn: Annotation, handle: int | None, desk: Desk) -> None:
        self._drawn, self._handle, self._desk = drawn, handle, desk
        self._now = drawn
        self._start: PointLps | None = None

    def press(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take hold."""
        self._start = _under(view, at)

    def drag(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take the point, or the drawing, along."""
        if self._start is None:
            return
        point = _under(view, at)
        if self._handle is None:
            x, y, z = (float(b - a) for a, b in zip(self._start, point, strict=True))
            self._now = moved(self._drawn, (x, y, z))
        else:
            ends = self._desk.snap_points(view.shown().frame, but=self._drawn.uid)
            point = _snapped(view, at, self._drawn.kind, ends)
            self._now = with_handle(self._drawn, self._handle, point)
        view.update()

    def release(self, view: View, at: QPointF) -> None:
        """Keep it where it is now."""
        if self._now is not self._drawn:
            self._desk.change(self._now, view)

    def double_click(self, view: View, at: QPointF) -> None:
        """Nothing more."""

    def hover(self, view: View, at: QPointF | None) -> None:
        """Nothing: it only lives while the button is down."""

    def wheel(self, view: View, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Keep the slice while something is held."""
        return True

    def cancel(self) -> None:
        """Leave the drawing as it was."""
        self._now = self._drawn

    def paint(self, painter: QPainter, view: View) -> None:
        """Paint where it would be."""
        if self._now is not self._drawn:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_annotation(painter, view.plane(), self._now, selected=True)


def _under(view: View, at: QPointF) -> PointLps:
    return view.plane().lps(at.x(), at.y())


def _snapped(view: View, at: QPointF, kind: Kind, ends: tuple[PointLps, ...]) -> PointLps:
    """Return the place under a pixel, or that of `ends` near it; a point of a region stays in the plane."""
    if kind in (Kind.ELLIPSE, Kind.POLYGON):
        stack, depth = place_of(view)
        ends = tuple(end for end in ends if abs(stack.uvd(end)[2] - depth) <= _IN_PLANE_MM)
    return snapped(_under(view, at), ends, SNAP_MM)


def _apart(a: PointLps, b: PointLps) -> float:
    return float(np.linalg.norm(np.subtract(a, b)))


def _ellipse_in_box(view: View, corner: PointLps, opposite: PointLps) -> tuple[PointLps, ...]:
    """Return the ends of the axes, across and down, of the ellipse in the box between two corners."""
    stack = view.plane().stack
    (u0, v0, depth), (u1, v1, _) = stack.uvd(corner), stack.uvd(opposite)
    u, v = (u0 + u1) / 2, (v0 + v1) / 2
    ends = ((min(u0, u1), v), (max(u0, u1), v), (u, min(v0, v1)), (u, max(v0, v1)))
    return tuple(stack.lps(a, b, depth) for a, b in ends)
