"""The prostate of the phantom: gland, zones, nodules and the lesions whose truth is known."""

from dataclasses import dataclass, replace

import numpy as np

from service.phantom import tissues
from service.phantom.scene import Layer
from service.phantom.shapes import (
    Box,
    Floats,
    Points,
    Shape,
    Vector,
    both,
    capsule,
    chain,
    ellipsoid,
    grown,
    melted,
    union,
    within,
)
from service.phantom.tissues import Tissue


@dataclass(frozen=True, slots=True)
class PlannedLesion:
    """A cancer to be drawn: an ellipsoid in the frame of the pelvis, its tissue and its sector."""

    centre: Vector
    radii: Vector
    turn_deg: float
    tissue: Tissue
    sector: str
    edge_mm: float

    @property
    def shape(self) -> Shape:
        """The lesion's outline, never bent, so that its size is exact."""
        return ellipsoid(self.centre, self.radii, turn_deg=self.turn_deg)


@dataclass(frozen=True, slots=True)
class Prostate:
    """The gland by its half width, half depth and half height (mm), with what is in it."""

    half: Vector
    lesions: tuple[PlannedLesion, ...]
    nodules: tuple[tuple[Vector, float, Tissue], ...]

    @property
    def outline(self) -> Shape:
        """The capsule: a blunt base, a tapered apex, narrower in front, hollow at the back in the midline."""
        return _gland(self.half)

    @property
    def transition_zone(self) -> Shape:
        """The two lobes around the urethra with everything in front of them (TZ, anterior stroma)."""
        a, b, c = self.half
        lobe = ellipsoid((0.34 * a, -0.2 * b, 0.1 * c), (0.43 * a, 0.62 * b, 0.68 * c), turn_deg=12.0)
        lobes = melted(both(lobe), ellipsoid((0.0, -0.3 * b, 0.2 * c), (0.3 * a, 0.5 * b, 0.6 * c)), 4.0)
        return within(union(lobes, self.anterior_stroma), self.outline)

    @property
    def anterior_stroma(self) -> Shape:
        """The dark apron of muscle and fibres in front."""
        a, b, c = self.half
        return ellipsoid((0.0, -1.0 * b, 0.05 * c), (0.5 * a, 0.36 * b, 0.85 * c))

    @property
    def central_zone(self) -> Shape:
        """The cone around the ejaculatory ducts, from the base down to the verumontanum."""
        a, b, c = self.half
        return both(capsule((0.32 * a, 0.38 * b, 0.84 * c), (0.06 * a, 0.22 * b, 0.12 * c), 0.2 * b, 0.07 * b))

    @property
    def inner(self) -> Shape:
        """All that is not peripheral zone."""
        return union(self.transition_zone, self.central_zone)

    def layers(self) -> list[Layer]:
        """Return the gland from its capsule inwards, the lesions last."""
        gland = self.outline
        return [
            Layer(tissues.FIBROUS, grown(gland, 0.5), bent=False),
            Layer(tissues.PERIPHERAL_ZONE, grown(gland, -0.4), bent=False),
            *self._midline_septum(),
            Layer(tissues.CENTRAL_ZONE, within(self.central_zone, grown(gland, -0.6)), edge_mm=1.5),
            Layer(tissues.FIBROUS, within(grown(self.transition_zone, 0.5), grown(gland, -0.2))),
            Layer(tissues.TRANSITION_ZONE, within(grown(self.transition_zone, -0.5), grown(gland, -0.5))),
            *self._nodule_layers(),
            Layer(tissues.ANTERIOR_STROMA, within(self.anterior_stroma, grown(gland, 0.3)), edge_mm=3.0),
            *self._ducts(),
            *(Layer(one.tissue, one.shape, bent=False, edge_mm=one.edge_mm) for one in self.lesions),
        ]

    def _midline_septum(self) -> list[Layer]:
        _, b, c = self.half
        septum = ellipsoid((0.0, 0.75 * b, -0.05 * c), (0.5, 0.4 * b, 0.8 * c))
        return [Layer(tissues.CENTRAL_ZONE, within(septum, grown(self.outline, -0.4)), edge_mm=1.2)]

    def _nodule_layers(self) -> list[Layer]:
        layers: list[Layer] = []
        for centre, radius, tissue in self.nodules:
            ball = ellipsoid(centre, (radius, radius * 0.9, radius * 0.95))
            layers += [Layer(tissues.FIBROUS, ball), Layer(tissue, grown(ball, -0.7))]
        return layers

    def _ducts(self) -> list[Layer]:
        _, b, c = self.half
        urethra = chain(
            ((0.0, -0.3 * b, 1.05 * c), (0.0, 0.12 * b, 0.05 * c), (0.0, -0.1 * b, -1.05 * c)), (1.6, 1.7, 2.0)
        )
        verumontanum = ellipsoid((0.0, 0.15 * b, 0.0), (2.4, 2.2, 4.5))
        ejaculatory = both(capsule((2.2, 0.5 * b, 0.95 * c), (0.8, 0.2 * b, 0.05 * c), 0.6))
        return [
            Layer(tissues.ANTERIOR_STROMA, within(grown(urethra, 1.8), grown(self.outline, 2.0)), edge_mm=1.5),
            Layer(tissues.URETHRA, urethra, edge_mm=1.2),
            Layer(tissues.PERIPHERAL_ZONE, verumontanum, edge_mm=1.2),
            Layer(tissues.VESICLE, ejaculatory),
        ]


