"""Size and ADC of a lesion, against shapes whose size a person can compute."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from highdicom import Volume
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import FramesDiffer
from core.findings import MeasuredImage
from core.pirads import Zone
from core.study import Role
from core.volume import on_grid_of, voxel_volume_ml
from inference.measure import measure, measure_lesion

_SHAPE = (16, 110, 110)


def _grid(*, spacing: tuple[float, float, float] = (3.0, 0.5, 0.5), tilt_degrees: float = 0.0) -> Volume:
    """An axial stack (k superior, j posterior, i left), tilted about the patient's left-right axis."""
    tilt = math.radians(tilt_degrees)
    affine = np.eye(4)
    affine[:3, 0] = np.array([0, -math.sin(tilt), math.cos(tilt)]) * spacing[0]
    affine[:3, 1] = np.array([0, math.cos(tilt), math.sin(tilt)]) * spacing[1]
    affine[:3, 2] = np.array([1, 0, 0]) * spacing[2]
    affine[:3, 3] = (-27.0, 12.0, -55.0)
    return Volume(
        array=np.zeros(_SHAPE, np.uint8), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid="1.2.3"
    )


def _ellipsoid(grid: Volume, half_axes: tuple[float, float, float], turned: float = 0.0) -> Volume:
    """An ellipsoid in the middle of the grid; half axes (mm) through the stack, then two within the slice."""
    index = np.indices(_SHAPE).astype(float)
    steps = [(index[axis] - (_SHAPE[axis] - 1) / 2) * grid.spacing[axis] for axis in range(3)]
    along = math.cos(turned) * steps[1] + math.sin(turned) * steps[2]
    across = -math.sin(turned) * steps[1] + math.cos(turned) * steps[2]
    inside = (steps[0] / half_axes[0]) ** 2 + (along / half_axes[1]) ** 2 + (across / half_axes[2]) ** 2 <= 1
    return on_grid_of(grid, inside.astype(np.uint8))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    long_half=st.floats(6.0, 20.0),
    ratio=st.floats(0.45, 0.9),
    turned=st.floats(0.0, math.pi),
    tilt=st.floats(-30.0, 30.0),
    pixel=st.sampled_from((0.3125, 0.5, 0.56)),
)
def test_an_ellipsoid_has_its_axes_to_within_a_pixel(
    long_half: float, ratio: float, turned: float, tilt: float, pixel: float
) -> None:
    long_half = min(long_half, 0.45 * pixel * _SHAPE[1])
    grid = _grid(spacing=(3.0, pixel, pixel), tilt_degrees=tilt)
    mask = _ellipsoid(grid, (9.0, long_half, ratio * long_half), turned)

    measured = measure(mask, None)

    # No slice runs exactly through the middle: the nearest one is half a slice off it.
    middle = math.sqrt(1 - (1.5 / 9.0) ** 2)
    assert measured.long_axis_mm == pytest.approx(2 * long_half * middle, abs=pixel * 1.1)
    # It lies across a long axis whose ends are true to a pixel, so it is tilted by as much.
    assert measured.short_axis_mm == pytest.approx(2 * ratio * long_half * middle, abs=pixel * 2)


def test_a_sphere_has_its_volume() -> None:
    mask = _ellipsoid(_grid(tilt_degrees=18.6), (10.0, 10.0, 10.0))

    assert measure(mask, None).volume_ml == pytest.approx(4 / 3 * math.pi * 10**3 / 1000, rel=0.03)


def test_a_single_voxel_measures_its_own_pixel() -> None:
    grid = _grid()
    array = np.zeros(_SHAPE, np.uint8)
    array[3, 4, 5] = 1

    measured = measure(on_grid_of(grid, array), None)

    assert (measured.long_axis_mm, measured.short_axis_mm) == pytest.approx((0.5, 0.5))
    assert measured.volume_ml == pytest.approx(3.0 * 0.5 * 0.5 / 1000)


