"""Two tenants that use the very same ids never meet: no method of any noun crosses."""

import inspect
from collections.abc import Callable

import msgspec
import pytest

from throughline import ports
from throughline.conversation.events import ConversationReopened
from throughline.conversation.files import File
from throughline.conversation.ids import FileId, IdentityId, MessageId, SessionId, TenantId, TurnId, UserId
from throughline.conversation.linking import LinkRow
from throughline.conversation.policy import Policy
from throughline.conversation.quiet import QUIET, Quiet
from throughline.conversation.records import Parked, Repeat, Session
from throughline.ports import Conflict, Store, Tx

from .given import (
    ACME,
    ANNA,
    ANNA_USER,
    BEN,
    C1,
    C2,
    ON_SLACK,
    OPERATOR,
    RIVAL,
    WEB,
    account,
    account_of,
    begun,
    connected,
    conversation,
    identity,
    leaves,
    owed,
    say,
    slack,
    turn,
)

FILE = File(
    FileId("f1"), ACME, C1, "image", "image/png", "a.png", 9, "ready", 1, MessageId("m1"), sha256="0" * 64
)  # fmt: skip
LINK = LinkRow("l1", ACME, ANNA_USER, ANNA, "whatsapp", "hash", "open", 1, 9)
UNSENT = msgspec.structs.replace(FILE, id=FileId("f2"), message=None)
#: What acme sees, by every method that reads; the same call as rival must see nothing of it.
READS: dict[str, Callable[[Tx, TenantId], object]] = {
    "log.conversation": lambda tx, who: tx.log.conversation(who, C1),
    "log.entries": lambda tx, who: tx.log.entries(who, C1, 0, 9),
    "log.place_of": lambda tx, who: tx.log.place_of(who, C1, 1),
    "log.last_said": lambda tx, who: tx.log.last_said(who, C1),
    "log.summaries": lambda tx, who: tx.log.summaries(who, ANNA, ANNA_USER, None, 9),
    "messages.logged": lambda tx, who: tx.messages.logged(who, C1, MessageId("m2")),
    "messages.times": lambda tx, who: tx.messages.times(who, ANNA, 0, 9),
    "turns.current": lambda tx, who: tx.turns.current(who, C1),
    "bindings.bindings": lambda tx, who: tx.bindings.bindings(who, C1),
    "bindings.deliveries": lambda tx, who: tx.bindings.deliveries(who, C1),
    "bindings.delivery": lambda tx, who: tx.bindings.delivery(who, C1, MessageId("m1"), WEB),
    "bindings.at_thread": lambda tx, who: tx.bindings.at_thread(who, account_of(ACME), "D1:1"),
    "bindings.places": lambda tx, who: tx.bindings.places(who, account_of(ACME), 9),
    "bindings.of_identity": lambda tx, who: tx.bindings.of_identity(who, ON_SLACK),
    "bindings.of_message": lambda tx, who: tx.bindings.of_message(who, C1, MessageId("m1")),
    "bindings.lost": lambda tx, who: tx.bindings.lost(who, None, 9),
    "bindings.count_lost": lambda tx, who: tx.bindings.count_lost(who, None, 9),
    "bindings.rooting": lambda tx, who: tx.bindings.rooting(who, ON_SLACK),
    "outbox.waiting": lambda tx, who: tx.outbox.waiting(who, account_of(ACME), 9)[0],
    "inbox.quarantined": lambda tx, who: tx.inbox.quarantined(who, account_of(ACME), 9),
    "inbox.set_aside": lambda tx, who: tx.inbox.set_aside(who, account_of(ACME), 1),
    "inbox.parked_of": lambda tx, who: tx.inbox.parked_of(who, account_of(ACME)),
    "accounts.accounts": lambda tx, who: tx.accounts.accounts(who),
    "accounts.enabled": lambda tx, who: tx.accounts.enabled(who, account_of(ACME)),
    "accounts.key": lambda tx, who: tx.accounts.key(who),
    "accounts.sealed": lambda tx, who: tx.accounts.sealed(who, account_of(ACME)),
    "people.identity": lambda tx, who: tx.people.identity(who, ON_SLACK),
    "people.identity_at": lambda tx, who: tx.people.identity_at(who, account_of(ACME), f"T1/{ON_SLACK}"),
    "people.listed": lambda tx, who: tx.people.listed(who, ON_SLACK),
    "people.identities": lambda tx, who: tx.people.identities(who, ANNA),
    "people.tenant": lambda tx, who: tx.people.tenant(who),
    "people.person_identity": lambda tx, who: tx.people.person_identity(who, ANNA, "web"),
    "people.person_name": lambda tx, who: tx.people.person_name(who, ANNA),
    "users.by_id": lambda tx, who: tx.users.by_id(who, ANNA_USER),
    "files.file": lambda tx, who: tx.files.file(who, FILE.id),
    "files.of_message": lambda tx, who: tx.files.of_message(who, C1, MessageId("m1")),
    "links.link": lambda tx, who: tx.links.link(who, LINK.id),
    "links.coded": lambda tx, who: tx.links.coded(who, LINK.hash),
    "links.of_user": lambda tx, who: tx.links.of_user(who, ANNA_USER, 0),
    "links.tried": lambda tx, who: tx.links.tried(who, account_of(ACME), "T1/U9", 0),
    "links.fallback": lambda tx, who: tx.links.fallback(who, ANNA),
    "links.quiet": lambda tx, who: tx.links.quiet(who, ANNA),
    "links.put_off": lambda tx, who: tx.links.put_off(who, ANNA),
    "repeats.seen": lambda tx, who: tx.repeats.seen(who, ANNA_USER, "key"),
}
#: What rival does with acme's ids; nothing of it may be felt at acme.
WRITES: dict[str, Callable[[Tx], object]] = {
    "log.append": lambda tx: tx.log.append(RIVAL, C1, 999, ConversationReopened()),
    "log.start": lambda tx: begun(tx, RIVAL),
    "messages.keep": lambda tx: say(tx, "m2", of=RIVAL, at=999),
    "messages.received": lambda tx: tx.messages.received(RIVAL, C1, ANNA_USER, 9, 9),
    "messages.titled": lambda tx: tx.messages.titled(RIVAL, C1, "theirs"),
    "turns.due": lambda tx: tx.turns.due(turn("rivals", of=RIVAL)),
    "turns.ask_stop": lambda tx: tx.turns.ask_stop(RIVAL, C1, TurnId("t1")),
    "bindings.bind": lambda tx: tx.bindings.bind(
        msgspec.structs.replace(tx.bindings.bindings(RIVAL, C1)[0], mode="off")
    ),
    "bindings.answers": lambda tx: tx.bindings.answers(
        msgspec.structs.replace(tx.bindings.bindings(RIVAL, C1)[0], ref="x")
    ),
    "bindings.owe": lambda tx: tx.bindings.owe(owed("m1", 1, of=RIVAL, state="pending")),
    "bindings.reached": lambda tx: tx.bindings.reached(RIVAL, C1, WEB, 99, "read", 999),
    "bindings.settle": lambda tx: tx.bindings.settle(leaves("m1", 9, "dead", of=RIVAL)),
    "bindings.follow": lambda tx: tx.bindings.follow(RIVAL, C1, "pin"),
    "inbox.unpark": lambda tx: tx.inbox.unpark(RIVAL, account_of(ACME), "key"),
    "inbox.quarantine": lambda tx: tx.inbox.quarantine(RIVAL, account_of(ACME), "odd", b"{}", 9),
    "inbox.set_right": lambda tx: tx.inbox.set_right(RIVAL, account_of(ACME), 1, 9),
    "accounts.change": lambda tx: tx.accounts.change(msgspec.structs.replace(account(ACME), tenant=RIVAL, name="x")),
    "accounts.remove": lambda tx: tx.accounts.remove(RIVAL, account_of(ACME)),
    "accounts.keep_key": lambda tx: tx.accounts.keep_key(RIVAL, b"theirs", 9),
    "accounts.unseal": lambda tx: tx.accounts.unseal(RIVAL, account_of(ACME), "token"),
    "people.change_policy": lambda tx: tx.people.change_policy(RIVAL, Policy(messages_per_minute=1)),
    "people.name_person": lambda tx: tx.people.name_person(RIVAL, ANNA, "theirs"),
    "people.give_identity": lambda tx: tx.people.give_identity(RIVAL, ON_SLACK, BEN),
    "people.readdress": lambda tx: tx.people.readdress(identity(RIVAL, ON_SLACK), "theirs"),
    "people.consents": lambda tx: tx.people.consents(RIVAL, ON_SLACK, 9),
    "people.proven": lambda tx: tx.people.proven(identity(RIVAL, ON_SLACK), "theirs"),
    "people.list_shown": lambda tx: tx.people.list_shown(RIVAL, ON_SLACK, [C2]),
    "people.spoke": lambda tx: tx.people.spoke(RIVAL, ON_SLACK, 999),
    "people.talks": lambda tx: tx.people.talks(RIVAL, ON_SLACK, C1),
    "accounts.got_to": lambda tx: tx.accounts.got_to(RIVAL, account_of(ACME), "theirs"),
    "turns.hasten": lambda tx: tx.turns.hasten(RIVAL, C1, 0),
    "files.change": lambda tx: tx.files.change(msgspec.structs.replace(FILE, tenant=RIVAL, name="theirs")),
    "files.drop": lambda tx: tx.files.drop(RIVAL, UNSENT.id),
    "links.change": lambda tx: tx.links.change(msgspec.structs.replace(LINK, tenant=RIVAL, state="confirmed")),
    "people.revoke_identity": lambda tx: tx.people.revoke_identity(RIVAL, ON_SLACK),
    "links.prefer": lambda tx: tx.links.prefer(RIVAL, ANNA, [], 9),
    "links.hush": lambda tx: tx.links.hush(RIVAL, ANNA, None, 9),
    "repeats.keep": lambda tx: tx.repeats.keep(RIVAL, ANNA_USER, "key", Repeat(b"r", 500, b"r"), 9),
    "people.erase_tenant": lambda tx: tx.people.erase_tenant(RIVAL),
}
#: What rival cannot even begin: the account is not one of theirs.
REFUSED: dict[str, Callable[[Tx], object]] = {
    "inbox.take": lambda tx: tx.inbox.take(RIVAL, account_of(ACME), "new", 9),
    "inbox.park": lambda tx: tx.inbox.park(RIVAL, Parked(account_of(ACME), "new", b"{}", 9), 9),
    "accounts.seal": lambda tx: tx.accounts.seal(RIVAL, account_of(ACME), "token", b"theirs", 9),
    "people.alias": lambda tx: tx.people.alias(
        msgspec.structs.replace(identity(RIVAL, ON_SLACK), account=account_of(ACME)), "theirs"
    ),
    "links.add": lambda tx: tx.links.add(msgspec.structs.replace(LINK, id="new", tenant=RIVAL, user=UserId("none"))),
    "links.wrong": lambda tx: tx.links.wrong(RIVAL, account_of(ACME), "T1/U9", 9, 0),
    "files.add": lambda tx: tx.files.add(
        msgspec.structs.replace(FILE, id=FileId("new"), conversation=C2, tenant=RIVAL)
    ),
    "people.add_identity": lambda tx: tx.people.add_identity(
        msgspec.structs.replace(identity(RIVAL, IdentityId("new")), account=account_of(ACME))
    ),
}
#: Without a tenant argument, on purpose: what they find names its tenant, or they make one.
WITHOUT = {
    "people.add_tenant", "people.tenants", "people.add_person", "users.add", "users.by_email", "users.open",
    "users.session", "users.rotate", "users.revoke", "turns.claim", "turns.renew", "turns.change", "turns.void",
    "outbox.claim", "outbox.renew", "outbox.let_go", "outbox.open_rows", "outbox.change", "outbox.rooted",
    "outbox.next_due", "outbox.unseen", "outbox.stranded",
    "files.fetchable", "files.unsent", "outbox.void", "inbox.parked",
    "accounts.add", "accounts.account", "accounts.touched",
}  # fmt: skip


