"""The cells of a layout on the screen: as many viewports and special views as it has, made and deleted with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtWidgets import QWidget

from core.study import Role
from viewer.hanging_match import Offer, Slot
from viewer.hanging_tiles import Shares, Tiles
from viewer.mpr_view import MprView
from viewer.viewport import Viewport

Framable = Viewport | MprView
"""What can be zoomed to a place in the patient."""

Views = Mapping[str, Callable[[], QWidget]]
"""What makes the special views of a protocol: `mpr`, `3d`, `curve`."""


@dataclass(slots=True)
class _Pane:
    slot: Slot
    widget: QWidget


class Panes(Tiles):
    """Keeps each cell's widget together with what is to hang in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes: list[_Pane] = []

    @property
    def viewports(self) -> tuple[Viewport, ...]:
        """The viewports in reading order."""
        return tuple(viewport for viewport, _ in self.hangings())

    @property
    def framable(self) -> list[Framable]:
        """The viewports, and the MPR where the layout has it."""
        return [pane.widget for pane in self._panes if isinstance(pane.widget, Viewport | MprView)]

    @property
    def has_keys(self) -> bool:
        """Whether the keys act on a special view, or will once the window is active."""
        return self.window().focusWidget() in [pane.widget for pane in self._panes]

    def hangings(self) -> Iterator[tuple[Viewport, Slot]]:
        """Yield each viewport with what is to hang in it."""
        for pane in self._panes:
            if isinstance(pane.widget, Viewport):
                yield pane.widget, pane.slot

    def arrange(self, slots: Sequence[Slot], shares: Shares, views: Views, made: Callable[[], Viewport]) -> None:
        """Show these cells; viewports of before are used again, those that are too many deleted, new ones `made`."""
        before, spare = [pane.widget for pane in self._panes], list(self.viewports)
        self._panes = [
            _Pane(slot, views[slot.view]() if slot.view else spare.pop(0) if spare else made()) for slot in slots
        ]
        self.lay([(pane.widget, pane.slot.place) for pane in self._panes], shares)
        kept = [pane.widget for pane in self._panes]
        for widget in before:
            if widget not in kept:
                _let_go(widget)

    def hold_all_but(self, first: QWidget) -> None:
        """Paint no other widget until `release`."""
        for pane in self._panes:
            pane.widget.setUpdatesEnabled(pane.widget is first)

    def release(self) -> None:
        """Paint everything again, what was held from its start."""
        for pane in self._panes:
            pane.widget.setUpdatesEnabled(True)

    def put(self, viewport: Viewport, offer: Offer) -> None:
        """Let another series hang in a viewport."""
        pane = next(pane for pane in self._panes if pane.widget is viewport)
        pane.slot = replace(pane.slot, offer=offer, role=offer.choice.role)

    def showing(self, role: Role) -> list[Viewport]:
        """Return the viewports in which a series of the study itself with this role is to hang."""
        return [viewport for viewport, slot in self.hangings() if slot.offer and slot.offer.shows(role)]

    def kept_for(self, role: Role) -> list[Viewport]:
        """Return the viewports that the layout keeps for a role, even if something else or nothing hangs there."""
        return [viewport for viewport, slot in self.hangings() if slot.role == role]


def _let_go(widget: QWidget) -> None:
    """Delete a widget that is no longer shown, and at once the volume that it holds."""
    if isinstance(widget, Viewport):
        widget.show_empty("")
    widget.close()
    widget.deleteLater()
