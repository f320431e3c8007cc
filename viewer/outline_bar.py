"""The line above the images while outlines are drawn: whose outline, how large the brush, and what else to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QWidget

from core.report import Rejected, Report
from viewer.brush_size import SIZES_MM
from viewer.fields import NumberField
from viewer.labels import label
from viewer.language import tr
from viewer.outline_tools import GLAND, NEW, OutlineTools
from viewer.segmented import Segment, Segmented
from viewer.shortcuts import set_tip
from viewer.theme import icon

_REACHES = (
    Segment(False, "2D", tr("A disc in the slice that is shown"), 34),
    Segment(True, "3D", tr("A ball that reaches through the slices"), 34),
)


class OutlineBar(QFrame):
    """Shows and sets what `OutlineTools` draws on and with."""

    target_chosen = Signal(str)
    """The reader takes this outline in hand: a tracking UID, `NEW` or `GLAND`."""
    closed = Signal()

    def __init__(self, tools: OutlineTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outlineBar")
        self.setProperty("role", "strip")
        self._tools = tools
        self._target = QComboBox()
        self._target.setObjectName("outlineTarget")
        self._target.setAccessibleName(tr("Whose outline is drawn"))
        self._target.activated.connect(lambda row: self.target_chosen.emit(str(self._target.itemData(row))))
        self._size = NumberField()
        self._size.setObjectName("brushSize")
        self._size.setAccessibleName(tr("Diameter of the brush in millimetres"))
        self._size.setRange(SIZES_MM[0], SIZES_MM[-1])
        self._size.setDecimals(1)
        self._size.setSuffix(" mm")
        self._size.setKeyboardTracking(False)
        set_tip(self._size, tr("Diameter of the brush; {brush_smaller} and {brush_larger} or Ctrl + wheel change it"))
        self._size.valueChanged.connect(tools.brush.set_diameter)
        self._reach = Segmented("brushReach", _REACHES)
        self._reach.chosen.connect(tools.brush.set_ball)
        self._lay_out()
        tools.brush.changed.connect(self._show_brush)
        self._show_brush()

    def show_report(self, report: Report) -> None:
        """List the outlines of this report that can be changed, with the one in hand chosen."""
        self._target.clear()
        for lesion in report.lesions:
            if not isinstance(lesion.review, Rejected):
                self._target.addItem(tr("Lesion {label}").format(label=lesion.label), lesion.tracking_uid)
        self._target.addItem(tr("New lesion"), NEW)
        if report.gland is not None:
            self._target.addItem(tr("Prostate"), GLAND)
        self._target.setCurrentIndex(max(self._target.findData(self._tools.target), 0))

    def _show_brush(self) -> None:
        self._size.blockSignals(True)
        self._size.setValue(self._tools.brush.diameter_mm)
        self._size.blockSignals(False)
        self._reach.set_value(self._tools.brush.is_ball)

    def _lay_out(self) -> None:
        interpolate = _button(
            "interpolateButton", "interpolate", tr("Fill slices"), tr("Fill the slices between drawn ones")
        )
        interpolate.clicked.connect(self._tools.interpolate)
        smooth = _button("smoothButton", "smooth", tr("Smooth"), tr("Round the outline off by a millimetre"))
        smooth.clicked.connect(self._tools.smooth)
        done = QPushButton(tr("Done"))
        done.setObjectName("outlineDone")
        done.setToolTip(tr("Put the tool down (Esc)"))
        done.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(8)
        for part in (label(tr("Outline of"), "dim"), self._target, label(tr("Brush"), "dim"), self._size, self._reach):
            row.addWidget(part)
        row.addSpacing(8)
        row.addWidget(interpolate)
        row.addWidget(smooth)
        row.addWidget(label(tr("Shift erases"), "dim"))
        row.addStretch(1)
        row.addWidget(done)


def _button(name: str, drawn: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(icon(drawn), text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
