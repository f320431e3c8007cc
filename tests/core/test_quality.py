"""PI-QUAL version 2 and what failed checks mean."""

from dataclasses import replace

import pytest

from core.quality import (
    Adequacy,
    Answer,
    Asked,
    Criterion,
    Effect,
    PiQual,
    PiQualScore,
    Quality,
    QualityCheck,
    QualityFinding,
    Sequence,
    Verdict,
    answered,
    doubted,
    in_sentences,
    overall,
    points,
    prefilled,
)


def _check(sequence: Sequence, name: Asked, verdict: Verdict, effect: Effect = Effect.LIMITS) -> QualityCheck:
    return QualityCheck(sequence, name, "this", "that", verdict, "made up", effect=effect)


@pytest.mark.parametrize(
    ("t2", "dwi", "dce", "expected"),
    [
        (4, 4, None, 3),
        (4, 4, 2, 3),
        (4, 4, 1, 2),
        (4, 3, None, 2),
        (3, 3, 2, 2),
        (3, 3, 0, 2),
        (4, 2, None, 1),
        (2, 4, None, 1),
        (4, 2, 2, 2),
        (2, 4, 2, 2),
        (4, 2, 1, 1),
        (3, 2, 2, 1),
        (4, 0, 2, 2),
        (0, 0, 0, 1),
    ],
)
def test_the_overall_score_follows_pi_qual_version_2(t2: int, dwi: int, dce: int | None, expected: int) -> None:
    assert overall(t2, dwi, dce) is PiQualScore(expected)


@pytest.mark.parametrize(
    ("effects", "adequacy", "labelled", "withheld"),
    [
        ((), Adequacy.DIAGNOSTIC, False, False),
        ((Effect.DEVIATES,), Adequacy.DIAGNOSTIC, False, False),
        ((Effect.LIMITS, Effect.DEVIATES), Adequacy.LIMITED, False, False),
        ((Effect.DISABLES,), Adequacy.INADEQUATE, True, False),
        ((Effect.WITHHOLDS, Effect.LIMITS), Adequacy.INADEQUATE, True, True),
    ],
)
def test_the_gravest_failure_decides(
    effects: tuple[Effect, ...], adequacy: Adequacy, *, labelled: bool, withheld: bool
) -> None:
    passed = _check(Sequence.DWI, Asked.COVERAGE, Verdict.PASSED, Effect.WITHHOLDS)
    unknown = _check(Sequence.DWI, Asked.SNR, Verdict.UNKNOWN, Effect.WITHHOLDS)
    failed = [_check(Sequence.DWI, Asked.VOIDS, Verdict.FAILED, effect) for effect in effects]
    quality = Quality((passed, unknown, *failed))
    assert quality.adequacy(Sequence.DWI) is adequacy
    assert (bool(quality.label), bool(quality.withheld)) == (labelled, withheld)
    told = in_sentences(quality)
    assert bool(told) is labelled
    if withheld:
        assert told == (
            "The AI did not look for lesions because of the image quality: "
            "DWI: signal voids in the gland this instead of that.",
        )
    elif labelled:
        assert told == (doubted(quality),)


def test_dce_alone_never_withholds_what_the_ai_says_of_t2_and_dwi() -> None:
    quality = Quality((_check(Sequence.DCE, Asked.TEMPORAL_RESOLUTION, Verdict.FAILED, Effect.WITHHOLDS),))
    assert (quality.label, quality.withheld) == ("", "")


def test_the_form_is_prefilled_with_what_was_measured_and_leaves_the_rest_open() -> None:
    artefact = replace(_check(Sequence.DWI, Asked.GHOSTS, Verdict.FAILED), finding=QualityFinding.GHOST)
    form = prefilled(
        Quality(
            (
                _check(Sequence.T2, Asked.THICKNESS, Verdict.PASSED),
                _check(Sequence.T2, Asked.SNR, Verdict.FAILED),
                _check(Sequence.DWI, Asked.THICKNESS, Verdict.PASSED),
                _check(Sequence.DWI, Asked.HIGH_B, Verdict.UNKNOWN),
                artefact,
            )
        )
    )
    answers = dict(form.answers)
    assert answers[Criterion.T2_TECHNIQUE] is Answer.MET
    assert answers[Criterion.T2_SNR] is Answer.NOT_MET
    assert answers[Criterion.T2_STRUCTURES] is Answer.OPEN
    assert answers[Criterion.T2_ARTEFACTS] is Answer.OPEN
    assert answers[Criterion.DWI_TECHNIQUE] is Answer.OPEN
    assert answers[Criterion.DWI_ARTEFACTS] is Answer.NOT_MET
    assert not any(criterion.sequence is Sequence.DCE for criterion in answers)


def test_in_an_inadequate_sequence_structures_are_not_clearly_seen() -> None:
    form = prefilled(Quality((_check(Sequence.DWI, Asked.VOIDS, Verdict.FAILED, Effect.DISABLES),)))
    assert dict(form.answers)[Criterion.DWI_STRUCTURES] is Answer.NOT_MET


def test_a_condition_that_is_not_met_leaves_a_sequence_without_points() -> None:
    form = PiQual(tuple((criterion, Answer.MET) for criterion in Criterion))
    assert (points(form, Sequence.T2), points(form, Sequence.DWI), points(form, Sequence.DCE)) == (4, 4, 2)
    assert form.overall is PiQualScore.OPTIMAL
    thick = answered(form, Criterion.DWI_TECHNIQUE, Answer.NOT_MET)
    assert points(thick, Sequence.DWI) == 0
    assert isinstance(thick, PiQual)
    assert not thick.forbids_categories  # DCE 2/2 and T2W 4 lift a 1 to 2


def test_only_a_form_without_open_lines_is_confirmed() -> None:
    draft = prefilled(Quality((_check(Sequence.T2, Asked.SNR, Verdict.FAILED),)))
    with pytest.raises(ValueError, match="open line"):
        PiQual(draft.answers)
    assert dict(draft.confirm().answers)[Criterion.T2_STRUCTURES] is Answer.MET
    assert dict(draft.confirm().answers)[Criterion.T2_SNR] is Answer.NOT_MET
