"""A report with everything in it as DICOM SR: staging, PRECISE, order, key images, and where lesions were measured."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from highdicom.sr import srread
from pydicom import dcmread
from pydicom.dataset import Dataset

from core.annotations import Kind, annotation
from core.errors import SeriesIncomplete
from core.findings import MeasuredImage
from core.frame_link import FrameLink, LinkedBy, MatchScore, rows_of
from core.nudge import Nudge, Nudges
from core.order import Order
from core.report import KeyImage, Reader, Report, SignedReport, sign
from core.staging import Precise, PreciseScore, Seen, Staging
from core.study import Role
from reporting import codes, sr_tree
from reporting.seg import segmentation
from reporting.signature import SigningKey
from reporting.sr import draft_sr, verified_sr

STAGING = Staging(
    right_vesicle=Seen.NONE,
    left_vesicle=Seen.DEFINITE,
    left_bundle=Seen.POSSIBLE,
    nodes=Seen.DEFINITE,
    nodes_words="Linker Obturator, 9 mm kurze Achse",
    bone=Seen.NONE,
)
ORDER = Order(
    "ACC4711", "P-1", "F-2", "RP-3", "MRT Prostata", ("MRPROST", "MRT Prostata", "L"), psa_date=date(2026, 2, 20)
)

LINK = FrameLink(
    "1.2.3.99", "1.2.3.2", rows_of(np.eye(4)), LinkedBy.REGISTRATION, "ADC (series 7)", MatchScore(None, 0.3)
)
LAID = Nudges(diffusion=Nudge((1.5, 0.0, 0.0)), links=(LINK,))


@pytest.fixture(scope="module")
def whole(draft_report: Report) -> Report:
    """The draft with staging, PRECISE, order, two key images and the images that L1 and L2 were measured in.

    The reader changed the outlines of the gland and of L2, drew a length, and linked and moved series.
    """
    t2, adc = (draft_report.recognised.one(role) for role in (Role.T2_AXIAL, Role.ADC))
    assert t2 is not None
    assert adc is not None
    fourth, fifth = adc.stack.instances[3], t2.stack.instances[4]
    first, second, *others = draft_report.lesions
    lesions = (
        replace(first, measures=_measured_in(first.measures, fourth.sop_instance_uid, fourth.instance_number)),
        replace(
            second,
            measures=_measured_in(second.measures, fifth.sop_instance_uid, fifth.instance_number),
            original_mask=first.mask,
        ),
        *others,
    )
    gland = draft_report.gland
    assert gland is not None
    length = annotation(Kind.LENGTH, gland.mask.frame_of_reference_uid or "", ((1.0, 2.0, 3.0), (4.0, 2.0, 3.0)), "äº")
    return replace(
        draft_report,
        lesions=lesions,
        gland=replace(gland, edited=True, original_mask=gland.mask),
        annotations=(length,),
        nudges=LAID,
        staging=STAGING,
        precise=Precise(PreciseScore.FOUR, date(2024, 11, 3), "L2 gewachsen"),
        order=ORDER,
        key_images=(KeyImage(t2.stack.instances[9].sop_instance_uid, "L2 in T2"), KeyImage(fourth.sop_instance_uid)),
    )


def _measured_in(measures: Any, uid: str, number: int | None) -> Any:
    return replace(measures, image=MeasuredImage(uid, number))


@pytest.fixture(scope="module")
def sr(whole: Report, reader: Reader, signed_report: SignedReport, signing_key: SigningKey) -> Dataset:
    """That report, signed."""
    seg = segmentation(whole.recognised, whole.gland, whole.lesions)
    buffer = BytesIO()
    verified_sr(sign(whole, reader, signed_report.signed_at), seg, signing_key).save_as(
        buffer, enforce_file_format=True
    )
    buffer.seek(0)
    return dcmread(buffer)


def _evaluations(sr: Dataset) -> Dataset:
    found = sr_tree.child(sr, codes.QUALITATIVE_EVALUATIONS)
    assert found is not None
    return found


def _group(sr: Dataset, label: str) -> Dataset:
    measurements = sr_tree.child(sr, codes.IMAGING_MEASUREMENTS)
    assert measurements is not None
    groups = sr_tree.children(measurements, codes.MEASUREMENT_GROUP)
    return next(x for x in groups if sr_tree.text(x, codes.TRACKING_IDENTIFIER) == label)


def test_what_was_assessed_beyond_the_prostate_is_coded_with_its_site_and_degree(sr: Dataset) -> None:
    container = sr_tree.child(_evaluations(sr), codes.EXTRA_PROSTATIC_FINDING)
    assert container is not None
    told: list[tuple[str, str, str, str]] = []
    for item in sr_tree.children(container, codes.FINDING):
        site = sr_tree.child(item, codes.FINDING_SITE)
        assert site is not None
        side, degree = sr_tree.coded(site, codes.LATERALITY), sr_tree.coded(item, codes.DEGREE)
        assert degree is not None
        where = site.ConceptCodeSequence[0].CodeMeaning
        told.append((item.ConceptCodeSequence[0].CodeMeaning, where, side.meaning if side else "", degree.meaning))
    assert told == [
        ("Seminal vesicle invasion", "Right seminal vesicle", "", "Not seen"),
        ("Seminal vesicle invasion", "Left seminal vesicle", "", "Definite"),
        ("Involvement of the neurovascular bundle", "Neurovascular bundle of prostate", "Left", "Possible"),
        ("Lymphadenopathy", "Lymph Node", "", "Definite"),
        ("Bony metastasis", "Bone", "", "Not seen"),
    ]


def test_what_was_not_assessed_is_not_told(draft_report: Report) -> None:
    seg = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)
    evaluations = _evaluations(draft_sr(draft_report, seg))
    for absent in (codes.EXTRA_PROSTATIC_FINDING, codes.PRECISE, codes.ORDER):
        assert sr_tree.child(evaluations, absent) is None


def test_precise_says_which_examination_it_compares_with(sr: Dataset) -> None:
    item = sr_tree.child(_evaluations(sr), codes.PRECISE)
    assert item is not None
    assert item.ConceptCodeSequence[0].CodeMeaning == "PRECISE 4"
    assert sr_tree.day(item, codes.COMPARED_WITH) == date(2024, 11, 3)


def test_each_axis_names_the_image_that_it_was_measured_in(sr: Dataset, whole: Report) -> None:
    for lesion in whole.lesions[:2]:
        image = lesion.measures.image
        assert image is not None
        for name in (codes.LONG_AXIS, codes.SHORT_AXIS):
            axis = sr_tree.child(_group(sr, lesion.label), name)
            assert axis is not None
            source = sr_tree.child(axis, codes.MEASURED_IMAGE)
            assert source is not None
            assert source.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == image.sop_instance_uid


def test_every_image_that_is_pointed_to_is_listed_as_evidence(sr: Dataset) -> None:
    listed = {
        str(instance.ReferencedSOPInstanceUID)
        for study in sr.CurrentRequestedProcedureEvidenceSequence
        for series in study.ReferencedSeriesSequence
        for instance in series.ReferencedSOPSequence
    }
    content = Dataset()
    content.ContentSequence = sr.ContentSequence
    pointed = {str(x.value) for x in content.iterall() if x.keyword == "ReferencedSOPInstanceUID"}
    assert pointed <= listed


def test_the_index_lesion_is_marked_as_such(sr: Dataset) -> None:
    marked = [x for x in ("L1", "L2", "L3") if sr_tree.child(_group(sr, x), codes.ABNORMALITY) is not None]
    assert marked == ["L2"]


def test_a_key_image_that_is_gone_is_named(whole: Report) -> None:
    seg = segmentation(whole.recognised, whole.gland, whole.lesions)
    with pytest.raises(SeriesIncomplete, match=r"key image 1\.2\.3 is not in study .* take it off"):
        draft_sr(replace(whole, key_images=(KeyImage("1.2.3"),)), seg)


def test_dciodvfy_and_highdicom_find_no_error(sr: Dataset, tmp_path: Path, dciodvfy: Callable[[Path], Any]) -> None:
    sr.save_as(tmp_path / "sr.dcm", enforce_file_format=True)
    said = dciodvfy(tmp_path / "sr.dcm")
    assert (said.kind, said.errors) == ("Comprehensive3DSR", [])
    assert len(srread(tmp_path / "sr.dcm").content.get_volumetric_roi_measurement_groups()) == 4


@pytest.mark.journey
def test_the_template_validator_of_pixelmed_finds_no_error(
    sr: Dataset, tmp_path: Path, sr_validator: Callable[[Path], Callable[[], Any]]
) -> None:
    sr.save_as(tmp_path / "sr.dcm", enforce_file_format=True)
    said = sr_validator(tmp_path / "sr.dcm")()
    assert (said.kind, said.errors) == ("TID_1500", [])
