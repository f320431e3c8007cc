"""The outline of a mask in one slice as closed lines along the borders of its pixels."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_STEPS = {(0, 1): (1, 0), (1, 0): (0, -1), (0, -1): (-1, 0), (-1, 0): (0, 1)}
"""(row, column) steps, each with the one that turns right."""

Corner = tuple[int, int]


def closed_lines(inside: NDArray[np.bool_]) -> tuple[NDArray[np.float64], ...]:
    """Return the borders of a slice's pixels as lines (n, 2) of (column, row), each ending where it began.

    Coordinates are those of SCOORD and of graphic annotations: 0\\0 is the outer corner of the first pixel (PS3.3
    C.18.6.1.1, C.10.5.1.2). The mask is on the right of each line, so that a hole runs the other way round and the
    areas of all lines, signed, add up to the number of pixels. The longest line comes first.
    """
    after = _edges(np.pad(inside, 1))
    lines: list[list[Corner]] = []
    while after:
        lines.append(list(_line(after)))
    points = [np.array(line, np.float64)[:, ::-1] - 1 for line in lines]
    return tuple(sorted(points, key=len, reverse=True))


def _edges(inside: NDArray[np.bool_]) -> dict[Corner, list[Corner]]:
    """Return where the border goes on from each corner of a pixel."""
    after: dict[Corner, list[Corner]] = {}
    for neighbour, start, end in (
        ((-1, 0), (0, 0), (0, 1)),  # the upper side, from left to right
        ((0, 1), (0, 1), (1, 1)),
        ((1, 0), (1, 1), (1, 0)),
        ((0, -1), (1, 0), (0, 0)),
    ):
        outside = ~np.roll(inside, (-neighbour[0], -neighbour[1]), axis=(0, 1))
        for row, column in np.argwhere(inside & outside).tolist():
            corner = (row + start[0], column + start[1])
            after.setdefault(corner, []).append((row + end[0], column + end[1]))
    return after


def _line(after: dict[Corner, list[Corner]]) -> Iterator[Corner]:
    """Take one closed line out of the edges, and yield the corners at which it turns."""
    first = corner = next(iter(after))
    step = (0, 0)
    corners: list[Corner] = []
    while True:
        following = _next(after, corner, step)
        new = (following[0] - corner[0], following[1] - corner[1])
        if new != step:
            corners.append(corner)
        corner, step = following, new
        if corner == first:
            break
    yield from corners
    yield corners[0]


def _next(after: dict[Corner, list[Corner]], corner: Corner, step: Corner) -> Corner:
    """Take the next corner; where two pixels touch at a corner, turn right, so that each keeps its own line."""
    ways = after[corner]
    right = _STEPS.get(step)
    way = next((x for x in ways if (x[0] - corner[0], x[1] - corner[1]) == right), ways[0])
    ways.remove(way)
    if not ways:
        del after[corner]
    return way
