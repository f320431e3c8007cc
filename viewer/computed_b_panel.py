"""A slider for the b-value of a calculated diffusion image, which follows it at once."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from service.computed_b import LEAST_B, MOST_B, ComputedB
from viewer.labels import label
from viewer.language import tr

_STEP = 50
_USUAL_B = 1500


class ComputedBPanel(QWidget):
    """Shows a calculated image in place of the high-b image while it is switched on."""

    image_changed = Signal(object)
    """The `LoadedSeries` of another b-value, or None: the study's own high-b image again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("computedBPanel")
        self._computed: ComputedB | None = None
        self._switch = QCheckBox(tr("Calculated high b-value"))
        self._switch.setObjectName("computedBSwitch")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("computedBSlider")
        self._slider.setAccessibleName(tr("Calculated b-value in s/mm²"))
        self._slider.setRange(LEAST_B // _STEP, MOST_B // _STEP)
        self._slider.setPageStep(4)
        self._slider.setValue(_USUAL_B // _STEP)
        self._value = label()
        self._value.setFixedWidth(150)
        self._words = label("", "small", name="computedBWords", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self._value)
        row.addWidget(self._slider, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self._switch)
        layout.addLayout(row)
        layout.addWidget(self._words)
        self._switch.toggled.connect(self._tell)
        self._slider.valueChanged.connect(self._tell)
        self.show_computed(None, "")

    @property
    def b_value(self) -> float:
        """The b-value (s/mm²) that the slider stands at."""
        return float(self._slider.value() * _STEP)

    def show_computed(self, computed: ComputedB | None, problem: str) -> None:
        """Calculate with this from now on, switched off; without it the sentence says why none can be calculated."""
        self._computed = computed
        with QSignalBlocker(self._switch):
            self._switch.setChecked(False)
        self._switch.setEnabled(computed is not None)
        self._words.setText(problem)
        self._describe()

    def replace_computed(self, computed: ComputedB) -> None:
        """Go on with another: a nudge moved the images that it calculates from."""
        self._computed = computed
        if self._switch.isChecked():
            self._tell()

    def _tell(self) -> None:
        self._describe()
        if self._computed is not None:
            shown = self._switch.isChecked()
            self.image_changed.emit(self._computed.series(self.b_value) if shown else None)

    def _describe(self) -> None:
        on = self._switch.isChecked()
        self._slider.setEnabled(on)
        self._value.setText(tr("calculated b = {b_value:.0f}").format(b_value=self.b_value))
        self._value.setEnabled(on)
        if self._computed is not None:
            base = self._computed.extrapolation.base_b
            self._words.setText(
                tr("S(b) from b {base:g} s/mm² and the ADC, mono-exponential; not an acquired image.").format(base=base)
            )
