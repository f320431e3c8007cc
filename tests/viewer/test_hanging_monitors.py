"""Windows on other monitors show the same study and the same point, say whose it is, and come back where they were."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from core.nudge import Nudge, Nudges
from core.study import Role
from service.reading import LoadedSeries
from viewer.choices import ChoiceStore, MonitorPlace
from viewer.monitor_window import MonitorWindow, MonitorWindows, Screen, place_on
from viewer.overlays import LesionOverlay, Overlays
from viewer.reading_grid import ReadingGrid
from viewer.viewport_tools import Tool

_DESK = (Screen("eDP-1", QRect(0, 0, 1366, 728)), Screen("DP-2", QRect(1366, 0, 1920, 1080)))
_PATIENT = "Doe, John · M 64 y · ID 4711"


class _Room:
    """The first grid and its further windows, with choices in a file."""

    def __init__(self, qtbot: Any, path: Path) -> None:
        self.choices = ChoiceStore(path, "Doe^Jane")
        self.grid = ReadingGrid(choices=self.choices)
        qtbot.addWidget(self.grid)
        self.grid.resize(700, 500)
        self.grid.show()
        self.monitors = MonitorWindows(self.grid, self.choices, self.grid)

    def open(self) -> MonitorWindow:
        """Open the next window."""
        window = self.monitors.open_monitor_window()
        assert window is not None
        QApplication.processEvents()
        return window


@pytest.fixture
def room(qtbot: Any, tmp_path: Path) -> Iterator[Callable[[], _Room]]:
    """Make rooms that share a file of choices, and close their windows."""
    made: list[_Room] = []

    def make() -> _Room:
        made.append(_Room(qtbot, tmp_path / "choices.json"))
        return made[-1]

    yield make
    for one in made:
        one.monitors.close_all()


@pytest.fixture
def study(phantoms: Any) -> tuple[LoadedSeries, ...]:
    """T2, ADC and high-b in one frame of reference."""
    volume = phantoms.positions(phantoms.affine())
    return tuple(LoadedSeries(phantoms.choice(role), volume) for role in (Role.T2_AXIAL, Role.ADC, Role.HIGH_B))


def _marked(phantoms: Any, study: tuple[LoadedSeries, ...]) -> Overlays:
    mask = np.zeros(study[0].volume.spatial_shape, np.uint8)
    mask[3:6, 10:30, 10:30] = 1
    marked = phantoms.volume(mask, study[0].volume.affine)
    return Overlays(marked, (LesionOverlay("1.2.3", "L1", (255, 159, 67), marked),), "1.2.3")


# The same study


def test_a_further_window_shows_the_study_its_point_and_its_marks(
    room: Callable[[], _Room], study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    desk = room()
    desk.grid.show_study(study, identity=_PATIENT)
    desk.grid.set_overlays(_marked(phantoms, study))
    desk.grid.set_crosshair((10.0, 10.0, 12.0))
    window = desk.open()
    assert window.patient.whole == _PATIENT
    assert window.grid.arrangement.title == "bpMRI · diffusion"  # not what the first monitor shows already
    assert [view.accessibleName() for view in window.grid.viewports[:3]] == ["T2 axial", "ADC", "DWI"]
    assert window.grid.viewports[0].hung.volume is study[0].volume  # no copy
    assert window.grid.crosshair == (10.0, 10.0, 12.0)
    view = window.grid.viewports[0]
    assert view.lesion_at(QPointF(*view.plane().pixel((10.0, 10.0, 12.0)))) == "1.2.3"


def test_crosshair_marks_and_tools_go_both_ways(
    room: Callable[[], _Room], study: tuple[LoadedSeries, ...], phantoms: Any, mouse: Any
) -> None:
    desk = room()
    desk.grid.show_study(study, identity=_PATIENT)
    window = desk.open()
    desk.grid.set_crosshair((5.0, 6.0, 3.0))
    assert window.grid.viewports[0].state.slice_index == 1
    moved = QSignalSpy(desk.grid.crosshair_moved)
    mouse.wheel(window.grid.viewports[0], -1, QPointF(50, 50))
    assert moved.count() == 1
    assert desk.grid.viewports[0].state.slice_index == window.grid.viewports[0].state.slice_index == 0
    desk.grid.set_overlays(_marked(phantoms, study))
    desk.grid.set_crosshair((10.0, 10.0, 12.0))
    clicked, placed = QSignalSpy(desk.grid.lesion_clicked), QSignalSpy(desk.grid.placed)
    view = window.grid.viewports[1]
    at = QPointF(*view.plane().pixel((10.0, 10.0, 12.0)))
    mouse.click(view, at)
    assert clicked.at(0)[0] == "1.2.3"
    desk.grid.set_tool(Tool.ADD_LESION)
    mouse.click(view, at)
    assert placed.at(0)[0] == pytest.approx((10.0, 10.0, 12.0), abs=0.2)


def test_hiding_the_overlays_on_one_monitor_hides_them_on_all(
    room: Callable[[], _Room], study: tuple[LoadedSeries, ...]
) -> None:
    desk = room()
    desk.grid.show_study(study)
    window = desk.open()
    said = QSignalSpy(desk.grid.overlay_visible_changed)
    QTest.keyClick(window.grid, Qt.Key.Key_O)
    assert (desk.grid.display.visible, window.grid.display.visible) == (False, False)
    assert [said.at(n)[0] for n in range(said.count())] == [False]


def test_each_window_has_its_own_layout(room: Callable[[], _Room], study: tuple[LoadedSeries, ...]) -> None:
    desk = room()
    desk.grid.show_study(study)
    window = desk.open()
    QTest.keyClick(window.grid, Qt.Key.Key_Period)
    assert window.grid.arrangement.title == "bpMRI · T2 in three planes"
    assert desk.grid.arrangement.title == "bpMRI · overview"
    assert window.grid.offers == desk.grid.offers  # so that the strip's series can be dragged into both


def test_another_study_or_none_is_shown_everywhere_and_named(
    room: Callable[[], _Room], study: tuple[LoadedSeries, ...]
) -> None:
    desk = room()
    window = desk.open()
    assert window.patient.whole == "No study is open"
    desk.grid.show_study(study[:1], identity="Roe, Richard")
    assert window.patient.whole == "Roe, Richard"
    assert window.grid.viewport(Role.T2_AXIAL).hung is not None
    desk.grid.clear()
    assert window.patient.whole == "No study is open"
    assert {view.accessibleName() for view in window.grid.viewports} == {"No study is open"}
    desk.grid.show_study(study)
    assert window.patient.whole == "Name unknown"


# Where the windows are


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        (("DP-2", 1400, 30, 900, 700), (1400, 30, 900, 700)),  # as it was
        (("DP-3", 3400, 30, 900, 700), (233, 14, 900, 700)),  # its monitor was unplugged: middle of the first
        (("DP-3", 3400, 30, 2000, 1500), (0, 0, 1366, 728)),  # and is larger than what is left
        (("DP-2", 3000, 800, 900, 700), (2386, 380, 900, 700)),  # reaches beyond the screen
        (("DP-2", 9000, 9000, 900, 700), (1876, 190, 900, 700)),  # the screens were set side by side anew
        (("eDP-1", -200, -80, 900, 700), (0, 0, 900, 700)),
    ],
)
def test_a_window_is_put_where_it_was_but_never_where_no_screen_is(
    place: tuple[str, int, int, int, int], wanted: tuple[int, int, int, int]
) -> None:
    screen, x, y, width, height = place
    kept = MonitorPlace(monitor=1, screen=screen, x=x, y=y, width=width, height=height, maximised=False, is_open=True)
    assert place_on(kept, _DESK).getRect() == wanted


def test_windows_that_were_open_come_back_in_their_places_and_layouts(
    room: Callable[[], _Room], study: tuple[LoadedSeries, ...]
) -> None:
    before = room()
    before.grid.show_study(study)
    window = before.open()
    window.showNormal()
    window.setGeometry(40, 50, 600, 420)
    window.grid.set_free_grid(1, 2)
    QApplication.processEvents()
    before.monitors.close_all()
    after = room()
    after.grid.show_study(study)
    after.monitors.restore()
    (again,) = after.monitors.windows
    assert again.geometry() == QRect(40, 50, 600, 420)
    assert again.grid.arrangement.title == "Grid 1 × 2"
    after.monitors.restore()
    assert len(after.monitors.windows) == 1


def test_a_window_that_the_reader_closed_stays_closed(room: Callable[[], _Room]) -> None:
    before = room()
    before.open()
    before.open().close()
    before.monitors.close_all()
    after = room()
    after.monitors.restore()
    assert [window.monitor for window in after.monitors.windows] == [1]


def test_there_are_three_monitors_at_most(room: Callable[[], _Room]) -> None:
    desk = room()
    opened = QSignalSpy(desk.monitors.opened)
    assert [desk.open().monitor, desk.open().monitor] == [1, 2]
    assert desk.monitors.open_monitor_window() is None
    desk.monitors.windows[0].close()
    assert desk.open().monitor == 1
    assert opened.count() == 3


def test_a_window_whose_monitor_is_unplugged_comes_to_the_first_one(room: Callable[[], _Room]) -> None:
    desk = room()
    window = desk.open()
    window.showNormal()
    window.setGeometry(5000, 5000, 500, 400)
    app = QGuiApplication.instance()
    app.screenRemoved.emit(app.primaryScreen())
    assert app.primaryScreen().availableGeometry().contains(window.geometry())


def test_where_a_window_goes_when_its_monitor_is_unplugged_its_images_are_shown_on(
    room: Callable[[], _Room], study: tuple[LoadedSeries, ...], qtbot: Any
) -> None:
    desk = room()
    desk.grid.show_study(study)
    window = desk.open()
    window.showNormal()
    window.setGeometry(5000, 5000, 700, 500)
    app = QGuiApplication.instance()
    app.screenRemoved.emit(app.primaryScreen())
    desk.grid.set_crosshair((1.0, 2.0, 3.0))
    QApplication.processEvents()
    assert window.grid.crosshair == (1.0, 2.0, 3.0)
    for viewport in window.grid.viewports:
        image = viewport.grab().toImage()
        middle = range(image.height() // 4, 3 * image.height() // 4, 2)
        lightest = max(image.pixelColor(x, y).lightness() for y in middle for x in range(0, image.width(), 2))
        assert lightest > 60, "a picture, or a sentence that says why there is none"


def test_a_closed_window_lets_go_of_the_study(
    room: Callable[[], _Room], study: tuple[LoadedSeries, ...], vtk_objects: Callable[[], int]
) -> None:
    desk = room()
    desk.grid.show_study(study)
    desk.grid.grab()
    before = vtk_objects()
    window = desk.open()
    window.grab()
    assert vtk_objects() > before
    window.close()
    del window
    QApplication.sendPostedEvents(None, 52)
    assert vtk_objects() <= before
    desk.grid.set_crosshair((1.0, 1.0, 3.0))  # nobody listens any more


def test_what_the_reader_moved_lies_there_on_the_other_monitor_too(
    room: Callable[[], _Room], study: tuple[LoadedSeries, ...]
) -> None:
    here = room()
    here.grid.show_study(study)
    window = here.open()
    window.grid.set_free_grid(2, 3)
    moved = Nudges(diffusion=Nudge((3.0, -2.0, 1.0)))
    here.grid.set_display(replace(here.grid.display, nudges=moved))
    own, theirs = (grid.viewport(Role.ADC).hung for grid in (here.grid, window.grid))
    original = next(one.volume for one in study if one.choice.role is Role.ADC)
    assert own is not None
    assert theirs is not None
    assert original is not None
    assert np.allclose(own.volume.affine[:3, 3] - original.affine[:3, 3], (3.0, -2.0, 1.0))
    assert np.allclose(theirs.volume.affine, own.volume.affine)
    late = here.open()
    late.grid.set_free_grid(2, 3)
    later = late.grid.viewport(Role.ADC).hung
    assert later is not None
    assert np.allclose(later.volume.affine, own.volume.affine), "opened after the move"
