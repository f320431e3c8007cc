"""The dynamic series in the reading room: its images hang, its phases play, its curves are those of the place."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QSlider

from core.annotations import Kind, annotation
from core.findings import Findings
from core.nudge import Nudge, Nudges
from core.report import Report, with_findings
from core.study import Role, RoleChoice, Series, Stack
from core.volume import position_lps
from inference.dce import CurveType, Dynamic, curve, maps
from inference.lesion import sphere
from service.reading import OpenStudy, open_folder
from service.workspace import Workspace
from viewer import edits
from viewer.dce_cine import CineBar
from viewer.dce_curve import CurvePlot, Plotted
from viewer.dce_desk import DceDesk
from viewer.dce_images import DceImage, DceSeries
from viewer.dce_panel import DcePanel
from viewer.fields import NumberField
from viewer.jobs import JobRunner
from viewer.reading_page import ReadingPage

_TIMES = tuple(10.0 * n for n in range(16))
_COURSE = (100, 100, 100, 100, 150, 200, *range(195, 149, -5))
_STILL = (100,) * 16


def _dynamic(phantoms: Any, frame: str = "1.2.826.0.1") -> Dynamic:
    """Return phases whose left half (i < 24) enhances and whose right half does not."""
    phases = []
    for left, right in zip(_COURSE, _STILL, strict=True):
        array = np.full((9, 40, 48), right, np.uint16)
        array[:, :, :24] = left
        phases.append(phantoms.volume(array, phantoms.affine(), frame))
    return Dynamic(tuple(phases), _TIMES, 4, "dynamic")


def _series(phantoms: Any) -> DceSeries:
    series = Series("1.2.8", "MR", 8, "dynamic", "1.2.826.0.1", ())
    dynamic = _dynamic(phantoms)
    choice = RoleChoice(Role.DCE, tuple(Stack(series, (), time_s=t) for t in _TIMES), "made up")
    return DceSeries(choice, dynamic, maps(dynamic))


def _value(volume: Any, k: int = 4, j: int = 20, i: int = 10) -> float:
    return float(volume.array[k, j, i])


def test_each_image_is_the_one_that_it_is_called(phantoms: Any) -> None:
    series = _series(phantoms)
    values = {image: _value(series.hung(image, 5, None).volume) for image in DceImage}
    kinetics = curve(_TIMES, _COURSE, 4).kinetics
    assert values == pytest.approx(
        {
            DceImage.PHASE: 200,
            DceImage.SUBTRACTION: 100,
            DceImage.WASH_IN: kinetics.wash_in,
            DceImage.WASH_OUT: kinetics.wash_out,
            DceImage.TIME_TO_PEAK: kinetics.time_to_peak_s,
        }
    )


def test_an_image_says_what_it_is_and_keeps_its_window_over_the_phases(phantoms: Any) -> None:
    series = _series(phantoms)
    first, last = (series.hung(DceImage.SUBTRACTION, phase, None) for phase in (0, 15))
    assert last.caption.title == "DCE subtraction"
    assert last.caption.lines == ("Phase 16 / 16 · 150 s", "Se 8, calculated")
    assert first.window == last.window
    assert (last.phase, series.hung(DceImage.PHASE, 4, None).phase) == ("phase 16 (150 s)", "phase 5 (40 s)")
    assert series.hung(DceImage.WASH_IN, 0, None).phase == ""
    assert series.hung(DceImage.WASH_IN, 0, None).unit == "%/s"
    assert series.hung(DceImage.WASH_IN, 0, None).caption.lines[0] == "%/s, calculated"


# Loading, on real files: the study of the other tests with a dynamic series of eight small phases


@pytest.fixture(scope="module")
def dce_study(study_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up study with eight phases, 10 s apart; the left half of the picture enhances from the fifth on."""
    folder = tmp_path_factory.mktemp("dce")
    shutil.copytree(study_folder, folder, dirs_exist_ok=True)
    for path in sorted(study_folder.glob("*.6.*.dcm")):
        for phase in range(8):
            ds = pydicom.dcmread(path)
            ds.SeriesInstanceUID, ds.SeriesNumber = f"{ds.StudyInstanceUID}.9", 9
            ds.SOPInstanceUID = f"{ds.SeriesInstanceUID}.{phase}.{ds.InstanceNumber}"
            ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
            ds.InstanceNumber = 100 * phase + ds.InstanceNumber
            ds.SeriesDescription, ds.ImageType = "dynamic", ["ORIGINAL", "PRIMARY", "M"]
            ds.ScanningSequence, ds.EchoTime, ds.ContrastBolusAgent = "GR", 1.5, "Gadobutrol"
            ds.TemporalPositionIdentifier, ds.AcquisitionTime = phase + 1, f"10{20 + phase // 6:02d}{phase % 6}0"
            pixels = np.full((24, 24), 100, np.uint16)
            pixels[:, 12:] = 100 if phase < 4 else 250
            ds.PixelData = pixels.tobytes()
            ds.save_as(folder / f"{ds.SOPInstanceUID}.dcm")
    return folder


