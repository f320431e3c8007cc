"""A reader's key on a smart card or token (PKCS#11); the private key never leaves it.

Each signature is a session of its own: a card that is pulled out is noticed at the next one.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol, cast

import pkcs11
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pkcs11 import Attribute, Mechanism, ObjectClass, TokenFlag
from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLenRange, PinLocked

from core.errors import CannotSign
from reporting.signing_key import SigningKey
from reporting.trust import is_for_documents

_SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_SESSION = threading.Lock()
"""A login counts for the whole process, so one session at a time has the token."""


@dataclass(frozen=True, slots=True)
class Token:
    """Where a token is found: the PKCS#11 library of its maker, and its label (empty: the only one that is present)."""

    module: Path
    label: str = ""

    @property
    def name(self) -> str:
        """What the reader knows it by."""
        return f"the token “{self.label}”" if self.label else "the token"


def load_token_key(token: Token, pin: str) -> SigningKey:
    """Return the signing key of a token: an RSA key that may sign, with its certificate.

    Raises `CannotSign` when no such token is present, for a wrong PIN, saying how many attempts are left where the
    token tells, and when it holds no RSA key with a certificate, or several.
    """
    with _session(token, pin) as session:
        certificates = [
            _certificate(found) for found in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        ]
        keys = {bytes(found[Attribute.ID]) for found in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})}
        mine = [
            (key_id, certificate) for key_id, certificate in certificates if key_id in keys and _may_sign(certificate)
        ]
    if len(mine) != 1:
        holds = "several keys" if mine else "no RSA key with a certificate"
        raise CannotSign(f"{_capital(token.name)} holds {holds} for signing documents; one is needed.")
    key_id, certificate = mine[0]
    chain = tuple(other for _, other in certificates if other != certificate)
    return SigningKey(certificate, TokenPrivateKey(token, pin, key_id, _rsa_key(certificate)), chain)


class _Signs(Protocol):
    """What an RSA private key of a session can do; the library's types do not say it."""

    def __getitem__(self, attribute: Attribute) -> object: ...

    def sign(self, data: bytes, *, mechanism: Mechanism, pin: str | None = None) -> bytes: ...


@dataclass(frozen=True, slots=True)
class TokenPrivateKey:
    """A private key by its place; `pin` opens a session for each signature."""

    token: Token
    pin: str = field(repr=False)
    key_id: bytes
    _public_key: rsa.RSAPublicKey

    @property
    def key_size(self) -> int:
        """The length of the modulus in bits."""
        return self._public_key.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        """Return the public key of the certificate, which the first signature proves to belong to this one."""
        return self._public_key

    def sign(self, data: bytes, padding: padding.PKCS1v15, algorithm: hashes.SHA256) -> bytes:
        """Return the PKCS#1 v1.5 signature over the SHA-256 of `data`; raises `CannotSign` without the token."""
        with _session(self.token, self.pin) as session:
            key = cast(_Signs, session.get_key(ObjectClass.PRIVATE_KEY, id=self.key_id))
            again = self.pin if key[Attribute.ALWAYS_AUTHENTICATE] else None
            signature = bytes(key.sign(_digest_info(data), mechanism=Mechanism.RSA_PKCS, pin=again))
        self._require_own(signature, data, padding, algorithm)
        return signature

    def _require_own(self, signature: bytes, data: bytes, padding: padding.PKCS1v15, algorithm: hashes.SHA256) -> None:
        try:
            self._public_key.verify(signature, data, padding, algorithm)
        except InvalidSignature as error:
            raise CannotSign(f"The certificate on {self.token.name} does not belong to the key beside it.") from error


def _digest_info(data: bytes) -> bytes:
    """Return what CKM_RSA_PKCS pads and signs (RFC 8017 9.2): every token can do that, not every one can hash."""
    return _SHA256_DIGEST_INFO + sha256(data).digest()


@contextmanager
def _session(token: Token, pin: str) -> Generator[pkcs11.Session, None, None]:
    """Log in to a token; raises `CannotSign` for whatever it refuses."""
    with _SESSION:
        found = _present(token)
        try:
            with found.open(user_pin=pin) as session:
                yield session
        except (PinIncorrect, PinLenRange, PinInvalid) as error:
            raise CannotSign(f"The PIN does not open {token.name}.{_tries_left(token)}") from error
        except PinLocked as error:
            raise CannotSign(
                f"The PIN of {token.name} is locked after too many wrong ones; have it unlocked."
            ) from error
        except pkcs11.PKCS11Error as error:
            raise CannotSign(_gone(token, error)) from error


def _present(token: Token) -> pkcs11.Token:
    _require_library(token.module)
    try:
        slots = pkcs11.lib(str(token.module)).get_slots(token_present=True)
        present = [found for slot in slots if (found := slot.get_token()).flags & TokenFlag.TOKEN_INITIALIZED]
    except pkcs11.PKCS11Error as error:
        raise CannotSign(_gone(token, error)) from error
    wanted = [found for found in present if not token.label or found.label == token.label]
    if len(wanted) != 1:
        names = ", ".join(f"“{found.label}”" for found in wanted)
        raise CannotSign(
            f"Several tokens are present: {names}. Name yours in the settings as [signing] token."
            if wanted
            else f"{_capital(token.name)} is not there; put the card or token in and enter its PIN again."
        )
    return wanted[0]


def _require_library(module: Path) -> None:
    try:
        pkcs11.lib(str(module))
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise CannotSign(
            f"The PKCS#11 library {module} cannot be used ({error}); see to [signing] pkcs11_module in the settings."
        ) from error


def _tries_left(token: Token) -> str:
    flags = _present(token).flags
    if flags & TokenFlag.USER_PIN_LOCKED:
        return " It is locked now; have it unlocked."
    if flags & TokenFlag.USER_PIN_FINAL_TRY:
        return " One try is left before it locks."
    return " Another wrong one may lock it." if flags & TokenFlag.USER_PIN_COUNT_LOW else ""


def _gone(token: Token, error: pkcs11.PKCS11Error) -> str:
    said = str(error) or type(error).__name__
    return f"{_capital(token.name)} did not sign: it was removed or does not answer ({said}). Put it in and sign again."


def _certificate(found: pkcs11.Object) -> tuple[bytes, x509.Certificate]:
    return bytes(found[Attribute.ID]), x509.load_der_x509_certificate(bytes(found[Attribute.VALUE]))


def _may_sign(certificate: x509.Certificate) -> bool:
    return isinstance(certificate.public_key(), rsa.RSAPublicKey) and is_for_documents(certificate)


def _rsa_key(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    public_key = certificate.public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)  # _may_sign
    return public_key


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
