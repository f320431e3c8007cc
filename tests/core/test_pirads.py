"""The PI-RADS v2.1 assessment tables, row by row (ACR 2019)."""

import itertools

import pytest

from core.pirads import Category, Dce, Score, Zone, category

ONE, TWO, THREE, FOUR, FIVE, X, UNSCORED = Score
GIVEN = (ONE, TWO, THREE, FOUR, FIVE)
NEGATIVE, POSITIVE, NO_DCE = Dce

PERIPHERAL = [
    # DWI, DCE, category; T2W does not matter
    (ONE, NEGATIVE, "1"),
    (ONE, POSITIVE, "1"),
    (ONE, NO_DCE, "1"),
    (TWO, NEGATIVE, "2"),
    (TWO, POSITIVE, "2"),
    (TWO, NO_DCE, "2"),
    (THREE, NEGATIVE, "3"),
    (THREE, NO_DCE, "3"),
    (THREE, POSITIVE, "4"),
    (FOUR, NEGATIVE, "4"),
    (FOUR, POSITIVE, "4"),
    (FOUR, NO_DCE, "4"),
    (FIVE, NEGATIVE, "5"),
    (FIVE, POSITIVE, "5"),
    (FIVE, NO_DCE, "5"),
]

TRANSITION = [
    # T2W, DWI, category; DCE does not matter
    *((ONE, dwi, "1") for dwi in GIVEN),
    (TWO, ONE, "2"),
    (TWO, TWO, "2"),
    (TWO, THREE, "2"),
    (TWO, FOUR, "3"),
    (TWO, FIVE, "3"),
    (THREE, ONE, "3"),
    (THREE, TWO, "3"),
    (THREE, THREE, "3"),
    (THREE, FOUR, "3"),
    (THREE, FIVE, "4"),
    *((FOUR, dwi, "4") for dwi in GIVEN),
    *((FIVE, dwi, "5") for dwi in GIVEN),
]

WITHOUT_DWI = [
    # T2W, DCE, category; the same in both zones
    (ONE, NEGATIVE, "1"),
    (ONE, POSITIVE, "1"),
    (TWO, NEGATIVE, "2"),
    (TWO, POSITIVE, "2"),
    (THREE, NEGATIVE, "3"),
    (THREE, POSITIVE, "4"),
    (FOUR, NEGATIVE, "4"),
    (FOUR, POSITIVE, "4"),
    (FIVE, NEGATIVE, "5"),
    (FIVE, POSITIVE, "5"),
]


@pytest.mark.parametrize(("dwi", "dce", "expected"), PERIPHERAL)
@pytest.mark.parametrize("t2", [*GIVEN, X, UNSCORED])
def test_in_the_peripheral_zone_dwi_decides_and_dce_raises_a_three(t2, dwi, dce, expected):
    assert category(Zone.PZ, t2=t2, dwi=dwi, dce=dce).category == expected


@pytest.mark.parametrize(("t2", "dwi", "expected"), TRANSITION)
@pytest.mark.parametrize("dce", Dce)
def test_in_the_transition_zone_t2_decides_and_dwi_raises_a_two_or_three(t2, dwi, dce, expected):
    assert category(Zone.TZ, t2=t2, dwi=dwi, dce=dce).category == expected


@pytest.mark.parametrize("zone", [Zone.PZ, Zone.TZ])
@pytest.mark.parametrize(("t2", "dce", "expected"), WITHOUT_DWI)
def test_without_adequate_dwi_t2_decides_in_both_zones(zone, t2, dce, expected):
    assert category(zone, t2=t2, dwi=X, dce=dce).category == expected


@pytest.mark.parametrize("zone", [Zone.PZ, Zone.TZ])
@pytest.mark.parametrize("t2", [*GIVEN, X, UNSCORED])
def test_without_dwi_and_dce_there_is_no_category(zone, t2):
    assert category(zone, t2=t2, dwi=X, dce=NO_DCE).category is Category.X


def test_a_transition_zone_lesion_without_adequate_t2_has_no_category():
    assert category(Zone.TZ, t2=X, dwi=FOUR, dce=NEGATIVE).category is Category.X


@pytest.mark.parametrize(
    ("zone", "t2", "dwi", "dce"),
    [
        (Zone.PZ, FOUR, UNSCORED, NEGATIVE),
        (Zone.TZ, UNSCORED, FOUR, NEGATIVE),
        (Zone.TZ, TWO, UNSCORED, NEGATIVE),
        (Zone.TZ, THREE, UNSCORED, NEGATIVE),
        (Zone.PZ, UNSCORED, X, NEGATIVE),
    ],
)
def test_a_missing_score_that_matters_leaves_the_category_pending(zone, t2, dwi, dce):
    ruling = category(zone, t2=t2, dwi=dwi, dce=dce)
    assert ruling.category is Category.PENDING
    assert "missing" in ruling.rule


def test_the_rule_names_what_decided():
    assert category(Zone.PZ, t2=TWO, dwi=FOUR, dce=NO_DCE).rule == "PZ: DWI 4 → 4"
    assert category(Zone.PZ, t2=TWO, dwi=THREE, dce=POSITIVE).rule == "PZ: DWI 3 with positive DCE → 4"
    assert category(Zone.TZ, t2=TWO, dwi=FOUR, dce=NO_DCE).rule == "TZ: T2W 2 with DWI 4 → 3"


@pytest.mark.parametrize("zone", [zone for zone in Zone if zone not in (Zone.PZ, Zone.TZ)])
def test_other_zones_have_no_table_of_their_own(zone):
    with pytest.raises(ValueError, match="choose the PZ or the TZ rules"):
        category(zone, t2=FOUR, dwi=FOUR, dce=NO_DCE)


def test_every_combination_has_an_answer_that_ends_with_its_category():
    for zone, t2, dwi, dce in itertools.product((Zone.PZ, Zone.TZ), Score, Score, Dce):
        ruling = category(zone, t2=t2, dwi=dwi, dce=dce)
        assert ruling.category is Category.PENDING or ruling.rule.endswith(ruling.category.value)
