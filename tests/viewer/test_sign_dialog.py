"""Sign & send: what blocks it, what is stored, and that nothing is lost when it fails."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from core.pirads import Category, Score
from core.progress import Silent
from core.report import Reader, Report
from core.settings import DimseNode, ReaderSettings, RisSettings, Settings
from pacs.archive import Archive
from pacs.embedded import EmbeddedArchive
from pacs.mllp import MllpListener
from reporting.signature import save_key, throw_away_key, verify_file
from reporting.template_files import use_templates
from service.notify import deliver
from service.outbox_bundle import unsent
from service.publish import signed_pdf
from service.reading import OpenStudy, import_folder, open_study, signed_report
from service.report_objects import PDF, SR
from service.workspace import Workspace, open_workspace
from viewer import edits
from viewer.jobs import JobRunner
from viewer.journey import Journey
from viewer.main_window import MainWindow
from viewer.sign_dialog import SignDialog
from viewer.theme import apply_theme

_READER = Reader("Jürgens^Änne^^Dr.", "Uniklinik")
_PASSPHRASE = "correct horse"


@pytest.fixture(scope="module")
def pkcs12(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reader's key file."""
    path = tmp_path_factory.mktemp("key") / "reader.p12"
    save_key(throw_away_key(_READER), path, _PASSPHRASE)
    return path


@pytest.fixture
def pacs(tmp_path: Path) -> Iterator[EmbeddedArchive]:
    """A real archive on a socket of its own."""
    folder = tmp_path / "pacs"
    folder.mkdir()
    with EmbeddedArchive(folder) as archive:
        yield archive


@pytest.fixture
def signing_ws(tmp_path: Path, pkcs12: Path, pacs: EmbeddedArchive) -> Iterator[Workspace]:
    """A workstation with that archive, one that is down, and the reader's key."""
    nodes = tuple(
        DimseNode(name=name, ae_title="PROSECTOR-PACS", host="127.0.0.1", port=port)
        for name, port in (("ORTHANC", pacs.port), ("DOWN", 1))
    )
    reader = ReaderSettings(name=_READER.name, organization=_READER.organization, pkcs12=pkcs12)
    workspace = open_workspace(Settings(data_folder=tmp_path / "data", archives=nodes, reader=reader))
    yield workspace
    workspace.close()


@pytest.fixture
def reviewed(report: Report) -> Report:
    """The draft with L1 accepted and scored and L2 rejected: ready to be signed."""
    first, second = (lesion.tracking_uid for lesion in report.lesions)
    for change in (
        edits.accept(first),
        edits.score_t2(first, Score.FOUR),
        edits.score_dwi(first, Score.FOUR),
        edits.reject(second, "Typical BPH nodule"),
    ):
        report = change(report)
    return report


Open = Callable[..., SignDialog]


@pytest.fixture
def open_dialog(signing_ws: Workspace, jobs: JobRunner, opened: OpenStudy, qtbot: QtBot) -> Iterator[Open]:
    """Open the dialog for a report and an archive (the first unless told)."""
    dialogs: list[SignDialog] = []

    def open_it(report: Report, archive: Archive | None = None) -> SignDialog:
        dialog = SignDialog(signing_ws, jobs, report, opened, archive or signing_ws.archives[0])
        dialogs.append(dialog)
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    yield open_it
    jobs.shutdown()
    for dialog in dialogs:
        dialog._sending = False  # pyright: ignore[reportPrivateUsage]
        dialog.reject()
        dialog.deleteLater()


def _sign_button(dialog: SignDialog) -> QPushButton:
    button = dialog.findChild(QPushButton, "signAndSendButton")
    assert button is not None
    return button


def _passphrase(dialog: SignDialog) -> QLineEdit:
    field = dialog.findChild(QLineEdit, "passphraseEdit")
    assert field is not None
    return field


