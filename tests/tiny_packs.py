"""Models in each format that packs come in: tiny networks, with random weights or such that look for low ADC."""

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.study import Role
from inference.packs.concepts import LESION
from inference.packs.pack import (
    RESEARCH_ONLY,
    Activation,
    Channel,
    Grid,
    Normalisation,
    Output,
    Pack,
    Task,
    WeightFile,
    digest_of,
)
from inference.packs.read import toml_of

ROLES = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B)


def tiny_pack(folder: Path, runner: str, *files: str, **changes: Any) -> Pack:
    pack = Pack(
        folder=folder,
        name="tiny",
        version="1",
        task=Task.LESIONS,
        licence="MIT",
        adapter=runner,
        intended_use=RESEARCH_ONLY,
        channels=tuple(Channel(role, Normalisation.Z_SCORE) for role in ROLES),
        outputs=(Output(LESION, (1,)),),
        files=tuple(WeightFile(name, digest_of(folder / name)) for name in files),
        threshold=0.3,
        threshold_source="made up",
        grid=Grid((3.0, 1.75, 1.75), (6, 16, 16)),
        activation=Activation.SOFTMAX,
    )
    return replace(pack, **changes)


def _looks_for_low_adc() -> Any:
    """Return a network whose weights make low ADC with a bright high-b signal suspicious."""
    import torch

    network = torch.nn.Conv3d(3, 2, 1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        network.weight[1, :, 0, 0, 0] = torch.tensor([0.0, -1.5, 1.5])
        network.bias[1] = -6.0
    return network


def torchscript_that_finds(folder: Path) -> Path:
    import torch

    network = _looks_for_low_adc().eval()
    torch.jit.save(torch.jit.trace(network, torch.zeros(1, 3, 16, 64, 64)), str(folder / "net.ts"))
    return _low_adc_pack(folder, "torchscript", "net.ts")


def onnx_that_finds(folder: Path) -> Path:
    onnx = pytest.importorskip("onnx")
    network = _looks_for_low_adc()
    held = [
        onnx.numpy_helper.from_array(value.detach().numpy(), name)
        for name, value in (("w", network.weight), ("b", network.bias))
    ]
    ends = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, n, 16, 64, 64])
        for name, n in (("x", 3), ("y", 2))
    ]
    node = onnx.helper.make_node("Conv", ["x", "w", "b"], ["y"])
    graph = onnx.helper.make_graph([node], "low_adc", ends[:1], ends[1:], held)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "net.onnx"))
    return _low_adc_pack(folder, "onnx", "net.onnx")


def _low_adc_pack(folder: Path, runner: str, name: str) -> Path:
    grid = Grid((3.0, 1.0, 1.0), (16, 64, 64))
    (folder / "model.toml").write_text(toml_of(tiny_pack(folder, runner, name, grid=grid)))
    return folder


def bundle_that_finds(folder: Path) -> Path:
    import torch

    if find_spec("monai") is None:
        pytest.skip("needs MONAI: pip install '.[monai]'")
    bundle = bundle_folder(folder)
    inference = json.loads((bundle / "configs" / "inference.json").read_text())
    inference["network_def"] = {
        "_target_": "torch.nn.Conv3d", "in_channels": 3, "out_channels": 2, "kernel_size": 1
    }  # fmt: skip
    inference["inferer"]["roi_size"] = [64, 64, 16]
    (bundle / "configs" / "inference.json").write_text(json.dumps(inference))
    torch.save(_looks_for_low_adc().state_dict(), bundle / "models" / "model.pt")
    return bundle


def nnunet_of_random_weights(folder: Path) -> Path:
    if find_spec("nnunetv2") is None:
        pytest.skip("needs nnU-Net: pip install '.[nnunet]'")
    results = nnunet_folder(folder)
    (results / "fold_1" / "checkpoint_final.pth").unlink()
    (results / "fold_1").rmdir()
    plans = nnunet_plans()
    plans["configurations"]["3d_fullres"] |= {"patch_size": [16, 96, 96], "spacing": [3.0, 2.0, 2.0]}
    (results / "plans.json").write_text(json.dumps(plans))
    return folder


