"""The menu of the named windows for the kind of series that a picture shows."""

from collections.abc import Callable, Sequence
from functools import partial

from highdicom import Volume
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from viewer.key_map import KeyMap
from viewer.window_presets import WindowPreset

_Choose = Callable[[int], object]


def show_window_menu(parent: QWidget, on_screen: QPoint, fill: Callable[[QMenu], object]) -> None:
    """Open the menu at a point of the screen, with the windows that `fill` offers."""
    menu = QMenu(parent)
    menu.setObjectName("windowMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    fill(menu)
    menu.popup(on_screen)


def add_windows(
    menu: QMenu,
    presets: Sequence[WindowPreset],
    volume: Volume,
    gland: Volume | None,
    chosen: str,
    keys: KeyMap,
    choose: _Choose,
) -> None:
    """Offer windows by their names and keys, with the one that is `chosen` checked; `choose` takes its place."""
    for number, preset in enumerate(presets):
        name = preset.told(volume, gland)
        action = menu.addAction(f"{name}\t{keys.words(f'window_{number + 1}')}")
        action.setObjectName(f"window_{number + 1}")
        action.setCheckable(True)
        action.setChecked(name == chosen)
        action.triggered.connect(partial(choose, number))