@pytest.fixture
def desk(jobs: JobRunner, dce_study: Path, qtbot: Any) -> DceDesk:
    desk = DceDesk(jobs)
    desk.show_study(open_folder(dce_study))
    qtbot.waitUntil(lambda: desk.series is not None, timeout=10_000)
    return desk


def _left(opened: OpenStudy) -> tuple[float, float, float]:
    t2 = opened.volume(Role.T2_AXIAL)
    assert t2 is not None
    return position_lps(t2, (5.0, 24.0, 36.0))


def test_a_study_without_dce_says_so(jobs: JobRunner, opened: OpenStudy, qtbot: Any) -> None:
    desk = DceDesk(jobs)
    panel = DcePanel(desk)
    desk.show_study(opened)
    for one in (panel, DcePanel(desk)):  # also a panel that is made later
        qtbot.addWidget(one)
        told = one.findChild(CurvePlot).accessibleName()
        assert told == "Enhancement over time. This study has no dynamic contrast-enhanced series."
    assert not panel.findChild(CineBar).isEnabled()
    assert desk.hung(None) is None


def test_the_phases_are_loaded_beside_the_window_and_the_early_one_is_shown(desk: DceDesk) -> None:
    assert desk.series is not None
    assert desk.series.dynamic.times_s == tuple(10.0 * n for n in range(8))
    assert desk.series.dynamic.before == 4
    assert desk.phase == desk.series.dynamic.early == 7
    hung = desk.hung(None)
    assert hung is not None
    assert hung.volume.array[5, 12, 18] == 150


def test_the_curve_follows_the_crosshair(desk: DceDesk, dce_study: Path) -> None:
    point = _left(open_folder(dce_study))
    desk.set_crosshair(point)
    assert [one.name for one in desk.curves] == ["Cursor"]
    assert desk.curves[0].curve.enhancement == pytest.approx((0, 0, 0, 0, 150, 150, 150, 150))
    desk.set_crosshair((point[0] - 25.0, point[1], point[2]))
    assert max(desk.curves[0].curve.enhancement) == 0
    desk.set_crosshair((point[0] + 400.0, point[1], point[2]))
    assert desk.curves == ()


def test_lesions_have_their_curves_beside_the_cursor(desk: DceDesk, dce_study: Path) -> None:
    opened = open_folder(dce_study)
    t2 = opened.volume(Role.T2_AXIAL)
    assert t2 is not None
    desk.set_regions([("L1", sphere(t2, _left(opened), 8.0))], ())
    desk.set_crosshair(_left(opened))
    assert [one.name for one in desk.curves] == ["Cursor", "L1"]
    assert desk.curves[1].curve.kinetics.peak_percent == pytest.approx(150)


def test_of_more_than_four_regions_the_newest_have_curves_and_the_others_are_named(
    desk: DceDesk, dce_study: Path, qtbot: Any
) -> None:
    opened = open_folder(dce_study)
    t2 = opened.volume(Role.T2_AXIAL)
    assert t2 is not None
    panel = DcePanel(desk)
    qtbot.addWidget(panel)
    x, y, z = _left(opened)
    corners = ((x, y, z), (x + 8, y, z), (x, y + 8, z))
    drawn = [annotation(Kind.POLYGON, t2.frame_of_reference_uid, corners) for _ in range(5)]
    length = annotation(Kind.LENGTH, t2.frame_of_reference_uid, corners[:2])
    lesions = [(f"L{n}", sphere(t2, (x, y, z), 8.0)) for n in range(1, 6)]
    desk.set_regions(lesions, (length, *drawn))
    names = [one.name for one in desk.curves]
    assert names == ["L1", "L2", "L3", "L4", "Region 2", "Region 3", "Region 4", "Region 5"]
    told = panel.findChild(QLabel, "dceProblem")
    assert told.text() == "4 lesions and the 4 newest regions have curves; there is none of L5, Region 1."
    assert not told.isHidden()
    desk.set_regions(lesions[:4], drawn[:4])
    assert told.isHidden()


