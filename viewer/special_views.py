"""MPR and 3D as parts of a layout: they show the study's reference series and share what the viewports share."""

from collections.abc import Callable
from functools import partial

from highdicom import Volume
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from core.study import Role
from service.reading import LoadedSeries
from viewer.hanging import hung_of
from viewer.hanging_display import Display
from viewer.jobs import JobRunner
from viewer.language import tr
from viewer.linked_grid import gland_frame
from viewer.mpr_view import MprView
from viewer.reading_grid import ReadingGrid
from viewer.render.lut import automatic_window
from viewer.slice_view import Hung
from viewer.view_3d import View3D
from viewer.window_menu import add_windows, show_window_menu
from viewer.window_presets import presets_of
from viewer.zones_3d import GlandZones

_NO_SERIES = tr("No series of this study can be cut: it has no images with a place in the patient.")


def mpr_view(grid: ReadingGrid) -> QWidget:
    """Return three planes through the crosshair of `grid`, along the axial T2 or whichever series its study has."""
    view = MprView(keys=grid.keys)
    reference, hung = _reference(grid)
    if reference is None or hung is None:
        view.show_empty(_NO_SERIES)
        return view
    role = reference.choice.role
    view.show_volume(hung.volume, hung.caption.title, hung.window, unit=hung.unit, linked=hung.linked)
    view.crosshair_moved.connect(grid.move_crosshair)
    view.lesion_clicked.connect(grid.lesion_clicked)
    view.placed.connect(grid.placed)
    view.refused.connect(grid.refused)
    view.focus_lost.connect(grid.let_go)
    view.focus_gained.connect(grid.show_no_active)
    view.focus_lost.connect(grid.show_active)
    choose = partial(_show_preset, view, hung.volume, role, grid)
    view.preset_wanted.connect(choose)

    def fill(menu: QMenu) -> None:
        gland = grid.display.overlays.gland
        add_windows(menu, presets_of(role), hung.volume, gland, view.window_name, grid.keys, choose)

    view.window_menu_wanted.connect(lambda on_screen: show_window_menu(view, on_screen, fill))

    def show(now: Display, before: Display | None) -> None:
        _dress(view, now, before)
        gland = now.overlays.gland
        if gland is not None and (before is None or gland is not before.overlays.gland) and role is Role.T2_AXIAL:
            view.set_reset_window(automatic_window(hung.volume, role, gland))
        if before is not None and before.overlays.gland is None:
            _frame(view, now)  # the AI found the gland while this hung

    _Follower(grid, view, show)
    _frame(view, grid.display)
    return view


def view_3d(grid: ReadingGrid, jobs: JobRunner) -> QWidget:
    """Return the gland with its zones and the lesions of `grid` as bodies, with cuts through its crosshair."""
    view = View3D(jobs, keys=grid.keys)
    _, hung = _reference(grid)
    if hung is None:
        view.canvas.show_sentence(_NO_SERIES)
        return view
    view.show_volume(hung.volume, hung.caption.title, hung.window)
    view.lesion_clicked.connect(grid.lesion_clicked)
    view.focus_lost.connect(grid.let_go)
    view.maximise_requested.connect(lambda: grid.toggle_maximised(view))
    zones = GlandZones(view, jobs, grid.refused.emit, hung.volume)

    def show(now: Display, before: Display | None) -> None:
        if before is None or now.overlays is not before.overlays:
            view.set_overlays(now.overlays)
        if before is None or now.overlays.gland is not before.overlays.gland:
            zones.follow(now.overlays.gland)
        view.set_mark_display(visible=now.visible, peeking=now.peeking, opacity=now.opacity)
        if now.crosshair is not None:
            view.set_crosshair(now.crosshair)

    _Follower(grid, view, show)
    return view


class _Follower(QObject):
    """Shows each new `display` of a grid in a view, for as long as the view lives."""

    def __init__(self, grid: ReadingGrid, view: QWidget, show: Callable[[Display, Display | None], None]) -> None:
        super().__init__(view)
        self._grid, self._show = grid, show
        self._shown: Display | None = None
        grid.display_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        before, self._shown = self._shown, self._grid.display
        self._show(self._shown, before)


def _dress(view: MprView, now: Display, before: Display | None) -> None:
    """Bring the planes from one moment to another, or, without `before`, give them all of it."""
    if before is None or now.tool is not before.tool:
        view.set_tool(now.tool)
    if before is None or now.down_darkens is not before.down_darkens:
        view.set_window_drag(down_darkens=now.down_darkens)
    if before is None or now.hand is not before.hand:
        view.set_hand(now.hand)
    if before is None or now.grips is not before.grips:
        view.set_grips(now.grips)
    if before is None or now.layers is not before.layers:
        view.set_layers(under=now.layers[0], over=now.layers[1])
    if before is None or now.marks is not before.marks:
        view.set_marks(now.marks)
    view.set_mark_display(visible=now.visible, peeking=now.peeking, opacity=now.opacity)
    if now.crosshair is not None:
        view.set_crosshair(now.crosshair)


def _reference(grid: ReadingGrid) -> tuple[LoadedSeries | None, Hung | None]:
    reference = grid.study.reference
    return reference, hung_of(reference, reference) if reference is not None else None


def _show_preset(view: MprView, volume: Volume, role: Role, grid: ReadingGrid, number: int) -> None:
    presets = presets_of(role)
    if number < len(presets):
        preset, gland = presets[number], grid.display.overlays.gland
        view.set_window(preset.window(volume, gland), preset.told(volume, gland))


def _frame(view: MprView, display: Display) -> None:
    framed = gland_frame(display.overlays)
    if framed is not None:
        view.frame(*framed)
