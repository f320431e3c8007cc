"""The network's grid in the patient: what goes in, and how what comes out returns to the axial T2."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import ModelInvalid
from core.study import Role
from core.volume import on_grid_of
from inference.gland_frame import anatomical_axes
from inference.packs.pack import Axes, Channel, Concept, Grid, Kind, Normalisation, Output, Pack, Window
from inference.resample import resample_like

_ROUNDING = 1e-3
"""What half precision and interpolation may add to a probability."""
_Image = NDArray[np.float32]


def grid_of(pack: Pack, t2: Volume) -> Volume:
    """Return the pack's empty grid: over the whole axial T2 and at least a patch, or a patch in its middle."""
    if pack.grid is None:
        raise ModelInvalid(f"The model pack {pack.key} has no [grid], and its format does not say the spacing.")
    directions = _directions(pack.grid, t2)
    spacing = np.array(pack.grid.spacing_mm)
    affine = np.eye(4)
    affine[:3, :3] = directions * spacing
    shape = tuple(int(n) for n in _shape(pack.grid, t2, directions))
    middle = t2.affine[:3, :3] @ ((np.array(t2.spatial_shape) - 1) / 2) + t2.affine[:3, 3]
    affine[:3, 3] = middle - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return Volume(
        array=np.zeros(shape, np.float32),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=t2.frame_of_reference_uid,
    )


def network_input(pack: Pack, images: Mapping[Role, Volume], grid: Volume) -> _Image:
    """Return the channels (1, channel, *grid), each resampled linearly, clipped and normalised as the pack says."""
    channels = [normalised(resample_like(images[c.role], grid).array, c) for c in pack.channels]
    return np.ascontiguousarray(np.stack(channels)[None], np.float32)


def normalised(image: NDArray[Any], channel: Channel) -> _Image:
    """Return a channel as the network wants it; an image without any contrast becomes 0."""
    image = image.astype(np.float32)
    if channel.clip_percentiles is not None:
        image = np.clip(image, *np.percentile(image, channel.clip_percentiles)).astype(np.float32)
    match channel.normalisation:
        case Normalisation.NONE:
            return image
        case Normalisation.MIN_MAX:
            return _scaled(image, float(image.min()), float(image.max() - image.min()))
        case Normalisation.Z_SCORE:
            return _scaled(image, float(image.mean(dtype=np.float64)), float(image.std(dtype=np.float64)))
        case Normalisation.Z_SCORE_NONZERO:
            signal = image[image != 0].astype(np.float64)
            if not len(signal):
                return image
            return np.where(image == 0, np.float32(0), _scaled(image, float(signal.mean()), float(signal.std())))


def outputs_on_t2(pack: Pack, raw: NDArray[Any], grid: Volume, t2: Volume) -> dict[Concept, Volume]:
    """Return each output of the network (channel, *grid) on the axial T2 grid."""
    return {output.concept: _on_t2(_one(pack, raw, output), grid, t2) for output in pack.outputs}


def channel_of(pack: Pack, raw: NDArray[Any], output: Output) -> NDArray[Any]:
    """Return one output out of (channel, *grid), or out of a label map (1, *grid)."""
    return _one(pack, raw, output)


def _one(pack: Pack, raw: NDArray[Any], output: Output) -> NDArray[Any]:
    if output.kind is Kind.LABEL:
        return np.isin(np.rint(raw[0]).astype(int), output.channels).astype(np.uint8)
    if max(output.channels) >= len(raw):
        raise ModelInvalid(
            f"The model {pack.key} gives {len(raw)} channels, and its pack asks for channel {max(output.channels)} "
            f"({output.concept.meaning})."
        )
    parts = raw[list(output.channels)]
    require_probabilities(pack, parts)
    return np.clip(parts.sum(axis=0), 0, 1).astype(np.float32)


def require_probabilities(pack: Pack, values: NDArray[Any]) -> None:
    """Refuse what is no answer: not-a-number, which would look like “no lesion”, and what lies beyond 0 to 1."""
    least, most = float(values.min()), float(values.max())
    if not (math.isfinite(least) and math.isfinite(most)):
        raise ModelInvalid(
            f"The model {pack.key} gave values that are no numbers, so nothing is known of the study; choose another "
            "model (prosector models default), or read the study by hand."
        )
    if not -_ROUNDING <= least <= most <= 1 + _ROUNDING:
        raise ModelInvalid(
            f"The model {pack.key} gave values from {least:.3g} to {most:.3g}, and a probability lies between 0 and 1; "
            "its activation (“activation” in model.toml, or a bundle's postprocessing) is missing or another one."
        )


def _on_t2(array: NDArray[Any], grid: Volume, t2: Volume) -> Volume:
    return resample_like(on_grid_of(grid, array), t2, labels=array.dtype == np.uint8)


def _directions(grid: Grid, t2: Volume) -> NDArray[np.float64]:
    """Return the unit vectors of the network's axes in the patient, as columns."""
    unit = t2.affine[:3, :3] / np.linalg.norm(t2.affine[:3, :3], axis=0)
    if grid.axes is Axes.SLICES_ROWS_COLUMNS:
        return unit
    axes = anatomical_axes(t2)
    superior, posterior, left = (unit[:, axis] * sign for axis, sign in zip(axes.order, axes.signs, strict=True))
    return np.column_stack([-left, -posterior, superior])


def _shape(grid: Grid, t2: Volume, directions: NDArray[np.float64]) -> NDArray[np.int64]:
    patch = np.array(grid.patch)
    if grid.window is Window.CENTRE:
        return patch
    edges = t2.affine[:3, :3] * np.array(t2.spatial_shape)
    lengths = np.abs(directions.T @ edges).max(axis=1)
    return np.maximum(np.rint(lengths / np.array(grid.spacing_mm)).astype(np.int64), patch)


def _scaled(image: _Image, zero: float, unit: float) -> _Image:
    return (image - np.float32(zero)) / np.float32(unit if unit > 0 else 1.0)
