"""Windows on a second and third monitor: grids of their own, with the crosshair, marks and tools of the first one."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reporting.equipment import RESEARCH_USE
from viewer.choices import ChoiceStore, MonitorPlace
from viewer.labels import ElidedLabel, label
from viewer.language import tr
from viewer.layout_button import LayoutButton
from viewer.reading_grid import ReadingGrid
from viewer.said import said

MOST_WINDOWS = 2
"""A second and a third monitor, beside the one with worklist and report."""
_NO_STUDY = tr("No study is open")


class MonitorWindow(QWidget):
    """One such window. It says whose images they are, as they may be the only ones that the reader looks at."""

    closing = Signal()
    """It is about to close; its place can still be asked for."""

    def __init__(self, leader: ReadingGrid, monitor: int) -> None:
        super().__init__()
        self.setObjectName("monitorWindow")
        self.setWindowTitle(tr("Prosector: monitor {value}").format(value=monitor + 1))
        self.resize(1000, 700)
        self.monitor = monitor
        self._leader = leader
        self.grid = leader.twin(monitor)
        self.patient = ElidedLabel(role="name")
        self.layouts = LayoutButton(self.grid, offers_monitor=False)
        self._lay_out()
        leader.study_changed.connect(self._show_study)
        leader.display_changed.connect(self._show_display)
        self.grid.crosshair_moved.connect(leader.move_crosshair)
        self.grid.lesion_clicked.connect(leader.lesion_clicked)
        self.grid.placed.connect(leader.placed)
        self.grid.refused.connect(leader.refused)
        self.grid.overlay_visible_changed.connect(self._show_overlays)
        self._show_study()
        self.grid.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let its owner know."""
        self.closing.emit()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 5, 12, 5)
        top.setSpacing(16)
        top.addWidget(self.patient, 1)
        top.addWidget(label(said(RESEARCH_USE), "dim"))
        top.addWidget(self.layouts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.grid, 1)

    def _show_study(self) -> None:
        study = self._leader.study
        self.patient.set_whole((study.identity or tr("Name unknown")) if study.offers else _NO_STUDY)
        self.grid.show_same(self._leader)
        self._show_display()

    def _show_display(self) -> None:
        before, now = self.grid.display, self._leader.display
        self.grid.set_display(now)
        if before.overlays.gland is None and now.overlays.gland is not None:
            self.grid.frame_gland()

    def _show_overlays(self, visible: bool) -> None:
        self._leader.set_overlay_visible(visible)
        self._leader.overlay_visible_changed.emit(visible)


class MonitorWindows(QObject):
    """Opens and closes them for one grid, and puts them where they were, as long as their screens are there."""

    opened = Signal(object)
    """A `MonitorWindow` is on the screen; keys of the reading room can be bound to it."""

    def __init__(self, leader: ReadingGrid, choices: ChoiceStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._leader, self._choices = leader, choices
        self._windows: dict[int, MonitorWindow] = {}
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenRemoved.connect(self.bring_back)

    @property
    def windows(self) -> tuple[MonitorWindow, ...]:
        """The windows that are open, that of the second monitor first."""
        return tuple(self._windows[monitor] for monitor in sorted(self._windows))

    def open_monitor_window(self) -> MonitorWindow | None:
        """Open the next window where it was last, or on a screen that has none; None when all are open."""
        closed = [monitor for monitor in range(1, MOST_WINDOWS + 1) if monitor not in self._windows]
        return self._open(closed[0]) if closed else None

    def restore(self) -> None:
        """Open the windows that were open when the reader left."""
        for place in self._choices.mine.monitors:
            if place.is_open and place.monitor not in self._windows:
                self._open(place.monitor)

    def close_all(self) -> None:
        """Close the windows and remember that they were open."""
        places = [_place_of(window) for window in self.windows]
        for window in self.windows:
            window.close()
        for place in places:
            self._choices.keep_monitor(place)

    def bring_back(self) -> None:
        """Move windows whose screen is gone to the primary one."""
        for window in self.windows:
            place = place_on(_place_of(window), _screens())
            if place != window.geometry():
                _put(window, place)

    def _open(self, monitor: int) -> MonitorWindow:
        window = MonitorWindow(self._leader, monitor)
        window.closing.connect(lambda: self._closing(window))
        kept = next((place for place in self._choices.mine.monitors if place.monitor == monitor), None)
        _put(window, place_on(kept, _screens()) if kept else self._free_area())
        self._windows[monitor] = window
        if kept is not None and not kept.maximised:
            window.show()
        else:
            window.showMaximized()
        self._choices.keep_monitor(_place_of(window))
        self.opened.emit(window)
        return window

    def _free_area(self) -> QRect:
        """Return the first screen that shows no window of ours, or the primary one."""
        taken = {widget.screen().name() for widget in (self._leader, *self.windows)}
        screens = _screens()
        return next((screen.area for screen in screens if screen.name not in taken), screens[0].area)

    def _closing(self, window: MonitorWindow) -> None:
        if self._windows.pop(window.monitor, None) is not None:
            self._choices.keep_monitor(_place_of(window).model_copy(update={"is_open": False}))
            window.deleteLater()


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen by its name, and the part of the desktop on it that windows may cover."""

    name: str
    area: QRect


def place_on(place: MonitorPlace, screens: Sequence[Screen]) -> QRect:
    """Return where a window goes: where it was, if its screen is still there, else in the middle of the first one."""
    wanted = QRect(place.x, place.y, place.width, place.height)
    screen = next((screen for screen in screens if screen.name == place.screen), None)
    area = (screen or screens[0]).area
    size = wanted.size().boundedTo(area.size())
    if screen is None or not area.intersects(wanted):
        left, top = area.left() + (area.width() - size.width()) // 2, area.top() + (area.height() - size.height()) // 2
    else:
        left = min(max(wanted.left(), area.left()), area.left() + area.width() - size.width())
        top = min(max(wanted.top(), area.top()), area.top() + area.height() - size.height())
    return QRect(left, top, size.width(), size.height())


def _screens() -> list[Screen]:
    """Return the screens, the primary one first."""
    primary = QGuiApplication.primaryScreen()
    others = [screen for screen in QGuiApplication.screens() if screen is not primary]
    return [Screen(screen.name(), screen.availableGeometry()) for screen in (primary, *others)]


def _windows_can_be_placed() -> bool:
    """Tell whether a window knows and chooses where it lies; on Wayland that is the compositor's affair alone."""
    return QGuiApplication.platformName() != "wayland"


def _put(window: MonitorWindow, place: QRect) -> None:
    if _windows_can_be_placed():
        window.setGeometry(place)
    else:
        window.resize(place.size())


def _place_of(window: MonitorWindow) -> MonitorPlace:
    """Return where a window lies; where it cannot know that, the corner of its screen stands for its own."""
    normal = window.normalGeometry() if window.isMaximized() else window.geometry()
    corner = (normal if _windows_can_be_placed() else window.screen().availableGeometry()).topLeft()
    return MonitorPlace(
        monitor=window.monitor,
        screen=window.screen().name(),
        x=corner.x(),
        y=corner.y(),
        width=normal.width(),
        height=normal.height(),
        maximised=window.isMaximized(),
        is_open=True,
    )
