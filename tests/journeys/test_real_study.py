"""Two real studies go from query to signed in Orthanc, one by mouse and one by keyboard, and come back as signed."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset, dcmread
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton

from core.progress import Silent
from core.report import Lesion
from core.study import Role
from pacs.dimse import DimseArchive
from service.cli import main
from viewer.journey import Journey
from viewer.labels import ElidedLabel

pytestmark = pytest.mark.journey

Key, CTRL, LEFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton
Workstation = Callable[..., Any]

KINDS = {
    "SR": "Comprehensive3DSR",
    "SEG": "Segmentation",
    "OT": "SCImage",
    "PR": "GrayscaleSoftcopyPresentationState",
    "KO": "KeyObjectSelectionDocument",
    "DOC": "EncapsulatedPDF",
}
"""What a report is stored as: modality, and the kind of object that dciodvfy is to take it for."""


@dataclass(frozen=True)
class Hospital:
    """Orthanc, our client of it, and the files of each patient that it holds before anyone has read them."""

    orthanc: Any
    archive: DimseArchive
    originals: Mapping[str, list[Path]]

    def study_of(self, patient: str) -> str:
        """Return the study of a patient."""
        return str(dcmread(self.originals[patient][0], specific_tags=["StudyInstanceUID"]).StudyInstanceUID)


@pytest.fixture(scope="module")
def hospital(orthanc: Any, prostatex_0000: Path, prostatex_0001: Path) -> Hospital:
    """An Orthanc that holds ProstateX-0000 and -0001, and nothing else."""
    orthanc.clear()
    archive = DimseArchive(orthanc.node(), orthanc.this_node)
    originals = {folder.name: sorted(folder.rglob("*.dcm")) for folder in (prostatex_0000, prostatex_0001)}
    for files in originals.values():
        archive.store(files, Silent())
    return Hospital(orthanc, archive, originals)


@pytest.fixture
def reading_room(hospital: Hospital, workstation: Workstation, tmp_path: Path) -> Callable[[str], Journey]:
    """Return a function that starts a workstation of this name, on which no study lies yet."""
    orthanc = hospital.orthanc
    return lambda name: workstation(tmp_path / name, orthanc.node(), this_node=orthanc.this_node).journey


# ---------------------------------------------------------------------------------------------------------------------
# What the reader sees


@dataclass(frozen=True)
class Seen:
    """What a lesion's card shows: sector and measures, category, and the scores that are pressed down."""

    facts: tuple[str, ...]
    category: str
    t2: str
    dwi: str


@dataclass(frozen=True)
class SeenReport:
    """What the reading room shows of a report: the cards by label, the category, PSA and the texts."""

    cards: Mapping[str, Seen]
    category: str
    psa: str
    texts: tuple[str, str]


def _seen(journey: Journey) -> SeenReport:
    room = journey.window.reading
    texts = [journey.find(QPlainTextEdit, name, room).toPlainText() for name in ("impressionEdit", "findingsEdit")]
    return SeenReport(
        cards={lesion.label: _seen_card(journey, lesion) for lesion in journey.report.reported_lesions},
        category=journey.find(QLabel, "overallCategory", room).text(),
        psa=journey.find(QLineEdit, "psaEdit", room).text(),
        texts=(texts[0], texts[1]),
    )


def _seen_card(journey: Journey, lesion: Lesion) -> Seen:
    journey.select(lesion)
    card = journey.card(lesion)
    return Seen(
        facts=tuple(label.whole for label in card.findChildren(ElidedLabel)),
        category=journey.find(QLabel, "categoryChip", card).text(),
        t2=_pressed(journey, lesion, "scoreT2_"),
        dwi=_pressed(journey, lesion, "scoreDwi_"),
    )


def _pressed(journey: Journey, lesion: Lesion, name: str) -> str:
    buttons = journey.card(lesion).findChildren(QPushButton)
    (pressed,) = (x for x in buttons if x.objectName().startswith(name) and x.isChecked() and x.isVisible())
    return pressed.text()


def _listed(journey: Journey) -> list[str]:
    return [row.match.patient.patient_id for row in journey.window.worklist.model.rows]


# ---------------------------------------------------------------------------------------------------------------------
# What the reader does


def _double_click(journey: Journey, patient: str) -> None:
    table = journey.window.worklist.table
    place = table.visualRect(table.model().index(_listed(journey).index(patient), 0)).center()
    QTest.mouseClick(table.viewport(), LEFT, pos=place)
    QTest.mouseDClick(table.viewport(), LEFT, pos=place)
    journey.wait_for_images()


def _arrow_to(journey: Journey, patient: str) -> None:
    worklist = journey.window.worklist
    while steps := _listed(journey).index(patient) - worklist.table.currentIndex().row():
        journey.press(Key.Key_Down if steps > 0 else Key.Key_Up)


