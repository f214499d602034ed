"""Begin: a conversation from nothing, attached where its person can be reached."""

from collections.abc import Sequence

from throughline.conversation.bindings import Table
from throughline.conversation.events import Author, Bound, ChannelName, ConversationStarted
from throughline.conversation.records import Binding, Conversation
from throughline.flow.steps.owe import attach
from throughline.ports import Tx


def begin(
    tx: Tx, row: Conversation, place: Binding | None, channel: ChannelName, by: Author, spare: Sequence[str], now: int,
    capabilities_of: Table,
) -> None:  # fmt: skip
    """Start it at `place`, or on the web; `spare` are ids for its other bindings, owe.MOST of them."""
    tx.log.start(row)
    if place is not None:
        tx.bindings.bind(place)
    attach(
        tx, row, spare, capabilities_of, begins_on=place.id if place is not None and place.mode == "active" else None
    )
    tx.log.append(row.tenant, row.id, now, ConversationStarted(channel=channel))
    tx.log.append(row.tenant, row.id, now, Bound(by=by, to=channel, why="started"))
