"""Any structured report as a tree of text, as far as it can be read, with the places of what cannot be.

Content items are named by position as PS3.3 C.17.3.2.5 does: the root is 1, its second child 1.2.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset

from reporting.foreign_items import code_of, first_of, items_of, text_of, whole_of, words_of
from reporting.foreign_markup import plain
from reporting.words import reader_name

_DEEPEST = 60
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class SrNode:
    """One content item: its position, its value type, what it says, and what stands below it."""

    position: str
    kind: str
    text: str
    children: tuple["SrNode", ...] = ()


@dataclass(frozen=True, slots=True)
class NotRead:
    """A part of an object that could not be read: its position in it, and why."""

    position: str
    why: str

    def __str__(self) -> str:
        return f"{self.position}: {self.why}"


@dataclass(frozen=True, slots=True)
class SrTree:
    """A structured report as text: its title, its content, and what of it could not be read."""

    title: str
    nodes: tuple[SrNode, ...]
    not_read: tuple[NotRead, ...]


def sr_tree(sr: Dataset) -> SrTree:
    """Return all that a structured report says; nothing in it makes this fail."""
    lost: list[NotRead] = []
    if "ContentSequence" not in sr:
        lost.append(NotRead("1", "the report has no content"))
    nodes = tuple(_nodes(sr, "1", lost))
    return SrTree(words_of(code_of(sr, "ConceptNameCodeSequence")) or "Report without a title", nodes, tuple(lost))


def lines_of(tree: SrTree, *, without: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield a report as lines of text, indented by depth; what stands below an item left out moves up."""
    yield from _lines(tree.nodes, 0, without)


def _lines(nodes: tuple[SrNode, ...], depth: int, without: frozenset[str]) -> Iterator[str]:
    for node in nodes:
        shown = node.kind not in without
        if shown:
            first, *more = node.text.splitlines() or [""]
            yield _INDENT * depth + first
            yield from (_INDENT * (depth + 1) + line for line in more)
        yield from _lines(node.children, depth + shown, without)


def _nodes(parent: Dataset, position: str, lost: list[NotRead]) -> Iterator[SrNode]:
    if position.count(".") >= _DEEPEST:
        lost.append(NotRead(position, "what stands below is nested too deeply"))
        return
    for number, item in enumerate(items_of(parent, "ContentSequence"), start=1):
        yield from _node(item, f"{position}.{number}", lost)


def _node(item: Dataset, position: str, lost: list[NotRead]) -> Iterator[SrNode]:
    name = words_of(code_of(item, "ConceptNameCodeSequence"))
    value, why = _value(item)
    if why:
        lost.append(NotRead(position, f"{name}: {why}" if name else why))
    children = tuple(_nodes(item, position, lost))
    text = f"{name}: {value}" if name and value else name or value
    if text or children:
        yield SrNode(position, text_of(item, "ValueType"), text or "(unnamed)", children)


def _value(item: Dataset) -> tuple[str, str]:
    """Return what an item says beside its name, and why that cannot be read, if so."""
    if text_of(item, "ReferencedContentItemIdentifier"):
        return f"see {text_of(item, 'ReferencedContentItemIdentifier').replace(' ', '.')}", ""
    kind = text_of(item, "ValueType")
    if kind == "CONTAINER":
        return "", ""
    if kind not in _VALUES:
        told = next(filter(None, (_VALUES[likely](item) for likely in _LIKELY)), "")
        return told, f"a content item of unknown kind “{kind}”" if kind else "a content item that does not say its kind"
    value = _VALUES[kind](item)
    return value, "" if value else f"an item ({kind}) without a value"


def _number(item: Dataset) -> str:
    measured = first_of(item, "MeasuredValueSequence")
    if measured is None:
        unknown = "not given" if "MeasuredValueSequence" in item else ""  # PS3.3 C.18.1: empty where it is unknown
        return words_of(code_of(item, "NumericValueQualifierCodeSequence")) or unknown
    number = text_of(measured, "NumericValue") or text_of(measured, "FloatingPointValue")
    unit = code_of(measured, "MeasurementUnitsCodeSequence")
    told = "" if unit is None or unit.value == "1" else unit.value or unit.meaning
    return f"{number} {told}".strip() if number else words_of(code_of(item, "NumericValueQualifierCodeSequence"))


def _region(item: Dataset) -> str:
    kind, points = text_of(item, "GraphicType").lower(), text_of(item, "GraphicData").split()
    dimensions = 3 if text_of(item, "ValueType") == "SCOORD3D" else 2
    count = len(points) // dimensions
    return f"{kind} of {count} point{'s' * (count != 1)}" if kind and count else ""


def _reference(item: Dataset) -> str:
    found = first_of(item, "ReferencedSOPSequence")
    if found is None or not text_of(found, "ReferencedSOPInstanceUID"):
        return ""
    told = text_of(found, "ReferencedSOPInstanceUID")
    for keyword, word in (("ReferencedFrameNumber", "frame"), ("ReferencedSegmentNumber", "segment")):
        if number := text_of(found, keyword):
            told += f", {word} {number}"
    return told


def _table(item: Dataset) -> str:
    rows, columns = whole_of(item, "NumberOfTableRows"), whole_of(item, "NumberOfTableColumns")
    return f"table of {rows} rows and {columns} columns" if rows and columns else ""


_LIKELY = ("CODE", "TEXT", "NUM", "PNAME", "DATE", "UIDREF")
"""What an item may be that does not say it, by what it holds."""

_VALUES: dict[str, Callable[[Dataset], str]] = {
    "TEXT": lambda item: plain(text_of(item, "TextValue")),
    "CODE": lambda item: words_of(code_of(item, "ConceptCodeSequence")),
    "NUM": _number,
    "PNAME": lambda item: reader_name(text_of(item, "PersonName")),
    "DATE": lambda item: text_of(item, "Date"),
    "TIME": lambda item: text_of(item, "Time"),
    "DATETIME": lambda item: text_of(item, "DateTime"),
    "UIDREF": lambda item: text_of(item, "UID"),
    "IMAGE": _reference,
    "COMPOSITE": _reference,
    "WAVEFORM": _reference,
    "SCOORD": _region,
    "SCOORD3D": _region,
    "TCOORD": lambda item: text_of(item, "TemporalRangeType").lower(),
    "TABLE": _table,
}
