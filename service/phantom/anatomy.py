"""The made-up man: a male pelvis around the prostate, as solids in millimetres.

Paired structures are given for the left side (u > 0). Sizes follow an ordinary adult pelvis; nothing is taken from
the images of a patient.
"""

import numpy as np

from service.phantom import tissues
from service.phantom.prostate import Prostate
from service.phantom.scene import Layer, Scene, scene
from service.phantom.shapes import (
    Box,
    Floats,
    Points,
    Shape,
    above,
    capsule,
    chain,
    ellipsoid,
    grown,
    lumpy,
    melted,
    rim,
    slab,
    union,
    within,
    without,
)
from service.phantom.texture import texture, warp


def make_scene(prostate: Prostate, rng: np.random.Generator) -> Scene:
    """Return the whole pelvis with this prostate in it; `rng` shapes textures, vessels and outlines."""
    layers = [
        *_body(),
        *_muscles(),
        *_bones(),
        *_vessels(rng),
        *_bowel(),
        *_pelvic_floor(prostate),
        *_bladder(prostate),
        *_rectum(),
        *_around_the_gland(prostate, rng),
        *prostate.layers(),
    ]
    uneven = texture(rng, grain_mm=1.6, patches_mm=7.0, septa_mm=9.0)
    return scene(layers, uneven, warp(rng, length_mm=38.0, shift_mm=1.1))


def _body() -> list[Layer]:
    trunk = _cylinder(0.0, 12.0, 182.0, 112.0)
    return [Layer(tissues.SKIN, trunk), Layer(tissues.FAT, grown(trunk, -2.0))]


def _muscles() -> list[Layer]:
    rectus = within(ellipsoid((16.0, -68.0, 60.0), (20.0, 7.0, 75.0)), above(-8.0))
    iliopsoas = chain(((72.0, -10.0, 120.0), (88.0, -36.0, 30.0), (92.0, -20.0, -60.0)), (24.0, 20.0, 17.0))
    sartorius = capsule((112.0, -62.0, 60.0), (84.0, -66.0, -70.0), 10.0)
    gluteus = ellipsoid((66.0, 103.0, 0.0), (60.0, 31.0, 120.0), turn_deg=-12.0)
    gluteus_medius = ellipsoid((142.0, 14.0, 60.0), (22.0, 52.0, 80.0))
    pectineus = capsule((24.0, -58.0, -22.0), (84.0, -34.0, -34.0), 10.0, 13.0)
    adductors = chain(((26.0, -46.0, -52.0), (52.0, -34.0, -75.0), (60.0, -20.0, -200.0)), (15.0, 24.0, 40.0))
    hamstrings = capsule((66.0, 48.0, -62.0), (70.0, 50.0, -200.0), 16.0, 32.0)
    quadriceps = capsule((104.0, -30.0, -50.0), (100.0, -30.0, -200.0), 22.0, 44.0)
    everything = (rectus, iliopsoas, sartorius, gluteus, gluteus_medius, pectineus, adductors, hamstrings, quadriceps)
    return [
        *(Layer(tissues.MUSCLE, one, paired=True, edge_mm=1.2) for one in everything),
        *(Layer(tissues.FASCIA, rim(one, 0.0, 0.7), paired=True) for one in (rectus, gluteus)),
        Layer(tissues.FIBROUS, within(capsule((0.0, -68.0, -10.0), (0.0, -69.0, 150.0), 1.2), above(-8.0))),
        *_obturators(),
    ]


def _obturators() -> list[Layer]:
    obturator_internus = Shape(_obturator_sheet, Box((26.0, -44.0, -52.0), (62.0, 48.0, 48.0)))
    externus = union(
        capsule((27.0, -36.0, -32.0), (76.0, 12.0, -28.0), 17.0, 15.0),
        capsule((70.0, 6.0, -24.0), (104.0, 22.0, -2.0), 13.0, 7.0),
    )
    coccygeus = capsule((58.0, 46.0, 24.0), (8.0, 88.0, 24.0), 3.2, 2.5)
    return [
        Layer(tissues.MUSCLE, externus, paired=True, edge_mm=1.2),
        Layer(tissues.MUSCLE, coccygeus, paired=True, edge_mm=1.2),
        Layer(tissues.MUSCLE, obturator_internus, paired=True, edge_mm=1.0),
        Layer(tissues.FASCIA, rim(obturator_internus, 0.0, 0.6), paired=True),
    ]


