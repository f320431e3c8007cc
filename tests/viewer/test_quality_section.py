"""The quality section: closed it tells each sequence in a word, open it is the PI-QUAL form."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.quality import (
    Answer,
    Asked,
    Criterion,
    Effect,
    PiQual,
    PiQualDraft,
    Quality,
    QualityCheck,
    Sequence,
    Verdict,
    prefilled,
)
from core.report import Report
from service.workspace import Workspace
from viewer.right_panel import RightPanel
from viewer.session import Session
from viewer.theme import apply_theme

_QUALITY = Quality(
    (
        QualityCheck(Sequence.T2, Asked.THICKNESS, "3 mm", "≤ 3 mm", Verdict.PASSED, "PI-RADS v2.1"),
        QualityCheck(
            Sequence.DWI,
            Asked.VOIDS,
            "70 % of the gland",
            "≤ 5 %",
            Verdict.FAILED,
            "engineering limit",
            effect=Effect.WITHHOLDS,
        ),
    )
)


class Room:
    """The panel on a report whose images were checked."""

    def __init__(self, session: Session, panel: RightPanel) -> None:
        self.session, self.panel = session, panel
        self.section = panel.lesions.quality

    def text(self, name: str) -> str:
        label = self.panel.findChild(QLabel, name)
        assert label is not None
        return label.text() if label.isVisible() else ""

    def click(self, name: str) -> None:
        button = self.panel.findChild(QPushButton, name)
        assert button is not None
        assert button.isVisible()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def room(report: Report, ws: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[Room]:
    apply_theme(qapp)
    checked = replace(report, quality=_QUALITY, pi_qual=prefilled(_QUALITY), lesions=())
    session = Session(checked, ws.trail, ws.drafts)
    panel = RightPanel()
    qtbot.addWidget(panel)
    panel.show_session(session)
    panel.resize(panel.width(), 900)
    panel.show()
    qtbot.waitExposed(panel)
    yield Room(session, panel)
    session.save()


def test_closed_it_says_each_sequence_by_word_and_sign(room: Room) -> None:
    assert room.text("adequacy_T2W") == "✔ T2W diagnostic"
    assert room.text("adequacy_DWI") == "✖ DWI inadequate"
    assert room.text("adequacy_DCE") == ""
    assert room.text("piQualScore") == "PI-QUAL not confirmed"
    assert room.text("qualityTold") == ""


def test_lesions_that_were_not_looked_for_are_never_told_as_none(room: Room) -> None:
    assert "did not look for lesions" in room.text("lesionsEmpty")
    assert "the AI did not look for any" in room.text("overallMeaning")


def test_open_it_tells_what_failed(room: Room) -> None:
    room.click("qualityToggle")
    assert room.text("qualityTold") == "✖ DWI: signal voids in the gland 70 % of the gland instead of ≤ 5 %"


def test_the_key_opens_first_and_confirms_only_what_is_seen(room: Room) -> None:
    room.section.open_or_confirm()
    assert isinstance(room.session.report.pi_qual, PiQualDraft)
    room.section.open_or_confirm()
    assert isinstance(room.session.report.pi_qual, PiQual)
    assert room.text("piQualScore") == "PI-QUAL 2, acceptable"  # in voids no structures are seen
    room.session.undo()
    assert room.text("piQualScore") == "PI-QUAL not confirmed"


def test_a_line_is_answered_by_a_click_and_a_score_of_1_warns(room: Room) -> None:
    room.click("qualityToggle")
    room.click("piQual_dwi_technique_✖")
    form = room.session.report.pi_qual
    assert form is not None
    assert dict(form.answers)[Criterion.DWI_TECHNIQUE] is Answer.NOT_MET
    assert room.text("piQualWarning") == ""
    room.click("confirmPiQual")
    assert room.text("piQualScore") == "PI-QUAL 1, inadequate"
    assert room.text("piQualWarning") == "PI-QUAL 1: PI-RADS categories should not be assigned."


def test_of_images_that_nobody_checked_it_says_so_and_has_no_form(room: Room) -> None:
    room.click("qualityToggle")
    room.session.edit(lambda report: replace(report, quality=Quality(()), pi_qual=None), what="unchecked")

    assert room.text("qualityUnchecked") == "Not judged yet: headers and pixels are checked when the AI runs."
    for name in ("adequacy_T2W", "adequacy_DWI", "piQualScore", "qualityTold"):
        assert room.text(name) == ""
    room.section.open_or_confirm()  # the key has nothing to open
    assert room.text("qualityTold") == ""


def test_once_checked_it_no_longer_says_that_nobody_did(room: Room) -> None:
    assert room.text("qualityUnchecked") == ""
