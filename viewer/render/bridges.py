"""What stands in a scene: each bridge draws one thing into a renderer and, closed, leaves nothing of it there."""

from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkFiltersSources import vtkPlaneSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkTexture

from core.volume import PointLps
from viewer.render.geometry import StackGeometry
from viewer.render.lut import Grey
from viewer.render.slice import PixelGrid
from viewer.render.surface import surface_of

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A mask as a body: its RGB colour, opacity from 0 to 1, and whether it stands out as the selected one."""

    mask: Volume
    colour: Rgb
    opacity: float = 1.0
    selected: bool = False


class ShapeBridge:
    """One body. Its surface is made anew only when its mask is another."""

    def __init__(self, shape: Shape, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._mask: Volume | None = None
        self.surface: vtkPolyData | None = None
        self._mapper = vtkPolyDataMapper()
        self._mapper.ScalarVisibilityOff()
        self.actor = vtkActor()
        self.actor.SetMapper(self._mapper)
        self.show(shape)
        renderer.AddActor(self.actor)

    def show(self, shape: Shape) -> None:
        """Draw the body as it is now."""
        if shape.mask is not self._mask:
            self._mask, self.surface = shape.mask, surface_of(shape.mask)
            self._mapper.SetInputDataObject(self.surface or vtkPolyData())
        look = self.actor.GetProperty()
        look.SetColor(*(part / 255 for part in shape.colour))
        look.SetOpacity(shape.opacity)
        # Ambient and diffuse together stay below 1, or the orange of a PI-RADS 4 would turn into the yellow of a 3.
        look.SetAmbient(0.45 if shape.selected else 0.2)
        look.SetDiffuse(0.5 if shape.selected else 0.7)
        look.SetSpecular(0.08)
        look.SetSpecularPower(20.0)
        # Of a body that one looks through only the near side is drawn: both would need sorting, frame by frame.
        look.SetBackfaceCulling(shape.opacity < 1.0)

    @property
    def middle(self) -> PointLps | None:
        """The middle of the body's box (LPS); None when its mask is empty."""
        if self.surface is None:
            return None
        x, y, z = self.surface.GetCenter()
        return x, y, z

    def close(self) -> None:
        """Take the body out of the scene."""
        self._renderer.RemoveActor(self.actor)
        self._mapper.RemoveAllInputs()


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A rectangle of a plane in the patient: `grid` are its pixels, `levels` (row, column) their grey, 8 bit."""

    grid: PixelGrid
    levels: Grey


class CutBridge:
    """One cut through the images, as a picture on a rectangle with a coloured rim."""

    def __init__(self, colour: Rgb, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._levels: Grey | None = None
        self._image = vtkImageData()
        self._texture = vtkTexture()
        self._texture.SetInputData(self._image)
        self._texture.InterpolateOn()
        self._texture.MipmapOn()
        self._texture.EdgeClampOn()
        self._plane = vtkPlaneSource()
        self.actor = _flat(self._plane)
        self.actor.SetTexture(self._texture)
        self._rim = _flat(self._plane)
        self._rim.GetProperty().SetRepresentationToWireframe()
        self._rim.GetProperty().SetColor(*(part / 255 for part in colour))
        self._rim.GetProperty().SetLineWidth(2.0)
        self.hide()
        renderer.AddActor(self.actor)
        renderer.AddActor(self._rim)

    def show(self, cut: Cut) -> None:
        """Draw this cut."""
        self._levels = np.ascontiguousarray(cut.levels)  # VTK only borrows its memory
        height, width = self._levels.shape
        self._image.SetDimensions(width, height, 1)
        self._image.GetPointData().SetScalars(numpy_to_vtk(self._levels.ravel(), deep=0))
        self._image.Modified()
        origin, right, down = _rectangle(cut.grid)
        self._plane.SetOrigin(*origin)
        self._plane.SetPoint1(*right)
        self._plane.SetPoint2(*down)
        self._set_visible(True)

    def hide(self) -> None:
        """Draw nothing of the cut."""
        self._set_visible(False)

    def close(self) -> None:
        """Take the cut out of the scene."""
        self._renderer.RemoveActor(self.actor)
        self._renderer.RemoveActor(self._rim)
        self._texture.SetInputData(None)

    def _set_visible(self, visible: bool) -> None:
        self.actor.SetVisibility(visible)
        self._rim.SetVisibility(visible)


def grid_over(stack: StackGeometry, depth: float, low: tuple[float, float], high: tuple[float, float]) -> PixelGrid:
    """Return square pixels, as small as the voxels, over the rectangle from `low` to `high` (u, v) of a plane."""
    mm = min(stack.pixel_mm)
    width, height = (max(1, round((b - a) / mm)) for a, b in zip(low, high, strict=True))
    first = stack.lps(low[0] + mm / 2, low[1] + mm / 2, depth)
    return PixelGrid(first, stack.right, stack.down, mm, width, height)


def _rectangle(grid: PixelGrid) -> tuple[list[float], list[float], list[float]]:
    """Return the outer corners at the first pixel, at the end of the first row and of the first column."""
    corner = np.array(grid.first) - (grid.right + grid.down) * grid.pixel_mm / 2
    right = corner + grid.right * grid.pixel_mm * grid.width
    down = corner + grid.down * grid.pixel_mm * grid.height
    return corner.tolist(), right.tolist(), down.tolist()


def _flat(plane: vtkPlaneSource) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(plane.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().LightingOff()
    return actor
