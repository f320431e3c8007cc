"""Raw network output as probabilities."""

import numpy as np
from numpy.typing import NDArray

from inference.packs.pack import Activation


def activated(raw: NDArray[np.float32], activation: Activation) -> NDArray[np.float32]:
    """Return probabilities out of (channel, k, j, i)."""
    match activation:
        case Activation.NONE:
            return raw
        case Activation.SIGMOID:
            return (1 / (1 + np.exp(-raw))).astype(np.float32)
        case Activation.SOFTMAX:
            raised = np.exp(raw - raw.max(axis=0))
            return (raised / raised.sum(axis=0)).astype(np.float32)
