"""What any DICOM structured report says, as lines of text: for reports that another system wrote."""

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

from pydicom.dataset import Dataset

from reporting.words import reader_name

_INDENT = "    "
_MARKUP = re.compile(r"</?(?:html|body|p|br|div|span|b|i|u|font|table|tr|td|ul|ol|li|h[1-6])\b[^<>]*>", re.IGNORECASE)
_BREAKS = frozenset(("p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6"))


def sr_title(sr: Dataset) -> str:
    """Return what a report calls itself, or its series, and its day."""
    name = _meaning(sr.get("ConceptNameCodeSequence")) or str(sr.get("SeriesDescription") or "Report")
    day = _day(sr)
    return f"{name} of {day}" if day else name


def sr_words(sr: Dataset) -> str:
    """Return a report as lines of text: its name, day and who verified it, then its content, sections indented.

    References to images, and regions in them, are left out (PS3.3 C.17.3).
    """
    name = _meaning(sr.get("ConceptNameCodeSequence")) or "Report"
    head = (name, " · ".join(filter(None, (_day(sr), _verified(sr)))), "")
    return "\n".join((*head, *_content(sr, "")))


def _content(parent: Dataset, indent: str) -> Iterator[str]:
    for item in parent.get("ContentSequence", []):
        name, value = _meaning(item.get("ConceptNameCodeSequence")), _value(item)
        told = name if item.get("ValueType") == "CONTAINER" else ": ".join(filter(None, (name, value))) * bool(value)
        below = indent
        if told:
            first, *more = told.splitlines()
            yield indent + first
            below = indent + _INDENT
            yield from (below + line for line in more)
        yield from _content(item, below)


def _value(item: Dataset) -> str:
    kind = item.get("ValueType")
    if kind == "TEXT":
        return _plain(str(item.get("TextValue") or ""))
    if kind == "CODE":
        return _meaning(item.get("ConceptCodeSequence"))
    if kind == "NUM":
        return _number(item)
    if kind == "PNAME":
        return reader_name(str(item.get("PersonName") or ""))
    keyword = {"DATE": "Date", "TIME": "Time", "DATETIME": "DateTime"}.get(str(kind))
    return str(item.get(keyword) or "") if keyword else ""


def _number(item: Dataset) -> str:
    measured = next(iter(item.get("MeasuredValueSequence") or []), None)
    if measured is None:
        return _meaning(item.get("NumericValueQualifierCodeSequence")) or "not given"
    units = next(iter(measured.get("MeasurementUnitsCodeSequence") or []), None)
    unit = "" if units is None or units.get("CodeValue") == "1" else str(units.get("CodeValue") or "")
    return f"{measured.NumericValue} {unit}".strip()


def _meaning(sequence: Sequence[Dataset] | None) -> str:
    return str(sequence[0].get("CodeMeaning") or "") if sequence else ""


def _verified(sr: Dataset) -> str:
    if sr.get("VerificationFlag") != "VERIFIED":
        return "Not verified"
    who = [
        reader_name(str(observer.get("VerifyingObserverName") or ""))
        for observer in sr.get("VerifyingObserverSequence") or []
    ]
    return f"Verified by {', '.join(filter(None, who))}" if any(who) else "Verified"


def _day(sr: Dataset) -> str:
    day = str(sr.get("ContentDate") or "")
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 else day


def _plain(text: str) -> str:
    """Return text without the HTML that some reporting systems write into it; each line without spaces around it."""
    if _MARKUP.search(text):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.parts)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
