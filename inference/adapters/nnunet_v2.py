"""nnU-Net v2 results folders, run by nnU-Net's own preprocessing and sliding windows in this process.

No pools of workers (they die without a word where memory is short), mirrored images only where the pack asks for them,
and checkpoints are read with `weights_only`: nothing in them is run.
"""

import itertools
import json
import logging
import math
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any, cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import ModelInvalid
from core.progress import Progress
from core.study import Role
from core.volume import on_grid_of
from inference.adapters.device import bytes_needed, on_best_device
from inference.adapters.grid import channel_of
from inference.adapters.part import Part
from inference.checkpoint import load_checkpoint
from inference.packs.nnunet_v1 import V1_KEY, network_of, normalised_as_version_1
from inference.packs.pack import MIRRORED, Concept, Pack
from inference.resample import resample_like

_log = logging.getLogger(__name__)
_NETWORKS = "dynamic_network_architectures."
"""Where nnU-Net's networks come from; plans that name a class elsewhere would run that code."""


def run(pack: Pack, images: Mapping[Role, Volume], progress: Progress) -> Mapping[Concept, Volume]:
    """Return the outputs on the axial T2 grid, as `Adapter` has it; the folds are averaged before the softmax."""
    t2 = images[Role.T2_AXIAL]
    progress.report(0.0, "Preparing the images for the model")
    stacked = np.stack([resample_like(images[c.role], t2).array.astype(np.float32) for c in pack.channels])
    with _quiet():
        model = _Model(pack)
        case = model.preprocessed(stacked, t2)
        logits = on_best_device(lambda device: model.logits(case, device, progress), model.bytes_needed, pack.key)
        said = model.probabilities(logits)
    return {output.concept: on_grid_of(t2, channel_of(pack, said, output)) for output in pack.outputs}


@contextmanager
def _quiet() -> Generator[None]:
    """nnU-Net talks on stdout, which is the result's in a headless command."""
    with redirect_stdout(StringIO()) as said:
        yield
    _log.debug("nnU-Net: %s", said.getvalue().strip())


