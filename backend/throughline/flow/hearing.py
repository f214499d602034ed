"""Hearing: what one reading does, inside its transaction. Every message and halt once, by its logical key."""

import hashlib

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation import courier, delivery
from throughline.conversation.bindings import Table
from throughline.conversation.channel import Halt, Inbound, Receipt
from throughline.conversation.commands import Continue, parse
from throughline.conversation.events import ConversationReopened, Message
from throughline.conversation.ids import MessageId, TurnId
from throughline.conversation.policy import Policy, check_id
from throughline.conversation.receipts import raised
from throughline.conversation.records import Account, Binding, Conversation, DeliveryRow, Logged, Parked
from throughline.flow.join import Joined, Names, code, fits, join, tidy
from throughline.flow.obey import SPARE, obey
from throughline.flow.owe import owe, tell
from throughline.flow.say import MINUTE, due_turn, title, too_soon
from throughline.flow.switch import follow, notice, taken
from throughline.ports import Channel, Tx

#: Bytes of a request that are kept for an engineer.
KEPT = 65_536
#: Events of one look for a message.
_PAGE = 50
SLOW_DOWN = "That was a lot of messages in a short time. I have them, and will read them together with your next one."

_inbound = msgspec.json.Decoder(Inbound)


class After(Struct):
    """What has to be done once it is durable. `outcomes` are the messages', for the metrics."""

    begun: list[Conversation]
    stops: list[TurnId]
    rows: list[DeliveryRow]
    outcomes: list[str]
    due: bool = False
    leaves: bool = False


