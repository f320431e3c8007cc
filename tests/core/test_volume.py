"""Volumes keep their place in the patient."""

import highdicom
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FramesDiffer
from core.volume import centroid_lps, index_kji, pack, position_lps, require_same_frame, same_grid, unpack

_COS, _SIN = np.cos(np.radians(18)), np.sin(np.radians(18))
_OBLIQUE = np.array(  # columns: slice (3 mm), row (0.5 mm), column (0.5 mm) steps of an axial stack tilted by 18°
    [[0, 0, 0.5, -40.0], [-3 * _SIN, 0.5 * _COS, 0, 30.0], [3 * _COS, 0.5 * _SIN, 0, -60.0], [0, 0, 0, 1]]
)


def _volume(frame="1.2.3", affine=_OBLIQUE):
    return highdicom.Volume(np.zeros((4, 5, 6), np.uint8), affine, "PATIENT", frame_of_reference_uid=frame)


def test_volumes_of_one_frame_may_be_combined():
    require_same_frame(_volume(), _volume(), names=("ADC", "T2 axial"))


@pytest.mark.parametrize("frame", ["1.2.4", None])
def test_volumes_of_different_or_unknown_frames_are_refused_by_name(frame):
    with pytest.raises(FramesDiffer, match="ADC was not acquired in the frame of reference of T2 axial"):
        require_same_frame(_volume(frame), _volume(), names=("ADC", "T2 axial"))


def test_a_grid_in_another_frame_is_another_grid():
    assert same_grid(_volume(), _volume())
    assert not same_grid(_volume(), _volume("1.2.4"))


@given(st.tuples(*[st.floats(-100, 100)] * 3))
def test_positions_and_indices_are_each_others_inverse(index):
    volume = _volume()
    assert index_kji(volume, position_lps(volume, index)) == pytest.approx(index, abs=1e-6)


def test_the_centre_of_one_voxel_is_its_position():
    volume = _volume()
    volume.array[2, 3, 4] = 1
    assert centroid_lps(volume) == pytest.approx(position_lps(volume, (2, 3, 4)))


def test_an_empty_mask_has_no_centre():
    with pytest.raises(ValueError, match="no centre"):
        centroid_lps(_volume())


def test_a_packed_volume_comes_back_bit_for_bit():
    volume = highdicom.Volume(
        np.random.default_rng(1).normal(size=(3, 4, 5)).astype(np.float32), _OBLIQUE, "PATIENT", "1.2"
    )
    back = unpack(pack(volume))
    assert np.array_equal(back.array, volume.array)
    assert back.array.dtype == volume.array.dtype
    assert np.array_equal(back.affine, volume.affine)
    assert back.frame_of_reference_uid == volume.frame_of_reference_uid
