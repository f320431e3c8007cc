"""An SQLite index of the DICOM files in a folder, and C-FIND's answers from it."""

import os
import sqlite3
import struct
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pydicom import dcmread
from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from pacs.matching import matches, text_of

LEVELS = ("PATIENT", "STUDY", "SERIES", "IMAGE")

_KEYS: dict[str, tuple[str, ...]] = {  # the first of each level is its unique key (PS3.4 C.6.1.1, C.6.2.1)
    "PATIENT": ("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "IssuerOfPatientID"),
    "STUDY": (
        "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber", "StudyID", "StudyDescription",
        "ReferringPhysicianName", "PatientAge", "PatientWeight", "InstitutionName",
    ),
    "SERIES": (
        "SeriesInstanceUID", "Modality", "SeriesNumber", "SeriesDescription", "SeriesDate", "SeriesTime",
        "BodyPartExamined", "ProtocolName", "Manufacturer", "ManufacturerModelName",
        "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime",
    ),
    "IMAGE": (
        "SOPInstanceUID", "SOPClassUID", "InstanceNumber", "ContentDate", "ContentTime", "Rows", "Columns",
        "NumberOfFrames", "BitsAllocated", "CompletionFlag", "VerificationFlag", "ContentLabel",
    ),
}  # fmt: skip
_COLUMNS = tuple(keyword for level in LEVELS for keyword in _KEYS[level])
_COUNTS: dict[str, dict[str, str]] = {
    "PATIENT": {
        "NumberOfPatientRelatedStudies": "COUNT(DISTINCT StudyInstanceUID)",
        "NumberOfPatientRelatedSeries": "COUNT(DISTINCT SeriesInstanceUID)",
        "NumberOfPatientRelatedInstances": "COUNT(DISTINCT SOPInstanceUID)",
    },
    "STUDY": {
        "NumberOfStudyRelatedSeries": "COUNT(DISTINCT SeriesInstanceUID)",
        "NumberOfStudyRelatedInstances": "COUNT(DISTINCT SOPInstanceUID)",
        # no modality or UID holds a comma, SQLite's only separator for distinct values
        "ModalitiesInStudy": "REPLACE(GROUP_CONCAT(DISTINCT NULLIF(Modality, '')), ',', '\\')",
        "SOPClassesInStudy": "REPLACE(GROUP_CONCAT(DISTINCT SOPClassUID), ',', '\\')",
    },
    "SERIES": {"NumberOfSeriesRelatedInstances": "COUNT(DISTINCT SOPInstanceUID)"},
    "IMAGE": {},
}
_UNIQUE = tuple(_KEYS[level][0] for level in LEVELS)
_SCHEMA = (
    f"CREATE TABLE IF NOT EXISTS file (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, {', '.join(_COLUMNS)})",
    *(f"CREATE INDEX IF NOT EXISTS by_{key} ON file ({key})" for key in _UNIQUE),
)
_INSERT = f"INSERT OR REPLACE INTO file VALUES ({', '.join('?' * (3 + len(_COLUMNS)))})"

Row = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """One instance that lies in a file."""

    path: Path
    study_instance_uid: str
    series_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str


class Index:
    """The index of `folder`, kept in `database` (":memory:" for one that is thrown away). For any thread."""

    def __init__(self, folder: Path, database: Path | str) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._connection = _open(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def refresh(self) -> None:
        """Read the files that are new or changed, forget those that are gone; other files are only looked at once."""
        with self._lock:
            rows = self._connection.execute("SELECT path, size, mtime_ns FROM file")
            known: dict[str, tuple[int, int]] = {path: (size, mtime) for path, size, mtime in rows}
        found = dict(_files(self._folder))
        gone = [(path,) for path in known.keys() - found.keys()]
        fresh = [_row(self._folder, path, state) for path, state in found.items() if known.get(path) != state]
        with self._lock, self._connection:
            self._connection.executemany("DELETE FROM file WHERE path = ?", gone)
            self._connection.executemany(_INSERT, fresh)

    def add(self, path: Path) -> None:
        """Read one file that has just been written."""
        relative = path.relative_to(self._folder).as_posix()
        row = _row(self._folder, relative, _state(path))
        with self._lock, self._connection:
            self._connection.execute(_INSERT, row)

    def path_of(self, sop_instance_uid: str) -> Path | None:
        """Return the file that holds an instance."""
        stored = self._stored("SOPInstanceUID = ?", [sop_instance_uid])
        return stored[0].path if stored else None

    def find(self, identifier: Dataset) -> Iterator[Dataset]:
        """Yield one answer for each entity that matches a C-FIND identifier; raises ValueError for an unknown level."""
        level = level_of(identifier)
        keys = _asked_for(identifier)
        for row in self._grouped(level, keys):
            if all(matches(dictionary_VR(keyword), key, row.get(keyword, key)) for keyword, key in keys.items()):
                yield _answer(level, identifier, row)

    def instances(self, identifier: Dataset) -> tuple[Stored, ...]:
        """Return what a C-GET or C-MOVE identifier names by its unique keys; raises ValueError if it names nothing."""
        level_of(identifier)
        keys = {keyword: text_of(identifier, keyword) for keyword in _UNIQUE}
        if not any(keys.values()):
            raise ValueError("the identifier holds no unique key")
        where, values = _where({keyword: key for keyword, key in keys.items() if key})
        return tuple(self._stored(where, values))

    def _stored(self, where: str, values: Sequence[str]) -> list[Stored]:
        columns = "StudyInstanceUID, SeriesInstanceUID, SOPClassUID, SOPInstanceUID"
        query = f"SELECT MIN(path), {columns} FROM file WHERE {where} GROUP BY SOPInstanceUID"
        order = " ORDER BY SeriesInstanceUID, CAST(InstanceNumber AS INTEGER), SOPInstanceUID"
        with self._lock:
            rows = self._connection.execute(query + order, values).fetchall()
        return [Stored(self._folder / row[0], *row[1:]) for row in rows]

    def _grouped(self, level: str, keys: dict[str, str]) -> Iterator[dict[str, str]]:
        columns = [keyword for upper in LEVELS[: LEVELS.index(level) + 1] for keyword in _KEYS[upper]]
        # MAX: an attribute that one file of a study lacks is taken from another
        select = [f"MAX({keyword})" for keyword in columns] + list(_COUNTS[level].values())
        exact = {keyword: key for keyword, key in keys.items() if keyword in _UNIQUE and key and not _is_wild(key)}
        where, values = _where(exact)
        query = f"SELECT {', '.join(select)} FROM file WHERE {where} GROUP BY {_KEYS[level][0]}"
        with self._lock:
            rows = self._connection.execute(query, values).fetchall()
        names = [*columns, *_COUNTS[level]]
        for row in rows:
            yield {name: "" if value is None else str(value) for name, value in zip(names, row, strict=True)}


def read_instance(path: Path) -> Stored | None:
    """Return what a file holds, None if it is not a DICOM instance."""
    values = _values(path)
    if values is None:
        return None
    named = dict(zip(_COLUMNS, values, strict=True))
    uids = ("StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID", "SOPInstanceUID")
    return Stored(path, *(named[keyword] for keyword in uids))


def level_of(identifier: Dataset) -> str:
    """Return the query/retrieve level; raises ValueError if there is none that we know."""
    level = text_of(identifier, "QueryRetrieveLevel")
    if level not in LEVELS:
        raise ValueError(f"query/retrieve level {level or '(none)'} is not known")
    return level


def _open(database: Path | str) -> sqlite3.Connection:
    try:
        return _connect(database)
    except sqlite3.DatabaseError:
        # Damaged, or written by another version: it holds nothing that the files do not hold.
        Path(database).unlink()
        return _connect(database)


def _connect(database: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(database, check_same_thread=False, timeout=30)
    try:
        with connection:
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute(f"SELECT size, mtime_ns, {', '.join(_COLUMNS)} FROM file LIMIT 1")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _files(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            path = Path(parent, name)
            if not name.startswith(".") and not name.startswith("index.sqlite") and path.is_file():
                yield path.relative_to(folder).as_posix(), _state(path)


def _state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _row(folder: Path, relative: str, state: tuple[int, int]) -> Row:
    """Return the row of a file; that of a file which is not a DICOM instance holds nulls."""
    return (relative, *state, *(_values(folder / relative) or [None] * len(_COLUMNS)))


def _values(path: Path) -> list[str] | None:
    try:
        dataset = dcmread(path, stop_before_pixels=True, specific_tags=list(_COLUMNS))
        values = [text_of(dataset, keyword) for keyword in _COLUMNS]
    except (InvalidDicomError, OSError, EOFError, ValueError, NotImplementedError, struct.error):
        return None
    complete = all(values[_COLUMNS.index(keyword)] for keyword in _UNIQUE[1:])  # a patient may lack an ID
    return values if complete else None


def _where(exact: dict[str, str]) -> tuple[str, list[str]]:
    terms = ["SOPInstanceUID IS NOT NULL"]
    values: list[str] = []
    for keyword, key in exact.items():
        wanted = key.split("\\")
        terms.append(f"{keyword} IN ({', '.join('?' * len(wanted))})")
        values += wanted
    return " AND ".join(terms), values


def _is_wild(key: str) -> bool:
    return "*" in key or "?" in key


def _asked_for(identifier: Dataset) -> dict[str, str]:
    """Return the matching keys of an identifier; sequences and unknown tags match anything."""
    return {
        keyword: text_of(identifier, keyword) for keyword in _keywords(identifier) if dictionary_VR(keyword) != "SQ"
    }


def _keywords(identifier: Dataset) -> Iterable[str]:
    ignored = ("QueryRetrieveLevel", "SpecificCharacterSet", "TimezoneOffsetFromUTC")
    tags = [tag for tag in list(identifier.keys()) if not tag.is_private and tag.element != 0]
    return [keyword for tag in tags if (keyword := keyword_for_tag(tag)) and keyword not in ignored]


def _answer(level: str, identifier: Dataset, row: dict[str, str]) -> Dataset:
    answer = Dataset()
    answer.SpecificCharacterSet = "ISO_IR 192"
    answer.QueryRetrieveLevel = level
    for keyword in {*_keywords(identifier), *_UNIQUE[: LEVELS.index(level) + 1]}:
        setattr(answer, keyword, _typed(keyword, row.get(keyword, "")))
    return answer


def _typed(keyword: str, text: str) -> object:
    vr = dictionary_VR(keyword)
    if vr == "SQ":
        return []
    if vr == "US":
        return int(text) if text else None
    return text.split("\\") if "\\" in text else text
