"""The dashboard: what signed reports and runs of the AI teach, as charts, and as a table to take away."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.use import Use
from service.use import learnt
from service.use_export import export
from service.workspace import Workspace
from viewer.jobs import Job, JobRunner
from viewer.key_map import KeyMap
from viewer.labels import heading, label
from viewer.language import tr
from viewer.notice import Notice
from viewer.shortcuts import bind_keys, set_tip
from viewer.theme import icon
from viewer.use_cards import AgreementCard, FailureCard, RateCard, ShiftCard, TimesCard
from viewer.use_filters import UseFilters
from viewer.use_table import MODEL_COLUMNS, READER_COLUMNS, UseTable, UseTableModel, model_rows, reader_rows
from viewer.use_words import WHAT_DRIFT_MEANS, drift_in_words

_NOTHING = tr(
    "No signed report yet. Each report that is signed on this workstation, and each run of the AI, is counted here:"
    " what became of the AI's lesions, how long reports took, how often the AI failed. No patient's data are kept."
)
_NONE_FITS = tr("Nothing that is kept fits this choice. Choose another reader, model or period.")
_NOTE = tr(
    "Kappa is the quadratic one; times are medians. What differs between few reports is mostly chance, and readers do"
    " not read the same patients."
)
_LOADING = tr("Counting…")


class UsePage(QWidget):
    """Counts anew each time that it is shown; `closed` goes back to the worklist."""

    closed = Signal()

    def __init__(
        self, ws: Workspace, jobs: JobRunner, keys: KeyMap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("usePage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._ws, self._jobs = ws, jobs
        self._counting: Job | None = None
        self.use = Use()
        self.filters, self.notice, self.alarm = UseFilters(), Notice(), Notice()
        self.agreement, self.shifts, self.times = AgreementCard(), ShiftCard(), TimesCard()
        self.rate, self.failures = RateCard(), FailureCard()
        self.readers, self.models = UseTableModel(READER_COLUMNS, self), UseTableModel(MODEL_COLUMNS, self)
        self._lay_out()
        self.filters.changed.connect(self._show)
        self.rate.least_changed.connect(self._show)
        bind_keys(self, keys or KeyMap(parent=self), {"leave": self.closed.emit})

    @property
    def chosen(self) -> Use:
        """What the filters leave."""
        choice = self.filters.choice
        return self.use.chosen(reader=choice.reader, model=choice.model, since=choice.since)

    @property
    def counting(self) -> bool:
        """Whether what is kept is being read."""
        return self._counting is not None

    def refresh(self) -> None:
        """Read anew what is kept, and show it."""
        self.leave()
        self._say_instead(_LOADING)
        self._counting = self._jobs.start(
            lambda _progress: learnt(self._ws.settings, tr("Reader {number}")),
            on_done=self.show_use,
            on_failed=self._failed,
        )
        self.filters.take_keys()

    def show_use(self, use: Use) -> None:
        """Show this, as far as the filters let it through."""
        self._counting = None
        self.use = use
        self.filters.show_use(use)
        self._show()

    def leave(self) -> None:
        """Wait for nothing any more."""
        if self._counting is not None:
            self._counting.abandon()
            self._counting = None
        self.notice.clear()

    def write_table(self, path: Path) -> None:
        """Write what is chosen as CSV."""
        use = self.chosen  # asked of the lists here, as only the window's thread may
        self._jobs.start(
            lambda _progress: export(use, path, self._ws.trail),
            on_done=partial(self._written, path),
            on_failed=self.notice.show_sentence,
        )

    # ------------------------------------------------------------------ showing

    def _failed(self, sentence: str) -> None:
        self._counting = None
        self._say_instead("")
        self.notice.show_sentence(sentence, button=tr("Retry"), way_out=self.refresh)

    def _show(self) -> None:
        use = self.chosen
        self._export.setEnabled(bool(use.readings or use.analyses))
        self.alarm.clear()
        if not use.readings and not use.analyses:
            self._say_instead(_NOTHING if self.filters.choice.is_all else _NONE_FITS)
            return
        for card in (self.agreement, self.shifts, self.times, self.rate, self.failures):
            card.show_use(use)
        self.readers.show_rows(reader_rows(use, self.rate.least))
        self.models.show_rows(model_rows(use, self.rate.least))
        told = [drift_in_words(whose, called, self.rate.least) for whose, called in self.rate.called(use)]
        if any(told):
            self.alarm.show_sentence("\n".join((*filter(None, told), WHAT_DRIFT_MEANS)), tone="caution")
        self._pages.setCurrentIndex(0)

    def _say_instead(self, sentence: str) -> None:
        self._empty.setText(sentence)
        self._pages.setCurrentIndex(1)

    # ------------------------------------------------------------------ the table to take away

    def _ask_where(self) -> None:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        suggested = str(Path(documents) / "prosector-use.csv")
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Export as CSV"), suggested, "CSV (*.csv)")
        if chosen:
            self.write_table(Path(chosen))

    def _written(self, path: Path, count: int) -> None:
        self.notice.show_sentence(
            tr("{count} lines, one for each report and run, are in {path}.").format(count=count, path=path), tone="ok"
        )

    # ------------------------------------------------------------------ parts

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self._top(), self.filters, self.notice, self.alarm):
            layout.addWidget(part)
        self._empty = label("", "dim", name="useEmpty", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(80, 0, 80, 0)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._cards())
        self._pages.addWidget(self._empty)
        self._pages.setCurrentIndex(1)
        layout.addWidget(self._pages, 1)

    def _top(self) -> QFrame:
        back = _button("back", tr("Worklist"), "useBackButton", tr("Back to the worklist"))
        back.clicked.connect(lambda: self.closed.emit())
        set_tip(back, tr("Back to the worklist ({leave})"))
        self._export = _button("download", tr("Export CSV…"), "useExportButton", tr("Export what is chosen as CSV"))
        self._export.clicked.connect(self._ask_where)
        self._export.setToolTip(tr("A line for each report and run of the AI that is chosen, for a spreadsheet"))
        self._export.setEnabled(False)
        bar = QFrame()
        bar.setObjectName("topBar")
        bar.setFixedHeight(48)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 14, 6)
        row.setSpacing(14)
        row.addWidget(back)
        row.addWidget(label(tr("Dashboard"), "name"))
        row.addStretch(1)
        row.addWidget(self._export)
        return bar

    def _cards(self) -> QScrollArea:
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(14, 12, 14, 12)
        grid.setSpacing(10)
        for column, card in enumerate((self.agreement, self.shifts, self.times)):
            grid.addWidget(card, 0, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.rate, 1, 0, 1, 2)
        grid.addWidget(self.failures, 1, 2)
        grid.addWidget(_table(tr("By reader"), UseTable(self.readers, "useByReader", tr("By reader"))), 2, 0, 1, 3)
        grid.addWidget(_table(tr("By AI model"), UseTable(self.models, "useByModel", tr("By AI model"))), 3, 0, 1, 3)
        grid.addWidget(label(_NOTE, "small", wrap=True), 4, 0, 1, 3)
        grid.setRowStretch(1, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        return scroll


def dashboard_button() -> QPushButton:
    """Return the button that opens the dashboard."""
    button = _button("chart", tr("Dashboard"), "dashboardButton", tr("Open the dashboard"))
    set_tip(button, tr("What signed reports and runs of the AI teach ({dashboard})"))
    return button


def _table(title: str, table: UseTable) -> QWidget:
    part = QWidget()
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 6, 0, 0)
    layout.setSpacing(4)
    layout.addWidget(heading(title))
    layout.addWidget(table)
    return part


def _button(drawn: str, text: str, name: str, spoken: str) -> QPushButton:
    button = QPushButton(icon(drawn), text)
    button.setObjectName(name)
    button.setAccessibleName(spoken)
    return button
