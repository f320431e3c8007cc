"""What is sampled from a volume is what lies at that place in the patient; outlines separate inside from outside."""

import gc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from core.study import Role
from viewer.overlay_painter import path_of
from viewer.render.contour import MaskOutline
from viewer.render.geometry import StackGeometry, stack_geometry
from viewer.render.lut import ADC_WINDOW, Window, automatic_window, grey
from viewer.render.slice import PixelGrid, Reslicer

_angles = st.floats(-180, 180)
_oblique = st.fixed_dictionaries(
    {
        "spacing": st.tuples(st.floats(1.5, 6), st.floats(0.3, 3), st.floats(0.3, 3)),
        "origin": st.tuples(*[st.floats(-200, 200)] * 3),
        "turn_deg": st.tuples(_angles, _angles, _angles),
        "axes": st.sampled_from(["SPL", "IPL", "SAL", "SLP", "LIP", "RSA", "PIL", "AIR", "LPS"]),
    }
)


def _grid(stack: StackGeometry, depth: float, mm: float, size: int) -> PixelGrid:
    """Return pixels around the middle of the picture."""
    u, v = (middle - mm * (size - 1) / 2 for middle in stack.middle)
    return PixelGrid(stack.lps(u, v, depth), stack.right, stack.down, mm, size, size)


@given(geometry=_oblique, other=_oblique, k=st.integers(0, 6))
@settings(max_examples=60)
def test_every_pixel_has_the_value_of_its_patient_position_in_any_plane(
    phantoms: Any, geometry: dict[str, Any], other: dict[str, Any], k: int
) -> None:
    volume = phantoms.positions(phantoms.affine(**geometry), shape=(7, 30, 25))
    own = stack_geometry(volume)
    for stack in (own, stack_geometry(phantoms.positions(phantoms.affine(**other), shape=(2, 2, 2)))):
        # 3 × 3 pixels about the middle of the own slice k stay inside of the volume in every plane.
        middle = own.lps(*own.middle, own.depth_of(3))
        u, v, depth = stack.uvd(middle)
        grid = PixelGrid(stack.lps(u - 0.3, v - 0.3, depth), stack.right, stack.down, 0.3, 3, 3)
        places = [[stack.lps(u + (x - 1) * 0.3, v + (y - 1) * 0.3, depth) for x in range(3)] for y in range(3)]
        expected = [[phantoms.value_at(place) for place in row] for row in places]
        assert Reslicer(volume).sample(grid) == pytest.approx(np.array(expected), abs=0.02)
    grid = _grid(own, own.depth_of(k), 0.3, 5)
    u, v = own.middle
    corner = own.lps(u - 0.6, v - 0.6, own.depth_of(k))
    assert Reslicer(volume).sample(grid)[0, 0] == pytest.approx(phantoms.value_at(corner), abs=0.02)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.float32])
def test_voxels_are_read_where_they_are_without_a_copy(phantoms: Any, dtype: type[np.generic]) -> None:
    volume = phantoms.volume(np.zeros((3, 20, 20), dtype), phantoms.affine())
    stack = stack_geometry(volume)
    reslicer = Reslicer(volume)
    volume.array[1] = 200
    sampled = reslicer.sample(_grid(stack, stack.depth_of(1), 0.5, 4))
    assert sampled.dtype == dtype
    assert (sampled == 200).all()


def test_voxels_live_as_long_as_the_reslicer(phantoms: Any) -> None:
    volume = phantoms.positions(phantoms.affine())
    stack, expected = stack_geometry(volume), phantoms.value_at((0, 0, 3 * 4))
    reslicer = Reslicer(volume)
    del volume
    gc.collect()
    rubbish = [np.full((9, 40, 48), -1, np.float32) for _ in range(20)]
    grid = PixelGrid((0.0, 0.0, 12.0), stack.right, stack.down, 0.5, 2, 2)
    assert reslicer.sample(grid)[0, 0] == pytest.approx(expected)
    assert rubbish


def test_a_view_into_a_larger_array_is_sampled_right(phantoms: Any) -> None:
    whole = np.arange(6 * 20 * 20, dtype=np.int16).reshape(6, 20, 20)
    volume = phantoms.volume(whole[::2, :, ::2], phantoms.affine())
    stack = stack_geometry(volume)
    grid = PixelGrid(stack.lps(1.0, 0.5, stack.depth_of(1)), stack.right, stack.down, 0.5, 1, 1)
    assert Reslicer(volume).sample(grid).item() == whole[2, 1, 4]


def test_a_plane_that_is_kept_does_not_change_with_the_next_one(phantoms: Any) -> None:
    volume = phantoms.positions(phantoms.affine(), shape=(5, 20, 20))
    stack, reslicer = stack_geometry(volume), Reslicer(volume)
    first = reslicer.sample(_grid(stack, stack.depth_of(1), 0.5, 4))
    before = first.copy()
    second = reslicer.sample(_grid(stack, stack.depth_of(3), 0.5, 4))
    assert (first == before).all()
    assert (second != before).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32])
