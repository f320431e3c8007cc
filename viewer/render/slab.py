"""Planes made thick: how many samples a slab has along its normal, and how they become one picture."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Plane32 = NDArray[np.float32]
"""The values of one plane (row, column), NaN outside of the volume."""


_ON_FACE = 1e-6


class Projection(Enum):
    """What a pixel of a thick slab shows of the values along the normal: their mean, the highest or the lowest."""

    MEAN = "Mean"
    MIP = "MIP"
    MINIP = "MinIP"


@dataclass(frozen=True, slots=True)
class Slab:
    """A plane made thick: half of `thickness_mm` > 0 lies on either side of it."""

    projection: Projection
    thickness_mm: float

    def offsets(self, step_mm: float) -> NDArray[np.float64]:
        """Return where along the normal (mm) planes are sampled: one step apart from the middle on, and on both faces.

        With a step of a voxel and the middle on voxels they lie on voxels, of which none is left out.
        """
        face = self.thickness_mm / 2
        inner = math.ceil(face / step_mm - _ON_FACE) - 1
        return np.array([-face, *(step_mm * n for n in range(-inner, inner + 1)), face])

    def combine(self, planes: Iterable[Plane32], offsets: NDArray[np.float64]) -> Plane32:
        """Return the planes at `offsets` as one, NaN where all of them are. The mean is that of lines between them."""
        if self.projection is Projection.MEAN:
            return _mean(planes, np.gradient(offsets) * _ends_half(len(offsets)))
        return reduce(np.fmax if self.projection is Projection.MIP else np.fmin, planes)


def _ends_half(count: int) -> NDArray[np.float64]:
    return np.array([0.5, *[1.0] * (count - 2), 0.5])


def _mean(planes: Iterable[Plane32], weights: NDArray[np.float64]) -> Plane32:
    """Return the weighted mean of what is not NaN."""
    total, count = np.float32(0), np.float32(0)
    for values, weight in zip(planes, weights.astype(np.float32), strict=True):
        total = total + weight * np.nan_to_num(values)
        count = count + weight * ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / count, np.float32)
