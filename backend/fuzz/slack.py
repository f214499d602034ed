"""Slack's events and interactions, signed."""

from tests.channels.slack.given import FIXTURES, NOW, OPTIONS, SECRET, signed
from throughline.channels.slack import wire
from throughline.conversation.channel import Reading

SEEDS = tuple(path.read_bytes() for path in sorted(FIXTURES.glob("*.json")))


def one(data: bytes) -> None:
    """A signed body is read, whatever it is; bytes that nobody signed are not."""
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        assert isinstance(wire.read(signed(data, content_type=kind), SECRET, OPTIONS, NOW), Reading)