class Hearing:
    """One transaction's ears, for one account. `raw` is kept where something was not understood."""

    def __init__(
        self, tx: Tx, account: Account, channel: Channel, capabilities_of: Table, agent: str, names: Names, now: int,
        raw: bytes = b"",
    ) -> None:  # fmt: skip
        self.after = After([], [], [], [])
        self._tx = tx
        self._account = account
        self._tenant = account.tenant
        self._channel = channel
        self._capabilities_of = capabilities_of
        self._agent = agent
        self._names = names
        self._now = now
        self._raw = raw
        self._set_aside = False

    def message(self, given: Inbound) -> None:
        """Take one message in, once."""
        self.after.outcomes.append(self._message(given))

    def receipt(self, receipt: Receipt) -> None:
        """Settle what a receipt tells about a send of ours; a thread that it opened is the binding's from now on."""
        found = self._sent(receipt) if _keepable(receipt) else None
        if found is None:
            return
        binding, row = found
        if binding.thread is None and receipt.thread and receipt.state != "refused":
            if self._at(receipt.thread) is None:
                self._tx.bindings.bind(replace(binding, thread=receipt.thread))
            self.release(receipt.thread)
        new = raised(row, receipt, self._pieces(row), self._now)
        if new is None or not self._tx.bindings.settle(new):
            return
        if new.state != row.state:
            tell(self._tx, self._tenant, row.conversation, delivery.told([new]), self._now)
            self.after.rows.append(new)
            self.after.leaves |= new.state == "pending"

    def halt(self, halt: Halt) -> None:
        """Mark the running turn of a thread's conversation as to be stopped."""
        if not self._tx.inbox.take(self._tenant, self._account.id, _key(halt.key), self._now):
            return
        place = self._at(halt.thread)
        turn = None if place is None else self._tx.turns.current(self._tenant, place.conversation)
        if turn is not None and self._tx.turns.ask_stop(self._tenant, turn.conversation, turn.id):
            self.after.stops.append(turn.id)

    def quarantine(self, why: str) -> None:
        """Keep the request for an engineer: once, however much of it was not understood."""
        if not self._set_aside:
            self._set_aside = True
            self._keep_aside(why, self._raw)

    def release(self, thread: str) -> bool:
        """Let in what is parked for a thread, in the order it came. Whether there was anything."""
        found = False
        for parked, inbound in self._waiting():
            if inbound.thread == thread and self._tx.inbox.unpark(self._tenant, self._account.id, parked.key):
                self.after.outcomes.append(self._enter(inbound, self._at(thread)))
                found = True
        return found

    def thread_of(self, key: str) -> str | None:
        """The thread of what is parked under a key. None: nothing is, any more."""
        return next((inbound.thread for parked, inbound in self._waiting() if parked.key == key), None)

    def give_up(self, key: str) -> None:
        """What is parked under a key cannot be let in: keep it for an engineer."""
        for parked, _ in self._waiting():
            if parked.key == key and self._tx.inbox.unpark(self._tenant, self._account.id, key):
                self._keep_aside("conflict", parked.inbound)

    def _waiting(self) -> list[tuple[Parked, Inbound]]:
        """What is parked, oldest first. What an older version wrote and this one cannot read is put aside."""
        found = []
        for parked in self._tx.inbox.parked_of(self._tenant, self._account.id):
            try:
                found.append((parked, _inbound.decode(parked.inbound)))
            except msgspec.MsgspecError:
                self._tx.inbox.unpark(self._tenant, self._account.id, parked.key)
                self._keep_aside("unreadable", parked.inbound)
        return found

    def _keep_aside(self, why: str, raw: bytes) -> None:
        self._tx.inbox.quarantine(self._tenant, self._account.id, code(why), raw[:KEPT], self._now)

    def _message(self, given: Inbound) -> str:
        inbound = tidy(given)
        if inbound is None or inbound.thread is None:
            self.quarantine("bad_names")
            return "quarantined"
        if not inbound.text.strip():
            return "empty"
        place = self._at(inbound.thread)
        if inbound.overheard and place is None:
            return "overheard"
        if not self._tx.inbox.take(self._tenant, self._account.id, inbound.key, self._now):
            return "again"
        if inbound.answers:
            if place is None and self._rooting(inbound):
                return self._park(inbound)
            # Whatever waited for this thread came before.
            if self.release(inbound.thread):
                place = self._at(inbound.thread)
        return self._enter(inbound, place)

    def _at(self, thread: str) -> Binding | None:
        return self._tx.bindings.at_thread(self._tenant, self._account.id, thread) if fits(thread) else None

    def _rooting(self, inbound: Inbound) -> bool:
        if inbound.group:
            return False
        identity = self._tx.people.identity_at(self._tenant, self._account.id, inbound.sender.address)
        return identity is not None and self._tx.bindings.rooting(self._tenant, identity.id)

    def _park(self, inbound: Inbound) -> str:
        until = self._now + round(self._channel.capabilities.echo_wait * 1000)
        parked = Parked(self._account.id, inbound.key, msgspec.json.encode(inbound), until)
        self._tx.inbox.park(self._tenant, parked, self._now)
        return "parked"

    def _enter(self, inbound: Inbound, place: Binding | None) -> str:
        joined = join(
            self._tx, self._account, inbound, place, self._agent, self._names, self._now, self._capabilities_of
        )  # fmt: skip
        if joined is None:
            self.quarantine("stranger")
            return "stranger"
        return self._say(joined, inbound)

    def _say(self, joined: Joined, inbound: Inbound) -> str:
        tx, tenant, row, place, now = self._tx, self._tenant, joined.row, joined.place, self._now
        if joined.begun:
            self.after.begun.append(row)
        command = None if inbound.overheard else parse(inbound.text)
        if row.status == "ended":
            tx.log.append(tenant, row.id, now, ConversationReopened())
        bindings = tx.bindings.bindings(tenant, row.id)
        if row.person is not None and not isinstance(command, Continue):
            # Who asks to go on elsewhere is on the way out already.
            went = follow(tx, row, bindings, place.id, joined.author, now, self._capabilities_of)
            if went is not None:
                self.after.leaves |= went.leaves
                bindings = tx.bindings.bindings(tenant, row.id)
        policy = self._policy()
        wait = too_soon(tx, tenant, row.person, policy, now)
        body = Message(MessageId(self._names.new()), joined.author, place.channel, inbound.text)
        entry = tx.log.append(tenant, row.id, now, body)
        # What is over the limit is kept and does not count: else somebody who never pauses would never be heard again.
        mark = Logged(entry.seq, _digest(inbound.key))
        tx.messages.keep(tenant, row.id, body.id, mark, now, row.person if wait is None else None)
        if not row.title and command is None:
            tx.messages.titled(tenant, row.id, title(inbound.text))
        self.after.leaves |= owe(tx, tenant, row.id, body, entry.seq, now, bindings, written_on=place.id)
        if inbound.overheard:
            return "ok"
        if command is not None:
            spare = self._names.several(SPARE)
            done = obey(tx, row, command, place, joined.author, spare, now, self._capabilities_of)
            self.after.leaves |= done.leaves
            if done.stops is not None:
                self.after.stops.append(done.stops)
            return "ok"
        if wait is not None:
            self._slow_down(row, place)
            return "rate_limited"
        turn, reply = TurnId(self._names.new()), MessageId(self._names.new())
        self.after.due |= bool(self._agent) and tx.turns.due(due_turn(turn, reply, row, now))
        return "ok"

    def _slow_down(self, row: Conversation, place: Binding) -> None:
        """Say so politely, once a minute at most."""
        key = f"slow:{row.person}:{self._now // MINUTE}"
        if self._tx.inbox.take(self._tenant, self._account.id, key, self._now):
            name = MessageId(self._names.new())
            self.after.leaves |= notice(self._tx, row, place, name, SLOW_DOWN, self._now)
            taken(self._tx, row, name, row.head, self._now)

    def _policy(self) -> Policy:
        tenant = self._tx.people.tenant(self._tenant)
        return tenant.policy if tenant is not None else Policy()

    def _sent(self, receipt: Receipt) -> tuple[Binding, DeliveryRow] | None:
        """The row on this account that a receipt is about: where the thread is the same, or not known yet."""
        if receipt.conversation is None or receipt.message is None:
            return None
        for binding in self._tx.bindings.bindings(self._tenant, receipt.conversation):
            if binding.account != self._account.id:
                continue
            if binding.thread is not None and receipt.thread not in {None, binding.thread}:
                continue
            row = self._tx.bindings.delivery(self._tenant, receipt.conversation, receipt.message, binding.id)
            if row is not None:
                return binding, row
        return None

    def _pieces(self, row: DeliveryRow) -> int:
        """In how many pieces a message goes, by the same rendering as the courier's."""
        for entry in self._tx.log.entries(self._tenant, row.conversation, row.seq - 1, _PAGE, ("message",)):
            body = entry.body()
            if isinstance(body, Message) and body.id == row.message:
                label = self._capabilities_of(body.channel).label
                return len(self._channel.render(courier.post(row.conversation, body, row.channel, label)))
        return 1


def _keepable(receipt: Receipt) -> bool:
    """Whether the names in it can be ours: anybody may write into what an echo carries."""
    named = receipt.conversation, receipt.message
    if any(name is None or check_id(name) is not None for name in named):
        return False
    return all(word is None or fits(word) for word in (receipt.remote, receipt.thread))


def _key(given: str) -> str:
    """A key as it can be kept, whatever a provider calls its events."""
    return given if check_id(given) is None else _digest(given).hex()


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
