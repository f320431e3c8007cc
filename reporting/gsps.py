"""Presentation states (PS3.3 A.33.1): outlines and the reader's drawings, which any viewer can switch on and off."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from highdicom import UID, ModalityLUTTransformation
from highdicom.color import CIELabColor
from highdicom.pr import (
    GraphicAnnotation,
    GraphicLayer,
    GraphicObject,
    GrayscaleSoftcopyPresentationState,
    TextObject,
)
from pydicom.dataset import Dataset

from core.report import Report, SignedReport
from reporting.drawn_slices import Slices
from reporting.equipment import RESEARCH_USE, contributing_equipment, new_instance
from reporting.gsps_marks import Mark, Shown, marked_images, shown_of
from reporting.sources import multi_frame, nameless, patient_name
from reporting.sr_head import institution_of, with_caret
from reporting.study_header import stamp

GSPS_SERIES_NUMBER = 9005
_MOST_POINTS = 8000  # GraphicData has a length of 16 bits: 8191 points of two floats


def presentation_states(report: Report, signed: SignedReport | None) -> tuple[Dataset, ...]:
    """Return the presentation states of a report, all in one series: one for each series that something is drawn on.

    The outlines of the gland and of each reported lesion are layers of their own on the axial T2, the reader's
    drawings another on the images that they were drawn on. Images of one series that are scaled differently have a
    state each (PS3.3 C.11.1). Raises `SeriesIncomplete` when files are gone.
    """
    series_uid = UID()
    states = [
        _state(report, signed, shown, {"series_instance_uid": series_uid, "instance_number": number})
        for number, shown in enumerate(_alike(shown_of(report)), start=1)
    ]
    return tuple(states)


def state_count(report: Report) -> int:
    """Return how many presentation states `presentation_states` makes of a report; raises as it does."""
    return len({(key, _rescale(header)) for key, header in marked_images(report)})


def _alike(shown: Sequence[Shown]) -> Iterator[Shown]:
    """Split what is shown so that all images of one state are scaled alike."""
    for one in shown:
        parts: dict[tuple[str, ...], list[Mark]] = defaultdict(list)
        for mark in one.marks:
            parts[_rescale(mark.header)].append(mark)
        for marks in parts.values():
            yield Shown(one.slices, tuple(marks))


def _rescale(header: Dataset) -> tuple[str, ...]:
    return tuple(str(header.get(keyword, "")) for keyword in ("RescaleSlope", "RescaleIntercept", "RescaleType"))


def _state(report: Report, signed: SignedReport | None, shown: Shown, place: Mapping[str, Any]) -> Dataset:
    whole = multi_frame(shown.slices.choice.stack)
    marked = {str(mark.header.SOPInstanceUID): mark.header for mark in shown.marks}
    images = nameless(list(marked.values()) if whole is None else [whole])
    layers = _layers(shown.marks)
    first = shown.marks[0].header
    state = GrayscaleSoftcopyPresentationState(
        referenced_images=images,
        series_number=GSPS_SERIES_NUMBER,
        content_label="PROSTATE",
        content_description=_described(shown.slices),
        graphic_layers=list(layers.values()),
        graphic_annotations=[_annotation(mark, layers[mark.layer]) for mark in shown.marks],
        institution_name=institution_of(first),
        content_creator_name=with_caret(signed.reader.name) if signed else None,
        modality_lut_transformation=_modality_lut(first, as_stored=whole is not None),
        contributing_equipment=contributing_equipment(report.models),
        **{**new_instance(), **place},
    )
    state.PatientName = patient_name(first)
    state.BodyPartExamined = "PROSTATE"
    state.SeriesDescription = "Prosector outlines and drawings (research use)"
    _show_in_millimetres(state, first)
    if signed:
        stamp(state, signed.signed_at.astimezone())
        state.PresentationCreationDate, state.PresentationCreationTime = state.ContentDate, state.ContentTime
        del state.ContentDate, state.ContentTime, state.SeriesDate, state.SeriesTime
    return state


def _described(slices: Slices) -> str:
    return f"On {slices.choice.title}. {RESEARCH_USE}"[:64]


def _layers(marks: Sequence[Mark]) -> dict[str, GraphicLayer]:
    colours = {mark.layer: mark.colour for mark in marks}
    return {
        name: GraphicLayer(name, order, display_color=CIELabColor.from_rgb(*colour))
        for order, (name, colour) in enumerate(colours.items(), start=1)
    }


def _annotation(mark: Mark, layer: GraphicLayer) -> GraphicAnnotation:
    return GraphicAnnotation(
        referenced_images=[mark.header],
        graphic_layer=layer,
        referenced_frame_number=mark.header.get("ReferencedFrameNumber"),
        graphic_objects=[
            GraphicObject("POLYLINE", part, "PIXEL", tracking_id=mark.tracking_id, tracking_uid=mark.tracking_uid)
            for line in mark.lines
            for part in _parts(line)
        ],
        text_objects=[_text(mark)] if mark.text else [],
    )


def _parts(line: np.ndarray[Any, np.dtype[np.float64]]) -> Iterator[np.ndarray[Any, np.dtype[np.float64]]]:
    for start in range(0, max(len(line) - 1, 1), _MOST_POINTS - 1):
        yield line[start : start + _MOST_POINTS]


def _text(mark: Mark) -> TextObject:
    column, row = mark.anchor
    return TextObject(mark.text, "PIXEL", anchor_point=(column, row), anchor_point_visible=True)


def _modality_lut(header: Dataset, *, as_stored: bool) -> ModalityLUTTransformation | None:
    """Return how the images of a state are scaled; `as_stored` says so of a frame that is not, as others may be."""
    if "RescaleSlope" not in header or "RescaleIntercept" not in header:
        return (
            ModalityLUTTransformation(rescale_intercept=0.0, rescale_slope=1.0, rescale_type="US")
            if as_stored
            else None
        )
    return ModalityLUTTransformation(
        rescale_intercept=header.RescaleIntercept,
        rescale_slope=header.RescaleSlope,
        rescale_type=header.get("RescaleType") or "US",
    )


def _show_in_millimetres(state: Dataset, header: Dataset) -> None:
    """Let the whole image be shown with pixels of their true shape, which highdicom takes to be square."""
    for area in state.DisplayedAreaSelectionSequence:
        del area.PresentationPixelAspectRatio
        area.PresentationPixelSpacing = [float(x) for x in header.PixelSpacing]
        del area.PixelOriginInterpretation
