"""Faster engines: what their check records, when it holds, and that what runs faster says the same."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from highdicom import Volume
from tiny_packs import ROLES, onnx_that_finds, tiny_pack, torchscript_that_finds

from core.errors import ModelInvalid, ModelMissing
from core.progress import Silent
from core.study import Role
from inference import needs
from inference.adapters.adapter import run_pack
from inference.load import load
from inference.models import Models
from inference.packs.concepts import LESION
from inference.packs.fast import (
    FastCheck,
    Trial,
    basis_of,
    facts_of,
    read_check,
    record_path,
    with_engine,
    write_check,
)
from inference.packs.pack import Engine, Pack, Task
from inference.packs.read import read_pack
from inference.packs.store import PackStore
from inference.read import read_study
from inference.recognise import recognise
from service.cli import main
from service.models import chosen_models

pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.:DeprecationWarning")
ROOT = Path(__file__).resolve().parents[2]
_F32, _BF16 = Engine.OPENVINO_F32, Engine.OPENVINO_BF16
_needs_openvino = pytest.mark.skipif(find_spec("openvino") is None, reason="needs OpenVINO: pip install '.[openvino]'")
_Images = dict[Role, Volume]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackStore:
    monkeypatch.setenv("PROSECTOR_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setattr("inference.packs.fast.device_in_words", lambda: "CPU")
    return PackStore(tmp_path / "data" / "models")


@pytest.fixture
def taps(store: PackStore) -> Pack:
    return store.default(Task.GLAND)


@pytest.fixture(scope="module")
def images(phantom_study: Any) -> _Images:
    study = recognise(read_study(phantom_study.folder))
    return {choice.role: load(choice) for choice in study.choices if choice.role in ROLES}


_PASSED = Trial(_BF16, "", 2.0, 0.006, 0.9997, 0.0001)


def _check(pack: Pack, *trials: Trial) -> FastCheck:
    return FastCheck(
        pack.key, "2026-11-24T14:03:18+00:00", "3 studies of this site", 8.0, basis_of(pack), trials or (_PASSED,)
    )


def test_a_check_written_and_read_again_is_the_same(store: PackStore, taps: Pack) -> None:
    check = _check(taps, replace(_PASSED, engine=_F32, problem="It has no “Loop”.\\\n"), _PASSED)
    write_check(store.folder, taps, check)
    assert read_check(store.folder, taps) == check
    told = tomllib.loads((store.folder / f"{taps.key}.fast.toml").read_text())
    assert told["basis"]["weights sha256"] == taps.sha256
    assert told["basis"]["processor"]


@pytest.mark.parametrize(
    ("trials", "engine"),
    [
        ([Trial(_F32, "", 4.0, 0.001, 0.999, 0.005)], _F32),  # each limit is itself allowed
        ([Trial(_F32, "", 4.0, 0.0011, 1.0, 0.0)], Engine.PLAIN),
        ([Trial(_F32, "", 4.0, 0.0, 0.9989, 0.0)], Engine.PLAIN),
        ([Trial(_F32, "", 4.0, 0.0, 1.0, 0.0051)], Engine.PLAIN),
        ([Trial(_BF16, "", 2.0, 0.0101, 1.0, 0.0)], Engine.PLAIN),
        ([Trial(_F32, "", 7.5, 0.0, 1.0, 0.0)], Engine.PLAIN),  # not worth it: the plain engine took 8 s
        ([Trial(_F32, "", 4.0, 0.0, 1.0, 0.0), _PASSED], _BF16),
        ([Trial(_F32, "", 4.0, 0.0, 1.0, 0.0), replace(_PASSED, difference=0.02)], _F32),
        ([Trial(_F32, "It has no “Loop”."), Trial(_BF16, "This CPU does not calculate in bf16.")], Engine.PLAIN),
    ],
)
def test_the_fastest_engine_within_the_limits_is_used(taps: Pack, trials: list[Trial], engine: Engine) -> None:
    assert _check(taps, *trials).engine is engine


def test_without_a_check_the_plain_engine_runs_and_with_one_the_faster(store: PackStore, taps: Pack) -> None:
    assert chosen_models(store.folder) == Models()
    write_check(store.folder, taps, _check(taps))
    models = chosen_models(store.folder)
    assert models == Models(gland_engine=_BF16)
    assert models.engines == {"engine gland": "openvino-bf16"}
    assert main(["models", "check-fast", "taps", "--off"]) == 0
    assert chosen_models(store.folder) == Models()
    assert list(store.folder.iterdir()) == []


@pytest.mark.parametrize(
    "changed", ["weights sha256", "model.toml sha256", "machine", "processor", "prosector", "torch"]
)
def test_a_check_is_void_once_anything_changed(
    store: PackStore, taps: Pack, changed: str, caplog: pytest.LogCaptureFixture
) -> None:
    check = _check(taps)
    write_check(store.folder, taps, replace(check, basis={**check.basis, changed: "another"}))
    assert with_engine(store.folder, taps) == taps
    assert f"{taps.key} runs on its plain engine: since it was checked, {changed} changed" in caplog.text


def test_a_check_is_void_on_a_gpu_and_once_openvino_is_gone(
    store: PackStore, taps: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = _check(taps)
    write_check(store.folder, taps, replace(check, basis={**check.basis, "openvino": "1999.1"}))
    assert with_engine(store.folder, taps).engine is Engine.PLAIN
    write_check(store.folder, taps, check)
    assert with_engine(store.folder, taps).engine is _BF16
    monkeypatch.setattr("inference.packs.fast.device_in_words", lambda: "GPU")
    assert with_engine(store.folder, taps).engine is Engine.PLAIN


def test_the_card_shows_the_check_and_whether_it_holds(
    store: PackStore, taps: Pack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "info", "taps"]) == 0
    assert "not checked here; the plain engine runs it" in capsys.readouterr().out
    check = _check(taps, Trial(_F32, "", 16.0, 0.002, 0.9, 0.1), _PASSED)
    write_check(store.folder, taps, check)
    assert main(["models", "info", "taps"]) == 0
    shown = capsys.readouterr().out
    assert "used: openvino-bf16" in shown
    assert "openvino-f32: failed; 0.5× as fast" in shown
    assert "openvino-bf16: passed; 4.0× as fast (2.0 s); largest difference of a probability 0.00600" in shown
    assert "3 studies of this site" in shown
    other = replace(check, basis={**check.basis, "machine": "elsewhere"})
    assert facts_of(other, taps)[0] == "used: plain; the check is void, for this changed: machine"


@pytest.mark.parametrize("text", ["pack = ", 'pack = "taps"', "trials = 3"])
def test_a_damaged_record_is_a_sentence(store: PackStore, taps: Pack, text: str) -> None:
    store.folder.mkdir(parents=True)
    record_path(store.folder, taps).write_text(text)
    with pytest.raises(ModelInvalid, match=r"taps-.*\.fast\.toml cannot be read .* with --off the plain engine"):
        chosen_models(store.folder)
    assert main(["models", "check-fast", "taps", "--off"]) == 0
    assert chosen_models(store.folder) == Models()


def test_removing_a_model_removes_its_check(store: PackStore, tmp_path: Path) -> None:
    (tmp_path / "download").mkdir()
    assert main(["models", "add", str(onnx_that_finds(tmp_path / "download"))]) == 0
    pack = store.pack("tiny")
    write_check(store.folder, pack, _check(pack))
    assert with_engine(store.folder, pack).engine is _BF16
    assert main(["models", "remove", "tiny"]) == 0
    assert list(store.folder.iterdir()) == []


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", ["zonal-atlas", "bpmri-detector"])
def test_a_model_without_a_network_is_not_checked(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "check-fast", name]) == 1
    assert "has no network that OpenVINO runs" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore")
def test_without_openvino_a_faster_engine_says_what_to_install(
    tmp_path: Path, images: _Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = read_pack(onnx_that_finds(tmp_path))
    monkeypatch.setattr(needs, "find_spec", lambda name: None)
    with pytest.raises(
        ModelMissing, match=r"The faster mode of the model tiny-1 needs openvino.*prosector\[openvino\]"
    ):
        run_pack(replace(pack, engine=_F32), images, Silent())


@_needs_openvino
@pytest.mark.parametrize("make", [onnx_that_finds, torchscript_that_finds])
def test_openvino_says_what_the_plain_engine_says_and_the_same_again(
    tmp_path: Path, images: _Images, make: Callable[[Path], Path]
) -> None:
    pack = read_pack(make(tmp_path))
    plain = run_pack(pack, images, Silent())[LESION].array
    fast = run_pack(replace(pack, engine=_F32), images, Silent())[LESION].array
    again = run_pack(replace(pack, engine=_F32), images, Silent())[LESION].array
    assert plain.max() > 0.5
    assert np.abs(plain - fast).max() < 1e-3
    assert fast.tobytes() == again.tobytes()


@_needs_openvino
def test_a_failing_openvino_is_a_sentence_and_no_other_engine(tmp_path: Path, images: _Images) -> None:
    (tmp_path / "net.onnx").write_bytes(b"no network")
    pack = tiny_pack(tmp_path, "onnx", "net.onnx", engine=_F32)
    with pytest.raises(ModelInvalid, match=r"OpenVINO could not run the model tiny-1 .*check-fast tiny-1 --off"):
        run_pack(pack, images, Silent())


@_needs_openvino
def test_importing_openvino_tells_nobody(tmp_path: Path) -> None:
    onnx_that_finds(tmp_path)
    script = (
        "import os, sys\n"
        "told, hearing = [], ('socket.connect', 'socket.getaddrinfo', 'socket.sendto', 'urllib.Request')\n"
        "sys.addaudithook(lambda event, _: told.append(event) if event in hearing else None)\n"
        "from pathlib import Path\n"
        "from inference.openvino_network import openvino_onnx\n"
        "from inference.packs.pack import Engine\n"
        f"weights = Path({str(tmp_path / 'net.onnx')!r}).read_bytes()\n"
        "openvino_onnx(weights, (1, 3, 16, 64, 64), Engine.OPENVINO_F32, 'tiny')\n"
        "print(told, [name for name in sys.modules if 'telemetry' in name], os.listdir(Path.home()))\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "HOME": str(home), "USERPROFILE": str(home)},
    )
    assert done.stdout == "[] [] []\n", done.stderr


@_needs_openvino
@pytest.mark.journey
@pytest.mark.usefixtures("store")
def test_checking_a_model_on_the_made_up_study_records_what_was_measured(
    store: PackStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "download").mkdir()
    assert main(["models", "add", str(onnx_that_finds(tmp_path / "download"))]) == 0

    assert main(["models", "check-fast", "tiny"]) == 0, capsys.readouterr()

    check = read_check(store.folder, store.pack("tiny"))
    assert check is not None
    f32, _ = check.trials
    assert f32.passed
    assert f32.seconds > 0
    assert check.images == "the made-up study that comes with the program"
    assert check.void(store.pack("tiny")) == ""
    assert "openvino-f32: passed" in capsys.readouterr().out
