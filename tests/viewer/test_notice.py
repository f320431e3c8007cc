"""What is told in the reading room lies over its lower edge: no image moves under the reader's eye."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.annotations import Kind, annotation
from core.report import Report
from core.study import Role
from inference.lesion import sphere
from service.lesions import edit_outline
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer import edits
from viewer.main_window import MainWindow
from viewer.theme import apply_theme

_LONG = "This study has a signed report, shown here. Signing again makes a new one beside it. " * 4


@pytest.fixture
def window(ws: Workspace, opened: OpenStudy, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """The reading room on a small screen, with a study open."""
    apply_theme(qapp)
    shown = MainWindow(ws)
    shown.resize(1366, 768)
    shown.show()
    qtbot.waitExposed(shown)
    shown.show_study(opened)
    shown.reading.notice.clear()
    QApplication.processEvents()
    yield shown
    shown.close()
    shown.deleteLater()


def _places(window: MainWindow) -> list[QRect]:
    return [QRect(view.mapTo(window, view.rect().topLeft()), view.size()) for view in window.reading.grid.viewports]


@pytest.mark.parametrize("sentence", ["The AI found 2 lesions to review.", _LONG])
def test_the_images_stay_where_they_are_when_something_is_told(window: MainWindow, sentence: str) -> None:
    before = _places(window)
    room = window.reading
    room.notice.show_sentence(sentence, button="Retrieve", way_out=lambda: None)
    QApplication.processEvents()
    assert room.notice.isVisible()
    assert _places(window) == before
    room.notice.clear()
    QApplication.processEvents()
    assert _places(window) == before


def test_a_short_sentence_hides_no_image_and_a_long_one_is_read_whole(window: MainWindow) -> None:
    notice, grid = window.reading.notice, window.reading.grid
    notice.show_sentence("The AI found 2 lesions to review.", tone="ok")
    QApplication.processEvents()
    assert not notice.geometry().intersects(grid.geometry())
    for width in (1366, 1920):
        window.resize(width, 768)
        notice.show_sentence(_LONG, button="Retrieve", way_out=lambda: None)
        QApplication.processEvents()
        told = notice.findChild(QLabel, "noticeSentence")
        assert told.height() >= told.heightForWidth(told.width())
        assert notice.parentWidget().rect().contains(notice.geometry())
        button = notice.findChild(QPushButton, "noticeButton")
        assert button.visibleRegion().boundingRect().size() == button.size()


@pytest.mark.parametrize(
    ("tone", "button", "ends"),
    [
        ("ok", "", True),
        ("plain", "", True),
        ("plain", "Retrieve", False),
        ("caution", "", False),
        ("danger", "", False),
    ],
)
def test_only_what_was_done_and_needs_no_answer_ends_by_itself(
    window: MainWindow, qtbot: QtBot, tone: str, button: str, ends: bool
) -> None:
    notice = window.reading.notice
    notice.show_sentence("The AI found no suspicious lesion.", tone="ok")
    notice.show_sentence("Something is told.", tone=tone, button=button)
    timer = notice.findChild(QTimer)
    assert timer.isActive() is ends
    if ends:
        assert timer.interval() >= 8000
        timer.start(0)
        qtbot.waitUntil(notice.isHidden)
    notice.clear()
    assert not timer.isActive()


def test_a_sentence_under_the_pointer_stays(window: MainWindow, qtbot: QtBot) -> None:
    notice = window.reading.notice
    notice.show_sentence("The AI found 2 lesions to review.", tone="ok")
    QTest.mouseMove(notice, QPoint(20, 10))
    qtbot.waitUntil(notice.underMouse)
    timer = notice.findChild(QTimer)
    timer.timeout.emit()
    assert notice.isVisible()
    assert timer.isActive()
    QTest.mouseMove(window.reading.grid, QPoint(20, 20))
    qtbot.waitUntil(lambda: not notice.underMouse())
    timer.timeout.emit()
    assert notice.isHidden()


def test_a_refusal_goes_when_the_next_edit_is_done_and_one_to_save_when_it_is_saved(window: MainWindow) -> None:
    room, session = window.reading, window.reading.session
    assert session is not None
    told = (room.grid.refused, room.marking.failed, session.failed)
    for number, refused in enumerate(told, start=1):
        refused.emit("Draw on a series of this examination.")
        assert room.notice.sentence == "Draw on a series of this examination."
        session.edit(edits.set_psa(float(number)), what="psa")
        assert room.notice.sentence == ""
    session.not_saved.emit("The draft cannot be written; free some space.")
    session.edit(edits.set_psa(9.0), what="psa")
    assert room.notice.sentence == "The draft cannot be written; free some space."
    session.save()
    assert room.notice.sentence == ""
    room.notice.show_sentence("The AI cannot run: the model file is gone.")  # no edit puts that right
    session.edit(edits.set_psa(1.0), what="psa")
    assert room.notice.sentence != ""


def test_hiding_the_outlines_hides_the_ais_own_too_and_leaves_the_measurements(
    window: MainWindow, opened: OpenStudy, report: Report
) -> None:
    room, session = window.reading, window.reading.session
    assert session is not None
    uid = report.lesions[0].tracking_uid
    larger = sphere(report.lesions[0].mask, report.lesions[0].centroid_lps_mm, 14.0)
    session.edit(lambda _: edit_outline(report, opened, uid, larger), what="outline")
    room.panel.lesions.select(uid)
    axial = room.grid.viewport(Role.T2_AXIAL)
    shown = axial.grab().toImage()
    QTest.keyClick(room.grid, Qt.Key.Key_O)
    hidden = axial.grab().toImage()
    room.marking.select("")  # no outline in hand has an original
    assert axial.grab().toImage() == hidden != shown
    room.marking.select(uid)
    x, y, z = report.lesions[0].centroid_lps_mm
    frame = report.lesions[0].mask.frame_of_reference_uid
    line = annotation(Kind.LENGTH, frame, ((x - 5, y, z), (x + 5, y, z)))
    session.edit(lambda now: replace(now, annotations=(line,)), what="draw")
    assert axial.grab().toImage() != hidden
    session.undo()
    QTest.keyClick(room.grid, Qt.Key.Key_O)
    assert axial.grab().toImage() == shown
