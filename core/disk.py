"""What Linux offers for making files last that Python does not: without it, or elsewhere, `fsync` does the same slower.

Each new file that is synced by itself waits for the journal of the file system, some milliseconds each.
"""

import ctypes
import errno
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

_NOT_TO_BE_HAD = (errno.ENOSYS, errno.EINVAL, errno.ESPIPE)
_WAIT_BEFORE, _WRITE, _WAIT_AFTER = 1, 2, 4  # sync_file_range(2)


def synced_file_system(folder: Path) -> bool:
    """Make all that was written to the file system of `folder` last; False where that is not to be had."""
    if _libc() is None:
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        return _done(_libc().syncfs(descriptor))
    finally:
        os.close(descriptor)


def pushed_out(descriptor: int) -> bool:
    """Have the disk take the content of a new file, without its journal yet; False where that is not to be had."""
    if _libc() is None:
        return False
    whole = ctypes.c_int64(0), ctypes.c_int64(0)
    return _done(_libc().sync_file_range(descriptor, *whole, _WAIT_BEFORE | _WRITE | _WAIT_AFTER))


@cache
def _libc() -> Any:
    library = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    return library if hasattr(library, "syncfs") and hasattr(library, "sync_file_range") else None


def _done(result: int) -> bool:
    if result == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_TO_BE_HAD:
        return False
    raise OSError(number, os.strerror(number))
