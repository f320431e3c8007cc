"""Dynamic contrast-enhanced (DCE) images: enhancement over time, its measures at a place and as maps.

Onset, time to peak, wash-in and wash-out are those of Choi et al., RadioGraphics 2007;27:63 (figure 5), with the signal
relative to the one before contrast agent, since MR signal has no unit. The peak counts as reached where nine tenths of
it are: on a plateau, noise alone decides which phase is the highest. Curve types are those of Kuhl et al., Radiology
1999;211:101, with the tenth by which ACR BI-RADS MRI (2013) tells them apart. All of it describes; PI-RADS v2.1 asks
only whether enhancement is focal and early.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.annotations import Annotation
from core.errors import SeriesIncomplete
from core.nudge import Nudge
from core.progress import Progress, Silent
from core.study import RoleChoice
from core.volume import PointLps, index_kji, on_grid_of, same_grid
from inference.in_mask import Indices, voxels_in
from inference.load import load_stack
from inference.roi import roi_statistics

EARLY_S = 40.0
"""The phase nearest to so long after the contrast agent arrives is shown as the early one: in it arteries and what
enhances early are bright, and normal peripheral zone is not yet."""

_PEAK_WITHIN_S = 60.0
"""The early peak of a curve, against which its course is judged. BI-RADS takes two minutes, in the prostate the whole
length of many examinations."""
_COURSE = 0.1
_LAST_PHASES = 3
_ONSET_SHARE, _PEAK_SHARE = 0.1, 0.9
_ARRIVAL_SHARE = 0.2
_VESSELS = 0.02
_EVERY = 3
_NO_SIGNAL = 0.1
_Floats = NDArray[np.float32]


class CurveType(IntEnum):
    """How a curve goes on after its early peak; `NONE` where nothing enhances or too little time was measured."""

    NONE = 0
    PERSISTENT = 1
    PLATEAU = 2
    WASH_OUT = 3


@dataclass(frozen=True, slots=True, eq=False)
class Dynamic:
    """The phases of one examination on one grid, their times (s after the first phase), and how many come before the
    contrast agent (at least one)."""

    phases: tuple[Volume, ...]
    times_s: tuple[float, ...]
    before: int
    named: str

    @property
    def arrival_s(self) -> float:
        """When the last phase before the contrast agent was acquired."""
        return self.times_s[self.before - 1]

    @property
    def early(self) -> int:
        """The phase that is shown as the early one."""
        after = range(min(self.before, len(self.times_s) - 1), len(self.times_s))
        return min(after, key=lambda phase: abs(self.times_s[phase] - self.arrival_s - EARLY_S))

    def moved(self, nudge: Nudge) -> "Dynamic":
        """Return the same phases where a nudge of the reader puts them."""
        return self if nudge.is_none else replace(self, phases=tuple(nudge.moved(phase) for phase in self.phases))


@dataclass(frozen=True, slots=True)
class Kinetics:
    """The measures of one curve; times in s after the first phase.

    `peak_percent` is the highest enhancement, `time_to_peak_s` and `wash_in` (%/s) reach from onset to nine tenths of
    it, `wash_out` (%/min) is what is lost from it to the mean of the last three phases, 0 when it is among them.
    """

    onset_s: float
    time_to_peak_s: float
    peak_percent: float
    wash_in: float
    wash_out: float
    curve_type: CurveType


@dataclass(frozen=True, slots=True)
class Curve:
    """The mean signal of some voxels over time, and its enhancement (%) over the signal before contrast agent."""

    times_s: tuple[float, ...]
    signal: tuple[float, ...]
    enhancement: tuple[float, ...]
    kinetics: Kinetics


@dataclass(frozen=True, slots=True, eq=False)
class DceMaps:
    """Measures of every voxel (float32) in %/s, %/min and s; 0 where there is no signal and where nothing enhances."""

    wash_in: Volume
    wash_out: Volume
    time_to_peak: Volume


def load_dynamic(choice: RoleChoice, progress: Progress = Silent()) -> Dynamic:
    """Load all phases of a DCE.

    Raises `SeriesIncomplete` naming the series when a phase lacks a slice, lies on another grid, or no times are known.
    """
    named = choice.stack.series.label
    times = [stack.time_s for stack in choice.stacks if stack.time_s is not None]
    if len(times) < len(choice.stacks):
        raise SeriesIncomplete(
            f"The DCE of {named} does not say when its phases were acquired, so no curve can be drawn; its images can "
            "be looked at one by one."
        )
    phases: list[Volume] = []
    for stack in choice.stacks:
        progress.report(len(phases) / len(choice.stacks), f"Loading DCE phase {len(phases) + 1}")
        phases.append(load_stack(stack))
        if not same_grid(phases[0], phases[-1]):
            raise SeriesIncomplete(
                f"Phase {len(phases)} of {stack.series.label} does not lie on the grid of the first."
            )
    return Dynamic(tuple(phases), tuple(times), _before(phases), choice.stack.series.description or named)


def subtraction(dynamic: Dynamic, phase: int) -> Volume:
    """Return a phase less the mean of those before the contrast agent (float32)."""
    signal = np.asarray(dynamic.phases[phase].array, dtype=np.float32)
    return on_grid_of(dynamic.phases[0], np.subtract(signal, _baseline(dynamic)))


def curve_at(dynamic: Dynamic, point: PointLps) -> Curve | None:
    """Return the curve of the voxel at a patient position (mm, LPS); None outside of the images."""
    index = np.rint(index_kji(dynamic.phases[0], point)).astype(np.intp)
    if np.any(index < 0) or np.any(index >= dynamic.phases[0].spatial_shape):
        return None
    k, j, i = (np.array([n]) for n in index)
    return _curve_of(dynamic, (k, j, i))


def curve_in(dynamic: Dynamic, mask: Volume) -> Curve | None:
    """Return the mean curve of a mask that was drawn on another series; None outside of the images.

    Raises `FramesDiffer`.
    """
    index = voxels_in(mask, dynamic.phases[0], named=dynamic.named)
    return _curve_of(dynamic, index) if index[0].size else None


def curve_in_region(dynamic: Dynamic, drawn: Annotation) -> Curve:
    """Return the mean curve of an ellipse or polygon of the reader; raises `FramesDiffer` and `OutsideImages`."""
    means = [roi_statistics(drawn, phase, dynamic.named).mean for phase in dynamic.phases]
    return curve(dynamic.times_s, means, dynamic.before)


def curve(times_s: tuple[float, ...], signal: Any, before: int) -> Curve:
    """Return the curve of a signal over time, of which the first `before` phases come before contrast agent."""
    values = np.asarray(signal, dtype=np.float64)
    baseline = max(float(values[:before].mean()), 1e-6)
    percent = 100 * (values / baseline - 1)
    return Curve(times_s, tuple(values.tolist()), tuple(percent.tolist()), _kinetics(times_s, percent, before))


def maps(dynamic: Dynamic, progress: Progress = Silent()) -> DceMaps:
    """Return the measures of every voxel; voxels with less than a tenth of the brightest signal have none."""
    times = np.array(dynamic.times_s, dtype=np.float32)
    baseline = _baseline(dynamic)
    least = _NO_SIGNAL * float(np.percentile(baseline, 99))
    made = np.zeros((3, *baseline.shape), np.float32)
    for k in range(baseline.shape[0]):
        progress.report(k / baseline.shape[0], "Computing the contrast maps")
        seen = baseline[k] > least
        signals = np.stack([phase.array[k][seen] for phase in dynamic.phases]).astype(np.float32)
        made[:, k, seen] = _measured(times, 100 * (signals / baseline[k][seen] - 1), dynamic.before)
    return DceMaps(*(on_grid_of(dynamic.phases[0], made[n]) for n in range(3)))


def _before(phases: list[Volume]) -> int:
    """Return how many phases come before contrast agent: until what enhances most has made a fifth of its way."""
    some = np.stack([phase.array[:, ::_EVERY, ::_EVERY].ravel() for phase in phases]).astype(np.float32)
    rise = some.max(axis=0) - some[0]
    vessels = some[:, rise >= np.quantile(rise, 1 - _VESSELS)].mean(axis=1)
    arrived = vessels > vessels[0] + _ARRIVAL_SHARE * (vessels.max() - vessels[0])
    return max(int(np.argmax(arrived)), 1)


def _baseline(dynamic: Dynamic) -> _Floats:
    before = np.stack([phase.array for phase in dynamic.phases[: dynamic.before]])
    return np.asarray(before.mean(axis=0, dtype=np.float32))


def _curve_of(dynamic: Dynamic, index: Indices) -> Curve:
    means = [float(np.asarray(phase.array)[index].mean(dtype=np.float64)) for phase in dynamic.phases]
    return curve(dynamic.times_s, means, dynamic.before)


def _kinetics(times_s: tuple[float, ...], percent: NDArray[np.float64], before: int) -> Kinetics:
    times = np.array(times_s)
    wash_in, wash_out, time_to_peak = (float(one[0]) for one in _measured(times, percent[:, None], before))
    onset = int(_first_beyond(percent[:, None], before, _ONSET_SHARE)[0]) - 1
    return Kinetics(
        onset_s=float(times[onset]),
        time_to_peak_s=time_to_peak,
        peak_percent=float(percent[before:].max()),
        wash_in=wash_in,
        wash_out=wash_out,
        curve_type=_type(times, percent, onset),
    )


def _first_beyond(percent: NDArray[Any], before: int, share: float) -> NDArray[np.intp]:
    """Return the first phase after contrast agent in which each curve (phase, voxel) has this share of its peak."""
    after = percent[before:]
    return np.asarray(after >= share * after.max(axis=0)).argmax(axis=0) + before


def _measured(times: NDArray[Any], percent: NDArray[Any], before: int) -> tuple[Any, Any, Any]:
    """Return wash-in (%/s), wash-out (%/min) and time to peak (s) of curves (phase, voxel)."""
    voxel = np.arange(percent.shape[1])
    onset, reached = (_first_beyond(percent, before, share) for share in (_ONSET_SHARE, _PEAK_SHARE))
    onset, peak = onset - 1, percent[before:].argmax(axis=0) + before
    enhances = percent[peak, voxel] > 0
    rise_s = np.where(enhances, times[reached] - times[onset], 1)
    wash_in = np.where(enhances, (percent[reached, voxel] - percent[onset, voxel]) / rise_s, 0)
    last_s, last = times[-_LAST_PHASES:].mean(), percent[-_LAST_PHASES:].mean(axis=0)
    falls = enhances & (peak < len(times) - _LAST_PHASES)
    fall_s = np.where(falls, last_s - times[peak], 1)
    wash_out = np.where(falls, 60 * (percent[peak, voxel] - last) / fall_s, 0)
    return wash_in, wash_out, np.where(enhances, rise_s, 0)


def _type(times: NDArray[Any], percent: NDArray[Any], onset: int) -> CurveType:
    """Return the type of a curve by the signal's change from its early peak to the last three phases."""
    early = (times > times[onset]) & (times <= times[onset] + _PEAK_WITHIN_S)
    late = times[-_LAST_PHASES:]
    if percent.max() < 100 * _COURSE or not early.any() or late[0] <= times[onset] + _PEAK_WITHIN_S:
        return CurveType.NONE
    first = 1 + percent[early].max() / 100
    change = (1 + percent[-_LAST_PHASES:].mean() / 100) / first - 1
    if change > _COURSE:
        return CurveType.PERSISTENT
    return CurveType.WASH_OUT if change < -_COURSE else CurveType.PLATEAU
