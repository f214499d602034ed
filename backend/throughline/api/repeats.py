"""Idempotency-Key: a POST that is sent again under the same key makes nothing new.

A key is a claim on an id: the first request writes down, durably, which id its work is done under; work under an id
happens once (a conversation's id, a message's id). So a repeat after a crash anywhere between gives the same thing,
and a key that comes with another request is refused.
"""

import hashlib
import re

from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.api.problems import BAD_KEY
from throughline.conversation.faults import KEY_REUSED, Fault
from throughline.conversation.records import Repeat
from throughline.ports import Tx

_KEY = re.compile(rb"[\x21-\x7e]{1,128}\Z")


async def claimed(door: Door, ask: Ask, what: str, given: str | None) -> str | Fault | None:
    """The id to work under: `given`, or the one this key stands for. None: no key and no id, any new one will do.

    `what` names the operation and its path, so that a key cannot be carried over to another one. Raises StoreDown.
    """
    named = key_of(ask, what)
    if named is None:
        return given
    if isinstance(named, Fault):
        return named
    caller, (key, digest) = ask.signed_in, named
    fresh = Repeat(digest, 0, (given or door.ids.new()).encode("utf-8", "surrogatepass"))
    now = door.clock.now()

    def claim(tx: Tx) -> Repeat:
        known = tx.repeats.seen(caller.tenant, caller.user, key)
        if known is None:
            tx.repeats.keep(caller.tenant, caller.user, key, fresh, now)
        return known or fresh

    held = await door.store.write(claim)
    return held.body.decode("utf-8", "surrogatepass") if held.digest == digest else KEY_REUSED


def key_of(ask: Ask, what: str) -> tuple[str, bytes] | Fault | None:
    """The request's key, and the digest of `what` it asks for. None: it has none."""
    key = ask.headers.get(b"idempotency-key")
    if key is None:
        return None
    if not _KEY.match(key):
        return BAD_KEY
    digest = hashlib.blake2b(what.encode("utf-8", "surrogatepass") + b"\0" + ask.raw, digest_size=16).digest()
    return key.decode("ascii"), digest
