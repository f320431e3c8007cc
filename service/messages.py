"""Results that wait for RIS and EHR, in the workstation's SQLite file: durable, in order per patient, sent once."""

import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from core.errors import ProsectorError
from service.transactions import transaction

_FIRST_WAIT_S, _LONGEST_WAIT_S = 5, 600
_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,
    sop_instance_uid TEXT NOT NULL,
    study_instance_uid TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    control_id TEXT NOT NULL,
    state TEXT NOT NULL,
    words TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (destination, sop_instance_uid)
);
"""
_COLUMNS = (
    "id, destination, sop_instance_uid, study_instance_uid, control_id, state, words, attempts, due_at, changed_at"
)
_LATER = (
    "SELECT 1 FROM messages later WHERE later.destination = messages.destination AND later.id > messages.id"
    " AND later.study_instance_uid = messages.study_instance_uid AND later.state IN ('waiting', 'refused', 'sent')"
)
_OVERTAKEN = "A later report of this study is on its way or there already; this one would take its place."


class NotSendable(ProsectorError):
    """A message cannot be sent again or given up as it stands."""


class Destination(StrEnum):
    """Whom results are told."""

    RIS = "ris"
    EHR = "fhir"


class State(StrEnum):
    """How far a message is: HELD until the archive holds the report; REFUSED waits for a person."""

    HELD = "held"
    WAITING = "waiting"
    REFUSED = "refused"
    SENT = "sent"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Message:
    """One result for one destination; `words` are the last that were heard of it. `due_at` is when it is tried next."""

    id: int
    destination: Destination
    sop_instance_uid: str
    study_instance_uid: str
    control_id: str
    state: State
    words: str
    attempts: int
    due_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A result that is to be told; without `content` it cannot be, and `words` say why."""

    destination: Destination
    control_id: str
    content: bytes
    words: str = ""


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages in one SQLite file; each call is a transaction of its own. Raises `CannotWrite`."""

    path: Path

    def hold(
        self, sop_instance_uid: str, study_instance_uid: str, patient_id: str, new: tuple[NewMessage, ...]
    ) -> None:
        """Keep the messages of a signed report until `release`; a report that is kept already stays as it is."""
        now = _stamp(datetime.now(UTC))
        with self._transaction() as connection:
            for one in new:
                row = (one.destination, sop_instance_uid, study_instance_uid, patient_id, one.control_id, one.words)
                connection.execute(
                    "INSERT OR IGNORE INTO messages (destination, sop_instance_uid, study_instance_uid, patient_id,"
                    " control_id, words, state, due_at, changed_at, content)"
                    " VALUES (?, ?, ?, ?, ?, ?, 'held', ?, ?, ?)",
                    (*row, now, now, one.content),
                )

    def forget_held(self, sop_instance_uid: str) -> None:
        """Drop what was held for a report that was not kept."""
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM messages WHERE sop_instance_uid = ? AND state = 'held'", (sop_instance_uid,)
            )

    def release(self, sop_instance_uid: str) -> None:
        """Let the messages of a report go; one that a later report of the study has overtaken is given up."""
        now = _stamp(datetime.now(UTC))
        held = "sop_instance_uid = ? AND state = 'held'"
        with self._transaction() as connection:
            connection.execute(
                "UPDATE messages SET state = 'abandoned', words = ?, content = x'', changed_at = ?"
                f" WHERE {held} AND EXISTS ({_LATER})",
                (_OVERTAKEN, now, sop_instance_uid),
            )
            connection.execute(
                "UPDATE messages SET due_at = ?, changed_at = ?,"
                f" state = CASE WHEN length(content) THEN 'waiting' ELSE 'refused' END WHERE {held}",
                (now, now, sop_instance_uid),
            )

    def due(self, destination: Destination, now: datetime) -> Message | None:
        """Return what is sent next: the oldest whose time has come and that no earlier one of the patient bars."""
        barred = (
            "SELECT 1 FROM messages earlier WHERE earlier.destination = messages.destination"
            " AND earlier.patient_id = messages.patient_id AND earlier.state = 'waiting' AND earlier.id < messages.id"
        )
        query = (
            f"WHERE destination = ? AND state = 'waiting' AND due_at <= ? AND NOT EXISTS ({barred}) ORDER BY id LIMIT 1"
        )
        return next(iter(self._found(query, destination, _stamp(now))), None)

    def content(self, message: Message) -> bytes:
        """Return what is sent."""
        with self._transaction() as connection:
            row = connection.execute("SELECT content FROM messages WHERE id = ?", (message.id,)).fetchone()
        return bytes(row[0])

    def last_content(self, destination: Destination, study_instance_uid: str) -> bytes:
        """Return what was last let go for a study, or nothing."""
        query = (
            "SELECT content FROM messages WHERE destination = ? AND study_instance_uid = ?"
            " AND state IN ('waiting', 'refused', 'sent') AND length(content) ORDER BY id DESC LIMIT 1"
        )
        with self._transaction() as connection:
            row = connection.execute(query, (destination, study_instance_uid)).fetchone()
        return bytes(row[0]) if row else b""

    def sent(self, message: Message, kept: bytes) -> None:
        """Note that the other side has it; of its content only `kept` stays here."""
        self._change(message, State.SENT, "", kept)

    def refused(self, message: Message, words: str) -> None:
        """Note that the other side said no; it waits for a person."""
        self._change(message, State.REFUSED, words)

    def postponed(self, message: Message, words: str) -> None:
        """Note an attempt that came to nothing; the wait doubles from 5 s to at most 10 min."""
        wait = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(message.attempts, 20))
        due_at = datetime.now(UTC) + timedelta(seconds=wait)
        with self._transaction() as connection:
            connection.execute(
                "UPDATE messages SET attempts = attempts + 1, words = ?, due_at = ?, changed_at = ?"
                " WHERE id = ? AND state = 'waiting'",
                (words, _stamp(due_at), _stamp(datetime.now(UTC)), message.id),
            )

    def retry(self, message_id: int) -> Message:
        """Send what was refused, or what waits for its next attempt, as soon as may be; raises `NotSendable`."""
        now = _stamp(datetime.now(UTC))
        with self._transaction() as connection:
            changed = connection.execute(
                "UPDATE messages SET state = 'waiting', due_at = ?, changed_at = ? WHERE id = ? AND length(content)"
                f" AND state IN ('waiting', 'refused') AND NOT EXISTS ({_LATER})",
                (now, now, message_id),
            ).rowcount
        message = self._one(message_id)
        if not changed:
            raise NotSendable(self._why_not(message))
        return message

    def abandon(self, message_id: int) -> Message:
        """Give up what waits or was refused; raises `NotSendable` when it is neither."""
        with self._transaction() as connection:
            changed = connection.execute(
                "UPDATE messages SET state = 'abandoned', content = x'', changed_at = ?"
                " WHERE id = ? AND state IN ('waiting', 'refused')",
                (_stamp(datetime.now(UTC)), message_id),
            ).rowcount
        message = self._one(message_id)
        if not changed:
            raise NotSendable(self._why_not(message))
        return message

    def of_study(self, study_instance_uid: str) -> tuple[Message, ...]:
        """Return the messages of a study, oldest first."""
        return self._found("WHERE study_instance_uid = ? ORDER BY id", study_instance_uid)

    def newest_by_study(self) -> tuple[Message, ...]:
        """Return of each study and destination the newest message, by study."""
        newest = "SELECT max(id) FROM messages GROUP BY destination, study_instance_uid"
        return self._found(f"WHERE id IN ({newest}) ORDER BY study_instance_uid, destination")

    def open(self) -> tuple[Message, ...]:
        """Return what waits or was refused, oldest first."""
        return self._found("WHERE state IN ('waiting', 'refused') ORDER BY id")

    def _why_not(self, message: Message) -> str:
        if message.state in (State.SENT, State.ABANDONED, State.HELD):
            return f"Message {message.id} is {message.state.value}; there is nothing to send or to give up."
        if not self.content(message):
            return f"Message {message.id} cannot be sent: {message.words}"
        return _OVERTAKEN

    def _one(self, message_id: int) -> Message:
        found = self._found("WHERE id = ?", message_id)
        if not found:
            raise NotSendable(f"There is no message {message_id}.")
        return found[0]

    def _change(self, message: Message, state: State, words: str, content: bytes | None = None) -> None:
        with self._transaction() as connection:
            connection.execute(
                "UPDATE messages SET state = ?, words = ?, attempts = attempts + 1, changed_at = ?,"
                " content = coalesce(?, content) WHERE id = ? AND state = 'waiting'",
                (state, words, _stamp(datetime.now(UTC)), content, message.id),
            )

    def _found(self, where: str, *values: object) -> tuple[Message, ...]:
        with self._transaction() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM messages {where}", values).fetchall()
        return tuple(_message(row) for row in rows)

    def _transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self.path, _SCHEMA, "What RIS and EHR are to be told")


def _stamp(when: datetime) -> str:
    """A time that sorts as text."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _message(row: tuple[object, ...]) -> Message:
    number, destination, sop, study, control_id, state, words, attempts, due_at, changed_at = map(str, row)
    times = datetime.fromisoformat(due_at), datetime.fromisoformat(changed_at)
    return Message(
        int(number), Destination(destination), sop, study, control_id, State(state), words, int(attempts), *times
    )
