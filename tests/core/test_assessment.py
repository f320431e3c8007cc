"""Contradictions are said and never forced; likely origin, staging, and the four lesions that a report names."""

from dataclasses import replace
from pathlib import Path

import highdicom
import numpy as np
import pytest

from core.assessment import Assessment, Override, contradictions, scoring_reason
from core.findings import Measures
from core.pirads import Category, Dce, Epe, Score, Zone
from core.report import Accepted, FromReader, Lesion, Report, beyond_organ, checks, many_lesions
from core.sectors import sector
from core.staging import Seen, Staging
from core.study import Instance, Patient, RecognisedStudy, Role, RoleChoice, Series, Stack, Study

ALL = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B, Role.DCE)
NO_DCE = ALL[:3]
PZ4 = Assessment(Zone.PZ, t2=Score.FOUR, dwi=Score.FOUR, dce=Dce.NEGATIVE)
TZ4 = Assessment(Zone.TZ, t2=Score.FOUR, dwi=Score.FOUR, dce=Dce.NEGATIVE)
ON_ADC, ON_T2 = Role.ADC, Role.T2_AXIAL


def _told(given, *, where="right-mid-PZpm", size=10.0, on=ON_ADC, roles=ALL):
    return contradictions(given, sector(where), Measures(0.5, size, size / 2, 800.0, 700.0, (), on), roles)


@pytest.mark.parametrize(
    ("given", "changes", "told"),
    [
        (PZ4, {"size": 15.0}, "score 4 with 15 mm — 5 is expected"),
        (PZ4, {"size": 14.9}, ""),
        (replace(PZ4, dwi=Score.FIVE), {"size": 14.9}, "score 5 with 14.9 mm and no definite EPE"),
        (replace(PZ4, dwi=Score.FIVE), {"size": 15.0}, ""),
        (replace(PZ4, dwi=Score.FIVE, epe=Epe.DEFINITE), {"size": 9.0}, ""),
        (replace(PZ4, epe=Epe.DEFINITE), {}, "score 4 with definite EPE — 5 is expected"),
        (PZ4, {"where": "right-mid-TZa"}, "lies in the TZ (Right mid TZa) but is scored as PZ, where DWI decides"),
        (TZ4, {"on": ON_T2}, "lies in the PZ (Right mid PZpm) but is scored as TZ, where T2W decides"),
        (TZ4, {"where": "right-mid-AFS", "on": ON_T2}, ""),
        (PZ4, {"where": "right-base-CZ"}, ""),
        (PZ4, {"where": "right-SV"}, "lies in a seminal vesicle, for which PI-RADS has no rules"),
        (PZ4, {"roles": NO_DCE}, "DCE negative though the study has no DCE"),
        (replace(PZ4, dce=Dce.X), {"roles": NO_DCE}, ""),
        (replace(PZ4, dwi=Score.THREE, t2=Score.THREE, dce=Dce.X), {}, "DCE would decide and is scored X"),
        (replace(PZ4, dwi=Score.THREE, t2=Score.THREE, dce=Dce.X), {"roles": NO_DCE}, ""),
        (PZ4, {"on": ON_T2}, "PZ lesion measured on axial T2 though there is an ADC map"),
        (PZ4, {"on": ON_T2, "roles": (Role.T2_AXIAL, Role.DCE, Role.DWI)}, ""),
        (TZ4, {"where": "right-mid-TZa"}, "TZ lesion measured on ADC though PI-RADS measures it on axial T2"),
        (
            PZ4,
            {"on": ON_T2, "roles": (Role.T2_AXIAL, Role.DCE)},
            "DWI 4 though the study has no diffusion-weighted images",
        ),
        (replace(PZ4, t2=Score.X), {}, "T2W is scored X: the category rests on DWI alone"),
    ],
)
def test_a_contradiction_is_said_in_words(given, changes, told):
    found = _told(given, **changes)
    assert len(found) == bool(told)
    assert told in " ".join(found)


def test_a_transition_zone_lesion_that_is_given_its_dwi_score_is_flagged():
    by_dwi = Assessment(Zone.TZ, t2=Score.TWO, dwi=Score.FIVE, override=Override(Category.FIVE, "bright"))
    found = _told(by_dwi, where="left-mid-TZa", on=ON_T2, size=16.0)
    assert found == ("TZ lesion given 5, its DWI score, though T2W decides in the TZ",)
    assert by_dwi.category is Category.FIVE  # flagged, never forced
    assert by_dwi.ruling.category is Category.THREE


