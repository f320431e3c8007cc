"""Marking in the planes of an MPR, however they are turned: true in the patient, seen where it crosses, or refused."""

from dataclasses import replace
from math import cos, radians, sqrt
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QPushButton

from core.annotations import Annotation, Kind, angle_deg, length_mm, statistics_words, words
from core.report import Report
from core.study import Role
from core.volume import position_lps
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer.annotation_desk import AnnotationDesk
from viewer.annotation_layer import in_slice
from viewer.hand import Hand
from viewer.magnifier import Magnifier
from viewer.mpr_pane import MprPane
from viewer.mpr_view import MprView
from viewer.outline_tools import OutlineTools
from viewer.render.geometry import Plane
from viewer.render.lut import Window, grey
from viewer.render.slab import Projection, Slab
from viewer.session import Session
from viewer.viewport_tools import Tool

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_MM = 0.25
"""The size of a pixel in the panes of these tests."""


class Room:
    """An MPR of a volume whose values are 900 + x + 2y + 3z, or of the made-up study, with both desks."""

    def __init__(self, qtbot: Any, mouse: Any, volume: Any, opened: OpenStudy, report: Report, ws: Workspace) -> None:
        self.mouse, self.volume = mouse, volume
        self.view = MprView()
        qtbot.addWidget(self.view)
        self.view.resize(900, 700)
        self.view.show_volume(volume, "T2 axial", Window(120.0, 900.0))
        self.view.show()
        qtbot.waitExposed(self.view)
        self.session = Session(report, ws.trail, ws.drafts)
        self.desk, self.tools = AnnotationDesk(self.view), OutlineTools()
        self.said: list[str] = []
        for failed in (self.desk.failed, self.tools.failed, self.session.failed):
            failed.connect(self.said.append)
        self.desk.layer_changed.connect(lambda: self.view.set_layers(over=(self.desk.layer,)))
        self.desk.show_session(self.session)
        self.tools.show_session(self.session, opened)
        self.view.set_grips(self.desk.grip)
        for plane in Plane:
            pane = self.pane(plane)
            pane.frame((0.0, 0.0, 0.0), _MM * min(pane.width(), pane.height()))

    def pane(self, plane: Plane) -> MprPane:
        return self.view.pane(plane)

    def turn(self, about: Plane, times: int) -> None:
        """Turn the other two planes by the keyboard, 5° each time."""
        self.mouse.click(self.pane(about), QPointF(6, 60))
        for _ in range(abs(times)):
            QTest.keyClick(self.view, Qt.Key.Key_Right if times > 0 else Qt.Key.Key_Left, _CTRL)

    def draw(self, kind: Kind) -> None:
        self.view.set_hand(self.desk.hand(kind))

    def take(self, hand: Hand) -> Hand:
        self.view.set_hand(hand)
        return hand

    @property
    def drawings(self) -> tuple[Annotation, ...]:
        return self.session.report.annotations

    def at(self, pane: MprPane, x: float, y: float) -> QPointF:
        """Return the pixel so far from the one in which the planes meet, on whole pixels."""
        assert self.view.crosshair is not None
        u, v = pane.plane().pixel(self.view.crosshair)
        return QPointF(round(u + x), round(v + y))

    def picture(self, pane: MprPane) -> QImage:
        QApplication.processEvents()
        return pane.grab().toImage()


@pytest.fixture
def room(qtbot: Any, mouse: Any, phantoms: Any, opened: OpenStudy, report: Report, ws: Workspace) -> Any:
    """Voxels of 1 mm; the planes meet at 0, 0, 0."""
    volume = phantoms.positions(phantoms.affine((1, 1, 1), (-40, -40, -30)), (60, 80, 80))
    made = Room(qtbot, mouse, volume, opened, report, ws)
    assert made.view.crosshair == pytest.approx((0, 0, 0))
    yield made
    made.desk.show_session(None)
    made.tools.show_session(None, None)
    made.session.save()


@pytest.fixture
def study(qtbot: Any, mouse: Any, opened: OpenStudy, report: Report, ws: Workspace) -> Any:
    """The axial T2 of the made-up study, whose first lesion's outline is in hand."""
    made = Room(qtbot, mouse, opened.volume(Role.T2_AXIAL), opened, report, ws)
    made.tools.set_target(report.lesions[0].tracking_uid)
    made.view.set_crosshair((-7.5, 7.5, 12.0))  # a voxel's middle
    yield made
    made.desk.show_session(None)
    made.tools.show_session(None, None)
    made.session.save()


# ---------------------------------------------------------------------------------------------------------------------
# Measurements


