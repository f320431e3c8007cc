"""What to do while a lesion is being added, and how large it will be."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viewer.fields import NumberField
from viewer.labels import label
from viewer.language import tr


class PlacingStrip(QFrame):
    """Shown while the next click in the images places a lesion."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._diameter = NumberField()
        self._diameter.setObjectName("diameterSpin")
        self._diameter.setAccessibleName(tr("Diameter of the new lesion in millimetres"))
        self._diameter.setRange(3.0, 60.0)
        self._diameter.setDecimals(0)
        self._diameter.setValue(10.0)
        self._diameter.setSuffix(" mm")
        cancel = QPushButton(tr("Cancel"))
        cancel.setObjectName("placingCancelButton")
        cancel.clicked.connect(lambda: self.cancelled.emit())
        row = QHBoxLayout()
        row.addWidget(label(tr("Diameter"), "dim"))
        row.addWidget(self._diameter)
        row.addStretch(1)
        row.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(label(tr("Click the middle of the lesion in any image."), wrap=True))
        layout.addLayout(row)
        self.hide()

    @property
    def diameter_mm(self) -> float:
        """How large the new lesion will be."""
        return self._diameter.value()
