"""Every text of the window goes through Qt's translation files, and these are whole."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import PySide6
import pytest

from viewer import language

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "resources" / "translations"
TRANSLATED = tuple(code for code in language.LANGUAGES if code != language.ENGLISH)

_SHOWS_TEXT = {
    *("QPushButton", "QToolButton", "QLabel", "QCheckBox", "QRadioButton", "QAction", "QGroupBox"),
    *("label", "heading", "Chip", "ElidedLabel", "set_tip", "setText", "setTitle", "setWindowTitle", "addAction"),
    *("setAccessibleName", "setAccessibleDescription", "setToolTip", "setPlaceholderText", "addItem", "addRow"),
    *("setSuffix", "setPrefix", "addTab", "addMenu", "setStatusTip", "setWhatsThis", "setLabelText"),
}
"""Calls whose literal arguments a reader sees, or hears from a screen reader."""
_ROLES = {"small", "dim", "caution", "danger", "ok", "value", "title", "heading", "brand", "name", "Prosector"}
"""How a label looks in the style sheet, and our own name."""
_NO_WORDS = re.compile(r"[^A-Za-z]*|[A-Z0-9]{1,3}|mm|mL|°|ms|/?s|Esc")
"""Signs, units and abbreviations that are the same in every language."""


def _sources() -> list[Path]:
    left_out = {"screens.py", "screens_studies.py", "journey.py", "demo.py"}  # no window of theirs
    return [file for file in sorted((ROOT / "viewer").rglob("*.py")) if file.name not in left_out]


def _untranslated(file: Path) -> Iterator[str]:
    for call in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in _SHOWS_TEXT:
            continue
        for argument in call.args:
            words = re.sub(r"\{\w*\}", "", _literal_words(argument)).strip()
            if words and words not in _ROLES and not _NO_WORDS.fullmatch(words):
                yield f"{file.name}:{argument.lineno} {name}({words!r})"


def _literal_words(argument: ast.expr) -> str:
    if isinstance(argument, ast.JoinedStr):
        parts = (part.value for part in argument.values if isinstance(part, ast.Constant))
        return "".join(part for part in parts if isinstance(part, str)).strip()
    return argument.value.strip() if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


def _messages(file: Path) -> dict[str, ElementTree.Element]:
    found: dict[str, ElementTree.Element] = {}
    for message in ElementTree.parse(file).getroot().iter("message"):
        translation = message.find("translation")
        assert translation is not None
        found[message.findtext("source", "")] = translation
    return found


def _qt_tool(name: str, *arguments: object) -> None:
    tool = Path(PySide6.__file__).parent / name
    subprocess.run([tool, *map(str, arguments)], cwd=ROOT, check=True, capture_output=True, timeout=120)


def test_no_text_of_the_window_is_shown_past_the_translation() -> None:
    assert [found for file in _sources() for found in _untranslated(file)] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_holds_every_text_and_keeps_what_is_filled_in(code: str, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.ts"
    _qt_tool("lupdate", "-locations", "none", *_sources(), "-ts", fresh)
    kept = _messages(TRANSLATIONS / f"prosector_{code}.ts")
    assert kept.keys() == _messages(fresh).keys(), "run `make translations` and translate what is new"
    for source, translation in kept.items():
        told = translation.text or ""
        assert translation.get("type") is None, f"{source} waits to be translated"
        fields = [sorted(re.findall(r"\{[^}]*\}", text)) for text in (source, told)]
        assert fields[0] == fields[1], source
        assert source.count("&&") == told.count("&&"), source


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_compiled_translation_is_that_of_the_text(code: str, tmp_path: Path) -> None:
    released = tmp_path / "released.qm"
    _qt_tool("lrelease", TRANSLATIONS / f"prosector_{code}.ts", "-qm", released)
    assert released.read_bytes() == (TRANSLATIONS / f"prosector_{code}.qm").read_bytes(), "run `make translations`"


_ASKS = """
from viewer import language
language.speak(__import__("sys").argv[1])
from viewer.app import create_app
from PySide6.QtWidgets import QDialogButtonBox
from viewer.right_panel import RightPanel
app = create_app()
panel = RightPanel()
box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
print(panel._save.text(), box.buttons()[0].text().replace("&", ""), sep="|")
for widget in (panel, box):
    widget.deleteLater()
"""


@pytest.mark.parametrize(
    ("code", "system", "told"),
    [
        ("en", "de_DE", "Save draft|Cancel"),
        ("de", "C", "Entwurf speichern|Abbrechen"),
        ("es", "C", "Guardar borrador|Cancelar"),
        ("", "de_DE.UTF-8", "Entwurf speichern|Abbrechen"),
        ("", "fr_FR.UTF-8", "Save draft|Cancel"),
    ],
)
def test_the_window_and_qts_own_buttons_speak_the_language_that_was_chosen(code: str, system: str, told: str) -> None:
    env = {**os.environ, "LANG": system, "LC_ALL": system, "QT_QPA_PLATFORM": "offscreen"}
    said = subprocess.run(
        [sys.executable, "-c", _ASKS, code], env=env, check=True, capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert said.stdout.strip() == told
