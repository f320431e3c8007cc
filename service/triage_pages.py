"""A long answer of an archive in pages by study date, the newest first: DIMSE knows no other way to ask for a part.

The windows grow where few studies were found and shrink where many were, so that a page comes in a fraction of a second
whatever the archive holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.audit import Action
from core.study import StudyMatch
from pacs.archive import Archive, StudyQuery
from service.orders import saw
from service.workspace import Workspace

_FEW, _MANY = 100, 500
_GROWTH = 4
_LONGEST = timedelta(days=30 * 365)
"""How far back is asked by date; one question without dates then brings what is older, and what has no date."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Page:
    """One question of a longer one: `query` has the dates of this page, `days` of them; 0 is all that is left."""

    query: StudyQuery
    days: int

    @property
    def is_last(self) -> bool:
        """Whether it asks for all that is left."""
        return self.days == 0


def first_page(query: StudyQuery, today: date) -> Page:
    """Return the first page of a question: today, and whatever a wrong clock put into the future.

    A question for one patient, one study or few days is a page of its own.
    """
    few_days = query.date_from is not None and (query.date_to or today) - query.date_from <= 7 * _DAY
    if query.patient or query.accession_number or query.study_instance_uid or few_days:
        return Page(query, 0)
    newest = min(query.date_to, today) if query.date_to else today
    return Page(replace(query, date_from=_not_before(newest, query)), 1)


def following(page: Page, asked: StudyQuery, found: int) -> Page | None:
    """Return the page after one in which so many studies were found, or None after the last."""
    first = page.query.date_from
    if page.is_last or first is None or first == asked.date_from:
        return None
    days = page.days * _GROWTH if found < _FEW else max(page.days // 2, 1) if found > _MANY else page.days
    last = first - _DAY
    if asked.date_from is None and date.today() - last > _LONGEST:  # noqa: DTZ011 — a scanner's day is local
        return Page(replace(asked, date_from=None), 0)
    return Page(replace(asked, date_from=_not_before(last - (days - 1) * _DAY, asked), date_to=last), days)


def _not_before(day: date, asked: StudyQuery) -> date:
    return max(day, asked.date_from) if asked.date_from else day


def studies_of(ws: Workspace, archive: Archive, page: Page) -> tuple[StudyMatch, ...]:
    """Return the studies of a page, newest first, without their series; raises `ArchiveUnreachable` …"""
    with ws.trail.step(Action.QUERY, archive=archive.name) as detail:
        found = archive.find_studies(page.query)
        saw(ws, found)
        detail["studies"] = len(found)
    return found


def changed_in(archive: Archive, page: Page, listed: Iterator[StudyMatch]) -> tuple[StudyMatch, ...]:
    """Return the studies of a page that are new, or of which the archive says another thing than is listed."""
    before = {study.study_instance_uid: study for study in listed}
    return tuple(one for one in archive.find_studies(page.query) if one != before.get(one.study_instance_uid))