def test_a_length_on_a_plane_tilted_by_30_degrees_is_true_in_the_patient(room: Room) -> None:
    room.turn(Plane.SAGITTAL, 6)
    axial = room.pane(Plane.AXIAL)
    room.draw(Kind.LENGTH)
    start = room.at(axial, -40, -30)
    room.mouse.drag(axial, start, start + QPointF(80, 60), _LEFT)
    (drawn,) = room.drawings
    # 80 pixels are 20 mm to the left, 60 are 15 mm along the tilted plane: posterior and, turned clockwise, inferior.
    assert np.subtract(drawn.points[1], drawn.points[0]) == pytest.approx((20.0, 15 * cos(radians(30)), -7.5))
    assert length_mm(drawn.points) == pytest.approx(25.0)
    assert words(drawn) == "25.0 mm"
    assert {round(axial.plane().stack.uvd(point)[2], 6) for point in drawn.points} == {axial.plane().depth}


def test_a_drawing_is_seen_in_the_planes_that_it_crosses_and_no_more_when_its_own_is_left(room: Room) -> None:
    room.turn(Plane.SAGITTAL, 6)
    axial, sagittal = room.pane(Plane.AXIAL), room.pane(Plane.SAGITTAL)
    before = room.picture(sagittal)
    room.draw(Kind.LENGTH)
    start = room.at(axial, -60, 20)
    room.mouse.drag(axial, start, start + QPointF(120, 20), _LEFT)
    room.view.set_hand(None)
    (drawn,) = room.drawings
    crossing = room.at(sagittal, 30 * cos(radians(30)), 30 * 0.5)  # 7.5 mm along the tilted plane, where x is 0
    assert room.picture(sagittal).pixelColor(crossing.toPoint()) != before.pixelColor(crossing.toPoint())
    assert in_slice(drawn.points, axial.plane())
    room.mouse.wheel(axial, -2, room.at(axial, 0, 0))
    assert not in_slice(drawn.points, axial.plane())


@pytest.mark.parametrize("kind", list(Kind))
def test_whatever_is_drawn_lies_in_the_tilted_plane(room: Room, kind: Kind) -> None:
    room.turn(Plane.SAGITTAL, 6)
    room.turn(Plane.CORONAL, -4)
    axial = room.pane(Plane.AXIAL)
    room.draw(kind)
    corners = [room.at(axial, *xy) for xy in ((-40, -30), (40, -30), (40, 30))]
    if kind is Kind.POLYGON:
        for corner in corners:
            room.mouse.move(axial, corner)
            room.mouse.click(axial, corner)
        QTest.mouseDClick(axial, _LEFT, _NONE, corners[-1].toPoint())
    elif kind is Kind.TEXT:
        room.mouse.click(axial, corners[0])
    else:
        room.mouse.drag(axial, corners[0], corners[1], _LEFT)
    if kind is Kind.ELLIPSE:  # a box without a height encloses nothing
        room.mouse.drag(axial, corners[0], corners[2], _LEFT)
    if kind is Kind.ANGLE:
        room.mouse.move(axial, corners[2])
        room.mouse.click(axial, corners[2])
    if kind in (Kind.ARROW, Kind.TEXT):
        dialog = room.view.findChild(QInputDialog, "annotationText")
        assert dialog is not None
        dialog.setTextValue("capsule bulges")
        dialog.accept()
    (drawn,) = room.drawings
    assert drawn.kind is kind
    depths = [axial.plane().stack.uvd(point)[2] - axial.plane().depth for point in drawn.points]
    assert np.abs(depths).max() < 1e-6
    if kind is Kind.ANGLE:
        assert angle_deg(drawn) == pytest.approx(90.0)
    if kind is Kind.POLYGON:
        assert words(drawn) == "1.50 cm²"  # half of 20 × 15 mm
    if kind is Kind.BIDIRECTIONAL:
        assert words(drawn) == "20.0 × 10.0 mm"


