"""Lays what becomes known of studies on their lines in the list: facts, priority, claims, and the time that passes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from core.triage_facts import Facts
from service.claims import Claim
from service.workspace import Workspace
from viewer.triage_claims import TriageClaims
from viewer.triage_desk import Found, TriageDesk
from viewer.worklist_model import WorklistModel
from viewer.worklist_rows import WorklistRow, ranked

_RANK_EVERY_MS, _AT_ONCE = 5_000, 1_000
"""Studies wait on: so many are ranked anew at a time, which the window does not feel."""


class TriageList(QObject):
    """Keeps the model as the desk and the claims tell; `changed` names the studies of which something else is known."""

    changed = Signal(frozenset)

    def __init__(
        self,
        ws: Workspace,
        model: WorklistModel,
        desk: TriageDesk,
        claims: TriageClaims,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._rules, self._model, self._desk, self._claims = ws.settings.worklist, model, desk, claims
        self._held: Mapping[str, Claim] = {}
        self._next = 0
        desk.told.connect(self._told)
        desk.came.connect(self._came)
        desk.claims_changed.connect(self._claims_told)
        claims.changed.connect(self._claims_told)
        self._timer = QTimer(self, interval=_RANK_EVERY_MS)
        self._timer.timeout.connect(self.rank)
        self._timer.start()

    def stop(self) -> None:
        """Rank nothing any more as time passes."""
        self._timer.stop()

    def put(self, rows: Iterable[WorklistRow]) -> None:
        """List lines that came anew, with what is known of the studies already."""
        self._put(map(self._as_known, rows))

    def rank(self) -> None:
        """Rank the next of the waiting studies anew."""
        waiting = [row for row in self._model.all_rows if row.priority is not None and row.priority.waits]
        at = self._next if self._next < len(waiting) else 0
        self._next = at + _AT_ONCE
        self._put([self._ranked(row, row.facts) for row in waiting[at : at + _AT_ONCE]])

    def _as_known(self, row: WorklistRow) -> WorklistRow:
        before = self._model.listed(row.uid)
        if before is None:
            return self._with_claim(row)
        told = replace(row, facts=before.facts, priors=before.priors)
        return self._with_claim(self._ranked(told, before.facts))

    def _ranked(self, row: WorklistRow, facts: Facts | None) -> WorklistRow:
        return ranked(row, facts, datetime.now(), self._rules)  # noqa: DTZ005 — a scanner's time is local

    def _with_claim(self, row: WorklistRow) -> WorklistRow:
        held = self._held.get(row.uid)
        return replace(row, claim=held, mine=self._claims.is_mine(held))

    def _told(self, told: Mapping[str, tuple[Facts | None, int]]) -> None:
        rows: list[WorklistRow] = []
        for uid, (facts, priors) in told.items():
            row = self._model.listed(uid)
            if row is not None:
                rows.append(self._with_claim(self._ranked(replace(row, priors=priors), facts)))
        self._put(rows)

    def _came(self, answer: Found) -> None:
        """List what is new in the archive, or otherwise than it was."""
        self.put(answer.rows)
        self._desk.put(answer)

    def _claims_told(self, claims: Mapping[str, Claim]) -> None:
        self._held = claims
        self._put([self._with_claim(row) for row in self._model.all_rows if row.claim != claims.get(row.uid)])

    def _put(self, rows: Iterable[WorklistRow]) -> None:
        changed = tuple(rows)
        if changed:
            self._model.put(changed)
        self.changed.emit(frozenset(row.uid for row in changed))
