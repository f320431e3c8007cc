"""The pixels of a stack's files as one (k, j, i) array of rescaled values."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.utils import pixel_array

from core.errors import SeriesIncomplete
from inference.header import DIFFUSIVITY, Header, Pixels


def read_voxels(named: str, headers: Sequence[Header]) -> NDArray[Any]:
    """Return the slices in the order of `headers`, rescaled: int16 or uint16 where whole numbers fit, else float32.

    Of MONOCHROME1 images, where low is white, the stored numbers are taken from their highest one first, so that low
    is black as everywhere else (PS3.3 C.7.6.3.1.2). Raises `SeriesIncomplete`, naming series and file, when pixels
    cannot be read or decoded.
    """
    stored = np.stack([_stored(named, header) for header in headers])
    if headers[0].pixels is not None and headers[0].pixels.low_is_white:
        stored = stored.max().astype(np.int64) - stored
    scales = [scale_of(header) for header in headers]
    if set(scales) == {(1.0, 0.0)}:
        return _smallest(stored)
    slope, intercept = (np.array(part).reshape(-1, 1, 1) for part in zip(*scales, strict=True))
    scaled = stored * slope + intercept
    if not np.isfinite(scaled).all():
        raise SeriesIncomplete(
            f"{named} holds values that are no numbers once its rescale is applied; let the scanner or PACS send it "
            "again."
        )
    return _smallest(scaled)


def scale_of(header: Header) -> tuple[float, float]:
    """Return slope and intercept: of a map to diffusivity (Real World Value), else of the Modality LUT, else of any."""
    mapped = header.real_world and (header.real_world.slope, header.real_world.intercept)
    if header.real_world is not None and header.real_world.unit in DIFFUSIVITY:
        return header.real_world.slope, header.real_world.intercept
    return header.rescale or mapped or (1.0, 0.0)


def _stored(named: str, header: Header) -> NDArray[Any]:
    pixels = header.pixels
    assert pixels is not None, "load_stack has refused files without an image"
    native = pixels.offset is not None and pixels.bits_allocated in (8, 16, 32)
    try:
        return _native(header.path, pixels) if native else _decoded(header.path, pixels)
    except (OSError, EOFError, ValueError, RuntimeError, AttributeError, KeyError, NotImplementedError) as error:
        raise SeriesIncomplete(f"{named}: the pixels of {header.path.name} cannot be read ({error}).") from error


def _decoded(path: Path, pixels: Pixels) -> NDArray[Any]:
    return pydicom.dcmread(path).pixel_array if pixels.index is None else pixel_array(path, index=pixels.index)


def _native(path: Path, pixels: Pixels) -> NDArray[Any]:
    kind = np.dtype(f"<{'i' if pixels.signed else 'u'}{pixels.bits_allocated // 8}")
    count = pixels.rows * pixels.columns
    array = np.fromfile(path, kind, count, offset=pixels.offset or 0)
    if len(array) != count:
        raise ValueError(f"{len(array)} of {count} pixels are there")
    unused = pixels.bits_allocated - pixels.bits_stored
    if unused > 0:  # old files keep overlays there, and negative numbers are extended only to BitsStored
        array = (array << unused) >> unused
    return array.reshape(pixels.rows, pixels.columns)


def _smallest(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind in "iu" and values.dtype.itemsize == 2:
        return values
    if values.dtype.kind == "f" and not np.array_equal(values, np.rint(values)):
        return values.astype(np.float32)
    low, high = values.min(), values.max()
    for kind in (np.int16, np.uint16):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return values.astype(kind)
    return values.astype(np.float32)