def test_the_statistics_of_an_oblique_region_are_those_of_its_plane_and_say_so(room: Room, phantoms: Any) -> None:
    room.turn(Plane.SAGITTAL, 6)
    axial = room.pane(Plane.AXIAL)
    room.draw(Kind.ELLIPSE)
    middle = room.at(axial, 30, -20)
    room.mouse.drag(axial, middle - QPointF(48, 32), middle + QPointF(48, 32), _LEFT)
    (drawn,) = room.drawings
    found = drawn.statistics
    assert found is not None
    assert found.resampled
    # The values rise evenly, so that the mean is the value in the middle, and over an ellipse of half axes a and b the
    # standard deviation half of √((a·gx)² + (b·gy)²): 1 per mm to the right, 2 cos 30° − 3 sin 30° per mm down.
    assert found.mean == pytest.approx(phantoms.value_at(axial.plane().lps(middle.x(), middle.y())), abs=0.01)
    half = sqrt((12 * 1.0) ** 2 + (8 * (2 * cos(radians(30)) - 1.5)) ** 2)
    assert found.sd == pytest.approx(half / 2, rel=0.02)
    assert (found.high - found.low) == pytest.approx(2 * half, abs=1.2)  # the points lie 1 mm apart
    assert found.count == pytest.approx(np.pi * 12 * 8, rel=0.03)  # one value for each mm², as large as the voxels are
    assert statistics_words(found).startswith("T2 axial, resampled: ")


def test_along_the_voxels_a_region_counts_voxels(room: Room) -> None:
    coronal = room.pane(Plane.CORONAL)
    room.draw(Kind.ELLIPSE)
    middle = room.at(coronal, 0, 0)
    room.mouse.drag(coronal, middle - QPointF(22, 22), middle + QPointF(22, 22), _LEFT)
    found = room.drawings[0].statistics
    assert found is not None
    assert not found.resampled
    assert found.mean == pytest.approx(900, abs=0.5)
    assert found.count == pytest.approx(np.pi * 5.5**2, abs=6)
    assert "resampled" not in statistics_words(found)


def test_a_region_beyond_the_volume_and_one_on_a_slab_are_refused_in_words(room: Room) -> None:
    room.turn(Plane.SAGITTAL, 6)
    axial = room.pane(Plane.AXIAL)
    axial.frame((60.0, 0.0, 0.0), _MM * min(axial.width(), axial.height()))
    room.draw(Kind.ELLIPSE)
    middle = QPointF(axial.width() / 2, axial.height() / 2)
    room.mouse.drag(axial, middle - QPointF(20, 20), middle + QPointF(20, 20), _LEFT)
    assert "No voxel of T2 axial lies in the region" in room.said[-1]
    room.view.set_slab(Slab(Projection.MIP, 10.0))
    room.mouse.drag(axial, middle - QPointF(20, 20), middle + QPointF(20, 20), _LEFT)
    assert room.said[-1].startswith("The picture is a slab of 10 mm")
    assert not room.drawings
    room.draw(Kind.LENGTH)
    room.mouse.drag(axial, middle - QPointF(20, 20), middle + QPointF(20, 20), _LEFT)
    assert len(room.drawings) == 1, "a length needs no values"


def test_a_series_without_a_frame_of_reference_cannot_be_drawn_on(room: Room, phantoms: Any) -> None:
    volume = phantoms.positions(phantoms.affine((1, 1, 1), (-40, -40, -30)), (60, 80, 80))
    room.view.show_volume(phantoms.volume(volume.array, volume.affine, None), "Localiser", Window(120.0, 900.0))
    room.draw(Kind.LENGTH)
    axial = room.pane(Plane.AXIAL)
    room.mouse.drag(axial, room.at(axial, -20, -20), room.at(axial, 20, 20), _LEFT)
    assert room.said == [
        "Localiser names no frame of reference, so that a drawing on it would have no place in the patient."
    ]
    assert not room.drawings


def test_what_was_begun_is_dropped_when_the_plane_is_turned(room: Room) -> None:
    axial = room.pane(Plane.AXIAL)
    room.turn(Plane.SAGITTAL, 1)
    room.draw(Kind.POLYGON)
    room.mouse.click(axial, room.at(axial, -40, -30))
    room.mouse.click(axial, room.at(axial, 40, -30))
    room.view.turn(Plane.SAGITTAL, radians(20))
    for corner in ((40, -30), (40, 30), (-40, 30)):
        room.mouse.move(axial, room.at(axial, *corner))
        room.mouse.click(axial, room.at(axial, *corner))
    QTest.mouseDClick(axial, _LEFT, _NONE, room.at(axial, -40, 30).toPoint())
    (drawn,) = room.drawings
    assert len(drawn.points) == 3
    depths = [axial.plane().stack.uvd(point)[2] - axial.plane().depth for point in drawn.points]
    assert np.abs(depths).max() < 1e-6


