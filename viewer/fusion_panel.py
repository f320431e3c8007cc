"""The controls of fusion: which image, how it is laid over, its colours and their range."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from core.alignment import Alignment, Moved
from core.nudge import Nudges
from viewer.colour_maps import COLOUR_MAPS, STEPS, ColourMap, colours_of
from viewer.fields import NumberField
from viewer.fusion import FusionLook, FusionMode, FusionSource
from viewer.fusion_desk import FusionDesk
from viewer.labels import label
from viewer.language import tr
from viewer.segmented import Segment, Segmented

_OFF = tr("Off")
_STRIP = QSize(64, 12)
_CELLS_MM = (4, 40)
_MODES = (
    Segment(FusionMode.BLEND, tr("Blend"), tr("Blend: colours over the image"), 70),
    Segment(FusionMode.SWIPE, tr("Swipe"), tr("Swipe: side by side at a divider that can be dragged"), 70),
    Segment(FusionMode.CHECKERBOARD, tr("Checker"), tr("Checkerboard, to check the alignment"), 70),
)


class FusionPanel(QWidget):
    """Shows and changes what a `FusionDesk` keeps."""

    def __init__(self, desk: FusionDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fusionPanel")
        self._desk = desk
        self._source = QComboBox()
        self._source.setObjectName("fusionSource")
        self._source.setAccessibleName(tr("Image laid over the T2 images"))
        self._mode: Segmented[FusionMode] = Segmented("fusionMode", _MODES)
        self._colours = _colour_box()
        self._amount, self._amount_word = QSlider(Qt.Orientation.Horizontal), QLabel()
        self._amount.setObjectName("fusionAmount")
        self._faint, self._strong = (
            _value_box("fusionFrom", tr("First colour at")),
            _value_box("fusionTo", tr("Last at")),
        )
        self._unit = label("", "small")
        self._blend_only = QWidget()
        self._problem = label("", "caution", name="fusionProblem", wrap=True)
        self._missing = label("", "small", name="fusionMissing", wrap=True)
        self._alignment = label("", "small", name="fusionAlignment", wrap=True)
        self._alignment.hide()
        self._lay_out()
        self._source.activated.connect(self._choose)
        self._mode.chosen.connect(lambda mode: self._change(lambda look: replace(look, mode=mode)))
        self._colours.currentTextChanged.connect(
            lambda name: self._change(lambda look: replace(look, colours=COLOUR_MAPS[name]))
        )
        self._amount.valueChanged.connect(self._set_amount)
        self._faint.valueChanged.connect(lambda value: self._change(lambda look: replace(look, faint=value)))
        self._strong.valueChanged.connect(lambda value: self._change(lambda look: replace(look, strong=value)))
        desk.sources_changed.connect(self._list_sources)
        desk.layer_changed.connect(self._show)
        self._list_sources()

    def _lay_out(self) -> None:
        values = QHBoxLayout()
        values.setContentsMargins(0, 0, 0, 0)
        values.addWidget(self._faint, 1)
        values.addWidget(label(tr("to"), "small"))
        values.addWidget(self._strong, 1)
        blend = QGridLayout(self._blend_only)
        blend.setContentsMargins(0, 0, 0, 0)
        blend.addWidget(label(tr("Colours"), "small"), 0, 0)
        blend.addWidget(self._colours, 0, 1)
        blend.addWidget(label(tr("Values"), "small"), 1, 0)
        blend.addLayout(values, 1, 1)
        blend.addWidget(self._unit, 2, 1)
        blend.setColumnStretch(1, 1)
        amount = QHBoxLayout()
        self._amount_word.setFixedWidth(104)
        amount.addWidget(self._amount_word)
        amount.addWidget(self._amount, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self._source)
        layout.addWidget(self._mode)
        layout.addLayout(amount)
        layout.addWidget(self._blend_only)
        layout.addWidget(self._alignment)
        layout.addWidget(self._problem)
        layout.addWidget(self._missing)

    def show_nudges(self, nudges: Nudges) -> None:
        """Say how well the diffusion images lie on T2: before and after the AI's alignment, and whether it is used."""
        found = nudges.alignment_of(Moved.DIFFUSION)
        self._alignment.setVisible(found is not None)
        if found is not None:
            self._alignment.setText(_alignment_line(found))
            self._alignment.setToolTip(found.in_words)

    def _list_sources(self) -> None:
        with QSignalBlocker(self._source):
            self._source.clear()
            self._source.addItem(_OFF, "")
            for name in self._desk.sources:
                self._source.addItem(name, name)
        for told, sentence in ((self._problem, self._desk.problem), (self._missing, self._desk.missing)):
            told.setText(sentence)
            told.setVisible(bool(sentence))
        self._show()

    def _choose(self, index: int) -> None:
        self._desk.choose(self._source.itemData(index))

    def _show(self) -> None:
        source, look = self._desk.source, self._desk.look
        self._source.setCurrentIndex(max(0, self._source.findData(self._desk.chosen)))
        for widget in (self._mode, self._amount, self._amount_word, self._blend_only):
            widget.setEnabled(look is not None)
        if source is None or look is None:
            return
        self._mode.set_value(look.mode)
        self._blend_only.setVisible(look.mode is FusionMode.BLEND)
        with QSignalBlocker(self._colours):
            self._colours.setCurrentText(look.colours.name)
        self._unit.setText(source.unit or "a.u.")
        for box, value in ((self._faint, look.faint), (self._strong, look.strong)):
            _show_value(box, value, source)
        self._show_amount(look)

    def _show_amount(self, look: FusionLook) -> None:
        """Let the one slider be opacity, divider or size of the cells, whichever the mode has."""
        word, value, limits, unit = {
            FusionMode.BLEND: (tr("Opacity"), 100 * look.opacity, (0, 100), "%"),
            FusionMode.SWIPE: (tr("Divider"), 100 * look.divider, (0, 100), "%"),
            FusionMode.CHECKERBOARD: (tr("Cells"), look.cell_mm, _CELLS_MM, "mm"),
        }[look.mode]
        with QSignalBlocker(self._amount):
            self._amount.setRange(*limits)
            self._amount.setValue(round(value))
        self._amount_word.setText(f"{word} {round(value)} {unit}")
        told = tr("{word} in percent") if unit == "%" else tr("{word} in millimetres")
        self._amount.setAccessibleName(told.format(word=word))

    def _set_amount(self, value: int) -> None:
        def changed(look: FusionLook) -> FusionLook:
            if look.mode is FusionMode.BLEND:
                return replace(look, opacity=value / 100)
            if look.mode is FusionMode.SWIPE:
                return replace(look, divider=value / 100)
            return replace(look, cell_mm=float(value))

        self._change(changed)

    def _change(self, change: Callable[[FusionLook], FusionLook]) -> None:
        if self._desk.look is not None:
            self._desk.set_look(change(self._desk.look))


