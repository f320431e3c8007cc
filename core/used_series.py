"""Which series the AI worked on, and whether the study still takes the same ones for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.study import ROLE_NAMES, RecognisedStudy, Role, RoleChoice

_ROLES = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B)


@dataclass(frozen=True, slots=True)
class UsedSeries:
    """What played a role in an analysis: `stacks` are series UID and b-value (s/mm²), `label` is as people say it."""

    role: Role
    stacks: tuple[tuple[str, float | None], ...]
    label: str


def used_series(recognised: RecognisedStudy) -> tuple[UsedSeries, ...]:
    """Return what an analysis of the study works on."""
    choices = [recognised.one(role) for role in _ROLES]
    return tuple(_used(choice) for choice in choices if choice is not None)


def superseded(used: Sequence[UsedSeries], recognised: RecognisedStudy) -> str:
    """Return which series the AI worked on that the study no longer takes for it, in words; empty when none."""
    told = ", ".join(_changes(used, recognised)) if used else ""
    return f"What the AI found comes from other series than the study has now ({told}): run the AI again." * bool(told)


def _used(choice: RoleChoice) -> UsedSeries:
    stacks = tuple((stack.series.series_instance_uid, stack.b_value) for stack in choice.stacks)
    return UsedSeries(choice.role, stacks, choice.stack.series.label)


def _changes(used: Sequence[UsedSeries], recognised: RecognisedStudy) -> Iterator[str]:
    before, now = {one.role: one for one in used}, {one.role: one for one in used_series(recognised)}
    for role in _ROLES:
        old, new = before.get(role), now.get(role)
        if (old and old.stacks) != (new and new.stacks):
            yield f"{ROLE_NAMES[role]}: {old.label if old else 'none'}, now {new.label if new else 'none'}"
