"""How good the images are, sequence by sequence, and the PI-QUAL form that the reader confirms."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.quality import (
    Adequacy,
    Answer,
    Criterion,
    Effect,
    PiQual,
    PiQualDraft,
    Quality,
    QualityCheck,
    Sequence,
    Verdict,
    asked,
    most_points,
    open_lines,
    points,
)
from core.report import Report
from viewer.key_map import KeyMap
from viewer.labels import heading, label
from viewer.language import tr
from viewer.said import amount, asked_in_words, check_in_words, said
from viewer.segmented import Segment, Segmented
from viewer.shortcuts import set_tip

_ICONS = {Adequacy.DIAGNOSTIC: "✔", Adequacy.LIMITED: "▲", Adequacy.INADEQUATE: "✖"}
_INKS = {Adequacy.DIAGNOSTIC: "ok", Adequacy.LIMITED: "caution", Adequacy.INADEQUATE: "danger"}
_MARKS = {Verdict.PASSED: "✔", Verdict.FAILED: "✖", Verdict.UNKNOWN: "?"}
_GRAVITY = {Effect.DEVIATES: "•", Effect.LIMITS: "▲", Effect.DISABLES: "✖", Effect.WITHHOLDS: "✖"}


class QualitySection(QFrame):
    """One line while it is closed; open, what failed and the form."""

    answered = Signal(object, object)
    """The reader answered this `Criterion` with this `Answer`."""
    confirmed = Signal()
    """The reader takes the form as it is."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "section")
        self.setObjectName("qualitySection")
        self._adequacies = {sequence: label(name=f"adequacy_{sequence.value}") for sequence in Sequence}
        told = tr("Not judged yet: headers and pixels are checked when the AI runs.")
        self._unchecked = label(told, role="small", name="qualityUnchecked", wrap=True)
        self._told = label(role="small", name="qualityTold", wrap=True)
        self._form = _Form(keys)
        self._form.answered.connect(self.answered)
        self._form.confirmed.connect(self.confirmed)
        self._inside = QWidget()
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 6, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self._told)
        inside.addWidget(self._form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 10)
        layout.setSpacing(4)
        layout.addLayout(self._top(keys))
        layout.addWidget(self._unchecked)
        layout.addLayout(self._line())
        layout.addWidget(self._inside)
        self._inside.hide()
        self.hide()

    def show_report(self, report: Report) -> None:
        """Show the quality of the report's images, or that nobody has judged it yet."""
        checked = bool(report.quality.checks)
        self.show()
        self._unchecked.setVisible(not checked)
        self._toggle.setVisible(checked)
        if not checked and self._toggle.isChecked():
            self._toggle.click()
        for sequence, shown in self._adequacies.items():
            _show_adequacy(shown, report.quality, sequence)
        self._told.setText(_told(report.quality))
        self._told.setToolTip(_all_checks(report.quality))
        self._score.setText(_score(report.pi_qual))
        if report.pi_qual is not None:
            self._form.show_form(report.pi_qual)

    def open_or_confirm(self) -> None:
        """Open the section, or confirm the form that stands open: what the key does."""
        if self._toggle.isHidden():
            return
        if self._inside.isHidden():
            self._toggle.click()
        else:
            self.confirmed.emit()

    def _top(self, keys: KeyMap) -> QHBoxLayout:
        self._score = label(role="small", name="piQualScore")
        self._toggle = QPushButton(tr("Details"))
        self._toggle.setObjectName("qualityToggle")
        self._toggle.setAccessibleName(tr("Image quality in detail"))
        self._toggle.setProperty("link", True)
        self._toggle.setCheckable(True)
        self._toggle.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the images
        told = tr("Image quality and the PI-QUAL form; pressed again, the key confirms the form ({image_quality})")
        set_tip(self._toggle, told, keys)
        self._toggle.clicked.connect(self._show_inside)
        top = QHBoxLayout()
        top.addWidget(heading(tr("Image quality")))
        top.addStretch(1)
        top.addWidget(self._score)
        top.addWidget(self._toggle)
        return top

    def _line(self) -> QGridLayout:
        """Two to a row: in other languages three have no room beside one another."""
        line = QGridLayout()
        line.setHorizontalSpacing(16)
        line.setVerticalSpacing(2)
        line.setColumnStretch(2, 1)
        for place, shown in enumerate(self._adequacies.values()):
            line.addWidget(shown, place // 2, place % 2)
        return line

    def _show_inside(self, shown: bool) -> None:
        self._inside.setVisible(shown)
        self._toggle.setText(tr("Close") if shown else tr("Details"))


class _Form(QWidget):
    """The lines of PI-QUAL version 2 by sequence, and the button that confirms them."""

    answered = Signal(object, object)
    confirmed = Signal()

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = {sequence: label(role="key", name=f"piQual_{sequence.value}") for sequence in Sequence}
        self._rows = {criterion: _Row(criterion) for criterion in Criterion}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        for sequence, title in self._titles.items():
            grid.addWidget(title, grid.rowCount(), 0, 1, 2)
            for criterion in (x for x in Criterion if x.sequence is sequence):
                row, place = self._rows[criterion], grid.rowCount()
                row.choice.chosen.connect(lambda answer, x=criterion: self.answered.emit(x, answer))
                grid.addWidget(row.words, place, 0)
                grid.addWidget(row.choice, place, 1)
        self._confirm = QPushButton()
        self._confirm.setObjectName("confirmPiQual")
        self._confirm.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_tip(self._confirm, tr("Report PI-QUAL as it stands here ({image_quality})"), keys)
        self._confirm.clicked.connect(lambda: self.confirmed.emit())
        self._warning = label(role="danger", name="piQualWarning", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label(tr("PI-QUAL version 2"), "heading"))
        layout.addLayout(grid)
        layout.addWidget(self._warning)
        layout.addWidget(self._confirm, 0, Qt.AlignmentFlag.AlignLeft)

    def show_form(self, form: PiQualDraft | PiQual) -> None:
        """Show the answers, what they add up to, and whether they are confirmed."""
        there = dict(form.answers)
        for criterion, row in self._rows.items():
            row.show_answer(there.get(criterion))
        for sequence, title in self._titles.items():
            title.setVisible(sequence in asked(form))
            title.setText(_points(form, sequence))
        waiting = sum(open_lines(form, sequence) for sequence in Sequence)
        self._confirm.setVisible(isinstance(form, PiQualDraft))
        said = tr("Confirm, the {n} open ones as met").format(n=waiting) if waiting else tr("Confirm")
        self._confirm.setText(said)
        self._confirm.setAccessibleName(said)
        forbids = isinstance(form, PiQual) and form.forbids_categories
        self._warning.setText(tr("PI-QUAL 1: PI-RADS categories should not be assigned."))
        self._warning.setVisible(forbids)


def _points(form: PiQualDraft | PiQual, sequence: Sequence) -> str:
    told = f"{sequence.value}  {points(form, sequence)} / {most_points(sequence)}"
    waiting = open_lines(form, sequence)
    return f"{told} · " + tr("{n} open").format(n=waiting) if waiting else told


class _Row:
    """One line of the form."""

    def __init__(self, criterion: Criterion) -> None:
        self.words = label(said(criterion.words), "small", wrap=True)
        self.words.setToolTip(tr("A condition: without it the sequence scores 0.") if criterion.is_condition else "")
        self.choice = Segmented(
            f"piQual_{criterion.value}",
            (Segment(Answer.MET, "✔", tr("Met"), 30), Segment(Answer.NOT_MET, "✖", tr("Not met"), 30)),
        )

    def show_answer(self, answer: Answer | None) -> None:
        for part in (self.words, self.choice):
            part.setVisible(answer is not None)
        self.choice.set_value(answer or Answer.OPEN)


def _show_adequacy(shown: QLabel, quality: Quality, sequence: Sequence) -> None:
    shown.setVisible(sequence in quality.sequences)
    adequacy = quality.adequacy(sequence)
    shown.setText(f"{_ICONS[adequacy]} {sequence.value} {said(adequacy.value)}")
    shown.setProperty("role", _INKS[adequacy])
    shown.style().polish(shown)
    shown.setToolTip("\n".join(map(check_in_words, quality.failed(sequence, Effect.LIMITS))))


def _score(form: PiQualDraft | PiQual | None) -> str:
    if isinstance(form, PiQual):
        return tr("PI-QUAL {n}, {meaning}").format(n=form.overall.value, meaning=said(form.overall.meaning))
    return "" if form is None else tr("PI-QUAL not confirmed")


def _told(quality: Quality) -> str:
    lines = [line for sequence in quality.sequences for line in _of(quality, sequence)]
    return "\n".join(lines) or tr("Every check passed.")


def _of(quality: Quality, sequence: Sequence) -> list[str]:
    failed = [
        f"{_GRAVITY[check.effect]} {sequence.value}: {check_in_words(check)}" for check in quality.failed(sequence)
    ]
    unknown = [asked_in_words(check.name) for check in quality.of(sequence) if check.verdict is Verdict.UNKNOWN]
    return [*failed, *([f"? {sequence.value}: {', '.join(unknown)}"] if unknown else [])]


def _all_checks(quality: Quality) -> str:
    return "\n".join(_with_source(check) for check in quality.checks)


def _with_source(check: QualityCheck) -> str:
    asked_for = f"{asked_in_words(check.name)} {amount(check.found)} ({amount(check.required)})"
    return f"{_MARKS[check.verdict]} {check.sequence.value}: {asked_for} [{check.source}]"
