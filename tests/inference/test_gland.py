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
from inference import gland as gland_module
from inference.gland import WEIGHTS_SHA256, as_gland, model_identity, segment_gland, weights_path
from inference.gland_doubts import coverage_warnings, doubts_of, outline_of
from inference.gland_window import WINDOW_VOXELS, logits_of, wide_voxels
from inference.lesion import sphere
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


# What speaks against an outline


def _ball(t2: Volume, centre: tuple[float, float, float], diameter: float = 44.0) -> np.ndarray:
    return sphere(t2, centre, diameter).array > 0


_WIDE = (32, 128, 128)
_MIDDLE = (51.0, 51.0, 46.5)


def _outlined(found: np.ndarray, logit: float = 3.0) -> tuple[str, ...]:
    stack = _t2(_WIDE)
    return doubts_of(outline_of(stack, np.where(found, logit, -3.0).astype(np.float32)), stack)


def test_a_plain_outline_in_the_middle_is_not_doubted() -> None:
    assert _outlined(_ball(_t2(_WIDE), _MIDDLE)) == ()


def test_each_thing_that_speaks_against_an_outline_is_named() -> None:
    stack = _t2(_WIDE)
    ball = _ball(stack, _MIDDLE)
    shell = ball & ~_ball(stack, _MIDDLE, 30.0)
    comb = ball & (np.arange(128) % 8 < 5)[None, None, :]
    comb[15:17] |= ball[15:17]  # teeth on a plate: one piece

    assert _outlined(_ball(stack, (15.0, 51.0, 46.5)))[0] == "reaches the border of what the model sees at once"
    assert _outlined(_ball(stack, _MIDDLE, 90.0))[0] == "nearly fills what the model sees at once"
    assert _outlined(_ball(stack, _MIDDLE, 22.0)) == ("measures 6 mL",)
    assert "falls into several pieces" in _outlined(ball | _ball(stack, (90.0, 51.0, 46.5), 24.0))
    assert _outlined(shell) == ("has holes",)
    assert "has a ragged border" in _outlined(comb)
    assert _outlined(_ball(stack, (51.0, 17.0, 46.5), 30.0)) == ("lies 34 mm off the middle of the images",)
    assert _outlined(ball, logit=1.5) == ("is not clear to the model (mean probability 0.82)",)


def test_windows_that_overlap_say_what_one_window_says() -> None:
    """The logits of a network that looks at each voxel alone are the same in one window and in two."""
    seen: list[tuple[int, ...]] = []

    def network(window: np.ndarray) -> np.ndarray:
        seen.append(window.shape)
        return window * 2

    scores = np.random.default_rng(1).normal(size=wide_voxels(np.array([True, False, False]))).astype(np.float32)

    assert np.allclose(logits_of(scores, network), scores * 2, atol=1e-5)
    assert seen == [WINDOW_VOXELS, WINDOW_VOXELS]


