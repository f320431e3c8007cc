"""The dashboard: what it counts, how it draws it, what it says of drift, and the table to take away."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.pirads import Category
from core.report import Report
from core.settings import ReaderSettings
from core.use import Analysed, Fate, Judged, Reading, Use
from service.reading import OpenStudy
from service.use_records import UseRecords
from service.workspace import Workspace
from viewer.jobs import JobRunner
from viewer.main_window import MainWindow
from viewer.screens_use import made_up
from viewer.theme import COLOURS, apply_theme
from viewer.use_page import UsePage
from viewer.use_table import model_rows, reader_rows

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TWO, THREE, FOUR, FIVE, REJECTED = (Category(text) for text in ("2", "3", "4", "5", "-"))
MINE, OTHER = "Detector 1", "Other AI 2"


def reading(category: Category, ai: Category, *judged: Judged, day: int = 0, reader: str = "a") -> Reading:
    """Return a report that took 12 minutes, 6 hours after the examination."""
    return Reading(reader, START + timedelta(days=day), category, MINE, ai, judged, 0, 720.0, 21600.0)


def judged(fate: Fate, suggested: Category, given: Category = REJECTED, model: str = MINE) -> Judged:
    return Judged(model, fate, suggested, given)


FEW = Use(
    (
        reading(FOUR, FOUR, judged(Fate.ACCEPTED, FOUR, FOUR), judged(Fate.ACCEPTED, THREE, THREE)),
        reading(FIVE, FOUR, judged(Fate.EDITED, FOUR, FIVE), day=1, reader="b"),
        reading(TWO, THREE, judged(Fate.REJECTED, THREE, model=OTHER), day=2),
    ),
    (
        Analysed(("Gland 1", MINE), START, 30.0, ""),
        Analysed(("Gland 1", MINE), START, 3.0, "WorkerDied"),
        Analysed(("Gland 1", MINE), START, 3.0, "ValueError"),
    ),
    (("a", "Ann Example"), ("b", "Reader 2")),
)
FALLEN = Use(tuple(reading(FOUR if n < 50 else TWO, FOUR, day=n) for n in range(100)), (), (("a", "Reader 1"),))


@pytest.fixture
def page(qtbot: QtBot, ws: Workspace, jobs: JobRunner) -> Iterator[UsePage]:
    """The dashboard in a window of its own."""
    page = UsePage(ws, jobs)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    yield page
    page.leave()


def written(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def spoken(page: QWidget, name: str) -> str:
    widget = page.findChild(QWidget, name)
    assert widget is not None
    return widget.accessibleName()


def choose(page: QWidget, name: str, text: str) -> None:
    box = page.findChild(QComboBox, name)
    assert box is not None
    box.setCurrentText(text)
    assert box.currentText() == text
    box.activated.emit(box.currentIndex())


def picture(widget: QWidget) -> NDArray[np.int64]:
    """Return the pixels (row, column, RGB) of a widget."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def like(pixels: NDArray[np.int64], name: str) -> NDArray[np.bool_]:
    """Return where pixels have a colour of the palette, but for smoothing."""
    colour = QColor(COLOURS[name])
    return np.abs(pixels - (colour.red(), colour.green(), colour.blue())).max(axis=-1) < 12


# ---------------------------------------------------------------------------------------------------------------------
# Numbers


def test_before_any_report_is_signed_the_page_says_what_will_be_counted(page: UsePage, qtbot: QtBot) -> None:
    page.refresh()
    qtbot.waitUntil(lambda: not page.counting, timeout=20000)
    assert written(page).count("No signed report yet.") == 1
    button = page.findChild(QPushButton, "useExportButton")
    assert button is not None
    assert not button.isEnabled()


def test_what_was_kept_is_counted_when_the_page_is_shown(ws: Workspace, jobs: JobRunner, qtbot: QtBot) -> None:
    records = UseRecords(ws.settings.database)
    records.keep_reading("1.2.3", replace(FEW.readings[0], reader=records.keep_reader("Example^Ann", shown=False)))
    records.keep_analysis(FEW.analyses[1])
    settings = ws.settings.model_copy(update={"reader": ReaderSettings(name="Example^Ann")})
    page = UsePage(replace(ws, settings=settings), jobs)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    qtbot.waitUntil(lambda: not page.counting, timeout=20000)
    assert "Lesions of the AI: 2; reports: 1," in written(page)
    assert page.readers.rows[0][:3] == ("Ann Example", "1", "2")
    assert "1 of 1 (100 %, 95 % interval 21–100 %)" in written(page)


