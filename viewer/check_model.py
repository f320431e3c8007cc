"""The steps of a check as a table: what is planned, what is being tried, and what came of it."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from service.check import Line, Outcome, Peer, Step
from service.check_command import told
from viewer.language import tr
from viewer.theme import COLOURS

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
HEADINGS = (tr("PEER"), tr("STEP"), tr("RESULT"), tr("WHAT WAS FOUND, OR WHAT TO CHANGE"))
_STEPS = {
    Step.LISTENER: tr("Listener"),
    Step.CONNECTION: tr("Connection"),
    Step.TLS: tr("TLS"),
    Step.ECHO: tr("Association and echo"),
    Step.FIND: tr("Query"),
    Step.KINDS: tr("Kinds of objects"),
    Step.STORE: tr("Store"),
    Step.COMMITMENT: tr("Storage commitment"),
    Step.GET: tr("Retrieve by C-GET"),
    Step.MOVE: tr("Send to us by C-MOVE"),
    Step.WADO: tr("Retrieve"),
    Step.METADATA: tr("FHIR server"),
}
_RESULTS = {
    Outcome.OK: (tr("✓ Works"), "ok"),
    Outcome.FAILED: (tr("✕ Fails"), "danger"),
    Outcome.SKIPPED: (tr("– Not tried"), "dim"),
}
_RUNNING, _WAITING = (tr("… Trying"), "accent"), ("", "dim")


class CheckModel(QAbstractTableModel):
    """One row for each step with each peer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan: list[tuple[str, Step]] = []
        self._lines: dict[tuple[str, Step], Line] = {}
        self.running = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """What came of the steps so far, in their order."""
        return tuple(self._lines[row] for row in self._plan if row in self._lines)

    def plan(self, peers: Iterable[Peer]) -> None:
        """Show what will be tried, and nothing of an earlier check."""
        self.beginResetModel()
        self._plan = [(peer.name, trial.step) for peer in peers for trial in peer.trials]
        self._lines = {}
        self.endResetModel()

    def put(self, line: Line) -> int:
        """Show what came of one step, and return its row."""
        self._lines[line.peer, line.step] = line
        row = self._plan.index((line.peer, line.step))
        self.refresh()
        return row

    def refresh(self) -> None:
        """Draw every row anew."""
        if self._plan:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._plan) - 1, len(HEADINGS) - 1))

    def text(self) -> str:
        """Return what came of the steps, to be pasted into a letter to an administrator."""
        named = dict.fromkeys(line.peer for line in self.lines)
        blocks = ([name, *(f"  {told(line)}" for line in self.lines if line.peer == name)] for name in named)
        return "\n".join("\n".join(block) for block in blocks)

    # ------------------------------------------------------------------ Qt

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """One for each step."""
        return 0 if parent.isValid() else len(self._plan)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """As many as there are headings."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a heading."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text, colour and tooltip of a cell."""
        words, colour = self._result(index.row())
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(COLOURS[(colour if index.column() == 2 else "dim" if colour == "dim" else "text")])
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        name, step = self._plan[index.row()]
        line = self._lines.get((name, step))
        is_first = index.row() == 0 or self._plan[index.row() - 1][0] != name
        shown = name if is_first or role == Qt.ItemDataRole.AccessibleTextRole else ""
        return (shown, _STEPS[step], words, line.sentence if line else "")[index.column()]

    def _result(self, row: int) -> tuple[str, str]:
        line = self._lines.get(self._plan[row])
        if line is not None:
            return _RESULTS[line.outcome]
        is_next = self.running and all(before in self._lines for before in self._plan[:row])
        return _RUNNING if is_next else _WAITING
