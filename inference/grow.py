"""Seeded growth: the focus under a click, outlined as the detector outlines its own.

Nothing here was fitted to a study. Every voxel of the gland is weighed by published ADC and high-b values of cancer and
benign tissue of its zone (`inference.evidence`, `inference.tissue`: Tamada 2008, Simpkin 2013), without the detector's
prior, place and border, since the reader has chosen the place. The focus is the connected tissue around the most
suspicious voxel near the click down to half of that voxel's contrast to the gland: half the height of a step is where
its edge lies once a point spread that is symmetric has blurred it, however strong the step is.
"""

from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import OutlineRefused
from core.volume import PointLps, index_kji, on_grid_of
from inference.detect import grown, tissue_evidence
from inference.evidence import Evidence, weigh
from inference.mask_edit import box_of, cropped
from inference.resample import resample_like

NEAR_MM = 3.0
"""A click is taken to the most suspicious voxel so near: one DWI pixel (2 to 2.5 mm) and the hand's own error."""

FARTHEST_MM = 25.0
"""Growth ends so far from its core; what goes on beyond it is no focus, or one of 5 cm that is drawn by hand."""

_Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A focus that a reader may take: its 0/1 mask (uint8) on the gland's grid and in words what it was grown from."""

    mask: Volume
    explanation: str


def grow(seed: PointLps, adc: Volume, high_b: Volume | None, gland: Volume, *, b_value: float = 1400.0) -> Proposal:
    """Return the focus around `seed` (mm, LPS), limited to the gland and to `FARTHEST_MM` around its core.

    `adc` (10⁻⁶ mm²/s) and `high_b` (of `b_value`, s/mm²) may have grids of their own; without `high_b` ADC alone
    decides. Raises `OutlineRefused` when the seed lies outside the gland, or nothing that looks more like cancer than
    like benign tissue stands out there, or it has no border within reach; `FramesDiffer`, and `CannotAnalyse` when ADC
    or high-b cannot be what they are said to be.
    """
    part = cropped(gland)
    at = _inside_gland(seed, part)
    evidence = weigh(part, resample_like(adc, part), None if high_b is None else resample_like(high_b, part), b_value)
    tissue = tissue_evidence(evidence)
    core = _most_suspicious(tissue, evidence, at, part.spacing)
    if tissue[core] <= 0:
        raise OutlineRefused(
            f"Nothing stands out here: ADC is {evidence.adc[core]:.0f} × 10⁻⁶ mm²/s, which looks more like benign "
            "tissue than like cancer. Draw the outline by hand if you see a lesion."
        )
    region = grown(tissue, evidence, core, part.spacing)
    if not np.any(region):
        raise OutlineRefused(
            "What stands out here is narrower than two pixels of the diffusion images, so it has no outline on them. "
            "Draw it by hand."
        )
    _require_border(region, core, part.spacing)
    return Proposal(_on_grid(gland, part, region), _explanation(evidence, core, high_b is not None, b_value))


def _inside_gland(seed: PointLps, part: Volume) -> _Place:
    k, j, i = (round(x) for x in index_kji(part, seed))
    inside = all(0 <= x < n for x, n in zip((k, j, i), part.spatial_shape, strict=True))
    if not inside or not part.array[k, j, i]:
        raise OutlineRefused(
            "This point lies outside the outline of the prostate, within which a focus is grown. "
            "Click inside it, mend the outline of the prostate, or draw the lesion by hand."
        )
    return k, j, i


def _most_suspicious(tissue: NDArray[np.float32], evidence: Evidence, at: _Place, spacing: object) -> _Place:
    near = (_away(tissue.shape, at, spacing) <= NEAR_MM) & evidence.inside
    if not np.any(near):
        raise OutlineRefused("The ADC map does not reach this point; draw the lesion by hand.")
    k, j, i = np.unravel_index(int(np.where(near, tissue, -np.inf).argmax()), tissue.shape)
    return int(k), int(j), int(i)


def _require_border(region: NDArray[np.bool_], core: _Place, spacing: object) -> None:
    if _away(region.shape, core, spacing)[region].max() > FARTHEST_MM:
        raise OutlineRefused(
            f"What stands out here goes on for more than {FARTHEST_MM / 10:.1f} cm without a border. "
            "Draw the outline by hand."
        )


def _away(shape: tuple[int, ...], place: _Place, spacing: object) -> NDArray[np.float64]:
    """Return the distance (mm) of every voxel to one of them."""
    steps = np.array(spacing, np.float64)
    k, j, i = (((np.arange(n) - at) * step) ** 2 for n, at, step in zip(shape, place, steps, strict=True))
    return np.sqrt(k[:, None, None] + j[:, None] + i)


def _on_grid(gland: Volume, part: Volume, region: NDArray[np.bool_]) -> Volume:
    mask = np.zeros(gland.spatial_shape, np.uint8)
    box = box_of(gland.array)
    assert box is not None, "weigh has refused an empty gland"
    mask[box] = region
    return on_grid_of(gland, mask)


def _explanation(evidence: Evidence, core: _Place, with_high_b: bool, b_value: float) -> str:
    images = f"ADC and b {b_value:g}" if with_high_b else "ADC"
    adc = float(evidence.adc[core])
    return (
        f"Grown on {images} within the prostate from a core of ADC {adc:.0f} × 10⁻⁶ mm²/s "
        f"({adc / evidence.gland_adc:.2f} of the gland's median) down to half of its contrast."
    )
