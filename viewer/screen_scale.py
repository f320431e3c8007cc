"""The smallest window, and a scale of the screen at which there is room for it."""

import os
import sys

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication

LEAST = QSize(1280, 600)
"""The smallest window in which all that is written has room (logical pixels)."""

_ROOM = LEAST + QSize(0, 70)
"""What it needs with its title bar, and beside a panel that a Wayland desktop does not count."""
_SCALE = "QT_SCALE_FACTOR"


def has_display() -> bool:
    """Tell whether there is a screen to open a window on."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def fit_screen() -> None:
    """Where the primary screen has no room for the smallest window at its scale, take the largest scale that has.

    To be called before there is any object of Qt: with the application that looks at the screen all others would end.
    """
    if not has_display():
        return
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QGuiApplication(["prosector"])
    seen = app.primaryScreen().availableSize() if app.screens() and app.platformName() != "offscreen" else _ROOM
    app.shutdown()
    share = min(seen.width() / _ROOM.width(), seen.height() / _ROOM.height())
    if share < 1:
        os.environ[_SCALE] = str(float(os.environ.get(_SCALE) or 1) * share)
