"""A DICOM Segmentation of any maker: binary, fractional or label map, on any grid, its frames in any order.

Read by geometry and never by the order of frames (PS3.3 C.8.20): each segment keeps the grid that it was made on.
"""

from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from highdicom import Volume
from highdicom.color import CIELabColor
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pixel_array
from pydicom.sr.coding import Code

from core.errors import ResultUnreadable
from core.findings import ModelIdentity
from reporting.foreign_items import (
    UNREADABLE,
    code_of,
    first_of,
    items_of,
    number_of,
    numbers_of,
    text_of,
    value_of,
    whole_of,
    words_of,
)
from reporting.foreign_makers import named_model
from reporting.foreign_places import ImagePlace, Plane, place_of, volumes_of
from reporting.foreign_sr import NotRead

_HALF = 0.5
"""Of the greatest fractional value: where the outline of a fractional segment runs."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One segment: what it is and by whom, and its mask (0/1) on its own grid, one for each orientation of planes.

    `model` is None where a person drew it. `tracking_uid` may be empty.
    """

    number: int
    label: str
    category: Code | None
    property_type: Code | None
    model: ModelIdentity | None
    tracking_uid: str
    colour: tuple[int, int, int] | None
    masks: tuple[Volume, ...]
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SegmentationRead:
    """A segmentation as far as it can be read. `source_series_uid` is the series that it was made on, if told."""

    sop_instance_uid: str
    source_series_uid: str
    segments: tuple[Segment, ...]
    not_read: tuple[NotRead, ...]


def read_segmentation(seg: Dataset) -> SegmentationRead:
    """Return the segments of a SEG; raises `ResultUnreadable` when none of its pixels can be read or placed."""
    lost: list[NotRead] = []
    planes = _planes(seg, lost)
    if not planes:
        why = f": {lost[0].why}" if lost else ""
        raise ResultUnreadable(f"The segmentation has no frame that can be read and placed in the patient{why}.")
    described = {_number(item, place): item for place, item in enumerate(items_of(seg, "SegmentSequence"), start=1)}
    segments = [
        segment
        for number in sorted({*described, *planes})
        if (segment := _segment(seg, number, described.get(number), planes.get(number, []), lost)) is not None
    ]
    source = next(
        (text_of(item, "SeriesInstanceUID") for item in items_of(seg, "ReferencedSeriesSequence")),
        "",
    )
    return SegmentationRead(text_of(seg, "SOPInstanceUID"), source, tuple(segments), tuple(lost))


# ---------------------------------------------------------------------------------------------------------------------
# Frames

_Planes = dict[int, list[tuple[ImagePlace, Plane]]]


def _planes(seg: Dataset, lost: list[NotRead]) -> _Planes:
    """Return the planes (0/1) of each segment by its number; what is not read goes into `lost`."""
    found: _Planes = defaultdict(list)
    shared = first_of(seg, "SharedFunctionalGroupsSequence") or Dataset()
    groups = items_of(seg, "PerFrameFunctionalGroupsSequence")
    label_map = text_of(seg, "SegmentationType") == "LABELMAP"
    threshold = _threshold(seg)
    for index, pixels in _frames(seg, lost):
        own = groups[index] if index < len(groups) else Dataset()
        place = place_of(seg, own, shared)
        if place is None or pixels.shape != (place.rows, place.columns):
            lost.append(NotRead(f"frame {index + 1}", "it does not tell where it lies in the patient"))
            continue
        if label_map:
            for number in (int(value) for value in np.unique(pixels) if value):
                found[number].append((place, (pixels == number).astype(np.uint8)))
            continue
        number = _segment_of(own, shared, seg)
        if number is None:
            lost.append(NotRead(f"frame {index + 1}", "it does not tell which segment it belongs to"))
            continue
        found[number].append((place, (pixels >= threshold).astype(np.uint8)))
    return dict(found)


def _frames(seg: Dataset, lost: list[NotRead]) -> Iterator[tuple[int, NDArray[Any]]]:
    """Yield each frame that can be decoded with its index."""
    if not any(keyword in seg for keyword in ("PixelData", "FloatPixelData")):
        lost.append(NotRead("pixels", "it has no pixels"))
        return
    try:
        pixels = pixel_array(seg)
        frames = pixels[None] if pixels.ndim == 2 else pixels
    except (*UNREADABLE, MemoryError) as error:
        yield from _one_by_one(seg, lost, error)
        return
    if frames.ndim == 3:
        yield from enumerate(frames)
    else:
        lost.append(NotRead("pixels", "its pixels are colours"))


def _one_by_one(seg: Dataset, lost: list[NotRead], error: BaseException) -> Iterator[tuple[int, NDArray[Any]]]:
    """Yield the frames of a segmentation some of whose pixels are damaged or missing."""
    read, count = 0, min(whole_of(seg, "NumberOfFrames") or 1, 10_000)
    whole = _cut_to_whole_frames(seg, count)
    for index in range(count):
        try:
            frame = pixel_array(whole, index=index)
        except (*UNREADABLE, MemoryError) as failed:
            lost.append(NotRead(f"frame {index + 1}", f"its pixels cannot be decoded ({_short(failed)})"))
            if not read and index > 2:  # nothing of it can be decoded; the others would say the same
                return
            continue
        if frame.ndim == 2:
            read += 1
            yield index, frame
    if not read and not lost:
        lost.append(NotRead("pixels", f"they cannot be decoded ({_short(error)})"))


