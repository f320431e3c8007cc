"""Objects as other systems write them: segmentations, TID 1500 reports, presentation states and PDFs of made-up makers.

Some are written by highdicom, which follows the standard, and some attribute by attribute, as odd as they come.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pydicom
from highdicom import Volume
from highdicom.color import CIELabColor
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import (
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    SegmentationStorage,
    generate_uid,
)

LESION = codes.SCT.Lesion
ABNORMAL = codes.SCT.MorphologicallyAbnormalStructure
ANATOMICAL = Code("123037004", "SCT", "Anatomical Structure")
PROSTATE = Code("41216001", "SCT", "Prostate")
RIGHT_MID_PZPM = Code("716923005", "SCT", "Right posteromedial middle peripheral zone of prostate")
MAKER = {
    "manufacturer": "Acme Imaging",
    "manufacturer_model_name": "ProstateMind",
    "software_versions": "2.1",
    "device_serial_number": "7",
}


def headers(folder: Path, description: str) -> list[Dataset]:
    """The headers of a series in a folder, in the order of their positions."""
    read = [pydicom.dcmread(path, stop_before_pixels=True) for path in sorted(folder.rglob("*.dcm"))]
    series = [ds for ds in read if ds.get("SeriesDescription") == description]
    return sorted(series, key=lambda ds: float(ds.ImagePositionPatient[2]))


def volume(array: NDArray[Any], affine: NDArray[np.float64], frame: str) -> Volume:
    """A mask on a grid of its own."""
    return Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=frame)


def ball(like: Volume, middle: Sequence[float], radius_mm: float) -> Volume:
    """A ball on the grid of another volume."""
    index = np.indices(like.spatial_shape).reshape(3, -1)
    places = (like.affine[:3, :3] @ index + like.affine[:3, 3:]).T
    inside = np.linalg.norm(places - np.array(middle), axis=1) <= radius_mm
    return like.with_array(inside.reshape(like.spatial_shape).astype(np.uint8))


def described(number: int, label: str = "", **changes: Any) -> hd.seg.SegmentDescription:
    """A segment of the made-up algorithm."""
    fields: dict[str, Any] = {
        "segment_label": label or f"Lesion {number}",
        "segmented_property_category": ABNORMAL,
        "segmented_property_type": LESION,
        "algorithm_type": "AUTOMATIC",
        "algorithm_identification": hd.AlgorithmIdentificationSequence(
            name="ProstateMind Detect", family=codes.cid7162.ArtificialIntelligence, version="2.1.0"
        ),
        "tracking_uid": f"1.2.826.0.1.3680043.8.498.77.{number}",
        "tracking_id": label or f"Lesion {number}",
        "display_color": CIELabColor.from_rgb(230, 80, 200),
    }
    return hd.seg.SegmentDescription(segment_number=number, **{**fields, **changes})


def segmentation(
    sources: Sequence[Dataset], masks: Volume, descriptions: Sequence[hd.seg.SegmentDescription], **changes: Any
) -> hd.seg.Segmentation:
    """A segmentation on the grid of `masks`, whatever the grid of its sources."""
    fields: dict[str, Any] = {
        "segmentation_type": "BINARY",
        "series_instance_uid": generate_uid(),
        "series_number": 800,
        "sop_instance_uid": generate_uid(),
        "instance_number": 1,
        "series_description": "Acme lesions",
        "content_label": "LESIONS",
        **MAKER,
    }
    return hd.seg.Segmentation(sources, masks, segment_descriptions=list(descriptions), **{**fields, **changes})


def raw_segmentation(source: Dataset, planes: Sequence[tuple[Dataset, NDArray[np.uint8]]], **changes: Any) -> Dataset:
    """A binary segmentation written attribute by attribute, with the fewest that make sense: a group for each plane."""
    ds = _object(source, SegmentationStorage, "SEG")
    ds.SegmentationType = "BINARY"
    ds.Rows, ds.Columns = planes[0][1].shape
    ds.NumberOfFrames, ds.SamplesPerPixel, ds.PhotometricInterpretation = len(planes), 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 1, 1, 0, 0
    ds.PerFrameFunctionalGroupsSequence = Items([group for group, _ in planes])
    ds.SharedFunctionalGroupsSequence = Items([Dataset()])
    bits = np.packbits(np.concatenate([plane.ravel() for _, plane in planes]), bitorder="little").tobytes()
    ds.PixelData = bits + b"\0" * (len(bits) % 2)
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return ds


def plane_group(
    position: Sequence[float], cosines: Sequence[float], spacing: Sequence[float], thickness: float, segment: int = 1
) -> Dataset:
    """The functional groups of one frame."""
    group = Dataset()
    place, turned, measures, identified = Dataset(), Dataset(), Dataset(), Dataset()
    place.ImagePositionPatient, turned.ImageOrientationPatient = list(position), list(cosines)
    measures.PixelSpacing, measures.SliceThickness = list(spacing), thickness
    identified.ReferencedSegmentNumber = segment
    group.PlanePositionSequence, group.PlaneOrientationSequence = [place], [turned]
    group.PixelMeasuresSequence, group.SegmentIdentificationSequence = [measures], [identified]
    return group


def _object(source: Dataset, sop_class_uid: str, modality: str) -> Dataset:
    ds = Dataset()
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate"):
        setattr(ds, keyword, source.get(keyword, ""))
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.StudyTime, ds.AccessionNumber, ds.StudyID = source.get("StudyTime", ""), source.get("AccessionNumber", ""), ""
    ds.FrameOfReferenceUID = source.FrameOfReferenceUID
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = sop_class_uid, generate_uid(), generate_uid()
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = modality, 801, 1
    ds.Manufacturer, ds.ManufacturerModelName = "Acme Imaging", "ProstateMind"
    ds.ContentDate, ds.ContentTime = "20260301", "111500"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = sop_class_uid, ds.SOPInstanceUID
    return ds


def pdf(source: Dataset, title: str = "Acme prostate report") -> Dataset:
    """An encapsulated PDF of one page."""
    from io import BytesIO

    from reportlab.pdfgen.canvas import Canvas

    page = BytesIO()
    drawn = Canvas(page, pagesize=(420, 595))
    drawn.setFont("Helvetica", 18)
    drawn.drawString(60, 520, title)
    drawn.setFont("Helvetica", 11)
    drawn.drawString(60, 490, "Lesion 1: right mid peripheral zone, 11 mm, suspicion 72 %")
    drawn.save()
    ds = _object(source, EncapsulatedPDFStorage, "DOC")
    ds.DocumentTitle, ds.MIMETypeOfEncapsulatedDocument, ds.BurnedInAnnotation = title, "application/pdf", "YES"
    document = page.getvalue()
    ds.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    ds.SeriesDescription, ds.VerificationFlag = "Acme PDF", "UNVERIFIED"
    return ds


# ---------------------------------------------------------------------------------------------------------------------
# Reports


def observers(*, person: bool = False) -> hd.sr.ObservationContext:
    """The made-up device as observer, or a person alone."""
    if person:
        named = hd.sr.PersonObserverIdentifyingAttributes(name="Tech^Tina")
        return hd.sr.ObservationContext(
            observer_person_context=hd.sr.ObserverContext(codes.DCM.Person, observer_identifying_attributes=named)
        )
    device = hd.sr.DeviceObserverIdentifyingAttributes(uid="1.2.826.0.1.3680043.8.498.78", name="ProstateMind")
    return hd.sr.ObservationContext(
        observer_device_context=hd.sr.ObserverContext(codes.DCM.Device, observer_identifying_attributes=device)
    )


def algorithm() -> hd.sr.AlgorithmIdentification:
    """The made-up algorithm, as TID 4019 names it."""
    return hd.sr.AlgorithmIdentification(name="ProstateMind Detect", version="2.1.0")


def said(number: int = 1) -> dict[str, Any]:
    """What the made-up algorithm says of a lesion: 72 %, PI-RADS 4, right mid PZpm, 11 mm."""
    probability = hd.sr.Measurement(
        Code("111047", "DCM", "Probability of cancer"), 72.0, Code("%", "UCUM", "Percent"), algorithm_id=algorithm()
    )
    size = hd.sr.Measurement(codes.SCT.LongAxis, 11.0, codes.UCUM.Millimeter)
    category = hd.sr.QualitativeEvaluation(
        Code("130560", "DCM", "PI-RADS Localized Abnormality Assessment"),
        Code("RID50299", "RADLEX", "PI-RADS 4 - High (lesion)"),
    )
    return {
        "tracking_identifier": hd.sr.TrackingIdentifier(
            uid=f"1.2.826.0.1.3680043.8.498.77.{number}", identifier=f"Lesion {number}"
        ),
        "finding_type": LESION,
        "finding_sites": [hd.sr.FindingSite(anatomic_location=RIGHT_MID_PZPM)],
        "measurements": [probability, size],
        "qualitative_evaluations": [category],
        "algorithm_id": algorithm(),
    }


def of_segment(seg: Dataset, number: int = 1, **changes: Any) -> Any:
    """A measurement group about a segment (TID 1411)."""
    source = seg.ReferencedSeriesSequence[0].SeriesInstanceUID
    reference = hd.sr.ReferencedSegment(
        seg.SOPClassUID,
        seg.SOPInstanceUID,
        number,
        source_series=hd.sr.SourceSeriesForSegmentation(referenced_series_instance_uid=source),
    )
    return hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        referenced_segment=reference, **{**said(number), **changes}
    )


def of_contour(image: Dataset, points: NDArray[np.float64], kind: str = "POLYLINE", **changes: Any) -> Any:
    """A measurement group about a contour on an image (TID 1410, SCOORD), points as (column, row)."""
    region = hd.sr.ImageRegion(
        graphic_type=kind,
        graphic_data=points,
        source_image=hd.sr.SourceImageForRegion(image.SOPClassUID, image.SOPInstanceUID),
    )
    return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(referenced_region=region, **{**said(), **changes})


def of_contour_in_space(frame: str, points: NDArray[np.float64], **changes: Any) -> Any:
    """A measurement group about a closed polygon in patient positions (TID 1410, SCOORD3D)."""
    region = hd.sr.ImageRegion3D(graphic_type="POLYGON", graphic_data=points, frame_of_reference_uid=frame)
    return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(referenced_region=region, **{**said(), **changes})


def report(sources: Sequence[Dataset], groups: Sequence[Any], evidence: Sequence[Dataset] = (), **changes: Any) -> Any:
    """A TID 1500 report."""
    person = changes.pop("person", False)
    content = hd.sr.MeasurementReport(
        observation_context=observers(person=person),
        procedure_reported=Code("719178004", "SCT", "Multiparametric magnetic resonance imaging of prostate"),
        imaging_measurements=list(groups),
        title=codes.DCM.ImagingMeasurementReport,
    )
    fields: dict[str, Any] = {
        "series_number": 802,
        "series_instance_uid": generate_uid(),
        "sop_instance_uid": generate_uid(),
        "instance_number": 1,
        "series_description": "Acme measurements",
        "manufacturer": "Acme Imaging",
        "is_complete": True,
        "is_final": False,
    }
    sr = hd.sr.Comprehensive3DSR([*sources, *evidence], content[0], **{**fields, **changes})
    sr.ManufacturerModelName = "ProstateMind"
    return sr


# ---------------------------------------------------------------------------------------------------------------------
# Presentation states


def presentation(image: Dataset, shapes: Sequence[Any] = (), texts: Sequence[Any] = (), **changes: Any) -> Any:
    """A GSPS on one image, with a window of 300 about 200."""
    layer = hd.pr.GraphicLayer("AI", order=1, display_color=CIELabColor.from_rgb(255, 200, 0))
    annotation = hd.pr.GraphicAnnotation(
        referenced_images=[image], graphic_layer=layer, graphic_objects=list(shapes), text_objects=list(texts)
    )
    fields: dict[str, Any] = {
        "series_instance_uid": generate_uid(),
        "series_number": 803,
        "sop_instance_uid": generate_uid(),
        "instance_number": 1,
        "content_label": "AI",
        "content_description": "Acme marks",
        "graphic_layers": [layer],
        "graphic_annotations": [annotation],
        "voi_lut_transformations": [hd.pr.SoftcopyVOILUTTransformation(window_center=200, window_width=300)],
        **MAKER,
    }
    return hd.pr.GrayscaleSoftcopyPresentationState([image], **{**fields, **changes})


def save(dataset: Dataset, folder: Path) -> Path:
    """Write an object into a folder."""
    path = folder / f"{dataset.SOPInstanceUID}.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return path
