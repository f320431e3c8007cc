"""Amending a signed report in the window: nothing changes by accident, the difference is seen, the history is read."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot
from signing_site import PIN, SOFTHSM, card_reader, put_in

from core.amendment import Addendum, AsSigned, Continuation, Correction, ReportStatus
from core.pirads import Category
from core.progress import Silent
from core.report import Clinical, Reader, Report
from core.settings import DimseNode, ReaderSettings, Settings, SigningSettings
from pacs.embedded import EmbeddedArchive
from reporting.signature import SigningKey, save_key, throw_away_key
from service.outbox_bundle import unsent
from service.outbox_by_hand import send
from service.publish import prepare
from service.reading import import_folder, open_study, signed_report
from service.versions import versions
from service.workspace import Workspace, open_workspace
from viewer.history_dialog import HistoryDialog
from viewer.jobs import JobRunner
from viewer.main_window import MainWindow
from viewer.sign_dialog import SignDialog
from viewer.theme import apply_theme

RESIDENT, CONSULTANT = Reader("Wolf^Ben", "Uniklinik"), Reader("Jürgens^Änne^^Dr.", "Uniklinik")
PASSPHRASE = "correct horse"


@pytest.fixture(scope="module")
def keys() -> dict[str, SigningKey]:
    """A key of each reader."""
    return {reader.name: throw_away_key(reader) for reader in (RESIDENT, CONSULTANT)}


@pytest.fixture
def here(tmp_path: Path, keys: dict[str, SigningKey]) -> Iterator[Workspace]:
    """The consultant's workstation and an archive."""
    (tmp_path / "pacs").mkdir()
    save_key(keys[CONSULTANT.name], tmp_path / "reader.p12", PASSPHRASE)
    with EmbeddedArchive(tmp_path / "pacs") as archive:
        node = DimseNode(name="PACS", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=archive.port)
        reader = ReaderSettings(name=CONSULTANT.name, organization="Uniklinik", pkcs12=tmp_path / "reader.p12")
        workspace = open_workspace(Settings(data_folder=tmp_path / "data", archives=(node,), reader=reader))
        yield workspace
        workspace.close()


@pytest.fixture
def study(here: Workspace, study_folder: Path) -> str:
    """The study on this machine, without a report."""
    return import_folder(here, study_folder, Silent())


