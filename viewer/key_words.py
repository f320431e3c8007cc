"""One key press as text: how it is kept, how it is written for people, and which keys a text field cannot spare."""

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from viewer.language import tr

_FORM = QKeySequence.SequenceFormat.PortableText
_CONTROL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_META, _SHIFT = Qt.KeyboardModifier.MetaModifier, Qt.KeyboardModifier.ShiftModifier
_MODIFIERS = ((_CONTROL, tr("Ctrl")), (_ALT, tr("Alt")), (_META, tr("Meta")), (_SHIFT, tr("Shift")))
_ALIKE = {Qt.Key.Key_Enter: Qt.Key.Key_Return, Qt.Key.Key_Backtab: Qt.Key.Key_Tab}
_WRITTEN = {
    "Return": tr("Enter"),
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
    "-": "−",
    "PgUp": tr("PgUp"),
    "PgDown": tr("PgDn"),
    "Home": tr("Home"),
    "End": tr("End"),
    "Del": tr("Del"),
    "Space": tr("Space"),
    "Backspace": tr("Backspace"),
}
_BARE = (
    *(Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_CapsLock),
    *(Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R, Qt.Key.Key_unknown),
)
_MOVES = (
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Insert),
)
_ENDS = (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Space)
_CLIPBOARD = (Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X)
_PRINTABLE_BELOW = Qt.Key.Key_Escape.value


def key_text(pressed: QKeyCombination) -> str:
    """Return a key press as it is kept, e.g. `Ctrl+Return`; empty for a modifier alone.

    Both Enter keys, and a digit on the number pad and above the letters, are the same. A sign such as `?` says by
    itself whether Shift is down, which differs between keyboards, so Shift is left out of it.
    """
    if pressed.key() in _BARE:
        return ""
    key = _ALIKE.get(pressed.key(), pressed.key())
    modifiers = Qt.KeyboardModifier.NoModifier
    for modifier, _name in _MODIFIERS:
        if modifier in pressed.keyboardModifiers() and not (modifier is _SHIFT and _is_sign(key)):
            modifiers |= modifier
    if pressed.key() is Qt.Key.Key_Backtab:
        modifiers |= _SHIFT
    return QKeySequence(QKeyCombination(modifiers, key)).toString(_FORM)


def read_key(text: str) -> str:
    """Return `text` as `key_text` would write it; raises ValueError when it is not one key."""
    if QKeySequence.fromString(text, _FORM).count() != 1 or not (key := key_text(_combination(text))):
        raise ValueError(tr("“{text}” is not a key").format(text=text))
    return key


def sequences_of(key: str) -> list[QKeySequence]:
    """Return every form in which Qt may report a key."""
    pressed = _combination(key)
    forms = [pressed]
    if pressed.key() is Qt.Key.Key_Return:
        forms.append(QKeyCombination(pressed.keyboardModifiers(), Qt.Key.Key_Enter))
    if _is_sign(pressed.key()) and not chr(pressed.key().value).isdigit():
        forms.append(QKeyCombination(pressed.keyboardModifiers() | _SHIFT, pressed.key()))
    return [QKeySequence(form) for form in forms]


def key_words(key: str) -> str:
    """Return a key for people, e.g. `Ctrl + Enter`."""
    pressed = _combination(key)
    name = QKeySequence(pressed.key()).toString(_FORM)
    modifiers = [word for modifier, word in _MODIFIERS if modifier in pressed.keyboardModifiers()]
    return " + ".join((*modifiers, _WRITTEN.get(name, name)))


def is_for_fields(key: str) -> bool:
    """Whether a text field or a button needs the key where a command would take it away.

    Letters, digits and signs are not among them, as a field in which they are typed keeps them by itself. AltGr is
    Ctrl + Alt on some keyboards, and types signs.
    """
    pressed = _combination(key)
    held, struck = pressed.keyboardModifiers() & (_CONTROL | _ALT), pressed.key()
    if held == _CONTROL | _ALT:
        return struck.value < _PRINTABLE_BELOW
    if held == _CONTROL:
        return struck in _MOVES or (struck in _CLIPBOARD and _SHIFT not in pressed.keyboardModifiers())
    return held == Qt.KeyboardModifier.NoModifier and struck in (*_MOVES, *_ENDS)


def moves_the_focus(key: str) -> bool:
    """Whether the key is the one that goes from control to control."""
    pressed = _combination(key)
    return pressed.key() is Qt.Key.Key_Tab and _CONTROL not in pressed.keyboardModifiers()


def _combination(key: str) -> QKeyCombination:
    return QKeySequence.fromString(key, _FORM)[0]  # pyright: ignore[reportIndexIssue] - missing in PySide6's stubs


def _is_sign(key: Qt.Key) -> bool:
    return Qt.Key.Key_Space.value < key.value < _PRINTABLE_BELOW and not chr(key.value).isalpha()
