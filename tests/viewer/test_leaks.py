"""Studies that are opened and closed leave nothing behind: no widget, volume, VTK object, timer, thread, connection."""

import gc
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from highdicom import Volume
from PySide6.QtCore import QEvent, QMetaMethod, QObject, QPointF, Qt, QThread, QTimer
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from vtkmodules.vtkCommonCore import vtkObjectBase

from core.report import Report
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer.jobs import Job
from viewer.main_window import MainWindow
from viewer.session import Session
from viewer.viewport import Viewport

_CYCLES = 10
_COUNTED = (Viewport, Session, Volume, vtkObjectBase, QTimer, QThread, QWidget)


@pytest.fixture
def window(ws: Workspace, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window on a small screen."""
    window = MainWindow(ws)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def restored(ws: Workspace, opened: OpenStudy, report: Report) -> OpenStudy:
    """A study whose draft has a gland and two lesions."""
    ws.drafts.save(report)
    return opened


def _settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.jobs.findChildren(Job), timeout=20_000)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()


def _alive(window: MainWindow) -> dict[str, int]:
    """Count what is alive, and what is connected to the window, its parts and the application."""
    app = QApplication.instance()
    assert app is not None
    parts = [app, window, *window.findChildren(QObject)]  # first: it makes Python objects of them
    gc.collect()
    objects = gc.get_objects()
    counts = {kind.__name__: sum(isinstance(one, kind) for one in objects) for kind in _COUNTED}
    counts["parts of the window"] = len(parts)
    counts["connections"] = sum(map(_connections, parts))
    counts["threads"] = sum(not thread.name.startswith("prosector-job") for thread in threading.enumerate())
    return counts


def _connections(sender: QObject) -> int:
    kind = sender.metaObject()
    methods = (kind.method(n) for n in range(kind.methodCount()))
    signals = [m.methodSignature().toStdString() for m in methods if m.methodType() is QMetaMethod.MethodType.Signal]
    return sum(sender.receivers(f"2{signal}") for signal in signals)  # "2" is what Qt's SIGNAL puts before a name


def _read(window: MainWindow, study: OpenStudy, qtbot: QtBot, mouse: Any) -> None:
    """Open a study, look at it as readers do, change the draft, and go back."""
    window.show_study(study)
    session, grid = window.reading.session, window.reading.grid
    assert session is not None
    mouse.wheel(grid.viewports[0], -1, QPointF(60, 60))
    for key in (Qt.Key.Key_O, Qt.Key.Key_O, Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Period, Qt.Key.Key_Comma):
        QTest.keyClick(grid, key)
        QApplication.processEvents()
    session.edit(lambda draft: draft, what="nothing")
    window.reading.looking.fusion.choose(window.reading.looking.fusion.sources[0])
    window.grab()
    QTest.mouseClick(window.reading.top.back, Qt.MouseButton.LeftButton)
    assert window.reading.session is None
    _settle(window, qtbot)


def _read_in_3d(window: MainWindow, study: OpenStudy, qtbot: QtBot, mouse: Any) -> None:
    """Open a study, cut it in three planes and see it in 3D, and go back."""
    window.show_study(study)
    before = window.reading.grid.arrangement.key.split("/")[0]
    window.reading.grid.choose("mpr-3d")
    _settle(window, qtbot)
    window.grab()
    window.reading.grid.choose(before)
    QTest.mouseClick(window.reading.top.back, Qt.MouseButton.LeftButton)
    _settle(window, qtbot)


@pytest.mark.parametrize("read", [_read, _read_in_3d])
def test_ten_studies_leave_nothing_behind(
    window: MainWindow,
    restored: OpenStudy,
    qtbot: QtBot,
    mouse: Any,
    read: Callable[[MainWindow, OpenStudy, QtBot, Any], None],
) -> None:
    for _ in range(2):  # makes what is made once and kept
        read(window, restored, qtbot, mouse)
    before = _alive(window)
    for _ in range(_CYCLES):
        read(window, restored, qtbot, mouse)
    after = _alive(window)
    # one that every study left would be ten by now; Qt's own animations come and go
    assert {what: (before[what], after[what]) for what in after if after[what] - before[what] >= _CYCLES} == {}


def test_a_session_ends_with_its_study(window: MainWindow, restored: OpenStudy, qtbot: QtBot) -> None:
    window.show_study(restored)
    session = window.reading.session
    assert session is not None
    assert _connections(session) > 5
    gone = QSignalSpy(session.destroyed)
    window.show_study(restored)
    _settle(window, qtbot)
    assert gone.count() == 1
    assert window.findChildren(Session) == [window.reading.session]
