"""What our SR says about the examination as a whole (TID 1500 row 12, Qualitative Evaluations)."""

from collections.abc import Iterator

from highdicom.sr import ContainerContentItem, ContentItem, ContentSequence, RelationshipTypeValues
from pydantic import TypeAdapter

from core.annotations import Annotation
from core.report import Rejected, Report
from core.used_series import UsedSeries
from core.wording import WrittenOver
from reporting import codes
from reporting.equipment import RESEARCH_USE
from reporting.sr_amendment import note_items
from reporting.sr_items import code, container, exact, model_lines, number, text, texts
from reporting.sr_lesion import lesion_items
from reporting.sr_nudges import nudge_items
from reporting.sr_order import order_items
from reporting.sr_quality import form_to_go_on, quality_items
from reporting.sr_rejected import rejected_item
from reporting.sr_staging import precise_items, staging_items
from reporting.text import decision_support, shown_findings, shown_impression

NOT_REVIEWED = "Preliminary: not verified by a radiologist"
USED: TypeAdapter[tuple[UsedSeries, ...]] = TypeAdapter(tuple[UsedSeries, ...])
OVER: TypeAdapter[WrittenOver] = TypeAdapter(WrittenOver)
DRAWINGS: TypeAdapter[tuple[Annotation, ...]] = TypeAdapter(tuple[Annotation, ...])
"""How what only Prosector needs to go on from a report is written into a text."""


def summary(report: Report, *, is_signed: bool) -> ContainerContentItem:
    """Return what a report says beside its lesions and gland, and what was rejected."""
    inside = (
        code(codes.REPORTING_SYSTEM, codes.PIRADS_V21),
        *_category(report),
        *_prostate_specific_antigen(report),
        *quality_items(report),
        *staging_items(report.staging),
        *precise_items(report),
        *order_items(report.order),
        *texts(codes.INDICATION, report.clinical.indication),
        *texts(codes.FINDINGS, shown_findings(report)),
        *texts(codes.IMPRESSION, shown_impression(report)),
        *note_items(report.notes),
        *texts(codes.CSPCA_RISK, decision_support(report)),
        *_remarks(report, is_signed=is_signed),
        *_to_go_on(report),
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
            identity, details = lesion_items(report, lesion)
            yield rejected_item(lesion, lesion.review, (*identity, *details))
    for model in report.models:
        yield text(codes.AI_MODEL, model_lines(model))
    yield text(codes.COMMENT, RESEARCH_USE if is_signed else f"{NOT_REVIEWED}. {RESEARCH_USE}")


def _to_go_on(report: Report) -> Iterator[ContentItem]:
    """Yield what the workstation needs to go on from the report, and no reader."""
    yield from nudge_items(report.nudges)
    yield from form_to_go_on(report)
    if report.annotations:
        yield text(codes.DRAWINGS, exact(DRAWINGS, report.annotations))
    if report.used:
        yield text(codes.USED_SERIES, exact(USED, report.used))
    for name, over in (
        (codes.OF_FINDINGS, report.findings_written_over),
        (codes.OF_IMPRESSION, report.impression_written_over),
    ):
        if over is not None:
            item = text(codes.WRITTEN_OVER, exact(OVER, over))
            item.ContentSequence = ContentSequence(
                [code(codes.WRITTEN_OVER, name, RelationshipTypeValues.HAS_CONCEPT_MOD)]
            )
            yield item
