"""The worklist as a table that Qt can show, sort and filter; ten thousand studies are no trouble to it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from core.quality import Adequacy
from core.triage import Level, Sla
from core.triage_facts import Failed, Withheld
from viewer.language import tr
from viewer.theme import COLOURS
from viewer.triage_chip import CHIP_ROLE
from viewer.triage_words import (
    ai_words,
    chip_words,
    due_words,
    psa_words,
    quality_words,
    reasons_in_words,
    waiting_words,
)
from viewer.worklist_rows import State, WorklistRow

Index = QModelIndex | QPersistentModelIndex
Keep = Callable[[WorklistRow], bool]
_NO_INDEX = QModelIndex()
_TEXT_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_ROLES = frozenset((*_TEXT_ROLES, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.ForegroundRole, CHIP_ROLE))
_STATES = {State.DRAFT: "accent", State.UNSENT: "warning", State.REPORTED: "ok"}
_SLAS = {Sla.OVERDUE: "danger", Sla.SOON: "warning"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in files, its heading, its text, what it is sorted by, how wide it should at least be.

    `need` orders the columns by how soon they are left out where there is no room: the highest first, 0 never.
    """

    name: str
    title: str
    text: Callable[[WorklistRow], str]
    sort_key: Callable[[WorklistRow], Any]
    width: int
    need: int


def _waited(row: WorklistRow) -> float:
    return row.priority.waited_h or 0.0 if row.priority else 0.0


def _score(row: WorklistRow) -> tuple[bool, float, int]:
    facts = row.facts
    return (facts is not None, (facts.score if facts else None) or -1.0, row.priority.level if row.priority else 0)


def _psa(row: WorklistRow) -> float:
    psa = row.facts.about.psa_ng_ml if row.facts else None
    return -1.0 if psa is None else psa


def _claimed_by(row: WorklistRow) -> str:
    return "–" if row.claim is None else row.claim.owner


COLUMNS: tuple[Column, ...] = (
    Column("priority", tr("PRIORITY"), lambda r: chip_words(r.facts, r.priority), lambda r: r.rank, 112, 0),
    Column("patient", tr("PATIENT"), lambda r: r.patient, lambda r: r.patient.casefold(), 146, 0),
    Column("id", tr("ID"), lambda r: r.match.patient.patient_id or "–", lambda r: r.match.patient.patient_id, 96, 9),
    Column("age", tr("AGE"), lambda r: r.age, lambda r: r.age.rjust(3), 58, 1),
    Column("psa", tr("PSA"), lambda r: psa_words(r.facts), _psa, 92, 4),
    Column("study", tr("STUDY"), lambda r: r.study, lambda r: r.study, 188, 0),
    Column(
        "accession",
        tr("ACCESSION"),
        lambda r: r.match.accession_number or "–",
        lambda r: r.match.accession_number,
        100,
        8,
    ),
    Column("site", tr("SITE"), lambda r: r.site or "–", lambda r: r.site.casefold(), 110, 12),
    Column("status", tr("STATUS"), lambda r: r.status, lambda r: r.status, 138, 1),
    Column("ai", tr("AI"), lambda r: ai_words(r.facts), _score, 160, 2),
    Column("quality", tr("QUALITY"), lambda r: quality_words(r.facts), lambda r: quality_words(r.facts), 104, 3),
    Column("priors", tr("PRIORS"), lambda r: str(r.priors or "–"), lambda r: r.priors, 72, 7),
    Column("reader", tr("READER"), _claimed_by, lambda r: _claimed_by(r).casefold(), 120, 6),
    Column("waiting", tr("WAITING"), lambda r: waiting_words(r.priority), _waited, 104, 1),
    Column("series", tr("SERIES FOUND"), lambda r: r.series, lambda r: r.series, 190, 10),
    Column("local", tr("LOCAL"), lambda r: "✓" if r.is_local else "–", lambda r: r.is_local, 66, 11),
)
PLACES = {column.name: place for place, column in enumerate(COLUMNS)}


