"""A lamp for each archive: whether it answers, does not at the moment, or refuses this station."""

from collections.abc import Sequence
from enum import Enum
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from core.errors import ArchiveUnreachable, ProsectorError
from core.progress import Progress
from pacs.archive import Archive
from viewer.jobs import Job, JobRunner
from viewer.language import tr
from viewer.theme import set_style_property

_EVERY_MS = 60_000
_MOST_LETTERS = 18
_MOST_NAMES, _NAMELESS_WIDTH = 4, 28
"""With more archives the lamps have no names beside them: the bar is as narrow as the narrowest window."""


class Light(Enum):
    """What a lamp shows: its sign, its role in the style sheet, and its words."""

    UNKNOWN = ("○", "dim", tr("{name} has not been asked yet."))
    ANSWERS = ("●", "ok", tr("{name} answers."))
    AWAY = (
        "◐",
        "caution",
        tr("{name} does not answer at the moment; it is asked again every minute, and what you sign is kept here."),
    )
    REFUSES = (
        "✕",
        "danger",
        tr("{name} refuses this station, so a setting has to be changed; click to find out which."),
    )

    @property
    def sign(self) -> str:
        """What is seen without colour."""
        return self.value[0]

    def words(self, name: str) -> str:
        """Return the state in a sentence."""
        return self.value[2].format(name=name)


class Lamp(QPushButton):
    """The lamp of one archive."""

    def __init__(self, name: str, *, named: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._beside = f" {name if len(name) <= _MOST_LETTERS else f'{name[: _MOST_LETTERS - 1]}…'}" * named
        self.setObjectName("archiveLamp")
        self.setProperty("flat", True)
        self.setAutoDefault(False)
        if not named:
            self.setFixedWidth(_NAMELESS_WIDTH)
        self.light = Light.UNKNOWN
        self.show_light(Light.UNKNOWN, "")

    def show_light(self, light: Light, why: str) -> None:
        """Show a state; `why` is what the archive said, if anything."""
        self.light = light
        self.setText(f"{light.sign}{self._beside}")
        self.setToolTip("\n".join(filter(None, (light.words(self.name), why))))
        self.setAccessibleName(light.words(self.name))
        set_style_property(self, "light", light.value[1])


class ArchiveLamps(QWidget):
    """Asks each archive for an echo, one after the other, as long as the lamps are seen."""

    wanted = Signal(str)
    """The name of an archive whose lamp was clicked."""

    def __init__(
        self, archives: Sequence[Archive], jobs: JobRunner, parent: QWidget | None = None, *, every_ms: int = _EVERY_MS
    ) -> None:
        super().__init__(parent)
        self.setObjectName("archiveLamps")
        self._archives, self._jobs = tuple(archives), jobs
        self._asking: Job | None = None
        self.lamps = tuple(Lamp(archive.name, named=len(archives) <= _MOST_NAMES) for archive in archives)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for lamp in self.lamps:
            lamp.clicked.connect(partial(self.wanted.emit, lamp.name))
            row.addWidget(lamp)
        self._timer = QTimer(self, interval=every_ms)
        self._timer.timeout.connect(self.ask)

    def ask(self) -> None:
        """Ask every archive anew, beside the window."""
        self._stop()
        self._ask_from(0)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to ask."""
        super().showEvent(event)
        self._timer.start()
        self.ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask nobody while no one looks."""
        super().hideEvent(event)
        self._timer.stop()
        self._stop()

    def _ask_from(self, place: int) -> None:
        self._asking = None
        if place < len(self._archives):
            archive = self._archives[place]
            self._asking = self._jobs.start(
                lambda _progress: _asked(archive, _progress),
                on_done=lambda told: self._show(place, *told),
                on_failed=lambda sentence: self._show(place, Light.AWAY, sentence),
            )

    def _show(self, place: int, light: Light, why: str) -> None:
        self.lamps[place].show_light(light, why)
        self._ask_from(place + 1)

    def _stop(self) -> None:
        if self._asking is not None:
            self._asking.abandon()
            self._asking = None


def _asked(archive: Archive, progress: Progress) -> tuple[Light, str]:
    progress.report(0.0, archive.name)
    try:
        archive.echo()
    except ArchiveUnreachable as error:
        return Light.AWAY, str(error)
    except ProsectorError as error:
        return Light.REFUSES, str(error)
    return Light.ANSWERS, ""
