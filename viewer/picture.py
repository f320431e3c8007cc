"""The grey picture of a volume's slice at the resolution of the screen, sampled anew only when its plane changes."""

import math
from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from core.volume import PointLps, index_kji
from viewer.render.geometry import ScreenPlane
from viewer.render.lut import Grey, Window, grey
from viewer.render.slab import Slab
from viewer.render.slice import PixelGrid, Pixels, Reslicer

_RIM = 1e-6
_WHOLE_FROM = 10.0


@dataclass(frozen=True, slots=True)
class _Span:
    """The device pixels, from `first` up to but not including `end`, whose middles lie inside of the picture."""

    first: int
    end: int


class Picture:
    """Draws slices of one volume, or slabs; several pictures may share a reslicer."""

    def __init__(self, source: Volume | Reslicer) -> None:
        self._reslicer = Reslicer(source) if isinstance(source, Volume) else source
        self._sampled: tuple[object, Pixels] | None = None
        self._image: tuple[object, Grey, QImage] | None = None

    def draw(
        self,
        painter: QPainter,
        plane: ScreenPlane,
        ratio: float,
        window: Window,
        inverted: bool,
        slab: Slab | None = None,
    ) -> None:
        """Draw the part of the slice that `plane` (logical pixels) shows, at `ratio` device pixels each."""
        across, down = _inside(plane, ratio)
        if across.end <= across.first or down.end <= down.first:
            return
        view = (plane.stack, plane.depth, plane.centre, plane.mm_per_pixel, plane.width, plane.height, ratio, slab)
        if self._sampled is None or self._sampled[0] != view:
            self._sampled = (view, self._reslicer.sample(_pixels(plane, ratio, across, down), slab))
        image = self._grey_image(self._sampled, ratio, window, inverted)
        painter.drawImage(QPointF(across.first / ratio, down.first / ratio), image)

    def _grey_image(self, sampled: tuple[object, Pixels], ratio: float, window: Window, inverted: bool) -> QImage:
        key = (sampled[0], window, inverted)
        if self._image is None or self._image[0] != key:
            levels = grey(sampled[1], window, inverted=inverted)
            height, width = levels.shape
            image = QImage(levels.data, width, height, width, QImage.Format.Format_Grayscale8)
            image.setDevicePixelRatio(ratio)
            self._image = (key, levels, image)  # the QImage only borrows the memory of `levels`
        return self._image[2]


def probe(volume: Volume, point: PointLps, *, unit: str = "", short: bool = False) -> str:
    """Return the value of the voxel at a patient position with its unit, and unless `short` where that is.

    MR signal has no unit: it is told as arbitrary (a.u.). Empty outside of the volume.
    """
    index = tuple(round(x) for x in index_kji(volume, point))
    if not all(0 <= x < n for x, n in zip(index, volume.spatial_shape, strict=True)):
        return ""
    value = float(np.asarray(volume.array)[index])
    told = f"{value:.0f}" if value.is_integer() or abs(value) >= _WHOLE_FROM else f"{value:.2f}"
    if short:
        return f"{told} {unit}".strip()
    letters = ("RAI"[a] if point[a] < 0 else "LPS"[a] for a in range(3))
    place = " ".join(f"{letter} {abs(mm):.1f}" for letter, mm in zip(letters, point, strict=True))
    return f"{told} {unit or 'a.u.'} · {place}"


def _inside(plane: ScreenPlane, ratio: float) -> tuple[_Span, _Span]:
    left, top = plane.pixel_of_uv(*plane.stack.top_left)
    right, bottom = plane.pixel_of_uv(*plane.stack.bottom_right)
    return _span(left, right, plane.width, ratio), _span(top, bottom, plane.height, ratio)


def _span(low: float, high: float, size: float, ratio: float) -> _Span:
    first, last = math.ceil(low * ratio - 0.5 + _RIM), math.floor(high * ratio - 0.5 - _RIM)
    return _Span(max(0, first), min(round(size * ratio), last + 1))


def _pixels(plane: ScreenPlane, ratio: float, across: _Span, down: _Span) -> PixelGrid:
    return PixelGrid(
        first=plane.lps((across.first + 0.5) / ratio, (down.first + 0.5) / ratio),
        right=plane.stack.right,
        down=plane.stack.down,
        pixel_mm=plane.mm_per_pixel / ratio,
        width=across.end - across.first,
        height=down.end - down.first,
    )