def test_a_gland_larger_than_one_window_is_outlined_whole_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network is one that outlines what is bright; the gland is 116 mm wide, and a window 102 mm."""
    stack = _t2((40, 160, 240))
    k, j, i = np.indices(stack.spatial_shape)
    axes = ((k - 20) * 3.0 / 30, (j - 80) * 0.8 / 30, (i - 120) * 0.8 / 58)
    large = sum(axis**2 for axis in axes) <= 1
    t2 = on_grid_of(stack, np.where(large, np.float32(400), np.float32(100)))
    windows: list[tuple[int, ...]] = []

    def outlines_what_is_bright(window: np.ndarray) -> np.ndarray:
        windows.append(window.shape)
        return np.where(window > 1, np.float32(4), np.float32(-4))

    monkeypatch.setattr(gland_module, "onnx_network", lambda _weights, _name: outlines_what_is_bright)

    found = segment_gland(t2)

    assert _dice(found.mask.array > 0, large) > 0.98
    assert windows == [(1, 1, *WINDOW_VOXELS)] * 3
    assert found.doubts[0].startswith(
        "The prostate was outlined again in several windows, as the first outline reaches"
    )


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ((25.0, 25.0, 45.0), "reaches the highest axial T2 slice"),
        ((25.0, 25.0, 0.0), "reaches the lowest axial T2 slice"),
        ((0.0, 25.0, 22.0), "cut off by the edge"),
        ((25.0, 49.0, 22.0), "cut off by the edge"),
    ],
)
def test_a_gland_that_the_images_cut_off_is_told_of(place: tuple[float, float, float], told: str) -> None:
    gland = sphere(_t2(), place, 20.0)

    [warning] = coverage_warnings(gland)

    assert told in warning


def test_a_gland_beside_a_void_is_told_of() -> None:
    stack = _t2(_WIDE, 200.0)
    void = _ball(stack, (75.0, 51.0, 46.5), 40.0)

    [warning] = as_gland(
        on_grid_of(stack, np.where(void, 0, stack.array)), _ball(stack, _MIDDLE), model_identity()
    ).doubts

    assert "no signal, as beside a metal implant" in warning
    assert as_gland(stack, _ball(stack, _MIDDLE), model_identity()).doubts == ()


def test_numbers_that_are_none_have_no_prostate() -> None:
    t2 = _t2(fill=100.0)
    t2.array[3, 5, 7] = np.nan

    with pytest.raises(GlandNotFound, match="no numbers"):
        segment_gland(t2)


# The network on what it should refuse and on what it should find again


def _changed(t2: Volume, array: np.ndarray, first: tuple[int, int, int] = (0, 0, 0)) -> Volume:
    """The stack with other voxels, of which the first is where voxel `first` of the stack is."""
    affine = t2.affine.copy()
    affine[:3, 3] = affine[:3, 3] + affine[:3, :3] @ np.array(first, float)
    return Volume(
        array=np.ascontiguousarray(array),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=t2.frame_of_reference_uid,
    )


@pytest.mark.journey
def test_a_gland_far_from_the_middle_is_found_in_a_second_window(real_t2: Volume, real_gland: Gland) -> None:
    """As in a large field of view: 80 mm of nothing on one side put the gland 40 mm off the middle."""
    wide = _changed(real_t2, np.pad(real_t2.array, ((0, 0), (0, 0), (0, 160))))

    found = segment_gland(wide)

    assert _dice(found.mask.array[:, :, :384] > 0, real_gland.mask.array > 0) > 0.9
    assert "outlined again in a window around it" in found.doubts[0]
    assert "off the middle of the images" in found.doubts[1]


@pytest.mark.journey
def test_a_real_study_is_not_doubted_and_seen_once(real_gland: Gland) -> None:
    assert real_gland.doubts == ()
    assert real_gland.ellipsoid_ml == pytest.approx(real_gland.volume_ml, rel=0.25)


@pytest.mark.journey
@pytest.mark.parametrize("part", ["above the gland", "below the gland", "void over the gland"])
def test_a_stack_without_the_gland_has_no_prostate(real_t2: Volume, real_gland: Gland, part: str) -> None:
    height = real_t2.array.shape[0]
    slices = np.flatnonzero(real_gland.mask.array.any(axis=(1, 2)))
    upward = real_t2.affine[2, 0] > 0
    pieces = {"above the gland": upward, "below the gland": not upward}
    if part in pieces:
        array = real_t2.array[slices[-1] + 1 :] if pieces[part] else real_t2.array[: slices[0]]
        stack = _changed(real_t2, array, ((height - len(array)) if pieces[part] else 0, 0, 0))
    else:
        void = np.hypot(*(np.indices(real_t2.array.shape[1:]) - 192)) < 90
        stack = _changed(real_t2, np.where(void, 0, real_t2.array))

    with pytest.raises(GlandNotFound, match=r"No prostate was found.*can still be read by hand") as told:
        segment_gland(stack)
    assert ("as beside a metal implant" in str(told.value)) == (part == "void over the gland")


@pytest.mark.journey
def test_a_gland_cut_off_by_the_field_of_view_is_told_of(real_t2: Volume) -> None:
    half = _changed(real_t2, real_t2.array[:, :, :192])

    found = segment_gland(half)

    assert any("cut off by the edge" in warning for warning in coverage_warnings(found.mask))


@pytest.mark.journey
def test_a_brain_has_no_prostate(shared_data: Path) -> None:
    import pydicom

    brain = pydicom.dcmread(shared_data / "vendor_headers" / "enhanced" / "Philips" / "IM_0027_fMAP.dcm")
    voxels = brain.pixel_array.astype(np.float32)

    with pytest.raises(GlandNotFound, match="No prostate was found"):
        segment_gland(on_grid_of(_t2(voxels.shape), voxels))


@pytest.mark.journey
def test_a_female_pelvis_has_no_prostate() -> None:
    """Made up: bladder, uterus with its bright stripe and rectum in fat; no real one is at hand."""
    t2 = _t2((24, 220, 220))
    signal = np.full(t2.array.shape, 320.0)
    for centre, half, value in (
        ((88.0, 60.0, 40.0), (32.0, 24.0, 22.0), 900.0),  # bladder
        ((88.0, 100.0, 45.0), (26.0, 18.0, 26.0), 240.0),  # uterus
        ((88.0, 100.0, 45.0), (12.0, 4.0, 18.0), 700.0),  # endometrium
        ((88.0, 135.0, 36.0), (16.0, 14.0, 60.0), 150.0),  # rectum
    ):
        places = np.stack(np.meshgrid(*(np.arange(n) for n in t2.array.shape), indexing="ij")) * np.array(
            [3.0, 0.8, 0.8]
        ).reshape(3, 1, 1, 1)
        offsets = [(places[axis] - centre[2 - axis]) / half[2 - axis] for axis in range(3)]
        signal[sum(offset**2 for offset in offsets) <= 1] = value
    noise = np.random.default_rng(3).normal(0, 25, signal.shape)

    with pytest.raises(GlandNotFound, match=r"No prostate was found|is no prostate"):
        segment_gland(on_grid_of(t2, (signal + noise).astype(np.float32)))


@pytest.mark.journey
def test_an_adc_map_taken_for_t2_is_not_outlined_without_a_word(prostatex_0001: Path) -> None:
    series = next(s for s in read_study(prostatex_0001).series if s.description.endswith("ADC"))
    adc = load_stack(Stack(series, series.instances))

    assert segment_gland(adc).doubts != ()
