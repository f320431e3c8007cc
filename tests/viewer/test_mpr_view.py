"""The MPR shows each place of the patient where it says it does, and its lines do what the reader expects."""

import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from core.volume import position_lps
from viewer.mpr_pane import MprPane
from viewer.mpr_planes import PLANES
from viewer.mpr_view import MprView
from viewer.overlays import LesionOverlay, Mark, Outlines, Overlays
from viewer.picture import probe
from viewer.render.geometry import Plane
from viewer.render.lut import Window, grey
from viewer.render.slab import Projection, Slab
from viewer.viewport_tools import Tool

_LEFT, _MIDDLE, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
_GEOMETRIES = [
    {"axes": "SPL"},
    {"axes": "IAR", "spacing": (3.0, 0.9, 0.6)},
    {"axes": "PIL", "spacing": (3.6, 0.56, 0.7), "origin": (12.0, -80.0, 44.0)},
    {"axes": "SPL", "turn_deg": (-18.6, 0.0, 0.0), "origin": (-57.6, -65.2, -24.1)},
    {"axes": "ILA", "turn_deg": (33.0, -14.0, 27.0), "spacing": (4.0, 1.5, 0.7)},
]
_TURNS: list[tuple[tuple[Plane, float], ...]] = [
    (),
    ((Plane.AXIAL, 25.0),),
    ((Plane.AXIAL, -15.0), (Plane.SAGITTAL, 35.0), (Plane.CORONAL, 12.0)),
]
_FRAME = "1.2.826.0.1"


@pytest.fixture
def show(qtbot: Any, phantoms: Any) -> Callable[..., MprView]:
    """Show a volume in an MPR of 900 × 700, its planes turned."""

    def make(
        volume: Any, window: Window | None = None, turns: tuple[tuple[Plane, float], ...] = (), *, linked: bool = True
    ) -> MprView:
        view = MprView()
        qtbot.addWidget(view)
        view.resize(900, 700)
        middle = position_lps(volume, tuple((n - 1) / 2 for n in volume.spatial_shape))
        view.show_volume(volume, "T2 axial", window or Window(400, phantoms.value_at(middle)), linked=linked)
        view.show()
        qtbot.waitExposed(view)
        for about, degrees in turns:
            _turn(view.pane(about), radians(degrees))
        QApplication.processEvents()
        return view

    return make


def _turn(pane: MprPane, angle: float) -> None:
    """Drag the end of a line around the middle, as a hand does."""
    cross = _cross(pane)
    middle, (u, v) = QPointF(*cross.middle), cross.lines[0].direction
    angles = [angle * k / 8 for k in range(9)]
    places = [middle + QPointF(u * cos(a) - v * sin(a), u * sin(a) + v * cos(a)) * cross.reach for a in angles]
    _press(pane, places[0])
    for place in places[1:]:
        _move(pane, place)
    _release(pane, places[-1])


def _cross(pane: MprPane) -> Any:
    return pane.view.cross(pane.plane())


