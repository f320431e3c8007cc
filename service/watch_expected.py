"""Studies that orders and notifications of the RIS told of: each is looked for in the archives until it is there."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from core.settings import OrdersSettings
from pacs.mllp import MllpListener, TlsFiles
from reporting.hl7 import Hl7Unreadable, read
from reporting.hl7_order import OrderRefused, ReceivedOrder, read_orders
from reporting.result_codes import result_codes
from service.orders import answer, order_book
from service.queue_db import EXPECTED, QueueDb, now
from service.workspace import Workspace

_LONGEST_S = 30 * 86400.0
"""An order whose examination did not come within so long is looked for no more."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A study that there will be, by accession number or Study Instance UID; one of them may be empty."""

    accession_number: str
    study_instance_uid: str


class ExpectedStudies:
    """Those in one database; each call is a transaction of its own. Raises `CannotWrite`."""

    def __init__(self, db: QueueDb) -> None:
        self._db = db

    def expect(self, told: Iterable[Expected]) -> None:
        """Look for these from now on; of what is looked for already, the time begins anew."""
        with self._db.transaction() as connection:
            for one in dict.fromkeys(told):
                connection.execute(delete(EXPECTED).where(*_same(one)))
                row = {"accession_number": one.accession_number, "study_instance_uid": one.study_instance_uid}
                connection.execute(insert(EXPECTED).values(**row, since=now(connection)))

    def found(self, one: Expected) -> None:
        """Look for it no more."""
        with self._db.transaction() as connection:
            connection.execute(delete(EXPECTED).where(*_same(one)))

    def all(self) -> tuple[Expected, ...]:
        """Return what is looked for; what was too long in vain is not."""
        with self._db.transaction() as connection:
            connection.execute(delete(EXPECTED).where(EXPECTED.c.since < now(connection) - _LONGEST_S))
            rows = connection.execute(select(EXPECTED).order_by(EXPECTED.c.since)).mappings()
            return tuple(Expected(row["accession_number"], row["study_instance_uid"]) for row in rows)


def expecting_listener(ws: Workspace, expected: ExpectedStudies) -> MllpListener | None:
    """Return a listener that keeps orders as the workstation's does and expects their studies; None without [orders].

    Raises `SettingsInvalid`.
    """
    node = ws.settings.orders
    if node is None:
        return None
    return MllpListener(
        node.host,
        node.port,
        lambda content: answer_and_expect(ws, node, expected, content),
        tls=TlsFiles(node.ca, node.certificate, node.key),
        idle_timeout_s=node.idle_timeout_s,
    )


def answer_and_expect(ws: Workspace, node: OrdersSettings, expected: ExpectedStudies, content: bytes) -> bytes:
    """Expect the studies of a message, keep its orders and return its acknowledgement.

    Raises `CannotWrite` and `AuditFailed`, upon which nothing is acknowledged and the sender will send again.
    """
    fields = result_codes(ws.settings.result_codes).orders
    with suppress(Hl7Unreadable, OrderRefused):  # the answer says so
        expected.expect(_studies(read_orders(read(content), node, fields)))
    return answer(content, order_book(ws), ws.trail, node, fields)


def _studies(received: Iterable[ReceivedOrder]) -> Iterable[Expected]:
    for one in received:
        wanted = Expected(one.order.accession_number.strip(), one.order.study_instance_uid.strip())
        if not one.control.ends and (wanted.accession_number or wanted.study_instance_uid):
            yield wanted


def _same(one: Expected) -> tuple[Any, ...]:
    return (
        EXPECTED.c.accession_number == one.accession_number,
        EXPECTED.c.study_instance_uid == one.study_instance_uid,
    )
