"""The fields that the templates of the report text may name, of everything that has more than one.

A site writes them into its templates (docs/report-text.md); an empty text is what is not known.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LesionSaid:
    """One reported lesion. `probability` is empty unless the model was shown to be calibrated on `calibrated_on`."""

    label: str
    is_index: bool
    is_named: bool
    place: str
    region: str
    size: str
    long_axis: str
    short_axis: str
    volume: str
    measured_on: str
    series: str
    image: str
    linked: str
    t2: str
    dwi: str
    dce: str
    category: str
    pirads: str
    meaning: str
    rule: str
    rule_category: str
    overridden: bool
    override_reason: str
    adc_mean: str
    adc_p10: str
    adc_b_values: str
    adc_linked: str
    extension_key: str
    extension: str
    comment: str
    model: str
    suggested: str
    probability: str
    suspicion: str
    calibrated_on: str
    edited: bool


@dataclass(frozen=True, slots=True)
class CandidateSaid:
    """A lesion that is not reported: not reviewed yet, or rejected for a `reason`."""

    label: str
    place: str
    score: str
    by_ai: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EllipsoidSaid:
    """The prostate's volume as an ellipsoid (mL) and its diameters (mm)."""

    volume: str
    length: str
    width: str
    depth: str


@dataclass(frozen=True, slots=True)
class GlandSaid:
    """The prostate: its volume (mL), whose outline it is, and whether the reader changed it."""

    volume: str
    model: str
    edited: bool
    ellipsoid: EllipsoidSaid | None


@dataclass(frozen=True, slots=True)
class QualitySaid:
    """How adequate the images of a sequence are, and why they are less than diagnostic."""

    sequence: str
    adequacy: str
    reasons: str


@dataclass(frozen=True, slots=True)
class PiQualSaid:
    """The PI-QUAL version 2 score, confirmed by the reader; `parts` are the points of the sequences."""

    overall: str
    meaning: str
    parts: str
    forbids_categories: bool


@dataclass(frozen=True, slots=True)
class PreciseSaid:
    """The PRECISE score of a man under active surveillance."""

    score: str
    meaning: str
    compared_with: str
    words: str


@dataclass(frozen=True, slots=True)
class RiskSaid:
    """The estimated risk of csPCa with its interval, in per cent, and what it was estimated from."""

    percent: str
    low: str
    high: str
    category: str
    psa_density: str
    age: str
    source: str
