"""Each adapter beside the format's own runner, on the same images; the networks are tiny, with random weights."""

import itertools
import json
import os
import pickle
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
import torch
from highdicom import Volume
from numpy.typing import NDArray
from scipy import ndimage
from tiny_packs import (
    ROLES,
    bundle_folder,
    bundle_that_finds,
    nnunet_folder,
    nnunet_of_random_weights,
    onnx_that_finds,
    tiny_pack,
    torchscript_that_finds,
)

from core.errors import FramesDiffer, ModelAltered, ModelInvalid, OutOfMemory
from core.progress import Silent
from core.study import Role
from core.volume import on_grid_of
from inference import memory, onnx_session
from inference.adapters import device as devices
from inference.adapters.adapter import package_of, run_pack
from inference.adapters.windows import over_windows
from inference.packs.concepts import LESION, PERIPHERAL_ZONE, TRANSITION_ZONE
from inference.packs.foreign import Told, write_pack
from inference.packs.pack import (
    Activation,
    Axes,
    Grid,
    Kind,
    Output,
    Pack,
    Task,
    Window,
)
from inference.packs.read import read_pack
from inference.resample import as_image, resample_like
from service.cli import main

pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.:DeprecationWarning")
_LARGEST_DIFFERENCE = 1e-3
_Images = dict[Role, Volume]


def _stack(shape: tuple[int, int, int], step: float, frame: str = "1.2.3") -> Volume:
    """An empty stack that is tilted and turned, so that a wrong axis or sign shows."""
    tilt, turn = np.deg2rad(8.0), np.deg2rad(5.0)
    i = np.array([np.cos(turn), np.sin(turn), 0.0])
    j = np.array([-np.sin(turn) * np.cos(tilt), np.cos(turn) * np.cos(tilt), -np.sin(tilt)])
    affine = np.eye(4)
    affine[:3, :3] = np.column_stack([np.cross(i, j), j, i]) * np.array([3.0, step, step])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2) + np.array([5.0, -7.0, 11.0])
    return Volume(
        array=np.zeros(shape, np.float32), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=frame
    )


@pytest.fixture(scope="module")
def images() -> _Images:
    """Three sequences with structure; all on the axial T2's grid, as the formats' own runners want them."""
    grid = _stack((10, 40, 36), 1.75)
    rng = np.random.default_rng(7)
    k, j, i = np.indices(grid.spatial_shape)
    shapes = (np.sin(i / 5) + np.cos(j / 7), np.sin(k / 2) * np.cos(i / 4), np.cos((i + j) / 6))
    scales = ((300.0, 90.0), (1400.0, 300.0), (60.0, 15.0))
    return {
        role: on_grid_of(grid, np.round(mean + spread * (shape + 0.3 * rng.standard_normal(shape.shape))).astype("f4"))
        for role, shape, (mean, spread) in zip(ROLES, shapes, scales, strict=True)
    }


class _Told:
    """A `Progress` that remembers."""

    def __init__(self) -> None:
        self.said: list[tuple[float, str]] = []

    def report(self, fraction: float, message: str) -> None:
        self.said.append((fraction, message))


class _Tiny(torch.nn.Module):
    """Two convolutions whose output depends on where along each axis the input lies."""

    def __init__(self, outputs: int = 2) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.layers = torch.nn.Sequential(
            torch.nn.Conv3d(3, 4, 3, padding=1), torch.nn.LeakyReLU(0.1), torch.nn.Conv3d(4, outputs, 3, padding=1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x) * 4


def _torchscript(folder: Path, name: str = "net.ts", network: torch.nn.Module | None = None) -> str:
    script = torch.jit.trace((network or _Tiny()).eval(), torch.zeros(1, 3, 6, 16, 16))
    torch.jit.save(script, str(folder / name))
    return name


def _onnx(folder: Path) -> str:
    """Write the same network by hand: exporting it would need two more packages."""
    onnx = pytest.importorskip("onnx")
    first, second = (layer for layer in _Tiny().layers if isinstance(layer, torch.nn.Conv3d))
    weights = {"w1": first.weight, "b1": first.bias, "w2": second.weight, "b2": second.bias}
    held = [onnx.numpy_helper.from_array(value.detach().numpy(), name) for name, value in weights.items()]
    held.append(onnx.numpy_helper.from_array(np.float32(4.0), "four"))
    nodes = [
        onnx.helper.make_node("Conv", ["x", "w1", "b1"], ["a"], pads=[1] * 6),
        onnx.helper.make_node("LeakyRelu", ["a"], ["b"], alpha=0.1),
        onnx.helper.make_node("Conv", ["b", "w2", "b2"], ["c"], pads=[1] * 6),
        onnx.helper.make_node("Mul", ["c", "four"], ["y"]),
    ]
    ends = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, n, None, None, None])
        for name, n in (("x", 3), ("y", 2))
    ]
    graph = onnx.helper.make_graph(nodes, "tiny", ends[:1], ends[1:], held)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "net.onnx"))
    return "net.onnx"


