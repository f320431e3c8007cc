"""What the layers below the window say, in the window's language: sentences, sectors, roles, image quality.

They say it in English and know no Qt. What reports say too has the words of their term tables, a site's own included.
"""

import re
from functools import cache

from core.errors import TemplateBroken
from core.pirads import Category
from core.quality import Asked, Quality, QualityCheck, in_sentences
from core.report import Report
from core.wording import Language
from reporting import said as of_reports
from reporting.terms import Terms, terms_of
from viewer.language import ENGLISH, spoken, tr
from viewer.said_sentences import SENTENCES

_OF_A_LESION = re.compile(r"(L\d+): (.+)", re.DOTALL)
_TABLES = ("rules", "notes", "lacking", "caption")
_FIELD = re.compile(r"\\{(\w+)\\}")


def said(english: str) -> str:
    """Return a text of a lower layer in the window's language; data and unknown texts come back as they are."""
    if spoken() == ENGLISH or not english:
        return english
    whole = tr(english)
    return whole if whole != english else _sentence(english) or _of_a_lesion(english) or _as_reports_say(english)


def meaning_of(category: Category) -> str:
    """Return how likely clinically significant cancer is, in the document's words."""
    terms = _terms()
    return category.meaning if terms is None else terms.word("meaning", category)


def check_in_words(check: QualityCheck) -> str:
    """Return what was found instead of what is required, e.g. `echo time 120 ms instead of ≤ 90 ms`."""
    terms = _terms()
    return check.words if terms is None else of_reports.check_in_words(check, terms)


def asked_in_words(asked: Asked) -> str:
    """Return what a check is about, e.g. `echo time`."""
    terms = _terms()
    return asked.value if terms is None else terms.word("asked", asked.name)


def amount(english: str) -> str:
    """Return what a check found or requires, e.g. `none` or `120 ms`."""
    terms = _terms()
    return english if terms is None else terms.localised(terms.phrase("amounts", english))


def quality_in_words(quality: Quality) -> str:
    """Return that the AI's part was withheld for the image quality, or is to be doubted; empty when neither."""
    return " ".join(_of_quality(quality, words) for words in in_sentences(quality))


def note_in_words(report: Report, note: str) -> str:
    """Return a sentence of the analysis, or a check before signing, which may be one."""
    return _of_quality(report.quality, note) if note in in_sentences(report.quality) else said(note)


def _of_quality(quality: Quality, english: str) -> str:
    terms = _terms()
    return english if terms is None else of_reports.quality_in_words(quality, terms)


def _sentence(english: str) -> str:
    for sentence in SENTENCES:
        found = _pattern(sentence).fullmatch(english) if "{" in sentence else None
        if found:
            return tr(sentence).format(**{name: said(words) for name, words in found.groupdict().items()})
    return ""


def _of_a_lesion(english: str) -> str:
    found = _OF_A_LESION.fullmatch(english)
    return f"{found[1]}: {said(found[2])}" if found else ""


def _as_reports_say(english: str) -> str:
    terms = _terms()
    for table in _TABLES if terms else ():
        for words, stop in ((english, ""), (english.removesuffix("."), ".")):
            if terms and terms.knows(table, words):
                return f"{terms.phrase(table, words)}{stop}"
    return english


def _terms() -> Terms | None:
    """Return the terms of the window's language; none for English, which the texts are in, and none while broken."""
    if spoken() == ENGLISH:
        return None
    try:
        return terms_of(Language(spoken()))
    except TemplateBroken:  # the report's own text says which file is to be corrected, and how
        return None


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
