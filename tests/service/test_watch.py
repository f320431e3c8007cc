"""The watcher itself: what it hears of, whom it leaves a study to, and what it says of itself."""

import errno
import json
import os
import shutil
import sqlite3
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hl7
import pydicom
import pytest
from hl7.client import MLLPClient
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from sqlalchemy import event

import core.files
from core.errors import ArchiveRefused, ArchiveUnreachable, CannotWrite, SettingsInvalid, WorkerDied
from core.progress import Progress, Silent
from core.settings import DimseNode, OrdersSettings, Settings, ThisNode, WatchSettings
from pacs.dimse import DimseArchive
from service.queue_db import WATCHED, QueueDb
from service.watch import Watcher
from service.watch_entry import Finished, Outcome, State
from service.watch_images import fetch, fetched_folder, forwarded_folder
from service.watch_study import Passed, Task
from service.workspace import Workspace, open_workspace

_LIMIT_S = 60.0


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + _LIMIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def site(tmp_path: Path, archive: SimpleNamespace, free_port: Callable[[], int]) -> Iterator[Callable[..., Workspace]]:
    """Return a function that opens a watcher's workspace; `watch` and `more` are settings."""
    opened: list[Workspace] = []
    us = ThisNode(port=free_port())

    def make(name: str = "data", more: dict[str, object] | None = None, **watch: object) -> Workspace:
        node = DimseNode(name="PACS", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=archive.port)
        said = {"store_to": "PACS", "quiet_s": 0.1, "poll_every_s": 0.05, "http_port": 0, **watch}
        settings = Settings(
            data_folder=tmp_path / name,
            this_node=us,
            archives=(node,),
            watch=WatchSettings.model_validate(said),
            **(more or {}),
        )
        opened.append(open_workspace(settings))
        return opened[-1]

    yield make
    for ws in opened:
        ws.close()


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., list[Path]]:
    """Write small images of one study."""

    def write(uid: str, count: int, first: int = 0, modality: str = "MR") -> list[Path]:
        folder = tmp_path / "made"
        folder.mkdir(exist_ok=True)
        return [_image(folder, uid, number, modality) for number in range(first, first + count)]

    return write


def _image(folder: Path, uid: str, number: int, modality: str) -> Path:
    ds = pydicom.Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, f"{uid}.1.{number + 1}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = uid, f"{uid}.1", modality
    ds.PatientID, ds.PatientName, ds.StudyDate, ds.StudyTime = "P1", "Made^Up", "20260301", "101500"
    ds.AccessionNumber, ds.StudyID, ds.SeriesNumber, ds.InstanceNumber = "ACC1", "1", 1, number + 1
    ds.Rows = ds.Columns = ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation, ds.BitsAllocated, ds.BitsStored, ds.HighBit = "MONOCHROME2", 8, 8, 7
    ds.PixelRepresentation, ds.PixelData = 0, b"\0\0"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = CTImageStorage, ds.SOPInstanceUID
    path = folder / f"{uid}.{number}.dcm"
    ds.save_as(path, enforce_file_format=True)
    return path


def _dated(files: list[Path], day: date) -> list[Path]:
    """Let the scanner of these images have that date."""
    for file in files:
        image = pydicom.dcmread(file)
        image.StudyDate = f"{day:%Y%m%d}"
        image.save_as(file)
    return files


def _send(ws: Workspace, files: list[Path]) -> None:
    us = ws.settings.this_node
    node = DimseNode(name="watcher", ae_title=us.ae_title, host=us.host, port=us.port)
    DimseArchive(node, ThisNode(ae_title="MODALITY", port=1)).store(files, Silent())


