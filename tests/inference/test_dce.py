"""Enhancement and its measures are those that one reads off a drawn curve with a ruler."""

import numpy as np
import pytest
from highdicom import Volume
from pydicom.uid import generate_uid

from core.annotations import Annotation, Kind
from core.errors import FramesDiffer, SeriesIncomplete
from core.nudge import Nudge
from core.study import Role, RoleChoice, Series, Stack
from core.volume import position_lps
from inference.dce import (
    CurveType,
    Dynamic,
    curve,
    curve_at,
    curve_in,
    curve_in_region,
    load_dynamic,
    maps,
    subtraction,
)

_TIMES = tuple(10.0 * n for n in range(16))
_RISE = (100, 100, 100, 100, 150, 200)  # contrast agent arrives after 30 s; doubled at 50 s


def _grid(array: np.ndarray, frame: str = "1.2") -> Volume:
    return Volume(array, np.diag([3.0, 2.0, 2.0, 1.0]), "PATIENT", frame_of_reference_uid=frame)


def _dynamic(*signals: tuple[float, ...]) -> Dynamic:
    """Return one slice of two rows and as many columns as there are signals."""
    made = np.array(signals, np.uint16).T  # phase, column
    return Dynamic(tuple(_grid(np.tile(row, (1, 2, 1))) for row in made), _TIMES, 4, "dynamic")


def test_enhancement_is_relative_to_the_mean_before_contrast_agent() -> None:
    found = curve((0.0, 10.0, 20.0, 30.0, 40.0), (90, 110, 150, 200, 190), 2)
    assert found.signal == (90, 110, 150, 200, 190)
    assert found.enhancement == pytest.approx((-10, 10, 50, 100, 90))


def test_the_measures_of_a_curve_that_washes_out() -> None:
    # Up from 100 at 30 s over 150 at 40 s to 200 at 50 s, then 5 less each phase down to 150 at 150 s.
    found = curve(_TIMES, (*_RISE, *range(195, 149, -5)), 4).kinetics
    assert found.onset_s == 30
    assert found.peak_percent == pytest.approx(100)
    assert found.time_to_peak_s == 20
    assert found.wash_in == pytest.approx(100 / 20)
    # the last three phases are 160, 155, 150 at 130, 140, 150 s: 45 % lost in 90 s
    assert found.wash_out == pytest.approx(45 / 90 * 60)
    assert found.curve_type is CurveType.WASH_OUT


def test_the_measures_of_a_curve_that_goes_on_rising() -> None:
    # 10 more each phase from 110 at 40 s to 220 at 150 s
    found = curve(_TIMES, (100, 100, 100, 100, *range(110, 221, 10)), 4).kinetics
    assert found.onset_s == 40  # a tenth of 120 % is passed after 40 s
    assert found.peak_percent == pytest.approx(120)
    assert found.time_to_peak_s == 100  # nine tenths, 108 %, are passed at 140 s
    assert found.wash_in == pytest.approx((110 - 10) / 100)
    assert found.wash_out == 0
    assert found.curve_type is CurveType.PERSISTENT


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (221, CurveType.PERSISTENT),
        (219, CurveType.PLATEAU),
        (200, CurveType.PLATEAU),
        (181, CurveType.PLATEAU),
        (179, CurveType.WASH_OUT),
    ],
)
def test_a_tenth_of_the_signal_separates_the_types(last: int, expected: CurveType) -> None:
    assert curve(_TIMES, (*_RISE, 200, 200, 200, 200, *(last,) * 6), 4).kinetics.curve_type is expected


def test_noise_on_a_plateau_does_not_move_the_peak() -> None:
    flat = curve(_TIMES, (*_RISE, *(200,) * 10), 4).kinetics
    noisy = curve(_TIMES, (*_RISE, *(200, 198, 203, 199, 201, 200, 204, 198, 200, 199)), 4).kinetics
    assert noisy.time_to_peak_s == flat.time_to_peak_s == 20
    assert noisy.wash_in == pytest.approx(flat.wash_in)


def test_what_does_not_enhance_or_was_not_followed_has_no_type() -> None:
    still = curve(_TIMES, (100,) * 16, 4).kinetics
    assert (still.curve_type, still.peak_percent, still.wash_in, still.wash_out) == (CurveType.NONE, 0, 0, 0)
    short = curve(_TIMES[:8], (*_RISE, 210, 205), 4).kinetics
    assert short.curve_type is CurveType.NONE


