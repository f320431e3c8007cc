"""A stack becomes a volume that lies where the scanner saw it, or is refused with the slice that is wrong."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import UID, JPEG2000Lossless, JPEGLSLossless, RLELossless

from core.errors import SeriesIncomplete
from core.study import Role, RoleChoice, Series, Stack
from core.volume import position_lps
from inference.load import load, load_stack
from inference.read import read_study


def _stack(folder: Path, number: int | None = None) -> Stack:
    series = next(s for s in read_study(folder).series if number in (None, s.number))
    return Stack(series, series.instances)


def test_the_missing_slice_of_a_real_series_is_named(shared_data: Path) -> None:
    with pytest.raises(SeriesIncomplete) as refused:
        load_stack(_stack(shared_data / "prostatex" / "missing-slice"))
    told = str(refused.value)
    assert "Series 8 “ep2d_diff_tra_DYNDISTCALC_BVAL”" in told
    assert "the slice at −12.9 mm is missing between 1-07.dcm and 1-05.dcm" in told


@pytest.mark.parametrize("number", [3, 4, 5, 7, 8, 9])
def test_a_real_series_lies_where_simpleitk_sees_it(prostatex_0000: Path, number: int) -> None:
    import SimpleITK as sitk

    stack = _stack(prostatex_0000, number)
    volume = load_stack(stack)
    folder = str(stack.instances[0].path.parent)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(folder))
    image = reader.Execute()
    assert volume.array.dtype == np.uint16
    theirs = sitk.GetArrayFromImage(image)
    n, rows, columns = volume.array.shape
    for k, j, i in [(0, 0, 0), (n - 1, rows - 1, columns - 1), (n // 2, rows // 3, columns // 4)]:
        where = position_lps(volume, (k, j, i))
        index = image.TransformPhysicalPointToContinuousIndex(where)
        assert np.allclose(index, np.round(index), atol=1e-2)
        x, y, z = (round(c) for c in index)
        assert volume.array[k, j, i] == theirs[z, y, x]
    assert volume.array.astype(np.int64).sum() == theirs.astype(np.int64).sum()


def test_slices_are_ordered_by_place_not_by_name_or_number(tmp_path: Path, made: type) -> None:
    places = (6.0, -3.0, 3.0, 0.0)
    made(places=places).write(tmp_path)
    volume = load_stack(_stack(tmp_path))
    # the made-up pixel (0, 0) of the k-th file written is 1000 k + 1
    assert volume.array[:, 0, 0].tolist() == [1001, 3001, 2001, 1]
    assert position_lps(volume, (0, 0, 0)) == pytest.approx((-10, -20, -3))
    assert position_lps(volume, (3, 2, 1)) == pytest.approx((-9.5, -19, 6))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    angles=st.tuples(*[st.floats(-3.1, 3.1)] * 3),
    spacing=st.tuples(st.floats(0.2, 2), st.floats(0.2, 2)),
    step=st.floats(0.5, 6),
)
def test_every_pixel_lies_where_the_standard_says(
    tmp_path_factory: pytest.TempPathFactory,
    made: type,
    angles: tuple[float, float, float],
    spacing: tuple[float, float],
    step: float,
) -> None:
    """PS3.3 C.7.6.2.1.1: P = IPP + row direction x column spacing x i + column direction x row spacing x j."""
    folder = tmp_path_factory.mktemp("oblique")
    rotation = _rotation(*angles)
    cosines = (*rotation[0], *rotation[1])
    paths = made(places=tuple(step * k for k in range(3)), cosines=cosines, spacing=spacing).write(folder)
    volume = load_stack(_stack(folder))
    for k, path in enumerate(paths):
        image = pydicom.dcmread(path)
        origin, row, column = (np.array(v, float) for v in _geometry(image))
        expected = origin + row * image.PixelSpacing[1] * 7 + column * image.PixelSpacing[0] * 4
        assert position_lps(volume, (k, 4, 7)) == pytest.approx(tuple(expected), abs=2e-3)
        assert volume.array[k, 4, 7] == image.pixel_array[4, 7]
    assert np.linalg.det(volume.affine[:3, [2, 1, 0]]) > 0, "row, column and slice axes are right-handed"


def _geometry(image: Dataset) -> tuple[list[float], list[float], list[float]]:
    cosines = list(image.ImageOrientationPatient)
    return list(image.ImagePositionPatient), cosines[:3], cosines[3:]


def _rotation(a: float, b: float, c: float) -> np.ndarray:
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return about_x @ about_y @ about_z


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ((0, 3, 6, 12, 15), "the slice at 9.0 mm is missing between s01-002-2.dcm and s01-003-3.dcm"),
        ((0, 3, 6, 15, 18), "the 2 slices at 9.0 mm, 12.0 mm are missing between s01-002-2.dcm and s01-003-3.dcm"),
        ((0, 3, 6, 6, 9), "two slices at 6.0 mm: s01-002-2.dcm and s01-003-3.dcm"),
        ((0, 3, 6, 10.2, 13.2), "between s01-002-2.dcm and s01-003-3.dcm lie 4.20 mm apart and the others 3.00 mm"),
        ((0, 3, 6, 9.1, 12.1), "lie 3.10 mm apart"),
    ],
)
def test_uneven_slices_are_refused_by_place_and_file(
    tmp_path: Path, made: type, places: tuple[float, ...], told: str
) -> None:
    made(places=places).write(tmp_path)
    with pytest.raises(SeriesIncomplete) as refused:
        load_stack(_stack(tmp_path))
    assert told in str(refused.value)
    assert "Series 1 “made up”" in str(refused.value)


def test_a_stack_that_lost_every_other_slice_is_refused(tmp_path: Path, made: type) -> None:
    made(places=(0, 6, 12, 18), tags={"SpacingBetweenSlices": 3}).write(tmp_path)
    with pytest.raises(SeriesIncomplete, match=r"the slice at 3\.0 mm is missing"):
        load_stack(_stack(tmp_path))


def test_positions_rounded_by_the_scanner_are_accepted(tmp_path: Path, made: type) -> None:
    made(places=(0, 3.02, 5.99, 9.01, 12)).write(tmp_path)
    assert load_stack(_stack(tmp_path)).spacing[0] == pytest.approx(3)


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ({"cosines": (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)}, "another orientation"),
        ({"spacing": (0.6, 0.6)}, "another pixel size"),
        ({"shape": (12, 8)}, "another number of rows and columns"),
        ({"frame_uid": "1.2.99"}, "another frame of reference"),
        ({"corner": (-7.0, -20.0)}, "shifted sideways"),
    ],
)
def test_a_slice_unlike_the_others_is_refused_by_name(
    tmp_path: Path, made: type, odd: dict[str, object], told: str
) -> None:
    made(places=(0.0, 3.0, 6.0)).write(tmp_path, series_uid="1.2.5")
    stranger = made(places=(9.0,), **odd).write(tmp_path, series_uid="1.2.5")[0]
    with pytest.raises(SeriesIncomplete, match=told) as refused:
        load_stack(_stack(tmp_path))
    assert stranger.name in str(refused.value)


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"NumberOfFrames": 2, "Rows": 5}, "holds several frames and does not say where each lies"),
        ({"SamplesPerPixel": 2, "Rows": 5}, "colour"),
        ({"ImagePositionPatient": []}, "does not say where in the patient"),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "directions that are none"),
        ({"PixelSpacing": [0, 0.5]}, "no pixel size"),
    ],
)
def test_what_cannot_be_a_slice_is_refused(tmp_path: Path, made: type, tags: dict[str, object], told: str) -> None:
    made(places=(0.0,), tags=tags).write(tmp_path)
    with pytest.raises(SeriesIncomplete, match=told):
        load_stack(_stack(tmp_path))


def test_a_file_cut_or_lost_after_the_study_was_read_is_refused_by_name(tmp_path: Path, made: type) -> None:
    path = made().write(tmp_path)[4]
    stack = _stack(tmp_path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(SeriesIncomplete, match=f"{path.name} is damaged, it holds 150 of 160 bytes of pixels"):
        load_stack(stack)
    path.write_bytes(b"not dicom")
    with pytest.raises(SeriesIncomplete, match=f"{path.name} is not DICOM"):
        load_stack(stack)
    path.unlink()
    with pytest.raises(SeriesIncomplete, match=f"{path.name} cannot be read"):
        load_stack(stack)


def test_rescale_is_applied_and_whole_numbers_stay_integers(tmp_path: Path, made: type) -> None:
    made(places=(0.0, 3.0), tags={"RescaleSlope": "2", "RescaleIntercept": "-1000"}).write(tmp_path)
    volume = load_stack(_stack(tmp_path))
    assert volume.array.dtype == np.int16
    assert volume.array[1, 2, 3] == 2 * (1000 + 40 + 3 + 1) - 1000


def test_a_fractional_slope_gives_float32(tmp_path: Path, made: type) -> None:
    made(places=(0.0,), tags={"RescaleSlope": "0.25", "RescaleIntercept": "0"}).write(tmp_path)
    volume = load_stack(_stack(tmp_path))
    assert volume.array.dtype == np.float32
    assert volume.array[0, 0, 1] == 0.5


def test_each_slice_has_its_own_slope(tmp_path: Path, made: type) -> None:
    made(places=(0.0,), tags={"RescaleSlope": "2", "RescaleIntercept": "0"}).write(tmp_path, series_uid="1.2.5")
    made(places=(3.0,), tags={"RescaleSlope": "5", "RescaleIntercept": "0"}).write(tmp_path, series_uid="1.2.5")
    assert load_stack(_stack(tmp_path)).array[:, 0, 0].tolist() == [2, 5]


def test_a_linear_real_world_value_map_is_used_where_it_is_alone(tmp_path: Path, made: type) -> None:
    mapping = Dataset()
    mapping.RealWorldValueSlope, mapping.RealWorldValueIntercept = 3.0, 1.0
    made(places=(0.0,), tags={"RealWorldValueMappingSequence": [mapping]}).write(tmp_path)
    assert load_stack(_stack(tmp_path)).array[0, 0, 1] == 3 * 2 + 1


def test_values_that_are_no_numbers_are_refused_by_name(tmp_path: Path, made: type) -> None:
    mapping = Dataset()
    mapping.RealWorldValueSlope, mapping.RealWorldValueIntercept = float("nan"), 0.0
    made(places=(0.0,), tags={"RealWorldValueMappingSequence": [mapping]}).write(tmp_path)
    with pytest.raises(SeriesIncomplete, match=r"Series \d+ .* holds values that are no numbers once its rescale"):
        load_stack(_stack(tmp_path))


def test_signed_pixels_and_values_beyond_bits_stored(tmp_path: Path, made: type) -> None:
    made(places=(0.0,), pixels=lambda k, shape: np.full(shape, -7, np.int16)).write(tmp_path / "signed")
    assert load_stack(_stack(tmp_path / "signed")).array[0, 0, 0] == -7
    stored = made(number=2, places=(0.0,), pixels=lambda k, shape: np.full(shape, 0xF123, np.uint16))
    path = stored.write(tmp_path / "overlay")[0]
    image = pydicom.dcmread(path)
    image.BitsStored, image.HighBit = 12, 11
    image.save_as(path)
    assert load_stack(_stack(tmp_path / "overlay")).array[0, 0, 0] == 0x123


def test_eight_bit_pixels_and_numbers_too_large_for_sixteen_bits(tmp_path: Path, made: type) -> None:
    made(places=(0.0,), pixels=lambda k, shape: np.full(shape, 200, np.uint8)).write(tmp_path / "eight")
    assert load_stack(_stack(tmp_path / "eight")).array.dtype == np.int16
    wide = made(number=2, places=(0.0,), tags={"RescaleSlope": "100", "RescaleIntercept": "0"})
    wide = wide.write(tmp_path / "wide") and load_stack(_stack(tmp_path / "wide"))
    assert wide.array.dtype in (np.uint16, np.int16)
    made(number=3, places=(0.0, 3.0), tags={"RescaleSlope": "100", "RescaleIntercept": "0"}).write(tmp_path / "more")
    assert load_stack(_stack(tmp_path / "more")).array.dtype == np.float32


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, JPEGLSLossless], ids=lambda syntax: syntax.name)
def test_compressed_images_hold_the_same_voxels(tmp_path: Path, made: type, syntax: UID) -> None:
    series = made(places=(0.0, 3.0, 6.0), shape=(64, 48))
    series.write(tmp_path / "plain")
    for path in series.write(tmp_path / "packed"):
        image = pydicom.dcmread(path)
        image.compress(syntax, generate_instance_uid=False)
        image.save_as(path)
    plain, packed = (load_stack(_stack(tmp_path / name)) for name in ("plain", "packed"))
    assert packed.array.dtype == plain.array.dtype
    assert (packed.array == plain.array).all()


def test_damaged_compressed_pixels_are_refused_by_name(tmp_path: Path, made: type) -> None:
    path = made(places=(0.0,), shape=(64, 48)).write(tmp_path)[0]
    image = pydicom.dcmread(path)
    image.compress(JPEG2000Lossless, generate_instance_uid=False)
    image.save_as(path)
    whole = path.read_bytes()
    start = whole.index(b"\xff\x4f\xff\x51")
    path.write_bytes(whole[:start] + bytes(200) + whole[start + 200 :])
    with pytest.raises(SeriesIncomplete, match=f"the pixels of {path.name} cannot be read"):
        load_stack(_stack(tmp_path))


def _constant(value: float) -> Callable[[int, tuple[int, int]], np.ndarray]:
    return lambda k, shape: np.full(shape, round(value), np.uint16)


def _dwi_choice(tmp_path: Path, made: type, *, shift: float = 0.0) -> RoleChoice:
    stacks: list[Stack] = []
    for number, b in enumerate((50, 400, 800), start=1):
        moved = tuple(3.0 * k + (shift if b == 800 else 0.0) for k in range(7))
        made.dwi(number, b, places=moved, pixels=_constant(4000 * np.exp(-b * 1.2e-3))).write(tmp_path)
        series: Series = next(s for s in read_study(tmp_path).series if s.number == number)
        stacks.append(Stack(series, series.instances, float(b)))
    return RoleChoice(Role.ADC, tuple(stacks), "fitted", fitted=True)


def test_an_adc_to_be_fitted_is_fitted_in_its_unit(tmp_path: Path, made: type) -> None:
    adc = load(_dwi_choice(tmp_path, made))
    assert adc.array.dtype == np.float32
    assert np.allclose(adc.array, 1200, atol=2)


def test_an_adc_is_not_fitted_across_grids(tmp_path: Path, made: type) -> None:
    with pytest.raises(SeriesIncomplete, match="No ADC can be fitted: b 800 of series 3"):
        load(_dwi_choice(tmp_path, made, shift=1.0))


@pytest.mark.parametrize(
    ("stored", "slope", "expected"),
    [(1200, "1", 1200), (1200, "0.001", 1200), (1200, "0.000001", 1200)],
    ids=["10⁻⁶ mm²/s", "10⁻³ mm²/s", "mm²/s"],
)
def test_an_adc_map_comes_in_one_unit_whatever_the_scanner_wrote(
    tmp_path: Path, made: type, stored: int, slope: str, expected: float
) -> None:
    tags = {"RescaleSlope": slope, "RescaleIntercept": "0"}
    made.adc(1, tags=tags, pixels=_constant(stored)).write(tmp_path)
    adc = load(RoleChoice(Role.ADC, (_stack(tmp_path),), "map"))
    assert np.allclose(adc.array, expected, rtol=1e-5)


def test_an_adc_map_in_no_known_unit_is_refused(tmp_path: Path, made: type) -> None:
    made.adc(1, pixels=_constant(20)).write(tmp_path)
    with pytest.raises(SeriesIncomplete, match="Series 1 “map” is no ADC map in a unit"):
        load(RoleChoice(Role.ADC, (_stack(tmp_path),), "map"))


def test_a_real_adc_map_is_in_its_unit(prostatex_0000: Path) -> None:
    adc = load(RoleChoice(Role.ADC, (_stack(prostatex_0000, 7),), "map"))
    # prostate tissue: 1.3 to 1.6 10⁻³ mm²/s
    assert 1200 < np.median(adc.array[8:12, 50:80, 30:55]) < 1800
