"""How the reader laid a series of another frame of reference on the axial T2: a value beside the images, never in them.

Positions in two frames of reference mean nothing to one another (PS3.3 C.7.4.1.1.1) until somebody says how they go
together. A link says it, and who may be wrong: the reader at one point, or a registration. The series keeps its frame;
what is shown and measured is a volume that was placed by the link.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.study import Series
from core.volume import PointLps

Rows = tuple[tuple[float, float, float, float], tuple[float, float, float, float], tuple[float, float, float, float]]
"""The upper three rows of a rigid 4 × 4 matrix."""

_SIDES = (("right", "left"), ("anterior", "posterior"), ("inferior", "superior"))
_RIGID = 1e-6


class LinkedBy(StrEnum):
    """What a link rests on."""

    ANCHOR = "anchored"
    REGISTRATION = "registered"


@dataclass(frozen=True, slots=True)
class MatchScore:
    """The mutual information (nat) of two series around the prostate before and after a registration.

    Higher is better. `before` is None where they did not overlap.
    """

    before: float | None
    after: float

    @property
    def in_words(self) -> str:
        """The two numbers with what they are, e.g. `mutual information 0.12 before, 0.31 after`."""
        before = "no overlap" if self.before is None else f"{self.before:.2f}"
        return f"mutual information {before} before, {self.after:.2f} after"


@dataclass(frozen=True, slots=True)
class FrameLink:
    """A rigid transform from the positions of one frame of reference to those of the study's (mm, LPS).

    `frame` is what `frame_key` gives, `onto` the Frame of Reference UID of the axial T2, `series` what the series is
    called in sentences. Raises ValueError for a transform that is not rigid.
    """

    frame: str
    onto: str
    rows: Rows
    by: LinkedBy
    series: str
    score: MatchScore | None = None

    def __post_init__(self) -> None:
        turn = self.matrix[:3, :3]
        if not np.allclose(turn @ turn.T, np.eye(3), atol=_RIGID) or np.linalg.det(turn) < 0:
            raise ValueError("A link between frames of reference shifts and turns; it neither stretches nor mirrors.")

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The 4 × 4 matrix from positions in `frame` to positions in `onto`."""
        return np.array([*self.rows, (0.0, 0.0, 0.0, 1.0)])

    @property
    def turn_deg(self) -> float:
        """By how much it turns."""
        cosine = (np.trace(self.matrix[:3, :3]) - 1) / 2
        return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))

    def placed(self, volume: Volume) -> Volume:
        """Return the voxels of a volume of `frame` where the link lays them in `onto`; the volume stays as it is."""
        return Volume(
            array=volume.array,
            affine=self.matrix @ volume.affine,
            coordinate_system="PATIENT",
            frame_of_reference_uid=self.onto,
        )

    def point(self, position: PointLps) -> PointLps:
        """Return where a position of `frame` lies in `onto`."""
        x, y, z = (float(c) for c in (self.matrix @ (*position, 1.0))[:3])
        return x, y, z

    @property
    def by_whom(self) -> str:
        """What a measure says that was taken in the series, e.g. `anchored by the reader`."""
        return "anchored by the reader" if self.by is LinkedBy.ANCHOR else "registered on the reader's order"

    @property
    def in_words(self) -> str:
        """What was done, for the report, without a full stop."""
        if self.by is LinkedBy.ANCHOR:
            return f"{self.series} anchored at one point, shifted by {_shift_words(self.rows)} and not turned"
        score = f" ({self.score.in_words})" if self.score else ""
        return f"{self.series} by rigid registration, turned by {self.turn_deg:.1f}°{score}"


def frame_key(series: Series) -> str:
    """Return what a link of a series is kept by: its Frame of Reference UID, which series share.

    A series that names none has its Series Instance UID instead.
    """
    return series.frame_of_reference_uid or series.series_instance_uid


def translation(start: PointLps, end: PointLps) -> Rows:
    """Return the shift that brings one position to another."""
    x, y, z = (b - a for a, b in zip(start, end, strict=True))
    return (1.0, 0.0, 0.0, x), (0.0, 1.0, 0.0, y), (0.0, 0.0, 1.0, z)


def rows_of(matrix: NDArray[np.float64]) -> Rows:
    """Return the upper rows of a 4 × 4 matrix."""
    first, second, third = ((float(a), float(b), float(c), float(d)) for a, b, c, d in matrix[:3])
    return first, second, third


def _shift_words(rows: Rows) -> str:
    shifts = [(row[3], names) for row, names in zip(rows, _SIDES, strict=True)]
    return ", ".join(f"{abs(mm):.1f} mm {names[mm > 0]}" for mm, names in shifts if abs(mm) >= 0.05) or "0 mm"
