"""Five viewports, one patient: the crosshair, the slices and the overlays agree in space across all series."""

import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu

from core.study import Role
from core.volume import centroid_lps
from service.reading import LoadedSeries
from viewer.jobs import JobRunner
from viewer.key_commands import COMMANDS, Place
from viewer.key_map import KeyMap
from viewer.mpr_view import MprView
from viewer.overlays import LesionOverlay, Overlays
from viewer.reading_grid import ReadingGrid
from viewer.render.lut import Window
from viewer.view_3d import View3D
from viewer.viewport import Viewport
from viewer.viewport_tools import Tool

_ROLES = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B, Role.T2_SAGITTAL, Role.T2_CORONAL)
_TILT = (-18.6, 0.0, 0.0)
_LEFT = Qt.MouseButton.LeftButton
_SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def study(phantoms: Any) -> tuple[LoadedSeries, ...]:
    """A study as it is acquired: tilted axial and coronal slices, coarse diffusion, straight sagittal slices."""
    shapes: dict[Role, dict[str, Any]] = {
        Role.T2_AXIAL: {"turn_deg": _TILT, "spacing": (3, 0.5, 0.5), "origin": (-30, -30, -30)},
        Role.ADC: {"turn_deg": _TILT, "spacing": (4, 2, 2), "origin": (-40, -40, -30)},
        Role.HIGH_B: {"turn_deg": _TILT, "spacing": (4, 2, 2), "origin": (-40, -40, -30)},
        Role.T2_SAGITTAL: {"axes": "LIP", "spacing": (3.6, 0.6, 0.6), "origin": (-36, -36, 36)},
        Role.T2_CORONAL: {"axes": "PIL", "turn_deg": _TILT, "spacing": (3, 0.6, 0.6), "origin": (-36, -36, 36)},
    }
    sizes = {Role.T2_AXIAL: (19, 120, 120), Role.ADC: (15, 40, 40), Role.HIGH_B: (15, 40, 40)}
    return tuple(
        LoadedSeries(
            phantoms.choice(role, 1400.0 if role is Role.HIGH_B else None),
            phantoms.positions(phantoms.affine(**shape), sizes.get(role, (21, 120, 120))),
        )
        for role, shape in shapes.items()
    )


@pytest.fixture
def grid(qtbot: Any, study: tuple[LoadedSeries, ...]) -> ReadingGrid:
    """The study in a grid on the screen."""
    shown = ReadingGrid()
    qtbot.addWidget(shown)
    shown.resize(1200, 800)
    shown.show()
    qtbot.waitExposed(shown)
    shown.show_study(study)
    QApplication.processEvents()
    return shown


def _lesion(phantoms: Any, study: tuple[LoadedSeries, ...]) -> Overlays:
    t2 = study[0].volume
    gland, lesion = np.zeros((2, *t2.spatial_shape), np.uint8)
    gland[4:15, 30:90, 30:90] = 1
    lesion[8:11, 60:76, 40:56] = 1
    gland_mask, mask = (phantoms.volume(a, t2.affine) for a in (gland, lesion))
    return Overlays(gland_mask, (LesionOverlay("1.2.3", "L1 · PI-RADS 4", (255, 159, 67), mask),), "1.2.3")


# What hangs where


def test_the_series_hang_in_their_places_in_the_sizes_of_the_design(grid: ReadingGrid) -> None:
    boxes = {role: grid.viewport(role).geometry().translated(0, 0) for role in _ROLES}
    places = {role: grid.viewport(role).mapTo(grid, box.topLeft() - box.topLeft()) for role, box in boxes.items()}
    axial = boxes[Role.T2_AXIAL]
    assert axial.height() == 800
    assert axial.width() == pytest.approx(600, abs=5)
    for role in _ROLES[1:]:
        assert (boxes[role].width(), boxes[role].height()) == (pytest.approx(300, abs=5), pytest.approx(400, abs=5))
    assert places[Role.ADC].x() < places[Role.HIGH_B].x()
    assert places[Role.ADC].y() < places[Role.T2_SAGITTAL].y()
    assert places[Role.T2_SAGITTAL].x() < places[Role.T2_CORONAL].x()
    assert all(grid.viewport(role).hung for role in _ROLES)


