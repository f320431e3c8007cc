"""Keys that act: commands bound to what they do, keys named in tooltips, and the list of all of them."""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from viewer.key_commands import BY_NAME, COMMANDS, GESTURES, Place
from viewer.key_map import KeyMap
from viewer.key_words import sequences_of

Acts = Mapping[str, Callable[[], object]]
_TIP = "tipWithKeys"


def bind_keys(widget: QWidget, keys: KeyMap, acts: Acts) -> None:
    """Let the keys of commands act while the focus is in `widget`; a field that takes the key as text keeps it.

    A key that the reader changes acts from then on. Raises KeyError for a name that is no command.
    """
    for name, act in acts.items():
        _Binding(widget, keys, name, act)


class _Binding(QObject):
    """One command in one widget, for as long as the widget lives."""

    def __init__(self, widget: QWidget, keys: KeyMap, name: str, act: Callable[[], object]) -> None:
        super().__init__(widget)
        self._widget, self._keys, self._name, self._does = widget, keys, name, act
        self._shortcut = QShortcut(widget)
        self._shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._shortcut.setAutoRepeat(BY_NAME[name].repeats)
        self._shortcut.activated.connect(self._act)
        self._shortcut.activatedAmbiguously.connect(self._act)  # a keyboard may report ? in two ways at once
        keys.changed.connect(self._follow)
        self._follow()

    def _act(self) -> None:
        """Act, unless a question is open that has not the keyboard yet: the key was meant for it."""
        if QApplication.activeModalWidget() in (None, self._widget.window()):
            self._does()

    def _follow(self) -> None:
        self._shortcut.setKeys([form for key in self._keys.keys(self._name) for form in sequences_of(key)])


# ---------------------------------------------------------------------------------------------------------------------
# Tooltips


def set_tip(widget: QWidget, text: str, keys: KeyMap | None = None) -> None:
    """Set a tooltip in which e.g. `{run_ai}` stands for the keys of that command: the delivered ones without `keys`.

    `show_keys` names the reader's own from then on.
    """
    widget.setProperty(_TIP, text)
    _fill_in(widget, keys or KeyMap())


def show_keys(root: QWidget, keys: KeyMap) -> None:
    """Name the keys as they are now in every tooltip in and below a widget that `set_tip` set."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget.property(_TIP):
            _fill_in(widget, keys)


def set_plain_tip(widget: QWidget, text: str) -> None:
    """Set a tooltip that names no key, in place of one that did."""
    widget.setProperty(_TIP, "")
    widget.setToolTip(text)


def _fill_in(widget: QWidget, keys: KeyMap) -> None:
    text = str(widget.property(_TIP))
    widget.setToolTip(re.sub(r"{(\w+)}", lambda found: keys.words(found[1]), text))


# ---------------------------------------------------------------------------------------------------------------------
# The list


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list; `name` is empty for what is not a command and cannot be changed."""

    place: Place
    keys: str
    words: str
    name: str = ""
    delivered: str = ""
    """The delivered keys, when the reader has changed them."""


def lines_of(keys: KeyMap) -> tuple[Line, ...]:
    """Return everything that keys and mouse do, by place."""
    delivered = KeyMap()
    commands = [
        Line(c.place, keys.words(c.name), c.words, c.name, delivered.words(c.name) if keys.is_changed(c.name) else "")
        for c in COMMANDS
    ]
    gestures = [Line(gesture.place, gesture.gesture, gesture.words) for gesture in GESTURES]
    return tuple(sorted((*commands, *gestures), key=lambda line: tuple(Place).index(line.place)))


def as_markdown(keys: KeyMap) -> str:
    """Return the list as a document: it is printed from the window, and with the delivered keys it is docs/keys.md."""
    parts = ["# Keys\n"]
    for place in Place:
        rows = [f"| {_cell(line.keys)} | {line.words} |" for line in lines_of(keys) if line.place is place]
        parts.append("\n".join((f"## {place.value}\n", "| key | what it does |", "|---|---|", *rows, "")))
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(as_markdown(KeyMap()))
