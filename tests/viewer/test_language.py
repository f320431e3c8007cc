"""Every text of the window goes through Qt's translation files, and these are whole."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import PySide6
import pytest

from core.assessment import scoring_reason
from core.pirads import Dce, Score, Zone, category
from core.quality import Adequacy, Criterion, PiQualScore
from core.sectors import sectors
from core.study import ROLE_NAMES
from inference.stages import STAGES
from reporting.equipment import RESEARCH_USE
from service.report_objects import REQUIRED
from viewer import language
from viewer.edits import REJECT_REASONS
from viewer.hanging_protocol import SeriesCell, protocols
from viewer.said import said

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


_SAME_IN_GERMAN = {
    *("Prosector", "bpMRI", "PI-QUAL", "PRECISE", "EPE", "ADC", "DWI", "DCE", "DWI ●", "PSA", "Apex"),
    *("Zoom", "Text", "Ellipsoid", "STAGING", "Details", "Passphrase", "Esc", "Enter", "T2 axial", "dominant (PZ)"),
    *("PATIENT", "ACCESSION", "STATUS", "KAPPA", "0 min", "Inferno", "Viridis", "Hot iron", "Grey"),
    *("AFS", "TZa", "TZp", "PZa", "PZpl", "PZpm", "EUS"),
}
"""Names (of colour maps too), abbreviations and words that German writes as English does."""
_WRITTEN_ALIKE = re.compile(
    r"""
    Müller,\ Jörg                                           # data: the patient
    | PI-RADS.*
    | .*10\ slices\ of\ 3\ mm.*                             # what the headers of a series told, as the log has it
    | .*ADC\ is\ low\ for\ the\ peripheral\ zone            # a model's own sentence
    | DWI\ b\ 1400 | ADC.* | .*\ ADC\ \d+\ /\ p10\ \d+       # sequences and numbers
    | (PZ|TZ):\ DWI\ \d\ →\ \d                              # a rule without a word of language
    | (T2W|DWI|DCE)\ \ \d\ /\ \d
    | Zoom\ .* | Overlay\ .* | Score\ \d | Alt\ \+\ \d
    | (\d+\ h\ )?\d+\ min                                  # a time
    | TID\ \d+ | SEG | GSPS | KOS | SC | Encapsulated        # kinds of DICOM objects
    """,
    re.VERBOSE,
)


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


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What worklist, reading room and dialogs show in English and in German, each text with where it was seen."""
    folder = tmp_path_factory.mktemp("texts")
    running = {code: _walk_of_texts(code, folder / code) for code in (language.ENGLISH, "de")}
    for walk in running.values():
        said, _ = walk.communicate(timeout=300)
        assert walk.returncode == 0, said
    return {code: json.loads((folder / code).read_text("utf-8")) for code in running}


def _walk_of_texts(code: str, file: Path) -> subprocess.Popen[str]:
    run = "import sys; from viewer import language; language.speak(sys.argv[1]); import pytest"
    run += "; sys.exit(pytest.main(sys.argv[2:]))"
    walk = str(Path(__file__).with_name("walk_of_texts.py"))
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "WRITE_TEXTS_TO": str(file)}
    command = [sys.executable, "-c", run, code, walk, "-q", "-p", "no:cacheprovider"]
    return subprocess.Popen(
        command, env=env, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )


def _is_alike(text: str) -> bool:
    return text in _SAME_IN_GERMAN or bool(_WRITTEN_ALIKE.fullmatch(text)) or not re.search(r"[A-Za-z]{3}", text)


def test_no_text_of_the_window_stays_english_in_german(shown: dict[str, dict[str, str]]) -> None:
    english, german = shown["en"], shown["de"]
    assert {text: where for text, where in german.items() if text in english and not _is_alike(text)} == {}


@pytest.fixture
def german() -> Iterator[None]:
    """German, while a test asks `said`."""
    language.speak("de")
    yield
    language.speak(language.ENGLISH)


def _sentences_below() -> Iterator[str]:
    """Yield what the layers below the window can say of lesions, series and images, from what makes it."""
    for zone, t2, dwi, dce in product((Zone.PZ, Zone.TZ), Score, Score, Dce):
        yield category(zone, t2=t2, dwi=dwi, dce=dce).rule
    for sector, zone in product(sectors().values(), (Zone.PZ, Zone.TZ)):
        yield from (sector.label, scoring_reason(sector, zone))
    yield from (criterion.words for criterion in Criterion)
    yield from (score.meaning for score in PiQualScore)
    yield from (*Adequacy, *ROLE_NAMES.values(), *STAGES.values(), *REJECT_REASONS, *REQUIRED, RESEARCH_USE)
    for protocol in protocols():
        yield from (protocol.name, *(stage.name for stage in protocol.stages))
        for stage in protocol.stages:
            yield from (cell.empty for cell in stage.cells if isinstance(cell, SeriesCell))


@pytest.mark.usefixtures("german")
def test_what_the_layers_below_the_window_can_say_is_said_in_german() -> None:
    alike = re.compile(r"(PZ|TZ): (DWI|T2W) \d → \d|ADC map|DWI|DCE|optimal|bpMRI|MPR \+ 3D|")
    assert {x for x in _sentences_below() if said(x) == x and not alike.fullmatch(x)} == set()


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("english", "german_words"),
    [
        ("PZ: the DWI score decides and is missing.", "PZ: Der DWI-Score entscheidet und fehlt."),
        ("L2: score 5 with 10 mm and no definite EPE", "L2: Score 5 bei 10 mm und ohne eindeutige EPE"),
        (
            "lies in the TZ (Right mid TZp) but is scored as PZ, where DWI decides",
            "liegt in der TZ (Rechts Mitte TZp), wird aber nach PZ bewertet, wo DWI entscheidet",
        ),
        (
            "What the AI found comes from other series than the study has now (ADC map: none, now Se 4): "
            "run the AI again.",
            "Was die KI fand, stammt aus anderen Serien, als die Untersuchung jetzt hat "
            "(ADC-Karte: bisher keine, jetzt Se 4): "
            "Bitte die KI erneut ausführen.",
        ),
        ("ep2d_diff_tra_DYNDIST", "ep2d_diff_tra_DYNDIST"),
    ],
)
def test_a_sentence_keeps_what_it_was_filled_with(english: str, german_words: str) -> None:
    assert said(english) == german_words


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
