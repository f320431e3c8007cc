"""Writing files so that a crash leaves the old one, the new one, or none: never half of one."""

import os
import uuid
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.errors import CannotWrite

_SYNCS_AT_ONCE = 32


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


class Batch:
    """Files that become safe together, because a disk syncs many at once as fast as one.

    A file lies beside its name until `commit`, which `add` calls by itself after `most` files; `arrived` is told of
    each file that is whole and safe. What was not committed is removed by `close`.
    """

    def __init__(self, arrived: Callable[[Path], None], most: int = 32) -> None:
        self._arrived = arrived
        self._most = most
        self._waiting: list[tuple[Path, Path]] = []

    def add(self, path: Path, *parts: bytes | bytearray) -> None:
        """Write the parts one after the other; raises `CannotWrite`."""
        beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        try:
            with _told(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                with beside.open("xb") as file:
                    _write_parts(file, parts)
        except CannotWrite:
            with suppress(OSError):  # half a file must never get its name
                beside.unlink(missing_ok=True)
            raise
        self._waiting.append((beside, path))
        if len(self._waiting) >= self._most:
            self.commit()

    def commit(self) -> None:
        """Sync what was added, all at once, and give the files their names; raises `CannotWrite`.

        Those that could be made safe are, whatever becomes of the others.
        """
        if not self._waiting:
            return
        with ThreadPoolExecutor(_SYNCS_AT_ONCE) as pool:
            failures = list(pool.map(_settle, self._waiting))
        done = [path for (_, path), failure in zip(self._waiting, failures, strict=True) if failure is None]
        self._waiting = [pair for pair, failure in zip(self._waiting, failures, strict=True) if failure is not None]
        for folder in {path.parent for path in done}:
            with _told(folder):
                _sync_folder(folder)
        for path in done:
            self._arrived(path)
        for failure in filter(None, failures):
            raise failure

    def close(self) -> None:
        """Remove what was not committed."""
        for beside, _ in self._waiting:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        self._waiting = []


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


def _write_parts(file: BinaryIO, parts: Sequence[bytes | bytearray]) -> None:
    file.writelines(parts)


def _settle(pair: tuple[Path, Path]) -> CannotWrite | None:
    """Sync a file and give it its name; returns why that failed."""
    beside, path = pair
    try:
        with _told(path):
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
            beside.replace(path)
    except CannotWrite as error:
        return error
    return None


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows cannot open a folder; NTFS journals the rename
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
