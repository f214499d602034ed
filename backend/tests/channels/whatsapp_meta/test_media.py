"""What was attached: asked for by its id, read as it comes, and our token goes nowhere else."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.channels.scripted import Answering, Scripted, answer, cut, drop, scripted
from throughline.channels.once import Once
from throughline.channels.whatsapp_meta.channel import WhatsApp
from throughline.channels.whatsapp_meta.client import Client
from throughline.channels.whatsapp_meta.media import allowed
from throughline.conversation.channel import Ambiguous, Media, NotSent, Outcome, Refused

from .given import SECRETS, line

PHOTO = Media("1003383421387256", "image", "image/jpeg")
GRAPH = "https://graph.facebook.com/v25.0/"
SANDBOX = "http://127.0.0.1:4000/meta/api/"


@pytest.fixture
async def whatsapp() -> AsyncIterator[WhatsApp]:
    channel = WhatsApp(Client(Once(total=30, connect=15)))
    yield channel
    await channel.close()


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        script.by_method = {PHOTO.remote: answer({"url": f"{script.base}file?mid=1", "mime_type": "image/jpeg"})}
        script.otherwise = answer(b"\xff\xd8 a photo", kind="image/jpeg")
        yield script


async def had(whatsapp: WhatsApp, provider: Scripted, media: Media = PHOTO) -> tuple[str, bytes] | Outcome:
    async with whatsapp.fetch(line(provider.base), media) as found:
        if isinstance(found, Refused | NotSent | Ambiguous):
            return found
        return found.media_type, b"".join([chunk async for chunk in found.chunks()])  # type: ignore[union-attr]


async def test_a_photo_is_asked_for_by_its_id_and_read_from_where_meta_says(
    whatsapp: WhatsApp, provider: Scripted
) -> None:
    assert await had(whatsapp, provider) == ("image/jpeg", b"\xff\xd8 a photo")
    assert [(one.verb, one.path) for one in provider.asked] == [
        ("GET", f"/api/{PHOTO.remote}"),
        ("GET", "/api/file?mid=1"),
    ]
    assert {one.headers["authorization"] for one in provider.asked} == {f"Bearer {SECRETS['access_token']}"}


@pytest.mark.parametrize(
    ("asking", "file", "outcome"),
    [
        (answer({"error": {"code": 100, "message": "x"}}, 400), drop, Refused("bug_100")),
        (answer({"error": {"code": 190, "message": "x"}}, 401), drop, Refused("token_expired", auth=True)),
        (answer({}), drop, Ambiguous("no_url")),
        (answer({"url": 7}), drop, Ambiguous("no_url")),
        (answer({"url": "http://169.254.169.254/latest/meta-data"}), drop, Refused("foreign_host")),
        (answer({"url": "https://evil.example/?mid=1"}), drop, Refused("foreign_host")),
        (drop, drop, Ambiguous("reset")),
        (None, answer({"error": "URL signature expired"}, 404), Refused("http_404")),
        (None, answer("", 302, headers=[("Location", "https://evil.example/")]), Ambiguous("redirect")),
        (None, answer("", 503), Ambiguous("http_503")),
        (None, answer("", 204), Ambiguous("http_204")),
        (None, answer({}, 429), NotSent("ratelimited")),
        (None, drop, Ambiguous("reset")),
    ],
)  # fmt: skip
async def test_what_cannot_be_had_says_why(
    whatsapp: WhatsApp, provider: Scripted, asking: Answering | None, file: Answering, outcome: Outcome
) -> None:
    if asking is not None:
        provider.by_method[PHOTO.remote] = asking
    provider.otherwise = file

    assert await had(whatsapp, provider) == outcome


async def test_our_token_does_not_follow_an_address_elsewhere(whatsapp: WhatsApp, provider: Scripted) -> None:
    async with scripted() as elsewhere:
        elsewhere.otherwise = answer(b"x")
        provider.by_method[PHOTO.remote] = answer({"url": f"{elsewhere.base}file"})

        assert await had(whatsapp, provider) == Refused("foreign_host")
        assert elsewhere.asked == []


async def test_a_file_that_breaks_off_is_an_oserror_and_not_half_a_file(whatsapp: WhatsApp, provider: Scripted) -> None:
    provider.otherwise = cut

    with pytest.raises(OSError, match="reset"):
        await had(whatsapp, provider)


async def test_a_file_without_end_is_left_at_its_limit(provider: Scripted) -> None:
    provider.otherwise = answer(b"x" * 300_000, kind="image/png")
    async with Once(total=30, connect=15) as once, once.open(f"{provider.base}file", most=200_000) as found:
        assert not isinstance(found, Refused | NotSent | Ambiguous)
        with pytest.raises(OSError, match="too_big"):
            [chunk async for chunk in found.chunks()]


async def test_a_file_that_does_not_come_to_its_end_in_time_is_left(provider: Scripted) -> None:
    provider.otherwise = answer(b"x" * 1_000, kind="image/png")
    async with Once(total=30, connect=15) as once, once.open(f"{provider.base}f", most=9_999, within=-1.0) as found:
        assert not isinstance(found, Refused | NotSent | Ambiguous)
        with pytest.raises(OSError, match="too_slow"):
            [chunk async for chunk in found.chunks()]


async def test_an_id_with_a_path_in_it_stays_one_name(whatsapp: WhatsApp, provider: Scripted) -> None:
    provider.otherwise = answer({"error": {"code": 100}}, 400)
    await had(whatsapp, provider, msgspec.structs.replace(PHOTO, remote="../me?x=1"))

    assert provider.asked[0].path == "/api/..%2Fme%3Fx%3D1"


@pytest.mark.parametrize(
    ("url", "base", "may"),
    [
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", GRAPH, True),
        ("https://lookaside.fbsbx.com:443/x", GRAPH, True),
        ("https://graph.facebook.com/x", GRAPH, True),
        ("http://lookaside.fbsbx.com/x", GRAPH, False),
        ("https://lookaside.fbsbx.com:8443/x", GRAPH, False),
        ("https://lookaside.fbsbx.com.evil.example/x", GRAPH, False),
        ("https://evil.example/lookaside.fbsbx.com", GRAPH, False),
        ("https://lookaside.fbsbx.com@evil.example/x", GRAPH, False),
        ("https://me:secret@lookaside.fbsbx.com/x", GRAPH, False),
        ("https://evil.example\\@lookaside.fbsbx.com/x", GRAPH, False),
        ("https://127.0.0.1/x", GRAPH, False),
        ("file:///etc/passwd", GRAPH, False),
        ("//lookaside.fbsbx.com/x", GRAPH, False),
        ("https://lookaside.fbsbx.com:x/", GRAPH, False),
        ("https://[/", GRAPH, False),
        ("", GRAPH, False),
        ("http://127.0.0.1:4000/meta/files/1", SANDBOX, True),
        ("http://127.0.0.1:4001/meta/files/1", SANDBOX, False),
        ("http://localhost:4000/meta/files/1", SANDBOX, False),
        ("https://lookaside.fbsbx.com/x", SANDBOX, False),
        ("https://graph.facebook.com/x", SANDBOX, False),
    ],
)
def test_the_token_goes_to_the_apis_own_host_and_to_metas_files_only(url: str, base: str, may: bool) -> None:
    assert allowed(url, base) is may
