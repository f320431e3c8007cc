"""What a report says follows from its lesions, and only sign() signs it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import highdicom
import numpy as np
import pytest

from core.errors import CannotSign
from core.findings import Candidate, Findings, Gland, Measures, ModelIdentity
from core.pirads import Category, Dce, Epe, Score, Zone
from core.report import (
    Accepted,
    Assessment,
    Clinical,
    Edited,
    FromReader,
    Lesion,
    Override,
    Reader,
    Rejected,
    Report,
    SignedReport,
    Unreviewed,
    checks,
    next_label,
    scoring_zone,
    sign,
    with_findings,
    with_lesion,
)
from core.sectors import sector
from core.study import Instance, Patient, RecognisedStudy, Role, RoleChoice, Series, Stack, Study

MODEL = ModelIdentity("Detector", "1", "0" * 64, "Apache-2.0")
MASK = highdicom.Volume(np.ones((2, 2, 2), np.uint8), np.eye(4), "PATIENT", "1.2.3")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
READER = Reader("Example^Reader", "Hospital")


def _recognised(*roles):
    series = Series("1.3", "MR", 1, "made up", "1.2.3", (Instance(Path("a.dcm"), "1.1", "1.4", 1),))
    study = Study("1.2", Patient("P1", "Example^Case", None, "M"), "A1", None, "MR", "", "", "", (series,))
    stack = Stack(series, series.instances)
    return RecognisedStudy(study, tuple(RoleChoice(role, (stack,), "made up") for role in roles), ())


BIPARAMETRIC = _recognised(Role.T2_AXIAL, Role.ADC, Role.HIGH_B)


def _lesion(label="L1", *, dwi=Score.FOUR, epe=Epe.NONE, size=10.0, review=Accepted(), where="right-mid-PZpm"):
    return Lesion(
        tracking_uid=f"2.25.{label[1:]}",
        label=label,
        mask=MASK,
        centroid_lps_mm=(0.0, 0.0, 0.0),
        measures=Measures(0.5, size, size / 2, 800.0, 700.0),
        sector=sector(where),
        assessment=Assessment(Zone.PZ, t2=dwi, dwi=dwi, epe=epe),
        origin=FromReader(),
        review=review,
    )


def _findings(*candidates):
    return Findings(
        BIPARAMETRIC, Gland(MASK, 40.0, MODEL), MASK, MASK, candidates, (MODEL,), {"load": 1.0}, ("ADC is fitted",)
    )


def _candidate(uid="2.25.99"):
    return Candidate(
        uid,
        MASK,
        0.8,
        (0.0, 0.0, 0.0),
        Measures(0.5, 12, 8, 800.0, 700.0),
        sector("left-base-TZa"),
        Category.FOUR,
        MODEL,
        (),
    )


def test_the_index_lesion_is_the_worst_then_the_extending_then_the_largest():
    three, four, extending, large = (
        _lesion("L1", dwi=Score.THREE),
        _lesion("L2"),
        _lesion("L3", epe=Epe.DEFINITE),
        _lesion("L4", size=14),
    )
    report = Report(BIPARAMETRIC, lesions=(three, four, large, extending))
    assert [x.label for x in report.reported_lesions] == ["L3", "L4", "L2", "L1"]
    assert report.category is Category.FOUR


def test_a_rejected_lesion_counts_for_nothing():
    report = Report(BIPARAMETRIC, lesions=(_lesion(review=Rejected("haemorrhage")),))
    assert report.index_lesion is None
    assert report.category is Category.PENDING


def test_a_study_with_an_unreviewed_lesion_has_no_category_yet():
    report = Report(BIPARAMETRIC, lesions=(_lesion("L1"), _lesion("L2", review=Unreviewed())))
    assert report.category is Category.PENDING


@pytest.mark.parametrize("category", [Category.ONE, Category.TWO, Category.X])
def test_an_examination_without_a_lesion_has_the_category_that_the_reader_chooses(category):
    report = Report(BIPARAMETRIC)
    assert report.category is Category.PENDING
    assert replace(report, without_lesion=category).category is category


def test_no_category_is_signed_that_the_reader_did_not_choose():
    with pytest.raises(CannotSign, match="No lesion is reported: choose PI-RADS 1, 2 or X for the examination"):
        sign(Report(BIPARAMETRIC), READER, NOW)
    signed = sign(Report(BIPARAMETRIC, without_lesion=Category.TWO), READER, NOW)
    assert signed.report.category is Category.TWO


@pytest.mark.parametrize("category", [Category.THREE, Category.FOUR, Category.FIVE])
def test_a_category_that_needs_a_lesion_is_none_without_one(category):
    assert Report(BIPARAMETRIC, without_lesion=category).category is Category.PENDING


@pytest.mark.parametrize(
    ("roles", "lacking"),
    [
        ((Role.ADC, Role.HIGH_B), "no axial T2-weighted images"),
        ((Role.T2_SAGITTAL, Role.DWI), "no axial T2-weighted images"),
        ((Role.T2_AXIAL,), "neither diffusion-weighted nor dynamic contrast-enhanced images"),
        (
            (Role.T2_CORONAL,),
            "no axial T2-weighted images and neither diffusion-weighted nor dynamic contrast-enhanced images",
        ),
    ],
)
def test_a_study_that_lacks_a_needed_sequence_is_not_called_negative(roles, lacking):
    report = Report(_recognised(*roles))
    assert replace(report, without_lesion=Category.ONE).category is Category.PENDING
    assert replace(report, without_lesion=Category.X).category is Category.X
    with pytest.raises(CannotSign, match=f"choose PI-RADS X for the examination; the study has {lacking}"):
        sign(replace(report, without_lesion=Category.TWO), READER, NOW)


@pytest.mark.parametrize("second", [Role.ADC, Role.DWI, Role.HIGH_B, Role.DCE])
def test_axial_t2_with_diffusion_or_dce_is_enough_to_call_a_study_negative(second):
    report = Report(_recognised(Role.T2_AXIAL, second), without_lesion=Category.ONE)
    assert report.category is Category.ONE


def test_a_reported_lesion_gives_the_category_whatever_was_chosen_without_one():
    report = Report(BIPARAMETRIC, lesions=(_lesion("L1"),), without_lesion=Category.ONE)
    assert report.category is Category.FOUR
    unreviewed = replace(report, lesions=(_lesion("L1", review=Unreviewed()),))
    assert unreviewed.category is Category.PENDING
    assert not [check.text for check in checks(unreviewed) if "No lesion is reported" in check.text]


def test_what_was_chosen_without_a_lesion_is_asked_again_when_the_ai_finds_one():
    negative = Report(BIPARAMETRIC, without_lesion=Category.ONE)
    found = with_findings(negative, _findings(_candidate()))
    rejected = with_lesion(found, "2.25.99", lambda lesion: replace(lesion, review=Rejected("BPH")))
    assert rejected.category is Category.PENDING
    assert with_findings(negative, _findings()).category is Category.ONE


def test_a_lesion_of_the_reader_is_not_counted_as_one_of_the_ai():
    assert "No AI lesion to review" in [check.text for check in checks(Report(BIPARAMETRIC, lesions=(_lesion(),)))]
    found = with_findings(Report(BIPARAMETRIC, lesions=(_lesion(),)), _findings(_candidate()))
    taken = with_lesion(found, "2.25.99", lambda lesion: replace(lesion, review=Accepted()))
    assert "All AI lesions reviewed (1 taken, 0 rejected)" in [check.text for check in checks(taken)]


def test_an_override_wins_over_the_rule():
    lesion = _lesion(dwi=Score.THREE)
    overridden = replace(lesion.assessment, override=Override(Category.FOUR, "new since the prior"))
    assert replace(lesion, assessment=overridden).category is Category.FOUR


def test_psa_density_needs_psa_and_gland():
    report = Report(BIPARAMETRIC, clinical=Clinical(psa_ng_ml=8.0))
    assert report.psa_density is None
    assert replace(report, gland=Gland(MASK, 40.0, MODEL)).psa_density == pytest.approx(0.2)


def test_an_anterior_stroma_lesion_is_scored_as_transition_zone_at_first():
    assert scoring_zone(sector("right-mid-AFS")) is Zone.TZ
    assert scoring_zone(sector("right-base-CZ")) is Zone.PZ


def test_a_second_run_replaces_only_what_nobody_reviewed():
    draft = with_findings(Report(BIPARAMETRIC, lesions=(_lesion("L1"),)), _findings(_candidate("2.25.50")))
    again = with_findings(draft, _findings(_candidate("2.25.51")))
    assert [x.tracking_uid for x in again.lesions] == ["2.25.1", "2.25.51"]
    assert again.lesions[0].label == "L1"
    assert isinstance(again.lesions[1].review, Unreviewed)
    assert again.lesions[1].assessment == Assessment(Zone.TZ)
    assert again.warnings == ("ADC is fitted",)


def test_before_signing_the_reader_is_told_that_the_ai_worked_on_other_series():
    report = with_findings(Report(BIPARAMETRIC), _findings(_candidate()))
    assert not any("other series" in check.text for check in checks(report))
    without_high_b = replace(BIPARAMETRIC, choices=BIPARAMETRIC.choices[:2])
    (told,) = [x for x in checks(replace(report, recognised=without_high_b)) if "other series" in x.text]
    assert (told.passed, told.blocks) == (False, False)
    assert "high-b image: series 1 “made up”, now none" in told.text


def test_a_label_is_never_given_twice():
    report = Report(BIPARAMETRIC, lesions=(_lesion("L1", review=Rejected("x")), _lesion("L3")))
    assert next_label(report) == "L4"


def test_changing_a_lesion_changes_that_one_only():
    report = Report(BIPARAMETRIC, lesions=(_lesion("L1"), _lesion("L2")))
    changed = with_lesion(report, "2.25.2", lambda x: replace(x, comment="seen", review=Edited()))
    assert [x.comment for x in changed.lesions] == ["", "seen"]
    with pytest.raises(KeyError):
        with_lesion(report, "2.25.77", lambda x: x)


def test_unreviewed_ai_lesions_block_signing_by_name():
    report = Report(BIPARAMETRIC, lesions=(_lesion("L1"), _lesion("L2", review=Unreviewed())))
    with pytest.raises(CannotSign, match="Not reviewed: L2"):
        sign(report, READER, NOW)


def test_a_reported_lesion_without_its_scores_blocks_signing():
    report = Report(BIPARAMETRIC, lesions=(_lesion("L1", dwi=Score.UNSCORED),))
    with pytest.raises(CannotSign, match="Scores missing: L1"):
        sign(report, READER, NOW)


def test_a_signer_needs_a_name_and_a_time_zone():
    with pytest.raises(CannotSign, match="reader's name"):
        sign(Report(BIPARAMETRIC, without_lesion=Category.ONE), Reader(" ", ""), NOW)
    with pytest.raises(ValueError, match="time zone"):
        sign(Report(BIPARAMETRIC, without_lesion=Category.ONE), READER, NOW.replace(tzinfo=None))


def test_only_sign_makes_a_signed_report():
    signed = sign(Report(BIPARAMETRIC, lesions=(_lesion(),)), READER, NOW)
    assert signed.reader == READER
    with pytest.raises(CannotSign, match="sign"):
        SignedReport(Report(BIPARAMETRIC), READER, NOW, object())


@pytest.mark.parametrize(
    ("lesion", "told"),
    [
        (_lesion(dwi=Score.FIVE, size=9), "L1: score 5 with 9 mm and no definite EPE"),
        (_lesion(dwi=Score.FOUR, size=17), "L1: score 4 with 17 mm — 5 is expected"),
        (_lesion(dwi=Score.FOUR, size=9, epe=Epe.DEFINITE), "L1: score 4 with definite EPE — 5 is expected"),
    ],
)
def test_a_contradiction_between_score_and_size_is_said_but_not_forced(lesion, told):
    report = Report(BIPARAMETRIC, lesions=(lesion,))
    assert told in [check.text for check in checks(report) if not check.passed and not check.blocks]
    sign(report, READER, NOW)


def test_a_study_without_dce_is_said_to_be_biparametric():
    report = Report(BIPARAMETRIC, without_lesion=Category.ONE)
    said = [check.text for check in checks(report) if not check.passed]
    assert said == ["DCE not acquired — assessed as biparametric"]
    assert Dce.X is Assessment(Zone.PZ).dce


@pytest.mark.parametrize("review", [Accepted(), Edited(), Rejected("Typical BPH nodule")])
def test_what_the_reader_has_reviewed_is_not_asked_again_by_another_run(review):
    (found,) = with_findings(Report(BIPARAMETRIC), _findings(_candidate("2.25.50"))).lesions
    reviewed = Report(BIPARAMETRIC, lesions=(replace(found, review=review),))
    assert [x.label for x in with_findings(reviewed, _findings(_candidate("2.25.51"))).lesions] == ["L1"]
    elsewhere = highdicom.Volume(np.zeros((2, 2, 2), np.uint8), np.eye(4), "PATIENT", "1.2.3")
    elsewhere.array[0, 0, 0] = 1
    moved = replace(reviewed.lesions[0], mask=highdicom.Volume(1 - elsewhere.array, np.eye(4), "PATIENT", "1.2.3"))
    other = replace(_candidate("2.25.52"), mask=elsewhere)
    draft = with_findings(replace(reviewed, lesions=(moved,)), _findings(other))
    assert [x.label for x in draft.lesions] == ["L1", "L2"]
