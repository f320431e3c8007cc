"""Virtual patients: as dark, smooth and repeatable as they are said to be, and the detector on a few of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import on_grid_of, voxel_volume_ml
from inference.detect import Suspect, detect
from inference.virtual.canvas import blobs, frame_of
from inference.virtual.labels import LabelledCase, case_names, components, read_labels
from inference.virtual.patient import VirtualPatient, draw_patient, implant
from inference.virtual.scanner import Technique

_CLEAN = Technique(
    pixel_mm=2.0,
    echo_ms=70.0,
    shift=(0.0, 0.0, 0.0),
    distortion=0.0,
    pile_up=0.0,
    pile_up_side=0.0,
    snr=50.0,
    bias=0.1,
    adc_scale=1.0,
    calculated=True,
)


@pytest.fixture(scope="module")
def labels(shared_data: Path) -> Path:
    return shared_data / "picai_labels"


@pytest.fixture(scope="module")
def cases(labels: Path) -> list[LabelledCase]:
    """The first six building cases whose cancer is larger than 0.9 mL, the median."""
    found: list[LabelledCase] = []
    for name in case_names(labels, 0, significant=True):
        case = read_labels(labels, name)
        if _lesion_ml(case) > 0.9:
            found.append(case)
        if len(found) == 6:
            break
    return found


@pytest.fixture(scope="module")
def patients(cases: list[LabelledCase]) -> list[VirtualPatient]:
    return [draw_patient(case, 7) for case in cases]


def _lesion_ml(case: LabelledCase) -> float:
    return max(np.count_nonzero(piece) for piece in components(case.lesions.array)) * voxel_volume_ml(case.lesions)


def _ratio(image: Volume, case: LabelledCase) -> float:
    """Return the median over the cancer over that of the gland."""
    return float(np.median(image.array[case.lesions.array > 0]) / np.median(image.array[case.gland.array > 0]))


def _suspects(patient: VirtualPatient) -> tuple[Suspect, ...]:
    return detect(patient.case.gland, patient.adc, patient.high_b, patient.b_value)[1]


def _found_first(patient: VirtualPatient) -> bool:
    suspects = _suspects(patient)
    return bool(suspects) and bool(np.any((suspects[0].mask.array > 0) & (patient.case.lesions.array > 0)))


def test_patients_for_evaluation_and_for_building_are_not_the_same(labels: Path) -> None:
    building, evaluating = (
        {name.split("_")[0] for truth in (True, False) for name in case_names(labels, remainder, significant=truth)}
        for remainder in (0, 1)
    )

    assert len(building) > 400
    assert len(evaluating) > 400
    assert not building & evaluating


def test_the_same_seed_draws_the_same_bytes_and_another_does_not(cases: list[LabelledCase]) -> None:
    first, again, other = (draw_patient(cases[0], seed) for seed in (3, 3, 4))

    for image in ("t2", "adc", "high_b"):
        assert getattr(first, image).array.tobytes() == getattr(again, image).array.tobytes()
    assert first.adc.array.tobytes() != other.adc.array.tobytes()


def test_cancers_are_as_dark_and_bright_as_real_ones(patients: list[VirtualPatient]) -> None:
    adc = np.median([_ratio(patient.adc, patient.case) for patient in patients])
    high_b = np.median([_ratio(patient.high_b, patient.case) for patient in patients])

    assert 0.6 < adc < 0.85
    assert 1.2 < high_b < 2.3


def test_glands_have_a_usual_adc(patients: list[VirtualPatient]) -> None:
    for patient in patients:
        assert 1000 < np.median(patient.adc.array[patient.case.gland.array > 0]) < 1700


def test_adc_is_zero_where_fat_gives_no_signal(patients: list[VirtualPatient]) -> None:
    for patient in patients:
        assert np.mean(patient.adc.array == 0) > 0.05
        assert np.mean(patient.adc.array[patient.case.zones.array > 0] == 0) < 0.05


def test_texture_has_blobs_of_the_width_that_is_asked_for(cases: list[LabelledCase]) -> None:
    gland: NDArray[np.bool_] = cases[0].zones.array > 0
    k, j, i = (float(step) for step in cases[0].zones.spacing)
    field = blobs(np.random.default_rng(1), frame_of(gland, (k, j, i)), 6.0)

    half_width = round(3.0 / i)
    alike = float(np.corrcoef(field[:, :, half_width:].ravel(), field[:, :, :-half_width].ravel())[0, 1])

    assert alike == pytest.approx(0.5, abs=0.12)


def test_an_implanted_cancer_keeps_its_size_and_lies_in_the_gland(labels: Path, cases: list[LabelledCase]) -> None:
    free = read_labels(labels, case_names(labels, 0, significant=False)[0])
    fitting = [(donor, taken) for donor in cases if (taken := implant(free, donor)) is not None]

    assert fitting
    for donor, taken in fitting:
        assert 0.6 * _lesion_ml(donor) < _lesion_ml(taken) < 1.1 * _lesion_ml(donor)
        assert not np.any((taken.lesions.array > 0) & (taken.zones.array == 0))


def test_most_cancers_above_the_median_size_come_first(patients: list[VirtualPatient]) -> None:
    """By chance a place in the gland would hit one in ten."""
    assert sum(_found_first(patient) for patient in patients) >= 4


def test_signal_that_piles_up_beside_the_rectum_does_not_come_before_a_cancer(cases: list[LabelledCase]) -> None:
    clean = [draw_patient(case, 7, _CLEAN) for case in cases]
    seen = [patient.case for patient in clean if _found_first(patient)]
    assert len(seen) >= 3, "too few cancers are found without pile-up to tell what it does"

    heaped = [
        draw_patient(case, 7, replace(_CLEAN, pile_up=2.0, pile_up_side=0.4 * (-1) ** n)) for n, case in enumerate(seen)
    ]

    assert all(map(_found_first, heaped))


def test_without_cancer_pile_up_alone_is_no_candidate(cases: list[LabelledCase]) -> None:
    """Whatever is found lies where it lies without pile-up."""
    for case in cases:
        healthy = replace(case, lesions=on_grid_of(case.lesions, np.zeros_like(case.lesions.array)))
        usual, heaped = (_suspects(draw_patient(healthy, 7, replace(_CLEAN, pile_up=h))) for h in (0.0, 2.0))
        before = (
            np.any([one.mask.array > 0 for one in usual], axis=0) if usual else np.zeros(case.gland.array.shape, bool)
        )
        assert all(np.any((one.mask.array > 0) & before) for one in heaped)


def test_heavy_pile_up_leaves_nearly_all_cancer_free_patients_without_a_candidate(labels: Path) -> None:
    """One in six may have one: benign places that look like cancer are drawn in half of them."""
    names = case_names(labels, 0, significant=False)[:6]
    sides = (-0.4, 0.4) * 3
    heaped = [replace(_CLEAN, pile_up=2.0, pile_up_side=side) for side in sides]
    found = [
        bool(_suspects(draw_patient(read_labels(labels, name), 7, technique)))
        for name, technique in zip(names, heaped, strict=True)
    ]

    assert sum(found) <= 1
