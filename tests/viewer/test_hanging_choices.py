"""What a reader chose is there the next time: layouts by kind of study and monitor, dividers, and no one else's."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolButton

from core.study import Role
from service.reading import LoadedSeries
from viewer.choices import ChoiceStore, GridChoice, MonitorPlace, StageChoice
from viewer.layout_button import LayoutButton
from viewer.reading_grid import ReadingGrid

_PLACE = MonitorPlace(monitor=1, screen="DP-2", x=1920, y=0, width=800, height=600, maximised=True, is_open=True)


@pytest.fixture
def study(phantoms: Any) -> tuple[LoadedSeries, ...]:
    """T2, ADC and high-b in one frame of reference."""
    volume = phantoms.positions(phantoms.affine())
    return tuple(LoadedSeries(phantoms.choice(role), volume) for role in (Role.T2_AXIAL, Role.ADC, Role.HIGH_B))


def _grid(qtbot: Any, path: Path, reader: str = "Doe^Jane", monitor: int = 0) -> ReadingGrid:
    grid = ReadingGrid(choices=ChoiceStore(path, reader), monitor=monitor)
    qtbot.addWidget(grid)
    grid.resize(900, 600)
    grid.show()
    return grid


# The file


def test_choices_are_read_back_as_they_were_kept(tmp_path: Path) -> None:
    store = ChoiceStore(tmp_path / "choices.json", "Doe^Jane")
    store.keep_layout("adc", StageChoice(protocol="bpmri", stage=1))
    store.keep_layout("t2", GridChoice(rows=2, columns=3))
    store.keep_monitor(_PLACE)
    again = ChoiceStore(tmp_path / "choices.json", "Doe^Jane")
    assert again.mine == store.mine
    assert again.mine.layouts == {"adc": StageChoice(protocol="bpmri", stage=1), "t2": GridChoice(rows=2, columns=3)}
    assert (again.mine.monitors, again.problem) == ((_PLACE,), "")


def test_each_reader_has_choices_of_their_own(tmp_path: Path) -> None:
    ChoiceStore(tmp_path / "choices.json", "Doe^Jane").keep_monitor(_PLACE)
    other = ChoiceStore(tmp_path / "choices.json", "Roe^Richard")
    assert other.mine.monitors == ()
    other.keep_layout("adc", GridChoice(rows=1, columns=1))
    assert ChoiceStore(tmp_path / "choices.json", "Doe^Jane").mine.monitors == (_PLACE,)


@pytest.mark.parametrize("content", ["", "{", '{"readers": {"x": {"layouts": {"adc": {"rows": 9, "columns": 1}}}}}'])
def test_a_damaged_file_is_told_kept_aside_and_begun_anew(tmp_path: Path, content: str) -> None:
    path = tmp_path / "choices.json"
    path.write_text(content)
    store = ChoiceStore(path, "x")
    aside = tmp_path / "choices.damaged.json"
    assert store.problem == (f"Your choices of layouts were damaged and start anew; the old file is kept as {aside}.")
    assert aside.read_text() == content
    store.keep_monitor(_PLACE)
    assert ChoiceStore(path, "x").problem == ""


def test_a_file_that_can_be_neither_read_nor_written_is_told_and_choices_hold_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "choices.json").mkdir()
    store = ChoiceStore(tmp_path / "choices.json", "x")
    assert "cannot be read (Is a directory)" in store.problem
    told = QSignalSpy(store.failed)
    store.keep_monitor(_PLACE)
    assert store.mine.monitors == (_PLACE,)
    assert told.count() == 1
    assert "could not be written" in told.at(0)[0]


# Layouts


def test_a_study_of_the_same_kind_opens_in_the_layout_that_was_chosen_last(
    qtbot: Any, tmp_path: Path, study: tuple[LoadedSeries, ...]
) -> None:
    path = tmp_path / "choices.json"
    first = _grid(qtbot, path)
    first.show_study(study)
    first.choose("bpmri", 1)
    again = _grid(qtbot, path)
    told = QSignalSpy(again.hung_changed)
    again.show_study(study)
    assert again.arrangement.title == "bpMRI · diffusion"
    assert told.at(0)[0].endswith("You chose it last for such a study.")
    again.show_study(study[:1])
    assert again.arrangement.title == "bpMRI · overview"  # another kind of study


def test_a_free_grid_is_remembered_too(qtbot: Any, tmp_path: Path, study: tuple[LoadedSeries, ...]) -> None:
    path = tmp_path / "choices.json"
    first = _grid(qtbot, path)
    first.show_study(study)
    first.set_free_grid(2, 3)
    again = _grid(qtbot, path)
    again.show_study(study)
    assert again.arrangement.title == "Grid 2 × 3"


@pytest.mark.parametrize("gone", [{"protocol": "old-one", "stage": 0}, {"protocol": "bpmri", "stage": 7}])
def test_a_layout_that_is_no_longer_there_gives_way_to_the_best_one(
    qtbot: Any, tmp_path: Path, study: tuple[LoadedSeries, ...], gone: dict[str, Any]
) -> None:
    path = tmp_path / "choices.json"
    kind = "adc+high_b+t2_axial"
    path.write_text(json.dumps({"readers": {"Doe^Jane": {"layouts": {kind: gone}}}}))
    grid = _grid(qtbot, path)
    grid.show_study(study)
    assert grid.arrangement.title == "bpMRI · overview"


def test_dividers_stay_where_the_reader_put_them_in_each_layout(
    qtbot: Any, tmp_path: Path, study: tuple[LoadedSeries, ...], mouse: Any
) -> None:
    path = tmp_path / "choices.json"
    grid = _grid(qtbot, path)
    grid.show_study(study)
    QApplication.processEvents()
    panes = grid.viewports[0].parentWidget()
    line = grid.viewports[0].geometry().right() + 2
    mouse.drag(panes, QPointF(line, 50), QPointF(line + 120, 50), Qt.MouseButton.LeftButton)
    moved = [viewport.geometry() for viewport in grid.viewports]
    assert moved[0].width() == pytest.approx(line + 118, abs=2)
    grid.choose("bpmri", 1)
    assert grid.viewports[0].width() == pytest.approx(450, abs=2)
    again = _grid(qtbot, path)
    again.show_study(study)
    again.choose("bpmri", 0)
    QApplication.processEvents()
    assert [viewport.geometry() for viewport in again.viewports] == moved


def test_each_monitor_keeps_a_layout_of_its_own_and_begins_with_another(
    qtbot: Any, tmp_path: Path, study: tuple[LoadedSeries, ...]
) -> None:
    path = tmp_path / "choices.json"
    titles = []
    for monitor in (0, 1, 2):
        grid = _grid(qtbot, path, monitor=monitor)
        grid.show_study(study)
        titles.append(grid.arrangement.title)
        if monitor == 1:
            grid.set_free_grid(1, 1)
    assert titles == ["bpMRI · overview", "bpMRI · diffusion", "bpMRI · T2 in three planes"]
    grid = _grid(qtbot, path, monitor=1)
    grid.show_study(study)
    assert grid.arrangement.title == "Grid 1 × 1"


# The button


def _entries(button: LayoutButton) -> dict[str, Any]:
    button.menu().aboutToShow.emit()
    return {action.text(): action for action in button.menu().actions() if action.text()}


def test_the_button_names_the_layout_and_offers_the_others_with_their_reasons(
    qtbot: Any, tmp_path: Path, study: tuple[LoadedSeries, ...]
) -> None:
    grid = _grid(qtbot, tmp_path / "choices.json")
    grid.set_views({"mpr": QLabel, "3d": QLabel})
    button = LayoutButton(grid)
    qtbot.addWidget(button)
    assert not button.isEnabled()
    grid.show_study(study)
    assert button.isEnabled()
    assert button.text() == "bpMRI · overview"
    entries = _entries(button)
    assert list(entries) == [
        "bpMRI · overview",
        "bpMRI · diffusion",
        "bpMRI · T2 in three planes",
        "MPR + 3D",
        "PI-RADS 4-up (no DCE subtraction)",
        "Compare with prior · T2 and diffusion over the prior's (no prior axial T2)",
        "Compare with prior · axial T2 beside the prior's (no prior axial T2)",
        "PI-RADS 6-up (no DCE subtraction)",
        "Grid",
        "Window on another monitor",
    ]
    assert [text for text, action in entries.items() if action.isChecked()] == ["bpMRI · overview"]
    assert "this study has no sagittal T2 or coronal T2" in entries["bpMRI · overview"].toolTip()
    entries["bpMRI · diffusion"].trigger()
    assert button.text() == grid.arrangement.title == "bpMRI · diffusion"
    entries["Compare with prior · T2 and diffusion over the prior's (no prior axial T2)"].trigger()
    assert button.text().startswith("Compare with prior")
    assert button.sizeHint().width() < 240  # the whole stands in the tooltip and the accessible name
    assert button.accessibleName() == "Layout: Compare with prior · T2 and diffusion over the prior's"
    wanted = QSignalSpy(button.monitor_wanted)
    _entries(button)["Window on another monitor"].trigger()
    assert wanted.count() == 1
    grid.clear()
    assert not button.isEnabled()


def test_a_free_grid_is_picked_from_a_board_of_sixteen(
    qtbot: Any, tmp_path: Path, study: tuple[LoadedSeries, ...]
) -> None:
    grid = _grid(qtbot, tmp_path / "choices.json")
    button = LayoutButton(grid)
    qtbot.addWidget(button)
    grid.show_study(study)
    _entries(button)
    menu = button.menu().findChild(QMenu, "gridMenu")
    cells = {cell.accessibleName(): cell for cell in menu.findChildren(QToolButton)}
    assert len(cells) == 16
    cells["Grid of 3 rows and 2 columns"].click()
    assert grid.arrangement.title == button.text() == "Grid 3 × 2"