class WorklistModel(QAbstractTableModel):
    """Rows of `WorklistRow`: those that the filter keeps, sorted as the reader last asked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: dict[str, WorklistRow] = {}
        self._shown: list[WorklistRow] = []
        self._keep: Keep = lambda _row: True
        self._sorting: tuple[int, Qt.SortOrder] | None = None

    @property
    def rows(self) -> tuple[WorklistRow, ...]:
        """What is shown, in order."""
        return tuple(self._shown)

    @property
    def all_rows(self) -> tuple[WorklistRow, ...]:
        """What is listed, whether the filter shows it or not, as it came."""
        return tuple(self._all.values())

    def show_rows(self, rows: Iterable[WorklistRow]) -> None:
        """List other studies, in the order that the reader asked for, else in the order given."""
        self._all = {row.uid: row for row in rows}
        self._arrange()

    def put(self, rows: Iterable[WorklistRow]) -> None:
        """List these studies too, or as they are now."""
        self._all |= {row.uid: row for row in rows}
        self._arrange()

    def keep_only(self, study_instance_uids: Collection[str]) -> None:
        """List only these studies of those that are listed."""
        self.show_rows([row for uid, row in self._all.items() if uid in study_instance_uids])

    def filter(self, keep: Keep) -> None:
        """Show those that are kept, now and whenever others are listed."""
        self._keep = keep
        self._arrange()

    def row_of(self, study_instance_uid: str) -> int:
        """Return where a study stands, or -1."""
        return next((n for n, row in enumerate(self._shown) if row.uid == study_instance_uid), -1)

    def listed(self, study_instance_uid: str) -> WorklistRow | None:
        """Return the line of a study, shown or not, or None."""
        return self._all.get(study_instance_uid)

    def replace(self, row: WorklistRow) -> None:
        """Show a study's line as it is now, where it is listed."""
        if row.uid in self._all:
            self.put((row,))

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many studies are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """A column's heading."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's text, colour and tooltip."""
        if role not in _ROLES or not index.isValid():
            return None
        row, column = self._shown[index.row()], COLUMNS[index.column()]
        if role in _TEXT_ROLES:
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(row, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(row, column)
        if role == CHIP_ROLE:
            return None if row.priority is None or row.priority.reported else row.priority.level
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, now and whenever other rows are shown; the chosen study stays chosen.

        Studies that are equal in the column stay as they came. A negative `column` sorts by none.
        """
        self._sorting = (column, order) if column >= 0 else None
        self._arrange()

    def _arrange(self) -> None:
        """Show what is listed anew; a chosen study stays chosen while no study comes or goes."""
        before, after = self._shown, self._ordered()
        uids = [row.uid for row in after]
        if len(before) != len(after) or {row.uid for row in before} != set(uids):
            self.beginResetModel()
            self._shown = after
            self.endResetModel()
            return
        if [row.uid for row in before] != uids:
            self.layoutAboutToBeChanged.emit()
            self._shown = after
            places = {uid: place for place, uid in enumerate(uids)}
            for index in self.persistentIndexList():
                moved = self.index(places[before[index.row()].uid], index.column())
                self.changePersistentIndex(index, moved)
            self.layoutChanged.emit()
            return
        self._shown = after
        if after:
            self.dataChanged.emit(self.index(0, 0), self.index(len(after) - 1, len(COLUMNS) - 1))

    def _ordered(self) -> list[WorklistRow]:
        kept = [row for row in self._all.values() if self._keep(row)]
        if self._sorting is None:
            return kept
        column, order = self._sorting
        return sorted(kept, key=COLUMNS[column].sort_key, reverse=order is Qt.SortOrder.DescendingOrder)


def _tip(row: WorklistRow, column: Column) -> str:
    """Return the whole text of a cell, and why for what is a judgement."""
    if column.name in ("priority", "ai"):
        return "\n".join((column.text(row), *(f"• {reason}" for reason in reasons_in_words(row.facts, row.priority))))
    if column.name == "waiting":
        return " ".join(filter(None, (column.text(row), due_words(row.priority))))
    if column.name == "reader" and row.claim is not None:
        since = row.claim.since.astimezone()
        return tr("Claimed by {who} since {since}").format(who=row.claim.who, since=f"{since:%H:%M}")
    if column.name == "priors":
        return tr("Earlier examinations of the patient among the studies listed: {count}").format(count=row.priors)
    return column.text(row)


def _ink(row: WorklistRow, column: Column) -> QColor | None:
    if column.name == "status" and row.state in _STATES:
        return QColor(COLOURS[_STATES[row.state]])
    if column.name == "waiting" and row.priority is not None and row.priority.sla in _SLAS:
        return QColor(COLOURS[_SLAS[row.priority.sla]])
    if column.name == "ai" and row.facts is not None and isinstance(row.facts.ai, Failed | Withheld):
        return QColor(COLOURS["warning"])
    if column.name == "quality" and row.facts is not None and row.facts.about.adequacy is Adequacy.INADEQUATE:
        return QColor(COLOURS["warning"])
    if column.name == "local" and row.is_local:
        return QColor(COLOURS["ok"])
    return QColor(COLOURS["dim"]) if column.text(row) in ("–", "?", "…") else None


def is_high(row: WorklistRow) -> bool:
    """Whether a study is high or urgent and waits."""
    return row.priority is not None and row.priority.waits and row.priority.level >= Level.HIGH
