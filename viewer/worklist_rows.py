"""One line of the worklist: what the archive says of a study, what the AI said, and what this workstation has of it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path

from core.errors import ProsectorError
from core.settings import WorklistSettings
from core.study import Correction, Role, StudyMatch
from core.triage import Level, Priority, priority
from core.triage_facts import Facts, ReportState
from inference.read import read_study
from inference.recognise import recognise
from reporting.words import patient_name
from service.claims import Claim
from service.corrections import remembered
from service.notify import told_of_all
from service.outbox_bundle import unsent
from service.workspace import Workspace
from viewer.language import tr
from viewer.told_lines import in_short
from viewer.triage_words import status_words


class State(Enum):
    """How far the report of a study is."""

    NONE = auto()
    DRAFT = auto()
    UNSENT = auto()
    REPORTED = auto()


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """A study that was found; `roles` is empty unless the study is on this machine.

    `told` is whom of RIS and EHR the report has not reached yet, in words. `facts` is None until the study's structured
    reports are read. `priors` is how many earlier examinations of the patient are listed, `mine` whether the claim is
    this reader's.
    """

    match: StudyMatch
    is_local: bool
    state: State
    draft_saved_at: datetime | None = None
    roles: frozenset[Role] = frozenset()
    told: str = ""
    facts: Facts | None = None
    priority: Priority | None = None
    priors: int = 0
    claim: Claim | None = None
    mine: bool = False

    @property
    def uid(self) -> str:
        """The study."""
        return self.match.study_instance_uid

    @property
    def patient(self) -> str:
        """The patient's name as lists write it."""
        return patient_name(self.match.patient.name) or tr("Name unknown")

    @property
    def age(self) -> str:
        """The patient's age at the study in years, or ?."""
        day = self.match.study_datetime
        age = self.match.patient.age_on(day.date()) if day else None
        return "?" if age is None else str(age)

    @property
    def study(self) -> str:
        """When it was and what it was."""
        when = f"{self.match.study_datetime:%Y-%m-%d %H:%M}" if self.match.study_datetime else tr("date unknown")
        return f"{when} · {self.match.description}" if self.match.description else when

    @property
    def series(self) -> str:
        """The roles that were recognised, or what the archive counts."""
        if self.roles:
            return roles_in_words(self.roles)
        told = "/".join(self.match.modalities) or "?"
        if self.match.series_count is not None:
            told += " · " + tr("{count} series").format(count=self.match.series_count)
        images = self.match.instance_count
        return f"{told} · " + tr("{count} images").format(count=images) if images else told

    @property
    def site(self) -> str:
        """Where it was made, as far as a structured report says so."""
        return self.facts.about.institution if self.facts else ""

    @property
    def is_read(self) -> bool:
        """Whether its final report is in the archive."""
        return self.state is State.REPORTED

    @property
    def report(self) -> str:
        """How far the report is, in words; – where nobody here has begun it."""
        return " · ".join(filter(None, (self._report, self.told)))

    @property
    def status(self) -> str:
        """How far the study is: its report, else who reads it, else what the AI did."""
        if self.report != "–":
            return self.report
        if self.claim is not None:
            return tr("Claimed by you") if self.mine else tr("Being read")
        return status_words(self.facts)

    @property
    def rank(self) -> tuple[bool, bool, int, float]:
        """What the list is sorted by; a study that is not known yet stands where no AI can be relied on."""
        return (False, False, -Level.UNKNOWN, math.inf) if self.priority is None else self.priority.rank

    @property
    def _report(self) -> str:
        if self.state is State.DRAFT and self.draft_saved_at is not None:
            return tr("Draft {when}").format(when=_when(self.draft_saved_at.astimezone()))
        return {State.UNSENT: tr("Signed, not sent yet"), State.REPORTED: tr("Report in archive")}.get(self.state, "–")


