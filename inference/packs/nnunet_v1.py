"""nnU-Net version 1 results folders, as PI-CAI published its models, rewritten as version 2's.

The network of version 1 (`Generic_UNet`) is version 2's `PlainConvUNet` under other names, without a bias in the
transposed and the last convolutions, and with the kernels of the next coarser level on the way up: both ways get the
wider one, filled up with zeros. What version 1 did otherwise (normalising after resampling, averaging
probabilities) is written into plans.json and done by the adapter.
"""

import json
import pickle
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.errors import ModelInvalid
from inference.checkpoint import load_checkpoint
from inference.needs import require_library

V1_KEY = "nnunet_v1_normalisation"
"""In plans.json: what version 1 does to each channel after resampling."""
_CONFIGURATION = "3d_fullres"
_MOST_FEATURES = 320
_HARMLESS = {
    ("collections", "OrderedDict"): "OrderedDict",
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): "dtype",
    ("numpy.core.multiarray", "_reconstruct"): "_reconstruct",
    ("numpy.core.multiarray", "scalar"): "scalar",
    ("numpy._core.multiarray", "_reconstruct"): "_reconstruct",
    ("numpy._core.multiarray", "scalar"): "scalar",
}


class _Plain(pickle.Unpickler):
    """Reads numbers, texts, lists, dictionaries and numpy arrays, and refuses everything that could run."""

    def find_class(self, module: str, name: str, /) -> Any:
        """Return one of a few harmless classes."""
        if (module, name) not in _HARMLESS:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return super().find_class(module, name)


def as_version_2(source: Path, target: Path, folds: Sequence[str] | None) -> Path:
    """Write the results folder `source` (plans.pkl, fold_*/*.model) as one of version 2 below `target`; return it.

    Raises `ModelInvalid` when it is no 3d_fullres model of version 1 or anything in it could run; `ModelMissing`
    without nnU-Net.
    """
    plans = _plans(source / "plans.pkl")
    results = target / "converted" / source.name
    results.mkdir(parents=True)
    written = _plans_of_version_2(source, plans)
    (results / "plans.json").write_text(json.dumps(written, indent=1), encoding="utf-8")
    (results / "dataset.json").write_text(json.dumps(_dataset(source, plans), indent=1), encoding="utf-8")
    for checkpoint in _checkpoints(source, folds):
        _convert(checkpoint, written, len(plans["all_classes"]) + 1, results / checkpoint.parent.name)
    return results


