"""Run AI: a button that becomes its own progress bar, with the stage, the time left and Cancel."""

import math
import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.progress import UNKNOWN, Countdown, Schedule
from viewer.labels import ElidedLabel, label
from viewer.language import tr
from viewer.said import said
from viewer.shortcuts import set_tip
from viewer.theme import icon

_STEPS = 1000
_RUNNING, _RUNNING_COMPACT = 310, 256


class RunBar(QStackedWidget):
    """Shows the button, or the progress of what it started, in the same place."""

    run_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._started = 0.0
        self._countdown = Countdown(UNKNOWN)
        self._compact = False
        self._tick = QTimer(self, interval=500)
        self._tick.timeout.connect(self._show_times)
        self.button = QPushButton(icon("run", "background", "dim"), tr("Run AI"))
        self.button.setObjectName("runAiButton")
        self.button.setAccessibleName(tr("Run AI"))
        set_tip(self.button, tr("Segment the gland and look for lesions ({run_ai})"))
        self.button.setProperty("primary", True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the images
        self.button.clicked.connect(lambda: self.run_wanted.emit())
        self.addWidget(self.button)
        self.addWidget(self._progress())
        self.show_ready()

    @property
    def running(self) -> bool:
        """Whether progress is shown."""
        return self.currentIndex() == 1

    def show_ready(self) -> None:
        """Show the button."""
        self._tick.stop()
        self.setCurrentIndex(0)
        self._take_room()

    def set_compact(self, compact: bool) -> None:
        """Tell only how long it will take and cancel by an icon, or both in full."""
        self._compact = compact
        self._cancel.setText("" if compact else tr("Cancel"))
        self._cancel.setIcon(icon("cross") if compact else QIcon())
        self._take_room()

    def show_started(self, expected: Schedule = UNKNOWN) -> None:
        """Show progress from nothing; the time left is told by how long it took before."""
        self._started = time.monotonic()
        self._countdown = Countdown(expected)
        self._cancel.setEnabled(True)
        self.show_progress(0.0, tr("Starting"))
        self.setCurrentIndex(1)
        self._take_room()
        self._tick.start()

    def show_progress(self, fraction: float, stage: str) -> None:
        """Show which stage is under way and how much is done (0 to 1)."""
        self._countdown.begin(stage)
        self._bar.setValue(round(fraction * _STEPS))
        self._stage.set_whole(said(stage))
        self._show_times()

    def _progress(self) -> QWidget:
        self._stage = ElidedLabel()
        self._stage.setObjectName("runAiStage")
        self._times = label(role="dim", name="runAiTimes")
        self._bar = QProgressBar()
        self._bar.setObjectName("runAiProgress")
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.setObjectName("cancelAiButton")
        self._cancel.setAccessibleName(tr("Cancel the AI"))
        self._cancel.setToolTip(tr("Stop the AI; nothing is added to the report"))
        self._cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cancel.clicked.connect(self._stop)
        words = QHBoxLayout()
        words.addWidget(self._stage, 1)
        words.addWidget(self._times)
        left = QVBoxLayout()
        left.setSpacing(3)
        left.addLayout(words)
        left.addWidget(self._bar)
        page = QWidget()
        layout = QHBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(left, 1)
        layout.addWidget(self._cancel)
        return page

    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._tick.stop()
        self._stage.set_whole(tr("Stopping"))
        self._times.setText("")
        self.cancel_wanted.emit()

    def _take_room(self) -> None:
        running = _RUNNING_COMPACT if self._compact else _RUNNING
        self.setFixedWidth(running if self.running else self.button.sizeHint().width() + 8)

    def _show_times(self) -> None:
        self._times.setText(times(time.monotonic() - self._started, self._countdown.left_s, short=self._compact))


def times(elapsed_s: float, left_s: float | None, *, short: bool = False) -> str:
    """Return how long it has run and, where that is known, how long it will take, e.g. `12 s · about 8 s left`.

    `short` leaves out how long it has run when the other can be told.
    """
    elapsed = f"{elapsed_s:.0f} s"
    if left_s is None:
        return elapsed
    left = tr("about {ceil} s left").format(ceil=math.ceil(left_s))
    return left if short else f"{elapsed} · {left}"
