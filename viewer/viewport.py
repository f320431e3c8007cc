"""One viewport of the reading grid: a slice view and what the mouse does on it."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from core.volume import PointLps
from viewer.hand import Grips, Hand, LeftButton
from viewer.language import tr
from viewer.slice_view import Hung, SliceView
from viewer.view_state import panned, windowed, zoomed
from viewer.viewport_tools import CURSORS, Tool, drag_tool

_CLICK_PIXELS = 4.0
_ZOOM_PER_PIXEL = 1.008
_ZOOM_PER_NOTCH = 1.15
_NOTCH = 120
_WINDOW_DRAG_PIXELS = 400.0


@dataclass(slots=True)
class _Drag:
    tool: Tool
    start: QPointF
    last: QPointF
    moved: bool = False
    steps_left: float = 0.0


class Viewport(SliceView):
    """A slice view that the reader scrolls, windows, zooms and points at; what concerns other viewports is a signal."""

    point_requested = Signal(object)
    lesion_clicked = Signal(str)
    placed = Signal(object)
    refused = Signal(str)
    """Nothing can be placed here; the sentence says why."""
    pressed = Signal()
    maximise_requested = Signal()
    frame_menu_wanted = Signal(QPoint, object)
    """The chip of another frame of reference was clicked, or a place in the series with the right button.

    A point of the screen, and the place (mm, LPS) or None.
    """

    window_menu_wanted = Signal(QPoint)
    """A series that has no such chip was clicked with the right button, at a point of the screen."""

    def __init__(self, parent: QWidget | None = None, *, shows_chips: bool = False) -> None:
        super().__init__(parent, shows_chips=shows_chips)
        self._tool = Tool.SCROLL
        self._left = LeftButton()
        self._drag: _Drag | None = None
        self._wheel = 0
        self._down_darkens = True
        self.setMouseTracking(True)

    def show_empty(self, sentence: str) -> None:
        """Show no series and the sentence that says why."""
        self._drag = None
        self._left.let_go()
        super().show_empty(sentence)

    def set_tool(self, tool: Tool) -> None:
        """Set what the left button does."""
        self._tool = tool
        self._point()

    def set_window_drag(self, *, down_darkens: bool) -> None:
        """Set which way of a window drag raises the level."""
        self._down_darkens = down_darkens

    def set_hand(self, hand: Hand | None) -> None:
        """Give the left button to a marking tool, or back to the view tools with None."""
        self._left.take(hand)
        self._point()
        self.update()

    def set_grips(self, grips: Grips | None) -> None:
        """Ask `grips`, while no marking tool is in hand, whether a left press takes hold of something drawn."""
        self._left.grips = grips

    def scroll_slices(self, steps: int) -> None:
        """Go so many slices on in reading order (back when negative), as far as the stack goes."""
        if not self._hung:
            return
        stack = self._hung.stack
        wanted = self._state.slice_index + steps * stack.reading_step
        self._go_to(min(max(wanted, 0), stack.slice_count - 1))

    def _go_to(self, slice_index: int) -> None:
        assert self._hung is not None
        if self._crosshair is None:
            self._set_state(replace(self._state, slice_index=slice_index))
            return
        stack = self._hung.stack
        u, v, _ = stack.uvd(self._crosshair)
        self.point_requested.emit(stack.lps(u, v, stack.depth_of(slice_index)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag with the button's tool, or open the menu of the chip."""
        self.pressed.emit()
        if event.button() is Qt.MouseButton.LeftButton and self._drag is None and self._on_chip(event.position()):
            self.frame_menu_wanted.emit(event.globalPosition().toPoint(), None)
            return
        if not self._hung or self._drag is not None or self._left.press(self, event):
            return
        tool = drag_tool(event.button(), self._tool)
        if tool is not None:
            self._drag = _Drag(tool, event.position(), event.position())
            if tool is Tool.CROSSHAIR:
                self._request_point(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the drag; without one, Shift moves the crosshair along."""
        position = event.position()
        if self._drag is not None:
            self._drag_on(self._drag, position)
        elif self._hung and not self._left.move(self, event) and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._request_point(position)
        self._hover = position
        self._point()
        self.update(self.width() // 2, 0, self.width() // 2 + 1, 40)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag; a press and release in one place is a click."""
        if self._left.release(self, event):
            return
        drag = self._drag
        if drag is None or drag_tool(event.button(), self._tool) is not drag.tool:
            return
        self._drag = None
        if drag.moved:
            return
        if event.button() is Qt.MouseButton.LeftButton:
            self._click(drag)
        elif event.button() is Qt.MouseButton.RightButton and self._hung:
            self._ask_for_menu(self._hung, drag.start, event.globalPosition().toPoint())

    def _ask_for_menu(self, hung: Hung, position: QPointF, on_screen: QPoint) -> None:
        if hung.frame_mark is None:
            self.window_menu_wanted.emit(on_screen)
            return
        at: PointLps | None = None
        if self._on_picture(position):
            at = self.plane().lps(position.x(), position.y())
        self.frame_menu_wanted.emit(on_screen, at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to be the only viewport, or one among all again."""
        if self._on_chip(event.position()):
            return
        if self._hung and self._left.double_click(self, event):
            return
        if event.button() is Qt.MouseButton.LeftButton and self._tool is not Tool.ADD_LESION:
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll one slice per notch; with Ctrl zoom about the pointer."""
        delta = event.angleDelta().y()
        if self._hung and self._left.wheel(self, event):
            event.accept()
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(_ZOOM_PER_NOTCH ** (delta / _NOTCH), event.position())
        else:
            self._wheel += delta
            notches = int(self._wheel / _NOTCH)
            self._wheel -= notches * _NOTCH
            if notches:
                self.scroll_slices(-notches)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Say over the chip of another frame of reference what it means."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            mark = self._hung.frame_mark if self._hung else None
            if mark is not None and self._on_chip(QPointF(event.pos())):
                QToolTip.showText(event.globalPos(), mark.words, self, self.frame_chip.toAlignedRect())
                return True
        return super().event(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Start to tell the value under the pointer."""
        self._hover = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop telling the value under the pointer."""
        self._hover = None
        if self._hung:
            self._left.hover(self, None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the series and, on top, the marking tool that is in use."""
        super().paintEvent(event)
        if self._hung:
            painter = QPainter(self)
            self._left.paint(painter, self)
            painter.end()

    def _point(self) -> None:
        hand = self._left.hand
        over_chip = self._hover is not None and self._on_chip(self._hover)
        cursor = Qt.CursorShape.PointingHandCursor if over_chip else hand.cursor if hand else CURSORS[self._tool]
        if self.cursor().shape() is not cursor:
            self.setCursor(cursor)

    def _on_chip(self, position: QPointF) -> bool:
        return self._hung is not None and self._hung.frame_mark is not None and self.frame_chip.contains(position)

    def _drag_on(self, drag: _Drag, position: QPointF) -> None:
        drag.moved = drag.moved or (position - drag.start).manhattanLength() > _CLICK_PIXELS
        delta, drag.last = position - drag.last, position
        if drag.tool is Tool.SCROLL:
            self._drag_slices(drag, delta.y())
        elif drag.tool is Tool.WINDOW and self._hung:
            unit = self._hung.window.width / _WINDOW_DRAG_PIXELS
            self._set_state(windowed(self._state, delta.x(), delta.y(), unit, down_darkens=self._down_darkens))
        elif drag.tool is Tool.ZOOM:
            self._zoom(_ZOOM_PER_PIXEL ** -delta.y(), drag.start)
        elif drag.tool is Tool.PAN:
            mm = self.plane().mm_per_pixel
            self._set_state(panned(self._state, delta.x() * mm, delta.y() * mm))
        elif drag.tool is Tool.CROSSHAIR:
            self._request_point(position)

    def _drag_slices(self, drag: _Drag, down: float) -> None:
        assert self._hung is not None
        pixels_each = min(max(self.height() / (1.5 * self._hung.stack.slice_count), 4.0), 24.0)
        drag.steps_left += down / pixels_each
        steps = int(drag.steps_left)
        drag.steps_left -= steps
        if steps:
            self.scroll_slices(steps)

    def _click(self, drag: _Drag) -> None:
        if drag.tool is Tool.ADD_LESION:
            self._place(drag.start)
        elif lesion := self.lesion_at(drag.start):
            self.lesion_clicked.emit(lesion)

    def _place(self, position: QPointF) -> None:
        if self._hung is None or not self._on_picture(position):
            return
        if self._hung.prior:
            self.refused.emit(
                tr("{title} is an earlier examination; click in the present one.").format(
                    title=self._hung.caption.title
                )
            )
        elif not self._hung.linked:
            self.refused.emit(
                self._hung.note or tr("{title} is not linked with the axial T2.").format(title=self._hung.caption.title)
            )
        else:
            self.placed.emit(self.plane().lps(position.x(), position.y()))

    def _request_point(self, position: QPointF) -> None:
        if self._hung and self._hung.linked and self._on_picture(position):
            self.point_requested.emit(self.plane().lps(position.x(), position.y()))

    def _on_picture(self, position: QPointF) -> bool:
        assert self._hung is not None
        u, v = self.plane().uv(position.x(), position.y())
        (left, top), (right, bottom) = self._hung.stack.top_left, self._hung.stack.bottom_right
        return left <= u <= right and top <= v <= bottom

    def _zoom(self, factor: float, anchor: QPointF) -> None:
        if self._hung:
            self._set_state(zoomed(self._state, factor, self.plane().uv(anchor.x(), anchor.y())))
