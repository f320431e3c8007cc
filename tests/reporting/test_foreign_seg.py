"""Segmentations of other systems land where their geometry says, however they are written."""

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from foreign_objects import described, plane_group, raw_segmentation, segmentation, volume
from highdicom import Volume
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import compress
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless
from scipy.spatial.transform import Rotation

from core.errors import ResultUnreadable
from core.study import RecognisedStudy
from reporting.foreign_seg import is_lesion, read_segmentation
from reporting.sources import axial_t2, headers

FRAME = "1.2.826.0.1.3680043.8.498.77.100"


@pytest.fixture
def sources(made_study: RecognisedStudy) -> list[Dataset]:
    """The axial T2 of the made-up study."""
    return list(headers(axial_t2(made_study).stack))


@pytest.fixture
def frame(sources: list[Dataset]) -> str:
    """The frame of reference of the made-up study."""
    return str(sources[0].FrameOfReferenceUID)


def _affine(columns: list[list[float]], origin: list[float]) -> NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3, :3] = np.array(columns, float).T
    affine[:3, 3] = origin
    return affine


def _marked(affine: NDArray[np.float64], frame: str, *voxels: tuple[int, int, int]) -> Volume:
    array = np.zeros((8, 10, 12), np.uint8)
    for voxel in voxels:
        array[voxel] = 1
    return volume(array, affine, frame)


def _read_again(dataset: Dataset, **saved: Any) -> Dataset:
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True, **saved)
    file.seek(0)
    return pydicom.dcmread(file)


def _places(mask: Volume) -> set[tuple[float, ...]]:
    """The middles of the voxels in a mask, in millimetres."""
    voxels = np.argwhere(mask.array)
    places = voxels @ mask.affine[:3, :3].T + mask.affine[:3, 3]
    return {tuple(round(float(c), 3) + 0.0 for c in place) for place in places}


def _masks(dataset: Dataset) -> tuple[Volume, ...]:
    read = read_segmentation(dataset)
    assert read.not_read == ()
    (segment,) = read.segments
    return segment.masks


_TURN = Rotation.from_euler("x", 30, degrees=True).as_matrix()
_GRIDS = {
    # (k, j, i) columns in mm, origin, the voxel marked, where a person computes its middle
    "axial": ([[0, 0, 3], [0, 0.5, 0], [0.5, 0, 0]], [-10, -20, 30], (2, 4, 6), (-7, -18, 36)),
    "sagittal": ([[2, 0, 0], [0, 0, -1.5], [0, 0.5, 0]], [-10, -20, 30], (3, 4, 6), (-4, -17, 24)),
    "coronal": ([[0, 4, 0], [0, 0, -1], [0.8, 0, 0]], [5, 0, 100], (5, 2, 10), (13, 20, 98)),
    "from below, left to right": ([[0, 0, -3], [0, 0.5, 0], [-0.5, 0, 0]], [10, -20, 30], (2, 4, 6), (7, -18, 24)),
    "anisotropic": ([[0, 0, 6], [0, 0.3, 0], [1.2, 0, 0]], [0, 0, 0], (7, 9, 11), (13.2, 2.7, 42)),
    # 30° about x: (0, 4·0.5, 2·3) turns to (0, 2cos30 − 6sin30, 2sin30 + 6cos30) = (0, −1.268, 6.196)
    "oblique": (
        [list(_TURN @ column) for column in ([0, 0, 3], [0, 0.5, 0], [0.5, 0, 0])],
        [1, 2, 3],
        (2, 4, 6),
        (4, 0.732, 9.196),
    ),
}


@pytest.mark.parametrize("name", _GRIDS)
def test_a_voxel_of_any_grid_lands_where_a_person_computes_it(name: str, sources: list[Dataset], frame: str) -> None:
    columns, origin, voxel, place = _GRIDS[name]
    masks = _marked(_affine(columns, origin), frame, voxel)
    (read,) = _masks(_read_again(segmentation(sources, masks, [described(1)])))
    assert _places(read) == {place}
    assert read.frame_of_reference_uid == frame


def test_the_order_of_frames_says_nothing(sources: list[Dataset]) -> None:
    def plane(z: float, column: int) -> tuple[Dataset, NDArray[np.uint8]]:
        pixels = np.zeros((4, 8), np.uint8)
        pixels[1, column] = 1
        return plane_group([0, 0, z], [1, 0, 0, 0, 1, 0], [1, 1], 3.0), pixels

    planes = [plane(6, 2), plane(0, 0), plane(9, 3), plane(3, 1)]
    (read,) = _masks(_read_again(raw_segmentation(sources[0], planes)))
    assert _places(read) == {(0, 1, 0), (1, 1, 3), (2, 1, 6), (3, 1, 9)}
    assert read.spatial_shape == (4, 4, 8)


def test_frames_that_were_left_out_because_they_are_empty_are_empty(sources: list[Dataset]) -> None:
    pixels = np.ones((4, 8), np.uint8)
    planes = [(plane_group([0, 0, z], [1, 0, 0, 0, 1, 0], [1, 1], 3.0), pixels) for z in (0, 3, 12)]
    (read,) = _masks(_read_again(raw_segmentation(sources[0], planes)))
    assert read.array.any(axis=(1, 2)).tolist() == [True, True, False, False, True]


