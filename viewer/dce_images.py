"""The images of a dynamic series as they hang in a viewport: a phase, a subtraction, a map."""

from dataclasses import replace
from enum import Enum

from highdicom import Volume

from core.frame_link import FrameLink
from core.study import RoleChoice
from inference.dce import DceMaps, Dynamic, subtraction
from service.reading import LoadedSeries
from viewer.corner_text import Caption
from viewer.hanging import hung_of, images_of
from viewer.language import tr
from viewer.render.lut import Window, percentile_window, picture_values
from viewer.slice_view import Hung

_HIGHEST_OF_MAPS = 97.0
"""Vessels enhance several times faster than any tissue: the last percents are theirs."""


class DceImage(Enum):
    """What is shown of a dynamic series; the value is its name on the screen."""

    PHASE = "Phase"
    SUBTRACTION = "Subtraction"
    WASH_IN = tr("Wash-in")
    WASH_OUT = tr("Wash-out")
    TIME_TO_PEAK = tr("Time to peak")

    @property
    def is_map(self) -> bool:
        """Whether it needs the maps, and has no phases."""
        return self not in (DceImage.PHASE, DceImage.SUBTRACTION)

    @property
    def unit(self) -> str:
        """The unit of its values; empty for signal."""
        return {DceImage.WASH_IN: "%/s", DceImage.WASH_OUT: "%/min", DceImage.TIME_TO_PEAK: "s"}.get(self, "")


class DceSeries:
    """The images of one DCE: all phases and all subtractions have one window each, so that a cine does not flicker."""

    def __init__(
        self, choice: RoleChoice, dynamic: Dynamic, maps: DceMaps | None = None, link: FrameLink | None = None
    ) -> None:
        """`link` is how the reader laid them on the axial T2 where they were acquired in another frame of reference."""
        self.choice, self.dynamic, self.maps, self._link = choice, dynamic, maps, link
        self._windows: dict[DceImage, Window] = {}
        self._place: tuple[LoadedSeries | None, Hung] | None = None

    def volume(self, image: DceImage, phase: int) -> Volume:
        """Return an image; raises ValueError for a map before there are maps."""
        if image is DceImage.PHASE:
            return self.dynamic.phases[phase]
        if image is DceImage.SUBTRACTION:
            return subtraction(self.dynamic, phase)
        if self.maps is None:
            raise ValueError(tr("The contrast maps are not computed yet."))
        return {
            DceImage.WASH_IN: self.maps.wash_in,
            DceImage.WASH_OUT: self.maps.wash_out,
            DceImage.TIME_TO_PEAK: self.maps.time_to_peak,
        }[image]

    def hung(self, image: DceImage, phase: int, reference: LoadedSeries | None) -> Hung:
        """Return how an image hangs beside the study's reference series."""
        if self._place is None or self._place[0] is not reference:
            hung = hung_of(LoadedSeries(self.choice, self.dynamic.phases[0], link=self._link), reference)
            assert hung is not None, "a volume always hangs"
            self._place = (reference, hung)
        volume = self.volume(image, phase)
        if image not in self._windows:
            self._windows[image] = self._window(image)
        caption, window = self._caption(image, phase), self._windows[image]
        told = "" if image.is_map else self._phase_words(phase)
        shown = replace(self._place[1], volume=volume, caption=caption, window=window, unit=image.unit, phase=told)
        return replace(shown, images=self._images(image, phase))

    def _images(self, image: DceImage, phase: int) -> frozenset[tuple[str, int]]:
        """Return the images that are shown as they are: those of a phase, none of what is made from several."""
        return images_of(self.choice.stacks[phase]) if image is DceImage.PHASE else frozenset()

    def words(self, phase: int) -> str:
        """Return which phase it is and when, e.g. `Phase 8 / 20 · 63 s`."""
        return tr("Phase {value} / {len} · {times_s:.0f} s").format(
            value=phase + 1, len=len(self.dynamic.phases), times_s=self.dynamic.times_s[phase]
        )

    def _phase_words(self, phase: int) -> str:
        return tr("phase {number} ({time_s:.0f} s)").format(number=phase + 1, time_s=self.dynamic.times_s[phase])

    def _caption(self, image: DceImage, phase: int) -> Caption:
        number = self.choice.stack.series.number
        series = f"Se {'?' if number is None else number}"
        if image is DceImage.PHASE:
            return Caption("DCE", (self.words(phase), series))
        if image is DceImage.SUBTRACTION:
            return Caption(tr("DCE subtraction"), (self.words(phase), tr("{series}, calculated").format(series=series)))
        return Caption(f"DCE {image.value.lower()}", (tr("{series}, calculated").format(series=image.unit), series))

    def _window(self, image: DceImage) -> Window:
        values = picture_values(self.volume(image, self.dynamic.early))
        return Window.between(0.0, percentile_window(values, 50, _HIGHEST_OF_MAPS if image.is_map else 99.5).high)
