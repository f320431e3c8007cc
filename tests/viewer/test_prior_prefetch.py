"""Priors are fetched beside the window while a study is read, and choosing one takes what has come."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.progress import Progress
from core.report import Report
from core.settings import DimseNode, ThisNode
from pacs.dimse import DimseArchive
from pacs.embedded import EmbeddedArchive
from service.reading import OpenStudy, is_local
from service.workspace import Workspace
from viewer.jobs import JobRunner
from viewer.priors import Priors
from viewer.session import Session
from viewer.worklist_page import WorklistPage

_WAIT_MS = 20_000


class Pacs:
    """An archive on the network; while `go_on` is not set, a retrieve waits when its first series has come."""

    def __init__(self, archive: DimseArchive) -> None:
        self._archive = archive
        self.go_on, self.halted = threading.Event(), threading.Event()
        self.go_on.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)

    def retrieve(self, study_instance_uid: str, folder: Path, progress: Progress, series_instance_uid: str = "") -> int:
        """Bring one series, then, when it may go on, all."""
        first = self._archive.find_series(study_instance_uid)[0].series_instance_uid
        self._archive.retrieve(study_instance_uid, folder, progress, first)
        while not self.go_on.is_set():
            self.halted.set()
            progress.report(0.3, "10 of 30 images")
            self.go_on.wait(0.02)
        return self._archive.retrieve(study_instance_uid, folder, progress)


@pytest.fixture(scope="module")
def held(study_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up study and the same as examined in 2021 and in 2023 (UIDs that end so)."""
    folder = tmp_path_factory.mktemp("held")
    for path in study_folder.glob("*.dcm"):
        dataset = dcmread(path)
        dataset.save_as(folder / path.name)
        uids = {name: dataset[name].value for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")}
        for year in ("2021", "2023"):
            dataset.StudyDate = f"{year}0301"
            for name, uid in uids.items():
                dataset[name].value = f"{uid}.{year}"
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.save_as(folder / f"{year}-{path.name}")
    return folder


@pytest.fixture
def pacs(held: Path) -> Iterator[Pacs]:
    """It holds the study and its priors."""
    with EmbeddedArchive(held, ae_title="PACS") as served:
        node = DimseNode(name="PACS", ae_title="PACS", host="127.0.0.1", port=served.port)
        pacs = Pacs(DimseArchive(node, ThisNode(port=1)))
        yield pacs
        pacs.go_on.set()


class Reading:
    """What the reading room has of priors, on a study that is open."""

    def __init__(self, ws: Workspace, jobs: JobRunner, qtbot: QtBot, opened: OpenStudy, report: Report) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.ws, self.priors = ws, Priors(ws, jobs, self.window)
        self.session = Session(report, ws.trail, ws.drafts, self.window)
        qtbot.addWidget(self.priors.button)
        qtbot.addWidget(self.priors.panel)
        self.uid = opened.recognised.study.study_instance_uid

    @property
    def here(self) -> set[str]:
        """The years of the priors that are on this machine."""
        return {year for year in ("2021", "2023") if is_local(self.ws, f"{self.uid}.{year}")}

    @property
    def offers(self) -> list[QAction]:
        """What the menu offers."""
        return self.priors.button.menu().actions()

    def retrieves(self) -> list[tuple[str, str]]:
        """The year and outcome of each retrieve in the audit trail."""
        lines = map(json.loads, self.ws.trail.path.read_text("utf-8").splitlines())
        return [(line["subjects"][0][-4:], line["outcome"]) for line in lines if line["action"] == "retrieve"]


@pytest.fixture
def reading(ws: Workspace, jobs: JobRunner, qtbot: QtBot, opened: OpenStudy, report: Report) -> Iterator[Reading]:
    """No study is shown yet."""
    reading = Reading(ws, jobs, qtbot, opened, report)
    yield reading
    reading.priors.show_session(None, None, None)


def test_the_priors_of_the_open_study_come_newest_first_and_the_menu_says_that_they_are_here(
    reading: Reading, pacs: Pacs, opened: OpenStudy, qtbot: QtBot
) -> None:
    reading.priors.show_session(reading.session, opened, pacs)
    qtbot.waitUntil(lambda: reading.here == {"2021", "2023"} and not reading.priors.prefetch.busy, timeout=_WAIT_MS)
    assert [action.text() for action in reading.offers] == [
        "2023-03-01 · MR Prostate · on this machine",
        "2021-03-01 · MR Prostate · on this machine",
    ]
    assert reading.retrieves() == [("2023", "success"), ("2021", "success")]


def test_the_prior_that_is_chosen_while_it_comes_goes_on_from_there_and_the_rest_is_fetched_after_it(
    reading: Reading, pacs: Pacs, opened: OpenStudy, qtbot: QtBot
) -> None:
    pacs.go_on.clear()
    reading.priors.show_session(reading.session, opened, pacs)
    qtbot.waitUntil(pacs.halted.is_set, timeout=_WAIT_MS)
    qtbot.waitUntil(lambda: len(reading.offers) == 2, timeout=_WAIT_MS)
    assert reading.offers[0].text() == "2023-03-01 · MR Prostate"
    reading.offers[0].trigger()
    assert not reading.priors.prefetch.busy
    pacs.go_on.set()
    qtbot.waitUntil(lambda: reading.priors.prior is not None, timeout=_WAIT_MS)
    assert reading.offers[0].text().endswith("on this machine")
    qtbot.waitUntil(lambda: reading.here == {"2021", "2023"} and not reading.priors.prefetch.busy, timeout=_WAIT_MS)
    assert reading.retrieves() == [("2023", "failure"), ("2023", "success"), ("2021", "success")]


def test_leaving_the_study_stops_what_is_fetched_for_it(
    reading: Reading, pacs: Pacs, opened: OpenStudy, qtbot: QtBot
) -> None:
    pacs.go_on.clear()
    reading.priors.show_session(reading.session, opened, pacs)
    qtbot.waitUntil(pacs.halted.is_set, timeout=_WAIT_MS)
    reading.priors.show_session(None, None, None)
    qtbot.waitUntil(lambda: reading.retrieves() == [("2023", "failure")], timeout=_WAIT_MS)
    assert not reading.here


def test_why_a_prior_did_not_come_is_told_where_it_is_offered(
    reading: Reading, pacs: Pacs, opened: OpenStudy, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.errors import ArchiveUnreachable

    def gone(*_what: object) -> int:
        raise ArchiveUnreachable("PACS does not answer.")

    failures: list[str] = []
    reading.priors.failed.connect(failures.append)
    monkeypatch.setattr(pacs, "retrieve", gone, raising=False)
    reading.priors.show_session(reading.session, opened, pacs)
    qtbot.waitUntil(lambda: len(reading.offers) == 2, timeout=_WAIT_MS)
    qtbot.waitUntil(lambda: not reading.priors.prefetch.busy, timeout=_WAIT_MS)
    qtbot.waitUntil(lambda: "Not fetched yet: PACS does not answer." in reading.offers[0].toolTip(), timeout=_WAIT_MS)
    assert failures == [], "nobody asked for it, so nobody is disturbed"
    assert reading.priors.button.isEnabled()


@pytest.fixture
def worklist(ws: Workspace, pacs: Pacs, jobs: JobRunner, qtbot: QtBot) -> Iterator[WorklistPage]:
    """The worklist with the newest of the three studies chosen."""
    page = WorklistPage(replace(ws, archives=(pacs,)), jobs)
    qtbot.addWidget(page)
    page.show()
    page.query()
    qtbot.waitUntil(lambda: len(page.model.rows) == 3 and not page.question.busy, timeout=_WAIT_MS)
    now = next(row.uid for row in page.model.rows if not row.uid.endswith(("2021", "2023")))
    page.table.selectRow(page.model.row_of(now))
    yield page
    pacs.go_on.set()
    page.close_down()
    jobs.shutdown()


def test_after_a_study_was_retrieved_its_priors_are_too(worklist: WorklistPage, qtbot: QtBot) -> None:
    worklist.retrieve_chosen()
    qtbot.waitUntil(lambda: all(row.is_local for row in worklist.model.rows), timeout=_WAIT_MS)
    assert "30 images are on this machine" in worklist.preview.notice.sentence
    qtbot.waitUntil(lambda: not worklist.prefetch.busy, timeout=_WAIT_MS)


def test_what_the_reader_asks_for_stops_what_is_fetched_beforehand(
    worklist: WorklistPage, pacs: Pacs, qtbot: QtBot
) -> None:
    pacs.go_on.clear()
    assert worklist.row is not None
    worklist.prefetch.look_for(pacs, worklist.row.match)
    qtbot.waitUntil(pacs.halted.is_set, timeout=_WAIT_MS)
    worklist.retrieve_chosen()
    assert not worklist.prefetch.busy
    pacs.go_on.set()
    qtbot.waitUntil(lambda: worklist.row is not None and worklist.row.is_local, timeout=_WAIT_MS)
