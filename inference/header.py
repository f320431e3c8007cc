"""What is needed of one DICOM file's header: read once, without its pixels, and kept while the file is unchanged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import BinaryIO, Final, cast

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.config import IGNORE
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import UID
from pydicom.valuerep import PersonName

from inference.b_value import stated_b_value, stated_directionality
from inference.elements import Damaged, Elements, parse, read_elements

_KEPT: Final = 20000
"""Headers kept in memory: the largest prostate study with dynamics has some 3,000 images."""
_PIXEL_DATA: Final = b"\xe0\x7f\x10\x00"
_FLOAT_PIXELS: Final = (b"\xe0\x7f\x08\x00", b"\xe0\x7f\x09\x00")
_TEXT_DELIMITERS: Final = {0x0A, 0x0C, 0x0D, 0x5C}


@dataclass(frozen=True, slots=True)
class Pixels:
    """How the pixels of one image are stored: of a file, or of the frame with this `index` (from 0) alone.

    `offset` and `length` (bytes) locate native little-endian pixels in the file; `offset` is None when pydicom
    must decode them (compressed, big-endian, deflated or floating-point). `photometric` is the Photometric
    Interpretation (PS3.3 C.7.6.3.1.2).
    """

    rows: int
    columns: int
    frames: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    signed: bool
    offset: int | None
    length: int
    index: int | None = None

    def frame(self, index: int) -> "Pixels":
        """Return how one frame of a multi-frame image is stored."""
        size = self.rows * self.columns * self.samples * self.bits_allocated // 8
        start = None if self.offset is None else self.offset + index * size
        return replace(self, frames=1, offset=start, length=size, index=index)

    @property
    def is_colour(self) -> bool:
        """Whether the numbers are colours or entries of a palette, and no signal."""
        return self.samples > 1 or self.photometric == "PALETTE COLOR"

    @property
    def low_is_white(self) -> bool:
        """Whether the lowest number is to be seen white."""
        return self.photometric == "MONOCHROME1"


@dataclass(frozen=True, slots=True)
class RealWorld:
    """A linear Real World Value Map (PS3.3 C.7.6.16.2.11): value = slope · stored + intercept, in a UCUM unit."""

    slope: float
    intercept: float
    unit: str


@dataclass(frozen=True, slots=True)
class Header:
    """One instance, or one frame of it, as its header describes it.

    Numbers that it does not state are None; times are sortable text.
    """

    path: Path
    study_instance_uid: str
    series_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str
    frame_of_reference_uid: str
    modality: str
    series_number: int | None
    instance_number: int | None
    series_description: str
    protocol_name: str
    image_type: tuple[str, ...]
    scanning_sequence: tuple[str, ...]
    scan_options: tuple[str, ...]
    sequence_name: str
    contrast_agent: str
    temporal_positions: int | None
    acquired: str
    echo_time_ms: float | None
    inversion_time_ms: float | None
    echo_train_length: int | None
    slice_thickness_mm: float | None
    spacing_between_slices_mm: float | None
    position: tuple[float, ...]
    cosines: tuple[float, ...]
    pixel_spacing_mm: tuple[float, ...]
    b_value: float | None
    directionality: str
    rescale: tuple[float, float] | None
    pixels: Pixels | None
    patient_id: str = ""
    manufacturer: str = ""
    body_part: str = ""
    temporal_position: int | None = None
    trigger_ms: float | None = None
    temporal_resolution_ms: float | None = None
    flip_angle_deg: float | None = None
    real_world: RealWorld | None = None


def read_header(path: Path) -> Header:
    """Return the header of a DICOM file; raises `NotDicom` or `Damaged`. A changed file is read anew."""
    status = path.stat()
    return _read(path, status.st_mtime_ns, status.st_size)


def read_texts(path: Path, keywords: Sequence[str]) -> dict[str, str]:
    """Return attributes of text as they are stored, "" where absent; raises `NotDicom` or `Damaged`."""
    with path.open("rb") as file:
        raw = _Raw(read_elements(file, path.stat().st_size).values)
    return {keyword: raw.text(keyword) for keyword in keywords}


@lru_cache(maxsize=_KEPT)
def _read(path: Path, modified_ns: int, size: int) -> Header:
    with path.open("rb") as file:
        elements = read_elements(file, size)
        raw = _Raw(elements.values)
        if not raw.text("StudyInstanceUID") or not raw.text("SOPInstanceUID"):
            raise Damaged("it ends before its header does")
        pixels = _pixels(file, raw, elements, size)
    return _header(path, raw, pixels)


def _header(path: Path, raw: "_Raw", pixels: Pixels | None) -> Header:
    multi_frame = pixels is not None and pixels.frames > 1
    return Header(
        path=path,
        study_instance_uid=raw.text("StudyInstanceUID"),
        series_instance_uid=raw.text("SeriesInstanceUID"),
        sop_class_uid=raw.text("SOPClassUID"),
        sop_instance_uid=raw.text("SOPInstanceUID"),
        frame_of_reference_uid=raw.text("FrameOfReferenceUID"),
        modality=raw.text("Modality"),
        series_number=raw.integer("SeriesNumber"),
        instance_number=raw.integer("InstanceNumber"),
        series_description=raw.text("SeriesDescription"),
        protocol_name=raw.text("ProtocolName"),
        image_type=raw.words("ImageType"),
        scanning_sequence=raw.words("ScanningSequence"),
        scan_options=raw.words("ScanOptions"),
        sequence_name=raw.text("SequenceName"),
        contrast_agent=raw.text("ContrastBolusAgent"),
        temporal_positions=raw.integer("NumberOfTemporalPositions"),
        acquired=_acquired(raw),
        echo_time_ms=raw.number("EchoTime"),
        inversion_time_ms=raw.number("InversionTime"),
        echo_train_length=raw.integer("EchoTrainLength"),
        slice_thickness_mm=raw.number("SliceThickness"),
        spacing_between_slices_mm=raw.number("SpacingBetweenSlices"),
        position=raw.numbers("ImagePositionPatient"),
        cosines=raw.numbers("ImageOrientationPatient"),
        pixel_spacing_mm=raw.numbers("PixelSpacing"),
        b_value=None if multi_frame else stated_b_value(raw.values),
        directionality=stated_directionality(raw.values),
        rescale=_rescale(raw),
        pixels=pixels,
        patient_id=raw.text("PatientID"),
        manufacturer=raw.text("Manufacturer"),
        body_part=raw.text("BodyPartExamined").upper(),
        temporal_position=raw.integer("TemporalPositionIdentifier"),
        trigger_ms=raw.number("TriggerTime"),
        temporal_resolution_ms=raw.number("TemporalResolution"),
        flip_angle_deg=raw.number("FlipAngle"),
        real_world=_real_world(path, raw),
    )


def _acquired(raw: "_Raw") -> str:
    """Return the acquisition's date and time as text that sorts by time (DA and TM, PS3.5 table 6.2-1)."""
    day = raw.text("AcquisitionDate") or raw.text("SeriesDate") or raw.text("StudyDate")
    return day + (raw.text("AcquisitionTime") or raw.text("SeriesTime"))


