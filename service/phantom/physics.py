"""What the scanner makes of tissue: spin echo signal, diffusion decay, coil sensitivity, Rician noise, fitted ADC."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from service.phantom.grids import Grid, Matrix, Pose
from service.phantom.scene import Contrast, Scene
from service.phantom.shapes import Floats
from service.phantom.tissues import Tissue

T2_TE_MS, T2_TR_MS = 101.0, 5600.0
DWI_TE_MS, DWI_TR_MS = 63.0, 4200.0
_BLOCK = 107  # larger blocks leave the cache, in smaller ones Python costs more than the sums


def t2_weighted(tissue: Tissue, diffusion: Floats | float) -> Sequence[Floats | float]:
    """Return the signal of a turbo spin echo at the T2 protocol's echo and repetition time."""
    return (_spin_echo(tissue, T2_TE_MS, T2_TR_MS),)


def diffusion_weighted(b_values: Sequence[float]) -> Contrast:
    """Return the contrast of a fat-suppressed spin echo EPI with S = S0·exp(−b·ADC), b in s/mm²."""

    def signals(tissue: Tissue, diffusion: Floats | float) -> Sequence[Floats | float]:
        s0 = _spin_echo(tissue, DWI_TE_MS, DWI_TR_MS) * (1.0 - tissue.fat)
        decay = (np.exp(-b * 1e-6 * tissue.adc * diffusion) for b in b_values)
        return [np.asarray(s0 * part, dtype=np.float32) for part in decay]

    return signals


def acquire(scene: Scene, pose: Pose, grid: Grid, contrast: Contrast, *, fine: int, deep: int) -> Floats:
    """Return the noiseless images (image, k, j, i): the scene averaged over each voxel's in-plane and slice extent."""
    return np.stack([_slice(scene, pose, grid, k, contrast, fine, deep) for k in range(grid.shape[0])], axis=1)


def _slice(scene: Scene, pose: Pose, grid: Grid, k: int, contrast: Contrast, fine: int, deep: int) -> Floats:
    rows, columns = grid.shape[1:]
    levels = [_level(scene, pose, lps, contrast) for lps in grid.samples(k, fine=fine, deep=deep)]
    mean = np.mean(levels, axis=0)
    return mean.reshape(-1, rows, fine, columns, fine).mean(axis=(2, 4))


def _level(scene: Scene, pose: Pose, lps: Matrix, contrast: Contrast) -> Floats:
    blocks = [
        [_block(scene, pose, part, contrast) for part in np.array_split(band, -(-lps.shape[2] // _BLOCK), axis=2)]
        for band in np.array_split(lps, -(-lps.shape[1] // _BLOCK), axis=1)
    ]
    return np.block(blocks)


def _block(scene: Scene, pose: Pose, lps: Matrix, contrast: Contrast) -> Floats:
    return scene.seen(pose.points(lps), contrast).reshape(-1, *lps.shape[1:])


def blurred(images: Floats, sigma_px: tuple[float, float]) -> Floats:
    """Return images (…, j, i) with the scanner's in-plane point spread, a Gaussian in pixels."""
    smooth = ndimage.gaussian_filter(images, (0.0,) * (images.ndim - 2) + sigma_px)
    return np.asarray(smooth, dtype=np.float32)


def coil_sensitivity(grid: Grid, rng: np.random.Generator, strength: float) -> Floats:
    """Return a smooth gain (k, j, i) around 1 that is the residual of a surface coil after normalisation."""
    affine = grid.affine
    k, j, i = np.meshgrid(*(np.arange(count) for count in grid.shape), indexing="ij", sparse=True)
    x, y, z = ((affine[n, 0] * k + affine[n, 1] * j + affine[n, 2] * i + affine[n, 3]) / 90.0 for n in range(3))
    a = rng.normal(0.0, 0.5, 4)
    field = (
        a[0] * x + a[1] * z + 0.5 * a[2] * x * y + 0.5 * a[3] * x**2 + 0.8 * (y - _middle(grid)[1] / 90.0) ** 2 - 0.3
    )
    return np.exp(strength * field).astype(np.float32)


def _middle(grid: Grid) -> Matrix:
    return np.array(grid.centre_lps)


def rician(images: Floats, sigma: float, rng: np.random.Generator) -> Floats:
    """Return the magnitude of the images with complex Gaussian noise of deviation `sigma` in each channel."""
    real = images + sigma * rng.standard_normal(images.shape, dtype=np.float32)
    imaginary = sigma * rng.standard_normal(images.shape, dtype=np.float32)
    return np.hypot(real, imaginary)


def fitted_adc(images: Floats, b_values: Sequence[float], noise_floor: float) -> NDArray[np.uint16]:
    """Return ADC (10⁻⁶ mm²/s) by least squares on the logarithm; 0 where the first image is below `noise_floor`."""
    b = np.array(b_values, dtype=np.float32)
    slope_weights = (b - b.mean()) / float(((b - b.mean()) ** 2).sum())
    logarithms = np.log(np.maximum(images, 1e-6))
    adc = -1e6 * np.tensordot(slope_weights, logarithms, axes=1)
    return np.where(images[0] < noise_floor, 0, np.clip(np.rint(adc), 0, 4095)).astype(np.uint16)


def _spin_echo(tissue: Tissue, te_ms: float, tr_ms: float) -> float:
    return tissue.pd * float((1.0 - np.exp(-tr_ms / tissue.t1_ms)) * np.exp(-te_ms / tissue.t2_ms))