@pytest.mark.parametrize("size", [(920, 640), (1488, 1003), (3400, 2000)])
def test_the_grid_fits_small_and_large_screens(grid: ReadingGrid, size: tuple[int, int]) -> None:
    grid.resize(*size)
    QApplication.processEvents()
    assert (grid.width(), grid.height()) == size
    assert grid.viewport(Role.T2_AXIAL).width() == pytest.approx(size[0] / 2, abs=6)


def test_missing_and_broken_series_say_so_in_their_place(grid: ReadingGrid, study: tuple[LoadedSeries, ...]) -> None:
    broken = LoadedSeries(study[3].choice, None, "Series 3 has no slice at 12.0 mm; send it again.", "")
    grid.show_study([study[0], broken])
    said = {role: grid.viewport(role).accessibleName() for role in _ROLES}
    assert said[Role.ADC] == "No ADC in this study"
    assert said[Role.HIGH_B] == "No high-b DWI in this study"
    assert said[Role.T2_SAGITTAL] == "Series 3 has no slice at 12.0 mm; send it again."
    assert said[Role.T2_AXIAL] == "T2 axial"
    grid.show_study([])
    assert grid.viewport(Role.T2_AXIAL).accessibleName() == "No axial T2 in this study"
    grid.clear()
    assert grid.viewport(Role.T2_AXIAL).accessibleName() == "No study is open"


