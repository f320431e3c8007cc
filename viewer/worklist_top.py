"""The bar above the worklist: what program this is and who works with it."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from viewer.labels import label
from viewer.language import tr
from viewer.shortcuts import set_tip
from viewer.theme import icon


class WorklistTop(QFrame):
    """Name of the program, the user, and the button that shows all shortcuts."""

    def __init__(self, actor: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setFixedHeight(48)
        self.shortcuts = QPushButton(icon("keyboard", "dim"), tr("Shortcuts"))
        self.shortcuts.setObjectName("shortcutsButton")
        self.shortcuts.setAccessibleName(tr("Show all shortcuts"))
        set_tip(self.shortcuts, tr("All shortcuts ({help})"))
        self.shortcuts.setProperty("flat", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(14)
        row.addWidget(label("Prosector", "brand"))
        row.addWidget(label(tr("Worklist"), "name"))
        row.addStretch(1)
        row.addWidget(label(tr("Signed in: {actor}").format(actor=actor), "dim"))
        row.addWidget(self.shortcuts)
