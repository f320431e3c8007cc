"""Where the AI found a series to lie on the axial T2: a value beside the images, never in them.

A man moves between sequences. Before anything is measured, the analysis registers the diffusion and the dynamic images
to the axial T2 (`inference.align`). What it found is kept with the findings and with the report, whether it was used or
not; the reader's own correction comes on top of it (`core.nudge`), and the reader can take it back.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.frame_link import Rows
from core.study import Role

_SIDES = (("right", "left"), ("anterior", "posterior"), ("inferior", "superior"))


class Moved(StrEnum):
    """What moves together."""

    DIFFUSION = "diffusion"
    DYNAMIC = "dynamic"

    @property
    def in_words(self) -> str:
        """What it is called in a sentence."""
        return f"the {self.value} images"


@dataclass(frozen=True, slots=True)
class Alignment:
    """How one group of images lies on the axial T2 of the frame of reference `frame`.

    `rows` are the upper rows of the rigid 4 × 4 matrix (mm, LPS) from the scanner's positions of the group to those on
    the T2; `shift_mm` is where it takes the middle of the gland, `turn_deg` its rotation. `before` and `after` are the
    mutual information (nat; higher is better) of `measured_on` and T2 in the gland and around it. `applied` tells
    whether the analysis used it, `reason` why or why not; `taken_back` that the reader went back to the scanner's
    positions.
    """

    moved: Moved
    frame: str
    rows: Rows
    shift_mm: tuple[float, float, float]
    turn_deg: float
    before: float
    after: float
    measured_on: str
    applied: bool
    reason: str
    taken_back: bool = False

    @property
    def is_used(self) -> bool:
        """Whether images lie where this says."""
        return self.applied and not self.taken_back

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The 4 × 4 matrix (mm, LPS) that was found, used or not."""
        return np.array([*self.rows, (0.0, 0.0, 0.0, 1.0)])

    def placed(self, volume: Volume) -> Volume:
        """Return a volume of the group with the same voxels where they lie on T2; as it is when this is not used.

        A volume in another frame of reference is not what was registered, and comes back as it is.
        """
        if not self.is_used or volume.frame_of_reference_uid != self.frame:
            return volume
        return Volume(
            array=volume.array,
            affine=self.matrix @ volume.affine,
            coordinate_system="PATIENT",
            frame_of_reference_uid=volume.frame_of_reference_uid,
        )

    @property
    def shift_in_words(self) -> str:
        """Where the gland's middle went, e.g. `1.2 mm right, 1.6 mm anterior; turned by 2.1°`."""
        shifts = [
            f"{abs(mm):.1f} mm {names[mm > 0]}"
            for mm, names in zip(self.shift_mm, _SIDES, strict=True)
            if abs(mm) >= 0.05
        ]
        turned = f"; turned by {self.turn_deg:.1f}°" if self.turn_deg >= 0.05 else ""
        return (", ".join(shifts) or "0 mm") + turned

    @property
    def in_words(self) -> str:
        """One sentence for the panel: what was found, how well it fits, and whether it is used."""
        fit = f"mutual information {self.before:.2f} → {self.after:.2f}"
        if self.taken_back:
            return f"AI: moved by {self.shift_in_words} ({fit}); taken back by the reader."
        if self.applied:
            return f"AI: moved by {self.shift_in_words} ({fit})."
        return f"AI: not moved ({self.reason})."


def moved_with(role: Role) -> Moved | None:
    """Return the group that a series of this role moves with; None for T2, which the others are laid on."""
    if role in (Role.ADC, Role.DWI, Role.HIGH_B):
        return Moved.DIFFUSION
    return Moved.DYNAMIC if role in (Role.DCE, Role.SUBTRACTION) else None


def found_again(found: tuple[Alignment, ...], before: tuple[Alignment, ...]) -> tuple[Alignment, ...]:
    """Return what was found now; what the reader took back stays taken back where the same was found again."""
    taken_back = {(one.moved, one.rows) for one in before if one.taken_back}
    return tuple(replace(one, taken_back=(one.moved, one.rows) in taken_back) for one in found)
