"""The analysis in a killable process of its own."""

from core.findings import Findings
from core.progress import Progress
from core.study import RecognisedStudy
from inference.models import Models
from inference.pipeline import BUILT_IN, analyse
from inference.spawned import run_in_child


def analyse_in_child(recognised: RecognisedStudy, progress: Progress, models: Models = BUILT_IN) -> Findings:
    """Return what `inference.pipeline.analyse` finds, run in a child process.

    Raises what `analyse` raises; `WorkerDied` when the child ends without an answer. `progress` is asked at least
    every 0.2 s; whatever it raises (`Cancelled`) kills the child at once and comes out of here.
    """
    return run_in_child(_analyse, (recognised, models), progress)


def _analyse(work: tuple[RecognisedStudy, Models], progress: Progress) -> Findings:
    recognised, models = work
    return analyse(recognised, progress, models)
