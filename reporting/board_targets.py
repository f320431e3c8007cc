"""The places to biopsy in numbers: one line for each reported lesion, in patient millimetres."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

import numpy as np

from core.report import Lesion, Report
from core.volume import PointLps, voxels_of

_COLUMNS = (
    "lesion",
    "pirads",
    "sector",
    "zone",
    "centroid",
    "x_lps_mm",
    "y_lps_mm",
    "z_lps_mm",
    "width_mm",
    "depth_mm",
    "height_mm",
    "volume_ml",
)


@dataclass(frozen=True, slots=True)
class Box:
    """The extent of a mask along rows, columns and slices of the axial T2 (mm)."""

    width_mm: float
    depth_mm: float
    height_mm: float


def box_of(lesion: Lesion) -> Box:
    """Return how many millimetres of rows, columns and slices a lesion takes."""
    voxels = voxels_of(lesion.mask)
    counts = voxels.max(axis=0) - voxels.min(axis=0) + 1
    k, j, i = (counts * np.linalg.norm(lesion.mask.affine[:3, :3], axis=0)).tolist()
    return Box(width_mm=i, depth_mm=j, height_mm=k)


DICOM_LETTERS = (("L", "R"), ("P", "A"), ("S", "I"))


def place_in_words(point: PointLps, directions: Sequence[tuple[str, str]] = DICOM_LETTERS) -> str:
    """Return a patient position with directions in place of signs, e.g. `R 12.4 / P 8.0 / I 31.5` (mm).

    `directions` are what a positive and a negative number is called on each axis (LPS).
    """
    parts = zip(directions, point, strict=True)
    return " / ".join(f"{pair[0] if value >= 0 else pair[1]} {abs(value):.1f}" for pair, value in parts)


def targets_csv(report: Report) -> str:
    """Return the reported lesions as a table, the index lesion first; +x left, +y posterior, +z superior."""
    file = StringIO()
    rows = csv.writer(file, lineterminator="\r\n")  # RFC 4180
    rows.writerow(_COLUMNS)
    rows.writerows(_row(lesion) for lesion in report.reported_lesions)
    return file.getvalue()


def _row(lesion: Lesion) -> tuple[str, ...]:
    box = box_of(lesion)
    numbers = (*lesion.centroid_lps_mm, box.width_mm, box.depth_mm, box.height_mm)
    return (
        lesion.label,
        lesion.category.value,
        lesion.sector.label,
        lesion.sector.zone.value,
        place_in_words(lesion.centroid_lps_mm),
        *(f"{number:.1f}" for number in numbers),
        f"{lesion.measures.volume_ml:.2f}",
    )
