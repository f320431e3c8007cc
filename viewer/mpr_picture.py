"""What one pane of the MPR shows, as a value, and how it is painted; it knows no mouse."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from core.volume import PointLps
from viewer.corner_text import Caption, draw_caption, draw_corner, draw_letters, draw_note, inverted_in_words, is_narrow
from viewer.language import tr
from viewer.mpr_axes import PLANE_COLOURS, AxisCross, AxisLine
from viewer.mpr_planes import BoxCuts
from viewer.mpr_words import PROJECTION_WORDS
from viewer.overlay_painter import DrawnMark, path_of, to_screen
from viewer.overlays import Mark
from viewer.picture import Picture, probe
from viewer.render.contour import MaskOutline, Polygon
from viewer.render.geometry import ScreenPlane, StackGeometry
from viewer.render.lut import Window
from viewer.render.slab import Slab
from viewer.render.slice import PixelGrid, Reslicer

_KEPT_PATHS = 1000
_STRIP = 3.0
_ROUNDING_MM = 1e-6
_OUTSIDE = tr("This plane lies outside of the series.")
_DEPTH_DIGITS = 6  # of a millimetre: a point that comes back from its own plane must not count as another plane


@dataclass(frozen=True, slots=True, eq=False)
class PaneView:
    """One plane through the crosshair: its screen axes, the lines of the other planes, and how it is shown."""

    stack: StackGeometry
    crosshair: PointLps
    lines: tuple[AxisLine, ...]
    caption: Caption
    window: Window
    inverted: bool
    slab: Slab | None

    @property
    def depth(self) -> float:
        """Where the plane lies along its normal (mm)."""
        return round(self.stack.uvd(self.crosshair)[2], _DEPTH_DIGITS)

    def plane(self, centre: PointLps, mm_per_pixel: float, width: float, height: float) -> ScreenPlane:
        """Return the plane with the patient position `centre` projected to the middle of so many pixels."""
        u, v, _ = self.stack.uvd(centre)
        return ScreenPlane(self.stack, self.depth, (u, v), mm_per_pixel, width, height)

    def cross(self, plane: ScreenPlane) -> AxisCross:
        """Return the lines on the screen."""
        return AxisCross(plane.pixel(self.crosshair), self.lines, plane.width, plane.height)


class PanePicture:
    """Paints the planes of one volume; what was sampled or outlined before is used again while the plane stays."""

    def __init__(self, volume: Volume, reslicer: Reslicer, title: str, unit: str) -> None:
        self.volume, self.title, self.unit = volume, title, unit
        self._reslicer = reslicer
        self._picture = Picture(reslicer)
        self._cuts: tuple[StackGeometry, BoxCuts] | None = None
        self._marks: Sequence[Mark] = ()
        self._paths: dict[tuple[MaskOutline, StackGeometry, float, float], QPainterPath] = {}

    def draw(self, painter: QPainter, view: PaneView, plane: ScreenPlane, ratio: float) -> None:
        """Draw what the plane cuts out of the volume; a slab too shows only where its middle plane is inside."""
        cut = self._cut_by(plane)
        if not len(cut):
            draw_note(painter, QRectF(0, 0, plane.width, plane.height), _OUTSIDE)
            return
        painter.save()
        if not _is_whole(cut, plane.stack):  # for a clipped picture takes twice as long to paint
            painter.setClipPath(to_screen(plane).map(path_of((cut,))))
        self._picture.draw(painter, plane, ratio, view.window, view.inverted, view.slab)
        painter.restore()

    def drawn(self, marks: Sequence[Mark], plane: ScreenPlane, slab: Slab | None = None) -> list[DrawnMark]:
        """Return the marks that the plane cuts, on the screen; of a slab all that is in it, one way or another."""
        if marks is not self._marks or len(self._paths) > _KEPT_PATHS:
            self._marks, self._paths = marks, {}
        transform = to_screen(plane)
        paths = [(mark, self._path(mark.outline, plane, slab.thickness_mm if slab else 0.0)) for mark in marks]
        return [DrawnMark(mark, transform.map(path)) for mark, path in paths if not path.isEmpty()]

    def value_at(self, view: PaneView, point: PointLps, *, short: bool) -> str:
        """Return what is probed at a patient position: its voxel, with a slab what the pixel shows, outside nothing."""
        told = probe(self.volume, point, unit=self.unit, short=short)
        if view.slab is None or not told:
            return told
        pixel = PixelGrid(point, view.stack.right, view.stack.down, 1.0, 1, 1)
        value = float(np.asarray(self._reslicer.sample(pixel, view.slab)).item())
        words = f"{PROJECTION_WORDS[view.slab.projection]} {value:.0f} {self.unit}".strip()
        return words if short else f"{words} ·{told.partition('·')[2]}"

    def _cut_by(self, plane: ScreenPlane) -> Polygon:
        if self._cuts is None or self._cuts[0] is not plane.stack:
            self._cuts = (plane.stack, BoxCuts(self.volume, plane.stack))
        return self._cuts[1].at(plane.depth)

    def _path(self, outline: MaskOutline, plane: ScreenPlane, thickness_mm: float) -> QPainterPath:
        key = (outline, plane.stack, plane.depth, thickness_mm)
        if key not in self._paths:
            self._paths[key] = path_of(outline.in_plane(plane.stack, plane.depth, thickness_mm))
        return self._paths[key]


def _is_whole(cut: Polygon, stack: StackGeometry) -> bool:
    """Tell whether a convex polygon is all of the rectangle that the planes of a stack are shown in."""
    ends = np.array((stack.top_left, stack.bottom_right))
    return len(cut) == 4 and bool((np.abs(cut[None] - ends[:, None]).min(axis=0) < _ROUNDING_MM).all())


def draw_words(painter: QPainter, box: QRectF, view: PaneView, plane: ScreenPlane) -> None:
    """Draw caption, orientation letters, window and zoom, where the crosshair is, and the colour of the plane."""
    align = Qt.AlignmentFlag
    painter.fillRect(QRectF(box.left(), box.top(), box.width(), _STRIP), PLANE_COLOURS[view.stack.plane])
    draw_letters(painter, box, view.stack, draw_caption(painter, box, view.caption))
    window = f"W {view.window.width:.0f} L {view.window.level:.0f}{inverted_in_words(view.inverted)}"
    magnified = view.stack.pixel_mm[0] / plane.mm_per_pixel
    draw_corner(
        painter,
        box,
        align.AlignBottom | align.AlignLeft,
        (window, tr("Zoom {magnified:.1f}×").format(magnified=magnified)),
    )
    draw_corner(painter, box, align.AlignBottom | align.AlignRight, position_words(view.crosshair, is_narrow(box)))


def position_words(point: PointLps, narrow: bool) -> tuple[str, ...]:
    """Return a patient position as `R 12.0`, `A 4.5`, `S 38.5 mm`: in one line, or one below the other."""
    words = tuple(f"{'RAI'[a] if point[a] < 0 else 'LPS'[a]} {abs(point[a]):.1f}" for a in range(3))
    return (*words[:2], f"{words[2]} mm") if narrow else (f"{' '.join(words)} mm",)


def draw_edge(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw the edge of the active pane."""
    painter.setPen(QPen(colour, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(1, 1, -1, -1))


def on_picture(volume: Volume, plane: ScreenPlane, position: QPointF) -> bool:
    """Tell whether a pixel shows something of the volume."""
    return bool(probe(volume, plane.lps(position.x(), position.y()), short=True))
