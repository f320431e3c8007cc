"""A window by name is the one that a person would set by the numbers."""

from typing import Any

import numpy as np
import pytest

from core.study import Role
from inference.lesion import sphere
from viewer.render.lut import ADC_WINDOW, Window, automatic_window
from viewer.window_presets import presets_of


def _window(role: Role, name: str, volume: Any, gland: Any = None) -> Window:
    return next(preset for preset in presets_of(role) if preset.name == name).window(volume, gland)


def test_adc_is_fixed_whatever_the_picture(phantoms: Any) -> None:
    volume = phantoms.volume(np.full((9, 40, 48), 77, np.uint16), phantoms.affine())
    first, second = (preset.window(volume, None) for preset in presets_of(Role.ADC))
    assert first == ADC_WINDOW == Window(2500.0, 1250.0)
    assert second == Window(1500.0, 750.0)


@pytest.mark.parametrize("role", [Role.T2_AXIAL, Role.T2_SAGITTAL, Role.HIGH_B, Role.DCE])
def test_the_gland_decides_even_on_another_grid(phantoms: Any, role: Role) -> None:
    t2 = phantoms.volume(np.zeros((9, 40, 48), np.uint8), phantoms.affine())
    gland = sphere(t2, (12.0, 10.0, 12.0), 14.0)
    coarse = phantoms.volume(np.full((9, 10, 12), 3000, np.int16), phantoms.affine(spacing=(3.0, 2.0, 2.0)))
    inside = sphere(coarse, (12.0, 10.0, 12.0), 18.0).array > 0  # wider than the gland, so that its rim is inside too
    coarse.array[inside] = np.linspace(0, 1000, int(inside.sum())).astype(np.int16)
    window = _window(role, "Gland", coarse, gland)
    assert window.low >= 0
    assert window.low + window.width <= 1000 * 1.25
    assert window.width > 400


def test_percentiles_are_those_of_the_gland(phantoms: Any) -> None:
    array = np.full((9, 40, 48), 5000, np.int16)
    array[3:5, 10:20, 10:20] = np.arange(200).reshape(2, 10, 10)
    volume = phantoms.volume(array, phantoms.affine())
    gland = phantoms.volume((array < 5000).astype(np.uint8), phantoms.affine())
    contrast = _window(Role.T2_AXIAL, "Gland, more contrast", volume, gland)
    assert (contrast.low, contrast.low + contrast.width) == pytest.approx((199 * 0.05, 199 * 0.95))
    bright = _window(Role.HIGH_B, "Brightest of the gland", volume, gland)
    assert (bright.low, bright.low + bright.width) == pytest.approx((99.5, 199 * 0.999))
    assert _window(Role.T2_AXIAL, "Gland", volume, gland) == automatic_window(volume, Role.T2_AXIAL, gland)


def test_without_a_gland_in_its_frame_the_picture_decides(phantoms: Any) -> None:
    volume = phantoms.positions(phantoms.affine())
    elsewhere = phantoms.volume(np.ones((9, 40, 48), np.uint8), phantoms.affine(), "1.9")
    picture = _window(Role.T2_AXIAL, "Whole picture", volume)
    assert picture == automatic_window(volume, Role.T2_AXIAL)
    for gland in (None, elsewhere):
        assert _window(Role.T2_AXIAL, "Gland", volume, gland).low == pytest.approx(picture.low)


def test_a_window_of_the_gland_tells_when_it_is_of_the_picture_instead(phantoms: Any) -> None:
    volume = phantoms.positions(phantoms.affine())
    gland = sphere(volume, (12.0, 10.0, 12.0), 14.0)
    first, _, whole = presets_of(Role.T2_AXIAL)
    assert (first.told(volume, gland), first.told(volume, None)) == ("Gland", "Gland (whole picture)")
    assert whole.told(volume, None) == "Whole picture"
    assert presets_of(Role.ADC)[0].told(volume, None) == "ADC 0 to 2500"


def test_every_role_has_a_window_and_every_name_is_its_own() -> None:
    for role in Role:
        names = [preset.name for preset in presets_of(role)]
        assert names
        assert len(set(names)) == len(names)
