"""A rigid correction that the reader makes by hand where a series does not lie on the axial T2 as it should.

A man moves between sequences, and rectal gas bends echo planar images. The correction places the voxels elsewhere: a
volume's affine changes and its voxels stay as acquired, so whatever samples it afterwards interpolates once.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.frame_link import FrameLink, frame_key
from core.study import Role, RoleChoice, Series
from core.volume import PointLps

MOST_MM = 30.0
MOST_DEG = 20.0
"""Beyond these a series is registered, not nudged."""

_DIFFUSION = (Role.ADC, Role.DWI, Role.HIGH_B)
_DYNAMIC = (Role.DCE, Role.SUBTRACTION)
_SHIFTS = (("right", "left"), ("anterior", "posterior"), ("inferior", "superior"))
_AXES = ("left–right", "anterior–posterior", "head–foot")


@dataclass(frozen=True, slots=True)
class Nudge:
    """A turn about a patient position, then a shift, along and about the patient's axes.

    `shift_mm` is towards left, posterior and superior (LPS). `turn_deg` are right-handed angles about these axes
    through `about` (mm, LPS), done in this order.
    """

    shift_mm: PointLps = (0.0, 0.0, 0.0)
    turn_deg: PointLps = (0.0, 0.0, 0.0)
    about: PointLps = (0.0, 0.0, 0.0)

    @property
    def is_none(self) -> bool:
        """Whether nothing moves."""
        return not any(self.shift_mm) and not any(self.turn_deg)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The 4 × 4 matrix from the scanner's positions to the corrected ones (mm, LPS)."""
        turn, about = _turn(self.turn_deg), np.array(self.about)
        matrix = np.eye(4)
        matrix[:3, :3] = turn
        matrix[:3, 3] = about - turn @ about + np.array(self.shift_mm)
        return matrix

    def moved(self, volume: Volume) -> Volume:
        """Return a volume with the same voxels at their corrected positions."""
        if self.is_none:
            return volume
        return Volume(
            array=volume.array,
            affine=self.matrix @ volume.affine,
            coordinate_system="PATIENT",
            frame_of_reference_uid=volume.frame_of_reference_uid,
        )

    @property
    def in_words(self) -> str:
        """What was done, e.g. `2.0 mm left, 1.5° about the head–foot axis`; empty when nothing was."""
        shifts = [f"{abs(mm):.1f} mm {names[mm > 0]}" for mm, names in zip(self.shift_mm, _SHIFTS, strict=True) if mm]
        turns = [f"{deg:+.1f}° about the {axis} axis" for deg, axis in zip(self.turn_deg, _AXES, strict=True) if deg]
        return ", ".join([*shifts, *turns]).replace("-", "−")


ALIGNED_BY_HAND = "Aligned with the axial T2 by hand"
LINKED_BY_READER = "Acquired in another frame of reference and laid on the axial T2 by the reader"
"""How the sentences of a report begin that tell what was moved, and what was linked."""


@dataclass(frozen=True, slots=True)
class Nudges:
    """Where the reader put the series of one study: the links of those in other frames of reference, then corrections.

    There is one correction for all diffusion images, which share their distortion, and one for DCE.
    """

    diffusion: Nudge = Nudge()
    dce: Nudge = Nudge()
    links: tuple[FrameLink, ...] = ()

    def of(self, role: Role) -> Nudge:
        """Return the correction of a series with this role; T2 is what the others are laid on and never moves."""
        if role in _DIFFUSION:
            return self.diffusion
        return self.dce if role in _DYNAMIC else Nudge()

    def link_of(self, series: Series) -> FrameLink | None:
        """Return the link of a series, or None when it has none."""
        return next((link for link in self.links if link.frame == frame_key(series)), None)

    def with_link(self, link: FrameLink) -> "Nudges":
        """Return these with a link, in place of one of the same frame of reference."""
        return replace(self, links=(*self.without_link(link.frame).links, link))

    def without_link(self, frame: str) -> "Nudges":
        """Return these without the link of a frame of reference, by its `frame_key`."""
        return replace(self, links=tuple(link for link in self.links if link.frame != frame))

    def placed(self, volume: Volume, choice: RoleChoice) -> Volume:
        """Return a volume of a series as it was acquired where the reader put it: linked first, then corrected."""
        link = self.link_of(choice.stack.series)
        return self.of(choice.role).moved(volume if link is None else link.placed(volume))

    @property
    def in_words(self) -> str:
        """What the report says, empty when nothing was moved."""
        said = "; ".join(link.in_words for link in self.links)
        return " ".join(filter(None, (f"{LINKED_BY_READER}: {said}." if said else "", self._nudges_in_words)))

    @property
    def _nudges_in_words(self) -> str:
        said = [
            f"{name} by {nudge.in_words}"
            for name, nudge in (("the diffusion images", self.diffusion), ("the dynamic images", self.dce))
            if not nudge.is_none
        ]
        return f"{ALIGNED_BY_HAND}: {' and '.join(said)}." if said else ""


def tells_of_moving(text: str) -> bool:
    """Whether the text of a report says that series were moved or linked."""
    return ALIGNED_BY_HAND in text or LINKED_BY_READER in text


def _turn(degrees: PointLps) -> NDArray[np.float64]:
    turn = np.eye(3)
    for axis, angle in enumerate(np.radians(degrees)):
        turn = _about(axis, float(angle)) @ turn
    return turn


def _about(axis: int, angle: float) -> NDArray[np.float64]:
    first, second = ((1, 2), (2, 0), (0, 1))[axis]
    turn: NDArray[Any] = np.eye(3)
    turn[first, first] = turn[second, second] = np.cos(angle)
    turn[second, first] = np.sin(angle)
    turn[first, second] = -np.sin(angle)
    return turn
