"""WhatsApp's webhooks as Twilio sends them, signed."""

from tests.channels.whatsapp_twilio.given import FIXTURES, KEY, OPTIONS, PUBLIC, SECRETS, signed
from throughline.channels.whatsapp_twilio import wire
from throughline.channels.whatsapp_twilio.webhook import Ours
from throughline.conversation.channel import Reading, Unverified

SEEDS = tuple(path.read_bytes() for path in sorted(FIXTURES.glob("*.txt")))
_OURS = Ours(SECRETS, OPTIONS, KEY, PUBLIC)


def one(data: bytes) -> None:
    """A signed form is read, or is another account's, whatever is in it."""
    assert isinstance(wire.read(signed(data), _OURS), Reading | Unverified)
