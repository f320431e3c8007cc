"""The dynamic series of one reading room: what is shown of it, and the curves at the cursor and in regions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from highdicom import Volume
from PySide6.QtCore import QObject, Signal

from core.annotations import Annotation
from core.errors import FramesDiffer, OutsideImages
from core.nudge import Nudge, Nudges
from core.progress import Progress
from core.study import Role
from core.volume import PointLps, require_same_frame
from inference.dce import Curve, DceMaps, Dynamic, curve_at, curve_in, curve_in_region, maps
from service.dce import open_dce
from service.reading import LoadedSeries, OpenStudy
from viewer.dce_curve import Plotted
from viewer.dce_images import DceImage, DceSeries
from viewer.jobs import Job, JobRunner
from viewer.language import tr
from viewer.slice_view import Hung

_MOST_REGIONS = 4


@dataclass(frozen=True, slots=True)
class _Regions:
    """What has a mean curve, by name; `left_out` are the names of what has none, as it would be too many."""

    masks: tuple[tuple[str, Volume], ...] = ()
    drawn: tuple[tuple[str, Annotation], ...] = ()
    left_out: tuple[str, ...] = ()


class DceDesk(QObject):
    """Loads the phases of a study beside the window, then their maps; until then it has nothing to show."""

    image_changed = Signal()
    """Another image or phase is to be shown, or there is one at all: see `hung`."""
    curves_changed = Signal()
    problem_changed = Signal()
    """Another `problem`, or none."""

    def __init__(self, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._opened: OpenStudy | None = None
        self._nudges = Nudges()
        self._loaded: DceSeries | None = None
        self._series: DceSeries | None = None
        self._image, self._phase = DceImage.SUBTRACTION, 0
        self._crosshair: PointLps | None = None
        self._apart = self._problem = ""
        self._regions = _Regions()
        self._region_curves: tuple[Plotted, ...] = ()

    def show_study(self, opened: OpenStudy | None) -> None:
        """Load the DCE of this study, if it has one, in place of the one before."""
        self._stop()
        self._loaded = self._series = self._crosshair = None
        self._opened, self._nudges = opened, Nudges()
        self._regions, self._region_curves, self._image = _Regions(), (), DceImage.SUBTRACTION
        self.image_changed.emit()
        self.curves_changed.emit()
        self._tell("" if opened is None else tr("Loading the dynamic series …"))
        if opened is None:
            return
        if opened.recognised.one(Role.DCE) is None:
            self._tell(tr("This study has no dynamic contrast-enhanced series."))
            return

        def load(progress: Progress) -> tuple[Dynamic, DceMaps]:
            dynamic = open_dce(opened, Nudge(), progress)
            return dynamic, maps(dynamic, progress)

        self._job = self._jobs.start(load, on_done=lambda found: self._take(opened, *found), on_failed=self._tell)

    def _take(self, opened: OpenStudy, dynamic: Dynamic, found: DceMaps) -> None:
        choice = opened.recognised.one(Role.DCE)
        assert choice is not None, "it was loaded"
        self._job = None
        self._loaded = DceSeries(choice, dynamic, found)
        self._phase = dynamic.early
        self._place()

    def _tell(self, problem: str) -> None:
        self._problem = problem
        self.problem_changed.emit()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job.abandon()
            self._job = None

    # ------------------------------------------------------------------ what is shown

    @property
    def series(self) -> DceSeries | None:
        """The phases and maps, or None while there are none."""
        return self._series

    @property
    def problem(self) -> str:
        """Why there is no dynamic series to show, or no curve at the crosshair, or an empty string."""
        return self._problem

    @property
    def image(self) -> DceImage:
        """What is shown."""
        return self._image

    @property
    def phase(self) -> int:
        """Which phase is shown, counted from 0."""
        return self._phase

    def hung(self, reference: LoadedSeries | None) -> Hung | None:
        """Return the image that is shown as it hangs beside the study's reference series; None without a DCE."""
        return None if self._series is None else self._series.hung(self._image, self._phase, reference)

    def show_image(self, image: DceImage) -> None:
        """Show a phase, a subtraction or a map."""
        if image is not self._image:
            self._image = image
            self.image_changed.emit()

    def show_phase(self, phase: int) -> None:
        """Show another phase, counted from 0."""
        if self._series is not None and phase != self._phase:
            self._phase = min(max(phase, 0), len(self._series.dynamic.phases) - 1)
            self.image_changed.emit()

    def set_nudges(self, nudges: Nudges) -> None:
        """Show the phases and maps where the reader put them, and read the curves there; also once they are loaded."""
        self._nudges = nudges
        self._place()

    def _place(self) -> None:
        loaded, opened = self._loaded, self._opened
        if loaded is None or loaded.maps is None or opened is None:
            return
        put = partial(self._nudges.placed, choice=loaded.choice)
        found = DceMaps(*map(put, (loaded.maps.wash_in, loaded.maps.wash_out, loaded.maps.time_to_peak)))
        dynamic = replace(loaded.dynamic, phases=tuple(map(put, loaded.dynamic.phases)))
        link = self._nudges.link_of(loaded.choice.stack.series)
        self._series = DceSeries(loaded.choice, dynamic, found, link)
        self._apart = _apart(dynamic, opened)
        self._tell(self._apart)
        self.image_changed.emit()
        self._measure_regions()

    # ------------------------------------------------------------------ curves

    @property
    def curves(self) -> tuple[Plotted, ...]:
        """The curves at the cursor, in lesions and in regions of the reader, as far as they lie in the images."""
        if self._series is None or self._crosshair is None or self._apart:
            return self._region_curves
        at_cursor = curve_at(self._series.dynamic, self._crosshair)
        return (*([Plotted(tr("Cursor"), at_cursor)] if at_cursor else []), *self._region_curves)

    def set_crosshair(self, point: PointLps) -> None:
        """Show the curve at a patient position (mm, LPS)."""
        self._crosshair = point
        self.curves_changed.emit()

    def set_regions(self, masks: Sequence[tuple[str, Volume]], drawn: Sequence[Annotation]) -> None:
        """Show the mean curves in the first four of these masks, by name, and in the last four regions of `drawn`."""
        regions = [one for one in drawn if one.is_region]
        named = [(tr("Region {number}").format(number=n), one) for n, one in enumerate(regions, start=1)]
        older = max(len(named) - _MOST_REGIONS, 0)
        left_out = tuple(name for name, _ in (*masks[_MOST_REGIONS:], *named[:older]))
        self._regions = _Regions(tuple(masks[:_MOST_REGIONS]), tuple(named[older:]), left_out)
        self._measure_regions()

    @property
    def left_out(self) -> str:
        """The sentence that names the lesions and regions without a curve, or an empty string."""
        if not self._regions.left_out:
            return ""
        return tr("{most} lesions and the {most} newest regions have curves; there is none of {names}.").format(
            most=_MOST_REGIONS, names=", ".join(self._regions.left_out)
        )

    def _measure_regions(self) -> None:
        if self._series is not None:
            dynamic = self._series.dynamic
            wanted = (*self._regions.masks, *self._regions.drawn)
            found = [(name, _mean_curve(dynamic, region)) for name, region in wanted]
            self._region_curves = tuple(Plotted(name, curve) for name, curve in found if curve is not None)
        self.curves_changed.emit()


def _apart(dynamic: Dynamic, opened: OpenStudy) -> str:
    """Return why the crosshair has no place in the dynamic images, or an empty string."""
    reference = next((one.volume for one in opened.series if one.volume is not None), dynamic.phases[0])
    try:
        require_same_frame(
            dynamic.phases[0], reference, names=(tr("The DCE ({named})").format(named=dynamic.named), "the T2")
        )
    except FramesDiffer as error:
        return str(error)
    return ""


def _mean_curve(dynamic: Dynamic, region: Volume | Annotation) -> Curve | None:
    """Return the mean curve of a mask or a region, None where it does not lie in the dynamic images."""
    try:
        return curve_in(dynamic, region) if isinstance(region, Volume) else curve_in_region(dynamic, region)
    except (FramesDiffer, OutsideImages):
        return None
