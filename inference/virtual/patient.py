"""`draw_patient`: the MRI of a virtual patient from the real masks of one case; `implant` a cancer of another.

The same case and seed give the same bytes. Nothing here was fitted to an image.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import on_grid_of
from inference.virtual.anatomy import (
    FAT,
    Gland,
    add_texture,
    paint_nodules,
    paint_stroma,
    paint_surroundings,
    paint_zones,
)
from inference.virtual.canvas import Canvas, Random, frame_of
from inference.virtual.focal import Mimic, paint_cancer, paint_mimics
from inference.virtual.labels import LabelledCase, components
from inference.virtual.scanner import HIGH_B, Technique, diffusion, draw_technique, t2_weighted

_LEAST_INSIDE = 0.7
"""An implanted cancer lies in the gland with at least this share of its volume."""


@dataclass(frozen=True, slots=True, eq=False)
class VirtualPatient:
    """T2, ADC (10⁻⁶ mm²/s) and the image at `b_value` on one grid, with what they were drawn from."""

    case: LabelledCase
    t2: Volume
    adc: Volume
    high_b: Volume
    mimics: tuple[Mimic, ...]
    technique: Technique
    b_value: float = HIGH_B


def draw_patient(case: LabelledCase, seed: int, technique: Technique | None = None) -> VirtualPatient:
    """Return the MRI of a case; its cancers lie in `case.lesions`. A technique may be given, else it is drawn too."""
    body, disease, scan = _streams(case.name, seed)
    gland = Gland(case.zones.array, frame_of(case.zones.array > 0, _spacing(case)))
    canvas = Canvas.of(gland.frame.shape, FAT)
    paint_surroundings(canvas, gland, body)
    paint_zones(canvas, gland, body)
    paint_nodules(canvas, gland, body)
    paint_stroma(canvas, gland, body)
    mimics = paint_mimics(canvas, gland, disease)
    for lesion in components(case.lesions.array):
        paint_cancer(canvas, gland, lesion, disease)
    add_texture(canvas, gland, body)
    used = technique or draw_technique(scan)
    t2 = t2_weighted(canvas, gland.frame, scan)
    adc, high_b = diffusion(canvas, gland.frame, gland.inside, used, scan)
    images = (on_grid_of(case.zones, image) for image in (t2, adc, high_b))
    return VirtualPatient(case, *images, mimics=mimics, technique=used)


def _streams(name: str, seed: int) -> Sequence[Random]:
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    return [np.random.default_rng(child) for child in np.random.SeedSequence([seed, digest]).spawn(3)]


def _spacing(case: LabelledCase) -> tuple[float, float, float]:
    k, j, i = (float(step) for step in case.zones.spacing)
    return k, j, i


def implant(case: LabelledCase, donor: LabelledCase) -> LabelledCase | None:
    """Return a lesion-free case with the largest cancer of a donor at the same place of the gland's bounding box.

    The cancer keeps its size in mm. None when less than 70 % of it would lie in the gland.
    """
    pieces = components(donor.lesions.array)
    if not pieces:
        return None
    lesion = max(pieces, key=np.count_nonzero)
    grown = _moved(lesion, donor, case)
    inside = grown & (case.zones.array > 0)
    wanted = np.count_nonzero(lesion) * np.prod(_spacing(donor)) / np.prod(_spacing(case))
    if np.count_nonzero(inside) < _LEAST_INSIDE * wanted:
        return None
    return replace(case, lesions=on_grid_of(case.zones, inside.astype(np.uint8)))


def _moved(lesion: NDArray[np.bool_], donor: LabelledCase, case: LabelledCase) -> NDArray[np.bool_]:
    """Return a donor's lesion on the grid of a case, its middle at the same place of the gland's box."""
    from scipy import ndimage

    there, here = (frame_of(one.zones.array > 0, _spacing(one)) for one in (donor, case))
    middle = np.argwhere(lesion).mean(axis=0)
    axes = [np.ravel(axis) for axis in (there.z, there.y, there.x)]
    offsets = [float(np.interp(m, np.arange(len(axis)), axis)) for m, axis in zip(middle, axes, strict=True)]
    source = [
        (axis - offset * own / other) / step + m
        for axis, offset, own, other, step, m in zip(
            (here.z, here.y, here.x), offsets, here.half, there.half, there.spacing, middle, strict=True
        )
    ]
    places = [np.broadcast_to(axis, here.shape) for axis in source]
    return np.asarray(ndimage.map_coordinates(lesion.astype(np.float32), places, order=1)) > 0.5
