"""The overlay series: outlines where the lesions are, in the patient and not only on the picture."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from highdicom import UID, Volume
from pydicom.dataset import Dataset

from core.errors import FramesDiffer, SeriesIncomplete
from core.findings import Findings, Gland
from core.report import Report, SignedReport, Unreviewed
from core.study import RecognisedStudy, Role
from core.volume import PointLps, position_lps
from reporting.images import ReportImages
from reporting.overlay import overlay_of_findings, overlay_of_report


@pytest.fixture
def images(made_volumes: Mapping[Role, Volume]) -> ReportImages:
    """The axial T2 of the made-up study; the overlay needs no other."""
    return ReportImages(made_volumes[Role.T2_AXIAL], None, None)


@pytest.fixture(scope="module")
def series(made_study: RecognisedStudy, made_gland: Gland, made_volumes: Mapping[Role, Volume]) -> tuple[Dataset, ...]:
    """The overlay series of a report without lesions."""
    report = Report(made_study, gland=made_gland, models=(made_gland.model,))
    return overlay_of_report(report, ReportImages(made_volumes[Role.T2_AXIAL], None, None))


def _reopened(dataset: Dataset, path: Path) -> Dataset:
    dataset.save_as(path, enforce_file_format=True)
    return pydicom.dcmread(path)


def _pixel(dataset: Dataset, point: PointLps) -> tuple[float, float]:
    """Return row and column of a patient position by the dataset's own attributes alone (PS3.3 C.7.6.2.1.1)."""
    row_mm, column_mm = (float(value) for value in dataset.PixelSpacing)
    cosines = np.array(dataset.ImageOrientationPatient, float)
    step = np.array(point) - np.array(dataset.ImagePositionPatient, float)
    return float(step @ cosines[3:] / row_mm), float(step @ cosines[:3] / column_mm)


def _is_coloured(dataset: Dataset, point: PointLps) -> bool:
    row, column = _pixel(dataset, point)
    return int(np.ptp(dataset.pixel_array[round(row), round(column)].astype(int))) > 8


def test_there_is_one_picture_for_each_t2_slice_in_one_new_series(
    series: tuple[Dataset, ...], made_study: RecognisedStudy
) -> None:
    assert len(series) == 20
    assert len({ds.SOPInstanceUID for ds in series}) == 20
    assert len({ds.SeriesInstanceUID for ds in series}) == 1
    assert {ds.StudyInstanceUID for ds in series} == {made_study.study.study_instance_uid}
    assert [ds.InstanceNumber for ds in series] == list(range(1, 21))


def test_the_patient_is_the_studys_whatever_the_alphabet(series: tuple[Dataset, ...], tmp_path: Path) -> None:
    ds = _reopened(series[0], tmp_path / "overlay.dcm")
    assert (ds.PatientName, ds.PatientID, ds.AccessionNumber) == ("Müller^Jörg", "P4711", "ACC4711")
    assert (ds.StudyDate, ds.StudyTime, ds.ReferringPhysicianName) == ("20260301", "101500", "Zuweiser^Änne")


def test_it_says_that_it_is_drawn_for_research_and_by_whom(series: tuple[Dataset, ...]) -> None:
    ds = series[3]
    assert ds.SeriesDescription == "Prosector overlay (research use)"
    assert (ds.BurnedInAnnotation, ds.ConversionType, ds.BodyPartExamined) == ("YES", "WSD", "PROSTATE")
    assert "Research use only" in ds.DerivationDescription
    models = [item.ManufacturerModelName for item in ds.ContributingEquipmentSequence]
    assert models == ["TAPS prostate"]


def test_it_is_never_mistaken_for_an_acquired_mr_series(series: tuple[Dataset, ...]) -> None:
    assert {ds.Modality for ds in series} == {"OT"}
    assert {ds.ImageType[0] for ds in series} == {"DERIVED"}


def test_each_picture_names_the_t2_image_it_was_drawn_on(
    series: tuple[Dataset, ...], made_study: RecognisedStudy
) -> None:
    t2 = made_study.one(Role.T2_AXIAL)
    assert t2 is not None
    files = {instance.sop_instance_uid: instance.path for instance in t2.stack.instances}
    for ds in series:
        source = pydicom.dcmread(files[ds.SourceImageSequence[0].ReferencedSOPInstanceUID])
        normal = np.cross(*np.array(source.ImageOrientationPatient, float).reshape(2, 3))
        apart = np.array(source.ImagePositionPatient, float) - np.array(ds.ImagePositionPatient, float)
        assert abs(apart @ normal) < 1e-3
        assert ds.FrameOfReferenceUID == source.FrameOfReferenceUID


def test_every_voxel_of_a_lesion_is_painted_at_its_place_in_the_patient(
    draft_report: Report, images: ReportImages, tmp_path: Path
) -> None:
    lesion = draft_report.lesions[0]
    series = overlay_of_report(replace(draft_report, gland=None, lesions=(lesion,)), images)
    k = int(lesion.mask.array.sum(axis=(1, 2)).argmax())
    ds = _reopened(series[k], tmp_path / "overlay.dcm")
    voxels = np.argwhere(lesion.mask.array[k] > 0)
    assert len(voxels) > 20
    for j, i in voxels:
        assert _is_coloured(ds, position_lps(lesion.mask, (k, float(j), float(i))))
    (top, left), (bottom, right) = voxels.min(axis=0), voxels.max(axis=0)
    for j, i in ((top, left), (top, right), (bottom, left), (bottom, right)):  # corners that an ellipse leaves free
        assert not lesion.mask.array[k, j, i]
        assert not _is_coloured(ds, position_lps(lesion.mask, (k, float(j), float(i))))


