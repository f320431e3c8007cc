"""What the AI says about a study: gland, zones, suspicion map, candidates. None of it can be signed."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.pirads import Category
from core.quality import UNASSESSED, Quality
from core.sectors import Sector
from core.study import RecognisedStudy, Role
from core.volume import PackedVolume, PointLps


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model said it; travels with every finding into SEG and SR. `sha256` is that of its weights."""

    name: str
    version: str
    sha256: str
    licence: str


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured of one mask on the axial T2 grid.

    Axes are the greatest diameter and the greatest one across it, in the slice where the lesion is longest (mm);
    `measured_on` is whose slices: ADC or axial T2. ADC is in 10⁻⁶ mm²/s over the mask; both are None without an ADC
    map. `adc_b_values` (s/mm²) are those the ADC was fitted from, empty when unknown.
    """

    volume_ml: float
    long_axis_mm: float
    short_axis_mm: float
    adc_mean: float | None
    adc_p10: float | None
    adc_b_values: tuple[float, ...] = ()
    measured_on: Role = Role.T2_AXIAL


@dataclass(frozen=True, slots=True, eq=False)
class Gland:
    """The prostate: a 0/1 mask on the axial T2 grid, its volume and who drew it.

    `edited` tells that the reader changed the model's outline, which is kept as `original_mask` while the report is a
    draft.
    """

    mask: PackedVolume
    volume_ml: float
    model: ModelIdentity
    edited: bool = False
    original_mask: PackedVolume | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A place that the detector finds suspicious.

    `score` is 0 to 1 and orders candidates; it is not a calibrated probability. `explanation` says in words what
    made the score. `suggested_category` never enters a report by itself.
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


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """Everything that one analysis of one study gave.

    `zones` (1 = PZ, 2 = TZ) and `suspicion` (0 to 1, float32) are on the axial T2 grid. `timings_s` is by stage.
    When `quality.withheld` says something, lesions were not looked for, and no candidates do not mean no lesions.
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

    @property
    def study_instance_uid(self) -> str:
        """The study that was analysed."""
        return self.recognised.study.study_instance_uid
