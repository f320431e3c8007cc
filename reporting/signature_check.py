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
from reporting.signer_name import is_made_out_to
from reporting.signing_key import LEAST_BITS
from reporting.timestamp import TimeStamp, time_stamp
from reporting.trust import Trust, is_for_documents, require_trusted, subject_of

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
    """Who signed a dataset and when. `trust` is what the name was checked against, None when it was not.

    `signed_at` is what the signature says; `stamp` is when an authority saw it, where it was stamped.
    """

    certificate: x509.Certificate
    signed_at: datetime
    sop_instance_uid: str
    is_verification: bool
    stamp: TimeStamp | None
    trust: Trust | None

    @property
    def name(self) -> str:
        """The signer's name as the certificate has it."""
        return subject_of(self.certificate)

    @property
    def checked_against_ca(self) -> bool:
        """Whether a CA vouches for the name."""
        return self.trust is not None

    def __str__(self) -> str:
        """Return all that is known in one line."""
        stamp = f", time stamp of {self.stamp.authority} of {_written(self.stamp.at)}" if self.stamp else ""
        return f"signed by {self.name} on {_written(self.signed_at)}{self._kind}{stamp}{self._doubt}"

    @property
    def _kind(self) -> str:
        return "" if self.is_verification else " as its author, not verified"

    @property
    def _doubt(self) -> str:
        if self.trust is None:
            return " (signer not checked against a CA)"
        return "" if self.trust.revocation_lists else " (not checked for revocation: no list was given)"


def _written(moment: datetime) -> str:
    return f"{moment:%d %B %Y at %H:%M:%S %Z}"


def verify_file(path: Path, trust: Trust | None) -> Signatory:
    """Return who signed the report in a file; see `verify_dataset`.

    Raises `NotSigned` for a file that is unsigned or not readable as DICOM, `SignatureInvalid` for one that was
    altered or whose signer is not trusted.
    """
    try:
        dataset = dcmread(path)
    except OSError as error:
        raise NotSigned(f"{path} cannot be read: {error.strerror or error}.") from error
    except InvalidDicomError as error:
        raise NotSigned(f"{path} is not a DICOM file.") from error
    except _DAMAGED as error:
        raise NotSigned(f"{path} cannot be read as DICOM: {error}.") from error
    try:
        return verify_dataset(dataset, trust)
    except (NotSigned, SignatureInvalid) as error:
        raise type(error)(f"{path}: {error}") from error


def verify_dataset(dataset: Dataset, trust: Trust | None) -> Signatory:
    """Recompute every signature of a dataset and return who signed it: the verifier of a VERIFIED report.

    A signer is judged at the time stamp of the signature, else at the time that the signature says. With `trust` the
    signer's certificate, and the authority's, must come from it; without, the signer stays unchecked and the answer
    says so. Raises `NotSigned` without a signature, and `SignatureInvalid` when a signed byte differs, when the
    signature leaves out what PS3.15 C.4 asks for, when the certificate was not valid, is made out to another person
    than the report names, or is not trusted.
    """
    try:
        if not dataset.get("DigitalSignaturesSequence"):
            raise NotSigned("There is no digital signature in it.")
        encoded = as_encoded(dataset)
        checked = [_signatory(dataset, encoded, item, trust) for item in encoded.DigitalSignaturesSequence]
        return _verifier(dataset, checked)
    except _DAMAGED as error:
        raise SignatureInvalid(f"The signature cannot be checked, so it was altered or damaged ({error}).") from error


def _verifier(dataset: Dataset, checked: list[Signatory]) -> Signatory:
    verifying = [signatory for signatory in checked if signatory.is_verification]
    if dataset.get("VerificationFlag") != "VERIFIED":
        return _named(dataset, checked, "AuthorObserverSequence", "PersonName", "author")
    if not verifying:
        raise SignatureInvalid("The report says that it is verified, and no verification signature says so.")
    return _named(dataset, verifying, "VerifyingObserverSequence", "VerifyingObserverName", "verifier")


def _named(dataset: Dataset, signed: list[Signatory], sequence: str, keyword: str, role: str) -> Signatory:
    """Return the first who signed and is named in the report in that role, or who signed where nobody is named."""
    names = [str(one.get(keyword, "")) for one in dataset.get(sequence, [])]
    found = [one for one in signed if not names or any(is_made_out_to(one.certificate, name) for name in names)]
    if not found:
        signers = " and ".join(one.name for one in signed)
        raise SignatureInvalid(f"The report names {' and '.join(names)} as its {role}, and was signed by {signers}.")
    return found[0]


