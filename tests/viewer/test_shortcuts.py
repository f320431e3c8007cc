"""The list behind `?`: keys changed in it by keyboard alone, bindings and tooltips that follow, the printed list."""

from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from viewer.key_commands import COMMANDS, GESTURES
from viewer.key_map import KeyMap
from viewer.shortcuts import as_markdown, bind_keys, set_plain_tip, set_tip, show_keys
from viewer.shortcuts_dialog import ShortcutsDialog
from viewer.theme import apply_theme

Key, Mod = Qt.Key, Qt.KeyboardModifier
_DOCS = Path(__file__).resolve().parents[2] / "docs" / "keys.md"


class Room(QWidget):
    """A room with two commands, a field of each kind, and a place without any."""

    def __init__(self, keys: KeyMap) -> None:
        super().__init__()
        self.done: list[str] = []
        self.line, self.text, self.number, self.images = QLineEdit(), QPlainTextEdit(), QSpinBox(), QWidget()
        self.images.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(self)
        for widget in (self.line, self.text, self.number, self.images):
            layout.addWidget(widget)
        self.images.setFocus()
        names = ("accept", "dce_positive", "score_4", "sign", "help", "tool_length", "brush_larger")
        bind_keys(self, keys, {name: lambda name=name: self.done.append(name) for name in names})

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Mod.NoModifier) -> list[str]:
        """Press a key where the focus is; return what was done."""
        self.done.clear()
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key, modifiers)
        return list(self.done)


@pytest.fixture
def keys() -> KeyMap:
    """The delivered keys."""
    return KeyMap()


@pytest.fixture
def room(keys: KeyMap, qtbot: QtBot) -> Room:
    """A room on the screen whose images have the focus."""
    room = Room(keys)
    qtbot.addWidget(room)
    room.show()
    qtbot.waitExposed(room)
    room.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is room.images)
    return room


# Bindings


def test_a_key_acts_in_every_form_in_which_a_keyboard_reports_it(room: Room) -> None:
    assert room.press(Key.Key_A) == ["accept"]
    assert room.press(Key.Key_4, Mod.KeypadModifier) == ["score_4"]
    assert room.press(Key.Key_Return, Mod.ControlModifier) == ["sign"]
    assert room.press(Key.Key_Enter, Mod.ControlModifier | Mod.KeypadModifier) == ["sign"]
    assert room.press(Key.Key_Question, Mod.ShiftModifier) == ["help"]
    assert room.press(Key.Key_Plus) == room.press(Key.Key_Plus, Mod.ShiftModifier) == ["dce_positive"]
    assert room.press(Key.Key_4, Mod.ShiftModifier) == []  # Shift + 4 is no 4 on most keyboards


def test_a_changed_key_acts_at_once_and_the_one_before_no_more(room: Room, keys: KeyMap) -> None:
    keys.change("accept", "Ctrl+G")
    assert room.press(Key.Key_A) == []
    assert room.press(Key.Key_G, Mod.ControlModifier) == ["accept"]


def test_what_is_typed_into_a_field_stays_text(room: Room) -> None:
    typed = ((Key.Key_A, Mod.NoModifier), (Key.Key_4, Mod.NoModifier), (Key.Key_Plus, Mod.NoModifier))
    for field in (room.line, room.text):
        field.setFocus()
        for key, modifiers in typed:
            assert room.press(key, modifiers) == []
    assert room.line.text() == room.text.toPlainText() == "a4+"
    room.number.setFocus()
    assert room.press(Key.Key_4) == []


def test_a_key_meant_for_a_question_that_is_opening_does_nothing_behind_it(room: Room, qtbot: QtBot) -> None:
    question = QDialog(room)
    question.open()
    room.done.clear()
    QTest.keyClick(room.images, Key.Key_4)  # as typed before the question has the keyboard
    assert room.done == []
    question.close()
    room.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is room.images)
    assert room.press(Key.Key_4) == ["score_4"]


def test_a_name_that_is_no_command_is_not_bound(room: Room, keys: KeyMap) -> None:
    with pytest.raises(KeyError):
        bind_keys(room, keys, {"acept": room.close})


# Tooltips


def test_tooltips_name_the_keys_as_they_are_now(room: Room, keys: KeyMap) -> None:
    set_tip(room.images, "Measure ({tool_length}) {not a key}", keys)
    assert room.images.toolTip() == "Measure (M) {not a key}"
    keys.change("tool_length", "F8")
    show_keys(room, keys)
    assert room.images.toolTip() == "Measure (F8) {not a key}"
    set_plain_tip(room.images, "Not to be measured")
    show_keys(room, keys)
    assert room.images.toolTip() == "Not to be measured"


# The list


class Reader:
    """Someone at the list with a keyboard."""

    def __init__(self, dialog: ShortcutsDialog) -> None:
        self.dialog = dialog

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = Mod.NoModifier) -> None:
        """Press keys where the focus is."""
        for key in keys:
            focused = QApplication.focusWidget()
            assert focused is not None
            QTest.keyClick(focused, key, modifiers)

    def look_for(self, text: str) -> None:
        """Type into the search, and go to the list."""
        QTest.keyClicks(QApplication.focusWidget(), text)
        self.press(Key.Key_Down)

    def shown(self) -> list[tuple[str, str]]:
        """Return what the list shows, without the headings."""
        model = self.dialog.model
        lines = filter(None, map(model.line, range(model.rowCount())))
        return [(line.keys, line.words) for line in lines]

    def cell(self, column: int = 0) -> str:
        """Return a cell of the chosen line."""
        index = self.dialog.model.index(self.dialog.table.currentIndex().row(), column)
        return str(index.data())


