"""Laying a series of another frame of reference on the axial T2: by a place that the reader shows, or registered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from highdicom import Volume

from core.annotations import Annotation
from core.errors import CannotLink
from core.frame_link import FrameLink, LinkedBy, MatchScore, frame_key, rows_of, translation
from core.nudge import Nudge, Nudges
from core.progress import Progress
from core.report import Report
from core.study import Role
from core.volume import PointLps, centroid_lps, position_lps
from inference.lesion import sphere
from inference.register import Matrix, register_rigidly
from service.nudged import nudged, remeasured
from service.reading import LoadedSeries, OpenStudy

_REGION_MM = 60.0
"""Without a gland the prostate is looked for in a ball of this diameter in the middle of the axial T2."""
_LEAST = 0.04
"""Mutual information (nat) of a match: noise as smooth as images came to 0.02, registered images to 0.05 or more."""
_ENOUGH = 0.005
_MOST_TURN_DEG = 15.0
_MOST_FROM_ANCHOR_MM = 15.0
_SAME_PLACE_MM = 5.0
_CLEARLY = 0.8
"""Another place counts as an answer of its own when its score is at least this share of the best one."""
_ASIDE: PointLps = (3.0, -3.0, 3.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """Where one registration ended: the matrix from the series' positions to those of the T2, and its scores."""

    matrix: Matrix
    before: float
    after: float


def anchored(one: LoadedSeries, t2: LoadedSeries, nudge: Nudge, *, at: PointLps, onto: PointLps) -> FrameLink:
    """Return the link that shifts a place of a series onto one of the axial T2 (mm, LPS); it turns nothing.

    `at` is where the place is seen, moved by the reader's `nudge` of the series, which goes on holding. Raises
    `CannotLink`.
    """
    _, fixed = _pair(one, t2)
    frame = frame_key(one.choice.stack.series)
    back: Matrix = np.asarray(np.linalg.inv(nudge.matrix), dtype=np.float64)
    shift = translation(_at(back, at), _at(back, onto))
    return FrameLink(frame, str(fixed.frame_of_reference_uid), shift, LinkedBy.ANCHOR, series_in_words(one))


def registered(
    one: LoadedSeries,
    t2: LoadedSeries,
    nudge: Nudge,
    start: FrameLink | None,
    gland: Volume | None,
    progress: Progress,
) -> FrameLink:
    """Return the link that a rigid registration finds, from two starts so that a chance hit is noticed.

    They are the anchor and a place beside it, without one the scanner's positions and the middles on one another. The
    link leads to that place together with the reader's `nudge` of the series, which goes on holding. Raises
    `CannotLink` when it finds nothing, nothing better, two places, or a turn that no patient makes; `Cancelled`.
    """
    moving, fixed = _pair(one, t2)
    region = gland if gland is not None and gland.array.any() else sphere(fixed, _middle(fixed), _REGION_MM)
    starts = _starts(moving, fixed, None if start is None else nudge.matrix @ start.matrix)
    answers = [
        _registered(moving, fixed, region, begin, _Part(progress, number, len(starts)))
        for number, begin in enumerate(starts)
    ]
    best = _decided(one, answers, starts[0], centroid_lps(region), anchored=start is not None)
    first = answers[0].before
    score = MatchScore(first if np.isfinite(first) else None, best.after)
    frame = frame_key(one.choice.stack.series)
    return FrameLink(
        frame,
        str(fixed.frame_of_reference_uid),
        rows_of(np.linalg.inv(nudge.matrix) @ best.matrix),
        LinkedBy.REGISTRATION,
        series_in_words(one),
        score,
    )


def with_link(report: Report, opened: OpenStudy, link: FrameLink) -> Report:
    """Return the draft with a series linked and every lesion measured anew; drawings made in its frame go with it."""
    drawn = tuple(_laid(annotation, link) for annotation in report.annotations)
    return _measured(replace(report, annotations=drawn), opened, report.nudges.with_link(link))


def without_link(report: Report, opened: OpenStudy, frame: str) -> Report:
    """Return the draft without the link of a frame (`frame_key`) and every lesion measured anew."""
    return _measured(report, opened, report.nudges.without_link(frame))


def series_in_words(one: LoadedSeries) -> str:
    """Return what a series is called in a sentence, e.g. `ADC (series 7)`."""
    number = one.choice.stack.series.number
    return one.choice.title if number is None else f"{one.choice.title} (series {number})"


