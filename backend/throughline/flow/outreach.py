"""Outreach: we write first. A member or a program says something to somebody on a channel, whoever they are there.

The address becomes an identity of that account alone: it is never taken for somebody's who has the same address
elsewhere, whatever the address. What is said is a member's message, owed there and nowhere else: the talk is where it
was, and follows the person once they answer. All in one transaction, once for each Idempotency-Key.
"""

import hashlib
from collections.abc import Callable

import msgspec
from msgspec import UNSET, Struct

from throughline.conversation.channel import LABELS, Capabilities, web_alone
from throughline.conversation.events import Author, ChannelName, DeliveryState, Message
from throughline.conversation.faults import BUSY, KEY_REUSED, STAYS_OFF, SWITCHED_OFF, UNKNOWN_CHANNEL, Fault
from throughline.conversation.ids import AccountId, BindingId, ConversationId, IdentityId, MessageId, PersonId, UserId
from throughline.conversation.outreach import (
    NO_ACCOUNT,
    UNKNOWN_ACCOUNT,
    WHICH_ACCOUNT,
    Wanted,
    bad_address,
    shut_out,
    unfit,
)
from throughline.conversation.places import goes_on, one_place
from throughline.conversation.policy import Policy, check_id
from throughline.conversation.records import Account, Binding, Caller, Conversation, Identity, Logged, Repeat
from throughline.flow.steps.begin import begin
from throughline.flow.steps.join import Names
from throughline.flow.steps.owe import MOST, owe
from throughline.flow.steps.say import title
from throughline.flow.steps.whereabouts import talking
from throughline.observe import message as counted
from throughline.ports import Channels, Clock, Finds, Ids, Store, StoreDown, Tx


class Sent(Struct, frozen=True):
    """It is durable, and owed there. `state`: how far it has come."""

    conversation: ConversationId
    message: MessageId
    binding: BindingId
    state: DeliveryState = "pending"


class _Done(Struct, frozen=True):
    sent: Sent
    again: bool = False
    begun: Conversation | None = None


