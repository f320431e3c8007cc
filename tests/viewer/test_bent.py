"""Images that the AI bent onto T2 say so in their viewport and in the panels, and can be had back as acquired."""

from typing import Any

import numpy as np
import pytest
from highdicom import Volume
from PySide6.QtWidgets import QLabel, QPushButton

from core.alignment import Alignment, Moved
from core.bend import Bend
from core.frame_link import rows_of
from core.nudge import Nudges
from core.study import Role, RoleChoice, Series, Stack
from service.nudged import moved
from service.reading import LoadedSeries
from viewer.fusion_desk import FusionDesk
from viewer.fusion_panel import FusionPanel
from viewer.hanging import hung_of
from viewer.nudge_panel import NudgePanel

_FRAME = "1.2.3"
_BENT = Nudges(
    alignments=(
        Alignment(
            moved=Moved.DIFFUSION,
            frame=_FRAME,
            rows=rows_of(np.eye(4)),
            shift_mm=(0.0, 0.0, 0.0),
            turn_deg=0.0,
            before=0.276,
            after=0.281,
            measured_on="DWI b 50",
            applied=False,
            reason="in place",
            bend=Bend(
                origin=(20.0, 20.0, 20.0),
                axes=((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)),
                spacing_mm=(20.0, 20.0, 20.0),
                shape=(1, 1, 1),
                moves=((6.0, 0.0),),
                most_mm=1.8,
                score=0.339,
                witness=0.3,
            ),
            bend_told="better",
        ),
    )
)
_BACK = _BENT.with_alignment_taken_back(Moved.DIFFUSION, True)


def _series(role: Role) -> LoadedSeries:
    array = np.broadcast_to(np.arange(40)[:, None] * 10, (10, 40, 40)).astype(np.uint16)
    affine = np.array([[0, 0, 1.0, 0], [0, 1.0, 0, 0], [4.0, 0, 0, 0], [0, 0, 0, 1]])
    volume = Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=_FRAME)
    stack = Stack(Series("2.25.1", "MR", 1, "x", _FRAME, ()), (), None)
    return LoadedSeries(RoleChoice(role, (stack,), "made up"), volume)


@pytest.mark.parametrize("role", [Role.ADC, Role.HIGH_B, Role.DWI])
def test_a_viewport_with_bent_images_says_by_how_much_and_shows_them_bent(role: Role) -> None:
    t2, one = _series(Role.T2_AXIAL), _series(role)
    bent, back = (hung_of(moved(one, nudges), t2) for nudges in (_BENT, _BACK))
    assert bent is not None
    assert back is not None
    assert bent.note == "Bent onto T2 in the gland by the AI, by up to 1.8 mm."
    assert bent.volume.array[5, 20, 20] == 200 + 10 * round(6.0 * (2 / 3) ** 3, 1)
    assert back.note == ""
    assert back.volume is one.volume
    assert bent.linked


@pytest.mark.parametrize("role", [Role.T2_AXIAL, Role.DCE])
def test_other_images_are_as_they_were(role: Role) -> None:
    one = _series(role)
    shown = hung_of(moved(one, _BENT), _series(Role.T2_AXIAL))
    assert shown is not None
    assert (shown.volume, shown.note) == (one.volume, "")


def test_the_panels_tell_the_score_with_the_bend_and_take_it_back(qtbot: Any) -> None:
    fusion, nudge = FusionPanel(FusionDesk()), NudgePanel()
    for panel in (fusion, nudge):
        qtbot.addWidget(panel)
        panel.show()
    fusion.show_nudges(_BENT)
    line = fusion.findChild(QLabel, "fusionAlignment")
    assert line.text() == (
        "Alignment of DWI to T2, mutual information: 0.28 → 0.28 (used); bent in the gland by up to 1.8 mm → 0.34"
    )
    nudge.show_nudges(_BENT, (0.0, 0.0, 0.0))
    said, use = nudge.findChild(QLabel, "nudgeFoundByAi"), nudge.findChild(QPushButton, "nudgeUseAi")
    assert said.text().endswith("Then bent by up to 1.8 mm in the gland (mutual information 0.28 → 0.34).")
    assert not use.isVisible()
    with qtbot.waitSignal(nudge.nudged) as told:
        nudge.findChild(QPushButton, "nudgeReset").click()
    assert told.args == [_BACK]
    assert use.isVisible()
    assert "taken back" in said.text()
    with qtbot.waitSignal(nudge.nudged) as told:
        use.click()
    assert told.args == [_BENT]
