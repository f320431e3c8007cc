"""Which key stands for which command: as delivered, with the reader's changes, which are kept in one small file."""

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from PySide6.QtCore import QKeyCombination, QObject, Signal

from core.errors import ProsectorError
from core.files import write_text
from viewer.kept_file import read_kept
from viewer.key_commands import BY_NAME, COMMANDS, Command, Place
from viewer.key_words import is_for_fields, key_text, key_words, moves_the_focus, read_key
from viewer.language import tr

Changes = Mapping[str, tuple[str, ...]]
_DELIVERED: Changes = {command.name: command.keys for command in COMMANDS}


class KeyRefused(ProsectorError):
    """A key cannot stand for a command: another one has it, or text fields need it."""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    readers: dict[str, dict[str, tuple[str, ...]]] = {}


class KeyMap(QObject):
    """The keys of one reader. Without a path it forgets when the window is closed."""

    changed = Signal()
    """A command has other keys."""
    failed = Signal(str)
    """A change could not be written; the sentence says why. It holds until the window is closed."""

    def __init__(self, path: Path | None = None, reader: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path, self._reader = path, reader
        self._file, self.problem = (
            read_kept(
                path,
                _File,
                whose=tr("Your keys"),
                instead=tr("The delivered keys hold"),
                damaged=tr("the delivered ones hold"),
            )
            if path
            else (_File(), "")
        )
        self._changes, lost = _usable(self._file.readers.get(reader, {}))
        if lost:
            self.problem = tr("{path} has keys that cannot be used ({list}); the delivered ones hold instead.").format(
                path=path, list="; ".join(lost)
            )

    # ------------------------------------------------------------------ asking

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys of a command, e.g. `Ctrl+Return`; raises KeyError when there is no such command."""
        return self._changes.get(name, _DELIVERED[name])

    def words(self, name: str) -> str:
        """Return the keys of a command for people, e.g. `Ctrl + Y or Ctrl + Shift + Z`."""
        words = tr(" or ").join(map(key_words, self.keys(name)))
        return tr("{words} (held)").format(words=words) if BY_NAME[name].held else words

    def command_of(self, place: Place, pressed: QKeyCombination) -> str:
        """Return the name of the command that a key press stands for in a place; empty when it stands for none."""
        key = key_text(pressed)
        return next((c.name for c in COMMANDS if c.place is place and key in self.keys(c.name)), "")

    def is_changed(self, name: str) -> bool:
        """Whether the reader gave a command another key than the delivered ones."""
        return name in self._changes

    # ------------------------------------------------------------------ changing

    def change(self, name: str, key: str) -> None:
        """Let one key stand for a command instead of those that it had; raises `KeyRefused`, and ValueError for no key.

        A command that another one would have to give up its key for is named in the error.
        """
        self._give(name, (read_key(key),))

    def reset(self, name: str) -> None:
        """Give a command its delivered keys back; raises `KeyRefused` when another command has one of them now."""
        self._give(name, _DELIVERED[name])

    def reset_all(self) -> None:
        """Give every command its delivered keys back."""
        self._become({})

    def _give(self, name: str, keys: tuple[str, ...]) -> None:
        command = BY_NAME[name]
        for key in keys:
            objection = _objection(command, key, self._changes)
            if objection:
                raise KeyRefused(objection)
        others = {other: kept for other, kept in self._changes.items() if other != name}
        self._become(others if keys == _DELIVERED[name] else {**others, name: keys})

    def _become(self, changes: Changes) -> None:
        if changes == self._changes:
            return
        self._changes = changes
        self.changed.emit()
        self._file = _File(readers={**self._file.readers, self._reader: dict(changes)})
        if self._path is None:
            return
        try:
            write_text(self._path, self._file.model_dump_json(indent=1))
        except ProsectorError as error:
            self.failed.emit(str(error))


def _objection(command: Command, key: str, changes: Changes) -> str:
    """Return why a key cannot stand for a command beside what `changes` gives the others; empty when it can."""
    told = tr("{key_words} cannot stand for “{words}”").format(key_words=key_words(key), words=command.words)
    if moves_the_focus(key):
        return tr("{told}: it goes from control to control. Choose another key.").format(told=told)
    if command.place is not Place.IMAGES and is_for_fields(key):
        return tr("{told}: text fields and buttons need it. Choose another key.").format(told=told)
    other = _owner(command, key, changes)
    if other is not None:
        return tr(
            "{told}: it stands for “{words}” ({value}). Choose another key, or give that one another first."
        ).format(told=told, words=other.words, value=other.place.value)
    return ""


def _owner(command: Command, key: str, changes: Changes) -> Command | None:
    """Return the other command that has the key where `command` works."""
    others = (other for other in COMMANDS if other is not command and other.place.meets(command.place))
    return next((other for other in others if key in changes.get(other.name, other.keys)), None)


# ---------------------------------------------------------------------------------------------------------------------
# Reading the file


def _usable(kept: Changes) -> tuple[Changes, list[str]]:
    """Return the changes that can be used together, and what is wrong with the others."""
    changes: dict[str, tuple[str, ...]] = {}
    lost: list[str] = []
    for name, keys in kept.items():
        try:
            changes[_known(name)] = tuple(map(read_key, keys or ("",)))
        except (KeyError, ValueError) as error:
            lost.append(str(error.args[0]))
    while objections := _objections(changes):
        name, objection = objections[0]
        del changes[name]
        lost.append(objection.rstrip("."))
    return changes, lost


def _known(name: str) -> str:
    if name not in BY_NAME:
        raise KeyError(tr("“{name}” is no command").format(name=name))
    return name


def _objections(changes: Changes) -> list[tuple[str, str]]:
    pairs: Iterable[tuple[str, str]] = chain.from_iterable(
        ((name, _objection(BY_NAME[name], key, changes)) for key in keys) for name, keys in changes.items()
    )
    return [(name, objection) for name, objection in pairs if objection]
