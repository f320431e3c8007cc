"""Writing files so that a crash leaves the old one, the new one, or none: never half of one."""

import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.disk import pushed_out, synced_file_system
from core.errors import CannotWrite

_FEW = 8
"""Up to so many files are synced one by one: the whole file system may have more to write than these."""
_SYNCS_AT_ONCE = 8


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write beside `path`, fsync, rename over it and fsync the folder; raises `CannotWrite`."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _sync_folder(path.parent)
    finally:
        with suppress(OSError):  # what could not be written may not be removable either: the error above says it
            beside.unlink(missing_ok=True)


def write_parts(path: Path, *parts: bytes | bytearray) -> None:
    """Write the parts one after the other to `path`, whole or not at all, as `write_whole` does; raises `CannotWrite`.

    On Linux with one wait for the journal of the file system instead of two: the content is on the disk before the
    file gets its name, and the sync that makes both last writes the journal with either.
    """
    if sys.platform != "linux":
        write_whole(path, lambda file: file.writelines(parts))
        return
    beside = _beside(path)
    written = beside
    try:
        with _told(path), _created(beside) as file:
            file.writelines(parts)
            file.flush()
            if not pushed_out(file.fileno()):
                os.fsync(file.fileno())
            written = beside.replace(path)
            os.fsync(file.fileno())
    except CannotWrite:
        with suppress(OSError):
            written.unlink(missing_ok=True)
        raise


class Batch:
    """Files that become safe together, because a disk syncs many at once as fast as one.

    A file lies beside its name until the batch is settled, which happens behind the back of `add` every second or so
    and at `commit`; `arrived` is told of each file that is whole and safe. What was not committed is removed by
    `close`. Files may be added from any thread.
    """

    def __init__(self, arrived: Callable[[Path], None], every_s: float = 1.0) -> None:
        self._arrived = arrived
        self._every_s = every_s
        self._lock = threading.Lock()
        self._waiting: list[tuple[Path, Path]] = []
        self._settled_at = time.monotonic()
        self._settling: threading.Thread | None = None
        self._failure: CannotWrite | None = None

    def add(self, path: Path, *parts: bytes | bytearray) -> None:
        """Write the parts one after the other; raises `CannotWrite`, also of a file that was added before."""
        self._raise_failure()
        beside = _beside(path)
        try:
            with _told(path), _created(beside) as file:
                file.writelines(parts)
        except CannotWrite:
            with suppress(OSError):  # half a file must never get its name
                beside.unlink(missing_ok=True)
            raise
        with self._lock:
            self._waiting.append((beside, path))
            is_due = time.monotonic() - self._settled_at >= self._every_s
            if is_due and (self._settling is None or not self._settling.is_alive()):
                self._settling = threading.Thread(target=self._settle, name="syncing what arrived")
                self._settling.start()

    def commit(self) -> None:
        """Sync what was added and give the files their names; raises `CannotWrite`.

        Those that could be made safe are, whatever becomes of the others.
        """
        self._join()
        self._settle()
        self._raise_failure()

    def close(self) -> None:
        """Remove what was not committed."""
        self._join()
        for beside, _ in self._waiting:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        self._waiting = []

    def _join(self) -> None:
        if self._settling is not None:
            self._settling.join()

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _settle(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        try:
            failures = _settled(waiting)
        except CannotWrite as failure:
            failures = [failure] * len(waiting)
        for (beside, path), failure in zip(waiting, failures, strict=True):
            if failure is None:
                self._arrived(path)
            else:
                self._failure = failure
                with suppress(OSError):
                    beside.unlink(missing_ok=True)
        self._settled_at = time.monotonic()


def _settled(waiting: Sequence[tuple[Path, Path]]) -> list[CannotWrite | None]:
    """Sync files and give them their names; returns why that failed, one by one."""
    if len(waiting) > _FEW and _all_synced({beside.parent for beside, _ in waiting}):
        failures = [_renamed(pair) for pair in waiting]
    else:
        with ThreadPoolExecutor(_SYNCS_AT_ONCE) as pool:
            failures = list(pool.map(_synced_and_renamed, waiting))
    for folder in {path.parent for _, path in waiting}:
        with _told(folder):
            _sync_folder(folder)
    return failures


def _all_synced(folders: set[Path]) -> bool:
    for folder in folders:
        with _told(folder):
            if not synced_file_system(folder):
                return False
    return True


def _synced_and_renamed(pair: tuple[Path, Path]) -> CannotWrite | None:
    try:
        with _told(pair[1]), pair[0].open("rb+") as file:
            os.fsync(file.fileno())
    except CannotWrite as failure:
        return failure
    return _renamed(pair)


def _renamed(pair: tuple[Path, Path]) -> CannotWrite | None:
    beside, path = pair
    try:
        with _told(path):
            beside.replace(path)
    except CannotWrite as failure:
        return failure
    return None


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` whole or not at all; raises `CannotWrite`."""
    write_whole(path, lambda file: file.write(content))


def write_text(path: Path, content: str) -> None:
    """Write `content` to `path` in UTF-8, whole or not at all; raises `CannotWrite`."""
    write_bytes(path, content.encode())


def link_into(folder: Path, files: Sequence[Path]) -> None:
    """Give files a second name in `folder`, in the place of what bears it there; raises `CannotWrite`.

    That takes no room on the disk. Where the file system knows no links they are copied, whole or not at all.
    """
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        target = folder / file.name
        try:
            target.unlink(missing_ok=True)
            os.link(file, target)
        except OSError:
            with _told(file):
                content = file.read_bytes()
            write_bytes(target, content)
    with _told(folder):
        _sync_folder(folder)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed program left half written in a folder that nobody writes to now."""
    for beside in folder.glob(".*.part"):
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@contextmanager
def _told(path: Path) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(
            f"{path} could not be written ({error.strerror or error}); free some space or choose another folder."
        ) from error


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")


@contextmanager
def _created(beside: Path) -> Generator[BinaryIO, None, None]:
    """Open a new file, in a new folder where there is none yet; the name of the folder is synced then."""
    try:
        file = beside.open("xb")
    except FileNotFoundError:
        beside.parent.mkdir(parents=True, exist_ok=True)
        _sync_folder(beside.parent.parent)
        file = beside.open("xb")
    with file:
        yield file


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows cannot open a folder; NTFS journals the rename
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
