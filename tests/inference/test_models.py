"""Packs of each task inside the analysis, on a made-up patient; the networks only compare numbers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from highdicom import Volume

from core.errors import GlandNotFound, ModelInvalid
from core.progress import Silent
from core.study import Role
from core.volume import on_grid_of
from inference.atlas import zones_of
from inference.lesion import sphere
from inference.models import gland_by, suspects_by, zones_by
from inference.packs.concepts import LESION, PERIPHERAL_ZONE, PROSTATE, TRANSITION_ZONE
from inference.packs.pack import RESEARCH_ONLY, Channel, Grid, Output, Pack, Task, WeightFile, digest_of

pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.:DeprecationWarning")

_SHAPE = (16, 45, 45)
_LESION = (-12.0, 10.0, 1.5)


def _empty() -> Volume:
    affine = np.zeros((4, 4))
    affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = 3.0, 2.0, 2.0, 1.0
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(_SHAPE) - 1) / 2)
    return Volume(
        array=np.zeros(_SHAPE, np.float32),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid="1.2.3",
    )


def _ellipsoid(scale: float = 1.0) -> np.ndarray:
    grid = _empty()
    offsets = grid.affine[:3, :3] @ np.indices(_SHAPE).reshape(3, -1) + grid.affine[:3, 3:]
    return (((offsets / (scale * np.array([[24.0], [18.0], [20.0]]))) ** 2).sum(axis=0) <= 1).reshape(_SHAPE)


@pytest.fixture
def images() -> dict[Role, Volume]:
    """A bright gland on T2, its inner half brighter still; low ADC in one focus."""
    grid = _empty()
    lesion = sphere(grid, _LESION, 12.0).array > 0
    t2 = 100.0 + 200.0 * _ellipsoid() + 200.0 * _ellipsoid(0.6)
    adc = np.where(lesion, 700.0, 1500.0)
    return {role: on_grid_of(grid, a.astype(np.float32)) for role, a in ((Role.T2_AXIAL, t2), (Role.ADC, adc))}


class _Between(torch.nn.Module):
    """One output for each pair of bounds: 0.9 where the input lies between them, 0.05 elsewhere."""

    def __init__(self, bounds: list[tuple[float, float]]) -> None:
        super().__init__()
        self.bounds = bounds

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs = [0.05 + 0.85 * ((x > least) & (x < most)).float() for least, most in self.bounds]
        return torch.cat(outputs, 1)


def _pack(folder: Path, task: Task, role: Role, bounds: list[tuple[float, float]], *outputs: Output) -> Pack:
    script = torch.jit.trace(_Between(bounds), torch.zeros(1, 1, *_SHAPE))
    torch.jit.save(script, str(folder / f"{task}.ts"))
    return Pack(
        folder=folder,
        name=f"site-{task}",
        version="1",
        task=task,
        licence="MIT",
        adapter="torchscript",
        intended_use=RESEARCH_ONLY,
        channels=(Channel(role),),
        outputs=outputs,
        files=(WeightFile(f"{task}.ts", digest_of(folder / f"{task}.ts")),),
        threshold=0.5,
        threshold_source="made up",
        grid=Grid((3.0, 2.0, 2.0), _SHAPE),
    )


def _gland_mask() -> Volume:
    return on_grid_of(_empty(), _ellipsoid().astype(np.uint8))


def test_a_pack_draws_the_gland_and_is_named_for_it(tmp_path: Path, images: dict[Role, Volume]) -> None:
    pack = _pack(tmp_path, Task.GLAND, Role.T2_AXIAL, [(200, 600)], Output(PROSTATE, (0,)))

    gland = gland_by(pack, images, Silent())

    assert np.array_equal(gland.mask.array > 0, _ellipsoid())
    assert gland.volume_ml == pytest.approx(4 / 3 * np.pi * 24 * 18 * 20 / 1000, rel=0.05)
    assert gland.model == pack.identity
    assert gland.model.sha256 == digest_of(tmp_path / "gland.ts")


def test_a_pack_that_finds_no_possible_prostate_is_told_of(tmp_path: Path, images: dict[Role, Volume]) -> None:
    pack = _pack(tmp_path, Task.GLAND, Role.T2_AXIAL, [(900, 999)], Output(PROSTATE, (0,)))

    with pytest.raises(GlandNotFound):
        gland_by(pack, images, Silent())


def test_a_pack_draws_zones_and_the_atlas_fills_what_it_leaves_open(tmp_path: Path, images: dict[Role, Volume]) -> None:
    outputs = Output(PERIPHERAL_ZONE, (0,)), Output(TRANSITION_ZONE, (1,))
    whole = _pack(tmp_path, Task.ZONES, Role.T2_AXIAL, [(200, 400), (400, 600)], *outputs)

    zones = zones_by(whole, images, _gland_mask(), Silent()).array

    assert np.array_equal(zones == 2, _ellipsoid(0.6))
    assert np.array_equal(zones == 1, _ellipsoid() & ~_ellipsoid(0.6))

    silent = _pack(tmp_path, Task.ZONES, Role.T2_AXIAL, [(900, 999), (900, 999)], *outputs)
    assert np.array_equal(zones_by(silent, images, _gland_mask(), Silent()).array, zones_of(_gland_mask()).array)


def test_a_pack_finds_the_lesion_and_calls_its_number_no_probability(
    tmp_path: Path, images: dict[Role, Volume]
) -> None:
    pack = _pack(tmp_path, Task.LESIONS, Role.ADC, [(0, 1000)], Output(LESION, (0,)))

    suspicion, (suspect,), _ = suspects_by(pack, images, _gland_mask(), Silent())

    assert np.array_equal(suspect.mask.array > 0, sphere(_empty(), _LESION, 12.0).array > 0)
    assert suspect.score == pytest.approx(0.9)
    assert suspicion.array.dtype == np.float32
    told = " ".join(suspect.explanation)
    assert "site-lesions 1 gives its most suspicious voxel 0.90" in told
    assert "a suspicion from 0 to 1, not calibrated" in told
    assert "robability" not in told
    assert "listed from 0.5 on (made up)" in told
    assert "No category is suggested" in told
    assert (suspect.calibrated_on, suspect.suggests) == ("", False)


def test_a_number_is_called_a_probability_only_where_that_was_shown(tmp_path: Path, images: dict[Role, Volume]) -> None:
    pack = _pack(tmp_path, Task.LESIONS, Role.ADC, [(0, 1000)], Output(LESION, (0,)))
    shown = replace(pack, calibrated_on="400 studies of three sites")

    _, (suspect,), _ = suspects_by(shown, images, _gland_mask(), Silent())

    assert "a probability of 0.90, calibrated on 400 studies of three sites" in suspect.explanation[0]
    assert (suspect.calibrated_on, suspect.suggests) == ("400 studies of three sites", True)


def test_what_lies_beside_the_prostate_is_no_lesion(tmp_path: Path, images: dict[Role, Volume]) -> None:
    pack = _pack(tmp_path, Task.LESIONS, Role.ADC, [(0, 1000)], Output(LESION, (0,)))
    beside = on_grid_of(_empty(), (sphere(_empty(), (30.0, 30.0, 1.5), 20.0).array > 0).astype(np.uint8))

    suspicion, suspects, doubts = suspects_by(pack, images, beside, Silent())

    assert (suspects, doubts) == ((), ())
    assert suspicion.array.max() > 0.8


def test_a_place_just_beside_the_prostate_is_not_listed_and_told_of(tmp_path: Path, images: dict[Role, Volume]) -> None:
    pack = _pack(tmp_path, Task.LESIONS, Role.ADC, [(0, 1000)], Output(LESION, (0,)))
    gland = on_grid_of(_empty(), (sphere(_empty(), (8.0, 10.0, 1.5), 24.0).array > 0).astype(np.uint8))

    _, suspects, doubts = suspects_by(pack, images, gland, Silent())

    assert suspects == ()
    assert doubts == (
        "site-lesions marks a place wholly outside the outlined prostate, not listed here. Check the prostate's "
        "outline.",
    )


def test_a_lesion_mostly_outside_the_prostate_is_doubted_and_kept(tmp_path: Path, images: dict[Role, Volume]) -> None:
    pack = replace(_pack(tmp_path, Task.LESIONS, Role.ADC, [(0, 1000)], Output(LESION, (0,))), calibrated_on="a site")
    gland = on_grid_of(_empty(), (sphere(_empty(), (4.0, 10.0, 1.5), 24.0).array > 0).astype(np.uint8))

    _, (suspect,), doubts = suspects_by(pack, images, gland, Silent())

    outside = (suspect.mask.array > 0) & (gland.array == 0)
    share = outside.sum() / suspect.mask.array.sum()
    assert 0.5 < share < 1
    assert f"of which {share:.0%} lies outside the outlined prostate" in suspect.explanation[0]
    assert doubts == suspect.explanation[:1]
    assert not suspect.suggests  # no category comes from a number that cannot be right


def test_a_lesion_larger_than_the_prostate_is_doubted_and_kept(tmp_path: Path, images: dict[Role, Volume]) -> None:
    """As when a model was given its channels in the wrong order, or the outline holds a part of the gland only."""
    pack = _pack(tmp_path, Task.LESIONS, Role.ADC, [(0, 1000)], Output(LESION, (0,)))
    gland = on_grid_of(_empty(), (sphere(_empty(), _LESION, 9.0).array > 0).astype(np.uint8))

    _, (suspect,), doubts = suspects_by(pack, images, gland, Silent())

    assert "larger than the outlined prostate" in suspect.explanation[0]
    assert doubts == suspect.explanation[:1]


def test_a_lesion_within_the_prostate_is_not_doubted(tmp_path: Path, images: dict[Role, Volume]) -> None:
    pack = _pack(tmp_path, Task.LESIONS, Role.ADC, [(0, 1000)], Output(LESION, (0,)))

    _, (suspect,), doubts = suspects_by(pack, images, _gland_mask(), Silent())

    assert doubts == ()
    assert "outlined prostate" not in " ".join(suspect.explanation)


def test_a_model_that_needs_high_b_is_not_run_without_it(tmp_path: Path, images: dict[Role, Volume]) -> None:
    pack = _pack(tmp_path, Task.LESIONS, Role.HIGH_B, [(0, 1000)], Output(LESION, (0,)))

    with pytest.raises(ModelInvalid, match="needs high_b, which the study does not have; choose another model"):
        suspects_by(pack, images, _gland_mask(), Silent())