def test_slices_in_two_orientations_are_two_masks(sources: list[Dataset]) -> None:
    pixels = np.zeros((4, 4), np.uint8)
    pixels[1, 2] = 1
    axial = (plane_group([0, 0, 0], [1, 0, 0, 0, 1, 0], [1, 1], 3.0), pixels)
    sagittal = (plane_group([5, 0, 0], [0, 1, 0, 0, 0, -1], [1, 1], 3.0), pixels)
    first, second = _masks(_read_again(raw_segmentation(sources[0], [axial, sagittal])))
    assert (_places(first), _places(second)) == ({(2, 1, 0)}, {(5, 2, -1)})


def test_uneven_slices_are_shown_and_told(sources: list[Dataset]) -> None:
    pixels = np.ones((4, 8), np.uint8)
    planes = [(plane_group([0, 0, z], [1, 0, 0, 0, 1, 0], [1, 1], 3.0), pixels) for z in (0, 3, 7.4)]
    (segment,) = read_segmentation(_read_again(raw_segmentation(sources[0], planes))).segments
    assert segment.masks[0].array.any(axis=(1, 2)).sum() == 3
    assert "not evenly spaced" in segment.told[0]


def test_a_fractional_segment_is_outlined_where_it_is_half_of_its_greatest_value(
    sources: list[Dataset], frame: str
) -> None:
    array = np.zeros((8, 10, 12), np.float32)
    array[2, 4, 5:9] = (0.3, 0.6, 0.9, 0.4)
    masks = volume(array, _affine([[0, 0, 3], [0, 0.5, 0], [0.5, 0, 0]], [0, 0, 0]), frame)
    made = segmentation(sources, masks, [described(1)], segmentation_type="FRACTIONAL", max_fractional_value=200)
    (segment,) = read_segmentation(_read_again(made)).segments
    assert _places(segment.masks[0]) == {(3.0, 2.0, 6.0), (3.5, 2.0, 6.0)}
    assert "half of its greatest value" in segment.told[0]


def test_a_label_map_holds_each_segment_and_no_background(sources: list[Dataset], frame: str) -> None:
    array = np.zeros((8, 10, 12), np.uint8)
    array[2, 4, 5], array[3, 4, 5:7] = 1, 2
    masks = volume(array, _affine([[0, 0, 3], [0, 0.5, 0], [0.5, 0, 0]], [0, 0, 0]), frame)
    made = segmentation(sources, masks, [described(1), described(2)], segmentation_type="LABELMAP")
    assert made.SOPClassUID == "1.2.840.10008.5.1.4.1.1.66.7"
    read = read_segmentation(_read_again(made))
    assert [(x.label, int(x.masks[0].array.sum())) for x in read.segments] == [("Lesion 1", 1), ("Lesion 2", 2)]
    assert read.not_read == ()


@pytest.mark.parametrize("kind", ["FRACTIONAL", "LABELMAP"])
def test_rle_and_deflated_files_read_like_plain_ones(kind: str, sources: list[Dataset], frame: str) -> None:
    masks = _marked(_affine([[0, 0, 3], [0, 0.5, 0], [0.5, 0, 0]], [0, 0, 0]), frame, (2, 4, 6), (3, 4, 7))
    made = segmentation(sources, masks, [described(1)], segmentation_type=kind)
    plain = _places(_masks(_read_again(made))[0])
    run_length = _read_again(made)
    compress(run_length, RLELossless)
    deflated = _read_again(made)
    deflated.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    assert _places(_masks(_read_again(run_length))[0]) == plain
    assert _places(_masks(_read_again(deflated))[0]) == plain
    assert len(plain) == 2


def test_what_a_segment_is_and_who_made_it_is_told(sources: list[Dataset], frame: str) -> None:
    masks = _marked(_affine([[0, 0, 3], [0, 0.5, 0], [0.5, 0, 0]], [0, 0, 0]), frame, (2, 4, 6))
    (segment,) = read_segmentation(_read_again(segmentation(sources, masks, [described(1)]))).segments
    assert segment.model is not None
    assert (segment.model.name, segment.model.version) == ("ProstateMind Detect (Acme Imaging)", "2.1.0")
    assert segment.model.sha256 == "not stated"
    assert segment.tracking_uid == "1.2.826.0.1.3680043.8.498.77.1"
    assert np.allclose(segment.colour, (230, 80, 200), atol=3)
    assert is_lesion(segment)


def test_a_segment_without_algorithm_codes_or_label_is_named_by_its_device(sources: list[Dataset]) -> None:
    pixels = np.ones((4, 8), np.uint8)
    made = raw_segmentation(sources[0], [(plane_group([0, 0, 0], [1, 0, 0, 0, 1, 0], [1, 1], 3.0, segment=7), pixels)])
    (segment,) = read_segmentation(_read_again(made)).segments
    assert (segment.number, segment.label, segment.tracking_uid, segment.colour) == (7, "Segment 7", "", None)
    assert segment.model is not None
    assert segment.model.name == "ProstateMind (Acme Imaging)"
    assert segment.model.version == "version not stated"


