"""`prosector models`: the packs there are, what is refused and in which words, and that nothing is left half done."""

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelAltered, ModelInvalid, ModelMissing
from core.progress import Silent
from core.study import Role
from inference import needs
from inference.adapters.adapter import run_pack
from inference.detect import detector_identity
from inference.detection_map import detections
from inference.level import LEAST_SHOWN
from inference.packs.concepts import LESION, PERIPHERAL_ZONE, PROSTATE, TRANSITION_ZONE
from inference.packs.foreign import NOT_STATED, Told, write_pack
from inference.packs.pack import RESEARCH_ONLY, Channel, Grid, Normalisation, Output, Pack, Task, WeightFile, digest_of
from inference.packs.read import read_pack, toml_of
from inference.packs.store import PackStore
from service.cli import main
from service.models import chosen_models

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackStore:
    monkeypatch.setenv("PROSECTOR_DATA_FOLDER", str(tmp_path / "data"))
    return PackStore(tmp_path / "data" / "models")


@pytest.fixture
def pack_folder(tmp_path: Path) -> Path:
    """A pack as a site would write it; its weights are never run here."""
    folder = tmp_path / "download" / "detector"
    folder.mkdir(parents=True)
    (folder / "net.onnx").write_bytes(b"weights")
    (folder / "CARD.md").write_text("# Detector\nTrained on nothing.\n")
    (folder / "LICENSE").write_text("MIT\n")
    (folder / "model.toml").write_text(toml_of(_pack(folder)))
    return folder


def _pack(folder: Path) -> Pack:
    return Pack(
        folder=folder,
        name="site-detector",
        version="2.1",
        task=Task.LESIONS,
        licence="MIT",
        adapter="onnx",
        intended_use=RESEARCH_ONLY,
        channels=(
            Channel(Role.T2_AXIAL, Normalisation.Z_SCORE_NONZERO),
            Channel(Role.ADC, Normalisation.Z_SCORE, (0.5, 99.5)),
        ),
        outputs=(Output(LESION, (1, 2)),),
        files=(WeightFile("net.onnx", digest_of(folder / "net.onnx")),),
        threshold=0.25,
        threshold_source="Youden's index on 40 studies of one site, “made up”\\",
        grid=Grid((3.0, 0.5, 0.5), (16, 256, 256)),
        calibrated_on="200 studies of one site",
        settings={"folds": ["0", "all"], "step": 0.5, "mirror": False},
    )


def test_a_pack_written_and_read_again_is_the_same(pack_folder: Path) -> None:
    assert read_pack(pack_folder) == _pack(pack_folder)


def test_packs_are_listed_and_verified_without_torch(store: PackStore, pack_folder: Path) -> None:
    assert main(["models", "add", str(pack_folder)]) == 0
    script = (
        "import sys\nfrom service.cli import main\n"
        "assert main(['models', 'list']) == 0 and main(['models', 'verify']) == 0\n"
        "sys.exit(bool({'torch', 'onnxruntime', 'monai', 'nnunetv2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("* taps-", "* zonal-atlas-", "* bpmri-detector-", "  site-detector-2.1"):
        assert name in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('task = "lesions"', 'task = "kidney"', "“task” is “kidney”, and must be one of gland, zones, lesions"),
        ('version = "2.1"', "", "“version” is missing"),
        ('version = "2.1"', "version = 2.1", "“version” is 2.1, and must be a text"),
        ('version = "2.1"', 'version = "../2"', "“version” is “../2”, and may have letters"),
        ("format = 1", "format = 2", "“format” is 2, and this version of Prosector reads 1"),
        ('licence = "MIT"', 'licence = " "', "“licence” is empty"),
        ('licence = "MIT"', 'licence = "MIT"\nlicense = "MIT"', "“license” is no key that is known here"),
        ('role = "adc"', 'role = "dce"', r"“inputs\[1\].role” is “dce”, and must be one of t2_axial, adc, high_b"),
        ('role = "adc"', 'role = "t2_axial"', "“inputs” names a role twice"),
        ("clip_percentiles = [0.5, 99.5]", "clip_percentiles = [99.5, 0.5]", "must rise within 0 to 100"),
        ("threshold = 0.25", "threshold = 25", "“operating_point.threshold” is 25, and must lie between 0 and 1"),
        ("channels = [1, 2]", "channels = []", r"“outputs\[0\].channels” has 0 entries"),
        ('path = "net.onnx"', 'path = "../net.onnx"', r"“files\[0\].path” is “../net.onnx”, and must lie within"),
        ("patch = [16, 256, 256]", "patch = [16, 256]", "“grid.patch” has 2 entries, and must have 3"),
        ("spacing_mm = [3.0, 0.5, 0.5]", "spacing_mm = [3.0, 0, 0.5]", "“grid.spacing_mm” .* must be positive"),
        ("calibrated = true", "calibrated = 1", "“calibration.calibrated” is 1, and must be true or false"),
        ('on = "200 studies of one site"', "", "“calibration.on” is missing"),
        ('intended_use = "Research', 'intended_use = "Clinical', ""),
        ("Research use only", "For all patients", "must say that the model is for research use"),
        ("format = 1", "format = ", "is not valid TOML"),
    ],
)
def test_what_is_wrong_with_a_pack_is_named(pack_folder: Path, old: str, new: str, told: str) -> None:
    file = pack_folder / "model.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    if not told:
        with pytest.raises(ModelInvalid):
            read_pack(pack_folder)
        return
    with pytest.raises(ModelInvalid, match=told) as caught:
        read_pack(pack_folder)
    assert str(pack_folder) in str(caught.value)


