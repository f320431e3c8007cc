"""The dynamic series of the phantom, read as any other, shows the enhancement that was drawn."""

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pydicom
import pytest

from core.study import RecognisedStudy, Role
from core.volume import on_grid_of
from inference.dce import CurveType, Dynamic, curve_at, curve_in, load_dynamic, maps
from inference.in_mask import values_in
from inference.read import read_study
from inference.recognise import recognise
from service.cli import main
from service.phantom import PhantomTruth, tissues
from service.phantom.dce import TIMES_S, blood, enhancement_percent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phantom of seed 0 with its dynamic series, made from the command line."""
    made = tmp_path_factory.mktemp("dce")
    assert main(["phantom", str(made), "--dce"]) == 0
    return made


@pytest.fixture(scope="module")
def truth(phantom_study: SimpleNamespace) -> PhantomTruth:
    return phantom_study.truth


@pytest.fixture(scope="module")
def recognised(folder: Path) -> RecognisedStudy:
    return recognise(read_study(folder))


@pytest.fixture(scope="module")
def dynamic(recognised: RecognisedStudy) -> Dynamic:
    choice = recognised.one(Role.DCE)
    assert choice is not None
    return load_dynamic(choice)


def test_it_is_recognised_with_its_phases_and_times(recognised: RecognisedStudy, dynamic: Dynamic) -> None:
    choice = recognised.one(Role.DCE)
    assert choice is not None
    assert "20 phases over 171 s, in one series, contrast agent Gadobutrol → DCE" in choice.reason
    assert dynamic.times_s == TIMES_S
    assert dynamic.before == 4


def test_the_rest_of_the_study_is_the_same_with_and_without_it(folder: Path, phantom_study: SimpleNamespace) -> None:
    for path in sorted(phantom_study.folder.rglob("0003.dcm")):
        assert (folder / path.relative_to(phantom_study.folder)).read_bytes() == path.read_bytes()


def test_the_headers_say_phase_time_and_contrast_agent(folder: Path) -> None:
    last = pydicom.dcmread(folder / "08_tfl_3d_dynamic_tra" / "0440.dcm")
    assert (last.TemporalPositionIdentifier, last.NumberOfTemporalPositions) == (20, 20)
    assert (last.AcquisitionTime, last.ContrastBolusAgent, last.TemporalResolution) == ("100451", "Gadobutrol", 9000)


@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="dciodvfy (dicom3tools) is not installed")
def test_dciodvfy_finds_no_error(folder: Path) -> None:
    for name in ("0001", "0440"):
        file = folder / "08_tfl_3d_dynamic_tra" / f"{name}.dcm"
        said = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True, check=False)
        assert said.returncode == 0
        assert "Error" not in said.stderr + said.stdout


@pytest.mark.parametrize(("lesion", "tissue"), [(0, tissues.PERIPHERAL_CANCER), (1, tissues.TRANSITION_CANCER)])
def test_a_cancer_enhances_as_it_was_drawn(
    truth: PhantomTruth, dynamic: Dynamic, lesion: int, tissue: tissues.Tissue
) -> None:
    found = curve_at(dynamic, truth.lesions[lesion].centre_lps)
    assert found is not None
    assert found.enhancement == pytest.approx(enhancement_percent(tissue), abs=40)  # one voxel with its noise
    assert found.kinetics.curve_type is CurveType.WASH_OUT


def test_peripheral_zone_goes_on_rising(truth: PhantomTruth, dynamic: Dynamic) -> None:
    zones = truth.zones
    found = curve_in(dynamic, on_grid_of(zones, (zones.array == 1).astype(np.uint8)))
    assert found is not None
    assert found.kinetics.curve_type is CurveType.PERSISTENT
    drawn = enhancement_percent(tissues.PERIPHERAL_ZONE)
    assert np.abs(np.subtract(found.enhancement, drawn)).max() < 30  # a tenth of it is cancer, septa and its rim


def test_cancers_stand_out_in_the_wash_in_map(truth: PhantomTruth, dynamic: Dynamic) -> None:
    wash_in = maps(dynamic).wash_in
    zones = truth.zones
    peripheral = values_in(on_grid_of(zones, (zones.array == 1).astype(np.uint8)), wash_in)
    assert np.median(values_in(truth.lesions[0].mask, wash_in)) > 5 * np.median(peripheral)


def test_the_blood_is_that_of_the_published_average() -> None:
    # Parker 2006, figure 4: nothing before arrival, a peak of about 6 mmol/L after 10 s, about 1 mmol/L after a minute
    at = blood(np.array([-5.0, 10.2, 60.0]))
    assert at[0] == 0
    assert at[1] == pytest.approx(6.0, abs=0.3)
    assert at[2] == pytest.approx(1.050 * np.exp(-0.1685), rel=0.01)
