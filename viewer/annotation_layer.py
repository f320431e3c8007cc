"""Painting measurements and notes where they cross a picture, with their handles and words."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from core.annotations import Annotation, Kind, Polyline, outlines, statistics_words, words
from viewer.corner_text import draw_outlined, small_font
from viewer.layers import Shown
from viewer.render.geometry import ScreenPlane

_COLOUR = QColor("#7fd4ff")
_SELECTED = QColor("#ffffff")
_WIDTH, _SELECTED_WIDTH = 1.6, 2.2
_HANDLE = 3.5
_ARROW_HEAD = 11.0
_TEXT_OFF = QPointF(9.0, -7.0)


class AnnotationLayer:
    """Paints drawings; a line that leaves the slice is painted as far as it lies in it."""

    def __init__(self, drawings: Sequence[Annotation], selected: str = "") -> None:
        self._drawings = tuple(drawings)
        self._selected = selected

    def paint(self, painter: QPainter, shown: Shown) -> None:
        """Paint what lies in the picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for drawn in self._drawings:
            if drawn.frame_of_reference_uid == shown.frame:
                paint_annotation(painter, shown.plane, drawn, selected=drawn.uid == self._selected)


def paint_annotation(painter: QPainter, plane: ScreenPlane, drawn: Annotation, *, selected: bool) -> None:
    """Paint one drawing: its lines, handles when it is selected, and its words beside it."""
    lines = [piece for line in outlines(drawn) for piece in in_slice(line, plane)]
    if not lines:
        return
    colour = _SELECTED if selected else _COLOUR
    for line in lines:
        on_screen = [QPointF(*plane.pixel(point)) for point in line]
        _stroke(painter, on_screen, colour, _SELECTED_WIDTH if selected else _WIDTH)
    if drawn.kind is Kind.ARROW:
        _head(painter, plane, drawn, colour)
    handles = [QPointF(*plane.pixel(point)) for point in drawn.points if _holds(plane, point)]
    if selected or drawn.kind is Kind.TEXT:
        painter.setPen(QPen(QColor(0, 0, 0, 180), 1))
        painter.setBrush(colour)
        for at in handles:
            painter.drawEllipse(at, _HANDLE, _HANDLE)
    _write(painter, plane, lines, drawn, colour)


def in_slice(line: Polyline, plane: ScreenPlane) -> list[Polyline]:
    """Return the pieces of a line that lie within half a slice of a picture."""
    half = plane.stack.thickness / 2 + 1e-6
    if len(line) == 1:
        return [line] if _holds(plane, line[0]) else []
    pieces: list[list[tuple[float, float, float]]] = []
    for a, b in pairwise(line):
        depths = [plane.stack.uvd(point)[2] - plane.depth for point in (a, b)]
        ends = _clipped(depths[0], depths[1], half)
        if ends is None:
            continue
        start, end = (_between(a, b, share) for share in ends)
        if pieces and pieces[-1][-1] == start:
            pieces[-1].append(end)
        else:
            pieces.append([start, end])
    return [tuple(piece) for piece in pieces]


def _clipped(first: float, last: float, half: float) -> tuple[float, float] | None:
    """Return the shares of a segment between which its depth lies within ±half; None if it never does."""
    low, high = 0.0, 1.0
    for sign in (1.0, -1.0):
        a, b = sign * first - half, sign * last - half  # wanted: not above 0
        if a > 0 and b > 0:
            return None
        if a > 0:
            low = max(low, a / (a - b))
        elif b > 0:
            high = min(high, a / (a - b))
    return (low, high) if low <= high else None


def _between(a: tuple[float, float, float], b: tuple[float, float, float], share: float) -> tuple[float, float, float]:
    if share in (0.0, 1.0):
        return b if share else a
    x, y, z = (p + share * (q - p) for p, q in zip(a, b, strict=True))
    return x, y, z


def _holds(plane: ScreenPlane, point: tuple[float, float, float]) -> bool:
    return abs(plane.stack.uvd(point)[2] - plane.depth) <= plane.stack.thickness / 2 + 1e-6


def _stroke(painter: QPainter, line: list[QPointF], colour: QColor, width: float) -> None:
    shape = QPolygonF(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(0, 0, 0, 170), width + 2), QPen(colour, width)):
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(shape)


def _head(painter: QPainter, plane: ScreenPlane, drawn: Annotation, colour: QColor) -> None:
    if not _holds(plane, drawn.points[0]):
        return
    tip, tail = (np.array(plane.pixel(point)) for point in drawn.points)
    along = tail - tip
    size = float(np.linalg.norm(along))
    if size < 1e-6:
        return
    along = along / size * _ARROW_HEAD
    side = np.array((-along[1], along[0])) * 0.4
    painter.setPen(QPen(QColor(0, 0, 0, 170), 1))
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(*tip), QPointF(*(tip + along + side)), QPointF(*(tip + along - side))]))


def _write(painter: QPainter, plane: ScreenPlane, lines: Sequence[Polyline], drawn: Annotation, colour: QColor) -> None:
    said = [words(drawn), *([drawn.text] if drawn.text and drawn.kind is not Kind.TEXT else [])]
    said = [drawn.text] if drawn.kind is Kind.ARROW else said
    said += [statistics_words(drawn.statistics)] if drawn.statistics else []
    said = [line for line in said if line]
    if not said:
        return
    anchor = drawn.points[1] if drawn.kind is Kind.ARROW and _holds(plane, drawn.points[1]) else None
    corners = [QPointF(*plane.pixel(point)) for point in ([anchor] if anchor else [p for line in lines for p in line])]
    at = max(corners, key=lambda corner: corner.x())
    painter.setFont(small_font(painter.font(), 12, bold=True))
    metrics = QFontMetricsF(painter.font())
    width = max(metrics.horizontalAdvance(line) for line in said)
    box = QRectF(at + _TEXT_OFF, QPointF(at.x() + _TEXT_OFF.x() + width, at.y()))
    left = min(box.left(), max(4.0, plane.width - width - 6.0))
    for row, line in enumerate(said):
        draw_outlined(painter, QPointF(left, at.y() + _TEXT_OFF.y() + row * metrics.height()), line, colour)
