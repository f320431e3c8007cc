"""The lesion panel: what a radiologist sees of each lesion, and what each control does to the report."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from core.pirads import Category, Score, Zone
from core.report import Report
from core.sectors import sector
from core.study import Role
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

    def examination(self) -> list[QAbstractButton]:
        """Return the buttons for PI-RADS 1, 2 and X of the examination."""
        buttons = self.panel.lesions.assessment.findChildren(QAbstractButton)
        return [button for button in buttons if button.objectName().startswith("examination_")]

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
    assert "suspicion 0.81 from 0 to 1, not calibrated" in tip
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


@pytest.mark.parametrize("by", ["digit", "click"])
def test_a_score_accepts_the_ais_lesion_in_one_step_that_is_audited_and_undone(
    panel: Panel, ws: Workspace, edits_in: Callable[[Workspace], list[str]], by: str
) -> None:
    card = panel.pick("L1")
    if by == "digit":
        panel.panel.lesions.score_selected(Score.FOUR)
    else:
        panel.click(card, "scoreDwi_4")
    lesion = panel.session.report.lesions[0]
    assert (lesion.review.kind, lesion.assessment.dwi) == ("accepted", Score.FOUR)
    assert panel.chip("L1").text() == "PI-RADS 4"
    accept = panel.card("L1").findChild(QPushButton, "acceptButton")
    assert accept is not None
    assert (accept.text(), accept.isEnabled()) == ("Accepted", False)
    assert edits_in(ws) == ["accept and score dwi"]
    panel.session.undo()
    assert panel.session.report.lesions[0].review.kind == "unreviewed"
    assert panel.session.report.lesions[0].assessment.dwi is Score.UNSCORED


def test_only_a_score_accepts_and_a_rejected_lesion_is_not_scored(panel: Panel) -> None:
    card, lesions = panel.pick("L1"), panel.panel.lesions
    for control in ("dce_+", "epe_poss", "zone_TZ"):
        panel.click(card, control)
    assert panel.session.report.lesions[0].review.kind == "unreviewed"
    panel.session.edit(edits.reject(lesions.selected, "Artefact"), what="reject")
    for act in (lesions.switch_zone_of_selected, lesions.step_extension_of_selected, lesions.reject_selected):
        act()
    lesions.score_selected(Score.FOUR)
    lesion = panel.session.report.lesions[0]
    assert (lesion.review.kind, lesion.assessment.dwi) == ("rejected", Score.UNSCORED)
    assert lesion.assessment.scored_as is Zone.TZ


@pytest.mark.parametrize(("label", "first", "second"), [("L1", "dwi", "t2"), ("L2", "t2", "dwi")])
def test_the_first_digit_scores_the_deciding_sequence_the_second_the_other_and_the_third_corrects_it(
    panel: Panel, label: str, first: str, second: str
) -> None:
    card, lesions = panel.pick(label), panel.panel.lesions

    def scored() -> tuple[str, Score, Score, str]:
        given = card.lesion.assessment
        return card.component, getattr(given, first), getattr(given, second), _marked(card)

    assert scored() == (first, Score.UNSCORED, Score.UNSCORED, first)
    lesions.score_selected(Score.FOUR)
    assert scored() == (second, Score.FOUR, Score.UNSCORED, second)
    lesions.score_selected(Score.TWO)
    assert scored() == (second, Score.FOUR, Score.TWO, second)
    lesions.score_selected(Score.THREE)
    assert scored() == (second, Score.FOUR, Score.THREE, second)
    lesions.focus_component(first)
    lesions.score_selected(Score.FIVE)
    assert scored() == (first, Score.FIVE, Score.THREE, first)
    for _ in range(4):
        panel.session.undo()
    assert scored() == (first, Score.UNSCORED, Score.UNSCORED, first)  # the next digit is for what was taken back


def _marked(card: LesionCard) -> str:
    """Return which sequence has the ●."""
    (mark,) = (label.text() for label in card.findChildren(QLabel) if label.text() in ("T2W ●", "DWI ●"))
    return {"T2W ●": "t2", "DWI ●": "dwi"}[mark]


def test_the_next_lesion_is_one_that_is_not_reviewed_as_long_as_there_is_one(panel: Panel, report: Report) -> None:
    lesions = panel.panel.lesions
    third = replace(report.lesions[1], tracking_uid="1.2.3", label="L3")
    panel.session.edit(lambda _report: replace(report, lesions=(*report.lesions, third)), what="third")
    first, second, _third = (lesion.tracking_uid for lesion in panel.session.report.lesions)
    assert lesions.selected == first
    panel.session.edit(edits.accept(second), what="accept")
    walked: list[str] = []
    for _ in range(3):
        lesions.next_lesion()
        walked.append(lesions.selected)
    assert walked == ["1.2.3", first, "1.2.3"]
    for uid in (first, "1.2.3"):
        panel.session.edit(edits.accept(uid), what="accept")
    walked.clear()
    for step in (lesions.next_lesion, lesions.next_lesion, lesions.previous_lesion, lesions.previous_lesion):
        step()
        walked.append(lesions.selected)
    assert walked == [first, second, first, "1.2.3"]


def test_a_draft_is_taken_up_at_the_first_lesion_that_is_not_reviewed(panel: Panel, ws: Workspace) -> None:
    first, second = (lesion.tracking_uid for lesion in panel.session.report.lesions)
    begun = Session(edits.accept(first)(panel.session.report), ws.trail, ws.drafts)
    panel.panel.show_session(begun)
    assert panel.panel.lesions.selected == second
    panel.panel.show_session(panel.session)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [("3", "Haemorrhage after biopsy"), ("scar", "scar"), ([Qt.Key.Key_Down, Qt.Key.Key_Down], "Typical BPH nodule")],
)
def test_the_reason_for_a_rejection_is_a_digit_an_arrow_or_words(
    panel: Panel, report: Report, qtbot: QtBot, keys: str | list[Qt.Key], reason: str
) -> None:
    dialog = RejectDialog(report.lesions[0], panel.panel)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and dialog.focusWidget() is not None)
    for key in keys:
        if isinstance(key, str):
            QTest.keyClicks(dialog.focusWidget(), key)
        else:
            QTest.keyClick(dialog.focusWidget(), key)
    if keys != "3":
        assert dialog.isVisible()
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert (dialog.result(), dialog.reason) == (RejectDialog.DialogCode.Accepted, reason)


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
    assert panel.text("overallMeaning") == (
        "No lesion is reported, and the AI has not run: choose PI-RADS 1, 2 or X for the examination."
    )
    assert "Run AI, or add a lesion" in panel.text("lesionsEmpty")
    assert not any(button.isChecked() for button in panel.examination())


def test_the_category_of_an_examination_is_asked_only_when_no_lesion_is_reported_and_none_unreviewed(
    panel: Panel,
) -> None:
    first, second = (lesion.tracking_uid for lesion in panel.session.report.lesions)
    assert not any(button.isVisible() for button in panel.examination())
    panel.session.edit(edits.reject(first, "Artefact"), what="reject")
    assert not any(button.isVisible() for button in panel.examination())
    panel.session.edit(edits.reject(second, "Artefact"), what="reject")
    assert all(button.isVisible() and button.isEnabled() for button in panel.examination())
    panel.session.edit(edits.undo_reject(first), what="undo reject")
    panel.session.edit(edits.accept(first), what="accept")
    assert not any(button.isVisible() for button in panel.examination())


@pytest.mark.parametrize("category", ["1", "2", "X"])
def test_the_reader_calls_a_study_negative_with_one_click_and_can_undo_it(
    panel: Panel, ws: Workspace, edits_in: Callable[[Workspace], list[str]], category: str
) -> None:
    panel.session.edit(lambda report: replace(report, lesions=()), what="no lesions")
    (button,) = (button for button in panel.examination() if button.text() == f"PI-RADS {category}")
    panel.panel.reveal(button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.session.report.category == category
    assert panel.text("overallCategory") == f"PI-RADS {category}"
    assert panel.text("overallMeaning") == f"No lesion is reported. {Category(category).meaning}"
    assert [b.text() for b in panel.examination() if b.isChecked()] == [f"PI-RADS {category}"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # once more is no second edit
    assert edits_in(ws) == ["no lesions", "examination category"]
    panel.session.undo()
    assert panel.session.report.category is Category.PENDING
    assert not any(b.isChecked() for b in panel.examination())


def test_a_study_without_axial_t2_offers_pirads_x_alone_and_says_why(panel: Panel) -> None:
    recognised = panel.session.report.recognised
    choices = tuple(choice for choice in recognised.choices if choice.role is not Role.T2_AXIAL)
    panel.session.edit(lambda _report: Report(replace(recognised, choices=choices)), what="no T2")
    one, two, x = panel.examination()
    assert (one.isEnabled(), two.isEnabled(), x.isEnabled()) == (False, False, True)
    assert one.toolTip() == two.toolTip() == "Not to be given: the study has no axial T2-weighted images."
    assert not x.isChecked()
    assert "choose PI-RADS X for the examination; the study has no axial T2-weighted images" in (
        panel.text("overallMeaning")
    )
    assert "outlined on axial T2, which this study has not" in panel.text("lesionsEmpty")
    panel.session.edit(lambda _report: Report(recognised), what="T2")
    assert all(button.isEnabled() and "significant cancer" in button.toolTip() for button in panel.examination()[:2])


def test_the_indication_is_kept_shortly_after_the_last_key_told_in_the_findings_and_undone(
    panel: Panel, ws: Workspace, qtbot: QtBot
) -> None:
    indication = panel.panel.findChild(QPlainTextEdit, "indicationEdit")
    findings = panel.panel.findChild(QPlainTextEdit, "findingsEdit")
    assert indication is not None
    assert findings is not None
    low = indication.height()
    QTest.keyClicks(indication, "Rising PSA, ")
    QTest.keyClicks(indication, "negative biopsy in 2023 and a family history of prostate cancer")
    qtbot.waitUntil(lambda: panel.session.report.clinical.indication.startswith("Rising PSA, neg"), timeout=1000)
    assert "INDICATION\nRising PSA, negative biopsy in 2023" in findings.toPlainText()
    assert indication.height() > low
    assert not indication.verticalScrollBar().isVisible()  # every word can be seen
    panel.session.save()
    draft = ws.drafts.load(panel.session.report.study_instance_uid, panel.session.report.recognised)
    assert draft is not None
    assert draft.clinical == panel.session.report.clinical
    while panel.session.undo():
        pass
    assert (panel.session.report.clinical.indication, indication.toPlainText()) == ("", "")


def test_an_indication_that_is_being_typed_is_kept_when_the_study_is_left(panel: Panel) -> None:
    indication = panel.panel.findChild(QPlainTextEdit, "indicationEdit")
    assert indication is not None
    QTest.keyClicks(indication, "Surveillance")
    panel.panel.commit()
    assert panel.session.report.clinical.indication == "Surveillance"


def test_nothing_in_the_panel_is_wider_than_it(panel: Panel) -> None:
    panel.pick("L1")
    content = panel.panel._scroll.widget()  # pyright: ignore[reportPrivateUsage]
    assert content.minimumSizeHint().width() <= panel.panel.width()
    for button in panel.card("L1").findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            needed = button.fontMetrics().horizontalAdvance(button.text())
            assert needed <= button.width(), f"{button.objectName()} is cut off"
