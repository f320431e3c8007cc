"""The report text in three languages, from templates that a site may change, with every term in its table."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from core.alignment import Alignment, Moved
from core.bend import Bend
from core.errors import TemplateBroken
from core.frame_link import FrameLink, LinkedBy, MatchScore, frame_key, translation
from core.nudge import Nudge, Nudges
from core.pirads import Category, Dce, Epe, Score, Zone, category
from core.quality import Adequacy, Asked, PiQualScore
from core.report import FromModel, Report
from core.sectors import Level, Side, sectors
from core.staging import Precise, PreciseScore, Seen, Staging
from core.study import Role
from core.wording import Language
from reporting.moved import moved_in_words, tells_of_moving
from reporting.template_files import our_folder, use_templates
from reporting.terms import Terms, terms_of
from reporting.text import decision_support, findings_text, impression_text, lesion_text, shown_impression
from reporting.words import sector_in_short, sector_in_words

TRANSLATED = (Language.GERMAN, Language.SPANISH)
STAGED = Staging(
    right_vesicle=Seen.NONE,
    left_vesicle=Seen.DEFINITE,
    right_bundle=Seen.NONE,
    left_bundle=Seen.NONE,
    nodes=Seen.POSSIBLE,
    nodes_words="iliakal links 9 mm",
    bone=Seen.NOT_ASSESSED,
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """The folder that a site's settings name, for this test only."""
    use_templates(tmp_path)
    yield tmp_path
    use_templates(None)


def _put(site: Path, language: Language, name: str, text: str) -> Path:
    file = site / language / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def _in(report: Report, language: Language) -> Report:
    return replace(report, language=language)


def _calibrated(report: Report) -> Report:
    return replace(
        report,
        lesions=tuple(
            replace(x, origin=replace(x.origin, calibrated_on="400 men")) if isinstance(x.origin, FromModel) else x
            for x in report.lesions
        ),
    )


# ------------------------------------------------------------------ sentences


@pytest.mark.parametrize(
    ("language", "findings", "impression"),
    [
        (
            Language.ENGLISH,
            ("PSA 6.4 ng/mL, PSA density 0.22 ng/mL².", "Volume 29.4 mL (segmented by TAPS prostate 1.1.0)"),
            "3. L3, left basal posterolateral peripheral zone, 12 × 8 mm, PI-RADS 3: the presence of clinically "
            "significant cancer is equivocal. Possible extraprostatic extension.",
        ),
        (
            Language.GERMAN,
            (
                "PSA 6,4 ng/ml, PSA-Dichte 0,22 ng/ml².",
                "DWI eingeschränkt (Echozeit 120 ms statt ≤ 90 ms, Geisterbilder in Phasenrichtung 12 % des Signals",
                "PI-RADS 5 nach Entscheidung des Befunders (nach der Regel 4: TZ: T2w 4 → 4).",
            ),
            "3. L3, posterolaterale periphere Zone links basal, 12 × 8 mm, PI-RADS 3: klinisch signifikantes Karzinom "
            "nicht sicher zu beurteilen (intermediär). Mögliche extraprostatische Ausdehnung.",
        ),
        (
            Language.SPANISH,
            (
                "PSA 6,4 ng/ml, densidad de PSA 0,22 ng/ml².",
                "imágenes de b alto calculadas con b 1400 s/mm² y mapa ADC.",
                "PI-RADS 3 (ZP: DWI 3 sin DCE adecuado → 3).",
            ),
            "3. L3, zona periférica posterolateral izquierda en la base, 12 × 8 mm, PI-RADS 3: presencia de cáncer "
            "clínicamente significativo equívoca. Posible extensión extraprostática.",
        ),
    ],
)
def test_the_same_findings_are_told_in_each_language(
    draft_report: Report, language: Language, findings: tuple[str, ...], impression: str
) -> None:
    report = _in(draft_report, language)
    for sentence in findings:
        assert sentence in findings_text(report)
    assert impression in impression_text(report).splitlines()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (Language.ENGLISH, "1. No lesion suspicious for clinically significant cancer. PI-RADS 2: clinically"),
        (
            Language.GERMAN,
            "1. Kein Nachweis einer Läsion mit Verdacht auf ein klinisch signifikantes Karzinom. PI-RADS",
        ),
        (Language.SPANISH, "1. Sin lesiones sospechosas de cáncer clínicamente significativo. PI-RADS 2: cáncer"),
    ],
)
def test_a_negative_study_is_called_so_in_each_language(draft_report: Report, language: Language, told: str) -> None:
    negative = replace(draft_report, lesions=(), without_lesion=Category.TWO, language=language)
    assert impression_text(negative).startswith(told)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            Language.ENGLISH,
            [
                "No invasion of the right seminal vesicle.",
                "Invasion of the left seminal vesicle.",
                "Neurovascular bundles not involved.",
                "Lymph nodes of uncertain significance: iliakal links 9 mm.",
            ],
        ),
        (
            Language.GERMAN,
            [
                "Keine Infiltration der rechten Samenblase.",
                "Infiltration der linken Samenblase.",
                "Neurovaskuläre Bündel nicht beteiligt.",
                "Lymphknoten unklarer Dignität: iliakal links 9 mm.",
            ],
        ),
        (
            Language.SPANISH,
            [
                "Sin invasión de la vesícula seminal derecha.",
                "Invasión de la vesícula seminal izquierda.",
                "Haces neurovasculares sin afectación.",
                "Ganglios linfáticos de significado incierto: iliakal links 9 mm.",
            ],
        ),
    ],
)
def test_staging_is_told_side_by_side_and_nothing_of_what_was_not_assessed(
    draft_report: Report, language: Language, told: list[str]
) -> None:
    report = replace(draft_report, staging=STAGED, language=language)
    assert findings_text(report).split("\n\n")[-1].splitlines()[1:] == told
    (line,) = [line for line in impression_text(report).splitlines() if told[1] in line]
    assert told[3] in line
    assert told[0] not in line
    assert "bone" not in findings_text(_in(report, Language.ENGLISH)).lower()


