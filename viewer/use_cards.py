"""The cards of the dashboard: a heading, what it comes to in a line, the chart, and what it does not tell."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.pirads import Category
from core.use import Use
from core.use_drift import Called, by_model, by_readers, rates
from core.use_kappa import Weights, compared, weighted_kappa
from core.use_measures import Share, agreement, causes, failures, shifts, times
from viewer.labels import heading, label
from viewer.language import tr
from viewer.segmented import Segment, Segmented
from viewer.use_bars import AgreementBar, CauseBars
from viewer.use_histogram import Histogram
from viewer.use_rate_chart import Line, RateChart
from viewer.use_shift_table import ShiftTable
from viewer.use_words import (
    band,
    cause_in_words,
    kappa_in_words,
    share_in_words,
    times_in_words,
    watched_in_words,
)


class Card(QFrame):
    """A frame with its heading; subclasses lay charts and lines below."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.head = QHBoxLayout()
        self.head.addWidget(heading(title))
        self.head.addStretch(1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 10, 14, 12)
        self.body.setSpacing(8)
        self.body.addLayout(self.head)


class AgreementCard(Card):
    """What became of the AI's lesions."""

    def __init__(self) -> None:
        super().__init__("agreementCard", tr("AI lesions in signed reports"))
        self.bar, self._count, self._added = AgreementBar(), label(wrap=True), label(role="small", wrap=True)
        self.body.addWidget(self._count)
        self.body.addWidget(self.bar)
        self.body.addWidget(self._added)
        self.body.addStretch(1)

    def show_use(self, use: Use) -> None:
        """Count."""
        told = agreement(use.readings)
        looked = sum(bool(one.detector) for one in use.readings)
        self._count.setText(
            tr("Lesions of the AI: {lesions}; reports: {reports}, with lesions looked for by the AI: {looked}").format(
                lesions=told.lesions, reports=len(use.readings), looked=looked
            )
        )
        self.bar.show_agreement(told)
        self._added.setText(
            tr("Lesions of PI-RADS 3 or above that readers added where the AI had looked: {added}").format(
                added=told.added
            )
        )


class ShiftCard(Card):
    """How the reader's categories differ from those that the AI suggested."""

    def __init__(self) -> None:
        super().__init__("shiftCard", tr("PI-RADS: suggested and given"))
        self.table, self._kappa = ShiftTable(), label(wrap=True, name="kappaLine")
        self.body.addWidget(self.table)
        self.body.addWidget(self._kappa)
        self.body.addWidget(
            label(tr("Kappa compares examinations; 1 and 2 count as one category."), "small", wrap=True)
        )
        self.body.addStretch(1)

    def show_use(self, use: Use) -> None:
        """Count."""
        self.table.show_shifts(shifts(use.readings))
        pairs = compared(use.readings)
        quadratic, linear = (kappa_in_words(weighted_kappa(pairs, w)) for w in (Weights.QUADRATIC, Weights.LINEAR))
        told = tr("Weighted kappa (n = {count}): quadratic {quadratic}, linear {linear}").format(
            count=len(pairs), quadratic=quadratic, linear=linear
        )
        once = tr("Weighted kappa (n = {count}): {quadratic}").format(count=len(pairs), quadratic=quadratic)
        self._kappa.setText(once if quadratic == linear else told)


class TimesCard(Card):
    """How long reports took."""

    def __init__(self) -> None:
        super().__init__("timesCard", tr("Times"))
        self._lines: list[tuple[str, QLabel, Histogram]] = []
        for words, name in ((tr("Open to signed"), "timeToSign"), (tr("Examination to report"), "timeToReport")):
            chart, line = Histogram(name), label(wrap=True, name=f"{name}Line")
            self.body.addWidget(line)
            self.body.addWidget(chart, 1)
            self._lines.append((words, line, chart))

    def show_use(self, use: Use) -> None:
        """Count."""
        took = ([one.reading_s for one in use.readings], [one.turnaround_s for one in use.readings])
        for (words, line, chart), seconds in zip(self._lines, took, strict=True):
            known = [one for one in seconds if one is not None]
            told = f"{words}: {times_in_words(times(known))}"
            line.setText(told)
            chart.show_times(known, times(known), told)


class RateCard(Card):
    """The share of positive examinations over time; `least_changed` tells from which category they count."""

    least_changed = Signal()

    def __init__(self) -> None:
        super().__init__("rateCard", tr("Positive examinations over time"))
        self._least = Segmented(
            "positiveFrom",
            [
                Segment(category, f"≥ {category.value}", spoken, 44)
                for category, spoken in (
                    (Category.THREE, tr("PI-RADS 3 or above is positive")),
                    (Category.FOUR, tr("PI-RADS 4 or above is positive")),
                )
            ],
        )
        self._least.set_value(Category.THREE)
        self._least.chosen.connect(lambda _value: self.least_changed.emit())
        self.head.addWidget(label(tr("positive: PI-RADS"), "dim"))
        self.head.addWidget(self._least)
        self.chart, self._told = RateChart(), label(role="small", wrap=True, name="rateLine")
        self.body.addWidget(self.chart, 1)
        self.body.addWidget(self._told)

    @property
    def least(self) -> Category:
        """From which category on an examination is positive."""
        return self._least.value or Category.THREE

    def show_use(self, use: Use) -> None:
        """Count."""
        lines: list[Line] = []
        told: list[str] = []
        for name, called in self.called(use):
            lines.append(Line(name, rates(called), band(called), len(called)))
            share = share_in_words(Share(sum(one.positive for one in called), len(called)))
            told.append(f"{name}: {share}; {watched_in_words(called)}.")
        self._told.setText("\n".join(told))
        self.chart.show_lines(lines, " ".join(told))

    def called(self, use: Use) -> Sequence[tuple[str, tuple[Called, ...]]]:
        """Return whose positives are counted, with the examinations."""
        return (
            (tr("Reports"), by_readers(use.readings, self.least)),
            (tr("AI"), by_model(use.readings, self.least)),
        )


class FailureCard(Card):
    """How often the AI gave no answer, and why."""

    def __init__(self) -> None:
        super().__init__("failureCard", tr("Runs of the AI without an answer"))
        self._share, self.bars = label(wrap=True, name="failureLine"), CauseBars()
        self.body.addWidget(self._share)
        self.body.addWidget(self.bars, 1)

    def show_use(self, use: Use) -> None:
        """Count."""
        share = failures(use.analyses)
        self._share.setText(share_in_words(share) if share.whole else tr("The AI has not run yet."))
        self.bars.show_causes([(cause_in_words(name), count) for name, count in causes(use.analyses)])
