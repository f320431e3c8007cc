"""Memory over many studies, and with a large one.

    QT_QPA_PLATFORM=offscreen python benchmarks/soak.py [--study FOLDER …] [--switches 50]

Goes to and fro between two studies in one window: open, hang, scroll, hide and show the marks, maximise, next layout,
back. After each ten studies it prints the resident memory of the process and what is alive of viewports, VTK objects,
timers and sessions; the first ten warm up. Then it opens, in a new process, a study of 1,000 images: the phantom with
its dynamic series and copies of its T2. It prints the memory, hangs every series once, and prints it again. Linux
only, for it reads /proc.
"""

import argparse
import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pydicom
from PySide6.QtCore import QEvent, QObject, Qt, QThread, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from reading_room import all_hung, leave, note_paints, open_study, room, wait, wheel
from vtkmodules.vtkCommonCore import vtkObjectBase

from service.phantom import make_phantom
from viewer.main_window import MainWindow
from viewer.session import Session
from viewer.viewport import Viewport

_COUNTED = (Viewport, vtkObjectBase, QTimer, QThread, Session, QObject)
_IMAGES = 1000
_EVERY = 10


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--study", type=Path, action="append")
    options.add_argument("--switches", type=int, default=50)
    options.add_argument("--large", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    note_paints()
    if chosen.large:
        _open_a_large_study()
        return
    with room(chosen.study or [], 1920, 1080) as (window, uids):
        leave(window)
        _tell(0)
        seen = [_after_ten(window, uids, n) for n in range(_EVERY, chosen.switches + _EVERY + 1, _EVERY)]
        first, rest = seen[0], seen[1:]
        growth = 100 * (max(rest) / first - 1)
        print(f"after the warm-up {first:.0f} MB, then {min(rest):.0f} to {max(rest):.0f} MB ({growth:+.1f} %)")
    subprocess.run([sys.executable, __file__, "--large"], check=True)


def _after_ten(window: MainWindow, uids: Sequence[str], number: int) -> float:
    for n in range(_EVERY):
        _read(window, uids[n % 2])
    return _tell(number)


def _read(window: MainWindow, uid: str) -> None:
    """Open a study, look at it and go back."""
    open_study(window, uid)
    grid = window.reading.grid
    for notches in (1, 1, -1):
        wheel(grid.viewports[0], notches)
        QApplication.processEvents()
    for key in (Qt.Key.Key_O, Qt.Key.Key_O, Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Period):
        QTest.keyClick(grid, key)
        QApplication.processEvents()
    wait(lambda: all_hung(window))
    leave(window)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # no event loop runs here that would


def _open_a_large_study() -> None:
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large"
        make_phantom(large, 0, dce=True)
        count = _filled_up(large)
        with room([large, _small(Path(folder))], 1920, 1080) as (window, uids):
            leave(window)
            open_study(window, uids[0])
            grid = window.reading.grid
            wait(lambda: window.reading.looking.dce.series is not None)
            print(f"a study of {count} images open: {_resident_mb():.0f} MB")
            grid.set_free_grid(4, 4)
            for offer in grid.offers:
                grid.hang_in(grid.viewports[-1], offer)
                wait(lambda: all_hung(window))
                QApplication.processEvents()
            print(f"each of its {len(grid.offers)} series hung once: {_resident_mb():.0f} MB")


def _small(beside: Path) -> Path:
    target = beside / "small"
    make_phantom(target, 1)
    return target


def _filled_up(folder: Path) -> int:
    """Add copies of the axial T2 with UIDs of their own until there are enough images; return how many there are."""
    files = list(folder.rglob("*.dcm"))
    t2 = [path for path in files if pydicom.dcmread(path, stop_before_pixels=True).SeriesNumber == 3]
    count, copies = len(files), 0
    while count < _IMAGES:
        copies += 1
        for path in t2:
            image = pydicom.dcmread(path)
            image.SeriesInstanceUID = f"{image.SeriesInstanceUID}.{copies}"[-64:]
            image.SOPInstanceUID = f"{image.SOPInstanceUID}.{copies}"[-64:]
            image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
            image.SeriesNumber = 100 + copies
            image.save_as(folder / f"copy-{copies}-{path.name}")
        count += len(t2)
    return count


def _tell(number: int) -> float:
    resident = _resident_mb()
    gc.collect()
    alive = gc.get_objects()
    counts = ", ".join(f"{sum(isinstance(o, kind) for o in alive)} {kind.__name__}" for kind in _COUNTED)
    print(f"after {number} studies: {resident:.0f} MB ({_resident_mb():.0f} MB without garbage); {counts}", flush=True)
    return resident


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
