"""Drafts that are not signed yet, with the AI's map, in the workstation's SQLite file; they outlive a crash."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import cast

from highdicom import Volume
from pydantic import TypeAdapter, ValidationError

from core.errors import CannotWrite, StudyUnreadable
from core.findings import Findings, ModelIdentity
from core.report import Report
from core.study import RecognisedStudy
from core.volume import pack, unpack

_REPORT: TypeAdapter[Report] = TypeAdapter(Report)
_FORMAT = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS drafts (
    study_instance_uid TEXT PRIMARY KEY,
    format INTEGER NOT NULL,
    saved_at TEXT NOT NULL,
    report BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS suspicion_maps (
    study_instance_uid TEXT PRIMARY KEY,
    models TEXT NOT NULL,
    map TEXT NOT NULL
);
"""


class DraftStore:
    """One draft per study; each save is one durable transaction. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
            with self._connection:
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise CannotWrite(f"The drafts in {path} cannot be opened: {error}.") from error
        self._path = path
        self._lock = threading.Lock()

    def save(self, report: Report) -> datetime:
        """Save the draft, over an earlier one of the study; returns when. Raises `CannotWrite`."""
        now = datetime.now(UTC)
        row = (report.study_instance_uid, _FORMAT, now.isoformat(), _REPORT.dump_json(_without_files(report)))
        try:
            with self._lock, self._connection:
                self._connection.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise CannotWrite(
                f"The draft could not be saved in {self._path} ({error}); free some space before going on."
            ) from error
        return now

    def load(self, study_instance_uid: str, recognised: RecognisedStudy) -> Report | None:
        """Return the saved draft on the study as it lies on disk now, or None.

        Raises `StudyUnreadable` when there is a draft that this version cannot read; it is left as it is.
        """
        row = self._one("SELECT report FROM drafts WHERE study_instance_uid = ?", study_instance_uid)
        if row is None:
            return None
        try:
            return replace(_REPORT.validate_json(row[0]), recognised=recognised)
        except ValidationError as error:
            raise StudyUnreadable(
                f"The saved draft of study {study_instance_uid} was written by another version of Prosector and cannot"
                " be read by this one; it is kept. Open the study with that version, or discard the draft."
            ) from error

    def keep_map(self, findings: Findings) -> None:
        """Keep the AI's map of suspicion, over an earlier one of the study; raises `CannotWrite`."""
        row = (findings.study_instance_uid, _digests(findings.models), pack(findings.suspicion))
        try:
            with self._lock, self._connection:
                self._connection.execute("INSERT OR REPLACE INTO suspicion_maps VALUES (?, ?, ?)", row)
        except sqlite3.Error as error:
            raise CannotWrite(
                f"The AI's map could not be kept in {self._path} ({error}), so it will be gone when the study is opened"
                " again; free some space and run the AI once more to keep it."
            ) from error

    def kept_map(self, study_instance_uid: str, models: Sequence[ModelIdentity]) -> Volume | None:
        """Return the map (0 to 1, float32, on the axial T2 grid) that these very models made of a study, or None."""
        row = self._one("SELECT models, map FROM suspicion_maps WHERE study_instance_uid = ?", study_instance_uid)
        return unpack(row[1]) if row is not None and row[0] == _digests(models) else None

    def saved_at(self, study_instance_uid: str) -> datetime | None:
        """Return when the draft of a study was saved, or None without one."""
        row = self._one("SELECT saved_at FROM drafts WHERE study_instance_uid = ?", study_instance_uid)
        return datetime.fromisoformat(row[0]) if row else None

    def study_uids(self) -> frozenset[str]:
        """Return the studies that have a draft."""
        with self._lock:
            rows = self._connection.execute("SELECT study_instance_uid FROM drafts").fetchall()
        return frozenset(row[0] for row in rows)

    def discard(self, study_instance_uid: str) -> None:
        """Forget the draft of a study and the AI's map with it, if there is one."""
        with self._lock, self._connection:
            for table in ("drafts", "suspicion_maps"):
                self._connection.execute(f"DELETE FROM {table} WHERE study_instance_uid = ?", (study_instance_uid,))

    def digest(self, study_instance_uid: str) -> str:
        """Return the SHA-256 of the saved draft of a study, empty without one."""
        row = self._one("SELECT report FROM drafts WHERE study_instance_uid = ?", study_instance_uid)
        return sha256(cast(bytes, cast(object, row[0]))).hexdigest() if row else ""

    def discard_signed(self, study_instance_uid: str, digest: str | None, signed_at: datetime) -> None:
        """Forget the draft that was signed, unless it was edited since: what the reader wrote after stays.

        Without a digest (None) the draft counts as edited when it was saved after `signed_at`.
        """
        saved_at = self.saved_at(study_instance_uid)
        is_older = saved_at is None or saved_at <= signed_at
        if is_older if digest is None else digest == self.digest(study_instance_uid):
            self.discard(study_instance_uid)

    def close(self) -> None:
        """Close the file; the store is not used afterwards."""
        with self._lock:
            self._connection.close()

    def _one(self, statement: str, study_instance_uid: str) -> tuple[str, ...] | None:
        with self._lock:
            return self._connection.execute(statement, (study_instance_uid,)).fetchone()


def _digests(models: Sequence[ModelIdentity]) -> str:
    return " ".join(sorted(model.sha256 for model in models))


def _without_files(report: Report) -> Report:
    """Leave out what `load` takes from the study on disk: thousands of paths, which keep the window waiting."""
    return replace(report, recognised=RecognisedStudy(replace(report.recognised.study, series=()), (), ()))
