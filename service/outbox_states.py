"""How far each signed report is on its way to its archive, in the workstation's SQLite file."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import cast

from core.errors import ProsectorError
from service.report_objects import SR
from service.transactions import transaction

_FIRST_WAIT_S, _LONGEST_WAIT_S = 5, 600
_SCHEMA = """
CREATE TABLE IF NOT EXISTS shipments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sop_instance_uid TEXT NOT NULL,
    archive TEXT NOT NULL,
    study_instance_uid TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    words TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    transaction_uid TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    UNIQUE (sop_instance_uid, archive)
);
CREATE TABLE IF NOT EXISTS shipped_objects (
    shipment INTEGER NOT NULL,
    place INTEGER NOT NULL,
    label TEXT NOT NULL,
    instances INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    words TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (shipment, label)
);
"""
_COLUMNS = (
    "id, sop_instance_uid, archive, study_instance_uid, state, words, attempts, due_at, signed_at, changed_at,"
    " transaction_uid, answer"
)
_BARRED = (
    "SELECT 1 FROM shipments earlier WHERE earlier.study_instance_uid = shipments.study_instance_uid"
    " AND earlier.archive = shipments.archive AND earlier.state IN ('waiting', 'refused')"
    " AND NOT EXISTS (SELECT 1 FROM shipped_objects sr WHERE sr.shipment = earlier.id AND sr.label = :sr"
    " AND sr.state = 'verified')"
    " AND earlier.id < shipments.id"
)
_DUE = (
    "((state = 'waiting' AND (due_at <= :now OR due_at > :never))"
    " OR (state = 'asked' AND (due_at <= :now OR answer != '')))"
)


class NotInOutbox(ProsectorError):
    """A report cannot be sent again or given up as it stands."""


class Shipping(StrEnum):
    """How far a report is: ASKED waits for the archive's word that it keeps it; REFUSED waits for a person."""

    WAITING = "waiting"
    ASKED = "asked"
    REFUSED = "refused"
    SENT = "sent"
    ABANDONED = "abandoned"


class Held(StrEnum):
    """How far one object of a report is; VERIFIED was read back, listed or committed to."""

    WAITING = "waiting"
    SENDING = "sending"
    STORED = "stored"
    VERIFIED = "verified"
    REFUSED = "refused"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class ObjectState:
    """One object of a report; `words` say why it was refused."""

    label: str
    instances: int
    state: Held
    words: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """One signed report for one archive; `words` are the last that were heard. `due_at` is when it is tried next."""

    id: int
    sop_instance_uid: str
    archive: str
    study_instance_uid: str
    state: Shipping
    words: str
    attempts: int
    due_at: datetime
    signed_at: datetime
    changed_at: datetime
    transaction_uid: str
    answer: str
    objects: tuple[ObjectState, ...]

    @property
    def is_held(self) -> bool:
        """Whether the archive holds the report itself, whatever else is missing."""
        return any(one.label == SR and one.state is Held.VERIFIED for one in self.objects)

    @property
    def refused(self) -> tuple[ObjectState, ...]:
        """The objects that the archive did not take, or does not answer for."""
        return tuple(one for one in self.objects if one.state is Held.REFUSED)


