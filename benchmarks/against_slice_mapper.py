"""A plane of the MPR against a bare `vtkImageSliceMapper` view of the same 512³ volume, at the same size.

Run with `python benchmarks/against_slice_mapper.py [--size 697x472] [--frames 100]`; QT_QPA_PLATFORM=offscreen needs
no screen. Both are widgets that scroll through the middle of the volume, with each frame to a slice that was not shown
before, in turns of ten frames, so that a busy machine slows both; a frame counts from the event to the painted widget.
Theirs is the slice alone, drawn off screen by OpenGL without multisampling and painted as an image, for VTK's own Qt
widget does not run everywhere that ours does. Ours is the pane with its words and lines, first without marks, then
with a gland and three lesions. Prints milliseconds of wall and of CPU time, and ours in shares of theirs.
"""

import argparse
import itertools
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 - without it VTK has no window to draw in
from highdicom import Volume
from mpr_scroll import SIDE, made_up_volume, notch, shown_mpr
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkImageSlice, vtkImageSliceMapper, vtkRenderer, vtkRenderWindow

from viewer.mpr_view import MprView
from viewer.render.geometry import Plane
from viewer.theme import apply_theme

_ORIENTATION = {Plane.AXIAL: 2, Plane.SAGITTAL: 0, Plane.CORONAL: 1}
_TURN = 10


@dataclass
class _Times:
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, frame: Callable[[], object]) -> None:
        """Add one frame."""
        cpu, wall = time.process_time(), time.perf_counter()
        frame()
        self.wall.append(1000 * (time.perf_counter() - wall))
        self.cpu.append(1000 * (time.process_time() - cpu))


class _Bare(QWidget):
    """Slices of a volume in a render window, as plain as VTK has it."""

    def __init__(self, volume: Volume, plane: Plane, width: int, height: int) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(width, height)
        self._voxels = np.ascontiguousarray(volume.array)
        image = vtkImageData()
        image.SetDimensions(*self._voxels.shape[::-1])
        image.GetPointData().SetScalars(numpy_to_vtk(self._voxels.ravel(), deep=0))
        self._mapper = vtkImageSliceMapper()
        self._mapper.SetInputData(image)
        self._mapper.SetOrientation(_ORIENTATION[plane])
        actor = vtkImageSlice()
        actor.SetMapper(self._mapper)
        actor.GetProperty().SetColorWindow(1200)
        actor.GetProperty().SetColorLevel(600)
        renderer = vtkRenderer()
        renderer.AddViewProp(actor)
        self._window = vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SwapBuffersOff()
        self._window.SetSize(width, height)
        self._window.AddRenderer(renderer)
        self._pixels = vtkUnsignedCharArray()
        _look_along(renderer, plane)

    def go_to(self, slice_index: int) -> None:
        """Show one slice at the next paint event."""
        self._mapper.SetSliceNumber(slice_index)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the slice, read it back and paint it."""
        width, height = self._window.GetSize()
        self._window.Render()
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels)
        pixels = vtk_to_numpy(self._pixels)
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBX8888)
        painter = QPainter(self)
        painter.translate(0, height)
        painter.scale(1, -1)
        painter.drawImage(0, 0, image)
        painter.end()


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", default="697x472")
    options.add_argument("--frames", type=int, default=100)
    chosen = options.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    app = QApplication([])
    apply_theme(app)
    volume = made_up_volume()
    view = shown_mpr(volume, width, height)
    print(f"{width}×{height}, load average {os.getloadavg()[0]:.1f}")
    for plane in (Plane.AXIAL, Plane.SAGITTAL, Plane.CORONAL):
        view.toggle_maximised(view.pane(plane))
        view.resize(width, height + view.bar.height())
        bare = _Bare(volume, plane, width, height)
        bare.show()
        app.processEvents()
        assert view.pane(plane).size() == bare.size()
        for marked in (False, True):
            view.set_mark_display(visible=marked, peeking=False, opacity=0.6)
            ours, theirs = _compare(app, view, bare, plane, chosen.frames)
            _tell(f"{plane.name.lower()}, {'gland and lesions' if marked else 'no marks'}", ours, theirs)
        bare.close()
        view.toggle_maximised(view.pane(plane))


def _compare(app: QApplication, view: MprView, bare: _Bare, plane: Plane, frames: int) -> tuple[_Times, _Times]:
    ours, theirs = _Times(), _Times()

    def their_frame(slice_index: int) -> None:
        bare.go_to(slice_index)
        app.processEvents()

    middle, before_it = view.crosshair, frames // 2 + _TURN
    notch(app, view, plane, before_it)
    slices = itertools.count(SIDE // 2 - before_it)
    for turn in range(-1, frames // _TURN):  # the first one warms up
        mine, other = (ours, theirs) if turn >= 0 else (_Times(), _Times())
        for _ in range(_TURN):
            mine.measure(lambda: notch(app, view, plane, -1))
        for _ in range(_TURN):
            other.measure(lambda: their_frame(next(slices)))
    assert middle is not None
    view.set_crosshair(middle)
    return ours, theirs


def _tell(what: str, ours: _Times, theirs: _Times) -> None:
    wall = statistics.median(ours.wall), statistics.median(theirs.wall)
    cpu = statistics.mean(ours.cpu), statistics.mean(theirs.cpu)
    print(
        f"{what}: median {wall[0]:.1f} ms against {wall[1]:.1f} ms, ratio {wall[0] / wall[1]:.2f}; "
        f"fastest {min(ours.wall):.1f} against {min(theirs.wall):.1f}; "
        f"CPU {cpu[0]:.1f} against {cpu[1]:.1f}, ratio {cpu[0] / cpu[1]:.2f}"
    )


def _look_along(renderer: vtkRenderer, plane: Plane) -> None:
    """Fill the window with the slices of an orientation."""
    camera = renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    focus = np.array([255.5, 255.5, 255.5])
    axis = np.eye(3)[_ORIENTATION[plane]]
    camera.SetFocalPoint(*focus)
    camera.SetPosition(*(focus + 1000 * axis).tolist())
    camera.SetViewUp(*((0, -1, 0) if plane is Plane.AXIAL else (0, 0, 1)))
    camera.SetParallelScale(256 * 0.7)
    renderer.ResetCameraClippingRange()


if __name__ == "__main__":
    main()
