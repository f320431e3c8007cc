"""A row of buttons of which one is chosen: scores, DCE, extension, scoring table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Segment(Generic[Value]):
    """One button: the value it stands for, what is written on it, and what a tooltip and a screen reader say."""

    value: Value
    text: str
    spoken: str
    width: int = 28


class Segmented(QWidget, Generic[Value]):
    """Shows one value of a few; `chosen` tells a click. Nothing is checked for a value that has no button."""

    chosen = Signal(object)

    def __init__(self, name: str, segments: Sequence[Segment[Value]], parent: QWidget | None = None) -> None:
        """`name` begins each button's object name: `<name>_<text on it>`."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: dict[Value, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for number, segment in enumerate(segments):
            button = _button(name, segment, _place(number, len(segments)))
            button.clicked.connect(lambda _checked=False, value=segment.value: self.chosen.emit(value))
            self._group.addButton(button)
            self._buttons[segment.value] = button
            layout.addWidget(button)

    def set_value(self, value: Value | None) -> None:
        """Show `value`, or nothing, without telling anyone."""
        button = None if value is None else self._buttons.get(value)
        if button is not None:
            button.setChecked(True)
            return
        self._group.setExclusive(False)
        for other in self._buttons.values():
            other.setChecked(False)
        self._group.setExclusive(True)

    def allow(self, values: Collection[Value], why_not: str) -> None:
        """Let only `values` be chosen; the tooltips of the other buttons say `why_not`."""
        for value, button in self._buttons.items():
            button.setEnabled(value in values)
            button.setToolTip(button.accessibleName() if value in values else why_not)

    @property
    def value(self) -> Value | None:
        """The value that is shown, or None when nothing is checked."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), None)


def _place(number: int, count: int) -> str:
    if number == 0:
        return "first"
    return "last" if number == count - 1 else "middle"


def _button(name: str, segment: Segment[Value], place: str) -> QPushButton:
    button = QPushButton(segment.text)
    button.setObjectName(f"{name}_{segment.text.rstrip('.')}")
    button.setAccessibleName(segment.spoken)
    button.setToolTip(segment.spoken)
    button.setCheckable(True)
    button.setProperty("segment", place)
    button.setMinimumWidth(segment.width)
    button.setAutoDefault(False)  # Return in a dialog does what the dialog is for
    # Reached by Tab, never by a click: arrow keys after a click must scroll slices, not change a score.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
