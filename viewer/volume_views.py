"""The MPR and the 3D view as cells of a reading grid: what makes them, and how they follow what the grid shares."""

import numpy as np
from highdicom import Volume
from PySide6.QtCore import QObject

from core.study import Role
from core.volume import centroid_lps
from service.reading import LoadedSeries
from viewer.hanging_display import Display
from viewer.hanging_panes import Views
from viewer.jobs import JobRunner
from viewer.key_map import KeyMap
from viewer.mpr_view import MprView
from viewer.reading_grid import ReadingGrid
from viewer.render.lut import automatic_window
from viewer.view_3d import View3D

_MISSING, _CLOSED = "No axial T2 in this study", "No study is open"
_GLAND_SHARE = 1.5


class VolumeViews(QObject):
    """Makes the views of the axial T2 of a grid's study; each follows the grid as long as it lives."""

    def __init__(self, grid: ReadingGrid, jobs: JobRunner, keys: KeyMap, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid, self._jobs, self._keys = grid, jobs, keys
        self._zones: Volume | None = None

    @property
    def factories(self) -> Views:
        """What `ReadingGrid.set_views` takes."""
        return {"mpr": self.mpr, "3d": self.view_3d}

    def mpr(self) -> MprView:
        """Return a new MPR that follows the grid."""
        view = MprView(keys=self._keys)
        MprFollower(view, self._grid)
        return view

    def view_3d(self) -> View3D:
        """Return a new 3D view that follows the grid."""
        view = View3D(self._jobs)
        view.set_zones(self._zones)
        View3DFollower(view, self._grid)
        return view

    def set_zones(self, zones: Volume | None) -> None:
        """Show the zones (1 = peripheral, 2 = transition) that the analysis of the open study found, or none."""
        self._zones = zones
        for view in self._grid.findChildren(View3D):
            view.set_zones(zones)


class MprFollower(QObject):
    """Brings what a grid shares to an MPR, and what the reader does there to the grid; ends with the MPR."""

    def __init__(self, view: MprView, grid: ReadingGrid) -> None:
        super().__init__(view)
        self._view, self._grid = view, grid
        self._before = Display()
        view.crosshair_moved.connect(grid.move_crosshair)
        view.lesion_clicked.connect(grid.lesion_clicked)
        view.placed.connect(grid.placed)
        view.frame_wanted.connect(self._frame)
        grid.study_changed.connect(self._show_study)
        grid.display_changed.connect(self._follow)
        self._show_study()

    def _show_study(self) -> None:
        volume, title = axial_t2(self._grid)
        if volume is None:
            self._view.show_empty(title)
            return
        window = automatic_window(volume, Role.T2_AXIAL, self._grid.display.overlays.gland)
        self._view.show_volume(volume, title, window)
        self._before = Display()
        self._follow()

    def _follow(self) -> None:
        before, now, view = self._before, self._grid.display, self._view
        self._before = now
        if now.crosshair is not None and now.crosshair is not before.crosshair:
            view.set_crosshair(now.crosshair)
        if now.tool is not before.tool:
            view.set_tool(now.tool)
        if now.layers is not before.layers:
            view.set_layers(under=now.layers[0], over=now.layers[1])
        if now.marks is not before.marks:
            view.set_marks(now.marks)
        if _strength(now) != _strength(before):
            view.set_mark_display(visible=now.visible, peeking=now.peeking, opacity=now.opacity)
        if before.overlays.gland is None and now.overlays.gland is not None:
            self._frame()

    def _frame(self) -> None:
        gland = self._grid.display.overlays.gland
        if gland is not None and gland.array.any():
            self._view.frame(centroid_lps(gland), _GLAND_SHARE * _widest_mm(gland))


class View3DFollower(QObject):
    """Brings what a grid shares to a 3D view, and clicks on lesions there to the grid; ends with the view."""

    def __init__(self, view: View3D, grid: ReadingGrid) -> None:
        super().__init__(view)
        self._view, self._grid = view, grid
        self._before = Display()
        view.lesion_clicked.connect(grid.lesion_clicked)
        view.maximise_requested.connect(self._maximise)
        grid.study_changed.connect(self._show_study)
        grid.display_changed.connect(self._follow)
        self._show_study()

    def _show_study(self) -> None:
        volume, title = axial_t2(self._grid)
        if volume is None:
            self._view.clear()
            return
        window = automatic_window(volume, Role.T2_AXIAL, self._grid.display.overlays.gland)
        self._view.show_volume(volume, title, window)
        self._before = Display()
        self._follow()

    def _follow(self) -> None:
        before, now, view = self._before, self._grid.display, self._view
        self._before = now
        if now.crosshair is not None and now.crosshair is not before.crosshair:
            view.set_crosshair(now.crosshair)
        if now.overlays is not before.overlays:
            view.set_overlays(now.overlays)
        if _strength(now) != _strength(before):
            view.set_mark_display(visible=now.visible, peeking=now.peeking, opacity=now.opacity)

    def _maximise(self) -> None:
        self._grid.toggle_maximised(self._view)


def axial_t2(grid: ReadingGrid) -> tuple[Volume | None, str]:
    """Return the axial T2 of a grid's study and its title; without one None and the sentence that says why."""
    series: LoadedSeries | None = next(
        (one for one in grid.study.series if one.choice.role is Role.T2_AXIAL and not one.prior), None
    )
    if series is None:
        return None, _MISSING if grid.offers else _CLOSED
    return series.volume, series.choice.title if series.volume is not None else series.problem


def _strength(display: Display) -> tuple[bool, bool, float]:
    return display.visible, display.peeking, display.opacity


def _widest_mm(mask: Volume) -> float:
    """Return the longest side of a mask's box (mm), along the axes of its grid."""
    found = np.argwhere(mask.array > 0)
    return float(((np.ptp(found, axis=0) + 1) * mask.spacing).max())