def test_where_a_zone_has_no_rules_of_its_own_the_likely_origin_is_the_reason():
    assert scoring_reason(sector("right-mid-PZpm"), Zone.PZ) == ""
    default = scoring_reason(sector("left-mid-AFS"), Zone.TZ)
    assert default == (
        "Lesions of the anterior fibromuscular stroma mostly arise in the transition zone, so its rules are used "
        "(likely origin)."
    )
    assert "may arise in the peripheral zone" in scoring_reason(sector("left-mid-AFS"), Zone.PZ)
    assert "mostly arise in the peripheral zone" in scoring_reason(sector("right-base-CZ"), Zone.PZ)
    assert scoring_reason(sector("right-SV"), Zone.PZ).startswith("PI-RADS has no rules for a seminal vesicle")


# ---------------------------------------------------------------------------------------------------------------------
# Staging


def test_a_degree_follows_the_other_in_a_ring():
    assert [seen.next for seen in Seen] == [Seen.NONE, Seen.POSSIBLE, Seen.DEFINITE, Seen.NOT_ASSESSED]
    assert [seen.next.previous for seen in Seen] == list(Seen)


def test_the_rest_is_none_and_what_was_said_stays():
    staging = Staging(left_vesicle=Seen.DEFINITE, nodes=Seen.POSSIBLE, nodes_words="left obturator").rest_none()
    assert (staging.left_vesicle, staging.nodes, staging.nodes_words) == (
        Seen.DEFINITE,
        Seen.POSSIBLE,
        "left obturator",
    )
    assert {staging.right_vesicle, staging.right_bundle, staging.left_bundle, staging.bone} == {Seen.NONE}
    assert staging.is_assessed
    assert not Staging().is_assessed


# ---------------------------------------------------------------------------------------------------------------------
# The report

_MASK = highdicom.Volume(np.ones((2, 2, 2), np.uint8), np.eye(4), "PATIENT", "1.2.3")


def _report(*lesions, **changes):
    series = Series("1.3", "MR", 1, "made up", "1.2.3", (Instance(Path("a.dcm"), "1.1", "1.4", 1),))
    study = Study("1.2", Patient("P1", "Example^Case", None, "M"), "A1", None, "MR", "", "", "", (series,))
    choices = tuple(RoleChoice(role, (Stack(series, series.instances),), "made up") for role in NO_DCE)
    return Report(RecognisedStudy(study, choices, ()), lesions=lesions, **changes)


def _lesion(number, dwi=Score.FOUR, **changes):
    return Lesion(
        tracking_uid=f"2.25.{number}",
        label=f"L{number}",
        mask=_MASK,
        centroid_lps_mm=(0.0, 0.0, 0.0),
        measures=Measures(0.5, 14.0 - number, 5.0, 800.0, 700.0, (), Role.ADC),
        sector=sector("right-mid-PZpm"),
        assessment=Assessment(Zone.PZ, t2=dwi, dwi=dwi),
        origin=FromReader(),
        review=Accepted(),
        **changes,
    )


def _labels(lesions):
    return [lesion.label for lesion in lesions]


def test_four_lesions_of_three_or_above_are_named_and_the_report_says_which_are_not():
    report = _report(*(_lesion(n) for n in range(1, 7)), _lesion(7, Score.TWO))
    assert _labels(report.named_lesions) == ["L1", "L2", "L3", "L4", "L7"]  # a 2 is none of the four
    assert _labels(report.beyond_four) == ["L5", "L6"]
    assert many_lesions(report) == "6 lesions of PI-RADS 3 or above: four are named, without L5, L6"
    assert many_lesions(report) in [check.text for check in checks(report) if not check.blocks]


def test_which_four_are_named_is_the_readers_choice_but_the_index_lesion_always_is():
    lesions = [_lesion(n, set_aside=n in (1, 2)) for n in range(1, 6)]
    report = _report(*lesions)
    assert report.index_lesion is lesions[0]
    assert _labels(report.named_lesions) == ["L1", "L3", "L4", "L5"]


def test_four_lesions_need_no_choice():
    report = _report(*(_lesion(n, set_aside=n == 2) for n in range(1, 5)))
    assert report.beyond_four == ()
    assert many_lesions(report) == ""


@pytest.mark.parametrize(
    ("staging", "lesions", "told"),
    [
        (Staging(left_vesicle=Seen.DEFINITE), (_lesion(1),), "Definite seminal vesicle invasion"),
        (Staging(left_vesicle=Seen.POSSIBLE), (_lesion(1),), ""),
        (
            Staging(left_vesicle=Seen.DEFINITE),
            (replace(_lesion(1), assessment=replace(PZ4, dwi=Score.FIVE, epe=Epe.DEFINITE)),),
            "",
        ),
        (Staging(bone=Seen.DEFINITE), (), "Definite metastasis, but no lesion of PI-RADS 3 or above"),
        (Staging(bone=Seen.DEFINITE), (_lesion(1),), ""),
    ],
)
def test_staging_that_no_lesion_explains_is_said(staging, lesions, told):
    found = beyond_organ(_report(*lesions, staging=staging))
    assert len(found) == bool(told)
    assert told in " ".join(found)
