"""Bodies and cuts stand in 3D where they lie in the patient; where OpenGL fails, a sentence says so."""

import ctypes
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from highdicom import Volume
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkFiltersCore import vtkMassProperties

from core.progress import Cancelled, Silent
from viewer.content_3d import Part
from viewer.jobs import JobRunner
from viewer.overlays import LesionOverlay, Overlays
from viewer.render.lut import Window
from viewer.render.opengl import NoOpenGL, usable_window
from viewer.render.surface import surface_of
from viewer.view_3d import View3D

_LEFT, _MIDDLE, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
_CUTS = frozenset({Part.AXIAL, Part.SAGITTAL, Part.CORONAL})
_ORANGE, _YELLOW = (255, 159, 67), (255, 217, 61)
_GEOMETRIES = [
    {"axes": "SPL"},
    {"axes": "IAR"},
    {"axes": "PIL", "turn_deg": (5.0, 12.0, -20.0)},
    {"axes": "SPL", "turn_deg": (-18.6, 0.0, 0.0), "origin": (-57.6, -65.2, -24.1)},
    {"axes": "LAI", "turn_deg": (33.0, -14.0, 27.0)},
]


def _ball(
    phantoms: Any, middle: tuple[float, float, float], radius: float, *, value: int = 1, **geometry: Any
) -> Volume:
    """Return a ball in a grid of 24 × 100 × 100 voxels of 2.5 × 0.8 × 0.8 mm around the origin."""
    affine = phantoms.affine(spacing=(2.5, 0.8, 0.8), **geometry)
    affine[:3, 3] = -affine[:3, :3] @ (11.5, 49.5, 49.5)
    places = affine[:3, :3] @ np.indices((24, 100, 100)).reshape(3, -1) + affine[:3, 3:]
    away = np.linalg.norm(places - np.array(middle)[:, None], axis=0).reshape(24, 100, 100)
    return phantoms.volume((away <= radius).astype(np.uint8) * value, affine)


def _lesion(phantoms: Any, uid: str, middle: tuple[float, float, float], radius: float = 5.0, **how: Any) -> Any:
    colour = how.pop("colour", _ORANGE)
    return LesionOverlay(uid, how.pop("chip", ""), colour, _ball(phantoms, middle, radius, **how))


@pytest.fixture
def view(qtbot: Any, jobs: JobRunner) -> View3D:
    """A 3D view of 500 × 460 in logical pixels, not shown yet."""
    view = View3D(jobs)
    view.resize(500, 460)
    qtbot.addWidget(view)
    return view


def _ready(qtbot: Any, view: View3D) -> Any:
    """Show a view and wait for its picture."""
    view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: view.canvas.picture is not None, timeout=60_000)
    _shot(view)
    return view.canvas.picture


def _shot(view: View3D) -> QImage:
    QApplication.processEvents()
    return view.canvas.grab().toImage()


def _at(view: View3D, point: tuple[float, float, float]) -> QPointF:
    """Return where a patient position is seen, in logical pixels of the canvas."""
    assert view.canvas.picture is not None
    return QPointF(*view.canvas.picture.scene.pixel_of(point)) / view.canvas.devicePixelRatioF()


def _colour(view: View3D, image: QImage, at: QPointF) -> tuple[int, int, int]:
    colour = image.pixelColor((at * view.canvas.devicePixelRatioF()).toPoint())
    return colour.red(), colour.green(), colour.blue()


# Surfaces


