"""The table of the lesions on the printed page: those that the report names; the findings have the others too."""

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from core.report import Edited, FromModel, Lesion, Report
from core.study import Role
from reporting.pdf_page import WIDTH
from reporting.pdf_style import DIM, LINE, MARGIN, category_colour, heading, style, text
from reporting.terms import Terms, terms_of
from reporting.text import no_lesion
from reporting.words import scores_in_short, sector_in_short, size_in_words

TEXT_WIDTH = WIDTH - 2 * MARGIN
TABLE_LINES: list[Any] = [
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, DIM),
    ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 5.5),
]
_COLUMNS = (
    ("lesion", 0.085),
    ("sector", 0.165),
    ("size", 0.13),
    ("scores", 0.15),
    ("adc", 0.10),
    ("extension", 0.11),
    ("category", 0.10),
    ("ai", 0.16),
)


def lesion_table(report: Report) -> Iterator[Flowable]:
    """Yield the table of the lesions that the report names, the index lesion first."""
    terms, lesions = terms_of(report.language), report.named_lesions
    yield heading(terms.word("headings", "lesions"))
    if not lesions:
        yield text(f"{no_lesion(report)}.", style(9))
        return
    head = [text(terms.word("pdf", name), style(8, bold=True, colour=DIM)) for name, _ in _COLUMNS]
    table = Table(
        [head, *(_row(lesion, terms) for lesion in lesions)],
        colWidths=[share * TEXT_WIDTH for _, share in _COLUMNS],
        repeatRows=1,
    )
    column = [name for name, _ in _COLUMNS].index("category")
    chips = [
        ("BACKGROUND", (column, row), (column, row), category_colour(x.category)) for row, x in enumerate(lesions, 1)
    ]
    table.setStyle(TableStyle([*TABLE_LINES, *chips]))
    yield table
    note = terms.word("pdf", "table_note", measured=_measured_on(lesions, terms), ai=_ai_column(lesions, terms))
    yield text(note, style(7, colour=DIM, before=3))


def _measured_on(lesions: Sequence[Lesion], terms: Terms) -> str:
    """Return in which images the sizes were measured: PI-RADS v2.1 takes ADC for the PZ and T2 for the TZ."""
    on_adc = [lesion.label for lesion in lesions if lesion.measures.measured_on is Role.ADC]
    on_t2 = [lesion.label for lesion in lesions if lesion.measures.measured_on is not Role.ADC]
    said = [
        terms.word("pdf", "measured_on", labels=", ".join(labels), images=terms.word("images", images))
        for labels, images in ((on_adc, "adc"), (on_t2, "t2"))
        if labels
    ]
    return terms.and_list(said)


def _row(lesion: Lesion, terms: Terms) -> list[Paragraph]:
    plain, bold = style(8.5), style(8.5, bold=True)
    adc = lesion.measures.adc_mean
    return [
        text(lesion.label, bold),
        text(sector_in_short(lesion.sector, terms.language), plain),
        text(size_in_words(lesion.measures), plain),
        text(scores_in_short(lesion), plain),
        text("–" if adc is None else f"{adc:.0f}", plain),
        text(terms.word("extension_short", lesion.assessment.epe), plain),
        text(lesion.category.value, bold),
        text(_ai(lesion, terms), plain),
    ]


def _ai(lesion: Lesion, terms: Terms) -> str:
    if not isinstance(lesion.origin, FromModel):
        return terms.word("pdf", "found_by_reader")
    edited = terms.word("pdf", "edited") if isinstance(lesion.review, Edited) else ""
    suggested = f"{lesion.origin.suggested_category} · " if lesion.origin.suggests else ""
    score = lesion.origin.score
    return f"{suggested}{terms.word('pdf', 'no_score') if score is None else terms.score(score)}{edited}"


def _ai_column(lesions: Sequence[Lesion], terms: Terms) -> str:
    """Return what the numbers of the AI are; those of a model that was shown to be calibrated are probabilities."""
    told = [(lesion.label, lesion.origin) for lesion in lesions if isinstance(lesion.origin, FromModel)]
    shown = [
        terms.word("pdf", "ai_probability", label=label, cohort=x.calibrated_on) for label, x in told if x.calibrated_on
    ]
    others = (terms.word("pdf", "ai_suspicion"),) if len(shown) < len(told) or not told else ()
    return terms.word("pdf", "ai_note", told=", ".join((*others, *shown)))
