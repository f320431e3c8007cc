"""The risk of csPCa: what a person computes with six numbers, and nothing where the model has no data."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from core.pirads import Category
from core.report import Clinical, Report
from core.risk import NoRisk, Predictor, Risk, cspca_risk, risk_model
from core.study import Patient, RecognisedStudy, Study

ONE_TO_FIVE = tuple(Category(str(number)) for number in range(1, 6))


def _risk(category: Category, psa_density: float, age: float) -> Risk:
    found = cspca_risk(category, psa_density, age)
    assert isinstance(found, Risk)
    return found


@pytest.mark.parametrize(
    ("category", "psa_density", "age", "probability"),
    [
        (Category.TWO, 0.15, 65, 0.0180),  # -3.9982
        (Category.THREE, 0.15, 65, 0.0733),  # -3.9982 + 1.4611 = -2.5371
        (Category.FOUR, 0.15, 65, 0.3653),  # … + 1.9845 = -0.5526; 1 / (1 + 1.7378)
        (Category.FIVE, 0.15, 65, 0.5474),  # … + 0.7426 = 0.1900
        (Category.FIVE, 0.30, 75, 0.7137),  # … + 0.3594 (twice the density) + 0.3640 (ten years) = 0.9134
        (Category.FIVE, 0.075, 55, 0.3697),  # 0.1900 - 0.3594 - 0.3640 = -0.5334
    ],
)
def test_the_probability_is_what_the_coefficients_give_by_hand(
    category: Category, psa_density: float, age: float, probability: float
) -> None:
    assert _risk(category, psa_density, age).probability == pytest.approx(probability, abs=5e-5)


def test_the_interval_is_that_of_the_log_odds() -> None:
    # PI-RADS 3: variance 0.138655 + 0.223091 - 2 × 0.122909 = 0.115928, so -2.5371 ± 1.96 × 0.34048
    risk = _risk(Category.THREE, 0.15, 65)
    assert (risk.low, risk.high) == pytest.approx((0.0390, 0.1336), abs=5e-5)


def test_no_input_lowers_the_risk_when_it_rises() -> None:
    densities, ages = (0.02, 0.05, 0.1, 0.15, 0.2, 0.5, 1.58), (48, 55, 65, 75, 81)
    for density in densities:
        for age in ages:
            risks = [_risk(category, density, age).probability for category in ONE_TO_FIVE]
            assert risks[0] == risks[1] < risks[2] < risks[3] < risks[4]
    for category in ONE_TO_FIVE:
        by_density = [_risk(category, density, 65).probability for density in densities]
        by_age = [_risk(category, 0.15, age).probability for age in ages]
        assert by_density == sorted(set(by_density))
        assert by_age == sorted(set(by_age))


@pytest.mark.parametrize(
    ("category", "psa_density", "age", "missing"),
    [
        (Category.PENDING, 0.2, 66, (Predictor.CATEGORY,)),
        (Category.X, 0.2, 66, (Predictor.CATEGORY,)),
        (Category.FOUR, None, 66, (Predictor.PSA_DENSITY,)),
        (Category.FOUR, 0.2, None, (Predictor.AGE,)),
        (Category.PENDING, None, None, (Predictor.CATEGORY, Predictor.PSA_DENSITY, Predictor.AGE)),
        (Category.FOUR, None, 20, (Predictor.PSA_DENSITY,)),
    ],
)
def test_without_an_input_there_is_no_risk_and_it_is_named(
    category: Category, psa_density: float | None, age: float | None, missing: tuple[Predictor, ...]
) -> None:
    assert cspca_risk(category, psa_density, age) == NoRisk(missing=missing)


@pytest.mark.parametrize(
    ("psa_density", "age", "outside"),
    [
        (0.0, 66, (Predictor.PSA_DENSITY,)),
        (0.019, 66, (Predictor.PSA_DENSITY,)),
        (1.59, 66, (Predictor.PSA_DENSITY,)),
        (float("nan"), 66, (Predictor.PSA_DENSITY,)),
        (0.2, 47, (Predictor.AGE,)),
        (0.2, 82, (Predictor.AGE,)),
        (3.0, 90, (Predictor.PSA_DENSITY, Predictor.AGE)),
    ],
)
def test_where_the_model_has_no_data_there_is_no_risk(
    psa_density: float, age: float, outside: tuple[Predictor, ...]
) -> None:
    assert cspca_risk(Category.FOUR, psa_density, age) == NoRisk(outside=outside)


def test_the_ends_of_the_range_belong_to_it() -> None:
    model = risk_model()
    for density in model.psa_density_range:
        for age in model.age_range:
            assert isinstance(cspca_risk(Category.FOUR, density, age), Risk)


def _examined(birth_date: date | None, at: datetime | None, stated_age: int | None = None) -> Study:
    return Study("1.2.3", Patient("P1", "Doe^John", birth_date, "M"), "", at, "", "", "", "", (), stated_age)


def test_the_age_is_that_on_the_day_of_the_examination_else_the_one_that_the_images_state() -> None:
    day = datetime(2026, 5, 1, 10, 0)  # noqa: DTZ001
    assert _examined(date(1960, 5, 2), day).age == 65
    assert _examined(date(1960, 5, 2), day, 70).age == 65
    assert _examined(None, day, 63).age == 63
    assert _examined(date(1960, 5, 2), None).age is None


def test_a_report_asks_with_what_it_holds() -> None:
    study = _examined(None, None, 63)
    report = Report(RecognisedStudy(study, (), ()), Clinical(6.0))
    assert report.risk == NoRisk(missing=(Predictor.CATEGORY, Predictor.PSA_DENSITY))
    assert replace(report, recognised=RecognisedStudy(replace(study, stated_age=None), (), ())).risk == NoRisk(
        missing=(Predictor.CATEGORY, Predictor.PSA_DENSITY, Predictor.AGE)
    )
