"""Packs whose weights are TorchScript files; several are averaged."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import ModelInvalid
from core.progress import Progress
from core.study import Role
from inference.adapters.device import bytes_needed, on_best_device
from inference.adapters.ensemble import run_networks, window_shape
from inference.memory import says_no_memory
from inference.openvino_network import openvino_torchscript
from inference.packs.pack import Concept, Engine, Pack, WeightFile


def run(pack: Pack, images: Mapping[Role, Volume], progress: Progress) -> Mapping[Concept, Volume]:
    """Return the outputs on the axial T2 grid, as `Adapter` has it."""
    if pack.engine is not Engine.PLAIN:
        shape = window_shape(pack)
        return run_networks(
            pack,
            images,
            progress,
            ".ts",
            lambda file: openvino_torchscript(pack.path_of(file), shape, pack.engine, pack.key),
        )
    weights = max((pack.path_of(file).stat().st_size for file in pack.files), default=0)
    needed = bytes_needed(pack.grid.patch if pack.grid else (), weights)

    def on(device: Any) -> Mapping[Concept, Volume]:
        return run_networks(pack, images, progress, ".ts", lambda file: _network(pack, file, device))

    return on_best_device(on, needed, pack.key)


def _network(pack: Pack, file: WeightFile, device: Any) -> Callable[[NDArray[np.float32]], NDArray[Any]]:
    import torch

    try:
        module = torch.jit.load(str(pack.path_of(file)), map_location=device).eval()
    except RuntimeError as error:
        if says_no_memory(error):
            raise
        told = str(error).splitlines()[0]
        raise ModelInvalid(f"{file.path} of the model {pack.key} is no TorchScript network ({told}).") from error

    def said(window: NDArray[np.float32]) -> NDArray[Any]:
        try:
            with torch.inference_mode(), torch.autocast(device.type, enabled=device.type == "cuda"):
                return module(torch.from_numpy(window).to(device)).float().cpu().numpy()
        except RuntimeError as error:
            if says_no_memory(error):
                raise
            told = str(error).strip().splitlines()[-1].strip()
            raise ModelInvalid(f"{file.path} of the model {pack.key} cannot run on its images ({told}).") from error

    return said
