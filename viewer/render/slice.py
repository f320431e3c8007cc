"""Sampling a volume on a plane with vtkImageReslice, whose pitfalls stay in this file."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import VTK_FLOAT, vtkMultiThreader
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkImagingCore import vtkImageReslice

from core.volume import PointLps
from viewer.render.geometry import Vector, cross, voxel_mm_along
from viewer.render.slab import Slab

Pixels = NDArray[Any]
_STRAIGHT = 1e-4
_NOTHING = 1e-9
"""So many voxels per pixel add up to nothing that could be seen over any screen."""
_NEIGHBOURS = 16  # columns that are taken out together: of 16 bit voxels half a cache line
_ALONE = 100_000  # pixels that are sampled in less time than a second thread takes to start
_THREADS = vtkMultiThreader.GetGlobalDefaultNumberOfThreads()
_TAKEN_AS_THEY_ARE = (np.uint8, np.int16, np.uint16, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class PixelGrid:
    """Square pixels in space: the middle of the first one (LPS), unit vectors to the right and down, size in mm."""

    first: PointLps
    right: Vector
    down: Vector
    pixel_mm: float
    width: int
    height: int


class Reslicer:
    """Samples one volume on any plane, linearly between voxels; what lies outside of the volume is 0.

    The voxels are used where they are: 8 and 16 bit integers and float32 without a copy. They belong to this
    object as long as it lives, since VTK only holds their address.
    """

    def __init__(self, volume: Volume) -> None:
        self._volume = volume
        self._voxels = _vtk_voxels(volume.array)
        self._to_ijk = np.linalg.inv(volume.affine)[2::-1]
        self._image = _vtk_image(self._voxels)
        self._columns = (range(0), self._voxels, self._image)
        self._axes = vtkMatrix4x4()
        self._filter = _linear_reslice(self._axes)

    def sample(self, grid: PixelGrid, slab: Slab | None = None) -> Pixels:
        """Return the values at the middle of each pixel, as an array (row, column) of the volume's type.

        With a `slab` they are combined along the normal of `grid`, whose plane is its middle; what of the slab lies
        outside of the volume does not count.
        """
        if slab is None:
            return self._plane(self._image_for(grid, 0.0), grid)
        # vtkImageReslice's own slab mode is not used: along the axes of the grid it is wrong between voxels (VTK 9.7).
        normal = cross(grid.right, grid.down)
        offsets = slab.offsets(voxel_mm_along(self._volume, normal))
        image = self._image_for(grid, slab.thickness_mm / 2)
        moved = (replace(grid, first=_moved(grid.first, offset * normal)) for offset in offsets)
        planes = (self._plane(image, plane, with_gaps=True) for plane in moved)
        combined = slab.combine(planes, offsets)
        if self._voxels.dtype.kind in "iu":
            combined = np.rint(combined)
        return np.nan_to_num(combined).astype(self._voxels.dtype)

    def _image_for(self, grid: PixelGrid, reach_mm: float) -> vtkImageData:
        """Return the image to sample up to `reach_mm` beside the plane of `grid`.

        For a plane across the rows of voxels (constant i) these are the few columns of voxels there: they lie far
        apart in memory, and taken out first, with their neighbours for the next planes, they are sampled in a fraction
        of the time.
        """
        normal = self._to_ijk[:, :3] @ cross(grid.right, grid.down)
        if abs(normal[1]) + abs(normal[2]) > _STRAIGHT * abs(normal[0]):
            return self._image
        i, reach = float(self._to_ijk[0] @ [*grid.first, 1.0]), reach_mm * abs(float(normal[0]))
        first = max(math.floor(i - reach + _STRAIGHT), 0)
        last = min(math.ceil(i + reach - _STRAIGHT), self._voxels.shape[2] - 1)
        if first > last:
            return self._image
        if first not in self._columns[0] or last not in self._columns[0]:
            taken = _columns_with(first, last, self._voxels.shape[2])
            some = np.ascontiguousarray(self._voxels[:, :, taken.start : taken.stop])
            self._columns = (taken, some, _vtk_image(some, taken.start))
        return self._columns[2]

    def _plane(self, image: vtkImageData, grid: PixelGrid, *, with_gaps: bool = False) -> Pixels:
        """Return the values of a plane; `with_gaps` as float32 with NaN outside of the volume.

        VTK writes into new memory as long as an array that was returned before lives.
        """
        self._filter.SetInputData(image)
        self._filter.SetOutputExtent(0, grid.width - 1, 0, grid.height - 1, 0, 0)
        self._filter.SetNumberOfThreads(1 if grid.width * grid.height < _ALONE else _THREADS)
        self._filter.SetOutputScalarType(VTK_FLOAT if with_gaps else -1)  # -1: that of the image
        self._filter.SetBackgroundLevel(float("nan") if with_gaps else 0.0)
        self._axes.DeepCopy(self._pixels_to_ijk(grid))
        self._filter.Update()
        scalars = self._filter.GetOutput().GetPointData().GetScalars()
        return vtk_to_numpy(scalars).reshape(grid.height, grid.width)

    def _pixels_to_ijk(self, grid: PixelGrid) -> list[float]:
        """Return the 4 × 4 matrix, row by row, from (column, row, plane) of `grid` to voxels (i, j, k).

        Along the axes of the voxels VTK samples six times as fast, but only sees that when the other parts are exactly
        0. There is one plane, so that it does not matter which way a second one would lie.
        """
        sides = (grid.pixel_mm * (self._to_ijk[:, :3] @ np.column_stack([grid.right, grid.down]))).tolist()
        (a, b), (c, d), (e, f) = ([0.0 if abs(x) < _NOTHING else x for x in row] for row in sides)
        away = [abs(c * f - e * d), abs(e * b - a * f), abs(a * d - c * b)]
        farthest = away.index(max(away))
        i, j, k = (self._to_ijk @ [*grid.first, 1.0]).tolist()
        return [
            *(a, b, float(farthest == 0), i),
            *(c, d, float(farthest == 1), j),
            *(e, f, float(farthest == 2), k),
            *(0.0, 0.0, 0.0, 1.0),
        ]


def _linear_reslice(axes: vtkMatrix4x4) -> vtkImageReslice:
    """Return a filter that samples pixels of one millimetre along `axes`; it is set up once, which costs time."""
    reslice = vtkImageReslice()
    reslice.SetInterpolationModeToLinear()
    reslice.SetOutputDimensionality(3)  # with two, VTK drops the third coordinate of the plane's place
    reslice.SetOutputSpacing(1.0, 1.0, 1.0)
    reslice.SetOutputOrigin(0.0, 0.0, 0.0)
    reslice.SetResliceAxes(axes)
    return reslice


def _columns_with(first: int, last: int, count: int) -> range:
    """Return the columns from `first` to `last`; for a thin plane with neighbours that hold the next planes."""
    if last - first > 1:
        return range(first, last + 1)  # the planes of a slab lie closest to each other without more of them
    start = first - first % _NEIGHBOURS
    return range(start, min(start + _NEIGHBOURS + 1, count))


def _moved(point: PointLps, by: Vector) -> PointLps:
    x, y, z = (float(a + b) for a, b in zip(point, by, strict=True))
    return x, y, z


def _vtk_voxels(array: NDArray[np.generic]) -> Pixels:
    voxels = array if array.dtype.type in _TAKEN_AS_THEY_ARE else array.astype(np.float32)
    return np.ascontiguousarray(voxels)


def _vtk_image(voxels: Pixels, first_column: int = 0) -> vtkImageData:
    """Return voxels as VTK has them, each at its index (i, j, k)."""
    slices, rows, columns = voxels.shape
    image = vtkImageData()
    image.SetDimensions(columns, rows, slices)
    image.SetOrigin(float(first_column), 0.0, 0.0)
    image.GetPointData().SetScalars(numpy_to_vtk(voxels.ravel(), deep=0))
    return image