def _pair(one: LoadedSeries, t2: LoadedSeries) -> tuple[Volume, Volume]:
    if t2.choice.role is not Role.T2_AXIAL or t2.volume is None or not t2.volume.frame_of_reference_uid:
        raise CannotLink(
            f"{one.choice.title} cannot be linked: the study has no axial T2 with a frame of reference to lay it on; "
            "scroll it by hand."
        )
    if one.volume is None:
        raise CannotLink(f"{one.choice.title} cannot be linked: its images have no place in the patient.")
    return one.volume, t2.volume


def _starts(moving: Volume, fixed: Volume, start: Matrix | None) -> list[Matrix]:
    if start is not None:
        return [start, _shift(_ASIDE) @ start]
    apart = np.subtract(_middle(fixed), _middle(moving))
    if np.linalg.norm(apart) < _SAME_PLACE_MM:  # two starts in one place would agree about anything
        return [np.eye(4), _shift(_ASIDE)]
    return [np.eye(4), _shift((float(apart[0]), float(apart[1]), float(apart[2])))]


def _registered(moving: Volume, fixed: Volume, region: Volume, begin: Matrix, progress: Progress) -> _Answer:
    there = Volume(moving.array, begin @ moving.affine, "PATIENT", frame_of_reference_uid=moving.frame_of_reference_uid)
    found = register_rigidly(fixed, there, region=region, progress=progress)
    matrix: Matrix = np.linalg.inv(found.matrix) @ begin
    return _Answer(matrix, found.before, found.after)


def _decided(
    one: LoadedSeries, answers: Sequence[_Answer], first: Matrix, middle: PointLps, *, anchored: bool
) -> _Answer:
    title, by_hand = one.choice.title, "anchor it by hand" if not anchored else "the anchor stays"
    usable = [x for x in answers if np.isfinite(x.after) and x.after >= _LEAST]
    if not usable:
        raise CannotLink(f"{title} was not registered: it has nothing in common with the axial T2 there; {by_hand}.")
    best = max(usable, key=lambda answer: answer.after)
    if _turn_deg(best.matrix) > _MOST_TURN_DEG:
        raise CannotLink(
            f"{title} was not registered: the best match would turn it by {_turn_deg(best.matrix):.0f}°, which no "
            f"patient does between two series; {by_hand}."
        )
    if anchored and best.after < answers[0].before + _ENOUGH:
        raise CannotLink(
            f"{title} was not registered: nothing matches better than your anchor (mutual information "
            f"{answers[0].before:.2f}); {by_hand}."
        )
    moved = _apart_mm(best.matrix, first, middle)
    if anchored and moved > _MOST_FROM_ANCHOR_MM:
        raise CannotLink(
            f"{title} was not registered: the best match lies {moved:.0f} mm from your anchor, so one of the two is "
            f"wrong; {by_hand}."
        )
    rivals = [x for x in usable if x is not best and x.after > _CLEARLY * best.after]
    if any(_apart_mm(x.matrix, best.matrix, middle) > _SAME_PLACE_MM for x in rivals):
        raise CannotLink(f"{title} was not registered: two places match about equally well; {by_hand}.")
    return best


def _apart_mm(first: Matrix, second: Matrix, at: PointLps) -> float:
    """Return how far apart two matrices lay the place of the series that the second one lays on `at`."""
    there = np.linalg.inv(second) @ (*at, 1.0)
    return float(np.linalg.norm((first @ there - second @ there)[:3]))


def _at(matrix: Matrix, point: PointLps) -> PointLps:
    x, y, z = (float(c) for c in (matrix @ (*point, 1.0))[:3])
    return x, y, z


def _turn_deg(matrix: Matrix) -> float:
    return float(np.degrees(np.arccos(np.clip((np.trace(matrix[:3, :3]) - 1) / 2, -1.0, 1.0))))


def _shift(by: PointLps) -> Matrix:
    matrix = np.eye(4)
    matrix[:3, 3] = by
    return matrix


def _middle(volume: Volume) -> PointLps:
    k, j, i = ((n - 1) / 2 for n in volume.spatial_shape)
    return position_lps(volume, (k, j, i))


def _laid(drawn: Annotation, link: FrameLink) -> Annotation:
    if drawn.frame_of_reference_uid != link.frame:
        return drawn
    return replace(drawn, frame_of_reference_uid=link.onto, points=tuple(map(link.point, drawn.points)))


def _measured(report: Report, opened: OpenStudy, nudges: Nudges) -> Report:
    return remeasured(replace(report, nudges=nudges), nudged(opened, nudges))


class _Part:
    """One of several equal parts of a `Progress`."""

    def __init__(self, whole: Progress, number: int, count: int) -> None:
        self._whole, self._number, self._count = whole, number, count

    def report(self, fraction: float, message: str) -> None:
        """Report how far the whole is; raises `Cancelled`."""
        self._whole.report((self._number + fraction) / self._count, message)
