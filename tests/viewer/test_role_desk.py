"""A reader says what a series is for: asked where it is open, or by the menu of the series strip."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pydicom
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QRadioButton

from core.study import Role
from service.corrections import remembered
from service.reading import OpenStudy, open_folder, picture_of
from service.workspace import Workspace
from viewer.hanging_match import Offer, Slot
from viewer.notice import Notice
from viewer.reading_grid import ReadingGrid
from viewer.role_desk import RoleDesk
from viewer.role_dialog import RoleDialog
from viewer.series_strip import SeriesStrip


@pytest.fixture(scope="module")
def unsure(phantom_study: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> OpenStudy:
    """The phantom whose ADC map is named nowhere, without the DWI that it could be fitted from."""
    folder = tmp_path_factory.mktemp("unsure")
    for path in phantom_study.folder.rglob("*.dcm"):
        image = pydicom.dcmread(path)
        if image.SeriesNumber == 5:
            continue
        if image.SeriesNumber == 6:
            image.ImageType = ["DERIVED", "SECONDARY"]
            image.SeriesDescription = image.ProtocolName = "N/A"
        image.save_as(folder / f"{image.SOPInstanceUID}.dcm")
    return open_folder(folder)


@pytest.fixture
def notice(qtbot: Any) -> Notice:
    shown = Notice()
    qtbot.addWidget(shown)
    return shown


@pytest.fixture
def desk(ws: Workspace, notice: Notice) -> RoleDesk:
    return RoleDesk(ws, notice, notice)


def test_an_open_role_is_said_when_the_study_opens(desk: RoleDesk, notice: Notice, unsure: OpenStudy) -> None:
    desk.show_study(unsure)
    assert notice.sentence == "It is not certain which series is the ADC map: no header says which series it is."


def test_a_study_without_questions_says_nothing(desk: RoleDesk, notice: Notice, prostatex_0000: Path) -> None:
    desk.show_study(open_folder(prostatex_0000))
    assert notice.sentence == ""


def test_the_dialog_shows_each_candidate_and_proposes_none(qtbot: Any, unsure: OpenStudy) -> None:
    question = unsure.recognised.questions[0]
    dialog = RoleDialog(question, picture_of)
    qtbot.addWidget(dialog)
    ok, radio = dialog.findChild(QPushButton, "roleOkButton"), dialog.findChild(QRadioButton, "candidate0")
    assert (dialog.chosen, ok.isEnabled()) == (None, False)
    assert radio.text() == "Se 6 · N/A · confidence 50 %"
    qtbot.mouseClick(radio, Qt.MouseButton.LeftButton, pos=QPoint(8, radio.height() // 2))
    assert ok.isEnabled()
    assert dialog.chosen is question.candidates[0]


def test_that_what_readers_said_is_lost_is_told_when_the_study_is_opened(
    desk: RoleDesk, notice: Notice, unsure: OpenStudy
) -> None:
    desk.show_study(replace(unsure, told="What readers chose was damaged; the old file is kept."))
    assert notice.sentence == "What readers chose was damaged; the old file is kept."


def test_use_as_is_remembered_and_the_study_read_again(
    qtbot: Any, ws: Workspace, desk: RoleDesk, notice: Notice, unsure: OpenStudy
) -> None:
    desk.show_study(unsure)
    reread = QSignalSpy(desk.reread_wanted)
    (offer,) = [Offer(choice) for choice in unsure.others if choice.stack.series.number == 6]
    _choose(desk, notice, offer, "use_as_adc")
    assert [correction.role for correction in remembered(ws)] == [Role.ADC]
    assert reread.at(0) == [unsure.recognised.study.study_instance_uid]
    _choose(desk, notice, offer, "forgetRole")
    assert remembered(ws) == ()
    assert reread.count() == 2


def test_what_was_made_here_or_is_of_a_prior_has_no_menu(desk: RoleDesk, notice: Notice, unsure: OpenStudy) -> None:
    desk.show_study(unsure)
    desk.show_menu(Offer(unsure.series[0].choice, prior="2020-01-01"), QPoint())
    assert notice.findChild(QMenu, "roleMenu") is None


@pytest.mark.parametrize("reason", [QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard])
def test_the_strip_asks_for_the_menu_of_a_series(qtbot: Any, unsure: OpenStudy, reason: Any) -> None:
    strip = SeriesStrip()
    qtbot.addWidget(strip)
    strip.resize(1000, 70)
    strip.show_offers([Offer(one.choice) for one in unsure.series])
    strip.show()
    strip.setCurrentIndex(strip.model().index(1, 0))
    asked = QSignalSpy(strip.menu_wanted)
    at = strip.visualRect(strip.model().index(1, 0)).center()
    QApplication.sendEvent(strip.viewport(), QContextMenuEvent(reason, at, strip.viewport().mapToGlobal(at)))
    assert asked.count() == 1
    assert asked.at(0)[0].choice == unsure.series[1].choice


def _choose(desk: RoleDesk, notice: Notice, offer: Offer, name: str) -> None:
    desk.show_menu(offer, QPoint(0, 0))
    menu = notice.findChild(QMenu, "roleMenu")
    actions = {action.objectName(): action for one in (menu, *menu.findChildren(QMenu)) for action in one.actions()}
    actions[name].trigger()
    menu.close()
    menu.setParent(None)


def test_the_pane_of_an_open_role_waits_and_does_not_say_that_the_study_lacks_it(qtbot: Any, unsure: OpenStudy) -> None:
    grid = ReadingGrid()
    qtbot.addWidget(grid)
    adc = next(n for n, slot in enumerate(_hung_slots(grid, unsure, ())) if slot.role == Role.ADC)
    assert grid.viewports[adc].accessibleName() == "No ADC in this study"

    _hung_slots(grid, unsure, [question.role for question in unsure.recognised.questions])

    assert grid.viewports[adc].accessibleName() == "Waits for your choice: it is not certain which series this is"


def _hung_slots(grid: ReadingGrid, opened: OpenStudy, open_roles: Collection[Role]) -> tuple[Slot, ...]:
    grid.show_study(opened.series, open_roles=open_roles)
    return tuple(slot for slot in grid.arrangement.slots if not slot.view)
