"""The report in words: everything the draft holds is said, and nothing else."""

from dataclasses import replace

import pytest

from core.frame_link import FrameLink, LinkedBy, frame_key, translation
from core.nudge import Nudge, Nudges
from core.pirads import Category, Dce, Epe, Score, Zone
from core.report import Accepted, Assessment, Clinical, FromModel, Lesion, Rejected, Report, Unreviewed
from core.sectors import sectors
from core.study import RecognisedStudy, Role, RoleChoice
from reporting.text import findings_text, impression_text, shown_findings, shown_impression
from reporting.words import and_list, patient_name, reader_name, sector_in_words


def _paragraph(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


def _section(text: str, heading: str) -> str:
    return next(block for block in text.split("\n\n") if block.startswith(f"{heading}\n"))


def _without_lesions(report: Report, category: Category = Category.ONE) -> Report:
    return replace(report, lesions=(), without_lesion=category)


def _with_choices(report: Report, *roles: Role) -> Report:
    recognised = report.recognised
    kept = tuple(choice for choice in recognised.choices if choice.role in roles)
    return replace(report, recognised=replace(recognised, choices=kept))


def _only(report: Report, label: str, **changes: object) -> Report:
    lesion = next(lesion for lesion in report.lesions if lesion.label == label)
    return replace(report, lesions=(replace(lesion, **changes),))


def test_the_indication_comes_with_psa_and_psa_density(draft_report: Report) -> None:
    assert draft_report.gland is not None
    density = 6.4 / draft_report.gland.volume_ml
    assert _section(findings_text(draft_report), "INDICATION") == (
        f"INDICATION\nErhöhtes PSA, Ausschluss Karzinom.\nPSA 6.4 ng/mL, PSA density {density:.2f} ng/mL²."
    )


def test_the_segmented_volume_and_that_of_the_ellipsoid_are_told_apart(draft_report: Report) -> None:
    gland = draft_report.gland
    assert gland is not None
    assert gland.ellipsoid is not None
    size = gland.ellipsoid

    said = _section(findings_text(draft_report), "PROSTATE")

    assert f"Volume {gland.volume_ml:.1f} mL (segmented by " in said
    assert (
        f"Ellipsoid volume {size.volume_ml:.1f} mL (π/6 × {size.length_mm:.0f} × {size.width_mm:.0f} × "
        f"{size.depth_mm:.0f} mm: length and depth mid-sagittal, width axial, measured on the same outline)." in said
    )
    older = replace(draft_report, gland=replace(gland, ellipsoid=None))
    assert "llipsoid" not in findings_text(older)


def test_without_indication_and_psa_there_is_no_such_section(draft_report: Report) -> None:
    text = findings_text(replace(draft_report, clinical=Clinical()))
    assert "INDICATION" not in text
    assert "PSA" not in text


def test_technique_and_quality_name_what_was_found_and_that_high_b_was_calculated(draft_report: Report) -> None:
    assert _section(findings_text(draft_report), "TECHNIQUE").splitlines()[1:] == [
        "MRI of the prostate: axial T2-weighted images, calculated high-b images at b 1400 s/mm² and ADC map.",
        "No dynamic contrast-enhanced series; assessed as biparametric MRI.",
    ]
    assert _section(findings_text(draft_report), "IMAGE QUALITY AND ANALYSIS").splitlines()[1:] == [
        "Image quality, checked by Prosector: T2W diagnostic; DWI limited (echo time 120 ms instead of ≤ 90 ms, "
        "ghosts along the phase direction 12 % of the signal instead of ≤ 5 %).",
        "PI-QUAL version 2: 2 (acceptable), T2W 4/4, DWI 3/4.",
        "The ADC map was not fitted by Prosector.",
    ]


def test_an_adc_map_that_we_fitted_is_called_so(draft_report: Report) -> None:
    recognised = draft_report.recognised
    adc = recognised.one(Role.ADC)
    assert adc is not None
    stacks = tuple(replace(adc.stack, b_value=b) for b in (50.0, 800.0))
    fitted = RoleChoice(Role.ADC, stacks, "no ADC map in the study", fitted=True)
    report = replace(draft_report, recognised=RecognisedStudy(recognised.study, (fitted,), ()))
    assert "ADC map fitted by Prosector from b 50 and 800 s/mm²" in findings_text(report)


def test_with_dce_the_study_is_not_called_biparametric(draft_report: Report) -> None:
    recognised = draft_report.recognised
    dce = RoleChoice(Role.DCE, recognised.choices[0].stacks, "made")
    report = replace(draft_report, recognised=replace(recognised, choices=(*recognised.choices, dce)))
    assert "dynamic contrast-enhanced images." in findings_text(report)
    assert "biparametric" not in findings_text(report) + impression_text(report)


def test_a_lesion_is_described_with_all_that_was_measured_and_scored(draft_report: Report) -> None:
    volume = draft_report.lesions[0].measures.volume_ml
    text = _paragraph(findings_text(_only(draft_report, "L1")), "L1")
    assert text == (
        "L1 (index lesion): right mid posteromedial peripheral zone (PZpm). "
        f"12 × 8 mm, {volume:.2f} mL (measured on axial T2, series 3). "
        "T2W 4, DWI 4, DCE X (not available). PI-RADS 4 (PZ: DWI 4 → 4). "
        "ADC mean 742, 10th percentile 655 × 10⁻⁶ mm²/s (b 50, 400 and 800 s/mm²). "
        "No extraprostatic extension. Breiter Kapselkontakt – 患者 informiert. "
        "Found by AI, Prosector detector 0.1.0, suggested PI-RADS 4 "
        "(AI suspicion 0.81 on a scale from 0 to 1, not calibrated); accepted by the reader."
    )


def test_a_model_without_a_suggestion_suggests_nothing_and_a_calibrated_one_gives_a_probability(
    draft_report: Report,
) -> None:
    origin = draft_report.lesions[0].origin
    assert isinstance(origin, FromModel)
    silent = replace(origin, suggested_category=Category.PENDING)
    text = _paragraph(findings_text(_only(draft_report, "L1", origin=silent)), "L1")
    assert "Found by AI, Prosector detector 0.1.0 (AI suspicion 0.81 on a scale from 0 to 1, not calibrated)" in text
    shown = replace(origin, calibrated_on="400 studies of three sites")
    text = _paragraph(findings_text(_only(draft_report, "L1", origin=shown)), "L1")
    assert "(AI probability 0.81, calibrated on 400 studies of three sites)" in text
    near = replace(origin, score=0.9987)
    text = _paragraph(findings_text(_only(draft_report, "L1", origin=near)), "L1")
    assert "(AI suspicion >0.99 on a scale from 0 to 1, not calibrated)" in text


def test_an_edited_outline_and_an_override_are_told_with_the_reason(draft_report: Report) -> None:
    text = _paragraph(findings_text(draft_report), "L2")
    assert "PI-RADS 5 by the reader's decision (the rule gives 4: TZ: T2W 4 → 4)." in text
    assert "Reason: Extension beyond the capsule is certain." in text
    assert "Definite extraprostatic extension." in text
    assert text.endswith("outline edited by the reader.")


def test_the_readers_own_lesion_is_not_credited_to_ai(draft_report: Report) -> None:
    text = _paragraph(findings_text(draft_report), "L3")
    assert text.endswith("Found by the reader.")
    assert "AI" not in text


def test_without_an_adc_map_no_adc_is_told(draft_report: Report) -> None:
    lesion = draft_report.lesions[0]
    no_adc = replace(lesion.measures, adc_mean=None, adc_p10=None, adc_b_values=())
    assert "ADC not measured." in findings_text(_only(draft_report, "L1", measures=no_adc))


def test_a_rejected_ai_finding_is_named_in_one_line_with_its_reason(draft_report: Report) -> None:
    text = findings_text(draft_report)
    assert _paragraph(text, "Rejected") == (
        "Rejected by the reader: AI finding L4 right mid posterolateral peripheral zone (AI score 0.31), "
        "reason: Post-biopsy haemorrhage."
    )
    assert text.count("L4") == 1
    assert "L4" not in impression_text(draft_report)


def test_an_unreviewed_ai_finding_is_never_passed_over_in_silence(draft_report: Report) -> None:
    report = _only(draft_report, "L1", review=Unreviewed())
    assert "Not yet reviewed by the reader: L1" in findings_text(report)
    impression = impression_text(report)
    assert impression.startswith("1. Draft: L1 found by AI is not reviewed yet.")
    assert "No lesion suspicious" not in impression


def test_the_impression_puts_the_index_lesion_first(draft_report: Report) -> None:
    assert impression_text(draft_report).splitlines()[:3] == [
        "1. Index lesion L2, left mid anterior transition zone, 12 × 8 mm, PI-RADS 5: "
        "clinically significant cancer is highly likely. Definite extraprostatic extension.",
        "2. L1, right mid posteromedial peripheral zone, 12 × 8 mm, PI-RADS 4: "
        "clinically significant cancer is likely.",
        "3. L3, left basal posterolateral peripheral zone, 12 × 8 mm, PI-RADS 3: "
        "the presence of clinically significant cancer is equivocal. Possible extraprostatic extension.",
    ]


@pytest.mark.parametrize(("category", "meaning"), [(Category.ONE, "highly unlikely"), (Category.TWO, "unlikely")])
def test_a_negative_study_says_so_with_the_category_that_the_reader_chose(
    draft_report: Report, category: Category, meaning: str
) -> None:
    report = _without_lesions(draft_report, category)
    assert impression_text(report).startswith(
        "1. No lesion suspicious for clinically significant cancer. "
        f"PI-RADS {category}: clinically significant cancer is {meaning}.\n"
    )
    assert "No lesion is reported." in findings_text(report)


def test_a_study_without_a_lesion_is_not_called_negative_before_the_reader_does(draft_report: Report) -> None:
    impression = impression_text(_without_lesions(draft_report, Category.PENDING))
    assert impression.startswith("1. Draft: no lesion is reported; choose PI-RADS 1, 2 or X for the examination.\n")
    assert "No lesion suspicious" not in impression


def test_an_examination_that_the_reader_finds_inadequate_says_so(draft_report: Report) -> None:
    impression = impression_text(_without_lesions(draft_report, Category.X))
    assert impression.startswith(
        "1. No lesion is reported. PI-RADS X: a needed sequence is absent or inadequate, so no category can be given.\n"
    )


@pytest.mark.parametrize(
    ("roles", "lacking"),
    [
        ((Role.T2_AXIAL,), "neither diffusion-weighted nor dynamic contrast-enhanced images"),
        ((Role.ADC, Role.HIGH_B), "no axial T2-weighted images"),
    ],
)
def test_a_study_without_t2_or_diffusion_is_never_called_negative(
    draft_report: Report, roles: tuple[Role, ...], lacking: str
) -> None:
    for category in (Category.ONE, Category.X):
        impression = impression_text(_with_choices(_without_lesions(draft_report, category), *roles))
        assert "No lesion suspicious" not in impression
        assert "unlikely" not in impression
    assert f"PI-RADS X: the study has {lacking}, so no category can be given." in impression


def test_without_a_segmented_gland_no_volume_and_no_density_is_told(draft_report: Report) -> None:
    report = replace(draft_report, gland=None, lesions=())
    assert "its volume was not measured" in findings_text(report)
    assert " mL" not in findings_text(report)
    assert "density" not in findings_text(report) + impression_text(report)


def test_warnings_of_the_analysis_stand_in_the_report(draft_report: Report) -> None:
    assert "The ADC map was not fitted by Prosector." in _section(
        findings_text(draft_report), "IMAGE QUALITY AND ANALYSIS"
    )


def test_nothing_is_said_about_what_was_not_assessed(draft_report: Report) -> None:
    for report in (draft_report, _without_lesions(draft_report), replace(draft_report, gland=None)):
        said = (findings_text(report) + impression_text(report)).lower()
        for word in ("node", "lymph", "bone", "seminal", "metasta", "bladder", "neurovascular", "prior", "compar"):
            assert word not in said


def test_every_impression_ends_with_research_use(draft_report: Report) -> None:
    for report in (draft_report, _without_lesions(draft_report)):
        assert impression_text(report).splitlines()[-1] == "Research use only — not a medical device."


def test_the_readers_own_words_win(draft_report: Report) -> None:
    own = replace(draft_report, own_findings="My findings.", own_impression="My impression.")
    assert (shown_findings(own), shown_impression(own)) == ("My findings.", "My impression.")
    assert shown_findings(draft_report) == findings_text(draft_report)
    assert shown_impression(draft_report) == impression_text(draft_report)


def test_scores_that_are_missing_are_called_missing(draft_report: Report) -> None:
    report = _only(draft_report, "L1", assessment=Assessment(Zone.PZ))
    assert "T2W not scored, DWI not scored" in findings_text(report)
    assert "PI-RADS pending" in impression_text(report)


@pytest.mark.parametrize(
    ("dce", "said"), [(Dce.NEGATIVE, "DCE negative"), (Dce.POSITIVE, "DCE positive"), (Dce.X, "DCE X (not available)")]
)
def test_dce_is_said_in_words(draft_report: Report, dce: Dce, said: str) -> None:
    given = Assessment(Zone.PZ, t2=Score.THREE, dwi=Score.THREE, dce=dce, epe=Epe.NONE)
    assert said in findings_text(_only(draft_report, "L1", assessment=given, review=Accepted()))


def test_a_rejection_without_words_does_not_break_the_sentence(draft_report: Report) -> None:
    assert "reason: no reason given." in findings_text(_only(draft_report, "L4", review=Rejected("  ")))


def test_every_sector_can_be_written_out() -> None:
    words = [sector_in_words(sector) for sector in sectors().values()]
    assert len(set(words)) == 41
    assert "right basal central zone" in words
    assert "left apical anterior fibromuscular stroma" in words
    assert "right seminal vesicle" in words
    assert "external urethral sphincter" in words


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["50"], "50"), (["50", "800"], "50 and 800"), (["50", "400", "800"], "50, 400 and 800")],
)
def test_lists_read_as_english(words: list[str], said: str) -> None:
    assert and_list(words) == said


