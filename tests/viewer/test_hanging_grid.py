"""Layouts on the screen: stages by key, free grids, series that are put somewhere else, and what stays as it was."""

import weakref
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.nudge import Nudge, Nudges
from core.report import Report
from core.study import Role, RoleChoice, Series, Stack
from service.reading import LoadedSeries, OpenStudy, load_other, open_folder
from service.workspace import Workspace
from viewer.dce_images import DceImage
from viewer.hanging_match import Offer
from viewer.hanging_protocol import protocols
from viewer.jobs import JobRunner
from viewer.overlays import LesionOverlay, Overlays
from viewer.reading_grid import ReadingGrid
from viewer.reading_page import ReadingPage
from viewer.render.lut import Window
from viewer.series_fetch import SeriesFetch, others_of
from viewer.series_model import SERIES_MIME
from viewer.viewport import Viewport
from viewer.viewport_tools import Tool

_LEFT = Qt.MouseButton.LeftButton
_COPY = Qt.DropAction.CopyAction
_NO_KEYS = Qt.KeyboardModifier.NoModifier
_DWI_50, _DWI_800 = 50.0, 800.0


@pytest.fixture
def study(phantoms: Any) -> tuple[LoadedSeries, ...]:
    """A biparametric study, all in one frame of reference."""
    shapes: dict[Role, dict[str, Any]] = {
        Role.T2_AXIAL: {},
        Role.ADC: {},
        Role.HIGH_B: {},
        Role.T2_SAGITTAL: {"axes": "LIP", "origin": (0, 0, 30)},
        Role.T2_CORONAL: {"axes": "PIL", "origin": (0, 0, 30)},
    }
    return tuple(
        LoadedSeries(phantoms.choice(role), phantoms.positions(phantoms.affine(**shape), (11, 60, 60)))
        for role, shape in shapes.items()
    )


@pytest.fixture
def grid(qtbot: Any) -> ReadingGrid:
    """A grid on the screen with no study."""
    shown = ReadingGrid()
    qtbot.addWidget(shown)
    shown.resize(1000, 640)
    shown.show()
    qtbot.waitExposed(shown)
    return shown


def _settle() -> None:
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _said(grid: ReadingGrid) -> list[str]:
    return [viewport.accessibleName() for viewport in grid.viewports]


def _other(number: int, description: str, *, modality: str = "MR") -> RoleChoice:
    series = Series(f"1.2.3.{number}", modality, number, description, "1.2.826.0.1", ())
    return RoleChoice(Role.OTHER, (Stack(series, ()),), "a localizer")


# Stages and protocols


def test_a_study_opens_in_the_best_protocol_and_says_why(grid: ReadingGrid, study: tuple[LoadedSeries, ...]) -> None:
    told = QSignalSpy(grid.hung_changed)
    grid.show_study(study)
    assert [told.at(n)[0] for n in range(told.count())] == [
        "bpMRI · overview: T2 axial, ADC, DWI, T2 sagittal and T2 coronal are all here."
    ]
    assert grid.arrangement.title == "bpMRI · overview"
    assert [fit.protocol.id for fit in grid.protocols] == ["bpmri", "pirads-6up", "pirads-4up", "compare"]


def test_full_stop_and_comma_go_through_the_stages_and_round(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...]
) -> None:
    grid.show_study(study)
    titles = []
    for key in (Qt.Key.Key_Period, Qt.Key.Key_Period, Qt.Key.Key_Period, Qt.Key.Key_Comma):
        QTest.keyClick(grid, key)
        titles.append(grid.arrangement.title)
    assert titles == [
        "bpMRI · diffusion",
        "bpMRI · T2 in three planes",
        "bpMRI · overview",
        "bpMRI · T2 in three planes",
    ]
    assert _said(grid) == ["T2 axial", "T2 sagittal", "T2 coronal"]


def test_without_a_study_the_keys_change_nothing(grid: ReadingGrid) -> None:
    before = grid.arrangement
    QTest.keyClick(grid, Qt.Key.Key_Period)
    assert grid.arrangement is before
    assert set(_said(grid)) == {"No study is open"}


