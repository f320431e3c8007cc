"""Named windows for each kind of MR image: by percentile where MR signal has no unit, fixed for ADC."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from highdicom import Volume

from core.study import Role
from viewer.language import tr
from viewer.render.lut import ADC_WINDOW, Window, gland_values, percentile_window, picture_values


@dataclass(frozen=True, slots=True)
class WindowPreset:
    """A window by its name: `fixed`, or from one percentile to another of the gland or of the whole picture.

    `margin` raises the upper end by a share of the width.
    """

    name: str
    percentiles: tuple[float, float] = (1.0, 99.5)
    margin: float = 0.0
    of_gland: bool = True
    fixed: Window | None = None

    def window(self, volume: Volume, gland: Volume | None) -> Window:
        """Return the window for a volume; while no gland is known in its frame, that of the picture counts."""
        if self.fixed is not None:
            return self.fixed
        inside = gland_values(volume, gland if self.of_gland else None)
        values = inside if inside.size else picture_values(volume)
        return percentile_window(values, *self.percentiles, margin=self.margin)

    def told(self, volume: Volume, gland: Volume | None) -> str:
        """Return the name, and that it is of the whole picture where no gland is known."""
        if self.fixed is not None or not self.of_gland or gland_values(volume, gland).size:
            return self.name
        return tr("{name} (whole picture)").format(name=self.name)


_PICTURE = WindowPreset(tr("Whole picture"), of_gland=False)
_T2 = (
    WindowPreset(tr("Gland"), margin=0.25),
    WindowPreset(tr("Gland, more contrast"), (5.0, 95.0)),
    _PICTURE,
)
_DIFFUSION = (
    WindowPreset(tr("Gland"), margin=0.25),
    WindowPreset(tr("Brightest of the gland"), (50.0, 99.9)),
    _PICTURE,
)
_ADC = (
    WindowPreset(tr("ADC 0 to 2500"), fixed=ADC_WINDOW),
    WindowPreset(tr("ADC 0 to 1500"), fixed=Window.between(0.0, 1500.0)),
)
_DYNAMIC = (WindowPreset(tr("Gland"), margin=0.25), _PICTURE)

_PRESETS: Mapping[Role, tuple[WindowPreset, ...]] = MappingProxyType(
    {
        **dict.fromkeys((Role.T2_AXIAL, Role.T2_SAGITTAL, Role.T2_CORONAL), _T2),
        **dict.fromkeys((Role.DWI, Role.HIGH_B), _DIFFUSION),
        **dict.fromkeys((Role.DCE, Role.SUBTRACTION), _DYNAMIC),
        Role.ADC: _ADC,
    }
)


def presets_of(role: Role) -> tuple[WindowPreset, ...]:
    """Return the windows of a role in the order of their keys (1, 2, 3)."""
    return _PRESETS.get(role, (_PICTURE,))
