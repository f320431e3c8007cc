"""The b-value of an MR image, wherever its scanner wrote it: standard attribute, private elements, words last."""

import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from pydicom.dataset import Dataset

_B_VALUE = 0x00189087
_DIRECTIONALITY = 0x00189075
_SEQUENCE_NAME = 0x00180024
_IMAGE_COMMENTS = 0x00204000
_SERIES_DESCRIPTION = 0x0008103E
_MANUFACTURER = 0x00080070
_LARGEST = 20000.0
"""Larger numbers (s/mm²) are no b-value of a clinical scanner but a misread element."""
_CSA_LEAST, _CSA_MOST = 100, 400
_LEAST_IN_WORDS = 50.0
"""Smaller numbers after a b in a description are parts of names, such as `t2_tse_b12`."""


@dataclass(frozen=True, slots=True)
class _PrivateElement:
    """Where one vendor writes b; `binary` is the struct format of the value when its VR was lost (UN, OB)."""

    group: int
    element: int
    creator: str
    manufacturers: tuple[str, ...]
    binary: str = ""


# dcm2niix and its vendor notes; GE adds 10⁹ (or 2³⁰ in the second value) on newer software.
_SIEMENS = _PrivateElement(0x0019, 0x0C, "SIEMENS MR HEADER", ("siemens",))
_GE = _PrivateElement(0x0043, 0x39, "GEMS_PARM_01", ("ge ", "ge medical"))
_PHILIPS = _PrivateElement(0x2001, 0x03, "Philips Imaging DD 001", ("philips",), "<f")
_UIH = _PrivateElement(0x0065, 0x09, "Image Private Header", ("uih", "united imaging"), "<d")
_UIH_NOMINAL = _PrivateElement(0x0065, 0x0A, "Image Private Header", ("uih", "united imaging"), "<d")
_CSA = _PrivateElement(0x0029, 0x10, "SIEMENS CSA HEADER", ("siemens",))
_SIEMENS_DIRECTIONALITY = _PrivateElement(0x0019, 0x0D, "SIEMENS MR HEADER", ("siemens",))
_PHILIPS_DIRECTION = _PrivateElement(0x2001, 0x04, "Philips Imaging DD 001", ("philips",))
_GE_COLLAPSE = _PrivateElement(0x0043, 0x30, "GEMS_PARM_01", ("ge ", "ge medical"))

_GE_AXES = (3.0, 4.0, 5.0, 16.0)

_IN_WORDS = re.compile(r"(?<![a-z0-9])b(?:[-_ ]?val(?:ue)?)?[ =_:-]{0,3}(\d{2,5})(?!\d)([-_,/ ]+\d{2,5}(?!\d))?")
_SIEMENS_SEQUENCE = re.compile(r"ep_b(\d{1,5})(?:t|#\d+)?$")


def b_value(dataset: Dataset) -> float | None:
    """Return the b-value (s/mm²) that an image's header states, or None when it states none.

    Trusted in this order: (0018,9087), the vendor's private element under its private creator, Siemens' CSA header, the
    directionality NONE, Image Comments and, last, sequence name and series description when they name exactly one
    b-value. Of an enhanced multi-frame image: the b-value that all frames share, else None.
    """
    if "PerFrameFunctionalGroupsSequence" in dataset:
        values = set(frame_b_values(dataset))
        return values.pop() if len(values) == 1 else None
    return stated_b_value(values_of(dataset))


def stated_b_value(values: Mapping[int, object]) -> float | None:
    """Return the b-value as `b_value` does, of a single-frame image's values by tag; bytes where not converted."""
    stated = (
        _number(values.get(_B_VALUE), "<d"),
        _vendor(values),
        _in_csa(values),
        0.0 if stated_directionality(values) == "NONE" else None,
        _in_words(_text(values, _IMAGE_COMMENTS)),
        _in_sequence_name(_text(values, _SEQUENCE_NAME)),
        _in_words(_text(values, _SERIES_DESCRIPTION)),
    )
    return next((plausible for b in stated if (plausible := _plausible(b)) is not None), None)


def stated_directionality(values: Mapping[int, object]) -> str:
    """Return NONE, DIRECTIONAL or ISOTROPIC (0018,9075) as the standard or the vendor's attribute states it, or ""."""
    stated = _text(values, _DIRECTIONALITY) or _text_of(_private_value(values, _SIEMENS_DIRECTIONALITY))
    if stated:
        return stated
    philips = _text_of(_private_value(values, _PHILIPS_DIRECTION))
    if philips:  # I: isotropic, made of the others; P, M, S and O: along phase, measurement, slice, or oblique
        return "ISOTROPIC" if philips == "I" else "DIRECTIONAL"
    collapse = _number(_private_value(values, _GE_COLLAPSE), "")
    return {14.0: "NONE", 15.0: "ISOTROPIC"}.get(collapse or 0.0, "") or ("DIRECTIONAL" if collapse in _GE_AXES else "")


def b_value_in_words(*texts: str) -> float | None:
    """Return the b-value that a text names, or None when it names none or several."""
    return next((b for text in texts if (b := _plausible(_in_words(text))) is not None), None)


