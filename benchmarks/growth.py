"""One analysis after another, as *Run AI* does them: time, memory and overhead must stay flat and small.

    python benchmarks/growth.py STUDY_FOLDER [STUDY_FOLDER ...] [--count 100]

Each analysis runs in its child process, and its answer is kept in a data folder of its own. Prints the time to the
gland, the whole time, the child's processor time and peak memory, and this process's memory after each tenth; then the
first tenth against the last, and the share of the child's processor time that no forward pass of the network takes.
"""

import argparse
import multiprocessing
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.findings import Gland
from core.progress import Silent
from core.settings import Settings
from inference.gland import WINDOW_VOXELS, weights_path
from inference.onnx_session import device_in_words, onnx_session
from service.analysis import analyse
from service.reading import OpenStudy, open_folder
from service.workspace import Workspace, open_workspace

_BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class _Run:
    first_s: float
    whole_s: float
    cpu_s: float
    here_mb: float


def main() -> None:
    """Analyse the studies in turn and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=100)
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, {device_in_words()}, Python {platform.python_version()}")
    studies = [open_folder(folder) for folder in arguments.studies]
    runs: list[_Run] = []
    for number in range(arguments.count):
        with tempfile.TemporaryDirectory() as folder:
            ws = open_workspace(Settings(data_folder=Path(folder)))
            runs.append(_measured(ws, studies[number % len(studies)]))
            ws.close()
        if (number + 1) % max(1, arguments.count // 10) == 0:
            print(f"{number + 1:4d}: gland after {runs[-1].first_s:.2f} s, whole {runs[-1].whole_s:.2f} s, "
                  f"processor {runs[-1].cpu_s:.2f} s, this process {runs[-1].here_mb:.0f} MB", flush=True)  # fmt: skip
    _print_growth(runs)
    print(f"peak of a child {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _BYTES_PER_UNIT / 1e6:.0f} MB")
    whole = _children_cpu_s() / len(runs)
    forward = _forward_cpu_s()
    print(f"processor time: forward pass {forward:.2f} s of {whole:.2f} s, overhead {1 - forward / whole:.0%}")


def _measured(ws: Workspace, opened: OpenStudy) -> _Run:
    told: list[float] = []
    cpu, began = _children_cpu_s(), time.perf_counter()

    def first(_gland: Gland) -> None:
        told.append(time.perf_counter() - began)

    analyse(ws, opened, Silent(), first)
    return _Run(told[0], time.perf_counter() - began, _children_cpu_s() - cpu, _resident_mb())


def _resident_mb() -> float:
    """Return what this process holds now, its peak where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES_PER_UNIT / 1e6


def _print_growth(runs: list[_Run]) -> None:
    tenth = max(1, len(runs) // 10)
    for name in ("first_s", "whole_s", "cpu_s", "here_mb"):
        begin, end = (statistics.median(getattr(run, name) for run in part) for part in (runs[:tenth], runs[-tenth:]))
        print(f"{name}: first tenth {begin:.2f}, last tenth {end:.2f}, ratio {end / begin:.2f}")


def _forward_cpu_s(runs: int = 5) -> float:
    """Return the median processor time of the network's forward pass, the first of a process as in an analysis."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as fresh:
        return statistics.median(fresh.map(_first_forward_cpu_s, range(runs), chunksize=1))


def _first_forward_cpu_s(_run: int) -> float:
    session = onnx_session(weights_path().read_bytes(), "the gland model")
    name, window = session.get_inputs()[0].name, np.zeros((1, 1, *WINDOW_VOXELS), np.float32)
    began = time.process_time()
    session.run(None, {name: window})
    return time.process_time() - began


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
