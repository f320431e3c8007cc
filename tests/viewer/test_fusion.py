"""An image laid over another lies where it lies in the patient, and shows what it is said to show."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from highdicom import Volume
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QPushButton, QSlider

from core.alignment import Alignment, Moved
from core.errors import FramesDiffer
from core.frame_link import rows_of
from core.nudge import Nudge, Nudges
from core.study import Role
from core.volume import on_grid_of
from inference.lesion import sphere
from service.nudged import nudged
from service.reading import OpenStudy
from viewer.colour_maps import GREY, INFERNO, VIRIDIS, colours_of
from viewer.corner_text import Caption
from viewer.fusion import FusionLook, FusionMode, FusionSource, adc_source, signal_source
from viewer.fusion_desk import FusionDesk
from viewer.fusion_layer import FusionImages, FusionLayer
from viewer.fusion_panel import FusionPanel
from viewer.layers import Shown
from viewer.render.geometry import ScreenPlane, stack_geometry
from viewer.render.lut import Window
from viewer.slice_view import Hung
from viewer.view_state import field_of
from viewer.viewport import Viewport

_SIZE = 240
_UNDER = QColor(10, 120, 30)


def _shown(base: Volume, mm: float = 0.05, k: int = 4, ratio: float = 1.0) -> Shown:
    """Return a picture of 240 × 240 pixels of slice k, about its middle."""
    stack = stack_geometry(base)
    return Shown(base, k, ScreenPlane(stack, stack.depth_of(k), stack.middle, mm, _SIZE, _SIZE), ratio)


def _source(volume: Volume, look: FusionLook) -> FusionSource:
    array = volume.array.astype(np.float32)
    return FusionSource("Other", "", on_grid_of(volume, array), Window(200.0, 900.0), look)


def _look(mode: FusionMode = FusionMode.BLEND, **changed: Any) -> FusionLook:
    return replace(FusionLook(mode, VIRIDIS, 800.0, 1000.0, opacity=1.0), **changed)


def _painted(layer: FusionLayer, shown: Shown) -> QImage:
    canvas = QImage(round(_SIZE * shown.ratio), round(_SIZE * shown.ratio), QImage.Format.Format_RGB32)
    canvas.setDevicePixelRatio(shown.ratio)
    canvas.fill(_UNDER)
    painter = QPainter(canvas)
    layer.paint(painter, shown)
    painter.end()
    return canvas


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("mm", [0.02, 0.05, 0.3], ids=["every other pixel sampled", "near that", "each pixel sampled"])
@pytest.mark.parametrize(
    "geometry",
    [
        {"axes": "SPL", "spacing": (3.0, 2.0, 2.0)},
        {"axes": "ILA", "turn_deg": (33.0, -14.0, 27.0), "spacing": (4.0, 1.5, 1.2)},
    ],
    ids=["parallel", "oblique"],
)
def test_the_colour_over_a_patient_position_is_that_of_its_value(
    phantoms: Any, geometry: dict[str, Any], mm: float, ratio: float
) -> None:
    base = phantoms.positions(phantoms.affine(spacing=(3.0, 1.5, 1.5), turn_deg=(-18.6, 0.0, 0.0)))
    shown = _shown(base, mm, ratio=ratio)
    centre = shown.plane.lps(_SIZE / 2, _SIZE / 2)
    affine = phantoms.affine(**geometry)
    affine[:3, 3] = np.array(centre) - affine[:3, :3] @ (15.3, 30.2, 29.9)  # the middle of 30 × 60 × 60 voxels
    other = phantoms.positions(affine, shape=(30, 60, 60))
    middle = phantoms.value_at(centre)
    look = _look(faint=middle - 60, strong=middle + 60)
    image = _painted(FusionLayer(FusionImages(_source(other, look)), look, [base]), shown)
    table = colours_of(VIRIDIS).astype(int)
    for x, y in ((100, 100), (121, 120), (140, 90), (133, 147)):
        value = phantoms.value_at(shown.plane.lps((x + 0.5) / ratio, (y + 0.5) / ratio))
        step = 1 + 254 * (value - look.faint) / (look.strong - look.faint)
        assert 2 < step < 253, "the range must not hide a wrong position"
        assert np.abs(table[round(step)] - _rgb(image.pixelColor(x, y))).max() <= 3


def _flat(phantoms: Any, value: float, affine: Any = None) -> Volume:
    return phantoms.volume(np.full((9, 40, 48), value, np.float32), phantoms.affine() if affine is None else affine)


def test_opacity_mixes_the_colour_with_what_lies_under_it(phantoms: Any) -> None:
    base, look = _flat(phantoms, 1.0), _look(opacity=0.25)
    image = _painted(FusionLayer(FusionImages(_source(_flat(phantoms, 1000.0), look)), look, [base]), _shown(base))
    strongest = colours_of(VIRIDIS)[-1].astype(float)
    expected = 0.25 * strongest + 0.75 * np.array(_rgb(_UNDER))
    assert np.array(_rgb(image.pixelColor(120, 120))) == pytest.approx(expected, abs=2)


@pytest.mark.parametrize(
    ("value", "faint", "strong", "shows"),
    [
        (801.0, 800.0, 1000.0, True),
        (799.0, 800.0, 1000.0, False),
        (5000.0, 800.0, 1000.0, True),
        (1399.0, 1400.0, 400.0, True),
        (1401.0, 1400.0, 400.0, False),
        (100.0, 1400.0, 400.0, True),
    ],
)
def test_what_lies_before_the_first_colour_shows_nothing(
    phantoms: Any, value: float, faint: float, strong: float, shows: bool
) -> None:
    base, look = _flat(phantoms, 1.0), _look(faint=faint, strong=strong)
    image = _painted(FusionLayer(FusionImages(_source(_flat(phantoms, value), look)), look, [base]), _shown(base))
    assert (image.pixelColor(120, 120) != _UNDER) is shows


def test_the_first_colours_of_a_black_map_fade_in(phantoms: Any) -> None:
    base, look = _flat(phantoms, 1.0), _look(colours=INFERNO)
    image = _painted(FusionLayer(FusionImages(_source(_flat(phantoms, 801.0), look)), look, [base]), _shown(base))
    assert np.abs(np.subtract(_rgb(image.pixelColor(120, 120)), _rgb(_UNDER))).max() <= 4


@pytest.mark.parametrize("mm", [0.05, 0.3])
def test_where_no_adc_was_measured_nothing_shows_not_even_a_rim(phantoms: Any, mm: float) -> None:
    affine = phantoms.affine(spacing=(3.0, 2.0, 2.0), origin=(-40.0, -40.0, 0.0))
    array = np.full((9, 40, 48), 1350, np.uint16)
    array[:, :, 25:] = 0  # beyond x = 9: gas, say. Between 1350 and 0 lie the values of a cancer
    adc = phantoms.volume(array, affine)
    base = _flat(phantoms, 1.0)
    source = adc_source("ADC", adc, base)
    look = replace(source.look, opacity=1.0, colours=VIRIDIS, faint=1400.0, strong=400.0)
    shown = _shown(base, mm)
    image = _painted(FusionLayer(FusionImages(source), look, [base]), shown)
    row = [image.pixelColor(x, 120) for x in range(_SIZE)]
    allowed = {_rgb(_UNDER), *map(tuple, colours_of(VIRIDIS)[13:16].tolist())}  # 1350 of 1400 to 400 is step 14
    assert {_rgb(colour) for colour in row} <= allowed
    assert len({_rgb(colour) for colour in row}) == 2


def test_outside_of_the_image_there_is_nothing(phantoms: Any) -> None:
    base, look = _flat(phantoms, 1.0), _look(FusionMode.CHECKERBOARD, cell_mm=1.0)
    small = phantoms.volume(np.full((9, 4, 4), 900, np.float32), phantoms.affine(origin=(11.0, 9.0, 0.0)))
    image = _painted(FusionLayer(FusionImages(_source(small, look)), look, [base]), _shown(base, 0.1))
    assert image.pixelColor(60, 120) == _UNDER
    assert any(image.pixelColor(x, 120) != _UNDER for x in range(110, 130))


def test_a_swipe_shows_the_one_left_and_the_other_right_of_the_divider(phantoms: Any) -> None:
    base, look = _flat(phantoms, 1.0), _look(FusionMode.SWIPE, divider=0.25, opacity=0.1)
    image = _painted(FusionLayer(FusionImages(_source(_flat(phantoms, 900.0), look)), look, [base]), _shown(base))
    assert image.pixelColor(56, 20) == _UNDER
    grey = image.pixelColor(64, 20)  # whole, in grey: 900 is the middle of its window
    assert _rgb(grey) == pytest.approx((128, 128, 128), abs=1)


def test_the_cells_of_a_checkerboard_stay_at_their_places_in_the_patient(phantoms: Any) -> None:
    base, look = _flat(phantoms, 1.0), _look(FusionMode.CHECKERBOARD, cell_mm=2.0)
    layer = FusionLayer(FusionImages(_source(_flat(phantoms, 900.0), look)), look, [base])
    shown = _shown(base)
    panned = replace(shown, plane=replace(shown.plane, centre=(shown.plane.centre[0] + 1.0, shown.plane.centre[1])))
    before, after = _painted(layer, shown), _painted(layer, panned)
    covered = [before.pixelColor(x, 150) != _UNDER for x in range(30, 200)]
    assert covered == [after.pixelColor(x - 20, 150) != _UNDER for x in range(30, 200)]
    changes = [x for x, pair in enumerate(pairwise(covered)) if pair[0] != pair[1]]
    assert np.diff(changes).tolist() == [40] * (len(changes) - 1), "2 mm are 40 pixels"


def test_nothing_is_laid_over_other_volumes_or_other_frames(phantoms: Any) -> None:
    base, look = _flat(phantoms, 1.0), _look()
    elsewhere = phantoms.volume(np.full((9, 40, 48), 900, np.float32), phantoms.affine(), "1.9")
    for source, onto in ((_flat(phantoms, 900.0), [_flat(phantoms, 1.0)]), (elsewhere, [base])):
        image = _painted(FusionLayer(FusionImages(_source(source, look)), look, onto), _shown(base))
        assert image.pixelColor(120, 120) == _UNDER


def test_an_image_of_another_frame_of_reference_is_refused_in_words(phantoms: Any) -> None:
    elsewhere = phantoms.volume(np.full((9, 40, 48), 900, np.float32), phantoms.affine(), "1.9")
    with pytest.raises(FramesDiffer, match="DWI b 1400 was not acquired in the frame of reference of the axial T2"):
        signal_source("DWI b 1400", elsewhere, _flat(phantoms, 1.0))


def test_a_picture_that_did_not_change_is_not_made_again(phantoms: Any) -> None:
    base, look = _flat(phantoms, 1.0), _look(FusionMode.SWIPE)
    images, shown = FusionImages(_source(_flat(phantoms, 900.0), look)), _shown(base)
    first = images.image(shown, look)
    assert images.image(shown, replace(look, divider=0.9, opacity=0.3)) is first
    assert images.image(replace(shown, slice_index=5), look) is first
    assert images.image(shown, replace(look, mode=FusionMode.BLEND)) is not first


def test_a_signal_is_laid_over_from_the_brighter_part_of_the_gland_on(phantoms: Any) -> None:
    base = _flat(phantoms, 1.0)
    gland = sphere(base, (12.0, 10.0, 12.0), 12.0)
    signal = _flat(phantoms, 5.0)
    signal.array[gland.array > 0] = np.linspace(100, 200, int(gland.array.sum()))
    source = signal_source("DWI", signal, base, gland)
    assert (source.look.faint, source.look.strong) == pytest.approx((160.0, 199.5), abs=1)


# The desk and its panel


@pytest.fixture
def desk(opened: OpenStudy) -> FusionDesk:
    desk = FusionDesk()
    desk.show_study(opened)
    return desk


def _viewport(qtbot: Any, volume: Volume) -> Viewport:
    view = Viewport()
    qtbot.addWidget(view)
    stack = stack_geometry(volume)
    view.hang(Hung(volume, stack, Caption("T2", ()), Window(400, 200), field_of(stack, None), True), Window(400, 200))
    view.resize(300, 300)
    view.show()
    qtbot.waitExposed(view)
    return view


def test_the_images_of_the_study_can_be_chosen_and_put_away(desk: FusionDesk, qtbot: Any) -> None:
    panel = FusionPanel(desk)
    qtbot.addWidget(panel)
    box = panel.findChild(QComboBox, "fusionSource")
    assert [box.itemText(n) for n in range(box.count())] == ["Off", "ADC", "DWI b 1400"]
    assert desk.layers == ()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert desk.chosen == "ADC"
    assert len(desk.layers) == 1
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert desk.layers == ()


def test_each_image_keeps_the_look_that_it_was_given(desk: FusionDesk) -> None:
    desk.choose("ADC")
    assert desk.look is not None
    desk.set_look(replace(desk.look, opacity=0.8, colours=GREY))
    desk.choose("DWI b 1400")
    assert desk.look.opacity == 0.5
    desk.choose("ADC")
    assert (desk.look.opacity, desk.look.colours) == (0.8, GREY)


def test_the_panel_changes_what_it_shows(desk: FusionDesk, qtbot: Any) -> None:
    panel = FusionPanel(desk)
    qtbot.addWidget(panel)
    panel.show()
    desk.choose("ADC")
    slider = panel.findChild(QSlider, "fusionAmount")
    slider.setValue(30)
    assert desk.look is not None
    assert desk.look.opacity == 0.3
    panel.findChild(QComboBox, "fusionColours").setCurrentText("Viridis")
    panel.findChild(QDoubleSpinBox, "fusionFrom").setValue(1100)
    assert (desk.look.colours, desk.look.faint) == (VIRIDIS, 1100)
    QTest.mouseClick(panel.findChild(QPushButton, "fusionMode_Checker"), Qt.MouseButton.LeftButton)
    slider.setValue(20)
    assert (desk.look.mode, desk.look.cell_mm, desk.look.opacity) == (FusionMode.CHECKERBOARD, 20.0, 0.3)
    assert slider.accessibleName() == "Cells in millimetres"
    assert not panel.findChild(QComboBox, "fusionColours").isVisible()


def test_the_divider_is_dragged_where_it_stands(desk: FusionDesk, opened: OpenStudy, qtbot: Any, mouse: Any) -> None:
    t2 = opened.volume(Role.T2_AXIAL)
    assert t2 is not None
    view = _viewport(qtbot, t2)
    view.set_grips(desk.grip)
    desk.layer_changed.connect(lambda: view.set_layers(under=desk.layers))
    desk.choose("ADC")
    assert desk.look is not None
    desk.set_look(replace(desk.look, mode=FusionMode.SWIPE))
    mouse.drag(view, QPointF(40, 100), QPointF(80, 100), Qt.MouseButton.LeftButton)
    assert desk.look.divider == 0.5, "a drag elsewhere is not for the divider"
    mouse.drag(view, QPointF(152, 100), QPointF(225, 100), Qt.MouseButton.LeftButton)
    assert desk.look.divider == pytest.approx(0.75)


def test_holding_the_key_makes_the_overlay_vanish(desk: FusionDesk, opened: OpenStudy, qtbot: Any) -> None:
    t2 = opened.volume(Role.T2_AXIAL)
    assert t2 is not None
    view = _viewport(qtbot, t2)
    plain = view.grab().toImage()
    desk.choose("ADC")
    view.set_layers(under=desk.layers)
    assert view.grab().toImage() != plain
    view.set_mark_display(visible=True, peeking=True, opacity=0.6)
    assert view.grab().toImage() == plain


def test_a_nudged_study_lays_its_adc_elsewhere_and_keeps_the_look(desk: FusionDesk, opened: OpenStudy) -> None:
    desk.choose("ADC")
    assert desk.look is not None
    desk.set_look(replace(desk.look, opacity=0.9))
    desk.offer(nudged(opened, Nudges(diffusion=Nudge((5.0, 0.0, 0.0)))))
    assert desk.source is not None
    before = opened.volume(Role.ADC)
    assert before is not None
    assert desk.source.volume.affine[0, 3] == pytest.approx(before.affine[0, 3] + 5.0)
    assert desk.look.opacity == 0.9


def test_an_image_that_cannot_be_laid_over_says_why(opened: OpenStudy, phantoms: Any, qtbot: Any) -> None:
    adc = next(one for one in opened.series if one.choice.role is Role.ADC)
    elsewhere = replace(adc, volume=phantoms.volume(np.ones((4, 4, 4), np.int16), phantoms.affine(), "1.9"))
    series = tuple(elsewhere if one is adc else one for one in opened.series)
    desk = FusionDesk()
    panel = FusionPanel(desk)
    qtbot.addWidget(panel)
    desk.show_study(replace(opened, series=series))
    assert desk.sources == ("DWI b 1400",)
    assert "ADC was not acquired in the frame of reference" in panel.findChild(QLabel, "fusionProblem").text()


def test_closing_the_study_takes_its_images_away(desk: FusionDesk) -> None:
    desk.choose("ADC")
    desk.show_study(None)
    assert (desk.layers, desk.sources, desk.chosen) == ((), (), "")


@pytest.mark.parametrize(
    ("applied", "taken_back", "word"), [(True, False, "used"), (True, True, "taken back"), (False, False, "not used")]
)
def test_the_panel_says_how_well_the_images_lie_before_and_after(
    qtbot: Any, applied: bool, taken_back: bool, word: str
) -> None:
    panel = FusionPanel(FusionDesk())
    qtbot.addWidget(panel)
    line = panel.findChild(QLabel, "fusionAlignment")
    assert line is not None
    assert line.isHidden()
    found = Alignment(
        moved=Moved.DIFFUSION, frame="1.2.3", rows=rows_of(np.eye(4)), shift_mm=(1.2, 0.0, 0.0), turn_deg=0.0,
        before=0.276, after=0.339, measured_on="DWI b 50", applied=applied, reason="better by 23%",
        taken_back=taken_back,
    )  # fmt: skip

    panel.show_nudges(Nudges(alignments=(found,)))

    assert not line.isHidden()
    assert line.text() == f"Alignment of DWI to T2, mutual information: 0.28 → 0.34 ({word})"
    panel.show_nudges(Nudges())
    assert line.isHidden()
