"""How long each stage of an analysis took on this machine, from which the time left is told."""

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import cast

from core.errors import CannotWrite
from core.files import write_text
from core.progress import UNKNOWN, Schedule
from inference.models import Models
from inference.onnx_session import device_in_words
from inference.spawned import STARTING
from inference.stages import STAGES

_log = logging.getLogger(__name__)

_KEPT = 20
_START = "start"
"""Beside the stages: starting the process and bringing back its answer."""

_Seconds = dict[str, dict[str, list[float]]]


class StageTimes:
    """A small JSON file: the last 20 times (s) of every stage, by device and models."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def schedule(self, models: Models) -> Schedule:
        """Return what is to be expected; it knows nothing before the first analysis."""
        times = self._read().get(_key(models), {})
        if not all(times.get(stage) for stage in (_START, *STAGES)):
            return UNKNOWN
        left = 0.0
        found: dict[str, float] = {}
        for stage, message in reversed([(_START, STARTING), *STAGES.items()]):
            left += median(times[stage])
            found[message] = left
        return Schedule(found)

    def add(self, models: Models, whole_s: float, timings_s: Mapping[str, float]) -> None:
        """Keep the times of an analysis that took `whole_s` from being asked for to its answer."""
        times = self._read()
        own = times.setdefault(_key(models), {})
        start = max(whole_s - sum(timings_s.values()), 0.0)
        for stage, seconds in ((_START, start), *timings_s.items()):
            own[stage] = [*own.get(stage, []), round(seconds, 3)][-_KEPT:]
        try:
            write_text(self._path, json.dumps(times))
        except CannotWrite as error:  # an analysis is not lost for it
            _log.warning("stage times not kept: %s", error)

    def _read(self) -> _Seconds:
        try:
            found: object = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            _log.warning("stage times in %s not read, learnt anew: %s", self._path, error)
            return {}
        if _is_sound(found):
            return cast(_Seconds, found)
        _log.warning("stage times in %s make no sense, learnt anew", self._path)
        return {}


def _is_sound(found: object) -> bool:
    if not isinstance(found, dict):
        return False
    for stages in cast(dict[str, object], found).values():
        if not isinstance(stages, dict):
            return False
        for seconds in cast(dict[str, object], stages).values():
            if not isinstance(seconds, list) or not all(
                isinstance(x, int | float) for x in cast(list[object], seconds)
            ):
                return False
    return True


def _key(models: Models) -> str:
    return f"{device_in_words()} {hashlib.sha256(repr(models).encode()).hexdigest()[:12]}"
