"""The series of the study on the screen: what can be hung, what is loaded already, and in which frame it is read."""

from collections.abc import Callable, Collection, Sequence

from core.nudge import Nudges
from core.study import Role, RoleChoice
from service.nudged import moved
from service.reading import LoadedSeries
from viewer.frame_mark import FrameState, mark_of
from viewer.hanging import offer_of, reference_of
from viewer.hanging_match import Offer
from viewer.render.geometry import Vector, stack_geometry
from viewer.render.lut import Window, automatic_window

Fetch = Callable[[RoleChoice, Callable[[LoadedSeries], None]], None]
"""Loads a series that is not loaded yet, here or in another thread, and hands it over."""
_T2 = (Role.T2_AXIAL, Role.T2_SAGITTAL, Role.T2_CORONAL)


class ShownStudy:
    """One open study with its priors, or, without offers, none. `identity` says in one line whose it is.

    `open_roles` wait for the reader to say which series fills them.
    """

    def __init__(
        self,
        series: Sequence[LoadedSeries] = (),
        others: Sequence[RoleChoice] = (),
        *,
        identity: str = "",
        open_roles: Collection[Role] = (),
    ) -> None:
        self.identity, self.open_roles = identity, frozenset(open_roles)
        self.offers: tuple[Offer, ...] = (*map(offer_of, series), *map(Offer, others))
        self.reference = reference_of(series)
        self._loaded = {offer_of(one).key: one for one in series}
        self._awaited: set[str] = set()

    def normals(self, nudges: Nudges) -> tuple[Vector, ...]:
        """Return the normals of the T2 stacks that are linked, whose planes the crosshair's lines are."""
        frame = self.reference.volume.frame_of_reference_uid if self.reference and self.reference.volume else None
        lying = [moved(one, nudges).volume for one in self.series if one.choice.role in _T2 and not one.prior]
        t2 = [volume for volume in lying if volume is not None and frame and volume.frame_of_reference_uid == frame]
        return tuple(stack_geometry(volume).normal for volume in t2)

    def frame_words(self, nudges: Nudges) -> dict[str, tuple[FrameState, str]]:
        """Return the series in another frame of reference by the keys of their offers: the chip, and what it means."""
        found = {offer.key: self._frame_words(offer, nudges) for offer in self.offers}
        return {key: told for key, told in found.items() if told is not None}

    def _frame_words(self, offer: Offer, nudges: Nudges) -> tuple[FrameState, str] | None:
        one, reference = self.loaded(offer), self.reference
        if reference is None or reference.volume is None or offer.prior:
            return None
        frame, series = reference.volume.frame_of_reference_uid, offer.choice.stack.series
        if one is None:
            known = series.frame_of_reference_uid and frame and series.frame_of_reference_uid != frame
            link = nudges.link_of(series)
            one = LoadedSeries(offer.choice, None, link=link)
            linked = link is not None and link.onto == frame
            mark = mark_of(one, reference, linked=linked) if known else None
        elif one.volume is None:
            return None
        else:
            lying = moved(one, nudges)
            assert lying.volume is not None, "it had one"
            mark = mark_of(lying, reference, linked=lying.volume.frame_of_reference_uid == frame)
        return None if mark is None else (mark.state, mark.words)

    @property
    def series(self) -> tuple[LoadedSeries, ...]:
        """What is loaded."""
        return tuple(self._loaded.values())

    @property
    def unloaded(self) -> tuple[RoleChoice, ...]:
        """What is not."""
        return tuple(offer.choice for offer in self.offers if offer.key not in self._loaded)

    def loaded(self, offer: Offer) -> LoadedSeries | None:
        """Return a series, or None while it is not loaded."""
        return self._loaded.get(offer.key)

    def dynamic_window(self, prior: str, *, without: LoadedSeries | None = None) -> Window | None:
        """Return the widest automatic window of the loaded phases of a DCE, or None while there is none.

        With a window of its own each phase would look as bright as the one before the contrast agent.
        """
        phases = [
            one for one in self.series if one.choice.role is Role.DCE and one.prior == prior and one is not without
        ]
        windows = [automatic_window(one.volume, Role.DCE) for one in phases if one.volume is not None]
        return max(windows, key=lambda window: window.width, default=None)

    def load(self, offer: Offer, fetch: Fetch, then: Callable[[Offer], None]) -> None:
        """Fetch a series, unless it is on its way already, and tell when it is here."""
        if offer.key not in self._awaited:
            self._awaited.add(offer.key)
            fetch(offer.choice, lambda one: self._take(offer, one, then))

    def _take(self, offer: Offer, one: LoadedSeries, then: Callable[[Offer], None]) -> None:
        self._awaited.discard(offer.key)
        self._loaded[offer.key] = one
        then(offer)
