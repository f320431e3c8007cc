"""The surface of a mask as triangles in patient millimetres (LPS)."""

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from scipy.ndimage import affine_transform, distance_transform_edt
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D, vtkPolyDataNormals, vtkWindowedSincPolyDataFilter

_CUBES_ALONG = 48  # the longest side of a body
_ITERATIONS, _PASS_BAND = 20, 0.05


def surface_of(mask: Volume) -> vtkPolyData | None:
    """Return the smoothed surface of the voxels above 0, points in LPS, normals outwards; None for an empty mask.

    The surface runs midway between voxels inside and outside. It is found in the distance to the border rather than
    in the mask itself, and on cubes of even sides, which takes the steps out of thick slices; then it is smoothed by a
    windowed sinc (Taubin 1996), which keeps the volume. It is for looking at: measures are taken in the mask.
    """
    found = np.argwhere(mask.array > 0)
    if not len(found):
        return None
    first, last = found.min(axis=0), found.max(axis=0)
    box = mask.array[tuple(slice(a, b + 1) for a, b in zip(first, last, strict=True))] > 0
    distance = _signed_distance(np.pad(box, 1), mask.spacing)
    spacing = np.array(mask.spacing)
    cube_mm = max(float(spacing.min()), float((spacing * box.shape).max()) / _CUBES_ALONG)
    steps = cube_mm / spacing  # how many voxels a cube is long
    surface = _zero_surface(_on_cubes(distance, steps))
    return _smoothed(_in_patient(surface, mask, first - 1, steps))


def _signed_distance(inside: NDArray[np.bool_], spacing: tuple[float, float, float]) -> NDArray[np.float32]:
    """Return the distance to the other side (mm), positive inside; 0 lies midway between the two sides."""
    within, beyond = (np.asarray(distance_transform_edt(side, sampling=spacing)) for side in (inside, ~inside))
    return (within - beyond).astype(np.float32)


def _on_cubes(distance: NDArray[np.float32], steps: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the distances (k, j, i) sampled anew, `steps` voxels apart from the first one on, beyond the last one."""
    shape = tuple(int(n) for n in np.ceil((np.array(distance.shape) - 1) / steps) + 1)
    return np.asarray(affine_transform(distance, steps, output_shape=shape, order=1, mode="nearest"), np.float32)


def _zero_surface(distance: NDArray[np.float32]) -> vtkPolyData:
    """Return where an array (k, j, i) crosses 0, as points (i, j, k)."""
    slices, rows, columns = distance.shape
    image = vtkImageData()
    image.SetDimensions(columns, rows, slices)
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(distance).ravel(), deep=1))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 0.0)
    edges.ComputeNormalsOff()
    edges.ComputeGradientsOff()
    edges.ComputeScalarsOff()
    edges.Update()
    return edges.GetOutput()


def _in_patient(
    surface: vtkPolyData, mask: Volume, first_kji: NDArray[np.int64], steps: NDArray[np.float64]
) -> vtkPolyData:
    index_kji = vtk_to_numpy(surface.GetPoints().GetData())[:, ::-1] * steps + first_kji
    lps = index_kji @ mask.affine[:3, :3].T + mask.affine[:3, 3]
    points = vtkPoints()
    points.SetData(numpy_to_vtk(lps.astype(np.float32), deep=1))
    placed = vtkPolyData()
    placed.SetPoints(points)
    placed.SetPolys(surface.GetPolys())
    return placed


def _smoothed(surface: vtkPolyData) -> vtkPolyData:
    smooth = vtkWindowedSincPolyDataFilter()
    smooth.SetInputData(surface)
    smooth.SetNumberOfIterations(_ITERATIONS)
    smooth.SetPassBand(_PASS_BAND)
    smooth.BoundarySmoothingOff()
    smooth.NonManifoldSmoothingOn()
    smooth.NormalizeCoordinatesOn()
    normals = vtkPolyDataNormals()
    normals.SetInputConnection(smooth.GetOutputPort())
    normals.SplittingOff()
    normals.ConsistencyOn()
    normals.AutoOrientNormalsOn()
    normals.Update()
    return normals.GetOutput()
