"""Whether an object that came over the network is all there: its elements are walked by their lengths (PS3.5 7.1)."""

import struct

from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

_ITEM, _ITEM_END, _SEQUENCE_END = 0xE000FFFE, 0xE00DFFFE, 0xE0DDFFFE  # element and group as one little endian number
_META_LENGTH, _TRANSFER_SYNTAX = 0x00000002, 0x00100002
_UNDEFINED = 0xFFFFFFFF
_LONG = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
_META_AT = 132
_NOT_WALKED = (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian)


class _CutOff(Exception):
    """An element is longer than what there is."""


class _Odd(Exception):
    """An element has no VR of the standard; only a reader that guesses can go on."""


def is_whole(content: bytes) -> bool:
    """Return whether no element of a PS3.10 file is cut off; True too for what only a reader that guesses can walk."""
    try:
        syntax, at = _after_the_meta(content)
    except (_CutOff, struct.error):
        return False
    except _Odd:
        return True
    return is_whole_data_set(content, syntax, at)


def is_whole_data_set(content: bytes | bytearray, transfer_syntax_uid: str, at: int = 0) -> bool:
    """Return the same of the data set that begins at `at`."""
    if transfer_syntax_uid in _NOT_WALKED:
        return True
    try:
        _walk(content, at, len(content), explicit=transfer_syntax_uid != ImplicitVRLittleEndian)
    except (_CutOff, struct.error):
        return False
    except (_Odd, RecursionError):
        return True
    return True


def _after_the_meta(content: bytes) -> tuple[str, int]:
    """Return the transfer syntax, and where the data set begins."""
    tag, start, size = _header(content, _META_AT, len(content), explicit=True)
    if tag != _META_LENGTH or size != 4:
        raise _Odd
    end, at, syntax = start + size + struct.unpack_from("<I", content, start)[0], start + size, ""
    while at < end:
        tag, start, size = _header(content, at, end, explicit=True)
        if tag == _TRANSFER_SYNTAX:
            syntax = content[start : start + size].rstrip(b"\0 ").decode("ascii", "replace")
        at = start + size
    return syntax, at


def _walk(content: bytes | bytearray, at: int, end: int, *, explicit: bool) -> int:
    """Return where the elements from `at` on end: at `end`, or behind the delimiter of an item."""
    while at < end:
        tag, start, length = _header(content, at, end, explicit=explicit)
        if tag == _ITEM_END:
            return start
        if length == _UNDEFINED:
            is_unknown = explicit and content[at + 4 : at + 6] == b"UN"  # PS3.5 6.2.2: then the items are implicit
            at = _after_the_items(content, start, end, explicit=explicit and not is_unknown)
            continue
        at = start + length
        if at > end:
            raise _CutOff
    return at


def _after_the_items(content: bytes | bytearray, at: int, end: int, *, explicit: bool) -> int:
    """Return where a sequence or compressed pixel data of undefined length ends."""
    while True:
        tag, start, length = _header(content, at, end, explicit=explicit)
        if tag == _SEQUENCE_END:
            return start
        if tag != _ITEM:
            raise _Odd
        at = _walk(content, start, end, explicit=explicit) if length == _UNDEFINED else start + length
        if at > end:
            raise _CutOff


def _header(content: bytes | bytearray, at: int, end: int, *, explicit: bool) -> tuple[int, int, int]:
    """Return the tag of the element at `at`, where its value begins, and how long that is."""
    if at + 8 > end:
        rest = content[at:end]
        raise _Odd if rest and not any(rest) else _CutOff  # some senders fill up with zeros
    tag, length = struct.unpack_from("<II", content, at)
    if not explicit or tag & 0xFFFF == 0xFFFE:
        return tag, at + 8, length
    vr = bytes(content[at + 4 : at + 6])  # what comes by DICOMweb is a bytearray
    if vr not in _LONG:
        if not (vr.isalpha() and vr.isupper()):
            raise _Odd
        return tag, at + 8, length >> 16
    if at + 12 > end:
        raise _CutOff
    return tag, at + 12, struct.unpack_from("<I", content, at + 8)[0]
