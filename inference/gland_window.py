"""What the gland network sees: windows along the stack's own axes, and several that overlap for what is too large."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import PointLps
from inference.gland_frame import anatomical_axes

WINDOW_VOXELS = (128, 128, 32)
"""Voxels of the network's input along right, anterior and superior."""
WINDOW_SPACING_MM = (0.8, 0.8, 3.0)
WIDE = 1.5
"""A wide view is this much longer than a window and is seen in two that overlap by half a window."""

Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Takes the z-scores of one window (right, anterior, superior) and returns its logits."""


def view_of(t2: Volume, centre: PointLps, voxels: tuple[int, int, int] = WINDOW_VOXELS) -> Volume:
    """Return an empty grid around `centre` along the stack's own axes, rising to right, anterior and superior."""
    axes = anatomical_axes(t2)
    unit = t2.affine[:3, :3] / np.linalg.norm(t2.affine[:3, :3], axis=0)
    superior, posterior, left = (unit[:, axis] * sign for axis, sign in zip(axes.order, axes.signs, strict=True))
    affine = np.eye(4)
    affine[:3, :3] = np.column_stack([-left, -posterior, superior]) * WINDOW_SPACING_MM
    affine[:3, 3] = np.array(centre) - affine[:3, :3] @ ((np.array(voxels) - 1) / 2)
    return Volume(
        array=np.zeros(voxels, np.float32),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=t2.frame_of_reference_uid,
    )


def wide_voxels(axes: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Return the size of a view that is wide along the axes (right, anterior, superior) that are True."""
    right, anterior, superior = (
        round(size * WIDE) if wide else size for size, wide in zip(WINDOW_VOXELS, axes, strict=True)
    )
    return right, anterior, superior


def logits_of(scores: NDArray[np.float32], network: Network) -> NDArray[np.float32]:
    """Return the logits of a view; where windows overlap, the nearer to its own middle a window sees it, the more."""
    if scores.shape == WINDOW_VOXELS:
        return network(scores)
    weight = _weight()
    total, weights = np.zeros(scores.shape, np.float32), np.zeros(scores.shape, np.float32)
    for starts in product(*(_starts(size, window) for size, window in zip(scores.shape, WINDOW_VOXELS, strict=True))):
        part: Any = tuple(slice(start, start + window) for start, window in zip(starts, WINDOW_VOXELS, strict=True))
        total[part] += network(np.ascontiguousarray(scores[part])) * weight
        weights[part] += weight
    return total / weights


def _starts(size: int, window: int) -> tuple[int, ...]:
    return (0,) if size == window else (0, size - window)


def _weight() -> NDArray[np.float32]:
    ramps = [np.minimum(np.arange(size), np.arange(size)[::-1]) + 1 for size in WINDOW_VOXELS]
    return np.multiply.outer(np.multiply.outer(ramps[0], ramps[1]), ramps[2]).astype(np.float32)
