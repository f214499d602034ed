"""Files are read from Twilio's own hosts; its credential goes to its API alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.channels.scripted import Answering, Scripted, answer, cut, drop, scripted
from throughline.channels.once import Once
from throughline.channels.whatsapp_twilio.channel import WhatsAppTwilio
from throughline.channels.whatsapp_twilio.client import Client
from throughline.channels.whatsapp_twilio.media import File, kept_there, opened
from throughline.conversation.channel import Media, NotSent, Refused

from .given import ACCOUNT, TOKEN, line

REAL = "https://api.twilio.com/"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200_000)


@pytest.fixture
async def channel() -> AsyncIterator[WhatsAppTwilio]:
    made = WhatsAppTwilio(Client(total=30, connect=15))
    yield made
    await made.close()


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        yield script


def at(provider: Scripted, name: str = "Media/ME1") -> Media:
    return Media(f"{provider.base}{name}", "image", "image/png")


def to(location: str, status: int = 302) -> Answering:
    return answer(b"", status, headers=[("Location", location)])


async def test_a_file_is_read_with_the_accounts_credential(channel: WhatsAppTwilio, provider: Scripted) -> None:
    provider.otherwise = answer(PNG, kind="image/png")
    async with channel.fetch(line(provider.base), at(provider)) as file:
        assert isinstance(file, File)
        assert file.media_type == "image/png"
        assert b"".join([chunk async for chunk in file.chunks()]) == PNG
    (asked,) = provider.asked

    assert asked.headers["authorization"].startswith("Basic ")


async def test_a_redirect_is_followed_without_the_credential(channel: WhatsAppTwilio, provider: Scripted) -> None:
    provider.by_method = {"ME1": to(f"{provider.base}cdn/one"), "one": to("two", 307)}
    provider.otherwise = answer(PNG, kind="application/octet-stream")
    async with channel.fetch(line(provider.base), at(provider)) as file:
        assert isinstance(file, File)
        assert file.media_type == "image/png"

    assert [asked.path for asked in provider.asked] == ["/api/Media/ME1", "/api/cdn/one", "/api/cdn/two"]
    assert ["authorization" in asked.headers for asked in provider.asked] == [True, False, False]


async def test_redirects_come_to_an_end(channel: WhatsAppTwilio, provider: Scripted) -> None:
    provider.otherwise = to("again")
    async with channel.fetch(line(provider.base), at(provider)) as outcome:
        assert outcome == Refused("too_many_redirects")

    assert len(provider.asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "http://[::1]/", "http://[::1", "file:///etc/passwd",
        "https://evil.example/", "//evil.example/x", "https://mms.twiliocdn.com/x", "http://localhost:9/", "gopher://x/",
    ],
)  # fmt: skip
async def test_nothing_is_asked_of_hosts_that_are_not_twilios(
    channel: WhatsAppTwilio, provider: Scripted, location: str
) -> None:
    """A stand-in keeps its files on its own origin, and nowhere else."""
    provider.otherwise = to(location)
    async with channel.fetch(line(provider.base), at(provider)) as outcome:
        assert outcome == Refused("foreign_host")

    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/", "http://10.0.0.1/", "http://127.0.0.1/", "https://evil.example/", "ftp://api.twilio.com/",
        "http://api.twilio.com/", "https://api.twilio.com:8443/", "https://api.twilio.com.evil.example/", "", "x", "//",
        "https://api.twilio.com@evil.example/", "https://user:pw@api.twilio.com/", "https://[::1]/", "https://[",
        "https://mms.twiliocdn.com/x", "https://api.twilio.com\\@evil.example/", "https://api.twilio.com /", "file:///etc/passwd",
    ],
)  # fmt: skip
async def test_the_credential_goes_to_the_accounts_own_api_alone(url: str) -> None:
    """SSRF by a webhook's MediaUrl0: refused before a connection is made."""
    async with Once(total=5) as once, AsyncExitStack() as stack:
        found = await stack.enter_async_context(opened(once, REAL, (ACCOUNT, TOKEN), Media(url, "file", "x/y"), 1_000))

    assert found == Refused("foreign_host")


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://api.twilio.com/2010-04-01/x", True),
        ("https://mms.twiliocdn.com/AC1/ME1?Expires=1", True),
        ("https://media.twiliocdn.com/AC1/ME1", True),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/x", True),
        ("https://media.twiliocdn.com.s3-external-1.amazonaws.com/AC1/x", True),
        ("https://s3-external-1.amazonaws.com/other-bucket/x", False),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com.evil/x", False),
        ("https://other.s3.amazonaws.com/media.twiliocdn.com", False),
        ("http://mms.twiliocdn.com/x", False),
        ("https://mms.twiliocdn.com:8443/x", False),
        ("https://twiliocdn.com.evil.example/", False),
        ("https://eviltwiliocdn.com/", False),
        ("https://mms.twiliocdn.com@evil.example/", False),
        ("https://169.254.169.254/", False),
        ("https://mms.twiliocdn.com/a\\b", False),
        ("https://mms.twiliocdn\n.com/x", False),
        ("\thttps://mms.twiliocdn.com/x", False),
        ("https://[fd00::1]/", False),
        ("http://127.0.0.1:9/api/x", False),
        ("", False),
    ],
)
def test_where_twilio_keeps_its_files(url: str, there: bool) -> None:
    assert kept_there(url, REAL) is there


@pytest.mark.parametrize(
    ("answering", "outcome"),
    [
        (answer({"code": 20003}, 401), Refused("bad_credential", auth=True)),
        (answer({"code": 20404}, 404), Refused("gone")),
        (answer("", 410), Refused("gone")),
        (answer({}, 429), NotSent("ratelimited")),
        (answer("oops", 503), NotSent("http_503")),
        (answer("what", 206), Refused("http_206")),
        (answer(b"x", 200, headers=[("X", "y")]), None),
        (drop, NotSent("reset")),
    ],
)
async def test_what_is_no_file_is_an_outcome(
    channel: WhatsAppTwilio, provider: Scripted, answering: Answering, outcome: object
) -> None:
    provider.otherwise = answering
    async with channel.fetch(line(provider.base), at(provider)) as found:
        assert found == outcome if outcome is not None else isinstance(found, File)


async def test_a_file_whose_credential_cannot_be_one_asks_nobody(channel: WhatsAppTwilio, provider: Scripted) -> None:
    async with channel.fetch(line(provider.base, account_sid="../x"), at(provider)) as found:
        assert found == Refused("no_account_sid", auth=True)

    assert provider.asked == []


async def test_a_file_that_says_it_is_too_long_is_not_begun(provider: Scripted) -> None:
    provider.otherwise = answer(b"x" * 2_001, kind="image/png")
    async with Once(total=30) as once, opened(once, provider.base, (ACCOUNT, TOKEN), at(provider), 2_000) as found:
        assert found == Refused("too_big")


async def test_a_file_that_breaks_off_raises_while_it_is_read(channel: WhatsAppTwilio, provider: Scripted) -> None:
    provider.otherwise = cut
    async with channel.fetch(line(provider.base), at(provider)) as found:
        assert isinstance(found, File)
        with pytest.raises(OSError, match="reset"):
            [chunk async for chunk in found.chunks()]
