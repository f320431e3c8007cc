"""What our SR says about the examination as a whole (TID 1500 row 12, Qualitative Evaluations)."""

from collections.abc import Iterator

from highdicom.sr import ContainerContentItem, ContentItem

from core.report import FromModel, Lesion, Rejected, Report
from reporting import codes
from reporting.equipment import RESEARCH_USE
from reporting.sr_items import code, container, model_lines, number, text, texts
from reporting.sr_quality import quality_items
from reporting.text import decision_support, shown_findings, shown_impression

NOT_REVIEWED = "Preliminary: not verified by a radiologist"


def summary(report: Report, *, is_signed: bool) -> ContainerContentItem:
    """Return the category, PSA, image quality, texts, notes, models and rejected AI findings of a report."""
    inside = (
        code(codes.REPORTING_SYSTEM, codes.PIRADS_V21),
        *_category(report),
        *_prostate_specific_antigen(report),
        *quality_items(report),
        *texts(codes.INDICATION, report.clinical.indication),
        *texts(codes.FINDINGS, shown_findings(report)),
        *texts(codes.IMPRESSION, shown_impression(report)),
        *texts(codes.CSPCA_RISK, decision_support(report)),
        *_remarks(report, is_signed=is_signed),
    )
    return container(codes.QUALITATIVE_EVALUATIONS, inside)


def _category(report: Report) -> Iterator[ContentItem]:
    if report.category in codes.EXAM_CATEGORIES:
        yield code(codes.EXAM_CATEGORY, codes.EXAM_CATEGORIES[report.category])


def _prostate_specific_antigen(report: Report) -> Iterator[ContentItem]:
    if report.clinical.psa_ng_ml is not None:
        yield number(codes.PSA, report.clinical.psa_ng_ml, codes.PSA_UNIT)
    if report.psa_density is not None:
        yield number(codes.PSA_DENSITY, report.psa_density, codes.PSA_DENSITY_UNIT)


def _remarks(report: Report, *, is_signed: bool) -> Iterator[ContentItem]:
    for warning in report.warnings:
        yield from texts(codes.ANALYSIS_NOTE, warning)
    for lesion in report.lesions:
        if isinstance(lesion.review, Rejected):
            yield text(codes.REJECTED, _rejected(lesion, lesion.review))
    for model in report.models:
        yield text(codes.AI_MODEL, model_lines(model))
    yield text(codes.COMMENT, RESEARCH_USE if is_signed else f"{NOT_REVIEWED}. {RESEARCH_USE}")


def _rejected(lesion: Lesion, review: Rejected) -> str:
    return f"{lesion.label} {lesion.sector.label}, {_found_by(lesion)}: {review.reason or 'no reason given'}"


def _found_by(lesion: Lesion) -> str:
    origin = lesion.origin
    if not isinstance(origin, FromModel):
        return "found by the reader"
    return f"found by {origin.model.name} {origin.model.version} with score {origin.score:.2f}"
