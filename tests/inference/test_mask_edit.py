"""Outlines changed by hand: what a brush of so many millimetres reaches in the patient changes, and nothing else."""

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from highdicom import Volume
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from core.errors import OutlineRefused
from core.volume import PointLps, on_grid_of, position_lps, voxel_volume_ml
from inference.mask_edit import (
    Slab,
    box_of,
    cropped,
    empty_mask,
    fill_polygon,
    interpolate_slices,
    paint,
    part_of,
    smooth,
)

_SHAPE = (7, 12, 13)
_FLIPS = tuple(itertools.product((1, -1), repeat=3))
_SPACINGS = ((3.0, 0.5, 0.5), (3.0, 0.6, 0.9), (1.0, 1.0, 1.0), (3.6, 0.28, 0.28), (0.8, 2.0, 1.5))

_TURNS = st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
_GRIDS = st.builds(
    lambda spacing, order, flips, turn, shift: _grid(spacing, order, flips, turn, shift),
    st.sampled_from(_SPACINGS),
    st.permutations((0, 1, 2)),
    st.sampled_from(_FLIPS),
    _TURNS | st.just((0.0, 0.0, 0.0)),
    st.tuples(st.floats(-80, 80), st.floats(-80, 80), st.floats(-80, 80)),
)


def _in_one_voxel(index: float) -> bool:
    """Half-way between two voxels either of them is the nearest, whichever way the sum is rounded."""
    return abs(index % 1 - 0.5) > 1e-6


_INDICES = st.tuples(
    st.floats(-0.4, 6.4).filter(_in_one_voxel),
    st.floats(-0.4, 11.4).filter(_in_one_voxel),
    st.floats(-0.4, 12.4).filter(_in_one_voxel),
)
_often = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _grid(
    spacing: Sequence[float],
    order: Sequence[int] = (2, 1, 0),
    flips: Sequence[int] = (1, 1, 1),
    turn_deg: Sequence[float] = (0.0, 0.0, 0.0),
    shift: Sequence[float] = (0.0, 0.0, 0.0),
    shape: tuple[int, int, int] = _SHAPE,
) -> Volume:
    """An empty mask whose axes (k, j, i) run along the patient axes `order`, flipped and turned."""
    axes = np.zeros((3, 3))
    for column, (row, sign) in enumerate(zip(order, flips, strict=True)):
        axes[row, column] = sign
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", turn_deg, degrees=True).as_matrix() @ axes * spacing
    affine[:3, 3] = shift
    return Volume(
        array=np.zeros(shape, np.uint8), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid="1.2.3"
    )


def _voxels(mask: Volume) -> set[tuple[int, ...]]:
    return {tuple(int(x) for x in index) for index in np.argwhere(mask.array)}


def _where(mask: Volume, inside: Callable[[np.ndarray], np.ndarray]) -> set[tuple[int, ...]]:
    """The voxels whose centres (n, 3) in LPS satisfy a predicate."""
    index = np.indices(mask.spatial_shape).reshape(3, -1).T
    centres = index @ mask.affine[:3, :3].T + mask.affine[:3, 3]
    return {tuple(int(x) for x in voxel) for voxel in index[inside(centres)]}


