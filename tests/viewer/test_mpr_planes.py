"""The planes of the MPR lie, turn and are lettered as computed by hand."""

from itertools import permutations, product
from math import cos, radians, sin, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from viewer.corner_text import edge_letters
from viewer.mpr_axes import AxisCross, AxisLine, Grip, Held
from viewer.mpr_planes import PATIENT, PLANES, Planes, cut_of, oblique_stack, own_planes
from viewer.render.geometry import Plane, stack_geometry, voxel_mm_along
from viewer.render.slab import Projection, Slab
from viewer.render.slice import PixelGrid, Reslicer

_ALL_AXES = ["".join(axes) for pairs in permutations(("RL", "AP", "IS")) for axes in product(*pairs)]
_HUNG = {
    Plane.AXIAL: {"left": "R", "right": "L", "top": "A", "bottom": "P"},
    Plane.CORONAL: {"left": "R", "right": "L", "top": "S", "bottom": "I"},
    Plane.SAGITTAL: {"left": "A", "right": "P", "top": "S", "bottom": "I"},
}
_turn = st.tuples(st.sampled_from(PLANES), st.floats(-180, 180))


def _letters(volume: Any, planes: Planes) -> dict[Plane, dict[str, str]]:
    return {plane: edge_letters(oblique_stack(volume, plane, planes.of(plane))) for plane in PLANES}


@pytest.mark.parametrize("axes", _ALL_AXES)
def test_however_a_series_is_stored_its_planes_hang_as_radiologists_hang_them(phantoms: Any, axes: str) -> None:
    volume = phantoms.positions(phantoms.affine(axes=axes))
    assert _letters(volume, own_planes(volume)) == _letters(volume, PATIENT) == _HUNG


@pytest.mark.parametrize("axes", _ALL_AXES)
@pytest.mark.parametrize("turn_deg", [(0, 0, 0), (-18.6, 5, 9)])
def test_along_the_axes_of_the_series_its_own_plane_shows_its_own_slices(
    phantoms: Any, axes: str, turn_deg: tuple[float, float, float]
) -> None:
    volume = phantoms.positions(phantoms.affine((3.6, 0.5, 0.8), (-57.6, -65.2, 24.1), turn_deg, axes))
    own = stack_geometry(volume)
    mine = oblique_stack(volume, own.plane, own_planes(volume).of(own.plane))
    assert (mine.right, mine.down) == (pytest.approx(own.right), pytest.approx(own.down))
    assert (mine.top_left, mine.bottom_right) == (pytest.approx(own.top_left), pytest.approx(own.bottom_right))
    assert mine.pixel_mm == pytest.approx(own.pixel_mm)
    assert mine.slice_count == own.slice_count
    slices = sorted(own.depth_of(k) for k in range(own.slice_count))
    assert [mine.depth_of(k) for k in range(mine.slice_count)] == pytest.approx(slices)


@pytest.mark.parametrize(
    ("turns", "letters"),
    [
        # The lines of the axial picture 30° clockwise: the coronal plane's right edge from L towards P.
        (
            [(Plane.AXIAL, 30)],
            {
                Plane.AXIAL: _HUNG[Plane.AXIAL],
                Plane.CORONAL: {"left": "RA", "right": "LP", "top": "S", "bottom": "I"},
                Plane.SAGITTAL: {"left": "AL", "right": "PR", "top": "S", "bottom": "I"},
            },
        ),
        # Those of the sagittal picture (A left, S up) 20° clockwise: the axial plane's anterior edge rises.
        (
            [(Plane.SAGITTAL, 20)],
            {
                Plane.AXIAL: {"left": "R", "right": "L", "top": "AS", "bottom": "PI"},
                Plane.CORONAL: {"left": "R", "right": "L", "top": "SP", "bottom": "IA"},
                Plane.SAGITTAL: _HUNG[Plane.SAGITTAL],
            },
        ),
        # By a right angle two planes change places.
        (
            [(Plane.AXIAL, 90)],
            {
                Plane.AXIAL: _HUNG[Plane.AXIAL],
                Plane.CORONAL: {"left": "A", "right": "P", "top": "S", "bottom": "I"},
                Plane.SAGITTAL: {"left": "L", "right": "R", "top": "S", "bottom": "I"},
            },
        ),
        # Double-oblique: then 40° about the coronal normal, n = (−0.5, 0.87, 0), in the coronal picture. By Rodrigues'
        # formula the axial right edge (1, 0, 0) goes to (0.82, −0.10, −0.56), its lower one to (−0.10, 0.94, −0.32);
        # the sagittal right edge is n and stays, its lower one (0, 0, −1) goes to (−0.56, −0.32, −0.77).
        (
            [(Plane.AXIAL, 30), (Plane.CORONAL, 40)],
            {
                Plane.AXIAL: {"left": "RS", "right": "LI", "top": "AS", "bottom": "PI"},
                Plane.CORONAL: {"left": "RA", "right": "LP", "top": "S", "bottom": "I"},
                Plane.SAGITTAL: {"left": "AL", "right": "PR", "top": "SLP", "bottom": "IRA"},
            },
        ),
    ],
)
def test_the_letters_of_turned_planes_are_those_found_by_hand(
    phantoms: Any, turns: list[tuple[Plane, float]], letters: dict[Plane, dict[str, str]]
) -> None:
    planes = PATIENT
    for about, degrees in turns:
        planes = planes.turned(about, radians(degrees))
    assert _letters(phantoms.positions(phantoms.affine()), planes) == letters


