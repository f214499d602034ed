"""Google's library, as far as we use it: what it builds for a request, and how often."""

from typing import Any

import pytest
from googleapiclient import discovery

from tests.channels.scripted import answer, scripted
from throughline.channels.gmail.client import Client
from throughline.channels.once import Once

from .given import ACCESS


async def test_the_methods_are_made_once_for_each_part_of_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    really = discovery.createMethod

    def counted(name: str, *rest: Any) -> Any:
        made.append(name)
        return really(name, *rest)

    def get(users: Any) -> Any:
        return users.messages().attachments().get(userId="me", messageId="m-1", id="a-1")

    monkeypatch.setattr(discovery, "createMethod", counted)
    client = Client(Once(total=30, connect=15))
    async with scripted() as google:
        google.otherwise = answer({})
        await client.call(google.base, ACCESS, get)
        count = len(made)
        await client.call(google.base, ACCESS, get)
        await client.close()

    assert count > 0
    assert len(made) == count
    assert [asked.method for asked in google.asked] == ["a-1", "a-1"]