def test_what_a_person_drew_has_no_model(sources: list[Dataset], frame: str) -> None:
    masks = _marked(_affine([[0, 0, 3], [0, 0.5, 0], [0.5, 0, 0]], [0, 0, 0]), frame, (2, 4, 6))
    by_hand = described(1, algorithm_type="MANUAL", algorithm_identification=None)
    (segment,) = read_segmentation(_read_again(segmentation(sources, masks, [by_hand]))).segments
    assert segment.model is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda ds: delattr(ds, "PixelData"), "no pixels"),
        (lambda ds: delattr(ds, "PerFrameFunctionalGroupsSequence"), "where it lies in the patient"),
        (lambda ds: setattr(ds, "Rows", 0), "cannot be decoded"),
        (lambda ds: setattr(ds, "PixelData", b"\0\0"), "cannot be decoded"),
    ],
)
def test_a_segmentation_of_which_nothing_can_be_read_says_why(
    change: Callable[[Dataset], None], why: str, sources: list[Dataset]
) -> None:
    pixels = np.ones((40, 80), np.uint8)
    planes = [(plane_group([0, 0, z], [1, 0, 0, 0, 1, 0], [1, 1], 3.0), pixels) for z in (0, 3)]
    made = raw_segmentation(sources[0], planes)
    change(made)
    with pytest.raises(ResultUnreadable, match=why):
        read_segmentation(made)


def test_the_frames_before_the_damage_are_shown_and_the_others_told(sources: list[Dataset]) -> None:
    pixels = np.ones((40, 80), np.uint8)
    planes = [(plane_group([0, 0, z], [1, 0, 0, 0, 1, 0], [1, 1], 3.0), pixels) for z in (0, 3, 6)]
    made = raw_segmentation(sources[0], planes)
    made.PixelData = made.PixelData[:900]  # 400 bytes a frame
    read = read_segmentation(made)
    assert read.segments[0].masks[0].spatial_shape == (2, 40, 80)
    assert [one.position for one in read.not_read] == ["frame 3"]


def test_dcmqi_writes_a_segmentation_that_lands_where_it_drew_it(
    sources: list[Dataset], made_study: RecognisedStudy, tmp_path: Path
) -> None:
    sitk = pytest.importorskip("SimpleITK")
    program = Path(pytest.importorskip("dcmqi").__file__).parents[4] / "bin" / "itkimage2segimage"
    if not program.is_file():
        pytest.skip("dcmqi is not installed (pip install dcmqi)")
    stack = axial_t2(made_study).stack
    folder = tmp_path / "t2"
    folder.mkdir()
    for instance in stack.instances:
        (folder / instance.path.name).write_bytes(instance.path.read_bytes())
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    drawn = np.zeros(image.GetSize()[::-1], np.uint8)
    drawn[5:7, 20:24, 30:33] = 1
    mask = sitk.GetImageFromArray(drawn)
    mask.CopyInformation(image)
    sitk.WriteImage(mask, str(tmp_path / "mask.nrrd"))
    (tmp_path / "about.json").write_text(_DCMQI, "utf-8")
    subprocess.run(
        [
            *(str(program), "--inputDICOMDirectory", str(folder), "--inputImageList", str(tmp_path / "mask.nrrd")),
            *("--inputMetadata", str(tmp_path / "about.json"), "--outputDICOM", str(tmp_path / "seg.dcm")),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    (segment,) = read_segmentation(pydicom.dcmread(tmp_path / "seg.dcm")).segments
    corner = image.TransformContinuousIndexToPhysicalPoint((30.0, 20.0, 5.0))
    places = np.array(sorted(_places(segment.masks[0])))
    assert len(places) == 24
    assert np.linalg.norm(places - np.array(corner), axis=1).min() < 0.01
    assert segment.label == "Focus"
    assert segment.model is not None
    assert segment.model.name.startswith("Blob finder")


_DCMQI = """{
 "ContentCreatorName": "Doe^John", "SeriesDescription": "Segmentation", "SeriesNumber": "300", "InstanceNumber": "1",
 "BodyPartExamined": "PROSTATE",
 "segmentAttributes": [[{"labelID": 1, "SegmentDescription": "Focus", "SegmentLabel": "Focus",
  "SegmentAlgorithmType": "AUTOMATIC", "SegmentAlgorithmName": "Blob finder",
  "SegmentedPropertyCategoryCodeSequence": {"CodeValue": "49755003", "CodingSchemeDesignator": "SCT",
   "CodeMeaning": "Morphologically Abnormal Structure"},
  "SegmentedPropertyTypeCodeSequence": {"CodeValue": "52988006", "CodingSchemeDesignator": "SCT",
   "CodeMeaning": "Lesion"}, "recommendedDisplayRGBValue": [200, 60, 60]}]]}"""
