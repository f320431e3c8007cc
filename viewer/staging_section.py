"""How far cancer reaches, one row for each finding: choices that a press steps through, and the reader's words."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.report import Report
from core.staging import Seen, Staging
from viewer import edits
from viewer.key_map import KeyMap
from viewer.labels import ElidedLabel, heading, label
from viewer.language import tr
from viewer.said import said
from viewer.shortcuts import set_tip
from viewer.theme import set_style_property

COMMIT_AFTER_MS = 400
"""Typing becomes an edit of the report after this pause."""
DEGREES = {
    Seen.NOT_ASSESSED: tr("not assessed"),
    Seen.NONE: tr("none"),
    Seen.POSSIBLE: tr("possible"),
    Seen.DEFINITE: tr("definite"),
}
_INKS = {Seen.NOT_ASSESSED: "unsaid", Seen.NONE: "none", Seen.POSSIBLE: "possible", Seen.DEFINITE: "definite"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One finding: the fields of `Staging` that it shows, by side, and that of its words."""

    name: str
    spoken: str
    seen: tuple[tuple[str, str], ...]
    words: str = ""
    placeholder: str = ""


_ROWS = (
    _Row(
        tr("Vesicles"),
        tr("Seminal vesicle invasion"),
        ((tr("R"), "right_vesicle"), (tr("L"), "left_vesicle")),
    ),
    _Row(
        tr("Bundles"),
        tr("Involvement of the neurovascular bundle"),
        ((tr("R"), "right_bundle"), (tr("L"), "left_bundle")),
    ),
    _Row(tr("Nodes"), tr("Suspicious lymph nodes"), (("", "nodes"),), "nodes_words", tr("where, short axis in mm")),
    _Row(tr("Bone"), tr("Suspicious bone lesion"), (("", "bone"),), "bone_words", tr("where, size")),
)


