"""Series without a role, shown as far as they can be: as a volume where images make a stack, else as flat pictures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pydicom
from highdicom import Volume
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array

from core.errors import SeriesIncomplete
from core.study import Instance, Series, Stack
from inference.elements import Damaged, NotDicom
from inference.frames import frames_of
from inference.header import Header
from inference.load import load_as_seen, low_is_white
from inference.plane import along_normal, unit_axes

Pictures = NDArray[Any]
_LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in brightness (ITU-R BT.601, as in PS3.3 C.7.6.3.1.2)."""
LOW_WAS_WHITE = (
    "It is stored with white for low values (MONOCHROME1) and shown so; its values are counted from black here."
)
_FLAT = "It is shown as flat pictures, so it is neither linked nor measured."


@dataclass(frozen=True, slots=True, eq=False)
class Loose:
    """Either a volume, or pictures (picture, row, column) that have no place in the patient, and what to know of it."""

    volume: Volume | None
    pictures: Pictures | None
    note: str


def load_loose(series: Series) -> Loose:
    """Return the largest stack of a series, of several images at one place the first, or else its pictures.

    Mosaics, colour, several frames, uneven steps and images without a place are pictures; colour becomes grey.
    Raises `SeriesIncomplete` when the series holds no images, or they cannot be read or decoded.
    """
    images = _images_of(Stack(series, series.instances))
    if unplaced := _unplaced([header for _, header in images]):
        return _flat(series, images, f"{_named(series)} {unplaced}.")
    stack = _largest_stack(images)
    try:
        shown = Stack(series, tuple(instance for instance, _ in stack))
        volume = load_as_seen(shown)
    except SeriesIncomplete:
        return _flat(series, images, f"{_named(series)} is no even stack: a slice is missing or shifted.")
    left, whole = len(images) - len(stack), len(images)
    apart = f"{_named(series)}: {left} of {whole} images are not part of this stack." * bool(left)
    return Loose(volume, None, " ".join(filter(None, (apart, LOW_WAS_WHITE * low_is_white(shown)))))


def load_flat(stack: Stack, why: str) -> Loose:
    """Return the images of a stack that is no volume as flat pictures in their order; the note begins with `why`.

    Raises `SeriesIncomplete` as `load_loose`.
    """
    return _flat(stack.series, _images_of(stack), why)


def middle_picture(stack: Stack) -> Pictures:
    """Return the picture (row, column) in the middle of a stack, grey; raises `SeriesIncomplete`."""
    frames = _frames(stack.series, stack.instances[len(stack.instances) // 2])
    pictures = _decoded(stack.series, frames[len(frames) // 2][0])
    return pictures[len(pictures) // 2]


_Images = Sequence[tuple[Instance, Header]]


def _images_of(stack: Stack) -> _Images:
    headers = [image for instance in stack.instances for image in _frames(stack.series, instance)]
    images = [(instance, header) for instance, header in headers if header.pixels is not None]
    if not images:
        kind = stack.series.modality or "unknown"
        raise SeriesIncomplete(f"{_named(stack.series)} holds no images to show ({kind} object).")
    return images


def _largest_stack(images: _Images) -> _Images:
    """Return the images of one direction, size and spacing that lie at most places, one for each place."""
    by_shape: dict[object, dict[float, tuple[Instance, Header]]] = defaultdict(dict)
    for instance, header in images:
        if _has_place(header):
            shape = tuple(round(cosine, 2) + 0.0 for cosine in header.cosines), header.pixel_spacing_mm, _size(header)
            place = round(along_normal(header.cosines, header.position), 1)
            by_shape[shape].setdefault(place, (instance, header))
    return list(max(by_shape.values(), key=len, default={}).values())


def _unplaced(headers: Sequence[Header]) -> str:
    """Return why no image of a series can be placed in the patient, or ""."""
    if any("MOSAIC" in header.image_type for header in headers):
        return "is a mosaic: each image holds several slices side by side"
    if any(header.pixels is not None and header.pixels.is_colour for header in headers):
        return "is a colour image and shown in grey"
    if any(header.pixels is not None and header.pixels.frames > 1 for header in headers):
        return "holds several frames and does not say where each lies"
    return "" if any(map(_has_place, headers)) else "does not say where in the patient its images lie"


def _has_place(header: Header) -> bool:
    if len(header.position) != 3 or len(header.cosines) != 6 or len(header.pixel_spacing_mm) != 2:
        return False
    try:
        unit_axes(header.cosines)
    except ValueError:
        return False
    return True


def _size(header: Header) -> tuple[int, int]:
    assert header.pixels is not None
    return header.pixels.rows, header.pixels.columns


def _flat(series: Series, images: _Images, why: str) -> Loose:
    size = _size(images[0][1])
    alike = [instance for instance, header in images if _size(header) == size]
    other = f" {len(images) - len(alike)} of another size are left out." if len(alike) < len(images) else ""
    return Loose(None, np.concatenate([_decoded(series, instance) for instance in alike]), f"{why} {_FLAT}{other}")


def _decoded(series: Series, instance: Instance) -> Pictures:
    """Return a frame, or the frames of a file, as they are stored, grey, as an array (frame, row, column)."""
    path, index = instance.path, None if instance.frame is None else instance.frame - 1
    try:
        dataset = pydicom.dcmread(path)
        pixels = pixel_array(dataset, index=index)
        if _has_palette(dataset):
            pixels = apply_color_lut(pixels, dataset)[..., :3]  # a fourth one, if any, is opacity
    except (OSError, EOFError, ValueError, RuntimeError, AttributeError, KeyError, NotImplementedError) as error:
        raise SeriesIncomplete(f"{_named(series)}: the pixels of {path.name} cannot be read ({error}).") from error
    if dataset.SamplesPerPixel == 3 or _has_palette(dataset):
        pixels = np.rint(pixels @ np.array(_LUMA)).astype(pixels.dtype)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        pixels = pixels.max() - pixels
    return pixels.reshape(-1, dataset.Rows, dataset.Columns)


def _has_palette(dataset: Dataset) -> bool:
    """Tell whether the pixels are entries of a palette (PS3.3 C.7.6.3.1.2)."""
    return dataset.PhotometricInterpretation == "PALETTE COLOR"


def _frames(series: Series, instance: Instance) -> Sequence[tuple[Instance, Header]]:
    try:
        return frames_of(instance)
    except (NotDicom, Damaged, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise SeriesIncomplete(
            f"{_named(series)}: {instance.path.name} can no longer be read ({why}); retrieve the study again."
        ) from error


def _named(series: Series) -> str:
    return f"{series.label[0].upper()}{series.label[1:]}"
