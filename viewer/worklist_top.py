"""The bar above the worklist: what program this is, how its peers are, and who works with it."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from viewer.labels import label
from viewer.language import tr
from viewer.shortcuts import set_tip
from viewer.theme import icon


class WorklistTop(QFrame):
    """Name of the program, lamps, the user, tools, and the button that shows all shortcuts.

    Lamps stand left of the user, tools right of him; each group in the order in which it was added.
    """

    def __init__(self, actor: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setFixedHeight(48)
        self.shortcuts = QPushButton(icon("keyboard", "dim"), tr("Shortcuts"))
        self.shortcuts.setObjectName("shortcutsButton")
        self.shortcuts.setAccessibleName(tr("Show all shortcuts"))
        set_tip(self.shortcuts, tr("All shortcuts ({help})"))
        self.shortcuts.setProperty("flat", True)
        self._lamps, self._tools = _group(), _group()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(14)
        row.addWidget(label("Prosector", "brand"))
        row.addWidget(label(tr("Worklist"), "name"))
        row.addStretch(1)
        row.addLayout(self._lamps)
        row.addWidget(label(tr("Signed in: {actor}").format(actor=actor), "dim"))
        row.addLayout(self._tools)
        row.addWidget(self.shortcuts)

    def add_lamp(self, lamp: QWidget) -> None:
        """Show how something that works beside the list is: an archive, the outbox, the watcher."""
        self._lamps.addWidget(lamp)

    def add_tool(self, button: QPushButton) -> None:
        """Show a small button that opens something beside the list."""
        button.setProperty("flat", True)
        self._tools.addWidget(button)


def _group() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    return row
