"""The PRECISE score of a patient under surveillance, once an earlier prostate MR is known."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.report import Report
from core.staging import Precise, PreciseScore
from viewer import edits
from viewer.fields import ComboBox
from viewer.key_map import KeyMap
from viewer.labels import heading, label
from viewer.language import tr
from viewer.segmented import Segment, Segmented
from viewer.shortcuts import set_tip
from viewer.staging_section import COMMIT_AFTER_MS

MEANINGS = {
    PreciseScore.ONE: tr("1: resolution of what was suspicious before."),
    PreciseScore.TWO: tr("2: less; what was suspicious has become smaller or less conspicuous."),
    PreciseScore.THREE: tr("3: stable, no new lesion; say whether it is visible (3-V) or not (3-NonV)."),
    PreciseScore.FOUR: tr("4: more; larger, more conspicuous, or a new lesion, confined to the prostate."),
    PreciseScore.FIVE: tr(
        "5: definite progression to stage T3a or higher: beyond the prostate, vesicles, nodes or bone."
    ),
    PreciseScore.X: tr("X: not judged, image quality is insufficient for a comparison."),
}
_SCORES = tuple(Segment(score, score.value, MEANINGS[score], 34) for score in PreciseScore)


class PreciseSection(QFrame):
    """Hidden while no earlier prostate MR is known and none is compared with."""

    edited = Signal(object, str)
    """A `Change` and what it is called in the audit trail."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "section")
        self.setObjectName("preciseSection")
        self._known: tuple[date, ...] = ()
        self._shown: Precise | None = None
        self._scores: Segmented[PreciseScore] = Segmented("precise", _SCORES)
        self._scores.chosen.connect(self._give)
        self._days = ComboBox()
        self._days.setObjectName("preciseComparedWith")
        self._days.setAccessibleName(tr("Earlier examination that PRECISE compares with"))
        self._days.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._days.activated.connect(self._compare)
        self._meaning = label(role="small", name="preciseMeaning", wrap=True)
        self._words = QLineEdit()
        self._words.setObjectName("preciseWords")
        self._words.setAccessibleName(tr("What changed"))
        self._words.setPlaceholderText(tr("What changed, for the report"))
        self._typing = QTimer(self, singleShot=True, interval=COMMIT_AFTER_MS)
        self._typing.timeout.connect(self.commit)
        self._words.textEdited.connect(lambda _text: self._typing.start())
        self._words.editingFinished.connect(self.commit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 10)
        layout.setSpacing(5)
        layout.addLayout(self._top(keys))
        layout.addWidget(self._scores, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._meaning)
        layout.addWidget(self._words)
        self.hide()

    def show_priors(self, days: Sequence[date]) -> None:
        """Offer the earlier prostate examinations of these days, the newest first."""
        self._known = tuple(sorted(set(days), reverse=True))
        self._show()

    def show_report(self, report: Report) -> None:
        """Show the score of a report."""
        self._shown = report.precise
        self._show()

    def reach(self) -> None:
        """Put the focus on the scores: what the key does."""
        if not self.isHidden():
            first = self._scores.findChild(QPushButton)
            assert first is not None
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def commit(self) -> None:
        """Make what is typed an edit now."""
        self._typing.stop()
        precise = self._shown
        if precise is not None and self._words.text().strip() != precise.words:
            self._edit(Precise(precise.score, precise.compared_with, self._words.text().strip()))

    def _top(self, keys: KeyMap) -> QHBoxLayout:
        self._clear = QPushButton(tr("Clear"))
        self._clear.setObjectName("preciseClear")
        self._clear.setAccessibleName(tr("Report no PRECISE score"))
        self._clear.setProperty("link", True)
        self._clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._clear.clicked.connect(lambda: self._edit(None))
        title = heading(tr("PRECISE"))
        set_tip(title, tr("Change in active surveillance, PRECISE version 2 ({precise})"), keys)
        top = QHBoxLayout()
        top.addWidget(title)
        top.addWidget(label(tr("against"), "dim"))
        top.addWidget(self._days)
        top.addStretch(1)
        top.addWidget(self._clear)
        return top

    def _show(self) -> None:
        precise = self._shown
        days = tuple(sorted({*self._known, *((precise.compared_with,) if precise else ())}, reverse=True))
        self.setVisible(bool(days))
        if days != tuple(self._days.itemData(n) for n in range(self._days.count())):
            self._days.clear()
            for day in days:
                self._days.addItem(day.isoformat(), day)
        self._scores.set_value(precise.score if precise else None)
        if precise is not None:
            self._days.setCurrentIndex(days.index(precise.compared_with))
        self._meaning.setText(MEANINGS[precise.score] if precise else tr("Not scored. Point at a score to read it."))
        self._words.setVisible(precise is not None)
        self._clear.setVisible(precise is not None)
        if not self._typing.isActive():
            self._words.setText(precise.words if precise else "")

    def _give(self, score: PreciseScore) -> None:
        words = self._shown.words if self._shown else ""
        self._edit(Precise(score, self._days.currentData(), words))

    def _compare(self, _place: int) -> None:
        if self._shown is not None:
            self._edit(Precise(self._shown.score, self._days.currentData(), self._shown.words))

    def _edit(self, precise: Precise | None) -> None:
        self.edited.emit(edits.set_precise(precise), "PRECISE")
