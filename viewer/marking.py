"""Marking in the reading room: measurements and outlines, the strip and the bar that offer them, and their layers."""

from collections.abc import Callable
from functools import partial

from highdicom import Volume
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.annotations import Kind
from core.progress import Progress
from service.lesions import warm_up
from service.reading import OpenStudy
from viewer.annotation_desk import AnnotationDesk
from viewer.hand import Hand
from viewer.jobs import JobRunner
from viewer.language import tr
from viewer.layers import Layer
from viewer.lesion_dialogs import SectorDialog
from viewer.outline_bar import OutlineBar
from viewer.outline_tools import OutlineTools
from viewer.session import Session
from viewer.tool_strip import StripTool, ToolStrip

_MEASURES = (
    StripTool(Kind.LENGTH, "length", tr("Length")),
    StripTool(Kind.BIDIRECTIONAL, "bidirectional", tr("Long and short axis")),
    StripTool(Kind.ELLIPSE, "ellipse", tr("Ellipse with statistics")),
    StripTool(Kind.POLYGON, "polygon", tr("Polygon with statistics: drag, or click and double-click")),
    StripTool(Kind.ANGLE, "angle", tr("Angle: drag one arm, click the other")),
    StripTool(Kind.ARROW, "arrow", tr("Arrow with text")),
    StripTool(Kind.TEXT, "text", tr("Text")),
)
_OUTLINES = (
    StripTool("brush", "brush", tr("Brush: paint the outline in hand")),
    StripTool("eraser", "eraser", tr("Eraser")),
    StripTool("outline", "outline", tr("Draw round an area to add it; with Shift to cut it out")),
    StripTool("grow", "grow", tr("Grow a lesion from a click on a dark focus of the ADC map")),
)
_OUTLINE_NAMES = frozenset(tool.name for tool in _OUTLINES)


class Marking(QObject):
    """Everything that the reader draws. `layers_changed` asks for `layers` anew; marks come from `tools.overlays`."""

    hand_changed = Signal(object)
    """The left button is this `Hand`'s from now on, or the view tools' with None."""
    layers_changed = Signal()
    drawn = Signal(str)
    """A lesion with this tracking UID was drawn."""
    told = Signal(str)
    failed = Signal(str)

    def __init__(self, page: QWidget, jobs: JobRunner) -> None:
        super().__init__(page)
        self._page, self._jobs = page, jobs
        self._session: Session | None = None
        self.desk = AnnotationDesk(page)
        self.tools = OutlineTools(parent=page)
        self.strip = ToolStrip()
        self.strip.add_tools(*_MEASURES)
        self.strip.add_tools(*_OUTLINES)
        self.bar = OutlineBar(self.tools)
        self.bar.hide()
        self._hand: Hand | None = None
        self._outlines_shown = True
        self._connect()

    def show_session(self, session: Session | None, opened: OpenStudy | None) -> None:
        """Draw on this study, into this session's report, from now on."""
        self.put_down()
        self._session = session
        self.desk.show_session(session)
        self.tools.show_session(session, opened)
        self.strip.setEnabled(session is not None)
        if session is not None and opened is not None:
            session.changed.connect(self._show_report)
            self._show_report()
            self._jobs.start(partial(_warm, opened), on_done=lambda _: None, on_failed=lambda _: None)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What is painted over the marks: measurements always, the AI's original outline while outlines are shown."""
        original = self.tools.layer if self._outlines_shown else None
        return (self.desk.layer,) if original is None else (self.desk.layer, original)

    def show_outlines(self, shown: bool) -> None:
        """Show or hide the AI's original outline together with the others."""
        if shown is not self._outlines_shown:
            self._outlines_shown = shown
            self.layers_changed.emit()

    def select(self, tracking_uid: str) -> None:
        """Take the outline of the selected lesion in hand."""
        self.tools.set_target(tracking_uid)
        self._show_report()

    def put_down(self) -> bool:
        """Drop what is being drawn and the tool; returns whether there was one."""
        if not self.strip.tool:
            return False
        self.strip.choose("")
        return True

    def remove_selected(self) -> bool:
        """Remove the selected drawing; returns whether there was one."""
        return self.desk.remove_selected()

    def _choose(self, name: str) -> None:
        if self._hand is not None:
            self._hand.cancel()
        self._hand = self._made(name)
        self.bar.setVisible(name in _OUTLINE_NAMES)
        self.hand_changed.emit(self._hand)

    def _made(self, name: str) -> Hand | None:
        outlines: dict[str, Callable[[], Hand]] = {
            "brush": self.tools.brush_hand,
            "eraser": self.tools.eraser_hand,
            "outline": self.tools.polygon_hand,
            "grow": self.tools.grow_hand,
        }
        if name in outlines:
            return outlines[name]()
        return self.desk.hand(Kind(name)) if name else None

    def _take(self, target: str) -> None:
        self.tools.set_target(target)
        lesions = self._session.report.lesions if self._session else ()
        if target in {lesion.tracking_uid for lesion in lesions}:
            self.drawn.emit(target)

    def _ask_sector(self, outline: Volume) -> None:
        dialog = SectorDialog(self._page)
        dialog.finished.connect(lambda done: self.tools.add(outline, dialog.sector) if done else None)
        dialog.open()

    def _show_report(self) -> None:
        if self._session is not None:
            self.bar.show_report(self._session.report)

    def _connect(self) -> None:
        self.strip.tool_chosen.connect(self._choose)
        self.bar.closed.connect(self.put_down)
        self.bar.target_chosen.connect(self._take)
        self.desk.layer_changed.connect(self.layers_changed)
        self.desk.failed.connect(self.failed)
        self.tools.layer_changed.connect(self.layers_changed)
        self.tools.failed.connect(self.failed)
        self.tools.told.connect(self.told)
        self.tools.drawn.connect(self.drawn)
        self.tools.sector_wanted.connect(self._ask_sector)


def _warm(opened: OpenStudy, progress: Progress) -> None:
    progress.report(0.0, tr("Preparing to measure"))
    warm_up(opened)
