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
from viewer.render.slab import Projection, Slab
from viewer.render.slice import PixelGrid, Reslicer

Polygon = NDArray[np.float64]
"""Points (n, 2) as (u, v) in millimetres; the last is joined to the first."""

_HALF = 127.5
_OBLIQUE_STEP = 0.5
"""So many voxels lie between two samples in planes across the voxels; along them it is one."""
_AWAY = 0.15
"""So many voxels may the line run beside itself for the sake of fewer points: it stays away from their middles."""
_PARALLEL = 1 - 1e-8
_FEWEST = 150  # points: to draw fewer takes less time than to find which could go
_PASSES = (0, 1, 0, 1)
_TINY = 1e-9


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
        self._voxel_mm = float(min(cropped.spacing))
        self._along = cropped.affine[:3, :3] / np.array(cropped.spacing)
        self._reslicer = Reslicer(cropped)
        self._tracer = _Tracer()

    def in_plane(self, stack: StackGeometry, depth: float, thickness_mm: float = 0.0) -> tuple[Polygon, ...]:
        """Return the closed polygons that the mask's border makes in the plane of `stack` at `depth`.

        Where the plane is a slab, half of `thickness_mm` on either side of it, they hold all that is in the slab
        anywhere along the normal.
        """
        if self._reslicer is None:
            return ()
        grid = self._grid(stack, depth, thickness_mm / 2)
        if grid is None:
            return ()
        values = self._reslicer.sample(grid, Slab(Projection.MIP, thickness_mm) if thickness_mm else None)
        u, v, _ = stack.uvd(grid.first)
        away = _AWAY * self._voxel_mm / grid.pixel_mm
        lines = (_with_fewer_points(line, away) for line in self._tracer.lines(values))
        return tuple(np.array((u, v)) + line * grid.pixel_mm for line in lines)

    def _grid(self, stack: StackGeometry, depth: float, reach: float) -> PixelGrid | None:
        """Return pixels over all of the mask's box in the plane, with a rim that is outside; None if it is farther than
        `reach` (mm) from the plane."""
        depths = self._corners @ stack.normal
        if not depths.min() - reach <= depth <= depths.max() + reach:
            return None
        us, vs = self._corners @ stack.right, self._corners @ stack.down
        step = self._voxel_mm * (1.0 if self._is_along(stack) else _OBLIQUE_STEP)
        return PixelGrid(
            first=stack.lps(float(us.min()) - step, float(vs.min()) - step, depth),
            right=stack.right,
            down=stack.down,
            pixel_mm=step,
            width=int(np.ceil((us.max() - us.min()) / step)) + 3,
            height=int(np.ceil((vs.max() - vs.min()) / step)) + 3,
        )

    def _is_along(self, stack: StackGeometry) -> bool:
        """Tell whether both axes of the planes lie along axes of the voxels."""
        cosines = np.abs(np.array((stack.right, stack.down)) @ self._along)
        return bool((cosines.max(axis=1) > _PARALLEL).all())


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


class _Tracer:
    """Traces the border in sampled masks; set up once, which costs as much time as tracing a lesion."""

    def __init__(self) -> None:
        self._edges = vtkFlyingEdges2D()
        self._edges.SetValue(0, _HALF)
        self._edges.ComputeScalarsOff()
        self._joined = vtkStripper()
        self._joined.SetInputConnection(self._edges.GetOutputPort())
        self._joined.SetMaximumLength(1_000_000)

    def lines(self, values: NDArray[np.generic]) -> list[Polygon]:
        """Return the closed lines at half of 255, as (column, row) counted from the middle of the first pixel."""
        height, width = values.shape
        image = vtkImageData()
        image.SetDimensions(width, height, 1)
        image.GetPointData().SetScalars(numpy_to_vtk(values.ravel(), deep=0))
        self._edges.SetInputData(image)
        self._joined.Update()
        self._edges.SetInputData(None)
        lines = self._joined.GetOutput()
        if not lines.GetNumberOfLines():
            return []
        points = vtk_to_numpy(lines.GetPoints().GetData())[:, :2].astype(np.float64)
        cells = vtk_to_numpy(lines.GetLines().GetConnectivityArray())
        starts = vtk_to_numpy(lines.GetLines().GetOffsetsArray())
        return [points[cells[a:b]] for a, b in pairwise(starts)]


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
