"""What may be laid over the T2 images, and how: as colours, side by side at a divider, or as a checkerboard."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from highdicom import Volume

from core.pirads import Zone
from core.study import Role
from core.volume import on_grid_of, require_same_frame
from inference.in_mask import values_in
from inference.tissue import BENIGN, CANCER
from viewer.colour_maps import INFERNO, VIRIDIS, ColourMap
from viewer.language import tr
from viewer.render.lut import ADC_UNIT, Window, automatic_window

_ADC_RANGE = ((BENIGN[Zone.PZ].adc + CANCER[Zone.PZ].adc) / 2, CANCER[Zone.TZ].adc - CANCER[Zone.TZ].adc_sd)
"""Colour begins half-way from benign to cancerous PZ and is full a standard deviation below cancer in the TZ, 1350 to
730 × 10⁻⁶ mm²/s by the values that `inference.tissue` cites."""
_SUSPICION_RANGE = (0.1, 1.0)
_SIGNAL_PERCENTILES = (60.0, 99.5)


class FusionMode(Enum):
    """How two images share a viewport; the value is its name on the screen."""

    BLEND = "Blend"
    SWIPE = "Swipe"
    CHECKERBOARD = "Checker"


@dataclass(frozen=True, slots=True)
class FusionLook:
    """How an image is laid over another.

    In a blend `faint` has the first colour of the map, `strong` the last, and what lies before `faint` shows nothing;
    `strong` may be the lower one. The other two modes check alignment: the image shows whole, in grey, with its own
    window. `divider` is a share of the viewport's width, right of which it shows.
    """

    mode: FusionMode
    colours: ColourMap
    faint: float
    strong: float
    opacity: float = 0.5
    divider: float = 0.5
    cell_mm: float = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class FusionSource:
    """An image that can be laid over others: float32, NaN where nothing was measured, with the look it starts with.

    `window` is the grey one that it has when it hangs by itself.
    """

    name: str
    unit: str
    volume: Volume
    window: Window
    look: FusionLook

    @property
    def decimals(self) -> int:
        """How many digits after the point its values are told with."""
        return 2 if abs(self.look.strong - self.look.faint) < 10 else 0


def signal_source(name: str, volume: Volume, reference: Volume, gland: Volume | None = None) -> FusionSource:
    """Return a diffusion image, bright where it is brighter than most of the gland (or of the picture's middle).

    Raises `FramesDiffer` unless it is in the frame of `reference`.
    """
    require_same_frame(volume, reference, names=(name, "the axial T2"))
    window = automatic_window(volume, Role.HIGH_B)
    inside = np.empty(0) if gland is None else values_in(gland, volume, named=name)
    low, high = np.percentile(inside, _SIGNAL_PERCENTILES) if inside.size else (window.level, window.high)
    return _source(name, "", volume, window, INFERNO, (float(low), float(max(high, low + 1))))


def adc_source(name: str, volume: Volume, reference: Volume) -> FusionSource:
    """Return an ADC map, the brighter the lower it is; raises `FramesDiffer`."""
    require_same_frame(volume, reference, names=(name, "the axial T2"))
    known = np.where(volume.array > 0, volume.array, np.nan).astype(np.float32)
    return _source(name, ADC_UNIT, on_grid_of(volume, known), automatic_window(volume, Role.ADC), INFERNO, _ADC_RANGE)


def suspicion_source(volume: Volume, reference: Volume) -> FusionSource:
    """Return the AI's suspicion of each voxel (0 to 1, no calibrated probability); raises `FramesDiffer`."""
    require_same_frame(volume, reference, names=(tr("The AI's map"), "the axial T2"))
    return _source(tr("AI suspicion"), "", volume, Window(1.0, 0.5), VIRIDIS, _SUSPICION_RANGE)


def _source(
    name: str, unit: str, volume: Volume, window: Window, colours: ColourMap, values: tuple[float, float]
) -> FusionSource:
    array = volume.array.astype(np.float32, copy=False)
    look = FusionLook(FusionMode.BLEND, colours, *values)
    return FusionSource(name, unit, on_grid_of(volume, array), window, look)
