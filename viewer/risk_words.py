"""What the window says of the estimated risk of csPCa, and why it says nothing of it."""

from collections.abc import Iterator
from textwrap import fill

from core.certainty import percent
from core.report import Report
from core.risk import NoRisk, Predictor, Risk, risk_model
from viewer.language import tr

_TIP_WIDTH = 80


def risk_in_words(report: Report) -> str:
    """Return the risk in one line with what it comes from, else what is missing or out of range."""
    risk = report.risk
    if isinstance(risk, Risk):
        return tr(
            "Risk of csPCa {risk} % ({low}–{high}): from PI-RADS {category}, PSA density {density}, age {age}"
            " · PI-CAI marksheet, research"
        ).format(
            risk=percent(risk.probability),
            low=percent(risk.low),
            high=percent(risk.high),
            category=risk.category,
            density=f"{risk.psa_density:.2f}",
            age=f"{risk.age:g}",
        )
    if risk.missing:
        return tr("Risk of csPCa not estimated: {missing} missing").format(missing=", ".join(_missing(report, risk)))
    reasons = "; ".join(map(_outside, risk.outside))
    return tr("Risk of csPCa not estimated: {reasons}").format(reasons=reasons)


def risk_limits() -> str:
    """Return what the risk is, where it comes from and what it does not say, in lines: Qt breaks none in a tooltip."""
    model = risk_model()
    told = tr(
        "Probability of ISUP ≥ 2 for the patient by a logistic regression on {cases} examinations ({events} with csPCa)"
        " of three centres, public PI-CAI marksheet. Research use: it changes neither category nor impression.\n\n"
        "In brackets: 95 % interval of the model, which does not include the differences between centres and"
        " readers: in another centre the risk may be well off. Most examinations with PI-RADS 1 or 2 were not biopsied"
        " and count as without csPCa. Volumes were the centres' own; yours may be measured otherwise.\n\n"
        "Only for men who are examined for suspected cancer, PSA density {density}, age {age}."
    ).format(
        cases=model.cases,
        events=model.events,
        density=_range(model.psa_density_range, tr("ng/mL²")),
        age=_range(model.age_range, tr("years")),
    )
    return "\n".join(fill(paragraph, _TIP_WIDTH) for paragraph in told.splitlines())


def _missing(report: Report, risk: NoRisk) -> Iterator[str]:
    if Predictor.CATEGORY in risk.missing:
        yield tr("PI-RADS category 1 to 5 of the examination")
    if Predictor.PSA_DENSITY in risk.missing and report.clinical.psa_ng_ml is None:
        yield tr("PSA")
    if Predictor.PSA_DENSITY in risk.missing and report.gland is None:
        yield tr("gland volume")
    if Predictor.AGE in risk.missing:
        yield tr("age")


def _outside(predictor: Predictor) -> str:
    model = risk_model()
    if predictor is Predictor.AGE:
        return tr("age outside of {range}, for which there is data").format(range=_range(model.age_range, tr("years")))
    told = _range(model.psa_density_range, tr("ng/mL²"))
    return tr("PSA density outside of {range}, for which there is data").format(range=told)


def _range(limits: tuple[float, float], unit: str) -> str:
    return tr("{low} to {high} {unit}").format(low=f"{limits[0]:g}", high=f"{limits[1]:g}", unit=unit)
