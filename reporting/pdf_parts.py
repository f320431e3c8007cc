"""The parts of the printed report in their order: impression, table, pictures, findings, signature, models."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby

from PIL import Image as Picture
from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, Spacer, Table, TableStyle

from core.report import Report, SignedReport
from reporting.images import ReportImages
from reporting.key_image import KeyImage, key_images
from reporting.pdf_lesions import TABLE_LINES, TEXT_WIDTH
from reporting.pdf_sector_map import SectorMap
from reporting.pdf_style import (
    DIM,
    INK,
    category_colour,
    heading,
    led,
    lines_of,
    numbered,
    style,
    text,
)
from reporting.terms import terms_of
from reporting.text import decision_support, shown_findings, shown_impression
from reporting.words import reader_name, sentence

_LONGEST_HEADING = 60
_PICTURE_GAP = 8.0
_JPEG_QUALITY = 92


def impression(report: Report) -> Iterator[Flowable]:
    """Yield the overall category and the impression, numbered lines hanging."""
    yield _overall(report)
    yield Spacer(0, 6)
    yield heading(_label(report, "impression"))
    for line in lines_of(shown_impression(report)):
        yield numbered(line, style(9.5, after=2))


def risk(report: Report) -> Iterator[Flowable]:
    """Yield the estimated risk of csPCa under a heading of its own, apart from the impression; else nothing."""
    told = decision_support(report)
    if told:
        yield KeepTogether([heading(_label(report, "risk")), text(told, style(8.5, colour=DIM))])


def _label(report: Report, key: str, **filled: str) -> str:
    return terms_of(report.language).word("pdf", key, **filled)


def _overall(report: Report) -> Table:
    """Return the category of the examination as a chip with its meaning."""
    category, terms = report.category, terms_of(report.language)
    chip = text(terms.word("category", category), style(11, bold=True))
    meaning = text(terms.word("meaning", category), style(9.5))
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


def pictures(report: Report, images: ReportImages | None) -> Iterator[Flowable]:
    """Yield the key images, one row for each lesion, and the sector map; without images, why there are none."""
    if images is None:
        yield heading(_label(report, "key_images"))
        yield text(_label(report, "no_key_images"), style(9))
    else:
        yield from _key_images(report, images)
    yield KeepTogether(
        [heading(_label(report, "sector_map")), SectorMap(report.named_lesions, TEXT_WIDTH, report.language)]
    )


def _key_images(report: Report, images: ReportImages) -> Iterator[Flowable]:
    rows = [list(row) for _, row in groupby(key_images(report, images), key=lambda image: image.label)]
    for number, row in enumerate(rows):
        title = [heading(_label(report, "key_images"))] if number == 0 else [Spacer(0, 6)]
        yield KeepTogether([*title, *_picture_row(report, row)])


def _picture_row(report: Report, row: Sequence[KeyImage]) -> Iterator[Flowable]:
    side = (TEXT_WIDTH - 2 * _PICTURE_GAP) / 3
    name = f"{row[0].label} · " if row[0].label else ""
    cells = [[_embedded(image, side) for image in row], [_caption(report, name, image) for image in row]]
    table = Table(cells, colWidths=[side + _PICTURE_GAP] * len(row), hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 1), (-1, 1), _PICTURE_GAP),
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


def _caption(report: Report, name: str, image: KeyImage) -> Paragraph:
    parts = (terms_of(report.language).phrase("caption", part) for part in (image.title, *image.caption.split(" · ")))
    return text(f"{name}{' · '.join(parts)}", style(7, colour=DIM))


def findings(report: Report) -> Iterator[Flowable]:
    """Yield the findings that count; lines in capitals are headings. An indication that they do not say comes first."""
    shown, indication = shown_findings(report), report.clinical.indication.strip()
    named = {title.upper(): title for title in terms_of(report.language).tables["headings"].values()}
    if indication not in shown:
        yield heading(named[terms_of(report.language).word("headings", "indication").upper()])
        yield text(sentence(indication), style(9))
    yield heading(_label(report, "findings"))
    for line in lines_of(shown):
        if line.isupper() and len(line) < _LONGEST_HEADING:
            title = text(named.get(line, line.capitalize()), style(9, bold=True, before=5, after=1))
            title.keepWithNext = True
            yield title
        else:
            yield led(line, style(9, after=3))


def signature(report: Report, signed: SignedReport | None) -> Flowable:
    """Return who signed and when, or that nobody did yet."""
    if signed is None:
        lines = [_label(report, "not_signed"), _label(report, "not_signed_told")]
    else:
        at = f"{terms_of(report.language).day(signed.signed_at)} {signed.signed_at:%H:%M:%S %z}"
        signer = ", ".join(filter(None, (reader_name(signed.reader.name), signed.reader.organization)))
        by = "signed_by" if signed.is_final else "preliminary_by"
        lines = [_label(report, by, signer=signer), _label(report, "signed_told", at=at)]
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
        text(_label(report, key), style(7.5, bold=True, colour=DIM))
        for key in ("model", "version", "sha256", "licence")
    ]
    rows = [
        [text(m.name, plain), text(m.version, plain), text(f"{m.sha256[:16]}…", plain), text(m.licence, plain)]
        for m in report.models
    ]
    table = Table([head, *rows], colWidths=[share * TEXT_WIDTH for share in (0.38, 0.14, 0.28, 0.20)], repeatRows=1)
    table.setStyle(TableStyle(TABLE_LINES))
    yield KeepTogether([heading(_label(report, "models")), table])
