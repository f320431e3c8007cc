"""Painting one image over another at the resolution of the screen."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QLinearGradient, QPainter, QPen

from viewer.colour_maps import GREY, STEPS, colours_of
from viewer.corner_text import TEXT_COLOUR, draw_outlined, is_narrow, small_font
from viewer.fusion import FusionLook, FusionMode, FusionSource
from viewer.layers import Shown
from viewer.render.geometry import ScreenPlane
from viewer.render.slice import PixelGrid, Pixels, Reslicer

_KEPT = 8
_PIXELS_TO_SKIP = 4.0
_FADE = 0.25
_BAR_WIDTH, _BAR_SHARE, _BAR_TOP = 9.0, 0.24, 0.16
_LEAST_FOR_BAR = 240.0
_DIVIDER = QColor("#ffffff")
_NAME_TOP = 72.0


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """What was sampled for a view, and the picture made of it for a look; it borrows the memory of `colours`."""

    view: object
    values: Pixels
    drawn: object
    colours: NDArray[np.uint32]
    image: QImage


class FusionImages:
    """The pictures of one source, sampled anew for a viewport only when its plane changes."""

    def __init__(self, source: FusionSource) -> None:
        self.source = source
        self._reslicer = Reslicer(source.volume)
        self._made: OrderedDict[object, _Made] = OrderedDict()

    def image(self, shown: Shown, look: FusionLook) -> QImage:
        """Return the picture (ARGB, the whole viewport) of this source on a plane."""
        plane, ratio = shown.plane, shown.ratio
        viewport = (plane.stack, plane.width, plane.height, ratio)
        view = (plane.depth, plane.centre, plane.mm_per_pixel)
        drawn = _what_is_drawn(look)
        made = self._made.get(viewport)
        if made is None or made.view != view or made.drawn != drawn:
            values = made.values if made is not None and made.view == view else self._sampled(plane, ratio)
            made = self._coloured(view, values, drawn, plane, ratio, look)
            self._made[viewport] = made
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        self._made.move_to_end(viewport)
        return made.image

    def _sampled(self, plane: ScreenPlane, ratio: float) -> Pixels:
        """Return the values at each pixel of the screen, NaN where there is none.

        Between voxels many pixels wide values run straight, so that every other pixel is sampled and those between
        are their means: it takes half the time.
        """
        width, height = max(1, round(plane.width * ratio)), max(1, round(plane.height * ratio))
        pixel_mm = plane.mm_per_pixel / ratio
        coarse = min(self.source.volume.spacing) >= _PIXELS_TO_SKIP * pixel_mm
        grid = PixelGrid(
            first=plane.lps(0.5 / ratio, 0.5 / ratio),
            right=plane.stack.right,
            down=plane.stack.down,
            pixel_mm=pixel_mm * (2 if coarse else 1),
            width=width // 2 + 1 if coarse else width,
            height=height // 2 + 1 if coarse else height,
        )
        values = self._reslicer.sample(grid)
        values = np.where(values == 0, np.float32(np.nan), values)  # outside of the volume a reslicer gives 0
        return _halved(values)[:height, :width] if coarse else values

    def _coloured(
        self, view: object, values: Pixels, drawn: object, plane: ScreenPlane, ratio: float, look: FusionLook
    ) -> _Made:
        window = self.source.window
        if look.mode is FusionMode.BLEND:
            steps = _steps(values, look.faint, look.strong, whole=False)
        else:
            steps = _steps(values, window.low, window.high, whole=True)
        if look.mode is FusionMode.CHECKERBOARD:
            steps *= _cells(plane, values.shape, ratio, look.cell_mm)
        colours = np.take(_table(look), steps)
        height, width = colours.shape
        image = QImage(colours.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        return _Made(view, values, drawn, colours, image)


class FusionLayer:
    """Lays an image over the volumes `onto`, with its name and the meaning of its colours beside it."""

    def __init__(self, images: FusionImages, look: FusionLook, onto: Sequence[Volume]) -> None:
        self._images, self._look, self._onto = images, look, tuple(onto)

    def is_on(self, volume: Volume) -> bool:
        """Whether a viewport that shows this volume gets the image."""
        return any(volume is one for one in self._onto)

    def paint(self, painter: QPainter, shown: Shown) -> None:
        """Paint the part of the image that lies in the picture."""
        source, plane = self._images.source, shown.plane
        if not self.is_on(shown.volume) or shown.frame != source.volume.frame_of_reference_uid:
            return
        corner, opposite = plane.pixel_of_uv(*plane.stack.top_left), plane.pixel_of_uv(*plane.stack.bottom_right)
        box = QRectF(QPointF(*corner), QPointF(*opposite))
        if self._look.mode is FusionMode.SWIPE:
            box.setLeft(max(box.left(), divider_at(self._look, plane.width)))
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        painter.drawImage(QPointF(0.0, 0.0), self._images.image(shown, self._look))
        painter.setClipping(False)
        _draw_name(painter, plane, source, self._look)
        if self._look.mode is FusionMode.BLEND:
            _draw_bar(painter, plane, source, self._look)
        elif self._look.mode is FusionMode.SWIPE:
            _draw_divider(painter, plane, source, self._look)


def divider_at(look: FusionLook, width: float) -> float:
    """Return where the divider stands in a viewport of this width."""
    return round(look.divider * width)


def _what_is_drawn(look: FusionLook) -> object:
    """Return what of a look changes the picture: the divider only cuts it."""
    if look.mode is FusionMode.BLEND:
        return look.mode, look.colours, look.faint, look.strong, look.opacity
    return (look.mode, look.cell_mm) if look.mode is FusionMode.CHECKERBOARD else look.mode


def _steps(values: NDArray[np.float32], faint: float, strong: float, *, whole: bool) -> NDArray[np.uint8]:
    """Return 1 to 255 for values from `faint` to `strong`, 0 where there is nothing to show.

    That is where no value was measured (NaN) and, unless `whole`, what lies before `faint`.
    """
    scale = (STEPS - 2) / (strong - faint) if strong != faint else 0.0
    scaled = values * np.float32(scale)
    scaled += np.float32(1.0 - faint * scale)
    np.minimum(scaled, STEPS - 1, out=scaled)
    if whole:
        np.maximum(scaled, 1.0, out=scaled)
    np.fmax(scaled, 0.0, out=scaled)  # takes NaN away, as maximum does not
    return scaled.astype(np.uint8)


def _halved(values: Pixels) -> Pixels:
    """Return values at half the distance, the new ones in the middle between the old ones."""
    rows, columns = values.shape
    fine = np.empty((2 * rows - 1, 2 * columns - 1), values.dtype)
    fine[::2, ::2] = values
    fine[1::2, ::2] = (values[:-1] + values[1:]) / 2
    fine[:, 1::2] = (fine[:, :-2:2] + fine[:, 2::2]) / 2
    return fine


def _table(look: FusionLook) -> NDArray[np.uint32]:
    """Return the premultiplied ARGB of each step; step 0 is nothing."""
    blended = look.mode is FusionMode.BLEND
    colours = look.colours if blended else GREY
    alpha = np.full(STEPS, look.opacity if blended else 1.0)
    if blended and colours.fades:
        alpha *= np.minimum(np.linspace(0.0, 1.0, STEPS) / _FADE, 1.0)
    alpha[0] = 0.0
    red, green, blue = np.rint(colours_of(colours).T * alpha).astype(np.uint32)
    return (np.rint(255 * alpha).astype(np.uint32) << 24) | (red << 16) | (green << 8) | blue


def _cells(plane: ScreenPlane, shape: tuple[int, ...], ratio: float, cell_mm: float) -> NDArray[np.bool_]:
    """Return every other cell of a board whose cells stay at their places in the patient."""
    rows, columns = shape
    mm = plane.mm_per_pixel / ratio
    left, top = plane.uv(0.5 / ratio, 0.5 / ratio)
    across = np.floor((left + mm * np.arange(columns)) / cell_mm).astype(np.int64) & 1
    down = np.floor((top + mm * np.arange(rows)) / cell_mm).astype(np.int64) & 1
    return across[None, :] != down[:, None]


# ------------------------------------------------------------------ words


def _draw_name(painter: QPainter, plane: ScreenPlane, source: FusionSource, look: FusionLook) -> None:
    narrow = is_narrow(QRectF(0.0, 0.0, plane.width, plane.height))
    painter.setFont(small_font(painter.font(), 11 if narrow else 12))
    unit = f" ({source.unit})" if source.unit and look.mode is FusionMode.BLEND and not narrow else ""
    what = f"{100 * look.opacity:.0f} %" if look.mode is FusionMode.BLEND else look.mode.value.lower()
    draw_outlined(painter, QPointF(8.0, _NAME_TOP), f"+ {source.name}{unit} · {what}", TEXT_COLOUR)


def _draw_bar(painter: QPainter, plane: ScreenPlane, source: FusionSource, look: FusionLook) -> None:
    """Draw the colours with the values of the first and the last, at the right edge above the middle."""
    if plane.height < _LEAST_FOR_BAR:
        return
    bar = QRectF(plane.width - 8.0 - _BAR_WIDTH, _BAR_TOP * plane.height, _BAR_WIDTH, _BAR_SHARE * plane.height)
    gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    for step in range(0, STEPS, 15):
        gradient.setColorAt(step / (STEPS - 1), QColor(*colours_of(look.colours)[step].tolist()))
    painter.setPen(QPen(QColor(0, 0, 0, 200), 1))
    painter.setBrush(gradient)
    painter.drawRect(bar)
    painter.setFont(small_font(painter.font(), 11))
    metrics = QFontMetricsF(painter.font())
    for value, y in ((look.strong, bar.top() + metrics.ascent()), (look.faint, bar.bottom())):
        text = f"{value:.{source.decimals}f}"
        x = bar.left() - 5.0 - metrics.horizontalAdvance(text)
        draw_outlined(painter, QPointF(x, y), text, TEXT_COLOUR)


def _draw_divider(painter: QPainter, plane: ScreenPlane, source: FusionSource, look: FusionLook) -> None:
    x, middle = divider_at(look, plane.width) + 0.5, plane.height / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (QPen(QColor(0, 0, 0, 170), 3), QPen(_DIVIDER, 1.4)):
        painter.setPen(pen)
        painter.drawLine(QPointF(x, 0), QPointF(x, plane.height))
        painter.setBrush(QColor(14, 17, 22, 215))
        painter.drawEllipse(QPointF(x, middle), 11.0, 11.0)
    painter.setPen(QPen(_DIVIDER, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    for side in (-1.0, 1.0):
        tip, back = QPointF(x + side * 7.0, middle), side * 3.5
        painter.drawPolyline([QPointF(x + back, middle - 4), tip, QPointF(x + back, middle + 4)])
    painter.setFont(small_font(painter.font()))
    draw_outlined(painter, QPointF(x + 8.0, plane.height * 0.9), source.name, TEXT_COLOUR)
