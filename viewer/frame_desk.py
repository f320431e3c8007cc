"""Linking series of other frames of reference in one reading room: anchoring by hand, registering, unlinking."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from core.frame_link import FrameLink, frame_key
from core.nudge import Nudge
from core.progress import Progress
from core.volume import PointLps
from service.frame_links import anchored, registered, series_in_words, with_link, without_link
from service.reading import LoadedSeries, OpenStudy
from viewer.anchor_hand import AnchorHand
from viewer.frame_menu import LinkStep, LinkWish
from viewer.jobs import Job, JobRunner
from viewer.language import tr
from viewer.reading_grid import ReadingGrid
from viewer.said import said
from viewer.session import Session
from viewer.viewport import Viewport

_CHECK = tr("Check the match, e.g. with the swipe of the fusion, before you measure in it.")


class FrameDesk(QObject):
    """Does what a `LinkWish` asks for, as an edit of the report; one registration runs at a time."""

    hand_changed = Signal(object)
    """The `AnchorHand` that the reader has in hand from now on, or None."""
    told = Signal(str)
    failed = Signal(str)

    def __init__(self, grid: ReadingGrid, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid, self._jobs = grid, jobs
        self._session: Session | None = None
        self._opened: OpenStudy | None = None
        self._hand: AnchorHand | None = None
        self._job: tuple[str, Job] | None = None
        grid.link_wanted.connect(self._do)

    def show_session(self, session: Session | None, opened: OpenStudy | None) -> None:
        """Link in this report from now on."""
        self._stop()
        self.put_down()
        self._session, self._opened = session, opened

    def put_down(self) -> None:
        """Anchor nothing."""
        if self._hand is not None:
            self._hand = None
            self.hand_changed.emit(None)

    # ------------------------------------------------------------------ what is asked for

    def _do(self, wish: LinkWish) -> None:
        one = self._grid.study.loaded(wish.offer)
        if one is None or self._session is None:
            return
        if wish.step is LinkStep.UNLINK:
            self._unlink(one)
        elif wish.step is LinkStep.REGISTER:
            self._register_or_stop(one)
        elif wish.at is not None:
            self._anchor(one, wish.at)
        else:
            self._begin_to_anchor(one, wish.view)

    def _unlink(self, one: LoadedSeries) -> None:
        session, opened, frame = self._session, self._opened, frame_key(one.choice.stack.series)
        if session is None or opened is None:
            return
        if self._link(one) is None:
            self.failed.emit(
                tr("{title} is not linked, so there is nothing to undo.").format(title=said(one.choice.title))
            )
            return
        self._stop()
        if session.edit(lambda report: without_link(report, opened, frame), what="unlink frame of reference"):
            self.told.emit(
                tr("{series_in_words} is no longer linked; it carries no overlays and is not measured.").format(
                    series_in_words=series_in_words(one)
                )
            )

    # ------------------------------------------------------------------ by hand

    def _begin_to_anchor(self, one: LoadedSeries, view: Viewport) -> None:
        """Take the hand that marks the place; when it is in hand already, the place under the pointer is meant."""
        hand = self._hand
        if self._link(one) is not None:
            self.failed.emit(
                tr("{title} is linked already; unlink it before you anchor it again.").format(
                    title=said(one.choice.title)
                )
            )
        elif hand is not None and hand.takes(view):
            self._anchor(one, hand.place_in(view, view.width(), view.height()))
        elif one.volume is not None:
            t2 = self._grid.study.reference
            frame = str(t2.volume.frame_of_reference_uid) if t2 is not None and t2.volume is not None else ""
            moved, marked = self._grid.move_crosshair, partial(self._anchor, one)
            self._hand = AnchorHand(one.volume, frame, moved, marked)
            self.hand_changed.emit(self._hand)
            self.told.emit(
                tr(
                    "Anchoring {series_in_words}: put the crosshair on a place in the T2 that you "
                    "recognise in both, then click that place in the series. Esc stops."
                ).format(series_in_words=series_in_words(one))
            )

    def _anchor(self, one: LoadedSeries, at: PointLps) -> None:
        session, opened, t2 = self._session, self._opened, self._grid.study.reference
        crosshair = self._grid.crosshair
        if session is None or opened is None or t2 is None or crosshair is None:
            return
        nudge = session.report.nudges.of(one.choice.role)
        self._stop()
        if session.edit(
            lambda report: with_link(report, opened, anchored(one, t2, nudge, at=at, onto=crosshair)),
            what="anchor frame of reference",
        ):
            self.told.emit(
                tr("{series_in_words} is anchored where you marked it: shifted, not turned. {check}").format(
                    series_in_words=series_in_words(one), check=_CHECK
                )
            )
        self.put_down()

    # ------------------------------------------------------------------ by registration

    def _register_or_stop(self, one: LoadedSeries) -> None:
        frame = frame_key(one.choice.stack.series)
        if self._job is not None and self._job[0] == frame:
            self._stop()
            self.told.emit(
                tr("The registration of {series_in_words} was stopped; nothing was changed.").format(
                    series_in_words=series_in_words(one)
                )
            )
            return
        session, t2 = self._session, self._grid.study.reference
        if session is None or t2 is None:
            return
        self._stop()
        report, start = session.report, self._link(one)
        gland = report.gland.mask if report.gland else None
        nudge = report.nudges.of(one.choice.role)

        def work(progress: Progress) -> FrameLink:
            return registered(one, t2, nudge, start, gland, progress)

        self._show_share(frame, 0.0)
        self.told.emit(
            tr("{series_in_words} is being registered onto the axial T2; its chip tells how far, and stops it.").format(
                series_in_words=series_in_words(one)
            )
        )
        job = self._jobs.start(
            work,
            on_done=partial(self._take, one, (start, nudge)),
            on_failed=self._not_registered,
            on_progress=lambda share, _message: self._show_share(frame, share),
        )
        self._job = frame, job

    def _take(self, one: LoadedSeries, began_with: tuple[FrameLink | None, Nudge], link: FrameLink) -> None:
        session, opened = self._session, self._opened
        self._end()
        if session is None or opened is None:
            return
        if (self._link(one), session.report.nudges.of(one.choice.role)) != began_with:
            self.failed.emit(
                tr("{series_in_words} was moved while it was being registered; register it once more.").format(
                    series_in_words=series_in_words(one)
                )
            )
            return
        self.put_down()
        if session.edit(lambda report: with_link(report, opened, link), what="register frame of reference"):
            score = tr(": {in_words} (higher is better)").format(in_words=link.score.in_words) if link.score else ""
            how = tr("registered onto the axial T2, turned by {turn_deg:.1f}°{score}").format(
                turn_deg=link.turn_deg, score=score
            )
            self.told.emit(f"{series_in_words(one)} is {how}. {_CHECK}")

    def _not_registered(self, sentence: str) -> None:
        self._end()
        self.failed.emit(sentence)

    def _stop(self) -> None:
        if self._job is not None:
            self._job[1].cancel()
            self._job[1].abandon()
            self._end()

    def _end(self) -> None:
        self._job = None
        self._share(None)

    def _show_share(self, frame: str, share: float) -> None:
        self._share((frame, share))

    def _share(self, registering: tuple[str, float] | None) -> None:
        self._grid.set_display(replace(self._grid.display, registering=registering))

    def _link(self, one: LoadedSeries) -> FrameLink | None:
        return self._session.report.nudges.link_of(one.choice.stack.series) if self._session else None
