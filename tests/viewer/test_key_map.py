"""Which key stands for what: the delivered keys, a reader's changes, what is refused, and the file."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QKeyCombination, Qt
from pytestqt.qtbot import QtBot

from viewer.key_commands import BY_NAME, COMMANDS, Place
from viewer.key_map import KeyMap, KeyRefused
from viewer.key_words import is_for_fields, key_text, key_words, moves_the_focus, read_key

Key, Mod = Qt.Key, Qt.KeyboardModifier


def _pressed(key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> QKeyCombination:
    together = Mod.NoModifier
    for modifier in modifiers:
        together |= modifier
    return QKeyCombination(together, key)


# How a key is written


@pytest.mark.parametrize(
    ("pressed", "kept", "told"),
    [
        (_pressed(Key.Key_A), "A", "A"),
        (_pressed(Key.Key_N, Mod.ShiftModifier), "Shift+N", "Shift + N"),
        (_pressed(Key.Key_Return, Mod.ControlModifier), "Ctrl+Return", "Ctrl + Enter"),
        (_pressed(Key.Key_Enter, Mod.ControlModifier, Mod.KeypadModifier), "Ctrl+Return", "Ctrl + Enter"),
        (_pressed(Key.Key_4, Mod.KeypadModifier), "4", "4"),
        (_pressed(Key.Key_4, Mod.ShiftModifier), "4", "4"),  # a French keyboard writes digits with Shift
        (_pressed(Key.Key_Question, Mod.ShiftModifier), "?", "?"),
        (_pressed(Key.Key_Plus, Mod.ShiftModifier), "+", "+"),
        (_pressed(Key.Key_Plus, Mod.ControlModifier, Mod.ShiftModifier), "Ctrl++", "Ctrl + +"),
        (_pressed(Key.Key_Backtab, Mod.ShiftModifier), "Shift+Tab", "Shift + Tab"),
        (_pressed(Key.Key_Up, Mod.ShiftModifier), "Shift+Up", "Shift + ↑"),
        (_pressed(Key.Key_Adiaeresis), "Ä", "Ä"),
        (_pressed(Key.Key_Shift, Mod.ShiftModifier), "", None),
        (_pressed(Key.Key_AltGr), "", None),
    ],
)
def test_a_key_press_has_one_name_on_every_keyboard(pressed: QKeyCombination, kept: str, told: str | None) -> None:
    assert key_text(pressed) == kept
    if told is not None:
        assert read_key(kept) == kept
        assert key_words(kept) == told


@pytest.mark.parametrize("text", ["", "Nonsense", "A, B", "Shift"])
def test_what_is_not_one_key_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a key"):
        read_key(text)


# The table


def test_no_key_is_delivered_with_two_meanings() -> None:
    for one, other in combinations(COMMANDS, 2):
        if one.place.meets(other.place):
            assert not {*one.keys} & {*other.keys}, (one.name, other.name)


def test_every_delivered_key_is_written_as_a_key_press_would_be_and_could_be_given_by_the_reader() -> None:
    assert len(BY_NAME) == len(COMMANDS)
    for command in COMMANDS:
        for key in command.keys:
            assert read_key(key) == key
            assert not moves_the_focus(key)
            assert command.place is Place.IMAGES or not is_for_fields(key) or key == "Esc"


def test_the_images_ask_for_the_command_of_a_key_press() -> None:
    keys = KeyMap()
    assert keys.command_of(Place.IMAGES, _pressed(Key.Key_Down)) == "slice_on"
    assert keys.command_of(Place.IMAGES, _pressed(Key.Key_Down, Mod.KeypadModifier)) == "slice_on"
    assert keys.command_of(Place.IMAGES, _pressed(Key.Key_Down, Mod.ShiftModifier)) == "crosshair_down"
    assert keys.command_of(Place.IMAGES, _pressed(Key.Key_Enter)) == "maximise"
    assert keys.command_of(Place.IMAGES, _pressed(Key.Key_R)) == ""
    assert keys.command_of(Place.REPORT, _pressed(Key.Key_R)) == "run_ai"


# Changing


def test_a_changed_key_replaces_those_that_the_command_had(qtbot: QtBot) -> None:
    keys = KeyMap()
    with qtbot.waitSignal(keys.changed):
        keys.change("redo", "Ctrl+Shift+Y")
    assert (keys.keys("redo"), keys.words("redo"), keys.is_changed("redo")) == (
        ("Ctrl+Shift+Y",),
        "Ctrl + Shift + Y",
        True,
    )
    keys.reset("redo")
    assert (keys.words("redo"), keys.is_changed("redo")) == ("Ctrl + Y or Ctrl + Shift + Z", False)


def test_giving_a_command_its_delivered_key_is_no_change() -> None:
    keys = KeyMap()
    keys.change("accept", "Q")
    keys.change("accept", "A")
    assert not keys.is_changed("accept")


@pytest.mark.parametrize(
    ("command", "key", "other"),
    [
        ("accept", "X", "reject the AI's lesion and say why; remove one of your own"),  # within one place
        ("accept", "I", "invert the active viewport"),  # the images are in the same room
        ("invert", "A", "accept the AI's lesion"),
        ("accept", "F1", "this list"),  # works everywhere
        ("help", "F5", "query again"),
    ],
)
def test_a_key_that_another_command_has_is_refused_with_both_named(command: str, key: str, other: str) -> None:
    keys = KeyMap()
    with pytest.raises(KeyRefused) as refused:
        keys.change(command, key)
    assert BY_NAME[command].words in str(refused.value)
    assert other in str(refused.value)
    assert not keys.is_changed(command)


def test_a_key_may_mean_one_thing_in_the_worklist_and_another_in_the_images() -> None:
    keys = KeyMap()
    keys.change("find_patient", "I")
    assert keys.command_of(Place.WORKLIST, _pressed(Key.Key_I)) == "find_patient"
    assert keys.command_of(Place.IMAGES, _pressed(Key.Key_I)) == "invert"


@pytest.mark.parametrize(
    ("command", "key"),
    [
        ("accept", "Return"),
        ("accept", "Space"),
        ("accept", "Backspace"),
        ("accept", "Shift+Left"),
        ("accept", "Ctrl+Left"),
        ("find_patient", "Ctrl+V"),
        ("save", "Ctrl+Alt+Q"),  # types @ on a German keyboard
        ("accept", "Tab"),
        ("invert", "Shift+Tab"),
    ],
)
def test_a_key_that_typing_or_going_from_field_to_field_needs_is_refused(command: str, key: str) -> None:
    keys = KeyMap()
    with pytest.raises(KeyRefused, match=r"text fields and buttons need it|goes from control to control"):
        keys.change(command, key)


def test_the_images_may_have_keys_that_fields_need_as_there_is_nothing_to_type_in_them() -> None:
    keys = KeyMap()
    keys.change("invert", "Backspace")
    assert keys.command_of(Place.IMAGES, _pressed(Key.Key_Backspace)) == "invert"


def test_a_delivered_key_that_another_command_has_now_does_not_come_back_in_silence() -> None:
    keys = KeyMap()
    keys.change("accept", "Q")
    keys.change("reject", "A")
    with pytest.raises(KeyRefused, match="reject the AI's lesion"):
        keys.reset("accept")
    keys.reset_all()
    assert (keys.words("accept"), keys.words("reject")) == ("A", "X")


# The file


def test_changes_are_there_again_the_next_day_for_their_reader_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "keys.json"
    KeyMap(file, "anne").change("accept", "Q")
    KeyMap(file, "ben").change("accept", "W")
    assert [KeyMap(file, reader).words("accept") for reader in ("anne", "ben", "cleo")] == ["Q", "W", "A"]
    assert json.loads(file.read_text("utf-8")) == {
        "readers": {"anne": {"accept": ["Q"]}, "ben": {"accept": ["W"]}},
    }


def test_what_cannot_be_used_any_more_is_said_and_the_rest_holds(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    kept = {"accept": ["Q"], "vanished": ["W"], "invert": ["Nonsense"], "reject": ["R"], "undo": []}
    file.write_text(json.dumps({"readers": {"anne": kept}}), "utf-8")
    keys = KeyMap(file, "anne")
    assert [keys.words(name) for name in ("accept", "invert", "reject", "undo")] == ["Q", "I", "X", "Ctrl + Z"]
    assert "“vanished” is no command" in keys.problem
    assert "“Nonsense” is not a key" in keys.problem
    assert "run the AI on the open study" in keys.problem


def test_keys_that_were_exchanged_are_read_as_they_were_left(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    keys = KeyMap(file)
    for name, key in (("accept", "Q"), ("reject", "A"), ("accept", "X")):
        keys.change(name, key)
    again = KeyMap(file)
    assert (again.words("accept"), again.words("reject"), again.problem) == ("X", "A", "")


@pytest.mark.parametrize("content", [b"\xff\x00", b"[]", b'{"readers": {"anne": 4}}'])
def test_a_damaged_file_is_kept_aside_and_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(content)
    keys = KeyMap(file, "anne")
    assert keys.words("accept") == "A"
    assert "keys.damaged.json" in keys.problem
    assert (tmp_path / "keys.damaged.json").read_bytes() == content


def test_a_change_that_cannot_be_written_holds_until_the_window_is_closed_and_is_said(
    tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "keys.json").mkdir()  # so that no file can take this name
    keys = KeyMap(tmp_path / "keys.json")
    assert "cannot be read" in keys.problem
    with qtbot.waitSignal(keys.failed) as failed:
        keys.change("accept", "Q")
    assert "could not be written" in failed.args[0]
    assert keys.words("accept") == "Q"