def test_scrolled_on_and_back_every_plane_across_the_rows_of_voxels_is_its_own(
    phantoms: Any, dtype: type[np.generic]
) -> None:
    array = np.random.default_rng(1).integers(0, 200, (6, 9, 40)).astype(dtype)
    reslicer = Reslicer(phantoms.volume(array, phantoms.affine((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))))
    right, down = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    for i in (*range(40), 16, 15, 3, 39, 0):
        assert (reslicer.sample(PixelGrid((float(i), 0.0, 0.0), right, down, 1.0, 9, 6)) == array[:, :, i]).all(), i
    halfway = reslicer.sample(PixelGrid((15.5, 0.0, 0.0), right, down, 1.0, 9, 6))
    assert halfway == pytest.approx(array[:, :, 15:17].astype(float).mean(axis=2), abs=0.51)


def test_outside_of_the_volume_is_nothing(phantoms: Any) -> None:
    volume = phantoms.positions(phantoms.affine())
    stack = stack_geometry(volume)
    beyond = PixelGrid(stack.lps(-50, -50, stack.depth_of(2)), stack.right, stack.down, 0.5, 4, 4)
    assert not Reslicer(volume).sample(beyond).any()


@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.float32])
def test_a_window_maps_its_ends_to_black_and_white(dtype: type[np.generic]) -> None:
    values = np.array([[0, 100, 300, 350, 500, 1200]], dtype)
    assert grey(values, Window(400, 300)).tolist() == [[0, 0, 128, 159, 255, 255]]
    assert grey(values, Window(400, 300), inverted=True).tolist() == [[255, 255, 128, 96, 0, 0]]


def test_negative_values_stay_below_positive_ones() -> None:
    assert grey(np.array([[-1000, -500, 0]], np.int16), Window(1000, -500)).tolist() == [[0, 128, 255]]


def test_the_adc_window_never_depends_on_the_study(phantoms: Any) -> None:
    assert automatic_window(phantoms.positions(phantoms.affine()), Role.ADC) == ADC_WINDOW == Window(2500, 1250)


def test_other_windows_run_over_the_tissue_and_ignore_air(phantoms: Any) -> None:
    array = np.zeros((2, 100, 100), np.int16)
    array[:, 25:75, 30:70] = np.arange(1, 2001).reshape(50, 40)
    array[:, :5] = 30_000  # the glare of the surface coil
    window = automatic_window(phantoms.volume(array, phantoms.affine()), Role.T2_AXIAL)
    assert (window.low, window.low + window.width) == (pytest.approx(20, abs=2), pytest.approx(1990, abs=2))


def test_with_a_gland_the_window_runs_over_the_gland(phantoms: Any) -> None:
    array, mask = np.full((2, 50, 50), 5000, np.int16), np.zeros((2, 50, 50), np.uint8)
    mask[:, 20:30, 20:30] = 1
    array[mask > 0] = np.tile(np.arange(200, 300), 2)
    t2, gland = (phantoms.volume(a, phantoms.affine()) for a in (array, mask))
    window = automatic_window(t2, Role.T2_AXIAL, gland)
    assert 195 < window.low < 205
    assert 300 < window.low + window.width < 330


def test_an_empty_picture_still_has_a_window(phantoms: Any) -> None:
    assert automatic_window(phantoms.volume(np.zeros((2, 9, 9), np.int16), phantoms.affine()), Role.DWI).width > 0


def _mask(phantoms: Any, **geometry: Any) -> Any:
    """Return a mask with a hole, in a grid of 9 × 40 × 48."""
    array = np.zeros((9, 40, 48), np.uint8)
    array[2:7, 10:30, 12:36] = 1
    array[4, 18:22, 20:26] = 0
    return phantoms.volume(array, phantoms.affine(**geometry))


@given(geometry=_oblique, k=st.integers(0, 8))
@settings(max_examples=40)
def test_the_middle_of_each_voxel_is_on_its_own_side_of_the_outline(
    phantoms: Any, geometry: dict[str, Any], k: int
) -> None:
    mask = _mask(phantoms, **geometry)
    stack = stack_geometry(mask)
    outline = path_of(MaskOutline(mask).in_plane(stack, stack.depth_of(k)))
    for j, i in ((10, 12), (29, 35), (9, 12), (10, 11), (30, 35), (29, 36), (18, 20), (21, 25), (17, 20), (15, 15)):
        u, v, _ = stack.uvd(tuple((mask.affine @ [k, j, i, 1])[:3]))
        assert outline.contains(QPointF(u, v)) == bool(mask.array[k, j, i]), (k, j, i)


def test_the_outline_runs_midway_between_inside_and_outside(phantoms: Any) -> None:
    mask = _mask(phantoms)
    stack = stack_geometry(mask)
    outer, hole = sorted(MaskOutline(mask).in_plane(stack, stack.depth_of(4)), key=lambda p: -np.ptp(p))
    assert (outer.min(axis=0), outer.max(axis=0)) == (
        pytest.approx((11.5 * 0.5, 9.5 * 0.5), abs=0.005),
        pytest.approx((35.5 * 0.5, 29.5 * 0.5), abs=0.005),
    )
    assert np.ptp(hole, axis=0) == pytest.approx((6 * 0.5, 4 * 0.5), abs=0.01)


