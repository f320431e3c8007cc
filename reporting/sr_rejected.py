"""Findings that the reader rejected, in our SR as a text with everything behind it, so that they come back as rejected.

Their outlines are in no object that an archive shows; here they are packed as text, which viewers do not draw.
"""

from collections.abc import Sequence

from highdicom import Volume, VolumeGeometry
from highdicom.sr import ContentItem, ContentSequence, RelationshipTypeValues
from pydicom.dataset import Dataset

from core.certainty import score_in_words
from core.report import FromModel, Lesion, Rejected
from reporting import codes, sr_tree
from reporting.packed_outline import packed, unpacked
from reporting.sr_items import CONTAINS, text, texts

_PROPERTY = RelationshipTypeValues.HAS_PROPERTIES


def rejected_item(lesion: Lesion, review: Rejected, details: Sequence[ContentItem]) -> ContentItem:
    """Return one rejected lesion: in words, and below them the `details` that a measurement group has."""
    item = text(codes.REJECTED, f"{lesion.label} {lesion.sector.label}, {_found_by(lesion)}: {_reason(review)}")
    inside = (*details, *texts(codes.REJECT_REASON, review.reason), text(codes.REJECTED_OUTLINE, packed(lesion.mask)))
    for one in inside:
        if one.RelationshipType == CONTAINS.value:  # a text contains nothing (PS3.3 A.35.13.3)
            one.RelationshipType = _PROPERTY.value
    item.ContentSequence = ContentSequence(inside)
    return item


def outline_of(item: Dataset, grid: VolumeGeometry) -> Volume:
    """Return the rejected outline on the grid of the axial T2; raises ValueError when it does not lie on it."""
    return grid.with_array(unpacked(sr_tree.text(item, codes.REJECTED_OUTLINE), grid.spatial_shape))


def _reason(review: Rejected) -> str:
    return review.reason or "no reason given"


def _found_by(lesion: Lesion) -> str:
    origin = lesion.origin
    if not isinstance(origin, FromModel):
        return "found by the reader"
    score = "" if origin.score is None else f" with score {score_in_words(origin.score)}"
    return f"found by {origin.model.name} {origin.model.version}{score}"
