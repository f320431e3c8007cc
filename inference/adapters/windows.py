"""A network over an image larger than its patch: overlapping windows, weighted by a Gaussian, averaged.

Windows, weights and their sum are those of `monai.inferers.sliding_window_inference(overlap=0.5, mode="gaussian",
sigma_scale=0.125)`, here without torch, for ONNX needs none.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.progress import Progress

_OVERLAP = 0.5
_SIGMA = 0.125
_LEAST_WEIGHT = 1e-3
_Image = NDArray[np.float32]


def over_windows(
    image: _Image, patch: tuple[int, int, int], network: Callable[[_Image], NDArray[Any]], progress: Progress
) -> _Image:
    """Return what the network says of an image (1, channel, *shape), as (output, *shape); shape is at least a patch."""
    places = list(product(*(_starts(size, width) for size, width in zip(image.shape[2:], patch, strict=True))))
    weights = _weights(patch)
    total, seen = None, np.zeros(image.shape[2:], np.float32)
    for done, place in enumerate(places):
        progress.report(done / len(places), "Running the model")
        window = tuple(slice(start, start + width) for start, width in zip(place, patch, strict=True))
        said = np.asarray(network(np.ascontiguousarray(image[:, :, *window])), np.float32)[0]
        if total is None:
            total = np.zeros((len(said), *seen.shape), np.float32)
        total[:, *window] += said * weights
        seen[window] += weights
    assert total is not None  # there is at least one window
    return total / seen


def _starts(size: int, width: int) -> list[int]:
    step = width if size == width else max(int(width * (1 - _OVERLAP)), 1)
    return [min(start, size - width) for start in range(0, size - width + step, step)]


def _weights(patch: tuple[int, int, int]) -> _Image:
    weights = np.ones(patch, np.float32)
    for axis, width in enumerate(patch):
        offsets = np.arange(width) - (width - 1) / 2
        bell = np.exp(-(offsets**2) / (2 * (_SIGMA * width) ** 2)).astype(np.float32)
        weights *= bell.reshape([-1 if a == axis else 1 for a in range(3)])
    return np.maximum(weights, np.float32(_LEAST_WEIGHT))