def test_a_protocol_can_be_chosen_though_a_series_is_missing(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...]
) -> None:
    grid.show_study(study)
    grid.choose("pirads-4up")
    assert _said(grid) == ["T2 axial", "ADC", "DWI", "No DCE subtraction in this study"]
    with pytest.raises(KeyError, match="mpr-3d is not offered for this study"):
        grid.choose("mpr-3d")


@pytest.mark.parametrize("protocol", [protocol.id for protocol in protocols()])
@pytest.mark.parametrize("size", [(900, 600), (1524, 1008)])
def test_every_stage_fills_small_and_large_screens(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], protocol: str, size: tuple[int, int]
) -> None:
    grid.set_views({"mpr": QLabel, "3d": QLabel, "curve": QLabel})
    grid.resize(*size)
    grid.show_study(study)
    for number, stage in enumerate(next(p for p in protocols() if p.id == protocol).stages):
        grid.choose(protocol, number)
        _settle()
        shown = [w for w in grid.findChildren(QWidget) if isinstance(w, (Viewport, QLabel)) and w.isVisible()]
        assert len(shown) == len(stage.cells)
        assert sum(w.width() * w.height() for w in shown) == pytest.approx(size[0] * size[1], rel=0.02)
        assert all(min(w.width(), w.height()) >= 96 for w in shown)
        assert (grid.width(), grid.height()) == size


def test_the_viewport_of_a_role_is_the_one_that_shows_it_now(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...]
) -> None:
    grid.show_study(study)
    grid.choose("bpmri", 2)
    assert grid.viewport(Role.T2_SAGITTAL) is grid.viewports[1]
    with pytest.raises(KeyError, match="No viewport shows adc; choose a layout that has it"):
        grid.viewport(Role.ADC)
    adc = next(offer for offer in grid.offers if offer.choice.role is Role.ADC)
    grid.hang_in(grid.viewports[2], adc)
    assert grid.viewport(Role.ADC) is grid.viewports[2]


# What stays when the layout changes


def test_place_zoom_window_and_crosshair_survive_a_change_of_layout(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], mouse: Any
) -> None:
    grid.show_study(study)
    adc = grid.viewport(Role.ADC)
    mouse.wheel(adc, 3, QPointF(20, 30), Qt.KeyboardModifier.ControlModifier)
    grid.set_tool(Tool.WINDOW)
    mouse.drag(adc, QPointF(50, 50), QPointF(90, 70), _LEFT)
    grid.set_crosshair((3.0, 4.0, 12.0))
    before = adc.state
    for key in (Qt.Key.Key_Period, Qt.Key.Key_Period, Qt.Key.Key_Period):
        QTest.keyClick(grid, key)
    again = grid.viewport(Role.ADC)
    assert replace(again.state, zoom=before.zoom) == before
    assert again.state.zoom == pytest.approx(before.zoom)
    assert grid.crosshair == (3.0, 4.0, 12.0)
    assert {view.state.slice_index for view in grid.viewports[:3]} == {4}


def _marked(phantoms: Any, study: tuple[LoadedSeries, ...]) -> Overlays:
    volume = study[0].volume
    mask = np.zeros(volume.spatial_shape, np.uint8)
    mask[4:7, 15:25, 15:25] = 1
    marked = phantoms.volume(mask, volume.affine)
    return Overlays(marked, (LesionOverlay("1.2.3", "L1 · PI-RADS 4", (255, 159, 67), marked),), "1.2.3")


def test_new_viewports_have_the_overlays_the_tool_and_the_frame_of_the_others(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any, mouse: Any
) -> None:
    grid.show_study(study)
    grid.choose("bpmri", 2)
    grid.set_overlays(_marked(phantoms, study))
    grid.frame_gland()
    grid.set_tool(Tool.ADD_LESION)
    grid.set_crosshair((10.0, 10.0, 15.0))
    grid.choose("bpmri", 0)
    _settle()
    placed = QSignalSpy(grid.placed)
    for viewport in grid.viewports:
        at = QPointF(*viewport.plane().pixel((10.0, 10.0, 15.0)))
        assert viewport.lesion_at(at) == "1.2.3", viewport.accessibleName()
        mouse.click(viewport, at)
    assert placed.count() == 5
    gland_mm = 1.5 * 9
    assert [viewport.across_mm for viewport in grid.viewports] == pytest.approx([gland_mm] * 5)


