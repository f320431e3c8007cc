"""Memory that the analysis needs, and what the system says is free."""

import os

from core.errors import OutOfMemory

MEMORY_BYTES = 1_500_000_000
"""What the built-in analysis takes at its peak, rounded up from the 0.9 GB measured (docs/ai.md, Running)."""


def available_memory() -> int | None:
    """Return the bytes that can be had, None where the system does not tell.

    On Linux it is the kernel's own estimate, which counts what the file cache would give back.
    """
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError):
        if "SC_AVPHYS_PAGES" in getattr(os, "sysconf_names", {}):
            return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return None


def says_no_memory(error: BaseException) -> bool:
    """Tell whether a library's error means that memory ran out.

    TorchScript, MPS, PyTorch on the CPU, ITK and onnxruntime have no type of their own for it and say so in words.
    """
    said = str(error).lower()
    return isinstance(error, MemoryError) or any(words in said for words in _NO_MEMORY)


_NO_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "failed to allocate memory",
    "bad allocation",
    "bad_alloc",
    "alloc_failed",
)


def require_memory(needed: int, what: str) -> None:
    """Raise `OutOfMemory` in words when the system says that `needed` bytes are not free."""
    free = available_memory()
    if free is not None and free < needed:
        raise OutOfMemory(
            f"{what} needs about {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free; close other "
            "programs and run it again. Nothing was found or ruled out."
        )
