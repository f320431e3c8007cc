"""The report being read: every change is a new value, audited, undoable and saved by itself."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from core.audit import Action
from core.errors import AuditFailed, ProsectorError
from core.report import Report, require_amendable

_log = logging.getLogger(__name__)

Change = Callable[[Report], Report]

SAVE_WITHIN_MS = 500
"""An edit is on disk at most this long after it was made, however many follow it."""

_RETRY_MS = 5000


class Trail(Protocol):
    """What the session needs of the audit trail."""

    def record(self, action: Action, subjects: list[str], *, what: str) -> None:
        """Append one event or raise `AuditFailed`."""
        ...


class Drafts(Protocol):
    """What the session needs of the draft store."""

    def save(self, report: Report) -> datetime:
        """Save the draft whole and return when, or raise `CannotWrite`."""
        ...


class Session(QObject):
    """Holds one `Report` value; `edit` is the only way to change it."""

    changed = Signal()
    """The report is a new value."""
    saved = Signal(object)
    """The draft is on disk since this `datetime` (UTC)."""
    failed = Signal(str)
    """An edit did not happen; the sentence says why."""
    not_saved = Signal(str)
    """A save did not happen; the sentence says why."""

    def __init__(self, report: Report, trail: Trail, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._report = report
        self._trail = trail
        self._drafts = drafts
        self._undo: list[Report] = []
        self._redo: list[Report] = []
        self._unsaved = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.save)

    @property
    def report(self) -> Report:
        """The report as it stands."""
        return self._report

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is a taken-back edit to do again."""
        return bool(self._redo)

    @property
    def is_saved(self) -> bool:
        """Whether everything that was edited is on disk."""
        return not self._unsaved

    def edit(self, change: Change, *, what: str, lesion: str = "") -> bool:
        """Replace the report by `change(report)`; returns whether it happened.

        One audit line says `what` was edited of which `lesion` (tracking UID). An edit that raises a
        `ProsectorError` or cannot be audited does not happen, and `failed` says so.
        """
        try:
            edited = change(self._report)
            require_amendable(self._report, edited)
        except ProsectorError as error:
            self.failed.emit(str(error))
            return False
        if edited is self._report or not self._audited(what, lesion):
            return False
        self._undo.append(self._report)
        self._redo.clear()
        self._become(edited)
        return True

    def undo(self) -> bool:
        """Take the last edit back; returns whether there was one."""
        return self._step(self._undo, self._redo, "undo")

    def redo(self) -> bool:
        """Do the edit again that was taken back last; returns whether there was one."""
        return self._step(self._redo, self._undo, "redo")

    def save(self) -> bool:
        """Save the draft now if it has unsaved edits; returns whether everything is on disk.

        A save that fails says so once and is tried again until it succeeds.
        """
        self._timer.stop()
        if not self._unsaved:
            return True
        try:
            when = self._drafts.save(self._report)
        except ProsectorError as error:
            self._timer.start(_RETRY_MS)
            self.not_saved.emit(str(error))
            return False
        self._unsaved = False
        self.saved.emit(when)
        return True

    def forget(self) -> None:
        """Stop saving: the report was signed and its draft is no longer wanted."""
        self._timer.stop()
        self._unsaved = False

    def _step(self, source: list[Report], target: list[Report], what: str) -> bool:
        if not source or not self._audited(what, ""):
            return False
        target.append(self._report)
        self._become(source.pop())
        return True

    def _become(self, report: Report) -> None:
        self._report = report
        self._unsaved = True
        if not self._timer.isActive() or self._timer.remainingTime() > SAVE_WITHIN_MS:
            self._timer.start(SAVE_WITHIN_MS)  # never started anew by the next edit: typing must not put off saving
        self.changed.emit()

    def _audited(self, what: str, lesion: str) -> bool:
        subjects = [self._report.study_instance_uid, *([lesion] if lesion else [])]
        try:
            self._trail.record(Action.EDIT, subjects, what=what)
        except AuditFailed as error:
            _log.warning("edit not done: it could not be audited")
            self.failed.emit(str(error))
            return False
        return True
