"""The phantom study as scanners of other vendors would have sent it: same voxels and places, other headers and files.

What each vendor writes where is taken from dcm2niix's vendor notes; private elements stand under their creators.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedMRImageStorage, generate_uid

Change = Callable[[Dataset], None]
Series = list[Dataset]


@dataclass(frozen=True)
class Style:
    """A vendor's way: `change` rewrites a classic image; `enhanced` packs each series into one multi-frame image."""

    name: str
    change: Change
    enhanced: bool = False
    adc: str = "10⁻⁶"
    frame_rescale: bool = False


def export(phantom: Path, folder: Path, style: Style) -> None:
    """Write the phantom below `folder` in a vendor's style."""
    by_series: dict[str, Series] = defaultdict(list)
    for path in sorted(phantom.rglob("*.dcm")):
        image = pydicom.dcmread(path)
        _rescale_adc(image, style.adc)
        style.change(image)
        by_series[image.SeriesInstanceUID].append(image)
    folder.mkdir(parents=True)
    for number, images in enumerate(by_series.values()):
        packed = [enhanced(images, frame_rescale=style.frame_rescale)] if style.enhanced else images
        for image in packed:
            image.save_as(folder / f"{number:02d}-{image.InstanceNumber:04d}.dcm", enforce_file_format=True)


def is_adc(image: Dataset) -> bool:
    """Tell the phantom's ADC map."""
    return "ADC" in image.ImageType


def is_diffusion(image: Dataset) -> bool:
    """Tell the phantom's diffusion images."""
    return "DiffusionBValue" in image


# ------------------------------------------------------------------ units of ADC


def _rescale_adc(image: Dataset, unit: str) -> None:
    if not is_adc(image) or unit == "10⁻⁶":
        return
    if unit == "10⁻³ by RescaleSlope":
        image.RescaleSlope, image.RescaleIntercept, image.RescaleType = "0.001", "0", "US"
    elif unit == "mm²/s by RescaleSlope":
        image.RescaleSlope, image.RescaleIntercept, image.RescaleType = "0.000001", "0", "US"
    elif unit == "real-world value map":
        image.RealWorldValueMappingSequence = [_real_world(1e-6, "mm2/s")]
    elif unit == "real-world value map beside RescaleSlope":
        image.RescaleSlope, image.RescaleIntercept, image.RescaleType = "7.5", "0", "normalized"
        image.RealWorldValueMappingSequence = [_real_world(1e-6, "mm2/s")]
    else:
        raise ValueError(unit)


def _real_world(slope: float, unit: str) -> Dataset:
    mapping, code = Dataset(), Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = unit, "UCUM", unit
    mapping.RealWorldValueSlope, mapping.RealWorldValueIntercept = slope, 0.0
    mapping.RealWorldValueFirstValueMapped, mapping.RealWorldValueLastValueMapped = 0, 4095
    mapping.LUTLabel, mapping.LUTExplanation = "ADC", "ADC"
    mapping.MeasurementUnitsCodeSequence = [code]
    return mapping


# ------------------------------------------------------------------ vendors


def _take_b(image: Dataset) -> float | None:
    if not is_diffusion(image):
        return None
    b = float(image.DiffusionBValue)
    del image.DiffusionBValue, image.DiffusionDirectionality
    return b


def _scanner(image: Dataset, manufacturer: str, model: str) -> None:
    image.Manufacturer, image.ManufacturerModelName, image.StationName = manufacturer, model, "MR1"
    image.SequenceName = ""


def siemens_classic(image: Dataset) -> None:
    """b in (0019,100C) only, as bytes whose VR was lost; no CSA header."""
    _scanner(image, "SIEMENS", "Skyra")
    if (b := _take_b(image)) is not None:
        image.ImageType = ["DERIVED", "PRIMARY", "DIFFUSION", "TRACEW", "NORM", "DIS2D"]
        image.SeriesDescription = "ep2d_diff_tra"
        image.add_new((0x0019, 0x0010), "LO", "SIEMENS MR HEADER")
        image.add_new((0x0019, 0x100C), "OB", _even(f"{b:g}".encode()))


def siemens_csa(image: Dataset) -> None:
    """b in the CSA image header (0029,1010) only."""
    _scanner(image, "SIEMENS", "Avanto")
    if (b := _take_b(image)) is not None:
        image.ImageType = ["DERIVED", "PRIMARY", "DIFFUSION", "TRACEW", "ND"]
        image.SeriesDescription = "ep2d_diff_tra"
        image.add_new((0x0029, 0x0010), "LO", "SIEMENS CSA HEADER")
        image.add_new((0x0029, 0x1010), "OB", csa_header({"NumberOfImagesInMosaic": [], "B_value": [f"{b:g}"]}))


