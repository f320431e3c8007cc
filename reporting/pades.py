"""The signature in the PDF of a report (PAdES baseline: ETSI EN 319 142-1), by the key that signs the SR."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto import algos
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.validation import async_validate_cms_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.registry import SimpleCertificateStore

from core.errors import CannotSign, NotSigned, SignatureInvalid
from reporting.signing_key import SigningKey
from reporting.timestamp import TimeStamp, time_stamp
from reporting.trust import Trust, is_for_documents, require_trusted, subject_of

_FIELD = "Reader"
_DAMAGED = (ValueError, TypeError, KeyError, AttributeError, IndexError, PdfError, SignatureValidationError)
"""What pyHanko and asn1crypto raise on bytes that make no sense."""


@dataclass(frozen=True, slots=True)
class PdfSignatory:
    """Who signed a PDF and when; `checked_against_ca` tells whether a CA vouches for the name."""

    name: str
    signed_at: datetime
    stamp: TimeStamp | None
    checked_against_ca: bool

    def __str__(self) -> str:
        """Return all that is known in one line."""
        stamp = (
            f", time stamp of {self.stamp.authority} of {self.stamp.at:%d %B %Y at %H:%M:%S %Z}" if self.stamp else ""
        )
        trust = "" if self.checked_against_ca else " (signer not checked against a CA)"
        return f"signed by {self.name} on {self.signed_at:%d %B %Y at %H:%M:%S %Z}{stamp}{trust}"


def sign_pdf(pdf: bytes, key: SigningKey, *, reason: str, reader: str) -> bytes:
    """Return the PDF with the reader's signature, after which no change is allowed to it, stamped as the key says.

    Raises `CannotSign` when token or time-stamping authority do not answer.
    """
    metadata = PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        name=reader,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer = PdfSigner(metadata, _ByKey(key), timestamper=key.time_stamps)
    try:
        signed = asyncio.run(signer.async_sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf))))
    except (OSError, SigningError) as error:  # pyHanko's TimestampRequestError is an OSError
        raise CannotSign(f"The PDF could not be signed: {error}. Nothing was sent; try again.") from error
    return signed.getvalue()


class _ByKey(Signer):
    """pyHanko's signer, whose signatures our key makes, wherever it lies."""

    def __init__(self, key: SigningKey) -> None:
        super().__init__(
            signing_cert=_asn1(key.certificate),
            cert_registry=SimpleCertificateStore.from_certs([_asn1(one) for one in key.chain]),
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        )
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign, or return as many bytes as a signature has."""
        return bytes(self._key.bits // 8) if dry_run else self._key.sign(data)


def verify_pdf(pdf: bytes, trust: Trust | None) -> PdfSignatory:
    """Return who signed a PDF; raises `NotSigned`, or `SignatureInvalid` when it was altered or is not trusted.

    As for an SR, the signer is judged at the time stamp, else at the time that the signature says.
    """
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
        if not signatures:
            raise NotSigned("There is no digital signature in the PDF.")
        (*_, embedded) = signatures
        is_whole = _covers_all(embedded) and asyncio.run(_is_intact(embedded))
    except _DAMAGED as error:
        raise SignatureInvalid(f"The PDF or its signature is damaged ({error}).") from error
    certificate = _pyca(embedded.signer_cert)
    if not is_whole:
        raise SignatureInvalid(f"The PDF was altered after {subject_of(certificate)} signed it.")
    return _signatory(embedded, certificate, trust)


def _covers_all(embedded: EmbeddedPdfSignature) -> bool:
    embedded.compute_integrity_info(skip_diff=True)
    return embedded.coverage is SignatureCoverageLevel.ENTIRE_FILE


async def _is_intact(embedded: EmbeddedPdfSignature) -> bool:
    """Tell whether the signature is of these bytes; whether its certificate is trusted is asked of `Trust` alone."""
    certificate = _pyca(embedded.signer_cert)
    itself = Trust((certificate,)).context(certificate.not_valid_before_utc)
    status = await async_validate_cms_signature(
        embedded.signed_data, raw_digest=embedded.compute_digest(), validation_context=itself
    )
    return bool(status.intact and status.valid)


def _signatory(embedded: EmbeddedPdfSignature, certificate: x509.Certificate, trust: Trust | None) -> PdfSignatory:
    who, stamp, said = subject_of(certificate), _stamp(embedded, trust), embedded.self_reported_timestamp
    at = stamp.at if stamp else said
    if at is None or said is None:
        raise SignatureInvalid(f"The signature of {who} in the PDF does not say when it was made.")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise SignatureInvalid(f"The certificate of {who} was not valid when the PDF was signed.")
    if not is_for_documents(certificate):
        raise SignatureInvalid(f"The certificate of {who} is not made for signing documents.")
    if trust is not None:
        others = [_pyca(one) for one in embedded.other_embedded_certs]
        require_trusted(certificate, trust, at=at, others=others, is_proven=stamp is not None)
    return PdfSignatory(who, said.astimezone(UTC), stamp, trust is not None)


def _stamp(embedded: EmbeddedPdfSignature, trust: Trust | None) -> TimeStamp | None:
    for attribute in embedded.signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            (token,) = attribute["values"]
            return time_stamp(token.dump(), bytes(embedded.signer_info["signature"]), trust)
    return None


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _pyca(certificate: asn1_x509.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())