@pytest.mark.parametrize("geometry", _GEOMETRIES, ids=lambda g: f"{g['axes']} {g.get('turn_deg', '')}")
def test_a_ball_is_a_ball_of_its_size_where_it_lies_in_the_patient(phantoms: Any, geometry: dict[str, Any]) -> None:
    geometry = {key: value for key, value in geometry.items() if key != "origin"}
    middle = (6.0, -4.0, 3.0)
    surface = surface_of(_ball(phantoms, middle, 15.0, **geometry))
    assert surface is not None
    points = vtk_to_numpy(surface.GetPoints().GetData())
    away = points - np.array(middle)
    assert np.linalg.norm(away, axis=1) == pytest.approx(15.0, abs=1.4)  # voxels are 2.5 mm thick
    assert points.mean(axis=0) == pytest.approx(np.array(middle), abs=0.3)
    normals = vtk_to_numpy(surface.GetPointData().GetNormals())
    assert (np.einsum("ij,ij->i", normals, away) > 0).mean() > 0.999, "normals point outwards"


def test_a_body_keeps_its_volume_but_for_the_corners_of_its_voxels(phantoms: Any) -> None:
    for radius, lost in ((4.0, 0.15), (9.0, 0.04), (20.0, 0.02)):
        mask = _ball(phantoms, (1.0, 2.0, 0.5), radius)
        mass = vtkMassProperties()
        mass.SetInputData(surface_of(mask))
        voxels = float(mask.array.sum()) * 2.5 * 0.8 * 0.8
        assert mass.GetVolume() == pytest.approx(voxels, rel=lost)


def test_a_surface_runs_midway_between_inside_and_outside(phantoms: Any) -> None:
    array = np.zeros((20, 60, 60), np.uint8)
    array[6:14, 20:40, 25:45] = 1
    surface = surface_of(phantoms.volume(array, phantoms.affine((2.0, 0.5, 0.5), (10.0, -20.0, 30.0))))
    assert surface is not None
    # along L: voxels 25 to 44 of 0.5 mm from 10 mm on, half a voxel more on either side; so along P and S.
    bounds = (10 + 24.5 * 0.5, 10 + 44.5 * 0.5, -20 + 19.5 * 0.5, -20 + 39.5 * 0.5, 30 + 5.5 * 2, 30 + 13.5 * 2)
    assert surface.GetBounds() == pytest.approx(bounds, abs=0.35)


def test_an_empty_mask_has_no_surface_and_one_voxel_has_one(phantoms: Any) -> None:
    array = np.zeros((5, 9, 9), np.uint8)
    assert surface_of(phantoms.volume(array, phantoms.affine())) is None
    array[2, 4, 4] = 1
    assert surface_of(phantoms.volume(array, phantoms.affine())) is not None


# What is seen


@pytest.mark.parametrize("geometry", _GEOMETRIES, ids=lambda g: f"{g['axes']} {g.get('turn_deg', '')}")
def test_a_lesion_is_seen_in_its_colour_where_its_position_is_projected(
    qtbot: Any, view: View3D, phantoms: Any, geometry: dict[str, Any]
) -> None:
    geometry = {key: value for key, value in geometry.items() if key != "origin"}
    places = {"1": ((12.0, -3.0, 6.0), _ORANGE), "2": ((-10.0, 5.0, -8.0), _YELLOW)}
    lesions = tuple(_lesion(phantoms, uid, at, colour=colour, **geometry) for uid, (at, colour) in places.items())
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 22.0, **geometry), lesions, ""))
    view.set_mark_display(visible=True, peeking=False, opacity=0.0)
    _ready(qtbot, view)
    for letter in "APLRSI":
        view.look_from(letter)
        image = _shot(view)
        for middle, colour in places.values():
            seen = np.array(_colour(view, image, _at(view, middle)), float)
            assert seen / seen.max() == pytest.approx(np.array(colour) / 255, abs=0.12), letter


