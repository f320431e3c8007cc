"""A higher value looks lighter in every map, to any eye."""

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.data import get_palette_files

from viewer.colour_maps import COLOUR_MAPS, GREY, HOT_IRON, ColourMap, colours_of

# Viénot, Brettel and Mollon, Color Res Appl 1999;24:243: linear RGB as a dichromat sees it
_SEEN_BY = {
    "all cones": np.eye(3),
    "no red cones": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    "no green cones": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
}


def _lightness(colours: NDArray[np.uint8], seen_by: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return CIE L* (0 to 100) of sRGB colours."""
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ seen_by.T
    luminance = np.clip(linear @ (0.2126, 0.7152, 0.0722), 0, 1)
    return np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)


@pytest.mark.parametrize("seen_by", _SEEN_BY)
@pytest.mark.parametrize("colour_map", COLOUR_MAPS.values(), ids=lambda m: m.name)
def test_lightness_rises_from_the_lowest_value_to_the_highest(colour_map: ColourMap, seen_by: str) -> None:
    lightness = _lightness(colours_of(colour_map), _SEEN_BY[seen_by])
    assert np.diff(lightness).min() > -0.35, "rounding to eight bits may take a third of a step back"
    assert np.diff(lightness[::8]).min() > 0
    assert lightness[-1] - lightness[0] > 70


def test_hot_iron_is_that_of_dicom() -> None:
    palette = pydicom.dcmread(next(path for path in get_palette_files() if "hotiron" in str(path)), force=True)
    names = (f"{colour}PaletteColorLookupTableData" for colour in ("Red", "Green", "Blue"))
    expected = np.stack([np.frombuffer(palette[name].value, np.uint8) for name in names], axis=1)
    assert np.abs(colours_of(HOT_IRON).astype(int) - expected).max() <= 2


def test_grey_is_grey() -> None:
    assert (colours_of(GREY) == np.arange(256)[:, None]).all()
