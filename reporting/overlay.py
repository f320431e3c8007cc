"""The colour overlay series: each axial T2 slice with gland, lesions and scores drawn in, for any viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from highdicom import UID, Volume
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage
from pydicom.valuerep import format_number_as_ds

from core.findings import Candidate, Findings, ModelIdentity
from core.pirads import PIRADS_COLOURS, Category
from core.report import Lesion, Report, Unreviewed
from core.study import RecognisedStudy
from reporting.drawing import Plane, slice_plane
from reporting.equipment import MANUFACTURER, MODEL_NAME, RESEARCH_USE, SOFTWARE_VERSION, contributing_equipment
from reporting.images import ReportImages, require_grid_of_t2
from reporting.overlay_picture import BOTTOM, TOP, Mark, Picture, enlargement
from reporting.study_header import coded, source_slices, stamp, study_header

SERIES_DESCRIPTION = "Prosector overlay (research use)"
_SERIES_NUMBER = 9003
_DERIVATION = "Gland and lesion outlines, PI-RADS categories and labels drawn into the axial T2. "


def overlay_of_report(report: Report, images: ReportImages) -> tuple[Dataset, ...]:
    """Return the overlay series of a draft or signed report: reported lesions, and unreviewed ones dashed.

    Raises `FramesDiffer` when an outline was not drawn on the T2, `SeriesIncomplete` when the T2's files are gone.
    """
    unreviewed = tuple(lesion for lesion in report.lesions if isinstance(lesion.review, Unreviewed))
    marks = tuple(_mark(lesion) for lesion in (*report.reported_lesions, *unreviewed))
    gland = report.gland.mask if report.gland else None
    title = f"Prostate MRI — {'draft, not all reviewed' if unreviewed else 'reader’s report'}"
    return _series(report.recognised, images, _Content(title, gland, marks, report.models))


def overlay_of_findings(findings: Findings, images: ReportImages) -> tuple[Dataset, ...]:
    """Return the overlay series of an analysis that nobody has reviewed; raises as `overlay_of_report` does."""
    marks = tuple(_candidate_mark(number, candidate) for number, candidate in enumerate(findings.candidates, start=1))
    title = "Prostate MRI — AI findings, not reviewed"
    if findings.quality.withheld:
        title = "Prostate MRI — AI gland only: lesions not looked for (image quality)"
    return _series(findings.recognised, images, _Content(title, findings.gland.mask, marks, findings.models))


@dataclass(frozen=True, slots=True, eq=False)
class _Content:
    title: str
    gland: Volume | None
    marks: tuple[Mark, ...]
    models: tuple[ModelIdentity, ...]


def _mark(lesion: Lesion) -> Mark:
    if isinstance(lesion.review, Unreviewed):
        return Mark(lesion.mask, f"{lesion.label} · AI, not reviewed", PIRADS_COLOURS[lesion.category], dashed=True)
    return Mark(lesion.mask, f"{lesion.label} · PI-RADS {lesion.category}", PIRADS_COLOURS[lesion.category])


def _candidate_mark(number: int, candidate: Candidate) -> Mark:
    category = candidate.suggested_category
    told = "AI" if category is Category.PENDING else f"AI suggests {category}"
    return Mark(candidate.mask, f"L{number} · {told}", PIRADS_COLOURS[category], dashed=True)


def _series(recognised: RecognisedStudy, images: ReportImages, content: _Content) -> tuple[Dataset, ...]:
    for mark in content.marks:
        require_grid_of_t2(mark.mask, images, f"The outline of {mark.text}")
    if content.gland is not None:
        require_grid_of_t2(content.gland, images, "The outline of the prostate")
    scale = enlargement(images.t2)
    picture = Picture(images.t2, content.gland, content.marks, content.title, scale)
    common = _common(recognised, str(images.t2.frame_of_reference_uid), content.models)
    sources = source_slices(recognised, images.t2)
    return tuple(
        _instance(common, picture.drawn(k), slice_plane(images.t2, k, scale=scale, top=TOP, bottom=BOTTOM), k, source)
        for k, source in enumerate(sources)
    )


def _common(recognised: RecognisedStudy, frame_of_reference_uid: str, models: Sequence[ModelIdentity]) -> Dataset:
    ds = study_header(recognised)
    ds.SOPClassUID = SecondaryCaptureImageStorage
    ds.SeriesInstanceUID = UID()
    ds.SeriesNumber, ds.SeriesDescription, ds.Modality = (
        _SERIES_NUMBER,
        SERIES_DESCRIPTION,
        "OT",
    )  # not MR: never taken for an acquisition
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = frame_of_reference_uid, ""
    ds.BodyPartExamined = "PROSTATE"
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions = MANUFACTURER, MODEL_NAME, SOFTWARE_VERSION
    ds.ConversionType, ds.SecondaryCaptureDeviceManufacturer = "WSD", MANUFACTURER
    ds.ImageType = ["DERIVED", "SECONDARY", "OVERLAY"]
    ds.BurnedInAnnotation, ds.LossyImageCompression = "YES", "00"
    ds.DerivationDescription = f"{_DERIVATION}{RESEARCH_USE}."
    ds.ImageComments = RESEARCH_USE
    if models:
        ds.ContributingEquipmentSequence = contributing_equipment(models)
    stamp(ds, datetime.now().astimezone())
    return ds


def _instance(common: Dataset, pixels: NDArray[np.uint8], plane: Plane, k: int, source: Dataset) -> Dataset:
    ds = Dataset()
    ds.update(common)
    ds.SOPInstanceUID, ds.InstanceNumber = UID(), k + 1
    ds.SourceImageSequence = [_reference(source)]
    ds.ImagePositionPatient, ds.ImageOrientationPatient, ds.PixelSpacing = _geometry(plane)
    ds.PatientOrientation = [_letters(plane.column_step), _letters(plane.row_step)]
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.Rows, ds.Columns = plane.rows, plane.columns
    ds.PixelData = pixels.tobytes()
    ds["PixelData"].VR = "OB"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    return ds


def _geometry(plane: Plane) -> tuple[list[str], list[str], list[str]]:
    """Return position, orientation and spacing of the enlarged pixels (PS3.3 C.7.6.2)."""
    row_mm, column_mm = float(np.linalg.norm(plane.row_step)), float(np.linalg.norm(plane.column_step))
    cosines = [*(plane.column_step / column_mm), *(plane.row_step / row_mm)]
    written = [[format_number_as_ds(float(value)) for value in values] for values in (plane.origin_lps, cosines)]
    return written[0], written[1], [format_number_as_ds(row_mm), format_number_as_ds(column_mm)]


def _letters(step: NDArray[np.float64]) -> str:
    """Return the patient directions that a step points to, the strongest first, e.g. `PF` (PS3.3 C.7.6.1.1.1)."""
    shares = step / np.linalg.norm(step)
    axes = [axis for axis in np.argsort(-np.abs(shares)) if abs(shares[axis]) > 0.1]
    return "".join(("RL", "AP", "FH")[axis][int(shares[axis] > 0)] for axis in axes)


def _reference(source: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = source.SOPClassUID, source.SOPInstanceUID
    if "ReferencedFrameNumber" in source:
        item.ReferencedFrameNumber = source.ReferencedFrameNumber
    item.PurposeOfReferenceCodeSequence = [coded(codes.DCM.SourceImageForImageProcessingOperation)]
    return item
