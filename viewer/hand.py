"""What a tool that marks images (measuring, painting, placing) needs of a viewport, and a viewport of it."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from viewer.slice_view import SliceView


class Hand(Protocol):
    """Takes the left button in place of the view tools. Positions are logical pixels of `view`, which shows a series.

    The other buttons and the wheel go on panning, zooming and scrolling, unless `wheel` takes the notch.
    """

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer over a viewport."""
        ...

    def press(self, view: SliceView, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Begin at a point."""
        ...

    def drag(self, view: SliceView, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Go on with the button down."""
        ...

    def release(self, view: SliceView, at: QPointF) -> None:
        """End at a point."""
        ...

    def double_click(self, view: SliceView, at: QPointF) -> None:
        """Close what is being drawn; the press of a double click comes before it."""
        ...

    def hover(self, view: SliceView, at: QPointF | None) -> None:
        """Follow the pointer with no button down; None when it left the viewport."""
        ...

    def wheel(self, view: SliceView, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Tell whether the notch was for the tool (its size) and not for the slices."""
        ...

    def cancel(self) -> None:
        """Drop what is being drawn."""
        ...

    def paint(self, painter: QPainter, view: SliceView) -> None:
        """Draw the tool itself: the brush's rim, the line being drawn."""
        ...


Grips = Callable[[SliceView, QPointF], Hand | None]
"""Returns the hand that a press at a point of a viewport takes hold with, or None to leave the press to the tool."""
