"""Codes for people to copy: random, spoken without doubt, and kept as keyed hashes only."""

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from throughline.conversation.ids import TenantId
from throughline.conversation.linking import ALPHABET, LENGTH, tidy

_INFO = b"throughline link codes 1"


class Codes:
    """Makes codes and their hashes. `secret` is the installation's: without it a copied database tells no code."""

    def __init__(self, secret: bytes) -> None:
        self._key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(secret)

    def new(self) -> str:
        """A fresh code: about 38 bits, which few tries in ten minutes do not find. It has a digit: no words have."""
        code = ""
        while not any(c.isdigit() for c in code):
            code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        return code

    def hashed(self, tenant: TenantId, code: str) -> str:
        """What is kept of a code, as people write it."""
        return hmac.digest(self._key, f"{tenant}\n{tidy(code)}".encode(), hashlib.sha256).hex()
