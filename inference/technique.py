"""How a series was acquired: what PI-RADS asks of it, read from one file of it. What a header lacks is None."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pydicom
from pydicom.dataset import Dataset

from core.errors import SeriesIncomplete
from core.study import Stack
from inference.elements import Damaged, NotDicom
from inference.frames import header_of
from inference.header import Header
from inference.plane import along_normal


class Axis(StrEnum):
    """A direction within an image: along its rows (x) or down its columns (y)."""

    ROW = "ROW"
    COLUMN = "COL"


@dataclass(frozen=True, slots=True)
class Technique:
    """Millimetres and milliseconds; `step_mm` is measured from position to position.

    `acquired_mm` is the pixel before interpolation along phase and frequency encoding (PS3.3 C.8.3.1, Acquisition
    Matrix); `phase_axis` is the direction of phase encoding; `acquired` is text that sorts by time.
    """

    thickness_mm: float | None
    step_mm: float | None
    field_mm: tuple[float, float] | None
    acquired_mm: tuple[float, float] | None
    phase_axis: Axis | None
    echo_time_ms: float | None
    repetition_time_ms: float | None
    acquired: str

    @property
    def gap_mm(self) -> float | None:
        """The gap between two slices, below 0 where they overlap."""
        return None if self.step_mm is None or self.thickness_mm is None else self.step_mm - self.thickness_mm


_TAGS = (
    "RepetitionTime",
    "AcquisitionMatrix",
    "InPlanePhaseEncodingDirection",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)


def technique_of(stack: Stack) -> Technique | None:
    """Return how a stack was acquired, or None when it has no files; raises `SeriesIncomplete`."""
    if not stack.instances:
        return None
    first = stack.instances[0]
    try:
        headers = [header_of(instance) for instance in stack.instances]
        dataset = pydicom.dcmread(first.path, stop_before_pixels=True, force=True, specific_tags=list(_TAGS))
    except (NotDicom, Damaged, OSError) as error:
        raise SeriesIncomplete(f"{stack.series.label}: {first.path.name} cannot be read ({error}).") from error
    groups = _groups(dataset, (first.frame or 1) - 1)
    phase = _phase_axis(_value(groups, "MRFOVGeometrySequence", "InPlanePhaseEncodingDirection") or dataset)
    return Technique(
        thickness_mm=headers[0].slice_thickness_mm,
        step_mm=_step(headers),
        field_mm=_field(headers[0]),
        acquired_mm=_acquired(headers[0], phase, *_steps(dataset, groups)),
        phase_axis=phase,
        echo_time_ms=headers[0].echo_time_ms,
        repetition_time_ms=_repetition(dataset, groups),
        acquired=min(header.acquired for header in headers),
    )


def _step(headers: Sequence[Header]) -> float | None:
    if any(len(header.cosines) != 6 or len(header.position) != 3 for header in headers):
        return None
    places = sorted({round(along_normal(headers[0].cosines, header.position), 2) for header in headers})
    return float(np.median([after - before for before, after in pairwise(places)])) if len(places) > 1 else None


def _field(header: Header) -> tuple[float, float] | None:
    """Return the field of view along rows and columns."""
    if header.pixels is None or len(header.pixel_spacing_mm) != 2:
        return None
    between_rows, between_columns = header.pixel_spacing_mm
    return header.pixels.columns * between_columns, header.pixels.rows * between_rows


def _acquired(header: Header, phase: Axis | None, frequency_steps: int, phase_steps: int) -> tuple[float, float] | None:
    field = _field(header)
    if field is None or phase is None or frequency_steps < 1 or phase_steps < 1:
        return None
    along_phase, along_frequency = field if phase is Axis.ROW else field[::-1]
    return along_phase / phase_steps, along_frequency / frequency_steps


def _steps(dataset: Dataset, groups: Sequence[Dataset]) -> tuple[int, int]:
    """Return the number of frequency and of phase encoding steps, 0 where it is not told (PS3.3 C.8.3.1)."""
    frequency = _value(groups, "MRFOVGeometrySequence", "MRAcquisitionFrequencyEncodingSteps")
    phase = _value(groups, "MRFOVGeometrySequence", "MRAcquisitionPhaseEncodingStepsInPlane")
    if frequency and phase:
        return int(frequency), int(phase)
    matrix = [int(x) for x in cast("Sequence[Any]", dataset.get("AcquisitionMatrix") or ())]
    if len(matrix) != 4:
        return 0, 0
    return max(matrix[:2]), max(matrix[2:])


def _phase_axis(told: Any) -> Axis | None:
    text = told.get("InPlanePhaseEncodingDirection", "") if isinstance(told, Dataset) else told
    return {"ROW": Axis.ROW, "COL": Axis.COLUMN, "COLUMN": Axis.COLUMN}.get(str(text).strip().upper())


def _repetition(dataset: Dataset, groups: Sequence[Dataset]) -> float | None:
    told = _value(groups, "MRTimingAndRelatedParametersSequence", "RepetitionTime") or dataset.get("RepetitionTime")
    return float(told) if told not in (None, "") else None


def _groups(dataset: Dataset, index: int) -> tuple[Dataset, ...]:
    """Return the functional groups of a frame of an enhanced image, its own first; none of a classic one."""
    frames = cast("Sequence[Dataset]", dataset.get("PerFrameFunctionalGroupsSequence") or ())
    shared = cast("Sequence[Dataset]", dataset.get("SharedFunctionalGroupsSequence") or ())
    return (*frames[index : index + 1], *shared[:1])


def _value(groups: Sequence[Dataset], sequence: str, keyword: str) -> Any:
    for group in groups:
        for item in cast("Sequence[Dataset]", group.get(sequence) or ()):
            if item.get(keyword) not in (None, ""):
                return item[keyword].value
    return None
