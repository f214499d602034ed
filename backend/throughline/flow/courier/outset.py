"""Outset: what a courier has to know of its errand, in one look at the store. For transactions."""

from typing import NamedTuple

from throughline.conversation.events import Message, TurnEnded, TurnStarted
from throughline.conversation.policy import Policy
from throughline.conversation.records import Account, Binding, DeliveryRow, Errand, Identity
from throughline.ports import Tx

#: Events of one look into the log.
PAGE = 200


class Whom(NamedTuple):
    """Who is there, what the conversation is called, and how its tenant wants things tried again."""

    identity: Identity | None
    title: str
    policy: Policy | None


class Said(NamedTuple):
    """What the log has of a row's message: the turn that writes it, its words, and whether there will be none."""

    started: TurnStarted | None
    message: Message | None
    nothing: bool


class Outset(NamedTuple):
    """All of it. `first`: the first row's message, where it is whole and nobody was writing it: it stays as it is."""

    account: Account | None
    whom: Whom
    rows: list[DeliveryRow]
    first: Message | None


def outset(tx: Tx, errand: Errand, limit: int) -> Outset:
    """The account, the person, the open rows in log order (at most `limit`), and what the first of them says."""
    binding = errand.binding
    account = None if binding.account is None else tx.accounts.account(binding.account)
    rows = tx.outbox.open_rows(errand, limit)
    first = said(tx, rows[0]) if rows and rows[0].state == "pending" else None
    whole = None if first is None or first.started is not None else first.message
    return Outset(account, whom(tx, binding), rows, whole)


def whom(tx: Tx, binding: Binding) -> Whom:
    """Who is there now."""
    conversation = tx.log.conversation(binding.tenant, binding.conversation)
    tenant = tx.people.tenant(binding.tenant)
    return Whom(
        tx.people.identity(binding.tenant, binding.identity),
        "" if conversation is None else conversation.title,
        None if tenant is None else tenant.policy,
    )


def said(tx: Tx, row: DeliveryRow) -> Said:
    """What the log says of a row's message now."""
    started: TurnStarted | None = None
    # What nobody was writing stands where its row says, and all else comes after that.
    after, most = row.seq - 1, 1
    while True:
        entries = tx.log.entries(
            row.tenant, row.conversation, after, most, ("message", "turn_started", "turn_ended")
        )  # fmt: skip
        for entry in entries:
            body = entry.body()
            match body:
                case Message() if body.id == row.message:
                    return Said(started, body, nothing=False)
                case TurnStarted() if body.message == row.message:
                    started = body
                case TurnEnded() if started is not None and body.turn == started.turn:
                    return Said(started, None, nothing=True)
                case _:
                    pass
        if len(entries) < most:
            # Not even that it began: it was erased.
            return Said(started, None, nothing=started is None)
        after, most = entries[-1].seq, PAGE
