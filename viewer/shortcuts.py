"""Every key of the window, in words: the one list that the `?` dialog shows."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from viewer.viewport_tools import KEYS as GRID_KEYS

READING_KEYS: tuple[tuple[str, str], ...] = (
    ("R", "Run AI on the open study"),
    ("N / P", "next / previous lesion; the images go there"),
    ("A", "accept the AI's lesion"),
    ("X", "reject the AI's lesion, with the reason"),
    ("T / D", "let the number keys score T2W / DWI (●)"),
    ("1 … 5, 0", "score the selected lesion; 0 is X, inadequate"),
    ("L", "add a lesion: then click its middle"),
    ("Esc", "stop adding a lesion"),
    ("Ctrl + Z / Ctrl + Y", "undo / redo an edit of the report"),
    ("Ctrl + S", "save the draft now"),
    ("Ctrl + Enter", "sign and send"),
    ("Ctrl + W", "back to the worklist"),
)
WORKLIST_KEYS: tuple[tuple[str, str], ...] = (
    ("Enter in a field", "query"),
    ("↑ / ↓", "previous / next study"),
    ("Enter, double click", "open the study; it is retrieved first when it is not here"),
    ("Ctrl + F", "search for a patient"),
    ("F5", "query again"),
)
ALWAYS_KEYS: tuple[tuple[str, str], ...] = (("? or F1", "this list"),)

KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Worklist", WORKLIST_KEYS),
    ("Report", READING_KEYS),
    ("Images", GRID_KEYS),
    ("Always", ALWAYS_KEYS),
)
"""The keys by where they work."""


def bind_keys(widget: QWidget, keys: Mapping[str, Callable[[], object]]) -> None:
    """Let keys act while the focus is in `widget`; a field that takes the key as text keeps it."""
    for key, act in keys.items():
        shortcut = QShortcut(QKeySequence(key), widget)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(lambda act=act: act())