@given(turn=st.tuples(_angles, _angles, _angles), at=st.tuples(*[st.floats(-8, 8)] * 3))
@settings(max_examples=40)
def test_in_any_plane_the_outline_holds_what_is_inside_of_the_mask(
    phantoms: Any, turn: tuple[float, float, float], at: tuple[float, float, float]
) -> None:
    index = np.indices((21, 41, 41)).reshape(3, -1)
    affine = phantoms.affine(spacing=(1.5, 0.75, 0.75), origin=(-15, -15, -15), turn_deg=(12, -7, 30))
    affine[:3, 3] = affine[:3, :3] @ (-10, -20, -20)
    radius = np.linalg.norm(affine[:3, :3] @ index + affine[:3, 3:], axis=0).reshape(21, 41, 41)
    ball = phantoms.volume((radius < 9).astype(np.uint8), affine)
    stack = stack_geometry(phantoms.positions(phantoms.affine(turn_deg=turn), shape=(3, 4, 4)))
    u, v, depth = stack.uvd(at)
    path = path_of(MaskOutline(ball).in_plane(stack, depth))
    distance = float(np.linalg.norm(at))
    if distance < 7.5:
        assert path.contains(QPointF(u, v))
    if distance > 10.5:
        assert not path.contains(QPointF(u, v))


@pytest.mark.parametrize("turn_deg", [(0.0, 0.0, 0.0), (0.0, 0.0, 25.0), (20.0, -15.0, 10.0)])
def test_a_long_outline_has_few_points_and_still_every_voxel_on_its_own_side(
    phantoms: Any, turn_deg: tuple[float, float, float]
) -> None:
    index = np.indices((5, 121, 121)).astype(float)
    inside = np.hypot(index[1] - 60, index[2] - 60) + 4 * np.sin(np.arctan2(index[1] - 60, index[2] - 60) * 5) < 50
    mask = phantoms.volume(inside.astype(np.uint8), phantoms.affine((3.0, 0.5, 0.5), turn_deg=turn_deg))
    stack = stack_geometry(mask)
    polygons = MaskOutline(mask).in_plane(stack, stack.depth_of(2))
    assert sum(map(len, polygons)) < 250, "its border has more than 400 voxels"
    outline = path_of(polygons)
    for j, i in np.ndindex(121, 121):
        u, v, _ = stack.uvd(tuple((mask.affine @ [2, j, i, 1])[:3]))
        assert outline.contains(QPointF(u, v)) == inside[2, j, i], (j, i)


@pytest.mark.parametrize("turn_deg", [(0.0, 0.0, 0.0), (20.0, -15.0, 10.0)])
def test_the_outline_in_a_slab_is_all_that_is_in_it(phantoms: Any, turn_deg: tuple[float, float, float]) -> None:
    array = np.zeros((15, 40, 40), np.uint8)
    array[9:11, 10:20, 10:20] = 1  # 3 and 4 mm above slice 6
    array[1, 25:35, 25:35] = 1  # 5 mm below it
    mask = phantoms.volume(array, phantoms.affine((1.0, 1.0, 1.0), turn_deg=turn_deg))
    stack, outline = stack_geometry(mask), MaskOutline(mask)
    depth = stack.depth_of(6)

    def holds(k: float, j: float, i: float, thickness: float) -> bool:
        u, v, _ = stack.uvd(tuple((mask.affine @ [k, j, i, 1])[:3]))
        return path_of(outline.in_plane(stack, depth, thickness)).contains(QPointF(u, v))

    assert outline.in_plane(stack, depth) == outline.in_plane(stack, depth, 4.0) == ()
    above, below = (9, 15, 15), (1, 30, 30)
    assert [holds(*above, 7.0), holds(*below, 7.0)] == [True, False]
    assert [holds(*above, 11.0), holds(*below, 11.0)] == [True, True]
    assert not holds(6, 15, 30, 11.0)
    (square,) = outline.in_plane(stack, depth, 7.0)
    assert np.ptp(square, axis=0) == pytest.approx((10.0, 10.0), abs=0.01)


def test_a_plane_beside_the_mask_and_an_empty_mask_have_no_outline(phantoms: Any) -> None:
    mask = _mask(phantoms)
    stack = stack_geometry(mask)
    assert MaskOutline(mask).in_plane(stack, stack.depth_of(8)) == ()
    assert MaskOutline(mask).in_plane(stack, 500.0) == ()
    empty = phantoms.volume(np.zeros((9, 40, 48), np.uint8), phantoms.affine())
    assert MaskOutline(empty).in_plane(stack, stack.depth_of(4)) == ()


def test_a_lesion_of_one_voxel_is_seen(phantoms: Any) -> None:
    array = np.zeros((9, 40, 48), np.uint8)
    array[4, 20, 20] = 1
    mask = phantoms.volume(array, phantoms.affine())
    stack = stack_geometry(mask)
    (polygon,) = MaskOutline(mask).in_plane(stack, stack.depth_of(4))
    assert np.ptp(polygon, axis=0) == pytest.approx((0.5, 0.5), abs=0.01)
