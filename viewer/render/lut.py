"""From stored values to grey: the window, its look-up table, and the window that a picture starts with."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.study import Role
from core.volume import same_grid
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

    @staticmethod
    def between(low: float, high: float) -> "Window":
        """Return the window from `low` to `high`."""
        return Window(max(high - low, _NARROWEST), (low + high) / 2)


ADC_WINDOW = Window(2500.0, 1250.0)
"""The fixed window of an ADC map in 10⁻⁶ mm²/s, so that darkness means the same in every study."""


def grey(values: Pixels, window: Window, *, inverted: bool = False) -> Grey:
    """Return 8 bit grey levels of `values`, linear over the window (LINEAR_EXACT of PS3.3 C.11.2.1.3.2)."""
    if values.dtype.kind in "iu" and values.dtype.itemsize == 2:
        return _table(values.dtype.str, window, inverted)[values.view(np.uint16)]
    return _ramp(values.astype(np.float32), window, inverted)


def automatic_window(volume: Volume, role: Role, gland: Volume | None = None) -> Window:
    """Return the window that a picture starts with.

    ADC is fixed at 0 to 2500 × 10⁻⁶ mm²/s. Others run from the 1st to the 99.5th percentile of the voxels that are
    not 0: of the gland, widened by a quarter, where its mask lies on the volume's own grid, otherwise of the middle
    half of each slice, where the prostate is and the glare of the coil near the skin is not.
    """
    if role is Role.ADC:
        return ADC_WINDOW
    if gland is not None and same_grid(gland, volume):
        inside = volume.array[gland.array > 0]
        if inside.size:
            low, high = np.percentile(inside, (1, 99.5))
            return Window.between(float(low), float(high + _GLAND_MARGIN * (high - low)))
    some = _middle(volume.array)
    some = some[some != 0]
    if not some.size:
        return Window(1.0, 0.5)
    low, high = np.percentile(some, (1, 99.5))
    return Window.between(float(low), float(high))


def _middle(array: NDArray[np.generic]) -> Pixels:
    rows, columns = array.shape[1] // 4, array.shape[2] // 4
    middle = array[:, rows : array.shape[1] - rows, columns : array.shape[2] - columns].reshape(-1)
    return middle[:: max(1, middle.size // _ENOUGH_VOXELS)]


@lru_cache(maxsize=64)
def _table(dtype: str, window: Window, inverted: bool) -> Grey:
    """Return the grey level of each 16 bit pattern."""
    return _ramp(np.arange(1 << 16, dtype=np.uint16).view(dtype).astype(np.float32), window, inverted)


def _ramp(values: NDArray[np.float32], window: Window, inverted: bool) -> Grey:
    levels = np.clip((values - window.low) * (255.0 / window.width), 0, 255)
    return np.rint(255 - levels if inverted else levels).astype(np.uint8)
