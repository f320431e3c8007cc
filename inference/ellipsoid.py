"""The gland as an ellipsoid, measured as PI-RADS v2.1 has it: depth and length mid-sagittal, width axial."""

from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.findings import Ellipsoid
from inference.gland_frame import anatomical_axes, to_anatomical


def ellipsoid_of(gland: Volume) -> Ellipsoid:
    """Return the three diameters of a gland's mask along the anatomical axes of its (oblique) stack.

    Length (cranio-caudal) and depth (antero-posterior) are the greatest extents of the section through the middle of
    its mass, the width (right to left) is that of its widest slice. Raises ValueError when the mask is empty.
    """
    axes = anatomical_axes(gland)
    inside: NDArray[Any] = to_anatomical(gland.array, axes) > 0
    if not inside.any():
        raise ValueError("An empty mask has no diameters.")
    columns = inside.sum(axis=(0, 1))
    middle = round(float((columns * np.arange(len(columns))).sum() / columns.sum()))
    section = inside[:, :, middle] if inside[:, :, middle].any() else np.any(inside, axis=2)
    superior, posterior, left = (gland.spacing[axis] for axis in axes.order)
    return Ellipsoid(
        length_mm=_extent(np.any(section, axis=1)) * superior,
        width_mm=max(_extent(row) for row in np.any(inside, axis=1) if row.any()) * left,
        depth_mm=_extent(np.any(section, axis=0)) * posterior,
    )


def _extent(occupied: NDArray[np.bool_]) -> int:
    """Return the number of steps from the first to the last True, both counted."""
    places = np.flatnonzero(occupied)
    return int(places[-1] - places[0] + 1)
