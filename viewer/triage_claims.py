"""Claiming studies and giving them back, beside the window: the database may be far away."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.progress import Progress
from service.claims import Claim, ClaimsUnreachable, are_shared, claim, claims_of, release
from service.workspace import Workspace
from viewer.jobs import JobRunner
from viewer.language import tr


class TriageClaims(QObject):
    """What this reader claims; `changed` tells all claims that hold, by study."""

    changed = Signal(dict)
    refused = Signal(object)
    """The `Claim` of another reader who was first."""
    failed = Signal(str)

    def __init__(self, ws: Workspace, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ws, self._jobs = ws, jobs
        self._claims = claims_of(ws)
        self._by_opening = ""
        self._one_at_a_time = Lock()  # else a release may enter the audit trail before the claim it ends

    @property
    def where(self) -> str:
        """Who sees the claims, in a sentence."""
        if are_shared(self._ws.settings):
            return tr("Every workstation with the same claims database sees it.")
        return tr("Claims are kept on this workstation only: no shared database is named in the settings.")

    def is_mine(self, held: Claim | None) -> bool:
        """Whether this reader made a claim."""
        return held is not None and self._claims.is_mine(held)

    def take(self, uid: str, *, over: bool = False) -> None:
        """Claim a study, from another reader with `over`."""
        self._start(lambda _progress: self._claim(uid, over=over), self._taken)

    def give_back(self, uid: str) -> None:
        """End this reader's claim."""
        self._start(lambda _progress: self._release(uid), lambda _none: self.refresh())

    def refresh(self) -> None:
        """Ask who claims what."""
        self._start(lambda _progress: self._claims.all(), self.changed.emit)

    def to_open(self, uid: str) -> tuple[Claim | None, str]:
        """Claim a study that is about to be opened; return another reader's claim, and what the reader is to be told.

        For the thread that opens it. A study is opened although the claims cannot be kept.
        """
        try:
            before = self._claims.all().get(uid)
            held = before if before and not self.is_mine(before) else self._claim(uid)
        except ClaimsUnreachable as error:
            return None, str(error)
        if not self.is_mine(held):
            return held, ""
        if before is None:
            self._by_opening = uid
        return None, ""

    @contextmanager
    def kept_if_opened(self) -> Generator[None]:
        """Give back at once what was claimed by opening when the study then cannot be opened."""
        try:
            yield
        except BaseException:
            self.leave_at_once()
            raise

    def left(self, uid: str) -> None:
        """Give back a study that was claimed by opening it; one that was claimed before stays claimed."""
        if uid and uid == self._by_opening:
            self._by_opening = ""
            self.give_back(uid)

    def leave_at_once(self) -> None:
        """Give back what was claimed by opening before the program ends; what cannot be ends by itself."""
        uid, self._by_opening = self._by_opening, ""
        if uid:
            try:
                self._release(uid)
            except ClaimsUnreachable:
                return

    def _claim(self, uid: str, *, over: bool = False) -> Claim:
        with self._one_at_a_time:
            return claim(self._ws, uid, over=over)

    def _release(self, uid: str) -> None:
        with self._one_at_a_time:
            release(self._ws, uid)

    def _taken(self, held: Claim) -> None:
        if not self.is_mine(held):
            self.refused.emit(held)
        self.refresh()

    def _start(self, work: Callable[[Progress], Any], on_done: Callable[[Any], object]) -> None:
        self._jobs.start(work, on_done=on_done, on_failed=self.failed.emit)