def _z_scores(images: _Images) -> NDArray[np.float32]:
    return np.stack([(v.array - v.array.mean()) / v.array.std() for v in images.values()])[None].astype(np.float32)


def _softmax(raw: NDArray[Any]) -> NDArray[Any]:
    raised = np.exp(raw - raw.max(axis=0))
    return raised / raised.sum(axis=0)


def _largest(first: NDArray[Any], second: NDArray[Any]) -> float:
    assert first.shape == second.shape
    return float(np.abs(np.asarray(first, np.float64) - second).max())


def _write_nifti(images: _Images, name: Callable[[int], Path]) -> None:
    for number, volume in enumerate(images.values()):
        sitk.WriteImage(as_image(volume.array, volume.affine), str(name(number)))


def test_windows_are_those_of_monai() -> None:
    inferers = pytest.importorskip("monai.inferers")
    image = np.random.default_rng(1).standard_normal((1, 3, 9, 37, 20)).astype(np.float32)
    network = _Tiny().eval()

    def run(window: NDArray[np.float32]) -> NDArray[Any]:
        with torch.inference_mode():
            return network(torch.from_numpy(window)).numpy()

    with torch.inference_mode():
        expected = inferers.sliding_window_inference(
            torch.from_numpy(image), (6, 16, 16), 1, network, overlap=0.5, mode="gaussian", sigma_scale=0.125
        )[0].numpy()

    assert _largest(over_windows(image, (6, 16, 16), run, Silent()), expected) < 1e-4


def test_torchscript_says_what_torch_jit_and_monai_say(tmp_path: Path, images: _Images) -> None:
    inferers = pytest.importorskip("monai.inferers")
    pack = tiny_pack(tmp_path, "torchscript", _torchscript(tmp_path))

    said = run_pack(pack, images, Silent())[LESION]

    module = torch.jit.load(str(tmp_path / "net.ts"))
    with torch.inference_mode():
        raw = inferers.sliding_window_inference(
            torch.from_numpy(_z_scores(images)), (6, 16, 16), 1, module, overlap=0.5, mode="gaussian"
        )[0].numpy()
    assert _largest(said.array, _softmax(raw)[1]) < _LARGEST_DIFFERENCE
    assert said.array.dtype == np.float32
    assert said.array.std() > 0.05


def test_onnx_says_what_onnxruntime_says(tmp_path: Path, images: _Images) -> None:
    import onnxruntime

    whole = images[Role.T2_AXIAL].spatial_shape
    pack = tiny_pack(tmp_path, "onnx", _onnx(tmp_path), grid=Grid((3.0, 1.75, 1.75), whole))

    said = run_pack(pack, images, Silent())[LESION]

    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    raw = session.run(None, {"x": _z_scores(images)})[0][0]
    assert _largest(said.array, _softmax(raw)[1]) < _LARGEST_DIFFERENCE


def test_onnx_and_torchscript_of_one_network_agree(tmp_path: Path, images: _Images) -> None:
    script = run_pack(tiny_pack(tmp_path, "torchscript", _torchscript(tmp_path)), images, Silent())[LESION]
    onnx = run_pack(tiny_pack(tmp_path, "onnx", _onnx(tmp_path)), images, Silent())[LESION]

    assert _largest(script.array, onnx.array) < _LARGEST_DIFFERENCE


@pytest.mark.parametrize("runner", ["torchscript", "onnx"])
def test_the_same_input_gives_the_same_bytes(tmp_path: Path, images: _Images, runner: str) -> None:
    pack = tiny_pack(tmp_path, runner, (_onnx if runner == "onnx" else _torchscript)(tmp_path))

    first, second = (run_pack(pack, images, Silent())[LESION].array.tobytes() for _ in range(2))

    assert first == second


def test_several_networks_are_averaged(tmp_path: Path, images: _Images) -> None:
    other = _Tiny()
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.mul_(-0.5)
    names = _torchscript(tmp_path, "a.ts"), _torchscript(tmp_path, "b.ts", other)

    alone = [run_pack(tiny_pack(tmp_path, "torchscript", name), images, Silent())[LESION].array for name in names]
    both = run_pack(tiny_pack(tmp_path, "torchscript", *names), images, Silent())[LESION].array

    assert _largest(alone[0], alone[1]) > 0.1
    assert _largest(both, (alone[0] + alone[1]) / 2) < 1e-5


