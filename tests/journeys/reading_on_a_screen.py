"""Run as a program: the workstation on the screen of its environment, driven from inside, and what came of it.

`python reading_on_a_screen.py SETTINGS STUDY OUT` starts it as `prosector open --study` does, and writes to `OUT` what
the screen shows (`screen.png`), what the views painted (`t2.png`, `3d.png`), and `facts.json`.
"""

import json
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.study import Role
from viewer import app
from viewer.journey import Journey
from viewer.main_window import MainWindow
from viewer.shortcuts_dialog import ShortcutsDialog
from viewer.view_3d import View3D


def _read(window: MainWindow, out: Path) -> dict[str, object]:
    journey, grid = Journey(window), window.reading.grid
    journey.wait_for_images()
    grid.choose("mpr-3d", 0)
    journey.settle()
    (solid,) = grid.findChildren(View3D)
    journey.wait(lambda: solid.canvas.picture is not None, "the 3D view", 60)
    t2 = grid.viewport(Role.T2_AXIAL)
    before = t2.state.slice_index
    _turn_wheel(journey, t2)
    QTest.mousePress(solid.canvas, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    QTest.mouseMove(solid.canvas, QPoint(90, 60))
    QTest.mouseRelease(solid.canvas, Qt.MouseButton.LeftButton, pos=QPoint(90, 60))
    _rest(journey)
    t2.grab().save(str(out / "t2.png"))
    solid.canvas.grab().save(str(out / "3d.png"))
    _screen(out).save(str(out / "screen.png"))
    keys = _keys(journey, window)
    assert window.reading.monitors.open_monitor_window() is not None
    _rest(journey)  # it is still open when the window closes
    platform = QGuiApplication.platformName()
    return {"platform": platform, "scrolled": t2.state.slice_index - before, "keys_fit": keys}


def _turn_wheel(journey: Journey, view: QWidget) -> None:
    place = QPointF(view.rect().center())
    none, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(place, QPointF(view.mapToGlobal(place)), QPoint(), QPoint(0, -120), button, none, phase, False)
    QApplication.sendEvent(view, event)
    journey.settle()


def _keys(journey: Journey, window: MainWindow) -> bool:
    window.show_shortcuts()
    _rest(journey)
    dialog = journey.find(ShortcutsDialog, "shortcutsDialog", window)
    inside = dialog.isVisible() and dialog.height() <= dialog.screen().availableGeometry().height()
    dialog.reject()
    journey.settle()
    return inside


def _rest(journey: Journey) -> None:
    """Let the screen show what was painted."""
    waited = QTimer(singleShot=True, interval=300)
    waited.start()
    journey.wait(lambda: not waited.isActive(), "a moment", 5)


def _screen(out: Path) -> QImage:
    """Return what is on the screen; on Wayland only the compositor's own tool may look at it."""
    if QGuiApplication.platformName() != "wayland":
        return QGuiApplication.primaryScreen().grabWindow(0).toImage()
    subprocess.run(["weston-screenshooter"], cwd=out, check=True)
    return QImage(str(next(out.glob("wayland-screenshot-*.png"))))


def main(settings: Path, study: Path, out: Path) -> int:
    """Start, read, close, and return the exit status of the workstation."""

    def drive() -> None:
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        try:
            facts = _read(window, out)
            (out / "facts.json").write_text(json.dumps(facts), "utf-8")
        finally:
            window.close()

    application = app.create_app()
    QTimer.singleShot(0, application, drive)
    return app.run(settings, study)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
