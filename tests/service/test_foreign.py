"""What other systems left in a study is listed, opened, and taken into the report when the reader asks for it."""

import shutil
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import highdicom as hd
import numpy as np
import pydicom
import pytest
from foreign_objects import (
    ANATOMICAL,
    PROSTATE,
    ball,
    described,
    headers,
    of_contour,
    of_contour_in_space,
    of_segment,
    pdf,
    presentation,
    report,
    save,
    segmentation,
    volume,
)
from highdicom import Volume
from pydicom.dataset import Dataset

from core.errors import CannotAnalyse, OutlineRefused, ResultUnreadable
from core.findings import Gland, ModelIdentity
from core.nudge import Nudge, Nudges
from core.pirads import Category, Score
from core.reader import Reader
from core.report import Accepted, FromModel, Report, Unreviewed, sign, with_lesion
from core.study import Role
from core.volume import centroid_lps, position_lps, voxel_volume_ml
from reporting.foreign_head import ResultKind
from reporting.read_sr import read_report
from reporting.seg import segmentation as segmentation_of
from reporting.signature import throw_away_key
from reporting.sr import verified_sr
from reporting.text import findings_text
from service.foreign import (
    GraphicsContent,
    PdfContent,
    ReportContent,
    Result,
    SegmentationContent,
    open_result,
    results_in,
)
from service.foreign_candidates import candidates_of, take_candidates
from service.reading import OpenStudy, open_folder


@pytest.fixture(scope="session")
def t2(opened_phantom: OpenStudy) -> Volume:
    """The axial T2 of the phantom."""
    found = opened_phantom.volume(Role.T2_AXIAL)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def sources(phantom_study: SimpleNamespace) -> list[Dataset]:
    """Its headers."""
    return headers(phantom_study.folder, "t2_tse_tra")


@pytest.fixture(scope="session")
def middle(t2: Volume) -> tuple[float, float, float]:
    """A place in the right peripheral zone."""
    return position_lps(t2, (11.0, 180.0, 150.0))


@pytest.fixture(scope="session")
def focus(t2: Volume, middle: tuple[float, float, float]) -> Volume:
    """A ball of 12 mm there, on the axial T2 grid."""
    return ball(t2, middle, 6.0)


@pytest.fixture
def with_objects(phantom_study: SimpleNamespace, opened_phantom: OpenStudy, tmp_path: Path) -> Any:
    """Return the phantom as it is with some more objects in its folder."""

    def opened(*objects: Dataset) -> OpenStudy:
        folder = shutil.copytree(phantom_study.folder, tmp_path / "study")
        for one in objects:
            save(one, folder)
        read = open_folder(folder)
        return replace(read, series=opened_phantom.series)  # the same pixels

    return opened


def _only(opened: OpenStudy, kind: ResultKind) -> Result:
    (found,) = (result for result in results_in(opened) if result.head.kind is kind)
    return found


@pytest.fixture
def draft(opened_phantom: OpenStudy, t2: Volume, middle: tuple[float, float, float]) -> Report:
    """A draft whose prostate is outlined."""
    mask = ball(t2, (0.0, middle[1] - 8, middle[2]), 22.0)
    return Report(opened_phantom.recognised, gland=Gland(mask, 44.6, ModelIdentity("G", "1", "a" * 64, "MIT")))


# ---------------------------------------------------------------------------------------------------------------------
# Listed and opened


def test_each_kind_of_result_is_listed_with_who_made_it_and_opened(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume
) -> None:
    seg = segmentation(sources, focus, [described(1)])
    marks = [hd.pr.GraphicObject("POLYLINE", np.array([[1.0, 1.0], [9.0, 9.0]]), "PIXEL")]
    objects = (seg, report(sources, [of_segment(seg)], [seg]), presentation(sources[11], marks), pdf(sources[0]))
    opened = with_objects(*objects)
    kinds = {result.head.kind: open_result(opened, result) for result in results_in(opened)}
    assert isinstance(kinds[ResultKind.SEGMENTATION], SegmentationContent)
    assert isinstance(kinds[ResultKind.REPORT], ReportContent)
    assert isinstance(kinds[ResultKind.GRAPHICS], GraphicsContent)
    shown = kinds[ResultKind.PDF]
    assert isinstance(shown, PdfContent)
    assert shown.pdf.startswith(b"%PDF")
    assert shown.pdf.rstrip().endswith(b"%%EOF")
    head = _only(opened, ResultKind.SEGMENTATION).head
    assert (head.title, head.device) == ("Acme lesions", "Acme Imaging · ProstateMind 2.1")
    assert head.algorithms == ("ProstateMind Detect 2.1.0",)
    assert _only(opened, ResultKind.PDF).head.state == "not verified · not signed"