class _Position(torch.nn.Module):
    """Says how far along one of its axes each voxel lies."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ramp = torch.linspace(0, 1, x.shape[self.axis])
        shape = [1, 1, 1, 1, 1]
        shape[self.axis] = x.shape[self.axis]
        return (x[:, :1] * 0 + ramp.reshape(shape)).repeat(1, 2, 1, 1, 1)


@pytest.mark.parametrize(
    ("axes", "axis", "direction"),
    [
        (Axes.SLICES_ROWS_COLUMNS, 0, (0.0, 0.0, 1.0)),
        (Axes.SLICES_ROWS_COLUMNS, 1, (0.0, 1.0, 0.0)),
        (Axes.SLICES_ROWS_COLUMNS, 2, (1.0, 0.0, 0.0)),
        (Axes.RIGHT_ANTERIOR_SUPERIOR, 0, (-1.0, 0.0, 0.0)),
        (Axes.RIGHT_ANTERIOR_SUPERIOR, 1, (0.0, -1.0, 0.0)),
        (Axes.RIGHT_ANTERIOR_SUPERIOR, 2, (0.0, 0.0, 1.0)),
    ],
)
def test_axes_run_as_the_pack_says(
    tmp_path: Path, images: _Images, axes: Axes, axis: int, direction: tuple[float, float, float]
) -> None:
    """LPS: +x is the patient's left, +y posterior, +z superior."""
    shape = (24, 24, 24)
    torch.jit.save(torch.jit.trace(_Position(axis + 2), torch.zeros(1, 3, *shape)), str(tmp_path / "net.ts"))
    grid = Grid((3.0, 3.0, 3.0), shape, axes, Window.CENTRE)
    pack = tiny_pack(tmp_path, "torchscript", "net.ts", grid=grid, activation=Activation.NONE)

    said = run_pack(pack, images, Silent())[LESION]

    gradient = np.array([np.gradient(said.array, axis=a)[5, 20, 18] for a in range(3)])
    in_patient = said.affine[:3, :3] / np.linalg.norm(said.affine[:3, :3], axis=0) @ (gradient / said.spacing)
    assert in_patient / np.linalg.norm(in_patient) @ np.array(direction) > 0.97


def test_images_on_grids_of_their_own_are_laid_over_the_t2(tmp_path: Path, images: _Images) -> None:
    coarse = _stack((10, 30, 28), 2.5)
    given = {**images, Role.ADC: resample_like(images[Role.ADC], coarse)}

    said = run_pack(tiny_pack(tmp_path, "torchscript", _torchscript(tmp_path)), given, Silent())[LESION]

    assert said.spatial_shape == images[Role.T2_AXIAL].spatial_shape
    assert np.allclose(said.affine, images[Role.T2_AXIAL].affine)


def test_a_label_output_keeps_its_values(tmp_path: Path, images: _Images) -> None:
    outputs = (Output(PERIPHERAL_ZONE, (1,), Kind.LABEL), Output(TRANSITION_ZONE, (0, 2), Kind.LABEL))
    pack = tiny_pack(
        tmp_path, "torchscript", _torchscript(tmp_path), task=Task.ZONES, outputs=outputs, activation=Activation.NONE
    )

    said = run_pack(pack, images, Silent())

    assert {volume.array.dtype for volume in said.values()} == {np.dtype(np.uint8)}
    assert not np.any((said[PERIPHERAL_ZONE].array > 0) & (said[TRANSITION_ZONE].array > 0))


def test_altered_weights_are_never_run(tmp_path: Path, images: _Images) -> None:
    pack = tiny_pack(tmp_path, "torchscript", _torchscript(tmp_path))
    (tmp_path / "net.ts").write_bytes((tmp_path / "net.ts").read_bytes() + b"\0")

    with pytest.raises(ModelAltered, match=r"net\.ts of the model tiny-1 is not the one that was installed"):
        run_pack(pack, images, Silent())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"adapter": "keras"}, "run by “keras”, which is not installed; there are onnx"),
        ({"outputs": (Output(LESION, (2,)),)}, "gives 2 channels, and its pack asks for channel 2"),
        ({"grid": None}, r"has no \[grid\]"),
        ({"adapter": "onnx"}, r"lists no \.onnx file"),
    ],
)
def test_a_pack_that_cannot_be_run_says_why(
    tmp_path: Path, images: _Images, changes: Mapping[str, Any], told: str
) -> None:
    with pytest.raises(ModelInvalid, match=told):
        run_pack(tiny_pack(tmp_path, "torchscript", _torchscript(tmp_path), **changes), images, Silent())


def test_a_file_that_is_no_torchscript_is_refused_in_words(tmp_path: Path, images: _Images) -> None:
    (tmp_path / "net.ts").write_bytes(b"not a network")

    with pytest.raises(ModelInvalid, match="no TorchScript network"):
        run_pack(tiny_pack(tmp_path, "torchscript", "net.ts"), images, Silent())


def test_a_missing_sequence_and_another_frame_are_named(tmp_path: Path, images: _Images) -> None:
    pack = tiny_pack(tmp_path, "torchscript", _torchscript(tmp_path))

    with pytest.raises(ModelInvalid, match="tiny-1 needs high_b, which the study does not have"):
        run_pack(pack, {role: images[role] for role in ROLES[:2]}, Silent())
    with pytest.raises(FramesDiffer, match="tiny-1 cannot be run: adc was not acquired in the frame"):
        run_pack(pack, {**images, Role.ADC: _stack((10, 40, 36), 1.75, "1.2.4")}, Silent())


