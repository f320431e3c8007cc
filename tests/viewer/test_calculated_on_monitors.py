"""Calculated b-values and DCE maps hang on the other monitors as they do on the first one."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QSlider
from pytestqt.qtbot import QtBot

from core.study import Role
from service.reading import OpenStudy, open_folder
from service.workspace import Workspace
from viewer.dce_images import DceImage
from viewer.main_window import MainWindow
from viewer.monitor_window import MonitorWindow
from viewer.reading_grid import ReadingGrid
from viewer.theme import apply_theme
from viewer.viewport import Viewport


@pytest.fixture(scope="module")
def diffusion(phantom_study: SimpleNamespace) -> OpenStudy:
    """The phantom, opened."""
    return open_folder(phantom_study.folder)


@pytest.fixture(scope="module")
def dynamic(made_phantom: Callable[..., SimpleNamespace]) -> OpenStudy:
    """The phantom with a dynamic series, opened."""
    return open_folder(made_phantom(0, dce=True).folder)


@pytest.fixture
def window(ws: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """The window of a workstation."""
    apply_theme(qapp)
    shown = MainWindow(ws)
    shown.resize(1366, 768)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    shown.deleteLater()


def _monitor(window: MainWindow) -> MonitorWindow:
    opened = window.reading.monitors.open_monitor_window()
    assert opened is not None
    return opened


def _hang(grid: ReadingGrid, role: Role) -> Viewport:
    view = grid.viewports[0]
    grid.hang_in(view, next(offer for offer in grid.offers if offer.shows(role)))
    return view


def _same(first: Viewport, second: Viewport) -> bool:
    return first.hung is not None and second.hung is not None and first.hung.volume is second.hung.volume


def test_a_calculated_b_value_hangs_on_another_monitor_follows_the_slider_and_goes_again(
    window: MainWindow, diffusion: OpenStudy, qtbot: QtBot
) -> None:
    window.show_study(diffusion)
    first = window.reading.grid.viewport(Role.HIGH_B)
    before = _monitor(window)
    acquired = _hang(before.grid, Role.HIGH_B)
    assert _same(first, acquired)
    panel = window.reading.looking.computed
    panel.findChild(QCheckBox, "computedBSwitch").click()
    acquired_volume = diffusion.volume(Role.HIGH_B)
    assert first.hung is not None
    assert first.hung.volume is not acquired_volume
    assert _same(first, acquired)
    panel.findChild(QSlider, "computedBSlider").setValue(50)
    assert _same(first, acquired)
    later = _monitor(window)  # opened while the calculated image is on
    assert _same(first, _hang(later.grid, Role.HIGH_B))
    later.close()
    QApplication.processEvents()
    panel.findChild(QCheckBox, "computedBSwitch").click()
    assert _same(first, acquired)
    assert first.hung is not None
    assert first.hung.volume is acquired_volume


def test_a_dce_map_hangs_on_another_monitor(window: MainWindow, dynamic: OpenStudy, qtbot: QtBot) -> None:
    window.show_study(dynamic)
    desk = window.reading.looking.dce
    qtbot.waitUntil(lambda: desk.series is not None, timeout=60_000)
    there = _hang(_monitor(window).grid, Role.SUBTRACTION)
    qtbot.waitUntil(lambda: there.hung is not None, timeout=30_000)
    desk.show_image(DceImage.WASH_OUT)
    wanted = desk.hung(window.reading.grid.study.reference)
    assert wanted is not None
    assert there.hung is not None
    assert np.array_equal(there.hung.volume.array, wanted.volume.array, equal_nan=True)
    assert there.hung.caption == wanted.caption
