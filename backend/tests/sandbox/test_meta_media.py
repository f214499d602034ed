"""Files at the simulated Cloud API: up, down, by link, and for how long."""

from collections.abc import AsyncIterator

import pytest
from starlette.responses import Response

from sandbox.meta.multipart import parts
from sandbox.phones import samples

from .meta_stage import ANA, NUMBER, TOKEN, MetaStage, stage


@pytest.fixture
async def meta() -> AsyncIterator[MetaStage]:
    async with stage() as found:
        await found.opened()
        yield found


async def upload(meta: MetaStage, data: bytes, media_type: str, token: str = TOKEN, **fields: str) -> dict[str, str]:
    response = await meta.http.post(
        f"/api/v25.0/{NUMBER}/media",
        data={"messaging_product": "whatsapp", **fields},
        files={"file": ("a file.png", data, media_type)},
        headers={"authorization": f"Bearer {token}"},
    )
    found: dict[str, str] = response.json()
    return found


async def test_an_uploaded_picture_is_sent_and_seen(meta: MetaStage) -> None:
    name = (await upload(meta, samples.image(), "image/png"))["id"]
    await meta.send(type="image", image={"id": name, "caption": "here"})
    shown = (await meta.state())["messages"][-1]

    assert (shown["text"], shown["status"]) == ("here", "delivered")
    [media] = shown["media"]
    assert media == {"media_type": "image/png", "name": "a file.png", "url": f"media/{name}"}
    seen = await meta.ask("GET", f"/_lab/{media['url']}")
    assert (seen.content, seen.headers["content-type"]) == (samples.image(), "image/png")


async def test_what_a_person_sent_can_be_had_for_five_minutes_and_with_the_token(meta: MetaStage) -> None:
    await meta.says("", media=[{"sample": "voice"}])
    [message] = (await meta.value())["messages"]
    about = (await meta.get(message["audio"]["id"])).json()
    assert (about["mime_type"], about["file_size"]) == ("audio/wav", len(samples.voice()))

    assert (await meta.get(about["url"])).content == samples.voice()
    assert (await meta.get(about["url"], "")).status_code == 401
    assert (await meta.get(about["url"][:-1])).status_code == 404
    await meta.advance(301)
    assert (await meta.get(about["url"])).status_code == 404
    again = (await meta.get(message["audio"]["id"])).json()["url"]
    assert (await meta.get(again)).content == samples.voice()
    await meta.advance(31 * 86_400)
    assert (await meta.get(message["audio"]["id"])).status_code == 400


async def test_a_deleted_file_is_gone(meta: MetaStage) -> None:
    name = (await upload(meta, samples.image(), "image/png"))["id"]
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert (await meta.ask("DELETE", f"/api/v25.0/{name}", headers=headers)).json() == {"success": True}

    assert (await meta.get(name)).json()["error"]["code"] == 100
    assert await meta.refused(type="image", image={"id": name}) == 100


async def test_media_by_link_is_fetched_before_it_goes_out(meta: MetaStage) -> None:
    meta.files["a.png"] = (samples.image(), "image/png")
    await meta.send(type="image", image={"link": f"{meta.hears}/a.png"}, biz_opaque_callback_data="m1")
    statuses = [await meta.status() for _ in range(2)]

    assert [s["status"] for s in statuses] == ["sent", "delivered"]
    [media] = (await meta.state())["messages"][-1]["media"]
    assert (await meta.ask("GET", f"/_lab/{media['url']}")).content == samples.image()


@pytest.mark.parametrize("where", ["nothing.png", "text.png", "big.png"])
async def test_media_that_cannot_be_had_or_shown_fails_later(meta: MetaStage, where: str) -> None:
    meta.answers = [Response(status_code=404)]
    meta.files["text.png"] = (b"hello", "text/plain")
    meta.files["big.png"] = (b"x" * 5_000_001, "image/png")
    assert (await meta.send(type="image", image={"link": f"{meta.hears}/{where}"})).status_code == 200
    if where == "nothing.png":
        await meta.next()
    status = await meta.status()

    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131053)


async def test_no_other_machine_is_asked_for_media(meta: MetaStage) -> None:
    await meta.send(type="image", image={"link": "http://192.0.2.1/a.png"})

    assert (await meta.status())["errors"][0]["code"] == 131053


async def test_only_what_whatsapp_shows_can_be_uploaded(meta: MetaStage) -> None:
    assert "id" in await upload(meta, b"%PDF", "application/pdf")
    assert "id" in await upload(meta, b"OggS", "audio/ogg; codecs=opus")
    for data, kind in ((b"x", "image/gif"), (b"x" * 5_000_001, "image/jpeg"), (b"x", "audio/wav")):
        assert "error" in await upload(meta, data, kind)
    assert "error" in await upload(meta, samples.image(), "image/png", token="no")
    assert "error" in await upload(meta, samples.image(), "image/png", messaging_product="other")
    assert len(meta.phone.ledger.state.files) == 2


def test_a_form_is_read_to_the_byte() -> None:
    data = b"\r\n--x \r\n\x00\xff--\r\n"
    raw = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: a/b\r\n\r\n'
    found = parts(raw + data + b"\r\n--b--\r\n", 'multipart/form-data; boundary="b"')

    assert found["file"] == (data, "a.bin", "a/b")
    for wrong in ("text/plain", "multipart/form-data", ""):
        assert parts(raw, wrong) == {}


async def test_ana_s_files_are_hers(meta: MetaStage) -> None:
    await meta.says("", media=[{"sample": "image"}])
    [file] = meta.phone.ledger.state.files

    assert (await meta.ask("GET", f"/_lab/media/{file}", headers={"x-lab-ends": "other"})).status_code == 404
    assert (await meta.ask("GET", f"/_lab/media/{file}", headers={"x-lab-ends": NUMBER})).status_code == 200
    assert ANA in meta.phone.ledger.state.people
