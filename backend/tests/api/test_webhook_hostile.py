"""Every provider's door before those who are not the provider, and before a provider that says odd things.

Who is not the provider leaves nothing behind and learns nothing. What the provider did say is answered well, or it
would come again for days; what of it is not understood is kept aside.
"""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.channel import Media, Refused
from throughline.ports import Fetches

from .house import problem
from .providers import (
    ALL,
    CANARY,
    DEMO,
    GMAIL,
    KEY,
    META,
    SMS,
    TELEGRAM,
    THEM,
    TWILIO,
    WHATSAPP,
    Knock,
    Provider,
    as_twilio,
    bodies,
    knock,
    made,
    meta,
    opened,
    push,
    sms,
    telegram,
    whatsapp,
)
from .webhooking import Knocking

METADATA = "http://169.254.169.254/latest/meta-data/"


@pytest_asyncio.fixture
async def door(tmp_path: Path) -> AsyncIterator[Knocking]:
    async with opened(tmp_path / "data") as inside:
        yield inside


# ------------------------------------------------------------------------------------------------- who is nobody


def unproved(door: Knocking, one: Provider) -> Knock:
    request = made(door, one)
    return replace(request, headers={"content-type": request.headers["content-type"]})


def emptied(door: Knocking, one: Provider) -> Knock:
    request = made(door, one)
    return replace(request, headers={n: v if n == "content-type" else "" for n, v in request.headers.items()})


def of_another(door: Knocking, one: Provider) -> Knock:
    return made(door, one, secret="x" * len(one.secret))


def changed(door: Knocking, one: Provider) -> Knock:
    request = made(door, one, one.message("pay 10"))
    return replace(request, body=one.message("pay 99"))


def longer(door: Knocking, one: Provider) -> Knock:
    request = made(door, one)
    return replace(request, headers={n: v if n == "content-type" else v + "0" for n, v in request.headers.items()})


def shouted(door: Knocking, one: Provider) -> Knock:
    request = made(door, one)
    return replace(request, headers={n: v if n == "content-type" else v.upper() for n, v in request.headers.items()})


NOBODY = [unproved, emptied, of_another, changed, longer, shouted]


@pytest.mark.parametrize(
    ("name", "forge"),
    # Who signs no body proves itself by a header alone.
    [(name, forge) for name, one in ALL.items() for forge in NOBODY if one.signs_body or forge is not changed],
    ids=lambda given: getattr(given, "__name__", given),
)
async def test_who_is_not_the_provider_leaves_nothing_and_learns_nothing(
    door: Knocking, name: str, forge: Callable[[Knocking, Provider], Knock]
) -> None:
    one = ALL[name]
    answer = await knock(door, one, forge(door, one))

    assert (answer.status_code, problem(answer)["code"]) == (one.refused, "unverified")
    assert problem(answer)["detail"] == "The request is not signed as it must be."
    assert CANARY not in answer.text
    assert (await door.said(), door.quarantined()) == ([], [])


