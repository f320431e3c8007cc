"""What goes wrong is told in a sentence where the reader looks, nothing is lost, and the way out works."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pydicom
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton

from core.audit import verify as verify_trail
from core.settings import DimseNode, ThisNode
from core.study import Role
from pacs.embedded import EmbeddedArchive
from reporting.signature import SigningKey, save_key
from service.outbox_bundle import unsent
from viewer.journey import Journey
from viewer.labels import ElidedLabel
from viewer.lesion_dialogs import SectorDialog
from viewer.notice import Notice
from viewer.sign_dialog import SignDialog
from viewer.worklist_page import THIS_WORKSTATION

Key, CTRL, LEFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton
Start = Callable[..., Any]
PSA = "7.8"


def _node(port: int, **changes: object) -> DimseNode:
    known = {"name": "PACS", "ae_title": "PROSECTOR-PACS", "host": "127.0.0.1", "port": port, "connect_timeout_s": 2}
    return DimseNode.model_validate(known | changes)


class Pacs:
    """An archive with a study, which is switched off and on again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = ExitStack()
        self._port = 0
        self.start()

    def start(self) -> None:
        """Serve, always at the same port."""
        self._port = self._running.enter_context(EmbeddedArchive(self._folder, port=self._port)).port

    def stop(self) -> None:
        """Be gone."""
        self._running.close()

    @property
    def node(self) -> DimseNode:
        """The archive as the workstation's settings name it."""
        return _node(self._port)

    def holds(self) -> set[str]:
        """Return the modalities that lie in it."""
        files = self._folder.rglob("*.dcm")
        return {pydicom.dcmread(file, specific_tags=["Modality"]).Modality for file in files}


_SHORT = shutil.ignore_patterns("*localizer", "*_sag", "*_cor", "*_b50_400_800")
"""Leaves the axial T2, the ADC map and the high-b images of the phantom: 66 of its 179 images."""


@pytest.fixture
def study(phantom_study: Any, tmp_path: Path) -> Path:
    """A folder with the phantom, without the series that no test here looks at, to be spoilt."""
    return Path(shutil.copytree(phantom_study.folder, tmp_path / "cd", ignore=_SHORT))


@pytest.fixture
def whole_study(phantom_study: Any, tmp_path: Path) -> Path:
    """A folder with all of the phantom, to be spoilt."""
    return Path(shutil.copytree(phantom_study.folder, tmp_path / "cd"))


@pytest.fixture
def pacs(phantom_study: Any, tmp_path: Path) -> Iterator[Pacs]:
    """A PACS that holds the study of `study`."""
    pacs = Pacs(Path(shutil.copytree(phantom_study.folder, tmp_path / "pacs", ignore=_SHORT)))
    yield pacs
    pacs.stop()


@pytest.fixture
def empty_pacs(tmp_path: Path) -> Iterator[Pacs]:
    """A PACS that holds nothing yet."""
    pacs = Pacs(tmp_path / "pacs")
    yield pacs
    pacs.stop()


# ---------------------------------------------------------------------------------------------------------------------
# What the reader does


def _told(journey: Journey, notice: Notice, *words: str) -> str:
    """Wait until a sentence with these words stands in the window, whole and not cut off, and return it."""
    journey.wait(lambda: all(word in notice.sentence for word in words), f"the words {words}", 30)
    shown = journey.find(QLabel, "noticeSentence", notice)
    journey.wait(lambda: shown.heightForWidth(shown.width()) <= shown.height(), "room for the sentence", 5)
    assert shown.minimumSizeHint().width() <= shown.width()
    return notice.sentence


def _click_notice(journey: Journey, notice: Notice) -> None:
    journey.click(QPushButton, "noticeButton", notice)


def _query(journey: Journey, archive: str = "") -> None:
    worklist = journey.window.worklist
    if archive:
        journey.find(QComboBox, "archiveCombo", worklist).setCurrentText(archive)
    journey.click(QPushButton, "queryButton", worklist)


def _open(journey: Journey) -> None:
    """Open the study that is chosen in the list."""
    journey.wait_for_studies()
    QTest.keyClick(journey.window.worklist.table, Key.Key_Return)


