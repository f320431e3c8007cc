"""No click: a study that is sent to the watcher, or lies in an archive that it asks, has its AI results there."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pydicom
import pytest

from core.audit import verify
from core.progress import Silent
from core.settings import ThisNode
from pacs.archive import Archive
from pacs.dimse import DimseArchive

pytestmark = pytest.mark.journey
_LIMIT_S = 240.0
_STORED = {"SEG": 1, "OT": 22, "SR": 1}
"""How many objects of which modality the phantom's results are: dcmqrscp tells no descriptions."""


def _settings(folder: Path, peer: SimpleNamespace, http_port: int, **watch: object) -> Path:
    said = {"store_to": peer.name, "quiet_s": 1.0, "poll_every_s": 0.5, "http_port": http_port, **watch}
    us, node = peer.this_node, peer.node()
    lines = [
        f'data_folder = "{folder / "data"}"',
        f'[this_node]\nae_title = "{us.ae_title}"\nhost = "{us.host}"\nport = {us.port}',
        f'[[archives]]\nname = "{node.name}"\nae_title = "{node.ae_title}"\nhost = "{node.host}"\nport = {node.port}',
        "[watch]",
        *(f"{key} = {json.dumps(value)}" for key, value in said.items()),
    ]
    (folder / "prosector.toml").write_text("\n".join(lines))
    return folder / "prosector.toml"


class Running:
    """`prosector watch` in a process of its own."""

    def __init__(self, settings: Path, *arguments: str) -> None:
        self._environment = {**os.environ, "PROSECTOR_SETTINGS": str(settings)}
        self._log = (settings.parent / "log.json").open("a+")
        command = [sys.executable, "-m", "service.cli", "watch", "--log", "json", *arguments]
        self.process = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=self._log, text=True, start_new_session=True
        )
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()

    def ask(self, *arguments: str) -> str:
        """Return what another command says."""
        command = [sys.executable, "-m", "service.cli", "watch", *arguments]
        return subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout

    def kill(self) -> None:
        """End it and whatever it started as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> int:
        """Ask it to stop; return its exit status."""
        self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode

    def log(self) -> list[dict[str, str]]:
        """Return what it logged."""
        self._log.seek(0)
        return [json.loads(line) for line in self._log]

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.kill()
        self._log.close()


@contextmanager
def _watching(settings: Path, *arguments: str) -> Iterator[Running]:
    running = Running(settings, *arguments)
    try:
        yield running
    finally:
        running.close()


def _send(folder: Path, host: str, port: int, ae_title: str) -> None:
    """Send as another maker's modality does."""
    program = shutil.which("storescu")
    if program is None:
        pytest.skip("storescu is not installed (apt-get install dcmtk)")
    command = [program, "-aet", "MODALITY", "-aec", ae_title, "+sd", "+r", host, str(port), str(folder)]
    subprocess.run(command, check=True, env={**os.environ, "TCP_NODELAY": "1"}, timeout=120, capture_output=True)


def _wait_for(condition: Callable[[], bool], running: Running) -> None:
    deadline = time.monotonic() + _LIMIT_S
    while not condition():
        assert running.process.poll() is None, running.log()[-20:]
        assert time.monotonic() < deadline, running.log()[-20:]
        time.sleep(0.2)


def _results(archive: Archive, uid: str) -> dict[str, int]:
    return {
        one.modality: len(archive.find_instances(uid, one.series_instance_uid))
        for one in archive.find_series(uid)
        if one.modality != "MR"
    }


def _sr(archive: Archive, uid: str, folder: Path) -> pydicom.Dataset:
    (series,) = (one.series_instance_uid for one in archive.find_series(uid) if one.modality == "SR")
    archive.retrieve(uid, folder, Silent(), series)
    (path,) = folder.glob("*.dcm")
    return pydicom.dcmread(path)


def _page(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


@pytest.fixture
def uid(phantom_study: SimpleNamespace) -> str:
    """The phantom's Study Instance UID."""
    return str(pydicom.dcmread(next(phantom_study.folder.rglob("*.dcm")), stop_before_pixels=True).StudyInstanceUID)


def test_a_forwarded_study_has_its_results_in_the_archive_though_the_watcher_was_killed_in_the_middle(
    orthanc: SimpleNamespace,
    phantom_study: SimpleNamespace,
    free_port: Callable[[], int],
    uid: str,
    tmp_path: Path,
) -> None:
    orthanc.clear()
    port = free_port()
    settings = _settings(tmp_path, orthanc, port, lease_s=3.0)
    archive, us = DimseArchive(orthanc.node(), ThisNode(port=1)), orthanc.this_node
    with _watching(settings) as first:
        assert "takes images" in first.greeting
        _send(phantom_study.folder, us.host, us.port, us.ae_title)
        _wait_for(lambda: 'state="claimed"} 1' in _page(port, "/metrics"), first)
        first.kill()
    assert _results(archive, uid) == {}

    with _watching(settings) as second:
        _wait_for(lambda: 'outcome="done"} 1' in _page(port, "/metrics"), second)
        assert _page(port, "/healthz") == "well\n"
        assert f"done        {uid}" in second.ask("status")
        sr = _sr(archive, uid, tmp_path / "sr")
        assert _results(archive, uid) == _STORED

        _send(phantom_study.folder, us.host, us.port, us.ae_title)  # once more: nothing is new
        _wait_for(lambda: 'outcome="unchanged"} 1' in _page(port, "/metrics"), second)
        assert second.stop() == 0
        assert {line["level"] for line in second.log()} <= {"info"}
    assert _results(archive, uid) == _STORED
    assert (sr.VerificationFlag, sr.CompletionFlag, sr.PreliminaryFlag) == ("UNVERIFIED", "PARTIAL", "PRELIMINARY")
    trail = tmp_path / "data" / "audit.jsonl"
    assert verify(trail) >= 8
    actions = [json.loads(line)["action"] for line in trail.read_text("utf-8").splitlines()]
    assert (actions.count("analyse"), actions.count("send"), actions[-1]) == (1, 2, "stop")
    assert actions.count("receive") >= 2


def test_a_study_in_an_archive_that_is_asked_has_its_results_there(
    dcmqrscp: SimpleNamespace,
    phantom_study: SimpleNamespace,
    free_port: Callable[[], int],
    uid: str,
    tmp_path: Path,
) -> None:
    port = free_port()
    settings = _settings(tmp_path, dcmqrscp, port, forward=False, poll=["dcmqrscp"], look_back_days=36500)
    archive = DimseArchive(dcmqrscp.node(), ThisNode(port=1))
    with _watching(settings) as running:
        _send(phantom_study.folder, dcmqrscp.host, dcmqrscp.dicom_port, dcmqrscp.ae_title)
        _wait_for(lambda: 'outcome="done"} 1' in _page(port, "/metrics"), running)
        assert _results(archive, uid) == _STORED
        asked = 'asked_total{archive="dcmqrscp"}'
        count = _page(port, "/metrics").split(asked)[1].split()[0]
        _wait_for(lambda: float(_page(port, "/metrics").split(asked)[1].split()[0]) > float(count) + 3, running)
        assert running.stop() == 0
    assert _results(archive, uid) == _STORED, "its own results are no news to the watcher"