@dataclass(frozen=True, slots=True)
class NewShipment:
    """A bundle as it lies in the outbox; objects as (label, number of instances)."""

    sop_instance_uid: str
    archive: str
    study_instance_uid: str
    signed_at: datetime
    objects: tuple[tuple[str, int], ...]
    given_up: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipments:
    """The shipments in one SQLite file; each call is a transaction of its own. Raises `CannotWrite`."""

    path: Path

    def take_in(self, bundles: Iterable[NewShipment], now: datetime) -> None:
        """Keep those that are not known yet as waiting, due at once; given up is what the disk says is, and no more."""
        with self._transaction() as connection:
            for bundle in bundles:
                self._take_in_one(connection, bundle, _stamp(now))

    def _take_in_one(self, connection: sqlite3.Connection, bundle: NewShipment, now: str) -> None:
        key = (bundle.sop_instance_uid, bundle.archive)
        connection.execute(
            "INSERT OR IGNORE INTO shipments (sop_instance_uid, archive, study_instance_uid, due_at, signed_at,"
            " changed_at) VALUES (?, ?, ?, ?, ?, ?)",
            (*key, bundle.study_instance_uid, min(now, _stamp(bundle.signed_at)), _stamp(bundle.signed_at), now),
        )
        found = "SELECT id FROM shipments WHERE sop_instance_uid = ? AND archive = ?"
        (number,) = connection.execute(found, key).fetchone()
        connection.execute("UPDATE shipments SET state = 'waiting' WHERE id = ? AND state = 'abandoned'", (number,))
        connection.executemany(
            "INSERT OR IGNORE INTO shipped_objects (shipment, place, label, instances) VALUES (?, ?, ?, ?)",
            [(number, place, *one) for place, one in enumerate(bundle.objects)],
        )
        connection.executemany(
            "UPDATE shipped_objects SET state = 'given up' WHERE shipment = ? AND label = ? AND state != 'given up'",
            [(number, label) for label in bundle.given_up],
        )

    def due(self, now: datetime, passed_over: Sequence[int] = ()) -> Shipment | None:
        """Return what is sent next: the first whose time has come and that no earlier one of the study bars.

        A time beyond the longest wait is that of a clock which has been put back since.
        """
        without = ",".join(map(str, passed_over))
        query = f"WHERE {_DUE} AND NOT EXISTS ({_BARRED}) AND id NOT IN ({without}) ORDER BY id LIMIT 1"
        never = now + timedelta(seconds=_LONGEST_WAIT_S)
        return next(iter(self._found(query, {"now": _stamp(now), "never": _stamp(never), "sr": SR})), None)

    def before(self, shipment: Shipment) -> tuple[Shipment, ...]:
        """Return those of the same study for the same archive that must not be overtaken."""
        return tuple(
            one
            for one in self.open()
            if (one.study_instance_uid, one.archive) == (shipment.study_instance_uid, shipment.archive)
            and one.id < shipment.id
            and one.state is not Shipping.ASKED
        )

    def of(self, sop_instance_uid: str, archive: str) -> Shipment:
        """Return one; raises `NotInOutbox`."""
        found = self._found("WHERE sop_instance_uid = :uid AND archive = :a", {"uid": sop_instance_uid, "a": archive})
        if not found:
            raise NotInOutbox(f"No report {sop_instance_uid} for {archive} is known to the outbox.")
        return found[0]

    def numbered(self, number: int) -> Shipment:
        """Return one; raises `NotInOutbox`."""
        found = self._found("WHERE id = :id", {"id": number})
        if not found:
            raise NotInOutbox(f"There is no report {number} in the outbox.")
        return found[0]

    def open(self) -> tuple[Shipment, ...]:
        """Return what waits, is asked for or was refused, oldest first."""
        return self._found("WHERE state IN ('waiting', 'asked', 'refused') ORDER BY id", {})

    def is_asked(self) -> bool:
        """Whether an archive has yet to answer for what it was sent."""
        return bool(self._found("WHERE state = 'asked' LIMIT 1", {}))

    def sent_since(self, when: datetime) -> tuple[Shipment, ...]:
        """Return what was sent from then on, the last first."""
        query = "WHERE state = 'sent' AND changed_at >= :when ORDER BY changed_at DESC"
        return self._found(query, {"when": _stamp(when)})

    def sent_studies(self) -> frozenset[str]:
        """Return the studies of which an archive was seen to hold a report of this workstation."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT DISTINCT study_instance_uid FROM shipments WHERE state = 'sent'")
            return frozenset(str(row[0]) for row in rows)

    # ------------------------------------------------------------------ what happens to one

    def object_is(self, shipment: Shipment, label: str, state: Held, words: str = "") -> None:
        """Note how far an object is."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE shipped_objects SET state = ?, words = ? WHERE shipment = ? AND label = ?",
                (state, words, shipment.id, label),
            )

    def asked(self, shipment: Shipment, transaction_uid: str, until: datetime, now: datetime) -> None:
        """Note that the archive is asked to answer for what it was sent; after `until` it is read back from."""
        self._change(
            shipment, now, state=Shipping.ASKED, transaction_uid=transaction_uid, due_at=_stamp(until), answer=""
        )

    def answered(self, transaction_uid: str, kept: Iterable[str], failed: Mapping[str, str]) -> bool:
        """Keep the archive's answer to a request; returns whether it was waited for."""
        answer = json.dumps({"kept": sorted(kept), "failed": dict(failed)})
        with self._transaction() as connection:
            changed = connection.execute(
                "UPDATE shipments SET answer = ? WHERE transaction_uid = ? AND state = 'asked'",
                (answer, transaction_uid),
            )
            return changed.rowcount > 0

    def sent(self, shipment: Shipment, words: str, now: datetime) -> None:
        """Note that the archive holds it."""
        self._change(shipment, now, state=Shipping.SENT, words=words, attempts=shipment.attempts + 1)

    def refused(self, shipment: Shipment, words: str, now: datetime) -> None:
        """Note that the archive said no; it waits for a person."""
        self._change(shipment, now, state=Shipping.REFUSED, words=words, attempts=shipment.attempts + 1)

    def postponed(self, shipment: Shipment, words: str, now: datetime, *, is_away: bool = False) -> None:
        """Note an attempt that came to nothing; the wait doubles from 5 s to at most 10 min.

        An archive that `is_away` is tried once then, not once for each report that waits for it.
        """
        wait = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(shipment.attempts, 20))
        due_at = _stamp(now + timedelta(seconds=wait))
        self._change(shipment, now, state=Shipping.WAITING, words=words, due_at=due_at, attempts=shipment.attempts + 1)
        others = "UPDATE shipments SET due_at = ?, words = ? WHERE archive = ? AND state = 'waiting' AND due_at < ?"
        if is_away:
            with self._transaction() as connection:
                connection.execute(others, (due_at, words, shipment.archive, due_at))

    def due_now(self, shipment: Shipment, now: datetime) -> None:
        """Let what waits or was refused be tried as soon as may be."""
        self._change(shipment, now, state=Shipping.WAITING, due_at=_stamp(now), attempts=0)

    def abandoned(self, shipment: Shipment, words: str, now: datetime) -> None:
        """Note that it was given up."""
        self._change(shipment, now, state=Shipping.ABANDONED, words=words)

    def moved(self, sop_instance_uid: str, archive: str) -> None:
        """Note that a report is for another archive now; it keeps its place among those of its study."""
        other = "sop_instance_uid = ? AND archive != ? AND state != 'sent'"
        key = (sop_instance_uid, archive)
        with self._transaction() as connection:
            for (number,) in connection.execute(f"SELECT id FROM shipments WHERE {other}", key).fetchall():
                objects = "UPDATE shipped_objects SET state = 'waiting', words = '' WHERE shipment = ?"
                connection.execute(f"{objects} AND state != 'given up'", (number,))
                connection.execute(
                    "UPDATE OR IGNORE shipments SET archive = ?, state = 'waiting', words = '', attempts = 0,"
                    " transaction_uid = '', answer = '' WHERE id = ?",
                    (archive, number),
                )
            connection.execute(f"DELETE FROM shipments WHERE {other}", key)

    # ------------------------------------------------------------------ parts

    def _change(self, shipment: Shipment, now: datetime, **values: object) -> None:
        values["changed_at"] = _stamp(now)
        names = ", ".join(f"{name} = ?" for name in values)
        with self._transaction() as connection:
            connection.execute(f"UPDATE shipments SET {names} WHERE id = ?", (*values.values(), shipment.id))

    def _found(self, where: str, values: dict[str, object]) -> tuple[Shipment, ...]:
        with self._transaction() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM shipments {where}", values).fetchall()
            return tuple(_shipment(row, _objects(connection, row[0])) for row in rows)

    def _transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self.path, _SCHEMA, "What is signed and waits to be sent")


