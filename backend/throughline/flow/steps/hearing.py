"""Hearing: what one reading does, inside its transaction. Every message and halt once, by its logical key."""

import hashlib
from collections.abc import Callable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation import delivery
from throughline.conversation.bindings import Table
from throughline.conversation.channel import Consent, Halt, Inbound, Reading, Receipt, Renamed
from throughline.conversation.commands import Command, Continue, Link, Start, parse
from throughline.conversation.events import ConversationReopened, Message
from throughline.conversation.files import File
from throughline.conversation.ids import AccountId, IdentityId, MessageId, TurnId
from throughline.conversation.kept import About, nothing_about
from throughline.conversation.linking import LinkRow
from throughline.conversation.policy import Policy, check_id
from throughline.conversation.receipts import raised
from throughline.conversation.records import Account, Binding, Conversation, DeliveryRow, Identity, Logged, Parked
from throughline.conversation.trust import possible
from throughline.flow.steps import fates
from throughline.flow.steps.attach import attach_media, patient
from throughline.flow.steps.claim import Claim, Sender, not_linked
from throughline.flow.steps.consent import came_back, left
from throughline.flow.steps.failover import Given, Ways, give_on
from throughline.flow.steps.greet import DAY, Aside, may_write, turned_away, welcome
from throughline.flow.steps.join import Joined, Names, code, fits, join, tidy
from throughline.flow.steps.obey import SPARE, obey
from throughline.flow.steps.owe import owe, tell
from throughline.flow.steps.say import MINUTE, due_turn, title, too_soon
from throughline.flow.steps.switch import follow, notice, taken
from throughline.flow.steps.whereabouts import Here, at_thread, talking, whereabouts
from throughline.ports import Channel, Tx

#: Milliseconds within which it is not written down again that somebody wrote.
NOTED = 1_000
#: Bytes of a request that are kept for an engineer.
KEPT = 65_536
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
    #: Something is to be fetched.
    fetches: bool = False
    #: Words for who is in no conversation.
    asides: list[Aside] = []
    #: Codes that counted.
    claimed: list[LinkRow] = []
    #: What went on by another channel, or got through nowhere; and channels that took late what had gone on.
    given: list[Given] = []
    late: list[str] = []


