"""One slice of the overlay series as a picture: the T2 enlarged, outlines, labels, and margins with key and banner."""

from dataclasses import dataclass, field
from math import ceil

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.pirads import PIRADS_COLOURS, Category
from reporting.drawing import (
    BLACK,
    GLAND_COLOUR,
    PALE,
    Box,
    Rgb,
    bounding_box,
    chip_size,
    dashed,
    direction_letter,
    draw_chip,
    enlarged,
    font,
    free_place,
    grey,
    inside,
    leader,
    outline,
    paint,
    window,
)
from reporting.equipment import RESEARCH_USE

TOP, BOTTOM = 34, 62
"""Rows of the margins above and below the image."""
_LEAST_SIDE = 640
_TEXT, _SMALL = 18, 15
_AMBER: Rgb = (0xE8, 0xC2, 0x6E)
_KEY = (
    ("PI-RADS 1–2", PIRADS_COLOURS[Category.TWO]),
    ("3", PIRADS_COLOURS[Category.THREE]),
    ("4", PIRADS_COLOURS[Category.FOUR]),
    ("5", PIRADS_COLOURS[Category.FIVE]),
    ("no category", PIRADS_COLOURS[Category.X]),
)


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """One lesion as it is drawn: mask on the T2 grid, label, colour; dashed when no reader has taken it."""

    mask: Volume
    text: str
    colour: Rgb
    dashed: bool = False


def enlargement(t2: Volume) -> int:
    """Return how many times each pixel is divided so that labels are legible beside the anatomy."""
    return max(1, ceil(_LEAST_SIDE / min(t2.spatial_shape[1:])))


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The pictures of one T2 volume; all slices share one window."""

    t2: Volume
    gland: Volume | None
    marks: tuple[Mark, ...]
    title: str
    scale: int
    black_white: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "black_white", window(self.t2.array))

    def drawn(self, k: int) -> NDArray[np.uint8]:
        """Return slice `k` as RGB (row, column, 3), `TOP` and `BOTTOM` rows higher than the enlarged slice."""
        rgb = grey(enlarged(self.t2.array[k], self.scale), self.black_white)
        avoided: list[Box] = []
        if self.gland is not None and self.gland.array[k].any():
            shape = _field(self.gland, k, self.scale)
            rgb = _gland_drawn(rgb, shape)
            avoided.append(_lowered(bounding_box(shape > 0.5)))
        here = [(mark, _field(mark.mask, k, self.scale)) for mark in self.marks if mark.mask.array[k].any()]
        for mark, shape in here:
            rgb = _mark_drawn(rgb, mark, shape)
        image = Image.new("RGB", (rgb.shape[1], rgb.shape[0] + TOP + BOTTOM), BLACK)
        image.paste(Image.fromarray(rgb), (0, TOP))
        draw = ImageDraw.Draw(image)
        self._letters(draw)
        self._labels(draw, here, avoided)
        self._margins(draw, k)
        return np.asarray(image)

    @property
    def _size(self) -> tuple[int, int]:
        """Width and height of the enlarged slice."""
        rows, columns = self.t2.spatial_shape[1:]
        return columns * self.scale, rows * self.scale

    def _letters(self, draw: ImageDraw.ImageDraw) -> None:
        width, height = self._size
        right, down = self.t2.affine[:3, 2], self.t2.affine[:3, 1]
        for x, y, step in (
            (12, TOP + height / 2, -right),
            (width - 12, TOP + height / 2, right),
            (width / 2, TOP + 14, -down),
            (width / 2, TOP + height - 14, down),
        ):
            letter = direction_letter(step)
            draw.text((x, y), letter, font=font(_TEXT), fill=PALE, anchor="mm", stroke_width=2, stroke_fill=BLACK)

    def _labels(
        self, draw: ImageDraw.ImageDraw, here: list[tuple[Mark, NDArray[np.float32]]], avoided: list[Box]
    ) -> None:
        """Label each lesion beside the gland where there is room, tied to it by a line."""
        width, height = self._size
        within: Box = (26, TOP + 28, width - 26, TOP + height - 28)
        targets = [_lowered(bounding_box(shape > 0.5)) for _, shape in here]
        taken = [*targets, *avoided]
        for (mark, _), target in zip(here, targets, strict=True):
            box = free_place(chip_size(mark.text, _TEXT), target, taken, within)
            draw.line(leader(box, target), fill=mark.colour, width=2)
            draw_chip(draw, box, mark.text, mark.colour, _TEXT)
            taken.append(box)

    def _margins(self, draw: ImageDraw.ImageDraw, k: int) -> None:
        width, height = self._size
        draw.text((10, TOP / 2), self.title, font=font(_TEXT, bold=True), fill=PALE, anchor="lm")
        position = f"T2 slice {k + 1} / {self.t2.spatial_shape[0]} · {self._position_mm(k):+.1f} mm"
        draw.text((width - 10, TOP / 2), position, font=font(_SMALL), fill=_AMBER, anchor="rm")
        first, second = TOP + height + BOTTOM * 0.28, TOP + height + BOTTOM * 0.74
        self._key(draw, first)
        draw.text((10, second), RESEARCH_USE, font=font(_SMALL, bold=True), fill=_AMBER, anchor="lm")

    def _position_mm(self, k: int) -> float:
        """Where the middle of the slice lies along the slice normal."""
        rows, columns = self.t2.spatial_shape[1:]
        middle = self.t2.affine @ np.array([k, (rows - 1) / 2, (columns - 1) / 2, 1.0])
        normal = self.t2.affine[:3, 0] / np.linalg.norm(self.t2.affine[:3, 0])
        return float(middle[:3] @ normal)

    def _key(self, draw: ImageDraw.ImageDraw, y: float) -> None:
        x = 10.0
        if self.gland is not None:
            for start in (x, x + 10):
                draw.line((start, y, start + 6, y), fill=GLAND_COLOUR, width=3)
            x = _said(draw, x + 22, y, "prostate (AI)")
        for text, colour in _KEY:
            draw.rectangle((x, y - 6, x + 12, y + 6), fill=colour)
            x = _said(draw, x + 18, y, text)
        if any(mark.dashed for mark in self.marks):
            _said(draw, x, y, "dashed: not reviewed")


def _said(draw: ImageDraw.ImageDraw, x: float, y: float, text: str) -> float:
    """Write `text` from x on and return where the next entry begins."""
    draw.text((x, y), text, font=font(_SMALL), fill=PALE, anchor="lm")
    return x + font(_SMALL).getlength(text) + 16


def _field(mask: Volume, k: int, scale: int) -> NDArray[np.float32]:
    return enlarged(mask.array[k] > 0, scale, smooth=False)


def _lowered(box: Box) -> Box:
    return box[0], box[1] + TOP, box[2], box[3] + TOP


def _gland_drawn(rgb: NDArray[np.uint8], shape: NDArray[np.float32]) -> NDArray[np.uint8]:
    return paint(rgb, GLAND_COLOUR, dashed(outline(shape, 1.8), 12))


def _mark_drawn(rgb: NDArray[np.uint8], mark: Mark, shape: NDArray[np.float32]) -> NDArray[np.uint8]:
    line = outline(shape, 2.4)
    filled = paint(rgb, mark.colour, inside(shape) * np.float32(0.25))
    return paint(filled, mark.colour, dashed(line, 8) if mark.dashed else line)