def test_the_reader_sees_the_curve_of_a_lesion_before_taking_it_and_none_of_a_rejected_one(
    ws: Workspace, jobs: JobRunner, dce_study: Path, findings: Findings, qtbot: Any
) -> None:
    opened = open_folder(dce_study)
    page = ReadingPage(ws, jobs)
    qtbot.addWidget(page)
    page.resize(1400, 900)
    page.show()
    page.open(opened, with_findings(Report(opened.recognised), findings))
    desk = page.looking.dce
    qtbot.waitUntil(lambda: desk.series is not None, timeout=20_000)
    assert [one.name for one in desk.curves if one.name != "Cursor"] == ["L1", "L2"]
    assert page.session is not None
    page.session.edit(edits.reject(page.session.report.lesions[0].tracking_uid, "BPH"), what="reject")
    assert [one.name for one in desk.curves if one.name != "Cursor"] == ["L2"]
    page.leave()


def test_what_is_measured_in_a_subtraction_tells_the_phase(
    ws: Workspace, jobs: JobRunner, dce_study: Path, qtbot: Any
) -> None:
    opened = open_folder(dce_study)
    page = ReadingPage(ws, jobs)
    qtbot.addWidget(page)
    page.resize(1400, 900)
    page.show()
    page.open(opened, Report(opened.recognised))
    page.grid.choose("pirads-4up")
    qtbot.waitUntil(lambda: page.looking.dce.series is not None, timeout=20_000)
    subtraction = page.grid.viewport(Role.SUBTRACTION)
    qtbot.waitUntil(lambda: subtraction.hung is not None and bool(subtraction.hung.phase), timeout=20_000)
    assert subtraction.seen().title == "DCE subtraction phase 8 (70 s)"
    page.looking.dce.show_phase(5)
    assert subtraction.seen().title == "DCE subtraction phase 6 (50 s)"
    page.leave()


def test_a_nudge_moves_images_maps_and_curves(desk: DceDesk, dce_study: Path) -> None:
    point = _left(open_folder(dce_study))
    desk.set_crosshair(point)
    desk.set_nudges(Nudges(dce=Nudge((30.0, 0.0, 0.0))))
    assert max(desk.curves[0].curve.enhancement) == 0, "what enhances lies 30 mm further to the left now"
    desk.show_image(DceImage.WASH_IN)
    hung = desk.hung(None)
    assert hung is not None
    assert desk.series is not None
    assert np.array_equal(hung.volume.affine, desk.series.dynamic.phases[0].affine)
    desk.set_nudges(Nudges())
    assert max(desk.curves[0].curve.enhancement) == pytest.approx(150)


def test_a_dynamic_series_in_another_frame_is_shown_but_has_no_curve_at_the_cursor(
    jobs: JobRunner, dce_study: Path, phantoms: Any, qtbot: Any
) -> None:
    opened = open_folder(dce_study)
    first = opened.series[0]
    elsewhere = replace(first, volume=phantoms.volume(np.ones((4, 4, 4), np.int16), phantoms.affine(), "1.9"))
    desk = DceDesk(jobs)
    panel = DcePanel(desk)
    qtbot.addWidget(panel)
    desk.show_study(replace(opened, series=(elsewhere, *opened.series[1:])))
    qtbot.waitUntil(lambda: desk.series is not None, timeout=10_000)
    desk.set_crosshair(_left(opened))
    assert desk.curves == ()
    assert desk.hung(None) is not None
    assert "was not acquired in the frame of reference of the T2" in panel.findChild(QLabel, "dceProblem").text()


# The panel


@pytest.fixture
def panel(desk: DceDesk, qtbot: Any) -> DcePanel:
    panel = DcePanel(desk)
    qtbot.addWidget(panel)
    panel.resize(400, 420)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def test_the_slider_goes_through_the_phases(panel: DcePanel, desk: DceDesk) -> None:
    slider = panel.findChild(QSlider, "dcePhase")
    assert (slider.minimum(), slider.maximum(), slider.value()) == (0, 7, 7)
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert desk.phase == 6
    assert panel.findChild(QLabel, "dcePhaseWords").text() == "Phase 7 / 8 · 60 s"


