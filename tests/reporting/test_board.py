"""The tumour board's page and targets: they agree with the masks, other programs read them, and nobody is named."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from highdicom import Volume
from PIL import Image, ImageDraw
from pypdfium2 import PdfDocument

from core.report import Report, Unreviewed
from core.staging import Seen, Staging
from core.study import Role
from core.volume import voxel_volume_ml
from reporting.board import NothingForBoard, board_files
from reporting.board_deidentify import Pseudonym
from reporting.contours import closed_lines
from reporting.images import ReportImages
from reporting.rtstruct import keyholes
from reporting.stl import surface

_STAGED = Staging(right_vesicle=Seen.POSSIBLE, nodes=Seen.DEFINITE, nodes_words="Müller's obturator node, 9 mm")


@pytest.fixture(scope="module")
def images(made_volumes: Mapping[Role, Volume]) -> ReportImages:
    return ReportImages(*(made_volumes[role] for role in (Role.T2_AXIAL, Role.ADC, Role.HIGH_B)))


@pytest.fixture(scope="module")
def files(draft_report: Report, images: ReportImages) -> dict[str, bytes]:
    return board_files(replace(draft_report, staging=_STAGED), images, None)


@pytest.fixture(scope="module")
def nameless_files(draft_report: Report, images: ReportImages) -> dict[str, bytes]:
    return board_files(replace(draft_report, staging=_STAGED), images, Pseudonym())


def _filled(points: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Fill one polygon of (column, row) pixel centres, 8 times finer than the pixels, and take what is half inside."""
    fine = Image.new("1", (shape[1] * 8, shape[0] * 8))
    ImageDraw.Draw(fine).polygon([tuple(p) for p in (points + 0.5) * 8 - 0.5], fill=1)
    return np.asarray(fine).reshape(shape[0], 8, shape[1], 8).mean(axis=(1, 3)) > 0.5


def _mask_of(ds: pydicom.Dataset, number: int, grid: Volume) -> np.ndarray:
    mask, inverse = np.zeros(grid.spatial_shape, bool), np.linalg.inv(grid.affine)
    contours = next(c for c in ds.ROIContourSequence if c.ReferencedROINumber == number)
    for contour in contours.ContourSequence:
        points = np.array(contour.ContourData, float).reshape(-1, 3)
        assert len(points) == contour.NumberOfContourPoints
        index = points @ inverse[:3, :3].T + inverse[:3, 3]
        k = round(float(index[:, 0].mean()))
        assert np.allclose(index[:, 0], k, atol=0.01)  # planar: all in one slice
        mask[k] ^= _filled(index[:, [2, 1]], grid.spatial_shape[1:])
    return mask


def test_the_structure_sets_polygons_are_the_outlines_of_lesions_and_gland(
    files: dict[str, bytes], draft_report: Report
) -> None:
    ds = pydicom.dcmread(BytesIO(files["targets.rtstruct.dcm"]))
    expected = {x.label: x.mask for x in draft_report.reported_lesions}
    assert draft_report.gland is not None
    expected["Prostate"] = draft_report.gland.mask
    assert [roi.ROIName for roi in ds.StructureSetROISequence] == ["L2", "L1", "L3", "Prostate"]
    for roi in ds.StructureSetROISequence:
        drawn, mask = _mask_of(ds, roi.ROINumber, expected[roi.ROIName]), expected[roi.ROIName].array > 0
        assert 2 * (drawn & mask).sum() / (drawn.sum() + mask.sum()) > 0.95
        assert roi.ReferencedFrameOfReferenceUID == expected[roi.ROIName].frame_of_reference_uid


