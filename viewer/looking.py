"""Ways of looking at a study besides its own pictures: fusion, calculated b-values, alignment by hand, DCE."""

from dataclasses import replace

from highdicom import Volume
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.errors import ProsectorError
from core.nudge import Nudges
from core.report import Rejected
from core.study import Role
from core.volume import centroid_lps
from service.computed_b import computed_b
from service.nudged import nudged, remeasured
from service.reading import LoadedSeries, OpenStudy
from viewer.computed_b_panel import ComputedBPanel
from viewer.dce_desk import DceDesk
from viewer.dce_panel import DcePanel
from viewer.foreign_desk import ForeignDesk
from viewer.foreign_windows import StatedWindows
from viewer.frame_desk import FrameDesk
from viewer.fusion import signal_source, suspicion_source
from viewer.fusion_desk import FusionDesk
from viewer.fusion_panel import FusionPanel
from viewer.hand import Hand, View
from viewer.hanging import hung_of
from viewer.jobs import JobRunner
from viewer.key_image_desk import KeyImageDesk
from viewer.labels import heading
from viewer.language import tr
from viewer.layers import Layer
from viewer.nudge_panel import NudgePanel
from viewer.reading_grid import ReadingGrid
from viewer.session import Session
from viewer.tool_strip import StripTool, ToolStrip

_SWITCHES = (
    StripTool("fusion", "layers", tr("Lay ADC, high-b or the AI's map over T2")),
    StripTool("computed", "computed", tr("Calculate an image of any b-value")),
    StripTool("nudge", "nudge", tr("Move diffusion or DCE onto T2 by hand")),
    StripTool("changes", "filmstrip", tr("What changed since the prior")),
    StripTool("key_images", "key-image", tr("Key images of the report")),
    StripTool("results", "results", tr("Results in this study: reports, segmentations and drawings of any system")),
)
_COMPUTED = tr("Calculated b")
_WIDTH, _BOX = 306, 76


