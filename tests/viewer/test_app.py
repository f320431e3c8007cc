"""Starting the window and ending it from outside: `prosector open --study`, SIGTERM and SIGINT."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.settings import Settings
from service.reading import OpenStudy
from service.workspace import open_workspace

_OPEN = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from core.settings import Settings
from viewer import app
from viewer.main_window import MainWindow

def type_a_psa():
    window = next((w for w in application.topLevelWidgets() if isinstance(w, MainWindow)), None)
    if window is None or window.reading.opened is None:
        return
    timer.stop()  # from here on the window is idle: no timer wakes Python
    window._timer.stop()
    window.reading.patient._psa.setText("7.8")
    print("read", QApplication.focusWidget() is window.reading.grid, flush=True)

application = app.create_app()
timer = QTimer()
timer.timeout.connect(type_a_psa)
timer.start(50)
sys.exit(app.run(Path(sys.argv[1]), Path(sys.argv[2])))
"""


@contextmanager
def _window(settings: Path, study: Path) -> Iterator[subprocess.Popen[str]]:
    """`prosector open --study` in a process of its own, with a PSA typed and not yet an edit once it says so."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", _OPEN, str(settings), str(study)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_study_named_on_the_command_line_is_opened_and_a_signal_closes_the_idle_window_with_its_draft_saved(
    study_folder: Path, opened: OpenStudy, tmp_path: Path, number: signal.Signals
) -> None:
    settings = tmp_path / "prosector.toml"
    settings.write_text(f'data_folder = "{tmp_path / "data"}"\n', "utf-8")
    with _window(settings, study_folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "read True\n"  # the keys are with the images
        time.sleep(1)
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
    ws = open_workspace(Settings(data_folder=tmp_path / "data"))
    draft = ws.drafts.load(opened.recognised.study.study_instance_uid, opened.recognised)
    ws.close()
    assert draft is not None
    assert draft.clinical.psa_ng_ml == 7.8
