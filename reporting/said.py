"""What the templates of the report text may say: everything that a draft holds, in words of the report's language.

The field names are what a site writes into its templates (docs/report-text.md); an empty text is what is not known.
"""

from collections.abc import Iterator, Mapping

from core.certainty import percent
from core.findings import Gland
from core.quality import (
    NEEDED_BY_AI,
    Effect,
    PiQual,
    Quality,
    QualityCheck,
    asked,
    in_sentences,
    most_points,
    points,
)
from core.report import Rejected, Report
from core.risk import Risk, risk_model
from core.staging import Seen
from core.study import Role, RoleChoice
from reporting.moved import moved_in_words
from reporting.said_fields import EllipsoidSaid, GlandSaid, PiQualSaid, PreciseSaid, QualitySaid, RiskSaid
from reporting.said_lesion import candidate_said, lesion_said
from reporting.terms import Terms, terms_of


def said(report: Report) -> Mapping[str, object]:
    """Return what a template may name; the edge at which values become words."""
    terms = terms_of(report.language)
    psa, density = report.clinical.psa_ng_ml, report.psa_density
    return {
        "indication": report.clinical.indication.strip(),
        "psa": "" if psa is None else terms.number(psa, 1),
        "psa_density": "" if density is None else terms.number(density, 2),
        "sequences": terms.and_list(list(_sequences(report, terms))),
        "dce": report.recognised.one(Role.DCE) is not None,
        "moved": moved_in_words(report.nudges, terms),
        "precise": _precise(report, terms),
        "quality": tuple(_quality(report.quality, terms)),
        "pi_qual": _pi_qual(report.pi_qual, terms) if isinstance(report.pi_qual, PiQual) else None,
        "notes": tuple(note_in_words(report, note, terms) for note in report.warnings),
        "gland": None if report.gland is None else _gland(report.gland, terms),
        "lesions": tuple(lesion_said(report, lesion) for lesion in report.reported_lesions),
        "further": tuple(lesion.label for lesion in report.beyond_four),
        "no_lesion": no_lesion(report, terms),
        "unreviewed": tuple(candidate_said(lesion, terms) for lesion in report.unreviewed_lesions),
        "rejected": tuple(candidate_said(x, terms) for x in report.lesions if isinstance(x.review, Rejected)),
        "staging": tuple(_staging(report, terms, (Seen.NONE, Seen.POSSIBLE, Seen.DEFINITE))),
        "stage_findings": tuple(_staging(report, terms, (Seen.POSSIBLE, Seen.DEFINITE))),
        "category": report.category.value,
        "pirads": terms.word("category", report.category),
        "meaning": terms.word("meaning_in_sentence", report.category),
        "lacking": terms.phrase("lacking", report.lacking),
        "risk": _risk(report.risk, terms) if isinstance(report.risk, Risk) else None,
    }


def no_lesion(report: Report, terms: Terms) -> str:
    """Return that no lesion is reported, and that the AI looked for none where that is so, without a full stop."""
    return terms.word("text", "no_lesion_not_looked_for" if report.quality.withheld else "no_lesion")


def _sequences(report: Report, terms: Terms) -> Iterator[str]:
    recognised = report.recognised
    planes = [
        terms.word("planes", plane)
        for role, plane in ((Role.T2_AXIAL, "axial"), (Role.T2_SAGITTAL, "sagittal"), (Role.T2_CORONAL, "coronal"))
        if recognised.one(role)
    ]
    if planes:
        yield terms.word("sequences", "t2", planes=terms.and_list(planes))
    if recognised.all(Role.DWI):
        b_values = [choice.b_value for choice in recognised.all(Role.DWI) if choice.b_value is not None]
        yield terms.word("sequences", "dwi_b" if b_values else "dwi", b=terms.b_values(b_values))
    for role, name in ((Role.HIGH_B, _high_b), (Role.ADC, _adc)):
        choice = recognised.one(role)
        if choice is not None:
            yield name(choice, terms)
    if recognised.one(Role.DCE):
        yield terms.word("sequences", "dce")


def _high_b(choice: RoleChoice, terms: Terms) -> str:
    name = "high_b_calculated" if choice.calculated else "high_b_acquired"
    if choice.b_value is None:
        return terms.word("sequences", name)
    return terms.word("sequences", f"{name}_b", b=terms.b_values([choice.b_value]))