def nnunet_plans() -> dict[str, Any]:
    kwargs = {"is_seg": False, "order": 3, "order_z": 0, "force_separate_z": None}
    conv = "torch.nn.modules.conv.Conv3d"
    return {
        "dataset_name": "Dataset901_tiny",
        "plans_name": "nnUNetPlans",
        "original_median_spacing_after_transp": [3.0, 1.75, 1.75],
        "original_median_shape_after_transp": [10, 40, 36],
        "image_reader_writer": "SimpleITKIO",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {str(channel): {} for channel in range(3)},
        "configurations": {
            "3d_fullres": {
                "data_identifier": "nnUNetPlans_3d_fullres",
                "preprocessor_name": "DefaultPreprocessor",
                "batch_size": 2,
                "patch_size": [8, 32, 32],
                "median_image_size_in_voxels": [10, 46, 42],
                "spacing": [3.0, 1.5, 1.5],
                "normalization_schemes": ["ZScoreNormalization"] * 3,
                "use_mask_for_norm": [False] * 3,
                "resampling_fn_data": "resample_data_or_seg_to_shape",
                "resampling_fn_data_kwargs": kwargs,
                "resampling_fn_seg": "resample_data_or_seg_to_shape",
                "resampling_fn_seg_kwargs": {**kwargs, "is_seg": True, "order": 1},
                "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
                "resampling_fn_probabilities_kwargs": {**kwargs, "order": 1},
                "batch_dice": True,
                "architecture": {
                    "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
                    "arch_kwargs": {
                        "n_stages": 3,
                        "features_per_stage": [4, 8, 8],
                        "conv_op": conv,
                        "kernel_sizes": [[1, 3, 3], [3, 3, 3], [3, 3, 3]],
                        "strides": [[1, 1, 1], [1, 2, 2], [2, 2, 2]],
                        "n_conv_per_stage": [2, 2, 2],
                        "n_conv_per_stage_decoder": [2, 2],
                        "conv_bias": True,
                        "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
                        "norm_op_kwargs": {"eps": 1e-5, "affine": True},
                        "dropout_op": None,
                        "dropout_op_kwargs": None,
                        "nonlin": "torch.nn.LeakyReLU",
                        "nonlin_kwargs": {"inplace": True},
                    },
                    "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
                },
            }
        },
    }


def nnunet_folder(folder: Path) -> Path:
    """A results folder as nnU-Net v2.8 writes it: two folds, each checkpoint with all that a trainer saves."""
    import torch
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans

    plans = nnunet_plans()
    architecture = plans["configurations"]["3d_fullres"]["architecture"]
    results = folder / "Dataset901_tiny" / "nnUNetTrainer__nnUNetPlans__3d_fullres"
    names = {"channel_names": {"0": "T2W", "1": "ADC", "2": "HBV"}, "labels": {"background": 0, "csPCa": 1}}
    results.mkdir(parents=True)
    (results / "plans.json").write_text(json.dumps(plans))
    (results / "dataset.json").write_text(json.dumps({**names, "numTraining": 2, "file_ending": ".nii.gz"}))
    for fold in (0, 1):
        torch.manual_seed(fold)
        network = get_network_from_plans(
            architecture["network_class_name"],
            architecture["arch_kwargs"],
            architecture["_kw_requires_import"],
            3,
            2,
            allow_init=False,
            deep_supervision=True,
        )
        optimizer = torch.optim.SGD(network.parameters(), 0.01, momentum=0.99)
        checkpoint = {
            "network_weights": network.state_dict(),
            "optimizer_state": optimizer.state_dict(),
            "grad_scaler_state": None,
            "logging": {"ema_fg_dice": [np.float64(0.5)], "train_losses": [np.float32(1.0)], "lrs": [0.01]},
            "_best_ema": np.float64(0.5),
            "current_epoch": 1000,
            "init_args": {"plans": plans, "configuration": "3d_fullres", "fold": fold, "device": torch.device("cpu")},
            "trainer_name": "nnUNetTrainer",
            "inference_allowed_mirroring_axes": (0, 1, 2),
        }
        (results / f"fold_{fold}").mkdir()
        torch.save(checkpoint, results / f"fold_{fold}" / "checkpoint_final.pth")
    return results