class _Says(torch.nn.Module):
    """Gives this value everywhere."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, :2] * 0 + self.value


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (float("nan"), "tiny-1 gave values that are no numbers, so nothing is known of the study"),
        (float("inf"), "tiny-1 gave values that are no numbers"),
        (4.0, "tiny-1 gave values from 4 to 4, and a probability lies between 0 and 1; its activation"),
    ],
)
def test_an_answer_that_is_none_is_refused_and_never_called_free_of_lesions(
    tmp_path: Path, images: _Images, value: float, told: str
) -> None:
    _torchscript(tmp_path, network=_Says(value))

    with pytest.raises(ModelInvalid, match=told):
        run_pack(tiny_pack(tmp_path, "torchscript", "net.ts", activation=Activation.NONE), images, Silent())


def test_too_little_memory_is_a_sentence(tmp_path: Path, images: _Images, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_free_bytes", lambda device: 1000)

    with pytest.raises(OutOfMemory, match=r"tiny-1 needs about 0\.0 GB of memory"):
        run_pack(tiny_pack(tmp_path, "torchscript", _torchscript(tmp_path)), images, Silent())


def test_the_memory_of_an_onnx_model_is_estimated_before_it_runs(
    tmp_path: Path, images: _Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: 1000)

    with pytest.raises(OutOfMemory, match=r"^The model tiny-1 needs about 0\.0 GB of memory, and 0\.0 GB are free"):
        run_pack(tiny_pack(tmp_path, "onnx", _onnx(tmp_path)), images, Silent())


class _TakesTooMuch(torch.nn.Module):
    """Asks for 80 TB, which no machine gives."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.zeros([1, 2, 100_000, 100_000, 1_000]) + x.sum()


def _onnx_of(folder: Path, *nodes: tuple[str, list[str], list[str], dict[str, Any]], held: Mapping[str, Any]) -> str:
    onnx = pytest.importorskip("onnx")
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in ("x", "y")]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node(kind, into, out, **more) for kind, into, out, more in nodes],
        "made",
        ends[:1],
        ends[1:],
        [onnx.numpy_helper.from_array(value, name) for name, value in held.items()],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "net.onnx"))
    return "net.onnx"


def _takes_too_much(folder: Path) -> str:
    shape = np.array([1, 2, 100_000, 100_000, 1_000], np.int64)
    return _onnx_of(
        folder,
        ("ConstantOfShape", ["shape"], ["zeros"], {}),
        ("ReduceSum", ["x"], ["sum"], {"keepdims": 0}),
        ("Add", ["zeros", "sum"], ["y"], {}),
        held={"shape": shape},
    )


@pytest.mark.parametrize("runner", ["torchscript", "onnx"])
def test_memory_that_runs_out_within_a_network_is_a_sentence(tmp_path: Path, images: _Images, runner: str) -> None:
    if runner == "onnx":
        file = _takes_too_much(tmp_path)
    else:
        file = "net.ts"
        torch.jit.save(torch.jit.script(_TakesTooMuch()), str(tmp_path / file))

    with pytest.raises(OutOfMemory, match=r"emory.*tiny-1.*Nothing was found|tiny-1.*emory.*Nothing was found"):
        run_pack(tiny_pack(tmp_path, runner, file), images, Silent())


class _FullGpu:
    """What a session on a GPU does whose memory runs out: it fails as onnxruntime fails."""

    def __init__(self, failing: Any, inputs: Any) -> None:
        self._failing = failing
        self.get_inputs = inputs

    def get_providers(self) -> list[str]:
        return ["CUDAExecutionProvider", "CPUExecutionProvider"]

    def run(self, outputs: None, fed: Mapping[str, Any]) -> Any:
        return self._failing.run(outputs, fed)


def test_an_onnx_network_for_which_the_gpu_is_too_small_goes_on_on_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = (tmp_path / _onnx(tmp_path)).read_bytes()
    window = np.random.default_rng(2).standard_normal((1, 3, 6, 16, 16)).astype(np.float32)
    expected = onnx_session.onnx_network(weights, "tiny")(window)
    (tmp_path / "large").mkdir()
    too_large = onnx_session.onnx_session((tmp_path / "large" / _takes_too_much(tmp_path / "large")).read_bytes(), "")
    on_cpu = onnx_session.onnx_session
    asked: list[bool] = []

    def session(weights: bytes, name: str, *, gpu: bool = True) -> Any:
        asked.append(gpu)
        small = on_cpu(weights, name, gpu=False)
        return _FullGpu(too_large, small.get_inputs) if gpu else small

    monkeypatch.setattr(onnx_session, "onnx_session", session)
    network = onnx_session.onnx_network(weights, "tiny")

    assert np.array_equal(network(window), expected)
    assert np.array_equal(network(window), expected)
    assert asked == [True, False]


def _of_two_channels(folder: Path) -> str:
    return _onnx_of(
        folder,
        ("Conv", ["x", "w"], ["y"], {}),
        held={"w": np.ones((2, 2, 1, 1, 1), np.float32)},
    )


def _junk(folder: Path) -> str:
    (folder / "net.onnx").write_bytes(b"not a network")
    return "net.onnx"


