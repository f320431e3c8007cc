"""What a tool that marks images (measuring, painting, placing) needs of a view, and a view of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QWheelEvent

from viewer.layers import Shown
from viewer.render.geometry import ScreenPlane, StackGeometry
from viewer.render.lut import Window
from viewer.render.slab import Slab

_NOTCH = 120


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a view calls its series, and how it is looked at.

    `unit` is that of the voxels, `prior` the day of the earlier examination that the series is from, else empty; `slab`
    is None for a thin plane.
    """

    title: str
    unit: str
    prior: str
    window: Window
    inverted: bool
    slab: Slab | None = None


class View(Protocol):
    """A viewport or a pane of the MPR: a plane of a series at any angle, whose pixels have a place in the patient.

    All but `width` and `update` raise ValueError while no series is shown.
    """

    def plane(self) -> ScreenPlane:
        """Return the plane of the picture in logical pixels."""
        ...

    def shown(self) -> Shown:
        """Return the volume with its plane and frame of reference."""
        ...

    def seen(self) -> Seen:
        """Return what the series is called and how it is looked at."""
        ...

    def width(self) -> int:
        """Return the width in logical pixels."""
        ...

    def update(self) -> None:
        """Paint anew, soon."""
        ...


class Hand(Protocol):
    """Takes the left button in place of the view tools. Positions are logical pixels of `view`, which shows a series.

    The other buttons and the wheel go on panning, zooming and scrolling, unless `wheel` takes the notch.
    """

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer over a view."""
        ...

    def press(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Begin at a point."""
        ...

    def drag(self, view: View, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Go on with the button down."""
        ...

    def release(self, view: View, at: QPointF) -> None:
        """End at a point."""
        ...

    def double_click(self, view: View, at: QPointF) -> None:
        """Close what is being drawn; the press of a double click comes before it."""
        ...

    def hover(self, view: View, at: QPointF | None) -> None:
        """Follow the pointer with no button down; None when it left the view."""
        ...

    def wheel(self, view: View, notches: float, modifiers: Qt.KeyboardModifier) -> bool:
        """Tell whether the notch was for the tool (its size) and not for the slices."""
        ...

    def cancel(self) -> None:
        """Drop what is being drawn."""
        ...

    def paint(self, painter: QPainter, view: View) -> None:
        """Draw the tool itself: the brush's rim, the line being drawn."""
        ...


Grips = Callable[[View, QPointF], Hand | None]
"""Returns the hand that a press at a point of a view takes hold with, or None to leave the press to the tool."""


class LeftButton:
    """Whose the left button of a view is: that of the marking tool in hand, of what a press took hold of, or nobody's.

    The methods that take an event tell whether it was for a hand. `view` shows a series.
    """

    def __init__(self) -> None:
        self.grips: Grips | None = None
        self._hand: Hand | None = None
        self._held: Hand | None = None

    @property
    def hand(self) -> Hand | None:
        """The marking tool in hand."""
        return self._hand

    def take(self, hand: Hand | None) -> None:
        """Take a marking tool in hand, or none; what was held is let go."""
        self._hand, self._held = hand, None

    def let_go(self) -> None:
        """Let go of what is held."""
        self._held = None

    def press(self, view: View, event: QMouseEvent) -> bool:
        """Begin with the tool in hand, or take hold of what is drawn there; while something is held, no more begins."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return self._held is not None
        self._held = self._hand or (self.grips(view, event.position()) if self.grips else None)
        if self._held is not None:
            self._held.press(view, event.position(), event.modifiers())
        return self._held is not None

    def move(self, view: View, event: QMouseEvent) -> bool:
        """Go on with what is held, or follow the pointer with the tool in hand."""
        if self._held is not None:
            self._held.drag(view, event.position(), event.modifiers())
        elif self._hand is not None:
            self._hand.hover(view, event.position())
        return (self._held or self._hand) is not None

    def release(self, view: View, event: QMouseEvent) -> bool:
        """End what is held."""
        if self._held is None or event.button() is not Qt.MouseButton.LeftButton:
            return False
        held, self._held = self._held, None
        held.release(view, event.position())
        view.update()
        return True

    def double_click(self, view: View, event: QMouseEvent) -> bool:
        """Close what the tool in hand draws; Qt sends the second press of two quick strokes as this event."""
        if self._hand is None or event.button() is not Qt.MouseButton.LeftButton:
            return False
        self._held = self._hand
        self._hand.double_click(view, event.position())
        return True

    def wheel(self, view: View, event: QWheelEvent) -> bool:
        """Offer a notch to the tool in hand."""
        return self._hand is not None and self._hand.wheel(view, event.angleDelta().y() / _NOTCH, event.modifiers())

    def hover(self, view: View, at: QPointF | None) -> None:
        """Tell the tool in hand where the pointer is, or that it left."""
        if self._hand is not None:
            self._hand.hover(view, at)

    def paint(self, painter: QPainter, view: View) -> None:
        """Draw the tool itself."""
        hand = self._held or self._hand
        if hand is not None:
            hand.paint(painter, view)


def place_of(view: View) -> tuple[StackGeometry, float]:
    """Return which plane a view shows: another value when it was scrolled or turned."""
    plane = view.plane()
    return plane.stack, plane.depth
