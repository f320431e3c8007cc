"""Lamps above the worklist, and the dialog that tries every peer and says what to change."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import ArchiveRefused, ArchiveUnreachable
from core.settings import DimseNode, Settings, ThisNode
from pacs.dimse import DimseArchive
from pacs.embedded import EmbeddedArchive
from service.check import Outcome, Step
from service.workspace import Workspace, open_workspace
from viewer.archive_lamps import ArchiveLamps, Light
from viewer.check_dialog import CheckDialog, Connections
from viewer.jobs import JobRunner
from viewer.worklist_top import WorklistTop

OK, FAILED, SKIPPED = Outcome.OK, Outcome.FAILED, Outcome.SKIPPED
_WAIT_MS = 20_000


@pytest.fixture
def jobs() -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.shutdown()


@pytest.fixture
def site(
    tmp_path: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Workspace, EmbeddedArchive]]:
    """A workstation with an archive that works, one that calls itself otherwise, and one that is gone."""
    monkeypatch.setattr("pacs.server._GRACE_S", 0.1)
    us = ThisNode(port=free_port())
    with EmbeddedArchive(tmp_path / "archive", peers={us.ae_title: (us.host, us.port)}) as archive:
        known = {"ae_title": archive.ae_title, "host": "127.0.0.1", "port": archive.port}
        nodes = (
            DimseNode.model_validate(known | {"name": "Good"}),
            DimseNode.model_validate(known | {"name": "Renamed", "ae_title": "OTHER"}),
            DimseNode.model_validate(known | {"name": "Gone and with a name that is long", "port": 1}),
        )
        ws = open_workspace(Settings(data_folder=tmp_path / "data", this_node=us, archives=nodes))
        yield ws, archive
        ws.close()


# ------------------------------------------------------------------ lamps


def test_each_archive_has_a_lamp_that_says_in_sign_and_words_whether_it_answers(
    site: tuple[Workspace, EmbeddedArchive], jobs: JobRunner, qtbot: QtBot
) -> None:
    lamps = ArchiveLamps(site[0].archives, jobs)
    qtbot.addWidget(lamps)
    assert [lamp.text()[0] for lamp in lamps.lamps] == ["○"] * 3
    lamps.show()
    qtbot.waitUntil(lambda: all(lamp.light is not Light.UNKNOWN for lamp in lamps.lamps), timeout=_WAIT_MS)
    good, renamed, gone = lamps.lamps
    assert (good.text(), good.accessibleName()) == ("● Good", "Good answers.")
    assert renamed.text() == "✕ Renamed"
    assert "calls itself something other than OTHER" in renamed.toolTip()
    assert gone.text() == "◐ Gone and with a n…"
    assert gone.accessibleName().startswith("Gone and with a name that is long does not answer at the moment")
    assert [lamp.property("light") for lamp in lamps.lamps] == ["ok", "danger", "caution"]
    lamps.hide()


class _Switched:
    """An archive that answers as the test says, and counts how often it is asked."""

    name = "PACS"

    def __init__(self) -> None:
        self.asked = 0
        self.says: Exception | None = None
        self.thread = ""

    def echo(self) -> None:
        self.asked += 1
        self.thread = threading.current_thread().name
        if self.says is not None:
            raise self.says


def test_a_lamp_follows_the_archive_off_the_window_s_thread_and_rests_while_hidden(
    jobs: JobRunner, qtbot: QtBot
) -> None:
    archive = _Switched()
    lamps = ArchiveLamps([archive], jobs, every_ms=20)
    qtbot.addWidget(lamps)
    (lamp,) = lamps.lamps
    lamps.show()
    qtbot.waitUntil(lambda: lamp.light is Light.ANSWERS, timeout=_WAIT_MS)
    assert archive.thread.startswith("prosector-job")
    archive.says = ArchiveUnreachable("PACS does not answer.")
    qtbot.waitUntil(lambda: lamp.light is Light.AWAY, timeout=_WAIT_MS)
    archive.says = ArchiveRefused("PACS does not know PROSECTOR.")
    qtbot.waitUntil(lambda: lamp.light is Light.REFUSES, timeout=_WAIT_MS)
    assert lamp.toolTip().endswith("PACS does not know PROSECTOR.")
    archive.says = None
    qtbot.waitUntil(lambda: lamp.light is Light.ANSWERS, timeout=_WAIT_MS)

    lamps.hide()
    assert not lamps._timer.isActive()
    QApplication.processEvents()
    asked = archive.asked
    lamps.show()
    qtbot.waitUntil(lambda: archive.asked > asked, timeout=_WAIT_MS)
    lamps.hide()


def test_many_archives_have_lamps_without_names_beside_them(jobs: JobRunner, qtbot: QtBot) -> None:
    archive = _Switched()
    lamps = ArchiveLamps([archive] * 6, jobs)
    qtbot.addWidget(lamps)
    assert [lamp.text() for lamp in lamps.lamps] == ["○"] * 6
    assert {lamp.accessibleName() for lamp in lamps.lamps} == {"PACS has not been asked yet."}
    assert lamps.sizeHint().width() < 300


# ------------------------------------------------------------------ the dialog


@pytest.fixture
def dialog(site: tuple[Workspace, EmbeddedArchive], jobs: JobRunner, qtbot: QtBot) -> Iterator[CheckDialog]:
    dialog = CheckDialog(site[0], jobs)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close()


def _rows(dialog: CheckDialog) -> list[tuple[str, ...]]:
    model = dialog.model
    return [tuple(model.index(row, column).data() for column in range(4)) for row in range(model.rowCount())]


def test_enter_runs_the_check_and_the_rows_fill_as_the_steps_end(dialog: CheckDialog, qtbot: QtBot) -> None:
    planned = _rows(dialog)
    assert planned[0][:3] == ("This station (PROSECTOR)", "Listener", "")
    assert planned[1][:2] == ("Good", "Connection")
    assert {row[2] for row in planned} == {""}

    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.run_button.text() == "Stop"
    assert _rows(dialog)[0][2] == "… Trying"
    qtbot.waitUntil(lambda: not dialog.running, timeout=_WAIT_MS)

    outcomes = {(line.peer, line.step): line.outcome for line in dialog.model.lines}
    assert outcomes["Good", Step.ECHO] is OK
    assert outcomes["Good", Step.MOVE] is SKIPPED  # it holds nothing
    assert outcomes["Renamed", Step.ECHO] is FAILED
    assert outcomes["Renamed", Step.FIND] is SKIPPED
    shown = {row[2] for row in _rows(dialog)}
    assert shown == {"✓ Works", "✕ Fails", "– Not tried"}
    assert dialog.notice.sentence == "2 steps failed; each says what to change."
    assert dialog.run_button.text() == "Run again"
    sentences = [row[3] for row in _rows(dialog)]
    heights = [dialog.table.rowHeight(row) for row in range(len(sentences))]
    assert heights[sentences.index(max(sentences, key=len))] > heights[sentences.index(min(sentences, key=len))]


def test_what_was_found_is_copied_as_text_for_the_administrator(dialog: CheckDialog, qtbot: QtBot) -> None:
    dialog.run()
    qtbot.waitUntil(lambda: not dialog.running, timeout=_WAIT_MS)
    dialog.findChild(QPushButton, "checkCopy").click()
    copied = QApplication.clipboard().text()
    assert "Renamed\n  ✓ Connection: 127.0.0.1:" in copied
    assert "  ✗ Association and echo: Renamed at 127.0.0.1:" in copied
    qtbot.waitUntil(lambda: dialog.findChild(QPushButton, "checkCopy").text() == "Copy", timeout=_WAIT_MS)


def test_the_test_object_is_stored_only_when_the_box_is_ticked(
    dialog: CheckDialog, site: tuple[Workspace, EmbeddedArchive], qtbot: QtBot, tmp_path: Path
) -> None:
    assert "Store" not in {row[1] for row in _rows(dialog)}
    dialog.findChild(QCheckBox, "checkStore").setChecked(True)
    assert "Store" in {row[1] for row in _rows(dialog)}
    dialog.run()
    qtbot.waitUntil(lambda: not dialog.running, timeout=_WAIT_MS)
    outcomes = {line.step: line.outcome for line in dialog.model.lines if line.peer == "Good"}
    assert (outcomes[Step.STORE], outcomes[Step.GET], outcomes[Step.MOVE]) == (OK, OK, OK)
    assert len(list((tmp_path / "archive").rglob("*.dcm"))) == 1


def test_closing_while_it_runs_stops_it_and_tells_nobody(
    site: tuple[Workspace, EmbeddedArchive], jobs: JobRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_middle, go_on = threading.Event(), threading.Event()
    echo = DimseArchive.echo
    monkeypatch.setattr(DimseArchive, "echo", lambda self: (in_the_middle.set(), go_on.wait(20), echo(self)))
    dialog = CheckDialog(site[0], jobs)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.run()
    qtbot.waitUntil(in_the_middle.is_set, timeout=_WAIT_MS)
    dialog.close()
    go_on.set()
    qtbot.waitUntil(lambda: not jobs._jobs, timeout=_WAIT_MS)
    assert Step.FIND not in {line.step for line in dialog.model.lines}


def test_lamp_and_button_open_one_dialog(
    site: tuple[Workspace, EmbeddedArchive], jobs: JobRunner, qtbot: QtBot
) -> None:
    top = WorklistTop("reader")
    qtbot.addWidget(top)
    connections = Connections(site[0], jobs, top, top)
    top.show()
    connections.button.click()
    dialog = connections.dialog
    assert dialog is not None
    connections.lamps.lamps[0].click()
    assert connections.dialog is dialog
    dialog.reject()
    assert connections.dialog is None
    top.hide()
