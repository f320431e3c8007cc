"""Staging and PRECISE in our SR: one coded finding for each thing that was assessed, with its site; and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from highdicom.sr import ContentItem, ContentSequence, DateContentItem, RelationshipTypeValues
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.report import Report
from core.staging import Precise, PreciseScore, Seen, Staging
from reporting import codes, sr_tree
from reporting.sr_items import code, container, text

_PROPERTY = RelationshipTypeValues.HAS_PROPERTIES
_MODIFIER = RelationshipTypeValues.HAS_CONCEPT_MOD


@dataclass(frozen=True, slots=True)
class _Row:
    """How one field of `Staging` is written: what is looked for, where, on which side; `words` is the field of both."""

    seen: str
    finding: Code
    site: Code
    side: Code | None = None
    words: str = ""


_ROWS = (
    _Row("right_vesicle", codes.VESICLE_INVASION, codes.RIGHT_SEMINAL_VESICLE),
    _Row("left_vesicle", codes.VESICLE_INVASION, codes.LEFT_SEMINAL_VESICLE),
    _Row("right_bundle", codes.BUNDLE_INVOLVEMENT, codes.NEUROVASCULAR_BUNDLE, codes.RIGHT),
    _Row("left_bundle", codes.BUNDLE_INVOLVEMENT, codes.NEUROVASCULAR_BUNDLE, codes.LEFT),
    _Row("nodes", codes.LYMPHADENOPATHY, codes.LYMPH_NODE, words="nodes_words"),
    _Row("bone", codes.BONE_METASTASIS, codes.BONE, words="bone_words"),
)


def staging_items(staging: Staging) -> Iterator[ContentItem]:
    """Yield one container with what was assessed; nothing when nothing was."""
    findings = [_finding(row, staging) for row in _ROWS if _is_told(row, staging)]
    if findings:
        yield container(codes.EXTRA_PROSTATIC_FINDING, findings)


def _is_told(row: _Row, staging: Staging) -> bool:
    return getattr(staging, row.seen) is not Seen.NOT_ASSESSED or bool(_words(row, staging))


def _words(row: _Row, staging: Staging) -> str:
    return str(getattr(staging, row.words)) if row.words else ""


def _finding(row: _Row, staging: Staging) -> ContentItem:
    item = code(codes.FINDING, row.finding)
    site = code(codes.FINDING_SITE, row.site, _MODIFIER)
    if row.side is not None:
        site.ContentSequence = ContentSequence([code(codes.LATERALITY, row.side, _MODIFIER)])
    seen: Seen = getattr(staging, row.seen)
    degree = [code(codes.DEGREE, codes.DEGREES[seen], _PROPERTY)] if seen is not Seen.NOT_ASSESSED else []
    words = [text(codes.COMMENT, _words(row, staging), _PROPERTY)] if _words(row, staging) else []
    item.ContentSequence = ContentSequence([site, *degree, *words])
    return item


def read_staging(evaluations: Dataset) -> Staging:
    """Return what `staging_items` wrote; raises KeyError for a degree that is none of ours."""
    told = sr_tree.child(evaluations, codes.EXTRA_PROSTATIC_FINDING) or Dataset()
    found: dict[str, Any] = {}
    for item in sr_tree.children(told, codes.FINDING):
        row = next(row for row in _ROWS if _is_of(row, item))
        found[row.seen] = sr_tree.key_of(codes.DEGREES, sr_tree.coded(item, codes.DEGREE), Seen.NOT_ASSESSED)
        if row.words:
            found[row.words] = sr_tree.text(item, codes.COMMENT)
    return Staging(**found)


def _is_of(row: _Row, item: Dataset) -> bool:
    site = sr_tree.child(item, codes.FINDING_SITE)
    if site is None:
        raise KeyError("the site of a finding beyond the prostate")
    side = sr_tree.coded(site, codes.LATERALITY)
    return codes.code_of(site.ConceptCodeSequence[0])[:2] == row.site[:2] and (side and side[:2]) == (
        row.side and row.side[:2]
    )


def precise_items(report: Report) -> Iterator[ContentItem]:
    """Yield the PRECISE score, which examination it compares with, and the reader's words."""
    precise = report.precise
    if precise is None:
        return
    item = code(codes.PRECISE, codes.PRECISE_SCORES[precise.score])
    item.ContentSequence = ContentSequence(
        [
            DateContentItem(codes.COMPARED_WITH, precise.compared_with, _PROPERTY),
            *([text(codes.COMMENT, precise.words, _PROPERTY)] if precise.words else []),
        ]
    )
    yield item


def read_precise(evaluations: Dataset) -> Precise | None:
    """Return what `precise_items` wrote, or None; raises KeyError or ValueError when it was altered."""
    item = sr_tree.child(evaluations, codes.PRECISE)
    if item is None:
        return None
    score = sr_tree.key_of(codes.PRECISE_SCORES, codes.code_of(item.ConceptCodeSequence[0]), PreciseScore.X)
    day = sr_tree.day(item, codes.COMPARED_WITH)
    if day is None:
        raise KeyError("the date that PRECISE compares with")
    return Precise(score, day, sr_tree.text(item, codes.COMMENT))
