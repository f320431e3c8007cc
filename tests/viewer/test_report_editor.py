"""The report draft as the reader writes it: macros, its language, what changed since, a broken template."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.report import Accepted, Report, with_lesion
from core.settings import ReportingSettings, Settings
from core.wording import FactName, Language
from reporting.template_files import use_templates
from reporting.text import findings_text
from service.reading import OpenStudy
from service.workspace import Workspace, open_workspace
from viewer import edits
from viewer.changed_words import FACT_NAMES
from viewer.macro_edit import MacroEdit
from viewer.main_window import MainWindow
from viewer.report_editor import ReportEditor
from viewer.session import Session
from viewer.sign_checks import ChecksSection
from viewer.theme import apply_theme

NORMAL = "No abnormality of the bladder."


class Desk:
    """The editor on a report whose two lesions the reader accepted."""

    def __init__(self, session: Session, editor: ReportEditor) -> None:
        self.session, self.editor = session, editor

    @property
    def findings(self) -> MacroEdit:
        """Where the findings are written."""
        return self.editor.findings.editor

    def write(self, keys: str) -> None:
        """Type at the end of the findings, and let the draft take it over."""
        self.findings.setFocus()
        self.findings.moveCursor(self.findings.textCursor().MoveOperation.End)
        QTest.keyClicks(self.findings, keys)
        self.editor.commit()

    def grow(self, label: str, long_axis_mm: float) -> None:
        """Let a lesion be longer."""
        uid = next(x.tracking_uid for x in self.session.report.lesions if x.label == label)

        def longer(report: Report) -> Report:
            return with_lesion(
                report, uid, lambda x: replace(x, measures=replace(x.measures, long_axis_mm=long_axis_mm))
            )

        self.session.edit(longer, what="size")

    def marked(self) -> str:
        """Return what is said of changes, empty when nothing is."""
        told = self.editor.findChild(QLabel, "findingsStale")
        assert told is not None
        return told.text() if told.isVisible() else ""

    def press(self, name: str) -> None:
        """Click a visible button."""
        QApplication.processEvents()  # buttons of a layout show themselves in the next turn of the loop
        button = self.editor.findChild(QPushButton, name)
        assert button is not None
        assert button.isVisible()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def choose(self, menu_button: str, entry: str) -> None:
        """Choose the entry of a button's menu that begins so."""
        button = self.editor.findChild(QPushButton, menu_button)
        assert button is not None
        (action,) = [x for x in button.menu().actions() if x.text().startswith(entry)]
        action.trigger()


