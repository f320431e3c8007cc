"""Key images: the slice where a lesion is largest, cut out around the gland, in T2, ADC and high-b alike."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.errors import FramesDiffer
from core.pirads import PIRADS_COLOURS, Category
from core.report import Lesion, Report
from core.study import Role
from core.volume import position_lps, require_same_frame
from reporting.drawing import (
    BLACK,
    GLAND_COLOUR,
    PALE,
    Box,
    Plane,
    bounding_box,
    chip_size,
    dashed,
    direction_letter,
    draw_chip,
    font,
    free_place,
    grey,
    inside,
    leader,
    outline,
    paint,
    sampled,
    window,
)
from reporting.images import ReportImages, require_grid_of_t2

PIXELS = 480
"""Rows and columns of a key image."""
_LEAST_SIDE_MM = 60.0
_ADC_WINDOW = (0.0, 2200.0)  # 10⁻⁶ mm²/s; fixed, so that grey means the same in every report


@dataclass(frozen=True, slots=True, eq=False)
class KeyImage:
    """One picture (row, column, RGB) of one lesion; `label` is empty for a picture of the gland alone.

    `note` says which series could not be shown at this place and why.
    """

    label: str
    category: Category
    title: str
    pixels: NDArray[np.uint8]
    caption: str
    note: str = ""


def key_images(report: Report, images: ReportImages) -> tuple[KeyImage, ...]:
    """Return the key images of the lesions that the report names, T2 first; without any the gland's widest slice.

    Raises `FramesDiffer` when a lesion or the gland was not drawn on the grid of the T2. An ADC or
    high-b image of another frame is left out and named in `note`.
    """
    if report.reported_lesions:
        return tuple(image for lesion in report.named_lesions for image in _of_lesion(report, lesion, images))
    return tuple(_of_gland(report, images))


def _of_lesion(report: Report, lesion: Lesion, images: ReportImages) -> Iterator[KeyImage]:
    require_grid_of_t2(lesion.mask, images, f"The outline of {lesion.label}")
    place = _place(lesion.mask, report, images)
    gland, shape = _gland_line(report, place.plane), sampled(lesion.mask, place.plane)
    for title, rgb, caption, note in _shown(report, images, place):
        pixels = _with_letters(_with_lesion(_with_gland(rgb, gland), lesion, shape), place.plane)
        yield KeyImage(lesion.label, lesion.category, title, pixels, caption, note)


def _of_gland(report: Report, images: ReportImages) -> Iterator[KeyImage]:
    if report.gland is None:
        return
    place = _place(report.gland.mask, report, images)
    gland = _gland_line(report, place.plane)
    for title, rgb, caption, note in _shown(report, images, place):
        yield KeyImage("", report.category, title, _with_letters(_with_gland(rgb, gland), place.plane), caption, note)


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A square through T2 slice `k`."""

    k: int
    plane: Plane


def _place(mask: Volume, report: Report, images: ReportImages) -> _Place:
    """Return the square in the slice where `mask` is largest, wide enough for the gland in that slice."""
    k = int((mask.array > 0).sum(axis=(1, 2)).argmax())
    seen = mask.array[k] > 0
    if report.gland is not None:
        require_grid_of_t2(report.gland.mask, images, "The outline of the prostate")
        seen = seen | (report.gland.mask.array[k] > 0)
    left, top, right, bottom = bounding_box(seen)
    row_mm, column_mm = (float(np.linalg.norm(images.t2.affine[:3, axis])) for axis in (1, 2))
    step_mm = max(_LEAST_SIDE_MM, 1.3 * (bottom - top) * row_mm, 1.3 * (right - left) * column_mm) / PIXELS
    column_step, row_step = images.t2.affine[:3, 2] * step_mm / column_mm, images.t2.affine[:3, 1] * step_mm / row_mm
    centre = np.array(position_lps(images.t2, (k, (top + bottom - 1) / 2, (left + right - 1) / 2)))
    x, y, z = centre - (column_step + row_step) * (PIXELS - 1) / 2
    return _Place(k, Plane((float(x), float(y), float(z)), column_step, row_step, PIXELS, PIXELS))