def _rescale(raw: "_Raw") -> tuple[float, float] | None:
    """Return slope and intercept of the Modality LUT module."""
    slope = raw.number("RescaleSlope")
    return None if slope is None else (slope, raw.number("RescaleIntercept") or 0.0)


def _real_world(path: Path, raw: "_Raw") -> RealWorld | None:
    if _tag("RealWorldValueMappingSequence") not in raw.values:
        return None
    with path.open("rb") as file:
        return real_world_of(parse(file))


def real_world_of(dataset: Dataset) -> RealWorld | None:
    """Return the linear Real World Value Map of an image or functional group: one that is alone, or of diffusivity."""
    maps = [
        RealWorld(float(item.RealWorldValueSlope), float(item.get("RealWorldValueIntercept", 0.0)), _unit(item))
        for item in cast("Iterable[Dataset]", dataset.get("RealWorldValueMappingSequence") or ())
        if "RealWorldValueSlope" in item
    ]
    diffusivity = [one for one in maps if one.unit in DIFFUSIVITY]
    chosen = diffusivity if len(maps) > 1 else maps
    return chosen[0] if len(chosen) == 1 else None


def _unit(item: Dataset) -> str:
    codes = cast("Iterable[Dataset]", item.get("MeasurementUnitsCodeSequence") or ())
    return next((str(code.get("CodeValue", "")) for code in codes), "")


DIFFUSIVITY: Final = {"um2/s": 1.0, "mm2/s": 1e6, "10-3.mm2/s": 1e3, "10*-3.mm2/s": 1e3, "10*-6.mm2/s": 1.0}
"""UCUM units of ADC, and what a value is to be multiplied with for 10⁻⁶ mm²/s."""


