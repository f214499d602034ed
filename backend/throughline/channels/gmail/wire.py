"""What Gmail holds, taken apart: one `messages.get` (`format=full`) in, a message, a receipt or nothing out. Pure.

Nothing raises, and nothing takes long: Gmail has parsed the MIME, sizes are capped before anything is read, and no
text goes to a parser that is worse than linear in it. The whole mail stays in Gmail: `Inbound.key` is
`<mailbox>:<message id>`, and under that id Gmail shows everything that is left out here (quotes, hidden text, what is
beyond a cap).
"""

import re
from collections.abc import Collection

import msgspec

from throughline.channels.gmail import fields, loops, mail, tag, trust
from throughline.channels.gmail.shapes import Message, Part, Quarantined
from throughline.conversation.channel import Inbound, Receipt
from throughline.conversation.ids import ConversationId, MessageId

__all__ = ["HEADER", "MOST", "Quarantined", "mark", "message"]

#: The header that marks a mail of ours: `<conversation>/<message>/<piece>`.
HEADER = "X-Throughline-Message"
#: Bytes of one answer (attachments are not in it), and JSON objects in it.
MOST, _OBJECTS = 8_388_608, 20_000
#: Milliseconds by which Gmail's clock may be ahead of ours.
_AHEAD = 300_000
#: Where a tag of ours may stand.
_RECIPIENTS = ("delivered-to", "to", "cc", "x-original-to", "envelope-to")

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_DATE = re.compile(r"[0-9]{1,15}", re.ASCII)
_MARK = re.compile(r"([A-Za-z0-9_-]{1,64})/([A-Za-z0-9_-]{1,64})/([0-9]{1,6})", re.ASCII)
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)

_message = msgspec.json.Decoder(Message)


def message(
    raw: bytes, mailbox: str, aliases: Collection[str], key: bytes, now: int
) -> Inbound | Receipt | Quarantined | None:
    """One mail. None: nobody is to be answered (sent by us, a list, a machine, a draft, a chat, spam, deleted).

    `mailbox` and `aliases`: our addresses. `key`: the account's, for tags. `now` in UTC milliseconds.
    """
    if len(raw) > MOST:
        return Quarantined("too_big")
    if raw.count(b"{") > _OBJECTS:
        return Quarantined("too_many_parts")
    try:
        given = _message.decode(raw)
    except _UNREADABLE:
        return Quarantined("unreadable")
    if not _ID.fullmatch(given.id) or not _ID.fullmatch(given.thread_id):
        return Quarantined("bad_id")
    if given.payload is None:
        return Quarantined("no_payload")
    code = mail.over(given.payload)
    # A draft of ours is not read either, but what is set aside is shown: only what would be for us.
    if "SENT" in given.label_ids and "DRAFT" not in given.label_ids:
        return None if code else _sent(given, given.payload)
    if loops.labelled(given.label_ids):
        return None
    return Quarantined(code) if code else _received(given, given.payload, mailbox, aliases, key, now)


def mark(conversation: ConversationId, message: MessageId, piece: int) -> str:
    """The value of our header."""
    return f"{conversation}/{message}/{piece}"


def _sent(given: Message, payload: Part) -> Receipt | None:
    """A mail that left this mailbox; ours carries our mark, one that a person wrote in Gmail does not."""
    found = _MARK.fullmatch(mail.by_name(payload.headers).get(loops.OURS, [""])[0].strip())
    if found is None:
        return None
    where, which = ConversationId(found[1]), MessageId(found[2])
    return Receipt("accepted", where, which, remote=given.id, thread=given.thread_id)


def _received(
    given: Message, payload: Part, mailbox: str, aliases: Collection[str], key: bytes, now: int
) -> Inbound | Quarantined | None:
    headers = mail.by_name(payload.headers)
    if loops.automatic(headers) or payload.mime_type.strip().lower() == "multipart/report":
        return None
    sender = fields.sender(headers.get("from", []))
    if sender is None:
        return Quarantined("bad_from")
    if loops.nobody(sender.address) or loops.own(sender.address, mailbox, aliases):
        return None
    media = mail.attached(payload, given.id)
    text = mail.words(payload) or fields.subject(headers) or "\n".join(f"[file: {file.name}]" for file in media)
    if not text:
        return None
    lines = [(header.name.strip().lower(), header.value) for header in payload.headers]
    vouched = trust.vouched(lines, sender.address.rpartition("@")[2])
    recipients = [line for name in _RECIPIENTS for line in headers.get(name, ())]
    return Inbound(
        key=f"{mailbox.lower()}:{given.id}",
        sender=sender,
        text=text,
        thread=given.thread_id,
        answers=fields.answers(headers),
        trust="verified" if vouched else "unverified",
        at=min(int(given.internal_date), now + _AHEAD) if _DATE.fullmatch(given.internal_date) else None,
        ref=fields.ref(headers),
        conversation=tag.proved(key, recipients),
        media=media,
    )
