"""The chance of clinically significant cancer from PI-RADS category, PSA density and age: decision support only.

The model is a logistic regression on the public PI-CAI marksheet (`inference.build_risk`, `resources/risk`).
"""

import math
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from core.pirads import Category

_NORMAL_97_5 = 1.959964


class Predictor(StrEnum):
    """What the risk is estimated from."""

    CATEGORY = "PI-RADS category"
    PSA_DENSITY = "PSA density"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Risk:
    """The estimated probability (0 to 1) of ISUP ≥ 2 with its 95 % interval, and what it was estimated from.

    The interval is that of the model's mean (delta method), without the differences between centres and readers. PSA
    density in ng/mL², age in years.
    """

    probability: float
    low: float
    high: float
    category: Category
    psa_density: float
    age: float


@dataclass(frozen=True, slots=True)
class NoRisk:
    """No risk is estimated: what is missing, else what lies outside of the range of the model's data."""

    missing: tuple[Predictor, ...] = ()
    outside: tuple[Predictor, ...] = ()


@dataclass(frozen=True, slots=True)
class RiskModel:
    """The fitted model; coefficients in the order of `terms`, log-odds. Ranges are the 1st to 99th percentile."""

    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    psa_density_centre: float
    age_centre: float
    psa_density_range: tuple[float, float]
    age_range: tuple[float, float]
    cases: int
    events: int

    @property
    def source(self) -> str:
        """Where the numbers come from."""
        return (
            f"logistic regression on {self.cases} examinations ({self.events} with csPCa) of three centres, "
            "public PI-CAI marksheet"
        )

    def terms(self, category: Category, psa_density: float, age: float) -> tuple[float, ...]:
        """Return 1, category ≥ 3, ≥ 4, ≥ 5, log2 of PSA density over its centre, decades from the centre of age."""
        return risk_terms(int(category), psa_density / self.psa_density_centre, age - self.age_centre)


def risk_terms(category: int, relative_density: float, years_from_centre: float) -> tuple[float, ...]:
    """Return the six terms of the model; categories 1 and 2 are alike, as hardly any cancer tells them apart."""
    steps = tuple(float(category >= step) for step in (3, 4, 5))
    return (1.0, *steps, math.log2(relative_density), years_from_centre / 10)


@cache
def risk_model() -> RiskModel:
    """Return the installed model (`resources/risk/cspca.toml`)."""
    table = tomllib.loads(files("resources").joinpath("risk/cspca.toml").read_text("utf-8"))
    low_density, high_density = table["range"]["psa_density"]
    low_age, high_age = table["range"]["age"]
    return RiskModel(
        coefficients=tuple(table["coefficients"].values()),
        covariance=tuple(tuple(row) for row in table["covariance"]["rows"]),
        psa_density_centre=table["centre"]["psa_density"],
        age_centre=table["centre"]["age"],
        psa_density_range=(low_density, high_density),
        age_range=(low_age, high_age),
        cases=table["data"]["cases"],
        events=table["data"]["events"],
    )


def cspca_risk(category: Category, psa_density: float | None, age: float | None) -> Risk | NoRisk:
    """Return the probability that the patient has csPCa (ISUP ≥ 2), or why none is estimated.

    `category` is the reader's, of the examination; `psa_density` in ng/mL², `age` in years at the examination.
    """
    if not category.isdigit() or psa_density is None or age is None:
        known = (category.isdigit(), psa_density is not None, age is not None)
        return NoRisk(missing=tuple(x for x, is_known in zip(Predictor, known, strict=True) if not is_known))
    model = risk_model()
    outside = (
        *(() if _within(psa_density, model.psa_density_range) else (Predictor.PSA_DENSITY,)),
        *(() if _within(age, model.age_range) else (Predictor.AGE,)),
    )
    if outside:
        return NoRisk(outside=outside)
    terms = model.terms(category, psa_density, age)
    log_odds = sum(map(math.prod, zip(model.coefficients, terms, strict=True)))
    spread = _NORMAL_97_5 * math.sqrt(_variance(terms, model.covariance))
    low, middle, high = (_probability(log_odds + step) for step in (-spread, 0.0, spread))
    return Risk(middle, low, high, category, psa_density, age)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _variance(terms: tuple[float, ...], covariance: tuple[tuple[float, ...], ...]) -> float:
    """Return x'Vx, the variance of the log-odds (delta method)."""
    rows = (sum(map(math.prod, zip(row, terms, strict=True))) for row in covariance)
    return sum(map(math.prod, zip(terms, rows, strict=True)))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