def _obturator_sheet(points: Points) -> Floats:
    u, v, w = points
    middle = 43.5 + 0.0012 * (v - 2.0) ** 2 + 0.05 * (w + 10.0) - 0.05 * v
    taper = np.clip(1.0 - ((v - 2.0) / 46.0) ** 2, 0.0, 1.0) * np.clip(1.0 - ((w + 2.0) / 50.0) ** 2, 0.0, 1.0)
    half = (10.5 - 0.05 * (w + 10.0)) * np.sqrt(taper)
    return (np.abs(u - middle) - half + 2.0).astype(np.float32)


def _bones() -> list[Layer]:
    pubis = ellipsoid((17.5, -47.0, -21.0), (17.0, 11.5, 21.0), turn_deg=22.0, lean_deg=35.0)
    upper_ramus = chain(((20.0, -50.0, -8.0), (44.0, -40.0, 8.0), (64.0, -18.0, 20.0)), (9.0, 8.5, 14.0))
    lower_ramus = capsule((16.0, -40.0, -38.0), (58.0, 30.0, -62.0), 7.0)
    ischium = chain(
        ((69.0, -6.0, 26.0), (70.0, 20.0, 12.0), (67.0, 40.0, -18.0), (63.0, 44.0, -48.0)), (18.0, 18.0, 15.0, 16.0)
    )
    ilium = chain(((68.0, 0.0, 36.0), (88.0, 4.0, 80.0), (120.0, -6.0, 150.0)), (16.0, 15.0, 12.0))
    head = ellipsoid((95.0, -4.0, 6.0), (24.5, 24.5, 24.5))
    femur = chain(((95.0, -4.0, 6.0), (136.0, 12.0, -24.0), (132.0, 4.0, -200.0)), (15.0, 17.0, 14.0))
    sacrum = chain(
        ((0.0, 52.0, 140.0), (0.0, 88.0, 96.0), (0.0, 98.0, 62.0), (0.0, 92.0, 34.0), (0.0, 80.0, 12.0)),
        (30.0, 25.0, 16.0, 9.0, 5.0),
    )
    hip = union(upper_ramus, ischium, ilium)
    socket = without(hip, grown(head, 2.2))
    return [
        *_bone(union(pubis, lower_ramus)),
        *_bone(socket),
        *_bone(union(head, femur)),
        *_bone(sacrum),
        Layer(tissues.SPHINCTER, ellipsoid((0.0, -47.0, -21.0), (3.0, 13.0, 20.0), lean_deg=35.0)),
    ]


def _bone(outline: Shape) -> list[Layer]:
    return [
        Layer(tissues.CORTEX, outline, paired=True),
        Layer(tissues.MARROW, grown(outline, -1.8), paired=True, edge_mm=1.2),
    ]


def _vessels(rng: np.random.Generator) -> list[Layer]:
    femoral = (
        chain(((40.0, -6.0, 110.0), (54.0, -34.0, 40.0), (64.0, -56.0, 0.0), (70.0, -62.0, -80.0)), (6.0,) * 4),
        chain(((34.0, 4.0, 110.0), (47.0, -22.0, 40.0), (56.0, -50.0, 0.0), (62.0, -56.0, -80.0)), (7.0,) * 4),
    )
    cord = chain(((42.0, -74.0, 40.0), (28.0, -78.0, 0.0), (18.0, -78.0, -50.0)), (6.5, 6.5, 7.0))
    layers = [
        Layer(tissues.FASCIA, rim(cord, 0.0, 0.8), paired=True),
        Layer(tissues.PLEXUS, grown(cord, -3.5), paired=True, edge_mm=2.0),
    ]
    for vessel in femoral:
        layers += [
            Layer(tissues.FASCIA, grown(vessel, 0.8), paired=True),
            Layer(tissues.FLOWING_BLOOD, vessel, paired=True),
        ]
    for _ in range(60):  # small vessels and nodes in the fat of the side walls
        side = rng.choice((-1.0, 1.0))
        start = np.array((side * rng.uniform(24.0, 44.0), rng.uniform(-34.0, 70.0), rng.uniform(-25.0, 60.0)))
        end = start + rng.normal(0.0, 9.0, 3)
        layers.append(Layer(tissues.FLOWING_BLOOD, capsule(tuple(start), tuple(end), float(rng.uniform(0.5, 1.4)))))
    return layers


