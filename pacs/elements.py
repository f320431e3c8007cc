"""Data elements read straight from encoded bytes: a pydicom data set costs more than the network does (PS3.5 7.1)."""

import struct
from collections.abc import Iterator

_LONG = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED = 0xFFFFFFFF

Content = bytes | bytearray | memoryview


class Unusual(ValueError):
    """The bytes are cut off, or of a kind that is left to pydicom."""


def elements(content: Content, *, explicit: bool, last: int = 0xFFFFFFFF) -> dict[int, tuple[bytes, bytes]]:
    """Return (VR, value) by tag of a little endian data set up to the tag `last`; the VR is empty if it is implicit.

    A sequence has its items in its value when it tells its length, and none when it does not. Raises `Unusual`.
    """
    try:
        return {tag: (vr, bytes(content[start:end])) for tag, vr, start, end, _ in _walk(content, 0, explicit, last)}
    except struct.error as error:
        raise Unusual("a data set is cut off") from error


def _walk(content: Content, at: int, explicit: bool, last: int) -> Iterator[tuple[int, bytes, int, int, int]]:
    """Yield tag, VR, start and end of the value, and where the next element starts."""
    size = len(content)
    while at < size:
        tag, vr, length, start = _header(content, at, explicit)
        if tag > last:
            return
        if length == _UNDEFINED:
            if vr == b"UN":
                raise Unusual("an unknown element of undefined length")
            end, at = start, _after_items(content, start, explicit)
        else:
            end = at = start + length
        if at > size:
            raise Unusual("a data set is cut off")
        yield tag, vr, start, end, at


def _header(content: Content, at: int, explicit: bool) -> tuple[int, bytes, int, int]:
    """Return tag, VR, length and where the value starts."""
    if not explicit:
        group, element, length = struct.unpack_from("<HHI", content, at)
        return group << 16 | element, b"", length, at + 8
    group, element, vr, length = struct.unpack_from("<HH2sH", content, at)
    if group == 0xFFFE:  # items have no VR in either syntax
        return group << 16 | element, b"", struct.unpack_from("<I", content, at + 4)[0], at + 8
    if vr in _LONG:
        return group << 16 | element, vr, struct.unpack_from("<I", content, at + 8)[0], at + 12
    if not vr.isalpha():
        raise Unusual("a value representation that is none")
    return group << 16 | element, vr, length, at + 8


def _after_items(content: Content, at: int, explicit: bool) -> int:
    """Return where a sequence of undefined length ends (PS3.5 7.5.2)."""
    while True:
        tag, _, length, at = _header(content, at, explicit)
        if tag == _SEQUENCE_END:
            return at
        if tag != _ITEM:
            raise Unusual("a sequence of something other than items")
        at = _after_item(content, at, explicit) if length == _UNDEFINED else at + length


def _after_item(content: Content, at: int, explicit: bool) -> int:
    for tag, _, _, _, following in _walk(content, at, explicit, 0xFFFFFFFF):
        if tag == _ITEM_END:
            return following
    raise Unusual("an item without an end")