class Looking(QObject):
    """Keeps what is laid over, calculated and moved; `placed` is the study as the reader aligned it."""

    layers_changed = Signal()
    placed_changed = Signal(object)
    """Measure on this `OpenStudy` from now on: its series were moved."""
    failed = Signal(str)

    def __init__(self, grid: ReadingGrid, strip: ToolStrip, jobs: JobRunner, parent: QWidget, changes: QWidget) -> None:
        """`changes` is the panel that compares with a prior."""
        super().__init__(parent)
        self._grid, self._strip = grid, strip
        self._grids = [grid]
        self._session: Session | None = None
        self._opened: OpenStudy | None = None
        self._placed: OpenStudy | None = None
        self._nudges = Nudges()
        self._gland: Volume | None = None
        self._calculated: LoadedSeries | None = None
        self.fusion = FusionDesk(self)
        self.dce = DceDesk(jobs, self)
        self.frames = FrameDesk(grid, jobs, self)
        self.foreign = ForeignDesk(StatedWindows(grid, self), jobs, parent)
        self.key_images = KeyImageDesk(self)
        self.computed, self.nudge = ComputedBPanel(), NudgePanel()
        self._fusion_panel = FusionPanel(self.fusion)
        strip.add_switches(*_SWITCHES)
        self.drawer = _Drawer(
            {
                "fusion": (tr("Fusion"), self._fusion_panel),
                "computed": (tr("Calculated b-value"), self.computed),
                "nudge": (tr("Alignment by hand"), self.nudge),
                "changes": (tr("Compared with the prior"), changes),
                "key_images": (tr("Key images"), self.key_images.panel),
                "results": (tr("Results in this study"), self.foreign.panel),
            }
        )
        self.drawer.hide()
        self._connect()

    @property
    def placed(self) -> OpenStudy | None:
        """The open study with its series where the reader moved them."""
        return self._placed

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What is painted under the marks."""
        return (*self.fusion.layers, *self.foreign.layers, *self.key_images.layers)

    def follow(self, grid: ReadingGrid) -> None:
        """Show what is calculated in the grid of another monitor too, from now on."""
        self._grids.append(grid)
        self._listen(grid)
        self._show_again("")

    def unfollow(self, grid: ReadingGrid) -> None:
        """Let go of the grid of a monitor whose window closes."""
        grid.hung_changed.disconnect(self._show_again)
        grid.frames_changed.disconnect(self._show_again)
        self._grids.remove(grid)

    def show_session(self, session: Session | None, opened: OpenStudy | None) -> None:
        """Look at this study from now on; nothing is laid over."""
        if self._session is not None:
            self._session.changed.disconnect(self._follow)
        self._session, self._opened, self._placed, self._gland = session, opened, opened, None
        self._nudges, self._calculated = Nudges(), None
        self._show("")
        self.frames.show_session(session, opened)
        self.foreign.show_session(session, opened)
        self.key_images.show_session(session, opened)
        self.fusion.show_study(opened)
        self.dce.show_study(opened)
        if session is None or opened is None:
            self.computed.show_computed(None, "")
            return
        session.changed.connect(self._follow)
        self.nudge.allow_dce(opened.recognised.one(Role.DCE) is not None)
        self._calculate(anew=True)
        self._follow()

    def show_suspicion(self, suspicion: Volume | None, without: str = "") -> None:
        """Offer the AI's map of suspicion, or say why there is none."""
        t2 = self._opened.volume(Role.T2_AXIAL) if self._opened else None
        if suspicion is not None and t2 is not None:
            self.fusion.set_source(suspicion_source(suspicion, t2))
        self.fusion.tell_missing(without)

    def grip(self, view: View, at: QPointF) -> Hand | None:
        """Return the hand that moves the divider of the fusion under a pixel, or None."""
        return self.fusion.grip(view, at)

    def curve_view(self) -> QWidget:
        """Return a new panel of the dynamic series, for a layout that has room for it."""
        return DcePanel(self.dce)

    def show_changes(self) -> None:
        """Show what changed since the prior."""
        self._show("changes")

    def open_or_close_results(self) -> None:
        """Show the list of results, or close it: what the key does."""
        self._show("" if self.drawer.shown == "results" else "results")

    # ------------------------------------------------------------------ inside

    def _follow(self) -> None:
        session, opened = self._session, self._opened
        if session is None or opened is None:
            return
        report = session.report
        gland = report.gland.mask if report.gland else None
        moved, found = report.nudges != self._nudges, gland is not self._gland
        self._nudges, self._gland = report.nudges, gland
        self._fusion_panel.show_nudges(report.nudges)
        if moved:
            self._placed = nudged(opened, report.nudges)
            self._grid.set_display(replace(self._grid.display, nudges=report.nudges))
            self.placed_changed.emit(self._placed)
            self.foreign.show_placed(self._placed)
            self.dce.set_nudges(report.nudges)
            self._calculate(anew=False)
        if (moved or found) and self._placed is not None:
            self.fusion.offer(self._placed, gland)
        about = centroid_lps(gland) if gland is not None and gland.array.any() else self._grid.crosshair
        if about is not None:
            self.nudge.show_nudges(report.nudges, about)
        lesions = [(x.label, x.mask) for x in report.lesions if not isinstance(x.review, Rejected)]
        self.dce.set_regions(lesions, report.annotations)

    def _move(self, nudges: Nudges) -> None:
        session, opened = self._session, self._opened
        if session is not None and opened is not None:
            placed = nudged(opened, nudges)
            session.edit(lambda report: remeasured(replace(report, nudges=nudges), placed), what="align by hand")

    def _calculate(self, *, anew: bool) -> None:
        if self._placed is None:
            return
        try:
            found = computed_b(self._placed, self._nudges)
        except ProsectorError as error:
            self.computed.show_computed(None, str(error))
            return
        if anew:
            self.computed.show_computed(found, "")
        else:
            self.computed.replace_computed(found)

    def _show_computed(self, one: LoadedSeries | None) -> None:
        placed = self._placed
        t2 = placed.volume(Role.T2_AXIAL) if placed else None
        if placed is None or t2 is None:
            return
        self._calculated = one
        shown = one or next((x for x in placed.series if x.choice.role is Role.HIGH_B), None)
        hung = hung_of(shown, self._grid.study.reference) if shown else None
        if hung is not None:
            for grid in self._grids:
                grid.show_instead(Role.HIGH_B, hung)
        linked = hung is not None and hung.linked
        if one is not None and one.volume is not None and linked:
            self.fusion.set_source(signal_source(_COMPUTED, one.volume, t2, self._gland))
        else:
            self.fusion.remove_source(_COMPUTED)

    def _listen(self, grid: ReadingGrid) -> None:
        grid.hung_changed.connect(self._show_again)
        grid.frames_changed.connect(self._show_again)  # also when a series was loaded

    def _show_again(self, _told: object) -> None:
        """Another layout hangs what the scanner made; what the reader chose instead is shown there too."""
        self._show_dce()
        if self._calculated is not None:
            self._show_computed(self._calculated)

    def _show_dce(self) -> None:
        """Show the chosen image in place of the subtraction; a layout's own phases beside it stay."""
        hung = self.dce.hung(self._grid.study.reference)
        if hung is None:
            return
        for grid in self._grids:
            if not grid.show_instead(Role.SUBTRACTION, hung):
                grid.show_instead(Role.DCE, hung)

    def _switch(self, name: str, on: bool) -> None:
        self._show(name if on else "")

    def _show(self, name: str) -> None:
        for switch in _SWITCHES:
            self._strip.show_switch(switch.name, switch.name == name)
        self.drawer.show_panel(name)

    def _connect(self) -> None:
        self._strip.switched.connect(self._switch)
        self.drawer.closed.connect(lambda: self._show(""))
        self.fusion.layer_changed.connect(self.layers_changed)
        self.foreign.layers_changed.connect(self.layers_changed)
        self.key_images.layers_changed.connect(self.layers_changed)
        self.key_images.go_wanted.connect(self._grid.set_crosshair)
        self.key_images.panel.mark_wanted.connect(lambda: self.key_images.toggle(self._grid.active))
        self.computed.image_changed.connect(self._show_computed)
        self.nudge.nudged.connect(self._move)
        self.dce.image_changed.connect(self._show_dce)
        self._listen(self._grid)
        self._grid.display_changed.connect(self._show_cursor)

    def _show_cursor(self) -> None:
        self.foreign.show_outlines(self._grid.display.visible)
        if self._grid.crosshair is not None:
            self.dce.set_crosshair(self._grid.crosshair)


