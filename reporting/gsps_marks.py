"""What a presentation state draws: outlines of gland and lesions on the axial T2, and the reader's drawings."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from core.annotations import Annotation, Kind, outlines, statistics_words, words
from core.pirads import PIRADS_COLOURS
from core.report import Lesion, Report
from core.study import Role
from reporting.contours import closed_lines
from reporting.drawing import GLAND_COLOUR, Rgb
from reporting.drawn_slices import Placed, Slices, on_image, placed_drawings
from reporting.sources import headers

DRAWINGS_COLOUR: Rgb = (0xFF, 0xE0, 0x66)
_HEAD_PIXELS, _HEAD_SPREAD = 6.0, 0.45
_MOST_TEXT = 1024  # ST

Line = NDArray[np.float64]
"""Points (n, 2) as (column, row), 0\\0 the outer corner of the first pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """What is drawn on one image in one layer; `text` stands at `anchor` (column, row)."""

    header: Dataset
    layer: str
    colour: Rgb
    lines: tuple[Line, ...]
    text: str
    anchor: tuple[float, float]
    tracking_id: str | None = None
    tracking_uid: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The marks on the images of one series."""

    slices: Slices
    marks: tuple[Mark, ...]


def shown_of(report: Report) -> tuple[Shown, ...]:
    """Return what is drawn on each series, the axial T2 first; raises `SeriesIncomplete` when files are gone."""
    found: dict[str, tuple[Slices, list[Mark]]] = {}
    t2 = report.recognised.one(Role.T2_AXIAL)
    if t2 is not None:
        slices = Slices(t2, headers(t2.stack))
        found[_key(slices)] = slices, list(_outlined(report, slices))
    for placed in placed_drawings(report):
        _, marks = found.setdefault(_key(placed.slices), (placed.slices, []))
        marks.append(_drawn(placed))
    return tuple(Shown(slices, tuple(marks)) for slices, marks in found.values() if marks)


def marked_images(report: Report) -> Iterator[tuple[str, Dataset]]:
    """Yield the images that something is drawn on, each with its series; no outline is traced for it."""
    t2 = report.recognised.one(Role.T2_AXIAL)
    masks = [x.mask for x in (report.gland, *report.reported_lesions) if x is not None]
    if t2 is not None and masks:
        slices = Slices(t2, headers(t2.stack))
        for k, header in enumerate(slices.headers):
            if any(mask.array[k].any() for mask in masks):
                yield _key(slices), header
    for placed in placed_drawings(report):
        yield _key(placed.slices), placed.header


def _key(slices: Slices) -> str:
    return str(slices.headers[0].SeriesInstanceUID)


def _outlined(report: Report, slices: Slices) -> Iterator[Mark]:
    if report.gland is not None:
        yield from _outlines(report.gland.mask, slices, "PROSTATE", GLAND_COLOUR, None)
    for lesion in report.reported_lesions:
        yield from _outlines(lesion.mask, slices, f"LESION {lesion.label}", PIRADS_COLOURS[lesion.category], lesion)


def _outlines(mask: Volume, slices: Slices, layer: str, colour: Rgb, lesion: Lesion | None) -> Iterator[Mark]:
    for k, header in enumerate(slices.headers):
        inside = mask.array[k] > 0
        if inside.any():
            lines = closed_lines(inside)
            text = "" if lesion is None else f"{lesion.label} PI-RADS {lesion.category}"
            tracked = (None, None) if lesion is None else (lesion.label, lesion.tracking_uid)
            yield Mark(header, layer, colour, lines, text, _top_right(lines), *tracked)


def _top_right(lines: tuple[Line, ...]) -> tuple[float, float]:
    corners = np.concatenate(lines)
    column, row = corners[np.argmax(corners[:, 0] - corners[:, 1])]
    return float(column), float(row)


def _drawn(placed: Placed) -> Mark:
    drawn, header = placed.drawn, placed.header
    lines = tuple(_inside(on_image(header, np.array(line)), header) for line in outlines(drawn))
    anchor = lines[0][-1] if drawn.kind is Kind.ARROW else lines[0][0]
    if drawn.kind is Kind.ARROW:
        lines = (*lines, *_head(lines[0], header))
    lines = tuple(line for line in lines if len(line) > 1)  # a text has one point and no line
    return Mark(header, "DRAWINGS", DRAWINGS_COLOUR, lines, _said(drawn), (float(anchor[0]), float(anchor[1])))


def _said(drawn: Annotation) -> str:
    told = [words(drawn), *([statistics_words(drawn.statistics)] if drawn.statistics else [])]
    noted = drawn.text if drawn.text and drawn.text not in told else ""
    return "\n".join(filter(None, (*told, noted)))[:_MOST_TEXT]


def _inside(line: Line, header: Dataset) -> Line:
    return line.clip(0, (int(header.Columns), int(header.Rows)))


def _head(line: Line, header: Dataset) -> Iterator[Line]:
    """Return the two strokes of an arrow's head at the first point of its line."""
    tip, along = line[0], line[1] - line[0]
    length = float(np.linalg.norm(along))
    if length:
        for side in (-_HEAD_SPREAD, _HEAD_SPREAD):
            turn = np.array([[np.cos(side), -np.sin(side)], [np.sin(side), np.cos(side)]])
            yield _inside(np.array([tip, tip + turn @ along / length * _HEAD_PIXELS]), header)
