"""Run AI: a button that becomes its own progress bar, with the stage, the time left and Cancel."""

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from viewer.labels import ElidedLabel, label
from viewer.theme import icon

_STEPS = 1000


class RunBar(QStackedWidget):
    """Shows the button, or the progress of what it started, in the same place."""

    run_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._started = 0.0
        self._fraction = 0.0
        self._tick = QTimer(self, interval=500)
        self._tick.timeout.connect(self._show_times)
        self.button = QPushButton(icon("run", "background", "dim"), "Run AI")
        self.button.setObjectName("runAiButton")
        self.button.setAccessibleName("Run AI")
        self.button.setToolTip("Segment the gland and look for lesions (R)")
        self.button.setProperty("primary", True)
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
        self.setFixedWidth(self.button.sizeHint().width() + 8)

    def show_started(self) -> None:
        """Show progress from nothing."""
        self._started = time.monotonic()
        self._cancel.setEnabled(True)
        self.show_progress(0.0, "Starting")
        self.setCurrentIndex(1)
        self.setFixedWidth(310)
        self._tick.start()

    def show_progress(self, fraction: float, stage: str) -> None:
        """Show which stage is under way and how much is done (0 to 1)."""
        self._fraction = fraction
        self._bar.setValue(round(fraction * _STEPS))
        self._stage.set_whole(stage)
        self._show_times()

    def _progress(self) -> QWidget:
        self._stage = ElidedLabel()
        self._stage.setObjectName("runAiStage")
        self._times = label(role="dim", name="runAiTimes")
        self._bar = QProgressBar()
        self._bar.setObjectName("runAiProgress")
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._cancel = QPushButton("Cancel")
        self._cancel.setObjectName("cancelAiButton")
        self._cancel.setAccessibleName("Cancel the AI")
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
        self._stage.set_whole("Stopping")
        self.cancel_wanted.emit()

    def _show_times(self) -> None:
        self._times.setText(times(time.monotonic() - self._started, self._fraction))


def times(elapsed_s: float, fraction: float) -> str:
    """Return how long it has run and, once that can be told, how long it will take, e.g. `12 s · 8 s left`."""
    elapsed = f"{elapsed_s:.0f} s"
    if fraction < 0.1 or elapsed_s < 2:
        return elapsed
    return f"{elapsed} · {elapsed_s * (1 - fraction) / fraction:.0f} s left"
