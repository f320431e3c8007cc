"""Drawing marks on a picture: fills, contours and chips."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from operator import rshift

from PySide6.QtCore import QByteArray, QDataStream, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from viewer.corner_text import Look, blank_image, draw_on_pixels, look_of, small_font
from viewer.overlays import Mark
from viewer.render.contour import Polygon
from viewer.render.geometry import ScreenPlane

_GLAND_WIDTH, _LESION_WIDTH, _SELECTED_WIDTH = 1.4, 1.8, 3.0
_MOST_FILL = 0.6
_CHIP_GAP, _CHIP_EDGE = 10.0, 6.0
_CHIP_PADDING = (8.0, 4.0)
_CHIP_RIM = QPointF(1.0, 1.0)  # of the image of a chip: half of its edge and what is smoothed
_TINY, _NARROW = 260.0, 420.0


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A mark and its outline on the screen (logical pixels)."""

    mark: Mark
    path: QPainterPath


def path_of(polygons: Iterable[Polygon]) -> QPainterPath:
    """Return closed polygons (u, v) as one path in millimetres; a polygon inside another is a hole."""
    path = QPainterPath()
    for polygon in polygons:
        path.addPolygon(_polygon(polygon))
        path.closeSubpath()
    return path


def _polygon(points: Polygon) -> QPolygonF:
    """Return points (n, 2) for Qt, through its own serial form: four times as fast as point by point."""
    polygon = QPolygonF()
    stream = QDataStream(QByteArray(len(points).to_bytes(4, "big") + points.astype(">f8").tobytes()))
    rshift(stream, polygon)
    return polygon


def to_screen(plane: ScreenPlane) -> QTransform:
    """Return the transform from (u, v) in millimetres to the pixels of `plane`."""
    x, y = plane.pixel_of_uv(0.0, 0.0)
    return QTransform.fromTranslate(x, y).scale(1 / plane.mm_per_pixel, 1 / plane.mm_per_pixel)


def draw_marks(painter: QPainter, drawn: Sequence[DrawnMark], opacity: float, *, filled: bool = True) -> None:
    """Draw fills and contours; `opacity` 0 to 1 is that of the fill up to six tenths, the contour stays readable."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for one in drawn:
        if filled and one.mark.is_lesion:
            fill = QColor(*one.mark.colour)
            fill.setAlphaF(_MOST_FILL * opacity)
            painter.fillPath(one.path, fill)
    for one in drawn:
        painter.strokePath(one.path, _pen(one.mark, opacity))
    painter.restore()


def draw_chips(painter: QPainter, drawn: Sequence[DrawnMark], box: QRectF) -> tuple[QRectF, ...]:
    """Draw each lesion's chip beside it, inside `box` and off every lesion where there is room; return their boxes."""
    painter.setFont(small_font(painter.font(), 13, bold=True))
    look, ratio = look_of(painter), painter.device().devicePixelRatioF()
    lesions = [one for one in drawn if one.mark.is_lesion]
    outlines = [one.path.boundingRect() for one in lesions]
    chips: list[QRectF] = []
    for one, outline in zip(lesions, outlines, strict=True):
        if not one.mark.chip or not outline.intersects(box):
            continue
        size, image = _chip(one.mark.chip, one.mark.colour, box.width(), look, ratio)
        chip = place_chip(size, outline, [*outlines, *chips], box)
        draw_on_pixels(painter, chip.topLeft() - _CHIP_RIM, image)
        chips.append(chip)
    return tuple(chips)


def chip_words(words: str, room: float) -> str:
    """Return as much of a chip's words, most needed first, as a picture of this width (pixels) has room for."""
    parts = words.split(" · ")
    return " · ".join(parts[: 1 if room < _TINY else 2 if room < _NARROW else len(parts)])


def place_chip(size: QSizeF, lesion: QRectF, taken: Sequence[QRectF], box: QRectF) -> QRectF:
    """Return where a chip goes: beside its lesion, kept inside `box`, covering as little as possible of `taken`."""
    inside = box.adjusted(_CHIP_EDGE, _CHIP_EDGE, -_CHIP_EDGE, -_CHIP_EDGE)
    right, left = lesion.right() + _CHIP_GAP, lesion.left() - _CHIP_GAP - size.width()
    above, below = lesion.top() - _CHIP_GAP - size.height(), lesion.bottom() + _CHIP_GAP
    middle_x, middle_y = lesion.center().x() - size.width() / 2, lesion.center().y() - size.height() / 2
    level = lesion.top() - size.height() / 3
    corners = ((right, level), (left, level), (right, middle_y), (left, middle_y), (middle_x, above), (middle_x, below))
    corners += ((right, above), (left, above), (right, below), (left, below))
    best, least = QRectF(), inf
    for x, y in corners:
        place = _kept_inside(QRectF(QPointF(x, y), size), inside)
        covered = sum(_overlap(place, other) for other in taken)
        if covered < least:
            best, least = place, covered
        if not covered:
            break
    return best


def _pen(mark: Mark, opacity: float) -> QPen:
    colour = QColor(*mark.colour)
    colour.setAlphaF(0.35 + 0.65 * min(1.0, 2 * opacity))
    width = _GLAND_WIDTH if not mark.is_lesion else _SELECTED_WIDTH if mark.selected else _LESION_WIDTH
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)  # round ones look the same at this width and take twice the time
    if mark.dashed:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([7 / width, 5 / width])
    return pen


def draw_chip(painter: QPainter, chip: QRectF, text: str, colour: tuple[int, int, int]) -> None:
    """Draw dark words on a rounded rectangle of a colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 1))
    painter.setBrush(QColor(*colour))
    painter.drawRoundedRect(chip, 5, 5)
    painter.setPen(QColor("#0e1116"))
    painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.restore()


@lru_cache(maxsize=64)
def _chip(words: str, colour: tuple[int, int, int], room: float, look: Look, ratio: float) -> tuple[QSizeF, QImage]:
    """Return the size of a chip in a picture of a width, and it drawn with a rim; kept, for drawing it takes longer."""
    metrics = QFontMetricsF(look.font)
    across, down = _CHIP_PADDING
    widest = room - 2 * (_CHIP_EDGE + across)
    text = metrics.elidedText(chip_words(words, room), Qt.TextElideMode.ElideRight, widest)
    size = QSizeF(metrics.horizontalAdvance(text) + 2 * across, metrics.height() + 2 * down)
    image = blank_image(size + QSizeF(2 * _CHIP_RIM.x(), 2 * _CHIP_RIM.y()), ratio)
    painter = QPainter(image)
    painter.setFont(look.font)
    draw_chip(painter, QRectF(_CHIP_RIM, size), text, colour)
    painter.end()
    return size, image


def _kept_inside(place: QRectF, box: QRectF) -> QRectF:
    x = max(box.left(), min(place.left(), box.right() - place.width()))
    y = max(box.top(), min(place.top(), box.bottom() - place.height()))
    return QRectF(QPointF(x, y), place.size())


def _overlap(first: QRectF, second: QRectF) -> float:
    shared = first.intersected(second)
    return shared.width() * shared.height()
