"""The session: edits are audited, undoable, and on disk within the second."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.audit import Action, verify
from core.errors import AuditFailed, CannotWrite
from core.pirads import Score
from core.report import Report
from core.settings import Settings
from service.reading import OpenStudy
from service.workspace import Workspace, open_workspace
from viewer import edits
from viewer.session import Session


@pytest.fixture
def session(report: Report, ws: Workspace, qtbot: QtBot) -> Session:
    """A session on the made-up report."""
    return Session(report, ws.trail, ws.drafts)


class DeafTrail:
    """An audit trail whose disk is full."""

    def record(self, action: Action, subjects: list[str], *, what: str) -> None:
        """Refuse."""
        raise AuditFailed("This step was not done because it could not be written to the audit trail.")


class FullDrafts:
    """A draft store whose disk is full until `room` is made."""

    def __init__(self) -> None:
        self.room = False

    def save(self, report: Report) -> datetime:
        """Refuse while there is no room."""
        if not self.room:
            raise CannotWrite("The draft could not be saved; free some space before going on.")
        return datetime.now(UTC)


def test_an_edit_makes_a_new_report_and_leaves_the_old_one_alone(session: Session, qtbot: QtBot) -> None:
    before, uid = session.report, session.report.lesions[0].tracking_uid
    with qtbot.waitSignal(session.changed):
        assert session.edit(edits.score_dwi(uid, Score.FOUR), what="score dwi", lesion=uid)
    assert session.report.lesion(uid).assessment.dwi is Score.FOUR
    assert before.lesion(uid).assessment.dwi is Score.UNSCORED
    session.save()


def test_every_edit_undo_and_redo_is_one_line_of_a_sound_audit_trail(
    session: Session, ws: Workspace, edits_in: Callable[[Workspace], list[str]]
) -> None:
    uid = session.report.lesions[0].tracking_uid
    session.edit(edits.accept(uid), what="accept", lesion=uid)
    session.undo()
    session.redo()
    session.save()
    assert edits_in(ws) == ["accept", "undo", "redo"]
    assert "Müller" not in ws.trail.path.read_text("utf-8")
    verify(ws.trail.path)


def test_an_edit_that_cannot_be_audited_does_not_happen_and_says_so(
    report: Report, ws: Workspace, qtbot: QtBot
) -> None:
    session = Session(report, DeafTrail(), ws.drafts)
    with qtbot.waitSignal(session.failed) as told, qtbot.assertNotEmitted(session.changed):
        assert not session.edit(edits.accept(report.lesions[0].tracking_uid), what="accept")
    assert session.report is report
    assert "audit trail" in str(told.args)


def test_undo_and_redo_go_all_the_way_back_and_forth(session: Session) -> None:
    uid = session.report.lesions[0].tracking_uid
    first = session.report
    for score in list(Score)[:5]:
        session.edit(edits.score_t2(uid, score), what="score t2", lesion=uid)
    last = session.report
    while session.undo():
        pass
    assert session.report is first
    while session.redo():
        pass
    assert session.report is last
    session.save()


def test_an_edit_after_undo_forgets_what_was_undone(session: Session) -> None:
    uid = session.report.lesions[0].tracking_uid
    session.edit(edits.score_t2(uid, Score.TWO), what="score t2")
    session.undo()
    session.edit(edits.score_t2(uid, Score.THREE), what="score t2")
    assert not session.can_redo
    session.save()


def test_the_draft_is_on_disk_within_a_second_though_edits_keep_coming(
    session: Session, ws: Workspace, qtbot: QtBot
) -> None:
    uid = session.report.lesions[0].tracking_uid
    session.edit(edits.comment(uid, "first"), what="comment")

    def keep_typing() -> bool:
        session.edit(edits.comment(uid, f"{session.report.lesion(uid).comment}."), what="comment")
        return ws.drafts.load(session.report.study_instance_uid, session.report.recognised) is not None

    qtbot.waitUntil(keep_typing, timeout=1000)
    session.save()
    restored = ws.drafts.load(session.report.study_instance_uid, session.report.recognised)
    assert restored is not None
    assert restored.lesion(uid).comment == session.report.lesion(uid).comment


def test_a_draft_that_cannot_be_saved_says_so_and_is_saved_once_there_is_room(
    report: Report, ws: Workspace, qtbot: QtBot
) -> None:
    drafts = FullDrafts()
    session = Session(report, ws.trail, drafts)
    session.edit(edits.set_psa(7.8), what="psa")
    with qtbot.waitSignal(session.not_saved) as told:
        assert not session.save()
    assert "free some space" in str(told.args)
    assert not session.is_saved
    drafts.room = True
    with qtbot.waitSignal(session.saved):
        assert session.save()
    assert session.is_saved


def test_a_lesion_of_the_ai_moved_to_another_sector_still_has_to_be_reviewed(session: Session) -> None:
    lesion = session.report.lesions[0]
    other = session.report.lesions[1].sector
    session.edit(edits.move_to_sector(lesion.tracking_uid, other), what="sector")
    moved = session.report.lesion(lesion.tracking_uid)
    assert (moved.sector, moved.review.kind, moved.assessment.scored_as) == (other, "unreviewed", "TZ")
    session.edit(edits.accept(lesion.tracking_uid), what="accept")
    session.edit(edits.move_to_sector(lesion.tracking_uid, lesion.sector), what="sector")
    assert session.report.lesion(lesion.tracking_uid).review.kind == "edited"
    session.save()


def test_a_signed_report_is_not_saved_as_a_draft_again(session: Session, ws: Workspace) -> None:
    session.edit(lambda report: replace(report, own_impression="x"), what="impression")
    session.forget()
    assert session.save()
    assert ws.drafts.study_uids() == frozenset()


_KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from core.report import Report
from core.settings import Settings
from service.reading import open_folder
from service.workspace import open_workspace
from viewer import edits
from viewer.session import Session

app = QApplication([])
ws = open_workspace(Settings(data_folder=Path(sys.argv[2])))
session = Session(Report(open_folder(Path(sys.argv[1])).recognised), ws.trail, ws.drafts)
session.edit(edits.set_psa(7.8), what="psa")
QTimer.singleShot(900, lambda: os.kill(os.getpid(), signal.SIGKILL))
app.exec()
"""


def test_a_workstation_that_is_killed_has_its_draft_when_it_starts_again(
    study_folder: Path, opened: OpenStudy, tmp_path: Path
) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(study_folder), str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    again = open_workspace(Settings(data_folder=tmp_path))
    draft = again.drafts.load(opened.recognised.study.study_instance_uid, opened.recognised)
    again.close()
    assert draft is not None
    assert draft.clinical.psa_ng_ml == 7.8
    verify(again.trail.path)