@pytest.fixture
def window(here: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """Its window."""
    apply_theme(qapp)
    shown = MainWindow(here)
    shown.resize(1600, 900)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    if shown.sign_dialog is not None:
        shown.sign_dialog.reject()
    shown.close()
    shown.deleteLater()


def _sign(here: Workspace, uid: str, reader: Reader, keys: dict[str, SigningKey], *, preliminary: bool = False) -> None:
    opened = open_study(here, uid)
    report = Report(opened.recognised, without_lesion=Category.ONE)
    bundle = prepare(here, report, reader, keys[reader.name], opened, preliminary=preliminary)
    send(here, bundle, here.archives[0], lambda *_: None)


def _open(window: MainWindow, uid: str, qtbot: QtBot) -> Report:
    window.worklist.open_study(uid, is_local=True)
    qtbot.waitUntil(lambda: window.reading.session is not None, timeout=20_000)
    return _report(window)


def _report(window: MainWindow) -> Report:
    assert window.reading.session is not None
    return window.reading.session.report


def _click(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _signs(window: MainWindow, qtbot: QtBot) -> SignDialog:
    window.show_sign_dialog()
    dialog = window.sign_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.preview.page_count > 0 and dialog.amended.is_shown, timeout=20_000)
    return dialog


def _says(widget: SignDialog | HistoryDialog) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def _fill_in_and_sign(dialog: SignDialog, secret: str, qtbot: QtBot) -> None:
    field, box = dialog.findChild(QLineEdit, "passphraseEdit"), dialog.findChild(QCheckBox, "confirmBox")
    button = dialog.findChild(QPushButton, "signAndSendButton")
    QTest.keyClicks(field, secret)
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "RSA" in dialog.findChild(QLabel, "keyInfo").text())
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(12, box.height() // 2))
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_signed_report_is_locked_until_the_reader_says_how_it_is_amended(
    window: MainWindow, here: Workspace, study: str, keys: dict[str, SigningKey], qtbot: QtBot
) -> None:
    _sign(here, study, CONSULTANT, keys)
    assert isinstance(_open(window, study, qtbot).amends, AsSigned)
    bar = window.reading.signed
    assert bar.isVisible()
    assert (
        "signed by Dr. Änne Jürgens" in bar.findChild(QLabel, "signedWords").toolTip()
        or "Dr. Änne" in bar.findChild(QLabel, "signedWords").accessibleName()
    )
    window.reading.patient.psa_entered.emit(9.9)
    assert _report(window).clinical.psa_ng_ml is None
    assert "This report is signed. Choose “Add addendum” or “Correct”" in window.reading.notice.sentence
    dialog = _signs(window, qtbot)
    assert "It is signed already" in _says(dialog)
    assert not dialog.findChild(QPushButton, "signAndSendButton").isEnabled()


def test_a_correction_is_signed_after_the_reader_saw_what_differs(
    window: MainWindow, here: Workspace, study: str, keys: dict[str, SigningKey], qtbot: QtBot
) -> None:
    _sign(here, study, CONSULTANT, keys)
    _open(window, study, qtbot)
    _click(window, "correctButton")
    QTest.keyClicks(window.findChild(QPlainTextEdit, "amendmentEdit"), "PSA was mistyped")
    window.reading.patient.psa_entered.emit(9.9)
    dialog = _signs(window, qtbot)  # saves what is typed first
    amends = _report(window).amends
    assert isinstance(amends, Correction)
    assert amends.reason == "PSA was mistyped"
    said = _says(dialog)
    assert "CORRECTS THE REPORT" in said
    assert "PSA – → 9.9 ng/mL" in said
    assert dialog.findChild(QCheckBox, "preliminaryBox").isHidden()
    _fill_in_and_sign(dialog, PASSPHRASE, qtbot)
    qtbot.waitUntil(lambda: dialog.sent, timeout=30_000)
    first, second = versions(open_study(here, study))
    assert second.document.status is ReportStatus.CORRECTED
    assert second.follows == (first.document.sop_instance_uid,)
    assert second.report is not None
    assert second.report.clinical.psa_ng_ml == 9.9


def test_an_addendum_leaves_the_findings_and_is_kept_as_a_draft(
    window: MainWindow, here: Workspace, study: str, keys: dict[str, SigningKey], qtbot: QtBot
) -> None:
    _sign(here, study, CONSULTANT, keys)
    _open(window, study, qtbot)
    _click(window, "addAddendumButton")
    text = window.findChild(QPlainTextEdit, "amendmentEdit")
    assert QApplication.focusWidget() is text
    QTest.keyClicks(text, "Compared with 2024")
    window.reading.patient.psa_entered.emit(9.9)
    assert "leaves the findings as they were signed" in window.reading.notice.sentence
    window.reading.signed.commit()
    window.show_worklist()
    amends = _open(window, study, qtbot).amends  # from the draft
    assert isinstance(amends, Addendum)
    assert amends.text == "Compared with 2024"
    said = _says(_signs(window, qtbot))
    assert "ADDENDUM TO THE REPORT" in said
    assert "Findings and impression are unchanged." in said
    window.sign_dialog.reject()
    _click(window, "giveUpAmendmentButton")
    assert isinstance(_report(window).amends, AsSigned)


def test_a_consultant_sees_whose_preliminary_report_it_is_and_signs_it_as_final(
    window: MainWindow, here: Workspace, study: str, keys: dict[str, SigningKey], qtbot: QtBot
) -> None:
    _sign(here, study, RESIDENT, keys, preliminary=True)
    assert isinstance(_open(window, study, qtbot).amends, Continuation)
    words = window.reading.signed.findChild(QLabel, "signedWords").accessibleName()
    assert "signed by Ben Wolf" in words
    assert "sign it as final" in words
    window.reading.patient.psa_entered.emit(6.2)  # may be changed at once
    assert _report(window).clinical.psa_ng_ml == 6.2
    dialog = _signs(window, qtbot)
    assert "FOLLOWS THE PRELIMINARY REPORT" in _says(dialog)
    _fill_in_and_sign(dialog, PASSPHRASE, qtbot)
    qtbot.waitUntil(lambda: dialog.sent, timeout=30_000)
    final = versions(open_study(here, study))[-1].document
    assert (final.status, final.author.name, final.signer.name) == (ReportStatus.FINAL, RESIDENT.name, CONSULTANT.name)


def test_the_history_tells_who_signed_when_and_what_changed(
    here: Workspace, study: str, keys: dict[str, SigningKey], qtbot: QtBot, jobs: JobRunner
) -> None:
    _sign(here, study, RESIDENT, keys, preliminary=True)
    opened = open_study(here, study)
    seen = replace(signed_report(opened), clinical=Clinical(psa_ng_ml=6.2))
    send(here, prepare(here, seen, CONSULTANT, keys[CONSULTANT.name], opened), here.archives[0], lambda *_: None)
    dialog = HistoryDialog(jobs, open_study(here, study))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "written by Ben Wolf" in _says(dialog))
    said = _says(dialog)
    assert said.index("Final") < said.index("Preliminary")  # newest first
    assert "PSA – → 6.2 ng/mL" in said
    dialog.accept()


