"""The report as DICOM SR: what it says, that validators accept it, and that only a signed one is VERIFIED."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from highdicom.sr import srread
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as dicom_codes
from pydicom.sr.coding import Code

from core.errors import SeriesIncomplete
from core.findings import Contribution, Feature, Findings
from core.pirads import Category
from core.quality import prefilled
from core.report import Clinical, FromModel, Reader, Report, SignedReport, sign
from core.study import RecognisedStudy, Role
from reporting import codes
from reporting.seg import segmentation
from reporting.signature import SigningKey, verify_dataset
from reporting.sr import draft_sr, unverified_sr, verified_sr


@pytest.fixture(scope="module")
def seg(draft_report: Report) -> Dataset:
    return segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)


@pytest.fixture(scope="module")
def sr(signed_report: SignedReport, seg: Dataset, signing_key: SigningKey) -> Dataset:
    return _read_back(verified_sr(signed_report, seg, signing_key))


@pytest.fixture(scope="module")
def negative_sr(draft_report: Report, reader: Reader, signed_report: SignedReport, signing_key: SigningKey) -> Dataset:
    """PI-RADS 2 by the reader of a study with its gland and one rejected lesion of the AI."""
    negative = replace(draft_report, lesions=draft_report.lesions[3:], without_lesion=Category.TWO)
    seg = segmentation(negative.recognised, negative.gland, negative.lesions)
    return _read_back(verified_sr(sign(negative, reader, signed_report.signed_at), seg, signing_key))


@pytest.fixture(scope="module")
def no_t2_sr(
    made_study: RecognisedStudy, reader: Reader, signed_report: SignedReport, signing_key: SigningKey
) -> Dataset:
    """PI-RADS X by the reader of a study with ADC and high-b images alone."""
    choices = tuple(choice for choice in made_study.choices if choice.role is not Role.T2_AXIAL)
    report = Report(replace(made_study, choices=choices), without_lesion=Category.X)
    return _read_back(verified_sr(sign(report, reader, signed_report.signed_at), None, signing_key))


def _read_back(dataset: Dataset) -> Dataset:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return dcmread(buffer)


def _below(parent: Dataset, name: Code) -> list[Dataset]:
    inside = parent.get("ContentSequence", [])
    return [
        x
        for x in inside
        if "ConceptNameCodeSequence" in x and codes.code_of(x.ConceptNameCodeSequence[0])[:2] == name[:2]
    ]


def _one(parent: Dataset, name: Code) -> Dataset:
    (item,) = _below(parent, name)
    return item


def _value(item: Dataset) -> Code:
    return codes.code_of(item.ConceptCodeSequence[0])


def _groups(sr: Dataset) -> dict[str, Dataset]:
    groups = _below(_one(sr, codes.IMAGING_MEASUREMENTS), codes.MEASUREMENT_GROUP)
    return {str(_one(group, codes.TRACKING_IDENTIFIER).TextValue): group for group in groups}


def _evaluations(sr: Dataset) -> Dataset:
    return _one(sr, codes.QUALITATIVE_EVALUATIONS)


def _all_text(sr: Dataset) -> str:
    return " ".join(str(x.value) for x in sr.iterall() if x.VR in ("UT", "LO", "PN", "ST"))


def test_a_lesion_carries_its_scores_in_the_codes_of_the_standard(sr: Dataset) -> None:
    first, second = _groups(sr)["L1"], _groups(sr)["L2"]
    assert _value(_one(first, codes.LESION_CATEGORY)) == Code("RID50299", "RADLEX", "PI-RADS 4 - High (lesion)")
    assert _value(_one(first, codes.T2_SCORE)).value == "RID50305"
    assert _value(_one(second, codes.T2_SCORE)) == Code("RID50311", "RADLEX", "PI-RADS 4 - T2WI TZ High")
    assert _value(_one(second, codes.DWI_SCORE)) == Code("RID50318", "RADLEX", "PI-RADS 5 - DWI Very high")
    assert _value(_one(second, codes.DCE_SCORE)) == Code("RID50321", "RADLEX", "PI-RADS DCE +ve")
    assert _value(_one(second, codes.LESION_CATEGORY)).meaning == "PI-RADS 5 - Very high (lesion)"
    assert _value(_one(second, codes.EXTENSION)).meaning == "Definite"
    assert _one(second, codes.OVERRIDE_REASON).TextValue == "Extension beyond the capsule is certain"


def test_a_lesion_says_where_it_is(sr: Dataset) -> None:
    site = _value(_one(_groups(sr)["L1"], codes.FINDING_SITE))
    assert site == Code("716923005", "SCT", "Right posteromedial middle peripheral zone of prostate")


def test_measurements_have_units_derivation_and_b_values(sr: Dataset) -> None:
    group = _groups(sr)["L1"]
    long_axis = _one(group, codes.LONG_AXIS).MeasuredValueSequence[0]
    assert long_axis.NumericValue == 11.75
    assert long_axis.MeasurementUnitsCodeSequence[0].CodeValue == "mm"
    mean, tenth = _below(group, codes.ADC)
    assert _value(_one(mean, codes.DERIVATION)) == Code("373098007", "SCT", "Mean")
    assert _value(_one(tenth, codes.DERIVATION)).value == "371890005"
    assert mean.MeasuredValueSequence[0].NumericValue == 742.125
    assert mean.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue == "10-6.mm2/s"
    b_values = [x.MeasuredValueSequence[0].NumericValue for x in _below(mean, codes.SOURCE_B_VALUE)]
    assert b_values == [50, 400, 800]


def test_the_ai_score_is_not_called_a_probability_and_names_its_model(sr: Dataset) -> None:
    score = _one(_groups(sr)["L1"], codes.AI_SCORE)
    assert score.MeasuredValueSequence[0].NumericValue == 0.8125
    assert score.ConceptNameCodeSequence[0].CodeMeaning == "AI suspicion 0 to 1, not calibrated"
    assert _one(score, codes.ALGORITHM_NAME).TextValue == "Prosector detector"
    assert _one(score, codes.ALGORITHM_VERSION).TextValue == "0.1.0"
    assert f"SHA-256: {'b' * 64}" in [x.TextValue for x in _below(score, codes.ALGORITHM_PARAMETERS)]


def test_a_score_that_was_shown_to_be_a_probability_is_called_one_with_the_patients_it_was_shown_on(
    draft_report: Report, seg: Dataset
) -> None:
    origin = draft_report.lesions[0].origin
    assert isinstance(origin, FromModel)
    shown = replace(draft_report.lesions[0], origin=replace(origin, calibrated_on="400 studies of three sites"))
    group = _groups(_read_back(draft_sr(replace(draft_report, lesions=(shown, *draft_report.lesions[1:])), seg)))["L1"]
    assert _one(group, codes.AI_PROBABILITY).MeasuredValueSequence[0].NumericValue == 0.8125
    assert _one(group, codes.CALIBRATED_ON).TextValue == "400 studies of three sites"
    assert not _below(group, codes.AI_SCORE)


def test_what_each_feature_adds_to_the_score_is_told_in_numbers(draft_report: Report, seg: Dataset) -> None:
    origin = draft_report.lesions[0].origin
    assert isinstance(origin, FromModel)
    added = (Contribution(Feature.ADC, 4.25), Contribution(Feature.PRIOR, -3.5))
    shown = replace(draft_report.lesions[0], origin=replace(origin, contributions=added))
    group = _groups(_read_back(draft_sr(replace(draft_report, lesions=(shown, *draft_report.lesions[1:])), seg)))["L1"]
    told = {
        _value(_one(item, codes.FEATURE)).meaning: item.MeasuredValueSequence[0].NumericValue
        for item in _below(group, codes.CONTRIBUTION)
    }
    assert told == {"ADC": 4.25, "Share of cancer before looking": -3.5}


def test_each_lesion_refers_to_its_own_segment(sr: Dataset, seg: Dataset, draft_report: Report) -> None:
    for lesion in draft_report.reported_lesions:
        group = _groups(sr)[lesion.label]
        (reference,) = _one(group, codes.REFERENCED_SEGMENT).ReferencedSOPSequence
        assert reference.ReferencedSOPInstanceUID == seg.SOPInstanceUID
        number = reference.ReferencedSegmentNumber
        (segment,) = [x for x in seg.SegmentSequence if number == x.SegmentNumber]
        assert segment.TrackingUID == lesion.tracking_uid == _one(group, codes.TRACKING_UID).UID


def test_the_gland_carries_its_volume(sr: Dataset, draft_report: Report) -> None:
    assert draft_report.gland is not None
    volume = _one(_groups(sr)["Prostate"], codes.VOLUME).MeasuredValueSequence[0]
    assert volume.FloatingPointValue == draft_report.gland.volume_ml
    assert volume.MeasurementUnitsCodeSequence[0].CodeValue == "mL"


def test_the_gland_carries_its_ellipsoid_beside_and_says_which_volume_is_which(
    sr: Dataset, draft_report: Report
) -> None:
    assert draft_report.gland is not None
    ellipsoid = draft_report.gland.ellipsoid
    assert ellipsoid is not None
    group = _groups(sr)["Prostate"]
    written = {
        name: _one(group, name).MeasuredValueSequence[0]
        for name in (codes.VOLUME_OF_ELLIPSOID, codes.LENGTH, codes.WIDTH, codes.DEPTH)
    }

    assert written[codes.VOLUME_OF_ELLIPSOID].FloatingPointValue == ellipsoid.volume_ml
    assert [written[x].FloatingPointValue for x in (codes.LENGTH, codes.WIDTH, codes.DEPTH)] == [
        ellipsoid.length_mm,
        ellipsoid.width_mm,
        ellipsoid.depth_mm,
    ]
    assert _value(_one(_one(group, codes.VOLUME), codes.MEASUREMENT_METHOD)) == codes.VOXELS_COUNTED
    assert _value(_one(_one(group, codes.VOLUME_OF_ELLIPSOID), codes.MEASUREMENT_METHOD)) == codes.LWH_METHOD


def test_the_examination_carries_category_psa_and_texts(sr: Dataset, draft_report: Report) -> None:
    evaluations = _evaluations(sr)
    assert _value(_one(evaluations, codes.EXAM_CATEGORY)) == Code("RID50293", "RADLEX", "PI-RADS 5 - Very high")
    assert _value(_one(evaluations, codes.REPORTING_SYSTEM)) == Code("130565", "DCM", "PI-RADS v2.1")
    assert _one(evaluations, codes.PSA).MeasuredValueSequence[0].NumericValue == 6.4
    density = _one(evaluations, codes.PSA_DENSITY).MeasuredValueSequence[0].FloatingPointValue
    assert density == pytest.approx(6.4 / 29.3625)
    assert _one(evaluations, codes.INDICATION).TextValue == "Erhöhtes PSA, Ausschluss Karzinom"
    assert "PI-RADS 5" in _one(evaluations, codes.IMPRESSION).TextValue
    assert _one(evaluations, codes.ANALYSIS_NOTE).TextValue == draft_report.warnings[0]


def test_the_quality_of_the_images_is_coded_by_sequence(sr: Dataset) -> None:
    evaluations = _evaluations(sr)
    assert _value(_one(evaluations, codes.QUALITY_STANDARD)) == codes.PIRADS_ACQUISITION
    (study,) = _below(evaluations, codes.STUDY_QUALITY)
    assert _value(study) == Code("130570", "DCM", "Protocol not followed")
    (series,) = _below(evaluations, codes.SERIES_QUALITY)
    assert _value(series) == Code("RID11426", "RADLEX", "Ghost")
    assert _value(_one(series, codes.QUALITY_OF)) == Code("113043", "DCM", "Diffusion weighted")


def test_pi_qual_is_told_once_the_reader_confirmed_it(sr: Dataset, draft_report: Report, seg: Dataset) -> None:
    assert _value(_one(_evaluations(sr), codes.PI_QUAL)).meaning == "PI-QUAL 2 - Acceptable"
    open_form = replace(draft_report, pi_qual=prefilled(draft_report.quality))
    unconfirmed = draft_sr(open_form, seg)
    assert not _below(_evaluations(unconfirmed), codes.PI_QUAL)
    assert "PI-QUAL" not in _all_text(unconfirmed)


def test_the_readers_own_words_replace_those_that_write_themselves(draft_report: Report, seg: Dataset) -> None:
    own = replace(draft_report, own_findings="Zeile 1\nZeile 2 – 所見", own_impression="Kein Tumor\x0bsicher\x00")
    evaluations = _evaluations(_read_back(draft_sr(own, seg)))
    assert _one(evaluations, codes.FINDINGS).TextValue == "Zeile 1\nZeile 2 – 所見"
    assert _one(evaluations, codes.IMPRESSION).TextValue == "Kein Tumor\nsicher"


def test_a_rejected_candidate_is_told_but_is_no_finding(sr: Dataset) -> None:
    assert "L4" not in _groups(sr)
    said = _one(_evaluations(sr), codes.REJECTED).TextValue
    assert said == ("L4 Right mid PZpl, found by Prosector detector 0.1.0 with score 0.31: Post-biopsy haemorrhage")


def test_a_signed_report_is_verified_by_its_reader(sr: Dataset) -> None:
    assert (sr.CompletionFlag, sr.VerificationFlag, sr.PreliminaryFlag) == ("COMPLETE", "VERIFIED", "FINAL")
    (observer,) = sr.VerifyingObserverSequence
    assert observer.VerifyingObserverName == "Jürgens^Änne^^Dr."
    assert observer.VerifyingOrganization == "Universitätsklinik Köln"
    assert observer.VerificationDateTime == "20260302143015+0000"
    assert verify_dataset(sr, None).name == "Dr. Änne Jürgens"


def test_names_survive_the_change_of_character_set(sr: Dataset) -> None:
    assert sr.SpecificCharacterSet == "ISO_IR 192"
    assert str(sr.PatientName) == "Müller^Jörg"
    assert str(sr.ReferringPhysicianName) == "Zuweiser^Änne"
    assert sr.InstitutionName == "Universitätsklinik Köln"
    assert "患者" in _one(_groups(sr)["L1"], codes.COMMENT).TextValue


def test_a_draft_is_preliminary_and_says_that_nobody_verified_it(draft_report: Report, seg: Dataset) -> None:
    sr = _read_back(draft_sr(draft_report, seg))
    assert (sr.CompletionFlag, sr.VerificationFlag, sr.PreliminaryFlag) == ("PARTIAL", "UNVERIFIED", "PRELIMINARY")
    assert "VerifyingObserverSequence" not in sr
    assert "DigitalSignaturesSequence" not in sr
    assert "not verified by a radiologist" in _all_text(sr)


def test_what_the_ai_found_makes_no_assessment(made_findings: Findings) -> None:
    seg = segmentation(made_findings.recognised, made_findings.gland, made_findings.candidates)
    sr = _read_back(unverified_sr(made_findings, seg))
    assert (sr.VerificationFlag, sr.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")
    group = _groups(sr)["L1"]
    for absent in (
        codes.LESION_CATEGORY,
        codes.T2_SCORE,
        codes.DWI_SCORE,
        codes.DCE_SCORE,
        codes.EXTENSION,
        codes.CATEGORY_BASIS,
    ):
        assert not _below(group, absent)
    assert not _below(_evaluations(sr), codes.EXAM_CATEGORY)
    assert _value(_one(group, codes.REVIEW)).meaning == "Not reviewed"
    assert "not assessed by a reader" in _one(group, codes.SUGGESTED_CATEGORY).ConceptNameCodeSequence[0].CodeMeaning
    persons = [x for x in sr.ContentSequence if x.ValueType == "PNAME"]
    assert not persons


def test_every_object_says_research_use(sr: Dataset, draft_report: Report, seg: Dataset) -> None:
    for document in (sr, draft_sr(draft_report, seg)):
        assert "Research use only — not a medical device" in _all_text(document)


def test_the_order_is_referred_to(sr: Dataset) -> None:
    (request,) = sr.ReferencedRequestSequence
    assert request.AccessionNumber == "ACC4711"
    assert request.StudyInstanceUID == sr.StudyInstanceUID


def test_the_image_library_holds_the_slices_of_the_lesions_only(sr: Dataset, draft_report: Report) -> None:
    (library,) = _below(sr, dicom_codes.DCM.ImageLibrary)
    (group,) = library.ContentSequence
    images = [x for x in group.ContentSequence if x.ValueType == "IMAGE"]
    shown = {str(x.ReferencedSOPSequence[0].ReferencedSOPInstanceUID) for x in images}
    t2, adc = (draft_report.recognised.one(role) for role in (Role.T2_AXIAL, Role.ADC))
    assert t2 is not None
    assert adc is not None
    of_t2 = shown & {x.sop_instance_uid for x in t2.stack.instances}
    of_adc = shown & {x.sop_instance_uid for x in adc.stack.instances}
    assert len(of_t2) == len(of_adc) == 3
    assert shown == of_t2 | of_adc
    listed = {
        str(x.ReferencedSOPInstanceUID)
        for series in sr.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
        for x in series.ReferencedSOPSequence
    }
    assert shown < listed


def test_a_report_by_hand_without_gland_and_lesions_needs_no_segmentation(
    made_study: RecognisedStudy, reader: Reader, signed_report: SignedReport, signing_key: SigningKey
) -> None:
    negative = Report(made_study, Clinical(psa_ng_ml=3.0), without_lesion=Category.TWO)
    sr = _read_back(verified_sr(sign(negative, reader, signed_report.signed_at), None, signing_key))
    assert not _below(sr, codes.IMAGING_MEASUREMENTS)
    assert _value(_one(_evaluations(sr), codes.EXAM_CATEGORY)).meaning == "PI-RADS 2 - Low"


def test_a_draft_without_a_lesion_states_no_category_that_nobody_chose(
    made_study: RecognisedStudy, made_findings: Findings
) -> None:
    assert not _below(_evaluations(draft_sr(Report(made_study), None)), codes.EXAM_CATEGORY)
    nothing_found = replace(made_findings, candidates=())
    seg = segmentation(nothing_found.recognised, nothing_found.gland, ())
    assert not _below(_evaluations(unverified_sr(nothing_found, seg)), codes.EXAM_CATEGORY)


def test_a_study_without_axial_t2_is_reported_with_all_that_is_known_of_it(no_t2_sr: Dataset) -> None:
    evaluations = _evaluations(no_t2_sr)
    assert _value(_one(evaluations, codes.EXAM_CATEGORY)).meaning == "PI-RADS X - Inadequate or absent"
    assert "the study has no axial T2-weighted images" in _one(evaluations, codes.IMPRESSION).TextValue
    assert no_t2_sr.VerificationFlag == "VERIFIED"
    assert not _below(no_t2_sr, codes.IMAGING_MEASUREMENTS)


def test_a_study_without_t2_and_adc_can_be_reported(made_study: RecognisedStudy) -> None:
    unrecognised = replace(made_study, choices=())
    report = Report(unrecognised, own_impression="Not diagnostic.", without_lesion=Category.X)
    sr = _read_back(draft_sr(report, None))
    assert _value(_one(_evaluations(sr), codes.EXAM_CATEGORY)).meaning == "PI-RADS X - Inadequate or absent"
    assert str(sr.PatientName) == "Müller^Jörg"


def test_a_study_without_images_cannot_be_reported(made_study: RecognisedStudy) -> None:
    empty = replace(made_study, choices=(), study=replace(made_study.study, series=()))
    with pytest.raises(SeriesIncomplete, match="has no MR image here"):
        draft_sr(Report(empty), None)


def test_a_report_with_lesions_and_no_segmentation_is_refused(draft_report: Report) -> None:
    with pytest.raises(ValueError, match="needs their segmentation"):
        draft_sr(draft_report, None)


def test_a_segmentation_that_lacks_a_lesion_is_refused(draft_report: Report) -> None:
    other = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions[:1])
    with pytest.raises(ValueError, match="no segment with tracking UID"):
        draft_sr(draft_report, other)


def test_a_reader_with_a_single_name_can_sign(
    draft_report: Report, seg: Dataset, signing_key: SigningKey, signed_report: SignedReport
) -> None:
    signed = sign(draft_report, Reader("Müller", ""), signed_report.signed_at)
    sr = verified_sr(signed, seg, signing_key)
    (observer,) = sr.VerifyingObserverSequence
    assert (observer.VerifyingObserverName, observer.VerifyingOrganization) == ("Müller^", "Not stated")


def test_a_lesion_without_adc_has_no_adc(draft_report: Report) -> None:
    lesion = draft_report.lesions[0]
    bare = replace(lesion, measures=replace(lesion.measures, adc_mean=None, adc_p10=None, adc_b_values=()))
    report = replace(draft_report, lesions=(bare,))
    seg = segmentation(report.recognised, report.gland, report.lesions)
    assert not _below(_groups(draft_sr(report, seg))["L1"], codes.ADC)


def test_highdicom_reads_it_as_a_measurement_report(sr: Dataset, tmp_path: Path) -> None:
    sr.save_as(tmp_path / "sr.dcm", enforce_file_format=True)
    groups = srread(tmp_path / "sr.dcm").content.get_volumetric_roi_measurement_groups()
    assert [group.tracking_identifier for group in groups] == ["L1", "L2", "L3", "Prostate"]
    assert groups[0].finding_sites[0].value.meaning.startswith("Right posteromedial")


@pytest.mark.parametrize(
    ("cid", "ours"),
    [
        (6325, codes.EXAM_CATEGORIES),
        (6328, codes.LESION_CATEGORIES),
        (6329, codes.T2_SCORES[codes.Zone.PZ]),
        (6330, codes.T2_SCORES[codes.Zone.TZ]),
        (6331, codes.DWI_SCORES),
        (6332, codes.DCE_SCORES),
    ],
)
def test_our_value_sets_are_those_of_the_standard(cid: int, ours: dict[str, Code]) -> None:
    group = getattr(dicom_codes, f"cid{cid}")
    standard = {getattr(group, name) for name in group.dir()}
    assert {code[:3] for code in ours.values()} == {code[:3] for code in standard}


def test_quality_findings_are_those_of_the_standard() -> None:
    standard = {
        getattr(group, name)[:3] for group in (dicom_codes.cid6314, dicom_codes.cid6315) for name in group.dir()
    }
    assert {code[:3] for code in codes.QUALITY_FINDINGS.values()} < standard


def test_every_code_fits_its_value_representation() -> None:
    ours = [value for value in vars(codes).values() if isinstance(value, Code)]
    assert len(ours) > 50
    for code in ours:
        assert len(code.value) <= 16
        assert len(code.meaning) <= 64


@pytest.mark.parametrize("category", [x for x in Category if x is not Category.PENDING])
def test_every_category_has_its_code(category: Category) -> None:
    assert codes.LESION_CATEGORIES[category].meaning.startswith(f"PI-RADS {category} - ")
    assert codes.EXAM_CATEGORIES[category].meaning.startswith(f"PI-RADS {category} - ")


def test_dciodvfy_finds_no_error(
    sr: Dataset,
    negative_sr: Dataset,
    no_t2_sr: Dataset,
    made_findings: Findings,
    tmp_path: Path,
    dciodvfy: Callable[[Path], Any],
) -> None:
    seg = segmentation(made_findings.recognised, made_findings.gland, made_findings.candidates)
    for document in (sr, negative_sr, no_t2_sr, unverified_sr(made_findings, seg)):
        document.save_as(tmp_path / "sr.dcm", enforce_file_format=True)
        said = dciodvfy(tmp_path / "sr.dcm")
        assert (said.kind, said.errors) == ("Comprehensive3DSR", [])


@pytest.mark.journey
@pytest.mark.parametrize("which", ["negative_sr", "no_t2_sr"])  # the positive one: test_sr_whole.py
def test_the_template_validator_of_pixelmed_finds_no_error(
    request: pytest.FixtureRequest, tmp_path: Path, sr_validator: Callable[[Path], Callable[[], Any]], which: str
) -> None:
    sr: Dataset = request.getfixturevalue(which)
    sr.save_as(tmp_path / "sr.dcm", enforce_file_format=True)
    said = sr_validator(tmp_path / "sr.dcm")()
    assert (said.kind, said.errors) == ("TID_1500", [])
