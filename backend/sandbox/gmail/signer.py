"""The key that pushes are signed with, and the tokens that Pub/Sub puts on them (OpenID Connect, RS256)."""

import asyncio
import hashlib
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from sandbox.gmail.facts import Mailbox, Signing
from sandbox.gmail.ledger import Ledger

#: Seconds that a push's token is good for.
LIFE = 3_600
ISSUER = "https://accounts.google.com"


class Signer:
    """One key for the life of the stand-in's journal, made when it is needed first."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._making = asyncio.Lock()
        self._read: tuple[str, rsa.RSAPrivateKey] | None = None

    async def token(self, mailbox: Mailbox, wall: float, **other: Any) -> str:
        """A push's token. `other`: claims that differ, for tests."""
        key = await self._key()
        subject = str(int(hashlib.sha256(mailbox.push_account.encode()).hexdigest()[:16], 16))
        claims = {
            "aud": mailbox.push_audience or mailbox.push_url, "azp": subject, "email": mailbox.push_account,
            "email_verified": True, "exp": int(wall) + LIFE, "iat": int(wall), "iss": ISSUER, "sub": subject, **other,
        }  # fmt: skip
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": _name(key)})

    async def certs(self) -> dict[str, Any]:
        """The public key as a key set (RFC 7517)."""
        key = await self._key()
        public: dict[str, Any] = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        shown = {name: public[name] for name in ("kty", "n", "e")}
        return {"keys": [{**shown, "alg": "RS256", "use": "sig", "kid": _name(key)}]}

    async def _key(self) -> rsa.RSAPrivateKey:
        async with self._making:
            if not self._ledger.state.key:
                await self._ledger.commit([Signing(await asyncio.to_thread(_made))])
        pem = self._ledger.state.key
        if self._read is None or self._read[0] != pem:
            found = serialization.load_pem_private_key(pem.encode(), None)
            assert isinstance(found, rsa.RSAPrivateKey)
            self._read = (pem, found)
        return self._read[1]


def _made() -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def _name(key: rsa.RSAPrivateKey) -> str:
    numbers = key.public_key().public_numbers()
    return hashlib.sha256(str(numbers.n).encode()).hexdigest()[:40]
