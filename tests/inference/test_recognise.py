"""Each series of a prostate MR gets the role that a radiologist would give it, with a reason they understand."""

import shutil
from pathlib import Path

import pytest

from core.errors import StudyUnreadable
from core.study import RecognisedStudy, Role
from inference.plane import Plane, orientation_of
from inference.read import read_study
from inference.recognise import adc_b_values, recognise

SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def _recognised(folder: Path) -> RecognisedStudy:
    return recognise(read_study(folder))


def _numbers(recognised: RecognisedStudy) -> dict[Role, list[int | None]]:
    roles: dict[Role, list[int | None]] = {}
    for choice in recognised.choices:
        roles.setdefault(choice.role, []).append(choice.stack.series.number)
    return roles


def _why_not(recognised: RecognisedStudy, number: int) -> str:
    return next(reason for series, reason in recognised.left_out if series.number == number)


def _reason(recognised: RecognisedStudy, role: Role) -> str:
    choice = recognised.one(role)
    assert choice is not None
    return choice.reason


def test_prostatex_0000(prostatex_0000: Path) -> None:
    recognised = _recognised(prostatex_0000)
    assert _numbers(recognised) == {
        Role.T2_AXIAL: [4],
        Role.ADC: [7],
        Role.HIGH_B: [8],
        Role.T2_SAGITTAL: [3],
        Role.T2_CORONAL: [5],
        Role.DWI: [6, 6, 6],
    }
    assert [choice.b_value for choice in recognised.all(Role.DWI)] == [50, 400, 800]
    assert [len(choice.stack.instances) for choice in recognised.all(Role.DWI)] == [19, 19, 19]
    assert _reason(recognised, Role.T2_AXIAL) == (
        "axial (18.5° oblique), 19 slices of 3 mm, pixels of 0.5 mm, spin echo train of 25, TE 104 ms → T2 axial"
    )
    high_b = recognised.one(Role.HIGH_B)
    assert high_b is not None
    assert (high_b.calculated, high_b.b_value, high_b.title) == (True, 1000, "DWI b 1000 (calc)")
    assert "PI-RADS asks for b 1400 or more, and the study has none" in high_b.reason
    assert adc_b_values(recognised) == (50, 400, 800)
    assert "gradient echo, TE 1.53 ms: not T2 weighted" in _why_not(recognised, 9)


def test_prostatex_0001_takes_the_repeated_t2_and_no_localizer(prostatex_0001: Path) -> None:
    recognised = _recognised(prostatex_0001)
    numbers = _numbers(recognised)
    assert numbers[Role.T2_AXIAL] == [10], "series 6 is blurred by motion; 10 repeats it"
    assert numbers[Role.T2_SAGITTAL] == [4]
    assert numbers[Role.ADC] == [8]
    assert "chosen over series 6" in _reason(recognised, Role.T2_AXIAL)
    assert "series 10 “t2_tse_tra” was chosen because it was acquired later" in _why_not(recognised, 6)
    for number in (1, 2, 3):
        assert "localizer" in _why_not(recognised, number)
    assert {series.number for series, _ in recognised.left_out} == {1, 2, 3, 6, 11}


def test_names_are_not_needed(prostatex_0000: Path, tmp_path: Path) -> None:
    """The same study with every description and protocol name blanked gets the same roles."""
    import pydicom

    for path in prostatex_0000.rglob("*.dcm"):
        image = pydicom.dcmread(path)
        image.SeriesDescription = image.ProtocolName = ""
        image.save_as(tmp_path / f"{image.SOPInstanceUID}.dcm")
    assert _numbers(_recognised(tmp_path)) == _numbers(_recognised(prostatex_0000))


def test_t2_only_studies_have_no_adc(shared_data: Path) -> None:
    recognised = _recognised(shared_data / "prostate3t" / "Prostate3T-03-0004")
    assert list(_numbers(recognised)) == [Role.T2_AXIAL]
    assert recognised.one(Role.ADC) is None
    assert adc_b_values(recognised) == ()


