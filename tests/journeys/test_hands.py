"""How many presses a case takes from its images to the report in the archive, by keyboard alone.

Keys that scroll are not counted. A passphrase counts as one action.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog

from core.pirads import Category, Score
from core.progress import Silent
from core.report import Lesion, Rejected
from core.settings import DimseNode, ThisNode
from pacs.dimse import DimseArchive
from pacs.embedded import EmbeddedArchive
from viewer.journey import Journey
from viewer.worklist_rows import State

pytestmark = pytest.mark.journey

Key, SHIFT, CTRL = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_NONE = Qt.KeyboardModifier.NoModifier
_SCROLLS = (Key.Key_Up, Key.Key_Down, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Home, Key.Key_End)


class Hands:
    """A reader who touches nothing but the keyboard, and is counted."""

    def __init__(self, journey: Journey, passphrase: str) -> None:
        self.journey = journey
        self.actions: list[str] = []
        self._passphrase = passphrase

    @property
    def window(self) -> Any:
        """The window that is worked in."""
        return self.journey.window

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        """Press keys one after the other, each of which must find the keyboard listening."""
        for key in keys:
            self._count(key)
            self.journey.press(key, modifiers)

    def reject(self, reason: Qt.Key) -> None:
        """Press X, and in the question that it opens the digit of a reason."""
        QTimer.singleShot(0, lambda: self._answer(reason))
        self.press(Key.Key_X)

    def open_study(self) -> None:
        """Open the chosen study, and count from there on."""
        self.journey.press(Key.Key_Return)
        self.journey.wait_for_images()
        self.actions.clear()

    def scroll(self) -> None:
        """Go through the slices and back."""
        room = self.window.reading
        before = room.grid.crosshair
        self.press(Key.Key_Home, Key.Key_PageDown, Key.Key_Down, Key.Key_Down, Key.Key_Up)
        assert room.grid.crosshair != before

    def sign(self) -> None:
        """Sign and send, until the archive was seen to hold the report."""
        self.press(Key.Key_Return, modifiers=CTRL)
        dialog = self.window.sign_dialog
        self.journey.wait(lambda: dialog.preview.page_count > 0, "the preview of the report", 60)
        self.press(Key.Key_PageDown)
        self.actions.append("passphrase")
        self.journey.type_text(self._passphrase)
        self.press(Key.Key_Return)
        confirmation = dialog.form.findChild(QCheckBox, "confirmBox")
        self.journey.wait(confirmation.hasFocus, "the key to be opened", 30)
        self.press(Key.Key_Return)
        told = (dialog.notice, dialog.form.notice)
        self.journey.wait(lambda: dialog.sent or any(notice.isVisible() for notice in told), "the PACS", 180)
        assert dialog.sent, [notice.sentence for notice in told]

    def close(self) -> None:
        """Close what told that the report was sent; not counted, as the case has ended."""
        uid = self.journey.report.study_instance_uid
        self.journey.press(Key.Key_Return)
        self.journey.wait(lambda: self.window.pages.currentWidget() is self.window.worklist, "the worklist", 30)
        model = self.window.worklist.model
        self.journey.wait(lambda: model.rows[model.row_of(uid)].state is State.REPORTED, "the archive's new list", 30)

    def _count(self, key: Qt.Key) -> None:
        if key not in _SCROLLS:
            self.actions.append(key.name)

    def _answer(self, reason: Qt.Key) -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog) or not dialog.isActiveWindow():
            QTimer.singleShot(10, lambda: self._answer(reason))
            return
        self._count(reason)
        QTest.keyClick(dialog.focusWidget(), reason)


def _patient(study: Path, target: Path, name: str) -> Path:
    """Copy a study as that of another patient."""
    target.mkdir()
    for number, file in enumerate(sorted(study.rglob("*.dcm"))):
        dataset = dcmread(file)
        dataset.PatientName, dataset.PatientID = f"{name}^Hands", name
        dataset.StudyTime = f"{20 - ord(name) + ord('A')}0000"  # the list begins with A, the newest
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"):
            dataset[keyword].value = generate_uid(entropy_srcs=[name, dataset[keyword].value])
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(target / f"{number}.dcm")
    return target


def _healed(study: Path, target: Path) -> Path:
    """Copy a study without its lesions: nowhere is diffusion restricted, and nothing is bright at the high b-value."""
    target.mkdir()
    for number, file in enumerate(sorted(study.rglob("*.dcm"))):
        dataset = dcmread(file)
        pixels = dataset.pixel_array
        if "ADC" in dataset.ImageType:
            pixels = np.maximum(pixels, 1600)
        elif dataset.get("DiffusionBValue", 0) > 1000:
            pixels = np.minimum(pixels, round(float(np.median(pixels))))
        dataset.PixelData = pixels.astype(dataset.pixel_array.dtype).tobytes()
        dataset.save_as(target / f"{number}.dcm")
    return target


@pytest.fixture
def journey(phantom_study: Any, workstation: Callable[..., Any], tmp_path: Path) -> Iterator[Journey]:
    """A workstation, and an archive with A, B and C, whose prostates hold the same two lesions, and D, who has none."""
    folder = tmp_path / "pacs"
    folder.mkdir()
    with EmbeddedArchive(folder) as served:
        node = DimseNode(name="PACS", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=served.port)
        healed = _healed(phantom_study.folder, tmp_path / "healed")
        for name, study in zip("ABCD", (*[phantom_study.folder] * 3, healed), strict=True):
            files = _patient(study, tmp_path / name, name).iterdir()
            DimseArchive(node, ThisNode()).store(sorted(files), Silent())
        yield workstation(tmp_path / "data", node).journey


def _report(hands: Hands, what: str) -> None:
    sys.stdout.write(f"{what}: {len(hands.actions)} actions: {' '.join(hands.actions)}\n")


def test_two_lesions_take_25_presses_at_most_and_a_negative_study_6(journey: Journey, identity: Any) -> None:
    hands = Hands(journey, identity.passphrase)
    worklist = journey.window.worklist
    journey.press(Key.Key_Return)
    journey.wait_for_studies()
    studies = [row.uid for row in worklist.model.rows]
    assert len(studies) == 4

    hands.open_study()
    hands.press(Key.Key_R)
    journey.wait_for_findings()
    pz, tz = journey.report.lesions
    _require_shown(journey, pz)
    hands.scroll()
    hands.press(Key.Key_5, Key.Key_4)  # DWI, which decides, then T2W
    hands.press(Key.Key_N)
    _require_shown(journey, tz)
    hands.press(Key.Key_4, Key.Key_3)  # T2W, which decides, then DWI
    scores = [(lesion.review.kind, lesion.assessment.t2, lesion.assessment.dwi) for lesion in journey.report.lesions]
    assert scores == [("accepted", Score.FOUR, Score.FIVE), ("accepted", Score.FOUR, Score.THREE)]
    assert [lesion.category for lesion in journey.report.lesions] == [Category.FIVE, Category.FOUR]
    hands.sign()
    _report(hands, "positive, two lesions")
    assert len(hands.actions) <= 25
    hands.close()
    assert worklist.row is not None
    assert worklist.row.uid == studies[1]  # the next study is chosen, and the keys are with the list

    hands.open_study()
    hands.scroll()
    hands.press(Key.Key_N, modifiers=SHIFT)
    assert journey.report.category is Category.ONE
    hands.sign()
    _report(hands, "negative, without AI")
    assert len(hands.actions) <= 6
    hands.close()
    assert worklist.row.uid == studies[2]

    hands.open_study()
    hands.press(Key.Key_R)
    journey.wait_for_findings()
    hands.press(Key.Key_N, modifiers=SHIFT)
    assert journey.report.category is Category.PENDING  # nothing is rejected in silence
    assert "L1 and L2 are not reviewed yet" in journey.window.reading.notice.sentence
    hands.reject(Key.Key_1)
    hands.press(Key.Key_N)
    hands.reject(Key.Key_2)
    reasons = [lesion.review for lesion in journey.report.lesions]
    assert reasons == [Rejected("Normal central zone"), Rejected("Typical BPH nodule")]
    hands.scroll()
    hands.press(Key.Key_N, modifiers=SHIFT)
    assert journey.report.category is Category.ONE
    hands.sign()
    _report(hands, "negative against two lesions of the AI, and one refused attempt")
    hands.close()
    assert worklist.row.uid == studies[3]

    hands.open_study()
    hands.press(Key.Key_R)
    journey.wait_for_findings()
    assert journey.report.lesions == ()
    hands.scroll()
    hands.press(Key.Key_N, modifiers=SHIFT)
    assert journey.report.category is Category.ONE
    hands.sign()
    _report(hands, "negative, with AI")
    assert len(hands.actions) <= 6
    hands.close()
    assert [row.report for row in worklist.model.rows] == ["Report in archive"] * 4


def _require_shown(journey: Journey, lesion: Lesion) -> None:
    """Require that a lesion is the chosen one and that the images are at its slice."""
    room = journey.window.reading
    assert room.panel.lesions.selected == lesion.tracking_uid
    assert room.grid.crosshair == pytest.approx(lesion.centroid_lps_mm, abs=0.01)