def _cut_to_whole_frames(seg: Dataset, count: int) -> Dataset:
    """Return a segmentation whose pixels end too early with those frames that are whole; any other as it is."""
    bits = (whole_of(seg, "Rows") or 0) * (whole_of(seg, "Columns") or 0) * (whole_of(seg, "BitsAllocated") or 0)
    pixels = value_of(seg, "PixelData")
    if not bits or not isinstance(pixels, bytes) or _is_compressed(seg):
        return seg
    frames = len(pixels) * 8 // bits
    if not 0 < frames < count:
        return seg
    cut = copy(seg)
    size = (frames * bits + 7) // 8
    cut.NumberOfFrames, cut.PixelData = frames, pixels[:size] + b"\0" * (size % 2)
    return cut


def _is_compressed(seg: Dataset) -> bool:
    syntax = value_of(getattr(seg, "file_meta", Dataset()), "TransferSyntaxUID")
    return bool(getattr(syntax, "is_compressed", False))


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__


def _threshold(seg: Dataset) -> float:
    if text_of(seg, "SegmentationType") != "FRACTIONAL":
        return 1.0
    bits = whole_of(seg, "BitsStored") or 8
    return _HALF * (number_of(seg, "MaximumFractionalValue") or 2**bits - 1)


def _segment_of(own: Dataset, shared: Dataset, seg: Dataset) -> int | None:
    for group in (own, shared):
        item = first_of(group, "SegmentIdentificationSequence")
        if item is not None and (number := whole_of(item, "ReferencedSegmentNumber")) is not None:
            return number
    described = items_of(seg, "SegmentSequence")
    return _number(described[0], 1) if len(described) == 1 else None


# ---------------------------------------------------------------------------------------------------------------------
# Segments


def _number(item: Dataset, place: int) -> int:
    return whole_of(item, "SegmentNumber") or place


def _segment(
    seg: Dataset, number: int, item: Dataset | None, planes: list[tuple[ImagePlace, Plane]], lost: list[NotRead]
) -> Segment | None:
    item = item or Dataset()
    label = text_of(item, "SegmentLabel") or f"Segment {number}"
    inside = [plane for plane in planes if plane[1].any()]
    if not inside:
        if not (number == 0 and text_of(seg, "SegmentationType") == "LABELMAP"):  # that is what is outside the others
            lost.append(NotRead(f"segment {number}", f"{label} is empty"))
        return None
    try:
        volumes = volumes_of(inside)
    except ResultUnreadable as error:
        lost.append(NotRead(f"segment {number}", f"{label} cannot be placed: {error}"))
        return None
    return Segment(
        number,
        label,
        code_of(item, "SegmentedPropertyCategoryCodeSequence"),
        code_of(item, "SegmentedPropertyTypeCodeSequence"),
        _model(seg, item),
        text_of(item, "TrackingUID"),
        _colour(item),
        tuple(volume for volume, _ in volumes),
        tuple(filter(None, (*(told for _, told in volumes), _fractional(seg)))),
    )


def _fractional(seg: Dataset) -> str:
    if text_of(seg, "SegmentationType") != "FRACTIONAL":
        return ""
    kind = text_of(seg, "SegmentationFractionalType").lower() or "fraction"
    return f"Its voxels hold a {kind}; the outline runs where that is half of its greatest value."


def _model(seg: Dataset, item: Dataset) -> ModelIdentity | None:
    """Return who made a segment, or None where a person drew it."""
    if text_of(item, "SegmentAlgorithmType") == "MANUAL":
        return None
    told = first_of(item, "SegmentationAlgorithmIdentificationSequence") or Dataset()
    name = text_of(told, "AlgorithmName") or text_of(item, "SegmentAlgorithmName")
    maker = text_of(told, "AlgorithmSource") or text_of(seg, "Manufacturer")
    return named_model(name, text_of(told, "AlgorithmVersion"), maker, seg)


def _colour(item: Dataset) -> tuple[int, int, int] | None:
    values = numbers_of(item, "RecommendedDisplayCIELabValue")
    if len(values) != 3 or values.min() < 0 or values.max() > 65535:
        return None
    red, green, blue = CIELabColor.from_dicom_value([int(value) for value in values]).to_rgb()
    return int(red), int(green), int(blue)


def is_lesion(segment: Segment) -> bool:
    """Tell whether a segment may be a lesion: whatever is not coded or called a normal structure."""
    named = f"{segment.label} {words_of(segment.property_type)}".lower()
    if any(word in named for word in _LESION_WORDS):
        return True
    return not is_structure(segment.category, segment.property_type, named)


def is_structure(category: Code | None, kind: Code | None, named: str) -> bool:
    """Tell whether something is coded or called a normal structure of the body."""
    coded = {code.value for code in (category, kind) if code is not None}
    return bool(coded & _STRUCTURES) or any(word in named for word in _STRUCTURE_WORDS)


_LESION_WORDS = ("lesion", "tumor", "tumour", "cancer", "suspicious", "neoplasm", "carcinoma", "pi-rads", "pirads")
_STRUCTURES = frozenset(
    (
        *("123037004", "91723000", "85756007"),  # anatomical structure (2), tissue
        *("T-D000A", "T-D0050", "113343008"),  # the same as SRT has them, organ
        *("41216001", "T-92000", "279706003", "399384005", "64739004", "71553001", "717025007", "34402009", "89837001"),
    )
)
"""SNOMED CT and SRT: categories of normal structures; prostate, zones, seminal vesicle, urethra, rectum, bladder."""
_STRUCTURE_WORDS = (
    *(
        "prostate",
        "gland",
        "zone",
        "bladder",
        "rectum",
        "urethra",
        "seminal",
        "vesicle",
        "bone",
        "muscle",
        "background",
    ),
    *("fibromuscular", "sphincter", "neurovascular"),
)
