"""Above the images of a study with a signed report: what that is, by whom, and how it can be amended."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QSizePolicy, QWidget

from core.amendment import Addendum, Amendment, AsSigned, Continuation, Correction
from core.report import Report
from viewer import amend_edits
from viewer.amended_view import STATUS_WORDS, document_in_words
from viewer.labels import Chip, ElidedLabel
from viewer.language import tr
from viewer.session import Session

_TEXT_HEIGHT = 58
_PAUSE_MS = 700


class SignedBar(QFrame):
    """Hidden for a study without a signed report. What is typed becomes an edit once the reader pauses."""

    history_wanted = Signal()
    give_up_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("signedBar")
        self._session: Session | None = None
        self._typing = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._typing.timeout.connect(self.commit)
        self._chip = Chip()
        self._words = ElidedLabel(role="dim")
        self._words.setObjectName("signedWords")
        self._text = self._text_field()
        self.addendum = self._button("addAddendumButton", tr("Add addendum"), self._begin_addendum)
        self.correct = self._button("correctButton", tr("Correct"), self._begin_correction)
        self._give_up = self._button("giveUpAmendmentButton", tr("Give up"), self.give_up_wanted.emit)
        self._history = self._button("historyButton", tr("History…"), self.history_wanted.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 12, 5)
        row.setSpacing(10)
        row.addWidget(self._chip)
        row.addWidget(self._words, 2)
        row.addWidget(self._text, 3)
        for button in (self.addendum, self.correct, self._give_up, self._history):
            row.addWidget(button)
        self.hide()

    def show_session(self, session: Session | None) -> None:
        """Show another report, or none."""
        self._typing.stop()
        self._session = session
        if session is None:
            self.hide()
        else:
            session.changed.connect(self._show)
            self._show()

    def focus_text(self) -> None:
        """Go to the addendum, or to the reason of the correction."""
        self._text.setFocus()

    def _show(self) -> None:
        session = self._session
        amends = session.report.amends if session is not None else None
        self.setVisible(amends is not None)
        if amends is not None:
            self._show_amendment(amends)

    def _show_amendment(self, amends: Amendment) -> None:
        document = amends.predecessor
        title, words = _title_and_words(amends)
        self._chip.show_plain(title)
        self._words.set_whole(words.format(signed=document_in_words(document)))
        is_signed, is_written = isinstance(amends, AsSigned), isinstance(amends, Addendum | Correction)
        for button in (self.addendum, self.correct):
            button.setVisible(is_signed)
        self._give_up.setVisible(is_written)
        self._text.setVisible(is_written)
        if isinstance(amends, Addendum):
            self._show_text(amends.text, tr("What is added to the report; its findings stay as they were signed"))
        elif isinstance(amends, Correction):
            self._show_text(amends.reason, tr("Why the signed report is replaced; it stands in the new one"))

    def _show_text(self, text: str, asked: str) -> None:
        self._text.setPlaceholderText(asked)
        self._text.setAccessibleName(asked)
        if self._text.toPlainText() != text and not self._typing.isActive():  # what is being typed is newer
            with QSignalBlocker(self._text):
                self._text.setPlainText(text)

    def _begin_addendum(self) -> None:
        if self._session is not None and self._session.edit(amend_edits.begin_addendum, what="addendum begun"):
            self.focus_text()

    def _begin_correction(self) -> None:
        if self._session is not None and self._session.edit(amend_edits.begin_correction, what="correction begun"):
            self.focus_text()

    def commit(self) -> None:
        """Make what is typed an edit now."""
        self._typing.stop()
        if self._session is not None and self._text.isVisibleTo(self):
            self._session.edit(amend_edits.write(self._text.toPlainText()), what="amendment written")

    def give_up(self, signed: Report) -> None:
        """Go back to the report as it was signed; one step of undo brings the amendment back."""
        if self._session is not None:
            self._session.edit(amend_edits.give_up(signed), what="amendment given up")

    def _text_field(self) -> QPlainTextEdit:
        text = QPlainTextEdit()
        text.setObjectName("amendmentEdit")
        text.setTabChangesFocus(True)
        text.setFixedHeight(_TEXT_HEIGHT)
        text.textChanged.connect(lambda: self._typing.start())
        return text

    def _button(self, name: str, words: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: act())
        return button


def _title_and_words(amends: Amendment) -> tuple[str, str]:
    match amends:
        case AsSigned(predecessor=document):
            return STATUS_WORDS[document.status], tr("Report {signed}")
        case Continuation():
            return tr("Preliminary"), tr("Report {signed}. Read it, change what is needed, and sign it as final.")
        case Addendum():
            return tr("Addendum"), tr("To the report {signed}")
        case Correction():
            return tr("Correction"), tr("Of the report {signed}")
