"""The phantom in each vendor's style gets the same roles, b-values, places and voxels as the plain one."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from vendor_styles import STYLES, Style, export

from core.study import Role
from inference.load import load, load_told
from inference.read import read_study
from inference.recognise import adc_b_values, recognise

_ROLES = {
    Role.T2_AXIAL: [3],
    Role.ADC: [6],
    Role.HIGH_B: [7],
    Role.T2_SAGITTAL: [2],
    Role.T2_CORONAL: [4],
    Role.DWI: [5, 5, 5],
}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_every_vendor_gives_the_same_study(phantom_study: SimpleNamespace, tmp_path: Path, style: Style) -> None:
    export(phantom_study.folder, tmp_path / "study", style)
    recognised = recognise(read_study(tmp_path / "study"))
    found = {role: [c.stack.series.number for c in recognised.all(role)] for role in _ROLES if recognised.all(role)}
    assert found == _ROLES
    assert [choice.b_value for choice in recognised.all(Role.DWI)] == [50, 400, 800]
    assert recognised.all(Role.HIGH_B)[0].b_value == 1400
    assert adc_b_values(recognised) == (50, 400, 800)
    assert recognised.questions == ()
    assert min(choice.confidence for choice in recognised.choices) >= 0.85
    assert ["localizer" in why for _, why in recognised.left_out] == [True]
    plain = recognise(read_study(phantom_study.folder))
    for ours, theirs in zip(recognised.choices, plain.choices, strict=True):
        there, here = load(theirs), load(ours)
        np.testing.assert_allclose(here.affine, there.affine, atol=1e-6)
        np.testing.assert_allclose(here.array.astype(float), there.array, atol=1.001 if style.frame_rescale else 1e-3)
    adc = recognised.one(Role.ADC)
    assert adc is not None
    assert bool(load_told(adc)[1]) == (style.adc != "10⁻⁶")
