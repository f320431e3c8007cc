"""The menu of a series in the strip: what it is to be used as, instead of what its headers made it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from core.study import ROLE_NAMES, Role, RoleChoice
from viewer.hanging_match import Offer
from viewer.language import tr
from viewer.said import said


def can_be_corrected(offer: Offer) -> bool:
    """Tell whether a reader can say what a series is for: not of a prior's, nor of an image that was made here."""
    choice = offer.choice
    made_here = choice.fitted or choice.role is Role.SUBTRACTION
    return not offer.prior and not made_here and choice.stack.series.modality == "MR" and bool(choice.stack.instances)


def show_role_menu(
    strip: QWidget,
    at: QPoint,
    choice: RoleChoice,
    use_as: Callable[[Role], None],
    forget: Callable[[], None] | None,
) -> None:
    """Show the menu at a point of the screen; `forget` is None where nothing was said of the series."""
    menu = QMenu(strip)
    menu.setObjectName("roleMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    roles = menu.addMenu(tr("Use as"))
    for role, name in ((role, said(name)) for role, name in ROLE_NAMES.items()):
        _add(roles, role, name[0].upper() + name[1:], choice, use_as)
    roles.addSeparator()
    _add(roles, Role.OTHER, tr("Nothing: leave it out"), choice, use_as)
    if forget is not None:
        action = menu.addAction(tr("Forget what was chosen for this scanner and protocol"))
        action.setObjectName("forgetRole")
        action.triggered.connect(forget)
    menu.popup(at)


def _add(menu: QMenu, role: Role, text: str, choice: RoleChoice, use_as: Callable[[Role], None]) -> None:
    action = menu.addAction(text)
    action.setObjectName(f"use_as_{role.value}")
    action.setCheckable(True)
    action.setChecked(choice.role is role)
    action.triggered.connect(partial(use_as, role))
