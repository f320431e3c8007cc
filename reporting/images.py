"""The loaded volumes that the pictures of a report are made from."""

from dataclasses import dataclass

from highdicom import Volume

from core.errors import FramesDiffer
from core.volume import require_same_frame, same_grid


@dataclass(frozen=True, slots=True, eq=False)
class ReportImages:
    """The axial T2, the ADC map (10⁻⁶ mm²/s) and the high-b image on grids of their own; the last two may be absent."""

    t2: Volume
    adc: Volume | None
    high_b: Volume | None


def require_grid_of_t2(mask: Volume, images: ReportImages, name: str) -> None:
    """Raise `FramesDiffer` unless `mask` has the voxels of the axial T2; `name` begins the sentence."""
    require_same_frame(mask, images.t2, names=(name, "the axial T2"))
    if not same_grid(mask, images.t2):
        raise FramesDiffer(f"{name} was drawn on other slices than those of the axial T2; draw it on this series.")
