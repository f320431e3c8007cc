"""The key images of a report as a Key Object Selection (PS3.3 A.35.4, TID 2010), which a PACS shows first."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from highdicom.ko import KeyObjectSelection, KeyObjectSelectionDocument
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from core.report import KeyImage, Report, SignedReport
from core.study import Role
from core.volume import centroid_lps
from reporting.equipment import contributing_equipment, new_instance
from reporting.requests import requested_procedures
from reporting.sources import any_header, headers, nameless, nearest
from reporting.sr_head import complete_selection, device_observer, institution_of, person_observer
from reporting.sr_items import dicom_text
from reporting.sr_key_images import key_image_headers

KOS_SERIES_NUMBER = 9006
_DEFAULT = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B)


def key_images_of(report: Report) -> tuple[KeyImage, ...]:
    """Return the images that the reader chose, else those through the middle of the index lesion: T2, ADC and high b.

    Empty when the reader chose none and no lesion is reported. A series of another frame of reference is left out, for
    its images have no place on the T2. Raises `SeriesIncomplete` when files are gone.
    """
    return report.key_images or tuple(_through_index_lesion(report))


def key_object_selection(report: Report, signed: SignedReport | None) -> Dataset:
    """Return the selection of the report's key images, with what the reader wrote of each; raises as `key_images_of`.

    Raises ValueError when there are none.
    """
    chosen = key_images_of(report)
    if not chosen:
        raise ValueError("There is no key image to select.")
    images = key_image_headers(replace(report, key_images=chosen))
    source = any_header(report.recognised)
    document = KeyObjectSelectionDocument(
        evidence=nameless(images),
        content=_content(chosen, images, signed),
        series_number=KOS_SERIES_NUMBER,
        institution_name=institution_of(source),
        requested_procedures=requested_procedures(report, source) or None,
        contributing_equipment=contributing_equipment(report.models),
        **new_instance(),
    )
    document.SeriesDescription = "Prosector key images (research use)"
    complete_selection(document, signed, source)
    return document


def _through_index_lesion(report: Report) -> Iterator[KeyImage]:
    lesion = report.index_lesion
    if lesion is None:
        return
    place = centroid_lps(lesion.mask)
    for role in _DEFAULT:
        choice = report.recognised.one(role)
        if choice is not None and not choice.fitted and _shares_frame(report, role):
            header = nearest(headers(choice.stack), place)
            frame = int(header.get("ReferencedFrameNumber", 0))
            yield KeyImage(str(header.SOPInstanceUID), f"{choice.title}: {lesion.label}, index lesion", frame)


def _shares_frame(report: Report, role: Role) -> bool:
    t2, other = report.recognised.one(Role.T2_AXIAL), report.recognised.one(role)
    frames = {choice.stack.series.frame_of_reference_uid for choice in (t2, other) if choice is not None}
    return len(frames) == 1


def _content(chosen: Sequence[KeyImage], images: Sequence[Dataset], signed: SignedReport | None) -> KeyObjectSelection:
    told = "\n".join(f"{place}. {image.words}" for place, image in enumerate(chosen, start=1) if image.words)
    content = KeyObjectSelection(
        document_title=codes.DCM.OfInterest,
        referenced_objects=list(images),
        observer_person_context=person_observer(signed.reader) if signed else None,
        observer_device_context=device_observer(),
        description=dicom_text(told) or None,
    )
    references = [item for item in content[0].ContentSequence if item.ValueType == "IMAGE"]
    for item, image in zip(references, chosen, strict=True):
        if image.frame_number:  # highdicom refers to whole objects only
            item.ReferencedSOPSequence[0].ReferencedFrameNumber = image.frame_number
    return content
