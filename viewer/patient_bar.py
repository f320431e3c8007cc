"""Whose images these are: always visible above the images."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from core.report import Report
from core.study import Study
from reporting.words import patient_name
from viewer.labels import ElidedLabel, label
from viewer.language import tr
from viewer.theme import set_style_property


class PatientBar(QWidget):
    """Name, sex, age, ID, date, accession, description of the study, and the PSA, which is typed here."""

    psa_entered = Signal(object)
    """The PSA in ng/mL, or None when the field was emptied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patientBar")
        self._name = ElidedLabel(role="name")
        self._name.setObjectName("patientName")
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._details = ElidedLabel(role="dim")
        self._details.setObjectName("patientDetails")
        self._psa = QLineEdit()
        self._psa.setObjectName("psaEdit")
        self._psa.setAccessibleName(tr("PSA in nanograms per millilitre"))
        self._psa.setPlaceholderText("–")
        self._psa.setFixedWidth(62)
        self._psa.setMaxLength(8)
        self._psa.editingFinished.connect(self.commit)
        self._psa.textEdited.connect(lambda _text: set_style_property(self._psa, "invalid", False))
        self._shown_psa: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._name)
        layout.addWidget(self._details, 1)
        layout.addWidget(label("PSA", "dim"))
        layout.addWidget(self._psa)
        layout.addWidget(label(tr("ng/mL"), "dim"))

    def show_report(self, report: Report) -> None:
        """Show whose report it is, and the PSA that it holds."""
        study = report.recognised.study
        self._name.set_whole(patient_name(study.patient.name) or tr("Name unknown"))
        self._details.set_whole(details(study))
        if report.clinical.psa_ng_ml != self._shown_psa or not self._psa.hasFocus():
            self._shown_psa = report.clinical.psa_ng_ml
            self._psa.setText("" if self._shown_psa is None else f"{self._shown_psa:g}")
            set_style_property(self._psa, "invalid", False)

    def forget(self) -> None:
        """Forget what was typed: it must not get into the report of another patient."""
        self._shown_psa = None
        self._psa.clear()
        set_style_property(self._psa, "invalid", False)

    def commit(self) -> None:
        """Make the typed PSA an edit; what is no PSA is marked and kept from the report."""
        try:
            psa = parse_psa(self._psa.text())
        except ValueError as error:
            set_style_property(self._psa, "invalid", True)
            self._psa.setToolTip(str(error))
            return
        set_style_property(self._psa, "invalid", False)
        self._psa.setToolTip("")
        if psa != self._shown_psa:
            self.psa_entered.emit(psa)


def details(study: Study) -> str:
    """Return sex, age, ID, date, accession number and description in one line, the most needed first."""
    day = study.study_datetime
    parts = (
        sex_and_age(study.patient.sex, "?" if study.age is None else str(study.age)),
        f"ID {study.patient.patient_id or '?'}",
        f"{day:%Y-%m-%d}" if day else tr("date unknown"),
        tr("Acc {number}").format(number=study.accession_number) if study.accession_number else "",
        study.description,
    )
    return " · ".join(part for part in parts if part)


def sex_and_age(sex: str, age: str) -> str:
    """Return e.g. `M 62 y`; what is not known is said."""
    told = tr("{sex} · age unknown") if age == "?" else tr("{sex} {age} y")
    return told.format(sex=sex or tr("Sex unknown"), age=age)


def parse_psa(text: str) -> float | None:
    """Return the PSA in ng/mL, or None for nothing; raises ValueError with a sentence for anything else."""
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        psa = float(text)
    except ValueError:
        raise ValueError(tr("“{text}” is not a PSA; write a number in ng/mL, such as 7.8.").format(text=text)) from None
    if not 0 <= psa < 10000:
        raise ValueError(tr("A PSA of {text} ng/mL cannot be right; write a number such as 7.8.").format(text=text))
    return psa
