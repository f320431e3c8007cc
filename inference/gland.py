"""The prostate gland on axial T2, by the TAPS network (PyPI `lavlab-taps`, MIT): SegResNet, seen through windows."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import GlandNotFound, ModelAltered, ModelMissing
from core.findings import Gland, ModelIdentity
from core.volume import PointLps, on_grid_of, position_lps, voxel_volume_ml
from inference.ellipsoid import ellipsoid_of
from inference.gland_doubts import (
    Outline,
    doubts_of,
    empty_share,
    filled_holes,
    largest_piece,
    outline_of,
    void_warning,
)
from inference.gland_window import WINDOW_VOXELS, Network, logits_of, view_of, wide_voxels
from inference.onnx_session import onnx_network
from inference.openvino_network import openvino_onnx
from inference.packs.pack import Engine
from inference.resample import resample_like

PACK = "taps"
"""Its name among the packs."""
WEIGHTS_SHA256 = "1e39be9d19f6f71810cb0931a7fe895441cfd318d6002730c918ee99b9d79b91"
PLAUSIBLE_ML = (5.0, 500.0)
LEAST_PROBABILITY = 0.8
"""Mean over the outline: what the network drew on an ADC map, on brains and beyond the gland had 0.57 to 0.75."""


def segment_gland(t2: Volume, engine: Engine = Engine.PLAIN) -> Gland:
    """Return the gland on the grid of an axial T2 volume.

    The network sees one window of 102 × 102 × 96 mm in the middle of the stack. When the outline is doubtful it looks
    again through a window around what it found, and where that is too large for one, through overlapping ones whose
    logits are merged; the outline with the fewest doubts is kept, and `Gland.doubts` tells of it. The logits are
    brought back onto the T2 grid, cut at a probability of 0.5, and the largest piece kept with its holes filled.
    Raises `GlandNotFound` when that is no possible prostate, `ModelMissing`, `ModelAltered`.
    """
    looks, best = _looked(t2, engine)
    return as_gland(t2, _logits_on(t2, best) > 0, model_identity(), _told(looks, best))


def gland_probability(t2: Volume, engine: Engine = Engine.PLAIN) -> Volume:
    """Return how probable the gland is on the grid of an axial T2 (0 to 1, float32); raises as `segment_gland`."""
    from scipy.special import expit

    logits = _logits_on(t2, _looked(t2, engine)[1])
    seen = logits != 0  # 0 is beyond what the network saw
    return on_grid_of(t2, np.where(seen, expit(logits), 0).astype(np.float32))


def as_gland(t2: Volume, found: NDArray[np.bool_], model: ModelIdentity, doubts: tuple[str, ...] = ()) -> Gland:
    """Return what a model found on the T2 grid as the gland; raises `GlandNotFound` when it is no possible prostate."""
    piece = filled_holes(largest_piece(found)[0])
    if not piece.any():
        raise GlandNotFound(_nothing_found(t2))
    volume_ml = int(np.count_nonzero(piece)) * voxel_volume_ml(t2)
    _require_plausible(volume_ml)
    mask = on_grid_of(t2, piece.astype(np.uint8))
    return Gland(mask, volume_ml, model, ellipsoid=ellipsoid_of(mask), doubts=(*doubts, *void_warning(mask, t2)))


def model_identity() -> ModelIdentity:
    """Return who draws the gland."""
    return ModelIdentity("TAPS", version("lavlab-taps"), WEIGHTS_SHA256, "MIT")


def weights_path() -> Path:
    """Return where the weights lie, without importing the package (which pulls torch); raises `ModelMissing`."""
    spec = find_spec("taps")
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        path = Path(place) / "resources" / "model_v1.onnx"
        if path.is_file():
            return path
    raise ModelMissing("The gland model is not installed; install the package lavlab-taps (pip install lavlab-taps).")


def _looked(t2: Volume, engine: Engine) -> "tuple[list[_Look], _Look]":
    """Return every look at a stack, and the best of them."""
    eye = _Eye.of(t2, _checked_weights(), engine)
    looks = [eye.look(_middle(t2))]
    if not looks[0].outline.found:
        raise GlandNotFound(_nothing_found(t2))
    while (again := _next_look(looks)) is not None:
        looks.append(eye.look(*again))
    best = _best(looks)
    _require_sure(best.outline)
    return looks, best


def _logits_on(t2: Volume, look: "_Look") -> NDArray[np.float32]:
    return resample_like(on_grid_of(look.outline.piece, look.logits), t2).array


def _checked_weights() -> bytes:
    path = weights_path()
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise ModelAltered(
            f"The gland model {path} is not the one that was released (its SHA-256 differs); reinstall lavlab-taps."
        )
    return content


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What the network drew in one view, and what speaks against it."""

    outline: Outline
    logits: NDArray[np.float32]
    doubts: tuple[str, ...]

    @property
    def is_wide(self) -> bool:
        return self.outline.piece.spatial_shape != WINDOW_VOXELS


