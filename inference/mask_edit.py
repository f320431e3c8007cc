"""Changing an outline by hand: painting, filling, interpolating and smoothing masks, all in patient millimetres.

Every function takes a 0/1 mask (k, j, i) and returns a new one (uint8) on the same grid, or the very same volume when
nothing changes. The work is done in the box that can change, and what stays empty takes no memory, so that an undo
history of hundreds of masks is small.
"""

import math
import mmap
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import OutlineRefused
from core.volume import PointLps, on_grid_of

Box = tuple[slice, slice, slice]
_Points = NDArray[np.float64]
_Inside = NDArray[np.bool_]

_ROUNDING_MM = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Slab:
    """The slice that a picture shows: a point of its middle plane (mm, LPS), its unit normal and its thickness."""

    middle: PointLps
    normal: NDArray[np.float64]
    thickness_mm: float


def empty_mask(reference: Volume) -> Volume:
    """Return a mask without any voxel on the grid of `reference`."""
    return on_grid_of(reference, _zeros(reference.spatial_shape))


def box_of(*arrays: NDArray[Any]) -> Box | None:
    """Return the box (k, j, i) around what is above 0 in any of the arrays, or None when nothing is."""
    boxes = [box for array in arrays if (box := _box(array > 0))]
    if not boxes:
        return None
    k, j, i = (slice(min(p.start for p in parts), max(p.stop for p in parts)) for parts in zip(*boxes, strict=True))
    return k, j, i


def _box(inside: _Inside) -> Box | None:
    box: list[slice] = []
    for axis in range(3):
        occupied = np.flatnonzero(inside.any(axis=tuple(other for other in range(3) if other != axis)))
        if not len(occupied):
            return None
        found = slice(int(occupied[0]), int(occupied[-1]) + 1)
        inside = inside[(slice(None),) * axis + (found,)]
        box.append(found)
    return box[0], box[1], box[2]


def part_of(volume: Volume, box: Box) -> Volume:
    """Return the part of a volume in a box, with its place in the patient."""
    return volume[cast(Any, box)]


def cropped(mask: Volume, margin: int = 0) -> Volume:
    """Return the part of a mask around what is in it, so many voxels wider; one voxel of it when it is empty."""
    box = box_of(mask.array) or (slice(0, 1), slice(0, 1), slice(0, 1))
    return part_of(mask, _widened(box, margin, mask.spatial_shape))


def paint(
    mask: Volume, stroke: Sequence[PointLps], diameter_mm: float, slab: Slab | None = None, *, erase: bool = False
) -> Volume:
    """Add (or erase) the voxels whose centre lies within half of `diameter_mm` of a stroke (a line of points, LPS).

    Without `slab` the brush is a ball. With it the brush is a disc: the distance counts within the plane, and only
    voxels whose centre lies in the slab change; a slab thinner than the voxels takes the one layer nearest to it. The
    voxel under each point of the stroke is always taken, so that a brush finer than the grid still paints. What lies
    beyond the grid is left out. Raises ValueError for a stroke without points or a diameter that is not positive.
    """
    if not stroke or not diameter_mm > 0:
        raise ValueError("A stroke has at least one point and a brush a diameter above 0 mm.")
    points = np.array(stroke, np.float64)
    half = _half_thickness(mask, slab) if slab else 0.0
    box = _box_around(mask, points, float(np.hypot(diameter_mm / 2, half)))
    centres = _centres(mask, box)
    reached = _distance(_flattened(centres, slab), _flattened(points, slab)) <= diameter_mm / 2 + _ROUNDING_MM
    if slab:
        reached &= _in_slab(centres, slab, half)
    _take_nearest(mask, points, box, reached)
    return _changed(mask, box, reached, erase=erase)


def fill_polygon(mask: Volume, corners: Sequence[PointLps], slab: Slab, *, erase: bool = False) -> Volume:
    """Add (or erase) the voxels of a slab whose centre lies inside a closed polygon, seen along the slab's normal.

    A line that crosses itself encloses what it winds around (non-zero rule). Raises ValueError for fewer than three
    corners.
    """
    if len(corners) < 3:
        raise ValueError("A polygon has at least three corners.")
    points = np.array(corners, np.float64)
    half = _half_thickness(mask, slab)
    box = _box_around(mask, points, half)
    centres = _centres(mask, box)
    inside = _in_slab(centres, slab, half)
    across = _spanning(slab.normal)
    inside[inside] = _wound_around(centres[inside] @ across, points @ across)
    return _changed(mask, box, inside, erase=erase)


