"""Image quality in our SR: coded findings (PS3.16 CID 6314 to 6318), every check in words, and PI-QUAL; and back."""

from collections.abc import Iterator

from highdicom.sr import ContentItem, ContentSequence, RelationshipTypeValues
from pydicom.dataset import Dataset

from core.quality import (
    Answer,
    Answers,
    Asked,
    Basis,
    Criterion,
    Effect,
    PiQual,
    PiQualDraft,
    Quality,
    QualityCheck,
    QualityFinding,
    Sequence,
    Verdict,
    prefilled,
)
from core.report import Report
from reporting import codes, sr_tree
from reporting.sr_items import code, text

_BETWEEN = " | "
_OF_THE_STUDY = {QualityFinding.PROTOCOL_NOT_FOLLOWED, QualityFinding.INCOMPLETE_STUDY}
"""CID 6314; the others are of a series (CID 6315)."""


def quality_items(report: Report) -> Iterator[ContentItem]:
    """Yield what is said of the images; nothing of those that nobody assessed, and no form that is not confirmed."""
    quality = report.quality
    if quality.checks:
        yield code(codes.QUALITY_STANDARD, codes.PIRADS_ACQUISITION)
    for sequence in quality.sequences:
        yield from _findings(quality, sequence)
        lines = (f"{sequence.value}: {quality.adequacy(sequence).value}", *map(_line, quality.of(sequence)))
        yield text(codes.QUALITY_CHECKS, "\n".join(lines))
    if isinstance(report.pi_qual, PiQual):
        yield code(codes.PI_QUAL, codes.PI_QUAL_SCORES[report.pi_qual.overall])
        yield text(codes.PI_QUAL_FORM, "\n".join(_form_lines(report.pi_qual)))


def form_to_go_on(report: Report) -> Iterator[ContentItem]:
    """Yield a form that is not confirmed, once the reader has begun it: it is no part of what is reported."""
    form = report.pi_qual
    if isinstance(form, PiQualDraft) and form != _untouched(report.quality):
        yield text(codes.PI_QUAL_DRAFT, "\n".join(_form_lines(form)))


def _untouched(quality: Quality) -> PiQualDraft | None:
    return prefilled(quality) if quality.checks else None


def _findings(quality: Quality, sequence: Sequence) -> Iterator[ContentItem]:
    for finding in dict.fromkeys(check.finding for check in quality.failed(sequence)):
        name = codes.STUDY_QUALITY if finding in _OF_THE_STUDY else codes.SERIES_QUALITY
        item = code(name, codes.QUALITY_FINDINGS[finding])
        of = code(codes.QUALITY_OF, codes.SEQUENCES[sequence], RelationshipTypeValues.HAS_PROPERTIES)
        item.ContentSequence = ContentSequence([of])
        yield item


def _line(check: QualityCheck) -> str:
    parts = (check.name, check.found, check.required, check.verdict, check.effect.name.lower(), check.finding)
    return _BETWEEN.join((*parts, check.basis, check.source))


def _form_lines(form: PiQual | PiQualDraft) -> Iterator[str]:
    for criterion, answer in form.answers:
        yield f"{criterion.value}{_BETWEEN}{answer.value}{_BETWEEN}{criterion.words}"


def read_quality(evaluations: Dataset) -> Quality:
    """Return the checks that `quality_items` wrote; raises ValueError when they were altered."""
    return Quality(tuple(x for told in sr_tree.texts(evaluations, codes.QUALITY_CHECKS) for x in _checks(told)))


def _checks(told: str) -> Iterator[QualityCheck]:
    first, *lines = told.splitlines()
    sequence = Sequence(first.split(": ")[0])
    for line in lines:
        name, found, required, verdict, effect, finding, basis, source = line.split(_BETWEEN)
        yield QualityCheck(
            sequence,
            Asked(name),
            found,
            required,
            Verdict(verdict),
            source,
            Basis(basis),
            Effect[effect.upper()],
            QualityFinding(finding),
        )


def read_pi_qual(evaluations: Dataset) -> PiQual | PiQualDraft | None:
    """Return the form as the reader confirmed or left it, else one prefilled from the checks, if there are any.

    Raises ValueError when it was altered.
    """
    if confirmed := _answers(sr_tree.text(evaluations, codes.PI_QUAL_FORM)):
        return PiQual(confirmed)
    begun = _answers(sr_tree.text(evaluations, codes.PI_QUAL_DRAFT))
    return PiQualDraft(begun) if begun else _untouched(read_quality(evaluations))


def _answers(told: str) -> Answers:
    rows = (line.split(_BETWEEN)[:2] for line in told.splitlines())
    return tuple((Criterion(criterion), Answer(answer)) for criterion, answer in rows)
