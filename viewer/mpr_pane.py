"""One pane of the MPR: a plane of the volume and what the mouse does on it."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal, SignalInstance
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from viewer.hand import Grips, Hand, LeftButton
from viewer.mpr_axes import Grip, Held, cursor_of
from viewer.mpr_picture import on_picture
from viewer.mpr_plane_view import PlaneView
from viewer.render.geometry import Plane
from viewer.viewport_tools import CURSORS, Tool, drag_tool

_CLICK_PIXELS = 4.0
_ZOOM_PER_PIXEL, _ZOOM_PER_NOTCH = 1.008, 1.15
_SMALLEST_ZOOM, _LARGEST_ZOOM = 0.2, 40.0
_NOTCH = 120


@dataclass(slots=True)
class _Drag:
    tool: Tool | Held
    button: Qt.MouseButton
    start: QPointF
    last: QPointF
    grip_off: QPointF  # from the pointer to the middle of the lines
    moved: bool = False
    steps_left: float = 0.0


class MprPane(PlaneView):
    """Shows what it is given; where to go, turn or set the window is asked of the `MprView` by signals."""

    pressed = Signal()
    scrolled = Signal(int)
    """So many planes on in reading order, back when negative."""
    point_wanted = Signal(object)
    turned = Signal(float)
    """The lines by so many radians, clockwise."""
    straightened = Signal()
    windowed = Signal(float, float)
    """A window drag by so many pixels to the right and down."""
    lesion_clicked = Signal(str)
    placed = Signal(object)
    maximise_requested = Signal()
    window_menu_wanted = Signal(QPoint)
    """The pane was clicked with the right button, at a point of the screen."""

    def __init__(self, plane: Plane, parent: QWidget | None = None, *, shows_chips: bool = False) -> None:
        super().__init__(plane, parent, shows_chips=shows_chips)
        self._tool = Tool.SCROLL
        self._left = LeftButton()
        self._drag: _Drag | None = None
        self._wheel = 0
        self.setMouseTracking(True)

    def show_empty(self, sentence: str) -> None:
        """Show no volume and the sentence that says why."""
        self._drag = None
        self._left.let_go()
        super().show_empty(sentence)

    def set_tool(self, tool: Tool) -> None:
        """Set what the left button does beside the lines."""
        self._tool = tool
        self._point()

    def set_hand(self, hand: Hand | None) -> None:
        """Give the left button to a marking tool, also over the lines, or back to the view tools with None."""
        self._left.take(hand)
        if self._view is not None and self._hover is not None:
            self._left.hover(self, self._hover)
        self._point()
        self.update()

    def set_grips(self, grips: Grips | None) -> None:
        """Ask `grips`, while no marking tool is in hand, whether a left press takes hold of something drawn."""
        self._left.grips = grips

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Give the press to the marking tool; else take hold of a line, or begin a drag with the button's tool."""
        self.pressed.emit()
        if self._view is None or self._drag is not None or self._left.press(self, event):
            return
        position, button = event.position(), event.button()
        tool: Tool | Held | None = drag_tool(button, self._tool)
        if button is Qt.MouseButton.LeftButton and self._tool is not Tool.ADD_LESION:
            tool = self._grip_at(position) or tool
        if tool is not None:
            off = QPointF(*self._view.cross(self.plane()).middle) - position
            self._drag = _Drag(tool, button, position, position, off)
            if tool is Tool.CROSSHAIR:
                self._want_point(position)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the drag; without one, Shift moves the crosshair along."""
        self._hover = event.position()
        if self._drag is not None:
            self._drag_on(self._drag, event.position())
        elif self._view is not None and not self._left.move(self, event):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._want_point(event.position())
            else:
                self._point()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag; a press and release in one place is a click."""
        if self._left.release(self, event):
            return
        drag = self._drag
        if drag is None or event.button() is not drag.button:
            return
        self._drag = None
        if drag.button is Qt.MouseButton.LeftButton and not drag.moved:
            self._click(drag)
        elif drag.button is Qt.MouseButton.RightButton and not drag.moved:
            self.window_menu_wanted.emit(event.globalPosition().toPoint())
        self._point()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a line: set the planes straight again. Beside them: ask to be the only pane, or one of three again."""
        if self._view is not None and self._left.double_click(self, event):
            return
        if event.button() is not Qt.MouseButton.LeftButton or self._tool is Tool.ADD_LESION:
            return
        if self._grip_at(event.position()) is not None:
            self.straightened.emit()
        else:
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go one plane along the normal per notch; with Ctrl zoom about the pointer."""
        if self._view is not None and self._left.wheel(self, event):
            event.accept()
            return
        delta = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom_at(_ZOOM_PER_NOTCH ** (delta / _NOTCH), event.position())
        else:
            self._wheel += delta
            notches = int(self._wheel / _NOTCH)
            self._wheel -= notches * _NOTCH
            if notches:
                self.scrolled.emit(-notches)
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Start to tell the value under the pointer."""
        self._hover = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop telling the value under the pointer."""
        self._hover = self._held = None
        if self._view is not None:
            self._left.hover(self, None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the plane and, on top, the marking tool that is in use."""
        super().paintEvent(event)
        if self._view is not None:
            painter = QPainter(self)
            self._left.paint(painter, self)
            painter.end()

    def _drag_on(self, drag: _Drag, position: QPointF) -> None:
        drag.moved = drag.moved or (position - drag.start).manhattanLength() > _CLICK_PIXELS
        before, drag.last = drag.last, position
        moved = position - before
        if isinstance(drag.tool, Held):
            self._drag_axes(drag.tool, before, position, position + drag.grip_off)
        elif drag.tool is Tool.SCROLL:
            self._drag_planes(drag, moved.y())
        elif drag.tool is Tool.WINDOW:
            self.windowed.emit(moved.x(), moved.y())
        elif drag.tool is Tool.ZOOM:
            self._zoom_at(_ZOOM_PER_PIXEL ** -moved.y(), drag.start)
        elif drag.tool is Tool.PAN:
            self._pan(moved)
        elif drag.tool is Tool.CROSSHAIR:
            self._want_point(position)

    def _drag_axes(self, held: Held, before: QPointF, after: QPointF, wanted: QPointF) -> None:
        assert self._view is not None
        cross = self._view.cross(self.plane())
        if held.grip is Grip.END:
            self.turned.emit(cross.turn(before, after))
        elif held.plane is None:
            self._want_point(wanted)
        else:
            middle = QPointF(*cross.middle)
            self._want_point(middle + QPointF(*cross.across(held.plane, wanted - middle)))

    def _drag_planes(self, drag: _Drag, down: float) -> None:
        pixels_each = min(max(self.height() / (1.5 * self.plane().stack.slice_count), 4.0), 24.0)
        drag.steps_left += down / pixels_each
        steps = int(drag.steps_left)
        drag.steps_left -= steps
        if steps:
            self.scrolled.emit(steps)

    def _click(self, drag: _Drag) -> None:
        if drag.tool is Tool.ADD_LESION:
            self._ask(self.placed, drag.start)
        elif lesion := self.lesion_at(drag.start):
            self.lesion_clicked.emit(lesion)

    def _want_point(self, position: QPointF) -> None:
        self._ask(self.point_wanted, position)

    def _ask(self, signal: SignalInstance, position: QPointF) -> None:
        """Emit the patient position under a pixel, if there is something of the volume."""
        if self._picture is not None and on_picture(self._picture.volume, self.plane(), position):
            signal.emit(self.plane().lps(position.x(), position.y()))

    def _zoom_at(self, factor: float, anchor: QPointF) -> None:
        if self._view is None:
            return
        plane = self.plane()
        zoom = min(max(self._zoom * factor, _SMALLEST_ZOOM), _LARGEST_ZOOM)
        kept = self._zoom / zoom
        middle = plane.width / 2, plane.height / 2
        x, y = (a + (m - a) * kept for a, m in zip((anchor.x(), anchor.y()), middle, strict=True))
        self._centre, self._zoom = plane.lps(x, y), zoom
        self.update()

    def _pan(self, moved: QPointF) -> None:
        plane = self.plane()
        self._centre = plane.lps(plane.width / 2 - moved.x(), plane.height / 2 - moved.y())
        self.update()

    def _grip_at(self, position: QPointF) -> Held | None:
        return None if self._view is None or self._peeks else self._view.cross(self.plane()).held_at(position)

    def _point(self) -> None:
        """Show by the pointer what a press would take hold of."""
        hand = self._left.hand
        over = self._hover if hand is None and self._tool is not Tool.ADD_LESION else None
        self._held = self._grip_at(over) if over is not None else None
        beside = hand.cursor if hand else CURSORS[self._tool]
        self.setCursor(cursor_of(self._held) if self._held else beside)