def _bowel() -> list[Layer]:
    sigmoid = chain(
        ((10.0, 56.0, 66.0), (-26.0, 44.0, 82.0), (-30.0, 10.0, 96.0), (10.0, -6.0, 104.0), (46.0, 6.0, 112.0)),
        (13.0, 14.0, 14.0, 15.0, 15.0),
    )
    ileum = chain(
        ((-60.0, -20.0, 110.0), (-20.0, -40.0, 104.0), (30.0, -36.0, 118.0), (60.0, -30.0, 140.0)), (12.0,) * 4
    )
    return [
        *(Layer(tissues.BOWEL_WALL, one) for one in (sigmoid, ileum)),
        Layer(tissues.STOOL, grown(sigmoid, -3.0), edge_mm=2.0),
        Layer(tissues.MUCOSA, grown(ileum, -3.0), edge_mm=2.0),
    ]


def _pelvic_floor(prostate: Prostate) -> list[Layer]:
    a, _, c = prostate.half
    levator = _levator(a, c)
    sphincter = capsule((0.0, 26.0, -34.0), (0.0, 36.0, -66.0), 13.0, 14.0)
    membranous = capsule((0.0, -0.1 * prostate.half[1], -c - 1.0), (0.0, -4.0, -c - 16.0), 7.5, 7.0)
    bulb = ellipsoid((0.0, -2.0, -52.0), (11.0, 14.0, 13.0), lean_deg=-25.0)
    crura = capsule((14.0, -24.0, -46.0), (44.0, 20.0, -62.0), 7.0, 5.0)
    shaft = chain(((7.0, -26.0, -52.0), (7.0, -58.0, -64.0), (7.0, -84.0, -90.0)), (8.0, 9.0, 9.0))
    return [
        Layer(tissues.MUSCLE, levator, edge_mm=1.0),
        Layer(tissues.SPHINCTER, sphincter, edge_mm=1.5),
        Layer(tissues.MUCOSA, capsule((0.0, 26.0, -34.0), (0.0, 36.0, -66.0), 3.5), edge_mm=2.0),
        Layer(tissues.ERECTILE, bulb),
        Layer(tissues.ERECTILE, crura, paired=True),
        Layer(tissues.ERECTILE, shaft, paired=True),
        Layer(tissues.SPHINCTER, membranous, edge_mm=1.2),
        Layer(tissues.URETHRA, capsule((0.0, -0.1 * prostate.half[1], -c), (0.0, -6.0, -c - 22.0), 2.2), edge_mm=1.2),
    ]


def _levator(gland_half_width: float, gland_half_height: float) -> Shape:
    levels = np.array((-52.0, -36.0, -gland_half_height, -8.0, 4.0, 14.0), dtype=np.float32)
    widths = np.array((14.0, 14.0, 17.5, gland_half_width - 1.0, gland_half_width + 6.0, 39.0), dtype=np.float32)
    thick = np.array((0.3, 3.2, 2.8, 2.0, 1.5, 1.3), dtype=np.float32)

    def distance(points: Points) -> Floats:
        u, v, w = points
        width, half = np.interp(w, levels, widths), np.interp(w, levels, thick)
        length = np.clip(46.0 + 0.3 * w, 32.0, 50.0)
        behind = np.clip(v - 12.0, 0.0, None) / length
        round_the_back = np.abs(np.sqrt((u / width) ** 2 + behind**2) - 1.0) * width - half
        front = -26.0 - v
        return np.maximum(np.maximum(round_the_back, front), np.abs(w + 17.0) - 33.0).astype(np.float32)

    return Shape(distance, Box((-43.0, -26.0, -51.0), (43.0, 66.0, 17.0)))