def test_a_stack_with_a_missing_slice_keeps_its_role_so_that_loading_says_what_is_missing(shared_data: Path) -> None:
    recognised = _recognised(shared_data / "prostatex" / "missing-slice")
    assert "a slice is missing or doubled" in _reason(recognised, Role.HIGH_B)


@pytest.mark.parametrize(
    "vendor", ["ge/04_Ax_DWI_TENSOR_R2MB2", "philips_classic", "enhanced/Siemens", "enhanced/Philips"]
)
def test_studies_of_other_organs_open_and_say_why_nothing_is_used(shared_data: Path, vendor: str) -> None:
    recognised = _recognised(shared_data / "vendor_headers" / vendor)
    assert recognised.choices == ()
    assert all(reason for _, reason in recognised.left_out)
    assert len(recognised.left_out) == len(recognised.study.series)


@pytest.mark.parametrize(
    ("cosines", "plane", "words"),
    [
        ((1, 0, 0, 0, 1, 0), Plane.AXIAL, "axial"),
        ((-1, 0, 0, 0, -1, 0), Plane.AXIAL, "axial"),
        ((1, 0, 0, 0, 0.8746, -0.4848), Plane.AXIAL, "axial (29.0° oblique)"),
        (SAGITTAL, Plane.SAGITTAL, "sagittal"),
        (CORONAL, Plane.CORONAL, "coronal"),
        ((1, 0, 0, 0, 0.7660, -0.6428), Plane.OBLIQUE, "oblique (40.0° oblique)"),
    ],
)
def test_planes_come_from_the_slice_normal(cosines: tuple[float, ...], plane: Plane, words: str) -> None:
    assert orientation_of(cosines).plane is plane
    assert orientation_of(cosines).words == words


def _protocol(folder: Path, made: type) -> None:
    """Write a usual protocol: T2 in three planes, b 50 and 800, ADC."""
    made.t2(1, cosines=SAGITTAL).write(folder)
    made.t2(2).write(folder)
    made.t2(3, cosines=CORONAL).write(folder)
    made.dwi(4, 50).write(folder)
    made.dwi(5, 800).write(folder)
    made.adc(6).write(folder)


def test_geometry_and_echo_decide_not_names(tmp_path: Path, made: type) -> None:
    _protocol(tmp_path, made)
    recognised = _recognised(tmp_path)
    assert _numbers(recognised) == {
        Role.T2_AXIAL: [2],
        Role.T2_SAGITTAL: [1],
        Role.T2_CORONAL: [3],
        Role.ADC: [6],
        Role.DWI: [4],
        Role.HIGH_B: [5],
    }
    assert adc_b_values(recognised) == (50, 800), "the high-b stack is one that the ADC was made from"


def test_one_series_with_several_b_values_is_split(tmp_path: Path, made: type) -> None:
    for b in (50, 400, 800, 1400):
        made.dwi(4, b).write(tmp_path, series_uid="1.2.77")
    recognised = _recognised(tmp_path)
    assert [(c.b_value, len(c.stack.instances)) for c in recognised.all(Role.DWI)] == [(50, 12), (400, 12), (800, 12)]
    high_b = recognised.one(Role.HIGH_B)
    assert high_b is not None
    assert (high_b.b_value, high_b.calculated) == (1400, False)
    assert "chosen over" not in high_b.reason


def test_an_adc_in_the_midst_of_its_dwi_is_found(tmp_path: Path, made: type) -> None:
    made.dwi(4, 0).write(tmp_path, series_uid="1.2.77")
    made.dwi(4, 1000).write(tmp_path, series_uid="1.2.77")
    made.adc(4).write(tmp_path, series_uid="1.2.77")
    recognised = _recognised(tmp_path)
    adc = recognised.one(Role.ADC)
    assert adc is not None
    assert len(adc.stack.instances) == 12
    assert adc_b_values(recognised) == (0, 1000)


