"""The report as a PDF, and that PDF as a DICOM object of the study."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

from highdicom import UID
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.coding import Code
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from core.report import Report, SignedReport
from reporting.equipment import MANUFACTURER, MODEL_NAME, RESEARCH_USE, SOFTWARE_VERSION, contributing_equipment
from reporting.images import ReportImages
from reporting.pdf_page import HEIGHT, TITLE, WIDTH, PageFrame, draw_watermark, head_height, numbered_canvas
from reporting.pdf_parts import findings, impression, lesion_table, models, pictures, risk, signature
from reporting.pdf_style import MARGIN, register_fonts
from reporting.study_header import coded, stamp, study_header
from reporting.words import patient_name, reader_name

_DIAGNOSTIC_IMAGING_STUDY = Code("18748-4", "LN", "Diagnostic imaging study")
_SERIES_NUMBER = 9004
_FOOT = 48.0


def report_pdf(report: Report, images: ReportImages | None, signed: SignedReport | None) -> bytes:
    """Return the report as a PDF (A4), the same bytes for the same values; marked DRAFT unless `signed`.

    `images` are None for a study without axial T2: its report has no key images. Raises `FramesDiffer` when an outline
    was not drawn on the axial T2.
    """
    register_fonts()
    frame = PageFrame(_patient_line(report), report.study_instance_uid, draft=signed is None)
    file = BytesIO()
    document = BaseDocTemplate(
        file,
        pagesize=(WIDTH, HEIGHT),
        title=TITLE,
        author=reader_name(signed.reader.name) if signed else "",
        subject=RESEARCH_USE,
        creator=f"{MODEL_NAME} {SOFTWARE_VERSION}",
        invariant=1,
    )
    top = HEIGHT - MARGIN - head_height(frame)
    body = Frame(MARGIN, _FOOT, WIDTH - 2 * MARGIN, top - _FOOT, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("page", [body], onPage=draw_watermark if frame.draft else _draw_nothing)])
    document.build(list(_story(report, images, signed)), canvasmaker=numbered_canvas(frame))
    return file.getvalue()


def _draw_nothing(_canvas: object, _document: object) -> None:
    """Leave the page white."""


def _story(report: Report, images: ReportImages | None, signed: SignedReport | None) -> Iterator[Flowable]:
    yield from impression(report)
    yield from risk(report)
    yield from lesion_table(report)
    yield from pictures(report, images)
    yield from findings(report)
    yield signature(signed)
    yield from models(report)


def _patient_line(report: Report) -> str:
    study, clinical = report.recognised.study, report.clinical
    patient, day = study.patient, study.study_datetime
    parts = (
        patient_name(patient.name),
        patient.patient_id,
        patient.sex,
        f"born {patient.birth_date.isoformat()}" if patient.birth_date else "",
        "" if study.age is None else f"{study.age} y",
        f"Acc {study.accession_number}" if study.accession_number else "",
        f"examined {day.date().isoformat()}" if day else "",
        "" if clinical.psa_ng_ml is None else f"PSA {clinical.psa_ng_ml:.1f} ng/mL",
        f"referred by {patient_name(study.referring_physician)}" if study.referring_physician else "",
        study.institution,
    )
    return " · ".join(filter(None, parts))


def encapsulated_pdf(pdf: bytes, report: Report, signed: SignedReport | None) -> Dataset:
    """Return the PDF as an Encapsulated PDF of the study (PS3.3 A.45.1), VERIFIED only when `signed`."""
    ds = study_header(report.recognised)
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = EncapsulatedPDFStorage, UID(), UID()
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "DOC", _SERIES_NUMBER, 1
    ds.SeriesDescription = "Prosector report (research use)" if signed else "Prosector report DRAFT (research use)"
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions = MANUFACTURER, MODEL_NAME, SOFTWARE_VERSION
    ds.DeviceSerialNumber = SOFTWARE_VERSION
    ds.ConversionType, ds.BurnedInAnnotation = "WSD", "YES"
    stamp(ds, signed.signed_at.astimezone() if signed else datetime.now().astimezone())
    ds.AcquisitionDateTime = ""
    ds.DocumentTitle = TITLE if signed else f"DRAFT {TITLE}"
    ds.ConceptNameCodeSequence = [coded(_DIAGNOSTIC_IMAGING_STUDY)]
    ds.VerificationFlag = "VERIFIED" if signed else "UNVERIFIED"
    if report.models:
        ds.ContributingEquipmentSequence = contributing_equipment(report.models)
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    ds.EncapsulatedDocumentLength = len(pdf)
    ds.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    return ds
