"""The reader's key: an RSA key with its certificate, out of a PKCS#12 file or made for one day."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from core.errors import CannotSign
from core.files import write_bytes
from core.report import Reader

LEAST_BITS = 2048
_OWN_BITS = 3072
_CLOCKS_MAY_DIFFER_BY = timedelta(hours=1)
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key of at least 2048 bits and the certificate that belongs to it (PS3.15 C.4)."""

    certificate: x509.Certificate
    _private_key: rsa.RSAPrivateKey = field(repr=False)

    def __post_init__(self) -> None:
        if self.bits < LEAST_BITS:
            raise CannotSign(
                f"The key of {self.subject} has {self.bits} bits; a report needs an RSA key of {LEAST_BITS} or more."
            )
        if self.certificate.public_key() != self._private_key.public_key():
            raise CannotSign(f"The certificate of {self.subject} does not belong to the key beside it.")

    @property
    def subject(self) -> str:
        """The signer's name as the certificate has it."""
        return subject_of(self.certificate)

    @property
    def not_after(self) -> datetime:
        """Until when the certificate may sign (UTC)."""
        return self.certificate.not_valid_after_utc

    @property
    def bits(self) -> int:
        """The length of the RSA modulus."""
        return self._private_key.key_size

    def require_valid_at(self, moment: datetime) -> None:
        """Raise `CannotSign` when the certificate is expired or not yet valid at `moment`."""
        if moment > self.not_after:
            raise CannotSign(f"The certificate of {self.subject} expired on {self.not_after:%d %B %Y}; renew it.")
        if moment < self.certificate.not_valid_before_utc:
            begins = self.certificate.not_valid_before_utc
            raise CannotSign(f"The certificate of {self.subject} is valid only from {begins:%d %B %Y %H:%M} UTC on.")

    def sign(self, stream: bytes) -> bytes:
        """Return the PKCS#1 v1.5 signature over the SHA-256 of `stream`."""
        return self._private_key.sign(stream, padding.PKCS1v15(), hashes.SHA256())


def load_key(path: Path, passphrase: str) -> SigningKey:
    """Return the key of a PKCS#12 file, valid now.

    Raises `CannotSign` for a file that cannot be read, a wrong passphrase, a key that is not RSA or too short, and a
    certificate that is absent, belongs to another key, is expired or not yet valid.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CannotSign(f"The key file {path} cannot be read: {error.strerror or error}.") from error
    try:
        private_key, certificate, _ = pkcs12.load_key_and_certificates(content, passphrase.encode())
    except ValueError as error:
        raise CannotSign(
            f"The passphrase does not open {path}, or the file is not a PKCS#12 key file (.p12, .pfx)."
        ) from error
    if private_key is None or certificate is None:
        raise CannotSign(f"{path} holds no private key with its certificate; export both from where it was issued.")
    if not isinstance(private_key, rsa.RSAPrivateKey):
        raise CannotSign(f"The key in {path} is not an RSA key, and the DICOM SR signature profile needs one.")
    key = SigningKey(certificate, private_key)
    key.require_valid_at(datetime.now(UTC))
    return key


def save_key(key: SigningKey, path: Path, passphrase: str) -> None:
    """Write a key and its certificate as PKCS#12, whole or not at all; raises `CannotWrite`."""
    encryption = BestAvailableEncryption(passphrase.encode())
    content = pkcs12.serialize_key_and_certificates(
        key.subject.encode(),
        key._private_key,  # pyright: ignore[reportPrivateUsage] - no one else may have it
        key.certificate,
        None,
        encryption,
    )
    write_bytes(path, content)


def throw_away_key(reader: Reader) -> SigningKey:
    """Return a new RSA 3072 key with a certificate that the reader signed themselves, valid for one day."""
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=_OWN_BITS)
    name = _name_of(reader)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_MAY_DIFFER_BY)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_signing_documents(), critical=True)
        .sign(private_key, hashes.SHA256())
    )
    return SigningKey(certificate, private_key)


def subject_of(certificate: x509.Certificate) -> str:
    """Return the common name of a certificate, or its whole subject when it has none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _name_of(reader: Reader) -> x509.Name:
    family, given, middle, prefix, suffix = (*reader.name.split("=")[0].split("^"), *[""] * 5)[:5]
    spoken = " ".join(part for part in (prefix, given, middle, family, suffix) if part.strip())
    named = [x509.NameAttribute(NameOID.COMMON_NAME, spoken[:_LONGEST_NAME])]
    if reader.organization.strip():
        named.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, reader.organization[:_LONGEST_NAME]))
    return x509.Name(named)


def _for_signing_documents() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,  # once called non-repudiation
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
