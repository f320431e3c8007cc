"""What is kept of use, in the workstation's SQLite file: no patient, no UID, and readers by pseudonym."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import BinaryIO, TypeVar

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from core.errors import CannotWrite
from core.files import write_whole
from core.use import Analysed, Reading
from service.transactions import transaction

_READING: TypeAdapter[Reading] = TypeAdapter(Reading)
_ANALYSED: TypeAdapter[Analysed] = TypeAdapter(Analysed)
_KEY_BYTES = 32
_SCHEMA = """
CREATE TABLE IF NOT EXISTS use_openings (
    study TEXT PRIMARY KEY,
    opened_at TEXT NOT NULL,
    signed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS use_readings (study TEXT PRIMARY KEY, reading TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS use_analyses (id INTEGER PRIMARY KEY AUTOINCREMENT, analysed TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS use_readers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    reader TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);
"""
_Kept = TypeVar("_Kept")


class UseRecords:
    """Keeps what was learnt in `database`; studies and readers by keyed digests, so that one study counts once.

    The key lies beside the database, for its owner alone; without it a digest tells nothing of a UID or a name.
    Everything raises `CannotWrite`.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._key_file = database.with_name("use.key")

    def note_opened(self, study_instance_uid: str, when: datetime) -> None:
        """Keep when a study was first opened, or first opened again after its report was signed."""
        with self._transaction() as rows:
            rows.execute(
                "INSERT INTO use_openings VALUES (?, ?, 0) ON CONFLICT (study) DO UPDATE"
                " SET opened_at = excluded.opened_at, signed = 0 WHERE signed = 1",
                (self._digest("study", study_instance_uid), when.isoformat()),
            )

    def note_signed(self, study_instance_uid: str) -> None:
        """Let the next opening of a study be a new one."""
        with self._transaction() as rows:
            digest = self._digest("study", study_instance_uid)
            rows.execute("UPDATE use_openings SET signed = 1 WHERE study = ?", (digest,))

    def opened_at(self, study_instance_uid: str) -> datetime | None:
        """Return when a study was opened for the reading that goes on or ended last, or None when that is not known."""
        with self._transaction() as rows:
            digest = self._digest("study", study_instance_uid)
            row = rows.execute("SELECT opened_at FROM use_openings WHERE study = ?", (digest,)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def reading(self, study_instance_uid: str) -> Reading | None:
        """Return what is kept of the report of a study."""
        with self._transaction() as rows:
            digest = self._digest("study", study_instance_uid)
            row = rows.execute("SELECT reading FROM use_readings WHERE study = ?", (digest,)).fetchone()
        return _read(_READING, [row] if row else [])[0] if row else None

    def keep_reading(self, study_instance_uid: str, reading: Reading) -> None:
        """Keep a reading, in place of an earlier one of the study."""
        row = (self._digest("study", study_instance_uid), _READING.dump_json(reading).decode())
        with self._transaction() as rows:
            rows.execute("INSERT OR REPLACE INTO use_readings VALUES (?, ?)", row)

    def keep_analysis(self, analysed: Analysed) -> None:
        """Keep one run of the AI."""
        with self._transaction() as rows:
            row = (_ANALYSED.dump_json(analysed).decode(),)
            rows.execute("INSERT INTO use_analyses (analysed) VALUES (?)", row)

    def keep_reader(self, name: str, *, shown: bool) -> str:
        """Return the pseudonym of a reader, with the name kept beside it when it is `shown`, and else not any more."""
        reader = self.pseudonym(name)
        with self._transaction() as rows:
            rows.execute(
                "INSERT INTO use_readers (reader, name) VALUES (?, ?) ON CONFLICT (reader)"
                " DO UPDATE SET name = excluded.name",
                (reader, name * shown),
            )
        return reader

    def pseudonym(self, name: str) -> str:
        """Return the pseudonym that stands for a reader's name."""
        return self._digest("reader", name.strip())

    def readers(self) -> tuple[tuple[int, str, str], ...]:
        """Return number, pseudonym and name (empty unless it is kept) of every reader, in order of appearance."""
        with self._transaction() as rows:
            return tuple(rows.execute("SELECT number, reader, name FROM use_readers ORDER BY number"))

    def readings(self) -> tuple[Reading, ...]:
        """Return all readings by the time of signing."""
        with self._transaction() as rows:
            found = rows.execute("SELECT reading FROM use_readings").fetchall()
        return tuple(sorted(_read(_READING, found), key=lambda one: one.signed_at))

    def analyses(self) -> tuple[Analysed, ...]:
        """Return all runs of the AI by the time at which they ended."""
        with self._transaction() as rows:
            found = rows.execute("SELECT analysed FROM use_analyses").fetchall()
        return tuple(sorted(_read(_ANALYSED, found), key=lambda one: one.ended_at))

    def _transaction(self) -> AbstractContextManager[Connection]:
        return transaction(self._database, _SCHEMA, "What the dashboard counts")

    def _digest(self, what: str, text: str) -> str:
        """Return 128 bits of the HMAC-SHA-256 of a text under this workstation's key."""
        return hmac.new(self._key(), f"{what}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]

    def _key(self) -> bytes:
        try:
            self._key_file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._key_file.with_suffix(".lock")):
                if not self._key_file.exists():
                    write_whole(self._key_file, _write_key)
                key = self._key_file.read_bytes()
        except OSError as error:
            raise CannotWrite(f"{self._key_file} cannot be read ({error.strerror}); see to its rights.") from error
        if len(key) != _KEY_BYTES:
            raise CannotWrite(
                f"{self._key_file}, by which readers and studies are known on the dashboard, is damaged; restore it"
                " from the backup, or remove it: readers then count as new ones."
            )
        return key


def _write_key(file: BinaryIO) -> None:
    os.chmod(file.name, 0o600)  # before anything is in it
    file.write(secrets.token_bytes(_KEY_BYTES))


def _read(kind: TypeAdapter[_Kept], rows: Sequence[tuple[str]]) -> list[_Kept]:
    try:
        return [kind.validate_json(row[0]) for row in rows]
    except ValidationError as error:
        raise CannotWrite(
            "What the dashboard counts was kept by another version of Prosector and cannot be read by this one; use"
            " that version, or export it there."
        ) from error