def _click_middle_of_the_axial_t2(journey: Journey) -> Lesion:
    axial = journey.window.reading.grid.viewport(Role.T2_AXIAL)
    QTest.mouseClick(axial, LEFT, pos=axial.rect().center())
    journey.settle()
    return journey.report.lesions[-1]


def _when_asked(answer: Callable[[QDialog], object], tries: int = 200) -> None:
    """Let `answer` act on the dialog that the next move opens and waits for."""
    dialog = QApplication.activeModalWidget()
    if isinstance(dialog, QDialog):
        answer(dialog)
    elif tries:
        QTimer.singleShot(20, lambda: _when_asked(answer, tries - 1))


def _choose_reason(journey: Journey, dialog: QDialog) -> None:
    reasons = journey.find(QListWidget, "rejectReasons", dialog)
    QTest.mouseClick(reasons.viewport(), LEFT, pos=reasons.visualItemRect(reasons.item(0)).center())
    journey.click(QPushButton, "rejectOkButton", dialog)


def _tab_to(journey: Journey, name: str) -> None:
    for _ in range(20):
        focused = QApplication.focusWidget()
        if focused is not None and focused.objectName() == name:
            return
        journey.press(Key.Key_Tab)
    pytest.fail(f"Tab does not reach “{name}”.")


def _sign_by_keyboard(journey: Journey, passphrase: str) -> None:
    journey.press(Key.Key_Return, CTRL)
    journey.wait(lambda: journey.window.sign_dialog is not None, "the sign dialog", 20)
    dialog = journey.window.sign_dialog
    assert dialog is not None
    _tab_to(journey, "passphraseEdit")
    journey.type_text(passphrase)
    journey.wait(lambda: dialog.preview.page_count > 0, "the preview of the report", 60)
    _tab_to(journey, "confirmBox")
    journey.press(Key.Key_Space)
    _tab_to(journey, "signAndSendButton")
    journey.press(Key.Key_Space)
    journey.wait(lambda: dialog.sent or dialog.notice.isVisible() or dialog.form.notice.isVisible(), "the PACS", 120)
    assert dialog.sent, (dialog.notice.sentence, dialog.form.notice.sentence)
    journey.press(Key.Key_Space)  # Done
    journey.wait(lambda: journey.window.pages.currentWidget() is journey.window.worklist, "the worklist", 30)


def _seen_elsewhere(reading_room: Callable[[str], Journey], patient: str) -> SeenReport:
    """Return how the newest report of a patient looks on a workstation that has fetched the study from Orthanc."""
    journey = reading_room("elsewhere")
    journey.type_text(patient)
    journey.press(Key.Key_Return)
    journey.wait_for_studies()
    assert not journey.window.worklist.model.rows[0].is_local
    journey.press(Key.Key_Return)
    journey.wait_for_images()
    return _seen(journey)


def _wait_until_listed_as_reported(journey: Journey, patient: str) -> None:
    def is_listed() -> bool:
        rows = journey.window.worklist.model.rows
        return any(row.match.patient.patient_id == patient and row.report == "Report in archive" for row in rows)

    journey.wait(is_listed, "the archive's new list", 30)


# ---------------------------------------------------------------------------------------------------------------------
# What the archive holds


@dataclass(frozen=True)
class Fetched:
    """A study as Orthanc gives it back after it was reported; `template` waits for what PixelMed says of the SR."""

    patient: str
    study: str
    datasets: Mapping[str, Dataset]
    paths: Mapping[str, Path]
    template: Callable[[], Any]

    def of(self, modality: str) -> list[Path]:
        """Return the files of one modality."""
        return [self.paths[uid] for uid, dataset in self.datasets.items() if dataset.Modality == modality]


@pytest.fixture
def fetch(
    hospital: Hospital, sr_validator: Callable[[Path], Callable[[], Any]], tmp_path: Path
) -> Callable[[str], Fetched]:
    """Return a function that fetches a reported study from Orthanc; its SR is being validated meanwhile."""

    def fetch(patient: str) -> Fetched:
        study, folder = hospital.study_of(patient), tmp_path / "fetched"
        hospital.archive.retrieve(study, folder, Silent())
        datasets = {file.stem: dcmread(file) for file in folder.iterdir()}
        paths = {uid: folder / f"{uid}.dcm" for uid in datasets}
        (sr,) = (paths[uid] for uid, dataset in datasets.items() if dataset.Modality == "SR")
        return Fetched(patient, study, datasets, paths, sr_validator(sr))

    return fetch


