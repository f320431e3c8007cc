"""Presentation states of other systems are drawn on the images that they name, where the standard says."""

import highdicom as hd
import numpy as np
import pytest
from foreign_objects import presentation
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from core.study import RecognisedStudy
from reporting.foreign_graphics import Presentation, read_presentation
from reporting.foreign_places import ImagePlace
from reporting.foreign_sr import NotRead
from reporting.sources import axial_t2, headers

_FRAME = "1.2.826.0.1"
# 100 columns of 0.5 mm and 80 rows of 1 mm; the middle of the first pixel at (10, 20, 30), axial
_PLACE = ImagePlace(
    np.array((10.0, 20.0, 30.0)), np.array((1.0, 0, 0)), np.array((0.0, 1, 0)), 1.0, 0.5, 80, 100, _FRAME, 3.0
)


@pytest.fixture
def image(made_study: RecognisedStudy) -> Dataset:
    """An image of the made-up study, as if it had 100 columns and 80 rows."""
    found = headers(axial_t2(made_study).stack)[4]
    found.Rows, found.Columns = 80, 100
    return found


def _place(_uid: str, _frame: int) -> ImagePlace:
    return _PLACE


def _line(read: Presentation) -> NDArray[np.float64]:
    return read.drawings[0].shapes[0].points


def test_pixel_units_count_from_the_outer_corner_of_the_first_pixel(image: Dataset) -> None:
    line = hd.pr.GraphicObject("POLYLINE", np.array([[0.5, 0.5], [10.5, 4.5]]), "PIXEL")
    read = read_presentation(presentation(image, [line]), _place)
    # 0.5\0.5 is the middle of the first pixel; ten columns of 0.5 mm and four rows of 1 mm further
    assert _line(read) == pytest.approx(np.array([[10, 20, 30], [15, 24, 30]]))
    assert read.drawings[0].colour == pytest.approx((255, 200, 0), abs=4)
    assert [(one.width, one.centre) for one in read.windows] == [(300, 200)]


@pytest.mark.parametrize(
    ("area", "rotation", "expected"),
    [
        # the middle of the displayed area, then a tenth of its width further right on the screen
        (((1, 1), (100, 80)), 0, [[34.75, 59.5, 30], [39.75, 59.5, 30]]),
        (((1, 1), (50, 40)), 0, [[22.25, 39.5, 30], [24.75, 39.5, 30]]),
        (((100, 1), (1, 80)), 0, [[34.75, 59.5, 30], [29.75, 59.5, 30]]),  # flipped: right is the first column
        (((1, 80), (100, 1)), 90, [[34.75, 59.5, 30], [34.75, 51.5, 30]]),  # turned by 90°: right is up the rows
    ],
)
def test_display_units_are_shares_of_the_displayed_area(
    area: tuple[tuple[int, int], tuple[int, int]], rotation: int, expected: list[list[float]], image: Dataset
) -> None:
    line = hd.pr.GraphicObject("POLYLINE", np.array([[0.5, 0.5], [0.6, 0.5]]), "DISPLAY")
    state = presentation(image, [line])
    shown = Dataset()
    shown.DisplayedAreaTopLeftHandCorner, shown.DisplayedAreaBottomRightHandCorner = list(area[0]), list(area[1])
    state.DisplayedAreaSelectionSequence = [shown]
    state.ImageRotation = rotation
    assert _line(read_presentation(state, _place)) == pytest.approx(np.array(expected))


def test_circles_and_ellipses_are_closed_lines_of_their_size(image: Dataset) -> None:
    circle = hd.pr.GraphicObject("CIRCLE", np.array([[50.0, 40.0], [54.0, 40.0]]), "PIXEL", is_filled=True)
    ends = np.array([[40.0, 30.0], [60.0, 30.0], [50.0, 25.0], [50.0, 35.0]])
    ellipse = hd.pr.GraphicObject("ELLIPSE", ends, "PIXEL")
    first, second = read_presentation(presentation(image, [circle, ellipse]), _place).drawings[0].shapes
    assert first.closed
    assert first.filled
    assert np.ptp(first.points, axis=0) == pytest.approx((4.0, 8.0, 0.0), abs=0.02)  # 8 columns, 8 rows
    assert np.ptp(second.points, axis=0) == pytest.approx((10.0, 10.0, 0.0), abs=0.02)  # 20 columns, 10 rows


def test_a_spline_runs_through_its_points(image: Dataset) -> None:
    points = np.array([[10.5, 10.5], [20.5, 30.5], [40.5, 10.5]])
    state = presentation(image, [hd.pr.GraphicObject("INTERPOLATED", points, "PIXEL")])
    line = _line(read_presentation(state, _place))
    for point in _PLACE.lps(points):
        assert np.linalg.norm(line - point, axis=1).min() < 1e-6


def test_a_text_stands_in_its_box_and_leads_to_its_anchor(image: Dataset) -> None:
    boxed = hd.pr.TextObject(
        "AI 72 %",
        units="PIXEL",
        bounding_box=(20.5, 10.5, 40.5, 20.5),
        anchor_point=(60.5, 30.5),
        anchor_point_visible=True,
    )
    anchored = hd.pr.TextObject("here", units="PIXEL", anchor_point=(60.5, 30.5))
    first, second = read_presentation(presentation(image, (), [boxed, anchored]), _place).drawings[0].words
    assert (first.text, first.at, first.points_at) == (
        "AI 72 %",
        pytest.approx((20.0, 30.0, 30.0)),
        pytest.approx((40.0, 50.0, 30.0)),
    )
    assert (second.at, second.points_at) == (pytest.approx((40.0, 50.0, 30.0)), None)


def test_what_is_drawn_on_images_that_are_not_here_is_told(image: Dataset) -> None:
    line = hd.pr.GraphicObject("POLYLINE", np.array([[0.5, 0.5], [10.5, 4.5]]), "PIXEL")
    read = read_presentation(presentation(image, [line]), lambda _uid, _frame: None)
    assert read.drawings == ()
    assert read.not_read == (NotRead("annotation 1", "1 of its images are not here, or do not tell where they lie"),)


def test_an_odd_graphic_is_told_and_the_others_are_drawn(image: Dataset) -> None:
    line = hd.pr.GraphicObject("POLYLINE", np.array([[0.5, 0.5], [10.5, 4.5]]), "PIXEL")
    odd = hd.pr.GraphicObject("POLYLINE", np.array([[0.5, 0.5], [10.5, 4.5]]), "PIXEL")
    state = presentation(image, [line, odd])
    del state.GraphicAnnotationSequence[0].GraphicObjectSequence[1].GraphicData
    read = read_presentation(state, _place)
    assert len(read.drawings[0].shapes) == 1
    assert [one.position for one in read.not_read] == ["annotation 1, graphic 2"]