def test_a_pack_of_zones_must_say_both(pack_folder: Path) -> None:
    (pack_folder / "model.toml").write_text(toml_of(replace(_pack(pack_folder), task=Task.ZONES)))

    with pytest.raises(ModelInvalid, match="“outputs” has 1 entries, and a model for zones has 2"):
        read_pack(pack_folder)


def test_a_pack_that_cannot_be_added_is_called_what_the_reader_called_it(
    store: PackStore, pack_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = pack_folder / "model.toml"
    file.write_text(file.read_text().replace("format = 1", "format = 9"))

    assert main(["models", "add", str(pack_folder)]) != 0
    told = capsys.readouterr().err
    assert f"The model pack {pack_folder} cannot be used" in told
    assert ".adding-" not in told
    assert list(store.folder.glob(".adding-*")) == []


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_archive_is_added_chosen_and_removed(
    store: PackStore, pack_folder: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / f"detector.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as file:
            for path in pack_folder.iterdir():
                file.write(path, f"detector/{path.name}")
    else:
        with tarfile.open(archive, "w:gz") as file:
            file.add(pack_folder, "detector")

    assert main(["models", "add", str(archive)]) == 0
    assert main(["models", "default", "site-detector"]) == 0
    assert chosen_models(store.folder).lesions == store.pack("site-detector-2.1")
    assert main(["models", "info", "site-detector"]) == 0
    assert "Trained on nothing." in capsys.readouterr().out
    assert main(["models", "remove", "site-detector"]) == 0
    assert chosen_models(store.folder).lesions is None
    assert [path.name for path in store.folder.iterdir()] == ["defaults.toml"]


def test_a_built_in_model_can_be_chosen_again_and_not_removed(
    store: PackStore, pack_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["models", "add", str(pack_folder)])
    main(["models", "default", "site-detector"])

    assert main(["models", "default", "bpmri-detector"]) == 0
    assert chosen_models(store.folder).lesions is None
    assert main(["models", "remove", "bpmri-detector"]) == 1
    assert "comes with the program and cannot be removed" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["taps", "zonal-atlas", "bpmri-detector"])
def test_the_card_of_a_built_in_model_says_what_was_measured_what_was_not_and_calls_no_score_a_probability(
    store: PackStore, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "info", name]) == 0

    told = capsys.readouterr().out
    assert "calibrated       no; its numbers are no probability" in told
    card = told[told.index("\n# Card: ") :]
    for words in ("Research use only. Not a medical device.", "## What was measured, on what", "**Not measured:**"):
        assert words in card
    assert "## Limits" in card