def test_the_chips_stand_in_the_first_axial_t2_only(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    def has_chip(viewport: Viewport) -> bool:
        image = viewport.grab().toImage()
        colours = {
            image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
        }
        return "#ff9f43" in colours

    grid.show_study(study)
    grid.choose("bpmri", 2)
    grid.set_overlays(_marked(phantoms, study))
    grid.set_overlay_opacity(0.0)
    grid.set_crosshair((10.0, 10.0, 15.0))
    _settle()
    with_chips = [viewport for viewport in grid.viewports if viewport._shows_chips]  # pyright: ignore
    assert with_chips == [grid.viewport(Role.T2_AXIAL)]
    axial = next(offer for offer in grid.offers if offer.choice.role is Role.T2_AXIAL)
    grid.hang_in(grid.viewports[0], next(offer for offer in grid.offers if offer.choice.role is Role.ADC))
    grid.hang_in(grid.viewports[2], axial)
    _settle()
    assert has_chip(grid.viewports[2])


def test_lesions_are_filled_on_the_t2_and_only_outlined_where_their_signal_is_read(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    grid.show_study([*study, replace(study[0], prior="2020-01-01")])
    grid.choose("compare")
    grid.set_overlays(_marked(phantoms, study))
    grid.set_crosshair((10.0, 10.0, 15.0))
    for viewport in grid.viewports[:4]:
        inside = (QPointF(*viewport.plane().pixel((11.5, 11.5, 15.0)))).toPoint()
        colours: list[str] = []
        for opacity in (0.0, 1.0):
            grid.set_overlay_opacity(opacity)
            _settle()
            colours.append(viewport.grab().toImage().pixelColor(inside).name())
        assert (colours[0] != colours[1]) is (viewport is grid.viewports[0]), viewport.accessibleName()


# Free grids and series put elsewhere


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 3), (4, 4)])
def test_a_free_grid_has_so_many_viewports_in_rows(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], rows: int, columns: int
) -> None:
    grid.show_study(study)
    grid.set_free_grid(rows, columns)
    _settle()
    assert len(grid.viewports) == rows * columns
    assert len({viewport.x() for viewport in grid.viewports}) == columns
    assert len({viewport.y() for viewport in grid.viewports}) == rows
    said = ["T2 axial", "ADC", "DWI", "T2 sagittal", "T2 coronal", *["Drag a series here"] * 11]
    assert _said(grid) == said[: rows * columns]


@pytest.mark.parametrize("size", [(0, 1), (1, 5), (5, 5)])
def test_a_grid_beyond_four_by_four_is_refused(grid: ReadingGrid, size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="1 to 4 rows and columns"):
        grid.set_free_grid(*size)


def test_from_a_free_grid_full_stop_goes_back_to_the_protocol(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...]
) -> None:
    grid.show_study(study)
    grid.choose("bpmri", 1)
    grid.set_free_grid(3, 3)
    QTest.keyClick(grid, Qt.Key.Key_Period)
    assert grid.arrangement.title == "bpMRI · diffusion"


def _event(kind: Any, at: QPoint, carried: QMimeData) -> Any:
    if kind is QDragEnterEvent:
        return kind(at, _COPY, carried, _LEFT, _NO_KEYS)
    return kind(QPointF(at) if kind is QDropEvent else at, _COPY, carried, _LEFT, _NO_KEYS)


def _carried(key: str) -> QMimeData:
    carried = QMimeData()
    carried.setData(SERIES_MIME, key.encode())
    return carried


def test_a_series_dropped_on_a_viewport_hangs_there_until_the_layout_changes(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...]
) -> None:
    grid.show_study(study)
    _settle()
    adc = grid.offers[1]
    target = grid.viewport(Role.T2_CORONAL)
    at = target.mapTo(grid, target.rect().center())
    carried = _carried(adc.key)
    for kind in (QDragEnterEvent, QDragMoveEvent, QDropEvent):
        event = _event(kind, at, carried)
        QApplication.sendEvent(grid, event)
        assert event.isAccepted(), kind
    assert target.accessibleName() == "ADC"
    assert grid.active is target
    QTest.keyClick(grid, Qt.Key.Key_Period)
    QTest.keyClick(grid, Qt.Key.Key_Comma)
    assert _said(grid)[-1] == "T2 coronal"


