"""What was read of structured reports, kept in the workstation's SQLite file so that none is fetched a second time."""

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection

from pydantic import TypeAdapter

from core.study import StudyMatch
from core.triage_facts import Document
from service.transactions import transaction

Read = Mapping[str, Document | None]
"""What each structured report says, by SOP Instance UID."""

_DOCUMENT: TypeAdapter[Document | None] = TypeAdapter(Document | None)
_FORMAT = 1
_UNCOUNTED_FOR = timedelta(minutes=10)
"""How long a look holds in an archive that does not count what it has of a study."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS triage_documents (
    sop_instance_uid TEXT PRIMARY KEY,
    format INTEGER NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS triage_looks (
    archive TEXT NOT NULL,
    study_instance_uid TEXT NOT NULL,
    signature TEXT NOT NULL,
    looked_at TEXT NOT NULL,
    documents TEXT NOT NULL,
    PRIMARY KEY (archive, study_instance_uid)
);
"""


@dataclass(frozen=True, slots=True)
class TriageCache:
    """One SQLite file; each call is a transaction of its own. Raises `CannotWrite`."""

    path: Path

    def known(self, archive: str, studies: Iterable[StudyMatch]) -> dict[str, tuple[Document, ...]]:
        """Return the documents of the studies that are as they were when they were last looked at, by study."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT study_instance_uid, signature, looked_at, documents FROM triage_looks WHERE archive = ?",
                [archive],
            )
            looks = {uid: (signature, looked_at, json.loads(told)) for uid, signature, looked_at, told in rows}
            fresh = {
                study.study_instance_uid: looks[study.study_instance_uid][2]
                for study in studies
                if study.study_instance_uid in looks and _holds(study, *looks[study.study_instance_uid][:2])
            }
            read = self._documents(connection, {uid for uids in fresh.values() for uid in uids})
        whole = {study: uids for study, uids in fresh.items() if all(uid in read for uid in uids)}
        return {study: tuple(x for uid in uids if (x := read[uid]) is not None) for study, uids in whole.items()}

    def read(self, sop_instance_uids: Iterable[str]) -> dict[str, Document | None]:
        """Return what is kept of these structured reports; None of one that says nothing of an examination."""
        with self._transaction() as connection:
            return self._documents(connection, set(sop_instance_uids))

    def keep(self, archive: str, looked: Iterable[tuple[StudyMatch, Read]]) -> None:
        """Keep what the structured reports of these studies say, and that they are all that the archive has."""
        now = datetime.now(UTC).isoformat()
        with self._transaction() as connection:
            for study, read in looked:
                connection.executemany(
                    "INSERT OR REPLACE INTO triage_documents VALUES (?, ?, ?)",
                    [(uid, _FORMAT, _DOCUMENT.dump_json(document).decode()) for uid, document in read.items()],
                )
                row = (archive, study.study_instance_uid, signature_of(study), now, json.dumps(list(read)))
                connection.execute("INSERT OR REPLACE INTO triage_looks VALUES (?, ?, ?, ?, ?)", row)

    def _documents(self, connection: Connection, wanted: set[str]) -> dict[str, Document | None]:
        found: dict[str, Document | None] = {}
        for part in _parts(sorted(wanted)):
            marks = ", ".join("?" * len(part))
            rows = connection.execute(
                f"SELECT sop_instance_uid, content FROM triage_documents WHERE format = {_FORMAT}"
                f" AND sop_instance_uid IN ({marks})",
                part,
            )
            found |= {uid: _DOCUMENT.validate_json(content) for uid, content in rows}
        return found

    def _transaction(self) -> AbstractContextManager[Connection]:
        return transaction(self.path, _SCHEMA, "What the AI's reports say")


def signature_of(study: StudyMatch) -> str:
    """Return what tells that an archive has got more, or less, of a study."""
    return f"{study.series_count} {study.instance_count} {' '.join(sorted(study.modalities))}"


def _holds(study: StudyMatch, signature: str, looked_at: str) -> bool:
    if signature != signature_of(study):
        return False
    counts = study.series_count is not None and study.instance_count is not None
    return counts or datetime.now(UTC) - datetime.fromisoformat(looked_at) < _UNCOUNTED_FOR


def _parts(uids: list[str], size: int = 500) -> Iterable[list[str]]:
    return (uids[at : at + size] for at in range(0, len(uids), size))
