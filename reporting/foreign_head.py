"""What a result of any system is, by whom, of when, and in which state: from its header and its signatures."""

from dataclasses import dataclass
from enum import StrEnum

from pydicom.dataset import Dataset

from core.errors import NotSigned, SignatureInvalid
from reporting.equipment import MODEL_NAME
from reporting.foreign_items import UNREADABLE, code_of, items_of, text_of, words_of
from reporting.foreign_makers import device_of, people_of
from reporting.signature_check import verify_dataset

_SR_ROOT = "1.2.840.10008.5.1.4.1.1.88."
_SEGMENTATIONS = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
_PRESENTATIONS = ("1.2.840.10008.5.1.4.1.1.11.1", "1.2.840.10008.5.1.4.1.1.11.2")
_PDF = "1.2.840.10008.5.1.4.1.1.104.1"


class ResultKind(StrEnum):
    """What kind of object a result is."""

    REPORT = "report"
    SEGMENTATION = "segmentation"
    GRAPHICS = "graphics"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class ResultHead:
    """What is told of a result before it is opened. `algorithms` are those that its segments name.

    `when` is text, e.g. `2026-03-01 10:15`; `state` says completeness, verification and signature in words, e.g.
    `complete · not verified · not signed`; `intact` is False where a signature shows that it was altered.
    """

    kind: ResultKind
    title: str
    device: str
    algorithms: tuple[str, ...]
    people: tuple[str, ...]
    when: str
    state: str
    is_ours: bool
    intact: bool = True


def kind_of(sop_class_uid: str) -> ResultKind | None:
    """Return which kind of result a SOP class is, or None for one that is not shown as a result."""
    if sop_class_uid.startswith(_SR_ROOT):
        return ResultKind.REPORT
    if sop_class_uid in _SEGMENTATIONS:
        return ResultKind.SEGMENTATION
    if sop_class_uid in _PRESENTATIONS:
        return ResultKind.GRAPHICS
    return ResultKind.PDF if sop_class_uid == _PDF else None


def head_of(dataset: Dataset, kind: ResultKind) -> ResultHead:
    """Return what is told of a result; nothing in it makes this fail."""
    signature, intact = _signature(dataset)
    unsigned = "not signed" if kind in (ResultKind.REPORT, ResultKind.PDF) else ""
    states = filter(None, (_completion(dataset), _verification(dataset), signature or unsigned))
    return ResultHead(
        kind,
        _title(dataset, kind),
        device_of(dataset),
        tuple(_algorithms(dataset)),
        people_of(dataset),
        _when(dataset),
        " · ".join(states),
        text_of(dataset, "ManufacturerModelName") == MODEL_NAME,
        intact,
    )


def _title(dataset: Dataset, kind: ResultKind) -> str:
    keywords = {
        ResultKind.PDF: ("DocumentTitle", "SeriesDescription"),
        ResultKind.GRAPHICS: ("ContentDescription", "SeriesDescription", "ContentLabel"),
        ResultKind.SEGMENTATION: ("SeriesDescription", "ContentDescription", "ContentLabel"),
        ResultKind.REPORT: ("SeriesDescription",),
    }[kind]
    named = words_of(code_of(dataset, "ConceptNameCodeSequence")) if kind is ResultKind.REPORT else ""
    told = (named, *(text_of(dataset, keyword) for keyword in keywords))
    return next(filter(None, told), "") or "Without a title"


def _algorithms(dataset: Dataset) -> list[str]:
    names: list[str] = []
    for segment in items_of(dataset, "SegmentSequence"):
        if text_of(segment, "SegmentNumber") == "0":  # what is outside the segments of a label map
            continue
        told = items_of(segment, "SegmentationAlgorithmIdentificationSequence")
        named = " ".join(
            filter(None, (text_of(told[0], "AlgorithmName"), text_of(told[0], "AlgorithmVersion"))) if told else ()
        )
        names.append(named or text_of(segment, "SegmentAlgorithmName"))
    return list(dict.fromkeys(filter(None, names)))


def _when(dataset: Dataset) -> str:
    pairs = (("ContentDate", "ContentTime"), ("InstanceCreationDate", "InstanceCreationTime"))
    for day, time in (*pairs, ("SeriesDate", "SeriesTime"), ("StudyDate", "")):
        told = text_of(dataset, day)
        if len(told) == 8 and told.isdigit():
            clock = text_of(dataset, time) if time else ""
            hours = f" {clock[:2]}:{clock[2:4]}" if len(clock) >= 4 and clock[:4].isdigit() else ""
            return f"{told[:4]}-{told[4:6]}-{told[6:]}{hours}"
    return ""


def _completion(dataset: Dataset) -> str:
    flags = (text_of(dataset, "CompletionFlag"), text_of(dataset, "PreliminaryFlag"))
    words = {"PARTIAL": "not complete", "COMPLETE": "complete", "PRELIMINARY": "preliminary", "FINAL": "final"}
    return ", ".join(words[flag] for flag in flags if flag in words)


def _verification(dataset: Dataset) -> str:
    return {"VERIFIED": "verified", "UNVERIFIED": "not verified"}.get(text_of(dataset, "VerificationFlag"), "")


def _signature(dataset: Dataset) -> tuple[str, bool]:
    """Return what its signature shows, empty without one, and whether nothing shows that it was altered."""
    if not items_of(dataset, "DigitalSignaturesSequence"):
        return "", True
    try:
        return str(verify_dataset(dataset, None)), True
    except NotSigned:
        return "", True
    except SignatureInvalid as error:
        return f"signature not accepted: {error}", False
    except UNREADABLE as error:
        return f"signature cannot be checked ({error})", False
