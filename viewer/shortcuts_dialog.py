"""All shortcuts on one page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from viewer.labels import heading, label
from viewer.shortcuts import KEYS


class ShortcutsDialog(QDialog):
    """Shows every key and what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle("Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(_table())
        close = QPushButton("Close")
        close.setObjectName("shortcutsCloseButton")
        close.clicked.connect(self.accept)
        footer = QHBoxLayout()
        footer.addStretch(1)
        footer.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 12, 14)
        layout.addWidget(label("Shortcuts", "title"))
        layout.addWidget(scroll)
        layout.addLayout(footer)
        self.resize(660, 640)


def _table() -> QWidget:
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 4, 12, 4)
    grid.setHorizontalSpacing(18)
    grid.setColumnMinimumWidth(0, 190)
    grid.setColumnStretch(1, 1)
    row = 0
    for place, keys in KEYS:
        grid.addWidget(heading(place), row, 0, 1, 2)
        grid.setRowMinimumHeight(row, 30)
        for number, (key, meaning) in enumerate(keys, start=row + 1):
            grid.addWidget(label(key, "key"), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(meaning, "dim", wrap=True), number, 1)
        row += len(keys) + 1
    grid.setRowStretch(row, 1)
    return table
