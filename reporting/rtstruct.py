"""The outlines of gland and reported lesions as an RT Structure Set on the axial T2 (PS3.3 A.19)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from highdicom import UID, Volume
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ImplicitVRLittleEndian, RTStructureSetStorage

from core.pirads import PIRADS_COLOURS
from core.report import FromModel, Report
from core.volume import position_lps
from reporting.contours import closed_lines
from reporting.drawing import GLAND_COLOUR, Rgb
from reporting.equipment import MANUFACTURER, MODEL_NAME, RESEARCH_USE, SOFTWARE_VERSION, contributing_equipment
from reporting.seg import require_grid_of
from reporting.sources import axial_t2, headers
from reporting.study_header import stamp, study_header

_SERIES_NUMBER = 9011
_STUDY_COMPONENT = "1.2.840.10008.3.1.2.3.1"  # Detached Study Management, as RT Referenced Study still names it


@dataclass(frozen=True, slots=True, eq=False)
class _Roi:
    name: str
    mask: Volume
    colour: Rgb
    generated: str


def rt_structure_set(report: Report) -> Dataset:
    """Return one ROI for each reported lesion, the index lesion first, then the gland.

    Raises `FramesDiffer` for an outline on another grid and `SeriesIncomplete` without the T2.
    """
    slices, rois = headers(axial_t2(report.recognised).stack), tuple(_rois(report))
    require_grid_of(slices, [(roi.name, roi.mask) for roi in rois])
    ds = study_header(report.recognised)
    _describe(ds, report)
    ds.ReferencedFrameOfReferenceSequence = [_frame(slices)]
    frame_uid = str(slices[0].FrameOfReferenceUID)
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = frame_uid, ""
    ds.StructureSetROISequence = [_roi(number, roi, frame_uid) for number, roi in enumerate(rois, start=1)]
    ds.ROIContourSequence = [_contours(number, roi, slices) for number, roi in enumerate(rois, start=1)]
    ds.RTROIObservationsSequence = [_observation(number, roi) for number, roi in enumerate(rois, start=1)]
    return ds


def _rois(report: Report) -> Iterator[_Roi]:
    for lesion in report.reported_lesions:
        generated = "SEMIAUTOMATIC" if isinstance(lesion.origin, FromModel) else "MANUAL"
        yield _Roi(lesion.label, lesion.mask, PIRADS_COLOURS[lesion.category], generated)
    if report.gland is not None:
        generated = "SEMIAUTOMATIC" if report.gland.edited else "AUTOMATIC"
        yield _Roi("Prostate", report.gland.mask, GLAND_COLOUR, generated)


def _describe(ds: Dataset, report: Report) -> None:
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = RTStructureSetStorage, UID(), UID()
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "RTSTRUCT", _SERIES_NUMBER, 1
    ds.SeriesDescription, ds.OperatorsName = "Biopsy targets (research use)", ""
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions = MANUFACTURER, MODEL_NAME, SOFTWARE_VERSION
    stamp(ds, datetime.now().astimezone())
    ds.StructureSetLabel, ds.StructureSetDescription = "Biopsy targets", RESEARCH_USE
    ds.StructureSetDate, ds.StructureSetTime = ds.ContentDate, ds.ContentTime
    del ds.ContentDate, ds.ContentTime
    ds.ApprovalStatus = "UNAPPROVED"
    if report.models:
        ds.ContributingEquipmentSequence = contributing_equipment(report.models)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian  # an explicit DS ends at 64 KiB, long contours do not
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID


def _frame(slices: Sequence[Dataset]) -> Dataset:
    first = slices[0]
    series, study, frame = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = first.SeriesInstanceUID
    series.ContourImageSequence = [_image(header) for header in slices]
    study.ReferencedSOPClassUID, study.ReferencedSOPInstanceUID = _STUDY_COMPONENT, first.StudyInstanceUID
    study.RTReferencedSeriesSequence = [series]
    frame.FrameOfReferenceUID = first.FrameOfReferenceUID
    frame.RTReferencedStudySequence = [study]
    return frame


def _image(header: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = header.SOPClassUID, header.SOPInstanceUID
    if "ReferencedFrameNumber" in header:
        item.ReferencedFrameNumber = header.ReferencedFrameNumber
    return item


def _roi(number: int, roi: _Roi, frame_of_reference_uid: str) -> Dataset:
    item = Dataset()
    item.ROINumber, item.ROIName = number, roi.name
    item.ReferencedFrameOfReferenceUID, item.ROIGenerationAlgorithm = frame_of_reference_uid, roi.generated
    return item


def _contours(number: int, roi: _Roi, slices: Sequence[Dataset]) -> Dataset:
    item = Dataset()
    item.ROIDisplayColor, item.ReferencedROINumber = list(roi.colour), number
    item.ContourSequence = [
        _contour(line, k, roi.mask, slices[k])
        for k in np.flatnonzero(roi.mask.array.any(axis=(1, 2))).tolist()
        for line in keyholes(closed_lines(roi.mask.array[k] > 0))
    ]
    return item


def _contour(line: NDArray[np.float64], k: int, mask: Volume, header: Dataset) -> Dataset:
    item = Dataset()
    item.ContourImageSequence = [_image(header)]
    item.ContourGeometricType, item.NumberOfContourPoints = "CLOSED_PLANAR", len(line)
    points = [position_lps(mask, (k, row - 0.5, column - 0.5)) for column, row in line.tolist()]
    item.ContourData = [f"{value:.4f}" for point in points for value in point]
    return item


def keyholes(lines: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Return open-ended outlines (n, 2) into which holes are cut by a channel of no width (PS3.3 C.8.8.6.3)."""
    outer = [line[:-1] for line in lines if _signed_area(line) > 0]
    for hole in (line[:-1] for line in lines if _signed_area(line) < 0):
        gaps = [np.linalg.norm(line[:, None] - hole[None], axis=2) for line in outer]
        which = min(range(len(outer)), key=lambda n: float(gaps[n].min()))
        at, start = np.unravel_index(int(gaps[which].argmin()), gaps[which].shape)
        around = np.roll(hole, -int(start), axis=0)
        line = outer[which]
        outer[which] = np.concatenate([line[: at + 1], around, around[:1], line[at:]])
    return outer


def _signed_area(line: NDArray[np.float64]) -> float:
    x, y = line[:, 0], line[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2


def _observation(number: int, roi: _Roi) -> Dataset:
    item = Dataset()
    item.ObservationNumber, item.ReferencedROINumber = number, number
    item.RTROIInterpretedType, item.ROIInterpreter = "ORGAN" if roi.name == "Prostate" else "", ""
    return item
