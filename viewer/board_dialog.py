"""Making the tumour board's page and targets: where they go, and whether they name the patient."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.errors import ProsectorError
from core.report import Report
from reporting.board import require_reviewed
from service.board import write_board
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer.jobs import Job, JobRunner
from viewer.labels import heading, label
from viewer.language import tr
from viewer.notice import Notice


class BoardDialog(QDialog):
    """Enter writes; what keeps the report from the board is said at once."""

    written = Signal(Path)
    """The new folder."""

    def __init__(
        self, ws: Workspace, jobs: JobRunner, opened: OpenStudy, report: Report, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("boardDialog")
        self.setWindowTitle(tr("Tumour board"))
        self._ws, self._jobs, self._opened, self._report = ws, jobs, opened, report
        self._writing: Job | None = None
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._folder = QLineEdit(documents)
        self._folder.setObjectName("boardFolder")
        self._folder.setAccessibleName(tr("Folder"))
        self._nameless = QCheckBox(tr("De-identified: no name, number, date or UID of the patient"))
        self._nameless.setObjectName("boardDeidentified")
        self._nameless.toggled.connect(self._show_what_it_costs)
        self._costs = label(
            tr("De-identified targets fit the patient's own images no more: for targeting, name the patient."),
            "caution",
            name="boardCosts",
            wrap=True,
        )
        self._costs.hide()
        self._write = QPushButton(tr("Write"))
        self._write.setObjectName("boardWriteButton")
        self._write.setProperty("primary", True)
        self._write.setDefault(True)
        self._write.clicked.connect(self._start)
        self.notice = Notice()
        self._lay_out()
        self._check()

    def done(self, result: int) -> None:
        """Close; what is still being written is no longer waited for."""
        if self._writing is not None:
            self._writing.abandon()
        super().done(result)

    def _lay_out(self) -> None:
        choose, close = QPushButton(tr("Choose…")), QPushButton(tr("Close"))
        for button in (choose, close):
            button.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        close.clicked.connect(self.reject)
        where, foot = QHBoxLayout(), QHBoxLayout()
        where.addWidget(self._folder, 1)
        where.addWidget(choose)
        foot.addStretch(1)
        foot.addWidget(close)
        foot.addWidget(self._write)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(heading(tr("Page and biopsy targets")))
        told = tr(
            "One page (PDF), the lesions as SEG, RTSTRUCT and STL, and their places as CSV, in a new folder below:"
        )
        layout.addWidget(label(told, "dim", wrap=True))
        layout.addLayout(where)
        layout.addWidget(self._nameless)
        layout.addWidget(self._costs)
        layout.addWidget(self.notice)
        layout.addLayout(foot)
        self.setMinimumWidth(520)

    def showEvent(self, event: QShowEvent) -> None:
        """Be as high as the sentences need."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        layout = self.layout()
        assert layout is not None
        self.notice.updateGeometry()  # its sentence may break otherwise than the one before
        layout.activate()
        self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _show_what_it_costs(self, nameless: bool) -> None:
        self._costs.setVisible(nameless)
        self._fit()

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("A folder for the tumour board"), self._folder.text())
        if chosen:
            self._folder.setText(chosen)

    def _check(self) -> None:
        try:
            require_reviewed(self._report)
        except ProsectorError as error:
            self._write.setEnabled(False)
            self._tell(str(error))

    def _start(self) -> None:
        folder, deidentify = self._folder.text().strip(), self._nameless.isChecked()
        if not folder:
            self._tell(tr("Choose a folder first."))
            return
        self._write.setEnabled(False)
        self._tell(tr("Writing…"), tone="plain")
        self._writing = self._jobs.start(
            lambda _progress: write_board(self._ws, self._report, self._opened, Path(folder), deidentify=deidentify),
            on_done=self._end,
            on_failed=self._say,
        )

    def _end(self, folder: Path) -> None:
        self._writing = None
        self.written.emit(folder)
        self.accept()

    def _say(self, sentence: str) -> None:
        self._writing = None
        self._write.setEnabled(True)
        self._tell(sentence)

    def _tell(self, sentence: str, tone: str = "danger") -> None:
        self.notice.show_sentence(sentence, tone=tone)
        self._fit()