def test_a_turn_by_hand_in_numbers() -> None:
    turned = PATIENT.turned(Plane.AXIAL, radians(30))
    assert turned.coronal.right == pytest.approx((cos(radians(30)), sin(radians(30)), 0))
    assert turned.coronal.normal == pytest.approx((-sin(radians(30)), cos(radians(30)), 0))
    assert turned.axial is PATIENT.axial
    assert turned.direction(Plane.AXIAL, Plane.CORONAL) in (
        pytest.approx((cos(radians(30)), sin(radians(30)))),
        pytest.approx((-cos(radians(30)), -sin(radians(30)))),
    )
    assert turned.tilt_deg(Plane.CORONAL, PATIENT) == pytest.approx(30)
    assert turned.tilt_deg(Plane.AXIAL, PATIENT) == 0


@given(turns=st.lists(_turn, max_size=12))
def test_however_they_are_turned_the_planes_stay_at_right_angles(turns: list[tuple[Plane, float]]) -> None:
    planes = PATIENT
    for about, degrees in turns:
        planes = planes.turned(about, radians(degrees))
    normals = np.array([planes.of(plane).normal for plane in PLANES])
    assert np.abs(normals @ normals.T) == pytest.approx(np.eye(3), abs=1e-9)
    for shown, other in permutations(PLANES, 2):
        u, v = planes.direction(shown, other)
        in_space = u * planes.of(shown).right + v * planes.of(shown).down
        assert float(in_space @ planes.of(other).normal) == pytest.approx(0, abs=1e-9)
        assert u * u + v * v == pytest.approx(1)


def test_many_small_turns_add_up_and_lose_nothing() -> None:
    planes = PATIENT
    for _ in range(3600):
        planes = planes.turned(Plane.CORONAL, radians(0.1))
    for plane in PLANES:
        assert planes.of(plane).right == pytest.approx(PATIENT.of(plane).right, abs=1e-9)
        assert planes.of(plane).down == pytest.approx(PATIENT.of(plane).down, abs=1e-9)


def test_a_step_goes_as_far_as_one_voxel(phantoms: Any) -> None:
    volume = phantoms.positions(phantoms.affine(spacing=(3.0, 0.5, 0.8)))  # k along S, j along P, i along L
    steps = [voxel_mm_along(volume, np.array(axis)) for axis in ((0, 0, 1.0), (0, -1.0, 0), (1.0, 0, 0))]
    assert steps == pytest.approx([3.0, 0.5, 0.8])
    diagonal = np.array([0, 1.0, 1.0]) / sqrt(2)  # 0.5 mm along j are passed after 0.5 · √2
    assert voxel_mm_along(volume, diagonal) == pytest.approx(0.5 * sqrt(2))


@pytest.mark.parametrize(
    ("turns", "area", "corners"),
    [
        ([], 100.0, 4),
        ([(Plane.SAGITTAL, 45)], 100.0 * sqrt(2), 4),
        # Across the space diagonal of a cube lies a regular hexagon of 3√3/4 of a face.
        ([(Plane.SAGITTAL, 45), (Plane.CORONAL, np.degrees(np.arctan(1 / sqrt(2))))], 100 * 3 * sqrt(3) / 4, 6),
    ],
)
def test_a_plane_cuts_the_box_of_the_volume_as_on_paper(
    phantoms: Any, turns: list[tuple[Plane, float]], area: float, corners: int
) -> None:
    cube = phantoms.volume(np.zeros((10, 10, 10), np.int16), phantoms.affine((1.0, 1.0, 1.0), (-4.5, -4.5, -4.5)))
    planes = PATIENT
    for about, degrees in turns:
        planes = planes.turned(about, radians(degrees))
    stack = oblique_stack(cube, Plane.AXIAL, planes.axial)
    polygon = cut_of(cube, stack, 0.0)
    u, v = polygon.T
    assert len(polygon) == corners
    assert abs(float(u @ np.roll(v, -1) - v @ np.roll(u, -1))) / 2 == pytest.approx(area, rel=1e-6)
    assert not len(cut_of(cube, stack, 9.0))


