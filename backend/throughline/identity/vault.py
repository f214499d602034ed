"""The vault: channels' secrets under envelope encryption, so that a copy of the database alone opens nothing.

Three layers. The installation's secret gives a wrapping key (HKDF-SHA256). Each tenant has a data key of 256 random
bits, kept wrapped under it. Each secret is sealed under the data key and bound to its place: a sealed value that was
moved to another tenant, account or name does not open. All three are AES-256-GCM with a fresh 96-bit nonce.

    wrapped = 0x01 | id of the wrapping key, 4 bytes | nonce, 12 | the data key, 32 | tag, 16
    sealed  = 0x01 | nonce, 12 | the value in UTF-8 | tag, 16

The first byte is the form's version and is bound in as well. While the installation's secret is changed, old and new
are both given: what the old one wrapped opens, what is new goes under the new one, and `rewrap` carries a data key
over without touching the secrets beneath it.
"""

import os

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from throughline.conversation.ids import AccountId, TenantId

_FORM = 1
_INFO = b"throughline vault wrapping key 1"
_SIGNS = b"throughline account key 1 "
_KEY, _ID, _NONCE, _TAG = 32, 4, 12, 16
_HEAD = bytes([_FORM])
_WRAPPED = len(_HEAD) + _ID + _NONCE + _KEY + _TAG


class EnvelopeVault:
    """ports.Vault. `secret` is the installation's; `older` ones still open what they wrapped."""

    def __init__(self, secret: bytes, *older: bytes) -> None:
        self._wrappers: dict[bytes, AESGCM] = {}
        self._secret = secret
        for given in reversed((secret, *older)):
            name, key = _derived(given)
            self._wrappers[name] = AESGCM(key)
            self._newest = name

    def new_key(self, tenant: TenantId) -> bytes:
        """A fresh data key, wrapped under the installation's newest secret."""
        return self._wrap(tenant, os.urandom(_KEY))

    def rewrap(self, wrapped: bytes, tenant: TenantId) -> bytes | None:
        """The same data key under the newest secret; what is under it already comes back as it is.

        None where it cannot be opened.
        """
        key = self._unwrap(wrapped, tenant)
        if key is None:
            return None
        return wrapped if wrapped[1 : 1 + _ID] == self._newest else self._wrap(tenant, key)

    def derived(self, tenant: TenantId, account: AccountId) -> bytes:
        """A key for what an account signs itself. With a new installation secret it is another one."""
        info = _SIGNS + _place(tenant, account, "")
        return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=info).derive(self._secret)

    def seal(self, wrapped: bytes, tenant: TenantId, account: AccountId, name: str, value: str) -> bytes | None:
        """A secret, sealed for exactly this place. None where the data key cannot be opened."""
        key = self._unwrap(wrapped, tenant)
        if key is None:
            return None
        nonce = os.urandom(_NONCE)
        return _HEAD + nonce + AESGCM(key).encrypt(nonce, value.encode(), _place(tenant, account, name))

    def open(self, wrapped: bytes, tenant: TenantId, account: AccountId, name: str, sealed: bytes) -> str | None:
        """The secret; None where it was sealed for another place, under another key, or is damaged."""
        key = self._unwrap(wrapped, tenant)
        if key is None or not sealed.startswith(_HEAD) or len(sealed) < len(_HEAD) + _NONCE + _TAG:
            return None
        nonce, rest = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return AESGCM(key).decrypt(nonce, rest, _place(tenant, account, name)).decode()
        except InvalidTag:
            return None

    def _wrap(self, tenant: TenantId, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return _HEAD + self._newest + nonce + self._wrappers[self._newest].encrypt(nonce, key, _owner(tenant))

    def _unwrap(self, wrapped: bytes, tenant: TenantId) -> bytes | None:
        if len(wrapped) != _WRAPPED or not wrapped.startswith(_HEAD):
            return None
        wrapper = self._wrappers.get(wrapped[1 : 1 + _ID])
        if wrapper is None:
            return None
        rest = wrapped[1 + _ID :]
        try:
            return wrapper.decrypt(rest[:_NONCE], rest[_NONCE:], _owner(tenant))
        except InvalidTag:
            return None


def _derived(secret: bytes) -> tuple[bytes, bytes]:
    """The id and the key that an installation's secret gives. The id says which key it is, and nothing about it."""
    made = HKDF(algorithm=SHA256(), length=_ID + _KEY, salt=None, info=_INFO).derive(secret)
    return made[:_ID], made[_ID:]


def _owner(tenant: TenantId) -> bytes:
    return msgspec.json.encode(("data key", tenant, _FORM))


def _place(tenant: TenantId, account: AccountId, name: str) -> bytes:
    # JSON, not a separator: no two places can be written the same way.
    return msgspec.json.encode((tenant, account, name, _FORM))
