"""The 3D view: gland, zones and lesions around cuts through the T2. OpenGL is loaded when it is first shown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar

from highdicom import Volume
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from core.volume import PointLps
from viewer.canvas_3d import Canvas3D
from viewer.content_3d import Content, Part
from viewer.jobs import Job, JobRunner
from viewer.key_commands import Place
from viewer.key_map import KeyMap
from viewer.language import tr
from viewer.overlays import Overlays
from viewer.render.lut import Window
from viewer.render.opengl import usable_window
from viewer.shortcuts import set_tip
from viewer.theme import COLOURS

_FOLLOWS_AFTER_MS = 40
_PREPARING = tr("Preparing the 3D view…")
_CLOSED = tr("No study is shown in 3D")
_RETRY = tr("Click here to try again.")
_LOST = tr("The 3D picture was lost: the graphics driver gave it up.")
_SIDE_WIDTH = 32
_SIDES = {
    "A": "anterior",
    "P": "posterior",
    "L": tr("the patient's left"),
    "R": tr("the patient's right"),
    "S": "superior",
    "I": "inferior",
}


class View3D(QWidget):
    """Shows masks and cuts at the crosshair, which follow what it is told; where OpenGL fails it says so in words.

    Whether OpenGL works is found out once per run by `jobs`, in a process of its own.
    """

    lesion_clicked = Signal(str)
    pressed = Signal()
    maximise_requested = Signal()
    focus_lost = Signal()
    """The keys go elsewhere: what a held key did must end."""

    _window_kind: ClassVar[str] = ""
    """The class of render window that was found to draw on this machine; empty until it was looked for."""

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None, *, keys: KeyMap | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view3d")
        self.setAccessibleName(tr("3D: gland, zones and lesions"))
        self._keys = keys or KeyMap(parent=self)
        self._jobs = jobs
        self._job: Job | None = None
        self._waits = True
        self._content = Content()
        self.canvas = Canvas3D()
        self._follows = QTimer(self, interval=_FOLLOWS_AFTER_MS, singleShot=True)
        self._follows.timeout.connect(lambda: self._show(self._content))
        self._parts = {part: self._action(part) for part in Part}
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.show_sentence(_CLOSED)
        self.canvas.lesion_clicked.connect(self.lesion_clicked)
        self.canvas.maximise_requested.connect(self.maximise_requested)
        self.canvas.pressed.connect(self._press)
        self.canvas.sentence_clicked.connect(self._try_again)
        self.canvas.lost.connect(self._lose)

    # ------------------------------------------------------------------ what others call

    @property
    def content(self) -> Content:
        """What is shown."""
        return self._content

    def show_volume(self, volume: Volume, title: str, window: Window) -> None:
        """Cut this series, the axial T2."""
        self.canvas.set_title(title)
        self._show(replace(self._content, volume=volume, window=window))

    def set_overlays(self, overlays: Overlays) -> None:
        """Show the gland and the lesions that are visible."""
        self._show(replace(self._content, overlays=overlays))

    def set_zones(self, zones: Volume | None) -> None:
        """Show the zones (1 = peripheral, 2 = transition) in place of the gland, or the gland again with None."""
        self._show(replace(self._content, zones=zones))

    def set_crosshair(self, point: PointLps) -> None:
        """Cut the series through a patient position (mm, LPS): soon, so that scrolling elsewhere need not wait."""
        self._content = replace(self._content, crosshair=point)
        if self.canvas.picture is None:
            self._prepare()
        elif not self._follows.isActive():
            self._follows.start()

    def set_mark_display(self, *, visible: bool, peeking: bool, opacity: float) -> None:
        """Show or hide the bodies, and set the strength of gland and zones."""
        bodies = visible and not peeking
        if (bodies, opacity) != (self._content.bodies, self._content.opacity):
            self._show(replace(self._content, bodies=bodies, opacity=opacity))

    def set_parts(self, parts: Iterable[Part]) -> None:
        """Show these parts and no others."""
        chosen = frozenset(parts)
        for part, action in self._parts.items():
            action.setChecked(part in chosen)
        self._show(replace(self._content, parts=chosen))

    def look_from(self, letter: str) -> None:
        """Look from a side of the patient: `A`, `P`, `L`, `R`, `S` or `I`."""
        if self.canvas.picture is not None:
            self.canvas.picture.scene.look_from(letter)
            self.canvas.redraw()

    def frame(self) -> None:
        """Turn to the gland again, without one to the whole series."""
        if self.canvas.picture is not None:
            self.canvas.picture.look_at_all()
            self.canvas.redraw()

    def clear(self) -> None:
        """Let go of the study and give the OpenGL context back."""
        self._content = replace(self._content, volume=None, overlays=Overlays(), zones=None, crosshair=None)
        self.canvas.set_title("")
        self.canvas.show_sentence(_CLOSED)

    # ------------------------------------------------------------------ events

    def showEvent(self, event: QShowEvent) -> None:
        """Get ready when this is seen for the first time, and again after `clear`."""
        super().showEvent(event)
        self._prepare()

    def acts(self) -> Mapping[str, Callable[[], object]]:
        """Return what the commands of the images do here, by their names in `key_commands`."""
        return {
            **{f"look_from_{letter}": partial(self.look_from, letter) for letter in _SIDES},
            "reset_view": self.frame,
            "maximise": self.maximise_requested.emit,
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key stands for among the commands of the images; those of the whole grid are left to it."""
        act = self.acts().get(self._keys.command_of(Place.IMAGES, event.keyCombination()))
        if act is None or event.isAutoRepeat():
            super().keyPressEvent(event)
        else:
            act()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """End what a held key does."""
        self.focus_lost.emit()
        super().focusOutEvent(event)

    # ------------------------------------------------------------------ OpenGL

    def _prepare(self) -> None:
        """Make the scene, once there is something to show and someone to see it."""
        nothing = self._content.volume is None and self._content.overlays.gland is None
        if nothing or not self._waits or not self.isVisible() or self._job is not None or self.canvas.picture:
            return
        if View3D._window_kind:
            self._begin(View3D._window_kind)
            return
        self.canvas.show_sentence(_PREPARING)
        self._job = self._jobs.start(usable_window, on_done=self._found, on_failed=self._fail)
        self.destroyed.connect(self._job.abandon)

    def _found(self, window_kind: str) -> None:
        self._job = None
        View3D._window_kind = window_kind
        self.canvas.show_sentence(_CLOSED)
        self._prepare()

    def _begin(self, window_kind: str) -> None:
        from viewer.picture_3d import Picture3D
        from viewer.render.scene import Scene

        picture = Picture3D(Scene(window_kind))
        picture.show(self._content)
        self.canvas.show_picture(picture)

    def _fail(self, sentence: str) -> None:
        self._job = None
        self._waits = False
        self.canvas.show_sentence(f"{sentence} {_RETRY}")

    def _lose(self) -> None:
        """What drew before may end the process now, so it is tried in another one first, and not unasked."""
        View3D._window_kind = ""
        self._fail(_LOST)

    def _try_again(self) -> None:
        self._waits = True
        self._prepare()

    # ------------------------------------------------------------------ parts

    def _show(self, content: Content) -> None:
        self._content = content
        self._parts[Part.ZONES].setEnabled(content.zones is not None)
        if self.canvas.picture is None:
            self._prepare()
        else:
            self.canvas.picture.show(content)
            self.canvas.redraw()

    def _press(self) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pressed.emit()

    def _action(self, part: Part) -> QAction:
        action = QAction(part.value, self)
        action.setCheckable(True)
        action.setChecked(True)
        action.triggered.connect(self._choose_parts)
        return action

    def _choose_parts(self) -> None:
        self.set_parts(part for part, action in self._parts.items() if action.isChecked())

    def _lay_out(self) -> None:
        bar = QWidget()
        bar.setObjectName("view3dBar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setStyleSheet(
            f"#view3dBar {{ background: {COLOURS['panel']}; border-bottom: 1px solid {COLOURS['line']}; }}"
        )
        row = QHBoxLayout(bar)
        row.setContentsMargins(6, 3, 6, 3)
        row.setSpacing(0)
        for place, letter in enumerate(_SIDES):
            row.addWidget(self._side_button(letter, {0: "first", len(_SIDES) - 1: "last"}.get(place, "middle")))
        row.addStretch(1)
        row.addWidget(self._parts_button())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.canvas, 1)

    def _side_button(self, letter: str, place: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"view3d_{letter}")
        button.setText(letter)
        button.setAccessibleName(tr("Look from {sides}").format(sides=_SIDES[letter]))
        set_tip(
            button,
            tr("Look from {sides} ({{look_from_{letter}}})").format(sides=_SIDES[letter], letter=letter),
            self._keys,
        )
        button.setProperty("segment", place)
        button.setMinimumWidth(_SIDE_WIDTH)
        button.setMaximumWidth(_SIDE_WIDTH)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.look_from(letter))
        return button

    def _parts_button(self) -> QToolButton:
        menu = QMenu(self)
        menu.addActions(list(self._parts.values()))
        button = QToolButton()
        button.setObjectName("view3dParts")
        button.setText(tr("Show"))
        button.setToolTip(tr("What is shown in 3D"))
        button.setAccessibleName(button.toolTip())
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