def test_a_drawing_is_taken_hold_of_moved_and_the_lines_stay(room: Room) -> None:
    room.turn(Plane.SAGITTAL, 6)
    axial = room.pane(Plane.AXIAL)
    room.draw(Kind.LENGTH)
    planes, crosshair = room.view.planes, room.view.crosshair
    room.mouse.drag(axial, room.at(axial, -40, 0), room.at(axial, 40, 0), _LEFT)  # along a line of the MPR
    assert room.view.planes is planes, "with a marking tool in hand the lines are not taken hold of"
    room.view.set_hand(None)
    (drawn,) = room.drawings
    room.mouse.drag(axial, room.at(axial, 20, 0), room.at(axial, 20, 40), _LEFT)
    (there,) = room.drawings
    assert there.uid == drawn.uid
    assert length_mm(there.points) == pytest.approx(20.0)
    assert np.subtract(there.points[0], drawn.points[0]) == pytest.approx((0, 10 * cos(radians(30)), -5.0))
    assert room.view.crosshair == crosshair
    room.mouse.drag(axial, room.at(axial, 0, 0), room.at(axial, 12, 0), _LEFT)
    assert room.view.crosshair != crosshair, "beside it the lines move as ever"
    assert room.drawings == (there,)


def test_a_corner_that_is_moved_in_another_plane_stays_in_that_of_its_polygon(room: Room) -> None:
    axial, sagittal = room.pane(Plane.AXIAL), room.pane(Plane.SAGITTAL)
    room.draw(Kind.POLYGON)
    corners = [room.at(axial, *xy) for xy in ((0, -40), (40, 30), (-40, 30))]  # the first lies in the sagittal plane
    for corner in corners:
        room.mouse.move(axial, corner)
        room.mouse.click(axial, corner)
    QTest.mouseDClick(axial, _LEFT, _NONE, corners[-1].toPoint())
    room.view.set_hand(None)
    at = QPointF(*sagittal.plane().pixel(room.drawings[0].points[0]))
    room.mouse.drag(sagittal, at, at + QPointF(-20, -28), _LEFT)
    (drawn,) = room.drawings
    assert drawn.points[0] == pytest.approx((0.0, -15.0, 0.0), abs=0.2)
    assert {round(point[2], 6) for point in drawn.points} == {0.0}


# ---------------------------------------------------------------------------------------------------------------------
# Outlines


def test_the_ball_paints_about_a_place_in_a_tilted_plane_and_the_disc_is_refused(study: Room) -> None:
    study.turn(Plane.SAGITTAL, 6)
    axial, before = study.pane(Plane.AXIAL), study.session.report.lesions[0].mask
    study.take(study.tools.brush_hand())
    at = study.at(axial, 60, 0)
    study.mouse.click(axial, at)
    assert study.said == [
        "This plane is turned by 30.0° against the voxels of T2 axial, so that it holds no slice to outline; "
        "set the planes straight along the series, or use the 3D brush."
    ]
    study.tools.brush.set_ball(True)
    study.tools.brush.set_diameter(8.0)
    study.mouse.click(axial, at)
    after = study.session.report.lesions[0].mask
    middle = np.array(axial.plane().lps(at.x(), at.y()))
    added = np.argwhere((after.array > 0) & ~(before.array > 0))
    everywhere = [position_lps(after, tuple(map(float, index))) for index in np.ndindex(after.spatial_shape)]
    within = np.linalg.norm(np.array(everywhere) - middle, axis=1).reshape(after.spatial_shape) <= 4.0
    assert len(added) > 20
    assert np.array_equal(after.array > 0, (before.array > 0) | within)
    assert len(study.said) == 1


def test_the_polygon_is_refused_on_a_tilted_plane_and_on_a_slab(study: Room) -> None:
    axial, before = study.pane(Plane.AXIAL), study.session.report
    study.turn(Plane.SAGITTAL, 1)
    study.take(study.tools.polygon_hand())
    study.mouse.drag(axial, study.at(axial, 10, 10), study.at(axial, 40, 40), _LEFT)
    assert study.said[-1].startswith("This plane is turned by 5.0°")
    QTest.keyClick(study.view, Qt.Key.Key_Space, _SHIFT)
    study.view.set_slab(Slab(Projection.MEAN, 6.0))
    for hand in (study.tools.polygon_hand(), study.tools.brush_hand(), study.tools.grow_hand()):
        study.take(hand)
        study.mouse.click(axial, study.at(axial, 10, 10))
        assert study.said[-1].startswith("The picture is a slab of 6 mm")
    assert study.session.report is before


