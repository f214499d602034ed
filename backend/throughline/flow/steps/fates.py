"""Fates: which send of ours a provider's receipt is about, and in how many pieces it went."""

from collections.abc import Callable

from throughline.conversation import courier
from throughline.conversation.bindings import Table
from throughline.conversation.channel import Receipt
from throughline.conversation.events import Author, Message
from throughline.conversation.files import File
from throughline.conversation.parts import parted
from throughline.conversation.policy import check_id
from throughline.conversation.records import Account, Binding, DeliveryRow
from throughline.flow.steps.enclosed import enclosures
from throughline.flow.steps.join import fits
from throughline.flow.steps.said import known
from throughline.ports import Channel, Tx

#: Events of one look for a message.
_PAGE = 50


def sent(tx: Tx, account: Account, receipt: Receipt) -> tuple[Binding, DeliveryRow] | None:
    """The row on this account that a receipt is about: where the thread is the same, or not known yet."""
    if not _keepable(receipt) or receipt.conversation is None or receipt.message is None:
        return None
    for binding in tx.bindings.bindings(account.tenant, receipt.conversation):
        if binding.account != account.id:
            continue
        if binding.thread is not None and receipt.thread not in {None, binding.thread}:
            continue
        row = tx.bindings.delivery(account.tenant, receipt.conversation, receipt.message, binding.id)
        if row is not None:
            return binding, row
    return None


def pieces(
    tx: Tx, channel: Channel, row: DeliveryRow, capabilities_of: Table, share: Callable[[File], str]
) -> int:  # fmt: skip
    """In how many pieces a message goes, by the same rendering as the courier's; of one in parts, at least so many."""
    if row.cuts:
        found = known(tx, row)
        message = found.whole or Message(row.message, Author("agent", ""), row.channel, found.text)
        files = enclosures(tx, row.tenant, message, share)
        label = capabilities_of(message.channel).label
        gone = parted(channel.render, row.conversation, message, row.channel, label, row.cuts, files=files)
        return len(gone) + (found.whole is None or bool(found.text[row.cuts[-1] :].strip()))
    for entry in tx.log.entries(row.tenant, row.conversation, row.seq - 1, _PAGE, ("message",)):
        body = entry.body()
        if isinstance(body, Message) and body.id == row.message:
            label = capabilities_of(body.channel).label
            files = enclosures(tx, row.tenant, body, share)
            return len(channel.render(courier.post(row.conversation, body, row.channel, label, files=files)))
    return 1


def _keepable(receipt: Receipt) -> bool:
    """Whether the names in it can be ours: anybody may write into what an echo carries."""
    named = receipt.conversation, receipt.message
    if any(name is None or check_id(name) is not None for name in named):
        return False
    return all(word is None or fits(word) for word in (receipt.remote, receipt.thread))
