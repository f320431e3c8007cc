"""One lesion in the panel: what it is, what the AI said, and the reader's scores and decision."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.assessment import scoring_reason
from core.pirads import Dce, Epe, Score, Zone
from core.report import FromModel, Lesion, Rejected, Unreviewed
from viewer import edits
from viewer.edits import Change
from viewer.labels import Chip, ElidedLabel, label
from viewer.language import tr
from viewer.lesion_why import WhySection
from viewer.lesion_words import ai_in_short, deciding_sequence, explanation, facts, rule_in_words, show_category
from viewer.said import said
from viewer.score_choices import DCE, EPE, SCORES, ZONES
from viewer.segmented import Segment, Segmented
from viewer.shortcuts import set_tip
from viewer.theme import icon, set_style_property

COMMIT_AFTER_MS = 400
"""Typing becomes an edit of the report after this pause."""

_MARK = tr("● The number keys ({score_1} … {score_5}) give this score; {score_t2} and {score_dwi} switch")
_SCORING_ACCEPTS = tr("giving a score does so too")


class LesionCard(QFrame):
    """Shows a lesion; every control of it that is used emits `edited` with the pure function to apply."""

    edited = Signal(object, str)
    """A `Change` and what it is called in the audit trail."""
    picked = Signal()
    """The card was clicked."""
    visibility_toggled = Signal(bool)
    reject_wanted = Signal()
    override_wanted = Signal()

    def __init__(self, lesion: Lesion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lesion = lesion
        self._uid = lesion.tracking_uid
        self._selected = False
        self._among = Among()
        self._asked_for, self._scored_last = "", ""
        self.setObjectName(f"lesionCard_{lesion.label}")
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._make_controls()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(9, 8, 9, 9)
        layout.setSpacing(6)
        layout.addLayout(self._header())
        layout.addLayout(self._facts())
        layout.addWidget(self._scoring())
        layout.addWidget(self._decision())
        layout.addWidget(self._why)

    @property
    def lesion(self) -> Lesion:
        """The lesion that is shown."""
        return self._lesion

    @property
    def component(self) -> str:
        """Which score the number keys give, `t2` or `dwi`.

        That which the reader asked for; else what is missing, the deciding one first; else that which was given last.
        """
        given, decides = self._lesion.assessment, deciding_sequence(self._lesion)
        scores = {"t2": given.t2, "dwi": given.dwi}
        order = (decides, "dwi" if decides == "t2" else "t2")
        missing = [component for component in order if scores[component] is Score.UNSCORED]
        return self._asked_for or next(iter(missing), self._scored_last or decides)

    def show_lesion(self, lesion: Lesion, *, selected: bool, visible: bool, among: "Among | None" = None) -> None:
        """Show the lesion as it is now; scores are shown of the selected one only."""
        self._among = among or Among()
        if selected != self._selected:
            self._asked_for, self._scored_last = "", ""
        self._lesion, self._selected = lesion, selected
        rejected = isinstance(lesion.review, Rejected)
        set_style_property(self, "selected", selected)
        set_style_property(self, "muted", rejected)
        self._show_header(visible=visible, rejected=rejected)
        self._show_scores()
        self._show_decision()
        self._show_why(selected and not rejected)
        self._scores.setVisible(selected and not rejected)
        self._actions.setVisible(selected and not rejected)

    def focus_component(self, component: str) -> None:
        """Say which score the next number key gives: `t2` or `dwi`."""
        self._asked_for = component
        self._show_scores()

    def focus_comment(self) -> None:
        """Let the reader write the comment."""
        self._comment.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def score(self, score: Score) -> None:
        """Give the score to the component that the number keys stand for."""
        self._give(self.component, score)

    def score_dce(self, dce: Dce) -> None:
        """Give the DCE score."""
        self._edit(edits.score_dce(self._uid, dce), "score dce")

    def step_extension(self) -> None:
        """Say the next degree of extraprostatic extension, after the last one none again."""
        degrees = list(Epe)
        at = degrees.index(self._lesion.assessment.epe)
        self._edit(edits.set_epe(self._uid, degrees[(at + 1) % len(degrees)]), "epe")

    def switch_zone(self) -> None:
        """Score by the rules of the other zone."""
        zone = Zone.PZ if self._lesion.assessment.scored_as is Zone.TZ else Zone.TZ
        self._edit(edits.score_as(self._uid, zone), "scored as")

    def override_or_follow(self) -> None:
        """Ask for a category against the rule, or take such a one back."""
        if self._lesion.assessment.override is None:
            self.override_wanted.emit()
        else:
            self._edit(edits.follow_rule(self._uid), "follow rule")

    def commit(self) -> None:
        """Make what is typed an edit now."""
        self._typing.stop()
        text = self._comment.text().strip()
        if text != self._lesion.comment:
            self._edit(edits.comment(self._uid, text), "comment")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose this lesion."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit()

    # ------------------------------------------------------------------ parts

    def _make_controls(self) -> None:
        self._t2: Segmented[Any] = Segmented("scoreT2", SCORES)
        self._dwi: Segmented[Any] = Segmented("scoreDwi", SCORES)
        self._t2.chosen.connect(lambda score: self._give("t2", score))
        self._dwi.chosen.connect(lambda score: self._give("dwi", score))
        self._dce = self._segmented("dce", DCE, edits.score_dce, "score dce")
        self._epe = self._segmented("epe", EPE, edits.set_epe, "epe")
        self._zone = self._segmented("zone", ZONES, edits.score_as, "scored as")
        self._comment = QLineEdit()
        self._comment.setObjectName("commentEdit")
        self._comment.setAccessibleName(tr("Comment on this lesion"))
        self._comment.setPlaceholderText(tr("Comment for the report"))
        self._shown_comment = ""
        self._typing = QTimer(self, singleShot=True, interval=COMMIT_AFTER_MS)
        self._typing.timeout.connect(self.commit)
        self._comment.textEdited.connect(lambda _text: self._typing.start())
        self._comment.editingFinished.connect(self.commit)

        self._why = WhySection()
        self._why_button = QPushButton(tr("Why"))
        self._why_button.setObjectName("whyButton")
        self._why_button.setAccessibleName(tr("Why the AI marked {label}").format(label=self._lesion.label))
        self._why_button.setToolTip(tr("What made the AI mark this place"))
        self._why_button.setProperty("link", True)
        self._why_button.setCheckable(True)
        self._why_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the images
        self._why_button.clicked.connect(self._open_why)

    def _segmented(
        self, name: str, segments: tuple[Segment[Any], ...], change: Callable[[str, Any], Change], what: str
    ) -> Segmented[Any]:
        made = Segmented(name, segments)
        made.chosen.connect(lambda value: self._edit(change(self._uid, value), what))
        return made

    def _give(self, component: str, score: Score) -> None:
        accepting = "accept and " if isinstance(self._lesion.review, Unreviewed) else ""
        change = edits.score_t2 if component == "t2" else edits.score_dwi
        self._asked_for, self._scored_last = "", component
        self._edit(change(self._uid, score), f"{accepting}score {component}")

    def _edit(self, change: Change, what: str) -> None:
        self.edited.emit(change, what)

    def _header(self) -> QHBoxLayout:
        self._eye = QToolButton()
        self._eye.setObjectName("visibilityButton")
        self._eye.setProperty("bare", True)
        self._eye.setCheckable(True)
        self._eye.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._eye.clicked.connect(lambda visible: self.visibility_toggled.emit(visible))
        self._name = label(self._lesion.label, "value")
        self._chip = Chip()
        self._chip.setObjectName("categoryChip")
        self._sector = ElidedLabel(role="dim")
        self._ai = Chip()
        self._ai.setObjectName("aiChip")
        row = QHBoxLayout()
        row.setSpacing(7)
        row.addWidget(self._eye)
        row.addWidget(self._name)
        row.addWidget(self._chip)
        row.addWidget(self._sector, 1)
        row.addWidget(self._ai)
        return row

    def _facts(self) -> QHBoxLayout:
        self._size = ElidedLabel(role="small")
        self._state = label(role="caution")
        row = QHBoxLayout()
        self._undo_reject = self._button(
            "undoRejectButton",
            tr("Undo reject"),
            "undo",
            lambda: self._edit(edits.undo_reject(self._uid), "undo reject"),
        )
        self._undo_reject.setProperty("flat", True)
        row.addWidget(self._size, 1)
        row.addWidget(self._state)
        row.addWidget(self._undo_reject)
        return row

    def _scoring(self) -> QWidget:
        self._t2_label, self._dwi_label = label("T2W"), label("DWI")
        self._t2_decides, self._dwi_decides = label(role="dim"), label(role="dim")
        for name in (self._t2_label, self._dwi_label):
            set_tip(name, _MARK)
        self._rule = label(role="small", name="ruleText", wrap=True)
        self._override = QPushButton(tr("Override…"))
        self._override.setObjectName("overrideButton")
        self._override.setProperty("link", True)
        self._override.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._override.clicked.connect(self.override_or_follow)
        self._scores = QWidget()
        grid = QGridLayout(self._scores)
        grid.setContentsMargins(0, 2, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 44)
        grid.setColumnStretch(1, 1)
        for row, (name, control, decides) in enumerate(
            ((self._t2_label, self._t2, self._t2_decides), (self._dwi_label, self._dwi, self._dwi_decides))
        ):
            grid.addWidget(name, row, 0)
            grid.addLayout(_row(control, decides), row, 1)
        grid.addWidget(label("DCE"), 2, 0)
        grid.addLayout(_row(self._dce, label("EPE", "dim"), self._epe), 2, 1)
        grid.addWidget(label(tr("Rules")), 3, 0)
        grid.addLayout(_row(self._zone, self._override), 3, 1)
        grid.addWidget(self._rule, 4, 0, 1, 2)
        self._origin = label(role="dim", name="likelyOrigin", wrap=True)
        self._flags = label(role="caution", name="contradictions", wrap=True)
        grid.addWidget(self._origin, 5, 0, 1, 2)
        grid.addWidget(self._flags, 6, 0, 1, 2)
        grid.addWidget(self._comment, 7, 0, 1, 2)
        return self._scores

    def _decision(self) -> QWidget:
        self._accept = self._button("acceptButton", tr("Accept AI"), "check", self._accept_lesion)
        set_tip(
            self._accept,
            tr("Take this lesion into the report as outlined; {scoring_accepts} ({{accept}})").format(
                scoring_accepts=_SCORING_ACCEPTS
            ),
        )
        self._reject = self._button("rejectButton", tr("Reject…"), "cross", lambda: self.reject_wanted.emit())
        set_tip(self._reject, tr("Leave this lesion out of the report and say why ({reject})"))
        self._remove = self._button(
            "removeButton", tr("Remove"), "cross", lambda: self._edit(edits.remove(self._uid), "remove lesion")
        )
        set_tip(self._remove, tr("Remove this lesion, which you added ({reject})"))
        self._actions = QWidget()
        row = QHBoxLayout(self._actions)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._named = self._button("nameButton", tr("Name it"), "sign", self._switch_named)
        for button in (self._accept, self._reject, self._remove, self._named):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._why_button)
        return self._actions

    def _button(self, name: str, text: str, drawn: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(icon(drawn, disabled="ok"), text)
        button.setObjectName(name)
        button.setAccessibleName(f"{text.rstrip('…')} {self._lesion.label}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the images
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _switch_named(self) -> None:
        change = edits.name_lesion if self._among.is_beyond else edits.leave_unnamed
        self._edit(change(self._uid), "named lesions")

    def _accept_lesion(self) -> None:
        if isinstance(self._lesion.review, Unreviewed):
            self._edit(edits.accept(self._uid), "accept")

    # ------------------------------------------------------------------ state

    def _show_header(self, *, visible: bool, rejected: bool) -> None:
        lesion = self._lesion
        shown = visible and (self._selected or not rejected)  # a rejected lesion is drawn only while it is selected
        self._eye.setChecked(visible)
        self._eye.setEnabled(self._selected or not rejected)
        self._eye.setIcon(icon("eye" if shown else "eye-off", "text" if shown else "dim"))
        told = tr("Hide {label} in the images") if visible else tr("Show {label} in the images")
        self._eye.setToolTip(told.format(label=lesion.label))
        self._eye.setAccessibleName(self._eye.toolTip())
        show_category(self._chip, lesion)
        self._sector.set_whole(said(lesion.sector.label))
        self._size.set_whole(facts(lesion.measures))
        self._state.setText(tr("not reviewed") if isinstance(lesion.review, Unreviewed) else "")
        self._ai.setVisible(isinstance(lesion.origin, FromModel))
        if isinstance(lesion.origin, FromModel):
            self._ai.show_plain(ai_in_short(lesion.origin))
            self._ai.setToolTip(explanation(lesion.origin))

    def _open_why(self, wanted: bool) -> None:
        self._why.setVisible(wanted)
        self._why_button.setText(tr("Close") if wanted else tr("Why"))

    def _show_why(self, wanted: bool) -> None:
        origin = self._lesion.origin
        self._why_button.setVisible(wanted and isinstance(origin, FromModel))
        self._why.setVisible(wanted and isinstance(origin, FromModel) and self._why_button.isChecked())
        if isinstance(origin, FromModel):
            self._why.show_origin(origin)

    def _show_scores(self) -> None:
        given = self._lesion.assessment
        for control, value in (
            (self._t2, given.t2),
            (self._dwi, given.dwi),
            (self._dce, given.dce),
            (self._epe, given.epe),
            (self._zone, given.scored_as),
        ):
            control.set_value(value)
        decides = deciding_sequence(self._lesion)
        self._t2_decides.setText(
            tr("dominant ({scored_as})").format(scored_as=given.scored_as) if decides == "t2" else ""
        )
        self._dwi_decides.setText(
            tr("dominant ({scored_as})").format(scored_as=given.scored_as) if decides == "dwi" else ""
        )
        self._t2_label.setText("T2W ●" if self.component == "t2" else "T2W")
        self._dwi_label.setText(tr("DWI ●") if self.component == "dwi" else "DWI")
        self._rule.setText(rule_in_words(self._lesion))
        self._show_reasons()
        self._override.setText(tr("Override…") if given.override is None else tr("Follow the rule"))
        self._show_comment()

    def _show_reasons(self) -> None:
        """Say why these rules score the lesion where its zone has none, and what contradicts them."""
        lesion = self._lesion
        self._origin.setText(said(scoring_reason(lesion.sector, lesion.assessment.scored_as)))
        self._flags.setText("\n".join(f"▲ {said(words)}" for words in self._among.contradictions))
        for told in (self._origin, self._flags):
            told.setVisible(bool(told.text()))

    def _show_comment(self) -> None:
        typed, comment = self._comment.text().strip(), self._lesion.comment
        if self._typing.isActive() or typed not in (self._shown_comment, comment):
            return  # typed and not taken over, because the disk was full: `commit` tells it again
        if typed != comment:
            self._comment.setText(comment)
        self._shown_comment = comment

    def _show_decision(self) -> None:
        lesion = self._lesion
        from_model, rejected = isinstance(lesion.origin, FromModel), isinstance(lesion.review, Rejected)
        unreviewed = isinstance(lesion.review, Unreviewed)
        self._accept.setVisible(from_model and not rejected)
        self._accept.setEnabled(unreviewed)
        self._accept.setText(tr("Accept AI") if unreviewed else tr("Accepted"))
        self._reject.setVisible(from_model and not rejected)
        self._show_named(rejected)
        self._undo_reject.setVisible(rejected)
        self._remove.setVisible(not from_model and not rejected)
        if isinstance(lesion.review, Rejected):
            self._size.set_whole(tr("Rejected: {reason}").format(reason=said(lesion.review.reason)))

    def _show_named(self, rejected: bool) -> None:
        """Offer the choice of the four, which the index lesion always belongs to."""
        among = self._among
        self._named.setVisible(among.too_many and not among.is_index and not rejected)
        self._named.setText(tr("Name it") if among.is_beyond else tr("Do not name"))
        self._named.setAccessibleName(f"{self._named.text()}: {self._lesion.label}")
        self._named.setToolTip(
            tr("Name this lesion in the report instead of the least suspicious of the four")
            if among.is_beyond
            else tr("Name other lesions before this one: a report names four of PI-RADS 3 or above")
        )
        if among.is_beyond and not rejected:
            self._state.setText(tr("not named"))


@dataclass(frozen=True, slots=True)
class Among:
    """How a lesion stands in its report: what contradicts itself, and whether there are more than a report names."""

    contradictions: tuple[str, ...] = ()
    too_many: bool = False
    is_index: bool = False
    is_beyond: bool = False


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