def test_precise_names_the_score_and_what_it_is_compared_with(draft_report: Report) -> None:
    given = Precise(PreciseScore.FOUR, date(2025, 2, 3), "L1 grew from 9 mm")
    report = replace(draft_report, precise=given)
    assert (
        "COMPARISON\nCompared with the examination of 2025-02-03: PRECISE 4 (earlier findings larger or more "
        "conspicuous, or a new suspicious finding). L1 grew from 9 mm.\n\n"
    ) in findings_text(report)
    assert "Im Vergleich zur Voruntersuchung vom 03.02.2025: PRECISE 4" in findings_text(_in(report, Language.GERMAN))
    assert "PRECISE 4 respecto al 03/02/2025" in impression_text(_in(report, Language.SPANISH))


def test_sections_stand_apart_by_one_empty_line_in_each_language(draft_report: Report) -> None:
    given = Precise(PreciseScore.THREE, date(2025, 2, 3))
    for language in Language:
        report = replace(draft_report, staging=STAGED, precise=given, language=language)
        headings = [block.splitlines()[0] for block in findings_text(report).split("\n\n")]
        assert headings == [title.upper() for title in terms_of(language).tables["headings"].values()]


# ------------------------------------------------------------------ probability


@pytest.mark.parametrize(
    ("language", "word"),
    [(Language.ENGLISH, "probabilit"), (Language.GERMAN, "wahrscheinlichkeit"), (Language.SPANISH, "probabilidad")],
)
def test_a_probability_is_told_only_where_the_model_is_calibrated(
    draft_report: Report, language: Language, word: str
) -> None:
    def told(report: Report) -> str:
        return "\n".join((findings_text(report), impression_text(report), decision_support(report))).lower()

    plain = _in(draft_report, language)
    assert word not in told(plain)
    calibrated = _calibrated(plain)
    assert told(calibrated).count(word) == 4  # L1 and L2, each in the findings and in the decision support
    assert "400 men" in decision_support(calibrated)
    assert word not in impression_text(calibrated).lower()


def test_a_model_without_a_score_is_not_given_one(draft_report: Report) -> None:
    lesion = draft_report.lesions[0]
    assert isinstance(lesion.origin, FromModel)
    silent = replace(lesion, origin=replace(lesion.origin, score=None))
    assert "(no AI score stated); accepted by the reader." in lesion_text(
        replace(draft_report, lesions=(silent,)), silent
    )


