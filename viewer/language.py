"""The window's language. English is what the code says; the others are Qt translation files in `resources`."""

from importlib import resources

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from core.errors import SettingsInvalid

ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "es")

_texts = QTranslator()
_held: list[bytes] = []


def speak(language: str) -> None:
    """Let `tr` answer in this language of `LANGUAGES`; "" is the system's, or English when there is no file for it.

    To be called before the modules with texts are imported, as many of them hold theirs in constants.
    """
    wanted = language or QLocale.system().name()[:2]
    if wanted in (ENGLISH, "C") or (not language and wanted not in LANGUAGES):
        _texts.load("")
        return
    file = resources.files("resources") / "translations" / f"prosector_{wanted}.qm"
    # As bytes: a file that Qt maps and somebody replaces while the window is open ends the program.
    if not file.is_file() or not _texts.load(_kept(file.read_bytes())):
        raise SettingsInvalid(f"The translation file {file} cannot be read; set viewing.language to another language.")


def _kept(texts: bytes) -> bytes:
    """Keep the bytes, which the translator reads where they are."""
    _held[:] = [texts]
    return texts


def tr(text: str) -> str:
    """Return a text of the window in its language; a text that the file does not hold comes back as it is."""
    return _texts.translate("", text) or text


def spoken() -> str:
    """Return the language that `tr` answers in, one of `LANGUAGES`."""
    return _texts.language()[:2] or ENGLISH


def install(app: QApplication) -> None:
    """Let Qt's own dialogs speak the same language."""
    own = QTranslator(app)
    if _texts.language() and own.load(
        f"qtbase_{_texts.language()}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    ):
        app.installTranslator(own)