def _bladder(prostate: Prostate) -> list[Layer]:
    _, b, c = prostate.half
    lumen = union(
        melted(
            ellipsoid((0.0, -22.0, c + 26.0), (41.0, 28.0, 30.0), lean_deg=-20.0),
            ellipsoid((0.0, -42.0, c + 13.0), (30.0, 17.0, 15.0)),
            12.0,
        ),
        capsule((0.0, -0.5 * b, c + 8.0), (0.0, -0.3 * b, c - 1.0), 5.0, 2.0),
    )
    return [
        Layer(tissues.BLADDER_WALL, grown(lumen, 4.2), edge_mm=1.0),
        Layer(tissues.URINE, lumen, edge_mm=0.9),
    ]


def _rectum() -> list[Layer]:
    path = ((0.0, 30.0, -36.0), (0.0, 38.0, -20.0), (0.0, 43.0, 0.0), (1.0, 48.0, 24.0), (6.0, 58.0, 48.0))
    path = (*path, (10.0, 56.0, 66.0))
    wall = lumpy(chain(path, (12.0, 14.0, 16.0, 17.0, 17.0, 14.0)), depth_mm=0.8, length_mm=26.0)
    lumen = lumpy(chain(path, (2.5, 5.0, 9.5, 11.5, 11.5, 9.0)), depth_mm=1.2, length_mm=19.0)
    gas = ellipsoid((1.0, 42.0, 14.0), (6.5, 4.5, 16.0), lean_deg=-10.0)
    return [
        Layer(tissues.BOWEL_WALL, wall, edge_mm=1.0),
        Layer(tissues.MUCOSA, grown(lumen, 1.2), edge_mm=1.2),
        Layer(tissues.STOOL, lumen, edge_mm=1.2),
        Layer(tissues.AIR, within(gas, lumen), edge_mm=0.8),
    ]


def _around_the_gland(prostate: Prostate, rng: np.random.Generator) -> list[Layer]:
    a, b, c = prostate.half
    gland = prostate.outline
    sides = within(rim(gland, 0.0, 4.5), slab((-0.9 * b, 0.9 * b), (-0.9 * c, 0.8 * c)))
    front = ellipsoid((0.0, -b - 5.0, -6.0), (15.0, 6.0, 15.0))
    vesicle = lumpy(
        ellipsoid((18.0, 0.55 * b + 4.0, c + 6.0), (19.0, 6.0, 8.0), turn_deg=10.0), depth_mm=0.8, length_mm=12.0
    )
    vas = chain(((3.0, 0.5 * b, c - 2.0), (6.0, 0.5 * b + 2.0, c + 12.0), (30.0, 6.0, c + 26.0)), (2.4, 2.6, 2.4))
    layers = [
        Layer(tissues.PLEXUS, union(sides, front), edge_mm=2.5),
        Layer(tissues.FIBROUS, grown(vesicle, 0.8), paired=True),
        Layer(tissues.VESICLE, vesicle, paired=True),
        Layer(tissues.FIBROUS, vas, paired=True),
        Layer(tissues.URETHRA, grown(vas, -1.6), paired=True),
        Layer(tissues.FASCIA, within(rim(grown(gland, 2.4), 0.3, 0.3), slab((2.0, 40.0), (-c, c)))),
    ]
    for _ in range(16):  # the bundles of vessels and nerves at five and seven o'clock
        side = rng.choice((-1.0, 1.0))
        u, v = side * (0.7 * a + rng.normal(0.0, 2.0)), 0.86 * b + rng.normal(0.0, 2.0)
        w = rng.uniform(-0.7, 0.6) * c
        rod = capsule((u, v, w), (u + rng.normal(0, 1.5), v, w + rng.uniform(5.0, 14.0)), float(rng.uniform(0.5, 1.0)))
        layers.append(Layer(tissues.FLOWING_BLOOD, rod))
    return layers


def _cylinder(u: float, v: float, half_width: float, half_depth: float) -> Shape:
    def distance(points: Points) -> Floats:
        out = ((np.abs(points.u - u) / half_width) ** 2.6 + (np.abs(points.v - v) / half_depth) ** 2.6) ** (1 / 2.6)
        return ((out - 1.0) * half_depth).astype(np.float32)

    return Shape(distance, Box((u - half_width, v - half_depth, -1e6), (u + half_width, v + half_depth, 1e6)))
