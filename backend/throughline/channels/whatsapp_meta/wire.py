"""What Meta sends, taken apart: bytes and the account's settings in, a Reading out. Pure, and nothing raises.

One request may hold a hundred events of several numbers. Each is taken by itself: a bad one is set aside with a code,
the others are taken, and the answer is 200, because anything else brings the whole request back for days.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import msgspec
from msgspec import Raw, Struct

from throughline.channels.whatsapp_meta.addresses import is_number
from throughline.channels.whatsapp_meta.capabilities import numbers
from throughline.channels.whatsapp_meta.messages import heard, moved, renamed
from throughline.channels.whatsapp_meta.shapes import (
    Change,
    Contact,
    Entry,
    Envelope,
    Message,
    Status,
    Trouble,
    UserIdUpdate,
    Value,
)
from throughline.channels.whatsapp_meta.signature import challenge, unverified
from throughline.channels.whatsapp_meta.statuses import receipt
from throughline.conversation.channel import Inbound, RawRequest, Reading, Receipt, Renamed, Reply, Unverified

#: Bytes of one request: Meta's own limit.
MOST = 3_145_728
#: Things in one request that may be not understood. Meta puts at most a thousand events into one.
_PATIENCE = 1_000
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError, OverflowError)

_envelope = msgspec.json.Decoder(Envelope)
_entry = msgspec.json.Decoder(Entry)
_change = msgspec.json.Decoder(Change)
_contact = msgspec.json.Decoder(Contact)
_message = msgspec.json.Decoder(Message)
_status = msgspec.json.Decoder(Status)
_trouble = msgspec.json.Decoder(Trouble)
_update = msgspec.json.Decoder(UserIdUpdate)


class _Enough(Exception):  # noqa: N818 - not a mistake: how a request that is nothing but noise comes to its end
    pass


class _Found(Struct):
    """What is found on the way through a request. `aside` is the first thing that was not understood."""

    ours: frozenset[str]
    inbound: list[Inbound]
    receipts: list[Receipt]
    renamed: list[Renamed]
    aside: str | None = None
    oddities: int = 0

    def odd(self, why: str) -> None:
        """Something was not understood. Raises _Enough after a thousand of them."""
        self.aside = self.aside or why
        self.oddities += 1
        if self.oddities >= _PATIENCE:
            raise _Enough


def read(request: RawRequest, secrets: Mapping[str, str], options: Mapping[str, str]) -> Reading | Unverified:
    """A webhook, or Meta's question whether it is one. Who is not Meta gets 403, as Meta's documents want it."""
    if request.method in {"GET", "HEAD"}:
        word = challenge(request.query, secrets.get("verify_token", ""))
        return Unverified("bad_verify_token", 403) if word is None else Reading(reply=Reply(body=word.encode()))
    if len(request.body) > MOST:
        return Unverified("too_big", 403)
    reason = unverified(request.headers, request.body, secrets.get("app_secret", ""))
    return read_payload(request.body, options) if reason is None else Unverified(reason, 403)


def read_payload(body: bytes, options: Mapping[str, str]) -> Reading:
    """A payload whose sender is proved."""
    try:
        envelope = _envelope.decode(body)
    except _UNREADABLE:
        return Reading(quarantine="unreadable")
    if envelope.object != "whatsapp_business_account":
        return Reading(quarantine="unknown_object")
    found = _Found(frozenset(numbers(options.get("numbers", ""))), [], [], [])
    if not envelope.entry:
        found.odd("no_entry")
    with suppress(_Enough):
        for raw in envelope.entry:
            _entered(raw, found)
    return Reading(
        inbound=_in_order(found.inbound),
        receipts=tuple(found.receipts),
        renamed=tuple(found.renamed),
        quarantine=found.aside,
    )


def _in_order(inbound: Sequence[Inbound]) -> tuple[Inbound, ...]:
    """As they were written, where all say when: messages of one request may stand in it in another order."""
    if any(one.at is None for one in inbound):
        return tuple(inbound)
    return tuple(sorted(inbound, key=lambda one: one.at or 0))


def _entered(raw: Raw, found: _Found) -> None:
    try:
        changes = _entry.decode(raw).changes
    except _UNREADABLE:
        found.odd("bad_entry")
        return
    for one in changes:
        try:
            change = _change.decode(one)
        except _UNREADABLE:
            found.odd("bad_change")
            continue
        # Whatever else the app is subscribed to (templates, quality, the account) says nothing to a conversation.
        if change.field in {"messages", "user_id_update"}:
            _changed(change.value or Value(), found)


def _changed(value: Value, found: _Found) -> None:
    ours = value.metadata.phone_number_id if value.metadata else ""
    if not is_number(ours) or ours not in found.ours:
        # One secret serves all of an app's customers; an account is one of them.
        found.odd("other_number" if ours else "no_number")
        return
    contacts = _contacts(value.contacts)
    for raw in value.messages:
        _one(raw, found, "bad_message", lambda one: _say(_message.decode(one), ours, contacts, found))
    for raw in value.statuses:
        _one(raw, found, "bad_status", lambda one: _settle(_status.decode(one), found))
    for raw in value.user_id_update:
        _one(raw, found, "bad_update", lambda one: _update_of(_update.decode(one), ours, found))
    for raw in value.errors:
        _one(raw, found, "bad_error", lambda one: found.odd(f"told_{_trouble.decode(one).code}"[:32]))


def _one(raw: Raw, found: _Found, why: str, take: Callable[[Raw], None]) -> None:
    """One item by itself: what is wrong with it is nobody else's trouble."""
    try:
        take(raw)
    except _UNREADABLE:
        found.odd(why)


def _contacts(raws: Sequence[Raw]) -> dict[str, Contact]:
    """By phone and by business-scoped id: a request may hold thousands."""
    contacts: dict[str, Contact] = {}
    for raw in raws:
        try:
            contact = _contact.decode(raw)
        except _UNREADABLE:
            # Only a name is lost by it.
            continue
        contacts.update({name: contact for name in (contact.wa_id, contact.user_id) if name})
    return contacts


def _say(message: Message, ours: str, contacts: Mapping[str, Contact], found: _Found) -> None:
    found.renamed.extend(moved(message, ours))
    said = heard(message, ours, contacts)
    if said is not None:
        found.inbound.append(said)


def _settle(status: Status, found: _Found) -> None:
    told = receipt(status)
    if told is not None:
        found.receipts.append(told)


def _update_of(update: UserIdUpdate, ours: str, found: _Found) -> None:
    pairs = [(one.previous, one.current) for one in (update.user_id, update.parent_user_id) if one is not None]
    found.renamed.extend(renamed(ours, pairs))
