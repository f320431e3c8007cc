"""The content items that our SR is put together from (PS3.3 C.17.3), and texts as DICOM can hold them."""

import json
from collections.abc import Sequence
from typing import TypeVar

from highdicom.sr import (
    CodeContentItem,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    NumContentItem,
    RelationshipTypeValues,
    TextContentItem,
)
from pydantic import TypeAdapter
from pydicom.sr.coding import Code

from core.findings import ModelIdentity

_T = TypeVar("_T")

CONTAINS = RelationshipTypeValues.CONTAINS
_ALLOWED_CONTROLS = {"\t", "\n", "\f", "\r"}
_LINE_BREAKS = {"\v": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}


def code(name: Code, value: Code, relationship: RelationshipTypeValues = CONTAINS) -> CodeContentItem:
    """Return a CODE item."""
    return CodeContentItem(name, value, relationship)


def text(name: Code, value: str, relationship: RelationshipTypeValues = CONTAINS) -> TextContentItem:
    """Return a TEXT item whose value is made fit for DICOM by `dicom_text`."""
    return TextContentItem(name, dicom_text(value), relationship)


def texts(name: Code, value: str) -> tuple[TextContentItem, ...]:
    """Return one TEXT item, or none for a text that says nothing: an empty value is not allowed in SR."""
    return (text(name, value),) if dicom_text(value) else ()


def number(
    name: Code,
    value: float,
    unit: Code,
    inside: Sequence[ContentItem] = (),
    relationship: RelationshipTypeValues = CONTAINS,
) -> NumContentItem:
    """Return a NUM item with its value both as decimal string and as exact double (PS3.3 C.18.1)."""
    item = NumContentItem(name, float(value), unit, relationship_type=relationship)
    if inside:
        item.ContentSequence = ContentSequence(inside)
    return item


def container(name: Code, inside: Sequence[ContentItem], template_id: str | None = None) -> ContainerContentItem:
    """Return a CONTAINER item below the root, with the template that its content follows."""
    item = ContainerContentItem(name, template_id=template_id, relationship_type=CONTAINS)
    item.ContentSequence = ContentSequence(inside)
    return item


def dicom_text(value: str) -> str:
    """Return `value` with the control characters that DICOM forbids taken out, and no spaces around it.

    PS3.5 6.1.3 allows TAB, LF, FF and CR; a vertical tab, as word processors paste it, becomes a line break.
    """
    replaced = "".join(_LINE_BREAKS.get(character, character) for character in value)
    return "".join(x for x in replaced if x in _ALLOWED_CONTROLS or (x >= " " and not "\x7f" <= x <= "\x9f")).strip()


def model_lines(model: ModelIdentity) -> str:
    """Return a model in four labelled lines, which `reporting.sr_tree.model_of` reads back."""
    return f"Name: {model.name}\nVersion: {model.version}\nSHA-256: {model.sha256}\nLicence: {model.licence}"


def exact(adapter: TypeAdapter[_T], value: _T) -> str:
    """Return a value as JSON that comes back from a TEXT item to the last digit and character."""
    written = json.dumps(adapter.dump_python(value, mode="json"))
    # DICOM forbids control characters, which JSON escapes but for this one.
    return written.replace("\x7f", r"\u007f")
