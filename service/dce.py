"""The dynamic series of an opened study, and the images that are made of it."""

from dataclasses import replace

from core.errors import CannotCompute
from core.nudge import Nudge
from core.progress import Progress
from core.study import RecognisedStudy, Role, RoleChoice
from inference.dce import Dynamic, load_dynamic, subtraction
from service.reading import LoadedSeries, OpenStudy


def open_dce(opened: OpenStudy, nudge: Nudge, progress: Progress) -> Dynamic:
    """Load the phases of a study's DCE, where the reader moved them.

    Raises `CannotCompute` when it has none, `SeriesIncomplete` when a phase cannot be loaded, `Cancelled`.
    """
    choice = opened.recognised.one(Role.DCE)
    if choice is None:
        raise CannotCompute("This study has no dynamic contrast-enhanced series.")
    return load_dynamic(choice, progress).moved(nudge)


def subtraction_choice(recognised: RecognisedStudy) -> RoleChoice | None:
    """Return the subtraction that can be made of a study's DCE, as one of its images; None without a DCE."""
    dce = recognised.one(Role.DCE)
    if dce is None:
        return None
    return replace(
        dce, role=Role.SUBTRACTION, reason="early phase less those before contrast agent, calculated", calculated=True
    )


def load_subtraction(choice: RoleChoice, progress: Progress) -> LoadedSeries:
    """Return the early subtraction of a choice that `subtraction_choice` made; raises `SeriesIncomplete`."""
    dynamic = load_dynamic(choice, progress)
    return LoadedSeries(choice, subtraction(dynamic, dynamic.early))
