"""A field for several lines that is as high as its text and tells what was typed after a pause."""

from collections.abc import Iterator
from math import ceil

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QTextBlock
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from viewer.lesion_card import COMMIT_AFTER_MS

_HIGHEST = 640


class GrowingEdit(QPlainTextEdit):
    """Shows a text; what is typed is not replaced by `show_text` until it is shown itself: it was taken over then.

    Text that was told and not taken over, because the disk was full, is told again by the next `commit`.
    """

    typed = Signal(str)
    """The reader wrote this."""

    def __init__(self, name: str, spoken: str, *, lines: int, parent: QWidget | None = None) -> None:
        """`name` is the object name, `spoken` what a screen reader says; `lines` are shown at least."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lines = lines
        self._shown = ""
        self._typing = QTimer(self, singleShot=True, interval=COMMIT_AFTER_MS)
        self._typing.timeout.connect(self.commit)
        self.textChanged.connect(self._changed)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show `text` unless the reader is typing, or typed something else that was not taken over."""
        if self._typing.isActive() or (self._is_pending and self.toPlainText().strip() != text.strip()):
            return
        if self.toPlainText().strip() != text.strip():
            self._shown = text
            self.setPlainText(text)
        self.forget()
        self._fit()

    def commit(self) -> None:
        """Tell now what was typed."""
        self._typing.stop()
        if self._is_pending:
            self.typed.emit(self.toPlainText())

    def forget(self) -> None:
        """Take what stands here as told."""
        self._typing.stop()
        self._shown = self.toPlainText()

    @property
    def _is_pending(self) -> bool:
        return self.toPlainText().strip() != self._shown.strip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew, so fit anew."""
        super().resizeEvent(event)
        self._fit()

    def _changed(self) -> None:
        self._fit()
        if self.toPlainText() != self._shown:
            self._typing.start()

    def _fit(self) -> None:
        least = self._lines * self.fontMetrics().lineSpacing()
        around = self.height() - self.viewport().height() + 2 * self.document().documentMargin()
        wanted = ceil(max(least, sum(map(self._height_of, self._blocks()))) + around)
        scrolls = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wanted > _HIGHEST else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(scrolls)
        self.setFixedHeight(min(_HIGHEST, wanted))

    def _height_of(self, block: QTextBlock) -> float:
        return self.blockBoundingRect(block).height()

    def _blocks(self) -> Iterator[QTextBlock]:
        block = self.document().begin()
        while block.isValid():
            yield block
            block = block.next()
