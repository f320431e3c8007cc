"""Diffusion images of any b-value for an opened study."""

from dataclasses import dataclass

from core.errors import CannotCompute
from core.frame_link import FrameLink
from core.nudge import Nudges
from core.study import Role, RoleChoice, Stack
from inference.computed_b import Extrapolation, base_b_value
from inference.load import load_stack
from service.reading import LoadedSeries, OpenStudy

LEAST_B, MOST_B = 800, 2500


@dataclass(frozen=True, slots=True, eq=False)
class ComputedB:
    """Calculates diffusion images of a study; `base` is the acquired one that they are made from.

    `link` is how the reader laid that one on the axial T2.
    """

    base: RoleChoice
    extrapolation: Extrapolation
    link: FrameLink | None = None

    def series(self, b: float) -> LoadedSeries:
        """Return the image of b (s/mm²) as a series like those of the scanner, marked as calculated."""
        made_from = f"calculated b={b:g} from b {self.extrapolation.base_b:g} and the ADC, mono-exponential"
        stack = Stack(self.base.stack.series, (), b)  # no image of the study has these values
        choice = RoleChoice(Role.HIGH_B, (stack,), made_from, calculated=True)
        return LoadedSeries(choice, self.extrapolation.image(b), link=self.link)


def computed_b(opened: OpenStudy, nudges: Nudges) -> ComputedB:
    """Return what calculates the diffusion images of a study; loads the acquired one that it starts from.

    `opened` may be corrected by `nudges` already: the acquired image is moved as its ADC was. Raises `CannotCompute`
    without ADC or acquired diffusion up to b 1000, `SeriesIncomplete` and `FramesDiffer`.
    """
    adc = opened.volume(Role.ADC)
    if adc is None:
        raise CannotCompute("No b-value can be calculated: the study has no ADC map and none can be fitted.")
    recognised = opened.recognised
    acquired = {
        choice.b_value: choice
        for choice in (*recognised.all(Role.DWI), *recognised.all(Role.HIGH_B))
        if choice.b_value is not None and not choice.calculated
    }
    base_b = base_b_value(tuple(acquired))
    if base_b is None:
        raise CannotCompute(
            "No b-value can be calculated: the study has no acquired diffusion image with b up to 1000 s/mm²; "
            "send the whole DWI series, not only the ADC map."
        )
    base = acquired[base_b]
    acquired_at_base = nudges.placed(load_stack(base.stack), base)
    return ComputedB(base, Extrapolation(acquired_at_base, base_b, adc), nudges.link_of(base.stack.series))
