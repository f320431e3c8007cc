"""Signed reports on their way and the objects of each, as a tree that Qt can show."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from pydicom import dcmread
from pydicom.errors import InvalidDicomError
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from reporting.words import patient_name
from service.outbox_bundle import outbox_folder
from service.outbox_states import Held, ObjectState, Shipment, Shipping
from service.report_objects import REQUIRED
from service.workspace import Workspace
from viewer.language import tr
from viewer.theme import COLOURS

_STATE = 2
_CHOICE = int(Qt.ItemDataRole.UserRole) + 1
_STATES = {
    Shipping.WAITING: (tr("◐ waiting"), "caution"),
    Shipping.ASKED: (tr("◐ taken, not answered"), "caution"),
    Shipping.REFUSED: (tr("✕ refused"), "danger"),
    Shipping.SENT: (tr("● in the archive"), "ok"),
    Shipping.ABANDONED: (tr("given up"), "dim"),
}
_HELD = {
    Held.WAITING: (tr("waiting"), "dim"),
    Held.SENDING: (tr("being sent"), "caution"),
    Held.STORED: (tr("stored, not proven yet"), "text"),
    Held.VERIFIED: (tr("verified"), "ok"),
    Held.REFUSED: (tr("refused"), "danger"),
    Held.GIVEN_UP: (tr("given up"), "dim"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen: a report, or with `label` one object of it."""

    shipment: Shipment
    label: str = ""

    @property
    def words(self) -> str:
        """What was last said of it."""
        return next((one.words for one in self.shipment.objects if one.label == self.label), self.shipment.words)

    @property
    def missing(self) -> tuple[str, ...]:
        """The objects that the report would be complete without if they were given up; none for a whole report."""
        if not self.label and not self.shipment.is_held:
            return ()
        mine = (one for one in self.shipment.objects if self.label in ("", one.label))
        return tuple(one.label for one in mine if one.state not in (Held.VERIFIED, Held.GIVEN_UP))

    @property
    def may_go(self) -> bool:
        """Whether it can be given up: a report that no archive holds, or what is missing of one and not required."""
        is_whole = not self.label and not self.shipment.is_held
        return is_whole or (bool(self.missing) and not set(self.missing) & set(REQUIRED))


class OutboxTree(QTreeView):
    """Reports with their objects below; the choice and what is folded stay when they are shown anew."""

    def __init__(self, ws: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ws = ws
        self._items = QStandardItemModel(self)
        self._items.setHorizontalHeaderLabels(
            [tr("REPORT"), tr("ARCHIVE"), tr("STATE"), tr("NEXT TRY"), tr("WHAT WAS SAID")]
        )
        self.setObjectName("outboxTree")
        self.setAccessibleName(tr("Signed reports on their way"))
        self.setModel(self._items)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setTabKeyNavigation(False)
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((330, 130, 160, 130)):
            header.resizeSection(column, width)

    @property
    def chosen(self) -> Chosen | None:
        """What is chosen, or nothing."""
        index = self.currentIndex().siblingAtColumn(0)
        return index.data(_CHOICE) if index.isValid() else None

    def show_shipments(self, shipments: tuple[Shipment, ...]) -> None:
        """Show these; what needs a person is unfolded at first."""
        known = {self._row(n): self.isExpanded(self._items.index(n, 0)) for n in range(self._items.rowCount())}
        chosen = self.chosen
        self._items.removeRows(0, self._items.rowCount())
        for shipment in shipments:
            self._items.appendRow(self._report_row(shipment))
            index = self._items.index(self._items.rowCount() - 1, 0)
            self.setExpanded(index, known.get(shipment.id, shipment.state is Shipping.REFUSED))
        self._choose(chosen)

    def _row(self, number: int) -> int:
        found: Chosen = self._items.index(number, 0).data(_CHOICE)
        return found.shipment.id

    def _choose(self, before: Chosen | None) -> None:
        for item in self._all():
            found: Chosen = item.data(_CHOICE)
            if before is not None and (found.shipment.id, found.label) == (before.shipment.id, before.label):
                self.setCurrentIndex(item.index())
                return
        if self._items.rowCount():
            self.setCurrentIndex(self._items.index(0, 0))

    def _all(self) -> list[QStandardItem]:
        reports = [self._items.item(n) for n in range(self._items.rowCount())]
        return [*reports, *(report.child(n) for report in reports for n in range(report.rowCount()))]

    def _report_row(self, shipment: Shipment) -> list[QStandardItem]:
        words, colour = _STATES[shipment.state]
        when = f"{shipment.signed_at.astimezone():%Y-%m-%d %H:%M}"
        title = f"{whose(self._ws, shipment)} · " + tr("signed {when}").format(when=when)
        row = _row(Chosen(shipment), (title, shipment.archive, words, _next_try(shipment), shipment.words), colour)
        for part in shipment.objects:
            row[0].appendRow(_object_row(shipment, part))
        return row


def _object_row(shipment: Shipment, part: ObjectState) -> list[QStandardItem]:
    words, colour = _HELD[part.state]
    count = f" ({part.instances})" if part.instances > 1 else ""
    return _row(Chosen(shipment, part.label), (f"{part.label}{count}", "", words, "", part.words), colour)


def _row(chosen: Chosen, texts: tuple[str, ...], colour: str) -> list[QStandardItem]:
    items = [QStandardItem(text) for text in texts]
    items[0].setData(chosen, _CHOICE)
    items[_STATE].setForeground(QColor(COLOURS[colour]))
    for item, text in zip(items, texts, strict=True):
        item.setToolTip(text)
    return items


def _next_try(shipment: Shipment) -> str:
    if shipment.state not in (Shipping.WAITING, Shipping.ASKED):
        return "–"
    now = datetime.now(UTC)
    return tr("now") if shipment.due_at <= now else f"{shipment.due_at.astimezone():%H:%M:%S}"


def whose(ws: Workspace, shipment: Shipment) -> str:
    """Return the patient of a report as its files name him, else the study's UID."""
    name = f"{shipment.sop_instance_uid}.dcm"
    for folder in (outbox_folder(ws) / shipment.sop_instance_uid, ws.study_folder(shipment.study_instance_uid)):
        if (folder / name).exists():
            return _patient(folder / name) or shipment.study_instance_uid
    return shipment.study_instance_uid


@lru_cache(maxsize=500)
def _patient(path: Path) -> str:
    try:
        ds = dcmread(path, specific_tags=["PatientName", "PatientID"])
    except (OSError, InvalidDicomError):  # a damaged file is told of in the last column
        return ""
    return " · ".join(filter(None, (patient_name(str(ds.get("PatientName", ""))), str(ds.get("PatientID", "")))))
