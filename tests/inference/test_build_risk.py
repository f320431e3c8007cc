"""The risk model is rebuilt from the marksheet byte by byte, and reads the marksheet as it says."""

from pathlib import Path

import numpy as np
import pytest

from inference.build_risk import design, fit, main, outcomes, read_marksheet

_HEAD = (
    "patient_id,study_id,mri_date,patient_age,psa,psad,prostate_volume,histopath_type,"
    "lesion_PIRADS,lesion_GS,lesion_ISUP,case_ISUP,case_csPCa,center"
)
_PACK = Path(__file__).resolve().parents[2] / "resources" / "risk"


def test_the_installed_model_is_the_one_that_the_marksheet_gives(shared_data: Path, tmp_path: Path) -> None:
    assert main(["--labels", str(shared_data / "picai_labels"), "--output", str(tmp_path)]) == 0
    for name in ("cspca.toml", "README.md"):
        assert (tmp_path / name).read_bytes() == (_PACK / name).read_bytes()


def test_the_pack_says_where_it_comes_from() -> None:
    told = (_PACK / "README.md").read_text("utf-8")
    for needed in ("PI-CAI", "CC BY-NC 4.0", "python -m inference.build_risk", "970 examinations", "256"):
        assert needed in told


def test_the_marksheet_is_read_by_the_highest_category_and_by_complete_cases(tmp_path: Path) -> None:
    rows = (
        '1,1,2019-07-02,73,8,0.2,50,MRBx,"2,4,N/A","0,0,3",,3,YES,A',  # PSA over volume goes before the density told
        "2,2,2019-07-02,60,,0.12,74,,2,,,0,NO,B",  # the density that the centre told
        "3,3,2019-07-02,60,5,,,SysBx,3,,,0,NO,B",  # no density
        "4,4,2019-07-02,60,5,0.1,50,SysBx,N/A,,,0,NO,B",  # no category
    )
    file = tmp_path / "marksheet.csv"
    file.write_text("\n".join((_HEAD, *rows)), "utf-8")

    read = read_marksheet(file)

    assert read.left_out == 2
    first, second = read.cases
    assert (first.category, first.psa_density, first.age, first.has_cancer, first.centre) == (4, 0.16, 73, True, "A")
    assert (second.category, second.psa_density, second.has_cancer, second.has_histology) == (2, 0.12, False, False)
    assert outcomes(read.cases).tolist() == [1, 0]
    np.testing.assert_allclose(design(read.cases)[0], [1, 1, 1, 0, np.log2(0.16 / 0.15), 0.8])


def test_without_penalty_the_fit_gives_the_shares_of_two_groups() -> None:
    group = np.repeat([0.0, 1.0], [10, 20])
    cancers = np.concatenate([np.arange(10) < 2, np.arange(20) < 15]).astype(float)  # 2 of 10, 15 of 20
    terms = np.stack([np.ones(30), group], axis=1)

    coefficients, covariance = fit(terms, cancers, ridge=0.0)

    np.testing.assert_allclose(coefficients, [np.log(2 / 8), np.log(15 / 5) - np.log(2 / 8)], atol=1e-9)
    # the variance of a difference of log-odds is the sum of the reciprocals of the four counts
    assert covariance[1, 1] == pytest.approx(1 / 2 + 1 / 8 + 1 / 15 + 1 / 5)
    held, _ = fit(terms, cancers, ridge=5.0)
    assert 0 < held[1] < coefficients[1]
