"""From stored values to grey: the window, its look-up table, and the window that a picture starts with."""

from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.study import Role
from inference.in_mask import values_in
from viewer.render.slice import Pixels

Grey = NDArray[np.uint8]

_NARROWEST = 1e-3
_ENOUGH_VOXELS = 200_000
_GLAND_MARGIN = 0.25


@dataclass(frozen=True, slots=True)
class Window:
    """A grey-level window: `width` > 0 and `level` (its middle) in the units of the picture."""

    width: float
    level: float

    @property
    def low(self) -> float:
        """The value that is just black."""
        return self.level - self.width / 2

    @property
    def high(self) -> float:
        """The value that is just white."""
        return self.level + self.width / 2

    @staticmethod
    def between(low: float, high: float) -> "Window":
        """Return the window from `low` to `high`."""
        return Window(max(high - low, _NARROWEST), (low + high) / 2)


ADC_WINDOW = Window(2500.0, 1250.0)
"""The fixed window of an ADC map in 10⁻⁶ mm²/s, so that darkness means the same in every study."""


ADC_UNIT = "10⁻⁶ mm²/s"


def grey(values: Pixels, window: Window, *, inverted: bool = False) -> Grey:
    """Return 8 bit grey levels of `values`, linear over the window (LINEAR_EXACT of PS3.3 C.11.2.1.3.2)."""
    levels = np.subtract(values, window.low, dtype=np.float32)
    levels *= 255.0 / window.width
    if values.dtype.kind == "f":
        np.nan_to_num(levels, copy=False)  # no number, as in an ADC that could not be fitted, is black
    np.clip(levels, 0, 255, out=levels)
    if inverted:
        np.subtract(255, levels, out=levels)
    return np.rint(levels, out=levels).astype(np.uint8)


def automatic_window(volume: Volume, role: Role, gland: Volume | None = None) -> Window:
    """Return the window that a picture starts with.

    ADC is fixed at 0 to 2500 × 10⁻⁶ mm²/s. Others run from the 1st to the 99.5th percentile: in the gland, widened by
    a quarter, where its mask lies in the volume, otherwise in the picture as `picture_values` has it.
    """
    if role is Role.ADC:
        return ADC_WINDOW
    inside = gland_values(volume, gland)
    if inside.size:
        return percentile_window(inside, 1, 99.5, margin=_GLAND_MARGIN)
    return percentile_window(picture_values(volume), 1, 99.5)


def percentile_window(values: Pixels, low: float, high: float, *, margin: float = 0.0) -> Window:
    """Return the window from one percentile to another, its upper end raised by a share of its width."""
    values = values[np.isfinite(values)]
    if not values.size:
        return Window(1.0, 0.5)
    first, last = (float(value) for value in np.percentile(values, (low, high)))
    return Window.between(first, last + margin * (last - first))


def gland_values(volume: Volume, gland: Volume | None) -> Pixels:
    """Return the values in the gland; none without one, or with one in another frame of reference."""
    frame = volume.frame_of_reference_uid
    if gland is None or not frame or gland.frame_of_reference_uid != frame:
        return np.empty(0, volume.array.dtype)
    return values_in(gland, volume)


def picture_values(volume: Volume) -> Pixels:
    """Return some values other than 0 of the middle half of each slice, where the prostate is and the glare of the
    coil near the skin is not; of the whole of it where the middle is empty, and none when all is 0."""
    array = volume.array
    rows, columns = array.shape[1] // 4, array.shape[2] // 4
    middle = _some(array[:, rows : array.shape[1] - rows, columns : array.shape[2] - columns])
    return middle if middle.size else array[array != 0]


def _some(array: NDArray[np.generic]) -> Pixels:
    flat = array.reshape(-1)
    thinned = flat[:: max(1, flat.size // _ENOUGH_VOXELS)]
    return thinned[thinned != 0]
