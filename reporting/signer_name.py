"""Whether a certificate is made out to a person of that name, however both are written."""

import re
import unicodedata

from cryptography import x509
from cryptography.x509.oid import NameOID

_SPELT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "ł": "l", "đ": "d"}
)
_NAMED_IN = (NameOID.COMMON_NAME, NameOID.SURNAME, NameOID.GIVEN_NAME)


def is_made_out_to(certificate: x509.Certificate, person_name: str) -> bool:
    """Tell whether the names of a certificate hold a DICOM PN's family name, and its given name or that initial.

    Accents, case, order and punctuation do not count (`JUERGENS.ANNE.1234` is `Jürgens^Änne`). Any of a PN's groups
    may be the one that the certificate has.
    """
    names = " ".join(
        str(attribute.value) for oid in _NAMED_IN for attribute in certificate.subject.get_attributes_for_oid(oid)
    )
    return any(_are_in(group, names) for group in person_name.split("=") if group.strip("^ "))


def _are_in(group: str, names: str) -> bool:
    words = _words(names, spelt=True) + _words(names, spelt=False)
    family, given = (*group.split("^"), "")[:2]
    return any(_is_named(family, given, words, spelt=spelt) for spelt in (False, True))


def _is_named(family: str, given: str, words: list[str], *, spelt: bool) -> bool:
    surnames, forenames = _words(family, spelt=spelt), _words(given, spelt=spelt)
    if not surnames:
        return False
    if "".join((*surnames, *forenames)) in words:  # 王小东 is written without a space
        return True
    return all(word in words for word in surnames) and (not forenames or _is_given(forenames[0], words))


def _is_given(name: str, words: list[str]) -> bool:
    return name in words or name[0] in words


def _words(text: str, *, spelt: bool) -> list[str]:
    """Return the words without accents; `spelt` writes ü as ue instead of u."""
    text = text.casefold()
    text = text.translate(_SPELT) if spelt else text
    plain = "".join(x for x in unicodedata.normalize("NFKD", text) if not unicodedata.combining(x))
    return re.findall(r"[^\W\d_]+", plain)
