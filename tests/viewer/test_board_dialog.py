"""The tumour board by one key: a folder is written from the reading room, or a sentence says why not."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QPushButton

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
