"""ONNX networks on the GPU where its libraries can be loaded, else on the CPU."""

import ctypes
import logging
import os
import sys
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from typing import Any

_log = logging.getLogger(__name__)


def onnx_session(weights: bytes, name: str) -> Any:
    """Return an `onnxruntime.InferenceSession` on CUDA where it works, else on the CPU; `name` is for the log."""
    import onnxruntime

    # The GPU package names CUDA as available without one, and then complains on stderr in its own words.
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    providers = ["CPUExecutionProvider"]
    if _has_cuda_device() and "CUDAExecutionProvider" in onnxruntime.get_available_providers():
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