@pytest.mark.parametrize(
    ("make", "told"), [(_junk, "protobuf parsing failed"), (_of_two_channels, "Conv node.*channel")]
)
def test_an_onnx_file_that_cannot_run_on_the_images_is_refused_in_words(
    tmp_path: Path, images: _Images, make: Callable[[Path], str], told: str
) -> None:
    with pytest.raises(ModelInvalid, match=rf"^The network of the model tiny-1 cannot be run \(.*{told}"):
        run_pack(tiny_pack(tmp_path, "onnx", make(tmp_path)), images, Silent())


def test_a_torchscript_network_that_cannot_run_on_the_images_is_refused_in_words(
    tmp_path: Path, images: _Images
) -> None:
    torch.jit.save(torch.jit.trace(torch.nn.Conv3d(2, 2, 1), torch.zeros(1, 2, 6, 16, 16)), str(tmp_path / "net.ts"))

    with pytest.raises(ModelInvalid, match=r"^net\.ts of the model tiny-1 cannot run on its images \(.*channels"):
        run_pack(tiny_pack(tmp_path, "torchscript", "net.ts"), images, Silent())


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("MPS backend out of memory (MPS allocated: 8.99 GB)"),
        RuntimeError(
            "The following operation failed in the TorchScript interpreter.\nRuntimeError: CUDA out of memory."
        ),
    ],
)
def test_running_out_of_memory_goes_on_with_the_next_device(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def work(device: Any) -> str:
        tried.append(device.type)
        if device.type != "cpu":
            raise error
        return "done"

    monkeypatch.setattr(devices, "_devices", lambda: [torch.device("meta"), torch.device("cpu")])

    assert devices.on_best_device(work, 1, "tiny") == "done"
    assert tried == ["meta", "cpu"]


def _other_package(folder: Path, answer: str) -> None:
    """Install a package with an adapter named for it, which returns `answer` of the axial T2."""
    name = folder.name
    (folder / f"{name}.py").write_text(
        "import numpy as np\nfrom core.study import Role\nfrom core.volume import on_grid_of\n"
        "def run(pack, images, progress):\n"
        "    t2, lesion = images[Role.T2_AXIAL], pack.outputs[0].concept\n"
        "    half = on_grid_of(t2, np.full(t2.spatial_shape, 0.5, np.float32))\n"
        f"    return {answer}\n"
    )
    info = folder / f"{name}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[prosector.adapters]\n{name} = {name}:run\n")


def test_another_package_adds_an_adapter(tmp_path: Path, images: _Images, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "half"
    package.mkdir()
    _other_package(package, "{lesion: half}")
    monkeypatch.syspath_prepend(package)
    pack = tiny_pack(tmp_path, "half")

    said = run_pack(pack, images, Silent())[LESION]

    assert np.all(said.array == 0.5)
    assert package_of(pack) == "half 1"


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("upside_down", "{lesion: half.flip_spatial(0)}", "does not lie on the axial T2 images"),
        ("cut_off", "{lesion: half[1:]}", "does not lie on the axial T2 images"),
        ("silent", "{}", "gave nothing for Lesion"),
        ("in_percent", "{lesion: on_grid_of(t2, half.array * 100)}", "gave values from 50 to 50"),
    ],
)
def test_what_another_package_answers_is_checked_before_it_is_shown(
    tmp_path: Path, images: _Images, monkeypatch: pytest.MonkeyPatch, name: str, answer: str, told: str
) -> None:
    package = tmp_path / name
    package.mkdir()
    _other_package(package, answer)
    monkeypatch.syspath_prepend(package)

    with pytest.raises(ModelInvalid, match=told):
        run_pack(tiny_pack(tmp_path, name), images, Silent())


# The whole way: added and chosen on the command line, then run on the phantom in the child process.


