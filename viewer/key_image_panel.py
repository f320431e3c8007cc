"""The list of the report's key images: what is written beside each, going there, and taking it off."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.report import KeyImage
from viewer.labels import label
from viewer.language import tr
from viewer.shortcuts import set_tip


class KeyImagePanel(QWidget):
    """A row for each key image, and the button that marks the shown one."""

    mark_wanted = Signal()
    """The image in the active viewport is to become a key image, or no longer."""
    go_wanted = Signal(object)
    remove_wanted = Signal(object)
    written = Signal(object, str)
    """This `KeyImage` is to have these words beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keyImagePanel")
        self._shown: tuple[KeyImage, ...] | None = None
        self._mark = QPushButton(tr("Mark the shown image"))
        self._mark.setObjectName("markKeyImage")
        set_tip(self._mark, tr("Make the image in the active viewport a key image, or take it off ({key_image})"))
        self._mark.clicked.connect(lambda: self.mark_wanted.emit())
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(10)
        layout.addWidget(self._mark)
        layout.addLayout(self._rows)
        self.show_images(())

    def show_images(self, images: Sequence[KeyImage]) -> None:
        """List these, unless they are listed already: a field that is written in stays."""
        if self._shown is not None and tuple(images) == self._shown:
            return
        self._shown = tuple(images)
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for image in images:
            self._rows.addWidget(self._row(image))
        if not images:
            none = tr("None is marked. Those through the index lesion are sent: T2, ADC and high b.")
            self._rows.addWidget(label(none, "dim", wrap=True))

    def _row(self, image: KeyImage) -> QWidget:
        row = QWidget()
        words = QLineEdit(image.words)
        words.setObjectName("keyImageWords")
        words.setAccessibleName(tr("What the key image shows"))
        words.editingFinished.connect(lambda: self.written.emit(image, words.text().strip()))
        go = self._button("→", tr("Show this key image"), partial(self.go_wanted.emit, image))
        off = self._button("✕", tr("Take it off the key images"), partial(self.remove_wanted.emit, image))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(words, 1)
        layout.addWidget(go)
        layout.addWidget(off)
        return row

    def _button(self, sign: str, tip: str, act: partial[None]) -> QPushButton:
        button = QPushButton(sign)
        button.setFixedWidth(30)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda: act())
        return button
