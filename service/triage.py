"""The facts by which the worklist ranks studies, from what the archive holds: the same at every workstation.

Which studies have structured reports is told at study level; only those reports are fetched, once each, and what they
say is kept by SOP Instance UID. The PSA and the urgency of orders are those that this workstation was sent.
"""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from core.audit import Action
from core.errors import ArchiveRefused, ResultUnreadable
from core.order import Order
from core.progress import Progress, Silent
from core.study import StudyMatch
from core.triage_facts import AiDocument, Change, Document, Facts, Failed, change_between, facts_of
from pacs.archive import Archive
from reporting.foreign_items import read_object
from service.orders import order_book
from service.triage_cache import Read, TriageCache
from service.triage_documents import document_of
from service.workspace import Workspace

_AT_ONCE = 4
Documents = Mapping[str, tuple[Document, ...]]
"""What the structured reports of studies say, by Study Instance UID; none of one that has no such report."""


def known(ws: Workspace, archive: Archive, studies: Collection[StudyMatch]) -> dict[str, tuple[Document, ...]]:
    """Return what is known without asking: of studies without a structured report, and of those that did not change."""
    without = {study.study_instance_uid: () for study in studies if not _has_reports(study)}
    return without | _cache(ws).known(archive.name, [study for study in studies if _has_reports(study)])


def look(
    ws: Workspace, archive: Archive, studies: Sequence[StudyMatch], progress: Progress = Silent()
) -> dict[str, tuple[Document, ...]]:
    """Fetch and read the structured reports of studies, those that are known excepted.

    What an archive does not give of one study is a failure of that study. Raises `ArchiveUnreachable`, `CannotWrite`,
    `Cancelled`.
    """
    uids = [study.study_instance_uid for study in studies]
    with ws.trail.step(Action.RETRIEVE, uids, archive=archive.name, what="structured reports") as detail:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="triage") as pool:
            looked = list(pool.map(lambda study: _look(ws, archive, study, progress), studies))
        detail["reports"] = sum(len(one) for one in looked if not isinstance(one, Failed))
    read = [(study, one) for study, one in zip(studies, looked, strict=True) if not isinstance(one, Failed)]
    _cache(ws).keep(archive.name, read)
    refused = {
        uid: (AiDocument("", "", one),) for uid, one in zip(uids, looked, strict=True) if isinstance(one, Failed)
    }
    return refused | {study.study_instance_uid: _said(one) for study, one in read}


def _look(ws: Workspace, archive: Archive, study: StudyMatch, progress: Progress) -> Read | Failed:
    progress.report(0.0, "")
    uid = study.study_instance_uid
    try:
        series = [one.series_instance_uid for one in archive.find_series(uid) if one.modality == "SR"]
        listed = {one: archive.find_instances(uid, one) for one in series}
        read = _cache(ws).read(sop for sops in listed.values() for sop in sops)
        for one, sops in listed.items():
            if any(sop not in read for sop in sops):
                read |= _fetched(archive, uid, one)
        return read
    except ArchiveRefused as error:
        return Failed(str(error))


def _fetched(archive: Archive, study_instance_uid: str, series_instance_uid: str) -> dict[str, Document | None]:
    with tempfile.TemporaryDirectory(prefix="prosector-triage-") as folder:
        archive.retrieve(study_instance_uid, Path(folder), Silent(), series_instance_uid=series_instance_uid)
        return {path.stem: _document(path) for path in Path(folder).glob("*.dcm")}


def _document(path: Path) -> Document | None:
    try:
        return document_of(read_object(path))
    except ResultUnreadable as error:
        return AiDocument("", "", Failed(f"a structured report of the study is damaged: {error}"))


def _said(read: Read) -> tuple[Document, ...]:
    return tuple(document for document in read.values() if document is not None)


def _has_reports(study: StudyMatch) -> bool:
    """Whether there may be one: an archive need not tell the modalities of a study."""
    return "SR" in study.modalities or not study.modalities


def _cache(ws: Workspace) -> TriageCache:
    return TriageCache(ws.settings.database)


# ------------------------------------------------------------------ put together


def orders(ws: Workspace, studies: Iterable[StudyMatch]) -> dict[str, Order]:
    """Return what the RIS ordered, by Study Instance UID, where orders are taken; raises `CannotWrite`."""
    return {} if ws.settings.orders is None else order_book(ws).orders_of(studies)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one study; `documents` is None until its structured reports are read."""

    study: StudyMatch
    documents: tuple[Document, ...] | None = None
    order: Order | None = None
    expected: bool = False

    @property
    def patient(self) -> tuple[str, str]:
        """Whose it is: ID and birth date, both of which have to agree with an earlier examination's."""
        patient = self.study.patient
        return patient.patient_id, patient.birth_date.isoformat() if patient.birth_date else ""


def facts_of_patient(told: Iterable[Told]) -> dict[str, Facts | None]:
    """Return the facts of one patient's studies, each compared with the newest before it that can be.

    None of a study whose structured reports are not read yet: nothing is said of it till then.
    """
    by_time = sorted(told, key=_time)
    return {one.study.study_instance_uid: _facts(one, by_time[:at]) for at, one in enumerate(by_time)}


def _time(told: Told) -> str:
    return told.study.study_datetime.isoformat() if told.study.study_datetime else ""


def _facts(one: Told, before: Sequence[Told]) -> Facts | None:
    if one.documents is None:
        return None
    facts = facts_of(
        one.documents,
        waiting_since=one.study.study_datetime,
        outlined="SEG" in one.study.modalities,
        expected=one.expected,
        psa_ng_ml=one.order.psa_ng_ml if one.order else None,
        urgent=one.order is not None and one.order.is_urgent,
    )
    return replace(facts, change=next(_changes(one, before), None)) if one.patient[0] else facts


def _changes(one: Told, before: Sequence[Told]) -> Iterator[Change]:
    for earlier in reversed(before):
        when = earlier.study.study_datetime
        change = when and change_between(earlier.documents or (), one.documents or (), when.date())
        if change:
            yield change


def expected(ws: Workspace) -> frozenset[str]:
    """Return the studies that the queue of the watchers has still to analyse, where this workstation knows one.

    Raises `CannotWrite` when it does not answer.
    """
    if ws.settings.watch is None:
        return frozenset()
    from service.queue_db import QueueDb
    from service.watch_queue import State, WatchQueue

    database = QueueDb(ws.settings.watch.database_url, ws.settings.database)
    try:
        entries = WatchQueue(database).entries()
        return frozenset(one.study_instance_uid for one in entries if one.state is not State.FINISHED)
    finally:
        database.close()