class _Model:
    """Plans, checkpoints and nnU-Net's classes for them; one checkpoint is in memory beside the first."""

    def __init__(self, pack: Pack) -> None:
        from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

        self._pack = pack
        self._dataset = _json(pack, "dataset.json")
        self._paths = _checkpoint_paths(pack)
        self._first = _checkpoint(pack, self._paths[0])
        self._plans: Any = PlansManager(_json(pack, "plans.json"))
        self._configuration: Any = self._plans.get_configuration(self._first["init_args"]["configuration"])
        self._labels: Any = self._plans.get_label_manager(self._dataset)
        self._properties: dict[str, Any] = {}
        self._version_1: Sequence[Mapping[str, Any]] | None = self._plans.plans.get(V1_KEY)
        if self._configuration.previous_stage_name is not None:
            raise ModelInvalid(f"The model {pack.key} is a cascade, which is not run here; use its 3d_fullres model.")

    @property
    def _mirrored_axes(self) -> tuple[int, ...] | None:
        """The axes that it was trained to be mirrored along, where the pack asks for that; version 1 took all."""
        if not self._pack.settings.get(MIRRORED, False):
            return None
        every = tuple(range(len(self._configuration.patch_size)))
        said = every if self._version_1 is not None else self._first.get("inference_allowed_mirroring_axes")
        if not said:
            raise ModelInvalid(
                f"The model {self._pack.key} was not trained on mirrored images; add it without --mirrored."
            )
        return tuple(map(int, said))

    @property
    def bytes_needed(self) -> int:
        """Return the memory expected for a patch and for the logits of the whole image."""
        weights = sum(tensor.nbytes for tensor in self._first["network_weights"].values())
        features = int(self._configuration.network_arch_init_kwargs["features_per_stage"][0])
        return bytes_needed(self._configuration.patch_size, weights, features=features)

    def preprocessed(self, stacked: NDArray[np.float32], t2: Volume) -> NDArray[np.float32]:
        """Return the images cropped, normalised and resampled by nnU-Net, which wants (channel, k, j, i)."""
        self._properties = {"spacing": [float(step) for step in t2.spacing]}
        preprocessor = self._configuration.preprocessor_class(verbose=False)
        data, segmentation, self._properties = preprocessor.run_case_npy(
            stacked, None, self._properties, self._plans, self._configuration, self._dataset
        )
        if self._version_1 is not None:
            data = normalised_as_version_1(data, segmentation, self._version_1)
        return cast(NDArray[np.float32], data)

    def logits(self, case: NDArray[np.float32], device: Any, progress: Progress) -> Any:
        """Return the mean logits of the folds (channel, *resampled), half precision as nnU-Net has them.

        Of a model of version 1 they are probabilities, which that version averaged.
        """
        import torch
        from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

        predictor = nnUNetPredictor(
            use_mirroring=bool(self._mirrored_axes),
            perform_everything_on_device=device.type == "cuda",
            device=device,
            allow_tqdm=False,
        )
        torch.backends.cudnn.benchmark = False  # the predictor turns it on, and then bytes differ from run to run
        total: Any = None
        for number, path in enumerate(self._paths):
            part = Part(progress, number / len(self._paths), (number + 1) / len(self._paths))
            checkpoint = self._first if number == 0 else _checkpoint(self._pack, path)
            weights = [checkpoint["network_weights"]]
            network = self._network(weights[0])
            self._tell_windows(network, case, part, f"Running the model, network {number + 1} of {len(self._paths)}")
            if self._version_1 is None:
                predictor.manual_initialization(
                    network, self._plans, self._configuration, weights, self._dataset, "", self._mirrored_axes
                )
                said = predictor.predict_logits_from_preprocessed_data(torch.from_numpy(case))
            else:
                said = self._mean_probabilities(network.to(device).eval(), torch.from_numpy(case), device)
            total = said if total is None else total + said
        return total / len(self._paths) if len(self._paths) > 1 else total

    def _tell_windows(self, network: Any, case: NDArray[np.float32], progress: Progress, message: str) -> None:
        """Report each window that the network has seen."""
        from nnunetv2.inference.sliding_window_prediction import compute_steps_for_sliding_window

        patch = tuple(self._configuration.patch_size)
        shape = tuple(max(sizes) for sizes in zip(case.shape[-len(patch) :], patch, strict=True))
        windows = math.prod(len(steps) for steps in compute_steps_for_sliding_window(shape, patch, 0.5))
        windows *= 1 if len(patch) == 3 else case.shape[1]  # a 2D network sees slice by slice
        windows *= 2 ** len(self._mirrored_axes or ())
        seen = itertools.count(1)
        progress.report(0.0, message)
        network.register_forward_hook(lambda *_: progress.report(min(next(seen) / windows, 1.0), message))

    def _mean_probabilities(self, network: Any, case: Any, device: Any) -> Any:
        """Return the probabilities of the windows averaged, as version 1 did it, in single precision."""
        import torch
        from acvl_utils.cropping_and_padding.padding import pad_nd_image
        from nnunetv2.inference.sliding_window_prediction import compute_gaussian, compute_steps_for_sliding_window

        patch = tuple(self._configuration.patch_size)
        padded, inner = cast(Any, pad_nd_image)(case, patch, "constant", {"value": 0}, True, None)
        weights = compute_gaussian(patch, 1.0 / 8, 1.0, torch.float32, torch.device("cpu"))
        total = torch.zeros((self._labels.num_segmentation_heads, *padded.shape[1:]))
        seen = torch.zeros(padded.shape[1:])
        with torch.inference_mode(), torch.autocast(device.type, enabled=device.type == "cuda"):
            for place in itertools.product(*compute_steps_for_sliding_window(padded.shape[1:], patch, 0.5)):
                window = tuple(slice(start, start + width) for start, width in zip(place, patch, strict=True))
                total[:, *window] += self._said_of(network, padded[:, *window][None].to(device)).cpu() * weights
                seen[window] += weights
        return (total / seen)[(slice(None), *inner[1:])]

    def _said_of(self, network: Any, image: Any) -> Any:
        """Return the mean probabilities of a window and of its mirror images, as version 1 did it."""
        axes = [axis + 2 for axis in self._mirrored_axes or ()]
        turned = [flips for count in range(len(axes) + 1) for flips in itertools.combinations(axes, count)]
        said = [network(image.flip(flips)).float().softmax(1).flip(flips)[0] for flips in turned]
        return sum(said) / len(said)

    def probabilities(self, logits: Any) -> NDArray[np.float32]:
        """Return the probabilities (channel, k, j, i) on the grid of the images that came in."""
        if self._version_1 is not None:
            return self._resampled(logits)
        from nnunetv2.inference.export_prediction import convert_predicted_logits_to_segmentation_with_correct_shape

        _, said = convert_predicted_logits_to_segmentation_with_correct_shape(
            logits, self._plans, self._configuration, self._labels, self._properties, return_probabilities=True
        )
        return np.asarray(said, np.float32)

    def _resampled(self, probabilities: Any) -> NDArray[np.float32]:
        """Return probabilities on the grid of the images that came in, as they are."""
        import torch

        forward, back = self._plans.transpose_forward, self._plans.transpose_backward
        shape = self._properties["shape_after_cropping_and_before_resampling"]
        spacing = [self._properties["spacing"][axis] for axis in forward]
        said = self._configuration.resampling_fn_probabilities(
            probabilities, shape, self._configuration.spacing, spacing
        )
        whole = self._labels.revert_cropping_on_probabilities(
            torch.as_tensor(said),
            self._properties["bbox_used_for_cropping"],
            self._properties["shape_before_cropping"],
        )
        return np.asarray(whole, np.float32).transpose([0, *(axis + 1 for axis in back)])

    def _network(self, weights: Mapping[str, Any]) -> Any:
        if not self._configuration.network_arch_class_name.startswith(_NETWORKS):
            raise ModelInvalid(
                f"The plans of the model {self._pack.key} name the network "
                f"{self._configuration.network_arch_class_name}, which is not one of nnU-Net's own and is not run."
            )
        network = network_of(
            self._configuration.configuration["architecture"],
            len(self._pack.channels),
            self._labels.num_segmentation_heads,
        )
        try:
            network.load_state_dict(weights)
        except RuntimeError as error:
            raise ModelInvalid(
                f"The weights of the model {self._pack.key} do not fit the network of its plans.json; "
                "its trainer changed the network, and such a model is not run here."
            ) from error
        return network


def _checkpoint_paths(pack: Pack) -> Sequence[str]:
    paths = [file.path for file in pack.files if file.path.endswith(".pth")]
    if not paths:
        raise ModelInvalid(f"The model pack {pack.key} lists no fold_*/checkpoint_*.pth.")
    return paths


def _json(pack: Pack, name: str) -> dict[str, Any]:
    try:
        return json.loads((pack.folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelInvalid(f"{name} of the model {pack.key} cannot be read ({error}).") from error


def _checkpoint(pack: Pack, path: str) -> dict[str, Any]:
    checkpoint = load_checkpoint(pack.folder / path)
    if not isinstance(checkpoint.get("network_weights"), dict) or "configuration" not in checkpoint.get(
        "init_args", {}
    ):
        raise ModelInvalid(f"{path} of the model {pack.key} is no checkpoint of nnU-Net v2.")
    return checkpoint
