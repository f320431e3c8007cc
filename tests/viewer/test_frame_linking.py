"""A series in another frame of reference says so, and is linked, measured in and unlinked by clicks and keys."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from core.frame_link import FrameLink, LinkedBy, translation
from core.nudge import Nudge, Nudges
from core.report import Report
from core.study import Role
from reporting.text import findings_text
from service.frame_links import with_link
from service.reading import OpenStudy, open_folder
from service.workspace import Workspace
from viewer.frame_mark import FrameState
from viewer.jobs import JobRunner
from viewer.reading_page import ReadingPage
from viewer.series_model import FRAME
from viewer.viewport import Viewport

_OTHER = "1.2.826.0.1.3680043.8.498.99"
_SHIFT = (12.0, -8.0, 6.0)
_LEFT, _RIGHT, _SHIFTED = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.KeyboardModifier.ShiftModifier


def _elsewhere(folder: Path, frame: str) -> Path:
    """Move the ADC of a study to another frame of reference, or to none, in which it lies elsewhere."""
    for path in folder.rglob("*.dcm"):
        ds = pydicom.dcmread(path)
        if "ADC" in ds.SeriesDescription:
            ds.FrameOfReferenceUID = frame
            ds.ImagePositionPatient = [float(c) + mm for c, mm in zip(ds.ImagePositionPatient, _SHIFT, strict=True)]
            ds.save_as(path)
    return folder


@pytest.fixture(scope="session")
def apart(phantom_study: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> OpenStudy:
    """The phantom with its ADC in another frame of reference."""
    folder = shutil.copytree(phantom_study.folder, tmp_path_factory.mktemp("apart") / "study")
    return open_folder(_elsewhere(folder, _OTHER))


@pytest.fixture(scope="session")
def nameless(phantom_study: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> OpenStudy:
    """The phantom with an ADC that names no frame of reference."""
    folder = shutil.copytree(phantom_study.folder, tmp_path_factory.mktemp("nameless") / "study")
    return open_folder(_elsewhere(folder, ""))


@pytest.fixture
def room(qtbot: Any, ws: Workspace, jobs: JobRunner) -> Callable[[OpenStudy], ReadingPage]:
    """A reading room on a study."""

    def shown(opened: OpenStudy, report: Report | None = None) -> ReadingPage:
        page = ReadingPage(ws, jobs)
        qtbot.addWidget(page)
        page.resize(1500, 900)
        page.show()
        qtbot.waitExposed(page)
        page.open(opened, report or Report(opened.recognised))
        page.activateWindow()
        QApplication.processEvents()
        return page

    return shown


def _adc(page: ReadingPage) -> Viewport:
    return page.grid.viewport(Role.ADC)


def _state(view: Viewport) -> FrameState | None:
    return view.hung.frame_mark.state if view.hung and view.hung.frame_mark else None


def _menu(view: Viewport) -> QMenu:
    menus = [menu for menu in view.findChildren(QMenu, "frameMenu") if menu.isVisible()]
    assert len(menus) == 1
    return menus[0]


def _choose(view: Viewport, name: str) -> None:
    menu = _menu(view)
    action = next(action for action in menu.actions() if action.objectName() == name)
    QTest.mouseClick(menu, _LEFT, pos=menu.actionGeometry(action).center())
    view.window().activateWindow()  # without a window manager a menu keeps the activation
    QApplication.processEvents()


def _pixel(view: Viewport, point: tuple[float, float, float]) -> QPoint:
    return QPointF(*view.plane().pixel(point)).toPoint()


def _to_slice(view: Viewport, point: tuple[float, float, float]) -> None:
    assert view.hung is not None
    wanted, here = view.hung.stack.nearest_slice(point), view.state.slice_index
    view.scroll_slices((wanted - here) * view.hung.stack.reading_step)


def _anchor_by_chip(page: ReadingPage) -> None:
    """Click the chip, choose to anchor, and click where the crosshair of the T2 is."""
    adc, crosshair = _adc(page), page.grid.crosshair
    assert crosshair is not None
    QTest.mouseClick(adc, _LEFT, pos=adc.frame_chip.center().toPoint())
    _choose(adc, "frame_anchor")
    x, y, z = (c + mm for c, mm in zip(crosshair, _SHIFT, strict=True))
    _to_slice(adc, (x, y, z))
    QTest.mouseClick(adc, _LEFT, pos=_pixel(adc, (x, y, z)))
    QApplication.processEvents()


def test_the_chip_says_by_word_icon_and_text_what_the_frame_means(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy
) -> None:
    page = room(apart)
    adc, t2 = _adc(page), page.grid.viewport(Role.T2_AXIAL)
    assert _state(adc) is FrameState.OTHER
    assert _state(t2) is None
    assert t2.frame_chip.isEmpty()
    assert adc.hung is not None
    assert not adc.hung.linked
    assert "another frame of reference" in adc.accessibleDescription()
    assert "anchor" in adc.accessibleDescription()
    assert adc.rect().contains(adc.frame_chip.toAlignedRect())
    at = adc.frame_chip.center().toPoint()
    QApplication.sendEvent(adc, QHelpEvent(QHelpEvent.Type.ToolTip, at, adc.mapToGlobal(at)))
    assert QToolTip.text() == adc.accessibleDescription()
    QToolTip.hideText()
    colours = {state: state.colour for state in FrameState}
    assert len(set(colours.values())) == len({state.word for state in FrameState}) == 3
    picture = adc.grab(adc.frame_chip.toAlignedRect()).toImage()
    orange = [
        picture.pixelColor(x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).red() > 200 > picture.pixelColor(x, y).blue() + 80
    ]
    assert len(orange) > 60, "its edge, icon and word are drawn in its colour"


def test_the_series_strip_marks_the_series_and_says_how_to_link_it(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy
) -> None:
    page = room(apart)
    model = page.series.model()
    states = {
        model.data(model.index(row, 0)): model.data(model.index(row, 0), FRAME) for row in range(model.rowCount())
    }
    assert states["ADC"] is FrameState.OTHER
    assert states["T2 axial"] is None
    row = list(states).index("ADC")
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
        assert "anchor the series" in model.data(model.index(row, 0), role)
    _anchor_by_chip(page)
    assert model.data(model.index(row, 0), FRAME) is FrameState.ANCHORED
    assert "Anchored" in model.data(model.index(row, 0), Qt.ItemDataRole.AccessibleTextRole)


def test_anchoring_by_clicks_lays_the_series_where_it_was_and_undo_takes_it_back(
    room: Callable[[OpenStudy], ReadingPage],
    apart: OpenStudy,
    ws: Workspace,
    edits_in: Callable[[Workspace], list[str]],
) -> None:
    page = room(apart)
    adc, session = _adc(page), page.session
    assert session is not None
    _anchor_by_chip(page)
    assert _state(adc) is FrameState.ANCHORED
    (link,) = session.report.nudges.links
    assert link.by is LinkedBy.ANCHOR
    assert adc.hung is not None
    half = np.array([adc.plane().mm_per_pixel, adc.plane().mm_per_pixel, adc.hung.stack.thickness / 2 + 0.01])
    assert (np.abs(link.matrix[:3, 3] + _SHIFT) <= half).all(), "as near as one can click"
    assert adc.hung.linked
    assert "shifted, not turned" in page.notice.sentence
    assert page.grid.display.hand is None
    assert "ADC" in findings_text(session.report)
    assert edits_in(ws)[-1] == "anchor frame of reference"

    before = adc.state.slice_index
    page.grid.viewport(Role.T2_AXIAL).scroll_slices(3)
    assert adc.state.slice_index != before, "it scrolls with the others"

    QTest.keyClick(page.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert _state(adc) is FrameState.OTHER
    assert adc.hung is not None
    assert not adc.hung.linked
    QTest.keyClick(page.grid, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert _state(adc) is FrameState.ANCHORED
    QTest.mouseClick(adc, _LEFT, pos=adc.frame_chip.center().toPoint())
    _choose(adc, "frame_unlink")
    assert _state(adc) is FrameState.OTHER
    assert session.report.nudges == Nudges()
    assert edits_in(ws)[-1] == "unlink frame of reference"


def test_a_right_click_anchors_the_place_that_it_points_at(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy
) -> None:
    page = room(apart)
    adc, crosshair, session = _adc(page), page.grid.crosshair, page.session
    assert crosshair is not None
    assert session is not None
    at = QPoint(adc.width() // 2 + 20, adc.height() // 2 - 10)
    place = adc.plane().lps(at.x(), at.y())
    QTest.mouseClick(adc, _RIGHT, pos=at)
    _choose(adc, "frame_anchor_here")
    (link,) = session.report.nudges.links
    assert link.point(place) == pytest.approx(crosshair)


def test_the_menu_of_another_frame_offers_windows_too(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy
) -> None:
    adc = _adc(room(apart))
    QTest.mouseClick(adc, _RIGHT, pos=QPoint(100, 150))
    _choose(adc, "window_2")
    assert adc.window_name == "ADC 0 to 1500"


def test_a_right_drag_still_zooms_and_opens_no_menu(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy, mouse: Any
) -> None:
    page = room(apart)
    adc, zoom = _adc(page), _adc(page).state.zoom
    mouse.drag(adc, QPointF(100, 150), QPointF(100, 60), _RIGHT)
    assert adc.state.zoom > zoom
    assert not adc.findChildren(QMenu, "frameMenu")


def test_by_keys_alone_a_series_is_anchored_and_unlinked(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy
) -> None:
    page = room(apart)
    adc, session, grid = _adc(page), page.session, page.grid
    assert session is not None
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_J)
    assert "needs no link" in page.notice.sentence
    while grid.active is not adc:
        QTest.keyClick(grid, Qt.Key.Key_Right)
    middle = adc.plane().lps(adc.width() / 2, adc.height() / 2)
    QTest.keyClick(grid, Qt.Key.Key_J)
    assert "put the crosshair on a place in the T2" in page.notice.sentence
    QTest.keyClick(grid, Qt.Key.Key_J)
    (link,) = session.report.nudges.links
    assert link.point(middle) == pytest.approx(grid.crosshair)
    QTest.keyClick(grid, Qt.Key.Key_U)
    assert session.report.nudges.links == ()


def test_escape_puts_the_anchor_down_and_a_marking_tool_takes_its_place(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy
) -> None:
    page = room(apart)
    adc, grid = _adc(page), page.grid
    QTest.mouseClick(adc, _LEFT, pos=QPoint(adc.width() // 2, adc.height() // 2))
    for end in (Qt.Key.Key_Escape, Qt.Key.Key_M):
        QTest.keyClick(grid, Qt.Key.Key_J)
        anchor = grid.display.hand
        assert anchor is not None
        QTest.keyClick(grid, end)
        assert grid.display.hand is not anchor
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert grid.display.hand is None
    assert page.session is not None
    assert page.session.report.nudges == Nudges()


def test_registering_shows_how_far_it_is_can_be_stopped_and_links_the_series(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy, qtbot: Any
) -> None:
    page = room(apart)
    adc, session, grid = _adc(page), page.session, page.grid
    assert session is not None
    QTest.mouseClick(adc, _LEFT, pos=QPoint(adc.width() // 2, adc.height() // 2))
    QTest.keyClick(grid, Qt.Key.Key_J, _SHIFTED)
    assert adc.is_registering
    assert not grid.viewport(Role.T2_AXIAL).is_registering
    QTest.mouseClick(adc, _LEFT, pos=adc.frame_chip.center().toPoint())
    _choose(adc, "frame_register")
    assert not adc.is_registering
    assert "was stopped" in page.notice.sentence
    assert session.report.nudges == Nudges()

    QTest.mouseClick(adc, _LEFT, pos=adc.frame_chip.center().toPoint())
    _choose(adc, "frame_register")
    qtbot.waitUntil(lambda: grid.display.registering is None, timeout=120_000)
    assert _state(adc) is FrameState.REGISTERED
    (link,) = session.report.nudges.links
    assert np.linalg.norm(link.matrix[:3, 3] + _SHIFT) < 1.5
    assert "mutual information" in page.notice.sentence
    assert "Registered" in adc.accessibleDescription()


def test_what_hangs_on_another_monitor_is_linked_there_too_and_can_be_linked_from_there(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy
) -> None:
    page = room(apart)
    window = page.monitors.open_monitor_window()
    assert window is not None
    window.grid.set_free_grid(2, 2)
    theirs = window.grid.viewport(Role.ADC)
    assert _state(theirs) is FrameState.OTHER
    at = QPoint(theirs.width() // 2, theirs.height() // 2)
    QTest.mouseClick(theirs, _RIGHT, pos=at)
    _choose(theirs, "frame_anchor_here")
    assert _state(theirs) is FrameState.ANCHORED
    assert _state(_adc(page)) is FrameState.ANCHORED
    own, other = _adc(page).hung, theirs.hung
    assert own is not None
    assert other is not None
    assert np.allclose(own.volume.affine, other.volume.affine)
    window.close()


def test_a_series_that_names_no_frame_says_so_and_can_be_anchored(
    room: Callable[[OpenStudy], ReadingPage], nameless: OpenStudy
) -> None:
    page = room(nameless)
    adc, session = _adc(page), page.session
    assert session is not None
    assert _state(adc) is FrameState.OTHER
    assert "names no frame of reference" in adc.accessibleDescription()
    _anchor_by_chip(page)
    assert _state(adc) is FrameState.ANCHORED
    assert session.report.nudges.links[0].frame == _adc_uid(nameless)


def _adc_uid(opened: OpenStudy) -> str:
    """The UID of the ADC series."""
    choice = opened.recognised.one(Role.ADC)
    assert choice is not None
    return choice.stack.series.series_instance_uid


def test_a_linked_series_can_be_laid_over_the_t2_and_no_longer_when_it_is_unlinked(
    room: Callable[[OpenStudy], ReadingPage], apart: OpenStudy
) -> None:
    page = room(apart)
    assert "ADC" not in page.looking.fusion.sources
    _anchor_by_chip(page)
    assert "ADC" in page.looking.fusion.sources
    page.looking.fusion.choose("ADC")
    QTest.keyClick(page.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "ADC" not in page.looking.fusion.sources
    assert page.looking.fusion.chosen == ""


def test_a_link_of_a_restored_draft_holds_and_a_nudge_keeps_it(
    room: Callable[..., ReadingPage], apart: OpenStudy
) -> None:
    t2 = apart.volume(Role.T2_AXIAL)
    assert t2 is not None
    back = translation(_SHIFT, (0.0, 0.0, 0.0))
    link = FrameLink(_OTHER, str(t2.frame_of_reference_uid), back, LinkedBy.ANCHOR, "ADC (series 7)")
    page = room(apart, with_link(Report(apart.recognised), apart, link))
    adc, session = _adc(page), page.session
    assert session is not None
    assert _state(adc) is FrameState.ANCHORED
    page.looking.nudge.nudged.emit(replace(session.report.nudges, diffusion=Nudge((2.0, 0.0, 0.0))))
    assert session.report.nudges.links == (link,)
    assert adc.hung is not None
    raw = apart.volume(Role.ADC)
    assert raw is not None
    assert adc.hung.volume.affine[:3, 3] == pytest.approx(raw.affine[:3, 3] - _SHIFT + (2.0, 0.0, 0.0))
    assert raw.frame_of_reference_uid == _OTHER, "the series itself is never changed"
