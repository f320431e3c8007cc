"""Viewports that act together: one crosshair in patient space, one tool, one set of marks, and the keys."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from highdicom import Volume
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from core.nudge import Nudges
from core.study import Role
from core.volume import PointLps, centroid_lps
from viewer.hand import Grips, Hand
from viewer.hanging_display import Display, dress
from viewer.hanging_panes import Framable, Panes
from viewer.key_commands import BY_NAME, Place
from viewer.key_map import KeyMap
from viewer.language import tr
from viewer.layers import Layer
from viewer.magnifier import Magnifier
from viewer.overlays import Outlines, Overlays
from viewer.render.lut import automatic_window
from viewer.viewport import Viewport
from viewer.viewport_tools import Tool
from viewer.window_menu import add_windows, show_window_menu
from viewer.window_presets import WindowPreset, presets_of

_PAGE = 5
_GLAND_SHARE = 1.5
_LATER_MS = 1
"""Not 0: a timer of 0 ms may come before the paint event that it is to follow."""


class LinkedGrid(QWidget):
    """All viewports whose series is in the study's frame of reference share a patient position, the crosshair.

    Each shows the slice nearest to it. Scrolling one moves the position along its normal.
    """

    crosshair_moved = Signal(object)
    lesion_clicked = Signal(str)
    placed = Signal(object)
    refused = Signal(str)
    """What the reader did in a viewport cannot be done there; the sentence says why."""
    overlay_visible_changed = Signal(bool)
    display_changed = Signal()
    """`display` is another value."""

    def __init__(self, parent: QWidget | None = None, *, keys: KeyMap | None = None) -> None:
        super().__init__(parent)
        self._keys = keys or KeyMap(parent=self)
        self._display = Display()
        self._outlines = Outlines()
        self._framed = False
        self._maximised: QWidget | None = None
        self._magnifier: Magnifier | None = None
        self._laid_down: Hand | None = None
        self._panes = Panes()
        self._later = QTimer(self, singleShot=True, interval=_LATER_MS)
        self._later.timeout.connect(self._panes.release)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panes)
        self.setAccessibleName(tr("Images"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def keys(self) -> KeyMap:
        """The reader's keys."""
        return self._keys

    @property
    def viewports(self) -> tuple[Viewport, ...]:
        """All viewports in reading order."""
        return self._panes.viewports

    # ------------------------------------------------------------------ what all viewports share

    @property
    def display(self) -> Display:
        """What all viewports share."""
        return self._display

    def set_display(self, display: Display) -> None:
        """Share this from now on, e.g. what another grid of the same study shares."""
        before, self._display = self._display, display
        for viewport in self.viewports:
            dress(viewport, display, before)
        if display.overlays.gland is not before.overlays.gland:
            for viewport in self._panes.showing(Role.T2_AXIAL):
                self._set_gland_window(viewport)
        self.display_changed.emit()

    @property
    def crosshair(self) -> PointLps | None:
        """Where the crosshair is (mm, LPS); None while no series is shown."""
        return self._display.crosshair

    @property
    def active(self) -> Viewport:
        """The viewport that the keys act on."""
        return self._active

    def set_overlays(self, overlays: Overlays) -> None:
        """Show these overlays instead of those before; the view stays where it is."""
        self.set_display(replace(self._display, overlays=overlays, marks=self._outlines.marks(overlays)))

    def set_crosshair(self, point: PointLps) -> None:
        """Move every linked viewport to a patient position (mm, LPS), without the signal."""
        self.set_display(replace(self._display, crosshair=point))

    def move_crosshair(self, point: PointLps) -> None:
        """Move every linked viewport to a patient position (mm, LPS) and say so."""
        self.set_crosshair(point)
        self.crosshair_moved.emit(point)

    def set_tool(self, tool: Tool) -> None:
        """Set what the left button does in every viewport."""
        self.set_display(replace(self._display, tool=tool))

    def set_hand(self, hand: Hand | None) -> None:
        """Give the left button of every viewport to a marking tool, or back to the view tools with None."""
        self.set_display(replace(self._display, hand=hand))

    def set_grips(self, grips: Grips | None) -> None:
        """Let a press in any viewport take hold of something drawn."""
        self.set_display(replace(self._display, grips=grips))

    def set_layers(self, *, under: Sequence[Layer] = (), over: Sequence[Layer] = ()) -> None:
        """Paint these layers in every viewport: `under` below the marks, `over` above them."""
        self.set_display(replace(self._display, layers=(tuple(under), tuple(over))))

    def set_overlay_visible(self, visible: bool) -> None:
        """Show or hide all overlays."""
        self.set_display(replace(self._display, visible=visible))

    def set_overlay_opacity(self, opacity: float) -> None:
        """Set how strong overlays are, from 0 to 1."""
        self.set_display(replace(self._display, opacity=min(max(opacity, 0.0), 1.0)))

    def frame_gland(self) -> None:
        """Zoom every linked viewport and the MPR to the gland; without one nothing changes."""
        self._framed = True
        self._frame(self._panes.framable)

    def toggle_maximised(self, view: QWidget) -> None:
        """Fill the grid with one viewport or special view, or show all again."""
        self._maximised = view if self._maximised is None else None
        self._panes.show_only(self._maximised)
        if isinstance(self._maximised, Viewport):
            self._activate(self._maximised)

    def _made_viewport(self) -> Viewport:
        """Return a new viewport that acts together with the others."""
        viewport = Viewport(self._panes)
        viewport.point_requested.connect(lambda point: self._move_with(viewport, point))
        viewport.lesion_clicked.connect(self.lesion_clicked)
        viewport.placed.connect(self.placed)
        viewport.refused.connect(self.refused)
        viewport.pressed.connect(lambda: self._press(viewport))
        viewport.maximise_requested.connect(lambda: self.toggle_maximised(viewport))
        viewport.window_menu_wanted.connect(partial(self._show_window_menu, viewport))
        dress(viewport, self._display)
        return viewport

    def _share_with(self, viewport: Viewport, *, framed: bool) -> None:
        """Give a viewport in which a series was just hung what all share, and show the gland in it when `framed`."""
        if viewport in self._panes.showing(Role.T2_AXIAL):
            self._set_gland_window(viewport)
        if framed:
            self._frame([viewport])
        dress(viewport, self._display)

    def _move_with(self, viewport: Viewport, point: PointLps) -> None:
        """Move the crosshair as the reader does it in a viewport: that one is painted at once.

        The others follow when the events that wait are done with, so that a burst of them paints them once.
        """
        self._panes.hold_all_but(viewport)
        if not self._later.isActive():
            self._later.start()
        self.move_crosshair(point)

    def _forget(self) -> None:
        """Share no crosshair and no overlays."""
        self._framed, self._outlines = False, Outlines()
        self.set_display(
            replace(self._display, crosshair=None, normals=(), overlays=Overlays(), marks=(), nudges=Nudges())
        )

    def _frame(self, views: Iterable[Framable]) -> None:
        framed = gland_frame(self._display.overlays)
        if framed is not None:
            for view in views:
                view.frame(*framed)

    def _set_gland_window(self, viewport: Viewport) -> None:
        gland = self._display.overlays.gland
        if viewport.hung and gland is not None:
            viewport.set_reset_window(automatic_window(viewport.hung.volume, Role.T2_AXIAL, gland))

    # ------------------------------------------------------------------ keys

    def acts(self) -> Mapping[str, Callable[[], object]]:
        """Return what the commands of the images do, by their names in `key_commands`."""
        return {
            "slice_back": lambda: self._active.scroll_slices(-1),
            "slice_on": lambda: self._active.scroll_slices(1),
            "page_back": lambda: self._active.scroll_slices(-_PAGE),
            "page_on": lambda: self._active.scroll_slices(_PAGE),
            "first_slice": lambda: self._active.scroll_slices(-self._slice_count),
            "last_slice": lambda: self._active.scroll_slices(self._slice_count),
            "viewport_before": lambda: self._activate_beside(-1),
            "viewport_after": lambda: self._activate_beside(1),
            "crosshair_left": lambda: self._step_crosshair(-1, 0),
            "crosshair_right": lambda: self._step_crosshair(1, 0),
            "crosshair_up": lambda: self._step_crosshair(0, -1),
            "crosshair_down": lambda: self._step_crosshair(0, 1),
            "maximise": lambda: self.toggle_maximised(self._active),
            "frame_gland": self.frame_gland,
            "invert": self._active.invert,
            "reset_view": self._active.reset,
            "overlays": self._toggle_overlays,
            "look_underneath": lambda: self._peek(True),
            "magnify": self._magnify,
            **{f"window_{number}": partial(self._preset, self._active, number - 1) for number in (1, 2, 3)},
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key stands for among the commands of the images."""
        name = self._keys.command_of(Place.IMAGES, event.keyCombination())
        act = self.acts().get(name)
        if act is None or (event.isAutoRepeat() and not BY_NAME[name].repeats):
            super().keyPressEvent(event)
        else:
            act()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End the look underneath, or through the magnifier."""
        if not event.isAutoRepeat():
            self.let_go()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """End what a held key does, as its release would go elsewhere."""
        self.let_go()
        super().focusOutEvent(event)

    # ------------------------------------------------------------------ the active viewport

    def _press(self, viewport: Viewport) -> None:
        self._activate(viewport)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def _activate(self, viewport: Viewport) -> None:
        self._active = viewport
        self._mark_active(viewport)

    def take_keys(self) -> None:
        """Let the keys act on the images, on a special view where it has them already."""
        if not self._panes.has_keys:
            self.setFocus()

    def show_no_active(self) -> None:
        """Mark no viewport while a special view has the keys."""
        for viewport in self.viewports:
            viewport.set_active(False)

    def show_active(self) -> None:
        """Mark again which viewport the keys act on."""
        self._mark_active(self._active)

    def _mark_active(self, viewport: Viewport) -> None:
        for other in self.viewports:
            other.set_active(other is viewport)

    def _peek(self, peeking: bool) -> None:
        if self._display.peeking != peeking:
            self.set_display(replace(self._display, peeking=peeking))

    def _magnify(self) -> None:
        if self._magnifier is not None:
            return
        self._magnifier, self._laid_down = Magnifier(), self._display.hand
        self.set_hand(self._magnifier)
        for viewport in self.viewports:
            at = viewport.mapFromGlobal(QCursor.pos())
            if viewport.rect().contains(at):
                self._magnifier.hover(viewport, QPointF(at))

    def let_go(self) -> None:
        """End what a held key does."""
        self._peek(False)
        if self._magnifier is not None:
            self._magnifier.cancel()
            self._magnifier = None
            self.set_hand(self._laid_down)

    def _presets(self, view: Viewport) -> tuple[WindowPreset, ...]:
        """Return the windows for the kind of series that a viewport shows."""
        offer = next((slot.offer for viewport, slot in self._panes.hangings() if viewport is view), None)
        return presets_of(offer.choice.role) if offer is not None and view.hung is not None else ()

    def _preset(self, view: Viewport, number: int) -> None:
        """Give a viewport one of the windows for its kind of series."""
        presets = self._presets(view)
        if number < len(presets) and view.hung is not None:
            preset, volume, gland = presets[number], view.hung.volume, self._display.overlays.gland
            view.choose_window(preset.window(volume, gland), preset.told(volume, gland))

    def _show_window_menu(self, view: Viewport, on_screen: QPoint) -> None:
        show_window_menu(view, on_screen, lambda menu: self._add_windows(menu, view))

    def _add_windows(self, menu: QMenu, view: Viewport) -> None:
        """Offer the windows for the kind of series that a viewport shows, by their names."""
        if view.hung is None:
            return
        presets, gland = self._presets(view), self._display.overlays.gland
        choose = partial(self._preset, view)
        add_windows(menu, presets, view.hung.volume, gland, view.window_name, self._keys, choose)

    @property
    def _slice_count(self) -> int:
        return self._active.hung.stack.slice_count if self._active.hung else 0

    def _step_crosshair(self, right_mm: float, down_mm: float) -> None:
        """Move the crosshair within the plane of the active viewport."""
        point, hung = self.crosshair, self._active.hung
        if point is not None and hung is not None and hung.linked:
            u, v, depth = hung.stack.uvd(point)
            self._move_with(self._active, hung.stack.lps(u + right_mm, v + down_mm, depth))

    def _activate_beside(self, step: int) -> None:
        if self._maximised is None:
            order = self.viewports
            self._activate(order[(order.index(self._active) + step) % len(order)])
            self.setFocus()  # a special view may have the keys

    def _toggle_overlays(self) -> None:
        self.set_overlay_visible(not self._display.visible)
        self.overlay_visible_changed.emit(self._display.visible)


def gland_frame(overlays: Overlays) -> tuple[PointLps, float] | None:
    """Return the middle of the gland (mm, LPS) and how many millimetres around it show it well; None without one."""
    gland = overlays.gland
    if gland is None or not gland.array.any():
        return None
    return centroid_lps(gland), _GLAND_SHARE * _widest_mm(gland)


def _widest_mm(mask: Volume) -> float:
    """Return the longest side of a mask's box in millimetres, along the axes of its grid."""
    sides = [mask.array.any(axis=tuple(a for a in range(3) if a != axis)).sum() for axis in range(3)]
    return max(float(n) * mm for n, mm in zip(sides, mask.spacing, strict=True))
