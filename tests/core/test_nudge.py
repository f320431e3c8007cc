"""A nudge moves voxels to where a person would compute them, and says so in words."""

import numpy as np
import pytest
from highdicom import Volume
from scipy.spatial.transform import Rotation

from core.nudge import Nudge, Nudges
from core.study import Role
from core.volume import position_lps


def _volume() -> Volume:
    affine = np.array([[0.0, 0.0, 2.0, -10.0], [0.0, 2.0, 0.0, 20.0], [3.0, 0.0, 0.0, 5.0], [0.0, 0.0, 0.0, 1.0]])
    return Volume(np.zeros((2, 3, 4), np.int16), affine, "PATIENT", frame_of_reference_uid="1.2")


def test_a_shift_moves_every_voxel_by_it() -> None:
    moved = Nudge(shift_mm=(1.0, -2.0, 0.5)).moved(_volume())
    assert position_lps(moved, (0, 0, 0)) == pytest.approx((-9.0, 18.0, 5.5))
    assert position_lps(moved, (1, 2, 3)) == pytest.approx((-3.0, 22.0, 8.5))


@pytest.mark.parametrize(
    ("turn_deg", "point", "expected"),
    [
        ((90.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),  # about left: posterior goes superior
        ((0.0, 90.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)),  # about posterior: superior goes left
        ((0.0, 0.0, 90.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),  # about superior: left goes posterior
        ((90.0, 0.0, 90.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),  # left first, superior last
    ],
)
def test_turns_are_right_handed_and_in_order(
    turn_deg: tuple[float, float, float], point: tuple[float, float, float], expected: tuple[float, float, float]
) -> None:
    matrix = Nudge(turn_deg=turn_deg).matrix
    assert (matrix @ [*point, 1.0])[:3] == pytest.approx(expected, abs=1e-12)


def test_a_turn_keeps_its_centre_and_lengths() -> None:
    nudge = Nudge(turn_deg=(3.0, -4.0, 5.0), about=(7.0, 21.0, -34.0))
    assert (nudge.matrix @ [7.0, 21.0, -34.0, 1.0])[:3] == pytest.approx((7.0, 21.0, -34.0))
    assert nudge.matrix[:3, :3] == pytest.approx(Rotation.from_euler("xyz", (3.0, -4.0, 5.0), degrees=True).as_matrix())
    assert nudge.moved(_volume()).spacing == pytest.approx(_volume().spacing)


def test_the_voxels_are_the_same_and_stay_in_their_frame() -> None:
    volume = _volume()
    moved = Nudge(shift_mm=(1.0, 0.0, 0.0)).moved(volume)
    assert moved.array is volume.array
    assert moved.frame_of_reference_uid == "1.2"
    assert Nudge().moved(volume) is volume


def test_diffusion_images_move_together_and_t2_never() -> None:
    nudges = Nudges(diffusion=Nudge((1.0, 0.0, 0.0)), dce=Nudge((0.0, 2.0, 0.0)))
    assert {nudges.of(role) for role in (Role.ADC, Role.DWI, Role.HIGH_B)} == {nudges.diffusion}
    assert nudges.of(Role.DCE) is nudges.dce
    assert nudges.of(Role.T2_AXIAL).is_none


def test_the_report_is_told_in_words() -> None:
    nudges = Nudges(diffusion=Nudge((2.0, 0.0, -1.5), (0.0, 0.0, -3.0)))
    assert nudges.in_words == (
        "Aligned with the axial T2 by hand: the diffusion images by 2.0 mm left, 1.5 mm inferior, "
        "−3.0° about the head–foot axis."
    )
    assert Nudges().in_words == ""
