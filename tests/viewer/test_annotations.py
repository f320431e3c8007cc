"""Measuring with the mouse: what is drawn is true in millimetres, seen in every view, and can be taken back."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog

from core.annotations import Kind, angle_deg, annotation, length_mm, words
from core.study import Role
from viewer.annotation_desk import AnnotationDesk
from viewer.annotation_layer import in_slice
from viewer.reading_grid import ReadingGrid
from viewer.session import Session

_LEFT = Qt.MouseButton.LeftButton


class Room:
    """A grid with the made-up study, a session, and the desk between them."""

    def __init__(self, qtbot, opened, report, ws):
        self.grid = ReadingGrid()
        qtbot.addWidget(self.grid)
        self.grid.resize(1000, 700)
        self.grid.show_study(opened.series)
        self.session = Session(report, ws.trail, ws.drafts)
        self.desk = AnnotationDesk(self.grid)
        self.desk.layer_changed.connect(lambda: self.grid.set_layers(over=(self.desk.layer,)))
        self.desk.show_session(self.session)
        for viewport in self.grid.viewports:
            viewport.set_grips(self.desk.grip)
        self.grid.show()
        qtbot.waitExposed(self.grid)
        self.axial, self.adc = self.grid.viewport(Role.T2_AXIAL), self.grid.viewport(Role.ADC)

    def draw(self, kind):
        self.grid.set_hand(self.desk.hand(kind))

    @property
    def drawings(self):
        return self.session.report.annotations

    def middle(self, view):
        return QPointF(view.width() / 2, view.height() / 2)


@pytest.fixture
def room(qtbot, opened, report, ws):
    made = Room(qtbot, opened, report, ws)
    yield made
    made.desk.show_session(None)
    made.session.save()


def _press_keys_of(dialog, text):
    dialog.setTextValue(text)
    dialog.accept()


def test_a_dragged_length_is_as_long_as_its_pixels(room, mouse):
    room.draw(Kind.LENGTH)
    start = room.middle(room.axial) - QPointF(60, 40)
    mouse.drag(room.axial, start, start + QPointF(90, 120), _LEFT)
    (drawn,) = room.drawings
    assert length_mm(drawn.points) == pytest.approx(150 * room.axial.plane().mm_per_pixel, abs=0.4)
    assert words(drawn) == f"{length_mm(drawn.points):.1f} mm"


def test_a_drawing_is_seen_in_every_view_of_its_slice_and_in_no_other(room, mouse):
    before = room.adc.grab().toImage()
    room.draw(Kind.LENGTH)
    start = room.middle(room.axial) - QPointF(60, 0)
    mouse.drag(room.axial, start, start + QPointF(120, 0), _LEFT)
    room.grid.set_hand(None)
    QApplication.processEvents()
    assert room.adc.grab().toImage() != before
    room.axial.scroll_slices(1)
    (drawn,) = room.drawings
    assert not in_slice(drawn.points, room.axial.plane())
    room.axial.scroll_slices(-1)
    assert in_slice(drawn.points, room.axial.plane())


def test_holding_h_hides_drawings_too(room, mouse):
    empty = room.axial.grab().toImage()
    room.draw(Kind.LENGTH)
    start = room.middle(room.axial) - QPointF(60, 0)
    mouse.drag(room.axial, start, start + QPointF(120, 0), _LEFT)
    room.grid.set_hand(None)
    room.grid.setFocus()
    shown = room.axial.grab().toImage()
    QTest.keyPress(room.grid, Qt.Key.Key_H)
    hidden = room.axial.grab().toImage()
    QTest.keyRelease(room.grid, Qt.Key.Key_H)
    assert shown not in (empty, hidden)
    assert room.axial.grab().toImage() == shown


def test_a_bidirectional_measurement_has_a_perpendicular_short_axis_that_can_be_pulled(room, mouse):
    room.draw(Kind.BIDIRECTIONAL)
    start = room.middle(room.axial) - QPointF(60, 0)
    mouse.drag(room.axial, start, start + QPointF(120, 0), _LEFT)
    room.grid.set_hand(None)
    (drawn,) = room.drawings
    scale = room.axial.plane().mm_per_pixel
    assert length_mm(drawn.points[2:]) == pytest.approx(60 * scale, abs=0.3)
    end = QPointF(*room.axial.plane().pixel(drawn.points[3]))
    mouse.drag(room.axial, end, end + QPointF(25, 20 if end.y() > start.y() else -20), _LEFT)
    (pulled,) = room.drawings
    assert pulled.uid == drawn.uid
    assert length_mm(pulled.points[2:]) == pytest.approx(80 * scale, abs=0.5)


def test_a_region_knows_its_statistics_in_the_series_it_was_drawn_on(room, mouse):
    room.draw(Kind.ELLIPSE)
    corner = room.middle(room.adc) - QPointF(12, 12)
    mouse.drag(room.adc, corner, corner + QPointF(24, 24), _LEFT)
    (drawn,) = room.drawings
    assert drawn.statistics is not None
    assert drawn.statistics.of.startswith("ADC")
    assert 700 <= drawn.statistics.mean <= 1500
    assert drawn.statistics.count > 3


def test_a_region_beside_the_images_is_refused_in_a_sentence(room, mouse, qtbot):
    room.draw(Kind.ELLIPSE)
    with qtbot.waitSignal(room.desk.failed) as told:
        mouse.drag(room.axial, QPointF(2, 2), QPointF(2.6, 40), _LEFT)
    assert "No voxel" in told.args[0]
    assert not room.drawings


def test_a_polygon_is_clicked_and_closed_by_a_double_click(room, mouse):
    room.draw(Kind.POLYGON)
    middle = room.middle(room.axial)
    corners = [middle + QPointF(*p) for p in ((-40, -40), (40, -40), (40, 40), (-40, 40))]
    for corner in corners:
        mouse.move(room.axial, corner)
        mouse.click(room.axial, corner)
    QTest.mouseDClick(room.axial, _LEFT, Qt.KeyboardModifier.NoModifier, corners[-1].toPoint())
    (drawn,) = room.drawings
    assert len(drawn.points) == 4
    scale = room.axial.plane().mm_per_pixel
    assert words(drawn) == f"{(80 * scale) ** 2 / 100:.2f} cm²"


def test_a_polygon_drawn_by_hand_closes_when_the_button_is_let_go(room, mouse):
    room.draw(Kind.POLYGON)
    middle = room.middle(room.axial)
    QTest.mousePress(room.axial, _LEFT, Qt.KeyboardModifier.NoModifier, middle.toPoint())
    for step in ((30, 0), (60, 0), (60, 30), (60, 60), (30, 60), (0, 60), (0, 30)):
        mouse.move(room.axial, middle + QPointF(*step), _LEFT)
    QTest.mouseRelease(room.axial, _LEFT, Qt.KeyboardModifier.NoModifier, (middle + QPointF(0, 30)).toPoint())
    (drawn,) = room.drawings
    assert drawn.kind is Kind.POLYGON
    assert len(drawn.points) >= 7


def test_an_angle_is_a_drag_and_a_click(room, mouse):
    room.draw(Kind.ANGLE)
    middle = room.middle(room.axial)
    mouse.drag(room.axial, middle + QPointF(60, 0), middle, _LEFT)
    mouse.move(room.axial, middle + QPointF(0, 50))
    mouse.click(room.axial, middle + QPointF(0, 50))
    (drawn,) = room.drawings
    assert angle_deg(drawn) == pytest.approx(90, abs=1)


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.ARROW])
def test_a_note_asks_for_its_words(room, mouse, kind):
    room.draw(kind)
    middle = room.middle(room.axial)
    if kind is Kind.TEXT:
        mouse.click(room.axial, middle)
    else:
        mouse.drag(room.axial, middle, middle + QPointF(40, -30), _LEFT)
    dialog = room.grid.findChild(QInputDialog, "annotationText")
    assert dialog is not None
    _press_keys_of(dialog, "capsule bulges")
    (drawn,) = room.drawings
    assert (drawn.kind, drawn.text) == (kind, "capsule bulges")


def test_ends_snap_to_ends_within_millimetres(room, mouse):
    room.draw(Kind.LENGTH)
    start = room.middle(room.axial)
    mouse.drag(room.axial, start, start + QPointF(60, 0), _LEFT)
    end = room.drawings[0].points[1]
    near = 1.0 / room.axial.plane().mm_per_pixel
    mouse.drag(room.axial, start + QPointF(60 + near, 0), start + QPointF(60, 80), _LEFT)
    assert room.drawings[1].points[0] == end


def test_an_end_that_is_moved_snaps_to_the_ends_of_other_drawings_and_not_to_its_own(room, mouse):
    room.draw(Kind.LENGTH)
    start = room.middle(room.axial)
    mouse.drag(room.axial, start, start + QPointF(60, 0), _LEFT)
    mouse.drag(room.axial, start + QPointF(0, 60), start + QPointF(60, 60), _LEFT)
    room.grid.set_hand(None)
    near = QPointF(1.0 / room.axial.plane().mm_per_pixel, 0)
    mouse.drag(room.axial, start + QPointF(60, 60), start + QPointF(60, 0) + near, _LEFT)
    first, second = room.drawings
    assert second.points[1] == first.points[1]
    mouse.drag(room.axial, start + QPointF(60, 0), start + QPointF(0, 60) + near, _LEFT)  # near the end beyond
    assert 0.5 < length_mm(room.drawings[1].points) < 1.5


@pytest.mark.parametrize(("there", "snaps"), [(0.0, True), (1.0, False)], ids=["in its plane", "beside it"])
def test_an_axis_of_an_ellipse_snaps_only_to_what_lies_in_its_plane(room, mouse, there, snaps):
    view, start = room.axial, room.middle(room.axial) - QPointF(40, 0)
    normal = view.plane().stack.normal * there
    apart = 1.2 / view.plane().mm_per_pixel
    u, v = view.plane().uv(start.x() + 80 + apart, start.y())
    x, y, z = view.plane().stack.lps(u, v, view.plane().depth)
    end = (x + normal[0], y + normal[1], z + normal[2])
    frame = view.shown().frame
    mark = annotation(Kind.LENGTH, frame, (end, (x, y + 40.0, z)))
    room.session.edit(lambda report: replace(report, annotations=(mark,)), what="draw")
    room.draw(Kind.ELLIPSE)
    mouse.drag(view, start - QPointF(0, 20), start + QPointF(80, 20), _LEFT)
    room.grid.set_hand(None)
    width = length_mm(room.drawings[1].points[:2])
    mouse.drag(view, start + QPointF(80, 0), start + QPointF(79, 0), _LEFT)
    (_, changed) = room.drawings
    assert (length_mm(changed.points[:2]) > width) is snaps


def test_a_line_is_moved_whole_taken_back_and_removed(room, mouse):
    room.draw(Kind.LENGTH)
    start = room.middle(room.axial) - QPointF(60, 30)
    mouse.drag(room.axial, start, start + QPointF(120, 0), _LEFT)
    room.grid.set_hand(None)
    (drawn,) = room.drawings
    grab = start + QPointF(60, 0)
    mouse.drag(room.axial, grab, grab + QPointF(0, 25), _LEFT)
    (there,) = room.drawings
    assert length_mm(there.points) == pytest.approx(length_mm(drawn.points))
    assert there.points != drawn.points
    room.session.undo()
    assert room.drawings == (drawn,)
    mouse.click(room.axial, grab)
    assert room.desk.selected == drawn.uid
    assert room.desk.remove_selected()
    assert not room.drawings
    room.session.undo()
    assert room.drawings == (drawn,)
    mouse.click(room.axial, grab + QPointF(0, 90))
    assert not room.desk.selected
    assert not room.desk.remove_selected()


def test_drawings_are_in_the_saved_draft(room, mouse, ws):
    room.draw(Kind.LENGTH)
    start = room.middle(room.axial)
    mouse.drag(room.axial, start, start + QPointF(60, 0), _LEFT)
    assert room.session.save()
    report = room.session.report
    restored = ws.drafts.load(report.study_instance_uid, report.recognised)
    assert restored.annotations == room.drawings


def test_a_line_across_slices_is_drawn_as_far_as_it_lies_in_one(room):
    stack = room.axial.plane().stack
    depth = room.axial.plane().depth
    ends = stack.lps(0, 0, depth - 6), stack.lps(12, 0, depth + 6)
    drawn = annotation(Kind.LENGTH, "1.2.3", ends)
    (piece,) = in_slice(drawn.points, room.axial.plane())
    assert [round(stack.uvd(p)[2] - depth, 4) for p in piece] == [-1.5, 1.5]
    assert [round(stack.uvd(p)[0], 4) for p in piece] == [4.5, 7.5]
