"""The made-up studies that the pictures of the window are taken on: one to read, its prior, and one that lacks much."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage, generate_uid

from service.phantom import make_phantom

NOW, EARLIER, INCOMPLETE, ELSEWHERE = "PHA000001", "EARLIER", "INCOMPLETE", "ELSEWHERE"
"""Accession numbers of the studies that are opened; the first one is the phantom's own."""
OTHER_FRAME = "another frame of reference"

_DYNAMIC = "tfl_3d_dynamic_tra"
_PRIOR_SHIFT_MM = (6.0, -4.0, 9.0)
_WAITING = (
    ("Ångström^Åke", 1, "MR Prostate bpMRI"),
    ("García^José", 2, "MR Prostate bpMRI"),
    ("Kowalski^Łukasz", 1, "MR Prostate bpMRI"),
    ("Nguyễn^Văn An", 3, "MR Prostate mpMRI"),
    ("Wolfeschlegelsteinhausen^Hubert Blaine", 5, "MR Prostate multiparametric with and without contrast"),
)
"""Name, days since the examination, and description of each."""
ANALYSED = ("WAITING0", "WAITING1", ELSEWHERE)
"""Accession numbers of those that the zero-click service is shown to have gone through; the last one it cannot."""
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")

Change = Callable[[Dataset], object]


def make_studies(folder: Path) -> None:
    """Write the studies into folders below `folder`."""
    make_phantom(folder / NOW, 0, dce=True)
    images = [(path, ds) for path in sorted((folder / NOW).rglob("*.dcm")) if not _is_dynamic(ds := _header(path))]
    for path, _ in images:
        _write_copy(path, folder / EARLIER, _as_earlier)
        _write_copy(path, folder / ELSEWHERE, _as_elsewhere)
    for path in _without_much([path for path, _ in images]):
        _write_copy(path, folder / INCOMPLETE, _as_incomplete)
    _write_colour(images[0][0], folder / INCOMPLETE)
    make_phantom(other := folder / "other", 1)
    whole = {"WAITING0": [path for path, _ in images], "WAITING1": sorted(other.rglob("*.dcm"))}
    for number, (name, days, description) in enumerate(_WAITING):
        for path in whole.get(f"WAITING{number}", _firsts(images)):
            _write_copy(path, folder / f"WAITING{number}", _as_waiting(name, days, description, number))
    shutil.rmtree(other)


def _header(path: Path) -> Dataset:
    return pydicom.dcmread(path, specific_tags=["SeriesInstanceUID", "SeriesDescription"], stop_before_pixels=True)


def _is_dynamic(header: Dataset) -> bool:
    return header.SeriesDescription == _DYNAMIC


def _firsts(images: list[tuple[Path, Dataset]]) -> Iterator[Path]:
    """Yield one image of each series: enough for a row of the worklist."""
    for _, group in groupby(images, key=lambda image: image[1].SeriesInstanceUID):
        yield next(group)[0]


def _write_copy(path: Path, folder: Path, change: Change) -> None:
    """Write an image of another study: `change` names the study in `AccessionNumber`, from which its UIDs come."""
    ds = pydicom.dcmread(path)
    change(ds)
    for keyword in _UIDS:
        ds[keyword].value = generate_uid(entropy_srcs=[ds.AccessionNumber, ds[keyword].value])
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    folder.mkdir(exist_ok=True)
    ds.save_as(folder / f"{ds.SOPInstanceUID}.dcm")


def _as_earlier(ds: Dataset) -> None:
    ds.AccessionNumber, ds.StudyDate = EARLIER, "20230116"
    ds.ImagePositionPatient = [float(c) + d for c, d in zip(ds.ImagePositionPatient, _PRIOR_SHIFT_MM, strict=True)]


def _as_incomplete(ds: Dataset) -> None:
    ds.AccessionNumber, ds.StudyDate = INCOMPLETE, "20260110"
    ds.PatientName, ds.PatientID = "Incomplete^Study", "INCOMPLETE"
    if ds.SeriesDescription.endswith("b1400"):
        ds.FrameOfReferenceUID = generate_uid(entropy_srcs=[OTHER_FRAME])


def _as_elsewhere(ds: Dataset) -> None:
    ds.AccessionNumber, ds.StudyDate = ELSEWHERE, "20260110"
    ds.PatientName, ds.PatientID = "Elsewhere^Adam", "ELSEWHERE"
    if ds.SeriesDescription.endswith("ADC"):
        ds.FrameOfReferenceUID = generate_uid(entropy_srcs=[OTHER_FRAME])
        ds.ImagePositionPatient = [float(c) + d for c, d in zip(ds.ImagePositionPatient, _PRIOR_SHIFT_MM, strict=True)]


def _as_waiting(name: str, days: int, description: str, number: int) -> Change:
    day = (datetime.now().astimezone() - timedelta(days)).strftime("%Y%m%d")

    def change(ds: Dataset) -> None:
        ds.AccessionNumber, ds.StudyDate, ds.StudyDescription = f"WAITING{number}", day, description
        ds.SpecificCharacterSet, ds.PatientName, ds.PatientID = "ISO_IR 192", name, f"P-10{number}"

    return change


def _without_much(paths: list[Path]) -> Iterator[Path]:
    """Leave out the axial T2 and a slice in the middle of the coronal one."""
    coronal = [path for path in paths if path.parent.name.endswith("t2_tse_cor")]
    missing = coronal[len(coronal) // 2]
    yield from (path for path in paths if not path.parent.name.endswith("t2_tse_tra") and path != missing)


def _write_colour(path: Path, folder: Path) -> None:
    """Write a colour picture with no place in the patient, as a workstation of another make captures its screen."""

    def change(ds: Dataset) -> None:
        _as_incomplete(ds)
        ds.SeriesDescription, ds.SeriesNumber = "screen capture", 99
        ds.SeriesInstanceUID = ds.SOPInstanceUID = generate_uid(entropy_srcs=["screen capture"])
        ds.SOPClassUID = SecondaryCaptureImageStorage
        ds.ImageType = ["DERIVED", "SECONDARY"]
        rows = np.linspace(0, 255, 240, dtype=np.uint8)
        picture = np.stack([np.tile(rows, (240, 1)), np.tile(rows[:, None], (1, 240)), np.full((240, 240), 90)], -1)
        ds.Rows = ds.Columns = 240
        ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
        ds.BitsAllocated = ds.BitsStored = 8
        ds.HighBit = 7
        ds.PixelData = picture.astype(np.uint8).tobytes()
        for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
            delattr(ds, keyword)

    _write_copy(path, folder, change)
