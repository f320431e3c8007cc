"""What a virtual pelvis is made of: maps of proton density, T2 and diffusion that tissues are painted on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Tissue:
    """Proton density (1 = water), T2 (ms), ADC (10⁻⁶ mm²/s) and what fat suppression leaves in diffusion images."""

    pd: float
    t2: float
    adc: float
    unsuppressed: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Millimetres (float32, broadcastable) from the middle of the gland to superior, posterior and left."""

    z: Floats
    y: Floats
    x: Floats
    spacing: tuple[float, float, float]
    half: tuple[float, float, float]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along superior, posterior and left."""
        return self.z.shape[0], self.y.shape[1], self.x.shape[2]

    def ellipsoid(self, centre: tuple[float, float, float], radii: tuple[float, float, float]) -> Floats:
        """Return how far each place lies from a centre, 1 at the surface of the ellipsoid (mm)."""
        parts = zip((self.z, self.y, self.x), centre, radii, strict=True)
        return np.sqrt(sum(((axis - middle) / radius) ** 2 for axis, middle, radius in parts), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """The maps, (k, j, i) float32; `dwi_pd` is the proton density that fat suppression leaves."""

    pd: Floats
    dwi_pd: Floats
    t2: Floats
    adc: Floats

    @classmethod
    def of(cls, shape: tuple[int, int, int], tissue: Tissue) -> "Canvas":
        """Return a canvas of one tissue."""
        values = (tissue.pd, tissue.pd * tissue.unsuppressed, tissue.t2, tissue.adc)
        return cls(*(np.full(shape, value, np.float32) for value in values))

    def paint(self, cover: Floats | NDArray[np.bool_], tissue: Tissue) -> None:
        """Cover what is there by a tissue, wholly where `cover` is 1 and in part below."""
        values = (tissue.pd, tissue.pd * tissue.unsuppressed, tissue.t2, tissue.adc)
        for image, value in zip((self.pd, self.dwi_pd, self.t2, self.adc), values, strict=True):
            image += np.asarray(cover, np.float32) * (np.float32(value) - image)


def frame_of(gland: NDArray[np.bool_], spacing: tuple[float, float, float]) -> Frame:
    """Return the frame around the middle of a gland's bounding box; its axes rise to superior, posterior, left."""
    limits = [(v.min(), v.max()) for v in np.nonzero(gland)]
    axes = np.ogrid[tuple(slice(0, n) for n in gland.shape)]
    z, y, x = (
        ((axis - (low + high) / 2) * step).astype(np.float32)
        for axis, (low, high), step in zip(axes, limits, spacing, strict=True)
    )
    half = tuple(float((high - low + 1) * step / 2) for (low, high), step in zip(limits, spacing, strict=True))
    return Frame(z, y, x, spacing, (half[0], half[1], half[2]))


def soft(distance: Floats, width: float) -> Floats:
    """Return a cover that falls from 1 to 0 around a distance of 1, over `width` of it."""
    return np.clip((1 - distance) / width + 0.5, 0, 1).astype(np.float32)


def blobs(random: Random, frame: Frame, size_mm: float) -> Floats:
    """Return a smooth random field (mean 0, deviation 1) whose blobs are `size_mm` wide at half height."""
    from scipy import ndimage

    sigma = size_mm / 2.355 / np.array(frame.spacing)
    # White noise blurred by s has blobs √2 as wide as its kernel.
    field = ndimage.gaussian_filter(random.standard_normal(frame.shape, dtype=np.float32), sigma / np.sqrt(2))
    return ((field - field.mean()) / field.std()).astype(np.float32)


def softened(mask: NDArray[np.bool_], frame: Frame, sigma_mm: float) -> Floats:
    """Return a mask whose edge is blurred in the plane of the slices."""
    from scipy import ndimage

    sigma = (0.0, sigma_mm / frame.spacing[1], sigma_mm / frame.spacing[2])
    return np.asarray(ndimage.gaussian_filter(mask.astype(np.float32), sigma), np.float32)


def near(random: Random, mean: float, deviation: float, low: float, high: float) -> float:
    """Return a normal value within limits."""
    return float(np.clip(random.normal(mean, deviation), low, high))
