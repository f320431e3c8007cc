"""A rigid correction that the reader makes by hand where a series does not lie on the axial T2 as it should.

A man moves between sequences, and rectal gas bends echo planar images. The correction places the voxels elsewhere: a
volume's affine changes and its voxels stay as acquired, so whatever samples it afterwards interpolates once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.alignment import Alignment, Moved, moved_with
from core.bend import Bend, Points
from core.frame_link import FrameLink, frame_key
from core.study import Role, RoleChoice, Series
from core.volume import PointLps

MOST_MM = 30.0
MOST_DEG = 20.0
"""Beyond these a series is registered, not nudged."""

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


ALIGNED_BY_AI = "Registered to the axial T2 by the AI"
ALIGNED_BY_HAND = "Aligned with the axial T2 by hand"
LINKED_BY_READER = "Acquired in another frame of reference and laid on the axial T2 by the reader"
"""How the sentences of a report begin that tell what the AI moved, what the reader moved, and what was linked."""


@dataclass(frozen=True, slots=True)
class Nudges:
    """Where the series of one study were put: links of those in other frames of reference, then the AI's alignments of
    those in the frame of T2, then the reader's corrections.

    There is one correction for all diffusion images, which share their distortion, and one for DCE.
    """

    diffusion: Nudge = Nudge()
    dce: Nudge = Nudge()
    links: tuple[FrameLink, ...] = ()
    alignments: tuple[Alignment, ...] = ()

    def of(self, role: Role) -> Nudge:
        """Return the correction of a series with this role; T2 is what the others are laid on and never moves."""
        corrections = {Moved.DIFFUSION: self.diffusion, Moved.DYNAMIC: self.dce, None: Nudge()}
        return corrections[moved_with(role)]

    def alignment_of(self, moved: Moved | None) -> Alignment | None:
        """Return what the AI found for a group of images, used or not; None before it ran."""
        return next((one for one in self.alignments if one.moved is moved), None)

    def puts_alike(self, other: "Nudges", role: Role) -> bool:
        """Whether series of this role that have no link lie where `other` puts them."""
        moved = moved_with(role)
        return self.of(role) == other.of(role) and self.alignment_of(moved) == other.alignment_of(moved)

    def with_alignment_taken_back(self, moved: Moved, taken_back: bool) -> "Nudges":
        """Return these with the scanner's positions of a group in place of the AI's alignment, or that again."""
        return replace(
            self,
            alignments=tuple(
                replace(one, taken_back=taken_back) if one.moved is moved else one for one in self.alignments
            ),
        )

    def link_of(self, series: Series) -> FrameLink | None:
        """Return the link of a series, or None when it has none."""
        return next((link for link in self.links if link.frame == frame_key(series)), None)

    def with_link(self, link: FrameLink) -> "Nudges":
        """Return these with a link, in place of one of the same frame of reference."""
        return replace(self, links=(*self.without_link(link.frame).links, link))

    def without_link(self, frame: str) -> "Nudges":
        """Return these without the link of a frame of reference, by its `frame_key`."""
        return replace(self, links=tuple(link for link in self.links if link.frame != frame))

    def of_linked(self, choices: Iterable[RoleChoice]) -> "Nudges":
        """Return what places those series that have a link: these links, and the corrections of their groups."""
        linked = [choice for choice in choices if self.link_of(choice.stack.series) is not None]
        frames = {frame_key(choice.stack.series) for choice in linked}
        groups = {moved_with(choice.role) for choice in linked}
        return Nudges(
            diffusion=self.diffusion if Moved.DIFFUSION in groups else Nudge(),
            dce=self.dce if Moved.DYNAMIC in groups else Nudge(),
            links=tuple(link for link in self.links if link.frame in frames),
        )

    def bend_of(self, choice: RoleChoice) -> Bend | None:
        """Return what bends a series in the gland, None where nothing does."""
        alignment = self.alignment_of(moved_with(choice.role))
        if alignment is None or not alignment.is_used or self.link_of(choice.stack.series) is not None:
            return None
        return alignment.bend if choice.stack.series.frame_of_reference_uid == alignment.frame else None

    def bent_mm(self, choice: RoleChoice) -> float:
        """Return by how much a series is bent in the gland at most."""
        bend = self.bend_of(choice)
        return 0.0 if bend is None else bend.most_mm

    def carried(self, points: Points, choice: RoleChoice, frame: str) -> Points:
        """Return where positions (n, 3) on a series, in the frame of reference `frame`, lie as `placed` lays it."""
        link, alignment = self.link_of(choice.stack.series), self.alignment_of(moved_with(choice.role))
        if link is not None:
            points = _mapped(link.matrix, points)
        elif alignment is not None and alignment.frame == frame:
            points = alignment.carried(points)
        return _mapped(self.of(choice.role).matrix, points)

    def placed(self, volume: Volume, choice: RoleChoice) -> Volume:
        """Return a volume of a series as it was acquired where it lies: linked or aligned first, then corrected."""
        link = self.link_of(choice.stack.series)
        if link is not None:
            return self.of(choice.role).moved(link.placed(volume))
        alignment = self.alignment_of(moved_with(choice.role))
        return self.of(choice.role).moved(volume if alignment is None else alignment.placed(volume))

    @property
    def in_words(self) -> str:
        """What the report says, empty when nothing was moved."""
        said = "; ".join(link.in_words for link in self.links)
        linked = f"{LINKED_BY_READER}: {said}." if said else ""
        return " ".join(filter(None, (linked, self._alignments_in_words, self._nudges_in_words)))

    @property
    def _alignments_in_words(self) -> str:
        said = [f"{one.moved.in_words} by {one.shift_in_words}" for one in self.alignments if one.is_used]
        return f"{ALIGNED_BY_AI}: {' and '.join(said)}." if said else ""

    @property
    def _nudges_in_words(self) -> str:
        said = [
            f"{name} by {nudge.in_words}"
            for name, nudge in (("the diffusion images", self.diffusion), ("the dynamic images", self.dce))
            if not nudge.is_none
        ]
        return f"{ALIGNED_BY_HAND}: {' and '.join(said)}." if said else ""


def _mapped(matrix: NDArray[np.float64], points: Points) -> Points:
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def tells_of_moving(text: str) -> bool:
    """Whether the text of a report says that series were moved or linked."""
    return any(words in text for words in (ALIGNED_BY_AI, ALIGNED_BY_HAND, LINKED_BY_READER))


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
