"""In the sign dialog: which signed report this one follows, and what it says otherwise."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.amendment import Addendum, Amendment, AsSigned, Continuation, Correction
from core.errors import ReportUnreadable
from core.report import Report
from service.reading import OpenStudy
from service.versions import Difference, difference, version_before
from viewer.amended_view import DifferenceView, document_in_words
from viewer.jobs import Job, JobRunner
from viewer.labels import heading, label
from viewer.language import tr


class AmendedSection(QFrame):
    """Hidden for the first report of a study. `is_shown` once the reader can see what differs."""

    shown = Signal()

    def __init__(self, jobs: JobRunner, report: Report, opened: OpenStudy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("amendedSection")
        self.setProperty("role", "section")
        self._reading: Job | None = None
        self.is_shown = report.amends is None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 12, 16, 12)
        self._layout.setSpacing(6)
        self.setVisible(report.amends is not None)
        if report.amends is not None:
            self._show_amendment(report.amends)
            self._wait = label(tr("Comparing with the signed report…"), "dim", wrap=True)
            self._layout.addWidget(self._wait)
            self._reading = jobs.start(
                lambda _progress: _difference(report, opened), on_done=self._show, on_failed=self._say
            )

    def abandon(self) -> None:
        """No longer wait for the comparison."""
        if self._reading is not None:
            self._reading.abandon()

    def _show_amendment(self, amends: Amendment) -> None:
        title, said = _title_and_text(amends)
        self._layout.addWidget(heading(title))
        self._layout.addWidget(label(document_in_words(amends.predecessor), "dim", wrap=True))
        if said:
            self._layout.addWidget(label(said, wrap=True))

    def _show(self, found: Difference) -> None:
        self._wait.hide()
        self._layout.addWidget(DifferenceView(found))
        self.is_shown = True
        self.shown.emit()

    def _say(self, sentence: str) -> None:
        self._wait.setText(sentence)
        self.is_shown = True  # what cannot be compared can still be corrected
        self.shown.emit()


def _difference(report: Report, opened: OpenStudy) -> Difference:
    before = version_before(opened, report)
    if before is None or before.report is None:
        why = before.problem if before else "It is not among the files on this machine; retrieve the study again."
        raise ReportUnreadable(f"The signed report cannot be compared with this one. {why}")
    return difference(before.report, report)


def _title_and_text(amends: Amendment) -> tuple[str, str]:
    match amends:
        case AsSigned():
            return tr("Signed report"), ""
        case Continuation():
            return tr("Follows the preliminary report"), ""
        case Addendum(text=text):
            return tr("Addendum to the report"), text
        case Correction(reason=reason):
            return tr("Corrects the report"), reason
