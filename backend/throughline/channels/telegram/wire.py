"""What Telegram says: a webhook proved by its secret token, or an answer to getUpdates, as our own values. Pure.

The token that we gave setWebhook comes back in `X-Telegram-Bot-Api-Secret-Token`; nothing signs the body. Keys are
logical (chat and message, or the press's id), so an update that comes by webhook and by polling, or twice, is one.
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence

import msgspec

from throughline.channels.telegram.credentials import bot
from throughline.channels.telegram.media import attached
from throughline.channels.telegram.shapes import Callback, Entity, Message, Update, User
from throughline.conversation.channel import Address, Inbound, RawRequest, Reading, Reply, Unverified
from throughline.markup.graphemes import cut

#: Bytes of one request; Telegram's own are far below.
MOST = 1_048_576
#: What else may be in an update; asked for by nobody, told now and then.
_QUIET = frozenset({"edited_message", "channel_post", "edited_channel_post", "my_chat_member", "chat_member"})
_NAME = 200
_ID = 2**62
_CHAT = re.compile(r"-?[1-9][0-9]{0,18}", re.ASCII)
_CALLBACK = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
#: A deep link, `t.me/name?start=CODE`, comes as `/start CODE`; in a group a command names its bot.
_START = re.compile(r"/start(?:@\w+)?(?:[ \t]+([A-Za-z0-9_-]{1,64}))?", re.ASCII)
_COMMAND = re.compile(r"(/[a-z0-9_]{1,32})@(\w+)", re.ASCII | re.IGNORECASE)
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError)

Options = Mapping[str, str]

_update = msgspec.json.Decoder(Update)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_message = msgspec.json.Decoder(Message)
_callback = msgspec.json.Decoder(Callback)
_batch = msgspec.json.Decoder(list[msgspec.Raw])


class _Unknown(ValueError):  # noqa: N818 - what Telegram sent is no error of ours
    """Not understood; its text is the code of the quarantine."""


def read(request: RawRequest, secrets: Mapping[str, str], options: Options) -> Reading | Unverified:
    """A webhook: proved by its secret token, then taken apart."""
    if len(request.body) > MOST:
        return Unverified("too_big")
    ours, told = secrets.get("webhook_secret", ""), request.headers.get("x-telegram-bot-api-secret-token", "")
    if not ours or not hmac.compare_digest(ours.encode(errors="replace"), told.encode(errors="replace")):
        return Unverified("bad_secret_token")
    reading = read_update(request.body, bot(secrets.get("bot_token", ""), options), options)
    # Telegram takes one call as the webhook's answer: the button stops waiting, without another request.
    return msgspec.structs.replace(reading, reply=_answered(pressed(request.body))) if reading.inbound else reading


def read_update(body: bytes, own: str, options: Options) -> Reading:
    """One update whose sender is proved. `own` is our bot's id."""
    try:
        update = _update.decode(body)
        if not 0 <= update.update_id < _ID:
            raise _Unknown("bad_id")
        if not isinstance(update.message, msgspec.UnsetType):
            return _said(_message.decode(update.message), own, options)
        if not isinstance(update.callback_query, msgspec.UnsetType):
            return _pressed(_callback.decode(update.callback_query))
        if _QUIET & set(_fields.decode(body)):
            return Reading()
        raise _Unknown("unknown_update")
    except _Unknown as unknown:
        return Reading(quarantine=str(unknown))
    except _UNREADABLE:
        return Reading(quarantine="unreadable")


def read_batch(result: bytes, own: str, options: Options) -> tuple[Reading, tuple[str, ...]] | None:
    """GetUpdates' `result` as one reading with its cursor, and the presses to be answered. None: nothing in it.

    What cannot be understood in it is passed over with the rest: the cursor has to move past it. Its code is kept.
    """
    try:
        raw = _batch.decode(result)
    except _UNREADABLE:
        return None
    readings, last, presses = [], -1, []
    for one in raw:
        body = bytes(one)
        readings.append(read_update(body, own, options))
        last = max(last, _number(body))
        if (press := pressed(body)) is not None:
            presses.append(press)
    if last < 0:
        return None
    inbound = tuple(found for reading in readings for found in reading.inbound)
    code = next((reading.quarantine for reading in readings if reading.quarantine), None)
    return Reading(inbound=inbound, cursor=str(last + 1), quarantine=code), tuple(presses)


def pressed(body: bytes) -> str | None:
    """The id of a button's press, which waits for an answer."""
    try:
        raw = _update.decode(body).callback_query
        found = None if isinstance(raw, msgspec.UnsetType) else _callback.decode(raw).id
    except _UNREADABLE:
        return None
    return found if found and _CALLBACK.fullmatch(found) else None


