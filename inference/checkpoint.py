"""PyTorch checkpoints without running what is in them."""

from pathlib import Path
from typing import Any, cast

import numpy as np

from core.errors import ModelInvalid
from inference.memory import says_no_memory
from inference.needs import require_library


def load_checkpoint(path: Path, device: Any = "cpu") -> dict[str, Any]:
    """Return what a checkpoint holds; beside tensors and plain values only numpy's numbers are let in.

    Raises `ModelInvalid` when there is anything else in it, for a pickle can run any program; `ModelMissing`
    without torch.
    """
    require_library("torch", f"The checkpoint {path.name}")
    import pickle

    import torch

    scalar = np.float64(0).__reduce__()[0]
    numbers: list[Any] = [
        np.dtype,
        scalar,
        (scalar, "numpy.core.multiarray.scalar"),  # as numpy 1 wrote it
        *(type(np.dtype(kind)) for kind in "fdilq?"),
    ]
    try:
        with torch.serialization.safe_globals(numbers):
            checkpoint = torch.load(path, map_location=device, weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        if says_no_memory(error):
            raise
        told = str(error).splitlines()[0]
        raise ModelInvalid(f"{path} is no checkpoint that can be read safely ({told}).") from error
    if not isinstance(checkpoint, dict):
        raise ModelInvalid(f"{path} holds a {type(checkpoint).__name__} and not the weights of a network.")
    return cast(dict[str, Any], checkpoint)