def _import_and_open(journey: Journey, folder: Path) -> None:
    journey.window.worklist.import_folder(folder)
    journey.wait(lambda: not journey.window.worklist.busy, "the import", 30)
    _open(journey)
    journey.wait_for_images()


def _report_by_hand(journey: Journey) -> None:
    """Enter a PSA, mark a lesion, say in which sector it lies, and score it."""
    room = journey.window.reading
    journey.write(QLineEdit, "psaEdit", room, PSA)
    room.grid.setFocus()
    journey.press(Key.Key_L)
    axial = room.grid.viewport(Role.T2_AXIAL)
    QTest.mouseClick(axial, LEFT, pos=axial.rect().center())
    journey.settle()
    dialog = journey.find(SectorDialog, "sectorDialog", journey.window)
    QTest.mouseClick(dialog.sector_map, LEFT, pos=dialog.sector_map.centre_of("right-mid-PZpm").toPoint())
    journey.settle()
    journey.score(journey.report.lesions[-1], "3", "4")


def _ready_to_sign(journey: Journey, passphrase: str) -> SignDialog:
    """Open Sign & send, type the passphrase and confirm."""
    journey.click(QPushButton, "signButton", journey.window.reading)
    dialog = journey.window.sign_dialog
    assert dialog is not None
    journey.write(QLineEdit, "passphraseEdit", dialog, passphrase)
    journey.check(journey.find(QCheckBox, "confirmBox", dialog))
    return dialog


def _sign(journey: Journey, dialog: SignDialog) -> None:
    journey.click(QPushButton, "signAndSendButton", dialog)


def _require_sent(journey: Journey, dialog: SignDialog, desk: Any, pacs: Pacs) -> None:
    _told(journey, dialog.notice, "its signature is intact")
    assert {"SR", "SEG", "OT", "DOC"} <= pacs.holds()
    assert unsent(desk.ws) == ()
    assert desk.ws.drafts.study_uids() == frozenset()
    verify_trail(desk.ws.settings.audit_trail)


def _seen(journey: Journey) -> list[tuple[str, ...]]:
    """Return what the lesion cards and the PSA field show."""
    cards = [
        (
            lesion.label,
            journey.find(QLabel, "categoryChip", journey.card(lesion)).text(),
            *(label.whole for label in journey.card(lesion).findChildren(ElidedLabel)),
        )
        for lesion in journey.report.lesions
    ]
    return [*cards, (journey.find(QLineEdit, "psaEdit", journey.window.reading).text(),)]


def _require_draft_of(desk: Any, journey: Journey, seen: list[tuple[str, ...]]) -> None:
    assert desk.ws.drafts.study_uids() == {journey.report.study_instance_uid}
    assert _seen(journey) == seen


def _local_studies(desk: Any) -> list[Path]:
    return sorted(desk.ws.settings.cache_folder.iterdir())


# ---------------------------------------------------------------------------------------------------------------------
# The PACS


def test_a_pacs_that_is_down_is_named_where_it_was_asked_and_answers_once_it_is_up(
    workstation: Start, pacs: Pacs, tmp_path: Path
) -> None:
    desk = workstation(tmp_path / "data", pacs.node)
    journey, worklist = desk.journey, desk.window.worklist
    pacs.stop()
    _query(journey)
    told = _told(journey, worklist.notice, "could not be reached")
    assert told.startswith(f"PACS at 127.0.0.1:{pacs.node.port} could not be reached within 2 s; check that it is runn")
    pacs.start()
    _click_notice(journey, worklist.notice)
    journey.wait_for_studies()
    pacs.stop()
    _open(journey)
    _told(journey, worklist.preview.notice, "could not be reached")
    assert _local_studies(desk) == []
    pacs.start()
    _click_notice(journey, worklist.preview.notice)
    journey.wait_for_images()


@pytest.mark.parametrize(
    ("theirs", "ours", "sentence"),
    [
        ("NONSENSE", "PROSECTOR", "calls itself something other than NONSENSE; correct that in the settings."),
        ("ORTHANC", "STRANGER", "does not know the AE title STRANGER; ask its administrator to register it."),
    ],
)
def test_a_wrong_ae_title_is_told_with_who_can_correct_it(
    workstation: Start, orthanc: Any, tmp_path: Path, theirs: str, ours: str, sentence: str
) -> None:
    this_node = ThisNode(ae_title=ours, port=orthanc.this_node.port)
    journey = workstation(tmp_path, orthanc.node(ae_title=theirs), this_node=this_node).journey
    journey.type_text("mueller")
    journey.press(Key.Key_Return)
    assert _told(journey, journey.window.worklist.notice, sentence).startswith("Orthanc at 127.0.0.1:")
    assert journey.find(QLineEdit, "patientEdit", journey.window).text() == "mueller"


