"""What each method does: pure, from what it was given to what it answers and changes."""

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sandbox.telegram import shapes
from sandbox.telegram.entities import Seen, Wrong, parsed, units
from sandbox.telegram.facts import Button, Change, End, EndKnown, File, Message, Posted
from sandbox.telegram.state import State

#: Characters of a text after its entities, of a caption; bytes of a button's data.
TEXT, CAPTION, DATA = 4_096, 1_024, 64
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
#: What a method answers that has nothing to tell.
_YES: Any = True
_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
        "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip


class Refused(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """The method answers with this error."""

    def __init__(self, code: int, words: str, **parameters: int) -> None:
        super().__init__(words)
        self.code, self.words, self.parameters = code, words, parameters


class Done(Struct, frozen=True):
    """What a call answers, and what it changes."""

    result: Any
    changes: tuple[Change, ...] = ()


class Call(Struct, frozen=True):
    """One call. `now` in seconds."""

    state: State
    end: End
    args: dict[str, Any]
    now: float

    def words(self, name: str) -> str:
        """An argument as text; missing: empty."""
        value = self.args.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else str(value)

    def number(self, name: str) -> int:
        """An argument as a number; 0: it is none."""
        text = self.words(name)
        return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else 0

    def structured(self, name: str) -> Any:
        """An argument that is JSON, or text that holds JSON."""
        value = self.args.get(name)
        if isinstance(value, str) and value:
            try:
                return msgspec.json.decode(value)
            except (msgspec.DecodeError, RecursionError):
                raise Refused(400, f"Bad Request: can't parse {name.replace('_', ' ')} JSON object") from None
        return value

    def chat(self) -> int:
        """Where to write. A bot cannot begin, and is not heard where it was blocked."""
        if not self.words("chat_id"):
            raise Refused(400, "Bad Request: chat_id is empty")
        chat = self.number("chat_id")
        if chat < 0:
            group = self.state.groups.get(chat)
            if group is None or group.end != self.end.id:
                raise Refused(400, "Bad Request: chat not found")
            return chat
        person = self.state.people.get(chat)
        if person is None:
            raise Refused(400, "Bad Request: chat not found")
        if self.end.id in person.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if not self.state.begun(self.end.id, chat):
            raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def seen(self, name: str, most: int, *, needed: bool = True) -> Seen:
        """A text as it will be seen."""
        text = self.words(name)
        mode = self.words("parse_mode").lower()
        if mode not in {"", "html"}:
            raise Refused(400, "Bad Request: unsupported parse_mode")
        try:
            seen = parsed(text) if mode else Seen(text)
        except Wrong as wrong:
            raise Refused(400, f"Bad Request: can't parse entities: {wrong}") from None
        if needed and not seen.text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if units(seen.text) > most:
            long = "message is too long" if name == "text" else "message caption is too long"
            raise Refused(400, f"Bad Request: {long}")
        return seen

    def buttons(self) -> tuple[tuple[Button, ...], ...]:
        """The inline keyboard under it."""
        given = self.structured("reply_markup")
        if not given:
            return ()
        rows = given.get("inline_keyboard", []) if isinstance(given, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise Refused(400, "Bad Request: object expected as reply markup")
        return tuple(tuple(_button(one) for one in row) for row in rows)

    def message(self, what: str) -> Message:
        """A message of the bot's that stands."""
        chat = self.chat()
        found = self.state.messages.get((self.end.id, chat, self.number("message_id")))
        if found is None or found.deleted:
            raise Refused(400, f"Bad Request: message to {what} not found")
        if found.person is not None:
            raise Refused(400, f"Bad Request: message can't be {'edited' if what == 'edit' else 'deleted'}")
        return found


def _button(given: Any) -> Button:
    if not isinstance(given, dict) or not isinstance(given.get("text"), str) or not given["text"]:
        raise Refused(
            400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = given.get("callback_data")
    if not isinstance(data, str) or not 0 < len(data.encode()) <= DATA:
        raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return Button(given["text"], data)


def answer(method: str, call: Call) -> Done:
    """What a method says. Raises Refused."""
    done = _METHODS[method.lower()](call)
    return done if isinstance(done, Done) else Done(done)


def known(method: str) -> bool:
    """Method names are told apart without regard to case."""
    return method.lower() in _METHODS


def _me(call: Call) -> Any:
    more = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return {**shapes.bot(call.end), **more}


def _send(call: Call) -> Done:
    chat, seen = call.chat(), call.seen("text", TEXT)
    return _posted(call, chat, seen, call.words("text"), None)


def _file(kind: Any) -> Any:
    def send(call: Call) -> Done:
        chat, seen = call.chat(), call.seen("caption", CAPTION, needed=False)
        url = call.words(kind)
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
        name = parts.path.rpartition("/")[2]
        file = File(f"out-{call.end.id}-{call.state.next_number(call.end.id)}", kind, "", name, 0, url=url)
        return _posted(call, chat, seen, call.words("caption"), file)

    return send


def _posted(call: Call, chat: int, seen: Seen, html: str, file: File | None) -> Done:
    state, end = call.state, call.end
    made = Message(
        end.id, chat, state.next_number(end.id), call.now, seen.text, None, html, seen.entities, call.buttons(), file
    )
    return Done(shapes.message(state, made), (Posted(made),))


def _edit(call: Call) -> Done:
    old = call.message("edit")
    seen, buttons = call.seen("text", TEXT), call.buttons()
    if (seen.text, seen.entities, buttons) == (old.text, old.entities, old.buttons):
        raise Refused(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message",
        )
    new = replace(
        old, text=seen.text, entities=seen.entities, html=call.words("text"), buttons=buttons, edited=call.now
    )
    return Done(shapes.message(call.state, new), (Posted(new),))


def _delete(call: Call) -> Done:
    return Done(_YES, (Posted(replace(call.message("delete"), deleted=True, text="", html="", buttons=())),))


def _action(call: Call) -> Any:
    call.chat()
    if call.words("action") not in _ACTIONS:
        raise Refused(400, "Bad Request: wrong parameter action in request")
    return True


def _answer_press(call: Call) -> Any:
    if not call.words("callback_query_id").startswith(f"{call.end.id}0"):
        raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    return True


def _get_file(call: Call) -> Any:
    wanted = call.words("file_id").removesuffix("-s")
    for one in call.state.messages.values():
        if one.end == call.end.id and one.file is not None and one.file.id == wanted and one.file.path:
            if one.file.size > 20_000_000:
                raise Refused(400, "Bad Request: file is too big")
            file = one.file
            return {
                "file_id": file.id, "file_unique_id": file.id[-12:], "file_size": file.size, "file_path": file.path,
            }  # fmt: skip
    raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")


def _set_webhook(call: Call) -> Done:
    url, secret = call.words("url"), call.words("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        raise Refused(400, "Bad Request: secret token contains unallowed characters")
    parts = urlsplit(url)
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if url and (parts.scheme not in {"https", *({"http"} if local else ())} or not parts.hostname):
        raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    allowed = call.structured("allowed_updates") or ()
    new = replace(
        call.end, webhook_url=url, secret_token=secret, allowed=tuple(map(str, allowed)), error="", error_at=0.0
    )
    return Done(_YES, (EndKnown(new),))


def _delete_webhook(call: Call) -> Done:
    return Done(_YES, (EndKnown(replace(call.end, webhook_url="", secret_token="", error="", error_at=0.0)),))


def _webhook(call: Call) -> Any:
    end = call.end
    found: dict[str, Any] = {
        "url": end.webhook_url, "has_custom_certificate": False,
        "pending_update_count": len(call.state.owed.get(end.id, {})), "max_connections": 40,
    }  # fmt: skip
    if end.error:
        found |= {"last_error_date": int(end.error_at), "last_error_message": end.error}
    if end.allowed:
        found["allowed_updates"] = list(end.allowed)
    return found


_METHODS: dict[str, Any] = {
    "getme": _me, "sendmessage": _send, "editmessagetext": _edit, "deletemessage": _delete, "sendchataction": _action,
    "answercallbackquery": _answer_press, "getfile": _get_file, "setwebhook": _set_webhook,
    "deletewebhook": _delete_webhook, "getwebhookinfo": _webhook, "sendphoto": _file("photo"),
    "sendvoice": _file("voice"), "senddocument": _file("document"), "getupdates": _webhook,
}  # fmt: skip
#: Those that count against the limits.
SENDS = frozenset({"sendmessage", "editmessagetext", "sendphoto", "sendvoice", "senddocument"})
