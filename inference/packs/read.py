"""`model.toml` as a `Pack`, and back. Whatever is wrong is a sentence that names the pack and the key."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar, cast

from core.errors import ModelInvalid
from core.study import Role
from inference.packs.pack import (
    RESEARCH_ONLY,
    Activation,
    Axes,
    Channel,
    Concept,
    Grid,
    Kind,
    Normalisation,
    Output,
    Pack,
    Task,
    WeightFile,
    Window,
)

FORMAT = 1
FILE = "model.toml"
ROLES = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B)
"""What a pack may ask for."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+]*(?:-[A-Za-z0-9._+]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_Choice = TypeVar("_Choice", bound=StrEnum)


def read_pack(folder: Path, named: str = "") -> Pack:
    """Return the pack in a folder; raises `ModelInvalid` naming the folder or pack, and the key.

    `named` is what people call the folder, if that is not its path: where its content came from.
    """
    file, named = folder / FILE, named or str(folder)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelInvalid(f"{named} is no model pack: its {FILE} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise ModelInvalid(f"The {FILE} of {named} is not valid TOML: {error}.") from error
    pack = _pack(folder, _Table(table, "", named))
    _require_sense(pack, named)
    return pack


class _Table:
    """A TOML table that is asked for its keys one by one, and in the end whether any was not asked for."""

    def __init__(self, table: Mapping[str, Any], path: str, pack: str) -> None:
        self._left = dict(table)
        self._path = path
        self._pack = pack

    def wrong(self, key: str, what: str) -> ModelInvalid:
        """Return the error that names pack and key."""
        return ModelInvalid(f"The model pack {self._pack} cannot be used: “{self._path}{key}” {what}.")

    def take(self, key: str, kind: type | tuple[type, ...], what: str, *, default: Any = None) -> Any:
        """Return the value of a key, which must be there unless there is a default."""
        if key not in self._left:
            if default is None:
                raise self.wrong(key, "is missing")
            return default
        value = self._left.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(key, f"is {value!r}, and must be {what}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty."""
        value = cast(str, self.take(key, str, "a text", default=default)).strip()
        if not value:
            raise self.wrong(key, "is empty")
        return value

    def number(self, key: str) -> float:
        """Return a number."""
        return float(self.take(key, (int, float), "a number"))

    def choice(self, key: str, of: type[_Choice], default: _Choice | None = None) -> _Choice:
        """Return one of a few words."""
        value = self.text(key, default)
        if value not in set(of):
            raise self.wrong(key, f"is “{value}”, and must be one of {', '.join(of)}")
        return of(value)

    def sequence(
        self, key: str, kind: type | tuple[type, ...], what: str, length: int | None = None
    ) -> tuple[Any, ...]:
        """Return a list whose entries are all of one kind, of a length when one is given."""
        values = cast(list[Any], self.take(key, list, f"a list of {what}"))
        if not all(isinstance(value, kind) and not isinstance(value, bool) for value in values):
            raise self.wrong(key, f"is {values!r}, and must be a list of {what}")
        if not values or (length is not None and len(values) != length):
            raise self.wrong(key, f"has {len(values)} entries, and must have {length or 'at least one'}")
        return tuple(values)

    def tables(self, key: str) -> "list[_Table]":
        """Return an array of tables with at least one."""
        values = self.sequence(key, dict, "tables")
        return [_Table(value, f"{self._path}{key}[{place}].", self._pack) for place, value in enumerate(values)]

    def table(self, key: str) -> "_Table":
        """Return a table that must be there."""
        return _Table(self.take(key, dict, "a table"), f"{self._path}{key}.", self._pack)

    def has(self, key: str) -> bool:
        """Tell whether the key is there and was not asked for yet."""
        return key in self._left

    def named(self, pack: str) -> None:
        """Call the pack by its name from here on."""
        self._pack = pack

    def done(self) -> None:
        """Refuse a key that nobody asked for: a misspelt one would be left out silently."""
        for key in self._left:
            raise self.wrong(key, "is no key that is known here")


def _pack(folder: Path, table: _Table) -> Pack:
    if (version := table.take("format", int, "a whole number")) != FORMAT:
        raise table.wrong("format", f"is {version}, and this version of Prosector reads {FORMAT}")
    name = _word(table, "name")
    table.named(f"{name} ({folder})")
    threshold = table.table("operating_point")
    pack = Pack(
        folder=folder,
        name=name,
        version=_word(table, "version"),
        task=table.choice("task", Task),
        licence=table.text("licence"),
        adapter=table.text("adapter"),
        intended_use=_intended_use(table),
        channels=tuple(_channel(entry) for entry in table.tables("inputs")),
        grid=_grid(table.table("grid")) if table.has("grid") else None,
        activation=table.choice("activation", Activation, Activation.NONE),
        outputs=tuple(_output(entry) for entry in table.tables("outputs")),
        threshold=_share(threshold, "threshold"),
        threshold_source=threshold.text("source"),
        calibrated_on=_calibration(table.table("calibration")),
        files=tuple(_file(entry) for entry in table.tables("files")),
        settings=cast(dict[str, Any], table.take("settings", dict, "a table", default={})),
    )
    threshold.done()
    table.done()
    return pack


def _word(table: _Table, key: str) -> str:
    word = table.text(key)
    if not _NAME.fullmatch(word):
        raise table.wrong(key, f"is “{word}”, and may have letters, digits, dots, underscores and hyphens only")
    return word


def _intended_use(table: _Table) -> str:
    said = table.text("intended_use")
    if "research" not in said.lower():
        raise table.wrong("intended_use", f"must say that the model is for research use, for example “{RESEARCH_ONLY}”")
    return said


def _share(table: _Table, key: str) -> float:
    value = table.number(key)
    if not 0 < value < 1:
        raise table.wrong(key, f"is {value:g}, and must lie between 0 and 1")
    return value


def _channel(table: _Table) -> Channel:
    role = table.choice("role", Role)
    if role not in ROLES:
        raise table.wrong("role", f"is “{role}”, and must be one of {', '.join(ROLES)}")
    clip = table.sequence("clip_percentiles", (int, float), "numbers", 2) if table.has("clip_percentiles") else None
    if clip is not None and not 0 <= clip[0] < clip[1] <= 100:
        raise table.wrong("clip_percentiles", f"is {list(clip)}, and must rise within 0 to 100")
    normalisation = table.choice("normalisation", Normalisation, Normalisation.NONE)
    table.done()
    return Channel(role, normalisation, clip and (float(clip[0]), float(clip[1])))


def _grid(table: _Table) -> Grid:
    spacing = table.sequence("spacing_mm", (int, float), "numbers", 3)
    patch = table.sequence("patch", int, "whole numbers", 3)
    if min(spacing) <= 0:
        raise table.wrong("spacing_mm", f"is {list(spacing)}, and must be positive")
    if min(patch) <= 0:
        raise table.wrong("patch", f"is {list(patch)}, and must be positive")
    grid = Grid(
        (float(spacing[0]), float(spacing[1]), float(spacing[2])),
        (patch[0], patch[1], patch[2]),
        table.choice("axes", Axes, Axes.SLICES_ROWS_COLUMNS),
        table.choice("window", Window, Window.SLIDING),
    )
    table.done()
    return grid


def _output(table: _Table) -> Output:
    coded = table.table("concept")
    concept = Concept(coded.text("value"), coded.text("scheme"), coded.text("meaning"))
    coded.done()
    channels = table.sequence("channels", int, "whole numbers")
    if min(channels) < 0:
        raise table.wrong("channels", f"is {list(channels)}, and counts from 0")
    output = Output(concept, channels, table.choice("kind", Kind, Kind.PROBABILITY))
    table.done()
    return output


def _calibration(table: _Table) -> str | None:
    calibrated = bool(table.take("calibrated", bool, "true or false"))
    said = table.text("on") if calibrated else None
    table.done()
    return said


def _file(table: _Table) -> WeightFile:
    path, digest = table.text("path"), table.text("sha256")
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path or ":" in path:
        raise table.wrong("path", f"is “{path}”, and must lie within the pack")
    if not _SHA256.fullmatch(digest):
        raise table.wrong("sha256", "must be 64 hexadecimal digits in lower case")
    table.done()
    return WeightFile(path, digest)


_OUTPUTS = {Task.GLAND: 1, Task.ZONES: 2, Task.LESIONS: 1}


def _require_sense(pack: Pack, named: str) -> None:
    """Check what no single key can tell."""
    said = f"The model pack {pack.name} ({named}) cannot be used:"
    if len(pack.outputs) != _OUTPUTS[pack.task]:
        raise ModelInvalid(
            f"{said} “outputs” has {len(pack.outputs)} entries, and a model for {pack.task} has {_OUTPUTS[pack.task]}."
        )
    if len({channel.role for channel in pack.channels}) != len(pack.channels):
        raise ModelInvalid(f"{said} “inputs” names a role twice.")


def toml_of(pack: Pack) -> str:
    """Return the text of a pack's `model.toml`."""
    lines = [
        f"format = {FORMAT}",
        *(f"{key} = {_quoted(str(getattr(pack, key)))}" for key in _WORDS),
        f"activation = {_quoted(pack.activation)}",
        *_section("operating_point", {"threshold": pack.threshold, "source": pack.threshold_source}),
        *_section("calibration", {"calibrated": pack.calibrated_on is not None, "on": pack.calibrated_on}),
        *(line for channel in pack.channels for line in _section("[inputs]", _channel_keys(channel))),
        *(line for output in pack.outputs for line in _output_lines(output)),
        *(line for file in pack.files for line in _section("[files]", {"path": file.path, "sha256": file.sha256})),
        *(_section("grid", _grid_keys(pack.grid)) if pack.grid else ()),
        *(_section("settings", pack.settings) if pack.settings else ()),
    ]
    return "\n".join(lines) + "\n"


_WORDS = ("name", "version", "task", "licence", "adapter", "intended_use")


def _section(name: str, keys: Mapping[str, Any]) -> list[str]:
    return ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in keys.items() if value is not None)]


def _channel_keys(channel: Channel) -> dict[str, Any]:
    return {
        "role": channel.role,
        "normalisation": channel.normalisation,
        "clip_percentiles": channel.clip_percentiles,
    }


def _output_lines(output: Output) -> list[str]:
    concept = output.concept
    return [
        *_section("[outputs]", {"kind": output.kind, "channels": output.channels}),
        *_section("outputs.concept", {"value": concept.value, "scheme": concept.scheme, "meaning": concept.meaning}),
    ]


def _grid_keys(grid: Grid) -> dict[str, Any]:
    return {"spacing_mm": grid.spacing_mm, "patch": grid.patch, "axes": grid.axes, "window": grid.window}


_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (bool, lambda value: str(value).lower()),
    (str, lambda value: _quoted(value)),
    ((int, float), repr),
)


def _value(value: Any) -> str:
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    return "[" + ", ".join(_value(entry) for entry in cast(Sequence[Any], value)) + "]"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