def _send(pane: MprPane, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
    event = QMouseEvent(kind, at, QPointF(pane.mapToGlobal(at)), button, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(pane, event)


def _press(pane: MprPane, at: QPointF) -> None:
    _send(pane, QEvent.Type.MouseButtonPress, at, _LEFT, _LEFT)


def _move(pane: MprPane, at: QPointF) -> None:
    _send(pane, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, _LEFT)


def _release(pane: MprPane, at: QPointF) -> None:
    _send(pane, QEvent.Type.MouseButtonRelease, at, _LEFT, Qt.MouseButton.NoButton)


def _drag(pane: MprPane, start: QPointF, end: QPointF) -> None:
    _press(pane, start)
    for k in range(1, 9):
        _move(pane, start + (end - start) * k / 8)
    _release(pane, end)


def _shot(pane: MprPane) -> QImage:
    QApplication.processEvents()
    return pane.grab().toImage()


# Geometry on the screen


@pytest.mark.parametrize("geometry", _GEOMETRIES, ids=lambda g: f"{g['axes']} {g.get('turn_deg', '')}")
@pytest.mark.parametrize("turns", _TURNS, ids=["straight", "oblique", "double oblique"])
def test_in_any_plane_a_pixel_has_the_grey_of_its_patient_position(
    show: Callable[..., MprView], phantoms: Any, geometry: dict[str, Any], turns: Any
) -> None:
    volume = phantoms.positions(phantoms.affine(**geometry), shape=(19, 60, 60))
    view = show(volume, turns=turns)
    view.set_mark_display(visible=True, peeking=True, opacity=1.0)  # without the lines
    seen = 0
    for pane in map(view.pane, PLANES):
        image, plane, ratio = _shot(pane), pane.plane(), pane.devicePixelRatioF()
        for share_x, share_y in ((0.42, 0.4), (0.57, 0.42), (0.45, 0.6), (0.6, 0.63)):
            x, y = int(share_x * pane.width() * ratio), int(share_y * pane.height() * ratio)
            point = plane.lps((x + 0.5) / ratio, (y + 0.5) / ratio)
            level = int(grey(np.array([[phantoms.value_at(point)]], np.float32), view.grey_window)[0, 0])
            if probe(volume, point) and 0 < level < 255:
                assert abs(image.pixelColor(x, y).red() - level) <= 1
                seen += 1
    assert seen >= 6, "too few pixels were on the picture to tell anything"


@pytest.mark.parametrize("geometry", _GEOMETRIES, ids=lambda g: f"{g['axes']} {g.get('turn_deg', '')}")
@pytest.mark.parametrize("turns", _TURNS, ids=["straight", "oblique", "double oblique"])
def test_every_pane_holds_the_crosshair_and_the_probe_there_is_the_voxel(
    show: Callable[..., MprView], phantoms: Any, geometry: dict[str, Any], turns: Any
) -> None:
    volume = phantoms.positions(phantoms.affine(**geometry), shape=(19, 60, 60))
    view = show(volume, turns=turns)
    point = position_lps(volume, (11.0, 25.0, 38.0))
    view.set_crosshair(point)
    for pane in map(view.pane, PLANES):
        plane = pane.plane()
        assert plane.lps(*_cross(pane).middle) == pytest.approx(point, abs=1e-5)
        told = pane.probed(QPointF(*plane.pixel(point)))
        letters = " ".join(f"{'RAI'[a] if point[a] < 0 else 'LPS'[a]} {abs(point[a]):.1f}" for a in range(3))
        assert told == f"{phantoms.value_at(point):.0f} a.u. · {letters}"


@pytest.mark.parametrize("geometry", _GEOMETRIES, ids=lambda g: f"{g['axes']} {g.get('turn_deg', '')}")
@pytest.mark.parametrize("turns", _TURNS, ids=["straight", "oblique", "double oblique"])
def test_a_lesion_is_drawn_over_its_voxels_in_any_plane(
    show: Callable[..., MprView], phantoms: Any, geometry: dict[str, Any], turns: Any
) -> None:
    affine = phantoms.affine(**geometry)
    volume = phantoms.positions(affine, shape=(19, 60, 60))
    view = show(volume, turns=turns)
    view.set_marks(_marks(phantoms, affine))
    for inside, index in ((True, (9.0, 28.0, 30.0)), (True, (11.0, 33.0, 27.0)), (False, (9.0, 20.0, 45.0))):
        point = position_lps(volume, index)
        view.set_crosshair(point)
        for pane in map(view.pane, PLANES):
            at = QPointF(*pane.plane().pixel(point))
            assert pane.lesion_at(at) == ("1.2.3" if inside else ""), (pane.shown_plane, index)


def _marks(phantoms: Any, affine: Any, frame: str = _FRAME) -> tuple[Mark, ...]:
    """Return the mark of a lesion in voxels k 6 to 12, j 22 to 37, i 24 to 37."""
    array = np.zeros((19, 60, 60), np.uint8)
    array[6:13, 22:38, 24:38] = 1
    lesion = LesionOverlay("1.2.3", "L1", (255, 159, 67), phantoms.volume(array, affine, frame))
    return Outlines().marks(Overlays(None, (lesion,), "1.2.3"))


def test_the_outline_on_the_screen_has_the_colour_of_the_lesion(show: Callable[..., MprView], phantoms: Any) -> None:
    affine = phantoms.affine(spacing=(3.0, 1.0, 1.0))
    view = show(phantoms.volume(np.zeros((19, 60, 60), np.int16), affine), turns=((Plane.AXIAL, 20.0),))
    view.set_marks(_marks(phantoms, affine))
    view.set_crosshair((31.0, 30.0, 27.0))
    view.set_mark_display(visible=True, peeking=False, opacity=1.0)
    for pane in map(view.pane, PLANES):
        at = QPointF(*pane.plane().pixel((27.0, 30.0, 27.0) if pane.shown_plane is Plane.AXIAL else (31.0, 30.0, 24.0)))
        at += QPointF(14, 14)
        colour = QColor(_shot(pane).pixelColor((at * pane.devicePixelRatioF()).toPoint()))
        assert colour.red() > colour.blue() + 60


def test_marks_of_another_frame_of_reference_are_not_drawn(show: Callable[..., MprView], phantoms: Any) -> None:
    affine = phantoms.affine()
    view = show(phantoms.positions(affine, shape=(19, 60, 60)))
    point = tuple((affine @ [9, 30, 30, 1])[:3])
    view.set_crosshair(point)
    view.set_marks(_marks(phantoms, affine, frame="1.2.826.0.2"))
    pane = view.pane(Plane.AXIAL)
    assert pane.lesion_at(QPointF(*pane.plane().pixel(point))) == ""


def test_outside_of_the_volume_an_oblique_plane_is_black_even_when_inverted(
    show: Callable[..., MprView], phantoms: Any
) -> None:
    volume = phantoms.volume(np.full((20, 60, 60), 500, np.int16), phantoms.affine((1.0, 1.0, 1.0)))
    view = show(volume, Window(1000, 500), ((Plane.AXIAL, 45.0),))
    view.invert()
    view.set_slab(Slab(Projection.MINIP, 3.0))
    view.set_tool(Tool.ADD_LESION)
    pane = view.pane(Plane.CORONAL)
    pane.frame((29.5, 29.5, 9.5), 150.0)
    image, ratio, plane = _shot(pane), pane.devicePixelRatioF(), pane.plane()
    for off, expected in ((35, 128), (46, 0)):  # the plane runs along the diagonal of the slices: 30 · √2 = 42.4 mm
        at = QPointF(*plane.pixel(plane.stack.lps(plane.centre[0] + off, plane.centre[1] + 4, plane.depth)))
        assert image.pixelColor((at * ratio).toPoint()).red() == pytest.approx(expected, abs=1)


def test_at_other_scales_of_the_screen_the_pixels_are_right_as_well() -> None:
    here = Path(__file__).resolve()
    command = [sys.executable, "-m", "pytest", str(here), "-q", "-p", "no:cacheprovider", "-k"]
    command += ["(in_any_plane_a_pixel or over_its_voxels or the_screen_has) and not other_scales"]
    for scale in ("1.5", "2"):
        environment = os.environ | {"QT_SCALE_FACTOR": scale, "EXPECTED_RATIO": scale}
        done = subprocess.run(
            command, env=environment, cwd=here.parents[2], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_screen_has_the_scale_that_this_run_is_for(show: Callable[..., MprView], phantoms: Any) -> None:
    view = show(phantoms.positions(phantoms.affine()))
    assert view.devicePixelRatioF() == float(os.environ.get("EXPECTED_RATIO", "1"))


# Thick slabs


@pytest.mark.parametrize(
    ("projection", "combine"), [(Projection.MIP, np.max), (Projection.MINIP, np.min), (Projection.MEAN, None)]
)
def test_a_slab_shows_and_tells_what_numpy_makes_of_its_slices(
    show: Callable[..., MprView], phantoms: Any, projection: Projection, combine: Any
) -> None:
    noise = np.random.default_rng(8).integers(0, 1000, (19, 60, 60)).astype(np.int16)
    volume = phantoms.volume(noise, phantoms.affine((2.0, 1.0, 1.0)))
    view = show(volume, Window(1000, 500))
    view.set_slab(Slab(projection, 8.0))  # slices 7 to 11
    view.set_crosshair((20.0, 30.0, 18.0))
    around = noise[7:12, 41, 33].astype(float)
    expected = combine(around) if combine else float(np.average(around, weights=[0.5, 1, 1, 1, 0.5]))
    pane = view.pane(Plane.AXIAL)
    assert pane.probed(QPointF(*pane.plane().pixel((33.0, 41.0, 18.0)))).startswith(
        f"{projection.value} {round(expected)}"
    )
    pane.frame((33.0, 41.0, 18.0), 4.0)
    at = QPointF(*pane.plane().pixel((33.0, 41.0, 18.0))) + QPointF(0.5, 0.5)
    level = int(grey(np.array([[expected]], np.float32), view.grey_window)[0, 0])
    shown = _shot(pane).pixelColor((at * pane.devicePixelRatioF()).toPoint()).red()
    assert shown == pytest.approx(level, abs=6)  # a pixel beside the voxel's middle: 4 mm on 300 pixels
    assert any("8 mm" in line for line in pane.view.caption.lines)


@pytest.mark.parametrize("turns", _TURNS, ids=["straight", "oblique", "double oblique"])
def test_a_slab_shows_the_outline_of_a_lesion_that_lies_beside_its_middle(
    show: Callable[..., MprView], phantoms: Any, turns: Any
) -> None:
    affine = phantoms.affine((1.0, 1.0, 1.0))
    around = affine.copy()
    around[:3, 3] -= 15 * affine[:3, 0]
    volume = phantoms.volume(np.zeros((50, 60, 60), np.int16), around)
    view = show(volume, turns=turns)
    view.set_marks(_marks(phantoms, affine))
    middle = position_lps(volume, (24.0, 29.5, 30.5))  # that of the lesion, of 7 × 16 × 14 mm
    for pane in map(view.pane, PLANES):
        view.set_slab(None)
        view.set_crosshair(tuple(np.array(middle) + 14.0 * pane.plane().stack.normal))
        at = QPointF(*pane.plane().pixel(middle))
        assert pane.lesion_at(at) == ""
        for projection in Projection:
            view.set_slab(Slab(projection, 6.0))
            assert pane.lesion_at(at) == "", "from 11 mm on there is nothing of it"
            view.set_slab(Slab(projection, 28.0))
            assert pane.lesion_at(at) == "1.2.3"
        assert _shot(pane).pixelColor((at * pane.devicePixelRatioF()).toPoint()).red() > 30, "it is filled"


def test_the_thickness_is_chosen_in_the_bar(show: Callable[..., MprView], phantoms: Any) -> None:
    view = show(phantoms.positions(phantoms.affine()))
    field = view.bar.findChild(QObject, "mprThickness")
    field.setValue(5)
    QTest.mouseClick(view.bar.findChild(QObject, "mprSlab_MIP"), _LEFT)
    assert view.pane(Plane.SAGITTAL).view.slab == Slab(Projection.MIP, 5.0)
    field.setValue(0)
    assert view.pane(Plane.SAGITTAL).view.slab is None
    assert not view.bar.findChild(QObject, "mprSlab_MIP").isEnabled()


# The lines and the mouse


def _cube(phantoms: Any) -> Any:
    return phantoms.positions(phantoms.affine((1.0, 1.0, 1.0), (-30, -30, -30)), shape=(61, 61, 61))


def test_dragging_the_middle_moves_the_crosshair_in_all_panes(show: Callable[..., MprView], phantoms: Any) -> None:
    view = show(_cube(phantoms))
    view.set_crosshair((0.0, 0.0, 3.0))
    pane = view.pane(Plane.AXIAL)
    moved = QSignalSpy(view.crosshair_moved)
    start = QPointF(*_cross(pane).middle)
    scale = pane.plane().mm_per_pixel
    _drag(pane, start + QPointF(3, 2), start + QPointF(83, -38))
    assert view.crosshair == pytest.approx((80 * scale, -40 * scale, 3.0), abs=1e-6)
    assert moved.at(moved.count() - 1)[0] == view.crosshair
    assert view.pane(Plane.SAGITTAL).view.depth == pytest.approx(-80 * scale, abs=1e-5)  # its normal is towards R


def test_dragging_a_line_moves_only_its_plane(show: Callable[..., MprView], phantoms: Any) -> None:
    view = show(_cube(phantoms))
    view.set_crosshair((4.0, 5.0, 6.0))
    pane = view.pane(Plane.AXIAL)
    scale = pane.plane().mm_per_pixel
    start = QPointF(*_cross(pane).middle) + QPointF(50, 0)  # on the coronal plane's line
    _drag(pane, start, start + QPointF(33, 40))
    assert view.crosshair == pytest.approx((4.0, 5.0 + 40 * scale, 6.0), abs=1e-6)


def test_dragging_an_end_turns_both_lines_and_tilts_the_other_panes(
    show: Callable[..., MprView], phantoms: Any
) -> None:
    view = show(_cube(phantoms))
    view.set_crosshair((4.0, 5.0, 6.0))
    pane = view.pane(Plane.AXIAL)
    before = pane.view
    _turn(pane, radians(30))
    assert view.planes is not None
    assert view.planes.coronal.right == pytest.approx((cos(radians(30)), sin(radians(30)), 0), abs=1e-6)
    assert view.planes.sagittal.right == pytest.approx((-sin(radians(30)), cos(radians(30)), 0), abs=1e-6)
    assert pane.view.stack is before.stack, "the pane in which the lines are turned keeps its picture"
    assert view.crosshair == pytest.approx((4.0, 5.0, 6.0))
    assert any("30° off series axes" in line for line in view.pane(Plane.CORONAL).view.caption.lines)


def test_a_double_click_on_a_line_sets_the_planes_straight(show: Callable[..., MprView], phantoms: Any) -> None:
    view = show(_cube(phantoms), turns=((Plane.AXIAL, 20.0), (Plane.CORONAL, 10.0)))
    pane = view.pane(Plane.SAGITTAL)
    u, v = _cross(pane).lines[0].direction
    on_line = QPointF(*_cross(pane).middle) + QPointF(u, v) * 50
    QTest.mouseDClick(pane, _LEFT, Qt.KeyboardModifier.NoModifier, on_line.toPoint())
    assert view.planes is not None
    normals = [np.abs(view.planes.of(plane).normal) for plane in (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)]
    assert np.array(normals) == pytest.approx(np.eye(3), abs=1e-9)
    assert not view.bar.findChild(QObject, "mprStraighten").isEnabled()


def test_a_double_click_beside_the_lines_maximises_the_pane(show: Callable[..., MprView], phantoms: Any) -> None:
    view = show(_cube(phantoms))
    pane = view.pane(Plane.CORONAL)
    beside = QPointF(*_cross(pane).middle) + QPointF(40, 40)
    QTest.mouseDClick(pane, _LEFT, Qt.KeyboardModifier.NoModifier, beside.toPoint())
    assert [view.pane(plane).isVisible() for plane in PLANES] == [False, False, True]
    QApplication.processEvents()
    assert pane.width() == view.width()
    QTest.mouseDClick(pane, _LEFT, Qt.KeyboardModifier.NoModifier, QPointF(20, 200).toPoint())
    assert all(view.pane(plane).isVisible() for plane in PLANES)


@pytest.mark.parametrize(
    ("plane", "moved"), [(Plane.AXIAL, (0, 0, -3)), (Plane.SAGITTAL, (0.8, 0, 0)), (Plane.CORONAL, (0, 0.5, 0))]
)
def test_a_notch_goes_one_voxel_along_the_normal_as_slices_are_read(
    show: Callable[..., MprView], phantoms: Any, mouse: Any, plane: Plane, moved: tuple[float, float, float]
) -> None:
    view = show(phantoms.positions(phantoms.affine((3.0, 0.5, 0.8)), shape=(19, 60, 60)))
    view.set_crosshair((20.0, 14.0, 27.0))
    mouse.wheel(view.pane(plane), -1, QPointF(100, 100))
    assert view.crosshair == pytest.approx(np.array((20.0, 14.0, 27.0)) + moved)


def test_scrolling_stops_at_the_last_plane(show: Callable[..., MprView], phantoms: Any, mouse: Any) -> None:
    view = show(phantoms.positions(phantoms.affine((3.0, 0.5, 0.8)), shape=(19, 60, 60)))
    mouse.wheel(view.pane(Plane.AXIAL), 100, QPointF(100, 100))
    assert view.crosshair is not None
    assert view.crosshair[2] == pytest.approx(54.0)


def test_an_oblique_plane_is_scrolled_along_its_own_normal(
    show: Callable[..., MprView], phantoms: Any, mouse: Any
) -> None:
    view = show(_cube(phantoms), turns=((Plane.AXIAL, 30.0),))
    view.set_crosshair((0.0, 0.0, 0.0))
    mouse.wheel(view.pane(Plane.CORONAL), -1, QPointF(100, 100))
    step = 1 / cos(radians(30))  # until the index along P has changed by one
    assert view.crosshair == pytest.approx((-sin(radians(30)) * step, cos(radians(30)) * step, 0), abs=1e-6)


def test_with_ctrl_the_wheel_zooms_about_the_pointer(show: Callable[..., MprView], phantoms: Any, mouse: Any) -> None:
    view = show(_cube(phantoms))
    pane, at = view.pane(Plane.SAGITTAL), QPointF(150, 90)
    before = pane.plane()
    mouse.wheel(pane, 3, at, Qt.KeyboardModifier.ControlModifier)
    assert pane.plane().mm_per_pixel == pytest.approx(before.mm_per_pixel / 1.15**3)
    assert pane.plane().lps(150, 90) == pytest.approx(before.lps(150, 90), abs=1e-9)
    assert view.pane(Plane.AXIAL).plane().mm_per_pixel != pytest.approx(0)


def test_the_buttons_window_zoom_and_pan(show: Callable[..., MprView], phantoms: Any, mouse: Any) -> None:
    view = show(_cube(phantoms), Window(400, 900))
    view.set_tool(Tool.WINDOW)
    pane = view.pane(Plane.AXIAL)
    beside = QPointF(300, 290)
    mouse.drag(pane, beside, beside + QPointF(40, 24), _LEFT)
    assert view.grey_window == Window(440, 924)
    plane = pane.plane()
    mouse.drag(pane, beside, beside + QPointF(16, 8), _MIDDLE)
    assert pane.plane().lps(200 + 16, 100 + 8) == pytest.approx(plane.lps(200, 100), abs=1e-9)
    mouse.drag(pane, beside, beside + QPointF(0, 40), _RIGHT)
    assert pane.plane().mm_per_pixel == pytest.approx(plane.mm_per_pixel * 1.008**40)
    view.reset()
    assert view.grey_window == Window(400, 900)
    assert pane.plane().mm_per_pixel == pytest.approx(plane.mm_per_pixel)


def test_a_click_on_a_lesion_selects_it_and_a_click_to_add_places_one(
    show: Callable[..., MprView], phantoms: Any, mouse: Any
) -> None:
    affine = phantoms.affine((1.0, 1.0, 1.0), (-30, -30, -9))
    view = show(phantoms.positions(affine, shape=(19, 60, 60)))
    view.set_marks(_marks(phantoms, affine))
    pane = view.pane(Plane.AXIAL)
    clicked, placed = QSignalSpy(view.lesion_clicked), QSignalSpy(view.placed)
    at = QPointF(*_cross(pane).middle) + QPointF(15, 15)
    mouse.click(pane, at)
    assert clicked.at(0)[0] == "1.2.3"
    view.set_tool(Tool.ADD_LESION)
    mouse.click(pane, at)
    assert placed.at(0)[0] == pytest.approx(pane.plane().lps(at.toPoint().x(), at.toPoint().y()))


def test_keys_scroll_the_pane_that_was_pressed_last(show: Callable[..., MprView], phantoms: Any, mouse: Any) -> None:
    view = show(_cube(phantoms))
    view.set_crosshair((0.0, 0.0, 0.0))
    mouse.click(view.pane(Plane.CORONAL), QPointF(20, 60))
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.crosshair == pytest.approx((0, 6, 0))
    QTest.keyClick(view, Qt.Key.Key_I)
    assert view.pane(Plane.AXIAL).view.inverted


def test_the_axes_of_the_patient_and_of_the_series(show: Callable[..., MprView], phantoms: Any) -> None:
    view = show(phantoms.positions(phantoms.affine(turn_deg=(-18.6, 0, 0)), shape=(19, 60, 60)))
    at = view.crosshair
    assert view.planes is not None
    tilted = (0, -sin(radians(-18.6)), cos(radians(-18.6)))
    assert view.planes.axial.normal == pytest.approx(tilted)
    QTest.mouseClick(view.bar.findChild(QObject, "mprAxes_Patient"), _LEFT)
    assert view.planes.axial.normal == pytest.approx((0, 0, 1))
    QTest.mouseClick(view.bar.findChild(QObject, "mprAxes_Series"), _LEFT)
    assert view.planes.axial.normal == pytest.approx(tilted)
    assert view.crosshair == at


def test_a_series_that_is_not_linked_moves_nobody_elses_crosshair(
    show: Callable[..., MprView], phantoms: Any, mouse: Any
) -> None:
    view = show(_cube(phantoms), linked=False)
    at, moved = view.crosshair, QSignalSpy(view.crosshair_moved)
    view.set_crosshair((9.0, 9.0, 9.0))
    assert view.crosshair == at
    mouse.wheel(view.pane(Plane.AXIAL), -1, QPointF(50, 50))
    assert view.crosshair != at
    assert moved.count() == 0


# States and leaks


def test_without_a_series_a_sentence_stands_in_every_pane(qtbot: Any, mouse: Any) -> None:
    view = MprView()
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show_empty("No axial T2 in this study")
    view.show()
    qtbot.waitExposed(view)
    for pane in map(view.pane, PLANES):
        assert pane.accessibleName() == "No axial T2 in this study"
        mouse.wheel(pane, -1, QPointF(50, 50))
        mouse.drag(pane, QPointF(50, 50), QPointF(90, 90), _LEFT)
        image = _shot(pane)
        middle = image.height() // 2
        assert any(image.pixelColor(x, middle + d).lightness() > 60 for x in range(image.width()) for d in range(-8, 8))
    view.invert()
    view.reset()
    view.straighten()
    assert not view.bar.isEnabled()


def test_opened_and_closed_twenty_times_nothing_of_vtk_or_the_volume_is_left(
    qtbot: Any, phantoms: Any, vtk_objects: Callable[[], int]
) -> None:
    def once() -> weakref.ref[Any]:
        view = MprView()
        view.resize(500, 400)
        volume = phantoms.positions(phantoms.affine(), shape=(19, 60, 60))
        view.show_volume(volume, "T2", Window(400, 900))
        view.set_marks(_marks(phantoms, phantoms.affine()))
        view.set_slab(Slab(Projection.MIP, 5.0))
        view.show()
        QApplication.processEvents()
        view.close()
        view.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return weakref.ref(volume)

    once()
    before = vtk_objects()
    volumes = [once() for _ in range(20)]
    assert vtk_objects() == before
    gc.collect()
    assert not any(volume() is not None for volume in volumes)


def test_what_is_framed_fills_each_pane_however_large_it_becomes(show: Callable[..., MprView], phantoms: Any) -> None:
    view = show(_cube(phantoms))
    view.frame((3.0, 4.0, 5.0), 30.0)
    for width, height in ((900, 700), (500, 800), (1300, 500)):
        view.resize(width, height)
        QApplication.processEvents()
        for pane in map(view.pane, PLANES):
            assert pane.plane().mm_per_pixel == pytest.approx(30 / min(pane.width(), pane.height()))
            assert pane.plane().pixel((3.0, 4.0, 5.0)) == pytest.approx((pane.width() / 2, pane.height() / 2))
