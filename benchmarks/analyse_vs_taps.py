"""Whole `prosector analyse` of a study against `taps segment` on its axial T2 alone, in turn, as whole processes.

    python benchmarks/analyse_vs_taps.py STUDY_FOLDER [--runs 3]

Prints the wall seconds of each run and the ratio of the medians (ours over theirs; target 0.3 or less).
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nibabel
import numpy as np

from core.study import Role
from service.reading import open_folder


def main() -> None:
    """Alternate the two commands and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        _write_t2(arguments.study, work / "t2.nii.gz")
        ours, theirs = [], []
        for run in range(arguments.runs):
            # a data folder of its own: an analysis that was kept would be no measurement
            environment = {**os.environ, "PROSECTOR_DATA_FOLDER": str(work / f"data{run}")}
            output = work / f"out{run}"
            command = [sys.executable, "-m", "service.cli", "analyse", str(arguments.study), "--output", str(output)]
            ours.append(_seconds(command, environment))
            command = [str(Path(sys.executable).with_name("taps")), "segment"]
            theirs.append(_seconds([*command, str(work / "t2.nii.gz"), str(work / f"{run}.nii.gz"), "--exact"], None))
            print(f"run {run + 1}: prosector analyse {ours[-1]:.1f} s, taps segment {theirs[-1]:.1f} s", flush=True)
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"median: {statistics.median(ours):.1f} s against {statistics.median(theirs):.1f} s, ratio {ratio:.2f}")


def _write_t2(study: Path, path: Path) -> None:
    t2 = open_folder(study).volume(Role.T2_AXIAL)
    if t2 is None:
        raise SystemExit(f"{study} has no axial T2.")
    to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])
    affine = to_ras @ t2.affine[:, [2, 1, 0, 3]]
    nibabel.save(nibabel.Nifti1Image(t2.array.transpose(2, 1, 0).astype(np.float32), affine), path)


def _seconds(command: list[str], environment: dict[str, str] | None) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
