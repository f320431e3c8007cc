"""Signed reports in the words of the window: what each is, by whom and when, and what it changed."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.amendment import Predecessor, ReportStatus
from reporting.words import reader_name
from service.versions import Difference, TextChange
from viewer.changed_words import changed_in_words
from viewer.labels import label
from viewer.language import tr

_MARK_WIDTH = 14

STATUS_WORDS = {
    ReportStatus.PRELIMINARY: tr("Preliminary"),
    ReportStatus.FINAL: tr("Final"),
    ReportStatus.ADDENDUM: tr("Addendum"),
    ReportStatus.CORRECTED: tr("Corrected"),
}


def moment_in_words(moment: datetime) -> str:
    """Return a time of signing in this machine's zone."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def document_in_words(document: Predecessor) -> str:
    """Return who signed a report and when, and who wrote it where that is another one."""
    words = tr("signed by {name}, {when}").format(
        name=reader_name(document.signer.name), when=moment_in_words(document.signed_at)
    )
    if document.author.name == document.signer.name:
        return words
    return tr("{words}, written by {author}").format(words=words, author=reader_name(document.author.name))


class DifferenceView(QWidget):
    """What a report says otherwise than the one before it: facts one a line, sentences before and after."""

    def __init__(self, difference: Difference, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        if not difference:
            self._add("=", tr("Findings and impression are unchanged."), "dim")
        for fact in difference.facts:
            self._add("▲", changed_in_words(fact), "caution")
        for change in difference.texts:
            self._add_text(change)

    def _add_text(self, change: TextChange) -> None:
        if change.before:
            struck = self._add("−", change.before, "dim")
            font = struck.font()
            font.setStrikeOut(True)
            struck.setFont(font)
        if change.after:
            self._add("+", change.after, "ok")

    def _add(self, mark: str, words: str, role: str) -> QLabel:
        shown, marked = label(words, role, wrap=True), label(mark, role)
        marked.setFixedWidth(_MARK_WIDTH)
        row = self._grid.rowCount()
        self._grid.addWidget(marked, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(shown, row, 1)
        return shown