def _to_segment(points: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The distance to a segment, by searching along it: no formula of the code under test."""
    low, high = np.zeros((len(points), 1)), np.ones((len(points), 1))
    for _ in range(60):
        third = (high - low) / 3
        ends = [np.linalg.norm(points - a - share * (b - a), axis=1) for share in (low + third, high - third)]
        nearer = (ends[0] <= ends[1])[:, None]
        low, high = np.where(nearer, low, low + third), np.where(nearer, high - third, high)
    return np.linalg.norm(points - a - low * (b - a), axis=1)


def _own_slab(mask: Volume, k: float) -> Slab:
    """The slab of the mask's own slice k."""
    normal = np.cross(mask.affine[:3, 2], mask.affine[:3, 1])
    normal = normal / np.linalg.norm(normal)
    return Slab(position_lps(mask, (k, 0.0, 0.0)), normal, mask.spacing[0])


def _nearest(mask: Volume, point: PointLps) -> tuple[int, ...]:
    index = np.linalg.inv(mask.affine) @ np.array([*point, 1.0])
    return tuple(int(x) for x in np.rint(index[:3]))


# Brush


@_often
@given(grid=_GRIDS, at=_INDICES, diameter=st.floats(0.3, 14.0))
def test_a_ball_changes_exactly_the_voxels_within_its_radius(
    grid: Volume, at: tuple[float, float, float], diameter: float
) -> None:
    point = position_lps(grid, at)

    painted = paint(grid, [point], diameter)

    near = _where(grid, lambda centres: np.linalg.norm(centres - point, axis=1) <= diameter / 2 + 1e-6)
    assert _voxels(painted) == near | {_nearest(grid, point)}


@_often
@given(grid=_GRIDS, start=_INDICES, end=_INDICES, diameter=st.floats(0.3, 8.0))
def test_a_stroke_changes_exactly_the_voxels_within_its_radius_of_the_line(
    grid: Volume, start: tuple[float, float, float], end: tuple[float, float, float], diameter: float
) -> None:
    a, b = (np.array(position_lps(grid, at)) for at in (start, end))

    painted = _voxels(paint(grid, [tuple(a), tuple(b)], diameter))

    # A millionth of a millimetre decides for no reader: what lies exactly on the rim may be either.
    surely = _where(grid, lambda centres: _to_segment(centres, a, b) <= diameter / 2 - 1e-5)
    perhaps = _where(grid, lambda centres: _to_segment(centres, a, b) <= diameter / 2 + 1e-5)
    ends = {_nearest(grid, tuple(a)), _nearest(grid, tuple(b))}
    assert surely | ends <= painted <= perhaps | ends


@_often
@given(grid=_GRIDS, at=_INDICES, diameter=st.floats(0.3, 14.0), turn=_TURNS, thickness=st.floats(0.2, 6.0))
def test_a_disc_changes_exactly_the_voxels_of_its_slab_within_its_radius(
    grid: Volume, at: tuple[float, float, float], diameter: float, turn: tuple[float, float, float], thickness: float
) -> None:
    point = position_lps(grid, at)
    normal = Rotation.from_euler("xyz", turn, degrees=True).as_matrix()[:, 2]

    painted = _voxels(paint(grid, [point], diameter, Slab(point, normal, thickness)))

    layer = max(abs(float(normal @ grid.affine[:3, axis])) for axis in range(3))
    half = max(thickness, layer) / 2

    def reached(rim: float) -> set[tuple[int, ...]]:
        def inside(centres: np.ndarray) -> np.ndarray:
            depth = (centres - point) @ normal
            aside = np.sqrt(np.maximum(((centres - point) ** 2).sum(axis=1) - depth**2, 0.0))
            return (np.abs(depth - 1e-6) <= half + rim) & (aside <= diameter / 2 + 1e-6 + rim)

        return _where(grid, inside)

    assert painted <= reached(1e-5) | {_nearest(grid, point)}
    assert reached(-1e-5) <= painted


@_often
@given(grid=_GRIDS, k=st.integers(0, 6), at=_INDICES, diameter=st.floats(0.3, 20.0))
def test_a_disc_on_a_slice_of_the_grid_leaves_the_other_slices_alone(
    grid: Volume, k: int, at: tuple[float, float, float], diameter: float
) -> None:
    point = position_lps(grid, (float(k), at[1], at[2]))

    painted = paint(grid, [point], diameter, _own_slab(grid, float(k)))

    assert {index[0] for index in _voxels(painted)} == {k}


@_often
@given(grid=_GRIDS, at=st.floats(0.0, 5.99).filter(_in_one_voxel))
def test_slices_side_by_side_share_no_voxel_and_leave_none_out(grid: Volume, at: float) -> None:
    """As when a lesion is painted on the slices of an ADC map that lie between those of T2."""
    middle = position_lps(grid, (at, 6.0, 6.0))
    normal = _own_slab(grid, 0.0).normal
    step = grid.spacing[0]
    slabs = [
        Slab(tuple(np.array(middle) + n * step * normal), normal, step)  # type: ignore[arg-type]
        for n in range(-8, 9)
    ]

    painted = [_voxels(paint(grid, [slab.middle], 200.0, slab)) for slab in slabs]

    # The voxel under the pointer is always taken; beyond that each voxel is in one slab only.
    own = [voxels - {_nearest(grid, slab.middle)} for voxels, slab in zip(painted, slabs, strict=True)]
    assert sum(len(voxels) for voxels in own) == len(set().union(*own))
    assert len(set().union(*painted)) == math.prod(grid.spatial_shape)


def test_a_stroke_on_a_sagittal_slice_is_as_wide_as_that_slice() -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(9, 30, 30))
    point = position_lps(grid, (4.0, 15.0, 15.0))

    painted = paint(grid, [point], 6.0, Slab(point, np.array([1.0, 0.0, 0.0]), 3.6))

    across = {index[2] for index in _voxels(painted)}
    assert across == set(range(12, 19))  # ±1.8 mm of columns that are 0.5 mm apart
    assert {index[0] for index in _voxels(painted)} == {3, 4, 5}