@dataclass(frozen=True, slots=True, eq=False)
class _Eye:
    """The network and the stack that it looks at; `mean` and `deviation` are over the voxels that are not zero."""

    network: Network
    t2: Volume
    mean: np.float32
    deviation: np.float32

    @staticmethod
    def of(t2: Volume, weights: bytes, engine: Engine) -> "_Eye":
        """Raises `GlandNotFound` when there is nothing to see."""
        if not np.all(np.isfinite(t2.array)):
            raise GlandNotFound(
                "No prostate was found: the axial T2 images hold values that are no numbers; retrieve the series again."
            )
        signal = t2.array[t2.array != 0].astype(np.float64)
        deviation = float(signal.std()) if len(signal) else 0.0
        if deviation == 0.0:
            raise GlandNotFound("No prostate was found: the axial T2 images are blank.")
        return _Eye(_network(weights, engine), t2, np.float32(signal.mean()), np.float32(deviation))

    def look(self, centre: PointLps, voxels: tuple[int, int, int] = WINDOW_VOXELS) -> _Look:
        """Return what the network draws around `centre`."""
        view = view_of(self.t2, centre, voxels)
        seen = resample_like(self.t2, view).array
        scores = np.where(seen == 0, np.float32(0), (seen - self.mean) / self.deviation)
        logits = logits_of(scores, self.network)
        outline = outline_of(view, logits)
        return _Look(outline, logits, doubts_of(outline, self.t2) if outline.found else ("is empty",))


def _network(weights: bytes, engine: Engine) -> Network:
    """Return the network by onnxruntime, or by OpenVINO where this machine's check allows it."""
    if engine is not Engine.PLAIN:
        fast = openvino_onnx(weights, (1, 1, *WINDOW_VOXELS), engine, f"{PACK}-{model_identity().version}")
        return lambda window: fast(window[None, None])[0, 0]
    network = onnx_network(weights, "the gland model")
    return lambda window: cast(NDArray[np.float32], network(window[None, None])[0, 0])


def _next_look(looks: list[_Look]) -> tuple[PointLps, tuple[int, int, int]] | None:
    """Return where to look next: at what was found, then more widely when it is too large for one window."""
    last = looks[-1]
    if not last.doubts or not last.outline.found or last.is_wide:
        return None
    large = last.outline.too_large
    if large.any():
        return last.outline.middle_lps, wide_voxels(large)
    return (last.outline.middle_lps, WINDOW_VOXELS) if len(looks) == 1 else None


def _best(looks: list[_Look]) -> _Look:
    """Return the look with the fewest doubts, the latest of several.

    One that shows less than 90 % of what the first window cut off is none: seen whole, the gland can only be larger.
    """
    first = looks[0]
    least = 0.9 * first.outline.size if first.outline.touches else 0.0
    seen = [look for look in looks if look.outline.size >= least]
    return min(reversed(seen), key=lambda look: len(look.doubts))


def _told(looks: list[_Look], best: _Look) -> tuple[str, ...]:
    """Return why the model looked more than once, and what speaks against the outline that was kept."""
    told: list[str] = []
    if best is not looks[0]:
        how = "in several windows" if best.is_wide else "in a window around it"
        told.append(f"The prostate was outlined again {how}, as the first outline {_listed(looks[0].doubts)}.")
    if best.doubts:
        told.append(f"Check the prostate's outline: it {_listed(best.doubts)}.")
    return tuple(told)


def _listed(doubts: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(doubts[:-1]), doubts[-1])))


def _middle(t2: Volume) -> PointLps:
    k, j, i = ((n - 1) / 2 for n in t2.spatial_shape)
    return position_lps(t2, (k, j, i))


def _nothing_found(t2: Volume) -> str:
    """Return that there is no prostate, and that a void may be why."""
    middle = tuple(slice(n // 4, max(n - n // 4, n // 4 + 1)) for n in t2.spatial_shape)
    share = empty_share(t2.array[middle], t2.array)
    void = f" {share:.0%} of their middle has no signal, as beside a metal implant." if share > 0.25 else ""
    return f"No prostate was found on the axial T2 images.{void} The study can still be read by hand."


def _require_sure(outline: Outline) -> None:
    if outline.probability < LEAST_PROBABILITY:
        raise GlandNotFound(
            "No prostate was found: what the model outlined on the axial T2 images is not clear to it (mean "
            f"probability {outline.probability:.2f}; {LEAST_PROBABILITY:g} is needed). Check that they show the "
            "prostate. The study can still be read by hand."
        )


def _require_plausible(volume_ml: float) -> None:
    least, most = PLAUSIBLE_ML
    if not least <= volume_ml <= most:
        raise GlandNotFound(
            f"What was found on the axial T2 images is no prostate: it measures {volume_ml:.1f} mL "
            f"(possible: {least:g} to {most:g} mL). The study can still be read by hand."
        )