def test_the_card_of_the_detector_says_on_what_it_was_measured_and_states_its_version(
    capsys: pytest.CaptureFixture[str], store: PackStore
) -> None:
    main(["models", "info", "bpmri-detector"])
    told = capsys.readouterr().out

    version = detector_identity().version
    assert f"bpMRI detector {version} (transparent)" in told
    assert f"a suspicion of {LEAST_SHOWN:.2f}" in told
    for cohort in ("virtual patients", "implanted cancers", "steadiness", "calibration", "two real studies"):
        assert f"**{cohort}**" in told
    assert "the score is called *suspicion*, never probability" in told


def test_the_same_version_is_not_added_twice(
    store: PackStore, pack_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "add", str(pack_folder)]) == 0
    assert main(["models", "add", str(pack_folder)]) == 1
    assert "site-detector-2.1 is installed already" in capsys.readouterr().err


def test_a_pack_whose_weights_are_not_those_it_lists_is_not_added(store: PackStore, pack_folder: Path) -> None:
    (pack_folder / "net.onnx").write_bytes(b"other weights")

    with pytest.raises(ModelAltered, match=r"net\.onnx"):
        store.add(lambda target: write_pack(pack_folder, target, Told()))
    assert list(store.folder.iterdir()) == []


def test_weights_altered_after_installing_are_found(
    store: PackStore, pack_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["models", "add", str(pack_folder)])
    (store.folder / "site-detector-2.1" / "net.onnx").write_bytes(b"weightS")

    assert main(["models", "verify"]) == 1
    assert "net.onnx of the model site-detector-2.1 is not the one that was installed" in capsys.readouterr().err


def test_a_chosen_model_that_is_gone_stops_the_analysis_and_is_not_replaced(
    store: PackStore, pack_folder: Path
) -> None:
    store.add(lambda target: write_pack(pack_folder, target, Told()))
    store.set_default("site-detector")
    (store.folder / "site-detector-2.1" / "model.toml").unlink()

    with pytest.raises(ModelMissing, match=r"There is no model site-detector-2\.1; there are taps-"):
        chosen_models(store.folder)


def test_two_versions_of_one_name_must_be_told_apart(store: PackStore, pack_folder: Path) -> None:
    store.add(lambda target: write_pack(pack_folder, target, Told()))
    file = pack_folder / "model.toml"
    file.write_text(file.read_text().replace('version = "2.1"', 'version = "3"'))
    store.add(lambda target: write_pack(pack_folder, target, Told()))

    with pytest.raises(ModelInvalid, match=r"Name one of site-detector-2\.1, site-detector-3"):
        store.pack("site-detector")


def _zip(archive: Path, name: str, mode: int = 0o100644) -> None:
    with zipfile.ZipFile(archive, "w") as file:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        file.writestr(entry, b"/etc/passwd")


