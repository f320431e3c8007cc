"""The bar above the images: back, whose images these are, the tools, and Run AI."""

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from viewer.language import tr
from viewer.patient_bar import PatientBar
from viewer.run_bar import RunBar
from viewer.shortcuts import set_tip
from viewer.theme import icon
from viewer.tool_bar import ToolBar

_WIDE = 1700


class ReadingTop(QFrame):
    """One line; the tools' words give way to the patient's when there is little room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setFixedHeight(48)
        self.patient = PatientBar()
        self.tools = ToolBar()
        self.run = RunBar()
        self.back = QPushButton(icon("back"), tr("Worklist"))
        self.back.setObjectName("worklistButton")
        self.back.setAccessibleName(tr("Back to the worklist"))
        set_tip(self.back, tr("Back to the worklist ({leave}); the draft is kept"))
        self._set_compact: list[Callable[[bool], object]] = [self.tools.set_compact, self.run.set_compact]
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(12)
        row.addWidget(self.back)
        row.addWidget(self.patient, 1)
        row.addWidget(self.tools)
        row.addWidget(self.run)

    def add_beside_tools(self, widget: QWidget, set_compact: Callable[[bool], object] = lambda _compact: None) -> None:
        """Put something to the left of the tools; `set_compact` is told when there is little room."""
        self._row.insertWidget(self._row.indexOf(self.tools), widget)
        self._set_compact.append(set_compact)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show icons instead of words in a narrow window."""
        super().resizeEvent(event)
        compact = self.width() < _WIDE
        for set_compact in self._set_compact:
            set_compact(compact)