def _when(moment: datetime) -> str:
    today = datetime.now(moment.tzinfo).date()
    return f"{moment:%H:%M}" if moment.date() == today else f"{moment:%Y-%m-%d}"


def roles_in_words(roles: frozenset[Role]) -> str:
    """Return which sequences a reading needs and whether they are there, e.g. `T2 ✓  ADC ✓  DWI ✓  DCE –`."""
    groups = (
        ("T2", {Role.T2_AXIAL}),
        ("ADC", {Role.ADC}),
        ("DWI", {Role.DWI, Role.HIGH_B}),
        ("DCE", {Role.DCE}),
    )
    return "  ".join(f"{name} {'✓' if roles & wanted else '–'}" for name, wanted in groups)


def ranked(row: WorklistRow, facts: Facts | None, now: datetime, rules: WorklistSettings) -> WorklistRow:
    """Return a line with what is known of the study and the priority that follows; `now` is local, without zone."""
    reported = facts is not None and facts.report is ReportState.FINAL
    state = row.state
    if reported and state is State.NONE:
        state = State.REPORTED
    elif facts is not None and not reported and state is State.REPORTED:
        state = State.NONE
    return replace(row, state=state, facts=facts, priority=priority(facts, now, rules) if facts else None)


# ------------------------------------------------------------------ what this workstation has


def rows_of(ws: Workspace, matches: tuple[StudyMatch, ...]) -> tuple[WorklistRow, ...]:
    """Return the lines for what an archive found; reads the headers of the studies that are on this machine."""
    rows = tuple(WorklistRow(match, False, State.NONE) for match in matches)
    return local_state(ws, rows)


def local_state(ws: Workspace, rows: Iterable[WorklistRow]) -> tuple[WorklistRow, ...]:
    """Return lines with drafts, local copies and what is still to be sent as they are now."""
    waiting = {bundle.study_instance_uid for bundle in unsent(ws)}
    told, drafts, here = told_of_all(ws), ws.drafts.study_uids(), _folders(ws)
    corrections = _corrections(ws)

    def now(row: WorklistRow) -> WorklistRow:
        uid = row.uid
        saved_at = ws.drafts.saved_at(uid) if uid in drafts else None
        local = uid in here and any(here[uid].glob("*.dcm"))
        return replace(
            row,
            is_local=local,
            state=_state(row, drafted=saved_at is not None, waiting=uid in waiting),
            draft_saved_at=saved_at,
            roles=_roles(here[uid], corrections) if local else frozenset(),
            told=in_short(told.get(uid, ())),
        )

    return tuple(map(now, rows))


def _folders(ws: Workspace) -> dict[str, Path]:
    folder = ws.settings.cache_folder
    return {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}


def _state(row: WorklistRow, *, drafted: bool, waiting: bool) -> State:
    if waiting:
        return State.UNSENT
    if drafted:
        return State.DRAFT
    reported = row.facts is not None and row.facts.report is ReportState.FINAL
    return State.REPORTED if reported else State.NONE


def _corrections(ws: Workspace) -> tuple[Correction, ...] | None:
    try:
        return remembered(ws)
    except ProsectorError:  # opening a study says what is wrong
        return None


def _roles(folder: Path, corrections: tuple[Correction, ...] | None) -> frozenset[Role]:
    if corrections is None:
        return frozenset()
    try:
        return _roles_in(folder, folder.stat().st_mtime_ns, corrections)
    except OSError:  # it was removed meanwhile
        return frozenset()


@lru_cache(maxsize=2000)
def _roles_in(folder: Path, changed_ns: int, corrections: tuple[Correction, ...]) -> frozenset[Role]:
    """Read the headers in a folder, once as long as no file comes to it or goes: `changed_ns` is when one last did."""
    try:
        return frozenset(choice.role for choice in recognise(read_study(folder), corrections).choices)
    except ProsectorError:  # the archive's own count stands there instead; opening the study says what is wrong
        return frozenset()
