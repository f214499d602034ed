"""An account's credentials: what they look like, what a test of them finds."""

from collections.abc import AsyncIterator

import pytest

from tests.channels.scripted import Answering, Scripted, answer, drop, scripted
from throughline.channels.once import Once
from throughline.channels.whatsapp_meta.capabilities import OPTIONS as NAMES
from throughline.channels.whatsapp_meta.capabilities import SECRETS as SEALED
from throughline.channels.whatsapp_meta.channel import WhatsApp
from throughline.channels.whatsapp_meta.client import Client
from throughline.channels.whatsapp_meta.credentials import complete, wrong
from throughline.conversation.channel import Probe

from .given import NUMBER, OPTIONS, OTHER, SECRETS, line


@pytest.fixture
async def whatsapp() -> AsyncIterator[WhatsApp]:
    channel = WhatsApp(Client(Once(total=30, connect=15)))
    yield channel
    await channel.close()


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        yield script


US = {
    "display_phone_number": "+1 555-078-3881",
    "verified_name": "Lucky Shrub",
    "quality_rating": "GREEN",
    "id": NUMBER,
}
FOUND = {"number": "+15550783881", "verified_name": "Lucky Shrub"}


def no(code: int, status: int = 400) -> Answering:
    return answer({"error": {"message": "words", "type": "GraphMethodException", "code": code}}, status)


@pytest.mark.parametrize(
    ("answering", "probe"),
    [
        (answer(US), Probe("up", options=FOUND)),
        (answer(US | {"quality_rating": "RED"}), Probe("degraded", "quality_red", FOUND)),
        (answer(US | {"quality_rating": "UNKNOWN"}), Probe("up", options=FOUND)),
        (answer(US | {"verified_name": 7}), Probe("up", options={"number": "+15550783881"})),
        (answer({"id": NUMBER}), Probe("down", "no_answer")),
        (answer("<html>"), Probe("down", "no_answer")),
        (no(190, 401), Probe("needs_reauth", "token_expired")),
        (no(10, 403), Probe("needs_reauth", "missing_scope")),
        (no(100), Probe("down", "number_not_found")),
        (no(131031, 403), Probe("down", "account_131031")),
        (answer({}, 429), Probe("degraded", "ratelimited")),
        (answer("oops", 503), Probe("down", "http_503")),
        (drop, Probe("down", "reset")),
    ],
)
async def test_a_test_tells_whether_the_number_is_ours(
    whatsapp: WhatsApp, provider: Scripted, answering: Answering, probe: Probe
) -> None:
    provider.otherwise = answering

    assert await whatsapp.probe(line(provider.base, numbers=NUMBER)) == probe
    (asked,) = provider.asked
    assert asked.verb == "GET"
    assert asked.path == f"/api/{NUMBER}?fields=display_phone_number,verified_name,quality_rating"
    assert asked.headers["authorization"] == f"Bearer {SECRETS['access_token']}"


async def test_of_several_numbers_each_is_asked_about_and_the_worst_is_told(
    whatsapp: WhatsApp, provider: Scripted
) -> None:
    fields = "?fields=display_phone_number,verified_name,quality_rating"
    asked = {f"/api/{NUMBER}{fields}", f"/api/{OTHER}{fields}"}
    provider.by_method = {NUMBER: answer(US), OTHER: answer(US | {"display_phone_number": "+1 555 0199"})}
    both = {**FOUND, f"number_{NUMBER}": "+15550783881", f"number_{OTHER}": "+15550199"}
    assert await whatsapp.probe(line(provider.base)) == Probe("up", options=both)
    assert {one.path for one in provider.asked} == asked

    provider.by_method[OTHER] = no(100)
    one = {**FOUND, f"number_{NUMBER}": "+15550783881"}
    assert await whatsapp.probe(line(provider.base)) == Probe("down", "number_not_found", one)


async def test_without_a_number_nobody_is_asked(whatsapp: WhatsApp, provider: Scripted) -> None:
    assert await whatsapp.probe(line(provider.base, numbers=" , ")) == Probe("down", "no_number")
    assert provider.asked == []


LOOKS: dict[tuple[str, str], bool] = {
    ("access_token", "EAAJB0VvPxyzabcdefghijkl"): True,
    ("access_token", SECRETS["app_secret"]): False,
    ("access_token", "123456|abcdefghijklmnopqrstuvwxyz"): False,
    ("access_token", "EAA"): False,
    ("access_token", "EAAJB0VvPxyz abcdefghijkl"): False,
    ("access_token", "EAAJB0VvPxyzabcdefghijklé"): False,
    ("app_secret", SECRETS["app_secret"]): True,
    ("app_secret", SECRETS["app_secret"].upper()): False,
    ("app_secret", SECRETS["app_secret"] + "0"): False,
    ("app_secret", "EAAJB0VvPxyzabcdefghijkl"): False,
    ("verify_token", "horse-battery-staple"): True,
    ("verify_token", "horse battery"): False,
    ("verify_token", "short"): False,
    ("numbers", NUMBER): True,
    ("numbers", f"{NUMBER},{OTHER}"): True,
    ("numbers", f" {NUMBER} , {OTHER} ,"): True,
    ("numbers", ""): False,
    ("numbers", ","): False,
    ("numbers", "+15550783881"): False,
    ("numbers", f"{NUMBER};{OTHER}"): False,
    ("numbers", f"{NUMBER},{NUMBER}"): False,
    ("numbers", ",".join(str(10_000 + n) for n in range(51))): False,
    ("waba", "102290129340398"): True,
    ("waba", "waba"): False,
    ("answers", "final"): True,
    ("answers", "sentences"): True,
    ("answers", "tokens"): False,
    ("template", "resume_talk"): True,
    ("template", "Resume talk"): False,
    ("template_language", "en"): True,
    ("template_language", "pt_BR"): True,
    ("template_language", "english"): False,
    ("welcome", "Anything & all"): True,
}


@pytest.mark.parametrize(("name", "value"), LOOKS)
def test_a_credential_is_known_by_its_look(name: str, value: str) -> None:
    assert (wrong(name, value) is None) == LOOKS[name, value]
    assert name in {*SEALED, *NAMES}


def test_no_hint_says_a_secret_back() -> None:
    for (name, value), fits in LOOKS.items():
        if name in SEALED and not fits:
            assert value not in (wrong(name, value) or "")


def test_all_three_secrets_and_a_number_are_enough() -> None:
    assert complete(OPTIONS, SEALED)
    assert not complete({"numbers": " ,"}, SEALED)
    assert not complete({}, SEALED)
    for missing in SEALED:
        assert not complete(OPTIONS, set(SEALED) - {missing})
