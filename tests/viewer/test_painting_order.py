"""Which viewport is painted first when the reader scrolls, and how often the others are."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.study import Role
from service.reading import LoadedSeries
from viewer.reading_grid import ReadingGrid
from viewer.viewport import Viewport

_NONE = Qt.KeyboardModifier.NoModifier


class _Painted(QObject):
    """Writes down which viewport is painted."""

    def __init__(self, grid: ReadingGrid) -> None:
        super().__init__(grid)
        self.order: list[QObject] = []
        for view in grid.viewports:
            view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See each paint event."""
        if event.type() is QEvent.Type.Paint:
            self.order.append(watched)
        return False


@pytest.fixture
def grid(qtbot: QtBot, phantoms: Any) -> ReadingGrid:
    """Three linked series, painted."""
    shapes: dict[Role, dict[str, Any]] = {
        Role.T2_AXIAL: {},
        Role.ADC: {},
        Role.T2_SAGITTAL: {"axes": "LIP", "origin": (0, 0, 30)},
    }
    grid = ReadingGrid()
    qtbot.addWidget(grid)
    grid.resize(900, 600)
    grid.show()
    qtbot.waitExposed(grid)
    grid.show_study(
        [
            LoadedSeries(phantoms.choice(role), phantoms.positions(phantoms.affine(**shape), (15, 60, 60)))
            for role, shape in shapes.items()
        ]
    )
    grid.set_free_grid(1, 3)
    QApplication.processEvents()
    return grid


def _notch(view: Viewport) -> QWheelEvent:
    at, phase = QPointF(50, 50), Qt.ScrollPhase.NoScrollPhase
    place = QPointF(view.mapToGlobal(at))
    return QWheelEvent(at, place, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, _NONE, phase, False)


def _scrolls(view: Viewport) -> None:
    QApplication.sendEvent(view, _notch(view))


def _steps(view: Viewport) -> None:
    QTest.keyClick(view.window(), Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)


@pytest.mark.parametrize("act", [_scrolls, _steps])
def test_the_viewport_that_is_used_is_painted_before_the_others(
    grid: ReadingGrid, qtbot: QtBot, mouse: Any, act: Callable[[Viewport], None]
) -> None:
    used = grid.viewports[1]
    mouse.click(used, QPointF(20, 20))
    QApplication.processEvents()
    painted = _Painted(grid)
    act(used)
    qtbot.waitUntil(lambda: set(painted.order) == set(grid.viewports))
    assert painted.order[0] is used
    assert len(painted.order) == 3


def test_a_burst_of_notches_paints_every_viewport_once_and_on_the_last_slice(grid: ReadingGrid, qtbot: QtBot) -> None:
    axial, adc, _ = grid.viewports
    before = axial.state.slice_index
    painted = _Painted(grid)
    for _ in range(5):
        QApplication.postEvent(axial, _notch(axial))
    qtbot.waitUntil(lambda: set(painted.order) == set(grid.viewports))
    assert painted.order[0] is axial
    assert len(painted.order) == 3
    assert axial.state.slice_index == adc.state.slice_index == before - 5


def test_viewports_that_wait_are_painted_though_another_layout_is_chosen(grid: ReadingGrid, qtbot: QtBot) -> None:
    _scrolls(grid.viewports[0])
    grid.set_free_grid(1, 2)
    painted = _Painted(grid)
    qtbot.waitUntil(lambda: set(painted.order) == set(grid.viewports))
    qtbot.waitUntil(lambda: all(view.updatesEnabled() for view in grid.viewports))


def test_what_waits_is_painted_when_it_is_shown_alone(grid: ReadingGrid, qtbot: QtBot) -> None:
    painted = _Painted(grid)
    _scrolls(grid.viewports[0])
    grid.toggle_maximised(grid.viewports[2])
    qtbot.waitUntil(lambda: grid.viewports[2] in painted.order)
    assert grid.viewports[2].updatesEnabled()
