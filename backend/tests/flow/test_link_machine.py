"""Codes that link a channel, in any order of senders, guesses, repeats, delays and crashes.

The pure rules (`conversation/linking.py`) move a row of the model; the store, behind the very flow that people use, has
to stand where the model stands. An address is somebody's only by both sides: it sent the code, they confirmed it.
"""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from tests.store.lives import Lives
from throughline.conversation import linking
from throughline.conversation.channel import LABELS, Address, Capabilities
from throughline.conversation.events import ChannelName
from throughline.conversation.ids import IdentityId, PersonId, SessionId, UserId
from throughline.conversation.linking import ENOUGH, LASTS, SENT, TRIES, WRONG, YOURS, LinkRow
from throughline.conversation.records import Caller, Tenant, User
from throughline.flow.link import Linking, Made
from throughline.flow.steps.claim import Sender
from throughline.identity.codes import Codes
from throughline.ports import Tx

from .ear import CHAT, DEMO, FREE, TEXTS
from .stage import HandClock, Numbers

CALLERS = [
    Caller(DEMO, UserId(f"u-{name}"), PersonId(f"p-{name}"), "customer", name.title(), SessionId(f"s-{name}"))
    for name in ("ada", "ben")
]
ACCOUNTS = {"whatsapp": CHAT, "sms": TEXTS}
WHO = st.sampled_from(CALLERS)
CHANNELS: st.SearchStrategy[ChannelName] = st.sampled_from(["whatsapp", "whatsapp", "sms"])
#: Who writes, on either channel.
PHONES = st.sampled_from(["+1555/+4477", "+1555/+4488"])
#: Codes are told apart by their place in the order they were made.
WHICH = st.integers(0, 5)


