"""What a reader can do to a report, each as a pure function from one report to the next."""

from collections.abc import Callable
from dataclasses import replace

from core.errors import CannotAssess
from core.pirads import Category, Dce, Epe, Score, Zone
from core.quality import Answer, Criterion, PiQualDraft, answered
from core.report import (
    SUSPICIOUS,
    Accepted,
    Assessment,
    Edited,
    FromModel,
    Lesion,
    Override,
    Rejected,
    Report,
    Unreviewed,
    scoring_zone,
    with_lesion,
)
from core.sectors import Sector
from core.staging import Precise, Staging
from core.wording import Language
from reporting import own_words
from reporting.own_words import ChangedSentence, Part
from reporting.words import and_list

Change = Callable[[Report], Report]

REJECT_REASONS = (
    "Normal central zone",
    "Typical BPH nodule",
    "Haemorrhage after biopsy",
    "Inflammation or prostatitis",
    "Normal anterior fibromuscular stroma",
    "Artefact",
    "Outside the prostate",
    "Benign: diffuse or wedge-shaped change",
)
"""The reasons that radiologists give most often; any other may be typed."""


def _on(uid: str, change: Callable[[Lesion], Lesion]) -> Change:
    return lambda report: with_lesion(report, uid, change)


def _assessing(uid: str, change: Callable[[Assessment], Assessment]) -> Change:
    return _on(uid, lambda lesion: replace(lesion, assessment=change(lesion.assessment)))


def _scoring(uid: str, change: Callable[[Assessment], Assessment]) -> Change:
    def scored(lesion: Lesion) -> Lesion:
        review = Accepted() if isinstance(lesion.review, Unreviewed) else lesion.review
        return replace(lesion, assessment=change(lesion.assessment), review=review)

    return _on(uid, scored)


def score_t2(uid: str, score: Score) -> Change:
    """Give a lesion its T2W score; a model's that was not reviewed is accepted by it."""
    return _scoring(uid, lambda assessment: replace(assessment, t2=score))


def score_dwi(uid: str, score: Score) -> Change:
    """Give a lesion its DWI score; a model's that was not reviewed is accepted by it."""
    return _scoring(uid, lambda assessment: replace(assessment, dwi=score))


def score_dce(uid: str, dce: Dce) -> Change:
    """Give a lesion its DCE score."""
    return _assessing(uid, lambda assessment: replace(assessment, dce=dce))


def set_epe(uid: str, epe: Epe) -> Change:
    """Say whether a lesion extends beyond the prostate."""
    return _assessing(uid, lambda assessment: replace(assessment, epe=epe))


def score_as(uid: str, zone: Zone) -> Change:
    """Score a lesion by the rules of the PZ or of the TZ."""
    return _assessing(uid, lambda assessment: replace(assessment, scored_as=zone))


def override_category(uid: str, category: Category, reason: str) -> Change:
    """Give a lesion a category against the rule, with the reason."""
    return _assessing(uid, lambda assessment: replace(assessment, override=Override(category, reason)))


def follow_rule(uid: str) -> Change:
    """Take an override back, so that the rule gives the category."""
    return _assessing(uid, lambda assessment: replace(assessment, override=None))


def comment(uid: str, text: str) -> Change:
    """Set what the reader says about a lesion."""
    return _on(uid, lambda lesion: replace(lesion, comment=text))


def leave_unnamed(uid: str) -> Change:
    """Name other lesions before this one, when there are more than a report names."""
    return _on(uid, lambda lesion: replace(lesion, set_aside=True))


def name_lesion(uid: str) -> Change:
    """Name a lesion in the report; where four others are named, the least suspicious of them is not from then on."""

    def named(report: Report) -> Report:
        wanted = with_lesion(report, uid, lambda lesion: replace(lesion, set_aside=False))
        if uid not in {lesion.tracking_uid for lesion in wanted.beyond_four}:
            return wanted
        least = [x for x in wanted.named_lesions if x.category in SUSPICIOUS][-1]
        return with_lesion(wanted, least.tracking_uid, lambda lesion: replace(lesion, set_aside=True))

    return named


def accept(uid: str) -> Change:
    """Take a model's lesion as it is."""
    return _on(uid, lambda lesion: replace(lesion, review=Accepted()))


def reject(uid: str, reason: str) -> Change:
    """Do not take a lesion, and say why."""
    return _on(uid, lambda lesion: replace(lesion, review=Rejected(reason)))


