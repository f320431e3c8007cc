"""The right panel's clinical part: prostate, lesions, sector map, category, in the order of reading."""

from collections.abc import Callable, Set

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.pirads import PIRADS_COLOURS, Category, Dce, Score
from core.quality import Answer, Criterion
from core.report import FromModel, Lesion, Rejected, Report, Unreviewed, beyond_organ, contradictions_of
from core.sector_drawing import Mark
from core.sectors import Sector
from core.study import Role
from service.lesions import remeasure
from service.reading import OpenStudy
from viewer import edits
from viewer.assessment_section import AssessmentSection
from viewer.key_map import KeyMap
from viewer.labels import heading, label, section
from viewer.language import tr
from viewer.lesion_card import Among, LesionCard
from viewer.lesion_dialogs import OverrideDialog, ask_reject_reason
from viewer.lesion_words import shown_category
from viewer.placing_strip import PlacingStrip
from viewer.precise_section import PreciseSection
from viewer.prostate_section import ProstateSection
from viewer.quality_section import QualitySection
from viewer.said import said
from viewer.sector_map_widget import SectorMapWidget
from viewer.session import Session
from viewer.shortcuts import set_tip, show_keys
from viewer.staging_section import StagingSection
from viewer.theme import icon

_ADD = tr(
    "Then click the middle of the lesion in any image; pressed again, {add_lesion} takes the crosshair ({add_lesion})"
)


