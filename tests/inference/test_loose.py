"""A series without a role is shown as far as it goes: as a stack, else as flat pictures, and what is wrong is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import BasicTextSRStorage, generate_uid

from core.errors import SeriesIncomplete
from core.study import Series, Stack
from inference.loose import load_loose, middle_picture
from inference.read import read_study

_SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
_FLAT = "It is shown as flat pictures, so it is neither linked nor measured."


def _series(folder: Path) -> Series:
    (series,) = read_study(folder).series
    return series


def test_a_series_that_is_one_stack_is_a_volume_without_a_remark(tmp_path: Path, made: Any) -> None:
    made(places=(0.0, 3.0, 6.0)).write(tmp_path)
    loose = load_loose(_series(tmp_path))
    assert loose.volume is not None
    assert (loose.volume.spatial_shape, loose.pictures, loose.note) == ((3, 10, 8), None, "")


def test_a_single_slice_is_a_volume_of_its_own_thickness(tmp_path: Path, made: Any) -> None:
    made(places=(4.5,)).write(tmp_path)
    volume = load_loose(_series(tmp_path)).volume
    assert volume is not None
    assert volume.spatial_shape == (1, 10, 8)
    assert volume.spacing == pytest.approx((3.0, 0.5, 0.5))
    assert volume.affine[2, 3] == pytest.approx(4.5)


def test_of_a_localizer_the_direction_with_most_slices_is_shown_and_the_rest_is_counted(
    tmp_path: Path, made: Any
) -> None:
    uid = generate_uid()
    made(places=(0.0, 10.0)).write(tmp_path, series_uid=uid)
    made(places=(0.0, 10.0, 20.0), cosines=_SAGITTAL).write(tmp_path, series_uid=uid)
    loose = load_loose(_series(tmp_path))
    assert loose.volume is not None
    assert loose.volume.spatial_shape[0] == 3
    assert np.allclose(loose.volume.affine[:3, 2], (0, 0.5, 0))  # along a row, to posterior
    assert loose.note == "Series 1 “made up”: 2 of 5 images are not part of this stack."


def test_of_several_images_at_one_place_the_first_is_shown(tmp_path: Path, made: Any) -> None:
    made(places=(0.0, 3.0, 0.0, 3.0)).write(tmp_path)
    loose = load_loose(_series(tmp_path))
    assert loose.volume is not None
    assert [int(slice_[0, 0]) for slice_ in loose.volume.array] == [1, 1001]
    assert "2 of 4 images" in loose.note


def test_a_slice_that_is_missing_leaves_pictures(tmp_path: Path, made: Any) -> None:
    made(places=(0.0, 3.0, 9.0, 12.0)).write(tmp_path)
    loose = load_loose(_series(tmp_path))
    assert loose.volume is None
    assert loose.pictures is not None
    assert loose.pictures.shape == (4, 10, 8)
    assert loose.note == f"Series 1 “made up” is no even stack: a slice is missing or shifted. {_FLAT}"


def test_images_without_a_place_are_pictures_in_their_order(tmp_path: Path, made: Any, write_dicom: Any) -> None:
    series = made(places=(0.0, 0.0))
    for k in (1, 0):
        image = series.dataset(k, "1.2.3.9")
        del image.ImagePositionPatient, image.ImageOrientationPatient
        write_dicom(image, tmp_path / f"{2 - k}.dcm")
    loose = load_loose(_series(tmp_path))
    assert loose.volume is None
    assert loose.pictures is not None
    assert [int(picture[0, 0]) for picture in loose.pictures] == [1, 1001]
    assert loose.note == f"Series 1 “made up” does not say where in the patient its images lie. {_FLAT}"


def test_a_mosaic_is_not_taken_for_a_stack(tmp_path: Path, made: Any) -> None:
    made(tags={"ImageType": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]}).write(tmp_path)
    loose = load_loose(_series(tmp_path))
    assert loose.volume is None
    assert loose.note == f"Series 1 “made up” is a mosaic: each image holds several slices side by side. {_FLAT}"


def _as_colour(image: Dataset) -> None:
    image.SamplesPerPixel, image.PhotometricInterpretation, image.PlanarConfiguration = 3, "RGB", 0
    image.Rows, image.Columns, image.BitsAllocated, image.BitsStored, image.HighBit = 2, 2, 8, 8, 7
    image.PixelData = bytes((255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255))
    image["PixelData"].VR = "OB"


def test_colour_is_shown_in_its_brightness(tmp_path: Path, made: Any, write_dicom: Any) -> None:
    image = made(places=(0.0,)).dataset(0, "1.2.3.9")
    _as_colour(image)
    write_dicom(image, tmp_path / "0.dcm")
    loose = load_loose(_series(tmp_path))
    assert loose.volume is None
    assert loose.pictures is not None
    assert loose.pictures.tolist() == [[[76, 150], [29, 255]]]  # 0.299, 0.587, 0.114 of 255
    assert loose.note == f"Series 1 “made up” is a colour image and shown in grey. {_FLAT}"


def test_several_frames_in_one_file_are_pictures(tmp_path: Path, made: Any, write_dicom: Any) -> None:
    image = made(places=(0.0,), shape=(6, 8)).dataset(0, "1.2.3.9")
    image.NumberOfFrames, image.Rows = 3, 2
    write_dicom(image, tmp_path / "0.dcm")
    loose = load_loose(_series(tmp_path))
    assert loose.volume is None
    assert loose.pictures is not None
    assert loose.pictures.shape == (3, 2, 8)
    assert loose.pictures[1, 0, 0] == 41  # row 2 of the six
    assert "holds several frames and does not say where each lies" in loose.note


def test_pictures_of_another_size_are_left_out_and_counted(tmp_path: Path, made: Any, write_dicom: Any) -> None:
    for k, shape in enumerate([(10, 8), (10, 8), (4, 4)]):
        image = made(places=(0.0,) * 3, shape=shape).dataset(k, "1.2.3.9")
        del image.ImagePositionPatient
        write_dicom(image, tmp_path / f"{k}.dcm")
    loose = load_loose(_series(tmp_path))
    assert loose.pictures is not None
    assert loose.pictures.shape == (2, 10, 8)
    assert loose.note.endswith("1 of another size are left out.")


def test_white_on_black_stays_black_on_white_where_the_file_says_so(tmp_path: Path, made: Any) -> None:
    tags = {"PhotometricInterpretation": "MONOCHROME1", "ImageType": ["DERIVED", "SECONDARY", "MOSAIC"]}
    made(places=(0.0,), tags=tags).write(tmp_path)
    pictures = load_loose(_series(tmp_path)).pictures
    assert pictures is not None
    assert pictures[0, 0, 0] == pictures.max()  # the smallest stored value is the brightest


def test_an_object_without_images_is_refused(tmp_path: Path, made: Any, write_dicom: Any) -> None:
    report = made(places=(0.0,)).dataset(0, "1.2.3.9")
    report.SOPClassUID, report.Modality = BasicTextSRStorage, "SR"
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated", "PixelRepresentation"):
        delattr(report, keyword)
    write_dicom(report, tmp_path / "0.dcm")
    with pytest.raises(SeriesIncomplete, match=r"Series 1 “made up” holds no images to show \(SR object\)\."):
        load_loose(_series(tmp_path))


@pytest.mark.parametrize("read", [load_loose, lambda series: middle_picture(Stack(series, series.instances))])
def test_a_file_that_vanished_meanwhile_is_named(tmp_path: Path, made: Any, read: Callable[[Series], Any]) -> None:
    paths = made(places=(0.0, 3.0, 6.0)).write(tmp_path)
    series = _series(tmp_path)
    paths[1].unlink()
    with pytest.raises(SeriesIncomplete, match=rf"Series 1 “made up”: .*{paths[1].name}"):
        read(series)


def test_the_picture_of_a_series_is_its_middle_image(tmp_path: Path, made: Any) -> None:
    made(places=(0.0, 3.0, 6.0)).write(tmp_path)
    series = _series(tmp_path)
    assert middle_picture(Stack(series, series.instances))[0, 0] == 1001
