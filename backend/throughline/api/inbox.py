"""Where sockets hear of what is in no conversation they watch: a person's own, all persons', all members'."""

from msgspec import UNSET

from throughline.channels.web import wire
from throughline.channels.web.wire import AccountFrame, DeliveryFrame, LinkFrame, LostFrame, SeenFrame, Started
from throughline.conversation.events import iso
from throughline.conversation.ids import ConversationId, PersonId, TenantId, Topic
from throughline.conversation.linking import LinkRow
from throughline.conversation.records import Account, Caller, DeliveryRow
from throughline.ports import Live, Sink


def _inbox(tenant: TenantId, whose: str) -> Topic:
    # A colon cannot be in a conversation's id (conversation/policy.py), so topics never meet.
    return (tenant, ConversationId(f"inbox:{whose}"))


def own(caller: Caller) -> Topic:
    """All sockets of one person, or of one member."""
    return _inbox(caller.tenant, caller.person or caller.user)


def inboxes(caller: Caller) -> tuple[Topic, ...]:
    """What a caller's socket listens to."""
    return (own(caller), _inbox(caller.tenant, ":members" if caller.person is None else ":persons"))


def tell_started(
    live: Live, tenant: TenantId, person: PersonId, conversation: ConversationId, but: Sink | None = None
) -> None:
    """A conversation has begun: its person's sockets and the members' learn of it."""
    text = wire.write(Started(conversation))
    live.tell(_inbox(tenant, person), text, but)
    live.tell(_inbox(tenant, ":members"), text, but)


def tell_seen(live: Live, caller: Caller, conversation: str, seq: int, but: Sink | None = None) -> None:
    """One of the caller's sockets has read up to `seq`: the others learn of it."""
    live.tell(own(caller), wire.write(SeenFrame(conversation, seq)), but)


def tell_account(live: Live, account: Account) -> None:
    """An account is in another state: everybody of its tenant who is here learns of it."""
    reason = UNSET if account.reason is None else account.reason
    text = wire.write(AccountFrame(account.channel, account.id, account.status, reason))
    live.tell(_inbox(account.tenant, ":members"), text)
    live.tell(_inbox(account.tenant, ":persons"), text)


def tell_delivery(live: Live, row: DeliveryRow) -> None:
    """A delivery is in another state: whoever watches the conversation learns of it."""
    reason = UNSET if row.reason is None else row.reason
    frame = DeliveryFrame(
        c=row.conversation, message=row.message, binding=row.binding, channel=row.channel, state=row.state,
        at=iso(row.at), reason=reason,
    )  # fmt: skip
    live.tell((row.tenant, row.conversation), wire.write(frame))


def tell_lost(live: Live, row: DeliveryRow) -> None:
    """A message got through nowhere, or waits for somebody to say: the members who are here learn of it."""
    reason = UNSET if row.reason is None else row.reason
    frame = LostFrame(row.conversation, row.message, row.channel, row.state, iso(row.at), reason)
    live.tell(_inbox(row.tenant, ":members"), wire.write(frame))


def tell_link(live: Live, link: LinkRow) -> None:
    """A code was sent from its channel, confirmed or refused: the sockets of who made it learn of it."""
    live.tell(_inbox(link.tenant, link.person), wire.write(LinkFrame(link.id, link.channel, link.state)))
