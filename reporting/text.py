"""The report in plain English, written from the draft alone: nothing is said that the draft does not hold."""

from collections.abc import Iterator

from core.findings import Gland
from core.pirads import Category, Dce, Epe, Score
from core.quality import PiQual, Quality, Sequence, asked, most_points, points
from core.report import Edited, FromModel, Lesion, Rejected, Report, choose_without_lesion
from core.risk import Risk, percent, risk_model
from core.study import Role, RoleChoice
from reporting.equipment import RESEARCH_USE
from reporting.words import (
    UNIT_ADC,
    and_list,
    b_values_in_words,
    sector_in_words,
    sentence,
    size_in_words,
)

Section = tuple[str, tuple[str, ...]]
"""A heading and its paragraphs."""


def shown_findings(report: Report) -> str:
    """Return the findings that count: the reader's own text, else the one that writes itself."""
    return report.own_findings or findings_text(report)


def shown_impression(report: Report) -> str:
    """Return the impression that counts: the reader's own text, else the one that writes itself."""
    return report.own_impression or impression_text(report)


def findings_text(report: Report) -> str:
    """Return the findings: headings in capitals, one paragraph a line, sections apart by an empty line."""
    return "\n\n".join("\n".join((heading.upper(), *lines)) for heading, lines in findings_sections(report))


def findings_sections(report: Report) -> tuple[Section, ...]:
    """Return the findings section by section; a section without anything to say is left out."""
    sections: tuple[Section, ...] = (
        ("Indication", tuple(_indication(report))),
        ("Technique", tuple(_technique(report))),
        ("Image quality and analysis", tuple(sentence(warning) for warning in report.warnings)),
        ("Prostate", (_prostate(report),)),
        ("Lesions", tuple(_lesions(report))),
    )
    return tuple(section for section in sections if section[1])


def impression_text(report: Report) -> str:
    """Return the impression: numbered, the index lesion first, and the research-use line."""
    lines = [f"{number}. {line}" for number, line in enumerate(_impression(report), start=1)]
    return "\n".join((*lines, sentence(RESEARCH_USE)))


def decision_support(report: Report) -> str:
    """Return the estimated risk of csPCa with source and limits, or nothing when none is estimated.

    It stands beside the impression and is never part of it.
    """
    risk = report.risk
    if not isinstance(risk, Risk):
        return ""
    interval = f"95 % interval {percent(risk.low)} to {percent(risk.high)} %"
    return (
        "Research use only, not part of the radiologist's impression: estimated risk of clinically significant "
        f"prostate cancer (ISUP ≥ 2) {percent(risk.probability)} % ({interval}), from PI-RADS {risk.category}, "
        f"PSA density {risk.psa_density:.2f} ng/mL² and age {risk.age:g}. Source: {risk_model().source}. "
        "The interval does not include the differences between centres and readers."
    )


def _indication(report: Report) -> Iterator[str]:
    clinical = report.clinical
    if clinical.indication.strip():
        yield sentence(clinical.indication)
    if clinical.psa_ng_ml is not None:
        yield f"PSA {clinical.psa_ng_ml:.1f} ng/mL{_density(report)}."


def _density(report: Report) -> str:
    density = report.psa_density
    return "" if density is None else f", PSA density {density:.2f} ng/mL²"


def _technique(report: Report) -> Iterator[str]:
    sequences = tuple(_sequences(report))
    if sequences:
        yield f"MRI of the prostate: {and_list(sequences)}."
    else:
        yield "No sequence of a prostate MRI was recognised in this study."
    if report.recognised.one(Role.DCE) is None:
        yield f"{NO_DCE}."
    if report.nudges.in_words:
        yield report.nudges.in_words
    yield from _quality(report)


def _quality(report: Report) -> Iterator[str]:
    quality = report.quality
    if quality.checks:
        yield f"Image quality, checked by Prosector: {'; '.join(_adequacy(quality, x) for x in quality.sequences)}."
    if isinstance(report.pi_qual, PiQual):
        yield f"{pi_qual_in_words(report.pi_qual)}."


def _adequacy(quality: Quality, sequence: Sequence) -> str:
    reasons = quality.reasons(sequence)
    return f"{sequence.value} {quality.adequacy(sequence).value}" + (f" ({', '.join(reasons)})" if reasons else "")


def pi_qual_in_words(form: PiQual) -> str:
    """Return the score with its parts, e.g. `PI-QUAL version 2: 2 (acceptable), T2W 4/4, DWI 3/4`."""
    parts = [f"{sequence.value} {points(form, sequence)}/{most_points(sequence)}" for sequence in asked(form)]
    return f"PI-QUAL version 2: {form.overall.value} ({form.overall.meaning}), {', '.join(parts)}"


NO_CATEGORIES = "PI-QUAL 1 (inadequate image quality): PI-RADS categories should not be assigned"