class Hearing:
    """One transaction's ears, for one account. `raw` is kept where something was not understood."""

    def __init__(
        self, tx: Tx, account: Account, channel: Channel, capabilities_of: Table, agent: str, names: Names, now: int,
        raw: bytes = b"", about: About = nothing_about, claim: Claim = not_linked,
        share: Callable[[File], str] = lambda _: "", *, passes: bool = True,
        shut: Callable[[AccountId], bool] = lambda _: False,
    ) -> None:  # fmt: skip
        self._passes, self._shut = passes, shut
        self.after = After([], [], [], [])
        self._tx = tx
        self._account = account
        self._tenant = account.tenant
        self._channel = channel
        self._capabilities_of = capabilities_of
        self._agent = agent
        self._names = names
        self._now = now
        self._raw, self._about = raw, about
        self._claim, self._share = claim, share
        self._kept_policy: Policy | None = None
        self._set_aside = False

    def reading(self, reading: Reading) -> None:
        """Take in all that a request brought: who is who first, then what became of ours, then what they say."""
        for renamed in reading.renamed:
            self.renamed(renamed)
        for receipt in reading.receipts:
            self.receipt(receipt)
        for consent in reading.consents:
            self.consent(consent)
        for inbound in reading.inbound:
            self.message(inbound)
        for halt in reading.halts:
            self.halt(halt)
        if reading.quarantine is not None:
            self.quarantine(reading.quarantine)

    def message(self, given: Inbound) -> None:
        """Take one message in, once."""
        self.after.outcomes.append(self._message(given))

    def receipt(self, receipt: Receipt) -> None:
        """Settle what a receipt tells about a send of ours; a thread that it opened is the binding's from now on."""
        found = fates.sent(self._tx, self._account, receipt)
        if found is None:
            return
        binding, row = found
        if self._threads and binding.thread is None and receipt.thread and receipt.state != "refused":
            if self._at(receipt.thread) is None:
                self._tx.bindings.bind(replace(binding, thread=receipt.thread))
            self.release(receipt.thread)
        pieces = fates.pieces(self._tx, self._channel, row, self._capabilities_of, self._share)
        new = raised(row, receipt, pieces, self._now)
        if new is None or not self._tx.bindings.settle(new):
            return
        if new.state == row.state:
            return
        tell(self._tx, self._tenant, row.conversation, delivery.told([new]), self._now)
        self.after.rows.append(new)
        self.after.leaves |= new.state == "pending"
        if row.state == "passed" and row.reason == "failover" and not row.owed:
            self.after.late.append(row.channel)
        if new.state == "refused" and new.owed and self._passes:
            # It had been taken, and is not delivered after all: that message alone goes on by another channel.
            ways = Ways(self._names, self._capabilities_of, self._shut)
            given = give_on(self._tx, new, "refused", ways, self._now)
            self.after.given.append(given)
            self.after.rows += given.rows
            self.after.leaves |= given.leaves

    def halt(self, halt: Halt) -> None:
        """Mark the running turn as to be stopped: of a thread's conversation, or of where an address talks."""
        if not self._tx.inbox.take(self._tenant, self._account.id, _key(halt.key), self._now):
            return
        place = None if halt.thread is None else self._at(halt.thread)
        if halt.thread is None and halt.address is not None:
            place = talking(self._tx, self._at_address(halt.address), self._policy(), self._now)
        turn = None if place is None else self._tx.turns.current(self._tenant, place.conversation)
        if turn is not None and self._tx.turns.ask_stop(self._tenant, turn.conversation, turn.id):
            self.after.stops.append(turn.id)

    def consent(self, consent: Consent) -> None:
        """The carrier was told that nothing may be sent to an address, or that it may again. Once."""
        if not self._tx.inbox.take(self._tenant, self._account.id, _key(consent.key), self._now):
            return
        identity = self._at_address(consent.address)
        if identity is None:
            return
        if consent.off:
            done = left(self._tx, identity, self._names, self._now, self._capabilities_of)
            self.after.leaves |= done.leaves
            self.after.rows += done.rows
        else:
            came_back(self._tx, identity)

    def renamed(self, renamed: Renamed) -> None:
        """An address has changed: its identity goes along. Where the new one is somebody's, both stay as they are."""
        identity, there = self._at_address(renamed.old), self._at_address(renamed.new)
        if identity is None or not fits(renamed.new) or not possible(renamed.new):
            return
        if there is not None and there.address == renamed.new:
            return
        if identity.address == renamed.old:
            self._tx.people.readdress(identity, renamed.new)
        else:
            self._tx.people.alias(identity, renamed.new)

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
                self.after.outcomes.append(self._enter(self._whereabouts(inbound)))
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
        self._tx.inbox.quarantine(self._tenant, self._account.id, code(why), raw[:KEPT], self._now, self._about())

    def _message(self, given: Inbound) -> str:
        inbound = tidy(given)
        if inbound is None or (self._threads and inbound.thread is None):
            self.quarantine("bad_names")
            return "quarantined"
        if not self._threads:
            if inbound.group:
                return "overheard"
            inbound = replace(inbound, thread=None)
        if not inbound.text.strip() and not inbound.media:
            return "empty"
        if inbound.overheard and at_thread(self._tx, self._account, inbound) is None:
            return "overheard"
        if not self._tx.inbox.take(self._tenant, self._account.id, inbound.key, self._now):
            return "again"
        if not may_write(self._account, inbound):
            return self._turn_away(inbound)
        here = self._whereabouts(inbound)
        if inbound.answers and here.inbound.thread is not None:
            if here.place is None and self._rooting(here):
                return self._park(inbound)
            # Whatever waited for this thread came before.
            if self.release(here.inbound.thread):
                here = self._whereabouts(inbound)
        return self._enter(here)

    @property
    def _threads(self) -> bool:
        return self._channel.capabilities.threads

    def _whereabouts(self, inbound: Inbound) -> Here:
        return whereabouts(self._tx, self._account, inbound, self._policy(), self._now)

    def _at_address(self, address: str) -> Identity | None:
        """Who is known under an address that the provider names."""
        if not fits(address) or not possible(address):
            return None
        return self._tx.people.identity_at(self._tenant, self._account.id, address)

    def _turn_away(self, inbound: Inbound) -> str:
        """They may not write here: say so once a day, and keep nothing."""
        words = turned_away(inbound, self._now)
        if words is not None and self._tx.inbox.take(self._tenant, self._account.id, words[0], self._now):
            self.after.asides.append(words[1])
        return "not_allowed"

    def _at(self, thread: str) -> Binding | None:
        return self._tx.bindings.at_thread(self._tenant, self._account.id, thread) if fits(thread) else None

    def _rooting(self, here: Here) -> bool:
        if here.inbound.group or here.known is None:
            return False
        return self._tx.bindings.rooting(self._tenant, here.known.id)

    def _park(self, inbound: Inbound) -> str:
        until = self._now + round(self._channel.capabilities.echo_wait * 1000)
        parked = Parked(self._account.id, inbound.key, msgspec.json.encode(inbound), until)
        self._tx.inbox.park(self._tenant, parked, self._now)
        return "parked"

    def _enter(self, here: Here) -> str:
        if here.known is None and here.place is None and isinstance(link := self._command(here.inbound), Link):
            # Whoever only wants to be known as somebody else begins no talk of their own.
            if here.inbound.trust == "verified":
                who, fresh = Sender(self._account, here.inbound.sender, None), IdentityId(self._names.new())
                made = self._claim(self._tx, who, link.code, fresh, self._now)
                self.after.asides.append(Aside(here.inbound.sender.address, made.words, here.inbound.ref))
                if made.link is not None:
                    self.after.claimed.append(made.link)
            return "ok"
        joined = join(self._tx, self._account, here, self._agent, self._names, self._now, self._capabilities_of)
        if joined is None:
            self.quarantine("stranger")
            return "stranger"
        return self._say(joined, here.inbound)

    def _command(self, inbound: Inbound) -> Command | None:
        if inbound.overheard or self._stale(inbound):
            return None
        return parse(inbound.text, marked_only=self._channel.capabilities.marked_commands)

    def _stale(self, inbound: Inbound) -> bool:
        """Whether it was written so long ago that nobody waits for an answer to it alone."""
        return inbound.at is not None and self._now - inbound.at > DAY

    def _spoke(self, joined: Joined, inbound: Inbound) -> None:
        """What is remembered of where and when somebody wrote."""
        identity, at = joined.identity, self._now if inbound.at is None else min(inbound.at, self._now)
        if identity.last_in is None or at - identity.last_in >= NOTED:
            self._tx.people.spoke(self._tenant, identity.id, at)
        if inbound.thread is None and not inbound.group and identity.talks_in != joined.row.id:
            self._tx.people.talks(self._tenant, identity.id, joined.row.id)

    def _welcome(self, joined: Joined) -> bool:
        """Say what there is to say to somebody who has just come; whether it was."""
        words = welcome(self._account, self._channel.capabilities, self._agent)
        key = f"welcome:{joined.identity.id}"
        if not words or not self._tx.inbox.take(self._tenant, self._account.id, key, self._now):
            return False
        name = MessageId(self._names.new())
        self.after.leaves |= notice(
            self._tx, joined.row, joined.place, name, words, self._now, self._capabilities_of, "welcome"
        )
        taken(self._tx, joined.row, name, joined.row.head, self._now)
        return True

    def _say(self, joined: Joined, inbound: Inbound) -> str:
        tx, tenant, row, place, now = self._tx, self._tenant, joined.row, joined.place, self._now
        if joined.begun:
            self.after.begun.append(row)
        command, stale = self._command(inbound), self._stale(inbound)
        self._spoke(joined, inbound)
        if row.status == "ended":
            tx.log.append(tenant, row.id, now, ConversationReopened())
        bindings = tx.bindings.bindings(tenant, row.id)
        if row.person is not None and not isinstance(command, Continue) and not stale:
            # Who asks to go on elsewhere is on the way out already.
            went = follow(tx, row, bindings, place.id, joined.author, now, self._capabilities_of)
            if went is not None:
                self.after.leaves |= went.leaves
                bindings = tx.bindings.bindings(tenant, row.id)
        if row.person is not None and inbound.ref is not None and not joined.begun:
            tx.bindings.answers(place)
        policy = self._policy()
        wait = too_soon(tx, tenant, row.person, policy, now)
        name = MessageId(self._names.new())
        parts = attach_media(tx, self._account, inbound, row, name, self._names, now)
        self.after.fetches |= bool(parts)
        body = Message(name, joined.author, place.channel, inbound.text, parts=parts)
        entry = tx.log.append(tenant, row.id, now, body)
        # What is over the limit is kept and does not count: else somebody who never pauses would never be heard again.
        mark = Logged(entry.seq, _digest(inbound.key))
        tx.messages.keep(tenant, row.id, body.id, mark, now, row.person if wait is None and policy.counts else None)
        if not row.title and command is None:
            tx.messages.titled(tenant, row.id, title(inbound.text or parts[0].name))
        self.after.leaves |= owe(
            tx, tenant, row.id, body, entry.seq, now, bindings, self._capabilities_of, written_on=place.id
        )
        if inbound.overheard or stale:
            return "stale" if stale else "ok"
        welcomed = joined.begun and row.person is not None and self._welcome(joined)
        if welcomed and isinstance(command, Start):
            return "ok"
        if command is not None:
            self._obey(joined, command)
            return "ok"
        if wait is not None:
            self._slow_down(row, place)
            return "rate_limited"
        turn, reply = TurnId(self._names.new()), MessageId(self._names.new())
        due = patient(due_turn(turn, reply, row, now), parts, now)
        self.after.due |= bool(self._agent) and tx.turns.due(due)
        return "ok"

    def _obey(self, joined: Joined, command: Command) -> None:
        spare, of = self._names.several(SPARE), self._capabilities_of
        done = obey(self._tx, joined.row, command, joined.place, joined.author, spare, self._now, of, self._claim)
        self.after.leaves |= done.leaves
        if done.begun is not None:
            self.after.begun.append(done.begun)
        if done.stops is not None:
            self.after.stops.append(done.stops)
        if done.claimed is not None:
            self.after.claimed.append(done.claimed)

    def _slow_down(self, row: Conversation, place: Binding) -> None:
        """Say so politely, once a minute at most."""
        key = f"slow:{row.person}:{self._now // MINUTE}"
        if self._tx.inbox.take(self._tenant, self._account.id, key, self._now):
            name = MessageId(self._names.new())
            self.after.leaves |= notice(self._tx, row, place, name, SLOW_DOWN, self._now, self._capabilities_of)
            taken(self._tx, row, name, row.head, self._now)

    def _policy(self) -> Policy:
        if self._kept_policy is None:
            tenant = self._tx.people.tenant(self._tenant)
            self._kept_policy = tenant.policy if tenant is not None else Policy()
        return self._kept_policy


def _key(given: str) -> str:
    """A key as it can be kept, whatever a provider calls its events."""
    return given if check_id(given) is None else _digest(given).hex()


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