def failed_in(answer: str, wanted: Iterable[str]) -> dict[str, str]:
    """Return why which of the wanted SOP instances are not kept, according to the archive's answer."""
    told = cast(dict[str, dict[str, str]], json.loads(answer))
    failed, kept = told["failed"], frozenset(told["kept"])
    return {uid: failed.get(uid, "it does not speak of it") for uid in wanted if uid in failed or uid not in kept}


def _objects(connection: sqlite3.Connection, shipment: int) -> tuple[ObjectState, ...]:
    query = "SELECT label, instances, state, words FROM shipped_objects WHERE shipment = ? ORDER BY place"
    rows = connection.execute(query, (shipment,)).fetchall()
    return tuple(ObjectState(str(row[0]), int(row[1]), Held(row[2]), str(row[3])) for row in rows)


def _stamp(when: datetime) -> str:
    """A time that sorts as text."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _shipment(row: tuple[object, ...], objects: tuple[ObjectState, ...]) -> Shipment:
    number, sop, archive, study, state, words, attempts, due_at, signed_at, changed_at, asked, answer = map(str, row)
    times = datetime.fromisoformat(due_at), datetime.fromisoformat(signed_at), datetime.fromisoformat(changed_at)
    return Shipment(
        int(number), sop, archive, study, Shipping(state), words, int(attempts), *times, asked, answer, objects
    )
