"""The words around a picture: corner text, orientation letters, notes; readable on black and on white."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from core.study import Role, RoleChoice
from viewer.labels import breakable
from viewer.language import tr
from viewer.render.geometry import StackGeometry, orientation_letters
from viewer.said import said
from viewer.theme import COLOURS

TEXT_COLOUR = QColor("#e8c26e")
_LETTER_COLOUR = QColor("#9fdfe8")
_EMPTY_COLOUR = QColor(COLOURS["dim"])
_RIM = QColor(0, 0, 0, 200)
_RIM_WIDTH = 1.4
_AROUND = tuple(
    QPointF(_RIM_WIDTH * math.cos(k * math.pi / 4), _RIM_WIDTH * math.sin(k * math.pi / 4)) for k in range(8)
)
_MARGIN = 8.0
_JOINED = "\u2060"  # no space, and no line may end there
_UID = re.compile(r"\d+(?:\.\d+){4,}")
_TEXT_PIXELS, _NARROW_PIXELS, _LETTER_PIXELS = 12, 11, 13
_NARROW = 320.0


_Rect = tuple[float, float, float, float]
_Word = tuple[str, float, float]
"""A text and where its baseline starts."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What the top left corner says of a series: its title, and lines below it."""

    title: str
    lines: tuple[str, ...]


def caption_of(choice: RoleChoice, stack: StackGeometry) -> Caption:
    """Return the caption of a series: series number, pixel spacing × distance between slices, unit of an ADC map."""
    number = choice.stack.series.number
    across, down = stack.pixel_mm
    lines = (
        tr("Se {value} · {across:.2f}×{down:.2f}×{thickness:.1f} mm").format(
            value="?" if number is None else number, across=across, down=down, thickness=stack.thickness
        ),
    )
    return Caption(said(choice.title), lines + (("10⁻⁶ mm²/s",) if choice.role is Role.ADC else ()))


def small_font(base: QFont, pixels: int = _TEXT_PIXELS, *, bold: bool = False) -> QFont:
    """Return `base` at a size in logical pixels."""
    font = QFont(base)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def inverted_in_words(inverted: bool) -> str:
    """Return what a picture says after its window when black and white are swapped."""
    return " " + tr("inverted") if inverted else ""


def is_narrow(box: QRectF) -> bool:
    """Tell whether a picture has no room for corner text and a letter side by side."""
    return box.width() < _NARROW


def draw_corner(
    painter: QPainter, box: QRectF, corner: Qt.AlignmentFlag, lines: Sequence[str], *, share: float = 0.44
) -> None:
    """Draw lines of text into a corner of `box`, cut off with an ellipsis at a share of its width."""
    painter.setFont(small_font(painter.font(), _NARROW_PIXELS if is_narrow(box) else _TEXT_PIXELS))
    look = look_of(painter)
    for text, left, baseline in _in_corner(tuple(lines), corner, box.getRect(), share, look):
        _draw_word(painter, QPointF(left, baseline), text, TEXT_COLOUR, look)


def draw_caption(painter: QPainter, box: QRectF, caption: Caption) -> float:
    """Draw a caption in the top left corner and return how far down the letter of the top edge must keep from it."""
    lines = (caption.title, *caption.lines)
    corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
    draw_corner(painter, box, corner, lines, share=0.8 if is_narrow(box) else 0.44)
    return len(lines) * QFontMetricsF(painter.font()).height() if is_narrow(box) else 0.0


def caption_bottom(font: QFont, box: QRectF, caption: Caption) -> float:
    """Return where the caption that `draw_caption` draws ends."""
    metrics = QFontMetricsF(small_font(font, _NARROW_PIXELS if is_narrow(box) else _TEXT_PIXELS))
    return box.top() + 0.75 * _MARGIN + (1 + len(caption.lines)) * metrics.height()


def draw_letters(painter: QPainter, box: QRectF, stack: StackGeometry, below: float = 0.0) -> None:
    """Draw on each edge of `box` the patient directions that it faces, the top one `below` pixels from the edge."""
    painter.setFont(small_font(painter.font(), _LETTER_PIXELS, bold=True))
    look = look_of(painter)
    for letters, left, baseline in _on_edges(stack, box.getRect(), below, look):
        _draw_word(painter, QPointF(left, baseline), letters, _LETTER_COLOUR, look)


def edge_letters(stack: StackGeometry) -> dict[str, str]:
    """Return the letters of the four edges of a picture, by `left`, `right`, `top` and `bottom`."""
    return {
        "left": orientation_letters(-stack.right),
        "right": orientation_letters(stack.right),
        "top": orientation_letters(-stack.down),
        "bottom": orientation_letters(stack.down),
    }


def draw_note(painter: QPainter, box: QRectF, sentence: str) -> None:
    """Draw a sentence that the reader must not miss at the foot of the picture, on a dark ground."""
    sentence = _short(sentence)
    painter.setFont(small_font(painter.font(), _NARROW_PIXELS if is_narrow(box) else _TEXT_PIXELS))
    beside = 2 * _MARGIN if is_narrow(box) else 4 * _MARGIN
    inner = box.adjusted(beside, 0, -beside, -6 * _MARGIN)
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap)
    space = painter.boundingRect(inner, flags, sentence)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(14, 17, 22, 215))
    painter.drawRoundedRect(space.adjusted(-8, -4, 8, 4), 5, 5)
    painter.setPen(QColor(COLOURS["caution"]))
    painter.drawText(inner, flags, sentence)


