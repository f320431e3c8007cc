"""The small questions about a lesion: why it is rejected, what category against the rule, which sector."""

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QPushButton, QVBoxLayout, QWidget

from core.pirads import Category
from core.report import Lesion
from core.sectors import Sector
from viewer.edits import REJECT_REASONS
from viewer.labels import label
from viewer.language import tr
from viewer.said import said
from viewer.sector_map_widget import SectorMapWidget
from viewer.segmented import Segment, Segmented

_CATEGORIES = tuple(
    Segment(category, category.value, tr("PI-RADS {category}").format(category=category), 40)
    for category in list(Category)[:5]
)

_WHICH_SECTOR = tr(
    "The gland is not segmented yet, so click the sector, or go to it with the arrow keys and choose it with Enter."
)


class _Reasons(QListWidget):
    """Numbered lines: a digit decides for one, other letters begin a reason of the reader's own.

    The first line is the one that the first arrow key chooses; Qt would take it as passed already.
    """

    decided = Signal()
    typed = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if event.key() == Qt.Key.Key_Down and not self.selectedItems():
            self._choose(0)
        elif text.isdecimal() and 1 <= int(text) <= self.count():
            self._choose(int(text) - 1)
            self.decided.emit()
        elif text.isalpha():
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        self.setCurrentRow(row, QItemSelectionModel.SelectionFlag.ClearAndSelect)


class RejectDialog(QDialog):
    """Asks why a lesion is left out: one of the common reasons, or the reader's words."""

    def __init__(self, lesion: Lesion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rejectDialog")
        self.setWindowTitle(tr("Reject {label}").format(label=lesion.label))
        self._list = _Reasons()
        self._list.setObjectName("rejectReasons")
        self._list.setAccessibleName(tr("Common reasons"))
        self._list.addItems([f"{number}   {said(reason)}" for number, reason in enumerate(REJECT_REASONS, start=1)])
        # Asking for a line's height has the style sheet applied first; else the lines are laid out on one another.
        self._list.setFixedHeight(len(REJECT_REASONS) * self._list.sizeHintForRow(0) + 2 * self._list.frameWidth())
        self._list.itemSelectionChanged.connect(self._take)
        self._list.itemDoubleClicked.connect(lambda _item: self.accept())
        self._list.decided.connect(self.accept)
        self._list.typed.connect(self._write)
        self._reason = QLineEdit()
        self._reason.setObjectName("rejectReasonEdit")
        self._reason.setAccessibleName(tr("Reason"))
        self._reason.setPlaceholderText(tr("Choose a reason, or write your own"))
        self._reason.textChanged.connect(lambda text: self._ok.setEnabled(bool(text.strip())))
        self._ok = _primary("rejectOkButton", tr("Reject {label}").format(label=lesion.label))
        self._ok.setEnabled(False)
        self._ok.clicked.connect(self.accept)
        layout = _layout(self)
        layout.addWidget(
            label(
                tr("Why is {label} ({label_2}) not a lesion?").format(
                    label=lesion.label, label_2=said(lesion.sector.label)
                ),
                "title",
                wrap=True,
            )
        )
        layout.addWidget(label(tr("The AI's finding and your reason are kept with the report."), "dim", wrap=True))
        layout.addWidget(self._list)
        layout.addWidget(self._reason)
        layout.addLayout(_footer(self, self._ok))
        self._list.setFocus()
        self.resize(420, self.sizeHint().height())

    @property
    def reason(self) -> str:
        """The reason in words; one of the common ones in English, whatever the window speaks, as reports count them."""
        words = self._reason.text().strip()
        return next((reason for reason in REJECT_REASONS if said(reason) == words), words)

    def _take(self) -> None:
        for item in self._list.selectedItems():
            self._reason.setText(said(REJECT_REASONS[self._list.row(item)]))

    def _write(self, text: str) -> None:
        self._list.clearSelection()
        self._reason.setFocus()
        self._reason.setText(text)


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
        self.setWindowTitle(tr("Override the category of {label}").format(label=lesion.label))
        self._category = Segmented("overrideCategory", _CATEGORIES)
        self._category.chosen.connect(lambda _category: self._show_ready())
        self._reason = QLineEdit()
        self._reason.setObjectName("overrideReason")
        self._reason.setAccessibleName(tr("Reason"))
        self._reason.setPlaceholderText(tr("Reason, as it will stand in the report"))
        self._reason.textChanged.connect(lambda _text: self._show_ready())
        self._ok = _primary("overrideOkButton", tr("Override"))
        self._ok.setEnabled(False)
        self._ok.clicked.connect(self.accept)
        layout = _layout(self)
        layout.addWidget(label(tr("Give {label} another category").format(label=lesion.label), "title", wrap=True))
        layout.addWidget(
            label(tr("The rule gives: {rule}").format(rule=said(lesion.assessment.ruling.rule)), "dim", wrap=True)
        )
        layout.addLayout(_choice(tr("PI-RADS"), self._category))
        layout.addWidget(self._reason)
        layout.addLayout(_footer(self, self._ok))
        self.resize(420, self.sizeHint().height())

    @property
    def category(self) -> Category:
        """The reader's category; there is one once the dialog was accepted."""
        chosen = self._category.value
        assert chosen is not None
        return chosen

    @property
    def reason(self) -> str:
        """The reason in words."""
        return self._reason.text().strip()

    def _show_ready(self) -> None:
        self._ok.setEnabled(self._category.value is not None and bool(self.reason))


class SectorDialog(QDialog):
    """Asks for the sector of a new lesion while no gland tells it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sectorDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Sector of the new lesion"))
        self.sector: Sector | None = None
        self.sector_map = SectorMapWidget()
        self.sector_map.setMinimumSize(640, 230)
        self.sector_map.sector_chosen.connect(self._choose)
        layout = _layout(self)
        layout.addWidget(label(tr("In which sector is the lesion?"), "title"))
        layout.addWidget(label(_WHICH_SECTOR, "dim", wrap=True))
        layout.addWidget(self.sector_map)
        layout.addLayout(_footer(self))
        self.sector_map.setFocus()

    def _choose(self, sector: Sector) -> None:
        self.sector = sector
        self.accept()


def _layout(dialog: QDialog) -> QVBoxLayout:
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(18, 16, 18, 16)
    layout.setSpacing(10)
    return layout


def _choice(name: str, buttons: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(label(name))
    row.addWidget(buttons)
    row.addStretch(1)
    return row


def _primary(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("primary", True)
    button.setDefault(True)
    return button


def _footer(dialog: QDialog, *buttons: QPushButton) -> QHBoxLayout:
    cancel = QPushButton(tr("Cancel"))
    cancel.setObjectName("dialogCancelButton")
    cancel.setAutoDefault(False)
    cancel.clicked.connect(dialog.reject)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(cancel)
    for button in buttons:
        row.addWidget(button)
    return row
