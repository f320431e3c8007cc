"""Dragging the divider between two images."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from viewer.fusion import FusionLook, FusionMode
from viewer.fusion_layer import divider_at
from viewer.hand import View

_NEAR_PIXELS = 9.0


class SwipeHand:
    """Moves the divider with the left button; `move` takes its new share of the viewport's width."""

    cursor = Qt.CursorShape.SplitHCursor

    def __init__(self, move: Callable[[float], object]) -> None:
        self._move = move

    def press(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take hold; the divider moves with the pointer from there."""

    def drag(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Bring the divider under the pointer."""
        self._move(min(max(at.x() / max(view.width(), 1), 0.0), 1.0))

    def release(self, view: View, at: QPointF) -> None:
        """Leave it there."""

    def double_click(self, view: View, at: QPointF) -> None:
        """Do nothing: the presses before it moved nothing."""

    def hover(self, view: View, at: QPointF | None) -> None:
        """Do nothing without the button."""

    def wheel(self, view: View, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Leave the wheel to the slices."""
        return False

    def cancel(self) -> None:
        """Leave the divider where it is."""

    def paint(self, painter: QPainter, view: View) -> None:
        """Draw nothing: the layer draws the divider."""


def is_on_divider(look: FusionLook, view: View, at: QPointF) -> bool:
    """Tell whether a press takes hold of the divider."""
    return look.mode is FusionMode.SWIPE and abs(at.x() - divider_at(look, view.width())) <= _NEAR_PIXELS
