"""The parts of the printed report in their order: impression, table, pictures, findings, signature, models."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby
from typing import Any

from PIL import Image as Picture
from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, Spacer, Table, TableStyle

from core.pirads import Category, Epe
from core.report import Edited, FromModel, Lesion, Report, SignedReport
from core.study import Role
from reporting.images import ReportImages
from reporting.key_image import KeyImage, key_images
from reporting.pdf_page import WIDTH
from reporting.pdf_sector_map import SectorMap
from reporting.pdf_style import (
    DIM,
    INK,
    LINE,
    MARGIN,
    category_colour,
    category_name,
    heading,
    led,
    lines_of,
    numbered,
    style,
    text,
)
from reporting.text import decision_support, no_lesion, shown_findings, shown_impression
from reporting.words import reader_name, scores_in_short, sector_in_short, sentence, size_in_words

TEXT_WIDTH = WIDTH - 2 * MARGIN
_COLUMNS = (
    ("Lesion", 0.085),
    ("Sector", 0.165),
    ("Size", 0.13),
    ("T2 / DWI / DCE", 0.15),
    ("ADC", 0.10),
    ("EPE", 0.11),
    ("PI-RADS", 0.10),
    ("AI", 0.16),
)
_PICTURE_GAP = 8.0
_JPEG_QUALITY = 92


def impression(report: Report) -> Iterator[Flowable]:
    """Yield the overall category and the impression, numbered lines hanging."""
    yield _overall(report.category)
    yield Spacer(0, 6)
    yield heading("Impression")
    for line in lines_of(shown_impression(report)):
        yield numbered(line, style(9.5, after=2))


def risk(report: Report) -> Iterator[Flowable]:
    """Yield the estimated risk of csPCa under a heading of its own, apart from the impression; else nothing."""
    told = decision_support(report)
    if told:
        yield KeepTogether([heading("Decision support (research use)"), text(told, style(8.5, colour=DIM))])


def _overall(category: Category) -> Table:
    """Return the category of the examination as a chip with its meaning."""
    chip = text(category_name(category), style(11, bold=True))
    meaning = text(category.meaning, style(9.5))
    table = Table([[chip, meaning]], colWidths=[92, TEXT_WIDTH - 92])
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (0, 0), category_colour(category)),
                ("BACKGROUND", (1, 0), (1, 0), HexColor(0xF3F5F8)),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
                ("ROUNDEDCORNERS", [4, 4, 4, 4]),
            ]
        )
    )
    return table


def lesion_table(report: Report) -> Iterator[Flowable]:
    """Yield the table of the reported lesions, the index lesion first."""
    yield heading("Lesions")
    lesions = report.reported_lesions
    if not lesions:
        yield text(f"{no_lesion(report)}.", style(9))
        return
    head = [text(name, style(8, bold=True, colour=DIM)) for name, _ in _COLUMNS]
    table = Table(
        [head, *(_row(lesion) for lesion in lesions)],
        colWidths=[share * TEXT_WIDTH for _, share in _COLUMNS],
        repeatRows=1,
    )
    column = [name for name, _ in _COLUMNS].index("PI-RADS")
    chips = [
        ("BACKGROUND", (column, row), (column, row), category_colour(x.category)) for row, x in enumerate(lesions, 1)
    ]
    table.setStyle(TableStyle([*_TABLE_LINES, *chips]))
    yield table
    yield text(
        f"Size: long × short axis in the axial slice, {_measured_on(lesions)}. ADC mean in 10⁻⁶ mm²/s. "
        f"DCE: – negative, + positive, X not available. {_ai_column(lesions)}",
        style(7, colour=DIM, before=3),
    )


def _measured_on(lesions: Sequence[Lesion]) -> str:
    """Return in which images the sizes were measured: PI-RADS v2.1 takes ADC for the PZ and T2 for the TZ."""
    on_adc = [lesion.label for lesion in lesions if lesion.measures.measured_on is Role.ADC]
    on_t2 = [lesion.label for lesion in lesions if lesion.measures.measured_on is not Role.ADC]
    said = [
        f"of {', '.join(labels)} on {images}" for labels, images in ((on_adc, "ADC"), (on_t2, "axial T2")) if labels
    ]
    return " and ".join(said)


_TABLE_LINES: list[Any] = [
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, DIM),
    ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 5.5),
]


def _row(lesion: Lesion) -> list[Paragraph]:
    plain, bold = style(8.5), style(8.5, bold=True)
    adc = lesion.measures.adc_mean
    extension = {Epe.NONE: "none", Epe.POSSIBLE: "possible", Epe.DEFINITE: "definite"}[lesion.assessment.epe]
    return [
        text(lesion.label, bold),
        text(sector_in_short(lesion.sector), plain),
        text(size_in_words(lesion.measures), plain),
        text(scores_in_short(lesion), plain),
        text("–" if adc is None else f"{adc:.0f}", plain),
        text(extension, plain),
        text(lesion.category.value, bold),
        text(_ai(lesion), plain),
    ]


def _ai(lesion: Lesion) -> str:
    if not isinstance(lesion.origin, FromModel):
        return "found by reader"
    edited = ", edited" if isinstance(lesion.review, Edited) else ""
    suggested = f"{lesion.origin.suggested_category} · " if lesion.origin.suggests else ""
    return f"{suggested}{lesion.origin.score:.2f}{edited}"


def _ai_column(lesions: Sequence[Lesion]) -> str:
    """Return what the numbers of the AI are; those of a model that was shown to be calibrated are probabilities."""
    told = [(lesion.label, lesion.origin) for lesion in lesions if isinstance(lesion.origin, FromModel)]
    shown = [f"of {label} a probability, calibrated on {x.calibrated_on}" for label, x in told if x.calibrated_on]
    others = ("suspicion from 0 to 1 (not calibrated)",) if len(shown) < len(told) or not told else ()
    return f"AI: suggested PI-RADS, if any · {', '.join((*others, *shown))}."


def pictures(report: Report, images: ReportImages | None) -> Iterator[Flowable]:
    """Yield the key images, one row for each lesion, and the sector map; without images, why there are none."""
    if images is None:
        yield heading("Key images")
        yield text("No axial T2: no key images.", style(9))
    else:
        yield from _key_images(report, images)
    yield KeepTogether([heading("Sector map (PI-RADS v2.1)"), SectorMap(report.reported_lesions, TEXT_WIDTH)])


def _key_images(report: Report, images: ReportImages) -> Iterator[Flowable]:
    rows = [list(row) for _, row in groupby(key_images(report, images), key=lambda image: image.label)]
    for number, row in enumerate(rows):
        title = [heading("Key images")] if number == 0 else [Spacer(0, 6)]
        yield KeepTogether([*title, *_picture_row(row)])


def _picture_row(row: Sequence[KeyImage]) -> Iterator[Flowable]:
    side = (TEXT_WIDTH - 2 * _PICTURE_GAP) / 3
    name = f"{row[0].label} · " if row[0].label else ""
    cells = [[_embedded(image, side) for image in row], [_caption(name, image) for image in row]]
    table = Table(cells, colWidths=[side + _PICTURE_GAP] * len(row), hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    yield table
    if row[0].note:
        yield text(row[0].note, style(7.5, colour=DIM))


def _embedded(image: KeyImage, side: float) -> Image:
    jpeg = BytesIO()
    Picture.fromarray(image.pixels).save(jpeg, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    jpeg.seek(0)
    return Image(jpeg, width=side, height=side, hAlign="LEFT")


def _caption(name: str, image: KeyImage) -> Paragraph:
    return text(f"{name}{image.title} · {image.caption}", style(7, colour=DIM))


def findings(report: Report) -> Iterator[Flowable]:
    """Yield the findings that count; lines in capitals are headings. An indication that they do not say comes first."""
    indication = report.clinical.indication.strip()
    if indication not in shown_findings(report):
        yield heading("Indication")
        yield text(sentence(indication), style(9))
    yield heading("Findings")
    for line in lines_of(shown_findings(report)):
        if line.isupper() and len(line) < 60:
            title = text(line.capitalize(), style(9, bold=True, before=5, after=1))
            title.keepWithNext = True
            yield title
        else:
            yield led(line, style(9, after=3))


def signature(signed: SignedReport | None) -> Flowable:
    """Return who signed and when, or that nobody did yet."""
    if signed is None:
        lines = ["DRAFT — not signed", "This report has not been signed by a radiologist and must not be acted upon."]
    else:
        at = signed.signed_at.strftime("%Y-%m-%d %H:%M:%S %z")
        signer = ", ".join(filter(None, (reader_name(signed.reader.name), signed.reader.organization)))
        lines = [
            f"Signed by {signer}",
            f"{at}. The digital signature is in the DICOM structured report of this study; this page is its rendering.",
        ]
    table = Table(
        [[text(lines[0], style(10, bold=True))], [text(lines[1], style(8, colour=DIM))]], colWidths=[TEXT_WIDTH]
    )
    frame = INK if signed else HexColor(0xB3261E)
    table.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 0.8, frame),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, 0), 7),
                ("TOPPADDING", (0, 1), (-1, 1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, 0), 2),
                ("BOTTOMPADDING", (0, 1), (-1, 1), 9),
            ]
        )
    )
    return KeepTogether([Spacer(0, 14), table])


def models(report: Report) -> Iterator[Flowable]:
    """Yield the models that contributed, with the beginning of their weights' SHA-256."""
    if not report.models:
        return
    plain = style(7.5)
    head = [
        text(name, style(7.5, bold=True, colour=DIM)) for name in ("Model", "Version", "SHA-256 of weights", "Licence")
    ]
    rows = [
        [text(m.name, plain), text(m.version, plain), text(f"{m.sha256[:16]}…", plain), text(m.licence, plain)]
        for m in report.models
    ]
    table = Table([head, *rows], colWidths=[share * TEXT_WIDTH for share in (0.38, 0.14, 0.28, 0.20)], repeatRows=1)
    table.setStyle(TableStyle(_TABLE_LINES))
    yield KeepTogether([heading("AI models"), table])