def _kill_at_first_images(process: Any, incoming: Path) -> None:
    """Kill the archive when five images have begun to come; all of them are here some tenths of a second later."""
    deadline = time.monotonic() + 30
    while sum(path.is_file() for path in incoming.rglob("*")) < 5 and time.monotonic() < deadline:
        time.sleep(0.001)
    process.kill()


def test_a_pacs_that_dies_in_the_middle_of_a_retrieve_leaves_no_part_that_looks_whole(
    workstation: Start, pacs_process: Callable[[], Any], tmp_path: Path, phantom_study: Any
) -> None:
    process = pacs_process()
    desk = workstation(tmp_path / "data", _node(process.port))
    journey, preview = desk.journey, desk.window.worklist.preview
    _query(journey)
    incoming = tmp_path / "data" / "incoming"
    killer = threading.Thread(target=_kill_at_first_images, args=(process, incoming))
    killer.start()
    _open(journey)
    _told(journey, preview.notice, "images are here and stay; retrieve again to fetch the rest.")
    killer.join()
    assert not desk.window.worklist.row.is_local
    assert _local_studies(desk) == []
    arrived = {path: path.stat().st_mtime_ns for path in incoming.rglob("*.dcm")}
    pacs_process()
    _click_notice(journey, preview.notice)
    journey.wait_for_images()
    (folder,) = _local_studies(desk)
    assert len(list(folder.iterdir())) == len(list(phantom_study.folder.rglob("*.dcm")))
    assert {folder / path.name: (folder / path.name).stat().st_mtime_ns for path in arrived} == {
        folder / path.name: time for path, time in arrived.items()
    }


def test_a_report_signed_while_the_pacs_is_down_outlives_a_restart_and_is_sent_later(
    workstation: Start, pacs: Pacs, study: Path, identity: Any, tmp_path: Path
) -> None:
    desk = workstation(tmp_path / "data", pacs.node)
    journey = desk.journey
    _import_and_open(journey, study)
    _report_by_hand(journey)
    signed, lesion = _seen(journey), journey.report.lesions[0]
    dialog = _ready_to_sign(journey, identity.passphrase)
    pacs.stop()
    _sign(journey, dialog)
    _told(journey, dialog.notice, "could not be reached", "The report is signed and kept on this machine; nothing is")
    assert len(unsent(desk.ws)) == 1
    _require_draft_of(desk, journey, signed)
    journey.click(QPushButton, "signBackButton", dialog)
    desk.close()

    pacs.start()
    desk = workstation(tmp_path / "data", pacs.node)
    journey, worklist = desk.journey, desk.window.worklist
    _query(journey)
    journey.wait_for_studies()
    assert worklist.row.report == "Signed, not sent yet"
    pacs.stop()
    journey.click(QPushButton, "sendAgainButton", worklist)
    _told(journey, worklist.preview.notice, "could not be reached")
    assert len(unsent(desk.ws)) == 1
    pacs.start()
    _click_notice(journey, worklist.preview.notice)
    _told(journey, worklist.preview.notice, "The signed report is in PACS, read back and verified.")
    assert unsent(desk.ws) == ()
    assert {"SR", "SEG", "OT", "DOC"} <= pacs.holds()
    journey.wait(lambda: worklist.row.report == "Report in archive", "the archive's new list", 30)
    _open(journey)
    journey.wait_for_images()
    assert _seen(journey) == signed
    assert journey.report.lesions[0].tracking_uid == lesion.tracking_uid


# ---------------------------------------------------------------------------------------------------------------------
# The key


def _expired_key() -> SigningKey:
    private_key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dr. Old Key")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime.now(UTC) - timedelta(days=1))
        .sign(private_key, hashes.SHA256())
    )
    return SigningKey(certificate, private_key)


