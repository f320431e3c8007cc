"""What ONNX and TorchScript packs have in common: a grid, windows over it, an activation, and the mean of networks."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import ModelInvalid
from core.progress import Progress
from core.study import Role
from inference.adapters.activation import activated
from inference.adapters.grid import grid_of, network_input, outputs_on_t2
from inference.adapters.part import Part
from inference.adapters.windows import over_windows
from inference.packs.pack import Concept, Pack, WeightFile

Network = Callable[[NDArray[np.float32]], NDArray[Any]]
"""Takes a window (1, channel, *patch) and returns (1, output, *patch)."""


def window_shape(pack: Pack) -> tuple[int, int, int, int, int]:
    """Return the shape of every window that the networks of a pack are given."""
    assert pack.grid is not None  # grid_of refuses a pack without
    return (1, len(pack.channels), *pack.grid.patch)


def run_networks(
    pack: Pack,
    images: Mapping[Role, Volume],
    progress: Progress,
    suffix: str,
    network_of: Callable[[WeightFile], Network],
) -> Mapping[Concept, Volume]:
    """Return the mean of what the networks of a pack say, on the axial T2 grid; one network is in memory at a time."""
    networks = [file for file in pack.files if file.path.endswith(suffix)]
    if not networks:
        raise ModelInvalid(f"The model pack {pack.key} lists no {suffix} file, which its adapter runs.")
    t2 = images[Role.T2_AXIAL]
    grid = grid_of(pack, t2)
    image = network_input(pack, images, grid)
    assert pack.grid is not None  # grid_of refuses a pack without
    mean = np.float32(0)
    for number, file in enumerate(networks):
        part = Part(progress, number / len(networks), (number + 1) / len(networks))
        said = over_windows(image, pack.grid.patch, network_of(file), part)
        mean = mean + activated(said, pack.activation) / np.float32(len(networks))
    return outputs_on_t2(pack, np.asarray(mean), grid, t2)
