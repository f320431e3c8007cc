"""How the reader looked at a series: kept while the study is open, the window of a role for the next study too."""

from dataclasses import replace

from core.study import Role
from viewer.hanging_match import Offer
from viewer.render.lut import Window
from viewer.slice_view import Hung, SliceView
from viewer.view_state import ViewState


class ViewMemory:
    """Remembers windows by role, of DWI by b-value, as they differ from the automatic one in widths of that one."""

    def __init__(self) -> None:
        self._windows: dict[tuple[Role, float | None], tuple[float, float]] = {}
        self._views: dict[str, tuple[ViewState, float, bool]] = {}

    def note(self, offer: Offer, view: SliceView) -> None:
        """Remember how a viewport shows a series."""
        hung, kind = view.hung, _kind(offer)
        if hung is None:
            return
        self._views[offer.key] = view.state, view.across_mm, view.state.window == hung.window
        if offer.prior or offer.choice.role is Role.OTHER:
            return
        automatic, chosen = hung.window, view.chosen_window
        self._windows.pop(kind, None)
        if chosen is not None:
            moved = (chosen.level - automatic.level) / automatic.width
            self._windows[kind] = (chosen.width / automatic.width, moved)

    def window(self, offer: Offer, hung: Hung) -> Window:
        """Return the window that a series is to be shown with."""
        wider, moved = self._windows.get(_kind(offer), (1.0, 0.0))
        return Window(hung.window.width * wider, hung.window.level + moved * hung.window.width)

    def view(self, offer: Offer, hung: Hung) -> tuple[ViewState, float] | None:
        """Return how a series of this study was looked at and how many mm across, or None when it was not.

        One that was seen with its automatic window has the automatic one of now.
        """
        if offer.key not in self._views:
            return None
        state, across_mm, automatic = self._views[offer.key]
        return replace(state, window=hung.window) if automatic else state, across_mm

    def forget_views(self) -> None:
        """Keep the windows only."""
        self._views.clear()


def _kind(offer: Offer) -> tuple[Role, float | None]:
    return offer.choice.role, offer.choice.b_value if offer.choice.role is Role.DWI else None
