"""Writes down every text that the window shows, in the language of `language.speak`: run by `test_language.py`.

Not a test of its own, so that it is not collected: `python -c "…speak…" walk_of_texts.py`, with the file to write to in
`WRITE_TEXTS_TO`.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QWidget,
)

from core.findings import Findings
from core.pirads import Category, Dce, Epe, Score
from core.quality import Adequacy, Asked, Effect, Quality, QualityCheck, Sequence, Verdict, prefilled
from core.report import Accepted, Lesion, Override, Reader, Rejected, Report, with_findings
from core.settings import ReaderSettings, Settings, WorklistSettings
from core.staging import Precise, PreciseScore, Seen, Staging
from core.study import Patient, StudyMatch
from core.triage_facts import AiState, Analysed, Expected, Facts, Failed, NotAnalysed, Prostate, Suspicion, Withheld
from inference.stages import STAGES
from reporting.signature import save_key, throw_away_key
from service.reading import OpenStudy
from service.workspace import open_workspace
from viewer.journey import Journey
from viewer.lesion_dialogs import OverrideDialog, RejectDialog, SectorDialog
from viewer.main_window import MainWindow
from viewer.theme import apply_theme
from viewer.worklist_rows import State, WorklistRow, ranked

WRITE_TO = "WRITE_TEXTS_TO"
_NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 — a scanner's time has no zone
_TIP, _SPOKEN = Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole


class _Texts:
    """The texts that were seen, each with the first place."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def look(self, scene: str) -> None:
        for window in QApplication.topLevelWidgets():
            if window.isVisible():
                for widget in (window, *window.findChildren(QWidget)):
                    if widget.isVisible() or isinstance(widget, QAbstractItemView):
                        self.note(widget, scene)

    def note(self, widget: QWidget, scene: str) -> None:
        where = f"{scene}: {type(widget).__name__} {widget.objectName()}"
        for text in (*_written(widget), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()):
            self.add(text, where)

    def add(self, text: str, where: str) -> None:
        for line in filter(None, map(str.strip, text.splitlines())):
            self.found.setdefault(line, where)


def _written(widget: QWidget) -> Iterator[str]:
    match widget:
        case QComboBox():
            yield from (widget.itemText(at) for at in range(widget.count()))
        case QLineEdit():
            yield widget.placeholderText()
        case QAbstractSpinBox():
            yield getattr(widget, "suffix", str)()
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QGroupBox():
            yield widget.title()
        case QAbstractItemView():
            yield from _items(widget)
        case QDialog():
            yield widget.windowTitle()
        case _:
            return


def _items(view: QAbstractItemView) -> Iterator[str]:
    if isinstance(view, QHeaderView):
        return
    model = view.model()
    nowhere = QModelIndex()
    for column in range(1 if isinstance(view, QListView) else model.columnCount(nowhere)):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount(nowhere)):
            cell = model.index(row, column)
            yield from (str(cell.data(role) or "") for role in (Qt.ItemDataRole.DisplayRole, _TIP, _SPOKEN))


# ---------------------------------------------------------------------------------------------------------------------
# What is shown


def _rows() -> Iterator[WorklistRow]:
    about = Prostate(gland_ml=40.0, psa_ng_ml=8.0, psa_density=0.2, adequacy=Adequacy.LIMITED)
    found = Analysed(1, Suspicion(0.93), Category.FOUR)
    states: tuple[AiState, ...] = (found, Failed("…"), Withheld("…"), Expected(), NotAnalysed(), NotAnalysed(True))
    for number, ai in enumerate((*states, Analysed(0, Suspicion(0.05)), Analysed(2))):
        when = _NOW - timedelta(hours=40 * number)
        match = StudyMatch(f"1.2.{number}", Patient(f"P{number}", "", None, "M"), "", when, "", ("MR",), 5, 90)
        row = WorklistRow(match, number == 0, State.NONE)
        yield ranked(row, Facts(ai, about, waiting_since=when), _NOW, WorklistSettings())


def _quality() -> Quality:
    said = (
        (Sequence.T2, Asked.THICKNESS, "4 mm", "≤ 3 mm", Effect.LIMITS),
        (Sequence.DWI, Asked.HIGH_B, "none", "≥ 1400 s/mm²", Effect.DISABLES),
    )
    checks = [QualityCheck(*one[:4], Verdict.FAILED, "PI-RADS v2.1", effect=one[4]) for one in said]
    unknown = QualityCheck(Sequence.T2, Asked.ECHO_TIME, "not stated", "≤ 120 ms", Verdict.UNKNOWN, "PI-RADS v2.1")
    passed = QualityCheck(Sequence.DCE, Asked.OBSERVATION, "240 s", "≥ 120 s", Verdict.PASSED, "PI-RADS v2.1")
    return Quality((*checks, unknown, passed))


def _scored(lesion: Lesion, t2: Score, dwi: Score, dce: Dce, **more: object) -> Lesion:
    given = replace(lesion.assessment, t2=t2, dwi=dwi, dce=dce, **more)  # pyright: ignore[reportArgumentType]
    return replace(lesion, review=Accepted(), assessment=given)