# ------------------------------------------------------------------ what a site changes


def test_a_site_puts_its_own_template_in_place_of_ours(draft_report: Report, site: Path) -> None:
    _put(site, Language.GERMAN, "impression.txt.j2", "Index: {{ lesions[0].label }}, {{ lesions[0].size }}.\n")
    assert impression_text(_in(draft_report, Language.GERMAN)) == "Index: L2, 12 × 8 mm."
    assert findings_text(_in(draft_report, Language.GERMAN)).startswith("KLINISCHE ANGABEN")
    assert impression_text(draft_report).startswith("1. Index lesion L2")


def test_a_site_changes_one_lesion_sentence_and_one_word(draft_report: Report, site: Path) -> None:
    _put(site, Language.ENGLISH, "lesion.txt.j2", "{{ lesion.label }} in the {{ lesion.place }}.")
    _put(site, Language.ENGLISH, "terms.toml", '[headings]\nlesions = "Focal findings"\n')
    text = findings_text(draft_report)
    assert "FOCAL FINDINGS\nL2 in the left mid anterior transition zone.\nL1 in the" in text
    assert "\n\nPROSTATE\n" in text


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("Fine.\n{% if gland %}\nNo end.\n", 3, "endif"),
        ("Fine.\nAlso fine.\n{{ lesion_count }}\n", 3, "lesion_count"),
        ("{{ lesions[0].colour }}", 1, "colour"),
        ("\n{{ ''.__class__.__mro__ }}", 2, "__class__"),
        ("{% for x in range(10 ** 9) %}x{% endfor %}", 1, "Range too big"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
    ],
)
def test_a_broken_template_is_a_sentence_that_names_file_and_line(
    draft_report: Report, site: Path, text: str, line: int, told: str
) -> None:
    file = _put(site, Language.ENGLISH, "impression.txt.j2", text)
    with pytest.raises(TemplateBroken) as broken:
        impression_text(draft_report)
    assert f"The report template {file}, line {line} is broken: " in str(broken.value)
    assert told in str(broken.value)
    assert findings_text(draft_report)  # the other text is whole
    file.unlink()
    assert impression_text(draft_report).startswith("1. Index lesion L2")


def test_a_template_that_leaves_the_impression_empty_is_told_and_the_readers_own_words_stand(
    draft_report: Report, site: Path
) -> None:
    file = _put(site, Language.ENGLISH, "impression.txt.j2", "{% if not lesions %}Negative.{% endif %}\n")
    with pytest.raises(TemplateBroken, match=rf"{re.escape(str(file))} leaves the impression empty\. .* draft is kept"):
        shown_impression(draft_report)
    assert shown_impression(replace(draft_report, own_impression="Two lesions.")) == "Two lesions."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[headings]\nlesions = Focal", "line 2"),
        ('[headings]\nlesion = "Focal"\n', "“lesion” in [headings]"),
        ('[heading]\nlesions = "Focal"\n', "“lesions” in [heading]"),
        ("[headings]\nlesions = 3\n", "[headings] is no table of texts"),
        ('[sector_left]\nTZa = "{side} TZ"\n', "“TZa” in [sector_left]"),
    ],
)
def test_a_broken_term_table_is_a_sentence_that_names_the_file(
    draft_report: Report, site: Path, text: str, told: str
) -> None:
    file = _put(site, Language.ENGLISH, "terms.toml", text)
    with pytest.raises(TemplateBroken) as broken:
        findings_text(draft_report)
    assert str(file) in str(broken.value)
    assert told in str(broken.value)


def test_a_folder_that_is_not_there_is_not_passed_over(draft_report: Report, site: Path) -> None:
    use_templates(site / "gone")
    with pytest.raises(TemplateBroken, match=r"gone named by .* in the settings does not exist"):
        findings_text(draft_report)


# ------------------------------------------------------------------ whole tables


