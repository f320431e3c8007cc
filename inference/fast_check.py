"""A pack on its plain engine and on faster ones, side by side: each run in a process of its own, as in an analysis."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import CannotAnalyse, ModelInvalid, OutOfMemory, WorkerDied
from core.progress import Progress
from core.study import RecognisedStudy, Role
from inference.adapters.adapter import run_pack
from inference.adapters.part import Part
from inference.load import load
from inference.needs import require_library
from inference.onnx_session import device_in_words
from inference.packs.fast import FastCheck, Trial, basis_of
from inference.packs.pack import Concept, Engine, Kind, Output, Pack, Task
from inference.spawned import Reporter, run_in_child

_ROUNDS = 2
"""The engines take turns, so that what else the machine does falls on all of them."""
_FASTER = (Engine.OPENVINO_F32, Engine.OPENVINO_BF16)

_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """What a pack said and how long it took; `problem` when it said nothing."""

    said: Mapping[Concept, Volume]
    seconds: float
    problem: str = ""


def check_fast(pack: Pack, studies: Sequence[RecognisedStudy], images: str, progress: Progress) -> FastCheck:
    """Return how fast and how alike the faster engines are on studies, which `images` names.

    Raises `ModelInvalid` when the pack has no network for them, or finds nothing there that could be compared;
    `ModelMissing` without OpenVINO; whatever the plain engine raises; `Cancelled` out of `progress`.
    """
    require_possible(pack)
    parts = _parts(progress, len(studies) * _ROUNDS * (1 + len(_FASTER)))
    runs = [_take_turns(pack, study, parts) for study in studies]
    plain = [by_engine[Engine.PLAIN] for by_engine in runs]
    for output in pack.outputs:
        if not any(_mask(pack, output, one[0]).any() for one in plain):
            raise ModelInvalid(
                f"{pack.key} finds no {output.concept.meaning} on {images}, so that nothing can be compared; name a "
                "study in which it does (--study FOLDER)."
            )
    return FastCheck(
        pack=pack.key,
        checked=datetime.now(UTC).isoformat(timespec="seconds"),
        images=images,
        plain_seconds=round(sum(_seconds(one) for one in plain), 3),
        basis=basis_of(pack),
        trials=tuple(
            _worst([_trial(pack, engine, by_engine[Engine.PLAIN], by_engine[engine]) for by_engine in runs])
            for engine in _FASTER
        ),
    )


def require_possible(pack: Pack) -> None:
    """Raise `ModelInvalid` when a pack has no network for the faster engines, `ModelMissing` without OpenVINO."""
    if pack.adapter not in ("onnx", "torchscript") and not (pack.adapter == "builtin" and pack.task is Task.GLAND):
        raise ModelInvalid(
            f"{pack.key} has no network that OpenVINO runs; ONNX and TorchScript packs and the built-in gland have."
        )
    if device_in_words() != "CPU":
        raise ModelInvalid("Networks run on this machine's GPU; the faster modes are for the CPU.")
    require_library("openvino", "A faster mode")


def _parts(progress: Progress, steps: int) -> Iterator[Part]:
    return (Part(progress, step / steps, (step + 1) / steps) for step in range(steps))


def _take_turns(pack: Pack, study: RecognisedStudy, parts: Iterator[Part]) -> dict[Engine, list[_Run]]:
    runs: dict[Engine, list[_Run]] = {engine: [] for engine in (Engine.PLAIN, *_FASTER)}
    for _ in range(_ROUNDS):
        for engine, own in runs.items():
            own.append(_run(replace(pack, engine=engine), study, next(parts)))
    return runs


def _run(pack: Pack, study: RecognisedStudy, progress: Progress) -> _Run:
    """Run a pack; what a faster engine cannot do is an answer, what the plain one cannot is raised."""
    try:
        return run_in_child(_run_here, (pack, study), progress)
    except (ModelInvalid, OutOfMemory, WorkerDied) as error:
        if pack.engine is Engine.PLAIN:
            raise
        return _Run({}, 0.0, str(error))


def _run_here(work: tuple[Pack, RecognisedStudy], reporter: Reporter) -> _Run:
    pack, study = work
    choices = {role: study.one(role) for role in (Role.T2_AXIAL, *(channel.role for channel in pack.channels))}
    if choices[Role.T2_AXIAL] is None:
        raise CannotAnalyse("The study has no axial T2 series, on which models are checked; name another one.")
    images = {role: load(choice) for role, choice in choices.items() if choice is not None}
    began = time.perf_counter()
    said = run_pack(pack, images, reporter)
    return _Run(said, time.perf_counter() - began)


def _trial(pack: Pack, engine: Engine, plain: Sequence[_Run], runs: Sequence[_Run]) -> Trial:
    """Compare an engine with the plain one on a study."""
    if problem := next((run.problem for run in runs if run.problem), ""):
        return Trial(engine, problem)
    first, *others = runs
    if any(np.any(first.said[c].array != run.said[c].array) for run in others for c in first.said):
        return Trial(engine, "Two runs on the same images do not give the same.")
    masks = [(_mask(pack, output, plain[0]), _mask(pack, output, first)) for output in pack.outputs]
    return Trial(
        engine,
        "",
        seconds=round(_seconds(runs), 3),
        difference=max(_difference(output, plain[0], first) for output in pack.outputs),
        dice=min(_dice(one, other) for one, other in masks),
        volume=max(_volume(one, other) for one, other in masks),
    )


def _worst(trials: Sequence[Trial]) -> Trial:
    """Return the trials on several studies as one."""
    if problem := next((trial.problem for trial in trials if trial.problem), ""):
        return Trial(trials[0].engine, problem)
    return Trial(
        trials[0].engine,
        "",
        seconds=round(sum(trial.seconds for trial in trials), 3),
        difference=max(trial.difference for trial in trials),
        dice=min(trial.dice for trial in trials),
        volume=max(trial.volume for trial in trials),
    )


def _seconds(runs: Sequence[_Run]) -> float:
    return min(run.seconds for run in runs)


def _mask(pack: Pack, output: Output, run: _Run) -> _Mask:
    array = run.said[output.concept].array
    return array > 0 if output.kind is Kind.LABEL else array >= pack.threshold


def _difference(output: Output, plain: _Run, other: _Run) -> float:
    """Return the largest difference of a probability; labels are compared as masks."""
    if output.kind is Kind.LABEL:
        return 0.0
    return float(np.abs(plain.said[output.concept].array - other.said[output.concept].array).max())


def _dice(one: _Mask, other: _Mask) -> float:
    both = int(np.count_nonzero(one)) + int(np.count_nonzero(other))
    return 2 * int(np.count_nonzero(one & other)) / both if both else 1.0


def _volume(one: _Mask, other: _Mask) -> float:
    plain, fast = int(np.count_nonzero(one)), int(np.count_nonzero(other))
    return abs(fast - plain) / max(plain, 1)
