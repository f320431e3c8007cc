"""The dynamic contrast-enhanced (DCE) series of a study, and which of its images belong to which phase.

Scanners send it in one of two ways: all phases in one series, told apart by the temporal position or by time, or one
series for each phase on one grid.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from core.errors import StudyUnreadable
from core.study import Instance, Role, RoleChoice, Stack
from inference.confidence import evidence_of_dynamic
from inference.elements import Damaged, NotDicom
from inference.frames import header_of
from inference.header import Header
from inference.plane import Plane, along_normal
from inference.stack_facts import StackFacts

LEAST_PHASES = 4
"""Fewer are no dynamic series but single acquisitions before and after contrast agent. PI-RADS v2.1 asks for at least
15 s per phase over two minutes, which is eight."""
_LEAST_SLICES = 6
_MOST_ECHO_MS = 10.0
"""PI-RADS v2.1 asks for TE < 5 ms; longer than 10 ms is not T1 weighted."""
_COMPUTED = {"SUBTRACTION", "SUB", "PROJECTION IMAGE", "MIP", "MINIP", "MAP"}


def dynamic_of(stacks: Iterable[StackFacts], *, chosen: bool = False) -> RoleChoice | None:
    """Return the DCE among the stacks of a study: one stack for each phase, by time, with the reason; None without one.

    Of several the one with most phases is taken. A DCE whose positions hold unequal numbers of images is none. Stacks
    that a reader has `chosen` are not asked for their echo.
    """
    usable = [facts for facts in stacks if chosen or _is_t1_gradient_echo(facts)]
    found = [*map(_of_one_series, usable), *_of_many_series(usable)]
    dynamic = [one for one in found if one is not None and len(one.stacks) >= LEAST_PHASES]
    return max(dynamic, key=lambda one: len(one.stacks), default=None)


def _is_t1_gradient_echo(facts: StackFacts) -> bool:
    first = facts.first
    echo = set(first.scanning_sequence)
    places = facts.slices // max(facts.images_per_position, 1)
    return (
        facts.series.modality == "MR"
        and facts.plane is Plane.AXIAL
        and places >= _LEAST_SLICES
        and not (facts.is_adc or facts.is_diffusion)
        and not ({"SE", "EP", "IR"} & echo or _COMPUTED & set(first.image_type))
        and (first.echo_time_ms or 0.0) <= _MOST_ECHO_MS
    )


# ------------------------------------------------------------------ all phases in one series


@dataclass(frozen=True, slots=True)
class _Frame:
    instance: Instance
    place: float
    acquired_s: float | None
    position: int | None
    trigger_ms: float | None
    resolution_ms: float | None


def _of_one_series(facts: StackFacts) -> RoleChoice | None:
    if facts.images_per_position < LEAST_PHASES:
        return None
    phases = _phases([_frame(instance) for instance in facts.stack.instances])
    if not phases:
        return None
    times = _times(phases)
    stacks = tuple(
        replace(facts.stack, instances=tuple(frame.instance for frame in phase), time_s=time)
        for phase, time in zip(phases, times, strict=True)
    )
    return _choice(facts, stacks, "in one series")


def _frame(instance: Instance) -> _Frame:
    header = _header(instance)
    return _Frame(
        instance=instance,
        place=round(along_normal(header.cosines, header.position), 1),
        acquired_s=_seconds(header),
        position=header.temporal_position,
        trigger_ms=header.trigger_ms,
        resolution_ms=header.temporal_resolution_ms,
    )


def _header(instance: Instance) -> Header:
    try:
        return header_of(instance)
    except (Damaged, NotDicom, OSError) as error:
        raise StudyUnreadable(f"{instance.path} is no longer readable ({error}); open the study again.") from error


def _phases(frames: Sequence[_Frame]) -> list[list[_Frame]]:
    """Return the images of each phase: by temporal position where it is stated, else the n-th at each place by time."""
    positions = {frame.position for frame in frames}
    if None not in positions and len(positions) > 1:
        by_position: dict[int, list[_Frame]] = defaultdict(list)
        for frame in frames:
            by_position[frame.position or 0].append(frame)
        return [by_position[position] for position in sorted(by_position)]
    by_place: dict[float, list[_Frame]] = defaultdict(list)
    for frame in frames:
        by_place[frame.place].append(frame)
    stacks = [sorted(at, key=_order) for at in by_place.values()]
    if len({len(at) for at in stacks}) != 1:
        return []
    return [list(phase) for phase in zip(*stacks, strict=True)]


def _order(frame: _Frame) -> tuple[float, float, int]:
    return frame.acquired_s or 0.0, frame.trigger_ms or 0.0, frame.instance.instance_number or 0


def _times(phases: Sequence[Sequence[_Frame]]) -> list[float | None]:
    """Return the time (s) of each phase: of acquisition, else the trigger's, else by the temporal resolution."""
    acquired = [_earliest(frame.acquired_s for frame in phase) for phase in phases]
    triggers = [_earliest(frame.trigger_ms for frame in phase) for phase in phases]
    for moments, per_second in ((acquired, 1.0), (triggers, 1000.0)):
        if (known := _from_first(moments, per_second)) is not None:
            return [*known]
    resolution = phases[0][0].resolution_ms
    return [n * resolution / 1000 if resolution else None for n in range(len(phases))]