def _ellipse(grid: Volume, length_mm: float, width_mm: float) -> np.ndarray:
    """An ellipse in the middle of a slice, long from front to back."""
    rows, columns = np.indices(_SHAPE[1:]).astype(float)
    along, across = (rows - 54.5) * grid.spacing[1], (columns - 54.5) * grid.spacing[2]
    return ((along / length_mm * 2) ** 2 + (across / width_mm * 2) ** 2 <= 1).astype(np.uint8)


def test_the_axes_are_those_of_the_slice_where_the_lesion_is_longest() -> None:
    grid = _grid()
    array = np.zeros(_SHAPE, np.uint8)
    array[4] = _ellipse(grid, 20.0, 4.0)
    array[5] = _ellipse(grid, 15.0, 14.0)  # a larger area, but shorter

    measured = measure(on_grid_of(grid, array), None)

    assert measured.long_axis_mm == pytest.approx(20.0, abs=0.5)
    assert measured.short_axis_mm == pytest.approx(4.0, abs=0.5)


def test_pixels_that_are_not_square_are_measured_in_millimetres() -> None:
    grid = _grid(spacing=(3.0, 1.0, 0.4))
    array = np.zeros(_SHAPE, np.uint8)
    array[4] = _ellipse(grid, 30.0, 8.0)

    measured = measure(on_grid_of(grid, array), None)

    assert measured.long_axis_mm == pytest.approx(30.0, abs=1.0)
    assert measured.short_axis_mm == pytest.approx(8.0, abs=1.0)


def test_two_pieces_in_one_slice_are_measured_from_end_to_end() -> None:
    array = np.zeros(_SHAPE, np.uint8)
    array[4, 10:12, 10:12] = array[4, 10:12, 50:52] = 1

    assert measure(on_grid_of(_grid(), array), None).long_axis_mm == pytest.approx(21.0, abs=0.6)


def test_adc_is_the_mean_and_tenth_percentile_over_the_mask_without_empty_voxels() -> None:
    grid = _grid()
    mask, adc = np.zeros(_SHAPE, np.uint8), np.full(_SHAPE, 1700, np.int16)
    mask[2, 0, :12] = 1
    adc[2, 0, :12] = (0, 0, 600, 700, 800, 900, 1000, 1100, 1200, 1300, 1400, 1500)

    measured = measure(on_grid_of(grid, mask), on_grid_of(grid, adc), (50.0, 400.0, 800.0))

    assert measured.adc_mean == pytest.approx(1050.0)
    assert measured.adc_p10 == pytest.approx(690.0)
    assert measured.adc_b_values == (50.0, 400.0, 800.0)


def test_without_an_adc_map_no_adc_is_made_up() -> None:
    measured = measure(_ellipsoid(_grid(), (6.0, 6.0, 6.0)), None, (50.0, 800.0))

    assert (measured.adc_mean, measured.adc_p10, measured.adc_b_values) == (None, None, ())


def test_a_lesion_where_the_adc_map_is_blank_has_no_adc() -> None:
    grid = _grid()

    measured = measure(_ellipsoid(grid, (6.0, 6.0, 6.0)), on_grid_of(grid, np.zeros(_SHAPE, np.int16)))

    assert (measured.adc_mean, measured.adc_p10) == (None, None)


def test_an_adc_map_of_another_frame_is_refused() -> None:
    mask = _ellipsoid(_grid(), (6.0, 6.0, 6.0))
    adc = Volume(
        array=np.ones(_SHAPE, np.int16), affine=mask.affine, coordinate_system="PATIENT", frame_of_reference_uid="9.9"
    )

    with pytest.raises(FramesDiffer, match="ADC map"):
        measure(mask, adc)


def test_an_adc_map_on_another_grid_is_refused() -> None:
    mask = _ellipsoid(_grid(), (6.0, 6.0, 6.0))

    with pytest.raises(ValueError, match="resampled"):
        measure(mask, on_grid_of(_grid(tilt_degrees=5.0), np.ones(_SHAPE, np.int16)))


