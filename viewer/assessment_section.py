"""The overall category, large, with what it means and the rule that gives it."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.pirads import Category
from core.report import Report, Unreviewed
from viewer.labels import heading, label
from viewer.theme import pirads_colour


class AssessmentSection(QFrame):
    """Shows the category of the examination as the report stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "section")
        self._category = label(role="category", name="overallCategory")
        self._meaning = label(role="dim", name="overallMeaning", wrap=True)
        self._why = label(role="small", name="overallRule", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(3)
        for part in (heading("Assessment"), self._category, self._meaning, self._why):
            layout.addWidget(part)

    def show_report(self, report: Report) -> None:
        """Show the category; none before anyone, reader or AI, has said anything."""
        category = report.category if report.lesions or report.models else Category.PENDING
        self._category.setText("PI-RADS –" if category is Category.PENDING else f"PI-RADS {category}")
        self._category.setStyleSheet(f"color: {pirads_colour(category).name()};")
        self._meaning.setText(_meaning(report))
        self._why.setText(_why(report))
        self._why.setVisible(bool(self._why.text()))


def _meaning(report: Report) -> str:
    unreviewed = [lesion.label for lesion in report.lesions if isinstance(lesion.review, Unreviewed)]
    if unreviewed:
        verb = "is" if len(unreviewed) == 1 else "are"
        return f"{', '.join(unreviewed)} {verb} not reviewed yet: accept or reject each."
    index = report.index_lesion
    if not report.lesions and not report.models:
        signed = "no category" if report.category is Category.X else f"PI-RADS {report.category}"
        return f"Nothing is reported yet, and the AI has not run. Signed as it is, the report would say {signed}."
    if index is None:
        return f"No lesion is reported. {report.category.meaning}"
    if index.category is Category.PENDING:
        return f"{index.label}: {index.assessment.ruling.rule}"
    return f"{report.category.meaning} Index lesion {index.label}."


def _why(report: Report) -> str:
    index = report.index_lesion
    if report.category is Category.PENDING or index is None:
        return ""
    override = index.assessment.override
    if override is not None:
        return f"By your decision: {override.reason}. Rule: {index.assessment.ruling.rule}"
    return f"Rule: {index.assessment.ruling.rule}"
