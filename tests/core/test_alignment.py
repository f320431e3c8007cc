"""What the AI moved: what lies in its frame moves, the reader corrects on top, and it can be taken back."""

from dataclasses import replace

import numpy as np
import pytest
from highdicom import Volume
from pydantic import TypeAdapter

from core.alignment import Alignment, Moved, found_again
from core.frame_link import FrameLink, LinkedBy, rows_of, translation
from core.nudge import Nudge, Nudges, tells_of_moving
from core.study import Role, RoleChoice, Series, Stack

_FRAME = "1.2.3"
_FOUND = Alignment(
    moved=Moved.DIFFUSION,
    frame=_FRAME,
    rows=translation((0.0, 0.0, 0.0), (1.2, -1.6, 0.0)),
    shift_mm=(1.2, -1.6, 0.0),
    turn_deg=0.0,
    before=0.28,
    after=0.34,
    measured_on="DWI b 50",
    applied=True,
    reason="better",
)


def _volume(frame: str = _FRAME) -> Volume:
    return Volume(
        array=np.zeros((3, 4, 5), np.float32),
        affine=np.eye(4),
        coordinate_system="PATIENT",
        frame_of_reference_uid=frame,
    )


def _choice(role: Role, frame: str = _FRAME) -> RoleChoice:
    return RoleChoice(role, (Stack(Series("2.25.1", "MR", 1, "x", frame, ()), (), None),), "made up")


def _moved_by(nudges: Nudges, role: Role, frame: str = _FRAME) -> list[float]:
    return nudges.placed(_volume(frame), _choice(role, frame)).affine[:3, 3].round(6).tolist()


def test_all_diffusion_moves_and_nothing_else() -> None:
    nudges = Nudges(alignments=(_FOUND,))
    for role in (Role.ADC, Role.DWI, Role.HIGH_B):
        assert _moved_by(nudges, role) == [1.2, -1.6, 0.0]
    for role in (Role.T2_AXIAL, Role.DCE, Role.T2_SAGITTAL):
        assert _moved_by(nudges, role) == [0.0, 0.0, 0.0]
    assert _moved_by(nudges, Role.ADC, "1.9") == [0.0, 0.0, 0.0]


def test_the_reader_s_correction_comes_on_top() -> None:
    nudges = Nudges(diffusion=Nudge((0.0, 0.0, 2.0)), alignments=(_FOUND,))
    assert _moved_by(nudges, Role.ADC) == [1.2, -1.6, 2.0]
    turned = Nudges(diffusion=Nudge(turn_deg=(0.0, 0.0, 90.0)), alignments=(_FOUND,))
    assert _moved_by(turned, Role.ADC) == pytest.approx([1.6, 1.2, 0.0])


def test_what_is_linked_by_the_reader_is_not_moved_by_the_ai() -> None:
    link = FrameLink(_FRAME, _FRAME, rows_of(np.eye(4)), LinkedBy.ANCHOR, "series 1")
    assert _moved_by(Nudges(links=(link,), alignments=(_FOUND,)), Role.ADC) == [0.0, 0.0, 0.0]


def test_taken_back_and_not_applied_move_nothing_and_stay_known() -> None:
    nudges = Nudges(alignments=(_FOUND,)).with_alignment_taken_back(Moved.DIFFUSION, True)
    assert _moved_by(nudges, Role.ADC) == [0.0, 0.0, 0.0]
    assert not nudges.puts_alike(Nudges(alignments=(_FOUND,)), Role.ADC)
    assert nudges.puts_alike(Nudges(alignments=(_FOUND,)), Role.DCE)
    assert nudges.in_words == ""
    again = nudges.with_alignment_taken_back(Moved.DIFFUSION, False)
    assert _moved_by(again, Role.ADC) == [1.2, -1.6, 0.0]
    assert _moved_by(Nudges(alignments=(replace(_FOUND, applied=False),)), Role.ADC) == [0.0, 0.0, 0.0]


def test_the_report_and_the_panel_say_it_in_words() -> None:
    told = Nudges(alignments=(_FOUND,)).in_words
    assert told == ("Registered to the axial T2 by the AI: the diffusion images by 1.2 mm left, 1.6 mm anterior.")
    assert tells_of_moving(told)
    assert _FOUND.in_words == "AI: moved by 1.2 mm left, 1.6 mm anterior (mutual information 0.28 → 0.34)."
    assert replace(_FOUND, applied=False, reason="why").in_words == "AI: not moved (why)."
    assert "taken back" in replace(_FOUND, taken_back=True).in_words


def test_another_run_that_finds_the_same_leaves_it_taken_back() -> None:
    taken_back = replace(_FOUND, taken_back=True)
    assert found_again((_FOUND,), (taken_back,)) == (taken_back,)
    other = replace(_FOUND, rows=translation((0.0, 0.0, 0.0), (2.0, 0.0, 0.0)))
    assert found_again((other,), (taken_back,)) == (other,)


def test_a_draft_keeps_it() -> None:
    adapter = TypeAdapter(Nudges)
    nudges = Nudges(alignments=(replace(_FOUND, taken_back=True),))
    assert adapter.validate_json(adapter.dump_json(nudges)) == nudges
    assert adapter.validate_json("{}") == Nudges()  # a draft of before