def _tar(archive: Path, name: str, kind: bytes = tarfile.REGTYPE) -> None:
    with tarfile.open(archive, "w:gz") as file:
        entry = tarfile.TarInfo(name)
        entry.type = kind
        entry.linkname = "/etc/passwd"
        entry.size = 3 if kind == tarfile.REGTYPE else 0
        file.addfile(entry, io.BytesIO(b"abc"))


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda path: _zip(path, "../../evil"), "“../../evil” is a path beyond its folder"),
        (lambda path: _zip(path, "/evil"), "“/evil” is a path beyond its folder"),
        (lambda path: _zip(path, "C:evil"), "“C:evil” is a path beyond its folder"),
        (lambda path: _zip(path, "link", 0o120777), "“link” is a link or a device"),
        (lambda path: _tar(path, "../evil"), "“../evil” is a path beyond its folder"),
        (lambda path: _tar(path, "link", tarfile.SYMTYPE), "“link” is a link or a device"),
        (lambda path: _tar(path, "hard", tarfile.LNKTYPE), "“hard” is a link or a device"),
        (lambda path: _tar(path, "device", tarfile.CHRTYPE), "“device” is a link or a device"),
        (lambda path: path.write_bytes(b"PK not an archive"), "neither a folder nor an archive"),
    ],
)
def test_an_unsafe_archive_is_not_unpacked(
    store: PackStore,
    tmp_path: Path,
    write: Callable[[Path], object],
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    archive = tmp_path / "evil.archive"
    write(archive)

    assert main(["models", "add", str(archive)]) == 1
    assert told in capsys.readouterr().err
    assert not list(tmp_path.rglob("evil"))


def test_a_damaged_archive_is_a_sentence(
    store: PackStore, pack_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("model.toml", b"x" * 1000)
    content = bytearray(archive.read_bytes())
    content[60] ^= 0xFF
    archive.write_bytes(content)

    assert main(["models", "add", str(archive)]) == 1
    assert "is damaged" in capsys.readouterr().err


def test_pointers_of_git_lfs_are_told_from_weights(
    store: PackStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What GitHub's “Download ZIP” of the PI-CAI models holds."""
    folder = tmp_path / "picai-main" / "weights"
    folder.mkdir(parents=True)
    (folder / "unet_F0.pt").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:d21d\nsize 127229381\n")

    assert main(["models", "add", str(folder.parent)]) == 1
    assert "weights/unet_F0.pt is a Git LFS pointer and not the weights themselves" in capsys.readouterr().err


def test_a_folder_without_any_model_says_what_is_looked_for(
    store: PackStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()

    assert main(["models", "add", str(tmp_path / "empty")]) == 1
    assert "neither model.toml, nor an nnU-Net results folder" in capsys.readouterr().err
    assert main(["models", "add", str(tmp_path / "absent")]) == 1
    assert "does not exist" in capsys.readouterr().err


def _nnunet(folder: Path, channels: dict[str, str], labels: dict[str, object], folds: str = "01") -> Path:
    results = folder / "Dataset2203_picai_baseline" / "nnUNetTrainer__nnUNetPlans__3d_fullres"
    for fold in folds:
        (results / f"fold_{fold}").mkdir(parents=True)
        (results / f"fold_{fold}" / "checkpoint_final.pth").write_bytes(b"weights " + fold.encode())
    (results / "dataset.json").write_text(json.dumps({"channel_names": channels, "labels": labels}))
    (results / "plans.json").write_text(json.dumps({"dataset_name": "Dataset2203_picai_baseline"}))
    return folder


_PICAI = {"0": "T2W", "1": "ADC", "2": "HBV"}


def test_an_nnunet_in_the_layout_of_picai_is_added_in_one_command(
    store: PackStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = _nnunet(tmp_path / "results", _PICAI, {"background": 0, "csPCa": 1})

    assert main(["models", "add", str(source), "--name", "picai-nnunet", "--licence", "Apache-2.0"]) == 0

    pack = store.pack("picai-nnunet-1")
    assert [channel.role for channel in pack.channels] == [Role.T2_AXIAL, Role.ADC, Role.HIGH_B]
    assert pack.outputs == (Output(LESION, (1,)),)
    assert [file.path for file in pack.files] == [
        "dataset.json",
        "fold_0/checkpoint_final.pth",
        "fold_1/checkpoint_final.pth",
        "plans.json",
    ]
    assert (pack.licence, pack.calibrated_on, pack.adapter) == ("Apache-2.0", None, "nnunetv2")
    assert "Research use only" in (pack.folder / "CARD.md").read_text()


def test_the_order_of_channels_is_that_of_their_numbers(store: PackStore, tmp_path: Path) -> None:
    source = _nnunet(tmp_path, {"2": "T2", "0": "hbv", "1": "adc"}, {"background": 0, "lesion": 1})

    pack = store.add(lambda target: write_pack(source, target, Told(folds=("1",))))

    assert [channel.role for channel in pack.channels] == [Role.HIGH_B, Role.ADC, Role.T2_AXIAL]
    assert [file.path for file in pack.files if file.path.endswith(".pth")] == ["fold_1/checkpoint_final.pth"]
    assert pack.licence == NOT_STATED


@pytest.mark.parametrize(
    ("labels", "task", "outputs"),
    [
        ({"background": 0, "isup2": 1, "isup3": 2}, Task.LESIONS, (Output(LESION, (1, 2)),)),
        ({"background": 0, "whole prostate": 1}, Task.GLAND, (Output(PROSTATE, (1,)),)),
        (
            {"background": 0, "transition zone": 1, "peripheral zone": 2},
            Task.ZONES,
            (Output(PERIPHERAL_ZONE, (2,)), Output(TRANSITION_ZONE, (1,))),
        ),
    ],
)
def test_labels_tell_the_task(
    store: PackStore, tmp_path: Path, labels: dict[str, object], task: Task, outputs: tuple[Output, ...]
) -> None:
    source = _nnunet(tmp_path, _PICAI, labels)

    pack = store.add(lambda target: write_pack(source, target, Told()))

    assert (pack.task, pack.outputs) == (task, outputs)


@pytest.mark.parametrize(
    ("channels", "labels", "folds", "told"),
    [
        ({"0": "zscore", "1": "zscore"}, {"background": 0, "lesion": 1}, "0", "with --channels"),
        (_PICAI, {"background": 0, "thing": 1}, "0", "say what it is for with --task"),
        (_PICAI, {"background": 0, "lesion": [1, 2], "isup4": 2}, "0", "trained with regions"),
        (_PICAI, {"background": 0, "peripheral": 1}, "0", "no label for the transition zone"),
    ],
)
def test_what_an_nnunet_does_not_say_is_asked_for(
    store: PackStore, tmp_path: Path, channels: dict[str, str], labels: dict[str, object], folds: str, told: str
) -> None:
    source = _nnunet(tmp_path, channels, labels, folds)

    with pytest.raises(ModelInvalid, match=told):
        store.add(lambda target: write_pack(source, target, Told()))


def test_sequences_told_on_the_command_line_win(store: PackStore, tmp_path: Path) -> None:
    source = _nnunet(tmp_path, {"0": "zscore", "1": "zscore"}, {"background": 0, "lesion": 1})

    assert main(["models", "add", str(source), "--channels", "t2_axial,adc"]) == 0
    assert [c.role for c in store.pack("Dataset2203_picai_baseline").channels] == [
        Role.T2_AXIAL,
        Role.ADC,
    ]


def _blob(volume: np.ndarray, centre: tuple[int, int, int], radius: float, peak: float) -> None:
    offsets = np.indices(volume.shape) - np.array(centre).reshape(3, 1, 1, 1)
    distance = np.sqrt((offsets**2).sum(axis=0))
    np.maximum(volume, peak * np.clip(1 - distance / (2 * radius), 0, 1), out=volume)


def test_lesions_are_taken_out_as_the_challenge_does() -> None:
    suspicion = np.zeros((20, 40, 40), np.float32)
    _blob(suspicion, (10, 10, 10), 4, 0.9)
    _blob(suspicion, (10, 30, 30), 4, 0.7)
    suspicion[2, 2, 2] = 0.95  # a single voxel is noise

    first, second = detections(suspicion, 0.1)

    assert (round(first.peak, 6), round(second.peak, 6)) == (0.9, 0.7)
    assert suspicion[first.mask].min() >= 0.9 / 2.5
    assert first.mask[10, 10, 10]
    assert not np.any(first.mask & second.mask)


def test_the_rim_of_a_lesion_is_no_second_lesion() -> None:
    suspicion = np.zeros((20, 40, 40), np.float32)
    _blob(suspicion, (10, 20, 20), 8, 0.9)

    assert len(detections(suspicion, 0.05)) == 1


def test_at_most_five_lesions_and_none_below_the_threshold() -> None:
    suspicion = np.zeros((12, 40, 80), np.float32)
    for number in range(7):
        _blob(suspicion, (6, 10 + 18 * (number % 2), 8 + 10 * number), 2, 0.9 - 0.1 * number)

    assert [round(found.peak, 2) for found in detections(suspicion, 0.1)] == [0.9, 0.8, 0.7, 0.6, 0.5]
    assert [round(found.peak, 2) for found in detections(suspicion, 0.75)] == [0.9, 0.8]
    assert detections(np.zeros((3, 3, 3), np.float32), 0.1) == ()


def test_a_library_that_is_missing_is_named_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the frozen program, which has no torch."""
    monkeypatch.setattr(needs, "find_spec", lambda name: None)
    pack = replace(_pack_with_a_file(tmp_path), adapter="torchscript")

    with pytest.raises(ModelMissing, match=r"The model site-detector-2\.1 needs torch, which this installation lacks"):
        run_pack(pack, {}, Silent())


def _pack_with_a_file(folder: Path) -> Pack:
    (folder / "net.onnx").write_bytes(b"weights")
    return _pack(folder)


def test_a_map_of_noise_ends_the_search_soon() -> None:
    noise = np.random.default_rng(0).random((12, 60, 60)).astype(np.float32)

    assert len(detections(noise, 0.1)) <= 5
