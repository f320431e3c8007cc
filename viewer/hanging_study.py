"""The series of the study on the screen: what can be hung, what is loaded already, and in which frame it is read."""

from collections.abc import Callable, Sequence

from core.study import Role, RoleChoice
from service.reading import LoadedSeries
from viewer.hanging import offer_of, reference_of
from viewer.hanging_match import Offer
from viewer.render.geometry import Vector, stack_geometry

Fetch = Callable[[RoleChoice, Callable[[LoadedSeries], None]], None]
"""Loads a series that is not loaded yet, here or in another thread, and hands it over."""
_T2 = (Role.T2_AXIAL, Role.T2_SAGITTAL, Role.T2_CORONAL)


class ShownStudy:
    """One open study with its priors, or, without offers, none. `identity` says in one line whose it is."""

    def __init__(
        self, series: Sequence[LoadedSeries] = (), others: Sequence[RoleChoice] = (), *, identity: str = ""
    ) -> None:
        self.identity = identity
        self.offers: tuple[Offer, ...] = (*map(offer_of, series), *map(Offer, others))
        self.reference = reference_of(series)
        self.normals = _normals(series, self.reference)
        self._loaded = {offer_of(one).key: one for one in series}
        self._awaited: set[str] = set()

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

    def load(self, offer: Offer, fetch: Fetch, then: Callable[[Offer], None]) -> None:
        """Fetch a series, unless it is on its way already, and tell when it is here."""
        if offer.key not in self._awaited:
            self._awaited.add(offer.key)
            fetch(offer.choice, lambda one: self._take(offer, one, then))

    def _take(self, offer: Offer, one: LoadedSeries, then: Callable[[Offer], None]) -> None:
        self._awaited.discard(offer.key)
        self._loaded[offer.key] = one
        then(offer)


def _normals(series: Sequence[LoadedSeries], reference: LoadedSeries | None) -> tuple[Vector, ...]:
    """Return the normals of the study's linked T2 stacks, whose planes the crosshair's lines are."""
    frame = reference.volume.frame_of_reference_uid if reference and reference.volume else None
    t2 = [one.volume for one in series if one.choice.role in _T2 and not one.prior and one.volume is not None]
    return tuple(stack_geometry(volume).normal for volume in t2 if frame and volume.frame_of_reference_uid == frame)
