"""The worklist: query, empty and failing archives, fetching, opening, importing."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from core.errors import ArchiveUnreachable
from core.progress import Progress
from core.report import Report
from core.study import SeriesMatch, StudyMatch
from pacs.archive import StudyQuery
from pacs.folder import FolderArchive
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer.jobs import JobRunner
from viewer.worklist_page import THIS_WORKSTATION, WorklistPage
from viewer.worklist_rows import State


class Pacs:
    """A folder that answers as a PACS, until it is `down`; retrieving waits for `open_gate`."""

    def __init__(self, folder: Path) -> None:
        self._inner = FolderArchive("ORTHANC", folder)
        self.down = False
        self.queries: list[StudyQuery] = []
        self.gate = threading.Event()
        self.gate.set()

    @property
    def name(self) -> str:
        """What people call it."""
        return "ORTHANC"

    def echo(self) -> None:
        """Answer unless it is down."""
        if self.down:
            raise ArchiveUnreachable("ORTHANC does not answer at 10.0.0.1:104; check the network, then retry.")

    def find_studies(self, query: StudyQuery) -> tuple[StudyMatch, ...]:
        """Answer, and remember what was asked."""
        self.echo()
        self.queries.append(query)
        return self._inner.find_studies(query)

    def find_series(self, study_instance_uid: str) -> tuple[SeriesMatch, ...]:
        """Answer as the folder does."""
        return self._inner.find_series(study_instance_uid)

    def find_instances(self, study_instance_uid: str, series_instance_uid: str) -> tuple[str, ...]:
        """Answer as the folder does."""
        return self._inner.find_instances(study_instance_uid, series_instance_uid)

    def retrieve(self, study_instance_uid: str, folder: Path, progress: Progress, series_instance_uid: str = "") -> int:
        """Send, once the gate is open."""
        self.echo()
        while not self.gate.wait(0.005):
            progress.report(0.25, "8 of 30 images")
        return self._inner.retrieve(study_instance_uid, folder, progress, series_instance_uid)

    def store(self, files: Sequence[Path], progress: Progress) -> None:
        """Take as the folder does."""
        self._inner.store(files, progress)


@pytest.fixture
def pacs(study_folder: Path) -> Pacs:
    """A PACS that holds the made-up study."""
    return Pacs(study_folder)


@pytest.fixture
def page(ws: Workspace, pacs: Pacs, jobs: JobRunner, qtbot: QtBot) -> Iterator[WorklistPage]:
    """The worklist on that PACS."""
    page = WorklistPage(replace(ws, archives=(pacs,)), jobs)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    qtbot.waitExposed(page)
    yield page
    jobs.shutdown()


def _click(page: WorklistPage, name: str) -> None:
    button = page.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isVisible()
    assert button.isEnabled(), f"{name} is disabled"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def queried(page: WorklistPage, qtbot: QtBot) -> WorklistPage:
    """The worklist after a query."""
    _click(page, "queryButton")
    qtbot.waitUntil(lambda: bool(page.model.rows))
    return page


def test_before_the_first_query_the_page_says_what_to_do(page: WorklistPage) -> None:
    empty = page.findChild(QLabel, "worklistEmpty")
    assert empty is not None
    assert empty.isVisible()
    assert "press Query" in empty.text()


def test_a_query_shows_each_study_with_what_the_archive_has_of_it(queried: WorklistPage) -> None:
    cells = [queried.model.index(0, column).data() for column in range(queried.model.columnCount())]
    assert cells == [
        "Müller, Jörg",
        "P808",
        "67",
        "2026-03-01 10:15 · MR Prostate",
        "ACC808",
        "MR · 3 series · 30 images",
        "–",
        "–",
    ]
    assert queried.row is not None  # the first study is chosen, so Enter opens it
    assert [one.description for one in queried.row.match.series] == ["t2_tse_tra", "ep2d_diff_ADC", "ep2d_diff_b1400"]


def test_enter_in_the_patient_field_queries_for_that_patient_in_these_days(
    page: WorklistPage, pacs: Pacs, qtbot: QtBot
) -> None:
    patient, when = page.findChild(QLineEdit, "patientEdit"), page.findChild(QComboBox, "dateCombo")
    assert patient is not None
    assert when is not None
    when.setCurrentText("Last 7 days")
    QTest.keyClicks(patient, "P808")
    QTest.keyClick(patient, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(pacs.queries))
    asked = pacs.queries[0]
    assert (asked.patient, asked.modality) == ("P808", "MR")
    assert asked.date_to is not None
    assert asked.date_from == asked.date_to - timedelta(days=6)
    empty = page.findChild(QLabel, "worklistEmpty")
    qtbot.waitUntil(lambda: "no study that fits" in empty.text())
    assert empty.isVisible()


def test_an_archive_that_does_not_answer_says_so_in_place_and_can_be_asked_again(
    page: WorklistPage, pacs: Pacs, qtbot: QtBot
) -> None:
    pacs.down = True
    _click(page, "queryButton")
    qtbot.waitUntil(lambda: "does not answer" in page.notice.sentence)
    pacs.down = False
    _click(page, "noticeButton")
    qtbot.waitUntil(lambda: bool(page.model.rows))
    assert page.notice.sentence == ""


def test_enter_on_a_study_that_is_not_here_fetches_it_with_its_progress_and_opens_it(
    queried: WorklistPage, pacs: Pacs, qtbot: QtBot
) -> None:
    pacs.gate.clear()
    with qtbot.waitSignal(queried.opened) as opened:
        QTest.keyClick(queried.table, Qt.Key.Key_Return)
        message = queried.findChild(QLabel, "retrieveMessage")
        qtbot.waitUntil(lambda: message.isVisible() and message.text() == "8 of 30 images")
        pacs.gate.set()
    study: OpenStudy = opened.args[0]
    assert study.recognised.study.patient.name == "Müller^Jörg"
    assert queried.row is not None
    assert queried.row.is_local
    assert queried.row.series == "T2 ✓  ADC ✓  DWI ✓  DCE –"


def test_cancelling_a_retrieval_brings_the_buttons_back(queried: WorklistPage, pacs: Pacs, qtbot: QtBot) -> None:
    pacs.gate.clear()
    _click(queried, "openButton")
    cancel = queried.findChild(QAbstractButton, "retrieveCancelButton")
    qtbot.waitUntil(cancel.isVisible)
    _click(queried, "retrieveCancelButton")
    qtbot.waitUntil(lambda: not queried.busy)
    assert queried.findChild(QAbstractButton, "openButton").isVisible()
    assert queried.row is not None
    assert not queried.row.is_local


def test_a_retrieval_that_fails_says_why_beside_the_study_and_can_be_tried_again(
    queried: WorklistPage, pacs: Pacs, qtbot: QtBot
) -> None:
    pacs.down = True
    _click(queried, "retrieveButton")
    qtbot.waitUntil(lambda: "does not answer" in queried.preview.notice.sentence)
    pacs.down = False
    retry = queried.preview.notice.findChild(QAbstractButton, "noticeButton")
    QTest.mouseClick(retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "30 images are on this machine" in queried.preview.notice.sentence)


def test_an_imported_study_is_listed_under_this_workstation(
    page: WorklistPage, study_folder: Path, qtbot: QtBot
) -> None:
    page.import_folder(study_folder)
    qtbot.waitUntil(lambda: bool(page.model.rows))
    assert page.archive.name == THIS_WORKSTATION
    assert page.row is not None
    assert (page.row.patient, page.row.is_local) == ("Müller, Jörg", True)


def test_importing_a_folder_without_dicom_says_so(page: WorklistPage, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "notes.txt").write_text("no DICOM here")
    page.import_folder(tmp_path / "missing")
    qtbot.waitUntil(lambda: bool(page.preview.notice.sentence))
    assert "missing" in page.preview.notice.sentence


def test_a_study_with_a_draft_says_so(queried: WorklistPage, ws: Workspace, report: Report, qtbot: QtBot) -> None:
    ws.drafts.save(report)
    queried.refresh_rows()
    assert queried.model.rows[0].state is State.DRAFT
    assert queried.model.rows[0].report.startswith("Draft ")


def test_columns_sort_by_what_they_mean(queried: WorklistPage, qtbot: QtBot) -> None:
    row = queried.model.rows[0]
    older = replace(
        row.match, study_instance_uid="1.2", patient=replace(row.match.patient, birth_date=date(2016, 1, 1))
    )
    queried.model.show_rows((row, replace(row, match=older)))
    ages: Callable[[], list[str]] = lambda: [one.age for one in queried.model.rows]  # noqa: E731
    queried.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert ages() == ["10", "67"]
    queried.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert ages() == ["67", "10"]
