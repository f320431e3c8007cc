"""The gland: the released weights or none, a plausible prostate or a sentence."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from highdicom import Volume

from core.errors import GlandNotFound, ModelAltered, ModelMissing
from core.findings import Gland
from core.study import Series, Stack
from core.volume import on_grid_of, voxel_volume_ml
from inference.gland import WEIGHTS_SHA256, segment_gland, weights_path
from inference.load import load_stack
from inference.read import read_study


def _t2(shape: tuple[int, int, int] = (16, 64, 64), fill: float = 0.0) -> Volume:
    affine = np.diag([3.0, 0.8, 0.8, 1.0])[:, [2, 1, 0, 3]].T
    affine[:3, :3] = np.array([[0, 0, 0.8], [0, 0.8, 0], [3.0, 0, 0]])
    return Volume(
        array=np.full(shape, fill, np.float32),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid="1.2.3",
    )


def test_finding_the_weights_does_not_import_the_package() -> None:
    """Importing it configures logging for the whole process and pulls torch."""
    code = "import sys, inference.gland as g; g.weights_path(); print('taps' in sys.modules or 'torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"
    assert weights_path().stat().st_size > 50_000_000


def test_altered_weights_are_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = tmp_path / "taps" / "resources" / "model_v1.onnx"
    altered.parent.mkdir(parents=True)
    (tmp_path / "taps" / "__init__.py").write_text("")
    altered.write_bytes(b"another network")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModelAltered, match=r"SHA-256.*reinstall lavlab-taps"):
        segment_gland(_t2(fill=100.0))


def test_without_weights_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taps").mkdir()
    (tmp_path / "taps" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModelMissing, match="install the package lavlab-taps"):
        segment_gland(_t2(fill=100.0))


@pytest.mark.parametrize("fill", [0.0, 250.0])
def test_blank_images_have_no_prostate(fill: float) -> None:
    with pytest.raises(GlandNotFound, match="blank"):
        segment_gland(_t2(fill=fill))


@pytest.mark.journey
def test_noise_has_no_prostate() -> None:
    t2 = _t2()
    noise = np.random.default_rng(0).normal(300, 60, t2.array.shape).astype(np.float32)

    with pytest.raises(GlandNotFound, match=r"No prostate was found|is no prostate"):
        segment_gland(on_grid_of(t2, noise))


@pytest.fixture(scope="module")
def real_t2(prostatex_0000: Path) -> Volume:
    """The axial T2 of ProstateX-0000, 18.6° oblique."""
    series: Series = next(s for s in read_study(prostatex_0000).series if s.description == "t2_tse_tra")
    return load_stack(Stack(series, series.instances))


@pytest.fixture(scope="module")
def real_gland(real_t2: Volume) -> Gland:
    """Its gland; a run of the network takes seconds."""
    return segment_gland(real_t2)


def _label(path: Path) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path))) > 0


def _dice(first: np.ndarray, second: np.ndarray) -> float:
    return 2 * np.count_nonzero(first & second) / (np.count_nonzero(first) + np.count_nonzero(second))


@pytest.mark.journey
def test_the_gland_of_a_real_study_agrees_with_two_other_models(real_gland: Gland, shared_data: Path) -> None:
    gland = real_gland

    for other in ("bosma22b", "guerbet23"):
        drawn = _label(shared_data / "prostatex" / "labels" / f"ProstateX-0000_gland_{other}.nii.gz")
        assert _dice(gland.mask.array > 0, drawn) >= 0.85
    assert gland.volume_ml == pytest.approx(np.count_nonzero(gland.mask.array) * voxel_volume_ml(gland.mask))
    assert gland.model.name == "TAPS"
    assert gland.model.sha256 == WEIGHTS_SHA256
    assert gland.model.licence == "MIT"


@pytest.mark.journey
def test_the_order_in_which_slices_and_rows_are_stored_does_not_move_the_gland(
    real_t2: Volume, real_gland: Gland
) -> None:
    t2 = real_t2
    affine = t2.affine.copy()
    for axis in (0, 2):
        affine[:3, 3] += affine[:3, axis] * (t2.array.shape[axis] - 1)
        affine[:3, axis] *= -1
    turned = Volume(
        array=np.ascontiguousarray(t2.array[::-1, :, ::-1]),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=t2.frame_of_reference_uid,
    )

    assert _dice(real_gland.mask.array > 0, segment_gland(turned).mask.array[::-1, :, ::-1] > 0) > 0.995
