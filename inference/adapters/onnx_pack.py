"""Packs whose weights are ONNX files; several are averaged."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.progress import Progress
from core.study import Role
from inference.adapters.device import bytes_needed
from inference.adapters.ensemble import run_networks, window_shape
from inference.onnx_session import onnx_network
from inference.openvino_network import openvino_onnx
from inference.packs.pack import Concept, Engine, Pack, WeightFile


def run(pack: Pack, images: Mapping[Role, Volume], progress: Progress) -> Mapping[Concept, Volume]:
    """Return the outputs on the axial T2 grid, as `Adapter` has it."""
    return run_networks(pack, images, progress, ".onnx", lambda file: _network(pack, file))


def _network(pack: Pack, file: WeightFile) -> Callable[[NDArray[np.float32]], NDArray[Any]]:
    weights = pack.path_of(file).read_bytes()
    if pack.engine is not Engine.PLAIN:
        return openvino_onnx(weights, window_shape(pack), pack.engine, pack.key)
    return onnx_network(weights, f"the model {pack.key}", bytes_needed(window_shape(pack)[2:], len(weights)))