@pytest.mark.parametrize(
    ("letter", "right", "down"),
    [("A", "L", "I"), ("P", "R", "I"), ("L", "P", "I"), ("R", "A", "I"), ("S", "R", "P"), ("I", "L", "P")],
)
def test_presets_look_from_the_side_that_they_are_named_after(
    qtbot: Any, view: View3D, phantoms: Any, letter: str, right: str, down: str
) -> None:
    axes = {"L": (1, 0, 0), "R": (-1, 0, 0), "P": (0, 1, 0), "A": (0, -1, 0), "S": (0, 0, 1), "I": (0, 0, -1)}
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 20.0)))
    picture = _ready(qtbot, view)
    QTest.keyClick(view, Qt.Key[f"Key_{letter}"], Qt.KeyboardModifier.ShiftModifier)
    to_right, to_down = picture.scene.screen_axes()
    assert (to_right, to_down) == (pytest.approx(axes[right]), pytest.approx(axes[down]))
    _shot(view)
    middle, moved = _at(view, (0, 0, 0)), _at(view, tuple(10 * x for x in axes[right]))
    assert moved.x() > middle.x() + 20
    assert _at(view, tuple(10 * x for x in axes[down])).y() > middle.y() + 20


def test_the_cuts_show_the_grey_of_each_place(qtbot: Any, view: View3D, phantoms: Any) -> None:
    affine = phantoms.affine((3.0, 1.0, 1.0), turn_deg=(-18.6, 0, 0))
    affine[:3, 3] = -affine[:3, :3] @ (9.5, 29.5, 29.5)
    volume = phantoms.positions(affine, shape=(20, 60, 60))
    view.show_volume(volume, "T2 axial", Window(400, 900))
    view.set_crosshair((2.0, 3.0, 4.0))
    view.set_parts({Part.AXIAL})
    _ready(qtbot, view)
    view.look_from("S")
    image = _shot(view)
    axial = affine[:3, :3] / (3.0, 1.0, 1.0)  # columns: along k, j and i
    for j, i in ((10.0, 5.0), (-12.0, 8.0), (-6.0, -20.0), (15.0, -14.0)):
        point = np.array((2.0, 3.0, 4.0)) + axial[:, 1] * j + axial[:, 2] * i
        grey = 255 * (phantoms.value_at(tuple(point)) - 700) / 400
        assert _colour(view, image, _at(view, tuple(point))) == pytest.approx((grey,) * 3, abs=4)


def test_a_cut_that_misses_the_series_and_parts_that_are_switched_off_are_not_drawn(
    qtbot: Any, view: View3D, phantoms: Any
) -> None:
    volume = phantoms.volume(np.full((20, 60, 60), 800, np.int16), phantoms.affine((1.0, 1.0, 1.0), (-30, -30, -10)))
    view.show_volume(volume, "T2 axial", Window(1000, 500))
    view.set_crosshair((0.0, 0.0, 0.0))
    view.set_parts({Part.AXIAL})
    _ready(qtbot, view)
    view.look_from("I")
    at = _at(view, (5.0, 5.0, 0.0))
    shown = 255 * 0.8
    assert _colour(view, _shot(view), at)[0] == pytest.approx(shown, abs=2)
    view.set_crosshair((0.0, 0.0, 40.0))
    qtbot.waitUntil(lambda: _colour(view, _shot(view), at) == (10, 12, 16))
    view.set_crosshair((0.0, 0.0, 0.0))
    qtbot.waitUntil(lambda: _colour(view, _shot(view), at)[0] > 100)
    view.set_parts(())
    assert _colour(view, _shot(view), at) == (10, 12, 16)


def test_zones_stand_in_place_of_the_gland(qtbot: Any, view: View3D, phantoms: Any) -> None:
    gland, inner = _ball(phantoms, (0, 0, 0), 20.0), _ball(phantoms, (0, -20, 0), 20.0)
    zones = gland.with_array((gland.array * (1 + inner.array)).astype(np.uint8))  # 2 = TZ in front
    view.set_overlays(Overlays(gland))
    picture = _ready(qtbot, view)
    view.look_from("A")
    before = _colour(view, _shot(view), _at(view, (0, 0, 0)))
    assert before[1] > before[0] + 15, "the gland is cyan"
    view.set_zones(zones)
    after = _colour(view, _shot(view), _at(view, (0, 0, 0)))
    assert after[0] > before[0] + 15, "the transition zone is violet"
    assert [name for name, _ in picture.zones] == ["peripheral zone", "transition zone"]
    assert {colour for _, colour in picture.zones} <= _colours(_shot(view).copy(0, 0, 150, 60)), (
        "words say which is which"
    )
    view.set_parts(set(Part) - {Part.ZONES})
    assert _colour(view, _shot(view), _at(view, (0, 0, 0))) == before
    assert picture.zones == ()
    assert picture is view.canvas.picture


