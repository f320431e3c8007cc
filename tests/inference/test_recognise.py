"""Each series of a prostate MR gets the role that a radiologist would give it, with a reason they understand."""

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import SecondaryCaptureImageStorage

from core.errors import StudyUnreadable
from core.study import Correction, RecognisedStudy, Role
from inference.confidence import Evidence, Signal
from inference.load import load
from inference.plane import Plane, orientation_of
from inference.read import read_study
from inference.recognise import adc_b_values, recognise
from inference.scanner_protocol import scanner_protocol
from inference.stack_facts import stacks_of

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


_SPACE = {
    "MRAcquisitionType": "3D",
    "SequenceName": "*spcR3d1_87",
    "SequenceVariant": ["SK", "SP", "OSP"],
    "EchoTime": 203,
    "RepetitionTime": 2000,
    "EchoTrainLength": 87,
}
_CUBE = {
    "Manufacturer": "GE MEDICAL SYSTEMS",
    "MRAcquisitionType": "3D",
    "SequenceVariant": "SK",
    "PulseSequenceName": "CUBE",
    "EchoTime": 141,
    "RepetitionTime": 2500,
    "EchoTrainLength": 100,
}
_THIN = tuple(1.25 * k for k in range(48))


@pytest.mark.parametrize("tags", [_SPACE, _CUBE], ids=["SPACE", "CUBE"])
def test_one_t2_in_3d_is_axial_and_its_reformatted_planes_are_the_others(
    tmp_path: Path, made: type, tags: dict[str, object]
) -> None:
    tags = {**tags, "SliceThickness": 1.25}
    reformatted = {**tags, "ImageType": ["DERIVED", "SECONDARY", "MPR"]}
    thin = {"places": _THIN, "spacing": (0.8, 0.8)}
    made.t2(2, "N/A", tags=tags, **thin).write(tmp_path)
    made.t2(3, "N/A", tags=reformatted, cosines=SAGITTAL, **thin).write(tmp_path)
    made.t2(4, "N/A", tags=reformatted, cosines=CORONAL, **thin).write(tmp_path)
    recognised = _recognised(tmp_path)
    assert _numbers(recognised) == {Role.T2_AXIAL: [2], Role.T2_SAGITTAL: [3], Role.T2_CORONAL: [4]}
    assert "48 slices of 1.2 mm" in _reason(recognised, Role.T2_AXIAL)
    assert recognised.questions == ()


def test_beside_a_t2_in_3d_the_finer_one_in_2d_is_read(tmp_path: Path, made: type) -> None:
    _protocol(tmp_path, made)
    made.t2(20, tags=_SPACE, places=tuple(-18 + 1.25 * k for k in range(28)), spacing=(0.8, 0.8)).write(tmp_path)
    recognised = _recognised(tmp_path)
    assert _numbers(recognised)[Role.T2_AXIAL] == [2]
    assert "its pixels are finer" in _why_not(recognised, 20)


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
        ({"tags": {"NumberOfFrames": 2, "Rows": 5}}, "several frames in one image that do not say where each lies"),
        ({"cosines": (1.0, 0.0, 0.0, 0.0, 0.766044, -0.642788)}, "tilted 40°"),
        ({"tags": {"ImageType": ["DERIVED", "SECONDARY", "SUBTRACTION"]}}, "subtraction, computed from another series"),
        ({"description": "dyn_SUB"}, "subtraction of another series"),
        ({"tags": {"ImageType": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]}}, "a mosaic: each image holds several slices"),
        ({"tags": {"SOPClassUID": SecondaryCaptureImageStorage}}, "secondary capture"),
        ({"tags": {"Modality": "OT"}}, "secondary capture or another vendor's result"),
        ({"tags": {"Modality": "SEG"}}, "segmentation, a result that is in the study already"),
        ({"tags": {"Modality": "SR"}}, "structured report, a result that is in the study already"),
        ({"tags": {"BodyPartExamined": "BRAIN"}}, "images of another part of the body"),
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


