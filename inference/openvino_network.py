"""Networks through OpenVINO on the CPU, for packs whose faster mode was checked here (`inference.packs.fast`)."""

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelInvalid
from inference.needs import require_library
from inference.packs.pack import Engine

_PRECISIONS = {Engine.OPENVINO_F32: "f32", Engine.OPENVINO_BF16: "bf16"}
_FAILURES = (
    "GeneralFailure",
    "InitializationFailure",
    "NotImplementedFailure",
    "OpConversionFailure",
    "OpValidationFailure",
)

Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Takes a window (1, channel, *patch) and returns (1, output, *patch)."""


def openvino_onnx(weights: bytes, shape: Sequence[int], engine: Engine, pack: str) -> Network:
    """Return the network of an ONNX file for windows of one shape; `pack` is named in what is raised.

    Raises `ModelMissing` without OpenVINO; `ModelInvalid`, here and on a run, when it fails or lacks the precision.
    """
    openvino = _openvino(pack)
    with _told(openvino, pack):
        return _compiled(openvino, openvino.Core().read_model(weights), shape, engine, pack)


def openvino_torchscript(weights: Path, shape: Sequence[int], engine: Engine, pack: str) -> Network:
    """Return the network of a TorchScript file, as `openvino_onnx`."""
    import torch

    openvino = _openvino(pack)
    decoder = import_module("openvino.frontend.pytorch.ts_decoder").TorchScriptPythonDecoder
    with _told(openvino, pack):
        # frozen: what depends on attributes alone is folded, which OpenVINO needs of a scripted network
        module = torch.jit.freeze(torch.jit.load(str(weights), map_location="cpu").eval())
        decoded = decoder(module, example_input=torch.zeros(*shape), shared_memory=False)
        frontend = openvino.frontend.FrontEndManager().load_by_framework("pytorch")
        loaded = frontend.load(decoded)  # it refers to `decoded`, which must live as long
        return _compiled(openvino, frontend.convert(loaded), shape, engine, pack)


def _openvino(pack: str) -> Any:
    """Import OpenVINO without its converter, which tells Google Analytics of every import."""
    require_library("openvino", f"The faster mode of the model {pack}")
    blocked: dict[str, Any] = {"openvino.tools": None}
    sys.modules.update(blocked)
    return import_module("openvino")


def _compiled(openvino: Any, model: Any, shape: Sequence[int], engine: Engine, pack: str) -> Network:
    if len(model.inputs) != 1:
        raise ModelInvalid(f"The network of {pack} has {len(model.inputs)} inputs, and must have one.")
    precision = _PRECISIONS[engine]
    core = openvino.Core()
    if precision == "bf16" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise ModelInvalid(f"This CPU does not calculate in bf16, which the faster mode of {pack} asks for.")
    model.reshape(list(shape))
    # one stream, a fixed number of threads and one request at a time: the same input gives the same bytes
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    hints = {
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": "1",
        "INFERENCE_NUM_THREADS": str(threads),
    }
    network = core.compile_model(model, "CPU", hints)

    def said(window: NDArray[np.float32]) -> NDArray[np.float32]:
        with _told(openvino, pack):
            return np.array(network(window)[0], np.float32)

    return said


@contextmanager
def _told(openvino: Any, pack: str) -> Generator[None]:
    """Turn what OpenVINO raises into a sentence; there is no other engine behind its back."""
    kinds = (RuntimeError, *(getattr(openvino.frontend, name) for name in _FAILURES))
    try:
        yield
    except kinds as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelInvalid(
            f"OpenVINO could not run the model {pack} ({lines[-1].strip()}). Nothing was found or ruled out; "
            f"“prosector models check-fast {pack} --off” goes back to the plain engine."
        ) from error
