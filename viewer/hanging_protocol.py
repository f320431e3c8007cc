"""Hanging protocols as data: each file of `resources/hanging` is one, of stages with cells that are rules."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from core.errors import ProsectorError
from core.study import Role

LARGEST_GRID = 4
_ROLES = tuple(role.value for role in Role if role not in (Role.OTHER, Role.LOCALIZER))


class ProtocolInvalid(ProsectorError):
    """A file of hanging protocols has a misspelt key, or cells that do not fill its grid."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell lies in a grid, counted from 0, and how many rows and columns it covers."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1


def _known(role: str) -> str:
    if role not in _ROLES:
        raise ValueError(f"no such role; there are {', '.join(_ROLES)}")
    return role


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Spanning(_Part):
    span: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = (1, 1)
    """How many rows and columns the cell covers."""


class SeriesCell(_Spanning):
    """Takes the first series for which all of it holds; `required` ones decide whether the protocol suits a study."""

    role: Annotated[str, AfterValidator(_known)]
    b_value: float | None = None
    """In s/mm²."""
    acquired: bool | None = None
    """True for an image that was acquired, False for one that was calculated, None for either."""
    phase: int | None = None
    """Which phase of a DCE: from 1, or from -1, the last one."""
    prior: bool = False
    required: bool = False
    empty: str = Field(min_length=1)
    """What the viewport says when the study has no such series."""

    @field_validator("phase")
    @classmethod
    def _counted(cls, phase: int | None) -> int | None:
        if phase == 0:
            raise ValueError("phases are counted from 1, or from -1 backwards")
        return phase


class ViewCell(_Spanning):
    """Shows something that is made of the study rather than one series of it."""

    view: Literal["mpr", "3d", "curve"]


def _kind_of_cell(cell: Any) -> str:
    return "view" if isinstance(cell, ViewCell) or (isinstance(cell, Mapping) and "view" in cell) else "series"


Cell = Annotated[Annotated[SeriesCell, Tag("series")] | Annotated[ViewCell, Tag("view")], Discriminator(_kind_of_cell)]


class Stage(_Part):
    """One layout. Its cells take, in their order, the next free place of the grid in which they fit."""

    name: str = Field(min_length=1)
    rows: int = Field(ge=1, le=LARGEST_GRID)
    columns: int = Field(ge=1, le=LARGEST_GRID)
    cells: tuple[Cell, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each cell lies."""
        return _placed(self.rows, self.columns, [cell.span for cell in self.cells])

    @property
    def series_cells(self) -> tuple[SeriesCell, ...]:
        """The cells that take a series."""
        return tuple(cell for cell in self.cells if isinstance(cell, SeriesCell))

    @model_validator(mode="after")
    def _filled(self) -> "Stage":
        covered = sum(rows * columns for rows, columns in (cell.span for cell in self.cells))
        if covered != self.rows * self.columns or len(self.places) != len(self.cells):
            raise ValueError(f"the cells do not fill the grid of {self.rows} × {self.columns}")
        if not self.series_cells:
            raise ValueError("a stage needs a cell with a series")
        return self


class Protocol(_Part):
    """How studies of a kind are hung; whether it suits a study is told by its first stage.

    Of the protocols that suit a study, that of the highest priority is opened.
    """

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = Field(min_length=1)
    priority: int
    stages: tuple[Stage, ...] = Field(min_length=1)

    @property
    def views(self) -> frozenset[str]:
        """The special views that it shows."""
        return frozenset(cell.view for stage in self.stages for cell in stage.cells if isinstance(cell, ViewCell))


@cache
def protocols() -> tuple[Protocol, ...]:
    """Return the protocols that come with Prosector, by file name; raises `ProtocolInvalid`."""
    folder = files("resources").joinpath("hanging")
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(read_protocol(file.name, file.read_text("utf-8")) for file in found)


def read_protocol(file: str, text: str) -> Protocol:
    """Return the protocol in the text of a file; raises `ProtocolInvalid` naming the file and the key."""
    try:
        return Protocol.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProtocolInvalid(f"The hanging protocol {file} is not valid TOML: {error}.") from error
    except ValidationError as error:
        told = "; ".join(f"{_key(problem['loc'])}: {problem['msg']}" for problem in error.errors())
        raise ProtocolInvalid(f"The hanging protocol {file} cannot be used. {told}.") from error


def _key(path: tuple[int | str, ...]) -> str:
    tags = [n for n in range(1, len(path)) if isinstance(path[n - 1], int) and path[n] in ("series", "view")]
    return ".".join(str(part) for n, part in enumerate(path) if n not in tags)


def _placed(rows: int, columns: int, spans: list[tuple[int, int]]) -> tuple[Place, ...]:
    """Return the places of cells in reading order; of those that fit nowhere none."""
    free = set(product(range(rows), range(columns)))
    places: list[Place] = []
    for high, wide in spans:
        for row, column in sorted(free):
            covered = set(product(range(row, row + high), range(column, column + wide)))
            if covered <= free:
                places.append(Place(row, column, high, wide))
                free -= covered
                break
    return tuple(places)
