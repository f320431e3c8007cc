"""The report draft: indication, and findings and impression that write themselves until the reader writes them."""

from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from core.errors import TemplateBroken
from core.wording import Language
from reporting.own_words import Part
from viewer import edits
from viewer.draft_text import DraftText
from viewer.labels import heading, label
from viewer.language import tr
from viewer.macro_edit import MacroEdit
from viewer.session import Session

LANGUAGE_NAMES = {Language.ENGLISH: "English", Language.GERMAN: "Deutsch", Language.SPANISH: "Español"}
_SHOWN_OF_MACRO = 48


class ReportEditor(QFrame):
    """Indication, findings and impression of a session's report, in which macros expand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self.indication = MacroEdit("indicationEdit", tr("Clinical indication"), lines=1)
        self.indication.setPlaceholderText(tr("Why the examination was asked for"))
        self.indication.typed.connect(lambda text: self._edit(edits.set_indication(text.strip()), "indication"))
        self.impression = DraftText(Part.IMPRESSION, tr("Impression"))
        self.findings = DraftText(Part.FINDINGS, tr("Findings"))
        for text in (self.impression, self.findings):
            text.edited.connect(self._edit)
        self._written_in: MacroEdit = self.findings.editor
        self._problem = label("", "danger", name="templateProblem", wrap=True)
        self._problem.hide()
        self._lay_out()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._remember)

    def set_macros(self, macros: Mapping[str, str]) -> None:
        """Let `.name` expand to these texts, and list them."""
        for edit in (self.indication, self.impression.editor, self.findings.editor):
            edit.macros = macros
        menu = self._macros.menu()
        menu.clear()
        for name, text in macros.items():
            shown = " ".join(text.split())
            shown = shown if len(shown) <= _SHOWN_OF_MACRO else f"{shown[: _SHOWN_OF_MACRO - 1]}…"
            menu.addAction(f".{name}   {shown}".replace("&", "&&")).triggered.connect(
                lambda _checked=False, name=name: self._written_in.insert(name)
            )
        self._macros.setVisible(bool(macros))

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
        """Show the texts as they are now; those whose template is broken stay, and a sentence says which and where."""
        if self._session is None:
            return
        report = self._session.report
        self.indication.show_text(report.clinical.indication)
        self._language.setText(tr("Language: {language}").format(language=LANGUAGE_NAMES[report.language]))
        problems: list[str] = []
        for text in (self.impression, self.findings):
            try:
                text.show_report(report)
            except TemplateBroken as error:  # a slot: nothing above it could show the sentence
                problems.append(str(error))
        self._problem.setText("\n".join(dict.fromkeys(problems)))
        self._problem.setVisible(bool(problems))

    def commit(self) -> None:
        """Make what is typed an edit now."""
        for text in (self.indication, self.impression, self.findings):
            text.commit()

    def _edit(self, change: edits.Change, what: str) -> None:
        if self._session is not None:
            self._session.edit(change, what=what)

    def _remember(self, _before: QObject | None, now: QObject | None) -> None:
        """Keep in which text the reader writes, for the macros of the menu."""
        if isinstance(now, MacroEdit) and self.isAncestorOf(now):
            self._written_in = now

    def _lay_out(self) -> None:
        self._language = _menu_button("reportLanguageButton", tr("Language of the report"))
        for language, name in LANGUAGE_NAMES.items():
            self._language.menu().addAction(name).triggered.connect(
                lambda _checked=False, language=language: self._speak(language)
            )
        self._macros = _menu_button("macrosButton", tr("Macros: .name and Tab or Space"))
        self._macros.setText(tr("Macros"))
        self._macros.hide()
        top = QHBoxLayout()
        top.addWidget(heading(tr("Report draft")))
        top.addStretch(1)
        top.addWidget(self._macros)
        top.addWidget(self._language)
        indication = QVBoxLayout()
        indication.setSpacing(3)
        indication.addWidget(label(tr("Indication")))
        indication.addWidget(self.indication)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._problem)
        layout.addLayout(indication)
        layout.addWidget(self.impression)
        layout.addWidget(self.findings)

    def _speak(self, language: Language) -> None:
        self.commit()
        self._edit(edits.report_language(language), "language of the report")


def _menu_button(name: str, spoken: str) -> QPushButton:
    button = QPushButton()
    button.setObjectName(name)
    button.setAccessibleName(spoken)
    button.setToolTip(spoken)
    button.setProperty("link", True)
    button.setMenu(QMenu(button))
    return button