@pytest.mark.parametrize(
    ("acquired", "calculated", "expected", "is_calculated"),
    [
        ((50, 800, 1400), (2000,), 1400, False),
        ((50, 800), (1400,), 1400, True),
        ((50, 800), (1000,), 1000, True),
        ((50, 1000), (1000,), 1000, False),
        ((50, 800), (None,), None, True),
        ((50, 1400, 2000), (), 2000, False),
        ((50, 1400, 3000), (), 1400, False),
        ((50, 800), (), 800, False),
    ],
)
def test_the_high_b_image_is_acquired_at_1400_or_calculated_or_the_best_there_is(
    tmp_path: Path,
    made: type,
    acquired: tuple[int, ...],
    calculated: tuple[int | None, ...],
    expected: float | None,
    is_calculated: bool,
) -> None:
    for b in acquired:
        made.dwi(4, b).write(tmp_path, series_uid="1.2.77")
    for number, b in enumerate(calculated, start=10):
        made.dwi(number, b, description="trace_CALC_BVAL").write(tmp_path)
    high_b = _recognised(tmp_path).one(Role.HIGH_B)
    assert high_b is not None
    assert (high_b.b_value, high_b.calculated) == (expected, is_calculated)
    assert ("PI-RADS asks for b 1400" in high_b.reason) == (expected is not None and expected < 1400)
    assert ("its b-value is not stated" in high_b.reason) == (expected is None)


def test_a_high_b_image_without_a_name_is_known_as_calculated_by_its_sequence(tmp_path: Path, made: type) -> None:
    made.dwi(10, 1400, description="", tags={"SequenceName": "*ep_b50_800"}).write(tmp_path)
    high_b = _recognised(tmp_path).one(Role.HIGH_B)
    assert high_b is not None
    assert high_b.calculated


def test_an_acquired_image_whose_sequence_names_all_b_values_is_not_taken_for_calculated(
    tmp_path: Path, made: type
) -> None:
    for b in (50, 400, 800):
        made.dwi(4, b, tags={"SequenceName": "*ep_b50_400_800"}).write(tmp_path, series_uid="1.2.77")
    recognised = _recognised(tmp_path)
    assert [choice.b_value for choice in recognised.all(Role.DWI)] == [50, 400]
    assert [choice.calculated for choice in recognised.all(Role.HIGH_B)] == [False]


def test_low_b_values_make_no_high_b_image(tmp_path: Path, made: type) -> None:
    made.dwi(4, 50).write(tmp_path)
    made.dwi(5, 400).write(tmp_path)
    assert _recognised(tmp_path).one(Role.HIGH_B) is None


def test_without_an_adc_map_it_is_fitted_from_the_b_values_up_to_1000(tmp_path: Path, made: type) -> None:
    for b in (0, 50, 400, 800, 1400):
        made.dwi(4, b).write(tmp_path, series_uid="1.2.77")
    recognised = _recognised(tmp_path)
    adc = recognised.one(Role.ADC)
    assert adc is not None
    assert adc.fitted
    assert [stack.b_value for stack in adc.stacks] == [50, 400, 800]
    assert adc.reason.startswith("no ADC map from the scanner: fitted from b 50, 400, 800")
    assert adc.title == "ADC (fitted)"
    assert adc_b_values(recognised) == (50, 400, 800)


def test_b_zero_is_used_for_the_fit_where_only_it_is_there(tmp_path: Path, made: type) -> None:
    made.dwi(4, 0).write(tmp_path, series_uid="1.2.77")
    made.dwi(4, 800).write(tmp_path, series_uid="1.2.77")
    assert adc_b_values(_recognised(tmp_path)) == (0, 800)


@pytest.mark.parametrize("other", [{"corner": (-9.0, -20.0)}, {"shape": (12, 8)}, {"tags": {"EchoTime": 90}}])
def test_no_adc_is_fitted_across_grids_or_echo_times(tmp_path: Path, made: type, other: dict[str, object]) -> None:
    made.dwi(4, 50).write(tmp_path)
    made.dwi(5, 800, **other).write(tmp_path)
    assert _recognised(tmp_path).one(Role.ADC) is None