def test_a_slice_thinner_than_the_voxels_still_paints_one_layer() -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(9, 30, 30))
    point = position_lps(grid, (4.4, 15.0, 15.0))

    painted = paint(grid, [point], 6.0, Slab(point, np.array([0.0, 0.0, 1.0]), 0.2))

    assert {index[0] for index in _voxels(painted)} == {4}
    assert len(_voxels(painted)) == pytest.approx(math.pi * 6**2, rel=0.05)


def test_a_brush_finer_than_the_grid_paints_the_voxel_under_the_pointer() -> None:
    grid = _grid((3.0, 0.5, 0.5))

    assert _voxels(paint(grid, [position_lps(grid, (3.45, 5.0, 6.0))], 1.0)) == {(3, 5, 6)}


def test_the_eraser_takes_away_what_the_brush_put_there() -> None:
    grid = _grid((3.0, 0.5, 0.6), turn_deg=(20.0, 10.0, -30.0))
    stroke = [position_lps(grid, (3.0, 4.0, 4.0)), position_lps(grid, (3.0, 8.0, 9.0))]

    painted = paint(grid, stroke, 3.0)
    partly = paint(painted, stroke[:1], 3.0, erase=True)

    assert len(_voxels(painted)) > len(_voxels(partly)) > 0
    assert not _voxels(paint(painted, stroke, 3.0, erase=True))


def test_nothing_painted_is_no_new_mask() -> None:
    grid = _grid((3.0, 0.5, 0.5))
    inside, beyond = position_lps(grid, (3.0, 5.0, 6.0)), position_lps(grid, (3.0, 90.0, -90.0))
    painted = paint(grid, [inside], 4.0)

    assert paint(grid, [beyond], 4.0) is grid
    assert paint(grid, [inside], 4.0, erase=True) is grid
    assert paint(painted, [inside], 4.0) is painted
    assert painted is not grid
    assert not _voxels(grid)


def test_a_stroke_that_leaves_the_grid_paints_what_lies_in_it() -> None:
    grid = _grid((3.0, 0.5, 0.5))
    stroke = [position_lps(grid, (3.0, 6.0, 6.0)), position_lps(grid, (3.0, 6.0, 60.0))]

    assert (3, 6, 12) in _voxels(paint(grid, stroke, 1.0))