# The lines on the screen


def _cross(direction: tuple[float, float] = (1.0, 0.0)) -> AxisCross:
    across = (-direction[1], direction[0])
    lines = (AxisLine(Plane.CORONAL, direction), AxisLine(Plane.SAGITTAL, across))
    return AxisCross((200.0, 150.0), lines, 400.0, 300.0)  # handles 0.36 · 300 = 108 pixels from the middle


@pytest.mark.parametrize(
    ("x", "y", "held"),
    [
        (204, 153, Held(Grip.MIDDLE)),
        (250, 152, Held(Grip.LINE, Plane.CORONAL)),
        (150, 148, Held(Grip.LINE, Plane.CORONAL)),
        (198, 100, Held(Grip.LINE, Plane.SAGITTAL)),
        (308, 156, Held(Grip.END, Plane.CORONAL)),
        (92, 150, Held(Grip.END, Plane.CORONAL)),
        (390, 151, Held(Grip.END, Plane.CORONAL)),
        (200, 258, Held(Grip.END, Plane.SAGITTAL)),
        (240, 190, None),
    ],
)
def test_a_press_takes_hold_of_what_is_under_it(x: float, y: float, held: Held | None) -> None:
    assert _cross().held_at(QPointF(x, y)) == held


def test_a_drag_at_an_end_turns_clockwise_on_the_screen() -> None:
    quarter = _cross().turn(QPointF(300, 150), QPointF(200, 250))
    assert quarter == pytest.approx(radians(90))
    assert _cross().turn(QPointF(100, 151), QPointF(100, 149)) == pytest.approx(2 * 0.01, rel=1e-3)


def test_a_line_moves_across_itself_only() -> None:
    assert _cross().across(Plane.CORONAL, QPointF(13, 7)) == pytest.approx((0, 7))
    assert _cross((0.6, 0.8)).across(Plane.CORONAL, QPointF(10, 0)) == pytest.approx((6.4, -4.8))


# Sampling


@pytest.mark.parametrize("i", [-0.3, 0.0, 4.0, 4.25, 11.9, 12.0, 12.4])
@pytest.mark.parametrize("axes", ["SPL", "IAR", "LIP"])
def test_a_plane_across_the_rows_of_voxels_lies_between_its_two_neighbours(phantoms: Any, axes: str, i: float) -> None:
    noise = np.random.default_rng(6).integers(0, 1000, (11, 12, 13)).astype(np.float32)
    volume = phantoms.volume(noise, phantoms.affine((0.5, 0.5, 2.0), (-7, 3, 11), (20, -8, 5), axes))
    along_k, along_j = (volume.affine[:3, axis] / 0.5 for axis in (0, 1))
    grid = PixelGrid(tuple((volume.affine @ [0, 0, i, 1])[:3]), along_j, along_k, 0.5, 12, 11)
    low, high = (min(max(n, 0), 12) for n in (int(np.floor(i)), int(np.floor(i)) + 1))
    share = i - np.floor(i)
    expected = noise[:, :, low] * (1 - share) + noise[:, :, high] * share
    assert Reslicer(volume).sample(grid) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("i", [-0.7, 12.7])
def test_half_a_voxel_beyond_the_outer_voxels_there_is_nothing(phantoms: Any, i: float) -> None:
    volume = phantoms.volume(np.full((11, 12, 13), 500, np.int16), phantoms.affine((0.5, 0.5, 2.0)))
    grid = PixelGrid(
        tuple((volume.affine @ [0, 0, i, 1])[:3]), PATIENT.sagittal.right, PATIENT.sagittal.down, 0.5, 5, 1
    )
    assert not Reslicer(volume).sample(grid).any()


# Thick slabs


