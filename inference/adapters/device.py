"""Where a torch network runs: CUDA, Apple's MPS or the CPU; by what it needs and by what is free."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from core.errors import OutOfMemory
from inference.memory import available_memory, says_no_memory

_log = logging.getLogger(__name__)
_MAPS = 8
"""Full-resolution feature maps that a U-Net holds at once; a 30 M parameter nnU-Net was measured to need 6.5."""
_FEATURES = 32
_Answer = TypeVar("_Answer")


def bytes_needed(patch: Sequence[int], parameter_bytes: int, *, features: int = _FEATURES) -> int:
    """Return how much memory (bytes) a U-Net is expected to take for one patch."""
    voxels = 1
    for width in patch:
        voxels *= width
    return parameter_bytes + voxels * features * 4 * _MAPS


def on_best_device(work: Callable[[Any], _Answer], needed: int, name: str) -> _Answer:
    """Return `work(device)` on the first device that has the memory, the next one when it runs out of it.

    Raises `OutOfMemory` in words when the CPU has not got it either.
    """
    import torch

    for device in _devices():
        free = _free_bytes(device)
        if free is not None and free < needed:
            _log.warning("%s needs %.1f GB and %s has %.1f GB free", name, needed / 1e9, device, free / 1e9)
            continue
        try:
            with _reproducible():
                answer = work(device)
        except (RuntimeError, MemoryError) as error:
            if not says_no_memory(error):
                raise
        else:
            _log.info("%s ran on %s", name, device)
            return answer
        _log.warning("%s ran out of memory on %s", name, device)
        torch.cuda.empty_cache()  # only now, for the error held what the network had on the device
    raise OutOfMemory(
        f"The model {name} needs about {needed / 1e9:.1f} GB of memory, and that is not free; close other programs "
        "or choose a smaller model (prosector models default). Nothing was found or ruled out."
    )


def _devices() -> list[Any]:
    import torch

    devices = [torch.device("cpu")]
    if torch.backends.mps.is_available():
        devices.insert(0, torch.device("mps"))
    if torch.cuda.is_available():
        devices.insert(0, torch.device("cuda"))
    return devices


def _free_bytes(device: Any) -> int | None:
    """Return what is free, None where the system does not tell."""
    if device.type == "cuda":
        import torch

        return torch.cuda.mem_get_info(device)[0]
    if device.type == "cpu":
        return available_memory()
    return None


@contextmanager
def _reproducible() -> Generator[None]:
    """Let the same input give the same bytes: cuDNN neither tries algorithms out nor adds up in a random order."""
    import torch

    before = torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    try:
        yield
    finally:
        torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = before