def test_one_b_value_makes_no_adc(tmp_path: Path, made: type) -> None:
    made.t2(2).write(tmp_path)
    made.dwi(5, 800).write(tmp_path)
    assert _recognised(tmp_path).one(Role.ADC) is None


@pytest.mark.parametrize(
    ("worse", "because"),
    [
        ({"spacing": (0.8, 0.8)}, "its pixels are finer"),
        ({"places": (0.0, 3.0, 6.0, 12.0, 15.0, 18.0, 21.0)}, "it has no missing or doubled slice"),
        ({"places": tuple(-18 + 3.0 * k for k in range(7))}, "it covers more of what the diffusion images cover"),
        ({"frame_uid": "1.2.99"}, "it was acquired in the frame of reference of the diffusion images"),
        ({"tags": {"ScanOptions": "FS"}}, "it is not fat-suppressed"),
        (
            {"tags": {"ImageType": ["DERIVED", "SECONDARY", "MPR"]}},
            "it was acquired in this plane, not reformatted",
        ),
        ({"tags": {"ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"]}}, "it is corrected for the distortion"),
    ],
)
def test_of_two_axial_t2_the_more_useful_is_chosen_even_if_it_came_first(
    tmp_path: Path, made: type, worse: dict[str, object], because: str
) -> None:
    _protocol(tmp_path, made)
    made.t2(20, **worse).write(tmp_path)
    recognised = _recognised(tmp_path)
    assert _numbers(recognised)[Role.T2_AXIAL] == [2]
    assert because in _reason(recognised, Role.T2_AXIAL)
    assert because in _why_not(recognised, 20)


def test_a_repeat_on_the_same_grid_replaces_the_first(tmp_path: Path, made: type) -> None:
    _protocol(tmp_path, made)
    made.t2(20).write(tmp_path)
    recognised = _recognised(tmp_path)
    assert _numbers(recognised)[Role.T2_AXIAL] == [20]
    assert "motion" in _why_not(recognised, 2)


def test_of_repeated_dwi_each_b_value_is_taken_once(tmp_path: Path, made: type) -> None:
    _protocol(tmp_path, made)
    made.dwi(14, 50).write(tmp_path)
    recognised = _recognised(tmp_path)
    assert _numbers(recognised)[Role.DWI] == [14]
    assert "series 14 “ep2d” was chosen because it was acquired later" in _why_not(recognised, 4)


@pytest.mark.parametrize(
    ("stranger", "because"),
    [
        ({"places": (0.0, 10.5, 21.0)}, "only 3 slices"),
        ({"places": tuple(10.5 * k for k in range(8))}, "too coarse for reading"),
        ({"tags": {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}}, "localizer, as its ImageType says"),
        ({"tags": {"EchoTime": 12}}, "spin echo train of 25, TE 12 ms: not T2 weighted"),
        ({"tags": {"EchoTime": 750}}, "not T2 weighted"),
        ({"tags": {"ScanningSequence": "GR"}}, "gradient echo"),
        ({"tags": {"ScanningSequence": ["SE", "IR"], "InversionTime": 160}}, "inversion recovery"),
        ({"tags": {"ContrastBolusAgent": "gadoterate"}}, "with contrast agent, but not a DCE of four or more phases"),
        ({"tags": {"Modality": "CT"}}, "CT object, not images of the MR scanner"),
        ({"tags": {"ImageOrientationPatient": []}}, "does not say where in the patient"),
        ({"tags": {"SamplesPerPixel": 2, "Rows": 5}}, "colour images"),
        ({"tags": {"NumberOfFrames": 2, "Rows": 5}}, "this version reads classic MR with one image per file only"),
        ({"cosines": (1.0, 0.0, 0.0, 0.0, 0.766044, -0.642788)}, "tilted 40°"),
        ({"tags": {"ImageType": ["DERIVED", "SECONDARY", "SUBTRACTION"]}}, "computed from another series"),
    ],
)
def test_what_is_not_for_reading_is_left_out_with_the_reason(
    tmp_path: Path, made: type, stranger: dict[str, object], because: str
) -> None:
    _protocol(tmp_path, made)
    made.t2(20, **stranger).write(tmp_path)
    recognised = _recognised(tmp_path)
    assert _numbers(recognised)[Role.T2_AXIAL] == [2]
    assert because in _why_not(recognised, 20)


