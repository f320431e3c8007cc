"""Whether this machine can draw in three dimensions, found out in a process that may die of it.

Where OpenGL is missing, too old or broken, VTK does not raise but ends the process with a segmentation fault.
"""

import sys

from core.errors import ProsectorError, WorkerDied
from core.progress import Progress
from inference.spawned import run_in_child
from viewer.language import tr

_KINDS = {
    "win32": ("vtkWin32OpenGLRenderWindow",),
    "darwin": ("vtkCocoaRenderWindow",),
}
_LINUX_KINDS = ("vtkEGLRenderWindow", "vtkXOpenGLRenderWindow", "vtkOSOpenGLRenderWindow")
"""EGL first: it needs no display, so that X11, Wayland and no screen at all are one case."""

BACKGROUND = (10, 12, 16)
"""The colour behind everything (RGB): dark, but not the black that is read where nothing was drawn."""


class NoOpenGL(ProsectorError):
    """Nothing can be drawn in three dimensions on this machine."""


def usable_window(progress: Progress) -> str:
    """Return the VTK class of a render window that draws here; raises `NoOpenGL`, or what `progress` raises."""
    for kind in _KINDS.get(sys.platform, _LINUX_KINDS):
        progress.report(0.0, tr("Looking for OpenGL"))
        if _draws(kind, progress):
            return kind
    raise NoOpenGL(
        tr(
            "3D cannot be shown: this machine has no OpenGL 3.2 that works. Ask whoever "
            "looks after it for a graphics driver or Mesa's software one (libegl1, "
            "libgl1-mesa-dri); all else works without it."
        )
    )


def _draws(kind: str, progress: Progress) -> bool:
    try:
        return run_in_child(draw_once, kind, progress)
    except WorkerDied:
        return False


def draw_once(kind: str, progress: Progress) -> bool:
    """Tell whether an empty scene is drawn and read back; in a process of its own, which this may end."""
    from vtkmodules.vtkCommonCore import vtkObject

    from viewer.render.scene import Scene

    vtkObject.GlobalWarningDisplayOff()
    scene = Scene(kind)
    try:
        return scene.frame(16, 16) is not None
    finally:
        scene.close()