@pytest.mark.parametrize(
    ("passphrase", "expired", "sentence"),
    [
        ("wrong", False, "The passphrase does not open {file}, or the file is not a PKCS#12 key file"),
        ("correct horse", True, "The certificate of Dr. Old Key expired on {yesterday:%d %B %Y}; renew it."),
    ],
)
def test_a_key_that_cannot_sign_is_told_beside_it_and_the_report_is_signed_with_a_good_one(
    workstation: Start,
    empty_pacs: Pacs,
    study: Path,
    identity: Any,
    tmp_path: Path,
    passphrase: str,
    expired: bool,
    sentence: str,
) -> None:
    key_file = tmp_path / "reader.p12"
    shutil.copy(identity.pkcs12, key_file)
    if expired:
        save_key(_expired_key(), key_file, passphrase)
    desk = workstation(tmp_path / "data", empty_pacs.node, pkcs12=key_file)
    journey = desk.journey
    _import_and_open(journey, study)
    _report_by_hand(journey)
    seen = _seen(journey)
    dialog = _ready_to_sign(journey, passphrase)
    _sign(journey, dialog)
    _told(journey, dialog.form.notice, sentence.format(file=key_file, yesterday=datetime.now(UTC) - timedelta(days=1)))
    assert unsent(desk.ws) == ()
    assert "SR" not in empty_pacs.holds()
    _require_draft_of(desk, journey, seen)
    shutil.copy(identity.pkcs12, key_file)
    journey.write(QLineEdit, "passphraseEdit", dialog, identity.passphrase)
    _sign(journey, dialog)
    _require_sent(journey, dialog, desk, empty_pacs)


# ---------------------------------------------------------------------------------------------------------------------
# Files


