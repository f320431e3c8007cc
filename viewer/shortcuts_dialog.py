"""All keys on one page: looked through, changed and printed, by keyboard alone if need be."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.errors import ProsectorError
from core.files import write_bytes
from viewer.key_commands import BY_NAME
from viewer.key_map import KeyMap
from viewer.key_words import key_text
from viewer.labels import label
from viewer.language import tr
from viewer.notice import Notice
from viewer.shortcuts import Line, as_markdown
from viewer.shortcuts_model import KEY_COLUMN, ShortcutsModel

_HOW = tr("Choose a line and press Enter to give it another key, or Backspace to give it the delivered one back.")
_KEYS_WIDTH, _ROW = 230, 28
_POINTS = 9.0
_SIZE = QSize(760, 680)


class KeyTable(QTableView):
    """The list. While it is `waiting`, the next key is not obeyed but told; Esc tells that there is none."""

    key_pressed = Signal(str)
    gave_up = Signal()
    change_wanted = Signal()
    reset_wanted = Signal()

    def __init__(self, model: ShortcutsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.waiting = False
        self.setObjectName("shortcutsTable")
        self.setAccessibleName(tr("Keys and what they do"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.horizontalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(_ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setModel(model)
        self.setColumnWidth(KEY_COLUMN, _KEYS_WIDTH)
        self.horizontalHeader().setStretchLastSection(True)
        self.doubleClicked.connect(lambda _index: self.change_wanted.emit())

    def choose(self, row: int) -> None:
        """Choose a line, or the first one when `row` is none."""
        rows = range(self.model().rowCount())
        at = row if row in rows else next((n for n in rows if self.model().index(n, 0).flags()), -1)
        if at >= 0:
            self.selectRow(at)
            self.scrollTo(self.model().index(max(at - 1, 0), 0))
            self.scrollTo(self.model().index(at, 0))

    def event(self, event: QEvent) -> bool:
        """Keep every key to itself while it waits for one, also those that go from control to control."""
        if self.waiting and isinstance(event, QKeyEvent) and event.type() != QEvent.Type.KeyRelease:
            event.accept()
            if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
                self._tell(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change with Enter, reset with Backspace or Delete."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.change_wanted.emit()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.reset_wanted.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Wait no longer."""
        if self.waiting:
            self.gave_up.emit()
        super().focusOutEvent(event)

    def _tell(self, event: QKeyEvent) -> None:
        key = key_text(event.keyCombination())
        if key == "Esc":
            self.gave_up.emit()
        elif key:
            self.key_pressed.emit(key)