NO_DCE = "No dynamic contrast-enhanced series; assessed as biparametric MRI"


def _sequences(report: Report) -> Iterator[str]:
    recognised = report.recognised
    planes = [
        plane
        for role, plane in ((Role.T2_AXIAL, "axial"), (Role.T2_SAGITTAL, "sagittal"), (Role.T2_CORONAL, "coronal"))
        if recognised.one(role)
    ]
    if planes:
        yield f"{and_list(planes)} T2-weighted images"
    b_values = [choice.b_value for choice in recognised.all(Role.DWI) if choice.b_value is not None]
    if recognised.all(Role.DWI):
        yield "diffusion-weighted images" + (f" at b {b_values_in_words(b_values)} s/mm²" if b_values else "")
    for role, said in ((Role.HIGH_B, _high_b), (Role.ADC, _adc)):
        choice = recognised.one(role)
        if choice is not None:
            yield said(choice)
    if recognised.one(Role.DCE):
        yield "dynamic contrast-enhanced images"


def _high_b(choice: RoleChoice) -> str:
    b_value = "" if choice.b_value is None else f" at b {choice.b_value:g} s/mm²"
    return f"{'calculated' if choice.calculated else 'acquired'} high-b images{b_value}"


def _adc(choice: RoleChoice) -> str:
    if not choice.fitted:
        return "ADC map"
    b_values = [stack.b_value for stack in choice.stacks if stack.b_value is not None]
    return f"ADC map fitted by Prosector from b {b_values_in_words(b_values)} s/mm²"


def _prostate(report: Report) -> str:
    gland = report.gland
    if gland is None:
        return "The prostate was not segmented, so its volume was not measured."
    edited = ", edited by the reader" if gland.edited else ""
    segmented = f"segmented by {gland.model.name} {gland.model.version}{edited}"
    return f"Volume {gland.volume_ml:.1f} mL ({segmented}){_density(report)}.{_ellipsoid(gland)}"


def _ellipsoid(gland: Gland) -> str:
    if gland.ellipsoid is None:
        return ""
    size = f"{gland.ellipsoid.length_mm:.0f} × {gland.ellipsoid.width_mm:.0f} × {gland.ellipsoid.depth_mm:.0f} mm"
    return (
        f" Ellipsoid volume {gland.ellipsoid.volume_ml:.1f} mL (π/6 × {size}: length and depth mid-sagittal, width "
        "axial, measured on the same outline)."
    )


def _lesions(report: Report) -> Iterator[str]:
    for lesion in report.reported_lesions:
        yield lesion_text(report, lesion)
    if not report.reported_lesions:
        yield f"{no_lesion(report)}."
    if report.unreviewed_lesions:
        yield f"Not yet reviewed by the reader: {'; '.join(map(_candidate, report.unreviewed_lesions))}."
    rejected = [_rejected(x, x.review) for x in report.lesions if isinstance(x.review, Rejected)]
    if rejected:
        yield f"Rejected by the reader: {'; '.join(rejected)}."


def no_lesion(report: Report) -> str:
    """Return that no lesion is reported, and that the AI looked for none where that is so."""
    return "No lesion is reported" + "; the AI did not look for any" * bool(report.quality.withheld)


def lesion_text(report: Report, lesion: Lesion) -> str:
    """Return everything that the draft holds about one reported lesion, in sentences."""
    index = " (index lesion)" if lesion is report.index_lesion else ""
    place = f"{sector_in_words(lesion.sector)} ({lesion.sector.region})"
    said = (f"{lesion.label}{index}: {place}.", _size(report, lesion), *_scores(lesion), _adc_values(report, lesion))
    return " ".join(filter(None, (*said, _extension(lesion), sentence(lesion.comment), _origin(lesion))))


def _size(report: Report, lesion: Lesion) -> str:
    measures = lesion.measures
    choice = report.recognised.one(measures.measured_on)
    series = "" if choice is None or choice.stack.series.number is None else f", series {choice.stack.series.number}"
    images = "ADC" if measures.measured_on is Role.ADC else "axial T2"
    linked = linked_in_words(report, measures.measured_on)
    return f"{size_in_words(measures)}, {measures.volume_ml:.2f} mL (measured on {images}{series}{linked})."


def linked_in_words(report: Report, role: Role) -> str:
    """Return by whom a series of another frame of reference was laid on the axial T2, after a comma; else nothing."""
    choice = report.recognised.one(role)
    link = None if choice is None else report.nudges.link_of(choice.stack.series)
    return f", {link.by_whom}" if link else ""


