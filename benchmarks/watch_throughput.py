"""Studies an hour on this machine: a cluster of which one worker process is kept busy, then two, in turn.

    python benchmarks/watch_throughput.py [--studies 2] [--rounds 3]

Copies of the made-up study with UIDs of their own lie in one Orthanc; each way goes through as many of them, from the
UID to the results in the archive, and nothing is answered from an earlier analysis. Needs Orthanc and the extra
`cluster`. What is told beside the throughput is the mean of each stage, in seconds of one study.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import mean

import pydicom
from network import _free_port, _orthanc

from core.progress import Silent
from core.settings import load_settings
from pacs.dimse import DimseArchive
from service.cluster import Cluster
from service.phantom import make_phantom
from service.watch_study import Passed, Task

_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--studies", type=int, default=2)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_phantom(folder / "phantom")
        with _orthanc(folder) as (node, us):
            archive = DimseArchive(node, us)
            uids = (_stored(archive, folder, number) for number in itertools.count())
            _settings(folder, node)
            with _cluster(folder / "cluster", 2) as cluster:

                def run(uid: str) -> Passed:
                    return cluster.run(Task(uid, "Orthanc"), Silent())

                _measured("the first of each process", [next(uids) for _ in range(2)], 2, run)
                for _ in range(chosen.rounds):
                    for workers in (1, 2):
                        part = [next(uids) for _ in range(chosen.studies)]
                        _measured(f"{workers} busy", part, workers, run)


def _measured(name: str, uids: Sequence[str], at_a_time: int, run: Callable[[str], Passed]) -> None:
    began = time.perf_counter()
    with ThreadPoolExecutor(at_a_time) as pool:
        passed = list(pool.map(run, uids))
    spent = time.perf_counter() - began
    stages = {stage: mean(one.seconds[stage] for one in passed) for stage in passed[0].seconds}
    assert all(one.finished is not None and one.finished.outcome == "done" for one in passed), passed
    told = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in stages.items())
    beside = sum(stages.values()) - stages["analyse"]
    rate, load = 3600 * len(uids) / spent, os.getloadavg()[0]
    print(f"{name}: {rate:.0f} studies/h; {told}; all but analysis {beside:.2f} s; load {load:.1f}", flush=True)


@contextmanager
def _cluster(data: Path, workers: int) -> Iterator[Cluster]:
    data.mkdir()
    address = f"tcp://127.0.0.1:{(port := _free_port())}"
    environment = {**os.environ, "PROSECTOR_DATA_FOLDER": str(data)}
    scheduler = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = ["-m", "service.cli", "worker", address, "--processes", str(workers)]
    with (data / "log").open("wb") as log:
        processes = [
            subprocess.Popen([sys.executable, *command], env=environment, stdout=log, stderr=log)
            for command in (scheduler, worker)
        ]
        try:
            with Cluster(address, load_settings(), timeout_s=60.0) as cluster:
                while cluster.workers < workers:
                    time.sleep(0.2)
                yield cluster
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait()


def _settings(folder: Path, node: object) -> None:
    (folder / "prosector.toml").write_text(
        f'data_folder = "{folder / "data"}"\n[[archives]]\nname = "Orthanc"\nae_title = "ORTHANC"\nhost = "127.0.0.1"\n'
        f'port = {node.port}\n[watch]\nstore_to = "Orthanc"\n'
    )
    os.environ["PROSECTOR_SETTINGS"] = str(folder / "prosector.toml")


def _stored(archive: DimseArchive, folder: Path, number: int) -> str:
    """Store the phantom under other UIDs; return its Study Instance UID."""
    target = folder / f"copy{number}"
    target.mkdir()
    for path in (folder / "phantom").rglob("*.dcm"):
        ds = pydicom.dcmread(path)
        for keyword in _UIDS:
            ds[keyword].value = f"{ds[keyword].value}.{number + 1}"
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.save_as(target / f"{ds.SOPInstanceUID}.dcm")
    archive.store(sorted(target.iterdir()), Silent())
    return str(ds.StudyInstanceUID)


if __name__ == "__main__":
    main()
