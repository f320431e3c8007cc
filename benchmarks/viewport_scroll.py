"""Time from a wheel notch to five painted viewports, with gland and lesions, on made-up volumes of real sizes.

Run with `python benchmarks/viewport_scroll.py [--size 1920x1080] [--notches 200]`; QT_QPA_PLATFORM=offscreen needs no
screen. Prints median, 95th percentile and worst in milliseconds.
"""

import argparse
import statistics
import time

import numpy as np
from highdicom import Volume
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from core.pirads import PIRADS_COLOURS, Category
from core.study import Role, RoleChoice, Series, Stack
from service.reading import LoadedSeries
from viewer.overlays import LesionOverlay, Overlays
from viewer.reading_grid import ReadingGrid
from viewer.theme import apply_theme

_FRAME = "1.2.826.0.1"
_TILT = np.radians(18.6)
_TILTED = np.array([[1, 0, 0], [0, np.cos(_TILT), np.sin(_TILT)], [0, -np.sin(_TILT), np.cos(_TILT)]])
_AXIAL = _TILTED @ np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]])
_SAGITTAL = np.array([[-1, 0, 0], [0, 0, 1], [0, -1, 0]])
_CORONAL = _TILTED @ np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0]])
_STACKS = {
    Role.T2_AXIAL: (_AXIAL, (3.0, 0.5, 0.5), (30, 384, 384)),
    Role.ADC: (_AXIAL, (3.0, 2.0, 2.0), (30, 128, 84)),
    Role.HIGH_B: (_AXIAL, (3.0, 2.0, 2.0), (30, 128, 84)),
    Role.T2_SAGITTAL: (_SAGITTAL, (3.6, 0.56, 0.56), (19, 320, 320)),
    Role.T2_CORONAL: (_CORONAL, (3.0, 0.6, 0.6), (15, 320, 320)),
}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", default="1920x1080")
    options.add_argument("--notches", type=int, default=200)
    chosen = options.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    app = QApplication([])
    apply_theme(app)
    grid = _shown_grid(width, height)
    for role in (Role.T2_AXIAL, Role.ADC, Role.T2_SAGITTAL):
        times = sorted(_notch(app, grid, role, -1 if n // 12 % 2 else 1) for n in range(chosen.notches))
        p95 = times[int(0.95 * len(times))]
        print(f"{role}: median {statistics.median(times):.1f} ms, p95 {p95:.1f} ms, worst {times[-1]:.1f} ms")


def _notch(app: QApplication, grid: ReadingGrid, role: Role, notches: int) -> float:
    view = grid.viewport(role)
    at, none = QPointF(view.width() / 2, view.height() / 2), Qt.KeyboardModifier.NoModifier
    place, phase = QPointF(view.mapToGlobal(at)), Qt.ScrollPhase.NoScrollPhase
    turn = QWheelEvent(at, place, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, none, phase, False)
    started = time.perf_counter()
    app.sendEvent(view, turn)
    app.processEvents()
    return 1000 * (time.perf_counter() - started)


def _shown_grid(width: int, height: int) -> ReadingGrid:
    noise = np.random.default_rng(0)
    series = [LoadedSeries(_choice(role), _volume(noise, *stack)) for role, stack in _STACKS.items()]
    grid = ReadingGrid()
    grid.resize(width, height)
    grid.show_study(series)
    assert series[0].volume is not None
    grid.set_overlays(_overlays(series[0].volume))
    grid.show()
    QApplication.processEvents()
    grid.frame_gland()
    QApplication.processEvents()
    return grid


def _choice(role: Role) -> RoleChoice:
    return RoleChoice(role, (Stack(Series("1.2", "MR", 4, "benchmark", _FRAME, ()), ()),), "benchmark")


def _volume(
    noise: np.random.Generator, axes: np.ndarray, spacing: tuple[float, float, float], shape: tuple[int, int, int]
) -> Volume:
    affine = np.eye(4)
    affine[:3, :3] = axes * spacing
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    array = noise.integers(0, 1200, shape).astype(np.int16)
    return Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=_FRAME)


def _overlays(t2: Volume) -> Overlays:
    def ball(middle: tuple[int, int, int], radius_mm: float) -> Volume:
        away = [(np.arange(n) - m) * mm for n, m, mm in zip(t2.spatial_shape, middle, t2.spacing, strict=True)]
        k, j, i = np.ix_(*away)
        return t2.with_array((k**2 + j**2 + i**2 < radius_mm**2).astype(np.uint8))

    places = ((15, 220, 170), (16, 200, 230), (13, 170, 190), (18, 185, 160))
    lesions = tuple(
        LesionOverlay(f"1.{n}", f"L{n} · PI-RADS 4 · AI 0.81", PIRADS_COLOURS[Category.FOUR], ball(place, 8.0))
        for n, place in enumerate(places, 1)
    )
    return Overlays(ball((15, 192, 192), 26.0), lesions, "1.1")


if __name__ == "__main__":
    main()
