"""The signed reports of a study: who signed which when, and what each changed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.amendment import Note
from service.reading import OpenStudy
from service.versions import Version, difference, versions
from viewer.amended_view import STATUS_WORDS, DifferenceView, document_in_words
from viewer.jobs import Job, JobRunner
from viewer.labels import Chip, label, section
from viewer.language import tr


class HistoryDialog(QDialog):
    """Newest first; a report that cannot be read or was altered says so in its place."""

    def __init__(self, jobs: JobRunner, opened: OpenStudy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyDialog")
        self.setWindowTitle(tr("Signed reports of this study"))
        self.resize(760, 640)
        self._content = QVBoxLayout()
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(0)
        self._wait = label(tr("Reading the signed reports…"), "dim")
        self._wait.setContentsMargins(16, 16, 16, 16)
        self._content.addWidget(self._wait)
        self._content.addStretch(1)
        self._lay_out()
        self._reading: Job = jobs.start(
            lambda _progress: versions(opened), on_done=self._show, on_failed=self._wait.setText
        )

    def done(self, result: int) -> None:
        """Close; what is still being read is no longer waited for."""
        self._reading.abandon()
        super().done(result)

    def _show(self, found: tuple[Version, ...]) -> None:
        self._wait.hide()
        by_uid = {version.document.sop_instance_uid: version for version in found}
        for place, version in enumerate(reversed(found)):
            before = next((by_uid[uid] for uid in version.follows if uid in by_uid), None)
            self._content.insertWidget(place, _entry(version, before))

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setLayout(self._content)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        close = QPushButton(tr("Close"))
        close.setObjectName("closeHistoryButton")
        close.clicked.connect(self.accept)
        footer = QFrame()
        footer.setObjectName("panelFooter")
        row = QHBoxLayout(footer)
        row.setContentsMargins(16, 10, 16, 12)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(footer)


def _entry(version: Version, before: Version | None) -> QFrame:
    frame = section()
    frame.setObjectName("historyEntry")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(16, 12, 16, 14)
    layout.setSpacing(7)
    chip = Chip()
    chip.show_plain(STATUS_WORDS[version.document.status])
    head = QHBoxLayout()
    head.setSpacing(10)
    head.addWidget(chip)
    head.addWidget(label(document_in_words(version.document)), 1)
    layout.addLayout(head)
    if version.report is None:
        layout.addWidget(label(version.problem, "danger", wrap=True))
        return frame
    note = _own_note(version)
    if note is not None:
        layout.addWidget(label(note.text, wrap=True))
    if version.follows:
        layout.addWidget(_changes(version, before))
    return frame


def _own_note(version: Version) -> Note | None:
    """Return what this very report added, not what it took over from those before it."""
    notes = version.report.notes if version.report is not None else ()
    return notes[-1] if notes and notes[-1].signed_at == version.document.signed_at else None


def _changes(version: Version, before: Version | None) -> QWidget:
    if before is None or before.report is None or version.report is None:
        return label(tr("The report that it follows is not on this machine or cannot be read."), "caution", wrap=True)
    return DifferenceView(difference(before.report, version.report))