def _scores(lesion: Lesion) -> tuple[str, ...]:
    given = lesion.assessment
    scores = f"T2W {_score(given.t2)}, DWI {_score(given.dwi)}, DCE {_dce(given.dce)}."
    if given.override is None:
        return (scores, f"{_pirads(lesion.category)} ({given.ruling.rule.removesuffix('.')}).")
    against = f"the rule gives {given.ruling.category}: {given.ruling.rule.removesuffix('.')}"
    reason = sentence(given.override.reason)
    return (scores, f"{_pirads(lesion.category)} by the reader's decision ({against}). Reason: {reason}")


def _score(score: Score) -> str:
    return "not scored" if score is Score.UNSCORED else score.value


def _dce(dce: Dce) -> str:
    return "X (not available)" if dce is Dce.X else dce.value


def _pirads(category: Category) -> str:
    return "PI-RADS pending" if category is Category.PENDING else f"PI-RADS {category}"


def _adc_values(report: Report, lesion: Lesion) -> str:
    measures = lesion.measures
    if measures.adc_mean is None:
        return "ADC not measured."
    tenth = "" if measures.adc_p10 is None else f", 10th percentile {measures.adc_p10:.0f}"
    fitted = f" (b {b_values_in_words(measures.adc_b_values)} s/mm²)" if measures.adc_b_values else ""
    linked = linked_in_words(report, Role.ADC)
    return f"ADC mean {measures.adc_mean:.0f}{tenth} {UNIT_ADC}{fitted}{linked}."


def _extension(lesion: Lesion) -> str:
    return {
        Epe.NONE: "No extraprostatic extension.",
        Epe.POSSIBLE: "Possible extraprostatic extension.",
        Epe.DEFINITE: "Definite extraprostatic extension.",
    }[lesion.assessment.epe]


def _origin(lesion: Lesion) -> str:
    if not isinstance(lesion.origin, FromModel):
        return "Found by the reader."
    origin, done = lesion.origin, "outline edited" if isinstance(lesion.review, Edited) else "accepted"
    suggested = f", suggested PI-RADS {origin.suggested_category}" if origin.suggests else ""
    model = f"{origin.model.name} {origin.model.version}"
    return f"Found by AI, {model}{suggested} ({ai_score(origin)}); {done} by the reader."


def ai_score(origin: FromModel) -> str:
    """Return the model's score and what it is: a probability only where that was shown."""
    if origin.calibrated_on:
        return f"AI probability {origin.score:.2f}, calibrated on {origin.calibrated_on}"
    return f"AI suspicion {origin.score:.2f} on a scale from 0 to 1, not calibrated"


def _candidate(lesion: Lesion) -> str:
    score = f" (AI score {lesion.origin.score:.2f})" if isinstance(lesion.origin, FromModel) else ""
    return f"{lesion.label} {sector_in_words(lesion.sector)}{score}"


def _rejected(lesion: Lesion, review: Rejected) -> str:
    whose = "AI finding " if isinstance(lesion.origin, FromModel) else ""
    reason = review.reason.strip().removesuffix(".") or "no reason given"
    return f"{whose}{_candidate(lesion)}, reason: {reason}"


def _impression(report: Report) -> Iterator[str]:
    unreviewed = [x.label for x in report.unreviewed_lesions]
    if unreviewed:
        yield f"Draft: {and_list(unreviewed)} found by AI {'is' if len(unreviewed) == 1 else 'are'} not reviewed yet."
    for lesion in report.reported_lesions:
        yield _conclusion(report, lesion)
    if not report.reported_lesions and not unreviewed:
        yield _without_lesion(report)
    if isinstance(report.pi_qual, PiQual) and report.pi_qual.forbids_categories:
        yield f"{NO_CATEGORIES}."
    if report.gland is not None:
        yield f"Prostate volume {report.gland.volume_ml:.1f} mL{_density(report)}."
    if report.recognised.one(Role.DCE) is None:
        yield f"{NO_DCE}."


def _conclusion(report: Report, lesion: Lesion) -> str:
    name = f"Index lesion {lesion.label}" if lesion is report.index_lesion else lesion.label
    where = f"{sector_in_words(lesion.sector)}, {size_in_words(lesion.measures)}"
    meaning = lesion.category.meaning
    extension = "" if lesion.assessment.epe is Epe.NONE else f" {_extension(lesion)}"
    return f"{name}, {where}, {_pirads(lesion.category)}: {meaning[0].lower()}{meaning[1:]}{extension}"


def _without_lesion(report: Report) -> str:
    if report.category is Category.PENDING:
        return f"Draft: no lesion is reported; {choose_without_lesion(report)}."
    if report.category is Category.X:
        why = f"the study has {report.lacking}" if report.lacking else "a needed sequence is absent or inadequate"
        return f"No lesion is reported. {_pirads(Category.X)}: {why}, so no category can be given."
    meaning = report.category.meaning
    return (
        "No lesion suspicious for clinically significant cancer. "
        f"{_pirads(report.category)}: {meaning[0].lower()}{meaning[1:]}"
    )
