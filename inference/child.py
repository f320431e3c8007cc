"""The analysis in a killable process of its own."""

from collections.abc import Callable

from core.findings import Findings, Gland
from core.nudge import Nudges
from core.progress import Progress
from core.study import RecognisedStudy
from inference.memory import MEMORY_BYTES, require_memory
from inference.models import Models
from inference.pipeline import BUILT_IN, analyse
from inference.spawned import Reporter, run_in_child

_UNMOVED = Nudges()


def analyse_in_child(
    recognised: RecognisedStudy,
    progress: Progress,
    models: Models = BUILT_IN,
    on_gland: Callable[[Gland], object] = lambda _gland: None,
    nudges: Nudges = _UNMOVED,
) -> Findings:
    """Return what `inference.pipeline.analyse` finds, run in a child process.

    `on_gland` is called as soon as the gland is known. Raises what `analyse` raises; `WorkerDied` when the child ends
    without an answer. `progress` is asked at least every 0.2 s; whatever it raises (`Cancelled`) kills the child at
    once and comes out of here.
    """
    return run_in_child(_analyse, (recognised, models, nudges), progress, on_gland)


def _analyse(work: tuple[RecognisedStudy, Models, Nudges], reporter: Reporter) -> Findings:
    require_memory(MEMORY_BYTES, "The analysis")
    recognised, models, nudges = work
    return analyse(recognised, reporter, models, reporter.tell_early, nudges)