def _truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _write_text(file: Path) -> None:
    file.write_text("This is a letter and no image.")


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(_truncate, "is damaged: "), (_write_text, "its content is not DICOM"), (_empty, "is damaged: it is empty")],
)
def test_a_damaged_file_is_named_and_nothing_of_its_study_is_imported(
    workstation: Start, study: Path, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    desk = workstation(tmp_path / "data")
    worklist = desk.window.worklist
    file = sorted(study.rglob("*.dcm"))[40]
    spoil(file)
    worklist.import_folder(study)
    told = _told(desk.journey, worklist.preview.notice, words, "remove the file to go on without.")
    assert told.startswith(str(file))
    assert _local_studies(desk) == []


def test_a_folder_without_dicom_is_named(workstation: Start, tmp_path: Path) -> None:
    desk = workstation(tmp_path / "data")
    (tmp_path / "letters").mkdir()
    _write_text(tmp_path / "letters" / "letter.txt")
    desk.window.worklist.import_folder(tmp_path / "letters")
    notice = desk.window.worklist.preview.notice
    told = _told(desk.journey, notice, "holds no DICOM files; choose the folder that the study was exported to.")
    assert told.startswith(str(tmp_path / "letters"))


def test_a_local_copy_that_was_damaged_is_made_whole_by_retrieving_the_study_again(
    workstation: Start, pacs: Pacs, tmp_path: Path
) -> None:
    desk = workstation(tmp_path / "data", pacs.node)
    journey, worklist = desk.journey, desk.window.worklist
    _query(journey)
    journey.wait_for_studies()
    journey.click(QPushButton, "retrieveButton", worklist)
    _told(journey, worklist.preview.notice, "images are on this machine")
    (folder,) = _local_studies(desk)
    file = sorted(folder.iterdir())[40]
    _truncate(file)
    _open(journey)
    assert str(file) in _told(journey, worklist.preview.notice, "is damaged: ", "Retrieve the study again")
    journey.click(QPushButton, "retrieveButton", worklist)
    _told(journey, worklist.preview.notice, "images are on this machine")
    _open(journey)
    journey.wait_for_images()


# ---------------------------------------------------------------------------------------------------------------------
# Studies that lack something


def _remove_series(study: Path, *descriptions: str) -> None:
    for folder in [path for path in study.iterdir() if path.is_dir()]:
        header = pydicom.dcmread(next(folder.glob("*.dcm")), specific_tags=["SeriesDescription"])
        if header.SeriesDescription in descriptions:
            shutil.rmtree(folder)


def test_without_an_adc_map_one_is_fitted_from_the_diffusion_images_and_called_so(
    workstation: Start, whole_study: Path, tmp_path: Path
) -> None:
    _remove_series(whole_study, "ep2d_diff_tra_ADC")
    journey = workstation(tmp_path / "data").journey
    _import_and_open(journey, whole_study)
    hung = journey.window.reading.grid.viewport(Role.ADC).hung
    assert hung is not None
    assert hung.caption.title == "ADC (fitted)"
    assert hung.note == ""
    _report_by_hand(journey)
    assert "ADC" in _seen(journey)[0][3]


def test_without_diffusion_the_ai_says_that_it_cannot_run_and_the_study_is_reported_by_hand(
    workstation: Start, empty_pacs: Pacs, study: Path, identity: Any, tmp_path: Path
) -> None:
    _remove_series(study, "ep2d_diff_tra_ADC")
    desk = workstation(tmp_path / "data", empty_pacs.node)
    journey = desk.journey
    _import_and_open(journey, study)
    journey.click(QPushButton, "runAiButton", journey.window.reading)
    told = _told(journey, journey.window.reading.notice, "Cannot run")
    assert told.startswith("Cannot run: the study has no ADC map and no diffusion series with two b-values; ")
    assert told.count("by hand") == 1
    _report_by_hand(journey)
    assert "no ADC" in _seen(journey)[0][3]
    dialog = _ready_to_sign(journey, identity.passphrase)
    _sign(journey, dialog)
    _require_sent(journey, dialog, desk, empty_pacs)


def test_a_series_in_another_frame_of_reference_carries_no_marks_and_says_so(
    workstation: Start, study: Path, tmp_path: Path
) -> None:
    for file in study.rglob("*.dcm"):
        dataset = pydicom.dcmread(file)
        if "ADC" in dataset.ImageType:
            dataset.FrameOfReferenceUID = "1.2.826.0.1.3680043.8.498.1"
            dataset.save_as(file)
    journey = workstation(tmp_path / "data").journey
    _import_and_open(journey, study)
    _report_by_hand(journey)
    grid, lesion = journey.window.reading.grid, journey.report.lesions[0]
    journey.select(lesion)
    adc, high_b = grid.viewport(Role.ADC), grid.viewport(Role.HIGH_B)
    assert "frame of reference" in adc.hung.note
    assert not adc.hung.linked
    assert high_b.hung.note == ""
    middle = high_b.rect().center().toPointF()
    assert high_b.lesion_at(middle) == lesion.tracking_uid
    assert adc.lesion_at(middle) == ""


# ---------------------------------------------------------------------------------------------------------------------
# The disk


class Disk:
    """A small file system of its own that is filled and made larger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, megabytes: int) -> None:
        """Make it so large."""
        self._mount(f"remount,size={megabytes}m", "tmpfs", str(self.folder))

    def fill(self, *, leaving: int = 0) -> None:
        """Leave so many bytes free."""
        free = shutil.disk_usage(self.folder).free
        (self.folder / "ballast").write_bytes(bytes(max(free - leaving, 0)))

    def empty(self) -> None:
        """Take out what filled it."""
        (self.folder / "ballast").unlink()

    @staticmethod
    def _mount(*arguments: str) -> None:
        subprocess.run(["mount", "-o", *arguments], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("only root may mount the small disk that is to be filled")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_is_full_ends_a_retrieve_in_words_and_with_more_room_it_goes_on(
    workstation: Start, pacs: Pacs, disk: Disk
) -> None:
    desk = workstation(disk.folder / "data", pacs.node)
    journey, preview = desk.journey, desk.window.worklist.preview
    _query(journey)
    _open(journey)
    _told(journey, preview.notice, "No space left on device", "free some space")
    assert not desk.window.worklist.row.is_local
    disk.resize(64)
    _click_notice(journey, preview.notice)
    journey.wait_for_images()
    verify_trail(desk.ws.settings.audit_trail)


def test_a_disk_that_is_full_refuses_edits_in_words_and_loses_none_of_what_is_on_the_screen(
    workstation: Start, empty_pacs: Pacs, study: Path, identity: Any, disk: Disk
) -> None:
    disk.resize(64)
    desk = workstation(disk.folder / "data", empty_pacs.node)
    journey, room = desk.journey, desk.window.reading
    _import_and_open(journey, study)
    _report_by_hand(journey)
    journey.press(Key.Key_S, CTRL)
    disk.fill()
    psa = journey.find(QLineEdit, "psaEdit", room)
    psa.selectAll()
    journey.write(QLineEdit, "psaEdit", room, "9.9")
    journey.write(QLineEdit, "commentEdit", journey.card(journey.report.lesions[0]), "seen twice")
    journey.write(QPlainTextEdit, "impressionEdit", room, "My own words. ")
    journey.press(Key.Key_W, CTRL)
    told = _told(journey, room.notice, "This step was not done because it could not be written to the audit trail")
    assert told.endswith(". Put that right, then do it again.")
    assert journey.find(QPushButton, "noticeButton", room.notice).text() == "Leave without saving"
    assert desk.window.pages.currentWidget() is room
    assert not desk.window.close()
    disk.empty()
    journey.press(Key.Key_S, CTRL)
    report = journey.report
    assert (report.clinical.psa_ng_ml, report.lesions[0].comment) == (9.9, "seen twice")
    assert report.own_impression.startswith("My own words. ")
    assert psa.text() == "9.9"
    dialog = _ready_to_sign(journey, identity.passphrase)
    disk.fill(leaving=400_000)
    _sign(journey, dialog)
    _told(journey, dialog.form.notice, "could not be written (No space left on device); free some space")
    assert unsent(desk.ws) == ()
    disk.empty()
    journey.write(QLineEdit, "passphraseEdit", dialog, identity.passphrase)
    _sign(journey, dialog)
    _require_sent(journey, dialog, desk, empty_pacs)
    assert not any((disk.folder / "data" / "outbox").iterdir())


def test_what_cannot_be_saved_is_left_behind_only_when_the_reader_says_so(
    workstation: Start, study: Path, disk: Disk
) -> None:
    disk.resize(64)
    desk = workstation(disk.folder / "data")
    journey, room = desk.journey, desk.window.reading
    _import_and_open(journey, study)
    _report_by_hand(journey)
    journey.press(Key.Key_S, CTRL)
    for insist in (desk.window.show_worklist, desk.window.close):
        disk.fill()
        journey.find(QLineEdit, "psaEdit", room).selectAll()
        journey.write(QLineEdit, "psaEdit", room, "9.9")
        insist()
        assert room.session is not None
        _click_notice(journey, room.notice)
        assert room.session is None
        disk.empty()
        if desk.window.isVisible():
            _open(journey)
            journey.wait_for_images()
            assert _seen(journey)[-1] == (PSA,)
    assert not desk.window.isVisible()


# ---------------------------------------------------------------------------------------------------------------------
# The power

_KILLED = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QLabel
sys.path.insert(0, sys.argv[1])
import test_bad_input as reader
from core.settings import ReaderSettings, Settings
from service.workspace import open_workspace
from viewer.app import create_app
from viewer.journey import Journey
from viewer.main_window import MainWindow

create_app()
settings = Settings(data_folder=Path(sys.argv[2]), reader=ReaderSettings(name=sys.argv[4]))
window = MainWindow(open_workspace(settings))
window.show()
journey = Journey(window)
reader._import_and_open(journey, Path(sys.argv[3]))
reader._report_by_hand(journey)
journey.wait(lambda: window.reading.session.is_saved, "the draft to save itself", 5)
print(repr(reader._seen(journey)), flush=True)
journey.wait(lambda: False, "the end", 60)
"""


def test_a_workstation_that_is_killed_shows_the_draft_again_when_the_study_is_opened(
    workstation: Start, study: Path, identity: Any, tmp_path: Path
) -> None:
    arguments = [str(Path(__file__).parent), str(tmp_path / "data"), str(study), identity.reader.name]
    with subprocess.Popen([sys.executable, "-c", _KILLED, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    desk = workstation(tmp_path / "data")
    journey = desk.journey
    _query(journey, THIS_WORKSTATION)
    journey.wait_for_studies()
    assert desk.window.worklist.row.report.startswith("Draft ")
    _open(journey)
    journey.wait_for_images()
    _told(journey, desk.window.reading.notice, "Your draft of ", " was restored.")
    assert repr(_seen(journey)) == seen.strip()
    verify_trail(desk.ws.settings.audit_trail)
