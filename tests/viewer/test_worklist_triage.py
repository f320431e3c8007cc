"""The worklist ranks what the PACS holds, says why, hears of news, and lets readers claim studies."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.findings import Findings
from core.pirads import Category
from core.settings import WorklistSettings
from core.study import Patient, StudyMatch
from core.triage import Level
from core.triage_facts import (
    AiState,
    Analysed,
    Facts,
    Failed,
    NotAnalysed,
    Prostate,
    ReportState,
    Suspicion,
    Withheld,
)
from pacs.folder import FolderArchive
from reporting.seg import segmentation
from reporting.sr import unverified_sr
from service.claims import Claims
from service.workspace import Workspace
from viewer.jobs import JobRunner
from viewer.labels import ElidedLabel
from viewer.theme import COLOURS, apply_theme
from viewer.triage_words import duration
from viewer.worklist_model import COLUMNS, PLACES, WorklistModel
from viewer.worklist_page import WorklistPage
from viewer.worklist_rows import State, WorklistRow, ranked
from viewer.worklist_table import StudyTable

_NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 — a scanner's time has no zone
_RULES = WorklistSettings()


def _row(number: int, ai: AiState, hours: float = 1.0, **changes: Any) -> WorklistRow:
    """Return the line of a made-up study that has waited so long."""
    about, report = changes.pop("about", Prostate()), changes.pop("report", ReportState.NONE)
    when = _NOW - timedelta(hours=hours)
    patient = Patient(f"P{number}", f"Name{number}^First", None, "M")
    match = StudyMatch(f"1.2.{number}", patient, f"A{number}", when, "MR Prostate", ("MR", "SR"), 5, 90)
    facts = Facts(ai, about, waiting_since=when, report=report)
    return replace(ranked(WorklistRow(match, False, State.NONE), facts, _NOW, _RULES), **changes)


def _found(score: float) -> Analysed:
    return Analysed(1, Suspicion(score), Category.PENDING)


def _uids(model: WorklistModel) -> list[str]:
    return [row.uid for row in model.rows]


def _text(model: WorklistModel, name: str, row: int = 0) -> str:
    return str(model.index(row, PLACES[name]).data())


# ------------------------------------------------------------------ the model


def test_the_list_stands_in_the_order_of_priority_and_says_each(qtbot: QtBot) -> None:
    model = WorklistModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows = (
        _row(1, _found(0.05)),
        _row(2, Failed("out of memory")),
        _row(3, _found(0.9987)),
        _row(4, NotAnalysed(), hours=2),
        _row(5, _found(0.99), report=ReportState.FINAL),
        _row(6, _found(0.34)),
        _row(7, Withheld("T2W: motion"), hours=3),
    )
    model.show_rows(rows)
    model.sort(PLACES["priority"])
    chips = [_text(model, "priority", row) for row in range(7)]
    assert chips == ["High >0.99", "Medium 0.34", "AI withheld", "No AI", "AI failed", "Low 0.05", "Reported"]
    assert _text(model, "status", 6) == "Report in archive"


def test_the_tooltip_says_why_a_study_stands_where_it_stands() -> None:
    model = WorklistModel()
    model.show_rows([_row(1, _found(0.3), hours=80, about=Prostate(psa_ng_ml=8.0, psa_density=0.2))])
    tip = model.index(0, PLACES["priority"]).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.splitlines() == [
        "High 0.30",
        "• AI suspicion 0.30 of 1, which is no rate of cancer",
        "• PSA density 0.20 ng/mL²",
        "• overdue by 8 h 0 min",
    ]


def test_what_is_overdue_has_a_sign_beside_its_colour() -> None:
    model = WorklistModel()
    model.show_rows([_row(1, _found(0.3), hours=80), _row(2, _found(0.3), hours=60), _row(3, _found(0.3), hours=5)])
    told = [_text(model, "waiting", row) for row in range(3)]
    assert told == ["⚠ 3 d 8 h", "◔ 2 d 12 h", "5 h 0 min"]
    inks = [model.index(row, PLACES["waiting"]).data(Qt.ItemDataRole.ForegroundRole) for row in range(3)]
    assert [ink and ink.name() for ink in inks] == [COLOURS["danger"], COLOURS["warning"], None]


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.5, "30 min"), (9.97, "9 h 58 min"), (26, "1 d 2 h"), (24 * 61, "61 d"), (24 * 5000, "5,000 d")],
)
def test_a_wait_is_said_in_its_two_largest_units(hours: float, words: str) -> None:
    assert duration(hours) == words


def test_a_chosen_study_stays_chosen_and_in_place_while_others_come_and_go(qtbot: QtBot) -> None:
    model = WorklistModel()
    table = StudyTable(model)
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show()
    model.show_rows([_row(n, _found(0.3), hours=n) for n in range(1, 40)])
    table.selectRow(model.row_of("1.2.7"))
    table.verticalScrollBar().setValue(5)
    before = table.verticalScrollBar().value()
    model.put([_row(n, _found(0.9), hours=n) for n in range(40, 45)])
    assert model.rows[table.currentIndex().row()].uid == "1.2.7"
    assert table.verticalScrollBar().value() == before
    model.put([_row(7, _found(0.99), hours=7)])  # it rises to the top group
    assert model.rows[table.currentIndex().row()].uid == "1.2.7"
    model.keep_only({f"1.2.{n}" for n in range(20, 45)})
    assert table.currentIndex() == QModelIndex()  # never another study than the one beside the list


def _many(count: int) -> list[WorklistRow]:
    states: tuple[AiState, ...] = (_found(0.93), _found(0.3), NotAnalysed(), Failed("x"), Analysed(0))
    return [_row(n, states[n % 5], hours=n % 200) for n in range(count)]


def test_ten_thousand_studies_sort_filter_and_scroll_without_a_stall(qtbot: QtBot) -> None:
    apply_theme(QApplication.instance())  # type: ignore[arg-type]
    model = WorklistModel()
    table = StudyTable(model)
    qtbot.addWidget(table)
    table.resize(1366, 700)
    table.show()
    qtbot.waitExposed(table)
    rows = _many(10_000)
    model.show_rows(rows)
    assert model.rowCount() == 10_000
    assert model.rows[0].priority is not None
    assert model.rows[0].priority.level is Level.HIGH
    assert _median(_scroll_steps(table, 40)) < 0.1  # generous for a loaded machine; benchmarks/worklist.py measures
    model.filter(lambda row: isinstance(row.facts and row.facts.ai, Failed))
    assert model.rowCount() == 2_000
    model.filter(lambda _row: True)
    assert len({*_uids(model)}) == 10_000


def _scroll_steps(table: StudyTable, count: int) -> list[float]:
    steps, bar = [], table.verticalScrollBar()
    for step in range(count):
        started = time.perf_counter()
        bar.setValue(bar.maximum() * step // count)
        table.viewport().repaint()
        steps.append(time.perf_counter() - started)
    return steps


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


# ------------------------------------------------------------------ the table


def test_columns_without_room_are_left_out_and_the_reader_may_choose_them(qtbot: QtBot) -> None:
    table = StudyTable(WorklistModel())
    qtbot.addWidget(table)
    chosen: list[tuple[str, ...]] = []
    table.columns_chosen.connect(chosen.append)

    def shown() -> set[str]:
        return {column.name for place, column in enumerate(COLUMNS) if not table.isColumnHidden(place)}

    table.resize(1020, 500)
    table.show()
    assert {"priority", "patient", "study", "status", "ai", "waiting"} <= shown()
    assert not shown() & {"site", "series", "local", "accession"}
    table.resize(2600, 500)
    qtbot.waitUntil(lambda: shown() == {column.name for column in COLUMNS})
    menu = table.columns_menu()
    next(action for action in menu.actions() if action.text() == "SITE").trigger()
    assert "site" not in shown()
    assert "site" not in chosen[-1]


def test_the_priority_is_painted_on_a_ground_of_its_level(qtbot: QtBot) -> None:
    apply_theme(QApplication.instance())  # type: ignore[arg-type]
    model = WorklistModel()
    table = StudyTable(model)
    qtbot.addWidget(table)
    table.resize(1000, 200)
    table.show()
    qtbot.waitExposed(table)
    model.show_rows([_row(1, _found(0.93)), _row(2, _found(0.3)), _row(3, NotAnalysed())])
    picture = table.viewport().grab().toImage()
    grounds = [_ground(picture, table, row) for row in range(3)]
    assert grounds == ["#ff9f43", "#ffd93d", COLOURS["edge"]]


def _ground(picture: QImage, table: StudyTable, row: int) -> str:
    cell = table.visualRect(table.model().index(row, PLACES["priority"]))
    scale = picture.devicePixelRatio()
    return picture.pixelColor(round((cell.left() + 20) * scale), round((cell.center().y() - 7) * scale)).name()


# ------------------------------------------------------------------ the page


@pytest.fixture
def served(study_folder: Path, findings: Findings, tmp_path: Path) -> Path:
    """A PACS folder with the made-up study, and what its AI report is when it is stored."""
    folder = tmp_path / "served"
    folder.mkdir()
    for path in study_folder.glob("*.dcm"):
        (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture
def store_ai(served: Path, findings: Findings) -> Callable[[], None]:
    """Store the AI's report as a watcher does."""

    def store() -> None:
        seg = segmentation(findings.recognised, findings.gland, findings.candidates)
        unverified_sr(findings, seg).save_as(served / "ai.dcm", enforce_file_format=True)

    return store


