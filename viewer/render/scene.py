"""A scene in three dimensions, drawn off screen: bodies, cuts through the images and a camera.

Importing this loads OpenGL, so that it is imported only once 3D is opened and `opengl.usable_window` said which window
class draws here. VTK's own interactor is not used: its observers and timers are what leaks.
"""

from collections.abc import Mapping

import numpy as np
import vtkmodules.vtkRenderingOpenGL2 as opengl
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkCellPicker, vtkLight, vtkRenderer

from core.volume import PointLps
from viewer.render.bridges import Cut, CutBridge, Rgb, Shape, ShapeBridge
from viewer.render.geometry import Vector
from viewer.render.opengl import BACKGROUND

_VIEWS: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "A": ((0, -1, 0), (0, 0, 1)),
    "P": ((0, 1, 0), (0, 0, 1)),
    "L": ((1, 0, 0), (0, 0, 1)),
    "R": ((-1, 0, 0), (0, 0, 1)),
    "S": ((0, 0, 1), (0, -1, 0)),
    "I": ((0, 0, -1), (0, -1, 0)),
}
"""From where each preset looks and which way is up, in LPS; from below and from above anterior is up."""
_VIEW_ANGLE = 25.0
_PICK_TOLERANCE = 0.002
_CLOSEST, _FARTHEST = 20.0, 3000.0


