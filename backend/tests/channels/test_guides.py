"""The set-up on the page of channels knows every secret and every option that an adapter takes."""

import re
from pathlib import Path

import pytest

from throughline.channels.catalogue import catalogue
from throughline.ports import Channel

GUIDES = Path(__file__).parents[3] / "frontend" / "src" / "features" / "admin" / "guides"
#: Slack's set-up is drawn by hand, because of its manifest.
GUIDED = [channel for channel in catalogue().channels if channel.provider != "slack"]


def name(channel: Channel) -> str:
    return f"{channel.capabilities.channel}/{channel.provider}"


@pytest.mark.parametrize("channel", GUIDED, ids=name)
def test_each_provider_has_a_guide_that_names_what_its_adapter_takes(channel: Channel) -> None:
    assert f"'{name(channel)}'" in (GUIDES / "index.ts").read_text()

    guide = (GUIDES / f"{channel.provider}.tsx").read_text()
    named = set(re.findall(r"^\s+(\w+)(?=: )|(?<={ )(\w+)(?=: )|(?<=, )(\w+)(?=: )", guide, re.M))
    words = {word for found in named for word in found if word}
    assert set(channel.secrets) | set(channel.options) <= words