@pytest.fixture
def desk(report: Report, ws: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[Desk]:
    apply_theme(qapp)
    reviewed = replace(report, lesions=tuple(replace(x, review=Accepted()) for x in report.lesions))
    session, editor = Session(reviewed, ws.trail, ws.drafts), ReportEditor()
    qtbot.addWidget(editor)
    editor.set_macros({"normal": NORMAL, "mdt": "Discussed in the tumour board.\nBiopsy advised."})
    editor.show_session(session)
    editor.resize(400, 700)
    editor.show()
    qtbot.waitExposed(editor)
    yield Desk(session, editor)
    use_templates(None)
    editor.commit()
    session.save()


@pytest.mark.parametrize("key", [" ", "\t"])
def test_a_macro_expands_on_space_and_on_tab(desk: Desk, key: str) -> None:
    desk.write(f" .normal{key}")
    written = desk.session.report.own_findings
    assert written.endswith(NORMAL)
    assert ".normal" not in written
    assert desk.findings.hasFocus()


def test_what_is_no_macro_stays_as_it_was_typed_and_tab_goes_on(desk: Desk) -> None:
    desk.write(" 3.normal .other ")
    assert desk.session.report.own_findings.endswith("3.normal .other")
    QTest.keyClick(desk.findings, Qt.Key.Key_Tab)
    assert not desk.findings.hasFocus()


def test_an_expansion_is_one_step_of_undo(desk: Desk) -> None:
    desk.write(" .normal\t")
    desk.findings.undo()
    assert desk.findings.toPlainText().endswith(" .normal")


def test_the_macros_are_listed_with_their_texts_and_put_where_the_cursor_is(desk: Desk) -> None:
    desk.editor.impression.editor.setFocus()
    desk.choose("macrosButton", ".mdt   Discussed in the tumour board. Biopsy")
    desk.editor.commit()
    assert desk.session.report.own_impression.startswith("Discussed in the tumour board.\nBiopsy advised.1. Index")


def test_without_macros_there_is_no_list_of_them(desk: Desk) -> None:
    desk.editor.set_macros({})
    button = desk.editor.findChild(QPushButton, "macrosButton")
    assert button is not None
    assert not button.isVisible()


def test_a_lesion_that_grew_after_the_reader_wrote_is_named_with_both_sizes(desk: Desk) -> None:
    before = findings_text(desk.session.report)
    desk.write(" Mine.")
    assert desk.marked() == ""
    desk.grow("L1", 27.0)
    assert desk.findings.toPlainText() == f"{before} Mine."
    assert "L1 size " in desk.marked()
    assert "→ 27 × " in desk.marked()


def test_the_new_sentence_is_taken_with_one_button_and_the_readers_words_stay(desk: Desk) -> None:
    desk.write(" Mine.")
    desk.grow("L1", 27.0)
    desk.press("findingsTake1")
    assert desk.findings.toPlainText() == f"{findings_text(desk.session.report)} Mine."
    assert desk.marked() == ""
    desk.session.undo()
    assert "27 × " not in desk.findings.toPlainText()
    assert "27 × " in desk.marked()


def test_the_reader_may_let_the_text_stand(desk: Desk) -> None:
    desk.write(" Mine.")
    desk.grow("L1", 27.0)
    desk.press("findingsStandsButton")
    assert desk.marked() == ""
    assert "27 × " not in desk.findings.toPlainText()


def test_the_changes_are_told_again_before_signing(desk: Desk, qtbot: QtBot) -> None:
    desk.write(" Mine.")
    desk.grow("L1", 27.0)
    section = ChecksSection(desk.session.report)
    qtbot.addWidget(section)
    told = [x.text() for x in section.findChildren(QLabel) if "your text was written before" in x.text()]
    assert len(told) == 1
    assert "▲  Findings: L1 size " in told[0]
    assert "→ 27 × " in told[0]


def test_a_text_of_an_earlier_version_is_not_taken_for_one_that_fits(desk: Desk) -> None:
    desk.session.edit(lambda r: replace(r, own_findings="Mine."), what="findings")
    assert "not known what changed" in desk.marked()
    desk.press("findingsStandsButton")
    assert desk.marked() == ""


def test_the_report_is_written_in_the_language_that_is_chosen_for_it(desk: Desk) -> None:
    desk.choose("reportLanguageButton", "Deutsch")
    assert desk.session.report.language is Language.GERMAN
    assert desk.findings.toPlainText().startswith("TECHNIK\nMRT der Prostata: ")
    desk.choose("reportLanguageButton", "English")
    assert desk.findings.toPlainText().startswith("TECHNIQUE")


def test_the_readers_own_text_stays_in_its_language(desk: Desk) -> None:
    desk.session.edit(edits.own_findings("My words."), what="findings")
    desk.choose("reportLanguageButton", "Español")
    assert desk.findings.toPlainText() == "My words."
    assert desk.marked() == ""
    assert "Lesión índice" in desk.editor.impression.editor.toPlainText()


def test_a_broken_template_is_told_with_file_and_line_and_the_draft_stays(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "en" / "findings.txt.j2"
    file.parent.mkdir()
    file.write_text("Fine.\n{{ nothing_of_this_name }}\n", "utf-8")
    before = desk.findings.toPlainText()
    problem = desk.editor.findChild(QLabel, "templateProblem")
    assert problem is not None
    use_templates(tmp_path)
    desk.grow("L1", 27.0)
    assert f"{file}, line 2" in problem.text()
    assert problem.isVisible()
    assert desk.findings.toPlainText() == before
    assert "27 × " in desk.editor.impression.editor.toPlainText()  # whose template is whole
    file.unlink()
    desk.editor.refresh()
    assert not problem.isVisible()
    assert "27 × " in desk.findings.toPlainText()


def test_a_new_report_is_written_in_the_sites_language_with_its_template_and_macros(
    opened: OpenStudy, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    apply_theme(qapp)
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "impression.txt.j2").write_text("Kurz: {{ category }}", "utf-8")
    written = ReportingSettings(language=Language.GERMAN, templates=tmp_path, macros={"nb": "Normalbefund."})
    ws = open_workspace(Settings(data_folder=tmp_path / "data", reporting=written))
    window = MainWindow(ws)
    window.show_study(opened)
    assert window.reading.session is not None
    editor = window.reading.panel.editor
    assert window.reading.session.report.language is Language.GERMAN
    assert editor.impression.editor.toPlainText() == "Kurz: -"
    assert editor.findings.editor.macros == {"nb": "Normalbefund."}
    window.close()
    window.deleteLater()
    ws.close()
    use_templates(None)


def test_every_fact_has_a_name_in_the_window() -> None:
    assert set(FACT_NAMES) == set(FactName)
