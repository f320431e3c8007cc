"""The dynamic series beside the images: what of it is shown, its phases, and the curves."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.dce_cine import CineBar
from viewer.dce_curve import CurvePlot
from viewer.dce_desk import DceDesk
from viewer.dce_images import DceImage
from viewer.labels import label
from viewer.language import tr
from viewer.segmented import Segment, Segmented

_IMAGES = (
    Segment(DceImage.PHASE, tr("Phase"), tr("The images of one phase"), 58),
    Segment(DceImage.SUBTRACTION, tr("Subtr."), tr("A phase less those before contrast agent"), 58),
    Segment(DceImage.WASH_IN, "In", tr("Wash-in: how fast the signal rises to its peak, in % per second"), 40),
    Segment(DceImage.WASH_OUT, tr("Out"), tr("Wash-out: how fast it falls after the peak, in % per minute"), 40),
    Segment(DceImage.TIME_TO_PEAK, "TTP", tr("Time from onset to nine tenths of the peak, in seconds"), 40),
)


class DcePanel(QWidget):
    """Shows and changes what a `DceDesk` shows."""

    def __init__(self, desk: DceDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dcePanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._images: Segmented[DceImage] = Segmented("dceImage", _IMAGES)
        self._cine, self._plot = CineBar(), CurvePlot()
        self._problem = label("", "dim", name="dceProblem", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self._images)
        layout.addWidget(self._cine)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._problem)
        self._images.chosen.connect(desk.show_image)
        self._cine.phase_wanted.connect(desk.show_phase)
        self._plot.phase_chosen.connect(desk.show_phase)
        desk.image_changed.connect(self._show)
        desk.curves_changed.connect(self._show_curves)
        desk.problem_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        series = self._desk.series
        self._images.setEnabled(series is not None)
        self._images.set_value(self._desk.image)
        self._cine.allow(series is not None and not self._desk.image.is_map)
        if series is not None:
            count = len(series.dynamic.phases)
            self._cine.show_phase(self._desk.phase, count, series.words(self._desk.phase))
        self._show_curves()

    def _show_curves(self) -> None:
        series = self._desk.series
        times = series.dynamic.times_s if series is not None else ()
        curves = self._desk.curves if series is not None else ()
        self._plot.show_curves(curves, times, self._desk.phase, problem=self._desk.problem)
        told = self._desk.problem or self._desk.left_out
        self._problem.setText(told)
        self._problem.setVisible(bool(curves) and bool(told))
