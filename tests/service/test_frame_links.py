"""A series of another frame of reference is laid on the T2 where the reader or a registration says, or not at all."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from highdicom import Volume
from scipy.ndimage import gaussian_filter
from scipy.spatial.transform import Rotation

from core.annotations import Kind, annotation
from core.errors import CannotLink
from core.frame_link import FrameLink, LinkedBy
from core.nudge import Nudge
from core.progress import Cancelled, Silent
from core.report import Report
from core.sectors import sector
from core.study import Role
from core.volume import position_lps
from service.drafts import DraftStore
from service.frame_links import anchored, registered, with_link, without_link
from service.lesions import add_lesion
from service.nudged import nudged
from service.reading import LoadedSeries, OpenStudy, open_folder

_OTHER = "1.2.826.0.1.99"
_STILL = Nudge()


def _one(opened: OpenStudy, role: Role) -> LoadedSeries:
    return next(one for one in opened.series if one.choice.role is role)


def _elsewhere(one: LoadedSeries, mm: tuple[float, float, float], deg: tuple[float, float, float] = (0.0, 0.0, 0.0)):
    """Return a series as if it had been acquired in another frame of reference, and the matrix into that frame."""
    volume = one.volume
    assert volume is not None
    middle = np.array(position_lps(volume, tuple((n - 1) / 2 for n in volume.spatial_shape)))
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", deg, degrees=True).as_matrix()
    matrix[:3, 3] = middle + mm - matrix[:3, :3] @ middle
    moved = Volume(volume.array, matrix @ volume.affine, "PATIENT", frame_of_reference_uid=_OTHER)
    series = replace(one.choice.stack.series, frame_of_reference_uid=_OTHER, series_instance_uid="1.2.826.0.1.98")
    choice = replace(one.choice, stacks=(replace(one.choice.stack, series=series),))
    return replace(one, choice=choice, volume=moved), matrix


def _error(link: FrameLink, matrix: np.ndarray, at: tuple[float, float, float]) -> tuple[float, float]:
    """Return by how many mm and degrees a link misses the way back out of the other frame."""
    left = link.matrix @ matrix
    turned = float(np.degrees(Rotation.from_matrix(left[:3, :3]).magnitude()))
    return float(np.linalg.norm((left @ (*at, 1.0))[:3] - at)), turned


@pytest.fixture
def apart(opened_phantom: OpenStudy) -> OpenStudy:
    """The phantom whose ADC lies 12 mm to the left, 8 mm anterior and 6 mm superior in another frame."""
    adc, _ = _elsewhere(_one(opened_phantom, Role.ADC), (12.0, -8.0, 6.0))
    series = tuple(adc if one.choice.role is Role.ADC else one for one in opened_phantom.series)
    choices = tuple(adc.choice if choice.role is Role.ADC else choice for choice in opened_phantom.recognised.choices)
    return OpenStudy(replace(opened_phantom.recognised, choices=choices), series)


def _anchor(opened: OpenStudy, nudge: Nudge = _STILL) -> FrameLink:
    seen = (nudge.matrix @ (12.0, 2.0, -4.0, 1.0))[:3]
    at = (float(seen[0]), float(seen[1]), float(seen[2]))
    return anchored(_one(opened, Role.ADC), _one(opened, Role.T2_AXIAL), nudge, at=at, onto=(0.0, 10.0, -10.0))


def test_a_known_pair_of_points_brings_the_series_back_to_where_it_was(
    apart: OpenStudy, opened_phantom: OpenStudy
) -> None:
    link = _anchor(apart)
    assert link.by is LinkedBy.ANCHOR
    assert link.matrix[:3, 3] == pytest.approx((-12.0, 8.0, -6.0))
    laid, was = nudged(apart, Report(apart.recognised).nudges.with_link(link)), opened_phantom.volume(Role.ADC)
    adc = laid.volume(Role.ADC)
    assert adc is not None
    assert was is not None
    assert np.allclose(adc.affine, was.affine)
    assert adc.frame_of_reference_uid == was.frame_of_reference_uid
    assert _one(laid, Role.ADC).link == link
    assert apart.volume(Role.ADC).frame_of_reference_uid == _OTHER, "the series itself is as it was acquired"


def test_a_place_that_is_seen_nudged_is_anchored_where_it_is_seen(apart: OpenStudy) -> None:
    nudge = Nudge((3.0, 0.0, -1.0), (0.0, 0.0, 5.0), (1.0, 2.0, 3.0))
    link = _anchor(apart, nudge)
    assert (nudge.matrix @ (*link.point((12.0, 2.0, -4.0)), 1.0))[:3] == pytest.approx((0.0, 10.0, -10.0))


def test_a_lesion_is_measured_in_a_linked_series_and_no_longer_when_it_is_unlinked(
    apart: OpenStudy, opened_phantom: OpenStudy, phantom_study: SimpleNamespace
) -> None:
    cancer = phantom_study.truth.lesions[0]
    draft = add_lesion(Report(apart.recognised), apart, cancer.centre_lps, 6.0, sector(cancer.sector))
    assert draft.lesions[0].measures.adc_mean is None
    linked = with_link(draft, apart, _anchor(apart))
    whole = add_lesion(Report(opened_phantom.recognised), opened_phantom, cancer.centre_lps, 6.0, sector(cancer.sector))
    assert linked.lesions[0].measures.adc_mean == pytest.approx(whole.lesions[0].measures.adc_mean)
    back = without_link(linked, apart, _OTHER)
    assert back.lesions[0].measures == draft.lesions[0].measures
    assert back.nudges == draft.nudges


def test_what_was_drawn_in_the_series_goes_with_it_and_nothing_else_does(apart: OpenStudy) -> None:
    t2 = apart.volume(Role.T2_AXIAL)
    assert t2 is not None
    here = str(t2.frame_of_reference_uid)
    points = ((12.0, 2.0, -4.0), (22.0, 2.0, -4.0))
    drawn = (annotation(Kind.LENGTH, _OTHER, points), annotation(Kind.LENGTH, here, points))
    linked = with_link(replace(Report(apart.recognised), annotations=drawn), apart, _anchor(apart))
    moved, still = linked.annotations
    assert moved.frame_of_reference_uid == here
    assert moved.points[0] == pytest.approx((0.0, 10.0, -10.0))
    assert moved.points[1] == pytest.approx((10.0, 10.0, -10.0))
    assert still == drawn[1]


def test_a_link_is_in_the_draft_that_is_opened_again(apart: OpenStudy, tmp_path: Path) -> None:
    drafts = DraftStore(tmp_path / "drafts.sqlite")
    linked = with_link(Report(apart.recognised), apart, _anchor(apart))
    drafts.save(linked)
    again = drafts.load(linked.study_instance_uid, apart.recognised)
    assert again is not None
    assert again.nudges == linked.nudges
    drafts.close()


# ---------------------------------------------------------------------------------------------------------------------
# Registration


@pytest.mark.parametrize(
    ("mm", "deg"), [((9.0, -7.0, 6.0), (2.0, -3.0, 4.0)), ((300.0, -200.0, 90.0), (0.0, 0.0, -5.0))]
)
def test_a_real_series_in_another_frame_is_found_to_a_millimetre_and_a_degree(
    prostatex_0000: Path, mm: tuple[float, float, float], deg: tuple[float, float, float]
) -> None:
    t2 = _one(open_folder(prostatex_0000), Role.T2_AXIAL)
    copy, matrix = _elsewhere(t2, mm, deg)
    link = registered(copy, t2, _STILL, None, None, Silent())
    assert t2.volume is not None
    k, j, i = ((n - 1) / 2 for n in t2.volume.spatial_shape)
    missed_mm, missed_deg = _error(link, matrix, position_lps(t2.volume, (k, j, i)))
    assert missed_mm < 1.0
    assert missed_deg < 1.0
    assert link.by is LinkedBy.REGISTRATION
    assert link.score is not None
    assert link.score.after > (link.score.before or 0.0)


def test_the_adc_of_the_phantom_is_found_from_the_scanners_positions_and_from_an_anchor(
    apart: OpenStudy, phantom_study: SimpleNamespace
) -> None:
    adc, t2 = _one(apart, Role.ADC), _one(apart, Role.T2_AXIAL)
    cancer = phantom_study.truth.lesions[0].centre_lps
    there = np.eye(4)
    there[:3, 3] = (12.0, -8.0, 6.0)
    near = replace(_anchor(apart), rows=((1.0, 0, 0, -8.0), (0, 1.0, 0, 10.0), (0, 0, 1.0, -4.0)))
    for start in (None, near):
        link = registered(adc, t2, _STILL, start, None, Silent())
        missed_mm, missed_deg = _error(link, there, cancer)
        assert missed_mm < 1.0
        assert missed_deg < 1.0


def test_a_registration_that_finds_nothing_better_leaves_the_anchor(apart: OpenStudy) -> None:
    adc, t2 = _one(apart, Role.ADC), _one(apart, Role.T2_AXIAL)
    best = registered(adc, t2, _STILL, None, None, Silent())
    with pytest.raises(CannotLink, match=r"^ADC was not registered: .* the anchor stays\.$"):
        registered(adc, t2, _STILL, best, None, Silent())


def test_images_that_have_nothing_to_do_with_each_other_are_not_linked(opened_phantom: OpenStudy) -> None:
    t2, adc = _one(opened_phantom, Role.T2_AXIAL), _elsewhere(_one(opened_phantom, Role.ADC), (0.0, 0.0, 0.0))[0]
    assert adc.volume is not None
    noise = gaussian_filter(np.random.default_rng(3).normal(size=adc.volume.array.shape), (1, 2, 2)) * 1000
    other = Volume(noise.astype(np.float32), adc.volume.affine, "PATIENT", frame_of_reference_uid=_OTHER)
    stranger = replace(adc, volume=other)
    with pytest.raises(CannotLink, match=r"was not registered: .*; anchor it by hand\.$"):
        registered(stranger, t2, _STILL, None, None, Silent())


def test_without_an_axial_t2_nothing_can_be_linked(apart: OpenStudy) -> None:
    adc = _one(apart, Role.ADC)
    with pytest.raises(CannotLink, match="no axial T2 with a frame of reference"):
        anchored(adc, adc, _STILL, at=(0.0, 0.0, 0.0), onto=(0.0, 0.0, 0.0))


def test_a_registration_can_be_stopped(apart: OpenStudy) -> None:
    class Stop:
        def report(self, fraction: float, message: str) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        registered(_one(apart, Role.ADC), _one(apart, Role.T2_AXIAL), _STILL, None, None, Stop())