@pytest.mark.parametrize(("stroke", "diameter"), [([], 3.0), ([(0.0, 0.0, 0.0)], 0.0), ([(0.0, 0.0, 0.0)], math.nan)])
def test_a_brush_needs_a_place_and_a_size(stroke: list[PointLps], diameter: float) -> None:
    with pytest.raises(ValueError, match="brush"):
        paint(_grid((3.0, 0.5, 0.5)), stroke, diameter)


# Polygon


@_often
@given(
    grid=_GRIDS,
    middle=_INDICES,
    turn=_TURNS,
    corners_deg=st.lists(st.integers(0, 359), min_size=3, max_size=9, unique=True),
    radius=st.floats(1.0, 9.0),
    backwards=st.booleans(),
)
def test_a_polygon_fills_exactly_the_voxels_of_its_slab_inside_of_it(
    grid: Volume,
    middle: tuple[float, float, float],
    turn: tuple[float, float, float],
    corners_deg: list[int],
    radius: float,
    backwards: bool,
) -> None:
    axes = Rotation.from_euler("xyz", turn, degrees=True).as_matrix()
    across, along, normal = axes.T
    point = np.array(position_lps(grid, middle))
    turns = [math.radians(corner) for corner in sorted(corners_deg, reverse=backwards)]
    ring = [point + radius * (math.cos(a) * across + math.sin(a) * along) for a in turns]
    half = max(2.0, *(abs(float(normal @ grid.affine[:3, axis])) for axis in range(3))) / 2

    filled = _voxels(fill_polygon(grid, [tuple(p) for p in ring], Slab(tuple(point), normal, 2.0)))  # type: ignore[arg-type, misc]

    sides = [(a, np.cross(normal, b - a) * (-1 if backwards else 1)) for a, b in itertools.pairwise([*ring, ring[0]])]

    def inside(rim: float) -> set[tuple[int, ...]]:
        def holds(centres: np.ndarray) -> np.ndarray:
            within = np.all([(centres - a) @ left >= -rim * np.linalg.norm(left) for a, left in sides], axis=0)
            return within & (np.abs((centres - point) @ normal - 1e-6) <= half + rim)

        return _where(grid, holds)

    assert inside(-1e-5) <= filled <= inside(1e-5)


def test_a_loop_that_crosses_itself_has_no_hole() -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(3, 40, 40))
    turns = np.linspace(0, 4 * math.pi, 200, endpoint=False)  # twice around
    ring = [(10 + 6 * math.cos(t), 10 + 6 * math.sin(t), 3.0) for t in turns]

    filled = fill_polygon(grid, ring, _own_slab(grid, 1.0))

    assert len(_voxels(filled)) == pytest.approx(math.pi * 12**2, rel=0.04)


def test_a_polygon_cuts_out_when_asked() -> None:
    grid = _grid((3.0, 0.5, 0.5))
    whole = paint(grid, [position_lps(grid, (3.0, 6.0, 6.0))], 100.0)
    corners = [position_lps(grid, (3.0, j, i)) for j, i in ((1.5, 1.5), (1.5, 5.5), (5.5, 5.5), (5.5, 1.5))]

    cut = fill_polygon(whole, corners, _own_slab(grid, 3.0), erase=True)

    assert _voxels(whole) - _voxels(cut) == {(3, j, i) for j in range(2, 6) for i in range(2, 6)}


def test_two_corners_are_no_polygon() -> None:
    grid = _grid((3.0, 0.5, 0.5))
    with pytest.raises(ValueError, match="three corners"):
        fill_polygon(grid, [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)], _own_slab(grid, 0.0))


# Interpolation


def _disc(grid: Volume, k: int, middle: tuple[float, float], radius_mm: float) -> np.ndarray:
    j, i = np.indices(grid.spatial_shape[1:])
    away = np.hypot((j - middle[0]) * grid.spacing[1], (i - middle[1]) * grid.spacing[2])
    slices = np.zeros(grid.spatial_shape, np.uint8)
    slices[k] = away <= radius_mm
    return slices


