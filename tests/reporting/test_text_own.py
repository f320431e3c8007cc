"""The reader's own words are never overwritten; what changed since they were written is told exactly."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from core.facts import changed_facts, facts
from core.pirads import Category, Epe, Score
from core.report import Clinical, Lesion, Rejected, Report, with_lesion
from core.staging import Seen, Staging
from core.wording import ChangedFact, FactName, Language
from reporting.own_words import Part, as_fitting, as_signed, automatic, is_unmarked, marks, own, taken, with_own
from reporting.read_sr import read_report
from reporting.seg import segmentation
from reporting.sr import draft_sr
from reporting.template_files import use_templates
from reporting.text import findings_text, shown_findings


def _grown(report: Report, label: str, long_axis_mm: float) -> Report:
    uid = next(x.tracking_uid for x in report.lesions if x.label == label)
    return with_lesion(report, uid, lambda x: replace(x, measures=replace(x.measures, long_axis_mm=long_axis_mm)))


def _lesion(report: Report, label: str) -> Lesion:
    return next(x for x in report.lesions if x.label == label)


def _written(report: Report, part: Part = Part.FINDINGS, before: str = "Mine. ") -> Report:
    return with_own(report, part, before + automatic(report, part))


def test_a_text_that_writes_itself_has_nothing_marked(draft_report: Report) -> None:
    grown = _grown(draft_report, "L1", 15.2)
    assert not marks(grown, Part.FINDINGS)
    assert not marks(_written(draft_report), Part.FINDINGS)


def test_the_readers_words_stay_and_the_lesion_that_grew_is_told_with_both_sizes(draft_report: Report) -> None:
    written = _written(draft_report)
    grown = _grown(written, "L1", 15.2)
    assert shown_findings(grown) == own(written, Part.FINDINGS)
    found = marks(grown, Part.FINDINGS)
    assert found.facts == (ChangedFact(FactName.SIZE, "12 × 8 mm", "15 × 8 mm", "L1"),)
    (sentence,) = found.sentences
    assert sentence.label == "L1"
    assert sentence.before.startswith("12 × 8 mm, ")
    assert sentence.after.startswith("15 × 8 mm, ")


@pytest.mark.parametrize("part", Part)
def test_the_new_sentence_is_taken_and_the_rest_of_the_readers_text_stays(draft_report: Report, part: Part) -> None:
    grown = _grown(_written(draft_report, part), "L1", 15.2)
    (sentence,) = marks(grown, part).sentences
    after = taken(grown, part, sentence)
    assert own(after, part) == f"Mine. {automatic(grown, part)}"
    assert not marks(after, part)
    assert own(grown, part).startswith("Mine. ")


def test_several_changes_are_taken_one_by_one(draft_report: Report) -> None:
    changed = _grown(_grown(_written(draft_report), "L1", 15.2), "L3", 9.0)
    changed = replace(changed, clinical=Clinical(psa_ng_ml=9.1, indication=changed.clinical.indication))
    found = marks(changed, Part.FINDINGS)
    assert [(x.subject, x.name) for x in found.facts] == [
        ("", FactName.PSA),
        ("", FactName.PSA_DENSITY),
        ("L1", FactName.SIZE),
        ("L3", FactName.SIZE),
    ]
    steps = 0
    while sentences := marks(changed, Part.FINDINGS).sentences:
        changed = taken(changed, Part.FINDINGS, sentences[0])
        steps += 1
    assert steps == 4  # PSA in two sections, L1, L3
    assert own(changed, Part.FINDINGS) == f"Mine. {findings_text(changed)}"


def test_what_the_reader_wrote_otherwise_gets_the_new_sentence_in_the_lesions_paragraph(draft_report: Report) -> None:
    text = "PROSTATE\nNormal.\nL1: a dark focus of 12 mm.\nL2: as before."
    grown = _grown(with_own(draft_report, Part.FINDINGS, text), "L1", 15.2)
    (sentence,) = marks(grown, Part.FINDINGS).sentences
    lines = own(taken(grown, Part.FINDINGS, sentence), Part.FINDINGS).splitlines()
    assert lines[2] == f"L1: a dark focus of 12 mm. {sentence.after}"
    assert (lines[0], lines[1], lines[3]) == ("PROSTATE", "Normal.", "L2: as before.")


def test_a_text_that_does_not_name_the_lesion_gets_the_sentence_at_its_end_with_the_label(draft_report: Report) -> None:
    grown = _grown(with_own(draft_report, Part.FINDINGS, "All in my own words."), "L1", 15.2)
    (sentence,) = marks(grown, Part.FINDINGS).sentences
    assert own(taken(grown, Part.FINDINGS, sentence), Part.FINDINGS) == f"All in my own words.\nL1: {sentence.after}"


def test_text_that_stands_is_marked_only_by_what_changes_later(draft_report: Report) -> None:
    stands = as_fitting(_grown(_written(draft_report), "L1", 15.2), Part.FINDINGS)
    assert not marks(stands, Part.FINDINGS)
    (fact,) = marks(_grown(stands, "L1", 18.0), Part.FINDINGS).facts
    assert (fact.before, fact.after) == ("15 × 8 mm", "18 × 8 mm")


def test_writing_on_does_not_make_the_change_forgotten(draft_report: Report) -> None:
    grown = _grown(_written(draft_report), "L1", 15.2)
    assert marks(with_own(grown, Part.FINDINGS, "Mine and more."), Part.FINDINGS).facts
    cleared = with_own(grown, Part.FINDINGS, "")
    assert (own(cleared, Part.FINDINGS), cleared.findings_written_over) == ("", None)


def test_a_new_lesion_and_a_rejected_one_are_each_one_change(draft_report: Report) -> None:
    written = _written(draft_report)
    rejected = with_lesion(written, _lesion(written, "L3").tracking_uid, lambda x: replace(x, review=Rejected("BPH")))
    assert changed_facts(facts(written), facts(rejected)) == (ChangedFact(FactName.REPORTED, "L3", "", "L3"),)
    assert changed_facts(facts(rejected), facts(written)) == (ChangedFact(FactName.REPORTED, "", "L3", "L3"),)
    while sentences := marks(rejected, Part.FINDINGS).sentences:
        rejected = taken(rejected, Part.FINDINGS, sentences[0])
    assert own(rejected, Part.FINDINGS) == f"Mine. {findings_text(rejected)}"


def test_the_impression_is_not_marked_for_what_it_does_not_say(draft_report: Report) -> None:
    written = _written(draft_report, Part.IMPRESSION)
    uid = _lesion(written, "L1").tracking_uid
    lower = with_lesion(written, uid, lambda x: replace(x, measures=replace(x.measures, adc_mean=600.0)))
    assert not marks(lower, Part.IMPRESSION)
    extended = with_lesion(written, uid, lambda x: replace(x, assessment=replace(x.assessment, epe=Epe.DEFINITE)))
    assert marks(extended, Part.IMPRESSION).facts == (ChangedFact(FactName.EPE, "none", "definite", "L1"),)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda r: replace(r, staging=Staging(nodes=Seen.DEFINITE, nodes_words="left")),
            (FactName.NODES, "", "definite, left"),
        ),
        (lambda r: replace(r, warnings=()), (FactName.WARNINGS, "The ADC map was not fitted by Prosector", "")),
        (
            lambda r: with_lesion(
                r,
                _lesion(r, "L1").tracking_uid,
                lambda x: replace(x, assessment=replace(x.assessment, dwi=Score.THREE)),
            ),
            (FactName.DWI, "4", "3"),
        ),
        (lambda r: replace(r, gland=None), (FactName.GLAND_VOLUME, "29.4 mL", "")),
    ],
)
def test_every_change_of_what_the_text_says_is_named(draft_report: Report, change, told) -> None:  # type: ignore[no-untyped-def]
    found = marks(change(_written(draft_report)), Part.FINDINGS)
    assert told in [(x.name, x.before, x.after) for x in found.facts]
    assert found.sentences


def test_another_language_of_the_report_is_no_change_of_its_facts(draft_report: Report) -> None:
    german = replace(_written(draft_report), language=Language.GERMAN)
    assert not marks(german, Part.FINDINGS)
    (sentence,) = marks(_grown(german, "L1", 15.2), Part.FINDINGS).sentences
    assert sentence.after.startswith("15 × 8 mm, 0.41 mL (measured on axial T2")  # in the language of the reader's text


def test_a_text_of_an_earlier_version_says_that_its_changes_are_not_known(draft_report: Report) -> None:
    older = replace(draft_report, own_findings="Mine.")
    assert is_unmarked(older, Part.FINDINGS)
    assert not is_unmarked(as_signed(older), Part.FINDINGS)
    assert not is_unmarked(draft_report, Part.FINDINGS)


# ------------------------------------------------------------------ out and back


def _read_back(report: Report) -> Report:
    seg = segmentation(report.recognised, report.gland, report.lesions)
    return read_report(_through_a_file(draft_sr(report, seg)), _through_a_file(seg), report.recognised)


def _through_a_file(dataset: Dataset) -> Dataset:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return dcmread(buffer)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    use_templates(tmp_path)
    (tmp_path / "es").mkdir()
    yield tmp_path
    use_templates(None)


@pytest.mark.parametrize("language", Language)
def test_a_text_that_writes_itself_goes_on_doing_so_after_the_sr_in_any_language(
    draft_report: Report, language: Language
) -> None:
    read = _read_back(replace(draft_report, lesions=draft_report.lesions[:3], language=language))
    assert (read.language, read.own_findings, read.own_impression) == (language, "", "")


def test_a_text_of_a_sites_template_writes_itself_until_the_template_is_another(
    draft_report: Report, site: Path
) -> None:
    template = site / "es" / "findings.txt.j2"
    template.write_text("Hallazgos: {{ lesions | length }} lesiones.", "utf-8")
    spanish = replace(draft_report, lesions=draft_report.lesions[:3], language=Language.SPANISH)
    seg = segmentation(spanish.recognised, spanish.gland, spanish.lesions)
    sr = _through_a_file(draft_sr(spanish, seg))
    assert read_report(sr, seg, spanish.recognised).own_findings == ""
    template.write_text("Otros hallazgos.", "utf-8")
    assert read_report(sr, seg, spanish.recognised).own_findings == "Hallazgos: 3 lesiones."


def test_a_negative_report_keeps_its_category_in_the_facts(draft_report: Report) -> None:
    negative = replace(draft_report, lesions=(), without_lesion=Category.ONE)
    (change,) = changed_facts(facts(negative), facts(replace(negative, without_lesion=Category.TWO)))
    assert (change.name, change.before, change.after) == (FactName.CATEGORY, "1", "2")
