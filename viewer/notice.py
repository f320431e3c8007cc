"""A sentence in place: what went wrong or was done, and the way out."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from viewer.labels import label
from viewer.theme import icon, set_style_property


class Notice(QFrame):
    """Hidden until `show_sentence`; may carry one button, and is dismissed by its cross."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._sentence = label(name="noticeSentence", wrap=True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QPushButton()
        self._button.setObjectName("noticeButton")
        self._button.setAutoDefault(False)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not end what is being typed
        self._button.clicked.connect(self._act)
        self._way_out: Callable[[], object] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
        layout.addWidget(self._sentence, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._cross())
        self.hide()

    @property
    def sentence(self) -> str:
        """What is said, or nothing."""
        return "" if self.isHidden() else self._sentence.text()

    def show_sentence(
        self, text: str, *, tone: str = "danger", button: str = "", way_out: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence (tone: danger, caution, ok, plain), with a button that does `way_out` when one is named."""
        self._sentence.setText(text)
        self.setAccessibleName(text)
        self._way_out = way_out
        self._button.setText(button)
        self._button.setVisible(bool(button))
        set_style_property(self, "tone", tone)
        self.show()

    def clear(self) -> None:
        """Say nothing."""
        self._way_out = None
        self.hide()

    def _act(self) -> None:
        way_out = self._way_out
        self.clear()
        if way_out is not None:
            way_out()

    def _cross(self) -> QToolButton:
        cross = QToolButton()
        cross.setObjectName("noticeDismiss")
        cross.setIcon(icon("cross", "dim"))
        cross.setAccessibleName("Dismiss")
        cross.setToolTip("Dismiss")
        cross.setProperty("bare", True)
        cross.clicked.connect(self.clear)
        return cross
