"""The five viewports of a prostate study, side by side and linked in patient space."""

from collections.abc import Sequence

from highdicom import Volume
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from core.study import Role
from core.volume import PointLps, centroid_lps
from service.reading import LoadedSeries
from viewer.hand import Hand
from viewer.hanging import SLOTS, for_slot, hung_beside, middle_of
from viewer.layers import Layer
from viewer.overlays import Outlines, Overlays
from viewer.render.geometry import Vector
from viewer.render.lut import Window, automatic_window
from viewer.theme import COLOURS
from viewer.viewport import Viewport
from viewer.viewport_tools import Tool

_CLOSED = "No study is open"
_PAGE = 5
_GLAND_SHARE = 1.5
_HANDLE = 3


class ReadingGrid(QWidget):
    """Axial T2 large on the left; ADC and high-b above sagittal and coronal T2 on the right.

    All viewports whose series is in the study's frame of reference (that of the axial T2) share one crosshair: a
    patient position of which each shows the nearest slice. Scrolling one moves the position along its normal.
    """

    crosshair_moved = Signal(object)
    lesion_clicked = Signal(str)
    placed = Signal(object)
    overlay_visible_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewports = {role: Viewport(shows_chips=role is Role.T2_AXIAL) for role in SLOTS}
        self._active = self._viewports[Role.T2_AXIAL]
        self._maximised: Viewport | None = None
        self._before_maximising: tuple[list[int], ...] = ()
        self._crosshair: PointLps | None = None
        self._normals: tuple[Vector, ...] = ()
        self._overlays, self._outlines = Overlays(), Outlines()
        self._remembered: dict[Role, tuple[float, float]] = {}
        self._visible, self._peeking, self._opacity = True, False, 0.6
        self._splitters = self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for viewport in self._viewports.values():
            self._connect(viewport)
        self.set_tool(Tool.SCROLL)
        self.clear()

    def viewport(self, role: Role) -> Viewport:
        """Return the viewport of a slot: axial, sagittal or coronal T2, ADC or high-b."""
        return self._viewports[role]

    @property
    def crosshair(self) -> PointLps | None:
        """Where the crosshair is (mm, LPS); None while no series is shown."""
        return self._crosshair

    @property
    def active(self) -> Viewport:
        """The viewport that the keys act on."""
        return self._active

    def show_study(self, series: Sequence[LoadedSeries]) -> None:
        """Hang a study; what is missing or cannot be shown says so in its viewport. Overlays of before are gone."""
        self._remember_windows()
        self.clear()
        chosen = {role: for_slot(role, series) for role in SLOTS}
        loaded = [one for one in chosen.values() if one is not None and one.volume is not None]
        reference = loaded[0] if loaded else None
        for role, viewport in self._viewports.items():
            one = chosen[role]
            if one is None:
                viewport.show_empty(SLOTS[role])
            elif one.volume is None or reference is None or reference.volume is None:
                viewport.show_empty(one.problem)
            else:
                hung = hung_beside(one, one.volume, reference, reference.volume)
                viewport.hang(hung, self._as_remembered(role, hung.window))
        self._normals = self._plane_normals()
        if reference is not None and reference.volume is not None:
            self.set_crosshair(middle_of(reference.volume))

    def clear(self) -> None:
        """Show no study and let go of its volumes and overlays."""
        self._restore()
        self._crosshair, self._normals = None, ()
        self._overlays, self._outlines = Overlays(), Outlines()
        for viewport in self._viewports.values():
            viewport.show_empty(_CLOSED)
        self._activate(self._viewports[Role.T2_AXIAL])

    def set_overlays(self, overlays: Overlays) -> None:
        """Show these overlays instead of those before; the view stays where it is."""
        gland_is_new = overlays.gland is not self._overlays.gland
        self._overlays = overlays
        marks = self._outlines.marks(overlays)
        for viewport in self._viewports.values():
            viewport.set_marks(marks)
        axial = self._viewports[Role.T2_AXIAL]
        if gland_is_new and axial.hung:
            axial.set_reset_window(automatic_window(axial.hung.volume, Role.T2_AXIAL, overlays.gland))

    def set_crosshair(self, point: PointLps) -> None:
        """Move every linked viewport to a patient position (mm, LPS), without the signal."""
        self._crosshair = point
        for viewport in self._viewports.values():
            viewport.set_crosshair(point, self._normals)

    def set_tool(self, tool: Tool) -> None:
        """Set what the left button does in every viewport."""
        for viewport in self._viewports.values():
            viewport.set_tool(tool)

    @property
    def viewports(self) -> tuple[Viewport, ...]:
        """All viewports in reading order."""
        return tuple(self._viewports.values())

    def set_hand(self, hand: Hand | None) -> None:
        """Give the left button of every viewport to a marking tool, or back to the view tools with None."""
        for viewport in self._viewports.values():
            viewport.set_hand(hand)

    def set_layers(self, *, under: Sequence[Layer] = (), over: Sequence[Layer] = ()) -> None:
        """Paint these layers in every viewport: `under` below the marks, `over` above them."""
        for viewport in self._viewports.values():
            viewport.set_layers(under=under, over=over)

    def set_overlay_visible(self, visible: bool) -> None:
        """Show or hide all overlays."""
        self._visible = visible
        self._display_marks()

    def set_overlay_opacity(self, opacity: float) -> None:
        """Set how strong overlays are, from 0 to 1."""
        self._opacity = min(max(opacity, 0.0), 1.0)
        self._display_marks()

    def frame_gland(self) -> None:
        """Zoom every linked viewport to the gland; without one nothing changes."""
        gland = self._overlays.gland
        if gland is None or not gland.array.any():
            return
        size = _GLAND_SHARE * _widest_mm(gland)
        for viewport in self._viewports.values():
            viewport.frame(centroid_lps(gland), size)

    def toggle_maximised(self, viewport: Viewport) -> None:
        """Fill the grid with one viewport, or show all five again."""
        if self._maximised is not None:
            self._restore()
            return
        self._before_maximising = tuple(splitter.sizes() for splitter in self._splitters)
        self._maximised = viewport
        for other in self._viewports.values():
            other.setVisible(other is viewport)
        for splitter in self._splitters[1:]:
            splitter.setVisible(splitter.isAncestorOf(viewport))
        self._activate(viewport)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what `viewport_tools.KEYS` says."""
        steps = self._steps(event.key())
        if steps:
            self._active.scroll_slices(steps)
        elif event.key() == Qt.Key.Key_H:
            self._peek(True)
        elif event.isAutoRepeat() or not self._command(event.key()):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End the look underneath."""
        if event.key() == Qt.Key.Key_H and not event.isAutoRepeat():
            self._peek(False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """End the look underneath, whose key's release would go elsewhere."""
        self._peek(False)
        super().focusOutEvent(event)

    def _lay_out(self) -> tuple[QSplitter, ...]:
        axial, adc, high_b, sagittal, coronal = self._viewports.values()
        above = _splitter(Qt.Orientation.Horizontal, adc, high_b)
        below = _splitter(Qt.Orientation.Horizontal, sagittal, coronal)
        right = _splitter(Qt.Orientation.Vertical, above, below)
        whole = _splitter(Qt.Orientation.Horizontal, axial, right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(whole)
        return whole, right, above, below

    def _connect(self, viewport: Viewport) -> None:
        viewport.point_requested.connect(self._move_crosshair)
        viewport.lesion_clicked.connect(self.lesion_clicked)
        viewport.placed.connect(self.placed)
        viewport.pressed.connect(lambda: self._press(viewport))
        viewport.maximise_requested.connect(lambda: self.toggle_maximised(viewport))

    def _plane_normals(self) -> tuple[Vector, ...]:
        """Return the normals of the linked T2 stacks, whose planes the crosshair's lines are."""
        hung = [self._viewports[role].hung for role in (Role.T2_AXIAL, Role.T2_SAGITTAL, Role.T2_CORONAL)]
        return tuple(one.stack.normal for one in hung if one is not None and one.linked)

    def _remember_windows(self) -> None:
        """Remember, by role, how the reader's window differs from the automatic one, in widths of that one."""
        for role, viewport in self._viewports.items():
            if viewport.hung is None:
                continue
            automatic, chosen = viewport.hung.window, viewport.chosen_window
            self._remembered.pop(role, None)
            if chosen is not None:
                moved = (chosen.level - automatic.level) / automatic.width
                self._remembered[role] = (chosen.width / automatic.width, moved)

    def _as_remembered(self, role: Role, automatic: Window) -> Window:
        wider, moved = self._remembered.get(role, (1.0, 0.0))
        return Window(automatic.width * wider, automatic.level + moved * automatic.width)

    def _move_crosshair(self, point: PointLps) -> None:
        self.set_crosshair(point)
        self.crosshair_moved.emit(point)

    def _press(self, viewport: Viewport) -> None:
        self._activate(viewport)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def _activate(self, viewport: Viewport) -> None:
        self._active = viewport
        for other in self._viewports.values():
            other.set_active(other is viewport)

    def _restore(self) -> None:
        if self._maximised is None:
            return
        self._maximised = None
        # From the inside out: a splitter that is shown while its widgets are hidden keeps no room for them.
        for widget in (*self._viewports.values(), *reversed(self._splitters[1:])):
            widget.setVisible(True)
        for splitter, sizes in zip(self._splitters, self._before_maximising, strict=True):
            splitter.setSizes(sizes)

    def _peek(self, peeking: bool) -> None:
        if self._peeking != peeking:
            self._peeking = peeking
            self._display_marks()

    def _display_marks(self) -> None:
        for viewport in self._viewports.values():
            viewport.set_mark_display(visible=self._visible, peeking=self._peeking, opacity=self._opacity)

    def _steps(self, key: int) -> int:
        stack = self._active.hung.stack if self._active.hung else None
        steps: dict[int, int] = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -_PAGE,
            Qt.Key.Key_PageDown: _PAGE,
        }
        if stack:
            steps |= {Qt.Key.Key_Home: -stack.slice_count, Qt.Key.Key_End: stack.slice_count}
        return steps.get(key, 0)

    def _command(self, key: int) -> bool:
        """Do what a key that is not held or repeated stands for; False when it stands for nothing."""
        commands = {
            Qt.Key.Key_Left: lambda: self._activate_beside(-1),
            Qt.Key.Key_Right: lambda: self._activate_beside(1),
            Qt.Key.Key_Return: lambda: self.toggle_maximised(self._active),
            Qt.Key.Key_Enter: lambda: self.toggle_maximised(self._active),
            Qt.Key.Key_F: self.frame_gland,
            Qt.Key.Key_I: self._active.invert,
            Qt.Key.Key_Space: self._active.reset,
            Qt.Key.Key_O: self._toggle_overlays,
        }
        command = commands.get(Qt.Key(key))
        if command is not None:
            command()
        return command is not None

    def _activate_beside(self, step: int) -> None:
        if self._maximised is None:
            order = list(self._viewports.values())
            self._activate(order[(order.index(self._active) + step) % len(order)])

    def _toggle_overlays(self) -> None:
        self.set_overlay_visible(not self._visible)
        self.overlay_visible_changed.emit(self._visible)


def _widest_mm(mask: Volume) -> float:
    """Return the longest side of a mask's box in millimetres, along the axes of its grid."""
    sides = [mask.array.any(axis=tuple(a for a in range(3) if a != axis)).sum() for axis in range(3)]
    return max(float(n) * mm for n, mm in zip(sides, mask.spacing, strict=True))


def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(_HANDLE)
    splitter.setChildrenCollapsible(False)
    splitter.setStyleSheet(f"QSplitter::handle {{ background: {COLOURS['line']}; }}")
    for position, widget in enumerate(widgets):
        splitter.addWidget(widget)
        splitter.setStretchFactor(position, 1)
    splitter.setSizes([1_000_000] * len(widgets))
    return splitter