def test_a_cine_plays_round_and_stops_when_it_is_hidden(panel: DcePanel, desk: DceDesk, qtbot: Any) -> None:
    panel.findChild(NumberField, "dceFps").setValue(20)
    play = panel.findChild(QPushButton, "dcePlay")
    seen: list[int] = []
    desk.image_changed.connect(lambda: seen.append(desk.phase))
    QTest.mouseClick(play, Qt.MouseButton.LeftButton)
    assert play.text() == "Pause"
    qtbot.waitUntil(lambda: len(seen) >= 3, timeout=5_000)
    assert seen[:3] == [0, 1, 2]
    panel.hide()
    assert not panel.findChild(CineBar).is_playing
    assert play.text() == "Play"


def test_a_map_has_no_phases(panel: DcePanel, desk: DceDesk) -> None:
    QTest.mouseClick(panel.findChild(QPushButton, "dcePlay"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.findChild(QPushButton, "dceImage_In"), Qt.MouseButton.LeftButton)
    assert desk.image is DceImage.WASH_IN
    assert not panel.findChild(CineBar).isEnabled()
    assert not panel.findChild(CineBar).is_playing
    QTest.mouseClick(panel.findChild(QPushButton, "dceImage_Phase"), Qt.MouseButton.LeftButton)
    assert panel.findChild(CineBar).isEnabled()


def test_a_click_into_the_curves_goes_to_the_phase_nearest_to_it(
    panel: DcePanel, desk: DceDesk, dce_study: Path, mouse: Any
) -> None:
    desk.set_crosshair(_left(open_folder(dce_study)))
    plot = panel.findChild(CurvePlot)
    inner = plot.width() - 52 - 14
    mouse.click(plot, QPointF(52 + inner * 21 / 70, 40))
    assert desk.phase == 2


# The plot


def _plot(qtbot: Any, curves: list[Plotted]) -> CurvePlot:
    plot = CurvePlot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show_curves(curves, _TIMES, 5)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def test_curves_differ_in_more_than_colour(qtbot: Any) -> None:
    shapes = []
    for place in range(5):
        curves = [Plotted("", curve(_TIMES, _STILL, 4))] * place + [Plotted("", curve(_TIMES, _COURSE, 4))]
        image = _plot(qtbot, curves).grab().toImage()
        bright = [
            [image.pixelColor(x, y).lightness() > 90 for x in range(150, 380)] for y in range(14, 150)
        ]  # what of the curve lies above those that stay at 0
        shapes.append(np.array(bright))
    for first in range(5):
        for second in range(first):
            smaller = min(shapes[first].shape[0], shapes[second].shape[0])
            assert not np.array_equal(shapes[first][:smaller], shapes[second][:smaller])


def test_the_plot_says_the_measures_to_those_who_do_not_see_it(qtbot: Any) -> None:
    plot = _plot(qtbot, [Plotted("L1", curve(_TIMES, _COURSE, 4)), Plotted("PZ", curve(_TIMES, _STILL, 4))])
    assert plot.accessibleName() == (
        "Enhancement over time. L1: type 3, wash-out, peak 100 % after 20 s, wash-in 5.0 % per second, "
        "wash-out 30 % per minute; PZ: no enhancement"
    )
    assert plot.accessibleName().count(";") == 1
    assert curve(_TIMES, _COURSE, 4).kinetics.curve_type is CurveType.WASH_OUT


def test_a_value_stands_at_its_place_on_the_axes(qtbot: Any) -> None:
    peak = _plot(qtbot, [Plotted("L1", curve(_TIMES, _COURSE, 4))]).grab().toImage()
    blue = [
        (x, y)
        for x in range(56, 380)
        for y in range(10, 200)
        if (colour := peak.pixelColor(x, y)).blue() > 200 and colour.red() < 120
    ]
    highest = min(y for _, y in blue)
    at = [x for x, y in blue if y <= highest + 6]
    expected = 52 + (400 - 52 - 14) * 50 / 150  # the peak is at 50 s
    assert np.mean(at) == pytest.approx(expected, abs=3)


def test_an_empty_plot_says_what_to_do(qtbot: Any) -> None:
    plot = _plot(qtbot, [])
    image = plot.grab().toImage()
    assert any(image.pixelColor(x, 150).lightness() > 60 for x in range(60, 340))


def test_a_loading_study_that_is_closed_leaves_nothing_running(
    jobs: JobRunner, dce_study: Path, qtbot: Any, opened: OpenStudy
) -> None:
    desk = DceDesk(jobs)
    desk.show_study(open_folder(dce_study))
    desk.show_study(None)
    qtbot.wait(200)
    assert desk.series is None
    assert desk.curves == ()