def _reports(begun: Report) -> Iterator[tuple[str, Report]]:
    """Yield reports in the states that say something else: lesions open, scored, contradictory, without, negative."""
    first, second = begun.lesions
    yield "unreviewed", begun
    yield "unscored", replace(begun, lesions=tuple(replace(x, review=Accepted()) for x in begun.lesions))
    pz = _scored(first, Score.FOUR, Score.FOUR, Dce.X)
    tz = _scored(second, Score.TWO, Score.FIVE, Dce.X)
    yield "scored", replace(begun, lesions=(pz, tz))
    for t2, dwi, dce in (
        (Score.THREE, Score.THREE, Dce.POSITIVE),
        (Score.FIVE, Score.X, Dce.X),
        (Score.THREE, Score.X, Dce.NEGATIVE),
        (Score.X, Score.FIVE, Dce.NEGATIVE),
        (Score.X, Score.X, Dce.X),
    ):
        lesions = tuple(_scored(x, t2, dwi, dce, epe=Epe.DEFINITE) for x in begun.lesions)
        yield f"scored {t2} {dwi} {dce}", replace(begun, lesions=lesions)
    decided = _scored(first, Score.FOUR, Score.FOUR, Dce.X, override=Override(Category.THREE, "…"))
    spread = Staging(right_vesicle=Seen.DEFINITE, left_bundle=Seen.POSSIBLE, bone=Seen.DEFINITE)
    rejected = replace(second, review=Rejected("…"))
    compared = Precise(PreciseScore.FOUR, date(2025, 3, 1))
    yield "decided", replace(begun, lesions=(decided, rejected), staging=spread, precise=compared)
    yield "without lesion", replace(begun, lesions=(), models=())
    yield "negative", replace(begun, lesions=(), without_lesion=Category.ONE)
    quality = _quality()
    form = prefilled(quality).confirm()
    yield "quality open", replace(begun, quality=quality, pi_qual=prefilled(quality))
    yield "quality", replace(begun, lesions=(pz, tz), quality=quality, pi_qual=form)


def _walk(window: MainWindow, opened: OpenStudy, begun: Report) -> Iterator[str]:
    journey = Journey(window)
    yield "worklist before a query"
    window.worklist.model.show_rows(_rows())
    window.worklist.table.selectRow(0)
    yield "worklist"
    window.show_study(opened)
    yield "reading room"
    session = window.reading.session
    assert session is not None
    for name, report in _reports(begun):
        session.edit(lambda _, shown=report: shown, what="findings")
        yield name
        _open_all(window)
        if report.lesions:
            window.reading.panel.lesions.select(report.lesions[0].tracking_uid)
        yield f"{name}, all open"
    yield from _dialogs(window, journey)
    window.reading.run.show_started()
    for message in STAGES.values():
        window.reading.run.show_progress(0.5, message)
        yield "AI running"
    window.reading.run.show_ready()


def _open_all(window: MainWindow) -> None:
    for button in window.reading.panel.findChildren(QAbstractButton):
        if button.isCheckable() and button.isVisible() and not button.isChecked() and "oggle" in button.objectName():
            button.click()


def _dialogs(window: MainWindow, journey: Journey) -> Iterator[str]:
    session = window.reading.session
    assert session is not None
    lesion = session.report.lesions[0]
    for dialog in (RejectDialog(lesion, window), OverrideDialog(lesion, window), SectorDialog(window)):
        dialog.open()
        yield type(dialog).__name__
        dialog.reject()
    window.show_shortcuts()
    yield "keys"
    for dialog in window.findChildren(QDialog):
        dialog.reject()
    journey.find(QAbstractButton, "signButton", window).click()
    journey.wait(lambda: window.sign_dialog is not None, "the sign dialog", 20)
    dialog = window.sign_dialog
    assert dialog is not None
    journey.wait(lambda: dialog.preview.page_count > 0, "the preview", 60)
    yield "signing"
    dialog.reject()


def test_write_down(
    qapp: QApplication, opened: OpenStudy, findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply_theme(qapp)
    texts = _Texts()
    draws = QPainter.drawText
    scene = [""]

    def drawn(painter: QPainter, *told: object) -> object:
        for one in told:
            if isinstance(one, str):
                texts.add(one, f"{scene[0]}: painted")
        return draws(painter, *told)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", drawn)
    reader = Reader("Reader^Made Up", "Hospital")
    save_key(throw_away_key(reader), tmp_path / "reader.p12", "correct horse")
    signer = ReaderSettings(name=reader.name, organization=reader.organization, pkcs12=tmp_path / "reader.p12")
    ws = open_workspace(Settings(data_folder=tmp_path, reader=signer))
    window = MainWindow(ws)
    window.resize(QSize(1366, 708))
    try:
        window.show()
        for scene[0] in _walk(window, opened, with_findings(Report(opened.recognised), findings)):
            for _ in range(6):
                Journey(window).settle()
            texts.look(scene[0])
    finally:
        window.close()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        ws.close()
    Path(os.environ[WRITE_TO]).write_text(json.dumps(texts.found, ensure_ascii=False, indent=1), "utf-8")
