"""Benign anatomy around and in a real gland: fat, muscle, rectum, bladder, plexus, zones, nodules, central zone, AFMS.

Means of PZ and TZ are those cited in `inference.tissue`. Their published deviations are of region means; 0.7 of it is
taken to lie between patients, and the voxels of one patient vary by as much as the published deviation. Others:
encapsulated nodules 1.34 and nodules without capsule 1.27 × 10⁻³ mm²/s (PMID 26760185); anterior fibromuscular stroma
has 1.17 times the ADC of anterior cancer and is dark at high b (PMID 27766349). What has no source here (central zone,
stromal and glandular nodules, surroundings) is an assumption.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.pirads import Zone
from inference.tissue import BENIGN, CANCER
from inference.virtual.canvas import Canvas, Frame, Random, Tissue, blobs, near, soft, softened

FAT = Tissue(0.9, 130.0, 250.0, unsuppressed=0.03)
MUSCLE = Tissue(0.85, 40.0, 1450.0)
WALL = Tissue(0.85, 65.0, 1200.0)
GAS = Tissue(0.02, 100.0, 1000.0)
STOOL = Tissue(0.5, 55.0, 900.0)
URINE = Tissue(1.0, 900.0, 3000.0)
CAPSULE = Tissue(0.5, 45.0, 1100.0)
PLEXUS = Tissue(0.9, 120.0, 1900.0)
_BETWEEN = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Gland:
    """The masks (k, j, i) that anatomy is painted into."""

    zones: NDArray[np.uint8]
    frame: Frame

    @property
    def inside(self) -> NDArray[np.bool_]:
        """All zones together."""
        return self.zones > 0


def paint_surroundings(canvas: Canvas, gland: Gland, random: Random) -> None:
    """Paint what lies around the gland; the rectum holds gas or stool."""
    frame = gland.frame
    top, back, side = frame.half
    canvas.paint(
        softened(np.broadcast_to(np.abs(frame.x) > side + near(random, 6, 1.5, 3, 10), frame.shape), frame, 1.0), MUSCLE
    )
    bladder = frame.ellipsoid((top + 16.0, -0.3 * back, 0.0), (18.0, 24.0, 26.0))
    canvas.paint(soft(bladder, 0.1), WALL)
    canvas.paint(soft(bladder * 1.12, 0.1), URINE)
    depth, width = float(random.uniform(8, 14)), float(random.uniform(11, 19))
    middle = back + depth + float(random.uniform(0.0, 2.5))
    rectum = frame.ellipsoid((0.0, middle, float(random.normal(0, 3))), (200.0, depth, width))
    canvas.paint(soft(rectum, 0.1), WALL)
    canvas.paint(soft(rectum * (1 + 3.0 / depth), 0.1), GAS if random.random() < 0.6 else STOOL)
    outside = ndimage.distance_transform_edt(~gland.inside, sampling=frame.spacing)
    veins = (np.asarray(outside) < 4.0) & (blobs(random, frame, 4.0) > 0.8) & (np.abs(frame.x) > 0.4 * side)
    canvas.paint(softened(veins, frame, 0.6), PLEXUS)


def paint_zones(canvas: Canvas, gland: Gland, random: Random) -> None:
    """Paint PZ and TZ with this patient's own means; the PZ of one in four is diffusely darker."""
    diffuse = float(random.uniform(0.78, 0.92)) if random.random() < 0.25 else 1.0
    near_gland = np.asarray(ndimage.binary_dilation(gland.inside, np.ones((1, 5, 5))), np.bool_)
    canvas.paint(softened(near_gland, gland.frame, 0.4), CAPSULE)
    canvas.paint(softened(gland.inside, gland.frame, 0.4), _tissue(random, Zone.TZ, 1.0))
    canvas.paint(softened(gland.zones == 1, gland.frame, 0.4) * gland.inside, _tissue(random, Zone.PZ, diffuse))


def _tissue(random: Random, zone: Zone, factor: float) -> Tissue:
    benign = BENIGN[zone]
    first, second = random.standard_normal(2)
    joint = benign.correlation * first + np.sqrt(1 - benign.correlation**2) * second
    adc = factor * (benign.adc + _BETWEEN * benign.adc_sd * first)
    return Tissue(0.9, max(60.0, factor * (benign.t2 + _BETWEEN * benign.t2_sd * float(joint))), float(adc))


