"""Moving the diffusion or the dynamic images by hand until they lie on the axial T2."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.alignment import Alignment, Moved
from core.nudge import MOST_DEG, MOST_MM, Nudge, Nudges
from core.volume import PointLps
from viewer.fields import NumberField
from viewer.labels import label
from viewer.language import tr
from viewer.segmented import Segment, Segmented

_STEP_MM, _STEP_DEG = 0.5, 0.5
_FINE = 0.2
_GROUPS = (
    Segment("diffusion", tr("Diffusion"), tr("Move ADC and all diffusion images"), 100),
    Segment("dce", "DCE", tr("Move the dynamic images"), 100),
)
_SHIFTS = (
    ("nudgeLeft", "R ↔ L", tr("Shift to the patient's left, in millimetres")),
    ("nudgePosterior", "A ↔ P", tr("Shift to posterior, in millimetres")),
    ("nudgeSuperior", "I ↔ S", tr("Shift to superior, in millimetres")),
)
_TURNS = (
    ("nudgeAboutX", "about L", tr("Turn about the left–right axis, in degrees")),
    ("nudgeAboutY", "about P", tr("Turn about the anterior–posterior axis, in degrees")),
    ("nudgeAboutZ", "about S", tr("Turn about the head–foot axis, in degrees")),
)
_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (1, -1),
    Qt.Key.Key_Down: (1, 1),
    Qt.Key.Key_PageUp: (2, 1),
    Qt.Key.Key_PageDown: (2, -1),
}
"""Axis and direction by key, as they appear on axial images: right is the patient's left, down is posterior."""


class NudgePanel(QWidget):
    """Shows and changes the corrections of a study; each change is told at once, and is undone like any edit.

    The arrow keys shift by half a millimetre (a tenth with Shift), PgUp and PgDn to superior and inferior, while the
    panel itself has the focus.
    """

    nudged = Signal(object)
    """The `Nudges` that the reader wants."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nudgePanel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Move images with the arrow keys"))
        self._nudges = Nudges()
        self._about: PointLps = (0.0, 0.0, 0.0)
        self._group: Segmented[str] = Segmented("nudgeGroup", _GROUPS)
        self._group.set_value("diffusion")
        self._shifts = [_box(name, spoken, MOST_MM, _STEP_MM, " mm") for name, _, spoken in _SHIFTS]
        self._turns = [_box(name, spoken, MOST_DEG, _STEP_DEG, "°") for name, _, spoken in _TURNS]
        self._reset = QPushButton(tr("Back to the scanner's positions"))
        self._reset.setObjectName("nudgeReset")
        self._found = label("", "small", wrap=True, name="nudgeFoundByAi")
        self._use_found = QPushButton(tr("Use the AI's alignment"))
        self._use_found.setObjectName("nudgeUseAi")
        self._lay_out()
        self._group.chosen.connect(lambda _: self._show())
        self._reset.clicked.connect(lambda: self._set(Nudge(), taken_back=True))
        self._use_found.clicked.connect(lambda: self._set(Nudge(), taken_back=False))
        for box in (*self._shifts, *self._turns):
            box.valueChanged.connect(self._take_values)
        self._show()

    def show_nudges(self, nudges: Nudges, about: PointLps) -> None:
        """Show the corrections of the report; turns from now on are about this position (the gland's middle)."""
        self._nudges, self._about = nudges, about
        self._show()

    def allow_dce(self, allowed: bool) -> None:
        """Let the dynamic images be moved, or not when the study has none."""
        self._group.allow(("diffusion", "dce") if allowed else ("diffusion",), tr("This study has no DCE"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift by an arrow key."""
        move = _ARROWS.get(event.key())
        if move is None:
            super().keyPressEvent(event)
            return
        axis, sign = move
        fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        box = self._shifts[axis]
        box.setValue(box.value() + sign * fine * _STEP_MM)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        for column, (boxes, names) in enumerate(((self._shifts, _SHIFTS), (self._turns, _TURNS))):
            for row, (box, (_, name, _)) in enumerate(zip(boxes, names, strict=True)):
                grid.addWidget(label(name, "small"), row, 2 * column)
                grid.addWidget(box, row, 2 * column + 1)
        group = QHBoxLayout()
        group.addWidget(self._group)
        group.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addLayout(group)
        layout.addLayout(grid)
        layout.addWidget(
            label(tr("Arrow keys: 0.5 mm, with Shift 0.1 mm; PgUp / PgDn: superior / inferior."), "small", wrap=True)
        )
        layout.addWidget(self._found)
        layout.addWidget(self._use_found)
        layout.addWidget(self._reset)

    @property
    def _current(self) -> Nudge:
        return self._nudges.dce if self._group.value == "dce" else self._nudges.diffusion

    @property
    def _moved(self) -> Moved:
        return Moved.DYNAMIC if self._group.value == "dce" else Moved.DIFFUSION

    @property
    def _alignment(self) -> Alignment | None:
        return self._nudges.alignment_of(self._moved)

    def _show(self) -> None:
        current = self._current
        for boxes, values in ((self._shifts, current.shift_mm), (self._turns, current.turn_deg)):
            for box, value in zip(boxes, values, strict=True):
                with QSignalBlocker(box):
                    box.setValue(value)
        found = self._alignment
        used, back = found is not None and found.is_used, found is not None and found.was_used and found.taken_back
        self._reset.setEnabled(used or not current.is_none)
        self._found.setText(found.in_words if found else "")
        self._found.setVisible(found is not None)
        self._use_found.setVisible(back)

    def _take_values(self) -> None:
        shift, turn = (_triple(boxes) for boxes in (self._shifts, self._turns))
        before = self._current
        about = before.about if any(before.turn_deg) else self._about  # a turn that was made keeps its centre
        self._set(Nudge(shift, turn, about if any(turn) else (0.0, 0.0, 0.0)))

    def _set(self, nudge: Nudge, *, taken_back: bool | None = None) -> None:
        before = self._nudges
        if self._group.value == "dce":
            self._nudges = replace(before, dce=nudge)
        else:
            self._nudges = replace(before, diffusion=nudge)
        if taken_back is not None:
            self._nudges = self._nudges.with_alignment_taken_back(self._moved, taken_back)
        if self._nudges == before:
            return
        self._show()
        self.nudged.emit(self._nudges)


def _box(name: str, spoken: str, most: float, step: float, suffix: str) -> NumberField:
    box = NumberField()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.setToolTip(spoken)
    box.setRange(-most, most)
    box.setDecimals(1)
    box.setSingleStep(step)
    box.setSuffix(suffix)
    box.setKeyboardTracking(False)
    return box


def _triple(boxes: list[NumberField]) -> PointLps:
    first, second, third = (round(box.value(), 1) for box in boxes)
    return first, second, third