class Done:
    """A `Run` that remembers what it was given, and finds nothing worth a word."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def __call__(self, task: Task, progress: Progress) -> Passed:
        self.tasks.append(task)
        return Passed(Finished(Outcome.DONE, "0 candidates, not reviewed.", "content"), {"fetch": 0.5})


def _page(watcher: Watcher, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{watcher.http_port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_what_is_sent_is_gone_through_once_it_is_quiet(
    site: Callable[..., Workspace], small: Callable[..., list[Path]]
) -> None:
    ws, run = site(), Done()
    with Watcher(ws, run) as watcher:
        _send(ws, small("1.2.3", 3))
        _until(lambda: watcher.queue.counts() == {"done": 1})
        status, metrics = _page(watcher, "/metrics")
        assert (status, _page(watcher, "/healthz"), _page(watcher, "/other")[0]) == (200, (200, "well\n"), 404)
    assert [task.study_instance_uid for task in run.tasks] == ["1.2.3"]
    for line in (
        'prosector_watch_studies{state="done"} 1',
        'prosector_watch_passed_total{outcome="done"} 1',
        "prosector_watch_received_total 3",
        'prosector_watch_stage_seconds_sum{stage="fetch"} 0.5',
    ):
        assert line in metrics.splitlines()
    lines = [json.loads(line) for line in ws.trail.path.read_text("utf-8").splitlines()]
    assert sum(line["detail"].get("instances", 0) for line in lines if line["action"] == "receive") == 3


def test_what_came_before_a_kill_is_taken_up_at_the_next_start(
    site: Callable[..., Workspace], small: Callable[..., list[Path]]
) -> None:
    ws, run = site(), Done()
    folder = forwarded_folder(ws) / "1.2.3"
    folder.mkdir(parents=True)
    for path in small("1.2.3", 3):
        shutil.copy(path, folder / f"{pydicom.dcmread(path).SOPInstanceUID}.dcm")
    with Watcher(ws, run) as watcher:
        _until(lambda: watcher.queue.counts() == {"done": 1})
    assert len(run.tasks) == 1


def test_a_flood_of_unrelated_images_does_not_stay_on_the_disk(
    site: Callable[..., Workspace], small: Callable[..., list[Path]]
) -> None:
    ws = site()
    with Watcher(ws) as watcher:
        for study in range(3):
            _send(ws, small(f"1.2.{study + 1}", 40, modality="CT"))
        _until(lambda: watcher.queue.counts() == {"left alone": 3})
        assert not list(forwarded_folder(ws).rglob("*.dcm"))
        assert {entry.reason for entry in watcher.queue.entries()} == {"It has no MR images, only CT."}
    assert watcher.health.troubles == {}


def _no_room(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_refuses_what_is_sent_is_told_and_takes_it_once_there_is_room(
    site: Callable[..., Workspace], small: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, run = site(), Done()
    with Watcher(ws, run) as watcher:
        with monkeypatch.context() as disk:
            disk.setattr("core.files.os.fsync", _no_room)
            with pytest.raises(ArchiveRefused, match=r"out of resources|status 0xA700"):
                _send(ws, small("1.2.3", 3))
            status, words = _page(watcher, "/healthz")
            assert (status, words.startswith("forward: "), "No space left on device" in words) == (200, True, True)
        assert [path for path in forwarded_folder(ws).rglob("*") if path.is_file()] == []
        _send(ws, small("1.2.3", 3))
        _until(lambda: watcher.queue.counts() == {"done": 1})
        assert watcher.health.troubles == {}
    assert len(run.tasks) == 1


def _no_more_pages(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA max_page_count = 1")  # less than it has: then what it has is the limit


def _fill(watcher: Watcher) -> None:
    """Add studies that are finished until there is no room for one more."""
    times = dict.fromkeys(("first_at", "last_at", "due_at", "changed_at"), 1.0)
    for number in range(1000):
        with watcher.queue.db.transaction() as connection:
            row = {"study_instance_uid": f"9.{number}", "origin": "", "state": State.FINISHED, **times}
            connection.execute(WATCHED.insert().values(outcome=Outcome.DONE, **row))


def test_a_queue_without_room_forgets_no_study_that_was_taken_meanwhile(
    site: Callable[..., Workspace], small: Callable[..., list[Path]]
) -> None:
    ws, run = site(), Done()
    with Watcher(ws, run) as watcher:
        engine = watcher.queue.db._engine
        event.listen(engine, "connect", _no_more_pages)
        with pytest.raises(CannotWrite, match=r"database or disk is full"):
            _fill(watcher)
        _send(ws, small("1.2.3", 3))
        _until(lambda: "full" in watcher.health.troubles.get("queue", ""))
        assert "database or disk is full" in _page(watcher, "/healthz")[1]
        assert watcher.queue.one("1.2.3") is None
        event.remove(engine, "connect", _no_more_pages)
        _until(lambda: len(run.tasks) == 1)
        _until(lambda: not watcher.health.troubles)
    lines = [json.loads(line) for line in ws.trail.path.read_text("utf-8").splitlines()]
    assert sum(line["detail"].get("instances", 0) for line in lines if line["action"] == "receive") == 3


def test_a_disk_without_room_for_what_is_fetched_puts_the_study_off_and_brings_the_rest_later(
    site: Callable[..., Workspace], small: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = site(forward=False, poll=["PACS"], look_back_days=36500)
    created = core.files._created

    def created_with_room_for_two(beside: Path) -> Any:
        if len(list(beside.parent.glob("*.*"))) >= 2 and "fetched" in beside.parts:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return created(beside)

    def run(task: Task, progress: Progress) -> Passed:
        folder = fetch(ws, ws.archives[0], task.study_instance_uid, progress)
        return Passed(Finished(Outcome.DONE, "", str(len(list(folder.glob("*.dcm"))))))

    ws.archives[0].store(small("1.2.3", 5), Silent())
    with Watcher(ws, run) as watcher:
        with monkeypatch.context() as disk:
            disk.setattr("core.files._created", created_with_room_for_two)
            _until(lambda: _put_off(watcher, "No space left on device", 0))
            came = sorted((fetched_folder(ws) / "1.2.3").iterdir())
            assert [file.suffix for file in came] == [".dcm", ".dcm"]
        _hurry(watcher)
        _until(lambda: watcher.queue.counts() == {"done": 1})
        entry = watcher.queue.one("1.2.3")
        assert entry is not None
        assert entry.content == "5"


def test_studies_of_scanners_whose_clock_is_a_day_behind_or_ahead_are_found_by_polling(
    site: Callable[..., Workspace], small: Callable[..., list[Path]]
) -> None:
    ws, run = site(forward=False, poll=["PACS"], look_back_days=0), Done()
    today = date.today()  # noqa: DTZ011 - as scanners keep it
    for days in (-1, 0, 1, -400):
        day = today + timedelta(days=days)
        ws.archives[0].store(_dated(small(f"1.2.{days + 500}", 1), day), Silent())
    with Watcher(ws, run) as watcher:
        _until(lambda: watcher.queue.counts() == {"done": 3})
    assert {task.study_instance_uid for task in run.tasks} == {"1.2.499", "1.2.500", "1.2.501"}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_watchers_on_one_queue_go_through_each_study_once(
    kind: str, site: Callable[..., Workspace], small: Callable[..., list[Path]], request: pytest.FixtureRequest
) -> None:
    run, shared = Done(), {}
    if kind == "postgresql":
        shared = {"database_url": request.getfixturevalue("postgresql")}
        queue = QueueDb(shared["database_url"], Path())
        with queue.transaction() as connection:
            connection.execute(WATCHED.delete())
        queue.close()
    one = site(forward=False, poll=["PACS"], look_back_days=36500, **shared)
    two = site("other" if shared else "data", forward=False, **shared)
    for study in range(8):
        one.archives[0].store(small(f"1.2.{study + 1}", 1), Silent())
    with Watcher(one, run) as first, Watcher(two, run):
        _until(lambda: first.queue.counts() == {"done": 8})
    assert len({task.study_instance_uid for task in run.tasks}) == len(run.tasks) == 8


def test_more_images_in_the_archive_make_a_study_come_again(
    site: Callable[..., Workspace], small: Callable[..., list[Path]]
) -> None:
    ws, run = site(forward=False, poll=["PACS"], look_back_days=36500), Done()
    ws.archives[0].store(small("1.2.3", 2), Silent())
    with Watcher(ws, run) as watcher:
        _until(lambda: watcher.queue.counts() == {"done": 1})
        ws.archives[0].store(small("1.2.3", 1, first=2), Silent())
        _until(lambda: len(run.tasks) == 2)
        _until(lambda: watcher.queue.counts() == {"done": 1})
    assert run.tasks[1].known == "content"


def test_an_archive_that_is_down_is_told_and_no_failure_of_the_watcher(
    site: Callable[..., Workspace], archive: SimpleNamespace
) -> None:
    ws = site(forward=False, poll=["PACS"])
    archive.stop()
    with Watcher(ws, Done()) as watcher:
        _until(lambda: "PACS" in watcher.health.troubles)
        status, words = _page(watcher, "/healthz")
        assert (status, words.startswith("PACS: ")) == (200, True)
        archive.start()
        _until(lambda: not watcher.health.troubles)


def _order(accession: str) -> str:
    return "\r".join(
        (
            "MSH|^~\\&|RIS|KKH|PROSECTOR|KKH|20260301||OMI^O23^OMI_O23|M1|P|2.5.1||||||UNICODE UTF-8",
            "PID|1||P1^^^KKH^MR||Made^Up||19580414|M",
            "ORC|NW|PLAC1",
            "OBR|1|PLAC1||MRPROST^MRT Prostata^L",
            f"IPC|{accession}|RP77||SPS1",
            "",
        )
    )


def test_a_study_that_an_order_told_of_is_looked_for_until_it_is_there(
    site: Callable[..., Workspace], small: Callable[..., list[Path]], free_port: Callable[[], int]
) -> None:
    orders, run = OrdersSettings(port=free_port()), Done()
    ws = site(forward=False, more={"orders": orders})
    with Watcher(ws, run) as watcher, MLLPClient("127.0.0.1", orders.port, encoding="utf-8") as ris:
        answer = hl7.parse(ris.send_message(_order("ACC1")).decode())
        assert str(answer.segment("MSA")[1]) == "AA"
        asked = watcher.health
        _until(lambda: 'asked_total{archive="PACS"}' in asked.metrics(watcher.queue))
        assert run.tasks == []
        ws.archives[0].store(small("1.2.3", 2), Silent())
        _until(lambda: watcher.queue.counts() == {"done": 1})
    assert run.tasks[0].study_instance_uid == "1.2.3"


def test_what_may_pass_is_tried_again_and_a_study_that_kills_twice_is_given_up(
    site: Callable[..., Workspace], small: Callable[..., list[Path]]
) -> None:
    ws, tasks = site(), list[Task]()

    def run(task: Task, progress: Progress) -> Passed:
        tasks.append(task)
        if task.given_up:
            return Passed(Finished(Outcome.FAILED, task.given_up, "content"))
        if len(tasks) == 1:
            raise ArchiveUnreachable("PACS does not answer.")
        raise WorkerDied("exit code −9")

    with Watcher(ws, run) as watcher:
        _send(ws, small("1.2.3", 1))
        for told, attempts, deaths in (("does not answer", 0, 0), ("exit code", 0, 1), ("exit code", 0, 2)):
            _until(lambda told=told, deaths=deaths: _put_off(watcher, told, deaths))
            entry = watcher.queue.one("1.2.3")
            assert entry is not None
            assert (entry.attempts, entry.deaths) == (attempts, deaths)
            _hurry(watcher)
        _until(lambda: watcher.queue.counts() == {"failed": 1})
    assert tasks[-1].given_up == "The analysis ended without an answer 2 times. exit code −9"


def _put_off(watcher: Watcher, told: str, deaths: int) -> bool:
    entry = watcher.queue.one("1.2.3")
    return entry is not None and entry.state is State.DUE and told in entry.reason and entry.deaths == deaths


def _hurry(watcher: Watcher) -> None:
    """Let what was put off be due now, as if the time had passed."""
    with watcher.queue.db.transaction() as connection:
        connection.execute(WATCHED.update().values(due_at=0.0))


def test_stopping_gives_the_study_in_hand_back_at_once(
    site: Callable[..., Workspace], small: Callable[..., list[Path]]
) -> None:
    ws, begun = site(), threading.Event()

    def run(task: Task, progress: Progress) -> Passed:
        begun.set()
        while True:
            progress.report(0.5, "in the middle")
            time.sleep(0.01)

    with Watcher(ws, run) as watcher:
        _send(ws, small("1.2.3", 1))
        assert begun.wait(_LIMIT_S)
    finishes = Done()
    with Watcher(ws, finishes) as watcher:
        _until(lambda: watcher.queue.counts() == {"done": 1})
    (task,) = finishes.tasks
    assert task.given_up == ""


def test_an_archive_that_the_settings_do_not_have_is_told_at_the_start(site: Callable[..., Workspace]) -> None:
    with pytest.raises(SettingsInvalid, match="“Elsewhere”"):
        Watcher(site(store_to="Elsewhere"))


def test_a_mistake_of_ours_ends_no_watcher(
    site: Callable[..., Workspace], small: Callable[..., list[Path]], caplog: pytest.LogCaptureFixture
) -> None:
    def run(task: Task, progress: Progress) -> Passed:
        if not task.given_up:
            raise ZeroDivisionError("a bug")
        return Passed(Finished(Outcome.FAILED, task.given_up))

    ws = site()
    with Watcher(ws, run) as watcher:
        _send(ws, small("1.2.3", 1))
        for deaths in (1, 2):
            _until(lambda deaths=deaths: _put_off(watcher, "ZeroDivisionError", deaths))
            _hurry(watcher)
        _until(lambda: watcher.queue.counts() == {"failed": 1})
        entry = watcher.queue.one("1.2.3")
        assert entry is not None
        assert "ZeroDivisionError" in entry.reason