def full(tx: Tx) -> None:
    """Something of everything, at acme."""
    connected(tx)
    tx.bindings.owe(leaves("m1", 1, "sending"))
    tx.bindings.owe(leaves("m9", 9, "dead"))
    tx.bindings.owe(msgspec.structs.replace(leaves("m8", 8, "pending"), reason=QUIET))
    tx.log.start(conversation(ACME, C2))
    tx.bindings.bind(msgspec.structs.replace(slack(where=C2), thread="D1:1"))
    tx.inbox.take(ACME, account_of(ACME), "key", 9)
    tx.inbox.park(ACME, Parked(account_of(ACME), "key", b"{}", 9), 9)
    tx.inbox.quarantine(ACME, account_of(ACME), "odd", b"{}", 9)
    tx.people.list_shown(ACME, ON_SLACK, [C1])
    tx.accounts.keep_key(ACME, b"wrapped", 9)
    tx.accounts.seal(ACME, account_of(ACME), "token", b"sealed", 9)
    tx.files.add(FILE)
    tx.links.add(LINK)
    tx.links.wrong(ACME, account_of(ACME), "T1/U9", 9, 0)
    tx.links.prefer(ACME, ANNA, [ON_SLACK], 9)
    tx.links.hush(ACME, ANNA, Quiet(0, 60, "UTC"), 9)
    tx.files.add(UNSENT)
    say(tx, "m1")
    say(tx, "m2")
    tx.bindings.owe(owed("m1", 1))
    tx.turns.due(turn("t1"))
    tx.messages.received(ACME, C1, ANNA_USER, 1, 1)
    tx.repeats.keep(ACME, ANNA_USER, "key", Repeat(b"d", 201, b"{}"), 9)
    tx.users.open(
        Session(id=SessionId("s"), tenant=ACME, user=ANNA_USER, number=0, rotated_at=1, created_at=1, expires_at=9)
    )


