"""What people on WhatsApp set off at Meta, and how its webhooks leave."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from sandbox.clock import Clock
from sandbox.meta import codes, settings, webhooks
from sandbox.phones.facts import Change, Delivery, End, Heard, Message, Person, PersonMoved, Posted
from sandbox.phones.provider import Done, Going, Pressing, Refused, Saying, Tried
from sandbox.phones.state import State

#: Bytes of a file of each kind, and the types that are taken.
LIMITS = {"image": 5_000_000, "audio": 16_000_000, "video": 16_000_000, "sticker": 500_000, "document": 100_000_000}
TYPES = {
    "image": {"image/jpeg", "image/png"}, "sticker": {"image/webp"}, "video": {"video/mp4", "video/3gpp"},
    "audio": {"audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus"},
}  # fmt: skip


class Meta:
    """Keeps to sandbox.phones.provider.Provider."""

    patience = 10.0
    takes = range(200, 201)

    def end(self, name: str, given: bytes) -> End:
        """A number as `PUT _ctl/ends/{phone_number_id}` gives it."""
        return settings.end_of(name, given)

    def person(self, name: str, given: bytes) -> Person:
        """A person as `PUT _ctl/people/{wa_id}` gives them."""
        return settings.person_of(name, given)

    def shown_end(self, end: End) -> dict[str, Any]:
        """The number as people see it."""
        return {"channel": "whatsapp", "number": end.more["display_phone_number"], "waba_id": end.more["waba_id"]}

    def shown_person(self, person: Person) -> dict[str, Any]:
        """What a business may know of them, and whether it knows the number."""
        return {"bsuid": person.more["bsuid"], "username_only": person.more["username_only"]}

    def says(self, state: State, saying: Saying, clock: Clock) -> Done:  # noqa: ARG002 - the state is no matter here
        """One message each for the text and every file; a caption goes with the first file that can have one."""
        end, person, text = saying.end, saying.person, saying.text
        context = _context(end, saying.reply_to)
        parts: list[tuple[str, tuple[str, ...], dict[str, Any]]] = []
        for file in saying.files:
            caption = "" if file.media_type.startswith("audio/") else text
            text = text if not caption else ""
            parts.append((caption, (file.id,), webhooks.media(file, caption)))
        if text:
            parts.append((text, (), {"type": "text", "text": {"body": text}}))
        changes: list[Change] = [Heard(end.id, person.id, clock.now())]
        owed, names = [], []
        for words, media, what in parts:
            name = settings.wamid(person.id)
            reply_to = None if saying.reply_to is None else saying.reply_to.id
            at = int(clock.wall() * 1000)
            changes.append(
                Posted(Message(name, end.id, person.id, "person", words, at, media=media, reply_to=reply_to))
            )
            owed.append(webhooks.told(end, person, name, clock.wall(), {**context, **what}))
            names.append(name)
        return Done(changes=tuple(changes), owed=tuple(owed), message=names[0])

    def presses(self, state: State, pressing: Pressing, clock: Clock) -> Done:  # noqa: ARG002
        """A reply button, a row of a list, or the quick reply of a template: each comes back in its own shape."""
        end, person, message = pressing.end, pressing.person, pressing.message
        button = next(one for one in message.buttons if one.id == pressing.button)
        reply = {"id": button.id, "title": button.title}
        if message.more.get("template"):
            what: dict[str, Any] = {"type": "button", "button": {"payload": button.id, "text": button.title}}
        elif message.more.get("list"):
            what = {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": reply}}
        else:
            what = {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}}
        name, at = settings.wamid(person.id), int(clock.wall() * 1000)
        posted = Message(name, end.id, person.id, "person", button.title, at, reply_to=message.id)
        owed = webhooks.told(end, person, name, clock.wall(), {**_context(end, message), **what})
        return Done(changes=(Heard(end.id, person.id, clock.now()), Posted(posted)), owed=(owed,), message=name)

    def reads(self, state: State, end: End, messages: Sequence[Message], clock: Clock) -> Done:
        """Blue ticks, from those who have them on."""
        found = [(m, state.people.get(m.person)) for m in messages]
        read = [(replace(m, status="read"), person) for m, person in found if person is not None and person.receipts]
        owed = tuple(webhooks.status(end, person, m, "read", clock.wall()) for m, person in read)
        return Done(changes=tuple(Posted(m) for m, _ in read), owed=owed)

    def arrived(self, state: State, message: Message, clock: Clock) -> Done:
        """Media by link: taken where it is of a kind that WhatsApp shows."""
        kind = str(message.more.get("kind", "document"))
        files = [state.files[name] for name in message.media if name in state.files]
        fits = all(f.size <= LIMITS[kind] and f.media_type in TYPES.get(kind, {f.media_type}) for f in files)
        return sent(state, message, clock) if fits else self.lost(state, message, clock)

    def lost(self, state: State, message: Message, clock: Clock) -> Done:
        """The link leads nowhere."""
        return failed(state, message, 131053, clock)

    def going(self, end: End, delivery: Delivery, clock: Clock) -> Going:  # noqa: ARG002 - Meta signs no time
        """Signed over the very bytes."""
        body = delivery.body.encode("utf-8", "surrogatepass")
        headers = {
            "content-type": "application/json", "user-agent": "facebookexternalua",
            "x-hub-signature-256": webhooks.signature(end.more["app_secret"], body),
        }  # fmt: skip
        # Where the webhook is now, not where it was when this was owed.
        return Going(end.more["deliver_url"] or end.more["webhook_url"], headers, body)

    def again(self, end: End, delivery: Delivery, tried: Tried) -> float | None:  # noqa: ARG002
        """Every failure is tried again, less and less often, for seven days."""
        return webhooks.AGAIN[delivery.attempt] if delivery.attempt < len(webhooks.AGAIN) else None

    def merged(self, deliveries: Sequence[Delivery]) -> Delivery | None:
        """Several entries in one request."""
        return webhooks.merged(deliveries)

    def refusal(self, code: str, details: str = "") -> Response:
        """A Graph error."""
        return codes.refusal(code, details)

    def moves(self, state: State, person: Person, moving: settings.Moving, clock: Clock) -> Done:
        """A person has a new number, and with it a new user id: every end that they wrote to is told."""
        new = settings.digits(moving.to)
        if not new or new in state.people:
            raise Refused("number_taken")
        bsuid = moving.bsuid or settings.made_bsuid(new)
        then = replace(person, id=new, more={**person.more, "bsuid": bsuid})
        ids = {"user_id": bsuid, "previous_user_id": person.more["bsuid"]}
        owed = []
        for end in [state.ends[name] for name, by in state.heard if by == person.id and name in state.ends]:
            if person.more["username_only"]:
                was, now = person.more["bsuid"], bsuid
                what = {"type": "user_changed_user_id", **ids}
            else:
                was, now = person.id, new
                what = {"type": "user_changed_number", "wa_id": new, **ids}
            what["body"] = f"User {person.name} changed from {was} to {now}"
            name = settings.wamid(person.id)
            owed.append(webhooks.system(end, name, clock.wall(), webhooks.sender(person), what))
        return Done(body={"ok": True, "id": new}, changes=(PersonMoved(person.id, then),), owed=tuple(owed))


def sent(state: State, message: Message, clock: Clock) -> Done:
    """A message of ours goes out and arrives."""
    end, person, at = state.ends[message.end], state.people.get(message.person), clock.wall()
    there = replace(message, status="delivered")
    owed = (webhooks.status(end, person, there, "sent", at), webhooks.status(end, person, there, "delivered", at))
    return Done(changes=(Posted(there),), owed=owed)


def failed(state: State, message: Message, code: int, clock: Clock) -> Done:
    """A message that was accepted, and then was not delivered after all."""
    end, person = state.ends[message.end], state.people.get(message.person)
    over = replace(message, status="failed", error=str(code))
    return Done(changes=(Posted(over),), owed=(webhooks.status(end, person, over, "failed", clock.wall()),))


def _context(end: End, message: Message | None) -> dict[str, Any]:
    if message is None:
        return {}
    ours = settings.digits(end.more["display_phone_number"])
    return {"context": {"from": ours if message.by == "us" else message.person, "id": message.id}}
