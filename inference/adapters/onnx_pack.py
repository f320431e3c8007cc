"""Packs whose weights are ONNX files; several are averaged."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import ModelInvalid
from core.progress import Progress
from core.study import Role
from inference.adapters.ensemble import run_networks
from inference.onnx_session import onnx_session
from inference.packs.pack import Concept, Pack, WeightFile


def run(pack: Pack, images: Mapping[Role, Volume], progress: Progress) -> Mapping[Concept, Volume]:
    """Return the outputs on the axial T2 grid, as `Adapter` has it."""
    return run_networks(pack, images, progress, ".onnx", lambda file: _network(pack, file))


def _network(pack: Pack, file: WeightFile) -> Callable[[NDArray[np.float32]], NDArray[Any]]:
    session = onnx_session(pack.path_of(file).read_bytes(), pack.key)
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise ModelInvalid(
            f"The network {file.path} of {pack.key} has {len(inputs)} inputs, and must have one with a channel for "
            "each sequence."
        )
    return lambda window: session.run(None, {inputs[0].name: window})[0]
