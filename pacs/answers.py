"""Answers to a C-FIND as texts by keyword, without a pydicom data set for each (PS3.4 C.4.1.1.3.2)."""

from io import BytesIO

from pydicom.charset import python_encoding
from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.dsutils import decode

from pacs.elements import Unusual, elements

Answer = dict[str, str] | Dataset
"""Texts by keyword, or a data set when it is of an unusual kind; `pacs.matching.text_of` reads both."""

_CHARACTER_SET = 0x00080005
_LAST = 0x00201FFF
_TEXTS = ("AE", "CS", "DA", "LO", "PN", "SH", "TM", "UI")
_OF_THE_CHARACTER_SET = ("LO", "PN", "SH")
_KNOWN: dict[int, tuple[str, str] | None] = {}


def read_answer(content: bytes | bytearray, syntax: UID) -> Answer:
    """Return one answer; whatever is not plain text in one character set is left to pydicom."""
    try:
        return _texts(content, explicit=not syntax.is_implicit_VR)
    except (Unusual, UnicodeDecodeError, LookupError):
        return decode(BytesIO(content), syntax.is_implicit_VR, syntax.is_little_endian)


def _texts(content: bytes | bytearray, *, explicit: bool) -> dict[str, str]:
    found = elements(content, explicit=explicit, last=_LAST)
    encoding = _encoding(found.get(_CHARACTER_SET, (b"", b""))[1])
    texts: dict[str, str] = {}
    for tag, (vr, value) in found.items():
        keyword, known_vr = _keyword(tag)
        if vr and vr.decode() != known_vr:
            raise Unusual(f"{keyword} has another value representation")
        if known_vr == "IS":
            texts[keyword] = _integers(value)
        elif known_vr in _TEXTS:
            text = value.decode(encoding if known_vr in _OF_THE_CHARACTER_SET else "ascii")
            texts[keyword] = text.strip("\0 ")
    return texts


def _encoding(character_set: bytes) -> str:
    """Return Python's name of a character set; code extensions (PS3.3 C.12.1.1.2) are left to pydicom."""
    name = character_set.decode("ascii").strip("\0 ")
    if "\\" in name or name.startswith("ISO 2022"):
        raise Unusual("code extensions")
    encoding = python_encoding[name]
    return "ascii" if not name or name == "ISO_IR 6" else encoding


def _integers(value: bytes) -> str:
    text = value.decode("ascii").strip("\0 ")
    try:
        return "\\".join(str(int(part)) for part in text.split("\\")) if text else ""
    except ValueError as error:
        raise Unusual("an integer string that is none") from error


def _keyword(tag: int) -> tuple[str, str]:
    """Return keyword and VR of a tag; looked up once, for pydicom's dictionary is slow."""
    if tag not in _KNOWN:
        keyword = keyword_for_tag(tag)
        _KNOWN[tag] = (keyword, dictionary_VR(tag)) if keyword else None
    known = _KNOWN[tag]
    return known or ("", "")
