"""How this site signs, out of its settings: whose key, whom it trusts, whose time stamps."""

from typing import TYPE_CHECKING

from reporting.token_key import Token
from reporting.trust import Trust, load_trust
from service.workspace import Workspace

if TYPE_CHECKING:
    from reporting.timestamp_authority import TimeStampAuthority


def trust_of(ws: Workspace) -> Trust | None:
    """Return whom the site trusts, None where it names no CA; raises `SignatureInvalid` for an unreadable file."""
    return load_trust(ws.settings.reader.trusted_ca, ws.settings.signing.revocation_lists)


def authority_of(ws: Workspace) -> "TimeStampAuthority | None":
    """Return who stamps signatures, None where the site names nobody."""
    url = ws.settings.signing.tsa_url
    if not url:
        return None
    from reporting.timestamp_authority import TimeStampAuthority

    return TimeStampAuthority(str(url))


def token_of(ws: Workspace) -> Token | None:
    """Return where the reader's token is found, None where the site has none."""
    signing = ws.settings.signing
    return Token(signing.pkcs11_module, signing.token) if signing.pkcs11_module else None