def _shown(report: Report, images: ReportImages, place: _Place) -> Iterator[tuple[str, NDArray[np.uint8], str, str]]:
    """Return title, picture, caption and note of each series that can be shown at the place."""
    others = ((Role.ADC, images.adc), (Role.HIGH_B, images.high_b))
    problems = {role: _problem(report, role, volume, images.t2) for role, volume in others}
    note = " ".join(filter(None, problems.values()))
    for role, volume in ((Role.T2_AXIAL, images.t2), *others):
        if volume is not None and not problems.get(role):
            values = sampled(volume, place.plane)
            rgb = grey(values, _ADC_WINDOW if role is Role.ADC else window(values))
            caption = _caption(report, role, place.k, images.t2.spatial_shape[0])
            yield _title(report, role), rgb, caption, note


def _problem(report: Report, role: Role, volume: Volume | None, t2: Volume) -> str:
    if volume is None:
        return ""
    try:
        require_same_frame(volume, t2, names=(_title(report, role), "the axial T2"))
    except FramesDiffer as error:
        return str(error)
    return ""


def _title(report: Report, role: Role) -> str:
    choice = report.recognised.one(role)
    return choice.title if choice else {Role.T2_AXIAL: "T2 axial", Role.ADC: "ADC"}.get(role, "DWI high b")


def _caption(report: Report, role: Role, k: int, slices: int) -> str:
    choice = report.recognised.one(role)
    number = choice.stack.series.number if choice else None
    series = "" if number is None else f"Series {number} · "
    link = report.nudges.link_of(choice.stack.series) if choice else None
    linked = f" · {link.by_whom}" if link else ""
    return f"{series}{'slice' if role is Role.T2_AXIAL else 'at T2 slice'} {k + 1} / {slices}{linked}"


def _gland_line(report: Report, plane: Plane) -> NDArray[np.float32] | None:
    return None if report.gland is None else dashed(outline(sampled(report.gland.mask, plane), 2.0), 14)


def _with_gland(rgb: NDArray[np.uint8], line: NDArray[np.float32] | None) -> NDArray[np.uint8]:
    return rgb if line is None else paint(rgb, GLAND_COLOUR, line)


def _with_lesion(rgb: NDArray[np.uint8], lesion: Lesion, shape: NDArray[np.float32]) -> NDArray[np.uint8]:
    colour = PIRADS_COLOURS[lesion.category]
    image = Image.fromarray(paint(paint(rgb, colour, inside(shape) * np.float32(0.12)), colour, outline(shape, 2.6)))
    draw = ImageDraw.Draw(image)
    target = bounding_box(shape > 0.5)
    within: Box = (24, 24, PIXELS - 24, PIXELS - 24)
    box = free_place(chip_size(lesion.label, 20), target, (target,), within)
    draw.line(leader(box, target), fill=colour, width=2)
    draw_chip(draw, box, lesion.label, colour, 20)
    return np.asarray(image)


def _with_letters(rgb: NDArray[np.uint8], plane: Plane) -> NDArray[np.uint8]:
    """Write the patient directions at the four edges."""
    image = Image.fromarray(rgb)
    draw, middle, edge = ImageDraw.Draw(image), PIXELS / 2, 14
    for x, y, step in (
        (edge, middle, -plane.column_step),
        (PIXELS - edge, middle, plane.column_step),
        (middle, edge, -plane.row_step),
        (middle, PIXELS - edge, plane.row_step),
    ):
        letter = direction_letter(step)
        draw.text((x, y), letter, font=font(18), fill=PALE, anchor="mm", stroke_width=2, stroke_fill=BLACK)
    return np.asarray(image)
