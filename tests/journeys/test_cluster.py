"""A department's machines: workers of a Dask cluster go through the studies, and a worker that dies costs nothing."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import CannotAnalyse, ClusterUnreachable
from core.progress import Cancelled, Progress, Silent
from core.settings import ClusterSettings, Settings, ThisNode, load_settings
from pacs.archive import StudyQuery
from pacs.dimse import DimseArchive
from service.analysis import analyse
from service.cluster import Cluster
from service.reading import import_folder, open_study
from service.watch_study import Task
from service.watch_work import DiedTwice
from service.workspace import open_workspace

pytest.importorskip("distributed")
pytestmark = pytest.mark.journey
_LIMIT_S = 240.0


@dataclass(frozen=True)
class Department:
    """A scheduler, a machine with two worker processes, and the archive that they know."""

    address: str
    settings_file: Path
    archive: DimseArchive
    node: object
    uid: str

    @property
    def settings(self) -> Settings:
        """The settings of the machine."""
        return load_settings(self.settings_file)


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + _LIMIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def department(
    orthanc: SimpleNamespace,
    phantom_study: SimpleNamespace,
    machine: Callable[..., Any],
    free_port: Callable[[], int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Department]:
    """The phantom in Orthanc, and two worker processes that can fetch it from there."""
    orthanc.clear()
    folder, node, port = tmp_path_factory.mktemp("cluster"), orthanc.node(), free_port()
    archive = DimseArchive(node, ThisNode(port=1))
    archive.store(sorted(phantom_study.folder.rglob("*.dcm")), Silent())
    (study,) = archive.find_studies(StudyQuery())
    file = folder / "prosector.toml"
    us = orthanc.this_node
    file.write_text(
        f'data_folder = "{folder / "data"}"\n'
        f'[this_node]\nae_title = "{us.ae_title}"\nport = {us.port}\n'
        f'[[archives]]\nname = "{node.name}"\nae_title = "{node.ae_title}"\nhost = "{node.host}"\nport = {node.port}\n'
        f'[watch]\nstore_to = "{node.name}"\n'
    )
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    worker = ("service.cli", "worker", address, "--processes", "2")
    with machine(folder / "scheduler.log", *scheduler):
        _until(lambda: _answers(port))
        with machine(folder / "worker.log", *worker, PROSECTOR_SETTINGS=str(file)):
            yield Department(address, file, archive, node, study.study_instance_uid)


@pytest.fixture
def cluster(department: Department) -> Iterator[Cluster]:
    """Our connection to it, when both workers are there."""
    with Cluster(department.address, department.settings) as connected:
        _until(lambda: connected.workers == 2)
        yield connected


def _busy_worker(cluster: Cluster) -> int | None:
    """Return the process of the worker that has a study, or None."""
    busy = cluster.processing()
    return busy[0] if busy else None


def _kill_who_has_it(cluster: Cluster, but: int = 0) -> int:
    """Kill the worker that has the study, as the kernel does for lack of memory; return its process."""
    _until(lambda: _busy_worker(cluster) not in (None, but))
    pid = _busy_worker(cluster)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_study_that_takes_two_workers_down_is_given_up_and_the_cluster_goes_on(
    department: Department, cluster: Cluster
) -> None:
    with ThreadPoolExecutor(1) as pool:
        poison = pool.submit(cluster.run, Task(department.uid, "Orthanc"), Silent())
        first = _kill_who_has_it(cluster)
        _kill_who_has_it(cluster, but=first)
        assert isinstance(poison.exception(_LIMIT_S), DiedTwice)
    _until(lambda: cluster.workers == 2)
    assert {series.modality for series in department.archive.find_series(department.uid)} == {"MR"}


def test_run_ai_on_the_cluster_finds_what_it_finds_on_the_very_same_images_and_refuses_others(
    department: Department, phantom_study: SimpleNamespace, cluster: Cluster, tmp_path: Path
) -> None:
    at = ClusterSettings(address=department.address)
    ws = open_workspace(Settings(data_folder=tmp_path / "data", cluster=at))
    try:
        opened = open_study(ws, import_folder(ws, phantom_study.folder, Silent()))
        findings = analyse(ws, opened, Silent())
        assert findings.recognised is opened.recognised
        assert len(findings.candidates) == 2
        assert f'"cluster": "{department.address}"' in ws.trail.path.read_text("utf-8")

        localizer = next(one for one in opened.recognised.study.series if one.description == "localizer")
        localizer.instances[0].path.unlink()
        opened = open_study(ws, department.uid)
        with pytest.raises(CannotAnalyse, match="other images"):
            analyse(ws, opened, Silent())
    finally:
        ws.close()


def test_work_on_the_cluster_can_be_stopped_at_once(department: Department, cluster: Cluster) -> None:
    class Stopped:
        def report(self, fraction: float, message: str) -> None:
            raise Cancelled

    stopped: Progress = Stopped()
    with pytest.raises(Cancelled):
        cluster.run(Task("1.2.3", "Orthanc"), stopped)


def test_a_scheduler_that_is_not_there_is_told(department: Department, free_port: Callable[[], int]) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(ClusterUnreachable, match=address), Cluster(address, department.settings, timeout_s=0.5):
        pass


def test_a_scheduler_that_dies_in_the_middle_is_told_at_once(
    department: Department, machine: Callable[..., Any], free_port: Callable[[], int], tmp_path: Path
) -> None:
    port = free_port()
    command = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    with machine(tmp_path / "scheduler.log", *command) as scheduler, ThreadPoolExecutor(1) as pool:
        _until(lambda: _answers(port))
        with Cluster(f"tcp://127.0.0.1:{port}", department.settings, timeout_s=2.0) as cluster:
            handed_over = threading.Event()

            class Waiting:
                def report(self, fraction: float, message: str) -> None:
                    handed_over.set()

            waiting = pool.submit(cluster.run, Task("1.2.3", "Orthanc"), Waiting())
            assert handed_over.wait(_LIMIT_S)
            scheduler.lose_power()
            assert isinstance(waiting.exception(_LIMIT_S), ClusterUnreachable)
