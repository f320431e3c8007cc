"""MPR and 3D as parts of a layout: they show the study's reference series and share what the viewports share."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from viewer.hanging import hung_of
from viewer.hanging_display import Display
from viewer.jobs import JobRunner
from viewer.key_map import KeyMap
from viewer.linked_grid import gland_frame
from viewer.mpr_view import MprView
from viewer.reading_grid import ReadingGrid
from viewer.slice_view import Hung
from viewer.view_3d import View3D

_NO_SERIES = "No series of this study can be cut: it has no images with a place in the patient."


def mpr_view(grid: ReadingGrid, keys: KeyMap) -> QWidget:
    """Return three planes through the crosshair of `grid`, along the axial T2 or whichever series its study has."""
    view = MprView(keys=keys)
    hung = _reference(grid)
    if hung is None:
        view.show_empty(_NO_SERIES)
        return view
    view.show_volume(hung.volume, hung.caption.title, hung.window, unit=hung.unit, linked=hung.linked)
    view.crosshair_moved.connect(grid.move_crosshair)
    view.lesion_clicked.connect(grid.lesion_clicked)
    view.placed.connect(grid.placed)
    view.frame_wanted.connect(lambda: _frame(view, grid.display))

    def show(now: Display, before: Display | None) -> None:
        if before is None or now.tool is not before.tool:
            view.set_tool(now.tool)
        if before is None or now.layers is not before.layers:
            view.set_layers(under=now.layers[0], over=now.layers[1])
        if before is None or now.marks is not before.marks:
            view.set_marks(now.marks)
        view.set_mark_display(visible=now.visible, peeking=now.peeking, opacity=now.opacity)
        if now.crosshair is not None:
            view.set_crosshair(now.crosshair)
        if before is not None and before.overlays.gland is None:
            _frame(view, now)  # the AI found the gland while this hung

    _Follower(grid, view, show)
    _frame(view, grid.display)
    return view


def view_3d(grid: ReadingGrid, jobs: JobRunner) -> QWidget:
    """Return the gland and the lesions of `grid` as bodies, with cuts through its crosshair."""
    view = View3D(jobs)
    hung = _reference(grid)
    if hung is None:
        view.canvas.show_sentence(_NO_SERIES)
        return view
    view.show_volume(hung.volume, hung.caption.title, hung.window)
    view.lesion_clicked.connect(grid.lesion_clicked)
    view.maximise_requested.connect(lambda: grid.toggle_maximised(view))

    def show(now: Display, before: Display | None) -> None:
        if before is None or now.overlays is not before.overlays:
            view.set_overlays(now.overlays)
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


def _reference(grid: ReadingGrid) -> Hung | None:
    reference = grid.study.reference
    return hung_of(reference, reference) if reference is not None else None


def _frame(view: MprView, display: Display) -> None:
    framed = gland_frame(display.overlays)
    if framed is not None:
        view.frame(*framed)
