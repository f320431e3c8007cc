"""The phantom's series as classic MR images, tagged as a 3 T scanner of today tags them."""

import hashlib
import uuid
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage

from core.files import write_bytes
from service.phantom.grids import Grid

_STUDY_DATE = "20260112"
_FIRST_MINUTE = 9 * 60 + 30
_IMPLEMENTATION = "phantom implementation"


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """What is told of a series in its header; times in ms."""

    number: int
    description: str
    protocol: str
    image_type: tuple[str, ...]
    echo_time_ms: float
    repetition_time_ms: float
    flip_angle_deg: float
    echo_train_length: int
    scanning_sequence: str
    sequence_variant: str
    scan_options: str
    sequence_name: str
    averages: int
    derivation: str = ""
    acquisition_type: str = "2D"
    contrast_agent: str = ""
    contrast_ml: float = 0.0


@dataclass(frozen=True, slots=True)
class Phase:
    """Which phase of a dynamic series images belong to: its number from 1 of how many, and whole seconds."""

    number: int
    of: int
    at_s: int
    each_s: int


@dataclass(frozen=True, slots=True)
class Images:
    """One stack of a series: voxels (k, j, i) on their grid, the window to show them in, b-value (s/mm²) or phase."""

    grid: Grid
    voxels: NDArray[np.uint16]
    window: tuple[float, float]
    b_value: float | None = None
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class StudyIdentity:
    """The UIDs of one phantom: the same seed has the same ones, so that a second run adds nothing to an archive."""

    seed: int

    def uid(self, name: str) -> UID:
        """Return the UID (2.25, PS3.5 B.2) of the thing with this name."""
        digest = hashlib.sha256(f"prosector phantom 1/{self.seed}/{name}".encode()).digest()
        return UID(f"2.25.{uuid.UUID(bytes=digest[:16], version=4).int}")

    @property
    def frame_of_reference_uid(self) -> str:
        """The one frame that all series are in."""
        return self.uid("frame of reference")


def write_series(folder: Path, identity: StudyIdentity, plan: SeriesPlan, stacks: tuple[Images, ...]) -> None:
    """Write each slice to `folder/<number>_<description>/<instance>.dcm`, instances counted through the stacks."""
    instance = 0
    for images in stacks:
        for k in range(images.grid.shape[0]):
            instance += 1
            dataset = _dataset(identity, plan, images, k, instance)
            path = folder / f"{plan.number:02d}_{plan.description}" / f"{instance:04d}.dcm"
            content = BytesIO()
            dataset.save_as(content, enforce_file_format=True)
            write_bytes(path, content.getvalue())


