"""WhatsApp's webhooks as Meta sends them, signed."""

from tests.channels.whatsapp_meta.given import FIXTURES, OPTIONS, SECRETS, signed
from throughline.channels.whatsapp_meta import wire
from throughline.conversation.channel import Reading

SEEDS = tuple(path.read_bytes() for path in sorted(FIXTURES.glob("*.json")))


def one(data: bytes) -> None:
    """A signed body is read, whatever it is."""
    assert isinstance(wire.read(signed(data), SECRETS, OPTIONS), Reading)
