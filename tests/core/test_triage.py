"""Which study is read first, and why: tables that a person can check against docs/worklist.md."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pirads import Category
from core.quality import Adequacy
from core.settings import WorklistSettings
from core.triage import Level, Reason, Sla, Why, priority
from core.triage_facts import (
    AiDocument,
    AiState,
    Analysed,
    Change,
    Document,
    Expected,
    Facts,
    Failed,
    NotAnalysed,
    Prostate,
    ReaderDocument,
    ReportState,
    Suspicion,
    Withheld,
    change_between,
    facts_of,
)

_RULES = WorklistSettings()
_NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 — a scanner's time has no zone
_NONE = Category.PENDING


def _ago(hours: float) -> datetime:
    return _NOW - timedelta(hours=hours)


def _found(score: float, category: Category = _NONE, lesions: int = 1) -> Analysed:
    return Analysed(lesions, Suspicion(score), category)


def _facts(ai: AiState, **changes: object) -> Facts:
    return replace(Facts(ai, waiting_since=_ago(1)), **changes)  # type: ignore[arg-type]


# ------------------------------------------------------------------ the AI's word


@pytest.mark.parametrize(
    ("ai", "level"),
    [
        (_found(0.93), Level.HIGH),
        (_found(0.50), Level.HIGH),
        (_found(0.49), Level.MEDIUM),
        (_found(0.20), Level.MEDIUM),
        (_found(0.19), Level.LOW),
        (_found(0.10, Category.FOUR), Level.HIGH),
        (_found(0.10, Category.FIVE), Level.HIGH),
        (_found(0.10, Category.THREE), Level.MEDIUM),
        (_found(0.10, Category.TWO), Level.LOW),
        (Analysed(1, None, Category.FOUR), Level.HIGH),
        (Analysed(1, None, Category.TWO), Level.LOW),
        (Analysed(2), Level.MEDIUM),  # lesions without a number are not called low
        (Analysed(0), Level.LOW),
        (NotAnalysed(), Level.UNKNOWN),
        (NotAnalysed(outlined=True), Level.UNKNOWN),
        (Expected(), Level.UNKNOWN),
        (Failed("out of memory"), Level.UNKNOWN),
        (Withheld("T2W: motion"), Level.UNKNOWN),
    ],
)
def test_what_the_ai_says_makes_the_level(ai: AiState, level: Level) -> None:
    assert priority(_facts(ai), _NOW, _RULES).level is level


def test_a_failure_or_no_result_is_never_ranked_below_a_low_suspicion_however_long_that_one_waits() -> None:
    low = priority(_facts(Analysed(0), waiting_since=_ago(71)), _NOW, _RULES)
    for ai in (NotAnalysed(), NotAnalysed(outlined=True), Expected(), Failed("x"), Withheld("x")):
        assert priority(_facts(ai, waiting_since=_ago(0)), _NOW, _RULES).rank < low.rank


def test_a_low_suspicion_on_inadequate_images_is_not_relied_on_and_a_high_one_stays_high() -> None:
    inadequate = Prostate(adequacy=Adequacy.INADEQUATE)
    doubted = priority(_facts(_found(0.05), about=inadequate), _NOW, _RULES)
    assert (doubted.level, doubted.reasons[-1].why) == (Level.UNKNOWN, Why.INADEQUATE)
    assert priority(_facts(_found(0.9), about=inadequate), _NOW, _RULES).level is Level.HIGH
    limited = Prostate(adequacy=Adequacy.LIMITED)
    assert priority(_facts(_found(0.05), about=limited), _NOW, _RULES).level is Level.LOW


def test_a_failure_beside_a_low_result_of_another_maker_is_told_and_keeps_it_from_being_low() -> None:
    told = priority(_facts(Analysed(0), failures=("out of memory",)), _NOW, _RULES)
    assert told.level is Level.UNKNOWN
    assert Reason(Why.FAILED, words="out of memory") in told.reasons


# ------------------------------------------------------------------ the patient, the order, the wait


@pytest.mark.parametrize(
    ("ai", "density", "risen", "level"),
    [
        (_found(0.05), None, False, Level.LOW),
        (_found(0.05), 0.14, False, Level.LOW),
        (_found(0.05), 0.15, False, Level.MEDIUM),
        (_found(0.05), None, True, Level.MEDIUM),
        (_found(0.05), 0.30, True, Level.HIGH),
        (_found(0.30), 0.15, False, Level.HIGH),
        (_found(0.90), 0.30, True, Level.HIGH),
        (Failed("x"), 0.15, False, Level.MEDIUM),
    ],
)
def test_psa_density_and_a_rise_against_the_prior_each_raise_by_a_level(
    ai: AiState, density: float | None, risen: bool, level: Level
) -> None:
    change = Change(date(2024, 1, 1), Category.TWO, Category.THREE if risen else Category.TWO)
    facts = _facts(ai, about=Prostate(psa_density=density), change=change)
    assert priority(facts, _NOW, _RULES).level is level


@pytest.mark.parametrize(
    ("hours", "level", "sla"),
    [
        (1, Level.LOW, Sla.IN_TIME),
        (53, Level.LOW, Sla.IN_TIME),
        (54, Level.LOW, Sla.SOON),  # three quarters of 72 h
        (72, Level.MEDIUM, Sla.SOON),
        (73, Level.MEDIUM, Sla.OVERDUE),
        (144, Level.HIGH, Sla.OVERDUE),
    ],
)
def test_a_low_score_never_hides_a_study_for_it_rises_by_a_level_each_time_it_is_due(
    hours: float, level: Level, sla: Sla
) -> None:
    told = priority(_facts(Analysed(0), waiting_since=_ago(hours)), _NOW, _RULES)
    assert (told.level, told.sla) == (level, sla)


def test_an_urgent_order_comes_first_and_is_due_sooner() -> None:
    told = priority(_facts(Analysed(0), urgent=True, waiting_since=_ago(25)), _NOW, _RULES)
    assert (told.level, told.sla, told.reasons[0].why) == (Level.URGENT, Sla.OVERDUE, Why.ORDERED_URGENT)
    assert told.rank < priority(_facts(_found(0.99), waiting_since=_ago(60)), _NOW, _RULES).rank


def test_within_a_level_the_longest_wait_comes_first_whatever_the_score() -> None:
    longer = priority(_facts(_found(0.55), waiting_since=_ago(9)), _NOW, _RULES)
    assert longer.rank < priority(_facts(_found(0.95), waiting_since=_ago(8)), _NOW, _RULES).rank


def test_what_is_reported_comes_last_and_is_due_no_more() -> None:
    told = priority(_facts(_found(0.99), report=ReportState.FINAL, waiting_since=_ago(100)), _NOW, _RULES)
    assert (told.sla, told.due_in_h, told.reasons[0].why) == (Sla.NONE, None, Why.REPORTED)
    assert told.rank > priority(_facts(Analysed(0)), _NOW, _RULES).rank


def test_a_preliminary_report_still_waits_for_the_one_who_verifies_it() -> None:
    told = priority(_facts(_found(0.9), report=ReportState.PRELIMINARY), _NOW, _RULES)
    assert told.waits
    assert told.reasons[0].why is Why.PRELIMINARY


def test_an_examination_of_years_ago_is_listed_after_what_waits_and_is_not_overdue() -> None:
    old = priority(_facts(_found(0.9), waiting_since=_ago(24 * 61)), _NOW, _RULES)
    assert (old.level, old.sla, old.waits, old.reasons[-1].why) == (Level.HIGH, Sla.NONE, False, Why.LONG_AGO)
    assert old.rank > priority(_facts(Analysed(0)), _NOW, _RULES).rank
    reported = priority(_facts(_found(0.9), report=ReportState.FINAL), _NOW, _RULES)
    assert old.rank < reported.rank


def test_of_what_does_not_wait_the_newest_comes_first() -> None:
    older, newer = (priority(_facts(NotAnalysed(), waiting_since=_ago(24 * days)), _NOW, _RULES) for days in (900, 90))
    assert newer.rank < older.rank


def test_a_study_without_a_date_or_from_a_clock_that_is_ahead_is_ranked_all_the_same() -> None:
    undated = priority(_facts(_found(0.9), waiting_since=None), _NOW, _RULES)
    assert (undated.level, undated.sla, undated.waited_h) == (Level.HIGH, Sla.NONE, None)
    ahead = priority(_facts(_found(0.9), waiting_since=_ago(-5)), _NOW, _RULES)
    assert (ahead.waited_h, ahead.sla) == (0.0, Sla.IN_TIME)


_STATES = st.one_of(
    st.builds(lambda score, n: _found(score, lesions=n), st.floats(0, 1), st.integers(0, 4)),
    st.sampled_from([Analysed(0), NotAnalysed(), Expected(), Failed("x"), Withheld("x")]),
)


@settings(max_examples=60)
@given(_STATES, st.floats(0, 1440), st.floats(0, 1440))
def test_waiting_longer_never_puts_a_study_later(ai: AiState, one: float, other: float) -> None:
    sooner, later = sorted((one, other))
    waited = [priority(_facts(ai, waiting_since=_ago(hours)), _NOW, _RULES).rank for hours in (sooner, later)]
    assert waited[1] <= waited[0]


# ------------------------------------------------------------------ several documents of one study


def _ai(
    result: Analysed | Failed | Withheld, at: str = "20261124100000", maker: str = "A", **about: object
) -> Document:
    return AiDocument(maker, at, result, Prostate(**about))  # type: ignore[arg-type]


def test_of_one_maker_the_newest_result_counts_even_when_it_is_lower() -> None:
    facts = facts_of([_ai(_found(0.9), "1"), _ai(_found(0.3), "2")])
    assert facts.score == 0.3


def test_of_several_makers_the_highest_suspicion_counts() -> None:
    assert facts_of([_ai(_found(0.3), maker="A"), _ai(_found(0.9), maker="B")]).score == 0.9


def test_a_failure_gives_way_to_a_result_of_the_same_moment_and_takes_no_earlier_result_away() -> None:
    assert facts_of([_ai(Failed("x")), _ai(_found(0.9))]).failures == ()
    after = facts_of([_ai(_found(0.9), "1"), _ai(Failed("more images came"), "2")])
    assert (after.score, after.failures) == (0.9, ("more images came",))
    before = facts_of([_ai(Failed("x"), "1"), _ai(Analysed(0), "2")])
    assert (before.ai, before.failures) == (Analysed(0), ())


def test_without_a_result_the_failure_is_what_is_known_unless_the_study_waits_for_another_analysis() -> None:
    assert facts_of([_ai(Failed("x"))]).ai == Failed("x")
    assert facts_of([_ai(Failed("x"))], expected=True).ai == Expected()
    assert facts_of([], outlined=True).ai == NotAnalysed(outlined=True)


def test_psa_density_is_made_of_the_orders_psa_and_the_ais_gland_and_the_readers_word_comes_first() -> None:
    facts = facts_of([_ai(_found(0.3), gland_ml=40.0)], psa_ng_ml=8.0)
    assert facts.about.psa_density == pytest.approx(0.2)
    reader = ReaderDocument("3", False, Category.FOUR, Prostate(psa_ng_ml=6.0, psa_density=0.12))
    assert facts_of([_ai(_found(0.3), gland_ml=40.0), reader], psa_ng_ml=8.0).about.psa_density == 0.12
    assert facts_of([_ai(_found(0.3))], psa_ng_ml=8.0).about.psa_density is None


def test_a_verified_report_makes_a_study_reported_and_one_that_is_not_leaves_it_waiting() -> None:
    assert facts_of([ReaderDocument("1", False)]).report is ReportState.PRELIMINARY
    assert facts_of([ReaderDocument("1", False), ReaderDocument("2", True)]).report is ReportState.FINAL
    assert facts_of([_ai(_found(0.9))]).report is ReportState.NONE


# ------------------------------------------------------------------ against the prior

_THEN = date(2025, 3, 1)


@pytest.mark.parametrize(
    ("before", "now", "risen"),
    [
        ([_ai(_found(0.3))], [_ai(_found(0.5))], True),
        ([_ai(_found(0.3))], [_ai(_found(0.49))], False),
        ([_ai(_found(0.3, Category.THREE))], [_ai(_found(0.3, Category.FOUR))], True),
        ([_ai(_found(0.3, Category.FOUR))], [_ai(_found(0.3, Category.FOUR))], False),
        ([ReaderDocument("1", True, Category.TWO)], [_ai(_found(0.6, Category.FOUR))], True),
        (
            [ReaderDocument("1", True, Category.FIVE), _ai(_found(0.1, Category.TWO))],
            [_ai(_found(0.2, Category.FOUR))],
            False,
        ),
    ],
)
def test_categories_are_compared_whoever_gave_them_and_scores_of_one_maker_only(
    before: list[Document], now: list[Document], risen: bool
) -> None:
    change = change_between(before, now, _THEN)
    assert change is not None
    assert (change.since, change.risen) == (_THEN, risen)


def test_scores_of_different_makers_are_not_compared() -> None:
    assert change_between([_ai(_found(0.1), maker="A")], [_ai(_found(0.9), maker="B")], _THEN) is None
    assert change_between([], [_ai(_found(0.9))], _THEN) is None