@pytest.mark.parametrize("name", ALL)
async def test_the_providers_own_request_is_taken_once(door: Knocking, name: str) -> None:
    one = ALL[name]
    answers = [await knock(door, one, made(door, one)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert (await bodies(door)).count(CANARY) == (1 if one.brings else 0)
    assert door.quarantined() == []


# ------------------------------------------------------------------------------------- what is signed, and odd

ODD: dict[str, tuple[Provider, bytes]] = {
    "meta: nothing": (META, b""),
    "meta: no JSON": (META, b"{" + CANARY.encode()),
    "meta: deep": (META, b'{"entry":' * 20_000),
    "meta: no text": (META, b"\xff\xfe"),
    "meta: no sender": (META, meta("a").replace(b'"from": "16505551234", ', b"")),
    "twilio: nothing": (WHATSAPP, b""),
    "twilio: no sender": (WHATSAPP, whatsapp(From="")),
    "twilio: another number of ours": (WHATSAPP, whatsapp(To="whatsapp:+15005550006")),
    "twilio: another channel": (WHATSAPP, whatsapp(From=THEM)),
    "twilio: a sid that is none": (WHATSAPP, whatsapp(MessageSid="../x", SmsMessageSid="")),
    "sms: a whatsapp number": (SMS, sms(From=f"whatsapp:{THEM}")),
    "telegram: nothing": (TELEGRAM, b""),
    "telegram: no JSON": (TELEGRAM, b"{"),
    "telegram: deep": (TELEGRAM, b'{"update_id":1,"message":' + b"[" * 50_000),
    "telegram: no id": (TELEGRAM, b'{"update_id":-1,"message":{}}'),
    "gmail: nothing": (GMAIL, b""),
    "gmail: another mailbox": (GMAIL, push(mailbox="evil@example.net")),
    "gmail: no base64": (GMAIL, b'{"message":{"data":"%%%"}}'),
    "gmail: deep": (GMAIL, b'{"message":' * 3_000),
}


@pytest.mark.parametrize("name", ODD)
async def test_what_is_signed_and_odd_is_kept_aside_and_answered_well(door: Knocking, name: str) -> None:
    one, body = ODD[name]
    answer = await knock(door, one, made(door, one, body))

    assert answer.status_code == 200
    assert len(door.quarantined()) == 1
    assert await door.said() == []


# ---------------------------------------------------------------------------------------------------- Meta's rows


async def test_a_hundred_entries_with_one_bad_are_ninety_nine_messages(door: Knocking) -> None:
    body = json.loads(meta(*(f"n{n}" for n in range(100))))
    body["entry"][50]["changes"][0]["value"]["messages"][0]["text"] = CANARY
    answer = await knock(door, META, made(door, META, json.dumps(body).encode()))

    assert answer.status_code == 200
    assert {f"n{n}" for n in range(100)} - {*await bodies(door)} == {"n50"}
    assert door.quarantined() == ["bad_message"]


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "failed"])
async def test_a_status_of_what_we_never_sent_is_answered_and_changes_nothing(door: Knocking, state: str) -> None:
    told = {"id": "wamid.unknown", "status": state, "timestamp": "1749416383", "recipient_id": "16505551234"}
    body = json.loads(meta("a"))
    value = body["entry"][0]["changes"][0]["value"]
    value["statuses"] = [told | {"biz_opaque_callback_data": "c-1 m-1 0"}, told]
    del value["messages"]
    answer = await knock(door, META, made(door, META, json.dumps(body).encode()))

    assert answer.status_code == 200
    assert await door.said() == []


@pytest.mark.parametrize("value", ["sha1=" + "0" * 40, "SHA256=" + "0" * 64, "sha256=", "sha256=" + "g" * 64])
async def test_metas_old_and_odd_signatures_are_none(door: Knocking, value: str) -> None:
    request = made(door, META)
    answer = await knock(door, META, replace(request, headers={**request.headers, "x-hub-signature-256": value}))

    assert answer.status_code == 403


# -------------------------------------------------------------------------------------------------- Twilio's rows

ELSEWHERE = ["http://{}", "https://evil.example", "https://{}:8443", "http://127.0.0.1:8000"]


@pytest.mark.parametrize("public", ELSEWHERE)
async def test_a_signature_over_another_address_is_none_whatever_a_proxy_says(door: Knocking, public: str) -> None:
    """http for https, another host or port: the address that counts is ours to know, and in no header."""
    ours = door.ends.public_url.partition("://")[2]
    base = public.format(ours)
    if base == door.ends.public_url:
        base = f"https://{ours}"
    request = made(door, WHATSAPP)
    url = base + request.url.removeprefix(door.ends.public_url)
    scheme, _, host = base.partition("://")
    forwarded = {
        "x-forwarded-proto": scheme,
        "x-forwarded-host": host,
        "x-original-url": url,
        "forwarded": f"host={host}",
    }
    proof = as_twilio(url, request.body, WHATSAPP.secret, 0)
    answer = await knock(door, WHATSAPP, replace(request, headers={**proof, **forwarded}))

    assert answer.status_code == 403
    assert await door.said() == []


@pytest.mark.parametrize("name", ["Body", "From", "To", "AccountSid", "MessageSid", "MediaUrl0"])
async def test_a_field_that_comes_twice_is_refused(door: Knocking, name: str) -> None:
    body = whatsapp(MediaUrl0="https://api.twilio.com/x") + f"&{name}=x".encode()

    assert (await knock(door, WHATSAPP, made(door, WHATSAPP, body))).status_code == 403
    assert await door.said() == []


