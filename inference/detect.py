"""The transparent detector: from the evidence of every voxel to at most a handful of places worth a look."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.findings import Contribution, Feature, ModelIdentity
from core.volume import on_grid_of, require_same_frame, same_grid, voxel_volume_ml
from inference.atlas import LICENCE, load_atlas
from inference.detect_words import explanation
from inference.evidence import Evidence, sigmoid, weigh
from inference.level import LEVEL, SLOPE, shown
from inference.tissue import LEAST_SCORE

MOST_CANDIDATES = 5
LEAST_VOLUME_ML = 0.1
"""98 of 100 expert-drawn significant cancers of the PI-CAI labels are larger."""
_LEAST_WIDTH_MM = 4.0
"""Two DWI pixels: what is narrower is an edge, a vessel or noise; it is also cut off where it bridges two places."""
_APART_MM = 5.0
_MERGED_SHARE = 0.25
"""Two places that share so much of the smaller are one: a large tumour has several cores."""
_SMALL_SHARE = 0.25
"""A place smaller than three quarters of all cancers loses odds by how rare cancers of up to its size are."""
_BEYOND = 2.0
"""A place loses odds by this power of its share beyond the outline: a third beyond halves them and more."""


@dataclass(frozen=True, slots=True, eq=False)
class Suspect:
    """A place that a detector finds suspicious: its 0/1 mask on the T2 grid, its score and what made it.

    `calibrated_on` says on which patients the score was shown to be a probability, and is empty where it was not;
    `suggests` whether it may be read as a rate of cancer, from which a category is suggested.
    """

    mask: Volume
    score: float
    explanation: tuple[str, ...]
    contributions: tuple[Contribution, ...] = ()
    calibrated_on: str = ""
    suggests: bool = True


def detector_identity() -> ModelIdentity:
    """Return who detects; its only weights are the atlas."""
    return ModelIdentity("Prosector bpMRI detector", "0.3", load_atlas().sha256, LICENCE)


def detect(
    gland: Volume, adc: Volume, high_b: Volume | None, b_value: float = 1400.0
) -> tuple[Volume, tuple[Suspect, ...]]:
    """Return the suspicion of every voxel (0 to 1, float32) and the suspects, most suspicious first.

    All volumes lie on one grid; ADC in 10⁻⁶ mm²/s, `b_value` (s/mm²) is that of `high_b`, without which ADC alone
    decides. Raises `FramesDiffer`, ValueError for another grid, and `CannotAnalyse` when the ADC is no ADC.
    """
    _require_one_grid(gland, adc, "The ADC map")
    if high_b is not None:
        _require_one_grid(gland, high_b, "The high-b image")
    evidence = weigh(gland, adc, high_b, b_value)
    suspicion = np.zeros(gland.spatial_shape, np.float32)
    suspicion[evidence.box] = np.where(evidence.inside, shown(evidence.log_odds), 0)
    return on_grid_of(gland, suspicion), _suspects(gland, evidence, b_value)


def _require_one_grid(gland: Volume, other: Volume, name: str) -> None:
    require_same_frame(other, gland, names=(name, "the axial T2 images"))
    if not same_grid(other, gland):
        raise ValueError(f"{name} must be resampled onto the axial T2 grid before lesions are looked for.")


@dataclass(frozen=True, slots=True, eq=False)
class _Focus:
    """A place by its most suspicious voxel and the voxels that belong to it."""

    core: tuple[int, int, int]
    region: NDArray[np.bool_]


def _suspects(gland: Volume, evidence: Evidence, b_value: float) -> tuple[Suspect, ...]:
    found = (_suspect(gland, evidence, focus, b_value) for focus in _foci(evidence, gland.spacing))
    ordered = sorted((one for one in found if one is not None), key=lambda suspect: -suspect.score)
    return tuple(ordered[:MOST_CANDIDATES])


def _foci(evidence: Evidence, spacing: Any) -> list[_Focus]:
    """Take the most suspicious voxel, grow it into a place or join it to one, go on with the rest.

    A place may reach beyond the outline of the gland as far as that is uncertain; its core never does.
    """
    left = np.array(evidence.suspicion)
    free = np.ones(left.shape, bool)
    tissue = np.where(evidence.reach, evidence.tissue, np.float32(-20))
    foci: list[_Focus] = []
    while left.max() >= LEAST_SCORE:
        core = _peak(left)
        whole = grown(tissue, evidence, core, spacing)
        same = next((n for n, focus in enumerate(foci) if _are_one(whole, focus.region)), None)
        region = whole & free
        if same is not None:
            foci[same] = _Focus(foci[same].core, foci[same].region | region)
        elif np.any(region & evidence.inside):
            foci.append(_Focus(core, region))
        taken = _around(core, left.shape, spacing) | whole
        left[taken], free[taken] = 0, False
    return foci


def _are_one(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> bool:
    smaller = min(np.count_nonzero(first), np.count_nonzero(second))
    return bool(np.count_nonzero(first & second) > _MERGED_SHARE * smaller)


def _suspect(gland: Volume, evidence: Evidence, focus: _Focus, b_value: float) -> Suspect | None:
    volume_ml = int(np.count_nonzero(focus.region)) * voxel_volume_ml(gland)
    if volume_ml < LEAST_VOLUME_ML:
        return None
    size, beyond = _log_size(volume_ml), _log_beyond(focus.region, evidence.inside)
    log_odds = float(evidence.log_odds[focus.core]) + size + beyond
    if sigmoid(log_odds) < LEAST_SCORE:
        return None
    mask = _on_grid(gland, evidence, focus.region & evidence.inside)
    added = _added(evidence, focus.core, size, beyond)
    contributions = tuple(Contribution(feature, what) for feature, what in added.items())
    words = explanation(evidence, focus.core, focus.region, volume_ml, added, b_value)
    return Suspect(mask, float(shown(log_odds)), words, contributions)


def tissue_evidence(evidence: Evidence) -> NDArray[np.float32]:
    """Return the evidence of the images alone, without prior, place and border; −20 outside the gland."""
    return np.where(evidence.inside, evidence.tissue, np.float32(-20))


def _peak(suspicion: NDArray[np.float32]) -> tuple[int, int, int]:
    k, j, i = np.unravel_index(int(suspicion.argmax()), suspicion.shape)
    return int(k), int(j), int(i)


def grown(
    tissue: NDArray[np.float32], evidence: Evidence, core: tuple[int, int, int], spacing: Any
) -> NDArray[np.bool_]:
    """Return the place around a core: connected, not narrower than two DWI pixels, down to half its contrast.

    Half contrast is halfway between the evidence of the core and of the gland at large, but never tissue that looks
    more benign than cancerous. Empty when the core is too narrow.
    """
    from scipy import ndimage

    background = float(np.median(tissue[evidence.inside]))
    dark = tissue >= max(0.0, (float(tissue[core]) + background) / 2)
    disc = _disc(spacing)
    # Pieces are told apart by what is left after shrinking: those that only touch once grown again stay apart.
    shrunk = ndimage.binary_erosion(dark, disc, border_value=0)
    pieces, _ = cast(tuple[NDArray[np.intp], int], ndimage.label(shrunk, structure=np.ones((3, 3, 3))))
    piece = _piece_at(pieces, core, disc)
    if piece == 0:
        return np.zeros(dark.shape, bool)
    return cast(NDArray[np.bool_], ndimage.binary_dilation(pieces == piece, disc))


def _piece_at(pieces: NDArray[np.intp], core: tuple[int, int, int], disc: NDArray[np.bool_]) -> int:
    """Return the piece that covers the core with most of its discs, 0 when none does."""
    k, j, i = core
    rows, columns = disc.shape[1] // 2, disc.shape[2] // 2
    around = np.pad(pieces[k], ((rows, rows), (columns, columns)))
    near = around[j : j + disc.shape[1], i : i + disc.shape[2]][disc[0]]
    counts = np.bincount(near[near > 0], minlength=1)
    return int(counts.argmax()) if counts.any() else 0


def _disc(spacing: Any) -> NDArray[np.bool_]:
    """Return a disc within a slice (1, rows, columns) of `_LEAST_WIDTH_MM` across."""
    radius = _LEAST_WIDTH_MM / 2
    rows, columns = (int(np.ceil(radius / step)) for step in spacing[1:])
    j, i = np.mgrid[-rows : rows + 1, -columns : columns + 1]
    return ((j * spacing[1]) ** 2 + (i * spacing[2]) ** 2 <= radius**2)[None]


def _around(core: tuple[int, int, int], shape: tuple[int, ...], spacing: Any) -> NDArray[np.bool_]:
    """Return the ball around a core in which no second core is looked for."""
    k, j, i = np.ogrid[: shape[0], : shape[1], : shape[2]]
    squares = ((axis - c) * step for axis, c, step in zip((k, j, i), core, spacing, strict=True))
    return cast(NDArray[np.bool_], sum(square**2 for square in squares) <= _APART_MM**2)


def _log_size(volume_ml: float) -> float:
    """Return the log-odds that a small place loses; 0 from the lower quartile of the expert-drawn cancers on."""
    share = max(load_atlas().share_of_cancers_up_to(volume_ml), 0.01)
    return min(0.0, float(np.log(share / _SMALL_SHARE)))


def _log_beyond(region: NDArray[np.bool_], inside: NDArray[np.bool_]) -> float:
    """Return the log-odds that a place loses which lies partly beyond the outline, as the wall of the rectum does."""
    return _BEYOND * float(np.log(np.count_nonzero(region & inside) / np.count_nonzero(region)))


def _on_grid(gland: Volume, evidence: Evidence, region: NDArray[np.bool_]) -> Volume:
    mask = np.zeros(gland.spatial_shape, np.uint8)
    mask[evidence.box] = region
    return on_grid_of(gland, mask)


def _added(evidence: Evidence, core: tuple[int, int, int], size: float, beyond: float) -> dict[Feature, float]:
    """Return what each feature adds to the log-odds that are shown; without a high-b image that one is left out."""
    high_b = {} if evidence.log_high_b is None else {Feature.HIGH_B: SLOPE * float(evidence.log_high_b[core])}
    return {
        Feature.ADC: SLOPE * float(evidence.log_adc[core]),
        **high_b,
        Feature.LOCATION: SLOPE * float(evidence.log_location[core]),
        Feature.SIZE: SLOPE * size,
        Feature.BORDER: SLOPE * (float(evidence.log_border[core]) + beyond),
        Feature.PRIOR: LEVEL + SLOPE * evidence.log_prior,
    }
