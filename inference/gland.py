"""The prostate gland on axial T2, by the TAPS network (PyPI `lavlab-taps`, MIT): SegResNet, one window."""

import hashlib
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import GlandNotFound, ModelAltered, ModelMissing
from core.findings import Gland, ModelIdentity
from core.volume import on_grid_of, voxel_volume_ml
from inference.gland_frame import anatomical_axes
from inference.onnx_session import onnx_session
from inference.resample import resample_like

WEIGHTS_SHA256 = "1e39be9d19f6f71810cb0931a7fe895441cfd318d6002730c918ee99b9d79b91"
WINDOW_VOXELS = (128, 128, 32)
"""Voxels of the network's input along right, anterior and superior."""
WINDOW_SPACING_MM = (0.8, 0.8, 3.0)
PLAUSIBLE_ML = (5.0, 500.0)


def segment_gland(t2: Volume) -> Gland:
    """Return the gland on the grid of an axial T2 volume.

    The network sees one window of 102 × 102 × 96 mm in the middle of the stack; its logit is brought back onto the
    T2 grid, cut at a probability of 0.5, and the largest piece kept with its holes filled. Raises `GlandNotFound`
    when that is no possible prostate, `ModelMissing`, `ModelAltered`.
    """
    weights = _checked_weights()
    window = _window(t2)
    logit = _infer(weights, _normalised(resample_like(t2, window).array, t2))
    return as_gland(t2, resample_like(on_grid_of(window, logit), t2).array > 0, model_identity())


def as_gland(t2: Volume, found: NDArray[np.bool_], model: ModelIdentity) -> Gland:
    """Return what a model found on the T2 grid as the gland; raises `GlandNotFound` when it is no possible prostate."""
    piece = _largest_piece(found)
    volume_ml = int(np.count_nonzero(piece)) * voxel_volume_ml(t2)
    _require_plausible(volume_ml)
    return Gland(mask=on_grid_of(t2, piece.astype(np.uint8)), volume_ml=volume_ml, model=model)


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


def _checked_weights() -> bytes:
    path = weights_path()
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise ModelAltered(
            f"The gland model {path} is not the one that was released (its SHA-256 differs); reinstall lavlab-taps."
        )
    return content


def _window(t2: Volume) -> Volume:
    """Return the network's empty window: along the stack's own axes, rising to right, anterior and superior."""
    axes = anatomical_axes(t2)
    unit = t2.affine[:3, :3] / np.linalg.norm(t2.affine[:3, :3], axis=0)
    superior, posterior, left = (unit[:, axis] * sign for axis, sign in zip(axes.order, axes.signs, strict=True))
    affine = np.eye(4)
    affine[:3, :3] = np.column_stack([-left, -posterior, superior]) * WINDOW_SPACING_MM
    middle = t2.affine[:3, :3] @ ((np.array(t2.spatial_shape) - 1) / 2) + t2.affine[:3, 3]
    affine[:3, 3] = middle - affine[:3, :3] @ ((np.array(WINDOW_VOXELS) - 1) / 2)
    return Volume(
        array=np.zeros(WINDOW_VOXELS, np.float32),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=t2.frame_of_reference_uid,
    )


def _normalised(window: NDArray[np.float32], t2: Volume) -> NDArray[np.float32]:
    """Return the window as z-scores over the stack's voxels that are not zero; zero stays zero."""
    signal = t2.array[t2.array != 0].astype(np.float64)
    deviation = float(signal.std()) if len(signal) else 0.0
    if deviation == 0.0:
        raise GlandNotFound("No prostate was found: the axial T2 images are blank.")
    scores = (window - np.float32(signal.mean())) / np.float32(deviation)
    return np.where(window == 0, np.float32(0), scores)


def _infer(weights: bytes, window: NDArray[np.float32]) -> NDArray[np.float32]:
    session = onnx_session(weights, "the gland model")
    name = session.get_inputs()[0].name
    return cast(NDArray[np.float32], session.run(None, {name: window[None, None]})[0][0, 0])


def _largest_piece(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    from scipy import ndimage

    pieces, count = cast(tuple[NDArray[np.intp], int], ndimage.label(found))
    if count == 0:
        raise GlandNotFound("No prostate was found on the axial T2 images; the study can still be read by hand.")
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    return cast(NDArray[np.bool_], ndimage.binary_fill_holes(pieces == sizes.argmax()))


def _require_plausible(volume_ml: float) -> None:
    least, most = PLAUSIBLE_ML
    if not least <= volume_ml <= most:
        raise GlandNotFound(
            f"What was found on the axial T2 images is no prostate: it measures {volume_ml:.1f} mL "
            f"(possible: {least:g} to {most:g} mL). The study can still be read by hand."
        )