def paint_nodules(canvas: Canvas, gland: Gland, random: Random) -> None:
    """Paint nodules of benign hyperplasia, the more the larger the TZ: glandular, mixed and stromal ones."""
    inner = gland.zones == 2
    depth = np.asarray(ndimage.distance_transform_edt(inner, sampling=gland.frame.spacing))
    volume_ml = np.count_nonzero(inner) * float(np.prod(gland.frame.spacing)) / 1000
    for _ in range(min(24, round(0.3 * volume_ml))):
        radius = near(random, 4.5, 1.8, 2.2, 9.0)
        places = np.argwhere(depth > 0.6 * radius)
        if len(places):
            _paint_nodule(canvas, gland, random, places[int(random.integers(len(places)))], radius)


def _paint_nodule(canvas: Canvas, gland: Gland, random: Random, place: NDArray[np.intp], radius: float) -> None:
    frame = gland.frame
    centre = tuple(float(axis.flat[n]) for axis, n in zip((frame.z, frame.y, frame.x), place, strict=True))
    stretch = random.uniform(0.8, 1.25, 3)
    ball = frame.ellipsoid(
        (centre[0], centre[1], centre[2]), (radius * stretch[0], radius * stretch[1], radius * stretch[2])
    )
    kinds = (
        Tissue(0.92, near(random, 150, 25, 100, 220), near(random, 1650, 120, 1400, 2000)),
        Tissue(0.88, near(random, 105, 15, 75, 140), near(random, 1338, 90, 1150, 1550)),
        Tissue(0.84, near(random, 72, 10, 50, 95), near(random, 1150, 90, 950, 1350)),
    )
    # Half of the nodules are mixed, as pathologists find them; few are purely stromal.
    kind = kinds[int(random.choice(3, p=(0.3, 0.5, 0.2)))]
    canvas.paint(soft(ball, 0.2) * (gland.zones == 2), Tissue(0.75, 55.0, 1150.0))
    canvas.paint(soft(ball * np.float32(1 + 0.8 / radius), 0.2) * (gland.zones == 2), kind)


def paint_stroma(canvas: Canvas, gland: Gland, random: Random) -> None:
    """Paint the central zone around the ejaculatory ducts and the anterior fibromuscular stroma, both symmetric."""
    top, back, side = gland.frame.half
    dark = Tissue(0.85, near(random, 82, 8, 65, 105), near(random, 1200, 90, 1000, 1400))
    for sign in (-1.0, 1.0):
        cone = gland.frame.ellipsoid(
            (0.6 * top, 0.45 * back, sign * 0.22 * side), (0.42 * top, 0.28 * back, 0.2 * side)
        )
        canvas.paint(soft(cone, 0.4) * gland.inside * np.float32(0.9), dark)
    thickness = float(random.uniform(0.15, 0.35)) * back
    apron = gland.frame.ellipsoid((0.0, -0.95 * back, 0.0), (0.9 * top, thickness, 0.5 * side))
    adc = near(random, 1.17 * CANCER[Zone.TZ].adc, 90, 900, 1350)
    canvas.paint(soft(apron, 0.4) * gland.inside, Tissue(0.75, near(random, 45, 5, 35, 60), adc))


def add_texture(canvas: Canvas, gland: Gland, random: Random) -> None:
    """Make all tissue uneven: ADC and T2 vary together in blobs of 4 to 6 mm."""
    size = float(random.uniform(4.0, 6.0))
    first, second = blobs(random, gland.frame, size), blobs(random, gland.frame, size)
    peripheral = gland.zones == 1
    adc_share = np.where(peripheral, _share(Zone.PZ, "adc"), 0.6 * _share(Zone.TZ, "adc"))
    t2_share = np.where(peripheral, _share(Zone.PZ, "t2"), 0.6 * _share(Zone.TZ, "t2")) * 0.6
    joint = np.float32(0.5) * first + np.float32(np.sqrt(0.75)) * second
    canvas.adc[:] *= np.clip(1 + adc_share * first, 0.6, 1.5)
    canvas.t2[:] *= np.clip(1 + t2_share * joint, 0.5, 1.8)


def _share(zone: Zone, what: str) -> float:
    benign = BENIGN[zone]
    return benign.adc_sd / benign.adc if what == "adc" else benign.t2_sd / benign.t2
