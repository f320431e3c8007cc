"""Results of any system that lie in the open study: listed with who made them, and opened as far as they can be."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import ProsectorError, ResultUnreadable
from core.study import Role
from reporting.foreign_graphics import Presentation, read_presentation
from reporting.foreign_head import ResultHead, ResultKind, head_of, kind_of
from reporting.foreign_images import StudyImages
from reporting.foreign_items import read_object, text_of, value_of
from reporting.foreign_seg import SegmentationRead, read_segmentation
from reporting.foreign_sr import NotRead, SrTree, sr_tree
from service.reading import OpenStudy

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """One object in the study that says something about its images; `problem` says why it cannot even be listed."""

    path: Path
    sop_instance_uid: str
    series_instance_uid: str
    head: ResultHead
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReportContent:
    """A structured report as a tree of text."""

    tree: SrTree


@dataclass(frozen=True, slots=True)
class PdfContent:
    """A document as a PDF."""

    title: str
    pdf: bytes


@dataclass(frozen=True, slots=True, eq=False)
class SegmentationContent:
    """Segments to be drawn as outlines; `apart` says which images they cannot be laid on, empty when on all."""

    read: SegmentationRead
    apart: str


@dataclass(frozen=True, slots=True, eq=False)
class GraphicsContent:
    """Graphics, texts and windows to be shown on the images that they refer to."""

    presentation: Presentation


Content = ReportContent | PdfContent | SegmentationContent | GraphicsContent


def results_in(opened: OpenStudy) -> tuple[Result, ...]:
    """Return every SR, SEG, GSPS and encapsulated PDF in the study, in the order of its series."""
    return tuple(_results(opened))


def _results(opened: OpenStudy) -> Iterator[Result]:
    for series in opened.recognised.study.series:
        for instance in series.instances:
            kind = kind_of(instance.sop_class_uid)
            if kind is None:
                continue
            try:
                head, problem = head_of(read_object(instance.path), kind), ""
            except ProsectorError as error:
                _log.warning("result %s cannot be read", instance.sop_instance_uid)
                title = series.description or "Without a title"
                head, problem = ResultHead(kind, title, "", (), (), "", "", is_ours=False), str(error)
            yield Result(instance.path, instance.sop_instance_uid, series.series_instance_uid, head, problem)


def open_result(opened: OpenStudy, result: Result) -> Content:
    """Return what a result holds, as far as it can be read; raises `ResultUnreadable` when that is nothing."""
    dataset = read_object(result.path)
    if result.head.kind is ResultKind.REPORT:
        return ReportContent(sr_tree(dataset))
    if result.head.kind is ResultKind.GRAPHICS:
        presentation = read_presentation(dataset, StudyImages(opened.recognised).place)
        return GraphicsContent(presentation)
    if result.head.kind is ResultKind.SEGMENTATION:
        read = read_segmentation(dataset)
        return SegmentationContent(read, apart(opened, read))
    return _pdf(result, value_of(dataset, "EncapsulatedDocument"), text_of(dataset, "MIMETypeOfEncapsulatedDocument"))


def _pdf(result: Result, document: object, mime: str) -> PdfContent:
    if mime not in ("application/pdf", "") or not isinstance(document, bytes) or b"%PDF" not in document[:1024]:
        raise ResultUnreadable(f"“{result.head.title}” holds no PDF that can be shown; open it where it was made.")
    return PdfContent(result.head.title, document.rstrip(b"\0"))


def apart(opened: OpenStudy, read: SegmentationRead) -> str:
    """Return on which images a segmentation cannot be laid because it is in another frame of reference, in a sentence.

    It is laid on every series of its own frame of reference, and on no other.
    """
    frames = {str(mask.frame_of_reference_uid or "") for segment in read.segments for mask in segment.masks}
    t2 = opened.volume(Role.T2_AXIAL)
    here = None if t2 is None else str(t2.frame_of_reference_uid or "")
    strange = {frame for frame in frames if not frame or frame != here}
    if not strange:
        return ""
    if strange == {""}:
        return "It names no frame of reference, so its outlines cannot be laid on any image."
    own = [
        x.label for x in opened.recognised.study.series if x.frame_of_reference_uid in strange and x.modality == "MR"
    ]
    if own:
        return f"It was made in another frame of reference than the axial T2: its outlines are shown on {own[0]} only."
    return "It was made in a frame of reference that no series of this study has, so its outlines are not shown."


def not_read_of(content: Content) -> tuple[NotRead, ...]:
    """Return what of a result could not be read."""
    if isinstance(content, ReportContent):
        return content.tree.not_read
    if isinstance(content, SegmentationContent):
        return content.read.not_read
    return content.presentation.not_read if isinstance(content, GraphicsContent) else ()