@pytest.mark.parametrize(("plane", "axis"), [(Plane.AXIAL, 0), (Plane.CORONAL, 1), (Plane.SAGITTAL, 2)])
def test_along_the_voxels_the_disc_paints_one_layer(study: Room, plane: Plane, axis: int) -> None:
    pane, before = study.pane(plane), study.session.report.lesions[0].mask
    study.take(study.tools.brush_hand())
    study.mouse.click(pane, study.at(pane, 36, 0))
    added = np.argwhere((study.session.report.lesions[0].mask.array > 0) & ~(before.array > 0))
    assert not study.said
    assert len(set(added[:, axis].tolist())) == 1
    assert all(len(set(added[:, other].tolist())) > 1 for other in range(3) if other != axis)


def test_a_place_in_a_tilted_plane_grows_a_lesion(study: Room) -> None:
    report = study.session.report
    study.session.edit(lambda draft: replace(draft, lesions=()), what="no lesion yet")
    study.turn(Plane.SAGITTAL, 6)
    axial = study.pane(Plane.AXIAL)
    study.take(study.tools.grow_hand())
    study.mouse.click(axial, study.at(axial, 4, 4))
    (lesion,) = study.session.report.lesions
    assert not study.said
    assert np.linalg.norm(np.subtract(lesion.centroid_lps_mm, (-8.0, 8.0, 13.5))) < 2
    assert lesion.tracking_uid not in {one.tracking_uid for one in report.lesions}


def test_a_rim_in_a_tilted_plane_is_as_large_as_the_ball(study: Room) -> None:
    study.turn(Plane.SAGITTAL, 6)
    axial = study.pane(Plane.AXIAL)
    plain = study.picture(axial)
    study.tools.brush.set_ball(True)
    study.tools.brush.set_diameter(10.0)
    study.take(study.tools.brush_hand())
    at = study.at(axial, 30, 30)
    study.mouse.move(axial, at)
    shown = study.picture(axial)
    changed = [
        x
        for x in range(61)
        if shown.pixelColor(round(at.x()) + x, round(at.y())) != plain.pixelColor(round(at.x()) + x, round(at.y()))
    ]
    assert changed[0] == pytest.approx(20, abs=3)  # 5 mm
    assert changed[-1] == pytest.approx(20, abs=3)


# ---------------------------------------------------------------------------------------------------------------------
# The magnifier


def test_the_glass_shows_a_tilted_plane_three_times_as_large(room: Room, phantoms: Any) -> None:
    room.turn(Plane.SAGITTAL, 6)
    axial, window = room.pane(Plane.AXIAL), Window(120.0, 900.0)
    room.take(Magnifier())
    at = room.at(axial, 45, 45)
    room.mouse.move(axial, at)
    image, plane = room.picture(axial), axial.plane()
    for dx, dy in ((30, 0), (-42, 21), (0, 60), (45, -45)):
        value = phantoms.value_at(plane.lps(at.x() + (dx + 0.5) / 3, at.y() + (dy + 0.5) / 3))
        expected = int(grey(np.array([[value]], np.float32), window)[0, 0])
        assert image.pixelColor(round(at.x()) + dx, round(at.y()) + dy).red() == pytest.approx(expected, abs=2)


def test_a_tool_that_is_taken_by_a_key_acts_under_the_pointer_at_once(room: Room) -> None:
    axial = room.pane(Plane.AXIAL)
    room.mouse.move(axial, room.at(axial, 45, 45))
    plain = room.picture(axial)
    room.take(Magnifier())
    assert room.picture(axial) != plain


# ---------------------------------------------------------------------------------------------------------------------
# The window


@pytest.mark.parametrize(("down_darkens", "level"), [(True, 915.0), (False, 885.0)])
def test_the_site_says_which_way_a_drag_darkens(room: Room, down_darkens: bool, level: float) -> None:
    axial = room.pane(Plane.AXIAL)
    room.view.set_tool(Tool.WINDOW)
    room.view.set_window_drag(down_darkens=down_darkens)
    room.mouse.drag(axial, room.at(axial, 60, 40), room.at(axial, 60, 90), _LEFT)
    assert room.view.grey_window is not None
    assert room.view.grey_window.level == pytest.approx(level)  # 50 of 400 pixels, of a width of 120


def test_the_planes_are_set_straight_by_a_key_or_the_button(room: Room) -> None:
    straight = room.view.planes
    assert straight is not None
    room.turn(Plane.CORONAL, 3)
    assert room.view.planes is not None
    assert room.view.planes.tilt_deg(Plane.AXIAL, straight) == pytest.approx(15.0)
    QTest.keyClick(room.view, Qt.Key.Key_Space, _SHIFT)
    assert room.view.planes is straight
    button = room.view.findChild(QPushButton, "mprStraighten")
    assert button is not None
    assert "Shift + Space" in button.toolTip()
