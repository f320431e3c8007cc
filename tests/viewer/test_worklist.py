"""The worklist: query, empty and failing archives, fetching, opening, importing."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDateEdit,
    QLabel,
    QLineEdit,
    QStackedLayout,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
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
from viewer.labels import ElidedLabel
from viewer.theme import apply_theme
from viewer.worklist_model import COLUMNS, PLACES
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


def _instead_of_studies(page: WorklistPage) -> str:
    empty = page.findChild(QLabel, "worklistEmpty")
    assert empty is not None
    assert empty.isVisible()
    return empty.text()


@pytest.fixture
def queried(page: WorklistPage, qtbot: QtBot) -> WorklistPage:
    """The worklist after a query."""
    _click(page, "queryButton")
    qtbot.waitUntil(lambda: bool(page.model.rows))
    return page


def test_before_the_first_query_the_page_says_what_to_do(page: WorklistPage) -> None:
    assert "press Query" in _instead_of_studies(page)


def test_a_query_shows_each_study_with_what_the_archive_has_of_it(queried: WorklistPage) -> None:
    cells = {column.name: queried.model.index(0, place).data() for place, column in enumerate(COLUMNS)}
    assert cells == {
        "priority": "No AI",
        "patient": "Müller, Jörg",
        "id": "P808",
        "age": "67",
        "psa": "–",
        "study": "2026-03-01 10:15 · MR Prostate",
        "accession": "ACC808",
        "site": "–",
        "status": "New",
        "ai": "–",
        "quality": "–",
        "priors": "–",
        "reader": "–",
        "waiting": cells["waiting"],
        "series": "MR · 3 series · 30 images",
        "local": "–",
    }
    assert queried.row is not None  # the first study is chosen, so Enter opens it


def test_the_series_of_the_chosen_study_are_listed_beside_it(queried: WorklistPage, qtbot: QtBot) -> None:
    described = ["t2_tse_tra", "ep2d_diff_ADC", "ep2d_diff_b1400"]
    shown: Callable[[], list[str]] = lambda: [one.whole for one in queried.preview.findChildren(ElidedLabel)]  # noqa: E731
    qtbot.waitUntil(lambda: [one for one in shown() if one in described] == described)


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
    qtbot.waitUntil(lambda: "no study that fits" in _instead_of_studies(page))


def test_an_archive_that_does_not_answer_says_so_in_place_and_can_be_asked_again(
    page: WorklistPage, pacs: Pacs, qtbot: QtBot
) -> None:
    pacs.down = True
    _click(page, "queryButton")
    qtbot.waitUntil(lambda: "does not answer" in page.notice.sentence)
    assert _instead_of_studies(page) == "ORTHANC did not answer, so its studies are not known."
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


def test_importing_a_folder_without_dicom_says_so_and_lets_another_be_chosen(
    page: WorklistPage, tmp_path: Path, qtbot: QtBot
) -> None:
    page.import_folder(tmp_path / "missing")
    qtbot.waitUntil(lambda: bool(page.preview.notice.sentence))
    assert "missing" in page.preview.notice.sentence
    assert page.preview.notice.findChild(QAbstractButton, "noticeButton").text() == "Choose again…"


def test_a_study_with_a_draft_says_so(queried: WorklistPage, ws: Workspace, report: Report, qtbot: QtBot) -> None:
    ws.drafts.save(report)
    queried.refresh_rows()
    assert queried.model.rows[0].state is State.DRAFT
    assert queried.model.rows[0].report.startswith("Draft ")


def test_after_a_report_the_next_study_without_one_is_chosen(queried: WorklistPage, qtbot: QtBot) -> None:
    row = queried.model.rows[0]
    others = [replace(row.match, study_instance_uid=f"1.2.{n}") for n in range(3)]
    reported = replace(row, match=others[1], state=State.REPORTED)
    listed = (replace(row, match=others[0]), row, reported, replace(row, match=others[2]))

    def chosen_after(place: int) -> str:
        queried.model.show_rows(listed)
        queried.table.selectRow(place)
        queried.query_next()
        return queried._wanted_uid  # pyright: ignore[reportPrivateUsage]

    assert [chosen_after(place) for place in range(4)] == [row.uid, "1.2.2", "1.2.2", "1.2.2"]
    qtbot.waitUntil(lambda: len(queried.model.rows) == 1)  # what the archive really has
    assert queried.row is not None


def test_a_folder_is_imported_opened_and_listed(page: WorklistPage, study_folder: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.opened) as opened:
        page.open_folder(study_folder)
    study: OpenStudy = opened.args[0]
    assert study.recognised.study.patient.name == "Müller^Jörg"
    qtbot.waitUntil(lambda: bool(page.model.rows))
    assert page.row is not None
    assert (page.row.uid, page.row.is_local) == (study.recognised.study.study_instance_uid, True)


def test_an_answer_that_comes_late_leaves_the_keys_with_what_is_shown_meanwhile(
    queried: WorklistPage, qtbot: QtBot
) -> None:
    window, images = QWidget(), QLineEdit()
    qtbot.addWidget(window)
    pages = QStackedLayout(window)
    pages.addWidget(queried)
    pages.addWidget(images)
    window.show()
    window.activateWindow()
    queried.model.show_rows(())
    queried.query()
    pages.setCurrentWidget(images)
    images.setFocus()
    qtbot.waitUntil(lambda: bool(queried.model.rows))
    assert QApplication.focusWidget() is images
    queried.setParent(None)  # it goes before the window


def test_columns_sort_by_what_they_mean(queried: WorklistPage, qtbot: QtBot) -> None:
    row = queried.model.rows[0]
    older = replace(
        row.match, study_instance_uid="1.2", patient=replace(row.match.patient, birth_date=date(2016, 1, 1))
    )
    queried.model.show_rows((row, replace(row, match=older)))
    ages: Callable[[], list[str]] = lambda: [one.age for one in queried.model.rows]  # noqa: E731
    queried.table.sortByColumn(PLACES["age"], Qt.SortOrder.AscendingOrder)
    assert ages() == ["10", "67"]
    queried.table.sortByColumn(PLACES["age"], Qt.SortOrder.DescendingOrder)
    assert ages() == ["67", "10"]


@pytest.fixture
def two_patients(queried: WorklistPage) -> WorklistPage:
    """The worklist with the made-up study, chosen, and one of another patient below it."""
    row = queried.model.rows[0]
    other = replace(row.match, study_instance_uid="1.2", patient=replace(row.match.patient, name="Adler^Max"))
    queried.model.show_rows((row, replace(row, match=other)))
    queried.table.selectRow(0)
    return queried


def _patients(page: WorklistPage) -> list[str]:
    return [row.patient for row in page.model.rows]


def test_sorting_keeps_the_chosen_study_chosen(two_patients: WorklistPage) -> None:
    two_patients.table.sortByColumn(PLACES["patient"], Qt.SortOrder.AscendingOrder)
    assert _patients(two_patients) == ["Adler, Max", "Müller, Jörg"]
    assert two_patients.row is not None
    assert two_patients.row.patient == "Müller, Jörg"  # else Enter would open another study than the one beside it
    assert two_patients.table.selectionModel().selectedRows()[0].row() == 1
    name = two_patients.preview.findChild(QLabel, "previewPatient")
    assert name.text() == "Müller, Jörg"


def test_studies_come_in_the_order_that_the_reader_asked_for_after_another_query_too(
    two_patients: WorklistPage,
) -> None:
    two_patients.table.sortByColumn(PLACES["patient"], Qt.SortOrder.AscendingOrder)
    two_patients.model.show_rows(tuple(reversed(two_patients.model.rows)))
    assert _patients(two_patients) == ["Adler, Max", "Müller, Jörg"]


def test_the_arrow_keys_go_through_the_studies_and_a_double_click_opens_the_one_under_it(
    two_patients: WorklistPage, qtbot: QtBot
) -> None:
    table = two_patients.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert two_patients.row is not None
    assert two_patients.row.patient == "Adler, Max"
    with qtbot.waitSignal(two_patients.opened) as opened:
        place = table.visualRect(two_patients.model.index(0, 1)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    study: OpenStudy = opened.args[0]
    assert study.recognised.study.patient.name == "Müller^Jörg"


def test_home_and_end_go_to_the_first_and_the_last_study_and_the_chosen_one_stays_lit(
    two_patients: WorklistPage,
) -> None:
    table = two_patients.table
    for key, patient in ((Qt.Key.Key_End, "Adler, Max"), (Qt.Key.Key_Home, "Müller, Jörg")):
        QTest.keyClick(table, key)
        assert two_patients.row is not None
        assert two_patients.row.patient == patient
    QTest.keyClick(table, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]


def test_a_study_without_an_id_says_so(queried: WorklistPage) -> None:
    row = queried.model.rows[0]
    nameless = replace(row.match, patient=replace(row.match.patient, name="", patient_id=""))
    queried.model.show_rows((replace(row, match=nameless),))
    assert [queried.model.index(0, PLACES[name]).data() for name in ("patient", "id")] == ["Name unknown", "–"]


def test_the_answer_of_an_archive_is_never_listed_under_the_name_of_another(
    page: WorklistPage, jobs: JobRunner, qtbot: QtBot
) -> None:
    _click(page, "queryButton")
    page.filters.choose_archive(1)
    qtbot.waitUntil(lambda: not jobs._jobs)  # the answer is in
    assert page.archive.name == THIS_WORKSTATION
    assert page.model.rows == ()
    assert "press Query" in _instead_of_studies(page)


def test_an_empty_workstation_says_where_studies_come_from(page: WorklistPage, qtbot: QtBot) -> None:
    page.filters.choose_archive(1)
    page.query()
    qtbot.waitUntil(lambda: "import it from a folder" in _instead_of_studies(page))


def test_the_wheel_over_a_field_changes_nothing(two_patients: WorklistPage, mouse: Any) -> None:
    fields = two_patients.filters.findChildren(QComboBox)
    assert len(fields) == 3
    for field in fields:
        before = field.currentIndex()
        field.setFocus()
        for notches in (-1, 1):
            mouse.wheel(field, notches, field.rect().toRectF().center())
        assert field.currentIndex() == before
    when = two_patients.findChild(QComboBox, "dateCombo")
    when.setCurrentText("Between…")
    for day in two_patients.findChildren(QDateEdit):
        first = day.date()
        day.setFocus()
        mouse.wheel(day, -1, day.rect().toRectF().center())
        assert day.date() == first
    assert len(two_patients.model.rows) == 2  # another archive would have emptied the list


def test_asking_by_the_keyboard_leaves_the_focus_on_the_button(page: WorklistPage, pacs: Pacs, qtbot: QtBot) -> None:
    pacs.down = True
    button = page.findChild(QAbstractButton, "queryButton")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "does not answer" in page.notice.sentence)
    assert page.focusWidget() is button  # and not on Import files…, its neighbour


def test_every_day_of_the_calendar_can_be_read(page: WorklistPage, qapp: QApplication) -> None:
    apply_theme(qapp)
    calendar = page.findChild(QDateEdit, "dateFrom").calendarWidget()
    calendar.setSelectedDate(QDate(2026, 8, 30))
    calendar.show()
    days = calendar.findChild(QTableView)
    index = next(
        days.model().index(row, column)
        for row, column in product(range(1, 7), range(7))
        if days.model().index(row, column).data() == 30
    )
    option = QStyleOptionViewItem()
    option.initFrom(days)
    option.rect = days.visualRect(index)
    option.text = "30"
    option.features = QStyleOptionViewItem.ViewItemFeature.HasDisplay
    margin = days.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, option, days) + 1
    room = days.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, days).width() - 2 * margin
    assert room >= days.fontMetrics().horizontalAdvance("30")
    calendar.hide()


# ---------------------------------------------------------------------------------------------------------------------
# A second wish while the first is being done


@pytest.fixture
def two_studies(study_folder: Path, tmp_path: Path) -> Path:
    """The made-up study, and the same images as those of another patient."""
    folder = tmp_path / "two"
    folder.mkdir()
    for path in study_folder.glob("*.dcm"):
        dataset = dcmread(path)
        dataset.save_as(folder / path.name)
        dataset.PatientID = dataset.PatientName = "SECOND"
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"):
            dataset[keyword].value += ".2"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(folder / f"second-{path.name}")
    return folder


@pytest.fixture
def two(ws: Workspace, two_studies: Path, jobs: JobRunner, qtbot: QtBot) -> Iterator[tuple[WorklistPage, Pacs]]:
    """The worklist on a PACS with both studies, which it lists."""
    pacs = Pacs(two_studies)
    page = WorklistPage(replace(ws, archives=(pacs,)), jobs)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    qtbot.waitExposed(page)
    page.query()
    qtbot.waitUntil(lambda: len(page.model.rows) == 2)
    yield page, pacs
    jobs.shutdown()


def _message(page: WorklistPage) -> str:
    message = page.findChild(ElidedLabel, "retrieveMessage")
    assert message is not None
    return message.whole


def test_the_study_wished_for_last_is_opened_and_the_one_before_it_is_not(
    two: tuple[WorklistPage, Pacs], ws: Workspace, qtbot: QtBot
) -> None:
    page, pacs = two
    first, second = (row.uid for row in page.model.rows)
    opened: list[str] = []
    page.opened.connect(lambda study: opened.append(study.recognised.study.study_instance_uid))
    pacs.gate.clear()
    page.table.selectRow(0)
    page.open_chosen()
    qtbot.waitUntil(lambda: _message(page) == "8 of 30 images")
    page.open_chosen()  # impatience is no other wish
    assert _message(page) == "8 of 30 images"
    page.table.selectRow(1)
    page.open_chosen()
    assert _message(page) == "Stopping, then retrieving from ORTHANC"
    qtbot.waitUntil(lambda: _message(page) == "8 of 30 images")
    assert page.row is not None
    assert page.preview.findChild(QLabel, "previewPatient").text() == page.row.patient
    pacs.gate.set()
    qtbot.waitUntil(lambda: bool(opened), timeout=20_000)
    qtbot.waitUntil(lambda: not page.busy)
    assert opened == [second]
    assert [row.is_local for row in page.model.rows] == [False, True]
    assert not ws.study_folder(first).exists()
    assert page.preview.notice.sentence == page.notice.sentence == ""


def test_cancel_while_another_study_waits_opens_neither(two: tuple[WorklistPage, Pacs], qtbot: QtBot) -> None:
    page, pacs = two
    opened: list[object] = []
    page.opened.connect(opened.append)
    pacs.gate.clear()
    page.table.selectRow(0)
    page.open_chosen()
    page.table.selectRow(1)
    page.open_chosen()
    _click(page, "retrieveCancelButton")
    qtbot.waitUntil(lambda: not page.busy)
    pacs.gate.set()
    assert opened == []
    assert [row.is_local for row in page.model.rows] == [False, False]


def test_what_is_being_imported_is_ended_before_the_study_wished_for_opens(
    two: tuple[WorklistPage, Pacs], study_folder: Path, qtbot: QtBot
) -> None:
    page, _ = two
    _, second = (row.uid for row in page.model.rows)
    opened: list[str] = []
    page.opened.connect(lambda study: opened.append(study.recognised.study.study_instance_uid))
    page.import_folder(study_folder)
    page.table.selectRow(1)
    page.open_chosen()
    assert _message(page).endswith(", then retrieving from ORTHANC")
    qtbot.waitUntil(lambda: opened == [second], timeout=20_000)
    qtbot.waitUntil(lambda: any(row.is_local for row in page.model.rows))  # what was imported is listed then
    assert not page.busy
