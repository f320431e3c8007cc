"""What Qt says is logged like everything else."""

import logging
import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType

from viewer.qt_log import log_qt_message

_PROGRAM = """
import logging
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QWidget
from viewer.app import create_app

logging.basicConfig(format="%(name)s %(levelname)s %(message)s")
app = create_app()
window = QWidget()
window.show()
window.setMinimumSize(300, 200)
app.processEvents()
qWarning("the screen went away")
"""


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        (QtMsgType.QtDebugMsg, logging.DEBUG),
        (QtMsgType.QtInfoMsg, logging.INFO),
        (QtMsgType.QtWarningMsg, logging.WARNING),
        (QtMsgType.QtCriticalMsg, logging.ERROR),
        (QtMsgType.QtFatalMsg, logging.CRITICAL),
    ],
)
def test_a_message_of_qt_is_logged_with_the_level_of_its_kind(
    kind: QtMsgType, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="qt"):
        log_qt_message(kind, QMessageLogContext(), "100 % of the screen went away")
    assert caplog.record_tuples == [("qt", level, "100 % of the screen went away")]


def test_a_headless_run_says_nothing_of_size_hints_and_everything_else() -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, env=environment)
    assert run.stderr.splitlines() == ["qt WARNING the screen went away"]
