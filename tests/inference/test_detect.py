"""The detector: what it must see, what it must not, and that it says why."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from highdicom import Volume
from scipy import ndimage

from core.errors import CannotAnalyse, FramesDiffer
from core.findings import Feature
from core.pirads import Category, Zone
from core.study import Role
from core.volume import PointLps, centroid_lps, on_grid_of, voxel_volume_ml
from inference.atlas import location_log_risk, zones_of
from inference.detect import detect
from inference.evidence import weigh
from inference.lesion import sphere
from inference.level import LEAST_SHOWN, shown, sum_behind
from inference.resample import resample_like
from inference.tissue import BENIGN, CANCER, adc_contrast, high_b_contrast, suggested_category
from service.reading import open_folder

_CENTRE = (5.0, 30.0, -20.0)
_HALF_AXES = (24.0, 18.0, 21.0)
_B = 1400.0
_RIGHT_PZ = (_CENTRE[0] - 12.0, _CENTRE[1] + 10.0, _CENTRE[2])
_LEFT_TZ = (_CENTRE[0] + 8.0, _CENTRE[1] - 5.0, _CENTRE[2] + 3.0)


@dataclass(frozen=True)
class _Scene:
    """A made-up gland on an oblique grid with ADC and high-b as published tissue has them."""

    gland: Volume
    adc: Volume
    high_b: Volume

    def with_tissue(self, at: PointLps, diameter_mm: float, *, adc: float, gain: float) -> "_Scene":
        """The same with a focus of this ADC (10⁻⁶ mm²/s) that is `gain` times as bright as what was there."""
        focus = sphere(self.gland, at, diameter_mm).array > 0
        return replace(
            self,
            adc=on_grid_of(self.adc, np.where(focus, adc, self.adc.array)),
            high_b=on_grid_of(self.high_b, np.where(focus, self.high_b.array * gain, self.high_b.array)),
        )

    def scanned(self, seed: int = 1) -> "_Scene":
        """The same blurred and noisy, as an echo-planar image of 2 mm pixels is."""
        random = np.random.default_rng(seed)
        sigma = 1.0 / np.array(self.gland.spacing)
        noise = [ndimage.gaussian_filter(random.normal(size=self.adc.array.shape), sigma) for _ in range(2)]
        noise = [field / field.std() for field in noise]
        adc = ndimage.gaussian_filter(self.adc.array, sigma) + 60 * noise[0]
        high_b = ndimage.gaussian_filter(self.high_b.array, sigma) * (1 + 0.05 * noise[1])
        return replace(self, adc=on_grid_of(self.adc, adc), high_b=on_grid_of(self.high_b, high_b))


def _scene(tilt_degrees: float = 18.6) -> _Scene:
    tilt = math.radians(tilt_degrees)
    affine, shape = np.eye(4), (20, 90, 110)
    affine[:3, 0] = np.array([0, -math.sin(tilt), math.cos(tilt)]) * 3.0
    affine[:3, 1] = np.array([0, math.cos(tilt), math.sin(tilt)]) * 0.5
    affine[:3, 2] = np.array([1, 0, 0]) * 0.5
    affine[:3, 3] = np.array(_CENTRE) - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    index = np.indices(shape).reshape(3, -1)
    offsets = (affine[:3, :3] @ index + affine[:3, 3:]) - np.array(_CENTRE)[:, None]
    inside = (((offsets / np.array(_HALF_AXES)[:, None]) ** 2).sum(axis=0) <= 1).reshape(shape)
    gland = Volume(
        array=inside.astype(np.uint8), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid="1.2.3"
    )
    peripheral = zones_of(gland).array == 1
    adc = np.where(peripheral, BENIGN[Zone.PZ].adc, BENIGN[Zone.TZ].adc)
    high_b = np.where(peripheral, 100.0, 115.0)
    return _Scene(gland, on_grid_of(gland, adc), on_grid_of(gland, high_b))


def _distance(first: PointLps, second: PointLps) -> float:
    return float(np.linalg.norm(np.array(first) - np.array(second)))


def _detect(scene: _Scene):
    return detect(scene.gland, scene.adc, scene.high_b, _B)


@pytest.mark.parametrize(
    ("at", "zone", "adc", "gain"), [(_RIGHT_PZ, Zone.PZ, 850.0, 2.0), (_LEFT_TZ, Zone.TZ, 750.0, 1.7)]
)
def test_a_dark_bright_focus_comes_first_and_where_it_is(at: PointLps, zone: Zone, adc: float, gain: float) -> None:
    scene = _scene().with_tissue(at, 12.0, adc=adc, gain=gain).scanned()

    suspicion, suspects = _detect(scene)

    assert 1 <= len(suspects) <= 3
    assert _distance(centroid_lps(suspects[0].mask), at) < 3.0
    assert suspects[0].score > 0.3
    true_ml = math.pi / 6 * 12**3 / 1000
    assert suspects[0].mask.array.sum() * voxel_volume_ml(scene.gland) == pytest.approx(true_ml, rel=0.5)
    assert suspicion.array.dtype == np.float32
    assert 0 <= suspicion.array.min() <= suspicion.array.max() <= 1
    assert suspicion.array[scene.gland.array == 0].max() == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_gland_of_benign_tissue_has_no_candidate(seed: int) -> None:
    _, suspects = _detect(_scene().scanned(seed))

    assert suspects == ()


def test_a_bright_focus_whose_adc_is_not_low_is_none() -> None:
    """As beside the rectum, where the high-b signal piles up."""
    scene = _scene().with_tissue(_RIGHT_PZ, 12.0, adc=BENIGN[Zone.PZ].adc, gain=3.0).scanned()

    assert _detect(scene)[1] == ()


def test_low_adc_without_a_bright_signal_is_far_less_suspicious() -> None:
    """As in fibrous stroma and haemorrhage."""
    cancer = _scene().with_tissue(_RIGHT_PZ, 12.0, adc=850.0, gain=2.0).scanned()
    scar = _scene().with_tissue(_RIGHT_PZ, 12.0, adc=850.0, gain=0.7).scanned()

    scores = [max((s.score for s in _detect(scene)[1]), default=0.0) for scene in (cancer, scar)]

    assert scores[1] < scores[0] / 3


@pytest.mark.parametrize("bias", [0.92, 1.04, 1.08])
def test_a_scanner_whose_adc_is_off_changes_nothing(bias: float) -> None:
    scene = _scene().with_tissue(_RIGHT_PZ, 12.0, adc=850.0, gain=2.0).scanned()
    biased = replace(scene, adc=on_grid_of(scene.adc, scene.adc.array * bias))

    first, second = _detect(scene)[1], _detect(biased)[1]

    assert [s.score for s in second] == pytest.approx([s.score for s in first], abs=0.01)
    assert np.array_equal(first[0].mask.array, second[0].mask.array)


@pytest.mark.parametrize("gain", [0.2, 7.0])
def test_the_scale_of_the_high_b_signal_means_nothing(gain: float) -> None:
    scene = _scene().with_tissue(_RIGHT_PZ, 12.0, adc=850.0, gain=2.0).scanned()
    louder = replace(scene, high_b=on_grid_of(scene.high_b, scene.high_b.array * gain))

    assert [s.score for s in _detect(louder)[1]] == pytest.approx([s.score for s in _detect(scene)[1]], abs=0.01)


def test_the_same_focus_is_less_suspicious_in_the_transition_zone() -> None:
    """Benign TZ tissue has a lower ADC by itself."""
    scores = [
        _detect(_scene().with_tissue(at, 12.0, adc=950.0, gain=1.9).scanned())[1][0].score
        for at in (_RIGHT_PZ, _LEFT_TZ)
    ]

    assert scores[1] < scores[0]


def test_a_speck_smaller_than_nearly_all_cancers_is_no_candidate() -> None:
    scene = _scene().with_tissue(_RIGHT_PZ, 4.0, adc=700.0, gain=2.0)

    assert _detect(scene)[1] == ()


def test_a_small_focus_is_less_suspicious_than_a_larger_one() -> None:
    scores = [
        max((s.score for s in _detect(_scene().with_tissue(_RIGHT_PZ, size, adc=850.0, gain=2.0))[1]), default=0.0)
        for size in (6.5, 12.0)
    ]

    assert scores[0] < scores[1]


def test_two_foci_are_two_candidates_and_most_suspicious_comes_first() -> None:
    left_pz = (_CENTRE[0] + 12.0, _CENTRE[1] + 10.0, _CENTRE[2])
    scene = _scene().with_tissue(_RIGHT_PZ, 11.0, adc=1000.0, gain=1.8).with_tissue(left_pz, 11.0, adc=800.0, gain=2.1)

    suspects = _detect(scene.scanned())[1]

    assert len(suspects) == 2
    assert _distance(centroid_lps(suspects[0].mask), left_pz) < 3.0
    assert _distance(centroid_lps(suspects[1].mask), _RIGHT_PZ) < 3.0
    assert not np.any((suspects[0].mask.array > 0) & (suspects[1].mask.array > 0))


def test_there_are_never_more_than_five_candidates() -> None:
    scene = _scene()
    for height in (-9.0, 0.0, 9.0):
        for side in (-14.0, 0.0, 14.0):
            at = (_CENTRE[0] + side, _CENTRE[1] + 9.0, _CENTRE[2] + height)
            scene = scene.with_tissue(at, 9.0, adc=750.0, gain=2.0)

    assert len(_detect(scene)[1]) == 5


def test_a_thin_dark_bright_rim_along_the_outline_is_no_candidate() -> None:
    """As where the outline takes in a little of the rectal wall."""
    scene = _scene()
    depth = ndimage.distance_transform_edt(scene.gland.array > 0, sampling=scene.gland.spacing)
    rim = (scene.gland.array > 0) & (depth < 2.0)
    scene = replace(
        scene,
        adc=on_grid_of(scene.adc, np.where(rim, 900.0, scene.adc.array)),
        high_b=on_grid_of(scene.high_b, np.where(rim, 180.0, scene.high_b.array)),
    )
    cancer = scene.with_tissue(_RIGHT_PZ, 12.0, adc=850.0, gain=2.0)

    assert _detect(scene)[1] == ()
    assert _distance(centroid_lps(_detect(cancer)[1][0].mask), _RIGHT_PZ) < 4.0


def test_a_dark_nodule_of_a_tenth_of_a_millilitre_does_not_come_before_a_cancer() -> None:
    scene = _scene().with_tissue(_LEFT_TZ, 5.8, adc=800.0, gain=1.6).with_tissue(_RIGHT_PZ, 12.0, adc=900.0, gain=1.9)

    suspects = _detect(scene.scanned())[1]

    assert _distance(centroid_lps(suspects[0].mask), _RIGHT_PZ) < 3.0


def test_a_gland_that_is_mostly_cancer_is_not_taken_for_no_adc_map() -> None:
    scene = _scene()
    offsets = np.arange(scene.gland.array.shape[2]) > 50
    tumour = (scene.gland.array > 0) & offsets
    assert tumour.sum() > 0.5 * scene.gland.array.sum()
    scene = replace(
        scene,
        adc=on_grid_of(scene.adc, np.where(tumour, 700.0, scene.adc.array)),
        high_b=on_grid_of(scene.high_b, np.where(tumour, 220.0, scene.high_b.array)),
    )

    suspects = _detect(scene)[1]

    assert suspects
    assert np.mean(tumour[suspects[0].mask.array > 0]) > 0.9


def test_a_large_tumour_with_two_cores_is_one_candidate() -> None:
    right = (_RIGHT_PZ[0] + 7.0, _RIGHT_PZ[1] + 2.0, _RIGHT_PZ[2])
    scene = _scene()
    for at in (_RIGHT_PZ, right):
        scene = scene.with_tissue(at, 11.0, adc=900.0, gain=1.9)
    for at in (_RIGHT_PZ, right):
        core = sphere(scene.gland, at, 6.0).array > 0
        scene = replace(scene, adc=on_grid_of(scene.adc, np.where(core, 750.0, scene.adc.array)))

    suspects = _detect(scene.scanned())[1]

    assert len(suspects) == 1
    for at in (_RIGHT_PZ, right):
        assert np.any((suspects[0].mask.array > 0) & (sphere(scene.gland, at, 3.0).array > 0))


def _disturbed(gland: Volume, adc: Volume, high_b: Volume) -> Iterator[tuple[Volume, Volume, Volume]]:
    """Yield the outline moved by 2 mm, ADC off by 8 % and diffusion images moved by 2 mm, each both ways."""
    inside = gland.array > 0
    flat = (1e6, *gland.spacing[1:])
    for moved in (
        ndimage.distance_transform_edt(inside, sampling=flat) > 2.0,
        ndimage.distance_transform_edt(~inside, sampling=flat) <= 2.0,
    ):
        yield on_grid_of(gland, moved.astype(np.uint8)), adc, high_b
    for factor in (0.92, 1.08):
        yield gland, on_grid_of(adc, adc.array * factor), high_b
    for axis in range(3):
        for millimetres in (-2.0, 2.0):
            shift = [millimetres / step if n == axis else 0.0 for n, step in enumerate(gland.spacing)]
            moved = (
                on_grid_of(image, ndimage.shift(image.array.astype(np.float32), shift, order=1, mode="nearest"))
                for image in (adc, high_b)
            )
            yield gland, *moved


def test_the_first_candidate_of_the_phantom_stays_first_when_outline_adc_and_alignment_are_off(phantom_study) -> None:
    study, gland = open_folder(phantom_study.folder), phantom_study.truth.gland
    adc, high_b = (resample_like(study.volume(role), gland) for role in (Role.ADC, Role.HIGH_B))
    cancers = np.any([lesion.mask.array > 0 for lesion in phantom_study.truth.lesions], axis=0)
    first = detect(gland, adc, high_b, _B)[1][0]
    assert np.any((first.mask.array > 0) & cancers)

    for trial in _disturbed(gland, adc, high_b):
        now = detect(*trial, _B)[1][0]
        assert _distance(centroid_lps(now.mask), centroid_lps(first.mask)) < 5.0


def test_every_candidate_says_why_in_numbers_that_add_up_to_its_score() -> None:
    scene = _scene().with_tissue(_RIGHT_PZ, 12.0, adc=850.0, gain=2.0).scanned()

    suspect = _detect(scene)[1][0]

    told = " ".join(suspect.explanation)
    for needed in (
        "ADC in its core",
        "of the gland's median",
        "published level",
        "At b 1400",
        "times as often",
        "mL",
        "PZ",
    ):
        assert needed in told
    terms = [float(term) for term in re.findall(r": ([+-]\d+\.\d)", told)]
    assert len(terms) >= 4
    assert 1 / (1 + math.exp(-sum(terms))) == pytest.approx(suspect.score, abs=0.06)
    added = {one.feature: one.log_odds for one in suspect.contributions}
    assert list(added) == list(Feature)
    assert added[Feature.ADC] == pytest.approx(terms[0], abs=0.051)
    assert 1 / (1 + math.exp(-sum(added.values()))) == pytest.approx(suspect.score, abs=1e-5)


def test_without_a_high_b_image_adc_alone_decides_and_says_so() -> None:
    scene = _scene().with_tissue(_RIGHT_PZ, 12.0, adc=850.0, gain=2.0).scanned()

    _, suspects = detect(scene.gland, scene.adc, None)

    assert _distance(centroid_lps(suspects[0].mask), _RIGHT_PZ) < 3.0
    assert any("no high-b image" in line for line in suspects[0].explanation)
    assert Feature.HIGH_B not in [one.feature for one in suspects[0].contributions]


@pytest.mark.parametrize("factor", [1e-3, 0.3, 3.0, 1000.0])
def test_a_map_that_can_be_no_adc_is_refused(factor: float) -> None:
    scene = _scene()

    with pytest.raises(CannotAnalyse, match="median ADC of the prostate"):
        detect(scene.gland, on_grid_of(scene.adc, scene.adc.array * factor), scene.high_b, _B)


def test_an_adc_map_that_misses_the_gland_is_refused() -> None:
    scene = _scene()
    adc = scene.adc.array.copy()
    adc[:14] = 0

    with pytest.raises(CannotAnalyse, match="less than half of the prostate"):
        detect(scene.gland, on_grid_of(scene.adc, adc), scene.high_b, _B)


def test_a_blank_high_b_image_is_refused_and_not_taken_for_no_lesion() -> None:
    scene = _scene()

    with pytest.raises(CannotAnalyse, match="blank"):
        detect(scene.gland, scene.adc, on_grid_of(scene.high_b, np.zeros(scene.high_b.array.shape)), _B)


def test_an_image_of_another_frame_is_refused() -> None:
    scene = _scene()
    foreign = Volume(
        array=scene.adc.array, affine=scene.adc.affine, coordinate_system="PATIENT", frame_of_reference_uid="9.9"
    )

    with pytest.raises(FramesDiffer, match="ADC map"):
        detect(scene.gland, foreign, scene.high_b, _B)


def test_holes_in_the_adc_map_are_not_dark_tissue() -> None:
    """Scanners write 0 where the signal is too low to fit."""
    scene = _scene()
    holes = np.random.default_rng(3).random(scene.adc.array.shape) < 0.1
    scene = replace(scene, adc=on_grid_of(scene.adc, np.where(holes, 0.0, scene.adc.array)))

    assert _detect(scene)[1] == ()


def test_what_lies_beyond_the_outline_does_not_leak_in() -> None:
    """A rectum that is dark on ADC and bright on DWI touches the gland."""
    scene = _scene()
    outside = scene.gland.array == 0
    scene = replace(
        scene,
        adc=on_grid_of(scene.adc, np.where(outside, 500.0, scene.adc.array)),
        high_b=on_grid_of(scene.high_b, np.where(outside, 500.0, scene.high_b.array)),
    )

    assert _detect(scene)[1] == ()


_AT_THE_OUTLINE = (_CENTRE[0] - 13.5, _CENTRE[1] + 12.0, _CENTRE[2])


def test_a_cancer_at_the_outline_stays_when_the_outline_is_drawn_two_millimetres_inside_it() -> None:
    scene = _scene().with_tissue(_AT_THE_OUTLINE, 12.0, adc=800.0, gain=2.2).scanned()
    flat = (1e6, *scene.gland.spacing[1:])
    depth = ndimage.distance_transform_edt(scene.gland.array > 0, sampling=flat)
    shrunk = replace(scene, gland=on_grid_of(scene.gland, (depth > 2.0).astype(np.uint8)))

    whole, cut = _detect(scene)[1], _detect(shrunk)[1]

    assert _distance(centroid_lps(whole[0].mask), _AT_THE_OUTLINE) < 4.0
    assert _distance(centroid_lps(cut[0].mask), _AT_THE_OUTLINE) < 5.0
    assert not np.any((cut[0].mask.array > 0) & (shrunk.gland.array == 0)), "what is shown lies within the gland"


def test_near_the_outline_low_adc_must_be_confirmed_by_as_bright_a_signal() -> None:
    """The wall of the rectum, muscle and capsule are dark on ADC and not bright at high b."""
    bright, dull = (
        weigh(scene.gland, scene.adc, scene.high_b, _B)
        for scene in (_scene().with_tissue(_AT_THE_OUTLINE, 12.0, adc=900.0, gain=gain) for gain in (2.4, 1.2))
    )
    focus = sphere(_scene().gland, _AT_THE_OUTLINE, 12.0).array[bright.box] > 0
    edge = focus & bright.inside & ~ndimage.binary_erosion(bright.inside, np.ones((1, 5, 5)))

    assert np.any(edge)
    assert np.median(dull.log_border[edge]) < np.median(bright.log_border[edge]) - 1.0


def test_tissue_that_lies_half_beyond_the_outline_loses_odds() -> None:
    """As the wall of the rectum does that an outline just takes in."""
    x, y, z = _AT_THE_OUTLINE
    border = [
        next(one.log_odds for one in suspects[0].contributions if one.feature is Feature.BORDER)
        for at in (_AT_THE_OUTLINE, (x - 2.5, y + 2.5, z))
        if (suspects := _detect(_scene().with_tissue(at, 12.0, adc=700.0, gain=2.5))[1])
    ]

    assert len(border) == 2
    assert border[1] < border[0] < 0


def test_evidence_is_the_sum_of_its_parts() -> None:
    scene = _scene().with_tissue(_RIGHT_PZ, 12.0, adc=850.0, gain=2.0).scanned()
    evidence = weigh(scene.gland, scene.adc, scene.high_b, _B)
    assert evidence.log_high_b is not None
    inside = evidence.inside

    parts = evidence.log_prior + evidence.log_adc + evidence.log_high_b
    parts = parts + evidence.log_location + evidence.log_border
    assert np.allclose(evidence.log_odds[inside], parts[inside], atol=1e-4)
    place = np.clip(location_log_risk(scene.gland)[evidence.box], -1.5, 1.5)
    assert np.allclose(evidence.log_location[inside], place[inside])
    assert evidence.log_high_b.max() <= 0
    assert evidence.log_border.max() <= 0


def test_the_level_changes_no_order_and_can_be_taken_off_again() -> None:
    sums = np.linspace(-6.0, 6.0, 25)

    assert np.all(np.diff(shown(sums)) > 0)
    assert np.allclose(sum_behind(shown(sums)), sums)


def test_the_map_of_suspicion_is_on_the_scale_of_the_candidates() -> None:
    scene = _scene().with_tissue(_RIGHT_PZ, 16.0, adc=850.0, gain=2.0).scanned()

    suspicion, suspects = _detect(scene)

    added = {one.feature: one.log_odds for one in suspects[0].contributions}
    of_place = sum(added.values()) - added[Feature.SIZE]
    within = suspicion.array[suspects[0].mask.array > 0]
    assert within.max() >= suspects[0].score >= LEAST_SHOWN
    assert np.abs(within - 1 / (1 + math.exp(-of_place))).min() < 0.02


@pytest.mark.parametrize("zone", [Zone.PZ, Zone.TZ])
def test_published_means_are_told_apart_and_their_middle_is_undecided(zone: Zone) -> None:
    contrast = adc_contrast(zone)
    values = np.array([CANCER[zone].adc, (CANCER[zone].adc + BENIGN[zone].adc) / 2, BENIGN[zone].adc], np.float32)

    ratios = contrast.log_likelihood_ratio(values)

    assert ratios[0] > 2
    assert ratios[1] == pytest.approx(0, abs=1e-3)
    assert ratios[2] < -2


def test_a_higher_b_value_makes_cancer_stand_out_more() -> None:
    gains = [high_b_contrast(Zone.PZ, b).cancer for b in (800.0, 1400.0, 2000.0)]

    assert gains == sorted(gains)
    # S = S0 · exp(−TE/T2) · exp(−b · ADC) at b 1400: exp(−80/97 + 80/149) · exp(1.4 · (1.68 − 1.02)) = 1.89
    assert math.exp(gains[1]) == pytest.approx(1.89, abs=0.01)


@pytest.mark.parametrize(
    ("score", "long_axis_mm", "category"),
    [
        (0.2, 30.0, Category.THREE),
        (0.35, 8.0, Category.THREE),
        (0.37, 8.0, Category.FOUR),
        (0.9, 14.9, Category.FOUR),
        (0.9, 15.0, Category.FIVE),
    ],
)
def test_a_category_is_suggested_by_published_cancer_rates_and_the_15_mm_rule(
    score: float, long_axis_mm: float, category: Category
) -> None:
    assert suggested_category(score, long_axis_mm) is category