def _answered(press: str | None) -> Reply:
    if press is None:
        return Reply()
    body = msgspec.json.encode({"method": "answerCallbackQuery", "callback_query_id": press})
    return Reply(body=body, media_type="application/json")


def _number(body: bytes) -> int:
    try:
        found = json.loads(body)["update_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return -1
    return found if type(found) is int and 0 <= found < _ID else -1


def _said(message: Message, own: str, options: Options) -> Reading:
    who, chat = message.sender, message.chat
    if who is None or who.is_bot or chat.type not in {"private", "group", "supergroup"}:
        return Reading()
    _check(who.id, chat.id, message.message_id)
    group = chat.type != "private"
    written = message.text or message.caption
    entities = message.entities if message.text else message.caption_entities
    text = _text(message, written)
    media = attached(message)
    if group:
        mine = _without(text, _names(written, entities, options), options)
        answered = message.reply_to_message is not None and message.reply_to_message.sender is not None
        ours = answered and str(message.reply_to_message.sender.id) == own  # type: ignore[union-attr]
        if mine is None and not ours:
            # People talk in a group that we happen to be in.
            return Reading()
        text = mine if mine is not None else text
    if not text.strip() and not media:
        return Reading()
    inbound = Inbound(
        key=f"{chat.id}:{message.message_id}",
        sender=Address(str(who.id), _name(who)),
        text=text,
        thread=str(chat.id) if group else None,
        group=group,
        group_name=cut(_clean(chat.title), _NAME) if group else "",
        at=message.date * 1_000 if 0 < message.date < _ID // 1_000 else None,
        media=media,
    )
    return Reading(inbound=(inbound,))


def _pressed(callback: Callback) -> Reading:
    message, who = callback.message, callback.sender
    if message is None or callback.data is None or who.is_bot:
        return Reading()
    if not _CALLBACK.fullmatch(callback.id):
        raise _Unknown("bad_id")
    _check(who.id, message.chat.id, message.message_id)
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    title = next((b.text for row in rows for b in row if b.callback_data == callback.data), callback.data)
    group = message.chat.type != "private"
    inbound = Inbound(
        key=f"press:{callback.id}",
        sender=Address(str(who.id), _name(who)),
        text=_clean(title),
        thread=str(message.chat.id) if group else None,
        group=group,
        pressed=callback.data[:64],
    )
    return Reading(inbound=(inbound,) if inbound.text.strip() else ())


def _text(message: Message, written: str) -> str:
    """What was said, in words."""
    text = written.replace("\0", "")
    if (start := _START.fullmatch(text.strip())) is not None:
        return f"link {start[1]}" if start[1] else "/start"
    if text.strip():
        return text
    if message.sticker is not None:
        return _clean(message.sticker.emoji)
    if message.location is not None:
        return f"{message.location.latitude}, {message.location.longitude}"
    if message.contact is not None:
        contact = message.contact
        return _clean(f"{contact.first_name} {contact.last_name} {contact.phone_number}")
    return ""


def _names(text: str, entities: Sequence[Entity], options: Options) -> bool:
    """Whether our name is called in it: Telegram marks where, in UTF-16 units."""
    name = options.get("username", "").lower()
    if not name:
        return False
    units = text.encode("utf-16-le", "replace")
    for one in entities:
        if one.type in {"mention", "bot_command"} and 0 <= one.offset <= 8_192 and 0 < one.length <= 128:
            called = units[one.offset * 2 : (one.offset + one.length) * 2].decode("utf-16-le", "replace").lower()
            if called == f"@{name}" or called.endswith(f"@{name}"):
                return True
    return False


def _without(text: str, named: bool, options: Options) -> str | None:  # noqa: FBT001 - what `_names` found
    """A group's message without our name; None: it does not name us. Our name alone is still a call."""
    if not named:
        return None if text != "/start" and not text.startswith("link ") else text
    name = re.escape(options.get("username", ""))
    said = re.sub(rf"@{name}\b[ \t]*[,:]?[ \t]*", "", _COMMAND.sub(r"\1", text), flags=re.IGNORECASE).strip()
    return said or text


def _name(user: User) -> str:
    return cut(_clean(f"{user.first_name} {user.last_name}"), _NAME)


def _clean(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _check(user: int, chat: int, message: int) -> None:
    if not 0 < user < _ID or not -_ID < chat < _ID or not chat or not 0 < message < _ID:
        raise _Unknown("bad_id")


def chat_of(address: str, thread: str | None) -> int | None:
    """Where a place is: a group's chat, or the person's own. None: these are no ids of Telegram's."""
    text = thread or address
    return int(text) if _CHAT.fullmatch(text) else None
