"""DICOM digital signatures of reports: PS3.15 C.4, the SR RSA profile, with SHA-256."""

from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from reporting.mac_stream import as_encoded, is_signable, mac_stream
from reporting.signature_check import Signatory, verify_dataset, verify_file
from reporting.signature_profile import AUTHOR_PURPOSE, VERIFICATION_PURPOSE, signed_tags
from reporting.signing_key import SigningKey, load_key, save_key, throw_away_key
from reporting.trust import Trust, load_trust

__all__ = [
    "Signatory",
    "SigningKey",
    "Trust",
    "load_key",
    "load_trust",
    "save_key",
    "sign_dataset",
    "throw_away_key",
    "verify_dataset",
    "verify_file",
]


def sign_dataset(dataset: Dataset, key: SigningKey, *, at: datetime) -> Dataset:
    """Return the dataset as it will be sent, Explicit VR Little Endian, with one more signature in it.

    The signature covers what PS3.15 C.4 asks for, the flags, the authors and the character set; not the patient's name,
    which an archive may correct. It is a verification signature where the document is VERIFIED, else its author's; its
    value is stamped where the key has time stamps (PS3.3 C.12.1.1.3.1.3). Write the result with
    `save_as(path, enforce_file_format=True)` and change nothing more. Raises `CannotSign` when the certificate is not
    valid at `at`, or token or time-stamping authority do not answer; ValueError when `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("The time of signing needs a time zone.")
    key.require_valid_at(at)
    encoded = as_encoded(dataset)
    tags = [tag for tag in signed_tags(encoded) if is_signable(encoded, Tag(tag))]
    parameters, item = _parameters(encoded, tags), _unsigned_item(encoded, key, at)
    item.DigitalSignaturePurposeCodeSequence = [_purpose(is_verified=dataset.get("VerificationFlag") == "VERIFIED")]
    item.Signature = _even(key.sign(mac_stream(encoded, tags, item)))
    if key.time_stamps is not None:
        item.CertifiedTimestampType = "CMS_TSP"
        item.CertifiedTimestamp = _even(key.time_stamps.stamp(item.Signature))
    encoded.MACParametersSequence = [*encoded.get("MACParametersSequence", []), parameters]
    encoded.DigitalSignaturesSequence = [*encoded.get("DigitalSignaturesSequence", []), item]
    encoded.file_meta = _file_meta(dataset)
    return encoded


def _next_mac_id(encoded: Dataset) -> int:
    used = {int(item.MACIDNumber) for item in encoded.get("MACParametersSequence", [])}
    return max(used, default=-1) + 1


def _parameters(encoded: Dataset, tags: list[int]) -> Dataset:
    parameters = Dataset()
    parameters.MACIDNumber = _next_mac_id(encoded)
    parameters.MACCalculationTransferSyntaxUID = ExplicitVRLittleEndian
    parameters.MACAlgorithm = "SHA256"
    parameters.DataElementsSigned = sorted(tags)
    return parameters


def _unsigned_item(encoded: Dataset, key: SigningKey, at: datetime) -> Dataset:
    item = Dataset()
    item.MACIDNumber = _next_mac_id(encoded)
    item.DigitalSignatureUID = generate_uid(prefix=None)
    item.DigitalSignatureDateTime = at.strftime("%Y%m%d%H%M%S.%f%z")
    item.CertificateType = "X509_1993_SIG"
    item.CertificateOfSigner = _even(key.certificate.public_bytes(Encoding.DER))
    return item


def _purpose(*, is_verified: bool) -> Dataset:
    purpose = Dataset()
    code = VERIFICATION_PURPOSE if is_verified else AUTHOR_PURPOSE
    purpose.CodeValue, purpose.CodingSchemeDesignator, purpose.CodeMeaning = code
    return purpose


def _even(value: bytes) -> bytes:
    return value + b"\0" * (len(value) % 2)


def _file_meta(dataset: Dataset) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return meta
