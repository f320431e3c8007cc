"""Where a voxel lies in the gland, free of how the stack was acquired: superior, posterior and left, from 0 to 1."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

_ANATOMICAL_ROWS = (2, 1, 0)
"""Rows of an LPS affine in the order superior, posterior, left."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Which index axis (0 = k, 1 = j, 2 = i) runs most along superior, posterior and left, and its sign."""

    order: tuple[int, int, int]
    signs: tuple[int, int, int]


def anatomical_axes(volume: Volume) -> Axes:
    """Return the closest pairing of the stack's own (oblique) axes with superior, posterior and left."""
    columns = volume.affine[:3, :3]
    cosines = columns / np.linalg.norm(columns, axis=0)
    order, signs, free = [0, 0, 0], [1, 1, 1], {0, 1, 2}
    pairs = [(row, axis) for row in range(3) for axis in range(3)]
    taken: set[int] = set()
    for row, axis in sorted(pairs, key=lambda p: -abs(cosines[_ANATOMICAL_ROWS[p[0]], p[1]])):
        if row in taken or axis not in free:
            continue
        order[row], signs[row] = axis, 1 if cosines[_ANATOMICAL_ROWS[row], axis] > 0 else -1
        taken.add(row)
        free.discard(axis)
    return Axes((order[0], order[1], order[2]), (signs[0], signs[1], signs[2]))


def to_anatomical(array: NDArray[Any], axes: Axes) -> NDArray[Any]:
    """Return a (k, j, i) array as a view whose axes rise to superior, posterior and left."""
    turned = array.transpose(axes.order)
    return turned[tuple(slice(None, None, sign) for sign in axes.signs)]


def from_anatomical(array: NDArray[Any], axes: Axes) -> NDArray[Any]:
    """Return the (k, j, i) view of an array whose axes rise to superior, posterior and left."""
    unflipped = array[tuple(slice(None, None, sign) for sign in axes.signs)]
    return unflipped.transpose(tuple(int(axis) for axis in np.argsort(axes.order)))


def box_coordinates(inside: NDArray[np.bool_]) -> tuple[tuple[NDArray[np.intp], ...], NDArray[np.float64]]:
    """Return the voxels of a gland in anatomical axes and their place in its bounding box, (3, N) from 0 to 1.

    Raises ValueError when the gland is empty.
    """
    voxels = np.nonzero(inside)
    if not len(voxels[0]):
        raise ValueError("An empty gland has no coordinates.")
    places = [(v - v.min() + 0.5) / (v.max() - v.min() + 1.0) for v in voxels]
    return cast(tuple[NDArray[np.intp], ...], voxels), np.stack(places)
