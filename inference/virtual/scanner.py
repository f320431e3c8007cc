"""The scanner of a virtual patient: T2, and diffusion images at three b-values with ADC fitted from two of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.virtual.canvas import Canvas, Floats, Frame, Random, blobs, near

LOW_B, MIDDLE_B, HIGH_B = 50.0, 800.0, 1400.0
T2_ECHO_TIME_MS = 101.0


@dataclass(frozen=True, slots=True)
class Technique:
    """How one patient is scanned; lengths in mm.

    `shift` moves the diffusion images against T2 (superior, posterior, left), `distortion` bends them along the phase
    encoding, which is posterior, most beside the rectum. `pile_up` is how much signal heaps up there. `snr` is that of
    the gland at b 50; `adc_scale` the scanner's own error; `calculated` whether the high-b image was acquired.
    """

    pixel_mm: float
    echo_ms: float
    shift: tuple[float, float, float]
    distortion: float
    pile_up: float
    pile_up_side: float
    snr: float
    bias: float
    adc_scale: float
    calculated: bool


def draw_technique(random: Random) -> Technique:
    """Return a usual technique: shifts of 0 to 3 mm, pile-up in a third of the patients."""
    length, angle = float(random.uniform(0, 3)), float(random.uniform(0, 2 * np.pi))
    return Technique(
        pixel_mm=float(random.uniform(1.6, 2.2)),
        echo_ms=float(random.uniform(55, 90)),
        shift=(float(random.normal(0, 0.5)), length * float(np.sin(angle)), length * float(np.cos(angle))),
        distortion=near(random, 0, 0.8, -2, 2),
        pile_up=float(random.uniform(0.8, 2.0)) if random.random() < 0.35 else 0.0,
        pile_up_side=float(random.uniform(-0.5, 0.5)),
        snr=float(random.uniform(25, 60)),
        bias=float(random.uniform(0.05, 0.25)),
        adc_scale=near(random, 1.0, 0.04, 0.9, 1.1),
        calculated=bool(random.random() < 0.5),
    )


def t2_weighted(canvas: Canvas, frame: Frame, random: Random) -> Floats:
    """Return the T2-weighted image (k, j, i), tissue around some hundreds."""
    signal = 1000 * canvas.pd * np.exp(-T2_ECHO_TIME_MS / canvas.t2) * np.exp(0.15 * blobs(random, frame, 80.0))
    return _rician(np.asarray(ndimage.gaussian_filter(signal, (0.0, 0.6, 0.6)), np.float32), 8.0, random)


def diffusion(
    canvas: Canvas, frame: Frame, inside: NDArray[np.bool_], technique: Technique, random: Random
) -> tuple[Floats, Floats]:
    """Return ADC (10⁻⁶ mm²/s, 0 where there is too little signal) and the image at `HIGH_B`, on the frame's grid."""
    s0 = canvas.dwi_pd * np.exp(-technique.echo_ms / canvas.t2) * np.exp(technique.bias * blobs(random, frame, 60.0))
    source, density = _displaced(frame, technique)
    low, middle, high = (
        _coarse(s0 * np.exp(-b * 1e-6 * canvas.adc), source, density, frame, technique)
        for b in (LOW_B, MIDDLE_B, HIGH_B)
    )
    noise = float(np.median((s0 * np.exp(-LOW_B * 1e-6 * canvas.adc))[inside])) / technique.snr
    # More averages at higher b, as protocols have them; interpolation by the scanner blurs the noise.
    low, middle, high = (
        ndimage.gaussian_filter(_rician(image, noise / np.sqrt(averages), random), (0.0, 0.55, 0.55))
        for image, averages in ((low, 1), (middle, 2), (high, 3))
    )
    rate = np.log(np.maximum(low, 1e-9) / np.maximum(middle, 1e-9)) / ((MIDDLE_B - LOW_B) * 1e-6)
    rate = np.where(low < 4 * noise, 0, np.clip(rate, 0, 4000)).astype(np.float32)
    if technique.calculated:
        high = low * np.exp(-(HIGH_B - LOW_B) * 1e-6 * rate)
    adc = _fine(rate * np.float32(technique.adc_scale), frame, technique)
    return adc, 1000 * _fine(high.astype(np.float32), frame, technique)


def _displaced(frame: Frame, technique: Technique) -> tuple[list[Floats], Floats]:
    """Return the index that each voxel's signal comes from, and how dense the signal is there."""
    k, j, i = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in frame.shape), indexing="ij", sparse=True)
    behind = np.exp(-(((frame.y - frame.half[1]) / 12.0) ** 2))
    bend = technique.distortion * behind * np.cos(frame.x / 25.0)
    surface = frame.half[1] * (1 - 0.5 * (frame.x / frame.half[2]) ** 2) - 1.0
    heap = technique.pile_up * np.exp(-(((frame.y - surface) / 2.5) ** 2))
    heap = heap * np.exp(-(((frame.x / frame.half[2] - technique.pile_up_side) / 0.3) ** 2))
    heap = heap * np.exp(-((frame.z / (0.6 * frame.half[0])) ** 2))
    density = 1 + heap + np.gradient(bend, frame.spacing[1], axis=1)
    # The signal of a voxel whose density is above 1 comes from a stretch of tissue that is as much longer.
    moved = bend + np.cumsum(heap, axis=1) * frame.spacing[1]
    source = [
        np.broadcast_to(k - technique.shift[0] / frame.spacing[0], frame.shape),
        (j + (moved - technique.shift[1]) / frame.spacing[1]).astype(np.float32),
        np.broadcast_to(i - technique.shift[2] / frame.spacing[2], frame.shape),
    ]
    return source, density.astype(np.float32)


def _coarse(signal: Floats, source: list[Floats], density: Floats, frame: Frame, technique: Technique) -> Floats:
    """Return the noiseless image on the scanner's own pixels: bent, heaped up, blurred by its point spread."""
    bent = ndimage.map_coordinates(signal, source, order=1, mode="nearest") * density
    sigma = [0.35, *(0.5 * technique.pixel_mm / step for step in frame.spacing[1:])]
    return ndimage.map_coordinates(
        ndimage.gaussian_filter(bent, sigma), _pixels(frame, technique), order=1, mode="nearest"
    ).astype(np.float32)


def _pixels(frame: Frame, technique: Technique) -> list[Floats]:
    steps = [1.0, *(technique.pixel_mm / step for step in frame.spacing[1:])]
    counts = [int((n - 1) / step) + 1 for n, step in zip(frame.shape, steps, strict=True)]
    axes = [np.arange(n, dtype=np.float32) * np.float32(step) for n, step in zip(counts, steps, strict=True)]
    return [*np.meshgrid(*axes, indexing="ij")]


def _fine(image: Floats, frame: Frame, technique: Technique) -> Floats:
    """Return an image of the scanner's pixels on the grid of T2, as a study is resampled."""
    steps = [1.0, *(technique.pixel_mm / step for step in frame.spacing[1:])]
    axes = [np.arange(n, dtype=np.float32) / np.float32(step) for n, step in zip(frame.shape, steps, strict=True)]
    places = np.meshgrid(*axes, indexing="ij")
    return ndimage.map_coordinates(image, places, order=1, mode="nearest").astype(np.float32)


def _rician(image: Floats, sigma: float, random: Random) -> Floats:
    real = image + sigma * random.standard_normal(image.shape, dtype=np.float32)
    return np.hypot(real, sigma * random.standard_normal(image.shape, dtype=np.float32)).astype(np.float32)
