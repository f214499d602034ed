"""Said: what the log has of an answer that goes out in parts, and what becomes of them."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation import courier, delivery
from throughline.conversation.bindings import Table, active_of
from throughline.conversation.events import Message, Said, TurnEnded, TurnStarted
from throughline.conversation.ids import BindingId, ConversationId, MessageId, TenantId
from throughline.conversation.records import Binding, DeliveryRow, Turn
from throughline.flow.steps.owe import tell
from throughline.ports import Tx

#: Events of one look into the log.
_PAGE = 200


class Known(Struct, frozen=True):
    """What the log has of a message that was being written: its row, then its words, or what was said of it so far.

    `row` is None where it is gone; `over`: there will be no message.
    """

    row: DeliveryRow | None
    text: str = ""
    whole: Message | None = None
    over: bool = False
    #: Nobody owes it there, and it is shown there all the same.
    mirrors: bool = False


def in_parts(tx: Tx, bindings: Sequence[Binding], capabilities_of: Table) -> frozenset[BindingId]:
    """The binding that an answer goes to in parts: the active one, where its account says so."""
    active = active_of(bindings)
    return frozenset(() if active is None or not wants_parts(tx, active, capabilities_of) else (active.id,))


def wants_parts(tx: Tx, binding: Binding, capabilities_of: Table) -> bool:
    """Whether the account says so, and the channel cannot show text while it is written."""
    if binding.account is None or binding.mode == "off" or delivery.live(capabilities_of(binding.channel)):
        return False
    account = tx.accounts.account(binding.account)
    return account is not None and account.options.get("answers") == "sentences"


def told(
    tx: Tx, tenant: TenantId, conversation: ConversationId, pos: int, message: MessageId
) -> tuple[int, str]:  # fmt: skip
    """How many parts of a message are in the log from `pos` on, and what they say together."""
    found: list[str] = []
    after = pos - 1
    while True:
        entries = tx.log.entries(tenant, conversation, after, _PAGE, ("said",))
        bodies = (entry.body() for entry in entries)
        found += [body.text for body in bodies if isinstance(body, Said) and body.message == message]
        if len(entries) < _PAGE:
            return len(found), "".join(found)
        after = entries[-1].seq


def after_what_was_said(tx: Tx, turn: Turn, pos: int, text: str) -> str:
    """`text` as the end of a message that began at `pos` (0: nowhere), some of which may be said: that stays."""
    _, said = told(tx, turn.tenant, turn.conversation, pos, turn.message) if pos else (0, "")
    return f"{said}\n\n{text}" if said else text


def known(tx: Tx, row: DeliveryRow) -> Known:
    """What the log has of a row's message, from where the row stands."""
    there = tx.bindings.delivery(row.tenant, row.conversation, row.message, row.binding)
    if there is None:
        return Known(None)
    found = Known(there, mirrors=not there.owed and _mirrors(tx, there))
    started: TurnStarted | None = None
    said: list[str] = []
    after = row.seq - 1
    while True:
        kinds = ("message", "said", "turn_started", "turn_ended")
        entries = tx.log.entries(row.tenant, row.conversation, after, _PAGE, kinds)
        for entry in entries:
            body = entry.body()
            match body:
                case Message() if body.id == row.message:
                    return replace(found, text=body.text, whole=body)
                case Said() if body.message == row.message:
                    said.append(body.text)
                case TurnStarted() if body.message == row.message:
                    started = body
                case TurnEnded() if started is not None and body.turn == started.turn:
                    return replace(found, text="".join(said), over=True)
                case _:
                    pass
        if len(entries) < _PAGE:
            # Not even that it began: it was erased.
            return replace(found, text="".join(said), over=started is None)
        after = entries[-1].seq


def left_behind(tx: Tx, turn: Turn, old: Binding, now: int, capabilities_of: Table) -> None:
    """The talk goes on elsewhere than at `old` (in its new mode), where parts of what is being written stand.

    They stay, and the whole is owed where the talk is when it is finished. What is on its way there may still arrive.
    """
    if delivery.live(capabilities_of(old.channel)) or old.mode in {"active", "mirror"}:
        return
    row = tx.bindings.delivery(turn.tenant, turn.conversation, turn.message, old.id)
    if row is None or not row.owed or delivery.waits(row) or row.state not in courier.OPEN:
        return
    if row.state in {"sending", "ambiguous"}:
        tx.bindings.settle(replace(row, owed=False))
        return
    passed = courier.ended(row, "passed", now, "move")
    tx.bindings.settle(replace(passed, owed=False))
    tell(tx, turn.tenant, turn.conversation, delivery.told([passed]), now)


def _mirrors(tx: Tx, row: DeliveryRow) -> bool:
    bindings = tx.bindings.bindings(row.tenant, row.conversation)
    return any(binding.id == row.binding and binding.mode == "mirror" for binding in bindings)
