"""The 41 sectors of the PI-RADS v2.1 sector map with their SNOMED CT codes (PS3.16 CID 6304)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from core.pirads import Zone


class Side(StrEnum):
    """The patient's side."""

    RIGHT = "right"
    LEFT = "left"
    MIDLINE = "midline"


class Level(StrEnum):
    """The third of the gland, or a neighbour beyond it."""

    BASE = "base"
    MID = "mid"
    APEX = "apex"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Sector:
    """One sector; `region` is PZa, PZpl, PZpm, TZa, TZp, CZ, AFS, SV or EUS."""

    key: str
    zone: Zone
    region: str
    level: Level
    side: Side
    code: str
    meaning: str

    @property
    def label(self) -> str:
        """The sector as a radiologist writes it, e.g. `Right mid PZpm`."""
        if self.level is Level.OUTSIDE:
            return self.meaning
        return f"{self.side.capitalize()} {self.level} {self.region}"


@cache
def sectors() -> Mapping[str, Sector]:
    """Return the sectors by key, e.g. `right-mid-PZpm`, in the order of the map."""
    table = tomllib.loads(files("resources").joinpath("codes/sectors.toml").read_text("utf-8"))
    rows = (
        Sector(
            key=key,
            zone=Zone(row["zone"]),
            region=row["region"],
            level=Level(row["level"]),
            side=Side(row["side"]),
            code=row["code"],
            meaning=row["meaning"],
        )
        for key, row in table.items()
    )
    return MappingProxyType({sector.key: sector for sector in rows})


def sector(key: str) -> Sector:
    """Return the sector with this key; raises KeyError when the map has none."""
    return sectors()[key]
