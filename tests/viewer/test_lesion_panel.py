"""The lesion panel: what a radiologist sees of each lesion, and what each control does to the report."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from core.pirads import Score, Zone
from core.report import Report
from core.sectors import sector
from service.workspace import Workspace
from viewer import edits
from viewer.labels import Chip
from viewer.lesion_card import LesionCard
from viewer.lesion_dialogs import RejectDialog
from viewer.lesion_overlays import overlays_of
from viewer.right_panel import RightPanel
from viewer.session import Session
from viewer.theme import apply_theme


class Panel:
    """The right panel on a report, and the mouse on it."""

    def __init__(self, session: Session, panel: RightPanel) -> None:
        self.session, self.panel = session, panel

    def card(self, label: str) -> LesionCard:
        """Return the card of a lesion."""
        card = self.panel.findChild(LesionCard, f"lesionCard_{label}")
        assert card is not None
        return card

    def pick(self, label: str) -> LesionCard:
        """Click a card beside its controls."""
        QTest.mouseClick(self.card(label), Qt.MouseButton.LeftButton, pos=QPoint(200, 4))
        return self.card(label)

    def click(self, card: LesionCard, name: str) -> None:
        """Click a control of a card that is visible and enabled."""
        button = card.findChild(QAbstractButton, name)
        assert button is not None
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def text(self, name: str) -> str:
        """Return what a label of the panel says."""
        found = self.panel.findChild(QLabel, name)
        assert found is not None
        return found.text()

    def chip(self, label: str, name: str = "categoryChip") -> Chip:
        """Return a chip of a card."""
        chip = self.card(label).findChild(Chip, name)
        assert chip is not None
        return chip


@pytest.fixture
def panel(report: Report, ws: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[Panel]:
    """The panel with two lesions of the AI, on the smallest screen that is supported."""
    apply_theme(qapp)
    session = Session(report, ws.trail, ws.drafts)
    widget = RightPanel()
    qtbot.addWidget(widget)
    widget.show_session(session)
    widget.resize(widget.width(), 680)
    widget.show()
    qtbot.waitExposed(widget)
    yield Panel(session, widget)
    widget.commit()
    session.save()


def test_an_unreviewed_lesion_says_what_the_ai_suggests_and_never_a_category_of_its_own(panel: Panel) -> None:
    assert panel.chip("L1").text() == "AI suggests 4"
    assert panel.chip("L1", "aiChip").text() == "AI 4 · 0.81"
    tip = panel.chip("L1", "aiChip").toolTip()
    assert "not a calibrated probability" in tip
    assert "ADC is low for the peripheral zone" in tip
    assert panel.text("overallCategory") == "PI-RADS –"
    assert "L1, L2 are not reviewed yet" in panel.text("overallMeaning")


def test_accepting_and_scoring_gives_the_category_and_the_rule_in_words(
    panel: Panel, ws: Workspace, edits_in: Callable[[Workspace], list[str]]
) -> None:
    card = panel.pick("L1")
    for control in ("acceptButton", "scoreT2_4", "scoreDwi_4"):
        panel.click(card, control)
    assert panel.chip("L1").text() == "PI-RADS 4"
    assert panel.card("L1").findChild(QLabel, "ruleText").text() == "PZ: DWI 4 → 4"
    assert edits_in(ws) == ["accept", "score t2", "score dwi"]


def test_rejecting_asks_why_and_the_reason_stays_with_the_lesion(panel: Panel, qapp: QApplication) -> None:
    def choose_a_reason() -> None:
        dialog = qapp.activeModalWidget()
        assert isinstance(dialog, RejectDialog)
        reasons = dialog.findChild(QListWidget, "rejectReasons")
        reject = dialog.findChild(QPushButton, "rejectOkButton")
        assert reasons is not None
        assert reject is not None
        assert not reject.isEnabled()  # no reason is chosen for the reader
        place = reasons.visualItemRect(reasons.item(1)).center()
        QTest.mouseClick(reasons.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseClick(reject, Qt.MouseButton.LeftButton)

    card = panel.pick("L2")
    QTimer.singleShot(50, choose_a_reason)
    panel.click(card, "rejectButton")
    assert panel.session.report.lesions[1].review == edits.Rejected("Typical BPH nodule")
    assert panel.chip("L2").text() == "rejected"
    panel.click(panel.card("L2"), "undoRejectButton")
    assert panel.session.report.lesions[1].review.kind == "unreviewed"


def test_the_deciding_sequence_is_marked_and_follows_the_zone(panel: Panel) -> None:
    card = panel.pick("L1")
    said = [label.text() for label in card.findChildren(QLabel) if label.isVisible()]
    assert "dominant (PZ)" in said
    panel.click(card, "zone_TZ")
    said = [label.text() for label in card.findChildren(QLabel) if label.isVisible()]
    assert "dominant (TZ)" in said
    assert panel.session.report.lesions[0].assessment.scored_as is Zone.TZ


def test_number_keys_score_the_sequence_that_decides_until_told_otherwise(panel: Panel) -> None:
    panel.pick("L1")
    lesions = panel.panel.lesions
    lesions.score_selected(Score.FIVE)
    lesions.focus_component("t2")
    lesions.score_selected(Score.THREE)
    given = panel.session.report.lesions[0].assessment
    assert (given.t2, given.dwi) == (Score.THREE, Score.FIVE)


def test_a_click_on_a_score_does_not_leave_the_arrow_keys_on_it(panel: Panel) -> None:
    card = panel.pick("L1")
    panel.click(card, "scoreDwi_4")
    focused = panel.panel.focusWidget()
    assert focused is None or not focused.objectName().startswith("scoreDwi")


def test_a_click_on_the_sector_map_places_the_selected_lesion(panel: Panel) -> None:
    panel.pick("L1")
    sector_map = panel.panel.lesions.sector_map
    place = sector_map.centre_of("left-apex-PZpl").toPoint()
    QTest.mouseClick(sector_map, Qt.MouseButton.LeftButton, pos=place)
    assert panel.session.report.lesions[0].sector == sector("left-apex-PZpl")


def test_the_report_writes_itself_until_the_reader_writes_it(panel: Panel, qtbot: QtBot) -> None:
    findings = panel.panel.findChild(QPlainTextEdit, "findingsEdit")
    automatic = panel.panel.findChild(QPushButton, "findingsAutomaticButton")
    assert findings is not None
    assert automatic is not None
    before = findings.toPlainText()
    panel.session.edit(edits.set_psa(7.8), what="psa")
    assert "7.8 ng/mL" in findings.toPlainText() != before
    findings.setFocus()
    QTest.keyClicks(findings, "Mine. ")
    qtbot.waitUntil(lambda: panel.session.report.own_findings.startswith("Mine."))
    assert not panel.panel.findChild(QLabel, "findingsStale").isVisible()
    panel.session.edit(edits.set_psa(9.1), what="psa")
    assert "9.1" not in findings.toPlainText()  # the reader's words are never overwritten …
    assert panel.panel.findChild(QLabel, "findingsStale").isVisible()  # … and the reader is told
    QTest.mouseClick(automatic, Qt.MouseButton.LeftButton)
    assert "9.1 ng/mL" in findings.toPlainText()
    assert panel.session.report.own_findings == ""


def test_a_comment_is_kept_shortly_after_the_last_key(panel: Panel, qtbot: QtBot) -> None:
    card = panel.pick("L1")
    comment = card.findChild(QLineEdit, "commentEdit")
    assert comment is not None
    comment.setFocus()
    QTest.keyClicks(comment, "Focal.")
    qtbot.waitUntil(lambda: panel.session.report.lesions[0].comment == "Focal.", timeout=1000)


def test_hiding_a_lesion_takes_it_out_of_the_images_and_not_out_of_the_report(panel: Panel) -> None:
    panel.click(panel.card("L2"), "visibilityButton")
    lesions = panel.panel.lesions
    drawn = overlays_of(panel.session.report, hidden=lesions.hidden, selected=lesions.selected)
    assert [lesion.visible for lesion in drawn.lesions] == [True, False]
    assert [lesion.dashed for lesion in drawn.lesions] == [True, True]
    assert len(panel.session.report.lesions) == 2


def test_nothing_is_called_pirads_1_before_anyone_has_looked(panel: Panel) -> None:
    empty = Report(panel.session.report.recognised)
    panel.session.edit(lambda _report: empty, what="empty")
    assert panel.text("overallCategory") == "PI-RADS –"
    assert "the AI has not run" in panel.text("overallMeaning")
    assert "Run AI, or add a lesion" in panel.text("lesionsEmpty")


def test_nothing_in_the_panel_is_wider_than_it(panel: Panel) -> None:
    panel.pick("L1")
    content = panel.panel._scroll.widget()  # pyright: ignore[reportPrivateUsage]
    assert content.minimumSizeHint().width() <= panel.panel.width()
    for button in panel.card("L1").findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            needed = button.fontMetrics().horizontalAdvance(button.text())
            assert needed <= button.width(), f"{button.objectName()} is cut off"
