"""From a report to what is drawn on the images."""

from core.certainty import score_in_words
from core.pirads import PIRADS_COLOURS, Category
from core.report import FromModel, Lesion, Rejected, Report, Unreviewed
from viewer.language import tr
from viewer.lesion_words import shown_category
from viewer.overlays import LesionOverlay, Overlays


def overlays_of(report: Report, *, hidden: frozenset[str], selected: str) -> Overlays:
    """Return gland and lesions to draw; a rejected lesion is drawn only while it is selected."""
    lesions = tuple(
        LesionOverlay(
            tracking_uid=lesion.tracking_uid,
            label_chip=chip_text(lesion),
            colour=PIRADS_COLOURS[Category.PENDING if _rejected(lesion) else shown_category(lesion)],
            mask=lesion.mask,
            visible=lesion.tracking_uid not in hidden and (not _rejected(lesion) or lesion.tracking_uid == selected),
            dashed=isinstance(lesion.review, Unreviewed | Rejected),
        )
        for lesion in report.lesions
    )
    return Overlays(gland=report.gland.mask if report.gland else None, lesions=lesions, selected=selected)


def chip_text(lesion: Lesion) -> str:
    """Return what stands beside a lesion in the image, e.g. `L1 · PI-RADS 4 · AI 0.81`."""
    given = lesion.origin.score if isinstance(lesion.origin, FromModel) else None
    score = "" if given is None else " · " + tr("AI {score}").format(score=score_in_words(given))
    if isinstance(lesion.review, Rejected):
        return f"{lesion.label} · " + tr("rejected")
    if isinstance(lesion.review, Unreviewed) and isinstance(lesion.origin, FromModel) and lesion.origin.suggests:
        told = tr("AI suggests {suggested}").format(suggested=lesion.origin.suggested_category)
        return f"{lesion.label} · {told}{score}"
    if lesion.category is Category.PENDING:
        return tr("{label} · not scored{score}").format(label=lesion.label, score=score)
    return f"{lesion.label} · PI-RADS {lesion.category}{score}"


def _rejected(lesion: Lesion) -> bool:
    return isinstance(lesion.review, Rejected)
