"""Starting the window."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from core.settings import load_settings
from service.workspace import Workspace, open_workspace
from viewer.main_window import MainWindow
from viewer.theme import apply_theme


def create_app(arguments: Sequence[str] = ()) -> QApplication:
    """Return the application with its theme; the one that is there already when there is one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        apply_theme(existing)
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(["prosector", *arguments])
    app.setApplicationName("Prosector")
    app.setDesktopFileName("prosector")
    apply_theme(app)
    return app


def run(settings_file: Path | None = None, study: Path | None = None) -> int:
    """Open the window and return its exit status; raises `SettingsInvalid`, `AuditFailed`, `CannotWrite`."""
    if settings_file is not None:
        os.environ["PROSECTOR_SETTINGS"] = str(settings_file)
    ws = open_workspace(load_settings())
    try:
        return run_window(ws, study)
    finally:
        ws.close()


def run_window(ws: Workspace, study: Path | None = None) -> int:
    """Show the window of a workspace until it is closed."""
    app = create_app(sys.argv[1:])
    window = MainWindow(ws)
    window.showMaximized()
    if study is not None:
        window.worklist.import_folder(study)
    return app.exec()