def _is_verification(item: Dataset) -> bool:
    purposes = item.get("DigitalSignaturePurposeCodeSequence", [])
    return any((x.get("CodeValue"), x.get("CodingSchemeDesignator")) == VERIFICATION_PURPOSE[:2] for x in purposes)


def _signatory(dataset: Dataset, encoded: Dataset, item: Dataset, trust: Trust | None) -> Signatory:
    certificate = x509.load_der_x509_certificate(_without_padding(bytes(item.CertificateOfSigner)))
    signed, is_verification = _signed_tags(dataset, item), _is_verification(item)
    _require_algorithms(_parameters(dataset, item), certificate)
    _require_untouched(encoded, item, certificate, signed, str(_parameters(dataset, item).MACAlgorithm))
    _require_coverage(dataset, signed, as_verification=is_verification)
    signed_at, stamp = _moment(str(item.DigitalSignatureDateTime)), _stamp(item, trust)
    at = stamp.at if stamp else signed_at
    _require_validity(certificate, at)
    if trust is not None:
        require_trusted(certificate, trust, at=at, is_proven=stamp is not None)
    return Signatory(certificate, signed_at, str(dataset.SOPInstanceUID), is_verification, stamp, trust)


def _stamp(item: Dataset, trust: Trust | None) -> TimeStamp | None:
    if "CertifiedTimestamp" not in item:
        return None
    if item.get("CertifiedTimestampType") != "CMS_TSP":
        raise SignatureInvalid(f"The time stamp is of a kind that is not known: {item.get('CertifiedTimestampType')}.")
    return time_stamp(bytes(item.CertifiedTimestamp), bytes(item.Signature), trust)


def _parameters(dataset: Dataset, item: Dataset) -> Dataset:
    for parameters in dataset.get("MACParametersSequence", []):
        if parameters.MACIDNumber == item.MACIDNumber:
            return parameters
    raise SignatureInvalid("The signature's parameters are missing, so it was altered or damaged.")


def _signed_tags(dataset: Dataset, item: Dataset) -> set[int]:
    tags = _parameters(dataset, item).DataElementsSigned
    return {int(tag) for tag in ([tags] if isinstance(tags, int) else tags)}


def _require_algorithms(parameters: Dataset, certificate: x509.Certificate) -> None:
    if parameters.MACAlgorithm not in _HASHES or parameters.MACCalculationTransferSyntaxUID != ExplicitVRLittleEndian:
        how = f"{parameters.MACAlgorithm} over {parameters.MACCalculationTransferSyntaxUID}"
        raise SignatureInvalid(f"The signature was made with {how}, which is not accepted: SHA-256 or better is.")
    public_key = certificate.public_key()
    if not isinstance(public_key, rsa.RSAPublicKey) or public_key.key_size < LEAST_BITS:
        raise SignatureInvalid(f"The key of {subject_of(certificate)} is not RSA of {LEAST_BITS} bits or more.")


def _require_untouched(
    encoded: Dataset, item: Dataset, certificate: x509.Certificate, signed: set[int], algorithm: str
) -> None:
    public_key = certificate.public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)  # _require_algorithms
    signature = bytes(item.Signature)[: (public_key.key_size + 7) // 8]
    try:
        public_key.verify(signature, mac_stream(encoded, signed, item), padding.PKCS1v15(), _HASHES[algorithm]())
    except InvalidSignature as error:
        raise SignatureInvalid(
            f"It was altered after {subject_of(certificate)} signed it, or the signature was."
        ) from error


def _require_coverage(dataset: Dataset, signed: set[int], *, as_verification: bool) -> None:
    missing = uncovered(dataset, signed, as_verification=as_verification)
    if missing:
        raise SignatureInvalid(f"The signature leaves out {', '.join(missing)}, so it says nothing about the report.")


def _require_validity(certificate: x509.Certificate, signed_at: datetime) -> None:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= signed_at <= ends:
        raise SignatureInvalid(
            f"The certificate of {subject_of(certificate)} was not valid when the report was signed: "
            f"it is from {begins:%d %B %Y} to {ends:%d %B %Y}."
        )
    if not is_for_documents(certificate):
        raise SignatureInvalid(f"The certificate of {subject_of(certificate)} is not made for signing documents.")


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
