"""Staging, PRECISE and the choice of four lesions in the panel: by mouse, by keyboard, and in the audit trail."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from core.pirads import Dce, Score
from core.report import Report
from core.sectors import sector
from core.staging import Precise, PreciseScore, Seen, Staging
from service.lesions import add_lesion
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer import edits
from viewer.labels import ElidedLabel
from viewer.lesion_panel import LesionPanel
from viewer.right_panel import RightPanel
from viewer.session import Session
from viewer.theme import apply_theme

Key = Qt.Key


@pytest.fixture
def panel(report: Report, ws: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[RightPanel]:
    """The right panel with two lesions of the AI, on the smallest screen that is supported."""
    apply_theme(qapp)
    session = Session(report, ws.trail, ws.drafts)
    widget = RightPanel()
    widget.setProperty("session", session)
    qtbot.addWidget(widget)
    widget.show_session(session)
    widget.resize(widget.width(), 640)
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    widget.commit()
    session.save()


def _session(panel: RightPanel) -> Session:
    session = panel.property("session")
    assert isinstance(session, Session)
    return session


def _staging(panel: RightPanel) -> Staging:
    return _session(panel).report.staging


def _button(panel: RightPanel, name: str) -> QPushButton:
    found = panel.findChild(QPushButton, name)
    assert found is not None
    return found


def _text(panel: RightPanel, name: str) -> str:
    found = panel.findChild(QLabel, name)
    assert found is not None
    return found.whole if isinstance(found, ElidedLabel) else found.text()


def _press(key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget(), key)


def test_closed_it_takes_one_line_and_says_what_is_open(panel: RightPanel) -> None:
    assert _text(panel, "stagingTold") == "Not assessed: vesicles, bundles, nodes, bone"
    assert not _button(panel, "staging_nodes").isVisible()


def test_by_keyboard_alone_each_finding_is_said_and_the_rest_is_none(
    panel: RightPanel, ws: Workspace, edits_in: Callable[[Workspace], list[str]]
) -> None:
    staging = panel.lesions.staging
    staging.open_or_rest_none()  # what Shift+T does
    for key in (Key.Key_Space, Key.Key_Tab, Key.Key_Return, Key.Key_Right, Key.Key_Right, Key.Key_Left):
        _press(key)
    assert (_staging(panel).right_vesicle, _staging(panel).left_vesicle) == (Seen.NONE, Seen.POSSIBLE)
    for _ in range(4):
        _press(Key.Key_Tab)
    words = QApplication.focusWidget()
    assert isinstance(words, QLineEdit)
    assert words.objectName() == "staging_nodes_words"
    QTest.keyClicks(words, "left obturator, 9 mm")
    staging.open_or_rest_none()  # pressed again
    staging.commit()
    assert _staging(panel) == Staging(
        Seen.NONE, Seen.POSSIBLE, Seen.NONE, Seen.NONE, Seen.NONE, "left obturator, 9 mm", Seen.NONE
    )
    assert edits_in(ws)[-2:] == ["staging: rest none", "staging"]


def test_a_click_steps_on_and_undo_steps_back(panel: RightPanel) -> None:
    _button(panel, "stagingToggle").click()
    bone = _button(panel, "staging_bone")
    for _ in range(3):
        QTest.mouseClick(bone, Qt.MouseButton.LeftButton)
    assert (_staging(panel).bone, bone.text()) == (Seen.DEFINITE, "definite")
    assert bone.accessibleName() == "Suspicious bone lesion: definite"
    QTest.mouseClick(bone, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    assert _staging(panel).bone is Seen.POSSIBLE
    _session(panel).undo()
    assert bone.text() == "definite"


def test_closed_again_the_gravest_stands_first_and_a_contradiction_is_said(panel: RightPanel) -> None:
    said = Staging(left_vesicle=Seen.DEFINITE, nodes=Seen.POSSIBLE, bone=Seen.NONE)
    _session(panel).edit(edits.set_staging(lambda _old: said), what="staging")
    assert _text(panel, "stagingTold") == "Vesicles L definite · Nodes possible · 1 of 6 none · 3 not assessed"
    assert "Definite seminal vesicle invasion, but no lesion has definite EPE" in _text(panel, "stagingContradictions")


def test_precise_is_offered_only_once_an_earlier_prostate_mr_is_known(panel: RightPanel) -> None:
    precise = panel.lesions.precise
    assert precise.isHidden()
    precise.show_priors((date(2022, 1, 4), date(2024, 3, 1)))
    assert not precise.isHidden()
    assert "enlarged" not in _text(panel, "preciseMeaning")
    precise.reach()  # what Shift+C does
    _press(Key.Key_Space)
    assert _session(panel).report.precise == Precise(PreciseScore.ONE, date(2024, 3, 1))
    assert _text(panel, "preciseMeaning") == "1: resolution of what was suspicious before."
    _button(panel, "precise_4").click()
    words = panel.findChild(QLineEdit, "preciseWords")
    assert words is not None
    QTest.keyClicks(words, "L1 grew")
    precise.commit()
    assert _session(panel).report.precise == Precise(PreciseScore.FOUR, date(2024, 3, 1), "L1 grew")
    _button(panel, "preciseClear").click()
    assert _session(panel).report.precise is None


def test_every_score_of_precise_is_explained_where_it_is_chosen(panel: RightPanel) -> None:
    panel.lesions.precise.show_priors((date(2024, 3, 1),))
    for score in PreciseScore:
        told = _button(panel, f"precise_{score.value}").toolTip()
        assert told.startswith(f"{score.value}: ")
        assert len(told) > 30


def test_a_reopened_score_is_shown_although_no_archive_knows_the_prior(panel: RightPanel) -> None:
    given = Precise(PreciseScore.THREE, date(2021, 5, 6), "3-V")
    _session(panel).edit(lambda report: replace(report, precise=given), what="x")
    assert not panel.lesions.precise.isHidden()
    assert panel.lesions.precise.findChild(QLineEdit, "preciseWords").text() == "3-V"  # pyright: ignore


def _score(lesions: LesionPanel, *scores: Score) -> None:
    for score in scores:
        lesions.score_selected(score)


def test_the_card_says_what_contradicts_and_why_these_rules_score_the_lesion(panel: RightPanel) -> None:
    lesions = panel.lesions
    lesions.select(_session(panel).report.lesions[0].tracking_uid)
    _score(lesions, Score.FIVE, Score.FOUR)
    lesions.score_dce_of_selected(Dce.POSITIVE)
    card = lesions.selected_card
    assert card is not None
    flags, origin = card.findChild(QLabel, "contradictions"), card.findChild(QLabel, "likelyOrigin")
    assert flags is not None
    assert origin is not None
    assert "▲ score 5 with 10 mm and no definite EPE" in flags.text()
    assert "▲ DCE positive though the study has no DCE" in flags.text()
    assert origin.isHidden()
    uid = lesions.selected
    _session(panel).edit(edits.move_to_sector(uid, sector("right-mid-AFS")), what="sector", lesion=uid)
    assert "mostly arise in the transition zone" in origin.text()
    assert not origin.isHidden()


def test_of_more_than_four_lesions_the_reader_chooses_which_are_named(panel: RightPanel, opened: OpenStudy) -> None:
    session, lesions = _session(panel), panel.lesions
    for uid in [x.tracking_uid for x in session.report.lesions]:
        session.edit(edits.reject(uid, "Artefact"), what="reject", lesion=uid)
    for at in range(5):
        place = (-8.0 + 4 * at, 6.0, 13.5)
        session.edit(lambda report, place=place: add_lesion(report, opened, place, 8.0), what="add lesion")
        lesions.select(session.report.lesions[-1].tracking_uid)
        _score(lesions, Score.FOUR, Score.FOUR)
    assert "5 lesions of PI-RADS 3 or above: four are named" in _text(panel, "manyLesions")
    (beyond,) = session.report.beyond_four
    lesions.select(beyond.tracking_uid)
    card = lesions.selected_card
    assert card is not None
    button = card.findChild(QPushButton, "nameButton")
    assert button is not None
    assert (button.isHidden(), button.text()) == (False, "Name it")
    button.click()
    (other,) = session.report.beyond_four
    assert other.tracking_uid != beyond.tracking_uid
    assert button.text() == "Do not name"
    index = session.report.index_lesion
    assert index is not None
    lesions.select(index.tracking_uid)
    card = lesions.selected_card
    assert card is not None
    assert card.findChild(QPushButton, "nameButton").isHidden()  # pyright: ignore


def test_nothing_is_clipped_sideways_on_the_smallest_screen(panel: RightPanel) -> None:
    panel.lesions.staging.open_or_rest_none()
    panel.lesions.precise.show_priors((date(2024, 3, 1),))
    panel.reveal(panel.lesions.staging)
    for part in (panel.lesions.staging, panel.lesions.precise):
        assert part.width() <= panel.width()
        for button in part.findChildren(QPushButton):
            if button.isVisible():
                assert button.width() >= button.minimumSizeHint().width() - 1, button.objectName()
                assert button.geometry().right() <= part.width()
