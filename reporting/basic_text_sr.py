"""The report as a Basic Text SR (PS3.3 A.35.1, TID 2000), for archives and viewers that show no other."""

from collections.abc import Iterator

from highdicom.sr import (
    CodedConcept,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    EnhancedSR,
    LanguageOfContentItemAndDescendants,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as dicom_codes
from pydicom.sr.coding import Code
from pydicom.uid import BasicTextSRStorage

from core.report import Report, SignedReport
from core.wording import Language
from reporting import codes
from reporting.equipment import RESEARCH_USE
from reporting.signature import SigningKey, sign_dataset
from reporting.sources import any_header, nameless
from reporting.sr_head import complete, document_head, observers
from reporting.sr_items import container, dicom_text, text
from reporting.text import shown_findings, shown_impression

BASIC_TEXT_SERIES_NUMBER = 9009
_TEMPLATE = "2000"
_LANGUAGES = {Language.ENGLISH: "English", Language.GERMAN: "German", Language.SPANISH: "Spanish"}


def basic_text_sr(signed: SignedReport, key: SigningKey) -> Dataset:
    """Return the words of the report, signed as the full one is; raises `CannotSign` when the key cannot sign."""
    report = signed.report
    header = any_header(report.recognised)
    document = EnhancedSR(  # the very modules of a Basic Text SR, which highdicom has not
        evidence=nameless([header]),
        content=_root(signed),
        series_number=BASIC_TEXT_SERIES_NUMBER,
        series_description="Prostate MRI report, text (research use)",
        record_evidence=False,
        **document_head(report, signed, header),
    )
    document.SOPClassUID = document.file_meta.MediaStorageSOPClassUID = BasicTextSRStorage
    complete(document, signed, header)
    return sign_dataset(document, key, at=signed.signed_at)


def _root(signed: SignedReport) -> ContainerContentItem:
    root = ContainerContentItem(dicom_codes.LN.DiagnosticImagingReport, template_id=_TEMPLATE)
    language = signed.report.language
    spoken = CodedConcept(language.value, "RFC5646", _LANGUAGES[language])
    root.ContentSequence = ContentSequence(
        [
            *LanguageOfContentItemAndDescendants(spoken),
            *observers(signed.reader),
            *_sections(signed.report),
        ]
    )
    return root


def _sections(report: Report) -> Iterator[ContentItem]:
    """Yield the sections of CID 7001 that have something to say, each with its text (CID 7002)."""
    for heading, name, said in (
        (codes.INDICATION, dicom_codes.LN.History, _history(report)),
        (codes.FINDINGS, codes.FINDING, shown_findings(report)),
        (codes.IMPRESSION, dicom_codes.DCM.Impression, shown_impression(report)),
        (dicom_codes.LN.Summary, dicom_codes.LN.Summary, _summary(report)),
    ):
        yield from _section(heading, name, said)


def _section(heading: Code, name: Code, said: str) -> Iterator[ContentItem]:
    if dicom_text(said):
        yield container(heading, [text(name, said)])


def _history(report: Report) -> str:
    psa = report.clinical.psa_ng_ml
    told = (report.clinical.indication, "" if psa is None else f"PSA {psa:.1f} ng/mL")
    return "\n".join(filter(None, told))


def _summary(report: Report) -> str:
    return f"PI-RADS {report.category}\n{RESEARCH_USE}"
