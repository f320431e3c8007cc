"""What a reader can do with a series of another frame of reference: the menu of its chip, and what is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from core.volume import PointLps
from viewer.frame_mark import FrameMark, FrameState
from viewer.hanging_match import Offer
from viewer.key_map import KeyMap
from viewer.language import tr
from viewer.theme import icon
from viewer.viewport import Viewport


class LinkStep(Enum):
    """One thing that can be asked for; the value is the name of its key's command, or empty."""

    ANCHOR = "anchor"
    ANCHOR_HERE = ""
    REGISTER = "register"
    UNLINK = "unlink"


@dataclass(frozen=True, slots=True)
class LinkWish:
    """What the reader wants of the series in a viewport; `at` is a place in it (mm, LPS) that was pointed at."""

    step: LinkStep
    offer: Offer
    view: Viewport
    at: PointLps | None = None


def frame_menu(
    view: QWidget, mark: FrameMark, keys: KeyMap, ask: Callable[[LinkStep], None], *, here: bool, busy: bool
) -> QMenu:
    """Return the menu, to be popped up. `here`: a place was pointed at; `busy`: it is being registered."""
    menu = QMenu(view)
    menu.setObjectName("frameMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    unlinked = mark.state is FrameState.OTHER
    if unlinked and here and not busy:
        _add(
            menu, keys, LinkStep.ANCHOR_HERE, tr("Anchor here: the crosshair of the T2 marks this place"), "anchor", ask
        )
    if unlinked and not busy:
        _add(menu, keys, LinkStep.ANCHOR, tr("Anchor: click the place that the T2's crosshair marks"), "anchor", ask)
    if mark.state is not FrameState.REGISTERED or busy:
        text = tr("Stop registering") if busy else tr("Register onto the axial T2")
        _add(menu, keys, LinkStep.REGISTER, text, "cross" if busy else "linked", ask)
    if not unlinked:
        _add(menu, keys, LinkStep.UNLINK, tr("Unlink"), "unlinked", ask)
    for action in menu.actions():
        action.setToolTip(mark.words)
    return menu


def _add(menu: QMenu, keys: KeyMap, step: LinkStep, text: str, picture: str, ask: Callable[[LinkStep], None]) -> None:
    key = f"\t{keys.words(step.value)}" if step.value else ""
    action = menu.addAction(icon(picture), text + key)
    action.setObjectName(f"frame_{step.name.lower()}")
    action.triggered.connect(partial(ask, step))
