"""A real study whose ADC came in another frame of reference is read: linked, measured, told, and found again."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPlainTextEdit

from core.study import Role
from reporting.text import shown_findings
from viewer.frame_mark import FrameState
from viewer.lesion_dialogs import SectorDialog

_ASKED = (
    "This plugin does not support (raise|grabbing the keyboard)"  # of a window manager, which offscreen has not got
)
pytestmark = [pytest.mark.journey, pytest.mark.qt_log_ignore(_ASKED, extend=True)]

_FRAME = "1.2.826.0.1.3680043.8.498.99"
_MOVED = (12.0, -8.0, 6.0)
Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def apart(prostatex_0000: Path, tmp_path: Path) -> Path:
    """ProstateX-0000 with an ADC in another frame of reference, in which the patient lies 15.6 mm elsewhere."""
    folder = tmp_path / "apart"
    folder.mkdir()
    for path in prostatex_0000.rglob("*.dcm"):
        ds = pydicom.dcmread(path)
        if ds.SeriesDescription.endswith("ADC"):
            ds.FrameOfReferenceUID = _FRAME
            ds.ImagePositionPatient = [float(c) + mm for c, mm in zip(ds.ImagePositionPatient, _MOVED, strict=True)]
        ds.save_as(folder / f"{ds.SOPInstanceUID}.dcm")
    return folder


def _open(station: Any, folder: Path) -> None:
    station.window.worklist.open_folder(folder)
    station.journey.wait_for_images()
    station.journey.settle()


def _state(room: Any) -> FrameState | None:
    hung = room.grid.viewport(Role.ADC).hung
    return hung.frame_mark.state if hung.frame_mark else None


def _click_chip(journey: Any, room: Any, name: str) -> None:
    adc = room.grid.viewport(Role.ADC)
    QTest.mouseClick(adc, LEFT, pos=adc.frame_chip.center().toPoint())
    menu = adc.findChild(QMenu, "frameMenu")
    action = next(action for action in menu.actions() if action.objectName() == name)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    room.window().activateWindow()
    journey.settle()


def test_an_adc_in_another_frame_is_anchored_registered_measured_and_restored(
    workstation: Any, apart: Path, tmp_path: Path, prostatex_0000: Path
) -> None:
    station = workstation(tmp_path / "data")
    journey, room = station.journey, station.window.reading
    _open(station, apart)
    adc = room.grid.viewport(Role.ADC)
    assert _state(room) is FrameState.OTHER
    assert not adc.hung.linked

    _click_chip(journey, room, "frame_anchor")
    QTest.mouseClick(adc, LEFT, pos=QPoint(adc.width() // 2, adc.height() // 2))
    journey.settle()
    assert _state(room) is FrameState.ANCHORED
    journey.picture("anchored")
    room.grid.setFocus()
    journey.press(Key.Key_J, Qt.KeyboardModifier.ShiftModifier)
    journey.wait(lambda: room.grid.display.registering is None, "the registration", 240)
    assert _state(room) is FrameState.REGISTERED
    (link,) = journey.report.nudges.links
    assert link.score.after > link.score.before
    at = np.array((*room.grid.crosshair, 1.0))
    there = at + np.array((*_MOVED, 0.0))
    assert np.linalg.norm((link.matrix @ there - at)[:3]) < 5.0, "about where the scanner's own positions laid it"

    journey.press(Key.Key_L)
    axial = room.grid.viewport(Role.T2_AXIAL)
    QTest.mouseClick(axial, LEFT, pos=axial.rect().center())
    journey.settle()
    dialog = journey.find(SectorDialog, "sectorDialog", station.window)
    QTest.mouseClick(dialog.sector_map, LEFT, pos=dialog.sector_map.centre_of("right-mid-PZpm").toPoint())
    journey.settle()
    (lesion,) = journey.report.lesions
    assert lesion.measures.adc_mean is not None
    said = shown_findings(journey.report)
    assert "ADC (series 7) by rigid registration" in said
    assert re.search(r"\(measured on ADC, series 7, image \d+, registered on the reader's order\)", said)
    assert said in journey.find(QPlainTextEdit, "findingsEdit", room).toPlainText()

    station.window.show_worklist()
    journey.wait(lambda: room.opened is None, "the worklist", 30)
    _open(station, apart)
    assert _state(room) is FrameState.REGISTERED, "the draft has it"
    assert journey.report.nudges.links == (link,)
    _click_chip(journey, room, "frame_unlink")
    assert _state(room) is FrameState.OTHER
    assert journey.report.lesions[0].measures.adc_mean is None
    assert "ADC not measured." in shown_findings(journey.report)
    for key in (Key.Key_Z, Key.Key_Y):
        journey.press(key, Qt.KeyboardModifier.ControlModifier)
        assert (journey.report.lesions[0].measures.adc_mean is None) is (key is Key.Key_Y)
    files = {pydicom.dcmread(path, stop_before_pixels=True).FrameOfReferenceUID for path in apart.glob("*.dcm")}
    assert _FRAME in files, "the files are as they came"
    assert [line for line in station.ws.trail.path.read_text("utf-8").splitlines() if "frame of reference" in line]