def grow_prostate(rng: np.random.Generator) -> Prostate:
    """Return a prostate of about 40 to 55 ml with one peripheral and one transition zone cancer."""
    a, b, c = rng.uniform(25.0, 27.5), rng.uniform(17.5, 19.0), rng.uniform(20.0, 22.0)
    lesions = (
        PlannedLesion(
            centre=(-0.6 * a + rng.uniform(-0.5, 0.5), 0.54 * b, -0.02 * c + rng.uniform(-1.0, 1.0)),
            radii=(7.0, 4.5, 5.0),
            turn_deg=42.0,
            tissue=tissues.PERIPHERAL_CANCER,
            sector="right-mid-PZpl",
            edge_mm=1.2,
        ),
        PlannedLesion(
            centre=(0.36 * a, -0.46 * b + rng.uniform(-0.5, 0.5), 0.1 * c + rng.uniform(-1.0, 1.0)),
            radii=(5.5, 3.6, 4.5),
            turn_deg=25.0,
            tissue=tissues.TRANSITION_CANCER,
            sector="left-mid-TZa",
            edge_mm=1.8,
        ),
    )
    bare = Prostate((a, b, c), lesions, ())
    return replace(bare, nodules=_nodules(rng, bare))


def _nodules(rng: np.random.Generator, bare: Prostate) -> tuple[tuple[Vector, float, Tissue], ...]:
    kinds = (tissues.GLANDULAR_NODULE, tissues.MIXED_NODULE, tissues.STROMAL_NODULE)
    taken = [(one.centre, one.radii[0] + 1.5) for one in bare.lesions]
    found: list[tuple[Vector, float, Tissue]] = []
    for _ in range(2000):
        radius = float(rng.uniform(2.6, 6.0))
        u, v, w = (float(value) for value in rng.uniform((-0.7, -0.7, -0.5), (0.7, 0.4, 0.75)) * bare.half)
        apart = all(np.linalg.norm(np.subtract((u, v, w), centre)) > radius + gap for centre, gap in taken)
        if apart and abs(u) > radius and _depth(bare.transition_zone, (u, v, w)) > radius + 0.5:
            taken.append(((u, v, w), radius))
            found.append(((u, v, w), radius, kinds[len(found) % 3]))
    return tuple(found[:10])


def _depth(shape: Shape, point: Vector) -> float:
    return -float(shape(Points(*(np.array([value], dtype=np.float32) for value in point)))[0])


def _gland(half: Vector) -> Shape:
    a, b, c = half

    def distance(points: Points) -> Floats:
        u, v, w = points
        v = v + 2.2 * np.exp(-((u / 6.0) ** 2)) * np.clip(v / b, 0.0, 1.0)
        height = np.clip(w / c, -1.3, 1.3)
        x = np.abs(u) / (a * (1.0 + 0.1 * height) * (1.0 - 0.16 * np.clip(-v / b, 0.0, 1.0)))
        y = np.abs(v) / (b * (1.0 + 0.04 * height))
        z = np.abs(w / c)
        sum_of_powers = x * x * np.sqrt(x) + y * y * np.sqrt(y) + z * z * np.where(w > 0.0, z, 1.0)
        return ((sum_of_powers**0.4 - 1.0) * b).astype(np.float32)

    return Shape(distance, Box((-1.1 * a, -1.1 * b, -c), (1.1 * a, 1.1 * b, c)))
