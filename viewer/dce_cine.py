"""Going through the phases of a dynamic series: by slider, by key, or by itself."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSlider, QWidget

from viewer.fields import NumberField
from viewer.labels import label
from viewer.language import tr

_FPS = (1, 20)
_USUAL_FPS = 5


class CineBar(QWidget):
    """Shows which phase is shown and tells which is wanted; it stops playing when it is hidden."""

    phase_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dceCine")
        self._play = QPushButton(tr("Play"))
        self._play.setObjectName("dcePlay")
        self._play.setCheckable(True)
        self._play.setFixedWidth(64)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("dcePhase")
        self._slider.setAccessibleName(tr("Phase"))
        self._slider.setPageStep(1)
        self._fps = NumberField()
        self._fps.setDecimals(0)
        self._fps.setObjectName("dceFps")
        self._fps.setAccessibleName(tr("Phases per second"))
        self._fps.setRange(*_FPS)
        self._fps.setValue(_USUAL_FPS)
        self._fps.setSuffix(" /s")
        self._words = label("", "small", name="dcePhaseWords")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        layout.addWidget(self._play, 0, 0)
        layout.addWidget(self._slider, 0, 1)
        layout.addWidget(self._fps, 0, 2)
        layout.addWidget(self._words, 1, 0, 1, 3)
        layout.setColumnStretch(1, 1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)
        self._slider.valueChanged.connect(self.phase_wanted)
        self._play.toggled.connect(self._set_playing)
        self._fps.valueChanged.connect(lambda fps: self._timer.setInterval(round(1000 / fps)))
        self._timer.setInterval(1000 // _USUAL_FPS)

    @property
    def is_playing(self) -> bool:
        """Whether the phases go by themselves."""
        return self._timer.isActive()

    def show_phase(self, phase: int, of: int, words: str) -> None:
        """Show which of how many phases is shown, counted from 0."""
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(of - 1, 0))
            self._slider.setValue(phase)
        self._words.setText(words)

    def allow(self, allowed: bool) -> None:
        """Let phases be chosen, or not while a map is shown."""
        self.setEnabled(allowed)
        if not allowed:
            self.stop()

    def stop(self) -> None:
        """Play no longer."""
        self._play.setChecked(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Play no longer where nobody sees it."""
        self.stop()
        super().hideEvent(event)

    def _set_playing(self, playing: bool) -> None:
        self._play.setText(tr("Pause") if playing else tr("Play"))
        if playing:
            self._timer.start()
        else:
            self._timer.stop()

    def _next(self) -> None:
        count = self._slider.maximum() + 1
        self._slider.setValue((self._slider.value() + 1) % count)