def _fill_in(dialog: SignDialog, passphrase: str = _PASSPHRASE) -> None:
    QTest.keyClicks(_passphrase(dialog), passphrase)
    _see_report(dialog)
    box = dialog.findChild(QCheckBox, "confirmBox")
    assert box is not None
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(12, box.height() // 2))


def _see_report(dialog: SignDialog) -> None:
    deadline = time.monotonic() + 20
    while dialog.preview.page_count == 0 and time.monotonic() < deadline:
        QApplication.processEvents()
        time.sleep(0.01)
    assert dialog.preview.page_count > 0


def _sign(dialog: SignDialog) -> None:
    button = _sign_button(dialog)
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _says(dialog: SignDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def test_a_report_with_unreviewed_lesions_cannot_be_signed_and_the_dialog_says_which(
    open_dialog: Open, report: Report
) -> None:
    dialog = open_dialog(report)
    _fill_in(dialog)
    assert "✖  Not reviewed: L1, L2" in _says(dialog)
    assert not _sign_button(dialog).isEnabled()


def test_a_report_whose_impression_is_missing_is_not_signed_and_the_draft_stays(
    open_dialog: Open, signing_ws: Workspace, reviewed: Report, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "site" / "en" / "impression.txt.j2"
    file.parent.mkdir(parents=True)
    file.write_text("")
    signing_ws.drafts.save(reviewed)
    use_templates(tmp_path / "site")
    try:
        dialog = open_dialog(reviewed)
        qtbot.waitUntil(lambda: any("leaves the impression empty" in text for text in _says(dialog)))
        assert not _sign_button(dialog).isEnabled()
    finally:
        use_templates(None)
    assert unsent(signing_ws) == ()
    assert signing_ws.drafts.study_uids() == {reviewed.study_instance_uid}


def test_a_report_without_a_lesion_is_not_signed_before_the_reader_chose_its_category(
    open_dialog: Open, report: Report
) -> None:
    nothing = replace(report, lesions=())
    dialog = open_dialog(nothing)
    _fill_in(dialog)
    assert "✖  No lesion is reported: choose PI-RADS 1, 2 or X for the examination" in _says(dialog)
    assert "PI-RADS –" in _says(dialog)
    assert not _sign_button(dialog).isEnabled()
    chosen = open_dialog(replace(nothing, without_lesion=Category.ONE))
    _fill_in(chosen)
    assert "✔  No lesion is reported: you chose PI-RADS 1" in _says(chosen)
    assert _sign_button(chosen).isEnabled()


def test_signing_needs_the_passphrase_and_the_readers_confirmation(open_dialog: Open, reviewed: Report) -> None:
    dialog = open_dialog(reviewed)
    assert not _sign_button(dialog).isEnabled()
    QTest.keyClicks(_passphrase(dialog), _PASSPHRASE)
    assert not _sign_button(dialog).isEnabled()
    _passphrase(dialog).clear()
    _fill_in(dialog)
    assert _sign_button(dialog).isEnabled()
    assert "▲  DCE not acquired — assessed as biparametric" in _says(dialog)


def test_the_preview_shows_the_pages_of_the_very_pdf(open_dialog: Open, reviewed: Report, qtbot: QtBot) -> None:
    dialog = open_dialog(reviewed)
    qtbot.waitUntil(lambda: dialog.preview.page_count >= 1)


def test_enter_in_the_passphrase_opens_the_key_and_shows_whose_it_is(
    open_dialog: Open, reviewed: Report, qtbot: QtBot
) -> None:
    dialog = open_dialog(reviewed)
    QTest.keyClicks(_passphrase(dialog), _PASSPHRASE)
    QTest.keyClick(_passphrase(dialog), Qt.Key.Key_Return)
    info = dialog.findChild(QLabel, "keyInfo")
    qtbot.waitUntil(lambda: "RSA 3072" in info.text())
    assert info.text().startswith("Dr. Änne Jürgens")
    assert dialog.isVisible()  # Enter in the passphrase signs nothing


def test_signing_stores_every_object_verified_and_the_report_comes_back_as_it_was(
    open_dialog: Open, reviewed: Report, signing_ws: Workspace, study_folder: Path, qtbot: QtBot
) -> None:
    import_folder(signing_ws, study_folder, Silent())
    signing_ws.drafts.save(reviewed)
    dialog = open_dialog(reviewed)
    _fill_in(dialog)
    _sign(dialog)
    assert not dialog.findChild(QAbstractButton, "signBackButton").isEnabled()
    qtbot.waitUntil(lambda: dialog.sent, timeout=30_000)
    qtbot.waitUntil(lambda: set(dialog.objects.states.values()) == {"verified"})
    assert len(dialog.objects.states) == 6
    assert "signature is intact" in dialog.notice.sentence
    assert _passphrase(dialog).text() == ""
    assert signing_ws.drafts.study_uids() == frozenset()
    back = signed_report(open_study(signing_ws, reviewed.study_instance_uid))
    assert back is not None
    assert [(x.label, x.category, x.sector) for x in back.reported_lesions] == [
        (x.label, x.category, x.sector) for x in reviewed.reported_lesions
    ]


def test_a_study_without_axial_t2_is_read_signed_and_reopened_in_the_window(
    signing_ws: Workspace, study_folder: Path, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    apply_theme(qapp)
    folder = tmp_path / "without_t2"
    shutil.copytree(study_folder, folder, ignore=shutil.ignore_patterns("*.3.*.dcm"))  # series 3 is the axial T2
    uid = import_folder(signing_ws, folder, Silent())
    window = MainWindow(signing_ws)
    window.resize(1366, 768)
    window.show()
    journey = Journey(window)
    window.worklist.open_study(uid, is_local=True)
    journey.wait_for_images()
    journey.accept_and_score()  # there is no lesion: PI-RADS X is clicked, which is all that the images allow
    journey.click(QPushButton, "signButton", window.reading)
    dialog = window.sign_dialog
    assert dialog is not None
    assert [*dialog.objects.states] == [SR, PDF]
    assert "No overlay series: the study has no axial T2 that can be read." in _says(dialog)
    qtbot.waitUntil(lambda: dialog.preview.page_count == 1)
    _fill_in(dialog)
    _sign(dialog)
    qtbot.waitUntil(lambda: dialog.sent, timeout=30_000)
    _sign(dialog)  # “Done” now
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.worklist)
    window.worklist.open_study(uid, is_local=True)
    journey.wait_for_images()
    assert "has a signed report" in window.reading.notice.sentence
    assert journey.report.category is Category.X
    window.close()
    window.deleteLater()


def test_a_wrong_passphrase_is_told_in_place_and_nothing_is_signed(
    open_dialog: Open, reviewed: Report, signing_ws: Workspace, qtbot: QtBot
) -> None:
    dialog = open_dialog(reviewed)
    _fill_in(dialog, "wrong")
    _sign(dialog)
    qtbot.waitUntil(lambda: "passphrase does not open" in dialog.form.notice.sentence)
    assert unsent(signing_ws) == ()
    assert not dialog.sent
    qtbot.waitUntil(_sign_button(dialog).isEnabled)


def _press(dialog: SignDialog, *keys: Qt.Key) -> None:
    for key in keys:
        focused = dialog.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)


def _focused(dialog: SignDialog) -> str:
    focused = dialog.focusWidget()
    assert focused is not None
    return focused.objectName()


def test_enter_opens_the_key_and_once_more_confirms_signs_and_sends(
    open_dialog: Open, reviewed: Report, signing_ws: Workspace, study_folder: Path, qtbot: QtBot
) -> None:
    import_folder(signing_ws, study_folder, Silent())
    dialog = open_dialog(reviewed)
    unlocked = []
    dialog.form.unlock_wanted.connect(lambda: unlocked.append(dialog.form.passphrase))
    assert _focused(dialog) == "passphraseEdit"
    _press(dialog, Qt.Key.Key_Return)  # nothing is typed yet
    assert _focused(dialog) == "passphraseEdit"
    _see_report(dialog)
    QTest.keyClicks(dialog.focusWidget(), _PASSPHRASE)
    _press(dialog, Qt.Key.Key_Return)
    assert _focused(dialog) == "passphraseEdit"  # until the key is open, and the reader sees whose it is
    qtbot.waitUntil(lambda: _focused(dialog) == "confirmBox")
    assert not _sign_button(dialog).isEnabled()  # Enter confirmed nothing by itself
    assert dialog.notice.sentence == ""  # … nor does it sign
    _press(dialog, Qt.Key.Key_Return)
    _press(dialog, Qt.Key.Key_Return, Qt.Key.Key_Escape)  # impatience does no harm
    qtbot.waitUntil(lambda: dialog.sent, timeout=30_000)
    assert unlocked == [_PASSPHRASE]
    assert _focused(dialog) == "signAndSendButton"
    _press(dialog, Qt.Key.Key_Enter)
    assert not dialog.isVisible()


def test_enter_that_is_held_down_neither_confirms_nor_signs(
    open_dialog: Open, reviewed: Report, signing_ws: Workspace, qtbot: QtBot
) -> None:
    dialog = open_dialog(reviewed)
    _see_report(dialog)
    QTest.keyClicks(dialog.focusWidget(), _PASSPHRASE)
    _press(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _focused(dialog) == "confirmBox")
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
    QApplication.sendEvent(dialog.focusWidget(), held)
    assert not dialog.findChild(QCheckBox, "confirmBox").isChecked()
    _press(dialog, Qt.Key.Key_Space)
    assert _focused(dialog) == "signAndSendButton"
    QApplication.sendEvent(dialog.focusWidget(), held)
    assert dialog.findChild(QAbstractButton, "signBackButton").isEnabled()  # nothing is being sent
    assert unsent(signing_ws) == ()


def test_a_report_that_was_not_seen_yet_can_be_neither_confirmed_nor_signed(
    open_dialog: Open, reviewed: Report, qtbot: QtBot
) -> None:
    dialog = open_dialog(reviewed)
    box = dialog.findChild(QCheckBox, "confirmBox")
    assert dialog.preview.page_count == 0
    QTest.keyClicks(dialog.focusWidget(), _PASSPHRASE)
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not box.isChecked()
    _press(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.preview.page_count > 0, timeout=20_000)
    qtbot.waitUntil(lambda: _focused(dialog) == "confirmBox")


def test_the_signed_report_is_shown_without_its_draft_mark_once_it_is_signed(
    open_dialog: Open, reviewed: Report, signing_ws: Workspace, qtbot: QtBot
) -> None:
    dialog = open_dialog(reviewed, signing_ws.archives[1])  # an archive that is down: signed, not sent
    _fill_in(dialog)
    draft = dialog.preview.grab().toImage()
    _sign(dialog)
    qtbot.waitUntil(lambda: "nothing is lost" in dialog.notice.sentence, timeout=30_000)
    (bundle,) = unsent(signing_ws)
    text = "".join(page.get_textpage().get_text_range() for page in PdfDocument(signed_pdf(bundle)))
    assert "DRAFT" not in text.upper()
    assert dialog.preview.accessibleName() == "Signed report"
    assert dialog.preview.grab().toImage() != draft


def test_the_space_bar_only_confirms_and_a_missing_name_is_asked_for_first(
    open_dialog: Open, reviewed: Report, qtbot: QtBot
) -> None:
    dialog = open_dialog(reviewed)
    _see_report(dialog)
    name = dialog.findChild(QLineEdit, "readerNameEdit")
    assert name is not None
    name.clear()
    QTest.keyClicks(dialog.focusWidget(), _PASSPHRASE)
    _press(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _focused(dialog) == "readerNameEdit")
    QTest.keyClicks(name, "Jurgens, Anne")
    _press(dialog, Qt.Key.Key_Return)
    assert _focused(dialog) == "confirmBox"
    _press(dialog, Qt.Key.Key_Space)
    assert _focused(dialog) == "signAndSendButton"
    assert dialog.notice.sentence == ""


def test_a_report_that_cannot_be_signed_is_left_with_enter(open_dialog: Open, report: Report) -> None:
    dialog = open_dialog(report)
    assert _focused(dialog) == "signBackButton"
    _press(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_a_wrong_passphrase_is_typed_again_over_the_first_and_the_confirmation_stays(
    open_dialog: Open, reviewed: Report, qtbot: QtBot
) -> None:
    dialog = open_dialog(reviewed)
    _fill_in(dialog, "wrong")
    _passphrase(dialog).setFocus()
    _press(dialog, Qt.Key.Key_Return, Qt.Key.Key_Return)  # faster than the key can be tried
    qtbot.waitUntil(lambda: "passphrase does not open" in dialog.form.notice.sentence)
    assert _focused(dialog) == "passphraseEdit"
    QTest.keyClicks(dialog.focusWidget(), _PASSPHRASE)
    assert dialog.form.passphrase == _PASSPHRASE
    _press(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _focused(dialog) == "signAndSendButton")


def test_the_report_is_leafed_through_from_the_passphrase_and_what_is_confirmed_is_in_view(
    open_dialog: Open, reviewed: Report, qtbot: QtBot
) -> None:
    dialog = open_dialog(reviewed)
    dialog.resize(900, 420)
    qtbot.waitUntil(lambda: dialog.preview.page_count >= 1)
    qtbot.waitUntil(lambda: dialog.preview.verticalScrollBar().maximum() > 0)
    _press(dialog, Qt.Key.Key_PageDown)
    assert dialog.preview.verticalScrollBar().value() > 0
    QTest.keyClicks(dialog.focusWidget(), _PASSPHRASE)
    _press(dialog, Qt.Key.Key_Return)
    box = dialog.findChild(QCheckBox, "confirmBox")
    assert box is not None
    qtbot.waitUntil(box.hasFocus)
    assert box.visibleRegion().boundingRect().height() == box.height()


def test_when_the_archive_is_down_the_signed_report_is_kept_and_can_be_sent_again(
    open_dialog: Open, reviewed: Report, signing_ws: Workspace, qtbot: QtBot
) -> None:
    down = signing_ws.archives[1]
    dialog = open_dialog(reviewed, down)
    _fill_in(dialog)
    _sign(dialog)
    qtbot.waitUntil(lambda: "nothing is lost" in dialog.notice.sentence, timeout=30_000)
    qtbot.waitUntil(lambda: "failed" in dialog.objects.states.values())
    (bundle,) = unsent(signing_ws)
    assert verify_file(bundle.sr_path, None) is not None
    assert _sign_button(dialog).text() == "Send again"
    assert _focused(dialog) == "signAndSendButton"
    dialog._archive = signing_ws.archives[0]  # pyright: ignore[reportPrivateUsage] - the archive is up again
    _sign(dialog)
    qtbot.waitUntil(lambda: dialog.sent, timeout=30_000)
    assert unsent(signing_ws) == ()


def test_a_report_that_waits_to_be_sent_is_mentioned_before_another_is_signed(
    open_dialog: Open, reviewed: Report, signing_ws: Workspace, qtbot: QtBot
) -> None:
    first = open_dialog(reviewed, signing_ws.archives[1])
    _fill_in(first)
    _sign(first)
    qtbot.waitUntil(lambda: "nothing is lost" in first.notice.sentence, timeout=30_000)
    second = open_dialog(replace(reviewed, own_impression="Another."))
    assert "waits to be sent" in second.notice.sentence
    QTest.mouseClick(second.notice.findChild(QPushButton, "noticeButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: second.sent, timeout=30_000)
    assert unsent(signing_ws) == ()


def test_a_study_without_accession_number_is_told_before_signing_with_what_becomes_of_it(
    signing_ws: Workspace, jobs: JobRunner, reviewed: Report, opened: OpenStudy, qtbot: QtBot
) -> None:
    study = replace(reviewed.recognised.study, accession_number="")
    without = replace(reviewed, recognised=replace(reviewed.recognised, study=study))
    ris = {"ris": RisSettings(host="127.0.0.1", port=1)}
    telling = replace(signing_ws, settings=signing_ws.settings.model_copy(update=ris))
    for ws, said in (
        (telling, "▲  The study has no accession number, so RIS could not file its report; enter the report there by"),
        (signing_ws, "▲  The study has no accession number: the report is stored without one and found by its"),
    ):
        dialog = SignDialog(ws, jobs, without, opened, ws.archives[0])
        dialog.show()
        qtbot.waitExposed(dialog)
        assert [text for text in _says(dialog) if "accession" in text and text.startswith(said)]
        assert "RIS: is told once the archive holds the report" not in _says(dialog)
        _fill_in(dialog)
        assert _sign_button(dialog).isEnabled()
        dialog.reject()
        dialog.deleteLater()


def test_the_dialog_follows_what_the_ris_says_of_the_report(
    signing_ws: Workspace, jobs: JobRunner, reviewed: Report, opened: OpenStudy, qtbot: QtBot
) -> None:
    refusal = b"MSH|^~\\&|RIS|K|P|K|20260101||ACK|1|P|2.5.1\rMSA|AE|%b|Accession unknown\r"

    def answer(came: bytes) -> bytes:
        return refusal % came.split(b"|")[9]

    with MllpListener("127.0.0.1", 0, answer) as ris:
        told = {"ris": RisSettings(host="127.0.0.1", port=ris.port)}
        telling = replace(signing_ws, settings=signing_ws.settings.model_copy(update=told))
        dialog = SignDialog(telling, jobs, reviewed, opened, telling.archives[0])
        dialog.show()
        qtbot.waitExposed(dialog)
        assert "RIS: is told once the archive holds the report" in _says(dialog)
        qtbot.waitUntil(lambda: dialog.preview.page_count > 0)
        _fill_in(dialog)
        _sign(dialog)
        qtbot.waitUntil(lambda: dialog.sent, timeout=30_000)
        assert dialog.told.sentences == ("RIS: waiting.",)
        deliver(telling)
        qtbot.waitUntil(lambda: dialog.told.sentences == ("RIS: refused. RIS answered AE: Accession unknown",))
    assert "RIS: is told once the archive holds the report" not in _says(dialog)
    dialog.reject()
    dialog.deleteLater()
