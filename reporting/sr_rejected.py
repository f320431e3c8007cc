"""Findings that the reader rejected, in our SR as a text with everything behind it, so that they come back as rejected.

Their outlines are in no object that an archive shows; here they are packed as text, which viewers do not draw.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence

import numpy as np
from highdicom import Volume, VolumeGeometry
from highdicom.sr import ContentItem, ContentSequence, RelationshipTypeValues
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from core.report import FromModel, Lesion, Rejected
from reporting import codes, sr_tree
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


def packed(mask: Volume) -> str:
    """Return a 0/1 mask as text: the first voxel (k, j, i) of its box, the size of the box, and its bits."""
    voxels = np.argwhere(mask.array > 0)
    low, high = voxels.min(axis=0), voxels.max(axis=0) + 1
    box = mask.array[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] > 0
    bits = b64encode(zlib.compress(np.packbits(box).tobytes())).decode()
    return " ".join((*map(str, (*low.tolist(), *box.shape)), bits))


def unpacked(told: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the mask that `packed` packed, in an array of `shape`; raises ValueError when it lies beyond it."""
    *numbers, bits = told.split(" ")
    k, j, i, *size = map(int, numbers)
    array = np.zeros(shape, np.uint8)
    box = array[k : k + size[0], j : j + size[1], i : i + size[2]]
    if box.shape != tuple(size):
        raise ValueError("a rejected outline lies beyond the axial T2")
    flat = np.unpackbits(np.frombuffer(_inflated(bits), np.uint8), count=box.size)
    box[...] = flat.reshape(box.shape)
    return array


def _inflated(bits: str) -> bytes:
    try:
        return zlib.decompress(b64decode(bits))
    except zlib.error as error:
        raise ValueError("a rejected outline is damaged") from error


def _reason(review: Rejected) -> str:
    return review.reason or "no reason given"


def _found_by(lesion: Lesion) -> str:
    origin = lesion.origin
    if not isinstance(origin, FromModel):
        return "found by the reader"
    score = "" if origin.score is None else f" with score {origin.score:.2f}"
    return f"found by {origin.model.name} {origin.model.version}{score}"
