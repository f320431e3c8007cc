"""Checking DICOM digital signatures of reports (PS3.15 C.4): bytes, coverage, certificate, signer."""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian
from pydicom.valuerep import DT

from core.errors import NotSigned, SignatureInvalid
from reporting.mac_stream import as_encoded, mac_stream
from reporting.signature_profile import VERIFICATION_PURPOSE, uncovered
from reporting.signing_key import LEAST_BITS, subject_of

_HASHES = {"SHA256": hashes.SHA256, "SHA384": hashes.SHA384, "SHA512": hashes.SHA512}
"""MD5, RIPEMD160 and SHA1, which DICOM allows too, can be forged and are refused."""

_DAMAGED = (
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    EOFError,
    NotImplementedError,
    struct.error,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
)
"""What pydicom and cryptography raise on bytes that make no sense."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed a dataset and when; `checked_against_ca` tells whether a CA vouches for the name."""

    name: str
    signed_at: datetime
    sop_instance_uid: str
    checked_against_ca: bool

    def __str__(self) -> str:
        trust = "" if self.checked_against_ca else " (signer not checked against a CA)"
        return f"signed by {self.name} on {self.signed_at:%d %B %Y at %H:%M:%S %Z}{trust}"


def verify_file(path: Path, ca_pem: Path | None) -> Signatory:
    """Return who signed the report in a file; see `verify_dataset`.

    `ca_pem` is the certificate of the CA that must have issued the signer's. Raises `NotSigned` for a file that is
    unsigned or not readable as DICOM, `SignatureInvalid` for one that was altered or whose signer is not trusted.
    """
    ca = _certificate_of_ca(ca_pem) if ca_pem else None
    try:
        dataset = dcmread(path)
    except OSError as error:
        raise NotSigned(f"{path} cannot be read: {error.strerror or error}.") from error
    except InvalidDicomError as error:
        raise NotSigned(f"{path} is not a DICOM file.") from error
    except _DAMAGED as error:
        raise NotSigned(f"{path} cannot be read as DICOM: {error}.") from error
    try:
        return verify_dataset(dataset, ca)
    except (NotSigned, SignatureInvalid) as error:
        raise type(error)(f"{path}: {error}") from error


def verify_dataset(dataset: Dataset, ca: x509.Certificate | None) -> Signatory:
    """Recompute every signature of a dataset and return who signed it: the verifier of a VERIFIED report.

    With `ca`, each signer's certificate must be issued by it or be it; without, the signer stays unchecked and the
    answer says so. Raises `NotSigned` without a signature, and `SignatureInvalid` when a signed byte differs, when
    the signature leaves out what PS3.15 C.4 asks for, or when the certificate was not valid or is not trusted.
    """
    try:
        if not dataset.get("DigitalSignaturesSequence"):
            raise NotSigned("There is no digital signature in it.")
        checked = [(item, _signatory(dataset, item, ca)) for item in as_encoded(dataset).DigitalSignaturesSequence]
        return _verifier(dataset, checked)
    except _DAMAGED as error:
        raise SignatureInvalid(f"The signature cannot be checked, so it was altered or damaged ({error}).") from error


def _verifier(dataset: Dataset, checked: list[tuple[Dataset, Signatory]]) -> Signatory:
    verifying = [signatory for item, signatory in checked if _is_verification(item)]
    if dataset.get("VerificationFlag") == "VERIFIED" and not verifying:
        raise SignatureInvalid("The report says that it is verified, and no verification signature says so.")
    return (verifying or [signatory for _, signatory in checked])[0]


def _is_verification(item: Dataset) -> bool:
    purposes = item.get("DigitalSignaturePurposeCodeSequence", [])
    return any((x.get("CodeValue"), x.get("CodingSchemeDesignator")) == VERIFICATION_PURPOSE[:2] for x in purposes)


def _signatory(dataset: Dataset, item: Dataset, ca: x509.Certificate | None) -> Signatory:
    certificate = x509.load_der_x509_certificate(_without_padding(bytes(item.CertificateOfSigner)))
    name, signed = subject_of(certificate), _signed_tags(dataset, item)
    _require_untouched(dataset, item, certificate, signed)
    _require_coverage(dataset, item, signed)
    signed_at = _moment(str(item.DigitalSignatureDateTime))
    _require_validity(certificate, signed_at)
    if ca is not None:
        _require_trust(certificate, ca, signed_at)
    return Signatory(name, signed_at, str(dataset.SOPInstanceUID), ca is not None)