class StagingSection(QFrame):
    """One line while it is closed; open, the rows. Every control that is used emits `edited`."""

    edited = Signal(object, str)
    """A `Change` and what it is called in the audit trail."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "section")
        self.setObjectName("stagingSection")
        self._staging = Staging()
        self._choices: dict[str, SeenButton] = {}
        self._words: dict[str, _Words] = {}
        self._told = ElidedLabel(role="small")
        self._told.setObjectName("stagingTold")
        self._contradictions = label(role="caution", name="stagingContradictions", wrap=True)
        self._inside = self._rows()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 10)
        layout.setSpacing(4)
        layout.addLayout(self._top(keys))
        layout.addWidget(self._told)
        layout.addWidget(self._contradictions)
        layout.addWidget(self._inside)
        self._inside.hide()

    def show_report(self, report: Report, contradictions: tuple[str, ...]) -> None:
        """Show the staging of a report, and what in it contradicts the lesions."""
        self._staging = report.staging
        for field, choice in self._choices.items():
            choice.show_seen(getattr(report.staging, field))
        for field, words in self._words.items():
            words.show_text(getattr(report.staging, field))
        self._told.set_whole(_in_short(report.staging))
        self._told.setVisible(self._inside.isHidden())
        self._contradictions.setText("\n".join(f"▲ {said(words)}" for words in contradictions))
        self._contradictions.setVisible(bool(contradictions))
        self._rest.setEnabled(report.staging != report.staging.rest_none())

    def open_or_rest_none(self) -> None:
        """Open the section at its first choice, or say that the rest is not seen: what the key does."""
        if self._inside.isHidden():
            self._toggle.click()
            next(iter(self._choices.values())).setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._say_rest_none()

    def commit(self) -> None:
        """Make everything that is typed an edit now."""
        for words in self._words.values():
            words.commit()

    def _top(self, keys: KeyMap) -> QHBoxLayout:
        self._rest = _link("stagingRestNone", tr("Rest none"))
        told = tr("Everything that was not assessed here is not seen (pressed again, {staging})")
        set_tip(self._rest, told, keys)
        self._rest.clicked.connect(self._say_rest_none)
        self._toggle = _link("stagingToggle", tr("Details"))
        self._toggle.setAccessibleName(tr("Staging in detail"))
        self._toggle.setCheckable(True)
        told = tr(
            "Vesicles, bundles, nodes and bone; pressed again, the key says that the rest is not seen ({staging})"
        )
        set_tip(self._toggle, told, keys)
        self._toggle.clicked.connect(self._show_inside)
        top = QHBoxLayout()
        top.addWidget(heading(tr("Staging")))
        top.addStretch(1)
        top.addWidget(self._rest)
        top.addWidget(self._toggle)
        return top

    def _rows(self) -> QWidget:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, 56)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for place, row in enumerate(_ROWS):
            name = label(row.name)
            name.setToolTip(row.spoken)
            grid.addWidget(name, place, 0)
            for column, (side, field) in enumerate(row.seen, start=1):
                grid.addWidget(self._choice(row, side, field), place, column)
            if row.words:
                grid.addWidget(self._field(row), place, 2)
        return inside

    def _choice(self, row: _Row, side: str, field: str) -> "SeenButton":
        choice = SeenButton(field, side, f"{row.spoken} {side}".strip())
        choice.chosen.connect(lambda seen: self._edit({field: seen}))
        self._choices[field] = choice
        return choice

    def _field(self, row: _Row) -> "_Words":
        words = _Words(row.words, row.spoken, row.placeholder)
        words.written.connect(lambda text: self._edit({row.words: text}))
        self._words[row.words] = words
        return words

    def _edit(self, changed: dict[str, object]) -> None:
        self.edited.emit(edits.set_staging(lambda staging: replace(staging, **changed)), "staging")

    def _say_rest_none(self) -> None:
        self.edited.emit(edits.set_staging(Staging.rest_none), "staging: rest none")

    def _show_inside(self, shown: bool) -> None:
        self._inside.setVisible(shown)
        self._told.setVisible(not shown)
        self._toggle.setText(tr("Close") if shown else tr("Details"))


class SeenButton(QPushButton):
    """Shows a degree; a press says the next one, Shift and a press the one before, and so do the arrow keys."""

    chosen = Signal(object)

    def __init__(self, name: str, side: str, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side, self._spoken = side, spoken
        self._seen = Seen.NOT_ASSESSED
        self.setObjectName(f"staging_{name}")
        self.setProperty("seen", "unsaid")
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the images
        self.clicked.connect(lambda: self.chosen.emit(self._seen.next))

    def show_seen(self, seen: Seen) -> None:
        """Show a degree."""
        self._seen = seen
        self.setText(f"{self._side}  {DEGREES[seen]}".strip())
        self.setAccessibleName(f"{self._spoken}: {DEGREES[seen]}")
        self.setToolTip(tr("{what}: press for {next}").format(what=self._spoken, next=DEGREES[seen.next]))
        set_style_property(self, "seen", _INKS[seen])

    def mousePressEvent(self, e: QMouseEvent) -> None:
        """Go back with Shift."""
        if e.button() is Qt.MouseButton.LeftButton and e.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.chosen.emit(self._seen.previous)
        else:
            super().mousePressEvent(e)

    def keyPressEvent(self, e: QKeyEvent) -> None:
        """Step with Left and Right, and with Enter as with the space bar."""
        key = Qt.Key(e.key())
        if key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self._seen.next)
        elif key is Qt.Key.Key_Left:
            self.chosen.emit(self._seen.previous)
        else:
            super().keyPressEvent(e)


class _Words(QLineEdit):
    """A line that becomes an edit of the report after a pause, or when the field is left."""

    written = Signal(str)

    def __init__(self, name: str, spoken: str, placeholder: str, parent: QObject | None = None) -> None:
        super().__init__()
        self.setObjectName(f"staging_{name}")
        self.setAccessibleName(spoken)
        self.setPlaceholderText(placeholder)
        self._shown = ""
        self._typing = QTimer(self, singleShot=True, interval=COMMIT_AFTER_MS)
        self._typing.timeout.connect(self.commit)
        self.textEdited.connect(lambda _text: self._typing.start())
        self.editingFinished.connect(self.commit)

    def show_text(self, text: str) -> None:
        """Show what the report says, unless the reader is typing."""
        typed = self.text().strip()
        if self._typing.isActive() or typed not in (self._shown, text):
            return  # typed and not taken over, because the disk was full: `commit` tells it again
        if typed != text:
            self.setText(text)
        self._shown = text

    def commit(self) -> None:
        """Make what is typed an edit now."""
        self._typing.stop()
        if self.text().strip() != self._shown:
            self.written.emit(self.text().strip())


def _link(name: str, text: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setProperty("link", True)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the images
    return made


def _in_short(staging: Staging) -> str:
    """Return what was said, the gravest first, in one line."""
    if not staging.is_assessed:
        return tr("Not assessed: vesicles, bundles, nodes, bone")
    fields = [(row.name, side, getattr(staging, field)) for row in _ROWS for side, field in row.seen]
    told = [
        f"{' '.join(filter(None, (name, side)))} {DEGREES[degree]}"
        for degree in (Seen.DEFINITE, Seen.POSSIBLE)
        for name, side, seen in fields
        if seen is degree
    ]
    clear = sum(seen is Seen.NONE for _, _, seen in fields)
    waiting = sum(seen is Seen.NOT_ASSESSED for _, _, seen in fields)
    told += [tr("{n} of {all} none").format(n=clear, all=len(fields))] if clear else []
    told += [tr("{n} not assessed").format(n=waiting)] if waiting else []
    return " · ".join(told)