def csa_header(tags: Mapping[str, Sequence[str]]) -> bytes:
    """Return Siemens' CSA2 header with these tags, each item padded to four bytes."""
    packed = b"SV10\4\3\2\1" + len(tags).to_bytes(4, "little") + (77).to_bytes(4, "little")
    for name, values in tags.items():
        items = [f"{value:<8}".encode() + b"\0" for value in values]
        items += [b""] * (6 - len(items))
        packed += name.encode().ljust(64, b"\0") + len(values).to_bytes(4, "little") + b"IS\0\0"
        packed += (6).to_bytes(4, "little") + len(items).to_bytes(4, "little") + (77).to_bytes(4, "little")
        for item in items:
            packed += b"".join(n.to_bytes(4, "little") for n in (len(item), len(item), 77, len(item)))
            packed += item + b"\0" * (-len(item) % 4)
    return packed


def siemens_xa(image: Dataset) -> None:
    """Standard attributes of enhanced MR."""
    _scanner(image, "Siemens Healthineers", "MAGNETOM Vida")


def ge_classic(image: Dataset) -> None:
    """b plus 10⁹ in (0043,1039), SE as readout with EPI_GEMS as option, and no ImageType that speaks of diffusion."""
    _scanner(image, "GE MEDICAL SYSTEMS", "SIGNA Premier")
    b = _take_b(image)
    image.ImageType = ["DERIVED", "SECONDARY", "ADC"] if is_adc(image) else ["ORIGINAL", "PRIMARY", "OTHER"]
    if b is not None:
        image.SeriesDescription = "Ax DWI"
        image.ScanningSequence, image.ScanOptions = ["EP", "SE"], ["EPI_GEMS", "FS"]
        image.add_new((0x0043, 0x0010), "LO", "GEMS_PARM_01")
        image.add_new((0x0043, 0x1039), "IS", [int(1e9 + b), 8, 0, 0])


def philips_classic(image: Dataset) -> None:
    """b in (2001,1003) as a float, isotropic by (2001,1004), and nothing said of a vector."""
    _scanner(image, "Philips Medical Systems", "Ingenia")
    b = _take_b(image)
    if is_adc(image):
        image.ImageType = ["DERIVED", "PRIMARY", "ADC", "M", "ADC"]
    else:
        image.ImageType = ["ORIGINAL", "PRIMARY", "M_SE", "M", "SE"]
    if b is not None:
        image.SeriesDescription, image.ScanningSequence = "DWI", "SE"
        image.add_new((0x2001, 0x0010), "LO", "Philips Imaging DD 001")
        image.add_new((0x2001, 0x1003), "FL", b or 0.001)
        image.add_new((0x2001, 0x1004), "CS", "I")


def philips_enhanced(image: Dataset) -> None:
    """Standard attributes of enhanced MR, each frame with its own rescale."""
    _scanner(image, "Philips", "Ingenia Elition X")


def canon(image: Dataset) -> None:
    """b in Image Comments."""
    _scanner(image, "CANON_MEC", "Vantage Galan 3T")
    if (b := _take_b(image)) is not None:
        image.ImageType = ["ORIGINAL", "PRIMARY", "OTHER"]
        image.SeriesDescription, image.ImageComments = "DWI", f"b={b:g}(0.577,0.577,0.577)"


def uih(image: Dataset) -> None:
    """b in (0065,1009) as a double."""
    _scanner(image, "UIH", "uMR 880")
    if (b := _take_b(image)) is not None:
        image.SeriesDescription = "epi_dwi_tra"
        image.add_new((0x0065, 0x0010), "LO", "Image Private Header")
        image.add_new((0x0065, 0x1009), "FD", b)


def nameless(change: Change) -> Change:
    """Return a style whose series have no telling names, as anonymisation leaves them."""

    def changed(image: Dataset) -> None:
        change(image)
        image.SeriesDescription = image.ProtocolName = "N/A"

    return changed


def _even(value: bytes) -> bytes:
    return value + b" " * (len(value) % 2)


STYLES = (
    Style("Siemens classic, b private", siemens_classic),
    Style("Siemens classic, b in CSA header", siemens_csa),
    Style("Siemens XA, enhanced", siemens_xa, enhanced=True),
    Style("GE classic", ge_classic, adc="10⁻³ by RescaleSlope"),
    Style("Philips classic", philips_classic, adc="mm²/s by RescaleSlope"),
    Style("Philips enhanced", philips_enhanced, enhanced=True, adc="10⁻³ by RescaleSlope", frame_rescale=True),
    Style("Philips enhanced, real-world values", philips_enhanced, enhanced=True, adc="real-world value map"),
    Style("Canon, b in comments", canon, adc="real-world value map beside RescaleSlope"),
    Style("United Imaging", uih, adc="real-world value map"),
    Style("Siemens classic, series names N/A", nameless(siemens_classic)),
    Style("Siemens XA enhanced, series names N/A", nameless(siemens_xa), enhanced=True),
)


