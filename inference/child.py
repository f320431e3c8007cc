"""The analysis in a killable process of its own."""

from core.findings import Findings
from core.progress import Progress
from core.study import RecognisedStudy
from inference.pipeline import analyse
from inference.spawned import run_in_child


def analyse_in_child(recognised: RecognisedStudy, progress: Progress) -> Findings:
    """Return what `inference.pipeline.analyse` finds, run in a child process.

    Raises what `analyse` raises; `WorkerDied` when the child ends without an answer. `progress` is asked at least
    every 0.2 s; whatever it raises (`Cancelled`) kills the child at once and comes out of here.
    """
    return run_in_child(analyse, recognised, progress)