def test_each_contour_names_the_t2_image_that_it_lies_in(files: dict[str, bytes], draft_report: Report) -> None:
    ds = pydicom.dcmread(BytesIO(files["targets.rtstruct.dcm"]))
    t2 = draft_report.recognised.one(Role.T2_AXIAL)
    assert t2 is not None
    positions = {
        x.sop_instance_uid: np.array(pydicom.dcmread(x.path).ImagePositionPatient, float) for x in t2.stack.instances
    }
    normal = np.cross(
        *np.array(pydicom.dcmread(t2.stack.instances[0].path).ImageOrientationPatient, float).reshape(2, 3)
    )
    for roi in ds.ROIContourSequence:
        for contour in roi.ContourSequence:
            image = positions[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
            assert (np.array(contour.ContourData[:3], float) - image) @ normal == pytest.approx(0, abs=0.01)


def test_a_hole_in_an_outline_stays_a_hole() -> None:
    ring = np.zeros((20, 20), bool)
    ring[3:15, 3:16] = True
    ring[6:10, 7:12] = False
    lines = keyholes(closed_lines(ring))
    assert len(lines) == 1
    assert np.array_equal(_filled(lines[0] - 0.5, (20, 20)), ring)


def test_a_surface_is_closed_and_holds_the_masks_volume_where_the_mask_is(draft_report: Report) -> None:
    for lesion in draft_report.reported_lesions:
        made, mask = surface(lesion.mask), lesion.mask
        assert made.is_closed
        assert made.volume_ml == pytest.approx(float(mask.array.sum()) * voxel_volume_ml(mask), rel=0.05)
        assert np.allclose(made.corners.mean(axis=0), lesion.centroid_lps_mm, atol=1.0)


def test_the_stl_file_holds_the_surface_in_millimetres(files: dict[str, bytes], draft_report: Report) -> None:
    lesion, stl = draft_report.reported_lesions[0], files["L2.stl"]
    count = int.from_bytes(stl[80:84], "little")
    assert len(stl) == 84 + 50 * count
    record = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    corners = np.frombuffer(stl[84:], record)["corners"].astype(float)
    volume_ml = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6000
    assert volume_ml == pytest.approx(lesion.measures.volume_ml, rel=0.05)


def test_the_table_says_where_each_target_is(files: dict[str, bytes], draft_report: Report) -> None:
    rows = list(csv.DictReader(StringIO(files["targets.csv"].decode())))
    assert [(row["lesion"], row["pirads"], row["sector"]) for row in rows] == [
        ("L2", "5", "Left mid TZa"),
        ("L1", "4", "Right mid PZpm"),
        ("L3", "3", "Left base PZpl"),
    ]
    for row, lesion in zip(rows, draft_report.reported_lesions, strict=True):
        said = [float(row[name]) for name in ("x_lps_mm", "y_lps_mm", "z_lps_mm")]
        assert said == pytest.approx(lesion.centroid_lps_mm, abs=0.06)
        assert row["centroid"].startswith("R " if said[0] < 0 else "L ")
    assert float(rows[0]["height_mm"]) == pytest.approx(12, abs=3)  # made 12 mm high, on slices of 3 mm


def test_the_segmentation_has_the_reported_lesions_alone(files: dict[str, bytes]) -> None:
    ds = pydicom.dcmread(BytesIO(files["targets.seg.dcm"]))
    assert [segment.TrackingID for segment in ds.SegmentSequence] == ["L2", "L1", "L3"]


@pytest.mark.parametrize("name", ["targets.seg.dcm", "targets.rtstruct.dcm"])
def test_the_targets_conform_named_or_not(
    name: str,
    files: dict[str, bytes],
    nameless_files: dict[str, bytes],
    dciodvfy: Callable[[Path], Any],
    tmp_path: Path,
) -> None:
    for made in (files, nameless_files):
        path = tmp_path / name
        path.write_bytes(made[name])
        assert dciodvfy(path).errors == []


def test_no_byte_of_a_deidentified_sheet_tells_who_the_patient_is(
    draft_report: Report, files: dict[str, bytes], nameless_files: dict[str, bytes]
) -> None:
    study = draft_report.recognised.study
    uids = [study.study_instance_uid, *(x.tracking_uid for x in draft_report.lesions)]
    for series in study.series:
        uids += [
            series.series_instance_uid,
            series.frame_of_reference_uid,
            *(x.sop_instance_uid for x in series.instances),
        ]
    secrets = ["Müller", "Jörg", "P4711", "ACC4711", "19580414", "20260301", "Zuweiser", "Köln", "MRT Prostata", *uids]
    seen = {word for word in secrets for content in files.values() if _holds(content, word)}
    assert {"Müller", "P4711", "ACC4711", study.study_instance_uid} <= seen  # the same search finds them when named
    told = {(name, word) for word in secrets for name, content in nameless_files.items() if _holds(content, word)}
    assert told == set()


def _holds(content: bytes, word: str) -> bool:
    if not content.startswith(b"%PDF"):
        return any(word.encode(encoding) in content for encoding in ("utf-8", "latin-1"))
    pdf = PdfDocument(content)
    return word in _words(pdf) + str(pdf.get_metadata_dict()) or word.encode() in content


def _words(pdf: PdfDocument) -> str:
    return " ".join(page.get_textpage().get_text_bounded() for page in pdf)


def test_the_deidentified_objects_still_belong_together(nameless_files: dict[str, bytes]) -> None:
    seg, rtstruct = (pydicom.dcmread(BytesIO(nameless_files[f"targets.{kind}.dcm"])) for kind in ("seg", "rtstruct"))
    for ds in (seg, rtstruct):
        assert ds.PatientIdentityRemoved == "YES"
        assert ds.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
        assert (ds.PatientName, ds.StudyDate, ds.AccessionNumber) == (seg.PatientID, "", "")
        assert ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID
    assert seg.StudyInstanceUID == rtstruct.StudyInstanceUID
    assert seg.FrameOfReferenceUID == rtstruct.StructureSetROISequence[0].ReferencedFrameOfReferenceUID
    referenced = rtstruct.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0]
    assert (
        seg.ReferencedSeriesSequence[0].SeriesInstanceUID == referenced.RTReferencedSeriesSequence[0].SeriesInstanceUID
    )


def test_the_sheet_is_one_page_however_many_lesions_there_are(draft_report: Report, images: ReportImages) -> None:
    more = [replace(x, label=f"L{n}") for n in range(5, 11) for x in draft_report.reported_lesions[:1]]
    crowded = replace(draft_report, lesions=(*draft_report.lesions, *more), staging=_STAGED)
    pdf = PdfDocument(board_files(crowded, images, None)["board.pdf"])
    words = _words(pdf)
    assert len(pdf) == 1
    assert all(word in words for word in ("L10", "Müller, Jörg", "not signed", "Research use only", "obturator node"))


def test_a_lesion_that_nobody_reviewed_stops_the_sheet(draft_report: Report, images: ReportImages) -> None:
    first, *others = draft_report.lesions
    waiting = replace(draft_report, lesions=(replace(first, review=Unreviewed()), *others))
    with pytest.raises(NothingForBoard, match=r"L1 of study .* was not reviewed"):
        board_files(waiting, images, None)


def test_a_report_without_a_lesion_has_no_targets(draft_report: Report, images: ReportImages) -> None:
    with pytest.raises(NothingForBoard, match="No lesion is reported"):
        board_files(replace(draft_report, lesions=()), images, None)
