"""Whom the site trusts: from a signer's certificate to a CA of the site, through its revocation lists (RFC 5280).

The path is built and checked by pyhanko-certvalidator; nothing is fetched from the network.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import ExpiredError, NotYetValidError, PathBuildingError, ValidationError

from core.errors import SignatureInvalid

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Trust:
    """The certificates that the site trusts, and its revocation lists; without any, nobody is asked after."""

    certificates: tuple[x509.Certificate, ...] = ()
    revocation_lists: tuple[x509.CertificateRevocationList, ...] = ()

    def context(self, moment: datetime, others: Iterable[x509.Certificate] = ()) -> ValidationContext:
        """Return what pyHanko asks whom to trust at `moment`."""
        return ValidationContext(
            trust_roots=[_asn1(certificate) for certificate in self.certificates],
            other_certs=[_asn1(certificate) for certificate in others],
            moment=moment,
            allow_fetching=False,
        )


def load_trust(ca_pem: Path | None, revocation_lists: Sequence[Path] = ()) -> Trust | None:
    """Return what the files say, None when no CA is named; raises `SignatureInvalid` for one that cannot be read.

    `ca_pem` may hold several certificates. A revocation list is PEM or DER.
    """
    if ca_pem is None:
        return None
    certificates = _read(ca_pem, x509.load_pem_x509_certificates, "CA certificate", "no signer can be trusted")
    lists = [_read(path, _revocation_list, "revocation list", "nobody's is known") for path in revocation_lists]
    return Trust(tuple(certificates), tuple(lists))


def require_trusted(
    certificate: x509.Certificate,
    trust: Trust,
    *,
    at: datetime,
    others: Iterable[x509.Certificate] = (),
    is_proven: bool = False,
) -> None:
    """Raise `SignatureInvalid` unless a CA of the site vouched for a certificate at `at`.

    `others` are certificates that came with it and may lie between. A revoked certificate is refused even if it was
    revoked after `at`, unless a time stamp proves that time (`is_proven`): who has stolen a key can write any date.
    """
    path = [certificate] if certificate in trust.certificates else _path(certificate, trust, at, others)
    for issued, issuer in pairwise(path):
        _require_not_revoked(issued, issuer, trust.revocation_lists, at=at, is_proven=is_proven)


def subject_of(certificate: x509.Certificate) -> str:
    """Return the common name of a certificate, or its whole subject when it has none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def is_for_documents(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate may sign documents: digital signature or content commitment (RFC 5280 4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True  # without the extension the key may be used for anything
    return usage.digital_signature or usage.content_commitment


def _path(
    certificate: x509.Certificate, trust: Trust, at: datetime, others: Iterable[x509.Certificate]
) -> list[x509.Certificate]:
    """Return the certificates from the signer's to one of the site's CAs."""
    anchors = Trust(tuple(one for one in trust.certificates if _is_ca(one)))
    who = subject_of(certificate)
    if not anchors.certificates:
        named = ", ".join(map(subject_of, trust.certificates))
        raise SignatureInvalid(f"{who} is not trusted: {named} is not a CA.")
    validator = CertificateValidator(_asn1(certificate), validation_context=anchors.context(at, others))
    try:
        found = asyncio.run(validator.async_validate_usage(set()))
    except (ExpiredError, NotYetValidError) as error:
        raise SignatureInvalid(
            f"{who} is not trusted: a certificate was not valid on {at:%d %B %Y} ({error})"
        ) from error
    except (PathBuildingError, ValidationError) as error:
        if isinstance(error, PathBuildingError) or "because the signature of" in str(error):
            issuers = " and ".join(map(subject_of, anchors.certificates))
            raise SignatureInvalid(f"{who} is not trusted: {issuers} did not issue that certificate.") from error
        raise SignatureInvalid(f"{who} is not trusted: {error}") from error
    return [x509.load_der_x509_certificate(one.dump()) for one in reversed(list(found))]


def _require_not_revoked(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    lists: Sequence[x509.CertificateRevocationList],
    *,
    at: datetime,
    is_proven: bool,
) -> None:
    if not lists:
        return
    mine = [one for one in lists if one.issuer == issuer.subject and _is_by(one, issuer)]
    fresh = [one for one in mine if one.next_update_utc is None or one.next_update_utc >= at]
    if not fresh:
        lack = f"the newest ran out on {max(map(_ends, mine)):%d %B %Y}" if mine else "there is none"
        raise SignatureInvalid(
            f"Whether the certificate of {subject_of(certificate)} was revoked is not known: of the revocation lists "
            f"of {subject_of(issuer)}, {lack}. Fetch the present one and name it in the settings."
        )
    for one in mine:
        entry = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None and not (is_proven and at < entry.revocation_date_utc):
            raise SignatureInvalid(
                f"The certificate of {subject_of(certificate)} was revoked on {entry.revocation_date_utc:%d %B %Y}."
            )


def _is_by(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    public_key = issuer.public_key()
    return isinstance(public_key, rsa.RSAPublicKey) and one.is_signature_valid(public_key)


def _ends(one: x509.CertificateRevocationList) -> datetime:
    return one.next_update_utc or one.last_update_utc


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _revocation_list(content: bytes) -> x509.CertificateRevocationList:
    load = x509.load_pem_x509_crl if content.lstrip().startswith(b"-----") else x509.load_der_x509_crl
    return load(content)


def _read(path: Path, parse: Callable[[bytes], _T], what: str, so: str) -> _T:
    try:
        return parse(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SignatureInvalid(f"The {what} {path} cannot be read, so {so}.") from error
