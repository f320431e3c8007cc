"""What a drawing measures does not depend on how its images lie in the patient."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from core.annotations import (
    Kind,
    angle_deg,
    annotation,
    area_mm2,
    bidirectional,
    length_mm,
    moved,
    outlines,
    plane_of,
    snapped,
    with_handle,
    words,
)

_FRAME = "1.2.826.0.1"
_ANGLES = st.tuples(*[st.floats(-180, 180)] * 3)


def _turned(points, angles, origin=(12.0, -80.0, 44.0)):
    turn = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    return tuple(tuple(float(c) for c in turn @ np.array(p) + origin) for p in points)


@given(_ANGLES)
def test_sizes_are_the_same_in_every_plane(angles):
    length = annotation(Kind.LENGTH, _FRAME, _turned([(0, 0, 0), (3, 4, 0)], angles))
    assert words(length) == "5.0 mm"
    square = annotation(Kind.POLYGON, _FRAME, _turned([(0, 0, 0), (20, 0, 0), (20, 10, 0), (0, 10, 0)], angles))
    assert area_mm2(square) == pytest.approx(200.0)
    assert words(square) == "2.00 cm²"
    ends = _turned([(-10, 0, 0), (10, 0, 0), (0, -6, 0), (0, 6, 0)], angles)
    ellipse = annotation(Kind.ELLIPSE, _FRAME, ends)
    assert area_mm2(ellipse) == pytest.approx(math.pi * 60)
    angle = annotation(Kind.ANGLE, _FRAME, _turned([(5, 0, 0), (0, 0, 0), (0, 7, 0)], angles))
    assert angle_deg(angle) == pytest.approx(90)
    assert words(angle) == "90°"


def test_an_angle_without_an_arm_is_none():
    assert angle_deg(annotation(Kind.ANGLE, _FRAME, ((0, 0, 0), (0, 0, 0), (1, 0, 0)))) == 0


def test_the_area_of_a_hollow_polygon_counts_what_it_encloses():
    corners = ((0, 0, 0), (10, 0, 0), (10, 10, 0), (5, 5, 0), (0, 10, 0))
    assert area_mm2(annotation(Kind.POLYGON, _FRAME, corners)) == pytest.approx(75)


@given(_ANGLES)
def test_an_ellipse_lies_in_the_plane_of_its_axes(angles):
    ends = _turned([(-10, 0, 0), (10, 0, 0), (0, -6, 0), (0, 6, 0)], angles)
    drawn = annotation(Kind.ELLIPSE, _FRAME, ends)
    middle, normal = plane_of(drawn)
    assert middle == pytest.approx((12.0, -80.0, 44.0), abs=0.5)
    ring = np.array(outlines(drawn)[0])
    assert np.abs((ring - middle) @ normal).max() < 1e-9
    assert np.linalg.norm(ring - (12.0, -80.0, 44.0), axis=1).max() == pytest.approx(10)


@given(_ANGLES, st.tuples(st.floats(-15, 15), st.floats(-15, 15)), st.integers(0, 3))
def test_the_short_axis_stays_perpendicular_whatever_is_pulled(angles, to, index):
    start, end, target, up = _turned([(-10, 0, 0), (10, 0, 0), (*to, 0), (0, 0, 1)], angles)
    normal = np.subtract(up, (12.0, -80.0, 44.0))
    drawn = annotation(Kind.BIDIRECTIONAL, _FRAME, bidirectional(start, end, normal))
    pulled = with_handle(drawn, index, target)
    p = np.array(pulled.points)
    assert float((p[1] - p[0]) @ (p[3] - p[2])) == pytest.approx(0, abs=1e-6)
    if index < 2:
        assert pulled.points[index] == pytest.approx(target)
        assert length_mm(pulled.points[2:]) == pytest.approx(10)


def test_an_ellipse_is_stretched_about_its_middle():
    drawn = annotation(Kind.ELLIPSE, _FRAME, ((-10, 0, 0), (10, 0, 0), (0, -6, 0), (0, 6, 0)))
    pulled = with_handle(drawn, 1, (14.0, 3.0, 0.0))
    assert pulled.points == ((-14, 0, 0), (14, 0, 0), (0, -6, 0), (0, 6, 0))


def test_a_moved_drawing_keeps_its_size_and_loses_its_statistics():
    drawn = annotation(Kind.LENGTH, _FRAME, ((0, 0, 0), (3, 4, 0)))
    away = moved(drawn, (1.0, 2.0, 3.0))
    assert away.points == ((1, 2, 3), (4, 6, 3))
    assert away.uid == drawn.uid
    assert away.statistics is None


@given(_ANGLES)
def test_a_corner_of_a_polygon_stays_in_its_plane_from_wherever_it_is_moved(angles):
    corners, to, there = ((0, 0, 0), (4, 0, 0), (4, 3, 0), (0, 3, 0)), (6, 5, 7), (6, 5, 0)
    pulled = with_handle(annotation(Kind.POLYGON, _FRAME, _turned(corners, angles)), 2, _turned([to], angles)[0])
    assert pulled.points[2] == pytest.approx(_turned([there], angles)[0], abs=1e-6)


def test_a_region_without_an_area_says_what_to_do():
    line = annotation(Kind.POLYGON, _FRAME, ((0.0, 0.0, 0.0), (5.0, 5.0, 0.0), (9.0, 9.0, 0.0)))
    with pytest.raises(ValueError, match="draw it round what is to be measured"):
        plane_of(line)


def test_a_corner_of_a_polygon_without_an_area_goes_where_it_is_moved():
    flat = annotation(Kind.POLYGON, _FRAME, ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (2.0, 0.0, 0.0)))
    assert with_handle(flat, 1, (1.0, 2.0, 3.0)).points[1] == (1.0, 2.0, 3.0)


def test_a_point_snaps_in_millimetres():
    assert snapped((0.0, 0.0, 0.0), ((1.0, 1.0, 0.0), (9.0, 0.0, 0.0)), 1.5) == (1.0, 1.0, 0.0)
    assert snapped((0.0, 0.0, 0.0), ((1.1, 1.1, 0.0),), 1.5) == (0.0, 0.0, 0.0)
    assert snapped((0.0, 0.0, 0.0), (), 1.5) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("kind", "count"), [(Kind.LENGTH, 3), (Kind.POLYGON, 2), (Kind.TEXT, 0), (Kind.ELLIPSE, 2)])
def test_a_wrong_number_of_points_is_refused(kind, count):
    with pytest.raises(ValueError, match="is not drawn with"):
        annotation(kind, _FRAME, tuple((float(n), 0.0, 0.0) for n in range(count)))