def test_a_study_of_images_only_has_no_results(opened_phantom: OpenStudy) -> None:
    assert results_in(opened_phantom) == ()


def test_a_document_that_is_no_pdf_says_so(with_objects: Any, sources: Sequence[Dataset]) -> None:
    odd = pdf(sources[0])
    odd.EncapsulatedDocument = b"<html>hello</html>  "
    opened = with_objects(odd)
    with pytest.raises(ResultUnreadable, match="holds no PDF"):
        open_result(opened, _only(opened, ResultKind.PDF))


def test_a_segmentation_of_another_frame_of_reference_is_not_laid_on_the_images_and_says_so(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume
) -> None:
    seg = segmentation(sources, focus, [described(1)])
    seg.FrameOfReferenceUID = "1.2.826.0.1.3680043.8.498.99"
    opened = with_objects(seg)
    result = _only(opened, ResultKind.SEGMENTATION)
    content = open_result(opened, result)
    assert isinstance(content, SegmentationContent)
    assert "a frame of reference that no series of this study has" in content.apart
    offered = candidates_of(opened, result)
    assert offered.candidates == ()
    assert "another frame of reference" in offered.left_out[0]


def test_a_segmentation_of_images_that_are_not_here_is_laid_where_it_lies(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume
) -> None:
    absent = deepcopy(sources)
    for number, image in enumerate(absent):
        image.SeriesInstanceUID, image.SOPInstanceUID = "1.2.826.0.1.3680043.8.498.98", f"1.2.3.98.{number}"
    opened = with_objects(segmentation(absent, focus, [described(1)]))
    result = _only(opened, ResultKind.SEGMENTATION)
    content = open_result(opened, result)
    assert isinstance(content, SegmentationContent)
    assert content.apart == ""
    (candidate,) = candidates_of(opened, result).candidates
    assert np.array_equal(candidate.mask.array, focus.array)


# ---------------------------------------------------------------------------------------------------------------------
# Taken as candidates


def test_a_lesion_of_another_system_is_a_candidate_with_its_origin_named_and_measured_anew(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume, t2: Volume, draft: Report
) -> None:
    seg = segmentation(sources, focus, [described(1)])
    opened = with_objects(seg, report(sources, [of_segment(seg)], [seg]))
    taken = take_candidates(draft, opened, candidates_of(opened, _only(opened, ResultKind.REPORT)))
    (lesion,) = taken.lesions
    origin = lesion.origin
    assert isinstance(origin, FromModel)
    assert (origin.model.name, origin.model.version) == ("ProstateMind Detect (Acme Imaging)", "2.1.0")
    assert origin.model.is_foreign
    assert (origin.score, origin.suggested_category, origin.calibrated_on) == (0.72, Category.FOUR, "")
    assert "by Acme Imaging · ProstateMind" in origin.explanation[0]
    assert isinstance(lesion.review, Unreviewed)
    assert lesion.category is Category.PENDING
    assert lesion.sector.label == "Right mid PZpm"  # as it is coded
    assert lesion.tracking_uid == "1.2.826.0.1.3680043.8.498.77.1"
    voxels = int(np.count_nonzero(focus.array))
    assert lesion.measures.volume_ml == pytest.approx(voxels * voxel_volume_ml(t2))
    assert lesion.measures.long_axis_mm != 11.0  # what the other system measured
    assert np.array_equal(lesion.mask.array, focus.array)
    assert taken.category is Category.PENDING


def test_a_segment_takes_what_a_report_says_of_it_and_is_not_taken_twice(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume, draft: Report
) -> None:
    seg = segmentation(sources, focus, [described(1)])
    opened = with_objects(seg, report(sources, [of_segment(seg)], [seg]))
    offered = candidates_of(opened, _only(opened, ResultKind.SEGMENTATION))
    assert [one.probability for one in offered.candidates] == [0.72]
    taken = take_candidates(draft, opened, offered)
    for kind in (ResultKind.SEGMENTATION, ResultKind.REPORT):
        with pytest.raises(OutlineRefused, match="in the report already"):
            take_candidates(taken, opened, candidates_of(opened, _only(opened, kind)))