def _adc(choice: RoleChoice, terms: Terms) -> str:
    if not choice.fitted:
        return terms.word("sequences", "adc")
    b_values = [stack.b_value for stack in choice.stacks if stack.b_value is not None]
    return terms.word("sequences", "adc_fitted", b=terms.b_values(b_values))


def _gland(gland: Gland, terms: Terms) -> GlandSaid:
    size = gland.ellipsoid
    return GlandSaid(
        volume=terms.number(gland.volume_ml, 1),
        model=f"{gland.model.name} {gland.model.version}",
        edited=gland.edited,
        ellipsoid=None
        if size is None
        else EllipsoidSaid(
            terms.number(size.volume_ml, 1),
            terms.number(size.length_mm),
            terms.number(size.width_mm),
            terms.number(size.depth_mm),
        ),
    )


def _quality(quality: Quality, terms: Terms) -> Iterator[QualitySaid]:
    for sequence in quality.sequences:
        reasons = ", ".join(check_in_words(check, terms) for check in quality.failed(sequence, Effect.LIMITS))
        yield QualitySaid(sequence.value, terms.word("adequacy", quality.adequacy(sequence)), reasons)


def check_in_words(check: QualityCheck, terms: Terms) -> str:
    """Return what was found instead of what is required, e.g. `echo time 120 ms instead of ≤ 90 ms`."""
    found, required = (terms.localised(terms.phrase("amounts", x)) for x in (check.found, check.required))
    return terms.word("check", "instead", name=terms.word("asked", check.name.name), found=found, required=required)


def _pi_qual(form: PiQual, terms: Terms) -> PiQualSaid:
    parts = [f"{sequence.value} {points(form, sequence)}/{most_points(sequence)}" for sequence in asked(form)]
    meaning = terms.word("pi_qual", form.overall.name)
    return PiQualSaid(str(form.overall.value), meaning, ", ".join(parts), form.forbids_categories)


def _precise(report: Report, terms: Terms) -> PreciseSaid | None:
    if report.precise is None:
        return None
    given = report.precise
    return PreciseSaid(
        given.score.value, terms.word("precise", given.score), terms.day(given.compared_with), given.words.strip()
    )


def note_in_words(report: Report, note: str, terms: Terms) -> str:
    """Return a sentence of the analysis in the report's language; one that is not ours stays as it is."""
    return (
        quality_in_words(report.quality, terms) if note in in_sentences(report.quality) else terms.phrase("notes", note)
    )


def quality_in_words(quality: Quality, terms: Terms) -> str:
    """Return that the AI's part was withheld for the image quality, or that it is to be doubted, and why."""
    return terms.word("check", "withheld" if quality.withheld else "doubted", why=_why(quality, terms))


def _why(quality: Quality, terms: Terms) -> str:
    least = Effect.WITHHOLDS if quality.withheld else Effect.DISABLES
    told = ((x, [check_in_words(check, terms) for check in quality.failed(x, least)]) for x in NEEDED_BY_AI)
    return "; ".join(f"{sequence.value}: {', '.join(words)}" for sequence, words in told if words)


def _staging(report: Report, terms: Terms, told: tuple[Seen, ...]) -> Iterator[str]:
    """Yield a sentence for each thing beyond the lesions that was assessed and found as one of `told`."""
    staging = report.staging
    yield from _both_sides("vesicles", staging.right_vesicle, staging.left_vesicle, terms, told)
    yield from _both_sides("bundles", staging.right_bundle, staging.left_bundle, terms, told)
    for table, seen, words in (
        ("nodes", staging.nodes, staging.nodes_words),
        ("bone", staging.bone, staging.bone_words),
    ):
        if seen in told:
            where = words.strip().removesuffix(".")
            yield f"{terms.word(table, seen)}{f': {where}' if where else ''}."


def _both_sides(table: str, right: Seen, left: Seen, terms: Terms, told: tuple[Seen, ...]) -> Iterator[str]:
    sides = (("both", right),) if right is left else (("right", right), ("left", left))
    yield from (terms.word(table, f"{seen}_{side}") for side, seen in sides if seen in told)


def _risk(risk: Risk, terms: Terms) -> RiskSaid:
    model = risk_model()
    return RiskSaid(
        percent=percent(risk.probability),
        low=percent(risk.low),
        high=percent(risk.high),
        category=risk.category.value,
        psa_density=terms.number(risk.psa_density, 2),
        age=terms.localised(f"{risk.age:g}"),
        source=terms.word("risk", "source", cases=str(model.cases), events=str(model.events)),
    )
