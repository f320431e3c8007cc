"""Images of another frame of reference where the reader laid them on the axial T2, for the analysis to work on."""

from collections.abc import Mapping

from highdicom import Volume

from core.nudge import Nudges
from core.study import Role, RoleChoice


def laid(volume: Volume, choice: RoleChoice, nudges: Nudges) -> Volume:
    """Return the volume of a series where its link, and then the reader's correction, place it; else as it is."""
    return volume if nudges.link_of(choice.stack.series) is None else nudges.placed(volume, choice)


def laid_among(used: Mapping[str, RoleChoice | None], nudges: Nudges) -> tuple[frozenset[Role], tuple[str, ...]]:
    """Return which of the series that the AI works on have a link, and a sentence on each, by what it is called."""
    linked = {name: one for name, one in used.items() if one and nudges.link_of(one.stack.series) is not None}
    told = tuple(_told(name, choice, nudges) for name, choice in linked.items())
    return frozenset(choice.role for choice in linked.values()), told


def _told(name: str, choice: RoleChoice, nudges: Nudges) -> str:
    link, corrected = nudges.link_of(choice.stack.series), nudges.of(choice.role).in_words
    assert link is not None
    then = f", then corrected by {corrected}" if corrected else ""
    return (
        f"The AI worked on {name} where the reader laid it on the axial T2, for it was acquired in another frame of "
        f"reference: {link.in_words}{then}."
    )
