"""The segmentation: every outline where it was drawn, readable by others, on the axial T2."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from highdicom import Volume
from highdicom.seg import Segmentation, segread
from pydicom.dataset import Dataset
from vendor_styles import STYLES, export

from core.errors import FramesDiffer, SeriesIncomplete
from core.findings import Findings, Gland, ModelIdentity
from core.report import Edited, Report, Unreviewed
from core.study import RecognisedStudy, Role
from core.volume import on_grid_of
from inference.load import load_stack
from inference.read import read_study
from inference.recognise import recognise
from reporting.seg import gland_tracking_uid, has_segments, segmentation
from reporting.sources import axial_t2, geometry, headers

GLAND_MODEL = ModelIdentity("TAPS prostate", "1.1.0", "a" * 64, "MIT")


def _saved(seg: Dataset, folder: Path) -> Path:
    path = folder / "seg.dcm"
    seg.save_as(path, enforce_file_format=True)
    return path


def _segment(seg: Dataset, tracking_uid: str) -> Dataset:
    (segment,) = [x for x in seg.SegmentSequence if x.TrackingUID == tracking_uid]
    return segment


def _outline(seg: Segmentation, tracking_uid: str, recognised: RecognisedStudy) -> np.ndarray:
    number = int(_segment(seg, tracking_uid).SegmentNumber)
    volume = seg.get_volume(segment_numbers=[number])
    return volume.match_geometry(geometry(headers(axial_t2(recognised).stack))).array[..., 0]


@pytest.fixture(scope="module")
def seg(draft_report: Report) -> Dataset:
    return segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)


def test_every_outline_comes_back_voxel_by_voxel(draft_report: Report, seg: Dataset, tmp_path: Path) -> None:
    read = segread(_saved(seg, tmp_path))
    assert draft_report.gland is not None
    drawn = {gland_tracking_uid(draft_report.recognised): draft_report.gland.mask}
    drawn |= {lesion.tracking_uid: lesion.mask for lesion in draft_report.reported_lesions}
    assert len(read.SegmentSequence) == len(drawn) == 4
    for tracking_uid, mask in drawn.items():
        np.testing.assert_array_equal(_outline(read, tracking_uid, draft_report.recognised), mask.array)


def test_frames_lie_where_their_t2_slices_lie(draft_report: Report, seg: Dataset) -> None:
    by_uid = {str(h.SOPInstanceUID): h for h in headers(axial_t2(draft_report.recognised).stack)}
    assert len(seg.PerFrameFunctionalGroupsSequence) > 4
    for frame in seg.PerFrameFunctionalGroupsSequence:
        (source,) = frame.DerivationImageSequence[0].SourceImageSequence
        position = by_uid[str(source.ReferencedSOPInstanceUID)].ImagePositionPatient
        np.testing.assert_allclose(frame.PlanePositionSequence[0].ImagePositionPatient, position, atol=1e-4)


def test_a_segment_says_who_drew_it(draft_report: Report, seg: Dataset) -> None:
    first, second, third, _ = draft_report.lesions
    accepted, edited, own = (_segment(seg, x.tracking_uid) for x in (first, second, third))
    gland = _segment(seg, gland_tracking_uid(draft_report.recognised))
    assert [x.SegmentAlgorithmType for x in (gland, accepted, edited, own)] == [
        "AUTOMATIC",
        "AUTOMATIC",
        "SEMIAUTOMATIC",
        "MANUAL",
    ]
    assert accepted.SegmentAlgorithmName == "Prosector detector"
    assert "SegmentAlgorithmName" not in own
    assert accepted.TrackingID == "L1"
    assert accepted.SegmentLabel == "L1 Right mid PZpm, PI-RADS 4"
    assert accepted.AnatomicRegionSequence[0].CodeMeaning == "Prostate"


def test_a_rejected_candidate_is_not_a_segment(draft_report: Report, seg: Dataset) -> None:
    rejected = draft_report.lesions[3]
    assert rejected.tracking_uid not in [str(x.TrackingUID) for x in seg.SegmentSequence]
    assert not has_segments(None, [rejected])


def test_a_candidate_does_not_look_like_a_reported_lesion(made_findings: Findings) -> None:
    seg = segmentation(made_findings.recognised, made_findings.gland, made_findings.candidates)
    segment = _segment(seg, made_findings.candidates[1].tracking_uid)
    assert segment.SegmentLabel == "L2 Left mid TZa, AI candidate, not reviewed"
    assert segment.SegmentAlgorithmType == "AUTOMATIC"


def test_an_unreviewed_lesion_of_a_draft_is_called_a_candidate(draft_report: Report) -> None:
    lesion = replace(draft_report.lesions[0], review=Unreviewed())
    seg = segmentation(draft_report.recognised, None, [lesion])
    assert "AI candidate, not reviewed" in _segment(seg, lesion.tracking_uid).SegmentLabel


def test_gland_alone_and_lesion_alone_are_segmentations(draft_report: Report, tmp_path: Path) -> None:
    lesion = draft_report.lesions[1]
    for gland, lesions in ((draft_report.gland, []), (None, [lesion])):
        seg = segread(_saved(segmentation(draft_report.recognised, gland, lesions), tmp_path))
        assert len(seg.SegmentSequence) == 1


def test_overlapping_lesions_keep_their_whole_outlines(draft_report: Report, tmp_path: Path) -> None:
    first = draft_report.lesions[0]
    wider = replace(draft_report.lesions[1], mask=draft_report.lesions[0].mask, review=Edited())
    seg = segread(_saved(segmentation(draft_report.recognised, None, [first, wider]), tmp_path))
    for lesion in (first, wider):
        np.testing.assert_array_equal(_outline(seg, lesion.tracking_uid, draft_report.recognised), first.mask.array)


def test_nothing_to_segment_is_refused(made_study: RecognisedStudy) -> None:
    with pytest.raises(ValueError, match="neither a gland nor a lesion"):
        segmentation(made_study, None, [])


def test_an_outline_of_another_frame_of_reference_is_refused(draft_report: Report) -> None:
    lesion = draft_report.lesions[0]
    moved = Volume(lesion.mask.array, lesion.mask.affine, "PATIENT", frame_of_reference_uid="1.2.3")
    with pytest.raises(FramesDiffer, match="outline of L1"):
        segmentation(draft_report.recognised, None, [replace(lesion, mask=moved)])


def test_an_outline_shifted_by_half_a_millimetre_is_refused(draft_report: Report) -> None:
    lesion = draft_report.lesions[0]
    affine = lesion.mask.affine.copy()
    affine[0, 3] += 0.5
    frame = lesion.mask.frame_of_reference_uid
    moved = Volume(lesion.mask.array, affine, "PATIENT", frame_of_reference_uid=frame)
    with pytest.raises(FramesDiffer, match="not on the grid"):
        segmentation(draft_report.recognised, None, [replace(lesion, mask=moved)])


def test_a_study_without_axial_t2_is_named(made_study: RecognisedStudy, made_gland: Gland) -> None:
    without = replace(made_study, choices=tuple(x for x in made_study.choices if x.role is not Role.T2_AXIAL))
    with pytest.raises(SeriesIncomplete, match="no axial T2"):
        segmentation(without, made_gland, [])


def test_it_says_research_use_and_names_each_model(seg: Dataset) -> None:
    assert seg.ContentDescription == "Research use only — not a medical device"
    described = [x.get("ContributionDescription", "") for x in seg.ContributingEquipmentSequence]
    assert sum("a" * 64 in x for x in described) == 1
    assert sum("b" * 64 in x for x in described) == 1
    assert str(seg.PatientName) == "Müller^Jörg"


def test_dciodvfy_finds_no_error(seg: Dataset, tmp_path: Path, dciodvfy: Callable[[Path], Any]) -> None:
    said = dciodvfy(_saved(seg, tmp_path))
    assert (said.kind, said.errors) == ("Segmentation", [])


def test_the_segmentation_of_a_real_study_lies_on_its_t2(prostatex_0000: Path, tmp_path: Path) -> None:
    recognised = recognise(read_study(prostatex_0000))
    t2 = load_stack(axial_t2(recognised).stack)
    mask = np.zeros(t2.spatial_shape, np.uint8)
    mask[8:11, 150:170, 180:205] = 1
    gland = Gland(on_grid_of(t2, mask), 30.0, GLAND_MODEL)
    seg = segread(_saved(segmentation(recognised, gland, []), tmp_path))
    np.testing.assert_array_equal(_outline(seg, gland_tracking_uid(recognised), recognised), mask)


def test_the_segmentation_of_an_enhanced_t2_lies_on_its_frames(phantom_study: Any, tmp_path: Path) -> None:
    export(phantom_study.folder, tmp_path / "study", next(style for style in STYLES if style.enhanced))
    recognised = recognise(read_study(tmp_path / "study"))
    stack = axial_t2(recognised).stack
    t2 = load_stack(stack)
    mask = np.zeros(t2.spatial_shape, np.uint8)
    mask[8:11, 150:170, 180:205] = 1
    made = segmentation(recognised, Gland(on_grid_of(t2, mask), 30.0, GLAND_MODEL), [])
    seg = segread(_saved(made, tmp_path))
    np.testing.assert_array_equal(_outline(seg, gland_tracking_uid(recognised), recognised), mask)
    referenced = {
        item.ReferencedSOPInstanceUID
        for series in made.ReferencedSeriesSequence
        for item in series.ReferencedInstanceSequence
    }
    assert referenced == {stack.instances[0].sop_instance_uid}
