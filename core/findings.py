"""What the AI says about a study: gland, zones, suspicion map, candidates. None of it can be signed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.alignment import Alignment
from core.pirads import Category
from core.quality import UNASSESSED, Quality
from core.sectors import Sector
from core.study import RecognisedStudy, Role
from core.volume import PackedVolume, PointLps


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model said it; travels with every finding into SEG and SR. `sha256` is that of its weights.

    Of another system's model, whose results were found in the study, weights and licence are `NOT_STATED`.
    """

    name: str
    version: str
    sha256: str
    licence: str

    @property
    def is_foreign(self) -> bool:
        """Whether it is a model of another system, which this workstation cannot run."""
        return self.sha256 == NOT_STATED


NOT_STATED = "not stated"
"""What an object of another system does not tell of the model that made it."""


@dataclass(frozen=True, slots=True)
class MeasuredImage:
    """The image that something was measured in: its Instance Number, and the `frame` (from 1) of a multi-frame one."""

    sop_instance_uid: str
    number: int | None = None
    frame: int | None = None

    @property
    def words(self) -> str:
        """How people call the image beside its series, e.g. `image 12`; empty when it has no number."""
        if self.frame is not None:
            return f"frame {self.frame}"
        return "" if self.number is None else f"image {self.number}"


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured of one mask on the axial T2 grid.

    Axes are the greatest diameter and the greatest one across it, in the slice where the lesion is longest (mm);
    `measured_on` is whose slices: ADC or axial T2, and `image` which of them, None where an earlier version did not
    keep it and on a map that no file holds. ADC is in 10⁻⁶ mm²/s over the mask; both are None without an ADC map.
    `adc_b_values` (s/mm²) are those the ADC was fitted from, empty when unknown.
    """

    volume_ml: float
    long_axis_mm: float
    short_axis_mm: float
    adc_mean: float | None
    adc_p10: float | None
    adc_b_values: tuple[float, ...] = ()
    measured_on: Role = Role.T2_AXIAL
    image: MeasuredImage | None = None


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """The prostate's three diameters: length (cranio-caudal) and depth (antero-posterior) mid-sagittal, width axial."""

    length_mm: float
    width_mm: float
    depth_mm: float

    @property
    def volume_ml(self) -> float:
        """π/6 × length × width × depth (PI-RADS v2.1)."""
        return math.pi / 6 * self.length_mm * self.width_mm * self.depth_mm / 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Gland:
    """The prostate: a 0/1 mask on the axial T2 grid, its volume by counting voxels, its ellipsoid and who drew it.

    `edited` tells that the reader changed the model's outline, which is kept as `original_mask`. `ellipsoid` is None
    where an earlier version did not measure it. `doubts` are sentences on the model's outline.
    """

    mask: PackedVolume
    volume_ml: float
    model: ModelIdentity
    edited: bool = False
    original_mask: PackedVolume | None = None
    ellipsoid: Ellipsoid | None = None
    doubts: tuple[str, ...] = ()

    @property
    def ellipsoid_ml(self) -> float | None:
        """The volume of the ellipsoid, or None where it was not measured."""
        return None if self.ellipsoid is None else self.ellipsoid.volume_ml


class Feature(StrEnum):
    """What the transparent detector weighs of a place."""

    ADC = "ADC"
    HIGH_B = "high b"
    LOCATION = "location"
    SIZE = "size"
    BORDER = "border"
    PRIOR = "prior"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the log-odds of a candidate's score; the score is what all of them add up to."""

    feature: Feature
    log_odds: float


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A place that the detector finds suspicious.

    `score` is 0 to 1 and orders candidates: a probability where `calibrated_on` says on which patients that was shown,
    else a suspicion. `explanation` says in words what made it, `contributions` in numbers where the detector is
    transparent. `suggested_category` never enters a report by itself, and is PENDING where the score is no rate of
    cancer.
    """

    tracking_uid: str
    mask: PackedVolume
    score: float
    centroid_lps_mm: PointLps
    measures: Measures
    sector: Sector
    suggested_category: Category
    model: ModelIdentity
    explanation: tuple[str, ...]
    contributions: tuple[Contribution, ...] = ()
    calibrated_on: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """Everything that one analysis of one study gave.

    `zones` (1 = PZ, 2 = TZ) and `suspicion` (0 to 1, float32) are on the axial T2 grid. `timings_s` is by stage.
    When `quality.withheld` says something, lesions were not looked for, and no candidates do not mean no lesions.
    `alignments` are where diffusion and dynamic images were found to lie on T2; everything was measured there.
    `kept_since` is when the analysis ran whose answer this is, when it was not run now.
    """

    recognised: RecognisedStudy
    gland: Gland
    zones: PackedVolume
    suspicion: PackedVolume
    candidates: tuple[Candidate, ...]
    models: tuple[ModelIdentity, ...]
    timings_s: Mapping[str, float]
    warnings: tuple[str, ...]
    quality: Quality = UNASSESSED
    alignments: tuple[Alignment, ...] = ()
    kept_since: datetime | None = None

    @property
    def study_instance_uid(self) -> str:
        """The study that was analysed."""
        return self.recognised.study.study_instance_uid
