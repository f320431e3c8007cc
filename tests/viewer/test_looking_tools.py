"""The calculated b-value, the nudge and the magnifier in the reader's hands."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLabel, QPushButton, QSlider

from core.alignment import Alignment, Moved
from core.frame_link import translation
from core.nudge import Nudge, Nudges
from service.computed_b import computed_b
from service.reading import OpenStudy, open_folder
from viewer.computed_b_panel import ComputedBPanel
from viewer.corner_text import Caption
from viewer.magnifier import Magnifier
from viewer.nudge_panel import NudgePanel
from viewer.render.geometry import stack_geometry
from viewer.render.lut import Window, grey
from viewer.slice_view import Hung
from viewer.view_state import field_of
from viewer.viewport import Viewport

# The calculated b-value


@pytest.fixture(scope="module")
def diffusion(phantom_study: SimpleNamespace) -> OpenStudy:
    """The phantom, which has acquired b-values to calculate from."""
    folder: Path = phantom_study.folder
    return open_folder(folder)


def test_the_slider_gives_the_image_of_its_b_value_while_it_is_switched_on(diffusion: OpenStudy, qtbot: Any) -> None:
    panel = ComputedBPanel()
    qtbot.addWidget(panel)
    made = computed_b(diffusion, Nudges())
    panel.show_computed(made, "")
    told = QSignalSpy(panel.image_changed)
    slider = panel.findChild(QSlider, "computedBSlider")
    assert not slider.isEnabled()
    panel.findChild(QCheckBox, "computedBSwitch").click()
    assert told.at(0)[0].choice.title == "DWI b 1500 (calc)"
    QTest.keyClick(slider, Qt.Key.Key_Right)
    image = told.at(1)[0]
    assert image.choice.b_value == 1550
    assert np.array_equal(image.volume.array, made.extrapolation.image(1550).array)
    slider.setValue(slider.minimum())
    assert panel.b_value == 800
    slider.setValue(slider.maximum())
    assert panel.b_value == 2500
    panel.findChild(QCheckBox, "computedBSwitch").click()
    assert told.at(told.count() - 1)[0] is None


def test_the_panel_says_that_the_image_is_calculated_and_from_what(diffusion: OpenStudy, qtbot: Any) -> None:
    panel = ComputedBPanel()
    qtbot.addWidget(panel)
    panel.show_computed(computed_b(diffusion, Nudges()), "")
    texts = [one.text() for one in panel.findChildren(QLabel)]
    assert "calculated b = 1500" in texts
    assert "S(b) from b 50 s/mm² and the ADC, mono-exponential; not an acquired image." in texts


def test_without_images_to_calculate_from_it_says_why(qtbot: Any) -> None:
    panel = ComputedBPanel()
    qtbot.addWidget(panel)
    panel.show_computed(None, "No b-value can be calculated: the study has no ADC map.")
    assert not panel.findChild(QCheckBox, "computedBSwitch").isEnabled()
    assert "no ADC map" in panel.findChild(QLabel, "computedBWords").text()


# The nudge


@pytest.fixture
def panel(qtbot: Any) -> NudgePanel:
    panel = NudgePanel()
    qtbot.addWidget(panel)
    panel.show_nudges(Nudges(), (1.0, 20.0, -30.0))
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def _last(spy: QSignalSpy) -> Nudges:
    return spy.at(spy.count() - 1)[0]


@pytest.mark.parametrize(
    ("key", "modifier", "shift"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, (0.5, 0.0, 0.0)),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, (-0.5, 0.0, 0.0)),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, (0.0, 0.5, 0.0)),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier, (0.0, -0.1, 0.0)),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, (0.0, 0.0, 0.5)),
    ],
)
def test_an_arrow_key_shifts_as_it_looks_on_an_axial_image(
    panel: NudgePanel, key: Qt.Key, modifier: Qt.KeyboardModifier, shift: tuple[float, float, float]
) -> None:
    told = QSignalSpy(panel.nudged)
    QTest.keyClick(panel, key, modifier)
    assert told.count() == 1
    assert _last(told) == Nudges(diffusion=Nudge(shift))


def test_a_turn_is_about_the_middle_of_the_gland_and_keeps_it(panel: NudgePanel) -> None:
    told = QSignalSpy(panel.nudged)
    panel.findChild(QDoubleSpinBox, "nudgeAboutZ").setValue(3.0)
    assert _last(told).diffusion == Nudge((0.0, 0.0, 0.0), (0.0, 0.0, 3.0), (1.0, 20.0, -30.0))
    panel.show_nudges(_last(told), (9.0, 9.0, 9.0))  # the gland's outline was edited meanwhile
    panel.findChild(QDoubleSpinBox, "nudgeLeft").setValue(1.0)
    assert _last(told).diffusion == Nudge((1.0, 0.0, 0.0), (0.0, 0.0, 3.0), (1.0, 20.0, -30.0))


def test_diffusion_and_dce_are_moved_apart_from_each_other_and_back(panel: NudgePanel) -> None:
    told = QSignalSpy(panel.nudged)
    panel.findChild(QDoubleSpinBox, "nudgeLeft").setValue(2.0)
    panel.findChild(QPushButton, "nudgeGroup_DCE").click()
    assert panel.findChild(QDoubleSpinBox, "nudgeLeft").value() == 0
    panel.findChild(QDoubleSpinBox, "nudgeSuperior").setValue(-1.0)
    assert _last(told) == Nudges(Nudge((2.0, 0.0, 0.0)), Nudge((0.0, 0.0, -1.0)))
    panel.findChild(QPushButton, "nudgeReset").click()
    assert _last(told) == Nudges(diffusion=Nudge((2.0, 0.0, 0.0)))
    assert not panel.findChild(QPushButton, "nudgeReset").isEnabled()


def test_what_the_ai_moved_is_told_taken_back_and_used_again(panel: NudgePanel) -> None:
    rows = translation((0.0, 0.0, 0.0), (1.2, -1.6, 0.0))
    found = Alignment(
        Moved.DIFFUSION, "1.2", rows, (1.2, -1.6, 0.0), 0.0, 0.28, 0.34, "DWI b 50", applied=True, reason="better"
    )
    told = QSignalSpy(panel.nudged)
    panel.show_nudges(Nudges(alignments=(found,)), (0.0, 0.0, 0.0))
    said, use = panel.findChild(QLabel, "nudgeFoundByAi"), panel.findChild(QPushButton, "nudgeUseAi")
    assert said.text() == "AI: moved by 1.2 mm left, 1.6 mm anterior (mutual information 0.28 → 0.34)."
    assert not use.isVisible()
    panel.findChild(QDoubleSpinBox, "nudgeLeft").setValue(2.0)  # on top of it
    assert _last(told) == Nudges(diffusion=Nudge((2.0, 0.0, 0.0)), alignments=(found,))
    panel.findChild(QPushButton, "nudgeReset").click()
    assert _last(told) == Nudges(alignments=(replace(found, taken_back=True),))
    assert not panel.findChild(QPushButton, "nudgeReset").isEnabled()
    assert use.isVisible()
    use.click()
    assert _last(told) == Nudges(alignments=(found,))
    panel.findChild(QPushButton, "nudgeGroup_DCE").click()
    assert not said.isVisible()


def test_showing_the_report_s_nudge_tells_nobody(panel: NudgePanel) -> None:
    told = QSignalSpy(panel.nudged)
    panel.show_nudges(Nudges(diffusion=Nudge((4.0, 0.0, 0.0))), (0.0, 0.0, 0.0))
    assert panel.findChild(QDoubleSpinBox, "nudgeLeft").value() == 4.0
    assert told.count() == 0


def test_a_study_without_dce_offers_none_to_move(panel: NudgePanel) -> None:
    panel.allow_dce(False)
    assert not panel.findChild(QPushButton, "nudgeGroup_DCE").isEnabled()


# The magnifier


def test_the_glass_shows_the_picture_three_times_as_large_about_the_pointer(
    qtbot: Any, phantoms: Any, mouse: Any
) -> None:
    volume = phantoms.positions(phantoms.affine())
    stack = stack_geometry(volume)
    window = Window(120.0, phantoms.value_at(stack.lps(*stack.middle, stack.depth_of(4))))
    view = Viewport()
    qtbot.addWidget(view)
    view.hang(Hung(volume, stack, Caption("T2", ()), window, field_of(stack, None), True), window)
    view.resize(400, 320)
    view.show()
    qtbot.waitExposed(view)
    plain = view.grab().toImage()
    view.set_hand(Magnifier())
    at = QPointF(200, 160)
    mouse.move(view, at)
    image, plane = view.grab().toImage(), view.plane()
    for dx, dy in ((30, 0), (-42, 21), (0, 60), (45, -45)):
        value = phantoms.value_at(plane.lps(at.x() + (dx + 0.5) / 3, at.y() + (dy + 0.5) / 3))
        expected = int(grey(np.array([[value]], np.float32), window)[0, 0])
        assert image.pixelColor(200 + dx, 160 + dy).red() == pytest.approx(expected, abs=2)
    assert image.pixelColor(330, 160) == plain.pixelColor(330, 160), "beyond the glass nothing changes"
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at.toPoint())
    mouse.move(view, QPointF(150, 160), Qt.MouseButton.LeftButton)
    assert view.state.window == window, "a drag with it in hand only looks"
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton)
    view.set_hand(None)
    assert view.grab().toImage().pixelColor(170, 160) == plain.pixelColor(170, 160)


def test_turned_slices_are_looked_at_through_the_glass_as_well(qtbot: Any, phantoms: Any, mouse: Any) -> None:
    array = np.zeros((9, 40, 48), np.int16)
    array[5] = 400
    volume = phantoms.volume(array, phantoms.affine())
    stack = stack_geometry(volume)
    view = Viewport()
    qtbot.addWidget(view)
    view.hang(Hung(volume, stack, Caption("T2", ()), Window(400, 200), field_of(stack, None), True), Window(400, 200))
    view.resize(400, 320)
    view.show()
    qtbot.waitExposed(view)
    view.set_hand(Magnifier())
    mouse.move(view, QPointF(200, 160))
    assert view.grab().toImage().pixelColor(230, 160).red() == 0
    mouse.wheel(view, 1, QPointF(200, 160))
    assert view.grab().toImage().pixelColor(230, 160).red() == 255
