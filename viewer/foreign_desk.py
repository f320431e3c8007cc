"""Results of any system in the open study: listed, read, drawn on the images, and taken into the report on request."""

from functools import partial
from itertools import cycle

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.nudge import Nudges
from core.progress import Progress
from service.foreign import (
    Content,
    GraphicsContent,
    PdfContent,
    ReportContent,
    Result,
    SegmentationContent,
    not_read_of,
    open_result,
    results_in,
)
from service.foreign_candidates import Offered, candidates_of, take_candidates
from service.foreign_places import lying_drawing, lying_segments
from service.reading import OpenStudy
from viewer.foreign_dialog import ResultDialog
from viewer.foreign_layers import PALETTE, ForeignGraphics, ForeignOutlines, Outlined
from viewer.foreign_panel import ResultsPanel
from viewer.foreign_windows import StatedWindows
from viewer.jobs import Job, JobRunner
from viewer.language import tr
from viewer.layers import Layer
from viewer.session import Session


class ForeignDesk(QObject):
    """One reading room's list of results. `layers_changed` asks to paint `layers` anew."""

    layers_changed = Signal()
    taken = Signal(str)
    """Lesions were added as candidates; the first has this tracking UID."""
    told = Signal(str)
    failed = Signal(str)

    def __init__(self, windows: StatedWindows, jobs: JobRunner, window: QWidget) -> None:
        super().__init__(window)
        self._windows, self._jobs, self._window = windows, jobs, window
        self._session: Session | None = None
        self._opened: OpenStudy | None = None
        self._placed: OpenStudy | None = None
        self._nudges = Nudges()
        self._listing: Job | None = None
        self._working: list[Job] = []
        self._results: tuple[Result, ...] = ()
        self._shown: dict[str, SegmentationContent | GraphicsContent] = {}
        self._layers: dict[str, Layer] = {}
        self._outlines_shown = True
        self.panel = ResultsPanel()
        self.panel.read_wanted.connect(self.read)
        self.panel.shown.connect(self.show_on_images)
        self.panel.candidates_wanted.connect(self._offer)

    # ------------------------------------------------------------------ what others call

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What is painted on the images; nothing while outlines are hidden."""
        return tuple(self._layers.values()) if self._outlines_shown else ()

    def show_session(self, session: Session | None, opened: OpenStudy | None) -> None:
        """List the results of this study from now on; none is drawn."""
        self._stop()
        if self._session is not None:
            self._session.changed.disconnect(self._follow)
        self._session, self._opened, self._placed, self._nudges = session, opened, opened, Nudges()
        self._results, self._shown, self._layers = (), {}, {}
        self._windows.clear()
        if session is None or opened is None:
            self.panel.say(tr("No study is open."))
            return
        session.changed.connect(self._follow)
        self._follow()
        self.panel.say(tr("Looking for results in the study …"))
        self._listing = self._jobs.start(
            lambda _progress: results_in(opened), on_done=self._list, on_failed=self.panel.say
        )

    def _list(self, results: tuple[Result, ...]) -> None:
        self._results = results
        self.panel.show_results(results)

    def show_placed(self, placed: OpenStudy) -> None:
        """Measure candidates on another version of the same study, whose series were moved."""
        self._placed = placed

    def show_outlines(self, shown: bool) -> None:
        """Draw what is shown, or hide it together with all other outlines."""
        if shown is not self._outlines_shown:
            self._outlines_shown = shown
            self.layers_changed.emit()

    def open_series(self, series_instance_uid: str) -> bool:
        """Read or draw the first result of a series; returns whether it has any."""
        result = next((one for one in self._results if one.series_instance_uid == series_instance_uid), None)
        if result is None:
            return False
        card = self.panel.card(result.sop_instance_uid)
        if result.problem:
            self.failed.emit(result.problem)
        elif card is not None and card.show_button is not None:
            self.show_on_images(result, True)
        else:
            self.read(result)
        return True

    # ------------------------------------------------------------------ reading and drawing

    def read(self, result: Result) -> None:
        """Open a report or a PDF in a window of its own."""
        self._open(result, partial(self._show_window, result))

    def show_on_images(self, result: Result, shown: bool) -> None:
        """Draw a segmentation or presentation state on the images, or no longer."""
        if shown:
            self._open(result, partial(self._draw, result))
            return
        uid = result.sop_instance_uid
        self._shown.pop(uid, None)
        self._layers.pop(uid, None)
        self._windows.take_back(uid)
        self._mark(uid, False)
        self.layers_changed.emit()

    def _open(self, result: Result, done: partial[None]) -> None:
        opened = self._opened
        if opened is not None:
            self._start(lambda _progress: open_result(opened, result), done, partial(self._not_opened, result))

    def _show_window(self, result: Result, content: Content) -> None:
        if isinstance(content, ReportContent | PdfContent):
            self._tell(result, "", content)
            ResultDialog(result, content, self._jobs, self._window).open()

    def _draw(self, result: Result, content: Content) -> None:
        uid = result.sop_instance_uid
        if isinstance(content, SegmentationContent | GraphicsContent):
            self._shown[uid] = content
            self._lay(uid, content)
            told = content.apart if isinstance(content, SegmentationContent) else ""
            if isinstance(content, GraphicsContent):
                told = self._windows.apply(uid, result.head.title, content.presentation)
            self._tell(result, told, content)
            self._mark(uid, True)
            self.layers_changed.emit()

    def _lay(self, uid: str, content: SegmentationContent | GraphicsContent) -> None:
        opened = self._opened
        if opened is None:
            return
        if isinstance(content, GraphicsContent):
            drawings = content.presentation.drawings
            self._layers[uid] = ForeignGraphics([lying_drawing(opened, self._nudges, one) for one in drawings])
            return
        colours = cycle(PALETTE)
        self._layers[uid] = ForeignOutlines(
            [
                Outlined(segment.label, segment.colour or next(colours), masks)
                for segment, masks in lying_segments(opened, self._nudges, content.read)
            ]
        )

    def _follow(self) -> None:
        """Draw where the series lie now."""
        if self._session is None or self._session.report.nudges == self._nudges:
            return
        self._nudges = self._session.report.nudges
        for uid, content in self._shown.items():
            self._lay(uid, content)
        if self._shown:
            self.layers_changed.emit()

    # ------------------------------------------------------------------ candidates

    def _offer(self, result: Result) -> None:
        opened = self._opened
        if opened is not None:
            work = partial(_candidates, opened, result, self._nudges)
            self._start(work, partial(self._take, result), partial(self._not_opened, result))

    def _take(self, result: Result, offered: Offered) -> None:
        session, placed = self._session, self._placed
        card = self.panel.card(result.sop_instance_uid)
        if card is not None:
            card.tell("\n".join(offered.left_out))
        if session is None or placed is None:
            return
        before = {lesion.tracking_uid for lesion in session.report.lesions}
        if not session.edit(lambda report: take_candidates(report, placed, offered), what="take candidates"):
            return
        new = [lesion for lesion in session.report.lesions if lesion.tracking_uid not in before]
        words = (
            tr("1 lesion of “{title}” is to be reviewed now.")
            if len(new) == 1
            else tr("{count} lesions of “{title}” are to be reviewed now.")
        )
        self.told.emit(words.format(count=len(new), title=offered.title))
        self.taken.emit(new[0].tracking_uid)

    # ------------------------------------------------------------------ inside

    def _start(self, work: partial[Offered] | object, done: partial[None], failed: partial[None]) -> None:
        self._working = [job for job in self._working if job.running]
        assert callable(work)
        self._working.append(self._jobs.start(work, on_done=done, on_failed=failed))

    def _not_opened(self, result: Result, sentence: str) -> None:
        card = self.panel.card(result.sop_instance_uid)
        if card is not None:
            card.tell(sentence)
        self._mark(result.sop_instance_uid, False)
        self.failed.emit(sentence)

    def _tell(self, result: Result, told: str, content: Content) -> None:
        card = self.panel.card(result.sop_instance_uid)
        if card is not None:
            card.tell_lost(told, not_read_of(content))

    def _mark(self, uid: str, shown: bool) -> None:
        card = self.panel.card(uid)
        if card is not None:
            card.set_shown(shown)

    def _stop(self) -> None:
        for job in (self._listing, *self._working):
            if job is not None:
                job.cancel()
                job.abandon()
        self._listing, self._working = None, []


def _candidates(opened: OpenStudy, result: Result, nudges: Nudges, progress: Progress) -> Offered:
    progress.report(0.0, tr("Reading its lesions"))
    return candidates_of(opened, result, nudges)
