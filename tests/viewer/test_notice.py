"""What is told in the reading room lies over its lower edge: no image moves under the reader's eye."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from service.reading import OpenStudy
from service.workspace import Workspace
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