def _parameters(dataset: Dataset, item: Dataset) -> Dataset:
    for parameters in dataset.get("MACParametersSequence", []):
        if parameters.MACIDNumber == item.MACIDNumber:
            return parameters
    raise SignatureInvalid("The signature's parameters are missing, so it was altered or damaged.")


def _signed_tags(dataset: Dataset, item: Dataset) -> set[int]:
    tags = _parameters(dataset, item).DataElementsSigned
    return {int(tag) for tag in ([tags] if isinstance(tags, int) else tags)}


def _require_untouched(dataset: Dataset, item: Dataset, certificate: x509.Certificate, signed: set[int]) -> None:
    parameters = _parameters(dataset, item)
    algorithm = _HASHES.get(str(parameters.MACAlgorithm))
    public_key = certificate.public_key()
    if algorithm is None or parameters.MACCalculationTransferSyntaxUID != ExplicitVRLittleEndian:
        how = f"{parameters.MACAlgorithm} over {parameters.MACCalculationTransferSyntaxUID}"
        raise SignatureInvalid(f"The signature was made with {how}, which is not accepted: SHA-256 or better is.")
    if not isinstance(public_key, rsa.RSAPublicKey) or public_key.key_size < LEAST_BITS:
        raise SignatureInvalid(f"The key of {subject_of(certificate)} is not RSA of {LEAST_BITS} bits or more.")
    signature = bytes(item.Signature)[: (public_key.key_size + 7) // 8]
    try:
        public_key.verify(signature, mac_stream(as_encoded(dataset), signed, item), padding.PKCS1v15(), algorithm())
    except InvalidSignature as error:
        raise SignatureInvalid(
            f"It was altered after {subject_of(certificate)} signed it, or the signature was."
        ) from error


def _require_coverage(dataset: Dataset, item: Dataset, signed: set[int]) -> None:
    missing = uncovered(dataset, signed, as_verification=_is_verification(item))
    if missing:
        raise SignatureInvalid(f"The signature leaves out {', '.join(missing)}, so it says nothing about the report.")


def _require_validity(certificate: x509.Certificate, signed_at: datetime) -> None:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= signed_at <= ends:
        raise SignatureInvalid(
            f"The certificate of {subject_of(certificate)} was not valid when the report was signed: "
            f"it is from {begins:%d %B %Y} to {ends:%d %B %Y}."
        )
    if not _may_sign(certificate):
        raise SignatureInvalid(f"The certificate of {subject_of(certificate)} is not made for signing documents.")


def _require_trust(certificate: x509.Certificate, ca: x509.Certificate, signed_at: datetime) -> None:
    if certificate == ca:
        return
    if not _is_ca(ca):
        raise SignatureInvalid(f"{subject_of(certificate)} is not trusted: {subject_of(ca)} is not a CA.")
    try:
        certificate.verify_directly_issued_by(ca)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise SignatureInvalid(
            f"{subject_of(certificate)} is not trusted: {subject_of(ca)} did not issue that certificate."
        ) from error
    if not ca.not_valid_before_utc <= signed_at <= ca.not_valid_after_utc:
        raise SignatureInvalid(f"The CA {subject_of(ca)} was not valid when the report was signed.")


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True  # RFC 5280 4.2.1.3: without the extension the key may be used for anything
    return usage.digital_signature or usage.content_commitment


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _moment(written: str) -> datetime:
    moment = DT(written)
    if not isinstance(moment, datetime):
        raise ValueError("the time of signing is missing")
    return moment.astimezone(UTC)  # a time without zone is this machine's


def _without_padding(der: bytes) -> bytes:
    """Return a DER certificate without the byte that DICOM adds to make its length even."""
    if len(der) < 4 or der[0] != 0x30 or der[1] != 0x82:
        raise ValueError("the certificate of the signer is not readable")
    return der[: 4 + int.from_bytes(der[2:4], "big")]


def _certificate_of_ca(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SignatureInvalid(f"The CA certificate {path} cannot be read, so no signer can be trusted.") from error