def test_single_directions_are_averaged_and_a_trace_among_them_is_preferred(tmp_path: Path, made: type) -> None:
    for strength in (200, 400, 800):
        pixels = lambda _k, shape, value=strength: np.full(shape, value, np.uint16)  # noqa: E731
        tags = {"DiffusionDirectionality": "DIRECTIONAL"}
        made.dwi(4, 800, tags=tags, pixels=pixels).write(tmp_path, series_uid="1.2.9")
    high_b = _recognised(tmp_path).one(Role.HIGH_B)
    assert high_b is not None
    assert "geometric mean of 3 directions as there is no trace image" in high_b.reason
    assert (len(high_b.stack.instances), high_b.stack.directions) == (36, 3)
    volume = load(high_b)
    assert volume.spatial_shape == (12, 10, 8)
    assert volume.array[0, 0, 0] == pytest.approx(400)  # the cube root of 200 x 400 x 800
    made.dwi(4, 800, tags={"DiffusionDirectionality": "ISOTROPIC"}).write(tmp_path, series_uid="1.2.9")
    high_b = _recognised(tmp_path).one(Role.HIGH_B)
    assert high_b is not None
    assert (len(high_b.stack.instances), high_b.stack.directions) == (12, 1)


def test_two_directions_say_nothing_of_the_mean_and_are_left_out(tmp_path: Path, made: type) -> None:
    for _ in range(2):
        made.dwi(4, 800, tags={"DiffusionDirectionality": "DIRECTIONAL"}).write(tmp_path, series_uid="1.2.9")
    assert "2 images at each position (single directions, no trace)" in _why_not(_recognised(tmp_path), 4)


def test_a_high_b_image_of_philips_without_a_vector_is_no_adc(tmp_path: Path, made: type) -> None:
    """dcm2niix once dropped the trace images of prostate studies as ADC, for they have no direction."""
    for b in (0.001, 500.0, 1500.0):
        tags = {"Manufacturer": "Philips", "ImageType": ["ORIGINAL", "PRIMARY", "M_SE", "M", "SE"]}
        made.dwi(4, b, tags=tags).write(tmp_path, series_uid="1.2.77")
    recognised = _recognised(tmp_path)
    assert [choice.b_value for choice in recognised.all(Role.DWI)] == [0, 500]
    high_b, adc = recognised.one(Role.HIGH_B), recognised.one(Role.ADC)
    assert high_b is not None
    assert adc is not None
    assert (high_b.b_value, adc.fitted) == (1500, True)


def test_canon_states_no_b_where_it_is_zero(tmp_path: Path, made: type) -> None:
    canon = {"Manufacturer": "CANON_MEC", "ImageType": ["ORIGINAL", "PRIMARY", "OTHER"]}
    made.dwi(4, None, tags=canon).write(tmp_path, series_uid="1.2.77")
    made.dwi(4, 1000, tags=canon).write(tmp_path, series_uid="1.2.77")
    assert [choice.b_value for choice in _recognised(tmp_path).all(Role.DWI)] == [0]


def test_b_values_in_any_order_are_sorted(tmp_path: Path, made: type) -> None:
    for b in (800, 50, 1400, 400):
        made.dwi(4, b).write(tmp_path, series_uid="1.2.77")
    recognised = _recognised(tmp_path)
    adc = recognised.one(Role.ADC)
    assert adc is not None
    assert [choice.b_value for choice in recognised.all(Role.DWI)] == [50, 400, 800]
    assert [stack.b_value for stack in adc.stacks] == [50, 400, 800]


# ------------------------------------------------------------------ how sure, and what is asked


@pytest.mark.parametrize(
    ("signals", "against", "expected"),
    [
        ((Signal.GEOMETRY,), (), 0.5),
        ((Signal.GEOMETRY, Signal.WORDS), (), 0.72),
        ((Signal.GEOMETRY, Signal.ECHO), (), 0.85),
        ((Signal.GEOMETRY, Signal.IMAGE_TYPE), (), 0.9),
        ((Signal.GEOMETRY, Signal.ECHO), ("its name says otherwise",), 0.42),
    ],
)
def test_confidence_grows_with_each_signal_and_halves_with_each_contradiction(
    signals: tuple[Signal, ...], against: tuple[str, ...], expected: float
) -> None:
    assert Evidence(signals, against).confidence == pytest.approx(expected, abs=0.011)


