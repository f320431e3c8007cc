"""Study open, from the local copy to all five viewports painted, against SimpleITK reading the same series.

    QT_QPA_PLATFORM=offscreen python benchmarks/open_vs_simpleitk.py STUDY_FOLDER [--runs 11]

Both start with warm file caches and imported libraries, in turn, in one process; each time on a new copy of the study,
so that what we remember of files already read is of no help. SimpleITK gets the folder of the study, finds its series
(GDCM) and reads the five that we hang. Prints medians and the ratio (target 1.5 or less).
"""

import argparse
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import SimpleITK
from PySide6.QtWidgets import QApplication

from core.progress import Silent
from service.reading import OpenStudy, open_folder
from viewer.reading_grid import ReadingGrid


def main() -> None:
    """Alternate the two and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("--runs", type=int, default=11)
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    application = QApplication([])
    grid = ReadingGrid()
    grid.resize(1400, 980)
    grid.show()
    hung = _hung(open_folder(arguments.study))
    ours, theirs = [], []
    for _ in range(arguments.runs):
        with tempfile.TemporaryDirectory() as folder:
            study = Path(shutil.copytree(arguments.study, Path(folder) / "study"))
            ours.append(_seconds(partial(_open, study, grid, application)))
            theirs.append(_seconds(partial(_simpleitk, study, hung)))
    ours_ms, theirs_ms = (1000 * statistics.median(times[1:]) for times in (ours, theirs))
    print(f"open to painted {ours_ms:.0f} ms, SimpleITK {theirs_ms:.0f} ms, ratio {ours_ms / theirs_ms:.2f}")


def _hung(opened: OpenStudy) -> set[str]:
    return {series.choice.stack.series.series_instance_uid for series in opened.series}


def _open(study: Path, grid: ReadingGrid, application: QApplication) -> None:
    grid.show_study(open_folder(study, Silent()).series)
    grid.repaint()
    application.processEvents()


def _simpleitk(study: Path, hung: set[str]) -> None:
    reader = SimpleITK.ImageSeriesReader()
    for folder in {path.parent for path in study.rglob("*.dcm")}:
        for uid in SimpleITK.ImageSeriesReader.GetGDCMSeriesIDs(str(folder)):
            if uid in hung:
                reader.SetFileNames(SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), uid))
                reader.Execute()


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
