"""Which studies a watcher leaves alone, and why: only what can be an MR examination of the prostate is analysed."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from core.study import RecognisedStudy, Role, Series
from inference.stack_facts import stacks_of

_DESCRIPTIONS = ("StudyDescription", "SeriesDescription", "ProtocolName", "BodyPartExamined")
_NEEDED = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "Modality")
_PROSTATE = re.compile(r"prost|pi-?rads|mpmr", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Why a study is no MR examination of the prostate; `for_good` when no image that may still come changes that."""

    reason: str
    for_good: bool


def left_alone(recognised: RecognisedStudy) -> LeftAlone | None:
    """Return why a study is left alone, or None when it is, or may be, an MR examination of the prostate.

    One that calls itself one is never left alone, whatever it lacks: then it fails, which is told.
    """
    if not _magnetic(recognised):
        kinds = sorted({series.modality or "unknown" for series in recognised.study.series})
        return LeftAlone(f"It has no MR images, only {', '.join(kinds)}.", for_good=True)
    if recognised.warnings:
        return LeftAlone(f"It is not taken for a prostate MR. {recognised.warnings[0]}", for_good=True)
    if calls_itself_prostate(recognised):
        return None
    for role, name in ((Role.T2_AXIAL, "axial T2 series"), (Role.ADC, "ADC map and no diffusion series")):
        if recognised.one(role) is None and recognised.question(role) is None:
            return LeftAlone(f"Nothing in it says that it is of the prostate, and it has no {name}.", for_good=False)
    return None


def unreadable_left_alone(folder: Path) -> LeftAlone | None:
    """Return why a study is left alone that cannot be read as a whole, or None when its headers speak of the prostate.

    That an analysis failed is told of a prostate MR only, never in a study that has nothing to do with it.
    """
    headers = [header for path in folder.rglob("*.dcm") if (header := header_of(path)) is not None]
    kinds = sorted({str(header.get("Modality") or "unknown") for header in headers})
    if "MR" not in kinds:
        return LeftAlone(f"It has no MR images, only {', '.join(kinds) or 'what cannot be read'}.", for_good=True)
    if any(_PROSTATE.search(str(header.get(keyword, ""))) for header in headers for keyword in _DESCRIPTIONS):
        return None
    return LeftAlone("It cannot be read, and nothing in it says that it is of the prostate.", for_good=False)


def header_of(path: Path) -> Dataset | None:
    """Return the header of one file, None when it cannot be read or lacks what identifies it."""
    try:
        header = dcmread(path, stop_before_pixels=True)
    except (OSError, EOFError, ValueError, NotImplementedError, InvalidDicomError, struct.error):
        return None
    return header if all(header.get(keyword) for keyword in _NEEDED) else None


def calls_itself_prostate(recognised: RecognisedStudy) -> bool:
    """Tell whether the study's or a series' description, protocol or body part speaks of the prostate."""
    if _PROSTATE.search(recognised.study.description):
        return True
    return any(_speaks_of_prostate(series) for series in _magnetic(recognised))


def _speaks_of_prostate(series: Series) -> bool:
    if _PROSTATE.search(series.description):
        return True
    stacks = stacks_of(series)
    return any(_PROSTATE.search(f"{facts.words} {facts.first.body_part}") for facts in stacks)


def _magnetic(recognised: RecognisedStudy) -> tuple[Series, ...]:
    return tuple(series for series in recognised.study.series if series.modality == "MR" and series.instances)