def test_what_is_no_series_of_the_study_is_not_taken(grid: ReadingGrid, study: tuple[LoadedSeries, ...]) -> None:
    grid.show_study(study)
    _settle()
    for carried in (_carried("1.2.3|x"), QMimeData()):
        event = _event(QDragEnterEvent, QPoint(100, 100), carried)
        event.ignore()
        QApplication.sendEvent(grid, event)
        assert not event.isAccepted()
        QApplication.sendEvent(grid, _event(QDropEvent, QPoint(100, 100), carried))
    assert _said(grid)[0] == "T2 axial"


def test_a_drag_shows_over_which_viewport_it_is_and_leaves_the_active_one_as_it_was(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...]
) -> None:
    def edge(viewport: Viewport) -> str:
        return viewport.grab().toImage().pixelColor(1, 1).name()

    grid.show_study(study)
    _settle()
    first, last = grid.viewports[0], grid.viewports[-1]
    accent = edge(first)
    carried = _carried(grid.offers[0].key)
    QApplication.sendEvent(grid, _event(QDragEnterEvent, QPoint(5, 5), carried))
    QApplication.sendEvent(grid, _event(QDragMoveEvent, last.mapTo(grid, QPoint(9, 9)), carried))
    assert (edge(first) == accent, edge(last) == accent) == (False, True)
    QApplication.sendEvent(grid, QDragLeaveEvent())
    assert (edge(first) == accent, edge(last) == accent) == (True, False)
    assert grid.active is first


# Series that are loaded when they are wanted


