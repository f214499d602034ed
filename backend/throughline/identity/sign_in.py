"""Signing in, staying signed in, signing out: three verbs whose refusals are values.

A session is a family of refresh tokens (refresh.py) and lives thirty days at most. Every answer to wrong credentials
is the same, in words and in time, whether the address exists, is disabled, or the password is wrong.
"""

from collections.abc import Callable

from msgspec import Struct

from throughline.conversation.faults import BAD_CREDENTIALS, BUSY, SIGNED_OUT, Fault
from throughline.conversation.ids import SessionId
from throughline.conversation.records import Caller, Session, User
from throughline.identity import refresh
from throughline.identity.attempts import Attempts
from throughline.identity.passwords import Passwords, TooBusy
from throughline.identity.refresh import Families, Kill, Rotate
from throughline.identity.tokens import Tokens
from throughline.ports import Clock, Ids, Store, StoreDown, Tx


class Signed(Struct, frozen=True):
    """Signed in. `expires_in` is the access token's, in seconds; `session_ends_in` the session's."""

    caller: Caller
    access_token: str
    expires_in: int
    refresh_token: str
    session_ends_in: int


class SignIn:
    """The verbs. `revoked` is told of every session that ends, so that its sockets can be closed."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        passwords: Passwords,
        tokens: Tokens,
        families: Families,
        attempts: Attempts,
        revoked: Callable[[SessionId], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._passwords = passwords
        self._tokens = tokens
        self._families = families
        self._attempts = attempts
        self._revoked = revoked

    async def login(self, email: str, password: str, place: str) -> Signed | Fault:
        """Begin a session. `place` is where the request comes from, for the waits between failures.

        Faults: bad credentials, too many attempts (429), busy.
        """
        address = email.strip().lower()[:320]
        wait = self._attempts.begin(address, place)
        if wait is not None:
            return too_many(wait)
        try:
            user = await self._store.read(lambda tx: tx.users.by_email(address)) if keepable(address) else None
            right = await self._passwords.verify(user.password_hash if user else None, password)
        except (StoreDown, TooBusy):
            self._attempts.undone(address, place)
            return BUSY
        if user is None or not right or user.disabled:
            return BAD_CREDENTIALS
        now = self._clock.now()
        session = Session(
            id=SessionId(self._ids.new()), tenant=user.tenant, user=user.id, number=0, rotated_at=now, created_at=now,
            expires_at=now + refresh.LIFE_MS,
        )  # fmt: skip
        try:
            await self._store.write(lambda tx: tx.users.open(session))
        except StoreDown:
            self._attempts.undone(address, place)
            return BUSY
        self._attempts.passed(address, place)
        return self._signed(user, session, 0)

    async def refresh(self, token: str) -> Signed | Fault:
        """Rotate: a fresh access token and the family's next refresh token. A replay ends the family (RFC 9700)."""
        shown = self._families.read(token)
        if shown is None:
            return SIGNED_OUT
        now = self._clock.now()

        def turn(tx: Tx) -> tuple[User, Session, int] | SessionId | None:
            session = tx.users.session(shown.session)
            step = refresh.decide(session, shown.number, now)
            user = tx.users.by_id(session.tenant, session.user) if session else None
            if session is None or isinstance(step, refresh.Ended):
                return None
            if isinstance(step, Kill) or user is None or user.disabled:
                tx.users.revoke(session.id, now)
                return session.id
            if isinstance(step, Rotate):
                tx.users.rotate(session.id, step.number, now)
            return user, session, step.number

        try:
            turned = await self._store.write(turn)
        except StoreDown:
            return BUSY
        match turned:
            case (user, session, number):
                return self._signed(user, session, number)
            case None:
                return SIGNED_OUT
            case _:
                self._end(SessionId(turned))
                return SIGNED_OUT

    async def logout(self, session: SessionId) -> Fault | None:
        """End a session for good: its tokens and its sockets too. An unknown one is fine."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            known = tx.users.session(session)
            if known is not None and known.revoked_at is None:
                tx.users.revoke(session, now)

        try:
            await self._store.write(end)
        except StoreDown:
            return BUSY
        self._end(session)
        return None

    def session_of(self, token: str) -> SessionId | None:
        """The session a refresh token belongs to, if it is one of ours: enough to sign out with."""
        shown = self._families.read(token)
        return None if shown is None else shown.session

    def who(self, token: str) -> Caller | Fault:
        """Who an access token speaks for; does not wait for anything."""
        return self._tokens.read(token)

    def _signed(self, user: User, session: Session, number: int) -> Signed:
        caller = Caller(
            tenant=user.tenant, user=user.id, person=user.person, role=user.role, name=user.name, session=session.id
        )
        access, seconds = self._tokens.mint(caller)
        left = max(0, session.expires_at - self._clock.now()) // 1000
        return Signed(caller, access, seconds, self._families.token(session.id, number), left)

    def _end(self, session: SessionId) -> None:
        self._tokens.revoke(session)
        self._revoked(session)


def too_many(wait: float) -> Fault:
    """Too many failed sign-ins; `wait` is in seconds."""
    return Fault(
        "too_many_attempts", 429, "That was a lot of sign-ins that failed.", "Wait a moment, then try again.",
        retry_after=wait, retryable=True,
    )  # fmt: skip


def keepable(address: str) -> bool:
    """Whether an address can be asked for at all: text that every store can take."""
    return bool(address) and "\x00" not in address and not any("\ud800" <= c <= "\udfff" for c in address)
