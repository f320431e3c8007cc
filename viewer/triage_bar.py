"""What of the listed studies is shown, and what is known of them so far."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from core.triage_facts import Analysed, Expected, Facts, Failed, NotAnalysed, Withheld
from viewer.fields import ComboBox
from viewer.labels import ElidedLabel
from viewer.language import tr
from viewer.shortcuts import set_tip
from viewer.theme import set_style_property
from viewer.worklist_model import Keep, is_high
from viewer.worklist_rows import WorklistRow


def _of(kind: type | tuple[type, ...]) -> Callable[[WorklistRow], bool]:
    return lambda row: row.facts is not None and (isinstance(row.facts.ai, kind) or _has_failed(row.facts, kind))


def _has_failed(facts: Facts, kind: object) -> bool:
    return bool(facts.failures) and isinstance(kind, tuple) and Failed in kind


_AI: tuple[tuple[str, Callable[[WorklistRow], bool]], ...] = (
    (tr("Any AI result"), lambda _row: True),
    (tr("High and urgent"), is_high),
    (tr("AI ready"), _of(Analysed)),
    (tr("No AI result yet"), _of((NotAnalysed, Expected))),
    (tr("AI failed or withheld"), _of((Failed, Withheld))),
)


class TriageBar(QFrame):
    """AI state, unread, mine, and a text; what is not chosen hides nothing."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self.setFixedHeight(44)
        self._ai = ComboBox()
        self._ai.setObjectName("aiFilter")
        self._ai.setAccessibleName(tr("AI result"))
        self._ai.setMinimumWidth(150)
        for text, _keep in _AI:
            self._ai.addItem(text)
        self._ai.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self.unread = _toggle("unreadFilter", tr("Unread"), tr("Only studies without a final report ({unread_only})"))
        self.mine = _toggle("mineFilter", tr("Mine"), tr("Only studies that you have claimed ({my_claims})"))
        for button in (self.unread, self.mine):
            button.toggled.connect(lambda _on: self.changed.emit())
        self._text = QLineEdit()
        self._text.setObjectName("listFilter")
        self._text.setAccessibleName(tr("Filter the list"))
        self._text.setPlaceholderText(tr("Filter the list"))
        self._text.setClearButtonEnabled(True)
        self._text.setMaximumWidth(260)
        set_tip(self._text, tr("Words of name, ID, accession number, description, site or reader ({filter_list})"))
        self._text.textChanged.connect(lambda _text: self.changed.emit())
        self._said = ElidedLabel(role="dim")
        self._said.setObjectName("listState")
        self._said.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 14, 5)
        row.setSpacing(8)
        for part in (self._ai, self.unread, self.mine, self._text):
            row.addWidget(part)
        row.addWidget(self._said, 1)

    @property
    def keep(self) -> Keep:
        """Which studies are shown."""
        by_ai = _AI[self._ai.currentIndex()][1]
        words = self._text.text().casefold().split()
        unread, mine = self.unread.isChecked(), self.mine.isChecked()

        def kept(row: WorklistRow) -> bool:
            if (unread and row.is_read) or (mine and not row.mine) or not by_ai(row):
                return False
            return not words or all(word in _searched(row) for word in words)

        return kept

    @property
    def hides(self) -> bool:
        """Whether anything is chosen that may hide studies."""
        chosen = self._ai.currentIndex() > 0 or bool(self._text.text().strip())
        return chosen or self.unread.isChecked() or self.mine.isChecked()

    def focus_text(self) -> None:
        """Let the reader type a filter."""
        self._text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._text.selectAll()

    def clear(self) -> None:
        """Show every study."""
        self._ai.setCurrentIndex(0)
        self.unread.setChecked(False)
        self.mine.setChecked(False)
        self._text.clear()

    def say(self, text: str, *, problem: bool = False) -> None:
        """Tell how many studies are shown, and what is still being done or could not be."""
        self._said.set_whole(text)
        set_style_property(self._said, "role", "danger" if problem else "dim")


def _toggle(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setCheckable(True)
    set_tip(button, tip)
    return button


def _searched(row: WorklistRow) -> str:
    patient, reader = row.match.patient, row.claim.owner if row.claim else ""
    parts = (row.patient, patient.patient_id, row.match.accession_number, row.study, row.site, reader)
    return " ".join(parts).casefold()
