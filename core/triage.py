"""Which study is read first, and why: rules over what is known of a study, each told beside the priority that it makes.

Nothing here says how likely cancer is. A study without a result of an AI, and one whose analysis failed or whose images
are inadequate, is never ranked below one with a low suspicion; within a level the longest wait comes first, because the
differences between two scores of one level mean little. The rules stand in docs/worklist.md.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from core.pirads import Category
from core.quality import Adequacy
from core.settings import WorklistSettings
from core.triage_facts import Analysed, Expected, Facts, Failed, NotAnalysed, ReportState, Withheld

_HIGH = (Category.FOUR, Category.FIVE)
_SOON = 0.75
"""Which share of the time until a study is due has gone when it is said to be due soon."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class Level(IntEnum):
    """How soon, the most urgent highest. UNKNOWN is where no AI can be relied on; it stands above LOW."""

    LOW = 1
    UNKNOWN = 2
    MEDIUM = 3
    HIGH = 4
    URGENT = 5


class Why(StrEnum):
    """What speaks for a priority."""

    ORDERED_URGENT = "ordered as urgent"
    SUSPICION = "AI suspicion"
    CATEGORY = "AI suggests a category"
    UNRATED = "AI lesions without a score"
    NO_LESION = "AI found no lesion"
    NOT_ANALYSED = "no result of an AI"
    OUTLINED = "segmentations without a score"
    EXPECTED = "waits for the AI"
    FAILED = "AI failed"
    WITHHELD = "AI withheld"
    INADEQUATE = "images inadequate"
    PSA_DENSITY = "PSA density"
    CHANGED = "change against the prior"
    OVERDUE = "waits longer than it should"
    PRELIMINARY = "awaits verification"
    REPORTED = "reported"
    LONG_AGO = "examined long ago"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with the number (score, ng/mL², hours overdue) or the words that it is about."""

    why: Why
    number: float | None = None
    words: str = ""


class Sla(StrEnum):
    """Where a study stands against the time in which it should be read."""

    NONE = "none"
    IN_TIME = "in time"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Priority:
    """When a study is read and why. `waits` is False of what is reported, and of what was examined long ago.

    `since` is the examination, `waited_h` how long that is ago in hours, `due_in_h` how long is left; None where it is
    not known, or nothing is due.
    """

    level: Level
    reasons: tuple[Reason, ...]
    waits: bool = True
    reported: bool = False
    sla: Sla = Sla.NONE
    waited_h: float | None = None
    due_in_h: float | None = None
    since: datetime | None = None

    @property
    def rank(self) -> tuple[bool, bool, int, float]:
        """What the list is sorted by, the first first: what waits before all else, by level, then the longest wait.

        Of what does not wait the newest comes first.
        """
        examined = self.since.timestamp() if self.since else math.inf * (1 if self.waits else -1)
        return self.reported, not self.waits, -self.level, examined if self.waits else -examined


def priority(facts: Facts, now: datetime, rules: WorklistSettings) -> Priority:
    """Return when a study is to be read, and why; `now` is local time without a zone, as examinations have it."""
    level, reasons = _by_ai(facts, rules)
    if facts.report is ReportState.FINAL:
        return Priority(level, (Reason(Why.REPORTED), *reasons), waits=False, reported=True, since=facts.waiting_since)
    waited = None if facts.waiting_since is None else max((now - facts.waiting_since) / _HOUR, 0.0)
    if waited is None:
        return Priority(_with_order(level, facts), (*_by_order(facts), *reasons))
    if waited * _HOUR > rules.waiting_days * _DAY:
        return Priority(
            level, (*reasons, Reason(Why.LONG_AGO)), waits=False, waited_h=waited, since=facts.waiting_since
        )
    allowed = float(rules.urgent_hours if facts.urgent else rules.routine_hours)
    patient = tuple(_by_patient(facts, rules))
    late = (Reason(Why.OVERDUE, waited - allowed),) if waited > allowed else ()
    level = _raised(level, len(patient) + int(waited // allowed))
    told = (*_by_order(facts), *reasons, *patient, *late)
    return Priority(
        _with_order(level, facts),
        told,
        sla=_sla(waited, allowed),
        waited_h=waited,
        due_in_h=allowed - waited,
        since=facts.waiting_since,
    )


def _by_ai(facts: Facts, rules: WorklistSettings) -> tuple[Level, tuple[Reason, ...]]:
    """Return the level that the AI's word makes; a failure beside it, or bad images, keep it from being low."""
    match facts.ai:
        case Analysed():
            level, reasons = _by_result(facts.ai, rules)
            if facts.about.adequacy is Adequacy.INADEQUATE:
                level, reasons = max(level, Level.UNKNOWN), (*reasons, Reason(Why.INADEQUATE))
        case Failed(why):
            level, reasons = Level.UNKNOWN, (Reason(Why.FAILED, words=why),)
        case Withheld(why):
            level, reasons = Level.UNKNOWN, (Reason(Why.WITHHELD, words=why),)
        case Expected():
            level, reasons = Level.UNKNOWN, (Reason(Why.EXPECTED),)
        case NotAnalysed(outlined):
            level, reasons = Level.UNKNOWN, (Reason(Why.OUTLINED if outlined else Why.NOT_ANALYSED),)
    failed = tuple(Reason(Why.FAILED, words=why) for why in facts.failures)
    return (max(level, Level.UNKNOWN) if failed else level), (*reasons, *failed)


def _by_result(result: Analysed, rules: WorklistSettings) -> tuple[Level, tuple[Reason, ...]]:
    reasons = tuple(_said(result))
    score = result.suspicion.score if result.suspicion else 0.0
    if result.category in _HIGH or score >= rules.high:
        return Level.HIGH, reasons
    if result.category is Category.THREE or score >= rules.medium:
        return Level.MEDIUM, reasons
    if result.lesions and not reasons:
        return Level.MEDIUM, (Reason(Why.UNRATED),)
    return Level.LOW, reasons or (Reason(Why.NO_LESION),)


def _said(result: Analysed) -> Iterator[Reason]:
    if result.suspicion is not None:
        yield Reason(Why.SUSPICION, result.suspicion.score, result.suspicion.calibrated_on)
    if result.category.isdigit():
        yield Reason(Why.CATEGORY, words=result.category.value)


def _by_patient(facts: Facts, rules: WorklistSettings) -> Iterator[Reason]:
    density = facts.about.psa_density
    if density is not None and density >= rules.psa_density:
        yield Reason(Why.PSA_DENSITY, density)
    if facts.change is not None and facts.change.risen:
        yield Reason(Why.CHANGED)


def _by_order(facts: Facts) -> Iterator[Reason]:
    if facts.urgent:
        yield Reason(Why.ORDERED_URGENT)
    if facts.report is ReportState.PRELIMINARY:
        yield Reason(Why.PRELIMINARY)


def _with_order(level: Level, facts: Facts) -> Level:
    return Level.URGENT if facts.urgent else level


def _raised(level: Level, steps: int) -> Level:
    """Return the level so many steps higher, at most HIGH: LOW and UNKNOWN are both raised to MEDIUM first."""
    if steps <= 0 or level >= Level.HIGH:
        return level
    return Level.HIGH if level is Level.MEDIUM or steps > 1 else Level.MEDIUM


def _sla(waited: float, allowed: float) -> Sla:
    if waited > allowed:
        return Sla.OVERDUE
    return Sla.SOON if waited >= _SOON * allowed else Sla.IN_TIME