def _pixels(file: BinaryIO, raw: "_Raw", elements: Elements, size: int) -> Pixels | None:
    """Locate the pixels; raises `Damaged` when the file ends before them or within them."""
    extent = _Extent(None, 0, found=True) if elements.end is None else _extent(file, elements, size)
    if not extent.found and UID(raw.text("SOPClassUID")).name.endswith("Image Storage"):
        raise Damaged("it ends before its pixels")
    rows, columns = raw.integer("Rows"), raw.integer("Columns")
    if not rows or not columns or not extent.found:
        return None
    pixels = Pixels(
        rows=rows,
        columns=columns,
        frames=raw.integer("NumberOfFrames") or 1,
        samples=raw.integer("SamplesPerPixel") or 1,
        photometric=raw.text("PhotometricInterpretation"),
        bits_allocated=raw.integer("BitsAllocated") or 0,
        bits_stored=raw.integer("BitsStored") or raw.integer("BitsAllocated") or 0,
        signed=bool(raw.integer("PixelRepresentation")),
        offset=extent.offset,
        length=extent.length,
    )
    expected = rows * columns * pixels.frames * pixels.samples * pixels.bits_allocated // 8
    if extent.offset is not None and extent.length < expected:
        raise Damaged(f"it holds {extent.length} of {expected} bytes of pixels")
    return pixels


@dataclass(frozen=True, slots=True)
class _Extent:
    offset: int | None
    length: int
    found: bool


def _extent(file: BinaryIO, elements: Elements, size: int) -> _Extent:
    """Return where pixels start and how many bytes they take; raises `Damaged` when the file ends within them."""
    file.seek(elements.end or 0)
    little = elements.syntax.is_little_endian
    tag = file.read(4) if little else _swapped(file.read(4))
    if tag != _PIXEL_DATA and tag not in _FLOAT_PIXELS:
        return _Extent(None, 0, found=False)
    if not elements.syntax.is_implicit_VR:
        file.seek(4, 1)  # the VR (OB, OW, OF or OD) and two reserved bytes
    length = int.from_bytes(file.read(4), "little" if little else "big")
    start = file.tell()
    if length == 0xFFFFFFFF:
        _walk_fragments(file, size)
        return _Extent(None, 0, found=True)
    if start + length > size:
        raise Damaged(f"it holds {max(0, size - start)} of {length} bytes of pixels")
    return _Extent(start if little and tag == _PIXEL_DATA else None, length, found=True)


def _swapped(tag: bytes) -> bytes:
    return tag[1::-1] + tag[:1:-1]


def _walk_fragments(file: BinaryIO, size: int) -> None:
    """Walk compressed fragments to the sequence delimiter (PS3.5 A.4); raises `Damaged` when it is not reached."""
    while True:
        item = file.read(8)
        tag, length = item[:4], int.from_bytes(item[4:], "little")
        if tag == b"\xfe\xff\xdd\xe0" and len(item) == 8:
            return
        if len(item) < 8 or tag != b"\xfe\xff\x00\xe0" or file.tell() + length > size:
            raise Damaged("it ends within its compressed pixels")
        file.seek(length, 1)


class _Raw:
    """Reads header values from their bytes; a value that is not what its attribute demands reads as absent."""

    def __init__(self, values: Mapping[int, bytes]) -> None:
        self.values = values

    def text(self, keyword: str) -> str:
        value = self.values.get(_tag(keyword), b"")
        if value.isascii():
            return value.decode().strip(" \0")
        encodings = convert_encodings(list(self.words("SpecificCharacterSet")) or None)
        if keyword in _PERSONS:
            return str(PersonName(value, encodings, validation_mode=IGNORE)).strip(" \0")
        return decode_bytes(value, encodings, _TEXT_DELIMITERS).strip(" \0")

    def words(self, keyword: str) -> tuple[str, ...]:
        text = self.text(keyword)
        return tuple(word.strip().upper() for word in text.split("\\")) if text else ()

    def numbers(self, keyword: str) -> tuple[float, ...]:
        try:
            return tuple(float(word) for word in self.text(keyword).split("\\"))
        except ValueError:
            return ()

    def number(self, keyword: str) -> float | None:
        return next(iter(self.numbers(keyword)), None)

    def integer(self, keyword: str) -> int | None:
        if keyword in _BINARY:
            value = self.values.get(_tag(keyword), b"")
            return int.from_bytes(value[:2], "little") if len(value) >= 2 else None
        number = self.number(keyword)
        return int(number) if number is not None and number.is_integer() else None


@cache
def _tag(keyword: str) -> int:
    return int(Tag(keyword))


_PERSONS: Final = ("PatientName", "ReferringPhysicianName")
_BINARY: Final = frozenset(("Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored", "PixelRepresentation"))
