"""The report draft: indication, and findings and impression that write themselves until the reader writes them."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.report import Report
from reporting.text import findings_text, impression_text
from viewer import edits
from viewer.growing_edit import GrowingEdit
from viewer.labels import heading, label
from viewer.language import tr
from viewer.session import Session
from viewer.theme import set_style_property

_LINES = 2


class ReportEditor(QFrame):
    """Indication, findings and impression of a session's report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self.indication = GrowingEdit("indicationEdit", tr("Clinical indication"), lines=1)
        self.indication.setPlaceholderText(tr("Why the examination was asked for"))
        self.indication.typed.connect(lambda text: self._edit(edits.set_indication(text.strip()), "indication"))
        self.impression = DraftText(
            "impression", tr("Impression"), edits.own_impression, impression_text, lambda r: r.own_impression
        )
        self.findings = DraftText(
            "findings", tr("Findings"), edits.own_findings, findings_text, lambda r: r.own_findings
        )
        for text in (self.impression, self.findings):
            text.edited.connect(self._edit)
        indication = QVBoxLayout()
        indication.setSpacing(3)
        indication.addWidget(label(tr("Indication")))
        indication.addWidget(self.indication)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(8)
        layout.addWidget(heading(tr("Report draft")))
        layout.addLayout(indication)
        layout.addWidget(self.impression)
        layout.addWidget(self.findings)

    def show_session(self, session: Session | None) -> None:
        """Show another report, or none."""
        if self._session is not None:
            self._session.changed.disconnect(self.refresh)
        self._session = session
        for text in (self.indication, self.impression, self.findings):
            text.forget()
        if session is not None:
            session.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the texts as they are now."""
        if self._session is not None:
            report = self._session.report
            self.indication.show_text(report.clinical.indication)
            for text in (self.impression, self.findings):
                text.show_report(report)

    def commit(self) -> None:
        """Make what is typed an edit now."""
        for text in (self.indication, self.impression, self.findings):
            text.commit()

    def _edit(self, change: edits.Change, what: str) -> None:
        if self._session is not None:
            self._session.edit(change, what=what)


class DraftText(QWidget):
    """One text of the report: grey while it writes itself, white once it is the reader's own."""

    edited = Signal(object, str)
    """A `Change` and what it is called in the audit trail."""

    def __init__(
        self,
        name: str,
        title: str,
        change: Callable[[str], edits.Change],
        automatic: Callable[[Report], str],
        own: Callable[[Report], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._change, self._automatic, self._own = change, automatic, own
        self._automatic_text = ""
        self._written = ""  # what the automatic text said when the reader began to write
        self._state = label(role="small")
        self._back = QPushButton(tr("Use automatic text"))
        self._back.setObjectName(f"{self._name}AutomaticButton")
        self._back.setProperty("link", True)
        self._back.clicked.connect(self._follow)
        self._stale = label(
            tr("▲ The draft changed after you wrote this. Compare it with the automatic text."), "caution", wrap=True
        )
        self._stale.setObjectName(f"{self._name}Stale")
        self._editor = GrowingEdit(f"{self._name}Edit", title, lines=_LINES)
        self._editor.typed.connect(self._give)
        top = QHBoxLayout()
        top.addWidget(label(title))
        top.addWidget(self._state)
        top.addStretch(1)
        top.addWidget(self._back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addWidget(self._editor)
        layout.addWidget(self._stale)

    def forget(self) -> None:
        """Forget what was typed and for which report."""
        self._editor.forget()
        self._written = ""

    def show_report(self, report: Report) -> None:
        """Show the reader's own text, else the one that writes itself."""
        own, automatic = self._own(report), self._automatic(report)
        self._automatic_text = automatic
        self._written = (self._written or automatic) if own else ""
        self._stale.setVisible(bool(own) and self._written != automatic)
        self._back.setVisible(bool(own))
        self._state.setText(tr("your own text") if own else tr("writes itself"))
        set_style_property(self._editor, "automatic", not own)
        self._editor.show_text(own or automatic)

    def commit(self) -> None:
        """Make what is typed an edit now."""
        self._editor.commit()

    def _follow(self) -> None:
        self._editor.forget()
        self._give("")

    def _give(self, text: str) -> None:
        own = "" if text.strip() == self._automatic_text.strip() else text.strip()
        self.edited.emit(self._change(own), self._name)
