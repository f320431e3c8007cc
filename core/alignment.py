"""Where the AI found a series to lie on the axial T2: a value beside the images, never in them.

A man moves between sequences. Before anything is measured, the analysis registers the diffusion and the dynamic images
to the axial T2 (`inference.align`). What it found is kept with the findings and with the report, whether it was used or
not; the reader's own correction comes on top of it (`core.nudge`), and the reader can take it back.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from weakref import WeakKeyDictionary

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.bend import Bend, Points
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
    positions. `bend` is what bends them afterwards, be they moved or not, and `bend_told` why or why not: empty where
    nothing was to be bent.
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
    bend: Bend | None = None
    bend_told: str = ""

    @property
    def was_used(self) -> bool:
        """Whether the analysis moved or bent the images."""
        return self.applied or self.bend is not None

    @property
    def is_used(self) -> bool:
        """Whether images lie where this says."""
        return self.was_used and not self.taken_back

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The 4 × 4 matrix (mm, LPS) that was found, used or not."""
        return np.array([*self.rows, (0.0, 0.0, 0.0, 1.0)])

    def placed(self, volume: Volume) -> Volume:
        """Return a volume of the group where it lies on T2; as it is when this is not used.

        Its voxels are the same, unless they are bent. A volume in another frame of reference is not what was
        registered, and comes back as it is.
        """
        if not self.is_used or volume.frame_of_reference_uid != self.frame:
            return volume
        return self.lying(volume) if self.bend is None else self._bent(volume, self.bend)

    def lying(self, volume: Volume) -> Volume:
        """Return a volume as `placed` does, but not bent."""
        if not self.applied:
            return volume
        return Volume(
            array=volume.array,
            affine=self.matrix @ volume.affine,
            coordinate_system="PATIENT",
            frame_of_reference_uid=volume.frame_of_reference_uid,
        )

    def carried(self, points: Points) -> Points:
        """Return where positions (n, 3) of the group's images lie on T2; as they are when this is not used."""
        if not self.is_used:
            return points
        lying = points @ self.matrix[:3, :3].T + self.matrix[:3, 3] if self.applied else points
        return lying if self.bend is None else self.bend.carried(lying)

    def _bent(self, volume: Volume, bend: Bend) -> Volume:
        by, bent = _BENT.get(volume, (None, None))
        if bent is None or by != self:
            bent = bend.bent(self.lying(volume))
            _BENT[volume] = self, bent
        return bent

    @property
    def shift_in_words(self) -> str:
        """Where the gland's middle went, e.g. `1.2 mm right, 1.6 mm anterior; turned by 2.1°; bent by up to …`."""
        bent = f"; {self.bend.in_words}" if self.bend else ""
        return self._moved_in_words + bent if self.applied else "0 mm" + bent

    @property
    def _moved_in_words(self) -> str:
        shifts = [
            f"{abs(mm):.1f} mm {names[mm > 0]}"
            for mm, names in zip(self.shift_mm, _SIDES, strict=True)
            if abs(mm) >= 0.05
        ]
        turned = f"; turned by {self.turn_deg:.1f}°" if self.turn_deg >= 0.05 else ""
        return (", ".join(shifts) or "0 mm") + turned

    @property
    def in_words(self) -> str:
        """What the panel says: what was found, how well it fits, and whether it is used."""
        return " ".join(filter(None, (self._move_told, self._bend_told)))

    @property
    def _move_told(self) -> str:
        fit = f"mutual information {self.before:.2f} → {self.after:.2f}"
        back = "; taken back by the reader" if self.taken_back else ""
        if self.applied:
            return f"AI: moved by {self._moved_in_words} ({fit}){back}."
        return f"AI: not moved ({self.reason})."

    @property
    def _bend_told(self) -> str:
        if self.bend is None:
            return f"Not bent ({self.bend_told})." if self.bend_told else ""
        before = self.after if self.applied else self.before
        back = "; taken back by the reader" if self.taken_back else ""
        return f"Then {self.bend.in_words} (mutual information {before:.2f} → {self.bend.score:.2f}){back}."


_BENT: WeakKeyDictionary[Volume, tuple[Alignment, Volume]] = WeakKeyDictionary()
"""The volumes that were bent, as long as what they were bent from is there: showing a study asks for them often."""


def moved_with(role: Role) -> Moved | None:
    """Return the group that a series of this role moves with; None for T2, which the others are laid on."""
    if role in (Role.ADC, Role.DWI, Role.HIGH_B):
        return Moved.DIFFUSION
    return Moved.DYNAMIC if role in (Role.DCE, Role.SUBTRACTION) else None


def found_again(found: tuple[Alignment, ...], before: tuple[Alignment, ...]) -> tuple[Alignment, ...]:
    """Return what was found now; what the reader took back stays taken back where the same was found again."""
    taken_back = {(one.moved, one.rows, one.bend) for one in before if one.taken_back}
    return tuple(replace(one, taken_back=(one.moved, one.rows, one.bend) in taken_back) for one in found)
