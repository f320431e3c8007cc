"""A calculated diffusion image is what the mono-exponential model says, and never starts from blood."""

import math

import numpy as np
import pytest
from highdicom import Volume

from core.errors import FramesDiffer
from inference.computed_b import Extrapolation, base_b_value


def _volume(array: np.ndarray, affine: np.ndarray | None = None, frame: str = "1.2") -> Volume:
    grid = np.diag([3.0, 2.0, 2.0, 1.0]) if affine is None else affine
    return Volume(array=array, affine=grid, coordinate_system="PATIENT", frame_of_reference_uid=frame)


def test_the_image_is_that_of_the_model() -> None:
    # S0 1000 and ADC 1000·10⁻⁶ mm²/s: at b 50 e^-0.05, at b 1500 e^-1.5 of it
    base = _volume(np.full((1, 2, 2), 1000 * math.exp(-0.05), np.float32))
    adc = _volume(np.array([[[1000, 500], [2000, 0]]], np.uint16))
    made = Extrapolation(base, 50.0, adc).image(1500.0)
    assert made.array.dtype == np.float32
    assert made.array[0, 0, 0] == pytest.approx(223.13, abs=0.01)
    assert made.array[0, 0, 1] == pytest.approx(951.23 * math.exp(-1450e-6 * 500), rel=1e-5)
    assert made.array[0, 1, 0] == pytest.approx(951.23 * math.exp(-2.9), rel=1e-5)
    assert made.array[0, 1, 1] == 0, "without an ADC nothing is known"


def test_at_its_own_b_value_the_acquired_image_comes_back() -> None:
    base = _volume(np.random.default_rng(0).uniform(1, 500, (3, 4, 5)).astype(np.float32))
    adc = _volume(np.full((3, 4, 5), 1234, np.uint16))
    assert Extrapolation(base, 100.0, adc).image(100.0).array == pytest.approx(base.array)


@pytest.mark.parametrize(
    ("acquired", "base"),
    [
        ((0, 50, 400, 800), 50),
        ((0, 100, 1000, 1400), 100),
        ((0, 800), 800),
        ((400, 800), 400),
        ((0, 10, 30), 30),
        ((0, 1400), 0),
        ((1400, 2000), None),
        ((), None),
    ],
)
def test_an_image_with_blood_in_it_is_not_the_start(acquired: tuple[float, ...], base: float | None) -> None:
    assert base_b_value(acquired) == base


def test_an_adc_on_another_grid_is_brought_onto_that_of_the_acquired_image() -> None:
    base = _volume(np.full((2, 4, 4), 100, np.uint16))
    finer = _volume(np.full((6, 8, 8), 800, np.uint16), np.diag([1.0, 1.0, 1.0, 1.0]))
    made = Extrapolation(base, 50.0, finer).image(1050.0)
    assert made.spatial_shape == base.spatial_shape
    assert made.array[0, 1, 1] == pytest.approx(100 * math.exp(-0.8), rel=1e-5)


def test_an_adc_of_another_frame_of_reference_is_refused() -> None:
    with pytest.raises(FramesDiffer, match="register it first"):
        Extrapolation(_volume(np.ones((1, 2, 2))), 50.0, _volume(np.ones((1, 2, 2)), frame="1.3"))
