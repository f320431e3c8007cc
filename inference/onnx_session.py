"""ONNX networks on the GPU where its libraries can be loaded and its memory suffices, else on the CPU."""

import ctypes
import logging
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib import import_module
from io import StringIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelInvalid, OutOfMemory
from inference.memory import require_memory, says_no_memory

_log = logging.getLogger(__name__)
_FAILURES = (
    "EPFail",
    "EngineError",
    "Fail",
    "InvalidArgument",
    "InvalidGraph",
    "InvalidProtobuf",
    "NotImplemented",
    "RuntimeException",
)

Network = Callable[[NDArray[np.float32]], NDArray[Any]]
"""Takes a window (1, channel, *patch) and returns (1, output, *patch)."""


def onnx_network(weights: bytes, name: str, needed: int = 0) -> Network:
    """Return the network of an ONNX file; where the GPU runs out of memory, here or on a run, the CPU goes on.

    `needed` are the bytes that a run is expected to take. Raises, here and on a run, `ModelInvalid` when the file is
    no network with one input, or none for such windows; `OutOfMemory` when the CPU has not got the memory either.
    """
    with _told(name):
        session = _session_that_fits(weights, name, needed)
        inputs = session.get_inputs()
    if len(inputs) != 1:
        raise ModelInvalid(
            f"The network of {name} has {len(inputs)} inputs, and must have one with a channel for each sequence."
        )

    def said(window: NDArray[np.float32]) -> NDArray[Any]:
        nonlocal session
        fed = {inputs[0].name: window}
        with _told(name):
            try:
                return session.run(None, fed)[0]
            except _failures() as error:
                if not says_no_memory(error) or _is_on_cpu(session):
                    raise
            session = _on_cpu(weights, name, needed)
            return session.run(None, fed)[0]

    return said


def _session_that_fits(weights: bytes, name: str, needed: int) -> Any:
    try:
        session = onnx_session(weights, name)
    except _failures() as error:
        if not says_no_memory(error) or not _has_cuda_device():
            raise
        return _on_cpu(weights, name, needed)
    if _is_on_cpu(session):
        require_memory(needed, name[0].upper() + name[1:])
    return session


def _on_cpu(weights: bytes, name: str, needed: int) -> Any:
    _log.warning("%s ran out of memory on the GPU and runs on the CPU", name)
    require_memory(needed, name[0].upper() + name[1:])
    return onnx_session(weights, name, gpu=False)


def _is_on_cpu(session: Any) -> bool:
    return session.get_providers()[0] == "CPUExecutionProvider"


@contextmanager
def _told(name: str) -> Generator[None]:
    """Turn what onnxruntime raises into a sentence."""
    try:
        yield
    except _failures() as error:
        if says_no_memory(error):
            raise OutOfMemory(
                f"Memory ran out while {name} was running; close other programs or choose a smaller model (prosector "
                "models default). Nothing was found or ruled out."
            ) from error
        told = str(error).strip().splitlines()[0]
        raise ModelInvalid(f"The network of {name} cannot be run ({told}). Nothing was found or ruled out.") from error


def _failures() -> tuple[type[Exception], ...]:
    """Return what onnxruntime raises; its errors have nothing in common."""
    raised = import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    return tuple(kind for name in _FAILURES if (kind := getattr(raised, name, None)) is not None)


def onnx_session(weights: bytes, name: str, *, gpu: bool = True) -> Any:
    """Return an `onnxruntime.InferenceSession` on CUDA where it works, else on the CPU; `name` is for the log."""
    import onnxruntime

    # The GPU package names CUDA as available without one, and then complains on stderr in its own words.
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    providers = ["CPUExecutionProvider"]
    if gpu and _has_cuda_device() and "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        with redirect_stdout(StringIO()) as said:  # what is missing is printed line by line, not raised
            onnxruntime.preload_dlls()
        _log.debug("CUDA libraries: %s", said.getvalue().strip() or "all found")
        providers.insert(0, "CUDAExecutionProvider")
    session = onnxruntime.InferenceSession(weights, options, providers=providers)
    used = session.get_providers()[0]
    if used != providers[0]:
        _log.warning("There is a GPU, but %s runs on %s: the CUDA libraries cannot be loaded", name, used)
    _log.info("%s runs on %s", name, used)
    return session


def device_in_words() -> str:
    """Return on what networks run here, `GPU` or `CPU`; loads nothing."""
    return "GPU" if _has_cuda_device() else "CPU"


@cache
def _has_cuda_device() -> bool:
    """Ask the driver itself: cheap, and it says nothing on stderr."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