def test_between_two_equal_outlines_lies_the_same_outline() -> None:
    grid = _grid((3.0, 0.5, 0.7), shape=(9, 60, 50))
    ends = _disc(grid, 2, (30, 25), 8.0) + _disc(grid, 6, (30, 25), 8.0)

    filled = interpolate_slices(on_grid_of(grid, ends))

    assert all(np.array_equal(filled.array[k], ends[2]) for k in range(2, 7))
    assert not filled.array[[0, 1, 7, 8]].any()


def test_an_outline_that_shrinks_shrinks_evenly() -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(9, 70, 70))
    ends = _disc(grid, 1, (35, 35), 14.0) + _disc(grid, 7, (35, 35), 5.0)

    filled = interpolate_slices(on_grid_of(grid, ends))

    radii = [math.sqrt(np.count_nonzero(filled.array[k]) * 0.25 / math.pi) for k in range(1, 8)]
    assert radii == pytest.approx([14.0, 12.5, 11.0, 9.5, 8.0, 6.5, 5.0], abs=0.3)


def test_outlines_that_do_not_overlap_are_joined_along_the_way_between_them() -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(5, 80, 80))
    ends = _disc(grid, 0, (20, 20), 4.0) + _disc(grid, 4, (56, 60), 4.0)

    filled = interpolate_slices(on_grid_of(grid, ends))

    for k in range(5):
        middle = np.argwhere(filled.array[k]).mean(axis=0)
        assert middle == pytest.approx((20 + 9 * k, 20 + 10 * k), abs=0.6)
        assert np.count_nonzero(filled.array[k]) == pytest.approx(math.pi * 64, rel=0.06)


def test_two_pieces_become_one() -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(5, 80, 80))
    two = _disc(grid, 0, (40, 25), 5.0) + _disc(grid, 0, (40, 55), 5.0)

    filled = interpolate_slices(on_grid_of(grid, two + _disc(grid, 4, (40, 25), 5.0)))

    sizes = [np.count_nonzero(filled.array[k]) for k in range(5)]
    assert sizes[0] > sizes[1] >= sizes[2] >= sizes[3] >= sizes[4] > 0
    assert filled.array[:, 40, 25].all()


def test_drawn_slices_stay_as_they_were_drawn() -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(9, 60, 60))
    random = np.random.default_rng(0)
    drawn = np.zeros(grid.spatial_shape, np.uint8)
    for k in (1, 2, 5, 8):
        drawn[k] = _disc(grid, k, (30, 30), 9.0)[k] & (random.random((60, 60)) > 0.2)

    filled = interpolate_slices(on_grid_of(grid, drawn))

    assert all(np.array_equal(filled.array[k], drawn[k]) for k in (1, 2, 5, 8))
    assert all(filled.array[k].any() for k in range(1, 9))


@pytest.mark.parametrize("slices", [(), (3,), (3, 4)])
def test_without_a_gap_there_is_nothing_to_interpolate(slices: tuple[int, ...]) -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(9, 60, 60))
    drawn = sum((_disc(grid, k, (30, 30), 5.0) for k in slices), np.zeros(grid.spatial_shape, np.uint8))

    with pytest.raises(OutlineRefused, match="no gap"):
        interpolate_slices(on_grid_of(grid, drawn))


# Smoothing


def _ball(grid: Volume, radius_mm: float) -> Volume:
    middle = position_lps(grid, tuple((n - 1) / 2 for n in grid.spatial_shape))  # type: ignore[arg-type]
    return paint(grid, [middle], 2 * radius_mm)


