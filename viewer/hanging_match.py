"""Which series a protocol's cells take in a study, which protocol suits the study best, and why in words."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from core.study import Role, RoleChoice
from viewer.hanging_protocol import Place, Protocol, SeriesCell, Stage
from viewer.language import tr
from viewer.said import said

DROP_HERE = tr("Drag a series here")
_WORDS = {
    Role.T2_AXIAL.value: said("axial T2"),
    Role.T2_SAGITTAL.value: said("sagittal T2"),
    Role.T2_CORONAL.value: said("coronal T2"),
    Role.ADC.value: "ADC",
    Role.DWI.value: "DWI",
    Role.HIGH_B.value: said("high-b DWI"),
    Role.DCE.value: "DCE",
    Role.SUBTRACTION.value: tr("DCE subtraction"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A series that can be hung; `prior` is the day of the earlier study that it is from, else empty."""

    choice: RoleChoice
    prior: str = ""

    @property
    def key(self) -> str:
        """What tells it from all others of the study and its priors; begins with the Series Instance UID."""
        stack, choice = self.choice.stack, self.choice
        image = stack.instances[0] if stack.instances else None
        first = "" if image is None else f"{image.sop_instance_uid}{'' if image.frame is None else f'#{image.frame}'}"
        images = f"{stack.b_value}", f"{len(choice.stacks)}", first
        return "|".join((stack.series.series_instance_uid, self.prior, choice.role, *images))

    @property
    def title(self) -> str:
        """The series as its viewport calls it."""
        title = said(self.choice.title)
        return tr("Prior {prior} · {title}").format(prior=self.prior, title=title) if self.prior else title

    def shows(self, role: Role) -> bool:
        """Tell whether this is the study's own series of a role."""
        return self.choice.role is role and not self.prior


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell as it is hung: a series, a special view by its name, or the sentence why it is empty."""

    place: Place
    role: str = ""
    offer: Offer | None = None
    view: str = ""
    empty: str = DROP_HERE
    prior: bool = False


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A layout filled with the series of a study. `key` is the same for the same layout of any study."""

    key: str
    title: str
    rows: int
    columns: int
    slots: tuple[Slot, ...]
    reason: str

    @property
    def is_free(self) -> bool:
        """Whether this is a free grid, of no protocol."""
        return self.key.startswith("free/")


@dataclass(frozen=True, slots=True)
class Fit:
    """How a protocol suits a study: what it requires and `lacks`, the share of cells `filled`, and both in words."""

    protocol: Protocol
    lacks: tuple[str, ...]
    filled: float
    reason: str

    @property
    def suits(self) -> bool:
        """Whether all that the protocol requires is here."""
        return not self.lacks


def fits(protocols: Iterable[Protocol], offers: Sequence[Offer], views: Collection[str]) -> tuple[Fit, ...]:
    """Return how each protocol whose special views there are suits a study, the best first.

    A protocol that suits goes before one that does not, then the higher priority; of those that do not suit, the one
    with most cells filled.
    """
    found = [_fit(protocol, offers) for protocol in protocols if protocol.views <= set(views)]
    return tuple(
        sorted(found, key=lambda fit: (fit.suits, 1.0 if fit.suits else fit.filled, fit.protocol.priority))[::-1]
    )


def arranged(fit: Fit, stage: int, offers: Sequence[Offer]) -> Arrangement:
    """Return a stage of a protocol filled with the series of a study; raises IndexError for a stage it has not got."""
    chosen = fit.protocol.stages[stage]
    title = stage_in_words(fit.protocol, chosen)
    return Arrangement(
        key=f"{fit.protocol.id}/{stage}",
        title=title,
        rows=chosen.rows,
        columns=chosen.columns,
        slots=_slots(chosen, offers),
        reason=f"{title}: {_reason(chosen.series_cells, offers)}",
    )


def stage_in_words(protocol: Protocol, stage: Stage) -> str:
    """Return what a layout is called: its protocol, and its stage where there are several."""
    name = said(protocol.name)
    return name if len(protocol.stages) == 1 else f"{name} · {said(stage.name)}"


