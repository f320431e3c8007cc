"""A study whose series lie where the reader moved them, and what that changes in the measures."""

from dataclasses import replace

from core.nudge import Nudges
from core.report import Report
from service.lesions import remeasure
from service.reading import LoadedSeries, OpenStudy


def nudged(opened: OpenStudy, nudges: Nudges) -> OpenStudy:
    """Return the study with its volumes at their corrected positions; no voxel is interpolated that is not bent.

    Start from the study as it was opened, not from a study that is corrected already.
    """
    return replace(opened, series=tuple(moved(one, nudges) for one in opened.series))


def remeasured(report: Report, opened: OpenStudy) -> Report:
    """Return the draft with every lesion measured anew on a study that was corrected."""
    for lesion in report.lesions:
        report = remeasure(report, opened, lesion.tracking_uid)
    return report


def moved(one: LoadedSeries, nudges: Nudges) -> LoadedSeries:
    """Return a series of the study where the reader put it; one of a prior lies where registration laid it.

    A series of another frame of reference is a volume in that of the axial T2 then, and tells by which `link`.
    """
    if one.volume is None or one.prior:
        return one
    link = nudges.link_of(one.choice.stack.series)
    told = one.overlay_problem if link is None else ""
    return replace(
        one,
        volume=nudges.placed(one.volume, one.choice),
        link=link,
        overlay_problem=told,
        bent_mm=nudges.bent_mm(one.choice),
    )
