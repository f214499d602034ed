"""What Telegram tells, as our own values; from strangers nothing."""

import json

import msgspec
import pytest

from throughline.channels.telegram import wire
from throughline.channels.telegram.channel import Telegram
from throughline.conversation.channel import Address, Inbound, Media, RawRequest, Reading, Reply, Unverified

from .given import BOT, NOW, OPTIONS, SECRETS, USERNAME, fixture, line, said, signed

MAYA = Address("550123", "Maya Lindqvist")


def read(body: bytes, **options: str) -> Reading:
    reading = wire.read(signed(body), SECRETS, OPTIONS | options)
    assert isinstance(reading, Reading)
    return reading


def one(body: bytes, **options: str) -> Inbound:
    (inbound,) = read(body, **options).inbound
    return inbound


def test_a_message_comes_from_the_person_of_the_chat() -> None:
    assert one(fixture("message")) == Inbound(
        "550123:11", MAYA, "When does the ferry leave?", None, at=1_790_000_000_000
    )


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("/start", "/start"), ("/start K7Q-2MXP", "link K7Q-2MXP"), ("/start@harbour_travel_bot abc", "link abc"),
        (" /start ", "/start"), ("/start a b", "/start a b"), ("/starting", "/starting"), ("/new", "/new"),
        (f"/start {'x' * 65}", f"/start {'x' * 65}"), ("start", "start"),
    ],
)  # fmt: skip
def test_a_deep_link_becomes_the_command_that_links(text: str, read_as: str) -> None:
    assert one(said(text)).text == read_as


def test_recorded_starts_are_read() -> None:
    assert (one(fixture("start_bare")).text, one(fixture("start_code")).text) == ("/start", "link K7Q-2MXP")


@pytest.mark.parametrize(
    ("name", "text", "media"),
    [
        ("photo", "My ticket", Media("AgACAgIAAxkBAAIC", "image", "image/jpeg", "", 98_011)),
        ("voice", "", Media("AwACAgIAAxkBAAID", "audio", "audio/ogg", "", 13_022, voice=True)),
        ("document", "", Media("BQACAgIAAxkBAAIE", "file", "application/pdf", "plan.pdf", 40_210)),
    ],
)
def test_what_hangs_on_a_message_is_named(name: str, text: str, media: Media) -> None:
    inbound = one(fixture(name))

    assert (inbound.text, inbound.media) == (text, (media,))


def test_a_sticker_says_its_emoji() -> None:
    assert one(fixture("sticker")).text == "👍"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"location": {"latitude": 53.5, "longitude": 9.9}}, "53.5, 9.9"),
        ({"contact": {"phone_number": "+4912", "first_name": "Ana"}}, "Ana +4912"),
    ],
)
def test_a_place_and_a_contact_are_said_in_words(more: dict[str, object], text: str) -> None:
    assert one(said("", **more)).text == text


def test_a_press_says_what_the_button_said_and_its_wait_ends() -> None:
    reading = read(fixture("callback_query"))

    assert reading.inbound == (Inbound("press:2363412345678901234", MAYA, "Sunday", None, pressed="day:7"),)
    assert reading.reply.media_type == "application/json"
    assert msgspec.json.decode(reading.reply.body) == {
        "method": "answerCallbackQuery",
        "callback_query_id": "2363412345678901234",
    }


@pytest.mark.parametrize("name", ["edited_message", "group_talk", "blocked"])
def test_what_is_not_for_us_says_nothing(name: str) -> None:
    assert read(fixture(name)) == Reading()


def test_a_mention_in_a_group_is_the_groups() -> None:
    inbound = one(fixture("group_mention"))

    assert (inbound.text, inbound.group, inbound.group_name) == ("what now?", True, "Harbour crew")
    assert (inbound.sender, inbound.thread, inbound.key) == (MAYA, "-1001234567890", "-1001234567890:31")


def test_an_answer_to_us_in_a_group_is_for_us() -> None:
    assert one(fixture("group_reply")).text == "and tomorrow?"
    assert read(fixture("group_reply"), bot="99") == Reading()


GROUP = {"chat": {"id": -5, "type": "group", "title": "G"}}


def _called(text: str, kind: str, word: str) -> dict[str, object]:
    offset = len(text[: text.index(word)].encode("utf-16-le")) // 2
    return {**GROUP, "entities": [{"type": kind, "offset": offset, "length": len(word)}]}


