"""Signed links: whoever holds one may read one file for a while, and nothing else.

    token = base64url(JSON [tenant, file, expires at in seconds]) "." base64url(HMAC-SHA256, first 16 bytes)

Nothing is looked up to find out that a token is no good, and nothing secret is in it. With a new installation secret
every link that was given is over.
"""

import base64
import binascii
import hashlib
import hmac

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from throughline.conversation.ids import FileId, TenantId

_INFO = b"throughline file links 1"
_MAC = 16
_LONGEST = 512

_claims = msgspec.json.Decoder(tuple[str, str, int])


class Shared(Struct, frozen=True):
    """What a link is for. `expires_at`: UTC milliseconds."""

    tenant: TenantId
    file: FileId
    expires_at: int


class Signed:
    """Makes and proves links. `secret` is the installation's."""

    def __init__(self, secret: bytes) -> None:
        self._key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(secret)

    def token(self, shared: Shared) -> str:
        """A link's token."""
        claims = _text(msgspec.json.encode((shared.tenant, shared.file, shared.expires_at // 1000)))
        return f"{claims}.{_text(self._mac(claims))}"

    def proved(self, token: str, now: int) -> Shared | None:
        """What it is for; None: not ours, changed, or over."""
        claims, dot, mac = token.partition(".")
        if not dot or len(token) > _LONGEST or not token.isascii():
            return None
        if not hmac.compare_digest(mac.encode(), _text(self._mac(claims)).encode()):
            return None
        try:
            tenant, file, until = _claims.decode(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        except (msgspec.MsgspecError, binascii.Error, UnicodeError):
            return None
        return Shared(TenantId(tenant), FileId(file), until * 1000) if until * 1000 > now else None

    def _mac(self, claims: str) -> bytes:
        return hmac.digest(self._key, claims.encode(), hashlib.sha256)[:_MAC]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
