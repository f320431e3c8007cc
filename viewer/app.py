"""Starting the window."""

import signal
import socket
import sys
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from core.errors import ProsectorError
from core.settings import load_settings
from service.notify import Courier
from service.orders import order_listener
from service.outbox_sender import OutboxSender
from service.workspace import Workspace, open_workspace
from viewer.language import install
from viewer.main_window import MainWindow
from viewer.qt_log import log_qt_messages
from viewer.theme import apply_theme


def create_app(arguments: Sequence[str] = ()) -> QApplication:
    """Return the application with its theme; the one that is there already when there is one.

    A new one sends Qt's messages to the logger `qt`.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        apply_theme(existing)
        return existing
    log_qt_messages()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(["prosector", *arguments])
    app.setApplicationName("Prosector")
    app.setDesktopFileName("prosector")
    install(app)
    apply_theme(app)
    return app


def run(settings_file: Path | None = None, study: Path | None = None) -> int:
    """Open the window and return its exit status; raises `SettingsInvalid`, `AuditFailed`, `CannotWrite`."""
    ws = open_workspace(load_settings(settings_file))
    try:
        return run_window(ws, study)
    finally:
        ws.close()


def run_window(ws: Workspace, study: Path | None = None) -> int:
    """Show the window of a workspace until it is closed."""
    app = create_app(sys.argv[1:])
    window = MainWindow(ws)
    window.resize(window.size().boundedTo(window.screen().availableSize()))  # once it is no longer maximised
    window.showMaximized()
    if study is not None:
        window.worklist.open_folder(study)
    with _closed_by_signals(window), _in_touch(ws, window):
        return app.exec()


@contextmanager
def _in_touch(ws: Workspace, window: MainWindow) -> Generator[None]:
    """Send what is signed while the window is there; tell RIS and EHR and take orders, where the site has them."""
    with ExitStack() as stack:
        stack.enter_context(OutboxSender(ws))
        stack.enter_context(Courier(ws))
        try:
            listener = order_listener(ws)
            if listener is not None:
                stack.enter_context(listener)
        except ProsectorError as error:  # reading goes on without orders
            window.worklist.notice.show_sentence(str(error))
        yield


@contextmanager
def _closed_by_signals(window: MainWindow) -> Generator[None]:
    """Let SIGTERM and SIGINT close the window as its reader would, with the draft saved; not on Windows.

    Python handles a signal only between two of its own instructions, and an idle window runs none. So the signal's
    number is also written to a socket, by which Qt's loop wakes up.
    """
    if sys.platform == "win32":
        yield
        return
    woken, waking = socket.socketpair()
    waking.setblocking(False)
    notifier = QSocketNotifier(woken.fileno(), QSocketNotifier.Type.Read)

    def close() -> None:
        woken.recv(64)
        if window.close():
            QApplication.quit()

    notifier.activated.connect(close)
    before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    handlers = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        woken.close()
        waking.close()
