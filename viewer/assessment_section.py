"""The overall category, large, with what it means and its rule; the reader chooses it when no lesion is reported."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from core.pirads import Category
from core.report import Report, choose_without_lesion, many_lesions
from viewer.key_map import KeyMap
from viewer.labels import heading, label
from viewer.language import tr
from viewer.risk_words import risk_in_words, risk_limits
from viewer.said import meaning_of, said
from viewer.score_choices import EXAMINATION
from viewer.segmented import Segmented
from viewer.shortcuts import set_plain_tip, set_tip
from viewer.theme import pirads_colour


class AssessmentSection(QFrame):
    """Shows the category of the examination as the report stands."""

    chosen = Signal(object)
    """The reader gave an examination without a lesion this `Category`."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setProperty("role", "section")
        self._category = label(role="category", name="overallCategory")
        self._meaning = label(role="dim", name="overallMeaning", wrap=True)
        self._choice = Segmented("examination", EXAMINATION)
        self._choice.chosen.connect(self.chosen)
        self._why = label(role="small", name="overallRule", wrap=True)
        self._many = label(role="caution", name="manyLesions", wrap=True)
        self._risk = label(role="small", name="cspcaRisk", wrap=True)
        self._risk.setToolTip(risk_limits())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(3)
        for part in (heading(tr("Assessment")), self._category, self._meaning):
            layout.addWidget(part)
        layout.addSpacing(4)
        layout.addWidget(self._choice, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._why)
        layout.addWidget(self._many)
        layout.addSpacing(4)
        layout.addWidget(self._risk)

    def show_report(self, report: Report) -> None:
        """Show the category, and the choice of one when no lesion is reported or left to review."""
        category = report.category
        self._category.setText(
            tr("PI-RADS –") if category is Category.PENDING else tr("PI-RADS {category}").format(category=category)
        )
        self._category.setStyleSheet(f"color: {pirads_colour(category).name()};")
        self._meaning.setText(_meaning(report))
        self._choice.setVisible(report.index_lesion is None and not report.unreviewed_lesions)
        self._choice.set_value(category)
        self._choice.allow(
            report.choices_without_lesion,
            tr("Not to be given: the study has {lacking}.").format(lacking=said(report.lacking)),
        )
        self._name_key(report)
        self._why.setText(_why(report))
        self._why.setVisible(bool(self._why.text()))
        many = said(many_lesions(report))
        self._many.setText(tr("▲ {many}; choose on the lesions.").format(many=many))
        self._many.setVisible(bool(many))
        self._risk.setText(risk_in_words(report))

    def _name_key(self, report: Report) -> None:
        negative = self._choice.findChild(QPushButton, f"examination_PI-RADS {Category.ONE}")
        assert negative is not None
        if Category.ONE in report.choices_without_lesion:
            set_tip(negative, f"{meaning_of(Category.ONE)} ({{negative}})", self._keys)
        else:
            set_plain_tip(negative, negative.toolTip())


def _meaning(report: Report) -> str:
    unreviewed = [lesion.label for lesion in report.unreviewed_lesions]
    if unreviewed:
        one, several = (
            tr("{lesions} is not reviewed yet: accept or reject each."),
            tr("{lesions} are not reviewed yet: accept or reject each."),
        )
        return (one if len(unreviewed) == 1 else several).format(lesions=", ".join(unreviewed))
    index = report.index_lesion
    if index is None:
        return _without_lesion(report)
    if index.category is Category.PENDING:
        return f"{index.label}: {said(index.assessment.ruling.rule)}"
    return tr("{meaning} Index lesion {label}.").format(meaning=meaning_of(report.category), label=index.label)


def _without_lesion(report: Report) -> str:
    if report.category is not Category.PENDING:
        return tr("No lesion is reported. {meaning}").format(meaning=meaning_of(report.category))
    return tr("No lesion is reported{without_ai}: {choose_without_lesion}.").format(
        without_ai=_without_ai(report), choose_without_lesion=said(choose_without_lesion(report))
    )


def _without_ai(report: Report) -> str:
    if report.quality.withheld:
        return tr(", and the AI did not look for any")
    return "" if report.models else tr(", and the AI has not run")


def _why(report: Report) -> str:
    index = report.index_lesion
    if report.category is Category.PENDING or index is None:
        return ""
    override = index.assessment.override
    if override is not None:
        return tr("By your decision: {reason}. Rule: {rule}").format(
            reason=override.reason, rule=said(index.assessment.ruling.rule)
        )
    return tr("Rule: {rule}").format(rule=said(index.assessment.ruling.rule))