def test_an_empty_mask_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        measure(_grid(), None)


def test_a_lesion_is_measured_while_the_hand_is_still_on_the_mouse() -> None:
    grid = _grid()
    mask = _ellipsoid(grid, (15.0, 20.0, 12.0))
    adc = on_grid_of(grid, np.full(_SHAPE, 900, np.int16))
    measure(mask, adc)  # scipy is imported once

    times = []
    for _ in range(5):
        began = time.perf_counter()
        measure(mask, adc)
        times.append(time.perf_counter() - began)

    # 30 ms is the aim; the best of five keeps a crowded machine from failing it.
    assert min(times) < 0.03


def test_the_volume_of_a_mask_is_its_voxels_times_theirs() -> None:
    mask = _ellipsoid(_grid(tilt_degrees=25.0), (7.0, 5.0, 9.0))

    expected = int(mask.array.sum()) * voxel_volume_ml(mask)
    assert measure(mask, None).volume_ml == pytest.approx(expected)


# On ADC or on T2 (PI-RADS v2.1)


def _adc_map(
    *, tilt_degrees: float = 0.0, step_mm: float = 3.0, shift_mm: float = 0.0, slices: int = 16, frame: str = "1.2.3"
) -> Volume:
    """An ADC map of 2 mm pixels around the middle of `_grid()`, its slices tilted about the left-right axis."""
    grid, tilt = _grid(), math.radians(tilt_degrees)
    middle = grid.affine[:3, :3] @ ((np.array(_SHAPE) - 1) / 2) + grid.affine[:3, 3]
    affine, shape = np.eye(4), (slices, 60, 60)
    affine[:3, 0] = np.array([0, -math.sin(tilt), math.cos(tilt)]) * step_mm
    affine[:3, 1] = np.array([0, math.cos(tilt), math.sin(tilt)]) * 2.0
    affine[:3, 2] = np.array([1, 0, 0]) * 2.0
    affine[:3, 3] = middle - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    affine[:3, 3] += affine[:3, 0] / step_mm * shift_mm
    values = np.full(shape, 900, np.int16)
    return Volume(array=values, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=frame)


def test_a_peripheral_lesion_is_measured_in_the_slices_of_adc_and_a_transitional_one_in_those_of_t2() -> None:
    # 30 mm from front to back and 8 mm high, lying in the slices of an ADC map that is tilted against T2.
    tilt = 30.0
    adc, grid = _adc_map(tilt_degrees=tilt, shift_mm=1.5), _grid()
    index = np.indices(_SHAPE).reshape(3, -1)
    offsets = grid.affine[:3, :3] @ (index - (np.array(_SHAPE)[:, None] - 1) / 2)
    axes = adc.affine[:3, :3] / np.linalg.norm(adc.affine[:3, :3], axis=0)
    inside = ((axes.T @ offsets / np.array([[4.0], [15.0], [6.0]])) ** 2).sum(axis=0) <= 1
    mask = on_grid_of(grid, inside.reshape(_SHAPE).astype(np.uint8))

    peripheral, transitional = measure_lesion(mask, adc, Zone.PZ), measure_lesion(mask, adc, Zone.TZ)

    assert peripheral.measured_on is Role.ADC
    assert (peripheral.long_axis_mm, peripheral.short_axis_mm) == pytest.approx((30.0, 12.0), abs=1.5)
    assert transitional.measured_on is Role.T2_AXIAL
    # The slices of T2 cut it obliquely: along a direction d the ellipse is 2 / sqrt(d_15² / 15² + d_4² / 4²) long.
    d15, d4 = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    assert transitional.long_axis_mm == pytest.approx(2 / math.hypot(d15 / 15, d4 / 4), abs=1.5)
    assert transitional == replace(
        peripheral,
        measured_on=Role.T2_AXIAL,
        long_axis_mm=transitional.long_axis_mm,
        short_axis_mm=transitional.short_axis_mm,
    )


