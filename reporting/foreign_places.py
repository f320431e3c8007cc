"""Where single planes of pixels lie in the patient, and planes put together to a volume whatever their order.

Image coordinates are (column, row) with 0\\0 at the outer corner of the first pixel, whose middle is 0.5\\0.5, as in
SCOORD (PS3.3 C.18.6.1.2) and in graphic annotations in PIXEL units (PS3.3 C.10.5.1.1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from core.errors import ResultUnreadable
from reporting.foreign_items import numbers_of, text_of, whole_of

Points = NDArray[np.float64]
Plane = NDArray[np.uint8]

_ALIKE = 1e-3
"""So far may cosines differ between planes of one orientation: 0.06°, or 0.1 mm over 10 cm."""
_SAME_PLACE_MM = 0.01
_EVEN = 0.1
"""Shares of a step by which a plane may lie beside its place in an even stack."""
_ASKEW = 0.5
"""Shares of a pixel by which a plane may be shifted against the first one."""
_MOST_SLICES = 2000
_UNEVEN = "Its slices are not evenly spaced; each is shown within {off:.1f} mm of where it lies."


@dataclass(frozen=True, slots=True, eq=False)
class ImagePlace:
    """The plane of one image: `position` (mm, LPS) of the middle of its first pixel, unit vectors along a row and down
    a column, millimetres from row to row and from column to column, and the distance to the next slice if stated."""

    position: Points
    along_row: Points
    down_column: Points
    row_mm: float
    column_mm: float
    rows: int
    columns: int
    frame_of_reference_uid: str
    step_mm: float | None = None

    @property
    def normal(self) -> Points:
        """The unit vector along row × column."""
        return np.cross(self.along_row, self.down_column)

    @property
    def depth(self) -> float:
        """Where the plane lies along its normal."""
        return float(self.position @ self.normal)

    def lps(self, points: Points) -> Points:
        """Return image coordinates (n, 2) as patient positions (n, 3)."""
        across = (points[:, :1] - 0.5) * self.column_mm * self.along_row
        return self.position + across + (points[:, 1:2] - 0.5) * self.row_mm * self.down_column

    def image(self, points_lps: Points) -> Points:
        """Return patient positions (n, 3) as image coordinates (n, 2), projected along the normal."""
        offsets = points_lps - self.position
        across, down = offsets @ self.along_row / self.column_mm, offsets @ self.down_column / self.row_mm
        return np.column_stack((across, down)) + 0.5

    def is_alike(self, other: "ImagePlace") -> bool:
        """Tell whether two planes can be slices of one volume."""
        turned = max(np.abs(self.along_row - other.along_row).max(), np.abs(self.down_column - other.down_column).max())
        sizes = np.allclose((self.row_mm, self.column_mm), (other.row_mm, other.column_mm), rtol=1e-3)
        pixels = (self.rows, self.columns) == (other.rows, other.columns)
        return bool(turned < _ALIKE and sizes and pixels) and (
            self.frame_of_reference_uid == other.frame_of_reference_uid
        )


def place_of(header: Dataset, *groups: Dataset) -> ImagePlace | None:
    """Return the plane of an image, or of a frame by its functional groups, own ones first; None if it is not told."""
    sources = (*groups, header)
    position = _first(sources, "PlanePositionSequence", "ImagePositionPatient", 3)
    cosines = _first(sources, "PlaneOrientationSequence", "ImageOrientationPatient", 6)
    spacing = _first(sources, "PixelMeasuresSequence", "PixelSpacing", 2)
    rows, columns = whole_of(header, "Rows"), whole_of(header, "Columns")
    if position is None or cosines is None or spacing is None or not rows or not columns:
        return None
    along, down = cosines[:3], cosines[3:]
    lengths = np.linalg.norm(along), np.linalg.norm(down)
    if min(lengths) < 0.5 or abs(float(along @ down)) > 0.01 or spacing.min() <= 0:
        return None
    step = _first(sources, "PixelMeasuresSequence", "SpacingBetweenSlices", 1)
    thickness = _first(sources, "PixelMeasuresSequence", "SliceThickness", 1)
    stated = next((float(one[0]) for one in (step, thickness) if one is not None and one[0] > 0), None)
    along, down = along / lengths[0], down / lengths[1]
    frame = text_of(header, "FrameOfReferenceUID")
    return ImagePlace(position, along, down, float(spacing[0]), float(spacing[1]), rows, columns, frame, stated)


def _first(sources: Iterable[Dataset], group: str, keyword: str, count: int) -> Points | None:
    """Return the numbers of an attribute from the first source that has them, in a functional group or by itself."""
    for source in sources:
        for item in (
            (*(source.get(group) or ()), source) if isinstance(source.get(group) or [], Sequence) else (source,)
        ):
            numbers = numbers_of(item, keyword)
            if len(numbers) == count:
                return numbers
    return None


def volumes_of(planes: Sequence[tuple[ImagePlace, Plane]]) -> tuple[tuple[Volume, str], ...]:
    """Return planes of labels (0/1) in any order as volumes, one for each orientation, and what is to be told of each.

    Planes at one place are united; places without a plane are empty. Raises `ResultUnreadable` for a single plane that
    does not tell how thick it is, and for planes that make no straight stack.
    """
    groups: list[list[tuple[ImagePlace, Plane]]] = []
    for plane in planes:
        group = next((group for group in groups if group[0][0].is_alike(plane[0])), None)
        if group is None:
            groups.append([plane])
        else:
            group.append(plane)
    return tuple(map(_volume, groups))


def _volume(planes: Sequence[tuple[ImagePlace, Plane]]) -> tuple[Volume, str]:
    ordered = sorted(planes, key=lambda plane: float(plane[0].position @ planes[0][0].normal))
    first = ordered[0][0]
    depths = np.array([float(place.position @ first.normal) for place, _ in ordered]) - first.depth
    step = _step(depths, first.step_mm)
    slots = np.round(depths / step).astype(int)
    if slots[-1] >= _MOST_SLICES:
        raise ResultUnreadable(f"its slices lie up to {depths[-1]:.0f} mm apart, which no examination covers")
    _require_straight(first, [place for place, _ in ordered])
    array = np.zeros((int(slots[-1]) + 1, first.rows, first.columns), np.uint8)
    for slot, (_, pixels) in zip(slots, ordered, strict=True):
        array[slot] |= pixels
    off = float(np.abs(depths - slots * step).max())
    told = _UNEVEN.format(off=off) if off > _EVEN * step else ""
    affine = np.eye(4)
    affine[:3, 0] = first.normal * step
    affine[:3, 1], affine[:3, 2] = first.down_column * first.row_mm, first.along_row * first.column_mm
    affine[:3, 3] = first.position
    frame = first.frame_of_reference_uid or None
    return Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=frame), told


def _step(depths: Points, stated: float | None) -> float:
    """Return the distance of slices: as stated where the planes agree, else the smallest distance that there is."""
    gaps = [b - a for a, b in pairwise(depths) if b - a > _SAME_PLACE_MM]
    if not gaps:
        if stated is None:
            raise ResultUnreadable("it has a single slice and does not tell how thick that is")
        return stated
    if stated is not None and all(
        abs(gap / stated - round(gap / stated)) <= _EVEN and gap > stated / 2 for gap in gaps
    ):
        return float(depths[-1] / round(depths[-1] / stated))
    smallest = min(gaps)
    count = round(depths[-1] / smallest)
    even = depths[-1] / count
    return float(even if all(abs(gap / even - round(gap / even)) <= _EVEN for gap in gaps) else smallest)


def _require_straight(first: ImagePlace, places: Sequence[ImagePlace]) -> None:
    for place in places:
        shift = place.position - first.position
        across = abs(float(shift @ first.along_row)) / first.column_mm
        down = abs(float(shift @ first.down_column)) / first.row_mm
        if max(across, down) > _ASKEW:
            raise ResultUnreadable("its slices are shifted against one another and make no straight stack")
