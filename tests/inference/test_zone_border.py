"""T2 refines the border between the zones, and only that."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from highdicom import Volume
from numpy.typing import NDArray

from core.study import Stack
from core.volume import on_grid_of
from inference.atlas import zones_of
from inference.lesion import sphere
from inference.load import load_stack
from inference.read import read_study
from inference.virtual.labels import case_names, read_labels
from inference.virtual.patient import draw_patient


def _gland() -> Volume:
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, 0.8], [0, 0.8, 0], [3.0, 0, 0]])
    steps = (np.indices((22, 70, 80)) - np.array([10.5, 34.5, 39.5]).reshape(3, 1, 1, 1)) * np.array(
        [3.0, 0.8, 0.8]
    ).reshape(3, 1, 1, 1)
    inside = ((steps / np.array([21.0, 18.0, 24.0]).reshape(3, 1, 1, 1)) ** 2).sum(axis=0) <= 1
    return Volume(
        array=inside.astype(np.uint8), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid="1.2.3"
    )


def _t2(gland: Volume, peripheral: NDArray[np.bool_]) -> Volume:
    """A bright PZ and a dark TZ with noise, brighter near the coil behind."""
    noise = np.random.default_rng(5).normal(0, 25, gland.array.shape)
    field = 1 + 0.3 * (np.arange(70)[None, :, None] - 35) / 35
    return on_grid_of(gland, ((np.where(peripheral, 420.0, 260.0) + noise) * field).astype(np.float32))


def _share(zones: Volume, truth: NDArray[np.bool_]) -> float:
    inside = zones.array > 0
    return float(np.mean((zones.array[inside] == 1) == truth[inside]))


def test_the_border_moves_to_where_the_signal_changes() -> None:
    gland = _gland()
    expected = zones_of(gland).array == 1
    truth = np.roll(expected, -3, axis=1) & (gland.array > 0)  # the PZ is 2.4 mm thicker than the atlas thinks

    refined = zones_of(gland, _t2(gland, truth))

    assert np.array_equal(refined.array > 0, gland.array > 0)
    assert _share(refined, truth) > _share(zones_of(gland), truth) + 0.01


def test_a_dark_cancer_deep_in_the_peripheral_zone_stays_in_it() -> None:
    gland = _gland()
    t2 = _t2(gland, zones_of(gland).array == 1)
    lesion = sphere(gland, (48 * 0.8, 51 * 0.8, 10.5 * 3), 7.0).array > 0
    deep = lesion & (gland.array > 0) & (zones_of(gland).array == 1)
    dark = on_grid_of(gland, np.where(lesion, 230.0, t2.array).astype(np.float32))

    assert deep.sum() > 50
    assert np.mean(zones_of(gland, dark).array[deep] == 1) > 0.9


@pytest.mark.parametrize("signal", ["constant", "inverted"])
def test_signal_that_tells_nothing_changes_nothing(signal: str) -> None:
    gland = _gland()
    t2 = _t2(gland, zones_of(gland).array != 1)
    told = on_grid_of(gland, np.full_like(t2.array, 200)) if signal == "constant" else t2

    assert np.array_equal(zones_of(gland, told).array, zones_of(gland).array)


def test_t2_on_another_grid_is_refused() -> None:
    gland = _gland()

    with pytest.raises(ValueError, match="on the grid"):
        zones_of(gland, gland[1:])


@pytest.mark.parametrize("study", ["ProstateX-0000", "ProstateX-0001"])
def test_the_zones_of_a_real_study_are_no_worse_with_t2(shared_data: Path, study: str) -> None:
    drawn = sitk.GetArrayFromImage(
        sitk.ReadImage(str(shared_data / "prostatex" / "labels" / f"{study}_zones_heviai23.nii.gz"))
    )
    series = [s for s in read_study(shared_data / "prostatex" / study).series if s.description == "t2_tse_tra"]
    for one in series:  # 0001 has two
        t2 = load_stack(Stack(one, one.instances))
        gland = on_grid_of(t2, (drawn > 0).astype(np.uint8))
        before, after = (_dice(zones, drawn) for zones in (zones_of(gland), zones_of(gland, t2)))
        assert after[0] >= before[0]
        assert after[1] >= before[1]


def test_the_zones_of_virtual_patients_are_better_with_t2(shared_data: Path) -> None:
    labels = shared_data / "picai_labels"
    gains: list[NDArray[np.float64]] = []
    for name in case_names(labels, 1, significant=True)[::20]:
        case = read_labels(labels, name)
        gland = on_grid_of(case.zones, (case.zones.array > 0).astype(np.uint8))
        t2 = draw_patient(case, 11).t2
        gains.append(_dice(zones_of(gland, t2), case.zones.array) - _dice(zones_of(gland), case.zones.array))

    assert len(gains) >= 5
    assert np.all(np.mean(gains, axis=0) > 0)


def _dice(zones: Volume, drawn: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.array(
        [
            2 * np.sum((zones.array == n) & (drawn == n)) / (np.sum(zones.array == n) + np.sum(drawn == n))
            for n in (1, 2)
        ]
    )
