"""What the corner tells of the voxel under the pointer, and a picture that is changed in place."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from viewer.corner_text import Caption
from viewer.picture import probe
from viewer.render.geometry import stack_geometry
from viewer.render.lut import ADC_UNIT, Window
from viewer.slice_view import Hung
from viewer.view_state import field_of, windowed
from viewer.viewport import Viewport


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1043, ADC_UNIT, "1043 10⁻⁶ mm²/s · R 12.5 A 4.0 S 38.0"),
        (312, "", "312 a.u. · R 12.5 A 4.0 S 38.0"),
        (0.4211, "%/s", "0.42 %/s · R 12.5 A 4.0 S 38.0"),
    ],
)
def test_the_probe_tells_value_unit_and_place(phantoms: Any, value: float, unit: str, expected: str) -> None:
    volume = phantoms.volume(np.full((9, 40, 48), value), phantoms.affine(origin=(-20.0, -20.0, 20.0)))
    assert probe(volume, (-12.5, -4.0, 38.0), unit=unit) == expected
    assert probe(volume, (-12.5, -4.0, 38.0), unit=unit, short=True) == expected.split(" · ")[0].removesuffix(" a.u.")
    assert probe(volume, (80.0, 0.0, 38.0), unit=unit) == ""


_WINDOW = Window(400.0, 900.0)


def _hung(volume: Any, window: Window = _WINDOW) -> Hung:
    stack = stack_geometry(volume)
    return Hung(volume, stack, Caption("made up", ()), window, field_of(stack, None), True)


@pytest.fixture
def view(qtbot: Any, phantoms: Any) -> Viewport:
    view = Viewport()
    qtbot.addWidget(view)
    hung = _hung(phantoms.positions(phantoms.affine()))
    view.hang(hung, hung.window)
    view.resize(400, 320)
    view.show()
    qtbot.waitExposed(view)
    return view


def test_another_image_in_place_keeps_slice_zoom_and_crosshair(view: Viewport, phantoms: Any) -> None:
    point = (10.0, 8.0, 15.0)
    view.set_crosshair(point, ())
    view.frame(point, 12.0)
    seen, plane = view.state, view.plane()
    view.rehang(_hung(phantoms.volume(np.full((9, 40, 48), 900, np.int16), phantoms.affine())))
    assert view.state == seen
    assert view.plane().mm_per_pixel == plane.mm_per_pixel
    image = view.grab().toImage()
    x, y = view.plane().pixel(point)
    assert image.pixelColor(int(x) + 40, int(y)).green() > 160, "the crosshair is still drawn"
    assert image.pixelColor(int(x) + 40, int(y) + 30).red() == pytest.approx(128, abs=1)


def test_an_image_that_lies_elsewhere_shows_the_slice_at_the_crosshair(view: Viewport, phantoms: Any) -> None:
    view.set_crosshair((10.0, 8.0, 15.0), ())
    assert view.state.slice_index == 5
    view.rehang(_hung(phantoms.positions(phantoms.affine(origin=(0.0, 0.0, 6.0)))))
    assert view.state.slice_index == 3


def test_the_reader_s_window_follows_the_new_automatic_one(view: Viewport, phantoms: Any) -> None:
    volume = phantoms.positions(phantoms.affine())
    view.rehang(_hung(volume, Window(200.0, 100.0)))
    assert view.state.window == Window(200.0, 100.0)
    view.look(replace(view.state, window=Window(100.0, 150.0)), view.across_mm)  # half as wide, a quarter higher
    view.rehang(_hung(volume, Window(40.0, 20.0)))
    assert view.state.window == Window(20.0, 30.0)
    view.reset()
    assert view.state.window == Window(40.0, 20.0)


def test_the_direction_that_darkens_is_a_setting(view: Viewport) -> None:
    down, up = (windowed(view.state, 0, 10, 2, down_darkens=darkens).window.level for darkens in (True, False))
    assert (down, up) == (920.0, 880.0)


def test_the_corner_shows_value_and_place_in_two_lines(view: Viewport, mouse: Any) -> None:
    plain = view.grab().toImage()
    mouse.move(view, QPointF(200, 200))
    shown = view.grab().toImage()
    changed = [y for y in range(60) if any(plain.pixel(x, y) != shown.pixel(x, y) for x in range(240, 400))]
    assert changed[0] < 14
    assert 26 < changed[-1] < 44
