"""The sheet for the tumour board: one A4 page with key images, sector map, lesions, targets and staging."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Any

from PIL import Image as Picture
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, Image, KeepInFrame, PageTemplate, Spacer, Table
from reportlab.platypus import TableStyle as Style

from core.report import Lesion, Report
from core.wording import Language
from reporting.board_targets import DICOM_LETTERS, place_in_words
from reporting.equipment import MODEL_NAME, SOFTWARE_VERSION
from reporting.images import ReportImages
from reporting.key_image import KeyImage, key_images
from reporting.pdf_lesions import TABLE_LINES, TEXT_WIDTH
from reporting.pdf_page import HEIGHT, WIDTH
from reporting.pdf_sector_map import SectorMap
from reporting.pdf_style import (
    ACCENT,
    BOLD,
    DIM,
    INK,
    LINE,
    MARGIN,
    REGULAR,
    category_colour,
    heading,
    register_fonts,
    style,
    text,
)
from reporting.said import said
from reporting.terms import Terms, terms_of
from reporting.words import scores_in_short, sector_in_short, size_in_words

_FOOT, _TOP = 46.0, 50.0
_GAP = 6.0
_LARGE, _SMALL = (TEXT_WIDTH - 2 * _GAP) / 3, (TEXT_WIDTH - 5 * _GAP) / 6
_MOST_WITH_PICTURES = 4
_COLUMNS = (
    ("lesion", 0.08),
    ("sector", 0.17),
    ("size", 0.13),
    ("scores", 0.14),
    ("adc", 0.09),
    ("extension", 0.11),
    ("category", 0.08),
)
_OWN_WORDS = {
    Language.ENGLISH: (
        "Tumour board",
        "Centre (mm)",
        "Staging",
        "not signed",
        "Prostate {volume} mL",
        "PSA {psa} ng/mL",
    ),
    Language.GERMAN: (
        "Tumorkonferenz",
        "Mitte (mm)",
        "Ausbreitung",
        "nicht signiert",
        "Prostata {volume} ml",
        "PSA {psa} ng/ml",
    ),
    Language.SPANISH: (
        "Comité de tumores",
        "Centro (mm)",
        "Estadificación",
        "sin firmar",
        "Próstata {volume} ml",
        "PSA {psa} ng/ml",
    ),
}


_DIRECTIONS = {Language.SPANISH: (("I", "D"), ("P", "A"), ("sup", "inf"))}
"""Where the letters of DICOM would be read otherwise: in the column of the sectors, I is izquierda."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands at the top: `who` is the patient or the pseudonym; `signed` tells whether the report is."""

    who: str
    signed: bool


def board_pdf(report: Report, images: ReportImages, sheet: Sheet) -> bytes:
    """Return the page, the same bytes for the same values; raises `FramesDiffer` for an outline on another grid."""
    register_fonts()
    terms, file = terms_of(report.language), BytesIO()
    document = BaseDocTemplate(
        file,
        pagesize=(WIDTH, HEIGHT),
        title=_OWN_WORDS[report.language][0],
        subject=terms.word("text", "research_use"),
        creator=f"{MODEL_NAME} {SOFTWARE_VERSION}",
        invariant=1,
    )
    height = HEIGHT - MARGIN - _TOP - _FOOT
    body = Frame(MARGIN, _FOOT, TEXT_WIDTH, height, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("page", [body], onPage=lambda canvas, _: _frame(canvas, report, sheet))])
    story = list(_story(report, images, terms))
    document.build([KeepInFrame(TEXT_WIDTH, height, story, mode="shrink")])
    return file.getvalue()


def _frame(canvas: Any, report: Report, sheet: Sheet) -> None:
    title, _, _, unsigned, volume, psa = _OWN_WORDS[report.language]
    terms, top = terms_of(report.language), HEIGHT - MARGIN
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 15)
    canvas.drawString(MARGIN, top - 10, title if sheet.signed else f"{title} · {unsigned}")
    canvas.drawRightString(WIDTH - MARGIN, top - 10, terms.word("category", report.category))
    canvas.setStrokeColor(ACCENT)
    canvas.setLineWidth(1.4)
    canvas.line(MARGIN, top - 18, WIDTH - MARGIN, top - 18)
    gland, ng_ml = report.gland, report.clinical.psa_ng_ml
    parts = (
        sheet.who,
        "" if gland is None else volume.format(volume=terms.number(gland.volume_ml, 0)),
        "" if ng_ml is None else psa.format(psa=terms.number(ng_ml, 1)),
    )
    line = text(" · ".join(filter(None, parts)), style(8.5, colour=DIM))
    _, height = line.wrapOn(canvas, TEXT_WIDTH, 30)
    line.drawOn(canvas, MARGIN, top - 21 - height)
    _draw_foot(canvas, terms)


