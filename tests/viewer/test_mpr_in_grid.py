"""In the reading grid the MPR and the 3D view follow the study, the crosshair and the lesions, and are followed."""

from collections.abc import Callable
from dataclasses import replace
from math import radians
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget

from core.annotations import Kind
from core.report import Report
from core.study import Role
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer.annotation_desk import AnnotationDesk
from viewer.annotation_layer import in_slice
from viewer.jobs import JobRunner
from viewer.key_map import KeyMap
from viewer.layout_button import LayoutButton
from viewer.lesion_overlays import overlays_of
from viewer.linked_grid import gland_frame
from viewer.mpr_pane import MprPane
from viewer.mpr_view import MprView
from viewer.overlays import Overlays
from viewer.reading_grid import ReadingGrid
from viewer.reading_page import ReadingPage
from viewer.render.geometry import Plane
from viewer.render.lut import Window, automatic_window
from viewer.session import Session
from viewer.shortcuts import show_keys
from viewer.special_views import mpr_view, view_3d
from viewer.theme import COLOURS
from viewer.view_3d import View3D
from viewer.viewport_tools import Tool
from viewer.window_presets import presets_of


@pytest.fixture
def grid(qtbot: Any, jobs: JobRunner, opened: OpenStudy, report: Report) -> ReadingGrid:
    """The made-up study in the MPR + 3D layout, with the lesions of its report."""
    grid = ReadingGrid(keys=KeyMap())
    qtbot.addWidget(grid)
    grid.set_views({"mpr": mpr_view, "3d": lambda grid: view_3d(grid, jobs)})
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


def test_the_right_button_offers_the_windows_of_the_series_as_in_every_viewport(
    grid: ReadingGrid, opened: OpenStudy
) -> None:
    mpr, _ = _views(grid)
    volume, gland = opened.volume(Role.T2_AXIAL), grid.display.overlays.gland
    assert volume is not None
    pane = mpr.pane(Plane.SAGITTAL)
    menu = _menu_of(pane, mpr)
    offered = [tuple(action.text().split("\t")) for action in menu.actions()]
    assert offered == [("Gland", "Alt + 1"), ("Gland, more contrast", "Alt + 2"), ("Whole picture", "Alt + 3")]
    assert not any(action.isChecked() for action in menu.actions()), "it began with the window of the series"

    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(menu.actions()[1]).center())
    assert mpr.grey_window == presets_of(Role.T2_AXIAL)[1].window(volume, gland)
    menu = _menu_of(pane, mpr)
    assert [action.isChecked() for action in menu.actions()] == [False, True, False]
    menu.close()


def test_a_drag_with_the_right_button_opens_no_menu(grid: ReadingGrid, mouse: Any) -> None:
    mpr, _ = _views(grid)
    mouse.drag(mpr.pane(Plane.AXIAL), QPointF(60, 60), QPointF(60, 100), Qt.MouseButton.RightButton)
    assert mpr.findChild(QMenu, "windowMenu") is None


def _menu_of(pane: MprPane, mpr: MprView) -> QMenu:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QTest.mouseClick(pane, Qt.MouseButton.RightButton, pos=QPoint(40, 60))
    menu = mpr.findChild(QMenu, "windowMenu")
    assert isinstance(menu, QMenu)
    return menu


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


# ---------------------------------------------------------------------------------------------------------------------
# Keys and tools as in the viewports


def _click_beside(mouse: Any, mpr: MprView, plane: Plane = Plane.AXIAL) -> None:
    """Make a pane the active one by a click beside its lines."""
    mouse.click(mpr.pane(plane), QPointF(8, 60))


def test_the_key_that_frames_the_gland_frames_the_planes_from_wherever_it_is_pressed(
    grid: ReadingGrid, mouse: Any
) -> None:
    mpr, _ = _views(grid)
    pane, viewport = mpr.pane(Plane.CORONAL), grid.viewports[0]
    framed = gland_frame(grid.display.overlays)
    assert framed is not None
    for focus in (grid, mpr):
        mpr.reset()
        viewport.reset()
        focus.setFocus()
        QTest.keyClick(focus, Qt.Key.Key_F)
        for view in (pane, viewport):
            across = view.plane().mm_per_pixel * min(view.width(), view.height())
            assert across == pytest.approx(framed[1])


