"""One line of the worklist: what the archive says of a study, and what this workstation has of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path

from core.errors import ProsectorError
from core.study import Correction, Role, StudyMatch
from inference.read import read_study
from inference.recognise import recognise
from reporting.words import patient_name
from service.corrections import remembered
from service.notify import told_of_all
from service.publish import unsent
from service.reading import is_local
from service.workspace import Workspace
from viewer.language import tr
from viewer.told_lines import in_short


class State(Enum):
    """How far the report of a study is."""

    NONE = auto()
    DRAFT = auto()
    UNSENT = auto()
    REPORTED = auto()


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """A study that was found; `roles` is empty unless the study is on this machine.

    `told` is whom of RIS and EHR the report has not reached yet, in words.
    """

    match: StudyMatch
    is_local: bool
    state: State
    draft_saved_at: datetime | None = None
    roles: frozenset[Role] = frozenset()
    told: str = ""

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
        count = self.match.series_count or len(self.match.series)
        images = self.match.instance_count or sum(s.instance_count or 0 for s in self.match.series)
        told = f"{'/'.join(self.match.modalities) or '?'} · {count} series"
        return f"{told} · {images} images" if images else told

    @property
    def report(self) -> str:
        """How far the report is, in words."""
        return " · ".join(filter(None, (self._report, self.told)))

    @property
    def _report(self) -> str:
        if self.state is State.DRAFT and self.draft_saved_at is not None:
            return f"Draft {_when(self.draft_saved_at.astimezone())}"
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


def rows_of(ws: Workspace, matches: tuple[StudyMatch, ...]) -> tuple[WorklistRow, ...]:
    """Return the lines for what an archive found; reads the headers of the studies that are on this machine."""
    waiting = {bundle.study_instance_uid for bundle in unsent(ws)}
    told = told_of_all(ws)
    return tuple(
        replace(_row(ws, match, waiting), told=in_short(told.get(match.study_instance_uid, ()))) for match in matches
    )


def _row(ws: Workspace, match: StudyMatch, waiting: set[str]) -> WorklistRow:
    uid = match.study_instance_uid
    saved_at = ws.drafts.saved_at(uid)
    local = is_local(ws, uid)
    return WorklistRow(match, local, _state(match, saved_at, uid in waiting), saved_at, _roles(ws, uid, local))


def _state(match: StudyMatch, saved_at: datetime | None, waiting: bool) -> State:
    if waiting:
        return State.UNSENT
    if saved_at is not None:
        return State.DRAFT
    return State.REPORTED if "SR" in match.modalities else State.NONE


def _roles(ws: Workspace, uid: str, local: bool) -> frozenset[Role]:
    if not local:
        return frozenset()
    folder = ws.study_folder(uid)
    try:
        return _roles_in(folder, folder.stat().st_mtime_ns, remembered(ws))
    except ProsectorError:  # opening a study says what is wrong
        return frozenset()


@lru_cache(maxsize=2000)
def _roles_in(folder: Path, changed_ns: int, corrections: tuple[Correction, ...]) -> frozenset[Role]:
    """Read the headers in a folder, once as long as no file comes to it or goes: `changed_ns` is when one last did."""
    try:
        return frozenset(choice.role for choice in recognise(read_study(folder), corrections).choices)
    except ProsectorError:  # the archive's own count stands there instead; opening the study says what is wrong
        return frozenset()
