"""Signed plus-addresses: `support+c_<conversation>.<mac>@example.com` in a mail's Reply-To.

An answer to it proves that its sender had a mail of that conversation. It is a bearer's token: who forwards a mail
hands it on, so it counts only together with the address the conversation is bound to. Mail programs may write an
address in lower case, so base32 it is; RFC 5321 §4.5.3.1.1 allows 64 octets before the `@`, and a UUID fits into 26.
"""

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Iterable

from throughline.conversation.ids import ConversationId

#: Octets of an address before its `@`.
LOCAL = 64
#: Bytes of the MAC that stay: 80 bits.
_MAC = 10
#: What is signed besides, so that no other MAC under the same key is a tag.
_PURPOSE = b"throughline mail tag 1\0"
#: Tags of one mail that are tried.
_TRIED = 20
#: `u`: a UUID's 16 bytes; `x`: any other id's letters.
_TAG = re.compile(r"\+c_([ux])([a-z2-7]{1,110})\.([a-z2-7]{16})@", re.ASCII)


def made(key: bytes, conversation: ConversationId) -> str:
    """What stands behind the plus: `c_<conversation>.<mac>`, in lower case."""
    return f"c_{_named(conversation)}.{_mac(key, conversation)}"


def address(mailbox: str, key: bytes, conversation: ConversationId) -> str | None:
    """The mailbox with the tag. None: it would be longer than an address may be."""
    local, _, domain = mailbox.rpartition("@")
    tagged = f"{local}+{made(key, conversation)}"
    return f"{tagged}@{domain}" if local and len(tagged.encode()) <= LOCAL else None


def proved(key: bytes, addresses: Iterable[str]) -> ConversationId | None:
    """The conversation of the first tag of ours among these addresses (or header lines that hold some)."""
    tried = 0
    for line in addresses:
        for found in _TAG.finditer(line.lower()):
            tried += 1
            if tried > _TRIED:
                return None
            conversation = _unnamed(found[1], found[2])
            if conversation is not None and hmac.compare_digest(_mac(key, conversation), found[3]):
                return conversation
    return None


def _mac(key: bytes, conversation: ConversationId) -> str:
    return _base32(hmac.new(key, _PURPOSE + conversation.encode("utf-8", "replace"), hashlib.sha256).digest()[:_MAC])


def _named(conversation: ConversationId) -> str:
    """The id in letters and digits that survive lower case."""
    try:
        known = uuid.UUID(conversation)
    except ValueError:
        known = None
    if known is not None and str(known) == conversation:
        return "u" + _base32(known.bytes)
    return "x" + _base32(conversation.encode("utf-8", "replace"))


def _unnamed(kind: str, letters: str) -> ConversationId | None:
    try:
        value = base64.b32decode(letters.upper() + "=" * (-len(letters) % 8))
        return ConversationId(str(uuid.UUID(bytes=value)) if kind == "u" else value.decode())
    except ValueError:
        return None


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=").lower()