class ShortcutsDialog(QDialog):
    """Shows every key and what it does, and gives commands other keys."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle(tr("Shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._keys = keys
        self.model = ShortcutsModel(keys, self)
        self.table = KeyTable(self.model)
        self.notice = Notice()
        self._lay_out()
        self._connect()
        self._show()
        self._search.setFocus()
        self.resize(_SIZE.boundedTo(parent.window().size()) if parent else _SIZE)

    # ------------------------------------------------------------------ changing

    def _wait(self) -> None:
        line = self._line
        if line is None:
            return
        if not line.name:
            self.notice.show_sentence(tr("“{keys}” cannot be changed.").format(keys=line.keys), tone="plain")
            return
        self.notice.show_sentence(
            tr("Press the new key for “{words}”; Esc leaves it as it is.").format(words=line.words), tone="plain"
        )
        self.table.waiting = True
        self.model.wait_for(line.name)
        self.table.setFocus()

    def _give_up(self) -> None:
        self.table.waiting = False
        self.model.wait_for("")
        self.notice.clear()

    def _take(self, key: str) -> None:
        name = self.model.waiting
        try:
            self._keys.change(name, key)
        except ProsectorError as error:
            self.notice.show_sentence(tr("{error} Press another key, or Esc.").format(error=error), tone="caution")
            return
        self._give_up()
        self.notice.show_sentence(
            tr("{words} now stands for “{words_2}”.").format(words=self._keys.words(name), words_2=BY_NAME[name].words),
            tone="ok",
        )

    def _reset(self) -> None:
        line = self._line
        if line is None or not line.delivered:
            return
        try:
            self._keys.reset(line.name)
        except ProsectorError as error:
            self.notice.show_sentence(str(error), tone="caution")
            return
        self.notice.show_sentence(
            tr("{delivered} stands for “{words}” again.").format(delivered=line.delivered, words=line.words), tone="ok"
        )

    def _reset_all(self) -> None:
        self._keys.reset_all()
        self.notice.show_sentence(tr("Every key is as it was delivered."), tone="ok")

    # ------------------------------------------------------------------ printing

    def _ask_file(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Save the list of keys"), "prosector-keys.pdf", tr("PDF (*.pdf)")
        )
        if chosen:
            self.save_pdf(Path(chosen))

    def save_pdf(self, path: Path) -> None:
        """Write the list with the reader's keys as a PDF to print."""
        try:
            write_pdf(as_markdown(self._keys), path)
        except ProsectorError as error:
            self.notice.show_sentence(str(error))
            return
        self.notice.show_sentence(tr("The list is in {path}.").format(path=path), tone="ok")

    # ------------------------------------------------------------------ state

    @property
    def _line(self) -> Line | None:
        return self.model.line(self.table.currentIndex().row())

    def _look_for(self, text: str) -> None:
        self.model.look_for(text)
        self._show()

    def _follow(self) -> None:
        line = self._line
        self.model.refresh()
        self._show(line.name if line else "")

    def _show(self, name: str = "") -> None:
        self.table.clearSpans()
        for row in range(self.model.rowCount()):
            if self.model.is_heading(row):
                self.table.setSpan(row, 0, 1, self.model.columnCount())
        self.table.choose(self.model.row_of(name) if name else -1)
        self._show_buttons()

    def _show_buttons(self) -> None:
        line = self._line
        self._change.setEnabled(line is not None and bool(line.name))
        self._back.setEnabled(line is not None and bool(line.delivered))

    # ------------------------------------------------------------------ parts

    def _lay_out(self) -> None:
        self._search = QLineEdit()
        self._search.setObjectName("shortcutsSearch")
        self._search.setAccessibleName(tr("Search a key, or what it does"))
        self._search.setPlaceholderText(tr("Search a key, or what it does"))
        self._search.setClearButtonEnabled(True)
        self._change = _button("shortcutsChangeButton", tr("Change…"))
        self._back = _button("shortcutsResetButton", tr("Reset"))
        self._all = _button("shortcutsResetAllButton", tr("Reset all"))
        self._pdf = _button("shortcutsPdfButton", tr("Save as PDF…"))
        self._close = _button("shortcutsCloseButton", tr("Close"))
        footer = QHBoxLayout()
        footer.setSpacing(8)
        for button in (self._change, self._back, self._all):
            footer.addWidget(button)
        footer.addStretch(1)
        footer.addWidget(self._pdf)
        footer.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(label(tr("Shortcuts"), "title"))
        layout.addWidget(label(_HOW, "dim", wrap=True))
        layout.addWidget(self._search)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.notice)
        layout.addLayout(footer)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._look_for)
        self._search.returnPressed.connect(self.table.setFocus)
        self.table.change_wanted.connect(self._wait)
        self.table.reset_wanted.connect(self._reset)
        self.table.key_pressed.connect(self._take)
        self.table.gave_up.connect(self._give_up)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._show_buttons())
        self._keys.changed.connect(self._follow)
        self._keys.failed.connect(self.notice.show_sentence)
        self._change.clicked.connect(self._wait)
        self._back.clicked.connect(self._reset)
        self._all.clicked.connect(self._reset_all)
        self._pdf.clicked.connect(self._ask_file)
        self._close.clicked.connect(self.accept)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from the search to the list with the arrow key; Enter presses the button that has the focus, or none."""
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Down and focused is self._search:
            self.table.setFocus()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif isinstance(focused, QPushButton):
            focused.click()


def write_pdf(markdown: str, path: Path) -> None:
    """Write a document as a PDF of A4 pages; raises `CannotWrite`."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setTitle(tr("Keys of Prosector"))
    document = QTextDocument()
    font = QFont(QApplication.font())
    font.setPointSizeF(_POINTS)  # the window's is in pixels, which are tiny on paper
    document.setDefaultFont(font)
    document.setMarkdown(markdown)
    document.print_(writer)
    write_bytes(path, bytes(buffer.data().data()))


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button
