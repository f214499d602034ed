"""Gmail's mails: what `users.messages.get` answers, whoever wrote it."""

from tests.channels.gmail import hostile
from tests.channels.gmail.parcels import ALIASES, FIXTURES, KEY, MAILBOX, NOW
from throughline.channels.gmail import wire
from throughline.channels.gmail.shapes import Quarantined
from throughline.conversation.channel import Inbound, Receipt

#: Of those that somebody wrote to stop us, the ones that a mutator can still hold.
_SMALL = 32_768
SEEDS = tuple(
    raw
    for raw in (
        *(path.read_bytes() for path in sorted(FIXTURES.glob("*.json"))),
        *(hostile.written(kind) for kind in hostile.KINDS if kind not in hostile.LARGE),
    )
    if len(raw) <= _SMALL
)


def one(data: bytes) -> None:
    """A mail is read, set aside or passed over, whatever it is."""
    found = wire.message(data, MAILBOX, ALIASES, KEY, NOW)
    assert found is None or isinstance(found, Inbound | Receipt | Quarantined)
