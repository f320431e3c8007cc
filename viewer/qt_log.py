"""What Qt says goes where everything else of the program is logged."""

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_HARMLESS = "This plugin does not support propagateSizeHints()"
"""Said by Qt's offscreen platform for every window: there is no window manager that could be told sizes."""


def log_qt_messages() -> None:
    """Send Qt's messages to the logger `qt` from now on, each with the level of its kind."""
    qInstallMessageHandler(log_qt_message)


def log_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Log one message, unless it is the one that is known to be harmless."""
    if text != _HARMLESS:
        _log.log(_LEVELS[kind], "%s", text)