def _require_whole(fetched: Fetched, originals: list[Path]) -> None:
    """Require every image as it was, and beside them one SR, one SEG, one PDF and an overlay for each axial T2."""
    assert {(x.StudyInstanceUID, x.PatientID) for x in fetched.datasets.values()} == {(fetched.study, fetched.patient)}
    before = {dataset.SOPInstanceUID: dataset for dataset in map(dcmread, originals)}
    assert {uid: fetched.datasets.get(uid) for uid in before} == before
    new = Counter(dataset.Modality for uid, dataset in fetched.datasets.items() if uid not in before)
    overlaid = {
        fetched.datasets[file.stem].SourceImageSequence[0].ReferencedSOPInstanceUID for file in fetched.of("OT")
    }
    t2 = {dataset.SeriesInstanceUID for uid, dataset in before.items() if uid in overlaid}
    assert len(t2) == 1
    assert overlaid == {uid for uid, dataset in before.items() if dataset.SeriesInstanceUID in t2}
    assert new == {"SR": 1, "SEG": 1, "OT": len(overlaid), "PR": 1, "KO": 1, "DOC": 1}


def _require_valid(fetched: Fetched, dciodvfy: Callable[[Path], Any], certificate: Path) -> None:
    """Require that no validator finds an error in any object of the report, and that its signature is intact."""
    for modality, kind in KINDS.items():
        for file in fetched.of(modality):
            said = dciodvfy(file)
            assert (said.kind, said.errors) == (kind, []), file
    (sr,) = fetched.of("SR")
    assert main(["verify", str(sr), "--ca", str(certificate)]) == 0
    said = fetched.template()
    assert (said.kind, said.errors) == ("TID_1500", [])


# ---------------------------------------------------------------------------------------------------------------------


def test_a_reader_with_a_mouse_takes_a_study_from_query_to_signed(
    hospital: Hospital,
    reading_room: Callable[[str], Journey],
    identity: Any,
    fetch: Callable[[str], Fetched],
    dciodvfy: Callable[[Path], Any],
) -> None:
    journey = reading_room("reader")
    journey.click(QPushButton, "queryButton", journey.window.worklist)
    journey.wait_for_studies()
    assert sorted(_listed(journey)) == ["ProstateX-0000", "ProstateX-0001"]
    _double_click(journey, "ProstateX-0000")
    journey.write(QLineEdit, "psaEdit", journey.window.reading, "13,4")
    journey.run_ai()
    rejected = journey.report.lesions[-1]
    journey.select(rejected)
    _when_asked(lambda dialog: _choose_reason(journey, dialog))
    journey.click(QPushButton, "rejectButton", journey.card(rejected))
    journey.accept_and_score()
    journey.click(QPushButton, "addLesionButton", journey.window.reading)
    own = _click_middle_of_the_axial_t2(journey)
    journey.score(own, "2", "3")
    signed = _seen(journey)
    assert own.label in signed.cards
    assert rejected.label not in signed.cards
    assert signed.psa == "13.4"
    journey.sign_and_send(identity.passphrase)

    fetched = fetch("ProstateX-0000")
    _wait_until_listed_as_reported(journey, "ProstateX-0000")
    _double_click(journey, "ProstateX-0000")
    assert _seen(journey) == signed
    assert _seen_elsewhere(reading_room, "ProstateX-0000") == signed
    _require_whole(fetched, hospital.originals["ProstateX-0000"])
    _require_valid(fetched, dciodvfy, identity.certificate)


def test_a_reader_with_a_keyboard_takes_a_study_from_query_to_signed(
    hospital: Hospital,
    reading_room: Callable[[str], Journey],
    identity: Any,
    fetch: Callable[[str], Fetched],
    dciodvfy: Callable[[Path], Any],
) -> None:
    journey = reading_room("reader")
    journey.type_text("prostatex")
    journey.press(Key.Key_Return)
    journey.wait_for_studies()
    assert sorted(_listed(journey)) == ["ProstateX-0000", "ProstateX-0001"]
    _arrow_to(journey, "ProstateX-0001")
    journey.press(Key.Key_Return)
    journey.wait_for_images()
    journey.press(Key.Key_R)
    journey.wait_for_findings()
    for _ in journey.report.lesions:
        for key in (Key.Key_A, Key.Key_T, Key.Key_3, Key.Key_D, Key.Key_4, Key.Key_N):
            journey.press(key)
    journey.press(Key.Key_L)
    own = _click_middle_of_the_axial_t2(journey)
    for key in (Key.Key_T, Key.Key_5, Key.Key_D, Key.Key_2, Key.Key_3):
        journey.press(key)
    journey.press(Key.Key_Z, CTRL)
    journey.press(Key.Key_S, CTRL)
    signed = _seen(journey)
    assert (signed.cards[own.label].t2, signed.cards[own.label].dwi) == ("5", "2")
    _sign_by_keyboard(journey, identity.passphrase)

    fetched = fetch("ProstateX-0001")
    _wait_until_listed_as_reported(journey, "ProstateX-0001")
    _arrow_to(journey, "ProstateX-0001")
    journey.press(Key.Key_Return)
    journey.wait_for_images()
    assert _seen(journey) == signed
    assert _seen_elsewhere(reading_room, "ProstateX-0001") == signed
    _require_whole(fetched, hospital.originals["ProstateX-0001"])
    _require_valid(fetched, dciodvfy, identity.certificate)
