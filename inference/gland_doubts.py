"""What speaks against an outline of the prostate: its size, pieces, holes, border, place, and the model's own doubt."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import on_grid_of, position_lps, voxel_volume_ml
from inference.gland_frame import anatomical_axes, to_anatomical

USUAL_ML = (10.0, 250.0)
"""Of 1,002 public glands (PI-CAI), the smallest has 17 mL and the largest 242 mL."""
LEAST_SECOND_PIECE = 0.1
MOST_HOLES = 0.02
BORDER_RADIUS_MM = 5.0
MOST_RAGGED = 0.12
"""Share of an outline that no ball of `BORDER_RADIUS_MM` within it reaches."""
FAR_MM = 30.0
SURE = 0.88
"""Mean probability over the outline: 0.92 to 0.94 on the five real T2 stacks at hand."""
FILLS, LARGE_AND_CUT = 0.85, 0.6
"""How much of a view an outline may take along an axis, and how much of it when it is cut off there."""
EMPTY_SIGNAL, MOST_EMPTY = 0.02, 0.1
"""A voxel below 2 % of the stack's 99th percentile is empty; so may be a tenth of the box around the gland."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The largest piece of what a model found in a view, its holes filled, and what else was found."""

    piece: Volume
    second_piece: float
    holes: float
    probability: float

    @property
    def found(self) -> bool:
        """Whether there is anything."""
        return bool(self.piece.array.any())

    @property
    def size(self) -> int:
        """The number of voxels."""
        return int(np.count_nonzero(self.piece.array))

    @property
    def touches(self) -> bool:
        """Whether the piece reaches the view's border."""
        return bool(self._cut.any())

    @property
    def too_large(self) -> NDArray[np.bool_]:
        """Along which of the view's axes one window is too small for the piece."""
        extent = (self._high - self._low + 1) / np.array(self.piece.spatial_shape)
        return (extent > FILLS) | (self._cut & (extent > LARGE_AND_CUT))

    @property
    def middle_lps(self) -> tuple[float, float, float]:
        """The middle of the piece's bounding box (mm, LPS)."""
        k, j, i = (self._low + self._high) / 2
        return position_lps(self.piece, (float(k), float(j), float(i)))

    @property
    def _cut(self) -> NDArray[np.bool_]:
        return (self._low == 0) | (self._high == np.array(self.piece.spatial_shape) - 1)

    @property
    def _low(self) -> NDArray[np.intp]:
        return np.array([v.min() for v in np.nonzero(self.piece.array)])

    @property
    def _high(self) -> NDArray[np.intp]:
        return np.array([v.max() for v in np.nonzero(self.piece.array)])


def outline_of(view: Volume, logits: NDArray[np.float32]) -> Outline:
    """Return what logits on the grid of a view outline at a probability of 0.5."""
    found = logits > 0
    piece, second = largest_piece(found)
    filled = filled_holes(piece)
    size = max(int(np.count_nonzero(piece)), 1)
    probability = float((1 / (1 + np.exp(-logits[piece].astype(np.float64)))).mean()) if piece.any() else 0.0
    holes = int(np.count_nonzero(filled)) / size - 1 if piece.any() else 0.0
    return Outline(on_grid_of(view, filled), second, holes, probability)


def largest_piece(found: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], float]:
    """Return the largest connected piece and the size of the second as a share of it; all False when there is none."""
    from scipy import ndimage

    pieces, count = cast(tuple[NDArray[np.intp], int], ndimage.label(found))
    if count == 0:
        return np.zeros(found.shape, bool), 0.0
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    second = float(np.sort(sizes)[-2]) / float(sizes.max()) if count > 1 else 0.0
    return pieces == sizes.argmax(), second


def filled_holes(piece: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a piece without the holes that it closes in."""
    from scipy import ndimage

    if not piece.any():
        return piece
    box = tuple(
        slice(int(at[0]), int(at[-1]) + 1)
        for at in (np.flatnonzero(piece.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3))
    )
    filled = piece.copy()
    filled[box] = ndimage.binary_fill_holes(piece[box])
    return filled


def doubts_of(outline: Outline, t2: Volume) -> tuple[str, ...]:
    """Return what speaks against an outline that is not empty, each as what it does ("has holes")."""
    ml = outline.size * voxel_volume_ml(outline.piece)
    middle = position_lps(t2, cast(Any, tuple((n - 1) / 2 for n in t2.spatial_shape)))
    off = float(np.linalg.norm(np.array(outline.middle_lps) - np.array(middle)))
    doubts = {
        "reaches the border of what the model sees at once": outline.touches,
        "nearly fills what the model sees at once": not outline.touches and bool(outline.too_large.any()),
        f"measures {ml:.0f} mL": not USUAL_ML[0] <= ml <= USUAL_ML[1],
        "falls into several pieces": outline.second_piece >= LEAST_SECOND_PIECE,
        "has holes": outline.holes > MOST_HOLES,
        "has a ragged border": raggedness(outline.piece) > MOST_RAGGED,
        f"lies {off:.0f} mm off the middle of the images": off > FAR_MM,
        f"is not clear to the model (mean probability {outline.probability:.2f})": outline.probability < SURE,
    }
    return tuple(text for text, doubted in doubts.items() if doubted)


def raggedness(piece: Volume) -> float:
    """Return which share of a piece no ball of `BORDER_RADIUS_MM` that lies within it reaches."""
    from scipy import ndimage

    box = tuple(slice(int(v.min()), int(v.max()) + 1) for v in np.nonzero(piece.array))
    padded = np.pad(piece.array[box] > 0, 1)
    inner = cast(NDArray[np.float64], ndimage.distance_transform_edt(padded, sampling=piece.spacing))
    cores = inner > BORDER_RADIUS_MM
    if not cores.any():
        return 1.0
    away = cast(NDArray[np.float64], ndimage.distance_transform_edt(~cores, sampling=piece.spacing))
    return float(np.mean(away[padded] > BORDER_RADIUS_MM))


def coverage_warnings(gland: Volume) -> tuple[str, ...]:
    """Return a sentence for each way in which the axial T2 images cut the gland off."""
    inside = to_anatomical(gland.array, anatomical_axes(gland)) > 0
    told: list[str] = []
    if np.any(inside[0]) or np.any(inside[-1]):
        end = "lowest" if np.any(inside[0]) else "highest"
        told.append(
            f"The gland reaches the {end} axial T2 slice: it may not be covered whole, its volume be too small."
        )
    if any(np.any(edge) for edge in (inside[:, 0], inside[:, -1], inside[:, :, 0], inside[:, :, -1])):
        told.append("The gland is cut off by the edge of the axial T2 images; its volume is too small.")
    return tuple(told)


def void_warning(gland: Volume, t2: Volume) -> tuple[str, ...]:
    """Return a sentence when much of the box around the gland (1 cm more on each side) has no signal."""
    margins = np.round(10.0 / np.array(gland.spacing)).astype(int)
    box = tuple(
        slice(max(int(v.min()) - margin, 0), int(v.max()) + margin + 1)
        for v, margin in zip(np.nonzero(gland.array), margins, strict=True)
    )
    share = empty_share(t2.array[box], t2.array)
    if share <= MOST_EMPTY:
        return ()
    return (
        f"{share:.0%} of the axial T2 images around the gland have no signal, as beside a metal implant: check the "
        "gland's outline.",
    )


def empty_share(part: NDArray[Any], stack: NDArray[Any]) -> float:
    """Return which share of a part of the stack has no signal."""
    return float(np.mean(part < EMPTY_SIGNAL * np.percentile(stack, 99)))
