"""The reading room from event to painted pixels: six viewports with the gland and the lesions that the AI found.

    QT_QPA_PLATFORM=offscreen python benchmarks/reading_room.py [--study FOLDER …] [--size 1920x1080] [--frames 120]

Without a folder it makes up two phantoms; of one folder it makes a second study. The whole window runs, with studies of
the local cache; events are sent to the widgets as a mouse and a keyboard send them. A frame counts from its event until
the paint event of the viewport concerned has ended, and until that of the last linked one has. Prints median, 95th
percentile and worst in milliseconds, and the mean CPU time (all threads) of a frame.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pydicom
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from core.progress import Silent
from core.settings import Settings
from service.phantom import make_phantom
from service.reading import import_folder
from service.workspace import open_workspace
from viewer.app import create_app
from viewer.main_window import MainWindow
from viewer.reading_grid import ReadingGrid
from viewer.viewport import Viewport
from viewer.viewport_tools import Tool

_LEFT, _NONE, _CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
_PATIENCE_S = 300.0
_TURN = 8
"""So many events one way, then as many back."""

painted: list[tuple[Viewport, float]] = []
"""Each paint event of a viewport with the moment when it ended."""


@dataclass
class Times:
    """Milliseconds until the viewport concerned was painted, until all were, and of CPU time."""

    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, other: "Times") -> None:
        """Take in the times of another series of frames."""
        self.first += other.first
        self.last += other.last
        self.cpu += other.cpu


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--study", type=Path, action="append")
    options.add_argument("--size", default="1920x1080")
    options.add_argument("--frames", type=int, default=120)
    options.add_argument("--switches", type=int, default=10)
    chosen = options.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    note_paints()
    with room(chosen.study or [], width, height) as (window, uids):
        _measure_switches(window, uids, chosen.switches)
        grid = window.reading.grid
        views = ", ".join(f"{view.accessibleName()} {view.width()}×{view.height()}" for view in grid.viewports)
        print(f"{width}×{height}, {len(marks(window))} marks: {views}")
        _measure_gestures(grid, chosen.frames)
        _measure_bursts(grid, chosen.frames // 6)
        _measure_stream(grid)


# ---------------------------------------------------------------------------------------------------------------------
# The room


def note_paints() -> None:
    """Write down each paint event of a viewport from now on; to be called before there is one."""
    paint = Viewport.paintEvent

    def noting(view: Viewport, event: QPaintEvent) -> None:
        paint(view, event)
        painted.append((view, time.perf_counter()))

    Viewport.paintEvent = noting


@contextmanager
def room(folders: Sequence[Path], width: int, height: int) -> Generator[tuple[MainWindow, list[str]]]:
    """Show the window with two studies in its local cache, analysed and hung in a grid of 2 × 3; yield it and them."""
    app = create_app()
    with tempfile.TemporaryDirectory() as folder:
        ws = open_workspace(Settings(data_folder=Path(folder) / "data"))
        uids = [import_folder(ws, study, Silent()) for study in _two_studies(folders, Path(folder))]
        window = MainWindow(ws)
        window.resize(width, height)
        window.show()
        try:
            for uid in uids:
                open_study(window, uid)
                press(window, "runAiButton")
                wait(lambda: not window.reading.run.running)
                window.reading.grid.set_free_grid(2, 3)
                wait(lambda: all_hung(window))
                leave(window)
            open_study(window, uids[0])
            yield window, uids
        finally:
            window.close()
            window.deleteLater()
            app.processEvents()
            ws.close()


def _two_studies(folders: Sequence[Path], beside: Path) -> Generator[Path]:
    if len(folders) >= 2:
        yield from folders[:2]
        return
    for number in (0, 1):
        target = beside / f"study {number}"
        if not folders:
            make_phantom(target, number)
        else:
            shutil.copytree(folders[0], target)
            if number == 1:
                _become_another(target)
        yield target


def _become_another(folder: Path) -> None:
    """Give a copy of a study identities of its own."""
    for path in folder.rglob("*.dcm"):
        image = pydicom.dcmread(path)
        for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"):
            image[name].value = f"{image[name].value}.1"[-64:]
        image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
        image.PatientID = "SECOND"
        image.save_as(path)


def open_study(window: MainWindow, uid: str) -> float:
    """Choose a study of this workstation and press Enter; return the milliseconds until its pictures were painted."""
    worklist = window.worklist
    if worklist.model.row_of(uid) < 0:
        press(window, "queryButton")
        wait(lambda: worklist.model.row_of(uid) >= 0)
    worklist.table.selectRow(worklist.model.row_of(uid))
    QApplication.processEvents()
    painted.clear()
    start = time.perf_counter()
    QTest.keyClick(worklist.table, Qt.Key.Key_Return)
    wait(lambda: window.reading.opened is not None and all_hung(window))
    wait(lambda: set(window.reading.grid.viewports) <= {view for view, _ in painted})
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - start)


def leave(window: MainWindow) -> float:
    """Go back to the worklist; return the milliseconds until it was painted."""
    start = time.perf_counter()
    QTest.mouseClick(window.reading.top.back, _LEFT)
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - start)


def marks(window: MainWindow) -> tuple[object, ...]:
    """Return what is marked: the gland and the lesions."""
    return window.reading.grid.display.marks


def all_hung(window: MainWindow) -> bool:
    """Tell whether nothing is being loaded for a viewport any more."""
    return not any(view.accessibleName().startswith("Loading") for view in window.reading.grid.viewports)


def press(window: MainWindow, name: str) -> None:
    """Click a button of the window."""
    button = window.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, _LEFT)


def wait(until: Callable[[], bool]) -> None:
    """Let the window work until something is so."""
    deadline = time.monotonic() + _PATIENCE_S
    while not until():
        QApplication.processEvents()
        time.sleep(0.001)  # lets the other threads run
        if time.monotonic() > deadline:
            raise TimeoutError("The window did not get there.")


# ---------------------------------------------------------------------------------------------------------------------
# Measuring


def _measure_switches(window: MainWindow, uids: Sequence[str], switches: int) -> None:
    opens: list[float] = []
    leaves: list[float] = []
    for n in range(switches + 2):
        leaves.append(leave(window))
        opens.append(open_study(window, uids[n % 2]))
    print(f"load average {os.getloadavg()[0]:.2f}")
    print(f"study switch, Enter to six painted viewports: {told(opens[2:])}")
    print(f"back to the worklist: {told(leaves[2:])}")


def _measure_gestures(grid: ReadingGrid, frames: int) -> None:
    everything = Times()
    for view in _linked(grid):
        everything.add(
            _measure(grid, f"scroll {view.accessibleName()}", view, partial(wheel, view), frames, alone=False)
        )
    _tell("scroll, all of them", everything)
    view = grid.viewports[0]
    _measure(grid, "zoom by wheel", view, lambda sign: wheel(view, sign, _CTRL), frames)
    for tool, alone in ((Tool.WINDOW, True), (Tool.ZOOM, True), (Tool.PAN, True), (Tool.CROSSHAIR, False)):
        grid.set_tool(tool)
        with drag(view) as move:
            _measure(grid, f"drag {tool.name.lower()}", view, move, frames, alone=alone)
        QTest.keyClick(grid, Qt.Key.Key_F)
        grid.set_crosshair(view.shown().plane.lps(view.width() / 2, view.height() / 2))
    grid.set_tool(Tool.SCROLL)
    QApplication.processEvents()


def _measure(
    grid: ReadingGrid, what: str, view: Viewport, act: Callable[[int], None], frames: int, *, alone: bool = True
) -> Times:
    times = Times()
    expected = {view} if alone else set(_linked(grid))
    for n in range(frames + _TURN):
        cpu, start = time.process_time(), time.perf_counter()
        painted.clear()
        act(-1 if n // _TURN % 2 else 1)
        while not expected <= {one for one, _ in painted}:
            QApplication.processEvents()
        QApplication.processEvents()
        if n >= _TURN:  # the first ones warm up
            times.cpu.append(1000 * (time.process_time() - cpu))
            times.first.append(1000 * (next(at for one, at in painted if one is view) - start))
            times.last.append(1000 * (painted[-1][1] - start))
    _tell(what, times)
    return times


def _measure_bursts(grid: ReadingGrid, bursts: int) -> None:
    """Queue five notches at a time."""
    view, expected = grid.viewports[0], set(_linked(grid))
    counts: list[tuple[int, int]] = []
    times = Times()
    for n in range(bursts):
        painted.clear()
        cpu, start = time.process_time(), time.perf_counter()
        for _ in range(5):
            QApplication.postEvent(view, _turned(view, -1 if n % 2 else 1))
        while not expected <= {one for one, _ in painted}:
            QApplication.processEvents()
        QApplication.processEvents()
        times.cpu.append(1000 * (time.process_time() - cpu))
        times.first.append(1000 * (next(at for one, at in painted if one is view) - start))
        times.last.append(1000 * (painted[-1][1] - start))
        others = [one for one, _ in painted if one is not view]
        counts.append((len(painted) - len(others), len(others)))
    _tell("burst of five notches", times)
    mine, others = (statistics.mean(column) for column in zip(*counts, strict=True))
    print(f"    painted the active view {mine:.1f} times, the others together {others:.1f} times")


def _measure_stream(grid: ReadingGrid, hertz: float = 60.0, seconds: float = 3.0) -> None:
    """Turn the wheel at the pace of a screen, whether or not the last notch is painted."""
    view = grid.viewports[0]
    due = [n / hertz for n in range(round(hertz * seconds))]
    sent: list[float] = []
    waits: list[float] = []
    painted.clear()
    start = time.perf_counter()
    while due or sent:
        while due and time.perf_counter() >= start + due[0]:
            QApplication.postEvent(view, _turned(view, -1 if len(due) // _TURN % 2 else 1))
            sent.append(start + due.pop(0))
        QApplication.processEvents()
        ends = [at for one, at in painted if one is view]
        if ends:
            waits += [1000 * (ends[0] - at) for at in sent]
            sent.clear()
        painted.clear()
    print(f"scroll at {hertz:.0f} notches a second, until the active view is painted: {told(waits)}")


def wheel(view: Viewport, notches: int, modifiers: Qt.KeyboardModifier = _NONE) -> None:
    """Turn the wheel over the middle of a viewport."""
    QApplication.sendEvent(view, _turned(view, notches, modifiers))


def _turned(view: Viewport, notches: int, modifiers: Qt.KeyboardModifier = _NONE) -> QWheelEvent:
    at = QPointF(view.width() / 2, view.height() / 2)
    place, phase = QPointF(view.mapToGlobal(at)), Qt.ScrollPhase.NoScrollPhase
    return QWheelEvent(at, place, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, modifiers, phase, False)


@contextmanager
def drag(view: Viewport) -> Generator[Callable[[int], None]]:
    """Hold the left button down in a viewport; yield what moves the pointer by two pixels."""
    at = QPointF(view.width() / 2, view.height() / 2)
    QTest.mousePress(view, _LEFT, _NONE, at.toPoint())
    QApplication.processEvents()

    def move(sign: int) -> None:
        nonlocal at
        at = at + QPointF(2.0, 2.0) * sign
        place = QPointF(view.mapToGlobal(at))
        QApplication.sendEvent(
            view, QMouseEvent(QEvent.Type.MouseMove, at, place, Qt.MouseButton.NoButton, _LEFT, _NONE)
        )

    yield move
    QTest.mouseRelease(view, _LEFT, _NONE, at.toPoint())


def _linked(grid: ReadingGrid) -> list[Viewport]:
    return [view for view in grid.viewports if view.hung is not None and view.hung.linked]


def _tell(what: str, times: Times) -> None:
    all_views = f"; all views {told(times.last)}" if max(times.last) > max(times.first) else ""
    print(f"{what}: {told(times.first)}{all_views}; CPU {statistics.mean(times.cpu):.1f} ms")


def told(times: Iterable[float]) -> str:
    """Return median, 95th percentile and worst in words."""
    ranked = sorted(times)
    p95 = ranked[min(int(0.95 * len(ranked)), len(ranked) - 1)]
    return f"median {statistics.median(ranked):.1f}, p95 {p95:.1f}, worst {ranked[-1]:.1f} ms"


if __name__ == "__main__":
    main()
