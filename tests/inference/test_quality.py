"""The quality gate: a phantom spoilt in one way fails the checks that are meant for it and no others."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from highdicom import Volume
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from scipy import ndimage

from core.findings import Candidate, Measures, ModelIdentity
from core.pirads import Category
from core.progress import Silent
from core.quality import Adequacy, Answer, Asked, Criterion, Quality, QualityFinding, Sequence, Verdict, prefilled
from core.sectors import sector
from core.study import Role
from core.volume import centroid_lps, index_kji
from inference import pipeline
from inference.load import load
from inference.quality import assess, labelled
from inference.quality_pixels import gland_overlap, grown
from inference.read import read_study
from inference.recognise import adc_b_values, recognise

_T2, _DWI, _ADC, _HIGH_B = (
    "03_t2_tse_tra",
    "05_ep2d_diff_tra_b50_400_800",
    "06_ep2d_diff_tra_ADC",
    "07_ep2d_diff_tra_b1400",
)
_DIFFUSION = (_DWI, _ADC, _HIGH_B)
_KNOWN = {Asked.RESOLUTION}
"""What the phantom itself deviates in: T2W pixels of 0.56 mm along frequency."""
_RANDOM = np.random.default_rng(4)

Pixels = NDArray[Any]


@dataclass(frozen=True)
class Spoilt:
    """A copy of the phantom and the gland that was drawn in it."""

    folder: Path
    gland: Volume

    def images(self, *series: str) -> Iterator[Path]:
        for name in series:
            yield from sorted((self.folder / name).iterdir())

    def tags(self, *series: str, **values: Any) -> None:
        """Write attributes into every image of a series."""
        for path in self.images(*series):
            ds = pydicom.dcmread(path)
            for keyword, value in values.items():
                setattr(ds, keyword, value)
            ds.save_as(path)

    def pixels(self, change: Callable[[Pixels, Dataset, int], Pixels], *series: str) -> None:
        """Change the pixels of each image, told its header and its slice number from 0."""
        for number, path in enumerate(self.images(*series)):
            ds = pydicom.dcmread(path)
            changed = change(ds.pixel_array.astype(float), ds, number % 22)
            ds.PixelData = np.clip(np.rint(changed), 0, 4095).astype("<u2").tobytes()
            ds.save_as(path)

    def remove(self, unwanted: Callable[[Dataset], bool], *series: str) -> None:
        for path in list(self.images(*series)):
            if unwanted(pydicom.dcmread(path, stop_before_pixels=True)):
                path.unlink()

    def quality(self) -> Quality:
        recognised = recognise(read_study(self.folder))
        t2, adc = recognised.one(Role.T2_AXIAL), recognised.one(Role.ADC)
        assert t2 is not None
        assert adc is not None
        return assess(recognised, load(t2), load(adc), self.gland, adc_b_values(recognised))


@pytest.fixture
def spoilt(phantom_study: Any, tmp_path: Path) -> Spoilt:
    folder = tmp_path / "spoilt"
    shutil.copytree(phantom_study.folder, folder)
    return Spoilt(folder, phantom_study.truth.gland)


def _failed(quality: Quality) -> set[tuple[Sequence, Asked]]:
    failed = {(check.sequence, check.name) for check in quality.checks if check.failed}
    return {pair for pair in failed if pair[1] not in _KNOWN}


def _noisy(pixels: Pixels, _ds: Dataset, _k: int) -> Pixels:
    return np.hypot(pixels + _RANDOM.normal(0, 160, pixels.shape), _RANDOM.normal(0, 160, pixels.shape))


def _ghosted(pixels: Pixels, _ds: Dataset, _k: int) -> Pixels:
    return pixels + 0.25 * np.roll(pixels, len(pixels) // 2, 0)  # down the columns: the phase direction


def _ghosted_across(pixels: Pixels, _ds: Dataset, _k: int) -> Pixels:
    return pixels + 0.25 * np.roll(pixels, pixels.shape[1] // 2, 1)


def _every_other_moved(pixels: Pixels, ds: Dataset, k: int) -> Pixels:
    return np.roll(pixels, round(6 / float(ds.PixelSpacing[0])) * (k % 2), 0)


def _moved(pixels: Pixels, ds: Dataset, _k: int) -> Pixels:
    return np.roll(pixels, round(8 / float(ds.PixelSpacing[1])), 1)


def _around(gland: Volume, radius_mm: float, factor: float) -> Callable[[Pixels, Dataset, int], Pixels]:
    """Return what multiplies the pixels within a ball around the middle of the gland."""
    centre = np.array(centroid_lps(gland))

    def change(pixels: Pixels, ds: Dataset, _k: int) -> Pixels:
        row, column = np.array(ds.ImageOrientationPatient, float).reshape(2, 3) * float(ds.PixelSpacing[0])
        j, i = np.meshgrid(*map(np.arange, pixels.shape), indexing="ij")
        place = np.array(ds.ImagePositionPatient, float) + i[..., None] * row + j[..., None] * column
        return np.where(np.linalg.norm(place - centre, axis=-1) < radius_mm, pixels * factor, pixels)

    return change


def test_the_phantom_passes_every_check_but_the_resolution_that_it_has_not(spoilt: Spoilt) -> None:
    quality = spoilt.quality()
    assert _failed(quality) == set()
    assert {check.name for check in quality.checks if check.verdict is Verdict.UNKNOWN} == set()
    assert {quality.adequacy(sequence) for sequence in quality.sequences} == {Adequacy.DIAGNOSTIC}
    assert (quality.withheld, quality.label) == ("", "")


@pytest.mark.parametrize(
    ("series", "values", "expected"),
    [
        (_T2, {"SliceThickness": 4.5}, {(Sequence.T2, Asked.THICKNESS)}),
        (_T2, {"SliceThickness": 2.0}, {(Sequence.T2, Asked.GAP)}),
        (_DWI, {"EchoTime": 120}, {(Sequence.DWI, Asked.ECHO_TIME)}),
        (_DWI, {"RepetitionTime": 2000}, {(Sequence.DWI, Asked.REPETITION_TIME)}),
        (_DWI, {"AcquisitionMatrix": [0, 60, 60, 0]}, {(Sequence.DWI, Asked.RESOLUTION)}),
        (_ADC, {"AcquisitionTime": "150000"}, {(Sequence.DWI, Asked.SAME_TIME)}),
    ],
)
def test_a_header_fails_its_own_check_alone(
    spoilt: Spoilt, series: str, values: dict[str, Any], expected: set[tuple[Sequence, Asked]]
) -> None:
    spoilt.tags(series, **values)
    quality = spoilt.quality()
    failed = {(check.sequence, check.name) for check in quality.checks if check.failed}
    assert failed - {(Sequence.T2, Asked.RESOLUTION)} == expected
    assert not quality.withheld


def test_what_a_header_does_not_say_is_unknown_and_never_guessed(spoilt: Spoilt) -> None:
    for path in spoilt.images(_T2, _DWI):
        ds = pydicom.dcmread(path)
        for keyword in ("AcquisitionMatrix", "InPlanePhaseEncodingDirection", "SliceThickness", "RepetitionTime"):
            delattr(ds, keyword)
        ds.save_as(path)
    quality = spoilt.quality()
    unknown = {(check.sequence, check.name) for check in quality.checks if check.verdict is Verdict.UNKNOWN}
    both = {
        (sequence, name)
        for sequence in (Sequence.T2, Sequence.DWI)
        for name in (Asked.RESOLUTION, Asked.THICKNESS, Asked.GAP, Asked.GHOSTS)
    }
    assert unknown == both | {(Sequence.DWI, Asked.REPETITION_TIME)}
    assert dict(prefilled(quality).answers)[Criterion.T2_TECHNIQUE] is Answer.OPEN


@pytest.mark.parametrize(
    ("change", "series", "expected"),
    [
        (_noisy, (_T2,), {(Sequence.T2, Asked.SNR)}),
        (_ghosted, (_T2,), {(Sequence.T2, Asked.GHOSTS)}),
        (_ghosted, (_DWI,), {(Sequence.DWI, Asked.GHOSTS)}),
        (_ghosted_across, (_T2,), set()),
        (
            _every_other_moved,
            (_T2,),
            {(Sequence.T2, Asked.DISPLACED_SLICES), (Sequence.DWI, Asked.DISPLACED_GLAND)},  # half of it is elsewhere
        ),
        (_every_other_moved, _DIFFUSION, {(Sequence.DWI, Asked.DISPLACED_SLICES)}),
        (_moved, _DIFFUSION, {(Sequence.DWI, Asked.DISPLACED_GLAND), (Sequence.DWI, Asked.GLAND_OVERLAP)}),
    ],
)
def test_pixels_fail_the_check_that_is_meant_for_them(
    spoilt: Spoilt,
    change: Callable[[Pixels, Dataset, int], Pixels],
    series: tuple[str, ...],
    expected: set[tuple[Sequence, Asked]],
) -> None:
    spoilt.pixels(change, *series)
    quality = spoilt.quality()
    assert _failed(quality) == expected
    assert not quality.withheld


def test_a_high_b_value_that_is_missing_limits_diffusion(spoilt: Spoilt) -> None:
    shutil.rmtree(spoilt.folder / _HIGH_B)
    quality = spoilt.quality()
    assert _failed(quality) == {(Sequence.DWI, Asked.HIGH_B)}
    assert quality.adequacy(Sequence.DWI) is Adequacy.LIMITED
    assert dict(prefilled(quality).answers)[Criterion.DWI_TECHNIQUE] is Answer.NOT_MET


@pytest.mark.parametrize(("radius_mm", "withheld"), [(16.0, False), (23.0, True)])
def test_a_void_over_the_gland_labels_the_ai_or_withholds_it(
    spoilt: Spoilt, radius_mm: float, *, withheld: bool
) -> None:
    spoilt.pixels(_around(spoilt.gland, radius_mm, 0.0), _DWI)
    quality = spoilt.quality()
    assert (Sequence.DWI, Asked.VOIDS) in _failed(quality)
    assert bool(quality.withheld) is withheld
    assert "signal voids in the gland" in quality.label


def test_diffusion_that_covers_less_than_half_the_gland_withholds_the_ai(spoilt: Spoilt) -> None:
    k = index_kji(spoilt.gland, centroid_lps(spoilt.gland))[0]
    spoilt.remove(lambda ds: (int(ds.InstanceNumber) - 1) % 22 >= round(k) - 1, *_DIFFUSION)
    quality = spoilt.quality()
    assert (Sequence.DWI, Asked.COVERAGE) in _failed(quality)
    assert quality.withheld.startswith("DWI: gland covered")


@pytest.mark.parametrize(("cut", "named", "withheld"), [(-1, True, True), (4, True, False), (-1, False, True)])
def test_a_high_b_image_that_covers_a_part_of_the_gland_labels_the_ai_or_withholds_it(
    spoilt: Spoilt, cut: int, *, named: bool, withheld: bool
) -> None:
    """Where it is missing, nothing is bright, and a cancer would be passed over without a word."""
    if not named:
        nothing = {"DiffusionBValue": None, "SequenceName": "", "SeriesDescription": "N/A", "ProtocolName": "N/A"}
        spoilt.tags(_HIGH_B, **nothing, ImageType=["DERIVED", "PRIMARY", "DIFFUSION", "CALC_BVALUE"])
    k = index_kji(spoilt.gland, centroid_lps(spoilt.gland))[0]
    spoilt.remove(lambda ds: (int(ds.InstanceNumber) - 1) % 22 >= round(k) + cut, _HIGH_B)
    quality = spoilt.quality()
    assert (Sequence.DWI, Asked.COVERAGE) in _failed(quality)
    assert quality.withheld.startswith("DWI: gland covered") is withheld
    assert "gland covered" in quality.label


def test_the_adc_map_of_another_study_withholds_the_ai(spoilt: Spoilt, tmp_path: Path) -> None:
    from service.phantom import make_phantom

    make_phantom(tmp_path / "other", 3)
    for mine, other in zip(spoilt.images(_ADC), sorted((tmp_path / "other" / _ADC).iterdir()), strict=True):
        ds = pydicom.dcmread(mine)
        ds.PixelData = pydicom.dcmread(other).PixelData
        ds.save_as(mine)
    quality = spoilt.quality()
    assert (Sequence.DWI, Asked.ADC_LIKENESS) in _failed(quality)
    assert "ADC map and DWI alike" in quality.withheld


def _relabelled(spoilt: Spoilt, b_values: dict[float, float]) -> None:
    for path in spoilt.images(_DWI, _HIGH_B):
        ds = pydicom.dcmread(path)
        ds.DiffusionBValue = b_values.get(ds.DiffusionBValue, ds.DiffusionBValue)
        ds.save_as(path)


@pytest.mark.parametrize(
    ("b_values", "found"),
    [
        ({50: 800, 800: 50}, r"signal over that of the lower b-value \d\.\d\d \(b (50, 400|400, 800)\) instead of"),
        ({50: 1400, 1400: 50}, r"signal over that of the lower b-value \d\.\d\d \(b \d+, \d+\) instead of"),
    ],
)
def test_b_values_in_the_wrong_order_withhold_the_ai_though_the_scanner_sent_its_adc_map(
    spoilt: Spoilt, b_values: dict[float, float], found: str
) -> None:
    _relabelled(spoilt, b_values)
    quality = spoilt.quality()
    assert (Sequence.DWI, Asked.B_ORDER) in _failed(quality)
    assert re.search(found, quality.withheld)


@pytest.mark.parametrize("own_scale", [False, True])
def test_a_high_b_series_brighter_than_the_others_labels_the_ai_unless_it_has_a_scale_of_its_own(
    spoilt: Spoilt, *, own_scale: bool
) -> None:
    spoilt.pixels(lambda pixels, _ds, _k: np.minimum(pixels * 30, 4000), _HIGH_B)
    if own_scale:
        spoilt.tags(_HIGH_B, RescaleSlope=1.7, RescaleIntercept=0)
    quality = spoilt.quality()
    assert (Sequence.DWI, Asked.B_ORDER) in _failed(quality)
    assert quality.withheld == ""
    assert ("signal over that of the lower b-value" in quality.label) is not own_scale


def test_what_is_withheld_shows_the_gland_and_says_why_there_is_no_lesion(
    spoilt: Spoilt, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt.pixels(_around(spoilt.gland, 60.0, 0.0), _DWI)
    found = pipeline.analyse(recognise(read_study(spoilt.folder)), Silent())
    assert found.gland.volume_ml > 10
    assert found.candidates == ()
    assert not np.any(found.suspicion.array)
    assert found.models == (found.gland.model,)
    assert any(
        x.startswith("The AI did not look for lesions because of the image quality: DWI") for x in found.warnings
    )


@pytest.mark.parametrize("case", ["0000", "0001"])
def test_the_real_studies_are_not_withheld_and_lack_only_what_their_headers_lack(
    request: pytest.FixtureRequest, case: str
) -> None:
    recognised = recognise(read_study(request.getfixturevalue(f"prostatex_{case}")))
    t2, adc = recognised.one(Role.T2_AXIAL), recognised.one(Role.ADC)
    assert t2 is not None
    assert adc is not None
    image = load(t2)
    middle = np.zeros(image.spatial_shape, np.uint8)
    middle[6:14, 150:240, 145:240] = 1  # the gland lies in the middle of both; its border does not matter here
    quality = assess(recognised, image, load(adc), image.with_array(middle), adc_b_values(recognised))
    assert {(check.sequence, check.name) for check in quality.checks if check.failed} == {
        (Sequence.T2, Asked.RESOLUTION),
        (Sequence.DWI, Asked.FIELD_OF_VIEW),
        (Sequence.DWI, Asked.REPETITION_TIME),
        (Sequence.DWI, Asked.HIGH_B),
    }
    assert (quality.withheld, quality.label) == ("", "")


def test_images_that_are_bad_but_not_useless_label_every_candidate_first(spoilt: Spoilt) -> None:
    spoilt.pixels(_around(spoilt.gland, 16.0, 0.0), _DWI)
    bad, good = spoilt.quality(), Quality(())
    model = ModelIdentity("detector", "1", "a" * 64, "MIT")
    measures = Measures(0.5, 12.0, 8.0, 700.0, 600.0)
    place = centroid_lps(spoilt.gland)
    found = Candidate(
        "1.2", spoilt.gland, 0.7, place, measures, sector("right-mid-PZpl"), Category.FOUR, model, ("low ADC",)
    )
    (labelled_one,) = labelled((found,), bad)
    assert labelled_one.explanation[0].startswith("Image quality makes the AI unreliable here: DWI: signal voids")
    assert labelled_one.explanation[1:] == ("low ADC",)
    assert labelled((found,), good) == (found,)


_SHAPE = (10, 60, 60)
_PIXEL_MM = 2.0


def _on_grid(array: Pixels) -> Volume:
    affine = np.diag([_PIXEL_MM, _PIXEL_MM, 3.0, 1.0])[:, [2, 1, 0, 3]]
    return Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid="1.2.3")


def _drawn_from(array: Pixels, rows: Pixels) -> Pixels:
    """Return an image whose voxels come from so many rows farther back, as an uneven field bends them."""
    k, j, i = np.indices(_SHAPE).astype(float)
    return ndimage.map_coordinates(array.astype(float), [k, j - rows, i], order=1, mode="nearest")


@pytest.mark.parametrize(
    ("what", "millimetres"), [("in place", 0.0), ("aside", 6.0), ("stretched", 4.0), ("stretched", 7.0), ("bent", 8.0)]
)
def test_gland_overlap_is_the_dice_of_the_gland_and_where_distortion_put_it(what: str, millimetres: float) -> None:
    """Two contrasts of one made-up pelvis, the second inverted and distorted by what is known."""
    depth, side = (axis - 29.5 for axis in np.indices(_SHAPE).astype(float)[1:])
    gland = (depth / 10) ** 2 + (side / 12) ** 2 <= 1
    texture = ndimage.gaussian_filter(np.random.default_rng(2).normal(size=_SHAPE), (0.5, 1.5, 1.5))
    anatomy = 300 + 150 * gland + 500 * texture
    rows = (millimetres / _PIXEL_MM) * {
        "in place": 0 * depth, "aside": 0 * depth + 1, "stretched": np.clip(depth / 10, -1.2, 1.2),
        "bent": np.exp(-(((depth - 10) / 7) ** 2)),
    }[what]  # fmt: skip
    moving, moved_gland = 1500 - _drawn_from(anatomy, rows), _drawn_from(gland, rows) > 0.5
    expected = 2 * (gland & moved_gland).sum() / (gland.sum() + moved_gland.sum())

    found = gland_overlap(_on_grid(anatomy), _on_grid(moving), gland, grown(_on_grid(anatomy), gland, 10.0))

    assert found == pytest.approx(expected, abs=0.05)
    assert (found < 0.85) == (expected < 0.85)


def test_the_overlap_of_a_gland_that_is_not_there_is_unknown() -> None:
    nothing, image = np.zeros(_SHAPE, bool), _on_grid(np.ones(_SHAPE))
    assert gland_overlap(image, image, nothing, nothing) is None


def test_diffusion_that_is_stretched_along_its_phase_direction_is_called_distorted(spoilt: Spoilt) -> None:
    middle = np.array(centroid_lps(spoilt.gland))

    def stretched(pixels: Pixels, ds: Dataset, _k: int) -> Pixels:
        _, column = np.array(ds.ImageOrientationPatient, float).reshape(2, 3)
        size = float(ds.PixelSpacing[0])
        centre = (middle - np.array(ds.ImagePositionPatient, float)) @ column / size
        j, i = np.indices(pixels.shape).astype(float)
        away = np.clip((j - centre) * size / 20.0, -1, 1)  # 8 mm at the capsule, 20 mm from the middle
        return ndimage.map_coordinates(pixels, [j - 8.0 / size * away, i], order=1, mode="nearest")

    spoilt.pixels(stretched, *_DIFFUSION)
    quality = spoilt.quality()

    (check,) = (x for x in quality.checks if x.name is Asked.GLAND_OVERLAP)
    assert check.failed
    assert check.finding is QualityFinding.DISTORTION
    assert quality.adequacy(Sequence.DWI) is Adequacy.LIMITED
    assert dict(prefilled(quality).answers)[Criterion.DWI_ARTEFACTS] is Answer.NOT_MET
    assert not quality.withheld
