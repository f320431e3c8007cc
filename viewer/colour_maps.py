"""Colours for values: maps whose lightness rises evenly, so that order is seen without hue and in any colour vision."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

STEPS = 256


@dataclass(frozen=True, slots=True)
class ColourMap:
    """Colours (`#rrggbb`) at even distances, straight lines of sRGB between them.

    `fades` tells that the first colours are nearly black and say little over an image: they are drawn more and more
    transparent.
    """

    name: str
    colours: tuple[str, ...]
    fades: bool = False


INFERNO = ColourMap(
    "Inferno",
    (
        *("#000004", "#110a30", "#320a5e", "#57106e", "#781c6d", "#9a2865", "#bc3754"),
        *("#d84c3e", "#ed6925", "#f98c0a", "#fcb418", "#f4df53", "#fcffa4"),
    ),
    fades=True,
)
VIRIDIS = ColourMap(
    "Viridis",
    (
        *("#440154", "#481f70", "#443983", "#3b528b", "#31688e", "#287c8e", "#21918c"),
        *("#20a486", "#35b779", "#5cc863", "#8ed645", "#c8e020", "#fde725"),
    ),
)
HOT_IRON = ColourMap("Hot iron", ("#000000", "#800000", "#ff0000", "#ff8000", "#ffffff"), fades=True)
GREY = ColourMap("Grey", ("#000000", "#ffffff"))

COLOUR_MAPS: Mapping[str, ColourMap] = MappingProxyType({one.name: one for one in (INFERNO, VIRIDIS, HOT_IRON, GREY)})
"""The maps by name. Inferno and Viridis (Smith and van der Walt, CC0) at thirteen places; Hot iron is DICOM's own
palette (PS3.6 B.1.1)."""


@cache
def colours_of(colour_map: ColourMap) -> NDArray[np.uint8]:
    """Return the colours (256, RGB) of a map, from the lowest value to the highest."""
    stops = np.array([[*bytes.fromhex(colour[1:])] for colour in colour_map.colours])
    places, at = np.linspace(0, 1, STEPS), np.linspace(0, 1, len(stops))
    table = np.stack([np.interp(places, at, stops[:, channel]) for channel in range(3)], axis=1)
    table = np.rint(table).astype(np.uint8)
    table.setflags(write=False)
    return table
