"""A lesion card shows why the AI marked the place: bars with their numbers, and words; by mouse and by keyboard."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.findings import Contribution, Feature, Findings
from core.pirads import Category
from core.report import Report, with_findings
from core.study import Role
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer import edits
from viewer.labels import Chip
from viewer.lesion_card import LesionCard
from viewer.lesion_overlays import chip_text
from viewer.lesion_why import WhySection, in_words
from viewer.right_panel import RightPanel
from viewer.session import Session
from viewer.theme import apply_theme

_ADDED = (
    Contribution(Feature.ADC, 4.24),
    Contribution(Feature.HIGH_B, 0.0),
    Contribution(Feature.LOCATION, 0.62),
    Contribution(Feature.SIZE, -0.34),
    Contribution(Feature.BORDER, -0.51),
    Contribution(Feature.PRIOR, -3.27),
)


@pytest.fixture
def panel(ws: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[RightPanel]:
    apply_theme(qapp)
    widget = RightPanel()
    qtbot.addWidget(widget)
    widget.resize(widget.width(), 900)
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    widget.commit()


def _show(panel: RightPanel, ws: Workspace, opened: OpenStudy, findings: Findings, **changes: object) -> LesionCard:
    candidate = replace(findings.candidates[0], contributions=_ADDED, **changes)
    report = with_findings(Report(opened.recognised), replace(findings, candidates=(candidate,)))
    panel.show_session(Session(report, ws.trail, ws.drafts, panel))
    card = panel.findChild(LesionCard, "lesionCard_L1")
    assert card is not None
    QApplication.processEvents()  # a card that is new in a layout is shown with the next events
    return card


def _texts(card: LesionCard) -> str:
    return "\n".join(label.text() for label in card.findChildren(QLabel) if label.isVisible())


def test_why_opens_by_the_keyboard_and_says_each_contribution_as_a_number(
    panel: RightPanel, ws: Workspace, opened: OpenStudy, findings: Findings
) -> None:
    card = _show(panel, ws, opened, findings)
    button, why = card.findChild(QPushButton, "whyButton"), card.findChild(WhySection, "whySection")
    assert button is not None
    assert why is not None
    assert not why.isVisible()
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus

    QTest.keyClick(button, Qt.Key.Key_Space)

    assert why.isVisible()
    numbers = {x.feature: card.findChild(QLabel, f"why_{x.feature.name}") for x in _ADDED}
    assert {feature: shown.text() for feature, shown in numbers.items() if shown} == {
        Feature.ADC: "+4.2",
        Feature.HIGH_B: "±0",
        Feature.LOCATION: "+0.6",
        Feature.SIZE: "−0.3",
        Feature.BORDER: "−0.5",
        Feature.PRIOR: "−3.3",
    }
    said = _texts(card)
    for name in ("ADC", "High b", "Location", "Size", "Border", "Prior", "together +0.7"):
        assert name in said
    assert "• ADC is low for the peripheral zone" in said

    QTest.keyClick(button, Qt.Key.Key_Space)

    assert not why.isVisible()


def test_it_stays_open_while_the_lesion_is_scored_and_closes_with_the_rejection(
    panel: RightPanel, ws: Workspace, opened: OpenStudy, findings: Findings
) -> None:
    card = _show(panel, ws, opened, findings)
    why = card.findChild(WhySection, "whySection")
    assert why is not None
    card.findChild(QPushButton, "whyButton").click()
    card.findChild(QPushButton, "acceptButton").click()
    assert why.isVisible()
    session = panel.lesions._session
    assert session is not None
    session.edit(edits.reject(card.lesion.tracking_uid, "no lesion"), what="reject")
    assert not why.isVisible()
    assert not card.findChild(QPushButton, "whyButton").isVisible()


def test_an_uncalibrated_score_is_a_suspicion_and_never_called_a_probability(
    panel: RightPanel, ws: Workspace, opened: OpenStudy, findings: Findings
) -> None:
    card = _show(panel, ws, opened, findings, suggested_category=Category.PENDING)
    card.findChild(QPushButton, "whyButton").click()
    said = _texts(card)
    model = findings.candidates[0].model
    assert f"{model.name} {model.version} (research use only): suspicion 0.81 from 0 to 1, not calibrated." in said
    assert "robability" not in said + card.findChild(Chip, "aiChip").toolTip()
    assert card.findChild(Chip, "categoryChip").text() == "Found by AI"
    assert card.findChild(Chip, "aiChip").text() == "AI 0.81"
    assert "It suggests no PI-RADS category." in card.findChild(Chip, "aiChip").toolTip()
    assert chip_text(card.lesion) == "L1 · not scored · AI 0.81"


def test_a_score_near_1_is_not_shown_as_a_certainty(
    panel: RightPanel, ws: Workspace, opened: OpenStudy, findings: Findings
) -> None:
    card = _show(panel, ws, opened, findings, score=0.9987, suggested_category=Category.PENDING)
    assert card.findChild(Chip, "aiChip").text() == "AI >0.99"
    assert "suspicion >0.99 from 0 to 1" in card.findChild(Chip, "aiChip").toolTip()
    assert chip_text(card.lesion) == "L1 · not scored · AI >0.99"


def test_a_calibrated_score_is_a_probability_with_the_patients_it_was_shown_on(
    panel: RightPanel, ws: Workspace, opened: OpenStudy, findings: Findings
) -> None:
    card = _show(panel, ws, opened, findings, calibrated_on="400 studies of three sites")
    card.findChild(QPushButton, "whyButton").click()
    said = _texts(card)
    assert "probability 0.81, calibrated on 400 studies of three sites." in said
    assert "not calibrated" not in said


def test_findings_of_series_that_are_used_no_longer_are_marked_as_such_until_the_ai_runs_again(
    panel: RightPanel, ws: Workspace, opened: OpenStudy, findings: Findings
) -> None:
    _show(panel, ws, opened, findings)
    told = panel.findChild(QLabel, "lesionsSuperseded")
    assert told is not None
    assert not told.isVisible()
    choices = tuple(choice for choice in opened.recognised.choices if choice.role is not Role.HIGH_B)
    corrected = replace(opened.recognised, choices=choices)
    report = replace(with_findings(Report(opened.recognised), findings), recognised=corrected)
    session = Session(report, ws.trail, ws.drafts, panel)

    panel.show_session(session)

    assert told.isVisible()
    assert "high-b image: series" in told.text()
    assert told.text().endswith("now none): run the AI again.")

    session.edit(lambda draft: with_findings(draft, replace(findings, recognised=corrected)), what="AI again")
    assert not told.isVisible()


@pytest.mark.parametrize(("log_odds", "words"), [(0.04, "±0"), (-0.04, "±0"), (1.26, "+1.3"), (-6.0, "−6.0")])
def test_log_odds_have_their_sign_in_words(log_odds: float, words: str) -> None:
    assert in_words(log_odds) == words
