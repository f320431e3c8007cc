"""What is kept of use, in the workstation's SQLite file: nothing that leads to a patient."""

import csv
import hashlib
import io
import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from core.errors import CannotWrite, ProsectorError, StudyUnreadable
from core.files import write_text
from core.findings import ModelIdentity
from core.pirads import Category
from core.reader import Reader
from core.report import Edited, FromModel, Lesion, Rejected, Report, SignedReport
from core.use import AiRun, Done, Reading, UsedLesion
from inference.models import Models
from service.reading import OpenStudy
from service.workspace import Workspace

_log = logging.getLogger(__name__)

_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS use_records (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    format INTEGER NOT NULL,
    record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS use_salt (one INTEGER PRIMARY KEY CHECK (one = 1), salt TEXT NOT NULL);
"""
_RECORD: TypeAdapter[Reading | AiRun] = TypeAdapter(Annotated[Reading | AiRun, Field(discriminator="kind")])


def count_signed(ws: Workspace, signed: SignedReport, opened: OpenStudy) -> None:
    """Keep what the first signature of an examination says of reader and AI; amendments are not counted again.

    A report is not lost because this cannot be written: the log says so.
    """
    if signed.report.amends is None:
        _count(ws, lambda connection: _reading(ws, connection, signed, opened))


def count_run(ws: Workspace, models: Models, found: Iterable[ModelIdentity], failure: str) -> None:
    """Keep that the AI ran: with these models where it told them, else those that were asked; failed, if it did."""
    names = tuple(sorted({_name(one) for one in found})) or _asked(models)
    today = datetime.now().astimezone().date()
    _count(ws, lambda _connection: AiRun(today, names, failure))


def records(ws: Workspace) -> tuple[tuple[Reading, ...], tuple[AiRun, ...]]:
    """Return readings and runs in the order of their coming; raises `CannotWrite`, `StudyUnreadable`."""
    try:
        with closing(_connect(ws)) as connection:
            rows = connection.execute("SELECT record FROM use_records ORDER BY number").fetchall()
        found = [_RECORD.validate_json(row[0]) for row in rows]
    except (sqlite3.Error, ValidationError) as error:
        raise StudyUnreadable(
            f"What was kept of use in {ws.settings.database} cannot be read by this version of Prosector; it is kept as"
            " it is. Open it with the version that wrote it."
        ) from error
    return tuple(x for x in found if isinstance(x, Reading)), tuple(x for x in found if isinstance(x, AiRun))


def export_csv(path: Path, readings: Iterable[Reading], runs: Iterable[AiRun]) -> None:
    """Write one line per lesion, examination without lesion, or run; raises `CannotWrite`.

    Readers are pseudonyms whatever the site shows; days, whole minutes and tenths of an hour, no times.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow(_COLUMNS)
    for number, reading in enumerate(readings, start=1):
        writer.writerows(_lines(number, reading))
    writer.writerows(("run", "", x.day, "", _joined(x.models), *[""] * 8, x.failure or "none") for x in runs)
    write_text(path, text.getvalue())


_COLUMNS = (
    "kind", "examination", "day", "reader", "models", "category", "open_to_sign_min", "turnaround_h",
    "lesion_model", "done", "suggested", "reported", "score", "failure",
)  # fmt: skip


def _lines(number: int, reading: Reading) -> Iterable[tuple[object, ...]]:
    minutes = "" if reading.open_to_sign_s is None else round(reading.open_to_sign_s / 60)
    hours = "" if reading.turnaround_min is None else round(reading.turnaround_min / 60, 1)
    begin = ("reading", number, reading.day, reading.reader, _joined(reading.models), reading.category, minutes, hours)
    for x in reading.lesions:
        score = "" if x.score is None else round(x.score, 3)
        yield (*begin, _safe(x.model), x.done, x.suggested, x.reported, score, "")
    if not reading.lesions:
        yield (*begin, *[""] * 6)


def _joined(models: Iterable[str]) -> str:
    return _safe("; ".join(models))


def _safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _count(ws: Workspace, made: Callable[[sqlite3.Connection], Reading | AiRun]) -> None:
    try:
        with closing(_connect(ws)) as connection, connection:
            row = (secrets.token_hex(16), _FORMAT, _RECORD.dump_json(made(connection)).decode())
            connection.execute("INSERT INTO use_records (key, format, record) VALUES (?, ?, ?)", row)
    except (sqlite3.Error, ProsectorError) as error:  # neither a report nor an analysis is lost for it
        _log.warning("use not counted: %s", error)


def _connect(ws: Workspace) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(ws.settings.database, timeout=10)
        connection.executescript(_SCHEMA)
    except sqlite3.Error as error:
        raise CannotWrite(f"What is kept of use in {ws.settings.database} cannot be opened: {error}.") from error
    return connection


def _reading(ws: Workspace, connection: sqlite3.Connection, signed: SignedReport, opened: OpenStudy) -> Reading:
    report, when = signed.report, signed.signed_at
    return Reading(
        day=when.date(),
        reader=_pseudonym(connection, signed.reader),
        reader_name=signed.reader.name if ws.settings.use.readers == "name" else "",
        models=_models(report),
        lesions=tuple(_lesion(x) for x in report.lesions),
        category=report.category,
        open_to_sign_s=max(round((when - opened.opened_at).total_seconds()), 0),
        turnaround_min=_turnaround(report, when),
    )


def _turnaround(report: Report, signed_at: datetime) -> int | None:
    """Return the minutes since the study; None where its time is not known or lies ahead."""
    began = report.recognised.study.study_datetime
    if began is None:
        return None
    if began.tzinfo is None:
        began = began.replace(tzinfo=signed_at.tzinfo)
    minutes = round((signed_at - began).total_seconds() / 60)
    return minutes if minutes >= 0 else None


def _models(report: Report) -> tuple[str, ...]:
    of_lesions = [x.origin.model for x in report.lesions if isinstance(x.origin, FromModel)]
    return tuple(sorted({_name(one) for one in (*report.models, *of_lesions)}))


def _name(model: ModelIdentity) -> str:
    return f"{model.name} {model.version}"


def _asked(models: Models) -> tuple[str, ...]:
    packs = (models.gland, models.zones, models.lesions)
    return tuple(sorted({_name(pack.identity) for pack in packs if pack is not None})) or ("built-in",)


def _lesion(lesion: Lesion) -> UsedLesion:
    if not isinstance(lesion.origin, FromModel):
        done: Done = "rejected" if isinstance(lesion.review, Rejected) else "added"
        return UsedLesion("", done, Category.PENDING, lesion.category, None)
    origin = lesion.origin
    return UsedLesion(_name(origin.model), _done(lesion), origin.suggested_category, lesion.category, origin.score)


def _done(lesion: Lesion) -> Done:
    match lesion.review:
        case Edited():
            return "edited"
        case Rejected():
            return "rejected"
        case _:
            return "accepted"


def _pseudonym(connection: sqlite3.Connection, reader: Reader) -> str:
    """Return the same few letters for the same reader at this workstation, and other ones at another."""
    connection.execute("INSERT OR IGNORE INTO use_salt VALUES (1, ?)", (secrets.token_hex(16),))
    ((salt,),) = connection.execute("SELECT salt FROM use_salt").fetchall()
    return f"R-{hashlib.sha256(f'{salt} {reader.name}'.encode()).hexdigest()[:6]}"