# ------------------------------------------------------------------ enhanced multi-frame


def enhanced(images: Sequence[Dataset], *, frame_rescale: bool = False) -> Dataset:
    """Return the images of a series as one Enhanced MR image, its frames in the order that a scanner may choose.

    With `frame_rescale` every other frame is stored halved, with twice the slope.
    """
    first = images[0]
    made = Dataset()
    for element in first:
        if element.keyword not in _OF_FRAMES:
            made.add(deepcopy(element))
    made.file_meta = deepcopy(first.file_meta)
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.InstanceNumber, made.NumberOfFrames = 1, len(images)
    made.ImageType = [*first.ImageType[:2], "MIXED" if len(first.ImageType) > 2 else "M", "NONE"]
    sequences = str(first.ScanningSequence)
    made.EchoPulseSequence = "GRADIENT" if "GR" in sequences else "SPIN"
    made.EchoPlanarPulseSequence = "YES" if "EP" in sequences else "NO"
    if first.get("ContrastBolusAgent"):
        made.ContrastBolusAgentSequence = [_item(CodeValue="C-B03A", CodeMeaning=str(first.ContrastBolusAgent))]
    made.SharedFunctionalGroupsSequence = [_shared(first)]
    order = list(range(0, len(images), 2)) + list(range(1, len(images), 2))
    halved = [frame_rescale and n % 2 == 1 and not is_adc(first) for n in range(len(images))]
    made.PerFrameFunctionalGroupsSequence = [_frame(images[n], halved=halved[n]) for n in order]
    pixels = [images[n].pixel_array // (2 if halved[n] else 1) for n in order]
    made.PixelData = np.stack(pixels).astype("<u2").tobytes()
    return made


_OF_FRAMES = {
    *("PixelData", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "EchoTime"),
    *("SpacingBetweenSlices", "SliceLocation", "DiffusionBValue", "DiffusionDirectionality", "ScanningSequence"),
    *("EchoTrainLength", "FlipAngle", "RepetitionTime", "RescaleSlope", "RescaleIntercept", "RescaleType"),
    *("TemporalPositionIdentifier", "TemporalResolution", "NumberOfTemporalPositions", "ContrastBolusAgent"),
    *("RealWorldValueMappingSequence", "SequenceName", "ScanOptions", "SmallestImagePixelValue", "WindowCenter"),
    *("LargestImagePixelValue", "WindowWidth", "EchoNumbers", "InPlanePhaseEncodingDirection", "SequenceVariant"),
}


def _shared(image: Dataset) -> Dataset:
    shared = Dataset()
    shared.PlaneOrientationSequence = [_item(ImageOrientationPatient=image.ImageOrientationPatient)]
    shared.PixelMeasuresSequence = [
        _item(
            PixelSpacing=image.PixelSpacing,
            SliceThickness=image.SliceThickness,
            SpacingBetweenSlices=image.SpacingBetweenSlices,
        )
    ]
    shared.MRTimingAndRelatedParametersSequence = [
        _item(RepetitionTime=image.RepetitionTime, FlipAngle=image.FlipAngle, EchoTrainLength=image.EchoTrainLength)
    ]
    return shared


def _frame(image: Dataset, *, halved: bool) -> Dataset:
    frame = Dataset()
    content: dict[str, Any] = {"FrameAcquisitionDateTime": f"{image.AcquisitionDate}{image.AcquisitionTime}"}
    if "TemporalPositionIdentifier" in image:
        content["TemporalPositionIndex"] = int(image.TemporalPositionIdentifier)
    frame.FrameContentSequence = [_item(**content)]
    frame.PlanePositionSequence = [_item(ImagePositionPatient=image.ImagePositionPatient)]
    frame.MRImageFrameTypeSequence = [_item(FrameType=image.ImageType)]
    frame.MREchoSequence = [_item(EffectiveEchoTime=float(image.EchoTime))]
    if is_diffusion(image):
        frame.MRDiffusionSequence = [
            _item(
                DiffusionBValue=float(image.DiffusionBValue),
                DiffusionDirectionality=image.get("DiffusionDirectionality", "ISOTROPIC"),
            )
        ]
    if halved:
        frame.PixelValueTransformationSequence = [_item(RescaleSlope="2", RescaleIntercept="0", RescaleType="US")]
    elif "RescaleSlope" in image:
        frame.PixelValueTransformationSequence = [
            _item(RescaleSlope=image.RescaleSlope, RescaleIntercept=image.RescaleIntercept, RescaleType="US")
        ]
    if "RealWorldValueMappingSequence" in image:
        frame.RealWorldValueMappingSequence = image.RealWorldValueMappingSequence
    return frame


def _item(**values: Any) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item
