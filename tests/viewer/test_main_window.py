"""The window as a whole: opening, restoring, going back, closing; and what the status bar says."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import CannotAnalyse
from core.findings import Findings, Gland
from core.nudge import Nudges
from core.pirads import Category, Dce, Epe, Score, Zone
from core.progress import Cancelled, Progress, Silent
from core.report import Report
from core.study import Role
from service.reading import OpenStudy, import_folder
from service.workspace import Workspace
from viewer import edits, reading_page
from viewer.key_map import KeyMap
from viewer.lesion_card import LesionCard
from viewer.main_window import MainWindow
from viewer.shortcuts_dialog import ShortcutsDialog
from viewer.theme import COLOURS, apply_theme


@pytest.fixture
def window(ws: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """The window on a small screen."""
    apply_theme(qapp)
    window = MainWindow(ws)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def reading(window: MainWindow, opened: OpenStudy, qtbot: QtBot) -> MainWindow:
    """The window with the made-up study open."""
    window.show_study(opened)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.reading)
    return window


def _text(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert label is not None
    return label.text()


_OnGland = Callable[[Gland], object]
_Analyse = Callable[[Workspace, OpenStudy, Progress, _OnGland, Nudges], Findings]


def _analysis(monkeypatch: pytest.MonkeyPatch, analyse: _Analyse) -> None:
    monkeypatch.setattr(reading_page, "analyse", analyse)


def test_whose_images_these_are_is_always_said(reading: MainWindow) -> None:
    assert _text(reading, "patientName") == "Müller, Jörg"
    details = reading.reading.patient._details.whole  # pyright: ignore[reportPrivateUsage]
    assert details == "M 67 y · ID P808 · 2026-03-01 · Acc ACC808 · MR Prostate"
    assert _text(reading, "researchUse") == "Research use only — not a medical device"


def test_the_lamp_says_that_the_archive_does_not_answer(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "does not answer" in _text(window, "pacsLamp"), timeout=10_000)


def test_the_ai_shows_its_stages_and_then_its_lesions(
    reading: MainWindow, findings: Findings, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages: list[str] = []

    def analyse(
        _ws: Workspace, _opened: OpenStudy, progress: Progress, _on_gland: _OnGland, _nudges: Nudges
    ) -> Findings:
        while "Looking for lesions" not in stages:
            progress.report(0.5, "Looking for lesions")
        return findings

    _analysis(monkeypatch, analyse)
    reading.reading.grid.setFocus()
    QTest.keyClick(reading.reading.grid, Qt.Key.Key_R)
    assert reading.reading.run.running
    stage = reading.findChild(QLabel, "runAiStage")
    qtbot.waitUntil(lambda: "Looking for lesions" in stage.text())
    stages.append("Looking for lesions")
    qtbot.waitUntil(lambda: not reading.reading.run.running)
    assert reading.reading.session is not None
    assert [lesion.label for lesion in reading.reading.session.report.lesions] == ["L1", "L2"]
    crosshair = reading.reading.grid.crosshair
    assert crosshair == pytest.approx(findings.candidates[0].centroid_lps_mm, abs=0.01)
    assert "TAPS 1.1" in _text(reading, "aiStatus")


def test_cancelling_the_ai_leaves_the_report_as_it_was(
    reading: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(
        _ws: Workspace, _opened: OpenStudy, progress: Progress, _on_gland: _OnGland, _nudges: Nudges
    ) -> Findings:
        while True:
            progress.report(0.1, "Segmenting the gland")

    _analysis(monkeypatch, endless)
    before = reading.reading.session.report
    QTest.mouseClick(reading.findChild(QPushButton, "runAiButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: reading.findChild(QPushButton, "cancelAiButton").isVisible())
    QTest.mouseClick(reading.findChild(QPushButton, "cancelAiButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not reading.reading.run.running)
    assert reading.reading.session.report is before
    assert "nothing was added" in reading.reading.notice.sentence


def test_an_ai_that_cannot_run_says_why_in_place_and_leaves_the_study_readable(
    reading: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(
        _ws: Workspace, _opened: OpenStudy, _progress: Progress, _on_gland: _OnGland, _nudges: Nudges
    ) -> Findings:
        raise CannotAnalyse("the study has no ADC map and no DWI with two b-values.")

    _analysis(monkeypatch, refuse)
    reading.reading.run_ai()
    qtbot.waitUntil(lambda: bool(reading.reading.notice.sentence))
    assert reading.reading.notice.sentence == (
        "Cannot run: the study has no ADC map and no DWI with two b-values. You can still read and report the study by"
        " hand."
    )
    assert reading.findChild(QPushButton, "runAiButton").isVisible()


def test_typing_a_psa_gives_its_density_and_nonsense_is_marked(
    reading: MainWindow, findings: Findings, qtbot: QtBot
) -> None:
    session = reading.reading.session
    session.edit(lambda report: replace(report, gland=findings.gland), what="gland")
    psa = reading.findChild(QLineEdit, "psaEdit")
    psa.setFocus()
    QTest.keyClicks(psa, "2,3")
    QTest.keyClick(psa, Qt.Key.Key_Return)
    assert session.report.clinical.psa_ng_ml == 2.3
    assert _text(reading, "psaDensity") == "0.20"
    assert (_text(reading, "glandVolume"), _text(reading, "glandEllipsoid")) == ("11.5 mL", "10.9 mL")
    psa.selectAll()
    QTest.keyClicks(psa, "high")
    QTest.keyClick(psa, Qt.Key.Key_Return)
    assert psa.property("invalid") is True
    assert session.report.clinical.psa_ng_ml == 2.3


def test_adding_a_lesion_with_one_click_in_the_image_measures_it_and_finds_its_sector(
    reading: MainWindow, report: Report, qtbot: QtBot
) -> None:
    session = reading.reading.session
    session.edit(lambda _report: replace(report, lesions=()), what="gland")
    QTest.mouseClick(reading.findChild(QPushButton, "addLesionButton"), Qt.MouseButton.LeftButton)
    axial = reading.reading.grid.viewport(Role.T2_AXIAL)
    QTest.mouseClick(axial, Qt.MouseButton.LeftButton, pos=QPointF(axial.width() / 2, axial.height() / 2).toPoint())
    (lesion,) = session.report.lesions
    assert (lesion.label, lesion.origin.kind, lesion.review.kind) == ("L1", "reader", "accepted")
    assert lesion.measures.long_axis_mm == pytest.approx(10, abs=1.5)
    assert lesion.measures.adc_mean is not None
    assert not reading.findChild(QPushButton, "addLesionButton").isChecked()  # one click, one lesion


def test_keys_walk_through_the_lesions_accept_and_score_them(reading: MainWindow, report: Report, qtbot: QtBot) -> None:
    session, grid = reading.reading.session, reading.reading.grid
    session.edit(lambda _report: report, what="findings")
    grid.setFocus()
    first, second = report.lesions
    QTest.keyClick(grid, Qt.Key.Key_N)
    assert reading.reading.panel.lesions.selected == second.tracking_uid
    assert grid.crosshair == pytest.approx(second.centroid_lps_mm, abs=0.01)
    QTest.keyClick(grid, Qt.Key.Key_P)
    for key in (Qt.Key.Key_A, Qt.Key.Key_4):
        QTest.keyClick(grid, key)
    edited = session.report.lesion(first.tracking_uid)
    assert (edited.review.kind, edited.assessment.dwi) == ("accepted", Score.FOUR)
    QTest.keyClick(grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.report.lesion(first.tracking_uid).assessment.dwi is Score.UNSCORED


def test_one_key_calls_a_study_negative_once_nothing_is_left_to_review(reading: MainWindow, report: Report) -> None:
    session, grid, notice = reading.reading.session, reading.reading.grid, reading.reading.notice
    session.edit(lambda _report: report, what="findings")
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert session.report is report  # nothing was rejected in silence …
    assert notice.sentence == "PI-RADS 1 was not given: L1 and L2 are not reviewed yet; accept or reject each first."
    first, second = (lesion.tracking_uid for lesion in report.lesions)
    session.edit(edits.accept(first), what="accept")
    session.edit(edits.reject(second, "Artefact"), what="reject")
    QTest.keyClick(grid, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert notice.sentence == "PI-RADS 1 was not given: L1 is reported, and the examination has its category."
    session.edit(edits.reject(first, "Artefact"), what="reject")
    QTest.keyClick(grid, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert session.report.category is Category.ONE
    assert reading.reading.panel.lesions.assessment.visibleRegion().boundingRect().height() > 60
    QTest.keyClick(grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.report.category is Category.PENDING


def test_the_key_does_not_call_a_study_negative_that_cannot_be(reading: MainWindow) -> None:
    session, notice = reading.reading.session, reading.reading.notice
    t2_alone = replace(session.report.recognised, choices=session.report.recognised.choices[:1])
    session.edit(lambda _report: Report(t2_alone), what="no diffusion")
    QTest.keyClick(reading.reading.grid, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert session.report.category is Category.PENDING
    assert notice.sentence == (
        "PI-RADS 1 was not given: the study has neither diffusion-weighted nor dynamic contrast-enhanced images; "
        "only PI-RADS X can be chosen."
    )


def test_letters_typed_into_the_report_are_text_and_not_commands(reading: MainWindow, report: Report) -> None:
    session = reading.reading.session
    session.edit(lambda _report: report, what="findings")
    psa = reading.findChild(QLineEdit, "psaEdit")
    psa.setFocus()
    QTest.keyClicks(psa, "ax4r")
    assert session.report.lesions == report.lesions
    assert not reading.reading.run.running


def test_going_back_keeps_the_draft_and_opening_again_restores_it(
    reading: MainWindow, opened: OpenStudy, qtbot: QtBot
) -> None:
    reading.reading.session.edit(edits.own_impression("Mine."), what="impression")
    QTest.mouseClick(reading.findChild(QPushButton, "worklistButton"), Qt.MouseButton.LeftButton)
    assert reading.pages.currentWidget() is reading.worklist
    reading.show_study(opened)
    assert reading.reading.session.report.own_impression == "Mine."
    assert "was restored" in reading.reading.notice.sentence


def test_closing_the_window_at_once_loses_nothing(
    ws: Workspace, opened: OpenStudy, qtbot: QtBot, qapp: QApplication
) -> None:
    window = MainWindow(ws)
    window.show()
    window.show_study(opened)
    window.findChild(QLineEdit, "psaEdit").setText("7.8")
    window.close()
    window.deleteLater()
    draft = ws.drafts.load(opened.recognised.study.study_instance_uid, opened.recognised)
    assert draft is not None
    assert draft.clinical.psa_ng_ml == 7.8


def test_the_question_mark_shows_every_key(reading: MainWindow, qapp: QApplication, qtbot: QtBot) -> None:
    QTest.keyClick(reading, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: reading.findChild(ShortcutsDialog) is not None)
    dialog = reading.findChild(ShortcutsDialog)
    shown = {dialog.model.index(row, 0).data() for row in range(dialog.model.rowCount())}
    assert {"R", "H (held)", "Shift + N", "Ctrl + Enter"} <= shown
    dialog.accept()


def test_a_changed_key_acts_in_the_reading_room_at_once_is_named_in_tooltips_and_is_there_the_next_day(
    reading: MainWindow, report: Report, ws: Workspace
) -> None:
    room = reading.reading
    room.session.edit(lambda _report: report, what="findings")
    reading.keys.change("accept", "Q")
    reading.keys.change("look_underneath", "Y")
    room.grid.setFocus()
    QTest.keyClick(room.grid, Qt.Key.Key_A)
    assert room.session.report.lesions[0].review.kind == "unreviewed"
    QTest.keyClick(room.grid, Qt.Key.Key_Q)
    assert room.session.report.lesions[0].review.kind == "accepted"
    QTest.keyPress(room.grid, Qt.Key.Key_Y)
    assert room.grid.display.peeking
    QTest.keyRelease(room.grid, Qt.Key.Key_Y)
    assert not room.grid.display.peeking
    card = room.findChild(LesionCard, "lesionCard_L2")
    assert card.findChild(QPushButton, "acceptButton").toolTip().endswith("(Q)")
    assert "Y (held)" in reading.findChild(QPushButton, "overlayButton").toolTip()
    assert KeyMap(ws.settings.data_folder / "keys.json", ws.actor).words("accept") == "Q"


def test_keys_that_cannot_be_used_any_more_are_told_when_the_window_opens(
    ws: Workspace, qtbot: QtBot, qapp: QApplication
) -> None:
    (ws.settings.data_folder / "keys.json").write_text("{", "utf-8")
    window = MainWindow(ws)
    window.show()
    assert "the delivered ones hold" in window.worklist.notice.sentence
    window.close()
    window.deleteLater()


def test_the_whole_of_a_lesion_is_told_by_keys(reading: MainWindow, report: Report) -> None:
    session, grid = reading.reading.session, reading.reading.grid
    session.edit(lambda _report: report, what="findings")
    grid.setFocus()
    for key in "43+EEZ":  # DWI, T2W, DCE, extension twice, the other zone's rules
        QTest.keyClicks(grid, key)
    given = session.report.lesions[0].assessment
    assert (given.dwi, given.t2, given.dce) == (Score.FOUR, Score.THREE, Dce.POSITIVE)
    assert (given.epe, given.scored_as) == (Epe.DEFINITE, Zone.TZ)
    QTest.keyClick(grid, Qt.Key.Key_C)
    QTest.keyClicks(QApplication.focusWidget(), "Focal, no 4")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert session.report.lesions[0].comment == "Focal, no 4"
    assert session.report.lesions[0].assessment == given
    assert grid.hasFocus()
    QTest.keyClicks(grid, "-")
    assert session.report.lesions[0].assessment.dce is Dce.NEGATIVE


def test_psa_indication_and_impression_are_reached_and_left_by_keys(reading: MainWindow) -> None:
    session, grid = reading.reading.session, reading.reading.grid
    for key, typed in ((Qt.Key.Key_P, "7.8"), (Qt.Key.Key_I, "Rising PSA"), (Qt.Key.Key_T, "Mine. ")):
        QTest.keyClick(QApplication.focusWidget(), key, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(QApplication.focusWidget(), typed)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        assert grid.hasFocus()
    assert (session.report.clinical.psa_ng_ml, session.report.clinical.indication) == (7.8, "Rising PSA")
    assert session.report.own_impression.startswith("Mine.")


def test_a_lesion_is_added_where_the_crosshair_was_moved_by_keys_and_removed_again(
    reading: MainWindow, report: Report
) -> None:
    session, grid = reading.reading.session, reading.reading.grid
    session.edit(lambda _report: replace(report, lesions=()), what="gland")
    grid.setFocus()
    start = grid.crosshair
    for _ in range(5):
        QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert grid.crosshair == pytest.approx((start[0] + 5, start[1] + 1, start[2]), abs=0.01)
    QTest.keyClick(grid, Qt.Key.Key_L)
    assert session.report.lesions == ()
    QTest.keyClick(grid, Qt.Key.Key_L)
    (lesion,) = session.report.lesions
    assert lesion.centroid_lps_mm == pytest.approx(grid.crosshair, abs=1.5)
    QTest.keyClick(grid, Qt.Key.Key_X)  # the reader's own needs no reason
    assert session.report.lesions == ()
    QTest.keyClick(grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.report.lesions == (lesion,)


def test_keys_take_a_marking_tool_in_hand_and_put_it_down(reading: MainWindow) -> None:
    grid, strip = reading.reading.grid, reading.reading.marking.strip
    QTest.keyClick(grid, Qt.Key.Key_M)
    assert (strip.tool, grid.hasFocus()) == ("length", True)
    QTest.keyClick(grid, Qt.Key.Key_B)
    before = reading.reading.marking.tools.brush.diameter_mm
    QTest.keyClick(grid, Qt.Key.Key_BracketRight)
    assert (strip.tool, reading.reading.marking.tools.brush.diameter_mm > before) == ("brush", True)
    QTest.keyClick(grid, Qt.Key.Key_B)
    assert strip.tool == ""
    QTest.keyClick(grid, Qt.Key.Key_M)
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert (strip.tool, grid.hasFocus()) == ("", True)


def test_the_keys_stay_with_the_images_when_the_ai_has_ended_and_with_a_field_that_is_typed_in(
    reading: MainWindow, findings: Findings, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _analysis(monkeypatch, lambda *_: findings)
    room, psa = reading.reading, reading.findChild(QLineEdit, "psaEdit")
    reading.findChild(QPushButton, "worklistButton").setFocus()  # reached by Tab
    room.run_ai()
    qtbot.waitUntil(lambda: not room.run.running)
    assert room.grid.hasFocus()
    psa.setFocus()
    room.run_ai()
    qtbot.waitUntil(lambda: not room.run.running)
    assert psa.hasFocus()


def test_the_gland_is_shown_while_lesions_are_still_looked_for(
    reading: MainWindow, findings: Findings, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def analyse(
        _ws: Workspace, _opened: OpenStudy, _progress: Progress, on_gland: _OnGland, _nudges: Nudges
    ) -> Findings:
        on_gland(findings.gland)
        assert go_on.wait(20)
        raise Cancelled

    _analysis(monkeypatch, analyse)
    room = reading.reading
    room.run_ai()
    qtbot.waitUntil(lambda: room.grid.display.overlays.gland is findings.gland.mask)
    assert room.run.running
    assert room.session is not None
    assert room.session.report.gland is None  # it enters the report with the lesions
    go_on.set()
    qtbot.waitUntil(lambda: not room.run.running)
    assert room.grid.display.overlays.gland is None  # the AI was stopped


def test_an_answer_kept_from_an_earlier_run_says_so(
    reading: MainWindow, findings: Findings, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = replace(findings, kept_since=datetime(2026, 3, 1, 9, 30).astimezone())
    _analysis(monkeypatch, lambda *_: kept)
    room = reading.reading
    room.run_ai()
    qtbot.waitUntil(lambda: not room.run.running)
    assert "those of 01 Mar 2026, 09:30: the answer is kept from then." in room.notice.sentence


def test_the_window_fits_a_small_laptop(reading: MainWindow) -> None:
    assert reading.minimumSizeHint().width() <= 1366
    assert reading.minimumSizeHint().height() <= 768
    assert (reading.width(), reading.height()) == (1366, 768)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ink", "ground"),
    [(ink, ground) for ink in ("text", "dim", "accent", "ok", "caution", "danger") for ground in ("panel", "raised")]
    + [
        ("dim", "hover"),
        ("background", "accent"),
        ("white", "pressed"),
        ("white", "selection"),
        ("accent", "selection"),
    ],
)
def test_text_is_readable_on_its_ground(ink: str, ground: str) -> None:
    light, dark = sorted((_luminance(COLOURS[ink]), _luminance(COLOURS[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_registering_the_commands_imports_no_qt() -> None:
    program = "import sys, viewer.commands; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_opening_an_imported_study_from_the_worklist_hangs_it(
    window: MainWindow, ws: Workspace, study_folder: Path, qtbot: QtBot
) -> None:
    uid = import_folder(ws, study_folder, Silent())
    window.worklist.open_study(uid, is_local=True)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.reading)
    assert window.reading.opened is not None
    assert window.reading.opened.volume(Role.ADC) is not None


def test_the_card_of_the_next_lesion_comes_into_view_however_many_there_are(
    reading: MainWindow, report: Report, qtbot: QtBot
) -> None:
    many = tuple(replace(report.lesions[0], tracking_uid=f"1.2.{n}", label=f"L{n}") for n in range(1, 10))
    reading.reading.session.edit(lambda _report: replace(report, lesions=many), what="findings")
    reading.reading.grid.setFocus()
    for key in (Qt.Key.Key_P, Qt.Key.Key_N, Qt.Key.Key_P):
        QTest.keyClick(reading.reading.grid, key)
        label = {"1.2.1": "L1", "1.2.9": "L9"}[reading.reading.panel.lesions.selected]
        card = reading.findChild(LesionCard, f"lesionCard_{label}")
        qtbot.waitUntil(lambda card=card: card.visibleRegion().boundingRect().size() == card.size(), timeout=1000)


def test_the_keys_of_the_reading_room_and_the_list_of_them_act_on_another_monitor_too(
    reading: MainWindow, report: Report, qtbot: QtBot
) -> None:
    session = reading.reading.session
    session.edit(lambda _report: report, what="findings")
    window = reading.reading.monitors.open_monitor_window()
    window.activateWindow()
    window.grid.setFocus()
    qtbot.waitUntil(window.grid.hasFocus)
    QTest.keyClick(window.grid, Qt.Key.Key_N)
    QTest.keyClick(window.grid, Qt.Key.Key_3)
    assert session.report.lesions[1].review.kind == "accepted"
    QTest.keyClick(window.grid, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    dialog = reading.findChild(ShortcutsDialog)
    assert dialog is not None
    dialog.accept()
    window.close()


def test_a_lesion_is_measured_anew_when_it_is_scored_by_the_other_zone(reading: MainWindow, report: Report) -> None:
    room = reading.reading
    assert room.session is not None
    room.session.edit(lambda _: report, what="findings of the AI")
    uid = room.panel.lesions.selected
    room.panel.lesions.switch_zone_of_selected()
    first = room.session.report.lesion(uid)
    room.panel.lesions.switch_zone_of_selected()
    second = room.session.report.lesion(uid)
    measured = {first.assessment.scored_as: first.measures, second.assessment.scored_as: second.measures}
    assert measured[Zone.PZ].measured_on is Role.ADC
    assert measured[Zone.TZ].measured_on is Role.T2_AXIAL
    room.session.undo()
    assert room.session.report.lesion(uid).measures == first.measures
