"""That an analysis failed, as a Basic Text SR (PS3.3 A.35.1): stored where its findings would have been."""

from highdicom.sr import (
    CodedConcept,
    ContainerContentItem,
    ContentSequence,
    EnhancedSR,
    LanguageOfContentItemAndDescendants,
    ObservationContext,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as dicom_codes
from pydicom.sr.coding import Code
from pydicom.uid import BasicTextSRStorage

from core.ai_result import FAILED_SERIES, FAILED_SERIES_NUMBER, FAILED_TITLE
from reporting import codes
from reporting.equipment import RESEARCH_USE, new_instance
from reporting.sources import nameless, patient_name
from reporting.sr_head import device_observer, institution_of
from reporting.sr_items import code, container, text

_SUMMARY, _FAILED = dicom_codes.DCM.SummaryOfAnalyses, dicom_codes.DCM.Failed
_MEANS = "The AI analysis of this study failed. Nothing was found and nothing was ruled out; read the study without it."
_PATIENT_AND_STUDY = (
    *("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID", "StudyDate"),
    *("StudyTime", "ReferringPhysicianName"),
)
_TEMPLATE = "2000"


def failed_sr(header: Dataset, sentence: str) -> Dataset:
    """Return an UNVERIFIED report that says that the analysis failed, and why; `header` is that of one image."""
    (image,) = nameless([header])
    for keyword in _PATIENT_AND_STUDY:  # type 2: whatever is wrong with the study, that it failed can be told
        if keyword not in image:
            setattr(image, keyword, None)
    document = EnhancedSR(  # the very modules of a Basic Text SR, which highdicom has not
        evidence=[image],
        content=_root(sentence),
        series_number=FAILED_SERIES_NUMBER,
        series_description=FAILED_SERIES,
        record_evidence=False,
        institution_name=institution_of(header),
        is_complete=False,
        is_final=False,
        is_verified=False,
        **new_instance(),
    )
    document.SOPClassUID = document.file_meta.MediaStorageSOPClassUID = BasicTextSRStorage
    document.PatientName = patient_name(header)
    return document


def failure_of(sr: Dataset) -> str | None:
    """Return why the analysis failed, of a report that `failed_sr` made, or None of any other."""
    title = sr.get("ConceptNameCodeSequence")
    value, scheme, _ = FAILED_TITLE
    if not title or (title[0].get("CodeValue"), title[0].get("CodingSchemeDesignator")) != (value, scheme):
        return None
    sections = [item for item in sr.get("ContentSequence", []) if item.get("ValueType") == "CONTAINER"]
    texts = [item for section in sections for item in section.get("ContentSequence", []) if "TextValue" in item]
    return next((str(item.TextValue) for item in texts if _is_finding(item)), "")


def _is_finding(item: Dataset) -> bool:
    return item.ConceptNameCodeSequence[0].CodeValue == codes.FINDING.value


def _root(sentence: str) -> ContainerContentItem:
    value, scheme, meaning = FAILED_TITLE
    root = ContainerContentItem(Code(value, scheme, meaning), template_id=_TEMPLATE)
    root.ContentSequence = ContentSequence(
        [
            *LanguageOfContentItemAndDescendants(CodedConcept.from_code(codes.ENGLISH)),
            *ObservationContext(observer_device_context=device_observer()),
            container(codes.FINDINGS, [text(codes.FINDING, sentence), code(_SUMMARY, _FAILED)]),
            container(codes.IMPRESSION, [text(dicom_codes.DCM.Impression, f"{_MEANS}\n{RESEARCH_USE}")]),
        ]
    )
    return root