def interpolate_slices(mask: Volume) -> Volume:
    """Fill the empty slices (k) between drawn ones by shape-based interpolation; drawn slices stay as they are.

    Between two drawn slices the signed distance to their outlines (mm) is interpolated linearly (S. P. Raya and
    J. K. Udupa, IEEE Trans Med Imaging 1990;9:32). Where both outlines are in one piece each is first moved to where
    the interpolated centre of mass lies, so that outlines that do not overlap still join. Raises `OutlineRefused` when
    there is no gap to fill.
    """
    box = box_of(mask.array)
    drawn = [] if box is None else [int(k) for k in np.flatnonzero(mask.array.any(axis=(1, 2)))]
    gaps = [(a, b) for a, b in pairwise(drawn) if b - a > 1]
    if box is None or not gaps:
        raise OutlineRefused("There is no gap to fill: draw the outline on two slices with empty ones between them.")
    part = mask.array[box] > 0
    for a, b in gaps:
        _fill_between(part, a - box[0].start, b - box[0].start, mask.affine[:3, 1:3])
    return _with_box(mask, box, part)


def smooth(mask: Volume, radius_mm: float) -> Volume:
    """Round off what is finer than `radius_mm` (standard deviation of a Gaussian in mm), keeping the volume.

    The smoothed mask is cut where as many voxels lie above as the mask has, those at the same level taken together.
    Pieces much smaller than the radius vanish. An empty mask comes back as it is.
    """
    if not radius_mm > 0:
        raise ValueError(f"An outline is smoothed by a radius above 0 mm; {radius_mm} is not.")
    found = box_of(mask.array)
    if found is None:
        return mask
    from scipy import ndimage

    sigma = radius_mm / np.array(mask.spacing)
    box = _widened(found, np.ceil(3 * sigma).astype(int), mask.spatial_shape)
    part = mask.array[box] > 0
    # Mirrored at the edge of the stack: what is cut off there goes on beyond it.
    blurred = ndimage.gaussian_filter(part.astype(np.float32), sigma, mode="reflect", truncate=3.0)
    count = int(np.count_nonzero(part))
    level = np.partition(blurred, blurred.size - count, axis=None)[blurred.size - count]
    rounded = blurred >= max(float(level) - 1e-5, 1e-6)
    return mask if np.array_equal(rounded, part) else _with_box(mask, box, rounded)


def _changed(mask: Volume, box: Box, reached: _Inside, *, erase: bool) -> Volume:
    before = mask.array[box] > 0
    after = before & ~reached if erase else before | reached
    return mask if np.array_equal(before, after) else _with_box(mask, box, after)


def _with_box(mask: Volume, box: Box, part: _Inside) -> Volume:
    """Return the mask with the voxels of a box replaced."""
    array = _zeros(mask.spatial_shape)
    kept = box_of(mask.array)
    if kept is not None:
        array[kept] = mask.array[kept] > 0
    array[box] = part
    return on_grid_of(mask, array)


