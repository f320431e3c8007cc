"""One text of the report draft: it writes itself until the reader writes it, and tells what changed since."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.report import Report
from reporting import own_words
from reporting.own_words import ChangedSentence, Marks, Part
from viewer import edits
from viewer.changed_words import marks_in_words
from viewer.labels import label
from viewer.language import tr
from viewer.macro_edit import MacroEdit
from viewer.theme import set_style_property

_LINES = 2
_MOST_SHOWN = 40


class DraftText(QWidget):
    """One text of the report: grey while it writes itself, white once it is the reader's own."""

    edited = Signal(object, str)
    """A `Change` and what it is called in the audit trail."""

    def __init__(self, part: Part, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = part
        self._change = {Part.FINDINGS: edits.own_findings, Part.IMPRESSION: edits.own_impression}[part]
        self._automatic = ""
        self._state = label(role="small")
        self._back = _link(tr("Use automatic text"), f"{part}AutomaticButton")
        self._back.clicked.connect(self._follow)
        self.editor = MacroEdit(f"{part}Edit", title, lines=_LINES)
        self.editor.typed.connect(self._give)
        self._changes = Changes(part)
        self._changes.edited.connect(self.edited)
        top = QHBoxLayout()
        top.addWidget(label(title))
        top.addWidget(self._state)
        top.addStretch(1)
        top.addWidget(self._back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addWidget(self.editor)
        layout.addWidget(self._changes)

    def show_report(self, report: Report) -> None:
        """Show the reader's own text and what changed since, else the one that writes itself.

        Raises `TemplateBroken`, and shows what it showed before.
        """
        own, self._automatic = own_words.own(report, self._part), own_words.automatic(report, self._part)
        self._changes.show_report(report)
        self._back.setVisible(bool(own))
        self._state.setText(tr("your own text") if own else tr("writes itself"))
        set_style_property(self.editor, "automatic", not own)
        self.editor.show_text(own or self._automatic)

    def commit(self) -> None:
        """Make what is typed an edit now."""
        self.editor.commit()

    def forget(self) -> None:
        """Forget what was typed and for which report."""
        self.editor.forget()

    def _follow(self) -> None:
        self.editor.forget()
        self._give("")

    def _give(self, text: str) -> None:
        own = "" if text.strip() == self._automatic.strip() else text.strip()
        self.edited.emit(self._change(own), self._part.value)


class Changes(QWidget):
    """What changed since the reader wrote a text, with a button for each sentence that can be taken instead."""

    edited = Signal(object, str)

    def __init__(self, part: Part, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = part
        self._shown: tuple[str, tuple[ChangedSentence, ...]] | None = None
        self._told = label("", "caution", name=f"{part}Stale", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        self._stands = _link(tr("My text stands"), f"{part}StandsButton")
        self._stands.clicked.connect(lambda: self.edited.emit(edits.text_stands(part), part.value))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._told)
        layout.addLayout(self._rows)
        layout.addWidget(self._stands, 0, Qt.AlignmentFlag.AlignLeft)

    def show_report(self, report: Report) -> None:
        """Show what changed in a report; nothing while its text writes itself. Raises `TemplateBroken`."""
        found = own_words.marks(report, self._part)
        told = self._words(report, found)
        takeable = tuple(x for x in found.sentences if own_words.can_be_taken(report, self._part, x))
        self.setVisible(bool(told))
        self._told.setVisible(bool(told))
        if (told, takeable) != self._shown:
            self._shown = told, takeable
            self._told.setText(told)
            self._show_sentences(takeable)

    def _words(self, report: Report, found: Marks) -> str:
        if own_words.is_unmarked(report, self._part):
            return tr("▲ It is not known what changed since you wrote this. Compare it with the automatic text.")
        if not found:
            return ""
        return "\n".join((tr("▲ Changed after you wrote this:"), *marks_in_words(found)))

    def _show_sentences(self, sentences: tuple[ChangedSentence, ...]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for number, change in enumerate(sentences, start=1):
            self._rows.addWidget(self._take(change, number), 0, Qt.AlignmentFlag.AlignLeft)

    def _take(self, change: ChangedSentence, number: int) -> QPushButton:
        new = change.after.strip()
        words = tr("Take “{sentence}”") if new else tr("Remove “{sentence}”")
        told = words.format(sentence=_shortened(new or change.before.strip()))
        button = _link(told.replace("&", "&&"), f"{self._part}Take{number}")
        button.setToolTip(new or change.before.strip())
        button.clicked.connect(lambda: self.edited.emit(edits.take_sentence(self._part, change), self._part.value))
        return button


def _shortened(sentence: str) -> str:
    words = " ".join(sentence.split())
    return words if len(words) <= _MOST_SHOWN else f"{words[: _MOST_SHOWN - 1].rstrip()}…"


def _link(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("link", True)
    return button