@pytest.fixture
def page(ws: Workspace, served: Path, jobs: JobRunner, qtbot: QtBot) -> Iterator[WorklistPage]:
    """The worklist on that PACS, which it is asked about only by hand."""
    settings = ws.settings.model_copy(update={"worklist": WorklistSettings(live_every_s=0)})
    archive = FolderArchive("ORTHANC", served)
    page = WorklistPage(replace(ws, settings=settings, archives=(archive,)), jobs)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    qtbot.waitExposed(page)
    yield page
    jobs.shutdown()


def _press(inside: QWidget, name: str) -> None:
    button = inside.findChild(QAbstractButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _words(inside: QWidget, name: str) -> str:
    found = inside.findChild(QLabel, name)
    assert found is not None
    return found.text()


def _query(page: WorklistPage, qtbot: QtBot) -> None:
    page.query()
    qtbot.waitUntil(lambda: bool(page.model.rows) and not page.question.busy)


def _state(page: WorklistPage) -> str:
    said = page.findChild(ElidedLabel, "listState")
    assert said is not None
    return said.whole


def test_what_the_ai_said_is_read_from_the_archive_and_ranks_the_study(
    page: WorklistPage, store_ai: Callable[[], None], qtbot: QtBot
) -> None:
    store_ai()
    _query(page, qtbot)
    qtbot.waitUntil(lambda: _text(page.model, "priority") == "High 0.81")
    assert [_text(page.model, name) for name in ("ai", "status")] == ["2 lesions · PI-RADS 4", "AI ready"]
    qtbot.waitUntil(lambda: _state(page) == "1 study")
    assert _words(page, "previewWhy").startswith(
        "AI suspicion 0.81 of 1, which is no rate of cancer; the AI suggests PI-RADS 4;"
    )


def test_a_result_that_comes_while_the_list_is_open_is_heard_of(
    page: WorklistPage, store_ai: Callable[[], None], qtbot: QtBot
) -> None:
    _query(page, qtbot)
    qtbot.waitUntil(lambda: _text(page.model, "priority") == "No AI")
    store_ai()
    qtbot.waitUntil(lambda: not page.desk._asking)  # pyright: ignore[reportPrivateUsage]
    page.desk.ask()
    qtbot.waitUntil(lambda: _text(page.model, "priority") == "High 0.81")
    assert page.row is not None  # and what was chosen stays so


def test_filters_hide_only_what_is_not_chosen_and_say_when_they_hide_all(page: WorklistPage, qtbot: QtBot) -> None:
    rows = [
        _row(1, _found(0.93)),
        _row(2, Failed("x")),
        _row(3, NotAnalysed()),
        _row(4, _found(0.99), report=ReportState.FINAL),
    ]
    page.model.show_rows(rows)
    kinds, text = page.findChild(QComboBox, "aiFilter"), page.findChild(QLineEdit, "listFilter")
    assert kinds is not None
    assert text is not None

    def shown_by(kind: str) -> set[str]:
        kinds.setCurrentText(kind)
        return set(_uids(page.model))

    assert shown_by("High and urgent") == {"1.2.1"}
    assert shown_by("AI failed or withheld") == {"1.2.2"}
    assert shown_by("No AI result yet") == {"1.2.3"}
    assert shown_by("AI ready") == {"1.2.1", "1.2.4"}
    QTest.keyClick(page, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert set(_uids(page.model)) == {"1.2.1"}
    shown_by("Any AI result")
    QTest.keyClick(page, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(text, "name2 a2")
    assert _uids(page.model) == ["1.2.2"]
    assert _state(page) == "1 of 4 studies"
    QTest.keyClicks(text, "x")
    assert _words(page, "worklistEmpty") == "The filter hides all 4 studies that are listed."
    _press(page, "showAllButton")
    assert len(page.model.rows) == 4


def test_sorting_unread_and_columns_are_kept_for_the_reader(
    page: WorklistPage, ws: Workspace, jobs: JobRunner, qtbot: QtBot
) -> None:
    _query(page, qtbot)
    qtbot.waitUntil(lambda: not page.table.isColumnHidden(PLACES["quality"]))
    page.table.sortByColumn(PLACES["patient"], Qt.SortOrder.DescendingOrder)
    page.bar.unread.click()
    action = next(one for one in page.table.columns_menu().actions() if one.text() == "QUALITY")
    action.trigger()
    again = WorklistPage(ws, jobs)
    qtbot.addWidget(again)
    header = again.table.horizontalHeader()
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (
        PLACES["patient"],
        Qt.SortOrder.DescendingOrder,
    )
    assert again.bar.unread.isChecked()
    assert again.table.isColumnHidden(PLACES["quality"])
    other = WorklistPage(replace(ws, actor="someone else"), jobs)
    qtbot.addWidget(other)
    assert other.table.horizontalHeader().sortIndicatorSection() == PLACES["priority"]
    again.close_down()
    other.close_down()


def test_a_window_that_closes_on_a_study_just_chosen_asks_for_nothing_more(
    page: WorklistPage, jobs: JobRunner, qtbot: QtBot
) -> None:
    _query(page, qtbot)
    assert page.row is not None
    page.series.follow(page.archive, replace(page.row.match, accession_number="another"))
    page.close_down()
    jobs.shutdown()
    with qtbot.captureExceptions() as told:
        qtbot.wait(200)  # its series are asked for a moment after it was chosen
    assert not told


# ------------------------------------------------------------------ claims


@pytest.fixture
def other_reader(page: WorklistPage, ws: Workspace) -> Claims:
    """A reader at another workstation with the same database."""
    return Claims(f"sqlite:///{ws.settings.data_folder / 'claims.sqlite'}", "Dr. Weiss", "WS2", 8.0)


def _claim_button(page: WorklistPage) -> QAbstractButton:
    button = page.findChild(QAbstractButton, "claimButton")
    assert button is not None
    return button


def _claims_audited(ws: Workspace) -> list[str]:
    lines = ws.trail.path.read_text("utf-8").splitlines()
    return [action for line in lines if (action := json.loads(line)["action"]) in {"claim", "release"}]


def test_a_study_is_claimed_and_given_back_by_key_and_the_list_says_who_has_it(
    page: WorklistPage, other_reader: Claims, ws: Workspace, qtbot: QtBot
) -> None:
    _query(page, qtbot)
    assert page.row is not None
    uid = page.row.uid
    QTest.keyClick(page.table, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: _text(page.model, "status") == "Claimed by you")
    assert _claim_button(page).text() == "Release"
    assert other_reader.all()[uid].owner == ws.actor
    QTest.keyClick(page.table, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: _text(page.model, "reader") == "–")
    assert other_reader.all() == {}
    qtbot.waitUntil(lambda: _claims_audited(ws)[-1:] == ["release"])  # others may see it a moment before the trail does
    assert _claims_audited(ws) == ["claim", "release"]


def test_opening_a_study_that_another_reader_has_claimed_asks_first(
    page: WorklistPage, other_reader: Claims, qtbot: QtBot
) -> None:
    _query(page, qtbot)
    assert page.row is not None
    held = other_reader.take(page.row.uid)
    opened: list[object] = []
    page.opened.connect(opened.append)
    page.open_chosen()  # the list has not heard of the claim yet; the database has
    qtbot.waitUntil(lambda: "Open it all the same?" in page.preview.notice.sentence)
    assert page.preview.notice.sentence.startswith("Dr. Weiss (WS2) has claimed this study since")
    assert opened == []
    _press(page.preview.notice, "noticeButton")
    qtbot.waitUntil(lambda: bool(opened))
    assert other_reader.all() == {held.study_instance_uid: held}  # looking takes nothing away


def test_a_claim_of_another_reader_is_taken_over_only_when_the_reader_says_so(
    page: WorklistPage, other_reader: Claims, ws: Workspace, qtbot: QtBot
) -> None:
    _query(page, qtbot)
    assert page.row is not None
    uid = page.row.uid
    other_reader.take(uid)
    page.claims.refresh()
    qtbot.waitUntil(lambda: _text(page.model, "reader") == "Dr. Weiss")
    assert _text(page.model, "status") == "Being read"
    _claim_button(page).click()
    assert other_reader.all()[uid].owner == "Dr. Weiss"
    _press(page.preview.notice, "noticeButton")
    qtbot.waitUntil(lambda: _text(page.model, "status") == "Claimed by you")
    assert other_reader.all()[uid].owner == ws.actor


def test_opening_claims_a_study_and_leaving_it_gives_it_back(
    page: WorklistPage, other_reader: Claims, qtbot: QtBot
) -> None:
    _query(page, qtbot)
    with qtbot.waitSignal(page.opened):
        page.open_chosen()
    assert len(other_reader.all()) == 1
    page.left_study()
    qtbot.waitUntil(lambda: other_reader.all() == {})


def test_a_study_claimed_by_hand_stays_claimed_when_it_is_left_and_not_once_it_is_signed(
    page: WorklistPage, other_reader: Claims, qtbot: QtBot
) -> None:
    _query(page, qtbot)
    page.claim_chosen()
    qtbot.waitUntil(lambda: _text(page.model, "status") == "Claimed by you")
    for leave, left in ((page.left_study, 1), (page.signed_study, 0)):
        with qtbot.waitSignal(page.opened):
            page.open_chosen()
        leave()
        qtbot.waitUntil(lambda left=left: len(other_reader.all()) == left)


def test_without_a_claims_database_studies_are_read_and_the_reader_is_told(
    ws: Workspace, served: Path, jobs: JobRunner, qtbot: QtBot, tmp_path: Path
) -> None:
    away = WorklistSettings(live_every_s=0, claims_url=f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'x.sqlite'}")
    settings = ws.settings.model_copy(update={"worklist": away})
    page = WorklistPage(replace(ws, settings=settings, archives=(FolderArchive("ORTHANC", served),)), jobs)
    qtbot.addWidget(page)
    page.show()
    _query(page, qtbot)
    qtbot.waitUntil(lambda: "database of the claims does not answer" in _state(page))
    with qtbot.waitSignal(page.opened) as opened:
        page.open_chosen()
    assert opened.args is not None
    assert "database of the claims does not answer" in opened.args[0].told
    jobs.shutdown()


def test_the_window_says_whether_others_see_the_claims(page: WorklistPage) -> None:
    assert "Claims are kept on this workstation only" in _claim_button(page).toolTip()
    assert _claim_button(page).accessibleName() == "Claim"


def test_a_claim_ends_by_itself(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'claims.sqlite'}"
    gone, next_one = Claims(url, "A", "WS1", -1.0), Claims(url, "B", "WS2", 8.0)
    gone.take("1.2")
    assert next_one.all() == {}
    assert next_one.take("1.2").owner == "B"
    assert Claims(url, "A", "WS1", 8.0).take("1.2").owner == "B"
    assert next_one.all()["1.2"].until > datetime.now(UTC)