def test_every_choice_of_a_real_study_is_sure(prostatex_0000: Path, prostatex_0001: Path) -> None:
    for folder in (prostatex_0000, prostatex_0001):
        recognised = _recognised(folder)
        assert min(choice.confidence for choice in recognised.choices) >= 0.9
        assert (recognised.questions, recognised.warnings) == ((), ())


def test_a_map_that_no_header_names_is_asked_for_instead_of_guessed(tmp_path: Path, made: type) -> None:
    """MHub issue 60: series descriptions of N/A, ADC and high-b not to be told apart."""
    made.t2(2).write(tmp_path)
    bare = {"ImageType": ["DERIVED", "SECONDARY"]}
    made.dwi(6, None, description="N/A", tags=bare).write(tmp_path)
    made.dwi(7, None, description="N/A", tags=bare).write(tmp_path)
    recognised = _recognised(tmp_path)
    assert [choice.role for choice in recognised.choices] == [Role.T2_AXIAL]
    assert [question.role for question in recognised.questions] == [Role.ADC, Role.HIGH_B]
    question = recognised.questions[0]
    assert [candidate.stack.series.number for candidate in question.candidates] == [6, 7]
    assert question.sentence.startswith(
        "It cannot be told which series is the ADC map: perhaps series 6 “N/A” or series 7 “N/A” (no header says which"
    )


def test_a_name_that_contradicts_the_header_is_asked_about(tmp_path: Path, made: type) -> None:
    made.t2(2, "t1_tse_tra").write(tmp_path)
    made.dwi(5, 800, description="dwi b1400").write(tmp_path)
    recognised = _recognised(tmp_path)
    assert recognised.choices == () or all(c.role is Role.DWI for c in recognised.choices)
    asked = {question.role: question.why for question in recognised.questions}
    assert "its name “t1_tse_tra” says otherwise" in asked[Role.T2_AXIAL]
    assert "its name says b 1400 and its header b 800" in asked[Role.HIGH_B]
    assert "perhaps the axial T2, and the reader is asked" in _why_not(recognised, 2)


def test_two_series_that_nothing_tells_apart_are_asked_about(tmp_path: Path, made: type) -> None:
    for number in (2, 3):
        made.t2(number, tags={"AcquisitionTime": "100000"}).write(tmp_path)
    question = _recognised(tmp_path).question(Role.T2_AXIAL)
    assert question is not None
    assert "nothing tells it from series" in question.why
    assert {candidate.stack.series.number for candidate in question.candidates} == {2, 3}


# ------------------------------------------------------------------ what the reader said


def _said(folder: Path, number: int, role: Role) -> Correction:
    series = next(series for series in read_study(folder).series if series.number == number)
    stack = stacks_of(series)[-1].stack
    return Correction(scanner_protocol(stack), role, series.series_instance_uid, date(2026, 3, 1))


_SCANNER = {"Manufacturer": "ACME", "ManufacturerModelName": "One", "StationName": "MR1"}


@pytest.mark.parametrize("role", [Role.ADC, Role.HIGH_B, Role.T2_AXIAL, Role.DWI])
def test_what_the_reader_said_goes_before_the_headers_and_is_known_again(
    tmp_path: Path, made: type, role: Role
) -> None:
    bare = {**_SCANNER, "ImageType": ["DERIVED", "SECONDARY"]}
    for name in ("now", "later"):
        made.t2(2, tags=_SCANNER).write(tmp_path / name)
        made.dwi(6, None, description="map", tags=bare).write(tmp_path / name)
    said = _said(tmp_path / "now", 6, role)
    for name, where in (("now", "in this study"), ("later", "for this scanner and protocol")):
        recognised = recognise(read_study(tmp_path / name), [said])
        choice = recognised.all(role)[0]
        assert choice.stack.series.number == 6
        assert (choice.confidence, choice.corrected) == (1.0, True)
        assert f"as the reader chose {where} on 2026-03-01" in choice.reason
        assert recognised.question(role) is None


def test_a_series_that_the_reader_left_out_has_no_role(tmp_path: Path, made: type) -> None:
    _protocol(tmp_path, made)
    recognised = recognise(read_study(tmp_path), [_said(tmp_path, 6, Role.OTHER)])
    adc = recognised.one(Role.ADC)
    assert adc is not None
    assert adc.fitted
    assert "not used, as the reader chose in this study on 2026-03-01" in _why_not(recognised, 6)


