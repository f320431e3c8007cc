"""The ellipsoid of the gland: PI-RADS's three diameters, whatever way the images were acquired."""

import math

import numpy as np
import pytest
from highdicom import Volume

from core.findings import Ellipsoid
from inference.ellipsoid import ellipsoid_of


def _gland(tilt_degrees: float, flipped: bool) -> Volume:
    """An ellipsoid of 42 mm length, 50 mm width and 36 mm depth along the axes of its stack."""
    tilt = math.radians(tilt_degrees)
    columns = np.array([[0, -math.sin(tilt), math.cos(tilt)], [0, math.cos(tilt), math.sin(tilt)], [1.0, 0, 0]]).T
    affine, shape = np.eye(4), (28, 100, 120)
    affine[:3, :3] = columns * (3.0, 0.5, 0.5)
    steps = (np.indices(shape) - (np.array(shape)[:, None, None, None] - 1) / 2) * np.array([3, 0.5, 0.5]).reshape(
        3, 1, 1, 1
    )
    inside = ((steps / np.array([21.0, 18.0, 25.0]).reshape(3, 1, 1, 1)) ** 2).sum(axis=0) <= 1
    array = inside.astype(np.uint8)
    if flipped:  # rows and columns exchanged, slices from above
        array, affine[:3, :3] = array[::-1].transpose(0, 2, 1), affine[:3, [0, 2, 1]] * (-1, 1, 1)
    return Volume(
        array=np.ascontiguousarray(array), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid="1.2.3"
    )


@pytest.mark.parametrize("tilt", [0.0, 18.6])
@pytest.mark.parametrize("flipped", [False, True])
def test_the_diameters_of_an_ellipsoid_are_its_own(tilt: float, flipped: bool) -> None:
    found = ellipsoid_of(_gland(tilt, flipped))

    assert found.length_mm == pytest.approx(42, abs=3)  # slices are 3 mm thick
    assert found.width_mm == pytest.approx(50, abs=1)
    assert found.depth_mm == pytest.approx(36, abs=1)


def test_the_volume_is_pi_over_six_times_the_diameters() -> None:
    assert Ellipsoid(40, 50, 30).volume_ml == pytest.approx(31.42, abs=0.01)


def test_what_sticks_out_beside_the_midline_lengthens_nothing() -> None:
    plain = _gland(0.0, False)
    knobbed = plain.array.copy()
    knobbed[:, 48:52, 90:92] = 1  # a rod from the lowest slice to the highest, 15 mm left of the midline

    found = ellipsoid_of(plain.with_array(knobbed))

    assert found.length_mm == ellipsoid_of(plain).length_mm


def test_an_empty_mask_has_no_diameters() -> None:
    plain = _gland(0.0, False)

    with pytest.raises(ValueError, match="empty"):
        ellipsoid_of(plain.with_array(np.zeros_like(plain.array)))