class Outreach:
    """The verb behind `POST …/send`. After the commit: `deliver`, and `begun` where it began a conversation."""

    def __init__(
        self, store: Store, clock: Clock, ids: Ids, agent: str, channels: Channels,
        deliver: Callable[[], None] = lambda: None, begun: Callable[[Conversation], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._agent = store, clock, ids, agent
        self._channels, self._deliver, self._begun = channels, deliver, begun

    async def send(self, caller: Caller, wanted: Wanted, repeat: tuple[str, bytes] | None = None) -> Sent | Fault:
        """Keep it and owe it. `repeat`: the key under which the same may be asked for again, and the asking's digest.

        Faults: no such channel, account or address; not allowed, off or out of the window there; a text that cannot
        be kept; the key was used for something else; store busy.
        """
        names, now = Names(self._ids), self._clock.now()

        def send(tx: Tx) -> _Done | Fault:
            names.again()
            known = None if repeat is None else tx.repeats.seen(caller.tenant, caller.user, repeat[0])
            if repeat is not None and known is not None:
                return _again(tx, caller, known) if known.digest == repeat[1] else KEY_REUSED
            done = self._send(tx, caller, wanted, names, now)
            if repeat is not None and isinstance(done, _Done):
                kept = Repeat(repeat[1], 202, msgspec.json.encode(done.sent))
                tx.repeats.keep(caller.tenant, caller.user, repeat[0], kept, now)
            return done

        try:
            done = await self._store.write(send)
        except StoreDown:
            return BUSY
        if isinstance(done, Fault):
            return done
        if not done.again:
            counted(wanted.channel, "out", "begun")
            if done.begun is not None:
                self._begun(done.begun)
            self._deliver()
        return done.sent

    def _send(self, tx: Tx, caller: Caller, wanted: Wanted, names: Names, now: int) -> _Done | Fault:
        tenant = tx.people.tenant(caller.tenant)
        policy = Policy() if tenant is None else tenant.policy
        wrong = unfit(wanted, policy)
        if wrong is not None:
            return wrong
        named = _called(tx, caller, wanted)
        account = self._account(tx, caller, wanted, named)
        if isinstance(account, Fault):
            return account
        can = self._capabilities_of(account.channel)
        known = named or self._known(tx, account, wanted.to)
        if isinstance(known, Fault):
            return known
        shut = shut_out(account, can, known, wanted, now)
        if shut is not None:
            return shut
        identity = known if isinstance(known, Identity) else _made(tx, account, known, wanted, can, names, now)
        identity = _with_person(tx, identity, wanted, can, names)
        place = self._place(tx, identity, can, policy, now, anew=bool(wanted.subject) and not one_place(can))
        if isinstance(place, Fault):
            return place
        by = Author("member", caller.name)
        begun = None
        if place is None:
            begun, place = self._new(tx, identity, account, by, names, now)
        where = place.conversation
        return _Done(self._say(tx, caller, wanted, by, where, place, names, now), begun=begun)

    def _account(self, tx: Tx, caller: Caller, wanted: Wanted, named: Identity | None) -> Account | Fault:
        """Our end: the one that was asked for, the identity's own, else the only one that is on."""
        which = wanted.account
        if named is not None:
            if named.account is None or which not in (None, named.account):
                return UNKNOWN_ACCOUNT
            which = named.account
        if which is None:
            on = [a for a in tx.accounts.accounts(caller.tenant, wanted.channel) if a.enabled]
            if len(on) != 1:
                return WHICH_ACCOUNT if on else NO_ACCOUNT
            return on[0]
        found = None if check_id(which) is not None else tx.accounts.account(AccountId(which))
        if found is None or found.tenant != caller.tenant or found.channel != wanted.channel:
            return UNKNOWN_ACCOUNT
        return found if found.enabled else SWITCHED_OFF

    def _known(self, tx: Tx, account: Account, to: str) -> Identity | str | Fault:
        """Who has that address: at the end of ours to which they wrote last. The address itself where nobody has it."""
        channel = self._channels.of(account)
        if channel is None:
            return UNKNOWN_CHANNEL
        addresses = channel.find(to, account.options) if isinstance(channel, Finds) else ()
        if not addresses:
            return bad_address(channel.capabilities.label)
        found = [tx.people.identity_at(account.tenant, account.id, address) for address in addresses]
        known = [identity for identity in found if identity is not None]
        return max(known, key=lambda identity: identity.last_in or 0) if known else addresses[0]

    def _place(
        self, tx: Tx, identity: Identity, can: Capabilities, policy: Policy, now: int, *, anew: bool
    ) -> Binding | Fault | None:
        """Where the talk with them goes on; None: it begins. Nobody lifts the person's `off`."""
        assert identity.person is not None
        newest = tx.log.summaries(identity.tenant, identity.person, UserId(""), None, 1)
        row = newest[0].conversation if newest else None
        bound = [] if row is None else tx.bindings.bindings(identity.tenant, row.id)
        there = next((b for b in bound if b.identity == identity.id), None)
        if one_place(can):
            talks = talking(tx, identity, policy, now)
            place = there if talks is None and there is not None and there.mode == "off" else talks
        else:
            lives = row is not None and goes_on(row, tx.log.last_said(row.tenant, row.id), now, policy.idle_hours)
            off = there is not None and there.mode == "off"
            place = there if off or (lives and not anew) else None
        return STAYS_OFF if place is not None and place.mode == "off" else place

    def _new(
        self, tx: Tx, identity: Identity, account: Account, by: Author, names: Names, now: int
    ) -> tuple[Conversation, Binding]:
        row = Conversation(
            id=ConversationId(names.new()), tenant=identity.tenant, person=identity.person,
            agent=self._agent or "agent", status="active", title="", head=0, created_at=now, updated_at=now,
        )  # fmt: skip
        place = Binding(
            BindingId(names.new()), row.tenant, row.id, identity.id, account.channel, "active", account=account.id
        )
        begin(tx, row, place, account.channel, by, names.several(MOST), now, self._capabilities_of)
        return row, place

    def _say(
        self, tx: Tx, caller: Caller, wanted: Wanted, by: Author, where: ConversationId, place: Binding, names: Names,
        now: int,
    ) -> Sent:  # fmt: skip
        template = wanted.template
        text = wanted.text.strip() and wanted.text
        if template is not None and not text:
            text = ": ".join(filter(None, (template.name, ", ".join(template.parameters))))
        name = MessageId(names.new())
        body = Message(
            name, by, "web", text, "reply" if template is None else "template",
            only=UNSET if place.mode == "active" else place.id, template=UNSET if template is None else template,
        )  # fmt: skip
        entry = tx.log.append(caller.tenant, where, now, body)
        digest = hashlib.blake2b(msgspec.json.encode((caller.user, text)), digest_size=16).digest()
        tx.messages.keep(caller.tenant, where, name, Logged(entry.seq, digest), now, None)
        row = tx.log.conversation(caller.tenant, where)
        if row is not None and not row.title:
            tx.messages.titled(caller.tenant, where, title(wanted.subject or text))
        bindings = tx.bindings.bindings(caller.tenant, where)
        owe(tx, caller.tenant, where, body, entry.seq, now, bindings, self._capabilities_of)
        return Sent(where, name, place.id)

    def _capabilities_of(self, channel: ChannelName) -> Capabilities:
        known = self._channels.by(channel)
        return web_alone(channel) if known is None else known.capabilities


def _called(tx: Tx, caller: Caller, wanted: Wanted) -> Identity | None:
    """The identity whose id `to` is. One of another channel, or nobody's any more, is none."""
    found = None if check_id(wanted.to) is not None else tx.people.identity(caller.tenant, IdentityId(wanted.to))
    return found if found is not None and found.channel == wanted.channel and found.status != "revoked" else None


def _made(
    tx: Tx, account: Account, address: str, wanted: Wanted, can: Capabilities, names: Names, now: int
) -> Identity:  # fmt: skip
    """Somebody new. The address is all that is known of them, and whoever answers from it is proved by the provider."""
    identity = Identity(
        IdentityId(names.new()),
        account.tenant,
        None,
        account.id,
        account.channel,
        address,
        "verified",
        now,
        wanted.name,
    )
    identity = _named(tx, identity, wanted, can, names)
    tx.people.add_identity(identity)
    return identity


def _with_person(tx: Tx, identity: Identity, wanted: Wanted, can: Capabilities, names: Names) -> Identity:
    """An author in a group who is nobody's contact yet becomes one."""
    if identity.person is not None:
        return identity
    identity = _named(tx, identity, wanted, can, names)
    assert identity.person is not None
    tx.people.give_identity(identity.tenant, identity.id, identity.person)
    return identity


def _named(tx: Tx, identity: Identity, wanted: Wanted, can: Capabilities, names: Names) -> Identity:
    person = PersonId(names.new())
    called = wanted.name or identity.name or f"{can.label or LABELS[identity.channel]} {identity.id[-4:]}"
    tx.people.name_person(identity.tenant, person, called)
    return msgspec.structs.replace(identity, person=person)


def _again(tx: Tx, caller: Caller, known: Repeat) -> _Done:
    sent = msgspec.json.decode(known.body, type=Sent)
    row = tx.bindings.delivery(caller.tenant, sent.conversation, sent.message, sent.binding)
    return _Done(sent if row is None else msgspec.structs.replace(sent, state=row.state), again=True)