def test_only_slices_that_a_lesion_reaches_show_it(draft_report: Report, images: ReportImages) -> None:
    lesion = draft_report.lesions[0]
    series = overlay_of_report(replace(draft_report, gland=None, lesions=(lesion,)), images)
    bare = overlay_of_report(replace(draft_report, gland=None, lesions=()), images)
    differs = [
        not np.array_equal(drawn.pixel_array, empty.pixel_array) for drawn, empty in zip(series, bare, strict=True)
    ]
    assert differs == [bool(slice_.any()) for slice_ in lesion.mask.array]


def test_a_lesion_of_a_single_voxel_is_not_lost(draft_report: Report, images: ReportImages) -> None:
    array = np.zeros(images.t2.spatial_shape, np.uint8)
    array[10, 30, 20] = 1
    mask = replace(draft_report.lesions[0]).mask
    tiny = Volume(
        array=array,
        affine=mask.affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=mask.frame_of_reference_uid,
    )
    report = replace(draft_report, gland=None, lesions=(replace(draft_report.lesions[0], mask=tiny),))
    assert _is_coloured(overlay_of_report(report, images)[10], position_lps(tiny, (10, 30, 20)))


def test_the_t2_below_the_drawing_stands_where_the_t2_stands(draft_report: Report, images: ReportImages) -> None:
    array = np.full(images.t2.spatial_shape, 10, np.int16)
    array[6, 40, 12] = 4000
    spot = replace(
        images,
        t2=Volume(
            array=array,
            affine=images.t2.affine,
            coordinate_system="PATIENT",
            frame_of_reference_uid=images.t2.frame_of_reference_uid,
        ),
    )
    ds = overlay_of_report(replace(draft_report, gland=None, lesions=()), spot)[6]
    row, column = _pixel(ds, position_lps(images.t2, (6, 40, 12)))
    near = ds.pixel_array[round(row) - 40 : round(row) + 41, round(column) - 40 : round(column) + 41, 0].astype(float)
    rows, columns = np.indices(near.shape)
    assert (rows * near).sum() / near.sum() == pytest.approx(40, abs=0.6)
    assert (columns * near).sum() / near.sum() == pytest.approx(40, abs=0.6)


def test_rejected_lesions_are_not_drawn(draft_report: Report, images: ReportImages) -> None:
    rejected = [lesion for lesion in draft_report.lesions if lesion.label == "L4"]
    alone = overlay_of_report(replace(draft_report, lesions=tuple(rejected)), images)
    none = overlay_of_report(replace(draft_report, lesions=()), images)
    assert all(np.array_equal(a.pixel_array, b.pixel_array) for a, b in zip(alone, none, strict=True))


def test_an_unreviewed_lesion_is_drawn_but_broken(draft_report: Report, images: ReportImages) -> None:
    lesion = draft_report.lesions[0]
    k = int(lesion.mask.array.sum(axis=(1, 2)).argmax())

    def orange(review: object) -> int:
        report = replace(draft_report, gland=None, lesions=(replace(lesion, review=review),))
        pixels = overlay_of_report(report, images)[k].pixel_array.astype(int)
        return int((np.ptp(pixels, axis=-1) > 8).sum())

    assert orange(Unreviewed()) != orange(lesion.review)
    assert orange(Unreviewed()) > 100


def test_findings_of_the_ai_are_drawn_for_their_two_candidates(made_findings: Findings, images: ReportImages) -> None:
    series = overlay_of_findings(made_findings, images)
    assert len(series) == 20
    for candidate in made_findings.candidates:
        k = int(candidate.mask.array.sum(axis=(1, 2)).argmax())
        assert _is_coloured(series[k], candidate.centroid_lps_mm)


def test_an_outline_of_another_frame_is_refused(draft_report: Report, images: ReportImages) -> None:
    mask = draft_report.lesions[0].mask
    moved = Volume(array=mask.array, affine=mask.affine, coordinate_system="PATIENT", frame_of_reference_uid=UID())
    report = replace(draft_report, lesions=(replace(draft_report.lesions[0], mask=moved),))
    with pytest.raises(FramesDiffer, match="The outline of L1"):
        overlay_of_report(report, images)


def test_files_that_are_not_those_of_the_volume_are_refused(draft_report: Report, images: ReportImages) -> None:
    shorter = replace(images, t2=images.t2[:19])
    with pytest.raises(SeriesIncomplete, match="are not the ones that its slices were loaded from"):
        overlay_of_report(replace(draft_report, gland=None, lesions=()), shorter)


def test_dciodvfy_finds_no_error(
    signed_report: SignedReport, images: ReportImages, tmp_path: Path, dciodvfy: Callable[[Path], Any]
) -> None:
    path = tmp_path / "overlay.dcm"
    overlay_of_report(signed_report.report, images)[9].save_as(path, enforce_file_format=True)
    said = dciodvfy(path)
    assert (said.kind, said.errors) == ("SCImage", [])