@pytest.mark.parametrize(
    "other",
    [{"StationName": "MR2"}, {"ManufacturerModelName": "Two"}, {"ProtocolName": "another"}, {"StationName": ""}],
)
def test_another_scanner_or_protocol_is_not_touched(tmp_path: Path, made: type, other: dict[str, str]) -> None:
    _protocol(tmp_path / "there", made)
    made.t2(20, tags=_SCANNER).write(tmp_path / "here")
    made.t2(20, tags={**_SCANNER, **other}).write(tmp_path / "there")
    said = _said(tmp_path / "here", 20, Role.OTHER)
    assert _numbers(recognise(read_study(tmp_path / "there"), [said]))[Role.T2_AXIAL] == [20]


def test_what_was_said_of_one_of_two_alike_series_is_not_guessed_in_another_study(tmp_path: Path, made: type) -> None:
    bare = {**_SCANNER, "ImageType": ["DERIVED", "SECONDARY"]}
    for name in ("now", "later"):
        for number in (6, 7):
            made.dwi(number, None, description="N/A", tags=bare).write(tmp_path / name)
    said = _said(tmp_path / "now", 6, Role.ADC)
    now, later = (recognise(read_study(tmp_path / name), [said]) for name in ("now", "later"))
    assert _numbers(now) == {Role.ADC: [6]}
    assert [question.role for question in now.questions] == [Role.HIGH_B]
    assert later.choices == ()
    assert [question.role for question in later.questions] == [Role.ADC, Role.HIGH_B]


def test_the_last_word_on_a_role_counts(tmp_path: Path, made: type) -> None:
    _protocol(tmp_path, made)
    made.adc(16, description="other map").write(tmp_path)
    for numbers in ((6, 16), (16, 6)):
        said = [_said(tmp_path, number, Role.ADC) for number in numbers]
        assert _numbers(recognise(read_study(tmp_path), said))[Role.ADC] == [numbers[-1]]


def test_a_dynamic_series_is_taken_as_one_because_the_reader_said_so(tmp_path: Path, made: type) -> None:
    for phase in range(5):
        tags = {"ScanningSequence": "RM", "EchoTime": 30, "AcquisitionTime": f"10000{phase}"}
        made(8, "odd", tags=tags).write(tmp_path, series_uid="1.2.8")
    assert _recognised(tmp_path).one(Role.DCE) is None
    dce = recognise(read_study(tmp_path), [_said(tmp_path, 8, Role.DCE)]).one(Role.DCE)
    assert dce is not None
    assert len(dce.stacks) == 5


# ------------------------------------------------------------------ the wrong patient, the wrong place


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"PatientSex": "F"}, "The patient's sex is recorded as female"),
        ({"StudyDescription": "MR Brain"}, "its descriptions speak of “brain”"),
        ({"BodyPartExamined": "KNEE"}, "Body Part Examined is KNEE"),
        ({"BodyPartExamined": "PELVIS"}, ""),
        ({}, ""),
    ],
)
def test_the_wrong_patient_or_place_is_a_warning(tmp_path: Path, made: type, tags: dict[str, str], said: str) -> None:
    made.t2(2, tags=tags).write(tmp_path)
    warnings = _recognised(tmp_path).warnings
    assert said in " ".join(warnings)
    assert bool(warnings) == bool(said)


def test_images_of_two_patient_ids_in_one_study_are_a_warning_that_names_both(tmp_path: Path, made: type) -> None:
    """As when the archive corrects the patient between two retrieves of which each brings a part."""
    made.t2(2, tags={"PatientID": "A7"}).write(tmp_path)
    made.adc(6, tags={"PatientID": "B9"}).write(tmp_path)
    (warning,) = _recognised(tmp_path).warnings
    assert "different patients (A7, B9)" in warning
    assert f"remove {tmp_path} and" in warning


def test_female_sex_takes_no_role_away(tmp_path: Path, made: type) -> None:
    made.t2(2, tags={"PatientSex": "F"}).write(tmp_path)
    assert _numbers(_recognised(tmp_path)) == {Role.T2_AXIAL: [2]}


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
