"""The report as a PDF, and that PDF as a DICOM object of the study."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from io import BytesIO

from highdicom import UID
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.coding import Code
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from core.report import Report, SignedReport
from reporting.equipment import MANUFACTURER, MODEL_NAME, SOFTWARE_VERSION, contributing_equipment
from reporting.images import ReportImages
from reporting.pdf_amendment import amendment
from reporting.pdf_lesions import lesion_table
from reporting.pdf_page import HEIGHT, WIDTH, PageFrame, head_height, numbered_canvas, watermark
from reporting.pdf_parts import findings, impression, models, pictures, risk, signature
from reporting.pdf_style import MARGIN, register_fonts
from reporting.study_header import coded, stamp, study_header
from reporting.terms import Terms, terms_of
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
    terms = terms_of(report.language)
    frame = PageFrame(_patient_line(report, terms), report.study_instance_uid, signed is None, terms)
    file = BytesIO()
    document = BaseDocTemplate(
        file,
        pagesize=(WIDTH, HEIGHT),
        title=terms.word("pdf", "title"),
        author=reader_name(signed.reader.name) if signed else "",
        subject=terms.word("text", "research_use"),
        creator=f"{MODEL_NAME} {SOFTWARE_VERSION}",
        invariant=1,
    )
    top = HEIGHT - MARGIN - head_height(frame)
    body = Frame(MARGIN, _FOOT, WIDTH - 2 * MARGIN, top - _FOOT, 0, 0, 0, 0)
    below = watermark(terms.word("pdf", "draft")) if frame.draft else _draw_nothing
    document.addPageTemplates([PageTemplate("page", [body], onPage=below)])
    document.build(list(_story(report, images, signed)), canvasmaker=numbered_canvas(frame))
    return file.getvalue()


def _draw_nothing(_canvas: object, _document: object) -> None:
    """Leave the page white."""


def _story(report: Report, images: ReportImages | None, signed: SignedReport | None) -> Iterator[Flowable]:
    yield from amendment(report, signed)
    yield from impression(report)
    yield from risk(report)
    yield from lesion_table(report)
    yield from pictures(report, images)
    yield from findings(report)
    yield signature(report, signed)
    yield from models(report)


def _patient_line(report: Report, terms: Terms) -> str:
    study, psa = report.recognised.study, report.clinical.psa_ng_ml
    patient, day, referring = study.patient, study.study_datetime, patient_name(study.referring_physician)
    word = partial(terms.word, "pdf")
    parts = (
        patient_name(patient.name),
        patient.patient_id,
        patient.sex,
        word("born", day=terms.day(patient.birth_date)) if patient.birth_date else "",
        "" if study.age is None else word("age", years=str(study.age)),
        word("accession", number=study.accession_number) if study.accession_number else "",
        word("examined", day=terms.day(day)) if day else "",
        "" if psa is None else word("psa", value=terms.number(psa, 1)),
        word("referred_by", name=referring) if referring else "",
        study.institution,
    )
    return " · ".join(filter(None, parts))


def encapsulated_pdf(pdf: bytes, report: Report, signed: SignedReport | None) -> Dataset:
    """Return the PDF as an Encapsulated PDF of the study (PS3.3 A.45.1), VERIFIED only when `signed` as final."""
    ds = study_header(report.recognised)
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = EncapsulatedPDFStorage, UID(), UID()
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "DOC", _SERIES_NUMBER, 1
    ds.SeriesDescription = "Prosector report (research use)" if signed else "Prosector report DRAFT (research use)"
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions = MANUFACTURER, MODEL_NAME, SOFTWARE_VERSION
    ds.DeviceSerialNumber = SOFTWARE_VERSION
    ds.ConversionType, ds.BurnedInAnnotation = "WSD", "YES"
    stamp(ds, signed.signed_at.astimezone() if signed else datetime.now().astimezone())
    ds.AcquisitionDateTime = ""
    title, draft = (terms_of(report.language).word("pdf", key) for key in ("title", "draft"))
    ds.DocumentTitle = title if signed else f"{draft} {title}"
    ds.ConceptNameCodeSequence = [coded(_DIAGNOSTIC_IMAGING_STUDY)]
    ds.VerificationFlag = "VERIFIED" if signed and signed.is_final else "UNVERIFIED"  # as the SR
    if report.models:
        ds.ContributingEquipmentSequence = contributing_equipment(report.models)
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    ds.EncapsulatedDocumentLength = len(pdf)
    ds.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    return ds