@pytest.mark.parametrize(
    ("text", "kind", "word", "heard"),
    [
        (f"👍🏽 @{USERNAME} go", "mention", f"@{USERNAME}", "👍🏽 go"),
        (f"/help@{USERNAME}", "bot_command", f"/help@{USERNAME}", "/help"),
        (f"/start@{USERNAME}", "bot_command", f"/start@{USERNAME}", "/start"),
        (f"@{USERNAME}", "mention", f"@{USERNAME}", f"@{USERNAME}"),
        (f"@{USERNAME.upper()}: so", "mention", f"@{USERNAME.upper()}", "so"),
        ("@other_bot go", "mention", "@other_bot", None),
        ("/help", "bot_command", "/help", None),
    ],
)
def test_in_a_group_it_hears_its_name(text: str, kind: str, word: str, heard: str | None) -> None:
    found = read(said(text, **_called(text, kind, word))).inbound

    assert [inbound.text for inbound in found] == ([] if heard is None else [heard])


def test_a_name_that_telegram_has_not_marked_is_none() -> None:
    assert read(said(f"mail@{USERNAME}.example", **GROUP)) == Reading()


@pytest.mark.parametrize(
    "more",
    [{"from": None}, {"from": {"id": 1, "is_bot": True}}, {"chat": {"id": 5, "type": "channel"}}, {"text": " "}],
)
def test_bots_channels_and_empty_messages_say_nothing(more: dict[str, object]) -> None:
    assert read(said("x", **more)) == Reading()


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"\xff", b'{"update_id":-1,"message":{}}', b'{"update_id":1}', b"[" * 100_000,
     b'{"update_id":1,"message":{"message_id":1}}', b'{"update_id":1,"poll":{}}', said("x", message_id=0),
     said("x", chat={"id": 2**70, "type": "private"}), said("x", **{"from": {"id": -4}})],
)  # fmt: skip
def test_what_is_not_understood_is_set_aside(body: bytes) -> None:
    reading = read(body)

    assert reading.quarantine
    assert (reading.inbound, reading.reply) == ((), Reply())


@pytest.mark.parametrize("token", [None, "", "x", SECRETS["webhook_secret"] + "x", "\udce4", "é"])
def test_who_does_not_know_the_secret_token_is_unverified(token: str | None) -> None:
    headers = {} if token is None else {"x-telegram-bot-api-secret-token": token}
    request = RawRequest("POST", "/", "", headers, fixture("message"))

    assert wire.read(request, SECRETS, OPTIONS) == Unverified("bad_secret_token")
    assert wire.read(request, {"bot_token": SECRETS["bot_token"]}, OPTIONS) == Unverified("bad_secret_token")


def test_more_than_a_megabyte_is_nobodys() -> None:
    assert wire.read(signed(b" " * 1_048_577), SECRETS, OPTIONS) == Unverified("too_big")


def test_a_batch_is_one_reading_with_the_next_offset_and_what_waits_for_an_answer() -> None:
    names = ["message", "callback_query", "edited_message", "start_bare"]
    updates = [json.loads(fixture(name)) for name in names] + [{"update_id": 870_000_099, "poll": {}}]
    found = wire.read_batch(json.dumps(updates).encode(), BOT, OPTIONS)

    assert found is not None
    reading, presses = found
    assert [i.key for i in reading.inbound] == ["550123:11", "press:2363412345678901234", "550123:12"]
    assert (reading.cursor, reading.quarantine) == ("870000100", "unknown_update")
    assert presses == ("2363412345678901234",)


@pytest.mark.parametrize("result", [b"", b"{}", b"[]", b"[1]", b'[{"update_id":"x"}]', b'[{"update_id":true}]'])
def test_a_batch_without_a_number_moves_nothing(result: bytes) -> None:
    assert wire.read_batch(result, BOT, OPTIONS) is None


def test_a_bot_knows_itself_by_its_token() -> None:
    assert wire.read(signed(fixture("group_reply")), SECRETS, {"username": USERNAME}) != Reading()


@pytest.mark.parametrize(
    ("address", "thread", "chat"),
    [("550123", None, 550_123), ("1", "-1001234567890", -1_001_234_567_890), ("x", None, None), ("", None, None),
     ("0", None, None), ("1\n", None, None), ("١", None, None), ("9" * 20, None, None)],
)  # fmt: skip
def test_a_place_is_a_chats_number(address: str, thread: str | None, chat: int | None) -> None:
    assert wire.chat_of(address, thread) == chat


def test_what_was_kept_is_taken_apart_without_the_secret_token() -> None:
    kept = RawRequest("POST", "/", "", {}, fixture("message"))

    assert Telegram().reread(kept, line(), NOW).inbound == read(fixture("message")).inbound
