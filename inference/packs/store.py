"""Where packs lie: `<data folder>/models/<name>-<version>/`, beside `defaults.toml` with the pack of each task."""

import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from core.errors import CannotWrite, ModelInvalid, ModelMissing
from core.files import write_text
from inference.packs.builtin import builtin_packs
from inference.packs.fast import forget_check
from inference.packs.pack import Pack, Task, verify
from inference.packs.read import FILE, read_pack

_DEFAULTS = "defaults.toml"


@dataclass(frozen=True, slots=True)
class PackStore:
    """The packs that are installed in a folder, together with those that come with the program."""

    folder: Path

    def packs(self) -> tuple[Pack, ...]:
        """Return every pack: the built-in ones, then the installed ones by name; raises `ModelInvalid`."""
        return (*builtin_packs(), *self._installed())

    def pack(self, name: str) -> Pack:
        """Return the pack with this name, or name-version; raises `ModelMissing`, `ModelInvalid` when it is unclear."""
        packs = self.packs()
        found = [pack for pack in packs if name in (pack.key, pack.name)]
        if not found:
            known = ", ".join(pack.key for pack in packs)
            raise ModelMissing(f"There is no model {name}; there are {known}.")
        if len(found) > 1:
            raise ModelInvalid(f"Which {name} is meant? Name one of {', '.join(pack.key for pack in found)}.")
        return found[0]

    def default(self, task: Task) -> Pack:
        """Return the pack that the analysis runs for a task; raises `ModelMissing` when it is gone."""
        chosen = self._chosen().get(task)
        if chosen is None:
            return next(pack for pack in builtin_packs() if pack.task is task)
        folder = self.folder / chosen
        pack = read_pack(folder) if (folder / FILE).is_file() else self.pack(chosen)
        if pack.task is not task:
            raise ModelInvalid(f"{self.folder / _DEFAULTS} has {chosen} for {task}, and it is a model for {pack.task}.")
        return pack

    def set_default(self, name: str) -> Pack:
        """Make a pack the one that the analysis runs for its task, and return it; raises as `pack`, `CannotWrite`."""
        pack = self.pack(name)
        chosen = self._chosen()
        chosen.pop(pack.task, None)
        if not self.is_builtin(pack):
            chosen[pack.task] = pack.key
        self._choose(chosen)
        return pack

    def remove(self, name: str) -> Pack:
        """Delete an installed pack, and its place as a default, and return what it was; raises as `pack`."""
        pack = self.pack(name)
        if self.is_builtin(pack):
            raise ModelInvalid(f"{pack.key} comes with the program and cannot be removed.")
        chosen = self._chosen()
        if chosen.get(pack.task) == pack.key:
            del chosen[pack.task]
            self._choose(chosen)
        try:
            shutil.rmtree(pack.folder)
            forget_check(self.folder, pack)
        except OSError as error:
            raise CannotWrite(f"{pack.folder} could not be removed ({error.strerror}).") from error
        return pack

    def add(self, make: Callable[[Path], None], named: str = "") -> Pack:
        """Install the pack that `make` writes into an empty folder, whole or not at all, and return it.

        `named` is what people call the place that it comes from.
        Raises `ModelInvalid` when it is malformed or installed already, `ModelAltered`, `ModelMissing`, `CannotWrite`.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = Path(tempfile.mkdtemp(prefix=".adding-", dir=self.folder))
        except OSError as error:
            raise CannotWrite(f"{self.folder} could not be made ({error.strerror}).") from error
        try:
            make(beside)
            pack = read_pack(beside, named)
            verify(pack)
            target = self._free_place(pack)
            _sync(beside)
            beside.chmod(0o755)
            beside.rename(target)
        except OSError as error:
            raise CannotWrite(
                f"The model could not be written to {self.folder} ({error.strerror}); nothing was left there."
            ) from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return read_pack(target)

    def is_builtin(self, pack: Pack) -> bool:
        """Tell whether a pack comes with the program."""
        return pack.folder.parent != self.folder

    def _free_place(self, pack: Pack) -> Path:
        if pack.key in {other.key for other in self.packs()}:
            raise ModelInvalid(f"{pack.key} is installed already; remove it first, or give another version.")
        return self.folder / pack.key

    def _installed(self) -> tuple[Pack, ...]:
        if not self.folder.is_dir():
            return ()
        return tuple(read_pack(file.parent) for file in sorted(self.folder.glob(f"[!.]*/{FILE}")))

    def _chosen(self) -> dict[str, str]:
        path = self.folder / _DEFAULTS
        if not path.exists():
            return {}
        try:
            chosen = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelInvalid(f"{path} cannot be read ({error}); delete it to use the built-in models.") from error
        for task, name in chosen.items():
            if task not in set(Task) or not isinstance(name, str):
                raise ModelInvalid(f"{path}: “{task}” is not one of {', '.join(Task)}, or names no model.")
        return cast(dict[str, str], chosen)

    def _choose(self, chosen: dict[str, str]) -> None:
        write_text(self.folder / _DEFAULTS, "".join(f'{task} = "{key}"\n' for task, key in sorted(chosen.items())))


def _sync(folder: Path) -> None:
    """Put every file on the disk before the folder gets its name."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
