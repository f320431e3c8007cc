"""Results of other systems in the reading room: the list, the windows, the outlines, and candidates on request."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import highdicom as hd
import numpy as np
import pytest
from foreign_objects import ball, described, headers, of_segment, pdf, presentation, report, save, segmentation
from pydicom.dataset import Dataset
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from core.report import FromModel, Report, Unreviewed
from core.study import Role
from service.reading import OpenStudy, open_folder
from service.workspace import Workspace
from viewer.foreign_dialog import ResultDialog
from viewer.foreign_panel import ResultCard
from viewer.jobs import JobRunner
from viewer.pdf_preview import PdfPreview
from viewer.reading_page import ReadingPage

_AT = (-8.0, 8.0, 13.5)
"""The middle of the focus, on the 5th and 6th slice."""
_PINK = (230, 80, 200)


@pytest.fixture
def objects(study_folder: Path, opened: OpenStudy) -> list[Dataset]:
    """What another system left: a segmentation, a report on it, a presentation state and a PDF."""
    sources = headers(study_folder, "t2_tse_tra")
    t2 = opened.volume(Role.T2_AXIAL)
    assert t2 is not None
    seg = segmentation(sources, ball(t2, _AT, 5.0), [described(1)])
    circle = hd.pr.GraphicObject("CIRCLE", np.array([[24.0, 24.0], [34.0, 24.0]]), "PIXEL")
    words = hd.pr.TextObject("AI", units="PIXEL", anchor_point=(34.0, 24.0))
    return [
        seg,
        report(sources, [of_segment(seg)], [seg]),
        presentation(sources[4], [circle], [words]),
        pdf(sources[0]),
    ]


@pytest.fixture
def page(
    objects: Sequence[Dataset], study_folder: Path, ws: Workspace, jobs: JobRunner, qtbot: QtBot, tmp_path: Path
) -> Iterator[ReadingPage]:
    """The reading room with that study, its list of results open."""
    folder = shutil.copytree(study_folder, tmp_path / "with results")
    for one in objects:
        save(one, folder)
    study = open_folder(folder)
    page = ReadingPage(ws, jobs)
    qtbot.addWidget(page)
    page.resize(1500, 900)
    page.show()
    page.open(study, Report(study.recognised))
    page.looking.open_or_close_results()
    qtbot.waitUntil(lambda: len(_cards(page)) == 4, timeout=5000)
    yield page
    page.leave()


def _cards(page: ReadingPage) -> list[ResultCard]:
    return page.looking.foreign.panel.findChildren(ResultCard)


def _card(page: ReadingPage, kind: str) -> ResultCard:
    (found,) = (card for card in _cards(page) if card.accessibleName().startswith(kind))
    return found


def _press(card: ResultCard, name: str) -> None:
    button = card.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _picture(page: ReadingPage) -> QImage:
    return page.grid.viewport(Role.T2_AXIAL).grab().toImage()


def _count_like(picture: QImage, colour: tuple[int, int, int]) -> int:
    """How many pixels have about this colour."""
    rgb = picture.convertToFormat(QImage.Format.Format_RGB32)
    seen = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.width(), 4)[..., 2::-1].astype(int)
    return int((np.abs(seen - np.array(colour)).sum(axis=-1) < 60).sum())


def test_the_list_says_what_by_whom_when_and_in_which_state(page: ReadingPage) -> None:
    said = "\n".join(label.text() for label in _card(page, "Structured report").findChildren(QLabel))
    assert "Imaging Measurement Report" in said
    assert "Acme Imaging · ProstateMind" in said
    assert "complete, preliminary · not verified · not signed" in said
    assert "AI: ProstateMind Detect 2.1.0" in [x.text() for x in _card(page, "Segmentation").findChildren(QLabel)]


def test_the_key_opens_the_list_and_closes_it(page: ReadingPage) -> None:
    drawer = page.looking.drawer
    assert drawer.shown == "results"
    QTest.keyClick(page.grid, Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    assert drawer.shown == ""
    QTest.keyClick(page.grid, Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    assert drawer.shown == "results"


def test_a_segmentation_is_drawn_on_the_images_until_it_is_hidden(page: ReadingPage, qtbot: QtBot) -> None:
    page.grid.set_crosshair(_AT)
    before = _count_like(_picture(page), _PINK)
    _press(_card(page, "Segmentation"), "showResult")
    qtbot.waitUntil(lambda: len(page.looking.foreign.layers) == 1, timeout=5000)
    shown = _count_like(_picture(page), _PINK)
    assert shown > before + 20
    page.grid.set_overlay_visible(False)  # as all outlines
    assert _count_like(_picture(page), _PINK) < before + 10
    page.grid.set_overlay_visible(True)
    assert _count_like(_picture(page), _PINK) == shown
    _press(_card(page, "Segmentation"), "showResult")
    assert _count_like(_picture(page), _PINK) < before + 10


def test_a_presentation_state_is_drawn_on_its_image_only_and_gives_it_its_window(
    page: ReadingPage, qtbot: QtBot
) -> None:
    viewport = page.grid.viewport(Role.T2_AXIAL)
    before = viewport.state.window
    page.grid.set_crosshair((0.0, 0.0, 12.0))  # the 5th slice
    _press(_card(page, "Presentation state"), "showResult")
    qtbot.waitUntil(lambda: len(page.looking.foreign.layers) == 1, timeout=5000)
    assert (viewport.state.window.width, viewport.state.window.level) == (300, 200)
    assert viewport.window_name == "Acme marks"
    on_it = _count_like(_picture(page), (255, 200, 0))
    assert on_it > 40
    page.grid.set_crosshair((0.0, 0.0, 18.0))
    assert _count_like(_picture(page), (255, 200, 0)) < on_it / 4
    adc = page.grid.viewport(Role.ADC)
    assert adc.window_name == ""
    _press(_card(page, "Presentation state"), "showResult")
    assert viewport.state.window == before


def test_a_report_is_read_as_a_tree_and_a_pdf_by_its_pages(page: ReadingPage, qtbot: QtBot) -> None:
    _press(_card(page, "Structured report"), "readResult")
    qtbot.waitUntil(lambda: page.findChild(ResultDialog) is not None, timeout=5000)
    dialog = page.findChild(ResultDialog)
    assert isinstance(dialog, ResultDialog)
    tree = dialog.findChild(QTreeWidget, "resultTree")
    assert isinstance(tree, QTreeWidget)
    found = tree.findItems("Probability of cancer: 72.0 %", Qt.MatchFlag.MatchRecursive)
    assert [item.toolTip(0)[:15] for item in found] == ["Content item 1."]
    dialog.close()
    qtbot.waitUntil(lambda: page.findChild(ResultDialog) is None, timeout=5000)
    _press(_card(page, "PDF document"), "readResult")
    qtbot.waitUntil(lambda: page.findChild(ResultDialog) is not None, timeout=5000)
    dialog = page.findChild(ResultDialog)
    assert isinstance(dialog, ResultDialog)
    pages = dialog.findChild(PdfPreview)
    assert isinstance(pages, PdfPreview)
    qtbot.waitUntil(lambda: pages.page_count == 1, timeout=10000)
    dialog.close()


def test_candidates_enter_the_report_when_the_reader_asks_and_undo_takes_them_back(
    page: ReadingPage, ws: Workspace, qtbot: QtBot, edits_in: Callable[[Workspace], list[str]]
) -> None:
    session = page.session
    assert session is not None
    assert session.report.lesions == ()
    _press(_card(page, "Structured report"), "takeResult")
    qtbot.waitUntil(lambda: len(session.report.lesions) == 1, timeout=10000)
    (lesion,) = session.report.lesions
    assert isinstance(lesion.origin, FromModel)
    assert isinstance(lesion.review, Unreviewed)
    assert "to be reviewed" in page.notice.sentence
    assert page.panel.lesions.selected == lesion.tracking_uid
    assert edits_in(ws) == ["take candidates"]
    _press(_card(page, "Segmentation"), "takeResult")
    qtbot.waitUntil(lambda: "already" in page.notice.sentence, timeout=10000)
    session.undo()
    assert session.report.lesions == ()


def test_a_result_in_the_series_strip_is_opened_instead_of_hung(page: ReadingPage, qtbot: QtBot) -> None:
    offers = {offer.choice.stack.series.modality: offer for offer in page.grid.offers}
    hung = page.grid.active.hung
    page.series.hang_wanted.emit(offers["SEG"])
    qtbot.waitUntil(lambda: len(page.looking.foreign.layers) == 1, timeout=5000)
    page.series.hang_wanted.emit(offers["SR"])
    qtbot.waitUntil(lambda: page.findChild(ResultDialog) is not None, timeout=5000)
    assert page.grid.active.hung is hung
    page.findChild(ResultDialog).close()


def test_what_is_shown_goes_with_the_study(page: ReadingPage, qtbot: QtBot) -> None:
    _press(_card(page, "Segmentation"), "showResult")
    qtbot.waitUntil(lambda: len(page.looking.foreign.layers) == 1, timeout=5000)
    page.leave()
    assert page.looking.foreign.layers == ()
    assert _cards(page) == [] or all(card.isHidden() for card in _cards(page))
