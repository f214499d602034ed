"""The catalogue: what is in it, and what one broken channel does to the others."""

import ast
from pathlib import Path

from throughline.channels import catalogue as module
from throughline.channels.catalogue import FACTORIES, catalogue
from throughline.channels.slack.channel import Slack
from throughline.ports import Channel


def _broken() -> Channel:
    raise ImportError("no module named a_providers_sdk")


async def test_every_channel_is_made_and_answers_to_its_name() -> None:
    made = catalogue()

    assert made.unavailable == {}
    assert len([*made.channels]) == len(FACTORIES)
    for channel in made.channels:
        assert made.channels.by(channel.capabilities.channel, channel.provider) is channel
        await channel.close()


def test_a_channel_that_cannot_be_imported_takes_no_other_with_it() -> None:
    made = catalogue({"telegram": _broken, "slack": Slack})

    assert made.unavailable == {"telegram": "ImportError"}
    assert made.channels.names() == ("slack",)


def test_no_provider_is_imported_before_its_channel_is_made() -> None:
    """An SDK that breaks while it is imported would else break the whole program."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]

    assert [name for name in imported if name.startswith("throughline.channels.")] == []
