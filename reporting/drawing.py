"""Contours, fills and labels on slices: arrays in (row, column) order, colours as RGB, all anti-aliased."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.volume import PointLps, position_lps

Rgb = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

GLAND_COLOUR: Rgb = (0x3F, 0xB6, 0xC9)
BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)
PALE: Rgb = (0xD6, 0xDD, 0xE6)


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A rectangle of pixels in patient space: the first pixel's centre and the steps of a column and a row (mm)."""

    origin_lps: PointLps
    column_step: NDArray[np.float64]
    row_step: NDArray[np.float64]
    rows: int
    columns: int

    def position(self, row: float, column: float) -> PointLps:
        """Return the patient position of a pixel's centre."""
        x, y, z = np.array(self.origin_lps) + row * self.row_step + column * self.column_step
        return float(x), float(y), float(z)


def slice_plane(volume: Volume, k: int, *, scale: int = 1, top: int = 0, bottom: int = 0) -> Plane:
    """Return the plane of slice `k`, its pixels divided `scale` times, with rows added above and below."""
    first = (1 - scale) / (2 * scale)  # where the first divided pixel's centre lies, in pixels of the slice
    rows, columns = volume.spatial_shape[1:]
    return Plane(
        origin_lps=position_lps(volume, (k, first - top / scale, first)),
        column_step=volume.affine[:3, 2] / scale,
        row_step=volume.affine[:3, 1] / scale,
        rows=rows * scale + top + bottom,
        columns=columns * scale,
    )


def sampled(volume: Volume, plane: Plane) -> NDArray[np.float32]:
    """Return the values of `volume` at the pixels of `plane`, 0 outside: bicubic in a slice, the nearest slice across.

    The caller has made sure that both are in one frame of reference.
    """
    inverse = np.linalg.inv(volume.affine)
    origin = (inverse @ np.array([*plane.origin_lps, 1.0]))[:3]
    down, right = inverse[:3, :3] @ plane.row_step, inverse[:3, :3] @ plane.column_step
    rows, columns = np.indices((plane.rows, plane.columns), dtype=np.float32)
    slices = np.floor(origin[0] + down[0] * rows + right[0] * columns + 0.5).astype(np.int32)
    values = np.zeros(slices.shape, np.float32)
    for k in np.unique(slices):
        if 0 <= k < volume.spatial_shape[0]:
            in_slice = _in_slice(volume.array[k], origin, down, right, slices.shape)
            values = np.where(slices == k, in_slice, values)
    return values


def _in_slice(
    array: NDArray[Any],
    origin: NDArray[np.float64],
    down: NDArray[np.float64],
    right: NDArray[np.float64],
    shape: tuple[int, ...],
) -> NDArray[np.float32]:
    """Return one slice at pixels given by their indices (k, j, i)."""
    # Pillow counts from a pixel's corner, we from its centre
    j, i = (origin + 0.5 - (down + right) / 2)[1:]
    coefficients = (right[2], down[2], i, right[1], down[1], j)
    image = Image.fromarray(np.ascontiguousarray(array, np.float32))
    moved = image.transform(
        (shape[1], shape[0]),
        Image.Transform.AFFINE,
        tuple(float(c) for c in coefficients),
        Image.Resampling.BICUBIC,
    )
    return np.asarray(moved, np.float32)


def enlarged(array: NDArray[Any], scale: int, *, smooth: bool = True) -> NDArray[np.float32]:
    """Return a slice with each pixel divided `scale` times, bicubic or (for masks) bilinear."""
    image = Image.fromarray(np.ascontiguousarray(array, np.float32))
    size = (image.width * scale, image.height * scale)
    method = Image.Resampling.BICUBIC if smooth else Image.Resampling.BILINEAR
    return np.asarray(image if scale == 1 else image.resize(size, method), np.float32)


def window(array: NDArray[Any]) -> tuple[float, float]:
    """Return black and white for display: the 1st and 99.5th percentile of what is not background."""
    values = array[array > 0]
    if not values.size:
        return 0.0, 1.0
    low, high = np.percentile(values, (1.0, 99.5))
    return float(low), float(max(high, low + 1))


def grey(array: NDArray[Any], black_white: tuple[float, float]) -> NDArray[np.uint8]:
    """Return a slice as RGB between black and white."""
    black, white = black_white
    level = np.clip((array - black) / (white - black), 0, 1) * 255
    return np.repeat(level.round().astype(np.uint8)[..., None], 3, axis=-1)


