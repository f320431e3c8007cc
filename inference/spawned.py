"""Any long work in a process of its own: a crash or a lack of memory ends it and not us, and stopping is at once.

This module imports little, for a spawned process imports it anew.
"""

import contextlib
import multiprocessing
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar, cast

from core.errors import OutOfMemory, ProsectorError, WorkerDied
from core.progress import Progress
from inference.memory import says_no_memory

_HEARTBEAT_S = 0.1
"""How often the parent's progress is asked whether to go on."""

STARTING = "Starting the analysis"
"""What is reported until the process reports itself."""
OUT_OF_MEMORY = (
    "The analysis ran out of memory. Nothing was found or ruled out; close other programs and run it again, "
    "or read the study by hand."
)

_Argument = TypeVar("_Argument")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class _Step:
    fraction: float
    message: str


@dataclass(frozen=True, slots=True)
class _Early:
    part: Any


@dataclass(frozen=True, slots=True)
class _Done:
    answer: Any


@dataclass(frozen=True, slots=True)
class _Failed:
    error: ProsectorError


def run_in_child(
    work: Callable[[_Argument, "Reporter"], _Answer],
    argument: _Argument,
    progress: Progress,
    on_early: Callable[[Any], object] = lambda _part: None,
) -> _Answer:
    """Return `work(argument, reporter)`, run in a spawned process; `work` is a function of a module, not a closure.

    What `work` tells by `Reporter.tell_early` comes to `on_early` in the caller's thread while it goes on. Raises what
    `work` raises when that is a `ProsectorError`; `OutOfMemory` when memory could not be had; `WorkerDied` for any
    other failure and when the process ends without an answer. `progress` is asked at least every 0.2 s; whatever it
    raises (`Cancelled`) kills the process at once and comes out of here.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(theirs, work, argument), daemon=True)
    try:
        process.start()
        theirs.close()
        return cast(_Answer, _answer(process, ours, progress, on_early))
    finally:
        theirs.close()
        ours.close()
        _end(process)


def _answer(process: SpawnProcess, ours: Connection, progress: Progress, on_early: Callable[[Any], object]) -> Any:
    last = _Step(0.0, STARTING)
    while True:
        progress.report(last.fraction, last.message)
        if ours not in wait([ours, process.sentinel], timeout=_HEARTBEAT_S):
            if process.exitcode is None:
                continue
            # The child may have answered between the two looks.
            if not ours.poll():
                raise _died(process)
        match _received(ours, process):
            case _Step() as step:
                last = step
            case _Early(part):
                on_early(part)
            case _Done(answer):
                return answer
            case _Failed(error):
                raise error
            case other:
                raise WorkerDied(f"The analysis process answered with {type(other).__name__}, which means nothing.")


def _received(ours: Connection, process: SpawnProcess) -> object:
    try:
        return ours.recv()
    except (EOFError, ConnectionError) as error:
        process.join(5)
        raise _died(process) from error


def _died(process: SpawnProcess) -> WorkerDied:
    code = process.exitcode
    if code is not None and code < 0:
        # Python's way of saying that a signal ended the process.
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code).name
            likely = ", mostly for lack of memory" if name == "SIGKILL" else ""
            return WorkerDied(
                f"The analysis process ended without an answer (exit code −{-code}, {name}{likely}). "
                "Nothing was found or ruled out; run it again or read the study by hand."
            )
    return WorkerDied(
        f"The analysis process ended without an answer (exit code {code}). "
        "Nothing was found or ruled out; run it again or read the study by hand."
    )


def _end(process: SpawnProcess) -> None:
    """Leave no process behind, whatever happened."""
    if process.pid is None:
        return
    process.kill()
    process.join()
    process.close()


class Reporter:
    """The child's `Progress`: it only tells; stopping comes as a kill."""

    def __init__(self, theirs: Connection) -> None:
        self._theirs = theirs

    def report(self, fraction: float, message: str) -> None:
        """Send the step to the parent."""
        self._theirs.send(_Step(fraction, message))

    def tell_early(self, part: object) -> None:
        """Send a part of the answer that is known already."""
        self._theirs.send(_Early(part))


def _serve(theirs: Connection, work: Callable[[Any, Reporter], Any], argument: Any) -> None:
    """What the child does: work, and send back the answer or the error."""
    try:
        answer = _Done(work(argument, Reporter(theirs)))
    except ProsectorError as error:
        answer = _Failed(error)
    except BrokenPipeError:
        sys.exit(1)  # The parent is gone; nobody waits for an answer.
    except Exception as error:  # noqa: BLE001  (one of the five places: the child process)
        told = f"The analysis failed: {type(error).__name__}: {error}"
        answer = _Failed(OutOfMemory(OUT_OF_MEMORY) if says_no_memory(error) else WorkerDied(told))
    with contextlib.suppress(BrokenPipeError):
        theirs.send(answer)
    theirs.close()
