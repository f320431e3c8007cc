"""Sampling a volume on a plane with vtkImageReslice, whose pitfalls stay in this file."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkImagingCore import vtkImageReslice

from core.volume import PointLps
from viewer.render.geometry import Vector

Pixels = NDArray[Any]
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
        self._voxels = _vtk_voxels(volume.array)
        self._image = _vtk_image(volume, self._voxels)

    def sample(self, grid: PixelGrid) -> Pixels:
        """Return the values at the middle of each pixel, as an array (row, column) of the volume's type."""
        reslice = vtkImageReslice()
        reslice.SetInputData(self._image)
        reslice.SetInterpolationModeToLinear()
        # Three dimensions with one slice, and no ResliceAxes: with two dimensions VTK drops the origin's third
        # coordinate, and with ResliceAxes it still applies the direction of the input.
        reslice.SetOutputDimensionality(3)
        reslice.SetOutputExtent(0, grid.width - 1, 0, grid.height - 1, 0, 0)
        reslice.SetOutputSpacing(grid.pixel_mm, grid.pixel_mm, 1.0)
        reslice.SetOutputOrigin(*(float(x) for x in grid.first))
        axes = np.column_stack([grid.right, grid.down, np.cross(grid.right, grid.down)])
        reslice.SetOutputDirection(*(float(x) for x in axes.ravel()))
        reslice.Update()
        values = vtk_to_numpy(reslice.GetOutput().GetPointData().GetScalars())
        return values.reshape(grid.height, grid.width)


def _vtk_voxels(array: NDArray[np.generic]) -> Pixels:
    voxels = array if array.dtype.type in _TAKEN_AS_THEY_ARE else array.astype(np.float32)
    return np.ascontiguousarray(voxels)


def _vtk_image(volume: Volume, voxels: Pixels) -> vtkImageData:
    slices, rows, columns = voxels.shape
    along_k, along_j, along_i = (float(mm) for mm in volume.spacing)
    directions = np.column_stack([volume.affine[:3, axis] for axis in (2, 1, 0)])
    image = vtkImageData()
    image.SetDimensions(columns, rows, slices)
    image.SetSpacing(along_i, along_j, along_k)
    image.SetOrigin(*(float(x) for x in volume.affine[:3, 3]))
    image.SetDirectionMatrix(*(float(x) for x in (directions / np.linalg.norm(directions, axis=0)).ravel()))
    image.GetPointData().SetScalars(numpy_to_vtk(voxels.ravel(), deep=0))
    return image