def _plans(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            plans = _Plain(file).load()
    except (OSError, pickle.UnpicklingError, EOFError, ValueError, AttributeError, ImportError) as error:
        raise ModelInvalid(f"{path} cannot be read safely ({error}).") from error
    missing = [key for key in ("plans_per_stage", "normalization_schemes", "all_classes") if key not in plans]
    if missing:
        raise ModelInvalid(f"{path} is no plan of nnU-Net version 1: it lacks {', '.join(missing)}.")
    return cast(dict[str, Any], plans)


def _dataset(source: Path, plans: Mapping[str, Any]) -> dict[str, Any]:
    """Version 1 kept no names of labels; the public PI-CAI models know one, the cancer."""
    word = "csPCa" if "picai" in str(source).lower() else "class"
    labels = {f"{word} {value}": int(value) for value in plans["all_classes"]}
    names = {str(channel): str(name) for channel, name in plans["modalities"].items()}
    return {"channel_names": names, "labels": {"background": 0, **labels}, "file_ending": ".nii.gz", "numTraining": 0}


def _plans_of_version_2(source: Path, plans: Mapping[str, Any]) -> dict[str, Any]:
    stage = plans["plans_per_stage"][max(plans["plans_per_stage"])]
    patch = [int(n) for n in stage["patch_size"]]
    if len(patch) != 3 or "cascade" in source.parent.parent.name or "2d" in source.parent.parent.name:
        raise ModelInvalid(f"{source} is not a 3d_fullres model of nnU-Net version 1, which is all that is run here.")
    resampling: dict[str, Any] = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
    channels = len(plans["normalization_schemes"])
    return {
        "dataset_name": source.parent.name,
        "plans_name": "nnUNetPlansv2.1",
        "image_reader_writer": "SimpleITKIO",
        "transpose_forward": [int(axis) for axis in plans["transpose_forward"]],
        "transpose_backward": [int(axis) for axis in plans["transpose_backward"]],
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {str(channel): {} for channel in range(channels)},
        V1_KEY: [_normalisation(source, plans, channel) for channel in range(channels)],
        "configurations": {
            _CONFIGURATION: {
                "preprocessor_name": "DefaultPreprocessor",
                "patch_size": patch,
                "spacing": [float(step) for step in stage["current_spacing"]],
                "normalization_schemes": ["NoNormalization"] * channels,
                "use_mask_for_norm": [False] * channels,
                "resampling_fn_data": "resample_data_or_seg_to_shape",
                "resampling_fn_data_kwargs": resampling,
                "resampling_fn_seg": "resample_data_or_seg_to_shape",
                "resampling_fn_seg_kwargs": {**resampling, "is_seg": True, "order": 1},
                "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
                "resampling_fn_probabilities_kwargs": {**resampling, "order": 1},
                "architecture": _architecture(plans, stage),
            }
        },
    }


def _normalisation(source: Path, plans: Mapping[str, Any], channel: int) -> dict[str, Any]:
    scheme = str(plans["normalization_schemes"][channel])
    masked = bool(plans["use_mask_for_norm"][channel])
    if scheme == "nonCT":
        return {"scheme": "z-score", "nonzero": masked}
    if scheme == "CT":
        told = plans["dataset_properties"]["intensityproperties"][channel]
        bounds = [float(told[key]) for key in ("percentile_00_5", "percentile_99_5")]
        return {
            "scheme": "fixed",
            "nonzero": masked,
            "clip": bounds,
            "mean": float(told["mean"]),
            "sd": float(told["sd"]),
        }
    raise ModelInvalid(f"{source} normalises channel {channel} as “{scheme}”, which is not run here.")


def _architecture(plans: Mapping[str, Any], stage: Mapping[str, Any]) -> dict[str, Any]:
    pools = [[int(n) for n in pool] for pool in stage["pool_op_kernel_sizes"]]
    first, convolutions = int(plans["base_num_features"]), int(plans["conv_per_stage"])
    stages = len(pools) + 1
    kernels = [[int(n) for n in kernel] for kernel in stage["conv_kernel_sizes"]]
    widened = [[max(pair) for pair in zip(*both, strict=True)] for both in pairwise([*kernels, kernels[-1]])]
    return {
        "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
        "arch_kwargs": {
            "n_stages": stages,
            "features_per_stage": [min(first * 2**place, _MOST_FEATURES) for place in range(stages)],
            "conv_op": "torch.nn.modules.conv.Conv3d",
            "kernel_sizes": widened,
            "strides": [[1, 1, 1], *pools],
            "n_conv_per_stage": [convolutions] * stages,
            "n_conv_per_stage_decoder": [convolutions] * (stages - 1),
            "conv_bias": True,
            "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
            "norm_op_kwargs": {"eps": 1e-5, "affine": True},
            "dropout_op": None,
            "dropout_op_kwargs": None,
            "nonlin": "torch.nn.LeakyReLU",
            "nonlin_kwargs": {"inplace": True, "negative_slope": 0.01},
        },
        "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
    }


def _checkpoints(source: Path, folds: Sequence[str] | None) -> Iterator[Path]:
    wanted = sorted(source.glob("fold_*")) if folds is None else [source / f"fold_{fold}" for fold in folds]
    for fold in wanted:
        names = ("model_final_checkpoint", "model_best")
        found = [path for name in names if (path := fold / f"{name}.model").is_file()]
        if not found:
            raise ModelInvalid(f"{fold} has neither model_final_checkpoint.model nor model_best.model.")
        yield found[0]
    if not wanted:
        raise ModelInvalid(f"The nnU-Net folder {source} has no fold_0, fold_1 …")


def _convert(checkpoint: Path, plans: Mapping[str, Any], heads: int, target: Path) -> None:
    import torch

    state = load_checkpoint(checkpoint).get("state_dict")
    if not isinstance(state, dict):
        raise ModelInvalid(f"{checkpoint} holds no state_dict; it is no checkpoint of nnU-Net version 1.")
    architecture = plans["configurations"][_CONFIGURATION]["architecture"]
    network = network_of(architecture, len(plans[V1_KEY]), heads)
    try:
        _fill(network, cast(dict[str, Any], state))
    except (KeyError, RuntimeError) as error:
        raise ModelInvalid(f"{checkpoint} does not fit the network of its plans.pkl ({error}).") from error
    target.mkdir()
    init = {"configuration": _CONFIGURATION}
    torch.save({"network_weights": network.state_dict(), "init_args": init}, target / "checkpoint_final.pth")


def network_of(architecture: Mapping[str, Any], channels: int, heads: int) -> Any:
    """Return nnU-Net v2's network with weights that mean nothing yet; raises `ModelMissing` without nnU-Net."""
    require_library("nnunetv2", "An nnU-Net model")
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans

    return get_network_from_plans(
        architecture["network_class_name"],
        architecture["arch_kwargs"],
        architecture["_kw_requires_import"],
        channels,
        heads,
        allow_init=False,
        deep_supervision=False,
    )


def _fill(network: Any, state: Mapping[str, Any]) -> None:
    """Copy version 1's weights into version 2's network."""
    import torch

    with torch.no_grad():
        for theirs, module in _pairs(network):
            for name in ("weight", "bias"):
                weight = state.get(f"{theirs}.{name}")
                if weight is None and name == "weight":
                    raise KeyError(f"{theirs}.{name}")
                place = getattr(module, name)
                if weight is not None:
                    place.copy_(_fitted(theirs, weight, tuple(place.shape)))
                elif place is not None:
                    place.zero_()
    taken = {f"{theirs}.{name}" for theirs, _ in _pairs(network) for name in ("weight", "bias")}
    if left := sorted(set(state) - taken):
        raise KeyError(f"it has {left[0]}, which the network has not")


def _fitted(name: str, weight: Any, shape: tuple[int, ...]) -> Any:
    """Return a weight with its kernel filled up with zeros on both sides."""
    import torch

    missing = [wide - narrow for wide, narrow in zip(shape, weight.shape, strict=True)]
    if any(missing[:2]) or any(n < 0 or n % 2 for n in missing):
        raise KeyError(f"{name} is {tuple(weight.shape)} and should be {shape}")
    return torch.nn.functional.pad(weight, [n // 2 for n in reversed(missing) for _ in range(2)])


def _pairs(network: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name of each module in version 1 and the module in version 2."""
    last = len(network.encoder.stages) - 1
    for number, stage in enumerate(network.encoder.stages):
        split = number == last  # the bottleneck keeps its last convolution apart
        yield from _blocks(f"conv_blocks_context.{number}", stage[0].convs, split=split)
    for number, stage in enumerate(network.decoder.stages):
        yield from _blocks(f"conv_blocks_localization.{number}", stage.convs, split=True)
        yield f"tu.{number}", network.decoder.transpconvs[number]
        yield f"seg_outputs.{number}", network.decoder.seg_layers[number]


def _blocks(name: str, convolutions: Any, *, split: bool) -> Iterator[tuple[str, Any]]:
    for place, block in enumerate(convolutions):
        apart = place == len(convolutions) - 1
        theirs = f"{name}.{int(apart)}.blocks.{0 if apart else place}" if split else f"{name}.blocks.{place}"
        yield f"{theirs}.conv", block.conv
        yield f"{theirs}.instnorm", block.norm


def normalised_as_version_1(data: Any, segmentation: Any, told: Sequence[Mapping[str, Any]]) -> Any:
    """Return the resampled channels (channel, k, j, i) normalised; `segmentation` is −1 outside the nonzero region."""
    done: list[Any] = []
    for image, channel in zip(data, told, strict=True):
        inside = segmentation[-1] >= 0 if channel["nonzero"] else np.ones(image.shape, bool)
        if channel["scheme"] == "fixed":
            values = (np.clip(image, *channel["clip"]) - channel["mean"]) / channel["sd"]
        else:
            values = (image - image[inside].mean()) / (image[inside].std() + 1e-8)
        done.append(np.where(inside, values, 0).astype(np.float32))
    return np.stack(done)