@pytest.fixture
def reader(room: Room, keys: KeyMap, qtbot: QtBot, qapp: QApplication) -> Reader:
    """The list, opened from the room."""
    apply_theme(qapp)
    dialog = ShortcutsDialog(keys, room)
    dialog.open()
    qtbot.waitExposed(dialog)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is dialog.findChild(QLineEdit, "shortcutsSearch"))
    return Reader(dialog)


def test_the_list_shows_every_command_with_its_key_and_everything_that_the_mouse_does(reader: Reader) -> None:
    shown = reader.shown()
    assert len(shown) == len(COMMANDS) + len(GESTURES)
    assert ("Shift + N", "negative study: PI-RADS 1, once no lesion is reported or left to review") in shown
    assert ("H (held)", "look underneath: no outlines, no measurements and no crosshair while it is held") in shown
    assert ("Middle drag", "pan") in shown


def test_the_search_finds_keys_and_words(reader: Reader) -> None:
    reader.look_for("crosshair mm left")
    assert reader.shown() == [("Shift + ←", "crosshair 1 mm to the left of the active viewport")]
    assert QApplication.focusWidget() is reader.dialog.table
    assert reader.cell() == "Shift + ←"


def test_a_key_is_changed_by_keyboard_alone_and_acts_in_the_window_behind(
    reader: Reader, room: Room, keys: KeyMap, qtbot: QtBot
) -> None:
    reader.look_for("accept the AI's lesion")
    reader.press(Key.Key_Return)
    assert reader.cell() == "press the new key …"
    reader.press(Key.Key_Shift)  # on the way to Shift + Q
    reader.press(Key.Key_Q, modifiers=Mod.ShiftModifier)
    assert keys.words("accept") == "Shift + Q"
    assert (reader.cell(0), reader.cell(1)) == ("Shift + Q", "accept the AI's lesion  (delivered: A)")
    assert reader.dialog.notice.sentence == "Shift + Q now stands for “accept the AI's lesion”."
    reader.press(Key.Key_Escape)
    assert not reader.dialog.isVisible()
    room.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is room.images)
    assert room.press(Key.Key_Q, Mod.ShiftModifier) == ["accept"]


def test_a_refused_key_is_explained_and_another_can_be_pressed_at_once(reader: Reader, keys: KeyMap) -> None:
    reader.look_for("accept the AI's lesion")
    reader.press(Key.Key_Return, Key.Key_X)
    assert "“reject the AI's lesion and say why; remove one of your own” (Report)" in reader.dialog.notice.sentence
    reader.press(Key.Key_Return)  # not obeyed but refused: fields need it
    assert "text fields and buttons need it" in reader.dialog.notice.sentence
    reader.press(Key.Key_Tab)
    assert "goes from control to control" in reader.dialog.notice.sentence
    assert QApplication.focusWidget() is reader.dialog.table
    reader.press(Key.Key_Q)
    assert keys.words("accept") == "Q"


def test_esc_leaves_the_key_as_it_is_and_the_list_open(reader: Reader, keys: KeyMap) -> None:
    reader.look_for("accept the AI's lesion")
    reader.press(Key.Key_Return, Key.Key_Escape)
    assert (keys.words("accept"), reader.cell()) == ("A", "A")
    assert reader.dialog.isVisible()
    reader.press(Key.Key_Q)
    assert keys.words("accept") == "A"


def test_what_the_mouse_does_is_not_changed(reader: Reader) -> None:
    reader.look_for("middle drag")
    reader.press(Key.Key_Return)
    assert reader.dialog.notice.sentence == "“Middle drag” cannot be changed."
    change = reader.dialog.findChild(QPushButton, "shortcutsChangeButton")
    assert change is not None
    assert not change.isEnabled()


def test_backspace_gives_one_key_back_and_a_button_all_of_them(reader: Reader, keys: KeyMap) -> None:
    keys.change("accept", "Q")
    keys.change("reject", "W")
    reader.look_for("accept the AI's lesion")
    reader.press(Key.Key_Backspace)
    assert (keys.words("accept"), keys.words("reject")) == ("A", "W")
    reset_all = reader.dialog.findChild(QPushButton, "shortcutsResetAllButton")
    assert reset_all is not None
    reset_all.setFocus()
    reader.press(Key.Key_Return)
    assert keys.words("reject") == "X"


def test_the_readers_own_keys_are_printed(reader: Reader, keys: KeyMap, tmp_path: Path) -> None:
    keys.change("accept", "F9")
    reader.dialog.save_pdf(tmp_path / "keys.pdf")
    assert str(tmp_path) in reader.dialog.notice.sentence
    document = pypdfium2.PdfDocument(tmp_path / "keys.pdf")
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert "F9" in text
    assert "look underneath" in text


def test_a_list_that_cannot_be_written_says_why(reader: Reader, tmp_path: Path) -> None:
    reader.dialog.save_pdf(tmp_path)
    assert "could not be written" in reader.dialog.notice.sentence


def test_the_documented_keys_are_the_delivered_ones(keys: KeyMap) -> None:
    assert _DOCS.read_text("utf-8") == as_markdown(keys), "write it anew: python -m viewer.shortcuts > docs/keys.md"
