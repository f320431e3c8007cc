"""Unpacking what was downloaded: regular files only, below the target, and not more than the disk holds."""

import shutil
import tarfile
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from core.errors import ModelInvalid

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def unpack(archive: Path, target: Path) -> None:
    """Unpack a .zip or .tar(.gz) into an empty folder; raises `ModelInvalid` when it is unsafe, damaged or too large.

    Refused are absolute paths, `..`, drive letters, links and devices: an archive must not reach beyond its folder.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as file:
                _unpack_zip(file, archive, target)
        elif tarfile.is_tarfile(archive):
            with tarfile.open(archive) as file:
                _unpack_tar(file, archive, target)
        else:
            raise ModelInvalid(f"{archive} is neither a folder nor an archive ({', '.join(SUFFIXES)}).")
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise ModelInvalid(f"The archive {archive} is damaged ({error}); download it again.") from error


def require_no_pointers(folder: Path) -> None:
    """Raise `ModelInvalid` when a file is a Git LFS pointer: GitHub's ZIP of a repository holds no large files."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size < 1024 and path.read_bytes().startswith(_LFS_POINTER):
            raise ModelInvalid(
                f"{path.relative_to(folder)} is a Git LFS pointer and not the weights themselves; clone the "
                "repository with Git LFS (git lfs install, then git clone) and add that folder."
            )


def _unpack_zip(file: zipfile.ZipFile, archive: Path, target: Path) -> None:
    entries = [entry for entry in file.infolist() if not entry.is_dir()]
    _require_room(archive, target, sum(entry.file_size for entry in entries))
    for entry in entries:
        kind = (entry.external_attr >> 16) & 0o170000  # the Unix file type, 0 when none was stored
        if kind not in (0, 0o100000):
            raise _unsafe(archive, entry.filename, "a link or a device")
        with file.open(entry) as source:
            _write(source, _place(archive, target, entry.filename))


def _unpack_tar(file: tarfile.TarFile, archive: Path, target: Path) -> None:
    entries = [entry for entry in file.getmembers() if not entry.isdir()]
    _require_room(archive, target, sum(entry.size for entry in entries))
    for entry in entries:
        if not entry.isreg():
            raise _unsafe(archive, entry.name, "a link or a device")
        with _opened(file, entry) as source:
            _write(source, _place(archive, target, entry.name))


@contextmanager
def _opened(file: tarfile.TarFile, entry: tarfile.TarInfo) -> Generator[IO[bytes]]:
    source = file.extractfile(entry)
    assert source is not None  # only links and devices have none
    with source:
        yield source


def _place(archive: Path, target: Path, name: str) -> Path:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\\" in name or ":" in name or not parts.parts:
        raise _unsafe(archive, name, "a path beyond its folder")
    return target / parts


def _write(source: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        shutil.copyfileobj(source, file)


def _require_room(archive: Path, target: Path, size: int) -> None:
    free = shutil.disk_usage(target).free
    if size > free:
        raise ModelInvalid(
            f"{archive} unpacks to {size / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free where models lie."
        )


def _unsafe(archive: Path, name: str, what: str) -> ModelInvalid:
    return ModelInvalid(f"The archive {archive} is unsafe and was not unpacked: “{name}” is {what}.")
