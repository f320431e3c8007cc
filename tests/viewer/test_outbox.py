"""The outbox as the reader sees it: a lamp that says how it is, and a list with ways out."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom.uid import EncapsulatedPDFStorage
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import pacs.contexts
from core.pirads import Score
from core.report import Reader, Report
from core.settings import DimseNode, ReportingSettings, Settings
from pacs.embedded import EmbeddedArchive
from reporting.signing_key import throw_away_key
from service.outbox import deliver_outbox
from service.outbox_bundle import outbox_folder, unsent
from service.outbox_list import waiting_reports
from service.outbox_sender import OutboxSender
from service.outbox_states import Shipping
from service.publish import prepare
from service.reading import OpenStudy
from service.report_objects import PDF, SEG
from service.workspace import Workspace, open_workspace
from viewer import edits
from viewer.app import _in_touch
from viewer.main_window import MainWindow
from viewer.outbox_dialog import OutboxDialog
from viewer.outbox_lamp import OutboxLamp

_READER = Reader("Jürgens^Änne^^Dr.", "Uniklinik")
_OBJECTS = ReportingSettings(objects=("sr", "seg", "pdf"))
Key = Qt.Key


@pytest.fixture
def pacs_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedArchive]:
    """A real archive that takes no PDF."""
    taken = tuple(x for x in pacs.contexts.STORAGE_CLASSES if x != EncapsulatedPDFStorage)
    with monkeypatch.context() as patch:
        patch.setattr(pacs.contexts, "STORAGE_CLASSES", taken)
        archive = EmbeddedArchive(tmp_path / "pacs")
        archive.__enter__()
    yield archive
    archive.__exit__(None, None, None)


@pytest.fixture
def desk(tmp_path: Path, pacs_served: EmbeddedArchive) -> Iterator[Workspace]:
    """A workstation that knows that archive and one that is down."""
    nodes = tuple(
        DimseNode(name=name, ae_title="PROSECTOR-PACS", host="127.0.0.1", port=port)
        for name, port in (("PACS", pacs_served.port), ("DOWN", 1))
    )
    workspace = open_workspace(Settings(data_folder=tmp_path / "data", archives=nodes, reporting=_OBJECTS))
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, opened: OpenStudy, findings: object) -> Path:
    """A report that was signed and never sent."""
    from core.report import with_findings

    report = with_findings(Report(opened.recognised), findings)  # pyright: ignore[reportArgumentType]
    first, second = (lesion.tracking_uid for lesion in report.lesions)
    steps = (
        edits.accept(first),
        edits.score_t2(first, Score.FOUR),
        edits.score_dwi(first, Score.FOUR),
        edits.reject(second, "Typical BPH nodule"),
    )
    for change in steps:
        report = change(report)
    ws = open_workspace(Settings(data_folder=tmp_path_factory.mktemp("signing"), reporting=_OBJECTS))
    bundle = prepare(ws, report, _READER, throw_away_key(_READER), opened)
    ws.close()
    return bundle.folder


@pytest.fixture
def lay(desk: Workspace, signed: Path) -> Callable[[str], None]:
    """Put the signed report into the outbox, for an archive."""

    def put(archive: str) -> None:
        shutil.copytree(signed, outbox_folder(desk) / signed.name)
        manifest = outbox_folder(desk) / signed.name / "bundle.json"
        manifest.write_text(manifest.read_text().replace('"archive": ""', f'"archive": "{archive}"'))

    return put


@pytest.fixture
def open_outbox(desk: Workspace, qtbot: QtBot) -> Iterator[Callable[[], OutboxDialog]]:
    """Open the list."""
    dialogs: list[OutboxDialog] = []

    def open_it() -> OutboxDialog:
        dialog = OutboxDialog(desk)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        dialogs.append(dialog)
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    yield open_it
    for dialog in dialogs:
        dialog.accept()
        dialog.deleteLater()


def _button(dialog: OutboxDialog, name: str) -> QPushButton:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    return button


def _lines(dialog: OutboxDialog) -> list[tuple[str, ...]]:
    model = dialog.tree.model()
    rows = [model.index(n, 0) for n in range(model.rowCount())]
    rows = [index for row in rows for index in (row, *(model.index(n, 0, row) for n in range(model.rowCount(row))))]
    return [tuple(str(index.siblingAtColumn(column).data()) for column in range(3)) for index in rows]


def _press(widget: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        focused = widget.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)


def test_the_lamp_tells_what_waits_since_when_and_why_and_when_it_has_gone(
    desk: Workspace, lay: Callable[[str], None], qtbot: QtBot
) -> None:
    lamp = OutboxLamp(desk, every_ms=50)
    qtbot.addWidget(lamp)
    lamp.show()
    assert (lamp.text(), lamp.property("light")) == ("● Outbox empty", "ok")
    with qtbot.waitSignal(lamp.changed):
        lay("DOWN")
    deliver_outbox(desk)
    qtbot.waitUntil(lambda: "could not be reached" in lamp.toolTip())
    (bundle,) = unsent(desk)
    assert lamp.text() == f"◐ Outbox: 1 waiting since {bundle.signed_at.astimezone():%H:%M}"
    assert lamp.property("light") == "caution"
    assert lamp.accessibleName().startswith("A signed report waits for its archive since")
    lamp.hide()


def test_an_empty_outbox_says_so_and_offers_nothing(open_outbox: Callable[[], OutboxDialog]) -> None:
    dialog = open_outbox()
    empty = dialog.findChild(QLabel, "outboxEmpty")
    assert empty is not None
    assert empty.isVisible()
    assert not _button(dialog, "outboxRetryButton").isEnabled()
    assert not _button(dialog, "outboxGiveUpButton").isEnabled()


def test_a_refused_object_is_named_and_given_up_by_keyboard_and_the_report_completes(
    desk: Workspace, lay: Callable[[str], None], open_outbox: Callable[[], OutboxDialog], qtbot: QtBot
) -> None:
    lay("PACS")
    deliver_outbox(desk)
    dialog = open_outbox()
    assert [line[2] for line in _lines(dialog)] == ["✕ refused", "verified", "refused", "verified"]
    assert _lines(dialog)[0][:2] == (_lines(dialog)[0][0], "PACS")
    assert _lines(dialog)[0][0].startswith("Müller, Jörg · P808 · signed 20")
    _press(dialog, Key.Key_Down)
    assert not _button(dialog, "outboxGiveUpButton").isEnabled()  # the segmentation is there
    _press(dialog, Key.Key_Down)
    words = dialog.findChild(QLabel, "outboxWords")
    assert words is not None
    assert "does not take Encapsulated PDF Storage" in words.text()
    _button(dialog, "outboxGiveUpButton").setFocus()
    _press(dialog, Key.Key_Space)
    assert dialog.findChild(QLabel, "outboxQuestion").text().startswith(f"Complete the report without “{PDF}”?")
    _press(dialog, Key.Key_Escape)  # a slip is taken back
    assert dialog.isVisible()
    assert len(waiting_reports(desk)) == 1
    _button(dialog, "outboxGiveUpButton").click()
    assert dialog.focusWidget() is _button(dialog, "outboxKeepButton")
    _press(dialog, Key.Key_Tab, Key.Key_Space)
    with OutboxSender(desk):
        qtbot.waitUntil(lambda: not unsent(desk), timeout=30_000)
        qtbot.waitUntil(lambda: _lines(dialog)[0][2] == "● in the archive", timeout=10_000)


def test_a_whole_report_is_given_up_only_with_a_reason(
    desk: Workspace, lay: Callable[[str], None], open_outbox: Callable[[], OutboxDialog]
) -> None:
    lay("DOWN")
    dialog = open_outbox()
    _button(dialog, "outboxGiveUpButton").click()
    assert not _button(dialog, "outboxSureButton").isEnabled()
    reason = dialog.findChild(QLineEdit, "outboxReasonEdit")
    assert reason is not None
    assert reason.hasFocus() or dialog.focusWidget() is reason
    _press(dialog, Key.Key_Return)
    assert len(waiting_reports(desk)) == 1
    QTest.keyClicks(reason, "wrong patient")
    _press(dialog, Key.Key_Return)
    assert waiting_reports(desk) == ()
    assert "its files stay" in dialog.notice.sentence


def test_retry_asks_the_archive_again_at_once(
    desk: Workspace, lay: Callable[[str], None], open_outbox: Callable[[], OutboxDialog]
) -> None:
    lay("DOWN")
    deliver_outbox(desk)
    dialog = open_outbox()
    assert _lines(dialog)[0][2] == "◐ waiting"
    QTest.mouseClick(_button(dialog, "outboxRetryButton"), Qt.MouseButton.LeftButton)
    (report,) = waiting_reports(desk)
    assert (report.state, report.attempts) == (Shipping.WAITING, 0)
    assert "sent again now" in dialog.notice.sentence


def test_the_open_window_sends_what_was_signed_while_the_archive_was_down_and_shows_the_outbox_by_key(
    desk: Workspace, lay: Callable[[str], None], qtbot: QtBot, qapp: QApplication
) -> None:
    no_pdf = replace(desk, settings=desk.settings.model_copy(update={"reporting": _OBJECTS}))
    lay("PACS")
    manifest = outbox_folder(desk) / unsent(desk)[0].folder.name / "bundle.json"
    manifest.write_text(manifest.read_text().replace('"given_up": []', f'"given_up": ["{PDF}"]'))
    window = MainWindow(no_pdf)
    window.show()
    with _in_touch(no_pdf, window):
        qtbot.waitUntil(lambda: not unsent(desk), timeout=30_000)
    qtbot.waitUntil(lambda: window.outbox.text() == "● Outbox empty", timeout=10_000)
    QTest.keyClick(window, Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(OutboxDialog)
    assert dialog is not None
    assert [line[2] for line in _lines(dialog)] == ["● in the archive", "verified", "given up", "verified"]
    assert _lines(dialog)[1][0] == SEG
    dialog.accept()
    window.close()
    window.deleteLater()