def test_the_windows_of_the_series_are_chosen_by_their_keys(grid: ReadingGrid, opened: OpenStudy, mouse: Any) -> None:
    mpr, _ = _views(grid)
    volume, gland = opened.volume(Role.T2_AXIAL), grid.display.overlays.gland
    assert volume is not None
    _click_beside(mouse, mpr)
    seen = [viewport.state.window for viewport in grid.viewports]
    for number, preset in enumerate(presets_of(Role.T2_AXIAL), start=1):
        QTest.keyClick(mpr, Qt.Key[f"Key_{number}"], Qt.KeyboardModifier.AltModifier)
        assert mpr.grey_window == preset.window(volume, gland)
    assert [viewport.state.window for viewport in grid.viewports] == seen
    QTest.keyClick(mpr, Qt.Key.Key_Space)
    assert mpr.grey_window == automatic_window(volume, Role.T2_AXIAL, gland)


def test_the_planes_tell_the_name_of_the_window_until_it_is_another(grid: ReadingGrid, mouse: Any) -> None:
    mpr, _ = _views(grid)
    pane = mpr.pane(Plane.AXIAL)
    _click_beside(mouse, mpr)
    QTest.keyClick(mpr, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert _caption(pane)[-1] == presets_of(Role.T2_AXIAL)[2].name
    mpr.set_tool(Tool.WINDOW)
    mouse.drag(pane, QPointF(20, 60), QPointF(40, 60), Qt.MouseButton.LeftButton)
    assert presets_of(Role.T2_AXIAL)[2].name not in _caption(pane)


def test_only_the_pane_or_the_viewport_that_has_the_keys_is_marked(grid: ReadingGrid, mouse: Any) -> None:
    mpr, _ = _views(grid)
    viewport, pane = grid.viewports[0], mpr.pane(Plane.AXIAL)
    grid.setFocus()
    alone = _edge(viewport), _edge(pane)
    assert alone == (True, False)
    _click_beside(mouse, mpr)
    assert (_edge(viewport), _edge(pane)) == (False, True)
    QTest.keyClick(mpr, Qt.Key.Key_Right)  # the next viewport
    assert grid.hasFocus()
    assert [_edge(one) for one in grid.viewports].count(True) == 1
    assert not _edge(pane)


def test_a_tool_that_is_taken_in_hand_leaves_the_keys_with_the_planes(
    qtbot: Any, ws: Workspace, jobs: JobRunner, opened: OpenStudy, mouse: Any
) -> None:
    page = ReadingPage(ws, jobs)
    qtbot.addWidget(page)
    page.resize(1400, 900)
    page.show()
    qtbot.waitExposed(page)
    page.open(opened, Report(opened.recognised))
    page.grid.choose("mpr-3d")
    mpr, _ = _views(page.grid)
    _click_beside(mouse, mpr)
    for _ in ("taken", "put down"):
        mouse.click(page.marking.strip.button("length"), QPointF(10, 10))
        assert page.focusWidget() is mpr
    page.findChild(QWidget, "impressionEdit").setFocus()
    mouse.click(page.marking.strip.button("length"), QPointF(10, 10))
    assert page.focusWidget() is page.grid
    page.leave()


def _caption(pane: MprPane) -> tuple[str, ...]:
    assert pane.view is not None
    return pane.view.caption.lines


def _edge(view: QWidget) -> bool:
    return view.grab().toImage().pixelColor(1, 1) == QColor(COLOURS["accent"])


def test_overlays_are_hidden_and_looked_underneath_from_the_planes(
    grid: ReadingGrid, report: Report, mouse: Any
) -> None:
    mpr, body = _views(grid)
    lesion = report.lesions[0]
    grid.set_crosshair(lesion.centroid_lps_mm)
    pane = mpr.pane(Plane.AXIAL)
    at = QPointF(*pane.plane().pixel(lesion.centroid_lps_mm)) + QPointF(14, 14)
    _click_beside(mouse, mpr)
    QTest.keyPress(mpr, Qt.Key.Key_H)
    assert pane.lesion_at(at) == ""
    assert grid.display.peeking
    QTest.keyRelease(mpr, Qt.Key.Key_H)
    assert pane.lesion_at(at) == lesion.tracking_uid
    for view in (mpr, body):
        view.setFocus()
        QTest.keyPress(view, Qt.Key.Key_H)
        assert grid.display.peeking
        grid.viewports[0].setFocus()
        grid.setFocus()
        assert not grid.display.peeking, "the release went elsewhere"
    mpr.setFocus()
    QTest.keyClick(mpr, Qt.Key.Key_O)
    assert pane.lesion_at(at) == ""
    QTest.keyClick(mpr, Qt.Key.Key_O)
    assert pane.lesion_at(at) == lesion.tracking_uid


def test_the_magnifier_is_held_over_a_plane(grid: ReadingGrid, mouse: Any) -> None:
    mpr, _ = _views(grid)
    pane = mpr.pane(Plane.AXIAL)
    _click_beside(mouse, mpr)
    mouse.move(pane, QPointF(pane.width() / 2 + 40, pane.height() / 2 + 40))
    plain = pane.grab().toImage()
    QTest.keyPress(mpr, Qt.Key.Key_K)
    assert pane.grab().toImage() != plain
    QTest.keyRelease(mpr, Qt.Key.Key_K)
    assert pane.grab().toImage() == plain


def test_the_edge_of_a_pane_says_whether_the_keys_act_on_it(grid: ReadingGrid, mouse: Any) -> None:
    mpr, _ = _views(grid)
    pane, edge = mpr.pane(Plane.AXIAL), QPoint(1, 40)
    grid.setFocus()
    dark = pane.grab().toImage().pixelColor(edge)
    _click_beside(mouse, mpr)
    assert pane.grab().toImage().pixelColor(edge) != dark
    grid.setFocus()
    assert pane.grab().toImage().pixelColor(edge) == dark


@pytest.mark.parametrize("down_darkens", [True, False])
def test_a_window_drag_goes_the_way_that_the_site_set(grid: ReadingGrid, mouse: Any, down_darkens: bool) -> None:
    mpr, _ = _views(grid)
    grid.set_display(replace(grid.display, tool=Tool.WINDOW, down_darkens=down_darkens))
    viewport, before = grid.viewports[0], mpr.grey_window
    assert before is not None
    seen = viewport.state.window.level
    mouse.drag(mpr.pane(Plane.AXIAL), QPointF(30, 60), QPointF(30, 110), Qt.MouseButton.LeftButton)
    mouse.drag(viewport, QPointF(30, 60), QPointF(30, 110), Qt.MouseButton.LeftButton)
    assert mpr.grey_window is not None
    assert mpr.grey_window.level != before.level
    assert (mpr.grey_window.level > before.level) is down_darkens
    assert (viewport.state.window.level > seen) is down_darkens


def test_a_tool_and_what_is_drawn_are_those_of_the_grid(
    grid: ReadingGrid, report: Report, ws: Workspace, mouse: Any
) -> None:
    mpr, _ = _views(grid)
    session, desk = Session(report, ws.trail, ws.drafts), AnnotationDesk(grid)
    desk.layer_changed.connect(lambda: grid.set_layers(over=(desk.layer,)))
    desk.show_session(session)
    grid.set_grips(desk.grip)
    mpr.turn(Plane.SAGITTAL, radians(30))
    grid.set_hand(desk.hand(Kind.LENGTH))
    pane, viewport = mpr.pane(Plane.AXIAL), grid.viewports[0]
    empty = viewport.grab().toImage()
    middle = QPointF(*pane.plane().pixel(grid.crosshair))
    mouse.drag(pane, middle - QPointF(60, 30), middle + QPointF(60, 30), Qt.MouseButton.LeftButton)
    grid.set_hand(None)
    (drawn,) = session.report.annotations
    assert in_slice(drawn.points, viewport.plane()), "the tilted line crosses the axial slice"
    assert viewport.grab().toImage() != empty
    mouse.click(pane, middle + QPointF(30, 15))
    assert desk.selected == drawn.uid
    desk.show_session(None)
    session.save()


def test_a_series_that_is_not_linked_takes_no_lesion_and_says_so(
    qtbot: Any, phantoms: Any, grid: ReadingGrid, mouse: Any
) -> None:
    mpr, _ = _views(grid)
    volume = phantoms.positions(phantoms.affine((1, 1, 1), (-40, -40, -30)), (60, 80, 80))
    mpr.show_volume(volume, "T2 axial", Window(120.0, 900.0), linked=False)
    grid.set_tool(Tool.ADD_LESION)
    placed, refused = QSignalSpy(grid.placed), QSignalSpy(grid.refused)
    pane = mpr.pane(Plane.AXIAL)
    mouse.click(pane, QPointF(pane.width() / 2 + 20, pane.height() / 2 + 20))
    assert placed.count() == 0
    assert refused.at(0)[0] == "T2 axial is not linked with the study, so that nothing can be placed in it."


def test_the_keys_of_planes_and_bodies_can_be_changed(qtbot: Any, grid: ReadingGrid, mouse: Any) -> None:
    mpr, body = _views(grid)
    qtbot.waitUntil(lambda: body.canvas.picture is not None, timeout=60_000)
    straight = mpr.planes
    grid.keys.change("turn_right", "Ctrl+J")
    grid.keys.change("look_from_A", "Ctrl+U")
    show_keys(grid, grid.keys)
    _click_beside(mouse, mpr, Plane.SAGITTAL)
    QTest.keyClick(mpr, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert mpr.planes is straight
    QTest.keyClick(mpr, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert mpr.planes is not None
    assert straight is not None
    assert mpr.planes.tilt_deg(Plane.AXIAL, straight) == pytest.approx(5.0)
    assert body.canvas.picture is not None
    scene = body.canvas.picture.scene
    body.look_from("S")
    above = scene.screen_axes()
    QTest.keyClick(body, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert scene.screen_axes()[1] == pytest.approx(above[1])
    QTest.keyClick(body, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert scene.screen_axes()[1] != pytest.approx(above[1])
    button = body.findChild(QToolButton, "view3d_A")
    assert button is not None
    assert "Ctrl + U" in button.toolTip()


def test_in_a_window_on_another_monitor_the_planes_follow_the_keys_there(
    qtbot: Any, grid: ReadingGrid, mouse: Any
) -> None:
    twin = grid.twin(1)
    qtbot.addWidget(twin)
    twin.resize(1200, 800)
    twin.show_same(grid)
    twin.choose("mpr-3d")
    twin.set_display(grid.display)
    twin.show()
    qtbot.waitExposed(twin)
    mpr, _ = _views(twin)
    mpr.setFocus()
    mpr.reset()
    QTest.keyClick(mpr, Qt.Key.Key_F)
    framed, pane = gland_frame(twin.display.overlays), mpr.pane(Plane.AXIAL)
    assert framed is not None
    assert pane.plane().mm_per_pixel * min(pane.width(), pane.height()) == pytest.approx(framed[1])
    told = QSignalSpy(twin.crosshair_moved)
    mouse.wheel(pane, -1, QPointF(40, 60))
    assert told.count() == 1
    assert twin.crosshair != grid.crosshair, "it is the window's affair to tell the first grid"


def test_the_layout_button_names_the_keys_as_they_are_now(qtbot: Any, grid: ReadingGrid) -> None:
    button = LayoutButton(grid)
    qtbot.addWidget(button)
    assert button.toolTip().endswith("Next and previous: . and ,")
    grid.keys.change("next_layout", "Ctrl+.")
    show_keys(button, grid.keys)
    assert button.toolTip().endswith("Next and previous: Ctrl + . and ,")
