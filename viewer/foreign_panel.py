"""The list “Results in this study”: what other systems and this one left there, by whom, when, and in which state."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from reporting.foreign_head import ResultKind
from reporting.foreign_sr import NotRead
from service.foreign import Result
from viewer.labels import ElidedLabel, breakable, label
from viewer.language import tr

KIND_WORDS = {
    ResultKind.REPORT: tr("Structured report"),
    ResultKind.SEGMENTATION: tr("Segmentation"),
    ResultKind.GRAPHICS: tr("Presentation state"),
    ResultKind.PDF: tr("PDF document"),
}
_DRAWN = (ResultKind.SEGMENTATION, ResultKind.GRAPHICS)
_MOST_TOLD = 6


class ResultsPanel(QWidget):
    """A card for each result."""

    read_wanted = Signal(object)
    """The reader wants to read this `Result`."""
    shown = Signal(object, bool)
    """This `Result` is to be drawn on the images, or no longer."""
    candidates_wanted = Signal(object)
    """The lesions of this `Result` are to become candidates of the report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsPanel")
        self._cards: dict[str, ResultCard] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self._layout.setSpacing(8)
        self.say(tr("No study is open."))

    def say(self, sentence: str) -> None:
        """Show a sentence instead of results."""
        self._fill([label(sentence, "dim", wrap=True, name="resultsSentence")])
        self._cards = {}

    def show_results(self, results: Sequence[Result]) -> None:
        """List these."""
        if not results:
            self.say(tr("There is no report, segmentation, presentation state or PDF in this study."))
            return
        self._cards = {}
        for result in results:
            card = self._cards[result.sop_instance_uid] = ResultCard(result)
            card.read_wanted.connect(partial(self.read_wanted.emit, result))
            card.shown.connect(partial(self.shown.emit, result))
            card.candidates_wanted.connect(partial(self.candidates_wanted.emit, result))
        self._fill(list(self._cards.values()))

    def card(self, sop_instance_uid: str) -> "ResultCard | None":
        """Return the card of a result, or None when it is not listed."""
        return self._cards.get(sop_instance_uid)

    def _fill(self, parts: Sequence[QWidget]) -> None:
        while self._layout.count():
            item = self._layout.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for part in parts:
            self._layout.addWidget(part)
        self._layout.addStretch(1)


class ResultCard(QFrame):
    """One result."""

    read_wanted = Signal()
    shown = Signal(bool)
    candidates_wanted = Signal()

    def __init__(self, result: Result, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        head = result.head
        self.setProperty("role", "card")
        self.setObjectName("resultCard")
        self.setAccessibleName(f"{KIND_WORDS[head.kind]}: {head.title}")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(10, 8, 10, 9)
        self._layout.setSpacing(3)
        self._layout.addWidget(ElidedLabel(head.title, "name"))
        for line in _lines(result):
            self._layout.addWidget(label(breakable(line), "small", wrap=True))
        if head.state:
            state = head.state if head.is_ours or head.intact else head.state[:1].upper() + head.state[1:]
            self._layout.addWidget(label(state, "small" if head.intact else "caution", wrap=True, name="resultState"))
        self._told = label("", "caution", wrap=True, name="resultTold")
        self._told.setHidden(True)
        self.show_button: QPushButton | None = None
        if result.problem:
            self.tell(result.problem)
        else:
            self._layout.addLayout(self._buttons(result))
        self._layout.addWidget(self._told)

    def tell(self, sentence: str) -> None:
        """Say what cannot be shown or read of it; empty for nothing."""
        self._told.setText(breakable(sentence))
        self._told.setHidden(not sentence)

    def tell_lost(self, told: str, lost: Sequence[NotRead]) -> None:
        """Say what of it could not be read, beside another sentence."""
        self.tell("\n".join(filter(None, (told, lost_words(lost)))))

    def set_shown(self, shown: bool) -> None:
        """Show that it is drawn on the images, or not."""
        if self.show_button is not None:
            self.show_button.setChecked(shown)
            self.show_button.setText(tr("Hide") if shown else tr("Show"))

    def _buttons(self, result: Result) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(6)
        kind = result.head.kind
        if kind in _DRAWN:
            self.show_button = _button(tr("Show"), "showResult", tr("Draw it on the images, or no longer"))
            self.show_button.setCheckable(True)
            self.show_button.clicked.connect(self.shown)
            row.addWidget(self.show_button)
        else:
            read = _button(tr("Read"), "readResult", tr("Read it in a window of its own"))
            read.clicked.connect(lambda: self.read_wanted.emit())
            row.addWidget(read)
        if kind in (ResultKind.SEGMENTATION, ResultKind.REPORT) and not result.head.is_ours:
            take = _button(
                tr("Take as candidates"),
                "takeResult",
                tr("Add its lesions to the report, not reviewed yet and measured anew; undo takes them back"),
            )
            take.clicked.connect(lambda: self.candidates_wanted.emit())
            row.addWidget(take)
        row.addStretch(1)
        return row


def lost_words(lost: Sequence[NotRead]) -> str:
    """Return what could not be read, by its places; empty for nothing."""
    if not lost:
        return ""
    first = "\n".join(f"• {one}" for one in lost[:_MOST_TOLD])
    more = tr("\n… and {count} more").format(count=len(lost) - _MOST_TOLD) if len(lost) > _MOST_TOLD else ""
    return tr("Not read:\n{first}{more}").format(first=first, more=more)


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _lines(result: Result) -> tuple[str, ...]:
    """Return kind and time, then who made it."""
    head = result.head
    what = " · ".join(filter(None, (KIND_WORDS[head.kind], head.when)))
    by = head.device or tr("maker not stated")
    algorithms = tr("AI: {names}").format(names=", ".join(head.algorithms)) if head.algorithms else ""
    people = tr("By {names}").format(names=", ".join(head.people)) if head.people else ""
    return tuple(filter(None, (what, by, algorithms, people)))