def seen(tx: Tx, who: TenantId) -> dict[str, object]:
    return {name: read(tx, who) for name, read in READS.items()}


def test_every_method_of_every_noun_is_held_against_the_wall() -> None:
    nouns = {
        "log": ports.Log, "messages": ports.Messages, "turns": ports.Turns, "bindings": ports.Bindings,
        "outbox": ports.Outbox, "inbox": ports.Inbox, "accounts": ports.Accounts, "people": ports.People,
        "users": ports.Users, "repeats": ports.Repeats, "files": ports.Files, "links": ports.Links,
    }  # fmt: skip
    methods = {
        f"{noun}.{name}"
        for noun, port in nouns.items()
        for name, member in vars(port).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }

    assert methods == READS.keys() | WRITES.keys() | REFUSED.keys() | WITHOUT


async def test_a_tenant_without_anything_sees_nothing_of_anothers(store: Store) -> None:
    await store.write(full)

    theirs = await store.read(lambda tx: seen(tx, ACME))
    ours = await store.read(lambda tx: seen(tx, RIVAL))

    assert all(theirs.values()), theirs
    assert not any(ours.values()), ours


async def test_what_one_tenant_writes_changes_nothing_of_the_other(store: Store) -> None:
    await store.write(full)
    before = await store.read(lambda tx: seen(tx, ACME))
    await store.write(lambda tx: connected(tx, RIVAL))
    for name, write in REFUSED.items():
        with pytest.raises(Conflict):
            await store.write(write)
        assert await store.read(lambda tx: seen(tx, ACME)) == before, name
    for name, write in WRITES.items():
        if name != "log.start":  # that one was the line above: the same ids are free there
            await store.write(write)
        assert await store.read(lambda tx: seen(tx, ACME)) == before, name

    # The erasure was the last of them: nothing of theirs is left, all of ours is.
    assert not any((await store.read(lambda tx: seen(tx, RIVAL))).values())
    assert [tenant.id for tenant in await store.read(lambda tx: tx.people.tenants())] == [ACME]
    assert await store.read(lambda tx: tx.users.by_email(f"{OPERATOR}@{RIVAL}.test")) is None


async def test_a_rivals_stop_or_receipt_is_told_that_there_is_no_such_thing(store: Store) -> None:
    await store.write(full)
    await store.write(lambda tx: begun(tx, RIVAL))

    assert not await store.write(lambda tx: tx.turns.ask_stop(RIVAL, C1, TurnId("t1")))
    assert await store.write(lambda tx: tx.bindings.reached(RIVAL, C1, WEB, 99, "read", 999)) == []


async def test_everything_of_an_erased_tenant_goes_and_can_come_again(store: Store) -> None:
    await store.write(full)
    await store.write(lambda tx: tx.people.erase_tenant(ACME))

    assert not any((await store.read(lambda tx: seen(tx, ACME))).values())
    assert await store.read(lambda tx: tx.users.session(SessionId("s"))) is None
    assert await store.read(lambda tx: tx.accounts.account(account_of(ACME))) is None
    assert await store.read(lambda tx: tx.inbox.parked(99, 9)) == []
    assert await store.read(lambda tx: tx.outbox.next_due()) is None
    await store.write(full)
