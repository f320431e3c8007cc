"""Orders from the RIS: taken by the listener, kept, and laid beside the study that they ask for."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import TypeAdapter

from core.audit import Action, AuditTrail, Outcome
from core.errors import CannotWrite
from core.order import Order
from core.report import Report
from core.settings import OrdersSettings
from core.study import Study, StudyMatch
from pacs.mllp import MllpListener, TlsFiles
from reporting.hl7 import Hl7Message, Hl7Unreadable, read
from reporting.hl7_ack import AckCode, ErrorCode, Trouble, acknowledgement
from reporting.hl7_order import Control, OrderRefused, ReceivedOrder, read_orders
from reporting.result_codes import OrderFields, result_codes
from service.transactions import transaction
from service.workspace import Workspace

_ORDER: TypeAdapter[Order] = TypeAdapter(Order)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    key TEXT PRIMARY KEY,
    accession_number TEXT NOT NULL,
    study_instance_uid TEXT NOT NULL,
    patient_ids TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    cancelled INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS orders_by_accession ON orders (accession_number);
CREATE TABLE IF NOT EXISTS studies_by_accession (
    accession_number TEXT NOT NULL,
    study_instance_uid TEXT NOT NULL,
    PRIMARY KEY (accession_number, study_instance_uid)
);
"""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An order as it is kept."""

    order: Order
    patient_ids: tuple[str, ...]
    birth_date: date | None
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Matched:
    """The order that a study answers."""

    order: Order


@dataclass(frozen=True, slots=True)
class NotMatched:
    """There is an order, but it is not taken for this study; the sentence says why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class OrderBook:
    """The orders in one SQLite file; each call is a transaction of its own. Raises `CannotWrite`."""

    path: Path

    def keep(self, received: Iterable[ReceivedOrder]) -> None:
        """Keep the orders of one message, all or none; what a status change or an end does not say stays as it was."""
        with self._transaction() as connection:
            for one in received:
                before = _kept(connection, one.key)
                self._put(connection, one, before)

    def saw(self, studies: Iterable[tuple[str, str]]) -> None:
        """Remember which studies (Study Instance UID) there are by accession number."""
        with self._transaction() as connection:
            rows = [(accession.strip(), uid) for accession, uid in studies if accession.strip()]
            connection.executemany("INSERT OR IGNORE INTO studies_by_accession VALUES (?, ?)", rows)

    def match(self, study: Study) -> Matched | NotMatched | None:
        """Return the order of a study by accession number, else by Study Instance UID; None when there is none."""
        accession = study.accession_number.strip()
        self.saw([(accession, study.study_instance_uid)])
        found = self._by("accession_number", accession) or self._by("study_instance_uid", study.study_instance_uid)
        for kept in found:
            if sentence := _why_not(kept, len(found), study) or self._shared(kept, study):
                return NotMatched(sentence)
            return Matched(replace(kept.order, patient_id=study.patient.patient_id))
        return None

    def orders_of(self, studies: Iterable[StudyMatch]) -> dict[str, Order]:
        """Return the orders that studies answer by Study Instance UID, as `match` does for one, in one transaction."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT content, patient_ids, birth_date, cancelled FROM orders"
                " WHERE NOT cancelled ORDER BY received_at"
            ).fetchall()
            counted = dict(
                connection.execute(
                    "SELECT accession_number, count(*) FROM studies_by_accession GROUP BY accession_number"
                )
            )
        return dict(_answered(studies, tuple(map(_read, rows)), counted))

    def _shared(self, kept: _Kept, study: Study) -> str:
        """An order that names its study is no less sure when another study bears its accession number."""
        accession = study.accession_number.strip()
        if not accession or kept.order.study_instance_uid == study.study_instance_uid:
            return ""
        with self._transaction() as connection:
            query = "SELECT count(*) FROM studies_by_accession WHERE accession_number = ?"
            (count,) = connection.execute(query, (accession,)).fetchone()
        if count < 2:
            return ""
        return f"{count} studies have the accession number {accession}, so its order was not taken for this one."

    def _by(self, column: str, value: str) -> tuple[_Kept, ...]:
        if not value:
            return ()
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT content, patient_ids, birth_date, cancelled FROM orders"
                f" WHERE {column} = ? AND NOT cancelled ORDER BY received_at",
                (value,),
            ).fetchall()
        return tuple(map(_read, rows))

    def _put(self, connection: sqlite3.Connection, one: ReceivedOrder, before: _Kept | None) -> None:
        keeps_old = before is not None and (one.control is Control.STATUS or one.control.ends)
        order = _said_over(before.order, one.order) if before is not None and keeps_old else one.order
        row = (
            one.key,
            order.accession_number,
            order.study_instance_uid,
            json.dumps(one.patient_ids),
            one.birth_date.isoformat() if one.birth_date else "",
            one.control.ends,
            datetime.now(UTC).isoformat(),
            _ORDER.dump_json(order).decode(),
        )
        connection.execute("INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self.path, _SCHEMA, "The orders of the RIS")


def _kept(connection: sqlite3.Connection, key: str) -> _Kept | None:
    query = "SELECT content, patient_ids, birth_date, cancelled FROM orders WHERE key = ?"
    row = connection.execute(query, (key,)).fetchone()
    return _read(row) if row else None


def _read(row: tuple[str, str, str, int]) -> _Kept:
    content, ids, born, cancelled = row
    birth_date = date.fromisoformat(born) if born else None
    return _Kept(_ORDER.validate_json(content), tuple(json.loads(ids)), birth_date, bool(cancelled))


def _said_over(before: Order, now: Order) -> Order:
    """Return the order with what the newer message says of it."""
    empty = asdict(Order(""))
    said = {name: value for name, value in asdict(now).items() if value != empty[name]}
    return replace(before, **said)


def _answered(
    studies: Iterable[StudyMatch], kept: Iterable[_Kept], counted: Mapping[str, int]
) -> Iterator[tuple[str, Order]]:
    """Yield studies with the order that they answer; `counted` is how many studies have an accession number."""
    by_accession, by_study = defaultdict[str, list[_Kept]](list), defaultdict[str, list[_Kept]](list)
    for one in kept:
        by_accession[one.order.accession_number].append(one)
        by_study[one.order.study_instance_uid].append(one)
    for study in studies:
        accession, uid = study.accession_number.strip(), study.study_instance_uid
        found = (accession and by_accession.get(accession)) or by_study.get(uid) or ()
        named = len(found) == 1 and found[0].order.study_instance_uid == uid
        shared = bool(accession) and not named and counted.get(accession, 0) > 1
        if found and not shared and not _why_not(found[0], len(found), study):
            yield uid, found[0].order


def _why_not(kept: _Kept, count: int, study: Study | StudyMatch) -> str:
    """Return why an order, one of so many, is not taken for a study; empty when it is alone and of this patient."""
    number = study.accession_number.strip() or study.study_instance_uid
    if count > 1:
        return f"There are {count} orders for {number}, so none was taken for this study; see to it in the RIS."
    patient = study.patient
    if patient.patient_id not in kept.patient_ids:
        return (
            f"The order for {number} is for the patient with ID {', '.join(kept.patient_ids)}, but the study is of"
            f" {patient.patient_id or 'a patient without ID'}: it was not taken. See to it in RIS and PACS."
        )
    if kept.birth_date and patient.birth_date and kept.birth_date != patient.birth_date:
        return (
            f"The order for {number} is for a patient born on {kept.birth_date}, but the study is of one born on"
            f" {patient.birth_date}: it was not taken. See to it in RIS and PACS."
        )
    if kept.order.study_instance_uid not in ("", study.study_instance_uid):
        return f"The order for {number} is for another study with this accession number, so it was not taken."
    return ""


# ------------------------------------------------------------------ into the report


def order_book(ws: Workspace) -> OrderBook:
    """Return the orders of this workstation."""
    return OrderBook(ws.settings.database)


def saw(ws: Workspace, found: Iterable[StudyMatch]) -> None:
    """Remember the accession numbers of studies that an archive has, where orders are taken."""
    if ws.settings.orders is not None:
        order_book(ws).saw((match.accession_number, match.study_instance_uid) for match in found)


def with_order(ws: Workspace, report: Report) -> tuple[Report, str]:
    """Return the draft with what the RIS asked for, and what the reader is to be told of it; raises `CannotWrite`.

    Indication and PSA are filled where the reader has not written: empty, or as an earlier version of the order had
    them.
    """
    if ws.settings.orders is None:
        return report, ""
    match order_book(ws).match(report.recognised.study):
        case Matched(order):
            return _filled(report, order), ""
        case NotMatched(sentence):
            return report, sentence
        case None:
            return report, ""


def _filled(report: Report, order: Order) -> Report:
    before, clinical = report.order, report.clinical
    if before == order:
        return report  # what the reader has deleted since stays deleted
    if clinical.indication.strip() in ("", before.indication if before else ""):
        clinical = replace(clinical, indication=order.indication)
    if clinical.psa_ng_ml in (None, before.psa_ng_ml if before else None) and order.psa_ng_ml is not None:
        clinical = replace(clinical, psa_ng_ml=order.psa_ng_ml)
    return replace(report, order=order, clinical=clinical)


# ------------------------------------------------------------------ from the network


def order_listener(ws: Workspace) -> MllpListener | None:
    """Return the listener that the site asked for, not yet listening, or None; raises `SettingsInvalid`."""
    node = ws.settings.orders
    if node is None:
        return None
    fields, book = result_codes(ws.settings.result_codes).orders, order_book(ws)
    return MllpListener(
        node.host,
        node.port,
        lambda content: answer(content, book, ws.trail, node, fields),
        tls=TlsFiles(node.ca, node.certificate, node.key),
        idle_timeout_s=node.idle_timeout_s,
    )


def answer(content: bytes, book: OrderBook, trail: AuditTrail, node: OrdersSettings, fields: OrderFields) -> bytes:
    """Keep the orders of a message and return its acknowledgement; raises `AuditFailed`, upon which none is given."""
    came: Hl7Message | None = None
    try:
        came = read(content)
        received = read_orders(came, node, fields)
        with trail.step(Action.ORDER, _subjects(received), message=came.control_id[:64], orders=len(received)):
            book.keep(received)
    except Hl7Unreadable as error:
        return _refusal(None, Trouble(AckCode.REJECT, ErrorCode.SEGMENT_SEQUENCE, str(error)), trail, node)
    except OrderRefused as error:
        return _refusal(came, error.trouble, trail, node)
    except CannotWrite as error:
        return acknowledgement(came, [Trouble(AckCode.REJECT, ErrorCode.INTERNAL, str(error))], node)
    return acknowledgement(came, (), node)


def _subjects(received: Iterable[ReceivedOrder]) -> list[str]:
    return [one.order.study_instance_uid for one in received if one.order.study_instance_uid]


def _refusal(came: Hl7Message | None, trouble: Trouble, trail: AuditTrail, node: OrdersSettings) -> bytes:
    number = came.control_id[:64] if came else ""
    trail.record(Action.ORDER, (), Outcome.FAILURE, message=number, code=trouble.code.value, error=trouble.error.value)
    return acknowledgement(came, [trouble], node)
