"""Where the reader's drawings lie among the slices of a study: which image each is stored on, and its points there."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from core.annotations import Annotation, outlines
from core.nudge import Nudges
from core.report import Report
from core.study import Role, RoleChoice
from reporting.sources import headers

_ROLES = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B, Role.T2_SAGITTAL, Role.T2_CORONAL, Role.DWI, Role.DCE)
_AS_NEAR_MM = 0.05
_BESIDE_MM = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """One series of the study as its files have it, by position."""

    choice: RoleChoice
    headers: tuple[Dataset, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A drawing on one image of `slices`."""

    drawn: Annotation
    slices: Slices
    header: Dataset


def placed_drawings(report: Report) -> tuple[Placed, ...]:
    """Return the drawings that lie on an image of the study; raises `SeriesIncomplete` when files are gone.

    A drawing belongs to the series on whose slice it lies: the nearest one, of equally near ones that in which its
    statistics were taken, else the axial T2 first. One on an oblique plane, or on a series that was moved since it was
    acquired, lies on no image (`unplaced_drawings`).
    """
    if not report.annotations:
        return ()
    series = tuple(_series(report))
    return tuple(placed for drawn in report.annotations if (placed := _placed(drawn, series)) is not None)


def unplaced_drawings(report: Report) -> tuple[Annotation, ...]:
    """Return the drawings that lie on no image of the study."""
    there = {placed.drawn.uid for placed in placed_drawings(report)}
    return tuple(drawn for drawn in report.annotations if drawn.uid not in there)


def on_image(header: Dataset, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return patient positions (n, 3) as (column, row) of an image, 0\\0 the outer corner of its first pixel."""
    origin, right, down, spacing = _plane(header)
    away = points - origin
    return np.column_stack([away @ right / spacing[1], away @ down / spacing[0]]) + 0.5


def _series(report: Report) -> Iterator[Slices]:
    unmoved = Nudges()
    for choice in chain.from_iterable(report.recognised.all(role) for role in _ROLES):
        if not choice.fitted and report.nudges.puts_alike(unmoved, choice.role):
            yield Slices(choice, headers(choice.stack))


def _placed(drawn: Annotation, series: tuple[Slices, ...]) -> Placed | None:
    points = np.array([point for line in outlines(drawn) for point in line])
    found: list[tuple[float, bool, int, Placed]] = []
    for place, one in enumerate(series):
        if one.choice.stack.series.frame_of_reference_uid == drawn.frame_of_reference_uid:
            header = min(one.headers, key=lambda x: _distance(x, points))
            distance = _distance(header, points)
            if distance <= _half_step(one) and _is_inside(header, points):
                named = drawn.statistics is not None and drawn.statistics.of == one.choice.title
                found.append((distance // _AS_NEAR_MM, not named, place, Placed(drawn, one, header)))
    return min(found, key=lambda x: x[:3])[3] if found else None


def _distance(header: Dataset, points: NDArray[np.float64]) -> float:
    """Return how far (mm) the farthest point lies from the plane of an image."""
    origin, right, down, _ = _plane(header)
    return float(np.abs((points - origin) @ np.cross(right, down)).max())


def _half_step(slices: Slices) -> float:
    first, *others = slices.headers
    if not others:
        return float(first.get("SliceThickness") or 1.0) / 2 + _BESIDE_MM
    origin, right, down, _ = _plane(first)
    last = np.array([float(x) for x in slices.headers[-1].ImagePositionPatient])
    return abs(float((last - origin) @ np.cross(right, down))) / len(others) / 2 + _BESIDE_MM


def _is_inside(header: Dataset, points: NDArray[np.float64]) -> bool:
    there = on_image(header, points)
    return bool((there >= 0).all() and (there <= (int(header.Columns), int(header.Rows))).all())


def _plane(
    header: Dataset,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the centre of the first pixel (mm, LPS), the directions to the right and down, and the pixel spacing."""
    cosines = np.array([float(x) for x in header.ImageOrientationPatient])
    position = np.array([float(x) for x in header.ImagePositionPatient])
    return position, cosines[:3], cosines[3:], np.array([float(x) for x in header.PixelSpacing])
