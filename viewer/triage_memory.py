"""How each reader wants the worklist: its sorting, its columns, whether what is read is shown; one file for all."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.errors import CannotWrite
from core.files import write_text
from viewer.kept_file import read_kept
from viewer.language import tr


class ListWishes(BaseModel):
    """One reader's; no `columns` are those that fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sorted_by: str = "priority"
    descending: bool = False
    columns: tuple[str, ...] = ()
    unread_only: bool = False


class _Readers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    readers: dict[str, ListWishes] = Field(default_factory=dict)


class TriageMemory:
    """The wishes of one reader; `problem` says when they could not be read or kept."""

    def __init__(self, path: Path, reader: str) -> None:
        self._path, self._reader = path, reader
        kept, self.problem = read_kept(
            path,
            _Readers,
            whose=tr("The settings of the worklist"),
            instead=tr("The worklist is as delivered"),
            damaged=tr("are as delivered"),
        )
        self._readers = kept.readers

    @property
    def wishes(self) -> ListWishes:
        """What the reader wants."""
        return self._readers.get(self._reader, ListWishes())

    def keep(self, **changes: object) -> None:
        """Keep what the reader wants otherwise from now on."""
        now = self.wishes.model_copy(update=changes)
        if now == self.wishes:
            return
        self._readers = {**self._readers, self._reader: now}
        try:
            write_text(self._path, _Readers(readers=self._readers).model_dump_json(indent=1))
            self.problem = ""
        except CannotWrite as error:
            self.problem = str(error)
