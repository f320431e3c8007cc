"""Learning from use: what is kept when a study is opened, analysed and signed, and what is made of it.

Keeping it never stands in the way: what cannot be kept is told in the log.
"""

import logging
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

from core.amendment import ReportStatus
from core.errors import ProsectorError
from core.progress import Cancelled
from core.report import SignedReport
from core.settings import Settings
from core.use import Analysed, Reading, Use, model_name, reading_of
from reporting.words import reader_name
from service.use_records import UseRecords

if TYPE_CHECKING:
    from inference.models import Models
    from service.workspace import Workspace

_log = logging.getLogger(__name__)


@contextmanager
def _told_only() -> Generator[None]:
    try:
        yield
    except (ProsectorError, PackageNotFoundError) as error:  # the second where the gland's model is not installed
        _log.warning("not counted on the dashboard: %s", error)


def note_opened(ws: "Workspace", study_instance_uid: str, when: datetime) -> None:
    """Keep when a study was put on the screen: the time to its signature runs from the first time on."""
    with _told_only():
        UseRecords(ws.settings.database).note_opened(study_instance_uid, when)


def note_signed(ws: "Workspace", signed: SignedReport) -> None:
    """Keep what a signed report teaches, in place of what an earlier one of the study did.

    An addendum changes no finding, and teaches nothing new.
    """
    if signed.status is ReportStatus.ADDENDUM:
        return
    with _told_only():
        _keep(UseRecords(ws.settings.database), ws.settings, signed)


def _keep(records: UseRecords, settings: Settings, signed: SignedReport) -> None:
    uid, choice = signed.report.study_instance_uid, settings.use.readers
    reader = "" if choice == "together" else records.keep_reader(signed.reader.name, shown=choice == "named")
    corrects = signed.status is ReportStatus.CORRECTED
    opened_at, before = records.opened_at(uid), records.reading(uid) if corrects else None
    reading = reading_of(
        signed.report,
        reader,
        signed.signed_at.astimezone(UTC),
        reading_s=None if corrects else _between(opened_at, signed.signed_at),
        turnaround_s=None if corrects else _between(_examined_at(signed), signed.signed_at),
    )
    records.keep_reading(uid, _with_times_of(before, reading) if before else reading)
    records.note_signed(uid)


def _with_times_of(before: Reading, corrected: Reading) -> Reading:
    """A correction does not make the report later or quicker than it was; the time is that of who took it."""
    reading_s = before.reading_s if before.reader == corrected.reader else None
    return replace(corrected, signed_at=before.signed_at, reading_s=reading_s, turnaround_s=before.turnaround_s)


def _examined_at(signed: SignedReport) -> datetime | None:
    """Return Study Date and Time, which are in the time of the site."""
    when = signed.report.recognised.study.study_datetime
    return when.astimezone() if when else None


def _between(start: datetime | None, end: datetime) -> float | None:
    """Return the seconds between two moments; None when one is not known, or the clock was set in between."""
    seconds = (end - start).total_seconds() if start else -1.0
    return seconds if seconds >= 0 else None


@contextmanager
def counted(ws: "Workspace", models: "Models") -> Generator[None]:
    """Keep how a run of the AI with these models ended; one that the reader stopped counts for nothing."""
    began = time.perf_counter()
    failure = ""
    try:
        yield
    except Cancelled:
        raise
    except Exception as error:
        failure = type(error).__name__
        _keep_analysis(ws, models, time.perf_counter() - began, failure)
        raise
    _keep_analysis(ws, models, time.perf_counter() - began, failure)


def _keep_analysis(ws: "Workspace", models: "Models", seconds: float, failure: str) -> None:
    with _told_only():
        names = tuple(model_name(identity) for identity in models.identities)
        UseRecords(ws.settings.database).keep_analysis(Analysed(names, datetime.now(UTC), seconds, failure))


def learnt(settings: Settings, numbered: str = "Reader {number}") -> Use:
    """Return everything that is kept, with what readers are called here; raises `CannotWrite`.

    Names are told only where the site says so; others are `numbered`. Who is at this workstation sees the own readings
    by name.
    """
    records = UseRecords(settings.database)
    own = records.pseudonym(settings.reader.name) if settings.reader.name.strip() else ""
    names = tuple(
        (reader, _called(settings, name, is_own=reader == own) or numbered.format(number=number))
        for number, reader, name in records.readers()
    )
    return Use(records.readings(), records.analyses(), names)


def _called(settings: Settings, name: str, *, is_own: bool) -> str:
    """Return a reader's name where it may be told, else nothing."""
    if is_own:
        return reader_name(settings.reader.name)
    return reader_name(name) if settings.use.readers == "named" else ""
