"""WhatsApp's own calls, down to the socket: what is asked, how often, and what each of Meta's answers means."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.channels.scripted import Answering, Scripted, answer, drop, scripted
from throughline.channels.once import Once
from throughline.channels.whatsapp_meta import answers
from throughline.channels.whatsapp_meta.channel import WhatsApp
from throughline.channels.whatsapp_meta.client import Client
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Piece, Place, Refused

from .given import ANA, NUMBER, PHONE, SCOPED, USERNAME, WAMID, line, piece

TAKEN = answer({"messaging_product": "whatsapp", "messages": [{"id": WAMID}]})
DONE = answer({"success": True})
HEARD = Place(ANA.address, ref="wamid.theirs==")


def no(code: object, status: int = 400, *, after: str = "") -> Answering:
    """An error as Graph has it. Its words are never to be seen again."""
    error = {"message": f"(#{code}) CANARY words", "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return answer({"error": error}, status, headers=[("Retry-After", after)] if after else [])


@pytest.fixture
async def whatsapp() -> AsyncIterator[WhatsApp]:
    channel = WhatsApp(Client(Once(total=30, connect=15)))
    yield channel
    await channel.close()


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        script.otherwise = TAKEN
        yield script


async def test_a_message_goes_out_from_our_number_with_our_token(whatsapp: WhatsApp, provider: Scripted) -> None:
    assert await whatsapp.send(line(provider.base), ANA, piece()) == Accepted(WAMID)

    (asked,) = provider.asked
    assert (asked.verb, asked.path) == ("POST", f"/api/{NUMBER}/messages")
    assert asked.headers["authorization"] == "Bearer EAAJB0VvPxyzabcdefghijkl"
    assert asked.headers["content-type"] == "application/json"
    assert asked.json == {
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": PHONE,
        "type": "text", "text": {"body": "Hello.", "preview_url": False}, "biz_opaque_callback_data": "c-1/m-1/0",
    }  # fmt: skip


async def test_who_hides_their_number_is_written_to_by_their_scoped_id(whatsapp: WhatsApp, provider: Scripted) -> None:
    await whatsapp.send(line(provider.base), USERNAME, piece())

    asked = provider.asked[0].json
    assert asked["recipient"] == SCOPED
    assert "to" not in asked


@pytest.mark.parametrize("address", ["", PHONE, f"{NUMBER}/", f"{NUMBER}/ana", f"{NUMBER}/../me/1", f"me/{PHONE}"])
async def test_an_address_that_is_none_asks_nobody(whatsapp: WhatsApp, provider: Scripted, address: str) -> None:
    at = line(provider.base)

    assert await whatsapp.send(at, Place(address), piece()) == Refused("bad_address")
    assert await whatsapp.status(at, Place(address, ref=WAMID), "working") == Refused("bad_address")
    assert provider.asked == []


async def test_a_template_nobody_named_asks_nobody(whatsapp: WhatsApp, provider: Scripted) -> None:
    assert await whatsapp.send(line(provider.base), ANA, Piece("Hello", "template")) == Refused("no_template")
    assert provider.asked == []


@pytest.mark.parametrize("token", ["", "EAA\r\nX-Evil: 1", "EAAü", "EAA x"])
async def test_without_a_token_nobody_is_asked(whatsapp: WhatsApp, provider: Scripted, token: str) -> None:
    bad = msgspec.structs.replace(line(provider.base), secrets={"access_token": token})
    for outcome in (await whatsapp.send(bad, ANA, piece()), await whatsapp.status(bad, HEARD, "working")):
        assert isinstance(outcome, Refused)
        assert outcome.auth
    assert provider.asked == []


# -------------------------------------------------------------------------------------------------- what codes mean

CODES: dict[int, Outcome] = {
    0: Refused("invalid_auth", auth=True),
    3: Refused("missing_scope", auth=True),
    10: Refused("missing_scope", auth=True),
    190: Refused("token_expired", auth=True),
    200: Refused("missing_scope", auth=True),
    299: Refused("missing_scope", auth=True),
    131005: Refused("missing_scope", auth=True),
    1: NotSent("service_unavailable"),
    2: NotSent("service_unavailable"),
    131000: NotSent("service_unavailable"),
    131016: NotSent("service_unavailable"),
    133004: NotSent("service_unavailable"),
    4: NotSent("ratelimited"),
    80007: NotSent("ratelimited"),
    130429: NotSent("ratelimited"),
    131056: NotSent("pair_rate", 1.0),
    131047: Refused("window_closed"),
    131026: Refused("undeliverable_131026"),
    131030: Refused("undeliverable_131030"),
    131050: Refused("undeliverable_131050"),
    130472: Refused("undeliverable_130472"),
    131048: Refused("undeliverable_131048"),
    368: Refused("account_368"),
    131031: Refused("account_131031"),
    131042: Refused("account_131042"),
    133010: Refused("account_133010"),
    132001: Refused("template_132001"),
    132012: Refused("template_132012"),
    131052: Refused("media_131052"),
    131053: Refused("media_131053"),
    100: Refused("bug_100"),
    131008: Refused("bug_131008"),
    131009: Refused("bug_131009"),
    131051: Refused("bug_131051"),
    300: Refused("meta_300"),
    999999: Refused("meta_999999"),
}


@pytest.mark.parametrize("code", CODES)
async def test_a_number_of_metas_means(whatsapp: WhatsApp, provider: Scripted, code: int) -> None:
    provider.otherwise = no(code)
    outcome = await whatsapp.send(line(provider.base), ANA, piece())

    assert outcome == CODES[code]
    assert "CANARY" not in repr(outcome)
    assert len(provider.asked) == 1


def test_no_code_is_in_two_classes() -> None:
    classes = answers._OF_CLASS.values()

    assert sum(map(len, classes)) == len(frozenset().union(*classes))


@pytest.mark.parametrize(
    ("answering", "outcome"),
    [
        # Too many: by the status, and by what the number behind it says.
        (no(130429, 429, after="9"), NotSent("ratelimited", 9.0)),
        (no(131056, 429), NotSent("pair_rate", 1.0)),
        (no(131056, 429, after="30"), NotSent("pair_rate", 30.0)),
        (no(131048, 429), Refused("undeliverable_131048")),
        (no(424242, 429), NotSent("ratelimited")),
        (answer("slow down", 429), NotSent("ratelimited")),
        # It broke on their side, perhaps after it was done.
        (no(131000, 500), Ambiguous("http_500")),
        (no(131016, 503), Ambiguous("http_503")),
        (no(131026, 500), Ambiguous("http_500")),
        # What is looked at first was not done, whatever the status.
        (no(3, 500), Refused("missing_scope", auth=True)),
        (no(131045, 500), Refused("account_131045")),
        # Said with a status that means well.
        (no(190, 200), Refused("token_expired", auth=True)),
        (answer({"error": {"code": "190"}}, 400), Refused("http_400")),
        (answer({"error": {"code": True}}, 400), Refused("http_400")),
        (answer({"error": "x"}, 401), Refused("http_401")),
        (no(-7), Refused("meta")),
        (no(10**30), Refused("meta")),
        (answer("<html>proxy</html>", 403), Refused("http_403")),
        (answer("", 404), Refused("http_404")),
        (answer({}, 408), Ambiguous("http_408")),
        (drop, Ambiguous("reset")),
        # Taken without a name that we could find again.
        (answer({"messages": []}), Ambiguous("no_id")),
        (answer({"messages": [{}]}), Ambiguous("no_id")),
        (answer({"messages": [{"id": 7}]}), Ambiguous("no_id")),
        (answer({"messages": [{"id": ""}]}), Ambiguous("no_id")),
        (answer({"messages": ["wamid.1"]}), Ambiguous("no_id")),
        (answer({"messages": {"id": "wamid.1"}}), Ambiguous("no_id")),
        (answer({"messages": [{"id": "wamid.1 2"}]}), Ambiguous("no_id")),
        (answer({"success": True}), Ambiguous("no_id")),
        (answer({"messages": [{"id": "wamid.1", "message_status": "paused"}]}), Accepted("wamid.1")),
    ],
)  # fmt: skip
async def test_an_unusual_answer_means(
    whatsapp: WhatsApp, provider: Scripted, answering: Answering, outcome: Outcome
) -> None:
    provider.otherwise = answering

    assert await whatsapp.send(line(provider.base), ANA, piece()) == outcome


# ------------------------------------------------------------------------------------------------------- the pair rate


async def test_each_refusal_to_one_person_in_a_row_waits_four_times_as_long(
    whatsapp: WhatsApp, provider: Scripted
) -> None:
    at = line(provider.base)
    provider.otherwise = no(131056)
    waits = [await whatsapp.send(at, ANA, piece()) for _ in range(7)]
    other = await whatsapp.send(at, USERNAME, piece())
    provider.otherwise = no(130429)
    between = await whatsapp.send(at, ANA, piece())
    provider.otherwise = no(131056)
    again = await whatsapp.send(at, ANA, piece())
    provider.otherwise = TAKEN
    await whatsapp.send(at, ANA, piece())
    provider.otherwise = no(131056)
    after = await whatsapp.send(at, ANA, piece())

    assert waits == [NotSent("pair_rate", wait) for wait in (1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 1_024.0)]
    assert (other, between) == (NotSent("pair_rate", 1.0), NotSent("ratelimited"))
    assert (again, after) == (NotSent("pair_rate", 1_024.0), NotSent("pair_rate", 1.0))


# ----------------------------------------------------------------------------------------------------------- the dots


async def test_while_we_work_there_are_dots_under_the_persons_message(whatsapp: WhatsApp, provider: Scripted) -> None:
    provider.otherwise = DONE

    assert await whatsapp.status(line(provider.base), HEARD, "working") == Accepted("wamid.theirs==")
    (asked,) = provider.asked
    assert (asked.verb, asked.path) == ("POST", f"/api/{NUMBER}/messages")
    assert asked.json == {
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.theirs==",
        "typing_indicator": {"type": "text"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("place", "status"),
    [(HEARD, "waiting"), (HEARD, "done"), (ANA, "working"), (Place(ANA.address, ref="no id"), "working")],
)
async def test_dots_are_only_for_work_on_a_message_that_is_known(
    whatsapp: WhatsApp, provider: Scripted, place: Place, status: str
) -> None:
    """They show it as read: not while it waits for somebody."""
    assert isinstance(await whatsapp.status(line(provider.base), place, status), Accepted)
    assert provider.asked == []


async def test_a_status_that_is_no_word_of_ours_is_refused(whatsapp: WhatsApp, provider: Scripted) -> None:
    assert await whatsapp.status(line(provider.base), HEARD, "dancing") == Refused("unknown_status")
    assert provider.asked == []


@pytest.mark.parametrize(
    ("answering", "outcome"),
    [(no(131009), Refused("bug_131009")), (no(190, 401), Refused("token_expired", auth=True)),
     (answer("oops", 500), Ambiguous("http_500")), (drop, Ambiguous("reset"))],
)  # fmt: skip
async def test_dots_that_were_not_shown_say_why(
    whatsapp: WhatsApp, provider: Scripted, answering: Answering, outcome: Outcome
) -> None:
    provider.otherwise = answering

    assert await whatsapp.status(line(provider.base), HEARD, "working") == outcome
