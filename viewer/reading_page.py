"""The reading room: the images of one study, the AI, and the report beside them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from core.errors import ProsectorError
from core.findings import Findings, Gland
from core.nudge import Nudges
from core.pirads import Category, Dce, Score
from core.report import Report, with_findings
from core.sectors import Sector
from core.study import Role
from core.volume import PointLps
from pacs.archive import Archive
from reporting.own_words import as_signed
from reporting.words import patient_name
from service.analysis import analyse, expected
from service.lesions import add_lesion
from service.nudged import nudged, remeasured
from service.reading import LoadedSeries, OpenStudy, signed_report
from service.use import note_opened
from service.workspace import Workspace
from viewer import edits
from viewer.board_dialog import BoardDialog
from viewer.choices import ChoiceStore
from viewer.hand import Hand
from viewer.hanging_match import Offer
from viewer.history_dialog import HistoryDialog
from viewer.jobs import Job, JobRunner
from viewer.key_map import KeyMap
from viewer.language import tr
from viewer.layout_button import LayoutButton
from viewer.lesion_dialogs import SectorDialog
from viewer.lesion_overlays import overlays_of
from viewer.looking import Looking
from viewer.marking import Marking
from viewer.monitor_window import MonitorWindow, MonitorWindows
from viewer.notice import FloatingNotice
from viewer.patient_bar import details
from viewer.priors import Priors
from viewer.reading_grid import ReadingGrid
from viewer.reading_top import ReadingTop
from viewer.right_panel import RightPanel
from viewer.role_desk import RoleDesk
from viewer.said import quality_in_words
from viewer.series_fetch import SeriesFetch, others_of
from viewer.series_strip import SeriesStrip
from viewer.session import Session
from viewer.shortcuts import Acts, bind_keys, set_tip
from viewer.signed_bar import SignedBar
from viewer.special_views import mpr_view, view_3d
from viewer.viewport_tools import Tool

_NO_AI = tr("The AI's map can be laid over once the AI has run on this study.")
_NOT_KEPT = tr("The AI's map of this study is no longer kept on this workstation; run the AI again to lay it over.")
_TOOLS_WITH_KEYS = ("length", "bidirectional", "ellipse", "brush", "eraser", "grow")


class ReadingPage(QWidget):
    """Shows one opened study and edits its session."""

    closed = Signal()
    """The reader goes back to the worklist."""
    sign_wanted = Signal()
    saved = Signal(object)
    """The draft is on disk since this `datetime`."""
    analysed = Signal(object)
    """The AI gave these `Findings`."""
    _gland_found = Signal(object, object)
    """The AI knows the gland of this `OpenStudy` already; told from its thread."""
    reread_wanted = Signal(str)
    """A series is used for something else now, so the study with this UID is to be opened again."""

    def __init__(
        self, ws: Workspace, jobs: JobRunner, keys: KeyMap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("readingPage")
        self._ws, self._jobs, self._keys = ws, jobs, keys or KeyMap(parent=self)
        self._opened: OpenStudy | None = None
        self._session: Session | None = None
        self._analysis: Job | None = None
        self._early_gland: Gland | None = None
        self._fetching_suspicion: Job | None = None
        self._refused = False
        self._objection = self._not_saved = ""
        self.choices = ChoiceStore(ws.settings.data_folder / "layouts.json", ws.settings.reader.name or ws.actor, self)
        self.grid = ReadingGrid(choices=self.choices, fetch=SeriesFetch(jobs), keys=self._keys)
        self.grid.set_display(replace(self.grid.display, down_darkens=ws.settings.viewing.darker_drag == "down"))
        self.series, self.layouts = SeriesStrip(), LayoutButton(self.grid)
        self.monitors = MonitorWindows(self.grid, self.choices, self)
        self.marking = Marking(self, jobs)
        self.priors = Priors(ws, jobs, self)
        self.looking = Looking(self.grid, self.marking.strip, jobs, self, self.priors.panel)
        self.grid.set_views(
            {
                "curve": lambda _grid: self.looking.curve_view(),
                "mpr": mpr_view,
                "3d": lambda grid: view_3d(grid, jobs),
            }
        )
        self.panel = RightPanel(self._keys)
        self.signed = SignedBar()
        self.panel.editor.set_macros(ws.settings.reporting.macros)
        self._images = QWidget()
        self.notice = FloatingNotice(self._images)
        self.roles = RoleDesk(ws, self.notice, self)
        self.top = ReadingTop()
        self.patient, self.tools, self.run = self.top.patient, self.top.tools, self.top.run
        self._lay_out()
        self._connect()
        self._add_keys()

    # ------------------------------------------------------------------ what others call

    @property
    def session(self) -> Session | None:
        """The report being read, or None while no study is open."""
        return self._session

    @property
    def opened(self) -> OpenStudy | None:
        """The study on the screen, or None."""
        return self._opened

    def open(self, opened: OpenStudy, report: Report, archive: Archive | None = None) -> None:
        """Show a study and its report, as restored or new; its priors are looked for in `archive`."""
        self.leave()
        self._opened = opened
        session = Session(report, self._ws.trail, self._ws.drafts, self)
        self._session = session
        session.changed.connect(self._show_report)
        session.changed.connect(lambda: self._take_back(self._objection))
        session.saved.connect(self.saved)
        session.saved.connect(lambda: self._take_back(self._not_saved))
        session.failed.connect(self._refuse)
        session.not_saved.connect(self._say_not_saved)
        self._hang(opened.series)
        self.panel.show_session(session)
        self.signed.show_session(session)
        self.panel.lesions.show_study(opened)
        self.marking.show_session(session, opened)
        self.looking.show_session(session, opened)
        self._fetch_suspicion(report)
        self.priors.show_session(session, opened, archive)
        self.marking.select(self.panel.lesions.selected)
        self._show_report()
        self.grid.frame_gland()
        self.grid.setFocus()
        self.roles.show_study(opened)
        self._note_opened(report.study_instance_uid)

    def _note_opened(self, study_instance_uid: str) -> None:
        """Let the time to the signature run from now, unless it runs already."""
        when = datetime.now(UTC)
        self._jobs.start(
            lambda _progress: note_opened(self._ws, study_instance_uid, when),
            on_done=lambda _none: None,
            on_failed=lambda _sentence: None,
        )

    def _hang(self, series: Sequence[LoadedSeries]) -> None:
        opened = self._opened
        if opened is not None:
            study = opened.recognised.study
            identity = f"{patient_name(study.patient.name) or tr('Name unknown')} · {details(study)}"
            asked = [question.role for question in opened.recognised.questions]
            self.grid.show_study(series, others_of(opened), identity=identity, open_roles=asked)
            self.series.show_offers(self.grid.offers)

    def _hang_prior(self, prior: Sequence[LoadedSeries]) -> None:
        opened, session = self._opened, self._session
        if opened is not None and session is not None:
            here = self.grid.crosshair
            self._hang((*opened.series, *prior))
            self.grid.set_display(replace(self.grid.display, nudges=session.report.nudges))
            if here is not None:
                self.grid.set_crosshair(here)
            self._show_overlays()
            self._show_layers()
            self.grid.frame_gland()
            self.looking.show_changes()

    def leave(self) -> None:
        """Save what is unsaved and show no study."""
        if self._analysis is not None:
            self._analysis.cancel()
            self._analysis.abandon()
            self._analysis = self._early_gland = None
            self.run.show_ready()
        self._stop_fetching_suspicion()
        if self._session is not None:
            self.commit()
            self._session.save()
            self.marking.show_session(None, None)
            self.looking.show_session(None, None)
            self.priors.show_session(None, None, None)
            self.panel.show_session(None)
            self.signed.show_session(None)
            self.patient.forget()
            self._session.deleteLater()
            self._session = None
        self._opened = None
        self.roles.show_study(None)
        self.notice.clear()
        self.grid.clear()
        self.series.show_offers(())

    def commit(self) -> None:
        """Make everything that is typed an edit now."""
        self.signed.commit()
        self.patient.commit()
        self.panel.commit()

    def save(self) -> bool:
        """Save the draft now; returns whether all that is on the screen is on disk. If not, `notice` says why."""
        if self._session is None:
            return True
        self._refused = False
        self.commit()
        return self._session.save() and not self._refused

    def _refuse(self, sentence: str) -> None:
        self._refused = True
        self._object(sentence)

    def _object(self, sentence: str) -> None:
        """Say why something was not done, until the next edit is."""
        self._objection = sentence
        self._say_anew(sentence)

    def _say_not_saved(self, sentence: str) -> None:
        self._not_saved = sentence
        self._say_anew(sentence)

    def _say_anew(self, sentence: str) -> None:
        if sentence != self.notice.sentence:  # said again, it keeps its button
            self.notice.show_sentence(sentence)

    def _take_back(self, sentence: str) -> None:
        """Stop saying what is no longer so."""
        if sentence and sentence == self.notice.sentence:
            self.notice.clear()

    def add_shortcuts(self, widget: QWidget) -> None:
        """Let the keys of the reading room act while the focus is in `widget`: the page, or a window beside it."""
        bind_keys(widget, self._keys, {**self._scoring(), **self._reading(), **self._tools()})

    # ------------------------------------------------------------------ AI

    def run_ai(self) -> None:
        """Run the AI on the open study; its progress stands where the button was."""
        opened = self._opened
        if opened is None or self._analysis is not None:
            return
        self.notice.clear()
        self.run.show_started(expected(self._ws))
        nudges = self._session.report.nudges if self._session is not None else Nudges()
        on_gland = partial(self._gland_found.emit, opened)
        self._analysis = self._jobs.start(
            lambda progress: analyse(self._ws, opened, progress, on_gland, nudges),
            on_done=self._take_findings,
            on_failed=self._analysis_failed,
            on_progress=self.run.show_progress,
            on_cancelled=self._analysis_cancelled,
        )

    def _show_early_gland(self, opened: OpenStudy, gland: Gland) -> None:
        """Show the gland while lesions are still looked for; it enters the report with them."""
        if self._analysis is not None and opened is self._opened:
            self._early_gland = gland
            self._show_overlays()

    def _take_findings(self, findings: Findings) -> None:
        self._end_analysis()
        if self._session is None:
            return
        self.commit()
        if not self._session.edit(self._with(findings), what="findings of the AI"):
            return
        self._keep_suspicion(findings)
        self.analysed.emit(findings)
        self.grid.frame_gland()
        self.panel.lesions.select(self.panel.lesions.selected)
        if findings.quality.withheld:
            self.notice.show_sentence(quality_in_words(findings.quality))
            return
        count = len(findings.candidates)
        found = (
            tr("no suspicious lesion")
            if not count
            else (tr("{count} lesions to review") if count > 1 else tr("1 lesion to review")).format(count=count)
        )
        self.notice.show_sentence(
            tr("The AI found {found}.{kept}").format(found=found, kept=_kept(findings)), tone="ok"
        )

    def _keep_suspicion(self, findings: Findings) -> None:
        self._stop_fetching_suspicion()
        if findings.quality.withheld:
            self.looking.show_suspicion(None, quality_in_words(findings.quality))
            return
        self.looking.show_suspicion(findings.suspicion)
        self._jobs.start(
            lambda _progress: self._ws.drafts.keep_map(findings),
            on_done=lambda _none: None,
            on_failed=self.notice.show_sentence,
        )

    def _fetch_suspicion(self, report: Report) -> None:
        """Offer the map that the AI made when it ran on this draft."""
        if not report.models or report.quality.withheld:
            self.looking.show_suspicion(None, quality_in_words(report.quality) or _NO_AI)
            return
        self._fetching_suspicion = self._jobs.start(
            lambda _progress: self._ws.drafts.kept_map(report.study_instance_uid, report.models),
            on_done=lambda kept: self.looking.show_suspicion(kept, "" if kept else _NOT_KEPT),
            on_failed=partial(self.looking.show_suspicion, None),
        )

    def _stop_fetching_suspicion(self) -> None:
        if self._fetching_suspicion is not None:
            self._fetching_suspicion.abandon()
            self._fetching_suspicion = None

    def _with(self, findings: Findings) -> Callable[[Report], Report]:
        """The AI reads the files; lesions that were there before, and all where the reader moved series, are measured
        where the images lie now."""
        opened = self._opened

        def taken(report: Report) -> Report:
            found = with_findings(report, findings)
            by_hand = found.nudges.links or not found.nudges.diffusion.is_none
            if opened is None or not (by_hand or report.lesions):
                return found
            return remeasured(found, nudged(opened, found.nudges))

        return taken

    def _analysis_failed(self, sentence: str) -> None:
        self._end_analysis()
        told = sentence if sentence.startswith("Cannot run") else tr("Cannot run: {sentence}").format(sentence=sentence)
        way_out = "" if "by hand" in told else tr(" You can still read and report the study by hand.")
        self.notice.show_sentence(f"{told}{way_out}")

    def _analysis_cancelled(self) -> None:
        self._end_analysis()
        self.notice.show_sentence(tr("The AI was stopped; nothing was added to the report."), tone="plain")

    def _end_analysis(self) -> None:
        self._analysis = self._early_gland = None
        self.run.show_ready()
        self._show_overlays()
        if not self._is_typing():
            self.grid.setFocus()

    # ------------------------------------------------------------------ report and images

    def _show_report(self) -> None:
        if self._session is not None:
            self.patient.show_report(self._session.report)
            self._show_overlays()

    def _show_overlays(self) -> None:
        if self._session is not None:
            lesions = self.panel.lesions
            kept = overlays_of(self._session.report, hidden=lesions.hidden, selected=lesions.selected)
            if self._early_gland is not None and kept.gland is None:
                kept = replace(kept, gland=self._early_gland.mask)
            self.grid.set_overlays(self.marking.tools.overlays(kept))

    def _show_layers(self) -> None:
        self.grid.set_layers(under=self.looking.layers, over=self.marking.layers)

    def _go_to_lesion(self, uid: str) -> None:
        if self._session is not None:
            self.marking.select(uid)
            self.panel.reveal_lesion()
            self.grid.set_crosshair(self._session.report.lesion(uid).centroid_lps_mm)

    def _lesion_clicked(self, uid: str) -> None:
        self.panel.lesions.select(uid)

    def _place(self, point: PointLps) -> None:
        if self._session is None or self._opened is None:
            return
        diameter_mm = self.panel.lesions.placing.diameter_mm
        if self._session.report.gland is None and self._opened.volume(Role.T2_AXIAL) is not None:
            dialog = SectorDialog(self)
            dialog.finished.connect(lambda done: self._add_lesion(point, diameter_mm, dialog.sector) if done else None)
            dialog.open()
            return
        self._add_lesion(point, diameter_mm, None)

    def _add_lesion(self, point: PointLps, diameter_mm: float, sector: Sector | None) -> None:
        session, opened = self._session, self.looking.placed
        self.panel.lesions.stop_placing()
        if session is None or opened is None:
            return
        if session.edit(lambda report: add_lesion(report, opened, point, diameter_mm, sector), what="add lesion"):
            self.panel.lesions.select(session.report.lesions[-1].tracking_uid)

    def _set_placing(self, placing: bool) -> None:
        self.grid.set_tool(Tool.ADD_LESION if placing else self.tools.tool)
        if placing:
            self.marking.put_down()
            self.grid.setFocus()

    def _take_anchor(self, hand: Hand | None) -> None:
        if hand is not None:
            self.marking.put_down()
            self.panel.lesions.stop_placing()
        self.grid.set_hand(hand)

    def _take_hand(self, hand: Hand | None) -> None:
        if hand is not None:
            self.looking.frames.put_down()
            self.panel.lesions.stop_placing()
        self.grid.set_hand(hand)
        self.grid.take_keys()

    def _set_psa(self, psa_ng_ml: float | None) -> None:
        if self._session is not None:
            self._session.edit(edits.set_psa(psa_ng_ml), what="psa")

    def _call_negative(self) -> None:
        self.panel.lesions.give_category(Category.ONE)
        self.panel.reveal(self.panel.lesions.assessment)

    def _undo(self) -> None:
        self._step_history(lambda session: session.undo())

    def _redo(self) -> None:
        self._step_history(lambda session: session.redo())

    def _step_history(self, step: Callable[[Session], bool]) -> None:
        if self._session is not None:
            self.commit()
            step(self._session)

    # ------------------------------------------------------------------ parts

    def _lay_out(self) -> None:
        images = self._images
        images.setObjectName("imageArea")
        images.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left = QVBoxLayout(images)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.marking.bar)
        left.addWidget(self.grid, 1)
        left.addWidget(self.series)
        self.top.add_beside_tools(self.priors.button)
        self.top.add_beside_tools(self.layouts, self.layouts.set_compact)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.marking.strip)
        below.addWidget(self.looking.drawer)
        below.addWidget(images, 1)
        below.addWidget(self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addWidget(self.signed)
        layout.addLayout(below, 1)

    def _connect(self) -> None:
        lesions = self.panel.lesions
        self.top.back.clicked.connect(lambda: self.closed.emit())
        lesions.lesion_selected.connect(self._go_to_lesion)
        lesions.view_changed.connect(self._show_overlays)
        lesions.placing_changed.connect(self._set_placing)
        lesions.sector_map.sector_chosen.connect(lambda _sector: self.grid.setFocus())
        self.grid.lesion_clicked.connect(self._lesion_clicked)
        self.grid.placed.connect(self._place)
        self.grid.refused.connect(self._object)
        self.grid.overlay_visible_changed.connect(self.tools.show_overlay)
        self.grid.set_overlay_opacity(self.tools.opacity)
        self.tools.tool_chosen.connect(self._choose_tool)
        self.tools.overlay_toggled.connect(self.grid.set_overlay_visible)
        self.tools.opacity_changed.connect(self.grid.set_overlay_opacity)
        self.run.run_wanted.connect(self.run_ai)
        self._gland_found.connect(self._show_early_gland)
        self.run.cancel_wanted.connect(lambda: self._analysis.cancel() if self._analysis else None)
        self.patient.psa_entered.connect(self._set_psa)
        self.panel.save_wanted.connect(self.save)
        self.panel.sign_wanted.connect(self.sign_wanted)
        self.signed.history_wanted.connect(self._show_history)
        self.signed.give_up_wanted.connect(self._give_amendment_up)
        self._connect_images()

    def _connect_images(self) -> None:
        self.grid.set_grips(lambda view, at: self.looking.grip(view, at) or self.marking.desk.grip(view, at))
        self.looking.layers_changed.connect(self._show_layers)
        self.priors.hung.connect(self._hang_prior)
        self.priors.of_prostate.connect(self.panel.lesions.precise.show_priors)
        self.priors.told.connect(lambda told: self.notice.show_sentence(told, tone="plain"))
        self.priors.failed.connect(self.notice.show_sentence)
        foreign = self.looking.foreign
        foreign.taken.connect(self.panel.lesions.select)
        foreign.told.connect(lambda told: self.notice.show_sentence(told, tone="ok"))
        foreign.failed.connect(self._object)
        self.looking.key_images.failed.connect(self._object)
        frames = self.looking.frames
        frames.hand_changed.connect(self._take_anchor)
        frames.told.connect(lambda told: self.notice.show_sentence(told, tone="plain"))
        frames.failed.connect(self._object)
        self.grid.frames_changed.connect(self.series.show_frames)
        self.looking.placed_changed.connect(self.marking.tools.show_study)
        self.looking.placed_changed.connect(self.panel.lesions.show_study)
        self.series.hang_wanted.connect(self._hang_or_open)
        self.series.menu_wanted.connect(self.roles.show_menu)
        self.roles.reread_wanted.connect(self.reread_wanted)
        self.roles.failed.connect(self.notice.show_sentence)
        self.layouts.monitor_wanted.connect(self.monitors.open_monitor_window)
        self.monitors.opened.connect(self._join)
        self.choices.failed.connect(self.notice.show_sentence)
        self.marking.hand_changed.connect(self._take_hand)
        self.marking.layers_changed.connect(self._show_layers)
        self.grid.display_changed.connect(lambda: self.marking.show_outlines(self.grid.display.visible))
        self.marking.tools.work_changed.connect(self._show_overlays)
        self.marking.drawn.connect(self.panel.lesions.select)
        self.marking.failed.connect(self._object)
        self.marking.told.connect(lambda told: self.notice.show_sentence(told, tone="plain"))

    def _show_history(self) -> None:
        if self._opened is not None:
            HistoryDialog(self._jobs, self._opened, self).open()

    def _make_board(self) -> None:
        self.commit()
        if self._opened is None or self._session is None:
            return
        dialog = BoardDialog(self._ws, self._jobs, self._opened, self._session.report, self)
        dialog.written.connect(
            lambda folder: self.notice.show_sentence(
                tr("Page and targets for the tumour board are in {folder}.").format(folder=folder), tone="ok"
            )
        )
        dialog.open()

    def _give_amendment_up(self) -> None:
        try:
            signed = signed_report(self._opened) if self._opened is not None else None
        except ProsectorError as error:
            self._object(str(error))
            return
        if signed is not None:
            self.signed.give_up(as_signed(signed))

    def _hang_or_open(self, offer: Offer) -> None:
        """Hang a series of images; what is a result of some system is read or drawn instead."""
        if offer.prior or not self.looking.foreign.open_series(offer.choice.stack.series.series_instance_uid):
            self.grid.hang_in(self.grid.active, offer)

    def _choose_tool(self, tool: Tool) -> None:
        self.panel.lesions.stop_placing()
        self.marking.put_down()
        self.grid.set_tool(tool)

    # ------------------------------------------------------------------ keys

    def _scoring(self) -> Acts:
        lesions = self.panel.lesions
        scores = {f"score_{score.value}": partial(lesions.score_selected, score) for score in list(Score)[:5]}
        return {
            **scores,
            "score_x": lambda: lesions.score_selected(Score.X),
            "score_t2": lambda: lesions.focus_component("t2"),
            "score_dwi": lambda: lesions.focus_component("dwi"),
            "dce_positive": lambda: lesions.score_dce_of_selected(Dce.POSITIVE),
            "dce_negative": lambda: lesions.score_dce_of_selected(Dce.NEGATIVE),
            "extension": lesions.step_extension_of_selected,
            "zone": lesions.switch_zone_of_selected,
            "sector": self._choose_sector,
            "override": lesions.override_selected,
            "comment": lesions.comment_on_selected,
        }

    def _reading(self) -> Acts:
        lesions = self.panel.lesions
        return {
            "run_ai": self.run_ai,
            "image_quality": self.panel.lesions.quality.open_or_confirm,
            "staging": self._stage,
            "precise": self._judge_change,
            "results": self.looking.open_or_close_results,
            "next_lesion": lesions.next_lesion,
            "previous_lesion": lesions.previous_lesion,
            "accept": lesions.accept_selected,
            "reject": lesions.reject_selected,
            "add_lesion": self._start_or_place,
            "negative": self._call_negative,
            "psa": lambda: self._write_in("psaEdit"),
            "indication": lambda: self._write_in("indicationEdit"),
            "impression": lambda: self._write_in("impressionEdit"),
            "to_images": self._go_to_images,
            "undo": self._undo,
            "redo": self._redo,
            "board": self._make_board,
            "save": self.save,
            "sign": self.sign_wanted.emit,
            "leave": self.closed.emit,
        }

    def _tools(self) -> Acts:
        brush = self.marking.tools.brush
        tools = {f"tool_{name}": partial(self._take_or_put_down, name) for name in _TOOLS_WITH_KEYS}
        return {**tools, "brush_smaller": lambda: brush.step(-1), "brush_larger": lambda: brush.step(1)}

    def _on_images(self, grid: ReadingGrid) -> Acts:
        key_images = self.looking.key_images
        return {
            "remove_drawing": self.marking.remove_selected,
            "key_image": lambda: key_images.toggle(grid.active),
        }

    def _add_keys(self) -> None:
        self.add_shortcuts(self)
        bind_keys(self.grid, self._keys, self._on_images(self.grid))
        for name in _TOOLS_WITH_KEYS:
            button = self.marking.strip.button(name)
            set_tip(button, f"{button.toolTip()} ({{tool_{name}}})", self._keys)

    def _join(self, window: MonitorWindow) -> None:
        """Let a window on another monitor show and do what the first one does."""
        self.looking.follow(window.grid)
        window.closing.connect(lambda: self.looking.unfollow(window.grid))
        self.add_shortcuts(window)
        bind_keys(window.grid, self._keys, self._on_images(window.grid))

    def _take_or_put_down(self, name: str) -> None:
        strip = self.marking.strip
        if strip.isEnabled():
            strip.choose("" if strip.tool == name else name)

    def _start_or_place(self) -> None:
        """Begin to add a lesion; when that has begun already, its middle is the crosshair."""
        point = self.grid.crosshair
        if self.panel.lesions.placing.isHidden():
            self.panel.lesions.start_placing()
        elif point is not None:
            self._place(point)

    def _write_in(self, name: str) -> None:
        field = self.findChild(QWidget, name)
        assert field is not None
        self.panel.reveal(field)
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _stage(self) -> None:
        staging = self.panel.lesions.staging
        staging.open_or_rest_none()
        self.panel.reveal(staging)

    def _judge_change(self) -> None:
        precise = self.panel.lesions.precise
        if precise.isHidden():
            self._object(tr("PRECISE compares with an earlier prostate MR, and none of this patient is known."))
            return
        self.panel.reveal(precise)
        precise.reach()

    def _choose_sector(self) -> None:
        sector_map = self.panel.lesions.sector_map
        if sector_map.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            self.panel.reveal(sector_map)
            sector_map.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_to_images(self) -> None:
        self.panel.lesions.stop_placing()
        self.marking.put_down()
        self.looking.frames.put_down()
        self.commit()
        self.grid.setFocus()

    def _is_typing(self) -> bool:
        return isinstance(self.focusWidget(), QAbstractSpinBox | QLineEdit | QPlainTextEdit)


def _kept(findings: Findings) -> str:
    """Say that the answer is an earlier one."""
    if findings.kept_since is None:
        return ""
    when = findings.kept_since.astimezone().strftime("%d %b %Y, %H:%M")
    told = tr("Images, models and program are those of {when}: the answer is kept from then.").format(when=when)
    return f" {told}"
