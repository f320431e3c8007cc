"""The printed report: readable by a machine and a person, never taken for signed when it is not."""

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest
from highdicom import Volume

from core.pirads import Category
from core.report import FromModel, Lesion, Report, SignedReport, sign, with_lesion
from core.sector_map import outlines
from core.study import Patient, Role
from core.wording import Language
from reporting.images import ReportImages
from reporting.pdf import encapsulated_pdf, report_pdf
from reporting.text import findings_text, impression_text

needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext (Debian: poppler-utils) is not installed"
)


@pytest.fixture
def images(made_volumes: Mapping[Role, Volume]) -> ReportImages:
    """T2, ADC and high-b of the made-up study."""
    return ReportImages(made_volumes[Role.T2_AXIAL], made_volumes[Role.ADC], made_volumes[Role.HIGH_B])


def _pages(pdf: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def _words(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode())


def _named(report: Report, name: str) -> Report:
    recognised = report.recognised
    study = replace(recognised.study, patient=Patient("P4711", name, None, "M"))
    return replace(report, recognised=replace(recognised, study=study))


@needs_pdftotext
def test_it_says_what_the_report_says(signed_report: SignedReport, images: ReportImages) -> None:
    words = _words(report_pdf(signed_report.report, images, signed_report))
    for line in impression_text(signed_report.report).splitlines():
        assert line in words
    assert signed_report.report.gland is not None
    volume = f"Volume {signed_report.report.gland.volume_ml:.1f} mL"
    for line in (volume, "outline edited by the reader.", "reason: Post-biopsy haemorrhage.", "患者"):
        assert line in words
    assert "ADC mean 742, 10th percentile 655 × 10⁻⁶ mm²/s" in words


@needs_pdftotext
def test_the_table_has_a_row_for_each_reported_lesion(signed_report: SignedReport, images: ReportImages) -> None:
    pages = "\n".join(_pages(report_pdf(signed_report.report, images, signed_report)))
    rows = [line.split() for line in pages.splitlines() if re.match(r"\s*L\d\s+[RL] (mid|base)", line)]
    assert [row[0] for row in rows] == ["L2", "L1", "L3"]
    assert " ".join(rows[1]) == "L1 R mid PZpm 12 × 8 mm 4/4/X 742 none 4 4 · 0.81"
    assert " ".join(rows[0]) == "L2 L mid TZa 12 × 8 mm 4/5/+ 742 definite 5 3 · 0.50, edited"
    assert " ".join(rows[2]) == "L3 L base PZpl 12 × 8 mm 3/3/X 742 possible 3 found by reader"


@needs_pdftotext
def test_the_table_says_what_the_numbers_of_the_ai_are(draft_report: Report, images: ReportImages) -> None:
    words = _words(report_pdf(draft_report, images, None))
    assert "AI: suggested PI-RADS, if any · suspicion from 0 to 1 (not calibrated)." in words
    assert "robability" not in words.replace("Probability of cancer", "")
    lesion = draft_report.reported_lesions[0]
    assert isinstance(lesion.origin, FromModel)
    shown = replace(lesion.origin, calibrated_on="400 studies of three sites", suggested_category=Category.PENDING)
    report = with_lesion(draft_report, lesion.tracking_uid, lambda x: replace(x, origin=shown))
    words = _words(report_pdf(report, images, None))
    assert "not calibrated), of L2 a probability, calibrated on 400 studies of three sites." in words
    assert "definite 5 0.50, edited" in words


@needs_pdftotext
def test_every_page_names_the_patient_its_number_and_research_use(
    signed_report: SignedReport, images: ReportImages
) -> None:
    pages = _pages(report_pdf(signed_report.report, images, signed_report))
    assert len(pages) >= 2
    for number, page in enumerate(pages, start=1):
        assert "Müller, Jörg · P4711 · M · born 1958-04-14 · 67 y · Acc ACC4711" in page
        assert f"Page {number} / {len(pages)}" in page
        assert "Research use only — not a medical device" in page


@needs_pdftotext
def test_a_draft_says_so_on_every_page_and_has_no_signer(draft_report: Report, images: ReportImages) -> None:
    pages = _pages(report_pdf(draft_report, images, None))
    words = " ".join(pages)
    assert "DRAFT — not signed" in words
    assert "Signed by" not in words
    assert all(len(set("DRAFT") & set(page)) == 5 for page in pages)


@needs_pdftotext
def test_a_signed_report_names_signer_and_time_and_is_no_draft(
    signed_report: SignedReport, images: ReportImages
) -> None:
    words = _words(report_pdf(signed_report.report, images, signed_report))
    assert "Signed by Dr. Änne Jürgens, Universitätsklinik Köln" in words
    assert "2026-03-02 14:30:15 +0000" in words
    assert "DRAFT" not in words


@needs_pdftotext
def test_the_sector_map_names_all_sectors_and_the_lesions_in_theirs(draft_report: Report, images: ReportImages) -> None:
    words = _words(report_pdf(draft_report, images, None)).split("Sector map (PI-RADS v2.1)")[1]
    named = words.split("Findings Indication")[0].split()
    taken = {lesion.sector.key for lesion in draft_report.reported_lesions}
    for region in ("PZa", "PZpl", "PZpm", "TZa", "TZp", "CZ", "AFS", "SV", "EUS"):
        free = [o for o in outlines() if o.sector.region == region and o.sector.key not in taken]
        assert named.count(region) == len(free)
    assert {"L1", "L2", "L3"} <= set(named)
    assert "L4" not in named


@needs_pdftotext
def test_the_models_stand_with_version_and_digest(signed_report: SignedReport, images: ReportImages) -> None:
    words = _words(report_pdf(signed_report.report, images, signed_report))
    assert "TAPS prostate 1.1.0 aaaaaaaaaaaaaaaa… MIT" in words
    assert "Prosector detector 0.1.0 bbbbbbbbbbbbbbbb… Apache-2.0" in words


@needs_pdftotext
def test_a_negative_report_has_no_empty_table(draft_report: Report, images: ReportImages) -> None:
    words = _words(report_pdf(replace(draft_report, lesions=(), without_lesion=Category.ONE), images, None))
    assert "PI-RADS 1 Clinically significant cancer is highly unlikely. Impression" in words
    assert "Lesions No lesion is reported. Key images" in words


@needs_pdftotext
def test_a_draft_without_a_lesion_is_not_printed_as_negative(draft_report: Report, images: ReportImages) -> None:
    words = _words(report_pdf(replace(draft_report, lesions=()), images, None))
    assert "PI-RADS pending The assessment is not complete yet." in words
    assert "unlikely" not in words


@needs_pdftotext
def test_a_study_without_axial_t2_is_printed_without_key_images_and_says_why(draft_report: Report) -> None:
    recognised = draft_report.recognised
    choices = tuple(choice for choice in recognised.choices if choice.role is not Role.T2_AXIAL)
    report = Report(replace(recognised, choices=choices), draft_report.clinical, without_lesion=Category.X)
    words = _words(report_pdf(report, None, None))
    assert "Key images No axial T2: no key images." in words
    assert "PI-RADS X: the study has no axial T2-weighted images" in words
    assert "Sector map" in words


@needs_pdftotext
def test_the_indication_is_printed_once_whoever_wrote_the_findings(draft_report: Report, images: ReportImages) -> None:
    indication = "Erhöhtes PSA, Ausschluss Karzinom"
    for own in ("", "Normal prostate.", f"Findings after {indication} in 2025."):
        words = _words(report_pdf(replace(draft_report, own_findings=own), images, None))
        assert words.count(indication) == 1
        assert words.count("Indication") == (0 if indication in own else 1)


@needs_pdftotext
def test_of_six_lesions_four_are_named_and_long_texts_run_over_pages_without_loss(
    draft_report: Report, images: ReportImages
) -> None:
    first = draft_report.lesions[0]
    six = tuple(
        replace(
            first, tracking_uid=f"1.2.{n}", label=f"L{n}", comment=f"Comment {n}: " + "long words " * 90 + f"end{n}"
        )
        for n in range(1, 7)
    )
    pdf = report_pdf(replace(draft_report, lesions=six), images, None)
    words = _words(pdf)
    assert len(_pages(pdf)) > 4
    for n in range(1, 7):
        assert f"end{n}." in words
        assert (f"L{n} · T2 axial" in words) == (n <= 4)
    assert "More lesions of PI-RADS 3 or above, described in the findings: L5 and L6." in words


@needs_pdftotext
def test_names_in_other_scripts_and_with_markup_signs_are_kept(draft_report: Report, images: ReportImages) -> None:
    names = ("Παπαδόπουλος, Γιώργος", "Иванов, Пётр", "Wáng, Wèi (王 伟)", "김 철", "O'Brien & Söhne<b>, Ann")
    own = replace(_named(draft_report, "Yamada^Tarou=山田^たろう"), own_findings="\n".join(names))
    words = _words(report_pdf(own, images, None))
    assert "Yamada, Tarou (山田 たろう)" in words
    for name in names:
        assert name in words


@needs_pdftotext
def test_a_very_long_name_wraps_and_covers_nothing(draft_report: Report, images: ReportImages) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff-" * 4 + "^Hubert Blaine Adolph Charles David Earl"
    words = _words(report_pdf(_named(draft_report, name), images, None))
    assert "Hubert Blaine Adolph Charles David Earl" in words
    assert "Impression" in words


@needs_pdftotext
def test_the_readers_own_words_are_printed_as_they_are(draft_report: Report, images: ReportImages) -> None:
    own = replace(
        draft_report, own_findings="PROSTATE\nNormal <5 mm & symmetric.", own_impression="1. Normal.\nSee above."
    )
    words = _words(report_pdf(own, images, None))
    assert "1. Normal. See above." in words
    assert "Normal <5 mm & symmetric." in words
    assert findings_text(draft_report).splitlines()[-1] not in words


def test_the_same_report_gives_the_same_bytes(signed_report: SignedReport, images: ReportImages) -> None:
    once, again = (report_pdf(signed_report.report, images, signed_report) for _ in range(2))
    assert once == again
    assert once.startswith(b"%PDF-")


def test_the_dicom_object_holds_the_pdf_and_is_verified_only_when_signed_as_final(
    signed_report: SignedReport, images: ReportImages
) -> None:
    report = signed_report.report
    pdf = report_pdf(report, images, signed_report)
    signed, draft = encapsulated_pdf(pdf, report, signed_report), encapsulated_pdf(pdf, report, None)
    first = sign(report, signed_report.reader, signed_report.signed_at, preliminary=True)
    assert (signed.VerificationFlag, draft.VerificationFlag) == ("VERIFIED", "UNVERIFIED")
    assert encapsulated_pdf(pdf, report, first).VerificationFlag == "UNVERIFIED"
    assert "DRAFT" in draft.DocumentTitle
    assert "DRAFT" not in signed.DocumentTitle


def test_the_dicom_object_belongs_to_patient_and_study(
    signed_report: SignedReport, images: ReportImages, tmp_path: Path
) -> None:
    pdf = report_pdf(signed_report.report, images, signed_report)
    encapsulated_pdf(pdf, signed_report.report, signed_report).save_as(tmp_path / "pdf.dcm", enforce_file_format=True)
    ds = pydicom.dcmread(tmp_path / "pdf.dcm")
    assert (ds.PatientName, ds.PatientID, ds.AccessionNumber) == ("Müller^Jörg", "P4711", "ACC4711")
    assert ds.StudyInstanceUID == signed_report.report.study_instance_uid
    assert (ds.Modality, ds.BurnedInAnnotation, ds.MIMETypeOfEncapsulatedDocument) == ("DOC", "YES", "application/pdf")
    assert ds.EncapsulatedDocument[: ds.EncapsulatedDocumentLength] == pdf
    concept = ds.ConceptNameCodeSequence[0]
    assert (concept.CodeValue, concept.CodingSchemeDesignator) == ("18748-4", "LN")


@pytest.mark.parametrize("which", ["signed", "draft", "without lesion and pictures"])
def test_dciodvfy_finds_no_error(
    signed_report: SignedReport, images: ReportImages, tmp_path: Path, dciodvfy: Callable[[Path], Any], which: str
) -> None:
    report, signed, shown = signed_report.report, signed_report, images
    if which == "draft":
        signed = None
    elif which == "without lesion and pictures":
        report, shown = Report(replace(report.recognised, choices=()), without_lesion=Category.X), None
        signed = sign(report, signed_report.reader, signed_report.signed_at)
    buffer = BytesIO()
    encapsulated_pdf(report_pdf(report, shown, signed), report, signed).save_as(buffer, enforce_file_format=True)
    path = tmp_path / "pdf.dcm"
    path.write_bytes(buffer.getvalue())
    said = dciodvfy(path)
    assert (said.kind, said.errors) == ("EncapsulatedPDF", [])


@needs_pdftotext
def test_the_table_says_in_which_images_each_size_was_measured(draft_report: Report, images: ReportImages) -> None:
    def on_adc(lesion: Lesion) -> Lesion:
        return replace(lesion, measures=replace(lesion.measures, measured_on=Role.ADC))

    uid = next(lesion.tracking_uid for lesion in draft_report.reported_lesions if lesion.label == "L1")
    words = _words(report_pdf(with_lesion(draft_report, uid, on_adc), images, None))
    assert "of L1 on ADC and of L2, L3 on axial T2." in words
    assert "of L2, L1, L3 on axial T2." in _words(report_pdf(draft_report, images, None))


# ------------------------------------------------------------------ languages and scripts


@needs_pdftotext
@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            Language.GERMAN,
            (
                "MRT der Prostata – strukturierter Befund",
                "geb. 14.04.1958 · 67 J. · Auftragsnr. ACC4711 · untersucht am 01.03.2026 · PSA 6,4 ng/ml",
                "Klinisch signifikantes Karzinom sehr wahrscheinlich.",
                "Läsion Sektor Größe T2 / DWI / DCE ADC EPE PI-RADS KI",
                "L2 L Mitte TZa 12 × 8 mm 4 / 5 / + 742 eindeutig 5 3 · 0,50, geändert",
                "DWI b 1400 (berechnet) · Serie 7 · an T2-Schicht",
                "Klinische Angaben Erhöhtes PSA",
                "Nur für Forschungszwecke – kein Medizinprodukt",
                "Signiert von Dr. Änne Jürgens",
            ),
        ),
        (
            Language.SPANISH,
            (
                "RM de próstata: informe estructurado",
                "Cáncer clínicamente significativo muy probable.",
                "L2 I medio ZTa 12 × 8 mm 4 / 5 / + 742 definitiva 5 3 · 0,50, editada",
                "Información clínica Erhöhtes PSA",
                "Firmado por Dr. Änne Jürgens",
            ),
        ),
    ],
)
def test_every_label_of_the_page_is_in_the_language_of_the_report(
    signed_report: SignedReport, images: ReportImages, language: Language, told: tuple[str, ...]
) -> None:
    report = replace(signed_report.report, language=language)
    words = _words(report_pdf(report, images, sign(report, signed_report.reader, signed_report.signed_at)))
    for line in told:
        assert line in words
    for english in (
        "Impression",
        "Findings",
        "Size:",
        "Signed by",
        "Page 1",
        "Series 7",
        "Research use",
        "referred by",
    ):
        assert english not in words


