"""What of a study is loaded only when it is hung, and how: beside the window, so that nothing waits for it."""

from collections.abc import Callable

from core.errors import ProsectorError
from core.progress import Progress, Silent
from core.study import Role, RoleChoice
from service.dce import load_subtraction, subtraction_choice
from service.reading import LoadedSeries, OpenStudy, load_other
from viewer.jobs import JobRunner


def others_of(opened: OpenStudy) -> tuple[RoleChoice, ...]:
    """Return what a study has besides its loaded series: those with a role, a DCE's subtraction, those without one."""
    subtraction = subtraction_choice(opened.recognised)
    found = [*opened.others, *([subtraction] if subtraction else [])]
    return tuple(sorted(found, key=lambda choice: choice.role is Role.OTHER))


def load_here(choice: RoleChoice, done: Callable[[LoadedSeries], None]) -> None:
    """Load a series at once, in this thread."""
    done(_load(choice, Silent()))


class SeriesFetch:
    """Loads series in the threads of a job runner."""

    def __init__(self, jobs: JobRunner) -> None:
        self._jobs = jobs

    def __call__(self, choice: RoleChoice, done: Callable[[LoadedSeries], None]) -> None:
        """Load a series and hand it over in the window's thread, with the sentence why when it cannot be shown."""
        self._jobs.start(
            lambda progress: _load(choice, progress),
            on_done=done,
            on_failed=lambda sentence: done(LoadedSeries(choice, None, problem=sentence)),
        )


def _load(choice: RoleChoice, progress: Progress) -> LoadedSeries:
    if choice.role is not Role.SUBTRACTION:
        return load_other(choice)
    try:
        return load_subtraction(choice, progress)
    except ProsectorError as error:
        return LoadedSeries(choice, None, problem=str(error))
