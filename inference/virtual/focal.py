"""What is focal in a virtual gland: cancers within given masks, and benign places that look like them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.pirads import Zone
from inference.tissue import CANCER
from inference.virtual.anatomy import Gland
from inference.virtual.canvas import Canvas, Random, Tissue, blobs, near, soft, softened

_SIGNIFICANT = 0.8
"""Standard deviations that significant cancers lie below all cancers of Tamada 2008, where ADC falls with the Gleason
score (ρ = −0.497): the upper half of scores would lie 0.4 lower, and series at 3 T are lower still (0.71 × 10⁻³ mm²/s
in PMID 27766349)."""


@dataclass(frozen=True, slots=True, eq=False)
class Mimic:
    """A benign place that may be taken for a cancer: what it is and where (k, j, i)."""

    kind: str
    mask: NDArray[np.bool_]


def paint_cancer(canvas: Canvas, gland: Gland, mask: NDArray[np.bool_], random: Random) -> None:
    """Paint one cancer; its ADC and T2 are drawn around published values, its edge is blurred or infiltrates."""
    peripheral = np.count_nonzero(mask & (gland.zones == 1)) >= np.count_nonzero(mask & (gland.zones == 2))
    cancer = CANCER[Zone.PZ if peripheral else Zone.TZ]
    tissue = Tissue(
        0.92,
        near(random, cancer.t2, cancer.t2_sd, 55.0, 150.0),
        near(random, cancer.adc - _SIGNIFICANT * cancer.adc_sd, 0.9 * cancer.adc_sd, 450.0, 1400.0),
    )
    dense = np.clip(random.uniform(0.85, 1.05) + 0.1 * blobs(random, gland.frame, 4.0), 0.3, 1.0)
    canvas.paint(softened(mask, gland.frame, float(random.uniform(0.3, 1.0))) * dense.astype(np.float32), tissue)


def paint_mimics(canvas: Canvas, gland: Gland, random: Random) -> tuple[Mimic, ...]:
    """Paint prostatitis wedges, old haemorrhage and benign atypical foci; each in a part of the patients."""
    painted: list[Mimic] = []
    for kind, likelihood, paint in (
        ("prostatitis", 0.45, _prostatitis),
        ("haemorrhage", 0.2, _haemorrhage),
        ("atypical focus", 0.4, _focus),
    ):
        if random.random() < likelihood:
            painted.append(Mimic(kind, paint(canvas, gland, random)))
    return tuple(painted)


def _prostatitis(canvas: Canvas, gland: Gland, random: Random) -> NDArray[np.bool_]:
    """A wedge of the PZ, between it and cancer (synapse.koreamed.org/articles/1026771); how far is assumed."""
    frame = gland.frame
    angle = np.arctan2(frame.x, frame.y + 0.3 * frame.half[1])
    middle, width = float(random.uniform(-1.5, 1.5)), float(random.uniform(0.12, 0.35))
    height, reach = float(random.uniform(-0.6, 0.6)) * frame.half[0], float(random.uniform(4, 10))
    wedge = (np.abs(angle - middle) < width) & (np.abs(frame.z - height) < reach) & (gland.zones == 1)
    adc = near(random, 1300, 110, 1050, 1550)
    canvas.paint(softened(wedge, frame, 0.8) * np.float32(random.uniform(0.7, 1.0)), Tissue(0.9, 95.0, adc))
    return wedge


def _haemorrhage(canvas: Canvas, gland: Gland, random: Random) -> NDArray[np.bool_]:
    """Patches of short T2 in the PZ, with low ADC and no bright signal."""
    patches = (blobs(random, gland.frame, 9.0) > 1.3) & (gland.zones == 1)
    adc = near(random, 1200, 120, 950, 1450)
    canvas.paint(softened(patches, gland.frame, 0.8), Tissue(0.85, near(random, 60, 8, 45, 80), adc))
    return patches


def _focus(canvas: Canvas, gland: Gland, random: Random) -> NDArray[np.bool_]:
    """A round focus of moderately low ADC anywhere: indolent cancer, atrophy, a stromal nodule in the PZ."""
    frame = gland.frame
    places = np.argwhere(gland.inside)
    place = places[int(random.integers(len(places)))]
    z, y, x = (float(axis.flat[n]) for axis, n in zip((frame.z, frame.y, frame.x), place, strict=True))
    radii = random.uniform(2.5, 6.0, 3)
    ball = frame.ellipsoid((z, y, x), (float(radii[0]), float(radii[1]), float(radii[2])))
    tissue = Tissue(0.9, near(random, 95, 15, 65, 130), near(random, 1180, 110, 950, 1400))
    canvas.paint(soft(ball, 0.4) * gland.inside, tissue)
    return (ball <= 1) & gland.inside