class Scene:
    """Draws into memory; positions on the screen are pixels of the last frame, from its top left corner."""

    def __init__(self, window_kind: str) -> None:
        self.window_kind = window_kind
        self.frames = 0
        """How many were drawn."""
        self._window = getattr(opengl, window_kind)()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SwapBuffersOff()
        self._renderer = vtkRenderer()
        self._renderer.SetBackground(*(part / 255 for part in BACKGROUND))
        self._renderer.SetAutomaticLightCreation(False)
        self._renderer.AddLight(_headlight())
        self._window.AddRenderer(self._renderer)
        self._pixels = vtkUnsignedCharArray()
        self._shapes: dict[str, ShapeBridge] = {}
        self._cuts: dict[str, CutBridge] = {}
        self._renderer.GetActiveCamera().SetViewAngle(_VIEW_ANGLE)

    def close(self) -> None:
        """Take everything out and give the OpenGL context back; doing so twice is the same as once."""
        for bridge in (*self._shapes.values(), *self._cuts.values()):
            bridge.close()
        self._shapes, self._cuts = {}, {}
        if self._window.HasRenderer(self._renderer):
            self._renderer.RemoveAllLights()
            self._window.RemoveRenderer(self._renderer)
            self._window.Finalize()

    # ------------------------------------------------------------------ what is in it

    def set_shapes(self, shapes: Mapping[str, Shape]) -> None:
        """Show these bodies by name and no others, those that one looks through last."""
        for name in set(self._shapes) - set(shapes):
            self._shapes.pop(name).close()
        for name, shape in sorted(shapes.items(), key=lambda one: one[1].opacity < 1.0):
            if name in self._shapes:
                self._shapes[name].show(shape)
            else:
                self._shapes[name] = ShapeBridge(shape, self._renderer)

    def set_cut(self, name: str, cut: Cut | None, colour: Rgb) -> None:
        """Show a cut by name, or hide it with None."""
        bridge = self._cuts.get(name)
        if bridge is None:
            bridge = self._cuts[name] = CutBridge(colour, self._renderer)
        if cut is None:
            bridge.hide()
        else:
            bridge.show(cut)

    def middle_of(self, name: str) -> PointLps | None:
        """Return the middle of a body (LPS); None when its mask is empty."""
        return self._shapes[name].middle

    # ------------------------------------------------------------------ looking

    def frame(self, width: int, height: int) -> NDArray[np.uint8] | None:
        """Return the picture, RGBA (row, column, 4) from the top; None when nothing was drawn: the context is lost."""
        # Asked of the last frame first: to draw with a lost context may end the process.
        if self.frames and self._read(1, 1) is None:
            return None
        self._window.SetSize(width, height)
        self._renderer.GetActiveCamera().SetUseHorizontalViewAngle(width < height)
        self._renderer.ResetCameraClippingRange()
        self._window.Render()
        self.frames += 1
        return self._read(width, height)

    def _read(self, width: int, height: int) -> NDArray[np.uint8] | None:
        """Return the lower left pixels of what was drawn, from the top; None when they cannot be read."""
        self._pixels.SetNumberOfComponents(4)
        self._pixels.SetNumberOfTuples(width * height)
        self._pixels.FillValue(0)  # what stays where nothing is read, and what no background or cut is
        if not self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels):
            return None
        rgba = vtk_to_numpy(self._pixels).reshape(height, width, 4)[::-1].copy()
        if not rgba[..., :3].any():
            return None
        rgba[..., 3] = 255
        return rgba

    def look_at(self, middle: PointLps, radius_mm: float) -> None:
        """Turn to a patient position, from so far away that a ball of `radius_mm` around it is seen."""
        camera = self._renderer.GetActiveCamera()
        direction = np.array(camera.GetDirectionOfProjection())
        away = radius_mm / float(np.sin(np.radians(_VIEW_ANGLE / 2)))
        camera.SetFocalPoint(*middle)
        camera.SetPosition(*(np.array(middle) - direction * away).tolist())

    def look_from(self, letter: str) -> None:
        """Look from a side of the patient, `A`, `P`, `L`, `R`, `S` or `I`, at what is looked at now."""
        towards, up = _VIEWS[letter]
        camera = self._renderer.GetActiveCamera()
        middle = np.array(camera.GetFocalPoint())
        camera.SetPosition(*(middle + np.array(towards) * camera.GetDistance()).tolist())
        camera.SetViewUp(*up)

    def orbit(self, right_deg: float, down_deg: float) -> None:
        """Turn the scene under the hand by so many degrees."""
        camera = self._renderer.GetActiveCamera()
        camera.Azimuth(-right_deg)
        camera.Elevation(down_deg)
        camera.OrthogonalizeViewUp()

    def zoom(self, factor: float) -> None:
        """Go nearer by a factor."""
        camera = self._renderer.GetActiveCamera()
        distance = min(max(camera.GetDistance() / factor, _CLOSEST), _FARTHEST)
        middle, direction = np.array(camera.GetFocalPoint()), np.array(camera.GetDirectionOfProjection())
        camera.SetPosition(*(middle - direction * distance).tolist())

    def pan(self, right: float, down: float) -> None:
        """Move the scene by so many pixels."""
        camera = self._renderer.GetActiveCamera()
        seen = 2 * camera.GetDistance() * float(np.tan(np.radians(_VIEW_ANGLE / 2)))
        mm = seen / max(min(self._window.GetSize()), 1)
        screen_right, screen_down = self.screen_axes()
        moved = -(right * screen_right + down * screen_down) * mm
        camera.SetFocalPoint(*(np.array(camera.GetFocalPoint()) + moved).tolist())
        camera.SetPosition(*(np.array(camera.GetPosition()) + moved).tolist())

    def screen_axes(self) -> tuple[Vector, Vector]:
        """Return the unit vectors (LPS) to the right and down on the screen; their cross product looks away from us."""
        camera = self._renderer.GetActiveCamera()
        ahead = np.array(camera.GetDirectionOfProjection())
        right = np.cross(ahead, np.array(camera.GetViewUp()))
        right /= np.linalg.norm(right)
        return right, np.cross(ahead, right)

    def pixel_of(self, point: PointLps) -> tuple[float, float]:
        """Return where a patient position is seen."""
        self._renderer.SetWorldPoint(*point, 1.0)
        self._renderer.WorldToDisplay()
        x, y, _ = self._renderer.GetDisplayPoint()
        return x, self._window.GetSize()[1] - y

    def shape_at(self, x: float, y: float, names: frozenset[str]) -> str:
        """Return which of the named bodies is seen at a pixel, or an empty string; cuts hide what is behind them."""
        picker = vtkCellPicker()
        picker.SetTolerance(_PICK_TOLERANCE)
        picker.PickFromListOn()
        actors = {name: self._shapes[name].actor for name in names if name in self._shapes}
        for actor in (*actors.values(), *(cut.actor for cut in self._cuts.values())):
            picker.AddPickList(actor)
        picker.Pick(x, self._window.GetSize()[1] - y, 0.0, self._renderer)
        return next((name for name, actor in actors.items() if actor is picker.GetActor()), "")


def _headlight() -> vtkLight:
    light = vtkLight()
    light.SetLightTypeToHeadlight()
    return light
