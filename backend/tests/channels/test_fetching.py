"""Every channel that fetches what is attached, before a provider that misbehaves; and names that lead inside."""

import asyncio
import base64
import socket
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from throughline.channels.catalogue import FACTORIES
from throughline.channels.once import Once
from throughline.channels.outward import Outside, opened, outside
from throughline.conversation.channel import Media, NotSent
from throughline.ports import Fetches

from .fetching import Fetching, Source
from .gmail import given as gmail
from .scripted import answer, scripted
from .sms.subject import SUBJECT as SMS
from .telegram.subject import SUBJECT as TELEGRAM
from .whatsapp_meta.subject import SUBJECT as META
from .whatsapp_twilio.subject import SUBJECT as TWILIO


def twilios(base: str) -> Media:
    return Media(f"{base}Media/ME1", "image", "image/png")


def in_json(data: bytes) -> bytes:
    return b'{"size":%d,"data":"%s"}' % (len(data), base64.urlsafe_b64encode(data))


class TestMeta(Fetching):
    source = Source(
        folder="whatsapp_meta", make=META.make, line=META.line, media=lambda _: Media("77", "image", "image/png"),
        before=lambda base: {"77": answer({"url": f"{base}file?mid=1", "mime_type": "image/png"})},
    )  # fmt: skip


class TestTwilio(Fetching):
    source = Source(folder="whatsapp_twilio", make=TWILIO.make, line=TWILIO.line, media=twilios)


class TestSms(Fetching):
    source = Source(folder="sms", make=SMS.make, line=SMS.line, media=twilios)


class TestTelegram(Fetching):
    source = Source(
        folder="telegram", make=TELEGRAM.make, line=TELEGRAM.line, media=lambda _: Media("AgAC", "image", "image/png"),
        before=lambda _: {"getFile": answer({"ok": True, "result": {"file_id": "AgAC", "file_path": "photos/1.png"}})},
    )  # fmt: skip


class TestGmail(Fetching):
    source = Source(
        folder="gmail", make=gmail.gmail, line=gmail.line, media=lambda _: Media("18c0/att1", "image", "image/png"),
        packed=in_json, kind="application/json",
    )  # fmt: skip


def test_every_channel_that_fetches_is_in_here() -> None:
    fetching = {folder for folder, factory in FACTORIES.items() if isinstance(factory(), Fetches)}

    assert fetching == {kept.source.folder for kept in Fetching.__subclasses__()}


# ------------------------------------------------------------------------------------------- names that lead inside


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "255.255.255.255", "224.0.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:a00:1::", "2002:7f00:1::", "", "example.org", "0x7f.1",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_outside(address: str) -> None:
    assert not outside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "157.240.0.1", "2a03:2880::1", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is_outside(address: str) -> None:
    assert outside(address)


def named(monkeypatch: pytest.MonkeyPatch, *looks: Iterable[str]) -> list[str]:
    """What names stand for: one answer for each look-up, the last one stays. Notes who was looked up."""
    asked: list[str] = []

    async def looked_up(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        found = looks[min(len(asked), len(looks)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
    return asked


async def test_a_name_is_looked_up_once_and_what_was_looked_at_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: outside when it is looked at, inside when it is connected to."""
    asked = named(monkeypatch, ["8.8.8.8", "8.8.4.4"], ["127.0.0.1"])
    found = await Outside().resolve("media.example", 443)

    assert asked == ["media.example"]
    assert [(at["host"], at["port"], at["hostname"]) for at in found] == [
        ("8.8.8.8", 443, "media.example"), ("8.8.4.4", 443, "media.example")
    ]  # fmt: skip


@pytest.mark.parametrize("inside", [["127.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["::1"], ["169.254.169.254"], []])
async def test_a_name_that_stands_for_an_address_inside_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, inside: list[str]
) -> None:
    named(monkeypatch, inside)
    with pytest.raises(OSError, match="not_outside"):
        await Outside().resolve("media.example", 443)


def test_no_socket_is_made_for_an_address_inside() -> None:
    with pytest.raises(OSError, match="not_outside"):
        opened((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443)))
    opened((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))).close()


async def test_no_request_reaches_what_a_name_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way: a provider's host that stands for this machine is not even said hello to."""
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with scripted() as ours, Once(total=10) as once, AsyncExitStack() as stack:
        port = ours.base.split(":")[2].partition("/")[0]
        named(monkeypatch, ["127.0.0.1"])
        url = f"https://lookaside.fbsbx.com:{port}/x"
        found = await stack.enter_async_context(once.open(url, most=1_000))

        assert found == NotSent("connect")
        assert await once.ask("POST", url, content=b"{}") == NotSent("connect")
        assert await once.ask("GET", f"https://0.0.0.0:{port}/") == NotSent("connect")
        assert ours.connections == 0