def _values() -> Iterator[tuple[str, list[str]]]:
    both = [f"{seen}_{side}" for seen in ("none", "possible", "definite") for side in ("both", "right", "left")]
    yield "score", [x.value for x in Score]
    yield "dce", [x.value for x in Dce]
    yield "category", [x.value for x in Category]
    yield "meaning", [x.value for x in Category]
    yield "meaning_in_sentence", [x.value for x in Category]
    yield "extension", [x.value for x in Epe]
    yield "extension_short", [x.value for x in Epe]
    yield "vesicles", both
    yield "bundles", both
    yield "nodes", [x.value for x in Seen if x is not Seen.NOT_ASSESSED]
    yield "bone", [x.value for x in Seen if x is not Seen.NOT_ASSESSED]
    yield "precise", [x.value for x in PreciseScore]
    yield "adequacy", [x.value for x in Adequacy]
    yield "asked", [x.name for x in Asked]
    yield "pi_qual", [x.name for x in PiQualScore]
    yield "linked_by", [x.value for x in LinkedBy]
    yield "level", [x.value for x in Level]
    yield "level_short", [x.value for x in Level]
    yield "side_short", [x.value for x in Side]
    yield "region_short", sorted({x.region for x in sectors().values()})


@pytest.mark.parametrize("language", Language)
def test_every_value_has_its_word_in_every_language(language: Language) -> None:
    tables = terms_of(language).tables
    for table, keys in _values():
        assert set(tables[table]) == set(keys), table
    words = [sector_in_words(sector, language) for sector in sectors().values()]
    assert len(set(words)) == len({sector_in_short(x, language) for x in sectors().values()}) == 41
    assert not any("{" in word for word in words)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_tables_of_every_language_hold_the_terms_of_the_english_one(language: Language) -> None:
    english, other = terms_of(Language.ENGLISH).tables, terms_of(language).tables
    for name, table in english.items():
        assert set(table) == set(other[name]), name
        for key, word in table.items():
            fields, ours = ({part.split("}")[0] for part in x.split("{")[1:]} for x in (word, other[name][key]))
            assert fields == ours, (name, key)


@pytest.mark.parametrize("language", Language)
def test_every_language_has_every_template(language: Language) -> None:
    names = {file.name for file in our_folder(Language.ENGLISH).iterdir()}
    assert {file.name for file in our_folder(language).iterdir()} == names


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_rule_of_the_tables_is_told_in_every_language(language: Language) -> None:
    terms, rules = terms_of(language), set[str]()
    for zone, t2, dwi, dce in product((Zone.PZ, Zone.TZ), Score, Score, Dce):
        rules.add(category(zone, t2=t2, dwi=dwi, dce=dce).rule.removesuffix("."))
    told = {rule: terms.phrase("rules", rule) for rule in rules}
    assert len(rules) == len(set(told.values()))
    for rule, words in told.items():
        assert terms.knows("rules", rule), rule
        assert not {"with", "without", "the", "neither", "decides"} & set(words.split()), words
    assert len(rules) > 40


NOTES = (
    "The study has no high-b image. Lesions were looked for on the ADC map alone.",
    "The study has no ADC map; it was fitted from b 50, 800 s/mm².",
    "The b-value of DWI (series 7 “ep2d”) is not stated; 1400 s/mm² was assumed.",
    "Check the prostate's outline: it measures 12 mL, has holes and has a ragged border.",
    "The prostate was outlined again in a window around it, as the first outline falls into several pieces.",
    "The gland reaches the lowest axial T2 slice: it may not be covered whole, its volume be too small.",
    "31% of the axial T2 images around the gland have no signal, as beside a metal implant: check the gland's outline.",
    "DWI b 1400 was not acquired in the frame of reference of the axial T2 images; register it first. Lesions were "
    "looked for on the ADC map alone.",
)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("note", NOTES)
def test_the_notes_of_our_analysis_are_told_in_every_language(
    draft_report: Report, note: str, language: Language
) -> None:
    told = findings_text(Report(draft_report.recognised, warnings=(note,), language=language))
    text = told.split("\n\n")[1]
    assert note not in text
    for word in (" the ", " was ", " has ", "Lesions ", " were "):
        assert word not in text