@pytest.mark.journey
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("make", "name", "trained"),
    [
        (torchscript_that_finds, "tiny-1", True),
        (onnx_that_finds, "tiny-1", True),
        (bundle_that_finds, "tiny_prostate-0.2.0", True),
        (nnunet_of_random_weights, "Dataset901_tiny-1", False),
    ],
)
def test_an_added_model_finds_the_lesions_of_an_analysis(
    make: Callable[[Path], Path],
    name: str,
    trained: bool,
    tmp_path: Path,
    phantom_study: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PROSECTOR_DATA_FOLDER", str(tmp_path / "data"))
    (tmp_path / "download").mkdir()
    source = make(tmp_path / "download")
    assert main(["models", "add", str(source)]) == 0
    assert main(["models", "default", name]) == 0

    assert main(["analyse", str(phantom_study.folder), "--output", str(tmp_path / "out")]) == 0, capsys.readouterr()

    found = json.loads((tmp_path / "out" / "findings.json").read_text())
    detector = found["models"][-1]
    assert (f"{detector['name']}-{detector['version']}", len(found["models"])) == (name, 2)
    names = {
        item.SegmentAlgorithmName
        for item in pydicom.dcmread(tmp_path / "out" / "seg.dcm").SegmentSequence
        if "TrackingUID" in item
    }
    for candidate in found["candidates"]:
        assert any("a suspicion from 0 to 1, not calibrated" in said for said in candidate["explanation"])
        assert (candidate["suggested_pirads"], candidate["calibrated_on"]) == (None, None)
        assert any(detector["name"] in name for name in names)
    if trained:
        first = np.array(found["candidates"][0]["centroid_lps_mm"])
        assert min(np.linalg.norm(first - lesion.centre_lps) for lesion in phantom_study.truth.lesions) < 6.0


# nnU-Net v2

_needs_nnunet = pytest.mark.skipif(find_spec("nnunetv2") is None, reason="needs nnU-Net: pip install '.[nnunet]'")


def _nnunet_itself(images: _Images, work: Path, *, mirrored: bool = False) -> NDArray[np.float32]:
    """Return the probabilities (channel, k, j, i) of `nnUNetv2_predict`, without its pools of processes."""
    inputs, output = work / "in", work / "out"
    inputs.mkdir()
    _write_nifti(images, lambda number: inputs / f"case_{number:04d}.nii.gz")
    command = "from nnunetv2.inference.predict_from_raw_data import predict_entry_point as run; run()"
    options = ["--save_probabilities", "-npp", "0", "-nps", "0", "-device", "cpu", "-f", "0", "1"]
    options += [] if mirrored else ["--disable_tta"]
    folders = ["-i", str(inputs), "-o", str(output), "-d", "Dataset901_tiny", "-c", "3d_fullres"]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", command, *folders, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "nnUNet_raw": str(work), "nnUNet_preprocessed": str(work), "nnUNet_results": str(work)},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    with np.load(output / "case.npz") as saved:
        return saved["probabilities"]


def _added(source: Path, target: Path, told: Told | None = None) -> Pack:
    target.mkdir()
    write_pack(source, target, told or Told())
    return read_pack(target)


@_needs_nnunet
@pytest.mark.filterwarnings("ignore")
def test_nnunet_v2_says_what_nnunetv2_predict_says(tmp_path: Path, images: _Images) -> None:
    nnunet_folder(tmp_path)
    pack = _added(tmp_path, tmp_path / "pack")
    progress = _Told()

    said = run_pack(pack, images, progress)[LESION]

    assert {message for _, message in progress.said} == {
        "Preparing the images for the model",
        "Running the model, network 1 of 2",
        "Running the model, network 2 of 2",
    }
    fractions = [fraction for fraction, _ in progress.said]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert len(fractions) == 1 + 2 * (1 + 2 * 2 * 2)  # each network sees two windows along each axis
    assert (pack.name, [channel.role for channel in pack.channels]) == ("Dataset901_tiny", list(ROLES))
    expected = _nnunet_itself(images, tmp_path)[1]
    assert _largest(said.array, expected) < _LARGEST_DIFFERENCE
    assert said.array.std() > 0.01


@_needs_nnunet
@pytest.mark.filterwarnings("ignore")
def test_nnunet_v2_averages_mirrored_images_where_the_pack_asks_for_it(tmp_path: Path, images: _Images) -> None:
    results = tmp_path / "results"
    results.mkdir()
    nnunet_folder(results)
    straight = run_pack(_added(results, tmp_path / "straight"), images, Silent())[LESION]
    pack = _added(results, tmp_path / "mirrored", Told(mirrored=True))
    progress = _Told()

    said = run_pack(pack, images, progress)[LESION]

    assert len(progress.said) == 1 + 2 * (1 + 8 * 2 * 2 * 2)  # each window is seen in its eight mirror images
    assert progress.said[-1][0] == 1.0
    assert _largest(said.array, _nnunet_itself(images, results, mirrored=True)[1]) < _LARGEST_DIFFERENCE
    assert _largest(said.array, straight.array) > _LARGEST_DIFFERENCE


def test_only_an_nnunet_averages_mirrored_images(tmp_path: Path) -> None:
    bundle_folder(tmp_path / "bundle")
    with pytest.raises(ModelInvalid, match="is no nnU-Net: only these average mirrored images"):
        write_pack(tmp_path / "bundle", tmp_path / "pack", Told(mirrored=True))


@_needs_nnunet
@pytest.mark.filterwarnings("ignore")
def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path, images: _Images) -> None:
    results = nnunet_folder(tmp_path)
    torch.save({"network_weights": _Evil(tmp_path / "ran")}, results / "fold_0" / "checkpoint_final.pth")
    pack = _added(tmp_path, tmp_path / "pack", Told(folds=("0",)))

    with pytest.raises(ModelInvalid, match=r"fold_0/checkpoint_final\.pth is no checkpoint that can be read safely"):
        run_pack(pack, images, Silent())
    assert not (tmp_path / "ran").exists()


class _Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._mark),)


# MONAI bundles

_needs_bundles = pytest.mark.skipif(
    find_spec("monai") is None or find_spec("fire") is None, reason="needs MONAI bundles: pip install '.[monai]'"
)


def _monai_itself(bundle: Path, images: _Images) -> NDArray[np.float32]:
    """Return the second channel (k, j, i) of what MONAI's own command saves."""
    (bundle / "in").mkdir()
    _write_nifti(images, lambda number: bundle / "in" / f"{number}.nii.gz")
    [config] = (bundle / "configs").glob("inference.*")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "monai.bundle", "run", "--config_file", str(config),
         "--bundle_root", str(bundle)],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    [saved] = (bundle / "eval").rglob("*.nii.gz")
    return sitk.GetArrayFromImage(sitk.ReadImage(str(saved)))[1]