def frame_b_values(dataset: Dataset) -> tuple[float | None, ...]:
    """Return the b-value of each frame of an enhanced MR image (PS3.3 C.8.13.5.9, MR Diffusion Sequence)."""
    frames = _items(dataset, "PerFrameFunctionalGroupsSequence")
    shared = next((_of_group(group) for group in _items(dataset, "SharedFunctionalGroupsSequence")), None)
    return tuple(own if (own := _of_group(frame)) is not None else shared for frame in frames)


def _of_group(group: Dataset) -> float | None:
    for diffusion in _items(group, "MRDiffusionSequence"):
        values = values_of(diffusion)
        b = _plausible(_number(values.get(_B_VALUE), "<d"))
        return 0.0 if b is None and _text(values, _DIRECTIONALITY) == "NONE" else b
    return _plausible(_vendor(values_of(group)))


def values_of(dataset: Dataset) -> dict[int, object]:
    """Return values by tag; those that pydicom has not converted yet as bytes, so that no malformed one raises."""
    return {int(tag): element.value for tag, element in dataset.items()}


def _vendor(values: Mapping[int, object]) -> float | None:
    for private in (_SIEMENS, _GE, _PHILIPS, _UIH, _UIH_NOMINAL):
        number = _number(_private_value(values, private), private.binary)
        if number is not None:
            return number % 1e9 if private is _GE else number
    return None


def _in_csa(values: Mapping[int, object]) -> float | None:
    """Return B_value of Siemens' CSA image header, a list of named text values, in both of its forms."""
    raw = _private_value(values, _CSA)
    if not isinstance(raw, bytes) or len(raw) < _CSA_LEAST:
        return None
    newer = raw.startswith(b"SV10")
    count, position = _uint(raw, 8 * newer), 8 * newer + 8
    surplus = 0 if newer else _uint(raw, position + 76)  # the older form adds the first tag's count to each length
    for _ in range(min(count, _CSA_MOST)):
        name, items = raw[position : position + 64].split(b"\0")[0], _uint(raw, position + 76)
        position += 84
        for _item in range(min(items, _CSA_MOST)):
            length = max(0, _uint(raw, position + 4 * newer) - surplus)
            text = raw[position + 16 : position + 16 + length].split(b"\0")[0].strip()
            if name == b"B_value" and text:
                return _number_of_text(text.decode("ascii", "replace"))
            position += 16 + (length + 3) // 4 * 4
    return None


def _uint(raw: bytes, position: int) -> int:
    return int.from_bytes(raw[position : position + 4], "little")


def _private_value(values: Mapping[int, object], private: _PrivateElement) -> object:
    """Return the element under its creator; without any creator in the group, under the vendor's usual block."""
    creators = {tag & 0xFF: _text(values, tag) for tag in values if _is_creator_of(tag, private.group)}
    for block, creator in creators.items():
        if creator == private.creator:
            return values.get(private.group << 16 | block << 8 | private.element)
    usual = values.get(private.group << 16 | 0x1000 | private.element)
    made_by = f"{_text(values, _MANUFACTURER)} ".lower()
    return usual if not creators and made_by.startswith(private.manufacturers) else None


def _is_creator_of(tag: int, group: int) -> bool:
    """Tell a private creator element (PS3.5 7.8.1: elements 0010 to 00FF of an odd group)."""
    return tag >> 16 == group and 0x10 <= tag & 0xFFFF <= 0xFF


def _text(values: Mapping[int, object], tag: int) -> str:
    return _text_of(values.get(tag))


def _text_of(value: object) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
    return text.strip(" \0")


def _number(value: object, binary: str) -> float | None:
    """Return the first number of a value that may be a number, a text, a list, or bytes of a lost VR."""
    if isinstance(value, bytes | bytearray):
        return _number_of_bytes(bytes(value), binary)
    if isinstance(value, str):
        return _number_of_text(value)
    if isinstance(value, Iterable):
        return next((_number(item, binary) for item in cast(Iterable[object], value)), None)
    return float(cast(float, value)) if value is not None else None


def _number_of_bytes(value: bytes, binary: str) -> float | None:
    if binary and len(value) == struct.calcsize(binary):
        return float(struct.unpack(binary, value)[0])
    return _number_of_text(value.decode("ascii", "replace"))


def _number_of_text(text: str) -> float | None:
    try:
        return float(text.split("\\")[0].strip(" \0"))
    except ValueError:
        return None


def _plausible(b: float | None) -> float | None:
    """Return b rounded to whole s/mm² (Philips stores b = 0 as 0.001 to 0.004), None when it is none."""
    return float(round(b)) if b is not None and 0 <= b <= _LARGEST else None


def _in_words(text: str) -> float | None:
    found = list(_IN_WORDS.finditer(text.lower()))
    if len(found) != 1 or found[0].group(2):
        return None
    named = float(found[0].group(1))
    return named if named >= _LEAST_IN_WORDS else None


def _in_sequence_name(name: str) -> float | None:
    match = _SIEMENS_SEQUENCE.search(name.strip())
    return float(match.group(1)) if match else None


def _items(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    return tuple(cast(Iterable[Dataset], dataset.get(keyword) or ()))
