"""DICOM Segmentation on the axial T2 grid: the gland, and one segment for each lesion or candidate."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np
from highdicom import (
    UID,
    AlgorithmIdentificationSequence,
    PixelMeasuresSequence,
    PlaneOrientationSequence,
    PlanePositionSequence,
    Volume,
)
from highdicom.color import CIELabColor
from highdicom.seg import Segmentation, SegmentDescription
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from core.errors import FramesDiffer
from core.findings import Candidate, Gland, ModelIdentity
from core.pirads import PIRADS_COLOURS, Category
from core.report import Edited, FromModel, Lesion, Rejected, Unreviewed
from core.sectors import Level, Sector
from core.study import RecognisedStudy
from core.volume import require_same_frame, same_grid
from reporting.codes import ABNORMAL_STRUCTURE, ANATOMICAL_STRUCTURE, LESION, PROSTATE, sector_code
from reporting.equipment import RESEARCH_USE, contributing_equipment, new_instance, stable_uid
from reporting.sources import axial_t2, geometry, headers, multi_frame, nameless, patient_name

SegmentSource = Lesion | Candidate
"""What becomes a segment: a lesion of a report (rejected ones are left out) or a candidate of the AI."""

SEG_SERIES_NUMBER = 9001
_GLAND_RGB = (0x4F, 0xC3, 0xF7)


def segmentation(recognised: RecognisedStudy, gland: Gland | None, lesions: Sequence[SegmentSource]) -> Dataset:
    """Return a BINARY segmentation of the axial T2: the gland if there is one, then the lesions in their order.

    Candidates are called L1, L2 … by place, as `core.report.with_findings` labels them in a new report. Tracking UIDs
    are those of the lesions, and `gland_tracking_uid` for the gland. Raises ValueError when there is nothing to
    segment (see `has_segments`), `FramesDiffer` for a mask on another grid and `SeriesIncomplete` without the T2.
    """
    if not has_segments(gland, lesions):
        raise ValueError("There is neither a gland nor a lesion to segment.")
    stack = axial_t2(recognised).stack
    source = headers(stack)
    masks, descriptions = _segments(recognised, gland, lesions)
    require_grid_of(source, masks)
    return _segmentation(source, multi_frame(stack), masks, descriptions, _models(gland, lesions))


def has_segments(gland: Gland | None, lesions: Iterable[SegmentSource]) -> bool:
    """Tell whether there is anything to segment: a report without gland and lesions has no SEG."""
    return gland is not None or any(not _is_rejected(lesion) for lesion in lesions)


def gland_tracking_uid(recognised: RecognisedStudy) -> UID:
    """Return the tracking UID of the gland of a study, the same in every SEG and SR of it."""
    return stable_uid("gland", recognised.study.study_instance_uid)


def _is_rejected(source: SegmentSource) -> bool:
    return isinstance(source, Lesion) and isinstance(source.review, Rejected)


def _segments(
    recognised: RecognisedStudy, gland: Gland | None, lesions: Sequence[SegmentSource]
) -> tuple[list[tuple[str, Volume]], list[SegmentDescription]]:
    masks: list[tuple[str, Volume]] = []
    descriptions: list[SegmentDescription] = []
    if gland is not None:
        masks.append(("the prostate", gland.mask))
        descriptions.append(_gland_description(gland, gland_tracking_uid(recognised)))
    for place, lesion in enumerate(lesions, start=1):
        if not _is_rejected(lesion):
            label = lesion.label if isinstance(lesion, Lesion) else f"L{place}"
            masks.append((label, lesion.mask))
            descriptions.append(_lesion_description(lesion, label, len(masks)))
    return masks, descriptions


def _gland_description(gland: Gland, tracking_uid: UID) -> SegmentDescription:
    return SegmentDescription(
        segment_number=1,
        segment_label="Prostate",
        segmented_property_category=ANATOMICAL_STRUCTURE,
        segmented_property_type=PROSTATE,
        algorithm_type="SEMIAUTOMATIC" if gland.edited else "AUTOMATIC",
        algorithm_identification=_algorithm(gland.model),
        tracking_uid=tracking_uid,
        tracking_id="Prostate",
        display_color=CIELabColor.from_rgb(*_GLAND_RGB),
    )


def _lesion_description(lesion: SegmentSource, label: str, number: int) -> SegmentDescription:
    model = _model(lesion)
    return SegmentDescription(
        segment_number=number,
        segment_label=f"{label} {lesion.sector.label}, {_state(lesion)}"[:64],
        segmented_property_category=ABNORMAL_STRUCTURE,
        segmented_property_type=LESION,
        algorithm_type=_algorithm_type(lesion),
        algorithm_identification=_algorithm(model) if model else None,
        tracking_uid=lesion.tracking_uid,
        tracking_id=label,
        anatomic_regions=[_region(lesion.sector)],
        display_color=CIELabColor.from_rgb(*PIRADS_COLOURS[_category(lesion)]),
    )


def _category(lesion: SegmentSource) -> Category:
    return lesion.category if isinstance(lesion, Lesion) else Category.PENDING


def _state(lesion: SegmentSource) -> str:
    if isinstance(lesion, Candidate) or isinstance(lesion.review, Unreviewed):
        return "AI candidate, not reviewed"
    return f"PI-RADS {lesion.category}"


def _model(lesion: SegmentSource) -> ModelIdentity | None:
    if isinstance(lesion, Candidate):
        return lesion.model
    return lesion.origin.model if isinstance(lesion.origin, FromModel) else None


def _algorithm_type(lesion: SegmentSource) -> str:
    if _model(lesion) is None:
        return "MANUAL"
    edited = isinstance(lesion, Lesion) and isinstance(lesion.review, Edited)
    return "SEMIAUTOMATIC" if edited else "AUTOMATIC"


def _algorithm(model: ModelIdentity) -> AlgorithmIdentificationSequence:
    return AlgorithmIdentificationSequence(
        name=model.name[:64],
        family=codes.cid7162.ArtificialIntelligence,
        version=model.version[:64],
    )


def _models(gland: Gland | None, lesions: Sequence[SegmentSource]) -> list[ModelIdentity]:
    named = [gland.model if gland else None, *(_model(x) for x in lesions if not _is_rejected(x))]
    return list(dict.fromkeys(model for model in named if model is not None))


def _region(sector: Sector) -> Code:
    return sector_code(sector) if sector.level is Level.OUTSIDE else PROSTATE


def require_grid_of(source: Sequence[Dataset], masks: Sequence[tuple[str, Volume]]) -> None:
    grid = cast(Volume, geometry(source))  # the checks below read its geometry only
    for name, mask in masks:
        require_same_frame(mask, grid, names=(f"The outline of {name}", "the axial T2"))
        if not same_grid(mask, grid):
            raise FramesDiffer(f"The outline of {name} is not on the grid of the axial T2; run the analysis again.")
        if not np.any(mask.array):
            raise ValueError(f"The outline of {name} is empty.")


def _segmentation(
    source: Sequence[Dataset],
    enhanced: Dataset | None,
    masks: Sequence[tuple[str, Volume]],
    descriptions: Sequence[SegmentDescription],
    models: Sequence[ModelIdentity],
) -> Segmentation:
    seg = Segmentation(
        source_images=nameless(source if enhanced is None else [enhanced]),
        pixel_array=_stacked([mask for _, mask in masks]),
        segmentation_type="BINARY",
        segment_descriptions=list(descriptions),
        series_number=SEG_SERIES_NUMBER,
        series_description="Prostate segmentation (research use)",
        content_label="PROSTATE",
        content_description=RESEARCH_USE,
        contributing_equipment=contributing_equipment(models),
        **new_instance(),
        **({} if enhanced is None else planes(source)),
    )
    seg.PatientName = patient_name(source[0])
    return seg


def planes(source: Sequence[Dataset]) -> dict[str, Any]:
    """Return where the slices lie: a multi-frame source may hold more frames, and in another order."""
    first = source[0]
    positions = [[float(x) for x in header.ImagePositionPatient] for header in source]
    step = float(np.linalg.norm(np.subtract(positions[-1], positions[0]))) / (len(positions) - 1)
    return {
        "plane_positions": [PlanePositionSequence("PATIENT", position) for position in positions],
        "plane_orientation": PlaneOrientationSequence("PATIENT", [float(x) for x in first.ImageOrientationPatient]),
        "pixel_measures": PixelMeasuresSequence(
            pixel_spacing=[float(x) for x in first.PixelSpacing],
            slice_thickness=float(first.get("SliceThickness") or step),
            spacing_between_slices=step,
        ),
    }


def _stacked(masks: Sequence[Volume]) -> NDArray[np.uint8]:
    """Return the masks as frames × rows × columns × segments, which lets segments overlap; each whole in memory."""
    return np.moveaxis(np.stack([(mask.array > 0).astype(np.uint8) for mask in masks]), 0, -1)
