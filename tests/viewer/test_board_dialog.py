"""The tumour board by one key: a folder is written from the reading room, or a sentence says why not."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QLineEdit, QPushButton

from core.report import Accepted, Unreviewed
from viewer.reading_page import ReadingPage


@pytest.fixture
def page(qtbot, ws, jobs, opened, report):
    page = ReadingPage(ws, jobs)
    qtbot.addWidget(page)
    page.show()
    reviewed = replace(report, lesions=tuple(replace(x, review=Accepted()) for x in report.lesions))
    page.open(opened, reviewed)
    qtbot.waitExposed(page)
    yield page
    page.leave()


def _dialog(page):
    QTest.keyClick(page.grid, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    return page.findChild(QDialog, "boardDialog")


def test_the_key_writes_a_deidentified_folder_and_says_where(page, qtbot, tmp_path):
    dialog = _dialog(page)
    dialog.findChild(QLineEdit, "boardFolder").setText(str(tmp_path / "board"))
    dialog.findChild(QCheckBox, "boardDeidentified").setChecked(True)
    dialog.findChild(QPushButton, "boardWriteButton").click()
    qtbot.waitUntil(lambda: dialog.result() == QDialog.DialogCode.Accepted, timeout=20000)
    (folder,) = (tmp_path / "board").iterdir()
    assert {"board.pdf", "targets.rtstruct.dcm"} <= {x.name for x in folder.iterdir()}
    assert str(folder) in page.notice.sentence


def test_an_unreviewed_lesion_is_named_and_nothing_can_be_written(page):
    first, *others = page.session.report.lesions
    waiting = replace(first, review=Unreviewed())
    page.session.edit(lambda report: replace(report, lesions=(waiting, *others)), what="test")
    dialog = _dialog(page)
    assert f"{first.label} of study" in dialog.notice.sentence
    assert not dialog.findChild(QPushButton, "boardWriteButton").isEnabled()
    dialog.reject()


def test_a_folder_that_cannot_be_written_is_told_in_a_whole_sentence_and_another_can_be_tried(page, qtbot, tmp_path):
    (tmp_path / "taken").write_text("a file")
    dialog = _dialog(page)
    folder = tmp_path / "taken" / "a very long name of a folder that no window shows in one line" / "board"
    dialog.findChild(QLineEdit, "boardFolder").setText(str(folder))
    write = dialog.findChild(QPushButton, "boardWriteButton")
    write.click()
    qtbot.waitUntil(lambda: "could not be written" in dialog.notice.sentence, timeout=20000)
    qtbot.waitUntil(lambda: _is_whole(dialog.findChild(QLabel, "noticeSentence")))
    assert write.isEnabled()
    dialog.reject()


def test_who_asks_for_no_name_is_told_what_the_targets_can_then_not_do(page):
    dialog = _dialog(page)
    told = dialog.findChild(QLabel, "boardCosts")
    assert not told.isVisible()
    dialog.findChild(QCheckBox, "boardDeidentified").setChecked(True)
    assert "for targeting, name the patient" in told.text()
    assert told.isVisible()
    assert _is_whole(told)
    dialog.reject()


def _is_whole(label: QLabel) -> bool:
    return label.height() >= label.heightForWidth(label.width())