def _dataset(identity: StudyIdentity, plan: SeriesPlan, images: Images, k: int, instance: int) -> FileDataset:
    uid = identity.uid(f"series {plan.number} instance {instance}")
    dataset = FileDataset("", {}, file_meta=_file_meta(uid), preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = MRImageStorage
    dataset.SOPInstanceUID = uid
    dataset.InstanceNumber = instance
    _add_patient_and_study(dataset, identity)
    _add_series(dataset, identity, plan)
    _add_acquisition(dataset, plan, images)
    _add_contrast_agent(dataset, plan)
    _add_phase(dataset, plan, images.phase)
    _add_plane(dataset, images.grid, k)
    _add_pixels(dataset, images, k)
    return dataset


def _file_meta(sop_instance_uid: UID) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = sop_instance_uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = StudyIdentity(0).uid(_IMPLEMENTATION)
    meta.ImplementationVersionName = "PROSECTOR"
    return meta


def _add_patient_and_study(dataset: Dataset, identity: StudyIdentity) -> None:
    number = identity.seed + 1
    dataset.PatientName = "Phantom^Prostate"
    dataset.PatientID = f"PHANTOM-{number}"
    dataset.PatientBirthDate = "19590314"
    dataset.PatientSex = "M"
    dataset.PatientAge = "066Y"
    dataset.PatientSize = 1.78
    dataset.PatientWeight = 82
    dataset.StudyInstanceUID = identity.uid("study")
    dataset.StudyID = str(number)
    dataset.AccessionNumber = f"PHA{number:06d}"
    dataset.StudyDate = _STUDY_DATE
    dataset.StudyTime = _time(0)
    dataset.StudyDescription = "MR Prostate (phantom)"
    dataset.ReferringPhysicianName = "Nobody^Real"


def _add_series(dataset: Dataset, identity: StudyIdentity, plan: SeriesPlan) -> None:
    dataset.Modality = "MR"
    dataset.SeriesInstanceUID = identity.uid(f"series {plan.number}")
    dataset.SeriesNumber = plan.number
    dataset.SeriesDescription = plan.description
    dataset.ProtocolName = plan.protocol
    dataset.BodyPartExamined = "PROSTATE"
    dataset.PatientPosition = "HFS"
    dataset.FrameOfReferenceUID = identity.frame_of_reference_uid
    dataset.PositionReferenceIndicator = ""
    dataset.Manufacturer = "Prosector"
    dataset.ManufacturerModelName = "Prosector phantom"
    dataset.InstitutionName = "Made up by Prosector"
    dataset.StationName = "PHANTOM"
    dataset.DeviceSerialNumber = str(identity.seed)
    dataset.SoftwareVersions = "1"
    for kind in ("Series", "Acquisition", "Content"):
        setattr(dataset, f"{kind}Date", _STUDY_DATE)
        setattr(dataset, f"{kind}Time", _time(4 * plan.number))


def _add_acquisition(dataset: Dataset, plan: SeriesPlan, images: Images) -> None:
    dataset.ImageType = list(plan.image_type)
    dataset.AcquisitionNumber = 1
    dataset.ScanningSequence = plan.scanning_sequence
    dataset.SequenceVariant = plan.sequence_variant.split("\\")
    dataset.ScanOptions = plan.scan_options
    dataset.MRAcquisitionType = plan.acquisition_type
    dataset.SequenceName = plan.sequence_name
    dataset.RepetitionTime = plan.repetition_time_ms
    dataset.EchoTime = plan.echo_time_ms
    dataset.FlipAngle = plan.flip_angle_deg
    dataset.EchoTrainLength = plan.echo_train_length
    dataset.EchoNumbers = 1
    dataset.NumberOfAverages = plan.averages
    dataset.ImagingFrequency = 123.25
    dataset.ImagedNucleus = "1H"
    dataset.MagneticFieldStrength = 3
    dataset.AcquisitionMatrix = [0, images.grid.shape[2], images.grid.shape[1], 0]
    dataset.InPlanePhaseEncodingDirection = "COL"
    dataset.PixelBandwidth = 200
    if plan.derivation:
        dataset.DerivationDescription = plan.derivation
    if images.b_value is not None:
        dataset.DiffusionBValue = float(images.b_value)
        dataset.DiffusionDirectionality = "ISOTROPIC"


def _add_contrast_agent(dataset: Dataset, plan: SeriesPlan) -> None:
    if plan.contrast_agent:
        dataset.ContrastBolusAgent = plan.contrast_agent
        dataset.ContrastBolusRoute = "INTRAVENOUS"
        dataset.ContrastBolusVolume = plan.contrast_ml


def _add_phase(dataset: Dataset, plan: SeriesPlan, phase: Phase | None) -> None:
    if phase is not None:
        dataset.AcquisitionNumber = phase.number
        dataset.TemporalPositionIdentifier = phase.number
        dataset.NumberOfTemporalPositions = phase.of
        dataset.TemporalResolution = 1000 * phase.each_s
        dataset.AcquisitionTime = dataset.ContentTime = _time(4 * plan.number, phase.at_s)


def _add_plane(dataset: Dataset, grid: Grid, k: int) -> None:
    position = grid.affine[:3, 3] + k * grid.affine[:3, 0]
    row, column, normal = grid.axes.T
    dataset.ImagePositionPatient = [_decimal(value) for value in position]
    dataset.ImageOrientationPatient = [_decimal(value) for value in (*row, *column)]
    dataset.SliceLocation = _decimal(float(position @ normal))
    dataset.SliceThickness = _decimal(grid.thickness_mm)
    dataset.SpacingBetweenSlices = _decimal(grid.step_mm)
    dataset.PixelSpacing = [_decimal(grid.pixel_mm)] * 2


def _add_pixels(dataset: Dataset, images: Images, k: int) -> None:
    pixels = images.voxels[k]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.SmallestImagePixelValue = int(pixels.min())
    dataset.LargestImagePixelValue = int(pixels.max())
    dataset.WindowCenter, dataset.WindowWidth = (_decimal(value) for value in images.window)
    dataset.BurnedInAnnotation = "NO"
    dataset.LossyImageCompression = "00"
    dataset.PixelData = np.ascontiguousarray(pixels, dtype="<u2").tobytes()


def _decimal(value: float) -> str:
    text = f"{value:.10f}"[:16].rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _time(minutes_later: int, seconds: int = 0) -> str:
    minutes, second = divmod(60 * (_FIRST_MINUTE + minutes_later) + seconds, 60)
    return f"{minutes // 60:02d}{minutes % 60:02d}{second:02d}"
