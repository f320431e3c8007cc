"""The frame of the 3D view with its words on it, and what the mouse does there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QMetaObject, QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from viewer.corner_text import Caption, caption_bottom, draw_corner, draw_outlined, small_font
from viewer.overlay_painter import chip_words, draw_chip, place_chip
from viewer.raster_host import RasterHost
from viewer.render.geometry import Vector

if TYPE_CHECKING:
    from viewer.picture_3d import LesionSpot, Picture3D

_SIDES = {"L": (1, 0, 0), "R": (-1, 0, 0), "P": (0, 1, 0), "A": (0, -1, 0), "S": (0, 0, 1), "I": (0, 0, -1)}
_LETTER_RGB = (0x9F, 0xDF, 0xE8)
_COMPASS_RADIUS, _COMPASS_OFF, _COMPASS_PIXELS = 26.0, 44.0, 13
_DEGREES_PER_PIXEL = 0.4
_ZOOM_PER_PIXEL, _ZOOM_PER_NOTCH = 1.008, 1.15
_NOTCH = 120
_CLICK_PIXELS = 4.0
_LESION_SIDE = 24.0  # logical pixels around a lesion's middle that chips keep off
_CHIP_PADDING = (8.0, 3.0)
_LEFT = 8.0


@dataclass(slots=True)
class _Drag:
    button: Qt.MouseButton
    shifted: bool
    start: QPointF
    last: QPointF
    moved: bool = False


class Canvas3D(RasterHost):
    """Shows a `Picture3D`. The left button turns it, the middle one (or Shift) moves it, the right one zooms."""

    lesion_clicked = Signal(str)
    pressed = Signal()
    maximise_requested = Signal()
    sentence_clicked = Signal()
    """The reader clicked on the sentence that stands in place of a picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture3D | None = None
        self._closing: QMetaObject.Connection | None = None
        self._title = ""
        self._drag: _Drag | None = None
        self.setAccessibleName("3D")

    @property
    def picture(self) -> "Picture3D | None":
        """What is drawn, or None while a sentence stands here."""
        return self._picture

    def show_picture(self, picture: "Picture3D") -> None:
        """Show a picture."""
        self._picture = picture
        self._closing = self.destroyed.connect(picture.close)
        self.set_source(picture)

    def show_sentence(self, sentence: str) -> None:
        """Show a sentence and let go of the picture, whose scene is closed."""
        if self._picture is not None and self._closing is not None:
            QObject.disconnect(self._closing)
            self._picture.close()
        self._picture = self._drag = self._closing = None
        super().show_sentence(sentence)

    def set_title(self, title: str) -> None:
        """Write in the top left corner what is shown."""
        self._title = title
        self.update()

    def paint_over(self, painter: QPainter, box: QRectF) -> None:
        """Write the title, the lesions' chips and the compass of patient directions."""
        if self._picture is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_chips(painter, box, self._picture.spots())
        draw_corner(painter, box, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, (self._title,), share=0.95)
        _draw_zones(painter, box, self._picture.zones)
        _draw_compass(painter, box, self._picture.scene.screen_axes())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the scene, or ask for a new picture where there is none."""
        self.pressed.emit()
        if self._picture is None:
            self.sentence_clicked.emit()
        elif self._drag is None:
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._drag = _Drag(event.button(), shifted, event.position(), event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn, move or zoom."""
        drag, picture = self._drag, self._picture
        if drag is None or picture is None:
            return
        moved, drag.last = event.position() - drag.last, event.position()
        drag.moved = drag.moved or (event.position() - drag.start).manhattanLength() > _CLICK_PIXELS
        if drag.button is Qt.MouseButton.RightButton:
            picture.scene.zoom(_ZOOM_PER_PIXEL ** -moved.y())
        elif drag.button is Qt.MouseButton.MiddleButton or drag.shifted:
            ratio = self.devicePixelRatioF()
            picture.scene.pan(moved.x() * ratio, moved.y() * ratio)
        else:
            picture.scene.orbit(moved.x() * _DEGREES_PER_PIXEL, moved.y() * _DEGREES_PER_PIXEL)
        self.redraw()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a press and release of the left button in one place is a click on what is there."""
        drag, picture = self._drag, self._picture
        if drag is None or event.button() is not drag.button:
            return
        self._drag = None
        if picture is not None and drag.button is Qt.MouseButton.LeftButton and not drag.moved:
            ratio = self.devicePixelRatioF()
            if lesion := picture.lesion_at(drag.start.x() * ratio, drag.start.y() * ratio):
                self.lesion_clicked.emit(lesion)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to be the only view, or one among all again."""
        if event.button() is Qt.MouseButton.LeftButton and self._picture is not None:
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        if self._picture is not None:
            self._picture.scene.zoom(_ZOOM_PER_NOTCH ** (event.angleDelta().y() / _NOTCH))
            self.redraw()
        event.accept()

    def _draw_chips(self, painter: QPainter, box: QRectF, spots: list["LesionSpot"]) -> None:
        """Draw each lesion's chip beside it with a line to its middle."""
        painter.setFont(small_font(painter.font(), 12, bold=True))
        metrics, ratio = QFontMetricsF(painter.font()), self.devicePixelRatioF()
        middles = [QPointF(*spot.at) / ratio for spot in spots]
        corner = QPointF(_LESION_SIDE / 2, _LESION_SIDE / 2)
        around = [QRectF(middle - corner, middle + corner) for middle in middles]
        chips: list[QRectF] = []
        across, down = _CHIP_PADDING
        for spot, middle, lesion in zip(spots, middles, around, strict=True):
            if not spot.overlay.label_chip or not box.contains(middle):
                continue
            words = chip_words(spot.overlay.label_chip, box.width())
            text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, 0.6 * box.width())
            size = QSizeF(metrics.horizontalAdvance(text) + 2 * across, metrics.height() + 2 * down)
            chip = place_chip(size, lesion, [*around, *chips], box)
            _draw_leader(painter, chip, middle, QColor(*spot.overlay.colour))
            draw_chip(painter, chip, text, spot.overlay.colour)
            chips.append(chip)


