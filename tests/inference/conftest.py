"""Made-up DICOM series: real files with a real geometry, small enough to write by the dozen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage, generate_uid

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
STUDY_UID = "1.2.826.0.1.3680043.8.498.1"
FRAME_UID = "1.2.826.0.1.3680043.8.498.2"
T2_TAGS: Mapping[str, Any] = {
    "ScanningSequence": "SE",
    "EchoTime": 104,
    "RepetitionTime": 5660,
    "EchoTrainLength": 25,
    "ImageType": ["ORIGINAL", "PRIMARY", "M", "NORM", "DIS2D"],
}
DWI_TAGS: Mapping[str, Any] = {
    "ScanningSequence": "EP",
    "EchoTime": 63,
    "RepetitionTime": 2700,
    "ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "TRACEW", "DIS2D"],
}
ADC_TAGS: Mapping[str, Any] = {**DWI_TAGS, "ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "ADC", "DIS2D"]}


def _ramp(k: int, shape: tuple[int, int]) -> NDArray[np.uint16]:
    rows, columns = np.indices(shape)
    return (1000 * k + 20 * rows + columns + 1).astype(np.uint16)


@dataclass(frozen=True)
class MadeSeries:
    """What `write` puts into files; `places` are slice positions (mm) along the normal, `tags` go into each file."""

    number: int = 1
    description: str = "made up"
    places: tuple[float, ...] = tuple(-18.0 + 3.0 * k for k in range(12))
    cosines: tuple[float, ...] = AXIAL
    corner: tuple[float, float] = (-10.0, -20.0)
    shape: tuple[int, int] = (10, 8)
    spacing: tuple[float, float] = (0.5, 0.5)
    tags: Mapping[str, Any] = field(default_factory=dict)
    pixels: Callable[[int, tuple[int, int]], NDArray[Any]] = _ramp
    study_uid: str = STUDY_UID
    frame_uid: str = FRAME_UID

    @classmethod
    def t2(
        cls, number: int, description: str = "anatomy", *, tags: Mapping[str, Any] | None = None, **more: Any
    ) -> Self:
        """Return a series that a scanner would send for T2."""
        return cls(number, description, tags={**T2_TAGS, **(tags or {})}, **more)

    @classmethod
    def dwi(cls, number: int, b: float | None, *, tags: Mapping[str, Any] | None = None, **more: Any) -> Self:
        """Return trace images of one b-value, which stands in (0018,9087)."""
        stated = {} if b is None else {"DiffusionBValue": float(b)}
        return cls(number, more.pop("description", "ep2d"), tags={**DWI_TAGS, **stated, **(tags or {})}, **more)

    @classmethod
    def adc(cls, number: int, *, tags: Mapping[str, Any] | None = None, **more: Any) -> Self:
        """Return a scanner's ADC map."""
        return cls(number, more.pop("description", "map"), tags={**ADC_TAGS, **(tags or {})}, **more)

    def write(self, folder: Path, syntax: UID = ExplicitVRLittleEndian, series_uid: str = "") -> list[Path]:
        """Write one file per place and return their paths in the order of `places`."""
        folder.mkdir(parents=True, exist_ok=True)
        series_uid = series_uid or generate_uid()
        paths: list[Path] = []
        for k in range(len(self.places)):
            path = folder / f"s{self.number:02d}-{k:03d}-{len(list(folder.iterdir()))}.dcm"
            write(self.dataset(k, series_uid), path, syntax)
            paths.append(path)
        return paths

    def dataset(self, k: int, series_uid: str) -> Dataset:
        """Return the image of slice `k`."""
        row, column = np.array(self.cosines[:3]), np.array(self.cosines[3:])
        position = row * self.corner[0] + column * self.corner[1] + np.cross(row, column) * self.places[k]
        made = Dataset()
        made.SOPClassUID, made.SOPInstanceUID = MRImageStorage, generate_uid()
        made.StudyInstanceUID, made.SeriesInstanceUID = self.study_uid, series_uid
        made.FrameOfReferenceUID = self.frame_uid
        made.PatientName, made.PatientID, made.PatientBirthDate, made.PatientSex = "Made^Up", "P1", "19500102", "M"
        made.StudyDate, made.StudyTime, made.AccessionNumber = "20240506", "101112", "A1"
        made.AcquisitionDate, made.AcquisitionTime = "20240506", f"10{self.number:02d}00"
        made.Modality, made.SeriesNumber, made.SeriesDescription = "MR", self.number, self.description
        made.InstanceNumber = k + 1
        made.ImagePositionPatient = [round(float(x), 6) for x in position]
        made.ImageOrientationPatient = [round(float(x), 6) for x in self.cosines]
        made.PixelSpacing, made.SliceThickness = list(self.spacing), 3
        _set_pixels(made, self.pixels(k, self.shape))
        for keyword, value in self.tags.items():
            setattr(made, keyword, value)
        return made


def _set_pixels(made: Dataset, pixels: NDArray[Any]) -> None:
    made.Rows, made.Columns = pixels.shape
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = pixels.dtype.itemsize * 8
    made.HighBit = made.BitsStored - 1
    made.PixelRepresentation = int(pixels.dtype.kind == "i")
    made.PixelData = pixels.tobytes()
    made["PixelData"].VR = "OW"


def write(made: Dataset, path: Path, syntax: UID = ExplicitVRLittleEndian) -> None:
    """Write a data set as a DICOM file, in the byte order that `syntax` asks for."""
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    if not syntax.is_little_endian:
        made.PixelData = np.frombuffer(made.PixelData, "<u2").astype(">u2").tobytes()
    made.save_as(path, enforce_file_format=True)


@pytest.fixture
def made() -> type[MadeSeries]:
    """The builder of made-up series."""
    return MadeSeries


@pytest.fixture
def write_dicom() -> Callable[..., None]:
    """The function that writes one data set as a DICOM file."""
    return write
