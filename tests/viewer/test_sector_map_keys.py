"""The sector map by keyboard: every sector can be reached, heard and chosen, for a new lesion and for one moved."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.report import Report
from core.sectors import Sector, sectors
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer.lesion_dialogs import SectorDialog
from viewer.main_window import MainWindow
from viewer.sector_map_widget import SectorMapWidget
from viewer.theme import apply_theme

Key = Qt.Key
_ARROWS = (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down)


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> None:
    apply_theme(qapp)


def _focused_map(qtbot: QtBot) -> SectorMapWidget:
    drawn = SectorMapWidget()
    qtbot.addWidget(drawn)
    drawn.resize(700, 250)
    drawn.show()
    drawn.setFocus()
    qtbot.waitUntil(drawn.hasFocus)
    return drawn


def test_arrow_keys_go_to_the_neighbouring_sector_and_enter_chooses_it(qtbot: QtBot) -> None:
    drawn, chosen = _focused_map(qtbot), list[Sector]()
    drawn.show_marks({}, "right-mid-PZpm")
    drawn.sector_chosen.connect(chosen.append)
    drawn.clearFocus()
    drawn.setFocus()
    assert drawn.accessibleDescription() == "Right mid PZpm"
    QTest.keyClick(drawn, Key.Key_Right)
    assert drawn.accessibleDescription() == "Left mid PZpm"
    assert chosen == []
    QTest.keyClick(drawn, Key.Key_Return)
    assert [one.label for one in chosen] == ["Left mid PZpm"]


def test_every_sector_can_be_reached_from_the_first_one(qtbot: QtBot) -> None:
    drawn = _focused_map(qtbot)
    labels = {one.label: one.key for one in sectors().values()}
    first = labels[drawn.accessibleDescription()]
    reached, waiting = {first}, [first]
    while waiting:
        here = waiting.pop()
        for arrow in _ARROWS:
            drawn.clearFocus()
            drawn.show_marks({}, here)
            drawn.setFocus()
            QTest.keyClick(drawn, arrow)
            there = labels[drawn.accessibleDescription()]
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    assert reached == set(sectors())


def test_the_sector_of_a_new_lesion_is_asked_for_with_the_keys_on_the_map(qtbot: QtBot) -> None:
    dialog = SectorDialog()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(dialog.sector_map.hasFocus)
    first = dialog.sector_map.accessibleDescription()
    QTest.keyClick(dialog.sector_map, Key.Key_Down)
    named = dialog.sector_map.accessibleDescription()
    assert named != first
    QTest.keyClick(dialog.sector_map, Key.Key_Return)
    assert dialog.result() == SectorDialog.DialogCode.Accepted
    assert dialog.sector is not None
    assert dialog.sector.label == named


@pytest.fixture
def window(ws: Workspace, opened: OpenStudy, report: Report) -> Iterator[MainWindow]:
    """The reading room with the report's two lesions."""
    shown = MainWindow(ws)
    shown.show()
    shown.show_study(opened)
    assert shown.reading.session is not None
    shown.reading.session.edit(lambda _report: report, what="findings")
    yield shown
    shown.close()
    shown.deleteLater()


def test_a_key_goes_to_the_sector_map_and_the_lesion_is_moved_without_a_mouse(window: MainWindow, qtbot: QtBot) -> None:
    room = window.reading
    assert room.session is not None
    lesion = room.session.report.lesions[0]
    room.panel.lesions.select(lesion.tracking_uid)
    hints = [label.text() for label in room.panel.findChildren(QLabel) if label.text().startswith("Click or press")]
    assert hints == [f"Click or press S to place {lesion.label}"]
    room.grid.setFocus()
    QTest.keyClick(room.grid, Key.Key_S)
    drawn = room.panel.lesions.sector_map
    qtbot.waitUntil(drawn.hasFocus)
    assert drawn.accessibleDescription().startswith(lesion.sector.label)
    QTest.keyClick(drawn, Key.Key_Down)
    QTest.keyClick(drawn, Key.Key_Up)
    QTest.keyClick(drawn, Key.Key_Left)
    wanted = drawn.accessibleDescription().split(":")[0]
    QTest.keyClick(drawn, Key.Key_Return)
    moved = room.session.report.lesion(lesion.tracking_uid)
    assert moved.sector.label == wanted != lesion.sector.label
    assert room.grid.hasFocus()