def test_a_segment_of_which_no_probability_is_coded_has_none(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume, draft: Report
) -> None:
    bare = described(1, tracking_uid=None, tracking_id=None)
    opened = with_objects(segmentation(sources, focus, [bare]))
    offered = candidates_of(opened, _only(opened, ResultKind.SEGMENTATION))
    (lesion,) = take_candidates(draft, opened, offered).lesions
    assert isinstance(lesion.origin, FromModel)
    assert lesion.origin.score is None
    assert lesion.origin.suggested_category is Category.PENDING
    again = candidates_of(opened, _only(opened, ResultKind.SEGMENTATION))
    assert again.candidates[0].tracking_uid == lesion.tracking_uid  # so it is known when it is taken again


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_a_sagittal_segmentation_of_every_kind_is_laid_on_the_axial_t2(
    kind: str, with_objects: Any, sources: Sequence[Dataset], t2: Volume, middle: tuple[float, float, float]
) -> None:
    affine = np.eye(4)
    affine[:3, :3] = np.array([[1.5, 0, 0], [0, 0, -1], [0, 0.8, 0]]).T
    affine[:3, 3] = (middle[0] - 15, middle[1] - 12, middle[2] + 12)
    grid = volume(np.zeros((20, 24, 30), np.uint8), affine, str(t2.frame_of_reference_uid))
    sagittal = ball(grid, middle, 6.0)
    opened = with_objects(segmentation(sources, sagittal, [described(1)], segmentation_type=kind))
    (candidate,) = candidates_of(opened, _only(opened, ResultKind.SEGMENTATION)).candidates
    assert centroid_lps(candidate.mask) == pytest.approx(middle, abs=0.5)
    assert np.count_nonzero(candidate.mask.array) * voxel_volume_ml(t2) == pytest.approx(0.905, rel=0.15)  # 4/3 π 6³


def test_contours_on_images_and_in_space_become_the_same_candidate(
    with_objects: Any, sources: Sequence[Dataset], t2: Volume
) -> None:
    frame = str(t2.frame_of_reference_uid)
    square = np.array([[140.0, 170], [160, 170], [160, 190], [140, 190], [140, 170]])
    # the corner at column 140, row 170 is half a pixel before the middle of pixel 140\170
    in_space = [[position_lps(t2, (k, row - 0.5, column - 0.5)) for column, row in square] for k in (10.0, 11.0)]
    on_images = report(sources, [of_contour(sources[k], square) for k in (10, 11)])
    opened = with_objects(on_images, report(sources, [of_contour_in_space(frame, np.array(c)) for c in in_space]))
    masks = [
        [one.mask.array for one in candidates_of(opened, result).candidates]
        for result in results_in(opened)
        if result.head.kind is ResultKind.REPORT
    ]
    assert [len(found) for found in masks] == [2, 2]
    for first, second in zip(*masks, strict=True):
        assert np.array_equal(first, second)
        assert first[:, 170:190, 140:160].sum() == first.sum() == 400


def test_structures_and_what_people_drew_are_no_candidates(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume, t2: Volume, middle: tuple[float, float, float]
) -> None:
    gland = described(
        2, "Prostate", segmented_property_category=ANATOMICAL, segmented_property_type=PROSTATE, tracking_uid=None,
        tracking_id=None,
    )  # fmt: skip
    by_hand = described(3, "Target", algorithm_type="MANUAL", algorithm_identification=None)
    stacked = t2.with_array(np.stack([focus.array] * 3, axis=-1), channels={"SegmentNumber": [1, 2, 3]})
    opened = with_objects(segmentation(sources, stacked, [described(1), gland, by_hand]))
    offered = candidates_of(opened, _only(opened, ResultKind.SEGMENTATION))
    assert [one.label for one in offered.candidates] == ["Lesion 1"]
    assert offered.left_out == (
        "Prostate: a structure, no lesion.",
        "Target: drawn by a person, so it is no AI's candidate.",
    )


def test_a_lesion_beside_the_axial_t2_is_told_and_not_taken(
    with_objects: Any, sources: Sequence[Dataset], t2: Volume, draft: Report
) -> None:
    grid = volume(
        np.ones((3, 4, 4), np.uint8), np.diag([1.0, 1, 1, 1])[:, [2, 1, 0, 3]], str(t2.frame_of_reference_uid)
    )
    far = volume(
        grid.array,
        np.array([[0, 0, 1, 500], [0, 1, 0, 0], [3, 0, 0, 0], [0, 0, 0, 1.0]]),
        str(t2.frame_of_reference_uid),
    )
    opened = with_objects(segmentation(sources, far, [described(1)]))
    offered = candidates_of(opened, _only(opened, ResultKind.SEGMENTATION))
    assert "outside the axial T2" in offered.left_out[0]
    with pytest.raises(OutlineRefused, match="no new candidate: Lesion 1: it lies outside"):
        take_candidates(draft, opened, offered)