def _zeros(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return zeros whose pages take memory once they are written to; those of `np.zeros` may take it at once."""
    size = math.prod(shape)
    if sys.platform == "win32":
        pages = mmap.mmap(-1, size)
    else:
        pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(pages, np.uint8).reshape(shape)


def _box_around(mask: Volume, points: _Points, reach_mm: float) -> Box:
    """Return the part of the grid within reach of any of the points; empty when all are far beyond the grid."""
    inverse = np.linalg.inv(mask.affine)
    indices = points @ inverse[:3, :3].T + inverse[:3, 3]
    # Rows of the inverse affine say how far one index moves per millimetre of a step in any direction.
    reach = reach_mm * np.linalg.norm(inverse[:3, :3], axis=1)
    low = np.clip(np.floor(indices.min(axis=0) - reach).astype(int), 0, mask.spatial_shape)
    high = np.clip(np.ceil(indices.max(axis=0) + reach).astype(int) + 1, low, mask.spatial_shape)
    k, j, i = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return k, j, i


def _widened(box: Box, margin: int | NDArray[np.intp], shape: tuple[int, ...]) -> Box:
    more = np.broadcast_to(margin, 3).tolist()
    k, j, i = (
        slice(max(part.start - m, 0), min(part.stop + m, size)) for part, m, size in zip(box, more, shape, strict=True)
    )
    return k, j, i


def _centres(mask: Volume, box: Box) -> _Points:
    """Return the positions (k, j, i, 3) of the voxel centres of a box in LPS."""
    k, j, i = (np.arange(part.start, part.stop)[:, None] * mask.affine[:3, axis] for axis, part in enumerate(box))
    return k[:, None, None] + j[None, :, None] + i[None, None, :] + mask.affine[:3, 3]


def _half_thickness(mask: Volume, slab: Slab) -> float:
    """Return how far from the middle plane a voxel centre counts: at least half a step of the grid along the normal."""
    step = float(np.abs(slab.normal @ mask.affine[:3, :3]).max())
    return max(slab.thickness_mm, step) / 2


def _in_slab(centres: _Points, slab: Slab, half: float) -> _Inside:
    """Tell which centres lie in a slab; of two layers at the same distance only one does."""
    depth = (centres - np.array(slab.middle)) @ slab.normal
    return (depth > -half + _ROUNDING_MM) & (depth <= half + _ROUNDING_MM)


def _flattened(points: _Points, slab: Slab | None) -> _Points:
    """Return points (…, 3) projected along the slab's normal (…, 2), or as they are without one."""
    return points if slab is None else points @ _spanning(slab.normal)


def _spanning(normal: NDArray[np.float64]) -> _Points:
    """Return two unit vectors that span the plane of a normal, as columns (3, 2)."""
    least = np.eye(3)[int(np.argmin(np.abs(normal)))]
    across = np.asarray(np.cross(normal, least), np.float64)
    across = across / float(np.linalg.norm(across))
    return np.stack([across, np.asarray(np.cross(normal, across), np.float64)], axis=1)


def _distance(points: _Points, line: _Points) -> NDArray[np.float64]:
    """Return the distance of points (…, d) to a line of at least one point (n, d)."""
    nearest = np.linalg.norm(points - line[0], axis=-1)
    for a, b in pairwise(line):
        along = b - a
        length = float(along @ along)
        if length == 0.0:
            continue
        share = np.clip((points - a) @ along / length, 0.0, 1.0)
        nearest = np.minimum(nearest, np.linalg.norm(points - a - share[..., None] * along, axis=-1))
    return nearest


def _take_nearest(mask: Volume, points: _Points, box: Box, reached: _Inside) -> None:
    """Set the voxels of `reached` (over `box`) that the points lie in."""
    inverse = np.linalg.inv(mask.affine)
    indices = np.rint(points @ inverse[:3, :3].T + inverse[:3, 3]).astype(int) - [part.start for part in box]
    inside = np.all((indices >= 0) & (indices < reached.shape), axis=1)
    reached[tuple(indices[inside].T)] = True


def _wound_around(points: _Points, ring: _Points) -> _Inside:
    """Tell which points (n, 2) a closed ring (m, 2) winds around."""
    windings = np.zeros(len(points), np.int32)
    x, y = points[:, 0], points[:, 1]
    for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
        left = (bx - ax) * (y - ay) - (x - ax) * (by - ay) > 0
        windings += (ay <= y) & (by > y) & left
        windings -= (ay > y) & (by <= y) & ~left
    return windings != 0


def _fill_between(part: _Inside, a: int, b: int, in_plane: NDArray[np.float64]) -> None:
    """Fill the slices between the drawn slices `a` and `b`; `in_plane` (3, 2) are the steps of row and column."""
    from scipy import ndimage

    steps = np.linalg.norm(in_plane, axis=0)
    # Room for an outline that is moved: the whole box around it.
    room = [(size, size) for size in part.shape[1:]]
    distances = [_signed_distance(np.pad(part[k], room), steps) for k in (a, b)]
    whole = all(cast(tuple[Any, int], ndimage.label(part[k]))[1] == 1 for k in (a, b))
    middles = [np.argwhere(part[k]).mean(axis=0) if whole else np.zeros(2) for k in (a, b)]
    window = tuple(slice(before, before + size) for (before, _), size in zip(room, part.shape[1:], strict=True))
    for k in range(a + 1, b):
        share = (k - a) / (b - a)
        middle = (1 - share) * middles[0] + share * middles[1]
        moved = [
            ndimage.shift(distance, middle - own, order=1, mode="nearest")
            for distance, own in zip(distances, middles, strict=True)
        ]
        part[k] = ((1 - share) * moved[0] + share * moved[1] >= 0)[window]


def _signed_distance(inside: _Inside, steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance (mm) to the outline, midway between pixels inside and outside: positive inside."""
    from scipy import ndimage

    within = cast(NDArray[np.float64], ndimage.distance_transform_edt(inside, sampling=steps))
    beyond = cast(NDArray[np.float64], ndimage.distance_transform_edt(~inside, sampling=steps))
    half = float(steps.min()) / 2
    return np.where(inside, within - half, half - beyond)
