"""From the start of the process to a window that can be used: `prosector open`, each time in a fresh process.

    QT_QPA_PLATFORM=offscreen python benchmarks/start_up.py [--runs 5]

A run ends when the query button of the worklist is enabled and was painted. Prints the median of the runs after a
first one, which fills the caches of the disk, how much of it are imports, and the ten imports of other people's
modules that take longest, each with all that it imports itself and nothing before it did.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_LINE = re.compile(r"import time:\s+(?P<alone>\d+) \|\s+(?P<all>\d+) \|(?P<indent>\s+)(?P<name>\S+)")
_OURS = ("core", "pacs", "inference", "reporting", "service", "viewer", "resources", "benchmarks")
_LISTED = 10


def main() -> None:
    """Measure and print; with --child be the process that is measured."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.child:
        _open_until_usable()
        return
    print(f"load average {os.getloadavg()[0]:.2f}")
    runs = [_run() for _ in range(chosen.runs + 1)][1:]
    shown, usable, cpu = (statistics.median(column) for column in zip(*runs, strict=True))
    worst = max(run[1] for run in runs)
    print(f"process start to imports done {shown:.2f} s, to a usable worklist {usable:.2f} s (worst {worst:.2f} s)")
    print(f"CPU time of all threads {cpu:.2f} s; medians of {chosen.runs}")
    for milliseconds, name in _slowest_imports():
        print(f"  {milliseconds:5.0f} ms  {name}")


def _run() -> tuple[float, float, float]:
    """Return the seconds until the imports were done and until the worklist could be used, and of CPU time."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "prosector.toml"
        settings.write_text(f'data_folder = "{Path(folder).as_posix()}/data"\n')
        started = time.time()
        done = subprocess.run(
            [sys.executable, __file__, "--child"],
            env={**os.environ, "PROSECTOR_SETTINGS": str(settings)},
            capture_output=True,
            text=True,
            check=True,
        )
    imported, usable, cpu = (float(word) for word in done.stdout.split())
    return imported - started, usable - started, cpu


def _open_until_usable() -> None:
    """Do what `prosector open` does, and close the window as soon as it can be used."""
    from service.cli import parser

    arguments = parser().parse_args(["open"])
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QPushButton

    import viewer.app

    imported = time.time()

    class Watch(QObject):
        """Waits until the query button was painted."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            """See the paint event of the button, and look again when it is over."""
            if event.type() is QEvent.Type.Paint and watched.objectName() == "queryButton":
                watched.removeEventFilter(self)
                QTimer.singleShot(0, self.end)
            return False

        def end(self) -> None:
            """Tell and close."""
            assert window.findChild(QPushButton, "queryButton").isEnabled()
            print(imported, time.time(), time.process_time())
            window.close()
            QApplication.quit()

    class Window(viewer.app.MainWindow):
        """The window, watched."""

        def showMaximized(self) -> None:
            """Watch the button from when the window is made."""
            nonlocal window
            window = self
            self.findChild(QPushButton, "queryButton").installEventFilter(watch)
            super().showMaximized()

    window: Window
    viewer.app.create_app()
    watch = Watch()
    viewer.app.MainWindow = Window
    arguments.run(arguments)


def _slowest_imports() -> list[tuple[float, str]]:
    """Return the milliseconds and names of what our modules import from others, the slowest first."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import viewer.app"], capture_output=True, text=True, check=True
    )
    lines = [match for line in told.stderr.splitlines() if (match := _LINE.match(line))]
    found: list[tuple[float, str]] = []
    above: list[tuple[int, bool]] = []
    for line in reversed(lines):  # a module stands below what it imports, which is indented
        indent, is_ours = len(line["indent"]), line["name"].partition(".")[0] in _OURS
        while above and above[-1][0] >= indent:
            above.pop()
        if above and above[-1][1] and not is_ours:
            found.append((int(line["all"]) / 1000, line["name"]))
        above.append((indent, is_ours))
    return sorted(found, reverse=True)[:_LISTED]


if __name__ == "__main__":
    main()