def test_a_note_that_is_not_ours_is_quoted_as_it_is(draft_report: Report) -> None:
    text = findings_text(replace(draft_report, warnings=("Pack X: coil not known.",), language=Language.GERMAN))
    assert "\nPack X: coil not known.\n" in text


# ------------------------------------------------------------------ what was moved


def _moved(report: Report) -> Nudges:
    choice = report.recognised.one(Role.ADC)
    assert choice is not None
    key, rows = frame_key(choice.stack.series), translation((0.0, 0.0, 0.0), (2.0, -1.5, 0.0))
    link = FrameLink(key, "1.2.3", rows, LinkedBy.REGISTRATION, "series 6", MatchScore(None, 0.312))
    anchor = replace(link, by=LinkedBy.ANCHOR, score=None, frame="1.9")
    found = Alignment(Moved.DIFFUSION, "1.2", rows, (1.2, -1.6, 0.0), 2.1, 0.1, 0.3, "ADC", True, "better")
    hand = Nudge(shift_mm=(0.0, -1.5, 2.0), turn_deg=(0.0, 0.0, -1.5))
    return Nudges(
        diffusion=hand, dce=replace(hand, turn_deg=(2.0, 0.0, 0.0)), links=(link, anchor), alignments=(found,)
    )


_BEND = Bend(
    origin=(0.0, 0.0, 0.0),
    axes=((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)),
    spacing_mm=(20.0, 20.0, 20.0),
    shape=(1, 1, 1),
    moves=((3.0, 0.0),),
    most_mm=2.34,
    score=0.4,
    witness=0.3,
)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (Language.ENGLISH, "; bent by up to 2.3 mm in the gland."),
        (Language.GERMAN, "; in der Prostata um bis zu 2,3 mm verformt."),
        (Language.SPANISH, "; deformadas en la próstata hasta 2,3 mm."),
    ],
)
def test_that_images_were_bent_is_told_in_every_language_and_not_when_it_was_taken_back(
    draft_report: Report, language: Language, told: str
) -> None:
    (found,) = _moved(draft_report).alignments
    terms = terms_of(language)
    assert moved_in_words(Nudges(alignments=(replace(found, bend=_BEND),)), terms).endswith(told)
    assert told[2:-1] in moved_in_words(Nudges(alignments=(replace(found, applied=False, bend=_BEND),)), terms)
    assert moved_in_words(Nudges(alignments=(replace(found, bend=_BEND, taken_back=True),)), terms) == ""


def test_what_was_moved_is_told_in_english_as_the_panel_tells_it(draft_report: Report) -> None:
    nudges = _moved(draft_report)
    assert moved_in_words(nudges, terms_of(Language.ENGLISH)) == nudges.in_words
    for bent in (replace(nudges.alignments[0], applied=applied, bend=_BEND) for applied in (True, False)):
        bends = replace(nudges, alignments=(bent,))
        assert moved_in_words(bends, terms_of(Language.ENGLISH)) == bends.in_words


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            Language.GERMAN,
            "Von Hand an die axiale T2 angepasst: die Diffusionsaufnahmen um 1,5 mm nach anterior",
        ),
        (Language.SPANISH, "Alineadas a mano con el T2 axial: las imágenes de difusión, 1,5 mm a anterior, 2,0 mm"),
    ],
)
def test_what_was_moved_is_told_in_every_language_and_known_again(
    draft_report: Report, language: Language, told: str
) -> None:
    text = findings_text(replace(draft_report, nudges=_moved(draft_report), language=language))
    assert told in text
    assert tells_of_moving(text)
    assert not tells_of_moving(findings_text(_in(draft_report, language)))


@pytest.mark.parametrize("terms", [terms_of(language) for language in Language], ids=list(Language))
@pytest.mark.parametrize("number", [0.0, 6.4, 12.345, 1000.0])
def test_numbers_have_the_decimal_sign_of_the_language(terms: Terms, number: float) -> None:
    def written(text: str) -> str:
        return text if terms.language is Language.ENGLISH else text.replace(".", ",")

    assert terms.number(number, 2) == written(f"{number:.2f}")
    assert terms.localised("≤ 0.7 × 0.4 mm, version 1.0.2") == f"{written('≤ 0.7 × 0.4 mm')}, version 1.0.2"
