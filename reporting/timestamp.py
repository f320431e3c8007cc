"""Time stamps of a time-stamping authority (RFC 3161): asking for one, and checking one."""

import asyncio
import hashlib
import http.client
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from core.errors import CannotSign, SignatureInvalid
from reporting.trust import Trust, require_trusted, subject_of

_TIMEOUT_S = 15.0
_LARGEST_ANSWER = 1 << 20
_DAMAGED = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What asn1crypto raises on bytes that make no sense."""


class _Answer(core.Sequence):
    """TimeStampResp (RFC 3161 2.4.2): asn1crypto's own cannot be a refusal, which has no token."""

    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """When an authority saw something, and the authority's name."""

    at: datetime
    authority: str


class TimeStampAuthority(TimeStamper):
    """An authority that answers at an URL, for DICOM signatures and, as pyHanko asks it, for those of PDFs."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def stamp(self, value: bytes) -> bytes:
        """Return the DER of a TimeStampToken over the SHA-256 of `value`, checked; raises `CannotSign` without one."""
        token = self._token(hashlib.sha256(value).digest(), "sha256").dump()
        try:
            time_stamp(token, value, None)
        except SignatureInvalid as error:
            raise CannotSign(self._refused(f"its time stamp is not of what was sent ({error})")) from error
        return token

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return a TimeStampToken, as pyHanko asks for it; raises `CannotSign` without one."""
        return self._token(message_digest, md_algorithm)

    def _token(self, digest: bytes, algorithm: str) -> cms.ContentInfo:
        """Ask the authority; raises `CannotSign` when it does not answer this question (RFC 3161 2.4.2)."""
        nonce, question = self.request_cms(digest, algorithm)
        answer = self._ask(question.dump())
        try:
            status = answer["status"]["status"].native
            if status not in ("granted", "granted_with_mods"):
                said = "; ".join(answer["status"]["status_string"].native or ())
                raise CannotSign(self._refused(f"it refused ({', '.join(filter(None, (status, said)))})"))
            token = answer["time_stamp_token"]
            answered = token["content"]["encap_content_info"]["content"].parsed["nonce"].native
        except _DAMAGED as error:
            raise CannotSign(self._refused("what it answered is no time stamp")) from error
        if answered != nonce:
            raise CannotSign(self._refused("it answered another question"))
        return token

    def _ask(self, question: bytes) -> Any:
        request = urllib.request.Request(
            self.url,
            question,
            {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
                return _Answer.load(answer.read(_LARGEST_ANSWER), strict=True)
        except (OSError, http.client.HTTPException) as error:
            raise CannotSign(self._refused(str(getattr(error, "reason", error)))) from error
        except _DAMAGED as error:
            raise CannotSign(self._refused("what it answered is no time stamp")) from error

    def _refused(self, why: str) -> str:
        return (
            f"The time-stamping authority {self.url} gave no time stamp: {why.removesuffix('.')}. Nothing was signed; "
            "try again, or have the administrator see to [signing] tsa_url in the settings."
        )


def time_stamp(token: bytes, value: bytes, trust: Trust | None) -> TimeStamp:
    """Return when and by whom `value` was stamped; `token` is a DER TimeStampToken, which zero bytes may follow.

    Raises `SignatureInvalid` when it is damaged, of something else, or its authority is not trusted (unless `trust` is
    None).
    """
    try:
        signed = cms.ContentInfo.load(token)["content"]
        at = signed["encap_content_info"]["content"].parsed["gen_time"].native
        others = tuple(_pyca(one.chosen) for one in signed["certificates"])
        found = asyncio.run(_validated(signed, value, Trust(others).context(at)))
    except (*_DAMAGED, SignatureValidationError) as error:
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
