"""A viewport shows each place of the patient where it says it does, and the mouse does what the reader expects."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from core.study import Role
from viewer.corner_text import caption_of, small_font
from viewer.overlay_painter import DrawnMark, draw_chips, path_of, place_chip
from viewer.overlays import LesionOverlay, Outlines, Overlays
from viewer.render.geometry import stack_geometry
from viewer.render.lut import Window, grey
from viewer.slice_view import Hung
from viewer.view_state import field_of
from viewer.viewport import Viewport
from viewer.viewport_tools import Tool

_GEOMETRIES = [
    {"axes": "SPL"},
    {"axes": "IAR"},
    {"axes": "SLP", "spacing": (3.0, 0.9, 0.6)},
    {"axes": "PIL", "spacing": (3.6, 0.56, 0.56)},
    {"axes": "LIP", "spacing": (3.6, 0.9, 0.5)},
    {"axes": "RSA", "turn_deg": (5.0, 12.0, -20.0)},
    {"axes": "SPL", "turn_deg": (-18.6, 0.0, 0.0), "origin": (-57.6, -65.2, -24.1)},
    {"axes": "ILA", "turn_deg": (33.0, -14.0, 27.0), "spacing": (4.0, 1.5, 0.7), "origin": (12.0, -80.0, 44.0)},
]
_LEFT, _RIGHT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
_BETWEEN_WORDS = [(0.3, 0.3), (0.7, 0.35), (0.45, 0.6), (0.62, 0.71), (0.25, 0.7)]


@pytest.fixture
def hang(qtbot: Any, phantoms: Any) -> Callable[..., Viewport]:
    """Show a volume in a viewport of 400 × 320."""

    def make(volume: Any, window: Window | None = None, *, linked: bool = True, chips: bool = False) -> Viewport:
        view = Viewport(shows_chips=chips)
        qtbot.addWidget(view)
        stack = stack_geometry(volume)
        chosen = window or Window(400, phantoms.value_at(stack.lps(*stack.middle, stack.depth_of(4))))
        caption = caption_of(phantoms.choice(Role.T2_AXIAL), stack)
        view.hang(Hung(volume, stack, caption, chosen, field_of(stack, None), linked), chosen)
        view.resize(400, 320)
        view.show()
        qtbot.waitExposed(view)
        return view

    return make


def _shot(view: Viewport) -> QImage:
    """Return what the widget looks like, in device pixels."""
    QApplication.processEvents()
    return view.grab().toImage()


def _colour(view: Viewport, image: QImage, x: float, y: float) -> QColor:
    ratio = view.devicePixelRatioF()
    return image.pixelColor(int(x * ratio), int(y * ratio))


# Geometry on the screen


@pytest.mark.parametrize("geometry", _GEOMETRIES, ids=lambda g: f"{g['axes']} {g.get('turn_deg', '')}")
@pytest.mark.parametrize("zoom", [1.0, 2.3])
def test_the_pixel_over_a_patient_position_has_the_grey_of_that_position(
    hang: Callable[..., Viewport], phantoms: Any, geometry: dict[str, Any], zoom: float
) -> None:
    view = hang(phantoms.positions(phantoms.affine(**geometry)))
    if zoom != 1.0:
        view.frame(view.plane().lps(210, 170), view.plane().mm_per_pixel * 320 / zoom)
    image, plane, ratio = _shot(view), view.plane(), view.devicePixelRatioF()
    for share_x, share_y in _BETWEEN_WORDS:
        x, y = int(share_x * 400 * ratio), int(share_y * 320 * ratio)
        point = plane.lps((x + 0.5) / ratio, (y + 0.5) / ratio)
        value = np.array([[phantoms.value_at(point)]], np.float32)
        assert abs(image.pixelColor(x, y).red() - int(grey(value, view.state.window)[0, 0])) <= 1
        assert image.pixelColor(x, y).red() not in (0, 255), "the window must not hide a wrong position"


def test_at_twice_the_scale_of_the_screen_the_pixels_are_right_as_well() -> None:
    here = Path(__file__).resolve()
    command = [sys.executable, "-m", "pytest", str(here), "-q", "-p", "no:cacheprovider", "-k"]
    command += ["test_the_pixel_over or test_overlays_lie or test_the_screen_has"]
    environment = os.environ | {"QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen", "EXPECTED_RATIO": "2"}
    done = subprocess.run(command, env=environment, cwd=here.parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_screen_has_the_scale_that_this_run_is_for(hang: Callable[..., Viewport], phantoms: Any) -> None:
    view = hang(phantoms.positions(phantoms.affine()))
    assert view.devicePixelRatioF() == float(os.environ.get("EXPECTED_RATIO", "1"))


def test_beyond_the_picture_the_viewport_is_black_even_when_inverted(
    hang: Callable[..., Viewport], phantoms: Any
) -> None:
    view = hang(phantoms.volume(np.full((9, 40, 48), 500, np.int16), phantoms.affine()), Window(1000, 500))
    view.invert()
    view.frame(view.plane().lps(200, 160), 100)
    image = _shot(view)
    assert _colour(view, image, 60, 100) == QColor("black")
    assert _colour(view, image, 190, 150).red() == pytest.approx(128, abs=1)


def test_a_viewport_is_filled_unless_that_cuts_off_too_much(hang: Callable[..., Viewport], phantoms: Any) -> None:
    view = hang(phantoms.positions(phantoms.affine(spacing=(3, 0.5, 0.5)), shape=(9, 40, 50)))  # 25 × 20 mm
    assert view.plane().mm_per_pixel == pytest.approx(20 / 320)
    view.resize(900, 300)
    assert view.plane().mm_per_pixel == pytest.approx(0.7 * 20 / 300)


# Marks


def _marks(phantoms: Any, *, frame: str = "1.2.826.0.1", **lesion: Any) -> Any:
    """Return the mark of a lesion in voxels j 12 to 27, i 16 to 31 of slices 3 to 5 of a straight axial grid."""
    array = np.zeros((9, 40, 48), np.uint8)
    array[3:6, 12:28, 16:32] = 1
    mask = phantoms.volume(array, phantoms.affine(), frame)
    return Outlines().marks(Overlays(None, (LesionOverlay("1.2.3", "L1", (255, 159, 67), mask, **lesion),), "1.2.3"))


@pytest.mark.parametrize(
    "geometry",
    [
        {"axes": "SPL"},
        {"axes": "SPL", "spacing": (3.0, 1.0, 1.0), "origin": (-12.0, -10.0, 0.0)},
        {"axes": "SPL", "turn_deg": (0.0, 0.0, 25.0), "origin": (2.0, -6.0, 0.0)},
        {"axes": "PIL", "spacing": (3.0, 0.7, 0.7), "origin": (-5.0, -2.0, 26.0)},
        {"axes": "LIP", "spacing": (3.0, 0.7, 0.7), "origin": (0.0, -5.0, 26.0)},
    ],
    ids=["its own grid", "coarse grid", "turned grid", "coronal", "sagittal"],
)
def test_overlays_lie_on_the_same_patient_positions_in_every_series(
    hang: Callable[..., Viewport], phantoms: Any, geometry: dict[str, Any]
) -> None:
    view = hang(phantoms.volume(np.full((9, 40, 48), 500, np.int16), phantoms.affine(**geometry)), Window(1000, 500))
    view.set_marks(_marks(phantoms))
    middle = (11.75, 9.75, 12.0)
    view.set_crosshair(middle, ())
    view.set_mark_display(visible=True, peeking=False, opacity=1.0)
    image, plane = _shot(view), view.plane()
    inside = {"x": (8.2, 15.3), "y": (6.2, 13.3), "z": (7.9, 16.1)}
    seen = {True: 0, False: 0}
    for x in range(50, 350, 9):
        for y in range(70, 250, 9):
            point = plane.lps(x + 0.5, y + 0.5)
            margins = [min(p - low, high - p) for p, (low, high) in zip(point, inside.values(), strict=True)]
            near = any(abs(a - b) < 4 for a, b in zip(plane.pixel(middle), (x, y), strict=True))
            if near or abs(min(margins)) < 0.6:
                continue  # the contour, the crosshair and rounded corners
            colour, marked = _colour(view, image, x, y), min(margins) > 0
            assert (colour.red() - colour.blue() > 40) == marked, (x, y, point, colour.getRgb())
            seen[marked] += 1
    assert min(seen.values()) > 10


def test_marks_in_another_frame_of_reference_are_not_drawn(hang: Callable[..., Viewport], phantoms: Any) -> None:
    view = hang(phantoms.volume(np.full((9, 40, 48), 500, np.int16), phantoms.affine()), Window(1000, 500))
    bare = _shot(view)
    view.set_marks(_marks(phantoms, frame="1.2.826.0.2"))
    assert _shot(view) == bare
    assert view.lesion_at(QPointF(200, 160)) == ""
    view.set_marks(_marks(phantoms))
    assert _shot(view) != bare


def test_a_hidden_lesion_and_a_look_underneath_leave_the_bare_picture(
    hang: Callable[..., Viewport], phantoms: Any
) -> None:
    view = hang(phantoms.volume(np.full((9, 40, 48), 500, np.int16), phantoms.affine()), Window(1000, 500))
    bare = _shot(view)
    view.set_marks(_marks(phantoms, visible=False))
    assert _shot(view) == bare
    view.set_marks(_marks(phantoms))
    view.set_crosshair((12.0, 10.0, 12.0), ())
    for display in ({"visible": True, "peeking": True}, {"visible": False, "peeking": True}):
        view.set_mark_display(**display, opacity=1.0)
        assert _shot(view) == bare


def test_an_unreviewed_lesion_looks_different_from_a_reviewed_one(hang: Callable[..., Viewport], phantoms: Any) -> None:
    view = hang(phantoms.volume(np.full((9, 40, 48), 500, np.int16), phantoms.affine()), Window(1000, 500))
    view.set_marks(_marks(phantoms))
    reviewed = _shot(view)
    view.set_marks(_marks(phantoms, dashed=True))
    assert _shot(view) != reviewed


_sides = st.floats(5, 500)


@given(
    lesion=st.tuples(st.floats(-50, 700), st.floats(-50, 900), _sides, _sides),
    other=st.tuples(st.floats(0, 700), st.floats(0, 900), _sides, _sides),
    width=st.floats(80, 220),
)
def test_a_chip_stays_inside_its_viewport(lesion: tuple[float, ...], other: tuple[float, ...], width: float) -> None:
    box = QRectF(0, 0, 740, 1000)
    assert box.contains(place_chip(QSizeF(width, 24), QRectF(*lesion), [QRectF(*lesion), QRectF(*other)], box))


@pytest.mark.parametrize("at", [(300, 400), (5, 5), (690, 5), (5, 960), (690, 960), (350, 970)])
def test_a_chip_never_covers_its_lesion(at: tuple[float, float]) -> None:
    lesion = QRectF(*at, 45, 35)
    chip = place_chip(QSizeF(200, 24), lesion, [lesion], QRectF(0, 0, 740, 1000))
    assert not chip.intersects(lesion)


def test_the_text_of_a_chip_lies_entirely_in_its_box(qapp: QApplication, phantoms: Any) -> None:
    text = "L1 · PI-RADS 4 · AI 0.81"
    canvas = QImage(600, 400, QImage.Format.Format_RGB32)
    canvas.fill(QColor("black"))
    mark = Outlines().marks(
        Overlays(None, (LesionOverlay("1.2", text, (255, 159, 67), phantoms.positions(phantoms.affine())),))
    )[0]
    painter = QPainter(canvas)
    square = np.array([(200.0, 200.0), (240.0, 200.0), (240.0, 230.0), (200.0, 230.0)])
    (chip,) = draw_chips(painter, [DrawnMark(mark, path_of([square]))], QRectF(0, 0, 600, 400))
    painter.end()
    assert chip.width() >= QFontMetricsF(small_font(qapp.font(), 13, bold=True)).horizontalAdvance(text) + 8
    ink = {(x, y) for x in range(600) for y in range(400) if canvas.pixelColor(x, y).lightness() > 0}
    drawn = QRectF(chip).adjusted(-1.5, -1.5, 1.5, 1.5)
    assert ink
    assert all(drawn.contains(x + 0.5, y + 0.5) for x, y in ink)


def test_corner_text_can_be_read_on_white(hang: Callable[..., Viewport], phantoms: Any) -> None:
    view = hang(phantoms.volume(np.full((9, 40, 48), 2000, np.int16), phantoms.affine()), Window(100, 100))
    image = _shot(view)
    corner = [_colour(view, image, x, y) for x in range(8, 60) for y in range(6, 22)]
    assert any(colour.lightness() < 90 for colour in corner), "no dark edge around the letters"
    assert any(colour.red() - colour.blue() > 80 for colour in corner), "no warm yellow letters"


# Mouse


def test_the_wheel_goes_one_slice_per_notch_and_stops_at_the_ends(
    hang: Callable[..., Viewport], phantoms: Any, mouse: Any
) -> None:
    view = hang(phantoms.positions(phantoms.affine()))
    number = view.hung.stack.number_of  # axial: number 1 is the most superior
    assert number(view.state.slice_index) == 5
    mouse.wheel(view, -1, QPointF(200, 160))
    assert number(view.state.slice_index) == 6
    mouse.wheel(view, 2, QPointF(200, 160))
    assert number(view.state.slice_index) == 4
    mouse.wheel(view, 40, QPointF(200, 160))
    assert number(view.state.slice_index) == 1
    mouse.wheel(view, -40, QPointF(200, 160))
    assert number(view.state.slice_index) == 9


def test_a_fine_wheel_adds_up_to_whole_slices(hang: Callable[..., Viewport], phantoms: Any, mouse: Any) -> None:
    view = hang(phantoms.positions(phantoms.affine()))
    before = view.state.slice_index
    for _ in range(8):
        mouse.wheel(view, -0.25, QPointF(200, 160))
    assert abs(view.state.slice_index - before) == 2


def test_a_scrolled_viewport_shows_the_other_slice(hang: Callable[..., Viewport], phantoms: Any, mouse: Any) -> None:
    view = hang(phantoms.positions(phantoms.affine()))
    before = _colour(view, _shot(view), 150, 120).red()
    mouse.wheel(view, -3, QPointF(200, 160))
    after = _colour(view, _shot(view), 150, 120).red()
    assert before - after == pytest.approx(3 * 3 * 3 * 255 / 400, abs=1.5)  # 3 slices of 3 mm, 3 per mm, window 400


def test_ctrl_and_wheel_zooms_about_the_pointer(hang: Callable[..., Viewport], phantoms: Any, mouse: Any) -> None:
    view = hang(phantoms.positions(phantoms.affine()))
    under, scale = view.plane().lps(100, 90), view.plane().mm_per_pixel
    mouse.wheel(view, 2, QPointF(100, 90), Qt.KeyboardModifier.ControlModifier)
    assert view.plane().mm_per_pixel < scale
    assert view.plane().pixel(under) == pytest.approx((100, 90))


def test_a_middle_drag_pans_with_the_pointer(hang: Callable[..., Viewport], phantoms: Any, mouse: Any) -> None:
    view = hang(phantoms.positions(phantoms.affine()))
    under = view.plane().lps(200, 160)
    mouse.drag(view, QPointF(200, 160), QPointF(260, 120), _MIDDLE)
    assert view.plane().pixel(under) == pytest.approx((260, 120))


def test_a_right_drag_up_zooms_in_about_where_it_began(
    hang: Callable[..., Viewport], phantoms: Any, mouse: Any
) -> None:
    view = hang(phantoms.positions(phantoms.affine()))
    under, scale = view.plane().lps(120, 200), view.plane().mm_per_pixel
    mouse.drag(view, QPointF(120, 200), QPointF(120, 140), _RIGHT)
    assert view.plane().mm_per_pixel < 0.8 * scale
    assert view.plane().pixel(under) == pytest.approx((120, 200))


def test_the_window_tool_widens_to_the_right_and_darkens_downwards(
    hang: Callable[..., Viewport], phantoms: Any, mouse: Any
) -> None:
    view = hang(phantoms.positions(phantoms.affine()), Window(400, 900))
    view.set_tool(Tool.WINDOW)
    before = _colour(view, _shot(view), 200, 120).red()
    mouse.drag(view, QPointF(150, 100), QPointF(150, 140), _LEFT)
    assert view.state.window == Window(400, 940)
    assert _colour(view, _shot(view), 200, 120).red() < before
    mouse.drag(view, QPointF(150, 100), QPointF(200, 100), _LEFT)
    assert view.state.window == Window(450, 940)
    mouse.drag(view, QPointF(390, 100), QPointF(-3000, 100), _LEFT)
    assert view.state.window.width > 0


def test_reset_returns_place_zoom_and_window(hang: Callable[..., Viewport], phantoms: Any, mouse: Any) -> None:
    view = hang(phantoms.positions(phantoms.affine()), Window(400, 900))
    untouched = view.state
    view.set_tool(Tool.WINDOW)
    for button in (_LEFT, _MIDDLE, _RIGHT):
        mouse.drag(view, QPointF(150, 100), QPointF(190, 150), button)
    view.invert()
    assert view.state.centre != untouched.centre
    view.reset()
    assert view.state == untouched


@pytest.mark.parametrize("tool", [tool for tool in Tool if tool is not Tool.ADD_LESION])
def test_a_click_within_a_lesion_selects_it_with_any_tool(
    hang: Callable[..., Viewport], phantoms: Any, mouse: Any, tool: Tool
) -> None:
    view = hang(phantoms.positions(phantoms.affine()))
    view.set_marks(_marks(phantoms))
    view.set_tool(tool)
    clicked = QSignalSpy(view.lesion_clicked)
    at = QPointF(*view.plane().pixel((11.75, 9.75, 12.0)))
    mouse.click(view, at)
    mouse.click(view, QPointF(40, 160))
    mouse.drag(view, at, at + QPointF(30, 30), _LEFT)
    assert [clicked.at(n) for n in range(clicked.count())] == [["1.2.3"]]


def test_add_lesion_tells_the_patient_position_of_the_click(
    hang: Callable[..., Viewport], phantoms: Any, mouse: Any
) -> None:
    view = hang(phantoms.positions(phantoms.affine(turn_deg=(-18.6, 4, 9))))
    view.set_tool(Tool.ADD_LESION)
    placed = QSignalSpy(view.placed)
    mouse.click(view, QPointF(171, 133))
    mouse.drag(view, QPointF(100, 100), QPointF(160, 160), _LEFT)
    assert placed.count() == 1
    assert placed.at(0)[0] == pytest.approx(view.plane().lps(171, 133))


def test_no_lesion_is_placed_beside_the_picture_or_in_another_frame_of_reference(
    hang: Callable[..., Viewport], phantoms: Any, mouse: Any
) -> None:
    beside = hang(phantoms.positions(phantoms.affine()))
    beside.frame(beside.plane().lps(200, 160), 100)
    apart = hang(phantoms.positions(phantoms.affine()), linked=False)
    for view, at in ((beside, QPointF(30, 160)), (apart, QPointF(200, 160))):
        view.set_tool(Tool.ADD_LESION)
        placed = QSignalSpy(view.placed)
        mouse.click(view, at)
        assert placed.count() == 0


def test_a_double_click_asks_for_the_whole_grid(hang: Callable[..., Viewport], phantoms: Any) -> None:
    view = hang(phantoms.positions(phantoms.affine()))
    asked = QSignalSpy(view.maximise_requested)
    QTest.mouseDClick(view, _LEFT)
    assert asked.count() == 1


def test_an_empty_viewport_takes_every_gesture_calmly(qtbot: Any, mouse: Any) -> None:
    view = Viewport()
    qtbot.addWidget(view)
    view.show_empty("No ADC in this study")
    view.show()
    for tool in Tool:
        view.set_tool(tool)
        for button in (_LEFT, _MIDDLE, _RIGHT):
            mouse.drag(view, QPointF(10, 10), QPointF(60, 70), button)
        mouse.wheel(view, 1, QPointF(5, 5))
        mouse.wheel(view, 1, QPointF(5, 5), Qt.KeyboardModifier.ControlModifier)
        mouse.move(view, QPointF(5, 5), modifiers=Qt.KeyboardModifier.ShiftModifier)
    view.reset()
    view.invert()
    view.show_empty("No ADC in this study")
    assert view.accessibleName() == "No ADC in this study"
    image = _shot(view)
    assert any(
        image.pixelColor(x, image.height() // 2 + dy).lightness() > 60 for x in range(100) for dy in range(-8, 8)
    )


def test_qt_keeps_the_count_of_none(hang: Callable[..., Viewport], phantoms: Any) -> None:
    """PySide6 6.12.0 on Python before 3.12 loses a reference to None per call, and the interpreter dies of it."""
    view = hang(phantoms.positions(phantoms.affine()))
    paints = 500
    gc.collect()  # what else lets go of None meanwhile, such as the tests before, is no loss
    before = sys.getrefcount(None)
    for _ in range(paints):
        view.update()
        QApplication.processEvents()
    assert abs(sys.getrefcount(None) - before) < paints / 2
