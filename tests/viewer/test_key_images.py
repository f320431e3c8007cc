"""Key images: one key marks what the active viewport shows; the mark is seen, listed, worded, and taken back."""

from dataclasses import replace

import pydicom
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from core.study import Role
from reporting.key_objects import key_images_of
from service.key_images import slices_of
from viewer.hanging import images_of
from viewer.reading_page import ReadingPage


@pytest.fixture
def page(qtbot, ws, jobs, opened, report):
    page = ReadingPage(ws, jobs)
    qtbot.addWidget(page)
    page.resize(1500, 900)
    page.show()
    page.open(opened, report)
    qtbot.waitExposed(page)
    yield page
    page.leave()


def _press(page):
    QTest.keyClick(page.grid, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)


def _activate(page, role):
    viewport = page.grid.viewport(role)
    page.grid._activate(viewport)
    return viewport


def _uid_of_slice(opened, role, k):
    stack = opened.recognised.one(role).stack
    return slices_of(opened.recognised, images_of(stack))[k].sop_instance_uid


def _number(opened, marked):
    instances = [x for series in opened.recognised.study.series for x in series.instances]
    return next(x.instance_number for x in instances if x.sop_instance_uid == marked.sop_instance_uid)


def test_the_key_marks_the_shown_image_and_marks_it_no_more(page, opened):
    viewport = _activate(page, Role.T2_AXIAL)
    viewport.scroll_slices(2)
    k = viewport.state.slice_index
    before = viewport.grab().toImage()
    _press(page)
    (marked,) = page.session.report.key_images
    assert marked.sop_instance_uid == _uid_of_slice(opened, Role.T2_AXIAL, k)
    assert marked.words == f"T2 axial, image {_number(opened, marked)}"
    assert viewport.grab().toImage() != before
    viewport.scroll_slices(1)
    other = viewport.state.slice_index
    _press(page)
    assert len(page.session.report.key_images) == 2
    viewport.scroll_slices(-1)
    _press(page)
    (kept,) = page.session.report.key_images
    assert kept.sop_instance_uid == _uid_of_slice(opened, Role.T2_AXIAL, other)
    assert viewport.grab().toImage() == before


def test_the_image_is_the_one_whose_pixels_are_shown(page, opened):
    viewport = _activate(page, Role.ADC)
    viewport.scroll_slices(-3)
    _press(page)
    (marked,) = page.session.report.key_images
    series = opened.recognised.one(Role.ADC).stack.series
    (path,) = [x.path for x in series.instances if x.sop_instance_uid == marked.sop_instance_uid]
    shown = viewport.hung.volume.array[viewport.state.slice_index]
    assert (pydicom.dcmread(path).pixel_array == shown).all()


def test_undo_takes_the_mark_back(page):
    _activate(page, Role.T2_AXIAL)
    _press(page)
    page._undo()
    assert page.session.report.key_images == ()


def test_the_list_shows_goes_to_words_and_takes_off(page, qtbot):
    panel = page.looking.key_images.panel
    viewport = _activate(page, Role.T2_AXIAL)
    viewport.scroll_slices(2)
    k = viewport.state.slice_index
    panel.findChild(QPushButton, "markKeyImage").click()
    viewport.scroll_slices(-4)
    field = panel.findChild(QLineEdit, "keyImageWords")
    field.setText("Zyste")
    field.editingFinished.emit()
    assert [x.words for x in page.session.report.key_images] == ["Zyste"]
    go, off = (x for x in panel.findChildren(QPushButton) if x.objectName() != "markKeyImage")
    go.click()
    assert viewport.state.slice_index == k
    off.click()
    assert page.session.report.key_images == ()
    assert panel.findChild(QLineEdit, "keyImageWords") is None or panel._shown == ()


def test_a_picture_that_no_file_holds_cannot_be_marked_and_it_says_why(page, opened):
    viewport = _activate(page, Role.T2_AXIAL)
    viewport._hung = replace(viewport._hung, images=frozenset())
    _press(page)
    assert page.session.report.key_images == ()
    assert page.notice.sentence.startswith("This picture cannot be a key image: it is calculated")


def test_without_a_mark_the_images_through_the_index_lesion_are_chosen(report):
    assert key_images_of(report) == ()  # nothing is reported yet: both lesions are unreviewed
