"""What made the score of a place, in sentences for the reader."""

import numpy as np
from numpy.typing import NDArray

from core.findings import Feature
from core.pirads import Zone
from inference.atlas import load_atlas
from inference.evidence import Evidence
from inference.tissue import BENIGN, CANCER, typical_gain


def explanation(
    evidence: Evidence,
    core: tuple[int, int, int],
    region: NDArray[np.bool_],
    volume_ml: float,
    added: dict[Feature, float],
    b_value: float,
) -> tuple[str, ...]:
    """Say in words what made the score of a place; each number after a colon is what it adds to the log-odds.

    `core` (k, j, i) and `region` lie in the box of the evidence; `b_value` (s/mm²) is that of the high-b image.
    """
    zone = Zone.PZ if evidence.peripheral[core] > 0.5 else Zone.TZ
    beyond = " with what lies up to 2 mm beyond the outline" if np.any(region & ~evidence.inside) else ""
    adc = float(evidence.adc[core])
    often = float(np.exp(evidence.log_location[core]))
    return (
        f"ADC in its core is {adc:.0f} × 10⁻⁶ mm²/s, {adc / evidence.gland_adc:.2f} of the gland's median and "
        f"{adc * evidence.scale:.0f} once the gland is brought to the published level; with what lies around it: "
        f"{added[Feature.ADC]:+.1f} (published: cancer in the {zone} {CANCER[zone].adc:.0f} ± "
        f"{CANCER[zone].adc_sd:.0f}, benign {BENIGN[zone].adc:.0f} ± {BENIGN[zone].adc_sd:.0f}).",
        _high_b_explanation(evidence, core, zone, b_value, added.get(Feature.HIGH_B, 0.0)),
        f"Significant cancers lie here {often:.1f} times as often as on average over the gland: "
        f"{added[Feature.LOCATION]:+.1f}.",
        f"Its volume is {volume_ml:.2f} mL{beyond}; {load_atlas().share_of_cancers_up_to(volume_ml):.0%} of "
        f"expert-drawn cancers are no larger: {added[Feature.SIZE]:+.1f}.",
        *_border_explanation(added[Feature.BORDER]),
        f"Before looking, {load_atlas().cancer_fraction:.1%} of gland tissue is significant cancer; with the level "
        f"that was fitted on virtual patients: {added[Feature.PRIOR]:+.1f}.",
    )


def _high_b_explanation(
    evidence: Evidence, core: tuple[int, int, int], zone: Zone, b_value: float, against: float
) -> str:
    if evidence.high_b is None or evidence.log_high_b is None:
        return "There is no high-b image, so low ADC alone decides."
    seen = f"At b {b_value:g} its core is {evidence.high_b[core]:.1f} times as bright as the {zone} at large"
    expected = f"a typical cancer is {typical_gain(zone, b_value):.1f} times"
    too_little = f"with what lies around it too little to confirm the low ADC: {against:+.1f}"
    verdict = "which confirms the low ADC: ±0" if against > -0.05 else too_little
    return f"{seen}, {verdict} ({expected})."


def _border_explanation(penalty: float) -> tuple[str, ...]:
    if penalty > -0.05:
        return ()
    return (f"It lies near the outline of the gland, where neighbouring tissue mixes in: {penalty:+.1f}.",)
