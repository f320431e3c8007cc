"""Key images: the right slice, the right place, the outline where the lesion is, in every series alike."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from highdicom import UID, Volume

from core.errors import FramesDiffer
from core.pirads import Category
from core.report import Report
from core.study import Role
from core.volume import on_grid_of, position_lps
from reporting.drawing import free_place, sampled, slice_plane, window
from reporting.images import ReportImages
from reporting.key_image import PIXELS, key_images


@pytest.fixture
def images(made_volumes: Mapping[Role, Volume]) -> ReportImages:
    """T2, ADC and high-b of the made-up study, each on its own grid."""
    return ReportImages(made_volumes[Role.T2_AXIAL], made_volumes[Role.ADC], made_volumes[Role.HIGH_B])


def _in_frame(volume: Volume, frame_of_reference_uid: str) -> Volume:
    return Volume(
        array=volume.array,
        affine=volume.affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=frame_of_reference_uid,
    )


def _coloured(pixels: np.ndarray) -> np.ndarray:
    return np.ptp(pixels.astype(int), axis=-1) > 8


def test_each_reported_lesion_has_a_t2_an_adc_and_a_high_b_picture(draft_report: Report, images: ReportImages) -> None:
    made = key_images(draft_report, images)
    assert [image.label for image in made] == ["L2"] * 3 + ["L1"] * 3 + ["L3"] * 3
    assert [image.title for image in made[:3]] == ["T2 axial", "ADC", "DWI b 1400 (calc)"]
    assert [image.category for image in made[::3]] == [Category.FIVE, Category.FOUR, Category.THREE]
    assert all(image.pixels.shape == (PIXELS, PIXELS, 3) for image in made)


def test_the_slice_is_the_one_where_the_lesion_is_largest(draft_report: Report, images: ReportImages) -> None:
    for image in key_images(draft_report, images)[::3]:
        lesion = next(lesion for lesion in draft_report.lesions if lesion.label == image.label)
        k = int(lesion.mask.array.sum(axis=(1, 2)).argmax())
        assert image.caption == f"Series 3 · slice {k + 1} / 20"


def test_the_caption_names_the_series_of_each_picture(draft_report: Report, images: ReportImages) -> None:
    captions = [image.caption.split(" · ")[0] for image in key_images(draft_report, images)[:3]]
    assert captions == ["Series 3", "Series 6", "Series 7"]


def test_the_lesion_is_drawn_at_the_same_pixels_in_every_series(draft_report: Report, images: ReportImages) -> None:
    report = replace(draft_report, gland=None, lesions=draft_report.lesions[:1])
    t2, adc, high_b = (_coloured(image.pixels) for image in key_images(report, images))
    assert 500 < t2.sum() < t2.size / 4
    assert (adc == t2).mean() > 0.995
    assert (high_b == t2).mean() > 0.995


def test_the_dark_spot_of_the_adc_map_lies_within_the_outline(draft_report: Report, images: ReportImages) -> None:
    report = replace(draft_report, gland=None, lesions=draft_report.lesions[:1])
    _, adc, _ = key_images(report, images)
    rows, columns = np.nonzero(_coloured(adc.pixels)[:, : PIXELS // 2 + 20])
    inside = adc.pixels[int(rows.mean()), int(columns.mean())].astype(int)
    beside = adc.pixels[int(rows.mean()), int(columns.min()) - 40].astype(int)
    assert inside.mean() < beside.mean() - 30


def test_a_study_without_adc_and_high_b_shows_t2_alone(draft_report: Report, images: ReportImages) -> None:
    made = key_images(draft_report, ReportImages(images.t2, None, None))
    assert [image.title for image in made] == ["T2 axial"] * 3


def test_a_series_of_another_frame_is_left_out_and_named(draft_report: Report, images: ReportImages) -> None:
    assert images.adc is not None
    moved = replace(images, adc=_in_frame(images.adc, UID()))
    made = key_images(draft_report, moved)
    assert {image.title for image in made} == {"T2 axial", "DWI b 1400 (calc)"}
    assert made[0].note == ("ADC was not acquired in the frame of reference of the axial T2; register it first.")


def test_an_outline_of_another_frame_is_refused(draft_report: Report, images: ReportImages) -> None:
    elsewhere = replace(draft_report.lesions[0], mask=_in_frame(draft_report.lesions[0].mask, UID()))
    with pytest.raises(FramesDiffer, match="outline of L1 was not acquired in the frame of reference of the axial T2"):
        key_images(replace(draft_report, lesions=(elsewhere,)), images)


def test_an_outline_on_other_slices_is_refused(draft_report: Report, images: ReportImages) -> None:
    lesion = draft_report.lesions[0]
    shifted = lesion.mask.affine.copy()
    shifted[:3, 3] += lesion.mask.affine[:3, 0] / 2
    mask = Volume(
        array=lesion.mask.array,
        affine=shifted,
        coordinate_system="PATIENT",
        frame_of_reference_uid=lesion.mask.frame_of_reference_uid,
    )
    with pytest.raises(FramesDiffer, match="L1 was drawn on other slices"):
        key_images(replace(draft_report, lesions=(replace(lesion, mask=mask),)), images)


def test_without_a_lesion_the_widest_slice_of_the_gland_is_shown(draft_report: Report, images: ReportImages) -> None:
    made = key_images(replace(draft_report, lesions=()), images)
    assert [image.label for image in made] == ["", "", ""]
    assert made[0].caption in ("Series 3 · slice 10 / 20", "Series 3 · slice 11 / 20")


def test_without_lesion_and_gland_there_is_no_key_image(draft_report: Report, images: ReportImages) -> None:
    assert key_images(replace(draft_report, lesions=(), gland=None), images) == ()


def test_sampling_a_slice_on_its_own_grid_gives_its_voxels(made_volumes: Mapping[Role, Volume]) -> None:
    t2 = made_volumes[Role.T2_AXIAL]
    assert np.allclose(sampled(t2, slice_plane(t2, 7)), t2.array[7], atol=0.01)


def test_sampling_another_grid_finds_the_same_patient_position(made_volumes: Mapping[Role, Volume]) -> None:
    t2, adc = made_volumes[Role.T2_AXIAL], made_volumes[Role.ADC]
    k, j, i = 12, 20, 9
    marked = np.zeros(adc.spatial_shape, np.float32)
    marked[k, j, i] = 1000.0
    seen = sampled(on_grid_of(adc, marked), slice_plane(t2, k, scale=4))
    row, column = np.unravel_index(seen.argmax(), seen.shape)
    found = slice_plane(t2, k, scale=4).position(float(row), float(column))
    assert np.allclose(found, position_lps(adc, (k, j, i)), atol=0.35)


def test_an_enlarged_plane_with_margins_keeps_patient_positions(made_volumes: Mapping[Role, Volume]) -> None:
    t2 = made_volumes[Role.T2_AXIAL]
    plane = slice_plane(t2, 5, scale=3, top=40, bottom=10)
    assert (plane.rows, plane.columns) == (64 * 3 + 50, 64 * 3)
    row, column = 40 + 3 * 17 + 1, 3 * 23 + 1  # the middle one of the 3 × 3 pixels of voxel (17, 23)
    assert np.allclose(plane.position(row, column), position_lps(t2, (5, 17, 23)), atol=1e-9)


def test_a_label_never_lies_on_what_it_names_when_there_is_room() -> None:
    target = (200.0, 200.0, 240.0, 240.0)
    box = free_place((100, 30), target, (target,), (0, 0, 480, 480))
    assert box[0] >= target[2] or box[2] <= target[0] or box[1] >= target[3] or box[3] <= target[1]
    assert box[0] >= 0
    assert box[2] <= 480


def test_an_empty_picture_still_has_a_window() -> None:
    assert window(np.zeros((4, 4))) == (0.0, 1.0)
