"""A link between two frames of reference puts positions where a person would compute them, and says by whom."""

from typing import Any

import numpy as np
import pytest
from highdicom import Volume
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy.spatial.transform import Rotation

from core.errors import FramesDiffer
from core.frame_link import FrameLink, LinkedBy, MatchScore, frame_key, rows_of, translation
from core.nudge import Nudge, Nudges, tells_of_moving
from core.study import Role, RoleChoice, Series, Stack
from core.volume import PointLps, position_lps, require_same_frame

_STUDY, _OTHER = "1.2", "1.9"
_MM = st.floats(-400, 400, allow_nan=False)
_POINT = st.tuples(_MM, _MM, _MM)


def _volume(frame: str | None) -> Volume:
    affine = np.array([[0.0, 0.0, 2.0, -10.0], [0.0, 2.0, 0.0, 20.0], [3.0, 0.0, 0.0, 5.0], [0.0, 0.0, 0.0, 1.0]])
    return Volume(np.zeros((2, 3, 4), np.int16), affine, "PATIENT", frame_of_reference_uid=frame)


def _choice(role: Role = Role.ADC, frame: str = _OTHER) -> RoleChoice:
    return RoleChoice(role, (Stack(Series("1.2.3.4", "MR", 7, "made up", frame, ()), ()),), "made up")


def _link(rows: Any, by: LinkedBy = LinkedBy.ANCHOR, score: MatchScore | None = None) -> FrameLink:
    return FrameLink(_OTHER, _STUDY, rows, by, "ADC (series 7)", score)


def test_an_anchor_moves_every_voxel_by_what_is_between_the_two_places() -> None:
    link = _link(translation((5.0, -4.0, 30.0), (6.0, -2.0, 25.0)))  # 1 left, 2 posterior, 5 inferior
    placed = link.placed(_volume(_OTHER))
    assert position_lps(placed, (0, 0, 0)) == pytest.approx((-9.0, 22.0, 0.0))
    assert position_lps(placed, (1, 2, 3)) == pytest.approx((-3.0, 26.0, 3.0))
    assert placed.frame_of_reference_uid == _STUDY


@given(at=_POINT, onto=_POINT, other=_POINT)
def test_an_anchor_brings_the_place_onto_the_other_and_keeps_all_distances(
    at: PointLps, onto: PointLps, other: PointLps
) -> None:
    link = _link(translation(at, onto))
    assert link.point(at) == pytest.approx(onto, abs=1e-9)
    assert np.subtract(link.point(other), onto) == pytest.approx(np.subtract(other, at), abs=1e-9)
    assert link.turn_deg == pytest.approx(0.0, abs=1e-5)


@given(turn=st.tuples(*[st.floats(-30, 30)] * 3), shift=_POINT, first=_POINT, second=_POINT)
def test_a_rigid_link_keeps_lengths_and_is_the_same_for_voxels_and_points(
    turn: PointLps, shift: PointLps, first: PointLps, second: PointLps
) -> None:
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = Rotation.from_euler("xyz", turn, degrees=True).as_matrix(), shift
    link, volume = _link(rows_of(matrix), LinkedBy.REGISTRATION), _volume(_OTHER)
    before, after = (np.linalg.norm(np.subtract(*pair)) for pair in ((first, second), map(link.point, (first, second))))
    assert after == pytest.approx(before, abs=1e-6)
    assert position_lps(link.placed(volume), (1, 2, 3)) == pytest.approx(link.point(position_lps(volume, (1, 2, 3))))


@pytest.mark.parametrize("factors", [(1.0, 1.0, 1.1), (1.0, 1.0, -1.0)])
def test_what_stretches_or_mirrors_is_no_link(factors: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="neither stretches nor mirrors"):
        _link(rows_of(np.diag([*factors, 1.0])))


def test_the_series_itself_stays_in_its_frame_and_is_not_copied() -> None:
    volume = _volume(_OTHER)
    link = _link(translation((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)))
    placed = link.placed(volume)
    assert placed.array is volume.array
    assert volume.frame_of_reference_uid == _OTHER
    assert position_lps(volume, (0, 0, 0)) == (-10.0, 20.0, 5.0)
    with pytest.raises(FramesDiffer):
        require_same_frame(volume, _volume(_STUDY), names=("ADC", "the axial T2"))


def test_a_linked_series_is_laid_first_and_nudged_then() -> None:
    nudges = Nudges(Nudge((0.0, 0.0, 0.0), (0.0, 0.0, 90.0)), links=(_link(translation((0, 0, 0), (10.0, 0.0, 0.0))),))
    placed = nudges.placed(_volume(_OTHER), _choice())
    # (-10, 20, 5) goes to (0, 20, 5), which a quarter turn about superior takes to (-20, 0, 5)
    assert position_lps(placed, (0, 0, 0)) == pytest.approx((-20.0, 0.0, 5.0))
    assert nudges.placed(_volume(_STUDY), _choice(Role.T2_AXIAL, _STUDY)).frame_of_reference_uid == _STUDY


def test_all_series_of_a_frame_share_its_link_and_one_without_a_frame_has_its_own() -> None:
    link = _link(translation((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)))
    nudges = Nudges().with_link(link)
    assert nudges.link_of(_choice(Role.DWI).stack.series) is link
    assert nudges.link_of(_choice(Role.DWI, "").stack.series) is None
    assert frame_key(_choice(Role.DWI, "").stack.series) == "1.2.3.4"
    again = nudges.with_link(_link(translation((0.0, 0.0, 0.0), (2.0, 0.0, 0.0))))
    assert len(again.links) == 1, "a second link of a frame takes the place of the first"
    assert again.without_link(_OTHER) == Nudges()


def test_the_report_says_what_was_linked_and_how() -> None:
    anchored = Nudges(links=(_link(translation((0.0, 0.0, 0.0), (-12.0, 8.0, 0.0))),))
    assert anchored.in_words == (
        "Acquired in another frame of reference and laid on the axial T2 by the reader: ADC (series 7) anchored at one "
        "point, shifted by 12.0 mm right, 8.0 mm posterior and not turned."
    )
    turned = np.eye(4)
    turned[:3, :3] = Rotation.from_euler("z", 4, degrees=True).as_matrix()
    registered = _link(rows_of(turned), LinkedBy.REGISTRATION, MatchScore(0.1, 0.333))
    assert registered.in_words == (
        "ADC (series 7) by rigid registration, turned by 4.0° (mutual information 0.10 before, 0.33 after)"
    )
    both = Nudges(Nudge((2.0, 0.0, 0.0)), links=(registered,)).in_words
    assert both.endswith("by hand: the diffusion images by 2.0 mm left.")
    assert all(map(tells_of_moving, (anchored.in_words, both)))
    assert not tells_of_moving("MRI of the prostate.")


def test_a_link_is_the_same_after_it_was_written_and_read() -> None:
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", (1.1, -2.3, 3.7), degrees=True).as_matrix()
    nudges = Nudges(links=(_link(rows_of(matrix), LinkedBy.REGISTRATION, MatchScore(None, 0.3)),))
    adapter = TypeAdapter(Nudges)
    assert adapter.validate_json(adapter.dump_json(nudges)) == nudges
    assert adapter.validate_json(b'{"diffusion": {"shift_mm": [1, 0, 0]}}').links == (), (
        "a draft of before there were any"
    )