def test_agreement_shift_kappa_times_and_failures_are_told_in_words_too(page: UsePage) -> None:
    page.show_use(FEW)
    assert spoken(page, "agreementBar").startswith("Accepted: 2 of 4 (50 %, 95 % interval 15–85 %); Edited: 1 of 4")
    assert spoken(page, "shiftTable").endswith("3 to rejected: 1; 3 to 3: 1; 4 to 4: 1; 4 to 5: 1")
    # AI 4, 4, 3 and reader 4, 5, 2 differ by 0, 1, 1, that is 2/3; all nine pairs of them by 10/9: 1 − (2/3)/(10/9)
    assert "Weighted kappa (n = 3): quadratic 0.6" in written(page)
    assert "linear 0.40 (no interval below 32 examinations)" in written(page)
    assert "Open to signed: median 12 min, half of them 12 min to 12 min (n = 3)" in written(page)
    assert spoken(page, "timeToReport").startswith("Examination to report: median 6.0 h")
    assert "2 of 3 (67 %" in written(page)
    assert spoken(page, "causeBars") == "the analysis process ended: 1; unexpected (ValueError): 1"
    assert "watched for drift from 100 examinations on; there are 3" in spoken(page, "rateChart")
    assert not page.alarm.sentence


def test_each_reader_and_each_model_has_a_line(page: UsePage) -> None:
    page.show_use(FEW)
    assert [row[:6] for row in page.readers.rows] == [
        ("Ann Example", "2", "3", "67 %", "0 %", "33 %"),
        ("Reader 2", "1", "1", "0 %", "100 %", "0 %"),
    ]
    assert [row[-3:] for row in page.readers.rows] == [("50 %", "12 min", "6.0 h"), ("100 %", "12 min", "6.0 h")]
    assert [row[:7] for row in page.models.rows] == [
        (MINE, "3", "67 %", "3", "67 %", "33 %", "0 %"),
        ("Gland 1", "3", "67 %", "0", "–", "–", "–"),
        (OTHER, "0", "–", "1", "0 %", "0 %", "100 %"),
    ]
    assert [row[-1] for row in page.models.rows] == ["100 %", "–", "–"]


def test_readers_that_are_not_told_apart_have_one_line() -> None:
    together = Use(tuple(replace(one, reader="") for one in FEW.readings))
    assert [row[:2] for row in reader_rows(together, THREE)] == [("Readers that are not told apart", "3")]
    assert model_rows(together, THREE)[0][0] == MINE


def test_reader_model_and_period_are_chosen_and_what_does_not_fit_is_said(page: UsePage) -> None:
    page.show_use(FEW)
    choose(page, "useReader", "Reader 2")
    assert "Lesions of the AI: 1; reports: 1," in written(page)
    choose(page, "useReader", "All readers")
    choose(page, "useModel", OTHER)
    assert "Lesions of the AI: 1; reports: 1," in written(page)
    assert "The AI has not run yet." in written(page)
    choose(page, "usePeriod", "Last 30 days")
    page.show_use(replace(FEW, readings=FEW.readings[:2], analyses=()))
    assert "Nothing that is kept fits this choice." in written(page)


def test_what_was_chosen_stays_chosen_when_it_is_counted_anew(page: UsePage) -> None:
    page.show_use(FEW)
    choose(page, "useReader", "Reader 2")
    page.show_use(FEW)
    assert page.filters.choice.reader == "b"
    page.show_use(Use())
    assert page.filters.choice.reader == ""


# ---------------------------------------------------------------------------------------------------------------------
# Drift


def test_drift_is_told_with_a_sign_in_words_and_what_it_does_not_prove(page: UsePage) -> None:
    page.show_use(FALLEN)
    told = page.alarm.sentence.splitlines()
    assert told[0].startswith("⚠ Drift · Reports: 0 % of the latest 50 examinations are PI-RADS 3 or above, 100 % of")
    assert len(told) == 2  # the AI's own rate is steady
    assert told[1].startswith("This proves no error")
    assert page.alarm.property("tone") == "caution"
    assert "latest 50: 0 %, beyond its limits 70–100 %" in spoken(page, "rateChart")


def test_positive_may_begin_at_four(page: UsePage) -> None:
    threes = Use(tuple(reading(THREE, FOUR, day=n) for n in range(100)))
    page.show_use(threes)
    assert "Reports: 100 of 100" in spoken(page, "rateChart")
    four = page.findChild(QPushButton, "positiveFrom_≥ 4")
    assert four is not None
    QTest.mouseClick(four, Qt.MouseButton.LeftButton)
    assert "Reports: 0 of 100" in spoken(page, "rateChart")


# ---------------------------------------------------------------------------------------------------------------------
# Pictures