def _draw_foot(canvas: Any, terms: Terms) -> None:
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, 40, WIDTH - MARGIN, 40)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 7.5)
    canvas.drawString(MARGIN, 28, terms.word("text", "research_use"))
    canvas.setFillColor(DIM)
    canvas.setFont(REGULAR, 6.5)
    canvas.drawRightString(WIDTH - MARGIN, 28, f"{MODEL_NAME} {SOFTWARE_VERSION}")


def _story(report: Report, images: ReportImages, terms: Terms) -> Iterator[Flowable]:
    yield from _pictures(report, images, terms)
    yield _table(report, terms)
    yield Spacer(0, 6)
    yield SectorMap(report.reported_lesions, TEXT_WIDTH * 0.78, report.language)
    staging = said(report)["staging"]
    if isinstance(staging, tuple) and staging:
        yield heading(_OWN_WORDS[report.language][2])
        yield text(" ".join(map(str, staging)), style(8.5))


def _pictures(report: Report, images: ReportImages, terms: Terms) -> Iterator[Flowable]:
    """Yield the index lesion's pictures large, and those of up to three others: two or three stand two in a row."""
    shown = [list(row) for _, row in groupby(key_images(report, images), key=lambda image: image.label)]
    index, *others = shown[:_MOST_WITH_PICTURES]
    yield _row(index, _LARGE, terms)
    if len(others) == 1:
        yield _row(others[0], _LARGE, terms)
        others = []
    for first in range(0, len(others), 2):
        yield _row([image for lesion in others[first : first + 2] for image in lesion], _SMALL, terms)
    for note in dict.fromkeys(image.note for row in shown for image in row if image.note):
        yield text(note, style(7, colour=DIM))


def _row(images: Sequence[KeyImage], side: float, terms: Terms) -> Table:
    captions = [text(_caption(image, terms, short=side < _LARGE), style(6.5, colour=DIM)) for image in images]
    table = Table(
        [[_embedded(image, side) for image in images], captions],
        colWidths=[side + _GAP] * len(images),
        hAlign="LEFT",
    )
    table.setStyle(
        Style(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _caption(image: KeyImage, terms: Terms, *, short: bool) -> str:
    parts = (
        (image.title,) if short else (image.title, *image.caption.split(" · ")[:2])
    )  # who linked it is no matter here
    return " · ".join((image.label, *(terms.phrase("caption", part) for part in parts)))


def _embedded(image: KeyImage, side: float) -> Image:
    jpeg = BytesIO()
    Picture.fromarray(image.pixels).save(jpeg, "JPEG", quality=92, subsampling=0)
    jpeg.seek(0)
    return Image(jpeg, width=side, height=side, hAlign="LEFT")


def _table(report: Report, terms: Terms) -> Table:
    head = [*(terms.word("pdf", name) for name, _ in _COLUMNS), _OWN_WORDS[report.language][1]]
    lesions, shares = report.reported_lesions, [share for _, share in _COLUMNS]
    table = Table(
        [[text(words, style(7.5, bold=True, colour=DIM)) for words in head], *(_cells(x, terms) for x in lesions)],
        colWidths=[share * TEXT_WIDTH for share in (*shares, 1 - sum(shares))],
    )
    column = len(_COLUMNS) - 1
    chips = [("BACKGROUND", (column, n), (column, n), category_colour(x.category)) for n, x in enumerate(lesions, 1)]
    table.setStyle(Style([*TABLE_LINES, *chips]))
    return table


def _cells(lesion: Lesion, terms: Terms) -> list[Flowable]:
    plain, bold, adc = style(8), style(8, bold=True), lesion.measures.adc_mean
    return [
        text(lesion.label, bold),
        text(sector_in_short(lesion.sector, terms.language), plain),
        text(size_in_words(lesion.measures), plain),
        text(scores_in_short(lesion), plain),
        text("–" if adc is None else f"{adc:.0f}", plain),
        text(terms.word("extension_short", lesion.assessment.epe), plain),
        text(lesion.category.value, bold),
        text(terms.localised(_centre(lesion, terms.language)), plain),
    ]


def _centre(lesion: Lesion, language: Language) -> str:
    return place_in_words(lesion.centroid_lps_mm, _DIRECTIONS.get(language, DICOM_LETTERS))
