"""The lines in which the other two planes cut a picture: where they lie, what a press takes hold of, how they look."""

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from math import atan2, hypot, inf, remainder, tau

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from viewer.corner_text import blank_image, draw_on_pixels, draw_outlined, small_font
from viewer.render.geometry import Pair, Plane

PLANE_COLOURS = {Plane.AXIAL: QColor("#6ea8fe"), Plane.SAGITTAL: QColor("#f08fd0"), Plane.CORONAL: QColor("#e9edf2")}
"""The colour of each plane's line in the other two pictures and of its own edge: none of them a PI-RADS colour."""
PLANE_NAMES = {Plane.AXIAL: "Ax", Plane.SAGITTAL: "Sag", Plane.CORONAL: "Cor"}
"""What is written at the end of each plane's line, so that the colour is never alone."""

_GAP = 11.0
_HANDLE_SHARE = 0.36
_HANDLE_RADIUS = 4.5
_HANDLE_ROOM = 16.0
_NEAR_LINE, _NEAR_HANDLE = 5.0, 10.0
_TILTED = 1e-4
_DARK = QColor(0, 0, 0)  # opaque: lines that shine through are drawn ten times as slowly


class Grip(Enum):
    """What a press takes hold of: the middle (the crosshair), a line (its plane), a line's end (the angle)."""

    MIDDLE = auto()
    LINE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Held:
    """A grip and the plane whose line it is on; for the middle that is neither."""

    grip: Grip
    plane: Plane | None = None


@dataclass(frozen=True, slots=True)
class AxisLine:
    """The line of a plane in a picture, with its unit direction in (u, v) or on the screen, which is the same."""

    plane: Plane
    direction: Pair


@dataclass(frozen=True, slots=True)
class AxisCross:
    """Two lines through `middle` (logical pixels) in a picture of `width` × `height`."""

    middle: Pair
    lines: tuple[AxisLine, ...]
    width: float
    height: float

    @property
    def reach(self) -> float:
        """How far from the middle the handles of the ends are."""
        return _HANDLE_SHARE * min(self.width, self.height)

    def held_at(self, position: QPointF) -> Held | None:
        """Return what a press at a pixel takes hold of, or None when it is beside the lines."""
        x, y = position.x() - self.middle[0], position.y() - self.middle[1]
        if hypot(x, y) <= _GAP:
            return Held(Grip.MIDDLE)
        near = min(self.lines, key=lambda line: _beside(line, x, y))
        along, beside = abs(_along(near, x, y)), _beside(near, x, y)
        if hypot(along - self.reach, beside) <= _NEAR_HANDLE or (along > self.reach and beside <= _NEAR_LINE):
            return Held(Grip.END, near.plane)
        return Held(Grip.LINE, near.plane) if beside <= _NEAR_LINE else None

    def turn(self, before: QPointF, after: QPointF) -> float:
        """Return by how much (radians, clockwise) a drag between two pixels turns about the middle."""
        first = atan2(before.y() - self.middle[1], before.x() - self.middle[0])
        last = atan2(after.y() - self.middle[1], after.x() - self.middle[0])
        return remainder(last - first, tau)

    def across(self, plane: Plane, moved: QPointF) -> Pair:
        """Return the part of a movement (pixels) that is across the line of `plane`."""
        line = next(line for line in self.lines if line.plane is plane)
        along = _along(line, moved.x(), moved.y())
        return moved.x() - along * line.direction[0], moved.y() - along * line.direction[1]


def cursor_of(held: Held) -> Qt.CursorShape:
    """Return the pointer over a grip."""
    return {
        Grip.MIDDLE: Qt.CursorShape.SizeAllCursor,
        Grip.LINE: Qt.CursorShape.OpenHandCursor,
        Grip.END: Qt.CursorShape.PointingHandCursor,
    }[held.grip]


def draw_axes(painter: QPainter, box: QRectF, cross: AxisCross, held: Held | None) -> None:
    """Draw both lines with a gap in the middle, handles at their ends and the planes' names; what is held is bold."""
    painter.save()
    for line in cross.lines:
        bold = held is not None and held.plane in (None, line.plane)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, min(map(abs, line.direction)) > _TILTED)
        halves = _halves(cross, line, box)
        for colour, width in ((_DARK, 2.6 + bold), (PLANE_COLOURS[line.plane], 1.0 + bold)):
            painter.setPen(QPen(colour, width))
            painter.drawLines(halves)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_handles(painter, cross, line, turning=bold and held is not None and held.grip is Grip.END)
    _draw_names(painter, box, cross)
    painter.restore()


def _halves(cross: AxisCross, line: AxisLine, box: QRectF) -> list[QLineF]:
    """Return the two halves of a line from the gap as far as the box goes: painting beyond it costs time."""
    x, y = cross.middle
    halves: list[QLineF] = []
    for sign in (1.0, -1.0):
        right, down = line.direction[0] * sign, line.direction[1] * sign
        first, last = _within(x, right, box.left(), box.right())
        second = _within(y, down, box.top(), box.bottom())
        first, last = max(first, second[0], _GAP), min(last, second[1])
        if first < last:
            halves.append(QLineF(x + right * first, y + down * first, x + right * last, y + down * last))
    return halves


def _within(start: float, step: float, low: float, high: float) -> tuple[float, float]:
    """Return the multiples of `step` between which a coordinate lies within `low` to `high`."""
    if abs(step) < _TILTED:
        return (-inf, inf) if low <= start <= high else (inf, -inf)
    a, b = (low - start) / step, (high - start) / step
    return min(a, b), max(a, b)


def _draw_handles(painter: QPainter, cross: AxisCross, line: AxisLine, *, turning: bool) -> None:
    image = _handle(line.plane, turning, painter.device().devicePixelRatioF())
    half = QPointF(_HANDLE_ROOM, _HANDLE_ROOM) / 2
    for sign in (1, -1):
        middle = QPointF(*cross.middle) + QPointF(*line.direction) * (sign * cross.reach)
        draw_on_pixels(painter, middle - half, image)


@lru_cache(maxsize=32)
def _handle(plane: Plane, turning: bool, ratio: float) -> QImage:
    """Return a handle in the middle of an image; kept, for drawing it takes longer."""
    image = blank_image(QSizeF(_HANDLE_ROOM, _HANDLE_ROOM), ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_DARK, 1.5))
    painter.setBrush(PLANE_COLOURS[plane])
    radius = _HANDLE_RADIUS + 1.5 * turning
    painter.drawEllipse(QPointF(_HANDLE_ROOM, _HANDLE_ROOM) / 2, radius, radius)
    painter.end()
    return image


def _draw_names(painter: QPainter, box: QRectF, cross: AxisCross) -> None:
    painter.setFont(small_font(painter.font(), 11, bold=True))
    for line in cross.lines:
        at = QPointF(*cross.middle) + QPointF(*line.direction) * cross.reach + QPointF(8.0, -7.0)
        if box.adjusted(0, 12, -24, 0).contains(at):
            draw_outlined(painter, at, PLANE_NAMES[line.plane], PLANE_COLOURS[line.plane])


def _along(line: AxisLine, x: float, y: float) -> float:
    return x * line.direction[0] + y * line.direction[1]


def _beside(line: AxisLine, x: float, y: float) -> float:
    return abs(x * line.direction[1] - y * line.direction[0])
