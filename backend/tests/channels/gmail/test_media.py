"""What is attached to a mail, read as it comes."""

import base64
import json
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from tests.channels.scripted import Answering, answer, drop, scripted
from tests.sandbox.gmail_stage import ANA, BOX, stage
from throughline.channels.gmail import wire
from throughline.channels.gmail.answers import Answer
from throughline.channels.gmail.channel import Gmail
from throughline.channels.gmail.media import Attached
from throughline.channels.once import Flowing
from throughline.conversation.channel import Accepted, Ambiguous, Inbound, Media, NotSent, Outcome, Refused

from .given import gmail, line
from .subject import refusal
from .test_stand_in import line as line_to

PICTURE = bytes(range(256)) * 5


class Coming:
    """A body that comes in these pieces."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    async def chunks(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk


async def read(chunks: list[bytes]) -> bytes:
    return b"".join([chunk async for chunk in Attached("image/png", cast("Flowing", Coming(chunks))).chunks()])


def body(data: bytes, *, padded: str = "=") -> bytes:
    letters = base64.urlsafe_b64encode(data).decode().replace("=", padded)
    return f'{{"size": {len(data)}, "attachmentId": "data", "data": "{letters}", "more": "data"}}'.encode()


@over(
    data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 500), max_size=8),
    padded=st.sampled_from(["=", "", "\\u003d"]),
)  # fmt: skip
async def test_it_is_the_same_wherever_the_answer_is_cut(data: bytes, cuts: list[int], padded: str) -> None:
    whole = body(data, padded=padded)
    ends = sorted({min(cut, len(whole)) for cut in cuts} | {0, len(whole)})

    assert await read([whole[a:b] for a, b in pairwise(ends)]) == data


@pytest.mark.parametrize(
    "whole",
    [b"", b"{}", b"<html>", b'{"data": 5}', b'{"data": "AAAA', b'{"data": "A!==="}', b'{"data": "AAAAA"}',
     b" " * 70_000 + body(PICTURE)],
)  # fmt: skip
async def test_what_is_no_attachment_breaks_off(whole: bytes) -> None:
    with pytest.raises(OSError, match=r"cut|no_data|not_base64"):
        await read([whole[at : at + 1_000] for at in range(0, len(whole), 1_000)])


async def test_what_a_person_attached_can_be_read_again() -> None:
    async with stage() as standing:
        channel = Gmail()
        files = [{"name": "p.png", "media_type": "image/png", "data": base64.b64encode(PICTURE).decode()}]
        written = await standing.post("/_lab/write", mailbox=BOX, person=ANA, text="See.", files=files)
        assert written
        (mail,) = [one for one in await standing.mails() if "INBOX" in one.get("labels", one.get("labelIds", []))]
        at = line_to(standing)
        found = await channel.ask(at, lambda users: users.messages().get(userId="me", id=mail["id"], format="full"))
        assert isinstance(found, Answer)
        inbound = wire.message(found.raw, BOX, (), at.key, 0)
        assert isinstance(inbound, Inbound)
        (media,) = inbound.media
        async with channel.fetch(at, media) as got:
            assert not isinstance(got, Accepted | NotSent | Refused | Ambiguous)
            assert (got.media_type, b"".join([chunk async for chunk in got.chunks()])) == ("image/png", PICTURE)
        await channel.close()


@pytest.mark.parametrize(
    ("answering", "outcome"),
    [
        (answer(refusal(404, "notFound"), 404), Refused("no_file")),
        (answer(refusal(429, "rateLimitExceeded"), 429), NotSent("http_429")),
        (answer("oops", 503), NotSent("http_503")),
        (answer("", 302, headers=[("Location", "/api/elsewhere")]), NotSent("http_302")),
        (drop, Ambiguous("reset")),
    ],
)
async def test_what_cannot_be_had_is_told(answering: Answering, outcome: Outcome) -> None:
    channel = gmail()
    async with scripted() as google:
        google.otherwise = answering
        async with channel.fetch(line(google.base), Media("m-1/a-1", "file", "application/pdf")) as got:
            assert got == outcome
        assert len(google.asked) == 1
    await channel.close()


async def test_a_refused_token_is_refreshed_once() -> None:
    channel = Gmail()
    async with scripted() as google:
        google.by_method = {"token": answer({"access_token": "ya29.x", "expires_in": 3_599})}
        google.otherwise = answer(refusal(401, "authError"), 401)
        at = line(google.base, "simulated")
        async with channel.fetch(at, Media("m-1/a-1", "file", "application/pdf")) as got:
            assert got == Refused("unauthorized", auth=True)
        assert google.methods() == ["token", "a-1", "token", "a-1"]
        async with channel.fetch(at, Media("m-1/", "file", "application/pdf")) as got:
            assert got == Refused("no_file")
    await channel.close()
    assert json.loads(body(b"x"))["size"] == 1
