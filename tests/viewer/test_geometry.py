"""A picture is hung as radiologists hang it, its letters tell the truth, and pixels and patient positions agree."""

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.corner_text import edge_letters
from viewer.render.geometry import (
    Plane,
    ScreenPlane,
    cross_directions,
    orientation_letters,
    signed_position,
    stack_geometry,
)

_HUNG = {
    Plane.AXIAL: {"left": "R", "right": "L", "top": "A", "bottom": "P"},
    Plane.CORONAL: {"left": "R", "right": "L", "top": "S", "bottom": "I"},
    Plane.SAGITTAL: {"left": "A", "right": "P", "top": "S", "bottom": "I"},
}
_NORMALS = {"S": Plane.AXIAL, "I": Plane.AXIAL, "P": Plane.CORONAL, "A": Plane.CORONAL}
_ALL_AXES = ["".join(axes) for pairs in permutations(("RL", "AP", "IS")) for axes in product(*pairs)]
_angles = st.floats(-180, 180)
_oblique = st.fixed_dictionaries(
    {
        "spacing": st.tuples(st.floats(1.5, 6), st.floats(0.3, 3), st.floats(0.3, 3)),
        "origin": st.tuples(*[st.floats(-200, 200)] * 3),
        "turn_deg": st.tuples(_angles, _angles, _angles),
        "axes": st.sampled_from(_ALL_AXES),
    }
)


@pytest.mark.parametrize("axes", _ALL_AXES)
def test_whatever_way_a_series_is_stored_it_hangs_in_radiological_orientation(phantoms: Any, axes: str) -> None:
    stack = stack_geometry(phantoms.positions(phantoms.affine(axes=axes)))
    plane = _NORMALS.get(axes[0], Plane.SAGITTAL)
    assert stack.plane is plane
    assert edge_letters(stack) == _HUNG[plane]


@pytest.mark.parametrize(
    ("turn_deg", "axes", "letters"),
    [
        ((-18.6, 0, 0), "SPL", {"left": "R", "right": "L", "top": "AS", "bottom": "PI"}),  # as in ProstateX-0000
        ((18.6, 0, 0), "SPL", {"left": "R", "right": "L", "top": "AI", "bottom": "PS"}),
        ((10.0, 0, 0), "SPL", {"left": "R", "right": "L", "top": "A", "bottom": "P"}),  # too little for a letter
        ((-18.6, 0, 0), "PIL", {"left": "R", "right": "L", "top": "SP", "bottom": "IA"}),
        ((0, 0, 30.0), "SPL", {"left": "RA", "right": "LP", "top": "AL", "bottom": "PR"}),
    ],
)
def test_the_letters_of_oblique_slices_name_both_directions(
    phantoms: Any, turn_deg: tuple[float, float, float], axes: str, letters: dict[str, str]
) -> None:
    assert edge_letters(stack_geometry(phantoms.positions(phantoms.affine(turn_deg=turn_deg, axes=axes)))) == letters


def test_the_strongest_direction_comes_first() -> None:
    assert orientation_letters(np.array([-0.6, 0.0, 0.8])) == "SR"
    assert orientation_letters(np.array([0.0, -1.0, 0.0])) == "A"


@given(geometry=_oblique, x=st.floats(-500, 1500), y=st.floats(-500, 1500), mm=st.floats(0.05, 2), k=st.integers(0, 8))
def test_a_pixel_and_its_patient_position_lead_to_each_other(
    phantoms: Any, geometry: dict[str, Any], x: float, y: float, mm: float, k: int
) -> None:
    stack = stack_geometry(phantoms.positions(phantoms.affine(**geometry), shape=(9, 4, 5)))
    plane = ScreenPlane(stack, stack.depth_of(k), stack.middle, mm, 733.0, 1001.0)
    point = plane.lps(x, y)
    assert plane.pixel(point) == pytest.approx((x, y), abs=1e-6)
    assert stack.nearest_slice(point) == k
    assert stack.holds_depth(point)


@given(geometry=_oblique, k=st.integers(0, 8), j=st.integers(0, 3), i=st.integers(0, 4))
def test_every_voxel_has_its_slice_and_lies_within_the_picture(
    phantoms: Any, geometry: dict[str, Any], k: int, j: int, i: int
) -> None:
    affine = phantoms.affine(**geometry)
    stack = stack_geometry(phantoms.positions(affine, shape=(9, 4, 5)))
    u, v, depth = stack.uvd(tuple((affine @ [k, j, i, 1])[:3]))
    assert depth == pytest.approx(stack.depth_of(k), abs=1e-6)
    assert stack.top_left[0] < u < stack.bottom_right[0]
    assert stack.top_left[1] < v < stack.bottom_right[1]
    assert np.linalg.det(np.column_stack([stack.right, stack.down, stack.normal])) == pytest.approx(1.0)


def test_the_picture_reaches_half_a_voxel_beyond_the_outer_voxels(phantoms: Any) -> None:
    stack = stack_geometry(phantoms.positions(phantoms.affine(spacing=(3, 0.5, 0.8), origin=(-10, 20, 5))))
    assert stack.top_left == pytest.approx((-10.4, 19.75))
    assert stack.size_mm == pytest.approx((48 * 0.8, 40 * 0.5))
    assert stack.pixel_mm == pytest.approx((0.8, 0.5))


@pytest.mark.parametrize(
    ("axes", "first", "second"),
    [("SPL", "S 24.0 mm", "S 21.0 mm"), ("LIP", "L 0.0 mm", "L 3.0 mm"), ("PIL", "P 0.0 mm", "P 3.0 mm")],
)
def test_slices_are_numbered_from_superior_right_and_anterior(
    phantoms: Any, axes: str, first: str, second: str
) -> None:
    stack = stack_geometry(phantoms.positions(phantoms.affine(axes=axes)))
    by_number = {stack.number_of(k): signed_position(stack, k) for k in range(9)}
    assert (by_number[1], by_number[2]) == (first, second)
    assert sorted(by_number) == list(range(1, 10))


def test_positions_below_the_origin_are_called_inferior(phantoms: Any) -> None:
    stack = stack_geometry(phantoms.positions(phantoms.affine(origin=(0, 0, -38.5))))
    assert signed_position(stack, 0) == "I 38.5 mm"


def test_a_point_beyond_the_outer_slices_is_not_in_the_stack(phantoms: Any) -> None:
    stack = stack_geometry(phantoms.positions(phantoms.affine()))
    assert stack.holds_depth((0, 0, 25.4))
    assert not stack.holds_depth((0, 0, 25.6))
    assert stack.nearest_slice((0, 0, 400)) == 8


def test_the_crosshair_in_a_sagittal_picture_is_tilted_like_the_axial_slices(phantoms: Any) -> None:
    axial = stack_geometry(phantoms.positions(phantoms.affine(turn_deg=(-20, 0, 0))))
    sagittal = stack_geometry(phantoms.positions(phantoms.affine(axes="LIP")))
    across, down = cross_directions(sagittal, (axial.normal, sagittal.normal))
    assert abs(np.degrees(np.arctan2(across[1], across[0]))) % 180 in (pytest.approx(20), pytest.approx(160))
    assert down == (0.0, 1.0)
    # The line is where the axial plane cuts the sagittal picture: it runs within the axial plane.
    in_space = across[0] * sagittal.right + across[1] * sagittal.down
    assert float(in_space @ axial.normal) == pytest.approx(0, abs=1e-9)
