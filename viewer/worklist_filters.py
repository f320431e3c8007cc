"""What the worklist asks an archive for."""

from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QWidget

from pacs.archive import StudyQuery
from viewer.fields import ComboBox, DateEdit
from viewer.labels import label
from viewer.language import tr
from viewer.shortcuts import set_tip
from viewer.theme import icon

_BETWEEN = tr("Between…")
_DAYS_BACK: tuple[tuple[str, int | None], ...] = (
    (tr("Any date"), None),
    (tr("Today"), 0),
    (tr("Last 7 days"), 6),
    (tr("Last 30 days"), 29),
)
_MODALITIES = (("MR", "MR"), (tr("Any modality"), ""))


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and the archive (by its place in the list) that it is for."""

    archive: int
    query: StudyQuery


class WorklistFilters(QFrame):
    """Archive, patient, dates and modality; Enter in any field queries."""

    query_wanted = Signal()
    archive_changed = Signal()
    import_wanted = Signal()

    def __init__(self, archives: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self.setFixedHeight(52)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(8)
        for part in self._fields(archives):
            row.addWidget(part)
        row.addWidget(self._query_button())
        row.addStretch(1)
        row.addWidget(self._import_button())
        self._show_dates()

    @property
    def asked(self) -> Asked:
        """What the fields ask for now."""
        date_from, date_to = self._dates()
        query = StudyQuery(
            patient=self._patient.text().strip(),
            date_from=date_from,
            date_to=date_to,
            modality=str(self._modality.currentData()),
        )
        return Asked(self._archive.currentIndex(), query)

    @property
    def archive(self) -> int:
        """The chosen archive by its place in the list."""
        return self._archive.currentIndex()

    def choose_archive(self, place: int) -> None:
        """Choose an archive by its place in the list."""
        self._archive.setCurrentIndex(place)

    def focus_patient(self) -> None:
        """Let the reader type a patient."""
        self._patient.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._patient.selectAll()

    def clear(self) -> None:
        """Ask for any patient and any date."""
        self._patient.clear()
        self._when.setCurrentIndex(0)

    def set_busy(self, busy: bool) -> None:
        """Show that a query is under way; the button stays usable, as a disabled one would pass its focus on."""
        self._query.setText(tr("Querying…") if busy else tr("Query"))

    # ------------------------------------------------------------------ parts

    def _fields(self, archives: tuple[str, ...]) -> tuple[QWidget, ...]:
        self._archive = _combo("archiveCombo", tr("Archive"), 150)
        self._archive.addItems([tr("PACS: {name}").format(name=name) for name in archives[:-1]] + list(archives[-1:]))
        self._archive.currentIndexChanged.connect(lambda _place: self.archive_changed.emit())
        self._patient = QLineEdit()
        self._patient.setObjectName("patientEdit")
        self._patient.setAccessibleName(tr("Patient name or ID"))
        self._patient.setPlaceholderText(tr("Patient name or ID"))
        self._patient.setClearButtonEnabled(True)
        self._patient.setMinimumWidth(180)
        self._patient.returnPressed.connect(lambda: self.query_wanted.emit())
        self._when = _combo("dateCombo", tr("Study date"), 112)
        for text, days in _DAYS_BACK:
            self._when.addItem(text, days)
        self._when.addItem(_BETWEEN)
        self._when.currentIndexChanged.connect(lambda _place: self._show_dates())
        self._from, self._until = _day("dateFrom", tr("From")), _day("dateTo", "To")
        self._from.setDate(QDate.currentDate().addMonths(-1))
        self._to_label = label(tr("to"), "dim")
        self._modality = _combo("modalityCombo", tr("Modality"), 96)
        for text, modality in _MODALITIES:
            self._modality.addItem(text, modality)
        return (self._archive, self._patient, self._when, self._from, self._to_label, self._until, self._modality)

    def _query_button(self) -> QPushButton:
        self._query = QPushButton(icon("search", "background", "dim"), tr("Query"))
        self._query.setObjectName("queryButton")
        self._query.setAccessibleName(tr("Query"))
        set_tip(self._query, tr("Ask the archive for studies (Enter, {query})"))
        self._query.setProperty("primary", True)
        self._query.setMinimumWidth(104)
        self._query.clicked.connect(lambda: self.query_wanted.emit())
        return self._query

    def _import_button(self) -> QPushButton:
        button = QPushButton(icon("import"), tr("Import files…"))
        button.setObjectName("importButton")
        button.setAccessibleName(tr("Import files"))
        set_tip(button, tr("Copy a study from a folder or a CD to this machine ({import_study})"))
        button.clicked.connect(lambda: self.import_wanted.emit())
        return button

    def _show_dates(self) -> None:
        between = self._when.currentText() == _BETWEEN
        for part in (self._from, self._to_label, self._until):
            part.setVisible(between)

    def _dates(self) -> tuple[date | None, date | None]:
        if self._when.currentText() == _BETWEEN:
            first, last = sorted((_python_date(self._from), _python_date(self._until)))
            return first, last
        days = self._when.currentData()
        if days is None:
            return None, None
        today = _today()
        return today - timedelta(days=int(days)), today


def _today() -> date:
    now = QDate.currentDate()
    return date(now.year(), now.month(), now.day())


def _python_date(edit: DateEdit) -> date:
    day = edit.date()
    return date(day.year(), day.month(), day.day())


def _combo(name: str, spoken: str, width: int) -> ComboBox:
    combo = ComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(spoken)
    combo.setMinimumWidth(width)
    return combo


def _day(name: str, spoken: str) -> DateEdit:
    edit = DateEdit(QDate.currentDate())
    edit.setObjectName(name)
    edit.setAccessibleName(spoken)
    edit.setMinimumWidth(112)
    return edit
