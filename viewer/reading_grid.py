"""The viewports of a prostate study, hung as a protocol or the reader says, and linked in patient space."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from core.frame_link import FrameLink
from core.nudge import Nudges
from core.study import Role, RoleChoice
from core.volume import PointLps
from service.nudged import moved
from service.reading import LoadedSeries
from viewer.choices import ChoiceStore, GridChoice, StageChoice
from viewer.frame_menu import LinkStep, LinkWish, frame_menu
from viewer.hanging import hung_of, middle_of
from viewer.hanging_display import Display
from viewer.hanging_match import Arrangement, Fit, Offer, arranged, fits, free_grid, kind_of_study
from viewer.hanging_memory import ViewMemory
from viewer.hanging_panes import Views
from viewer.hanging_protocol import LARGEST_GRID, protocols
from viewer.hanging_study import Fetch, ShownStudy
from viewer.hanging_tiles import Shares
from viewer.key_map import KeyMap
from viewer.language import tr
from viewer.linked_grid import LinkedGrid
from viewer.series_fetch import load_here
from viewer.series_model import SERIES_MIME
from viewer.slice_view import Hung
from viewer.viewport import Viewport

_CLOSED = tr("No study is open")
_ASKED = tr("Waits for your choice: it is not certain which series this is")
_AS_LAST_TIME = tr(" You chose it last for such a study.")


class ReadingGrid(LinkedGrid):
    """Shows one study in the best of the hanging protocols, in the reader's last one for such studies, or a free grid.

    The study's frame of reference, in which viewports are linked, is that of the axial T2.
    `monitor` counts from 0; each monitor keeps its own layouts, and a further one begins with another layout.
    """

    hung_changed = Signal(str)
    """Other series hang, or in another layout; says what and why. `viewports` may be others than before."""
    study_changed = Signal()
    """Another study is shown, or none."""
    link_wanted = Signal(object)
    """A `LinkWish`: a series of another frame of reference is to be linked, or no longer."""
    frames_changed = Signal(object)
    """The series in another frame of reference by the keys of their offers: `FrameState` and what it means."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        choices: ChoiceStore | None = None,
        fetch: Fetch = load_here,
        keys: KeyMap | None = None,
        monitor: int = 0,
    ) -> None:
        super().__init__(parent, keys=keys)
        self._choices = choices or ChoiceStore(parent=self)
        self._fetch = fetch
        self._monitor = monitor
        self._makers: Mapping[str, Callable[[ReadingGrid], QWidget]] = {}
        self._views: Views = {}
        self._study = ShownStudy()
        self._fits: tuple[Fit, ...] = ()
        self._stage = (0, 0)
        self._memory = ViewMemory()
        self._panes.moved.connect(self._keep_shares)
        self.setAcceptDrops(True)
        self.clear()

    # ------------------------------------------------------------------ the study

    def show_study(
        self,
        series: Sequence[LoadedSeries],
        others: Sequence[RoleChoice] = (),
        *,
        identity: str = "",
        open_roles: Collection[Role] = (),
    ) -> None:
        """Hang a study with its priors; what is missing or cannot be shown says so. Overlays of before are gone.

        `others` are loaded when they are hung. `identity` says in one line whose study it is; `open_roles` are those
        that the reader is asked about.
        """
        study = ShownStudy(series, others, identity=identity, open_roles=open_roles)
        self._become(study)
        if study.reference is not None and study.reference.volume is not None:
            middle = middle_of(study.reference.volume)
            self.set_display(replace(self._display, crosshair=middle, normals=study.normals(self._display.nudges)))
        self._arrange(self._remembered() or self._stage_at(self._ring[self._monitor % len(self._ring)]))
        self.study_changed.emit()
        self.frames_changed.emit(study.frame_words(self._display.nudges))

    def clear(self) -> None:
        """Show no study and let go of its volumes and overlays."""
        self._become(ShownStudy())
        closed = self._stage_at((0, 0))
        self._arrange(replace(closed, slots=tuple(replace(slot, empty=_CLOSED) for slot in closed.slots), reason=""))
        self.study_changed.emit()

    def show_same(self, other: "ReadingGrid") -> None:
        """Show the study that another grid shows, with the same volumes."""
        study = other.study
        if study.offers:
            self.show_study(study.series, study.unloaded, identity=study.identity, open_roles=study.open_roles)
        else:
            self.clear()

    def twin(self, monitor: int) -> "ReadingGrid":
        """Return a grid for another monitor, with the same choices, keys, special views and way to load series."""
        grid = ReadingGrid(choices=self._choices, fetch=self._fetch, keys=self._keys, monitor=monitor)
        grid.set_views(self._makers)
        grid.link_wanted.connect(self.link_wanted)
        return grid

    @property
    def study(self) -> ShownStudy:
        """The series of the open study."""
        return self._study

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Every series that can be hung, in reading order."""
        return self._study.offers

    def set_views(self, makers: Mapping[str, Callable[["ReadingGrid"], QWidget]]) -> None:
        """Offer protocols with special views, each made for the grid that shows it, from the next study on."""
        self._makers = makers
        self._views = {name: partial(make, self) for name, make in makers.items()}

    # ------------------------------------------------------------------ what hangs

    @property
    def protocols(self) -> tuple[Fit, ...]:
        """The protocols that can be chosen for the study, the best first, each with its reason."""
        return self._fits

    @property
    def arrangement(self) -> Arrangement:
        """The layout as it was hung, before the reader put series elsewhere."""
        return self._arrangement

    def choose(self, protocol_id: str, stage: int = 0) -> None:
        """Hang a stage, counted from 0, of a protocol, and remember it; raises KeyError for one that is not offered."""
        at = next((n for n, fit in enumerate(self._fits) if fit.protocol.id == protocol_id), None)
        if at is None:
            raise KeyError(
                tr("The hanging protocol {protocol_id} is not offered for this study.").format(protocol_id=protocol_id)
            )
        arrangement = self._stage_at((at, stage))
        self._choices.keep_layout(self._kind, StageChoice(protocol=protocol_id, stage=stage))
        self._arrange(arrangement)

    def next_stage(self) -> None:
        """Go to the next stage of the protocol, after its last one to the next protocol that suits the study."""
        self._step_stage(1)

    def previous_stage(self) -> None:
        """Go back to the stage before."""
        self._step_stage(-1)

    def set_free_grid(self, rows: int, columns: int) -> None:
        """Hang the MR series in their order in a grid of 1 × 1 to 4 × 4, and remember it; raises ValueError beyond."""
        if not (1 <= rows <= LARGEST_GRID and 1 <= columns <= LARGEST_GRID):
            raise ValueError(
                tr("A grid has 1 to {largest_grid} rows and columns, not {rows} × {columns}.").format(
                    largest_grid=LARGEST_GRID, rows=rows, columns=columns
                )
            )
        self._choices.keep_layout(self._kind, GridChoice(rows=rows, columns=columns))
        self._arrange(free_grid(rows, columns, self.offers))

    def hang_in(self, viewport: Viewport, offer: Offer) -> None:
        """Hang a series in a viewport, in place of what the layout has there, until another layout is chosen."""
        self._note_views()
        self._panes.put(viewport, offer)
        self._fill(viewport, offer)
        self._show_chips()
        self._activate(viewport)
        self.hung_changed.emit(
            tr("{title} hangs where you put it: {reason}.").format(title=offer.title, reason=offer.choice.reason)
        )

    def set_display(self, display: Display) -> None:
        """Share this from now on; what the reader moved hangs where it lies now, in the same view.

        A series that was linked, or is no longer, is shown from anew: its positions are others.
        """
        before = self._display.nudges
        if display.nudges == before:
            super().set_display(display)
            return
        linked = display.nudges.links != before.links
        normals = self._study.normals(display.nudges) if linked else display.normals
        super().set_display(replace(display, normals=normals))
        for viewport, slot in self._panes.hangings():
            one = self._study.loaded(slot.offer) if slot.offer else None
            if slot.offer is None or one is None or viewport.hung is None:
                continue
            if _link(one, display.nudges) != _link(one, before):
                self._relink(viewport, one)
            elif not display.nudges.puts_alike(before, slot.offer.choice.role):
                hung = self._lying(one)
                if hung is not None:
                    viewport.rehang(hung)
        if linked:
            self._memory.forget_views()  # positions in what was linked are others, in this layout and the others
            self.frames_changed.emit(self._study.frame_words(display.nudges))

    def show_instead(self, role: Role, hung: Hung) -> bool:
        """Show another image, such as a calculated b-value, in the viewports of a role; tell whether it has any."""
        viewports = self._panes.showing(role)
        for viewport in viewports:
            if viewport.hung is not None:
                viewport.rehang(hung)
        return bool(viewports)

    def frame_gland(self) -> None:
        """Zoom every linked viewport to the gland, also those that are hung later; without one nothing changes."""
        self._memory.forget_views()
        super().frame_gland()

    def viewport(self, role: Role) -> Viewport:
        """Return the first viewport that shows a role of the study, or is kept for it; raises KeyError without one."""
        for viewport in (*self._panes.showing(role), *self._panes.kept_for(role)):
            return viewport
        raise KeyError(
            tr("No viewport shows {value}; choose a layout that has it, or drag the series into one.").format(
                value=role.value
            )
        )

    # ------------------------------------------------------------------ drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a series of the open study."""
        if self._dragged(event) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take it over a viewport only, and show over which."""
        target = self._under(event)
        self._mark_active(target or self._active)
        event.setAccepted(target is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show again which viewport the keys act on."""
        self._mark_active(self._active)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hang the series where it was dropped."""
        offer, target = self._dragged(event), self._under(event)
        if offer is not None and target is not None:
            event.acceptProposedAction()
            self.hang_in(target, offer)

    # ------------------------------------------------------------------ layouts

    def _become(self, study: ShownStudy) -> None:
        self._note_views()
        self._memory.forget_views()
        for viewport in self.viewports:
            viewport.show_empty("")
        self._study = study
        self._fits = fits(protocols(), study.offers, self._views)
        self._forget()

    @property
    def _kind(self) -> str:
        return self._own(kind_of_study(self.offers))

    @property
    def _ring(self) -> list[tuple[int, int]]:
        """The stages of the protocols that suit the study, as (protocol, stage)."""
        suitable = [(n, fit) for n, fit in enumerate(self._fits) if fit.suits]
        return [(n, stage) for n, fit in suitable for stage in range(len(fit.protocol.stages))]

    def _stage_at(self, stage: tuple[int, int]) -> Arrangement:
        self._stage = stage
        return arranged(self._fits[stage[0]], stage[1], self.offers)

    def _step_stage(self, step: int) -> None:
        if not self.offers:
            return
        ring = self._ring
        here = ring.index(self._stage) if self._stage in ring else 0
        protocol, stage = ring[here if self._arrangement.is_free else (here + step) % len(ring)]
        self.choose(self._fits[protocol].protocol.id, stage)

    def _remembered(self) -> Arrangement | None:
        """Return the layout that the reader chose last for such a study, or None."""
        chosen = self._choices.mine.layouts.get(self._kind)
        if isinstance(chosen, GridChoice):
            found = free_grid(chosen.rows, chosen.columns, self.offers)
            return replace(found, reason=found.reason + _AS_LAST_TIME)
        for n, fit in enumerate(self._fits):
            if chosen and fit.protocol.id == chosen.protocol and chosen.stage < len(fit.protocol.stages):
                found = self._stage_at((n, chosen.stage))
                return replace(found, reason=found.reason + _AS_LAST_TIME)
        return None

    def _arrange(self, arrangement: Arrangement) -> None:
        self._note_views()
        self._arrangement, self._maximised = arrangement, None
        had_focus = self._panes.isAncestorOf(self.focusWidget() or self)
        self._panes.arrange(arrangement.slots, self._shares_of(arrangement), self._views, self._made_viewport)
        for viewport, slot in self._panes.hangings():
            if slot.offer is None:
                asked = slot.role in self._study.open_roles and not slot.prior
                viewport.show_empty(_ASKED if asked else slot.empty)
            else:
                self._fill(viewport, slot.offer)
        self._show_chips()
        self._activate(self.viewports[0])
        if had_focus:  # in a special view that may be gone
            self.setFocus()
        if arrangement.reason:
            self.hung_changed.emit(arrangement.reason)

    def _shares_of(self, arrangement: Arrangement) -> Shares:
        kept = self._choices.mine.shares.get(self._own(arrangement.key))
        if kept is not None and kept.suit(arrangement.rows, arrangement.columns):
            return kept
        return Shares.even(arrangement.rows, arrangement.columns)

    def _keep_shares(self) -> None:
        self._choices.keep_shares(self._own(self._arrangement.key), self._panes.shares)

    def _own(self, key: str) -> str:
        """Return the key under which a choice is kept for this monitor."""
        return f"monitor {self._monitor + 1}: {key}" if self._monitor else key

    # ------------------------------------------------------------------ one viewport

    def _fill(self, viewport: Viewport, offer: Offer) -> None:
        one = self._study.loaded(offer)
        if one is not None:
            self._hang(viewport, offer, one)
            return
        viewport.show_empty(tr("Loading {title} …").format(title=offer.title))
        self._study.load(offer, self._fetch, partial(self._hang_loaded, self._study))

    def _hang_loaded(self, study: ShownStudy, offer: Offer) -> None:
        """Hang a series that was fetched wherever it is still wanted, if its study is still open."""
        one = study.loaded(offer) if study is self._study else None
        for viewport, slot in self._panes.hangings():
            if slot.offer == offer and one is not None:
                self._hang(viewport, offer, one)
        if one is not None:
            self._share_window(one)
            self.frames_changed.emit(study.frame_words(self._display.nudges))

    def _hang(self, viewport: Viewport, offer: Offer, one: LoadedSeries) -> None:
        hung = self._lying(one)
        if hung is None:
            viewport.show_empty(one.problem)
            return
        viewport.hang(hung, self._memory.window(offer, hung))
        viewport.setAccessibleName(offer.title)
        seen = self._memory.view(offer, hung)
        if seen is not None:
            viewport.look(*seen)
        self._share_with(viewport, framed=self._framed and seen is None)

    def _lying(self, one: LoadedSeries) -> Hung | None:
        """Return how a series hangs where the reader moved it; the phases of a DCE share one window."""
        hung = hung_of(moved(one, self._display.nudges), self._study.reference)
        window = self._study.dynamic_window(one.prior) if hung and _is_phase(one) else None
        return replace(hung, window=window) if hung and window else hung

    def _share_window(self, one: LoadedSeries) -> None:
        """Let the phases of a DCE that hang already share the window with one that was loaded; a chosen one stays."""
        if not _is_phase(one):
            return
        before = self._study.dynamic_window(one.prior, without=one)
        now = self._study.dynamic_window(one.prior)
        for viewport, slot in self._panes.hangings():
            hung, offer = viewport.hung, slot.offer
            if now is None or hung is None or offer is None or offer.choice.role is not Role.DCE:
                continue
            if offer.prior == one.prior and hung.window == before:  # else it shows a map in place of the phase
                chosen, remembered = viewport.chosen_window, self._memory.window(offer, hung)
                viewport.rehang(replace(hung, window=now))
                if chosen not in (None, remembered):
                    viewport.look(replace(viewport.state, window=chosen), viewport.across_mm)

    def _relink(self, viewport: Viewport, one: LoadedSeries) -> None:
        """Hang a series where it lies now, with its window, on its slice while it has no place in the patient."""
        hung, seen = self._lying(one), viewport.state
        if hung is None:
            return
        viewport.hang(hung, seen.window)
        viewport.look(replace(viewport.state, slice_index=seen.slice_index, inverted=seen.inverted), 1.0)
        self._share_with(viewport, framed=self._framed)

    def _show_chips(self) -> None:
        """Let the chips of lesions stand in the first axial T2 only, or, without one, in the first viewport."""
        chosen = (*self._panes.showing(Role.T2_AXIAL), *self.viewports)[0]
        for viewport in self.viewports:
            viewport.set_shows_chips(viewport is chosen)

    def _note_views(self) -> None:
        for viewport, slot in self._panes.hangings():
            if slot.offer is not None:
                self._memory.note(slot.offer, viewport)

    def _dragged(self, event: QDropEvent) -> Offer | None:
        key = event.mimeData().data(SERIES_MIME).toStdString()
        return next((offer for offer in self.offers if offer.key == key), None)

    def _under(self, event: QDropEvent) -> Viewport | None:
        child = self._panes.childAt(self._panes.mapFrom(self, event.position().toPoint()))
        return child if isinstance(child, Viewport) else None

    def acts(self) -> Mapping[str, Callable[[], object]]:
        """Besides those of linked viewports: other layouts, and linking the active viewport's series."""
        steps = (LinkStep.ANCHOR, LinkStep.REGISTER, LinkStep.UNLINK)
        return {
            **super().acts(),
            "next_layout": self.next_stage,
            "previous_layout": self.previous_stage,
            **{step.value: partial(self.ask_to_link, self.active, step) for step in steps},
        }

    # ------------------------------------------------------------------ other frames of reference

    def ask_to_link(self, viewport: Viewport, step: LinkStep, at: PointLps | None = None) -> None:
        """Ask for a step with the series of a viewport, or say why there is nothing to link."""
        offer = next((slot.offer for pane, slot in self._panes.hangings() if pane is viewport), None)
        if offer is None or viewport.hung is None:
            self.refused.emit(tr("No series hangs in the active viewport, so there is nothing to link."))
        elif viewport.hung.frame_mark is None:
            title = viewport.hung.caption.title
            self.refused.emit(
                tr("{title} needs no link: choose a viewport whose series says “Other frame”.").format(title=title)
            )
        else:
            self.link_wanted.emit(LinkWish(step, offer, viewport, at))

    def _show_frame_menu(self, viewport: Viewport, on_screen: QPoint, at: PointLps | None) -> None:
        mark = viewport.hung.frame_mark if viewport.hung else None
        if mark is not None:
            busy, here = viewport.is_registering, at is not None
            ask = partial(self._ask_at, viewport, at)
            menu = frame_menu(viewport, mark, self._keys, ask, here=here, busy=busy)
            menu.addSeparator()
            self._add_windows(menu, viewport)
            menu.popup(on_screen)

    def _ask_at(self, viewport: Viewport, at: PointLps | None, step: LinkStep) -> None:
        self.ask_to_link(viewport, step, at if step is LinkStep.ANCHOR_HERE else None)

    def _made_viewport(self) -> Viewport:
        viewport = super()._made_viewport()
        viewport.frame_menu_wanted.connect(partial(self._show_frame_menu, viewport))
        return viewport


def _is_phase(one: LoadedSeries) -> bool:
    return one.choice.role is Role.DCE and one.volume is not None


def _link(one: LoadedSeries, nudges: Nudges) -> FrameLink | None:
    return None if one.prior else nudges.link_of(one.choice.stack.series)