def test_without_a_gland_a_lesion_whose_site_is_not_coded_waits_for_the_ai(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume
) -> None:
    opened = with_objects(segmentation(sources, focus, [described(1)]))
    offered = candidates_of(opened, _only(opened, ResultKind.SEGMENTATION))
    with pytest.raises(CannotAnalyse, match="run the AI first"):
        take_candidates(Report(opened.recognised), opened, offered)


def test_a_mask_follows_the_diffusion_that_the_reader_moved(
    with_objects: Any, phantom_study: SimpleNamespace, t2: Volume, middle: tuple[float, float, float]
) -> None:
    adc = headers(phantom_study.folder, "ep2d_diff_tra_ADC")
    made_on_adc = segmentation(adc, ball(t2, middle, 6.0), [described(1)])
    opened = with_objects(made_on_adc)
    nudges = Nudges(diffusion=Nudge(shift_mm=(3.0, 0.0, 0.0)))
    result = _only(opened, ResultKind.SEGMENTATION)
    before, after = (candidates_of(opened, result, one).candidates[0].mask for one in (Nudges(), nudges))
    moved = np.subtract(centroid_lps(after), centroid_lps(before))
    assert moved == pytest.approx((3.0, 0.0, 0.0), abs=0.3)


def test_candidates_of_others_stay_when_our_ai_runs_again(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume, draft: Report
) -> None:
    from core.findings import Findings
    from core.report import with_findings
    from core.volume import on_grid_of

    opened = with_objects(segmentation(sources, focus, [described(1)]))
    taken = take_candidates(draft, opened, candidates_of(opened, _only(opened, ResultKind.SEGMENTATION)))
    assert draft.gland is not None
    empty = on_grid_of(focus, np.zeros(focus.spatial_shape, np.uint8))
    findings = Findings(opened.recognised, draft.gland, empty, empty, (), (draft.gland.model,), {}, ())
    assert [x.tracking_uid for x in with_findings(taken, findings).lesions] == [taken.lesions[0].tracking_uid]


def test_our_own_results_are_listed_and_not_taken_over_again(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume
) -> None:
    ours = segmentation(sources, focus, [described(1)], manufacturer_model_name="Prosector")
    opened = with_objects(ours)
    with pytest.raises(OutlineRefused, match="was made here"):
        candidates_of(opened, _only(opened, ResultKind.SEGMENTATION))
    assert pydicom.dcmread(_only(opened, ResultKind.SEGMENTATION).path).Modality == "SEG"


def test_a_taken_candidate_is_signed_with_its_origin_and_comes_back_with_it(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume, draft: Report
) -> None:
    opened = with_objects(segmentation(sources, focus, [described(1)]))
    taken = take_candidates(draft, opened, candidates_of(opened, _only(opened, ResultKind.SEGMENTATION)))
    scored = replace(taken.lesions[0].assessment, t2=Score.FOUR, dwi=Score.FOUR)
    reviewed = replace(taken, lesions=(replace(taken.lesions[0], review=Accepted(), assessment=scored),))
    reader = Reader("Doe^Jane", "Hospital")
    signed = sign(reviewed, reader, datetime.now(UTC))
    seg = segmentation_of(reviewed.recognised, reviewed.gland, reviewed.lesions)
    back = read_report(verified_sr(signed, seg, throw_away_key(reader)), seg, opened.recognised)
    assert back.lesions[0].origin == taken.lesions[0].origin
    assert "ProstateMind Detect (Acme Imaging) 2.1.0" in findings_text(reviewed)
    makers = {x.ManufacturerModelName: x.Manufacturer for x in seg.ContributingEquipmentSequence}
    assert makers["ProstateMind Detect (Acme Imaging)"] == "not stated"


def test_a_taken_candidate_is_reviewed_like_any_other(
    with_objects: Any, sources: Sequence[Dataset], focus: Volume, draft: Report
) -> None:
    opened = with_objects(segmentation(sources, focus, [described(1)]))
    taken = take_candidates(draft, opened, candidates_of(opened, _only(opened, ResultKind.SEGMENTATION)))
    uid = taken.lesions[0].tracking_uid
    accepted = with_lesion(taken, uid, lambda lesion: replace(lesion, review=Accepted()))
    assert accepted.reported_lesions[0].tracking_uid == uid
