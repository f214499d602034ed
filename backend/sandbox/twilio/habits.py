"""What people set off at Twilio, and how its webhooks leave."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from sandbox.clock import Clock
from sandbox.phones.facts import Change, Delivery, End, Heard, Message, Person, Posted, Stopped
from sandbox.phones.fetch import rerouted
from sandbox.phones.provider import Done, Going, Pressing, Saying, Tried
from sandbox.phones.state import State
from sandbox.twilio import codes, settings, webhooks
from sandbox.twilio.consent import wish

#: Bytes of a file that goes out: over WhatsApp, as MMS.
MOST = {"whatsapp": 16_000_000, "sms": 5_000_000}


class Twilio:
    """Keeps to sandbox.phones.provider.Provider."""

    patience = 15.0
    takes = range(200, 400)

    def end(self, name: str, given: bytes) -> End:
        """A number as `PUT _ctl/ends/{E.164}` gives it."""
        return settings.end_of(name, given)

    def person(self, name: str, given: bytes) -> Person:
        """A person as `PUT _ctl/people/{E.164}` gives them."""
        return settings.person_of(name, given)

    def shown_end(self, end: End) -> dict[str, Any]:
        """The number, and whether it is WhatsApp's."""
        return settings.channel_of(end)

    def shown_person(self, person: Person) -> dict[str, Any]:
        """Nothing beside the name."""
        return {"reachable": person.reachable}

    def says(self, state: State, saying: Saying, clock: Clock) -> Done:  # noqa: ARG002 - the state is no matter here
        """WhatsApp: a message for each file, the text with the first. SMS: one with everything in it, and keywords."""
        end, person = saying.end, saying.person
        if end.more["channel"] == "sms":
            return self._texts(saying, clock)
        changes: list[Change] = [Heard(end.id, person.id, clock.now())]
        owed = []
        more = {}
        if saying.reply_to is not None:
            by = end.id if saying.reply_to.by == "us" else person.id
            more = {
                "OriginalRepliedMessageSid": saying.reply_to.id,
                "OriginalRepliedMessageSender": settings.address(end, by),
            }
        first = ""
        for n, files in enumerate([(file,) for file in saying.files] or [()]):
            name = settings.sid("MM" if files else "SM")
            message = _said(saying, name, saying.text if n == 0 else "", clock, tuple(file.id for file in files))
            changes.append(Posted(message))
            owed.append(webhooks.told(end, person, message, files, more, saying.base))
            first = first or name
        return Done(changes=tuple(changes), owed=tuple(owed), message=first)

    def _texts(self, saying: Saying, clock: Clock) -> Done:
        end, person = saying.end, saying.person
        message = _said(
            saying, settings.sid("MM" if saying.files else "SM"), saying.text, clock, tuple(f.id for f in saying.files)
        )
        changes: list[Change] = [Heard(end.id, person.id, clock.now()), Posted(message)]
        asked = wish(saying.text)
        more: webhooks.Form = {}
        if asked is not None:
            if end.more["messaging_service_sid"]:
                more["OptOutType"] = asked.kind
            if asked.kind != "HELP":
                changes.append(Stopped(end.id, person.id, yes=asked.kind == "STOP"))
            answer = replace(
                message,
                id=settings.sid("SM"),
                by="us",
                text=asked.answer,
                media=(),
                status="delivered",
                more={"auto": 1},
            )
            changes.append(Posted(answer))
        owed = webhooks.told(end, person, message, saying.files, more, saying.base)
        return Done(changes=tuple(changes), owed=(owed,), message=message.id)

    def presses(self, state: State, pressing: Pressing, clock: Clock) -> Done:  # noqa: ARG002
        """A quick reply of a content template."""
        end, person, message = pressing.end, pressing.person, pressing.message
        button = next(one for one in message.buttons if one.id == pressing.button)
        said = _said(Saying(end, person, button.title, (), message), settings.sid("SM"), button.title, clock, ())
        more = {
            "ButtonText": button.title, "ButtonPayload": button.id, "MessageType": "button",
            "OriginalRepliedMessageSid": message.id, "OriginalRepliedMessageSender": settings.address(end, end.id),
        }  # fmt: skip
        owed = webhooks.told(end, person, said, (), more, "")
        return Done(changes=(Heard(end.id, person.id, clock.now()), Posted(said)), owed=(owed,), message=said.id)

    def reads(self, state: State, end: End, messages: Sequence[Message], clock: Clock) -> Done:  # noqa: ARG002
        """Blue ticks, from those who have them on. A text message has none."""
        if end.more["channel"] == "sms":
            return Done()
        willing = {person.id for person in state.people.values() if person.receipts}
        read = [replace(m, status="read") for m in messages if m.person in willing]
        return Done(changes=tuple(map(Posted, read)), owed=tuple(webhooks.status(end, m, "read") for m in read))

    def arrived(self, state: State, message: Message, clock: Clock) -> Done:  # noqa: ARG002
        """Media by link: taken where it is not too big."""
        end = state.ends[message.end]
        most = MOST[end.more["channel"]]
        size = sum(state.files[name].size for name in message.media if name in state.files)
        return sent(end, message) if size <= most else failed(end, message, 11751)

    def lost(self, state: State, message: Message, clock: Clock) -> Done:  # noqa: ARG002
        """The link leads nowhere."""
        return failed(state.ends[message.end], message, 63019)

    def going(self, end: End, delivery: Delivery, clock: Clock) -> Going:  # noqa: ARG002 - no time is signed
        """The address is signed as it was given, without its fragment; on this machine it may lead elsewhere."""
        # A message goes where the webhook is now, not where it was when this was owed.
        url = str(end.more["webhook_url"]) if delivery.kind == "message" else delivery.url
        url = url.partition("#")[0]
        body = delivery.body.encode("utf-8", "surrogatepass")
        return Going(rerouted(url, end.more), webhooks.headers(end, delivery, url), body)

    def again(self, end: End, delivery: Delivery, tried: Tried) -> float | None:
        """Once where no connection was made, unless the address says otherwise. At once."""
        url = str(end.more["webhook_url"]) if delivery.kind == "message" else delivery.url
        count, policy = webhooks.overrides(url)
        kind = f"{tried.status // 100}xx" if tried.status else "rt"
        kind = "ct" if tried.why == "connection_failed" else kind
        return 0.0 if delivery.attempt < count and {kind, "all"} & policy else None

    def merged(self, deliveries: Sequence[Delivery]) -> Delivery | None:  # noqa: ARG002
        """Twilio sends one thing at a time."""
        return None

    def refusal(self, code: str, details: str = "") -> Response:
        """An error of the REST API."""
        return codes.refusal(code, details)


def sent(end: End, message: Message) -> Done:
    """A message of ours goes out and arrives. Of one without a service its first status, queued, is not told."""
    there = replace(message, status="delivered")
    names = ("queued", "sent", "delivered") if message.more.get("service") else ("sent", "delivered")
    return Done(changes=(Posted(there),), owed=tuple(webhooks.status(end, there, name) for name in names))


def failed(end: End, message: Message, code: int) -> Done:
    """A message that was accepted, and then was not delivered after all."""
    name = "undelivered" if code in {30003, 30005, 30006, 63024} else "failed"
    over = replace(message, status="failed", error=str(code), more={**message.more, "status": name})
    return Done(changes=(Posted(over),), owed=(webhooks.status(end, over, name),))


def _said(saying: Saying, name: str, text: str, clock: Clock, media: tuple[str, ...]) -> Message:
    reply_to = None if saying.reply_to is None else saying.reply_to.id
    return Message(
        name, saying.end.id, saying.person.id, "person", text, int(clock.wall() * 1000), media=media, reply_to=reply_to
    )
