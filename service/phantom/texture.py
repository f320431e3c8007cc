"""Smooth random fields that fill space, so that a speck lies at the same place in every series."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import fft, ndimage

from service.phantom.shapes import Floats, Points

_CELLS = 128
_PITCH_MM = 0.6
_SEPTUM = 0.11
_LONG_WAY = 64 * _CELLS


class Unevenness(NamedTuple):
    """Three fields at the same points: specks and patches (mean 0, deviation 1), and thin septa (0 to 1)."""

    grain: Floats
    patches: Floats
    septa: Floats


@dataclass(frozen=True, slots=True)
class Texture:
    """The three fields on one lattice that repeats every 77 mm."""

    lattice: Floats

    def at(self, points: Points) -> Unevenness:
        """Return the fields at `points`, each from the nearest node of the lattice."""
        u, v, w = ((axis / np.float32(_PITCH_MM) + _LONG_WAY).astype(np.int32) & (_CELLS - 1) for axis in points)
        found = self.lattice[(u * _CELLS + v) * _CELLS + w]
        return Unevenness(found[:, 0], found[:, 1], found[:, 2])


def texture(rng: np.random.Generator, *, grain_mm: float, patches_mm: float, septa_mm: float) -> Texture:
    """Return fields with specks, patches and meshes of these sizes."""
    grain, patches, mesh = (_smooth_noise(rng, size) for size in (grain_mm, patches_mm, septa_mm))
    septa = np.exp(-((mesh / _SEPTUM) ** 2))
    return Texture(np.stack([grain, patches, septa], axis=-1).reshape(-1, 3).astype(np.float32))


def _smooth_noise(rng: np.random.Generator, size_mm: float) -> Floats:
    sigma = size_mm / 2.0 / _PITCH_MM
    spectrum = fft.rfftn(rng.standard_normal((_CELLS,) * 3, dtype=np.float32))
    smooth = np.asarray(
        fft.irfftn(ndimage.fourier_gaussian(spectrum, sigma, n=_CELLS), s=(_CELLS,) * 3), dtype=np.float32
    )
    return (smooth - smooth.mean()) / smooth.std()


@dataclass(frozen=True, slots=True)
class Warp:
    """A gentle bend of space, so that no outline is a perfect curve: a sum of plane waves."""

    waves: Floats
    phases: Floats
    shifts: Floats

    def bent(self, points: Points) -> Points:
        """Return the points shifted by the field, at most a few millimetres."""
        u, v, w = points.u.copy(), points.v.copy(), points.w.copy()
        for wave, phase, shift in zip(self.waves, self.phases, self.shifts, strict=True):
            swing = np.sin(points.u * wave[0] + points.v * wave[1] + points.w * wave[2] + phase)
            u += shift[0] * swing
            v += shift[1] * swing
            w += shift[2] * swing
        return Points(u, v, w)


def warp(rng: np.random.Generator, *, length_mm: float, shift_mm: float, count: int = 8) -> Warp:
    """Return a bend with waves of about `length_mm` and a typical shift of `shift_mm`."""
    directions = rng.standard_normal((count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = length_mm * rng.uniform(0.7, 1.6, (count, 1))
    shifts = rng.standard_normal((count, 3)) * shift_mm * np.sqrt(2.0 / count)
    return Warp(
        (directions * 2.0 * np.pi / lengths).astype(np.float32),
        rng.uniform(0.0, 2.0 * np.pi, count).astype(np.float32),
        shifts.astype(np.float32),
    )
