"""The reader's key: an RSA key with its certificate, on a token, out of a PKCS#12 file or made for one day."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from core.errors import CannotSign, SignatureInvalid
from core.files import write_bytes
from core.reader import Reader
from reporting.signer_name import is_made_out_to
from reporting.trust import Trust, require_trusted, subject_of

if TYPE_CHECKING:
    from reporting.timestamp_authority import TimeStampAuthority

LEAST_BITS = 2048
_OWN_BITS = 3072
_CLOCKS_MAY_DIFFER_BY = timedelta(hours=1)
_LONGEST_NAME = 64


class PrivateKey(Protocol):
    """An RSA private key, wherever it lies: pyca/cryptography's own, or one that a token keeps."""

    @property
    def key_size(self) -> int:
        """The length of the modulus in bits."""
        ...

    def public_key(self) -> rsa.RSAPublicKey:
        """Return the public key."""
        ...

    def sign(self, data: bytes, padding: padding.PKCS1v15, algorithm: hashes.SHA256) -> bytes:
        """Return the PKCS#1 v1.5 signature over the SHA-256 of `data`."""
        ...


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key of at least 2048 bits and the certificate that belongs to it (PS3.15 C.4).

    `chain` are the certificates that came with it, between it and a CA. What it signs is stamped by `time_stamps`.
    """

    certificate: x509.Certificate
    _private_key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()
    time_stamps: "TimeStampAuthority | None" = None

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

    def require_fit_for(self, reader: Reader, trust: Trust | None, moment: datetime) -> None:
        """Raise `CannotSign` unless the certificate is the reader's, valid and, with `trust`, trusted at `moment`."""
        self.require_valid_at(moment)
        if not is_made_out_to(self.certificate, reader.name):
            raise CannotSign(
                f"The certificate is made out to {self.subject}, not to {reader.name}, who signs; choose the key "
                "of the one who signs, or correct the reader's name."
            )
        try:
            if trust is not None:
                require_trusted(self.certificate, trust, at=moment, others=self.chain)
        except SignatureInvalid as error:
            raise CannotSign(f"This key cannot sign here. {error}") from error

    def stamped_by(self, time_stamps: "TimeStampAuthority | None") -> Self:
        """Return the key whose signatures are stamped by an authority."""
        return replace(self, time_stamps=time_stamps)

    def sign(self, stream: bytes) -> bytes:
        """Return the PKCS#1 v1.5 signature over the SHA-256 of `stream`; a token may raise `CannotSign`."""
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
        private_key, certificate, others = pkcs12.load_key_and_certificates(content, passphrase.encode())
    except ValueError as error:
        raise CannotSign(
            f"The passphrase does not open {path}, or the file is not a PKCS#12 key file (.p12, .pfx)."
        ) from error
    if private_key is None or certificate is None:
        raise CannotSign(f"{path} holds no private key with its certificate; export both from where it was issued.")
    if not isinstance(private_key, rsa.RSAPrivateKey):
        raise CannotSign(f"The key in {path} is not an RSA key, and the DICOM SR signature profile needs one.")
    key = SigningKey(certificate, private_key, tuple(others))
    key.require_valid_at(datetime.now(UTC))
    return key


def save_key(key: SigningKey, path: Path, passphrase: str) -> None:
    """Write a key and its certificate as PKCS#12, whole or not at all; raises `CannotWrite`.

    Raises `CannotSign` for a key that its token does not give away.
    """
    private_key = key._private_key  # pyright: ignore[reportPrivateUsage] - no one else may have it
    if not isinstance(private_key, rsa.RSAPrivateKey):
        raise CannotSign(f"The key of {key.subject} stays on its token.")
    encryption = BestAvailableEncryption(passphrase.encode())
    content = pkcs12.serialize_key_and_certificates(
        key.subject.encode(),
        private_key,
        key.certificate,
        key.chain or None,
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
