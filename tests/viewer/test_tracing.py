"""The traced border parts what is inside from what is outside, crossing between two pixels where the value is half."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from viewer.overlay_painter import path_of
from viewer.render.contour import MaskOutline
from viewer.render.geometry import stack_geometry
from viewer.render.tracing import HALF, closed_lines

_MASKS = arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))
_GREYS = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def _rimmed(values: NDArray[Any]) -> NDArray[Any]:
    return np.pad(values, 1)


@settings(max_examples=300, deadline=None)
@given(mask=_MASKS)
def test_any_mask_has_each_pixels_middle_on_its_own_side(mask: NDArray[np.bool_]) -> None:
    values = _rimmed(mask.astype(np.uint8) * 255)
    path = path_of(closed_lines(values))
    inside = [[path.contains(QPointF(column, row)) for column in range(values.shape[1])] for row in range(len(values))]
    assert np.array_equal(inside, values > 0)


@settings(max_examples=200, deadline=None)
@given(grey=_GREYS)
def test_the_border_crosses_each_edge_once_where_the_value_between_two_pixels_is_half(grey: NDArray[np.uint8]) -> None:
    values = _rimmed(grey).astype(float)
    points = np.concatenate([np.empty((0, 2)), *closed_lines(values)])
    expected = []
    for row, column in np.ndindex(*values.shape):
        for down in (0, 1):
            beyond = (row + down, column + 1 - down)
            if beyond[0] < values.shape[0] and beyond[1] < values.shape[1]:
                here, there = values[row, column], values[beyond]
                if (here >= HALF) != (there >= HALF):
                    share = (HALF - here) / (there - here)
                    expected.append((column + share * (1 - down), row + share * down))
    assert sorted(map(tuple, points.tolist())) == sorted(expected)


def test_an_empty_picture_has_no_border() -> None:
    assert closed_lines(np.zeros((5, 7), np.uint8)) == []


def test_a_ring_is_two_lines_and_two_pixels_that_touch_at_a_corner_are_two_squares() -> None:
    ring = _rimmed(np.pad(np.zeros((1, 1), np.uint8), 1, constant_values=255))
    assert sorted(len(line) for line in closed_lines(ring)) == [4, 12]
    corner = _rimmed(np.array([[0, 255], [255, 0]], np.uint8))
    assert [len(line) for line in closed_lines(corner)] == [4, 4]


def test_between_two_slices_the_outline_is_that_of_the_linear_blend(phantoms: Any) -> None:
    """A square of 6 × 6 voxels below one of 2 × 2: a third of the way up the border is still that of the larger."""
    affine = phantoms.affine((3.0, 1.0, 1.0))
    array = np.zeros((4, 10, 10), np.uint8)
    array[1, 2:8, 2:8], array[2, 4:6, 4:6] = 1, 1
    mask = phantoms.volume(array, affine)
    outline, stack = MaskOutline(mask), stack_geometry(mask)

    def across(k: float) -> float:
        (polygon,) = outline.in_plane(stack, stack.first_depth + k * stack.depth_step)
        return float(np.ptp(polygon[:, 0]))

    assert across(1.0) == 6.0
    assert across(2.0) == 2.0
    # At a third the larger one's voxels are at 2/3 of 255: half lies a quarter of a voxel inside of where it was.
    assert abs(across(1 + 1 / 3) - 5.5) < 1e-6
    # Beyond the half only what both share is left.
    assert 2.0 <= across(1.6) < 4.0