@pytest.mark.parametrize("one", [WHATSAPP, SMS], ids=["whatsapp", "sms"])
async def test_another_account_of_twilios_is_refused_though_it_is_signed(door: Knocking, one: Provider) -> None:
    body = one.message(CANARY).replace(TWILIO["account_sid"].encode(), b"AC" + b"f" * 32)

    assert (await knock(door, one, made(door, one, body))).status_code == 403


@pytest.mark.parametrize(
    "fields",
    [{"Body": ""}, {"Body": " \r\n"}, {"Body": "\x00"}, {"Body": "", "NumMedia": "3"}, {"Body": "", "MediaUrl0": ""}],
)
async def test_a_message_without_a_word_and_a_file_is_none(door: Knocking, fields: dict[str, str]) -> None:
    answer = await knock(door, WHATSAPP, made(door, WHATSAPP, whatsapp(**fields)))

    assert (answer.status_code, await door.said()) == (200, [])


@pytest.mark.parametrize("claim", ["0", "10", "-1", "99999999999", "many", ""])
async def test_what_is_attached_counts_and_not_what_nummedia_says(door: Knocking, claim: str) -> None:
    attached = {f"MediaUrl{n}": f"http://127.0.0.1:9/twilio/api/Media/ME{n}" for n in range(12)}
    body = whatsapp("Look", NumMedia=claim, **attached)

    assert (await knock(door, WHATSAPP, made(door, WHATSAPP, body))).status_code == 200
    assert len(await parts(door)) == 10


async def test_a_file_at_an_address_of_our_own_network_is_named_and_never_asked_for(door: Knocking) -> None:
    body = whatsapp("Look", NumMedia="1", MediaUrl0=METADATA, MediaContentType0="image/png")
    assert (await knock(door, WHATSAPP, made(door, WHATSAPP, body))).status_code == 200
    assert len(await parts(door)) == 1

    channel: object = door.ends.channels.of(WHATSAPP.account())
    line = await door.ends.lines.line(WHATSAPP.which)
    assert isinstance(channel, Fetches)
    assert line is not None
    async with channel.fetch(line, Media(METADATA, "image", "image/png")) as found:
        assert found == Refused("foreign_host")


async def test_a_sid_that_comes_again_with_other_words_is_the_first_message(door: Knocking) -> None:
    answers = [
        await knock(door, WHATSAPP, made(door, WHATSAPP, whatsapp(words))) for words in ("first", "second", "first")
    ]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert [text for text in await bodies(door) if text in {"first", "second"}] == ["first"]


async def parts(door: Knocking) -> list[Any]:
    """What is attached to the messages of the log."""
    summaries = await door.home.store.read(
        lambda tx: [
            entry.body()
            for found in tx.log.summaries(DEMO, None, "demo-admin", None, 100)  # type: ignore[arg-type]
            for entry in tx.log.entries(DEMO, found.conversation.id, 0, 100, ("message",))
        ]
    )
    return [part for body in summaries for part in body.parts]  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------- Telegram's, and Gmail's


@pytest.mark.parametrize(
    "more", [{"from": {"id": 7000000001, "is_bot": True, "first_name": "Us"}}, {"chat": {"id": -5, "type": "channel"}}]
)
async def test_our_own_bot_and_channels_are_not_heard(door: Knocking, more: dict[str, Any]) -> None:
    answer = await knock(door, TELEGRAM, made(door, TELEGRAM, telegram(**more)))

    assert (answer.status_code, await door.said()) == (200, [])


@pytest.mark.parametrize(
    "claims",
    [{"aud": "https://evil.example"}, {"email": "evil@acme.iam.gserviceaccount.com"}, {"iss": "https://evil.example"},
     {"email_verified": False}, {"exp": 1}],
)  # fmt: skip
async def test_a_push_that_google_signed_for_somebody_else_is_refused(door: Knocking, claims: dict[str, Any]) -> None:
    request = made(door, GMAIL)
    given = jwt.decode(request.headers["authorization"][7:], options={"verify_signature": False})
    token = jwt.encode(given | claims, KEY, algorithm="RS256", headers={"kid": "k1"})
    answer = await knock(door, GMAIL, replace(request, headers={"authorization": f"Bearer {token}"}))

    assert answer.status_code == 401
    assert (await door.said(), door.quarantined()) == ([], [])
