"""Checking the time stamp of a time-stamping authority (RFC 3161); pyHanko is loaded when there is one to check."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko_certvalidator import ValidationContext

from core.errors import SignatureInvalid
from reporting.trust import Trust, require_trusted, subject_of

DAMAGED = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What asn1crypto raises on bytes that make no sense."""


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """When an authority saw something, and the authority's name."""

    at: datetime
    authority: str


def time_stamp(token: bytes, value: bytes, trust: Trust | None) -> TimeStamp:
    """Return when and by whom `value` was stamped; `token` is a DER TimeStampToken, which zero bytes may follow.

    Raises `SignatureInvalid` when it is damaged, of something else, or its authority is not trusted (unless `trust` is
    None).
    """
    from pyhanko.sign.validation.errors import SignatureValidationError

    try:
        signed = cms.ContentInfo.load(token)["content"]
        at = signed["encap_content_info"]["content"].parsed["gen_time"].native
        others = tuple(_pyca(one.chosen) for one in signed["certificates"])
        found = asyncio.run(_validated(signed, value, Trust(others).context(at)))
    except (*DAMAGED, SignatureValidationError) as error:
        raise SignatureInvalid(f"The time stamp is damaged ({error}).") from error
    if not (found["intact"] and found["valid"]):
        raise SignatureInvalid("The time stamp is not of this signature, or was altered.")
    authority = _pyca(found["signing_cert"])
    if found["trust_problem_indic"] is not None:  # of its own certificates: how they may be used
        raise SignatureInvalid(f"The time stamp does not count: {subject_of(authority)} may not make time stamps.")
    if trust is not None:
        _require_trusted_authority(authority, others, at, trust)
    return TimeStamp(at, subject_of(authority))


async def _validated(signed: cms.SignedData, value: bytes, context: ValidationContext) -> dict[str, Any]:
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data

    return await validate_tst_signed_data(signed, context, lambda name: hashlib.new(name, value).digest())


def _require_trusted_authority(
    authority: x509.Certificate, others: tuple[x509.Certificate, ...], at: datetime, trust: Trust
) -> None:
    try:
        require_trusted(authority, trust, at=at, others=others, is_proven=True)
    except SignatureInvalid as error:
        raise SignatureInvalid(f"The time stamp does not count: {error}") from error


def _pyca(certificate: asn1_x509.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())