def test_the_maps_are_the_measures_of_each_voxel() -> None:
    signals = ((*_RISE, *range(195, 149, -5)), (100, 100, 100, 100, *range(110, 221, 10)), (100,) * 16, (0,) * 16)
    found = maps(_dynamic(*signals))
    expected = [curve(_TIMES, one, 4).kinetics for one in signals[:3]]
    assert found.wash_in.array[0, 1] == pytest.approx([*(one.wash_in for one in expected), 0])
    assert found.wash_out.array[0, 1] == pytest.approx([*(one.wash_out for one in expected), 0])
    assert found.time_to_peak.array[0, 1] == pytest.approx([20, 100, 0, 0])
    assert found.wash_in.array.dtype == np.float32


def test_a_subtraction_is_what_came_with_the_contrast_agent() -> None:
    made = subtraction(_dynamic((*_RISE, *range(195, 149, -5)), (300, 100, 200, 200, *(150,) * 12)), 5)
    assert made.array[0, 0].tolist() == [100.0, -50.0]


def test_the_early_phase_is_the_one_nearest_to_40_s_after_the_last_without_contrast_agent() -> None:
    assert _dynamic((100,) * 16).arrival_s == 30
    assert _dynamic((100,) * 16).early == 7


def test_a_curve_is_that_of_the_voxel_at_a_place() -> None:
    dynamic = _dynamic((*_RISE, *(200,) * 10), (100,) * 16)
    found = curve_at(dynamic, position_lps(dynamic.phases[0], (0.0, 1.4, 0.4)))
    assert found is not None
    assert found.signal[5] == 200
    assert curve_at(dynamic, position_lps(dynamic.phases[0], (0.0, 0.0, 1.6))) is None


def test_a_nudge_moves_the_place_of_a_curve() -> None:
    dynamic = _dynamic((*_RISE, *(200,) * 10), (100,) * 16)
    point = position_lps(dynamic.phases[0], (0.0, 0.0, 0.0))
    x, y, z = np.subtract(point, position_lps(dynamic.phases[0], (0.0, 0.0, 1.0)))
    moved = curve_at(dynamic.moved(Nudge((float(x), float(y), float(z)))), point)
    assert moved is not None
    assert max(moved.enhancement) == 0


def test_a_mask_of_another_series_weighs_each_voxel_by_its_share() -> None:
    dynamic = _dynamic((*_RISE, *(200,) * 10), (100,) * 16)  # voxels of 2 mm in x
    finer = np.diag([3.0, 2.0, 0.5, 1.0])
    finer[2, 3] = -0.75  # its first four columns lie in the first voxel
    mask = np.zeros((1, 2, 8), np.uint8)
    mask[0, 0, 1:5] = 1  # three of four columns
    found = curve_in(dynamic, Volume(mask, finer, "PATIENT", frame_of_reference_uid="1.2"))
    assert found is not None
    assert found.signal[5] == pytest.approx(0.75 * 200 + 0.25 * 100)
    assert curve_in(dynamic, Volume(np.zeros_like(mask), finer, "PATIENT", frame_of_reference_uid="1.2")) is None


def test_a_mask_of_another_frame_of_reference_is_refused() -> None:
    with pytest.raises(FramesDiffer, match="dynamic was not acquired in the frame of reference of the outline"):
        curve_in(_dynamic((100,) * 16), _grid(np.ones((1, 2, 1), np.uint8), frame="1.3"))


def test_a_region_of_the_reader_has_its_mean_curve() -> None:
    dynamic = _dynamic((*_RISE, *(200,) * 10), (100,) * 16)
    corners = [
        position_lps(dynamic.phases[0], (0.0, j, i)) for j, i in ((-0.4, -0.4), (-0.4, 1.4), (1.4, 1.4), (1.4, -0.4))
    ]
    drawn = Annotation(generate_uid(), Kind.POLYGON, "1.2", tuple(corners))
    assert curve_in_region(dynamic, drawn).signal[5] == pytest.approx(150)


def test_a_dynamic_series_without_times_is_refused_by_name() -> None:
    series = Series("1.2.8", "MR", 8, "twist", "1.2", ())
    with pytest.raises(SeriesIncomplete, match="series 8 “twist” does not say when its phases were acquired"):
        load_dynamic(RoleChoice(Role.DCE, (Stack(series, ()),) * 5, "made"))