def test_images_that_point_in_several_directions_are_a_localizer(tmp_path: Path, made: type) -> None:
    made.t2(1).write(tmp_path, series_uid="1.2.9")
    made.t2(1, cosines=SAGITTAL).write(tmp_path, series_uid="1.2.9")
    assert "point in several directions" in _why_not(_recognised(tmp_path), 1)


def test_single_directions_are_not_taken_for_a_trace_but_isotropic_images_among_them_are(
    tmp_path: Path, made: type
) -> None:
    for _ in range(3):
        made.dwi(4, 800, tags={"DiffusionDirectionality": "DIRECTIONAL"}).write(tmp_path, series_uid="1.2.9")
    assert "3 images at each position (single directions, no trace)" in _why_not(_recognised(tmp_path), 4)
    made.dwi(4, 800, tags={"DiffusionDirectionality": "ISOTROPIC"}).write(tmp_path, series_uid="1.2.9")
    high_b = _recognised(tmp_path).one(Role.HIGH_B)
    assert high_b is not None
    assert len(high_b.stack.instances) == 12


@pytest.mark.parametrize("image_type", [["DERIVED", "PRIMARY", "DIFFUSION", "FA"], ["DERIVED", "PRIMARY", "TENSOR"]])
def test_other_diffusion_maps_have_no_role(tmp_path: Path, made: type, image_type: list[str]) -> None:
    made.dwi(4, 800, tags={"ImageType": image_type}).write(tmp_path)
    recognised = _recognised(tmp_path)
    assert recognised.choices == ()
    assert "another kind than ADC" in _why_not(recognised, 4)


@pytest.mark.parametrize(
    ("description", "is_adc"),
    [
        ("Apparent Diffusion Coefficient (mm2/s)", True),
        ("dADC map", True),
        ("ADC_b50_1000", True),
        ("Exponential Apparent Diffusion Coefficient", False),
        ("eADC", False),
    ],
)
def test_words_name_a_derived_adc_where_image_type_does_not(
    tmp_path: Path, made: type, description: str, is_adc: bool
) -> None:
    tags = {"ImageType": ["DERIVED", "SECONDARY", "OTHER"]}
    made.dwi(4, 1000, tags=tags, description=description).write(tmp_path)
    assert (_recognised(tmp_path).one(Role.ADC) is not None) == is_adc


def test_a_b_value_of_zero_alone_makes_no_diffusion(tmp_path: Path, made: type) -> None:
    """Philips and GE write b = 0 into every image."""
    made.t2(2, tags={"DiffusionBValue": 0.0}).write(tmp_path)
    assert _numbers(_recognised(tmp_path)) == {Role.T2_AXIAL: [2]}


def test_words_decide_where_the_header_says_nothing_of_the_echo(tmp_path: Path, made: type) -> None:
    made(1, "t2_tse_tra").write(tmp_path)
    made(2, "t1_tse_tra").write(tmp_path)
    recognised = _recognised(tmp_path)
    assert _numbers(recognised) == {Role.T2_AXIAL: [1]}
    assert "named “t2_tse_tra”" in _reason(recognised, Role.T2_AXIAL)


def test_a_study_whose_files_vanished_says_so(tmp_path: Path, made: type) -> None:
    made.t2(2).write(tmp_path / "study")
    study = read_study(tmp_path / "study")
    shutil.rmtree(tmp_path / "study")
    with pytest.raises(StudyUnreadable, match="no longer readable"):
        recognise(study)
