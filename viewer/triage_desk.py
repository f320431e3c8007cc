"""Keeps what is known of the listed studies up to date: reads the AI's reports, and asks now and then what is new."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from core.order import Order
from core.progress import Progress
from core.study import StudyMatch
from core.triage_facts import Document, Facts
from pacs.archive import Archive
from service.claims import Claim, ClaimsUnreachable, claims_of
from service.triage import Told, expected, facts_of_patient, known, look, orders
from service.triage_pages import Page, changed_in
from service.workspace import Workspace
from viewer.jobs import Job, JobRunner
from viewer.worklist_rows import WorklistRow, rows_of

_BATCH = 16
"""How many studies are looked into before the list hears of them."""


@dataclass(frozen=True, slots=True)
class Found:
    """Studies that an archive has, with what is known of them without asking more."""

    rows: tuple[WorklistRow, ...]
    documents: Mapping[str, tuple[Document, ...]]
    orders: Mapping[str, Order]


def found(ws: Workspace, archive: Archive, studies: tuple[StudyMatch, ...]) -> Found:
    """Return studies as the list shows them; raises `CannotWrite`."""
    return Found(rows_of(ws, studies), known(ws, archive, studies), orders(ws, studies))


@dataclass(frozen=True, slots=True)
class _News:
    found: Found
    claims: Mapping[str, Claim] | None
    expected: frozenset[str]
    problem: str = ""


class TriageDesk(QObject):
    """Follows one archive at a time and tells what it hears, in the window's thread."""

    told = Signal(dict)
    """Study Instance UID to (facts, None where they are still being read; number of listed priors)."""
    came = Signal(object)
    """`Found`: studies that are new, or of which the archive says another thing than before."""
    claims_changed = Signal(dict)
    """Study Instance UID to `Claim`."""
    failed = Signal(str)
    """What could not be asked, in a sentence; empty once it could."""

    def __init__(self, ws: Workspace, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ws, self._jobs = ws, jobs
        self._archive: Archive | None = None
        self._pages: tuple[Page, ...] = ()
        self._turn = 0
        self._told: dict[str, Told] = {}
        self._patients: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._unread: list[StudyMatch] = []
        self._reading: Job | None = None
        self._asking: Job | None = None
        self._timer = QTimer(self, interval=max(round(ws.settings.worklist.live_every_s * 1000), 1))
        self._timer.timeout.connect(self.ask)

    @property
    def left(self) -> int:
        """Of how many studies the reports are still to be read."""
        return len(self._unread) + _BATCH * (self._reading is not None)

    def follow(self, archive: Archive) -> None:
        """Follow another archive, or the same one anew; what is under way is left."""
        self.stop()
        self._archive = archive
        self._told, self._patients, self._unread = {}, defaultdict(set), []
        self._pages, self._turn = (), 0
        if self._ws.settings.worklist.live_every_s:
            self._timer.start()

    def stop(self) -> None:
        """Ask nothing any more."""
        self._timer.stop()
        for job in (self._reading, self._asking):
            if job is not None:
                job.abandon()
        self._reading = self._asking = None

    def put(self, new: Found, pages: tuple[Page, ...] | None = None) -> None:
        """Read what the reports of these studies say; `pages` are the questions by which all were found."""
        self._pages = self._pages if pages is None else pages
        uids = {row.uid for row in new.rows}
        for row in new.rows:
            one = self._told.get(row.uid)
            order = new.orders.get(row.uid)
            told = Told(row.match, order=order) if one is None else replace(one, study=row.match, order=order)
            self._told[row.uid] = told
            self._patients[told.patient].add(row.uid)
        self._unread = [one for one in self._unread if one.study_instance_uid not in uids]
        self._unread += [row.match for row in new.rows if row.uid not in new.documents]
        self._tell(new.documents, also=uids)
        self._go_on()

    def ask(self) -> None:
        """Ask the archive for what is new: in the two newest pages each time, in the others one after the other."""
        if self._archive is None or self._asking is not None:
            return
        self._go_on()
        archive, pages, listed = self._archive, self._next_pages(), tuple(one.study for one in self._told.values())
        self._asking = self._jobs.start(
            lambda _progress: _news(self._ws, archive, pages, listed), on_done=self._heard, on_failed=self._not_heard
        )

    def _next_pages(self) -> tuple[Page, ...]:
        newest, others = self._pages[:2], self._pages[2:]
        self._turn += 1
        return (*newest, others[self._turn % len(others)]) if others else newest

    # ------------------------------------------------------------------ the archive's reports

    def _go_on(self) -> None:
        if self._reading is not None or self._archive is None or not self._unread:
            return
        archive, batch, self._unread = self._archive, self._unread[:_BATCH], self._unread[_BATCH:]

        def work(progress: Progress) -> Mapping[str, tuple[Document, ...]]:
            return look(self._ws, archive, batch, progress)

        self._reading = self._jobs.start(work, on_done=self._read, on_failed=partial(self._not_read, batch))

    def _read(self, documents: Mapping[str, tuple[Document, ...]]) -> None:
        self._reading = None
        self.failed.emit("")
        self._tell(documents)
        self._go_on()

    def _not_read(self, batch: list[StudyMatch], sentence: str) -> None:
        """Try the same again at the next turn: the archive is away, or the disk is full."""
        self._reading, self._unread = None, [*batch, *self._unread]
        self.failed.emit(sentence)

    def _tell(self, documents: Mapping[str, tuple[Document, ...]], also: Iterable[str] = ()) -> None:
        """Tell of these studies, and of the patients' others that are compared with them."""
        for uid, read in documents.items():
            if uid in self._told:
                self._told[uid] = replace(self._told[uid], documents=read)
        uids = {uid for uid in (*documents, *also) if uid in self._told}
        told: dict[str, tuple[Facts | None, int]] = {}
        for patient in {self._told[uid].patient for uid in uids}:
            theirs = [self._told[uid] for uid in self._patients[patient]]
            told |= _with_priors(theirs) if patient[0] else _alone(theirs)
        if told:
            self.told.emit(told)

    # ------------------------------------------------------------------ what is new

    def _heard(self, news: _News) -> None:
        self._asking = None
        changed = {uid for uid, one in self._told.items() if one.expected != (uid in news.expected)}
        for uid in changed:
            self._told[uid] = replace(self._told[uid], expected=uid in news.expected)
        if news.claims is not None:
            self.claims_changed.emit(dict(news.claims))
        self.failed.emit(news.problem)
        self._tell({}, also=changed)
        if news.found.rows:
            self.came.emit(news.found)

    def _not_heard(self, sentence: str) -> None:
        self._asking = None
        self.failed.emit(sentence)


def _alone(theirs: Iterable[Told]) -> dict[str, tuple[Facts | None, int]]:
    """Return the facts of studies that do not say whose they are."""
    return {uid: (one, 0) for told in theirs for uid, one in facts_of_patient([told]).items()}


def _with_priors(theirs: list[Told]) -> dict[str, tuple[Facts | None, int]]:
    """Return facts and number of earlier examinations of one patient's studies."""
    when = {told.study.study_instance_uid: told.study.study_datetime for told in theirs}
    days = [day for day in when.values() if day]
    return {
        uid: (one, sum(day < at for day in days) if (at := when[uid]) else 0)
        for uid, one in facts_of_patient(theirs).items()
    }


def _news(ws: Workspace, archive: Archive, pages: Iterable[Page], listed: tuple[StudyMatch, ...]) -> _News:
    changed = {one.study_instance_uid: one for page in pages for one in changed_in(archive, page, iter(listed))}
    new = found(ws, archive, tuple(changed.values()))
    try:
        return _News(new, claims_of(ws).all(), expected(ws))
    except ClaimsUnreachable as error:
        return _News(new, None, expected(ws), str(error))
