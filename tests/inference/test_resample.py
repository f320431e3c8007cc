"""A volume on another grid shows the same patient at the same place, however both grids lie."""

import numpy as np
import pytest
from highdicom import Volume
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import FramesDiffer
from core.volume import centroid_lps, same_grid
from inference.resample import resample_like

_FRAME = "1.2.3"


def _volume(array: np.ndarray, affine: np.ndarray, frame: str | None = _FRAME) -> Volume:
    return Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=frame)


@st.composite
def _affines(draw: st.DrawFn) -> np.ndarray:
    """Draw an oblique, anisotropic, perhaps left-handed grid around the origin."""
    quaternion = np.array(draw(st.tuples(*[st.floats(-1, 1)] * 4))) + np.array([1e-3, 0, 0, 0])
    w, x, y, z = quaternion / np.linalg.norm(quaternion)
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    spacing = np.array([draw(st.floats(1, 4)), draw(st.floats(0.5, 2)), draw(st.floats(0.5, 2))])
    flips = np.array([draw(st.sampled_from([-1, 1])) for _ in range(3)])
    affine = np.eye(4)
    affine[:3, :3] = rotation[:, draw(st.permutations([0, 1, 2]))] * (spacing * flips)
    affine[:3, 3] = draw(st.tuples(*[st.floats(-5, 5)] * 3)) - affine[:3, :3] @ np.array([6, 8, 10])
    return affine


def _positions(volume: Volume) -> np.ndarray:
    indices = np.stack(np.indices(volume.spatial_shape), axis=-1).astype(float)
    return indices @ volume.affine[:3, :3].T + volume.affine[:3, 3]


_TINY_COSINES = np.array(
    [
        [-0.02399961600, 1.42402448e-314, 0.999968001, -9.85568231],
        [-5.34009182e-312, -2.0, -7.12012242e-315, 16.0],
        [2.999904, -3.56006121e-312, 0.00799987200, -18.0794227],
        [0, 0, 0, 1],
    ]
)
"""A grid whose directions ITK inverts wrongly unless they are rounded."""


@settings(max_examples=40, deadline=None)
@example(_TINY_COSINES, np.diag([-1.0, -1.0, -1.0, 1.0]) + np.array([[0, 0, 0, v] for v in (6, 8, 10, 0)]))
@given(_affines(), _affines())
def test_a_value_stays_at_its_place_in_the_patient(from_affine: np.ndarray, to_affine: np.ndarray) -> None:
    shape = (13, 17, 21)
    moving = _volume(np.zeros(shape, np.float32), from_affine)
    moving = _volume((100 + _positions(moving) @ np.array([1.0, 2.0, -3.0])).astype(np.float32), from_affine)
    reference = _volume(np.zeros((12, 18, 20), np.uint8), to_affine)
    resampled = resample_like(moving, reference)
    assert same_grid(resampled, reference)
    there = _positions(reference)
    index = (there - from_affine[:3, 3]) @ np.linalg.inv(from_affine[:3, :3]).T
    inside = ((index > 0.01) & (index < np.array(shape) - 1.01)).all(axis=-1)
    outside = ((index < -0.51) | (index > np.array(shape) - 0.49)).any(axis=-1)
    expected = 100 + there @ np.array([1.0, 2.0, -3.0])
    assert inside.sum() > 50, "the two grids overlap"
    assert np.abs(resampled.array - expected)[inside].max() < 1e-2
    assert (resampled.array[outside] == 0).all()


@settings(max_examples=20, deadline=None)
@given(_affines(), _affines())
def test_labels_keep_their_numbers_and_their_place(from_affine: np.ndarray, to_affine: np.ndarray) -> None:
    labels = np.zeros((13, 17, 21), np.uint8)
    labels[4:9, 5:12, 6:15] = 3
    moving = _volume(labels, from_affine)
    reference = _volume(np.zeros((48, 48, 48), np.uint8), _covering(to_affine))
    resampled = resample_like(moving, reference, labels=True)
    assert resampled.array.dtype == np.uint8
    assert set(np.unique(resampled.array)) == {0, 3}
    # the nearest voxel may lie half a voxel of 1 mm off along each axis of the grid
    assert centroid_lps(resampled) == pytest.approx(centroid_lps(moving), abs=0.9)


def _covering(affine: np.ndarray) -> np.ndarray:
    wide = affine.copy()
    wide[:3, :3] *= 1.0 / np.linalg.norm(affine[:3, :3], axis=0)
    wide[:3, 3] = -wide[:3, :3] @ np.array([23.5, 23.5, 23.5])
    return wide


def test_a_volume_on_the_same_grid_comes_back_untouched() -> None:
    moving = _volume(np.arange(24, dtype=np.int16).reshape(2, 3, 4), np.eye(4))
    reference = _volume(np.zeros((2, 3, 4), np.uint8), np.eye(4))
    assert resample_like(moving, reference) is moving


@pytest.mark.parametrize("frame", ["9.9.9", None])
def test_frames_that_differ_or_are_unknown_are_never_laid_over_each_other(frame: str | None) -> None:
    moving = _volume(np.ones((2, 3, 4), np.uint8), np.eye(4), frame)
    reference = _volume(np.zeros((2, 3, 4), np.uint8), np.eye(4))
    with pytest.raises(FramesDiffer):
        resample_like(moving, reference)
