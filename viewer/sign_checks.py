"""What a reader should know before signing, one line each."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.report import Check, Report, checks
from viewer.changed_words import changed_checks
from viewer.labels import heading, label
from viewer.language import tr
from viewer.said import note_in_words

_MARKS = {"ok": "✔", "caution": "▲", "danger": "✖"}


class ChecksSection(QFrame):
    """The checks of a report, and `others`: passed, worth knowing, or in the way."""

    def __init__(self, report: Report, others: Sequence[Check] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "section")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(heading(tr("Before you sign")))
        for check in (*checks(report), *changed_checks(report), *others):
            tone = tone_of(check)
            layout.addWidget(
                label(f"{_MARKS[tone]}  {note_in_words(report, check.text)}", "" if tone == "ok" else tone, wrap=True)
            )


def tone_of(check: Check) -> str:
    """Return how a check is shown: ok, caution, or danger when it blocks signing."""
    if check.passed:
        return "ok"
    return "danger" if check.blocks else "caution"
