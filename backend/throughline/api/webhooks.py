"""The door that providers knock on: very bytes in, verified, durable, and only then answered.

Nobody signs in here: the body's own signature says who it is. Unknown, foreign and disabled accounts look the same.
Why a request was refused is told to our log, as a code, and to nobody else; nothing of a body is in any line.
"""

from functools import partial
from typing import Literal

from throughline import observe
from throughline.api.answer import NO_STORE, Answer
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.api.table import Operation
from throughline.conversation.channel import ALIASES, RawRequest, Unverified
from throughline.conversation.faults import BUSY, Fault
from throughline.conversation.ids import AccountId
from throughline.conversation.kept import around
from throughline.observe import logger

#: Bytes of one request. Slack's are below 100 KiB; Meta puts many events into one, up to 3 MB.
MAX_BODY = 3_145_728

NO_ACCOUNT = Fault("unknown_account", 404, "There is no such account here.", "Copy the address from the admin page.")
UNVERIFIED = Fault("unverified", 401, "The request is not signed as it must be.", "Sign it with the account's secret.")
FORBIDDEN = Fault("unverified", 403, UNVERIFIED.detail, UNVERIFIED.hint)

_log = logger("api.webhooks")


async def webhook(door: Door, ask: Ask) -> Answer | Fault:
    """Take one request of a provider. 503 where it cannot be kept now: the provider comes again."""
    given = ask.path["channel"]
    return await _taken(door, ask, ALIASES.get(given, given), AccountId(ask.path["account"]))


async def unnamed(door: Door, ask: Ask) -> Answer | Fault:
    """The same at a path that names no account: the only WhatsApp of this installation, if it knows the signature.

    Whoever is not verified learns nothing, not even that there is one.
    """
    account = None if door.ends is None else await door.ends.lines.only("whatsapp")
    answer = NO_ACCOUNT if account is None else await _taken(door, ask, account.channel, account.id)
    return NO_ACCOUNT if answer in (UNVERIFIED, FORBIDDEN) else answer


async def _taken(door: Door, ask: Ask, given: str, which: AccountId) -> Answer | Fault:
    ends, hear = door.ends, door.hear
    if ends is None or hear is None:
        return NO_ACCOUNT
    account = await ends.lines.account(which)
    if account is None or not account.enabled or account.channel != given:
        return NO_ACCOUNT
    channel, line = ends.channels.of(account), await ends.lines.line(which)
    if channel is None:
        return NO_ACCOUNT
    if line is None:
        # It is there, and cannot be used for now: its secrets do not open, or its sandbox is away.
        _log.error("webhook_without_line", account=account.id, tenant=account.tenant, channel=account.channel)
        return BUSY
    request = RawRequest(
        method=str(ask.scope["method"]),
        path=str(ask.scope["path"]),
        query=ask.scope["query_string"].decode("latin-1"),
        headers=_headers(ask),
        body=ask.raw,
    )
    reading = channel.read(request, line, door.clock.now())
    if isinstance(reading, Unverified):
        observe.message(account.channel, "in", "unverified")
        _log.warning(
            "webhook_refused", account=account.id, tenant=account.tenant, channel=account.channel, why=reading.reason,
            request=ask.request_id,
        )  # fmt: skip
        return FORBIDDEN if reading.status == 403 else UNVERIFIED
    # A question keeps nothing, and is no first event: only that we can be reached is known by it.
    asks = request.method != "POST"
    reply = reading.reply if asks else await hear.take(account, reading, ask.raw, partial(around, request))
    if isinstance(reply, Fault):
        return reply
    media = reply.media_type if reply.media_type.startswith("application/") else f"{reply.media_type}; charset=utf-8"
    return Answer(reply.status, reply.body, ((b"content-type", media.encode()), NO_STORE))


def _headers(ask: Ask) -> dict[str, str]:
    """Names in lower case. One that came twice is joined as HTTP has it: a doubled signature fits nothing."""
    headers: dict[str, str] = {}
    for name, value in ask.scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


#: Addresses that people know from elsewhere: they name no account.
_UNNAMED = (
    ("whatsapp", "/webhook/whatsapp"),
    ("status", "/webhook/status"),
    ("channel_whatsapp", "/api/v1/channels/whatsapp/webhook"),
)
_WAYS: tuple[tuple[str, Literal["GET", "POST"], str], ...] = (
    ("check", "GET", "A provider asks whether this address expects it."),
    ("take", "POST", "What a provider tells us."),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="check_webhook",
        method="GET",
        path="/api/v1/channels/{channel}/webhook/{account}",
        verb=webhook,
        tag="channels",
        summary="A provider asks whether this address expects it: answered with its challenge.",
        who="provider",
        media="text/plain",
        refusals=(401, 403, 404, 503),
    ),
    Operation(
        name="take_webhook",
        method="POST",
        path="/api/v1/channels/{channel}/webhook/{account}",
        verb=webhook,
        tag="channels",
        summary="What a provider tells us: answered once it is durable.",
        who="provider",
        raw=MAX_BODY,
        media="text/plain",
        refusals=(401, 403, 404),
    ),
    *(
        Operation(
            name=f"{does}_{name}",
            method=method,
            path=path,
            verb=unnamed,
            tag="channels",
            summary=f"{what} At an address without an account: where there is exactly one WhatsApp here.",
            who="provider",
            raw=MAX_BODY if method == "POST" else 0,
            media="text/plain",
            refusals=(404,) if method == "POST" else (404, 503),
        )
        for name, path in _UNNAMED
        for does, method, what in _WAYS
    ),
)
