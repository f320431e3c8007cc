"""A series that was moved by a known amount comes back to where it was; one that lies right stays."""

import numpy as np
import pytest
from highdicom import Volume
from scipy.ndimage import gaussian_filter
from scipy.spatial.transform import Rotation

from core.progress import Cancelled
from core.volume import centroid_lps, on_grid_of
from inference.lesion import sphere
from inference.register import placed, register_rigidly

_MIDDLE = np.array((10.0, -20.0, 30.0))


def _volume(seed=0):
    """Smooth structure on an oblique, anisotropic grid."""
    rng = np.random.default_rng(seed)
    array = gaussian_filter(rng.normal(size=(20, 96, 96)), (1.2, 3, 3)) * 3000 + 500
    affine = np.eye(4)
    axes = np.array([[0, 0, 0.8], [0, 0.8, 0], [3.0, 0, 0]])
    affine[:3, :3] = Rotation.from_euler("x", 12, degrees=True).as_matrix() @ axes
    affine[:3, 3] = _MIDDLE - affine[:3, :3] @ np.array((9.5, 47.5, 47.5))
    return Volume(
        array=array.astype(np.float32), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid="1.2.3"
    )


def _shaken(volume, degrees, mm):
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()
    turn[:3, 3] = _MIDDLE + mm - turn[:3, :3] @ _MIDDLE
    there = Volume(
        array=volume.array,
        affine=turn @ volume.affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid="9.8.7",
    )
    return there, turn


def _error_mm(matrix, truth):
    points = np.vstack([_MIDDLE[:, None] + np.random.default_rng(2).normal(0, 15, (3, 100)), np.ones(100)])
    return float(np.linalg.norm(((matrix - truth) @ points)[:3], axis=0).mean())


@pytest.mark.parametrize(
    ("degrees", "mm"), [((3, -2, 4), (4, -3, 5)), ((0, 0, 6), (-6, 2, 0)), ((0, 0, 0), (300, -200, 90))]
)
def test_a_known_movement_is_found_to_half_a_millimetre(degrees, mm):
    fixed = _volume()
    moving, truth = _shaken(fixed, degrees, mm)
    found = register_rigidly(fixed, moving, region=sphere(fixed, tuple(_MIDDLE), 40))
    assert found.improved
    assert found.after > found.before
    assert _error_mm(found.matrix, truth) < 0.5
    back = placed(moving, fixed, found.matrix)
    assert back.frame_of_reference_uid == fixed.frame_of_reference_uid
    assert np.allclose(back.affine, fixed.affine, atol=0.8)


def test_a_series_that_lies_right_is_not_moved():
    fixed = _volume()
    found = register_rigidly(fixed, on_grid_of(fixed, fixed.array * 0.5 + 100))
    assert not found.improved
    assert found.after == found.before


def test_images_that_have_nothing_to_do_with_each_other_are_left_where_they_are_or_say_how_little_it_helped():
    fixed, other = _volume(0), _volume(7)
    found = register_rigidly(fixed, other, region=sphere(fixed, tuple(_MIDDLE), 40))
    assert found.after < 0.3


def test_registering_is_repeatable():
    fixed = _volume()
    moving, _ = _shaken(fixed, (2, 1, -3), (3, 2, -2))
    region = sphere(fixed, tuple(_MIDDLE), 40)
    assert centroid_lps(region) == pytest.approx(_MIDDLE, abs=2)
    first, second = (register_rigidly(fixed, moving, region=region) for _ in range(2))
    assert np.allclose(first.matrix, second.matrix, atol=1e-3)


def test_it_can_be_stopped():
    class Stop:
        def report(self, fraction, message):
            raise Cancelled

    fixed = _volume()
    moving, _ = _shaken(fixed, (2, 1, -3), (3, 2, -2))
    with pytest.raises(Cancelled):
        register_rigidly(fixed, moving, progress=Stop())
