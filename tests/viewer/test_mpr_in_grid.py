"""In the reading grid the MPR and the 3D view follow the study, the crosshair and the lesions, and are followed."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from core.report import Report
from core.study import Role
from service.reading import OpenStudy
from viewer.jobs import JobRunner
from viewer.key_map import KeyMap
from viewer.lesion_overlays import overlays_of
from viewer.linked_grid import gland_frame
from viewer.mpr_view import MprView
from viewer.overlays import Overlays
from viewer.reading_grid import ReadingGrid
from viewer.render.geometry import Plane
from viewer.special_views import mpr_view, view_3d
from viewer.view_3d import View3D
from viewer.viewport_tools import Tool


@pytest.fixture
def grid(qtbot: Any, jobs: JobRunner, opened: OpenStudy, report: Report) -> ReadingGrid:
    """The made-up study in the MPR + 3D layout, with the lesions of its report."""
    keys = KeyMap()
    grid = ReadingGrid(keys=keys)
    qtbot.addWidget(grid)
    grid.set_views({"mpr": lambda: mpr_view(grid, keys), "3d": lambda: view_3d(grid, jobs)})
    grid.resize(1200, 800)
    grid.show_study(opened.series)
    grid.choose("mpr-3d")
    grid.set_overlays(overlays_of(report, hidden=frozenset(), selected=""))
    grid.show()
    qtbot.waitExposed(grid)
    return grid


def _views(grid: ReadingGrid) -> tuple[MprView, View3D]:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    (mpr,), (view_3d,) = grid.findChildren(MprView), grid.findChildren(View3D)
    return mpr, view_3d


def test_both_views_show_the_axial_t2_and_the_lesions_of_the_grid(
    qtbot: Any, grid: ReadingGrid, opened: OpenStudy, report: Report
) -> None:
    mpr, body = _views(grid)
    assert body.content.volume is opened.volume(Role.T2_AXIAL)
    assert body.content.overlays is grid.display.overlays
    lesion = report.lesions[0]
    grid.set_crosshair(lesion.centroid_lps_mm)
    pane = mpr.pane(Plane.CORONAL)
    assert pane.lesion_at(QPointF(*pane.plane().pixel(lesion.centroid_lps_mm))) == lesion.tracking_uid
    qtbot.waitUntil(lambda: body.canvas.picture is not None, timeout=60_000)


def test_one_crosshair_in_viewports_planes_and_cuts(grid: ReadingGrid, mouse: Any) -> None:
    mpr, body = _views(grid)
    grid.set_crosshair((1.0, 2.0, 12.0))
    assert mpr.crosshair == body.content.crosshair == (1.0, 2.0, 12.0)
    moved = QSignalSpy(grid.crosshair_moved)
    mouse.wheel(mpr.pane(Plane.SAGITTAL), -1, QPointF(40, 60))
    assert mpr.crosshair == pytest.approx((2.0, 2.0, 12.0))
    assert grid.crosshair == body.content.crosshair == mpr.crosshair
    assert moved.count() == 1


def test_tools_and_strength_of_the_overlays_reach_both(grid: ReadingGrid, report: Report, mouse: Any) -> None:
    mpr, body = _views(grid)
    grid.set_overlay_visible(False)
    assert not body.content.bodies
    lesion = report.lesions[0]
    grid.set_crosshair(lesion.centroid_lps_mm)
    pane = mpr.pane(Plane.AXIAL)
    at = QPointF(*pane.plane().pixel(lesion.centroid_lps_mm)) + QPointF(14, 14)
    assert pane.lesion_at(at) == ""
    grid.set_overlay_visible(True)
    assert pane.lesion_at(at) == lesion.tracking_uid
    clicked, placed = QSignalSpy(grid.lesion_clicked), QSignalSpy(grid.placed)
    mouse.click(pane, at)
    assert clicked.at(0)[0] == lesion.tracking_uid
    grid.set_tool(Tool.ADD_LESION)
    mouse.click(pane, at)
    assert placed.count() == 1


def test_another_study_and_none_are_followed(grid: ReadingGrid, opened: OpenStudy) -> None:
    grid.show_study([one for one in opened.series if one.choice.role is not Role.T2_AXIAL])
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not grid.findChildren(MprView), "without an axial T2 another layout is hung"
    grid.show_study(opened.series)
    grid.choose("mpr-3d")
    mpr, body = _views(grid)
    assert body.content.volume is opened.volume(Role.T2_AXIAL)
    assert mpr.crosshair == grid.crosshair
    grid.clear()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    grid.set_crosshair((0.0, 0.0, 0.0))


def test_layouts_that_come_and_go_leave_nothing_of_vtk(
    qtbot: Any, grid: ReadingGrid, vtk_objects: Callable[[], int]
) -> None:
    def once() -> None:
        grid.choose("mpr-3d")
        _, body = _views(grid)
        qtbot.waitUntil(lambda: body.canvas.picture is not None, timeout=60_000)
        QApplication.processEvents()
        grid.set_free_grid(1, 1)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QApplication.processEvents()

    once()
    before = vtk_objects()
    for _ in range(5):
        once()
    assert vtk_objects() == before


def test_the_planes_go_to_the_gland_when_the_ai_finds_it(grid: ReadingGrid, report: Report) -> None:
    mpr, _ = _views(grid)
    pane, kept = mpr.pane(Plane.AXIAL), grid.display.overlays
    framed = gland_frame(kept)
    assert framed is not None
    mpr.frame(*framed)
    at_gland = pane.plane().mm_per_pixel
    grid.set_overlays(Overlays())
    mpr.reset()
    assert pane.plane().mm_per_pixel != pytest.approx(at_gland)
    grid.set_overlays(kept)
    assert pane.plane().mm_per_pixel == pytest.approx(at_gland)
    mpr.reset()
    grid.set_overlays(overlays_of(report, hidden=frozenset(), selected=report.lesions[0].tracking_uid))
    assert pane.plane().mm_per_pixel != pytest.approx(at_gland), "an edit leaves the view alone"