def undo_reject(uid: str) -> Change:
    """Take a rejection back: a model's lesion awaits review again, a reader's own is taken again."""

    def taken_back(lesion: Lesion) -> Lesion:
        return replace(lesion, review=Unreviewed() if isinstance(lesion.origin, FromModel) else Accepted())

    return _on(uid, taken_back)


def move_to_sector(uid: str, sector: Sector) -> Change:
    """Place a lesion in another sector, and score it by that sector's zone.

    A model's accepted lesion counts as edited from then on; one that was not reviewed still has to be.
    """

    def moved(lesion: Lesion) -> Lesion:
        edited = isinstance(lesion.review, Accepted) and isinstance(lesion.origin, FromModel)
        return replace(
            lesion,
            sector=sector,
            assessment=replace(lesion.assessment, scored_as=scoring_zone(sector)),
            review=Edited() if edited else lesion.review,
        )

    return _on(uid, moved)


def remove(uid: str) -> Change:
    """Remove a lesion that the reader made; what a model said is rejected, never removed."""
    return lambda report: replace(report, lesions=tuple(x for x in report.lesions if x.tracking_uid != uid))


def examination_category(category: Category) -> Change:
    """Give an examination in which no lesion is reported its category.

    Raises `CannotAssess` when a lesion is reported or not reviewed, and for a category that the study does not allow.
    """

    def given(report: Report) -> Report:
        if why := _against(category, report):
            raise CannotAssess(f"PI-RADS {category} was not given: {why}.")
        return report if report.without_lesion is category else replace(report, without_lesion=category)

    return given


def _against(category: Category, report: Report) -> str:
    unreviewed = [lesion.label for lesion in report.unreviewed_lesions]
    if unreviewed:
        are = "is" if len(unreviewed) == 1 else "are"
        return f"{and_list(unreviewed)} {are} not reviewed yet; accept or reject each first"
    if report.index_lesion is not None:
        return f"{report.index_lesion.label} is reported, and the examination has its category"
    if category not in report.choices_without_lesion:
        return f"the study has {report.lacking}; only PI-RADS X can be chosen"
    return ""


def set_psa(psa_ng_ml: float | None) -> Change:
    """Set the PSA in ng/mL."""
    return lambda report: replace(report, clinical=replace(report.clinical, psa_ng_ml=psa_ng_ml))


def set_indication(text: str) -> Change:
    """Set why the examination was asked for."""
    return lambda report: replace(report, clinical=replace(report.clinical, indication=text))


def answer_pi_qual(criterion: Criterion, answer: Answer) -> Change:
    """Answer a line of the PI-QUAL form, where the report has one."""

    def changed(report: Report) -> Report:
        form = report.pi_qual
        return report if form is None else replace(report, pi_qual=answered(form, criterion, answer))

    return changed


def confirm_pi_qual(report: Report) -> Report:
    """Make the PI-QUAL form the reader's; one that is confirmed stays as it is."""
    form = report.pi_qual
    return replace(report, pi_qual=form.confirm()) if isinstance(form, PiQualDraft) else report


def set_staging(change: Callable[[Staging], Staging]) -> Change:
    """Say something else of what lies beyond the prostate."""
    return lambda report: replace(report, staging=change(report.staging))


def set_precise(precise: Precise | None) -> Change:
    """Give the PRECISE score, or none."""
    return lambda report: replace(report, precise=precise)


def own_findings(text: str) -> Change:
    """Replace the findings that write themselves by the reader's; empty brings them back."""
    return lambda report: own_words.with_own(report, Part.FINDINGS, text)


def own_impression(text: str) -> Change:
    """Replace the impression that writes itself by the reader's; empty brings it back."""
    return lambda report: own_words.with_own(report, Part.IMPRESSION, text)


def take_sentence(part: Part, change: ChangedSentence) -> Change:
    """Put a sentence that writes itself now into the reader's own text."""
    return lambda report: own_words.taken(report, part, change)


def text_stands(part: Part) -> Change:
    """Let the reader's own text count as fitting the report as it is."""
    return lambda report: own_words.as_fitting(report, part)


def report_language(language: Language) -> Change:
    """Write the report in another language; the reader's own text stays as it is."""
    return lambda report: report if report.language is language else replace(report, language=language)
