"""The plane of an MR slice from its direction cosines."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MAX_TILT_DEG = 35.0
"""Prostate axial slices are tilted to lie across the rectal wall; beyond this a plane has no name."""


class Plane(StrEnum):
    """An anatomical plane."""

    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"
    OBLIQUE = "oblique"


_BY_AXIS = (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)


@dataclass(frozen=True, slots=True)
class Orientation:
    """A plane, how far it is tilted from the true one (degrees), and its unit normal in LPS (row x column)."""

    plane: Plane
    tilt_deg: float
    normal: tuple[float, float, float]

    @property
    def words(self) -> str:
        """The plane as people speak of it, e.g. `axial (18.6° oblique)`."""
        return self.plane.value if self.tilt_deg < 0.5 else f"{self.plane.value} ({self.tilt_deg:.1f}° oblique)"


@lru_cache(maxsize=4096)
def unit_axes(cosines: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the row direction, column direction and normal as rows of a right-handed orthonormal 3x3 matrix.

    Cosines are stored as rounded decimal text, so the column direction is made exactly perpendicular; raises
    ValueError when the two are not nearly perpendicular unit vectors (PS3.3 C.7.6.2.1.1).
    """
    row, column = np.array(cosines[:3], float), np.array(cosines[3:], float)
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if len(cosines) != 6 or not np.allclose(lengths, 1, atol=1e-2) or abs(row @ column) > 1e-2:
        raise ValueError(f"{cosines} are not the directions of an image's rows and columns.")
    row = row / lengths[0]
    column = column - (column @ row) * row
    column = column / np.linalg.norm(column)
    axes = np.array([row, column, np.cross(row, column)])
    axes.setflags(write=False)
    return axes


def orientation_of(cosines: tuple[float, ...]) -> Orientation:
    """Return the plane of Image Orientation (Patient); raises ValueError for cosines that are none."""
    normal = unit_axes(cosines)[2]
    axis = int(np.argmax(np.abs(normal)))
    tilt = math.degrees(math.acos(min(1.0, abs(float(normal[axis])))))
    plane = _BY_AXIS[axis] if tilt <= MAX_TILT_DEG else Plane.OBLIQUE
    x, y, z = normal
    return Orientation(plane, tilt, (float(x), float(y), float(z)))


def along_normal(cosines: tuple[float, ...], position: tuple[float, ...]) -> float:
    """Return how far (mm) a slice lies along the normal of its rows and columns, from the scanner's isocentre."""
    return float(unit_axes(cosines)[2] @ np.array(position))
