"""Asking a time-stamping authority for a time stamp (RFC 3161)."""

import hashlib
import http.client
import urllib.request
from typing import Any, ClassVar

from asn1crypto import cms, core, tsp
from pyhanko.sign.timestamps.api import TimeStamper

from core.errors import CannotSign, SignatureInvalid
from reporting.timestamp import DAMAGED, time_stamp

_TIMEOUT_S = 15.0
_LARGEST_ANSWER = 1 << 20


class _Answer(core.Sequence):
    """TimeStampResp (RFC 3161 2.4.2): asn1crypto's own cannot be a refusal, which has no token."""

    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


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
        except DAMAGED as error:
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
        except DAMAGED as error:
            raise CannotSign(self._refused("what it answered is no time stamp")) from error

    def _refused(self, why: str) -> str:
        return (
            f"The time-stamping authority {self.url} gave no time stamp: {why.removesuffix('.')}. Nothing was signed; "
            "try again, or have the administrator see to [signing] tsa_url in the settings."
        )
