"""The border in a sampled mask as closed lines, found cell by cell between four neighbouring pixels.

In numpy rather than by vtkFlyingEdges2D with vtkStripper, whose set-up takes longer than tracing a lesion.
"""

import numpy as np
from numpy.typing import NDArray

from viewer.render.slice import Pixels

HALF = 127.5
"""Where a mask that is sampled as 0 to 255 has its border."""

_TOP, _LEFT, _RIGHT, _BOTTOM = range(4)
_IN, _OUT = np.array(
    [
        (0, _LEFT, _TOP, _LEFT, _BOTTOM, _BOTTOM, _TOP, _BOTTOM, _RIGHT, _LEFT, _TOP, _LEFT, _RIGHT, _RIGHT, _TOP, 0),
        (0, _TOP, _RIGHT, _RIGHT, _LEFT, _TOP, _RIGHT, _RIGHT, _BOTTOM, _TOP, _BOTTOM, _BOTTOM, _LEFT, _TOP, _LEFT, 0),
    ]
)
"""From and to which side the border crosses a cell, by which corners are inside: 1 + 2 above, 4 + 8 below."""
_RISING, _FALLING = 6, 9
"""The cells with two opposite corners inside, which the border crosses twice: around each of them."""


def closed_lines(values: Pixels) -> list[NDArray[np.float64]]:
    """Return the lines (n, 2) at `HALF` as (column, row) from the middle of the first pixel; the last point is joined
    to the first.

    `values` (rows, columns) are below `HALF` all along the rim.
    """
    starts, ends = _crossings(values >= HALF)
    points = _points(values, starts)
    return [points[ring] for ring in _rings(_followers(starts, ends, 2 * values.size))]


def _crossings(inside: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return from which and to which edge the border crosses each cell.

    An edge is twice the flat index of the pixel that it starts at, plus one when it leads down and not to the right.
    """
    corners = inside.view(np.uint8)
    pairs = corners[:, :-1] + 2 * corners[:, 1:]
    cases = (pairs[:-1] + 4 * pairs[1:]).ravel()
    cells = np.flatnonzero((cases > 0) & (cases < 15))
    case, width = cases[cells], inside.shape[1]
    first = 2 * (cells + cells // (width - 1))  # a row has one cell less than it has pixels
    side = np.array((0, 1, 3, 2 * width))  # of the edges _TOP, _LEFT, _RIGHT, _BOTTOM
    starts, ends = first + side[_IN[case]], first + side[_OUT[case]]
    again = (case == _RISING) | (case == _FALLING)
    if not again.any():
        return starts, ends
    rising, first = case[again] == _RISING, first[again]
    second = np.where(rising, side[_BOTTOM], side[_RIGHT]), np.where(rising, side[_LEFT], side[_BOTTOM])
    return np.concatenate((starts, first + second[0])), np.concatenate((ends, first + second[1]))


def _followers(starts: NDArray[np.intp], ends: NDArray[np.intp], edges: int) -> list[int]:
    """Return for each crossing the place of the one that goes on from where it ends."""
    place = np.empty(edges, np.intp)
    place[starts] = np.arange(len(starts))
    return place[ends].tolist()


def _rings(followers: list[int]) -> list[list[int]]:
    """Return the places of the crossings one after the other, ring by ring."""
    rings: list[list[int]] = []
    waiting = [True] * len(followers)
    for first in range(len(followers)):
        ring: list[int] = []
        at = first
        while waiting[at]:
            waiting[at] = False
            ring.append(at)
            at = followers[at]
        if ring:
            rings.append(ring)
    return rings


def _points(values: Pixels, edges: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return where the values cross `HALF` on edges."""
    pixel, down = np.divmod(edges, 2)
    width, flat = values.shape[1], values.ravel()
    before = flat[pixel].astype(np.float64)
    share = (HALF - before) / (flat[pixel + np.where(down, width, 1)] - before)
    row, column = np.divmod(pixel, width)
    return np.column_stack((column + np.where(down, 0.0, share), row + np.where(down, share, 0.0)))