class _Drawer(QFrame):
    """One panel at a time between the strip and the images."""

    closed = Signal()

    def __init__(self, panels: dict[str, tuple[str, QWidget]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lookingDrawer")
        self._pages = QStackedWidget()
        self._names = tuple(panels)
        for title, panel in panels.values():
            self._pages.addWidget(_page(title, panel))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        for box in self.findChildren(QAbstractSpinBox):
            box.setMinimumWidth(_BOX)  # else each asks for the room of the largest value that it could take
        self.setFixedWidth(_WIDTH)

    @property
    def shown(self) -> str:
        """The name of the panel that is shown, or an empty string."""
        return "" if self.isHidden() else self._names[self._pages.currentIndex()]

    def show_panel(self, name: str) -> None:
        """Show a panel, or none for an empty string."""
        if name:
            self._pages.setCurrentIndex(self._names.index(name))
        self.setVisible(bool(name))


def _page(title: str, panel: QWidget) -> QScrollArea:
    inner = QWidget()
    layout = QVBoxLayout(inner)
    layout.setContentsMargins(0, 10, 0, 12)
    layout.setSpacing(0)
    above = heading(title)
    above.setContentsMargins(12, 0, 12, 0)
    layout.addWidget(above)
    layout.addWidget(panel)
    layout.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area