@_needs_bundles
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("as_yaml", [False, True], ids=["json", "yaml"])
def test_a_monai_bundle_says_what_monai_bundle_run_says(tmp_path: Path, images: _Images, as_yaml: bool) -> None:
    bundle = bundle_folder(tmp_path, as_yaml=as_yaml)
    pack = _added(bundle, tmp_path / "pack")

    said = run_pack(pack, images, Silent())[LESION]

    assert (pack.name, pack.version) == ("tiny_prostate", "0.2.0")
    assert _largest(said.array, _monai_itself(bundle, images)) < _LARGEST_DIFFERENCE
    assert said.array.std() > 0.01


# The public PI-CAI models: an nnU-Net of version 1, and a MONAI U-Net as bare weights


class _Block(torch.nn.Module):
    """Version 1's convolution, under its names."""

    def __init__(self, inside: int, outside: int, kernel: list[int], stride: list[int]) -> None:
        super().__init__()
        self.conv = torch.nn.Conv3d(inside, outside, kernel, stride, [n // 2 for n in kernel])
        self.instnorm = torch.nn.InstanceNorm3d(outside, affine=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.leaky_relu(self.instnorm(self.conv(x)), 0.01)


class _Blocks(torch.nn.Module):
    def __init__(self, *blocks: _Block) -> None:
        super().__init__()
        self.blocks = torch.nn.Sequential(*blocks)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.blocks(x)


class _GenericUNet(torch.nn.Module):
    """The network of nnU-Net version 1 with three levels, written after its paper and its names of weights."""

    def __init__(self, pools: list[list[int]], kernels: list[list[int]]) -> None:
        super().__init__()
        one, (a, b, c) = [1, 1, 1], (4, 8, 16)
        bottom = torch.nn.Sequential(
            _Blocks(_Block(b, c, kernels[2], pools[1])), _Blocks(_Block(c, c, kernels[2], one))
        )
        self.conv_blocks_context = torch.nn.ModuleList(
            [
                _Blocks(_Block(3, a, kernels[0], one), _Block(a, a, kernels[0], one)),
                _Blocks(_Block(a, b, kernels[1], pools[0]), _Block(b, b, kernels[1], one)),
                bottom,
            ]
        )
        self.tu = torch.nn.ModuleList(
            [
                torch.nn.ConvTranspose3d(c, b, pools[1], pools[1], bias=False),
                torch.nn.ConvTranspose3d(b, a, pools[0], pools[0], bias=False),
            ]
        )
        self.conv_blocks_localization = torch.nn.ModuleList(
            torch.nn.Sequential(_Blocks(_Block(2 * n, n, kernel, one)), _Blocks(_Block(n, n, kernel, one)))
            for n, kernel in ((b, kernels[2]), (a, kernels[1]))
        )
        self.seg_outputs = torch.nn.ModuleList(torch.nn.Conv3d(n, 2, 1, bias=False) for n in (b, a))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips: list[torch.Tensor] = []
        for block in self.conv_blocks_context[:-1]:
            x = block(x)
            skips.append(x)
        x = self.conv_blocks_context[-1](x)
        for up, block, skip in zip(self.tu, self.conv_blocks_localization, reversed(skips), strict=True):
            x = block(torch.cat((up(x), skip), 1))
        return self.seg_outputs[-1](x)


def _version_1_folder(folder: Path) -> tuple[Path, _GenericUNet]:
    """The layout of DIAGNijmegen/picai_nnunet_semi_supervised_gc_algorithm, with one fold."""
    trainer = "nnUNetTrainerV2_Loss_FL_and_CE_checkpoints__nnUNetPlansv2.1"
    results = folder / "results" / "nnUNet" / "3d_fullres" / "Task2203_picai_baseline" / trainer
    (results / "fold_0").mkdir(parents=True)
    pools, kernels = [[1, 2, 2], [2, 2, 2]], [[1, 3, 3], [3, 3, 3], [3, 3, 3]]
    adc = {"mean": 1390.0, "sd": 240.0, "percentile_00_5": 900.0, "percentile_99_5": 1900.0}
    plans = {
        "modalities": {0: "T2W", 1: "CT", 2: "HBV"},
        "normalization_schemes": OrderedDict({0: "nonCT", 1: "CT", 2: "nonCT"}),
        "use_mask_for_norm": OrderedDict({0: False, 1: False, 2: False}),
        "dataset_properties": {"intensityproperties": {1: adc}},
        "all_classes": [1],
        "base_num_features": 4,
        "conv_per_stage": 2,
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "plans_per_stage": {
            0: {
                "patch_size": np.array([8, 32, 32]),
                "current_spacing": np.array([3.0, 1.75, 1.75]),
                "pool_op_kernel_sizes": pools,
                "conv_kernel_sizes": kernels,
            }
        },
    }
    (results / "plans.pkl").write_bytes(pickle.dumps(plans))
    torch.manual_seed(11)
    network = _GenericUNet(pools, kernels).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    extra = {"epoch": 1000, "plot_stuff": ([np.float64(0.5)], [], [], []), "best_stuff": (np.float64(0.5), None, None)}
    torch.save({"state_dict": network.state_dict(), **extra}, results / "fold_0" / "model_best.model")
    return results, network


@_needs_nnunet
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.filterwarnings("ignore")
def test_an_nnunet_of_version_1_says_what_its_own_network_says(tmp_path: Path, images: _Images, mirrored: bool) -> None:
    """On images that fill one patch at the network's spacing, where nothing is resampled or cut into windows."""
    _, network = _version_1_folder(tmp_path)
    pack = _added(tmp_path / "results", tmp_path / "pack", Told(mirrored=mirrored))
    patch = {role: on_grid_of(_stack((8, 32, 32), 1.75), v.array[1:9, 4:36, 2:34]) for role, v in images.items()}

    said = run_pack(pack, patch, Silent())[LESION]

    t2, adc, high_b = (volume.array for volume in patch.values())
    scores = [(t2 - t2.mean()) / t2.std(), (adc.clip(900, 1900) - 1390) / 240, (high_b - high_b.mean()) / high_b.std()]
    with torch.inference_mode():
        window = torch.from_numpy(np.stack(scores)[None].astype(np.float32))
        ways = [way for count in range(4) for way in itertools.combinations((2, 3, 4), count)] if mirrored else [()]
        said_of = [network(window.flip(way)).softmax(1).flip(way)[0, 1].numpy() for way in ways]
        expected = np.mean(said_of, axis=0)
    assert (pack.task, [c.role for c in pack.channels]) == (Task.LESIONS, list(ROLES))
    assert _largest(said.array, expected) < _LARGEST_DIFFERENCE
    assert said.array.std() > 0.01


@_needs_nnunet
@pytest.mark.filterwarnings("ignore")
def test_plans_that_would_run_code_are_refused(tmp_path: Path) -> None:
    results, _ = _version_1_folder(tmp_path)
    (results / "plans.pkl").write_bytes(pickle.dumps(_Evil(tmp_path / "ran")))

    with pytest.raises(ModelInvalid, match=r"plans\.pkl cannot be read safely \(it names posix\.mkdir\)"):
        _added(tmp_path / "results", tmp_path / "pack")
    assert not (tmp_path / "ran").exists()


@_needs_nnunet
@pytest.mark.filterwarnings("ignore")
def test_weights_that_do_not_fit_their_plans_are_refused(tmp_path: Path) -> None:
    results, network = _version_1_folder(tmp_path)
    state = {**network.state_dict(), "attention.weight": torch.zeros(1)}
    torch.save({"state_dict": state}, results / "fold_0" / "model_best.model")

    with pytest.raises(ModelInvalid, match=r"does not fit the network of its plans\.pkl .*attention\.weight"):
        _added(tmp_path / "results", tmp_path / "pack")


@pytest.mark.filterwarnings("ignore")
def test_the_unet_of_picai_says_what_its_own_process_says(tmp_path: Path) -> None:
    """The layout of DIAGNijmegen/picai_unet_semi_supervised_gc_algorithm, and the steps of its process.py."""
    nets = pytest.importorskip("monai.networks.nets")
    weights = tmp_path / "picai_unet" / "weights"
    weights.mkdir(parents=True)
    strides = [(2, 2, 2), (1, 2, 2), (1, 2, 2), (1, 2, 2), (2, 2, 2)]
    networks: list[torch.nn.Module] = []
    for fold in range(2):
        torch.manual_seed(fold)
        net = nets.UNet(spatial_dims=3, in_channels=3, out_channels=2, channels=[2, 4, 4, 4, 4, 8], strides=strides)
        torch.save({"epoch": 200, "model_state_dict": net.state_dict()}, weights / f"unet_F{fold}.pt")
        networks.append(net.eval())
    pack = _added(tmp_path / "picai_unet", tmp_path / "pack")
    grid, rng = _stack((20, 256, 256), 0.5), np.random.default_rng(2)
    images = {r: on_grid_of(grid, ndimage.zoom(rng.normal(100, 20, (5, 16, 16)), (4, 16, 16), order=1)) for r in ROLES}

    said = run_pack(pack, images, Silent())[LESION]

    clipped = [np.clip(v.array, *np.percentile(v.array, (0.5, 99.5))) for v in images.values()]
    given = torch.from_numpy(np.stack([(v - v.mean()) / v.std() for v in clipped])[None].astype(np.float32))
    expected = np.zeros(grid.spatial_shape)
    with torch.inference_mode():
        for net in networks:
            straight = torch.sigmoid(net(given))[0, 1].numpy()
            mirrored = np.flip(torch.sigmoid(net(given.flip(4)))[0, 1].numpy(), 2)
            expected += sum(ndimage.gaussian_filter(image, 1.5) for image in (straight, mirrored)) / 4
    assert _largest(said.array, expected) < _LARGEST_DIFFERENCE
    assert said.array.std() > 0.001