def bundle_folder(folder: Path, *, as_yaml: bool = False) -> Path:
    """A bundle in the layout of the model zoo, with its own spacing, orientation, inferer and way back."""
    import torch

    bundle = folder / "tiny_prostate"
    (bundle / "configs").mkdir(parents=True)
    (bundle / "models").mkdir()
    network = {
        "_target_": "UNet",
        "spatial_dims": 3,
        "in_channels": 3,
        "out_channels": 2,
        "channels": [4, 8],
        "strides": [2],
    }
    inference: dict[str, Any] = {
        "imports": ["$import glob", "$import os"],
        "bundle_root": ".",
        "output_dir": "$@bundle_root + '/eval'",
        "data_list": [{"image": "$sorted(glob.glob(@bundle_root + '/in/*.nii.gz'))"}],
        "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
        "network_def": network,
        "network": "$@network_def.to(@device)",
        "preprocessing": {
            "_target_": "Compose",
            "transforms": [
                {"_target_": "LoadImaged", "keys": "image", "ensure_channel_first": True},
                {"_target_": "Orientationd", "keys": "image", "axcodes": "RAS"},
                {"_target_": "Spacingd", "keys": "image", "pixdim": [2.0, 2.0, 3.0], "mode": "bilinear"},
                {"_target_": "NormalizeIntensityd", "keys": "image", "channel_wise": True},
                {"_target_": "EnsureTyped", "keys": "image"},
            ],
        },
        "dataset": {"_target_": "Dataset", "data": "@data_list", "transform": "@preprocessing"},
        "dataloader": {"_target_": "DataLoader", "dataset": "@dataset", "batch_size": 1, "num_workers": 0},
        "inferer": {
            "_target_": "SlidingWindowInferer",
            "roi_size": [16, 16, 8],
            "sw_batch_size": 2,
            "overlap": 0.5,
        },
        "postprocessing": {
            "_target_": "Compose",
            "transforms": [
                {"_target_": "Activationsd", "keys": "pred", "softmax": True},
                {
                    "_target_": "Invertd",
                    "keys": "pred",
                    "transform": "@preprocessing",
                    "orig_keys": "image",
                    "nearest_interp": False,
                    "to_tensor": True,
                },
                {"_target_": "SaveImaged", "keys": "pred", "output_dir": "@output_dir", "print_log": False},
            ],
        },
        "handlers": [
            {
                "_target_": "CheckpointLoader",
                "load_path": "$@bundle_root + '/models/model.pt'",
                "load_dict": {"model": "@network"},
            }
        ],
        "evaluator": {
            "_target_": "SupervisedEvaluator",
            "device": "@device",
            "val_data_loader": "@dataloader",
            "network": "@network",
            "inferer": "@inferer",
            "postprocessing": "@postprocessing",
            "val_handlers": "@handlers",
        },
        "evaluating": ["$@evaluator.run()"],
        "initialize": ["$True"],
        "run": ["$@evaluator.run()"],
    }
    channels = {"0": "T2W", "1": "ADC", "2": "HBV"}
    metadata = {
        "version": "0.2.0",
        "monai_version": "1.6.1",
        "network_data_format": {
            "inputs": {"image": {"type": "image", "num_channels": 3, "channel_def": channels}},
            "outputs": {"pred": {"type": "image", "channel_def": {"0": "background", "1": "lesion"}}},
        },
    }
    (bundle / "configs" / "metadata.json").write_text(json.dumps(metadata))
    if as_yaml:
        import yaml

        (bundle / "configs" / "inference.yaml").write_text(yaml.safe_dump(inference))
    else:
        (bundle / "configs" / "inference.json").write_text(json.dumps(inference))
    from monai.networks.nets import UNet

    torch.manual_seed(5)
    state = UNet(spatial_dims=3, in_channels=3, out_channels=2, channels=[4, 8], strides=[2]).state_dict()
    torch.save(state, bundle / "models" / "model.pt")
    return bundle
