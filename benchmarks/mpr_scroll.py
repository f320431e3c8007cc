"""Time from a wheel notch to painted planes of a 512³ volume in the MPR, with gland and lesions.

Run with `python benchmarks/mpr_scroll.py [--size 1000x1000] [--notches 100]`; QT_QPA_PLATFORM=offscreen needs no
screen. Prints median and 95th percentile in milliseconds of wall and, which a busy machine disturbs less, of CPU time:
for planes along the axes of the volume, turned in two panes (double-oblique), and as a slab. The size is that of the
MPR in the MPR + 3D layout of a 1920×1080 screen.
"""

import argparse
import os
import statistics
import time
from collections.abc import Sequence

import numpy as np
from highdicom import Volume
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from viewer.mpr_view import MprView
from viewer.overlays import LesionOverlay, Outlines, Overlays
from viewer.render.geometry import Plane
from viewer.render.lut import Window
from viewer.render.slab import Projection, Slab
from viewer.theme import apply_theme

SIDE = 512
_FRAME = "1.2.826.0.1"
_LESIONS = ((256, 300, 230), (270, 240, 200), (230, 280, 290))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", default="1000x1000")
    options.add_argument("--notches", type=int, default=100)
    chosen = options.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    app = QApplication([])
    apply_theme(app)
    view = shown_mpr(made_up_volume(), width, height)
    print(f"{width}×{height}, load average {os.getloadavg()[0]:.1f}")
    _measure(app, view, "along the axes", chosen.notches)
    for about in (Plane.AXIAL, Plane.SAGITTAL):
        view.turn(about, np.radians(20))
    _measure(app, view, "double-oblique", chosen.notches)
    view.straighten()
    view.set_slab(Slab(Projection.MIP, 5.0))
    _measure(app, view, "MIP of 5 mm", chosen.notches)


def made_up_volume() -> Volume:
    """Return 512³ voxels of noise, 0.4 mm apart."""
    affine = np.diag([0.4, 0.4, 0.4, 1.0])[[2, 1, 0, 3]]
    array = np.random.default_rng(0).integers(0, 1200, (SIDE,) * 3, np.int16)
    return Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=_FRAME)


def shown_mpr(volume: Volume, width: int, height: int) -> MprView:
    """Return an MPR on the screen, with a gland and three lesions."""
    view = MprView()
    view.resize(width, height)
    view.show_volume(volume, "Made up", Window(1200, 600))
    view.set_marks(Outlines().marks(_overlays(volume)))
    view.show()
    QApplication.processEvents()
    return view


def notch(app: QApplication, view: MprView, plane: Plane, notches: int) -> float:
    """Return the milliseconds from a wheel event to the painted planes."""
    pane = view.pane(plane)
    at, none = QPointF(30, 30), Qt.KeyboardModifier.NoModifier
    place, phase = QPointF(pane.mapToGlobal(at)), Qt.ScrollPhase.NoScrollPhase
    turn = QWheelEvent(at, place, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, none, phase, False)
    started = time.perf_counter()
    app.sendEvent(pane, turn)
    app.processEvents()
    return 1000 * (time.perf_counter() - started)


def told(times: Sequence[float]) -> str:
    """Return median and 95th percentile in words."""
    ranked = sorted(times)
    return f"median {statistics.median(ranked):.1f} ms, p95 {ranked[int(0.95 * len(ranked))]:.1f} ms"


def _measure(app: QApplication, view: MprView, how: str, notches: int) -> None:
    for plane in (Plane.AXIAL, Plane.SAGITTAL, Plane.CORONAL):
        wall: list[float] = []
        cpu: list[float] = []
        for n in range(notches):
            started = time.process_time()
            wall.append(notch(app, view, plane, -1 if n // 20 % 2 else 1))
            cpu.append(1000 * (time.process_time() - started))
        print(f"{how}, {plane.name.lower()}: {told(wall)}; CPU {told(cpu)}")


def _overlays(volume: Volume) -> Overlays:
    def ball(middle: tuple[int, int, int], radius: float) -> Volume:
        k, j, i = np.ix_(*[np.arange(SIDE) - m for m in middle])
        return volume.with_array((k**2 + j**2 + i**2 < radius**2).astype(np.uint8))

    lesions = tuple(
        LesionOverlay(f"1.{n}", f"L{n} · PI-RADS 4", (255, 159, 67), ball(place, 20.0))
        for n, place in enumerate(_LESIONS)
    )
    return Overlays(ball((256, 256, 256), 65.0), lesions, "1.0")


if __name__ == "__main__":
    main()
