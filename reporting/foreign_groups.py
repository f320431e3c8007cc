"""The measurement groups of any TID 1500 report: what each says of a finding, and the regions that it draws.

Liberal where other systems differ from PS3.16: groups are found at any depth, without tracking identifiers, and with
SRT or SCT codes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.findings import ModelIdentity
from core.pirads import Category
from reporting import codes
from reporting.foreign_items import (
    code_of,
    first_of,
    is_code,
    items_of,
    number_of,
    numbers_of,
    text_of,
    whole_of,
    words_of,
)
from reporting.foreign_makers import named_model
from reporting.foreign_sr import NotRead

Points = NDArray[np.float64]

_PROBABILITIES = (
    Code("111047", "DCM", "Probability of cancer"),
    Code("122157", "DCM", "Probability"),
    Code("111012", "DCM", "Certainty of Finding"),
    codes.AI_PROBABILITY,
)
_SITES = (codes.FINDING_SITE, Code("G-C0E3", "SRT", "Finding Site"))
_MANUFACTURER = Code("122405", "DCM", "Algorithm Manufacturer")
_RADLEX_CATEGORY = Code("RID50295", "RADLEX", "PI-RADS Lesion Assessment Category")
_PERSON = Code("121006", "DCM", "Person")
_OBSERVER_TYPE = Code("121005", "DCM", "Observer Type")
_CATEGORIES = {code.value: category for category, code in codes.LESION_CATEGORIES.items()}
_EXAM_CATEGORIES = {code.value: category for category, code in codes.EXAM_CATEGORIES.items()}
_CLOSED = frozenset(("POLYGON", "POLYLINE", "ELLIPSE", "CIRCLE"))


@dataclass(frozen=True, slots=True, eq=False)
class ImageRegion:
    """A region on an image: its kind and points (n, 2) in image coordinates, the image and its frame (0: none told)."""

    position: str
    kind: str
    points: Points
    sop_instance_uid: str
    frame: int


@dataclass(frozen=True, slots=True, eq=False)
class SpaceRegion:
    """A region in space: its kind and points (n, 3) in mm, LPS."""

    position: str
    kind: str
    points: Points
    frame_of_reference_uid: str


@dataclass(frozen=True, slots=True)
class SegmentReference:
    """The segment of a SEG that a group is about."""

    sop_instance_uid: str
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class FindingGroup:
    """One measurement group. `probability` is 0 to 1, None where none is coded; `model` None where a person made it."""

    position: str
    label: str
    tracking_uid: str
    finding: Code | None
    sites: tuple[Code, ...]
    model: ModelIdentity | None
    probability: float | None
    suggested: Category
    segments: tuple[SegmentReference, ...]
    regions: tuple[ImageRegion | SpaceRegion, ...]


def finding_groups(sr: Dataset) -> tuple[tuple[FindingGroup, ...], tuple[NotRead, ...]]:
    """Return the groups of a report that are about a finding in the images, and what of them could not be read."""
    lost: list[NotRead] = []
    groups = [_group(item, position, sr, lost) for item, position in _groups(sr, "1")]
    return tuple(group for group in groups if group.segments or group.regions), tuple(lost)


def _groups(parent: Dataset, position: str) -> Iterator[tuple[Dataset, str]]:
    for item, place in _children(parent, position):
        if is_code(code_of(item, "ConceptNameCodeSequence"), codes.MEASUREMENT_GROUP):
            yield item, place
        elif place.count(".") < 12:
            yield from _groups(item, place)


def _children(parent: Dataset, position: str) -> Iterator[tuple[Dataset, str]]:
    for number, item in enumerate(items_of(parent, "ContentSequence"), start=1):
        yield item, f"{position}.{number}"


def _below(parent: Dataset, position: str) -> Iterator[tuple[Dataset, str]]:
    """Yield every item below another, at any depth."""
    for item, place in _children(parent, position):
        yield item, place
        if place.count(".") < 20:
            yield from _below(item, place)


def _named(items: list[tuple[Dataset, str]], *names: Code) -> Iterator[Dataset]:
    return (item for item, _ in items if is_code(code_of(item, "ConceptNameCodeSequence"), *names))


def _group(group: Dataset, position: str, sr: Dataset, lost: list[NotRead]) -> FindingGroup:
    direct = list(_children(group, position))
    every = list(_below(group, position))
    label = next((text_of(item, "TextValue") for item in _named(direct, codes.TRACKING_IDENTIFIER)), "")
    finding = next((code_of(item, "ConceptCodeSequence") for item in _named(direct, codes.FINDING)), None)
    sites = (code_of(item, "ConceptCodeSequence") for item in _named(every, *_SITES))
    return FindingGroup(
        position,
        label or words_of(finding) or f"Finding {position}",
        next((text_of(item, "UID") for item in _named(direct, codes.TRACKING_UID)), ""),
        finding,
        tuple(code for code in sites if code is not None),
        _model(every, sr),
        _probability(every, position, lost),
        _suggested(every),
        tuple(dict.fromkeys(_segments(every))),
        tuple(_regions(every, lost)),
    )


# ---------------------------------------------------------------------------------------------------------------------
# By whom, how sure


def _model(every: list[tuple[Dataset, str]], sr: Dataset) -> ModelIdentity | None:
    """Return the algorithm that a group names (TID 4019), else the one that the report names, else its device.

    A report whose only observer is a person was made by hand.
    """
    for items in (every, list(_outside_groups(sr))):
        name = next((text_of(item, "TextValue") for item in _named(items, codes.ALGORITHM_NAME)), "")
        if name:
            version = next((text_of(item, "TextValue") for item in _named(items, codes.ALGORITHM_VERSION)), "")
            maker = next((text_of(item, "TextValue") for item in _named(items, _MANUFACTURER)), "")
            return named_model(name, version, maker or text_of(sr, "Manufacturer"), sr)
    observers = [code_of(item, "ConceptCodeSequence") for item in _named(list(_children(sr, "1")), _OBSERVER_TYPE)]
    if observers and all(is_code(observer, _PERSON) for observer in observers):
        return None
    return named_model("", "", text_of(sr, "Manufacturer"), sr)


def _outside_groups(sr: Dataset) -> Iterator[tuple[Dataset, str]]:
    for item, place in _children(sr, "1"):
        yield item, place
        if not is_code(code_of(item, "ConceptNameCodeSequence"), codes.IMAGING_MEASUREMENTS):
            yield from _below(item, place)


def _probability(every: list[tuple[Dataset, str]], position: str, lost: list[NotRead]) -> float | None:
    for item in _named(every, *_PROBABILITIES):
        measured = first_of(item, "MeasuredValueSequence") or Dataset()
        number = number_of(measured, "FloatingPointValue")
        number = number_of(measured, "NumericValue") if number is None else number
        unit = code_of(measured, "MeasurementUnitsCodeSequence")
        share = None if number is None else number / 100 if unit is not None and unit.value == "%" else number
        if share is not None and 0 <= share <= 1:
            return share
        told = "is missing" if number is None else f"{number:g} is no share of 1 or 100 %"
        lost.append(NotRead(position, f"its probability {told}"))
    return None


def _suggested(every: list[tuple[Dataset, str]]) -> Category:
    for item in _named(every, codes.LESION_CATEGORY, _RADLEX_CATEGORY, codes.SUGGESTED_CATEGORY):
        code = code_of(item, "ConceptCodeSequence")
        value = "" if code is None else code.value
        if value in _CATEGORIES or value in _EXAM_CATEGORIES:
            return _CATEGORIES.get(value) or _EXAM_CATEGORIES[value]
    return Category.PENDING


# ---------------------------------------------------------------------------------------------------------------------
# Where


def _segments(every: list[tuple[Dataset, str]]) -> Iterator[SegmentReference]:
    for item, _ in every:
        reference = first_of(item, "ReferencedSOPSequence")
        if reference is None or text_of(item, "ValueType") not in ("IMAGE", "COMPOSITE"):
            continue
        for number in numbers_of(reference, "ReferencedSegmentNumber"):
            yield SegmentReference(text_of(reference, "ReferencedSOPInstanceUID"), int(number))


def _regions(every: list[tuple[Dataset, str]], lost: list[NotRead]) -> Iterator[ImageRegion | SpaceRegion]:
    for item, position in every:
        kind = text_of(item, "ValueType")
        if kind not in ("SCOORD", "SCOORD3D"):
            continue
        shape, numbers = text_of(item, "GraphicType"), numbers_of(item, "GraphicData")
        dimensions = 2 if kind == "SCOORD" else 3
        if shape not in _CLOSED or len(numbers) < 2 * dimensions or len(numbers) % dimensions:
            lost.append(NotRead(position, f"{_shape_words(shape)} encloses no area"))
            continue
        points = numbers.reshape(-1, dimensions)
        region = _in_space(item, position, shape, points) if dimensions == 3 else _on_image(item, position, points)
        if region is None:
            what = "its frame of reference" if dimensions == 3 else "which image it is on"
            lost.append(NotRead(position, f"a region that does not tell {what}"))
        else:
            yield region


def _shape_words(shape: str) -> str:
    return f"a region of the kind {shape.lower()}" if shape else "a region that does not tell its kind"


def _in_space(item: Dataset, position: str, shape: str, points: Points) -> SpaceRegion | None:
    frame = text_of(item, "ReferencedFrameOfReferenceUID")
    return SpaceRegion(position, shape, points, frame) if frame else None


def _on_image(item: Dataset, position: str, points: Points) -> ImageRegion | None:
    for below in items_of(item, "ContentSequence"):
        reference = first_of(below, "ReferencedSOPSequence")
        uid = "" if reference is None else text_of(reference, "ReferencedSOPInstanceUID")
        if reference is not None and uid:
            frame = whole_of(reference, "ReferencedFrameNumber") or 0
            return ImageRegion(position, text_of(item, "GraphicType"), points, uid, frame)
    return None