def paint(rgb: NDArray[np.uint8], colour: Rgb, alpha: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Return `rgb` with `colour` laid over it where `alpha` (0 to 1) says."""
    rows, columns = np.nonzero(alpha)  # a line touches few pixels
    share = alpha[rows, columns, None]
    painted = rgb.copy()
    painted[rows, columns] = (rgb[rows, columns] * (1 - share) + np.array(colour, np.float32) * share).round()
    return painted


def inside(field: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far each pixel lies inside a smooth 0-to-1 mask (its border is at 0.5), 0 to 1 across one pixel."""
    return np.clip(_depth(field) + np.float32(0.5), 0, 1)


def outline(field: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """Return the border of a smooth 0-to-1 mask as a line `width` pixels wide."""
    return np.clip(np.float32(width / 2 + 0.5) - np.abs(_depth(field)), 0, 1)


def dashed(line: NDArray[np.float32], dash: float) -> NDArray[np.float32]:
    """Return a line broken into dashes of about `dash` pixels, by the angle about its centre."""
    rows, columns = np.nonzero(line > 0.5)
    if not len(rows):
        return line
    middle_row, middle_column = rows.mean(), columns.mean()
    rows, columns = np.nonzero(line)
    y, x = rows - middle_row, columns - middle_column
    count = max(6, round(np.pi * float(np.hypot(y, x).mean()) / dash))
    gap = (np.arctan2(y, x) / (2 * np.pi) * count) % 1.0 >= 0.58
    broken = line.copy()
    broken[rows[gap], columns[gap]] = 0
    return broken


def _depth(field: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the distance to the border in pixels, positive inside, exact near the border."""
    down, right = np.gradient(field)
    return (field - np.float32(0.5)) / np.maximum(np.hypot(down, right), np.float32(0.02))


def bounding_box(mask: NDArray[np.bool_]) -> Box:
    """Return the box around a mask; raises ValueError when it is empty."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        raise ValueError("An empty mask has no box.")
    return float(columns.min()), float(rows.min()), float(columns.max()) + 1, float(rows.max()) + 1


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the shipped font at a size in pixels."""
    name = "DejaVuSansCondensed-Bold.ttf" if bold else "DejaVuSansCondensed.ttf"
    with as_file(files("resources").joinpath("fonts", name)) as path:
        return ImageFont.truetype(path, size)


def chip_size(text: str, size: int) -> tuple[int, int]:
    """Return width and height of a label with its padding."""
    return round(font(size, bold=True).getlength(text)) + size, round(size * 1.6)


def free_place(size: tuple[int, int], beside: Box, taken: Sequence[Box], within: Box) -> Box:
    """Return a box of `size` near `beside` that covers none of `taken`, or the one that covers least.

    Tried to the right, left, below and above, ever farther away.
    """
    gaps = range(8, 320, 8)
    boxes = [box for gap in gaps for box in _around(size, beside, gap) if _covered(box, within) >= size[0] * size[1]]
    boxes = boxes or [(within[0], within[1], within[0] + size[0], within[1] + size[1])]
    return min(boxes, key=lambda box: sum(_covered(box, other) for other in taken))


def _around(size: tuple[int, int], beside: Box, gap: int) -> tuple[Box, ...]:
    left, top, right, bottom = beside
    width, height = size
    middle_x, middle_y = (left + right - width) / 2, (top + bottom - height) / 2
    corners = (
        (right + gap, middle_y),
        (left - gap - width, middle_y),
        (middle_x, bottom + gap),
        (middle_x, top - gap - height),
    )
    return tuple((x, y, x + width, y + height) for x, y in corners)


def _covered(first: Box, second: Box) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    return max(width, 0.0) * max(height, 0.0)


def draw_chip(draw: ImageDraw.ImageDraw, box: Box, text: str, colour: Rgb, size: int) -> None:
    """Draw a filled label with dark text."""
    draw.rounded_rectangle(box, radius=size // 3, fill=colour, outline=BLACK)
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    draw.text(middle, text, font=font(size, bold=True), fill=(0x10, 0x14, 0x18), anchor="mm")


def leader(box: Box, target: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the line from a label to the edge of what it names."""
    start = (
        _clamped((target[0] + target[2]) / 2, box[0], box[2]),
        _clamped((target[1] + target[3]) / 2, box[1], box[3]),
    )
    return start, (_clamped(start[0], target[0], target[2]), _clamped(start[1], target[1], target[3]))


def _clamped(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def direction_letter(step: NDArray[np.float64]) -> str:
    """Return the letter of the patient direction that a step (LPS) mostly points to, e.g. `L`."""
    axis = int(np.abs(step).argmax())
    return ("RL", "AP", "IS")[axis][int(step[axis] > 0)]
