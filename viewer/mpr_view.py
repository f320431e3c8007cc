"""The MPR: a volume in three linked planes at right angles, which the reader moves, turns and thickens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import radians
from types import MappingProxyType

from highdicom import Volume
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from core.volume import PointLps, position_lps
from viewer.corner_text import Caption
from viewer.hand import Grips, Hand
from viewer.key_commands import BY_NAME, Place
from viewer.key_map import KeyMap
from viewer.language import tr
from viewer.layers import Layer
from viewer.mpr_axes import AxisLine
from viewer.mpr_bar import MprBar
from viewer.mpr_pane import MprPane
from viewer.mpr_picture import PanePicture, PaneView
from viewer.mpr_planes import PATIENT, PLANES, Planes, oblique_stack, own_planes
from viewer.mpr_words import PLANE_WORDS, lies_in_words, slab_in_words
from viewer.overlays import Mark
from viewer.render.geometry import Plane, StackGeometry
from viewer.render.lut import Window
from viewer.render.slab import Slab
from viewer.render.slice import Reslicer
from viewer.theme import COLOURS
from viewer.view_state import field_of
from viewer.viewport_tools import Tool

_CLOSED = tr("No series is shown in planes")
_WINDOW_DRAG_PIXELS = 400.0
_NARROWEST = 1e-3
_PAGE, _ALL = 5, 1_000_000
_TURN = radians(5)
_PRESETS = 3
_WIDE = 1.15
_HANDLE = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """A volume and how all its planes are looked at. `base` are the planes before they were turned.

    What follows from the planes, `stacks` and the `lines` of the others in each, is found once per turn.
    """

    volume: Volume
    title: str
    reset_window: Window
    linked: bool
    patient_axes: bool
    base: Planes
    planes: Planes
    stacks: Mapping[Plane, StackGeometry]
    lines: Mapping[Plane, tuple[AxisLine, ...]]
    crosshair: PointLps
    window: Window
    window_name: str = ""
    inverted: bool = False
    slab: Slab | None = None


class MprView(QWidget):
    """Axial, sagittal and coronal planes through one patient position, along the axes of the series or the patient.

    The lines in each pane are the other two planes: their middle moves the crosshair, a line its plane, an end turns
    both (which tilts the other panes: oblique, and from two panes double-oblique). The three stay at right angles.
    """

    crosshair_moved = Signal(object)
    lesion_clicked = Signal(str)
    placed = Signal(object)
    pressed = Signal()

    refused = Signal(str)
    """What the reader did in a pane cannot be done there; the sentence says why."""
    preset_wanted = Signal(int)
    """The reader asks for the window of this number, counted from 0, for the kind of series that is shown."""
    window_menu_wanted = Signal(QPoint)
    """The reader asks, at a point of the screen, which windows there are for the kind of series that is shown."""
    focus_gained = Signal()
    """The keys act on the active pane."""
    focus_lost = Signal()
    """The keys go elsewhere: what a held key did must end."""

    def __init__(self, parent: QWidget | None = None, *, keys: KeyMap | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mprView")
        self.setAccessibleName(tr("MPR: axial, sagittal and coronal planes"))
        self._keys = keys or KeyMap(parent=self)
        self._shown: _Shown | None = None
        self._panes = {plane: MprPane(plane, shows_chips=plane is Plane.AXIAL) for plane in PLANES}
        self._active = self._panes[Plane.AXIAL]
        self._maximised: MprPane | None = None
        self._down_darkens = True
        self.bar = MprBar(self._keys)
        self._outer, self._inner = self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.bar.patient_axes_chosen.connect(self.set_patient_axes)
        self.bar.slab_chosen.connect(self.set_slab)
        self.bar.straighten_wanted.connect(self.straighten)
        for pane in self._panes.values():
            self._connect(pane)
        self.clear()

    # ------------------------------------------------------------------ what others call

    def pane(self, plane: Plane) -> MprPane:
        """Return the pane of a plane."""
        return self._panes[plane]

    @property
    def crosshair(self) -> PointLps | None:
        """Where the three planes meet (mm, LPS); None while nothing is shown."""
        return self._shown.crosshair if self._shown else None

    @property
    def planes(self) -> Planes | None:
        """The axes of the three planes as they are turned now; None while nothing is shown."""
        return self._shown.planes if self._shown else None

    @property
    def grey_window(self) -> Window | None:
        """The window of all panes; None while nothing is shown."""
        return self._shown.window if self._shown else None

    @property
    def window_name(self) -> str:
        """What the window of all panes is called; empty for one without a name."""
        return self._shown.window_name if self._shown else ""

    def show_volume(self, volume: Volume, title: str, window: Window, *, unit: str = "", linked: bool = True) -> None:
        """Show a volume from its middle; `linked` tells whether it is in the study's frame of reference.

        `window` is what a reset goes back to, `unit` that of the voxels. Slab and the choice of axes stay as they were;
        marks of before are gone.
        """
        patient = bool(self._shown and self._shown.patient_axes)
        base = PATIENT if patient else own_planes(volume)
        slab = self.bar.slab
        stacks = _stacks(volume, base)
        self._shown = _Shown(
            volume,
            title,
            window,
            linked,
            patient,
            base,
            base,
            stacks,
            _lines(base),
            _middle_voxel(volume),
            window,
            slab=slab,
        )
        reslicer = Reslicer(volume)
        for plane, pane in self._panes.items():
            picture = PanePicture(volume, reslicer, title, unit)
            pane.set_marks(())
            pane.show_picture(picture, _view(self._shown, plane), field_of(stacks[plane], None))
        self._show_bar()

    def show_empty(self, sentence: str) -> None:
        """Show no volume and the sentence that says why; the volume of before is let go of."""
        self._shown = None
        for pane in self._panes.values():
            pane.show_empty(sentence)
        self._show_bar()

    def clear(self) -> None:
        """Show nothing."""
        self.show_empty(_CLOSED)

    def set_crosshair(self, point: PointLps) -> None:
        """Let the planes meet at a patient position (mm, LPS), without the signal."""
        if self._shown and self._shown.linked and point != self._shown.crosshair:
            self._show(replace(self._shown, crosshair=point))

    def set_window(self, window: Window, name: str = "") -> None:
        """Show all panes with this window, and tell its name if it has one."""
        if self._shown:
            self._show(replace(self._shown, window=window, window_name=name))

    def set_reset_window(self, window: Window) -> None:
        """Set the window that a reset goes back to; the picture stays as it is."""
        if self._shown:
            self._shown = replace(self._shown, reset_window=window)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show these outlines instead of those before, as far as they lie in the volume's frame of reference."""
        for pane in self._panes.values():
            pane.set_marks(marks)

    def set_mark_display(self, *, visible: bool, peeking: bool, opacity: float) -> None:
        """Show or hide the marks, hide them and the lines for a moment, and set the strength of the fill."""
        for pane in self._panes.values():
            pane.set_mark_display(visible=visible, peeking=peeking, opacity=opacity)

    def set_layers(self, *, under: Sequence[Layer] = (), over: Sequence[Layer] = ()) -> None:
        """Paint these layers in every pane: `under` below the marks, `over` above them."""
        for pane in self._panes.values():
            pane.set_layers(under=under, over=over)

    def set_tool(self, tool: Tool) -> None:
        """Set what the left button does beside the lines."""
        for pane in self._panes.values():
            pane.set_tool(tool)

    def set_window_drag(self, *, down_darkens: bool) -> None:
        """Set which way of a window drag raises the level."""
        self._down_darkens = down_darkens

    def set_hand(self, hand: Hand | None) -> None:
        """Give the left button of every pane to a marking tool, or back to the view tools with None."""
        for pane in self._panes.values():
            pane.set_hand(hand)

    def set_grips(self, grips: Grips | None) -> None:
        """Let a press in any pane take hold of something drawn."""
        for pane in self._panes.values():
            pane.set_grips(grips)

    def set_slab(self, slab: Slab | None) -> None:
        """Make the planes thick, or thin again with None."""
        self.bar.show_slab(slab)
        if self._shown:
            self._show(replace(self._shown, slab=slab))

    def set_patient_axes(self, patient: bool) -> None:
        """Set the planes straight along the axes of the patient, or of the series."""
        if self._shown:
            base = PATIENT if patient else own_planes(self._shown.volume)
            self._turn_to(replace(self._shown, patient_axes=patient, base=base), base)

    def straighten(self) -> None:
        """Undo all turning; the crosshair stays."""
        if self._shown:
            self._turn_to(self._shown, self._shown.base)

    def frame(self, middle: PointLps, size_mm: float) -> None:
        """Show `size_mm` around a patient position in every pane."""
        for pane in self._panes.values():
            pane.frame(middle, size_mm)

    def reset(self) -> None:
        """Go back to the whole volume and its first window; planes and crosshair stay."""
        if self._shown:
            self._show(replace(self._shown, window=self._shown.reset_window, window_name="", inverted=False))
            for pane in self._panes.values():
                pane.reset()

    def invert(self) -> None:
        """Swap black and white."""
        if self._shown:
            self._show(replace(self._shown, inverted=not self._shown.inverted))

    def toggle_maximised(self, pane: MprPane) -> None:
        """Fill the view with one pane, or show all three again."""
        self._maximised = None if self._maximised else pane
        # From the inside out: a splitter that is shown while its widgets are hidden keeps no room for them.
        for other in self._panes.values():
            other.setVisible(self._maximised in (None, other))
        self._inner.setVisible(self._maximised is not self._panes[Plane.AXIAL])

    # ------------------------------------------------------------------ events

    def acts(self) -> Mapping[str, Callable[[], object]]:
        """Return what the commands of the images do here, by their names in `key_commands`."""
        return {
            "slice_back": lambda: self._scroll(self._active, -1),
            "slice_on": lambda: self._scroll(self._active, 1),
            "page_back": lambda: self._scroll(self._active, -_PAGE),
            "page_on": lambda: self._scroll(self._active, _PAGE),
            "first_slice": lambda: self._scroll(self._active, -_ALL),
            "last_slice": lambda: self._scroll(self._active, _ALL),
            "crosshair_left": lambda: self._step(-1, 0),
            "crosshair_right": lambda: self._step(1, 0),
            "crosshair_up": lambda: self._step(0, -1),
            "crosshair_down": lambda: self._step(0, 1),
            "maximise": lambda: self.toggle_maximised(self._active),
            "turn_left": lambda: self.turn(self._active.shown_plane, -_TURN),
            "turn_right": lambda: self.turn(self._active.shown_plane, _TURN),
            "straighten": self.straighten,
            "invert": self.invert,
            "reset_view": self.reset,
            **{f"window_{number + 1}": partial(self.preset_wanted.emit, number) for number in range(_PRESETS)},
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key stands for among the commands of the images; those of the whole grid are left to it."""
        name = self._keys.command_of(Place.IMAGES, event.keyCombination())
        act = self.acts().get(name)
        if act is None or (event.isAutoRepeat() and not BY_NAME[name].repeats):
            super().keyPressEvent(event)
        else:
            act()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the pane that the keys act on."""
        self._mark_active(self._active)
        self.focus_gained.emit()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys act elsewhere, and end what a held key does."""
        self._mark_active(None)
        self.focus_lost.emit()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Set the axial pane to the left of the other two, or above them in a tall view."""
        wide = self.width() > _WIDE * self.height()
        self._outer.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        self._inner.setOrientation(Qt.Orientation.Vertical if wide else Qt.Orientation.Horizontal)

    # ------------------------------------------------------------------ parts

    def _connect(self, pane: MprPane) -> None:
        pane.pressed.connect(lambda: self._press(pane))
        pane.scrolled.connect(lambda steps: self._scroll(pane, steps))
        pane.point_wanted.connect(self._move)
        pane.turned.connect(lambda radians: self.turn(pane.shown_plane, radians))
        pane.straightened.connect(self.straighten)
        pane.windowed.connect(self._window)
        pane.lesion_clicked.connect(self.lesion_clicked)
        pane.window_menu_wanted.connect(self.window_menu_wanted)
        pane.placed.connect(self._place)
        pane.maximise_requested.connect(lambda: self.toggle_maximised(pane))

    def _press(self, pane: MprPane) -> None:
        self._active = pane
        self._mark_active(pane)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pressed.emit()

    def _mark_active(self, pane: MprPane | None) -> None:
        for other in self._panes.values():
            other.set_active(other is pane)

    def _place(self, point: PointLps) -> None:
        if self._shown and self._shown.linked:
            self.placed.emit(point)
        elif self._shown:
            self.refused.emit(
                tr("{title} is not linked with the study, so that nothing can be placed in it.").format(
                    title=self._shown.title
                )
            )

    def _scroll(self, pane: MprPane, steps: int) -> None:
        shown = self._shown
        if shown is None:
            return
        stack = shown.stacks[pane.shown_plane]
        u, v, depth = stack.uvd(shown.crosshair)
        last = stack.depth_of(stack.slice_count - 1)
        wanted = depth + steps * stack.reading_step * stack.depth_step
        self._move(stack.lps(u, v, min(max(wanted, stack.first_depth), last)))

    def _step(self, right_mm: float, down_mm: float) -> None:
        """Move the crosshair within the pane that was pressed last."""
        if self._shown:
            stack = self._shown.stacks[self._active.shown_plane]
            u, v, depth = stack.uvd(self._shown.crosshair)
            self._move(stack.lps(u + right_mm, v + down_mm, depth))

    def _move(self, point: PointLps) -> None:
        if self._shown:
            self._show(replace(self._shown, crosshair=point))
            if self._shown.linked:
                self.crosshair_moved.emit(point)

    def turn(self, about: Plane, radians: float) -> None:
        """Turn the other two planes about the normal of `about`, clockwise on its screen."""
        if self._shown:
            self._turn_to(self._shown, self._shown.planes.turned(about, radians))

    def _turn_to(self, shown: _Shown, planes: Planes) -> None:
        stacks = {
            plane: shown.stacks[plane]
            if planes.of(plane) is shown.planes.of(plane)
            else oblique_stack(shown.volume, plane, planes.of(plane))
            for plane in PLANES
        }
        self._show(replace(shown, planes=planes, stacks=MappingProxyType(stacks), lines=_lines(planes)))
        self._show_bar()

    def _window(self, right: float, down: float) -> None:
        if self._shown:
            unit = self._shown.reset_window.width / _WINDOW_DRAG_PIXELS
            now = self._shown.window
            raised = down if self._down_darkens else -down
            self.set_window(Window(max(now.width + right * unit, _NARROWEST), now.level + raised * unit))

    def _show(self, shown: _Shown) -> None:
        self._shown = shown
        for plane, pane in self._panes.items():
            pane.set_view(_view(shown, plane))

    def _show_bar(self) -> None:
        shown = self._shown
        self.bar.setEnabled(shown is not None)
        if shown is not None:
            self.bar.show_axes(patient=shown.patient_axes, turned=shown.planes is not shown.base)

    def _lay_out(self) -> tuple[QSplitter, QSplitter]:
        inner = _splitter(Qt.Orientation.Vertical, self._panes[Plane.SAGITTAL], self._panes[Plane.CORONAL])
        outer = _splitter(Qt.Orientation.Horizontal, self._panes[Plane.AXIAL], inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(outer, 1)
        return outer, inner


def _middle_voxel(volume: Volume) -> PointLps:
    """Return the middle of the voxel in the middle, so that each plane begins on voxels and not between them."""
    k, j, i = (float(n // 2) for n in volume.spatial_shape)
    return position_lps(volume, (k, j, i))


def _stacks(volume: Volume, planes: Planes) -> Mapping[Plane, StackGeometry]:
    return MappingProxyType({plane: oblique_stack(volume, plane, planes.of(plane)) for plane in PLANES})


def _lines(planes: Planes) -> Mapping[Plane, tuple[AxisLine, ...]]:
    def in_picture_of(shown: Plane) -> tuple[AxisLine, ...]:
        return tuple(AxisLine(other, planes.direction(shown, other)) for other in PLANES if other is not shown)

    return MappingProxyType({plane: in_picture_of(plane) for plane in PLANES})


def _view(shown: _Shown, plane: Plane) -> PaneView:
    return PaneView(
        stack=shown.stacks[plane],
        crosshair=shown.crosshair,
        lines=shown.lines[plane],
        caption=Caption(f"{shown.title} · MPR {PLANE_WORDS[plane]}", _caption_lines(shown, plane)),
        window=shown.window,
        inverted=shown.inverted,
        slab=shown.slab,
    )


def _caption_lines(shown: _Shown, plane: Plane) -> tuple[str, ...]:
    lies = lies_in_words(shown.planes.tilt_deg(plane, shown.base), patient=shown.patient_axes)
    slab = (slab_in_words(shown.slab),) if shown.slab else ()
    named = (shown.window_name,) if shown.window_name else ()
    return (lies, *slab, *named)


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