def _earliest(moments: Iterable[float | None]) -> float | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _from_first(moments: Sequence[float | None], per_second: float) -> list[float] | None:
    """Return the moments in seconds after the first; None when one is unknown or they do not rise."""
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(moments) or any(later <= earlier for earlier, later in pairwise(known)):
        return None
    return [(moment - known[0]) / per_second for moment in known]


# ------------------------------------------------------------------ one series for each phase


def _of_many_series(usable: Sequence[StackFacts]) -> list[RoleChoice]:
    by_grid: dict[object, list[tuple[float, StackFacts]]] = defaultdict(list)
    for facts in usable:
        moment = _seconds(facts.first)
        if facts.images_per_position == 1 and moment is not None:
            # a T1 map's series lie on the same grid and differ by their flip angle
            by_grid[facts.grid, facts.first.echo_time_ms, facts.first.flip_angle_deg].append((moment, facts))
    return [_from_series(phases) for phases in by_grid.values()]


def _from_series(phases: Sequence[tuple[float, StackFacts]]) -> RoleChoice:
    """Return the phases by time; of series with one time, as of a repeated reconstruction, the first counts."""
    by_time: dict[float, StackFacts] = {}
    for moment, facts in sorted(phases, key=lambda phase: (phase[0], phase[1].series.number or 0)):
        by_time.setdefault(moment, facts)
    first = next(iter(by_time))
    stacks = tuple(replace(facts.stack, time_s=moment - first) for moment, facts in by_time.items())
    return _choice(by_time[first], stacks, "one series each")


def _choice(facts: StackFacts, stacks: tuple[Stack, ...], how: str) -> RoleChoice:
    last = stacks[-1].time_s
    took = "" if last is None else f" over {last:.0f} s"
    agent = f", contrast agent {facts.first.contrast_agent}" if facts.first.contrast_agent else ""
    plane = facts.orientation.words if facts.orientation else ""
    seen = f"{plane}, {len(stacks[0].instances)} slices of {facts.thickness_mm:.2g} mm, gradient echo"
    reason = f"{seen}, {len(stacks)} phases{took}, {how}{agent} → DCE"
    sure = evidence_of_dynamic(facts, [stack.time_s for stack in stacks]).confidence
    return RoleChoice(Role.DCE, stacks, reason, confidence=sure)


def _seconds(header: Header) -> float | None:
    """Return when an image was acquired, in seconds of the scanner's clock; None when the header does not say."""
    whole, _, fraction = header.acquired.partition(".")
    try:
        moment = datetime.strptime(whole, "%Y%m%d%H%M%S")  # noqa: DTZ007  (DICOM's own local time)
    except ValueError:
        return None
    of_day = 3600 * moment.hour + 60 * moment.minute + moment.second
    return 86400.0 * moment.toordinal() + of_day + float(f"0.{fraction if fraction.isdigit() else 0}")