def _colours(image: QImage) -> set[tuple[int, int, int]]:
    seen = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {(colour.red(), colour.green(), colour.blue()) for colour in seen}


def test_looking_underneath_hides_the_bodies_and_nothing_else(qtbot: Any, view: View3D, phantoms: Any) -> None:
    view.set_overlays(Overlays(None, (_lesion(phantoms, "1", (0, 0, 0)),)))
    view.show_volume(_ball(phantoms, (0, 0, 0), 30.0, value=100), "T2", Window(100, 50))
    view.set_parts({Part.LESIONS})
    _ready(qtbot, view)
    assert max(_colour(view, _shot(view), _at(view, (0, 0, 0)))) > 100
    view.set_mark_display(visible=True, peeking=True, opacity=0.6)
    assert _colour(view, _shot(view), _at(view, (0, 0, 0))) == (10, 12, 16)


def test_a_lesion_carries_its_chip(qtbot: Any, view: View3D, phantoms: Any) -> None:
    lesion = _lesion(phantoms, "1", (0, 0, 0), chip="L1 · PI-RADS 4")
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 20.0), (lesion,)))
    _ready(qtbot, view)
    with_chip = np.array(_shot(view).constBits()).reshape(-1, 4)
    count = (np.abs(with_chip[:, :3].astype(int) - _ORANGE[::-1]).max(axis=1) < 3).sum()
    assert count > 1000, "the chip is drawn in the full colour of its category"


# The mouse


def test_a_click_on_a_lesion_tells_which_and_beside_it_none(
    qtbot: Any, view: View3D, phantoms: Any, mouse: Any
) -> None:
    lesions = (_lesion(phantoms, "1", (12, 0, 0)), _lesion(phantoms, "2", (-12, 0, 0)))
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 22.0), lesions, ""))
    _ready(qtbot, view)
    view.look_from("A")
    _shot(view)
    clicked = QSignalSpy(view.lesion_clicked)
    mouse.click(view.canvas, _at(view, (12, 0, 0)))
    mouse.click(view.canvas, _at(view, (-12, 0, 0)))
    mouse.click(view.canvas, _at(view, (0, 0, 14)))
    mouse.click(view.canvas, QPointF(6, 60))
    assert [clicked.at(n)[0] for n in range(clicked.count())] == ["1", "2"]


def test_behind_a_cut_a_lesion_cannot_be_clicked(qtbot: Any, view: View3D, phantoms: Any, mouse: Any) -> None:
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 22.0), (_lesion(phantoms, "1", (0, 12, 0)),), ""))
    view.show_volume(_ball(phantoms, (0, 0, 0), 22.0, value=100), "T2", Window(100, 50))
    view.set_crosshair((0.0, 0.0, 0.0))
    _ready(qtbot, view)
    clicked = QSignalSpy(view.lesion_clicked)
    for letter in "AP":
        view.look_from(letter)
        _shot(view)
        mouse.click(view.canvas, _at(view, (0, 12, 0)) + QPointF(12, -12))
    assert clicked.count() == 1, "from behind it is seen, from in front the coronal cut covers it"