@needs_pdftotext
def test_the_title_of_the_object_and_the_mark_of_a_draft_are_in_its_language(
    draft_report: Report, images: ReportImages
) -> None:
    german = replace(draft_report, language=Language.GERMAN)
    pdf = report_pdf(german, images, None)
    assert "ENTWURF – nicht signiert" in _words(pdf)
    assert encapsulated_pdf(pdf, german, None).DocumentTitle == "ENTWURF MRT der Prostata – strukturierter Befund"


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (Debian: poppler-utils) is not installed")
@pytest.mark.parametrize(
    ("name", "other"), [("Yamada^Tarou=山田^太郎", "Yamada^Tarou=川口^次郎"), ("Kim=김^철수", "Kim=박^영희")]
)
def test_a_name_in_another_script_is_drawn_and_not_boxes(draft_report: Report, name: str, other: str) -> None:
    def drawn(person_name: str) -> bytes:
        pdf = report_pdf(replace(_named(draft_report, person_name), lesions=()), None, None)
        done = subprocess.run(
            ["pdftoppm", "-r", "72", "-f", "1", "-l", "1", "-H", "110", "-"], input=pdf, capture_output=True, check=True
        )
        return done.stdout

    assert drawn(name) != drawn(other)  # boxes of the same number would look alike
