"""A folder is read as one study, whole, or refused with the name of what is wrong."""

import logging
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    MediaStorageDirectoryStorage,
    RLELossless,
)

from core.errors import StudyUnreadable
from core.study import Stack
from inference.header import read_header
from inference.load import load_stack
from inference.read import read_study


def test_a_real_study_is_read_with_its_patient_and_series(prostatex_0001: Path) -> None:
    study = read_study(prostatex_0001)
    assert study.patient.patient_id == "ProstateX-0001"
    assert study.study_datetime == datetime(2011, 7, 8, 11, 28, 57)  # noqa: DTZ001  (DICOM's own local time)
    assert [series.number for series in study.series] == list(range(1, 12))
    assert [len(series.instances) for series in study.series] == [13, 13, 3, 19, 15, 19, 57, 19, 19, 19, 16]
    assert study.series[6].label == "series 7 “ep2d_diff_tra_DYNDIST_MIX”"


def test_all_fields_of_a_made_study(tmp_path: Path, made: type) -> None:
    tags = {
        "StudyDescription": "MR prostate",
        "StudyID": "7",
        "ReferringPhysicianName": "Ref^A",
        "InstitutionName": "H",
    }
    made(tags=tags).write(tmp_path)
    study = read_study(tmp_path)
    assert (study.patient.name, study.patient.birth_date, study.patient.sex) == ("Made^Up", date(1950, 1, 2), "M")
    assert study.study_datetime == datetime(2024, 5, 6, 10, 11, 12)  # noqa: DTZ001
    assert (study.accession_number, study.description, study.study_id) == ("A1", "MR prostate", "7")
    assert (study.referring_physician, study.institution) == ("Ref^A", "H")
    assert [instance.instance_number for instance in study.series[0].instances] == list(range(1, 13))


def test_files_lie_in_any_depth_of_folders_under_any_name(tmp_path: Path, made: type) -> None:
    paths = made().write(tmp_path / "a" / "b")
    for number, path in enumerate(paths):
        path.rename(tmp_path / "a" / f"IM_{number:04d}")
    made(number=2).write(tmp_path / "c")
    assert [len(series.instances) for series in read_study(tmp_path).series] == [12, 12]


def test_files_that_are_not_dicom_are_passed_over_and_counted(
    tmp_path: Path, made: type, caplog: pytest.LogCaptureFixture
) -> None:
    made().write(tmp_path)
    (tmp_path / "readme.txt").write_text("How to open this CD")
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7 and so on")
    (tmp_path / "autorun").write_bytes(b"")
    (tmp_path / "._s01-000.dcm").write_bytes(b"what macOS leaves behind")
    with caplog.at_level(logging.WARNING):
        study = read_study(tmp_path)
    assert len(study.series[0].instances) == 12
    assert "3 files" in caplog.text


def test_a_dicomdir_is_no_image(tmp_path: Path, made: type) -> None:
    made().write(tmp_path / "images")
    directory = Dataset()
    directory.FileSetID = "DISC"
    directory.DirectoryRecordSequence = []
    directory.file_meta = FileMetaDataset()
    directory.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    directory.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    directory.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    directory.save_as(tmp_path / "DICOMDIR", enforce_file_format=True)
    assert [len(series.instances) for series in read_study(tmp_path).series] == [12]


def test_the_same_image_twice_counts_once(tmp_path: Path, made: type) -> None:
    first = made().write(tmp_path)[0]
    shutil.copy(first, tmp_path / "copy.dcm")
    assert len(read_study(tmp_path).series[0].instances) == 12


def test_a_folder_without_dicom_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear colleague")
    with pytest.raises(StudyUnreadable, match="holds no DICOM files"):
        read_study(tmp_path)
    with pytest.raises(StudyUnreadable, match="is not a folder"):
        read_study(tmp_path / "nowhere")


