"""The AI's map of suspicion as a Parametric Map (PS3.3 A.75) on the slices of the axial T2."""

from typing import cast

import numpy as np
from highdicom import VOILUTTransformation, Volume
from highdicom.pm import ParametricMap, RealWorldValueMapping
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as dicom_codes

from core.errors import FramesDiffer
from core.report import Report
from core.volume import require_same_frame, same_grid
from reporting import codes
from reporting.equipment import RESEARCH_USE, contributing_equipment, new_instance
from reporting.seg import planes
from reporting.sources import axial_t2, geometry, headers, multi_frame, nameless, patient_name
from reporting.sr_head import institution_of

SUSPICION_SERIES_NUMBER = 9007
_WHOLE_RANGE = VOILUTTransformation(window_center=0.5, window_width=1.0)


def suspicion_map(report: Report, suspicion: Volume) -> Dataset:
    """Return the map (0 to 1, float32) with the name of what it says: suspicion, which is no probability of cancer.

    No calibration is one of single voxels, even where a candidate's score was shown to be a rate of cancer. Raises
    `FramesDiffer` when the map is not on the axial T2, and `SeriesIncomplete` when that is gone.
    """
    stack = axial_t2(report.recognised).stack
    source, enhanced = headers(stack), multi_frame(stack)
    grid = cast(Volume, geometry(source))
    require_same_frame(suspicion, grid, names=("The AI's map of suspicion", "the axial T2"))
    if not same_grid(suspicion, grid):
        raise FramesDiffer("The AI's map of suspicion is not on the grid of the axial T2; run the AI again.")
    parametric_map = ParametricMap(
        source_images=nameless(source if enhanced is None else [enhanced]),
        pixel_array=suspicion.array.astype(np.float32),
        series_number=SUSPICION_SERIES_NUMBER,
        contains_recognizable_visual_features=False,
        real_world_value_mappings=[_mapping()],
        voi_lut_transformations=[_WHOLE_RANGE],
        content_label="AI_SUSPICION",
        content_description=RESEARCH_USE,
        contributing_equipment=contributing_equipment(report.models),
        **new_instance(),
        **({} if enhanced is None else planes(source)),
    )
    parametric_map.PatientName = patient_name(source[0])
    parametric_map.BodyPartExamined = "PROSTATE"
    parametric_map.SeriesDescription = "AI suspicion 0 to 1, not a probability (research use)"
    if institution := institution_of(source[0]):
        parametric_map.InstitutionName = institution
    return parametric_map


def _mapping() -> RealWorldValueMapping:
    return RealWorldValueMapping(
        lut_label="AI_SUSPICION",
        lut_explanation=codes.AI_SCORE.meaning,
        unit=dicom_codes.UCUM.NoUnits,
        value_range=(0.0, 1.0),
        slope=1.0,
        intercept=0.0,
        quantity_definition=codes.AI_SCORE,
    )