class Links(RuleBasedStateMachine):
    """Two people at their browsers, two phones with two channels each, and codes that go astray."""

    @initialize()
    def open(self) -> None:
        self.clock, self.ids, self.codes = HandClock(), Numbers(), Codes(b"a secret of 32 bytes, for codes")
        self.lives = Lives(clock=self.clock)
        self.rows: list[LinkRow] = []
        self.texts: list[str] = []
        #: Wrong tries of a sender: since when, and how many. Whose an address is. Who was claimed by a code, ever.
        self.tries: dict[tuple[str, str], tuple[int, int]] = {}
        self.whose: dict[tuple[str, str], PersonId] = {}
        self.claims: list[str] = []

        def people(tx: Tx) -> None:
            tx.people.add_tenant(Tenant(DEMO, "demo", "Demo", FREE), 1)
            for account in ACCOUNTS.values():
                tx.accounts.add(account)
            for c in CALLERS:
                assert c.person is not None
                tx.people.add_person(DEMO, c.person, c.name, IdentityId(f"web:{c.person}"), 1)
                tx.users.add(User(c.user, DEMO, f"{c.name}@x.test", c.name, "customer", c.person, ""), 1)

        self.lives.write(people)

    @property
    def linking(self) -> Linking:
        return Linking(
            self.lives.store, self.clock, self.ids, self.codes, lambda name: Capabilities(name, LABELS[name], text=1000)
        )

    def teardown(self) -> None:
        if hasattr(self, "lives"):
            self.lives.close()

    @rule(who=WHO, channel=CHANNELS)
    def make(self, who: Caller, channel: ChannelName) -> None:
        if len(self.rows) == 6:
            return
        made = self.lives.run(self.linking.make(who, channel))
        assert isinstance(made, Made)
        self.rows.append(made.link)
        self.texts.append(made.code)

    @precondition(lambda self: self.rows)
    @rule(which=WHICH, phone=PHONES, channel=CHANNELS, lower=st.booleans(), twice=st.booleans())
    def send(self, which: int, phone: str, channel: ChannelName, lower: bool, twice: bool) -> None:
        """A code comes from a channel; perhaps another one's, perhaps again, perhaps as people type."""
        which %= len(self.rows)
        text = self.texts[which].lower().replace("-", " ") if lower else self.texts[which]
        for _ in range(1 + twice):
            self._send(text, phone, channel, which)

    @rule(phone=PHONES, channel=CHANNELS, times=st.integers(1, TRIES))
    def guess(self, phone: str, channel: ChannelName, times: int) -> None:
        for n in range(times):
            self._send(f"BBBB-222{n}", phone, channel, None)

    def _send(self, text: str, phone: str, channel: ChannelName, which: int | None) -> None:
        account, now = ACCOUNTS[channel], self.clock.now()

        def claim(tx: Tx) -> str:
            known = tx.people.identity_at(DEMO, account.id, phone)
            fresh = IdentityId(self.ids.new())
            return self.linking.claim(tx, Sender(account, Address(phone), known), text, fresh, now).words

        expected = self._expected(phone, channel, which, now)
        assert self.lives.write(claim) == expected
        if expected == SENT and which is not None:
            there = self.lives.read(lambda tx: tx.people.identity_at(DEMO, account.id, phone))
            assert there is not None
            self.rows[which] = replace(self.rows[which], state="claimed", identity=there.id, claimed_at=now)
            self.claims.append(self.rows[which].id)

    def _expected(self, phone: str, channel: ChannelName, which: int | None, now: int) -> str:
        """By the pure rules alone; a wrong one is counted."""
        since, count = self.tries.get((phone, channel), (0, 0))
        if since < now - LASTS:
            since, count = now, 0
        if count >= TRIES:
            return ENOUGH
        row = None if which is None else self.rows[which]
        if row is None or not linking.usable(row, channel, now):
            self.tries[phone, channel] = (since if count else now, count + 1)
            return WRONG
        return YOURS if self.whose.get((phone, channel)) == row.person else SENT

    @precondition(lambda self: self.rows)
    @rule(who=WHO, which=WHICH, yes=st.booleans())
    def decide(self, who: Caller, which: int, yes: bool) -> None:
        """Somebody confirms a code, or says that it was not them; also one that is not theirs, or is over."""
        which %= len(self.rows)
        row, now = self.rows[which], self.clock.now()
        wrong = (linking.confirmable if yes else linking.refusable)(row, who.user, now)
        assert self.lives.run(self.linking.confirm(who, row.id) if yes else self.linking.refuse(who, row.id)) == wrong
        if wrong is None:
            assert who.person == row.person, "nobody decides for somebody else"
            self.rows[which] = replace(row, state="confirmed" if yes else "refused")
            if yes:
                self.whose[self.lives.read(lambda tx: self._address(tx, row))] = row.person

    def _address(self, tx: Tx, row: LinkRow) -> tuple[str, str]:
        assert row.identity is not None
        known = tx.people.identity(DEMO, row.identity)
        assert known is not None
        return known.address, known.channel

    @rule(seconds=st.sampled_from([1, 299, 600, 601]))
    def time_passes(self, seconds: int) -> None:
        self.clock.move(seconds)

    @rule()
    def crash(self) -> None:
        self.lives.crash()

    @invariant()
    def the_store_stands_where_the_rules_stand(self) -> None:
        if hasattr(self, "lives"):
            assert self.lives.read(lambda tx: [tx.links.link(DEMO, row.id) for row in self.rows]) == self.rows

    @invariant()
    def a_code_counts_once(self) -> None:
        """G2: however often it comes."""
        if hasattr(self, "lives"):
            assert len(set(self.claims)) == len(self.claims)

    @invariant()
    def an_address_is_whose_it_was_confirmed_by(self) -> None:
        if not hasattr(self, "lives"):
            return

        def look(tx: Tx) -> dict[tuple[str, str], PersonId]:
            found = {}
            for channel, account in ACCOUNTS.items():
                for phone in ("+1555/+4477", "+1555/+4488"):
                    known = tx.people.identity_at(DEMO, account.id, phone)
                    if known is not None and known.person is not None:
                        found[phone, channel] = known.person
            return found

        assert self.lives.read(look) == self.whose


TestLinks = Links.TestCase
TestLinks.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
