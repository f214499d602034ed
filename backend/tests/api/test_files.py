"""Files through the door: uploaded, sent, opened by a link, and nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from throughline.api.files import OPENS
from throughline.conversation.files import MOST, MOST_FILES

from .house import House, house, problem

PNG = b"\x89PNG\r\n\x1a\n" + bytes(300)
HTML = b"<!doctype html><script>alert(1)</script>"


class Desk:
    """A customer with a conversation, and what they do with files."""

    def __init__(self, home: House, headers: dict[str, str], where: str) -> None:
        self.home, self.headers, self.where = home, headers, where

    async def upload(
        self, body: bytes = PNG, name: str = "a.png", kind: str = "image/png", **more: Any
    ) -> httpx2.Response:
        return await self.home.http.post(
            f"/api/v1/conversations/{more.get('where', self.where)}/files", params={"name": name}, content=body,
            headers={**more.get("headers", self.headers), "content-type": kind},
        )  # fmt: skip

    async def uploaded(self, **more: Any) -> str:
        answer = await self.upload(**more)
        assert answer.status_code == 201, answer.text
        name: str = answer.json()["id"]
        return name

    async def say(self, *files: str, text: str = "Look", name: str | None = None) -> httpx2.Response:
        message = {"id": name or self.home.ids.new(), "text": text, "attachments": list(files)}
        return await self.home.http.post(
            f"/api/v1/conversations/{self.where}/messages", headers=self.headers, json=message
        )

    async def link(self, file: str, headers: dict[str, str] | None = None) -> httpx2.Response:
        return await self.home.http.get(f"/api/v1/files/{file}/link", headers=headers or self.headers)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with house(tmp_path) as home:
        headers = await home.bearer("customer@demo.test")
        yield Desk(home, headers, await home.talk(headers))


async def test_a_file_is_uploaded_sent_and_opened_again(desk: Desk) -> None:
    file = await desk.uploaded()
    said = await desk.say(file)
    events = (await desk.home.http.get(f"/api/v1/conversations/{desk.where}/events", headers=desk.headers)).json()
    part = next(e["body"] for e in events["items"] if e["kind"] == "message")["parts"][0]
    opened = await desk.home.http.get((await desk.link(file)).json()["url"])

    assert said.status_code == 201
    assert part == {"id": file, "type": "image", "name": "a.png", "media_type": "image/png", "size": len(PNG)}
    assert opened.content == PNG
    assert opened.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("bytes=0-", (0, 308)), ("bytes=0-0", (0, 1)), ("bytes=8-99", (8, 100)), ("bytes=300-", (300, 308)),
        ("bytes=300-9999999999999999999", (300, 308)), ("bytes=-8", (300, 308)), ("bytes=-999", (0, 308)),
        ("bytes=308-", None), ("bytes=-0", None), ("bytes=9-8", None), ("bytes=-", None), ("bytes=0-1,5-6", None),
        ("items=0-1", None), ("bytes=x-", None), ("", None), ("bytes=" + "9" * 4_000 + "-", None),
    ],
)  # fmt: skip
async def test_a_player_gets_the_part_it_asks_for_or_the_whole(
    desk: Desk, asked: str, given: tuple[int, int] | None
) -> None:
    url = (await desk.link(await desk.uploaded())).json()["url"]
    got = await desk.home.http.get(url, headers={"range": asked})

    begin, end = given or (0, len(PNG))
    assert got.status_code == (200 if given is None else 206)
    assert got.content == PNG[begin:end]
    assert got.headers["content-length"] == str(end - begin)
    assert got.headers.get("content-range") == (None if given is None else f"bytes {begin}-{end - 1}/{len(PNG)}")


async def test_a_part_of_what_somebody_had_before_is_the_whole_of_what_there_is(desk: Desk) -> None:
    url = (await desk.link(await desk.uploaded())).json()["url"]
    got = await desk.home.http.get(url, headers={"range": "bytes=4-9", "if-range": '"another"'})
    assert (got.status_code, got.content) == (200, PNG)


async def test_a_message_can_be_a_file_alone(desk: Desk) -> None:
    assert (await desk.say(await desk.uploaded(), text="")).status_code == 201
    assert problem(await desk.say(text=""))["code"] == "empty_message"


async def test_a_page_is_given_away_as_bytes_that_nothing_runs(desk: Desk) -> None:
    answer = await desk.upload(HTML, "page.html", "text/html")
    opened = await desk.home.http.get((await desk.link(answer.json()["id"])).json()["url"])

    assert answer.json()["media_type"] == "application/octet-stream"
    assert opened.headers["content-type"] == "application/octet-stream"
    assert opened.headers["content-disposition"].startswith("attachment")
    assert opened.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert opened.headers["x-content-type-options"] == "nosniff"


async def test_the_same_message_again_is_acknowledged_again(desk: Desk) -> None:
    file = await desk.uploaded()
    first, second = await desk.say(file, name="m-1"), await desk.say(file, name="m-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["seq"] == second.json()["seq"]


async def test_a_file_belongs_to_one_message(desk: Desk) -> None:
    file = await desk.uploaded()
    await desk.say(file)

    assert problem(await desk.say(file))["code"] == "file_taken"
    dropped = await desk.home.http.delete(f"/api/v1/files/{file}", headers=desk.headers)
    assert problem(dropped)["code"] == "unknown_file"


async def test_what_was_not_sent_can_be_taken_back(desk: Desk) -> None:
    file = await desk.uploaded()
    dropped = await desk.home.http.delete(f"/api/v1/files/{file}", headers=desk.headers)

    assert dropped.status_code == 204
    assert problem(await desk.say(file))["code"] == "unknown_file"


async def test_too_many_and_doubled_files_are_refused(desk: Desk) -> None:
    file = await desk.uploaded()

    assert problem(await desk.say(file, file))["code"] == "unknown_file"
    assert problem(await desk.say(*(f"f-{n}" for n in range(MOST_FILES + 1))))["code"] == "too_many_files"


async def test_an_empty_file_and_one_too_big_are_refused(desk: Desk) -> None:
    assert problem(await desk.upload(b""))["code"] == "file_empty"
    assert (await desk.upload(b"x" * (MOST + 1))).status_code == 413


@pytest.mark.parametrize("who", ["customer@rival.test", "admin@rival.test"])
async def test_another_organisation_finds_nothing(desk: Desk, who: str) -> None:
    file, theirs = await desk.uploaded(), await desk.home.bearer(who)

    assert problem(await desk.link(file, theirs))["status"] == 404
    assert problem(await desk.upload(headers=theirs))["status"] == 404
    dropped = await desk.home.http.delete(f"/api/v1/files/{file}", headers=theirs)
    assert problem(dropped)["status"] == 404
    assert (await desk.link(file)).status_code == 200


async def test_a_member_opens_what_a_customer_attached(desk: Desk) -> None:
    file, member = await desk.uploaded(), await desk.home.bearer("operator@demo.test")

    assert (await desk.link(file, member)).status_code == 200


async def test_a_file_of_another_conversation_cannot_be_attached(desk: Desk) -> None:
    elsewhere = await desk.home.talk(desk.headers)
    file = await desk.uploaded(where=elsewhere)

    assert problem(await desk.say(file))["code"] == "unknown_file"


async def test_a_link_ends_and_opens_nothing_else(desk: Desk) -> None:
    url: str = (await desk.link(await desk.uploaded())).json()["url"]
    _, _, token, name = url.split("/")
    changed = await desk.home.http.get(f"/files/{token[:-1]}/{name}")
    desk.home.clock.at += OPENS
    late = await desk.home.http.get(url)

    assert problem(changed)["code"] == "unknown_file"
    assert problem(late)["code"] == "unknown_file"
