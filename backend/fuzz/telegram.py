"""Telegram's updates, by webhook and by polling."""

from tests.channels.telegram.given import FIXTURES, OPTIONS, SECRETS, signed
from throughline.channels.telegram import wire
from throughline.conversation.channel import Reading

SEEDS = tuple(path.read_bytes() for path in sorted(FIXTURES.glob("*.json")))


def one(data: bytes) -> None:
    """An update that is proved is read, whatever it is."""
    assert isinstance(wire.read(signed(data), SECRETS, OPTIONS), Reading)