@pytest.mark.parametrize(
    ("written", "patient", "reader"),
    [
        ("Müller^Jörg", "Müller, Jörg", "Jörg Müller"),
        ("Jürgens^Änne^^Dr.", "Jürgens, Änne", "Dr. Änne Jürgens"),
        ("Doe^John^M^Prof.^PhD", "Doe, John M", "Prof. John M Doe PhD"),
        ("ProstateX-0000", "ProstateX-0000", "ProstateX-0000"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou (山田 太郎)", "Tarou Yamada"),
        ("=山田^太郎", "山田 太郎", ""),
        ("", "", ""),
    ],
)
def test_names_are_written_as_people_write_them(written: str, patient: str, reader: str) -> None:
    assert patient_name(written) == patient
    assert reader_name(written) == reader


def test_a_lesion_below_the_rule_keeps_the_rules_words(draft_report: Report) -> None:
    lesion: Lesion = draft_report.lesions[2]
    assert lesion.category is Category.THREE
    assert "PI-RADS 3 (PZ: DWI 3 with no adequate DCE → 3)." in findings_text(draft_report)


def test_an_alignment_by_hand_is_told_in_the_technique(draft_report: Report) -> None:
    moved = replace(draft_report, nudges=Nudges(diffusion=Nudge(shift_mm=(0.0, -1.5, 0.0))))
    assert "Aligned with the axial T2 by hand: the diffusion images by" in findings_text(moved)
    assert "Aligned" not in findings_text(draft_report)


def test_what_is_measured_in_a_linked_series_says_who_laid_it_on_the_t2(draft_report: Report) -> None:
    series = draft_report.recognised.one(Role.ADC)
    assert series is not None
    shift = translation((0.0, 0.0, 0.0), (0.0, 3.0, 0.0))
    link = FrameLink(frame_key(series.stack.series), "1.2.3", shift, LinkedBy.ANCHOR, "ADC (series 6)")
    on_adc = tuple(replace(x, measures=replace(x.measures, measured_on=Role.ADC)) for x in draft_report.lesions)
    said = findings_text(replace(draft_report, lesions=on_adc, nudges=Nudges(links=(link,))))
    assert "ADC (series 6) anchored at one point, shifted by 3.0 mm posterior and not turned." in said
    measured = [line for line in said.splitlines() if "ADC mean" in line]
    assert measured
    assert all(", anchored by the reader." in line for line in measured)
    assert all("(measured on ADC, series" in line and ", anchored by the reader)" in line for line in measured)
    assert "anchored" not in findings_text(draft_report)
