"""Aside: words for somebody who is in no conversation: sent once, best effort, and kept nowhere."""

from msgspec.structs import replace

from throughline.conversation.channel import Accepted, Place, Post
from throughline.conversation.ids import ConversationId, MessageId
from throughline.conversation.records import Account
from throughline.flow.lines import Lines
from throughline.flow.steps.greet import Aside
from throughline.observe import logger
from throughline.observe import message as counted
from throughline.ports import Channel, StoreDown

_log = logger("flow.aside")


async def said_aside(lines: Lines, channel: Channel, account: Account, aside: Aside) -> bool:
    """Send it. Whether the provider took it; it is never tried again."""
    post = Post(ConversationId(""), MessageId(""), "system", "Throughline", "notice", aside.text)
    try:
        line = await lines.line(account.id)
    except StoreDown:
        line = None
    if line is None:
        return False
    for piece in channel.render(post):
        outcome = await channel.send(line, Place(aside.address, ref=aside.ref), replace(piece, mark=None))
        counted(account.channel, "out", "aside" if isinstance(outcome, Accepted) else "aside_failed")
        if not isinstance(outcome, Accepted):
            _log.info("aside_not_sent", account=account.id, tenant=account.tenant)
            return False
    return True
