"""Lesions that another system's AI marked, taken into the report as candidates when the reader asks for it.

Masks are laid on the axial T2 and measured there anew; what the other system measured is not taken over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from highdicom import Volume
from pydicom.sr.coding import Code
from pydicom.uid import UID

from core.errors import CannotAnalyse, FramesDiffer, OutlineRefused, ProsectorError
from core.findings import ModelIdentity
from core.nudge import Nudges
from core.pirads import Category
from core.report import FromModel, Report, Unreviewed
from core.sectors import Sector
from core.study import Role
from core.volume import on_grid_of, voxel_volume_ml
from inference.resample import resample_like
from reporting import codes
from reporting.equipment import stable_uid
from reporting.foreign_groups import FindingGroup, ImageRegion, finding_groups
from reporting.foreign_head import ResultHead, ResultKind
from reporting.foreign_images import StudyImages
from reporting.foreign_items import read_object, words_of
from reporting.foreign_masks import masks_of
from reporting.foreign_seg import Segment, SegmentationRead, is_lesion, is_structure, read_segmentation
from service.foreign import Result, results_in
from service.foreign_places import lying_with
from service.lesions import add_outline
from service.reading import OpenStudy

_LOST = 0.05
"""Of its volume a mask may lose on the grid of the axial T2 before the reader is told."""


@dataclass(frozen=True, slots=True, eq=False)
class ForeignCandidate:
    """A lesion of another system on the axial T2 grid, not in any report yet."""

    tracking_uid: str
    label: str
    mask: Volume
    model: ModelIdentity
    probability: float | None
    suggested: Category
    sector: Sector | None
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Offered:
    """What a result offers as candidates, and of what it offers none, in a sentence each."""

    title: str
    candidates: tuple[ForeignCandidate, ...]
    left_out: tuple[str, ...]


def candidates_of(opened: OpenStudy, result: Result, nudges: Nudges | None = None) -> Offered:
    """Return the lesions in another system's SEG or TID 1500 report; raises `ResultUnreadable`, `OutlineRefused`.

    A mask follows the series that it was made on where the reader or the AI moved that.
    """
    if result.head.is_ours:
        raise OutlineRefused(f"“{result.head.title}” was made here; its lesions are not taken over a second time.")
    t2 = opened.volume(Role.T2_AXIAL)
    if t2 is None:
        raise OutlineRefused("Candidates are laid on the axial T2, of which the study has none that can be read.")
    search = _Search(opened, t2, nudges or Nudges())
    found = search.in_segmentation(result) if result.head.kind is ResultKind.SEGMENTATION else search.in_report(result)
    return Offered(result.head.title, tuple(found), tuple(dict.fromkeys(search.left_out)))


def take_candidates(report: Report, opened: OpenStudy, offered: Offered) -> Report:
    """Return the draft with these candidates as lesions that are not reviewed yet, each measured anew.

    Those that it has already are not added again. Raises `OutlineRefused` when none is new, `CannotAnalyse` when a
    lesion's sector is not known because the gland is not outlined yet.
    """
    before = {lesion.tracking_uid for lesion in report.lesions}
    new = [one for one in offered.candidates if one.tracking_uid not in before]
    if not new:
        why = "all of them are in the report already" if offered.candidates else " ".join(offered.left_out)
        raise OutlineRefused(f"“{offered.title}” has no new candidate: {why or 'it marks no lesion.'}")
    for candidate in new:
        report = _taken(report, opened, candidate)
    return replace(report, without_lesion=Category.PENDING)


def _taken(report: Report, opened: OpenStudy, candidate: ForeignCandidate) -> Report:
    if candidate.sector is None and report.gland is None:
        raise CannotAnalyse(
            f"“{candidate.label}” names no sector of the prostate, and the prostate is not outlined yet: "
            "run the AI first, then take the candidates."
        )
    drawn = add_outline(report, opened, candidate.mask, candidate.sector)
    said = FromModel(candidate.model, candidate.probability, candidate.suggested, candidate.explanation)
    lesion = replace(drawn.lesions[-1], tracking_uid=candidate.tracking_uid, origin=said, review=Unreviewed())
    return replace(drawn, lesions=(*drawn.lesions[:-1], lesion))


class _Search:
    """The candidates of one result; `left_out` collects what is none."""

    def __init__(self, opened: OpenStudy, t2: Volume, nudges: Nudges) -> None:
        self._opened, self._t2, self._nudges = opened, t2, nudges
        self._images = StudyImages(opened.recognised)
        self._results = {result.sop_instance_uid: result for result in results_in(opened)}
        self._segmentations: dict[str, SegmentationRead | None] = {}
        self.left_out: list[str] = []

    def in_segmentation(self, result: Result) -> Iterator[ForeignCandidate]:
        """Yield the lesions of a SEG, with what any report of the study says of its segments."""
        read = read_segmentation(read_object(result.path))
        told = self._told_of(read.sop_instance_uid)
        for segment in read.segments:
            group, source = told.get(segment.number, (None, result.head))
            yield from self._of_segment(read, segment, group, source)

    def in_report(self, result: Result) -> Iterator[ForeignCandidate]:
        """Yield the lesions that the measurement groups of a report outline."""
        groups, lost = finding_groups(read_object(result.path))
        self.left_out += [str(one) for one in lost]
        if not groups:
            self.left_out.append("It outlines no finding: it has no measurement group with a segment or a region.")
        for group in groups:
            for reference in group.segments:
                read = self._segmentation(reference.sop_instance_uid)
                segment = next((x for x in read.segments if x.number == reference.number), None) if read else None
                if read is None or segment is None:
                    self.left_out.append(f"{group.label}: its segmentation is not here, or its segment cannot be read.")
                else:
                    yield from self._of_segment(read, segment, group, result.head)
            if not group.segments:
                yield from self._of_regions(group, result)

    def _told_of(self, segmentation_uid: str) -> dict[int, tuple[FindingGroup, ResultHead]]:
        """Return what reports in the study say of the segments of a SEG, by their numbers."""
        told: dict[int, tuple[FindingGroup, ResultHead]] = {}
        for result in self._results.values():
            if result.head.kind is ResultKind.REPORT and not result.head.is_ours and not result.problem:
                for group in finding_groups(read_object(result.path))[0]:
                    for one in group.segments:
                        if one.sop_instance_uid == segmentation_uid:
                            told.setdefault(one.number, (group, result.head))
        return told

    def _segmentation(self, sop_instance_uid: str) -> SegmentationRead | None:
        if sop_instance_uid not in self._segmentations:
            path = self._images.path_of(sop_instance_uid)
            try:
                found = None if path is None else read_segmentation(read_object(path))
            except ProsectorError as error:
                self.left_out.append(str(error))
                found = None
            self._segmentations[sop_instance_uid] = found
        return self._segmentations[sop_instance_uid]

    def _of_segment(
        self, read: SegmentationRead, segment: Segment, group: FindingGroup | None, source: ResultHead
    ) -> Iterator[ForeignCandidate]:
        label = group.label if group is not None else segment.label
        if not is_lesion(segment) or (group is not None and _is_structure(group)):
            self.left_out.append(f"{label}: a structure, no lesion.")
            return
        model = (group.model if group is not None else None) or segment.model
        if segment.model is None or model is None:
            self.left_out.append(f"{label}: drawn by a person, so it is no AI's candidate.")
            return
        mask = self._on_t2(label, segment.masks, read.source_series_uid)
        if mask is not None:
            uid = _uid(segment.tracking_uid or (group.tracking_uid if group else ""), read.sop_instance_uid, segment)
            yield _candidate(uid, label, mask, model, group, source, segment.told)

    def _of_regions(self, group: FindingGroup, result: Result) -> Iterator[ForeignCandidate]:
        if _is_structure(group):
            self.left_out.append(f"{group.label}: a structure, no lesion.")
            return
        if group.model is None:
            self.left_out.append(f"{group.label}: drawn by a person, so it is no AI's candidate.")
            return
        in_space = any(not isinstance(region, ImageRegion) for region in group.regions)
        masks, lost = masks_of(group.regions, self._images.place, self._images.planes() if in_space else ())
        self.left_out += [str(one) for one in lost]
        if not masks:
            self.left_out.append(f"{group.label}: none of its regions can be made a mask.")
            return
        series = next(
            (self._images.series_of(x.sop_instance_uid) for x in group.regions if isinstance(x, ImageRegion)), None
        )
        mask = self._on_t2(group.label, masks, series.series_instance_uid if series else "")
        if mask is not None:
            uid = _uid(group.tracking_uid, result.sop_instance_uid, group)
            yield _candidate(uid, group.label, mask, group.model, group, result.head, ())

    def _on_t2(self, label: str, masks: Sequence[Volume], series_uid: str) -> Volume | None:
        """Return masks united on the axial T2 grid; None where they cannot be laid there, and `left_out` says why."""
        union = np.zeros(self._t2.spatial_shape, np.uint8)
        drawn_ml = 0.0
        for mask in masks:
            lying = lying_with(self._opened, self._nudges, mask, series_uid)
            try:
                union |= resample_like(lying, self._t2, labels=True).array.astype(np.uint8)
            except FramesDiffer:
                self.left_out.append(f"{label}: it was made in another frame of reference than the axial T2.")
                continue
            drawn_ml += int(np.count_nonzero(mask.array)) * voxel_volume_ml(mask)
        if not drawn_ml:
            return None
        if not union.any():
            self.left_out.append(f"{label}: it lies outside the axial T2, or between two of its slices.")
            return None
        kept = int(np.count_nonzero(union)) * voxel_volume_ml(self._t2) / drawn_ml
        if kept < 1 - _LOST and _reaches_edge(union):
            self.left_out.append(f"{label}: only {kept:.0%} of it lies within the axial T2; that part is taken.")
        return on_grid_of(self._t2, union)


def _reaches_edge(union: np.ndarray) -> bool:
    return any(union.take(end, axis=axis).any() for axis in range(3) for end in (0, -1))


def _is_structure(group: FindingGroup) -> bool:
    named = f"{group.label} {words_of(group.finding)}".lower()
    return not any(word in named for word in ("lesion", "tumor", "cancer")) and is_structure(None, group.finding, named)


def _uid(stated: str, sop_instance_uid: str, one: Segment | FindingGroup) -> str:
    """Return the tracking UID of a lesion as it is stated, else one that is the same whenever it is taken."""
    if stated and UID(stated).is_valid:
        return stated
    return stable_uid("foreign", sop_instance_uid, str(one.number) if isinstance(one, Segment) else one.position)


def _candidate(
    uid: str,
    label: str,
    mask: Volume,
    model: ModelIdentity,
    group: FindingGroup | None,
    source: ResultHead,
    told: tuple[str, ...],
) -> ForeignCandidate:
    sites = group.sites if group else ()
    return ForeignCandidate(
        uid,
        label,
        mask,
        model,
        group.probability if group else None,
        group.suggested if group else Category.PENDING,
        next(filter(None, map(_sector, sites)), None),
        (*_explained(label, source), *(f"It states the site as {words_of(site)}" for site in sites), *told),
    )


def _sector(site: Code) -> Sector | None:
    try:
        return codes.sector_of(site)
    except KeyError:
        return None


def _explained(label: str, source: ResultHead) -> tuple[str, ...]:
    by = f" by {source.device}" if source.device else ""
    on = f", {source.when}" if source.when else ""
    return (f"“{label}” in “{source.title}”{by}{on}", "Measured anew here; the other system's measures were not taken")