def draw_empty(painter: QPainter, box: QRectF, sentence: str) -> None:
    """Draw, in the middle of an empty viewport, the sentence that says why it is empty."""
    painter.setFont(small_font(painter.font(), 13))
    painter.setPen(_EMPTY_COLOUR)
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    painter.drawText(box.adjusted(3 * _MARGIN, _MARGIN, -3 * _MARGIN, -_MARGIN), flags, _short(sentence))


def _short(sentence: str) -> str:
    """Return a sentence with the ends of its UIDs only, which tell files apart well enough, and breaks in its paths."""
    return breakable(_UID.sub(lambda uid: f"…{_JOINED}{uid[0][-8:]}", sentence))


def draw_outlined(painter: QPainter, baseline: QPointF, text: str, colour: QColor) -> None:
    """Draw text from its baseline, to whole pixels, with a dark rim: readable on black and on white."""
    _draw_word(painter, baseline, text, colour, look_of(painter))


def draw_on_pixels(painter: QPainter, at: QPointF, image: QImage) -> None:
    """Draw an image that has the scale of the screen, at the nearest whole pixels."""
    ratio = image.devicePixelRatio()
    painter.drawImage(QPointF(round(at.x() * ratio) / ratio, round(at.y() * ratio) / ratio), image)


@dataclass(frozen=True, slots=True)
class Look:
    """A font that can be the key of a cache."""

    key: str
    font: QFont = field(compare=False)


def look_of(painter: QPainter) -> Look:
    """Return the font of a painter as a key."""
    font = painter.font()
    return Look(font.key(), font)


def _draw_word(painter: QPainter, baseline: QPointF, text: str, colour: QColor, look: Look) -> None:
    image, start = _outlined(text, look, colour.rgba(), painter.device().devicePixelRatioF())
    draw_on_pixels(painter, baseline - start, image)


@lru_cache(maxsize=512)
def _in_corner(lines: tuple[str, ...], corner: Qt.AlignmentFlag, box: _Rect, share: float, look: Look) -> list[_Word]:
    """Return where lines of text go in a corner; kept, for they are laid out anew in every frame."""
    left, top, width, height = box
    metrics = QFontMetricsF(look.font)
    baseline = top + 0.75 * _MARGIN + metrics.ascent()
    if corner & Qt.AlignmentFlag.AlignBottom:
        baseline = top + height - 0.75 * _MARGIN - metrics.height() * len(lines) + metrics.ascent()
    words: list[_Word] = []
    for row, line in enumerate(lines):
        text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, width * share - _MARGIN)
        start = left + _MARGIN
        if corner & Qt.AlignmentFlag.AlignRight:
            start = left + width - _MARGIN - metrics.horizontalAdvance(text)
        words.append((text, start, baseline + row * metrics.height()))
    return words


@lru_cache(maxsize=64)
def _on_edges(stack: StackGeometry, box: _Rect, below: float, look: Look) -> list[_Word]:
    """Return where the letters of the edges go; kept as `_in_corner` is."""
    left, top, width, height = box
    metrics = QFontMetricsF(look.font)
    middle = top + height / 2 + metrics.capHeight() / 2
    letters = edge_letters(stack)
    wide = {edge: metrics.horizontalAdvance(letters[edge]) for edge in letters}
    places = {
        "left": (left + _MARGIN, middle),
        "right": (left + width - _MARGIN - wide["right"], middle),
        "top": (left + (width - wide["top"]) / 2, top + 0.75 * _MARGIN + below + metrics.ascent()),
        "bottom": (left + (width - wide["bottom"]) / 2, top + height - 0.75 * _MARGIN - metrics.descent()),
    }
    return [(letters[edge], *places[edge]) for edge in letters]


@lru_cache(maxsize=512)
def _outlined(text: str, look: Look, rgba: int, ratio: float) -> tuple[QImage, QPointF]:
    """Return a text with its rim, and where in it the baseline starts; kept, for drawing it takes 25 times as long."""
    metrics = QFontMetricsF(look.font)
    size = QSizeF(metrics.horizontalAdvance(text), metrics.height()) + QSizeF(4 * _RIM_WIDTH, 4 * _RIM_WIDTH)
    start = QPointF(round(2 * _RIM_WIDTH * ratio), round((2 * _RIM_WIDTH + metrics.ascent()) * ratio)) / ratio
    dark = blank_image(size, ratio)
    painter = QPainter(dark)
    _write(painter, text, look.font, _RIM, start)
    painter.end()
    image = blank_image(size, ratio)
    painter.begin(image)
    for step in _AROUND:  # eight copies take a tenth of the time of stroking the letters' outlines
        painter.drawImage(step, dark)
    _write(painter, text, look.font, QColor.fromRgba(rgba), start)
    painter.end()
    return image, start


def blank_image(size: QSizeF, ratio: float) -> QImage:
    """Return a transparent image of a size in logical pixels."""
    image = QImage((size * ratio).toSize() + QSize(1, 1), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    return image


def _write(painter: QPainter, text: str, font: QFont, colour: QColor, start: QPointF) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(start, text)
