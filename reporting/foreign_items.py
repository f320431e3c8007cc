"""What an object of another system says, read tolerantly: an attribute that is missing or makes no sense reads as
absent."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.sr.coding import Code

from core.errors import ResultUnreadable

UNREADABLE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
    UserWarning,
    struct.error,
)
"""What pydicom and its decoders raise on values that are not what their attribute demands."""


def read_object(path: Path) -> Dataset:
    """Return a DICOM file whole; raises `ResultUnreadable`."""
    try:
        return pydicom.dcmread(path)
    except (OSError, InvalidDicomError, *UNREADABLE) as error:
        raise ResultUnreadable(f"{path.name} cannot be read ({error}); retrieve the study again.") from error


def value_of(item: Dataset, keyword: str) -> Any:
    """Return the value of an attribute, or None where it is missing, empty or makes no sense."""
    try:
        return item.get(keyword)
    except UNREADABLE:
        return None


def items_of(item: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Return the items of a sequence; none where it is missing or no sequence."""
    found = value_of(item, keyword)
    if not isinstance(found, pydicom.Sequence):
        return ()
    return tuple(found)


def first_of(item: Dataset, keyword: str) -> Dataset | None:
    """Return the first item of a sequence, or None."""
    return next(iter(items_of(item, keyword)), None)


def text_of(item: Dataset, keyword: str) -> str:
    """Return an attribute as text without spaces around it, empty where it is absent."""
    found = value_of(item, keyword)
    if found is None or isinstance(found, pydicom.Sequence):
        return ""
    several = isinstance(found, Sequence) and not isinstance(found, str | bytes)
    return (" ".join(map(str, found)) if several else str(found)).strip(" \0")


def numbers_of(item: Dataset, keyword: str) -> NDArray[np.float64]:
    """Return the numbers of an attribute, finite all of them; none where it is absent or one is no number."""
    found = value_of(item, keyword)
    if found is None or found == "":
        return np.zeros(0)
    try:
        numbers = np.atleast_1d(np.asarray(found, dtype=np.float64)).ravel()
    except UNREADABLE:
        return np.zeros(0)
    return numbers if np.isfinite(numbers).all() else np.zeros(0)


def number_of(item: Dataset, keyword: str) -> float | None:
    """Return the first number of an attribute, or None."""
    return next((float(number) for number in numbers_of(item, keyword)), None)


def whole_of(item: Dataset, keyword: str) -> int | None:
    """Return the first number of an attribute if it is a whole one, else None."""
    number = number_of(item, keyword)
    return int(number) if number is not None and number.is_integer() else None


def code_of(item: Dataset, keyword: str) -> Code | None:
    """Return the first code of a sequence, or None where it has neither value nor meaning."""
    found = first_of(item, keyword)
    if found is None:
        return None
    value = text_of(found, "CodeValue") or text_of(found, "LongCodeValue") or text_of(found, "URNCodeValue")
    meaning = text_of(found, "CodeMeaning")
    return Code(value, text_of(found, "CodingSchemeDesignator"), meaning) if value or meaning else None


def words_of(code: Code | None) -> str:
    """Return what a code means, its value where it tells no meaning, or an empty string."""
    return "" if code is None else code.meaning or code.value


def is_code(code: Code | None, *wanted: Code) -> bool:
    """Tell whether a code is one of those wanted, by value and scheme."""
    return code is not None and any((code.value, code.scheme_designator) == one[:2] for one in wanted)