def test_several_studies_are_refused_by_name(tmp_path: Path, made: type) -> None:
    made(study_uid="1.2.3").write(tmp_path / "a")
    made(study_uid="1.2.4").write(tmp_path / "b")
    with pytest.raises(StudyUnreadable, match=r"2 studies \(1\.2\.3, 1\.2\.4\)"):
        read_study(tmp_path)


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian], ids=lambda syntax: syntax.name
)
def test_a_file_cut_anywhere_is_refused_by_name(tmp_path: Path, made: type, syntax: UID) -> None:
    paths = made(places=(0.0, 3.0, 6.0)).write(tmp_path, syntax)
    whole = paths[1].read_bytes()
    for length in [*range(0, len(whole), 37), len(whole) - 1]:
        paths[1].write_bytes(whole[:length])
        with pytest.raises(StudyUnreadable, match=f"{paths[1].name} is damaged"):
            read_study(tmp_path)
    paths[1].write_bytes(whole)
    assert len(read_study(tmp_path).series[0].instances) == 3


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless], ids=lambda syntax: syntax.name)
def test_a_compressed_file_cut_anywhere_is_refused_by_name(tmp_path: Path, made: type, syntax: UID) -> None:
    path = made(places=(0.0,), shape=(64, 64)).write(tmp_path)[0]
    image = pydicom.dcmread(path)
    image.compress(syntax, generate_instance_uid=False)
    image.save_as(path)
    whole = path.read_bytes()
    assert len(read_study(tmp_path).series[0].instances) == 1
    for length in [*range(200, len(whole), 211), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(StudyUnreadable, match="is damaged"):
            read_study(tmp_path)


def test_dates_that_are_none_are_unknown(tmp_path: Path, made: type) -> None:
    path = made(places=(0.0,), tags={"PatientBirthDate": "", "StudyDate": "20240102"}).write(tmp_path)[0]
    path.write_bytes(path.read_bytes().replace(b"20240102", b"20241345"))
    study = read_study(tmp_path)
    assert study.patient.birth_date is None
    assert study.study_datetime is None


@pytest.mark.parametrize(
    ("birth_date", "stated", "age"), [("", "063Y", 63), ("19600502", "063Y", 65), ("", "018M", None), ("", "", None)]
)
def test_the_age_that_the_images_state_counts_where_the_birth_date_was_taken_out(
    tmp_path: Path, made: type, birth_date: str, stated: str, age: int | None
) -> None:
    tags = {"PatientBirthDate": birth_date, "PatientAge": stated, "StudyDate": "20260501"}
    made(places=(0.0,), tags=tags).write(tmp_path)
    assert read_study(tmp_path).age == age


def test_a_name_in_another_script_is_read(tmp_path: Path, made: type) -> None:
    tags = {"SpecificCharacterSet": "ISO_IR 144", "PatientName": "Иванов^Пётр", "StudyDescription": "МРТ простаты"}
    made(tags=tags).write(tmp_path)
    study = read_study(tmp_path)
    assert (study.patient.name, study.description) == ("Иванов^Пётр", "МРТ простаты")


def test_reports_and_segmentations_are_series_like_others(
    tmp_path: Path, made: type, write_dicom: Callable[..., None]
) -> None:
    made().write(tmp_path)
    report = made(number=50, description="report", tags={"Modality": "SR"}).dataset(0, "1.2.9")
    report.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.34"
    for keyword in ("PixelData", "Rows", "Columns"):
        delattr(report, keyword)
    write_dicom(report, tmp_path / "sr.dcm")
    assert [(series.modality, series.number) for series in read_study(tmp_path).series] == [("MR", 1), ("SR", 50)]


@pytest.mark.parametrize(
    "syntax",
    [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian],
    ids=lambda syntax: syntax.name,
)
def test_every_transfer_syntax_gives_the_same_study_and_voxels(tmp_path: Path, made: type, syntax: UID) -> None:
    series = made.dwi(3, 800, description="trace")
    series.write(tmp_path / "plain", ExplicitVRLittleEndian, "1.2.7")
    series.write(tmp_path / "other", syntax, "1.2.7")
    plain, other = (read_study(tmp_path / name).series[0] for name in ("plain", "other"))
    assert (plain.description, plain.number) == (other.description, other.number)
    first, second = (load_stack(Stack(each, each.instances)) for each in (plain, other))
    assert (first.array == second.array).all()
    assert first.array.max() > 10_000
    assert [read_header(i.path).b_value for i in other.instances] == [800] * 12


def test_a_file_without_preamble_is_read(tmp_path: Path, made: type) -> None:
    path = made(places=(0.0,)).write(tmp_path, ImplicitVRLittleEndian)[0]
    image = pydicom.dcmread(path)
    start = path.read_bytes().index(b"\x08\x00\x16\x00")
    path.write_bytes(path.read_bytes()[start:])
    assert read_study(tmp_path).series[0].instances[0].sop_instance_uid == image.SOPInstanceUID


def test_private_elements_larger_than_the_first_read_do_not_hide_the_pixels(
    tmp_path: Path, made: type, write_dicom: Callable[..., None]
) -> None:
    image = made(places=(0.0,)).dataset(0, "1.2.3")
    image.add_new((0x0029, 0x0010), "LO", "SIEMENS CSA HEADER")
    image.add_new((0x0029, 0x1010), "OB", bytes(100_000))
    image.ReferencedImageSequence = [Dataset()]
    write_dicom(image, tmp_path / "a.dcm")
    header = read_header(tmp_path / "a.dcm")
    assert header.pixels is not None
    assert (header.pixels.rows, header.pixels.offset) == (10, (tmp_path / "a.dcm").stat().st_size - 160)


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEG2000Lossless], ids=lambda syntax: syntax.name
)
def test_usual_files_are_read_without_the_slow_way(
    tmp_path: Path, made: type, syntax: UID, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = ImplicitVRLittleEndian if syntax == ImplicitVRLittleEndian else ExplicitVRLittleEndian
    path = made.t2(1, shape=(64, 64)).write(tmp_path, plain)[0]
    if syntax.is_compressed:
        image = pydicom.dcmread(path)
        image.compress(syntax, generate_instance_uid=False)
        image.save_as(path)
    monkeypatch.setattr("inference.elements.parse", None)
    assert read_header(path).echo_time_ms == 104


def test_a_file_that_changed_is_read_anew(tmp_path: Path, made: type) -> None:
    made(places=(0.0,), description="before").write(tmp_path, series_uid="1.2.3")
    path = next(tmp_path.iterdir())
    assert read_header(path).series_description == "before"
    image = pydicom.dcmread(path)
    image.SeriesDescription = "afterwards"
    image.save_as(path)
    assert read_header(path).series_description == "afterwards"


def test_our_walk_over_the_bytes_agrees_with_pydicom_on_real_files(shared_data: Path) -> None:
    files = [p for p in (shared_data / "vendor_headers").rglob("*") if p.is_file() and "LICENSE" not in p.name]
    files += sorted((shared_data / "prostatex" / "ProstateX-0000").rglob("*.dcm"))[::7]
    assert len(files) > 70
    for path in files:
        ours, theirs = read_header(path), pydicom.dcmread(path, stop_before_pixels=True)
        assert ours.sop_instance_uid == theirs.SOPInstanceUID
        assert list(ours.position) == list(theirs.get("ImagePositionPatient", []))
        assert list(ours.cosines) == list(theirs.get("ImageOrientationPatient", []))
        assert list(ours.image_type) == list(theirs.ImageType)
        assert ours.echo_time_ms == theirs.get("EchoTime")
        assert ours.pixels is not None
        assert (ours.pixels.rows, ours.pixels.bits_stored) == (theirs.Rows, theirs.BitsStored)