def _alignment_line(found: Alignment) -> str:
    used = tr("used") if found.is_used else tr("taken back") if found.taken_back else tr("not used")
    told = tr("Alignment of DWI to T2, mutual information: {before} → {after} ({used})")
    told = told.format(before=f"{found.before:.2f}", after=f"{found.after:.2f}", used=used)
    if found.bend is None:
        return told
    bent = tr("bent in the gland by up to {mm} mm → {score}")
    return f"{told}; {bent.format(mm=f'{found.bend.most_mm:.1f}', score=f'{found.bend.score:.2f}')}"


def _colour_box() -> QComboBox:
    box = QComboBox()
    box.setObjectName("fusionColours")
    box.setAccessibleName(tr("Colour map"))
    box.setIconSize(_STRIP)
    for one in COLOUR_MAPS.values():
        box.addItem(_strip(one), one.name)
    return box


def _strip(colour_map: ColourMap) -> QIcon:
    pixmap = QPixmap(_STRIP)
    gradient = QLinearGradient(0, 0, _STRIP.width(), 0)
    for step in range(0, STEPS, 15):
        gradient.setColorAt(step / (STEPS - 1), QColor(*colours_of(colour_map)[step].tolist()))
    painter = QPainter(pixmap)
    painter.fillRect(pixmap.rect(), gradient)
    painter.end()
    return QIcon(pixmap)


def _value_box(name: str, spoken: str) -> NumberField:
    box = NumberField()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.setToolTip(spoken)
    box.setRange(-1e6, 1e6)
    box.setKeyboardTracking(False)
    return box


def _show_value(box: NumberField, value: float, source: FusionSource) -> None:
    with QSignalBlocker(box):
        box.setDecimals(source.decimals)
        box.setSingleStep(0.05 if source.decimals else 50.0)
        box.setValue(value)