def test_the_hand_turns_moves_and_zooms(qtbot: Any, view: View3D, phantoms: Any, mouse: Any) -> None:
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 20.0)))
    picture = _ready(qtbot, view)
    view.look_from("A")
    _shot(view)
    start = QPointF(250, 200)
    mouse.drag(view.canvas, start, start + QPointF(100, 0), _LEFT)  # 0.4° a pixel: what was in front goes right
    right, _ = picture.scene.screen_axes()
    assert right == pytest.approx((np.cos(np.radians(40)), -np.sin(np.radians(40)), 0), abs=1e-6)
    view.look_from("A")
    _shot(view)
    before = _at(view, (0, 0, 0))
    mouse.drag(view.canvas, start, start + QPointF(60, -40), _MIDDLE)
    _shot(view)
    moved = _at(view, (0, 0, 0)) - before
    assert (moved.x(), moved.y()) == (pytest.approx(60, abs=1), pytest.approx(-40, abs=1))
    view.frame()
    _shot(view)
    size = _at(view, (10, 0, 0)).x() - _at(view, (0, 0, 0)).x()
    mouse.wheel(view.canvas, 2, start)
    _shot(view)
    assert _at(view, (10, 0, 0)).x() - _at(view, (0, 0, 0)).x() == pytest.approx(size * 1.15**2, rel=0.03)
    mouse.drag(view.canvas, start, start + QPointF(0, 50), _RIGHT)
    _shot(view)
    assert _at(view, (10, 0, 0)).x() - _at(view, (0, 0, 0)).x() == pytest.approx(size * 1.15**2 / 1.008**50, rel=0.03)


def test_a_frame_is_drawn_only_when_something_changed(qtbot: Any, view: View3D, phantoms: Any) -> None:
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 20.0)))
    picture = _ready(qtbot, view)
    drawn = picture.scene.frames
    for _ in range(3):
        view.canvas.update()
        QApplication.processEvents()
    assert picture.scene.frames == drawn
    for _ in range(5):
        view.set_mark_display(visible=True, peeking=False, opacity=0.6)
        view.set_crosshair((0.0, 0.0, 1.0))
        QApplication.processEvents()
    qtbot.waitUntil(lambda: picture.scene.frames > drawn)
    qtbot.wait(100)
    assert picture.scene.frames == drawn + 1


# OpenGL


def test_starting_the_window_loads_no_opengl() -> None:
    code = "import sys, viewer.main_window, viewer.view_3d; print([m for m in sys.modules if 'Rendering' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def no_opengl(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which neither EGL nor X nor OSMesa finds a driver: VTK ends a process that tries."""
    monkeypatch.setattr(View3D, "_window_kind", "")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/nowhere")
    monkeypatch.setenv("VTK_OSMESA_LIBRARY", "/nowhere")


def test_without_opengl_a_sentence_says_so_and_a_click_looks_again(
    qtbot: Any, view: View3D, phantoms: Any, mouse: Any, no_opengl: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 20.0)))
    view.show()
    qtbot.waitUntil(lambda: "3D cannot be shown" in view.canvas.accessibleDescription(), timeout=60_000)
    _require_words(view)
    view.set_crosshair((1.0, 2.0, 3.0))
    view.look_from("A")
    view.frame()
    monkeypatch.undo()
    mouse.click(view.canvas, QPointF(200, 200))
    qtbot.waitUntil(lambda: view.canvas.picture is not None, timeout=60_000)
    assert max(_colour(view, _shot(view), _at(view, (0, 0, 0)))) > 30


def _require_words(view: View3D) -> None:
    image = _shot(view)
    rows = range(image.height() // 2 - 30, image.height() // 2 + 30)
    assert any(image.pixelColor(x, y).lightness() > 60 for x in range(image.width()) for y in rows), "never a black box"


def test_looking_for_opengl_can_be_stopped(no_opengl: None) -> None:
    class Stop:
        def report(self, fraction: float, message: str) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        usable_window(Stop())
    with pytest.raises(NoOpenGL, match="software one"):
        usable_window(Silent())


def test_a_lost_context_is_a_sentence_and_a_click_draws_anew() -> None:
    """In a process of its own, for what a driver does once its context is gone is nobody's promise."""
    _run_again({"QT_QPA_PLATFORM": "offscreen"}, "-o", "python_functions=takes_the_context_away")


def takes_the_context_away(qtbot: Any, view: View3D, phantoms: Any, mouse: Any) -> None:
    """The test that the one above runs."""
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 20.0)))
    picture = _ready(qtbot, view)
    assert picture.scene.window_kind == "vtkEGLRenderWindow"
    _destroy_current_context()
    view.look_from("L")
    QApplication.processEvents()
    assert view.canvas.picture is None
    assert view.canvas.accessibleDescription() == (
        "The 3D picture was lost: the graphics driver gave it up. Click here to try again."
    )
    _require_words(view)
    view.set_crosshair((0.0, 0.0, 0.0))
    QApplication.processEvents()
    assert view.canvas.picture is None, "what may end the process is not tried unasked"
    mouse.click(view.canvas, QPointF(200, 200))
    qtbot.waitUntil(lambda: view.canvas.picture is not None, timeout=60_000)
    assert max(_colour(view, _shot(view), _at(view, (0, 0, 0)))) > 30


