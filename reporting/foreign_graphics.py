"""A softcopy presentation state of any maker (GSPS, PS3.3 A.33): what it draws on which images, and their windows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from highdicom.color import CIELabColor
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from reporting.foreign_items import items_of, number_of, numbers_of, text_of
from reporting.foreign_places import ImagePlace
from reporting.foreign_shapes import outline_of
from reporting.foreign_sr import NotRead

Points = NDArray[np.float64]
PlaceOf = Callable[[str, int], ImagePlace | None]
Colour = tuple[int, int, int]

_CLOSED = ("CIRCLE", "ELLIPSE")
_KINDS = ("POINT", "POLYLINE", "INTERPOLATED", *_CLOSED)


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image, or one frame of it from 1; frame 0 stands for all of it."""

    sop_instance_uid: str
    frame: int


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A line, closed or not, or a single point: positions (n, 3) in mm, LPS."""

    points: Points
    closed: bool
    filled: bool


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A text that stands at a position (mm, LPS); `points_at` is what a line leads to, if anything."""

    text: str
    at: Points
    points_at: Points | None


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """All that is drawn on one image in one layer, on the plane of that image."""

    image: ImageReference
    place: ImagePlace
    layer: str
    order: int
    colour: Colour | None
    shapes: tuple[Shape, ...]
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class StatedWindow:
    """A window (width, centre) in the values of the Modality LUT, and the images that it is for; none: all."""

    width: float
    centre: float
    images: tuple[ImageReference, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Presentation:
    """A presentation state as far as it can be read; `images` are all that it is about."""

    label: str
    images: tuple[ImageReference, ...]
    drawings: tuple[Drawing, ...]
    windows: tuple[StatedWindow, ...]
    not_read: tuple[NotRead, ...]


def read_presentation(state: Dataset, place_of: PlaceOf) -> Presentation:
    """Return what a presentation state draws; `place_of` tells where an image lies, None for one that is not here."""
    lost: list[NotRead] = []
    about = tuple(_referenced(state))
    layers = {text_of(item, "GraphicLayer"): item for item in items_of(state, "GraphicLayerSequence")}
    drawings = [
        drawing
        for number, item in enumerate(items_of(state, "GraphicAnnotationSequence"), start=1)
        for drawing in _drawings(state, item, f"annotation {number}", about, layers, place_of, lost)
    ]
    return Presentation(
        text_of(state, "ContentDescription") or text_of(state, "ContentLabel"),
        about,
        tuple(sorted(drawings, key=lambda drawing: drawing.order)),
        tuple(_windows(state, lost)),
        tuple(lost),
    )


# ---------------------------------------------------------------------------------------------------------------------
# Which images


def _referenced(state: Dataset) -> Iterator[ImageReference]:
    for series in items_of(state, "ReferencedSeriesSequence"):
        yield from _images(series)


def _images(item: Dataset) -> Iterator[ImageReference]:
    for image in items_of(item, "ReferencedImageSequence"):
        uid = text_of(image, "ReferencedSOPInstanceUID")
        frames = numbers_of(image, "ReferencedFrameNumber")
        if uid:
            yield from (ImageReference(uid, int(frame)) for frame in (frames if len(frames) else (0.0,)))


def _applies(item: Dataset, image: ImageReference) -> bool:
    """Tell whether an item that names images, or none for all of them, is about one of them."""
    named = tuple(_images(item))
    return not named or any(
        one.sop_instance_uid == image.sop_instance_uid and one.frame in (0, image.frame) for one in named
    )


def _windows(state: Dataset, lost: list[NotRead]) -> Iterator[StatedWindow]:
    for number, item in enumerate(items_of(state, "SoftcopyVOILUTSequence"), start=1):
        width, centre = number_of(item, "WindowWidth"), number_of(item, "WindowCenter")
        if width is None or centre is None or width < 1:
            what = "a table of grey values is not applied" if "VOILUTSequence" in item else "it has no width and centre"
            lost.append(NotRead(f"window {number}", what))
        else:
            yield StatedWindow(width, centre, tuple(_images(item)))


# ---------------------------------------------------------------------------------------------------------------------
# Drawings


def _drawings(
    state: Dataset,
    item: Dataset,
    position: str,
    about: tuple[ImageReference, ...],
    layers: dict[str, Dataset],
    place_of: PlaceOf,
    lost: list[NotRead],
) -> Iterator[Drawing]:
    layer = text_of(item, "GraphicLayer")
    described = layers.get(layer) or Dataset()
    missing = 0
    for image in tuple(_images(item)) or about:
        place = place_of(image.sop_instance_uid, image.frame)
        if place is None:
            missing += 1
            continue
        on = _Canvas(place, state, image)
        shapes = tuple(_shapes(item, position, on, lost))
        words = tuple(_words(item, position, on, lost))
        order = int(number_of(described, "GraphicLayerOrder") or 0)
        if shapes or words:
            yield Drawing(image, place, layer, order, _colour(described), shapes, words)
    if missing:
        lost.append(NotRead(position, f"{missing} of its images are not here, or do not tell where they lie"))


class _Canvas:
    """One image to draw on: its place and its displayed area (PS3.3 C.10.4), which DISPLAY units are shares of."""

    def __init__(self, place: ImagePlace, state: Dataset, image: ImageReference) -> None:
        self.place = place
        areas = [item for item in items_of(state, "DisplayedAreaSelectionSequence") if _applies(item, image)]
        area = areas[0] if areas else Dataset()
        first, last = (
            numbers_of(area, "DisplayedAreaTopLeftHandCorner"),
            numbers_of(area, "DisplayedAreaBottomRightHandCorner"),
        )
        if len(first) != 2 or len(last) != 2:
            first, last = np.array((1.0, 1.0)), np.array((place.columns, place.rows), np.float64)
        forward = last >= first
        # corners are whole pixels counted from 1; the area reaches to their outer edges, also where it is flipped
        self._start = np.where(forward, first - 1, first)
        self._reach = np.where(forward, last, last - 1) - self._start
        self._turned = int(number_of(state, "ImageRotation") or 0) % 180 == 90

    def lps(self, points: Points, units: str) -> Points:
        """Return points (n, 2) in PIXEL or DISPLAY units as patient positions."""
        if units == "DISPLAY":
            shares = points[:, ::-1] if self._turned else points
            points = self._start + shares * self._reach
        return self.place.lps(points)


def _shapes(item: Dataset, position: str, on: _Canvas, lost: list[NotRead]) -> Iterator[Shape]:
    for number, graphic in enumerate(items_of(item, "GraphicObjectSequence"), start=1):
        kind, units = text_of(graphic, "GraphicType"), text_of(graphic, "GraphicAnnotationUnits")
        numbers = numbers_of(graphic, "GraphicData")
        if kind not in _KINDS or units not in ("PIXEL", "DISPLAY") or len(numbers) < 2 or len(numbers) % 2:
            _lose(lost, f"{position}, graphic {number}", f"a graphic of kind “{kind}” in units “{units}” is not drawn")
            continue
        points = numbers.reshape(-1, 2)
        line = on.lps(outline_of(kind, points), units)
        joined = len(points) > 2 and bool(np.allclose(points[0], points[-1]))
        closed = kind in _CLOSED or (joined and kind != "POINT")
        yield Shape(line, closed, closed and text_of(graphic, "GraphicFilled") == "Y")
    for number, compound in enumerate(items_of(item, "CompoundGraphicSequence"), start=1):
        kind = text_of(compound, "CompoundGraphicType").lower() or "unknown"
        _lose(lost, f"{position}, compound {number}", f"a compound graphic ({kind}) is drawn by its parts only")


def _words(item: Dataset, position: str, on: _Canvas, lost: list[NotRead]) -> Iterator[Words]:
    for number, found in enumerate(items_of(item, "TextObjectSequence"), start=1):
        text = text_of(found, "UnformattedTextValue")
        anchor = _point(found, "AnchorPoint", "AnchorPointAnnotationUnits", on)
        corner = _point(found, "BoundingBoxTopLeftHandCorner", "BoundingBoxAnnotationUnits", on)
        at = anchor if corner is None else corner
        if not text or at is None:
            _lose(lost, f"{position}, text {number}", "a text without words or without a place")
            continue
        leads = anchor is not None and corner is not None and text_of(found, "AnchorPointVisibility") == "Y"
        yield Words(text, at, anchor if leads else None)


def _point(item: Dataset, keyword: str, units: str, on: _Canvas) -> Points | None:
    numbers, told = numbers_of(item, keyword), text_of(item, units)
    if len(numbers) != 2 or told not in ("PIXEL", "DISPLAY"):
        return None
    return on.lps(numbers.reshape(1, 2), told)[0]


def _lose(lost: list[NotRead], position: str, why: str) -> None:
    """Tell of a part once, however many images it is drawn on."""
    told = NotRead(position, why)
    if told not in lost:
        lost.append(told)


def _colour(layer: Dataset) -> Colour | None:
    values = numbers_of(layer, "GraphicLayerRecommendedDisplayCIELabValue")
    if len(values) == 3 and values.min() >= 0 and values.max() <= 65535:
        red, green, blue = CIELabColor.from_dicom_value([int(value) for value in values]).to_rgb()
        return int(red), int(green), int(blue)
    grey = number_of(layer, "GraphicLayerRecommendedDisplayGrayscaleValue")
    if grey is None or not 0 <= grey <= 65535:
        return None
    level = int(grey) >> 8
    return level, level, level
