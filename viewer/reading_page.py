"""The reading room: the images of one study, the AI, and the report beside them."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.findings import Findings
from core.pirads import Score
from core.report import Report, with_findings
from core.sectors import Sector
from core.volume import PointLps
from service.analysis import analyse
from service.lesions import add_lesion
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer import edits
from viewer.jobs import Job, JobRunner
from viewer.lesion_dialogs import SectorDialog
from viewer.lesion_overlays import overlays_of
from viewer.notice import Notice
from viewer.reading_grid import ReadingGrid
from viewer.reading_top import ReadingTop
from viewer.right_panel import RightPanel
from viewer.session import Session
from viewer.shortcuts import bind_keys
from viewer.viewport_tools import Tool


class ReadingPage(QWidget):
    """Shows one opened study and edits its session."""

    closed = Signal()
    """The reader goes back to the worklist."""
    sign_wanted = Signal()
    saved = Signal(object)
    """The draft is on disk since this `datetime`."""
    analysed = Signal(object)
    """The AI gave these `Findings`."""

    def __init__(self, ws: Workspace, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("readingPage")
        self._ws, self._jobs = ws, jobs
        self._opened: OpenStudy | None = None
        self._session: Session | None = None
        self._analysis: Job | None = None
        self.grid = ReadingGrid()
        self.panel = RightPanel()
        self.notice = Notice()
        self.top = ReadingTop()
        self.patient, self.tools, self.run = self.top.patient, self.top.tools, self.top.run
        self._lay_out()
        self._connect()
        self._add_shortcuts()

    # ------------------------------------------------------------------ what others call

    @property
    def session(self) -> Session | None:
        """The report being read, or None while no study is open."""
        return self._session

    @property
    def opened(self) -> OpenStudy | None:
        """The study on the screen, or None."""
        return self._opened

    def open(self, opened: OpenStudy, report: Report) -> None:
        """Show a study and its report, as restored or new."""
        self.leave()
        self._opened = opened
        session = Session(report, self._ws.trail, self._ws.drafts, self)
        self._session = session
        session.changed.connect(self._show_report)
        session.saved.connect(self.saved)
        session.failed.connect(self.notice.show_sentence)
        self.grid.show_study(opened.series)
        self.panel.show_session(session)
        self._show_report()
        self.grid.frame_gland()
        self.grid.setFocus()

    def leave(self) -> None:
        """Save what is unsaved and show no study."""
        if self._analysis is not None:
            self._analysis.cancel()
            self._analysis.abandon()
            self._analysis = None
            self.run.show_ready()
        if self._session is not None:
            self.commit()
            self._session.save()
            self.panel.show_session(None)
            self._session.deleteLater()
            self._session = None
        self._opened = None
        self.notice.clear()
        self.grid.clear()

    def commit(self) -> None:
        """Make everything that is typed an edit now."""
        self.patient.commit()
        self.panel.commit()

    def save(self) -> None:
        """Save the draft now."""
        if self._session is not None:
            self.commit()
            self._session.save()

    # ------------------------------------------------------------------ AI

    def run_ai(self) -> None:
        """Run the AI on the open study; its progress stands where the button was."""
        opened = self._opened
        if opened is None or self._analysis is not None:
            return
        self.notice.clear()
        self.run.show_started()
        self._analysis = self._jobs.start(
            lambda progress: analyse(self._ws, opened, progress),
            on_done=self._take_findings,
            on_failed=self._analysis_failed,
            on_progress=self.run.show_progress,
            on_cancelled=self._analysis_cancelled,
        )

    def _take_findings(self, findings: Findings) -> None:
        self._end_analysis()
        if self._session is None:
            return
        self.commit()
        if not self._session.edit(lambda report: with_findings(report, findings), what="findings of the AI"):
            return
        self.analysed.emit(findings)
        self.grid.frame_gland()
        self.panel.lesions.select(self.panel.lesions.selected)
        count = len(findings.candidates)
        found = "no suspicious lesion" if not count else f"{count} lesion{'s' if count > 1 else ''} to review"
        self.notice.show_sentence(f"The AI found {found}.", tone="ok")

    def _analysis_failed(self, sentence: str) -> None:
        self._end_analysis()
        told = sentence if sentence.startswith("Cannot run") else f"Cannot run: {sentence}"
        self.notice.show_sentence(f"{told} You can still read and report the study by hand.")

    def _analysis_cancelled(self) -> None:
        self._end_analysis()
        self.notice.show_sentence("The AI was stopped; nothing was added to the report.", tone="plain")

    def _end_analysis(self) -> None:
        self._analysis = None
        self.run.show_ready()

    # ------------------------------------------------------------------ report and images

    def _show_report(self) -> None:
        if self._session is not None:
            self.patient.show_report(self._session.report)
            self._show_overlays()

    def _show_overlays(self) -> None:
        if self._session is not None:
            lesions = self.panel.lesions
            self.grid.set_overlays(overlays_of(self._session.report, hidden=lesions.hidden, selected=lesions.selected))

    def _go_to_lesion(self, uid: str) -> None:
        if self._session is not None:
            self.grid.set_crosshair(self._session.report.lesion(uid).centroid_lps_mm)

    def _lesion_clicked(self, uid: str) -> None:
        self.panel.lesions.select(uid)

    def _place(self, point: PointLps) -> None:
        if self._session is None or self._opened is None:
            return
        diameter_mm = self.panel.lesions.placing.diameter_mm
        if self._session.report.gland is None:
            dialog = SectorDialog(self)
            dialog.finished.connect(lambda done: self._add_lesion(point, diameter_mm, dialog.sector) if done else None)
            dialog.open()
            return
        self._add_lesion(point, diameter_mm, None)

    def _add_lesion(self, point: PointLps, diameter_mm: float, sector: Sector | None) -> None:
        session, opened = self._session, self._opened
        self.panel.lesions.stop_placing()
        if session is None or opened is None:
            return
        if session.edit(lambda report: add_lesion(report, opened, point, diameter_mm, sector), what="add lesion"):
            self.panel.lesions.select(session.report.lesions[-1].tracking_uid)

    def _set_placing(self, placing: bool) -> None:
        self.grid.set_tool(Tool.ADD_LESION if placing else self.tools.tool)
        if placing:
            self.grid.setFocus()

    def _set_psa(self, psa_ng_ml: float | None) -> None:
        if self._session is not None:
            self._session.edit(edits.set_psa(psa_ng_ml), what="psa")

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
        images = QWidget()
        images.setObjectName("imageArea")
        images.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left = QVBoxLayout(images)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.notice)
        left.addWidget(self.grid, 1)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(images, 1)
        below.addWidget(self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addLayout(below, 1)

    def _connect(self) -> None:
        lesions = self.panel.lesions
        self.top.back.clicked.connect(lambda: self.closed.emit())
        lesions.lesion_selected.connect(self._go_to_lesion)
        lesions.view_changed.connect(self._show_overlays)
        lesions.placing_changed.connect(self._set_placing)
        self.grid.lesion_clicked.connect(self._lesion_clicked)
        self.grid.placed.connect(self._place)
        self.grid.overlay_visible_changed.connect(self.tools.show_overlay)
        self.grid.set_overlay_opacity(self.tools.opacity)
        self.tools.tool_chosen.connect(self._choose_tool)
        self.tools.overlay_toggled.connect(self.grid.set_overlay_visible)
        self.tools.opacity_changed.connect(self.grid.set_overlay_opacity)
        self.run.run_wanted.connect(self.run_ai)
        self.run.cancel_wanted.connect(lambda: self._analysis.cancel() if self._analysis else None)
        self.patient.psa_entered.connect(self._set_psa)
        self.panel.save_wanted.connect(self.save)
        self.panel.sign_wanted.connect(self.sign_wanted)

    def _choose_tool(self, tool: Tool) -> None:
        self.panel.lesions.stop_placing()
        self.grid.set_tool(tool)

    def _add_shortcuts(self) -> None:
        lesions = self.panel.lesions
        scores = {score.value: partial(lesions.score_selected, score) for score in list(Score)[:5]}
        keys: Mapping[str, Callable[[], object]] = {
            **scores,
            "R": self.run_ai,
            "N": lambda: lesions.step(1),
            "P": lambda: lesions.step(-1),
            "A": lesions.accept_selected,
            "X": lesions.reject_selected,
            "T": lambda: lesions.focus_component("t2"),
            "D": lambda: lesions.focus_component("dwi"),
            "L": lesions.start_placing,
            "Esc": lesions.stop_placing,
            "0": lambda: lesions.score_selected(Score.X),
            "Ctrl+Z": self._undo,
            "Ctrl+Y": self._redo,
            "Ctrl+Shift+Z": self._redo,
            "Ctrl+S": self.save,
            "Ctrl+W": self.closed.emit,
            "Ctrl+Return": self.sign_wanted.emit,
            "Ctrl+Enter": self.sign_wanted.emit,
        }
        bind_keys(self, keys)
