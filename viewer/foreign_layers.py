"""What other systems marked, painted on the images: outlines of segments, graphics of presentation states."""

from collections.abc import Sequence
from dataclasses import dataclass

from highdicom import Volume
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from reporting.foreign_graphics import Shape, Words
from service.foreign_places import Lying
from viewer.corner_text import draw_outlined, small_font
from viewer.layers import Shown
from viewer.overlay_painter import path_of, to_screen
from viewer.render.contour import MaskOutline
from viewer.render.geometry import StackGeometry

Colour = tuple[int, int, int]

PALETTE: tuple[Colour, ...] = ((230, 120, 220), (240, 180, 60), (120, 200, 255), (170, 230, 110), (255, 140, 120))
"""For segments that recommend no colour, in turn; none is a colour of a PI-RADS category or of the gland."""
_GRAPHIC_COLOUR: Colour = (255, 210, 90)
_DARKEST = 90
_WIDTH, _SHADOW_WIDTH = 1.5, 3.0
_SHADOW = QColor(0, 0, 0, 150)
_DASHES = [2.0, 2.0]
_MOST_PATHS = 64
_POINT = 3.5


@dataclass(frozen=True, slots=True, eq=False)
class Outlined:
    """A segment of another system: what stands beside it, its colour, and its masks on their own grids."""

    words: str
    colour: Colour
    masks: tuple[Volume, ...]


class ForeignOutlines:
    """Paints segments as dashed outlines with their names, on every image of their frame of reference."""

    def __init__(self, outlined: Sequence[Outlined]) -> None:
        self._drawn = [(one, [MaskOutline(mask) for mask in one.masks]) for one in outlined]
        self._paths: dict[tuple[MaskOutline, StackGeometry, float], QPainterPath] = {}

    def paint(self, painter: QPainter, shown: Shown) -> None:
        """Paint what of them lies in the picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        taken: list[QRectF] = []
        for one, outlines in self._drawn:
            for outline in outlines:
                if shown.frame and shown.frame == outline.frame_of_reference_uid:
                    self._paint_one(painter, shown, one, outline, taken)

    def _paint_one(
        self, painter: QPainter, shown: Shown, one: Outlined, outline: MaskOutline, taken: list[QRectF]
    ) -> None:
        path = to_screen(shown.plane).map(self._path(outline, shown))
        if path.isEmpty():
            return
        colour = visible(one.colour)
        dashes = QPen(colour, _WIDTH)
        dashes.setDashPattern(_DASHES)
        for pen in (QPen(_SHADOW, _SHADOW_WIDTH), dashes):
            painter.strokePath(path, pen)
        _write(painter, shown, path.boundingRect(), one.words, colour, taken)

    def _path(self, outline: MaskOutline, shown: Shown) -> QPainterPath:
        key = (outline, shown.plane.stack, shown.plane.depth)
        if key not in self._paths:
            if len(self._paths) >= _MOST_PATHS:
                self._paths.clear()
            self._paths[key] = path_of(outline.in_plane(shown.plane.stack, shown.plane.depth))
        return self._paths[key]


class ForeignGraphics:
    """Paints the graphics and texts of a presentation state on the images that it names, and on no others."""

    def __init__(self, drawings: Sequence[Lying]) -> None:
        self._drawings = tuple(drawings)

    def paint(self, painter: QPainter, shown: Shown) -> None:
        """Paint what is for the image that is shown."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for lying in self._drawings:
            if self._is_for(lying, shown):
                colour = visible(lying.drawing.colour or _GRAPHIC_COLOUR)
                for shape in lying.drawing.shapes:
                    _paint_shape(painter, shown, lying, shape, colour)
                for words in lying.drawing.words:
                    _paint_words(painter, shown, lying, words, colour)

    def _is_for(self, lying: Lying, shown: Shown) -> bool:
        image = lying.drawing.image
        if (image.sop_instance_uid, image.frame) not in shown.images or lying.frame_of_reference_uid != shown.frame:
            return False
        x, y, z = lying.moved(lying.drawing.place.position[None])[0].tolist()
        away = abs(shown.plane.stack.uvd((x, y, z))[2] - shown.plane.depth)
        return away < shown.plane.stack.thickness / 2


def visible(colour: Colour) -> QColor:
    """Return a colour that is seen on dark images: the same one, or a lighter one of the same hue."""
    given = QColor(*colour)
    if given.lightness() >= _DARKEST:
        return given
    hue = given.hslHue()  # -1 for greys
    return QColor.fromHsl(max(hue, 0), given.hslSaturation() if hue >= 0 else 0, 170)


def _paint_shape(painter: QPainter, shown: Shown, lying: Lying, shape: Shape, colour: QColor) -> None:
    points = [_pixel(shown, point) for point in lying.moved(shape.points).tolist()]
    if len(points) == 1:
        painter.setPen(QPen(_SHADOW, 1))
        painter.setBrush(colour)
        painter.drawEllipse(points[0], _POINT, _POINT)
        return
    line = QPolygonF([*points, points[0]] if shape.closed else points)
    if shape.filled:
        inside = QPainterPath()
        inside.addPolygon(line)
        fill = QColor(colour)
        fill.setAlphaF(0.25)
        painter.fillPath(inside, fill)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(_SHADOW, _SHADOW_WIDTH), QPen(colour, _WIDTH)):
        painter.setPen(pen)
        painter.drawPolyline(line)


def _paint_words(painter: QPainter, shown: Shown, lying: Lying, words: Words, colour: QColor) -> None:
    painter.setFont(small_font(painter.font(), 12, bold=True))
    metrics = QFontMetricsF(painter.font())
    at = _pixel(shown, lying.moved(words.at[None])[0].tolist())
    if words.points_at is not None:
        to = _pixel(shown, lying.moved(words.points_at[None])[0].tolist())
        for pen in (QPen(_SHADOW, _SHADOW_WIDTH), QPen(colour, 1)):
            painter.setPen(pen)
            painter.drawLine(at + QPointF(0, metrics.ascent()), to)
    for row, line in enumerate(words.text.splitlines()):
        draw_outlined(painter, at + QPointF(0, metrics.ascent() + row * metrics.height()), line, colour)


def _pixel(shown: Shown, point: Sequence[float]) -> QPointF:
    x, y, z = (float(c) for c in point)
    return QPointF(*shown.plane.pixel((x, y, z)))


def _write(painter: QPainter, shown: Shown, outline: QRectF, words: str, colour: QColor, taken: list[QRectF]) -> None:
    """Write a segment's name below its outline, off the names that stand there already; left out in small viewports."""
    if shown.plane.width < 240:
        return
    painter.setFont(small_font(painter.font(), 11))
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(words), metrics.height()
    left = min(max(outline.center().x() - width / 2, 4.0), max(4.0, shown.plane.width - width - 4.0))
    box = QRectF(left, outline.bottom() + 2, width, height)
    while any(box.intersects(other) for other in taken):
        box.translate(0, height)
    taken.append(box)
    draw_outlined(painter, QPointF(box.left(), box.top() + metrics.ascent()), words, colour)
