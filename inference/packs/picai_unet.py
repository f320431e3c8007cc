"""The public PI-CAI U-Net (weights/unet_F0.pt …), rewritten as TorchScript with what its authors do around it.

After `process.py` of DIAGNijmegen/picai_unet_semi_supervised_gc_algorithm (Apache-2.0): MONAI's UNet; the mean of the
image and its mirror image; a Gaussian of 1.5 voxels against the checkerboard of transposed convolutions.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from core.errors import ModelInvalid
from inference.checkpoint import load_checkpoint
from inference.needs import require_library
from inference.packs.pack import Axes, Grid, Window

GRID = Grid((3.0, 0.5, 0.5), (20, 256, 256), Axes.SLICES_ROWS_COLUMNS, Window.CENTRE)
CLIP_PERCENTILES = (0.5, 99.5)
_STRIDES = ((2, 2, 2), (1, 2, 2), (1, 2, 2), (1, 2, 2), (2, 2, 2))
_SIGMA, _RADIUS = 1.5, 6
"""`scipy.ndimage.gaussian_filter` goes out to four standard deviations."""


def as_torchscript(source: Path, target: Path, folds: Sequence[str] | None) -> None:
    """Write `fold_N.ts` for every weights file `unet_FN.pt` of a folder; raises `ModelInvalid`, `ModelMissing`."""
    wanted = sorted(source.glob("unet_F*.pt")) if folds is None else [source / f"unet_F{fold}.pt" for fold in folds]
    for path in wanted:
        if not path.is_file():
            raise ModelInvalid(f"{path} is missing; download the repository whole.")
        _write(path, target / f"fold_{path.stem.removeprefix('unet_F')}.ts")


def _write(path: Path, target: Path) -> None:
    import torch

    state = cast(dict[str, Any], load_checkpoint(path).get("model_state_dict", {}))
    features = _features(state)
    if len(features) != len(_STRIDES) + 1:
        raise ModelInvalid(
            f"{path} is not the U-Net of PI-CAI: it has {len(features)} levels and not {len(_STRIDES) + 1}."
        )
    network = _network(features)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ModelInvalid(f"{path} is not the U-Net of PI-CAI ({str(error).splitlines()[0]}).") from error
    with torch.inference_mode(False), torch.no_grad():
        script = torch.jit.trace(
            _mirrored_and_smoothed(network.eval()), torch.zeros(1, 3, 20, 64, 64), check_trace=False
        )
    torch.jit.save(script, str(target))


def _features(state: dict[str, Any]) -> list[int]:
    """Return the channels of each level, which MONAI nests one in the other."""
    features: list[int] = []
    prefix = "model."
    while f"{prefix}0.conv.weight" in state:
        features.append(len(state[f"{prefix}0.conv.weight"]))
        prefix += "1.submodule."
    return [*features, len(state[f"{prefix}conv.weight"])] if f"{prefix}conv.weight" in state else features


def _network(features: Sequence[int]) -> Any:
    require_library("monai", "The U-Net of PI-CAI")
    from monai.networks.nets.unet import UNet

    return cast(Any, UNet)(spatial_dims=3, in_channels=3, out_channels=2, strides=_STRIDES, channels=features)


def _mirrored_and_smoothed(network: Any) -> Any:
    """Return a module that gives the suspicion (1, 1, k, j, i)."""
    import torch

    offsets = torch.arange(-_RADIUS, _RADIUS + 1, dtype=torch.float64)
    bell = torch.exp(-(offsets**2) / (2 * _SIGMA**2))
    weights = (bell / bell.sum()).float()

    def smoothed(image: Any) -> Any:
        for axis in (2, 3, 4):
            ends = image.narrow(axis, 0, _RADIUS).flip(axis), image.narrow(axis, image.shape[axis] - _RADIUS, _RADIUS)
            padded = torch.cat([ends[0], image, ends[1].flip(axis)], axis)
            shape = [1, 1, 1, 1, 1]
            shape[axis] = len(weights)
            image = torch.nn.functional.conv3d(padded, weights.to(image).reshape(shape))
        return image

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, image: Any) -> Any:
            straight = torch.sigmoid(self.network(image))[:, 1:]
            mirrored = torch.sigmoid(self.network(image.flip(4)))[:, 1:].flip(4)
            return (smoothed(straight) + smoothed(mirrored)) / 2

    return Whole()