def test_without_a_high_b_image_the_highest_acquired_b_value_hangs_under_its_own_name(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    dwi = [LoadedSeries(phantoms.choice(Role.DWI, b), study[1].volume) for b in (50.0, 800.0, 400.0)]
    grid.show_study([study[0], *dwi])
    assert grid.viewport(Role.HIGH_B).accessibleName() == "DWI b 800"


# One crosshair in patient space


@pytest.mark.parametrize("point", [(0.0, -8.0, -3.0), (12.5, 3.25, 4.0), (-9.0, -14.0, -11.0)])
def test_every_series_goes_to_the_slice_nearest_to_the_crosshair(
    grid: ReadingGrid, point: tuple[float, float, float]
) -> None:
    grid.set_crosshair(point)
    for role in _ROLES:
        view = grid.viewport(role)
        plane = view.plane()
        on_plane = plane.lps(*plane.pixel(point))
        off = np.linalg.norm(np.subtract(on_plane, point))
        assert off <= plane.stack.thickness / 2 + 1e-6, role
        depths = [abs(plane.stack.uvd(point)[2] - plane.stack.depth_of(k)) for k in range(plane.stack.slice_count)]
        assert depths[view.state.slice_index] == pytest.approx(min(depths))


def test_a_click_with_the_crosshair_tool_moves_all_others_to_the_same_place(grid: ReadingGrid, mouse: Any) -> None:
    moved = QSignalSpy(grid.crosshair_moved)
    grid.set_tool(Tool.CROSSHAIR)
    adc = grid.viewport(Role.ADC)
    wanted = adc.plane().lps(151, 222)
    mouse.click(adc, QPointF(151, 222))
    assert moved.count() == 1
    assert moved.at(0)[0] == pytest.approx(wanted)
    assert grid.crosshair == pytest.approx(wanted)
    assert adc.plane().pixel(grid.crosshair) == pytest.approx((151, 222))


def test_shift_and_move_takes_the_crosshair_along_without_a_button(grid: ReadingGrid, mouse: Any) -> None:
    axial, sagittal = grid.viewport(Role.T2_AXIAL), grid.viewport(Role.T2_SAGITTAL)
    mouse.move(sagittal, QPointF(150, 150), modifiers=_SHIFT)
    high = axial.state.slice_index
    mouse.move(sagittal, QPointF(150, 200))
    assert axial.state.slice_index == high
    wanted = sagittal.plane().lps(150, 260)
    mouse.move(sagittal, QPointF(150, 260), modifiers=_SHIFT)
    assert grid.crosshair == pytest.approx(wanted)
    assert axial.state.slice_index < high  # lower in the sagittal picture is inferior


def test_moving_the_crosshair_by_program_makes_no_signal(grid: ReadingGrid) -> None:
    moved = QSignalSpy(grid.crosshair_moved)
    grid.set_crosshair((1.0, 2.0, 3.0))
    assert moved.count() == 0


def test_the_crosshair_is_drawn_where_its_point_is(grid: ReadingGrid) -> None:
    for role in _ROLES:
        view = grid.viewport(role)
        grid.set_crosshair(view.plane().lps(120.5, 140.5))
        QApplication.processEvents()
        image = view.grab().toImage()
        green = {
            (x, y)
            for x in range(100, 142)
            for y in range(120, 162)
            if image.pixelColor(x, y).green() - image.pixelColor(x, y).red() > 50
        }
        # Both lines run through the point; about it there is a gap, so as not to cover what it points at.
        assert {y for x, y in green if x in (102, 139)} - {y for x, y in green if abs(y - 140) > 14} != set(), role
        assert any(abs(x - 120) <= 10 and y > 152 for x, y in green), role
        assert not any(abs(x - 120) < 5 and abs(y - 140) < 5 for x, y in green), role


def test_the_crosshair_stays_on_its_point_when_the_layout_changes(grid: ReadingGrid, mouse: Any) -> None:
    point = (4.0, -6.0, -2.0)
    grid.set_crosshair(point)
    coronal = grid.viewport(Role.T2_CORONAL)
    mouse.wheel(coronal, 3, QPointF(40, 50), Qt.KeyboardModifier.ControlModifier)
    for change in (lambda: grid.toggle_maximised(coronal), lambda: grid.resize(900, 700)):
        change()
        QApplication.processEvents()
        plane = coronal.plane()
        assert (plane.width, plane.height) == (coronal.width(), coronal.height())
        again = plane.lps(*plane.pixel(point))
        assert abs(np.dot(np.subtract(again, point), plane.stack.right)) < 1e-6
        assert abs(np.dot(np.subtract(again, point), plane.stack.down)) < 1e-6
        assert grid.crosshair == point


def test_scrolling_the_t2_takes_the_diffusion_along_by_patient_position(grid: ReadingGrid, mouse: Any) -> None:
    t2, adc = grid.viewport(Role.T2_AXIAL), grid.viewport(Role.ADC)
    sagittal = grid.viewport(Role.T2_SAGITTAL).state.slice_index
    moved = QSignalSpy(grid.crosshair_moved)
    visited = set()
    for _ in range(6):
        mouse.wheel(t2, -1, QPointF(100, 100))
        distance = adc.plane().depth - t2.plane().depth
        assert abs(distance) <= 2.0 + 1e-6  # half a slice of the ADC's 4 mm
        visited.add(adc.state.slice_index)
    assert len(visited) >= 4
    assert moved.count() == 6
    assert grid.viewport(Role.T2_SAGITTAL).state.slice_index == sagittal  # the sagittal plane cuts all of them


def test_dragging_with_the_scroll_tool_goes_through_the_slices(grid: ReadingGrid, mouse: Any) -> None:
    t2 = grid.viewport(Role.T2_AXIAL)
    before = t2.hung.stack.number_of(t2.state.slice_index)
    mouse.drag(t2, QPointF(200, 200), QPointF(200, 300), _LEFT)
    after = t2.hung.stack.number_of(t2.state.slice_index)
    assert after - before == int(100 / 24)  # 800 pixels and 19 slices: the slowest pace, 24 pixels a slice


def test_a_series_in_another_frame_of_reference_goes_its_own_way_and_says_so(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any, mouse: Any
) -> None:
    apart = phantoms.positions(phantoms.affine(spacing=(4, 2, 2)), (15, 40, 40), frame="1.2.826.0.99")
    sentence = "ADC lies in another frame of reference than the axial T2, so overlays are not drawn on it."
    grid.show_study([study[0], LoadedSeries(study[1].choice, apart, "", sentence)])
    grid.set_overlays(_lesion(phantoms, study))
    adc, t2 = grid.viewport(Role.ADC), grid.viewport(Role.T2_AXIAL)
    before = adc.state.slice_index, t2.state.slice_index
    grid.set_crosshair((0.0, 0.0, 10.0))
    assert adc.state.slice_index == before[0]
    crosshair = grid.crosshair
    mouse.wheel(adc, -1, QPointF(50, 50))
    assert adc.state.slice_index != before[0]
    assert grid.crosshair == crosshair
    assert adc.hung.note == sentence
    grid.set_tool(Tool.CROSSHAIR)
    mouse.click(adc, QPointF(100, 200))
    assert grid.crosshair == crosshair


def test_a_series_without_a_frame_of_reference_is_shown_alone_and_says_so(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any, mouse: Any
) -> None:
    nowhere = phantoms.volume(study[0].volume.array, study[0].volume.affine, frame=None)
    grid.show_study([LoadedSeries(study[0].choice, nowhere)])
    grid.set_overlays(_lesion(phantoms, study))
    view = grid.viewport(Role.T2_AXIAL)
    assert view.hung.note == "T2 axial names no frame of reference, so it is not linked and carries no overlays."
    before = view.state.slice_index
    mouse.wheel(view, -1, QPointF(50, 50))
    assert view.state.slice_index != before
    assert not any(view.lesion_at(QPointF(x, y)) for x in range(0, 600, 10) for y in range(0, 800, 10))


# Overlays


def test_a_click_on_a_lesion_in_any_series_names_it(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any, mouse: Any
) -> None:
    overlays = _lesion(phantoms, study)
    grid.set_overlays(overlays)
    middle = centroid_lps(overlays.lesions[0].mask)
    grid.set_crosshair(middle)
    clicked = QSignalSpy(grid.lesion_clicked)
    for role in _ROLES:
        view = grid.viewport(role)
        mouse.click(view, QPointF(*view.plane().pixel(middle)))
    assert [clicked.at(n)[0] for n in range(clicked.count())] == ["1.2.3"] * 5
    grid.set_overlay_visible(False)
    view = grid.viewport(Role.T2_AXIAL)
    mouse.click(view, QPointF(*view.plane().pixel(middle)))
    assert clicked.count() == 5


def test_new_overlays_leave_the_view_where_it_is(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    before = {role: grid.viewport(role).state for role in _ROLES}
    grid.set_overlays(_lesion(phantoms, study))
    assert {role: grid.viewport(role).state for role in _ROLES} == before


def test_reset_with_a_gland_windows_the_t2_for_the_gland(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    grid.set_overlays(_lesion(phantoms, study))
    before = grid.viewport(Role.T2_AXIAL).state.window
    grid.viewport(Role.T2_AXIAL).reset()
    assert grid.viewport(Role.T2_AXIAL).state.window.width < before.width


def test_framing_the_gland_brings_all_of_it_into_every_viewport(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    overlays = _lesion(phantoms, study)
    grid.set_overlays(overlays)
    QTest.keyClick(grid, Qt.Key.Key_F)
    ends = [np.append(index, 1) for index in ((4, 30, 30), (14, 89, 89))]
    for role in _ROLES:
        view = grid.viewport(role)
        for corner in ends:
            x, y = view.plane().pixel(tuple((overlays.gland.affine @ corner)[:3]))
            assert 0 < x < view.width(), role
            assert 0 < y < view.height(), role


def test_the_opacity_changes_the_fill(grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any) -> None:
    overlays = _lesion(phantoms, study)
    grid.set_overlays(overlays)
    grid.set_crosshair(centroid_lps(overlays.lesions[0].mask))
    view = grid.viewport(Role.T2_AXIAL)
    x, y = (round(p) for p in view.plane().pixel(grid.crosshair))
    tint = []
    for opacity in (0.0, 0.5, 1.0):
        grid.set_overlay_opacity(opacity)
        QApplication.processEvents()
        colour = view.grab().toImage().pixelColor(x + 4, y + 4)
        tint.append(colour.red() - colour.blue())
    assert tint[0] == 0
    assert tint[0] < tint[1] < tint[2]


# Keys


@pytest.mark.parametrize(
    ("key", "number"),
    [
        (Qt.Key.Key_Down, 11),
        (Qt.Key.Key_Up, 9),
        (Qt.Key.Key_PageDown, 15),
        (Qt.Key.Key_PageUp, 5),
        (Qt.Key.Key_Home, 1),
        (Qt.Key.Key_End, 19),
    ],
)
def test_keys_go_through_the_slices_of_the_active_viewport(grid: ReadingGrid, key: Qt.Key, number: int) -> None:
    view = grid.viewport(Role.T2_AXIAL)
    assert view.hung.stack.number_of(view.state.slice_index) == 10
    QTest.keyClick(grid, key)
    assert view.hung.stack.number_of(view.state.slice_index) == number


def test_the_key_o_hides_the_overlays_and_says_so(grid: ReadingGrid) -> None:
    said = QSignalSpy(grid.overlay_visible_changed)
    QTest.keyClick(grid, Qt.Key.Key_O)
    QTest.keyClick(grid, Qt.Key.Key_O)
    assert [said.at(n)[0] for n in range(said.count())] == [False, True]


def test_holding_h_looks_underneath_until_it_is_released(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    def shot() -> Any:
        QApplication.processEvents()
        return grid.viewport(Role.T2_AXIAL).grab().toImage()

    overlays = _lesion(phantoms, study)
    grid.set_overlays(overlays)
    grid.set_crosshair(centroid_lps(overlays.lesions[0].mask))
    marked = shot()
    QTest.keyPress(grid, Qt.Key.Key_H)
    assert shot() != marked
    QTest.keyRelease(grid, Qt.Key.Key_H)
    assert shot() == marked


def test_a_click_makes_a_viewport_active_and_gives_the_grid_the_keys(grid: ReadingGrid, mouse: Any) -> None:
    coronal = grid.viewport(Role.T2_CORONAL)
    mouse.click(coronal, QPointF(30, 30))
    assert grid.active is coronal
    before = coronal.state
    QTest.keyClick(grid, Qt.Key.Key_I)
    assert coronal.state.inverted != before.inverted
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert coronal.state == before
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.active is grid.viewport(Role.T2_AXIAL)


def test_a_double_click_shows_one_viewport_alone_and_another_all_five_again(grid: ReadingGrid) -> None:
    sizes = {role: grid.viewport(role).size() for role in _ROLES}
    adc = grid.viewport(Role.ADC)
    QTest.mouseDClick(adc, _LEFT)
    QApplication.processEvents()
    assert [role for role in _ROLES if grid.viewport(role).isVisible()] == [Role.ADC]
    assert (adc.width(), adc.height()) == (1200, 800)
    QTest.mouseDClick(adc, _LEFT)
    QApplication.processEvents()
    assert {role: grid.viewport(role).size() for role in _ROLES} == sizes


def test_a_window_is_chosen_by_its_name_with_the_mouse_and_named_until_it_is_another(
    grid: ReadingGrid, mouse: Any
) -> None:
    adc, t2 = grid.viewport(Role.ADC), grid.viewport(Role.T2_AXIAL)
    plain = adc.grab().toImage()
    _choose_window(adc, "window_1")
    assert adc.window_name == "ADC 0 to 2500"
    assert adc.grab().toImage() != plain  # its corner tells it
    _choose_window(adc, "window_2")
    assert (adc.window_name, adc.state.window) == ("ADC 0 to 1500", Window(1500.0, 750.0))
    assert t2.window_name == ""
    QTest.mouseClick(adc, Qt.MouseButton.RightButton, pos=QPoint(40, 40))
    offered = [action for action in _menu(adc).actions() if action.objectName().startswith("window")]
    assert [(action.text(), action.isChecked()) for action in offered] == [
        ("ADC 0 to 2500\tAlt + 1", False),
        ("ADC 0 to 1500\tAlt + 2", True),
    ]
    _menu(adc).close()
    grid.set_tool(Tool.WINDOW)
    mouse.drag(adc, QPointF(40, 60), QPointF(70, 60), _LEFT)
    assert adc.window_name == ""
    mouse.drag(adc, QPointF(40, 60), QPointF(40, 90), Qt.MouseButton.RightButton)
    assert not [menu for menu in adc.findChildren(QMenu) if menu.isVisible()]


def _menu(view: Viewport) -> QMenu:
    (menu,) = (menu for menu in view.findChildren(QMenu) if menu.isVisible())
    return menu


def _choose_window(view: Viewport, name: str) -> None:
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=QPoint(40, 40))
    menu = _menu(view)
    action = next(action for action in menu.actions() if action.objectName() == name)
    QTest.mouseClick(menu, _LEFT, pos=menu.actionGeometry(action).center())
    view.window().activateWindow()  # without a window manager a menu keeps the activation
    QApplication.processEvents()


def test_every_command_of_the_images_has_its_act(qtbot: Any, jobs: JobRunner, grid: ReadingGrid) -> None:
    commands = {command.name for command in COMMANDS if command.place is Place.IMAGES}
    planes, bodies = MprView(), View3D(jobs)
    qtbot.addWidget(planes)
    qtbot.addWidget(bodies)
    acts = {*grid.acts(), *planes.acts(), *bodies.acts()}
    assert acts == commands - {"remove_drawing", "key_image"}  # which are the reading room's to do


@pytest.mark.parametrize(
    ("key", "step"),
    [
        (Qt.Key.Key_Left, (-1, 0)),
        (Qt.Key.Key_Right, (1, 0)),
        (Qt.Key.Key_Up, (0, -1)),
        (Qt.Key.Key_Down, (0, 1)),
    ],
)
def test_shift_and_an_arrow_move_the_crosshair_a_millimetre_in_the_plane_of_the_active_viewport(
    grid: ReadingGrid, mouse: Any, key: Qt.Key, step: tuple[int, int]
) -> None:
    view = grid.viewport(Role.T2_AXIAL)
    before = view.state.slice_index, np.array(grid.crosshair)
    QTest.keyClick(grid, key, _SHIFT)
    stack = view.hung.stack
    moved = np.array(grid.crosshair) - before[1]
    assert (moved @ stack.right, moved @ stack.down, moved @ stack.normal) == pytest.approx((*step, 0))
    assert view.state.slice_index == before[0]


def test_a_key_that_the_reader_gave_to_a_command_acts_and_the_delivered_one_no_longer(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], qtbot: Any
) -> None:
    keys = KeyMap()
    keys.change("invert", "Q")
    changed = ReadingGrid(keys=keys)
    qtbot.addWidget(changed)
    changed.show_study(study)
    inverted = []
    for key in (Qt.Key.Key_I, Qt.Key.Key_Q):
        QTest.keyClick(changed, key)
        inverted.append(changed.active.state.inverted)
    assert inverted == [False, True]


# From study to study


def test_the_window_of_a_role_is_kept_for_the_next_study_in_its_own_units(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any, mouse: Any
) -> None:
    t2, adc = grid.viewport(Role.T2_AXIAL), grid.viewport(Role.ADC)
    grid.set_tool(Tool.WINDOW)
    mouse.drag(adc, QPointF(150, 100), QPointF(110, 120), _LEFT)
    chosen, automatic = adc.state.window, t2.state.window
    assert chosen == Window(2250.0, 1375.0)
    bright = phantoms.volume(study[0].volume.array * 10, study[0].volume.affine)
    grid.show_study([LoadedSeries(study[0].choice, bright), *study[1:]])
    assert adc.state.window == chosen
    assert t2.state.window.width == pytest.approx(10 * automatic.width, rel=0.01)  # untouched: automatic again


def test_a_closed_study_leaves_nothing_in_memory(qtbot: Any, phantoms: Any, vtk_objects: Callable[[], int]) -> None:
    grid = ReadingGrid()
    qtbot.addWidget(grid)
    grid.resize(800, 600)
    grid.show()
    before = vtk_objects()
    volume = phantoms.positions(phantoms.affine())
    mask = phantoms.volume((volume.array > 900).astype(np.uint8), volume.affine)
    gone = [weakref.ref(volume.array), weakref.ref(mask.array)]
    grid.show_study([LoadedSeries(phantoms.choice(Role.T2_AXIAL), volume)])
    grid.set_overlays(Overlays(mask, (LesionOverlay("1.2", "L1", (1, 2, 3), mask),)))
    QApplication.processEvents()
    grid.grab()
    assert vtk_objects() > before
    del volume, mask
    grid.clear()
    QApplication.processEvents()
    assert vtk_objects() <= before
    assert [ref() for ref in gone] == [None, None]


def test_on_a_real_study_all_series_point_at_the_same_place(grid: ReadingGrid, prostatex_0000: Path) -> None:
    from inference.load import load
    from inference.read import read_study
    from inference.recognise import recognise

    choices = recognise(read_study(prostatex_0000)).choices
    grid.show_study([LoadedSeries(choice, load(choice)) for choice in choices if choice.role in _ROLES])
    cancer = (28.02, 33.24, -38.44)
    grid.set_crosshair(cancer)
    for role in _ROLES:
        plane = grid.viewport(role).plane()
        off = np.linalg.norm(np.subtract(plane.lps(*plane.pixel(cancer)), cancer))
        assert off <= plane.stack.thickness / 2 + 1e-6, role
    adc = grid.viewport(Role.ADC).hung.volume
    k, j, i = (round(x) for x in np.linalg.inv(adc.affine)[:3] @ [*cancer, 1])
    assert adc.array[k, j, i] < 1100  # the cancer restricts diffusion (10⁻⁶ mm²/s)


def test_alt_and_a_digit_give_the_active_series_its_windows(grid: ReadingGrid) -> None:
    adc = grid.viewport(Role.ADC)
    while grid.active is not adc:
        QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert adc.state.window == Window.between(0.0, 1500.0)
    QTest.keyClick(grid, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert adc.state.window == Window.between(0.0, 2500.0)
    QTest.keyClick(grid, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert adc.state.window == Window.between(0.0, 2500.0), "ADC has two windows"


def test_the_magnifier_is_there_while_its_key_is_held(grid: ReadingGrid, mouse: Any) -> None:
    axial = grid.viewport(Role.T2_AXIAL)
    before = axial.grab().toImage()
    QTest.keyPress(grid, Qt.Key.Key_K)
    mouse.move(axial, QPointF(axial.width() / 2, axial.height() / 2))
    assert axial.grab().toImage() != before
    QTest.keyRelease(grid, Qt.Key.Key_K)
    assert grid.display.hand is None
    mouse.move(axial, QPointF(-5, -5))


def test_the_direction_of_a_window_drag_is_a_setting(grid: ReadingGrid, mouse: Any) -> None:
    axial = grid.viewport(Role.T2_AXIAL)
    grid.set_tool(Tool.WINDOW)
    start, end, level = QPointF(100, 100), QPointF(100, 140), axial.state.window.level
    mouse.drag(axial, start, end, _LEFT)
    raised = axial.state.window.level
    assert raised > level
    grid.set_display(replace(grid.display, down_darkens=False))
    mouse.drag(axial, start, end, _LEFT)
    assert axial.state.window.level == pytest.approx(level)
