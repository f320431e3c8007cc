"""A sentence in place: what went wrong or was done, and the way out."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QToolButton, QWidget

from viewer.labels import breakable, label
from viewer.language import tr
from viewer.theme import icon, set_style_property

_NARROW = 480
_WIDEST = 900
_INSET = 5
_LEAST_MS, _MS_PER_LETTER = 8000, 80
"""How long a sentence stays that needs no answer: twice as long as it takes to read."""


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
        self._text = ""
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(10, 6, 6, 6)
        self._layout.addWidget(self._sentence, 0, 0)
        self._cross = self._dismissing()
        self._layout.addWidget(self._cross, 0, 2)
        self._layout.setColumnStretch(0, 1)
        self._place_button()
        self.hide()

    @property
    def sentence(self) -> str:
        """What is said, or nothing."""
        return "" if self.isHidden() else self._text

    @property
    def natural_width(self) -> int:
        """How wide it is with its sentence on one line."""
        margins, spacing = self._layout.contentsMargins(), 2 * self._layout.horizontalSpacing()
        beside = self._cross.sizeHint().width() + (0 if self._button.isHidden() else self._button.sizeHint().width())
        words = self._sentence.fontMetrics().horizontalAdvance(self._text) + 8
        return margins.left() + margins.right() + spacing + beside + words

    def show_sentence(
        self, text: str, *, tone: str = "danger", button: str = "", way_out: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence (tone: danger, caution, ok, plain), with a button that does `way_out` when one is named."""
        self._text = text
        self._sentence.setText(breakable(text))
        self.setAccessibleName(text)
        self._way_out = way_out
        self._button.setText(button)
        self._button.setVisible(bool(button))
        set_style_property(self, "tone", tone)
        self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow panel the button stands below the sentence."""
        super().resizeEvent(event)
        self._place_button()

    def clear(self) -> None:
        """Say nothing."""
        self._way_out = None
        self.hide()

    def _place_button(self) -> None:
        narrow = self.width() < _NARROW
        self._layout.addWidget(self._button, int(narrow), 0 if narrow else 1, Qt.AlignmentFlag.AlignLeft)

    def _act(self) -> None:
        way_out = self._way_out
        self.clear()
        if way_out is not None:
            way_out()

    def _dismissing(self) -> QToolButton:
        cross = QToolButton()
        cross.setObjectName("noticeDismiss")
        cross.setIcon(icon("cross", "dim"))
        cross.setAccessibleName(tr("Dismiss"))
        cross.setToolTip(tr("Dismiss"))
        cross.setProperty("bare", True)
        cross.clicked.connect(self.clear)
        return cross


class FloatingNotice(Notice):
    """Lies over the lower right corner of its parent, so that nothing moves when it appears; no layout may hold it.

    What was done (tone ok or plain) ends by itself, unless it has a button; the pointer on it holds it. The rest stays
    until it is dismissed.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._under = parent
        self._until = QTimer(self, singleShot=True)
        self._until.timeout.connect(self._end)
        parent.installEventFilter(self)

    def show_sentence(
        self, text: str, *, tone: str = "danger", button: str = "", way_out: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence above whatever lies there."""
        super().show_sentence(text, tone=tone, button=button, way_out=way_out)
        self._until.stop()
        if tone in ("ok", "plain") and not button:
            self._until.start(max(_LEAST_MS, _MS_PER_LETTER * len(text)))
        self._float()
        self.raise_()

    def clear(self) -> None:
        """Say nothing."""
        self._until.stop()
        super().clear()

    def _end(self) -> None:
        if self.underMouse():
            self._until.start()
        else:
            self.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the parent gets another size."""
        if event.type() is QEvent.Type.Resize:
            self._float()
        return super().eventFilter(watched, event)

    def _float(self) -> None:
        area = self._under.rect().adjusted(_INSET, _INSET, -_INSET, -_INSET)
        least = 0 if self._button.isHidden() else _NARROW  # from there on the button stands beside the sentence
        width = min(area.width(), max(least, min(self.natural_width, _WIDEST)))
        box = QRect(0, 0, width, self.heightForWidth(width))
        box.moveBottomRight(area.bottomRight())
        self.setGeometry(box)
