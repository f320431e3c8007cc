"""The outline of a mask in any plane, in millimetres, so that zoom and pan need no new one.

A mask is sampled linearly as 0 to 255 and cut at the half: the border runs midway between a voxel inside and one
outside, exactly where nearest-neighbour sampling puts it, with the corners of the voxels cut off. Every voxel's
middle lies on its own side of the border.
"""

from itertools import pairwise

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkFiltersCore import vtkFlyingEdges2D, vtkStripper

from core.volume import voxels_of
from viewer.render.geometry import StackGeometry
from viewer.render.slice import PixelGrid, Reslicer

Polygon = NDArray[np.float64]
"""Points (n, 2) as (u, v) in millimetres; the last is joined to the first."""

_HALF = 127.5
_SAMPLES_PER_VOXEL = 2.0
_STRAIGHT = 1e-3  # twice the area (samples²) that leaving a point out may cost


class MaskOutline:
    """Outlines of one mask; `frame_of_reference_uid` says where they may be drawn."""

    def __init__(self, mask: Volume) -> None:
        self.frame_of_reference_uid = mask.frame_of_reference_uid
        found = voxels_of(mask)
        self._reslicer: Reslicer | None = None
        if not len(found):
            return
        cropped = _with_margin(mask, found.min(axis=0), found.max(axis=0))
        self._corners = _corners(cropped)
        self._step = float(min(cropped.spacing)) / _SAMPLES_PER_VOXEL
        self._reslicer = Reslicer(cropped)

    def in_plane(self, stack: StackGeometry, depth: float) -> tuple[Polygon, ...]:
        """Return the closed polygons that the mask's border makes in the plane of `stack` at `depth`."""
        if self._reslicer is None:
            return ()
        grid = self._grid(stack, depth)
        if grid is None:
            return ()
        values = self._reslicer.sample(grid)
        u, v, _ = stack.uvd(grid.first)
        return tuple(np.array((u, v)) + _without_straights(line) * grid.pixel_mm for line in _iso_lines(values))

    def _grid(self, stack: StackGeometry, depth: float) -> PixelGrid | None:
        """Return pixels over all of the mask's box in the plane, with a rim that is outside; None if it misses it."""
        depths = self._corners @ stack.normal
        if not depths.min() <= depth <= depths.max():
            return None
        us, vs = self._corners @ stack.right, self._corners @ stack.down
        step = self._step
        return PixelGrid(
            first=stack.lps(float(us.min()) - step, float(vs.min()) - step, depth),
            right=stack.right,
            down=stack.down,
            pixel_mm=step,
            width=int(np.ceil((us.max() - us.min()) / step)) + 3,
            height=int(np.ceil((vs.max() - vs.min()) / step)) + 3,
        )


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


def _iso_lines(values: NDArray[np.generic]) -> list[Polygon]:
    """Return the closed lines at half of 255, as (column, row) counted from the middle of the first pixel."""
    height, width = values.shape
    pixels = np.ascontiguousarray(values)
    image = vtkImageData()
    image.SetDimensions(width, height, 1)
    image.GetPointData().SetScalars(numpy_to_vtk(pixels.ravel(), deep=0))
    edges = vtkFlyingEdges2D()
    edges.SetInputData(image)
    edges.SetValue(0, _HALF)
    joined = vtkStripper()
    joined.SetInputConnection(edges.GetOutputPort())
    joined.SetMaximumLength(1_000_000)
    joined.Update()
    lines = joined.GetOutput()
    if not lines.GetNumberOfLines():
        return []
    points = vtk_to_numpy(lines.GetPoints().GetData())[:, :2].astype(np.float64)
    cells = vtk_to_numpy(lines.GetLines().GetConnectivityArray())
    starts = vtk_to_numpy(lines.GetLines().GetOffsetsArray())
    return [points[cells[a:b]] for a, b in pairwise(starts)]


def _without_straights(line: Polygon) -> Polygon:
    """Return a closed line without the points in the middle of straight stretches, which only cost drawing time."""
    corners = line[:-1]
    into, out = corners - np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0) - corners
    turns = np.abs(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]) > _STRAIGHT
    kept = corners[turns] if turns.sum() >= 3 else corners
    return np.vstack([kept, kept[:1]])
