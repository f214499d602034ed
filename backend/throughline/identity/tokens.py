"""Access tokens: JWTs of five minutes that say who is calling, so that no request has to ask the store.

HS256 and nothing else: the algorithm, the header's type and the key id are fixed before a signature is looked at, and
headers that bring their own keys are refused (RFC 8725). Time comes from the Clock, so expiry is checked here and not
by the library.
"""

import hashlib
from collections.abc import Sequence

import jwt
import msgspec
from msgspec import Struct

from throughline.conversation.faults import SIGNED_OUT, Fault
from throughline.conversation.ids import PersonId, SessionId, TenantId, UserId
from throughline.conversation.records import Caller, Role
from throughline.ports import Clock

LIFE_MS = 300_000
ISSUER, AUDIENCE = "throughline", "throughline-api"
_HEADER_TYPE, _CLAIM_TYPE = "at+jwt", "access"
_HEADER_FIELDS = frozenset({"alg", "typ", "kid"})
_REQUIRED = ["exp", "iat", "sub", "aud", "iss", "typ", "sid", "tid"]
#: Clocks of two of our own processes may differ by this much.
_SKEW_MS = 5_000
_MOST = 8_192
_CACHED = 20_000


class Claims(Struct, frozen=True, forbid_unknown_fields=True):
    """What a token holds. `exp` and `iat` are seconds since 1970; tid, pid, sid: tenant, person, session."""

    iss: str
    aud: str
    sub: str
    iat: int
    exp: int
    typ: str
    tid: str
    sid: str
    role: Role
    name: str
    pid: str | None = None


class Tokens:
    """Mint and read access tokens. `secret` has 32 bytes or more; tokens of `previous` secrets are still read."""

    def __init__(self, secret: bytes, clock: Clock, previous: Sequence[bytes] = ()) -> None:
        if any(len(s) < 32 for s in (secret, *previous)):
            raise ValueError("A signing secret needs 32 bytes or more.")
        self._clock = clock
        self._keys = {_key_id(s): s for s in (*previous, secret)}
        self._kid = _key_id(secret)
        self._read: dict[str, tuple[Caller, int]] = {}
        self._revoked: dict[SessionId, int] = {}

    def mint(self, caller: Caller) -> tuple[str, int]:
        """A token for `caller`, and the seconds it lives."""
        now = self._clock.now() // 1000
        claims = Claims(
            iss=ISSUER, aud=AUDIENCE, sub=caller.user, iat=now, exp=now + LIFE_MS // 1000, typ=_CLAIM_TYPE,
            tid=caller.tenant, sid=caller.session, role=caller.role, name=caller.name, pid=caller.person,
        )  # fmt: skip
        header = {"kid": self._kid, "typ": _HEADER_TYPE}
        return jwt.encode(msgspec.to_builtins(claims), self._keys[self._kid], "HS256", header), LIFE_MS // 1000

    def read(self, token: str) -> Caller | Fault:
        """Who the token speaks for. Every way of being wrong gives the same answer."""
        known = self.read_until(token)
        return SIGNED_OUT if known is None else known[0]

    def read_until(self, token: str) -> tuple[Caller, int] | None:
        """The same with the end of the token, in UTC milliseconds: for sockets, which outlive a request."""
        now = self._clock.now()
        known = self._read.get(token)
        if known is None:
            claims = self._verified(token)
            if claims is None or claims.iat * 1000 > now + _SKEW_MS or claims.exp * 1000 <= now:
                return None
            known = (_caller(claims), claims.exp * 1000)
            self._remember(token, known)
        caller, until = known
        return None if until <= now or caller.session in self._revoked else known

    def revoke(self, session: SessionId) -> None:
        """From now on no token of this session is read here. Kept until the last of them has ended by itself."""
        now = self._clock.now()
        for old in [s for s, until in self._revoked.items() if until <= now]:
            del self._revoked[old]
        self._revoked[session] = now + LIFE_MS + _SKEW_MS

    def is_revoked(self, session: SessionId) -> bool:
        """Whether this process has heard that the session is over."""
        return session in self._revoked

    def _verified(self, token: str) -> Claims | None:
        if len(token) > _MOST:
            return None
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.get(header["kid"])
            if key is None or header.keys() != _HEADER_FIELDS or header["typ"] != _HEADER_TYPE:
                return None
            payload = jwt.decode(
                token, key, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER,
                options={
                    "require": _REQUIRED, "strict_aud": True, "verify_exp": False, "verify_iat": False,
                    "verify_nbf": False,
                },
            )  # fmt: skip
            claims = msgspec.convert(payload, Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError, KeyError, TypeError, ValueError, RecursionError):
            return None
        fits = claims.typ == _CLAIM_TYPE and claims.exp - claims.iat <= LIFE_MS // 1000
        return claims if fits else None

    def _remember(self, token: str, known: tuple[Caller, int]) -> None:
        if len(self._read) >= _CACHED:
            for old in list(self._read)[: _CACHED // 2]:
                del self._read[old]
        self._read[token] = known


def _key_id(secret: bytes) -> str:
    return hashlib.blake2b(secret, digest_size=6, person=b"throughline-kid").hexdigest()


def _caller(claims: Claims) -> Caller:
    return Caller(
        tenant=TenantId(claims.tid),
        user=UserId(claims.sub),
        person=None if claims.pid is None else PersonId(claims.pid),
        role=claims.role,
        name=claims.name,
        session=SessionId(claims.sid),
    )