def test_the_coarse_pixels_of_an_adc_map_do_not_coarsen_the_size_of_an_outline() -> None:
    mask = _ellipsoid(_grid(), (9.0, 11.3, 7.2))

    on_adc, on_t2 = measure_lesion(mask, _adc_map(), Zone.PZ), measure_lesion(mask, _adc_map(), Zone.TZ)

    assert on_adc.measured_on is Role.ADC
    assert (on_adc.long_axis_mm, on_adc.short_axis_mm) == pytest.approx(
        (on_t2.long_axis_mm, on_t2.short_axis_mm), abs=0.5
    )


@pytest.mark.parametrize(
    "adc",
    [None, _adc_map(step_mm=12.0), _adc_map(slices=2, shift_mm=40.0)],
    ids=["no ADC map", "between two ADC slices", "beyond the ADC stack"],
)
def test_where_no_adc_slice_cuts_the_lesion_it_is_measured_on_t2_and_says_so(adc: Volume | None) -> None:
    array = np.zeros(_SHAPE, np.uint8)
    array[7, 40:60, 50:60] = array[8, 40:60, 50:60] = 1

    measured = measure_lesion(on_grid_of(_grid(), array), adc, Zone.PZ)

    assert measured.measured_on is Role.T2_AXIAL
    assert measured.long_axis_mm == pytest.approx(math.hypot(10.0, 5.0), abs=0.8)


def test_a_lesion_of_the_report_has_the_adc_of_the_map_as_it_was_acquired() -> None:
    adc = _adc_map()
    adc.array[:, :30] = 1100

    measured = measure_lesion(_ellipsoid(_grid(), (6.0, 6.0, 6.0)), adc, Zone.PZ, (50.0, 800.0))

    assert measured.adc_mean == pytest.approx(1000.0, abs=12.0)
    assert measured.adc_p10 == pytest.approx(900.0)
    assert measured.adc_b_values == (50.0, 800.0)


def test_a_lesion_is_not_measured_on_an_adc_map_of_another_frame() -> None:
    with pytest.raises(FramesDiffer):
        measure_lesion(_ellipsoid(_grid(), (6.0, 6.0, 6.0)), _adc_map(frame="9.9"), Zone.PZ)


def test_the_image_in_which_the_long_axis_lies_is_kept_for_each_zone() -> None:
    grid = _grid()
    mask = np.zeros(_SHAPE, np.uint8)
    mask[6, 50:56, 40:50] = 1
    mask[7, 50:56, 40:70] = 1  # the longest slice of T2
    mask[8, 50:56, 40:50] = 1
    coarse = np.array(grid.affine)
    coarse[:3, :3] = coarse[:3, :3] * (1.4, 4.0, 4.0)  # every 4.2 mm: the slice at 21 mm is k = 5, and k = 7 of T2
    adc = Volume(np.full((11, 28, 28), 900, np.int16), coarse, "PATIENT", frame_of_reference_uid="1.2.3")
    images = {
        Role.T2_AXIAL: [MeasuredImage(f"1.{k}", 100 + k) for k in range(16)],
        Role.ADC: [MeasuredImage(f"2.{k}", 200 + k) for k in range(11)],
    }
    lesion = on_grid_of(grid, mask)

    assert measure_lesion(lesion, adc, Zone.TZ, images=images).image == MeasuredImage("1.7", 107)
    measured = measure_lesion(lesion, adc, Zone.PZ, images=images)
    assert (measured.measured_on, measured.image) == (Role.ADC, MeasuredImage("2.5", 205))
    assert measure_lesion(lesion, adc, Zone.TZ).image is None
    other_stack = {Role.T2_AXIAL: images[Role.T2_AXIAL][1:]}
    assert measure_lesion(lesion, adc, Zone.TZ, images=other_stack).image is None
