"""MONAI bundles: the bundle's own preprocessing, network, inferer and postprocessing, in this process.

A bundle's configuration is a program (its `$` expressions are evaluated); it is only as safe as its author. Weights
are read with `weights_only`.
"""

import logging
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import ModelInvalid
from core.progress import Progress
from core.study import Role
from core.volume import on_grid_of
from inference.adapters.device import bytes_needed, on_best_device
from inference.adapters.grid import channel_of
from inference.checkpoint import load_checkpoint
from inference.memory import says_no_memory
from inference.packs.pack import Concept, Kind, Output, Pack
from inference.resample import as_image, resample_like

_log = logging.getLogger(__name__)
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def run(pack: Pack, images: Mapping[Role, Volume], progress: Progress) -> Mapping[Concept, Volume]:
    """Return the outputs on the axial T2 grid, as `Adapter` has it.

    The sequences are laid over the axial T2 and handed over as NIfTI files, which is where a bundle's own
    preprocessing begins.
    """
    t2 = images[Role.T2_AXIAL]
    progress.report(0.0, "Preparing the images for the model")
    with tempfile.TemporaryDirectory(prefix="prosector-") as folder, _quiet():
        files = [_write(resample_like(images[c.role], t2), Path(folder) / f"{c.role}.nii.gz") for c in pack.channels]

        def on(device: Any) -> Any:
            return _Bundle(pack, device).said(files if len(files) > 1 else files[0], progress)

        pred = on_best_device(on, _bytes_needed(pack), pack.key)
    raw = np.asarray(pred.float().cpu().numpy(), np.float32).transpose(0, 3, 2, 1)
    grid = _grid(np.asarray(pred.affine, np.float64), raw[0], t2)
    return {output.concept: _on_t2(pack, raw, output, grid, t2) for output in pack.outputs}


@contextmanager
def _quiet() -> Generator[None]:
    with redirect_stdout(StringIO()) as said:
        yield
    _log.debug("MONAI: %s", said.getvalue().strip())


def _write(volume: Volume, path: Path) -> str:
    import SimpleITK as sitk

    sitk.WriteImage(as_image(volume.array.astype(np.float32), volume.affine), str(path))
    return str(path)


def _bytes_needed(pack: Pack) -> int:
    """A bundle does not say its patch; 96 × 96 × 96 is usual in the model zoo."""
    return bytes_needed((96, 96, 96), sum(pack.path_of(file).stat().st_size for file in pack.files))


class _Bundle:
    """The parsed configuration of a bundle on a device."""

    def __init__(self, pack: Pack, device: Any) -> None:
        from monai.bundle.config_parser import ConfigParser

        self._pack = pack
        self._device = device
        parser: Any = ConfigParser()
        parser.read_config(str(_config(pack)))
        parser.read_meta(str(pack.folder / "configs" / "metadata.json"))
        parser["bundle_root"] = str(pack.folder)
        parser["device"] = device
        self._parser = parser

    def said(self, files: list[str] | str, progress: Progress) -> Any:
        """Return the prediction (channel, x, y, z) with its affine (RAS), after the bundle's postprocessing."""
        import torch

        preprocessing, network = self._part("preprocessing", "transforms"), self._network()
        inferer, postprocessing = self._part("inferer"), self._part("postprocessing", "transforms")
        item = preprocessing({"image": files})
        progress.report(0.2, "Running the model")
        batch = item["image"][None].to(self._device)
        with torch.inference_mode(), torch.autocast(self._device.type, enabled=self._device.type == "cuda"):
            pred = inferer(batch, network)
        progress.report(0.9, "Bringing back what the model says")
        said = {**item, "pred": _like(pred[0].float(), item["image"])}
        for transform in postprocessing.transforms:
            if not type(transform).__name__.startswith("SaveImage"):
                said = transform(said)
        return said["pred"]

    def _network(self) -> Any:
        import torch

        [weights] = [file for file in self._pack.files if file.path.endswith((".pt", ".ts"))]
        path = self._pack.path_of(weights)
        network = None if path.suffix == ".ts" else self._part("network_def").to(self._device).eval()
        try:
            if network is None:
                return torch.jit.load(str(path), map_location=self._device).eval()
            state = load_checkpoint(path, self._device)
            network.load_state_dict(state.get("model", state))
        except RuntimeError as error:
            if says_no_memory(error):
                raise
            told = str(error).splitlines()[0]
            raise ModelInvalid(
                f"{weights.path} of the model {self._pack.key} does not fit the network of its bundle ({told})."
            ) from error
        return network

    def _part(self, name: str, needs: str | None = None) -> Any:
        """Return an instantiated part of the configuration."""
        try:
            part = self._parser.get_parsed_content(name)
        except (KeyError, ImportError, RuntimeError, ValueError, TypeError) as error:
            if says_no_memory(error):
                raise
            told = str(error).splitlines()[0]
            raise ModelInvalid(f"“{name}” of the MONAI bundle {self._pack.key} cannot be made ({told}).") from error
        if needs and not hasattr(part, needs):
            raise ModelInvalid(f"“{name}” of the MONAI bundle {self._pack.key} must be a Compose of {needs}.")
        return part


def _like(pred: Any, image: Any) -> Any:
    """Give the prediction the place of the image that it was made from, for the bundle's way back."""
    from monai.data.meta_tensor import MetaTensor

    return MetaTensor(pred.as_tensor() if isinstance(pred, MetaTensor) else pred, meta=dict(image.meta))


def _config(pack: Pack) -> Path:
    found = [
        path
        for suffix in ("json", "yaml", "yml")
        if (path := pack.folder / "configs" / f"inference.{suffix}").is_file()
    ]
    if not found:
        raise ModelInvalid(f"The MONAI bundle {pack.key} has no configs/inference.json or inference.yaml.")
    return found[0]


def _grid(affine: NDArray[np.float64], array: NDArray[Any], t2: Volume) -> Volume:
    """Return the grid (k, j, i) in LPS of an array whose affine takes (i, j, k) to RAS."""
    return Volume(
        array=array,
        affine=(_LPS_TO_RAS @ affine)[:, [2, 1, 0, 3]],
        coordinate_system="PATIENT",
        frame_of_reference_uid=t2.frame_of_reference_uid,
    )


def _on_t2(pack: Pack, raw: NDArray[Any], output: Output, grid: Volume, t2: Volume) -> Volume:
    array = channel_of(pack, raw, output)
    return resample_like(on_grid_of(grid, array), t2, labels=output.kind is Kind.LABEL)
