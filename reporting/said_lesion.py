"""One lesion in words of the report's language, for the templates of the report text."""

from core.report import Edited, FromModel, Lesion, Rejected, Report
from core.study import Role
from reporting.moved import link_in_words
from reporting.said_fields import CandidateSaid, LesionSaid
from reporting.terms import Terms, terms_of
from reporting.words import sector_in_words, size_in_words


def lesion_said(report: Report, lesion: Lesion) -> LesionSaid:
    """Return one reported lesion in words."""
    terms, given, measures = terms_of(report.language), lesion.assessment, lesion.measures
    on_adc, choice = measures.measured_on is Role.ADC, report.recognised.one(measures.measured_on)
    origin = lesion.origin if isinstance(lesion.origin, FromModel) else None
    score = "" if origin is None or origin.score is None else terms.score(origin.score)
    calibrated_on = origin.calibrated_on if origin else ""
    return LesionSaid(
        label=lesion.label,
        is_index=lesion is report.index_lesion,
        is_named=lesion in report.named_lesions,
        place=sector_in_words(lesion.sector, report.language),
        region=terms.word("region_short", lesion.sector.region),
        size=size_in_words(measures),
        long_axis=terms.number(measures.long_axis_mm),
        short_axis=terms.number(measures.short_axis_mm),
        volume=terms.number(measures.volume_ml, 2),
        measured_on=terms.word("images", "adc" if on_adc else "t2"),
        series="" if choice is None or choice.stack.series.number is None else str(choice.stack.series.number),
        image="" if measures.image is None else terms.phrase("image", measures.image.words),
        linked=_linked(report, measures.measured_on, terms),
        t2=terms.word("score", given.t2),
        dwi=terms.word("score", given.dwi),
        dce=terms.word("dce", given.dce),
        category=lesion.category.value,
        pirads=terms.word("category", lesion.category),
        meaning=terms.word("meaning_in_sentence", lesion.category),
        rule=terms.phrase("rules", given.ruling.rule.removesuffix(".")),
        rule_category=given.ruling.category.value,
        overridden=given.override is not None,
        override_reason=given.override.reason if given.override else "",
        adc_mean="" if measures.adc_mean is None else terms.number(measures.adc_mean),
        adc_p10="" if measures.adc_p10 is None else terms.number(measures.adc_p10),
        adc_b_values=terms.b_values(measures.adc_b_values),
        adc_linked=_linked(report, Role.ADC, terms),
        extension_key=given.epe.value,
        extension=terms.word("extension", given.epe),
        comment=lesion.comment.strip(),
        model=f"{origin.model.name} {origin.model.version}" if origin else "",
        suggested=origin.suggested_category.value if origin and origin.suggests else "",
        probability=score if calibrated_on else "",
        suspicion="" if calibrated_on else score,
        calibrated_on=calibrated_on,
        edited=isinstance(lesion.review, Edited),
    )


def candidate_said(lesion: Lesion, terms: Terms) -> CandidateSaid:
    origin = lesion.origin if isinstance(lesion.origin, FromModel) else None
    reason = lesion.review.reason.strip().removesuffix(".") if isinstance(lesion.review, Rejected) else ""
    return CandidateSaid(
        label=lesion.label,
        place=sector_in_words(lesion.sector, terms.language),
        score="" if origin is None or origin.score is None else terms.score(origin.score),
        by_ai=origin is not None,
        reason=reason or terms.word("text", "no_reason"),
    )


def _linked(report: Report, role: Role, terms: Terms) -> str:
    """Return by whom a series of another frame of reference was laid on the axial T2; empty when nobody did."""
    choice = report.recognised.one(role)
    link = None if choice is None else report.nudges.link_of(choice.stack.series)
    return link_in_words(link, terms) if link else ""
