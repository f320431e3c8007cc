"""The hand that marks, in a series of another frame of reference, the place where the crosshair stands in the T2."""

from collections.abc import Callable

from highdicom import Volume
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from core.volume import PointLps
from viewer.hand import View

_COLOUR = QColor("#ffd93d")
_ARM, _GAP = 16.0, 4.0


class AnchorHand:
    """A click in the series tells the place; one in a linked series moves the crosshair there first."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, volume: Volume, frame: str, moved: Callable[[PointLps], None], marked: Callable[[PointLps], None]
    ) -> None:
        """`volume` is the series as it was acquired, `frame` the frame of reference of the linked ones."""
        self._volume, self._frame = volume, frame
        self._moved, self._marked = moved, marked
        self._over: tuple[View, QPointF] | None = None

    def takes(self, view: View) -> bool:
        """Whether a view shows the series, or one of its frame of reference."""
        shown = view.shown()
        named = self._volume.frame_of_reference_uid
        return shown.volume.array is self._volume.array or (bool(named) and shown.frame == named)

    def place_in(self, view: View, width: int, height: int) -> PointLps:
        """Return the place under the pointer in a view of the series, or in the middle of the picture."""
        over = self._over
        at = over[1] if over is not None and over[0] is view else QPointF(width / 2, height / 2)
        return view.plane().lps(at.x(), at.y())

    def press(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Move the crosshair in a linked series."""
        if view.shown().frame == self._frame:
            self._moved(view.plane().lps(at.x(), at.y()))

    def drag(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take the crosshair along."""
        self.press(view, at, modifiers)

    def release(self, view: View, at: QPointF) -> None:
        """Tell the place, so that it can be aimed at with the button down."""
        if self.takes(view):
            self._marked(view.plane().lps(at.x(), at.y()))

    def double_click(self, view: View, at: QPointF) -> None:
        """Nothing more than the click that came before."""

    def hover(self, view: View, at: QPointF | None) -> None:
        """Follow the pointer."""
        self._over = None if at is None else (view, at)
        view.update()

    def wheel(self, view: View, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Leave the notch to the slices."""
        return False

    def cancel(self) -> None:
        """Drop nothing: there is nothing half done."""
        self._over = None

    def paint(self, painter: QPainter, view: View) -> None:
        """Draw a cross under the pointer in the series."""
        if self._over is None or self._over[0] is not view or not self.takes(view):
            return
        at = self._over[1]
        for pen in (QPen(QColor(0, 0, 0, 180), 3.5), QPen(_COLOUR, 1.5)):
            painter.setPen(pen)
            for step in (QPointF(1, 0), QPointF(0, 1)):
                painter.drawLine(at + step * _GAP, at + step * _ARM)
                painter.drawLine(at - step * _GAP, at - step * _ARM)
