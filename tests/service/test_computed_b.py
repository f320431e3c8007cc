"""Any b-value of a study, calculated and labelled so."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from core.errors import CannotCompute
from core.nudge import Nudge, Nudges
from core.study import Role
from core.volume import same_grid
from inference.in_mask import values_in
from inference.load import load
from service.computed_b import computed_b
from service.reading import OpenStudy, open_folder


def test_the_calculated_image_agrees_with_the_acquired_one(
    opened_phantom: OpenStudy, phantom_study: SimpleNamespace
) -> None:
    made = computed_b(opened_phantom, Nudges()).series(1400)
    acquired = opened_phantom.volume(Role.HIGH_B)
    assert made.volume is not None
    assert acquired is not None
    assert same_grid(made.volume, acquired)
    gland = phantom_study.truth.gland
    ratio = values_in(gland, made.volume) / values_in(gland, acquired)
    assert np.median(ratio) == pytest.approx(1.0, abs=0.05)


def test_it_is_labelled_as_calculated_and_says_from_what(opened_phantom: OpenStudy) -> None:
    made = computed_b(opened_phantom, Nudges()).series(1500)
    assert made.choice.calculated
    assert made.choice.title == "DWI b 1500 (calc)"
    assert made.choice.reason == "calculated b=1500 from b 50 and the ADC, mono-exponential"


def test_it_lies_where_the_diffusion_images_were_moved_to(opened_phantom: OpenStudy) -> None:
    nudges = Nudges(diffusion=Nudge((0.0, 4.0, 0.0)))
    adc = opened_phantom.volume(Role.ADC)
    assert adc is not None
    made = computed_b(opened_phantom, nudges).series(1500).volume
    assert made is not None
    assert same_grid(made, nudges.diffusion.moved(adc))


def test_without_diffusion_images_there_is_nothing_to_calculate_from(study_without_dwi: Path) -> None:
    with pytest.raises(CannotCompute, match="no acquired diffusion image with b up to 1000"):
        computed_b(open_folder(study_without_dwi), Nudges())


@pytest.fixture
def study_without_dwi(phantom_study: SimpleNamespace, tmp_path: Path) -> Path:
    """The phantom with its axial T2, ADC map and b 1400 only."""
    for series in ("03_t2_tse_tra", "06_ep2d_diff_tra_ADC", "07_ep2d_diff_tra_b1400"):
        shutil.copytree(phantom_study.folder / series, tmp_path / series)
    return tmp_path


def test_on_a_real_study_it_is_close_to_what_the_scanner_calculated(prostatex_0000: Path) -> None:
    opened = open_folder(prostatex_0000)
    high = opened.recognised.one(Role.HIGH_B)
    assert high is not None
    assert high.calculated
    scanner = load(high)
    ours = computed_b(opened, Nudges()).series(high.b_value or 1400).volume
    assert ours is not None
    assert same_grid(ours, scanner)
    seen = (scanner.array > np.percentile(scanner.array, 60)) & (ours.array > 0)
    assert np.corrcoef(ours.array[seen], scanner.array[seen])[0, 1] > 0.95