class _Slow:
    """Hands series over when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[RoleChoice, Callable[[LoadedSeries], None]]] = []

    def __call__(self, choice: RoleChoice, done: Callable[[LoadedSeries], None]) -> None:
        self.asked.append((choice, done))


def _slow_grid(qtbot: Any) -> tuple[ReadingGrid, _Slow]:
    slow = _Slow()
    grid = ReadingGrid(fetch=slow)
    qtbot.addWidget(grid)
    grid.resize(900, 600)
    grid.show()
    return grid, slow


def test_a_series_that_is_not_loaded_says_so_until_it_is_here(
    qtbot: Any, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    grid, slow = _slow_grid(qtbot)
    grid.show_study(study, [_other(9, "t2_loc")])
    first, second = grid.viewports[1:3]
    grid.hang_in(first, grid.offers[-1])
    grid.hang_in(second, grid.offers[-1])
    assert first.accessibleName() == "Loading t2_loc …"
    ((choice, done),) = slow.asked  # once, though two viewports wait
    done(LoadedSeries(choice, phantoms.positions(phantoms.affine()), note="Only part of it."))
    assert [view.hung.note for view in (first, second)] == ["Only part of it."] * 2
    grid.set_crosshair((2.0, 2.0, 9.0))
    assert first.state.slice_index == 3


def test_a_series_that_comes_when_another_study_is_open_is_not_hung(
    qtbot: Any, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    grid, slow = _slow_grid(qtbot)
    grid.show_study(study, [_other(9, "t2_loc")])
    grid.hang_in(grid.viewports[0], grid.offers[-1])
    grid.show_study(study, [_other(9, "t2_loc")])
    ((choice, done),) = slow.asked
    done(LoadedSeries(choice, phantoms.positions(phantoms.affine())))
    assert _said(grid)[0] == "T2 axial"
    assert [one.choice.role for one in grid.study.series].count(Role.OTHER) == 0


def test_a_series_that_cannot_be_shown_says_why_in_its_viewport(qtbot: Any, study: tuple[LoadedSeries, ...]) -> None:
    grid, slow = _slow_grid(qtbot)
    grid.show_study(study, [_other(9, "report", modality="SR")])
    grid.hang_in(grid.viewports[0], grid.offers[-1])
    ((choice, done),) = slow.asked
    done(LoadedSeries(choice, None, problem="Series 9 “report” holds no images to show (SR object)."))
    assert grid.viewports[0].accessibleName() == "Series 9 “report” holds no images to show (SR object)."


def test_pictures_without_a_place_have_no_letters_and_no_measure(
    qtbot: Any, study: tuple[LoadedSeries, ...], mouse: Any
) -> None:
    grid, slow = _slow_grid(qtbot)
    grid.show_study(study, [_other(9, "screen save")])
    view = grid.viewports[0]
    grid.hang_in(view, grid.offers[-1])
    ((choice, done),) = slow.asked
    pictures = np.full((3, 60, 80), 10, np.uint8)
    pictures[1, 15:45, 20:60] = 200
    done(LoadedSeries(choice, None, note="It has no place in the patient.", pictures=pictures))
    hung = view.hung
    assert hung is not None
    assert (hung.flat, hung.linked, hung.note) == (True, False, "It has no place in the patient.")
    assert hung.caption.lines == ("Se 9 · 80 × 60 pixels",)
    assert view.shown().frame == ""  # so that nothing can be measured, marked or painted on it
    _settle()
    image = view.grab().toImage()
    letters = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).name() == "#9fdfe8"
    ]
    assert letters == []
    assert hung.stack.number_of(view.state.slice_index) == 2
    first = image.pixelColor(view.width() // 2, view.height() // 2).value()
    mouse.wheel(view, -1, QPointF(view.width() / 2, view.height() / 2))
    _settle()
    assert view.grab().toImage().pixelColor(view.width() // 2, view.height() // 2).value() < first
    assert hung.stack.number_of(view.state.slice_index) == 3


def test_the_unused_series_of_a_real_study_can_all_be_looked_at(grid: ReadingGrid, prostatex_0001: Path) -> None:
    opened = open_folder(prostatex_0001)
    grid.show_study(opened.series, opened.others)
    grid.set_free_grid(4, 4)
    assert _said(grid) == [
        *("T2 axial", "ADC", "DWI b 1000 (calc)", "T2 sagittal", "T2 coronal"),
        *("DWI b 50", "DWI b 400", "DWI b 800"),
        *("t2_localizer", "t2_localizer", "t2_loc sag", "t2_tse_tra", "tfl_3d PD ref_tra_1.5x1.5_t3"),
        *("Drag a series here",) * 3,
    ]
    assert all(viewport.hung.linked for viewport in grid.viewports[:13])
    assert grid.viewports[8].hung.note == "Series 1 “t2_localizer”: 8 of 13 images are not part of this stack."


def test_the_high_b_image_that_is_fitted_or_acquired_is_not_loaded_twice(opened: OpenStudy) -> None:
    assert {choice.role for choice in opened.others}.isdisjoint({series.choice.role for series in opened.series})


def test_a_prior_says_that_it_is_one_and_from_when(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    apart = phantoms.positions(phantoms.affine(), (11, 40, 40), frame="1.2.826.0.77")
    grid.show_study([*study, LoadedSeries(study[0].choice, apart, prior="2023-05-04")])
    assert grid.arrangement.title == "Compare with prior · T2 and diffusion over the prior's"
    assert grid.viewport(Role.T2_AXIAL) is grid.viewports[0]
    prior = grid.viewports[3].hung
    assert (prior.caption.title, prior.caption.lines[0]) == ("Prior 2023-05-04", "T2 axial")
    assert grid.viewports[3].accessibleName() == "Prior 2023-05-04 · T2 axial"
    assert prior.note == (
        "Prior 2023-05-04 · T2 axial is in another frame of reference than T2 axial, so it is not linked."
    )


# A dynamic study


@pytest.fixture(scope="session")
def dce_phantom(made_phantom: Callable[..., SimpleNamespace]) -> OpenStudy:
    """The phantom of seed 0 with its dynamic series."""
    return open_folder(made_phantom(0, dce=True).folder)


def test_a_dynamic_study_opens_four_up_with_the_subtraction_of_its_phases(
    grid: ReadingGrid, dce_phantom: OpenStudy
) -> None:
    told = QSignalSpy(grid.hung_changed)
    grid.show_study(dce_phantom.series, others_of(dce_phantom))
    assert told.at(0)[0] == "PI-RADS 4-up: T2 axial, ADC, DWI b 1400 and DCE subtraction are all here."
    assert _said(grid) == ["T2 axial", "ADC", "DWI b 1400", "DCE subtraction"]
    assert all(viewport.hung.linked for viewport in grid.viewports)
    values = grid.viewport(Role.SUBTRACTION).hung.volume.array
    assert values.min() < 100 < values.max()  # signal that came, not signal that is there


def test_the_nine_show_the_first_and_the_last_phase_beside_the_curve(grid: ReadingGrid, dce_phantom: OpenStudy) -> None:
    grid.set_views({"curve": QLabel})
    grid.show_study(dce_phantom.series, others_of(dce_phantom))
    grid.choose("pirads-3x3")
    dce = dce_phantom.recognised.one(Role.DCE)
    assert dce is not None
    assert _said(grid)[6:] == ["DCE 0 s", f"DCE {dce.stacks[-1].time_s:.0f} s"]
    first, last = (viewport.hung.volume.array.astype(float) for viewport in grid.viewports[6:])
    assert last.mean() > first.mean()  # contrast agent came
    grid.hang_in(grid.viewports[0], next(offer for offer in grid.offers if offer.choice.role is Role.DCE))
    assert grid.viewports[0].hung.note == f"The first of {len(dce.stacks)} phases."


@pytest.mark.parametrize("wanted", [None, Window(300.0, 200.0)], ids=["automatic", "chosen"])
def test_the_phases_of_a_dynamic_series_share_a_window_so_that_contrast_agent_shows(
    dce_phantom: OpenStudy, wanted: Window | None
) -> None:
    waiting: list[tuple[RoleChoice, Callable[[LoadedSeries], None]]] = []
    grid = ReadingGrid(fetch=lambda choice, done: waiting.append((choice, done)))
    grid.resize(1000, 640)
    grid.set_views({"curve": QLabel})
    grid.show_study(dce_phantom.series, others_of(dce_phantom))
    grid.choose("pirads-3x3")
    arrive = {choice.title: partial(done, load_other(choice)) for choice, done in waiting if choice.role is Role.DCE}
    first, last = grid.viewports[6:]
    arrive["DCE 0 s"]()
    alone = first.hung.window
    seen = alone if wanted is None else wanted
    first.look(replace(first.state, window=seen), first.across_mm)
    arrive["DCE 171 s"]()
    assert last.hung.window.width > 1.5 * alone.width
    assert first.hung.window == last.state.window == last.hung.window
    assert first.state.window == (wanted or last.hung.window)
    first.reset()
    assert first.state.window == last.hung.window
    grid.close()
    grid.deleteLater()


def test_a_phase_that_was_seen_alone_hangs_with_the_shared_window_when_its_layout_comes_back(
    grid: ReadingGrid, dce_phantom: OpenStudy
) -> None:
    grid.show_study(dce_phantom.series, others_of(dce_phantom))
    grid.hang_in(grid.viewports[0], Offer(_phase_of(dce_phantom, 0)))
    alone = grid.viewports[0].state.window
    grid.set_views({"curve": QLabel})
    grid.show_study(dce_phantom.series, others_of(dce_phantom))
    grid.hang_in(grid.viewports[0], Offer(_phase_of(dce_phantom, 0)))
    grid.choose("pirads-3x3")
    first, last = grid.viewports[6:]
    assert first.state.window == last.state.window
    assert first.state.window.width > alone.width


def _phase_of(opened: OpenStudy, phase: int) -> RoleChoice:
    dce = opened.recognised.one(Role.DCE)
    assert dce is not None
    return replace(dce, stacks=(dce.stacks[phase],))


def test_what_the_curves_panel_shows_stands_in_place_of_the_subtraction_and_the_layouts_phases_stay(
    ws: Workspace, jobs: JobRunner, dce_phantom: OpenStudy, qtbot: Any
) -> None:
    page = ReadingPage(ws, jobs)
    qtbot.addWidget(page)
    page.show()
    page.open(dce_phantom, Report(dce_phantom.recognised))
    page.grid.choose("pirads-3x3")
    qtbot.waitUntil(lambda: page.looking.dce.series is not None, timeout=60_000)
    qtbot.waitUntil(lambda: all(viewport.hung for viewport in page.grid.viewports), timeout=60_000)
    page.looking.dce.show_image(DceImage.WASH_IN)
    titles = [viewport.hung.caption.title for viewport in page.grid.viewports[5:]]
    assert titles == ["DCE wash-in", "DCE 0 s", "DCE 171 s"]
    page.leave()


def test_all_series_of_a_dynamic_study_are_offered_in_reading_order(dce_phantom: OpenStudy) -> None:
    assert [choice.role for choice in others_of(dce_phantom)] == [
        *(Role.DWI, Role.DWI, Role.DWI, Role.DCE, Role.SUBTRACTION, Role.OTHER)
    ]


def test_series_are_loaded_beside_the_window(qtbot: Any, jobs: JobRunner, dce_phantom: OpenStudy) -> None:
    grid = ReadingGrid(fetch=SeriesFetch(jobs))
    qtbot.addWidget(grid)
    grid.show_study(dce_phantom.series, others_of(dce_phantom))
    subtraction = grid.viewports[3]
    assert subtraction.accessibleName() == "Loading DCE subtraction …"
    qtbot.waitUntil(lambda: subtraction.hung is not None, timeout=20_000)
    vanished = replace(grid.offers[-1].choice, stacks=(_gone(dce_phantom),))
    grid.hang_in(grid.viewports[0], Offer(vanished))
    qtbot.waitUntil(lambda: "no longer be read" in grid.viewports[0].accessibleName())


def _gone(opened: OpenStudy) -> Stack:
    series, _ = opened.recognised.left_out[0]
    instances = tuple(replace(instance, path=instance.path.with_name("gone.dcm")) for instance in series.instances)
    return Stack(replace(series, instances=instances), instances)


# Special views, memory


class _View(QWidget):
    """A special view that tells when it is closed."""

    closed: ClassVar[list[str]] = []

    def closeEvent(self, event: Any) -> None:
        """Tell."""
        self.closed.append("closed")
        super().closeEvent(event)


def test_special_views_are_made_for_their_stage_and_closed_with_it(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...]
) -> None:
    _View.closed.clear()
    grid.set_views({"mpr": _View, "3d": _View})
    grid.show_study(study)
    assert grid.findChildren(_View) == []
    grid.choose("mpr-3d")
    _settle()
    mpr = grid.findChildren(_View)
    assert len(mpr) == 2
    assert sorted(view.width() for view in mpr) == [pytest.approx(332, abs=2), pytest.approx(666, abs=2)]
    mpr[0].setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    mpr[0].setFocus()
    QTest.keyClick(mpr[0], Qt.Key.Key_Period)  # a key that the view does not take is the grid's
    _settle()
    assert grid.arrangement.title == "bpMRI · overview"
    assert _View.closed == ["closed", "closed"]
    assert grid.findChildren(_View) == []
    assert grid.hasFocus()


def test_viewports_that_are_no_longer_needed_are_gone_with_their_volumes(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], vtk_objects: Callable[[], int]
) -> None:
    grid.show_study(study)
    grid.set_free_grid(1, 1)
    grid.grab()
    _settle()
    few = vtk_objects()
    for _ in range(3):
        grid.set_free_grid(4, 4)
        grid.grab()
        gone = weakref.ref(grid.viewports[4])
        grid.set_free_grid(1, 1)
        grid.grab()
        _settle()
    assert len(grid.findChildren(Viewport)) == 1
    assert vtk_objects() <= few
    assert gone() is None


def test_an_axial_t2_that_is_hung_late_is_reset_to_the_window_of_the_gland(
    grid: ReadingGrid, study: tuple[LoadedSeries, ...], phantoms: Any
) -> None:
    grid.show_study(study)
    grid.set_overlays(_marked(phantoms, study))
    grid.viewport(Role.T2_AXIAL).reset()
    wanted = grid.viewport(Role.T2_AXIAL).state.window
    grid.hang_in(grid.viewports[4], grid.offers[0])
    grid.viewports[4].reset()
    assert grid.viewports[4].state.window == wanted != Window(1.0, 0.5)


def test_dwi_windows_are_remembered_for_each_b_value(grid: ReadingGrid, phantoms: Any, mouse: Any) -> None:
    volume = phantoms.positions(phantoms.affine())
    dwi = [LoadedSeries(phantoms.choice(Role.DWI, b), volume) for b in (_DWI_50, _DWI_800)]
    grid.show_study(dwi)
    grid.set_free_grid(1, 2)
    _settle()
    grid.set_tool(Tool.WINDOW)
    mouse.drag(grid.viewports[1], QPointF(50, 50), QPointF(90, 50), _LEFT)
    chosen, untouched = (view.state.window for view in reversed(grid.viewports))
    grid.show_study(dwi)
    again = [view.state.window for view in grid.viewports]
    assert [window.width for window in again] == pytest.approx([untouched.width, chosen.width])
    assert chosen.width > untouched.width


def test_offers_are_told_apart_by_series_role_and_b_value(phantoms: Any) -> None:
    offers = [Offer(phantoms.choice(role, b)) for role in (Role.DWI, Role.HIGH_B) for b in (None, 50.0, 800.0)]
    assert len({offer.key for offer in [*offers, Offer(phantoms.choice(Role.DWI, 50.0), "2020-01-01")]}) == 7
    assert all(offer.key.startswith("1.2.826.0.1.9|") for offer in offers)


def test_what_the_reader_moved_hangs_there_also_when_it_is_loaded_later_and_a_prior_stays(
    qtbot: Any, phantoms: Any, study: tuple[LoadedSeries, ...]
) -> None:
    volume = phantoms.positions(phantoms.affine(), (11, 60, 60))
    late = phantoms.choice(Role.DWI, _DWI_50)
    prior = LoadedSeries(phantoms.choice(Role.ADC), volume, prior="2020-01-01")
    grid = ReadingGrid(fetch=lambda choice, done: done(LoadedSeries(choice, volume)))
    qtbot.addWidget(grid)
    grid.show_study((*study, prior), (late,))
    grid.set_display(replace(grid.display, nudges=Nudges(diffusion=Nudge((3.0, -2.0, 1.0)))))
    adc, t2 = grid.viewport(Role.ADC), grid.viewport(Role.T2_AXIAL)
    offers = {(offer.choice.role, offer.prior): offer for offer in grid.offers}
    grid.hang_in(t2, offers[Role.DWI, ""])
    grid.hang_in(grid.viewport(Role.T2_SAGITTAL), offers[Role.ADC, "2020-01-01"])
    shifts = {
        viewport.hung.caption.title: np.subtract(viewport.hung.volume.affine[:3, 3], volume.affine[:3, 3]).tolist()
        for viewport in (*grid.viewports,)
        if viewport.hung is not None and viewport.hung.volume.spatial_shape == volume.spatial_shape
    }
    assert adc.hung is not None
    assert shifts[adc.hung.caption.title] == [3.0, -2.0, 1.0]
    assert shifts[t2.hung.caption.title if t2.hung else ""] == [3.0, -2.0, 1.0]
    assert shifts["Prior 2020-01-01"] == [0.0, 0.0, 0.0]
    grid.set_display(replace(grid.display, nudges=Nudges()))
    assert np.allclose(adc.hung.volume.affine if adc.hung else 0, volume.affine)
    grid.set_display(replace(grid.display, nudges=Nudges(diffusion=Nudge((3.0, -2.0, 1.0)))))
    grid.show_study(study)
    assert grid.display.nudges == Nudges(), "another study was not moved"


def test_a_lesion_is_not_placed_on_a_prior_or_an_unlinked_series_and_it_says_why(
    qtbot: Any, phantoms: Any, study: tuple[LoadedSeries, ...]
) -> None:
    there = phantoms.positions(phantoms.affine(), (11, 60, 60))
    apart = phantoms.positions(phantoms.affine(), (11, 60, 60), "9.9.9")
    prior = LoadedSeries(phantoms.choice(Role.T2_AXIAL), there, prior="2020-01-01")
    foreign = LoadedSeries(phantoms.choice(Role.DWI, _DWI_50), apart)
    grid = ReadingGrid()
    qtbot.addWidget(grid)
    grid.resize(1000, 640)
    grid.show()
    grid.show_study((*study, prior, foreign))
    grid.set_tool(Tool.ADD_LESION)
    placed, refused = QSignalSpy(grid.placed), QSignalSpy(grid.refused)
    view = grid.viewport(Role.T2_AXIAL)
    offers = {(offer.choice.role, offer.prior): offer for offer in grid.offers}
    middle = QPoint(view.width() // 2, view.height() // 2)
    for key, told in (((Role.T2_AXIAL, "2020-01-01"), "is an earlier examination"), ((Role.DWI, ""), "not linked")):
        grid.hang_in(view, offers[key])
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, _NO_KEYS, middle)
        assert told in refused.at(refused.count() - 1)[0]
    assert refused.count() == 2
    assert placed.count() == 0
    grid.hang_in(view, offers[Role.T2_AXIAL, ""])
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, _NO_KEYS, middle)
    assert placed.count() == 1
