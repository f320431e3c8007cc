"""The row of controls above the MPR: whose axes, how thick, and planes straight again."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QWidget

from viewer.key_map import KeyMap
from viewer.language import tr
from viewer.mpr_words import PROJECTION_WORDS
from viewer.render.slab import Projection, Slab
from viewer.segmented import Segment, Segmented
from viewer.shortcuts import set_tip
from viewer.theme import COLOURS

_THICKEST_MM = 60.0
_SPOKEN = {
    Projection.MEAN: tr("Show the mean of the slab"),
    Projection.MIP: tr("Show the highest value of the slab (maximum intensity projection)"),
    Projection.MINIP: tr("Show the lowest value of the slab (minimum intensity projection)"),
}


class MprBar(QWidget):
    """Tells what was chosen; `show_…` shows what was chosen elsewhere without telling."""

    patient_axes_chosen = Signal(object)
    """Whether along the axes of the patient rather than of the series."""
    slab_chosen = Signal(object)
    """A `Slab`, or None for a thin plane."""
    straighten_wanted = Signal()

    def __init__(self, keys: KeyMap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mprBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"#mprBar {{ background: {COLOURS['panel']}; border-bottom: 1px solid {COLOURS['line']}; }}")
        self._axes = Segmented(
            "mprAxes",
            (
                Segment(False, tr("Series"), tr("Planes along the axes of the series"), 58),
                Segment(True, tr("Patient"), tr("Planes along the axes of the patient"), 58),
            ),
        )
        self._projection = Segmented(
            "mprSlab", tuple(Segment(p, PROJECTION_WORDS[p], _SPOKEN[p], 48) for p in Projection)
        )
        self._thickness = _thickness_field()
        self._straighten = QPushButton(tr("Straighten"))
        self._straighten.setObjectName("mprStraighten")
        set_tip(self._straighten, tr("Set the planes straight again ({straighten}, or double click on a line)"), keys)
        self._straighten.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self._axes.chosen.connect(self.patient_axes_chosen)
        self._projection.chosen.connect(self._tell_slab)
        self._thickness.valueChanged.connect(self._tell_slab)
        self._straighten.clicked.connect(self.straighten_wanted)
        self.show_axes(patient=False, turned=False)
        self.show_slab(None)

    @property
    def slab(self) -> Slab | None:
        """The slab that is chosen, or None for a thin plane."""
        thickness = self._thickness.value()
        return Slab(self._projection.value or Projection.MEAN, thickness) if thickness > 0 else None

    def show_axes(self, *, patient: bool, turned: bool) -> None:
        """Show whose axes the planes started from, and whether they were turned since."""
        self._axes.set_value(patient)
        self._straighten.setEnabled(turned)

    def show_slab(self, slab: Slab | None) -> None:
        """Show a slab, or a thin plane with the projection chosen before."""
        with QSignalBlocker(self._thickness):
            self._thickness.setValue(slab.thickness_mm if slab else 0.0)
        self._projection.set_value(slab.projection if slab else self._projection.value or Projection.MEAN)
        self._allow()

    def _tell_slab(self) -> None:
        self._allow()
        self.slab_chosen.emit(self.slab)

    def _allow(self) -> None:
        self._projection.setEnabled(self._thickness.value() > 0)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 3, 6, 3)
        layout.setSpacing(6)
        for words, widget in ((tr("Planes of"), self._axes), (tr("Slab"), self._thickness)):
            label = QLabel(words)
            label.setProperty("role", "small")
            layout.addWidget(label)
            layout.addWidget(widget)
        layout.addWidget(self._projection)
        layout.addStretch(1)
        layout.addWidget(self._straighten)


def _thickness_field() -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setObjectName("mprThickness")
    field.setAccessibleName(tr("Thickness of the slab in millimetres; 0 is a thin plane"))
    field.setToolTip(field.accessibleName())
    field.setRange(0.0, _THICKEST_MM)
    field.setDecimals(0)
    field.setSingleStep(1.0)
    field.setSuffix(" mm")
    field.setSpecialValueText(tr("thin"))
    field.setFixedWidth(84)
    field.setAlignment(Qt.AlignmentFlag.AlignCenter)
    field.setKeyboardTracking(False)
    return field