def _destroy_current_context() -> None:
    egl = ctypes.CDLL("libEGL.so.1")
    for name in ("eglGetCurrentDisplay", "eglGetCurrentContext"):
        getattr(egl, name).restype = ctypes.c_void_p
    display, context = (ctypes.c_void_p(f()) for f in (egl.eglGetCurrentDisplay, egl.eglGetCurrentContext))
    assert egl.eglMakeCurrent(display, None, None, None)
    assert egl.eglDestroyContext(display, context)


def test_closing_while_opengl_is_looked_for_is_no_mishap(qtbot: Any, jobs: JobRunner, phantoms: Any) -> None:
    View3D._window_kind = ""
    view = View3D(jobs)
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 20.0)))
    view.show()
    QApplication.processEvents()
    view.close()
    view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qtbot.wait(300)


def test_without_a_study_a_sentence_stands_there(qtbot: Any, view: View3D, phantoms: Any) -> None:
    view.show()
    qtbot.waitExposed(view)
    assert view.canvas.accessibleDescription() == "No study is shown in 3D"
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 20.0)))
    _ready(qtbot, view)
    view.clear()
    assert view.canvas.picture is None
    view.set_overlays(Overlays(_ball(phantoms, (0, 0, 0), 20.0)))
    assert view.canvas.picture is not None


def test_opened_and_closed_twenty_times_nothing_of_vtk_is_left(
    qtbot: Any, jobs: JobRunner, phantoms: Any, vtk_objects: Callable[[], int]
) -> None:
    gland, lesion = _ball(phantoms, (0, 0, 0), 20.0), _lesion(phantoms, "1", (8, 0, 0))

    def once() -> None:
        view = View3D(jobs)
        view.resize(200, 200)
        view.show_volume(gland, "T2", Window(1, 0.5))
        view.set_overlays(Overlays(gland, (lesion,), "1"))
        view.set_crosshair((0.0, 0.0, 0.0))
        _ready(qtbot, view)
        view.look_from("L")
        QApplication.processEvents()
        view.close()
        view.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    once()
    before = vtk_objects()
    for _ in range(20):
        once()
    assert vtk_objects() == before
    gc.collect()


# Other screens


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_at_other_scales_of_the_screen_everything_is_where_it_should_be(scale: str) -> None:
    _run_again({"QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"})


def test_on_an_x_display_everything_is_where_it_should_be(tmp_path: Path) -> None:
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed (apt-get install xvfb)")
    read, write = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(write)
        try:
            with os.fdopen(read) as told:
                display = f":{told.readline().strip()}"
            _run_again({"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"})
        finally:
            server.terminate()


_PLACES = "(in_its_colour and IAR) or grey_of_each_place or tells_which or turns_moves"


def _run_again(environment: dict[str, str], *which: str) -> None:
    here = Path(__file__).resolve()
    command = [sys.executable, "-m", "pytest", str(here), "-q", "-p", "no:cacheprovider", *(which or ("-k", _PLACES))]
    done = subprocess.run(
        command, env=os.environ | environment, cwd=here.parents[2], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