def test_the_bar_has_parts_as_long_as_their_shares(page: UsePage) -> None:
    page.show_use(FEW)
    bar = like(picture(page.agreement.bar), "ok")[10]
    assert np.count_nonzero(bar) == pytest.approx(bar.size / 2, abs=3)
    assert bar[: bar.size // 2 - 3].all() or bar[2 : bar.size // 2 - 3].all()


def test_the_rates_are_drawn_where_they_are(page: UsePage) -> None:
    page.show_use(FALLEN)
    pixels = picture(page.rate.chart)
    reports, ai = like(pixels, "accent"), like(pixels, "warning")
    box = slice(24, pixels.shape[0] - 24)  # below the legend and above the days
    height = pixels.shape[0] - 48
    for column, share in ((60, 0.98), (pixels.shape[1] - 30, 0.04)):
        rows = np.flatnonzero(reports[box, column])
        assert any(abs(row - (1 - share) * height) < 6 for row in rows), (column, rows)
    assert np.flatnonzero(ai[box].any(axis=1)).max() < 8  # all of the AI's were positive


def test_the_most_frequent_shift_is_the_brightest_cell(page: UsePage) -> None:
    more = replace(FEW, readings=FEW.readings + FEW.readings[1:2] * 3)
    page.show_use(more)
    table = page.shifts.table
    pixels = picture(table).sum(axis=-1)
    width = (table.width() - 64) / 7
    brightness = {
        (row, column): pixels[38 + 30 * row + 6, round(64 + width * column) + 6]
        for row in range(3)
        for column in range(7)
    }
    assert max(brightness, key=lambda cell: brightness[cell]) == (1, 4)  # from 4 to 5
    assert brightness[0, 0] == brightness[2, 5]  # empty


def test_short_and_long_times_are_drawn_and_nothing_when_none_is_known(page: UsePage) -> None:
    times = (60.0, 600.0, 660.0, 720.0, 90000.0)
    page.show_use(Use(tuple(replace(FEW.readings[0], reading_s=one, turnaround_s=None) for one in times)))
    first, second = (page.findChild(QWidget, name) for name in ("timeToSign", "timeToReport"))
    assert first is not None
    assert second is not None
    assert like(picture(first), "white").any()
    assert not like(picture(second), "white").any()
    assert "not known of any report" in second.accessibleName()


def test_nothing_lies_on_the_page_that_has_no_room(page: UsePage) -> None:
    page.show_use(made_up())
    for name in ("agreementCard", "shiftCard", "timesCard", "rateCard", "failureCard"):
        card = page.findChild(QWidget, name)
        assert card is not None
        assert card.height() >= card.minimumSizeHint().height(), name


# ---------------------------------------------------------------------------------------------------------------------
# The table to take away, and failures


def test_what_is_chosen_is_exported(
    page: UsePage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "table.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page.show_use(FEW)
    choose(page, "useReader", "Ann Example")
    button = page.findChild(QPushButton, "useExportButton")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.notice.sentence), timeout=20000)
    assert page.notice.sentence == f"5 lines, one for each report and run, are in {target}."
    lines = list(csv.DictReader(target.read_text("utf-8-sig").splitlines()))
    assert [line["reader"] for line in lines] == ["Ann Example", "Ann Example", "", "", ""]


def test_a_table_that_cannot_be_written_is_told(page: UsePage, qtbot: QtBot, tmp_path: Path) -> None:
    page.show_use(FEW)
    page.write_table(tmp_path)
    qtbot.waitUntil(lambda: bool(page.notice.sentence), timeout=20000)
    assert "could not be written" in page.notice.sentence


def test_what_cannot_be_read_is_told_and_can_be_tried_again(ws: Workspace, page: UsePage, qtbot: QtBot) -> None:
    settings = ws.settings.model_copy(update={"reader": ReaderSettings(name="Example^Ann")})
    page._ws = replace(ws, settings=settings)
    key = ws.settings.database.with_name("use.key")
    key.write_bytes(b"damaged")
    page.refresh()
    qtbot.waitUntil(lambda: bool(page.notice.sentence), timeout=20000)
    assert "use.key" in page.notice.sentence
    key.unlink()
    retry = page.notice.findChild(QPushButton, "noticeButton")
    assert retry is not None
    retry.click()
    qtbot.waitUntil(lambda: "No signed report yet" in written(page), timeout=20000)
    assert not page.notice.sentence


# ---------------------------------------------------------------------------------------------------------------------
# In the window


@pytest.fixture
def window(ws: Workspace, qtbot: QtBot, qapp: object) -> Iterator[MainWindow]:
    """The whole window."""
    apply_theme(qapp)
    window = MainWindow(ws)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()


def test_a_key_goes_to_the_dashboard_and_another_one_back(window: MainWindow, qtbot: QtBot) -> None:
    window.worklist.filters.focus_patient()
    qtbot.waitUntil(lambda: window.focusWidget() is not None, timeout=10000)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentWidget() is window.use
    qtbot.waitUntil(lambda: "No signed report yet" in written(window.use), timeout=20000)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentWidget() is window.worklist


def test_the_button_above_the_worklist_opens_it(window: MainWindow) -> None:
    button = window.worklist.findChild(QPushButton, "dashboardButton")
    assert button is not None
    assert "Ctrl + D" in button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.use
    back = window.use.findChild(QPushButton, "useBackButton")
    assert back is not None
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.worklist


def test_the_time_to_the_signature_runs_from_the_first_time_that_a_study_is_on_the_screen(
    window: MainWindow, ws: Workspace, opened: OpenStudy, report: Report, qtbot: QtBot
) -> None:
    records, uid = UseRecords(ws.settings.database), report.study_instance_uid
    before = datetime.now(UTC)
    window.show_study(opened)
    qtbot.waitUntil(lambda: records.opened_at(uid) is not None, timeout=20000)
    first = records.opened_at(uid)
    assert first is not None
    assert before <= first <= datetime.now(UTC)
    window.show_worklist()
    window.show_study(opened)
    window.show_worklist()
    window.close()  # waits for its threads
    assert records.opened_at(uid) == first
