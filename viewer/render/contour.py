"""The outline of a mask in any plane, in millimetres, so that zoom and pan need no new one.

A mask is sampled linearly as 0 to 255 and cut at the half: the border runs midway between a voxel inside and one
outside, exactly where nearest-neighbour sampling puts it, with the corners of the voxels cut off. Every voxel's
middle lies on its own side of the border.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import voxels_of
from viewer.render.geometry import Pair, StackGeometry
from viewer.render.slab import Projection, Slab
from viewer.render.slice import PixelGrid, Pixels, Reslicer
from viewer.render.tracing import closed_lines

Polygon = NDArray[np.float64]
"""Points (n, 2) as (u, v) in millimetres; the last is joined to the first."""

_OBLIQUE_STEP = 0.5
"""So many voxels lie between two samples in planes across the voxels; along them it is one."""
_AWAY = 0.15
"""So many voxels may the line run beside itself for the sake of fewer points: it stays away from their middles."""
_PARALLEL = 1 - 1e-8
_SQUARE = 1e-6  # so much of a millimetre may the sides of a voxel differ
_ON_SLICE = 1e-4  # voxels
_KEPT_STACKS = 12  # the planes of an MPR and of the viewports; each plane that is turned is another one
_FEWEST = 150  # points: to draw fewer takes less time than to find which could go
_PASSES = (0, 1, 0, 1)
_TINY = 1e-9


class MaskOutline:
    """Outlines of one mask; `frame_of_reference_uid` says where they may be drawn."""

    def __init__(self, mask: Volume) -> None:
        self.frame_of_reference_uid = mask.frame_of_reference_uid
        found = voxels_of(mask)
        self._mask: Volume | None = None
        self._samplings: dict[StackGeometry, _Sampling] = {}
        if not len(found):
            return
        self._mask = _with_margin(mask, found.min(axis=0), found.max(axis=0))
        self._voxel_mm = float(min(self._mask.spacing))
        self._reslicer = Reslicer(self._mask)

    def in_plane(self, stack: StackGeometry, depth: float, thickness_mm: float = 0.0) -> tuple[Polygon, ...]:
        """Return the closed polygons that the mask's border makes in the plane of `stack` at `depth`.

        Where the plane is a slab, half of `thickness_mm` on either side of it, they hold all that is in the slab
        anywhere along the normal.
        """
        if self._mask is None:
            return ()
        sampling = self._sampling(self._mask, stack)
        if not sampling.low - thickness_mm / 2 <= depth <= sampling.high + thickness_mm / 2:
            return ()
        away = _AWAY * self._voxel_mm / sampling.step
        lines = closed_lines(self._values(sampling, stack, depth, thickness_mm))
        corner = np.array(sampling.corner)
        return tuple(corner + _with_fewer_points(line, away) * sampling.step for line in lines)

    def _sampling(self, mask: Volume, stack: StackGeometry) -> "_Sampling":
        """Return how the planes of a stack sample the mask, found once for all of them."""
        found = self._samplings.get(stack)
        if found is None:
            if len(self._samplings) >= _KEPT_STACKS:
                self._samplings.clear()
            found = self._samplings[stack] = _sampling_of(mask, stack)
        return found

    def _values(self, sampling: "_Sampling", stack: StackGeometry, depth: float, thickness_mm: float) -> Pixels:
        if sampling.slices is not None and not thickness_mm:
            return _slice_at(sampling.slices, (depth - sampling.low) / sampling.apart)
        grid = PixelGrid(
            first=stack.lps(*sampling.corner, depth),
            right=stack.right,
            down=stack.down,
            pixel_mm=sampling.step,
            width=sampling.width,
            height=sampling.height,
        )
        return self._reslicer.sample(grid, Slab(Projection.MIP, thickness_mm) if thickness_mm else None)


@dataclass(frozen=True, slots=True, eq=False)
class _Sampling:
    """Pixels over all of a mask's box in the planes of a stack, with a rim that is outside.

    The box reaches from depth `low` to `high`; the first pixel is at `corner` (u, v), the next ones `step` mm apart.
    Where these are the mask's own voxels, `slices` are its values (depth, row, column), `apart` mm from each other.
    """

    low: float
    high: float
    corner: Pair
    step: float
    width: int
    height: int
    slices: NDArray[np.uint8] | None = None
    apart: float = 0.0


def _sampling_of(mask: Volume, stack: StackGeometry) -> _Sampling:
    axes = np.array((stack.normal, stack.down, stack.right))
    (low, top, left), (high, bottom, right) = (
        end(_corners(mask) @ axes.T, axis=0).tolist() for end in (np.min, np.max)
    )
    cosines = axes @ (mask.affine[:3, :3] / np.array(mask.spacing))
    sides = np.abs(cosines).argmax(axis=1).tolist()
    is_along = bool((np.abs(cosines[1:]).max(axis=1) > _PARALLEL).all())
    apart, row_mm, column_mm = (mask.spacing[side] for side in sides)
    if is_along and abs(row_mm - column_mm) < _SQUARE:
        hung = np.flip(mask.array.transpose(sides), tuple(n for n in range(3) if cosines[n, sides[n]] < 0))
        slices = np.ascontiguousarray(hung)
        return _Sampling(low, high, (left, top), column_mm, slices.shape[2], slices.shape[1], slices, apart)
    step = min(mask.spacing) * (1.0 if is_along else _OBLIQUE_STEP)
    width, height = (ceil((last - first) / step) + 3 for first, last in ((left, right), (top, bottom)))
    return _Sampling(low, high, (left - step, top - step), step, width, height)


def _slice_at(slices: NDArray[np.uint8], index: float) -> Pixels:
    """Return the slice at an index, or what lies between two slices."""
    nearest = round(index)
    if abs(index - nearest) < _ON_SLICE:
        return slices[nearest]
    before = floor(index)
    return slices[before] + (index - before) * (slices[before + 1].astype(np.float64) - slices[before])


def _with_margin(mask: Volume, first: NDArray[np.int64], last: NDArray[np.int64]) -> Volume:
    """Return the box of the mask with one empty voxel around it, 255 inside."""
    box = mask.array[tuple(slice(a, b + 1) for a, b in zip(first, last, strict=True))]
    affine = mask.affine.copy()
    affine[:3, 3] = mask.affine[:3, :3] @ (first - 1) + mask.affine[:3, 3]
    return Volume(
        array=np.pad((box > 0).astype(np.uint8) * 255, 1),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=mask.frame_of_reference_uid,
    )


def _corners(volume: Volume) -> NDArray[np.float64]:
    """Return the eight outermost voxel middles (8, 3) in LPS."""
    ends = np.array(np.meshgrid(*[(0, n - 1) for n in volume.spatial_shape], indexing="ij")).reshape(3, 8)
    return (volume.affine[:3, :3] @ ends).T + volume.affine[:3, 3]


def _with_fewer_points(line: Polygon, away: float) -> Polygon:
    """Return a closed line without points that it does not need to stay within `away` of where it was.

    In each pass every other point but the first and last is looked at. `apart` says how far what was left out before
    may lie from the line between a point and the next one.
    """
    apart = np.zeros(len(line))
    for first in _PASSES:
        if len(line) < _FEWEST:
            break
        before, here, after = line[first:-2:2], line[first + 1 : -1 : 2], line[first + 2 :: 2]
        chord, arm = after - before, here - before
        length = np.hypot(chord[:, 0], chord[:, 1])
        beside = np.abs(chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / np.maximum(length, _TINY)
        beside += np.maximum(apart[first:-2:2], apart[first + 1 : -1 : 2])
        out = (beside <= away) & (length > _TINY)
        apart[first:-2:2][out] = beside[out]
        kept = np.ones(len(line), np.bool_)
        kept[first + 1 : -1 : 2] = ~out
        line, apart = line[kept], apart[kept]
    return line
