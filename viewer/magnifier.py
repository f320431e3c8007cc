"""A round glass under the pointer that shows the picture three times as large."""

from dataclasses import replace

from highdicom import Volume
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from viewer.hand import View
from viewer.mpr_planes import cut_of
from viewer.overlay_painter import path_of, to_screen
from viewer.picture import Picture
from viewer.theme import COLOURS

_RADIUS = 90.0
_TIMES = 3.0


class Magnifier:
    """A hand that only looks: the image without marks, with the viewport's window, about the pointer."""

    cursor = Qt.CursorShape.BlankCursor

    def __init__(self) -> None:
        self._at: tuple[View, QPointF] | None = None
        self._picture: tuple[Volume, Picture] | None = None

    def press(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Look there."""
        self.hover(view, at)

    def drag(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Look there."""
        self.hover(view, at)

    def release(self, view: View, at: QPointF) -> None:
        """Go on looking."""

    def double_click(self, view: View, at: QPointF) -> None:
        """Go on looking."""

    def hover(self, view: View, at: QPointF | None) -> None:
        """Look there, or nowhere when the pointer left the viewport."""
        self._at = None if at is None else (view, at)
        view.update()

    def wheel(self, view: View, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Leave the wheel to the slices."""
        return False

    def cancel(self) -> None:
        """Look nowhere."""
        self._at = None

    def paint(self, painter: QPainter, view: View) -> None:
        """Draw the glass where the pointer is in this viewport."""
        if self._at is None or self._at[0] is not view:
            return
        at, shown, seen = self._at[1], view.shown(), view.seen()
        glass = QPainterPath()
        glass.addEllipse(at, _RADIUS, _RADIUS)
        plane = replace(
            shown.plane,
            centre=shown.plane.uv(at.x(), at.y()),
            mm_per_pixel=shown.plane.mm_per_pixel / _TIMES,
            width=2 * _RADIUS,
            height=2 * _RADIUS,
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(glass)
        painter.fillPath(glass, QColor("black"))
        painter.translate(at - QPointF(_RADIUS, _RADIUS))
        cut = path_of((cut_of(shown.volume, plane.stack, plane.depth),))
        painter.setClipPath(to_screen(plane).map(cut), Qt.ClipOperation.IntersectClip)
        self._picture_of(shown.volume).draw(painter, plane, shown.ratio, seen.window, seen.inverted, seen.slab)
        painter.restore()
        _draw_rim(painter, at)

    def _picture_of(self, volume: Volume) -> Picture:
        if self._picture is None or self._picture[0] is not volume:
            self._picture = (volume, Picture(volume))
        return self._picture[1]


def _draw_rim(painter: QPainter, at: QPointF) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(0, 0, 0, 200), 4), QPen(QColor(COLOURS["accent"]), 2)):
        painter.setPen(pen)
        painter.drawEllipse(QRectF(at.x() - _RADIUS, at.y() - _RADIUS, 2 * _RADIUS, 2 * _RADIUS))
    painter.setPen(QPen(QColor(COLOURS["accent"]), 1))
    for dx, dy in ((1, 0), (0, 1)):  # where the pointer is, left free in the middle
        along = QPointF(dx, dy)
        painter.drawLine(at - along * 9, at - along * 3)
        painter.drawLine(at + along * 3, at + along * 9)
    painter.restore()
