"""The small questions about a lesion: why it is rejected, what category against the rule, which sector."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QListWidget, QPushButton, QVBoxLayout, QWidget

from core.pirads import Category
from core.report import Lesion
from core.sectors import Sector
from viewer.edits import REJECT_REASONS
from viewer.labels import label
from viewer.sector_map_widget import SectorMapWidget


class RejectDialog(QDialog):
    """Asks why a lesion is left out: one of the common reasons, or the reader's words."""

    def __init__(self, lesion: Lesion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rejectDialog")
        self.setWindowTitle(f"Reject {lesion.label}")
        self._list = QListWidget()
        self._list.setObjectName("rejectReasons")
        self._list.setAccessibleName("Common reasons")
        self._list.addItems(REJECT_REASONS)
        self._list.itemSelectionChanged.connect(self._take)
        self._list.itemDoubleClicked.connect(lambda _item: self.accept())
        self._reason = QLineEdit()
        self._reason.setObjectName("rejectReasonEdit")
        self._reason.setAccessibleName("Reason")
        self._reason.setPlaceholderText("Choose a reason, or write your own")
        self._reason.textChanged.connect(lambda text: self._ok.setEnabled(bool(text.strip())))
        self._ok = _primary("rejectOkButton", f"Reject {lesion.label}")
        self._ok.setEnabled(False)
        self._ok.clicked.connect(self.accept)
        layout = _layout(self)
        layout.addWidget(label(f"Why is {lesion.label} ({lesion.sector.label}) not a lesion?", "title", wrap=True))
        layout.addWidget(label("The AI's finding and your reason are kept with the report.", "dim", wrap=True))
        layout.addWidget(self._list)
        layout.addWidget(self._reason)
        layout.addLayout(_footer(self, self._ok))
        self._list.setMinimumHeight(30 * len(REJECT_REASONS))
        self._reason.setFocus()
        self.resize(420, self.sizeHint().height())

    @property
    def reason(self) -> str:
        """The reason in words."""
        return self._reason.text().strip()

    def _take(self) -> None:
        for item in self._list.selectedItems():
            self._reason.setText(item.text())


def ask_reject_reason(lesion: Lesion, parent: QWidget) -> str:
    """Return the reason for rejecting a lesion, or nothing when the reader thought better of it."""
    dialog = RejectDialog(lesion, parent)
    try:
        return dialog.reason if dialog.exec() == QDialog.DialogCode.Accepted else ""
    finally:
        dialog.deleteLater()


class OverrideDialog(QDialog):
    """Asks for a category against the rule, with the reason that goes into the report."""

    def __init__(self, lesion: Lesion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overrideDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Override the category of {lesion.label}")
        self._category = QComboBox()
        self._category.setObjectName("overrideCategory")
        self._category.setAccessibleName("PI-RADS category")
        for category in list(Category)[:5]:
            self._category.addItem(f"PI-RADS {category}", category)
        self._reason = QLineEdit()
        self._reason.setObjectName("overrideReason")
        self._reason.setAccessibleName("Reason")
        self._reason.setPlaceholderText("Reason, as it will stand in the report")
        self._reason.textChanged.connect(lambda text: self._ok.setEnabled(bool(text.strip())))
        self._ok = _primary("overrideOkButton", "Override")
        self._ok.setEnabled(False)
        self._ok.clicked.connect(self.accept)
        layout = _layout(self)
        layout.addWidget(label(f"Give {lesion.label} another category", "title", wrap=True))
        layout.addWidget(label(f"The rule gives: {lesion.assessment.ruling.rule}", "dim", wrap=True))
        layout.addWidget(self._category)
        layout.addWidget(self._reason)
        layout.addLayout(_footer(self, self._ok))
        self.resize(420, self.sizeHint().height())

    @property
    def category(self) -> Category:
        """The reader's category."""
        return Category(self._category.currentData())

    @property
    def reason(self) -> str:
        """The reason in words."""
        return self._reason.text().strip()


class SectorDialog(QDialog):
    """Asks for the sector of a new lesion while no gland tells it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sectorDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Sector of the new lesion")
        self.sector: Sector | None = None
        self.sector_map = SectorMapWidget()
        self.sector_map.setMinimumSize(640, 230)
        self.sector_map.sector_chosen.connect(self._choose)
        layout = _layout(self)
        layout.addWidget(label("In which sector is the lesion?", "title"))
        layout.addWidget(label("The gland is not segmented yet, so click the sector.", "dim", wrap=True))
        layout.addWidget(self.sector_map)
        layout.addLayout(_footer(self))

    def _choose(self, sector: Sector) -> None:
        self.sector = sector
        self.accept()


def _layout(dialog: QDialog) -> QVBoxLayout:
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(18, 16, 18, 16)
    layout.setSpacing(10)
    return layout


def _primary(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("primary", True)
    button.setDefault(True)
    return button


def _footer(dialog: QDialog, *buttons: QPushButton) -> QHBoxLayout:
    cancel = QPushButton("Cancel")
    cancel.setObjectName("dialogCancelButton")
    cancel.setAutoDefault(False)
    cancel.clicked.connect(dialog.reject)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(cancel)
    for button in buttons:
        row.addWidget(button)
    return row
