"""Beside the worklist: the series of a study show a picture while it is still being retrieved, and after it."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from core.progress import Progress
from core.settings import DimseNode, ThisNode
from pacs.dimse import DimseArchive
from pacs.embedded import EmbeddedArchive
from service.workspace import Workspace
from viewer.jobs import JobRunner
from viewer.worklist_page import WorklistPage


class Halting:
    """An archive on the network, which sends one series and waits for `go_on` before it sends the study."""

    def __init__(self, archive: DimseArchive) -> None:
        self._archive = archive
        self.go_on = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)

    def retrieve(self, study_instance_uid: str, folder: Path, progress: Progress, series_instance_uid: str = "") -> int:
        """Send the second series, then, when it may go on, all."""
        second = self._archive.find_series(study_instance_uid)[1].series_instance_uid
        self._archive.retrieve(study_instance_uid, folder, progress, second)
        while not self.go_on.wait(0.02):
            progress.report(0.3, "10 of 30 images")
        return self._archive.retrieve(study_instance_uid, folder, progress)


@pytest.fixture
def pacs(study_folder: Path) -> Iterator[Halting]:
    """It holds the made-up study."""
    with EmbeddedArchive(study_folder, ae_title="PACS") as served:
        node = DimseNode(name="PACS", ae_title="PACS", host="127.0.0.1", port=served.port)
        yield Halting(DimseArchive(node, ThisNode(port=1)))


@pytest.fixture
def page(ws: Workspace, pacs: Halting, jobs: JobRunner, qtbot: QtBot) -> Iterator[WorklistPage]:
    """The worklist with the study chosen and its series listed."""
    page = WorklistPage(replace(ws, archives=(pacs,)), jobs)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    qtbot.waitExposed(page)
    page.query()
    qtbot.waitUntil(lambda: len(_thumbnails(page)) == 3, timeout=20_000)
    yield page
    pacs.go_on.set()
    page.close_down()
    jobs.shutdown()


def _thumbnails(page: WorklistPage) -> list[QLabel]:
    return [one for one in page.preview.findChildren(QLabel, "seriesThumbnail") if not one.parentWidget().isHidden()]


def _drawn(page: WorklistPage) -> list[bool]:
    """Whether the series in the order of their numbers have a picture."""
    return [not one.isHidden() and not one.pixmap().isNull() for one in _thumbnails(page)]


def _retrieve(page: WorklistPage) -> None:
    button = page.findChild(QAbstractButton, "retrieveButton")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _levels(label: QLabel) -> tuple[int, int]:
    image = label.pixmap().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    values = [image.pixelColor(x, y).value() for x in range(image.width()) for y in range(image.height())]
    return min(values), max(values)


def test_a_series_shows_its_picture_while_the_others_are_still_coming_and_keeps_it(
    page: WorklistPage, pacs: Halting, ws: Workspace, qtbot: QtBot
) -> None:
    assert _drawn(page) == [False, False, False]
    assert all(one.isHidden() for one in _thumbnails(page)), "no room is taken before there is one"
    _retrieve(page)
    qtbot.waitUntil(lambda: _drawn(page) == [False, True, False], timeout=20_000)
    assert page.busy
    assert page.row is not None
    assert not ws.study_folder(page.row.uid).exists()
    dark, bright = _levels(_thumbnails(page)[1])
    assert (dark, bright) != (0, 0)
    assert bright - dark > 100, "it is windowed"
    early = _thumbnails(page)[1].pixmap().cacheKey()
    pacs.go_on.set()
    qtbot.waitUntil(lambda: not page.busy, timeout=20_000)
    qtbot.waitUntil(lambda: _drawn(page) == [True, True, True], timeout=20_000)
    assert _thumbnails(page)[1].pixmap().cacheKey() == early


def test_a_study_that_is_chosen_again_shows_its_pictures_without_its_files_being_read_again(
    page: WorklistPage, pacs: Halting, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pacs.go_on.set()
    _retrieve(page)
    qtbot.waitUntil(lambda: not page.busy and all(_drawn(page)), timeout=20_000)
    page.preview.show_row(None)
    assert not _thumbnails(page)
    monkeypatch.setattr("viewer.worklist_thumbnails.look", _nothing)
    assert page.row is not None
    page.preview.show_row(page.row)
    page.series.follow(page.archive, page.row.match)
    qtbot.waitUntil(lambda: _drawn(page) == [True, True, True], timeout=20_000)


def _nothing(*_what: object) -> NoReturn:
    raise AssertionError("the files were looked at again")


def test_a_study_that_came_earlier_shows_its_pictures(
    page: WorklistPage, pacs: Halting, ws: Workspace, jobs: JobRunner, qtbot: QtBot
) -> None:
    pacs.go_on.set()
    _retrieve(page)
    qtbot.waitUntil(lambda: not page.busy, timeout=20_000)
    later = WorklistPage(replace(ws, archives=(pacs,)), jobs)
    qtbot.addWidget(later)
    later.show()
    later.query()
    qtbot.waitUntil(lambda: _drawn(later) == [True, True, True], timeout=20_000)
    later.close_down()