class LesionPanel(QWidget):
    """Shows and edits the lesions of a session's report."""

    lesion_selected = Signal(str)
    """A lesion (tracking UID) was chosen in the panel: the images go there."""
    view_changed = Signal()
    """Selection or visibility of a lesion changed: the overlays are drawn anew."""
    placing_changed = Signal(bool)
    """The next click in the images places a new lesion, or no longer does."""

    def __init__(self, keys: KeyMap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys or KeyMap(parent=self)
        self._session: Session | None = None
        self._opened: OpenStudy | None = None
        self._cards: dict[str, LesionCard] = {}
        self.selected = ""
        self.hidden: frozenset[str] = frozenset()
        self.prostate = ProstateSection()
        self.quality = QualitySection(self._keys)
        self.quality.answered.connect(self.answer_pi_qual)
        self.quality.confirmed.connect(self.confirm_pi_qual)
        self.assessment = AssessmentSection(self._keys)
        self.assessment.chosen.connect(self.give_category)
        self.staging, self.precise = StagingSection(self._keys), PreciseSection(self._keys)
        for part in (self.staging, self.precise):
            part.edited.connect(lambda change, what: self._edit(change, what, ""))
        self._keys.changed.connect(self.refresh)
        self.placing = PlacingStrip()
        self.placing.cancelled.connect(self.stop_placing)
        self.sector_map = SectorMapWidget()
        self.sector_map.sector_chosen.connect(self._place_selected_in)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.prostate)
        layout.addWidget(self.quality)
        layout.addWidget(self._lesion_section())
        layout.addWidget(self._map_section())
        layout.addWidget(self.staging)
        layout.addWidget(self.precise)
        layout.addWidget(self.assessment)

    # ------------------------------------------------------------------ what others call

    def show_session(self, session: Session | None) -> None:
        """Show another report, or none."""
        if self._session is not None:
            self._session.changed.disconnect(self.refresh)
        self._session = session
        self.selected, self.hidden = "", frozenset()
        self.precise.show_priors(())
        self.stop_placing()
        if session is not None:
            session.changed.connect(self.refresh)
            self._select_first(session.report)
        self.refresh()

    def show_study(self, opened: OpenStudy) -> None:
        """Measure on this study, whose series may have been moved, from now on."""
        self._opened = opened

    def refresh(self) -> None:
        """Show the report as it is now."""
        session = self._session
        if session is None:
            self._remove_cards(set())
            return
        report = session.report
        uids = [lesion.tracking_uid for lesion in report.lesions]
        if self.selected not in uids:
            self._select_first(report)
        self._arrange_cards(report)
        self._empty.setVisible(not report.lesions)
        self._empty.setText(_what_to_do(report))
        self._superseded.setText(said(report.superseded))
        self._superseded.setVisible(bool(report.superseded))
        self.prostate.show_report(report)
        self.quality.show_report(report)
        self._show_map(report)
        self.staging.show_report(report, beyond_organ(report))
        self.precise.show_report(report)
        self.assessment.show_report(report)

    def select(self, uid: str) -> None:
        """Choose a lesion and tell the images."""
        if uid not in self._cards:
            return
        self.commit()
        self.selected = uid
        self.refresh()
        self.view_changed.emit()
        self.lesion_selected.emit(uid)

    def next_lesion(self) -> None:
        """Choose the next lesion that is not reviewed yet, or the next one when all others are."""
        after = self._others(1)
        waiting = [uid for uid in after if isinstance(self._cards[uid].lesion.review, Unreviewed)]
        self.select(next(iter((*waiting, *after)), self.selected))

    def previous_lesion(self) -> None:
        """Choose the lesion before."""
        self.select(next(iter(self._others(-1)), self.selected))

    @property
    def selected_card(self) -> LesionCard | None:
        """The card of the selected lesion, or None."""
        return self._cards.get(self.selected)

    def accept_selected(self) -> None:
        """Take the selected lesion of the AI."""
        card = self.selected_card
        if card is not None and isinstance(card.lesion.review, Unreviewed):
            self._edit(edits.accept(self.selected), "accept", self.selected)

    def reject_selected(self) -> None:
        """Ask why, and leave the selected lesion of the AI out; remove one that the reader made."""
        card = self._scored_card()
        if card is None:
            return
        if not isinstance(card.lesion.origin, FromModel):
            self._edit(edits.remove(self.selected), "remove lesion", self.selected)
            return
        reason = ask_reject_reason(card.lesion, self)
        if reason:
            self._edit(edits.reject(card.lesion.tracking_uid, reason), "reject", card.lesion.tracking_uid)

    def score_selected(self, score: Score) -> None:
        """Give the selected lesion this score of the component that the number keys stand for."""
        self._on_scored(lambda card: card.score(score))

    def score_dce_of_selected(self, dce: Dce) -> None:
        """Give the selected lesion its DCE score."""
        self._on_scored(lambda card: card.score_dce(dce))

    def step_extension_of_selected(self) -> None:
        """Say the next degree of extraprostatic extension of the selected lesion."""
        self._on_scored(LesionCard.step_extension)

    def switch_zone_of_selected(self) -> None:
        """Score the selected lesion by the rules of the other zone."""
        self._on_scored(LesionCard.switch_zone)

    def override_selected(self) -> None:
        """Ask for a category of the selected lesion against the rule, or take such a one back."""
        self._on_scored(LesionCard.override_or_follow)

    def comment_on_selected(self) -> None:
        """Let the reader write a comment on the selected lesion."""
        self._on_scored(LesionCard.focus_comment)

    def give_category(self, category: Category) -> None:
        """Give an examination in which no lesion is reported this category."""
        self._edit(edits.examination_category(category), "examination category", "")

    def answer_pi_qual(self, criterion: Criterion, answer: Answer) -> None:
        """Answer a line of the PI-QUAL form."""
        self._edit(edits.answer_pi_qual(criterion, answer), "PI-QUAL answer", "")

    def confirm_pi_qual(self) -> None:
        """Take the PI-QUAL form as the reader's; what is open in it is met."""
        self._edit(edits.confirm_pi_qual, "PI-QUAL confirmed", "")

    def focus_component(self, component: str) -> None:
        """Let the number keys score `t2` or `dwi`."""
        self._on_scored(lambda card: card.focus_component(component))

    def commit(self) -> None:
        """Make everything that is typed an edit now."""
        for card in self._cards.values():
            card.commit()
        self.staging.commit()
        self.precise.commit()

    def start_placing(self) -> None:
        """Let the next click in the images place a lesion."""
        self.placing.show()
        self._add.setChecked(True)
        self.placing_changed.emit(True)

    def stop_placing(self) -> None:
        """Let clicks in the images be what they were."""
        was_placing = not self.placing.isHidden()
        self.placing.hide()
        self._add.setChecked(False)
        if was_placing:
            self.placing_changed.emit(False)

    # ------------------------------------------------------------------ parts

    def _lesion_section(self) -> QFrame:
        self._add = QPushButton(icon("plus"), tr("Add lesion"))
        self._add.setObjectName("addLesionButton")
        self._add.setAccessibleName(tr("Add lesion"))
        set_tip(self._add, _ADD)
        self._add.setCheckable(True)
        self._add.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the images
        self._add.clicked.connect(lambda on: self.start_placing() if on else self.stop_placing())
        top = QHBoxLayout()
        top.addWidget(heading(tr("Lesions")))
        top.addStretch(1)
        top.addWidget(self._add)
        self._superseded = label(role="caution", name="lesionsSuperseded", wrap=True)
        self._empty = label(role="dim", name="lesionsEmpty", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        frame = section()
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.placing)
        layout.addWidget(self._superseded)
        layout.addWidget(self._empty)
        layout.addLayout(self._list)
        return frame

    def _map_section(self) -> QFrame:
        self._map_hint = label(role="small")
        frame = section()
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(14, 10, 14, 10)
        top = QHBoxLayout()
        top.addWidget(heading(tr("Sector map")))
        top.addStretch(1)
        top.addWidget(self._map_hint)
        layout.addLayout(top)
        layout.addWidget(self.sector_map)
        return frame

    # ------------------------------------------------------------------ state

    def _scored_card(self) -> LesionCard | None:
        card = self.selected_card
        return None if card is None or isinstance(card.lesion.review, Rejected) else card

    def _on_scored(self, act: Callable[[LesionCard], object]) -> None:
        """Do something with the selected lesion unless it was rejected."""
        card = self._scored_card()
        if card is not None:
            act(card)

    def _others(self, direction: int) -> list[str]:
        """Return the lesions beside the selected one, from the next on or (-1) from the one before back, around."""
        uids = list(self._cards)[::direction]
        at = uids.index(self.selected) if self.selected in uids else -1
        return uids[at + 1 :] + uids[: max(at, 0)]

    def _select_first(self, report: Report) -> None:
        first = min(report.lesions, key=_turn, default=None)
        self.selected = first.tracking_uid if first else ""

    def _arrange_cards(self, report: Report) -> None:
        wanted = {lesion.tracking_uid: lesion for lesion in report.lesions}
        self._remove_cards(wanted.keys())
        beyond, index = report.beyond_four, report.index_lesion
        for uid, lesion in wanted.items():
            if uid not in self._cards:
                self._cards[uid] = self._new_card(lesion)
            among = Among(contradictions_of(report, lesion), bool(beyond), lesion is index, lesion in beyond)
            shown = self._cards[uid]
            shown.show_lesion(lesion, selected=uid == self.selected, visible=uid not in self.hidden, among=among)
        self._cards = {uid: self._cards[uid] for uid in wanted}
        for place, card in enumerate(self._cards.values()):
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)

    def _remove_cards(self, keep: Set[str]) -> None:
        for uid in self._cards.keys() - keep:
            card = self._cards.pop(uid)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()

    def _new_card(self, lesion: Lesion) -> LesionCard:
        uid = lesion.tracking_uid
        card = LesionCard(lesion, self)
        card.edited.connect(lambda change, what: self._edit(change, what, uid))
        card.picked.connect(lambda: self.select(uid))
        card.visibility_toggled.connect(lambda visible: self._set_visible(uid, visible))
        card.reject_wanted.connect(lambda: self._when_selected(uid, self.reject_selected))
        card.override_wanted.connect(lambda: self._override(uid))
        show_keys(card, self._keys)
        return card

    def _when_selected(self, uid: str, act: Callable[[], object]) -> None:
        if self.selected != uid:
            self.select(uid)
        act()

    def _edit(self, change: edits.Change, what: str, uid: str) -> None:
        if self._session is not None:
            self._session.edit(lambda report: self._measured(report, change(report), uid), what=what, lesion=uid)

    def _measured(self, before: Report, after: Report, uid: str) -> Report:
        """Measure a lesion anew that is scored by the rules of the other zone: PZ on ADC, TZ on T2."""
        zones = [
            {x.assessment.scored_as for x in report.lesions if x.tracking_uid == uid} for report in (before, after)
        ]
        if self._opened is None or not all(zones) or zones[0] == zones[1]:
            return after
        return remeasure(after, self._opened, uid)

    def _set_visible(self, uid: str, visible: bool) -> None:
        self.hidden = self.hidden - {uid} if visible else self.hidden | {uid}
        self.refresh()
        self.view_changed.emit()

    def _override(self, uid: str) -> None:
        dialog = OverrideDialog(self._cards[uid].lesion, self)
        dialog.accepted.connect(
            lambda: self._edit(edits.override_category(uid, dialog.category, dialog.reason), "override", uid)
        )
        dialog.open()

    def _place_selected_in(self, sector: Sector) -> None:
        card = self.selected_card
        if card is None or isinstance(card.lesion.review, Rejected) or card.lesion.sector == sector:
            return
        self._edit(edits.move_to_sector(self.selected, sector), "sector", self.selected)

    def _show_map(self, report: Report) -> None:
        shown = [lesion for lesion in report.lesions if not isinstance(lesion.review, Rejected)]
        shown.sort(key=shown_category, reverse=True)
        marks: dict[str, tuple[Mark, ...]] = {}
        for lesion in shown:
            dashed = isinstance(lesion.review, Unreviewed)
            mark = Mark(lesion.label, PIRADS_COLOURS[shown_category(lesion)], dashed)
            marks[lesion.sector.key] = (*marks.get(lesion.sector.key, ()), mark)
        card = self.selected_card
        movable = card is not None and not isinstance(card.lesion.review, Rejected)
        self.sector_map.show_marks(marks, card.lesion.sector.key if card is not None and movable else "")
        self.sector_map.set_clickable(movable)
        key = self._keys.words("sector")
        told = tr("Click or press {key} to place {label}") if key else tr("Click to place {label}")
        self._map_hint.setText(told.format(key=key, label=card.lesion.label) if card else "")
        self._map_hint.setVisible(movable)


def _turn(lesion: Lesion) -> int:
    """Return when a lesion's turn is: first those to review, last those that were rejected."""
    if isinstance(lesion.review, Unreviewed):
        return 0
    return 2 if isinstance(lesion.review, Rejected) else 1


def _what_to_do(report: Report) -> str:
    if report.recognised.one(Role.T2_AXIAL) is None:
        return tr("Lesions are outlined on axial T2, which this study has not. Report what you see in the findings.")
    if report.quality.withheld:
        return tr("The AI did not look for lesions: the images were not good enough for it. Add what you see.")
    if report.models:
        return tr("The AI found no suspicious lesion. Add one yourself if you see it.")
    return tr("No lesion yet. Run AI, or add a lesion yourself and click its middle in any image.")