@pytest.mark.skipif(not SOFTHSM.exists(), reason="SoftHSM (softhsm2) is not installed")
def test_a_resident_signs_with_a_card_and_a_card_pulled_out_is_told_in_place(
    here: Workspace, study: str, keys: dict[str, SigningKey], qtbot: QtBot, jobs: JobRunner, tmp_path: Path
) -> None:
    reader = ReaderSettings(name=RESIDENT.name, signs="preliminary")
    signing = SigningSettings(pkcs11_module=SOFTHSM)
    ws = replace(here, settings=here.settings.model_copy(update={"reader": reader, "signing": signing}))
    opened = open_study(ws, study)
    report = Report(opened.recognised, without_lesion=Category.ONE)
    ws.drafts.save(report)
    key = keys[RESIDENT.name]
    with card_reader(tmp_path / "hsm") as tokens:
        put_in(tokens.parent, "reader", key._private_key, [key.certificate])  # pyright: ignore[reportPrivateUsage]
        dialog = SignDialog(ws, jobs, report, opened, ws.archives[0])
        dialog.show()
        qtbot.waitUntil(lambda: dialog.preview.page_count > 0, timeout=20_000)
        box = dialog.findChild(QCheckBox, "preliminaryBox")
        assert box.isChecked()
        assert not box.isEnabled()  # one in training does not verify
        field = dialog.findChild(QLineEdit, "passphraseEdit")
        QTest.keyClicks(field, "0000")
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "The PIN does not open the token" in dialog.form.notice.sentence)
        pulled = tmp_path / "pulled"
        shutil.move(tokens, pulled)
        tokens.mkdir()
        field.clear()
        QTest.keyClicks(field, PIN)
        QTest.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(
            lambda: "token" in dialog.form.notice.sentence and "PIN does not" not in dialog.form.notice.sentence
        )
        assert unsent(ws) == ()
        assert ws.drafts.study_uids() == {study}
        pkcs11.unload(str(SOFTHSM))  # SoftHSM notices a token that is put in only when it starts
        tokens.rmdir()
        shutil.move(pulled, tokens)
        field.clear()
        _fill_in_and_sign(dialog, PIN, qtbot)
        qtbot.waitUntil(lambda: dialog.sent, timeout=30_000)
        dialog.accept()
        dialog.deleteLater()
    (version,) = versions(open_study(ws, study))
    assert version.document.status is ReportStatus.PRELIMINARY