def _draw_leader(painter: QPainter, chip: QRectF, middle: QPointF, colour: QColor) -> None:
    nearest = QPointF(min(max(middle.x(), chip.left()), chip.right()), min(max(middle.y(), chip.top()), chip.bottom()))
    for pen in (QPen(QColor(0, 0, 0, 170), 3), QPen(colour, 1.2)):
        painter.setPen(pen)
        painter.drawLine(middle, nearest)


def _draw_zones(painter: QPainter, box: QRectF, zones: tuple[tuple[str, tuple[int, int, int]], ...]) -> None:
    """Write below the title which colour stands for which zone."""
    metrics = QFontMetricsF(painter.font())
    below = caption_bottom(painter.font(), box, Caption("", ())) + metrics.ascent()
    for row, (name, colour) in enumerate(zones):
        draw_outlined(painter, QPointF(_LEFT, below + row * metrics.height()), f"■ {name}", QColor(*colour))


def _draw_compass(painter: QPainter, box: QRectF, axes: tuple[Vector, Vector]) -> None:
    """Draw where the patient's sides are: the letters away from us dim and first, those towards us bright on top."""
    right, down = axes
    ahead = np.cross(right, down)
    middle = QPointF(box.left() + _COMPASS_OFF, box.bottom() - _COMPASS_OFF)
    painter.setFont(small_font(painter.font(), _COMPASS_PIXELS, bold=True))
    metrics = QFontMetricsF(painter.font())
    far = {letter: float(ahead @ side) for letter, side in _SIDES.items()}
    for letter in sorted(_SIDES, key=lambda one: -far[one]):
        side = _SIDES[letter]
        colour = QColor(*_LETTER_RGB, round(255 - 75 * (1 + far[letter])))
        end = middle + QPointF(float(right @ side), float(down @ side)) * _COMPASS_RADIUS
        painter.setPen(QPen(colour, 1.2))
        painter.drawLine(middle, middle + (end - middle) * 0.7)
        baseline = end + QPointF(-metrics.horizontalAdvance(letter) / 2, metrics.capHeight() / 2)
        draw_outlined(painter, baseline, letter, colour)
