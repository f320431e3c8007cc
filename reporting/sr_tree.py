"""Finding content items in an SR that was read back, and what they hold."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TypeVar

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.findings import ModelIdentity
from reporting.codes import code_of

_T = TypeVar("_T")


def children(parent: Dataset, name: Code) -> Iterator[Dataset]:
    """Yield the items directly below `parent` whose concept name is `name`."""
    for item in parent.get("ContentSequence", []):
        names = item.get("ConceptNameCodeSequence")
        if names and code_of(names[0])[:2] == name[:2]:
            yield item


def child(parent: Dataset, name: Code) -> Dataset | None:
    """Return the first such item, or None."""
    return next(children(parent, name), None)


def texts(parent: Dataset, name: Code) -> tuple[str, ...]:
    """Return the values of all TEXT items of that name."""
    return tuple(str(item.TextValue) for item in children(parent, name))


def text(parent: Dataset, name: Code) -> str:
    """Return the value of the first TEXT item of that name, empty when there is none."""
    return next(iter(texts(parent, name)), "")


def coded(parent: Dataset, name: Code) -> Code | None:
    """Return the value of the first CODE item of that name, or None."""
    item = child(parent, name)
    return None if item is None else code_of(item.ConceptCodeSequence[0])


def number(item: Dataset) -> float:
    """Return the value of a NUM item, the exact double where it has one."""
    measured = item.MeasuredValueSequence[0]
    return float(measured.get("FloatingPointValue", measured.NumericValue))


def numbers(parent: Dataset, name: Code) -> tuple[float, ...]:
    """Return the values of all NUM items of that name."""
    return tuple(number(item) for item in children(parent, name))


def day(parent: Dataset, name: Code) -> date | None:
    """Return the value of the first DATE item of that name, or None; raises ValueError when it is none."""
    item = child(parent, name)
    if item is None:
        return None
    return datetime.strptime(str(item.Date), "%Y%m%d").date()  # noqa: DTZ007 — DICOM's dates have no zone


def key_of(table: Mapping[_T, Code], code: Code | None, absent: _T) -> _T:
    """Return what `code` stands for in `table`, or `absent` without a code; raises KeyError for a foreign code."""
    if code is None:
        return absent
    return {value[:2]: key for key, value in table.items()}[code[:2]]


def model_of(lines: str) -> ModelIdentity:
    """Return the model that `reporting.sr_items.model_lines` wrote; raises KeyError when a line is missing."""
    fields = dict(line.split(": ", 1) for line in lines.splitlines())
    return ModelIdentity(fields["Name"], fields["Version"], fields["SHA-256"], fields["Licence"])
