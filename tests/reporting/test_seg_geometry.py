"""A segmentation lies where its T2 lies, however that was acquired and whoever reads it; a foreign one is named."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from highdicom import Volume
from numpy.typing import NDArray
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from scipy.spatial.transform import Rotation

from core.errors import FramesDiffer, ReportUnreadable, SeriesIncomplete
from core.findings import Gland
from core.report import Report
from core.study import Instance, RecognisedStudy, Role
from core.volume import on_grid_of
from inference.load import load_stack
from reporting.read_sr import read_report
from reporting.seg import segmentation
from reporting.sources import axial_t2
from reporting.sr import draft_sr

_AXIAL = np.eye(3)
_OBLIQUE = Rotation.from_euler("xyz", [17, -8, 23], degrees=True).as_matrix()
_SIGNS = [(row, column, slices) for row in (1, -1) for column in (1, -1) for slices in (1, -1)]
_PLACE = {5: [(20, 40), (21, 40), (21, 41), (25, 44)], 6: [(20, 40)]}
"""Voxels of two T2 files by number: (row, column), in a shape without symmetry."""


def _turned(
    made: RecognisedStudy, folder: Path, matrix: NDArray[np.float64], signs: tuple[int, int, int]
) -> tuple[RecognisedStudy, list[Dataset]]:
    """Return the study with its axial T2 acquired along other axes, and the headers of its files."""
    t2 = axial_t2(made)
    row, column, normal = (matrix[:, axis] * sign for axis, sign in zip((0, 1, 2), signs, strict=True))
    headers: list[Dataset] = []
    instances: list[Instance] = []
    for number, instance in enumerate(t2.stack.instances):
        image = dcmread(instance.path)
        image.ImageOrientationPatient = [f"{x:.12f}" for x in (*row, *column)]
        image.ImagePositionPatient = [f"{x:.10f}" for x in np.array([3.0, -11.0, 40.0]) + 3.0 * number * normal]
        image.save_as(folder / instance.path.name, enforce_file_format=True)
        headers.append(image)
        instances.append(replace(instance, path=folder / instance.path.name))
    series = replace(t2.stack.series, instances=tuple(instances))
    choice = replace(t2, stacks=(replace(t2.stack, series=series, instances=series.instances),))
    others = tuple(one for one in made.choices if one.role is not Role.T2_AXIAL)
    return replace(made, choices=(choice, *others)), headers


def _positions(image: Dataset, voxels: NDArray[np.float64], position: list[float], orientation: list[float]) -> set:
    """Return where voxels (row, column) of an image lie in the patient (PS3.3 C.7.6.2.1.1), to a hundredth of a mm."""
    spacing = [float(x) for x in image.PixelSpacing]
    row, column = np.array(orientation[:3], float), np.array(orientation[3:], float)
    places = np.array(position, float) + np.outer(voxels[:, 1] * spacing[1], row)
    return set(map(tuple, np.round(places + np.outer(voxels[:, 0] * spacing[0], column), 2) + 0.0))


def _drawn(headers: list[Dataset]) -> set:
    return set().union(
        *(
            _positions(image, np.array(voxels), image.ImagePositionPatient, image.ImageOrientationPatient)
            for image, voxels in ((headers[number], voxels) for number, voxels in _PLACE.items())
        )
    )


def _mask(t2: Volume, drawn: set) -> Volume:
    points = np.array(sorted(drawn))
    indices = np.rint(np.linalg.solve(t2.affine[:3, :3], (points - t2.affine[:3, 3]).T).T).astype(int)
    array = np.zeros(t2.spatial_shape, np.uint8)
    array[tuple(indices.T)] = 1
    return on_grid_of(t2, array)


def _read_by_hand(seg: Dataset) -> set:
    """Return where the segment lies, from the bits and the header of each frame alone."""
    shared = seg.SharedFunctionalGroupsSequence[0]
    found: set = set()
    for bits, frame in zip(seg.pixel_array, seg.PerFrameFunctionalGroupsSequence, strict=True):
        orientation = shared.PlaneOrientationSequence[0].ImageOrientationPatient
        position = frame.PlanePositionSequence[0].ImagePositionPatient
        found |= _positions(shared.PixelMeasuresSequence[0], np.argwhere(bits), position, orientation)
    return found


@pytest.mark.parametrize("signs", _SIGNS)
@pytest.mark.parametrize("matrix", [_AXIAL, _OBLIQUE], ids=["along the axes", "oblique"])
def test_an_outline_lies_where_it_was_drawn_however_the_t2_was_acquired(
    made_study: RecognisedStudy, made_gland: Gland, tmp_path: Path, matrix: NDArray[np.float64], signs: tuple
) -> None:
    recognised, headers = _turned(made_study, tmp_path, matrix, signs)
    drawn = _drawn(headers)
    mask = _mask(load_stack(axial_t2(recognised).stack), drawn)

    seg = segmentation(recognised, replace(made_gland, mask=mask), [])

    assert len(seg.PerFrameFunctionalGroupsSequence) == len(_PLACE)  # empty frames are left out
    _require_same_places(_read_by_hand(seg), drawn)


@pytest.mark.parametrize("signs", [(1, 1, 1), (-1, 1, -1)])
def test_dcmqi_reads_an_oblique_outline_where_it_was_drawn(
    made_study: RecognisedStudy, made_gland: Gland, tmp_path: Path, signs: tuple, dcmqi: Callable[..., str]
) -> None:
    recognised, headers = _turned(made_study, tmp_path, _OBLIQUE, signs)
    drawn = _drawn(headers)
    mask = _mask(load_stack(axial_t2(recognised).stack), drawn)
    segmentation(recognised, replace(made_gland, mask=mask), []).save_as(tmp_path / "seg.dcm")

    dcmqi("segimage2itkimage", "--inputDICOM", "seg.dcm", "--outputDirectory", ".", "-t", "nrrd", cwd=tmp_path)

    [file] = tmp_path.glob("*.nrrd")
    image = sitk.ReadImage(str(file))
    voxels = np.argwhere(sitk.GetArrayFromImage(image))[:, ::-1]
    found = {tuple(np.round(image.TransformIndexToPhysicalPoint([int(x) for x in v]), 2) + 0.0) for v in voxels}
    _require_same_places(found, drawn)


def _require_same_places(found: set, drawn: set) -> None:
    assert len(found) == len(drawn)
    np.testing.assert_allclose(sorted(found), sorted(drawn), atol=0.02)


# What is read back, and what is refused


@pytest.fixture
def signed(draft_report: Report) -> tuple[Dataset, Dataset]:
    """The SR of a report and its SEG, as files hold them."""
    seg = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)
    return draft_sr(draft_report, seg), _as_a_file_holds_it(seg)


def _as_a_file_holds_it(dataset: Dataset) -> Dataset:
    buffer = BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    buffer.seek(0)
    return dcmread(buffer)


def test_frames_in_another_order_are_the_same_outlines(draft_report: Report, signed: tuple[Dataset, Dataset]) -> None:
    sr, seg = signed
    frames = np.flip(seg.pixel_array, axis=0)
    seg.PerFrameFunctionalGroupsSequence = list(seg.PerFrameFunctionalGroupsSequence)[::-1]
    seg.PixelData = np.packbits(frames.astype(np.uint8).ravel(), bitorder="little").tobytes()

    read = read_report(sr, seg, draft_report.recognised)

    for ours, theirs in zip(read.lesions[:3], draft_report.lesions[:3], strict=True):
        np.testing.assert_array_equal(ours.mask.array, theirs.mask.array)


def test_a_segmentation_of_another_frame_of_reference_is_named(
    draft_report: Report, signed: tuple[Dataset, Dataset]
) -> None:
    sr, seg = signed
    seg.FrameOfReferenceUID = "1.2.3"
    with pytest.raises(FramesDiffer, match="The segmentation was not acquired in the frame of reference of the axial"):
        read_report(sr, seg, draft_report.recognised)


@pytest.mark.parametrize("slices", [0.4, 6.0, 200.0])
def test_a_segmentation_that_lies_beside_the_images_is_refused_and_never_cut_off(
    draft_report: Report, signed: tuple[Dataset, Dataset], slices: float
) -> None:
    sr, seg = signed
    step = draft_report.lesions[0].mask.affine[:3, 0]
    for frame in seg.PerFrameFunctionalGroupsSequence:
        position = frame.PlanePositionSequence[0]
        position.ImagePositionPatient = [
            round(float(x) + slices * s, 6) for x, s in zip(position.ImagePositionPatient, step, strict=True)
        ]
    with pytest.raises(ReportUnreadable, match="do not lie on the slices of the axial T2; retrieve the study again"):
        read_report(sr, seg, draft_report.recognised)


def test_an_attribute_that_is_missing_is_named(draft_report: Report, signed: tuple[Dataset, Dataset]) -> None:
    sr, seg = signed
    del seg.SegmentSequence[0].TrackingUID
    with pytest.raises(ReportUnreadable, match="TrackingUID"):
        read_report(sr, seg, draft_report.recognised)


def test_a_report_whose_axial_t2_is_not_here_says_so(draft_report: Report, signed: tuple[Dataset, Dataset]) -> None:
    without = tuple(one for one in draft_report.recognised.choices if one.role is not Role.T2_AXIAL)
    with pytest.raises(SeriesIncomplete, match="no axial T2"):
        read_report(*signed, replace(draft_report.recognised, choices=without))


def test_ninety_five_lesions_come_back_as_ninety_five(draft_report: Report) -> None:
    first = draft_report.lesions[0]
    many = []
    for number in range(1, 96):
        array = np.zeros(first.mask.spatial_shape, np.uint8)
        array[number % 20, number % 60 : number % 60 + 3, 30:33] = 1
        mask = on_grid_of(first.mask, array)
        many.append(replace(first, label=f"L{number}", tracking_uid=f"2.25.{number}", mask=mask))
    report = replace(draft_report, lesions=tuple(many))
    seg = segmentation(report.recognised, report.gland, report.lesions)

    read = read_report(draft_sr(report, seg), _as_a_file_holds_it(seg), report.recognised)

    assert [lesion.label for lesion in read.lesions] == [lesion.label for lesion in many]
    assert all(np.array_equal(a.mask.array, b.mask.array) for a, b in zip(read.lesions, many, strict=True))
