"""Writing first, over HTTP: a member or a program says something to somebody on a channel."""

from typing import Annotated

from msgspec import Meta, Struct

from throughline.api.answer import Answer, shown
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.api.repeats import key_of
from throughline.api.table import Operation
from throughline.conversation.commands import channel_named
from throughline.conversation.events import ChannelName, DeliveryState, Template
from throughline.conversation.faults import FORBIDDEN, UNKNOWN_CHANNEL, Fault, slow_down
from throughline.conversation.outreach import Wanted
from throughline.identity.access import may

_MINUTE = 60.0


class TemplateAsked(Struct, frozen=True):
    """Words that the provider has approved: their name there (Twilio: the Content SID), and what fills them."""

    name: Annotated[str, Meta(min_length=1, max_length=512)]
    language: Annotated[str, Meta(max_length=20)] = ""
    parameters: Annotated[tuple[Annotated[str, Meta(max_length=1000)], ...], Meta(max_length=20)] = ()


class SendAsked(Struct, frozen=True):
    """Whom to write to, and what.

    `to`: a phone number with its country code, a mail address, or an identity's id. `template`: sent instead of `text`
    where the channel lets us only answer; `text` is then what everybody else reads of it. `account`: needed where the
    channel has several. `subject`: begins a mail of its own. `name`: how to call who is new.
    """

    to: Annotated[str, Meta(min_length=1, max_length=254)]
    text: str = ""
    template: TemplateAsked | None = None
    account: Annotated[str, Meta(max_length=64)] | None = None
    subject: Annotated[str, Meta(max_length=150)] = ""
    name: Annotated[str, Meta(max_length=100)] = ""


class SendTaken(Struct, frozen=True):
    """It is durable and owed there; what becomes of it is in the conversation's log and under `…/deliveries`."""

    conversation: str
    message: str
    binding: str
    state: DeliveryState


async def sent(door: Door, ask: Ask) -> Answer | Fault:
    """Keep it, owe it, and leave it to the courier."""
    caller, asked = ask.signed_in, ask.took(SendAsked)
    if not may(caller, "write_as_member"):
        return FORBIDDEN
    channel = channel_named(ask.path["channel"])
    if channel is None or channel == "web" or door.outreach is None:
        return UNKNOWN_CHANNEL
    repeat = key_of(ask, f"send {channel}")
    if isinstance(repeat, Fault):
        return repeat
    most = (await door.receive.policy(caller.tenant)).sends_per_minute
    wait = door.limits.hit(("sends", caller.tenant), most, _MINUTE) if most else None
    if wait is not None:
        return slow_down(wait)
    done = await door.outreach.send(caller, _wanted(channel, asked), repeat)
    if isinstance(done, Fault):
        return done
    return shown(SendTaken(done.conversation, done.message, done.binding, done.state), 202)


def _wanted(channel: ChannelName, asked: SendAsked) -> Wanted:
    given = asked.template
    template = None if given is None else Template(given.name, given.language, given.parameters)
    return Wanted(channel, asked.to, asked.text, template, asked.account, _line(asked.subject), _line(asked.name))


def _line(given: str) -> str:
    """One line that can be shown and kept."""
    return " ".join("".join(c if c.isprintable() else " " for c in given).split())


OPERATIONS = (
    Operation(
        name="send", method="POST", path="/api/v1/channels/{channel}/send", verb=sent, tag="channels", takes=SendAsked,
        gives=SendTaken, status=202, creates=True, refusals=(403, 404, 409, 422, 429),
        summary="Write first: to a phone number, a mail address or somebody known, on a channel of the organisation's.",
    ),
)  # fmt: skip
