"""What Slack's tests begin with: the adapter, and a stand-in that knows us and is never in a hurry."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.slack_stage import Stage, stage
from throughline.channels.slack.channel import Slack
from throughline.channels.slack.client import Client


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    channel = Slack(Client(total=30, connect=15))
    yield channel
    await channel.close()


@pytest.fixture
async def other() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/tiers", scale=0)
        yield found