@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.float32])
@pytest.mark.parametrize("axes", ["SPL", "IAR", "LIP"])
def test_a_slab_is_what_numpy_makes_of_its_slices(phantoms: Any, axes: str, dtype: type[np.generic]) -> None:
    noise = np.random.default_rng(4).integers(0, 1000, (11, 12, 13)).astype(dtype)
    volume = phantoms.volume(noise, phantoms.affine((2.0, 0.5, 0.5), (-7, 3, 11), (20, -8, 5), axes))
    k_axis, j_axis, i_axis = (volume.affine[:3, axis] / np.linalg.norm(volume.affine[:3, axis]) for axis in range(3))
    grid = PixelGrid(tuple((volume.affine @ [5, 0, 0, 1])[:3]), i_axis, j_axis, 0.5, 13, 12)
    around = noise[3:8].astype(np.float64)  # 8 mm: two slices of 2 mm on either side
    means = np.average(around, axis=0, weights=[0.5, 1, 1, 1, 0.5])  # what lies between the faces, not beyond them
    sampled = {projection: Reslicer(volume).sample(grid, Slab(projection, 8.0)) for projection in Projection}
    assert (sampled[Projection.MIP] == around.max(axis=0)).all()
    assert (sampled[Projection.MINIP] == around.min(axis=0)).all()
    assert sampled[Projection.MEAN] == pytest.approx(means, abs=0.01 if dtype is np.float32 else 0.51)
    assert float(k_axis @ np.cross(i_axis, j_axis)) ** 2 == pytest.approx(1)


def test_at_the_end_of_the_volume_a_slab_is_made_of_what_there_is(phantoms: Any) -> None:
    noise = np.random.default_rng(5).integers(1, 1000, (9, 8, 8)).astype(np.int16)
    volume = phantoms.volume(noise, phantoms.affine((1.0, 1.0, 1.0)))
    grid = PixelGrid((0.0, 0.0, 1.0), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), 1.0, 8, 8)
    assert (Reslicer(volume).sample(grid, Slab(Projection.MINIP, 6.0)) == noise[:5].min(axis=0)).all()


@given(turn=st.tuples(*[st.floats(-180, 180)] * 3), thickness=st.floats(0.2, 6))
def test_in_any_plane_the_mean_of_a_slab_of_an_even_slope_is_its_middle(
    phantoms: Any, turn: tuple[float, float, float], thickness: float
) -> None:
    affine = phantoms.affine((1.5, 0.8, 0.6), turn_deg=turn)
    volume = phantoms.positions(affine, shape=(21, 31, 41))
    at = tuple((affine @ [10, 15, 20, 1])[:3])
    grid = PixelGrid(at, PATIENT.sagittal.right, PATIENT.sagittal.down, 0.3, 1, 1)
    slope = sum(w * abs(x) for w, x in zip(phantoms.weights, PATIENT.sagittal.normal, strict=True))
    reslicer = Reslicer(volume)
    value = phantoms.value_at(at)
    assert reslicer.sample(grid, Slab(Projection.MEAN, thickness)).item() == pytest.approx(value, abs=0.02)
    highest = reslicer.sample(grid, Slab(Projection.MIP, thickness)).item()
    assert highest == pytest.approx(value + slope * thickness / 2, abs=0.02)


@pytest.mark.parametrize(
    ("thickness", "step", "offsets"),
    [
        (8, 2, [-4, -2, 0, 2, 4]),
        (10, 3, [-5, -3, 0, 3, 5]),
        (5, 3, [-2.5, 0, 2.5]),
        (0.4, 3, [-0.2, 0, 0.2]),
        (1.2, 0.4, [-0.6, -0.4, 0, 0.4, 0.6]),
    ],
)
def test_a_slab_is_sampled_a_step_apart_and_on_its_faces(thickness: float, step: float, offsets: list[float]) -> None:
    assert Slab(Projection.MEAN, thickness).offsets(step) == pytest.approx(np.array(offsets))


def test_the_mean_of_uneven_samples_is_that_of_the_lines_between_them(phantoms: Any) -> None:
    values = np.zeros((9, 4, 4), np.float32)
    values[4] = 100.0
    volume = phantoms.volume(values, phantoms.affine((3.0, 1.0, 1.0)))
    grid = PixelGrid((1.0, 1.0, 12.0), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), 1.0, 1, 1)
    # 10 mm: a roof of 3 mm to either side, 100 high, over 10 mm is 300 / 10.
    assert Reslicer(volume).sample(grid, Slab(Projection.MEAN, 10.0)).item() == pytest.approx(30.0)
