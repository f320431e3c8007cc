"""A study that is opened again: the AI's map is there or missed in words, and what is new in the PACS is offered."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.findings import Findings
from core.nudge import ALIGNED_BY_HAND, Nudge, Nudges
from core.pirads import Category
from core.progress import Silent
from core.report import Reader, Report
from core.settings import DimseNode, Settings
from core.study import Role
from pacs.embedded import EmbeddedArchive
from reporting.signature import throw_away_key
from service.nudged import nudged, remeasured
from service.outbox_by_hand import send
from service.publish import prepare
from service.reading import import_folder, open_folder, open_study
from service.workspace import Workspace, open_workspace
from viewer import reading_page
from viewer.main_window import MainWindow
from viewer.theme import apply_theme

SUSPICION = "AI suspicion"


@pytest.fixture
def pacs(study_folder: Path, tmp_path: Path) -> Iterator[EmbeddedArchive]:
    """An archive on a socket that holds the whole study."""
    folder = Path(shutil.copytree(study_folder, tmp_path / "pacs"))
    with EmbeddedArchive(folder) as archive:
        yield archive


@pytest.fixture
def here(pacs: EmbeddedArchive, tmp_path: Path) -> Iterator[Workspace]:
    """A workstation that knows that archive."""
    node = DimseNode(name="ORTHANC", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=pacs.port)
    workspace = open_workspace(Settings(data_folder=tmp_path / "data", archives=(node,)))
    yield workspace
    workspace.close()


@pytest.fixture
def window(here: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """Its window."""
    apply_theme(qapp)
    shown = MainWindow(here)
    shown.resize(1366, 768)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    shown.deleteLater()


def _open(window: MainWindow, uid: str, qtbot: QtBot) -> None:
    window.worklist.open_study(uid, is_local=True)
    qtbot.waitUntil(lambda: window.reading.opened is not None, timeout=20_000)


def _missing(window: MainWindow) -> str:
    told = window.reading.looking.drawer.findChild(QLabel, "fusionMissing")
    assert told is not None
    return told.text()


def _analysed(window: MainWindow, findings: Findings, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_page, "analyse", lambda *_: findings)
    window.reading.run_ai()
    qtbot.waitUntil(lambda: not window.reading.run.running)


def test_the_ais_map_can_be_laid_over_again_when_the_draft_is_reopened(
    window: MainWindow,
    here: Workspace,
    study_folder: Path,
    findings: Findings,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uid = import_folder(here, study_folder, Silent())
    _open(window, uid, qtbot)
    fusion = window.reading.looking.fusion
    assert SUSPICION not in fusion.sources
    assert _missing(window) == "The AI's map can be laid over once the AI has run on this study."
    _analysed(window, findings, qtbot, monkeypatch)
    assert SUSPICION in fusion.sources
    assert _missing(window) == ""
    qtbot.waitUntil(lambda: here.drafts.kept_map(uid, findings.models) is not None)
    window.show_worklist()
    _open(window, uid, qtbot)
    qtbot.waitUntil(lambda: SUSPICION in fusion.sources)
    fusion.choose(SUSPICION)
    assert fusion.source is not None
    assert (fusion.source.volume.array == findings.suspicion.array).all()
    assert _missing(window) == ""


def test_a_map_that_other_models_made_is_missed_in_words_and_not_shown(
    window: MainWindow,
    here: Workspace,
    study_folder: Path,
    findings: Findings,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uid = import_folder(here, study_folder, Silent())
    _open(window, uid, qtbot)
    _analysed(window, findings, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: here.drafts.kept_map(uid, findings.models) is not None)
    window.show_worklist()
    older = tuple(replace(model, sha256="0" * 64) for model in findings.models)
    here.drafts.keep_map(replace(findings, models=older))
    _open(window, uid, qtbot)
    qtbot.waitUntil(lambda: "run the AI again" in _missing(window))
    assert SUSPICION not in window.reading.looking.fusion.sources


def test_a_series_that_reached_the_pacs_later_is_offered_and_retrieved(
    window: MainWindow, here: Workspace, study_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    part = tmp_path / "part"
    shutil.copytree(study_folder, part, ignore=shutil.ignore_patterns("*.6.*.dcm"))
    uid = import_folder(here, part, Silent())
    _open(window, uid, qtbot)
    room = window.reading
    assert room.opened is not None
    before = room.opened.recognised.study.series
    qtbot.waitUntil(lambda: room.notice.sentence != "")
    new = {one.series_instance_uid for one in open_folder(study_folder).recognised.study.series} - {
        one.series_instance_uid for one in before
    }
    assert len(new) == 1
    assert room.notice.sentence.startswith("ORTHANC has 1 new series of this study: ")
    QTest.mouseClick(room.notice.findChild(QPushButton, "noticeButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: room.opened is not None and len(room.opened.recognised.study.series) > len(before), timeout=20_000
    )
    qtbot.waitUntil(lambda: window.pages.currentWidget() is room)
    assert room.opened is not None
    assert room.opened.volume(Role.ADC) is not None


def test_nothing_is_offered_when_the_pacs_has_no_more_than_this_machine(
    window: MainWindow, here: Workspace, study_folder: Path, qtbot: QtBot
) -> None:
    uid = import_folder(here, study_folder, Silent())
    _open(window, uid, qtbot)
    trail = here.settings.audit_trail
    qtbot.waitUntil(lambda: '"series": 0' in trail.read_text() or '"series":0' in trail.read_text())
    QApplication.processEvents()
    assert window.reading.notice.sentence == ""


def test_a_signed_report_with_images_aligned_by_hand_opens_with_them_where_they_were(
    window: MainWindow, here: Workspace, study_folder: Path, qtbot: QtBot
) -> None:
    uid = import_folder(here, study_folder, Silent())
    opened = open_study(here, uid)
    reader = Reader("Reader^Realign", "Hospital")
    nudges = Nudges(diffusion=Nudge((2.0, 0.0, 0.0)))
    report = replace(Report(opened.recognised, without_lesion=Category.ONE), nudges=nudges)
    moved = remeasured(report, nudged(opened, nudges))
    send(here, prepare(here, moved, reader, throw_away_key(reader), opened), here.archives[0], lambda *_: None)
    _open(window, uid, qtbot)
    room = window.reading
    assert room.notice.sentence.startswith("This study has a signed report, shown here.")
    assert "align them again" not in room.notice.sentence
    assert room.grid.display.nudges == nudges
    shown, scanned = (one.volume(Role.ADC) for one in (nudged(opened, nudges), opened))
    hung = room.grid.viewport(Role.ADC).hung
    assert hung is not None
    assert shown is not None
    assert scanned is not None
    assert hung.volume.affine == pytest.approx(shown.affine)
    assert (hung.volume.affine - scanned.affine)[0, 3] == pytest.approx(2.0)


@pytest.mark.parametrize(("words", "said"), [("the diffusion images by 2.0 mm left", True), ("", False)])
def test_a_signed_report_of_an_earlier_version_says_on_reopening_that_its_images_lie_unaligned(
    window: MainWindow, here: Workspace, study_folder: Path, qtbot: QtBot, words: str, said: bool
) -> None:
    uid = import_folder(here, study_folder, Silent())
    opened = open_study(here, uid)
    reader = Reader("Reader^Realign", "Hospital")
    told = f"{ALIGNED_BY_HAND}: {words}." if words else "No finding."
    report = replace(Report(opened.recognised, without_lesion=Category.ONE), own_findings=told)
    send(here, prepare(here, report, reader, throw_away_key(reader), opened), here.archives[0], lambda *_: None)
    _open(window, uid, qtbot)
    assert ("align them again" in window.reading.notice.sentence) is said
