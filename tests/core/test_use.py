"""What is learnt from signed reports: agreement, kappa, times, failures, and whether the positive rate drifts."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pirads import Category
from core.use import Analysed, Fate, Judged, Reading, Use
from core.use_drift import LEAST_FOR_DRIFT, WINDOW, Called, Drift, TooFew, by_model, by_readers, drift, rates
from core.use_kappa import LEVELS, Kappa, NoKappa, Weights, Why, compared, weighted_kappa
from core.use_measures import Share, agreement, causes, failures, shifts, times

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
ONE, TWO, THREE, FOUR, FIVE, X, NONE = Category
DETECTOR = "Detector 1.0"


def reading(category=FOUR, ai=FOUR, *judged, reader="a", day=0, detector=DETECTOR, added=0, times=(600.0, 7200.0)):
    return Reading(reader, START + timedelta(days=day), category, detector, ai, judged, added, *times)


def judged(fate, suggested, given=NONE, model=DETECTOR):
    return Judged(model, fate, suggested, given)


def table(counts):
    """Return the pairs that a table has, the AI's category by row and the reader's by column."""
    return [(LEVELS[i], LEVELS[j]) for i, row in enumerate(counts) for j, count in enumerate(row) for _ in range(count)]


# ---------------------------------------------------------------------------------------------------------------------
# Kappa


# Hout, Duncan and Brock (Health Care Soc Work 1987), in Agresti, Categorical Data Analysis: weighted kappa 0.2374 with
# equally spaced weights, standard error 0.0783
HUSBANDS_AND_WIVES = ((7, 7, 2, 3), (2, 8, 3, 7), (1, 5, 4, 9), (2, 8, 9, 14))


def test_linear_kappa_and_its_interval_are_those_of_a_published_table():
    kappa = weighted_kappa(table(HUSBANDS_AND_WIVES), Weights.LINEAR)
    assert isinstance(kappa, Kappa)
    assert kappa.count == 91
    assert kappa.value == pytest.approx(0.2374, abs=5e-5)
    assert kappa.interval == pytest.approx((0.2374 - 1.96 * 0.0783, 0.2374 + 1.96 * 0.0783), abs=3e-4)


def test_kappa_of_a_small_table_is_what_one_computes_by_hand_and_has_no_interval():
    # AI 3, 4, 5, 5 and reader 3, 4, 4, 5: three agree; one differs by 1 of 3 steps.
    pairs = [(THREE, THREE), (FOUR, FOUR), (FIVE, FOUR), (FIVE, FIVE)]
    # linear: observed (3 + 2/3)/4 = 11/12. By chance, rows (1, 1, 2)/4 and columns (1, 2, 1)/4 of 3, 4, 5:
    # [1(1 + 2·2/3 + 1/3) + 1(2/3 + 2 + 2/3) + 2(1/3 + 2·2/3 + 1)]/16 = (8/3 + 10/3 + 16/3)/16 = 17/24
    assert weighted_kappa(pairs, Weights.LINEAR) == Kappa(pytest.approx((11 / 12 - 17 / 24) / (7 / 24)), None, 4)
    # quadratic: observed (3 + 8/9)/4 = 35/36; by chance [1(1 + 16/9 + 5/9) + 1(8/9 + 2 + 8/9) + 2(5/9 + 16/9 + 1)]/16
    chance = (30 / 9 + 34 / 9 + 60 / 9) / 16
    assert weighted_kappa(pairs, Weights.QUADRATIC) == Kappa(pytest.approx((35 / 36 - chance) / (1 - chance)), None, 4)


@settings(max_examples=25, deadline=None)  # the first example imports scikit-learn
@given(st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)), min_size=2, max_size=60))
def test_kappa_is_that_of_scikit_learn(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    ai, reader = zip(*pairs, strict=True)
    if len(set(ai)) == 1 or len(set(reader)) == 1:
        return
    for weights in Weights:
        expected = metrics.cohen_kappa_score(ai, reader, labels=list(LEVELS), weights=weights.value)
        kappa = weighted_kappa(pairs, weights)
        assert isinstance(kappa, Kappa)
        assert kappa.value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        ([], Why.FEW),
        ([(FOUR, FOUR)], Why.FEW),
        ([(FOUR, FOUR)] * 9, Why.SAME),
        ([(FOUR, THREE), (FOUR, FIVE), (FOUR, FOUR)], Why.SAME),
    ],
)
def test_kappa_that_is_not_defined_says_why(pairs, why):
    assert weighted_kappa(pairs, Weights.LINEAR) == NoKappa(len(pairs), why)


def test_only_examinations_with_both_categories_are_compared_and_1_counts_as_2():
    readings = (
        reading(ONE, TWO),
        reading(FIVE, THREE),
        reading(X, FOUR),
        reading(FOUR, NONE),
        reading(FOUR, NONE, detector=""),
    )
    assert compared(readings) == ((TWO, TWO), (THREE, FIVE))


# ---------------------------------------------------------------------------------------------------------------------
# Shares, shifts, times, failures


@pytest.mark.parametrize(
    ("part", "whole", "interval"),  # Newcombe, Stat Med 1998;17:857-872, table I, method 3
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718))],
)
def test_the_interval_of_a_share_is_wilsons(part, whole, interval):
    assert Share(part, whole).interval == pytest.approx(interval, abs=5e-5)


def test_a_share_of_nothing_is_none():
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)


def test_agreement_counts_every_lesion_of_the_ai_and_what_was_added_where_it_had_looked():
    readings = (
        reading(FOUR, FOUR, judged(Fate.ACCEPTED, FOUR, FOUR), judged(Fate.REJECTED, THREE), added=1),
        reading(FIVE, FOUR, judged(Fate.EDITED, FOUR, FIVE)),
        reading(THREE, NONE, detector="", added=2),
    )
    told = agreement(readings)
    assert (told.accepted, told.edited, told.rejected) == (Share(1, 3), Share(1, 3), Share(1, 3))
    assert (told.lesions, told.added) == (3, 1)


def test_shifts_go_from_the_suggested_to_the_given_category_and_leave_out_what_was_not_suggested():
    readings = (
        reading(FOUR, FOUR, judged(Fate.ACCEPTED, FOUR, FOUR), judged(Fate.REJECTED, THREE)),
        reading(FIVE, FOUR, judged(Fate.EDITED, FOUR, FIVE), judged(Fate.ACCEPTED, NONE, TWO)),
    )
    assert shifts(readings) == {(FOUR, FOUR): 1, (THREE, NONE): 1, (FOUR, FIVE): 1}


def test_times_are_quartiles_of_those_that_are_known():
    told = times([60.0, None, 120.0, 240.0, 180.0, 300.0])
    assert told is not None
    assert (told.count, told.lower, told.median, told.upper) == (5, 120.0, 180.0, 240.0)
    assert times([None]) is None


def test_failures_are_counted_by_their_cause():
    runs = [Analysed((DETECTOR,), START, 9.0, cause) for cause in ("", "WorkerDied", "", "CannotAnalyse", "WorkerDied")]
    assert failures(runs) == Share(3, 5)
    assert causes(runs) == (("WorkerDied", 2), ("CannotAnalyse", 1))


# ---------------------------------------------------------------------------------------------------------------------
# Drift


def called(*runs):
    """Return examinations, one a day: pairs of how many and whether they are positive."""
    flags = [positive for count, positive in runs for _ in range(count)]
    return [Called(START + timedelta(days=day), positive) for day, positive in enumerate(flags)]


def test_before_a_hundred_examinations_nothing_is_said_of_drift():
    assert drift(called((50, True), (49, False))) == TooFew(99)


def test_a_rate_that_halves_alarms_and_a_small_change_does_not():
    # 30 of the first 50 and 13 of the latest 50; p = 43/100, three standard errors 3·√(2·0.43·0.57/50) = 0.297
    fallen = drift(called((30, True), (20, False), (13, True), (37, False)))
    assert isinstance(fallen, Drift)
    assert (fallen.baseline, fallen.latest) == (Share(30, 50), Share(13, 50))
    assert (fallen.low, fallen.high) == pytest.approx((0.6 - 0.297, 0.6 + 0.297), abs=5e-4)
    assert fallen.alarms
    steady = drift(called((30, True), (20, False), (20, True), (30, False)))
    assert isinstance(steady, Drift)
    assert not steady.alarms


def test_what_lies_between_the_first_and_the_latest_only_makes_the_limits_surer():
    told = drift(called((25, True), (25, False), (400, True), (25, True), (25, False)))
    assert isinstance(told, Drift)
    assert (told.baseline, told.latest, told.alarms) == (Share(25, 50), Share(25, 50), False)


@pytest.mark.parametrize("positive", [True, False])
def test_a_rate_that_never_changes_does_not_alarm(positive):
    told = drift(called((120, positive)))
    assert isinstance(told, Drift)
    assert not told.alarms


def test_a_steady_rate_hardly_ever_alarms_at_one_look():
    dice = random.Random(5)
    told = [drift(called(*((1, dice.random() < 0.45) for _ in range(LEAST_FOR_DRIFT)))) for _ in range(1000)]
    assert sum(one.alarms for one in told if isinstance(one, Drift)) <= 10  # 0.3 % expected


def test_the_rate_runs_over_fifty_examinations():
    line = rates(called((WINDOW, True), (WINDOW, False)))
    assert len(line) == WINDOW + 1
    assert (line[0].share, line[10].share, line[-1].share) == (1.0, 0.8, 0.0)
    assert line[0].when == START + timedelta(days=WINDOW - 1)
    assert rates(called((WINDOW - 1, True))) == ()


def test_positive_is_from_the_chosen_category_on_and_x_is_neither():
    readings = (reading(THREE, FIVE), reading(FIVE, TWO), reading(X, NONE), reading(TWO, NONE, detector=""))
    assert [one.positive for one in by_readers(readings, THREE)] == [True, True, False]
    assert [one.positive for one in by_readers(readings, FOUR)] == [False, True, False]
    assert [one.positive for one in by_model(readings, THREE)] == [True, False]


# ---------------------------------------------------------------------------------------------------------------------
# Choosing


OTHER = "Other AI 2"
USE = Use(
    (
        reading(FOUR, FOUR, judged(Fate.ACCEPTED, FOUR, FOUR), judged(Fate.REJECTED, FIVE, model=OTHER), added=1),
        reading(TWO, TWO, reader="b", day=9),
    ),
    (Analysed(("Gland 1", DETECTOR), START, 9.0, ""),),
    (("b", "Reader 1"), ("a", "Reader 2"), ("c", "Reader 3")),
)


def test_readers_and_models_that_occur_can_be_chosen():
    assert USE.readers == ("b", "a")
    assert USE.models == (DETECTOR, "Gland 1", OTHER)
    assert USE.name_of("a") == "Reader 2"


def test_a_reader_a_period_and_a_model_choose_readings():
    assert [one.reader for one in USE.chosen(reader="b").readings] == ["b"]
    assert [one.reader for one in USE.chosen(since=START + timedelta(days=1)).readings] == ["b"]
    assert USE.chosen(model="Gland 1").readings == ()
    assert len(USE.chosen(model="Gland 1").analyses) == 1
    assert len(USE.chosen(reader="b").analyses) == 1


def test_of_another_models_reading_only_its_lesions_are_left():
    (foreign,) = USE.chosen(model=OTHER).readings
    assert (foreign.detector, foreign.ai_category, foreign.added) == ("", NONE, 0)
    assert [one.model for one in foreign.judged] == [OTHER]
    assert USE.chosen(model=OTHER).analyses == ()
    own, _ = USE.chosen(model=DETECTOR).readings
    assert [one.model for one in own.judged] == [DETECTOR]
    assert own.ai_category is FOUR