@pytest.mark.parametrize("spacing", [(3.0, 0.5, 0.5), (1.0, 1.0, 1.0), (3.6, 0.28, 0.56)])
@pytest.mark.parametrize("radius", [1.0, 2.0, 4.0])
def test_smoothing_a_ball_keeps_it_within_a_layer_of_voxels(spacing: tuple[float, float, float], radius: float) -> None:
    shape = tuple(int(40 / step) + 8 for step in spacing)
    ball = _ball(_grid(spacing, turn_deg=(12.0, 0.0, 40.0), shape=shape), 10.0)  # type: ignore[arg-type]

    smoothed = smooth(ball, radius)

    layer = 4 * math.pi * 10.0**2 * min(spacing) / 1000
    change_ml = abs(int(smoothed.array.sum()) - int(ball.array.sum())) * voxel_volume_ml(ball)
    assert change_ml < layer
    moved = np.argwhere(smoothed.array != ball.array)
    centre = np.array(position_lps(ball, tuple((n - 1) / 2 for n in shape)))  # type: ignore[arg-type]
    depths = [abs(np.linalg.norm(position_lps(ball, tuple(map(float, v))) - centre) - 10.0) for v in moved]
    assert max(depths, default=0.0) < max(spacing) / 2 + radius / 2


def test_smoothing_takes_spikes_off_and_closes_notches() -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(11, 80, 80))
    ball = _ball(grid, 10.0)
    spiked = np.array(ball.array)
    spiked[5, 40, 59:75] = 1
    spiked[5, 40, 20:30] = 0

    smoothed = smooth(on_grid_of(ball, spiked), 1.5)

    assert not smoothed.array[5, 40, 64:].any()
    assert smoothed.array[5, 40, 24:30].all()


def test_a_smoothed_outline_keeps_its_volume_to_a_layer_whatever_its_shape() -> None:
    grid = _grid((3.0, 0.5, 0.5), shape=(11, 80, 80))
    random = np.random.default_rng(2)
    rough = _ball(grid, 12.0).array * (random.random(grid.spatial_shape) > 0.15)

    smoothed = smooth(on_grid_of(grid, rough.astype(np.uint8)), 2.0)

    assert int(smoothed.array.sum()) == pytest.approx(int(rough.sum()), rel=0.02)


def test_a_single_voxel_does_not_vanish_by_smoothing() -> None:
    grid = _grid((3.0, 0.5, 0.5))
    single = paint(grid, [position_lps(grid, (3.0, 6.0, 6.0))], 0.5)

    assert _voxels(smooth(single, 2.0)) == {(3, 6, 6)}
    assert smooth(grid, 2.0) is grid


def test_smoothing_needs_a_radius() -> None:
    with pytest.raises(ValueError, match="radius"):
        smooth(_grid((3.0, 0.5, 0.5)), 0.0)


# Boxes


@_often
@given(grid=_GRIDS, at=_INDICES, diameter=st.floats(0.5, 6.0), margin=st.integers(0, 3))
def test_a_cropped_mask_lies_where_the_whole_one_does(
    grid: Volume, at: tuple[float, float, float], diameter: float, margin: int
) -> None:
    painted = paint(grid, [position_lps(grid, at)], diameter)

    part = cropped(painted, margin)

    def places(mask: Volume) -> np.ndarray:
        return np.array([position_lps(mask, tuple(map(float, v))) for v in np.argwhere(mask.array)])  # type: ignore[arg-type]

    assert np.allclose(places(part), places(painted), atol=1e-6)
    assert part.frame_of_reference_uid == grid.frame_of_reference_uid


def test_the_box_of_nothing_is_none() -> None:
    grid = empty_mask(_grid((3.0, 0.5, 0.5)))
    painted = paint(grid, [position_lps(grid, (3.0, 6.0, 7.0))], 0.5)
    other = paint(grid, [position_lps(grid, (1.0, 8.0, 2.0))], 0.5)

    assert box_of(grid.array) is None
    assert box_of(grid.array, painted.array) == (slice(3, 4), slice(6, 7), slice(7, 8))
    both = box_of(painted.array, other.array)
    assert both == (slice(1, 4), slice(6, 9), slice(2, 8))
    assert part_of(painted, both).array[2, 0, 5] == 1