def free_grid(rows: int, columns: int, offers: Sequence[Offer]) -> Arrangement:
    """Return a grid filled with the MR series of a study in their order; what is left empty waits for a series."""
    shown = [offer for offer in offers if offer.choice.stack.series.modality == "MR"]
    places = [Place(n // columns, n % columns) for n in range(rows * columns)]
    filled = [Slot(place, offer.choice.role, offer) for place, offer in zip(places, shown, strict=False)]
    slots = (*filled, *(Slot(place) for place in places[len(filled) :]))
    title = tr("Grid {rows} × {columns}").format(rows=rows, columns=columns)
    return Arrangement(
        f"free/{rows}x{columns}",
        title,
        rows,
        columns,
        slots,
        tr("{title}: {len} of {len_2} series hang in it.").format(title=title, len=len(filled), len_2=len(shown)),
    )


def kind_of_study(offers: Sequence[Offer]) -> str:
    """Return the kind that a reader's choice of layout is remembered for: the roles of a study, and of its priors."""
    roles = {f"{'prior ' * bool(offer.prior)}{offer.choice.role}" for offer in offers}
    return "+".join(sorted(role for role in roles if Role.OTHER not in role))


def _slots(stage: Stage, offers: Sequence[Offer]) -> tuple[Slot, ...]:
    return tuple(
        Slot(place, cell.role, _taken(cell, offers), empty=said(cell.empty), prior=cell.prior)
        if isinstance(cell, SeriesCell)
        else Slot(place, view=cell.view)
        for cell, place in zip(stage.cells, stage.places, strict=True)
    )


def _taken(cell: SeriesCell, offers: Sequence[Offer]) -> Offer | None:
    """Return the series for a cell; without a high-b image the acquired DWI with the highest b-value stands there."""
    here = [offer for offer in offers if bool(offer.prior) is cell.prior and _meets(cell, offer)]
    exact = [offer for offer in here if offer.choice.role == cell.role]
    if cell.role == Role.DWI or (cell.role == Role.HIGH_B and not exact):
        dwi = [offer for offer in here if offer.choice.role is Role.DWI]
        return max(dwi, key=lambda offer: offer.choice.b_value or 0.0, default=None)
    return _phase(exact, cell.phase) if cell.phase is not None else next(iter(exact), None)


def _phase(series: Sequence[Offer], phase: int) -> Offer | None:
    """Return one phase of a DCE, as an offer of its own."""
    stacks = [(one, stack) for one in series for stack in one.choice.stacks]
    phases = [replace(one, choice=replace(one.choice, stacks=(stack,))) for one, stack in stacks]
    index = phase - 1 if phase > 0 else phase
    return phases[index] if -len(phases) <= index < len(phases) else None


def _meets(cell: SeriesCell, offer: Offer) -> bool:
    right_b = cell.b_value is None or offer.choice.b_value == cell.b_value
    return right_b and (cell.acquired is None or offer.choice.calculated is not cell.acquired)


def _fit(protocol: Protocol, offers: Sequence[Offer]) -> Fit:
    cells = protocol.stages[0].series_cells
    missing = [cell for cell in cells if _taken(cell, offers) is None]
    lacks = tuple(_words(cell) for cell in missing if cell.required)
    return Fit(protocol, lacks, 1 - len(missing) / len(cells), _reason(cells, offers))


def _reason(cells: Sequence[SeriesCell], offers: Sequence[Offer]) -> str:
    taken = [(cell, _taken(cell, offers)) for cell in cells]
    here = [offer.title for _, offer in taken if offer is not None]
    missing = [_words(cell) for cell, offer in taken if offer is None]
    several = tr("{listed} are all here") if len(here) > 2 and not missing else tr("{listed} are here")
    have = (tr("{listed} is here") if len(here) == 1 else several).format(listed=_listed(here, tr("and")))
    lack = tr("this study has no {listed}").format(listed=_listed(missing, tr("or")))
    if not missing:
        return f"{have}."
    return f"{have}; {lack}." if here else f"{lack}."


def _words(cell: SeriesCell) -> str:
    b_value = "" if cell.b_value is None else f" b {cell.b_value:g}"
    phase = {None: "", -1: tr(" last phase")}.get(cell.phase, tr(" phase {n}").format(n=cell.phase))
    prior = tr("prior ") if cell.prior else ""
    return f"{prior}{_WORDS[cell.role]}{b_value}{phase}"


def _listed(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
